/* SPDX-License-Identifier: GPL-2.0 */
/* What may be sent while losses are repaired: Proportional Rate Reduction (RFC 9937). */
#ifndef _RILL_CORE_PRR_H
#define _RILL_CORE_PRR_H

#include <linux/types.h>

/**
 * struct rill_prr - one fast recovery; octets
 * @target: ssthresh, what is to be in flight at its end
 * @flight: RecoverFS, what was in flight at its beginning
 * @delivered: what has arrived since
 * @out: what was sent since
 */
struct rill_prr {
	u32	target;
	u32	flight;
	u32	delivered;
	u32	out;
};

void rill_prr_begin(struct rill_prr *p, u32 target, u32 flight);
u32 rill_prr_acked(struct rill_prr *p, u32 delivered, u32 pipe, u32 mss, bool safe);

static inline void rill_prr_sent(struct rill_prr *p, u32 octets)
{
	p->out += octets;
}

#endif /* _RILL_CORE_PRR_H */
