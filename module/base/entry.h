/* SPDX-License-Identifier: GPL-2.0 */
/* What requests and TIME-WAIT entries share: small, counted, timed, and no sockets. */
#ifndef _RILL_BASE_ENTRY_H
#define _RILL_BASE_ENTRY_H

#include <linux/refcount.h>
#include <linux/timer.h>

#include "net.h"
#include "node.h"

/**
 * struct rill_entry - an object in the connection table with a timer and a life of its own
 * @node: place in the connection table
 * @refs: the table's, the pending timer's, and of who looks at it
 * @cep: of TIME-WAIT after AccECN: marks, as far as ACKs tell of them (RFC 9768); else 0
 * @dead: unlinked; the timer is not to be armed any more
 * @timer: the callback gets the timer's reference
 * @net: the namespace; its entries are gone before it goes
 * @release: gives back what the object holds, with its last reference
 * @free: frees it, after a grace period
 * @rcu: for freeing
 */
struct rill_entry {
	struct rill_node	node;
	refcount_t		refs;
	u8			cep;
	bool			dead;
	struct timer_list	timer;
	struct net		*net;
	void			(*release)(struct rill_entry *e);
	struct rcu_head		rcu;
};

static inline struct rill_entry *rill_entry_of(struct rill_node *node)
{
	return container_of(node, struct rill_entry, node);
}

bool rill_entry_hold(struct rill_entry *e);
void rill_entry_put(struct rill_entry *e);
int rill_entry_link(struct rill_entry *e, unsigned long timeout);
bool rill_entry_link_over(struct rill_entry *e, struct rill_node *old, unsigned long timeout);
void rill_entry_arm(struct rill_entry *e, unsigned long timeout);
bool rill_entry_rearm(struct rill_entry *e, unsigned long timeout);
bool rill_entry_give_way(struct rill_entry *e, struct rill_node *heir);
bool rill_entry_drop(struct rill_entry *e);
void rill_entry_drop_all(struct rill_net *rn);

#endif /* _RILL_BASE_ENTRY_H */
