// SPDX-License-Identifier: GPL-2.0
/*
 * DCTCP: Reno, but a mark takes off as much of the window as the share of octets that were marked
 * lately asks for. For networks whose queues mark early, and where all senders do so.
 * Called by core/cong.c, core/recovery.c and core/ecn.c through rill_cong_dctcp; that a peer tells
 * of each mark is core/ecn.c's on its side, or core/accecn.c's.
 * RFC 8257.
 */
#include "cong_reno.h"

#include <linux/math64.h>
#include <linux/minmax.h>

#include "cong.h"

#define RILL_DCTCP_ONE		0x100000u	/* all, of which alpha is a share */
#define RILL_DCTCP_GAIN		4		/* g is 2^-4 (RFC 8257 section 4.2) */

/**
 * struct rill_dctcp - what DCTCP keeps of a connection, in struct rill_cong's priv
 * @alpha: DCTCP.Alpha, of RILL_DCTCP_ONE
 * @acked: DCTCP.BytesAcked, in this window
 * @marked: DCTCP.BytesMarked
 * @left: octets to be acknowledged until the window ends
 */
struct rill_dctcp {
	u32	alpha;
	u32	acked;
	u32	marked;
	u32	left;
};

static_assert(sizeof(struct rill_dctcp) <= sizeof_field(struct rill_cong, priv));

static struct rill_dctcp *rill_dctcp(struct rill_cong *c)
{
	return (struct rill_dctcp *)c->priv;
}

/* Section 4.2: who knows nothing of the path assumes the worst. */
static void rill_dctcp_init(struct rill_cong *c)
{
	*rill_dctcp(c) = (struct rill_dctcp){ .alpha = RILL_DCTCP_ONE, .left = c->cwnd };
}

/* Section 3.3: alpha follows the share of marked octets, once for each window of data. */
static void rill_dctcp_sample(struct rill_cong *c, const struct rill_rate_sample *s)
{
	struct rill_dctcp *d = rill_dctcp(c);
	u32 share;

	d->acked += s->acked;
	d->marked += s->marked;
	d->left -= min(s->acked, d->left);
	if (d->left || !d->acked)
		return;
	/* Marks are also counted on what has come twice. */
	share = div_u64((u64)min(d->marked, d->acked) * RILL_DCTCP_ONE, d->acked);
	d->alpha += (share >> RILL_DCTCP_GAIN) - (d->alpha >> RILL_DCTCP_GAIN);
	d->acked = 0;
	d->marked = 0;
	d->left = s->flight;
}

/* Section 3.3: cwnd = cwnd * (1 - DCTCP.Alpha / 2) */
static u32 rill_dctcp_ease(struct rill_cong *c, u32 flight)
{
	u32 less = div_u64((u64)c->cwnd * rill_dctcp(c)->alpha, 2 * RILL_DCTCP_ONE);

	return max(c->cwnd - max(less, 1u), 2 * c->mss);
}

struct rill_cong_ops rill_cong_dctcp = {
	.name	= "dctcp",
	.flags	= RILL_CONG_EXACT,
	.init	= rill_dctcp_init,
	.acked	= rill_reno_acked,
	.reduce	= rill_reno_reduce,	/* section 3.4 */
	.ease	= rill_dctcp_ease,
	.sample	= rill_dctcp_sample,
};
