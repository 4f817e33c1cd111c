// SPDX-License-Identifier: GPL-2.0
/*
 * AccECN between two ends, and a network that marks data and loses and reorders ACKs: what the
 * sender counts against what the receiver did. core/accecn.c is linked in with accecn_test.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/accecn.h"
#include "../core/seq.h"

#define ACE_MSS		1000u
#define ACE_FLYING	8

/* An ACK on its way, and what the receiver's counters were when it left. */
struct ace_flying {
	struct rill_seg seg;
	struct rill_opts opts;
	struct rill_accecn_counters r;
};

/* Two ends, and the ACKs between them. */
struct ace_net {
	struct rill_accecn from, to;
	struct rill_ecn e;
	struct rnd_state rnd;
	u32 una, rcv_nxt, acked, n;
	u32 over;		/* ACKs after which the sender had counted too many */
	bool options;
	struct ace_flying fly[ACE_FLYING];
};

static void ace_net_open(struct ace_net *x, u32 seed, bool options)
{
	struct rill_seg seg = { .flags = RILL_ACK | rill_accecn_reflect(RILL_NOT_ECT) };
	static const struct rill_opts none;
	struct rill_ecn e = { };

	memset(x, 0, sizeof(*x));
	prandom_seed_state(&x->rnd, seed);
	x->options = options;
	x->una = U32_MAX - 50000;
	x->rcv_nxt = x->una;
	x->acked = x->una;
	rill_accecn_agree(&x->from, &x->e, RILL_ECN_ACCURATE, RILL_NOT_ECT);
	rill_accecn_opened(&x->from, &x->e, &seg, &none);
	x->from.shook = false;
	/* A first ACK whose counter is zero by chance would end it all. */
	x->from.heard = true;
	rill_accecn_agree(&x->to, &e, RILL_ECN_ACCURATE, RILL_NOT_ECT);
}

/* The receiver acknowledges what has come. */
static void ace_net_ack(struct ace_net *x)
{
	struct ace_flying *f = &x->fly[x->n++];

	*f = (struct ace_flying){ .seg = { .ack = x->rcv_nxt, .flags = RILL_ACK } };
	if (x->options)
		rill_accecn_option(&x->to, RILL_ACCECN_ALWAYS, 40, &f->seg, &f->opts);
	rill_accecn_sent(&x->to, &f->seg, &f->opts, false);
	f->r = x->to.r;
	x->acked = x->rcv_nxt;
}

/* One of the ACKs, not always the first, comes to the sender. */
static void ace_net_deliver(struct kunit *test, struct ace_net *x, u32 i)
{
	struct ace_flying f = x->fly[i];
	struct rill_accecn_ack ack = {
		.seg = &f.seg, .opts = &f.opts, .mss = ACE_MSS, .clean = true,
	};
	bool old = rill_seq_leq(f.seg.ack, x->una);

	memmove(&x->fly[i], &x->fly[i + 1], (--x->n - i) * sizeof(f));
	ack.octets = old ? 0 : f.seg.ack - x->una;
	x->una = rill_seq_max(x->una, f.seg.ack);
	ack.una = x->una;
	rill_accecn_acked(&x->from, &x->e, &ack);
	if (old)
		return;
	/* The counter is right but for whole rounds, and none of them is missed. */
	KUNIT_ASSERT_EQ(test, (x->from.s.cep - f.r.cep) & 7, 0u);
	KUNIT_ASSERT_GE(test, x->from.s.cep, f.r.cep);
	x->over += x->from.s.cep != f.r.cep;
	if (x->options) {
		KUNIT_ASSERT_EQ(test, x->from.s.ceb, f.r.ceb);
		KUNIT_ASSERT_EQ(test, x->from.s.e0b, f.r.e0b);
		KUNIT_ASSERT_EQ(test, x->from.s.e1b, f.r.e1b);
	}
}

/*
 * So many packets, of which some are marked; of the ACKs some get lost, and some overtake others.
 * Shares are of 256.
 */
static void ace_net_run(struct kunit *test, struct ace_net *x, u32 packets, u8 marks, u8 loss,
			u8 reorder)
{
	while (packets--) {
		u32 dice = prandom_u32_state(&x->rnd);
		u8 field = (dice & 0xff) < marks ? RILL_CE : dice & 0x100 ? RILL_ECT_0 :
			   RILL_ECT_1;
		bool now;

		x->rcv_nxt += ACE_MSS;
		now = rill_accecn_received(&x->to, field, ACE_MSS, 1, true);
		if (!now && x->rcv_nxt - x->acked < 2 * ACE_MSS)
			continue;
		ace_net_ack(x);
		if ((dice >> 9 & 0xff) < loss)
			x->n--;
		while (x->n == ACE_FLYING || (x->n && (dice >> 17 & 0xff) >= reorder))
			ace_net_deliver(test, x, reorder ? (dice >> 25) % x->n : 0);
	}
	ace_net_ack(x);
	while (x->n)
		ace_net_deliver(test, x, 0);
}

static void ace_test_network(struct kunit *test)
{
	static const u8 marks[] = { 0, 10, 128, 255 }, loss[] = { 0, 60, 200 };
	struct ace_net *x = kunit_kzalloc(test, sizeof(*x), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, x);
	for (i = 0; i < 4 * 3 * 2 * 2; i++) {
		bool reorder = i & 1, options = i & 2;

		ace_net_open(x, i, options);
		ace_net_run(test, x, 3000, marks[i / 4 % 4], loss[i / 16], reorder ? 100 : 0);
		KUNIT_EXPECT_TRUE(test, x->e.send);
		/* As long as ACKs come, nothing is in doubt. */
		if (!loss[i / 16] && !reorder) {
			KUNIT_EXPECT_EQ(test, x->over, 0u);
			KUNIT_EXPECT_EQ(test, x->from.s.cep, x->to.r.cep);
		}
		/* Nor is it where nothing is marked and options say so. */
		if (!marks[i / 4 % 4] && options)
			KUNIT_EXPECT_EQ(test, x->from.s.cep, 5u);
	}
}

static struct kunit_case accecn_net_cases[] = {
	KUNIT_CASE(ace_test_network),
	{ }
};

static struct kunit_suite accecn_net_suite = {
	.name = "rill_accecn_net",
	.test_cases = accecn_net_cases,
};

kunit_test_suite(accecn_net_suite);
