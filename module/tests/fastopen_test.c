// SPDX-License-Identifier: GPL-2.0
/*
 * core/fastopen.c: a cookie is good for whom it was made, with any ports, and for nobody else.
 */
#include "../core/fastopen.c"

#include <kunit/test.h>

static const siphash_key_t fastopen_test_keys[RILL_FO_KEYS] = {
	{ { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } },
	{ { 1, 2 } },
};

static struct rill_tuple fastopen_test_tuple(void)
{
	struct rill_tuple t = {};

	t.laddr.s6_addr[15] = 1;
	t.faddr.s6_addr[15] = 2;
	t.lport = cpu_to_be16(80);
	t.fport = cpu_to_be16(40000);
	return t;
}

/* The octets of a key are those of the reference implementation of SipHash, lowest first. */
static void fastopen_test_key(struct kunit *test)
{
	u8 octets[RILL_FO_KEY_OCTETS];
	siphash_key_t key;
	unsigned int i;

	for (i = 0; i < sizeof(octets); i++)
		octets[i] = i;
	rill_fastopen_key(octets, &key);
	KUNIT_EXPECT_EQ(test, key.key[0], fastopen_test_keys[0].key[0]);
	KUNIT_EXPECT_EQ(test, key.key[1], fastopen_test_keys[0].key[1]);
}

/* Of the key in use, of the one before, or of none. */
static void fastopen_test_which(struct kunit *test)
{
	struct rill_tuple t = fastopen_test_tuple();
	struct rill_fo_cookie c = { .exp = true };
	siphash_key_t other = { { 3, 4 } };

	rill_fastopen_make(&fastopen_test_keys[0], &t, &c);
	KUNIT_EXPECT_EQ(test, c.len, (u8)RILL_FO_COOKIE_LEN);
	KUNIT_EXPECT_TRUE(test, c.exp);
	KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 2, &t, &c), 1u);
	rill_fastopen_make(&fastopen_test_keys[1], &t, &c);
	KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 2, &t, &c), 2u);
	KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 1, &t, &c), 0u);
	rill_fastopen_make(&other, &t, &c);
	KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 2, &t, &c), 0u);
}

/* Ports, and the device of a link-local address, change; the cookie stays. */
static void fastopen_test_ports(struct kunit *test)
{
	struct rill_tuple t = fastopen_test_tuple();
	struct rill_fo_cookie c = {};

	rill_fastopen_make(&fastopen_test_keys[0], &t, &c);
	t.lport = cpu_to_be16(81);
	t.fport = cpu_to_be16(40001);
	t.scope = 7;
	KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 1, &t, &c), 1u);
}

/* Every bit of the cookie and of both addresses matters, and so does the length. */
static void fastopen_test_forged(struct kunit *test)
{
	struct rill_tuple t = fastopen_test_tuple(), other;
	struct rill_fo_cookie c = {}, bad;
	unsigned int i;

	rill_fastopen_make(&fastopen_test_keys[0], &t, &c);
	for (i = 0; i < RILL_FO_COOKIE_LEN * 8; i++) {
		bad = c;
		bad.val[i / 8] ^= 1 << i % 8;
		KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 1, &t, &bad), 0u);
	}
	for (i = 0; i < offsetof(struct rill_tuple, lport) * 8; i++) {
		other = t;
		((u8 *)&other)[i / 8] ^= 1 << i % 8;
		KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 1, &other, &c), 0u);
	}
	for (i = 0; i <= RILL_FO_COOKIE_MAX; i += 2) {
		bad = c;
		bad.len = i;
		KUNIT_EXPECT_EQ(test, rill_fastopen_check(fastopen_test_keys, 1, &t, &bad),
				i == RILL_FO_COOKIE_LEN ? 1u : 0u);
	}
}

static struct kunit_case fastopen_test_cases[] = {
	KUNIT_CASE(fastopen_test_key),
	KUNIT_CASE(fastopen_test_which),
	KUNIT_CASE(fastopen_test_ports),
	KUNIT_CASE(fastopen_test_forged),
	{}
};

static struct kunit_suite fastopen_test_suite = {
	.name = "rill_fastopen",
	.test_cases = fastopen_test_cases,
};

kunit_test_suite(fastopen_test_suite);
