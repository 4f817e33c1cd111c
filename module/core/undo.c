// SPDX-License-Identifier: GPL-2.0
/*
 * Was the loss none? What only came late was sent again needlessly, and the window was reduced for
 * nothing. Three things tell: the echo of a timestamp older than the retransmission's, data that
 * was never sent again arriving behind a timeout, and that the peer has got twice all that was sent
 * again. core/recovery.c reports reductions, the transmit path what it sends again, the receive
 * path what ACKs say.
 * RFC 3522 and RFC 4015 (Eifel), RFC 5682 (F-RTO), RFC 3708 (D-SACK).
 */
#include "undo.h"

#include <linux/minmax.h>

#include "seq.h"

/**
 * rill_undo_arm() - the window is about to be reduced for a loss
 * @u: the state
 * @c: congestion state, before
 * @una: SND.UNA
 * @nxt: SND.NXT
 *
 * A second reduction before what was in flight at the first has arrived changes nothing: if one of
 * them is undone, all are.
 */
void rill_undo_arm(struct rill_undo *u, const struct rill_cong *c, u32 una, u32 nxt)
{
	if (u->armed && rill_seq_lt(una, u->end)) {
		u->end = nxt;
		return;
	}
	*u = (struct rill_undo){
		.cwnd = c->cwnd,
		.ssthresh = c->ssthresh,
		.end = nxt,
		.armed = true,
	};
}

/**
 * rill_undo_timeout() - that loss is one that the retransmission timer has noticed
 * @u: the state, armed
 * @first: the timer hasn't sent the segment at SND.UNA again before
 */
void rill_undo_timeout(struct rill_undo *u, bool first)
{
	u->frto = first && !u->again ? RILL_FRTO_HEAD : RILL_FRTO_OFF;
}

/**
 * rill_undo_again() - something was sent again
 * @u: the state
 * @octets: so much
 * @stamp: with this timestamp; 0 where the connection has none
 */
void rill_undo_again(struct rill_undo *u, u32 octets, u32 stamp)
{
	if (!u->armed)
		return;
	if (!u->again && stamp) {
		u->stamp = stamp;
		u->stamped = true;
	}
	u->again = true;
	u->out += octets;
}

/**
 * rill_undo_echo() - SND.UNA has moved: by which transmission? (RFC 3522 section 3.2)
 * @u: the state
 * @echo: the ACK's echoed timestamp; 0: none
 *
 * Return: true: by the original, as the first ACK behind the retransmission tells.
 */
bool rill_undo_echo(struct rill_undo *u, u32 echo)
{
	bool asked = u->armed && u->stamped;

	u->stamped = false;
	return asked && echo && rill_seq_lt(echo, u->stamp);
}

/**
 * rill_undo_original() - an ACK came behind a timeout (RFC 5682 section 3.1)
 * @u: the state
 * @low: the lowest number of what it tells of for the first time and that was sent once; with @any
 * @any: there is such a thing
 * @advanced: SND.UNA has moved
 * @has_new: there is new data that the peer has room for
 *
 * Return: true: data that was in flight at the timeout has arrived by itself.
 */
bool rill_undo_original(struct rill_undo *u, u32 low, bool any, bool advanced, bool has_new)
{
	if (u->frto == RILL_FRTO_OFF)
		return false;
	if (any && rill_seq_lt(low, u->end))
		return true;
	if (u->frto == RILL_FRTO_HEAD && advanced && has_new)
		u->frto = RILL_FRTO_NEW;
	else
		u->frto = RILL_FRTO_OFF;
	return false;
}

/**
 * rill_undo_twice() - the peer has got something twice (RFC 3708)
 * @u: the state
 * @start: its first octet
 * @end: the number behind it
 *
 * Return: true: all that was sent again it has got twice.
 */
bool rill_undo_twice(struct rill_undo *u, u32 start, u32 end)
{
	if (!u->armed || !u->again || !rill_seq_lt(start, end) || rill_seq_gt(end, u->end))
		return false;
	u->out -= min(end - start, u->out);
	return !u->out;
}

/**
 * rill_undo() - give back what the reduction took (RFC 4015 section 3)
 * @u: the state, armed
 * @c: congestion state
 * @flight: octets in flight
 */
void rill_undo(struct rill_undo *u, struct rill_cong *c, u32 flight)
{
	c->cwnd = max(c->cwnd, u->cwnd);
	c->ssthresh = max(c->ssthresh, u->ssthresh);
	*u = (struct rill_undo){ };
	rill_cong_event(c, RILL_CONG_UNDO, flight);
}
