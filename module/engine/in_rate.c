// SPDX-License-Identifier: GPL-2.0
/*
 * What an ACK tells congestion control of the path, once it is known what it means for losses.
 * Socket lock held.
 */
#include "../base/clock.h"
#include "../base/pacer.h"
#include "../core/seq.h"
#include "in_rate.h"
#include "lost.h"

/**
 * rill_in_rate() - an ACK came: delivery rate, round-trip time, losses and marks
 * @sk: the socket, locked; the ACK is applied to its send sequence variables
 * @acked: what rill_ack_apply() said about it
 * @d: what it has told of
 * @flight: octets in flight before
 */
void rill_in_rate(struct sock *sk, const struct rill_acked *acked, const struct rill_delivered *d,
		  u32 flight)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_cong *c = &rs->cong;
	struct rill_rate_sample s = {
		.now_us		= rill_clock_us(),
		.acked		= d->octets,
		.marked		= acked->marked,
		.prior_flight	= flight,
		.flight		= rill_out_flight(rs),
		.ece		= acked->ece,
		.recovering	= rs->rec.phase == RILL_REC_FAST || rs->rec.phase == RILL_REC_LOSS,
		.cwnd_limited	= (u64)flight + 2 * c->mss >= c->cwnd,
		.sack		= rs->sack_on,
	};
	u32 high = rs->snd.una;

	rs->tally.delivered += d->segs;
	if (d->at_us && !d->ever)
		high = rill_seq_max(high, d->end);
	if (c->rate)
		rill_rate_acked(c->rate, high, rs->rtt.min_us, &s);
	rill_cong_sample(c, &s);
	if (rill_paces(sk))
		rill_pacer_rate(sk);
}
