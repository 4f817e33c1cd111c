// SPDX-License-Identifier: GPL-2.0
/*
 * Urgent data: where its end lies, seen from the segment that tells of it and from the reader.
 * The receive path asks what an urgent pointer means, the reader how far it may read, the transmit
 * path what to write into a header. RFC 9293 section 3.8.5, RFC 6093.
 */
#include "urgent.h"

#include <linux/limits.h>
#include <linux/minmax.h>

#include "seq.h"

/**
 * rill_urgent_news() - does an urgent pointer move the mark?
 * @u: what is known
 * @mark: the last urgent octet by the pointer
 * @rcv_nxt: RCV.NXT
 *
 * The pointer never recedes. One to an octet that came before it, and so was taken for an ordinary
 * one, is an old segment's or makes no sense: urgent data is new when it is sent.
 *
 * Return: true if @mark is the mark now, and the user is to be told (MUST-32).
 */
bool rill_urgent_news(const struct rill_urgent *u, u32 mark, u32 rcv_nxt)
{
	if (rill_seq_lt(mark, rcv_nxt))
		return false;
	return u->state == RILL_URGENT_NONE || rill_seq_gt(mark, u->mark);
}

/**
 * rill_urgent_run() - how far may one call read?
 * @u: what is known
 * @from: the next octet for the reader
 * @len: octets that are there
 *
 * Return: octets, less than @len if the mark lies further on among them. What begins at the mark
 * ends nowhere.
 */
u32 rill_urgent_run(const struct rill_urgent *u, u32 from, u32 len)
{
	u32 ahead = u->mark - from;

	return u->state != RILL_URGENT_NONE && ahead ? min(ahead, len) : len;
}

/**
 * rill_urgent_unread() - the octets to tell a user who takes the one at the mark out of band
 * @u: what is known
 * @from: the next octet for the reader
 * @len: octets that are there
 *
 * Return: octets before the mark if that has come, else @len.
 */
u32 rill_urgent_unread(const struct rill_urgent *u, u32 from, u32 len)
{
	return u->state != RILL_URGENT_NONE ? min(u->mark - from, len) : len;
}

/**
 * rill_urgent_pointer() - what a segment says of urgent data
 * @seq: the segment's number
 * @up: SND.UP, behind the last urgent octet
 * @nxt: SND.NXT, the highest sent
 *
 * A pointer reaches 65535 octets far. Urgent data that ends further on is announced as far as the
 * pointer reaches, and segment by segment further, as long as it names an octet that was not sent
 * yet: it must not mark one that the peer may take for the last.
 *
 * Return: SEG.UP, or 0 for a segment without URG.
 */
u16 rill_urgent_pointer(u32 seq, u32 up, u32 nxt)
{
	if (rill_seq_geq(seq, up))
		return 0;
	if (up - seq <= U16_MAX)
		return up - seq;
	return rill_seq_gt(seq + U16_MAX, nxt) ? U16_MAX : 0;
}
