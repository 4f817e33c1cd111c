// SPDX-License-Identifier: GPL-2.0
/*
 * Is this segment acceptable, and if not, how is it answered?
 * The receive path asks before a segment may change anything, once per segment and state. The
 * order of the questions is that of RFC 9293 sections 3.10.7.3 and 3.10.7.4, with the answers of
 * RFC 5961 to blind attacks; timestamps by RFC 7323 section 5.
 */
#include "check.h"

#include <linux/minmax.h>

#include "seq.h"

/*
 * The test with four cases of RFC 9293 section 3.4. Its "special allowance" for valid ACKs, URGs
 * and RSTs at a zero window is granted to a segment that starts exactly at the right edge of any
 * window: a peer that has used up the window cannot number its ACKs otherwise, and two such peers
 * would answer each other's ACKs forever. What ends right before the window, a probe that was taken
 * already, brings the ACK of a peer who may have missed all of ours.
 */
static bool rill_check_window(const struct rill_edges *e, const struct rill_seg *seg)
{
	u32 end = rill_seg_end(seg);

	return seg->seq - e->rcv_nxt <= e->rcv_wnd || (end == e->rcv_nxt && end != seg->seq) ||
	       rill_seq_within(end - 1, e->rcv_nxt, e->rcv_wnd);
}

/* RFC 5961 section 3.2: only the one expected number resets, one in the window has to be asked. */
static enum rill_verdict rill_check_rst(const struct rill_edges *e, const struct rill_seg *seg)
{
	if (seg->seq == e->rcv_nxt)
		return RILL_RESET;
	if (rill_seq_within(seg->seq, e->rcv_nxt, e->rcv_wnd))
		return RILL_DROP_CHALLENGE;
	return RILL_DROP;
}

/**
 * rill_check_synced() - judge a segment in a synchronised state
 * @e: where the connection stands
 * @seg: the segment
 *
 * - A RST, whatever else is set, resets at RCV.NXT only, also while the window is zero (MUST-66).
 * - A SYN is challenged whatever its numbers are (RFC 5961 section 4.2).
 * - A segment outside the window is answered with an ACK. One that starts at the right edge is
 *   taken for its ACK, URG and FIN, and so is one at RCV.NXT while the window is zero, or one that
 *   ends there: the caller lets rill_check_trim() cut its payload off and acknowledges it all the
 *   same.
 * - Without ACK it is dropped.
 * - SEG.ACK must lie in SND.UNA - MAX.SND.WND .. SND.NXT, else it is challenged (RFC 5961 section
 *   5.2; an ACK of what was never sent is answered with an ACK by RFC 9293, too).
 *
 * In SYN-RECEIVED an ACK that does not acknowledge our SYN calls for a RST instead, which is left
 * to the caller.
 *
 * Return: RILL_TAKE, RILL_DROP, RILL_DROP_ACK, RILL_DROP_CHALLENGE or RILL_RESET.
 */
enum rill_verdict rill_check_synced(const struct rill_edges *e, const struct rill_seg *seg)
{
	if (seg->flags & RILL_RST)
		return rill_check_rst(e, seg);
	if (seg->flags & RILL_SYN)
		return RILL_DROP_CHALLENGE;
	if (!rill_check_window(e, seg))
		return RILL_DROP_ACK;
	if (!(seg->flags & RILL_ACK))
		return RILL_DROP;
	if (rill_seq_lt(seg->ack, e->snd_una - e->max_wnd) || rill_seq_gt(seg->ack, e->snd_nxt))
		return RILL_DROP_CHALLENGE;
	return RILL_TAKE;
}

/**
 * rill_check_synsent() - judge the answer to our SYN
 * @iss: ISS, our SYN's number
 * @snd_nxt: SND.NXT
 * @seg: the segment
 *
 * RFC 9293 section 3.10.7.3. What is taken has SYN; with ACK, too, it acknowledges our SYN,
 * without ACK it is the other half of a simultaneous open. A RST must acknowledge our SYN to be
 * believed (RFC 5961 section 3.2).
 *
 * Return: RILL_TAKE, RILL_DROP, RILL_DROP_RST or RILL_RESET.
 */
enum rill_verdict rill_check_synsent(u32 iss, u32 snd_nxt, const struct rill_seg *seg)
{
	bool rst = seg->flags & RILL_RST;
	bool ack = seg->flags & RILL_ACK;

	if (ack && (rill_seq_leq(seg->ack, iss) || rill_seq_gt(seg->ack, snd_nxt)))
		return rst ? RILL_DROP : RILL_DROP_RST;
	if (rst)
		return ack ? RILL_RESET : RILL_DROP;
	return seg->flags & RILL_SYN ? RILL_TAKE : RILL_DROP;
}

/**
 * rill_check_paws() - is a segment an old duplicate by its timestamp?
 * @ts_recent: TS.Recent, or what takes its place; the caller knows that it is not outdated
 * @tsval: SEG.TSval
 * @rst: the segment is a RST: those are never judged by their timestamp
 *
 * RFC 7323 sections 5.2 and 5.3, rule R1.
 *
 * Return: true if the segment is to be dropped and answered with an ACK.
 */
bool rill_check_paws(u32 ts_recent, u32 tsval, bool rst)
{
	return !rst && rill_seq_lt(tsval, ts_recent);
}

/**
 * rill_check_trim() - what of a segment lies inside the window?
 * @rcv_nxt: RCV.NXT
 * @rcv_wnd: RCV.WND in octets
 * @seg: a segment without SYN: its payload begins at its sequence number
 * @t: the result: front + tail never exceed the payload
 *
 * Payload before RCV.NXT is the front, payload behind the right edge the tail. A FIN at the right
 * edge itself is inside: it needs no buffer, and a sender that has filled the window exactly may
 * have nothing left but to say so.
 */
void rill_check_trim(u32 rcv_nxt, u32 rcv_wnd, const struct rill_seg *seg, struct rill_trim *t)
{
	u32 edge = rcv_nxt + rcv_wnd;
	u32 end = seg->seq + seg->len;

	t->front = 0;
	t->tail = 0;
	if (rill_seq_lt(seg->seq, rcv_nxt))
		t->front = min(rcv_nxt - seg->seq, seg->len);
	if (rill_seq_gt(end, edge))
		t->tail = min(end - edge, seg->len);
	t->fin = seg->flags & RILL_FIN && end - rcv_nxt <= rcv_wnd;
}
