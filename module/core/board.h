/* SPDX-License-Identifier: GPL-2.0 */
/* The scoreboard: what was sent and is not acknowledged (RFC 2018, RFC 6675, RFC 8985). */
#ifndef _RILL_CORE_BOARD_H
#define _RILL_CORE_BOARD_H

#include <linux/list.h>
#include <linux/rbtree.h>

#include "opt.h"

enum rill_sent_flag {
	RILL_SENT_SACKED	= 1,	/* the peer has it */
	RILL_SENT_LOST		= 2,	/* the network has it no more, as it was first sent */
	RILL_SENT_AGAIN		= 4,	/* sent again, and that is under way */
	RILL_SENT_EVER		= 8,	/* was sent again at some time (Karn's ambiguity) */
};

/**
 * struct rill_sent - segments in a row that were sent at the same time and have fared alike
 * @node: place by number
 * @list: place by time of sending, or among what is to be sent again, or among the spare ones
 * @at_us: microseconds, when they were last sent
 * @seq: the first octet
 * @end: the number behind the last, a FIN counted
 * @seg: octets of each, but for the last, which may be shorter
 * @flags: enum rill_sent_flag
 */
struct rill_sent {
	struct rb_node		node;
	struct list_head	list;
	u64			at_us;
	u32			seq;
	u32			end;
	u32			seg;
	u8			flags;
};

/**
 * struct rill_board - all of them, without gaps from SND.UNA to SND.NXT
 * @root: by number
 * @by_time: those under way, the one that was sent longest ago first
 * @lost: those that are not, in the order in which to send them again
 * @spare: for later use
 * @n_spare: how many these are
 * @n: how many are in @root
 * @sacked_octets: octets of those with RILL_SENT_SACKED
 * @lost_octets: octets of those with RILL_SENT_LOST
 * @again_octets: octets of those with RILL_SENT_AGAIN
 */
struct rill_board {
	struct rb_root		root;
	struct list_head	by_time;
	struct list_head	lost;
	struct list_head	spare;
	u32			n_spare;
	u32			n;
	u32			sacked_octets;
	u32			lost_octets;
	u32			again_octets;
};

/* What one call takes of the spare ones at most. */
#define RILL_BOARD_SPARE	(2 * RILL_SACK_BLOCKS)

/**
 * struct rill_delivered - what an ACK has told of
 * @octets: acknowledged or SACKed for the first time
 * @segs: in so many segments
 * @at_us: of the newest of these by time of sending, when that was; 0: there is none
 * @end: the number behind that one
 * @ever: that one was sent again at some time
 * @high: the highest number of those that were never sent again; with @any
 * @low: the lowest one
 * @any: there is such a one
 */
struct rill_delivered {
	u32	octets;
	u32	segs;
	u64	at_us;
	u32	end;
	bool	ever;
	u32	high;
	u32	low;
	bool	any;
};

void rill_board_init(struct rill_board *b);
void rill_board_give(struct rill_board *b, struct rill_sent *spare);
struct rill_sent *rill_board_take(struct rill_board *b);
bool rill_board_sent(struct rill_board *b, u32 seq, u32 end, u32 seg, u64 at_us);
struct rill_sent *rill_board_tail(struct rill_board *b);
bool rill_board_again(struct rill_board *b, struct rill_sent *s, u32 len, u64 at_us);
void rill_board_acked(struct rill_board *b, u32 una, struct rill_delivered *d);
void rill_board_sack(struct rill_board *b, u32 start, u32 end, struct rill_delivered *d);
void rill_board_lose(struct rill_board *b, struct rill_sent *s);
void rill_board_lose_all(struct rill_board *b, bool reneged);
void rill_board_found(struct rill_board *b);
void rill_board_empty(struct rill_board *b);

/* The first of those under way by time, of those to be sent again; NULL: none. */
static inline struct rill_sent *rill_board_oldest(struct rill_board *b)
{
	return list_first_entry_or_null(&b->by_time, struct rill_sent, list);
}

static inline struct rill_sent *rill_board_lost(struct rill_board *b)
{
	return list_first_entry_or_null(&b->lost, struct rill_sent, list);
}

/* Of @flight octets from SND.UNA to SND.NXT those that are in the network (RFC 6675's pipe). */
static inline u32 rill_board_pipe(const struct rill_board *b, u32 flight)
{
	return flight - b->sacked_octets - b->lost_octets + b->again_octets;
}

#endif /* _RILL_CORE_BOARD_H */
