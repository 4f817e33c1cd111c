// SPDX-License-Identifier: GPL-2.0
/* Tests of core/undo.c: what tells that a reduction was needless, and what only seems to. */
#include <kunit/test.h>

#include "../core/undo.c"

#define UNDO_MSS	1000u

/* A reduction of ten segments in flight, from 1000 on. */
static struct rill_undo undo_armed(void)
{
	struct rill_cong c = { .cwnd = 10 * UNDO_MSS, .ssthresh = 30 * UNDO_MSS };
	struct rill_undo u = { };

	rill_undo_arm(&u, &c, 1000, 11000);
	return u;
}

static void undo_test_echo(struct kunit *test)
{
	struct rill_undo u = undo_armed();

	/* nothing was sent again so far */
	KUNIT_EXPECT_FALSE(test, rill_undo_echo(&u, 499));
	rill_undo_again(&u, UNDO_MSS, 500);
	rill_undo_again(&u, UNDO_MSS, 700);
	KUNIT_EXPECT_TRUE(test, rill_undo_echo(&u, 499));

	u = undo_armed();
	rill_undo_again(&u, UNDO_MSS, 500);
	KUNIT_EXPECT_FALSE(test, rill_undo_echo(&u, 500));
	/* the first ACK has decided */
	KUNIT_EXPECT_FALSE(test, rill_undo_echo(&u, 499));

	u = undo_armed();
	rill_undo_again(&u, UNDO_MSS, 0);
	KUNIT_EXPECT_FALSE(test, rill_undo_echo(&u, 499));
	u = undo_armed();
	rill_undo_again(&u, UNDO_MSS, 500);
	KUNIT_EXPECT_FALSE(test, rill_undo_echo(&u, 0));
	/* the clock wraps */
	u = undo_armed();
	rill_undo_again(&u, UNDO_MSS, 5);
	KUNIT_EXPECT_TRUE(test, rill_undo_echo(&u, -5));
}

static void undo_test_twice(struct kunit *test)
{
	struct rill_undo u = undo_armed();

	KUNIT_EXPECT_FALSE(test, rill_undo_twice(&u, 1000, 2000));
	rill_undo_again(&u, UNDO_MSS, 0);
	rill_undo_again(&u, UNDO_MSS, 0);
	KUNIT_EXPECT_FALSE(test, rill_undo_twice(&u, 1000, 2000));
	/* empty, reversed, of what was sent later */
	KUNIT_EXPECT_FALSE(test, rill_undo_twice(&u, 2000, 2000));
	KUNIT_EXPECT_FALSE(test, rill_undo_twice(&u, 3000, 2000));
	KUNIT_EXPECT_FALSE(test, rill_undo_twice(&u, 11000, 12000));
	KUNIT_EXPECT_TRUE(test, rill_undo_twice(&u, 2000, 3000));
}

/* RFC 5682 section 3.1: the ACK of what was sent again, and the one behind the new data. */
static void undo_test_frto(struct kunit *test)
{
	struct rill_undo u = undo_armed();

	/* no timeout */
	KUNIT_EXPECT_FALSE(test, rill_undo_original(&u, 2000, true, true, true));

	rill_undo_timeout(&u, true);
	KUNIT_EXPECT_FALSE(test, rill_undo_original(&u, 0, false, true, true));
	KUNIT_EXPECT_EQ(test, u.frto, RILL_FRTO_NEW);
	KUNIT_EXPECT_TRUE(test, rill_undo_original(&u, 2000, true, true, true));

	/* only the new data arrives */
	u = undo_armed();
	rill_undo_timeout(&u, true);
	rill_undo_original(&u, 0, false, true, true);
	KUNIT_EXPECT_FALSE(test, rill_undo_original(&u, 11000, true, false, true));
	KUNIT_EXPECT_EQ(test, u.frto, RILL_FRTO_OFF);
	KUNIT_EXPECT_FALSE(test, rill_undo_original(&u, 2000, true, true, true));

	/* a duplicate, or no new data to ask with */
	u = undo_armed();
	rill_undo_timeout(&u, true);
	rill_undo_original(&u, 0, false, false, true);
	KUNIT_EXPECT_EQ(test, u.frto, RILL_FRTO_OFF);
	u = undo_armed();
	rill_undo_timeout(&u, true);
	rill_undo_original(&u, 0, false, true, false);
	KUNIT_EXPECT_EQ(test, u.frto, RILL_FRTO_OFF);

	/* the second timeout of the same segment, or after a fast retransmission */
	u = undo_armed();
	rill_undo_timeout(&u, false);
	KUNIT_EXPECT_EQ(test, u.frto, RILL_FRTO_OFF);
	rill_undo_again(&u, UNDO_MSS, 0);
	rill_undo_timeout(&u, true);
	KUNIT_EXPECT_EQ(test, u.frto, RILL_FRTO_OFF);
}

/* Of two reductions for the same window both are taken back, or none. */
static void undo_test_nested(struct kunit *test)
{
	struct rill_cong c = { .cwnd = 5 * UNDO_MSS, .ssthresh = 5 * UNDO_MSS };
	static struct rill_cong_ops ops;
	struct rill_undo u = undo_armed();

	c.ops = &ops;
	rill_undo_arm(&u, &c, 10999, 15000);
	KUNIT_EXPECT_EQ(test, u.cwnd, 10 * UNDO_MSS);
	KUNIT_EXPECT_EQ(test, u.end, 15000u);
	rill_undo_arm(&u, &c, 15000, 20000);
	KUNIT_EXPECT_EQ(test, u.cwnd, 5 * UNDO_MSS);
	c.cwnd = 2 * UNDO_MSS;
	c.ssthresh = 3 * UNDO_MSS;
	rill_undo(&u, &c, 0);
	KUNIT_EXPECT_EQ(test, c.cwnd, 5 * UNDO_MSS);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 5 * UNDO_MSS);
	KUNIT_EXPECT_FALSE(test, u.armed);
	/* what has grown since is not taken away */
	u = undo_armed();
	c.cwnd = 50 * UNDO_MSS;
	c.ssthresh = U32_MAX;
	rill_undo(&u, &c, 0);
	KUNIT_EXPECT_EQ(test, c.cwnd, 50 * UNDO_MSS);
	KUNIT_EXPECT_EQ(test, c.ssthresh, U32_MAX);
}

static struct kunit_case undo_cases[] = {
	KUNIT_CASE(undo_test_echo),
	KUNIT_CASE(undo_test_twice),
	KUNIT_CASE(undo_test_frto),
	KUNIT_CASE(undo_test_nested),
	{ }
};

static struct kunit_suite undo_suite = {
	.name = "rill_undo",
	.test_cases = undo_cases,
};

kunit_test_suite(undo_suite);
