// SPDX-License-Identifier: GPL-2.0
/*
 * A segment for a connection that is open or half-open: the steps of RFC 9293 section 3.10.7.4 in
 * their order, one call a step. Socket lock held.
 */
#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/ip_ecn.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/timer.h"
#include "../core/check.h"
#include "../core/seq.h"
#include "act.h"
#include "child.h"
#include "in.h"
#include "in_ecn.h"
#include "out.h"
#include "reply.h"
#include "urgent.h"

/*
 * A timestamp of a connection that was idle for longer than this says nothing (RFC 7323 section
 * 5.5).
 */
#define RILL_TS_STALE	(24 * 24 * 3600)

/* A segment that may be forged, or that two confused ends may send each other for ever. */
static void rill_segment_challenge(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (rill_reply_allowed(sock_net(sk), &rs->node.challenge))
		rs->ack |= RILL_ACK_OWED | RILL_ACK_NOW;
}

/* Step 0: timestamps (RFC 7323 section 5.3). True: the segment is to be dropped. */
static bool rill_segment_old(struct sock *sk, const struct rill_seg *seg,
			     const struct rill_opts *opts)
{
	struct rill_sock *rs = rill_sk(sk);
	bool rst = seg->flags & RILL_RST;

	if (!rs->ts_on || rst)
		return false;
	if (!(opts->present & RILL_OPT_TS)) {
		/* RFC 7323 section 3.2: it can't be from this connection. */
		RILL_INC(sock_net(sk), InPaws);
		return true;
	}
	if (!rill_check_paws(rs->ts_edge, opts->tsval, rst) ||
	    (u32)ktime_get_seconds() - rs->ts_recent_stamp > RILL_TS_STALE)
		return false;
	RILL_INC(sock_net(sk), InPaws);
	/*
	 * An ACK that another has overtaken is not answered: the peer would take that for a
	 * duplicate.
	 */
	if (rill_seg_seqlen(seg))
		rs->ack |= RILL_ACK_OWED | RILL_ACK_NOW;
	else if (seg->seq != rs->rcv_nxt)
		rill_segment_challenge(sk);
	/* What was sent again is here already: the peer learns that it need not have been. */
	if (seg->len && rill_seq_leq(seg->seq + seg->len, rs->rcv_nxt))
		rill_sack_twice(&rs->ofo.sack, seg->seq, seg->seq + seg->len);
	return true;
}

/*
 * RFC 7323 section 4.3: remember the timestamp of the segment that the next ACK answers. What
 * closes a gap may have been sent again, after what is still missing from the next gap: that is
 * only late, and is judged by what stands before it (rill_data_drain()).
 */
static void rill_segment_timestamp(struct rill_sock *rs, const struct rill_seg *seg,
				   const struct rill_opts *opts)
{
	if (!rs->ts_on || !(opts->present & RILL_OPT_TS) ||
	    rill_seq_gt(seg->seq, rs->rcv_acked) || rill_seq_lt(opts->tsval, rs->ts_recent))
		return;
	rs->ts_recent = opts->tsval;
	if (rill_reasm_empty(&rs->ofo))
		rs->ts_edge = opts->tsval;
	rs->ts_recent_stamp = ktime_get_seconds();
	if (seg->len >= rs->rcv_mss && opts->tsecr != rs->drs.echo)
		rill_drs_echo(&rs->drs, opts->tsecr, rill_clock_ms() + rs->ts_off);
}

/* A SYN, or SYN-ACK, of a connection that is open: an answer, if not too many. */
static void rill_segment_syn(struct sock *sk, const struct sk_buff *skb)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_sock *rs = rill_sk(sk);

	RILL_INC(sock_net(sk), InSynChallenged);
	rill_segment_challenge(sk);
	/* The peer has not got the ACK of its SYN-ACK, and what that told of marks. */
	if ((rs->ack & RILL_ACK_NOW) && (seg->flags & RILL_ACK) && seg->seq == rs->irs &&
	    rill_accecn_again(&rs->accecn, seg, rill_ip_rx_ecn(skb)))
		rs->ack |= RILL_ACK_EACH;
}

/* Steps one to four: numbers, RST, SYN, and whether the ACK makes sense. */
static bool rill_segment_acceptable(struct sock *sk, struct sk_buff *skb)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_sock *rs = rill_sk(sk);
	struct rill_edges e = {
		.rcv_nxt = rs->rcv_nxt,
		.rcv_wnd = rill_rcv_wnd(rs),
		.snd_una = rs->snd.una,
		.snd_nxt = rs->snd.nxt,
		.max_wnd = rs->snd.max_wnd,
	};

	switch (rill_check_synced(&e, seg)) {
	case RILL_TAKE:
		return true;
	case RILL_RESET:
		rill_act(sk, RILL_EV_RST);
		return false;
	case RILL_DROP_ACK:
		RILL_INC(sock_net(sk), InUnacceptable);
		if (seg->len && rill_seq_leq(seg->seq + seg->len, rs->rcv_nxt))
			rill_sack_twice(&rs->ofo.sack, seg->seq, seg->seq + seg->len);
		if (rill_seg_seqlen(seg))
			rs->ack |= RILL_ACK_OWED | RILL_ACK_NOW;
		else
			rill_segment_challenge(sk);
		return false;
	case RILL_DROP_CHALLENGE:
		RILL_INC(sock_net(sk), InUnacceptable);
		/* Fifth step: in SYN-RECEIVED an ACK that is not of our SYN calls for a RST. */
		if (seg->flags & RILL_SYN)
			rill_segment_syn(sk, skb);
		else if (sk->sk_state == TCP_SYN_RECV && !(seg->flags & RILL_RST))
			rill_reply_rst(sock_net(sk), skb, &rs->node.tuple, seg);
		else
			rill_segment_challenge(sk);
		return false;
	default:
		if (seg->flags & RILL_RST)
			RILL_INC(sock_net(sk), InRstIgnored);
		else
			RILL_INC(sock_net(sk), InUnacceptable);
		return false;
	}
}

/*
 * SYN-RECEIVED of a full socket: a simultaneous open, or a child just born. True: go on with the
 * segment.
 */
static bool rill_segment_synrecv(struct sock *sk, struct sk_buff *skb,
				 const struct rill_opts *opts)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_sock *rs = rill_sk(sk);
	bool acks = (seg->flags & RILL_ACK) && rill_seq_gt(seg->ack, rs->iss) &&
		    rill_seq_leq(seg->ack, rs->snd.nxt);

	if ((seg->flags & RILL_SYN) && !(seg->flags & RILL_RST) && seg->seq == rs->irs) {
		/* The peer's SYN again, or with it the ACK of ours. */
		if (acks && rs->ecn.receive)
			rill_ecn_answered(&rs->ecn, seg->flags);
		if (acks)
			goto opened;
		if (!rill_in_ecn_again(sk, skb)) {
			rill_reply_rst(sock_net(sk), skb, &rs->node.tuple, seg);
			rill_act(sk, RILL_EV_RST);
			return false;
		}
		if (!rs->fo_pending || rill_reply_allowed(sock_net(sk), &rs->node.challenge))
			rill_act(sk, RILL_EV_SYN);
		return false;
	}
	if (!rill_segment_acceptable(sk, skb))
		return false;
	if (!acks) {
		rill_reply_rst(sock_net(sk), skb, &rs->node.tuple, seg);
		return false;
	}
opened:
	if (rs->rtt_timing) {
		rill_rtt_sample(&rs->rtt, rill_clock_us() - rs->rtt_start);
		rs->rtt_timing = false;
	}
	/* Of our SYN alone: what of our data is acknowledged as well is the next step's. */
	rs->snd.una = rs->iss + 1;
	rs->snd.wnd = seg->flags & RILL_SYN ? seg->wnd : (u32)seg->wnd << rs->snd.wscale;
	rs->snd.max_wnd = max(rs->snd.max_wnd, rs->snd.wnd);
	rs->snd.wl1 = seg->seq;
	rs->snd.wl2 = seg->ack;
	rill_accecn_opened(&rs->accecn, &rs->ecn, seg, opts);
	rill_in_opened(sk);
	rill_act(sk, seg->flags & RILL_SYN ? RILL_EV_SYNACK : RILL_EV_SYN_ACKED);
	if (rs->close_pending)
		rill_act(sk, RILL_EV_CLOSE);
	if (!(seg->flags & RILL_SYN))
		return true;
	/* Marks count on a SYN-ACK as on anything behind it (RFC 9768 section 3.2). */
	rs->ack |= rill_in_field(sk, skb, seg);
	rill_push(sk);
	return false;
}

static bool rill_segment_steps(struct sock *sk, struct sk_buff *skb)
{
	struct rill_seg seg = *RILL_SEG(skb);
	struct rill_sock *rs = rill_sk(sk);
	struct rill_opts opts;
	bool kept;
	u8 owed;

	if (!rill_in_options(sock_net(sk), skb, &opts) || rill_segment_old(sk, &seg, &opts))
		return false;
	if (sk->sk_state == TCP_SYN_RECV) {
		if (!rill_segment_synrecv(sk, skb, &opts))
			return false;
	} else if (!rill_segment_acceptable(sk, skb)) {
		return false;
	}
	rs->last_rcv = (u32)jiffies;
	if (!sock_flag(sk, SOCK_DEAD))
		rs->probes = 0;
	rill_segment_timestamp(rs, &seg, &opts);
	owed = rill_in_field(sk, skb, &seg);
	if (!rill_in_ack(sk, &seg, &opts))
		return false;
	if (unlikely((seg.flags & RILL_URG) || rs->urgent.state == RILL_URGENT_AWAITED))
		rill_in_urgent(sk, skb, &seg);
	if (!seg.len && !(seg.flags & RILL_FIN)) {
		rs->ack |= owed;
		return false;
	}
	kept = rill_in_data(sk, skb, &seg, opts.tsval);
	rs->ack |= owed;
	if (unlikely(rs->urgent.state == RILL_URGENT_AWAITED))
		rill_in_urgent_queued(sk);
	return kept;
}

/**
 * rill_in_segment() - a segment for a synchronised connection, or one in SYN-RECEIVED
 * @sk: the socket, locked; may be closed afterwards, and destroyed if nobody owns it: the caller
 *	has a reference
 * @skb: the segment
 *
 * Return: true when the segment was kept.
 */
bool rill_in_segment(struct sock *sk, struct sk_buff *skb)
{
	bool kept = rill_segment_steps(sk, skb);

	if (sk->sk_state != TCP_CLOSE)
		rill_flush_ack(sk);
	return kept;
}
