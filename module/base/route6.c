// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 for segments that no socket sends, as route.c has it for IPv4, which calls this. Softirq
 * context, no locks.
 */
#include <net/ip6_route.h>
#include <net/ipv6.h>

#include "ip.h"
#include "ip6.h"
#include "net.h"
#include "route.h"
#include "route6.h"

/**
 * rill_route6_reply() - how to answer a segment for which there is no socket
 * @net: the namespace
 * @skb: the segment
 * @r: mark and device are filled in; the four-tuple is there
 */
void rill_route6_reply(struct net *net, const struct sk_buff *skb, struct rill_reply *r)
{
	r->mark = IP6_REPLY_MARK(net, skb->mark);
	r->oif = r->tuple.scope ?: l3mdev_master_ifindex_by_index(net, skb->skb_iif);
}

static struct dst_entry *rill_route6_find(const struct rill_reply *r, struct flowi6 *fl6)
{
	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_proto = rill_protocol;
	fl6->flowi6_flags = r->transparent ? FLOWI_FLAG_ANYSRC : 0;
	fl6->flowi6_oif = r->oif;
	fl6->flowi6_mark = r->mark;
	fl6->flowi6_uid = make_kuid(r->net->user_ns, 0);
	fl6->flowlabel = ip6_make_flowinfo(r->tos, r->label);
	fl6->saddr = r->tuple.laddr;
	fl6->daddr = r->tuple.faddr;
	fl6->fl6_sport = r->tuple.lport;
	fl6->fl6_dport = r->tuple.fport;
	return ip6_dst_lookup_flow(r->net, NULL, fl6, NULL);
}

/**
 * rill_route6_dst() - where an answer would go
 * @r: the answer
 *
 * Return: the route with a reference, or an error pointer.
 */
struct dst_entry *rill_route6_dst(const struct rill_reply *r)
{
	struct flowi6 fl6;

	return rill_route6_find(r, &fl6);
}

/**
 * rill_route6_send() - send a segment for which there is no socket
 * @r: where and how
 * @skb: the segment, data at its header, room for an IPv6 header in front; taken over
 *
 * Return: 0 or a negative error.
 */
int rill_route6_send(const struct rill_reply *r, struct sk_buff *skb)
{
	struct flowi6 fl6;
	struct dst_entry *dst = rill_route6_find(r, &fl6);
	struct ipv6hdr *hdr;

	if (IS_ERR(dst)) {
		RILL_INC(r->net, OutNoRoute);
		kfree_skb(skb);
		return PTR_ERR(dst);
	}
	skb_dst_set(skb, dst);
	rill_ip_tx_checksum(skb, dst, &r->tuple);
	__skb_set_sw_hash(skb, rill_isn_flow(&rill_net(r->net)->key, &r->tuple), true);
	hdr = skb_push(skb, sizeof(*hdr));
	skb_reset_network_header(skb);
	ip6_flow_hdr(hdr, r->tos, ip6_make_flowlabel(r->net, skb, r->label,
						     ip6_default_np_autolabel(r->net), &fl6));
	hdr->nexthdr = rill_protocol;
	hdr->hop_limit = r->ttl ?: ip6_dst_hoplimit(dst);
	hdr->saddr = fl6.saddr;
	hdr->daddr = fl6.daddr;
	skb->mark = r->mark;
	skb->priority = r->priority;
	return min(ip6_local_out(r->net, NULL, skb), 0);
}
