// SPDX-License-Identifier: GPL-2.0
/*
 * What an acknowledgment means for the sender: how much was acknowledged, the window, duplicates.
 * The receive path applies it to every segment that core/check.c took; what follows from the
 * result (freeing the queue, congestion control, retransmission) is decided elsewhere.
 * RFC 9293 section 3.10.7.4, fifth step; RFC 5681 section 2; RFC 7323 section 2.
 */
#include "ack.h"

#include <linux/minmax.h>

#include "seq.h"

/* Octets that the window allows beyond what is under way. */
static u32 rill_ack_usable(const struct rill_snd *snd)
{
	u32 flight = snd->nxt - snd->una;

	return snd->wnd > flight ? snd->wnd - flight : 0;
}

/* RFC 5681 section 2: five conditions, the fifth being that the window stands still. */
static bool rill_ack_is_duplicate(const struct rill_snd *snd, const struct rill_seg *seg, u32 wnd)
{
	return seg->ack == snd->una && snd->nxt != snd->una && !rill_seg_seqlen(seg) &&
	       wnd == snd->wnd;
}

/**
 * rill_ack_apply() - apply a segment's ACK and window to the send sequence variables
 * @snd: the variables; una, wnd, wl1, wl2 and max_wnd follow the segment
 * @seg: a segment with ACK that rill_check_synced() or rill_check_synsent() took
 * @res: what it brought
 *
 * An acknowledgment older than SND.UNA changes nothing. The window is taken from the newest
 * segment only, newest by SEG.SEQ, then by SEG.ACK (RFC 9293 section 3.10.7.4); the first window
 * of a connection, for which there is nothing to compare with, is accepted when the caller has set
 * SND.WL1 to SEG.SEQ - 1 before. The window of a SYN is never scaled (RFC 7323 section 2.2).
 */
void rill_ack_apply(struct rill_snd *snd, const struct rill_seg *seg, struct rill_acked *res)
{
	u32 wnd = seg->flags & RILL_SYN ? seg->wnd : (u32)seg->wnd << snd->wscale;
	bool blocked = !rill_ack_usable(snd);

	*res = (struct rill_acked){ };
	if (rill_seq_lt(seg->ack, snd->una))
		return;

	res->duplicate = rill_ack_is_duplicate(snd, seg, wnd);
	res->octets = seg->ack - snd->una;
	snd->una = seg->ack;

	if (rill_seq_lt(snd->wl1, seg->seq) ||
	    (snd->wl1 == seg->seq && rill_seq_leq(snd->wl2, seg->ack))) {
		res->wnd_changed = wnd != snd->wnd;
		snd->wnd = wnd;
		snd->wl1 = seg->seq;
		snd->wl2 = seg->ack;
		snd->max_wnd = max(snd->max_wnd, wnd);
	}
	res->wnd_opened = blocked && rill_ack_usable(snd);
}
