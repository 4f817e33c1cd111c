/* SPDX-License-Identifier: GPL-2.0 */
/* IP options: what the program has set, and the way back of who came by a source route. */
#ifndef _RILL_BASE_IP_OPT_H
#define _RILL_BASE_IP_OPT_H

#include <linux/ip.h>
#include <linux/skbuff.h>
#include <net/inet_sock.h>

u8 rill_ip_opt_len(const struct sock *sk);
__be32 rill_ip_opt_hop(const struct ip_options_rcu *opt, __be32 daddr);
struct ip_options_rcu *rill_ip_opt_return(struct net *net, const struct sk_buff *skb);
void rill_ip_opt_put(const struct ip_options_rcu *opt, struct iphdr *iph, __be32 daddr);

#endif /* _RILL_BASE_IP_OPT_H */
