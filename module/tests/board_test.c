// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/board.c: a burst that loses segments by hand, random events around the wrap of
 * sequence numbers against a model with a mark for each segment, and a peer who SACKs octets.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/board.c"

#define BOARD_SEG	100
#define BOARD_SEGS	64	/* in the model at most */
#define BOARD_SPARE	(3 * BOARD_SEGS)

struct board_case {
	struct rill_board board;
	struct rill_sent spare[BOARD_SPARE];
};

static struct board_case *board_new(struct kunit *test)
{
	struct board_case *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	rill_board_init(&c->board);
	for (i = 0; i < BOARD_SPARE; i++)
		rill_board_give(&c->board, &c->spare[i]);
	return c;
}

static void board_expect(struct kunit *test, const struct rill_board *b, u32 n, u32 sacked,
			 u32 lost, u32 again)
{
	KUNIT_EXPECT_EQ(test, b->n, n);
	KUNIT_EXPECT_EQ(test, b->sacked_octets, sacked);
	KUNIT_EXPECT_EQ(test, b->lost_octets, lost);
	KUNIT_EXPECT_EQ(test, b->again_octets, again);
	KUNIT_EXPECT_EQ(test, b->n + b->n_spare, BOARD_SPARE);
}

/* Ten segments in one burst: the first and the fourth get lost and are sent again. */
static void board_test_burst(struct kunit *test)
{
	struct rill_board *b = &board_new(test)->board;
	struct rill_delivered d = { };
	struct rill_sent *s;

	KUNIT_EXPECT_TRUE(test, rill_board_sent(b, 0, 400, BOARD_SEG, 10));
	KUNIT_EXPECT_TRUE(test, rill_board_sent(b, 400, 1000, BOARD_SEG, 10));
	board_expect(test, b, 1, 0, 0, 0);

	rill_board_sack(b, 100, 300, &d);
	board_expect(test, b, 3, 200, 0, 0);
	KUNIT_EXPECT_EQ(test, d.octets, 200);
	KUNIT_EXPECT_EQ(test, d.segs, 2);
	KUNIT_EXPECT_EQ(test, d.at_us, 10);
	KUNIT_EXPECT_EQ(test, d.end, 300);
	KUNIT_EXPECT_FALSE(test, d.ever);
	KUNIT_EXPECT_TRUE(test, d.any);
	KUNIT_EXPECT_EQ(test, d.low, 100);
	KUNIT_EXPECT_EQ(test, d.high, 300);

	d = (struct rill_delivered){ };
	rill_board_sack(b, 400, 900, &d);
	rill_board_sack(b, 100, 300, &d);
	KUNIT_EXPECT_EQ(test, d.octets, 500);
	KUNIT_EXPECT_EQ(test, d.segs, 5);
	board_expect(test, b, 5, 700, 0, 0);

	s = rill_board_oldest(b);
	KUNIT_EXPECT_EQ(test, s->seq, 0);
	rill_board_lose(b, s);
	s = rill_board_oldest(b);
	KUNIT_EXPECT_EQ(test, s->seq, 300);
	rill_board_lose(b, s);
	board_expect(test, b, 5, 700, 200, 0);
	KUNIT_EXPECT_EQ(test, rill_board_pipe(b, 1000), 100);

	KUNIT_EXPECT_TRUE(test, rill_board_again(b, rill_board_lost(b), BOARD_SEG, 20));
	KUNIT_EXPECT_TRUE(test, rill_board_again(b, rill_board_lost(b), BOARD_SEG, 20));
	KUNIT_EXPECT_NULL(test, rill_board_lost(b));
	board_expect(test, b, 5, 700, 200, 200);
	KUNIT_EXPECT_EQ(test, rill_board_pipe(b, 1000), 300);

	/* The second one has arrived: three entries that the peer has become one. */
	d = (struct rill_delivered){ };
	rill_board_sack(b, 300, 400, &d);
	board_expect(test, b, 3, 800, 100, 100);
	KUNIT_EXPECT_TRUE(test, d.ever);
	KUNIT_EXPECT_FALSE(test, d.any);
	KUNIT_EXPECT_EQ(test, d.at_us, 20);

	d = (struct rill_delivered){ };
	rill_board_acked(b, 950, &d);
	KUNIT_EXPECT_EQ(test, d.octets, 150);
	KUNIT_EXPECT_EQ(test, d.segs, 2);
	board_expect(test, b, 1, 0, 0, 0);
	rill_board_acked(b, 1000, &d);
	board_expect(test, b, 0, 0, 0, 0);
}

/* The peer has thrown away what it had told of. */
static void board_test_reneged(struct kunit *test)
{
	struct rill_board *b = &board_new(test)->board;
	struct rill_delivered d = { };
	u32 seq;

	rill_board_sent(b, 0, 500, BOARD_SEG, 10);
	rill_board_sack(b, 100, 200, &d);
	rill_board_sack(b, 300, 400, &d);
	rill_board_lose_all(b, false);
	board_expect(test, b, 5, 200, 300, 0);
	rill_board_lose_all(b, true);
	board_expect(test, b, 5, 0, 500, 0);
	for (seq = 0; seq < 500; seq += BOARD_SEG) {
		KUNIT_ASSERT_NOT_NULL(test, rill_board_lost(b));
		KUNIT_EXPECT_EQ(test, rill_board_lost(b)->seq, seq);
		rill_board_again(b, rill_board_lost(b), BOARD_SEG, 20 + seq);
	}
	board_expect(test, b, 5, 0, 500, 500);
	rill_board_empty(b);
	board_expect(test, b, 0, 0, 0, 0);
}

/* CVE-2019-11478: blocks of an octet cut nothing, whole segments among others do. */
static void board_test_octets(struct kunit *test)
{
	struct rill_board *b = &board_new(test)->board;
	struct rill_delivered d = { };
	u32 at;

	rill_board_sent(b, 0, 1050, BOARD_SEG, 10);
	for (at = 1; at < 1049; at += 2)
		rill_board_sack(b, at, at + 1, &d);
	board_expect(test, b, 1, 0, 0, 0);
	for (at = 0; at < 900; at += BOARD_SEG)
		rill_board_sack(b, at + 1, at + 199, &d);
	board_expect(test, b, 1, 0, 0, 0);
	rill_board_sack(b, 150, 450, &d);
	board_expect(test, b, 3, 200, 0, 0);
	/* The last segment is short. */
	rill_board_sack(b, 990, 1050, &d);
	board_expect(test, b, 4, 250, 0, 0);
}

/* CVE-2019-11477: more of the smallest segments in one than 16 bits can count. */
static void board_test_merged(struct kunit *test)
{
	struct rill_board *b = &board_new(test)->board;
	const u32 seg = 8, all = 70000 * seg;
	struct rill_delivered d = { };
	u32 at;

	rill_board_sent(b, 0, all, seg, 10);
	for (at = seg; at < all; at += 2 * seg)
		rill_board_sack(b, seg, at + seg, &d);
	board_expect(test, b, 2, all - seg, 0, 0);
	KUNIT_EXPECT_EQ(test, d.octets, all - seg);
	rill_board_lose_all(b, true);
	board_expect(test, b, 2, 0, all, 0);
	rill_board_acked(b, all - seg, &d);
	board_expect(test, b, 1, 0, seg, 0);
}

/* Without spare entries nothing is lost that is known already. */
static void board_test_no_spare(struct kunit *test)
{
	struct rill_board *b = &board_new(test)->board;
	struct rill_delivered d = { };
	u32 n = 0;

	rill_board_sent(b, 0, 300, BOARD_SEG, 10);
	while (rill_board_take(b))
		n++;
	KUNIT_EXPECT_EQ(test, n, BOARD_SPARE - 1);
	KUNIT_EXPECT_FALSE(test, rill_board_sent(b, 300, 400, BOARD_SEG, 11));
	rill_board_sack(b, 100, 200, &d);
	KUNIT_EXPECT_EQ(test, d.octets, 0);
	KUNIT_EXPECT_FALSE(test, rill_board_again(b, rill_board_oldest(b), BOARD_SEG, 11));
	rill_board_sack(b, 0, 300, &d);
	KUNIT_EXPECT_EQ(test, d.octets, 300);
	KUNIT_EXPECT_EQ(test, b->sacked_octets, 300);
}

/* What the model knows of a segment: enum rill_sent_flag, and when it was sent last. */
struct board_mark {
	u8 flags;
	u64 at_us;
};

struct board_model {
	struct board_mark seg[BOARD_SEGS];
	u32 base;		/* SND.UNA */
	u32 n;			/* segments up to SND.NXT */
};

static u32 board_model_octets(const struct board_model *m, u8 flag)
{
	u32 i, octets = 0;

	for (i = 0; i < m->n; i++)
		if (m->seg[i].flags & flag)
			octets += BOARD_SEG;
	return octets;
}

/* Each entry holds segments of one kind; the lists hold what they should, in order. */
static void board_compare(struct kunit *test, struct rill_board *b, const struct board_model *m)
{
	u32 seq = m->base, waiting = 0, under_way = 0;
	u64 last = 0;
	struct rb_node *node;
	struct rill_sent *s;

	for (node = rb_first(&b->root); node; node = rb_next(node)) {
		s = rill_sent_of(node);
		KUNIT_ASSERT_EQ(test, s->seq, seq);
		for (; seq != s->end; seq += BOARD_SEG) {
			const struct board_mark *mark = &m->seg[(seq - m->base) / BOARD_SEG];
			u8 known = mark->flags & RILL_SENT_SACKED ? RILL_SENT_SACKED : 0xff;

			KUNIT_ASSERT_EQ(test, s->flags & known, mark->flags & known);
			if (known == 0xff)
				KUNIT_ASSERT_EQ(test, s->at_us, mark->at_us);
		}
	}
	KUNIT_ASSERT_EQ(test, seq, m->base + m->n * BOARD_SEG);
	KUNIT_ASSERT_EQ(test, b->sacked_octets, board_model_octets(m, RILL_SENT_SACKED));
	KUNIT_ASSERT_EQ(test, b->lost_octets, board_model_octets(m, RILL_SENT_LOST));
	KUNIT_ASSERT_EQ(test, b->again_octets, board_model_octets(m, RILL_SENT_AGAIN));
	list_for_each_entry(s, &b->by_time, list) {
		KUNIT_ASSERT_GE(test, s->at_us, last);
		last = s->at_us;
		under_way += rill_sent_len(s);
	}
	list_for_each_entry(s, &b->lost, list)
		waiting += rill_sent_len(s);
	KUNIT_ASSERT_EQ(test, waiting, b->lost_octets - board_model_octets(m, RILL_SENT_AGAIN));
	KUNIT_ASSERT_EQ(test, under_way + waiting + b->sacked_octets, m->n * BOARD_SEG);
	KUNIT_ASSERT_EQ(test, b->n + b->n_spare, BOARD_SPARE);
}

static void board_do_send(struct rill_board *b, struct board_model *m, u32 n, u64 now)
{
	u32 i, seq = m->base + m->n * BOARD_SEG;

	n = min(n, BOARD_SEGS - m->n);
	for (i = 0; i < n; i++) {
		rill_board_sent(b, seq + i * BOARD_SEG, seq + (i + 1) * BOARD_SEG, BOARD_SEG, now);
		m->seg[m->n++] = (struct board_mark){ .at_us = now };
	}
}

static void board_do_ack(struct rill_board *b, struct board_model *m, u32 n)
{
	struct rill_delivered d = { };

	n = min(n, m->n);
	m->base += n * BOARD_SEG;
	m->n -= n;
	memmove(m->seg, m->seg + n, m->n * sizeof(m->seg[0]));
	rill_board_acked(b, m->base, &d);
}

static void board_do_sack(struct kunit *test, struct rill_board *b, struct board_model *m, u32 from,
			  u32 to)
{
	struct rill_delivered d = { };
	u32 i, news = 0;

	for (i = from; i < to; i++) {
		if (m->seg[i].flags & RILL_SENT_SACKED)
			continue;
		m->seg[i].flags = RILL_SENT_SACKED;
		news += BOARD_SEG;
	}
	rill_board_sack(b, m->base + from * BOARD_SEG, m->base + to * BOARD_SEG, &d);
	KUNIT_ASSERT_EQ(test, d.octets, news);
}

/* What @s holds, in the model. */
static void board_model_mark(struct board_model *m, const struct rill_sent *s, u8 off, u8 on)
{
	u32 seq;

	for (seq = s->seq; seq != s->end; seq += BOARD_SEG) {
		struct board_mark *mark = &m->seg[(seq - m->base) / BOARD_SEG];

		mark->flags = (mark->flags & ~off) | on;
		mark->at_us = s->at_us;
	}
}

static void board_do_lose(struct rill_board *b, struct board_model *m)
{
	struct rill_sent *s = rill_board_oldest(b);

	if (!s)
		return;
	board_model_mark(m, s, RILL_SENT_AGAIN, RILL_SENT_LOST);
	rill_board_lose(b, s);
}

static void board_do_again(struct kunit *test, struct rill_board *b, struct board_model *m, u64 now)
{
	struct rill_sent *s = rill_board_lost(b);

	if (!s)
		return;
	KUNIT_ASSERT_TRUE(test, rill_board_again(b, s, BOARD_SEG, now));
	board_model_mark(m, s, 0, RILL_SENT_AGAIN | RILL_SENT_EVER);
}

static void board_do_timeout(struct rill_board *b, struct board_model *m)
{
	u32 i;

	for (i = 0; i < m->n; i++)
		if (!(m->seg[i].flags & RILL_SENT_SACKED))
			m->seg[i].flags = (m->seg[i].flags & RILL_SENT_EVER) | RILL_SENT_LOST;
	rill_board_lose_all(b, false);
}

static void board_do_found(struct rill_board *b, struct board_model *m)
{
	u32 i;

	for (i = 0; i < m->n; i++)
		if (!(m->seg[i].flags & RILL_SENT_AGAIN))
			m->seg[i].flags &= ~RILL_SENT_LOST;
	rill_board_found(b);
}

static void board_test_random(struct kunit *test)
{
	struct rill_board *b = &board_new(test)->board;
	struct board_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct rnd_state rnd;
	u32 i, r, from;

	KUNIT_ASSERT_NOT_NULL(test, m);
	prandom_seed_state(&rnd, 2018);
	m->base = -1000u;
	for (i = 0; i < 20000; i++) {
		r = prandom_u32_state(&rnd);
		switch (r % 16) {
		case 0 ... 3:
			board_do_send(b, m, r / 16 % 8, i);
			break;
		case 4:
		case 5:
			board_do_ack(b, m, r / 16 % 6);
			break;
		case 6 ... 9:
			if (!m->n)
				break;
			from = r / 16 % m->n;
			board_do_sack(test, b, m, from, from + 1 + r / 4096 % (m->n - from));
			break;
		case 10 ... 12:
			board_do_lose(b, m);
			break;
		case 13:
		case 14:
			board_do_again(test, b, m, i);
			break;
		default:
			if (r / 16 % 16 == 0)
				board_do_timeout(b, m);
			else if (r / 16 % 16 == 1)
				board_do_found(b, m);
			break;
		}
		board_compare(test, b, m);
	}
}

static struct kunit_case board_cases[] = {
	KUNIT_CASE(board_test_burst),
	KUNIT_CASE(board_test_reneged),
	KUNIT_CASE(board_test_octets),
	KUNIT_CASE(board_test_merged),
	KUNIT_CASE(board_test_no_spare),
	KUNIT_CASE(board_test_random),
	{ }
};

static struct kunit_suite board_suite = {
	.name = "rill_board",
	.test_cases = board_cases,
};

kunit_test_suite(board_suite);
