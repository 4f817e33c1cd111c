// SPDX-License-Identifier: GPL-2.0
/*
 * poll(), select() and epoll. Looks at a socket without its lock: what changes right after is
 * told by a wake-up.
 */
#include <net/sock.h>

#include "../base/queue.h"
#include "../base/sock.h"
#include "calls.h"

/* Nothing comes or goes before the connection is open, but for a child of Fast Open. */
static bool rill_poll_opening(const struct sock *sk, u8 state)
{
	return state == TCP_SYN_SENT ||
	       (state == TCP_SYN_RECV && !READ_ONCE(rill_sk(sk)->fo_pending));
}

static __poll_t rill_poll_in(struct sock *sk, u8 state, u8 shutdown)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 unread = READ_ONCE(rs->rcv_nxt) - READ_ONCE(rs->copied) - READ_ONCE(rs->fin_rcvd);
	u32 target = sock_rcvlowat(sk, 0, INT_MAX);
	__poll_t mask = 0;

	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (rill_poll_opening(sk, state))
		return mask;
	/* The octet at the mark is not for an ordinary read. */
	if (unlikely(rill_oob_at_mark(sk)) && !sock_flag(sk, SOCK_URGINLINE))
		target++;
	if ((s32)unread > 0 && unread >= target)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(rs->urgent.state) == RILL_URGENT_HERE)
		mask |= EPOLLPRI;
	return mask;
}

static __poll_t rill_poll_out(struct sock *sk, u8 state, u8 shutdown)
{
	/* The first write is what the SYN waits for. */
	if (unlikely(READ_ONCE(rill_sk(sk)->fo_deferred)) && state == TCP_SYN_SENT)
		return EPOLLOUT | EPOLLWRNORM;
	if (rill_poll_opening(sk, state))
		return 0;
	if ((shutdown & SEND_SHUTDOWN) || sk_stream_is_writeable(sk))
		return EPOLLOUT | EPOLLWRNORM;
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	/* Space may have come before the bit was there to ask for a wake-up. */
	smp_mb__after_atomic();
	return sk_stream_is_writeable(sk) ? EPOLLOUT | EPOLLWRNORM : 0;
}

/**
 * rill_poll() - proto_ops.poll
 * @file: the file
 * @sock: the socket
 * @wait: the poll table, or NULL
 *
 * Return: EPOLL* bits, those of TCP.
 */
__poll_t rill_poll(struct file *file, struct socket *sock, struct poll_table_struct *wait)
{
	struct sock *sk = sock->sk;
	u8 state, shutdown;
	__poll_t mask = 0;

	sock_poll_wait(file, sock, wait);
	state = inet_sk_state_load(sk);
	if (state == TCP_LISTEN)
		return rill_queue_empty(sk) ? 0 : EPOLLIN | EPOLLRDNORM;
	shutdown = READ_ONCE(sk->sk_shutdown);
	if (shutdown == SHUTDOWN_MASK || state == TCP_CLOSE)
		mask |= EPOLLHUP;
	mask |= rill_poll_in(sk, state, shutdown);
	mask |= rill_poll_out(sk, state, shutdown);
	/* Read after the queues: who resets a connection writes the error first. */
	smp_rmb();
	if (READ_ONCE(sk->sk_err) || !skb_queue_empty_lockless(&sk->sk_error_queue))
		mask |= EPOLLERR;
	return mask;
}
