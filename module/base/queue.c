// SPDX-License-Identifier: GPL-2.0
/*
 * The accept queue. Filled by softirqs that complete a handshake, without the listener's socket
 * lock; emptied by accept() and by the listener's end. A request refers to the queue and never to
 * the listener, so that half-open connections pin neither a socket nor the module.
 */
#include <linux/slab.h>

#include "queue.h"

/* How long a reset child counts (RFC 7413 section 5.1). */
#define RILL_QUEUE_FAST_HOLD	(60 * HZ)

/**
 * rill_queue_new() - make the queue of a socket that begins to listen
 * @listener: the socket
 *
 * Context: process context, may sleep.
 * Return: the queue with one reference, or NULL.
 */
struct rill_queue *rill_queue_new(struct sock *listener)
{
	struct rill_queue *q = kzalloc(sizeof(*q), GFP_KERNEL);

	if (!q)
		return NULL;
	spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->children);
	refcount_set(&q->refs, 1);
	q->listener = listener;
	q->cookies_end = jiffies;
	q->fast_until = jiffies;
	return q;
}

/**
 * rill_queue_put() - give a reference back
 * @q: the queue; freed with its last reference, after a grace period
 */
void rill_queue_put(struct rill_queue *q)
{
	if (refcount_dec_and_test(&q->refs))
		kfree_rcu(q, rcu);
}

/**
 * rill_queue_listener() - who listens
 * @q: the queue
 *
 * Context: under rcu_read_lock(), as long as which the socket stays in memory.
 * Return: the listener or NULL when it listens no more.
 */
struct sock *rill_queue_listener(struct rill_queue *q)
{
	return READ_ONCE(q->listener);
}

/**
 * rill_queue_add() - a handshake is complete
 * @q: the listener's queue
 * @child: the new connection; the queue takes over the caller's reference on success
 *
 * Context: softirq, the child's lock may be held.
 * Return: false when nobody listens any more; the wake-up is the caller's.
 */
bool rill_queue_add(struct rill_queue *q, struct sock *child)
{
	bool open;

	spin_lock_bh(&q->lock);
	open = q->listener;
	if (open) {
		list_add_tail(&rill_sk(child)->accept_link, &q->children);
		sk_acceptq_added(q->listener);
	}
	spin_unlock_bh(&q->lock);
	return open;
}

/**
 * rill_queue_take() - the oldest child
 * @listener: a listening socket, locked by the caller
 *
 * Return: the child with the queue's reference, or NULL.
 */
struct sock *rill_queue_take(struct sock *listener)
{
	struct rill_queue *q = rill_sk(listener)->queue;
	struct rill_sock *child;

	spin_lock_bh(&q->lock);
	child = list_first_entry_or_null(&q->children, struct rill_sock, accept_link);
	if (child) {
		list_del_init(&child->accept_link);
		sk_acceptq_removed(listener);
	}
	spin_unlock_bh(&q->lock);
	return child ? &child->inet.sk : NULL;
}

/**
 * rill_queue_empty() - would accept() have to wait?
 * @listener: a socket; no lock needed, the answer may be old
 */
bool rill_queue_empty(const struct sock *listener)
{
	return !rill_queue_len(listener);
}

/**
 * rill_queue_len() - how many children wait
 * @listener: a socket; no lock needed, the answer may be old
 */
u32 rill_queue_len(const struct sock *listener)
{
	return READ_ONCE(listener->sk_ack_backlog);
}

/**
 * rill_queue_close() - the listener listens no more
 * @q: its queue; the listener's reference stays the caller's
 * @children: takes those that nobody will accept
 */
void rill_queue_close(struct rill_queue *q, struct list_head *children)
{
	spin_lock_bh(&q->lock);
	list_splice_init(&q->children, children);
	if (q->listener)
		WRITE_ONCE(q->listener->sk_ack_backlog, 0);
	WRITE_ONCE(q->listener, NULL);
	spin_unlock_bh(&q->lock);
}

/**
 * rill_queue_fast_room() - may Fast Open make another child?
 * @q: the listener's queue, under RCU
 * @max: how many there may be (RFC 7413 section 4.2.1)
 */
bool rill_queue_fast_room(struct rill_queue *q, int max)
{
	if (atomic_read(&q->fast) < max)
		return true;
	if (time_before(jiffies, READ_ONCE(q->fast_until)))
		return false;
	atomic_sub(atomic_xchg(&q->fast_reset, 0), &q->fast);
	return atomic_read(&q->fast) < max;
}

/**
 * rill_queue_fast_begin() - Fast Open has made a child
 * @q: its listener's queue, held by the caller
 * @child: the child, locked, in SYN-RECEIVED
 */
void rill_queue_fast_begin(struct rill_queue *q, struct sock *child)
{
	refcount_inc(&q->refs);
	atomic_inc(&q->fast);
	WRITE_ONCE(rill_sk(child)->fo_pending, q);
}

/**
 * rill_queue_fast_end() - its handshake is complete, or has failed
 * @child: the child, locked
 * @reset: the peer has reset it
 */
void rill_queue_fast_end(struct sock *child, bool reset)
{
	struct rill_queue *q = rill_sk(child)->fo_pending;

	WRITE_ONCE(rill_sk(child)->fo_pending, NULL);
	if (reset) {
		WRITE_ONCE(q->fast_until, jiffies + RILL_QUEUE_FAST_HOLD);
		atomic_inc(&q->fast_reset);
	} else {
		atomic_dec(&q->fast);
	}
	rill_queue_put(q);
}
