/* SPDX-License-Identifier: GPL-2.0 */
/* Arithmetic on sequence numbers, modulo 2^32 (RFC 9293 section 3.4). */
#ifndef _RILL_CORE_SEQ_H
#define _RILL_CORE_SEQ_H

#include <linux/types.h>

/* Each holds while the two numbers are less than 2^31 apart. */
static inline bool rill_seq_lt(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

static inline bool rill_seq_leq(u32 a, u32 b)
{
	return (s32)(a - b) <= 0;
}

static inline bool rill_seq_gt(u32 a, u32 b)
{
	return (s32)(a - b) > 0;
}

static inline bool rill_seq_geq(u32 a, u32 b)
{
	return (s32)(a - b) >= 0;
}

/* low <= seq < low + len, for any len up to 2^32 - 1 */
static inline bool rill_seq_within(u32 seq, u32 low, u32 len)
{
	return seq - low < len;
}

static inline u32 rill_seq_max(u32 a, u32 b)
{
	return rill_seq_lt(a, b) ? b : a;
}

static inline u32 rill_seq_min(u32 a, u32 b)
{
	return rill_seq_lt(a, b) ? a : b;
}

#endif /* _RILL_CORE_SEQ_H */
