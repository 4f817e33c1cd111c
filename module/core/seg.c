// SPDX-License-Identifier: GPL-2.0
/*
 * The header of a segment: octets on the wire to a plain record, and back.
 * The receive path calls parse before it believes anything about a segment, the transmit path
 * calls emit. The options behind the header are core/opt.c's, the checksum is the caller's.
 * Layout: RFC 9293 section 3.1, with a ninth flag by RFC 9768.
 */
#include "seg.h"

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <asm/byteorder.h>

static_assert(sizeof(struct rill_hdr) == RILL_HDR_LEN);

/**
 * rill_seg_parse() - read a header
 * @hdr: where the header starts; read only if @total says that 20 octets are there
 * @total: octets of header, options and payload from @hdr on
 * @seg: the result; untouched on error
 *
 * Flags and reserved bits are read as they are: no combination of them makes a header malformed.
 *
 * Return: 0, or -EINVAL when the header is cut off, its data offset is below 5, or its options
 * would reach beyond @total.
 */
int rill_seg_parse(const struct rill_hdr *hdr, unsigned int total, struct rill_seg *seg)
{
	unsigned int hlen;

	if (total < RILL_HDR_LEN)
		return -EINVAL;

	hlen = (hdr->off_res >> 4) * 4;
	if (hlen < RILL_HDR_LEN || hlen > total)
		return -EINVAL;

	seg->seq = be32_to_cpu(hdr->seq);
	seg->ack = be32_to_cpu(hdr->ack_seq);
	seg->len = total - hlen;
	seg->sport = be16_to_cpu(hdr->source);
	seg->dport = be16_to_cpu(hdr->dest);
	seg->wnd = be16_to_cpu(hdr->window);
	seg->urg = be16_to_cpu(hdr->urg_ptr);
	seg->flags = (hdr->off_res & 1) << 8 | hdr->flags;
	seg->res = hdr->off_res >> 1 & 7;
	seg->hlen = hlen;
	return 0;
}

/**
 * rill_seg_emit() - write a header
 * @seg: what to write; @seg->hlen is a multiple of 4 from 20 to 60, @seg->len is not written
 * @hdr: where 20 octets are written; the options, if any, belong right behind
 *
 * The inverse of rill_seg_parse(). The checksum is written as 0, ready to be computed.
 */
void rill_seg_emit(const struct rill_seg *seg, struct rill_hdr *hdr)
{
	hdr->source = cpu_to_be16(seg->sport);
	hdr->dest = cpu_to_be16(seg->dport);
	hdr->seq = cpu_to_be32(seg->seq);
	hdr->ack_seq = cpu_to_be32(seg->ack);
	hdr->off_res = (seg->hlen / 4) << 4 | (seg->res & 7) << 1 |
		       (seg->flags >> 8 & 1);
	hdr->flags = seg->flags & 0xff;
	hdr->window = cpu_to_be16(seg->wnd);
	hdr->check = 0;
	hdr->urg_ptr = cpu_to_be16(seg->urg);
}
