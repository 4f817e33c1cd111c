// SPDX-License-Identifier: GPL-2.0
/*
 * IP's options of a socket: the kernel has them, and some mean something to the segments. Called by
 * sockopt.c without the socket lock.
 */
#include <net/ip.h>

#include "../base/ip6.h"
#include "../base/sock.h"
#include "../engine/build.h"
#include "sockopt_ip.h"

#define RILL_SOCKOPT_IP_FRESH	(TCPF_CLOSE | TCPF_LISTEN)

/* The options that are sent in front of every segment: IPv6's, and IPv4's. */
static bool rill_sockopt_sizes(int level, int optname)
{
	if (level != SOL_IPV6)
		return level == SOL_IP && optname == IP_OPTIONS;
	switch (optname) {
	case IPV6_2292PKTOPTIONS:
	case IPV6_HOPOPTS:
	case IPV6_RTHDRDSTOPTS:
	case IPV6_RTHDR:
	case IPV6_DSTOPTS:
		return true;
	default:
		return false;
	}
}

/**
 * rill_setsockopt_ip() - set an option of IP's
 * @sk: the socket, in any state
 * @level: SOL_IP or SOL_IPV6
 * @optname: IP_TOS...
 * @optval: the value
 * @optlen: its length in octets
 *
 * What options take in each packet is not there for the segment (MUST-16), and they may lead it
 * another way.
 * Return: what IP's own returns.
 */
int rill_setsockopt_ip(struct sock *sk, int level, int optname, sockptr_t optval,
		       unsigned int optlen)
{
	int err;

	if (rill_sock_is_v6(sk) && level != SOL_IP)
		err = ipv6_setsockopt(sk, level, optname, optval, optlen);
	else
		err = ip_setsockopt(sk, level, optname, optval, optlen);
	if (err || !rill_sockopt_sizes(level, optname))
		return err;
	sockopt_lock_sock(sk);
	if (!((1 << sk->sk_state) & RILL_SOCKOPT_IP_FRESH)) {
		sk_dst_reset(sk);
		rill_out_sync_mss(sk);
	}
	sockopt_release_sock(sk);
	return 0;
}

/**
 * rill_getsockopt_ip() - what an option of IP's is
 * @sk: the socket, in any state
 * @level: SOL_IP or SOL_IPV6
 * @optname: IP_TOS...
 * @optval: where the value goes
 * @optlen: its length in octets, in and out
 *
 * Return: what IP's own returns.
 */
int rill_getsockopt_ip(struct sock *sk, int level, int optname, char __user *optval,
		       int __user *optlen)
{
	return rill_sock_is_v6(sk) && level != SOL_IP ?
	       ipv6_getsockopt(sk, level, optname, optval, optlen) :
	       ip_getsockopt(sk, level, optname, optval, optlen);
}
