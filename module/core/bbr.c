// SPDX-License-Identifier: GPL-2.0
/*
 * What BBR knows of a path: the bandwidth, the round-trip time without queues, and how much may be
 * in flight, each as the best that was measured lately, and bounded by what losses and marks say.
 * core/cong_bbr.c decides what to measure, and what follows.
 * draft-ietf-ccwg-bbr, "Updating Network Path Model Parameters".
 */
#include "bbr.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "seq.h"

#define RILL_BBR_LONGEST	0x400000u	/* microseconds, for which a volume is worked out */

#define RILL_BBR_PLATEAU	3		/* rounds with little growth: the pipe is full */
#define RILL_BBR_LOSSES		6		/* ACKs that tell of losses in a round of startup */
#define RILL_BBR_LOSS_SHARE	50		/* one in so many octets lost is too much */
#define RILL_BBR_EXTRA_ROUNDS	5		/* half of the filter's length */

#define RILL_BBR_MIN_RTT_LEN	(10 * USEC_PER_SEC)
#define RILL_BBR_RTT_INTERVAL	(5 * USEC_PER_SEC)

/* What @bw delivers in @us */
static u32 rill_bbr_volume(u64 bw, u64 us)
{
	us = min_t(u64, us, RILL_BBR_LONGEST);
	return min_t(u64, div_u64(bw * us, USEC_PER_SEC), RILL_CONG_CWND_MAX);
}

/**
 * rill_bbr_bdp() - the bandwidth-delay product, or some of it
 * @c: congestion state
 * @b: the model
 * @bw: the bandwidth
 * @gain: hundredths of the product
 *
 * Return: octets; the window as long as nothing is known.
 */
u32 rill_bbr_bdp(const struct rill_cong *c, const struct rill_bbr *b, u64 bw, u32 gain)
{
	u64 bdp;

	if (b->min_rtt == RILL_BBR_NONE || !bw)
		return c->cwnd;
	bdp = div_u64((u64)rill_bbr_volume(bw, b->min_rtt) * gain, 100);
	return min_t(u64, bdp, RILL_CONG_CWND_MAX);
}

/**
 * rill_bbr_round_up() - what has to be in flight for so much to be under way in the network
 * @c: congestion state
 * @b: the model
 * @octets: that
 *
 * Return: octets, with room for what offloads and delayed ACKs hold back.
 */
u32 rill_bbr_round_up(const struct rill_cong *c, const struct rill_bbr *b, u32 octets)
{
	octets = max(octets, RILL_BBR_PIPE * c->mss);
	if (b->mode == RILL_BBR_UP)
		octets += 2 * c->mss;
	return min(octets, RILL_CONG_CWND_MAX);
}

/**
 * rill_bbr_target() - what would be best in flight, unless losses have cut the window below it
 * @c: congestion state
 * @b: the model
 *
 * Return: octets.
 */
u32 rill_bbr_target(const struct rill_cong *c, const struct rill_bbr *b)
{
	return min(rill_bbr_bdp(c, b, b->bw, 100), c->cwnd);
}

/**
 * rill_bbr_headroom() - what may be in flight so that others find room, too
 * @c: congestion state
 * @b: the model
 *
 * Return: 85 % of what did no harm, or RILL_BBR_NONE.
 */
u32 rill_bbr_headroom(const struct rill_cong *c, const struct rill_bbr *b)
{
	u32 room;

	if (b->inflight_hi == RILL_BBR_NONE)
		return RILL_BBR_NONE;
	room = max_t(u32, div_u64((u64)b->inflight_hi * 15, 100), c->mss);
	return max(b->inflight_hi - min(room, b->inflight_hi), RILL_BBR_PIPE * c->mss);
}

/**
 * rill_bbr_reset_lo() - forget what losses have told since the last probe
 * @b: the model
 */
void rill_bbr_reset_lo(struct rill_bbr *b)
{
	b->bw_lo = U64_MAX;
	b->inflight_lo = RILL_BBR_NONE;
}

/**
 * rill_bbr_reset_full() - begin to look for a plateau of the bandwidth
 * @b: the model
 * @bw: the bandwidth that it has to surpass
 */
void rill_bbr_reset_full(struct rill_bbr *b, u64 bw)
{
	b->full_bw = bw;
	b->full_count = 0;
	b->full_now = false;
}

/* The first loss or mark of a round: it is counted for one round from here on. */
static void rill_bbr_note_loss(struct rill_bbr *b, const struct rill_rate_sample *s)
{
	if (!s->lost && !s->ece)
		return;
	if (!b->lossy) {
		b->loss_round = s->total;
		b->undo_mode = RILL_BBR_PROBE_RTT;
		b->undo_bw_lo = b->bw_lo;
		b->undo_lo = b->inflight_lo;
		b->undo_hi = b->inflight_hi;
	}
	b->lossy = true;
	b->marked |= s->ece;
	if (s->lost && b->losses < U8_MAX)
		b->losses++;
}

static void rill_bbr_rounds(struct rill_bbr *b, const struct rill_rate_sample *s)
{
	b->round_start = s->valid && rill_seq_geq(s->prior, b->round);
	if (b->round_start) {
		b->round = s->total;
		b->rounds = min(b->rounds + 1, U8_MAX);
		b->mode_rounds = min(b->mode_rounds + 1, U8_MAX);
	}
	b->loss_round_start = s->valid && rill_seq_geq(s->prior, b->loss_round);
	if (b->loss_round_start)
		b->loss_round = s->total;
}

/**
 * rill_bbr_too_much() - was more in flight than the path bears?
 * @s: what an ACK has told
 */
bool rill_bbr_too_much(const struct rill_rate_sample *s)
{
	return s->ece || s->sent_lost > s->sent_flight / RILL_BBR_LOSS_SHARE ||
	       (s->lost && !s->sack);
}

/* Startup ends when too much is lost, too, or when something is marked. */
static void rill_bbr_check_losses(struct rill_cong *c, struct rill_bbr *b,
				  const struct rill_rate_sample *s)
{
	bool many = b->losses >= RILL_BBR_LOSSES || (b->losses && !s->sack);

	if (b->mode != RILL_BBR_STARTUP || b->full)
		return;
	if (!b->marked && !(many && s->recovering && rill_bbr_too_much(s)))
		return;
	b->undo_mode = RILL_BBR_STARTUP;
	b->full = true;
	b->inflight_hi = max(rill_bbr_bdp(c, b, b->bw, 100), b->inflight_latest);
}

/* Once a round: what losses say of the path when nothing was probed for */
static void rill_bbr_lower(struct rill_cong *c, struct rill_bbr *b)
{
	if (b->lossy && !rill_bbr_is_probing(b)) {
		if (b->bw_lo == U64_MAX)
			b->bw_lo = rill_bbr_max_bw(b);
		if (b->inflight_lo == RILL_BBR_NONE)
			b->inflight_lo = c->cwnd;
		b->bw_lo = max(b->bw_latest, div_u64(b->bw_lo * 7, 10));
		b->inflight_lo = max_t(u32, b->inflight_latest,
				       div_u64((u64)b->inflight_lo * 7, 10));
	}
	b->lossy = false;
	b->marked = false;
	b->losses = 0;
}

static void rill_bbr_congestion(struct rill_cong *c, struct rill_bbr *b,
				const struct rill_rate_sample *s, u64 rate)
{
	b->bw_latest = max(b->bw_latest, rate);
	b->inflight_latest = max(b->inflight_latest, s->delivered);
	if (rate >= rill_bbr_max_bw(b) || !s->limited)
		b->max_bw[0] = max(b->max_bw[0], rate);
	if (!b->loss_round_start)
		return;
	rill_bbr_check_losses(c, b, s);
	rill_bbr_lower(c, b);
}

/* How much comes at once that the bandwidth doesn't explain: the window has to bridge the gaps. */
static void rill_bbr_aggregation(struct rill_cong *c, struct rill_bbr *b,
				 const struct rill_rate_sample *s)
{
	u32 expected = rill_bbr_volume(b->bw, s->now_us - b->extra_at);

	if (b->extra_acked <= expected) {
		b->extra_acked = 0;
		b->extra_at = s->now_us;
		expected = 0;
	}
	b->extra_acked = min_t(u64, (u64)b->extra_acked + s->acked, RILL_CONG_CWND_MAX);
	if (b->round_start && ++b->extra_rounds >= (b->full ? RILL_BBR_EXTRA_ROUNDS : 1)) {
		b->extra_rounds = 0;
		b->extra[1] = b->extra[0];
		b->extra[0] = 0;
	}
	if (b->extra_acked > expected)
		b->extra[0] = max(b->extra[0], min(b->extra_acked - expected, c->cwnd));
}

/* Has sending faster stopped to mean more is delivered? */
static void rill_bbr_check_full(struct rill_bbr *b, const struct rill_rate_sample *s, u64 rate)
{
	if (b->full_now || !b->round_start || s->limited || !rate)
		return;
	if (rate * 4 >= b->full_bw * 5) {
		rill_bbr_reset_full(b, rate);
		return;
	}
	b->full_count++;
	b->full_now = b->full_count >= RILL_BBR_PLATEAU;
	b->full |= b->full_now;
}

/**
 * rill_bbr_learn() - learn bandwidth and losses from an ACK
 * @c: congestion state
 * @b: the model
 * @s: what the ACK tells
 * @rate: of that the bandwidth, bounded; 0: none
 */
void rill_bbr_learn(struct rill_cong *c, struct rill_bbr *b, const struct rill_rate_sample *s,
		    u64 rate)
{
	rill_bbr_note_loss(b, s);
	rill_bbr_rounds(b, s);
	rill_bbr_congestion(c, b, s, rate);
	rill_bbr_aggregation(c, b, s);
	rill_bbr_check_full(b, s, rate);
}

/**
 * rill_bbr_min_rtt() - learn the round-trip time from an ACK
 * @b: the model
 * @s: what the ACK tells
 */
void rill_bbr_min_rtt(struct rill_bbr *b, const struct rill_rate_sample *s)
{
	b->rtt_expired = b->rtt != RILL_BBR_NONE && s->now_us > b->rtt_at + RILL_BBR_RTT_INTERVAL;
	if (s->rtt_us && (s->rtt_us < b->rtt || b->rtt_expired)) {
		b->rtt = s->rtt_us;
		b->rtt_at = s->now_us;
	}
	if (b->rtt < b->min_rtt || s->now_us > b->min_rtt_at + RILL_BBR_MIN_RTT_LEN) {
		b->min_rtt = b->rtt;
		b->min_rtt_at = b->rtt_at;
	}
}
