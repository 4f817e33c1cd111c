/* SPDX-License-Identifier: GPL-2.0 */
/* A listener's accept queue, which its requests can outlive the listener with. */
#ifndef _RILL_BASE_QUEUE_H
#define _RILL_BASE_QUEUE_H

#include "sock.h"

/**
 * struct rill_queue - children waiting for accept(), and how many requests are on their way
 * @lock: protects @children, @listener and the listener's sk_ack_backlog; taken inside a child's
 *	socket lock
 * @children: rill_sock.accept_link, oldest first
 * @listener: NULL once it listens no more; readers under RCU need not take the lock
 * @requests: half-open connections
 * @cookies_end: jiffies until which a cookie may come back; no lock
 * @fast: children that Fast Open has made and whose handshake is not complete, and @fast_reset
 * @fast_reset: those that were reset: somebody may send SYNs in the name of others
 * @fast_until: jiffies until which these count
 * @refs: the listener's and every request's reference
 * @rcu: for freeing
 */
struct rill_queue {
	spinlock_t		lock;	/* see above */
	struct list_head	children;
	struct sock		*listener;
	atomic_t		requests;
	unsigned long		cookies_end;
	atomic_t		fast;
	atomic_t		fast_reset;
	unsigned long		fast_until;
	refcount_t		refs;
	struct rcu_head		rcu;
};

struct rill_queue *rill_queue_new(struct sock *listener);
void rill_queue_put(struct rill_queue *q);
struct sock *rill_queue_listener(struct rill_queue *q);
bool rill_queue_add(struct rill_queue *q, struct sock *child);
struct sock *rill_queue_take(struct sock *listener);
bool rill_queue_empty(const struct sock *listener);
u32 rill_queue_len(const struct sock *listener);
void rill_queue_close(struct rill_queue *q, struct list_head *children);
bool rill_queue_fast_room(struct rill_queue *q, int max);
void rill_queue_fast_begin(struct rill_queue *q, struct sock *child);
void rill_queue_fast_end(struct sock *child, bool reset);

#endif /* _RILL_BASE_QUEUE_H */
