// SPDX-License-Identifier: GPL-2.0
/*
 * Proportional Rate Reduction: during fast recovery each ACK lets so much go that at its end as
 * much is in flight as congestion control wants, neither in a burst nor after a silence.
 * core/recovery.c begins it and reports ACKs, the transmit path what it sends.
 * RFC 9937.
 */
#include "prr.h"

#include <linux/math64.h>
#include <linux/minmax.h>

/**
 * rill_prr_begin() - fast recovery begins (RFC 9937 section 6.1)
 * @p: its state
 * @target: the new ssthresh
 * @flight: RecoverFS: what was under way when the ACK came that told of the loss, without what the
 *	peer had told of before
 */
void rill_prr_begin(struct rill_prr *p, u32 target, u32 flight)
{
	*p = (struct rill_prr){ .target = target, .flight = max(flight, 1u) };
}

/**
 * rill_prr_acked() - an ACK came during fast recovery (RFC 9937 section 6.2)
 * @p: its state
 * @delivered: what it has told of for the first time, more than 0
 * @pipe: what is in flight
 * @mss: SMSS
 * @safe: SND.UNA has moved, and nothing more is lost
 *
 * Return: cwnd.
 */
u32 rill_prr_acked(struct rill_prr *p, u32 delivered, u32 pipe, u32 mss, bool safe)
{
	s64 room, quota;

	p->delivered += delivered;
	if (pipe > p->target) {
		quota = div_u64((u64)p->delivered * p->target + p->flight - 1, p->flight);
		room = quota - p->out;
	} else {
		room = max((s64)p->delivered - p->out, (s64)delivered) + (safe ? mss : 0);
		room = min(room, (s64)p->target - pipe);
	}
	/* The first segment to be repaired goes in any case. */
	if (!p->out && room < mss)
		room = mss;
	return pipe + max(room, 0LL);
}
