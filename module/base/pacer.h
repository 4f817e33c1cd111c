/* SPDX-License-Identifier: GPL-2.0 */
/* Segments that wait for their turn, where no queueing discipline sees to it. */
#ifndef _RILL_BASE_PACER_H
#define _RILL_BASE_PACER_H

#include <linux/hrtimer.h>

#include "../core/pace.h"
#include "sock.h"

/**
 * struct rill_pacer - of a connection that paces; the socket lock protects it
 * @timer: goes off when it is the next segment's turn; pending, it has a reference to the socket
 * @sk: the socket
 * @pace: whose turn it is when
 * @now: nanoseconds, when what is sent now began
 * @fires: nanoseconds, when the timer goes off
 * @held: something waits for its turn
 */
struct rill_pacer {
	struct hrtimer		timer;
	struct sock		*sk;
	struct rill_pace	pace;
	u64			now;
	u64			fires;
	bool			held;
};

void rill_pacer_init(enum hrtimer_restart (*fires)(struct hrtimer *t));
void rill_pacer_open(struct sock *sk);
void rill_pacer_algo(struct sock *sk);
void rill_pacer_rate(struct sock *sk);
void rill_pacer_begin(struct sock *sk);
bool rill_pacer_wait(struct rill_pacer *p);
void rill_pacer_sent(struct rill_pacer *p, u32 octets);
void rill_pacer_stop(struct sock *sk);

/* Somebody paces: the fq queueing discipline, or this. For all others nothing is worked out. */
static inline bool rill_paces(const struct sock *sk)
{
	return unlikely(READ_ONCE(sk->sk_pacing_status) != SK_PACING_NONE);
}

/* Must the next segment wait for its turn? If so, the timer will tell when it has come. */
static inline bool rill_pacer_holds(const struct rill_sock *rs)
{
	return unlikely(rs->pacer) && rill_pacer_wait(rs->pacer);
}

/* Does something wait for its turn? Then other timers have nothing to watch over. */
static inline bool rill_pacer_held(const struct rill_sock *rs)
{
	return unlikely(rs->pacer) && rs->pacer->held;
}

#endif /* _RILL_BASE_PACER_H */
