// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/rack.c: what RFC 8985 says of losses and reordering, played on a scoreboard with
 * one segment a millisecond, and the tail loss probe.
 */
#include <kunit/test.h>

#include "../core/rack.c"

#define RACK_SEG	100
#define RACK_SEGS	32
#define RACK_RTT	40000	/* microseconds */

struct rack_case {
	struct rill_board board;
	struct rill_sent spare[2 * RACK_SEGS];
	struct rill_rack rack;
	u64 now;
	u32 wait;
};

/* Segments 0..9 were sent at 0, 1, ... 9 ms. */
static struct rack_case *rack_new(struct kunit *test)
{
	struct rack_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	rill_board_init(&c->board);
	for (i = 0; i < ARRAY_SIZE(c->spare); i++)
		rill_board_give(&c->board, &c->spare[i]);
	rill_rack_init(&c->rack, 0);
	for (i = 0; i < 10; i++)
		rill_board_sent(&c->board, i * RACK_SEG, (i + 1) * RACK_SEG, RACK_SEG,
				1000 + i * 1000);
	return c;
}

/* At @now_ms the peer tells of segment @n. Return: octets lost. */
static u32 rack_sack(struct rack_case *c, u32 n, u32 now_ms, bool at_once)
{
	struct rill_delivered d = { };

	c->now = 1000 + now_ms * 1000;
	rill_board_sack(&c->board, n * RACK_SEG, (n + 1) * RACK_SEG, &d);
	rill_rack_delivered(&c->rack, &d, RACK_RTT, c->now);
	return rill_rack_detect(&c->rack, &c->board,
				rill_rack_window(&c->rack, RACK_RTT, RACK_RTT, at_once), c->now,
				&c->wait);
}

/* The first segment is lost: it is so after a quarter of an RTT, or with the third one told of. */
static void rack_test_first_lost(struct kunit *test)
{
	struct rack_case *c = rack_new(test);

	KUNIT_EXPECT_EQ(test, rack_sack(c, 1, 41, false), 0);
	KUNIT_EXPECT_EQ(test, c->rack.rtt_us, RACK_RTT);
	KUNIT_EXPECT_EQ(test, c->wait, 9000);
	KUNIT_EXPECT_EQ(test, rack_sack(c, 2, 42, false), 0);
	KUNIT_EXPECT_EQ(test, c->wait, 8000);
	KUNIT_EXPECT_EQ(test, rack_sack(c, 3, 43, true), RACK_SEG);
	KUNIT_EXPECT_EQ(test, c->wait, 0);
	KUNIT_EXPECT_EQ(test, rill_board_lost(&c->board)->seq, 0);
}

/* Nothing more comes: the timer finds it. */
static void rack_test_timer(struct kunit *test)
{
	struct rack_case *c = rack_new(test);
	u32 window;

	rack_sack(c, 2, 42, false);
	window = rill_rack_window(&c->rack, RACK_RTT, RACK_RTT, false);
	KUNIT_EXPECT_EQ(test, window, RACK_RTT / 4);
	c->now += c->wait;
	KUNIT_EXPECT_EQ(test, rill_rack_detect(&c->rack, &c->board, window, c->now, &c->wait),
			RACK_SEG);
	KUNIT_EXPECT_EQ(test, c->wait, 1000);
	c->now += c->wait;
	KUNIT_EXPECT_EQ(test, rill_rack_detect(&c->rack, &c->board, window, c->now, &c->wait),
			RACK_SEG);
	KUNIT_EXPECT_EQ(test, c->wait, 0);
	KUNIT_EXPECT_EQ(test, c->board.lost_octets, 2 * RACK_SEG);
}

/* A segment that was only late: from then on three others are no reason. */
static void rack_test_reordering(struct kunit *test)
{
	struct rack_case *c = rack_new(test);

	rack_sack(c, 1, 41, false);
	KUNIT_EXPECT_EQ(test, c->rack.reordered, 0);
	rack_sack(c, 0, 42, false);
	KUNIT_EXPECT_EQ(test, c->rack.reordered, 1);
	KUNIT_EXPECT_EQ(test, c->rack.degree, 2 * RACK_SEG);
	rack_sack(c, 3, 43, false);
	rack_sack(c, 4, 44, false);
	KUNIT_EXPECT_EQ(test, c->rack.reordered, 1);
	KUNIT_EXPECT_EQ(test, rack_sack(c, 5, 45, true), 0);
	KUNIT_EXPECT_EQ(test, c->wait, 7000);
}

/* What was sent again and is lost again is found as soon as something sent later arrives. */
static void rack_test_lost_again(struct kunit *test)
{
	struct rack_case *c = rack_new(test);
	struct rill_sent *s;

	rack_sack(c, 1, 41, false);
	rack_sack(c, 2, 42, false);
	KUNIT_EXPECT_EQ(test, rack_sack(c, 3, 43, true), RACK_SEG);
	s = rill_board_lost(&c->board);
	rill_board_again(&c->board, s, RACK_SEG, 44000);
	rill_board_sent(&c->board, 1000, 1100, RACK_SEG, 45000);
	KUNIT_EXPECT_EQ(test, rack_sack(c, 4, 44, true), 0);
	rack_sack(c, 9, 49, true);
	KUNIT_EXPECT_EQ(test, c->board.lost_octets, 5 * RACK_SEG);
	KUNIT_EXPECT_EQ(test, rack_sack(c, 10, 84, true), RACK_SEG);
	KUNIT_EXPECT_EQ(test, c->board.again_octets, 0);
}

/* The ACK of what was sent again can't be that of the second time after less than any RTT. */
static void rack_test_needless(struct kunit *test)
{
	struct rack_case *c = rack_new(test);

	rack_sack(c, 3, 43, true);
	KUNIT_ASSERT_NOT_NULL(test, rill_board_lost(&c->board));
	rill_board_again(&c->board, rill_board_lost(&c->board), RACK_SEG, 44000);
	rack_sack(c, 0, 44, true);
	KUNIT_EXPECT_EQ(test, c->rack.at_us, 4000);
	KUNIT_EXPECT_EQ(test, c->rack.rtt_us, RACK_RTT);
}

/* RFC 8985 section 6.2, step 4: once a round trip, and for sixteen recoveries. */
static void rack_test_dsack(struct kunit *test)
{
	struct rill_rack r;
	unsigned int i;

	rill_rack_init(&r, 0);
	r.reordered = 1;
	KUNIT_EXPECT_EQ(test, rill_rack_window(&r, 1000, 5000, true), 250);
	rill_rack_dsack(&r, 100, 1000, true);
	rill_rack_dsack(&r, 200, 1100, true);
	KUNIT_EXPECT_EQ(test, rill_rack_window(&r, 1000, 5000, true), 500);
	rill_rack_dsack(&r, 1000, 2000, true);
	KUNIT_EXPECT_EQ(test, rill_rack_window(&r, 1000, 5000, true), 750);
	for (i = 0; i < 15; i++)
		rill_rack_recovered(&r);
	KUNIT_EXPECT_EQ(test, rill_rack_window(&r, 1000, 5000, true), 750);
	rill_rack_recovered(&r);
	KUNIT_EXPECT_EQ(test, rill_rack_window(&r, 1000, 5000, true), 250);
	for (i = 0; i < 1000; i++)
		rill_rack_dsack(&r, 3000 + 100 * i, 3050 + 100 * i, true);
	KUNIT_EXPECT_EQ(test, r.mult, U8_MAX);
	KUNIT_EXPECT_EQ(test, rill_rack_window(&r, 1000, 5000, true), 5000);
}

/* RFC 8985 section 7.2 */
static void rack_test_probe_time(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, rill_tlp_wait(10000, 1000000, 200000, false), 20000);
	KUNIT_EXPECT_EQ(test, rill_tlp_wait(10000, 1000000, 200000, true), 220000);
	KUNIT_EXPECT_EQ(test, rill_tlp_wait(10000, 15000, 200000, false), 15000);
	KUNIT_EXPECT_EQ(test, rill_tlp_wait(0, 3000000, 200000, true), 1000000);
	KUNIT_EXPECT_EQ(test, rill_tlp_wait(U32_MAX, U32_MAX, 200000, true), U32_MAX);
}

struct rack_probe {
	const char *name;
	bool again;
	s32 ack;		/* from TLP.end_seq */
	bool dsack, bare;
	bool out, repaired;
};

static const struct rack_probe rack_probes[] = {
	{ "not acknowledged", true, -1, false, false, true, false },
	{ "new data", false, 0, false, false, false, false },
	{ "came twice", true, 0, true, false, false, false },
	{ "acknowledged, it or what it repeats", true, 0, false, false, true, false },
	{ "and by a duplicate", true, 0, false, true, false, false },
	{ "more was acknowledged: one of the two got lost", true, 1, false, false, false, true },
	{ "more was acknowledged, but it came twice", true, 1, true, false, false, false },
};

static void rack_test_probe(struct kunit *test)
{
	const struct rack_probe *row = test->param_value;
	struct rill_tlp t;

	rill_tlp_sent(&t, -1u, row->again);
	KUNIT_EXPECT_EQ(test, rill_tlp_acked(&t, -1u + row->ack, row->dsack, row->bare),
			row->repaired);
	KUNIT_EXPECT_EQ(test, t.out, row->out);
}

static void rack_probe_name(const struct rack_probe *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rack_probe, rack_probes, rack_probe_name);

static struct kunit_case rack_cases[] = {
	KUNIT_CASE(rack_test_first_lost),
	KUNIT_CASE(rack_test_timer),
	KUNIT_CASE(rack_test_reordering),
	KUNIT_CASE(rack_test_lost_again),
	KUNIT_CASE(rack_test_needless),
	KUNIT_CASE(rack_test_dsack),
	KUNIT_CASE(rack_test_probe_time),
	KUNIT_CASE_PARAM(rack_test_probe, rack_probe_gen_params),
	{ }
};

static struct kunit_suite rack_suite = {
	.name = "rill_rack",
	.test_cases = rack_cases,
};

kunit_test_suite(rack_suite);
