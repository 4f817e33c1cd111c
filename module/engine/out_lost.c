// SPDX-License-Identifier: GPL-2.0
/*
 * The scoreboard of a connection whose peer tells of early data: what is lost according to it is
 * sent again, as far as the windows allow. Socket lock held.
 * RFC 6675, RFC 8985.
 */
#include <linux/slab.h>

#include "../base/clock.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/pacer.h"
#include "../base/timer.h"
#include "../core/seq.h"
#include "build.h"
#include "lost.h"

/* There is an entry for so many octets of the send buffer, and some more. */
#define RILL_LOST_OCTETS	256
#define RILL_LOST_LEAST		64

/* The clock of deadlines is a coarse one for paths within a house. */
#define RILL_LOST_TICKS		2

/* How long a peer may keep back the ACK of a single segment (RFC 8985 section 7.2). */
#define RILL_LOST_DELACK_US	(200 * USEC_PER_MSEC)

static struct kmem_cache *rill_sent_cache;

/**
 * rill_lost_init() - at module load
 *
 * Return: 0 or -ENOMEM.
 */
int rill_lost_init(void)
{
	rill_sent_cache = KMEM_CACHE(rill_sent, 0);
	return rill_sent_cache ? 0 : -ENOMEM;
}

/** rill_lost_exit() - at module unload, when there is no socket any more */
void rill_lost_exit(void)
{
	kmem_cache_destroy(rill_sent_cache);
}

/**
 * rill_lost_stock() - have spare entries for the scoreboard
 * @sk: the socket
 *
 * Whatever a peer tells of, their number stays within what the send buffer stands for.
 * Return: there is one at least.
 */
bool rill_lost_stock(struct sock *sk)
{
	struct rill_board *b = &rill_sk(sk)->board;
	u32 most = RILL_LOST_LEAST + READ_ONCE(sk->sk_sndbuf) / RILL_LOST_OCTETS;
	struct rill_sent *s;

	while (b->n_spare < RILL_BOARD_SPARE && b->n + b->n_spare < most) {
		s = kmem_cache_alloc(rill_sent_cache, GFP_ATOMIC | __GFP_NOWARN);
		if (!s)
			break;
		rill_board_give(b, s);
	}
	while (b->n_spare > 2 * RILL_BOARD_SPARE)
		kmem_cache_free(rill_sent_cache, rill_board_take(b));
	return b->n_spare;
}

/**
 * rill_lost_purge() - no scoreboard is needed any more
 * @sk: the socket, closed
 */
void rill_lost_purge(struct sock *sk)
{
	struct rill_board *b = &rill_sk(sk)->board;

	rill_board_empty(b);
	while (b->n_spare)
		kmem_cache_free(rill_sent_cache, rill_board_take(b));
}

/**
 * rill_lost_burst() - something is about to be sent
 * @rs: the socket
 *
 * All that leaves now has the same time, but for what is sent again: what follows that counts as
 * later, whatever its number.
 */
void rill_lost_burst(struct rill_sock *rs)
{
	rs->burst_us = max(rs->burst_us, rill_clock_us());
}

/**
 * rill_lost_again() - send something again
 * @sk: the socket
 * @s: from its first octet on
 * @limit: so many octets at most
 *
 * Return: false when it didn't leave.
 */
bool rill_lost_again(struct sock *sk, struct rill_sent *s, u32 limit)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 len = rill_seq_lt(s->seq, rs->write_seq) ? rs->write_seq - s->seq : 0;
	u32 stamp = rs->ts_on ? rill_clock_ms() + rs->ts_off : 0;
	u8 flags = RILL_ACK;
	bool fin;

	len = min3(len, s->end - s->seq, limit);
	fin = rs->fin_queued && s->seq + len == rs->write_seq && s->end == rill_snd_end(rs);
	if (fin)
		flags |= RILL_FIN;
	if (len && s->seq + len == rs->write_seq)
		flags |= RILL_PSH;
	if (!rill_lost_stock(sk) || rill_build(sk, s->seq, len, flags) == -ENOBUFS)
		return false;
	if (s->seq == rs->snd.una)
		rill_timer_set_rto(sk, RILL_DL_RTX);
	if (rs->cong.rate)
		rill_rate_again(rs->cong.rate, rill_out_flight(rs), rs->burst_us);
	rill_board_again(&rs->board, s, len + fin, rs->burst_us++);
	rill_prr_sent(&rs->rec.prr, len);
	rill_undo_again(&rs->rec.undo, len, stamp);
	rill_plpmtu_lost(&rs->plpmtu);
	rs->rtt_timing = false;
	rs->tally.retrans++;
	RILL_INC(sock_net(sk), RetransSegs);
	return true;
}

/**
 * rill_lost_send() - send again what is lost, as far as windows and pacing allow
 * @sk: the socket
 *
 * Not while new data is to tell whether it is lost at all (RFC 5682 section 3.1, step 2b).
 *
 * Return: false when something didn't leave for want of memory.
 */
bool rill_lost_send(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 edge = rs->snd.una + rs->snd.wnd;
	struct rill_sent *s;
	u32 flight, len;

	if (rs->rec.undo.frto == RILL_FRTO_NEW)
		return true;
	while ((s = rill_board_lost(&rs->board)) && rill_seq_lt(s->seq, edge)) {
		flight = rill_out_flight(rs);
		len = min3(s->end - s->seq, edge - s->seq, (u32)rs->mss);
		if ((flight && flight + len > rs->cong.cwnd) || rill_pacer_holds(rs))
			break;
		if (!rill_lost_again(sk, s, len))
			return false;
	}
	return true;
}

/**
 * rill_lost_detect() - find out what is lost now, and when to look again
 * @sk: the socket
 * @now_us: the time
 *
 * Return: octets lost.
 */
u32 rill_lost_detect(struct sock *sk, u64 now_us)
{
	struct rill_sock *rs = rill_sk(sk);
	bool at_once = rs->rec.phase == RILL_REC_FAST || rs->rec.phase == RILL_REC_LOSS ||
		       rs->board.sacked_octets >= 3 * rs->mss;
	u32 window = rill_rack_window(&rs->rack, rs->rtt.min_us, rs->rtt.srtt8 >> 3, at_once);
	u32 wait, lost = rill_rack_detect(&rs->rack, &rs->board, window, now_us, &wait);

	if (lost && rs->cong.rate)
		rill_rate_lost(rs->cong.rate, lost);
	if (wait)
		rill_timer_set(sk, RILL_DL_REORDER, jiffies + usecs_to_jiffies(wait) + 1);
	else
		rill_timer_clear(sk, RILL_DL_REORDER);
	return lost;
}

/**
 * rill_lost_watch_tail() - nothing may come back that tells of a loss of the last segments
 * @sk: the socket; something new was sent or acknowledged (RFC 8985 section 7.2)
 */
void rill_lost_watch_tail(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 rto = rill_timer_rto_us(sk), flight = rill_out_flight(rs), wait;

	rill_timer_clear(sk, RILL_DL_TAIL);
	if (!rs->sack_on || !flight || rs->tlp.out || rs->board.sacked_octets ||
	    (rs->rec.phase != RILL_REC_OPEN && rs->rec.phase != RILL_REC_EASED))
		return;
	wait = rill_tlp_wait(rs->rtt.srtt8 >> 3, rto, RILL_LOST_DELACK_US, flight <= rs->mss);
	if (wait < rto)
		rill_timer_set(sk, RILL_DL_TAIL,
			       jiffies + usecs_to_jiffies(wait) + RILL_LOST_TICKS);
}

/**
 * rill_lost_all() - the retransmission timer expired: nothing is in flight any more
 * @sk: the socket
 *
 * Into a shut window nothing can go, and without entries nothing be recorded: then it begins
 * again at SND.UNA, with probes.
 */
void rill_lost_all(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_sent *first = rb_entry_safe(rb_first(&rs->board.root), struct rill_sent, node);

	rs->tlp.out = false;
	rill_timer_clear(sk, RILL_DL_TAIL);
	rill_timer_clear(sk, RILL_DL_REORDER);
	if (rs->sack_on && rs->snd.wnd && rill_lost_stock(sk)) {
		rill_board_lose_all(&rs->board, first && (first->flags & RILL_SENT_SACKED));
	} else {
		rill_board_empty(&rs->board);
		rs->snd_cur = rs->snd.una;
	}
}
