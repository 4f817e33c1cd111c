// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/cong_cubic.c: RFC 9438's function at points worked out by hand, a connection's
 * window over time against it, and RFC 9406's slow start. cong_test.c has core/cong.c.
 */
#include <kunit/test.h>

#include "../core/cong_cubic.c"

#define CUBIC_MSS	1000u

static void cubic_test_root(struct kunit *test)
{
	u64 i;

	for (i = 0; i < 3000; i++) {
		KUNIT_EXPECT_EQ(test, rill_cubic_root(i * i * i), i);
		KUNIT_EXPECT_EQ(test, rill_cubic_root(i * i * i + 3 * i * i + 3 * i), i);
	}
	KUNIT_EXPECT_EQ(test, rill_cubic_root(2642245ULL * 2642245 * 2642245), 2097151u);
}

/* K is the cube root of segments / 0.4, in seconds. */
static void cubic_test_k(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, rill_cubic_k(0, CUBIC_MSS), 0u);
	KUNIT_EXPECT_EQ(test, rill_cubic_k(400, CUBIC_MSS), 1000u);
	KUNIT_EXPECT_EQ(test, rill_cubic_k(30000, CUBIC_MSS), 4217u);
	KUNIT_EXPECT_EQ(test, rill_cubic_k(300 * 1460, 1460), 9085u);
}

static void cubic_test_window(struct kunit *test)
{
	struct rill_cubic k = { .w_max = 100000, .k = 4217 };

	KUNIT_EXPECT_EQ(test, rill_cubic_window(&k, 4217, CUBIC_MSS), 100000u);
	KUNIT_EXPECT_EQ(test, rill_cubic_window(&k, 3217, CUBIC_MSS), 99600u);
	KUNIT_EXPECT_EQ(test, rill_cubic_window(&k, 5217, CUBIC_MSS), 100400u);
	KUNIT_EXPECT_EQ(test, rill_cubic_window(&k, 14217, CUBIC_MSS), 500000u);
	KUNIT_EXPECT_LE(test, rill_cubic_window(&k, 0, CUBIC_MSS) - 70000u, 10u);
	k.w_max = 1000;
	KUNIT_EXPECT_EQ(test, rill_cubic_window(&k, 0, CUBIC_MSS), 0u);
	KUNIT_EXPECT_EQ(test, rill_cubic_window(&k, U32_MAX, 65535), RILL_CONG_CWND_MAX);
}

/* Acknowledge @n segments, in @rtt_ms. */
static u64 cubic_acks(struct rill_cong *c, u64 now_us, u32 n, u32 rtt_ms)
{
	u32 i;

	for (i = 0; i < n; i++) {
		now_us += rtt_ms * 1000 / n;
		rill_cong_acked(c, c->mss, c->cwnd, rtt_ms * 1000, now_us);
	}
	return now_us;
}

static u64 cubic_round(struct rill_cong *c, u64 now_us, u32 rtt_ms)
{
	return cubic_acks(c, now_us, c->cwnd / c->mss, rtt_ms);
}

/* A loss at 100 segments, and what follows: the curve, to within a segment and a round trip. */
static void cubic_test_curve(struct kunit *test)
{
	struct rill_cubic ref = { .w_max = 100000, .k = 4217 };
	struct rill_cong c;
	u64 now = 1000000;
	u32 t, low, high;

	rill_cong_init(&c, &rill_cong_cubic, CUBIC_MSS);
	c.cwnd = 100000;
	c.ssthresh = c.ops->reduce(&c, c.cwnd);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 70000u);
	c.cwnd = c.ssthresh;
	while (now < 10000000) {
		now = cubic_round(&c, now, 100);
		t = (now - 1000000) / 1000;
		low = rill_cubic_window(&ref, t > 100 ? t - 100 : 0, CUBIC_MSS) - CUBIC_MSS;
		high = rill_cubic_window(&ref, t + 200, CUBIC_MSS) + CUBIC_MSS;
		KUNIT_EXPECT_GE_MSG(test, c.cwnd, low, "after %u ms", t);
		KUNIT_EXPECT_LE_MSG(test, c.cwnd, high, "after %u ms", t);
	}
}

/* Over a short way Reno's window is larger, and CUBIC follows it (RFC 9438 section 4.3). */
static void cubic_test_reno_friendly(struct kunit *test)
{
	struct rill_cong c;
	u64 now = 1000000;
	u32 i;

	rill_cong_init(&c, &rill_cong_cubic, CUBIC_MSS);
	c.cwnd = 20000;
	c.ssthresh = c.ops->reduce(&c, c.cwnd);
	c.cwnd = c.ssthresh;
	for (i = 0; i < 100; i++)
		now = cubic_round(&c, now, 1);
	/* 9/17 of a segment in a round up to 20 segments, from there one: 11 and 88 rounds */
	KUNIT_EXPECT_GE(test, c.cwnd, 100000u);
	KUNIT_EXPECT_LE(test, c.cwnd, 112000u);
}

/* A loss below the last one's window: make room for others (section 4.7). */
static void cubic_test_fast_convergence(struct kunit *test)
{
	struct rill_cong c;

	rill_cong_init(&c, &rill_cong_cubic, CUBIC_MSS);
	c.cwnd = 100000;
	c.ops->reduce(&c, c.cwnd);
	KUNIT_EXPECT_EQ(test, rill_cubic(&c)->w_max, 100000u);
	c.cwnd = 80000;
	KUNIT_EXPECT_EQ(test, c.ops->reduce(&c, c.cwnd), 56000u);
	KUNIT_EXPECT_EQ(test, rill_cubic(&c)->w_max, 68000u);
	KUNIT_EXPECT_EQ(test, c.ops->reduce(&c, 1000), 2 * CUBIC_MSS);
	/* a window that whole segments fill, and one that is not in use */
	c.cwnd = 13500;
	KUNIT_EXPECT_EQ(test, c.ops->reduce(&c, 12000), 9450u);
	KUNIT_EXPECT_EQ(test, c.ops->reduce(&c, 11000), 7700u);
}

/* A pause is no time: the window goes on where it was. */
static void cubic_test_pause(struct kunit *test)
{
	struct rill_cong c;
	u64 now = 1000000;
	u32 before;

	rill_cong_init(&c, &rill_cong_cubic, CUBIC_MSS);
	c.cwnd = 100000;
	c.ssthresh = c.ops->reduce(&c, c.cwnd);
	c.cwnd = c.ssthresh;
	now = cubic_round(&c, now, 100);
	before = c.cwnd;
	rill_cong_acked(&c, CUBIC_MSS, c.cwnd, 100000, now + 60000000);
	KUNIT_EXPECT_LE(test, c.cwnd, before + CUBIC_MSS);
}

/* Slow start doubles, and ends five rounds after the round-trip time has begun to grow. */
static void cubic_test_hystart(struct kunit *test)
{
	struct rill_cong c;
	u64 now = 1000000;
	u32 i, before;

	rill_cong_init(&c, &rill_cong_cubic, CUBIC_MSS);
	for (i = 0; i < 3; i++) {
		before = c.cwnd;
		now = cubic_round(&c, now, 20);
		KUNIT_EXPECT_EQ(test, c.cwnd, 2 * before);
	}
	KUNIT_EXPECT_EQ(test, c.ssthresh, U32_MAX);
	for (i = 0; i < 6 && c.ssthresh == U32_MAX; i++) {
		before = c.cwnd;
		now = cubic_round(&c, now, 25);
		KUNIT_EXPECT_LT(test, c.cwnd, 2 * before);
	}
	KUNIT_EXPECT_NE(test, c.ssthresh, U32_MAX);
	KUNIT_EXPECT_GE(test, i, 5u);
}

/* What looked like a queue was none: the round-trip time is small again. */
static void cubic_test_hystart_resumes(struct kunit *test)
{
	struct rill_cong c;
	u64 now = 1000000;
	u32 before;

	rill_cong_init(&c, &rill_cong_cubic, CUBIC_MSS);
	now = cubic_round(&c, now, 20);
	now = cubic_round(&c, now, 25);
	KUNIT_EXPECT_NE(test, rill_cubic(&c)->rounds, 0);
	now = cubic_round(&c, now, 20);
	KUNIT_EXPECT_EQ(test, rill_cubic(&c)->rounds, 0);
	before = c.cwnd;
	now = cubic_round(&c, now, 20);
	KUNIT_EXPECT_EQ(test, c.cwnd, 2 * before);
}

/* A needless recovery in the middle of a round: what comes next is the beginning of one. */
static void cubic_test_hystart_undone(struct kunit *test)
{
	struct rill_cong c;
	u64 now = 1000000;
	u32 n;

	rill_cong_init(&c, &rill_cong_cubic, CUBIC_MSS);
	now = cubic_round(&c, now, 20);
	now = cubic_round(&c, now, 20);
	n = c.cwnd / CUBIC_MSS;
	now = cubic_acks(&c, now, n / 2, 20);
	rill_cong_event(&c, RILL_CONG_UNDO, c.cwnd);
	now = cubic_acks(&c, now, n / 2, 20);
	now = cubic_acks(&c, now, n, 25);
	KUNIT_EXPECT_EQ(test, rill_cubic(&c)->rounds, 0);
	now = cubic_round(&c, now, 25);
	KUNIT_EXPECT_NE(test, rill_cubic(&c)->rounds, 0);
}

static struct kunit_case cubic_cases[] = {
	KUNIT_CASE(cubic_test_root),
	KUNIT_CASE(cubic_test_k),
	KUNIT_CASE(cubic_test_window),
	KUNIT_CASE(cubic_test_curve),
	KUNIT_CASE(cubic_test_reno_friendly),
	KUNIT_CASE(cubic_test_fast_convergence),
	KUNIT_CASE(cubic_test_pause),
	KUNIT_CASE(cubic_test_hystart),
	KUNIT_CASE(cubic_test_hystart_resumes),
	KUNIT_CASE(cubic_test_hystart_undone),
	{ }
};

static struct kunit_suite cubic_suite = {
	.name = "rill_cong_cubic",
	.test_cases = cubic_cases,
};

kunit_test_suite(cubic_suite);
