// SPDX-License-Identifier: GPL-2.0
/*
 * What an ACK tells of data that came early, or twice: onto the scoreboard, and what follows from
 * it. Socket lock held. RFC 2018, RFC 2883, RFC 8985.
 */
#include "../base/clock.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../core/ecn.h"
#include "../core/seq.h"
#include "in_ecn.h"
#include "in_rate.h"
#include "lost.h"

/* The first block may tell of something that came a second time (RFC 2883 section 4). */
static bool rill_sack_is_dsack(const struct rill_seg *seg, const struct rill_opts *opts)
{
	const struct rill_sack_block *b = opts->sack;

	if (rill_seq_leq(b[0].end, seg->ack))
		return true;
	return opts->n_sack > 1 && rill_seq_geq(b[0].start, b[1].start) &&
	       rill_seq_leq(b[0].end, b[1].end);
}

/* Is it about what is under way? */
static bool rill_sack_in_flight(const struct rill_sock *rs, const struct rill_sack_block *b)
{
	return rill_seq_lt(b->start, b->end) && rill_seq_geq(b->start, rs->snd.una) &&
	       rill_seq_leq(b->end, rs->snd_cur);
}

/*
 * What arrived was sent once alone: it says how long it was on its way. One sample for each round
 * trip goes into the averages, which RFC 6298's gains are made for.
 */
static u32 rill_sack_rtt(struct rill_sock *rs, const struct rill_delivered *d, u64 now)
{
	u32 rtt = min_t(u64, now - d->at_us, U32_MAX);

	if (!d->at_us || d->ever)
		return 0;
	rill_rtt_least(&rs->rtt, rtt);
	if (now - rs->rtt_start >= rs->rtt.srtt8 >> 3) {
		rill_rtt_sample(&rs->rtt, rtt);
		rs->rtt_start = now;
	}
	rill_rtt_progress(&rs->rtt);
	return rtt;
}

/* Does the ACK tell that what is being repaired was not lost? */
static bool rill_sack_needless(struct rill_sock *rs, const struct rill_opts *opts,
			       const struct rill_acked *acked, const struct rill_delivered *d,
			       bool dsack)
{
	struct rill_undo *u = &rs->rec.undo;
	u32 echo = rs->ts_on && (opts->present & RILL_OPT_TS) ? opts->tsecr : 0;
	bool has_new = rill_seq_lt(rs->snd_cur, rs->write_seq) &&
		       rill_seq_lt(rs->snd_cur, rs->snd.una + rs->snd.wnd);
	bool needless = false;

	if (!u->armed)
		return false;
	if (acked->octets && rill_undo_echo(u, echo))
		needless = true;
	if ((d->octets || acked->duplicate) &&
	    rill_undo_original(u, d->low, d->any, acked->octets, has_new))
		needless = true;
	if (dsack && rill_undo_twice(u, opts->sack[0].start, opts->sack[0].end))
		needless = true;
	return needless;
}

/* It was late: to send it again, and less, was needless. */
static void rill_sack_undo(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (rs->rec.phase != RILL_REC_LOSS)
		rill_rack_late(&rs->rack);
	rill_board_found(&rs->board);
	rill_recovery_undo(&rs->rec, &rs->cong, rill_out_flight(rs));
	rs->rtt.backoff = 0;
	RILL_INC(sock_net(sk), Undone);
}

/**
 * rill_in_sack() - an ACK on a connection with a scoreboard
 * @sk: the socket, locked; the ACK is applied to its send sequence variables
 * @seg: the segment's header
 * @opts: its options
 * @acked: what rill_ack_apply() said about it; what it tells of marks is filled in
 * @flight: octets in flight before
 */
void rill_in_sack(struct sock *sk, const struct rill_seg *seg, const struct rill_opts *opts,
		  struct rill_acked *acked, u32 flight)
{
	struct rill_sock *rs = rill_sk(sk);
	bool sack = opts->present & RILL_OPT_SACK && opts->n_sack;
	bool dsack = sack && rill_sack_is_dsack(seg, opts);
	bool fast = rs->rec.phase == RILL_REC_FAST;
	struct rill_delivered d = { };
	u64 now = rill_clock_us();
	struct rill_told told;
	u32 rtt;
	int i;

	rill_lost_stock(sk);
	rill_board_acked(&rs->board, rs->snd.una, &d);
	for (i = dsack; sack && i < opts->n_sack; i++)
		if (rill_sack_in_flight(rs, &opts->sack[i]))
			rill_board_sack(&rs->board, opts->sack[i].start, opts->sack[i].end, &d);
	rtt = rill_sack_rtt(rs, &d, now);
	rill_in_marked(sk, seg, opts, acked, &d);
	if (unlikely(rill_sack_needless(rs, opts, acked, &d, dsack)))
		rill_sack_undo(sk);
	rill_rack_delivered(&rs->rack, &d, rs->rtt.min_us, now);
	rs->tally.dsacks += dsack;
	rill_rack_dsack(&rs->rack, rs->snd.una, rs->snd.nxt, dsack);
	told.delivered = d.octets;
	told.lost = rill_lost_detect(sk, now);
	told.pipe = rill_out_flight(rs);
	told.reordered = rs->rack.reordered;
	if (rill_recovery_told(&rs->rec, &rs->cong, &rs->snd, acked, &told, flight, rtt, now)) {
		RILL_INC(sock_net(sk), FastRetrans);
		rill_ecn_lost(&rs->ecn);
	}
	if (fast && rs->rec.phase != RILL_REC_FAST)
		rill_rack_recovered(&rs->rack);
	if (rill_tlp_acked(&rs->tlp, seg->ack, dsack, acked->duplicate && !sack))
		rill_recovery_probed(&rs->rec, &rs->cong, &rs->snd, flight);
	rill_in_rate(sk, acked, &d, flight);
}
