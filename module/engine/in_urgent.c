// SPDX-License-Identifier: GPL-2.0
/*
 * Step six: the peer has something urgent to say. The user is told at once, however much of the
 * stream before it is missing or unread. Called by in_segment.c for segments with URG, and while an
 * urgent octet is awaited; socket lock held.
 */
#include <net/sock.h>

#include "../base/mib.h"
#include "../base/net.h"
#include "../core/seq.h"
#include "in.h"
#include "urgent.h"

/*
 * The reader stands before the octet at the old mark, which is to be had out of band only: with
 * another mark it would turn into an ordinary one.
 */
static void rill_urgent_skip(struct sock *sk)
{
	struct sk_buff *skb = skb_peek(&sk->sk_receive_queue);
	struct rill_sock *rs = rill_sk(sk);

	WRITE_ONCE(rs->copied, rs->copied + 1);
	if (skb && rill_seq_geq(rs->copied, RILL_RCB(skb)->end)) {
		__skb_unlink(skb, &sk->sk_receive_queue);
		__kfree_skb(skb);
	}
}

static void rill_urgent_move(struct sock *sk, u32 mark)
{
	struct rill_sock *rs = rill_sk(sk);

	if (rill_urgent_at(&rs->urgent, rs->copied) && rs->copied != rs->rcv_nxt &&
	    !sock_flag(sk, SOCK_URGINLINE))
		rill_urgent_skip(sk);
	WRITE_ONCE(rs->urgent.mark, mark);
	WRITE_ONCE(rs->urgent.state, RILL_URGENT_AWAITED);
	RILL_INC(sock_net(sk), InUrgent);
	sk_send_sigurg(sk);
}

/* Keep the octet at @offset of @skb for who wants it out of band. */
static void rill_urgent_take(struct sock *sk, const struct sk_buff *skb, u32 offset)
{
	struct rill_sock *rs = rill_sk(sk);

	if (WARN_ON_ONCE(skb_copy_bits(skb, offset, &rs->urgent.octet, 1)))
		return;
	WRITE_ONCE(rs->urgent.state, RILL_URGENT_HERE);
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_data_ready(sk);
}

/**
 * rill_in_urgent() - deal with the urgent pointer of an acceptable segment
 * @sk: the socket, locked
 * @skb: the segment, its payload not trimmed: an urgent octet counts before its turn, and beyond
 *	the window, too (MUST-66)
 * @seg: its header
 */
void rill_in_urgent(struct sock *sk, const struct sk_buff *skb, const struct rill_seg *seg)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 ahead;

	/* Behind the peer's FIN there is nothing that could be urgent. */
	if (!((1 << sk->sk_state) & RILL_RECEIVING))
		return;
	if ((seg->flags & RILL_URG) &&
	    rill_urgent_news(&rs->urgent, rill_urgent_mark(seg), rs->rcv_nxt))
		rill_urgent_move(sk, rill_urgent_mark(seg));
	ahead = rs->urgent.mark - seg->seq;
	if (rs->urgent.state == RILL_URGENT_AWAITED && ahead < seg->len)
		rill_urgent_take(sk, skb, seg->hlen + ahead);
}

/**
 * rill_in_urgent_queued() - new data is in the receive queue: is the awaited octet among it?
 * @sk: the socket, locked
 *
 * It came before the pointer to it, out of order, in a segment whose URG was lost on the way (RFC
 * 6093 section 3.4).
 */
void rill_in_urgent_queued(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 mark = rs->urgent.mark;
	struct sk_buff *skb;

	if (rill_seq_geq(mark, rs->rcv_nxt))
		return;
	skb_queue_reverse_walk(&sk->sk_receive_queue, skb) {
		if (rill_seq_lt(mark, RILL_RCB(skb)->seq))
			continue;
		if (rill_seq_lt(mark, RILL_RCB(skb)->end))
			rill_urgent_take(sk, skb, mark - RILL_RCB(skb)->seq);
		return;
	}
}
