// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/cong_dctcp.c: alpha against RFC 8257's formula, and a bottleneck that marks.
 * core/cong.c and core/cong_reno.c are linked in with cong_test.c, core/rate.c with rate_test.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../core/cong_dctcp.c"
#include "path.h"

#define DCTCP_MSS	1000u

static u32 dctcp_alpha(struct rill_cong *c)
{
	return rill_dctcp(c)->alpha;
}

/* A window of @segs segments is acknowledged, @marked of them with a mark. */
static void dctcp_window(struct rill_cong *c, u32 segs, u32 marked)
{
	struct rill_rate_sample s = { .acked = DCTCP_MSS, .flight = segs * DCTCP_MSS };
	u32 i;

	for (i = 0; i < segs; i++) {
		s.marked = i < marked ? DCTCP_MSS : 0;
		rill_cong_sample(c, &s);
	}
}

static void dctcp_open(struct rill_cong *c)
{
	rill_cong_init(c, &rill_cong_dctcp, DCTCP_MSS);
	c->cwnd = 100000;
	rill_dctcp(c)->left = 100000;
}

/* Section 3.3: alpha = alpha * (1 - g) + g * M, with g = 1/16, to within rounding */
static void dctcp_test_alpha(struct kunit *test)
{
	struct rnd_state rnd;
	struct rill_cong c;
	u64 want = 1ULL << 40;		/* of 2^40 */
	u32 i, marked;

	prandom_seed_state(&rnd, 8257);
	dctcp_open(&c);
	KUNIT_EXPECT_EQ(test, dctcp_alpha(&c), RILL_DCTCP_ONE);
	for (i = 0; i < 500; i++) {
		marked = i < 100 ? 0 : i < 200 ? 100 : prandom_u32_state(&rnd) % 101;
		dctcp_window(&c, 100, marked);
		want = want - want / 16 + (marked << 20) / 100 * (1ULL << 20) / 16;
		KUNIT_ASSERT_LE(test, dctcp_alpha(&c), (want >> 20) + 32);
		KUNIT_ASSERT_GE(test, dctcp_alpha(&c) + 32, want >> 20);
		if (i == 99)
			KUNIT_EXPECT_LT(test, dctcp_alpha(&c), RILL_DCTCP_ONE / 500);
		if (i == 199)
			KUNIT_EXPECT_GT(test, dctcp_alpha(&c), RILL_DCTCP_ONE / 500 * 498);
	}
}

/* Alpha moves at the end of a window of data, and at no other time. */
static void dctcp_test_once(struct kunit *test)
{
	struct rill_rate_sample s = { .acked = DCTCP_MSS, .flight = 50000 };
	struct rill_cong c;
	u32 i;

	dctcp_open(&c);
	for (i = 0; i < 99; i++) {
		rill_cong_sample(&c, &s);
		KUNIT_ASSERT_EQ(test, dctcp_alpha(&c), RILL_DCTCP_ONE);
	}
	rill_cong_sample(&c, &s);
	KUNIT_EXPECT_EQ(test, dctcp_alpha(&c), RILL_DCTCP_ONE / 16 * 15);
	for (i = 0; i < 49; i++)
		rill_cong_sample(&c, &s);
	KUNIT_EXPECT_EQ(test, dctcp_alpha(&c), RILL_DCTCP_ONE / 16 * 15);
	rill_cong_sample(&c, &s);
	KUNIT_EXPECT_LT(test, dctcp_alpha(&c), RILL_DCTCP_ONE / 16 * 15);
	/* ACKs of nothing new end no window. */
	s.acked = 0;
	s.flight = 0;
	for (i = 0; i < 10; i++)
		rill_cong_sample(&c, &s);
	s.acked = DCTCP_MSS;
	s.marked = DCTCP_MSS;
	for (i = 0; i < 50; i++)
		rill_cong_sample(&c, &s);
	KUNIT_EXPECT_GT(test, dctcp_alpha(&c), RILL_DCTCP_ONE / 16 * 14);
}

/* Octets are what counts, not ACKs; and no more of them than were acknowledged. */
static void dctcp_test_octets(struct kunit *test)
{
	struct rill_rate_sample s = { .acked = 10000, .marked = 2500, .flight = 10000 };
	struct rill_cong c;
	u32 i;

	dctcp_open(&c);
	rill_dctcp(&c)->left = 10000;
	for (i = 0; i < 300; i++)
		rill_cong_sample(&c, &s);
	KUNIT_EXPECT_LE(test, dctcp_alpha(&c), RILL_DCTCP_ONE / 4 + 32);
	KUNIT_EXPECT_GE(test, dctcp_alpha(&c) + 32, RILL_DCTCP_ONE / 4);
	s.marked = 20000;
	for (i = 0; i < 300; i++) {
		rill_cong_sample(&c, &s);
		KUNIT_ASSERT_LE(test, dctcp_alpha(&c), RILL_DCTCP_ONE);
	}
}

static void dctcp_test_ease(struct kunit *test)
{
	struct rill_cong c;

	dctcp_open(&c);
	KUNIT_EXPECT_EQ(test, c.ops->ease(&c, 100000), 50000u);
	rill_dctcp(&c)->alpha = RILL_DCTCP_ONE / 4;
	KUNIT_EXPECT_EQ(test, c.ops->ease(&c, 100000), 87500u);
	/* However small alpha is, a mark is a mark. */
	rill_dctcp(&c)->alpha = 1;
	KUNIT_EXPECT_EQ(test, c.ops->ease(&c, 100000), 99999u);
	c.cwnd = 2000;
	KUNIT_EXPECT_EQ(test, c.ops->ease(&c, 2000), 2000u);
	/* Section 3.4: losses as ever */
	KUNIT_EXPECT_EQ(test, c.ops->reduce(&c, 100000), 50000u);
	KUNIT_EXPECT_EQ(test, c.ops->reduce(&c, 100), 2000u);
}

/* A queue that marks from a fifth of what the path holds: full rate, and little in the queue. */
static void dctcp_test_path(struct kunit *test)
{
	struct path *p = path_open(&rill_cong_dctcp, 12500000, 2000, 100000, NULL);
	u64 octets;

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->mark = 5000;
	path_run(p, 1000);
	p->queue_max = 0;
	p->drops = 0;
	octets = path_run(p, 2000);
	KUNIT_EXPECT_GE(test, octets, 12500000ULL * 2 * 95 / 100);
	KUNIT_EXPECT_EQ(test, p->drops, 0u);
	KUNIT_EXPECT_LE(test, p->queue_max, 15000u);
	KUNIT_EXPECT_LT(test, dctcp_alpha(&p->c), RILL_DCTCP_ONE / 2);
	kvfree(p);
}

static struct kunit_case dctcp_cases[] = {
	KUNIT_CASE(dctcp_test_alpha),
	KUNIT_CASE(dctcp_test_once),
	KUNIT_CASE(dctcp_test_octets),
	KUNIT_CASE(dctcp_test_ease),
	KUNIT_CASE(dctcp_test_path),
	{ }
};

static struct kunit_suite dctcp_suite = {
	.name = "rill_cong_dctcp",
	.test_cases = dctcp_cases,
};

kunit_test_suite(dctcp_suite);
