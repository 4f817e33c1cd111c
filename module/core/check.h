/* SPDX-License-Identifier: GPL-2.0 */
/* Is this segment acceptable? (RFC 9293 sections 3.10.7.3 and 3.10.7.4, RFC 5961) */
#ifndef _RILL_CORE_CHECK_H
#define _RILL_CORE_CHECK_H

#include "seg.h"

enum rill_verdict {
	RILL_TAKE,		/* go on with it */
	RILL_DROP,		/* say nothing */
	RILL_DROP_ACK,		/* drop it and answer with an ACK */
	RILL_DROP_CHALLENGE,	/* drop it and answer with a (rate limited) challenge ACK */
	RILL_DROP_RST,		/* drop it and answer with <SEQ=SEG.ACK><CTL=RST> */
	RILL_RESET,		/* an acceptable RST */
};

/**
 * struct rill_edges - where a connection stands, as far as a segment's fate depends on it
 * @rcv_nxt: RCV.NXT
 * @rcv_wnd: RCV.WND in octets, of what was advertised and not yet used
 * @snd_una: SND.UNA
 * @snd_nxt: SND.NXT (the highest ever sent, also after a retransmission timeout)
 * @max_wnd: MAX.SND.WND, the largest window the peer ever offered (RFC 5961 section 5.2)
 */
struct rill_edges {
	u32	rcv_nxt;
	u32	rcv_wnd;
	u32	snd_una;
	u32	snd_nxt;
	u32	max_wnd;
};

enum rill_verdict rill_check_synced(const struct rill_edges *e, const struct rill_seg *seg);
enum rill_verdict rill_check_synsent(u32 iss, u32 snd_nxt, const struct rill_seg *seg);
bool rill_check_paws(u32 ts_recent, u32 tsval, bool rst);

/**
 * struct rill_trim - what of a segment lies inside the window
 * @front: octets of payload before the window
 * @tail: octets of payload behind it; @front + @tail never exceed the payload
 * @fin: the segment has a FIN, and it is inside
 */
struct rill_trim {
	u32	front;
	u32	tail;
	bool	fin;
};

void rill_check_trim(u32 rcv_nxt, u32 rcv_wnd, const struct rill_seg *seg, struct rill_trim *t);

#endif /* _RILL_CORE_CHECK_H */
