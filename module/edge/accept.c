// SPDX-License-Identifier: GPL-2.0
/*
 * listen() and accept(), and what becomes of a listener's children when it goes.
 */
#include <net/inet_common.h>

#include "../base/bind.h"
#include "../base/net.h"
#include "../base/queue.h"
#include "../engine/act.h"
#include "calls.h"
#include "fastopen.h"

static int rill_listen_start(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_queue *q = rill_queue_new(sk);
	int err;

	if (!q)
		return -ENOMEM;
	sk->sk_ack_backlog = 0;
	rill_act(sk, RILL_EV_LISTEN);
	/*
	 * The port was bound with others in mind that don't listen: ask again now that this one
	 * does.
	 */
	err = rill_bind_get_port(sk, inet_sk(sk)->inet_num);
	if (err) {
		rill_queue_put(q);
		rill_act(sk, RILL_EV_CLOSE);
		WRITE_ONCE(sk->sk_shutdown, 0);
		return err;
	}
	inet_sk(sk)->inet_sport = htons(inet_sk(sk)->inet_num);
	sk_dst_reset(sk);
	/*
	 * A queue of an earlier life: its last readers are gone with the requests that refer to
	 * it.
	 */
	if (rs->queue)
		rill_queue_put(rs->queue);
	WRITE_ONCE(rs->queue, q);
	rill_listen_add(sk);
	return 0;
}

/**
 * rill_listen() - proto_ops.listen
 * @sock: the socket
 * @backlog: how many children may wait
 *
 * Return: 0, -EINVAL in a wrong state, or what bind() can return.
 */
int rill_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;
	int err = -EINVAL;

	lock_sock(sk);
	if (sock->state != SS_UNCONNECTED)
		goto out;
	if (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN)
		goto out;
	WRITE_ONCE(sk->sk_max_ack_backlog, backlog);
	err = 0;
	if (sk->sk_state == TCP_CLOSE) {
		rill_fastopen_listen(sk, backlog);
		err = rill_listen_start(sk);
	}
out:
	release_sock(sk);
	return err;
}

/* Nobody will accept this connection any more. */
static void rill_listen_reject(struct sock *child)
{
	sock_hold(child);
	local_bh_disable();
	bh_lock_sock(child);
	rill_act_orphan(child);
	if (child->sk_state == TCP_CLOSE)
		rill_act_destroy(child);
	else
		rill_act(child, RILL_EV_ABORT);
	bh_unlock_sock(child);
	local_bh_enable();
	sock_put(child);
}

/**
 * rill_listen_stop() - a listener listens no more: reset whom it has not accepted
 * @sk: the socket, locked
 */
void rill_listen_stop(struct sock *sk)
{
	struct rill_sock *child, *next;
	LIST_HEAD(children);

	rill_listen_del(sk);
	rill_queue_close(rill_sk(sk)->queue, &children);
	list_for_each_entry_safe(child, next, &children, accept_link) {
		list_del_init(&child->accept_link);
		rill_listen_reject(&child->inet.sk);
		cond_resched();
	}
	rill_act(sk, RILL_EV_CLOSE);
}

/* Sleep until there is a child; the socket is unlocked meanwhile. */
static int rill_accept_wait(struct sock *sk, long timeo)
{
	DEFINE_WAIT(wait);
	int err;

	/* One connection wakes one sleeper. */
	for (;;) {
		prepare_to_wait_exclusive(sk_sleep(sk), &wait, TASK_INTERRUPTIBLE);
		release_sock(sk);
		if (rill_queue_empty(sk))
			timeo = schedule_timeout(timeo);
		sched_annotate_sleep();
		lock_sock(sk);
		err = 0;
		if (!rill_queue_empty(sk))
			break;
		err = -EINVAL;
		if (sk->sk_state != TCP_LISTEN)
			break;
		err = sock_intr_errno(timeo);
		if (signal_pending(current))
			break;
		err = -EAGAIN;
		if (!timeo)
			break;
	}
	finish_wait(sk_sleep(sk), &wait);
	return err;
}

/**
 * rill_accept() - the oldest child of a listener
 * @sk: the listener
 * @nonblock: don't wait for one
 * @err: is set when there is none: -EINVAL, -EAGAIN, -EINTR, -ERESTARTSYS
 *
 * Context: process context, takes the socket lock.
 * Return: a connection with the reference of the queue, or NULL.
 */
struct sock *rill_accept(struct sock *sk, bool nonblock, int *err)
{
	struct sock *child = NULL;
	long timeo;

	lock_sock(sk);
	*err = -EINVAL;
	if (sk->sk_state != TCP_LISTEN)
		goto out;
	*err = 0;
	if (rill_queue_empty(sk)) {
		timeo = sock_rcvtimeo(sk, nonblock);
		*err = timeo ? rill_accept_wait(sk, timeo) : -EAGAIN;
	}
	if (!*err)
		child = rill_queue_take(sk);
out:
	release_sock(sk);
	return child;
}
