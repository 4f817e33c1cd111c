// SPDX-License-Identifier: GPL-2.0
/*
 * Routes for segments that no socket sends: answers of the kind that a request, a TIME-WAIT entry
 * or nobody gives. Softirq context, no locks.
 */
#include <linux/ip.h>
#include <net/ip.h>
#include <net/route.h>

#include "ip.h"
#include "ip6.h"
#include "ip_opt.h"
#include "net.h"
#include "route.h"
#include "route6.h"

/**
 * rill_route_reply() - how to answer a segment for which there is no socket
 * @net: the namespace
 * @skb: the segment
 * @tuple: its four-tuple as the local end sees it
 * @r: is filled in
 */
void rill_route_reply(struct net *net, const struct sk_buff *skb,
		      const struct rill_tuple *tuple, struct rill_reply *r)
{
	*r = (struct rill_reply) { .net = net, .tuple = *tuple };
	if (rill_tuple_is_v6(tuple)) {
		rill_route6_reply(net, skb, r);
		return;
	}
	r->mark = IP4_REPLY_MARK(net, skb->mark);
	r->oif = l3mdev_master_ifindex_by_index(net, skb->skb_iif);
}

static struct rtable *rill_route_find(const struct rill_reply *r, struct flowi4 *fl4)
{
	__be32 hop = rill_ip_opt_hop(r->ip_opt, r->tuple.faddr.s6_addr32[3]);
	struct rtable *rt;

	flowi4_init_output(fl4, r->oif, r->mark, RT_TOS(r->tos), RT_SCOPE_UNIVERSE,
			   rill_protocol, r->transparent ? FLOWI_FLAG_ANYSRC : 0, hop,
			   r->tuple.laddr.s6_addr32[3], r->tuple.fport, r->tuple.lport,
			   make_kuid(r->net->user_ns, 0));
	rt = ip_route_output_flow(r->net, fl4, NULL);
	if (!IS_ERR(rt) && r->ip_opt && r->ip_opt->opt.is_strictroute && rt->rt_uses_gateway) {
		ip_rt_put(rt);
		return ERR_PTR(-EHOSTUNREACH);
	}
	return rt;
}

/**
 * rill_route_dst() - where an answer would go
 * @r: the answer
 *
 * Return: the route with a reference, or NULL: there is none.
 */
struct dst_entry *rill_route_dst(const struct rill_reply *r)
{
	struct dst_entry *dst;
	struct flowi4 fl4;

	if (rill_tuple_is_v6(&r->tuple)) {
		dst = rill_route6_dst(r);
	} else {
		struct rtable *rt = rill_route_find(r, &fl4);

		dst = IS_ERR(rt) ? ERR_CAST(rt) : &rt->dst;
	}
	return IS_ERR(dst) ? NULL : dst;
}

static int rill_route4_send(const struct rill_reply *r, struct sk_buff *skb)
{
	struct flowi4 fl4;
	struct rtable *rt = rill_route_find(r, &fl4);
	u8 optlen = r->ip_opt ? r->ip_opt->opt.optlen : 0;
	struct iphdr *iph;

	if (IS_ERR(rt)) {
		RILL_INC(r->net, OutNoRoute);
		kfree_skb(skb);
		return PTR_ERR(rt);
	}
	skb_dst_set(skb, &rt->dst);
	rill_ip_tx_checksum(skb, &rt->dst, &r->tuple);
	iph = skb_push(skb, sizeof(*iph) + optlen);
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = 5;
	iph->tos = r->tos;
	iph->frag_off = htons(IP_DF);
	iph->ttl = r->ttl ?: ip4_dst_hoplimit(&rt->dst);
	iph->protocol = rill_protocol;
	iph->saddr = fl4.saddr;
	iph->daddr = fl4.daddr;
	iph->id = 0;
	if (optlen)
		rill_ip_opt_put(r->ip_opt, iph, r->tuple.faddr.s6_addr32[3]);
	skb->mark = r->mark;
	skb->priority = r->priority;
	return min(ip_local_out(r->net, NULL, skb), 0);
}

/**
 * rill_route_send() - send a segment for which there is no socket
 * @r: where and how
 * @skb: the segment, data at its header, room for an IP header in front; taken over
 *
 * Return: 0 or a negative error.
 */
int rill_route_send(const struct rill_reply *r, struct sk_buff *skb)
{
	return rill_tuple_is_v6(&r->tuple) ? rill_route6_send(r, skb) : rill_route4_send(r, skb);
}
