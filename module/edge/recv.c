// SPDX-License-Identifier: GPL-2.0
/*
 * The receive calls: octets from the receive queue to the user.
 */
#include <net/inet_common.h>
#include <net/sock.h>

#include "../base/net.h"
#include "../base/reasm.h"
#include "../base/sock.h"
#include "../core/seq.h"
#include "../engine/out.h"
#include "calls.h"

/**
 * struct rill_reading - one receive call under way
 * @seq: the next octet for the user: the connection's, or with MSG_PEEK our own
 * @copied: octets given so far
 * @target: octets to wait for
 * @flags: MSG_*
 * @timeo: jiffies to wait
 * @skipped: octets passed over at a mark
 * @last: with SO_TIMESTAMP, the buffer of the last octet given, held; or NULL
 */
struct rill_reading {
	u32		seq;
	int		copied;
	int		target;
	int		flags;
	long		timeo;
	int		skipped;
	struct sk_buff	*last;
};

static void rill_recv_unlink(struct sock *sk, struct sk_buff *skb)
{
	__skb_unlink(skb, &sk->sk_receive_queue);
	consume_skb(skb);
}

/* Whoever wants to know when the data came is told of the last of it, as with TCP. */
static void rill_recv_remember(const struct sock *sk, struct rill_reading *r, struct sk_buff *skb)
{
	if (!(sk->sk_flags & SK_FLAGS_TIMESTAMP) && !READ_ONCE(sk->sk_tsflags))
		return;
	consume_skb(r->last);
	r->last = skb_get(skb);
}

static void rill_recv_timestamp(struct sock *sk, struct msghdr *msg, struct rill_reading *r)
{
	if (!r->last)
		return;
	sock_recv_timestamp(msg, sk, r->last);
	consume_skb(r->last);
}

/* The next octet for the user is @seq; what lies before it is not needed any more. */
static void rill_recv_advance(struct sock *sk, struct rill_reading *r, struct sk_buff *skb, u32 seq)
{
	struct rill_sock *rs = rill_sk(sk);

	r->seq = seq;
	if (r->flags & MSG_PEEK)
		return;
	WRITE_ONCE(rs->copied, seq);
	if (unlikely(rs->urgent.state != RILL_URGENT_NONE) && rill_seq_gt(seq, rs->urgent.mark))
		WRITE_ONCE(rs->urgent.state, RILL_URGENT_NONE);
	if (rill_seq_geq(seq, RILL_RCB(skb)->end))
		rill_recv_unlink(sk, skb);
}

/*
 * The next octet is the one at the mark. It begins a read of its own; out of band it is no part of
 * the stream. Who has been signalled is to look before he reads on.
 * Return: 0 to go on, 1 to stop, or a negative error.
 */
static int rill_recv_mark(struct sock *sk, struct rill_reading *r, struct sk_buff *skb, size_t len)
{
	if (r->copied)
		return 1;
	if (signal_pending(current))
		return r->timeo ? sock_intr_errno(r->timeo) : -EAGAIN;
	if (!sock_flag(sk, SOCK_URGINLINE) && len) {
		r->skipped++;
		rill_recv_advance(sk, r, skb, r->seq + 1);
	}
	return 0;
}

/*
 * Give what stands in the queue, up to the mark of urgent data.
 * Return: 0, 1 when that's all for this call, or a negative error when nothing could be given.
 */
static int rill_recv_copy(struct sock *sk, struct msghdr *msg, size_t len, struct rill_reading *r)
{
	const struct rill_urgent *urgent = &rill_sk(sk)->urgent;
	struct sk_buff *skb, *next;

	skb_queue_walk_safe(&sk->sk_receive_queue, skb, next) {
		u32 end = RILL_RCB(skb)->end, off;
		int take, err;

		if (rill_seq_geq(r->seq, end))
			continue;
		if (unlikely(rill_urgent_at(urgent, r->seq))) {
			err = rill_recv_mark(sk, r, skb, len);
			if (err)
				return err;
			if (r->seq == end)
				continue;
		}
		off = r->seq - RILL_RCB(skb)->seq;
		take = min_t(size_t, skb->len - off, len - r->copied);
		if (unlikely(urgent->state != RILL_URGENT_NONE))
			take = rill_urgent_run(urgent, r->seq, take);
		if (!(r->flags & MSG_TRUNC) && skb_copy_datagram_msg(skb, off, msg, take))
			return r->copied ? 0 : -EFAULT;
		r->copied += take;
		rill_recv_remember(sk, r, skb);
		rill_recv_advance(sk, r, skb, r->seq + take);
		if (r->copied == len)
			break;
	}
	return 0;
}

/* Nothing more in the queue. Return: 0 wait for more, 1 that's all, or a negative error. */
static int rill_recv_verdict(struct sock *sk, const struct rill_reading *r)
{
	if (r->copied) {
		if (r->copied >= r->target || sk->sk_err || sk->sk_state == TCP_CLOSE ||
		    (sk->sk_shutdown & RCV_SHUTDOWN) || !r->timeo || signal_pending(current) ||
		    rill_urgent_at(&rill_sk(sk)->urgent, r->seq))
			return 1;
		return 0;
	}
	if (sock_flag(sk, SOCK_DONE))
		return 1;
	if (sk->sk_err)
		return sock_error(sk);
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return 1;
	if (sk->sk_state == TCP_CLOSE)
		return -ENOTCONN;
	if (!r->timeo)
		return -EAGAIN;
	if (signal_pending(current))
		return sock_intr_errno(r->timeo);
	return 0;
}

/*
 * Sleep until something comes or happens. Return: 0, or -EPIPE when somebody has disconnected the
 * socket.
 */
static int rill_recv_wait(struct sock *sk, struct rill_reading *r)
{
	int disconnects = sk->sk_disconnects;
	struct rill_sock *rs = rill_sk(sk);
	u32 seen = rs->rcv_nxt;
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(sk_sleep(sk), &wait);
	sk_set_bit(SOCKWQ_ASYNC_WAITDATA, sk);
	sk_wait_event(sk, &r->timeo, READ_ONCE(rs->rcv_nxt) != seen, &wait);
	sk_clear_bit(SOCKWQ_ASYNC_WAITDATA, sk);
	remove_wait_queue(sk_sleep(sk), &wait);
	return disconnects == sk->sk_disconnects ? 0 : -EPIPE;
}

/* While this reader slept another may have taken what it was waiting for. */
static void rill_recv_catch_up(struct sock *sk, struct rill_reading *r)
{
	u32 copied = rill_sk(sk)->copied;

	if (!(r->flags & MSG_PEEK) || rill_seq_lt(r->seq, copied))
		r->seq = copied;
}

static bool rill_recv_ready(const struct rill_sock *rs, const struct rill_reading *r)
{
	return r->seq != rs->rcv_nxt - rs->fin_rcvd;
}

/* TCP_INQ: what a reader would get now; the end of the stream counts as one octet, as with TCP. */
static void rill_recv_inq(struct sock *sk, struct msghdr *msg)
{
	int inq = rill_sk(sk)->rcv_nxt - rill_sk(sk)->copied;

	put_cmsg(msg, SOL_TCP, TCP_CM_INQ, sizeof(inq), &inq);
}

static int rill_recv_locked(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct rill_reading r = {
		.target	= sock_rcvlowat(sk, flags & MSG_WAITALL, len),
		.flags	= flags,
		.timeo	= sock_rcvtimeo(sk, flags & MSG_DONTWAIT),
	};
	int err = 0, peek_off = 0;

	if (sk->sk_state == TCP_LISTEN)
		return -ENOTCONN;
	if (unlikely(flags & MSG_OOB))
		return rill_oob_recv(sk, msg, len, flags);
	if (flags & MSG_PEEK)
		peek_off = max(sk_peek_offset(sk, flags), 0);
	r.seq = rill_sk(sk)->copied + peek_off;
	while (!err) {
		rill_recv_catch_up(sk, &r);
		err = rill_recv_copy(sk, msg, len, &r);
		/* Who wants nothing still wants to know whether there is something. */
		if (err || (r.copied == len && (len || rill_recv_ready(rill_sk(sk), &r))))
			break;
		if (r.copied && !(flags & MSG_PEEK))
			rill_flush_read(sk);
		err = rill_recv_verdict(sk, &r);
		if (!err)
			err = rill_recv_wait(sk, &r);
		/* As with TCP, who wants nothing waits once. */
		if (!len)
			break;
	}
	if (r.copied) {
		if (flags & MSG_PEEK)
			sk_peek_offset_fwd(sk, r.copied + r.skipped);
		else
			sk_peek_offset_bwd(sk, r.copied + r.skipped);
	}
	if (r.copied && !(flags & MSG_PEEK))
		rill_flush_read(sk);
	rill_recv_timestamp(sk, msg, &r);
	err = min(err, 0);
	if (unlikely(rill_sk(sk)->knobs.inq) && (r.copied || !err))
		rill_recv_inq(sk, msg);
	return r.copied ?: err;
}

/**
 * rill_recvmsg() - proto_ops.recvmsg
 * @sock: the socket
 * @msg: where to
 * @len: octets wanted
 * @flags: MSG_*
 *
 * Return: octets given, 0 at the end of the stream, or a negative error.
 */
int rill_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags)
{
	struct sock *sk = sock->sk;
	int ret;

	if (unlikely(flags & MSG_ERRQUEUE))
		return rill_inet_recv_error(sk, msg, len);
	lock_sock(sk);
	ret = rill_recv_locked(sk, msg, len, flags);
	release_sock(sk);
	return ret;
}

/**
 * rill_set_rcvlowat() - proto_ops.set_rcvlowat
 * @sk: the socket, locked
 * @val: octets
 *
 * No reader must wait for more than the receive buffer can hold; it grows as far as it may.
 * Return: 0.
 */
int rill_set_rcvlowat(struct sock *sk, int val)
{
	int cap = sk->sk_userlocks & SOCK_RCVBUF_LOCK ? READ_ONCE(sk->sk_rcvbuf) :
		  READ_ONCE(rill_net(sock_net(sk))->set.rmem[2]);

	val = min(val, cap / 2);
	WRITE_ONCE(sk->sk_rcvlowat, val ?: 1);
	if (!(sk->sk_userlocks & SOCK_RCVBUF_LOCK) && 2 * val > READ_ONCE(sk->sk_rcvbuf))
		WRITE_ONCE(sk->sk_rcvbuf, 2 * val);
	return 0;
}
