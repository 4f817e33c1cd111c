// SPDX-License-Identifier: GPL-2.0
/*
 * Urgent data for the user: the octet at the mark, out of band, and where the mark is (RFC 9293
 * section 3.8.5, MUST-33). recv.c stops at the mark, ioctl.c and poll.c ask here.
 */
#include <net/sock.h>

#include "../base/sock.h"
#include "calls.h"

/* Give the octet. Who has asked for none has had his chance, as with TCP. */
static int rill_oob_give(struct rill_sock *rs, struct msghdr *msg, size_t len, int flags)
{
	if (!(flags & MSG_PEEK))
		WRITE_ONCE(rs->urgent.state, RILL_URGENT_READ);
	msg->msg_flags |= MSG_OOB;
	if (!len) {
		msg->msg_flags |= MSG_TRUNC;
		return 0;
	}
	if (!(flags & MSG_TRUNC) && memcpy_to_msg(msg, &rs->urgent.octet, 1))
		return -EFAULT;
	return 1;
}

/**
 * rill_oob_recv() - a receive call with MSG_OOB; never waits
 * @sk: the socket, locked, no listener
 * @msg: where to
 * @len: octets of room
 * @flags: MSG_*
 *
 * Return: octets given, 0 at the end of the stream, or a negative error: EINVAL when there is no
 * urgent octet that was not read, or it is part of the stream; EAGAIN when it is still to come.
 */
int rill_oob_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct rill_sock *rs = rill_sk(sk);
	u8 state = rs->urgent.state;

	if (sock_flag(sk, SOCK_URGINLINE) || state == RILL_URGENT_NONE ||
	    state == RILL_URGENT_READ)
		return -EINVAL;
	if (sk->sk_state == TCP_CLOSE && !sock_flag(sk, SOCK_DONE))
		return -ENOTCONN;
	if (state == RILL_URGENT_HERE)
		return rill_oob_give(rs, msg, len, flags);
	return sk->sk_state == TCP_CLOSE || (sk->sk_shutdown & RCV_SHUTDOWN) ? 0 : -EAGAIN;
}

/**
 * rill_oob_unread() - how much there is to read, up to the mark if that has come
 * @sk: the socket, locked
 *
 * Return: octets.
 */
int rill_oob_unread(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 unread = rill_unread(rs);

	if (sock_flag(sk, SOCK_URGINLINE))
		return unread;
	return rill_urgent_unread(&rs->urgent, rs->copied, unread);
}

/**
 * rill_oob_at_mark() - is the octet at the mark the reader's next?
 * @sk: the socket, locked or not
 *
 * Return: the answer; without the lock it may be wrong until the wake-up that follows.
 */
bool rill_oob_at_mark(struct sock *sk)
{
	const struct rill_sock *rs = rill_sk(sk);

	return READ_ONCE(rs->urgent.state) != RILL_URGENT_NONE &&
	       READ_ONCE(rs->urgent.mark) == READ_ONCE(rs->copied);
}
