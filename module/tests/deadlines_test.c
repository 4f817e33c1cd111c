// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/deadlines.c, everywhere around the wrap of jiffies: a table, and random operations
 * against plain signed numbers.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/deadlines.c"

static const struct dl_origin {
	const char *name;
	unsigned long base;
} dl_origins[] = {
	{ "time 0", 0 },
	{ "just before the wrap", ULONG_MAX - 20 },
	{ "at the wrap", ULONG_MAX },
	{ "where signed numbers wrap", LONG_MAX - 20 },
	{ "an ordinary time", 123456789 },
};

static void dl_origin_desc(const struct dl_origin *o, char *desc)
{
	strscpy(desc, o->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(dl_origin, dl_origins, dl_origin_desc);

static void dl_test_by_hand(struct kunit *test)
{
	const struct dl_origin *o = test->param_value;
	struct rill_deadlines d = { };
	unsigned long at = 42;

	KUNIT_EXPECT_FALSE(test, rill_deadline_first(&d, &at));
	KUNIT_EXPECT_EQ(test, at, 42ul);
	KUNIT_EXPECT_EQ(test, rill_deadline_take_due(&d, o->base), 0);

	rill_deadline_set(&d, RILL_DL_RTX, o->base + 30);
	rill_deadline_set(&d, RILL_DL_DELACK, o->base + 10);
	rill_deadline_set(&d, RILL_DL_CORK, o->base + 20);
	KUNIT_EXPECT_TRUE(test, rill_deadline_first(&d, &at));
	KUNIT_EXPECT_EQ(test, at, o->base + 10);
	KUNIT_EXPECT_TRUE(test, rill_deadline_pending(&d, RILL_DL_CORK));
	KUNIT_EXPECT_FALSE(test, rill_deadline_pending(&d, RILL_DL_PERSIST));

	/* Moved later: the next one is the earliest then. */
	rill_deadline_set(&d, RILL_DL_DELACK, o->base + 25);
	KUNIT_EXPECT_TRUE(test, rill_deadline_first(&d, &at));
	KUNIT_EXPECT_EQ(test, at, o->base + 20);

	KUNIT_EXPECT_EQ(test, rill_deadline_take_due(&d, o->base + 19), 0);
	KUNIT_EXPECT_EQ(test, rill_deadline_take_due(&d, o->base + 25),
			(u8)(BIT(RILL_DL_DELACK) | BIT(RILL_DL_CORK)));
	KUNIT_EXPECT_FALSE(test, rill_deadline_pending(&d, RILL_DL_DELACK));
	KUNIT_EXPECT_TRUE(test, rill_deadline_first(&d, &at));
	KUNIT_EXPECT_EQ(test, at, o->base + 30);

	rill_deadline_clear(&d, RILL_DL_RTX);
	rill_deadline_clear(&d, RILL_DL_RTX);
	KUNIT_EXPECT_FALSE(test, rill_deadline_first(&d, &at));
	KUNIT_EXPECT_EQ(test, rill_deadline_take_due(&d, o->base + 1000), 0);
}

#define DL_NEVER	S32_MAX

/* Check everything that can be asked against @times, relative to @base. */
static void dl_compare(struct kunit *test, const struct rill_deadlines *d, unsigned long base,
		       const s32 *times)
{
	unsigned long at = 0;
	s32 first = DL_NEVER;
	int i;

	for (i = 0; i < RILL_DL_COUNT; i++) {
		KUNIT_ASSERT_EQ(test, rill_deadline_pending(d, i), times[i] != DL_NEVER);
		first = min(first, times[i]);
	}
	KUNIT_ASSERT_EQ(test, rill_deadline_first(d, &at), first != DL_NEVER);
	if (first != DL_NEVER)
		KUNIT_ASSERT_EQ(test, at, base + first);
}

static u8 dl_model_take_due(s32 *times, s32 now)
{
	u8 due = 0;
	int i;

	for (i = 0; i < RILL_DL_COUNT; i++) {
		if (times[i] > now || times[i] == DL_NEVER)
			continue;
		due |= 1 << i;
		times[i] = DL_NEVER;
	}
	return due;
}

static void dl_test_model(struct kunit *test)
{
	const struct dl_origin *o = test->param_value;
	struct rill_deadlines d = { };
	s32 times[RILL_DL_COUNT];
	struct rnd_state rnd;
	int i;

	for (i = 0; i < RILL_DL_COUNT; i++)
		times[i] = DL_NEVER;

	prandom_seed_state(&rnd, 253);
	for (i = 0; i < 2000; i++) {
		u32 which = prandom_u32_state(&rnd) % RILL_DL_COUNT;
		s32 t = (s32)(prandom_u32_state(&rnd) % 100) - 50;

		switch (prandom_u32_state(&rnd) % 4) {
		case 0:
		case 1:
			rill_deadline_set(&d, which, o->base + t);
			times[which] = t;
			break;
		case 2:
			rill_deadline_clear(&d, which);
			times[which] = DL_NEVER;
			break;
		default:
			KUNIT_ASSERT_EQ(test, rill_deadline_take_due(&d, o->base + t),
					dl_model_take_due(times, t));
		}
		dl_compare(test, &d, o->base, times);
	}
}

static struct kunit_case dl_suite_cases[] = {
	KUNIT_CASE_PARAM(dl_test_by_hand, dl_origin_gen_params),
	KUNIT_CASE_PARAM(dl_test_model, dl_origin_gen_params),
	{ }
};

static struct kunit_suite dl_suite = {
	.name = "rill_deadlines",
	.test_cases = dl_suite_cases,
};

kunit_test_suite(dl_suite);
