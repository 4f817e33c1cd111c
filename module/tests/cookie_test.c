// SPDX-License-Identifier: GPL-2.0
/*
 * core/cookie.c: what goes in comes out, for as long as it should, and for nobody else.
 */
#include "../core/cookie.c"

#include <kunit/test.h>

static const siphash_key_t cookie_test_key = { { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } };

static struct rill_tuple cookie_test_tuple(u16 port)
{
	struct rill_tuple t = {};

	t.laddr.s6_addr[15] = 1;
	t.faddr.s6_addr[15] = 2;
	t.lport = cpu_to_be16(80);
	t.fport = cpu_to_be16(port);
	return t;
}

/* The MSS that is kept is the largest of those that the peer can take. */
static void cookie_test_mss(struct kunit *test)
{
	struct rill_tuple t = cookie_test_tuple(1);
	u32 mss, cookie;
	u16 last = 0;

	for (mss = 88; mss <= 65535; mss++) {
		u16 got = 0;

		cookie = rill_cookie_make(&cookie_test_key, &t, mss, 1000, mss);
		KUNIT_ASSERT_TRUE(test, rill_cookie_check(&cookie_test_key, &t, mss, cookie, 1000,
							  &got));
		KUNIT_ASSERT_LE(test, (u32)got, mss);
		KUNIT_ASSERT_GE(test, got, last);
		last = got;
	}
	KUNIT_EXPECT_EQ(test, last, 8960);
	cookie = rill_cookie_make(&cookie_test_key, &t, 1, 0, 1460);
	KUNIT_EXPECT_TRUE(test, rill_cookie_check(&cookie_test_key, &t, 1, cookie, 0, &last));
	KUNIT_EXPECT_EQ(test, last, 1460);
}

/* Good in its own period and the next, whatever the clock shows. */
static void cookie_test_age(struct kunit *test)
{
	static const u32 starts[] = { 0, 63, 64, 64 * 31, 64 * 32, 1000000, U32_MAX - 500 };
	struct rill_tuple t = cookie_test_tuple(1);
	unsigned int i;
	u32 later;
	u16 mss;

	for (i = 0; i < ARRAY_SIZE(starts); i++) {
		u32 cookie = rill_cookie_make(&cookie_test_key, &t, 7, starts[i], 536);

		for (later = 0; later < 450; later++) {
			u32 now = starts[i] + later;

			KUNIT_EXPECT_EQ(test, now / 64 - starts[i] / 64 <= 1,
					rill_cookie_check(&cookie_test_key, &t, 7, cookie, now,
							  &mss));
		}
	}
}

/* Every bit of the cookie, the tuple, the peer's number and the key matters. */
static void cookie_test_forged(struct kunit *test)
{
	struct rill_tuple t = cookie_test_tuple(1), other;
	u32 cookie = rill_cookie_make(&cookie_test_key, &t, 12345, 640, 1460);
	siphash_key_t key = cookie_test_key;
	unsigned int i;
	u16 mss;

	for (i = 0; i < 32; i++) {
		KUNIT_EXPECT_FALSE(test, rill_cookie_check(&key, &t, 12345, cookie ^ BIT(i), 640,
							   &mss));
		KUNIT_EXPECT_FALSE(test, rill_cookie_check(&key, &t, 12345 ^ BIT(i), cookie, 640,
							   &mss));
	}
	for (i = 0; i < sizeof(t) * 8; i++) {
		other = t;
		((u8 *)&other)[i / 8] ^= BIT(i % 8);
		KUNIT_EXPECT_FALSE(test, rill_cookie_check(&key, &other, 12345, cookie, 640, &mss));
	}
	key.key[0]++;
	KUNIT_EXPECT_FALSE(test, rill_cookie_check(&key, &t, 12345, cookie, 640, &mss));
}

static void cookie_test_one_stamp(struct kunit *test, u32 clock, u8 present, u8 wscale)
{
	struct rill_opts in = { .present = present, .wscale = wscale };
	int ecn;

	for (ecn = 0; ecn <= 1; ecn++) {
		u32 stamp = rill_cookie_stamp(clock, &in, ecn);
		struct rill_opts out = {};

		KUNIT_EXPECT_LE(test, clock - stamp, 63);
		KUNIT_EXPECT_EQ(test, rill_cookie_unstamp(stamp, &out), (bool)ecn);
		KUNIT_EXPECT_EQ(test, out.present, present);
		KUNIT_EXPECT_EQ(test, out.wscale, wscale);
	}
}

/* Options come back from the timestamp, which never runs ahead of the clock nor far behind it. */
static void cookie_test_stamp(struct kunit *test)
{
	static const u32 clocks[] = { 0, 1, 30, 31, 32, 63, 64, 12345678, U32_MAX };
	unsigned int i, scale;

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		cookie_test_one_stamp(test, clocks[i], 0, 0);
		cookie_test_one_stamp(test, clocks[i], RILL_OPT_SACKOK, 0);
		for (scale = 0; scale <= 14; scale++) {
			cookie_test_one_stamp(test, clocks[i], RILL_OPT_WSCALE, scale);
			cookie_test_one_stamp(test, clocks[i], RILL_OPT_WSCALE | RILL_OPT_SACKOK,
					      scale);
		}
	}
}

static struct kunit_case cookie_test_cases[] = {
	KUNIT_CASE(cookie_test_mss),
	KUNIT_CASE(cookie_test_age),
	KUNIT_CASE(cookie_test_forged),
	KUNIT_CASE(cookie_test_stamp),
	{}
};

static struct kunit_suite cookie_test_suite = {
	.name = "rill_cookie",
	.test_cases = cookie_test_cases,
};

kunit_test_suite(cookie_test_suite);
