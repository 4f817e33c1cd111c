// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/rtt.c: RFC 6298's formulas worked out by hand, and random samples against the same
 * formulas in exact fixed-point arithmetic.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/rtt.c"

#define MS(n)	((n) * 1000u)

struct rtt_case {
	const char *name;
	u32	samples[4];	/* microseconds, up to the first 0 */
	u8	timeouts;	/* after the samples */
	u32	min_us;
	u32	rto;
};

/* SRTT and RTTVAR after each sample stand behind the line. */
static const struct rtt_case rtt_cases[] = {
	{ "no sample: 1 s", { 0 }, 0, MS(200), MS(1000) },
	{ "no sample, one timeout: 2 s", { 0 }, 1, MS(200), MS(2000) },
	{ "no sample, six timeouts: 64 s", { 0 }, 6, MS(200), MS(64000) },
	{ "no sample, seven timeouts: the limit", { 0 }, 7, MS(200), MS(120000) },
	{ "first sample, no floor", { MS(80) }, 0, 0, MS(240) },	/* 80, 40 */
	{ "first sample, floor below 4*RTTVAR", { MS(80) }, 0, MS(100), MS(240) },
	{ "first sample, floor above 4*RTTVAR", { MS(80) }, 0, MS(200), MS(280) },
	{ "first sample of 8 us", { 8 }, 0, MS(200), MS(200) + 8 },	/* 8 us, 4 us */
	{ "same again", { MS(80), MS(80) }, 0, 0, MS(200) },		/* 80, 30 */
	{ "twice as long", { MS(80), MS(160) }, 0, 0, MS(290) },	/* 90, 50 */
	{ "half as long", { MS(80), MS(40) }, 0, 0, MS(235) },		/* 75, 40 */
	{ "three", { MS(80), MS(160), MS(90) }, 0, 0, MS(240) },	/* 90, 37.5 */
	{ "four", { MS(80), MS(160), MS(90), MS(50) }, 0, 0, 237500 },	/* 85, 38.125 */
	{ "the sum is doubled", { MS(80) }, 1, MS(200), MS(560) },
	{ "and doubled again", { MS(80) }, 2, MS(200), MS(1120) },
	{ "long: no bound on the way up", { MS(50000) }, 0, MS(200), MS(120000) },
	{ "back-off beyond 64 bits", { MS(80) }, 40, MS(200), MS(120000) },
	{ "the shortest, backed off", { 1 }, 31, 0, MS(120000) },
};

static void rtt_desc(const struct rtt_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rtt, rtt_cases, rtt_desc);

static void rtt_test_rto(struct kunit *test)
{
	const struct rtt_case *c = test->param_value;
	struct rill_rtt r;
	int i;

	rill_rtt_init(&r);
	for (i = 0; i < ARRAY_SIZE(c->samples) && c->samples[i]; i++)
		rill_rtt_sample(&r, c->samples[i]);
	for (i = 0; i < c->timeouts; i++)
		rill_rtt_timeout(&r);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, c->min_us, RILL_RTO_MAX_US), c->rto);
}

/* What the estimator is compared with: RFC 6298 section 2, with 24 bits behind the point. */
struct rtt_model {
	u64	srtt;
	u64	rttvar;
};

static void rtt_model_sample(struct rtt_model *m, u32 rtt_us)
{
	u64 r = (u64)rtt_us << 24;
	u64 diff = m->srtt > r ? m->srtt - r : r - m->srtt;

	if (!m->srtt) {
		m->srtt = r;
		m->rttvar = r / 2;
		return;
	}
	m->rttvar = (3 * m->rttvar + diff) / 4;
	m->srtt = (7 * m->srtt + r) / 8;
}

/*
 * At each step the estimator drops less than 1/8 us of SRTT, of which 7/8 stays, and less than 3/4
 * us of RTTVAR, of which 3/4 stays: it can't stray from the model by more than 1 us and 4 us.
 */
static void rtt_test_model(struct kunit *test)
{
	struct rnd_state rnd;
	int run, i;

	prandom_seed_state(&rnd, 6298);
	for (run = 0; run < 200; run++) {
		/* A path's times vary around one magnitude, up to the greatest sample. */
		u32 mask = U32_MAX >> (3 + prandom_u32_state(&rnd) % 26);
		u32 base = prandom_u32_state(&rnd) & mask;
		struct rtt_model m = { };
		struct rill_rtt r;

		rill_rtt_init(&r);
		for (i = 0; i < 200; i++) {
			u32 us = max(1u, (base / 2) + ((prandom_u32_state(&rnd) & mask) / 2));
			u64 rto;

			rill_rtt_sample(&r, us);
			rtt_model_sample(&m, us);
			rto = (m.srtt + 4 * m.rttvar) >> 24;
			KUNIT_ASSERT_EQ(test, r.last_us, us);
			KUNIT_ASSERT_LE(test, (u64)(r.srtt8 >> 3), (m.srtt >> 24) + 2);
			KUNIT_ASSERT_LE(test, m.srtt >> 24, (u64)(r.srtt8 >> 3) + 2);
			KUNIT_ASSERT_LE(test, (u64)rill_rtt_rto(&r, 0, U32_MAX), rto + 20);
			KUNIT_ASSERT_LE(test, min_t(u64, rto, U32_MAX),
					(u64)rill_rtt_rto(&r, 0, U32_MAX) + 20);
		}
	}
}

static void rtt_test_extremes(struct kunit *test)
{
	struct rill_rtt r;
	int i;

	rill_rtt_init(&r);
	rill_rtt_sample(&r, 0);
	KUNIT_EXPECT_EQ(test, r.last_us, 1u);
	KUNIT_EXPECT_EQ(test, r.srtt8, 8u);

	/* Swings from end to end: nothing wraps, the sample is cut to what fits. */
	for (i = 0; i < 1000; i++) {
		rill_rtt_sample(&r, i / 50 % 2 ? U32_MAX : 0);
		KUNIT_ASSERT_GE(test, r.srtt8, 8u);
		KUNIT_ASSERT_LE(test, r.srtt8 >> 3, RILL_RTT_SAMPLE_MAX);
		KUNIT_ASSERT_LE(test, r.rttvar4, 4 * RILL_RTT_SAMPLE_MAX);
	}
	KUNIT_EXPECT_EQ(test, r.last_us, RILL_RTT_SAMPLE_MAX);
	KUNIT_EXPECT_GT(test, r.srtt8 >> 3, RILL_RTT_SAMPLE_MAX / 100 * 99);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, U32_MAX, U32_MAX), U32_MAX);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, 0, RILL_RTO_MAX_US), RILL_RTO_MAX_US);
}

/* A path without variation: only the floor keeps the RTO above the round-trip time. */
static void rtt_test_steady(struct kunit *test)
{
	struct rill_rtt r;
	int i;

	rill_rtt_init(&r);
	for (i = 0; i < 100; i++)
		rill_rtt_sample(&r, MS(30));
	KUNIT_EXPECT_EQ(test, r.srtt8 >> 3, MS(30));
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, RILL_RTO_LEAST_US, RILL_RTO_MAX_US), MS(230));
	KUNIT_EXPECT_LE(test, rill_rtt_rto(&r, 0, RILL_RTO_MAX_US), MS(30) + 3);
}

static void rtt_test_minimum(struct kunit *test)
{
	struct rill_rtt r;

	rill_rtt_init(&r);
	KUNIT_EXPECT_EQ(test, r.min_us, U32_MAX);
	rill_rtt_sample(&r, 70);
	rill_rtt_sample(&r, 50);
	rill_rtt_sample(&r, 60);
	KUNIT_EXPECT_EQ(test, r.min_us, 50u);
	KUNIT_EXPECT_EQ(test, r.last_us, 60u);
}

/* Karn: neither time nor a sample ends the back-off, only progress does. */
static void rtt_test_karn(struct kunit *test)
{
	struct rill_rtt r;
	u32 rto;

	rill_rtt_init(&r);
	rill_rtt_sample(&r, MS(80));
	rto = rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US);
	rill_rtt_timeout(&r);
	rill_rtt_timeout(&r);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US), 4 * rto);
	rill_rtt_sample(&r, MS(80));
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US), 4 * rto);
	rill_rtt_progress(&r);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US), rto);
}

static void rtt_test_backoff_saturates(struct kunit *test)
{
	struct rill_rtt r;
	u32 rto, before = 0;
	int i;

	rill_rtt_init(&r);
	for (i = 0; i < 300; i++) {
		rto = rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US);
		KUNIT_ASSERT_GE(test, rto, before);
		before = rto;
		rill_rtt_timeout(&r);
	}
	KUNIT_EXPECT_EQ(test, rto, RILL_RTO_MAX_US);
}

/* RFC 6298 section 5.7 */
static void rtt_test_syn_lost(struct kunit *test)
{
	struct rill_rtt r;

	rill_rtt_init(&r);
	rill_rtt_timeout(&r);
	rill_rtt_timeout(&r);
	rill_rtt_opened(&r, true);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US), MS(3000));
	rill_rtt_timeout(&r);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US), MS(6000));
	rill_rtt_progress(&r);
	rill_rtt_sample(&r, MS(80));
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US), MS(280));

	rill_rtt_init(&r);
	rill_rtt_opened(&r, false);
	KUNIT_EXPECT_EQ(test, rill_rtt_rto(&r, MS(200), RILL_RTO_MAX_US), MS(1000));
}

static struct kunit_case rtt_suite_cases[] = {
	KUNIT_CASE_PARAM(rtt_test_rto, rtt_gen_params),
	KUNIT_CASE(rtt_test_model),
	KUNIT_CASE(rtt_test_extremes),
	KUNIT_CASE(rtt_test_steady),
	KUNIT_CASE(rtt_test_minimum),
	KUNIT_CASE(rtt_test_karn),
	KUNIT_CASE(rtt_test_backoff_saturates),
	KUNIT_CASE(rtt_test_syn_lost),
	{ }
};

static struct kunit_suite rtt_suite = {
	.name = "rill_rtt",
	.test_cases = rtt_suite_cases,
};

kunit_test_suite(rtt_suite);
