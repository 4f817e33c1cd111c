/* SPDX-License-Identifier: GPL-2.0 */
/* Finding out that nothing was lost: what a needless reduction took is given back. */
#ifndef _RILL_CORE_UNDO_H
#define _RILL_CORE_UNDO_H

#include "cong.h"

/* Who has to answer before it is known whether a timeout was needless (RFC 5682 section 3). */
enum rill_frto {
	RILL_FRTO_OFF,		/* it isn't asked */
	RILL_FRTO_HEAD,		/* the ACK of the segment that the timer has sent again */
	RILL_FRTO_NEW,		/* the next one: new data was sent instead of what may be lost */
};

/**
 * struct rill_undo - the last reduction, as long as it may turn out to be needless
 * @cwnd: congestion window before, octets
 * @ssthresh: slow start threshold before
 * @end: SND.NXT then
 * @stamp: the timestamp of what was sent again first; with @stamped
 * @out: octets sent again since that the peer hasn't told of having got twice
 * @frto: enum rill_frto
 * @armed: there is such a reduction
 * @again: something was sent again since
 * @stamped: SND.UNA hasn't moved since
 */
struct rill_undo {
	u32	cwnd;
	u32	ssthresh;
	u32	end;
	u32	stamp;
	u32	out;
	u8	frto;
	bool	armed;
	bool	again;
	bool	stamped;
};

void rill_undo_arm(struct rill_undo *u, const struct rill_cong *c, u32 una, u32 nxt);
void rill_undo_timeout(struct rill_undo *u, bool first);
void rill_undo_again(struct rill_undo *u, u32 octets, u32 stamp);
bool rill_undo_echo(struct rill_undo *u, u32 echo);
bool rill_undo_original(struct rill_undo *u, u32 low, bool any, bool advanced, bool has_new);
bool rill_undo_twice(struct rill_undo *u, u32 start, u32 end);
void rill_undo(struct rill_undo *u, struct rill_cong *c, u32 flight);

#endif /* _RILL_CORE_UNDO_H */
