/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors, and ICMPv6's. */
#ifndef _RILL_ENGINE_ERR_H
#define _RILL_ENGINE_ERR_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include "../base/sock.h"

/* err.c */
int rill_err(struct sk_buff *skb, u32 info);
struct sock *rill_err_sock(struct net *net, const struct rill_tuple *tuple);
bool rill_err_in_flight(const struct sock *sk, u32 seq);
void rill_err_mtu(struct sock *sk, u32 mtu);
void rill_err_report(struct sock *sk, int err, bool hard);

/* err6.c */
int rill_err6(struct sk_buff *skb, struct inet6_skb_parm *parm, u8 type, u8 code, int offset,
	      __be32 info);

#endif /* _RILL_ENGINE_ERR_H */
