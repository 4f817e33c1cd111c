// SPDX-License-Identifier: GPL-2.0
/*
 * The connection table: one rhashtable a namespace. Looked up under RCU; whoever finds an entry
 * takes a reference of its kind and may find it gone. Changes are serialised by the table's own
 * bucket locks. Called by the engine and the other leaves; needs no lock of the caller's.
 */
#include <linux/rhashtable.h>

#include "table.h"

static const struct rhashtable_params rill_table_params = {
	.key_len		= sizeof(struct rill_tuple),
	.key_offset		= offsetof(struct rill_node, tuple),
	.head_offset		= offsetof(struct rill_node, hash),
	.automatic_shrinking	= true,
};

/**
 * rill_table_net_init() - make the table of a namespace
 * @rn: the namespace's part of rill
 *
 * Return: 0 or -ENOMEM.
 */
int rill_table_net_init(struct rill_net *rn)
{
	return rhashtable_init(&rn->table, &rill_table_params);
}

/**
 * rill_table_net_exit() - free the table of a namespace
 * @rn: the namespace's part of rill; the table must be empty
 */
void rill_table_net_exit(struct rill_net *rn)
{
	WARN_ON_ONCE(atomic_read(&rn->table.nelems));
	rhashtable_destroy(&rn->table);
}

/**
 * rill_table_find() - look a four-tuple up
 * @rn: the namespace's part of rill
 * @tuple: addresses and ports as the local end sees them
 *
 * Context: under rcu_read_lock(); the entry is valid until rcu_read_unlock() and may be on its
 * way out.
 * Return: the entry or NULL.
 */
struct rill_node *rill_table_find(struct rill_net *rn, const struct rill_tuple *tuple)
{
	return rhashtable_lookup(&rn->table, tuple, rill_table_params);
}

/**
 * rill_table_insert() - link an entry, unless its tuple is there already
 * @rn: the namespace's part of rill
 * @node: the entry, complete: others see it at once
 *
 * Return: 0, -EEXIST, or -ENOMEM, -E2BIG, -EBUSY when the table can't take it.
 */
int rill_table_insert(struct rill_net *rn, struct rill_node *node)
{
	return rhashtable_lookup_insert_fast(&rn->table, &node->hash, rill_table_params);
}

/**
 * rill_table_replace() - put one entry in the place of another with the same tuple
 * @rn: the namespace's part of rill
 * @old: the entry to unlink
 * @new: the entry to link
 *
 * There is no moment in which neither of them is found.
 * Return: 0, or -ENOENT when somebody else has unlinked @old.
 */
int rill_table_replace(struct rill_net *rn, struct rill_node *old, struct rill_node *new)
{
	return rhashtable_replace_fast(&rn->table, &old->hash, &new->hash, rill_table_params);
}

/**
 * rill_table_remove() - unlink an entry
 * @rn: the namespace's part of rill
 * @node: the entry
 *
 * Return: true for the one caller who unlinked it, who then owns the table's reference.
 */
bool rill_table_remove(struct rill_net *rn, struct rill_node *node)
{
	return !rhashtable_remove_fast(&rn->table, &node->hash, rill_table_params);
}

/**
 * rill_table_walk() - call a function for every entry
 * @rn: the namespace's part of rill
 * @visit: called under RCU; may unlink the entry
 *
 * An entry may be visited twice when the table is resized meanwhile.
 */
void rill_table_walk(struct rill_net *rn, void (*visit)(struct rill_node *node))
{
	struct rhashtable_iter iter;
	struct rill_node *node;

	rhashtable_walk_enter(&rn->table, &iter);
	rhashtable_walk_start(&iter);
	while ((node = rhashtable_walk_next(&iter))) {
		if (!IS_ERR(node))
			visit(node);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}
