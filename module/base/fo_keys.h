/* SPDX-License-Identifier: GPL-2.0 */
/* The secrets of Fast Open's cookies: a namespace's, and those that a listener has of its own. */
#ifndef _RILL_BASE_FO_KEYS_H
#define _RILL_BASE_FO_KEYS_H

#include <linux/rcupdate.h>

#include "../core/fastopen.h"

/* As text: four words of a key in hexadecimal, two keys with a comma between them. */
#define RILL_FO_KEYS_TEXT	(RILL_FO_KEYS * 36)

/**
 * struct rill_fo_keys - one or two keys; never changed, but replaced
 * @rcu: for freeing
 * @key: the one in use, and one whose cookies are still taken
 * @n: how many
 */
struct rill_fo_keys {
	struct rcu_head	rcu;
	siphash_key_t	key[RILL_FO_KEYS];
	u8		n;
};

int rill_fo_keys_set(struct rill_fo_keys __rcu **slot, const u8 *octets, unsigned int n);
unsigned int rill_fo_keys_get(struct rill_fo_keys __rcu **slot, u8 *octets);
int rill_fo_keys_random(struct rill_fo_keys __rcu **slot);
void rill_fo_keys_drop(struct rill_fo_keys __rcu **slot);
void rill_fo_keys_print(struct rill_fo_keys __rcu **slot, char *text);
int rill_fo_keys_scan(struct rill_fo_keys __rcu **slot, const char *text);

#endif /* _RILL_BASE_FO_KEYS_H */
