// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/accecn.c, which accecn_test.c links in: when a segment has an AccECN option, and
 * the room it has beside others.
 */
#include <kunit/test.h>

#include "../core/accecn.h"

#define ACE_OPTIONS	(RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1)

/* An end whose SYN was taken: a server, in AccECN mode. */
static void ace_serve(struct rill_accecn *a, struct rill_ecn *e)
{
	*a = (struct rill_accecn){ };
	*e = (struct rill_ecn){ };
	rill_accecn_agree(a, e, RILL_ECN_ACCURATE, RILL_NOT_ECT);
}

/* What an option leaves room for, and what it is left room by (section 3.2.3.3). */
static void ace_test_room(struct kunit *test)
{
	static const struct {
		const char *what;
		u8 present, blocks, room;
		u32 e0b, ceb, e1b;	/* beyond the initial values */
		u32 fed;		/* of each, what was told */
		u8 order, fields, left;
	} rows[] = {
		{ "nothing but ECT(0)", 0, 0, 40, 500, 0, 0, 0, 0, 1, 0 },
		{ "with CE", RILL_OPT_TS, 0, 40, 500, 10, 0, 0, 0, 2, 0 },
		{ "with ECT(1)", RILL_OPT_TS, 0, 40, 500, 10, 10, 0, 0, 3, 0 },
		{ "ECT(1) alone", RILL_OPT_TS, 0, 40, 0, 0, 10, 0, 1, 1, 0 },
		{ "ECT(1) and CE", RILL_OPT_TS, 0, 40, 0, 9, 10, 0, 1, 2, 0 },
		{ "CE alone", RILL_OPT_TS, 0, 40, 0, 9, 0, 0, 0, 2, 0 },
		{ "one block", RILL_OPT_TS | RILL_OPT_SACK, 1, 40, 9, 9, 9, 0, 0, 3, 1 },
		{ "two blocks", RILL_OPT_TS | RILL_OPT_SACK, 2, 40, 9, 9, 0, 0, 0, 2, 2 },
		{ "the third block goes", RILL_OPT_TS | RILL_OPT_SACK, 3, 40, 9, 9, 0, 0, 0, 2,
		  2 },
		{ "all are news, two blocks", RILL_OPT_TS | RILL_OPT_SACK, 2, 40, 9, 9, 9, 0, 0, 0,
		  2 },
		{ "the last is no news", RILL_OPT_TS | RILL_OPT_SACK, 2, 40, 9, 9, 5, 5, 0, 2, 2 },
		{ "the fourth block goes", RILL_OPT_SACK, 4, 40, 9, 9, 9, 0, 0, 3, 3 },
		{ "little room", RILL_OPT_TS, 0, 20, 9, 5, 5, 5, 0, 2, 0 },
		{ "no room", RILL_OPT_TS, 0, 16, 9, 0, 0, 0, 0, 0, 0 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rill_opts opts = { .present = rows[i].present, .n_sack = rows[i].blocks };
		static const struct rill_seg data = { .flags = RILL_ACK, .len = 1 };
		struct rill_accecn a;
		struct rill_ecn e;

		ace_serve(&a, &e);
		a.r.e0b += rows[i].e0b;
		a.r.ceb += rows[i].ceb;
		a.r.e1b += rows[i].e1b;
		a.fed.e0b += rows[i].fed;
		a.fed.ceb += rows[i].fed;
		a.fed.e1b += rows[i].fed;
		rill_accecn_option(&a, RILL_ACCECN_ALWAYS, rows[i].room, &data, &opts);
		KUNIT_EXPECT_EQ_MSG(test, opts.n_accecn, rows[i].fields, "%s", rows[i].what);
		KUNIT_EXPECT_EQ_MSG(test, opts.present & ACE_OPTIONS, !rows[i].fields ? 0 :
				    rows[i].order ? RILL_OPT_ACCECN1 : RILL_OPT_ACCECN0,
				    "%s", rows[i].what);
		KUNIT_EXPECT_EQ_MSG(test, opts.n_sack, rows[i].left, "%s", rows[i].what);
		KUNIT_EXPECT_LE_MSG(test, rill_opt_len(&opts),
				    max_t(u32, rows[i].room, rows[i].present ? 12 : 0), "%s",
				    rows[i].what);
	}
}

/* When there is one: never, with news, always. */
static void ace_test_when(struct kunit *test)
{
	struct rill_seg seg = { .flags = RILL_ACK };
	struct rill_accecn a;
	struct rill_ecn e;
	int when;

	for (when = RILL_ACCECN_NEVER; when <= RILL_ACCECN_ALWAYS; when++) {
		struct rill_opts opts = { };

		ace_serve(&a, &e);
		rill_accecn_option(&a, when, 40, &seg, &opts);
		KUNIT_EXPECT_EQ(test, opts.present, when == RILL_ACCECN_ALWAYS ?
				RILL_OPT_ACCECN0 : 0);
		rill_accecn_received(&a, RILL_ECT_0, 100, 1, true);
		opts = (struct rill_opts){ };
		rill_accecn_option(&a, when, 40, &seg, &opts);
		KUNIT_EXPECT_EQ(test, opts.present, when ? RILL_OPT_ACCECN0 : 0);
		if (!when)
			continue;
		KUNIT_EXPECT_EQ(test, opts.accecn[0], 101u);
		rill_accecn_sent(&a, &seg, &opts, false);
		opts = (struct rill_opts){ };
		rill_accecn_option(&a, when, 40, &seg, &opts);
		KUNIT_EXPECT_EQ(test, opts.present, when == RILL_ACCECN_ALWAYS ?
				RILL_OPT_ACCECN0 : 0);
	}
}

/* The first SYN-ACK shows all three, as far as its other options let it; the next none. */
static void ace_test_greeting(struct kunit *test)
{
	static const struct {
		u8 present, cookie, fields, len;
	} rows[] = {
		{ RILL_OPT_MSS, 0, 3, 16 },
		{ RILL_OPT_MSS | RILL_OPT_TS | RILL_OPT_SACKOK | RILL_OPT_WSCALE, 0, 3, 32 },
		{ RILL_OPT_MSS | RILL_OPT_TS | RILL_OPT_SACKOK | RILL_OPT_WSCALE |
		  RILL_OPT_FASTOPEN, 8, 2, 40 },
		{ RILL_OPT_MSS | RILL_OPT_TS | RILL_OPT_SACKOK | RILL_OPT_WSCALE |
		  RILL_OPT_FASTOPEN, 16, 0, 40 },
	};
	int i;

	for (i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		struct rill_seg seg = { .flags = RILL_SYN | RILL_ACK };
		struct rill_opts opts = {
			.present = rows[i / 2].present, .cookie.len = rows[i / 2].cookie,
		};
		struct rill_accecn a;
		struct rill_ecn e;

		ace_serve(&a, &e);
		if (i % 2)
			rill_accecn_initial(&opts);
		else
			rill_accecn_option(&a, RILL_ACCECN_NEWS, 40, &seg, &opts);
		KUNIT_EXPECT_EQ_MSG(test, opts.n_accecn, rows[i / 2].fields, "row %d", i / 2);
		KUNIT_EXPECT_EQ_MSG(test, rill_opt_len(&opts), rows[i / 2].len, "row %d", i / 2);
		rill_accecn_sent(&a, &seg, &opts, false);
		KUNIT_EXPECT_EQ(test, seg.flags, RILL_SYN | RILL_ACK);
		opts = (struct rill_opts){ };
		rill_accecn_option(&a, RILL_ACCECN_ALWAYS, 40, &seg, &opts);
		KUNIT_EXPECT_EQ(test, opts.present, 0);
	}
}

static struct kunit_case accecn_opt_test_cases[] = {
	KUNIT_CASE(ace_test_room),
	KUNIT_CASE(ace_test_when),
	KUNIT_CASE(ace_test_greeting),
	{ }
};

static struct kunit_suite accecn_opt_test_suite = {
	.name = "rill_accecn_opt",
	.test_cases = accecn_opt_test_cases,
};

kunit_test_suite(accecn_opt_test_suite);
