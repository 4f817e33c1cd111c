// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of a socket: which it has, and for which it receives. Functions with a socket
 * expect it locked unless they say otherwise.
 */
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "../compat.h"
#include "ip.h"
#include "ip6.h"
#include "net.h"

/**
 * rill_ip_sock_tuple() - a socket's four-tuple
 * @sk: the socket
 * @tuple: is filled in
 */
void rill_ip_sock_tuple(const struct sock *sk, struct rill_tuple *tuple)
{
	const struct inet_sock *inet = inet_sk(sk);

	tuple->lport = inet->inet_sport;
	tuple->fport = inet->inet_dport;
	tuple->scope = 0;
	if (rill_sock_speaks_v6(sk)) {
		rill_ip6_sock_tuple(sk, tuple);
	} else {
		ipv6_addr_set_v4mapped(inet->inet_saddr, &tuple->laddr);
		ipv6_addr_set_v4mapped(inet->inet_daddr, &tuple->faddr);
	}
	if (!tuple->scope)
		tuple->scope = l3mdev_master_ifindex_by_index(sock_net(sk), sk->sk_bound_dev_if);
}

/**
 * rill_ip_recverr() - are errors of the network to be told at once?
 * @sk: the socket
 *
 * Return: IP_RECVERR, or IPV6_RECVERR.
 */
bool rill_ip_recverr(const struct sock *sk)
{
	return rill_sock_speaks_v6(sk) ? rill_inet6_recverr(sk) : rill_inet_recverr(sk);
}

/**
 * rill_ip_min_ttl() - what the time to live of a segment for a socket must be at least
 * @sk: the socket; no lock needed
 * @tuple: the connection's four-tuple
 *
 * Return: IP_MINTTL, or IPV6_MINHOPCOUNT.
 */
u8 rill_ip_min_ttl(const struct sock *sk, const struct rill_tuple *tuple)
{
	if (rill_tuple_is_v6(tuple))
		return READ_ONCE(inet6_sk(sk)->min_hopcount);
	return READ_ONCE(((const struct inet_sock *)sk)->min_ttl);
}

/**
 * rill_ip_receives() - the local addresses for which a socket receives
 * @sk: the socket; no lock needed
 * @r: is filled in
 */
void rill_ip_receives(const struct sock *sk, struct rill_receives *r)
{
	if (rill_sock_is_v6(sk)) {
		rill_ip6_receives(sk, r);
		return;
	}
	ipv6_addr_set_v4mapped(inet_sk(sk)->inet_rcv_saddr, &r->addr);
	r->any_v4 = !inet_sk(sk)->inet_rcv_saddr;
	r->any_v6 = false;
}

static int rill_receives_for(const struct rill_receives *r, const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr) ? r->any_v4 : r->any_v6)
		return 1;
	return ipv6_addr_equal(&r->addr, addr) ? 2 : 0;
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
	struct rill_receives r;

	rill_ip_receives(sk, &r);
	return rill_receives_for(&r, addr);
}

/**
 * rill_ip_addr_overlap() - is there a local address for which both sockets receive?
 * @sk: a socket
 * @sk2: another; no locks needed
 */
bool rill_ip_addr_overlap(const struct sock *sk, const struct sock *sk2)
{
	struct rill_receives a, b;

	rill_ip_receives(sk, &a);
	rill_ip_receives(sk2, &b);
	return (a.any_v4 && b.any_v4) || (a.any_v6 && b.any_v6) ||
	       rill_receives_for(&a, &b.addr) || rill_receives_for(&b, &a.addr);
}

/**
 * rill_ip_sock_tos() - type of service or traffic class of a connection's segments
 * @sk: the socket, or a listener that need not be locked
 * @tuple: the connection's four-tuple
 */
u8 rill_ip_sock_tos(const struct sock *sk, const struct rill_tuple *tuple)
{
	return rill_tuple_is_v6(tuple) ? READ_ONCE(inet6_sk(sk)->tclass) :
					 READ_ONCE(inet_sk(sk)->tos);
}

/**
 * rill_ip_sock_ttl() - time to live or hop limit of a connection's segments
 * @sk: the socket, or a listener that need not be locked
 * @tuple: the connection's four-tuple
 *
 * Return: what the user has set, or 0: the route's.
 */
u8 rill_ip_sock_ttl(const struct sock *sk, const struct rill_tuple *tuple)
{
	int ttl = rill_tuple_is_v6(tuple) ? inet6_sk(sk)->hop_limit : inet_sk(sk)->uc_ttl;

	return max(ttl, 0);
}

/**
 * rill_ip_sock_forget() - no peer, and no more of an address than the user asked for
 * @sk: the socket
 */
void rill_ip_sock_forget(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);

	inet->inet_dport = 0;
	inet->inet_daddr = 0;
	if (rill_sock_is_v6(sk))
		rill_ip6_sock_forget(sk);
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		inet_reset_saddr(sk);
}

/**
 * rill_ip_mss_default() - what a peer can take that announces no MSS (MUST-15)
 * @tuple: the connection's four-tuple
 *
 * Return: octets.
 */
u16 rill_ip_mss_default(const struct rill_tuple *tuple)
{
	return rill_tuple_is_v6(tuple) ? RILL_MSS_DEFAULT_V6 : RILL_MSS_DEFAULT;
}

/* IPv4's part of it. */
static void rill_ip4_child(struct sock *child, const struct rill_tuple *tuple)
{
	struct inet_sock *inet = inet_sk(child);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;

	inet->inet_saddr = tuple->laddr.s6_addr32[3];
	inet->inet_rcv_saddr = inet->inet_saddr;
	inet->inet_daddr = tuple->faddr.s6_addr32[3];
	fl4->saddr = inet->inet_saddr;
	fl4->daddr = inet->inet_daddr;
	fl4->fl4_sport = tuple->lport;
	fl4->fl4_dport = tuple->fport;
}

/**
 * rill_ip_child() - give a new connection of a listener its addresses
 * @child: the socket, not visible yet
 * @listener: the listener, not locked, under RCU
 * @tuple: its four-tuple
 * @label: its flow label, or 0
 */
void rill_ip_child(struct sock *child, const struct sock *listener,
		   const struct rill_tuple *tuple, __be32 label)
{
	struct inet_sock *inet = inet_sk(child);

	inet->inet_sport = tuple->lport;
	inet->inet_dport = tuple->fport;
	if (!rill_tuple_is_v6(tuple))
		rill_ip4_child(child, tuple);
	if (rill_sock_is_v6(child))
		rill_ip6_child(child, listener, tuple, label);
	rill_ip_sock_flow(child, tuple);
}

/**
 * rill_ip_sock_flow() - the addresses are known: what tells the network this flow from others
 * @sk: the socket
 * @tuple: its four-tuple
 */
void rill_ip_sock_flow(struct sock *sk, const struct rill_tuple *tuple)
{
	atomic_set(&inet_sk(sk)->inet_id, get_random_u16());
	WRITE_ONCE(sk->sk_txhash, rill_isn_flow(&rill_net(sock_net(sk))->key, tuple));
	/* By this the fq queueing discipline tells it from who had the same memory before. */
	sk->sk_hash = sk->sk_txhash;
}
