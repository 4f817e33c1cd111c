// SPDX-License-Identifier: GPL-2.0
/*
 * Reno: slow start, congestion avoidance, and half the flight after a loss.
 * Called by core/cong.c and core/recovery.c through rill_cong_reno, and by the names of its
 * functions in other algorithms' tables. It counts octets instead of acknowledgments, so that
 * delayed or split ACKs make no difference (Appropriate Byte Counting).
 * RFC 5681 section 3.1, RFC 3465.
 */
#include "cong_reno.h"

#include <linux/minmax.h>

#include "cong.h"

#define RILL_RENO_L	2	/* segments an ACK widens the window by (RFC 3465 section 2.3) */

/* A segment more for each window of octets acknowledged: one in a round trip. */
static void rill_reno_avoid(struct rill_cong *c, u32 octets)
{
	c->counted += octets;
	if (c->counted < c->cwnd)
		return;
	c->counted -= c->cwnd;
	c->cwnd += c->mss;
	c->counted = min(c->counted, c->cwnd - 1);
}

/**
 * rill_reno_acked() - the window grows: rill_cong_ops' acked
 * @c: congestion state
 * @octets: how much was newly acknowledged
 * @rtt_us: is of no account
 * @now_us: nor is this
 */
void rill_reno_acked(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us)
{
	if (c->cwnd < c->ssthresh)
		octets = rill_cong_slow_start(c, octets, RILL_RENO_L);
	if (octets)
		rill_reno_avoid(c, octets);
}

/**
 * rill_reno_reduce() - half the flight after a loss: rill_cong_ops' reduce
 * @c: congestion state
 * @flight: octets in flight
 *
 * Return: ssthresh of RFC 5681 section 3.1, equation (4).
 */
u32 rill_reno_reduce(struct rill_cong *c, u32 flight)
{
	return max(flight / 2, 2 * c->mss);
}

struct rill_cong_ops rill_cong_reno = {
	.name	= "reno",
	.acked	= rill_reno_acked,
	.reduce	= rill_reno_reduce,
};
