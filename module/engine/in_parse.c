// SPDX-License-Identifier: GPL-2.0
/*
 * The door: what is wrong with a segment whoever it is for is found here, counted, and never
 * answered. Called by the other ways in; no locks needed.
 */
#include <linux/skbuff.h>

#include "../base/ip.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "in.h"

/**
 * rill_in_valid() - check what needs no connection, and parse the header
 * @net: the namespace
 * @skb: the segment, data at its header
 *
 * Return: true when header and options are linear, their lengths possible and the checksum right:
 * RILL_SEG() holds.
 */
bool rill_in_valid(struct net *net, struct sk_buff *skb)
{
	struct rill_seg seg;

	if (!pskb_may_pull(skb, RILL_HDR_LEN) ||
	    rill_seg_parse((struct rill_hdr *)skb->data, skb->len, &seg) ||
	    !pskb_may_pull(skb, seg.hlen)) {
		RILL_INC(net, InHdrErrors);
		return false;
	}
	if (!rill_ip_rx_checksum_ok(skb)) {
		RILL_INC(net, InCsumErrors);
		return false;
	}
	*RILL_SEG(skb) = seg;
	return true;
}

/**
 * rill_in_options() - parse a segment's options
 * @net: the namespace
 * @skb: a segment that has passed rill_rcv()'s checks
 * @opts: is filled in
 *
 * Return: false when a length is impossible: the segment is to be dropped (RFC 9293 section 3.1,
 * MUST-7).
 */
bool rill_in_options(struct net *net, const struct sk_buff *skb, struct rill_opts *opts)
{
	unsigned int len = RILL_SEG(skb)->hlen - RILL_HDR_LEN;

	if (!rill_opt_parse(skb->data + RILL_HDR_LEN, len, opts))
		return true;
	RILL_INC(net, InOptErrors);
	return false;
}
