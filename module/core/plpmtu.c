// SPDX-License-Identifier: GPL-2.0
/*
 * A path that swallows large segments and says nothing (RFC 2923 section 2.1): after repeated
 * timeouts segments become smaller, and later one larger segment at a time tries whether more gets
 * through again. The timers report timeouts, the receive path acknowledgments, the transmit path
 * asks for the limit and sends the probes.
 * RFC 4821 sections 7.5 and 7.7, in the simple form of halves and doubles.
 */
#include "plpmtu.h"

#include <linux/minmax.h>

#include "seq.h"

/**
 * rill_plpmtu_limit() - the MSS to use
 * @p: what is known
 * @mss: the MSS without it
 */
u32 rill_plpmtu_limit(const struct rill_plpmtu *p, u32 mss)
{
	return p->cap ? min(p->cap, mss) : mss;
}

/**
 * rill_plpmtu_lower() - a segment got no answer again and again: perhaps it is too large
 * @p: what is known
 * @lost: its size
 * @base: what almost every path takes
 * @floor: less is never tried
 * @raise_at: when to try more again
 *
 * To @base at first, from there by halves. A small segment says nothing of sizes.
 *
 * Return: true if the limit is another one now.
 */
bool rill_plpmtu_lower(struct rill_plpmtu *p, u32 lost, u32 base, u32 floor, u32 raise_at)
{
	u32 next = max(lost > base ? base : lost / 2, floor);

	if (lost <= next || (p->cap && lost < p->cap))
		return false;
	p->cap = next;
	p->probe = 0;
	p->raise_at = raise_at;
	return true;
}

/**
 * rill_plpmtu_probe_size() - is it time to try a larger segment?
 * @p: what is known
 * @mss: the MSS without a limit
 * @now: the time
 *
 * Return: its size, or 0.
 */
u32 rill_plpmtu_probe_size(const struct rill_plpmtu *p, u32 mss, u32 now)
{
	if (!p->cap || p->cap >= mss || p->probe || rill_seq_lt(now, p->raise_at))
		return 0;
	return min(2 * p->cap, mss);
}

/**
 * rill_plpmtu_probed() - a larger segment is under way
 * @p: what is known
 * @size: its size
 * @end: the number behind it
 * @raise_at: when to try again if this one is lost
 */
void rill_plpmtu_probed(struct rill_plpmtu *p, u32 size, u32 end, u32 raise_at)
{
	p->probe = size;
	p->probe_end = end;
	p->raise_at = raise_at;
}

/**
 * rill_plpmtu_acked() - something was acknowledged
 * @p: what is known
 * @una: SND.UNA
 * @now: the time
 *
 * Return: true if that was the larger segment, so that the limit is another one; the next size may
 * be tried at once.
 */
bool rill_plpmtu_acked(struct rill_plpmtu *p, u32 una, u32 now)
{
	if (!p->probe || rill_seq_lt(una, p->probe_end))
		return false;
	p->cap = p->probe;
	p->probe = 0;
	p->raise_at = now;
	return true;
}

/**
 * rill_plpmtu_lost() - something is sent again: an ACK will say nothing of the larger segment
 * @p: what is known
 */
void rill_plpmtu_lost(struct rill_plpmtu *p)
{
	p->probe = 0;
}
