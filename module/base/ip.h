/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that differs between network layers: addresses, routes, checksums, sending. */
#ifndef _RILL_BASE_IP_H
#define _RILL_BASE_IP_H

#include <linux/skbuff.h>

#include "../core/seg.h"
#include "sock.h"

extern int rill_protocol;

#define RILL_MSS_DEFAULT	536	/* IPv4's, RFC 9293 section 3.7.1, MUST-15 */
#define RILL_MSS_MIN		88	/* the least that is believed of a peer's MSS option */

/* ip_csum.c */
bool rill_ip_rx_checksum_ok(struct sk_buff *skb);
void rill_ip_tx_checksum(struct sk_buff *skb, const struct dst_entry *dst,
			 const struct rill_tuple *tuple);

/* ip_rx.c */
bool rill_ip_rx_addrs_ok(const struct sk_buff *skb);
int rill_ip_rx_iif(const struct sk_buff *skb);
bool rill_ip_rx_policy_ok(struct sock *sk, struct sk_buff *skb);
__be32 rill_ip_rx_label(const struct sock *listener, const struct sk_buff *skb);
bool rill_ip_rx_ttl_ok(const struct sock *sk, const struct sk_buff *skb);
void rill_ip_rx_tuple(const struct sk_buff *skb, const struct rill_hdr *hdr,
		      struct rill_tuple *tuple);
bool rill_ip_rx_answerable(struct net *net, const struct sk_buff *skb);

/**
 * struct rill_receives - the local addresses for which a socket receives
 * @addr: the one it is bound to, IPv4's v4-mapped
 * @any_v4: all of IPv4's
 * @any_v6: all of IPv6's
 */
struct rill_receives {
	struct in6_addr	addr;
	bool		any_v4;
	bool		any_v6;
};

/* ip_sock.c */
void rill_ip_sock_tuple(const struct sock *sk, struct rill_tuple *tuple);
void rill_ip_receives(const struct sock *sk, struct rill_receives *r);
int rill_ip_addr_covers(const struct sock *sk, const struct in6_addr *addr);
bool rill_ip_addr_overlap(const struct sock *sk, const struct sock *sk2);
u8 rill_ip_sock_tos(const struct sock *sk, const struct rill_tuple *tuple);
u8 rill_ip_sock_ttl(const struct sock *sk, const struct rill_tuple *tuple);
void rill_ip_sock_forget(struct sock *sk);
u16 rill_ip_mss_default(const struct rill_tuple *tuple);
void rill_ip_child(struct sock *child, const struct sock *listener,
		   const struct rill_tuple *tuple, __be32 label);
void rill_ip_sock_flow(struct sock *sk, const struct rill_tuple *tuple);

/* ip.c */
int rill_ip_connect_route(struct sock *sk, const struct sockaddr *addr, int addr_len);
int rill_ip_connect_done(struct sock *sk);
u32 rill_ip_mtu(struct sock *sk);
u32 rill_ip_hdr_len(const struct sock *sk);
void rill_ip_update_mtu(struct sock *sk, u32 mtu);
void rill_ip_redirect(struct sock *sk, struct sk_buff *skb);
u16 rill_ip_dst_adv_mss(const struct dst_entry *dst);
u16 rill_ip_adv_mss(struct sock *sk);
int rill_ip_send(struct sock *sk, struct sk_buff *skb, u8 ecn);

#endif /* _RILL_BASE_IP_H */
