/* SPDX-License-Identifier: GPL-2.0 */
/* Congestion control: events on a small struct, a window out of it (RFC 5681). Sizes in octets. */
#ifndef _RILL_CORE_CONG_H
#define _RILL_CORE_CONG_H

#include <linux/list.h>
#include <linux/types.h>

#define RILL_CONG_INIT_SEGS	10	/* RFC 6928 section 2 */
#define RILL_CONG_INIT_OCTETS	14600	/* RFC 6928 section 2 */
#define RILL_CONG_CWND_MAX	0x40000000u	/* as wide as a window can be scaled */
#define RILL_CONG_NAME_MAX	16	/* octets of a name, its end counted */
#define RILL_CONG_PRIV		12	/* 32-bit words for an algorithm's own use */

struct module;
struct rill_cong;

/**
 * struct rill_cong_ops - an algorithm
 * @name: what TCP_CONGESTION calls it
 * @owner: THIS_MODULE of a module that registers it; NULL: rill's own
 * @link: base/algos.c's
 * @init: a connection starts, or chooses this one: set @priv, which is zero; may be NULL
 * @acked: @octets were newly acknowledged, not in recovery, the window was in use
 * @reduce: loss detected with @flight outstanding: return the new ssthresh, two segments or more
 */
struct rill_cong_ops {
	const char *name;
	struct module *owner;
	struct list_head link;
	void (*init)(struct rill_cong *c);
	void (*acked)(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us);
	u32 (*reduce)(struct rill_cong *c, u32 flight);
};

/**
 * struct rill_cong - the congestion state of one connection
 * @cwnd: congestion window, 1..RILL_CONG_CWND_MAX
 * @ssthresh: slow start threshold; U32_MAX: no loss so far
 * @mss: SMSS, the most that a segment carries, 1..65535
 * @counted: octets acknowledged towards the next increase
 * @ops: the algorithm
 * @priv: the algorithm's own
 */
struct rill_cong {
	u32	cwnd;
	u32	ssthresh;
	u32	mss;
	u32	counted;
	const struct rill_cong_ops *ops;
	u32	priv[RILL_CONG_PRIV];
};

extern struct rill_cong_ops rill_cong_reno;
extern struct rill_cong_ops rill_cong_cubic;

int rill_cong_register(struct rill_cong_ops *ops);
void rill_cong_unregister(struct rill_cong_ops *ops);

void rill_cong_init(struct rill_cong *c, const struct rill_cong_ops *ops, u32 mss);
void rill_cong_switch(struct rill_cong *c, const struct rill_cong_ops *ops);
void rill_cong_set_mss(struct rill_cong *c, u32 mss);
u32 rill_cong_slow_start(struct rill_cong *c, u32 octets, u32 segs);
void rill_cong_acked(struct rill_cong *c, u32 octets, u32 flight, u32 rtt_us, u64 now_us);
void rill_cong_timeout(struct rill_cong *c, u32 flight, bool first);
void rill_cong_idle(struct rill_cong *c, u32 idle_rtos);

#endif /* _RILL_CORE_CONG_H */
