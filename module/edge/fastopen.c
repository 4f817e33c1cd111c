// SPDX-License-Identifier: GPL-2.0
/*
 * Fast Open as programs see it (RFC 7413): options, and a connect() that leaves the SYN to the
 * write that follows, or that is its first half (MSG_FASTOPEN). Called by the other socket calls
 * with the socket locked, but for what gets an option.
 */
#include <net/inet_common.h>

#include "../base/fo_keys.h"
#include "../base/net.h"
#include "../base/sock.h"
#include "../compat.h"
#include "../engine/build.h"
#include "../engine/out.h"
#include "fastopen.h"

#define RILL_FASTOPEN_FRESH	(TCPF_CLOSE | TCPF_LISTEN)

static int rill_fastopen_bits(const struct sock *sk)
{
	return READ_ONCE(rill_net(sock_net(sk))->set.fastopen);
}

/**
 * rill_fastopen_defer() - is the SYN left to the first write?
 * @sk: the socket
 * @on: the kernel's connect() is to know, too
 */
void rill_fastopen_defer(struct sock *sk, bool on)
{
	WRITE_ONCE(rill_sk(sk)->fo_deferred, on);
	rill_inet_defer(sk, on);
}

/**
 * rill_fastopen_deferred() - does the SYN wait for a write?
 * @sk: the socket
 *
 * Not any more where something has ended the connection, or the peer has opened it.
 */
bool rill_fastopen_deferred(const struct sock *sk)
{
	return rill_sk(sk)->fo_deferred && sk->sk_state == TCP_SYN_SENT;
}

/* May the SYN have data? If it takes a cookie first, the SYN asks for it. */
static bool rill_fastopen_known(struct sock *sk)
{
	struct rill_net *rn = rill_net(sock_net(sk));
	struct rill_sock *rs = rill_sk(sk);
	u16 mss;

	if (rill_fo_blocked(rn))
		return false;
	if ((rill_fastopen_bits(sk) & RILL_FO_CLIENT_BARE) || rs->knobs.fo_no_cookie)
		return true;
	rs->fo.offer = true;
	if (rill_fo_recall(rn, &rs->node.tuple, &rs->fo.cookie, &mss)) {
		rs->peer_mss = mss;
		return true;
	}
	rs->fo.fail = TFO_COOKIE_UNAVAILABLE;
	return false;
}

/**
 * rill_fastopen_prepare() - the addresses are known, the SYN is about to go
 * @sk: the socket, with fo_deferred if this is MSG_FASTOPEN's
 *
 * Where TCP_FASTOPEN_CONNECT is set and there is a cookie, the SYN waits for the first write.
 */
void rill_fastopen_prepare(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!rs->fo_deferred && !rs->knobs.fo_connect)
		return;
	rs->fo.data_ok = rill_fastopen_known(sk);
	if (rs->fo.data_ok && !rs->fo_deferred)
		rill_fastopen_defer(sk, true);
}

static int rill_fastopen_flags(const struct msghdr *msg)
{
	return msg->msg_flags & MSG_DONTWAIT ? O_NONBLOCK : 0;
}

/**
 * rill_fastopen_open() - the first half of a write that opens a connection
 * @sk: the socket
 * @msg: the message, with the destination unless connect() had it
 *
 * Return: 0, the SYN being left to rill_fastopen_go(), or else the connection being open; or a
 * negative error: -EOPNOTSUPP where Fast Open is off, and what connect() returns.
 */
int rill_fastopen_open(struct sock *sk, struct msghdr *msg)
{
	const struct sockaddr *addr = msg->msg_name;
	struct socket *sock = sk->sk_socket;
	bool fresh = sk->sk_state == TCP_CLOSE && sock->state == SS_UNCONNECTED;
	int err;

	if (!(rill_fastopen_bits(sk) & RILL_FO_CLIENT) ||
	    (addr && msg->msg_namelen >= sizeof(addr->sa_family) && addr->sa_family == AF_UNSPEC))
		return -EOPNOTSUPP;
	if (rill_fastopen_deferred(sk))
		return 0;
	if (fresh)
		rill_fastopen_defer(sk, true);
	err = __inet_stream_connect(sock, msg->msg_name, msg->msg_namelen,
				    rill_fastopen_flags(msg), 1);
	if (err && fresh)
		rill_fastopen_defer(sk, false);
	return err;
}

/**
 * rill_fastopen_room() - octets that the SYN takes
 * @sk: the socket, in SYN-SENT, the SYN not sent yet
 */
u32 rill_fastopen_room(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!rs->fo.data_ok)
		return 0;
	rill_out_sync_mss(sk);
	return max_t(int, rs->mss + rs->opt_len - RILL_OPT_MAX, 0);
}

/**
 * rill_fastopen_go() - the second half: send the SYN, with what is queued
 * @sk: the socket
 * @msg: the message; it says whether to wait
 *
 * Return: 0 when the connection is open, -EINPROGRESS when it is not to be waited for, or what
 * connect() returns.
 */
int rill_fastopen_go(struct sock *sk, const struct msghdr *msg)
{
	int err;

	WRITE_ONCE(rill_sk(sk)->fo_deferred, false);
	rill_send_syn(sk);
	err = __inet_stream_connect(sk->sk_socket, NULL, 0, rill_fastopen_flags(msg), 1);
	rill_inet_defer(sk, false);
	return err;
}

static void rill_fastopen_tune(struct sock *sk, int val)
{
	unsigned int most = READ_ONCE(sock_net(sk)->core.sysctl_somaxconn);

	WRITE_ONCE(rill_sk(sk)->knobs.fo_max, min_t(unsigned int, val, most));
}

/**
 * rill_fastopen_listen() - listen(): the sysctl may have Fast Open for everybody
 * @sk: the socket
 * @backlog: how many children may wait for accept()
 */
void rill_fastopen_listen(struct sock *sk, int backlog)
{
	int bits = rill_fastopen_bits(sk);

	if ((bits & RILL_FO_SERVER) && (bits & RILL_FO_LISTENERS) && !rill_sk(sk)->knobs.fo_max)
		rill_fastopen_tune(sk, backlog);
}

/**
 * rill_set_fastopen() - TCP_FASTOPEN
 * @sk: the socket
 * @val: connections that may be opened so and are not acknowledged yet; 0: no Fast Open
 *
 * Return: 0 or -EINVAL.
 */
int rill_set_fastopen(struct sock *sk, int val)
{
	if (val < 0 || !((1 << sk->sk_state) & RILL_FASTOPEN_FRESH))
		return -EINVAL;
	rill_fastopen_tune(sk, val);
	return 0;
}

/**
 * rill_get_fastopen() - TCP_FASTOPEN
 * @sk: the socket
 */
int rill_get_fastopen(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.fo_max);
}

/**
 * rill_set_fastopen_connect() - TCP_FASTOPEN_CONNECT
 * @sk: the socket
 * @val: on or off
 *
 * Return: 0, -EINVAL, or -EOPNOTSUPP where the sysctl forbids it.
 */
int rill_set_fastopen_connect(struct sock *sk, int val)
{
	if (val < 0 || val > 1)
		return -EINVAL;
	if (!(rill_fastopen_bits(sk) & RILL_FO_CLIENT))
		return -EOPNOTSUPP;
	if (sk->sk_state != TCP_CLOSE)
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.fo_connect, val);
	return 0;
}

/**
 * rill_get_fastopen_connect() - TCP_FASTOPEN_CONNECT
 * @sk: the socket
 */
int rill_get_fastopen_connect(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.fo_connect);
}

/**
 * rill_set_fastopen_no_cookie() - TCP_FASTOPEN_NO_COOKIE
 * @sk: the socket
 * @val: on or off
 *
 * Return: 0 or -EINVAL.
 */
int rill_set_fastopen_no_cookie(struct sock *sk, int val)
{
	if (val < 0 || val > 1 || !((1 << sk->sk_state) & RILL_FASTOPEN_FRESH))
		return -EINVAL;
	WRITE_ONCE(rill_sk(sk)->knobs.fo_no_cookie, val);
	return 0;
}

/**
 * rill_get_fastopen_no_cookie() - TCP_FASTOPEN_NO_COOKIE
 * @sk: the socket
 */
int rill_get_fastopen_no_cookie(const struct sock *sk)
{
	return READ_ONCE(rill_sk(sk)->knobs.fo_no_cookie);
}

/**
 * rill_set_fastopen_key() - TCP_FASTOPEN_KEY
 * @sk: the socket, not locked
 * @optval: the key in use, and perhaps one whose cookies are still taken
 * @optlen: octets of both
 *
 * Return: 0, -EINVAL for another length, -EFAULT or -ENOMEM.
 */
int rill_set_fastopen_key(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	u8 octets[RILL_FO_KEYS * RILL_FO_KEY_OCTETS];

	if (optlen != RILL_FO_KEY_OCTETS && optlen != sizeof(octets))
		return -EINVAL;
	if (copy_from_sockptr(octets, optval, optlen))
		return -EFAULT;
	return rill_fo_keys_set(&rill_sk(sk)->fo_keys, octets, optlen / RILL_FO_KEY_OCTETS);
}

/**
 * rill_get_fastopen_key() - TCP_FASTOPEN_KEY
 * @sk: the socket, not locked
 * @octets: room for RILL_FO_KEYS keys
 *
 * Return: octets, 0: the socket has the namespace's.
 */
unsigned int rill_get_fastopen_key(struct sock *sk, u8 *octets)
{
	return rill_fo_keys_get(&rill_sk(sk)->fo_keys, octets) * RILL_FO_KEY_OCTETS;
}
