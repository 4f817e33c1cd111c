// SPDX-License-Identifier: GPL-2.0
/*
 * ICMPv6 errors about segments of ours, as err.c has it for ICMP (RFC 9293 section 3.9.2.2, RFC
 * 5461, RFC 5927). Called by ICMPv6 in softirq context under RCU.
 */
#include <linux/icmpv6.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>

#include "../base/ip.h"
#include "../base/ip6.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "err.h"

/* Only what is unreachable can be so for good (MUST-56). */
static bool rill_err6_hard(u8 type, u8 code, int *err)
{
	return icmpv6_err_convert(type, code, err) && type == ICMPV6_DEST_UNREACH;
}

static void rill_err6_tell(struct sock *sk, struct sk_buff *skb, u8 type, u8 code, int offset,
			   u32 info)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	struct rill_complaint c = { .to = &ip6h->daddr, .offset = offset };
	int err;

	c.hard = rill_err6_hard(type, code, &err);
	c.ee = (struct sock_extended_err) {
		.ee_errno	= err,
		.ee_origin	= SO_EE_ORIGIN_ICMP6,
		.ee_type	= type,
		.ee_code	= code,
		.ee_info	= info,
	};
	rill_err_tell(sk, skb, &c);
}

static void rill_err6_locked(struct sock *sk, struct sk_buff *skb, u8 type, u8 code, int offset,
			     u32 info)
{
	switch (type) {
	case NDISC_REDIRECT:
		if (!sock_owned_by_user(sk))
			rill_ip_redirect(sk, skb);
		break;
	case ICMPV6_PKT_TOOBIG:
		rill_err_mtu(sk, info);
		break;
	default:
		rill_err6_tell(sk, skb, type, code, offset, info);
		break;
	}
}

/**
 * rill_err6() - inet6_protocol.err_handler
 * @skb: the ICMPv6 message, data at the quoted IPv6 header
 * @parm: what IPv6 knows of the message's own packet
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @offset: octets of IPv6 and extension headers in front of the quoted segment
 * @info: the MTU of "packet too big"
 *
 * Return: 0, or -ENOENT when there is no such connection.
 */
int rill_err6(struct sk_buff *skb, struct inet6_skb_parm *parm, u8 type, u8 code, int offset,
	      __be32 info)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)skb->data;
	const struct rill_hdr *hdr = (const struct rill_hdr *)(skb->data + offset);
	struct rill_tuple tuple = {
		.laddr = ip6h->saddr,
		.faddr = ip6h->daddr,
		.lport = hdr->source,
		.fport = hdr->dest,
	};
	struct net *net = dev_net(skb->dev);
	u32 seq = ntohl(hdr->seq);
	struct sock *sk;
	int err;

	RILL_INC(net, InIcmp);
	tuple.scope = rill_tuple_is_local(&tuple) ? inet6_iif(skb) :
						    l3mdev_master_ifindex_rcu(skb->dev);
	sk = rill_err_sock(net, &tuple, seq, rill_err6_hard(type, code, &err));
	if (!sk)
		return -ENOENT;
	bh_lock_sock(sk);
	if (rill_err_in_flight(sk, seq, ip6h->hop_limit))
		rill_err6_locked(sk, skb, type, code, offset, ntohl(info));
	bh_unlock_sock(sk);
	sock_put(sk);
	return 0;
}
