// SPDX-License-Identifier: GPL-2.0
/*
 * Which early data to tell the peer of. The queue of early segments reports each that comes, the
 * transmit path asks for the option. Only as many blocks are remembered as an option can hold, so
 * that no order of arrival costs more than a look at each: a block may be told as less than there
 * is, never as more.
 * RFC 2018 section 4, RFC 2883 section 4.
 */
#include "sack.h"

#include "seq.h"

/**
 * rill_sack_take() - an early segment has come
 * @s: the blocks
 * @start: its first octet
 * @end: the first octet behind it, less than 2^31 away
 *
 * It comes first, with what touches it. Where there are too many, the one that changed longest ago
 * is forgotten.
 */
void rill_sack_take(struct rill_sack *s, u32 start, u32 end)
{
	struct rill_sack_block all[RILL_SACK_BLOCKS];
	unsigned int i, n = 1;

	for (i = 0; i < s->n; i++) {
		const struct rill_sack_block *b = &s->block[i];

		if (rill_seq_gt(start, b->end) || rill_seq_lt(end, b->start)) {
			if (n < RILL_SACK_BLOCKS)
				all[n++] = *b;
			continue;
		}
		if (rill_seq_lt(b->start, start))
			start = b->start;
		if (rill_seq_gt(b->end, end))
			end = b->end;
	}
	all[0] = (struct rill_sack_block){ .start = start, .end = end };
	for (i = 0; i < n; i++)
		s->block[i] = all[i];
	s->n = n;
}

/**
 * rill_sack_twice() - data has come that is here already
 * @s: the blocks
 * @start: its first octet
 * @end: the first octet behind it
 */
void rill_sack_twice(struct rill_sack *s, u32 start, u32 end)
{
	s->twice = (struct rill_sack_block){ .start = start, .end = end };
	s->again = true;
}

/**
 * rill_sack_fill() - the SACK option of a segment
 * @s: the blocks
 * @rcv_nxt: RCV.NXT; what lies below is no news
 * @opts: the option is added, if there is anything to tell
 */
void rill_sack_fill(const struct rill_sack *s, u32 rcv_nxt, struct rill_opts *opts)
{
	unsigned int i;

	if (s->again)
		opts->sack[opts->n_sack++] = s->twice;
	for (i = 0; i < s->n && opts->n_sack < RILL_SACK_BLOCKS; i++)
		if (rill_seq_gt(s->block[i].start, rcv_nxt))
			opts->sack[opts->n_sack++] = s->block[i];
	if (opts->n_sack)
		opts->present |= RILL_OPT_SACK;
}
