/* SPDX-License-Identifier: GPL-2.0 */
/* What other algorithms have of Reno: how a window grows, and what a loss takes (RFC 5681). */
#ifndef _RILL_CORE_CONG_RENO_H
#define _RILL_CORE_CONG_RENO_H

#include "cong_ops.h"

void rill_reno_acked(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us);
u32 rill_reno_reduce(struct rill_cong *c, u32 flight);

#endif /* _RILL_CORE_CONG_RENO_H */
