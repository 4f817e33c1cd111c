// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/pace.c: turns by hand, and random senders against a leaky bucket: none ever puts
 * more into it than it holds, and none that asks in time is slower than it may be.
 */
#include <kunit/test.h>
#include <linux/minmax.h>
#include <linux/prandom.h>

#include "../core/pace.c"

#define PACE_START	(5ULL * NSEC_PER_SEC)
#define PACE_US		1000ULL

/* A window in a round trip, twice in slow start, 1.2 times afterwards. */
static void pace_test_rate(struct kunit *test)
{
	struct rill_cong c = { .cwnd = 10000, .ssthresh = U32_MAX };

	KUNIT_EXPECT_EQ(test, rill_pace_rate(&c, 0, 5000), 5000ULL);
	KUNIT_EXPECT_EQ(test, rill_pace_rate(&c, 100000, U64_MAX), 200000ULL);
	KUNIT_EXPECT_EQ(test, rill_pace_rate(&c, 100000, 150000), 150000ULL);
	c.ssthresh = 10000;
	KUNIT_EXPECT_EQ(test, rill_pace_rate(&c, 100000, 150000), 120000ULL);
	c.cwnd = RILL_CONG_CWND_MAX;
	KUNIT_EXPECT_EQ(test, rill_pace_rate(&c, 1, U64_MAX),
			1200000ULL * RILL_CONG_CWND_MAX);
	/* Who says it himself is not overruled. */
	c.pacing_rate = 77;
	KUNIT_EXPECT_EQ(test, rill_pace_rate(&c, 100000, U64_MAX), 77ULL);
	KUNIT_EXPECT_EQ(test, rill_pace_rate(&c, 0, U64_MAX), 77ULL);
}

static void pace_begin(struct rill_pace *p, u64 rate, u32 mss, u64 now)
{
	rill_pace_init(p, RILL_PACE_UNPACED);
	rill_pace_set(p, rate, mss, now);
}

/* How many full segments leave now. */
static u32 pace_burst(struct rill_pace *p, u64 now, u32 most)
{
	u32 n = 0;

	while (n < most && rill_pace_may(p, now)) {
		rill_pace_sent(p, p->mss, now);
		n++;
	}
	return n;
}

struct pace_case {
	const char *name;
	u64 rate;
	u32 mss;
	u32 burst;	/* segments at once, after a pause */
	u64 wait;	/* until the timer, after that */
	u32 batch;	/* segments that go then */
};

static const struct pace_case pace_cases[] = {
	{ "a segment in a second", 1000, 1000, 2, NSEC_PER_SEC, 1 },
	{ "in a millisecond", 1000000, 1000, 2, 1000 * PACE_US, 1 },
	{ "in half of one", 2000000, 1000, 2, 500 * PACE_US, 1 },
	{ "in a tenth", 10000000, 1000, 10, 500 * PACE_US, 5 },
	{ "in ten microseconds", 100000000, 1000, 100, 500 * PACE_US, 50 },
	{ "in one", 1000000000, 1000, 1000, 500 * PACE_US, 500 },
};

static void pace_case_name(const struct pace_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pace, pace_cases, pace_case_name);

static void pace_test_turns(struct kunit *test)
{
	const struct pace_case *c = test->param_value;
	u64 now = PACE_START;
	struct rill_pace p;
	u32 i;

	pace_begin(&p, c->rate, c->mss, now);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, now, 5000), c->burst);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, rill_pace_when(&p), now + c->wait);
		KUNIT_EXPECT_FALSE(test, rill_pace_may(&p, now));
		now = rill_pace_when(&p);
		KUNIT_EXPECT_EQ(test, pace_burst(&p, now, 5000), c->batch);
	}
	/* A long pause is worth no more than a short one. */
	now += NSEC_PER_SEC * 100;
	KUNIT_EXPECT_EQ(test, pace_burst(&p, now, 5000), c->burst);
}

/* The initial window leaves as it is, of a connection that has sent nothing yet. */
static void pace_test_unpaced(struct kunit *test)
{
	struct rill_pace p;

	rill_pace_init(&p, 0);
	rill_pace_set(&p, 1000, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, PACE_START, 100), 12U);
	rill_pace_init(&p, 7);
	rill_pace_set(&p, 1000, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, PACE_START, 100), 5U);
	rill_pace_init(&p, U32_MAX);
	rill_pace_set(&p, 1000, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, PACE_START, 100), 2U);
}

static void pace_test_no_limit(struct kunit *test)
{
	struct rill_pace p;

	pace_begin(&p, 0, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, PACE_START, 1000), 1000U);
	/* What went before there was a limit doesn't count. */
	rill_pace_set(&p, 1000, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, PACE_START, 1000), 2U);
	KUNIT_EXPECT_FALSE(test, rill_pace_may(&p, PACE_START));
	rill_pace_set(&p, 0, 1000, PACE_START);
	KUNIT_EXPECT_TRUE(test, rill_pace_may(&p, PACE_START));
}

/* A higher rate is felt at once, a lower one after the segment that is under way. */
static void pace_test_change(struct kunit *test)
{
	struct rill_pace p;

	pace_begin(&p, 1000, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, PACE_START, 100), 2U);
	rill_pace_set(&p, 1000000, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, rill_pace_when(&p), PACE_START + NSEC_PER_MSEC);
	rill_pace_sent(&p, 1000, PACE_START);
	rill_pace_set(&p, 1000, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, rill_pace_when(&p), PACE_START + 2 * NSEC_PER_MSEC);
	rill_pace_sent(&p, 1000, PACE_START);
	KUNIT_EXPECT_EQ(test, rill_pace_when(&p), PACE_START + 2 * NSEC_PER_MSEC + NSEC_PER_SEC);
	/* Segments of another size don't change what is due. */
	rill_pace_set(&p, 1000, 500, PACE_START);
	KUNIT_EXPECT_EQ(test, p.segment, 500 * 1000 * PACE_US);
	KUNIT_EXPECT_EQ(test, rill_pace_when(&p), PACE_START + 2 * NSEC_PER_MSEC + NSEC_PER_SEC);
}

/* A segment that did not wait makes the next one wait longer. */
static void pace_test_out_of_turn(struct kunit *test)
{
	struct rill_pace p;

	pace_begin(&p, 1000000, 1000, PACE_START);
	pace_burst(&p, PACE_START, 100);
	rill_pace_sent(&p, 500, PACE_START);
	KUNIT_EXPECT_EQ(test, rill_pace_when(&p), PACE_START + 1500 * PACE_US);
}

/* A clock that has only just begun. */
static void pace_test_boot(struct kunit *test)
{
	struct rill_pace p;

	pace_begin(&p, 1000, 1000, 5);
	KUNIT_EXPECT_EQ(test, pace_burst(&p, 5, 100), 1U);
	KUNIT_EXPECT_EQ(test, rill_pace_when(&p), NSEC_PER_SEC);
}

/* A bucket from which @rate octets a second run. */
struct pace_bucket {
	u64 rate, at;
	u64 level;	/* octets, times a second in nanoseconds */
};

static void pace_bucket_add(struct pace_bucket *b, u32 octets, u64 now)
{
	u64 out = (now - b->at) * b->rate;

	b->level -= min(out, b->level);
	b->level += octets * (u64)NSEC_PER_SEC;
	b->at = now;
}

/* Segments of any size at any time: what leaves in a burst stays within bounds. */
static void pace_test_bound(struct kunit *test)
{
	struct rnd_state rnd;
	u32 run, i;

	prandom_seed_state(&rnd, 11);
	for (run = 0; run < 60; run++) {
		u32 mss = 1 + prandom_u32_state(&rnd) % (run % 2 ? 1460 : 65535);
		u64 rate = 1 + (prandom_u32_state(&rnd) >> run % 24);
		struct pace_bucket b = { .rate = rate, .at = PACE_START };
		u64 now = PACE_START, most;
		struct rill_pace p;

		pace_begin(&p, rate, mss, now);
		/* Times are whole nanoseconds. */
		most = max(rate * NSEC_PER_MSEC, 2 * mss * (u64)NSEC_PER_SEC) + rate;
		for (i = 0; i < 1000; i++) {
			u32 octets = 1 + prandom_u32_state(&rnd) % mss;

			if (rill_pace_may(&p, now)) {
				rill_pace_sent(&p, octets, now);
				pace_bucket_add(&b, octets, now);
				KUNIT_ASSERT_LE(test, b.level, most);
				continue;
			}
			KUNIT_ASSERT_GE(test, rill_pace_when(&p), p.due);
			now = prandom_u32_state(&rnd) % 4 ? rill_pace_when(&p) : p.due - 1;
			now += prandom_u32_state(&rnd) % 8 ? 0 :
			       prandom_u32_state(&rnd) % (3 * NSEC_PER_MSEC);
		}
	}
}

/* Who always has something to send and a timer that is late by no more than half a credit */
static void pace_test_full_rate(struct kunit *test)
{
	struct rnd_state rnd;
	u32 run, i;

	prandom_seed_state(&rnd, 12);
	for (run = 0; run < 60; run++) {
		u32 mss = 1 + prandom_u32_state(&rnd) % 1460;
		u64 rate = mss * (1ULL + prandom_u32_state(&rnd) % 100000) +
			   prandom_u32_state(&rnd) % mss;
		u64 now = PACE_START, start, octets = 0, n = 0;
		struct rill_pace p;

		pace_begin(&p, rate, mss, now);
		pace_burst(&p, now, U32_MAX);
		start = p.due;
		for (i = 0; i < 100; i++) {
			u32 sent;

			now = rill_pace_when(&p) + prandom_u32_state(&rnd) % RILL_PACE_BATCH;
			sent = pace_burst(&p, now, U32_MAX);
			KUNIT_ASSERT_GT(test, sent, 0U);
			octets += sent * (u64)mss;
			n += sent;
		}
		/* Of each segment no more than a nanosecond was lost. */
		KUNIT_ASSERT_LE(test, p.due - start,
				div64_u64(octets * NSEC_PER_SEC, rate) + n);
	}
}

static void pace_test_below(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, rill_pace_below(0, 1460, 10), RILL_PACE_BELOW_MAX);
	KUNIT_EXPECT_EQ(test, rill_pace_below(1, 1460, 10), 2920U);
	KUNIT_EXPECT_EQ(test, rill_pace_below(1024 * 1460, 1460, 10), 2920U);
	KUNIT_EXPECT_EQ(test, rill_pace_below(1024 * 1461, 1460, 10), 2922U);
	KUNIT_EXPECT_EQ(test, rill_pace_below(1024 * 1461, 1460, 7), 8 * 2922U);
	KUNIT_EXPECT_EQ(test, rill_pace_below(1024 * 524287, 1460, 10), 1048574U);
	KUNIT_EXPECT_EQ(test, rill_pace_below(1024 * 524289, 1460, 10), RILL_PACE_BELOW_MAX);
	KUNIT_EXPECT_EQ(test, rill_pace_below(U64_MAX, 65535, 0), RILL_PACE_BELOW_MAX);
}

static struct kunit_case pace_suite_cases[] = {
	KUNIT_CASE(pace_test_rate),
	KUNIT_CASE_PARAM(pace_test_turns, pace_gen_params),
	KUNIT_CASE(pace_test_unpaced),
	KUNIT_CASE(pace_test_no_limit),
	KUNIT_CASE(pace_test_change),
	KUNIT_CASE(pace_test_out_of_turn),
	KUNIT_CASE(pace_test_boot),
	KUNIT_CASE(pace_test_bound),
	KUNIT_CASE(pace_test_full_rate),
	KUNIT_CASE(pace_test_below),
	{ }
};

static struct kunit_suite pace_suite = {
	.name = "rill_pace",
	.test_cases = pace_suite_cases,
};

kunit_test_suite(pace_suite);
