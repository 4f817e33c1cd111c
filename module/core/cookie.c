// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies (RFC 4987 section 3.6): a SYN-ACK whose sequence number says what a request would
 * have kept, so that a flood of SYNs leaves nothing behind. The peer's ACK brings the number back;
 * its timestamp echo brings the options. Called by engine/in_cookie.c; clock and key are its.
 */
#include "cookie.h"

#include <linux/build_bug.h>
#include <linux/kernel.h>

/*
 * The number, from the top: 5 bits of a counter of RILL_COOKIE_PERIOD, 3 bits that name the MSS,
 * 24 bits that only we can compute.
 */
#define RILL_COOKIE_COUNTS	32
#define RILL_COOKIE_COUNT_SHIFT	27
#define RILL_COOKIE_MSS_SHIFT	24
#define RILL_COOKIE_MAC		0x00ffffffu

/* Payloads of the common MTUs: 576, 1500 less what tunnels and IPv6 take, 9000. */
static const u16 rill_cookie_mss[8] = { 88, 536, 1024, 1220, 1380, 1440, 1460, 8960 };

/*
 * The timestamp's low bits: 4 of window scale (all set: none), 1 of SACK-permitted, 1 of RFC 3168's
 * ECN.
 */
#define RILL_COOKIE_TS_BITS	0x3fu
#define RILL_COOKIE_TS_WSCALE	0x0fu
#define RILL_COOKIE_TS_SACK	0x10u
#define RILL_COOKIE_TS_ECN	0x20u

struct rill_cookie_input {
	struct rill_tuple t;
	u32 irs;
	u32 top;
	u32 domain;
	u32 zero;	/* no octet is left to chance */
} __aligned(SIPHASH_ALIGNMENT);

static_assert(sizeof(struct rill_cookie_input) == 56);

static u32 rill_cookie_mac(const siphash_key_t *key, const struct rill_tuple *t, u32 irs, u32 top)
{
	/* The ISN and its kin hash shorter inputs with numbers from 1 on. */
	struct rill_cookie_input in = { .t = *t, .irs = irs, .top = top, .domain = 0 };

	return siphash(&in, sizeof(in), key) & RILL_COOKIE_MAC;
}

/**
 * rill_cookie_make() - the initial sequence number of a SYN-ACK that nothing is kept of
 * @key: the secret
 * @t: the connection's four-tuple
 * @irs: the peer's initial sequence number
 * @now: seconds of a clock that never goes back
 * @mss: the MSS that the peer announced; the next smaller one of eight is kept
 *
 * Return: the cookie.
 */
u32 rill_cookie_make(const siphash_key_t *key, const struct rill_tuple *t, u32 irs, u32 now,
		     u16 mss)
{
	u32 count = now / RILL_COOKIE_PERIOD % RILL_COOKIE_COUNTS;
	u32 i = ARRAY_SIZE(rill_cookie_mss) - 1, top;

	while (i && rill_cookie_mss[i] > mss)
		i--;
	top = count << RILL_COOKIE_COUNT_SHIFT | i << RILL_COOKIE_MSS_SHIFT;
	return top | rill_cookie_mac(key, t, irs, top);
}

/**
 * rill_cookie_check() - is what an ACK acknowledges a cookie of ours?
 * @key: the secret
 * @t: the connection's four-tuple
 * @irs: SEG.SEQ - 1
 * @cookie: SEG.ACK - 1
 * @now: seconds, by the clock of rill_cookie_make()
 * @mss: is set to the MSS that was kept
 *
 * Return: true for one that was made for this four-tuple and @irs in this period or the last.
 */
bool rill_cookie_check(const siphash_key_t *key, const struct rill_tuple *t, u32 irs, u32 cookie,
		       u32 now, u16 *mss)
{
	u32 count = cookie >> RILL_COOKIE_COUNT_SHIFT;
	u32 age = (now / RILL_COOKIE_PERIOD - count) % RILL_COOKIE_COUNTS;

	if (age > 1 ||
	    rill_cookie_mac(key, t, irs, cookie & ~RILL_COOKIE_MAC) != (cookie & RILL_COOKIE_MAC))
		return false;
	*mss = rill_cookie_mss[cookie >> RILL_COOKIE_MSS_SHIFT & 7];
	return true;
}

/**
 * rill_cookie_stamp() - a timestamp that says which options the SYN offered
 * @clock: the timestamp clock, milliseconds, without the connection's offset
 * @opts: the options that both ends know; WSCALE and SACKOK are kept
 * @ecn: and so is whether the connection has ECN by RFC 3168
 *
 * Return: a value of the clock that has been, 63 ms ago at most.
 */
u32 rill_cookie_stamp(u32 clock, const struct rill_opts *opts, bool ecn)
{
	u32 bits = opts->present & RILL_OPT_WSCALE ? opts->wscale : RILL_COOKIE_TS_WSCALE;
	u32 stamp;

	if (opts->present & RILL_OPT_SACKOK)
		bits |= RILL_COOKIE_TS_SACK;
	if (ecn)
		bits |= RILL_COOKIE_TS_ECN;
	stamp = (clock & ~RILL_COOKIE_TS_BITS) | bits;
	return stamp - (bits > (clock & RILL_COOKIE_TS_BITS) ? RILL_COOKIE_TS_BITS + 1 : 0);
}

/**
 * rill_cookie_unstamp() - the options of such a timestamp
 * @stamp: the peer's echo, without the connection's offset
 * @opts: WSCALE and SACKOK are added to what is present
 *
 * Return: whether the connection has ECN by RFC 3168.
 */
bool rill_cookie_unstamp(u32 stamp, struct rill_opts *opts)
{
	u32 wscale = stamp & RILL_COOKIE_TS_WSCALE;

	if (wscale <= RILL_WSCALE_MAX) {
		opts->present |= RILL_OPT_WSCALE;
		opts->wscale = wscale;
	}
	if (stamp & RILL_COOKIE_TS_SACK)
		opts->present |= RILL_OPT_SACKOK;
	return stamp & RILL_COOKIE_TS_ECN;
}
