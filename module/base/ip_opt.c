// SPDX-License-Identifier: GPL-2.0
/*
 * IP options of a connection (RFC 9293 section 3.9.2). Those of a socket are the kernel's
 * (IP_OPTIONS); what stands here is their size, which the MSS has to make room for, and source
 * routes: a connection that came by one answers by its reverse (RFC 1122 section 3.2.1.8).
 */
#include <linux/slab.h>
#include <net/ip.h>

#include "ip6.h"
#include "ip_opt.h"

/* Octets before the first address of a source route. */
#define RILL_ROUTE_HEAD	3

/**
 * rill_ip_opt_len() - octets that IPv4 options take in each of a connection's datagrams
 * @sk: the socket, locked (MUST-16)
 */
u8 rill_ip_opt_len(const struct sock *sk)
{
	const struct ip_options_rcu *opt = rcu_dereference_protected(inet_sk(sk)->inet_opt,
								     lockdep_sock_is_held(sk));

	if (rill_sock_speaks_v6(sk))
		return 0;
	return opt ? opt->opt.optlen : 0;
}

/**
 * rill_ip_opt_hop() - where a datagram goes first
 * @opt: its options, or NULL
 * @daddr: its destination
 */
__be32 rill_ip_opt_hop(const struct ip_options_rcu *opt, __be32 daddr)
{
	return opt && opt->opt.srr ? opt->opt.faddr : daddr;
}

/* The source route in a received header, or NULL. IP has checked the options. */
static const u8 *rill_route_option(const struct iphdr *iph)
{
	const u8 *p = (const u8 *)(iph + 1), *end = (const u8 *)iph + iph->ihl * 4;

	while (p < end && *p != IPOPT_END) {
		if (*p == IPOPT_NOOP) {
			p++;
			continue;
		}
		if (end - p < RILL_ROUTE_HEAD || p[1] < RILL_ROUTE_HEAD || p[1] > end - p)
			return NULL;
		if (*p == IPOPT_LSRR || *p == IPOPT_SSRR)
			return p;
		p += p[1];
	}
	return NULL;
}

/* How many hops of it lie behind the datagram: what stands before the pointer. */
static unsigned int rill_route_hops(const u8 *route)
{
	unsigned int end = min_t(unsigned int, route[2] - 1, route[1]);

	return route[2] > RILL_ROUTE_HEAD ? (end - RILL_ROUTE_HEAD) / sizeof(__be32) : 0;
}

/**
 * rill_ip_opt_return() - the way back of a datagram that came by a source route (MUST-53)
 * @net: the namespace
 * @skb: the datagram
 *
 * Context: softirq.
 * Return: options for those that go back, which the caller frees after a grace period; or NULL: it
 * came by none, or there is no memory.
 */
struct ip_options_rcu *rill_ip_opt_return(struct net *net, const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	struct ip_options_rcu *opt;
	const u8 *route, *first;
	unsigned int hops, i;
	u8 *p;

	if (skb->protocol != htons(ETH_P_IP) || iph->ihl == 5)
		return NULL;
	route = rill_route_option(iph);
	hops = route ? rill_route_hops(route) : 0;
	if (!hops)
		return NULL;
	first = route + RILL_ROUTE_HEAD;
	/* Some write themselves down as the first hop (RFC 1812 section 5.2.4.1). */
	if (!memcmp(first, &iph->saddr, sizeof(iph->saddr))) {
		first += sizeof(__be32);
		if (!--hops)
			return NULL;
	}
	opt = kzalloc(sizeof(*opt) + MAX_IPOPTLEN, GFP_ATOMIC | __GFP_NOWARN);
	if (!opt)
		return NULL;
	/* As a program would give it to IP_OPTIONS: the next hop comes first. */
	p = opt->opt.__data;
	p[0] = route[0];
	p[1] = RILL_ROUTE_HEAD + hops * sizeof(__be32);
	p[2] = RILL_ROUTE_HEAD + 1;
	for (i = 0; i < hops; i++)
		memcpy(p + RILL_ROUTE_HEAD + i * sizeof(__be32),
		       first + (hops - 1 - i) * sizeof(__be32), sizeof(__be32));
	opt->opt.optlen = ALIGN(p[1], 4);
	if (!ip_options_compile(net, &opt->opt, NULL))
		return opt;
	kfree(opt);
	return NULL;
}

/**
 * rill_ip_opt_put() - write options behind an IP header that is about to be sent
 * @opt: the options, of rill_ip_opt_return()
 * @iph: the header, with as much room behind it as opt->opt.optlen says
 * @daddr: the destination at the end of the route
 */
void rill_ip_opt_put(const struct ip_options_rcu *opt, struct iphdr *iph, __be32 daddr)
{
	u8 *route = (u8 *)iph + opt->opt.srr;

	memcpy(iph + 1, opt->opt.__data, opt->opt.optlen);
	memcpy(route + route[1] - sizeof(daddr), &daddr, sizeof(daddr));
	iph->ihl += opt->opt.optlen / 4;
}
