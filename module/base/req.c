// SPDX-License-Identifier: GPL-2.0
/*
 * Requests: making and freeing. Their life in between is an entry's, see entry.c; what happens to
 * them is decided in engine/in_listen.c. Softirq context, no locks.
 */
#include <linux/slab.h>

#include "req.h"

static struct kmem_cache *rill_req_cache;

/**
 * rill_req_init() - at module load
 *
 * Return: 0 or -ENOMEM.
 */
int rill_req_init(void)
{
	rill_req_cache = KMEM_CACHE(rill_req, 0);
	return rill_req_cache ? 0 : -ENOMEM;
}

/** rill_req_exit() - at module unload, after rcu_barrier() */
void rill_req_exit(void)
{
	kmem_cache_destroy(rill_req_cache);
}

static void rill_req_free(struct rcu_head *rcu)
{
	struct rill_req *req = container_of(rcu, struct rill_req, e.rcu);

	kfree(req->syn);
	kfree(req->ip_opt);
	kmem_cache_free(rill_req_cache, req);
}

static void rill_req_release(struct rill_entry *e)
{
	struct rill_req *req = container_of(e, struct rill_req, e);
	struct rill_net *rn = rill_net(e->net);

	atomic_dec(&req->queue->requests);
	rill_queue_put(req->queue);
	call_rcu(&e->rcu, rill_req_free);
	atomic_dec(&rn->req_count);
}

/**
 * rill_req_new() - make a request for a listener
 * @net: the namespace
 * @q: the listener's queue, under RCU
 * @expired: the timer's callback
 *
 * Return: a request with one reference, the rest of it zero, or NULL.
 */
struct rill_req *rill_req_new(struct net *net, struct rill_queue *q,
			      void (*expired)(struct timer_list *t))
{
	struct rill_req *req;

	if (!refcount_inc_not_zero(&q->refs))
		return NULL;
	req = kmem_cache_zalloc(rill_req_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!req) {
		rill_queue_put(q);
		return NULL;
	}
	req->e.node.kind = RILL_KIND_REQ;
	req->e.net = net;
	req->e.release = rill_req_release;
	refcount_set(&req->e.refs, 1);
	timer_setup(&req->e.timer, expired, 0);
	req->queue = q;
	atomic_inc(&q->requests);
	atomic_inc(&rill_net(net)->req_count);
	return req;
}
