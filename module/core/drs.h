/* SPDX-License-Identifier: GPL-2.0 */
/* Dynamic right-sizing: how large a receive window the path and the reader have use for. */
#ifndef _RILL_CORE_DRS_H
#define _RILL_CORE_DRS_H

#include <linux/types.h>

/**
 * struct rill_drs - how fast the reader of a connection takes what arrives
 * @since_us: when this round trip began, microseconds
 * @rtt_us: the round-trip time as the receiver sees it; 0: not known
 * @echo: the timestamp that was echoed last
 * @seq: the reader's next octet when this round trip began
 * @most: octets read in a round trip, at most so far
 */
struct rill_drs {
	u64	since_us;
	u32	rtt_us;
	u32	echo;
	u32	seq;
	u32	most;
};

void rill_drs_init(struct rill_drs *d, u32 seq, u32 rtt_us);
void rill_drs_echo(struct rill_drs *d, u32 echo, u32 now_ms);
u32 rill_drs_round(struct rill_drs *d, u32 copied, u64 now_us);

/**
 * rill_drs_faster() - may the reader have taken more than in any round trip before?
 * @d: its state
 * @copied: the reader's next octet
 *
 * Return: true: rill_drs_round() is to look at the clock.
 */
static inline bool rill_drs_faster(const struct rill_drs *d, u32 copied)
{
	return copied - d->seq > d->most;
}

#endif /* _RILL_CORE_DRS_H */
