// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/throttle.c: one period by hand, and random questions around the wrap of the clock
 * against a list of all answers.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/throttle.c"

static void throttle_test_period(struct kunit *test)
{
	struct rill_throttle t = { };
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, 1000 + i, 100, 3));
	KUNIT_EXPECT_FALSE(test, rill_throttle_pass(&t, 1003, 100, 3));
	KUNIT_EXPECT_FALSE(test, rill_throttle_pass(&t, 1099, 100, 3));
	KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, 1100, 100, 3));
	KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, 1199, 100, 3));
	KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, 1200, 100, 3));
}

/* The first answer is given whatever the clock says. */
static void throttle_test_first(struct kunit *test)
{
	static const u16 times[] = { 0, 1, 99, 100, U16_MAX, 1u << 15 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		struct rill_throttle t = { };

		KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, times[i], 100, 1));
		KUNIT_EXPECT_FALSE(test, rill_throttle_pass(&t, times[i] + 99, 100, 1));
		KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, times[i] + 100, 100, 1));
	}
}

/* A lower limit holds for the period that runs. */
static void throttle_test_limit_changes(struct kunit *test)
{
	struct rill_throttle t = { };

	KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, 5, 100, 255));
	KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, 5, 100, 255));
	KUNIT_EXPECT_FALSE(test, rill_throttle_pass(&t, 5, 100, 2));
	KUNIT_EXPECT_TRUE(test, rill_throttle_pass(&t, 5, 100, 3));
}

static void throttle_test_model(struct kunit *test)
{
	struct rill_throttle t = { };
	struct rnd_state rnd;
	u64 now = U16_MAX - 500, begin = 0;
	unsigned int i, sent = 0;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 5000; i++) {
		bool pass;

		now += prandom_u32_state(&rnd) % 40;
		if (!sent || now >= begin + 100) {
			begin = now;
			sent = 0;
		}
		pass = sent < 7;
		sent += pass;
		KUNIT_ASSERT_EQ(test, rill_throttle_pass(&t, now, 100, 7), pass);
	}
}

static struct kunit_case throttle_cases[] = {
	KUNIT_CASE(throttle_test_period),
	KUNIT_CASE(throttle_test_first),
	KUNIT_CASE(throttle_test_limit_changes),
	KUNIT_CASE(throttle_test_model),
	{ }
};

static struct kunit_suite throttle_suite = {
	.name = "rill_throttle",
	.test_cases = throttle_cases,
};

kunit_test_suite(throttle_suite);
