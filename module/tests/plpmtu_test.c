// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/plpmtu.c: the way down and up by hand, and random paths whose largest segment must
 * be found, from above and from below.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/plpmtu.c"

static void plpmtu_test_down(struct kunit *test)
{
	struct rill_plpmtu p = { };

	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 1460u);
	KUNIT_EXPECT_TRUE(test, rill_plpmtu_lower(&p, 1460, 1024, 300, 50));
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 1024u);
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 800), 800u);
	KUNIT_EXPECT_TRUE(test, rill_plpmtu_lower(&p, 1024, 1024, 300, 50));
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 512u);
	KUNIT_EXPECT_TRUE(test, rill_plpmtu_lower(&p, 512, 1024, 300, 50));
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 300u);
	KUNIT_EXPECT_FALSE(test, rill_plpmtu_lower(&p, 300, 1024, 300, 50));
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 300u);
}

/* A segment that is smaller than what gets through anyway was lost for another reason. */
static void plpmtu_test_small(struct kunit *test)
{
	struct rill_plpmtu p = { };

	KUNIT_EXPECT_FALSE(test, rill_plpmtu_lower(&p, 100, 1024, 512, 50));
	KUNIT_EXPECT_FALSE(test, rill_plpmtu_lower(&p, 512, 1024, 512, 50));
	KUNIT_EXPECT_EQ(test, p.cap, 0u);
	KUNIT_EXPECT_TRUE(test, rill_plpmtu_lower(&p, 1460, 1024, 512, 50));
	KUNIT_EXPECT_FALSE(test, rill_plpmtu_lower(&p, 1000, 1024, 512, 50));
	KUNIT_EXPECT_EQ(test, p.cap, 1024u);
}

static void plpmtu_test_up(struct kunit *test)
{
	struct rill_plpmtu p = { };
	u32 end = U32_MAX - 100;

	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 1460, 0), 0u);
	rill_plpmtu_lower(&p, 1460, 512, 512, 50);
	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 1460, 49), 0u);
	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 512, 50), 0u);
	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 1460, 50), 1024u);

	rill_plpmtu_probed(&p, 1024, end, 150);
	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 1460, 200), 0u);
	KUNIT_EXPECT_FALSE(test, rill_plpmtu_acked(&p, end - 1, 60));
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 512u);
	KUNIT_EXPECT_TRUE(test, rill_plpmtu_acked(&p, end + 200, 60));
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 1024u);
	KUNIT_EXPECT_FALSE(test, rill_plpmtu_acked(&p, end + 200, 60));

	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 1460, 60), 1460u);
	rill_plpmtu_probed(&p, 1460, end + 2000, 160);
	rill_plpmtu_lost(&p);
	KUNIT_EXPECT_FALSE(test, rill_plpmtu_acked(&p, end + 2000, 70));
	KUNIT_EXPECT_EQ(test, rill_plpmtu_limit(&p, 1460), 1024u);
	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 1460, 159), 0u);
	KUNIT_EXPECT_EQ(test, rill_plpmtu_probe_size(&p, 1460, 160), 1460u);
}

/* Whatever the path takes, from the floor on, segments fit in the end; and grow when it does. */
static void plpmtu_test_paths(struct kunit *test)
{
	struct rnd_state rnd;
	int i, n;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 2000; i++) {
		u32 mss = 88 + prandom_u32_state(&rnd) % 9000;
		u32 floor = 88 + prandom_u32_state(&rnd) % 600;
		u32 path = floor + prandom_u32_state(&rnd) % 9000;
		struct rill_plpmtu p = { };
		u32 size;

		for (n = 0; n < 20 && rill_plpmtu_limit(&p, mss) > path; n++)
			rill_plpmtu_lower(&p, rill_plpmtu_limit(&p, mss), 1024, floor, 0);
		KUNIT_ASSERT_LE(test, rill_plpmtu_limit(&p, mss), path);
		KUNIT_ASSERT_GE(test, rill_plpmtu_limit(&p, mss), min3(mss, floor, 512u));

		for (n = 0; n < 20; n++) {
			size = rill_plpmtu_probe_size(&p, mss, n);
			if (!size)
				break;
			KUNIT_ASSERT_LE(test, size, mss);
			KUNIT_ASSERT_GT(test, size, rill_plpmtu_limit(&p, mss));
			rill_plpmtu_probed(&p, size, n + 1, n + 1);
			KUNIT_ASSERT_TRUE(test, rill_plpmtu_acked(&p, n + 1, n + 1));
		}
		KUNIT_ASSERT_EQ(test, rill_plpmtu_limit(&p, mss), mss);
	}
}

static struct kunit_case plpmtu_cases[] = {
	KUNIT_CASE(plpmtu_test_down),
	KUNIT_CASE(plpmtu_test_small),
	KUNIT_CASE(plpmtu_test_up),
	KUNIT_CASE(plpmtu_test_paths),
	{ }
};

static struct kunit_suite plpmtu_suite = {
	.name = "rill_plpmtu",
	.test_cases = plpmtu_cases,
};

kunit_test_suite(plpmtu_suite);
