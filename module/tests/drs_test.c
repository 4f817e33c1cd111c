// SPDX-License-Identifier: GPL-2.0
/* Tests of core/drs.c: senders of all paces, and the window that they would find. */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/drs.c"

#define DRS_RTT	50000u

/* Read @octets in the course of a round trip. Return: the window that was wanted last, or 0. */
static u32 drs_read(struct rill_drs *d, u32 *copied, u64 *now, u32 octets)
{
	u32 i, wnd, last = 0;

	for (i = 0; i < 10; i++) {
		*now += DRS_RTT / 10;
		*copied += octets / 10;
		wnd = rill_drs_faster(d, *copied) ? rill_drs_round(d, *copied, *now) : 0;
		if (wnd)
			last = wnd;
	}
	return last;
}

/*
 * A window that doubles each round trip never meets the one that is offered, and half as much again
 * may be sent while a loss stops the reader.
 */
static void drs_test_slow_start(struct kunit *test)
{
	u32 copied = 1000, wnd = 65536, flight = 14600, want;
	struct rill_drs d;
	u64 now = 1000000;

	rill_drs_init(&d, copied, DRS_RTT);
	while (flight < 50000000) {
		KUNIT_EXPECT_GE(test, wnd, flight + flight / 2);
		want = drs_read(&d, &copied, &now, flight);
		wnd = max(wnd, want);
		flight *= 2;
	}
}

/* At an even pace it is no more than twice what is read, however long it goes on. */
static void drs_test_even(struct kunit *test)
{
	struct rill_drs d;
	u64 now = 1000000;
	u32 copied = 0, i;

	rill_drs_init(&d, copied, DRS_RTT);
	for (i = 0; i < 20; i++)
		drs_read(&d, &copied, &now, 100000);
	KUNIT_EXPECT_LE(test, d.most, 111000u);
	KUNIT_EXPECT_GE(test, d.most, 90000u);
	for (i = 0; i < 2000; i++)
		KUNIT_EXPECT_EQ(test, drs_read(&d, &copied, &now, 90000), 0u);
}

/* What is read after a pause was not read in one round trip. */
static void drs_test_pause(struct kunit *test)
{
	struct rill_drs d;
	u64 now = 1000000;
	u32 copied = 0;

	rill_drs_init(&d, copied, DRS_RTT);
	KUNIT_EXPECT_EQ(test, rill_drs_round(&d, 1000, now), 0u);
	now += 100 * DRS_RTT;
	KUNIT_EXPECT_EQ(test, rill_drs_round(&d, 101000, now), 10000u);
	KUNIT_EXPECT_EQ(test, d.most, 1000u);
}

/* Without a round-trip time nothing is known. */
static void drs_test_no_rtt(struct kunit *test)
{
	struct rill_drs d;

	rill_drs_init(&d, 0, 0);
	KUNIT_EXPECT_EQ(test, rill_drs_round(&d, 100000, 1000000), 0u);
	KUNIT_EXPECT_EQ(test, rill_drs_round(&d, 200000, 9000000), 0u);
	rill_drs_echo(&d, 5, 25);
	KUNIT_EXPECT_EQ(test, d.rtt_us, 20000u);
}

static void drs_test_echo(struct kunit *test)
{
	struct rill_drs d;
	u32 i;

	rill_drs_init(&d, 0, 20400);
	/* as good as the same */
	rill_drs_echo(&d, 1000, 1021);
	KUNIT_EXPECT_EQ(test, d.rtt_us, 20400u);
	/* once for each echo */
	rill_drs_echo(&d, 2000, 2028);
	KUNIT_EXPECT_EQ(test, d.rtt_us, 21350u);
	rill_drs_echo(&d, 2000, 2029);
	KUNIT_EXPECT_EQ(test, d.rtt_us, 21350u);
	/* nothing to send for an hour */
	rill_drs_echo(&d, 3000, 3603000);
	KUNIT_EXPECT_EQ(test, d.rtt_us, 24018u);
	/* the clock wraps */
	for (i = 0; i < 100; i++)
		rill_drs_echo(&d, -i, 10 - i);
	KUNIT_EXPECT_LE(test, d.rtt_us, 11000u);
	KUNIT_EXPECT_GE(test, d.rtt_us, 10000u);
}

static void drs_test_random(struct kunit *test)
{
	u32 copied = 0, i, wnd, most = 0, clock = 0;
	struct rnd_state rnd;
	struct rill_drs d;
	u64 now = 1;

	prandom_seed_state(&rnd, 7323);
	rill_drs_init(&d, 0, 0);
	for (i = 0; i < 100000; i++) {
		now += prandom_u32_state(&rnd) % 100000;
		copied += prandom_u32_state(&rnd) % 1000000;
		if (!(i % 3))
			rill_drs_echo(&d, prandom_u32_state(&rnd), clock += 7);
		wnd = rill_drs_faster(&d, copied) ? rill_drs_round(&d, copied, now) : 0;
		KUNIT_ASSERT_GE(test, d.most, most);
		KUNIT_ASSERT_TRUE(test, !wnd || wnd >= 2 * d.most || d.most > U32_MAX / 2);
		most = d.most;
	}
}

static struct kunit_case drs_cases[] = {
	KUNIT_CASE(drs_test_slow_start),
	KUNIT_CASE(drs_test_even),
	KUNIT_CASE(drs_test_pause),
	KUNIT_CASE(drs_test_no_rtt),
	KUNIT_CASE(drs_test_echo),
	KUNIT_CASE(drs_test_random),
	{ }
};

static struct kunit_suite drs_suite = {
	.name = "rill_drs",
	.test_cases = drs_cases,
};

kunit_test_suite(drs_suite);
