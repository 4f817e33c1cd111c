// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl(): what is queued in either direction. Called by the socket layer as proto.ioctl, in
 * process context without the socket lock. Takes the lock where two numbers must agree.
 */
#include <asm/ioctls.h>
#include <linux/sockios.h>

#include "../base/sock.h"
#include "calls.h"
#include "ioctl.h"

static int rill_ioctl_unread(struct sock *sk)
{
	bool slow = lock_sock_fast(sk);
	int octets;

	octets = rill_oob_unread(sk);
	unlock_sock_fast(sk, slow);
	return octets;
}

/* Octets behind @from that the user has written, the FIN counted. */
static int rill_ioctl_queued(const struct sock *sk, const u32 *from)
{
	if ((1 << READ_ONCE(sk->sk_state)) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		return 0;
	return READ_ONCE(rill_sk(sk)->write_seq) + READ_ONCE(rill_sk(sk)->fin_queued) -
	       READ_ONCE(*from);
}

/**
 * rill_ioctl() - proto.ioctl: SIOCINQ, SIOCOUTQ, SIOCOUTQNSD, SIOCATMARK
 * @sk: the socket
 * @cmd: the request
 * @arg: where the answer goes, an int
 *
 * Return: 0, -EINVAL for a queue of a listener, -EFAULT, or -ENOIOCTLCMD.
 */
int rill_ioctl(struct sock *sk, int cmd, RILL_IOCTL_ARG arg)
{
	const struct rill_sock *rs = rill_sk(sk);
	bool listens = READ_ONCE(sk->sk_state) == TCP_LISTEN;

	switch (cmd) {
	case SIOCINQ:
		return listens ? -EINVAL : rill_ioctl_answer(rill_ioctl_unread(sk), arg);
	case SIOCOUTQ:
		return listens ? -EINVAL :
		       rill_ioctl_answer(rill_ioctl_queued(sk, &rs->snd.una), arg);
	case SIOCOUTQNSD:
		return listens ? -EINVAL :
		       rill_ioctl_answer(rill_ioctl_queued(sk, &rs->snd.nxt), arg);
	case SIOCATMARK:
		return rill_ioctl_answer(rill_oob_at_mark(sk), arg);
	default:
		return -ENOIOCTLCMD;
	}
}
