// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/rate.c: samples worked out by hand, and random sending, delivery and loss against a
 * model that remembers every segment.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/rate.c"

#define RATE_ISS	(U32_MAX - 5000)	/* numbers wrap soon */
#define RATE_TIME	0xfffffff0ULL		/* and so do times */

/* An ACK of all up to @high, @octets of them news, @us microseconds after the beginning. */
static struct rill_rate_sample rate_ack(struct rill_rate *r, u32 octets, u32 high, u64 us)
{
	struct rill_rate_sample s = { .now_us = RATE_TIME + us, .acked = octets };

	rill_rate_acked(r, RATE_ISS + high, U32_MAX, &s);
	return s;
}

/* As a connection has it, which is too large for the stack. */
static struct rill_rate *rate_open(struct kunit *test)
{
	struct rill_rate *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	if (r) {
		r->n = 1;
		rill_rate_init(r);
	}
	return r;
}

static void rate_send(struct rill_rate *r, u32 end, u32 flight, u64 us)
{
	rill_rate_sent(r, RATE_ISS + end, 1000, flight, RATE_TIME + us);
}

/* Two segments, each delivered 100 ms after it was sent. */
static void rate_test_two(struct kunit *test)
{
	struct rill_rate *r = rate_open(test);
	struct rill_rate_sample s;

	KUNIT_ASSERT_NOT_NULL(test, r);
	rate_send(r, 1000, 0, 0);
	rate_send(r, 2000, 1000, 20000);
	s = rate_ack(r, 1000, 1000, 100000);
	KUNIT_EXPECT_TRUE(test, s.valid);
	KUNIT_EXPECT_EQ(test, s.prior, 0u);
	KUNIT_EXPECT_EQ(test, s.total, 1000u);
	KUNIT_EXPECT_EQ(test, s.rtt_us, 100000u);
	KUNIT_EXPECT_EQ(test, s.delivered, 1000u);
	KUNIT_EXPECT_EQ(test, s.interval_us, 100000u);
	KUNIT_EXPECT_EQ(test, s.rate, 10000ULL);
	KUNIT_EXPECT_EQ(test, s.sent_flight, 1000u);
	s = rate_ack(r, 1000, 2000, 120000);
	KUNIT_EXPECT_EQ(test, s.rtt_us, 100000u);
	KUNIT_EXPECT_EQ(test, s.interval_us, 120000u);
	KUNIT_EXPECT_EQ(test, s.delivered, 2000u);
	KUNIT_EXPECT_EQ(test, s.sent_flight, 2000u);
	/* Sent 50 ms after the last was delivered: what lies between doesn't count. */
	rate_send(r, 3000, 0, 170000);
	s = rate_ack(r, 1000, 3000, 220000);
	KUNIT_EXPECT_EQ(test, s.interval_us, 50000u);
	KUNIT_EXPECT_EQ(test, s.rate, 20000ULL);
}

/* What users are told: the last sample, but where it is limited only a greater one than before. */
static void rate_test_told(struct kunit *test)
{
	struct rill_rate *r = rate_open(test);

	KUNIT_ASSERT_NOT_NULL(test, r);
	rate_send(r, 1000, 0, 0);
	rate_ack(r, 1000, 1000, 100000);
	KUNIT_EXPECT_EQ(test, r->rate, 10000ULL);
	rate_send(r, 2000, 0, 200000);
	rate_ack(r, 1000, 2000, 400000);
	KUNIT_EXPECT_EQ(test, r->rate, 5000ULL);
	rill_rate_limited(r, 1000);
	rate_send(r, 3000, 0, 500000);
	rate_ack(r, 1000, 3000, 900000);
	KUNIT_EXPECT_EQ(test, r->rate, 5000ULL);
	KUNIT_EXPECT_FALSE(test, r->rate_limited);
	rill_rate_limited(r, 1000);
	rate_send(r, 4000, 0, 900000);
	rate_ack(r, 1000, 4000, 1000000);
	KUNIT_EXPECT_EQ(test, r->rate, 10000ULL);
	KUNIT_EXPECT_TRUE(test, r->rate_limited);
}

/* ACKs that were held up and come at once: the rate is that of sending. */
static void rate_test_compressed(struct kunit *test)
{
	struct rill_rate *r = rate_open(test);
	struct rill_rate_sample s;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 1; i <= 10; i++)
		rate_send(r, 1000 * i, 1000 * (i - 1), 10000 * i);
	s = rate_ack(r, 1000, 1000, 200000);
	for (i = 11; i <= 20; i++)
		rate_send(r, 1000 * i, 9000, 10000 * (i + 10));
	s = rate_ack(r, 9000, 10000, 310000);
	KUNIT_EXPECT_EQ(test, s.interval_us, 300000u);
	/* The second to the twentieth were not sent as fast as that. */
	s = rate_ack(r, 10000, 20000, 310001);
	KUNIT_EXPECT_EQ(test, s.delivered, 19000u);
	KUNIT_EXPECT_EQ(test, s.interval_us, 290000u);
}

/* What was sent after a pause of the application's is marked, until it has been delivered. */
static void rate_test_limited(struct kunit *test)
{
	struct rill_rate *r = rate_open(test);
	struct rill_rate_sample s;

	KUNIT_ASSERT_NOT_NULL(test, r);
	rate_send(r, 1000, 0, 0);
	rill_rate_limited(r, 1000);
	rate_send(r, 2000, 1000, 10);
	s = rate_ack(r, 1000, 1000, 1000);
	KUNIT_EXPECT_FALSE(test, s.limited);
	rate_send(r, 3000, 1000, 1000);
	s = rate_ack(r, 1000, 2000, 1010);
	KUNIT_EXPECT_TRUE(test, s.limited);
	rate_send(r, 4000, 1000, 1010);
	s = rate_ack(r, 1000, 3000, 2000);
	KUNIT_EXPECT_TRUE(test, s.limited);
	s = rate_ack(r, 1000, 4000, 2010);
	KUNIT_EXPECT_FALSE(test, s.limited);
}

/* What was sent again says nothing, in its turn or out of it; losses are told of once. */
static void rate_test_again(struct kunit *test)
{
	struct rill_rate *r = rate_open(test);
	struct rill_rate_sample s;

	KUNIT_ASSERT_NOT_NULL(test, r);
	rate_send(r, 1000, 0, 0);
	rate_send(r, 2000, 1000, 0);
	rate_send(r, 3000, 2000, 0);
	rill_rate_lost(r, 3000);
	rate_send(r, 1000, 0, 1000000);
	rate_send(r, 2000, 1000, 1000000);
	s = rate_ack(r, 1000, 1000, 1000001);
	KUNIT_EXPECT_FALSE(test, s.valid);
	KUNIT_EXPECT_EQ(test, s.rtt_us, 0u);
	KUNIT_EXPECT_EQ(test, s.rate, 0ULL);
	KUNIT_EXPECT_EQ(test, s.lost, 3000u);
	KUNIT_EXPECT_EQ(test, s.total, 1000u);
	rate_send(r, 4000, 1000, 1000001);
	s = rate_ack(r, 3000, 4000, 1100001);
	KUNIT_EXPECT_TRUE(test, s.valid);
	KUNIT_EXPECT_EQ(test, s.lost, 0u);
	KUNIT_EXPECT_EQ(test, s.sent_lost, 0u);
	KUNIT_EXPECT_EQ(test, s.delivered, 3000u);
	/* With nothing in flight an interval begins with what is sent again, too. */
	rate_send(r, 5000, 0, 2000000);
	rill_rate_lost(r, 1000);
	rill_rate_again(r, 0, RATE_TIME + 3000000);
	rate_send(r, 6000, 1000, 3000000);
	s = rate_ack(r, 2000, 6000, 3100000);
	KUNIT_EXPECT_EQ(test, s.interval_us, 100000u);
	KUNIT_EXPECT_EQ(test, s.sent_lost, 0u);
	KUNIT_EXPECT_EQ(test, s.lost, 1000u);
}

/* Faster than any round trip: no rate, but everything else. */
static void rate_test_implausible(struct kunit *test)
{
	struct rill_rate_sample s = { .now_us = 900, .acked = 1000 };
	struct rill_rate *r = rate_open(test);

	KUNIT_ASSERT_NOT_NULL(test, r);
	rill_rate_sent(r, 1000, 1000, 0, 0);
	rill_rate_acked(r, 1000, 1000, &s);
	KUNIT_EXPECT_TRUE(test, s.valid);
	KUNIT_EXPECT_EQ(test, s.rate, 0ULL);
	KUNIT_EXPECT_EQ(test, s.rtt_us, 900u);
}

/* Every segment, as the draft has it. */
struct rate_model {
	u32	delivered, lost, delivered_us, first_us;
	u32	una, nxt;		/* segments */
	u64	exact_us, taken_us;	/* sums of intervals */
	struct rill_rate_mark seg[4096];
};

static void rate_model_send(struct rate_model *m, u32 flight, u64 now)
{
	if (!flight) {
		m->first_us = now;
		m->delivered_us = now;
	}
	m->seg[m->nxt++ % 4096] = (struct rill_rate_mark){
		.sent_us = now,
		.delivered = m->delivered,
		.delivered_us = m->delivered_us,
		.first_us = m->first_us,
		.flight = flight + 1000,
		.lost = m->lost,
	};
}

static void rate_model_acked(struct rate_model *m, u32 n, u64 now)
{
	m->una += n;
	m->delivered += 1000 * n;
	m->delivered_us = now;
	m->first_us = m->seg[(m->una - 1) % 4096].sent_us;
}

static void rate_model_compare(struct kunit *test, struct rate_model *m,
			       const struct rill_rate_sample *s, bool every)
{
	const struct rill_rate_mark *seg = &m->seg[(m->una - 1) % 4096];
	u32 exact;

	KUNIT_EXPECT_EQ(test, s->total, m->delivered);
	if (!s->valid || (u32)s->now_us - seg->sent_us != s->rtt_us) {
		KUNIT_EXPECT_FALSE(test, every);
		return;
	}
	exact = max(seg->sent_us - seg->first_us, (u32)s->now_us - seg->delivered_us);
	KUNIT_EXPECT_EQ(test, s->prior, seg->delivered);
	KUNIT_EXPECT_EQ(test, s->delivered, m->delivered - seg->delivered);
	KUNIT_EXPECT_EQ(test, s->sent_flight, seg->flight);
	KUNIT_EXPECT_EQ(test, s->sent_lost, m->lost - seg->lost);
	KUNIT_EXPECT_GE(test, s->interval_us, exact);
	if (every)
		KUNIT_EXPECT_EQ(test, s->interval_us, exact);
	m->exact_us += exact;
	m->taken_us += s->interval_us;
}

/*
 * A window that grows and shrinks by chance, ACKs for one to four segments. Where each leaves a
 * mark, each sample is the draft's; in larger windows the time they were sent in may seem longer,
 * by no more than two marks are apart.
 */
static void rate_model_run(struct kunit *test, u32 largest, bool every)
{
	struct rate_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct rill_rate *r = rate_open(test);
	u32 window = 1, i, n;
	struct rnd_state rnd;
	u64 now = RATE_TIME;

	KUNIT_ASSERT_TRUE(test, m && r);
	prandom_seed_state(&rnd, largest);
	for (i = 0; i < 40000; i++) {
		u32 flight = 1000 * (m->nxt - m->una);
		struct rill_rate_sample s = { };

		now += 1 + prandom_u32_state(&rnd) % 500;
		if (!(prandom_u32_state(&rnd) % 500))
			window = 1 + prandom_u32_state(&rnd) % largest;
		if (m->nxt - m->una < window && prandom_u32_state(&rnd) % 3) {
			rate_model_send(m, flight, now);
			rill_rate_sent(r, RATE_ISS + 1000 * m->nxt, 1000, flight, now);
			KUNIT_ASSERT_LE(test, r->n, RILL_RATE_MARKS);
			continue;
		}
		if (!flight)
			continue;
		if (!(prandom_u32_state(&rnd) % 50)) {
			m->lost += 1000;
			rill_rate_lost(r, 1000);
		}
		n = min(1 + prandom_u32_state(&rnd) % 4, m->nxt - m->una);
		rate_model_acked(m, n, now);
		s.now_us = now;
		s.acked = 1000 * n;
		rill_rate_acked(r, RATE_ISS + 1000 * m->una, U32_MAX, &s);
		rate_model_compare(test, m, &s, every);
	}
	KUNIT_EXPECT_GT(test, m->exact_us, 0ULL);
	KUNIT_EXPECT_LE(test, m->taken_us, m->exact_us + m->exact_us / 8);
}

static void rate_test_model(struct kunit *test)
{
	rate_model_run(test, 16, true);
	rate_model_run(test, 3000, false);
}

/*
 * However large the window, a round trip has its samples, and no fewer than a dozen; one in which
 * the window has grown from nothing has them everywhere.
 */
static void rate_test_density(struct kunit *test)
{
	static const u32 flights[] = { 1, 2, 10, 16, 31, 100, 1000, 30000 };
	struct rill_rate *r = rate_open(test);
	u32 i, j, n, last;

	KUNIT_ASSERT_NOT_NULL(test, r);
	for (i = 0; i < ARRAY_SIZE(flights); i++) {
		rill_rate_init(r);
		for (j = 1; j <= flights[i]; j++)
			rate_send(r, 1000 * j, 1000 * (j - 1), j);
		/* Each ACK lets another go: the second round trip is the one that counts. */
		for (j = 1, n = 0, last = 0; j <= 2 * flights[i]; j++) {
			struct rill_rate_sample s = rate_ack(r, 1000, 1000 * j, 100000 + j);

			n += s.valid && j > flights[i];
			if (s.valid) {
				KUNIT_EXPECT_LE(test, j - last, 1 + flights[i] / 4);
				last = j;
			}
			rate_send(r, 1000 * (flights[i] + j), 1000 * (flights[i] - 1),
				  100000 + j);
		}
		KUNIT_EXPECT_GE(test, n, min(flights[i], 12u));
		KUNIT_EXPECT_LE(test, n, RILL_RATE_MARKS);
	}
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(rate_test_two),
	KUNIT_CASE(rate_test_told),
	KUNIT_CASE(rate_test_compressed),
	KUNIT_CASE(rate_test_limited),
	KUNIT_CASE(rate_test_again),
	KUNIT_CASE(rate_test_implausible),
	KUNIT_CASE(rate_test_model),
	KUNIT_CASE(rate_test_density),
	{ }
};

static struct kunit_suite rate_suite = {
	.name = "rill_rate",
	.test_cases = rate_cases,
};

kunit_test_suite(rate_suite);
