/* SPDX-License-Identifier: GPL-2.0 */
/* The header of a segment: octets on the wire, plain record inside (RFC 9293 section 3.1). */
#ifndef _RILL_CORE_SEG_H
#define _RILL_CORE_SEG_H

#include <linux/types.h>

/* As on the wire; the options follow. */
struct rill_hdr {
	__be16	source;
	__be16	dest;
	__be32	seq;
	__be32	ack_seq;
	u8	off_res;	/* data offset in 32-bit words << 4 | reserved bits << 1 | AE */
	u8	flags;
	__be16	window;
	__sum16	check;
	__be16	urg_ptr;
};

#define RILL_HDR_LEN	20	/* octets without options */
#define RILL_HDR_MAX	60	/* octets with as many options as fit */
#define RILL_OPT_MAX	40

enum rill_flag {
	RILL_FIN = 0x01,
	RILL_SYN = 0x02,
	RILL_RST = 0x04,
	RILL_PSH = 0x08,
	RILL_ACK = 0x10,
	RILL_URG = 0x20,
	RILL_ECE = 0x40,
	RILL_CWR = 0x80,
	RILL_AE = 0x100,	/* RFC 9768 section 3.1.1 */
};

/**
 * struct rill_seg - one segment's header in host order
 * @seq: SEG.SEQ
 * @ack: SEG.ACK, meaningful with RILL_ACK only
 * @len: octets of payload, SYN and FIN not counted
 * @sport: source port
 * @dport: destination port
 * @wnd: SEG.WND as it stands in the header, not scaled, always unsigned (MUST-1)
 * @urg: SEG.UP, meaningful with RILL_URG only
 * @flags: enum rill_flag
 * @res: the three reserved bits, carried but never acted on
 * @hlen: octets of header, options included
 */
struct rill_seg {
	u32	seq;
	u32	ack;
	u32	len;
	u16	sport;
	u16	dport;
	u16	wnd;
	u16	urg;
	u16	flags;
	u8	res;
	u8	hlen;
};

/* Octets of sequence space that the segment takes. */
static inline u32 rill_seg_seqlen(const struct rill_seg *seg)
{
	return seg->len + !!(seg->flags & RILL_SYN) + !!(seg->flags & RILL_FIN);
}

/* The first sequence number behind the segment. */
static inline u32 rill_seg_end(const struct rill_seg *seg)
{
	return seg->seq + rill_seg_seqlen(seg);
}

int rill_seg_parse(const struct rill_hdr *hdr, unsigned int total, struct rill_seg *seg);
void rill_seg_emit(const struct rill_seg *seg, struct rill_hdr *hdr);

#endif /* _RILL_CORE_SEG_H */
