// SPDX-License-Identifier: GPL-2.0
/*
 * The life of a request or a TIME-WAIT entry: linked into the connection table, found there under
 * RCU, unlinked exactly once by whoever comes first (a segment, its timer, the end of the
 * namespace). Called in softirq context; no locks. Neither kind holds the module: the end of a
 * namespace drops and waits for what is left.
 */
#include <linux/delay.h>

#include "entry.h"
#include "table.h"

/**
 * rill_entry_hold() - take a reference to an entry found in the table
 * @e: the entry, under RCU
 *
 * Return: false when it is being freed.
 */
bool rill_entry_hold(struct rill_entry *e)
{
	return refcount_inc_not_zero(&e->refs);
}

/**
 * rill_entry_put() - give a reference back
 * @e: the entry; released with its last reference
 */
void rill_entry_put(struct rill_entry *e)
{
	if (refcount_dec_and_test(&e->refs))
		e->release(e);
}

/**
 * rill_entry_arm() - make the timer of a live entry fire later than it would
 * @e: the entry
 * @timeout: jiffies from now
 */
void rill_entry_arm(struct rill_entry *e, unsigned long timeout)
{
	mod_timer_pending(&e->timer, jiffies + timeout);
}

/**
 * rill_entry_rearm() - let the timer fire again; called by its callback only
 * @e: the entry; the callback's reference goes back to the timer
 * @timeout: jiffies from now
 *
 * Return: false when the entry has been unlinked meanwhile: the reference is still the callback's.
 */
bool rill_entry_rearm(struct rill_entry *e, unsigned long timeout)
{
	mod_timer(&e->timer, jiffies + timeout);
	/* Pairs with rill_entry_unlinked(): one of the two sees what the other did. */
	smp_mb();
	return !(READ_ONCE(e->dead) && timer_delete(&e->timer));
}

static void rill_entry_unlinked(struct rill_entry *e)
{
	WRITE_ONCE(e->dead, true);
	/* Pairs with rill_entry_rearm(). */
	smp_mb();
	if (timer_delete(&e->timer))
		rill_entry_put(e);
	rill_entry_put(e);
}

static void rill_entry_start(struct rill_entry *e, unsigned long timeout)
{
	refcount_inc(&e->refs);		/* the timer's */
	mod_timer(&e->timer, jiffies + timeout);
}

/**
 * rill_entry_link() - make a complete entry visible and start its timer
 * @e: the entry; its one reference becomes the table's
 * @timeout: jiffies until its timer fires, more than one
 *
 * Return: 0, or a negative error when the tuple is taken or there is no room: the entry is the
 * caller's again.
 */
int rill_entry_link(struct rill_entry *e, unsigned long timeout)
{
	struct rill_net *rn = rill_net(e->net);
	int err;

	if (READ_ONCE(rn->dying))
		return -ENETDOWN;
	rill_entry_start(e, timeout);
	err = rill_table_insert(rn, &e->node);
	if (err && timer_delete_sync(&e->timer))
		rill_entry_put(e);
	return err;
}

/**
 * rill_entry_link_over() - make an entry visible in the place of another node with the same tuple
 * @e: the entry; its one reference becomes the table's
 * @old: the node that goes
 * @timeout: jiffies until its timer fires, more than one
 *
 * Return: false when @old was not there or the namespace is going: the entry is the caller's again.
 */
bool rill_entry_link_over(struct rill_entry *e, struct rill_node *old, unsigned long timeout)
{
	struct rill_net *rn = rill_net(e->net);

	if (READ_ONCE(rn->dying))
		return false;
	rill_entry_start(e, timeout);
	if (!rill_table_replace(rn, old, &e->node))
		return true;
	if (timer_delete_sync(&e->timer))
		rill_entry_put(e);
	return false;
}

/**
 * rill_entry_give_way() - let another node take the entry's place
 * @e: the entry, the caller has a reference
 * @heir: a complete node with the same tuple
 *
 * Return: true when @heir stands in the table now.
 */
bool rill_entry_give_way(struct rill_entry *e, struct rill_node *heir)
{
	if (rill_table_replace(rill_net(e->net), &e->node, heir))
		return false;
	rill_entry_unlinked(e);
	return true;
}

/**
 * rill_entry_drop() - unlink an entry
 * @e: the entry, the caller has a reference
 *
 * Return: false when somebody else was first.
 */
bool rill_entry_drop(struct rill_entry *e)
{
	if (!rill_table_remove(rill_net(e->net), &e->node))
		return false;
	rill_entry_unlinked(e);
	return true;
}

static void rill_entry_visit(struct rill_node *node)
{
	struct rill_entry *e = rill_entry_of(node);

	if (node->kind == RILL_KIND_SOCK || !rill_entry_hold(e))
		return;
	rill_entry_drop(e);
	rill_entry_put(e);
}

/**
 * rill_entry_drop_all() - the end of a namespace
 * @rn: its part of rill; no segment comes in any more and no socket is left
 *
 * Timer callbacks may still be running on other CPUs: they find the entry dead and give the last
 * reference back, for which this waits.
 */
void rill_entry_drop_all(struct rill_net *rn)
{
	WRITE_ONCE(rn->dying, true);
	rill_table_walk(rn, rill_entry_visit);
	while (atomic_read(&rn->req_count) || atomic_read(&rn->tw_count)) {
		usleep_range(1000, 2000);
		rill_table_walk(rn, rill_entry_visit);
	}
}
