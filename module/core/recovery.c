// SPDX-License-Identifier: GPL-2.0
/*
 * When to retransmit without waiting for the timer, and what may be in flight meanwhile.
 * The receive path reports every ACK once core/ack.c has said what it means, the timers report a
 * timeout; the transmit path asks for the limit. All that happens to the window is core/cong.h's.
 * RFC 5681 section 3.2 (fast retransmit), RFC 6582 (NewReno), RFC 3042 (limited transmit); where
 * the peer tells of early data, RFC 6675, RFC 8985 and RFC 9937.
 */
#include "recovery.h"

#include <linux/limits.h>
#include <linux/minmax.h>

#include "seq.h"

#define RILL_REC_LIMITED	2	/* of these, how many let a new segment go (RFC 3042) */

/**
 * rill_recovery_init() - a connection starts
 * @r: its recovery state
 * @iss: initial send sequence number
 */
void rill_recovery_init(struct rill_recovery *r, u32 iss)
{
	*r = (struct rill_recovery){
		.recover = iss,
		.phase = RILL_REC_OPEN,
		.armed = true,
	};
}

/* RFC 6582 section 3.2, step 2; RFC 5681 section 3.2, steps 2 and 3 */
static enum rill_recovery_do rill_recovery_enter(struct rill_recovery *r, struct rill_cong *c,
						 const struct rill_snd *snd)
{
	/* What limited transmit has sent since the first duplicate doesn't count. */
	if (r->phase != RILL_REC_EASED || rill_cong_owns(c))
		rill_cong_reduce(c, r->flight);
	if (!rill_cong_owns(c))
		c->cwnd = min(c->ssthresh + RILL_REC_DUPTHRESH * c->mss, RILL_CONG_CWND_MAX);
	c->counted = 0;
	r->recover = snd->nxt;
	r->armed = true;
	r->phase = RILL_REC_FAST;
	return RILL_REC_DO_HEAD;
}

static enum rill_recovery_do rill_recovery_duplicate(struct rill_recovery *r, struct rill_cong *c,
						     const struct rill_snd *snd, u32 flight)
{
	if (r->phase == RILL_REC_FAST) {
		/* One more segment has left the network. */
		if (!rill_cong_owns(c))
			c->cwnd = min(c->cwnd + c->mss, RILL_CONG_CWND_MAX);
		return RILL_REC_DO_NOTHING;
	}

	if (!r->dupacks)
		r->flight = flight;
	if (r->dupacks < U32_MAX)
		r->dupacks++;
	/*
	 * Up to @recover, in RILL_REC_LOSS always, they may rather be the echo of needless
	 * retransmissions.
	 */
	if (r->dupacks != RILL_REC_DUPTHRESH || r->armed)
		return RILL_REC_DO_NOTHING;
	return rill_recovery_enter(r, c, snd);
}

static void rill_recovery_repaired(struct rill_recovery *r, struct rill_cong *c)
{
	r->phase = RILL_REC_OPEN;
	rill_cong_event(c, RILL_CONG_REPAIRED, 0);
}

/* The loss is repaired: RFC 6582 section 3.2, step 3, full acknowledgment, option 1 */
static void rill_recovery_exit_fast(struct rill_cong *c, u32 left)
{
	if (!rill_cong_owns(c))
		c->cwnd = min(c->ssthresh, max(left, c->mss) + c->mss);
}

/* RFC 6582 section 3.2, step 3, partial acknowledgment: take off what left, go on with the next */
static void rill_recovery_deflate(struct rill_cong *c, u32 octets)
{
	if (rill_cong_owns(c))
		return;
	c->cwnd -= min(octets, c->cwnd);
	if (octets >= c->mss)
		c->cwnd += c->mss;
	c->cwnd = max(c->cwnd, c->mss);
}

static enum rill_recovery_do rill_recovery_new_fast(struct rill_recovery *r, struct rill_cong *c,
						    u32 octets, u32 flight, bool partial)
{
	if (partial) {
		rill_recovery_deflate(c, octets);
		return RILL_REC_DO_HEAD;
	}
	rill_recovery_exit_fast(c, flight - min(octets, flight));
	rill_recovery_repaired(r, c);
	return RILL_REC_DO_NOTHING;
}

/* Once passed, @recover is forgotten: it would lie ahead again 2^31 octets later. */
static void rill_recovery_pass(struct rill_recovery *r, const struct rill_snd *snd)
{
	if (!rill_seq_gt(snd->una, r->recover))
		return;
	r->armed = false;
	if (r->phase == RILL_REC_EASED)
		r->phase = RILL_REC_OPEN;
}

/**
 * rill_recovery_ack() - an acknowledgment came from a peer that does not tell of early data
 * @r: recovery state
 * @c: congestion state
 * @snd: the send sequence variables, the ACK already applied to them
 * @acked: what rill_ack_apply() said about it
 * @flight: octets in flight before this acknowledgment
 * @rtt_us: sample of the round-trip time that came with it; 0: none
 * @now_us: the time
 *
 * RILL_REC_OPEN: the third duplicate starts fast recovery, but only where SND.UNA has passed
 * @r->recover (RFC 6582's careful variant); before, they may come from what was retransmitted
 * needlessly, and the timer has to decide. RILL_REC_FAST: each ACK that stays below @r->recover
 * points at the next hole. RILL_REC_LOSS: slow start over what was in flight; an ACK below
 * @r->recover says that SND.UNA is the next to go again, duplicates say nothing. One ACK widens
 * the window by one segment at most there, whatever it covers (RFC 3465 section 2.3).
 * RILL_REC_EASED: as RILL_REC_OPEN, but the window stays as it is, and a loss among what was sent
 * before the mark was echoed doesn't reduce it once more (RFC 3168 section 6.1.2). No ACK with ECE
 * widens it, either.
 *
 * Return: whether the segment at SND.UNA is to be retransmitted now.
 */
enum rill_recovery_do rill_recovery_ack(struct rill_recovery *r, struct rill_cong *c,
					const struct rill_snd *snd, const struct rill_acked *acked,
					u32 flight, u32 rtt_us, u64 now_us)
{
	enum rill_recovery_do todo = RILL_REC_DO_NOTHING;
	u32 octets = acked->octets;
	bool partial;

	rill_recovery_pass(r, snd);
	if (!octets)
		return acked->duplicate ? rill_recovery_duplicate(r, c, snd, flight) : todo;

	partial = r->armed && rill_seq_lt(snd->una, r->recover);
	switch (r->phase) {
	case RILL_REC_FAST:
		todo = rill_recovery_new_fast(r, c, octets, flight, partial);
		break;
	case RILL_REC_LOSS:
		if (c->cwnd < c->ssthresh)
			octets = min(octets, c->mss);
		if (!acked->ece)
			rill_cong_acked(c, octets, flight, rtt_us, now_us);
		if (partial)
			todo = RILL_REC_DO_HEAD;
		else
			rill_recovery_repaired(r, c);
		break;
	case RILL_REC_EASED:
		break;
	default:
		if (!acked->ece)
			rill_cong_acked(c, octets, flight, rtt_us, now_us);
		break;
	}
	r->dupacks = 0;
	return todo;
}

/* Something is lost that was sent after the last reduction. */
static void rill_recovery_repair(struct rill_recovery *r, struct rill_cong *c,
				 const struct rill_snd *snd, const struct rill_told *told,
				 u32 flight)
{
	rill_undo_arm(&r->undo, c, snd->una, snd->nxt);
	if (r->phase != RILL_REC_EASED || rill_cong_owns(c))
		rill_cong_reduce(c, flight);
	c->counted = 0;
	r->recover = snd->nxt;
	r->armed = true;
	r->phase = RILL_REC_FAST;
	if (rill_cong_owns(c))
		return;
	rill_prr_begin(&r->prr, c->ssthresh, flight);
	c->cwnd = rill_prr_acked(&r->prr, told->delivered, told->pipe, c->mss, false);
}

/**
 * rill_recovery_told() - an ACK came, or time has passed, on a connection with a scoreboard
 * @r: recovery state
 * @c: congestion state
 * @snd: the send sequence variables, the ACK already applied to them
 * @acked: what rill_ack_apply() said about it
 * @told: what the scoreboard says
 * @flight: octets in flight before (RFC 6675's pipe)
 * @rtt_us: sample of the round-trip time that came with it; 0: none
 * @now_us: the time
 *
 * RILL_REC_OPEN, RILL_REC_EASED: a loss starts fast recovery, with the rate of RFC 9937 until
 * @r->recover is acknowledged. RILL_REC_LOSS: slow start over what is on the scoreboard. Where
 * segments overtake each other, each that arrives widens the window, in whatever order: the ACK
 * that fills a gap stands for the last of them only, and would count for little (RFC 9406's L).
 *
 * Return: true when fast recovery has begun.
 */
bool rill_recovery_told(struct rill_recovery *r, struct rill_cong *c, const struct rill_snd *snd,
			const struct rill_acked *acked, const struct rill_told *told, u32 flight,
			u32 rtt_us, u64 now_us)
{
	u32 octets = acked->octets;
	bool partial;

	rill_recovery_pass(r, snd);
	partial = r->armed && rill_seq_lt(snd->una, r->recover);
	switch (r->phase) {
	case RILL_REC_FAST:
		if (partial && told->delivered && !rill_cong_owns(c))
			c->cwnd = rill_prr_acked(&r->prr, told->delivered, told->pipe, c->mss,
						 octets && !told->lost);
		if (partial)
			return false;
		if (!rill_cong_owns(c))
			c->cwnd = c->ssthresh;
		rill_recovery_repaired(r, c);
		break;
	case RILL_REC_LOSS:
		octets = told->delivered;
		if (c->cwnd < c->ssthresh)
			octets = min(octets, c->mss);
		if (octets && !acked->ece)
			rill_cong_acked(c, octets, flight, rtt_us, now_us);
		if (partial)
			return false;
		rill_recovery_repaired(r, c);
		break;
	default:
		if (told->reordered)
			octets = told->delivered;
		if (octets && !told->lost && !acked->ece && r->phase == RILL_REC_OPEN)
			rill_cong_acked(c, octets, flight, rtt_us, now_us);
		break;
	}
	if (!told->lost)
		return false;
	rill_recovery_repair(r, c, snd, told, flight);
	return true;
}

/**
 * rill_recovery_probed() - a tail loss probe has repaired a loss: what that means for the window
 * @r: recovery state
 * @c: congestion state
 * @snd: the send sequence variables
 * @flight: octets in flight
 *
 * RFC 8985 section 7.4.2: as for a loss that fast recovery repairs, which is over already.
 */
void rill_recovery_probed(struct rill_recovery *r, struct rill_cong *c, const struct rill_snd *snd,
			  u32 flight)
{
	if (r->phase != RILL_REC_OPEN)
		return;
	rill_cong_reduce(c, flight);
	if (!rill_cong_owns(c))
		c->cwnd = min(c->cwnd, c->ssthresh);
	r->recover = snd->nxt;
	r->phase = RILL_REC_EASED;
}

/**
 * rill_recovery_undo() - nothing was lost: as if it had not been noticed
 * @r: recovery state
 * @c: congestion state
 * @flight: octets in flight
 */
void rill_recovery_undo(struct rill_recovery *r, struct rill_cong *c, u32 flight)
{
	rill_undo(&r->undo, c, flight);
	if (r->phase == RILL_REC_FAST || r->phase == RILL_REC_LOSS) {
		r->phase = RILL_REC_OPEN;
		r->armed = false;
	}
}

/**
 * rill_recovery_timeout() - the retransmission timer expired
 * @r: recovery state
 * @c: congestion state
 * @snd: the send sequence variables
 * @first: the segment at SND.UNA hadn't been retransmitted by the timer before
 *
 * Fast recovery, if it was going on, is over (RFC 6582 section 3.2, step 4). The caller retransmits
 * the segment at SND.UNA.
 */
void rill_recovery_timeout(struct rill_recovery *r, struct rill_cong *c, const struct rill_snd *snd,
			   bool first)
{
	rill_undo_arm(&r->undo, c, snd->una, snd->nxt);
	rill_undo_timeout(&r->undo, first);
	rill_cong_timeout(c, snd->nxt - snd->una, first && r->phase != RILL_REC_EASED);
	r->phase = RILL_REC_LOSS;
	r->recover = snd->nxt;
	r->armed = true;
}

/**
 * rill_recovery_limit() - what may be in flight now
 * @r: recovery state
 * @c: congestion state
 *
 * Each of the first two duplicate ACKs lets one new segment go beyond cwnd, so that a small flight
 * brings about the third (RFC 3042 section 2).
 *
 * Return: octets.
 */
u32 rill_recovery_limit(const struct rill_recovery *r, const struct rill_cong *c)
{
	if (r->phase != RILL_REC_OPEN && r->phase != RILL_REC_EASED)
		return c->cwnd;
	return c->cwnd + min_t(u32, r->dupacks, RILL_REC_LIMITED) * c->mss;
}
