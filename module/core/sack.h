/* SPDX-License-Identifier: GPL-2.0 */
/* Which early data to tell the peer of (RFC 2018), and which came twice (RFC 2883). */
#ifndef _RILL_CORE_SACK_H
#define _RILL_CORE_SACK_H

#include "opt.h"

/**
 * struct rill_sack - blocks of early data, the one that changed last first
 * @block: none touches another
 * @n: how many there are
 * @again: since the last option @twice has come a second time
 * @twice: such data
 */
struct rill_sack {
	struct rill_sack_block	block[RILL_SACK_BLOCKS];
	u8			n;
	bool			again;
	struct rill_sack_block	twice;
};

void rill_sack_twice(struct rill_sack *s, u32 start, u32 end);
void rill_sack_take(struct rill_sack *s, u32 start, u32 end);
void rill_sack_fill(const struct rill_sack *s, u32 rcv_nxt, struct rill_opts *opts);

#endif /* _RILL_CORE_SACK_H */
