/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What full sockets, requests and TIME-WAIT entries have in common: their place in the connection
 * table.
 */
#ifndef _RILL_BASE_NODE_H
#define _RILL_BASE_NODE_H

#include <linux/rhashtable-types.h>

#include "../core/isn.h"
#include "../core/throttle.h"

enum rill_kind {
	RILL_KIND_SOCK,		/* struct rill_sock */
	RILL_KIND_REQ,		/* struct rill_req */
	RILL_KIND_TW,		/* struct rill_tw */
};

/**
 * struct rill_node - an entry of the connection table
 * @hash: link in the table
 * @tuple: the key; constant while linked
 * @kind: what the node is embedded in
 * @challenge: answers to what is not acceptable; jiffies
 */
struct rill_node {
	struct rhash_head	hash;
	struct rill_tuple	tuple;
	u8			kind;
	struct rill_throttle	challenge;
};

#endif /* _RILL_BASE_NODE_H */
