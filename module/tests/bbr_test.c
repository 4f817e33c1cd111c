// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/bbr.c: what BBR's model makes of single ACKs. core/cong_bbr.c, which fills it with
 * life, is linked in with its own test.
 */
#include <kunit/test.h>

#include "../core/bbr.c"

#define BBR_MSS	1000u

struct bbr_fix {
	struct rill_cong c;
	struct rill_rate_sample s;
	struct rill_bbr *b;
};

static void bbr_open(struct kunit *test, struct bbr_fix *f)
{
	void *room = kunit_kzalloc(test, rill_cong_size(&rill_cong_bbr), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, room);
	memset(f, 0, sizeof(*f));
	rill_cong_init(&f->c, &rill_cong_bbr, BBR_MSS);
	rill_cong_lend(&f->c, room);
	f->b = rill_cong_state(&f->c);
	f->s = (struct rill_rate_sample){ .now_us = USEC_PER_SEC, .valid = true, .sack = true };
}

/* A round in which @rate was measured. */
static void bbr_round(struct bbr_fix *f, u64 rate)
{
	f->s.prior = f->s.total;
	f->s.total += 10000;
	f->s.delivered = 10000;
	f->s.acked = 1000;
	f->s.now_us += 100000;
	f->s.rate = rate;
	rill_bbr_learn(&f->c, f->b, &f->s, rate);
}

static void bbr_test_bdp(struct kunit *test)
{
	struct bbr_fix f;

	bbr_open(test, &f);
	KUNIT_EXPECT_EQ(test, rill_bbr_bdp(&f.c, f.b, 1000000, 100), f.c.cwnd);
	f.b->min_rtt = 50000;
	KUNIT_EXPECT_EQ(test, rill_bbr_bdp(&f.c, f.b, 0, 100), f.c.cwnd);
	KUNIT_EXPECT_EQ(test, rill_bbr_bdp(&f.c, f.b, 1000000, 100), 50000u);
	KUNIT_EXPECT_EQ(test, rill_bbr_bdp(&f.c, f.b, 1000000, 225), 112500u);
	f.b->min_rtt = U32_MAX - 1;
	KUNIT_EXPECT_EQ(test, rill_bbr_bdp(&f.c, f.b, (1ULL << 40) - 1, 225), RILL_CONG_CWND_MAX);
	KUNIT_EXPECT_EQ(test, rill_bbr_round_up(&f.c, f.b, 1), 4 * BBR_MSS);
	KUNIT_EXPECT_EQ(test, rill_bbr_round_up(&f.c, f.b, 50000), 50000u);
	f.b->mode = RILL_BBR_UP;
	KUNIT_EXPECT_EQ(test, rill_bbr_round_up(&f.c, f.b, 50000), 52000u);
}

static void bbr_test_headroom(struct kunit *test)
{
	struct bbr_fix f;

	bbr_open(test, &f);
	KUNIT_EXPECT_EQ(test, rill_bbr_headroom(&f.c, f.b), RILL_BBR_NONE);
	f.b->inflight_hi = 100000;
	KUNIT_EXPECT_EQ(test, rill_bbr_headroom(&f.c, f.b), 85000u);
	f.b->inflight_hi = 6000;
	KUNIT_EXPECT_EQ(test, rill_bbr_headroom(&f.c, f.b), 5000u);
	f.b->inflight_hi = 10;
	KUNIT_EXPECT_EQ(test, rill_bbr_headroom(&f.c, f.b), 4000u);
}

/* Three rounds with less than a quarter more fill the pipe; the application's own pace does not. */
static void bbr_test_full(struct kunit *test)
{
	struct bbr_fix f;
	int i;

	bbr_open(test, &f);
	for (i = 0; i < 5; i++)
		bbr_round(&f, 1000000ULL << i);
	f.s.limited = true;
	for (i = 0; i < 5; i++)
		bbr_round(&f, 16000000);
	f.s.limited = false;
	bbr_round(&f, 19000000);
	bbr_round(&f, 19900000);
	KUNIT_EXPECT_FALSE(test, f.b->full || f.b->full_now);
	bbr_round(&f, 20000000);
	KUNIT_EXPECT_EQ(test, f.b->full_count, 0);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_FALSE(test, f.b->full || f.b->full_now);
		bbr_round(&f, 24900000);
	}
	KUNIT_EXPECT_TRUE(test, f.b->full && f.b->full_now);
}

/* A rate that the application has bounded counts only where it is more than was known. */
static void bbr_test_limited(struct kunit *test)
{
	struct bbr_fix f;

	bbr_open(test, &f);
	bbr_round(&f, 1000000);
	f.b->max_bw[1] = f.b->max_bw[0];
	f.b->max_bw[0] = 0;
	f.s.limited = true;
	bbr_round(&f, 900000);
	KUNIT_EXPECT_EQ(test, f.b->max_bw[0], 0ULL);
	KUNIT_EXPECT_EQ(test, rill_bbr_max_bw(f.b), 1000000ULL);
	bbr_round(&f, 1100000);
	KUNIT_EXPECT_EQ(test, rill_bbr_max_bw(f.b), 1100000ULL);
}

/* Once a round, losses pull the lower bounds to what was delivered, by three tenths at most. */
static void bbr_test_lower(struct kunit *test)
{
	struct bbr_fix f;

	bbr_open(test, &f);
	bbr_round(&f, 1000000);
	f.b->full = true;
	f.b->mode = RILL_BBR_CRUISE;
	f.c.cwnd = 100000;
	f.b->bw_latest = 0;
	f.b->inflight_latest = 0;
	f.s.lost = 1000;
	bbr_round(&f, 900000);
	f.s.lost = 0;
	KUNIT_EXPECT_EQ(test, f.b->bw_lo, U64_MAX);
	bbr_round(&f, 900000);
	KUNIT_EXPECT_EQ(test, f.b->bw_lo, 900000ULL);
	KUNIT_EXPECT_EQ(test, f.b->inflight_lo, 70000u);
	bbr_round(&f, 900000);
	KUNIT_EXPECT_EQ(test, f.b->bw_lo, 900000ULL);
	/* A mark is as good as a loss. */
	f.b->bw_latest = 0;
	f.s.ece = true;
	bbr_round(&f, 100);
	f.s.ece = false;
	bbr_round(&f, 100);
	KUNIT_EXPECT_EQ(test, f.b->bw_lo, 630000ULL);
	/* While more is being tried, they mean another thing. */
	f.b->mode = RILL_BBR_REFILL;
	f.s.lost = 1000;
	bbr_round(&f, 100);
	bbr_round(&f, 100);
	KUNIT_EXPECT_EQ(test, f.b->bw_lo, 630000ULL);
	rill_bbr_reset_lo(f.b);
	KUNIT_EXPECT_EQ(test, f.b->bw_lo, U64_MAX);
	KUNIT_EXPECT_EQ(test, f.b->inflight_lo, RILL_BBR_NONE);
}

/* Startup: six ACKs of a round with losses, more than one octet in fifty, in recovery. */
static void bbr_test_startup_losses(struct kunit *test)
{
	struct bbr_fix f;
	int losses, i;

	for (losses = 4; losses <= 6; losses++) {
		bbr_open(test, &f);
		f.b->min_rtt = 100000;
		bbr_round(&f, 1000000);
		f.b->bw = 1000000;
		f.s.recovering = true;
		f.s.sent_flight = 100000;
		f.s.sent_lost = 2001;
		f.s.lost = 1000;
		f.s.prior = f.s.total - 1;
		for (i = 0; i < losses; i++)
			rill_bbr_learn(&f.c, f.b, &f.s, 0);
		f.s.lost = 0;
		bbr_round(&f, 1000000);
		KUNIT_EXPECT_EQ(test, f.b->full, losses == 6);
		KUNIT_EXPECT_EQ(test, f.b->inflight_hi, losses == 6 ? 100000u : RILL_BBR_NONE);
	}
	f.s.sent_lost = 2000;
	KUNIT_EXPECT_FALSE(test, rill_bbr_too_much(&f.s));
	f.s.lost = 1;
	f.s.sack = false;
	KUNIT_EXPECT_TRUE(test, rill_bbr_too_much(&f.s));
}

/* ACKs that come ten segments at a time, ten times as slowly: the window has to bridge that. */
static void bbr_test_aggregation(struct kunit *test)
{
	struct bbr_fix f;
	int i;

	bbr_open(test, &f);
	f.c.cwnd = 100000;
	f.b->bw = 100000;
	f.b->full = true;
	for (i = 0; i < 10; i++) {
		f.s.now_us += 100000;
		f.s.acked = 10000;
		rill_bbr_learn(&f.c, f.b, &f.s, 0);
	}
	KUNIT_EXPECT_EQ(test, max(f.b->extra[0], f.b->extra[1]), 10000u);
	/* Evenly, and after ten rounds that is forgotten, not before. */
	for (i = 0; i < 20; i++) {
		bbr_round(&f, 0);
		f.s.now_us -= 90000;
		if (i == 8)
			KUNIT_EXPECT_EQ(test, max(f.b->extra[0], f.b->extra[1]), 10000u);
	}
	KUNIT_EXPECT_LE(test, max(f.b->extra[0], f.b->extra[1]), 1000u);
}

/* Five seconds without a better one: it is time to look; ten: what was found then counts. */
static void bbr_test_min_rtt(struct kunit *test)
{
	struct rill_rate_sample s = { .now_us = 100 * USEC_PER_SEC, .rtt_us = 50000 };
	struct bbr_fix f;

	bbr_open(test, &f);
	rill_bbr_min_rtt(f.b, &s);
	KUNIT_EXPECT_EQ(test, f.b->min_rtt, 50000u);
	s.now_us += 5 * USEC_PER_SEC;
	s.rtt_us = 60000;
	rill_bbr_min_rtt(f.b, &s);
	KUNIT_EXPECT_FALSE(test, f.b->rtt_expired);
	s.now_us++;
	rill_bbr_min_rtt(f.b, &s);
	KUNIT_EXPECT_TRUE(test, f.b->rtt_expired);
	KUNIT_EXPECT_EQ(test, f.b->rtt, 60000u);
	KUNIT_EXPECT_EQ(test, f.b->min_rtt, 50000u);
	s.now_us += 5 * USEC_PER_SEC;
	rill_bbr_min_rtt(f.b, &s);
	KUNIT_EXPECT_EQ(test, f.b->min_rtt, 60000u);
	s.rtt_us = 0;
	rill_bbr_min_rtt(f.b, &s);
	KUNIT_EXPECT_EQ(test, f.b->min_rtt, 60000u);
	s.rtt_us = 40000;
	rill_bbr_min_rtt(f.b, &s);
	KUNIT_EXPECT_EQ(test, f.b->min_rtt, 40000u);
}

static struct kunit_case bbr_cases[] = {
	KUNIT_CASE(bbr_test_bdp),
	KUNIT_CASE(bbr_test_headroom),
	KUNIT_CASE(bbr_test_full),
	KUNIT_CASE(bbr_test_limited),
	KUNIT_CASE(bbr_test_lower),
	KUNIT_CASE(bbr_test_startup_losses),
	KUNIT_CASE(bbr_test_aggregation),
	KUNIT_CASE(bbr_test_min_rtt),
	{ }
};

static struct kunit_suite bbr_suite = {
	.name = "rill_bbr",
	.test_cases = bbr_cases,
};

kunit_test_suite(bbr_suite);
