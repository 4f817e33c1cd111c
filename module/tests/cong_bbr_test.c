// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/cong_bbr.c on paths of path.h: what it finds out of them, what it does to their
 * queues, and how it takes changes, losses, marks, timeouts and nonsense. The model is linked in
 * with bbr_test.c, core/cong.c with cong_test.c, core/rate.c with rate_test.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../core/cong_bbr.c"
#include "path.h"

#define BBR_RATE	1000000ULL	/* octets a second, of most paths here */
#define BBR_RTT		50000u		/* microseconds */
#define BBR_BDP		50000u

static struct path *bbr_path(struct kunit *test, u64 rate, u32 rtt_us, u32 buffer)
{
	void *room = kunit_kzalloc(test, rill_cong_size(&rill_cong_bbr), GFP_KERNEL);

	return room ? path_open(&rill_cong_bbr, rate, rtt_us, buffer, room) : NULL;
}

static struct rill_bbr *bbr_of(struct path *p)
{
	return rill_cong_state(&p->c);
}

/* Until @mode is reached, or so many milliseconds are over. */
static bool bbr_until(struct path *p, enum rill_bbr_mode mode, u32 ms)
{
	u64 until = p->now_us + (u64)ms * USEC_PER_MSEC;

	while (bbr_of(p)->mode != mode && p->now_us < until)
		path_step(p);
	return bbr_of(p)->mode == mode;
}

static bool bbr_within(u64 what, u64 of, u32 percent)
{
	return what * 100 >= of * (100 - percent) && what * 100 <= of * (100 + percent);
}

static const struct bbr_path_case {
	const char *name;
	u64 rate;
	u32 rtt_us;
	u32 quarters;		/* the buffer, of the bandwidth-delay product */
} bbr_path_cases[] = {
	{ "1 Mbit/s, 200 ms", 125000, 200000, 4 },
	{ "10 Mbit/s, 20 ms", 1250000, 20000, 4 },
	{ "10 Mbit/s, 200 ms", 1250000, 200000, 4 },
	{ "100 Mbit/s, 50 ms", 12500000, 50000, 4 },
	{ "a quarter of a buffer", 1250000, 50000, 1 },
	{ "a large buffer", 1250000, 50000, 32 },
};

static void bbr_path_desc(const struct bbr_path_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bbr_path, bbr_path_cases, bbr_path_desc);

/* The bandwidth within 10 %, the round-trip time within a segment, and nearly all of it used. */
static void bbr_test_finds(struct kunit *test)
{
	const struct bbr_path_case *k = test->param_value;
	u32 bdp = div_u64(k->rate * k->rtt_us, USEC_PER_SEC), drops;
	struct path *p = bbr_path(test, k->rate, k->rtt_us, bdp / 4 * k->quarters);
	u64 octets;

	KUNIT_ASSERT_NOT_NULL(test, p);
	path_run(p, 2500);
	KUNIT_EXPECT_TRUE(test, bbr_within(rill_bbr_max_bw(bbr_of(p)), k->rate, 10));
	KUNIT_EXPECT_GE(test, bbr_of(p)->min_rtt, k->rtt_us);
	KUNIT_EXPECT_LE(test, bbr_of(p)->min_rtt,
			k->rtt_us + div64_u64(2ULL * PATH_MSS * USEC_PER_SEC, k->rate));
	drops = p->drops;
	p->queue_max = 0;
	octets = path_run(p, 2000);
	KUNIT_EXPECT_GE(test, octets, 2 * k->rate * 85 / 100);
	KUNIT_EXPECT_LE(test, (u64)(p->drops - drops) * PATH_MSS, octets / 50);
	KUNIT_EXPECT_LE(test, p->queue_max, bdp / 2 * 3);
	KUNIT_EXPECT_TRUE(test, bbr_within(rill_bbr_max_bw(bbr_of(p)), k->rate, 10));
	kvfree(p);
}

/* Startup, however deep the buffer, fills it by no more than its gains; Drain empties it. */
static void bbr_test_drains(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 100 * BBR_BDP);
	u64 drain;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, bbr_until(p, RILL_BBR_DRAIN, 2000));
	KUNIT_EXPECT_TRUE(test, bbr_within(rill_bbr_max_bw(bbr_of(p)), BBR_RATE, 10));
	KUNIT_EXPECT_LE(test, p->queue_max, 2 * BBR_BDP);
	KUNIT_EXPECT_GE(test, p->queue_max, BBR_BDP / 2);
	drain = p->now_us;
	KUNIT_EXPECT_TRUE(test, bbr_until(p, RILL_BBR_CRUISE, 2000));
	KUNIT_EXPECT_LE(test, p->now_us - drain, 8ULL * BBR_RTT);
	path_run(p, 50);
	p->queue_max = 0;
	path_run(p, 500);
	KUNIT_EXPECT_EQ(test, bbr_of(p)->mode, RILL_BBR_CRUISE);
	KUNIT_EXPECT_LE(test, p->queue_max, BBR_BDP / 10);
	kvfree(p);
}

/* Cruise, refill, up, down, and again, with a queue only where it probes. */
static void bbr_test_cycle(struct kunit *test)
{
	static const enum rill_bbr_mode cycle[] = {
		RILL_BBR_CRUISE, RILL_BBR_REFILL, RILL_BBR_UP, RILL_BBR_DOWN, RILL_BBR_CRUISE,
	};
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 4 * BBR_BDP);
	u64 rate;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < ARRAY_SIZE(cycle); i++) {
		KUNIT_EXPECT_TRUE(test, bbr_until(p, cycle[i], 4000));
		rate = p->c.pacing_rate;
		if (i > 1)
			KUNIT_EXPECT_EQ(test, rate > BBR_RATE, cycle[i] == RILL_BBR_UP);
	}
	kvfree(p);
}

/* Every five seconds little is in flight for a moment, unless a pause has done that already. */
static void bbr_test_probe_rtt(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 4 * BBR_BDP);

	KUNIT_ASSERT_NOT_NULL(test, p);
	path_run(p, 2000);
	p->flight_min = U32_MAX;
	KUNIT_EXPECT_TRUE(test, bbr_until(p, RILL_BBR_PROBE_RTT, 5000));
	/* What is slow now is so on purpose. */
	KUNIT_EXPECT_TRUE(test, p->c.rate->limited);
	KUNIT_EXPECT_TRUE(test, bbr_until(p, RILL_BBR_CRUISE, 1000));
	KUNIT_EXPECT_LE(test, p->flight_min, BBR_BDP / 2);
	path_run(p, 500);
	KUNIT_EXPECT_GE(test, p->c.cwnd, BBR_BDP);
	/* A longer way is believed when it was looked for in vain to be shorter. */
	p->rtt_us = 80000;
	path_run(p, 12000);
	KUNIT_EXPECT_GE(test, bbr_of(p)->min_rtt, 80000u);
	KUNIT_EXPECT_LE(test, bbr_of(p)->min_rtt, 90000u);
	/* A shorter one at once. */
	p->rtt_us = 30000;
	path_run(p, 1000);
	KUNIT_EXPECT_LE(test, bbr_of(p)->min_rtt, 40000u);
	p->limit_us = 6 * USEC_PER_SEC;
	while (p->flight)
		path_step(p);
	rill_cong_idle(&p->c, 1);
	p->now_us += p->limit_us;
	p->limit_us = 0;
	p->next_us = 0;
	path_run(p, 100);
	KUNIT_EXPECT_NE(test, bbr_of(p)->mode, RILL_BBR_PROBE_RTT);
	kvfree(p);
}

/* The bottleneck becomes half as wide, then four times. */
static void bbr_test_changes(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 4 * BBR_BDP);

	KUNIT_ASSERT_NOT_NULL(test, p);
	path_run(p, 3000);
	p->rate = BBR_RATE / 2;
	/* Two cycles of probing, until what was measured before is forgotten. */
	path_run(p, 13000);
	KUNIT_EXPECT_TRUE(test, bbr_within(rill_bbr_max_bw(bbr_of(p)), BBR_RATE / 2, 10));
	p->queue_max = 0;
	p->drops = 0;
	KUNIT_EXPECT_GE(test, path_run(p, 2000), BBR_RATE * 85 / 100);
	KUNIT_EXPECT_LE(test, p->queue_max, BBR_BDP);
	KUNIT_EXPECT_EQ(test, p->drops, 0u);
	p->rate = 2 * BBR_RATE;
	path_run(p, 20000);
	KUNIT_EXPECT_TRUE(test, bbr_within(rill_bbr_max_bw(bbr_of(p)), 2 * BBR_RATE, 10));
	kvfree(p);
}

/* One segment in a hundred is lost: the rate gives way, but does not collapse. */
static void bbr_test_losses(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, BBR_BDP);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->loss = 10000;
	path_run(p, 4000);
	KUNIT_EXPECT_GE(test, path_run(p, 10000), 10 * BBR_RATE * 60 / 100);
	p->loss = 0;
	path_run(p, 12000);
	KUNIT_EXPECT_GE(test, path_run(p, 2000), 2 * BBR_RATE * 85 / 100);
	kvfree(p);
}

/* Startup ends where a buffer overflows, and goes on if nothing was lost after all. */
static void bbr_test_undo(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, BBR_BDP / 2);
	u32 cwnd;

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, bbr_until(p, RILL_BBR_DRAIN, 2000));
	KUNIT_EXPECT_TRUE(test, bbr_of(p)->full && !bbr_of(p)->full_now);
	KUNIT_EXPECT_NE(test, bbr_of(p)->inflight_hi, RILL_BBR_NONE);
	cwnd = bbr_of(p)->prior_cwnd;
	rill_cong_event(&p->c, RILL_CONG_UNDO, p->flight);
	KUNIT_EXPECT_EQ(test, bbr_of(p)->mode, RILL_BBR_STARTUP);
	KUNIT_EXPECT_FALSE(test, bbr_of(p)->full);
	KUNIT_EXPECT_EQ(test, bbr_of(p)->inflight_hi, RILL_BBR_NONE);
	KUNIT_EXPECT_GE(test, p->c.cwnd, cwnd);
	/* Once more nothing, and the same of what was lost while it cruised. */
	KUNIT_EXPECT_TRUE(test, bbr_until(p, RILL_BBR_CRUISE, 4000));
	path_run(p, 200);
	p->loss = 1000000;
	path_step(p);
	p->loss = 0;
	bbr_of(p)->bw_lo = U64_MAX;
	bbr_of(p)->undo_bw_lo = U64_MAX;
	path_run(p, 150);
	rill_cong_event(&p->c, RILL_CONG_UNDO, p->flight);
	KUNIT_EXPECT_EQ(test, bbr_of(p)->bw_lo, U64_MAX);
	KUNIT_EXPECT_EQ(test, bbr_of(p)->mode, RILL_BBR_CRUISE);
	kvfree(p);
}

/* A queue that marks early stays short, and nothing is dropped. */
static void bbr_test_marks(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 4 * BBR_BDP);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->mark = BBR_BDP / 4;
	KUNIT_EXPECT_TRUE(test, bbr_until(p, RILL_BBR_DRAIN, 2000));
	KUNIT_EXPECT_TRUE(test, bbr_of(p)->full && !bbr_of(p)->full_now);
	path_run(p, 3000);
	p->queue_max = 0;
	KUNIT_EXPECT_GE(test, path_run(p, 4000), 4 * BBR_RATE * 75 / 100);
	KUNIT_EXPECT_LE(test, p->queue_max, BBR_BDP);
	KUNIT_EXPECT_EQ(test, p->drops, 0u);
	kvfree(p);
}

/* An application that sends a tenth of what the path bears neither ends startup nor hides it. */
static void bbr_test_limited(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 4 * BBR_BDP);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->limit_us = 10000;
	path_run(p, 3000);
	KUNIT_EXPECT_EQ(test, bbr_of(p)->mode, RILL_BBR_STARTUP);
	KUNIT_EXPECT_FALSE(test, bbr_of(p)->full);
	p->limit_us = 0;
	path_run(p, 3000);
	KUNIT_EXPECT_TRUE(test, bbr_within(rill_bbr_max_bw(bbr_of(p)), BBR_RATE, 10));
	p->limit_us = 10000;
	path_run(p, 8000);
	KUNIT_EXPECT_TRUE(test, bbr_within(rill_bbr_max_bw(bbr_of(p)), BBR_RATE, 10));
	kvfree(p);
}

/* After a timeout one segment goes, and the window that there was comes back. */
static void bbr_test_timeout(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 4 * BBR_BDP);
	u32 cwnd;

	KUNIT_ASSERT_NOT_NULL(test, p);
	path_run(p, 2000);
	cwnd = p->c.cwnd;
	rill_cong_timeout(&p->c, p->flight, true);
	KUNIT_EXPECT_EQ(test, p->c.cwnd, PATH_MSS);
	rill_cong_event(&p->c, RILL_CONG_REPAIRED, 0);
	KUNIT_EXPECT_EQ(test, p->c.cwnd, cwnd);
	p->loss = 1000000;
	path_run(p, 3000);
	p->loss = 0;
	path_run(p, 8000);
	KUNIT_EXPECT_GE(test, path_run(p, 1000), BBR_RATE * 80 / 100);
	kvfree(p);
}

/* Whatever an ACK says, the window and the rate stay within what they may be. */
static void bbr_test_nonsense(struct kunit *test)
{
	struct path *p = bbr_path(test, BBR_RATE, BBR_RTT, 4 * BBR_BDP);
	struct rill_rate_sample s = { .now_us = USEC_PER_SEC };
	struct rnd_state rnd;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	prandom_seed_state(&rnd, 3);
	for (i = 0; i < 20000; i++) {
		u32 dice = prandom_u32_state(&rnd), shift = prandom_u32_state(&rnd) % 32;

		s.now_us += dice % 1000 ? dice % 50000 : dice;
		s.rate = (u64)prandom_u32_state(&rnd) << shift;
		s.delivered = prandom_u32_state(&rnd) >> shift;
		s.acked = prandom_u32_state(&rnd) >> (dice % 32);
		s.total += s.acked;
		s.prior = s.total - (prandom_u32_state(&rnd) >> shift);
		s.sent_flight = prandom_u32_state(&rnd) >> (1 + shift % 31);
		s.sent_lost = prandom_u32_state(&rnd) >> shift;
		s.lost = dice & 0x100 ? 0 : s.sent_lost;
		s.rtt_us = prandom_u32_state(&rnd) >> shift;
		s.flight = prandom_u32_state(&rnd) >> (1 + shift % 31);
		s.prior_flight = s.flight;
		s.valid = dice & 0x200;
		s.limited = dice & 0x400;
		s.ece = !(dice & 0xf0000);
		s.recovering = dice & 0x1000;
		s.cwnd_limited = dice & 0x2000;
		s.sack = dice & 0x4000;
		rill_cong_sample(&p->c, &s);
		if (!(dice & 0x3f00000))
			rill_cong_event(&p->c, dice % (RILL_CONG_IDLE + 1), s.flight);
		KUNIT_ASSERT_GE(test, p->c.cwnd, PATH_MSS);
		KUNIT_ASSERT_LE(test, p->c.cwnd, RILL_CONG_CWND_MAX);
		KUNIT_ASSERT_LE(test, bbr_of(p)->bw, RILL_BBR_FASTEST);
		KUNIT_ASSERT_LE(test, p->c.pacing_rate, RILL_BBR_FASTEST * 3);
		KUNIT_ASSERT_GE(test, bbr_of(p)->inflight_hi, RILL_BBR_PIPE * PATH_MSS);
		KUNIT_ASSERT_LE(test, bbr_of(p)->mode, RILL_BBR_PROBE_RTT);
	}
	kvfree(p);
}

static struct kunit_case bbr_suite_cases[] = {
	KUNIT_CASE_PARAM(bbr_test_finds, bbr_path_gen_params),
	KUNIT_CASE(bbr_test_drains),
	KUNIT_CASE(bbr_test_cycle),
	KUNIT_CASE(bbr_test_probe_rtt),
	KUNIT_CASE(bbr_test_changes),
	KUNIT_CASE(bbr_test_losses),
	KUNIT_CASE(bbr_test_undo),
	KUNIT_CASE(bbr_test_marks),
	KUNIT_CASE(bbr_test_limited),
	KUNIT_CASE(bbr_test_timeout),
	KUNIT_CASE(bbr_test_nonsense),
	{ }
};

static struct kunit_suite cong_bbr_suite = {
	.name = "rill_cong_bbr",
	.test_cases = bbr_suite_cases,
};

kunit_test_suite(cong_bbr_suite);
