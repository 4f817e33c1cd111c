// SPDX-License-Identifier: GPL-2.0
/*
 * Pacing: each segment takes its time at some rate, and the next one's turn comes after it. Time
 * in which nothing was sent may be caught up on, but only a little of it: in any interval no more
 * leaves than the rate says, and a millisecond's worth or two segments, whichever is more.
 * What has left waits below the socket until the device has sent it; of that, too, there is to be
 * no more than a little. base/pacer.c asks on behalf of the transmit path, and has the timer.
 */
#include "pace.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

/* How long so much takes. */
static u64 rill_pace_time(const struct rill_pace *p, u32 octets)
{
	return div64_u64((u64)octets * NSEC_PER_SEC + p->rate - 1, p->rate);
}

/* So much of @whole that a segment that ends it can still begin. */
static u64 rill_pace_room(const struct rill_pace *p, u64 whole)
{
	return whole > p->segment ? whole - p->segment : 0;
}

/**
 * rill_pace_rate() - at what rate to send, for who paces
 * @c: congestion state
 * @srtt_us: the smoothed round-trip time; 0: not known
 * @max: the user's limit
 *
 * Where the algorithm does not say, a window in a round trip, and more, lest pacing be what limits
 * the window's growth: twice as much while it doubles, then a fifth more.
 *
 * Return: octets a second, @max where nothing is known.
 */
u64 rill_pace_rate(const struct rill_cong *c, u32 srtt_us, u64 max)
{
	u32 tenths = c->cwnd < c->ssthresh ? 20 : 12;
	u64 rate = c->pacing_rate;

	if (!rate && srtt_us)
		rate = div_u64((u64)c->cwnd * tenths * (USEC_PER_SEC / 10), srtt_us);
	return rate && rate < max ? rate : max;
}

/**
 * rill_pace_init() - a connection begins, without a limit
 * @p: its turns
 * @sent: segments that it has sent already
 */
void rill_pace_init(struct rill_pace *p, u32 sent)
{
	*p = (struct rill_pace){
		.unpaced = sent < RILL_PACE_UNPACED ? RILL_PACE_UNPACED - sent : 0,
	};
}

/**
 * rill_pace_set() - send at this rate from now on
 * @p: the turns
 * @rate: octets a second; 0: no limit
 * @mss: octets of a full segment, 1..65535
 * @now: the time
 *
 * Who waits for his turn at a low rate does not wait for it at a higher one.
 */
void rill_pace_set(struct rill_pace *p, u64 rate, u32 mss, u64 now)
{
	bool faster = rate > p->rate;

	if (rate == p->rate && mss == p->mss)
		return;
	p->rate = rate;
	p->mss = mss;
	p->segment = rate ? rill_pace_time(p, mss) : 0;
	if (faster)
		p->due = min(p->due, now + p->segment);
}

/**
 * rill_pace_may() - may a segment leave now?
 * @p: the turns
 * @now: the time
 */
bool rill_pace_may(const struct rill_pace *p, u64 now)
{
	return !p->rate || p->unpaced || now >= p->due;
}

/**
 * rill_pace_sent() - a segment leaves, whether it was its turn or not
 * @p: the turns
 * @octets: of data in it
 * @now: the time
 */
void rill_pace_sent(struct rill_pace *p, u32 octets, u64 now)
{
	u64 credit = max(rill_pace_room(p, RILL_PACE_CREDIT), p->segment);

	if (p->unpaced) {
		p->unpaced--;
		return;
	}
	if (p->rate)
		p->due = max(p->due, now > credit ? now - credit : 0) + rill_pace_time(p, octets);
}

/**
 * rill_pace_when() - when to ask again
 * @p: the turns, none of which has come
 *
 * Return: the time when as much can leave as is worth a timer.
 */
u64 rill_pace_when(const struct rill_pace *p)
{
	return p->due + rill_pace_room(p, RILL_PACE_BATCH);
}

/**
 * rill_pace_below() - how much may have left and not been sent by the device yet
 * @rate: octets a second; 0: not known
 * @mss: octets of a full segment
 * @shift: for how long, so that rate >> shift is half of it
 *
 * Return: octets.
 */
u32 rill_pace_below(u64 rate, u32 mss, u8 shift)
{
	if (!rate)
		return RILL_PACE_BELOW_MAX;
	rate = min(rate, (u64)U32_MAX << 16) >> shift;
	return clamp_t(u64, 2 * rate, RILL_PACE_BELOW_SEGS * mss, RILL_PACE_BELOW_MAX);
}
