/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors, and ICMPv6's. */
#ifndef _RILL_ENGINE_ERR_H
#define _RILL_ENGINE_ERR_H

#include <linux/errqueue.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include "../base/sock.h"

/**
 * struct rill_complaint - what an ICMP message says of a segment
 * @ee: as MSG_ERRQUEUE gives it
 * @to: the quoted destination address
 * @offset: octets of the quoted IP header
 * @hard: there is no hope
 */
struct rill_complaint {
	struct sock_extended_err	ee;
	const void			*to;
	unsigned int			offset;
	bool				hard;
};

/* err.c */
int rill_err(struct sk_buff *skb, u32 info);
struct sock *rill_err_sock(struct net *net, const struct rill_tuple *tuple, u32 seq,
			   bool hard);
bool rill_err_in_flight(const struct sock *sk, u32 seq, u8 ttl);
void rill_err_mtu(struct sock *sk, u32 mtu);
void rill_err_tell(struct sock *sk, struct sk_buff *skb, const struct rill_complaint *c);

/* err6.c */
int rill_err6(struct sk_buff *skb, struct inet6_skb_parm *parm, u8 type, u8 code, int offset,
	      __be32 info);

#endif /* _RILL_ENGINE_ERR_H */
