/* SPDX-License-Identifier: GPL-2.0 */
/* Segments that came too early, kept in order until the gap before them closes. */
#ifndef _RILL_BASE_REASM_H
#define _RILL_BASE_REASM_H

#include <linux/rbtree.h>
#include <linux/skbuff.h>

#include "../core/sack.h"

/* In skb->cb of every received segment that is queued. */
struct rill_rcb {
	u32	seq;		/* of the first octet in the skb */
	u32	end;		/* of the first octet behind it, FIN counted */
	u32	tsval;		/* SEG.TSval, where timestamps are agreed on and it came early */
	u8	flags;		/* enum rill_flag */
};

#define RILL_RCB(skb)	((struct rill_rcb *)&(skb)->cb[0])

/**
 * struct rill_reasm - out-of-order segments, by sequence number
 * @root: the tree, linked by skb->rbnode
 * @last: the one furthest ahead: the usual place for the next
 * @sack: what the peer is told of it
 * @truesize: memory held, in octets of skb->truesize
 *
 * Neighbours may overlap, none covers another.
 */
struct rill_reasm {
	struct rb_root	root;
	struct sk_buff	*last;
	struct rill_sack sack;
	u32		truesize;
};

static inline bool rill_reasm_empty(const struct rill_reasm *q)
{
	return RB_EMPTY_ROOT(&q->root);
}

void rill_reasm_init(struct rill_reasm *q);
bool rill_reasm_insert(struct rill_reasm *q, struct sk_buff *skb, struct sk_buff_head *freed);
struct sk_buff *rill_reasm_pop(struct rill_reasm *q, u32 rcv_nxt, struct sk_buff_head *freed);
struct sk_buff *rill_reasm_prune(struct rill_reasm *q);
void rill_reasm_purge(struct rill_reasm *q);

#endif /* _RILL_BASE_REASM_H */
