// SPDX-License-Identifier: GPL-2.0
/*
 * close() and shutdown().
 */
#include <net/sock.h>

#include "../base/mem.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/sock.h"
#include "../base/table.h"
#include "../engine/act.h"
#include "../engine/expiry.h"
#include "af.h"
#include "calls.h"

#define RILL_UNFINISHED	(TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)

/*
 * No more data from the user. In SYN-RECEIVED this waits for ESTABLISHED (RFC 9293 section
 * 3.10.4).
 */
static void rill_close_sending(struct sock *sk)
{
	if (sk->sk_state == TCP_SYN_RECV)
		rill_sk(sk)->close_pending = true;
	else if (sk->sk_state != TCP_CLOSE)
		rill_act(sk, RILL_EV_CLOSE);
}

/**
 * rill_shutdown() - proto.shutdown
 * @sk: the socket, locked; sk_shutdown is set already
 * @how: RCV_SHUTDOWN, SEND_SHUTDOWN
 */
void rill_shutdown(struct sock *sk, int how)
{
	if (how & SEND_SHUTDOWN)
		rill_close_sending(sk);
}

/* SO_LINGER: wait until what was sent is acknowledged, the FIN included. */
static void rill_close_wait(struct sock *sk, long timeo)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	if (!timeo)
		return;
	add_wait_queue(sk_sleep(sk), &wait);
	do {
		if (sk_wait_event(sk, &timeo, !((1 << READ_ONCE(sk->sk_state)) & RILL_UNFINISHED),
				  &wait))
			break;
	} while (!signal_pending(current) && timeo);
	remove_wait_queue(sk_sleep(sk), &wait);
}

/*
 * Decide how a connection ends whose user has gone (RFC 9293 section 3.10.4, RFC 2525 section
 * 2.17).
 */
static void rill_close_connection(struct sock *sk)
{
	bool unread = rill_unread(rill_sk(sk));

	__skb_queue_purge(&sk->sk_receive_queue);
	if (sk->sk_state == TCP_CLOSE)
		return;
	if (unread) {
		RILL_INC(sock_net(sk), AbortOnClose);
		rill_act(sk, RILL_EV_ABORT);
	} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime) {
		RILL_INC(sock_net(sk), AbortOnLinger);
		rill_act(sk, RILL_EV_ABORT);
	} else {
		rill_close_sending(sk);
	}
}

/* The connection goes on without an owner, if it goes on. */
static void rill_close_orphan(struct sock *sk)
{
	struct rill_net *rn = rill_net(sock_net(sk));

	rill_act_orphan(sk);
	if ((atomic_read(&rn->orphans) > READ_ONCE(rn->set.max_orphans) ||
	     rill_mem_exhausted(sk)) && sk->sk_state != TCP_CLOSE) {
		RILL_INC(sock_net(sk), AbortOnOrphans);
		rill_act(sk, RILL_EV_ABORT);
	} else if (sk->sk_state == TCP_CLOSE) {
		rill_act_destroy(sk);
	} else if (sk->sk_state == TCP_FIN_WAIT2) {
		rill_expiry_linger(sk);
	}
}

/**
 * rill_close() - proto.close: the last descriptor is closed
 * @sk: the socket
 * @timeout: jiffies to wait for the peer's acknowledgments
 */
void rill_close(struct sock *sk, long timeout)
{
	lock_sock(sk);
	sock_hold(sk);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	if (sk->sk_state == TCP_LISTEN)
		rill_listen_stop(sk);
	else
		rill_close_connection(sk);
	rill_close_wait(sk, timeout);
	rill_close_orphan(sk);
	release_sock(sk);
	sock_put(sk);
}

static void rill_close_node(struct rill_node *node)
{
	struct sock *sk;

	if (node->kind != RILL_KIND_SOCK)
		return;
	sk = rill_sock_of(node);
	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return;
	bh_lock_sock(sk);
	if (sk->sk_state != TCP_CLOSE)
		rill_act(sk, RILL_EV_ABORT);
	bh_unlock_sock(sk);
	sock_put(sk);
}

/**
 * rill_close_orphans() - the module goes: reset the connections that have no program
 * @net: a namespace; it has no other connections, and no segment comes in any more
 *
 * A namespace that ends has none: they hold it.
 */
void rill_close_orphans(struct net *net)
{
	local_bh_disable();
	rill_table_walk(rill_net(net), rill_close_node);
	local_bh_enable();
}
