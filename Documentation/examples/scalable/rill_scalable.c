// SPDX-License-Identifier: GPL-2.0
/*
 * An example of congestion control as a module: Scalable TCP (Kelly, 2003). Each acknowledged octet
 * widens the window by a hundredth of an octet, each loss takes an eighth off.
 */
#include <linux/minmax.h>
#include <linux/module.h>

#include "core/cong_ops.h"

#define SCALABLE_GROWTH	100
#define SCALABLE_LOSS	8

static void scalable_acked(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us)
{
	if (c->cwnd < c->ssthresh) {
		c->cwnd += min(octets, c->ssthresh - c->cwnd);
		return;
	}
	c->counted += octets;
	c->cwnd += c->counted / SCALABLE_GROWTH;
	c->counted %= SCALABLE_GROWTH;
}

static u32 scalable_reduce(struct rill_cong *c, u32 flight)
{
	return max(flight - flight / SCALABLE_LOSS, 2 * c->mss);
}

static struct rill_cong_ops scalable = {
	.name	= "scalable",
	.owner	= THIS_MODULE,
	.acked	= scalable_acked,
	.reduce	= scalable_reduce,
};

static int __init scalable_init(void)
{
	return rill_cong_register(&scalable);
}

static void __exit scalable_exit(void)
{
	rill_cong_unregister(&scalable);
}

module_init(scalable_init);
module_exit(scalable_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Scalable TCP's congestion control for rill");
