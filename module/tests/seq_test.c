// SPDX-License-Identifier: GPL-2.0
/*
 * core/seq.h: every comparison over all pairs of numbers that lie at a wrap or next to one,
 * against the same question asked of 64-bit integers.
 */
#include "../core/seq.h"

#include <kunit/test.h>

static const u32 seq_edges[] = {
	0, 1, 2, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0x80000002, 0xfffffffe, 0xffffffff,
};

/* How far a is ahead of b, on a circle of 2^32 cut open opposite b. */
static s64 seq_model_ahead(u32 a, u32 b)
{
	s64 d = (s64)a - (s64)b;

	if (d >= 1LL << 31)
		d -= 1LL << 32;
	else if (d < -(1LL << 31))
		d += 1LL << 32;
	return d;
}

static void seq_test_pair(struct kunit *test, u32 a, u32 b)
{
	s64 ahead = seq_model_ahead(a, b);

	KUNIT_EXPECT_EQ_MSG(test, rill_seq_lt(a, b), ahead < 0, "%x < %x", a, b);
	KUNIT_EXPECT_EQ_MSG(test, rill_seq_leq(a, b), ahead <= 0, "%x <= %x", a, b);
	KUNIT_EXPECT_EQ_MSG(test, rill_seq_gt(a, b), ahead > 0, "%x > %x", a, b);
	KUNIT_EXPECT_EQ_MSG(test, rill_seq_geq(a, b), ahead >= 0, "%x >= %x", a, b);

	/* Opposite each other neither is the greater one. */
	if (ahead == -(1LL << 31))
		return;
	KUNIT_EXPECT_EQ_MSG(test, rill_seq_max(a, b), ahead > 0 ? a : b, "max %x %x", a, b);
	KUNIT_EXPECT_EQ_MSG(test, rill_seq_min(a, b), ahead > 0 ? b : a, "min %x %x", a, b);
}

static void seq_test_compare(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(seq_edges); i++)
		for (j = 0; j < ARRAY_SIZE(seq_edges); j++)
			seq_test_pair(test, seq_edges[i], seq_edges[j]);
}

/* The same distances again from many places on the circle. */
static void seq_test_compare_everywhere(struct kunit *test)
{
	unsigned int i;
	u32 base = 1;

	for (i = 0; i < 10000; i++) {
		base = base * 1664525 + 1013904223;
		seq_test_pair(test, base + seq_edges[i % ARRAY_SIZE(seq_edges)], base);
	}
}

static void seq_test_within(struct kunit *test)
{
	const unsigned int n = ARRAY_SIZE(seq_edges);
	unsigned int i;

	for (i = 0; i < n * n * n; i++) {
		u32 seq = seq_edges[i % n], low = seq_edges[i / n % n], len = seq_edges[i / n / n];
		u64 first = low, behind = first + len, lap = 1ULL << 32;
		bool in = (seq >= first && seq < behind) ||
			  (seq + lap >= first && seq + lap < behind);

		KUNIT_EXPECT_EQ_MSG(test, rill_seq_within(seq, low, len), in, "%x in %x+%x",
				    seq, low, len);
	}
}

static struct kunit_case seq_test_cases[] = {
	KUNIT_CASE(seq_test_compare),
	KUNIT_CASE(seq_test_compare_everywhere),
	KUNIT_CASE(seq_test_within),
	{}
};

static struct kunit_suite seq_test_suite = {
	.name = "rill_seq",
	.test_cases = seq_test_cases,
};

kunit_test_suite(seq_test_suite);
