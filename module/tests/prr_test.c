// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/prr.c: recoveries of the kinds that RFC 9937 describes, played with one ACK for
 * each segment, and what holds for any.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/prr.c"

#define PRR_MSS	1000

/* How a recovery went. */
struct prr_end {
	u32 pipe;
	u32 sent;	/* segments */
	u32 most;	/* of them for one ACK */
};

/*
 * A window of @n segments of which the first @lost got lost; the third ACK of the others begins the
 * recovery, which each of the remaining ones goes on with.
 */
static struct prr_end prr_play(u32 n, u32 lost, u32 target)
{
	struct prr_end e = { .pipe = n - lost };
	struct rill_prr p;
	u32 i, quota;

	e.pipe -= 3;
	rill_prr_begin(&p, target * PRR_MSS, (n - 2) * PRR_MSS);
	for (i = 3; i <= n - lost; i++) {
		quota = rill_prr_acked(&p, PRR_MSS, e.pipe * PRR_MSS, PRR_MSS, false) / PRR_MSS -
			e.pipe;
		rill_prr_sent(&p, quota * PRR_MSS);
		e.pipe += quota;
		e.sent += quota;
		e.most = max(e.most, quota);
		if (i < n - lost)
			e.pipe--;
	}
	return e;
}

/* One of 100 segments is lost, half of the window is to be left: one goes for every second ACK. */
static void prr_test_one_lost(struct kunit *test)
{
	struct prr_end e = prr_play(100, 1, 50);

	KUNIT_EXPECT_GE(test, e.pipe, 49);
	KUNIT_EXPECT_LE(test, e.pipe, 51);
	KUNIT_EXPECT_EQ(test, e.most, 1);
}

/* With CUBIC's factor seven go for ten ACKs. */
static void prr_test_cubic(struct kunit *test)
{
	struct prr_end e = prr_play(100, 1, 70);

	KUNIT_EXPECT_GE(test, e.pipe, 69);
	KUNIT_EXPECT_LE(test, e.pipe, 71);
	KUNIT_EXPECT_LE(test, e.most, 1);
}

/* So much is lost that less than the target is in flight: one goes for each ACK, no burst. */
static void prr_test_many_lost(struct kunit *test)
{
	struct prr_end e = prr_play(100, 70, 50);

	KUNIT_EXPECT_EQ(test, e.sent, 28);
	KUNIT_EXPECT_EQ(test, e.most, 1);
}

/* The first segment is sent again whatever the quota says. */
static void prr_test_first(struct kunit *test)
{
	struct rill_prr p;

	rill_prr_begin(&p, 2 * PRR_MSS, 100 * PRR_MSS);
	KUNIT_EXPECT_EQ(test, rill_prr_acked(&p, 1, 90 * PRR_MSS, PRR_MSS, false), 91 * PRR_MSS);
	rill_prr_sent(&p, PRR_MSS);
	KUNIT_EXPECT_EQ(test, rill_prr_acked(&p, 1, 91 * PRR_MSS, PRR_MSS, false), 91 * PRR_MSS);
}

/* SND.UNA moves and nothing more is lost: it catches up by a segment more for each ACK. */
static void prr_test_safe(struct kunit *test)
{
	struct rill_prr p;

	rill_prr_begin(&p, 10 * PRR_MSS, 20 * PRR_MSS);
	KUNIT_EXPECT_EQ(test, rill_prr_acked(&p, PRR_MSS, 2 * PRR_MSS, PRR_MSS, true), 4 * PRR_MSS);
	rill_prr_sent(&p, 2 * PRR_MSS);
	KUNIT_EXPECT_EQ(test, rill_prr_acked(&p, PRR_MSS, 9 * PRR_MSS, PRR_MSS, true),
			10 * PRR_MSS);
}

/* Never more than arrives and a segment; never beyond the target if not there already. */
static void prr_test_random(struct kunit *test)
{
	struct rnd_state rnd;
	u32 i, round;

	prandom_seed_state(&rnd, 9937);
	for (round = 0; round < 500; round++) {
		u32 flight = 1 + prandom_u32_state(&rnd) % (1000 * PRR_MSS);
		u32 target = 2 * PRR_MSS + prandom_u32_state(&rnd) % flight;
		u32 pipe = prandom_u32_state(&rnd) % (flight + 1);
		struct rill_prr p;

		rill_prr_begin(&p, target, flight);
		for (i = 0; i < 50; i++) {
			u32 delivered = 1 + prandom_u32_state(&rnd) % (3 * PRR_MSS);
			bool safe = prandom_u32_state(&rnd) % 2;
			u32 first = p.out ? 0 : PRR_MSS;
			u32 cwnd, owed = p.delivered + delivered;

			pipe -= min(delivered, pipe);
			cwnd = rill_prr_acked(&p, delivered, pipe, PRR_MSS, safe);
			KUNIT_ASSERT_GE(test, cwnd, pipe);
			owed = max(owed - min(p.out, owed), first);
			KUNIT_ASSERT_LE(test, cwnd, max(target, pipe) + owed);
			KUNIT_ASSERT_LE(test, p.out + cwnd - pipe,
					p.delivered + PRR_MSS * (i + 1) + first);
			rill_prr_sent(&p, cwnd - pipe);
			pipe = cwnd;
		}
	}
}

static struct kunit_case prr_cases[] = {
	KUNIT_CASE(prr_test_one_lost),
	KUNIT_CASE(prr_test_cubic),
	KUNIT_CASE(prr_test_many_lost),
	KUNIT_CASE(prr_test_first),
	KUNIT_CASE(prr_test_safe),
	KUNIT_CASE(prr_test_random),
	{ }
};

static struct kunit_suite prr_suite = {
	.name = "rill_prr",
	.test_cases = prr_cases,
};

kunit_test_suite(prr_suite);
