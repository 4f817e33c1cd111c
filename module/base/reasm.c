// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that came too early, by sequence number, until the gap before them closes.
 * The receive path inserts and pops under the socket's lock, memory pressure prunes. Whatever isn't
 * kept is handed back on a list, to be freed and counted by the caller. No step looks at more than
 * the path down the tree and at what it removes, so that no order of arrival makes it slow.
 */
#include "reasm.h"

#include "../core/seg.h"
#include "../core/seq.h"

/**
 * rill_reasm_init() - make an empty queue
 * @q: the queue
 */
void rill_reasm_init(struct rill_reasm *q)
{
	*q = (struct rill_reasm){ .root = RB_ROOT };
}

/* The links of the tree and those of a list share their place, and so does skb->dev. */
static void rill_reasm_unlink(struct rill_reasm *q, struct sk_buff *skb)
{
	if (skb == q->last)
		q->last = rb_to_skb(rb_prev(&skb->rbnode));
	rb_erase(&skb->rbnode, &q->root);
	q->truesize -= skb->truesize;
	/* Numbers that were told long ago would lie ahead again 2^31 octets later. */
	if (rill_reasm_empty(q))
		q->sack.n = 0;
	skb->next = NULL;
	skb->prev = NULL;
	skb->dev = NULL;
}

static void rill_reasm_link(struct rill_reasm *q, struct sk_buff *skb, struct rb_node *parent,
			    struct rb_node **link)
{
	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color(&skb->rbnode, &q->root);
	q->truesize += skb->truesize;
	if (!rb_next(&skb->rbnode))
		q->last = skb;
}

/*
 * A stream has one end. Where the last segment held and the new one differ about it (data behind
 * a FIN, or none where a FIN was), one of them lies, and the one that came first is believed.
 */
static bool rill_reasm_disagree(const struct sk_buff *held, const struct sk_buff *skb)
{
	const struct rill_rcb *a = RILL_RCB(held);
	const struct rill_rcb *b = RILL_RCB(skb);
	bool a_fin = a->flags & RILL_FIN;
	bool b_fin = b->flags & RILL_FIN;

	if (a->end == b->end)
		return a_fin != b_fin;
	return rill_seq_lt(a->end, b->end) ? a_fin : b_fin;
}

/* Is all of @skb there, between the neighbours @prev and @next (either may be NULL)? */
static bool rill_reasm_covered(const struct sk_buff *prev, const struct sk_buff *next,
			       const struct sk_buff *skb)
{
	const struct rill_rcb *cb = RILL_RCB(skb);

	if (!prev)
		return false;
	if (rill_seq_geq(RILL_RCB(prev)->end, cb->end))
		return true;
	return next && rill_seq_geq(RILL_RCB(prev)->end, RILL_RCB(next)->seq) &&
	       rill_seq_geq(RILL_RCB(next)->end, cb->end);
}

/* Take out what @skb, just linked in, makes superfluous. Each segment is taken out only once. */
static void rill_reasm_supersede(struct rill_reasm *q, struct sk_buff *skb, struct sk_buff *prev,
				 struct sk_buff_head *freed)
{
	const struct rill_rcb *cb = RILL_RCB(skb);
	struct sk_buff *next;

	if (prev && RILL_RCB(prev)->seq == cb->seq) {
		rill_reasm_unlink(q, prev);
		__skb_queue_tail(freed, prev);
	}
	while ((next = rb_to_skb(rb_next(&skb->rbnode))) != NULL &&
	       rill_seq_leq(RILL_RCB(next)->end, cb->end)) {
		rill_reasm_unlink(q, next);
		__skb_queue_tail(freed, next);
	}
}

/**
 * rill_reasm_insert() - keep a segment that came too early
 * @q: the queue
 * @skb: the segment, in no list; RILL_RCB(skb) is filled in, and takes some sequence space, all of
 *	it less than 2^31 away from any other segment's
 * @freed: what isn't needed any more is queued here: @skb itself if its neighbours together have
 *	all of it, else those that it has all of
 *
 * Neighbours may overlap afterwards, but none has all of another. A segment that contradicts the
 * FIN, or lack of one, seen before is treated as one that is there already.
 *
 * Return: true if @skb was kept, and belongs to @q now.
 */
bool rill_reasm_insert(struct rill_reasm *q, struct sk_buff *skb, struct sk_buff_head *freed)
{
	struct rb_node **link = &q->root.rb_node;
	struct sk_buff *prev = NULL, *next = NULL;
	struct rb_node *parent = NULL;

	if (q->last && rill_reasm_disagree(q->last, skb))
		goto superfluous;

	if (q->last && rill_seq_geq(RILL_RCB(skb)->seq, RILL_RCB(q->last)->seq)) {
		/* Most often it goes behind the last, without a search. */
		prev = q->last;
		parent = &prev->rbnode;
		link = &parent->rb_right;
	}
	while (*link) {
		struct sk_buff *at = rb_to_skb(*link);

		parent = *link;
		if (rill_seq_lt(RILL_RCB(skb)->seq, RILL_RCB(at)->seq)) {
			next = at;
			link = &parent->rb_left;
		} else {
			prev = at;
			link = &parent->rb_right;
		}
	}
	rill_sack_take(&q->sack, RILL_RCB(skb)->seq, RILL_RCB(skb)->end);
	if (rill_reasm_covered(prev, next, skb))
		goto superfluous;

	rill_reasm_link(q, skb, parent, link);
	rill_reasm_supersede(q, skb, prev, freed);
	return true;

superfluous:
	__skb_queue_tail(freed, skb);
	return false;
}

/**
 * rill_reasm_pop() - take out the first segment, if the gap before it is closed
 * @q: the queue
 * @rcv_nxt: RCV.NXT, the first sequence number that is missing
 * @freed: segments that lie below @rcv_nxt altogether are queued here
 *
 * Return: the segment with @rcv_nxt in it, which may begin before it; NULL if there is none.
 */
struct sk_buff *rill_reasm_pop(struct rill_reasm *q, u32 rcv_nxt, struct sk_buff_head *freed)
{
	struct sk_buff *skb;

	while ((skb = skb_rb_first(&q->root)) != NULL &&
	       rill_seq_leq(RILL_RCB(skb)->seq, rcv_nxt)) {
		rill_reasm_unlink(q, skb);
		if (rill_seq_gt(RILL_RCB(skb)->end, rcv_nxt))
			return skb;
		__skb_queue_tail(freed, skb);
	}
	return NULL;
}

/**
 * rill_reasm_prune() - give up the segment furthest ahead, which is needed last
 * @q: the queue
 *
 * The peer may have been told that it is there; from now on it isn't (RFC 2018 section 8).
 * Return: the segment, to be freed by the caller; NULL if the queue is empty.
 */
struct sk_buff *rill_reasm_prune(struct rill_reasm *q)
{
	struct sk_buff *skb = q->last;

	if (skb)
		rill_reasm_unlink(q, skb);
	q->sack.n = 0;
	return skb;
}

/**
 * rill_reasm_purge() - free all segments
 * @q: the queue; empty afterwards
 */
void rill_reasm_purge(struct rill_reasm *q)
{
	struct sk_buff *skb;

	while ((skb = rill_reasm_prune(q)) != NULL)
		kfree_skb(skb);
}
