// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT entries: making, expiry and freeing. Their life in between is an entry's, see entry.c;
 * segments for them are answered in engine/in_timewait.c. Softirq or process context, no locks.
 */
#include <linux/slab.h>

#include "../compat.h"
#include "bind.h"
#include "tw.h"

static struct kmem_cache *rill_tw_cache;

/**
 * rill_tw_init() - at module load
 *
 * Return: 0 or -ENOMEM.
 */
int rill_tw_init(void)
{
	rill_tw_cache = KMEM_CACHE(rill_tw, 0);
	return rill_tw_cache ? 0 : -ENOMEM;
}

/** rill_tw_exit() - at module unload, after rcu_barrier() */
void rill_tw_exit(void)
{
	kmem_cache_destroy(rill_tw_cache);
}

static void rill_tw_free(struct rcu_head *rcu)
{
	kmem_cache_free(rill_tw_cache, container_of(rcu, struct rill_tw, e.rcu));
}

static void rill_tw_release(struct rill_entry *e)
{
	struct rill_tw *tw = container_of(e, struct rill_tw, e);
	struct rill_net *rn = rill_net(e->net);

	rill_bind_put_tw(rn, tw);
	call_rcu(&e->rcu, rill_tw_free);
	atomic_dec(&rn->tw_count);
}

/* RILL_EV_2MSL in TIME-WAIT: nothing but the entry goes. */
static void rill_tw_expired(struct timer_list *t)
{
	struct rill_entry *e = timer_container_of(e, t, timer);

	rill_entry_drop(e);
	rill_entry_put(e);
}

/**
 * rill_tw_new() - make a TIME-WAIT entry
 * @net: the namespace
 *
 * Return: an entry with one reference, the rest of it zero; or NULL: memory or the limit
 * max_tw_buckets.
 */
struct rill_tw *rill_tw_new(struct net *net)
{
	struct rill_net *rn = rill_net(net);
	struct rill_tw *tw;

	if (atomic_inc_return(&rn->tw_count) > READ_ONCE(rn->set.max_tw_buckets))
		goto fail;
	tw = kmem_cache_zalloc(rill_tw_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!tw)
		goto fail;
	tw->e.node.kind = RILL_KIND_TW;
	tw->e.net = net;
	tw->e.release = rill_tw_release;
	refcount_set(&tw->e.refs, 1);
	timer_setup(&tw->e.timer, rill_tw_expired, 0);
	return tw;
fail:
	atomic_dec(&rn->tw_count);
	RILL_INC(net, TimeWaitOverflow);
	return NULL;
}

/**
 * rill_tw_time() - how long TIME-WAIT lasts
 * @net: the namespace
 *
 * Return: 2 MSL in jiffies (RFC 9293 section 3.4.2, MUST-13).
 */
unsigned long rill_tw_time(const struct net *net)
{
	return msecs_to_jiffies(READ_ONCE(rill_net(net)->set.timewait_ms));
}
