// SPDX-License-Identifier: GPL-2.0
/*
 * Samples of the rate at which the network delivers. Some of the segments sent leave a mark: how
 * much had been delivered by then. When one of these is delivered itself, what came between, and
 * the time that took, are a sample. Marks stand so far apart that a window has some dozen: a sample
 * is as exact as if every segment had one, only the samples are fewer. They are in order of numbers
 * and of time, so that an ACK looks only at those that it takes away.
 * The transmit path reports what it sends, the receive path what was delivered or lost.
 * draft-ietf-ccwg-bbr section 4.1, draft-cheng-iccrg-delivery-rate-estimation.
 */
#include "rate.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "seq.h"

/* Marks that a window is to have: half of all, as it may double in a round trip. */
#define RILL_RATE_APART	(RILL_RATE_MARKS / 2)

static struct rill_rate_mark *rill_rate_at(struct rill_rate *r, u32 i)
{
	return &r->mark[(r->head + i) % RILL_RATE_MARKS];
}

/**
 * rill_rate_init() - a connection starts
 * @r: its state
 */
void rill_rate_init(struct rill_rate *r)
{
	*r = (struct rill_rate){ };
}

/* With nothing in flight, time has passed in which nothing could be delivered: it doesn't count. */
static void rill_rate_restart(struct rill_rate *r, u32 flight, u64 now_us)
{
	if (flight)
		return;
	r->first_us = now_us;
	r->delivered_us = now_us;
}

/* Every other mark goes, the newest stays. */
static void rill_rate_thin(struct rill_rate *r)
{
	u32 i;

	for (i = 0; i < r->n / 2; i++)
		*rill_rate_at(r, i) = *rill_rate_at(r, 2 * i + 1);
	r->n /= 2;
}

/**
 * rill_rate_sent() - a segment was sent in its turn: new data, or all over again after a timeout
 * @r: the connection's state
 * @end: the number behind it
 * @len: its octets
 * @flight: octets in flight before it
 * @now_us: the time
 */
void rill_rate_sent(struct rill_rate *r, u32 end, u32 len, u32 flight, u64 now_us)
{
	bool again = r->any && rill_seq_leq(end, r->nxt);
	u32 apart = (flight + len) / RILL_RATE_APART;

	rill_rate_restart(r, flight, now_us);
	if (!again)
		r->nxt = end;
	r->any = true;
	while (r->n && rill_seq_leq(end, rill_rate_at(r, r->n - 1)->end))
		r->n--;
	if (r->n && end - rill_rate_at(r, r->n - 1)->end < apart)
		return;
	if (r->n == RILL_RATE_MARKS)
		rill_rate_thin(r);
	*rill_rate_at(r, r->n++) = (struct rill_rate_mark){
		.end = end,
		.sent_us = now_us,
		.delivered = r->delivered,
		.delivered_us = r->delivered_us,
		.first_us = r->first_us,
		.flight = flight + len,
		.lost = r->lost,
		.limited = r->limited,
		.again = again,
	};
}

/**
 * rill_rate_again() - something is sent again out of its turn
 * @r: the connection's state
 * @flight: octets in flight before it
 * @now_us: the time
 *
 * It leaves no mark: which of both transmissions was delivered is not always known.
 */
void rill_rate_again(struct rill_rate *r, u32 flight, u64 now_us)
{
	rill_rate_restart(r, flight, now_us);
}

/**
 * rill_rate_lost() - something was found lost
 * @r: the connection's state
 * @octets: how much
 */
void rill_rate_lost(struct rill_rate *r, u32 octets)
{
	r->lost += octets;
}

/**
 * rill_rate_limited() - there is nothing more to send, though the window has room
 * @r: the connection's state
 * @flight: octets in flight
 *
 * Until what is in flight has been delivered, a sample may have the gap in it.
 */
void rill_rate_limited(struct rill_rate *r, u32 flight)
{
	r->limited = true;
	r->bubble = r->delivered + flight;
}

/* The sample that the delivery of @m's segment makes possible. */
static void rill_rate_take(struct rill_rate *r, const struct rill_rate_mark *m, u32 min_rtt_us,
			   struct rill_rate_sample *s)
{
	u32 rtt = (u32)s->now_us - m->sent_us;

	r->first_us = m->sent_us;
	if (m->again)
		return;
	s->valid = true;
	s->limited = m->limited;
	s->prior = m->delivered;
	s->sent_flight = m->flight;
	s->sent_lost = r->lost - m->lost;
	s->rtt_us = max(rtt, 1u);
	s->delivered = r->delivered - m->delivered;
	/* What was sent in a burst, or acknowledged in one, was not delivered as fast. */
	s->interval_us = max(m->sent_us - m->first_us, (u32)s->now_us - m->delivered_us);
	/* In less time than a round trip takes it can't have been (section 4.1.2.3). */
	if (s->interval_us && s->interval_us >= min_rtt_us)
		s->rate = div_u64((u64)s->delivered * USEC_PER_SEC, s->interval_us);
	/* What the application had to send says of the path that it is no slower. */
	if (s->rate && (!s->limited || s->rate >= r->rate)) {
		r->rate = s->rate;
		r->rate_limited = s->limited;
	}
}

/**
 * rill_rate_acked() - an ACK came
 * @r: the connection's state
 * @high: of what it tells of as delivered, and was not sent twice, the number behind the newest;
 *	SND.UNA at least
 * @min_rtt_us: the least round-trip time so far; U32_MAX: not known
 * @s: with now_us and acked; the rest of what is known here is filled in
 */
void rill_rate_acked(struct rill_rate *r, u32 high, u32 min_rtt_us, struct rill_rate_sample *s)
{
	struct rill_rate_mark newest = { };
	bool any = false;

	if (min_rtt_us == U32_MAX)
		min_rtt_us = 0;
	r->delivered += s->acked;
	if (s->acked)
		r->delivered_us = s->now_us;
	if (r->limited && rill_seq_gt(r->delivered, r->bubble))
		r->limited = false;
	while (r->n && rill_seq_leq(rill_rate_at(r, 0)->end, high)) {
		newest = *rill_rate_at(r, 0);
		any = true;
		r->head = (r->head + 1) % RILL_RATE_MARKS;
		r->n--;
	}
	s->total = r->delivered;
	s->lost = r->lost - r->told;
	r->told = r->lost;
	if (any && s->acked)
		rill_rate_take(r, &newest, min_rtt_us, s);
}
