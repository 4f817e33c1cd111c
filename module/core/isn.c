// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers nobody else can guess, computed from the four-tuple and a secret.
 * Whoever opens a connection, actively or passively, asks here for its first sequence number and
 * its timestamp offset; the port search asks where to begin. Clock and key are the callers'.
 * RFC 6528 section 3, RFC 7323 section 7.1, RFC 6056 section 3.3.3.
 */
#include "isn.h"

#include <linux/build_bug.h>
#include <linux/math64.h>

#define RILL_ISN_TICK_NS	4000	/* RFC 9293 section 3.4.1: about every 4 us */

/* The tuple is hashed as it lies in memory. */
static_assert(sizeof(struct rill_tuple) == 40);

/* What a hash is for: hashed along, so that no result tells anything about another. */
enum rill_isn_domain {
	RILL_DOMAIN_ISN = 1,
	RILL_DOMAIN_TS,
	RILL_DOMAIN_PORT,
	RILL_DOMAIN_FLOW,
};

struct rill_isn_input {
	struct rill_tuple t;
	u32 domain;
	u32 zero;	/* no octet is left to chance */
} __aligned(SIPHASH_ALIGNMENT);

static_assert(sizeof(struct rill_isn_input) == 48);

static u32 rill_isn_hash(const siphash_key_t *key, const struct rill_tuple *t,
			 enum rill_isn_domain domain)
{
	struct rill_isn_input in = { .t = *t, .domain = domain };

	return siphash(&in, sizeof(in), key);
}

/**
 * rill_isn() - an initial sequence number
 * @key: the secret, the same for as long as old segments may be under way
 * @t: the connection's four-tuple
 * @now_ns: a clock that never goes back, in nanoseconds
 *
 * RFC 6528 section 3: ISN = M + F(four-tuple, secret key), M going up by one every 4 us, so that
 * the next connection of the same four-tuple starts ahead of the last.
 *
 * Return: the ISN, any 32-bit number.
 */
u32 rill_isn(const siphash_key_t *key, const struct rill_tuple *t, u64 now_ns)
{
	return rill_isn_hash(key, t, RILL_DOMAIN_ISN) + (u32)div_u64(now_ns, RILL_ISN_TICK_NS);
}

/**
 * rill_isn_ts_offset() - what to add to the timestamp clock for one connection
 * @key: the secret
 * @t: the connection's four-tuple
 *
 * The same four-tuple gets the same offset again, so that a later connection's timestamps do not
 * fall behind an earlier one's (RFC 7323 sections 5.8 and 7.1).
 *
 * Return: the offset, any 32-bit number.
 */
u32 rill_isn_ts_offset(const siphash_key_t *key, const struct rill_tuple *t)
{
	return rill_isn_hash(key, t, RILL_DOMAIN_TS);
}

/**
 * rill_isn_port_offset() - where the search for a free local port begins
 * @key: the secret
 * @t: the four-tuple; its local port is what is looked for, and is not looked at
 *
 * RFC 6056 section 3.3.3, algorithm 3.
 *
 * Return: any 32-bit number; the caller takes it modulo the size of its port range.
 */
u32 rill_isn_port_offset(const siphash_key_t *key, const struct rill_tuple *t)
{
	struct rill_tuple any = *t;

	any.lport = 0;
	return rill_isn_hash(key, &any, RILL_DOMAIN_PORT);
}

/**
 * rill_isn_flow() - a number for the network to tell flows by
 * @key: the secret
 * @t: the connection's four-tuple
 *
 * RFC 6437 section 3: a flow label is the same in all segments of a connection, whoever sends them:
 * a request, a socket, or a TIME-WAIT entry.
 *
 * Return: any 32-bit number but 0.
 */
u32 rill_isn_flow(const siphash_key_t *key, const struct rill_tuple *t)
{
	return rill_isn_hash(key, t, RILL_DOMAIN_FLOW) ?: 1;
}
