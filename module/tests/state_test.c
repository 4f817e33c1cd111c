// SPDX-License-Identifier: GPL-2.0
/*
 * The state table against RFC 9293, written down here a second time: each state and event, as text.
 * Part of rill_kunit.ko. The rows come from section 3.10's prose, the edges from figure 5;
 * nothing is taken from core/state.c but its three functions.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "../core/state.c"

struct name {
	const char *name;
	u32 value;
};

/* The kernel's numbers, which ss and the tracepoints show, typed in on purpose. */
static const struct name states[] = {
	{ "ESTABLISHED", 1 },
	{ "SYN-SENT", 2 },
	{ "SYN-RECEIVED", 3 },
	{ "FIN-WAIT-1", 4 },
	{ "FIN-WAIT-2", 5 },
	{ "TIME-WAIT", 6 },
	{ "CLOSED", 7 },
	{ "CLOSE-WAIT", 8 },
	{ "LAST-ACK", 9 },
	{ "LISTEN", 10 },
	{ "CLOSING", 11 },
};

static const struct name events[] = {
	{ "listen", RILL_EV_LISTEN },
	{ "connect", RILL_EV_CONNECT },
	{ "accepted", RILL_EV_ACCEPTED },
	{ "close", RILL_EV_CLOSE },
	{ "abort", RILL_EV_ABORT },
	{ "SYN", RILL_EV_SYN },
	{ "SYN-ACK", RILL_EV_SYNACK },
	{ "ACK of SYN", RILL_EV_SYN_ACKED },
	{ "ACK of FIN", RILL_EV_FIN_ACKED },
	{ "FIN", RILL_EV_FIN },
	{ "RST", RILL_EV_RST },
	{ "give up", RILL_EV_GIVE_UP },
	{ "2 MSL", RILL_EV_2MSL },
};

static const struct name actions[] = {
	{ "syn", RILL_ACT_SYN },
	{ "synack", RILL_ACT_SYNACK },
	{ "ack", RILL_ACT_ACK },
	{ "fin", RILL_ACT_FIN },
	{ "rst", RILL_ACT_RST },
	{ "opened", RILL_ACT_OPENED },
	{ "eof", RILL_ACT_EOF },
	{ "refused", RILL_ACT_REFUSED },
	{ "reset", RILL_ACT_RESET },
	{ "timedout", RILL_ACT_TIMEDOUT },
	{ "timewait", RILL_ACT_TIMEWAIT },
	{ "delete", RILL_ACT_DELETE },
};

/* @next "-": cannot happen. @why: paragraph of RFC 9293, or what decides or prevents it. */
struct row {
	const char *state;
	const char *event;
	const char *next;
	const char *acts;
	const char *why;
};

static const struct row rows[] = {
	{ "CLOSED", "listen", "LISTEN", "", "3.10.1 passive" },
	{ "CLOSED", "connect", "SYN-SENT", "syn", "3.10.1 active: send SYN, enter SYN-SENT" },
	{ "CLOSED", "accepted", "SYN-RECEIVED", "", "3.10.7.2 third: born by a SYN" },
	{ "CLOSED", "close", "CLOSED", "", "3.10.4: nothing is there to close" },
	{ "CLOSED", "abort", "CLOSED", "", "3.10.5: nothing is there to abort" },
	{ "CLOSED", "SYN", "-", "", "3.10.7.1: answered with RST, no connection involved" },
	{ "CLOSED", "SYN-ACK", "-", "", "3.10.7.1" },
	{ "CLOSED", "ACK of SYN", "-", "", "3.10.7.1" },
	{ "CLOSED", "ACK of FIN", "-", "", "3.10.7.1" },
	{ "CLOSED", "FIN", "-", "", "3.10.7.4 eighth: FIN isn't processed in CLOSED" },
	{ "CLOSED", "RST", "-", "", "3.10.7.1: discarded" },
	{ "CLOSED", "give up", "-", "", "no timer" },
	{ "CLOSED", "2 MSL", "-", "", "no timer" },

	{ "LISTEN", "listen", "LISTEN", "", "socket call: changes the backlog" },
	{ "LISTEN", "connect", "-", "", "socket call: EISCONN (3.10.1 would allow it)" },
	{ "LISTEN", "accepted", "-", "", "happens to the new socket" },
	{ "LISTEN", "close", "CLOSED", "delete", "3.10.4: delete TCB, enter CLOSED" },
	{ "LISTEN", "abort", "CLOSED", "delete", "3.10.5: delete TCB, enter CLOSED" },
	{ "LISTEN", "SYN", "LISTEN", "synack", "3.10.7.2 third; SYN-RECEIVED is the request's" },
	{ "LISTEN", "SYN-ACK", "-", "", "3.10.7.2 second: any ACK is bad, answered with RST" },
	{ "LISTEN", "ACK of SYN", "-", "", "3.10.7.2 second" },
	{ "LISTEN", "ACK of FIN", "-", "", "3.10.7.2 second" },
	{ "LISTEN", "FIN", "-", "", "3.10.7.4 eighth: FIN isn't processed in LISTEN" },
	{ "LISTEN", "RST", "LISTEN", "", "3.10.7.2 first: ignored" },
	{ "LISTEN", "give up", "-", "", "no timer" },
	{ "LISTEN", "2 MSL", "-", "", "no timer" },

	{ "SYN-SENT", "listen", "-", "", "socket call: EINVAL (3.10.1: already exists)" },
	{ "SYN-SENT", "connect", "-", "", "socket call: EALREADY (3.10.1)" },
	{ "SYN-SENT", "accepted", "-", "", "no request here" },
	{ "SYN-SENT", "close", "CLOSED", "delete", "3.10.4: delete the TCB" },
	{ "SYN-SENT", "abort", "CLOSED", "delete", "3.10.5: delete the TCB, no RST" },
	{ "SYN-SENT", "SYN", "SYN-RECEIVED", "synack", "3.10.7.3 fourth, otherwise branch" },
	{ "SYN-SENT", "SYN-ACK", "ESTABLISHED", "ack opened", "3.10.7.3 fourth: SND.UNA > ISS" },
	{ "SYN-SENT", "ACK of SYN", "-", "", "3.10.7.3 fifth: neither SYN nor RST, dropped" },
	{ "SYN-SENT", "ACK of FIN", "-", "", "no FIN sent" },
	{ "SYN-SENT", "FIN", "-", "", "3.10.7.4 eighth: FIN isn't processed in SYN-SENT" },
	{ "SYN-SENT", "RST", "CLOSED", "refused delete", "3.10.7.3 second: connection reset" },
	{ "SYN-SENT", "give up", "CLOSED", "timedout delete", "3.8.3, 3.10.8" },
	{ "SYN-SENT", "2 MSL", "-", "", "no such timer" },

	{ "SYN-RECEIVED", "listen", "-", "", "socket call: EINVAL (3.10.1)" },
	{ "SYN-RECEIVED", "connect", "-", "", "socket call: EALREADY (3.10.1)" },
	{ "SYN-RECEIVED", "accepted", "-", "", "came to life already" },
	{ "SYN-RECEIVED", "close", "FIN-WAIT-1", "fin", "3.10.4: form a FIN, enter FIN-WAIT-1" },
	{ "SYN-RECEIVED", "abort", "CLOSED", "rst delete", "3.10.5: send a reset" },
	{ "SYN-RECEIVED", "SYN", "SYN-RECEIVED", "synack", "3.8.1: the SYN-ACK was lost" },
	{ "SYN-RECEIVED", "SYN-ACK", "ESTABLISHED", "ack opened", "3.5 figure 8" },
	{ "SYN-RECEIVED", "ACK of SYN", "ESTABLISHED", "opened", "3.10.7.4 fifth" },
	{ "SYN-RECEIVED", "ACK of FIN", "-", "", "no FIN sent" },
	{ "SYN-RECEIVED", "FIN", "CLOSE-WAIT", "ack eof", "3.10.7.4 eighth: enter CLOSE-WAIT" },
	{ "SYN-RECEIVED", "RST", "CLOSED", "refused delete", "3.10.7.4 second: refused" },
	{ "SYN-RECEIVED", "give up", "CLOSED", "timedout delete", "3.8.3, 3.10.8" },
	{ "SYN-RECEIVED", "2 MSL", "-", "", "no such timer" },

	{ "ESTABLISHED", "listen", "-", "", "socket call: EINVAL (3.10.1)" },
	{ "ESTABLISHED", "connect", "-", "", "socket call: EISCONN (3.10.1)" },
	{ "ESTABLISHED", "accepted", "-", "", "came to life already" },
	{ "ESTABLISHED", "close", "FIN-WAIT-1", "fin", "3.10.4" },
	{ "ESTABLISHED", "abort", "CLOSED", "rst delete", "3.10.5: send a reset" },
	{ "ESTABLISHED", "SYN", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "ESTABLISHED", "SYN-ACK", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "ESTABLISHED", "ACK of SYN", "-", "", "acknowledged already" },
	{ "ESTABLISHED", "ACK of FIN", "-", "", "no FIN sent" },
	{ "ESTABLISHED", "FIN", "CLOSE-WAIT", "ack eof", "3.10.7.4 eighth" },
	{ "ESTABLISHED", "RST", "CLOSED", "reset delete", "3.10.7.4 second: reset responses" },
	{ "ESTABLISHED", "give up", "CLOSED", "timedout delete", "3.8.3, 3.10.8: no RST" },
	{ "ESTABLISHED", "2 MSL", "-", "", "no such timer" },

	{ "FIN-WAIT-1", "listen", "-", "", "socket call: EINVAL (3.10.1)" },
	{ "FIN-WAIT-1", "connect", "-", "", "socket call: EISCONN (3.10.1)" },
	{ "FIN-WAIT-1", "accepted", "-", "", "came to life already" },
	{ "FIN-WAIT-1", "close", "FIN-WAIT-1", "", "3.10.4: no second FIN" },
	{ "FIN-WAIT-1", "abort", "CLOSED", "rst delete", "3.10.5: send a reset" },
	{ "FIN-WAIT-1", "SYN", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "FIN-WAIT-1", "SYN-ACK", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "FIN-WAIT-1", "ACK of SYN", "FIN-WAIT-1", "", "3.10.7.4 fifth: FIN isn't acknowledged" },
	{ "FIN-WAIT-1", "ACK of FIN", "FIN-WAIT-2", "", "3.10.7.4 fifth: enter FIN-WAIT-2" },
	{ "FIN-WAIT-1", "FIN", "CLOSING", "ack eof", "3.10.7.4 eighth: otherwise CLOSING" },
	{ "FIN-WAIT-1", "RST", "CLOSED", "reset delete", "3.10.7.4 second" },
	{ "FIN-WAIT-1", "give up", "CLOSED", "timedout delete", "3.8.3, 3.10.8" },
	{ "FIN-WAIT-1", "2 MSL", "-", "", "no such timer" },

	{ "FIN-WAIT-2", "listen", "-", "", "socket call: EINVAL (3.10.1)" },
	{ "FIN-WAIT-2", "connect", "-", "", "socket call: EISCONN (3.10.1)" },
	{ "FIN-WAIT-2", "accepted", "-", "", "came to life already" },
	{ "FIN-WAIT-2", "close", "FIN-WAIT-2", "", "3.10.4: no second FIN" },
	{ "FIN-WAIT-2", "abort", "CLOSED", "rst delete", "3.10.5: send a reset" },
	{ "FIN-WAIT-2", "SYN", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "FIN-WAIT-2", "SYN-ACK", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "FIN-WAIT-2", "ACK of SYN", "-", "", "acknowledged with the FIN" },
	{ "FIN-WAIT-2", "ACK of FIN", "-", "", "acknowledged already" },
	{ "FIN-WAIT-2", "FIN", "TIME-WAIT", "ack eof timewait", "3.10.7.4 eighth" },
	{ "FIN-WAIT-2", "RST", "CLOSED", "reset delete", "3.10.7.4 second" },
	{ "FIN-WAIT-2", "give up", "CLOSED", "timedout delete", "3.10.8: keep-alive, 3.8.4" },
	{ "FIN-WAIT-2", "2 MSL", "CLOSED", "delete", "an orphan isn't kept for ever" },

	{ "CLOSING", "listen", "-", "", "socket call: EINVAL (3.10.1)" },
	{ "CLOSING", "connect", "-", "", "socket call: EISCONN (3.10.1)" },
	{ "CLOSING", "accepted", "-", "", "came to life already" },
	{ "CLOSING", "close", "CLOSING", "", "3.10.4: connection closing" },
	{ "CLOSING", "abort", "CLOSED", "delete", "3.10.5: delete the TCB, no RST" },
	{ "CLOSING", "SYN", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "CLOSING", "SYN-ACK", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "CLOSING", "ACK of SYN", "CLOSING", "", "3.10.7.4 fifth: otherwise ignore the segment" },
	{ "CLOSING", "ACK of FIN", "TIME-WAIT", "timewait", "3.10.7.4 fifth: enter TIME-WAIT" },
	{ "CLOSING", "FIN", "CLOSING", "", "3.10.7.4 eighth: remain in CLOSING" },
	{ "CLOSING", "RST", "CLOSED", "delete", "3.10.7.4 second: enter CLOSED, delete the TCB" },
	{ "CLOSING", "give up", "CLOSED", "timedout delete", "3.8.3, 3.10.8" },
	{ "CLOSING", "2 MSL", "-", "", "no such timer" },

	{ "CLOSE-WAIT", "listen", "-", "", "socket call: EINVAL (3.10.1)" },
	{ "CLOSE-WAIT", "connect", "-", "", "socket call: EISCONN (3.10.1)" },
	{ "CLOSE-WAIT", "accepted", "-", "", "came to life already" },
	{ "CLOSE-WAIT", "close", "LAST-ACK", "fin", "3.10.4: send FIN, enter LAST-ACK" },
	{ "CLOSE-WAIT", "abort", "CLOSED", "rst delete", "3.10.5: send a reset" },
	{ "CLOSE-WAIT", "SYN", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "CLOSE-WAIT", "SYN-ACK", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "CLOSE-WAIT", "ACK of SYN", "-", "", "acknowledged already" },
	{ "CLOSE-WAIT", "ACK of FIN", "-", "", "no FIN sent" },
	{ "CLOSE-WAIT", "FIN", "CLOSE-WAIT", "", "3.10.7.4 eighth: remain in CLOSE-WAIT" },
	{ "CLOSE-WAIT", "RST", "CLOSED", "reset delete", "3.10.7.4 second" },
	{ "CLOSE-WAIT", "give up", "CLOSED", "timedout delete", "3.8.3, 3.10.8" },
	{ "CLOSE-WAIT", "2 MSL", "-", "", "no such timer" },

	{ "LAST-ACK", "listen", "-", "", "socket call: EINVAL (3.10.1)" },
	{ "LAST-ACK", "connect", "-", "", "socket call: EISCONN (3.10.1)" },
	{ "LAST-ACK", "accepted", "-", "", "came to life already" },
	{ "LAST-ACK", "close", "LAST-ACK", "", "3.10.4: connection closing" },
	{ "LAST-ACK", "abort", "CLOSED", "delete", "3.10.5: delete the TCB, no RST" },
	{ "LAST-ACK", "SYN", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "LAST-ACK", "SYN-ACK", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "LAST-ACK", "ACK of SYN", "-", "", "acknowledged already" },
	{ "LAST-ACK", "ACK of FIN", "CLOSED", "delete", "3.10.7.4 fifth: delete the TCB" },
	{ "LAST-ACK", "FIN", "LAST-ACK", "", "3.10.7.4 eighth: remain in LAST-ACK" },
	{ "LAST-ACK", "RST", "CLOSED", "delete", "3.10.7.4 second: enter CLOSED, delete the TCB" },
	{ "LAST-ACK", "give up", "CLOSED", "timedout delete", "3.8.3, 3.10.8" },
	{ "LAST-ACK", "2 MSL", "-", "", "no such timer" },

	{ "TIME-WAIT", "listen", "-", "", "no socket any more" },
	{ "TIME-WAIT", "connect", "-", "", "no socket any more" },
	{ "TIME-WAIT", "accepted", "-", "", "came to life already" },
	{ "TIME-WAIT", "close", "TIME-WAIT", "", "3.10.4: connection closing" },
	{ "TIME-WAIT", "abort", "CLOSED", "delete", "3.10.5: delete the TCB, no RST" },
	{ "TIME-WAIT", "SYN", "CLOSED", "delete", "3.6.1 MAY-2: a new one may begin" },
	{ "TIME-WAIT", "SYN-ACK", "-", "", "3.10.7.4 fourth: challenge ACK" },
	{ "TIME-WAIT", "ACK of SYN", "-", "", "acknowledged already" },
	{ "TIME-WAIT", "ACK of FIN", "-", "", "acknowledged already" },
	{ "TIME-WAIT", "FIN", "TIME-WAIT", "ack timewait", "3.10.7.4 eighth: restart" },
	{ "TIME-WAIT", "RST", "TIME-WAIT", "", "RFC 1337 fix 1 (3.10.7.4 second would delete)" },
	{ "TIME-WAIT", "give up", "-", "", "nothing is sent that could stay unanswered" },
	{ "TIME-WAIT", "2 MSL", "CLOSED", "delete", "3.10.8: time-wait timeout" },
};

/* The value of the name @s of @len characters; an unknown name fails the test. */
static u32 lookup(struct kunit *test, const struct name *tab, size_t n, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(tab[i].name) == len && !memcmp(tab[i].name, s, len))
			return tab[i].value;
	KUNIT_FAIL(test, "no such name: %s", s);
	return 0;
}

static u8 state_of(struct kunit *test, const char *s)
{
	return lookup(test, states, ARRAY_SIZE(states), s, strlen(s));
}

static enum rill_event event_of(struct kunit *test, const char *s)
{
	return lookup(test, events, ARRAY_SIZE(events), s, strlen(s));
}

static u32 actions_of(struct kunit *test, const char *s)
{
	u32 bits = 0;

	while (*s) {
		size_t len = strcspn(s, " ");

		bits |= lookup(test, actions, ARRAY_SIZE(actions), s, len);
		s += len + strspn(s + len, " ");
	}
	return bits;
}

static void row_desc(const struct row *r, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, %s: %s (%s)",
		 r->state, r->event, r->next, r->why);
}

KUNIT_ARRAY_PARAM(rows, rows, row_desc);

static void test_cell(struct kunit *test)
{
	const struct row *r = test->param_value;
	const struct rill_cell *cell;

	cell = rill_state_cell(state_of(test, r->state), event_of(test, r->event));
	if (!strcmp(r->next, "-")) {
		KUNIT_EXPECT_PTR_EQ(test, cell, NULL);
		return;
	}
	KUNIT_ASSERT_NOT_NULL(test, cell);
	KUNIT_EXPECT_STREQ(test, rill_state_name(cell->next), r->next);
	KUNIT_EXPECT_EQ(test, (u32)cell->next, (u32)state_of(test, r->next));
	KUNIT_EXPECT_EQ(test, (u32)cell->actions, actions_of(test, r->acts));
}

/* No cell forgotten, none named twice. */
static void test_all_cells_named(struct kunit *test)
{
	size_t i, j, k;

	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(events), (size_t)RILL_EV_COUNT);
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(rows), ARRAY_SIZE(states) * RILL_EV_COUNT);
	for (i = 0; i < ARRAY_SIZE(states); i++)
		for (j = 0; j < ARRAY_SIZE(events); j++) {
			unsigned int named = 0;

			for (k = 0; k < ARRAY_SIZE(rows); k++)
				named += !strcmp(rows[k].state, states[i].name) &&
					 !strcmp(rows[k].event, events[j].name);
			KUNIT_EXPECT_EQ_MSG(test, named, 1u, "%s, %s",
					    states[i].name, events[j].name);
		}
}

static void test_names(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		KUNIT_EXPECT_STREQ(test, rill_state_name(states[i].value), states[i].name);
	for (i = 0; i < ARRAY_SIZE(events); i++)
		KUNIT_EXPECT_STREQ(test, rill_event_name(events[i].value), events[i].name);
	KUNIT_EXPECT_STREQ(test, rill_state_name(0), "?");
	KUNIT_EXPECT_STREQ(test, rill_state_name(12), "?");
	KUNIT_EXPECT_STREQ(test, rill_state_name(U8_MAX), "?");
	KUNIT_EXPECT_STREQ(test, rill_event_name(RILL_EV_COUNT), "?");
	KUNIT_EXPECT_STREQ(test, rill_event_name((enum rill_event)-1), "?");
}

static void test_out_of_range(struct kunit *test)
{
	u32 i;

	for (i = 0; i < RILL_EV_COUNT; i++) {
		KUNIT_EXPECT_PTR_EQ(test, rill_state_cell(0, i), NULL);
		KUNIT_EXPECT_PTR_EQ(test, rill_state_cell(12, i), NULL);
		KUNIT_EXPECT_PTR_EQ(test, rill_state_cell(U8_MAX, i), NULL);
	}
	for (i = 0; i <= U8_MAX; i++) {
		KUNIT_EXPECT_PTR_EQ(test, rill_state_cell(i, RILL_EV_COUNT), NULL);
		KUNIT_EXPECT_PTR_EQ(test, rill_state_cell(i, (enum rill_event)-1), NULL);
	}
}

typedef void (*visit_fn)(struct kunit *test, u8 state, enum rill_event ev,
			 const struct rill_cell *c);

static void visit_cells(struct kunit *test, visit_fn fn)
{
	u32 s, e;

	for (s = 1; s <= 11; s++)
		for (e = 0; e < RILL_EV_COUNT; e++)
			if (rill_state_cell(s, e))
				fn(test, s, e, rill_state_cell(s, e));
}

#define EXPECT_CELL(test, state, ev, cond) \
	KUNIT_EXPECT_TRUE_MSG(test, cond, "%s, %s", rill_state_name(state), rill_event_name(ev))

/* What must hold in each cell, whatever the row says. */
static void sane_cell(struct kunit *test, u8 state, enum rill_event ev, const struct rill_cell *c)
{
	bool dies = state != TCP_CLOSE && c->next == TCP_CLOSE;
	u32 told = c->actions & (RILL_ACT_REFUSED | RILL_ACT_RESET | RILL_ACT_TIMEDOUT);
	u32 act = c->actions;

	EXPECT_CELL(test, state, ev, dies == !!(act & RILL_ACT_DELETE));
	EXPECT_CELL(test, state, ev, dies || !told);
	EXPECT_CELL(test, state, ev, !(told & (told - 1)));
	EXPECT_CELL(test, state, ev, !(act & RILL_ACT_RST) || ev == RILL_EV_ABORT);
	EXPECT_CELL(test, state, ev, !(act & RILL_ACT_TIMEWAIT) || c->next == TCP_TIME_WAIT);
	EXPECT_CELL(test, state, ev, (act & RILL_ACT_TIMEWAIT) || c->next != TCP_TIME_WAIT ||
		    state == TCP_TIME_WAIT);
	EXPECT_CELL(test, state, ev, !(act & RILL_ACT_EOF) || ev == RILL_EV_FIN);
	EXPECT_CELL(test, state, ev, (ev == RILL_EV_CLOSE && state != c->next && !dies) ==
		    !!(act & RILL_ACT_FIN));
	EXPECT_CELL(test, state, ev, (c->next == TCP_ESTABLISHED) == !!(act & RILL_ACT_OPENED));
	if (state == TCP_TIME_WAIT)
		EXPECT_CELL(test, state, ev, dies || c->next == TCP_TIME_WAIT);
}

static void test_sane_cells(struct kunit *test)
{
	visit_cells(test, sane_cell);
}

/* The states that one event leads to from @state, as bits. */
static u32 step(u8 state)
{
	u32 bits = 0, e;

	for (e = 0; e < RILL_EV_COUNT; e++)
		if (rill_state_cell(state, e))
			bits |= 1u << rill_state_cell(state, e)->next;
	return bits;
}

/* The states that can be reached from @from, as bits. */
static u32 reach(u8 from)
{
	u32 seen = 1u << from, before, s;

	do {
		before = seen;
		for (s = 1; s <= 11; s++)
			if (seen & 1u << s)
				seen |= step(s);
	} while (seen != before);
	return seen;
}

static void test_reachable(struct kunit *test)
{
	u32 s;

	for (s = 1; s <= 11; s++)
		KUNIT_EXPECT_TRUE_MSG(test, reach(s) & 1u << TCP_CLOSE, "CLOSED from %s",
				      rill_state_name(s));
	KUNIT_EXPECT_EQ(test, reach(TCP_CLOSE), 0xffeu);
}

struct edge {
	const char *from;
	const char *event;
	const char *to;
};

/* Figure 5's arrows, but for LISTEN's rcv SYN (a request's) and SEND (no socket call does it). */
static const struct edge figure5[] = {
	{ "CLOSED", "listen", "LISTEN" },
	{ "CLOSED", "connect", "SYN-SENT" },
	{ "LISTEN", "close", "CLOSED" },
	{ "SYN-SENT", "close", "CLOSED" },
	{ "SYN-SENT", "SYN", "SYN-RECEIVED" },
	{ "SYN-SENT", "SYN-ACK", "ESTABLISHED" },
	{ "SYN-RECEIVED", "ACK of SYN", "ESTABLISHED" },
	{ "SYN-RECEIVED", "close", "FIN-WAIT-1" },
	{ "ESTABLISHED", "close", "FIN-WAIT-1" },
	{ "ESTABLISHED", "FIN", "CLOSE-WAIT" },
	{ "FIN-WAIT-1", "ACK of FIN", "FIN-WAIT-2" },
	{ "FIN-WAIT-1", "FIN", "CLOSING" },
	{ "FIN-WAIT-2", "FIN", "TIME-WAIT" },
	{ "CLOSING", "ACK of FIN", "TIME-WAIT" },
	{ "CLOSE-WAIT", "close", "LAST-ACK" },
	{ "LAST-ACK", "ACK of FIN", "CLOSED" },
	{ "TIME-WAIT", "2 MSL", "CLOSED" },
};

/* Arrows that the figure doesn't draw: the prose's, the sockets', an orphan's, RFC 6191's. */
static const struct edge undrawn[] = {
	{ "CLOSED", "accepted", "SYN-RECEIVED" },
	{ "SYN-RECEIVED", "SYN-ACK", "ESTABLISHED" },
	{ "SYN-RECEIVED", "FIN", "CLOSE-WAIT" },
	{ "FIN-WAIT-2", "2 MSL", "CLOSED" },
	{ "TIME-WAIT", "SYN", "CLOSED" },
};

static bool listed(const struct edge *tab, size_t n, u8 state, enum rill_event ev, u8 next)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!strcmp(tab[i].from, rill_state_name(state)) &&
		    !strcmp(tab[i].event, rill_event_name(ev)) &&
		    !strcmp(tab[i].to, rill_state_name(next)))
			return true;
	return false;
}

static void drawn_cell(struct kunit *test, u8 state, enum rill_event ev, const struct rill_cell *c)
{
	bool end = ev == RILL_EV_ABORT || ev == RILL_EV_RST || ev == RILL_EV_GIVE_UP;

	if (state == c->next)
		return;
	if (end)
		EXPECT_CELL(test, state, ev, c->next == TCP_CLOSE);
	else
		EXPECT_CELL(test, state, ev,
			    listed(figure5, ARRAY_SIZE(figure5), state, ev, c->next) ||
			    listed(undrawn, ARRAY_SIZE(undrawn), state, ev, c->next));
}

/* The figure's arrows are in the table, the table's moves in the figure or among the others. */
static void test_figure5(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figure5); i++) {
		const struct edge *e = &figure5[i];
		const struct rill_cell *cell;

		cell = rill_state_cell(state_of(test, e->from), event_of(test, e->event));
		KUNIT_ASSERT_NOT_NULL_MSG(test, cell, "%s, %s", e->from, e->event);
		KUNIT_EXPECT_STREQ(test, rill_state_name(cell->next), e->to);
	}
	visit_cells(test, drawn_cell);
}

#define WALK 8

struct walk {
	const char *name;
	struct {
		const char *event;
		const char *next;
	} step[WALK];
};

/* The RFC's figures of whole connections, seen from one end. */
static const struct walk walks[] = {
	{ "figure 6, A: handshake; figure 12, A: normal close", {
		{ "connect", "SYN-SENT" }, { "SYN-ACK", "ESTABLISHED" },
		{ "close", "FIN-WAIT-1" }, { "ACK of FIN", "FIN-WAIT-2" },
		{ "FIN", "TIME-WAIT" }, { "2 MSL", "CLOSED" } } },
	{ "figure 6, B: the accepted socket; figure 12, B", {
		{ "accepted", "SYN-RECEIVED" }, { "ACK of SYN", "ESTABLISHED" },
		{ "FIN", "CLOSE-WAIT" }, { "close", "LAST-ACK" },
		{ "ACK of FIN", "CLOSED" } } },
	{ "figure 7: simultaneous open, ACK without SYN; figure 13: simultaneous close", {
		{ "connect", "SYN-SENT" }, { "SYN", "SYN-RECEIVED" },
		{ "ACK of SYN", "ESTABLISHED" }, { "close", "FIN-WAIT-1" },
		{ "FIN", "CLOSING" }, { "ACK of FIN", "TIME-WAIT" },
		{ "2 MSL", "CLOSED" } } },
	{ "simultaneous open with SYN-ACK", {
		{ "connect", "SYN-SENT" }, { "SYN", "SYN-RECEIVED" },
		{ "SYN-ACK", "ESTABLISHED" } } },
	{ "figure 5's note 2: one segment with ACK of FIN and FIN", {
		{ "connect", "SYN-SENT" }, { "SYN-ACK", "ESTABLISHED" },
		{ "close", "FIN-WAIT-1" }, { "ACK of FIN", "FIN-WAIT-2" },
		{ "FIN", "TIME-WAIT" } } },
	{ "closed before the handshake's last ACK, which then comes with a FIN", {
		{ "connect", "SYN-SENT" }, { "SYN", "SYN-RECEIVED" },
		{ "close", "FIN-WAIT-1" }, { "ACK of SYN", "FIN-WAIT-1" },
		{ "FIN", "CLOSING" }, { "ACK of FIN", "TIME-WAIT" } } },
	{ "a listener sees clients come and go", {
		{ "listen", "LISTEN" }, { "SYN", "LISTEN" },
		{ "RST", "LISTEN" }, { "SYN", "LISTEN" },
		{ "close", "CLOSED" } } },
	{ "the last ACK was lost, an old RST comes, then a new SYN", {
		{ "accepted", "SYN-RECEIVED" }, { "ACK of SYN", "ESTABLISHED" },
		{ "close", "FIN-WAIT-1" }, { "ACK of FIN", "FIN-WAIT-2" },
		{ "FIN", "TIME-WAIT" }, { "FIN", "TIME-WAIT" },
		{ "RST", "TIME-WAIT" }, { "SYN", "CLOSED" } } },
};

static void walk_desc(const struct walk *w, char *desc)
{
	strscpy(desc, w->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(walks, walks, walk_desc);

static void test_walk(struct kunit *test)
{
	const struct walk *w = test->param_value;
	u8 state = TCP_CLOSE;
	size_t i;

	for (i = 0; i < WALK && w->step[i].event; i++) {
		const struct rill_cell *cell;

		cell = rill_state_cell(state, event_of(test, w->step[i].event));
		KUNIT_ASSERT_NOT_NULL_MSG(test, cell, "%s, %s", rill_state_name(state),
					  w->step[i].event);
		state = cell->next;
		KUNIT_ASSERT_STREQ(test, rill_state_name(state), w->step[i].next);
	}
}

static struct kunit_case rill_state_cases[] = {
	KUNIT_CASE_PARAM(test_cell, rows_gen_params),
	KUNIT_CASE(test_all_cells_named),
	KUNIT_CASE(test_names),
	KUNIT_CASE(test_out_of_range),
	KUNIT_CASE(test_sane_cells),
	KUNIT_CASE(test_reachable),
	KUNIT_CASE(test_figure5),
	KUNIT_CASE_PARAM(test_walk, walks_gen_params),
	{}
};

static struct kunit_suite rill_state = {
	.name = "rill_state",
	.test_cases = rill_state_cases,
};

kunit_test_suite(rill_state);
