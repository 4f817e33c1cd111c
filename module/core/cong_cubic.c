// SPDX-License-Identifier: GPL-2.0
/*
 * CUBIC: after a loss the window follows a cubic function of time, flat around the size at which
 * the loss happened, whatever the round-trip time; slow start ends before it overflows a buffer.
 * Called by core/cong.c and core/recovery.c through rill_cong_cubic.
 * RFC 9438; RFC 9406 (HyStart++).
 */
#include "cong.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

/* RFC 9438 section 4: C is 0.4 segments/s^3, beta 0.7, alpha 3 * (1 - beta) / (1 + beta). */
#define RILL_CUBIC_DIST		100000	/* ms from K; the curve is no steeper farther off */
#define RILL_CUBIC_PAUSE	1000	/* ms without an ACK that counted: no time has passed */

/* RFC 9406 section 4.3, in microseconds where it is time */
#define RILL_HYSTART_L		8
#define RILL_HYSTART_SAMPLES	8
#define RILL_HYSTART_LEAST	4000u
#define RILL_HYSTART_MOST	16000u
#define RILL_HYSTART_GROWTH	4
#define RILL_HYSTART_ROUNDS	5

/**
 * struct rill_cubic - what CUBIC keeps of a connection, in struct rill_cong's priv
 * @w_max: W_max, octets; 0: no loss so far
 * @before: W_max before the last reduction
 * @prior: cwnd_prior, octets
 * @w_est: W_est, what Reno would have; octets
 * @k: K, milliseconds
 * @epoch: when congestion avoidance began, milliseconds; with @avoiding
 * @last: when an ACK last counted, milliseconds
 * @left: octets to be acknowledged in this round
 * @rtt: the least sample of this round, microseconds; U32_MAX: none
 * @rtt_before: of the round before
 * @baseline: the least sample when conservative slow start began
 * @samples: how many this round has had, RILL_HYSTART_SAMPLES at most
 * @rounds: of conservative slow start; 0: it is not going on
 * @avoiding: congestion avoidance has begun since the last loss
 */
struct rill_cubic {
	u32	w_max;
	u32	before;
	u32	prior;
	u32	w_est;
	u32	k;
	u32	epoch;
	u32	last;
	u32	left;
	u32	rtt;
	u32	rtt_before;
	u32	baseline;
	u8	samples;
	u8	rounds;
	bool	avoiding;
};

static_assert(sizeof(struct rill_cubic) <= sizeof_field(struct rill_cong, priv));

static struct rill_cubic *rill_cubic(struct rill_cong *c)
{
	return (struct rill_cubic *)c->priv;
}

/* The largest integer whose cube is no more than @x. */
static u32 rill_cubic_root(u64 x)
{
	u64 root = 0, next;
	int bit;

	for (bit = 20; bit >= 0; bit--) {
		next = root | (1ULL << bit);
		if (next * next * next <= x)
			root = next;
	}
	return root;
}

/* RFC 9438 section 4.2, equation (2): K, from the octets between the window and W_max */
static u32 rill_cubic_k(u32 octets, u32 mss)
{
	return rill_cubic_root(div_u64((u64)octets * 2500000000ULL, mss));
}

/* RFC 9438 section 4.2, equation (1): W_cubic, @t milliseconds into congestion avoidance */
static u32 rill_cubic_window(const struct rill_cubic *k, u32 t, u32 mss)
{
	bool before = t < k->k;
	u64 d = min_t(u32, before ? k->k - t : t - k->k, RILL_CUBIC_DIST);
	u64 off = div_u64(div_u64(d * d * d, 100000) * 4 * mss, 100000);

	if (before)
		return off < k->w_max ? k->w_max - off : 0;
	return min_t(u64, k->w_max + off, RILL_CONG_CWND_MAX);
}

static void rill_cubic_init(struct rill_cong *c)
{
	struct rill_cubic *k = rill_cubic(c);

	*k = (struct rill_cubic){ .rtt = U32_MAX, .rtt_before = U32_MAX, .left = c->cwnd };
}

/* RFC 9406 section 4.2: does the round-trip time grow, so that a queue does? */
static void rill_hystart_sample(struct rill_cubic *k, u32 rtt_us)
{
	u32 thresh;

	if (rtt_us) {
		k->rtt = min(k->rtt, rtt_us);
		k->samples = min(k->samples + 1, RILL_HYSTART_SAMPLES);
	}
	if (k->samples < RILL_HYSTART_SAMPLES)
		return;
	thresh = clamp(k->rtt_before / 8, RILL_HYSTART_LEAST, RILL_HYSTART_MOST);
	if (!k->rounds && k->rtt_before != U32_MAX && k->rtt >= k->rtt_before + thresh) {
		k->baseline = k->rtt;
		k->rounds = 1;
	} else if (k->rounds && k->rtt < k->baseline) {
		k->rounds = 0;
	}
}

/* A round trip is over when what is in flight at its beginning, a window, is acknowledged. */
static void rill_hystart_round(struct rill_cong *c, struct rill_cubic *k)
{
	k->left = c->cwnd;
	k->rtt = U32_MAX;
	k->samples = 0;
}

static void rill_hystart_acked(struct rill_cong *c, struct rill_cubic *k, u32 octets)
{
	k->left -= min(octets, k->left);
	if (k->left)
		return;
	k->rtt_before = k->rtt;
	rill_hystart_round(c, k);
	if (k->rounds && k->rounds++ == RILL_HYSTART_ROUNDS)
		c->ssthresh = c->cwnd;
}

/* The first slow start ends before a queue overflows (RFC 9406), later ones where a loss was. */
static void rill_cubic_first(struct rill_cong *c, struct rill_cubic *k, u32 octets, u32 rtt_us)
{
	u32 step = min(octets, RILL_HYSTART_L * c->mss);

	rill_hystart_sample(k, rtt_us);
	c->cwnd += k->rounds ? step / RILL_HYSTART_GROWTH : step;
	rill_hystart_acked(c, k, octets);
}

/* Congestion avoidance begins (RFC 9438 section 4.8, where no loss ended slow start) */
static void rill_cubic_begin(struct rill_cong *c, struct rill_cubic *k, u32 now)
{
	if (k->w_max < c->cwnd) {
		k->w_max = c->cwnd;
		k->k = 0;
	} else {
		k->k = rill_cubic_k(k->w_max - c->cwnd, c->mss);
	}
	k->w_est = c->cwnd;
	k->epoch = now;
	k->last = now;
	k->avoiding = true;
}

/* RFC 9438 section 4.3, equation (4): alpha is 9/17, from cwnd_prior on 1 */
static void rill_cubic_estimate(struct rill_cong *c, struct rill_cubic *k, u32 octets)
{
	u64 step = (u64)octets * c->mss;

	if (k->w_est < k->prior)
		step = div_u64(step * 9, 17);
	k->w_est = min_t(u64, k->w_est + div_u64(step, c->cwnd), RILL_CONG_CWND_MAX);
}

static void rill_cubic_avoid(struct rill_cong *c, struct rill_cubic *k, u32 octets, u32 rtt_us,
			     u32 now)
{
	u32 target, t;

	if (!k->avoiding)
		rill_cubic_begin(c, k, now);
	/* Time in which the window was not in use doesn't count (section 5.8). */
	if (now - k->last > RILL_CUBIC_PAUSE)
		k->epoch += now - k->last;
	k->last = now;
	t = now - k->epoch;
	rill_cubic_estimate(c, k, octets);
	if (rill_cubic_window(k, t, c->mss) < k->w_est) {
		c->cwnd = max(c->cwnd, k->w_est);
		return;
	}
	target = rill_cubic_window(k, t + rtt_us / USEC_PER_MSEC, c->mss);
	target = min_t(u64, target, c->cwnd + c->cwnd / 2);
	if (target > c->cwnd)
		c->cwnd += max_t(u32, div_u64((u64)(target - c->cwnd) * octets, c->cwnd), 1);
}

static void rill_cubic_acked(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us)
{
	struct rill_cubic *k = rill_cubic(c);

	if (c->ssthresh == U32_MAX) {
		rill_cubic_first(c, k, octets, rtt_us);
		return;
	}
	if (c->cwnd < c->ssthresh)
		octets = rill_cong_slow_start(c, octets, RILL_HYSTART_L);
	if (octets)
		rill_cubic_avoid(c, k, octets, rtt_us, div_u64(now_us, USEC_PER_MSEC));
}

/*
 * RFC 9438 sections 4.6 and 4.7 (fast convergence). Of a window that is in use whole segments may
 * leave something, which is no reason to fall lower.
 */
static u32 rill_cubic_reduce(struct rill_cong *c, u32 flight)
{
	struct rill_cubic *k = rill_cubic(c);
	u32 used = (u64)flight + 2 * c->mss >= c->cwnd ? c->cwnd : flight;

	k->prior = c->cwnd;
	k->before = k->w_max;
	k->w_max = c->cwnd < k->w_max ? div_u64((u64)c->cwnd * 17, 20) : c->cwnd;
	k->avoiding = false;
	k->rounds = 0;
	return max_t(u32, div_u64((u64)used * 7, 10), 2 * c->mss);
}

/*
 * RFC 9438 section 4.9: the curve begins anew, from where it had been. So does a round of slow
 * start: what was acknowledged meanwhile was not counted, and a round that begins in the middle of
 * what leaves at once finds the queue of the first half in the second.
 */
static void rill_cubic_event(struct rill_cong *c, enum rill_cong_event event, u32 flight)
{
	struct rill_cubic *k = rill_cubic(c);

	if (event != RILL_CONG_UNDO)
		return;
	k->w_max = k->before;
	k->avoiding = false;
	rill_hystart_round(c, k);
}

struct rill_cong_ops rill_cong_cubic = {
	.name	= "cubic",
	.init	= rill_cubic_init,
	.acked	= rill_cubic_acked,
	.reduce	= rill_cubic_reduce,
	.event	= rill_cubic_event,
};
