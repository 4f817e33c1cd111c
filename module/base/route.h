/* SPDX-License-Identifier: GPL-2.0 */
/* Sending where there is no socket. */
#ifndef _RILL_BASE_ROUTE_H
#define _RILL_BASE_ROUTE_H

#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/net_namespace.h>

#include "../core/isn.h"

/**
 * struct rill_reply - how to send a segment for which there is no socket
 * @net: the namespace
 * @tuple: addresses and ports as the local end sees them
 * @mark: routing mark
 * @priority: in the kernel's queues
 * @oif: device to send by, or 0
 * @ip_opt: IP options, those of rill_ip_opt_return(), or NULL
 * @label: flow label, or 0: any
 * @tos: type of service, or traffic class
 * @ttl: time to live, or hop limit; 0: the route's
 * @transparent: the local address may be anybody's
 */
struct rill_reply {
	struct net		*net;
	struct rill_tuple	tuple;
	u32			mark;
	u32			priority;
	int			oif;
	struct ip_options_rcu	*ip_opt;
	__be32			label;
	u8			tos;
	u8			ttl;
	bool			transparent;
};

void rill_route_reply(struct net *net, const struct sk_buff *skb,
		      const struct rill_tuple *tuple, struct rill_reply *r);
struct dst_entry *rill_route_dst(const struct rill_reply *r);
int rill_route_send(const struct rill_reply *r, struct sk_buff *skb);

#endif /* _RILL_BASE_ROUTE_H */
