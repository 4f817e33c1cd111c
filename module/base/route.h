/* SPDX-License-Identifier: GPL-2.0 */
/* Sending where there is no socket. */
#ifndef _RILL_BASE_ROUTE_H
#define _RILL_BASE_ROUTE_H

#include <linux/skbuff.h>
#include <net/net_namespace.h>

#include "../core/isn.h"

/**
 * struct rill_reply - how to send a segment for which there is no socket
 * @net: the namespace
 * @tuple: addresses and ports as the local end sees them
 * @mark: routing mark
 * @oif: device to send by, or 0
 * @tos: type of service
 */
struct rill_reply {
	struct net		*net;
	struct rill_tuple	tuple;
	u32			mark;
	int			oif;
	u8			tos;
};

void rill_route_reply(struct net *net, const struct sk_buff *skb,
		      const struct rill_tuple *tuple, struct rill_reply *r);
u16 rill_route_mss(const struct rill_reply *r);
int rill_route_send(const struct rill_reply *r, struct sk_buff *skb);

#endif /* _RILL_BASE_ROUTE_H */
