// SPDX-License-Identifier: GPL-2.0
/*
 * core/opt.c: tables of options with what is to be read from them and of records with what is to
 * be written, every impossible length, random octets against a naive parser, and random records
 * there and back. Input ends where its buffer ends, so that KASAN sees a read beyond it.
 */
#include "../core/opt.c"

#include <kunit/test.h>
#include <linux/prandom.h>

#define OPT_ALL (RILL_OPT_MSS | RILL_OPT_WSCALE | RILL_OPT_SACKOK | RILL_OPT_SACK | RILL_OPT_TS | \
		 RILL_OPT_FASTOPEN)
#define OPT_SYN (OPT_ALL & ~(RILL_OPT_SACK | RILL_OPT_FASTOPEN))
#define OPT_ACCECN (RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1)

static void opt_expect_same(struct kunit *test, const struct rill_opts *have,
			    const struct rill_opts *want, const char *what)
{
	unsigned int i;

	KUNIT_EXPECT_EQ_MSG(test, have->present, want->present, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->mss, want->mss, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->wscale, want->wscale, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->tsval, want->tsval, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->tsecr, want->tsecr, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->cookie.exp, want->cookie.exp, "%s", what);
	KUNIT_ASSERT_EQ_MSG(test, have->cookie.len, want->cookie.len, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(have->cookie.val, want->cookie.val, have->cookie.len), 0,
			    "%s", what);
	KUNIT_ASSERT_EQ_MSG(test, have->n_sack, want->n_sack, "%s", what);
	for (i = 0; i < have->n_sack; i++) {
		KUNIT_EXPECT_EQ_MSG(test, have->sack[i].start, want->sack[i].start, "%s", what);
		KUNIT_EXPECT_EQ_MSG(test, have->sack[i].end, want->sack[i].end, "%s", what);
	}
	KUNIT_ASSERT_EQ_MSG(test, have->n_accecn, want->n_accecn, "%s", what);
	for (i = 0; i < have->n_accecn; i++)
		KUNIT_EXPECT_EQ_MSG(test, have->accecn[i], want->accecn[i], "%s", what);
}

struct opt_parse_row {
	const char *desc;
	u8 len;
	u8 in[RILL_OPT_MAX];
	int ret;
	struct rill_opts want;
};

#define OPT_IN(...) .len = sizeof((u8[]){ __VA_ARGS__ }), .in = { __VA_ARGS__ }
/* The four blocks of every row that has some, as many of them as the row says. */
#define OPT_BLOCKS { { 1, 2 }, { 0xfffffff0, 9 }, { 0x80000000, 0x80001000 }, \
		     { 0x01020304, 0x05060708 } }

static const struct opt_parse_row opt_parse_rows[] = {
	{ .desc = "no options" },
	{ .desc = "MSS", OPT_IN(2, 4, 0x05, 0xb4),
	  .want = { .present = RILL_OPT_MSS, .mss = 1460 } },
	{ .desc = "MSS of 0 and of 65535, the last one counts", OPT_IN(2, 4, 255, 255, 2, 4, 0, 0),
	  .want = { .present = RILL_OPT_MSS, .mss = 0 } },
	{ .desc = "window scale", OPT_IN(1, 3, 3, 7),
	  .want = { .present = RILL_OPT_WSCALE, .wscale = 7 } },
	{ .desc = "window scale 0", OPT_IN(3, 3, 0),
	  .want = { .present = RILL_OPT_WSCALE, .wscale = 0 } },
	{ .desc = "window scale 14", OPT_IN(3, 3, 14),
	  .want = { .present = RILL_OPT_WSCALE, .wscale = 14 } },
	{ .desc = "window scale 15 is read as 14", OPT_IN(3, 3, 15),
	  .want = { .present = RILL_OPT_WSCALE, .wscale = 14 } },
	{ .desc = "window scale 255 is read as 14", OPT_IN(3, 3, 255),
	  .want = { .present = RILL_OPT_WSCALE, .wscale = 14 } },
	{ .desc = "AccECN, order 0", OPT_IN(172, 11, 1, 2, 3, 0x80, 0, 0, 7, 8, 9),
	  .want = { .present = RILL_OPT_ACCECN0, .n_accecn = 3,
		    .accecn = { 0x010203, 0x800000, 0x070809 } } },
	{ .desc = "AccECN, order 1, two fields", OPT_IN(174, 8, 1, 2, 3, 0xff, 0xff, 0xff),
	  .want = { .present = RILL_OPT_ACCECN1, .n_accecn = 2,
		    .accecn = { 0x010203, 0xffffff } } },
	{ .desc = "AccECN, one field", OPT_IN(1, 1, 1, 172, 5, 1, 2, 3),
	  .want = { .present = RILL_OPT_ACCECN0, .n_accecn = 1, .accecn = { 0x010203 } } },
	{ .desc = "AccECN, empty", OPT_IN(1, 1, 174, 2), .want = { .present = RILL_OPT_ACCECN1 } },
	{ .desc = "AccECN of other lengths: whole fields count", OPT_IN(172, 7, 1, 2, 3, 4, 5),
	  .want = { .present = RILL_OPT_ACCECN0, .n_accecn = 1, .accecn = { 0x010203 } } },
	{ .desc = "and three of them", OPT_IN(174, 14, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4),
	  .want = { .present = RILL_OPT_ACCECN1, .n_accecn = 3, .accecn = { 1, 2, 3 } } },
	{ .desc = "AccECN in both orders, the last one counts",
	  OPT_IN(172, 11, 1, 1, 1, 1, 1, 1, 1, 1, 1, 174, 5, 0, 0, 9),
	  .want = { .present = RILL_OPT_ACCECN1, .n_accecn = 1, .accecn = { 9 } } },
	{ .desc = "SACK-permitted", OPT_IN(4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "timestamps", OPT_IN(1, 1, 8, 10, 0x80, 1, 2, 3, 0xfe, 0xdc, 0xba, 0x98),
	  .want = { .present = RILL_OPT_TS, .tsval = 0x80010203, .tsecr = 0xfedcba98 } },
	{ .desc = "one SACK block", OPT_IN(1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2),
	  .want = { .present = RILL_OPT_SACK, .n_sack = 1, .sack = OPT_BLOCKS } },
	{ .desc = "two SACK blocks",
	  OPT_IN(5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 9),
	  .want = { .present = RILL_OPT_SACK, .n_sack = 2, .sack = OPT_BLOCKS } },
	{ .desc = "three SACK blocks",
	  OPT_IN(5, 26, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 9,
		 0x80, 0, 0, 0, 0x80, 0, 0x10, 0),
	  .want = { .present = RILL_OPT_SACK, .n_sack = 3, .sack = OPT_BLOCKS } },
	{ .desc = "four SACK blocks",
	  OPT_IN(5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 9,
		 0x80, 0, 0, 0, 0x80, 0, 0x10, 0, 1, 2, 3, 4, 5, 6, 7, 8),
	  .want = { .present = RILL_OPT_SACK, .n_sack = 4, .sack = OPT_BLOCKS } },
	{ .desc = "SACK twice, the last one counts",
	  OPT_IN(5, 18, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, 0, 0, 0, 0x80, 0, 0x10, 0,
		 5, 10, 0, 0, 0, 1, 0, 0, 0, 2),
	  .want = { .present = RILL_OPT_SACK, .n_sack = 1, .sack = OPT_BLOCKS } },
	{ .desc = "a SYN with everything in it",
	  OPT_IN(2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 5, 0, 0, 0, 0, 1, 3, 3, 10),
	  .want = { .present = OPT_SYN, .mss = 1460, .wscale = 10, .tsval = 5 } },
	{ .desc = "who asks for a cookie", OPT_IN(34, 2),
	  .want = { .present = RILL_OPT_FASTOPEN } },
	{ .desc = "the shortest cookie", OPT_IN(34, 6, 1, 2, 3, 4),
	  .want = { .present = RILL_OPT_FASTOPEN, .cookie = { { 1, 2, 3, 4 }, 4 } } },
	{ .desc = "the longest cookie",
	  OPT_IN(34, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
	  .want = { .present = RILL_OPT_FASTOPEN,
		    .cookie = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }, 16 } } },
	{ .desc = "a cookie too short is skipped", OPT_IN(34, 4, 1, 2, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "a cookie too long is skipped",
	  OPT_IN(34, 20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "a cookie of odd length is skipped", OPT_IN(34, 7, 1, 2, 3, 4, 5, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "of two cookies the last one counts",
	  OPT_IN(34, 8, 1, 2, 3, 4, 5, 6, 34, 6, 4, 3, 2, 1),
	  .want = { .present = RILL_OPT_FASTOPEN, .cookie = { { 4, 3, 2, 1 }, 4 } } },
	{ .desc = "the experimental option asks", OPT_IN(254, 4, 0xf9, 0x89),
	  .want = { .present = RILL_OPT_FASTOPEN, .cookie = { .exp = true } } },
	{ .desc = "the experimental option's cookie", OPT_IN(254, 8, 0xf9, 0x89, 9, 8, 7, 6),
	  .want = { .present = RILL_OPT_FASTOPEN, .cookie = { { 9, 8, 7, 6 }, 4, true } } },
	{ .desc = "another experiment", OPT_IN(254, 8, 0xf9, 0x88, 9, 8, 7, 6) },
	{ .desc = "an experiment without a name", OPT_IN(254, 3, 0xf9, 254, 2) },
	{ .desc = "unknown kinds before and behind", OPT_IN(254, 4, 9, 9, 3, 3, 2, 30, 2, 4, 2),
	  .want = { .present = RILL_OPT_WSCALE | RILL_OPT_SACKOK, .wscale = 2 } },
	{ .desc = "an unknown kind as long as the header",
	  .len = 40, .in = { 77, 40, [2 ... 39] = 4 } },
	{ .desc = "forty NOPs", .len = 40, .in = { [0 ... 39] = 1 } },
	{ .desc = "nothing behind EOL is read", OPT_IN(4, 2, 0, 2, 4, 1, 1, 3, 0),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "EOL alone", OPT_IN(0, 0, 0, 0) },
	{ .desc = "MSS with length 3 is skipped", OPT_IN(2, 3, 5, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "MSS with length 5 is skipped", OPT_IN(2, 5, 5, 5, 5, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "MSS with length 2 doesn't undo an MSS", OPT_IN(2, 4, 2, 24, 2, 2),
	  .want = { .present = RILL_OPT_MSS, .mss = 536 } },
	{ .desc = "window scale with length 2 is skipped", OPT_IN(3, 2, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "window scale with length 4 is skipped", OPT_IN(3, 4, 1, 1, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "SACK-permitted with length 3 is skipped", OPT_IN(4, 3, 1, 3, 3, 1),
	  .want = { .present = RILL_OPT_WSCALE, .wscale = 1 } },
	{ .desc = "timestamps with length 9 are skipped", OPT_IN(8, 9, 1, 1, 1, 1, 1, 1, 1, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "SACK without a block is skipped", OPT_IN(5, 2, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "SACK with half a block is skipped", OPT_IN(5, 6, 0, 0, 0, 1, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "SACK with an octet too many is skipped",
	  OPT_IN(5, 11, 0, 0, 0, 1, 0, 0, 0, 2, 1, 4, 2),
	  .want = { .present = RILL_OPT_SACKOK } },
	{ .desc = "length 0", OPT_IN(4, 2, 254, 0), .ret = -EINVAL },
	{ .desc = "length 1", OPT_IN(4, 2, 254, 1, 4, 2), .ret = -EINVAL },
	{ .desc = "MSS with length 0", OPT_IN(2, 0, 5, 180), .ret = -EINVAL },
	{ .desc = "MSS with length 1", OPT_IN(2, 1, 5, 180), .ret = -EINVAL },
	{ .desc = "a kind without a length", OPT_IN(4, 2, 1, 2), .ret = -EINVAL },
	{ .desc = "a kind alone", OPT_IN(8), .ret = -EINVAL },
	{ .desc = "MSS one octet short", OPT_IN(4, 2, 2, 4, 5), .ret = -EINVAL },
	{ .desc = "timestamps one octet short", OPT_IN(8, 10, 1, 1, 1, 1, 1, 1, 1),
	  .ret = -EINVAL },
	{ .desc = "SACK beyond the end", OPT_IN(5, 18, 0, 0, 0, 1, 0, 0, 0, 2), .ret = -EINVAL },
	{ .desc = "an unknown kind beyond the end", OPT_IN(4, 2, 99, 255, 1, 1), .ret = -EINVAL },
	{ .desc = "an error behind good options", OPT_IN(2, 4, 1, 1, 3, 3, 3, 8, 11, 1, 1, 1),
	  .ret = -EINVAL },
};

static void opt_parse_desc(const struct opt_parse_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(opt_parse, opt_parse_rows, opt_parse_desc);

static void opt_test_parse(struct kunit *test)
{
	const struct opt_parse_row *row = test->param_value;
	u8 *buf = kunit_kzalloc(test, RILL_OPT_MAX, GFP_KERNEL);
	u8 *in = buf + RILL_OPT_MAX - row->len;
	struct rill_opts have;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memset(&have, 0xa5, sizeof(have));
	memcpy(in, row->in, row->len);
	KUNIT_EXPECT_EQ(test, rill_opt_parse(in, row->len, &have), row->ret);
	opt_expect_same(test, &have, &row->want, row->desc);
}

struct opt_emit_row {
	const char *desc;
	struct rill_opts opts;
	u8 len;
	u8 in[RILL_OPT_MAX];
};

static const struct opt_emit_row opt_emit_rows[] = {
	{ .desc = "nothing" },
	{ .desc = "MSS", .opts = { .present = RILL_OPT_MSS, .mss = 0x1234 },
	  OPT_IN(2, 4, 0x12, 0x34) },
	{ .desc = "window scale", .opts = { .present = RILL_OPT_WSCALE, .wscale = 14 },
	  OPT_IN(1, 3, 3, 14) },
	{ .desc = "SACK-permitted", .opts = { .present = RILL_OPT_SACKOK }, OPT_IN(1, 1, 4, 2) },
	{ .desc = "timestamps",
	  .opts = { .present = RILL_OPT_TS, .tsval = 0x80010203, .tsecr = 0xfedcba98 },
	  OPT_IN(1, 1, 8, 10, 0x80, 1, 2, 3, 0xfe, 0xdc, 0xba, 0x98) },
	{ .desc = "a SYN's",
	  .opts = { .present = OPT_SYN, .mss = 1460, .wscale = 7, .tsval = 0x01020304 },
	  OPT_IN(2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7) },
	{ .desc = "a SYN's without timestamps",
	  .opts = { .present = RILL_OPT_MSS | RILL_OPT_SACKOK | RILL_OPT_WSCALE, .mss = 1460 },
	  OPT_IN(2, 4, 0x05, 0xb4, 1, 1, 4, 2, 1, 3, 3, 0) },
	{ .desc = "one SACK block",
	  .opts = { .present = RILL_OPT_SACK, .n_sack = 1, .sack = OPT_BLOCKS },
	  OPT_IN(1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2) },
	{ .desc = "four SACK blocks",
	  .opts = { .present = RILL_OPT_SACK, .n_sack = 4, .sack = OPT_BLOCKS },
	  OPT_IN(1, 1, 5, 34, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 9,
		 0x80, 0, 0, 0, 0x80, 0, 0x10, 0, 1, 2, 3, 4, 5, 6, 7, 8) },
	{ .desc = "beside timestamps only three",
	  .opts = { .present = RILL_OPT_SACK | RILL_OPT_TS, .n_sack = 4, .sack = OPT_BLOCKS,
		    .tsval = 7, .tsecr = 8 },
	  OPT_IN(1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 8,
		 1, 1, 5, 26, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 9,
		 0x80, 0, 0, 0, 0x80, 0, 0x10, 0) },
	{ .desc = "who asks for a cookie", .opts = { .present = RILL_OPT_FASTOPEN },
	  OPT_IN(1, 1, 34, 2) },
	{ .desc = "the experimental way",
	  .opts = { .present = RILL_OPT_FASTOPEN, .cookie = { .exp = true } },
	  OPT_IN(254, 4, 0xf9, 0x89) },
	{ .desc = "a SYN's with the longest cookie",
	  .opts = { .present = OPT_SYN | RILL_OPT_FASTOPEN, .mss = 1460, .wscale = 7,
		    .tsval = 0x01020304,
		    .cookie = { { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 }, 16 } },
	  OPT_IN(2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7,
		 1, 1, 34, 18, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16) },
	{ .desc = "AccECN beside timestamps",
	  .opts = { .present = RILL_OPT_TS | RILL_OPT_ACCECN0, .n_accecn = 3, .tsval = 7,
		    .tsecr = 8, .accecn = { 0x010203, 0x040506, 0x070809 } },
	  OPT_IN(1, 1, 8, 10, 0, 0, 0, 7, 0, 0, 0, 8, 1, 172, 11, 1, 2, 3, 4, 5, 6, 7, 8, 9) },
	{ .desc = "and beside two blocks of four",
	  .opts = { .present = RILL_OPT_TS | RILL_OPT_ACCECN1 | RILL_OPT_SACK, .n_accecn = 2,
		    .n_sack = 4, .sack = OPT_BLOCKS, .accecn = { 0x010203, 0x040506 } },
	  OPT_IN(1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 174, 8, 1, 2, 3, 4, 5, 6,
		 1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 9) },
	{ .desc = "AccECN, one field",
	  .opts = { .present = RILL_OPT_ACCECN1, .n_accecn = 1, .accecn = { 0xfedcba } },
	  OPT_IN(1, 1, 1, 174, 5, 0xfe, 0xdc, 0xba) },
	{ .desc = "AccECN, empty", .opts = { .present = RILL_OPT_ACCECN0 },
	  OPT_IN(1, 1, 172, 2) },
	{ .desc = "SACK with no blocks is left out",
	  .opts = { .present = RILL_OPT_SACK | RILL_OPT_MSS, .mss = 1, .sack = OPT_BLOCKS },
	  OPT_IN(2, 4, 0, 1) },
	{ .desc = "only what is present is written",
	  .opts = { .present = RILL_OPT_SACKOK, .mss = 1, .wscale = 1, .tsval = 1, .tsecr = 1,
		    .n_sack = 4, .sack = OPT_BLOCKS },
	  OPT_IN(1, 1, 4, 2) },
};

static void opt_emit_desc(const struct opt_emit_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(opt_emit, opt_emit_rows, opt_emit_desc);

static void opt_test_emit(struct kunit *test)
{
	const struct opt_emit_row *row = test->param_value;
	u8 want[RILL_OPT_MAX + 1], have[RILL_OPT_MAX + 1];

	memset(want, 0xa5, sizeof(want));
	memset(have, 0xa5, sizeof(have));
	memcpy(want, row->in, row->len);
	KUNIT_EXPECT_EQ(test, rill_opt_len(&row->opts), (unsigned int)row->len);
	KUNIT_EXPECT_EQ(test, rill_opt_emit(&row->opts, have), (unsigned int)row->len);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(want, have, sizeof(want)), 0, "%*ph", row->len, have);
}

/* The naive parser: list what is there, then look for the last option of each kind that fits. */
static const u8 *opt_model_last(const u8 *p, const u8 *at, unsigned int n, u8 kind, u8 len)
{
	while (n--)
		if (p[at[n]] == kind && p[at[n] + 1] == len)
			return p + at[n] + 2;
	return NULL;
}

static u32 opt_model_u32(const u8 *p)
{
	return p[0] * 0x1000000u + p[1] * 0x10000u + p[2] * 0x100u + p[3];
}

static void opt_model_sack(const u8 *v, unsigned int n, struct rill_opts *opts)
{
	unsigned int i;

	opts->present |= RILL_OPT_SACK;
	opts->n_sack = n;
	for (i = 0; i < n; i++, v += 8)
		opts->sack[i] = (struct rill_sack_block){ opt_model_u32(v), opt_model_u32(v + 4) };
}

/* A Fast Open option, of either kind, if the octets at @p are one. */
static void opt_model_cookie(const u8 *p, struct rill_opts *opts)
{
	int head = p[0] == 34 ? 2 : 4, len = p[1] - head;

	if (p[0] != 34 && (p[0] != 254 || len < 0 || p[2] != 0xf9 || p[3] != 0x89))
		return;
	if (len != 0 && (len < 4 || len > 16 || len & 1))
		return;
	opts->present |= RILL_OPT_FASTOPEN;
	opts->cookie.exp = head == 4;
	opts->cookie.len = len;
	memcpy(opts->cookie.val, p + head, len);
}

static void opt_model_accecn(const u8 *v, struct rill_opts *opts)
{
	unsigned int i;

	opts->present |= v[0] == 172 ? RILL_OPT_ACCECN0 : RILL_OPT_ACCECN1;
	for (i = 2; i + 3 <= v[1] && i < 11; i += 3)
		opts->accecn[opts->n_accecn++] = v[i] * 0x10000 + v[i + 1] * 0x100 + v[i + 2];
}

static int opt_model_parse(const u8 *p, unsigned int len, struct rill_opts *opts)
{
	const u8 *v, *best = NULL;
	unsigned int n = 0, i;
	u8 at[RILL_OPT_MAX];

	memset(opts, 0, sizeof(*opts));
	for (i = 0; i < len && p[i]; i += p[i] == 1 ? 1 : p[i + 1]) {
		if (p[i] == 1)
			continue;
		if (i + 1 == len || p[i + 1] == 0 || p[i + 1] == 1 || i + p[i + 1] > len)
			return -EINVAL;
		at[n++] = i;
	}
	v = opt_model_last(p, at, n, 2, 4);
	if (v) {
		opts->present |= RILL_OPT_MSS;
		opts->mss = v[0] * 256 + v[1];
	}
	v = opt_model_last(p, at, n, 3, 3);
	if (v) {
		opts->present |= RILL_OPT_WSCALE;
		opts->wscale = *v < 14 ? *v : 14;
	}
	if (opt_model_last(p, at, n, 4, 2))
		opts->present |= RILL_OPT_SACKOK;
	v = opt_model_last(p, at, n, 8, 10);
	if (v) {
		opts->present |= RILL_OPT_TS;
		opts->tsval = opt_model_u32(v);
		opts->tsecr = opt_model_u32(v + 4);
	}
	for (i = 0; i < n; i++)
		opt_model_cookie(p + at[i], opts);
	for (i = 1; i <= 4; i++) {
		v = opt_model_last(p, at, n, 5, 2 + 8 * i);
		if (v && v > best) {
			best = v;
			opt_model_sack(v, i, opts);
		}
	}
	for (i = n; i-- > 0;) {
		if (p[at[i]] == 172 || p[at[i]] == 174) {
			opt_model_accecn(p + at[i], opts);
			break;
		}
	}
	return 0;
}

/* Octets that look like options often enough to reach every branch. */
static void opt_random_octets(struct rnd_state *rnd, u8 *p, unsigned int len)
{
	static const u8 heads[][2] = {
		{ 2, 4 }, { 3, 3 }, { 4, 2 }, { 8, 10 }, { 5, 10 }, { 5, 18 }, { 5, 26 },
		{ 172, 11 }, { 174, 8 }, { 174, 12 }, { 254, 6 }, { 34, 2 }, { 34, 10 }, { 34, 5 },
		{ 1, 1 }, { 1, 1 }, { 1, 1 },
	};
	unsigned int i = 0;

	prandom_bytes_state(rnd, p, len);
	while (i + 1 < len) {
		const u8 *head = heads[prandom_u32_state(rnd) % ARRAY_SIZE(heads)];

		p[i] = head[0];
		p[i + 1] = head[1];
		if (prandom_u32_state(rnd) % 16 == 0)
			p[i + prandom_u32_state(rnd) % 2] = prandom_u32_state(rnd) % 12;
		i += head[1];
	}
}

static void opt_test_parse_random(struct kunit *test)
{
	u8 *buf = kunit_kzalloc(test, RILL_OPT_MAX, GFP_KERNEL);
	unsigned int i, good = 0, bad = 0;
	struct rnd_state rnd;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	prandom_seed_state(&rnd, 2018);
	for (i = 0; i < 20000; i++) {
		unsigned int len = prandom_u32_state(&rnd) % (RILL_OPT_MAX + 1);
		u8 *in = buf + RILL_OPT_MAX - len;
		struct rill_opts have, want;
		char what[3 * RILL_OPT_MAX + 1];
		int ret;

		opt_random_octets(&rnd, in, len);
		snprintf(what, sizeof(what), "%*ph", (int)len, in);
		ret = opt_model_parse(in, len, &want);
		KUNIT_ASSERT_EQ_MSG(test, rill_opt_parse(in, len, &have), ret, "%s", what);
		opt_expect_same(test, &have, &want, what);
		if (ret)
			bad++;
		else
			good++;
	}
	KUNIT_EXPECT_GT(test, good, 1000u);
	KUNIT_EXPECT_GT(test, bad, 1000u);
}

static void opt_random_record(struct rnd_state *rnd, struct rill_opts *opts)
{
	unsigned int i;

	memset(opts, 0, sizeof(*opts));
	opts->present = prandom_u32_state(rnd) & OPT_ALL;
	if (opts->present & RILL_OPT_MSS)
		opts->mss = prandom_u32_state(rnd);
	if (opts->present & RILL_OPT_WSCALE)
		opts->wscale = prandom_u32_state(rnd) % (RILL_WSCALE_MAX + 1);
	if (opts->present & RILL_OPT_TS) {
		opts->tsval = prandom_u32_state(rnd);
		opts->tsecr = prandom_u32_state(rnd);
	}
	if (opts->present & RILL_OPT_FASTOPEN) {
		opts->cookie.exp = prandom_u32_state(rnd) & 1;
		opts->cookie.len = prandom_u32_state(rnd) % 8 * 2;
		opts->cookie.len += opts->cookie.len ? 2 : 0;
		prandom_bytes_state(rnd, opts->cookie.val, opts->cookie.len);
	}
	/* A longer cookie leaves no room beside all others. */
	if (opts->cookie.len <= RILL_FO_COOKIE_MIN && (prandom_u32_state(rnd) & 1)) {
		opts->present |= prandom_u32_state(rnd) & 1 ? RILL_OPT_ACCECN0 : RILL_OPT_ACCECN1;
		opts->n_accecn = prandom_u32_state(rnd) % (RILL_ACCECN_FIELDS + 1);
		prandom_bytes_state(rnd, opts->accecn, sizeof(opts->accecn));
		for (i = 0; i < RILL_ACCECN_FIELDS; i++)
			opts->accecn[i] &= RILL_ACCECN_MASK;
	}
	if (opts->present & RILL_OPT_SACK) {
		opts->n_sack = prandom_u32_state(rnd) % (RILL_SACK_BLOCKS + 1);
		prandom_bytes_state(rnd, opts->sack, sizeof(opts->sack));
	}
}

/* Cut the blocks one after the other until the whole fits. */
static void opt_model_cut(struct rill_opts *opts)
{
	unsigned int len;

	for (;; opts->n_sack--) {
		if (!opts->n_sack)
			opts->present &= ~RILL_OPT_SACK;
		len = opts->present & RILL_OPT_MSS ? 4 : 0;
		len += opts->present & RILL_OPT_WSCALE ? 3 + 1 : 0;
		len += opts->present & RILL_OPT_TS ? 10 + 2 : 0;
		len += (opts->present & (RILL_OPT_TS | RILL_OPT_SACKOK)) == RILL_OPT_SACKOK ? 4 : 0;
		if (opts->present & RILL_OPT_FASTOPEN)
			len += round_up((opts->cookie.exp ? 4 : 2) + opts->cookie.len, 4);
		len += opts->present & OPT_ACCECN ? (2 + 3 * opts->n_accecn + 3) / 4 * 4 : 0;
		len += opts->n_sack ? 2 + 2 + 8 * opts->n_sack : 0;
		if (len <= 40)
			break;
	}
}

static void opt_test_round(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 7323);
	for (i = 0; i < 20000; i++) {
		u8 octets[RILL_OPT_MAX + 4];
		struct rill_opts in, out;
		unsigned int len, j;
		char what[16];

		snprintf(what, sizeof(what), "record %u", i);
		opt_random_record(&rnd, &in);
		memset(octets, 0xa5, sizeof(octets));
		len = rill_opt_emit(&in, octets);
		KUNIT_ASSERT_LE_MSG(test, len, 40u, "%s", what);
		KUNIT_EXPECT_EQ_MSG(test, len % 4, 0u, "%s", what);
		KUNIT_EXPECT_EQ_MSG(test, len, rill_opt_len(&in), "%s", what);
		for (j = len; j < sizeof(octets); j++)
			KUNIT_EXPECT_EQ_MSG(test, octets[j], 0xa5, "%s", what);
		KUNIT_ASSERT_EQ_MSG(test, rill_opt_parse(octets, len, &out), 0, "%s", what);
		opt_model_cut(&in);
		opt_expect_same(test, &out, &in, what);
	}
}

static struct kunit_case opt_test_cases[] = {
	KUNIT_CASE_PARAM(opt_test_parse, opt_parse_gen_params),
	KUNIT_CASE_PARAM(opt_test_emit, opt_emit_gen_params),
	KUNIT_CASE(opt_test_parse_random),
	KUNIT_CASE(opt_test_round),
	{}
};

static struct kunit_suite opt_test_suite = {
	.name = "rill_opt",
	.test_cases = opt_test_cases,
};

kunit_test_suite(opt_test_suite);
