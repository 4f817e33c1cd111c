// SPDX-License-Identifier: GPL-2.0
/*
 * The checksum, over the segment and the pseudo-header of its network layer. Called by all ways in
 * and out; no locks.
 */
#include <net/ip.h>
#include <net/ip6_checksum.h>

#include "ip.h"
#include "ip6.h"

int rill_protocol = 253;

/**
 * rill_ip_rx_checksum_ok() - check a received segment's checksum (MUST-3)
 * @skb: the segment, data at its header
 */
bool rill_ip_rx_checksum_ok(struct sk_buff *skb)
{
	__sum16 wrong;

	if (rill_skb_is_v6(skb))
		wrong = skb_checksum_init(skb, rill_protocol, ip6_compute_pseudo);
	else
		wrong = skb_checksum_init(skb, rill_protocol, inet_compute_pseudo);
	return !wrong && !skb_checksum_complete(skb);
}

/* The pseudo-header added to @sum, and folded. */
static __sum16 rill_ip_pseudo(const struct rill_tuple *tuple, unsigned int len, __wsum sum)
{
	if (rill_tuple_is_v6(tuple))
		return csum_ipv6_magic(&tuple->laddr, &tuple->faddr, len, rill_protocol, sum);
	return csum_tcpudp_magic(tuple->laddr.s6_addr32[3], tuple->faddr.s6_addr32[3], len,
				 rill_protocol, sum);
}

/**
 * rill_ip_tx_checksum() - sum a segment up, or leave that to the device (MUST-2)
 * @skb: the segment, data at its header
 * @dst: its route
 * @tuple: addresses and ports as the local end sees them
 *
 * Only a device that sums up anything is left to do it: others may look at the protocol number.
 */
void rill_ip_tx_checksum(struct sk_buff *skb, const struct dst_entry *dst,
			 const struct rill_tuple *tuple)
{
	struct rill_hdr *hdr = (struct rill_hdr *)skb_transport_header(skb);

	if (dst->dev->features & NETIF_F_HW_CSUM) {
		hdr->check = ~rill_ip_pseudo(tuple, skb->len, 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = offsetof(struct rill_hdr, check);
		return;
	}
	hdr->check = 0;
	hdr->check = rill_ip_pseudo(tuple, skb->len,
				    skb_checksum(skb, skb_transport_offset(skb), skb->len, 0));
	skb->ip_summed = CHECKSUM_NONE;
}
