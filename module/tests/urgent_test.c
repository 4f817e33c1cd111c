// SPDX-License-Identifier: GPL-2.0
/*
 * core/urgent.c: single pointers by name, then a long random stream against a model that knows its
 * octets by 64-bit numbers that never wrap.
 */
#include "../core/urgent.c"

#include <kunit/test.h>
#include <linux/prandom.h>

/* Everything once more with the sequence space moved over the wraps. */
static const u32 urgent_shifts[] = { 0, 0x80000000u - 1000, 0x80000000u - 1001, 0u - 999, 0u - 1000,
				     0u - 1001 };

/* What the header says: SEG.SEQ is 1000. */
static void urgent_test_mark(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(urgent_shifts); i++) {
		struct rill_seg seg = { .seq = urgent_shifts[i] + 1000, .flags = RILL_URG };

		seg.urg = 1;
		KUNIT_EXPECT_EQ(test, rill_urgent_mark(&seg), seg.seq);
		seg.urg = 65535;
		KUNIT_EXPECT_EQ(test, rill_urgent_mark(&seg), seg.seq + 65534);
		seg.urg = 0;
		KUNIT_EXPECT_EQ(test, rill_urgent_mark(&seg), seg.seq - 1);
	}
}

/* RCV.NXT is 1000. */
struct urgent_news_row {
	const char *desc;
	u8 state;
	u32 old;
	u32 mark;
	bool news;
};

static const struct urgent_news_row urgent_news_rows[] = {
	{ "first, next octet", RILL_URGENT_NONE, 0, 1000, true },
	{ "first, further on", RILL_URGENT_NONE, 0, 1001, true },
	{ "first, as far as it goes", RILL_URGENT_NONE, 0, 66534, true },
	{ "first, the last octet received", RILL_URGENT_NONE, 0, 999, false },
	{ "first, long ago", RILL_URGENT_NONE, 0, 0, false },
	{ "what was the mark once", RILL_URGENT_NONE, 2000, 1500, true },
	{ "the awaited one again", RILL_URGENT_AWAITED, 1500, 1500, false },
	{ "before the awaited one", RILL_URGENT_AWAITED, 1500, 1499, false },
	{ "behind the awaited one", RILL_URGENT_AWAITED, 1500, 1501, true },
	{ "the one that is here again", RILL_URGENT_HERE, 1500, 1500, false },
	{ "behind the one that is here", RILL_URGENT_HERE, 900, 1000, true },
	{ "between that and what is here", RILL_URGENT_HERE, 900, 999, false },
	{ "the one that was read again", RILL_URGENT_READ, 1500, 1500, false },
	{ "behind the one that was read", RILL_URGENT_READ, 1500, 1501, true },
};

static void urgent_news_desc(const struct urgent_news_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(urgent_news, urgent_news_rows, urgent_news_desc);

static void urgent_test_news(struct kunit *test)
{
	const struct urgent_news_row *row = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(urgent_shifts); i++) {
		u32 shift = urgent_shifts[i];
		struct rill_urgent u = { .mark = shift + row->old, .state = row->state };

		KUNIT_EXPECT_EQ_MSG(test, rill_urgent_news(&u, shift + row->mark, shift + 1000),
				    row->news, "shift %u", shift);
	}
}

/* The reader is at 1000; the mark is at 1005 unless the row says otherwise. */
struct urgent_read_row {
	const char *desc;
	u8 state;
	u32 mark;
	u32 len;
	u32 run;
	u32 unread;
};

static const struct urgent_read_row urgent_read_rows[] = {
	{ "no mark", RILL_URGENT_NONE, 1005, 10, 10, 10 },
	{ "no mark, nothing there", RILL_URGENT_NONE, 1000, 0, 0, 0 },
	{ "mark among them", RILL_URGENT_HERE, 1005, 10, 5, 5 },
	{ "mark among them, read", RILL_URGENT_READ, 1005, 10, 5, 5 },
	{ "mark is the last", RILL_URGENT_HERE, 1005, 6, 5, 5 },
	{ "mark comes next", RILL_URGENT_AWAITED, 1005, 5, 5, 5 },
	{ "mark is further on", RILL_URGENT_AWAITED, 1005, 3, 3, 3 },
	{ "one octet before the mark", RILL_URGENT_HERE, 1001, 10, 1, 1 },
	{ "at the mark", RILL_URGENT_HERE, 1000, 10, 10, 0 },
	{ "at the mark, nothing behind it", RILL_URGENT_READ, 1000, 1, 1, 0 },
	{ "at the mark, which is awaited", RILL_URGENT_AWAITED, 1000, 0, 0, 0 },
};

static void urgent_read_desc(const struct urgent_read_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(urgent_read, urgent_read_rows, urgent_read_desc);

static void urgent_test_read(struct kunit *test)
{
	const struct urgent_read_row *row = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(urgent_shifts); i++) {
		u32 from = urgent_shifts[i] + 1000;
		struct rill_urgent u = { .mark = from - 1000 + row->mark, .state = row->state };

		KUNIT_EXPECT_EQ(test, rill_urgent_run(&u, from, row->len), row->run);
		KUNIT_EXPECT_EQ(test, rill_urgent_unread(&u, from, row->len), row->unread);
		KUNIT_EXPECT_EQ(test, rill_urgent_at(&u, from),
				row->state != RILL_URGENT_NONE && row->mark == 1000);
	}
}

/* Who peeks beyond the mark reads on: the mark is behind him, but not behind the reader. */
static void urgent_test_peek_beyond(struct kunit *test)
{
	struct rill_urgent u = { .mark = 1000, .state = RILL_URGENT_HERE };

	KUNIT_EXPECT_EQ(test, rill_urgent_run(&u, 1001, 10), 10u);
	KUNIT_EXPECT_FALSE(test, rill_urgent_at(&u, 1001));
}

struct urgent_pointer_row {
	const char *desc;
	u32 seq;
	u32 up;
	u32 nxt;
	u16 pointer;
};

static const struct urgent_pointer_row urgent_pointer_rows[] = {
	{ "one octet", 1000, 1001, 1000, 1 },
	{ "sent again", 1000, 1001, 1001, 1 },
	{ "all before it", 1001, 1001, 1001, 0 },
	{ "long past", 5000, 1001, 5000, 0 },
	{ "as far as a pointer reaches", 1000, 66535, 1000, 65535 },
	{ "one octet too far", 1000, 66536, 1000, 65535 },
	{ "much too far", 1000, 10001000, 1000, 65535 },
	{ "too far, nearly all of that sent", 1000, 10001000, 66534, 65535 },
	{ "too far, all of that sent", 1000, 10001000, 66535, 0 },
	{ "within reach, more sent", 1000, 66535, 70000, 65535 },
};

static void urgent_pointer_desc(const struct urgent_pointer_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(urgent_pointer, urgent_pointer_rows, urgent_pointer_desc);

static void urgent_test_pointer(struct kunit *test)
{
	const struct urgent_pointer_row *row = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(urgent_shifts); i++) {
		u32 shift = urgent_shifts[i];

		KUNIT_EXPECT_EQ_MSG(test, rill_urgent_pointer(shift + row->seq, shift + row->up,
							      shift + row->nxt),
				    row->pointer, "shift %u", shift);
	}
}

/*
 * A stream in which now and then everything so far is urgent, sent in segments of any size, some
 * of them lost and sent again, read in pieces of any size. All numbers are 64 bits wide here.
 */
struct urgent_model {
	s64 up;			/* of the sender */
	s64 nxt;		/* sent */
	s64 rcv_nxt;
	s64 copied;
	s64 mark;		/* -1: none */
	unsigned int moved;	/* how often */
};

static void urgent_model_segment(struct kunit *test, struct urgent_model *m, struct rill_urgent *u,
				 struct rnd_state *rnd)
{
	s64 seq = m->rcv_nxt + prandom_u32_state(rnd) % (u32)(m->nxt - m->rcv_nxt + 1);
	s64 len = prandom_u32_state(rnd) % 3000;
	struct rill_seg seg = { .seq = seq, .len = len };
	s64 reach;
	bool news;

	seg.urg = rill_urgent_pointer(seq, m->up, m->nxt);
	reach = min(m->up, seq + 65535);
	if (seg.urg)
		KUNIT_EXPECT_EQ(test, seq + seg.urg, reach);
	else
		KUNIT_EXPECT_TRUE(test, m->up <= seq || (reach < m->up && reach <= m->nxt));
	m->nxt = max(m->nxt, seq + len);
	if (!seg.urg)
		goto data;
	news = reach > m->rcv_nxt && (m->mark < 0 || reach - 1 > m->mark);
	KUNIT_EXPECT_EQ(test, rill_urgent_news(u, rill_urgent_mark(&seg), m->rcv_nxt), news);
	if (news) {
		m->mark = reach - 1;
		m->moved++;
		u->mark = rill_urgent_mark(&seg);
		u->state = RILL_URGENT_AWAITED;
	}
data:
	if (seq <= m->rcv_nxt)
		m->rcv_nxt = max(m->rcv_nxt, seq + len);
}

static void urgent_model_read(struct kunit *test, struct urgent_model *m, struct rill_urgent *u,
			      struct rnd_state *rnd)
{
	s64 len = min_t(s64, m->rcv_nxt - m->copied, prandom_u32_state(rnd) % 4000);
	bool marked = m->mark >= m->copied;
	s64 stop = marked && m->mark > m->copied ? min(m->mark, m->copied + len) : m->copied + len;
	s64 before = marked ? min(m->mark, m->rcv_nxt) : m->rcv_nxt;

	KUNIT_EXPECT_EQ(test, rill_urgent_at(u, m->copied), m->mark == m->copied);
	KUNIT_EXPECT_EQ(test, (s64)rill_urgent_run(u, m->copied, len), stop - m->copied);
	KUNIT_EXPECT_EQ(test, (s64)rill_urgent_unread(u, m->copied, m->rcv_nxt - m->copied),
			before - m->copied);
	m->copied = stop;
	if (marked && m->copied > m->mark) {
		m->mark = -1;
		u->state = RILL_URGENT_NONE;
	}
}

static void urgent_test_random(struct kunit *test)
{
	struct urgent_model m = { .up = 0xffff0000, .nxt = 0xffff0000, .rcv_nxt = 0xffff0000,
				  .copied = 0xffff0000, .mark = -1 };
	struct rill_urgent u = { };
	struct rnd_state rnd;
	unsigned int i;

	prandom_seed_state(&rnd, 6093);
	for (i = 0; i < 100000; i++) {
		u32 r = prandom_u32_state(&rnd);

		if (r % 64 == 0)
			m.up = max(m.up, m.nxt + 1 + (r >> 8) % (r & 0x40 ? 200000 : 100));
		urgent_model_segment(test, &m, &u, &rnd);
		if (r & 0x80)
			urgent_model_read(test, &m, &u, &rnd);
		/* A reader who is far behind catches up, or the window would have closed. */
		while (m.rcv_nxt - m.copied > 100000)
			urgent_model_read(test, &m, &u, &rnd);
	}
	/* The stream was worth looking at, and it went over the wrap. */
	KUNIT_EXPECT_GT(test, m.moved, 1000u);
	KUNIT_EXPECT_GT(test, m.copied, 1LL << 32);
}

static struct kunit_case urgent_test_cases[] = {
	KUNIT_CASE(urgent_test_mark),
	KUNIT_CASE_PARAM(urgent_test_news, urgent_news_gen_params),
	KUNIT_CASE_PARAM(urgent_test_read, urgent_read_gen_params),
	KUNIT_CASE(urgent_test_peek_beyond),
	KUNIT_CASE_PARAM(urgent_test_pointer, urgent_pointer_gen_params),
	KUNIT_CASE(urgent_test_random),
	{}
};

static struct kunit_suite urgent_test_suite = {
	.name = "rill_urgent",
	.test_cases = urgent_test_cases,
};

kunit_test_suite(urgent_test_suite);
