// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of base/reasm.c with real skbs: a table of overlaps, and random segments around the wrap of
 * sequence numbers against one bit for each octet, the delivered octets being compared.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../base/reasm.c"

#define REASM_BASE	(U32_MAX - 40)	/* offset 0 of the streams by hand; numbers wrap at 41 */

/* The octet at this offset of the stream. */
static u8 reasm_octet(u32 offset)
{
	return (offset * 151) ^ (offset >> 8);
}

/* A segment with the octets from..to-1, and behind them FIN if said. */
static struct sk_buff *reasm_skb(struct kunit *test, u32 base, u32 from, u32 to, bool fin)
{
	struct sk_buff *skb = alloc_skb(to - from, GFP_KERNEL);
	struct rill_rcb *cb;
	u32 i;
	u8 *p;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	p = skb_put(skb, to - from);
	for (i = from; i < to; i++)
		*p++ = reasm_octet(i);
	cb = RILL_RCB(skb);
	memset(cb, 0, sizeof(*cb));
	cb->seq = base + from;
	cb->end = base + to + fin;
	cb->flags = RILL_ACK | (fin ? RILL_FIN : 0);
	return skb;
}

/* What must hold at any time. Returns how many segments there are. */
static u32 reasm_sound(struct kunit *test, const struct rill_reasm *q)
{
	struct sk_buff *skb, *before = NULL;
	u32 truesize = 0, n = 0;

	for (skb = skb_rb_first(&q->root); skb; skb = skb_rb_next(skb)) {
		if (before) {
			KUNIT_ASSERT_TRUE(test, rill_seq_lt(RILL_RCB(before)->seq,
							    RILL_RCB(skb)->seq));
			KUNIT_ASSERT_TRUE(test, rill_seq_lt(RILL_RCB(before)->end,
							    RILL_RCB(skb)->end));
			KUNIT_ASSERT_FALSE(test, RILL_RCB(before)->flags & RILL_FIN);
		}
		truesize += skb->truesize;
		before = skb;
		n++;
	}
	KUNIT_ASSERT_TRUE(test, q->last == before);
	KUNIT_ASSERT_EQ(test, q->truesize, truesize);
	KUNIT_ASSERT_EQ(test, rill_reasm_empty(q), !n);
	return n;
}

/* One segment to insert; those without octets and FIN end a list. */
struct reasm_piece {
	u8	from, to;
	bool	fin;
};

struct reasm_case {
	const char *name;
	struct reasm_piece in[6];	/* in order of arrival */
	bool	kept;			/* whether the last of them was */
	struct reasm_piece out[6];	/* what is held afterwards */
};

static const struct reasm_case reasm_cases[] = {
	{ "one", { { 10, 20 } }, true, { { 10, 20 } } },
	{ "behind", { { 10, 20 }, { 30, 40 } }, true, { { 10, 20 }, { 30, 40 } } },
	{ "before", { { 30, 40 }, { 10, 20 } }, true, { { 10, 20 }, { 30, 40 } } },
	{ "between", { { 10, 20 }, { 50, 60 }, { 30, 40 } }, true,
	  { { 10, 20 }, { 30, 40 }, { 50, 60 } } },
	{ "adjacent", { { 10, 20 }, { 20, 30 } }, true, { { 10, 20 }, { 20, 30 } } },
	{ "the same again", { { 10, 20 }, { 10, 20 } }, false, { { 10, 20 } } },
	{ "the same again, not the last", { { 10, 20 }, { 30, 40 }, { 10, 20 } }, false,
	  { { 10, 20 }, { 30, 40 } } },
	{ "same start, shorter", { { 10, 20 }, { 10, 15 } }, false, { { 10, 20 } } },
	{ "same start, longer", { { 10, 20 }, { 10, 25 } }, true, { { 10, 25 } } },
	{ "same start, longer, not the last", { { 10, 20 }, { 50, 60 }, { 10, 25 } }, true,
	  { { 10, 25 }, { 50, 60 } } },
	{ "same end, shorter", { { 10, 20 }, { 15, 20 } }, false, { { 10, 20 } } },
	{ "same end, longer", { { 10, 20 }, { 5, 20 } }, true, { { 5, 20 } } },
	{ "inside", { { 10, 20 }, { 12, 15 } }, false, { { 10, 20 } } },
	{ "around", { { 10, 20 }, { 5, 25 } }, true, { { 5, 25 } } },
	{ "overlap behind", { { 10, 20 }, { 15, 25 } }, true, { { 10, 20 }, { 15, 25 } } },
	{ "overlap before", { { 10, 20 }, { 5, 15 } }, true, { { 5, 15 }, { 10, 20 } } },
	{ "bridge with a gap", { { 10, 20 }, { 30, 40 }, { 15, 35 } }, true,
	  { { 10, 20 }, { 15, 35 }, { 30, 40 } } },
	{ "in two neighbours that touch", { { 10, 20 }, { 20, 30 }, { 15, 25 } }, false,
	  { { 10, 20 }, { 20, 30 } } },
	{ "in two neighbours that overlap", { { 10, 22 }, { 18, 30 }, { 15, 30 } }, false,
	  { { 10, 22 }, { 18, 30 } } },
	{ "one octet more than two neighbours", { { 10, 20 }, { 20, 30 }, { 15, 31 } }, true,
	  { { 10, 20 }, { 15, 31 } } },
	{ "two neighbours with an octet between", { { 10, 20 }, { 21, 30 }, { 15, 25 } }, true,
	  { { 10, 20 }, { 15, 25 }, { 21, 30 } } },
	{ "around three", { { 10, 20 }, { 30, 40 }, { 50, 60 }, { 5, 65 } }, true, { { 5, 65 } } },
	{ "around three of five",
	  { { 1, 3 }, { 10, 20 }, { 30, 40 }, { 50, 60 }, { 70, 80 }, { 10, 65 } }, true,
	  { { 1, 3 }, { 10, 65 }, { 70, 80 } } },
	{ "FIN alone", { { 30, 30, true } }, true, { { 30, 30, true } } },
	{ "FIN alone, again", { { 30, 30, true }, { 30, 30, true } }, false, { { 30, 30, true } } },
	{ "FIN behind data", { { 10, 20 }, { 20, 20, true } }, true,
	  { { 10, 20 }, { 20, 20, true } } },
	{ "data and FIN after the data", { { 10, 20 }, { 10, 20, true } }, true,
	  { { 10, 20, true } } },
	{ "the data after data and FIN", { { 10, 20, true }, { 10, 20 } }, false,
	  { { 10, 20, true } } },
	{ "FIN after data and FIN", { { 10, 20, true }, { 20, 20, true } }, false,
	  { { 10, 20, true } } },
	{ "data and FIN after FIN", { { 20, 20, true }, { 10, 20, true } }, true,
	  { { 10, 20, true } } },
	{ "data before FIN", { { 20, 20, true }, { 10, 20 } }, true,
	  { { 10, 20 }, { 20, 20, true } } },
	{ "contradiction: data where FIN is", { { 10, 20, true }, { 10, 21 } }, false,
	  { { 10, 20, true } } },
	{ "contradiction: longer data where FIN is", { { 10, 20, true }, { 5, 21 } }, false,
	  { { 10, 20, true } } },
	{ "contradiction: data behind FIN", { { 10, 20, true }, { 40, 50 } }, false,
	  { { 10, 20, true } } },
	{ "contradiction: data over FIN", { { 10, 20, true }, { 5, 30 } }, false,
	  { { 10, 20, true } } },
	{ "contradiction: FIN where data is", { { 10, 21 }, { 5, 20, true } }, false,
	  { { 10, 21 } } },
	{ "contradiction: FIN before data", { { 30, 40 }, { 5, 20, true } }, false,
	  { { 30, 40 } } },
	{ "contradiction: two FINs", { { 30, 30, true }, { 20, 20, true } }, false,
	  { { 30, 30, true } } },
};

static void reasm_desc(const struct reasm_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(reasm, reasm_cases, reasm_desc);

static bool reasm_piece_ends(const struct reasm_piece *p)
{
	return p->from == p->to && !p->fin;
}

static void reasm_test_overlaps(struct kunit *test)
{
	const struct reasm_case *c = test->param_value;
	const struct reasm_piece *p;
	struct sk_buff_head freed;
	struct rill_reasm q;
	struct sk_buff *skb;
	u32 in = 0, held;
	bool kept = false;
	int i;

	rill_reasm_init(&q);
	__skb_queue_head_init(&freed);
	for (i = 0; i < ARRAY_SIZE(c->in) && !reasm_piece_ends(&c->in[i]); i++, in++) {
		p = &c->in[i];
		skb = reasm_skb(test, REASM_BASE, p->from, p->to, p->fin);
		kept = rill_reasm_insert(&q, skb, &freed);
		KUNIT_EXPECT_EQ(test, kept, skb_queue_empty(&freed) || freed.prev != skb);
	}
	KUNIT_EXPECT_EQ(test, kept, c->kept);
	held = reasm_sound(test, &q);
	KUNIT_EXPECT_EQ(test, held + skb_queue_len(&freed), in);

	skb = skb_rb_first(&q.root);
	for (i = 0; i < ARRAY_SIZE(c->out) && !reasm_piece_ends(&c->out[i]); i++) {
		p = &c->out[i];
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, RILL_RCB(skb)->seq, (u32)(REASM_BASE + p->from));
		KUNIT_EXPECT_EQ(test, RILL_RCB(skb)->end, (u32)(REASM_BASE + p->to + p->fin));
		skb = skb_rb_next(skb);
	}
	KUNIT_EXPECT_TRUE(test, !skb);
	rill_reasm_purge(&q);
	__skb_queue_purge(&freed);
}

static void reasm_test_pop(struct kunit *test)
{
	struct sk_buff *a, *b, *c;
	struct sk_buff_head freed;
	struct rill_reasm q;

	rill_reasm_init(&q);
	__skb_queue_head_init(&freed);
	a = reasm_skb(test, REASM_BASE, 10, 20, false);
	b = reasm_skb(test, REASM_BASE, 18, 30, false);
	c = reasm_skb(test, REASM_BASE, 40, 60, false);
	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, c, &freed));
	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, a, &freed));
	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, b, &freed));

	/* Before the first, then at its start, in the middle of the next, at the end. */
	KUNIT_EXPECT_TRUE(test, !rill_reasm_pop(&q, REASM_BASE + 9, &freed));
	KUNIT_EXPECT_TRUE(test, rill_reasm_pop(&q, REASM_BASE + 10, &freed) == a);
	KUNIT_EXPECT_TRUE(test, rill_reasm_pop(&q, REASM_BASE + 20, &freed) == b);
	KUNIT_EXPECT_TRUE(test, !rill_reasm_pop(&q, REASM_BASE + 30, &freed));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&freed));
	KUNIT_EXPECT_EQ(test, reasm_sound(test, &q), 1u);

	/* What lies below altogether isn't returned. */
	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, a, &freed));
	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, b, &freed));
	KUNIT_EXPECT_TRUE(test, rill_reasm_pop(&q, REASM_BASE + 59, &freed) == c);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&freed), 2u);
	KUNIT_EXPECT_EQ(test, reasm_sound(test, &q), 0u);
	KUNIT_EXPECT_TRUE(test, !rill_reasm_pop(&q, REASM_BASE + 60, &freed));

	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, c, &freed));
	KUNIT_EXPECT_TRUE(test, !rill_reasm_pop(&q, REASM_BASE + 60, &freed));
	KUNIT_EXPECT_EQ(test, skb_queue_len(&freed), 3u);
	__skb_queue_purge(&freed);
}

/* Put segments of ten octets at these offsets, in this order. */
static void reasm_fill(struct kunit *test, struct rill_reasm *q, const u8 *offsets, int n)
{
	struct sk_buff_head freed;
	int i;

	rill_reasm_init(q);
	__skb_queue_head_init(&freed);
	for (i = 0; i < n; i++) {
		u32 at = offsets[i];
		struct sk_buff *skb = reasm_skb(test, REASM_BASE, at, at + 10, false);

		KUNIT_EXPECT_TRUE(test, rill_reasm_insert(q, skb, &freed));
	}
}

/* Whoever gets a segment back must not see the links of the tree, which lie where skb->dev does. */
static void reasm_test_links(struct kunit *test)
{
	static const u8 first_has_a_child[] = { 30, 10, 50, 20 };
	static const u8 last_has_a_child[] = { 30, 10, 60, 45 };
	static const u8 both_sides[] = { 30, 10, 50 };
	struct sk_buff_head freed;
	struct rill_reasm q;
	struct sk_buff *skb;

	__skb_queue_head_init(&freed);
	reasm_fill(test, &q, first_has_a_child, ARRAY_SIZE(first_has_a_child));
	skb = rill_reasm_pop(&q, REASM_BASE + 10, &freed);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, !skb->next && !skb->prev && !skb->dev);
	kfree_skb(skb);
	rill_reasm_purge(&q);

	reasm_fill(test, &q, last_has_a_child, ARRAY_SIZE(last_has_a_child));
	skb = rill_reasm_prune(&q);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, !skb->next && !skb->prev && !skb->dev);
	kfree_skb(skb);
	rill_reasm_purge(&q);

	reasm_fill(test, &q, both_sides, ARRAY_SIZE(both_sides));
	skb = reasm_skb(test, REASM_BASE, 30, 45, false);
	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, skb, &freed));
	skb = __skb_dequeue(&freed);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, skb);
	KUNIT_EXPECT_TRUE(test, !skb->dev);
	kfree_skb(skb);
	rill_reasm_purge(&q);
}

static void reasm_test_prune_and_purge(struct kunit *test)
{
	struct sk_buff *skb[4];
	struct sk_buff_head freed;
	struct rill_reasm q;
	int i;

	rill_reasm_init(&q);
	__skb_queue_head_init(&freed);
	KUNIT_EXPECT_TRUE(test, !rill_reasm_prune(&q));
	for (i = 0; i < ARRAY_SIZE(skb); i++) {
		skb[i] = reasm_skb(test, REASM_BASE, 20 * i, 20 * i + 10, false);
		KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, skb_get(skb[i]), &freed));
	}
	KUNIT_EXPECT_TRUE(test, rill_reasm_prune(&q) == skb[3]);
	KUNIT_EXPECT_EQ(test, reasm_sound(test, &q), 3u);
	kfree_skb(skb[3]);

	/* What purge frees has one reference left: ours. */
	rill_reasm_purge(&q);
	KUNIT_EXPECT_EQ(test, reasm_sound(test, &q), 0u);
	for (i = 0; i < ARRAY_SIZE(skb); i++) {
		KUNIT_EXPECT_EQ(test, refcount_read(&skb[i]->users), 1);
		kfree_skb(skb[i]);
	}
}

/* A receiver that knows of each octet whether it has come. The octet behind the stream is FIN. */
#define REASM_STREAM	600

struct reasm_model {
	u32	base;		/* sequence number of offset 0 */
	u32	next;		/* first offset that isn't delivered */
	bool	have[REASM_STREAM + 1];
};

static struct sk_buff *reasm_random(struct kunit *test, struct reasm_model *m,
				    struct rnd_state *rnd)
{
	u32 from = prandom_u32_state(rnd) % REASM_STREAM;
	u32 to = min_t(u32, from + prandom_u32_state(rnd) % 50, REASM_STREAM);
	bool fin = to == REASM_STREAM;

	if (from == to)
		to++;
	return reasm_skb(test, m->base, from, to, fin);
}

/* The model before and after an insertion. */
static void reasm_model_insert(struct kunit *test, struct reasm_model *m, struct rill_reasm *q,
			       struct sk_buff *skb, struct sk_buff_head *freed)
{
	u32 i, from = RILL_RCB(skb)->seq - m->base, to = RILL_RCB(skb)->end - m->base;
	bool news = false;
	bool kept;

	for (i = from; i < to; i++) {
		news |= !m->have[i];
		m->have[i] = true;
	}
	kept = rill_reasm_insert(q, skb, freed);
	/* Nothing new is ever refused. What isn't new may be kept if it took three to cover it. */
	KUNIT_ASSERT_TRUE(test, kept || !news);
}

/* Exactly the octets from @m->next on that the model has are in the queue. */
static void reasm_model_compare(struct kunit *test, const struct reasm_model *m,
				const struct rill_reasm *q)
{
	u32 i = m->next, from, to;
	struct sk_buff *skb;

	for (skb = skb_rb_first(&q->root); skb; skb = skb_rb_next(skb)) {
		from = RILL_RCB(skb)->seq - m->base;
		to = RILL_RCB(skb)->end - m->base;
		KUNIT_ASSERT_LE(test, to, (u32)REASM_STREAM + 1);
		for (; i < from; i++)
			KUNIT_ASSERT_FALSE(test, m->have[i]);
		for (; i < to; i++)
			KUNIT_ASSERT_TRUE(test, m->have[i]);
	}
	for (; i <= REASM_STREAM; i++)
		KUNIT_ASSERT_FALSE(test, m->have[i]);
}

/* Take what is in order, octet by octet, as the receive path would. */
static void reasm_model_deliver(struct kunit *test, struct reasm_model *m, struct rill_reasm *q,
				struct sk_buff_head *freed)
{
	struct sk_buff *skb;

	while ((skb = rill_reasm_pop(q, m->base + m->next, freed)) != NULL) {
		u32 skip = m->base + m->next - RILL_RCB(skb)->seq;

		KUNIT_ASSERT_LE(test, skip, skb->len);
		for (; skip < skb->len; skip++, m->next++) {
			KUNIT_ASSERT_TRUE(test, m->have[m->next]);
			KUNIT_ASSERT_EQ(test, skb->data[skip], reasm_octet(m->next));
		}
		if (RILL_RCB(skb)->flags & RILL_FIN)
			m->next++;
		KUNIT_ASSERT_EQ(test, m->base + m->next, RILL_RCB(skb)->end);
		kfree_skb(skb);
	}
	KUNIT_ASSERT_TRUE(test, m->next > REASM_STREAM || !m->have[m->next]);
}

/* The one furthest ahead is given up; what no other one has is missing then. */
static void reasm_model_prune(struct kunit *test, struct reasm_model *m, struct rill_reasm *q)
{
	struct sk_buff *skb = rill_reasm_prune(q);
	u32 i, from;

	if (!skb)
		return;
	from = RILL_RCB(skb)->seq - m->base;
	for (i = RILL_RCB(skb)->end - m->base; i <= REASM_STREAM; i++)
		KUNIT_ASSERT_FALSE(test, m->have[i]);
	if (q->last)
		from = max(from, RILL_RCB(q->last)->end - m->base);
	memset(m->have + from, 0, sizeof(m->have) - from);
	kfree_skb(skb);
}

static void reasm_run(struct kunit *test, struct reasm_model *m, struct rnd_state *rnd)
{
	struct sk_buff_head freed;
	struct rill_reasm q;
	u32 prunes = 20;

	rill_reasm_init(&q);
	__skb_queue_head_init(&freed);
	while (m->next <= REASM_STREAM) {
		struct sk_buff *skb = reasm_random(test, m, rnd);
		u32 dice = prandom_u32_state(rnd) % 16;

		/* The receive path lets nothing in that is old altogether. */
		if (RILL_RCB(skb)->end - m->base <= m->next)
			kfree_skb(skb);
		else
			reasm_model_insert(test, m, &q, skb, &freed);

		reasm_sound(test, &q);
		if (dice == 0 && prunes && prunes--)
			reasm_model_prune(test, m, &q);
		if (dice < 8)
			reasm_model_deliver(test, m, &q, &freed);
		if (dice < 4)
			reasm_model_compare(test, m, &q);
		__skb_queue_purge(&freed);
	}
	/* What is left lies below RCV.NXT, and is found to. */
	KUNIT_ASSERT_TRUE(test, !rill_reasm_pop(&q, m->base + m->next, &freed));
	KUNIT_ASSERT_TRUE(test, rill_reasm_empty(&q));
	__skb_queue_purge(&freed);
}

static void reasm_test_model(struct kunit *test)
{
	struct reasm_model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	struct rnd_state rnd;
	int run;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, m);
	prandom_seed_state(&rnd, 815);
	for (run = 0; run < 60; run++) {
		memset(m, 0, sizeof(*m));
		/* The wrap of 2^32, or that of signed numbers, somewhere in the stream. */
		m->base = (run & 1 ? 0u : 0x80000000u) - prandom_u32_state(&rnd) % REASM_STREAM;
		reasm_run(test, m, &rnd);
	}
}

/* CVE-2018-5390: many segments that don't touch, in the order that is worst for a list. */
static void reasm_test_many(struct kunit *test)
{
	struct sk_buff_head freed;
	struct rill_reasm q;
	u32 i;

	rill_reasm_init(&q);
	__skb_queue_head_init(&freed);
	for (i = 2000; i > 0; i--) {
		struct sk_buff *skb = reasm_skb(test, REASM_BASE, 2 * i, 2 * i + 1, false);

		KUNIT_ASSERT_TRUE(test, rill_reasm_insert(&q, skb, &freed));
	}
	KUNIT_EXPECT_EQ(test, reasm_sound(test, &q), 2000u);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&freed));

	/* One that has them all takes their place. */
	KUNIT_EXPECT_TRUE(test, rill_reasm_insert(&q, reasm_skb(test, REASM_BASE, 1, 5000, false),
						  &freed));
	KUNIT_EXPECT_EQ(test, reasm_sound(test, &q), 1u);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&freed), 2000u);
	__skb_queue_purge(&freed);
	rill_reasm_purge(&q);
}

static struct kunit_case reasm_suite_cases[] = {
	KUNIT_CASE_PARAM(reasm_test_overlaps, reasm_gen_params),
	KUNIT_CASE(reasm_test_pop),
	KUNIT_CASE(reasm_test_links),
	KUNIT_CASE(reasm_test_prune_and_purge),
	KUNIT_CASE(reasm_test_model),
	KUNIT_CASE(reasm_test_many),
	{ }
};

static struct kunit_suite reasm_suite = {
	.name = "rill_reasm",
	.test_cases = reasm_suite_cases,
};

kunit_test_suite(reasm_suite);
