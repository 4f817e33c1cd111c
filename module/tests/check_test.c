// SPDX-License-Identifier: GPL-2.0
/*
 * core/check.c: a table with the cases of RFC 9293 section 3.10.7 and RFC 5961 by name, and all
 * combinations of small windows, places and lengths against a model that looks at each octet by
 * itself. Everything is asked at several places of the circle, the wraps among them.
 */
#include "../core/check.c"

#include <kunit/test.h>

/* Where RCV.NXT stands; SND.UNA stands elsewhere on the circle. */
static const u32 check_bases[] = {
	0, 1, 5, 0x7ffffff8, 0x80000000, 0xfffffff8, 0xffffffff, 0x12345678,
};

#define CHECK_SND_SHIFT	0x7ffffffdu

struct check_row {
	const char *desc;
	u32 wnd;
	s32 seq;		/* from RCV.NXT */
	u32 len;
	u8 flags;
	s32 ack;		/* from SND.UNA; 100 are under way, the peer's window was 50 */
	enum rill_verdict want;
};

static const struct check_row check_rows[] = {
	{ "ACK at RCV.NXT", 10, 0, 0, RILL_ACK, 0, RILL_TAKE },
	{ "ACK last in window", 10, 9, 0, RILL_ACK, 0, RILL_TAKE },
	{ "ACK at the right edge", 10, 10, 0, RILL_ACK, 0, RILL_TAKE },
	{ "ACK behind the right edge", 10, 11, 0, RILL_ACK, 0, RILL_DROP_ACK },
	{ "ACK before the window (keep-alive)", 10, -1, 0, RILL_ACK, 0, RILL_DROP_ACK },
	{ "one octet before the window (keep-alive)", 10, -1, 1, RILL_ACK, 0, RILL_TAKE },
	{ "data in order", 10, 0, 10, RILL_ACK, 0, RILL_TAKE },
	{ "data out of order", 10, 5, 5, RILL_ACK, 0, RILL_TAKE },
	{ "data that begins inside and ends outside", 10, 9, 100, RILL_ACK, 0, RILL_TAKE },
	{ "data that begins before and ends inside", 10, -5, 6, RILL_ACK, 0, RILL_TAKE },
	{ "data all of it received before, the last", 10, -5, 5, RILL_ACK, 0, RILL_TAKE },
	{ "data all of it received before", 10, -5, 4, RILL_ACK, 0, RILL_DROP_ACK },
	{ "data at the right edge", 10, 10, 1, RILL_ACK, 0, RILL_TAKE },
	{ "data behind the right edge", 10, 11, 1, RILL_ACK, 0, RILL_DROP_ACK },
	{ "data around the window", 10, -1, 12, RILL_ACK, 0, RILL_DROP_ACK },
	{ "FIN in order", 10, 0, 0, RILL_FIN | RILL_ACK, 0, RILL_TAKE },
	{ "FIN again", 10, -1, 0, RILL_FIN | RILL_ACK, 0, RILL_TAKE },
	{ "FIN again, its data before it", 10, -3, 1, RILL_FIN | RILL_ACK, 0, RILL_DROP_ACK },
	{ "old data, new FIN", 10, -3, 3, RILL_FIN | RILL_ACK, 0, RILL_TAKE },
	{ "zero window: ACK", 0, 0, 0, RILL_ACK, 0, RILL_TAKE },
	{ "zero window: URG", 0, 0, 0, RILL_ACK | RILL_URG, 0, RILL_TAKE },
	{ "zero window: FIN", 0, 0, 0, RILL_ACK | RILL_FIN, 0, RILL_TAKE },
	{ "zero window: data at RCV.NXT (probe)", 0, 0, 1, RILL_ACK, 0, RILL_TAKE },
	{ "zero window: ACK before RCV.NXT (probe)", 0, -1, 0, RILL_ACK, 0, RILL_DROP_ACK },
	{ "zero window: old octet (probe)", 0, -1, 1, RILL_ACK, 0, RILL_TAKE },
	{ "zero window: ACK behind RCV.NXT", 0, 1, 0, RILL_ACK, 0, RILL_DROP_ACK },
	{ "zero window: data over RCV.NXT", 0, -1, 2, RILL_ACK, 0, RILL_DROP_ACK },
	{ "RST at RCV.NXT", 10, 0, 0, RILL_RST, 0, RILL_RESET },
	{ "RST with ACK and a wrong number", 10, 0, 0, RILL_RST | RILL_ACK, 9999, RILL_RESET },
	{ "RST with text", 10, 0, 5, RILL_RST | RILL_ACK, 0, RILL_RESET },
	{ "RST second in window", 10, 1, 0, RILL_RST, 0, RILL_DROP_CHALLENGE },
	{ "RST last in window", 10, 9, 0, RILL_RST, 0, RILL_DROP_CHALLENGE },
	{ "RST at the right edge", 10, 10, 0, RILL_RST, 0, RILL_DROP },
	{ "RST before the window", 10, -1, 0, RILL_RST, 0, RILL_DROP },
	{ "RST before the window, its text inside", 10, -1, 5, RILL_RST, 0, RILL_DROP },
	{ "zero window: RST", 0, 0, 0, RILL_RST, 0, RILL_RESET },
	{ "zero window: RST behind RCV.NXT", 0, 1, 0, RILL_RST, 0, RILL_DROP },
	{ "zero window: RST before RCV.NXT", 0, -1, 0, RILL_RST, 0, RILL_DROP },
	{ "SYN at RCV.NXT", 10, 0, 0, RILL_SYN, 0, RILL_DROP_CHALLENGE },
	{ "SYN in the window", 10, 5, 0, RILL_SYN | RILL_ACK, 0, RILL_DROP_CHALLENGE },
	{ "SYN outside the window", 10, 1000, 0, RILL_SYN, 0, RILL_DROP_CHALLENGE },
	{ "SYN-ACK again", 10, -1, 0, RILL_SYN | RILL_ACK, 0, RILL_DROP_CHALLENGE },
	{ "SYN and RST is a RST", 10, 0, 0, RILL_SYN | RILL_RST, 0, RILL_RESET },
	{ "SYN and RST outside", 10, -1, 0, RILL_SYN | RILL_RST, 0, RILL_DROP },
	{ "no ACK", 10, 0, 5, 0, 0, RILL_DROP },
	{ "no ACK but FIN", 10, 0, 0, RILL_FIN, 0, RILL_DROP },
	{ "no ACK, outside the window", 10, 11, 0, 0, 0, RILL_DROP_ACK },
	{ "ACK of everything", 10, 0, 0, RILL_ACK, 100, RILL_TAKE },
	{ "ACK of what was never sent", 10, 0, 0, RILL_ACK, 101, RILL_DROP_CHALLENGE },
	{ "ACK far ahead", 10, 0, 0, RILL_ACK, S32_MAX, RILL_DROP_CHALLENGE },
	{ "old ACK", 10, 0, 0, RILL_ACK, -1, RILL_TAKE },
	{ "ACK as old as a window", 10, 0, 0, RILL_ACK, -50, RILL_TAKE },
	{ "ACK older than a window", 10, 0, 0, RILL_ACK, -51, RILL_DROP_CHALLENGE },
	{ "data with too old an ACK", 10, 0, 5, RILL_ACK, -51, RILL_DROP_CHALLENGE },
	{ "the window comes before the ACK", 10, 11, 5, RILL_ACK, -51, RILL_DROP_ACK },
};

static void check_row_desc(const struct check_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(check, check_rows, check_row_desc);

static struct rill_edges check_edges(u32 base, u32 wnd)
{
	return (struct rill_edges){
		.rcv_nxt = base,
		.rcv_wnd = wnd,
		.snd_una = base + CHECK_SND_SHIFT,
		.snd_nxt = base + CHECK_SND_SHIFT + 100,
		.max_wnd = 50,
	};
}

static void check_test_synced(struct kunit *test)
{
	const struct check_row *row = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(check_bases); i++) {
		struct rill_edges e = check_edges(check_bases[i], row->wnd);
		struct rill_seg seg = {
			.seq = e.rcv_nxt + row->seq,
			.ack = e.snd_una + row->ack,
			.len = row->len,
			.flags = row->flags,
		};

		KUNIT_EXPECT_EQ_MSG(test, rill_check_synced(&e, &seg), row->want, "RCV.NXT %x",
				    e.rcv_nxt);
	}
}

/* A model on plain integers: offsets from RCV.NXT, each number looked at by itself. */
static bool check_model_holds(s64 wnd, s64 at)
{
	s64 i;

	for (i = 0; i < wnd; i++)
		if (i == at)
			return true;
	return false;
}

static enum rill_verdict check_model(s64 wnd, s64 seq, s64 len, u8 flags)
{
	s64 numbers = len + (flags & RILL_FIN ? 1 : 0);
	bool good;

	if (flags & RILL_RST) {
		if (seq == 0)
			return RILL_RESET;
		return check_model_holds(wnd, seq) ? RILL_DROP_CHALLENGE : RILL_DROP;
	}
	if (flags & RILL_SYN)
		return RILL_DROP_CHALLENGE;

	good = check_model_holds(wnd, seq) || seq == wnd;
	if (numbers > 0)
		good = good || check_model_holds(wnd, seq + numbers - 1) || seq + numbers == 0;
	if (!good)
		return RILL_DROP_ACK;
	return flags & RILL_ACK ? RILL_TAKE : RILL_DROP;
}

#define CHECK_WND	6	/* windows from 0 to this */
#define CHECK_FROM	(-9)	/* places from here ... */
#define CHECK_TO	9	/* ... to here */
#define CHECK_LEN	12	/* payloads from 0 to this */

struct check_point {
	u32 base;
	s32 wnd;
	s32 seq;
	s32 len;
	u8 flags;
};

/* Count through all points; false behind the last one. */
static bool check_point_nth(u32 n, struct check_point *pt)
{
	pt->flags = n % 32;
	n /= 32;
	pt->len = n % (CHECK_LEN + 1);
	n /= CHECK_LEN + 1;
	pt->seq = CHECK_FROM + (s32)(n % (CHECK_TO - CHECK_FROM + 1));
	n /= CHECK_TO - CHECK_FROM + 1;
	pt->wnd = n % (CHECK_WND + 1);
	n /= CHECK_WND + 1;
	if (n == ARRAY_SIZE(check_bases))
		return false;
	pt->base = check_bases[n];
	return true;
}

static void check_test_all(struct kunit *test)
{
	struct check_point pt;
	u32 n;

	for (n = 0; check_point_nth(n, &pt); n++) {
		struct rill_edges e = check_edges(pt.base, pt.wnd);
		struct rill_seg seg = {
			.seq = pt.base + pt.seq,
			.ack = e.snd_una,
			.len = pt.len,
			.flags = pt.flags,
		};

		KUNIT_ASSERT_EQ_MSG(test, rill_check_synced(&e, &seg),
				    check_model(pt.wnd, pt.seq, pt.len, pt.flags),
				    "RCV.NXT %x, window %d, seq %+d, len %d, flags %x",
				    pt.base, pt.wnd, pt.seq, pt.len, pt.flags);
	}
}

/* A window scaled as far as it goes: nothing overflows, the far edge is where it should be. */
static void check_test_large_window(struct kunit *test)
{
	const u32 wnd = 65535u << 14;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(check_bases); i++) {
		struct rill_edges e = check_edges(check_bases[i], wnd);
		struct rill_seg seg = { .seq = e.rcv_nxt + wnd - 1, .flags = RILL_ACK, .len = 1 };

		e.max_wnd = wnd;
		e.snd_nxt = e.snd_una + wnd;
		seg.ack = e.snd_una - wnd;
		KUNIT_EXPECT_EQ(test, rill_check_synced(&e, &seg), RILL_TAKE);
		seg.ack = e.snd_una - wnd - 1;
		KUNIT_EXPECT_EQ(test, rill_check_synced(&e, &seg), RILL_DROP_CHALLENGE);
		seg.ack = e.snd_una + wnd;
		KUNIT_EXPECT_EQ(test, rill_check_synced(&e, &seg), RILL_TAKE);
		seg.ack = e.snd_una + wnd + 1;
		KUNIT_EXPECT_EQ(test, rill_check_synced(&e, &seg), RILL_DROP_CHALLENGE);
		seg.seq = e.rcv_nxt + wnd + 1;
		KUNIT_EXPECT_EQ(test, rill_check_synced(&e, &seg), RILL_DROP_ACK);
	}
}

struct check_syn_row {
	const char *desc;
	u8 flags;
	s32 ack;		/* from ISS; SND.NXT is ISS + 1 */
	enum rill_verdict want;
};

static const struct check_syn_row check_syn_rows[] = {
	{ "SYN-ACK", RILL_SYN | RILL_ACK, 1, RILL_TAKE },
	{ "SYN-ACK with FIN and URG", RILL_SYN | RILL_ACK | RILL_FIN | RILL_URG, 1, RILL_TAKE },
	{ "SYN (simultaneous open)", RILL_SYN, 0, RILL_TAKE },
	{ "SYN, its meaningless ack field is not looked at", RILL_SYN, 77, RILL_TAKE },
	{ "SYN-ACK of the number before our SYN", RILL_SYN | RILL_ACK, 0, RILL_DROP_RST },
	{ "SYN-ACK of what was never sent", RILL_SYN | RILL_ACK, 2, RILL_DROP_RST },
	{ "SYN-ACK of an earlier connection", RILL_SYN | RILL_ACK, -100000, RILL_DROP_RST },
	{ "ACK of an earlier connection", RILL_ACK, -100000, RILL_DROP_RST },
	{ "ACK of our SYN without a SYN", RILL_ACK, 1, RILL_DROP },
	{ "FIN", RILL_FIN, 0, RILL_DROP },
	{ "nothing", 0, 0, RILL_DROP },
	{ "RST that acknowledges our SYN (refused)", RILL_RST | RILL_ACK, 1, RILL_RESET },
	{ "RST and SYN that acknowledge our SYN", RILL_RST | RILL_SYN | RILL_ACK, 1, RILL_RESET },
	{ "RST without ACK", RILL_RST, 1, RILL_DROP },
	{ "RST and SYN without ACK", RILL_RST | RILL_SYN, 1, RILL_DROP },
	{ "RST with the number before", RILL_RST | RILL_ACK, 0, RILL_DROP },
	{ "RST with the number behind", RILL_RST | RILL_ACK, 2, RILL_DROP },
	{ "RST and SYN with a wrong number", RILL_RST | RILL_SYN | RILL_ACK, 2, RILL_DROP },
};

static void check_syn_desc(const struct check_syn_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(check_syn, check_syn_rows, check_syn_desc);

static void check_test_synsent(struct kunit *test)
{
	const struct check_syn_row *row = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(check_bases); i++) {
		u32 iss = check_bases[i];
		struct rill_seg seg = { .seq = 1, .ack = iss + row->ack, .flags = row->flags };

		KUNIT_EXPECT_EQ_MSG(test, rill_check_synsent(iss, iss + 1, &seg), row->want,
				    "ISS %x", iss);
	}
}

static void check_test_paws(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(check_bases); i++) {
		u32 ts = check_bases[i];

		KUNIT_EXPECT_FALSE(test, rill_check_paws(ts, ts, false));
		KUNIT_EXPECT_FALSE(test, rill_check_paws(ts, ts + 1, false));
		KUNIT_EXPECT_FALSE(test, rill_check_paws(ts, ts + 0x7fffffff, false));
		KUNIT_EXPECT_TRUE(test, rill_check_paws(ts, ts - 1, false));
		KUNIT_EXPECT_TRUE(test, rill_check_paws(ts, ts - 0x7fffffff, false));
		KUNIT_EXPECT_FALSE(test, rill_check_paws(ts, ts - 1, true));
		KUNIT_EXPECT_FALSE(test, rill_check_paws(ts, ts - 0x7fffffff, true));
	}
}

static void check_trim_model(const struct check_point *pt, struct rill_trim *t)
{
	s32 i, fin = pt->seq + pt->len;

	memset(t, 0, sizeof(*t));
	for (i = pt->seq; i < fin; i++) {
		if (i < 0)
			t->front++;
		else if (i >= pt->wnd)
			t->tail++;
	}
	t->fin = (pt->flags & RILL_FIN) && fin >= 0 && fin <= pt->wnd;
}

static void check_test_trim(struct kunit *test)
{
	struct check_point pt;
	u32 n;

	for (n = 0; check_point_nth(n, &pt); n++) {
		struct rill_seg seg = {
			.seq = pt.base + pt.seq, .len = pt.len, .flags = pt.flags & ~RILL_SYN,
		};
		struct rill_trim have, want;

		memset(&have, 0xa5, sizeof(have));
		rill_check_trim(pt.base, pt.wnd, &seg, &have);
		check_trim_model(&pt, &want);
		KUNIT_ASSERT_TRUE_MSG(test,
				      have.front == want.front && have.tail == want.tail &&
				      have.fin == want.fin,
				      "RCV.NXT %x, window %d, seq %+d, len %d, flags %x: %u %u %d",
				      pt.base, pt.wnd, pt.seq, pt.len, pt.flags,
				      have.front, have.tail, have.fin);
	}
}

static struct kunit_case check_test_cases[] = {
	KUNIT_CASE_PARAM(check_test_synced, check_gen_params),
	KUNIT_CASE(check_test_all),
	KUNIT_CASE(check_test_large_window),
	KUNIT_CASE_PARAM(check_test_synsent, check_syn_gen_params),
	KUNIT_CASE(check_test_paws),
	KUNIT_CASE(check_test_trim),
	{}
};

static struct kunit_suite check_test_suite = {
	.name = "rill_check",
	.test_cases = check_test_cases,
};

kunit_test_suite(check_test_suite);
