/* SPDX-License-Identifier: GPL-2.0 */
/* How fast the network delivers: samples of the delivery rate (draft-ietf-ccwg-bbr section 4). */
#ifndef _RILL_CORE_RATE_H
#define _RILL_CORE_RATE_H

#include <linux/types.h>

#define RILL_RATE_MARKS	32	/* a power of two */

/**
 * struct rill_rate_mark - how things stood when a segment was sent; times are microseconds mod 2^32
 * @end: the number behind the segment
 * @sent_us: when that was
 * @delivered: octets delivered by then
 * @delivered_us: when the last of these were reported
 * @first_us: when the segment was sent that began the interval of sending which ends with this one
 * @flight: octets in flight, the segment's included
 * @lost: octets lost by then
 * @limited: the application had no more to send for some time before
 * @again: the numbers had been used before: what an acknowledgment of them means is not known
 */
struct rill_rate_mark {
	u32	end;
	u32	sent_us;
	u32	delivered;
	u32	delivered_us;
	u32	first_us;
	u32	flight;
	u32	lost;
	bool	limited;
	bool	again;
};

/**
 * struct rill_rate - what is delivered of a connection's data; octets are counted mod 2^32
 * @delivered: octets delivered
 * @lost: octets lost
 * @told: of @lost those that a sample has told of
 * @delivered_us: when some were last delivered
 * @first_us: where the current interval of sending begins
 * @nxt: the number behind everything sent; with @any
 * @bubble: with @limited, what has to be delivered until what was sent before a pause has left
 * @rate: octets a second of the last sample, or of a greater one before it where that is limited
 * @rate_limited: that one was limited
 * @head: the oldest mark's place
 * @n: how many marks there are
 * @any: something was sent
 * @limited: the application has had nothing more to send
 * @mark: a ring, by number and by time
 */
struct rill_rate {
	u32	delivered;
	u32	lost;
	u32	told;
	u32	delivered_us;
	u32	first_us;
	u32	nxt;
	u32	bubble;
	u64	rate;
	bool	rate_limited;
	u8	head;
	u8	n;
	bool	any;
	bool	limited;
	struct rill_rate_mark mark[RILL_RATE_MARKS];
};

/**
 * struct rill_rate_sample - what an ACK tells of the path
 * @now_us: the time
 * @rate: octets a second; 0: no sample of it came with this ACK
 * @interval_us: what it was measured over
 * @delivered: octets delivered in that time
 * @prior: octets delivered, ever, when the segment was sent that the sample is of; with @valid
 * @total: octets delivered, ever, mod 2^32 as @prior
 * @sent_flight: octets in flight when that segment was sent
 * @sent_lost: octets lost since that segment was sent
 * @rtt_us: that segment's round-trip time; 0: not known
 * @acked: octets that this ACK acknowledges, or tells of, for the first time
 * @marked: of @acked those that were marked, as far as the ACK tells
 * @lost: octets found lost since the last sample
 * @prior_flight: octets in flight before this ACK
 * @flight: after it
 * @valid: the fields that begin with sent_, and @prior, are known
 * @limited: the rate is no more than the application had to send
 * @ece: the ACK tells of congestion (RFC 3168, RFC 8257, RFC 9768)
 * @recovering: losses are being repaired
 * @cwnd_limited: before this ACK the window was what held the sender back
 * @sack: the peer tells of early data
 */
struct rill_rate_sample {
	u64	now_us;
	u64	rate;
	u32	interval_us;
	u32	delivered;
	u32	prior;
	u32	total;
	u32	sent_flight;
	u32	sent_lost;
	u32	rtt_us;
	u32	acked;
	u32	marked;
	u32	lost;
	u32	prior_flight;
	u32	flight;
	bool	valid;
	bool	limited;
	bool	ece;
	bool	recovering;
	bool	cwnd_limited;
	bool	sack;
};

void rill_rate_init(struct rill_rate *r);
void rill_rate_sent(struct rill_rate *r, u32 end, u32 len, u32 flight, u64 now_us);
void rill_rate_again(struct rill_rate *r, u32 flight, u64 now_us);
void rill_rate_lost(struct rill_rate *r, u32 octets);
void rill_rate_limited(struct rill_rate *r, u32 flight);
void rill_rate_acked(struct rill_rate *r, u32 high, u32 min_rtt_us, struct rill_rate_sample *s);

#endif /* _RILL_CORE_RATE_H */
