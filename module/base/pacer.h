/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that wait: for their turn, where no queueing discipline sees to it; or for the device,
 * which has enough of the connection for now.
 */
#ifndef _RILL_BASE_PACER_H
#define _RILL_BASE_PACER_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>

#include "../core/pace.h"
#include "sock.h"

#define RILL_PACER_ANY		(~0UL)	/* a rate in struct sock: no limit */

/* Memory of segments; with less below the socket nobody asks how much it should be. */
#define RILL_PACER_LITTLE	8192

/**
 * struct rill_pacer - of a connection that paces, or had to wait for the device; the socket lock
 *	protects it
 * @timer: goes off when it is the next segment's turn; it has no reference to the socket
 * @sk: the socket
 * @pace: whose turn it is when
 * @now: nanoseconds, when what is sent now began
 * @fires: nanoseconds, when the timer goes off
 * @held: something waits for its turn
 * @room: there is room below; scheduled, it has a reference to the socket
 * @full: bit 0: something waits for that; atomic
 * @low: there is, once segments below hold no more memory than this; read without the lock
 */
struct rill_pacer {
	struct hrtimer		timer;
	struct sock		*sk;
	struct rill_pace	pace;
	u64			now;
	u64			fires;
	bool			held;
	struct tasklet_struct	room;
	unsigned long		full;
	u32			low;
};

void rill_pacer_init(enum hrtimer_restart (*fires)(struct hrtimer *t),
		     void (*room)(struct tasklet_struct *t));
void rill_pacer_open(struct sock *sk);
void rill_pacer_algo(struct sock *sk);
void rill_pacer_rate(struct sock *sk);
void rill_pacer_begin(struct sock *sk);
bool rill_pacer_wait(struct rill_pacer *p);
void rill_pacer_sent(struct rill_pacer *p, u32 octets);
bool rill_pacer_below(struct sock *sk, u32 *most);
void rill_pacer_room(struct sock *sk);
void rill_pacer_stop(struct sock *sk);
void rill_pacer_free(struct sock *sk);

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

/*
 * Has the device enough of this connection for now? If so, it will be told when it has sent some.
 * @most is worked out once for all that is sent now, and 0 before.
 */
static inline bool rill_pacer_full(struct sock *sk, u32 *most)
{
	return unlikely(refcount_read(&sk->sk_wmem_alloc) > RILL_PACER_LITTLE) &&
	       rill_pacer_below(sk, most);
}

/* Does something wait for its turn? Then other timers have nothing to watch over. */
static inline bool rill_pacer_held(const struct rill_sock *rs)
{
	return unlikely(rs->pacer) && rs->pacer->held;
}

#endif /* _RILL_BASE_PACER_H */
