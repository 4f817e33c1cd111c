// SPDX-License-Identifier: GPL-2.0
/*
 * The send queue's other end: what is acknowledged goes, what is lost is sent again. Socket lock
 * held.
 */
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/timer.h"
#include "../core/seq.h"
#include "build.h"
#include "lost.h"
#include "out.h"

static void rill_rtx_free(struct sock *sk, struct sk_buff *skb)
{
	if (rill_sk(sk)->snd_skb == skb)
		rill_sk(sk)->snd_skb = NULL;
	__skb_unlink(skb, &sk->sk_write_queue);
	sk_wmem_queued_add(sk, -(int)skb->truesize);
	sk_mem_uncharge(sk, skb->truesize);
	__kfree_skb(skb);
}

/**
 * rill_rtx_acked() - free what the peer has acknowledged, wake up who waits for space
 * @sk: the socket; snd.una has moved
 */
void rill_rtx_acked(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct sk_buff *skb;

	while ((skb = skb_peek(&sk->sk_write_queue)) &&
	       rill_seq_leq(RILL_RCB(skb)->end, rs->snd.una))
		rill_rtx_free(sk, skb);
	if (rill_seq_lt(rs->snd_cur, rs->snd.una))
		rs->snd_cur = rs->snd.una;
	if (unlikely(rs->snd_urgent) && rill_seq_leq(rs->snd_up, rs->snd.una))
		rs->snd_urgent = false;
	if (sk->sk_socket && test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		sk->sk_write_space(sk);
}

/**
 * rill_rtx_head() - send the first unacknowledged segment again (RFC 5681 section 3.2, step 3)
 * @sk: the socket
 */
void rill_rtx_head(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 len = min_t(u32, rs->mss, rs->write_seq - rs->snd.una);
	bool fin;

	/* Not more than was sent, and of a FIN only one that was. */
	len = min(len, rs->snd.nxt - rs->snd.una);
	fin = rs->fin_queued && rs->snd.una + len == rs->write_seq &&
	      rs->snd.nxt == rill_snd_end(rs);
	if (rs->snd.una == rs->snd.nxt)
		return;
	rs->rtt_timing = false;
	rill_plpmtu_lost(&rs->plpmtu);
	rs->tally.retrans++;
	RILL_INC(sock_net(sk), RetransSegs);
	rill_build(sk, rs->snd.una, len, RILL_ACK | (fin ? RILL_FIN : 0));
	rill_timer_set_rto(sk, RILL_DL_RTX);
}

/* R1 is over: perhaps the path swallows segments of this size (RFC 4821 section 7.7). */
static void rill_rtx_black_hole(struct sock *sk)
{
	const struct rill_settings *set = &rill_net(sock_net(sk))->set;
	struct rill_sock *rs = rill_sk(sk);
	u32 lost = min_t(u32, rs->mss, rs->snd.nxt - rs->snd.una) + rs->opt_len;

	if (!READ_ONCE(set->mtu_probing) || rs->retries < READ_ONCE(set->retries1))
		return;
	if (!rill_plpmtu_lower(&rs->plpmtu, lost, READ_ONCE(set->base_mss),
			       READ_ONCE(set->mtu_probe_floor),
			       (u32)jiffies + READ_ONCE(set->probe_interval)))
		return;
	RILL_INC(sock_net(sk), MtuBlackHoles);
	rill_out_sync_mss(sk);
}

/**
 * rill_rtx_timeout() - the retransmission timer went off: begin again at the first unacknowledged
 * octet
 * @sk: the socket (RFC 6298 section 5, RFC 5681 section 3.1)
 */
void rill_rtx_timeout(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!rs->retries)
		rs->stuck_stamp = (u32)jiffies;
	rill_plpmtu_lost(&rs->plpmtu);
	rill_rtx_black_hole(sk);
	rill_recovery_timeout(&rs->rec, &rs->cong, &rs->snd, !rs->retries);
	rill_ecn_lost(&rs->ecn);
	rill_rtt_timeout(&rs->rtt);
	rs->rtt_timing = false;
	if (rs->retries < U8_MAX)
		rs->retries++;
	rs->tally.timeouts++;
	RILL_INC(sock_net(sk), Timeouts);
	if (rs->cong.rate)
		rill_rate_lost(rs->cong.rate, rill_out_flight(rs));
	rill_lost_all(sk);
	rill_timer_set_rto(sk, RILL_DL_RTX);
	rill_push(sk);
}

/**
 * rill_rtx_resize() - the path's MTU is another: what was too large for it is sent again at once
 * @sk: the socket (RFC 1191 section 6.4)
 */
void rill_rtx_resize(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u16 before = rs->mss;

	rill_out_sync_mss(sk);
	if (rs->mss >= before || rs->snd_cur == rs->snd.una)
		return;
	rs->rtt_timing = false;
	rill_lost_all(sk);
	rill_push(sk);
}

/**
 * rill_rtx_purge() - give up what is queued
 * @sk: the socket, closed
 */
void rill_rtx_purge(struct sock *sk)
{
	struct sk_buff *skb;

	rill_lost_purge(sk);
	while ((skb = skb_peek(&sk->sk_write_queue)))
		rill_rtx_free(sk, skb);
}
