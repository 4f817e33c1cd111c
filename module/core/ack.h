/* SPDX-License-Identifier: GPL-2.0 */
/* What an acceptable acknowledgment means for the sender (RFC 9293 3.10.7.4, RFC 5681 2). */
#ifndef _RILL_CORE_ACK_H
#define _RILL_CORE_ACK_H

#include "seg.h"

/**
 * struct rill_snd - the send sequence variables
 * @una: SND.UNA
 * @nxt: SND.NXT, the highest sent
 * @wnd: SND.WND in octets, scaled
 * @wl1: SND.WL1, sequence number of the segment that last updated @wnd
 * @wl2: SND.WL2, its acknowledgment number
 * @max_wnd: the largest @wnd ever seen
 * @wscale: the peer's window scale; 0 while not agreed on
 */
struct rill_snd {
	u32	una;
	u32	nxt;
	u32	wnd;
	u32	wl1;
	u32	wl2;
	u32	max_wnd;
	u8	wscale;
};

/**
 * struct rill_acked - what an acknowledgment brought
 * @octets: sequence space newly acknowledged, SYN and FIN counted
 * @duplicate: a duplicate acknowledgment in the sense of RFC 5681 section 2
 * @wnd_changed: SND.WND is another than before
 * @ece: it tells of congestion; the caller's to set (core/ecn.c, core/accecn.c)
 * @marked: octets that the network has marked, as far as it tells; the caller's, too
 * @wnd_opened: SND.WND was zero (or less than could be used) and isn't any more
 */
struct rill_acked {
	u32	octets;
	u32	marked;
	bool	duplicate;
	bool	ece;
	bool	wnd_changed;
	bool	wnd_opened;
};

void rill_ack_apply(struct rill_snd *snd, const struct rill_seg *seg, struct rill_acked *res);

#endif /* _RILL_CORE_ACK_H */
