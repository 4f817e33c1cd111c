// SPDX-License-Identifier: GPL-2.0
/*
 * Congestion control, what all algorithms share: the initial, loss and restart windows, and the
 * rule that only a window in use may grow. core/recovery.c reports acknowledgments and losses,
 * the transmit path idle times. How a window grows and shrinks is the algorithm's (rill_cong_ops).
 * RFC 5681, RFC 6928, RFC 7661.
 */
#include "cong.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#define RILL_CONG_VALID_US	(300 * USEC_PER_SEC)	/* RFC 7661 section 4.4.3: five minutes */

/* RFC 6928 section 2, equation (1) */
static u32 rill_cong_initial(u32 mss)
{
	return min(RILL_CONG_INIT_SEGS * mss, max(2 * mss, (u32)RILL_CONG_INIT_OCTETS));
}

/*
 * Was the congestion window what held the sender back? A window that isn't used says nothing about
 * the path, so it must not grow on its acknowledgments (RFC 7661 section 4.3). In slow start half
 * of it is enough, because then it is used again before it has doubled. In congestion avoidance up
 * to two segments may lie between a full window and what whole segments leave of it.
 */
static bool rill_cong_limited(const struct rill_cong *c, u32 flight)
{
	if (flight < c->cwnd / 2)
		return false;
	return c->cwnd < c->ssthresh || (u64)flight + 2 * c->mss >= c->cwnd;
}

/*
 * Nobody knows any more whether the path bears a window of which half was not in use for so long.
 * Each such time takes half of it, and slow start may bring back what was there.
 */
static void rill_cong_validate(struct rill_cong *c, u32 flight, u64 now_us)
{
	if (flight >= c->cwnd / 2 || !c->used_us) {
		c->used_us = now_us;
	} else if (now_us - c->used_us >= RILL_CONG_VALID_US) {
		c->ssthresh = max(c->ssthresh, c->cwnd / 4 * 3);
		c->cwnd = min(c->cwnd, max(c->cwnd / 2, rill_cong_initial(c->mss)));
		c->used_us = now_us;
	}
}

/**
 * rill_cong_size() - what an algorithm needs of its own for each connection
 * @ops: the algorithm
 *
 * Return: octets; 0: struct rill_cong suffices.
 */
u32 rill_cong_size(const struct rill_cong_ops *ops)
{
	if (!(ops->flags & RILL_CONG_RATE) && !ops->state)
		return 0;
	return sizeof(struct rill_rate) + ops->state;
}

/* Once the algorithm has what it needs. */
static void rill_cong_begin(struct rill_cong *c)
{
	if (c->ops->init && (c->rate || !rill_cong_size(c->ops)))
		c->ops->init(c);
}

/**
 * rill_cong_init() - a connection starts
 * @c: its congestion state
 * @ops: the algorithm
 * @mss: SMSS in octets, 1..65535
 *
 * The initial window is RFC 6928's, and slow start goes on until the first loss. An algorithm for
 * which rill_cong_size() is not 0 begins with rill_cong_lend().
 */
void rill_cong_init(struct rill_cong *c, const struct rill_cong_ops *ops, u32 mss)
{
	*c = (struct rill_cong){
		.cwnd = rill_cong_initial(mss),
		.ssthresh = U32_MAX,
		.mss = mss,
		.ops = ops,
	};
	rill_cong_begin(c);
}

/**
 * rill_cong_switch() - a connection under way chooses another algorithm
 * @c: congestion state
 * @ops: the algorithm
 *
 * What was learnt about the path, the window and ssthresh, stays. What the one before was lent is
 * the caller's again; rill_cong_lend() as for rill_cong_init().
 */
void rill_cong_switch(struct rill_cong *c, const struct rill_cong_ops *ops)
{
	memset(c->priv, 0, sizeof(c->priv));
	c->counted = 0;
	c->pacing_rate = 0;
	c->rate = NULL;
	c->ops = ops;
	rill_cong_begin(c);
}

/**
 * rill_cong_lend() - give the algorithm the memory that it needs, and begin
 * @c: congestion state
 * @room: rill_cong_size() octets, all 0, the caller's again when the connection has ended
 */
void rill_cong_lend(struct rill_cong *c, void *room)
{
	c->rate = room;
	rill_cong_begin(c);
}

/**
 * rill_cong_set_mss() - segments have another size from now on
 * @c: congestion state
 * @mss: the new SMSS in octets, 1..65535
 *
 * With smaller segments the window shrinks in proportion, lest a burst of more segments than before
 * follows (RFC 5681 section 3.1). With larger ones it stays the same number of octets. One segment
 * always fits, and ssthresh stays at two or more.
 */
void rill_cong_set_mss(struct rill_cong *c, u32 mss)
{
	if (mss < c->mss)
		c->cwnd = div_u64((u64)c->cwnd * mss, c->mss);
	c->cwnd = max(c->cwnd, mss);
	c->ssthresh = max(c->ssthresh, 2 * mss);
	c->mss = mss;
}

/**
 * rill_cong_slow_start() - for algorithms: grow towards ssthresh, which lies above cwnd
 * @c: congestion state
 * @octets: how much was newly acknowledged
 * @segs: segments that one ACK widens the window by at most (L of RFC 3465 section 2.3)
 *
 * Return: octets of these that are left for congestion avoidance.
 */
u32 rill_cong_slow_start(struct rill_cong *c, u32 octets, u32 segs)
{
	u32 room = c->ssthresh - c->cwnd;
	u32 step = min(octets, segs * c->mss);

	if (step <= room) {
		c->cwnd += step;
		return 0;
	}
	c->cwnd = c->ssthresh;
	return octets - room;
}

/**
 * rill_cong_acked() - new data was acknowledged, and nothing is being recovered by fast retransmit
 * @c: congestion state
 * @octets: how much was newly acknowledged
 * @flight: octets in flight before this acknowledgment
 * @rtt_us: sample of the round-trip time that came with it; 0: none
 * @now_us: the time
 *
 * Passed on to the algorithm only while the congestion window was in use; what is not used for
 * five minutes shrinks (RFC 7661).
 */
void rill_cong_acked(struct rill_cong *c, u32 octets, u32 flight, u32 rtt_us, u64 now_us)
{
	if (!c->ops->acked)
		return;
	rill_cong_validate(c, flight, now_us);
	if (!rill_cong_limited(c, flight))
		return;
	c->ops->acked(c, octets, rtt_us, now_us);
	c->cwnd = min(c->cwnd, RILL_CONG_CWND_MAX);
}

/**
 * rill_cong_sample() - an ACK came: what it tells of the path
 * @c: congestion state
 * @s: that
 */
void rill_cong_sample(struct rill_cong *c, const struct rill_rate_sample *s)
{
	if (!c->ops->sample)
		return;
	c->ops->sample(c, s);
	c->cwnd = clamp(c->cwnd, c->mss, RILL_CONG_CWND_MAX);
}

/**
 * rill_cong_reduce() - a loss was noticed, the first in its window of data
 * @c: congestion state
 * @flight: octets in flight
 *
 * To ssthresh; what becomes of the window itself depends on how the loss is repaired.
 */
void rill_cong_reduce(struct rill_cong *c, u32 flight)
{
	c->counted = 0;
	if (rill_cong_owns(c))
		rill_cong_event(c, RILL_CONG_LOSS, flight);
	else
		c->ssthresh = c->ops->reduce(c, flight);
}

/**
 * rill_cong_event() - something that an algorithm may have to know
 * @c: congestion state
 * @event: what
 * @flight: octets in flight
 */
void rill_cong_event(struct rill_cong *c, enum rill_cong_event event, u32 flight)
{
	if (!c->ops->event || (event != RILL_CONG_UNDO && !rill_cong_owns(c)))
		return;
	c->ops->event(c, event, flight);
	c->cwnd = clamp(c->cwnd, c->mss, RILL_CONG_CWND_MAX);
}

/**
 * rill_cong_timeout() - the retransmission timer expired
 * @c: congestion state
 * @flight: octets in flight
 * @first: the segment at SND.UNA hadn't been retransmitted by the timer before
 *
 * The loss window is one segment. ssthresh remembers half of what was in flight when the loss
 * was first noticed; further timeouts of the same segment leave it alone (RFC 5681 section 3.1).
 */
void rill_cong_timeout(struct rill_cong *c, u32 flight, bool first)
{
	if (rill_cong_owns(c)) {
		rill_cong_event(c, RILL_CONG_TIMEOUT, flight);
		return;
	}
	if (first)
		c->ssthresh = c->ops->reduce(c, flight);
	c->cwnd = c->mss;
	c->counted = 0;
}

/**
 * rill_cong_idle() - about to send after a time in which nothing was sent
 * @c: congestion state
 * @idle_rtos: how many whole RTOs that time has lasted
 *
 * From one RTO on the ACK clock has stopped, so that a full window would leave as one burst: the
 * restart window is the initial window, at most (RFC 5681 section 4.1). It applies at once and
 * isn't approached by halves, and ssthresh keeps what was learnt about the path.
 */
void rill_cong_idle(struct rill_cong *c, u32 idle_rtos)
{
	if (!idle_rtos)
		return;
	if (rill_cong_owns(c)) {
		rill_cong_event(c, RILL_CONG_IDLE, 0);
		return;
	}
	c->cwnd = min(c->cwnd, rill_cong_initial(c->mss));
	c->counted = 0;
	c->used_us = 0;
}
