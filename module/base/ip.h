/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that differs between network layers: addresses, routes, checksums, sending. */
#ifndef _RILL_BASE_IP_H
#define _RILL_BASE_IP_H

#include <linux/skbuff.h>

#include "../core/seg.h"
#include "ip_rx.h"
#include "ip_sock.h"
#include "sock.h"

extern int rill_protocol;

#define RILL_MSS_DEFAULT	536	/* IPv4's, RFC 9293 section 3.7.1, MUST-15 */
#define RILL_MSS_MIN		88	/* the least that is believed of a peer's MSS option */

/* ip_csum.c */
bool rill_ip_rx_checksum_ok(struct sk_buff *skb);
void rill_ip_tx_checksum(struct sk_buff *skb, const struct dst_entry *dst,
			 const struct rill_tuple *tuple);

/* ip.c */
int rill_ip_connect_route(struct sock *sk, const struct sockaddr *addr, int addr_len);
int rill_ip_connect_done(struct sock *sk);
u32 rill_ip_mtu(struct sock *sk);
u32 rill_ip_known_mtu(struct sock *sk);
u32 rill_ip_hdr_len(const struct sock *sk);
void rill_ip_update_mtu(struct sock *sk, u32 mtu);
void rill_ip_redirect(struct sock *sk, struct sk_buff *skb);
u16 rill_ip_dst_adv_mss(const struct dst_entry *dst);
u32 rill_ip_rto_min(const struct sock *sk);
u16 rill_ip_adv_mss(struct sock *sk);
int rill_ip_send(struct sock *sk, struct sk_buff *skb, u8 ecn);

#endif /* _RILL_BASE_IP_H */
