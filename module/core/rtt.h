/* SPDX-License-Identifier: GPL-2.0 */
/* Round-trip time and retransmission timeout (RFC 6298). All times in microseconds. */
#ifndef _RILL_CORE_RTT_H
#define _RILL_CORE_RTT_H

#include <linux/types.h>

#define RILL_RTO_INIT_US	1000000u	/* RFC 6298 section 2.1 */
#define RILL_RTO_SYN_LOST_US	3000000u	/* RFC 6298 section 5.7 */
#define RILL_RTO_LEAST_US	200000u
#define RILL_RTO_MAX_US		120000000u

/**
 * struct rill_rtt - the estimator of one connection
 * @srtt8: smoothed RTT << 3; 0: no sample yet
 * @rttvar4: RTT variation << 2
 * @min_us: smallest RTT ever sampled; U32_MAX: none yet
 * @last_us: last sample
 * @backoff: how often the RTO was doubled since the last new acknowledgment
 * @syn_lost: the SYN's timer expired: the RTO until the first sample is the longer one
 */
struct rill_rtt {
	u32	srtt8;
	u32	rttvar4;
	u32	min_us;
	u32	last_us;
	u8	backoff;
	bool	syn_lost;
};

void rill_rtt_init(struct rill_rtt *r);
void rill_rtt_least(struct rill_rtt *r, u32 rtt_us);
void rill_rtt_sample(struct rill_rtt *r, u32 rtt_us);
void rill_rtt_opened(struct rill_rtt *r, bool syn_lost);
void rill_rtt_timeout(struct rill_rtt *r);
void rill_rtt_progress(struct rill_rtt *r);
u32 rill_rtt_rto(const struct rill_rtt *r, u32 min_us, u32 max_us);

#endif /* _RILL_CORE_RTT_H */
