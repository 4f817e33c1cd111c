/* SPDX-License-Identifier: GPL-2.0 */
/* What a connection counts for TCP_INFO. */
#ifndef _RILL_BASE_TALLY_H
#define _RILL_BASE_TALLY_H

#include <linux/types.h>

struct rill_tally {
	u64	octets_sent, octets_retrans;
	u64	octets_acked, octets_received;
	u32	segs_in, segs_out;
	u32	data_segs_in, data_segs_out;
	u32	retrans;	/* segments retransmitted */
	u32	early_segs;	/* out of order when they came */
	u32	dsacks;		/* ACKs that told of something that came twice */
	u32	delivered;	/* segments that have arrived, our SYN among them */
	u32	delivered_ce;	/* of these those that the peer has said were marked */
	u16	timeouts;	/* of data */
};

#endif /* _RILL_BASE_TALLY_H */
