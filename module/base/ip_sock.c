// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of a socket: which it has, and for which it receives. Functions with a socket
 * expect it locked unless they say otherwise.
 */
#include <net/ip.h>
#include <net/ipv6.h>

#include "ip.h"

/**
 * rill_ip_sock_tuple() - a socket's four-tuple
 * @sk: the socket
 * @tuple: is filled in
 */
void rill_ip_sock_tuple(const struct sock *sk, struct rill_tuple *tuple)
{
	const struct inet_sock *inet = inet_sk(sk);

	ipv6_addr_set_v4mapped(inet->inet_saddr, &tuple->laddr);
	ipv6_addr_set_v4mapped(inet->inet_daddr, &tuple->faddr);
	tuple->lport = inet->inet_sport;
	tuple->fport = inet->inet_dport;
}

/* Bound to no address in particular? */
static bool rill_ip_addr_any(const struct sock *sk)
{
	return !inet_sk(sk)->inet_rcv_saddr;
}

/**
 * rill_ip_addr_covers() - does the socket receive for this local address?
 * @sk: the socket; no lock needed
 * @addr: a local address
 *
 * Return: 0 no, 1 as for any other, 2 it is bound to it.
 */
int rill_ip_addr_covers(const struct sock *sk, const struct in6_addr *addr)
{
	if (rill_ip_addr_any(sk))
		return 1;
	return inet_sk(sk)->inet_rcv_saddr == addr->s6_addr32[3] ? 2 : 0;
}

/**
 * rill_ip_addr_overlap() - is there a local address for which both sockets receive?
 * @sk: a socket
 * @sk2: another; no locks needed
 */
bool rill_ip_addr_overlap(const struct sock *sk, const struct sock *sk2)
{
	return rill_ip_addr_any(sk) || rill_ip_addr_any(sk2) ||
	       inet_sk(sk)->inet_rcv_saddr == inet_sk(sk2)->inet_rcv_saddr;
}

/**
 * rill_ip_child() - give a new connection of a listener its addresses
 * @child: the socket, not visible yet
 * @tuple: its four-tuple
 */
void rill_ip_child(struct sock *child, const struct rill_tuple *tuple)
{
	struct inet_sock *inet = inet_sk(child);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;

	inet->inet_saddr = tuple->laddr.s6_addr32[3];
	inet->inet_rcv_saddr = inet->inet_saddr;
	inet->inet_daddr = tuple->faddr.s6_addr32[3];
	inet->inet_sport = tuple->lport;
	inet->inet_dport = tuple->fport;
	fl4->saddr = inet->inet_saddr;
	fl4->daddr = inet->inet_daddr;
	fl4->fl4_sport = inet->inet_sport;
	fl4->fl4_dport = inet->inet_dport;
	atomic_set(&inet->inet_id, get_random_u16());
	sk_set_txhash(child);
}
