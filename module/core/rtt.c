// SPDX-License-Identifier: GPL-2.0
/*
 * Round-trip time and retransmission timeout of one connection, with Karn's back-off.
 * The ACK side of the receive path feeds it with samples, the timers ask it for the RTO.
 * It knows no clock: whoever calls has measured, and has left out retransmitted segments.
 * RFC 6298.
 */
#include "rtt.h"

#include <linux/limits.h>
#include <linux/minmax.h>

/* The greatest sample that still fits its place in srtt8: almost nine minutes. */
#define RILL_RTT_SAMPLE_MAX	(U32_MAX >> 3)

/**
 * rill_rtt_init() - start without a sample
 * @r: the estimator
 */
void rill_rtt_init(struct rill_rtt *r)
{
	*r = (struct rill_rtt){ .min_us = U32_MAX };
}

/**
 * rill_rtt_least() - of several in a round trip one is averaged, but any may be the shortest
 * @r: the estimator
 * @rtt_us: as for rill_rtt_sample()
 */
void rill_rtt_least(struct rill_rtt *r, u32 rtt_us)
{
	r->min_us = min(r->min_us, max(rtt_us, 1u));
}

/**
 * rill_rtt_sample() - take a measurement
 * @r: the estimator
 * @rtt_us: time from sending a segment to its acknowledgment; 0 counts as 1, more than
 *	RILL_RTT_SAMPLE_MAX as that. Never of a segment that was retransmitted, unless timestamps
 *	tell which transmission was acknowledged (RFC 6298 section 3).
 *
 * RFC 6298 sections 2.2 and 2.3 with alpha = 1/8 and beta = 1/4, both averages being kept with as
 * many more bits as the division takes away. The back-off stays: rill_rtt_progress() ends it.
 */
void rill_rtt_sample(struct rill_rtt *r, u32 rtt_us)
{
	u32 srtt = r->srtt8 >> 3;

	rill_rtt_least(r, rtt_us);
	rtt_us = clamp(rtt_us, 1u, RILL_RTT_SAMPLE_MAX);
	r->last_us = rtt_us;

	if (!r->srtt8) {
		r->srtt8 = rtt_us << 3;
		r->rttvar4 = rtt_us << 1;
		return;
	}

	/* The variation comes first: it is measured against the old average. */
	r->rttvar4 -= r->rttvar4 >> 2;
	r->rttvar4 += srtt > rtt_us ? srtt - rtt_us : rtt_us - srtt;
	r->srtt8 -= srtt;
	r->srtt8 += rtt_us;
}

/**
 * rill_rtt_opened() - the handshake is complete, data transmission begins
 * @r: the estimator
 * @syn_lost: the timer of our SYN or SYN-ACK expired at least once
 *
 * The handshake's back-off ends here. Where the SYN got lost, and no sample tells better, data
 * starts with 3 seconds instead of 1 (RFC 6298 section 5.7).
 */
void rill_rtt_opened(struct rill_rtt *r, bool syn_lost)
{
	r->syn_lost = syn_lost;
	r->backoff = 0;
}

/**
 * rill_rtt_timeout() - the retransmission timer expired: double the RTO (RFC 6298 section 5.5)
 * @r: the estimator
 */
void rill_rtt_timeout(struct rill_rtt *r)
{
	if (r->backoff < U8_MAX)
		r->backoff++;
}

/**
 * rill_rtt_progress() - a segment that was never retransmitted was acknowledged: no back-off
 * @r: the estimator
 *
 * Until then the RTO stays backed off (Karn's algorithm; RFC 6298 section 5, at the end).
 */
void rill_rtt_progress(struct rill_rtt *r)
{
	r->backoff = 0;
}

/**
 * rill_rtt_rto() - the retransmission timeout
 * @r: the estimator
 * @min_us: floor of the variation term 4*RTTVAR, so that the other side's delayed ACK isn't taken
 *	for a loss however steady the round-trip time is; the clock's granularity G, or 0, gives
 *	RFC 6298's own formula
 * @max_us: upper bound, 60 s or more (RFC 6298 section 2.5)
 *
 * The floor lies under the variation term and not, as in RFC 6298 section 2.4, under the sum: the
 * same safety on short paths, and room for a delayed ACK on long ones.
 *
 * Return: microseconds, SRTT + max(@min_us, 4*RTTVAR), doubled for each time the timer expired,
 * at most @max_us. Without a sample it starts from 1 second, or 3 where the SYN was lost.
 */
u32 rill_rtt_rto(const struct rill_rtt *r, u32 min_us, u32 max_us)
{
	u64 rto = r->syn_lost ? RILL_RTO_SYN_LOST_US : RILL_RTO_INIT_US;

	if (r->srtt8)
		rto = (u64)(r->srtt8 >> 3) + max(r->rttvar4, min_us);

	/* From 33 bits at most, and at least 1: within 64 bits, or beyond any max_us. */
	if (r->backoff >= 32)
		return max_us;
	return min_t(u64, rto << r->backoff, max_us);
}
