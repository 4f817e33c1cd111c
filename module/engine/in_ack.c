// SPDX-License-Identifier: GPL-2.0
/*
 * Step five: what a segment's acknowledgment does to what we have sent. Socket lock held.
 */
#include "../base/clock.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/timer.h"
#include "../core/ack.h"
#include "../core/seq.h"
#include "act.h"
#include "expiry.h"
#include "in.h"
#include "in_ecn.h"
#include "in_rate.h"
#include "build.h"
#include "lost.h"
#include "out.h"

/* Take the round-trip time, if this ACK tells it (RFC 6298 section 3). */
static void rill_ack_rtt(struct rill_sock *rs, const struct rill_opts *opts)
{
	if (rs->rtt_timing) {
		if (rill_seq_lt(rs->snd.una, rs->rtt_seq))
			return;
		rill_rtt_sample(&rs->rtt, rill_clock_us() - rs->rtt_start);
		rs->rtt_timing = false;
	} else if (rs->rtt.backoff && rs->ts_on && (opts->present & RILL_OPT_TS) && opts->tsecr) {
		/* The echo tells which transmission was acknowledged: Karn's ambiguity is none. */
		rill_rtt_sample(&rs->rtt, (rill_clock_ms() + rs->ts_off - opts->tsecr) *
				USEC_PER_MSEC);
	} else {
		return;
	}
	rill_rtt_progress(&rs->rtt);
}

/* Something new was acknowledged. */
static void rill_ack_progress(struct sock *sk, const struct rill_opts *opts)
{
	struct rill_sock *rs = rill_sk(sk);

	rill_ack_rtt(rs, opts);
	rs->retries = 0;
	rs->probes = 0;
	sk->sk_err_soft = 0;
	rill_rtx_acked(sk);
	if (unlikely(rs->plpmtu.probe) &&
	    rill_plpmtu_acked(&rs->plpmtu, rs->snd.una, (u32)jiffies))
		rill_out_sync_mss(sk);
	sk_dst_confirm(sk);
	if (rs->snd_cur != rs->snd.una)
		rill_timer_set_rto(sk, RILL_DL_RTX);
	else
		rill_timer_clear(sk, RILL_DL_RTX);
}

/*
 * Our FIN is acknowledged and nobody has the socket any more: the peer has so long to send its
 * own.
 */
static void rill_ack_orphan(struct sock *sk)
{
	if (sk->sk_state == TCP_FIN_WAIT2 && sock_flag(sk, SOCK_DEAD))
		rill_expiry_linger(sk);
}

/* The window: zero, so that only probes go out, or open again. */
static void rill_ack_window(struct sock *sk, const struct rill_acked *acked)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!acked->wnd_changed)
		return;
	if (rs->snd.wnd) {
		if (rill_timer_pending(sk, RILL_DL_PERSIST)) {
			rill_timer_clear(sk, RILL_DL_PERSIST);
			rs->rtt.backoff = 0;
		}
	} else if (rs->snd.una == rs->snd_cur) {
		rill_timer_clear(sk, RILL_DL_RTX);
	}
}

/*
 * Does the ACK tell of congestion? The window follows; where it can't, new data waits for the
 * timer, which runs then whatever is in flight (RFC 3168 section 6.1.2).
 */
static void rill_ack_congestion(struct sock *sk, const struct rill_acked *acked, u32 flight)
{
	struct rill_sock *rs = rill_sk(sk);
	bool reduced = false;

	if (acked->ece) {
		RILL_INC(sock_net(sk), InEce);
		reduced = rill_ecn_reduce(&rs->ecn, &rs->rec, &rs->cong, &rs->snd, flight);
	}
	if (reduced)
		RILL_INC(sock_net(sk), EcnReductions);
	if (rs->ecn.held && (reduced || !rill_timer_pending(sk, RILL_DL_RTX)))
		rill_timer_set_rto(sk, RILL_DL_RTX);
}

/* What it means for losses, from a peer that does not tell of early data. */
static void rill_ack_recovery(struct sock *sk, const struct rill_seg *seg,
			      const struct rill_opts *opts, struct rill_acked *acked, u32 flight)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_delivered d = {
		.octets	= acked->octets,
		.segs	= DIV_ROUND_UP(acked->octets, rs->mss),
	};
	enum rill_recovery_do todo;

	rill_in_marked(sk, seg, opts, acked, &d);
	todo = rill_recovery_ack(&rs->rec, &rs->cong, &rs->snd, acked, flight, rs->rtt.last_us,
				 rill_clock_us());
	if (acked->duplicate && todo == RILL_REC_DO_HEAD && rs->cong.rate)
		rill_rate_lost(rs->cong.rate, rs->mss);
	rill_in_rate(sk, acked, &d, flight);
	if (todo != RILL_REC_DO_HEAD || rs->rec.phase != RILL_REC_FAST)
		return;
	if (acked->duplicate) {
		RILL_INC(sock_net(sk), FastRetrans);
		rill_ecn_lost(&rs->ecn);
	}
	rill_rtx_head(sk);
}

/**
 * rill_in_ack() - deal with the acknowledgment of an acceptable segment
 * @sk: the socket, locked
 * @seg: its header
 * @opts: its options
 *
 * Return: false when the connection is closed now: nothing more of the segment matters.
 */
bool rill_in_ack(struct sock *sk, const struct rill_seg *seg, const struct rill_opts *opts)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 flight = rill_out_flight(rs);
	struct rill_acked acked;

	rill_ack_apply(&rs->snd, seg, &acked);
	if (acked.octets) {
		rs->tally.octets_acked += acked.octets;
		rill_ack_progress(sk, opts);
		if (rs->fin_queued && rs->snd.una == rill_snd_end(rs)) {
			rs->tally.octets_acked--;
			rill_act(sk, RILL_EV_FIN_ACKED);
			if (sk->sk_state == TCP_CLOSE)
				return false;
			rill_ack_orphan(sk);
		}
	}
	rill_ack_window(sk, &acked);
	/* Answers to window probes are no sign of loss. */
	if (!rs->snd.wnd)
		acked.duplicate = false;
	if (rs->sack_on)
		rill_in_sack(sk, seg, opts, &acked, flight);
	else
		rill_ack_recovery(sk, seg, opts, &acked, flight);
	rill_ack_congestion(sk, &acked, flight);
	if (acked.octets) {
		rill_out_grow_sndbuf(sk);
		rill_lost_watch_tail(sk);
	}
	rill_push(sk);
	/* For who waits until little is left to send, this is the moment. */
	if (rs->knobs.notsent_lowat && sk->sk_socket &&
	    test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		sk->sk_write_space(sk);
	return true;
}
