// SPDX-License-Identifier: GPL-2.0
/*
 * What is read from the network layer of a received packet. Called in softirq context under RCU;
 * no locks.
 */
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "ip.h"

/**
 * rill_ip_rx_ttl_ok() - has a segment come from near enough (IP_MINTTL, RFC 5082)?
 * @sk: the socket it is for; no lock needed
 * @skb: the segment
 */
bool rill_ip_rx_ttl_ok(const struct sock *sk, const struct sk_buff *skb)
{
	return ip_hdr(skb)->ttl >= READ_ONCE(((const struct inet_sock *)sk)->min_ttl);
}

/**
 * rill_ip_rx_tuple() - whose segment is this
 * @skb: the segment
 * @hdr: its header
 * @tuple: addresses and ports as the local end sees them
 */
void rill_ip_rx_tuple(const struct sk_buff *skb, const struct rill_hdr *hdr,
		      struct rill_tuple *tuple)
{
	const struct iphdr *iph = ip_hdr(skb);

	ipv6_addr_set_v4mapped(iph->daddr, &tuple->laddr);
	ipv6_addr_set_v4mapped(iph->saddr, &tuple->faddr);
	tuple->lport = hdr->dest;
	tuple->fport = hdr->source;
}

/**
 * rill_ip_rx_answerable() - may there be an answer to this segment?
 * @net: the namespace
 * @skb: the segment
 *
 * Return: false for what was sent to, or claims to come from, a broadcast or multicast address
 * (RFC 9293 section 3.9.2.3, MUST-57 and MUST-63).
 */
bool rill_ip_rx_answerable(struct net *net, const struct sk_buff *skb)
{
	unsigned int from;

	if (skb->pkt_type != PACKET_HOST || !skb_rtable(skb) ||
	    skb_rtable(skb)->rt_type != RTN_LOCAL)
		return false;
	from = inet_addr_type(net, ip_hdr(skb)->saddr);
	return from != RTN_BROADCAST && from != RTN_MULTICAST;
}
