// SPDX-License-Identifier: GPL-2.0
/*
 * The timer of a connection, and what each deadline means when it has come. A timer that finds
 * the socket in use leaves a bit; release_sock() then does the work through proto.release_cb.
 * Socket lock held, but in rill_expiry().
 */
#include <net/dst.h>

#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/mem.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/pacer.h"
#include "../base/timer.h"
#include "../compat.h"
#include "../core/seq.h"
#include "act.h"
#include "expiry.h"
#include "build.h"
#include "lost.h"
#include "out.h"

/* tcp(7), tcp_orphan_retries: what 0 stands for. */
#define RILL_ORPHAN_RETRIES	8

/* So often in vain, and Fast Open may be the reason (RFC 7413 section 4.1.3.1). */
#define RILL_FO_RETRIES		2

static u8 rill_expiry_limit(const struct sock *sk)
{
	const struct rill_settings *set = &rill_net(sock_net(sk))->set;
	const struct rill_sock *rs = rill_sk(sk);

	if (sk->sk_state == TCP_SYN_SENT)
		return rs->knobs.syn_retries ?: READ_ONCE(set->syn_retries);
	if (sk->sk_state == TCP_SYN_RECV)
		return rs->knobs.syn_retries ?: READ_ONCE(set->synack_retries);
	if (sock_flag(sk, SOCK_DEAD))
		return READ_ONCE(set->orphan_retries) ?: RILL_ORPHAN_RETRIES;
	return READ_ONCE(set->retries2);
}

/* What the user has left of his time (TCP_USER_TIMEOUT): jiffies, MAX_JIFFY_OFFSET for ever. */
static unsigned long rill_expiry_user_left(const struct sock *sk, u32 since)
{
	u32 limit = rill_sk(sk)->knobs.user_timeout;
	u32 spent = (u32)jiffies - since;

	if (!limit || limit == RILL_USER_TIMEOUT_NEVER)
		return MAX_JIFFY_OFFSET;
	limit = msecs_to_jiffies(limit);
	return spent < limit ? limit - spent : 0;
}

/*
 * R2 (RFC 9293 section 3.8.3): a number of tries, or the user's time in its place (MUST-21). A SYN
 * and a connection without a user have both bounds.
 */
static bool rill_expiry_r2(const struct sock *sk, u8 tries, bool late)
{
	if (late)
		return true;
	if (rill_sk(sk)->knobs.user_timeout && !sock_flag(sk, SOCK_DEAD) &&
	    !((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)))
		return false;
	return tries >= rill_expiry_limit(sk);
}

/* The connection ends when the user's time is over, and not an RTO later. */
static void rill_expiry_in_time(struct sock *sk, enum rill_deadline which)
{
	unsigned long left = rill_expiry_user_left(sk, rill_sk(sk)->stuck_stamp);

	if (left < usecs_to_jiffies(rill_timer_rto_us(sk)))
		rill_timer_set(sk, which, jiffies + left);
}

/* The peer does not answer: R2 (RFC 9293 section 3.8.3). */
static void rill_expiry_give_up(struct sock *sk)
{
	RILL_INC(sock_net(sk), AbortOnTimeout);
	rill_act(sk, RILL_EV_GIVE_UP);
}

/* R1: perhaps another route does better, and perhaps the user wants to know (SHLD-9). */
static void rill_expiry_r1(struct sock *sk)
{
	dst_negative_advice(sk);
	if (!((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) && !sk->sk_err_soft)
		rill_act_soft_error(sk, ETIMEDOUT);
}

static void rill_expiry_syn(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (!rs->retries)
		rs->stuck_stamp = (u32)jiffies;
	rs->retries++;
	rill_rtt_timeout(&rs->rtt);
	/* What has followed the SYN-ACK was of no use without it. */
	if (unlikely(rs->fo_pending)) {
		rill_lost_all(sk);
		rs->snd_cur = rill_seq_max(rs->snd_cur, rs->iss + 1);
	}
	if (sk->sk_state == TCP_SYN_SENT)
		rill_send_syn(sk);
	else
		rill_send_synack(sk);
}

/* RILL_DL_RTX */
static void rill_expiry_rtx(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	/* All that was sent has arrived, and the next had to wait (RFC 3168 section 6.1.2). */
	if (rill_ecn_expired(&rs->ecn) && rs->snd_cur == rs->snd.una) {
		rill_push(sk);
		return;
	}
	if (rill_expiry_r2(sk, rs->retries,
			   rs->retries && !rill_expiry_user_left(sk, rs->stuck_stamp))) {
		rill_expiry_give_up(sk);
		return;
	}
	/* What should have been answered has not been sent: its turn has not come. */
	if (rill_pacer_held(rs) && !rill_out_flight(rs)) {
		rill_timer_set_rto(sk, RILL_DL_RTX);
		if (rs->retries)
			rill_expiry_in_time(sk, RILL_DL_RTX);
		return;
	}
	if (rs->retries == READ_ONCE(rill_net(sock_net(sk))->set.retries1))
		rill_expiry_r1(sk);
	if (unlikely(rs->fo.asked) && rs->retries == RILL_FO_RETRIES) {
		RILL_INC(sock_net(sk), FastOpenActiveFail);
		rill_fo_suspect(rill_net(sock_net(sk)));
	}
	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV))
		rill_expiry_syn(sk);
	else
		rill_rtx_timeout(sk);
	rill_expiry_in_time(sk, RILL_DL_RTX);
}

/*
 * RILL_DL_PERSIST: the window is shut. It may stay so for ever while the peer answers (MUST-37);
 * probes that nobody answers count as retransmissions do, and an orphan's in any case. Who has set
 * a time wants his data delivered by then, though, whatever the peer answers (tcp(7)).
 */
static void rill_expiry_persist(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	bool probed;

	if (rill_seq_geq(rs->snd.una, rs->write_seq))
		return;
	probed = rs->snd.nxt != rs->snd.una;
	if (rill_expiry_r2(sk, rs->probes,
			   probed && !rill_expiry_user_left(sk, rs->stuck_stamp)) ||
	    (sock_flag(sk, SOCK_DEAD) && rill_mem_exhausted(sk))) {
		rill_expiry_give_up(sk);
		return;
	}
	if (rs->probes < U8_MAX)
		rs->probes++;
	rill_rtt_timeout(&rs->rtt);
	rill_send_probe(sk, true);
	rill_timer_set_rto(sk, RILL_DL_PERSIST);
	rill_expiry_in_time(sk, RILL_DL_PERSIST);
}

static u32 rill_expiry_keep_idle(const struct sock *sk)
{
	return rill_sk(sk)->knobs.keep_idle ?:
	       READ_ONCE(rill_net(sock_net(sk))->set.keepalive_time);
}

static u32 rill_expiry_keep_intvl(const struct sock *sk)
{
	return rill_sk(sk)->knobs.keep_intvl ?:
	       READ_ONCE(rill_net(sock_net(sk))->set.keepalive_intvl);
}

/**
 * rill_expiry_keepalive() - keep-alive was switched on, or its times changed
 * @sk: the socket, locked
 */
void rill_expiry_keepalive(struct sock *sk)
{
	u32 idle = (u32)jiffies - rill_sk(sk)->last_rcv;
	u32 time = rill_expiry_keep_idle(sk);

	rill_timer_set(sk, RILL_DL_KEEPALIVE, jiffies + (idle < time ? time - idle : 0));
}

/* RILL_DL_KEEPALIVE: only on a connection on which nothing has happened (MUST-26) */
static void rill_expiry_keep(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 idle = (u32)jiffies - rs->last_rcv;
	u8 limit = rs->knobs.keep_cnt ?:
		   READ_ONCE(rill_net(sock_net(sk))->set.keepalive_probes);

	if (!sock_flag(sk, SOCK_KEEPOPEN) || sk->sk_state == TCP_SYN_SENT)
		return;
	if (rs->snd_cur != rs->snd.una || rs->write_seq != rs->snd_cur ||
	    idle < rill_expiry_keep_idle(sk)) {
		rill_expiry_keepalive(sk);
		if (idle >= rill_expiry_keep_idle(sk))
			rill_timer_set(sk, RILL_DL_KEEPALIVE,
				       jiffies + rill_expiry_keep_idle(sk));
		return;
	}
	if (rs->knobs.user_timeout ? rs->probes && !rill_expiry_user_left(sk, rs->last_rcv) :
	    rs->probes >= limit) {
		rill_send_rst(sk);
		rill_expiry_give_up(sk);
		return;
	}
	if (rs->probes < U8_MAX)
		rs->probes++;
	rill_send_probe(sk, false);
	rill_timer_set(sk, RILL_DL_KEEPALIVE, jiffies + rill_expiry_keep_intvl(sk));
}

/**
 * rill_expiry_linger() - an orphan has entered FIN-WAIT-2: the peer has so long to send its FIN
 * @sk: the socket, locked; closed afterwards if it is not to wait at all
 */
void rill_expiry_linger(struct sock *sk)
{
	s32 time = rill_sk(sk)->knobs.linger2 ?:
		   READ_ONCE(rill_net(sock_net(sk))->set.fin_timeout);

	if (time < 0)
		rill_act(sk, RILL_EV_ABORT);
	else
		rill_timer_set(sk, RILL_DL_LINGER, jiffies + time);
}

static void rill_expiry_delack(struct sock *sk)
{
	if (!rill_sk(sk)->ack)
		return;
	RILL_INC(sock_net(sk), DelayedAcks);
	rill_sk(sk)->unanswered = true;
	rill_send_ack(sk);
}

/* RILL_DL_REORDER: what was overtaken hasn't come (RFC 8985 section 6.3) */
static void rill_expiry_reorder(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u32 flight = rill_out_flight(rs);
	struct rill_told told = { .lost = rill_lost_detect(sk, rill_clock_us()) };
	static const struct rill_acked nothing;

	told.pipe = rill_out_flight(rs);
	if (rill_recovery_told(&rs->rec, &rs->cong, &rs->snd, &nothing, &told, flight, 0,
			       rill_clock_us())) {
		RILL_INC(sock_net(sk), FastRetrans);
		rill_ecn_lost(&rs->ecn);
	}
	rill_push(sk);
}

/* RILL_DL_CORK: held back long enough */
static void rill_expiry_cork(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	bool cork = rs->knobs.cork;

	rs->knobs.cork = false;
	rs->more = false;
	rill_push(sk);
	rs->knobs.cork = cork;
}

static void rill_expiry_one(struct sock *sk, enum rill_deadline which)
{
	switch (which) {
	case RILL_DL_RTX:
		rill_expiry_rtx(sk);
		break;
	case RILL_DL_PERSIST:
		rill_expiry_persist(sk);
		break;
	case RILL_DL_DELACK:
		rill_expiry_delack(sk);
		break;
	case RILL_DL_KEEPALIVE:
		rill_expiry_keep(sk);
		break;
	case RILL_DL_LINGER:
		rill_act(sk, RILL_EV_2MSL);
		break;
	case RILL_DL_CORK:
		rill_expiry_cork(sk);
		break;
	case RILL_DL_REORDER:
		rill_expiry_reorder(sk);
		break;
	case RILL_DL_TAIL:
		rill_push_tail(sk);
		break;
	case RILL_DL_COUNT:
		break;
	}
}

/* Do what is due, then wait for what comes next. */
static void rill_expiry_run(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	u8 due = rill_deadline_take_due(&rs->dl, jiffies);
	int i;

	for (i = 0; i < RILL_DL_COUNT; i++)
		if ((due & BIT(i)) && sk->sk_state != TCP_CLOSE)
			rill_expiry_one(sk, i);
	if (sk->sk_state != TCP_CLOSE)
		rill_timer_rearm(sk);
}

/**
 * rill_expiry() - the callback of a connection's timer
 * @t: the timer; its reference to the socket is ours
 */
void rill_expiry(struct timer_list *t)
{
	struct sock *sk = timer_container_of(sk, t, sk_timer);

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		rill_expiry_run(sk);
	else if (!test_and_set_bit(RILL_DEFER_TIMER, &rill_sk(sk)->deferred))
		sock_hold(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
}

/* What waited may go, now or when the socket's owner is done. */
static void rill_expiry_turn(struct sock *sk)
{
	rill_sk(sk)->pacer->held = false;
	rill_push(sk);
}

static void rill_expiry_waited(struct sock *sk)
{
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		rill_expiry_turn(sk);
	else if (!test_and_set_bit(RILL_DEFER_TURN, &rill_sk(sk)->deferred))
		sock_hold(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
}

/**
 * rill_expiry_pacer() - the callback of a pacer's timer: it is the next segment's turn
 * @t: the timer; its socket may be on its way out, but is there as long as this runs
 *
 * Return: HRTIMER_NORESTART; where something still waits, the timer is set anew.
 */
enum hrtimer_restart rill_expiry_pacer(struct hrtimer *t)
{
	struct sock *sk = container_of(t, struct rill_pacer, timer)->sk;

	if (refcount_inc_not_zero(&sk->sk_refcnt))
		rill_expiry_waited(sk);
	return HRTIMER_NORESTART;
}

/**
 * rill_expiry_room() - the callback of a pacer's tasklet: the device can take more
 * @t: the tasklet; its reference to the socket is ours
 */
void rill_expiry_room(struct tasklet_struct *t)
{
	rill_expiry_waited(container_of(t, struct rill_pacer, room)->sk);
}

/**
 * rill_expiry_release() - proto.release_cb: the socket's owner is done, do what was left to him
 * @sk: the socket, locked
 */
void rill_expiry_release(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (likely(!READ_ONCE(rs->deferred)))
		return;
	if (test_and_clear_bit(RILL_DEFER_ACK, &rs->deferred) && sk->sk_state != TCP_CLOSE)
		rill_flush_ack(sk);
	if (test_and_clear_bit(RILL_DEFER_MTU, &rs->deferred) && sk->sk_state != TCP_CLOSE)
		rill_rtx_resize(sk);
	if (test_and_clear_bit(RILL_DEFER_TURN, &rs->deferred)) {
		rill_expiry_turn(sk);
		__sock_put(sk);
	}
	if (test_and_clear_bit(RILL_DEFER_TIMER, &rs->deferred)) {
		rill_expiry_run(sk);
		__sock_put(sk);
	}
}
