// SPDX-License-Identifier: GPL-2.0
/*
 * The deadlines of one connection: an array of times with a bit for each that is set.
 * The timer leaf sets and clears them as events are reported to it, arms one timer for the
 * earliest, and asks which are due when it fires. No clock here: the time is an argument.
 */
#include "deadlines.h"

#include <linux/bits.h>
#include <linux/build_bug.h>

static_assert(RILL_DL_COUNT <= 8 * sizeof(((struct rill_deadlines *)0)->set));

/* Is a before b? Holds while the two are less than half the range of jiffies apart. */
static bool rill_deadline_before(unsigned long a, unsigned long b)
{
	return (long)(a - b) < 0;
}

/**
 * rill_deadline_set() - set a deadline, or move it
 * @d: the connection's deadlines
 * @which: the one
 * @at: its time in jiffies, taken as it is, past or future
 */
void rill_deadline_set(struct rill_deadlines *d, enum rill_deadline which, unsigned long at)
{
	d->at[which] = at;
	d->set |= BIT(which);
}

/**
 * rill_deadline_clear() - drop a deadline, whether it was set or not
 * @d: the connection's deadlines
 * @which: the one
 */
void rill_deadline_clear(struct rill_deadlines *d, enum rill_deadline which)
{
	d->set &= ~BIT(which);
}

/**
 * rill_deadline_pending() - is a deadline set?
 * @d: the connection's deadlines
 * @which: the one
 *
 * Return: true while it is set, also if its time has passed and nobody has taken it yet.
 */
bool rill_deadline_pending(const struct rill_deadlines *d, enum rill_deadline which)
{
	return d->set & BIT(which);
}

/**
 * rill_deadline_first() - the earliest deadline
 * @d: the connection's deadlines
 * @at: its time in jiffies; untouched when none is set
 *
 * Return: false when none is set.
 */
bool rill_deadline_first(const struct rill_deadlines *d, unsigned long *at)
{
	bool found = false;
	int i;

	for (i = 0; i < RILL_DL_COUNT; i++) {
		if (!rill_deadline_pending(d, i))
			continue;
		if (!found || rill_deadline_before(d->at[i], *at))
			*at = d->at[i];
		found = true;
	}
	return found;
}

/**
 * rill_deadline_take_due() - which deadlines have come?
 * @d: the connection's deadlines; those returned are no longer set
 * @now: the time in jiffies; a deadline at this very time is due
 *
 * Return: bits of enum rill_deadline.
 */
u8 rill_deadline_take_due(struct rill_deadlines *d, unsigned long now)
{
	u8 due = 0;
	int i;

	for (i = 0; i < RILL_DL_COUNT; i++) {
		if (rill_deadline_pending(d, i) && !rill_deadline_before(now, d->at[i]))
			due |= BIT(i);
	}
	d->set &= ~due;
	return due;
}
