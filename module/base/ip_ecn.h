/* SPDX-License-Identifier: GPL-2.0 */
/* ECN in the network layer, whichever it is: the field of a header, the feature of a route. */
#ifndef _RILL_BASE_IP_ECN_H
#define _RILL_BASE_IP_ECN_H

#include <net/dsfield.h>
#include <net/dst.h>

#include "../core/ecn.h"
#include "ip6.h"

/*
 * How the network has marked a received segment, enum rill_ecn_field. The network header must still
 * be in front of it.
 */
static inline u8 rill_ip_rx_ecn(const struct sk_buff *skb)
{
	if (rill_skb_is_v6(skb))
		return ipv6_get_dsfield(ipv6_hdr(skb)) & RILL_ECN_MASK;
	return ipv4_get_dsfield(ip_hdr(skb)) & RILL_ECN_MASK;
}

/* Is ECN to be used on a route whatever the setting says (ip-route(8), features ecn)? */
static inline bool rill_ip_dst_ecn(const struct dst_entry *dst)
{
	return dst && dst_feature(dst, RTAX_FEATURE_ECN);
}

#endif /* _RILL_BASE_IP_ECN_H */
