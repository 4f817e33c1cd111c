/* SPDX-License-Identifier: GPL-2.0 */
/* Urgent data: a mark in the stream of octets (RFC 9293 section 3.8.5, RFC 6093). */
#ifndef _RILL_CORE_URGENT_H
#define _RILL_CORE_URGENT_H

#include "seg.h"

enum rill_urgent_state {
	RILL_URGENT_NONE,	/* the reader has passed every mark there was */
	RILL_URGENT_AWAITED,	/* announced, and the octet there has not come yet */
	RILL_URGENT_HERE,	/* the octet can be had out of band */
	RILL_URGENT_READ,	/* it was had; in the stream its place is still ahead */
};

/**
 * struct rill_urgent - how far the peer's urgent data reaches
 * @mark: number of its last octet, RCV.UP - 1; with RILL_URGENT_NONE it means nothing
 * @state: enum rill_urgent_state
 * @octet: the octet at the mark, with RILL_URGENT_HERE
 */
struct rill_urgent {
	u32	mark;
	u8	state;
	u8	octet;
};

/*
 * The last urgent octet by a header with URG: the pointer names the one behind it (MUST-62), in all
 * of the stream, not in the segment alone.
 */
static inline u32 rill_urgent_mark(const struct rill_seg *seg)
{
	return seg->seq + seg->urg - 1;
}

/* Is @seq the mark? */
static inline bool rill_urgent_at(const struct rill_urgent *u, u32 seq)
{
	return u->state != RILL_URGENT_NONE && u->mark == seq;
}

bool rill_urgent_news(const struct rill_urgent *u, u32 mark, u32 rcv_nxt);
u32 rill_urgent_run(const struct rill_urgent *u, u32 from, u32 len);
u32 rill_urgent_unread(const struct rill_urgent *u, u32 from, u32 len);
u16 rill_urgent_pointer(u32 seq, u32 up, u32 nxt);

#endif /* _RILL_CORE_URGENT_H */
