// SPDX-License-Identifier: GPL-2.0
/*
 * Pacing: at which rate a connection sends, told to whoever sees to it. Where the fq queueing
 * discipline is on the way, that is fq; it says so in sk_pacing_status. Elsewhere segments wait
 * here, with a timer, and the transmit path asks before it sends. A connection that nobody asked
 * to pace has none of this, but it is held back as well when a device has much of it already.
 * Socket lock held, but in rill_pacer_init(), rill_pacer_room() and rill_pacer_free().
 */
#include <linux/slab.h>

#include "../compat.h"
#include "mib.h"
#include "net.h"
#include "pacer.h"

static enum hrtimer_restart (*rill_pacer_fires)(struct hrtimer *t);
static void (*rill_pacer_roomy)(struct tasklet_struct *t);

/**
 * rill_pacer_init() - at module load
 * @fires: the timers' callback; the socket's memory is there, whether it is in use or not
 * @room: the tasklets' callback; it gets a reference to the socket that it must give back
 */
void rill_pacer_init(enum hrtimer_restart (*fires)(struct hrtimer *t),
		     void (*room)(struct tasklet_struct *t))
{
	rill_pacer_fires = fires;
	rill_pacer_roomy = room;
}

/**
 * rill_pacer_algo() - a connection has another algorithm: does that ask for pacing?
 * @sk: the socket
 */
void rill_pacer_algo(struct sock *sk)
{
	if (rill_sk(sk)->cong.ops->flags & RILL_CONG_PACES)
		cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
	if (rill_paces(sk))
		rill_pacer_rate(sk);
}

/**
 * rill_pacer_open() - a connection is open, and has its algorithm
 * @sk: the socket
 */
void rill_pacer_open(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	if (rs->pacer)
		rill_pace_init(&rs->pacer->pace, 0);
	rill_pacer_algo(sk);
}

/* At which rate a connection sends, or would if it paced: SO_MAX_PACING_RATE at most. */
static unsigned long rill_pacer_wants(const struct sock *sk)
{
	const struct rill_sock *rs = rill_sk(sk);

	return rill_pace_rate(&rs->cong, rs->rtt.srtt8 >> 3, READ_ONCE(sk->sk_max_pacing_rate));
}

/* Is there a limit at all? A user may have set one once, and fq wants to know in any case. */
static bool rill_pacer_limits(const struct sock *sk)
{
	return READ_ONCE(sk->sk_max_pacing_rate) != RILL_PACER_ANY ||
	       (rill_sk(sk)->cong.ops->flags & RILL_CONG_PACES) ||
	       READ_ONCE(sk->sk_pacing_status) == SK_PACING_FQ;
}

/**
 * rill_pacer_rate() - work out at which rate to send
 * @sk: the socket, for which rill_paces()
 */
void rill_pacer_rate(struct sock *sk)
{
	WRITE_ONCE(sk->sk_pacing_rate,
		   rill_pacer_limits(sk) ? rill_pacer_wants(sk) : RILL_PACER_ANY);
}

/* Where there is no memory, the connection does not pace. */
static struct rill_pacer *rill_pacer_new(struct sock *sk)
{
	struct rill_pacer *p = kzalloc(sizeof(*p), GFP_ATOMIC | __GFP_NOWARN);

	if (!p)
		return NULL;
	p->sk = sk;
	rill_pace_init(&p->pace, rill_sk(sk)->tally.data_segs_out);
	rill_hrtimer_setup(&p->timer, rill_pacer_fires, CLOCK_MONOTONIC,
			   HRTIMER_MODE_ABS_PINNED_SOFT);
	tasklet_setup(&p->room, rill_pacer_roomy);
	/* For rill_pacer_room(). */
	smp_store_release(&rill_sk(sk)->pacer, p);
	return p;
}

/**
 * rill_pacer_begin() - something is about to be sent
 * @sk: the socket, for which rill_paces()
 */
void rill_pacer_begin(struct sock *sk)
{
	unsigned long rate = READ_ONCE(sk->sk_pacing_rate);
	bool limited = READ_ONCE(sk->sk_pacing_status) == SK_PACING_NEEDED &&
		       rate != RILL_PACER_ANY;
	struct rill_pacer *p = rill_sk(sk)->pacer;

	if (!p && limited)
		p = rill_pacer_new(sk);
	if (!p)
		return;
	p->now = ktime_get_ns();
	p->held = false;
	rill_pace_set(&p->pace, limited ? rate : 0, rill_sk(sk)->mss, p->now);
}

/*
 * A timer that goes off too early is set again. Its callback may run meanwhile, and wait for the
 * lock: a timer that is set is not one that has a reference.
 */
static void rill_pacer_arm(struct rill_pacer *p)
{
	u64 at = rill_pace_when(&p->pace);

	if (hrtimer_is_queued(&p->timer) && p->fires <= at)
		return;
	p->fires = at;
	hrtimer_start(&p->timer, ns_to_ktime(at), HRTIMER_MODE_ABS_PINNED_SOFT);
	RILL_INC(sock_net(p->sk), PacingWaits);
}

/**
 * rill_pacer_wait() - must the next segment wait for its turn?
 * @p: the pacer, after rill_pacer_begin()
 *
 * Return: true if so; the timer's callback is to send.
 */
bool rill_pacer_wait(struct rill_pacer *p)
{
	p->held = !rill_pace_may(&p->pace, p->now);
	if (p->held)
		rill_pacer_arm(p);
	return p->held;
}

/**
 * rill_pacer_sent() - a segment with data leaves
 * @p: the pacer
 * @octets: of data in it
 */
void rill_pacer_sent(struct rill_pacer *p, u32 octets)
{
	if (p->pace.rate || p->pace.unpaced)
		rill_pace_sent(&p->pace, octets, ktime_get_ns());
}

/**
 * rill_pacer_below() - has the device enough of this connection for now?
 * @sk: the socket
 * @most: memory of segments that may be below it; 0: is to be worked out
 *
 * A segment takes about twice as much memory as it has data. Some are always let through: devices
 * may be late to say that they have sent something, and ACKs are to go on coming.
 *
 * Return: true if so; the tasklet's callback is to send.
 */
bool rill_pacer_below(struct sock *sk, u32 *most)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_pacer *p = rs->pacer;

	if (!*most)
		*most = 2 * rill_pace_below(rill_pacer_wants(sk), rs->mss,
					    READ_ONCE(sk->sk_pacing_shift));
	if (refcount_read(&sk->sk_wmem_alloc) <= *most ||
	    rs->snd_cur - rs->snd.una <= RILL_PACE_BELOW_SEGS * rs->mss)
		return false;
	if (!p)
		p = rill_pacer_new(sk);
	if (!p)
		return false;
	/* From now on sock_wfree() calls sk_write_space(). */
	sock_reset_flag(sk, SOCK_USE_WRITE_QUEUE);
	WRITE_ONCE(p->low, *most / 2);
	set_bit(0, &p->full);
	/* What was sent meanwhile has told nobody. */
	smp_mb__after_atomic();
	if (refcount_read(&sk->sk_wmem_alloc) <= p->low && test_and_clear_bit(0, &p->full))
		return false;
	RILL_INC(sock_net(sk), DeviceWaits);
	return true;
}

/**
 * rill_pacer_room() - the device has sent a segment: go on, if something waits for that
 * @sk: the socket, locked or not, perhaps closed
 *
 * Where this comes too late or not at all, the next ACK does it.
 *
 * Context: any, the socket's memory held by the segment.
 */
void rill_pacer_room(struct sock *sk)
{
	/* Pairs with rill_pacer_new(). */
	struct rill_pacer *p = smp_load_acquire(&rill_sk(sk)->pacer);

	if (!p || !test_bit(0, &p->full) ||
	    refcount_read(&sk->sk_wmem_alloc) > READ_ONCE(p->low) ||
	    !test_and_clear_bit(0, &p->full) || !refcount_inc_not_zero(&sk->sk_refcnt))
		return;
	if (test_and_set_bit(TASKLET_STATE_SCHED, &p->room.state))
		sock_put(sk);
	else
		__tasklet_schedule(&p->room);
}

/**
 * rill_pacer_stop() - nothing is to be sent any more
 * @sk: the socket
 */
void rill_pacer_stop(struct sock *sk)
{
	struct rill_pacer *p = rill_sk(sk)->pacer;

	if (!p)
		return;
	p->held = false;
	clear_bit(0, &p->full);
	hrtimer_try_to_cancel(&p->timer);
}

/**
 * rill_pacer_free() - a socket goes, and with it its pacer
 * @sk: the socket, which nobody uses any more
 *
 * A timer that was set while its callback ran is still there: only here nobody can set it again.
 */
void rill_pacer_free(struct sock *sk)
{
	struct rill_pacer *p = rill_sk(sk)->pacer;

	if (!p)
		return;
	hrtimer_cancel(&p->timer);
	kfree(p);
}
