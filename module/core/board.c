// SPDX-License-Identifier: GPL-2.0
/*
 * The scoreboard: what was sent, when, and what the peer and the clock have told of it since.
 * The transmit path reports what it sends, first or again; the receive path each ACK and its SACK
 * blocks; core/rack.c says what is lost. Segments that fare alike share an entry, so that without
 * losses there is one for each burst, and with them no more than there are segments. Each octet is
 * SACKed once, and what is SACKed is one entry up to the next hole: whatever a peer sends, an ACK
 * costs no more than what it brings, and a search for each of its blocks.
 * RFC 2018 section 5, RFC 6675 section 4, RFC 8985 section 5.
 */
#include "board.h"

#include <linux/math.h>
#include <linux/minmax.h>

#include "seq.h"

static u32 rill_sent_len(const struct rill_sent *s)
{
	return s->end - s->seq;
}

static struct rill_sent *rill_sent_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct rill_sent, node);
}

/**
 * rill_board_init() - nothing was sent yet
 * @b: the scoreboard
 */
void rill_board_init(struct rill_board *b)
{
	*b = (struct rill_board){ .root = RB_ROOT };
	INIT_LIST_HEAD(&b->by_time);
	INIT_LIST_HEAD(&b->lost);
	INIT_LIST_HEAD(&b->spare);
}

/**
 * rill_board_give() - an entry for later use
 * @b: the scoreboard
 * @spare: the entry, in use nowhere
 */
void rill_board_give(struct rill_board *b, struct rill_sent *spare)
{
	list_add(&spare->list, &b->spare);
	b->n_spare++;
}

/**
 * rill_board_take() - take back an entry that is not in use
 * @b: the scoreboard
 *
 * Return: the entry, or NULL.
 */
struct rill_sent *rill_board_take(struct rill_board *b)
{
	struct rill_sent *s = list_first_entry_or_null(&b->spare, struct rill_sent, list);

	if (s) {
		list_del(&s->list);
		b->n_spare--;
	}
	return s;
}

/* The entry that holds @seq, or the first one behind it. */
static struct rill_sent *rill_board_find(const struct rill_board *b, u32 seq)
{
	struct rb_node *node = b->root.rb_node;
	struct rill_sent *s, *found = NULL;

	while (node) {
		s = rill_sent_of(node);
		if (rill_seq_leq(s->end, seq)) {
			node = node->rb_right;
		} else {
			found = s;
			node = node->rb_left;
		}
	}
	return found;
}

/* Link @s in right behind @prev, or at the head. */
static void rill_board_link(struct rill_board *b, struct rill_sent *s, struct rill_sent *prev)
{
	struct rb_node **link = prev ? &prev->node.rb_right : &b->root.rb_node;
	struct rb_node *parent = prev ? &prev->node : NULL;

	while (*link) {
		parent = *link;
		link = &parent->rb_left;
	}
	rb_link_node(&s->node, parent, link);
	rb_insert_color(&s->node, &b->root);
	b->n++;
}

static void rill_board_unlink(struct rill_board *b, struct rill_sent *s)
{
	rb_erase(&s->node, &b->root);
	list_del(&s->list);
	b->n--;
	rill_board_give(b, s);
}

/* @len octets with @flags come, or with a negative number go. */
static void rill_board_count(struct rill_board *b, u8 flags, s32 len)
{
	if (flags & RILL_SENT_SACKED)
		b->sacked_octets += len;
	if (flags & RILL_SENT_LOST)
		b->lost_octets += len;
	if (flags & RILL_SENT_AGAIN)
		b->again_octets += len;
}

static void rill_board_set_flags(struct rill_board *b, struct rill_sent *s, u8 flags)
{
	rill_board_count(b, s->flags, -(s32)rill_sent_len(s));
	s->flags = flags;
	rill_board_count(b, s->flags, rill_sent_len(s));
}

/* Make two of one: @s keeps what is before @seq. Return: the rest, or NULL: no spare entry. */
static struct rill_sent *rill_board_split(struct rill_board *b, struct rill_sent *s, u32 seq)
{
	struct rill_sent *rest = rill_board_take(b);

	if (!rest)
		return NULL;
	*rest = (struct rill_sent){
		.at_us	= s->at_us,
		.seq	= seq,
		.end	= s->end,
		.seg	= s->seg,
		.flags	= s->flags,
	};
	s->end = seq;
	if (list_empty(&s->list))
		INIT_LIST_HEAD(&rest->list);
	else
		list_add(&rest->list, &s->list);
	rill_board_link(b, rest, s);
	return rest;
}

/**
 * rill_board_sent() - new data was sent
 * @b: the scoreboard
 * @seq: its first octet: where the last entry ends
 * @end: the number behind it
 * @seg: octets of each segment
 * @at_us: when; the same for all of a burst
 *
 * Return: false without a spare entry: it is not recorded.
 */
bool rill_board_sent(struct rill_board *b, u32 seq, u32 end, u32 seg, u64 at_us)
{
	struct rill_sent *last = rill_sent_of(rb_last(&b->root)), *s;

	if (last && !last->flags && last->at_us == at_us && last->seg == seg &&
	    !((last->end - last->seq) % seg)) {
		last->end = end;
		return true;
	}
	s = rill_board_take(b);
	if (!s)
		return false;
	*s = (struct rill_sent){ .at_us = at_us, .seq = seq, .end = end, .seg = seg };
	rill_board_link(b, s, last);
	list_add_tail(&s->list, &b->by_time);
	return true;
}

/**
 * rill_board_tail() - the last segment, as an entry of its own
 * @b: the scoreboard
 *
 * Return: the entry; NULL: there is none under way there, or no spare entry.
 */
struct rill_sent *rill_board_tail(struct rill_board *b)
{
	struct rill_sent *s = rill_sent_of(rb_last(&b->root));
	u32 over;

	if (!s || (s->flags & (RILL_SENT_SACKED | RILL_SENT_LOST)))
		return NULL;
	if (rill_sent_len(s) <= s->seg)
		return s;
	over = rill_sent_len(s) % s->seg ?: s->seg;
	return rill_board_split(b, s, s->end - over);
}

/**
 * rill_board_again() - something was sent again
 * @b: the scoreboard
 * @s: from its first octet on
 * @len: so many octets, no more than it has, as one segment
 * @at_us: when
 *
 * Return: false without a spare entry: it is not recorded.
 */
bool rill_board_again(struct rill_board *b, struct rill_sent *s, u32 len, u64 at_us)
{
	if (len < rill_sent_len(s) && !rill_board_split(b, s, s->seq + len))
		return false;
	rill_board_set_flags(b, s, s->flags | RILL_SENT_AGAIN | RILL_SENT_EVER);
	s->at_us = at_us;
	s->seg = len;
	list_move_tail(&s->list, &b->by_time);
	return true;
}

/* Octets up to @end of @s, which were under way or lost, have arrived: news of them. */
static void rill_board_news(const struct rill_sent *s, u32 end, struct rill_delivered *d)
{
	d->octets += end - s->seq;
	d->segs += DIV_ROUND_UP(end - s->seq, s->seg);
	if (s->at_us > d->at_us || (s->at_us == d->at_us && rill_seq_gt(end, d->end))) {
		d->at_us = s->at_us;
		d->end = end;
		d->ever = s->flags & RILL_SENT_EVER;
	}
	if (s->flags & RILL_SENT_EVER)
		return;
	if (!d->any || rill_seq_gt(end, d->high))
		d->high = end;
	if (!d->any || rill_seq_lt(s->seq, d->low))
		d->low = s->seq;
	d->any = true;
}

/**
 * rill_board_acked() - SND.UNA has moved
 * @b: the scoreboard
 * @una: to here
 * @d: gets to know what is news
 */
void rill_board_acked(struct rill_board *b, u32 una, struct rill_delivered *d)
{
	struct rill_sent *s;
	u32 end;

	while ((s = rill_sent_of(rb_first(&b->root))) && rill_seq_lt(s->seq, una)) {
		end = rill_seq_min(s->end, una);
		if (!(s->flags & RILL_SENT_SACKED))
			rill_board_news(s, end, d);
		rill_board_count(b, s->flags, -(s32)(end - s->seq));
		s->seq = end;
		if (s->seq == s->end)
			rill_board_unlink(b, s);
	}
}

/* What is SACKed up to a hole is one entry. */
static struct rill_sent *rill_board_merge(struct rill_board *b, struct rill_sent *s)
{
	struct rill_sent *prev = rill_sent_of(rb_prev(&s->node));
	struct rill_sent *next = rill_sent_of(rb_next(&s->node));

	if (next && (next->flags & RILL_SENT_SACKED)) {
		s->end = next->end;
		rill_board_unlink(b, next);
	}
	if (prev && (prev->flags & RILL_SENT_SACKED)) {
		prev->end = s->end;
		rill_board_unlink(b, s);
		return prev;
	}
	return s;
}

/* Where @seq stands between segments of @s, or the next such place before or behind it. */
static u32 rill_board_edge(const struct rill_sent *s, u32 seq, bool behind)
{
	u32 at = seq - s->seq, over = at % s->seg;

	if (!over)
		return seq;
	return behind ? rill_seq_min(seq + s->seg - over, s->end) : seq - over;
}

/*
 * Of @s what lies from @start to @end, whole segments only: a peer has no reason to tell of less,
 * and shall not cut the board into octets. Return: an entry of just that, or NULL.
 */
static struct rill_sent *rill_board_cut(struct rill_board *b, struct rill_sent *s, u32 start,
					u32 end)
{
	if (rill_seq_lt(s->seq, start)) {
		start = rill_board_edge(s, start, true);
		if (start == s->end)
			return NULL;
	} else {
		start = s->seq;
	}
	end = rill_seq_lt(end, s->end) ? rill_board_edge(s, end, false) : s->end;
	if (rill_seq_leq(end, start))
		return NULL;
	if (end != s->end && !rill_board_split(b, s, end))
		return NULL;
	return start == s->seq ? s : rill_board_split(b, s, start);
}

/**
 * rill_board_sack() - the peer has told of a block of data that came early
 * @b: the scoreboard
 * @start: its first octet
 * @end: the number behind it: the caller knows that all of it was sent and is not acknowledged
 * @d: gets to know what is news
 *
 * Without spare entries what can't be recorded is as if the peer had not told.
 */
void rill_board_sack(struct rill_board *b, u32 start, u32 end, struct rill_delivered *d)
{
	struct rill_sent *s = rill_board_find(b, start), *part;

	for (; s && rill_seq_lt(s->seq, end); s = rill_sent_of(rb_next(&s->node))) {
		if (s->flags & RILL_SENT_SACKED)
			continue;
		part = rill_board_cut(b, s, start, end);
		if (!part)
			continue;
		rill_board_news(part, part->end, d);
		rill_board_set_flags(b, part, RILL_SENT_SACKED);
		list_del_init(&part->list);
		s = rill_board_merge(b, part);
	}
}

/**
 * rill_board_lose() - what was under way is taken for lost
 * @b: the scoreboard
 * @s: an entry among those by time
 *
 * It comes last among what is to be sent again.
 */
void rill_board_lose(struct rill_board *b, struct rill_sent *s)
{
	rill_board_set_flags(b, s, (s->flags & ~RILL_SENT_AGAIN) | RILL_SENT_LOST);
	list_move_tail(&s->list, &b->lost);
}

/**
 * rill_board_lose_all() - nothing was heard for an RTO: all that is not SACKed is taken for lost
 * @b: the scoreboard
 * @reneged: what is SACKed as well: the peer may have thrown it away (RFC 2018 section 8)
 *
 * It is to be sent again in the order of its numbers.
 */
void rill_board_lose_all(struct rill_board *b, bool reneged)
{
	struct rb_node *node;
	struct rill_sent *s;

	for (node = rb_first(&b->root); node; node = rb_next(node)) {
		s = rill_sent_of(node);
		if (s->flags & RILL_SENT_SACKED) {
			if (!reneged)
				continue;
			rill_board_set_flags(b, s, RILL_SENT_EVER);
		}
		rill_board_lose(b, s);
	}
}

/**
 * rill_board_found() - what was taken for lost, and isn't sent again yet, is under way after all
 * @b: the scoreboard
 *
 * To its place by time: before what was sent since.
 */
void rill_board_found(struct rill_board *b)
{
	struct list_head *at = &b->by_time;
	struct rill_sent *s, *next;

	list_for_each_entry_safe(s, next, &b->lost, list) {
		rill_board_set_flags(b, s, s->flags & ~RILL_SENT_LOST);
		/* Mostly in order already: go on from the last one. */
		if (at != &b->by_time && list_entry(at, struct rill_sent, list)->at_us > s->at_us)
			at = &b->by_time;
		while (!list_is_last(at, &b->by_time) &&
		       list_next_entry(list_entry(at, struct rill_sent, list), list)->at_us <=
		       s->at_us)
			at = at->next;
		list_move(&s->list, at);
		at = &s->list;
	}
}

/**
 * rill_board_empty() - all entries become spare ones
 * @b: the scoreboard
 */
void rill_board_empty(struct rill_board *b)
{
	struct rill_sent *s;

	while ((s = rill_sent_of(rb_first(&b->root))))
		rill_board_unlink(b, s);
	b->sacked_octets = 0;
	b->lost_octets = 0;
	b->again_octets = 0;
}
