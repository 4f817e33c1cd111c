/* SPDX-License-Identifier: GPL-2.0 */
/* The deadlines of one connection, so that one timer can serve them all. Times in jiffies. */
#ifndef _RILL_CORE_DEADLINES_H
#define _RILL_CORE_DEADLINES_H

#include <linux/types.h>

enum rill_deadline {
	RILL_DL_RTX,		/* retransmit, or resend SYN or FIN */
	RILL_DL_PERSIST,	/* probe a zero window */
	RILL_DL_DELACK,		/* a delayed ACK is due */
	RILL_DL_KEEPALIVE,	/* look whether the peer is there */
	RILL_DL_LINGER,		/* an orphan's stay in FIN-WAIT-2 ends */
	RILL_DL_CORK,		/* held-back small data goes out all the same */
	RILL_DL_REORDER,	/* what may only be late counts as lost */
	RILL_DL_TAIL,		/* the last segments may be lost: a probe asks */
	RILL_DL_COUNT
};

struct rill_deadlines {
	unsigned long	at[RILL_DL_COUNT];
	u8		set;	/* bit n: at[n] is meaningful */
};

void rill_deadline_set(struct rill_deadlines *d, enum rill_deadline which, unsigned long at);
void rill_deadline_clear(struct rill_deadlines *d, enum rill_deadline which);
bool rill_deadline_pending(const struct rill_deadlines *d, enum rill_deadline which);
bool rill_deadline_first(const struct rill_deadlines *d, unsigned long *at);
u8 rill_deadline_take_due(struct rill_deadlines *d, unsigned long now);

#endif /* _RILL_CORE_DEADLINES_H */
