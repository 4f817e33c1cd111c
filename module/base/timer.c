// SPDX-License-Identifier: GPL-2.0
/*
 * One timer_list carries all deadlines of a connection and is armed lazily: a deadline that moves
 * later, as with almost every ACK, writes a field; the timer fires at the old time, finds nothing
 * due and goes on to the next. The socket lock is held, but in rill_timer_init().
 */
#include "ip.h"
#include "net.h"
#include "pacer.h"
#include "timer.h"

/**
 * rill_timer_init() - once in a socket's life
 * @sk: the socket, not visible yet
 * @expired: the callback; it gets a reference to the socket that it must give back
 */
void rill_timer_init(struct sock *sk, void (*expired)(struct timer_list *t))
{
	timer_setup(&sk->sk_timer, expired, 0);
}

static void rill_timer_arm(struct sock *sk, unsigned long at)
{
	if (timer_pending(&sk->sk_timer) && time_before_eq(sk->sk_timer.expires, at))
		return;
	sk_reset_timer(sk, &sk->sk_timer, at);
}

/**
 * rill_timer_set() - set a deadline, earlier or later than before
 * @sk: the socket
 * @which: the deadline
 * @at: jiffies
 */
void rill_timer_set(struct sock *sk, enum rill_deadline which, unsigned long at)
{
	rill_deadline_set(&rill_sk(sk)->dl, which, at);
	rill_timer_arm(sk, at);
}

/* Microseconds of retransmission timeout at least: the route's, the user's, or everybody's. */
static u32 rill_timer_rto_min_us(const struct sock *sk)
{
	u32 own = rill_ip_rto_min(sk) ?: READ_ONCE(rill_sk(sk)->knobs.rto_min);

	return own ? jiffies_to_usecs(own) : RILL_RTO_LEAST_US;
}

/**
 * rill_timer_rto_max_us() - the greatest retransmission timeout
 * @sk: the socket, locked or not
 *
 * Return: microseconds; the user's, or RILL_RTO_MAX_US.
 */
u32 rill_timer_rto_max_us(const struct sock *sk)
{
	u32 own = READ_ONCE(rill_sk(sk)->knobs.rto_max);

	return own ? jiffies_to_usecs(own) : RILL_RTO_MAX_US;
}

/**
 * rill_timer_delack() - how long an acknowledgment waits
 * @sk: the socket, locked or not
 *
 * Return: jiffies; RILL_DELACK_TIME, or less if the user wants so.
 */
u32 rill_timer_delack(const struct sock *sk)
{
	return min_t(u32, READ_ONCE(rill_sk(sk)->knobs.delack_max) ?: U32_MAX, RILL_DELACK_TIME);
}

/**
 * rill_timer_rto_us() - the retransmission timeout as it is now, back-off included
 * @sk: the socket
 *
 * Return: microseconds (RFC 6298).
 */
u32 rill_timer_rto_us(const struct sock *sk)
{
	return rill_rtt_rto(&rill_sk(sk)->rtt, rill_timer_rto_min_us(sk),
			    rill_timer_rto_max_us(sk));
}

/**
 * rill_timer_set_rto() - set a deadline one retransmission timeout from now
 * @sk: the socket
 * @which: the deadline
 */
void rill_timer_set_rto(struct sock *sk, enum rill_deadline which)
{
	rill_timer_set(sk, which, jiffies + usecs_to_jiffies(rill_timer_rto_us(sk)));
}

/**
 * rill_timer_clear() - a deadline is off
 * @sk: the socket
 * @which: the deadline
 */
void rill_timer_clear(struct sock *sk, enum rill_deadline which)
{
	rill_deadline_clear(&rill_sk(sk)->dl, which);
}

/**
 * rill_timer_pending() - is a deadline set?
 * @sk: the socket
 * @which: the deadline
 */
bool rill_timer_pending(const struct sock *sk, enum rill_deadline which)
{
	return rill_deadline_pending(&rill_sk(sk)->dl, which);
}

/**
 * rill_timer_rearm() - after the timer fired: wait for the next deadline, if there is one
 * @sk: the socket
 */
void rill_timer_rearm(struct sock *sk)
{
	unsigned long at;

	if (rill_deadline_first(&rill_sk(sk)->dl, &at))
		rill_timer_arm(sk, at);
}

/**
 * rill_timer_stop() - all deadlines are off, and nothing waits for its turn
 * @sk: the socket
 */
void rill_timer_stop(struct sock *sk)
{
	rill_sk(sk)->dl.set = 0;
	sk_stop_timer(sk, &sk->sk_timer);
	rill_pacer_stop(sk);
}
