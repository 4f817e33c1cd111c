// SPDX-License-Identifier: GPL-2.0
/*
 * What is read from the network layer of a received packet. Called in softirq context under RCU;
 * no locks.
 */
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "../compat.h"
#include "ip.h"
#include "ip6.h"

/**
 * rill_ip_rx_addrs_ok() - may a packet have these addresses at all?
 * @skb: the packet
 *
 * Return: false for IPv6 packets with v4-mapped addresses (RFC 4942 section 2.2): what they pretend
 * to be is IPv4's connections.
 */
bool rill_ip_rx_addrs_ok(const struct sk_buff *skb)
{
	return !rill_skb_is_v6(skb) || !(ipv6_addr_v4mapped(&ipv6_hdr(skb)->saddr) ||
					 ipv6_addr_v4mapped(&ipv6_hdr(skb)->daddr));
}

/**
 * rill_ip_rx_devs() - the device a packet came in by
 * @skb: the packet; skb->cb is still IP's
 * @devs: is filled in
 */
void rill_ip_rx_devs(const struct sk_buff *skb, struct rill_devs *devs)
{
	devs->dif = rill_skb_is_v6(skb) ? inet6_iif(skb) : inet_iif(skb);
	devs->sdif = rill_skb_is_v6(skb) ? inet6_sdif(skb) : inet_sdif(skb);
}

/**
 * rill_ip_rx_policy_ok() - does IPsec's policy let the segment in?
 * @sk: the socket it is for, no lock needed; or NULL
 * @skb: the segment
 */
bool rill_ip_rx_policy_ok(struct sock *sk, struct sk_buff *skb)
{
	return rill_skb_is_v6(skb) ? xfrm6_policy_check(sk, XFRM_POLICY_IN, skb) :
				     xfrm4_policy_check(sk, XFRM_POLICY_IN, skb);
}

/**
 * rill_ip_rx_label() - the flow label for the answers to a SYN
 * @listener: who listens; no lock needed
 * @skb: the SYN
 *
 * Return: the SYN's own where the listener reflects (IPV6_FLOWINFO_SEND), or what the listener has;
 * 0: any.
 */
__be32 rill_ip_rx_label(const struct sock *listener, const struct sk_buff *skb)
{
	if (!rill_skb_is_v6(skb))
		return 0;
	if (rill_inet6_repflow(listener))
		return ip6_flowlabel(ipv6_hdr(skb));
	return inet6_sk(listener)->flow_label;
}

/**
 * rill_ip_rx_ttl() - what is left of a segment's time to live, or hop limit
 * @skb: the segment
 */
u8 rill_ip_rx_ttl(const struct sk_buff *skb)
{
	return rill_skb_is_v6(skb) ? ipv6_hdr(skb)->hop_limit : ip_hdr(skb)->ttl;
}

/**
 * rill_ip_rx_ttl_ok() - has a segment come from near enough (IP_MINTTL, IPV6_MINHOPCOUNT)?
 * @sk: the socket it is for; no lock needed
 * @skb: the segment (RFC 5082)
 */
bool rill_ip_rx_ttl_ok(const struct sock *sk, const struct sk_buff *skb)
{
	if (rill_skb_is_v6(skb))
		return ipv6_hdr(skb)->hop_limit >= READ_ONCE(inet6_sk(sk)->min_hopcount);
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
	tuple->lport = hdr->dest;
	tuple->fport = hdr->source;
	tuple->scope = l3mdev_master_ifindex_rcu(skb->dev);
	if (rill_skb_is_v6(skb)) {
		tuple->laddr = ipv6_hdr(skb)->daddr;
		tuple->faddr = ipv6_hdr(skb)->saddr;
		if (rill_tuple_is_local(tuple))
			tuple->scope = inet6_iif(skb);
	} else {
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, &tuple->laddr);
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &tuple->faddr);
	}
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

	if (rill_skb_is_v6(skb))
		return skb_dst(skb) && ipv6_unicast_destination(skb) &&
		       (ipv6_addr_type(&ipv6_hdr(skb)->saddr) & IPV6_ADDR_UNICAST);
	if (skb->pkt_type != PACKET_HOST || !skb_rtable(skb) ||
	    skb_rtable(skb)->rt_type != RTN_LOCAL)
		return false;
	from = inet_addr_type(net, ip_hdr(skb)->saddr);
	return from != RTN_BROADCAST && from != RTN_MULTICAST;
}
