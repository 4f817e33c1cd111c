// SPDX-License-Identifier: GPL-2.0
/*
 * How connections come to life: what every socket starts with, what a listener's child inherits,
 * and what is settled when a handshake is complete.
 */
#include <linux/security.h>
#include <net/inet_common.h>

#include "../base/algos.h"
#include "../base/bind.h"
#include "../base/clock.h"
#include "../base/fo_keys.h"
#include "../base/ip.h"
#include "../base/ip6.h"
#include "../base/mem.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/pacer.h"
#include "../base/timer.h"
#include "../compat.h"
#include "act.h"
#include "build.h"
#include "child.h"
#include "expiry.h"

static void rill_in_destruct(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (rs->queue)
		rill_queue_put(rs->queue);
	kfree(rs->syn);
	rill_pacer_free(sk);
	rill_fo_keys_drop(&rs->fo_keys);
	rill_algo_end(rs);
	sk_sockets_allocated_dec(sk);
	if (rill_sock_is_v6(sk))
		inet6_sock_destruct(sk);
	else
		inet_sock_destruct(sk);
}

/* As sockets wake up writers, but for streams: when a third of the buffer is free. RCU held. */
static void rill_write_wake(struct sock *sk)
{
	struct socket_wq *wq = rcu_dereference(sk->sk_wq);

	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
	if (wq && wq->fasync_list && !(sk->sk_shutdown & SEND_SHUTDOWN))
		sock_wake_async(wq, SOCK_WAKE_SPACE, POLL_OUT);
}

/* Space in the send buffer, or, where nobody waits for that and in any context, below it. */
static void rill_write_space(struct sock *sk)
{
	struct socket *sock;

	rill_pacer_room(sk);
	rcu_read_lock();
	sock = READ_ONCE(sk->sk_socket);
	if (sock && test_bit(SOCK_NOSPACE, &sock->flags) && sk_stream_is_writeable(sk)) {
		clear_bit(SOCK_NOSPACE, &sock->flags);
		rill_write_wake(sk);
	}
	rcu_read_unlock();
}

/* What every socket starts with. */
static void rill_child_birth(struct sock *sk)
{
	struct rill_settings *set = &rill_net(sock_net(sk))->set;
	struct rill_sock *rs = rill_sk(sk);

	rs->node.kind = RILL_KIND_SOCK;
	INIT_LIST_HEAD(&rs->accept_link);
	rill_reasm_init(&rs->ofo);
	rill_rtt_init(&rs->rtt);
	rill_board_init(&rs->board);
	rill_timer_init(sk, rill_expiry);
	rs->peer_mss = RILL_MSS_DEFAULT;
	rs->rcv_mss = RILL_MSS_DEFAULT;
	rs->mss = RILL_MSS_DEFAULT;
	sock_set_flag(sk, SOCK_RCU_FREE);
	sock_set_flag(sk, SOCK_USE_WRITE_QUEUE);
	sk->sk_destruct = rill_in_destruct;
	sk->sk_write_space = rill_write_space;
	WRITE_ONCE(sk->sk_sndbuf, READ_ONCE(set->wmem[1]));
	WRITE_ONCE(sk->sk_rcvbuf, READ_ONCE(set->rmem[1]));
	sk_sockets_allocated_inc(sk);
}

/**
 * rill_in_birth() - proto.init: a program has made a socket
 * @sk: the socket, not visible yet
 *
 * Return: 0.
 */
int rill_in_birth(struct sock *sk)
{
	rill_child_birth(sk);
	rill_sk(sk)->algo = rill_algo_of(sock_net(sk));
	return 0;
}

/* Everything that a user sets on a listener and expects of its connections. */
static void rill_child_inherit(struct sock *sk, const struct sock *listener)
{
	const struct inet_sock *from = (const struct inet_sock *)listener;
	struct inet_sock *inet = inet_sk(sk);

	sk->sk_type = SOCK_STREAM;
	sk->sk_protocol = listener->sk_protocol;
	sk->sk_backlog_rcv = listener->sk_backlog_rcv;
	sk->sk_allocation = listener->sk_allocation;
	sk->sk_reuse = listener->sk_reuse;
	sk->sk_reuseport = listener->sk_reuseport;
	sk->sk_rcvbuf = listener->sk_rcvbuf;
	sk->sk_sndbuf = listener->sk_sndbuf;
	sk->sk_rcvlowat = listener->sk_rcvlowat;
	sk->sk_rcvtimeo = listener->sk_rcvtimeo;
	sk->sk_sndtimeo = listener->sk_sndtimeo;
	sk->sk_lingertime = listener->sk_lingertime;
	sk->sk_no_check_tx = listener->sk_no_check_tx;
	sk->sk_userlocks = listener->sk_userlocks & ~SOCK_BINDPORT_LOCK;
	sk->sk_max_pacing_rate = READ_ONCE(listener->sk_max_pacing_rate);
	sk->sk_pacing_rate = sk->sk_max_pacing_rate;
	if (sk->sk_max_pacing_rate != ~0UL)
		sk->sk_pacing_status = SK_PACING_NEEDED;
	sk->sk_peek_off = listener->sk_peek_off;
	sk->sk_flags |= listener->sk_flags & (BIT(SOCK_LINGER) | BIT(SOCK_KEEPOPEN) |
					      BIT(SOCK_URGINLINE) | BIT(SOCK_DBG) |
					      BIT(SOCK_LOCALROUTE) | BIT(SOCK_BROADCAST) |
					      BIT(SOCK_RCVTSTAMP) | BIT(SOCK_RCVTSTAMPNS) |
					      BIT(SOCK_TSTAMP_NEW) | SK_FLAGS_TIMESTAMP);
	sk->sk_tsflags = READ_ONCE(listener->sk_tsflags);
	/* The last socket that goes with such a flag stops the clock. */
	if (sk->sk_flags & SK_FLAGS_TIMESTAMP)
		net_enable_timestamp();
	inet->tos = from->tos;
	inet->uc_ttl = from->uc_ttl;
	inet->min_ttl = from->min_ttl;
	inet->mc_ttl = from->mc_ttl;
	inet->pmtudisc = from->pmtudisc;
	inet->uc_index = from->uc_index;
	rill_inet_copy_flags(inet, from);
	rill_inet_copy_ports(inet, from);
	rill_sk(sk)->knobs = rill_sk(listener)->knobs;
	rill_sk(sk)->knobs.fo_max = 0;
	rill_sk(sk)->algo = rill_algo_share(READ_ONCE(rill_sk(listener)->algo));
	security_sk_clone(listener, sk);
}

/* What the handshake has settled so far. */
static void rill_child_adopt(struct sock *sk, const struct rill_req *req)
{
	struct rill_sock *rs = rill_sk(sk);

	sk->sk_bound_dev_if = req->bound_if;
	sk->sk_mark = req->mark;
	rs->node.tuple = req->e.node.tuple;
	rs->iss = req->iss;
	rs->irs = req->irs;
	rs->snd.una = req->iss;
	rs->snd.nxt = req->iss + 1;
	rs->snd_cur = rs->snd.nxt;
	rs->write_seq = rs->snd.nxt;
	rs->push_seq = rs->snd.nxt;
	rs->snd_short = rs->snd.nxt;
	rs->snd.wnd = req->snd_wnd;
	rs->snd.max_wnd = req->snd_wnd;
	rs->snd.wl1 = req->irs;
	rs->snd.wl2 = req->iss;
	rs->rcv_nxt = req->irs + 1;
	rs->rcv_acked = rs->rcv_nxt;
	rs->copied = rs->rcv_nxt;
	rs->rcv_adv = rs->rcv_nxt + req->rcv_wnd;
	rs->peer_mss = req->mss;
	rs->adv_mss = req->adv_mss;
	rs->wscale_on = req->opts & RILL_OPT_WSCALE;
	rs->snd.wscale = req->wscale;
	rs->rcv_wscale = req->rcv_wscale;
	rs->ts_on = req->opts & RILL_OPT_TS;
	rs->ts_recent = req->ts_recent;
	rs->ts_edge = req->ts_recent;
	rs->ts_recent_stamp = ktime_get_seconds();
	rs->ts_off = req->ts_off;
	rs->sack_on = req->opts & RILL_OPT_SACKOK;
	rs->ecn.plain = req->ecn == RILL_ECN_ACCURATE && (req->plain || rill_req_plain(req));
	rill_accecn_agree(&rs->accecn, &rs->ecn, req->ecn, req->field);
	if (!req->resends && req->born) {
		rs->rtt_timing = true;
		rs->rtt_seq = rs->snd.nxt;
		rs->rtt_start = req->born;
	}
	rs->tally.retrans = req->resends;
	rs->retries = req->resends;
}

/**
 * rill_in_child() - make a full socket of a request whose handshake is complete
 * @listener: who listened, not locked, under RCU
 * @req: the request
 *
 * Context: softirq.
 * Return: a socket in SYN-RECEIVED, in no table yet, with one reference; or NULL: no memory.
 */
struct sock *rill_in_child(struct sock *listener, struct rill_req *req)
{
	struct sock *sk = sk_alloc(req->e.net, listener->sk_family, GFP_ATOMIC | __GFP_NOWARN,
				   listener->sk_prot, 0);

	if (!sk)
		return NULL;
	sock_init_data_uid(NULL, sk, listener->sk_uid);
	sock_reset_flag(sk, SOCK_ZAPPED);
	rill_child_birth(sk);
	rill_child_inherit(sk, listener);
	rill_child_adopt(sk, req);
	rill_ip_child(sk, listener, &req->e.node.tuple, req->label);
	if (rill_bind_child(sk, listener)) {
		rill_act_orphan(sk);
		rill_act_destroy(sk);
		return NULL;
	}
	bh_lock_sock(sk);
	rill_act(sk, RILL_EV_ACCEPTED);
	bh_unlock_sock(sk);
	return sk;
}

/**
 * rill_in_start() - from now on data may be sent
 * @sk: the socket, locked; options, numbers and windows are settled
 */
void rill_in_start(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	rill_out_sync_mss(sk);
	rill_algo_start(rs);
	rill_recovery_init(&rs->rec, rs->iss);
	rill_rack_init(&rs->rack, rs->iss);
	rs->tlp.out = false;
}

/**
 * rill_in_opened() - the handshake is complete, data may flow
 * @sk: the socket, locked; options, numbers and windows are settled
 */
void rill_in_opened(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	bool syn_lost = rs->retries;

	rs->tally.delivered++;
	rs->retries = 0;
	rill_rtt_opened(&rs->rtt, syn_lost);
	rill_timer_clear(sk, RILL_DL_RTX);
	/* With Fast Open it flows already. */
	if (unlikely(rs->fo_pending))
		rill_queue_fast_end(sk, false);
	else
		rill_in_start(sk);
	/* RFC 5681 section 3.1: then the initial window is one segment. A mark says the same. */
	if (syn_lost || rs->accecn.marked)
		rill_cong_timeout(&rs->cong, 0, false);
	rs->rcv_mss = clamp_t(u32, rs->mss, RILL_MSS_DEFAULT, rs->adv_mss);
	rs->last_rcv = (u32)jiffies;
	rs->last_data = rs->last_rcv;
	rs->last_snd = rs->last_rcv;
	rill_drs_init(&rs->drs, rs->copied, rs->rtt.srtt8 >> 3);
	rill_out_grow_sndbuf(sk);
	if (sock_flag(sk, SOCK_KEEPOPEN))
		rill_expiry_keepalive(sk);
}
