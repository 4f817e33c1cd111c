// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/wnd.c: tables of the cases that have a name, and all small numbers against the
 * rules of RFC 9293 sections 3.7.4 and 3.8.6.2 written out one by one.
 */
#include <kunit/test.h>

#include "../core/wnd.c"

static const struct wnd_scale_case {
	u32	rcvbuf;
	u8	scale;
} wnd_scale_cases[] = {
	{ 0, 0 }, { 65535, 0 }, { 65536, 1 }, { 131070, 1 }, { 131071, 2 }, { 6291456, 7 },
	{ 536862720, 13 }, { 536862721, 14 }, { 1073725440, 14 }, { 1073725441, 14 },
	{ U32_MAX, 14 },
};

static void wnd_scale_desc(const struct wnd_scale_case *c, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "buffer of %u", c->rcvbuf);
}

KUNIT_ARRAY_PARAM(wnd_scale, wnd_scale_cases, wnd_scale_desc);

static void wnd_test_scale(struct kunit *test)
{
	const struct wnd_scale_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, rill_wnd_scale(c->rcvbuf), c->scale);
}

static const struct wnd_adv_case {
	const char *name;
	u32	space, full, cur, mss;
	u8	wscale;
	u32	wnd;
} wnd_adv_cases[] = {
	{ "start", 65535, 65535, 0, 1460, 0, 65535 },
	{ "start, scaled", 131072, 131072, 0, 1460, 2, 131072 },
	{ "start, scaled, not a multiple", 131071, 131071, 0, 1460, 2, 131068 },
	{ "more than can be said", 1000000, 1000000, 0, 1460, 2, 262140 },
	{ "more than can be said ever", U32_MAX, U32_MAX, 0, 1460, 14, 1073725440 },
	{ "no room", 0, 65535, 0, 1460, 0, 0 },
	{ "less than a segment of room", 1459, 65535, 0, 1460, 0, 0 },
	{ "a segment of room", 1460, 65535, 0, 1460, 0, 1460 },
	{ "half of a small buffer", 1000, 2000, 0, 1460, 0, 1000 },
	{ "less than half of a small buffer", 999, 2000, 0, 1460, 0, 0 },
	{ "a segment more", 11460, 65535, 10000, 1460, 0, 11460 },
	{ "not quite a segment more", 11459, 65535, 10000, 1460, 0, 10000 },
	{ "less room than promised", 500, 65535, 10000, 1460, 0, 10000 },
	{ "no room, but promised", 0, 65535, 10000, 1460, 0, 10000 },
	{ "a promise between two multiples", 0, 200000, 10001, 1460, 7, 10112 },
	{ "room between two multiples", 20001, 200000, 0, 1460, 7, 19968 },
	{ "promise and room in the same unit", 10100, 200000, 10001, 50, 7, 10112 },
	{ "the smallest promise of a large scale", 0, 1 << 30, 1, 1460, 14, 16384 },
	{ "a promise at the limit", 0, 65535, 65535, 1460, 0, 65535 },
};

static void wnd_adv_desc(const struct wnd_adv_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wnd_adv, wnd_adv_cases, wnd_adv_desc);

static void wnd_test_advertise(struct kunit *test)
{
	const struct wnd_adv_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, rill_wnd_advertise(c->space, c->full, c->cur, c->mss, c->wscale),
			c->wnd);
}

/* The rules by search: from small windows to large, the last that is right. */
static u32 wnd_model_advertise(u32 space, u32 full, u32 cur, u32 mss, u8 wscale)
{
	u32 wnd, best = 0;
	bool kept = false;

	for (wnd = 0; wnd >> wscale <= U16_MAX; wnd += 1 << wscale) {
		/* The promise has to be kept; with the scale it may take a little more. */
		if (!kept && wnd >= cur) {
			best = wnd;
			kept = true;
		}
		if (wnd > space)
			break;
		/* New room counts once it is a segment, or half the buffer. */
		if (kept && space > cur &&
		    (space - cur >= mss || space - cur >= full / 2))
			best = wnd;
	}
	for (; !kept; wnd += 1 << wscale) {
		if (wnd >= cur) {
			best = wnd;
			kept = true;
		}
	}
	return best;
}

/* All combinations with one counter: the next digit of @n, from 0 to @count - 1. */
static u32 wnd_digit(u32 *n, u32 count)
{
	u32 digit = *n % count;

	*n /= count;
	return digit;
}

static void wnd_test_advertise_all(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 25 * 25 * 25 * 4 * 10; i++) {
		u32 n = i;
		u32 full = wnd_digit(&n, 25), space = wnd_digit(&n, 25), cur = wnd_digit(&n, 25);
		u32 wscale = wnd_digit(&n, 4), mss = 1 + wnd_digit(&n, 10);
		u32 got = rill_wnd_advertise(space, full, cur, mss, wscale);
		u32 want = wnd_model_advertise(space, full, cur, mss, wscale);

		KUNIT_ASSERT_EQ_MSG(test, got, want, "space %u of %u, now %u, mss %u, scale %u",
				    space, full, cur, mss, wscale);
	}
}

/*
 * A reader that takes all, at last: however the buffer was left, either the peer may send half of
 * the largest window or a segment, or it is told of a window as large as that. Otherwise both would
 * wait for each other.
 */
static void wnd_test_no_deadlock(struct kunit *test)
{
	u32 i;

	for (i = 0; i < 32 * 64 * 4 * 12; i++) {
		u32 n = i;
		u32 full = 32 + wnd_digit(&n, 32), cur = wnd_digit(&n, 64);
		u32 wscale = wnd_digit(&n, 4), mss = 1 + 9 * wnd_digit(&n, 12);
		u32 enough = min(mss, (full >> wscale << wscale) / 2);
		u32 wnd = rill_wnd_advertise(full, full, cur, mss, wscale);

		if (cur >= enough)
			continue;
		KUNIT_ASSERT_TRUE_MSG(test,
				      wnd >= enough && rill_wnd_update_due(wnd, cur, full, mss),
				      "full %u, now %u, mss %u, scale %u: %u",
				      full, cur, mss, wscale, wnd);
	}
}

static const struct wnd_update_case {
	const char *name;
	u32	new_wnd, cur, full, mss;
	bool	due;
} wnd_update_cases[] = {
	{ "nothing new", 5000, 5000, 65535, 1000, false },
	{ "nothing new, empty", 0, 0, 0, 1000, false },
	{ "less than before", 4000, 5000, 65535, 1000, false },
	{ "one segment more", 6000, 5000, 65535, 1000, false },
	{ "not quite two segments more", 6999, 5000, 65535, 1000, false },
	{ "two segments more of many", 7000, 5000, 65535, 1000, false },
	{ "doubled", 10000, 5000, 65535, 1000, true },
	{ "not quite doubled", 9998, 5000, 65535, 1000, false },
	{ "doubled by less than two segments", 3000, 1500, 65535, 1000, false },
	{ "half the buffer", 6500, 5000, 3000, 1000, true },
	{ "not quite half the buffer", 6499, 5000, 3000, 1000, false },
	{ "from zero to a segment", 1000, 0, 65535, 1000, true },
	{ "from zero to less than a segment", 999, 0, 65535, 1000, false },
	{ "from less than a segment to one", 1000, 999, 65535, 1000, true },
	{ "from one segment", 1001, 1000, 65535, 1000, false },
	{ "from zero to half a tiny buffer", 300, 0, 600, 1000, true },
	{ "half a tiny buffer, what the scale rounds off missing", 320, 150, 360, 1000, true },
	{ "half a tiny buffer was open before", 300, 180, 360, 1000, false },
};

static void wnd_update_desc(const struct wnd_update_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wnd_update, wnd_update_cases, wnd_update_desc);

static void wnd_test_update_due(struct kunit *test)
{
	const struct wnd_update_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, rill_wnd_update_due(c->new_wnd, c->cur, c->full, c->mss), c->due);
}

/* Segments of 1000 octets, Nagle's algorithm on unless said. */
static const struct wnd_send_case {
	const char *name;
	struct rill_send_q q;
	u32	octets;
} wnd_send_cases[] = {
	{ "nothing queued",
	  { .avail = 0, .cwnd = 9000, .wnd_left = 9000, .nagle = true }, 0 },
	{ "small, idle",
	  { .avail = 10, .cwnd = 9000, .wnd_left = 9000, .nagle = true }, 10 },
	{ "small, busy: Nagle holds it",
	  { .avail = 10, .flight = 1, .cwnd = 9000, .wnd_left = 9000, .nagle = true }, 0 },
	{ "small, busy, only whole segments in flight",
	  { .avail = 10, .flight = 1000, .cwnd = 9000, .wnd_left = 9000, .nagle = true,
	    .all_full = true }, 10 },
	{ "small, busy, no Nagle",
	  { .avail = 10, .flight = 1, .cwnd = 9000, .wnd_left = 9000 }, 10 },
	{ "small, busy, the last",
	  { .avail = 10, .flight = 1, .cwnd = 9000, .wnd_left = 9000, .nagle = true,
	    .push = true }, 10 },
	{ "two and a half, idle",
	  { .avail = 2500, .cwnd = 9000, .wnd_left = 9000, .nagle = true }, 2500 },
	{ "two and a half, busy",
	  { .avail = 2500, .flight = 1, .cwnd = 9000, .wnd_left = 9000, .nagle = true }, 2000 },
	{ "two and a half, corked",
	  { .avail = 2500, .cwnd = 9000, .wnd_left = 9000, .cork = true }, 2000 },
	{ "two and a half, corked, whole segments in flight",
	  { .avail = 2500, .flight = 1000, .cwnd = 9000, .wnd_left = 9000, .nagle = true,
	    .all_full = true, .cork = true }, 2000 },
	{ "small, corked",
	  { .avail = 10, .cwnd = 9000, .wnd_left = 9000, .cork = true }, 0 },
	{ "small, corked, the last",
	  { .avail = 10, .cwnd = 9000, .wnd_left = 9000, .cork = true, .push = true }, 10 },
	{ "cwnd cuts within a segment",
	  { .avail = 9000, .flight = 1000, .cwnd = 3500, .wnd_left = 9000, .max_wnd = 9000 },
	  2000 },
	{ "cwnd used up",
	  { .avail = 9000, .flight = 3500, .cwnd = 3500, .wnd_left = 9000 }, 0 },
	{ "cwnd smaller than the flight",
	  { .avail = 9000, .flight = 5000, .cwnd = 3500, .wnd_left = 9000 }, 0 },
	{ "the window cuts within a segment",
	  { .avail = 9000, .cwnd = 9000, .wnd_left = 2999, .max_wnd = 5000 }, 2000 },
	{ "zero window",
	  { .avail = 9000, .cwnd = 9000, .wnd_left = 0, .max_wnd = 5000, .push = true }, 0 },
	{ "a silly window",
	  { .avail = 9000, .cwnd = 9000, .wnd_left = 400, .max_wnd = 5000, .push = true }, 0 },
	{ "half of a small peer's window",
	  { .avail = 9000, .cwnd = 9000, .wnd_left = 400, .max_wnd = 800 }, 400 },
	{ "half of a small peer's window, corked",
	  { .avail = 9000, .cwnd = 9000, .wnd_left = 400, .max_wnd = 800, .cork = true }, 400 },
	{ "half of a small peer's window, busy",
	  { .avail = 9000, .flight = 1, .cwnd = 9000, .wnd_left = 400, .max_wnd = 800 }, 0 },
	{ "less than half of a small peer's window",
	  { .avail = 9000, .cwnd = 9000, .wnd_left = 399, .max_wnd = 800 }, 0 },
	{ "what is queued fits the small window",
	  { .avail = 100, .cwnd = 9000, .wnd_left = 399, .max_wnd = 800, .nagle = true }, 100 },
	{ "what is queued fits the small window, corked",
	  { .avail = 399, .cwnd = 9000, .wnd_left = 399, .max_wnd = 400, .cork = true }, 0 },
};

static void wnd_send_desc(const struct wnd_send_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wnd_send, wnd_send_cases, wnd_send_desc);

static void wnd_test_may_send(struct kunit *test)
{
	const struct wnd_send_case *c = test->param_value;
	struct rill_send_q q = c->q;

	q.mss = 1000;
	KUNIT_EXPECT_EQ(test, rill_wnd_may_send(&q), c->octets);
}

/*
 * RFC 9293 section 3.8.6.2.1, segment by segment: D is what is queued, U what may be sent of it.
 * Nagle looks at what was in flight before the first.
 */
static u32 wnd_model_may_send(const struct rill_send_q *q)
{
	u32 sent = 0;

	for (;;) {
		u32 d = q->avail - sent;
		u32 u = 0;

		if (q->flight + sent < q->cwnd && sent < q->wnd_left)
			u = min(q->cwnd - q->flight - sent, q->wnd_left - sent);

		/* (1) a whole segment */
		if (min(d, u) >= q->mss) {
			sent += q->mss;
			continue;
		}
		/* (2) all that is queued */
		if (d <= u) {
			bool wait = q->cork || (q->nagle && q->flight && !q->all_full);

			return q->push || !wait ? sent + d : sent;
		}
		/* (3) half of the largest window, and SND.NXT = SND.UNA */
		if (!q->flight && !sent && (u == q->max_wnd / 2 || 2 * u > q->max_wnd))
			return u;
		return sent;
	}
}

static void wnd_may_send_bits(struct kunit *test, struct rill_send_q *q)
{
	u32 bits;

	for (bits = 0; bits < 16; bits++) {
		u32 got, want;

		q->nagle = bits & 1;
		q->all_full = bits & 2;
		q->cork = bits & 4;
		q->push = bits & 8;
		got = rill_wnd_may_send(q);
		want = wnd_model_may_send(q);
		KUNIT_ASSERT_EQ_MSG(test, got, want,
				    "avail %u flight %u cwnd %u mss %u left %u max %u bits %x",
				    q->avail, q->flight, q->cwnd, q->mss, q->wnd_left,
				    q->max_wnd, bits);
	}
}

static void wnd_test_may_send_all(struct kunit *test)
{
	struct rill_send_q q = { };
	u32 i;

	for (i = 0; i < 4 * 10 * 3 * 5 * 10 * 4; i++) {
		u32 n = i;

		q.mss = 1 + wnd_digit(&n, 4);
		q.avail = wnd_digit(&n, 10);
		q.flight = wnd_digit(&n, 3);
		q.cwnd = 1 + 2 * wnd_digit(&n, 5);
		q.wnd_left = wnd_digit(&n, 10);
		q.max_wnd = 3 * wnd_digit(&n, 4);
		wnd_may_send_bits(test, &q);
	}
}

static struct kunit_case wnd_suite_cases[] = {
	KUNIT_CASE_PARAM(wnd_test_scale, wnd_scale_gen_params),
	KUNIT_CASE_PARAM(wnd_test_advertise, wnd_adv_gen_params),
	KUNIT_CASE(wnd_test_advertise_all),
	KUNIT_CASE(wnd_test_no_deadlock),
	KUNIT_CASE_PARAM(wnd_test_update_due, wnd_update_gen_params),
	KUNIT_CASE_PARAM(wnd_test_may_send, wnd_send_gen_params),
	KUNIT_CASE(wnd_test_may_send_all),
	{ }
};

static struct kunit_suite wnd_suite = {
	.name = "rill_wnd",
	.test_cases = wnd_suite_cases,
};

kunit_test_suite(wnd_suite);
