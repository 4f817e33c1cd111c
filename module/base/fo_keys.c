// SPDX-License-Identifier: GPL-2.0
/*
 * The secrets of Fast Open's cookies (RFC 7413 section 4.1.2): set by socket option and by sysctl,
 * read by who gets a SYN, under RCU. With two keys the second's cookies are still taken, so that
 * the servers of one address can change theirs one after the other.
 */
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../compat.h"
#include "fo_keys.h"

#define RILL_FO_KEY_WORDS	(RILL_FO_KEY_OCTETS / 4)

/**
 * rill_fo_keys_set() - replace the keys
 * @slot: where they stand
 * @octets: the new ones, one behind the other
 * @n: how many keys
 *
 * Context: process context.
 * Return: 0 or -ENOMEM.
 */
int rill_fo_keys_set(struct rill_fo_keys __rcu **slot, const u8 *octets, unsigned int n)
{
	struct rill_fo_keys *keys = kzalloc(sizeof(*keys), GFP_KERNEL), *old;
	unsigned int i;

	if (!keys)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		rill_fastopen_key(octets + i * RILL_FO_KEY_OCTETS, &keys->key[i]);
	keys->n = n;
	old = unrcu_pointer(xchg(slot, RCU_INITIALIZER(keys)));
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/**
 * rill_fo_keys_get() - the keys as they were set
 * @slot: where they stand
 * @octets: room for RILL_FO_KEYS of them
 *
 * Return: how many there are.
 */
unsigned int rill_fo_keys_get(struct rill_fo_keys __rcu **slot, u8 *octets)
{
	const struct rill_fo_keys *keys;
	unsigned int i, n = 0;

	rcu_read_lock();
	keys = rcu_dereference(*slot);
	if (keys)
		n = keys->n;
	for (i = 0; i < 2 * n; i++) {
		u64 half = keys->key[i / 2].key[i % 2];

		put_unaligned_le64(half, octets + 8 * i);
	}
	rcu_read_unlock();
	return n;
}

/**
 * rill_fo_keys_random() - a key that nobody knows
 * @slot: where it goes
 *
 * Return: 0 or -ENOMEM.
 */
int rill_fo_keys_random(struct rill_fo_keys __rcu **slot)
{
	u8 octets[RILL_FO_KEY_OCTETS];

	get_random_bytes(octets, sizeof(octets));
	return rill_fo_keys_set(slot, octets, 1);
}

/**
 * rill_fo_keys_drop() - the end of who has them
 * @slot: where they stand; nobody reads them any more
 */
void rill_fo_keys_drop(struct rill_fo_keys __rcu **slot)
{
	kfree(rcu_dereference_protected(*slot, true));
	RCU_INIT_POINTER(*slot, NULL);
}

/**
 * rill_fo_keys_print() - the keys as text
 * @slot: where they stand
 * @text: room for RILL_FO_KEYS_TEXT octets
 */
void rill_fo_keys_print(struct rill_fo_keys __rcu **slot, char *text)
{
	u8 octets[RILL_FO_KEYS * RILL_FO_KEY_OCTETS];
	unsigned int i, n = rill_fo_keys_get(slot, octets) * RILL_FO_KEY_WORDS;
	int at = 0;

	text[0] = 0;
	for (i = 0; i < n; i++) {
		const u8 *p = octets + 4 * i;
		char *sep = i % RILL_FO_KEY_WORDS ? "-" : i ? "," : "";

		at += scnprintf(text + at, RILL_FO_KEYS_TEXT - at, "%s%02x%02x%02x%02x", sep,
				p[3], p[2], p[1], p[0]);
	}
}

/* One key at the beginning of @text. Return: octets that it takes, 0: it is none. */
static int rill_fo_keys_scan_one(const char *text, u8 *octets)
{
	u32 word[RILL_FO_KEY_WORDS];
	int i, len = 0;

	if (sscanf(text, "%8x-%8x-%8x-%8x%n", &word[0], &word[1], &word[2], &word[3], &len) < 4)
		return 0;
	for (i = 0; i < RILL_FO_KEY_WORDS; i++)
		put_unaligned_le32(word[i], octets + 4 * i);
	return len;
}

/**
 * rill_fo_keys_scan() - replace the keys by those of a text
 * @slot: where they stand
 * @text: one key, or two
 *
 * Return: 0, -EINVAL for another text, or -ENOMEM.
 */
int rill_fo_keys_scan(struct rill_fo_keys __rcu **slot, const char *text)
{
	u8 octets[RILL_FO_KEYS * RILL_FO_KEY_OCTETS];
	unsigned int n = 0;
	int len;

	do {
		len = rill_fo_keys_scan_one(text, octets + n * RILL_FO_KEY_OCTETS);
		text += len;
		if (!len || (*text && *text != ','))
			return -EINVAL;
		n++;
	} while (*text++ && n < RILL_FO_KEYS);
	if (text[-1])
		return -EINVAL;
	return rill_fo_keys_set(slot, octets, n);
}
