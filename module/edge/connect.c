// SPDX-License-Identifier: GPL-2.0
/*
 * connect() and its opposite. Called by inet_stream_connect() and inet_shutdown() with the socket
 * locked.
 */
#include <net/inet_common.h>
#include <net/ip.h>

#include "../base/bind.h"
#include "../base/ip.h"
#include "../base/ip_ecn.h"
#include "../base/net.h"
#include "../base/table.h"
#include "../core/wnd.h"
#include "../engine/act.h"
#include "calls.h"
#include "fastopen.h"

/* No peer, and no more of an address than the user asked for. */
static void rill_connect_forget_names(struct sock *sk)
{
	rill_table_remove(rill_net(sock_net(sk)), &rill_sk(sk)->node);
	rill_ip_sock_forget(sk);
	sk_dst_reset(sk);
	sk->sk_route_caps = 0;
}

/* A port that the user did not name goes back. */
static void rill_connect_put_port(struct sock *sk)
{
	if (sk->sk_userlocks & SOCK_BINDPORT_LOCK)
		return;
	rill_bind_put_port(sk);
	inet_sk(sk)->inet_sport = 0;
}

/* Everything of an earlier connection is forgotten. */
static void rill_connect_forget(struct rill_sock *rs)
{
	memset(&rs->snd, 0, sizeof(rs->snd));
	memset(&rs->plpmtu, 0, sizeof(rs->plpmtu));
	rill_rtt_init(&rs->rtt);
	memset(&rs->ecn, 0, sizeof(rs->ecn));
	memset(&rs->fo, 0, sizeof(rs->fo));
	memset(&rs->accecn, 0, sizeof(rs->accecn));
	rs->rtt_timing = false;
	rs->snd_skb = NULL;
	rs->write_seq = 0;
	rs->fin_queued = false;
	rs->close_pending = false;
	rs->more = false;
	rs->snd_urgent = false;
	rs->retries = 0;
	rs->probes = 0;
	rs->rcv_nxt = 0;
	rs->rcv_adv = 0;
	rs->rcv_acked = 0;
	rs->copied = 0;
	rs->ack = 0;
	WRITE_ONCE(rs->urgent.state, RILL_URGENT_NONE);
	rs->fin_rcvd = false;
	rs->ofo_fin_known = false;
	rs->peer_mss = rill_ip_mss_default(&rs->node.tuple);
	rs->rcv_mss = RILL_MSS_DEFAULT;
	rs->ts_recent = 0;
	rs->tally = (struct rill_tally){};
}

/* What our SYN will say. */
static void rill_connect_offer(struct sock *sk)
{
	struct rill_net *rn = rill_net(sock_net(sk));
	struct rill_sock *rs = rill_sk(sk);
	u32 rcvbuf = max_t(u32, READ_ONCE(sk->sk_rcvbuf), READ_ONCE(rn->set.rmem[2]));

	rill_connect_forget(rs);
	rs->iss = rill_isn(&rn->key, &rs->node.tuple, ktime_get_ns());
	rs->ts_off = rill_isn_ts_offset(&rn->key, &rs->node.tuple);
	rs->snd.una = rs->iss;
	rs->snd.nxt = rs->iss;
	rs->snd_cur = rs->iss;
	rs->write_seq = rs->iss + 1;
	rs->push_seq = rs->write_seq;
	rs->snd_short = rs->iss;
	rs->wscale_on = READ_ONCE(rn->set.window_scaling);
	rs->rcv_wscale = rill_wnd_scale(rcvbuf / 2);
	rs->ts_on = READ_ONCE(rn->set.timestamps);
	rs->sack_on = READ_ONCE(rn->set.sack);
	rs->ecn.ask = rill_accecn_outgoing(READ_ONCE(rn->set.ecn));
	if (!rs->ecn.ask && (rill_ip_dst_ecn(__sk_dst_get(sk)) ||
			     (rs->algo->flags & RILL_CONG_EXACT)))
		rs->ecn.ask = RILL_ECN_CLASSIC;
	rs->adv_mss = rill_ip_adv_mss(sk);
	if (rs->knobs.user_mss)
		rs->adv_mss = min(rs->adv_mss, rs->knobs.user_mss);
}

/**
 * rill_connect() - proto.connect: send a SYN
 * @sk: the socket, locked, closed
 * @addr: the destination
 * @addr_len: octets of it
 *
 * Return: 0 with the socket in SYN-SENT, or a negative error with the socket as it was.
 */
int rill_connect(struct sock *sk, rill_sockaddr *addr, int addr_len)
{
	int err = rill_ip_connect_route(sk, (struct sockaddr *)addr, addr_len);

	if (!err)
		err = rill_bind_connect(sk);
	if (err) {
		/* Not linked: another socket's entry may have the same tuple. */
		memset(&rill_sk(sk)->node.tuple, 0, sizeof(rill_sk(sk)->node.tuple));
		goto undo;
	}
	err = rill_ip_connect_done(sk);
	if (err)
		goto undo;
	sock_reset_flag(sk, SOCK_DONE);
	WRITE_ONCE(sk->sk_err, 0);
	rill_connect_offer(sk);
	rill_fastopen_prepare(sk);
	rill_act(sk, RILL_EV_CONNECT);
	return 0;
undo:
	rill_connect_forget_names(sk);
	rill_connect_put_port(sk);
	return err;
}

static void rill_disconnect_abort(struct sock *sk)
{
	RILL_INC(sock_net(sk), AbortOnLinger);
	rill_act(sk, RILL_EV_ABORT);
}

/**
 * rill_disconnect() - proto.disconnect: connect() to AF_UNSPEC, or a listener that stops
 * @sk: the socket, locked, in any state
 * @flags: not used
 *
 * Return: 0; the socket can be used again.
 */
int rill_disconnect(struct sock *sk, int flags)
{
	u8 state = sk->sk_state;

	if (state == TCP_LISTEN)
		rill_listen_stop(sk);
	else if (state != TCP_CLOSE)
		rill_disconnect_abort(sk);
	if ((1 << state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 |
			    TCPF_SYN_RECV | TCPF_SYN_SENT))
		WRITE_ONCE(sk->sk_err, ECONNRESET);
	__skb_queue_purge(&sk->sk_receive_queue);
	rill_connect_forget_names(sk);
	/* As with TCP, one that was only bound keeps its port, whoever chose it. */
	if (state != TCP_CLOSE || !rill_sk(sk)->port)
		rill_connect_put_port(sk);
	rill_connect_forget(rill_sk(sk));
	rill_fastopen_defer(sk, false);
	WRITE_ONCE(sk->sk_shutdown, 0);
	sock_reset_flag(sk, SOCK_DONE);
	if (sk->sk_frag.page) {
		put_page(sk->sk_frag.page);
		sk->sk_frag.page = NULL;
		sk->sk_frag.offset = 0;
	}
	sk_error_report(sk);
	return 0;
}
