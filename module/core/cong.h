/* SPDX-License-Identifier: GPL-2.0 */
/* Congestion control: events on a small struct, a window out of it (RFC 5681). Sizes in octets. */
#ifndef _RILL_CORE_CONG_H
#define _RILL_CORE_CONG_H

#include "cong_ops.h"

#define RILL_CONG_INIT_SEGS	10	/* RFC 6928 section 2 */
#define RILL_CONG_INIT_OCTETS	14600	/* RFC 6928 section 2 */

extern struct rill_cong_ops rill_cong_reno;
extern struct rill_cong_ops rill_cong_cubic;
extern struct rill_cong_ops rill_cong_dctcp;
extern struct rill_cong_ops rill_cong_bbr;

void rill_cong_init(struct rill_cong *c, const struct rill_cong_ops *ops, u32 mss);
void rill_cong_switch(struct rill_cong *c, const struct rill_cong_ops *ops);
u32 rill_cong_size(const struct rill_cong_ops *ops);
void rill_cong_lend(struct rill_cong *c, void *room);
void rill_cong_set_mss(struct rill_cong *c, u32 mss);
void rill_cong_acked(struct rill_cong *c, u32 octets, u32 flight, u32 rtt_us, u64 now_us);
void rill_cong_sample(struct rill_cong *c, const struct rill_rate_sample *s);
void rill_cong_reduce(struct rill_cong *c, u32 flight);
void rill_cong_event(struct rill_cong *c, enum rill_cong_event event, u32 flight);
void rill_cong_timeout(struct rill_cong *c, u32 flight, bool first);
void rill_cong_idle(struct rill_cong *c, u32 idle_rtos);

/* The window is left to the algorithm whatever happens. */
static inline bool rill_cong_owns(const struct rill_cong *c)
{
	return c->ops->flags & RILL_CONG_OWNS;
}

#endif /* _RILL_CORE_CONG_H */
