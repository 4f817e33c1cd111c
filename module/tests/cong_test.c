// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/cong.c and core/cong_reno.c: tables of RFC 5681's and RFC 6928's numbers, and
 * random acknowledgments against Reno counted octet by octet.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/time64.h>

#include "../core/cong.c"
#include "../core/cong_reno.c"
#include "../core/pace.h"

#define CONG_MSS	1000u

/* A window of so many segments, in use as a whole. */
static void cong_start(struct rill_cong *c, u32 cwnd, u32 ssthresh)
{
	rill_cong_init(c, &rill_cong_reno, CONG_MSS);
	c->cwnd = cwnd;
	c->ssthresh = ssthresh;
}

/* RFC 6928 section 2: the smaller of ten segments and of 14600 octets, but two in any case. */
static const struct cong_init_case {
	u32	mss;
	u32	cwnd;
} cong_init_cases[] = {
	{ 1, 10 }, { 536, 5360 }, { 1220, 12200 }, { 1459, 14590 }, { 1460, 14600 },
	{ 1461, 14600 }, { 4000, 14600 }, { 7300, 14600 }, { 7301, 14602 }, { 8960, 17920 },
	{ 65495, 130990 },
};

static void cong_init_desc(const struct cong_init_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "mss %u", c->mss);
}

KUNIT_ARRAY_PARAM(cong_init, cong_init_cases, cong_init_desc);

static void cong_test_init(struct kunit *test)
{
	const struct cong_init_case *p = test->param_value;
	struct rill_cong c;

	memset(&c, 0xa5, sizeof(c));
	rill_cong_init(&c, &rill_cong_reno, p->mss);
	KUNIT_EXPECT_EQ(test, c.cwnd, p->cwnd);
	KUNIT_EXPECT_EQ(test, c.ssthresh, U32_MAX);
	KUNIT_EXPECT_EQ(test, c.mss, p->mss);
	KUNIT_EXPECT_EQ(test, c.counted, 0u);
	KUNIT_EXPECT_EQ(test, c.priv[0], 0u);
	KUNIT_EXPECT_PTR_EQ(test, c.ops, &rill_cong_reno);
}

/* One ACK, everything in octets, the segment being 1000. */
static const struct cong_ack_case {
	const char *name;
	u32	cwnd, ssthresh, counted;
	u32	octets, flight;
	u32	new_cwnd, new_counted;
} cong_ack_cases[] = {
	{ "slow start: a segment", 10000, U32_MAX, 0, 1000, 10000, 11000, 0 },
	{ "slow start: two segments at once", 10000, U32_MAX, 0, 2000, 10000, 12000, 0 },
	{ "slow start: one octet", 10000, U32_MAX, 0, 1, 10000, 10001, 0 },
	{ "slow start: no more than L = 2", 10000, U32_MAX, 0, 9000, 10000, 12000, 0 },
	{ "slow start up to ssthresh", 10000, 12000, 0, 2000, 10000, 12000, 0 },
	{ "slow start past ssthresh", 10000, 10500, 0, 2000, 10000, 10500, 1500 },
	{ "slow start past ssthresh, long ACK", 10000, 10500, 0, 10000, 10000, 10500, 9500 },
	{ "slow start ends, avoidance steps", 2000, 2500, 1000, 2000, 2000, 3500, 0 },
	{ "at ssthresh: avoidance", 10000, 10000, 0, 2000, 10000, 10000, 2000 },
	{ "avoidance counts", 10000, 5000, 3000, 2000, 10000, 10000, 5000 },
	{ "avoidance: a window is full", 10000, 5000, 8000, 2000, 10000, 11000, 0 },
	{ "avoidance: the rest is kept", 10000, 5000, 9500, 2000, 10000, 11000, 1500 },
	{ "avoidance: one segment at most", 10000, 5000, 9500, 30000, 40000, 11000, 10999 },
	{ "unused, slow start", 10000, U32_MAX, 0, 2000, 4999, 10000, 0 },
	{ "half used, slow start", 10000, U32_MAX, 0, 2000, 5000, 12000, 0 },
	{ "half used, at ssthresh", 10000, 10000, 9500, 2000, 5000, 10000, 9500 },
	{ "half used, avoidance", 10000, 5000, 9500, 2000, 5000, 10000, 9500 },
	{ "a little more than two missing", 10000, 5000, 9500, 2000, 7999, 10000, 9500 },
	{ "two segments missing", 10000, 5000, 9500, 2000, 8000, 11000, 1500 },
	{ "small window, one in flight", 2000, 2000, 1500, 1000, 1000, 3000, 500 },
	{ "small window, none to speak of", 2000, 2000, 1500, 999, 999, 2000, 1500 },
	{ "widest, slow start", 0x3fffffff, U32_MAX, 0, 2000, 0x3fffffff, 0x40000000, 0 },
	{ "widest, avoidance", 0x40000000, 5000, 0x3fffffff, 1, 0x40000000, 0x40000000, 0 },
	{ "all of 2^31 acknowledged", 0x40000000, 5000, 0x3fffffff, 0x7fffffff, 0x7fffffff,
	  0x40000000, 0x400003e7 },
};

static void cong_ack_desc(const struct cong_ack_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cong_ack, cong_ack_cases, cong_ack_desc);

static void cong_test_acked(struct kunit *test)
{
	const struct cong_ack_case *p = test->param_value;
	struct rill_cong c;

	cong_start(&c, p->cwnd, p->ssthresh);
	c.counted = p->counted;
	rill_cong_acked(&c, p->octets, p->flight, 0, 0);
	KUNIT_EXPECT_EQ(test, c.cwnd, p->new_cwnd);
	KUNIT_EXPECT_EQ(test, c.counted, p->new_counted);
	KUNIT_EXPECT_EQ(test, c.ssthresh, p->ssthresh);
}

/* Reno, each octet on its own: RFC 5681 section 3.1 with RFC 3465's L = 2 in slow start. */
static void cong_model_acked(struct rill_cong *m, u32 octets)
{
	u32 steps = 0;

	while (octets--) {
		if (m->cwnd < m->ssthresh) {
			if (steps++ < 2 * m->mss)
				m->cwnd++;
			continue;
		}
		if (++m->counted == m->cwnd) {
			m->counted = 0;
			m->cwnd += m->mss;
		}
	}
}

static void cong_test_model(struct kunit *test)
{
	struct rnd_state rnd;
	int run, i;

	prandom_seed_state(&rnd, 5681);
	for (run = 0; run < 100; run++) {
		u32 ssthresh = 2000 + prandom_u32_state(&rnd) % 20000;
		struct rill_cong c, m;

		cong_start(&c, CONG_MSS, ssthresh);
		m = c;
		for (i = 0; i < 50; i++) {
			u32 octets = 1 + prandom_u32_state(&rnd) % min(c.cwnd, 3 * CONG_MSS);

			rill_cong_acked(&c, octets, c.cwnd, 0, 0);
			cong_model_acked(&m, octets);
			KUNIT_ASSERT_EQ(test, c.cwnd, m.cwnd);
			KUNIT_ASSERT_EQ(test, c.counted, m.counted);
		}
	}
}

/* However a window of data is acknowledged, avoidance makes it one segment wider. */
static void cong_test_one_mss_per_window(struct kunit *test)
{
	struct rnd_state rnd;
	struct rill_cong c;
	int round;

	prandom_seed_state(&rnd, 3465);
	cong_start(&c, 5 * CONG_MSS, 2 * CONG_MSS);
	for (round = 1; round <= 100; round++) {
		u32 left = c.cwnd;

		while (left) {
			u32 octets = min(left, 1 + prandom_u32_state(&rnd) % (2 * CONG_MSS));

			KUNIT_ASSERT_EQ(test, c.cwnd, (4 + round) * CONG_MSS);
			rill_cong_acked(&c, octets, c.cwnd, 0, 0);
			left -= octets;
		}
		KUNIT_ASSERT_EQ(test, c.cwnd, (5 + round) * CONG_MSS);
	}
}

static void cong_test_slow_start_doubles(struct kunit *test)
{
	struct rill_cong c;
	int round;

	cong_start(&c, CONG_MSS, U32_MAX);
	for (round = 0; round < 16; round++) {
		u32 cwnd = c.cwnd, left;

		for (left = cwnd; left; left -= CONG_MSS)
			rill_cong_acked(&c, CONG_MSS, cwnd, 0, 0);
		KUNIT_ASSERT_EQ(test, c.cwnd, 2 * cwnd);
	}
}

/* RFC 5681 equation (4) and the loss window */
static const struct cong_timeout_case {
	const char *name;
	u32	flight;
	bool	first;
	u32	ssthresh;	/* it was 7000 */
} cong_timeout_cases[] = {
	{ "half the flight", 10000, true, 5000 },
	{ "more than cwnd in flight", 30000, true, 15000 },
	{ "two segments at least", 3000, true, 2000 },
	{ "nothing in flight", 0, true, 2000 },
	{ "again: as it was", 10000, false, 7000 },
};

static void cong_timeout_desc(const struct cong_timeout_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cong_timeout, cong_timeout_cases, cong_timeout_desc);

static void cong_test_timeout(struct kunit *test)
{
	const struct cong_timeout_case *p = test->param_value;
	struct rill_cong c;

	cong_start(&c, 12000, 7000);
	c.counted = 900;
	rill_cong_timeout(&c, p->flight, p->first);
	KUNIT_EXPECT_EQ(test, c.cwnd, CONG_MSS);
	KUNIT_EXPECT_EQ(test, c.ssthresh, p->ssthresh);
	KUNIT_EXPECT_EQ(test, c.counted, 0u);
}

static void cong_test_idle(struct kunit *test)
{
	struct rill_cong c;

	cong_start(&c, 50000, 30000);
	c.counted = 900;
	rill_cong_idle(&c, 0);
	KUNIT_EXPECT_EQ(test, c.cwnd, 50000u);
	KUNIT_EXPECT_EQ(test, c.counted, 900u);
	rill_cong_idle(&c, 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10000u);
	KUNIT_EXPECT_EQ(test, c.counted, 0u);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 30000u);

	/* Never wider than before, however long it lasts. */
	c.cwnd = 4000;
	rill_cong_idle(&c, U32_MAX);
	KUNIT_EXPECT_EQ(test, c.cwnd, 4000u);
}

/* RFC 7661 section 4.4.3: five minutes without use take half of the window. */
static void cong_test_unused(struct kunit *test)
{
	const u64 start = 7 * USEC_PER_SEC, end = start + RILL_CONG_VALID_US;
	struct rill_cong c;

	cong_start(&c, 100000, 20000);
	rill_cong_acked(&c, 1000, 49000, 0, start - 1);
	rill_cong_acked(&c, 1000, 50000, 0, start);
	rill_cong_acked(&c, 1000, 49999, 0, end - 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 100000u);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20000u);
	rill_cong_acked(&c, 1000, 20000, 0, end);
	KUNIT_EXPECT_EQ(test, c.cwnd, 50000u);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 75000u);
	rill_cong_acked(&c, 1000, 1000, 0, end + RILL_CONG_VALID_US - 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 50000u);

	/* Never below an initial window, nor up to one. */
	cong_start(&c, 12000, 20000);
	rill_cong_acked(&c, 1000, 1000, 0, start);
	rill_cong_acked(&c, 1000, 1000, 0, end);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10000u);
	c.cwnd = 3000;
	rill_cong_acked(&c, 1000, 1000, 0, end + RILL_CONG_VALID_US);
	KUNIT_EXPECT_EQ(test, c.cwnd, 3000u);
}

/* From segments of 1000 octets. */
static const struct cong_mss_case {
	const char *name;
	u32	mss, cwnd, ssthresh;
	u32	new_cwnd, new_ssthresh;
} cong_mss_cases[] = {
	{ "same", 1000, 12345, 7000, 12345, 7000 },
	{ "half: as many segments", 500, 10000, 7000, 5000, 7000 },
	{ "half, no loss so far", 500, 10000, U32_MAX, 5000, U32_MAX },
	{ "one segment stays one", 500, 1000, 2000, 500, 2000 },
	{ "less than one segment", 500, 700, 2000, 500, 2000 },
	{ "larger: as many octets", 1500, 10000, 7000, 10000, 7000 },
	{ "larger than the window", 9000, 4000, 7000, 9000, 18000 },
	{ "widest window", 999, 0x40000000, 7000, 0x3fef9db2, 7000 },
};

static void cong_mss_desc(const struct cong_mss_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(cong_mss, cong_mss_cases, cong_mss_desc);

static void cong_test_set_mss(struct kunit *test)
{
	const struct cong_mss_case *p = test->param_value;
	struct rill_cong c;

	cong_start(&c, p->cwnd, p->ssthresh);
	rill_cong_set_mss(&c, p->mss);
	KUNIT_EXPECT_EQ(test, c.mss, p->mss);
	KUNIT_EXPECT_EQ(test, c.cwnd, p->new_cwnd);
	KUNIT_EXPECT_EQ(test, c.ssthresh, p->new_ssthresh);
}

/* What an algorithm is told, and when. */
static u32 cong_spy_octets;

static void cong_spy_init(struct rill_cong *c)
{
	c->priv[0] = c->cwnd;
}

static void cong_spy_acked(struct rill_cong *c, u32 octets, u32 rtt_us, u64 now_us)
{
	cong_spy_octets += octets;
	c->priv[1] = rtt_us;
	c->priv[2] = now_us;
	c->cwnd = U32_MAX;
}

static u32 cong_spy_reduce(struct rill_cong *c, u32 flight)
{
	return flight - 1;
}

static const struct rill_cong_ops cong_spy = {
	.name	= "spy",
	.init	= cong_spy_init,
	.acked	= cong_spy_acked,
	.reduce	= cong_spy_reduce,
};

static void cong_test_ops(struct kunit *test)
{
	struct rill_cong c;

	cong_spy_octets = 0;
	rill_cong_init(&c, &cong_spy, CONG_MSS);
	KUNIT_EXPECT_EQ(test, c.priv[0], 10000u);
	rill_cong_acked(&c, 300, 4999, 7, 8);
	KUNIT_EXPECT_EQ(test, cong_spy_octets, 0u);
	rill_cong_acked(&c, 300, 5000, 7, 8);
	KUNIT_EXPECT_EQ(test, cong_spy_octets, 300u);
	KUNIT_EXPECT_EQ(test, c.priv[1], 7u);
	KUNIT_EXPECT_EQ(test, c.priv[2], 8u);
	KUNIT_EXPECT_EQ(test, c.cwnd, RILL_CONG_CWND_MAX);
	rill_cong_timeout(&c, 5000, true);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 4999u);
}

/* An algorithm that wants everything, and knows what it was told. */
static struct rill_rate_sample cong_owner_sample;
static int cong_owner_events[RILL_CONG_IDLE + 1];

static void cong_owner_init(struct rill_cong *c)
{
	u32 *state = rill_cong_state(c);

	state[0]++;
}

static void cong_owner_sampled(struct rill_cong *c, const struct rill_rate_sample *s)
{
	cong_owner_sample = *s;
	c->cwnd = s->flight;
}

static void cong_owner_event(struct rill_cong *c, enum rill_cong_event event, u32 flight)
{
	cong_owner_events[event]++;
	c->cwnd = flight;
}

static const struct rill_cong_ops cong_owner = {
	.name	= "owner",
	.flags	= RILL_CONG_OWNS | RILL_CONG_RATE,
	.state	= 4,
	.init	= cong_owner_init,
	.sample	= cong_owner_sampled,
	.event	= cong_owner_event,
};

/* Who owns the window is told, and nobody else touches it. */
static void cong_test_owner(struct kunit *test)
{
	u32 *room = kunit_kzalloc(test, rill_cong_size(&cong_owner), GFP_KERNEL);
	struct rill_rate_sample s = { .flight = 5000 };
	u32 *state = room + sizeof(struct rill_rate) / sizeof(u32);
	struct rill_cong c;

	KUNIT_ASSERT_NOT_NULL(test, room);
	memset(cong_owner_events, 0, sizeof(cong_owner_events));
	KUNIT_EXPECT_EQ(test, rill_cong_size(&rill_cong_reno), 0u);
	KUNIT_EXPECT_EQ(test, rill_cong_size(&cong_owner), (u32)sizeof(struct rill_rate) + 4);
	/* It begins when it has got its memory, at the start and when it is chosen under way. */
	rill_cong_init(&c, &cong_owner, CONG_MSS);
	KUNIT_EXPECT_EQ(test, *state, 0u);
	rill_cong_lend(&c, room);
	KUNIT_EXPECT_EQ(test, *state, 1u);
	rill_cong_switch(&c, &rill_cong_reno);
	KUNIT_EXPECT_PTR_EQ(test, c.rate, NULL);
	rill_cong_switch(&c, &cong_owner);
	KUNIT_EXPECT_EQ(test, *state, 1u);
	rill_cong_lend(&c, room);
	KUNIT_EXPECT_EQ(test, *state, 2u);

	rill_cong_acked(&c, 1000, 10000, 0, 0);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10000u);
	rill_cong_sample(&c, &s);
	KUNIT_EXPECT_EQ(test, c.cwnd, 5000u);
	KUNIT_EXPECT_EQ(test, cong_owner_sample.flight, 5000u);
	rill_cong_reduce(&c, 4000);
	KUNIT_EXPECT_EQ(test, cong_owner_events[RILL_CONG_LOSS], 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 4000u);
	rill_cong_timeout(&c, 3000, false);
	KUNIT_EXPECT_EQ(test, cong_owner_events[RILL_CONG_TIMEOUT], 1);
	KUNIT_EXPECT_EQ(test, c.cwnd, 3000u);
	rill_cong_idle(&c, 1);
	KUNIT_EXPECT_EQ(test, cong_owner_events[RILL_CONG_IDLE], 1);
	KUNIT_EXPECT_EQ(test, c.ssthresh, U32_MAX);
	/* But it can't go beyond what a window may be. */
	KUNIT_EXPECT_EQ(test, c.cwnd, CONG_MSS);
	s.flight = U32_MAX;
	rill_cong_sample(&c, &s);
	KUNIT_EXPECT_EQ(test, c.cwnd, RILL_CONG_CWND_MAX);
	/* Others don't hear of it. */
	rill_cong_switch(&c, &rill_cong_reno);
	rill_cong_event(&c, RILL_CONG_UNDO, 0);
	rill_cong_sample(&c, &s);
	KUNIT_EXPECT_EQ(test, cong_owner_events[RILL_CONG_UNDO], 0);
	KUNIT_EXPECT_EQ(test, c.cwnd, RILL_CONG_CWND_MAX);
}

/* The rate is forgotten together with the rest that was the algorithm's. */
static void cong_test_switch(struct kunit *test)
{
	struct rill_cong c;

	cong_start(&c, 10000, 20000);
	c.pacing_rate = 77;
	c.counted = 1;
	c.priv[0] = 1;
	rill_cong_switch(&c, &rill_cong_reno);
	KUNIT_EXPECT_EQ(test, c.pacing_rate, 0ULL);
	KUNIT_EXPECT_EQ(test, c.counted, 0U);
	KUNIT_EXPECT_EQ(test, c.priv[0], 0U);
	KUNIT_EXPECT_EQ(test, c.cwnd, 10000U);
	KUNIT_EXPECT_EQ(test, c.ssthresh, 20000U);
}

static void cong_random_start(struct rill_cong *c, const struct rill_cong_ops *ops, void *room,
			      bool under_way)
{
	u32 size = rill_cong_size(ops);

	if (under_way)
		rill_cong_switch(c, ops);
	else
		rill_cong_init(c, ops, CONG_MSS);
	memset(room, 0, size);
	if (size)
		rill_cong_lend(c, room);
}

/* Something that may happen to a connection, in any order. */
static void cong_random_step(struct rill_cong *c, struct rnd_state *rnd, u64 *now)
{
	u32 dice = prandom_u32_state(rnd), flight = prandom_u32_state(rnd) % (2 * c->cwnd);
	u32 acked = 1 + prandom_u32_state(rnd) % max(flight, 1u), rtt = 1 + dice % 300000;
	struct rill_rate_sample s = {
		.acked = acked, .prior_flight = flight, .flight = flight - min(acked, flight),
		.ece = !(dice & 0xf0), .cwnd_limited = true, .sack = dice & 0x100,
	};

	*now += 1 + prandom_u32_state(rnd) % 20000;
	s.now_us = *now;
	if (c->rate) {
		rill_rate_sent(c->rate, dice, c->mss, flight, *now);
		rill_rate_lost(c->rate, dice & 0xf000 ? 0 : c->mss);
		rill_rate_acked(c->rate, dice, U32_MAX, &s);
	}
	switch (dice % 64) {
	case 0:
		rill_cong_reduce(c, flight);
		break;
	case 1:
		rill_cong_timeout(c, flight, dice & 0x200);
		break;
	case 2:
		rill_cong_idle(c, 1);
		break;
	case 3:
		rill_cong_set_mss(c, 1 + (dice >> 16));
		break;
	case 4:
		rill_cong_event(c, RILL_CONG_REPAIRED, flight);
		break;
	case 5:
		if (c->ops->ease)
			c->ssthresh = c->ops->ease(c, flight);
		break;
	default:
		rill_cong_acked(c, acked, flight, rtt, *now);
		break;
	}
	rill_cong_sample(c, &s);
}

/* Whatever happens, and whichever algorithm: what it says makes sense. */
static void cong_test_random(struct kunit *test)
{
	static const struct rill_cong_ops *all[] = {
		&rill_cong_reno, &rill_cong_cubic, &rill_cong_dctcp, &rill_cong_bbr,
	};
	void *room = kunit_kzalloc(test, rill_cong_size(&rill_cong_bbr), GFP_KERNEL);
	u64 now = USEC_PER_SEC;
	struct rnd_state rnd;
	struct rill_cong c;
	u32 run, i;

	KUNIT_ASSERT_NOT_NULL(test, room);
	prandom_seed_state(&rnd, 7);
	for (run = 0; run < 40; run++) {
		cong_random_start(&c, all[run % ARRAY_SIZE(all)], room, run % 8 > 3);
		for (i = 0; i < 500; i++) {
			cong_random_step(&c, &rnd, &now);
			KUNIT_ASSERT_GE(test, c.cwnd, c.mss);
			KUNIT_ASSERT_LE(test, c.cwnd, RILL_CONG_CWND_MAX);
			KUNIT_ASSERT_GE(test, c.ssthresh, 2 * c.mss);
			/* A window in a microsecond, at the most. */
			KUNIT_ASSERT_LE(test, rill_pace_rate(&c, 1, U64_MAX),
					3ULL * USEC_PER_SEC * RILL_CONG_CWND_MAX);
			KUNIT_ASSERT_GT(test, rill_pace_rate(&c, 1, U64_MAX), 0ULL);
		}
	}
}

static struct kunit_case cong_suite_cases[] = {
	KUNIT_CASE_PARAM(cong_test_init, cong_init_gen_params),
	KUNIT_CASE_PARAM(cong_test_acked, cong_ack_gen_params),
	KUNIT_CASE(cong_test_model),
	KUNIT_CASE(cong_test_one_mss_per_window),
	KUNIT_CASE(cong_test_slow_start_doubles),
	KUNIT_CASE_PARAM(cong_test_timeout, cong_timeout_gen_params),
	KUNIT_CASE(cong_test_idle),
	KUNIT_CASE(cong_test_unused),
	KUNIT_CASE_PARAM(cong_test_set_mss, cong_mss_gen_params),
	KUNIT_CASE(cong_test_ops),
	KUNIT_CASE(cong_test_owner),
	KUNIT_CASE(cong_test_switch),
	KUNIT_CASE(cong_test_random),
	{ }
};

static struct kunit_suite cong_suite = {
	.name = "rill_cong",
	.test_cases = cong_suite_cases,
};

kunit_test_suite(cong_suite);
