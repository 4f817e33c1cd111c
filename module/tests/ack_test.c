// SPDX-License-Identifier: GPL-2.0
/*
 * core/ack.c: single segments by name, then long random exchanges against a model that keeps the
 * same variables as 64-bit integers that never wrap.
 */
#include "../core/ack.c"

#include <kunit/test.h>
#include <linux/prandom.h>

/*
 * Before each row: SND.UNA 1000, SND.NXT 3000, SND.WND 4000 (1000 << 2), taken from a segment with
 * SEQ 500 and ACK 900, the largest window ever 6000.
 */
struct ack_row {
	const char *desc;
	struct rill_seg seg;
	u32 una;
	u32 wnd;
	u32 max_wnd;
	struct rill_acked want;
};

#define ACK_SEG(_seq, _ack, _wnd, _len, _flags) \
	{ .seq = (_seq), .ack = (_ack), .wnd = (_wnd), .len = (_len), .flags = RILL_ACK | (_flags) }

static const struct ack_row ack_rows[] = {
	{ "part of what is under way", ACK_SEG(500, 1001, 1000, 0, 0), 1001, 4000, 6000,
	  { .octets = 1 } },
	{ "all of what is under way", ACK_SEG(500, 3000, 1000, 0, 0), 3000, 4000, 6000,
	  { .octets = 2000 } },
	{ "new ACK and another window", ACK_SEG(500, 2000, 999, 0, 0), 2000, 3996, 6000,
	  { .octets = 1000, .wnd_changed = true } },
	{ "duplicate", ACK_SEG(500, 1000, 1000, 0, 0), 1000, 4000, 6000, { .duplicate = true } },
	{ "duplicate with PSH and URG", ACK_SEG(500, 1000, 1000, 0, RILL_PSH | RILL_URG), 1000,
	  4000, 6000, { .duplicate = true } },
	{ "data is no duplicate", ACK_SEG(500, 1000, 1000, 1, 0), 1000, 4000, 6000, { } },
	{ "FIN is no duplicate", ACK_SEG(500, 1000, 1000, 0, RILL_FIN), 1000, 4000, 6000, { } },
	{ "another window is no duplicate", ACK_SEG(500, 1000, 1001, 0, 0), 1000, 4004, 6000,
	  { .wnd_changed = true } },
	{ "an older ACK is no duplicate", ACK_SEG(500, 999, 1000, 0, 0), 1000, 4000, 6000, { } },
	{ "an older ACK brings no window", ACK_SEG(501, 999, 2000, 0, 0), 1000, 4000, 6000, { } },
	{ "window of a later segment", ACK_SEG(501, 1000, 2000, 0, 0), 1000, 8000, 8000,
	  { .wnd_changed = true } },
	{ "window of an earlier segment", ACK_SEG(499, 1500, 2000, 0, 0), 1500, 4000, 6000,
	  { .octets = 500 } },
	{ "window shrinks, the largest stays", ACK_SEG(501, 1000, 10, 0, 0), 1000, 40, 6000,
	  { .wnd_changed = true } },
	{ "window closes", ACK_SEG(500, 3000, 0, 0, 0), 3000, 0, 6000,
	  { .octets = 2000, .wnd_changed = true } },
	{ "the window of a SYN is not scaled", ACK_SEG(501, 1001, 2000, 0, RILL_SYN), 1001, 2000,
	  6000, { .octets = 1, .wnd_changed = true } },
	{ "a SYN is no duplicate", ACK_SEG(501, 1000, 4000, 0, RILL_SYN), 1000, 4000, 6000, { } },
	{ "the largest window there is", ACK_SEG(501, 1000, 65535, 0, 0), 1000, 65535 * 4,
	  65535 * 4, { .wnd_changed = true } },
};

static void ack_row_desc(const struct ack_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ack, ack_rows, ack_row_desc);

static void ack_expect_same(struct kunit *test, const struct rill_acked *have,
			    const struct rill_acked *want, const char *what)
{
	KUNIT_EXPECT_EQ_MSG(test, have->octets, want->octets, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->duplicate, want->duplicate, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->wnd_changed, want->wnd_changed, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, have->wnd_opened, want->wnd_opened, "%s", what);
}

/* Each row also with both sequence spaces moved over the wraps. */
static void ack_test_rows(struct kunit *test)
{
	static const u32 shifts[] = { 0, 0x80000000u - 2000, 0u - 501, 0u - 1000, 0u - 3000 };
	const struct ack_row *row = test->param_value;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shifts); i++) {
		struct rill_snd snd = {
			.una = shifts[i] + 1000, .nxt = shifts[i] + 3000, .wnd = 4000,
			.wl1 = shifts[i] + 500, .wl2 = shifts[i] + 900,
			.max_wnd = 6000, .wscale = 2,
		};
		struct rill_seg seg = row->seg;
		struct rill_acked have;

		seg.seq += shifts[i];
		seg.ack += shifts[i];
		memset(&have, 0xa5, sizeof(have));
		rill_ack_apply(&snd, &seg, &have);
		ack_expect_same(test, &have, &row->want, row->desc);
		KUNIT_EXPECT_EQ(test, snd.una, shifts[i] + row->una);
		KUNIT_EXPECT_EQ(test, snd.nxt, shifts[i] + 3000);
		KUNIT_EXPECT_EQ(test, snd.wnd, row->wnd);
		KUNIT_EXPECT_EQ(test, snd.max_wnd, row->max_wnd);
	}
}

/* Of two segments with the same SEQ the one with the greater ACK brings the window. */
static void ack_test_window_order(struct kunit *test)
{
	struct rill_snd snd = { .una = 10, .nxt = 30, .wnd = 5, .wl1 = 7, .wl2 = 20 };
	struct rill_seg seg = ACK_SEG(7, 19, 100, 0, 0);
	struct rill_acked res;

	rill_ack_apply(&snd, &seg, &res);
	KUNIT_EXPECT_EQ(test, snd.una, 19u);
	KUNIT_EXPECT_EQ(test, snd.wnd, 5u);
	seg.ack = 20;
	rill_ack_apply(&snd, &seg, &res);
	KUNIT_EXPECT_EQ(test, snd.wnd, 100u);
	KUNIT_EXPECT_EQ(test, snd.wl2, 20u);
	seg.seq = 8;
	seg.wnd = 50;
	rill_ack_apply(&snd, &seg, &res);
	KUNIT_EXPECT_EQ(test, snd.wnd, 50u);
	KUNIT_EXPECT_EQ(test, snd.wl1, 8u);
}

static void ack_test_first_window(struct kunit *test)
{
	struct rill_snd snd = { .una = 5, .nxt = 6, .wl1 = 0xffffffff, .wl2 = 0, .wscale = 7 };
	struct rill_seg seg = ACK_SEG(0, 6, 65535, 0, RILL_SYN);
	struct rill_acked res;

	rill_ack_apply(&snd, &seg, &res);
	KUNIT_EXPECT_EQ(test, res.octets, 1u);
	KUNIT_EXPECT_TRUE(test, res.wnd_opened);
	KUNIT_EXPECT_EQ(test, snd.wnd, 65535u);
	KUNIT_EXPECT_EQ(test, snd.max_wnd, 65535u);
	KUNIT_EXPECT_EQ(test, snd.wl1, 0u);
}

static void ack_test_largest_scale(struct kunit *test)
{
	struct rill_snd snd = { .una = 5, .nxt = 5, .wscale = 14 };
	struct rill_seg seg = ACK_SEG(1, 5, 65535, 0, 0);
	struct rill_acked res;

	rill_ack_apply(&snd, &seg, &res);
	KUNIT_EXPECT_EQ(test, snd.wnd, 65535u << 14);
}

/* No data under way: nothing can be a duplicate. */
static void ack_test_idle(struct kunit *test)
{
	struct rill_snd snd = { .una = 5, .nxt = 5, .wnd = 100 };
	struct rill_seg seg = ACK_SEG(1, 5, 100, 0, 0);
	struct rill_acked res;

	rill_ack_apply(&snd, &seg, &res);
	KUNIT_EXPECT_FALSE(test, res.duplicate);
	KUNIT_EXPECT_FALSE(test, res.wnd_opened);
}

struct ack_open_row {
	const char *desc;
	u32 wnd;	/* before; 100 octets are under way */
	u16 seg_wnd;
	u32 acked;
	bool opened;
};

static const struct ack_open_row ack_open_rows[] = {
	{ "from zero to more than is under way", 0, 101, 0, true },
	{ "from zero to what is under way", 0, 100, 0, false },
	{ "from zero to less than is under way", 0, 99, 0, false },
	{ "from all used up to one more", 100, 101, 0, true },
	{ "from shrunk below what is under way", 50, 200, 0, true },
	{ "an ACK makes room in the same window", 100, 100, 1, true },
	{ "the window slides without growing", 100, 50, 50, false },
	{ "everything acknowledged, still zero", 0, 0, 100, false },
	{ "everything acknowledged, one octet", 0, 1, 100, true },
	{ "there was room before", 101, 200, 0, false },
};

static void ack_open_desc(const struct ack_open_row *row, char *desc)
{
	strscpy(desc, row->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(ack_open, ack_open_rows, ack_open_desc);

static void ack_test_opened(struct kunit *test)
{
	const struct ack_open_row *row = test->param_value;
	struct rill_snd snd = { .una = 0u - 50, .nxt = 50, .wnd = row->wnd, .wl2 = 0u - 50 };
	struct rill_seg seg = ACK_SEG(1, snd.una + row->acked, row->seg_wnd, 0, 0);
	struct rill_acked res;

	rill_ack_apply(&snd, &seg, &res);
	KUNIT_EXPECT_EQ(test, res.wnd_opened, row->opened);
}

struct ack_model {
	s64 una, nxt, wnd, wl1, wl2, max_wnd;
	unsigned int wscale;
};

static void ack_model_apply(struct ack_model *m, s64 seq, s64 ack, const struct rill_seg *seg,
			    struct rill_acked *res)
{
	s64 wnd = (s64)seg->wnd * (seg->flags & RILL_SYN ? 1 : 1 << m->wscale);
	bool was_open = m->una + m->wnd > m->nxt;

	memset(res, 0, sizeof(*res));
	if (ack < m->una)
		return;
	res->duplicate = ack == m->una && m->nxt > m->una && seg->len == 0 &&
			 !(seg->flags & (RILL_SYN | RILL_FIN)) && wnd == m->wnd;
	res->octets = ack - m->una;
	m->una = ack;
	if (seq > m->wl1 || (seq == m->wl1 && ack >= m->wl2)) {
		res->wnd_changed = m->wnd != wnd;
		m->wnd = wnd;
		m->wl1 = seq;
		m->wl2 = ack;
		if (wnd > m->max_wnd)
			m->max_wnd = wnd;
	}
	res->wnd_opened = !was_open && m->una + m->wnd > m->nxt;
}

/* A segment of an exchange that goes on: mostly new, sometimes late, its ACK as checked. */
static void ack_random_segment(struct rnd_state *rnd, const struct ack_model *m, s64 *seq,
			       s64 *ack, struct rill_seg *seg)
{
	u32 r = prandom_u32_state(rnd);
	s64 low = m->una - min_t(s64, m->max_wnd, 5000);

	memset(seg, 0, sizeof(*seg));
	seg->flags = RILL_ACK | (r % 64 == 0 ? RILL_FIN : 0) | (r % 64 == 1 ? RILL_SYN : 0);
	seg->len = r & 0x100 ? r >> 20 : 0;
	seg->wnd = r & 0x600 ? m->wnd >> m->wscale : prandom_u32_state(rnd) % 200;
	*seq = m->wl1 + (s32)(prandom_u32_state(rnd) % 5) - 1;
	*ack = r & 0x1800 ? m->una : low + prandom_u32_state(rnd) % (u32)(m->nxt - low + 1);
	if (r & 0x2000)
		*ack = min(*ack + (s64)(r >> 24), m->nxt);
	seg->seq = *seq;
	seg->ack = *ack;
}

static void ack_test_random(struct kunit *test)
{
	struct ack_model m = { .una = 0xfffff000, .nxt = 0xfffff000, .wl1 = 0x7ffff000,
			       .wl2 = 0xfffff000, .wscale = 3 };
	struct rill_snd snd = { .una = m.una, .nxt = m.nxt, .wl1 = m.wl1, .wl2 = m.wl2,
				.wscale = m.wscale };
	unsigned int i, dups = 0, opened = 0, changed = 0;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 5681);
	for (i = 0; i < 50000; i++) {
		struct rill_acked have, want;
		struct rill_seg seg;
		char what[16];
		s64 seq, ack;

		snprintf(what, sizeof(what), "segment %u", i);
		m.nxt = max(m.nxt, min(m.una + m.wnd, m.nxt + prandom_u32_state(&rnd) % 1000));
		snd.nxt = m.nxt;
		ack_random_segment(&rnd, &m, &seq, &ack, &seg);
		ack_model_apply(&m, seq, ack, &seg, &want);
		rill_ack_apply(&snd, &seg, &have);
		ack_expect_same(test, &have, &want, what);
		KUNIT_ASSERT_EQ_MSG(test, snd.una, (u32)m.una, "%s", what);
		KUNIT_ASSERT_EQ_MSG(test, snd.wnd, (u32)m.wnd, "%s", what);
		KUNIT_ASSERT_EQ_MSG(test, snd.wl1, (u32)m.wl1, "%s", what);
		KUNIT_ASSERT_EQ_MSG(test, snd.wl2, (u32)m.wl2, "%s", what);
		KUNIT_ASSERT_EQ_MSG(test, snd.max_wnd, (u32)m.max_wnd, "%s", what);
		dups += have.duplicate;
		opened += have.wnd_opened;
		changed += have.wnd_changed;
	}
	/* The exchange was worth looking at, and it went over the wrap. */
	KUNIT_EXPECT_GT(test, dups, 1000u);
	KUNIT_EXPECT_GT(test, opened, 1000u);
	KUNIT_EXPECT_GT(test, changed, 1000u);
	KUNIT_EXPECT_GT(test, m.una, 1LL << 32);
}

static struct kunit_case ack_test_cases[] = {
	KUNIT_CASE_PARAM(ack_test_rows, ack_gen_params),
	KUNIT_CASE(ack_test_window_order),
	KUNIT_CASE(ack_test_first_window),
	KUNIT_CASE(ack_test_largest_scale),
	KUNIT_CASE(ack_test_idle),
	KUNIT_CASE_PARAM(ack_test_opened, ack_open_gen_params),
	KUNIT_CASE(ack_test_random),
	{}
};

static struct kunit_suite ack_test_suite = {
	.name = "rill_ack",
	.test_cases = ack_test_cases,
};

kunit_test_suite(ack_test_suite);
