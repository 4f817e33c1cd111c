/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connection table of a namespace: full sockets, requests and TIME-WAIT entries by their
 * four-tuple.
 */
#ifndef _RILL_BASE_TABLE_H
#define _RILL_BASE_TABLE_H

#include "net.h"
#include "node.h"

int rill_table_net_init(struct rill_net *rn);
void rill_table_net_exit(struct rill_net *rn);
struct rill_node *rill_table_find(struct rill_net *rn, const struct rill_tuple *tuple);
int rill_table_insert(struct rill_net *rn, struct rill_node *node);
int rill_table_replace(struct rill_net *rn, struct rill_node *old, struct rill_node *new);
bool rill_table_remove(struct rill_net *rn, struct rill_node *node);
void rill_table_walk(struct rill_net *rn, void (*visit)(struct rill_node *node));

#endif /* _RILL_BASE_TABLE_H */
