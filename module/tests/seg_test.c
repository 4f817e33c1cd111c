// SPDX-License-Identifier: GPL-2.0
/*
 * core/seg.c: each field at its place and in its byte order, every malformed length, and round
 * trips of random headers both ways. Inputs lie in buffers of exactly their size, so that KASAN
 * sees a read beyond them.
 */
#include "../core/seg.c"

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/string.h>

/* Every octet differs, no field is a palindrome. */
static const u8 seg_test_octets[] = {
	0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x21, 0x43, 0x65, 0x87,
	0x6b, 0xd2, 0xa9, 0xcb, 0xed, 0x0f, 0x31, 0x42, 0x01, 0x01, 0x01, 0x00,
};

static void seg_test_fields(struct kunit *test)
{
	struct rill_seg seg;

	KUNIT_ASSERT_EQ(test, rill_seg_parse((const void *)seg_test_octets, 1000, &seg), 0);
	KUNIT_EXPECT_EQ(test, seg.sport, 0x1234);
	KUNIT_EXPECT_EQ(test, seg.dport, 0x5678);
	KUNIT_EXPECT_EQ(test, seg.seq, 0x9abcdef0u);
	KUNIT_EXPECT_EQ(test, seg.ack, 0x21436587u);
	KUNIT_EXPECT_EQ(test, seg.hlen, 24);
	KUNIT_EXPECT_EQ(test, seg.len, 1000 - 24);
	KUNIT_EXPECT_EQ(test, seg.res, 5);
	KUNIT_EXPECT_EQ(test, seg.flags, RILL_AE | RILL_CWR | RILL_ECE | RILL_ACK | RILL_SYN);
	KUNIT_EXPECT_EQ(test, seg.wnd, 0xa9cb);
	KUNIT_EXPECT_EQ(test, seg.urg, 0x3142);
}

/* The flags' places, written as in RFC 9768 section 3.1.1: AE CWR ECE URG ACK PSH RST SYN FIN. */
static void seg_test_flags(struct kunit *test)
{
	static const u16 order[] = {
		RILL_AE, RILL_CWR, RILL_ECE, RILL_URG, RILL_ACK, RILL_PSH, RILL_RST, RILL_SYN,
		RILL_FIN,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		KUNIT_EXPECT_EQ_MSG(test, order[i], 0x100 >> i, "flag %u from the left", i);
}

/* All data offsets with all totals around them, out of a buffer that ends with the segment. */
static void seg_test_lengths(struct kunit *test)
{
	unsigned int total, words;

	for (total = 1; total <= RILL_HDR_MAX + 8; total++) {
		u8 *buf = kunit_kzalloc(test, total, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, buf);
		for (words = 0; words < 16; words++) {
			bool good = total >= 20 && words >= 5 && words * 4 <= total;
			struct rill_seg seg = { .hlen = 77, .len = 4711 };
			int ret;

			if (total > 12)
				buf[12] = words << 4;
			ret = rill_seg_parse((const void *)buf, total, &seg);
			KUNIT_EXPECT_EQ_MSG(test, ret, good ? 0 : -EINVAL, "offset %u, total %u",
					    words, total);
			KUNIT_EXPECT_EQ(test, seg.hlen, good ? words * 4 : 77);
			KUNIT_EXPECT_EQ(test, seg.len, good ? total - words * 4 : 4711);
		}
	}
}

static void seg_test_nothing(struct kunit *test)
{
	struct rill_seg seg;

	KUNIT_EXPECT_EQ(test, rill_seg_parse(NULL, 0, &seg), -EINVAL);
}

/* Any 20 octets with a possible data offset: emit(parse(x)) == x, but for the checksum. */
static void seg_test_octets_round(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 9293);
	for (i = 0; i < 20000; i++) {
		u8 in[RILL_HDR_LEN], out[RILL_HDR_LEN];
		struct rill_seg seg;

		prandom_bytes_state(&rnd, in, sizeof(in));
		if (in[12] >> 4 < 5)
			continue;
		memset(out, 0xff, sizeof(out));
		KUNIT_ASSERT_EQ(test, rill_seg_parse((const void *)in, 2000, &seg), 0);
		rill_seg_emit(&seg, (void *)out);
		in[16] = 0;
		in[17] = 0;
		KUNIT_ASSERT_EQ_MSG(test, memcmp(in, out, sizeof(in)), 0, "%*ph is now %*ph",
				    (int)sizeof(in), in, (int)sizeof(out), out);
	}
}

/* Any record that keeps to the ranges: parse(emit(x)) == x. */
static void seg_test_record_round(struct kunit *test)
{
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 793);
	for (i = 0; i < 20000; i++) {
		struct rill_seg in, out;
		struct rill_hdr hdr;

		memset(&in, 0, sizeof(in));
		memset(&out, 0, sizeof(out));
		in.seq = prandom_u32_state(&rnd);
		in.ack = prandom_u32_state(&rnd);
		in.len = prandom_u32_state(&rnd) % 65536;
		in.sport = prandom_u32_state(&rnd);
		in.dport = prandom_u32_state(&rnd);
		in.wnd = prandom_u32_state(&rnd);
		in.urg = prandom_u32_state(&rnd);
		in.flags = prandom_u32_state(&rnd) & 0x1ff;
		in.res = prandom_u32_state(&rnd) & 7;
		in.hlen = 20 + 4 * (prandom_u32_state(&rnd) % 11);
		rill_seg_emit(&in, &hdr);
		KUNIT_ASSERT_EQ(test, rill_seg_parse(&hdr, in.hlen + in.len, &out), 0);
		KUNIT_ASSERT_EQ_MSG(test, memcmp(&in, &out, sizeof(in)), 0, "record %u", i);
	}
}

static void seg_test_seqlen(struct kunit *test)
{
	struct rill_seg seg = { .seq = 0xfffffff0, .len = 15 };

	KUNIT_EXPECT_EQ(test, rill_seg_seqlen(&seg), 15u);
	KUNIT_EXPECT_EQ(test, rill_seg_end(&seg), 0xffffffffu);
	seg.flags = RILL_FIN;
	KUNIT_EXPECT_EQ(test, rill_seg_seqlen(&seg), 16u);
	KUNIT_EXPECT_EQ(test, rill_seg_end(&seg), 0u);
	seg.flags = RILL_SYN | RILL_FIN;
	KUNIT_EXPECT_EQ(test, rill_seg_seqlen(&seg), 17u);
	seg.flags = 0x1ff & ~(RILL_SYN | RILL_FIN);
	KUNIT_EXPECT_EQ(test, rill_seg_seqlen(&seg), 15u);
}

static struct kunit_case seg_test_cases[] = {
	KUNIT_CASE(seg_test_fields),
	KUNIT_CASE(seg_test_flags),
	KUNIT_CASE(seg_test_lengths),
	KUNIT_CASE(seg_test_nothing),
	KUNIT_CASE(seg_test_octets_round),
	KUNIT_CASE(seg_test_record_round),
	KUNIT_CASE(seg_test_seqlen),
	{}
};

static struct kunit_suite seg_test_suite = {
	.name = "rill_seg",
	.test_cases = seg_test_cases,
};

kunit_test_suite(seg_test_suite);
