// SPDX-License-Identifier: GPL-2.0
/*
 * Events become states here: the only writer of sk_state, but for the birth of a child in
 * in_child.c that comes through here too. Called by the ways in, the timers and the socket calls,
 * socket lock held.
 */
#include <net/inet_common.h>

#include "../base/bind.h"
#include "../base/ip.h"
#include "../base/ip6.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/queue.h"
#include "../base/table.h"
#include "../base/timer.h"
#include "../base/tw.h"
#include "../compat.h"
#include "act.h"
#include "out.h"

/*
 * What an orphan's memory goes back to: the proto of its sockets, IPv4's and IPv6's, but it holds
 * no module.
 */
static struct proto rill_orphan_prot[2];

/**
 * rill_act_error() - the user is to learn of an error
 * @sk: the socket, locked
 * @err: positive errno
 */
void rill_act_error(struct sock *sk, int err)
{
	WRITE_ONCE(sk->sk_err, err);
	sk_error_report(sk);
}

/**
 * rill_act_soft_error() - something is wrong, and the connection goes on
 * @sk: the socket, locked by nobody but the caller
 * @err: positive errno
 *
 * It waits for SO_ERROR, or for the connection's end; who has set IP_RECVERR is told at once
 * (RFC 9293 section 3.9.1.8, MUST-47, SHLD-20).
 */
void rill_act_soft_error(struct sock *sk, int err)
{
	if (rill_ip_recverr(sk))
		rill_act_error(sk, err);
	else
		WRITE_ONCE(sk->sk_err_soft, err);
}

/* Leave a TIME-WAIT entry in the connection table, where the socket was. */
static void rill_act_timewait(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_tw *tw = rill_tw_new(sock_net(sk));

	if (!tw)
		return;
	tw->e.node.tuple = rs->node.tuple;
	tw->snd_nxt = rs->snd.nxt;
	tw->rcv_nxt = rs->rcv_nxt;
	tw->wnd = rill_rcv_wnd(rs) >> (rs->wscale_on ? rs->rcv_wscale : 0);
	tw->e.cep = rs->accecn.on ? rs->accecn.r.cep & 7 : 0;
	tw->ts_on = rs->ts_on;
	tw->ts_recent = rs->ts_recent;
	tw->ts_off = rs->ts_off;
	tw->mark = sk->sk_mark;
	tw->bound_if = sk->sk_bound_dev_if;
	tw->tos = rill_ip_sock_tos(sk, &rs->node.tuple);
	tw->ttl = rill_ip_sock_ttl(sk, &rs->node.tuple);
	tw->min_ttl = rill_ip_min_ttl(sk, &rs->node.tuple);
	tw->label = rill_sock_is_v6(sk) ? be32_to_cpu(inet6_sk(sk)->flow_label) : 0;
	tw->transparent = rill_inet_transparent(sk);
	tw->reuse = sk->sk_reuse;
	tw->reuseport = sk->sk_reuseport;
	rill_bind_give_tw(sk, tw);
	if (rill_entry_link_over(&tw->e, &rs->node, rill_tw_time(sock_net(sk))))
		RILL_INC(sock_net(sk), TimeWaits);
	else
		rill_entry_put(&tw->e);
}

/**
 * rill_act_init() - at module load
 * @prot: what AF_INET sockets are made from, registered
 * @prot6: and AF_INET6 ones; or NULL
 */
void rill_act_init(const struct proto *prot, const struct proto *prot6)
{
	rill_orphan_prot[false] = *prot;
	rill_orphan_prot[false].owner = NULL;
	if (prot6)
		rill_orphan_prot[true] = *prot6;
	rill_orphan_prot[true].owner = NULL;
}

/**
 * rill_act_orphan() - from now on no program has the socket, nor will one
 * @sk: the socket, locked
 *
 * With that it holds the module no longer. The caller's code is held by something else: a socket
 * call by its struct socket, a softirq by RCU.
 */
void rill_act_orphan(struct sock *sk)
{
	sock_orphan(sk);
	atomic_inc(&rill_net(sock_net(sk))->orphans);
	sk->sk_prot_creator = &rill_orphan_prot[rill_sock_is_v6(sk)];
	module_put(THIS_MODULE);
}

/**
 * rill_act_destroy() - nobody has the socket any more: let it go
 * @sk: the socket, closed and orphaned; the caller has a reference of its own
 */
void rill_act_destroy(struct sock *sk)
{
	rill_timer_stop(sk);
	rill_bind_put_port(sk);
	rill_rtx_purge(sk);
	rill_reasm_purge(&rill_sk(sk)->ofo);
	sk_stream_kill_queues(sk);
	atomic_dec(&rill_net(sock_net(sk))->orphans);
	sock_put(sk);
}

/* Delete the TCB: from now on the socket is nobody's peer. */
static void rill_act_delete(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	rill_table_remove(rill_net(sock_net(sk)), &rs->node);
	rill_timer_stop(sk);
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		rill_bind_put_port(sk);
	rill_rtx_purge(sk);
	rill_reasm_purge(&rs->ofo);
	if (sock_flag(sk, SOCK_DEAD))
		rill_act_destroy(sk);
	else
		sk->sk_state_change(sk);
}

static void rill_act_send(struct sock *sk, u16 actions)
{
	if (actions & RILL_ACT_SYN)
		rill_send_syn(sk);
	if (actions & RILL_ACT_SYNACK)
		rill_send_synack(sk);
	if (actions & RILL_ACT_ACK)
		rill_sk(sk)->ack |= RILL_ACK_OWED | RILL_ACK_NOW;
	if (actions & RILL_ACT_FIN) {
		rill_sk(sk)->fin_queued = true;
		rill_push(sk);
	}
}

static void rill_act_tell(struct sock *sk, u16 actions)
{
	if (actions & RILL_ACT_OPENED) {
		sk->sk_state_change(sk);
		sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	}
	if (actions & RILL_ACT_EOF) {
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | RCV_SHUTDOWN);
		sock_set_flag(sk, SOCK_DONE);
		if (!sock_flag(sk, SOCK_DEAD)) {
			sk->sk_state_change(sk);
			sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
		}
	}
}

/* The connection is over: who looks without the lock must not see the state before the reason. */
static void rill_act_fail(struct sock *sk, u16 actions)
{
	/* A child of Fast Open has refused nothing: a user may have it. */
	if (actions & RILL_ACT_REFUSED)
		rill_act_error(sk, rill_sk(sk)->fo_pending ? ECONNRESET : ECONNREFUSED);
	if (actions & RILL_ACT_RESET)
		rill_act_error(sk, sk->sk_state == TCP_CLOSE_WAIT ? EPIPE : ECONNRESET);
	if (actions & RILL_ACT_TIMEDOUT)
		rill_act_error(sk, sk->sk_err_soft ?: ETIMEDOUT);
	if (actions & (RILL_ACT_DELETE | RILL_ACT_TIMEWAIT))
		WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	/* Pairs with the acquire of the state in rill_poll(). */
	smp_wmb();
}

static void rill_act_count(struct sock *sk, u8 from, u8 to)
{
	if (from == TCP_CLOSE && to == TCP_SYN_SENT)
		RILL_INC(sock_net(sk), ActiveOpens);
	if (to == TCP_CLOSE && (from == TCP_SYN_SENT || from == TCP_SYN_RECV))
		RILL_INC(sock_net(sk), AttemptFails);
	if (to == TCP_CLOSE && (from == TCP_ESTABLISHED || from == TCP_CLOSE_WAIT))
		RILL_INC(sock_net(sk), EstabResets);
}

/**
 * rill_act() - something happened to a connection
 * @sk: the socket, locked; may be closed, and without an owner destroyed, afterwards: the caller
 *	has a reference
 * @event: what happened
 *
 * An acknowledgment that goes with the transition is only marked as due: rill_flush_ack() sends
 * it, or data that it can ride on.
 */
void rill_act(struct sock *sk, enum rill_event event)
{
	const struct rill_cell *cell = rill_state_cell(sk->sk_state, event);
	u8 from = sk->sk_state, to;

	if (!cell) {
		RILL_INC(sock_net(sk), BadEvents);
		net_warn_ratelimited("rill: %s in state %s\n", rill_event_name(event),
				     rill_state_name(from));
		return;
	}
	to = cell->next;
	/* An RST or the last ACK goes out while the connection still has its numbers. */
	if (cell->actions & RILL_ACT_RST)
		rill_send_rst(sk);
	if (cell->actions & RILL_ACT_TIMEWAIT) {
		/* What becomes of the connection is an entry; the user's socket is closed. */
		if (cell->actions & RILL_ACT_ACK)
			rill_send_ack(sk);
		rill_act_timewait(sk);
		to = TCP_CLOSE;
	}
	if (to == TCP_CLOSE)
		rill_act_fail(sk, cell->actions);
	if (to == TCP_CLOSE && unlikely(rill_sk(sk)->fo_pending))
		rill_queue_fast_end(sk, event == RILL_EV_RST);
	if (to != from) {
		rill_act_count(sk, from, to);
		inet_sk_set_state(sk, to);
	}
	if (to != TCP_CLOSE)
		rill_act_send(sk, cell->actions);
	rill_act_tell(sk, cell->actions);
	if (to == TCP_CLOSE && (cell->actions & (RILL_ACT_DELETE | RILL_ACT_TIMEWAIT)))
		rill_act_delete(sk);
}
