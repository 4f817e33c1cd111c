// SPDX-License-Identifier: GPL-2.0
/*
 * The addresses of AF_INET6 sockets, v4-mapped ones as well. Called by ip_sock.c; functions with a
 * socket expect it locked unless they say otherwise.
 */
#include <net/ipv6.h>
#include <net/transp_v6.h>

#include "../compat.h"
#include "ip.h"
#include "ip6.h"

/* Link-local addresses mean something on one device only. */
static u32 rill_ip6_scope(const struct sock *sk, const struct rill_tuple *tuple)
{
	return rill_tuple_is_local(tuple) ? sk->sk_bound_dev_if : 0;
}

/**
 * rill_ip6_speaks() - is it IPv6 that an AF_INET6 socket speaks?
 * @sk: the socket
 */
bool rill_ip6_speaks(const struct sock *sk)
{
	return !ipv6_addr_v4mapped(&sk->sk_v6_daddr);
}

/**
 * rill_ip6_receives() - the local addresses for which a socket receives
 * @sk: the socket; no lock needed
 * @r: is filled in
 */
void rill_ip6_receives(const struct sock *sk, struct rill_receives *r)
{
	r->addr = sk->sk_v6_rcv_saddr;
	r->any_v6 = ipv6_addr_any(&r->addr);
	if (r->any_v6)
		r->any_v4 = !ipv6_only_sock(sk);
	else
		r->any_v4 = ipv6_addr_v4mapped(&r->addr) && !r->addr.s6_addr32[3];
}

/**
 * rill_ip6_sock_tuple() - the four-tuple of a socket that speaks IPv6
 * @sk: the socket
 * @tuple: is filled in
 */
void rill_ip6_sock_tuple(const struct sock *sk, struct rill_tuple *tuple)
{
	tuple->laddr = inet6_sk(sk)->saddr;
	tuple->faddr = sk->sk_v6_daddr;
	tuple->scope = rill_ip6_scope(sk, tuple);
}

/**
 * rill_ip6_sock_forget() - the socket has no peer any more
 * @sk: the socket
 */
void rill_ip6_sock_forget(struct sock *sk)
{
	sk->sk_v6_daddr = in6addr_any;
}

/**
 * rill_ip6_sock_mapped() - IPv4 has chosen the addresses: let them be seen as v4-mapped
 * @sk: the socket
 */
void rill_ip6_sock_mapped(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	ipv6_addr_set_v4mapped(inet->inet_rcv_saddr, &sk->sk_v6_rcv_saddr);
	ipv6_addr_set_v4mapped(inet->inet_daddr, &sk->sk_v6_daddr);
	inet6_sk(sk)->saddr = sk->sk_v6_rcv_saddr;
}

/**
 * rill_ip6_birth() - let the kernel find a new socket's part for IPv6
 * @sk: the socket, from the memory of struct rill6_sock
 */
void rill_ip6_birth(struct sock *sk)
{
	inet_sk(sk)->pinet6 = &((struct rill6_sock *)sk)->inet6;
}

/* What a user sets on a listener and expects of its connections. */
static void rill_ip6_inherit(struct sock *child, const struct sock *listener)
{
	const struct ipv6_pinfo *from = inet6_sk(listener);
	struct ipv6_pinfo *np = inet6_sk(child);
	struct ipv6_txoptions *opt;

	child->sk_ipv6only = listener->sk_ipv6only;
	np->sticky_pktinfo = from->sticky_pktinfo;
	np->hop_limit = from->hop_limit;
	np->mcast_hops = from->mcast_hops;
	np->ucast_oif = from->ucast_oif;
	np->mcast_oif = from->mcast_oif;
	np->frag_size = from->frag_size;
	np->pmtudisc = from->pmtudisc;
	np->srcprefs = from->srcprefs;
	np->min_hopcount = from->min_hopcount;
	np->tclass = from->tclass;
	np->rxopt.all = from->rxopt.all;
	rill_inet6_copy_flags(np, from);
	rcu_read_lock();
	opt = rcu_dereference(from->opt);
	/* Without memory the connection has none, as with TCP. */
	if (opt)
		RCU_INIT_POINTER(np->opt, ipv6_dup_options(child, opt));
	rcu_read_unlock();
}

/**
 * rill_ip6_child() - give a new connection of an AF_INET6 listener its addresses and options
 * @child: the socket, not visible yet
 * @listener: the listener, not locked, under RCU
 * @tuple: the child's four-tuple
 * @label: its flow label, or 0
 */
void rill_ip6_child(struct sock *child, const struct sock *listener,
		    const struct rill_tuple *tuple, __be32 label)
{
	struct inet_sock *inet = inet_sk(child);
	struct ipv6_pinfo *np;

	rill_ip6_birth(child);
	rill_ip6_inherit(child, listener);
	np = inet6_sk(child);
	np->saddr = tuple->laddr;
	np->flow_label = label;
	child->sk_v6_rcv_saddr = tuple->laddr;
	child->sk_v6_daddr = tuple->faddr;
	if (!rill_tuple_is_v6(tuple))
		return;
	inet->inet_saddr = LOOPBACK4_IPV6;
	inet->inet_rcv_saddr = LOOPBACK4_IPV6;
	inet->inet_daddr = LOOPBACK4_IPV6;
}
