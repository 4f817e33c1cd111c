/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers nobody else can guess: initial sequence numbers (RFC 6528), timestamp offsets
 * (RFC 7323 section 7.1), ports (RFC 6056).
 */
#ifndef _RILL_CORE_ISN_H
#define _RILL_CORE_ISN_H

#include <linux/in6.h>
#include <linux/siphash.h>
#include <linux/types.h>

/**
 * struct rill_tuple - the four-tuple
 * @laddr: local address, IPv4 ones v4-mapped
 * @faddr: foreign address, likewise
 * @lport: local port, network order
 * @fport: foreign port, network order
 * @scope: index of the device where one of the addresses is link-local: others may have the same
 *	ones on another; else of the VRF, whose addresses are its own; else 0
 */
struct rill_tuple {
	struct in6_addr	laddr;
	struct in6_addr	faddr;
	__be16	lport;
	__be16	fport;
	u32	scope;
};

u32 rill_isn(const siphash_key_t *key, const struct rill_tuple *t, u64 now_ns);
u32 rill_isn_ts_offset(const siphash_key_t *key, const struct rill_tuple *t);
u32 rill_isn_port_offset(const siphash_key_t *key, const struct rill_tuple *t);
u32 rill_isn_flow(const siphash_key_t *key, const struct rill_tuple *t);

#endif /* _RILL_CORE_ISN_H */
