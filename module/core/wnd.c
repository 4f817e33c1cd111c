// SPDX-License-Identifier: GPL-2.0
/*
 * Windows: what to advertise to the peer, and how much of the queue may be sent now.
 * The transmit path asks both when it builds a segment, the reader asks whether the room it made
 * is worth telling. Silly windows are avoided here on either side, and Nagle's algorithm is here.
 * RFC 9293 sections 3.7.4, 3.8.6.2 and 3.8.6.2.2, RFC 7323 section 2.
 */
#include "wnd.h"

#include <linux/limits.h>
#include <linux/minmax.h>

#include "opt.h"

/**
 * rill_wnd_scale() - the window scale to offer
 * @rcvbuf: the most octets that the receive buffer may grow to
 *
 * Return: the smallest scale with which a window of @rcvbuf can be said, 0..14.
 */
u8 rill_wnd_scale(u32 rcvbuf)
{
	u8 scale = 0;

	while (scale < RILL_WSCALE_MAX && (u32)U16_MAX << scale < rcvbuf)
		scale++;
	return scale;
}

/**
 * rill_wnd_advertise() - the window to advertise
 * @space: octets that could still be received
 * @full_space: octets that could be received if nothing were waiting for the reader
 * @cur_wnd: octets promised before and not used yet
 * @mss: the peer's segments are expected to be of this size
 * @wscale: scale of the windows we advertise
 *
 * What was promised stays promised (RFC 9293 section 3.8.6, SHLD-14). The right edge only moves
 * when it can move by a segment or by half the buffer, whichever is less (section 3.8.6.2.2). The
 * scale allows multiples of 1 << @wscale only: new room is rounded down, an old promise up.
 *
 * Return: octets, to be shifted right by @wscale into the header without loss.
 */
u32 rill_wnd_advertise(u32 space, u32 full_space, u32 cur_wnd, u32 mss, u8 wscale)
{
	u32 most = (u32)U16_MAX << wscale;
	u32 unit = 1u << wscale;
	u32 keep = (min(cur_wnd, most) + unit - 1) & ~(unit - 1);

	space = min(space, most);
	if (space < cur_wnd + min(full_space / 2, mss))
		return keep;
	return max(space & ~(unit - 1), keep);
}

/**
 * rill_wnd_update_due() - the reader made room: is it time to tell the peer?
 * @new_wnd: what rill_wnd_advertise() would say now
 * @cur_wnd: octets promised before and not used yet
 * @full_space: octets that could be received if nothing were waiting for the reader
 * @mss: the peer's segments are expected to be of this size
 *
 * When the window has doubled by two segments or more, or grown by half the buffer: else the ACKs
 * of what is still to come will tell. And at once when the peer can go on that couldn't before:
 * it may wait for a whole segment, or half of the largest window.
 *
 * Return: true if a window update should be sent now.
 */
bool rill_wnd_update_due(u32 new_wnd, u32 cur_wnd, u32 full_space, u32 mss)
{
	u32 enough = min(full_space / 2, mss);

	if (new_wnd <= cur_wnd)
		return false;
	if (new_wnd - cur_wnd >= full_space / 2)
		return true;
	if (new_wnd - cur_wnd >= 2 * mss && new_wnd / 2 >= cur_wnd)
		return true;
	return cur_wnd < enough && new_wnd >= enough;
}

/* May a last segment of less than an MSS go, though more data might still fill it up? */
static bool rill_wnd_tail_goes(const struct rill_send_q *q)
{
	if (q->push)
		return true;
	if (q->cork)
		return false;
	return !q->nagle || !q->flight || q->all_full;
}

/**
 * rill_wnd_may_send() - how much of the queue may be sent now?
 * @q: the question; @q->mss is at least 1
 *
 * The window and cwnd bound everything. Whole segments go. What is less than a segment goes
 *
 * - if the queue ends with it: when the user has no more to say, else, unless corked, when
 *   Nagle's algorithm is off or sees nothing to wait for (RFC 9293 section 3.7.4). What is in
 *   flight is judged once for the whole run, so that data written into an idle connection isn't
 *   torn apart;
 * - if the window cuts it off the queue: only when nothing is in flight, no whole segment fits,
 *   and it is at least half of the largest window that the peer ever offered (RFC 9293 section
 *   3.8.6.2.1, condition 3 with Fs = 1/2): such a peer may never open it further.
 *
 * Where the window cuts off too little, no ACK may be under way that would bring the question up
 * again: with nothing in flight it takes the persist timer to go on.
 *
 * Return: octets from the front of the queue, 0 to hold; whole segments, with the tail last.
 */
u32 rill_wnd_may_send(const struct rill_send_q *q)
{
	u32 usable = min(q->wnd_left, q->cwnd > q->flight ? q->cwnd - q->flight : 0);
	u32 room = min(q->avail, usable);
	u32 tail = room % q->mss;
	bool goes;

	if (q->avail <= usable)
		goes = rill_wnd_tail_goes(q);
	else
		goes = room < q->mss && !q->flight && room >= q->max_wnd / 2;
	return goes ? room : room - tail;
}
