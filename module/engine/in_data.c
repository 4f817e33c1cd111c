// SPDX-License-Identifier: GPL-2.0
/*
 * Steps seven and eight: payload and FIN in order, to the reader or into the out-of-order queue,
 * within what the receive buffer and the protocol's memory allow. Socket lock held.
 */
#include "../base/ip_ecn.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../core/check.h"
#include "../core/seq.h"
#include "act.h"
#include "in.h"
#include "out.h"

/* A buffer's data so small in so much memory is copied to where others of its kind are. */
#define RILL_COMPACT_FACTOR	4
#define RILL_COMPACT_SIZE	SKB_WITH_OVERHEAD(4096)

static void rill_data_free_list(struct sk_buff_head *list)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(list)))
		__kfree_skb(skb);
}

/* Charge @skb to the receive buffer; under pressure what is out of order goes first. */
static bool rill_data_charge(struct sock *sk, struct sk_buff *skb, bool in_order)
{
	struct rill_sock *rs = rill_sk(sk);
	struct sk_buff *victim;

	while (atomic_read(&sk->sk_rmem_alloc) >= READ_ONCE(sk->sk_rcvbuf) ||
	       !sk_rmem_schedule(sk, skb, skb->truesize)) {
		victim = in_order ? rill_reasm_prune(&rs->ofo) : NULL;
		/* One segment a reader is always taken, or all would wait for each other. */
		if (!victim && in_order && skb_queue_empty(&sk->sk_receive_queue))
			return true;
		if (!victim) {
			RILL_INC(sock_net(sk), InMemDrops);
			return false;
		}
		RILL_INC(sock_net(sk), OfoPruned);
		__kfree_skb(victim);
	}
	return true;
}

/* One buffer has one timestamp, its last octet's. */
static void rill_data_timestamp(struct sk_buff *to, struct sk_buff *from)
{
	to->tstamp = from->tstamp;
	*skb_hwtstamps(to) = *skb_hwtstamps(from);
}

/* Append to the last buffer of the receive queue if that saves memory. True: @skb is used up. */
static bool rill_data_coalesce(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	bool stolen;
	int delta;

	if (!tail || RILL_RCB(tail)->end != RILL_RCB(skb)->seq ||
	    skb_has_frag_list(skb) || skb_has_frag_list(tail))
		return false;
	if (!skb_is_nonlinear(tail) && !skb_cloned(tail) && skb->len <= skb_tailroom(tail)) {
		skb_copy_bits(skb, 0, skb_put(tail, skb->len), skb->len);
		RILL_RCB(tail)->end = RILL_RCB(skb)->end;
		rill_data_timestamp(tail, skb);
		consume_skb(skb);
		return true;
	}
	if (!skb_try_coalesce(tail, skb, &stolen, &delta))
		return false;
	RILL_RCB(tail)->end = RILL_RCB(skb)->end;
	rill_data_timestamp(tail, skb);
	atomic_add(delta, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, delta);
	kfree_skb_partial(skb, stolen);
	return true;
}

/*
 * A reader who is behind, and a peer who sends little at a time: begin a buffer with room for
 * more.
 */
static struct sk_buff *rill_data_compact(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *roomy;

	if (skb_queue_empty(&sk->sk_receive_queue) ||
	    skb->truesize < RILL_COMPACT_FACTOR * skb->len || skb->len > RILL_COMPACT_SIZE / 4)
		return skb;
	roomy = alloc_skb(RILL_COMPACT_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!roomy || !sk_rmem_schedule(sk, roomy, roomy->truesize)) {
		kfree_skb(roomy);
		return skb;
	}
	skb_copy_bits(skb, 0, skb_put(roomy, skb->len), skb->len);
	*RILL_RCB(roomy) = *RILL_RCB(skb);
	rill_data_timestamp(roomy, skb);
	consume_skb(skb);
	return roomy;
}

/* The next octets for the reader. @skb begins at or before rcv_nxt and ends behind it. */
static void rill_data_append(struct sock *sk, struct sk_buff *skb)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 end = RILL_RCB(skb)->end;

	rs->tally.octets_received += end - rs->rcv_nxt;
	rs->rcv_nxt = end;
	__skb_queue_tail(&sk->sk_receive_queue, skb);
}

/* Take an in-order segment that is not charged yet. */
static void rill_data_in_order(struct sock *sk, struct sk_buff *skb)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 end = RILL_RCB(skb)->end;

	skb = rill_data_compact(sk, skb);
	if (rill_data_coalesce(sk, skb)) {
		rs->tally.octets_received += end - rs->rcv_nxt;
		rs->rcv_nxt = end;
		return;
	}
	skb_set_owner_r(skb, sk);
	rill_data_append(sk, skb);
}

/* The gap has closed, perhaps: move what follows to the reader. */
static void rill_data_drain(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct sk_buff_head freed;
	struct sk_buff *skb;
	u32 tsval;

	if (rill_reasm_empty(&rs->ofo))
		return;
	__skb_queue_head_init(&freed);
	while ((skb = rill_reasm_pop(&rs->ofo, rs->rcv_nxt, &freed))) {
		tsval = RILL_RCB(skb)->tsval;
		rs->ts_edge = rill_seq_lt(tsval, rs->ts_recent) ? tsval : rs->ts_recent;
		rill_data_append(sk, skb);
	}
	rill_data_free_list(&freed);
	/* The sender waits for news of the hole (RFC 5681 section 4.2). */
	rs->ack |= RILL_ACK_OWED | RILL_ACK_NOW;
}

static bool rill_data_early(struct sock *sk, struct sk_buff *skb, u32 tsval)
{
	struct rill_sock *rs = rill_sk(sk);
	struct sk_buff_head freed;

	__skb_queue_head_init(&freed);
	RILL_INC(sock_net(sk), OutOfOrder);
	rs->tally.early_segs++;
	RILL_RCB(skb)->tsval = tsval;
	skb_set_owner_r(skb, sk);
	if (!rill_reasm_insert(&rs->ofo, skb, &freed)) {
		rill_sack_twice(&rs->ofo.sack, RILL_RCB(skb)->seq, RILL_RCB(skb)->end);
		RILL_INC(sock_net(sk), InDuplicate);
	}
	rill_data_free_list(&freed);
	return true;
}

/*
 * How the network has marked data that is new (RFC 3168 section 6.1.3); what is not is ignored
 * (6.1.5).
 */
static void rill_data_ecn(struct sock *sk, const struct sk_buff *skb, const struct rill_seg *seg)
{
	struct rill_sock *rs = rill_sk(sk);
	u8 field = rill_ip_rx_ecn(skb);
	u8 owed = rs->ack;

	/* What came before it gets an ACK of its own. */
	if (rs->rcv_acked != rs->rcv_nxt && rill_ecn_differs(&rs->ecn, field)) {
		rill_send_ack(sk);
		rs->ack |= owed;
	}
	if (rill_ecn_data(&rs->ecn, seg->flags, field))
		rs->ack |= RILL_ACK_NOW;
	if (rs->ecn.receive && field == RILL_CE)
		RILL_INC(sock_net(sk), InCe);
}

/* Make a buffer of payload alone out of the segment. */
static void rill_data_strip(struct sk_buff *skb, const struct rill_seg *seg,
			    const struct rill_trim *trim)
{
	struct rill_rcb *cb = RILL_RCB(skb);

	skb_dst_drop(skb);
	__skb_pull(skb, seg->hlen);
	if (trim->tail)
		pskb_trim(skb, skb->len - trim->tail);
	cb->seq = seg->seq;
	cb->end = seg->seq + skb->len;
	/* The FIN's place is remembered in ofo_fin. */
	cb->flags = seg->flags & ~RILL_FIN;
}

/* Octets in a segment as the peer sent it: offloads hand on several in a row as one. */
static u32 rill_data_seg_size(const struct sk_buff *skb, const struct rill_seg *seg)
{
	return skb_is_gso(skb) ? min_t(u32, skb_shinfo(skb)->gso_size, seg->len) : seg->len;
}

/* Step seven. True: the segment was kept. */
static bool rill_data_take(struct sock *sk, struct sk_buff *skb, const struct rill_seg *seg,
			   u32 tsval, const struct rill_trim *trim)
{
	struct rill_sock *rs = rill_sk(sk);
	bool in_order = rill_seq_leq(seg->seq, rs->rcv_nxt);
	u32 size = rill_data_seg_size(skb, seg);

	rs->tally.data_segs_in++;
	rs->last_data = (u32)jiffies;
	rs->rcv_mss = clamp_t(u32, size, rs->rcv_mss, rs->adv_mss);
	if (!in_order) {
		/* An ACK for each of them at once (RFC 5681 section 4.2). */
		rill_flush_ack_first(sk);
		rs->ack |= RILL_ACK_NOW | RILL_ACK_EACH;
	}
	rs->ack |= RILL_ACK_OWED;
	/* A sender with little to say may wait for the ACK before it goes on (RFC 9293 3.7.4). */
	if (rs->unanswered && size < rs->rcv_mss)
		rs->ack |= RILL_ACK_READ;
	if (trim->front || trim->tail)
		rs->ack |= RILL_ACK_NOW;
	if (trim->front)
		rill_sack_twice(&rs->ofo.sack, seg->seq, seg->seq + trim->front);
	if (trim->front + trim->tail >= seg->len) {
		RILL_INC(sock_net(sk), InDuplicate);
		rs->ack |= RILL_ACK_NOW;
		return false;
	}
	if (!rill_data_charge(sk, skb, in_order)) {
		rs->ack |= RILL_ACK_NOW;
		return false;
	}
	rill_data_ecn(sk, skb, seg);
	rill_data_strip(skb, seg, trim);
	if (!in_order)
		return rill_data_early(sk, skb, tsval);
	rill_data_in_order(sk, skb);
	rill_data_drain(sk);
	return true;
}

/* Step eight, once everything before the FIN is here. */
static void rill_data_fin(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	rs->rcv_nxt++;
	rs->fin_rcvd = true;
	/* The window does not count the FIN. */
	if (rill_seq_lt(rs->rcv_adv, rs->rcv_nxt))
		rs->rcv_adv = rs->rcv_nxt;
	rill_reasm_purge(&rs->ofo);
	rill_act(sk, RILL_EV_FIN);
}

/*
 * Data for a reader who has gone for good is answered with a RST (RFC 9293 section 3.6.1,
 * SHLD-3).
 */
static bool rill_data_unwanted(struct sock *sk, const struct rill_seg *seg)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!(sk->sk_shutdown & RCV_SHUTDOWN) ||
	    !((1 << sk->sk_state) & (TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2)) ||
	    !rill_seq_gt(seg->seq + seg->len, rs->rcv_nxt))
		return false;
	RILL_INC(sock_net(sk), AbortOnData);
	RILL_INC(sock_net(sk), InAfterClose);
	if (!sock_flag(sk, SOCK_DEAD))
		rill_act_error(sk, ECONNRESET);
	rill_act(sk, RILL_EV_ABORT);
	return true;
}

/**
 * rill_in_data() - deal with payload and FIN of an acceptable segment
 * @sk: the socket, locked; may be closed afterwards
 * @skb: the segment
 * @seg: its header
 * @tsval: SEG.TSval, where timestamps are agreed on
 *
 * Return: true when the segment was kept.
 */
bool rill_in_data(struct sock *sk, struct sk_buff *skb, const struct rill_seg *seg, u32 tsval)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 before = rs->rcv_nxt;
	struct rill_trim trim;
	bool kept = false;

	if (!((1 << sk->sk_state) & RILL_TAKING)) {
		/* The peer's FIN is behind us: this is something sent again. */
		rs->ack |= RILL_ACK_OWED | RILL_ACK_NOW;
		return false;
	}
	if (rill_data_unwanted(sk, seg))
		return false;
	rill_check_trim(rs->rcv_nxt, rill_rcv_wnd(rs), seg, &trim);
	if ((seg->flags & RILL_FIN) && trim.fin) {
		rs->ofo_fin_known = true;
		rs->ofo_fin = seg->seq + seg->len;
	}
	if (seg->len)
		kept = rill_data_take(sk, skb, seg, tsval, &trim);
	else if (rs->ofo_fin_known && rs->ofo_fin != rs->rcv_nxt)
		rs->ack |= RILL_ACK_OWED | RILL_ACK_NOW;
	if (rs->ofo_fin_known && rs->ofo_fin == rs->rcv_nxt)
		rill_data_fin(sk);
	if (rs->rcv_nxt != before && !sock_flag(sk, SOCK_DEAD) &&
	    sk->sk_state != TCP_CLOSE)
		sk->sk_data_ready(sk);
	return kept;
}
