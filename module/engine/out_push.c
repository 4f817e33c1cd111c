// SPDX-License-Identifier: GPL-2.0
/*
 * Deciding what to send now: windows, Nagle, silly-window avoidance, pacing, FIN behind the data.
 * Called whenever something may have become sendable; socket lock held.
 */
#include "../base/clock.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/pacer.h"
#include "../base/timer.h"
#include "../core/seq.h"
#include "../core/wnd.h"
#include "build.h"
#include "lost.h"
#include "out.h"

#define RILL_SENDING	(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 | TCPF_CLOSING | \
			 TCPF_LAST_ACK)

/* How long a corked partial segment is held back (tcp(7), TCP_CORK). */
#define RILL_CORK_TIME	(HZ / 5)

static void rill_push_question(const struct rill_sock *rs, struct rill_send_q *q)
{
	u32 edge = rs->snd.una + rs->snd.wnd;

	q->avail = rill_seq_lt(rs->snd_cur, rs->write_seq) ? rs->write_seq - rs->snd_cur : 0;
	q->flight = rill_out_flight(rs);
	q->cwnd = rill_recovery_limit(&rs->rec, &rs->cong);
	q->mss = rs->mss;
	q->wnd_left = rill_seq_lt(rs->snd_cur, edge) ? edge - rs->snd_cur : 0;
	q->max_wnd = rs->snd.max_wnd;
	q->nagle = !rs->knobs.nodelay;
	q->cork = rs->knobs.cork || rs->more;
	q->push = rs->fin_queued || rs->snd_urgent;
	q->all_full = rill_seq_leq(rs->snd_short, rs->snd.una);
}

/* Count and time what rill_build() has sent. */
static void rill_push_sent(struct sock *sk, u32 seqlen)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 end = rs->snd_cur + seqlen;

	if (rs->cong.rate)
		rill_rate_sent(rs->cong.rate, end, seqlen, rill_out_flight(rs), rs->burst_us);
	if (rs->sack_on)
		rill_board_sent(&rs->board, rs->snd_cur, end, max_t(u32, seqlen, rs->mss),
				rs->burst_us);
	rill_prr_sent(&rs->rec.prr, seqlen);
	if (rill_seq_gt(end, rs->snd.nxt)) {
		if (!rs->sack_on && !rs->rtt_timing && rs->snd_cur == rs->snd.nxt) {
			rs->rtt_timing = true;
			rs->rtt_seq = end;
			rs->rtt_start = rill_clock_us();
		}
		rs->snd.nxt = end;
	} else {
		rs->tally.retrans++;
		RILL_INC(sock_net(sk), RetransSegs);
	}
	if (seqlen < rs->mss)
		rs->snd_short = end;
	rs->snd_cur = end;
}

/* After a pause the network is not what it was (RFC 5681 section 4.1). */
static void rill_push_after_idle(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 rto = usecs_to_jiffies(rill_timer_rto_us(sk));
	u32 idle = (u32)jiffies - rs->last_snd;

	if (rs->snd_cur == rs->snd.una && rs->snd_cur != rs->write_seq && idle >= rto)
		rill_cong_idle(&rs->cong, idle / max(rto, 1u));
}

/* Send one segment of at most @len octets of data; false when it didn't leave. */
static bool rill_push_one(struct sock *sk, u32 len)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 end = rs->snd_cur + len;
	u8 flags = RILL_ACK;
	bool fin = rs->fin_queued && end == rs->write_seq;

	/* PSH where the queue ends, and where the user said "push" (MUST-61). */
	if (len && (end == rs->write_seq || rill_seq_lt(rs->snd_cur, rs->push_seq)))
		if (end == rs->write_seq || rill_seq_geq(end, rs->push_seq))
			flags |= RILL_PSH;
	if (fin)
		flags |= RILL_FIN;
	if (rs->sack_on && !rill_lost_stock(sk))
		return false;
	if (rill_build(sk, rs->snd_cur, len, flags) == -ENOBUFS)
		return false;
	rill_push_sent(sk, len + fin);
	return true;
}

/* One segment in place of the next that may be larger, to find out whether it gets through. */
static u32 rill_push_probe(struct sock *sk, u32 len)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 now = (u32)jiffies;
	u32 size = rill_plpmtu_probe_size(&rs->plpmtu, rs->mss_max + rs->opt_len, now);
	u32 n = size - rs->opt_len;

	/* While something is lost already, a loss would say nothing. */
	if (!size || len < n || rs->retries || rs->rec.phase != RILL_REC_OPEN ||
	    rs->snd_cur != rs->snd.nxt || !rill_push_one(sk, n))
		return 0;
	RILL_INC(sock_net(sk), MtuProbes);
	rill_plpmtu_probed(&rs->plpmtu, size, rs->snd_cur,
			   now + READ_ONCE(rill_net(sock_net(sk))->set.probe_interval));
	return n;
}

/* After sending, or not: which timer watches over what is left. */
static void rill_push_timers(struct sock *sk, const struct rill_send_q *q)
{
	struct rill_sock *rs = rill_sk(sk);

	if (rs->snd_cur != rs->snd.una) {
		rill_timer_clear(sk, RILL_DL_PERSIST);
		if (!rill_timer_pending(sk, RILL_DL_RTX))
			rill_timer_set_rto(sk, RILL_DL_RTX);
		return;
	}
	if (rill_pacer_held(rs)) {
		/* What waits for its turn has a timer for that. */
		rill_timer_clear(sk, RILL_DL_PERSIST);
		rill_timer_clear(sk, RILL_DL_RTX);
		return;
	}
	if (!q->avail) {
		rill_timer_clear(sk, RILL_DL_PERSIST);
		rill_timer_clear(sk, RILL_DL_CORK);
		return;
	}
	if (q->cork && q->wnd_left >= q->avail) {
		if (!rill_timer_pending(sk, RILL_DL_CORK))
			rill_timer_set(sk, RILL_DL_CORK, jiffies + RILL_CORK_TIME);
	} else if (!rill_timer_pending(sk, RILL_DL_PERSIST)) {
		rs->stuck_stamp = (u32)jiffies;
		rill_timer_clear(sk, RILL_DL_RTX);
		rill_timer_set_rto(sk, RILL_DL_PERSIST);
	}
}

/**
 * rill_push() - send what may be sent now
 * @sk: the socket, locked, in any state
 */
void rill_push(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_send_q q;
	u32 before = rs->snd_cur;
	u32 len, below = 0;
	bool left;

	if ((!((1 << sk->sk_state) & RILL_SENDING) && !rs->fo_pending) || unlikely(rs->ecn.held))
		return;
	rill_out_check_mtu(sk);
	rill_push_after_idle(sk);
	rill_lost_burst(rs);
	if (rill_paces(sk))
		rill_pacer_begin(sk);
	left = rill_lost_send(sk);
	rill_push_question(rs, &q);
	len = rill_wnd_may_send(&q);
	if (unlikely(rs->plpmtu.cap))
		len -= rill_push_probe(sk, len);
	while (left && len && !rill_pacer_holds(rs) && !rill_pacer_full(sk, &below)) {
		u32 n = min_t(u32, len, rs->mss);

		left = rill_push_one(sk, n);
		len -= n;
	}
	/* A FIN behind nothing: it needs no window of its own. */
	if (left && rs->fin_queued && rs->snd_cur == rs->write_seq)
		left = rill_push_one(sk, 0);
	if (!left) {
		/* No memory: the timer tries again. */
		rill_timer_set_rto(sk, RILL_DL_RTX);
		return;
	}
	rill_push_question(rs, &q);
	if (rs->cong.rate && q.avail < rs->mss && q.flight < q.cwnd && !rill_board_lost(&rs->board))
		rill_rate_limited(rs->cong.rate, q.flight);
	rill_push_timers(sk, &q);
	/* Before the handshake is complete the SYN-ACK's timer watches over all. */
	if (rs->snd_cur != before && !rs->fo_pending)
		rill_lost_watch_tail(sk);
}

/**
 * rill_push_tail() - ask for an ACK of the last segments (RFC 8985 section 7.3)
 * @sk: the socket, locked
 *
 * By something new, if there is and the peer has room for it; otherwise by the last segment. What
 * waits for its turn will do, and it is not the last that was sent yet.
 */
void rill_push_tail(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_sent *last;
	struct rill_send_q q;
	bool again = false;
	u32 len;

	if (rill_pacer_held(rs))
		return;
	rill_push_question(rs, &q);
	rill_lost_burst(rs);
	len = min3(q.avail, q.wnd_left, q.mss);
	if (!len || !rill_push_one(sk, len)) {
		rill_lost_stock(sk);
		last = rill_board_tail(&rs->board);
		again = last && rill_lost_again(sk, last, q.mss);
		if (!again)
			return;
	}
	RILL_INC(sock_net(sk), TailProbes);
	rill_tlp_sent(&rs->tlp, rs->snd.nxt, again);
	rill_timer_set_rto(sk, RILL_DL_RTX);
}
