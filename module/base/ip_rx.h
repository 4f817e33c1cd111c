/* SPDX-License-Identifier: GPL-2.0 */
/* What is read from the network layer of a received packet. */
#ifndef _RILL_BASE_IP_RX_H
#define _RILL_BASE_IP_RX_H

#include <linux/skbuff.h>
#include <net/sock.h>

#include "../core/isn.h"
#include "../core/seg.h"

/**
 * struct rill_devs - where a segment came in
 * @dif: the device; in a VRF the VRF
 * @sdif: in a VRF the device, else 0
 */
struct rill_devs {
	int	dif;
	int	sdif;
};

bool rill_ip_rx_addrs_ok(const struct sk_buff *skb);
void rill_ip_rx_devs(const struct sk_buff *skb, struct rill_devs *devs);
bool rill_ip_rx_policy_ok(struct sock *sk, struct sk_buff *skb);
__be32 rill_ip_rx_label(const struct sock *listener, const struct sk_buff *skb);
u8 rill_ip_rx_ttl(const struct sk_buff *skb);
bool rill_ip_rx_ttl_ok(const struct sock *sk, const struct sk_buff *skb);
void rill_ip_rx_tuple(const struct sk_buff *skb, const struct rill_hdr *hdr,
		      struct rill_tuple *tuple);
bool rill_ip_rx_answerable(struct net *net, const struct sk_buff *skb);

#endif /* _RILL_BASE_IP_RX_H */
