// SPDX-License-Identifier: GPL-2.0
/*
 * core/isn.c: the clock's part exactly; of the secret part its properties: every bit of input
 * matters, the results are spread evenly, and none tells about another. The keys are fixed, so
 * each bound either always holds or never.
 */
#include "../core/isn.c"

#include <kunit/test.h>
#include <linux/string.h>

static const siphash_key_t isn_test_key = { { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } };

/* The nth of many four-tuples: 10.0.0.1 talks to many ports of many peers. */
static struct rill_tuple isn_test_tuple(u32 n)
{
	struct rill_tuple t;

	memset(&t, 0, sizeof(t));
	t.laddr.s6_addr[10] = 0xff;
	t.laddr.s6_addr[11] = 0xff;
	t.laddr.s6_addr[12] = 10;
	t.laddr.s6_addr[15] = 1;
	t.faddr = t.laddr;
	t.faddr.s6_addr[14] = n >> 10;
	t.faddr.s6_addr[15] = 2;
	t.lport = cpu_to_be16(40000);
	t.fport = cpu_to_be16(n % 1024 + 1);
	return t;
}

enum isn_which { ISN_SEQ, ISN_TS, ISN_PORT, ISN_FLOW, ISN_WHICH };

static u32 isn_test_get(enum isn_which which, const siphash_key_t *key, const struct rill_tuple *t)
{
	switch (which) {
	case ISN_SEQ:
		return rill_isn(key, t, 0);
	case ISN_TS:
		return rill_isn_ts_offset(key, t);
	case ISN_PORT:
		return rill_isn_port_offset(key, t);
	default:
		return rill_isn_flow(key, t);
	}
}

/* RFC 6528: M is a timer that goes up by one every 4 microseconds; F doesn't depend on it. */
static void isn_test_clock(struct kunit *test)
{
	static const u64 starts[] = { 0, 1, 3999, 4000, 123456789012345ULL, U64_MAX - 8000 };
	struct rill_tuple t = isn_test_tuple(7);
	u32 f = rill_isn(&isn_test_key, &t, 0);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		u32 isn = rill_isn(&isn_test_key, &t, starts[i]);

		KUNIT_EXPECT_EQ(test, isn, f + (u32)div_u64(starts[i], 4000));
		KUNIT_EXPECT_EQ(test, rill_isn(&isn_test_key, &t, starts[i] + 4000), isn + 1);
		KUNIT_EXPECT_EQ(test, rill_isn(&isn_test_key, &t, starts[i] + 8000), isn + 2);
	}
	KUNIT_EXPECT_EQ(test, rill_isn(&isn_test_key, &t, 3999), f);
	/* Once around the circle. */
	KUNIT_EXPECT_EQ(test, rill_isn(&isn_test_key, &t, 4000ULL << 32), f);
}

/* Turn over each bit of tuple and key: about half of the result's bits turn over, too. */
static void isn_test_every_bit(struct kunit *test)
{
	const unsigned int tuple_bits = sizeof(struct rill_tuple) * 8;
	const unsigned int bits = tuple_bits + sizeof(siphash_key_t) * 8;
	const unsigned int lport_from = offsetof(struct rill_tuple, lport) * 8;
	enum isn_which which;
	unsigned int bit;

	for (which = 0; which < ISN_WHICH; which++) {
		struct rill_tuple t = isn_test_tuple(3);
		siphash_key_t key = isn_test_key;
		u32 before = isn_test_get(which, &key, &t);
		unsigned int turned = 0, counted = 0;

		for (bit = 0; bit < bits; bit++) {
			bool ignored = which == ISN_PORT && bit >= lport_from &&
				       bit < lport_from + 16;
			u8 *octet = bit < tuple_bits ? (u8 *)&t + bit / 8 :
						       (u8 *)&key + (bit - tuple_bits) / 8;
			u32 after;

			*octet ^= 1 << bit % 8;
			after = isn_test_get(which, &key, &t);
			*octet ^= 1 << bit % 8;
			KUNIT_EXPECT_EQ_MSG(test, after == before, ignored, "result %d, bit %u",
					    which, bit);
			turned += hweight32(after ^ before);
			counted += !ignored;
		}
		KUNIT_EXPECT_GT(test, turned, counted * 15);
		KUNIT_EXPECT_LT(test, turned, counted * 17);
	}
}

/*
 * Chi-square over 64 classes: 63 is to be expected, the standard deviation is 11, and what is not
 * evenly spread gives thousands.
 */
#define ISN_CLASSES	64
#define ISN_TUPLES	16384
#define ISN_CHI2_MAX	130

static u32 isn_chi2(const u32 *count)
{
	const s64 even = ISN_TUPLES / ISN_CLASSES;
	unsigned int i;
	s64 sum = 0;

	for (i = 0; i < ISN_CLASSES; i++)
		sum += (count[i] - even) * (count[i] - even);
	return div_u64(sum, even);
}

static void isn_test_spread(struct kunit *test)
{
	enum isn_which which;
	u32 n;

	for (which = 0; which < ISN_WHICH; which++) {
		u32 high[ISN_CLASSES] = {}, low[ISN_CLASSES] = {};

		for (n = 0; n < ISN_TUPLES; n++) {
			struct rill_tuple t = isn_test_tuple(n);
			u32 v = isn_test_get(which, &isn_test_key, &t);

			high[v / (0x80000000u / (ISN_CLASSES / 2))]++;
			low[v % ISN_CLASSES]++;
		}
		KUNIT_EXPECT_LT_MSG(test, isn_chi2(high), ISN_CHI2_MAX, "result %d", which);
		KUNIT_EXPECT_LT_MSG(test, isn_chi2(low), ISN_CHI2_MAX, "result %d", which);
	}
}

/*
 * Who knows one result of a tuple learns nothing about another: their difference is spread as
 * evenly as each of them. The local port is 0, so that the port offset sees the same tuple.
 */
static void isn_test_independent(struct kunit *test)
{
	unsigned int pair;
	u32 n;

	for (pair = 0; pair < ISN_WHICH; pair++) {
		u32 count[ISN_CLASSES] = {}, same = 0;

		for (n = 0; n < ISN_TUPLES; n++) {
			struct rill_tuple t = isn_test_tuple(n);
			u32 a, b;

			t.lport = 0;
			a = isn_test_get(pair, &isn_test_key, &t);
			b = isn_test_get((pair + 1) % ISN_WHICH, &isn_test_key, &t);
			count[(a - b) % ISN_CLASSES]++;
			same += a == b;
		}
		KUNIT_EXPECT_LT_MSG(test, isn_chi2(count), ISN_CHI2_MAX, "pair %u", pair);
		KUNIT_EXPECT_EQ_MSG(test, same, 0u, "pair %u", pair);
	}
}

/* The same question gets the same answer: a port search and a reopened connection rely on it. */
static void isn_test_repeats(struct kunit *test)
{
	struct rill_tuple a = isn_test_tuple(99), b = isn_test_tuple(99);
	enum isn_which which;

	for (which = 0; which < ISN_WHICH; which++)
		KUNIT_EXPECT_EQ(test, isn_test_get(which, &isn_test_key, &a),
				isn_test_get(which, &isn_test_key, &b));
	b.lport = 0;
	KUNIT_EXPECT_EQ(test, isn_test_get(ISN_PORT, &isn_test_key, &a),
			isn_test_get(ISN_PORT, &isn_test_key, &b));
}

static struct kunit_case isn_test_cases[] = {
	KUNIT_CASE(isn_test_clock),
	KUNIT_CASE(isn_test_every_bit),
	KUNIT_CASE(isn_test_spread),
	KUNIT_CASE(isn_test_independent),
	KUNIT_CASE(isn_test_repeats),
	{}
};

static struct kunit_suite isn_test_suite = {
	.name = "rill_isn",
	.test_cases = isn_test_cases,
};

kunit_test_suite(isn_test_suite);
