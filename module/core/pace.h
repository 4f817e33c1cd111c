/* SPDX-License-Identifier: GPL-2.0 */
/* When the next segment may leave, lest a window leave as one burst. Times in nanoseconds. */
#ifndef _RILL_CORE_PACE_H
#define _RILL_CORE_PACE_H

#include <linux/types.h>

#include "cong.h"

#define RILL_PACE_CREDIT	1000000u	/* so much sending may be caught up on */
#define RILL_PACE_BATCH		500000u		/* so much leaves at once, for one timer */
#define RILL_PACE_UNPACED	10		/* segments: an initial window (RFC 6928) */
#define RILL_PACE_BELOW_SEGS	2		/* so many may always wait for the device */
#define RILL_PACE_BELOW_MAX	0x100000u	/* and so many octets at most */

/**
 * struct rill_pace - a connection's turns
 * @due: when the next segment may leave
 * @rate: octets a second; 0: no limit
 * @segment: how long a full segment takes at that rate
 * @mss: octets of a full segment
 * @unpaced: so many segments more leave whenever they can
 */
struct rill_pace {
	u64	due;
	u64	rate;
	u64	segment;
	u32	mss;
	u8	unpaced;
};

u64 rill_pace_rate(const struct rill_cong *c, u32 srtt_us, u64 max);
void rill_pace_init(struct rill_pace *p, u32 sent);
void rill_pace_set(struct rill_pace *p, u64 rate, u32 mss, u64 now);
bool rill_pace_may(const struct rill_pace *p, u64 now);
void rill_pace_sent(struct rill_pace *p, u32 octets, u64 now);
u64 rill_pace_when(const struct rill_pace *p);
u32 rill_pace_below(u64 rate, u32 mss, u8 shift);

#endif /* _RILL_CORE_PACE_H */
