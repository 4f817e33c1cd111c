// SPDX-License-Identifier: GPL-2.0
/*
 * Segments of a connection that carry no data: SYN, SYN-ACK, ACK, RST, probes. Socket lock held.
 */
#include "../base/clock.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/timer.h"
#include "../core/seq.h"
#include "../core/wnd.h"
#include "build.h"
#include "out.h"

/*
 * A SYN or SYN-ACK that is not the first: count it; the round trip can't be timed any more
 * (Karn).
 */
static void rill_syn_sent(struct sock *sk, u32 len)
{
	struct rill_sock *rs = rill_sk(sk);

	rs->fo.offer = false;
	if (rs->snd.nxt != rs->iss) {
		rs->rtt_timing = false;
		rs->tally.retrans++;
		RILL_INC(sock_net(sk), SynRetrans);
		return;
	}
	rs->snd.nxt = rs->iss + 1 + len;
	/* Data that the SYN has with it goes again, unless it is acknowledged. */
	rs->snd_cur = rs->iss + 1;
	rs->rtt_timing = true;
	rs->rtt_seq = rs->snd_cur;
	rs->rtt_start = rill_clock_us();
}

/**
 * rill_send_syn() - send our SYN, the first time or again
 * @sk: the socket; what is queued goes with the SYN
 *
 * Nothing, while it is left to the first write. The second is a plain one: something on the way may
 * not bear the first (RFC 7413 section 4.1.3.1).
 */
void rill_send_syn(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	bool again = rs->snd.nxt != rs->iss;
	u32 len = again ? 0 : rs->write_seq - rs->iss - 1;
	u16 ecn;

	if (rs->fo_deferred)
		return;
	ecn = rill_ecn_syn(&rs->ecn,
			   again && READ_ONCE(rill_net(sock_net(sk))->set.ecn_fallback));
	rs->fo.asked |= rs->fo.offer || len;
	rill_build(sk, rs->iss, len, RILL_SYN | ecn);
	rill_syn_sent(sk, len);
	rill_timer_set_rto(sk, RILL_DL_RTX);
}

/* What our SYN-ACK says of ECN; of Fast Open's, as of a request's, the third knows no AccECN. */
static u16 rill_synack_ecn(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!rs->accecn.on)
		return rill_ecn_synack(&rs->ecn);
	if (rs->fo_pending && rs->retries > 1 &&
	    READ_ONCE(rill_net(sock_net(sk))->set.ecn_fallback)) {
		rs->ecn.send = false;
		return 0;
	}
	return rill_accecn_reflect(rs->accecn.syn);
}

/**
 * rill_send_synack() - answer a SYN that crossed ours (simultaneous open), or one of Fast Open
 * @sk: the socket
 */
void rill_send_synack(struct sock *sk)
{
	rill_build(sk, rill_sk(sk)->iss, 0, RILL_SYN | RILL_ACK | rill_synack_ecn(sk));
	rill_syn_sent(sk, 0);
	rill_timer_set_rto(sk, RILL_DL_RTX);
}

/*
 * The number of a segment without data. The octet of a probe lies behind the right edge, where the
 * peer accepts nothing: two ends that have probed each other would never hear of each other again.
 */
static u32 rill_acceptable_seq(const struct rill_sock *rs)
{
	u32 edge = rs->snd.una + rs->snd.wnd;

	return rill_seq_lt(edge, rs->snd.nxt) ? edge : rs->snd.nxt;
}

/**
 * rill_send_ack() - acknowledge now, with nothing but the ACK
 * @sk: the socket
 */
void rill_send_ack(struct sock *sk)
{
	if (rill_build(sk, rill_acceptable_seq(rill_sk(sk)), 0, RILL_ACK) == -ENOBUFS)
		rill_timer_set(sk, RILL_DL_DELACK, jiffies + rill_timer_delack(sk));
}

/**
 * rill_send_rst() - tell the peer that the connection is gone
 * @sk: the socket
 */
void rill_send_rst(struct sock *sk)
{
	rill_build(sk, rill_acceptable_seq(rill_sk(sk)), 0, RILL_RST | RILL_ACK);
	RILL_INC(sock_net(sk), OutRsts);
}

/**
 * rill_send_probe() - make the peer say where it stands
 * @sk: the socket
 * @octet: with the next octet of data, into a zero window (MUST-36); otherwise with an old number
 *	(keep-alive,
 *	RFC 9293 section 3.8.4)
 */
void rill_send_probe(struct sock *sk, bool octet)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!octet) {
		rill_build(sk, rs->snd.una - 1, 0, RILL_ACK);
		RILL_INC(sock_net(sk), KeepaliveProbes);
		return;
	}
	if (rill_build(sk, rs->snd.una, 1, RILL_ACK | RILL_PSH) != -ENOBUFS)
		rs->snd.nxt = rill_seq_max(rs->snd.nxt, rs->snd.una + 1);
	rs->rtt_timing = false;
	RILL_INC(sock_net(sk), ZeroWindowProbes);
}

/* At once for every second full-sized segment (RFC 9293 section 3.8.6.3, SHLD-19). */
static bool rill_ack_due(const struct rill_sock *rs)
{
	return (rs->ack & RILL_ACK_NOW) || (rs->ack && rs->knobs.quickack) ||
	       rs->rcv_nxt - rs->rcv_acked >= 2 * rs->rcv_mss;
}

/**
 * rill_flush_ack() - after segments have been dealt with: acknowledge now, later, or not at all
 * @sk: the socket
 *
 * While there are more to deal with, one ACK is to do for all of them (MUST-58).
 */
void rill_flush_ack(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!rs->ack)
		return;
	if (test_bit(RILL_DEFER_ACK, &rs->deferred) && !(rs->ack & RILL_ACK_EACH))
		return;
	if (rill_ack_due(rs))
		rill_send_ack(sk);
	else if (!rill_timer_pending(sk, RILL_DL_DELACK))
		rill_timer_set(sk, RILL_DL_DELACK, jiffies + rill_timer_delack(sk));
}

/**
 * rill_flush_ack_first() - a segment out of order: what is due for those before it goes first
 * @sk: the socket
 *
 * Or the segment's own ACK would be no duplicate, and the peer one short of three (RFC 5681
 * section 3.2).
 */
void rill_flush_ack_first(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (test_bit(RILL_DEFER_ACK, &rs->deferred) && rill_ack_due(rs))
		rill_send_ack(sk);
}

/**
 * rill_flush_read() - the reader has taken octets: should the peer hear of it?
 * @sk: the socket
 *
 * Of space that is worth it (RFC 9293 section 3.8.6.2.2), or that nothing is left to read, where
 * the delayed ACK has waited for the user's answer in vain before.
 */
void rill_flush_read(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 full, space, wnd;

	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2)))
		return;
	rill_out_grow_rcvbuf(sk);
	space = rill_out_space(sk, &full);
	wnd = rill_wnd_advertise(space, full, rill_rcv_wnd(rs), rs->rcv_mss,
				 rs->wscale_on ? rs->rcv_wscale : 0);
	if (((rs->ack & RILL_ACK_READ) && skb_queue_empty(&sk->sk_receive_queue)) ||
	    rill_wnd_update_due(wnd, rill_rcv_wnd(rs), full, rs->rcv_mss))
		rill_send_ack(sk);
}
