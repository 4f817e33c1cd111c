// SPDX-License-Identifier: GPL-2.0
/*
 * The cookies that a server gives its clients (RFC 7413 section 4.1.2): computed from both
 * addresses and a secret, so that nothing is kept of them. A SYN that brings one back comes from
 * who receives at the address it names. Called by base/fo_keys.c, whose keys they are.
 */
#include "fastopen.h"

#include <linux/build_bug.h>
#include <linux/string.h>

/* Ports are not in it: the next connection has others. */
struct rill_fastopen_input {
	struct in6_addr laddr;
	struct in6_addr faddr;
} __aligned(SIPHASH_ALIGNMENT);

static_assert(sizeof(struct rill_fastopen_input) == 32);

static u64 rill_fastopen_get64(const u8 *p)
{
	u64 v = 0;
	int i;

	for (i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

/**
 * rill_fastopen_key() - a key as users write it
 * @octets: RILL_FO_KEY_OCTETS of them
 * @key: the key
 */
void rill_fastopen_key(const u8 *octets, siphash_key_t *key)
{
	key->key[0] = rill_fastopen_get64(octets);
	key->key[1] = rill_fastopen_get64(octets + 8);
}

/**
 * rill_fastopen_hash() - a number that stands for two addresses
 * @key: a secret
 * @t: the connection's four-tuple; only its addresses count
 *
 * Return: any 64-bit number.
 */
u64 rill_fastopen_hash(const siphash_key_t *key, const struct rill_tuple *t)
{
	struct rill_fastopen_input in = { .laddr = t->laddr, .faddr = t->faddr };

	return siphash(&in, sizeof(in), key);
}

/**
 * rill_fastopen_make() - the cookie for a client
 * @key: the secret
 * @t: the connection's four-tuple
 * @c: the cookie; what it stands in is left as it is
 */
void rill_fastopen_make(const siphash_key_t *key, const struct rill_tuple *t,
			struct rill_fo_cookie *c)
{
	u64 v = rill_fastopen_hash(key, t);
	int i;

	memset(c->val, 0, sizeof(c->val));
	c->len = RILL_FO_COOKIE_LEN;
	for (i = 0; i < RILL_FO_COOKIE_LEN; i++, v >>= 8)
		c->val[i] = v;
}

/**
 * rill_fastopen_check() - is this a cookie of ours?
 * @keys: the secrets, the one in use first
 * @n: how many
 * @t: the connection's four-tuple
 * @c: what the client has sent
 *
 * Return: of which key it is, from 1 on; 0: of none.
 */
unsigned int rill_fastopen_check(const siphash_key_t *keys, unsigned int n,
				 const struct rill_tuple *t, const struct rill_fo_cookie *c)
{
	unsigned int i;

	if (c->len != RILL_FO_COOKIE_LEN)
		return 0;
	for (i = 0; i < n; i++)
		if (rill_fastopen_hash(&keys[i], t) == rill_fastopen_get64(c->val))
			return i + 1;
	return 0;
}
