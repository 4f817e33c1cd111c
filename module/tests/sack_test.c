// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/sack.c: the examples of RFC 2018 section 4 by hand, and random segments around the
 * wrap of sequence numbers against one bit for each octet.
 */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/prandom.h>

#include "../core/sack.c"

static void sack_expect(struct kunit *test, const struct rill_sack *s, u32 rcv_nxt,
			const struct rill_sack_block *want, unsigned int n)
{
	struct rill_opts opts = { };
	unsigned int i;

	rill_sack_fill(s, rcv_nxt, &opts);
	KUNIT_ASSERT_EQ(test, opts.n_sack, n);
	KUNIT_ASSERT_EQ(test, opts.present, n ? RILL_OPT_SACK : 0);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, opts.sack[i].start, want[i].start);
		KUNIT_EXPECT_EQ(test, opts.sack[i].end, want[i].end);
	}
}

/* Case 2: the first segment is lost, the rest arrives. */
static void sack_test_rfc2018_case_2(struct kunit *test)
{
	struct rill_sack s = { };
	u32 seq;

	sack_expect(test, &s, 5000, NULL, 0);
	for (seq = 5500; seq < 9000; seq += 500) {
		rill_sack_take(&s, seq, seq + 500);
		sack_expect(test, &s, 5000, &(struct rill_sack_block){ 5500, seq + 500 }, 1);
	}
	sack_expect(test, &s, 9000, NULL, 0);
}

/* RFC 2883 sections 4.1.1, 4.2.1: what came twice stands first, before the block that holds it. */
static void sack_test_twice(struct kunit *test)
{
	static const struct rill_sack_block below[] = { { 3000, 3500 } };
	static const struct rill_sack_block within[] = { { 5000, 5500 }, { 4500, 5500 } };
	struct rill_sack s = { };

	rill_sack_twice(&s, 3000, 3500);
	sack_expect(test, &s, 4000, below, 1);
	s.again = false;
	sack_expect(test, &s, 4000, NULL, 0);
	rill_sack_take(&s, 4500, 5500);
	rill_sack_twice(&s, 5000, 5500);
	sack_expect(test, &s, 4000, within, 2);
}

/* Case 3: every second segment is lost; then the fourth and the second come. */
static void sack_test_rfc2018_case_3(struct kunit *test)
{
	static const struct rill_sack_block three[] = {
		{ 8500, 9000 }, { 7500, 8000 }, { 6500, 7000 }, { 5500, 6000 },
	};
	static const struct rill_sack_block fourth[] = {
		{ 7500, 9000 }, { 6500, 7000 }, { 5500, 6000 },
	};
	struct rill_sack s = { };
	u32 seq;

	for (seq = 5500; seq < 9000; seq += 1000)
		rill_sack_take(&s, seq, seq + 500);
	sack_expect(test, &s, 5500, three, 4 - 1);
	sack_expect(test, &s, 5000, three, 4);
	rill_sack_take(&s, 8000, 8500);
	sack_expect(test, &s, 5000, fourth, 3);
	/* The first hole is filled. */
	sack_expect(test, &s, 6000, fourth, 2);
}

/* A fifth block drives out the one that changed longest ago. */
static void sack_test_oldest_goes(struct kunit *test)
{
	static const struct rill_sack_block left[] = {
		{ 900, 950 }, { 100, 160 }, { 700, 750 }, { 500, 550 },
	};
	struct rill_sack s = { };
	u32 seq;

	for (seq = 100; seq < 900; seq += 200)
		rill_sack_take(&s, seq, seq + 50);
	rill_sack_take(&s, 150, 160);
	rill_sack_take(&s, 900, 950);
	sack_expect(test, &s, 0, left, 4);
}

#define SACK_BASE	(U32_MAX - 300)
#define SACK_OCTETS	600

static bool sack_held(const unsigned long *held, u32 from, u32 to)
{
	return find_next_zero_bit(held, to, from) >= to;
}

static void sack_test_model(struct kunit *test)
{
	DECLARE_BITMAP(held, SACK_OCTETS);
	struct rill_sack s = { };
	struct rnd_state rnd;
	int round, i, j;

	prandom_seed_state(&rnd, 1);
	bitmap_zero(held, SACK_OCTETS);
	for (round = 0; round < 4000; round++) {
		u32 from = prandom_u32_state(&rnd) % (SACK_OCTETS - 20);
		u32 to = from + 1 + prandom_u32_state(&rnd) % 20;
		struct rill_opts opts = { };

		if (round % 40 == 0) {
			bitmap_zero(held, SACK_OCTETS);
			s.n = 0;
		}
		bitmap_set(held, from, to - from);
		rill_sack_take(&s, SACK_BASE + from, SACK_BASE + to);
		rill_sack_fill(&s, SACK_BASE - 1, &opts);
		KUNIT_ASSERT_GE(test, opts.n_sack, 1);
		/* The first tells of this segment, each of what is there and no other tells. */
		KUNIT_ASSERT_LE(test, opts.sack[0].start - SACK_BASE, from);
		KUNIT_ASSERT_GE(test, opts.sack[0].end - SACK_BASE, to);
		for (i = 0; i < opts.n_sack; i++) {
			u32 start = opts.sack[i].start - SACK_BASE;
			u32 end = opts.sack[i].end - SACK_BASE;

			KUNIT_ASSERT_LT(test, start, end);
			KUNIT_ASSERT_TRUE(test, sack_held(held, start, end));
			for (j = 0; j < i; j++)
				KUNIT_ASSERT_TRUE(test, opts.sack[j].end - SACK_BASE < start ||
						  opts.sack[j].start - SACK_BASE > end);
		}
	}
}

static struct kunit_case sack_cases[] = {
	KUNIT_CASE(sack_test_rfc2018_case_2),
	KUNIT_CASE(sack_test_twice),
	KUNIT_CASE(sack_test_rfc2018_case_3),
	KUNIT_CASE(sack_test_oldest_goes),
	KUNIT_CASE(sack_test_model),
	{ }
};

static struct kunit_suite sack_suite = {
	.name = "rill_sack",
	.test_cases = sack_cases,
};

kunit_test_suite(sack_suite);
