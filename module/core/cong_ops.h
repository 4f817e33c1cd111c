/* SPDX-License-Identifier: GPL-2.0 */
/* What a congestion control algorithm is to offer, and what it works on. Sizes in octets. */
#ifndef _RILL_CORE_CONG_OPS_H
#define _RILL_CORE_CONG_OPS_H

#include <linux/list.h>
#include <linux/types.h>

#include "rate.h"

#define RILL_CONG_CWND_MAX	0x40000000u	/* as wide as a window can be scaled */
#define RILL_CONG_NAME_MAX	16	/* octets of a name, its end counted */
#define RILL_CONG_PRIV		12	/* 32-bit words for an algorithm's own use */

struct module;
struct rill_cong;

enum rill_cong_flag {
	RILL_CONG_RATE	= 1,	/* @sample wants to know delivery rates */
	RILL_CONG_OWNS	= 2,	/* cwnd is its own in recovery, too: no PRR, no @reduce */
	RILL_CONG_PACES	= 4,	/* it sets @pacing_rate */
	RILL_CONG_EXACT	= 8,	/* each ACK is to tell of the marks it stands for (RFC 8257) */
};

/* What an algorithm is told of. */
enum rill_cong_event {
	RILL_CONG_LOSS,		/* fast recovery begins */
	RILL_CONG_TIMEOUT,	/* the retransmission timer expired: all in flight may be lost */
	RILL_CONG_REPAIRED,	/* recovery from either is over */
	RILL_CONG_UNDO,		/* nothing was lost: recovery was needless */
	RILL_CONG_IDLE,		/* about to send after a pause of an RTO or more */
};

/**
 * struct rill_cong_ops - an algorithm
 * @name: what TCP_CONGESTION calls it
 * @owner: THIS_MODULE of a module that registers it; NULL: rill's own
 * @link: base/algos.c's
 * @flags: enum rill_cong_flag
 * @state: octets that rill_cong_state() gives it, if @priv does not suffice
 * @init: a connection starts, or chooses this one: set @priv and its state, which are zero; may
 *	be NULL
 * @acked: @octets were newly acknowledged, not in recovery, the window was in use; may be NULL
 *	where there is @sample
 * @reduce: loss detected with @flight outstanding: return the new ssthresh, two segments or more;
 *	NULL with RILL_CONG_OWNS
 * @ease: the same, for a mark; NULL: as @reduce
 * @sample: an ACK came, after @acked or @reduce; may be NULL
 * @event: something else happened: RILL_CONG_UNDO, with RILL_CONG_OWNS all; may be NULL without
 */
struct rill_cong_ops {
	const char *name;
	struct module *owner;
	struct list_head link;
	u16 flags;
	u16 state;
	void (*init)(struct rill_cong *c);
	void (*acked)(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us);
	u32 (*reduce)(struct rill_cong *c, u32 flight);
	u32 (*ease)(struct rill_cong *c, u32 flight);
	void (*sample)(struct rill_cong *c, const struct rill_rate_sample *s);
	void (*event)(struct rill_cong *c, enum rill_cong_event event, u32 flight);
};

/**
 * struct rill_cong - the congestion state of one connection
 * @cwnd: congestion window, 1..RILL_CONG_CWND_MAX
 * @ssthresh: slow start threshold; U32_MAX: no loss so far
 * @mss: SMSS, the most that a segment carries, 1..65535
 * @counted: octets acknowledged towards the next increase
 * @used_us: when half of the window was last in use; 0: not known
 * @pacing_rate: octets a second, from an algorithm with RILL_CONG_PACES; 0: none
 * @ops: the algorithm
 * @rate: what rill_cong_lend() was given: delivery rates, the algorithm's state behind; or NULL
 * @priv: the algorithm's own
 */
struct rill_cong {
	u32	cwnd;
	u32	ssthresh;
	u32	mss;
	u32	counted;
	u64	used_us;
	u64	pacing_rate;
	const struct rill_cong_ops *ops;
	struct rill_rate *rate;
	u32	priv[RILL_CONG_PRIV];
};

int rill_cong_register(struct rill_cong_ops *ops);
void rill_cong_unregister(struct rill_cong_ops *ops);
u32 rill_cong_slow_start(struct rill_cong *c, u32 octets, u32 segs);

/* What an algorithm has beyond @priv, as it asks for in @state. */
static inline void *rill_cong_state(struct rill_cong *c)
{
	return c->rate + 1;
}

#endif /* _RILL_CORE_CONG_OPS_H */
