/* SPDX-License-Identifier: GPL-2.0 */
/* At most so many answers in a period, for each connection by itself (RFC 5961 section 7). */
#ifndef _RILL_CORE_THROTTLE_H
#define _RILL_CORE_THROTTLE_H

#include <linux/types.h>

/**
 * struct rill_throttle - what was answered lately; all zero before the first
 * @since: when the period began
 * @sent: answers given in it
 */
struct rill_throttle {
	u16	since;
	u8	sent;
};

bool rill_throttle_pass(struct rill_throttle *t, u16 now, u16 period, u8 limit);

#endif /* _RILL_CORE_THROTTLE_H */
