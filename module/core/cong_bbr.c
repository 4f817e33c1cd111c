// SPDX-License-Identifier: GPL-2.0
/*
 * BBR, version 3: a model of the path, its bandwidth and its round-trip time without queues, says
 * how fast to send and how much may be in flight; now and then a little more is tried, to see
 * whether the path has changed. Losses and marks bound the model, they don't drive it.
 * Called by core/cong.c through rill_cong_bbr; the model is core/bbr.c's.
 * draft-ietf-ccwg-bbr. What it calls shortterm and longterm is _lo and _hi here.
 */
#include "bbr.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#define RILL_BBR_FASTEST	((1ULL << 40) - 1)	/* octets a second */

/* Gains, in hundredths */
#define RILL_BBR_STARTUP_PACE	277
#define RILL_BBR_DRAIN_PACE	50
#define RILL_BBR_DOWN_PACE	90
#define RILL_BBR_UP_PACE	125
#define RILL_BBR_CWND		200
#define RILL_BBR_UP_CWND	225
#define RILL_BBR_RTT_CWND	50
#define RILL_BBR_MARGIN		99		/* of the bandwidth, what is paced at */

#define RILL_BBR_DRAIN_ROUNDS	3
#define RILL_BBR_RENO_ROUNDS	63
#define RILL_BBR_UP_ROUNDS	30

#define RILL_BBR_RTT_TIME	(200 * USEC_PER_MSEC)
#define RILL_BBR_PROBE_WAIT	(2 * USEC_PER_SEC)

/* pacing and window gain of each mode */
static const u16 rill_bbr_gains[][2] = {
	[RILL_BBR_STARTUP]	= { RILL_BBR_STARTUP_PACE, RILL_BBR_CWND },
	[RILL_BBR_DRAIN]	= { RILL_BBR_DRAIN_PACE, RILL_BBR_CWND },
	[RILL_BBR_DOWN]		= { RILL_BBR_DOWN_PACE, RILL_BBR_CWND },
	[RILL_BBR_CRUISE]	= { 100, RILL_BBR_CWND },
	[RILL_BBR_REFILL]	= { 100, RILL_BBR_CWND },
	[RILL_BBR_UP]		= { RILL_BBR_UP_PACE, RILL_BBR_UP_CWND },
	[RILL_BBR_PROBE_RTT]	= { 100, RILL_BBR_RTT_CWND },
};

static u32 rill_bbr_inflight(const struct rill_cong *c, const struct rill_bbr *b, u64 bw)
{
	return rill_bbr_round_up(c, b, rill_bbr_bdp(c, b, bw, 100));
}

static void rill_bbr_init(struct rill_cong *c)
{
	struct rill_bbr *b = rill_cong_state(c);

	b->min_rtt = RILL_BBR_NONE;
	b->rtt = RILL_BBR_NONE;
	b->inflight_hi = RILL_BBR_NONE;
	b->up_each = RILL_BBR_NONE;
	b->prior_cwnd = c->cwnd;
	b->mode = RILL_BBR_STARTUP;
	b->undo_mode = RILL_BBR_PROBE_RTT;
	b->undo_bw_lo = U64_MAX;
	b->undo_lo = RILL_BBR_NONE;
	b->undo_hi = RILL_BBR_NONE;
	rill_bbr_reset_lo(b);
}

static void rill_bbr_save_cwnd(struct rill_cong *c, struct rill_bbr *b, bool recovering)
{
	bool small = recovering || b->mode == RILL_BBR_PROBE_RTT;

	b->prior_cwnd = small ? max(b->prior_cwnd, c->cwnd) : c->cwnd;
}

static void rill_bbr_start(struct rill_bbr *b, enum rill_bbr_mode mode,
			   const struct rill_rate_sample *s)
{
	b->mode = mode;
	b->mode_rounds = 0;
	b->round = s->total;
}

static void rill_bbr_start_down(struct rill_bbr *b, const struct rill_rate_sample *s)
{
	u32 dice = (u32)s->now_us * 2654435761u >> 12;

	b->lossy = false;
	b->marked = false;
	b->losses = 0;
	b->bw_latest = 0;
	b->inflight_latest = 0;
	b->up_each = RILL_BBR_NONE;
	/* Flows that share a path should not probe in step. */
	b->rounds = dice & 1;
	b->wait_us = RILL_BBR_PROBE_WAIT + dice % USEC_PER_SEC;
	b->cycle_at = s->now_us;
	b->stopping = true;
	rill_bbr_start(b, RILL_BBR_DOWN, s);
}

static void rill_bbr_start_refill(struct rill_bbr *b, const struct rill_rate_sample *s)
{
	rill_bbr_reset_lo(b);
	b->up_rounds = 0;
	b->up_acked = 0;
	b->stopping = false;
	rill_bbr_start(b, RILL_BBR_REFILL, s);
}

/* Octets to be acknowledged for each segment that @inflight_hi grows by: half as many next time */
static void rill_bbr_steepen(struct rill_cong *c, struct rill_bbr *b)
{
	b->up_each = max(c->cwnd >> b->up_rounds, c->mss);
	b->up_rounds = min(b->up_rounds + 1, RILL_BBR_UP_ROUNDS);
}

static void rill_bbr_start_up(struct rill_cong *c, struct rill_bbr *b,
			      const struct rill_rate_sample *s, u64 rate)
{
	b->probing = true;
	rill_bbr_reset_full(b, rate);
	rill_bbr_start(b, RILL_BBR_UP, s);
	rill_bbr_steepen(c, b);
}

static bool rill_bbr_time_to_probe(struct rill_cong *c, struct rill_bbr *b,
				   const struct rill_rate_sample *s)
{
	u32 reno = rill_bbr_target(c, b) / c->mss;

	if (s->now_us <= b->cycle_at + b->wait_us &&
	    b->rounds < min_t(u32, reno, RILL_BBR_RENO_ROUNDS))
		return false;
	rill_bbr_start_refill(b, s);
	return true;
}

static bool rill_bbr_time_to_cruise(struct rill_cong *c, struct rill_bbr *b,
				    const struct rill_rate_sample *s)
{
	return s->flight <= rill_bbr_headroom(c, b) &&
	       s->flight <= rill_bbr_inflight(c, b, rill_bbr_max_bw(b));
}

/* While @inflight_hi is what holds the sender back, a plateau says nothing of the path. */
static bool rill_bbr_time_to_go_down(struct rill_cong *c, struct rill_bbr *b,
				     const struct rill_rate_sample *s, u64 rate)
{
	if (s->cwnd_limited && c->cwnd >= b->inflight_hi) {
		rill_bbr_reset_full(b, rate);
		return false;
	}
	return b->full_now;
}

static void rill_bbr_raise(struct rill_cong *c, struct rill_bbr *b,
			   const struct rill_rate_sample *s)
{
	u32 steps;

	if (!s->cwnd_limited || c->cwnd < b->inflight_hi)
		return;
	b->up_acked = min_t(u64, (u64)b->up_acked + s->acked, RILL_CONG_CWND_MAX);
	steps = b->up_acked / b->up_each;
	b->up_acked -= steps * b->up_each;
	b->inflight_hi = min_t(u64, b->inflight_hi + (u64)steps * c->mss, RILL_CONG_CWND_MAX);
	if (b->round_start)
		rill_bbr_steepen(c, b);
}

/* What probing has shown of how much may be in flight. Return: true if that has ended it. */
static bool rill_bbr_adapt(struct rill_cong *c, struct rill_bbr *b,
			   const struct rill_rate_sample *s)
{
	u32 least = div_u64((u64)rill_bbr_target(c, b) * 7, 10);

	if (b->stopping && b->round_start) {
		b->probing = false;
		b->stopping = false;
		if (rill_bbr_in_probe_bw(b) && !s->limited && b->max_bw[0]) {
			b->max_bw[1] = b->max_bw[0];
			b->max_bw[0] = 0;
		}
	}
	if (!s->valid)
		return false;
	if (rill_bbr_too_much(s)) {
		if (!b->probing)
			return false;
		b->probing = false;
		if (!s->limited)
			b->inflight_hi = max3(s->sent_flight, least, RILL_BBR_PIPE * c->mss);
		if (b->mode != RILL_BBR_UP)
			return false;
		rill_bbr_start_down(b, s);
		b->undo_mode = RILL_BBR_UP;
		return true;
	}
	if (b->inflight_hi == RILL_BBR_NONE)
		return false;
	b->inflight_hi = max(b->inflight_hi, s->sent_flight);
	if (b->mode == RILL_BBR_UP)
		rill_bbr_raise(c, b, s);
	return false;
}

static void rill_bbr_cycle(struct rill_cong *c, struct rill_bbr *b,
			   const struct rill_rate_sample *s, u64 rate)
{
	if (b->mode == RILL_BBR_STARTUP && b->full)
		rill_bbr_start(b, RILL_BBR_DRAIN, s);
	if (b->mode == RILL_BBR_DRAIN && (s->flight <= rill_bbr_inflight(c, b, b->bw) ||
					  b->mode_rounds > RILL_BBR_DRAIN_ROUNDS))
		rill_bbr_start_down(b, s);
	if (!b->full || rill_bbr_adapt(c, b, s))
		return;
	switch (b->mode) {
	case RILL_BBR_DOWN:
		if (!rill_bbr_time_to_probe(c, b, s) && rill_bbr_time_to_cruise(c, b, s))
			b->mode = RILL_BBR_CRUISE;
		break;
	case RILL_BBR_CRUISE:
		rill_bbr_time_to_probe(c, b, s);
		break;
	case RILL_BBR_REFILL:
		if (b->round_start)
			rill_bbr_start_up(c, b, s, rate);
		break;
	case RILL_BBR_UP:
		if (rill_bbr_time_to_go_down(c, b, s, rate))
			rill_bbr_start_down(b, s);
		break;
	}
}

static void rill_bbr_restore_cwnd(struct rill_cong *c, struct rill_bbr *b)
{
	c->cwnd = max(c->cwnd, b->prior_cwnd);
}

static void rill_bbr_rtt_done(struct rill_cong *c, struct rill_bbr *b,
			      const struct rill_rate_sample *s)
{
	b->rtt_at = s->now_us;
	rill_bbr_restore_cwnd(c, b);
	rill_bbr_reset_lo(b);
	if (!b->full) {
		rill_bbr_start(b, RILL_BBR_STARTUP, s);
		return;
	}
	rill_bbr_start_down(b, s);
	b->mode = RILL_BBR_CRUISE;
}

static u32 rill_bbr_rtt_cwnd(struct rill_cong *c, struct rill_bbr *b)
{
	return max(rill_bbr_bdp(c, b, b->bw, RILL_BBR_RTT_CWND), RILL_BBR_PIPE * c->mss);
}

/* ProbeRTT: for a moment so little is in flight that no queue is its own. */
static void rill_bbr_probe_rtt(struct rill_cong *c, struct rill_bbr *b,
			       const struct rill_rate_sample *s)
{
	if (b->mode != RILL_BBR_PROBE_RTT && b->rtt_expired && !b->resting) {
		rill_bbr_save_cwnd(c, b, s->recovering);
		rill_bbr_start(b, RILL_BBR_PROBE_RTT, s);
		b->rtt_until = 0;
		b->stopping = true;
	}
	if (s->acked)
		b->resting = false;
	if (b->mode != RILL_BBR_PROBE_RTT)
		return;
	/* Slow samples are of our own making. */
	rill_rate_limited(c->rate, s->flight);
	if (!b->rtt_until) {
		if (s->flight > rill_bbr_rtt_cwnd(c, b))
			return;
		b->rtt_until = s->now_us + RILL_BBR_RTT_TIME;
		b->rtt_round_done = false;
		b->round = s->total;
		return;
	}
	b->rtt_round_done |= b->round_start;
	if (b->rtt_round_done && s->now_us > b->rtt_until)
		rill_bbr_rtt_done(c, b, s);
}

static void rill_bbr_pace(struct rill_cong *c, struct rill_bbr *b)
{
	u32 gain = rill_bbr_gains[b->mode][0] * RILL_BBR_MARGIN;
	u64 rate;

	if (!b->bw)
		return;
	rate = max_t(u64, div_u64(b->bw * gain, 100 * 100), c->mss);
	if (b->full || rate > c->pacing_rate)
		c->pacing_rate = rate;
}

/* What the model says of how much may be in flight at all */
static u32 rill_bbr_bound(struct rill_cong *c, struct rill_bbr *b)
{
	u32 cap = RILL_BBR_NONE;

	if (b->mode == RILL_BBR_CRUISE || b->mode == RILL_BBR_PROBE_RTT)
		cap = rill_bbr_headroom(c, b);
	else if (rill_bbr_in_probe_bw(b))
		cap = b->inflight_hi;
	cap = min(cap, b->inflight_lo);
	if (b->mode == RILL_BBR_PROBE_RTT)
		cap = min(cap, rill_bbr_rtt_cwnd(c, b));
	return max(cap, RILL_BBR_PIPE * c->mss);
}

static void rill_bbr_cwnd(struct rill_cong *c, struct rill_bbr *b,
			  const struct rill_rate_sample *s)
{
	u64 cwnd = (u64)c->cwnd + s->acked;
	u64 most = rill_bbr_bdp(c, b, b->bw, rill_bbr_gains[b->mode][1]);

	most = min_t(u64, most + max(b->extra[0], b->extra[1]), RILL_CONG_CWND_MAX);
	most = rill_bbr_round_up(c, b, most);
	if (b->full)
		cwnd = min(cwnd, most);
	else if (c->cwnd >= most && b->bw)
		cwnd = c->cwnd;
	cwnd = max_t(u64, cwnd, RILL_BBR_PIPE * c->mss);
	c->cwnd = min_t(u64, cwnd, rill_bbr_bound(c, b));
}

static void rill_bbr_sample(struct rill_cong *c, const struct rill_rate_sample *s)
{
	struct rill_bbr *b = rill_cong_state(c);
	u64 rate = min(s->rate, RILL_BBR_FASTEST);

	rill_bbr_learn(c, b, s, rate);
	rill_bbr_cycle(c, b, s, rate);
	rill_bbr_min_rtt(b, s);
	rill_bbr_probe_rtt(c, b, s);
	if (b->loss_round_start) {
		b->bw_latest = rate;
		b->inflight_latest = s->delivered;
	}
	b->bw = min(rill_bbr_max_bw(b), b->bw_lo);
	rill_bbr_pace(c, b);
	rill_bbr_cwnd(c, b, s);
}

/* The losses were none: the model forgets them. */
static void rill_bbr_undo(struct rill_cong *c, struct rill_bbr *b)
{
	u8 undo = b->undo_mode;

	rill_bbr_restore_cwnd(c, b);
	b->lossy = false;
	rill_bbr_reset_full(b, 0);
	b->bw_lo = max(b->bw_lo, b->undo_bw_lo);
	b->inflight_lo = max(b->inflight_lo, b->undo_lo);
	b->inflight_hi = max(b->inflight_hi, b->undo_hi);
	b->undo_mode = RILL_BBR_PROBE_RTT;
	if (undo == RILL_BBR_STARTUP) {
		b->full = false;
		if (b->mode != RILL_BBR_PROBE_RTT)
			b->mode = RILL_BBR_STARTUP;
	} else if (undo == RILL_BBR_UP && rill_bbr_in_probe_bw(b)) {
		/* The probe that was broken off is due at once. */
		b->rounds = U8_MAX;
		if (b->mode != RILL_BBR_UP)
			b->mode = RILL_BBR_CRUISE;
	}
}

static void rill_bbr_event(struct rill_cong *c, enum rill_cong_event event, u32 flight)
{
	struct rill_bbr *b = rill_cong_state(c);

	switch (event) {
	case RILL_CONG_LOSS:
		rill_bbr_save_cwnd(c, b, false);
		break;
	case RILL_CONG_TIMEOUT:
		rill_bbr_save_cwnd(c, b, true);
		rill_bbr_reset_full(b, 0);
		c->cwnd = c->mss;
		break;
	case RILL_CONG_REPAIRED:
		rill_bbr_restore_cwnd(c, b);
		break;
	case RILL_CONG_UNDO:
		rill_bbr_undo(c, b);
		break;
	case RILL_CONG_IDLE:
		b->resting = true;
		break;
	}
}

struct rill_cong_ops rill_cong_bbr = {
	.name	= "bbr",
	.flags	= RILL_CONG_RATE | RILL_CONG_OWNS | RILL_CONG_PACES,
	.state	= sizeof(struct rill_bbr),
	.init	= rill_bbr_init,
	.sample	= rill_bbr_sample,
	.event	= rill_bbr_event,
};
