/* SPDX-License-Identifier: GPL-2.0 */
/* BBR's model of a path (draft-ietf-ccwg-bbr). */
#ifndef _RILL_CORE_BBR_H
#define _RILL_CORE_BBR_H

#include <linux/minmax.h>

#include "cong.h"

#define RILL_BBR_NONE		U32_MAX		/* octets, microseconds: no bound, not known */
#define RILL_BBR_PIPE		4		/* segments, the least window */

enum rill_bbr_mode {
	RILL_BBR_STARTUP,
	RILL_BBR_DRAIN,
	RILL_BBR_DOWN,		/* of ProbeBW, as the next three */
	RILL_BBR_CRUISE,
	RILL_BBR_REFILL,
	RILL_BBR_UP,
	RILL_BBR_PROBE_RTT,
};

/**
 * struct rill_bbr - what BBR keeps of a connection; octets, microseconds, octets a second
 * @max_bw: the most that was measured in this cycle and in the one before
 * @bw: the bandwidth that the window is made for
 * @bw_lo: what losses have made of it since the last probe; U64_MAX: no bound
 * @bw_latest: the most measured in this round, as losses see it
 * @full_bw: what was measured when it had last grown by a quarter
 * @min_rtt_at: when @min_rtt was measured
 * @rtt_at: when @rtt was
 * @rtt_until: when ProbeRTT may end; 0: what is in flight isn't little enough yet
 * @cycle_at: when the last probe for bandwidth ended
 * @extra_at: when counting @extra_acked began
 * @undo_bw_lo: @bw_lo before the first loss of a round
 * @min_rtt: the least round-trip time of ten seconds
 * @rtt: the least of five
 * @inflight_lo: as @bw_lo, for octets in flight
 * @inflight_hi: the most in flight that did no harm when probing
 * @inflight_latest: the most delivered within a round trip, in this round
 * @undo_lo: @inflight_lo before the first loss of a round
 * @undo_hi: @inflight_hi, too
 * @extra_acked: octets acknowledged since @extra_at
 * @extra: how much more at once than the bandwidth explains: in these rounds, in those before
 * @round: a round ends with a segment sent when so much had been delivered
 * @loss_round: the same for the rounds that losses are counted in
 * @wait_us: from @cycle_at to the next probe
 * @up_acked: octets acknowledged towards raising @inflight_hi
 * @up_each: how many raise it by a segment
 * @prior_cwnd: the window before ProbeRTT or recovery
 * @mode: enum rill_bbr_mode
 * @undo_mode: the probing that a loss ended, or another mode: none
 * @rounds: rounds since the last probe began to wait
 * @mode_rounds: rounds in Drain
 * @extra_rounds: rounds of @extra[0]
 * @full_count: rounds without growth
 * @losses: ACKs in this round that told of losses
 * @up_rounds: how often @up_each was halved
 * @round_start: this ACK begins a round
 * @loss_round_start: the same for @loss_round
 * @full: the pipe was full once
 * @full_now: it is
 * @lossy: something was lost or marked in this round
 * @marked: something was marked
 * @probing: samples are of what was sent while probing for bandwidth
 * @stopping: such samples come for one more round
 * @rtt_expired: @rtt was found too old
 * @rtt_round_done: a round of ProbeRTT is over
 * @resting: about to send after a pause: the queue is empty anyway
 */
struct rill_bbr {
	u64	max_bw[2];
	u64	bw;
	u64	bw_lo;
	u64	bw_latest;
	u64	full_bw;
	u64	min_rtt_at;
	u64	rtt_at;
	u64	rtt_until;
	u64	cycle_at;
	u64	extra_at;
	u64	undo_bw_lo;
	u32	min_rtt;
	u32	rtt;
	u32	inflight_lo;
	u32	inflight_hi;
	u32	inflight_latest;
	u32	undo_lo;
	u32	undo_hi;
	u32	extra_acked;
	u32	extra[2];
	u32	round;
	u32	loss_round;
	u32	wait_us;
	u32	up_acked;
	u32	up_each;
	u32	prior_cwnd;
	u8	mode;
	u8	undo_mode;
	u8	rounds;
	u8	mode_rounds;
	u8	extra_rounds;
	u8	full_count;
	u8	losses;
	u8	up_rounds;
	bool	round_start;
	bool	loss_round_start;
	bool	full;
	bool	full_now;
	bool	lossy;
	bool	marked;
	bool	probing;
	bool	stopping;
	bool	rtt_expired;
	bool	rtt_round_done;
	bool	resting;
};

u32 rill_bbr_bdp(const struct rill_cong *c, const struct rill_bbr *b, u64 bw, u32 gain);
u32 rill_bbr_round_up(const struct rill_cong *c, const struct rill_bbr *b, u32 octets);
u32 rill_bbr_target(const struct rill_cong *c, const struct rill_bbr *b);
u32 rill_bbr_headroom(const struct rill_cong *c, const struct rill_bbr *b);
void rill_bbr_reset_lo(struct rill_bbr *b);
void rill_bbr_reset_full(struct rill_bbr *b, u64 bw);
bool rill_bbr_too_much(const struct rill_rate_sample *s);
void rill_bbr_learn(struct rill_cong *c, struct rill_bbr *b, const struct rill_rate_sample *s,
		    u64 rate);
void rill_bbr_min_rtt(struct rill_bbr *b, const struct rill_rate_sample *s);

static inline u64 rill_bbr_max_bw(const struct rill_bbr *b)
{
	return max(b->max_bw[0], b->max_bw[1]);
}

static inline bool rill_bbr_in_probe_bw(const struct rill_bbr *b)
{
	return b->mode >= RILL_BBR_DOWN && b->mode <= RILL_BBR_UP;
}

static inline bool rill_bbr_is_probing(const struct rill_bbr *b)
{
	return b->mode == RILL_BBR_STARTUP || b->mode == RILL_BBR_REFILL ||
	       b->mode == RILL_BBR_UP;
}

#endif /* _RILL_CORE_BBR_H */
