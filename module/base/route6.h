/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6 for segments that no socket sends: what route.c leaves to route6.c. */
#ifndef _RILL_BASE_ROUTE6_H
#define _RILL_BASE_ROUTE6_H

#include "route.h"

void rill_route6_reply(struct net *net, const struct sk_buff *skb, struct rill_reply *r);
struct dst_entry *rill_route6_dst(const struct rill_reply *r);
int rill_route6_send(const struct rill_reply *r, struct sk_buff *skb);

#endif /* _RILL_BASE_ROUTE6_H */
