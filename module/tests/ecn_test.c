// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/ecn.c, and of what core/recovery.c does between a mark and the end of its window:
 * the sentences of RFC 3168 section 6.1, one by one. Congestion control is Reno, linked in with
 * cong_test.c, recovery with recovery_test.c.
 */
#include <kunit/test.h>

#include "../core/ecn.c"

#define ECN_MSS		1000u
#define ECN_ISS		(U32_MAX - 2500)	/* numbers wrap soon */

/* Section 6.1.1: an ECN-setup SYN has both flags, and Not-ECT. */
static void ecn_test_asked(struct kunit *test)
{
	unsigned int flags, field;

	for (flags = 0; flags < 256; flags++)
		for (field = 0; field < 4; field++)
			KUNIT_EXPECT_EQ(test, rill_ecn_asked(flags, field),
					(flags & 0xc0) == 0xc0 && !field);
}

/* A SYN that was not answered goes without, and then all do (6.1.1.1). */
static void ecn_test_syn(struct kunit *test)
{
	struct rill_ecn e = { .ask = true }, none = {};

	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&none, false), 0);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, false), 0xc0);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, false), 0xc0);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, true), 0);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, false), 0);
}

/* RFC 9768 section 3.1.4.1: a SYN that asks for AccECN does so once more when it is sent again. */
static void ecn_test_syn_accurate(struct kunit *test)
{
	struct rill_ecn e = { .ask = RILL_ECN_ACCURATE };

	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, false), 0x1c0);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, true), 0x1c0);
	KUNIT_EXPECT_FALSE(test, e.plain);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, true), 0);
	KUNIT_EXPECT_TRUE(test, e.plain);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, true), 0);
	/* Without falling back, always. */
	e = (struct rill_ecn){ .ask = RILL_ECN_ACCURATE };
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, false), 0x1c0);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, false), 0x1c0);
	KUNIT_EXPECT_EQ(test, rill_ecn_syn(&e, false), 0x1c0);
}

/* An ECN-setup SYN-ACK has ECE and not CWR; any other, or one to a plain SYN, agrees to nothing. */
static void ecn_test_answered(struct kunit *test)
{
	unsigned int flags, ask;

	for (ask = 0; ask <= 1; ask++) {
		for (flags = 0; flags < 256; flags++) {
			struct rill_ecn e = { .ask = ask };
			bool agrees = ask && (flags & 0xc0) == 0x40;

			rill_ecn_answered(&e, flags);
			KUNIT_EXPECT_EQ(test, e.send, agrees);
			KUNIT_EXPECT_EQ(test, e.receive, agrees);
		}
	}
}

/* Who has sent one plain SYN must not send ECT, but has agreed to take it (6.1.1). */
static void ecn_test_answer_to_an_earlier_syn(struct kunit *test)
{
	struct rill_ecn e = { .ask = true };

	rill_ecn_syn(&e, false);
	rill_ecn_syn(&e, true);
	rill_ecn_answered(&e, RILL_SYN | RILL_ACK | RILL_ECE);
	KUNIT_EXPECT_FALSE(test, e.send);
	KUNIT_EXPECT_TRUE(test, e.receive);
	rill_ecn_agree(&e, true);
	KUNIT_EXPECT_FALSE(test, e.send);
}

static void ecn_test_synack(struct kunit *test)
{
	struct rill_ecn e = {};

	KUNIT_EXPECT_EQ(test, rill_ecn_synack(&e), 0);
	rill_ecn_agree(&e, true);
	KUNIT_EXPECT_TRUE(test, e.send && e.receive);
	KUNIT_EXPECT_EQ(test, rill_ecn_synack(&e), RILL_ECE);
	rill_ecn_agree(&e, false);
	KUNIT_EXPECT_FALSE(test, e.send || e.receive);
}

struct ecn_mark_case {
	const char *name;
	u32 seq, len;		/* seq relative to SND.UNA */
	u8 flags;
	bool ect;
};

/* In flight 3000 of a window of 5000: only new data inside the window is ECT (6.1.4 to 6.1.6). */
static const struct ecn_mark_case ecn_mark_cases[] = {
	{ "new data", 3000, 1000, RILL_ACK, true },
	{ "new data with a FIN", 3000, 10, RILL_ACK | RILL_FIN, true },
	{ "the last of the window", 3000, 2000, RILL_ACK | RILL_PSH, true },
	{ "an ACK", 3000, 0, RILL_ACK, false },
	{ "a FIN alone", 3000, 0, RILL_ACK | RILL_FIN, false },
	{ "a keep-alive probe", U32_MAX, 0, RILL_ACK, false },
	{ "a retransmission", 0, 1000, RILL_ACK, false },
	{ "a retransmission with new data behind it", 2500, 1000, RILL_ACK, false },
	{ "a window probe", 5000, 1, RILL_ACK, false },
	{ "over the edge", 4500, 501, RILL_ACK, false },
	{ "a SYN", 3000, 0, RILL_SYN, false },
	{ "a RST", 3000, 0, RILL_RST | RILL_ACK, false },
};

static void ecn_test_mark(struct kunit *test)
{
	struct rill_snd snd = { .una = ECN_ISS, .nxt = ECN_ISS + 3000, .wnd = 5000 };
	unsigned int i, bits;

	for (i = 0; i < ARRAY_SIZE(ecn_mark_cases); i++) {
		const struct ecn_mark_case *c = &ecn_mark_cases[i];

		/* Every combination of what is agreed on and owed. */
		for (bits = 0; bits < 8; bits++) {
			struct rill_ecn e = { .send = bits & 1, .receive = true,
					      .cwr = bits & 2, .echo = bits & 4 };
			struct rill_seg seg = { .seq = snd.una + c->seq, .len = c->len,
						.flags = c->flags };
			bool ect = c->ect && e.send, echo = e.echo, cwr = e.cwr;
			u8 want = c->flags;

			if (echo && !(c->flags & (RILL_SYN | RILL_RST)))
				want |= RILL_ECE;
			if (cwr && ect)
				want |= RILL_CWR;
			KUNIT_EXPECT_EQ_MSG(test, rill_ecn_mark(&e, &seg, &snd),
					    ect ? RILL_ECT_0 : RILL_NOT_ECT, "%s", c->name);
			KUNIT_EXPECT_EQ_MSG(test, seg.flags, want, "%s", c->name);
			/* CWR is said once; the echo goes on. */
			KUNIT_EXPECT_EQ(test, e.cwr, cwr && !ect);
			KUNIT_EXPECT_EQ(test, e.echo, echo);
		}
	}
}

/* Section 6.1.3: from CE on ECE in every ACK, until CWR; CWR that is itself marked begins anew. */
static void ecn_test_data(struct kunit *test)
{
	struct rill_ecn e = { .receive = true }, none = {};

	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&none, RILL_ACK, RILL_CE));
	KUNIT_EXPECT_FALSE(test, none.echo || none.seen);

	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&e, RILL_ACK, RILL_NOT_ECT));
	KUNIT_EXPECT_FALSE(test, e.echo || e.seen);
	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&e, RILL_ACK, RILL_ECT_0));
	KUNIT_EXPECT_TRUE(test, !e.echo && e.seen);
	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&e, RILL_ACK | RILL_CWR, RILL_ECT_1));
	KUNIT_EXPECT_FALSE(test, e.echo);

	KUNIT_EXPECT_TRUE(test, rill_ecn_data(&e, RILL_ACK, RILL_CE));
	KUNIT_EXPECT_TRUE(test, e.echo);
	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&e, RILL_ACK, RILL_CE));
	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&e, RILL_ACK, RILL_ECT_0));
	KUNIT_EXPECT_TRUE(test, e.echo);
	KUNIT_EXPECT_TRUE(test, rill_ecn_data(&e, RILL_ACK | RILL_CWR, RILL_ECT_0));
	KUNIT_EXPECT_FALSE(test, e.echo);

	KUNIT_EXPECT_TRUE(test, rill_ecn_data(&e, RILL_ACK, RILL_CE));
	KUNIT_EXPECT_TRUE(test, rill_ecn_data(&e, RILL_ACK | RILL_CWR, RILL_CE));
	KUNIT_EXPECT_TRUE(test, e.echo);
}

/* A connection in slow start or not, without losses, everything below SND.UNA acknowledged. */
struct ecn_conn {
	struct rill_ecn e;
	struct rill_recovery r;
	struct rill_cong c;
	struct rill_snd snd;
};

static void ecn_open(struct ecn_conn *x, u32 cwnd, u32 in_flight)
{
	*x = (struct ecn_conn){ .e = { .send = true, .receive = true } };
	rill_recovery_init(&x->r, ECN_ISS);
	rill_cong_init(&x->c, &rill_cong_reno, ECN_MSS);
	x->r.armed = false;
	x->c.cwnd = cwnd;
	x->snd.una = ECN_ISS + 1;
	x->snd.nxt = x->snd.una + in_flight;
	x->snd.wnd = 1 << 20;
}

/* An ACK of @octets, with ECE or not, as the receive path deals with it. True: a reaction. */
static bool ecn_ack(struct ecn_conn *x, u32 octets, bool ece)
{
	struct rill_acked acked = { .octets = octets };
	u32 flight = x->snd.nxt - x->snd.una;
	struct rill_seg seg = { .flags = RILL_ACK | (ece ? RILL_ECE : 0) };

	x->snd.una += octets;
	seg.ack = x->snd.una;
	acked.ece = rill_ecn_echoed(&x->e, &seg, &x->snd);
	rill_recovery_ack(&x->r, &x->c, &x->snd, &acked, flight, 0, 0);
	return acked.ece && rill_ecn_reduce(&x->e, &x->r, &x->c, &x->snd, flight);
}

/* New data: true when it bears CWR. */
static bool ecn_send(struct ecn_conn *x, u32 len)
{
	struct rill_seg seg = { .seq = x->snd.nxt, .len = len, .flags = RILL_ACK };

	rill_ecn_mark(&x->e, &seg, &x->snd);
	x->snd.nxt += len;
	return seg.flags & RILL_CWR;
}

static void ecn_test_echoed(struct kunit *test)
{
	struct rill_snd snd = { .una = ECN_ISS + 5000 };
	struct rill_seg seg = { .ack = snd.una, .flags = RILL_ACK | RILL_ECE };
	struct rill_ecn e = { .send = true };

	KUNIT_EXPECT_TRUE(test, rill_ecn_echoed(&e, &seg, &snd));
	e.send = false;
	KUNIT_EXPECT_FALSE(test, rill_ecn_echoed(&e, &seg, &snd));
	e.send = true;
	seg.ack--;
	KUNIT_EXPECT_FALSE(test, rill_ecn_echoed(&e, &seg, &snd));
	seg.ack++;
	seg.flags = RILL_ACK | RILL_CWR;
	KUNIT_EXPECT_FALSE(test, rill_ecn_echoed(&e, &seg, &snd));
}

/* Section 6.1.2: half the window, once for each window of data, and CWR with the next data. */
static void ecn_test_once_a_window(struct kunit *test)
{
	struct ecn_conn x;
	int i;

	ecn_open(&x, 10000, 10000);
	KUNIT_EXPECT_TRUE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 5000);
	KUNIT_EXPECT_EQ(test, x.c.ssthresh, 5000);
	KUNIT_EXPECT_EQ(test, x.r.phase, RILL_REC_EASED);
	KUNIT_EXPECT_FALSE(test, x.e.held);
	/* The rest of that window, its last octet included. */
	for (i = 0; i < 9; i++)
		KUNIT_EXPECT_FALSE(test, ecn_ack(&x, 1000, i % 2));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 5000);
	KUNIT_EXPECT_TRUE(test, ecn_send(&x, 1000));
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, ecn_send(&x, 1000));
	/* Behind it lies CWR: who still says ECE means another mark. */
	KUNIT_EXPECT_TRUE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 2500);
	KUNIT_EXPECT_TRUE(test, ecn_send(&x, 1000));
	for (i = 0; i < 3; i++)
		ecn_send(&x, 1000);
	for (i = 0; i < 4; i++)
		ecn_ack(&x, 1000, false);
	KUNIT_EXPECT_EQ(test, x.r.phase, RILL_REC_EASED);
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 2500);
	for (i = 0; i < 4; i++)
		ecn_ack(&x, 1000, false);
	KUNIT_EXPECT_EQ(test, x.r.phase, RILL_REC_OPEN);
	KUNIT_EXPECT_GT(test, x.c.cwnd, 2500);
}

/* An ACK with ECE widens no window (6.1.2), and without anything in flight it narrows none. */
static void ecn_test_no_growth(struct kunit *test)
{
	struct ecn_conn x;

	ecn_open(&x, 10000, 10000);
	x.r.phase = RILL_REC_LOSS;
	x.r.recover = x.snd.nxt;
	x.r.armed = true;
	x.c.ssthresh = 20000;
	KUNIT_EXPECT_FALSE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 10000);
	KUNIT_EXPECT_FALSE(test, ecn_ack(&x, 1000, false));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 11000);

	ecn_open(&x, 10000, 0);
	KUNIT_EXPECT_FALSE(test, ecn_ack(&x, 0, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 10000);
	KUNIT_EXPECT_FALSE(test, x.e.cwr);
}

/* A loss in the window of a mark, and a mark in the window of a loss: one reduction. */
static void ecn_test_loss(struct kunit *test)
{
	struct rill_acked dup = { .duplicate = true };
	struct ecn_conn x;
	int i;

	ecn_open(&x, 10000, 10000);
	ecn_ack(&x, 1000, true);
	for (i = 0; i < 3; i++)
		rill_recovery_ack(&x.r, &x.c, &x.snd, &dup, 4000, 0, 0);
	KUNIT_EXPECT_EQ(test, x.r.phase, RILL_REC_FAST);
	KUNIT_EXPECT_EQ(test, x.c.ssthresh, 5000);
	KUNIT_EXPECT_FALSE(test, ecn_ack(&x, 9000, true));
	KUNIT_EXPECT_EQ(test, x.c.ssthresh, 5000);
	/* CWR may be among what was lost: it is said again. */
	ecn_send(&x, 1000);
	rill_ecn_lost(&x.e);
	KUNIT_EXPECT_TRUE(test, ecn_send(&x, 1000));

	ecn_open(&x, 10000, 10000);
	ecn_ack(&x, 1000, true);
	rill_recovery_timeout(&x.r, &x.c, &x.snd, true);
	KUNIT_EXPECT_EQ(test, x.c.ssthresh, 5000);
	KUNIT_EXPECT_EQ(test, x.c.cwnd, ECN_MSS);
	KUNIT_EXPECT_FALSE(test, ecn_ack(&x, 9000, true));
	KUNIT_EXPECT_FALSE(test, x.e.held);

	/* Without ECN a loss is nobody's business. */
	x.e = (struct rill_ecn){ };
	rill_ecn_lost(&x.e);
	KUNIT_EXPECT_FALSE(test, x.e.cwr);
}

/* Down to one segment, and then by the timer: the MUST of section 6.1.2. */
static void ecn_test_one_segment(struct kunit *test)
{
	struct ecn_conn x;

	ecn_open(&x, 2000, 2000);
	KUNIT_EXPECT_TRUE(test, ecn_ack(&x, 2000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, ECN_MSS);
	KUNIT_EXPECT_FALSE(test, x.e.held);
	ecn_send(&x, 1000);
	KUNIT_EXPECT_TRUE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, ECN_MSS);
	KUNIT_EXPECT_TRUE(test, x.e.held);
	KUNIT_EXPECT_TRUE(test, rill_ecn_expired(&x.e));
	KUNIT_EXPECT_FALSE(test, rill_ecn_expired(&x.e));
	KUNIT_EXPECT_TRUE(test, ecn_send(&x, 1000));
}

/* RFC 8257 section 3.2: ECE is what the data was that an ACK is for, whatever CWR says. */
static void ecn_test_exact(struct kunit *test)
{
	struct rill_ecn e = { .receive = true, .exact = true }, none = { .exact = true };

	KUNIT_EXPECT_FALSE(test, rill_ecn_differs(&none, RILL_CE));
	KUNIT_EXPECT_FALSE(test, rill_ecn_differs(&e, RILL_ECT_0));
	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&e, RILL_ACK, RILL_ECT_0));
	KUNIT_EXPECT_FALSE(test, e.echo);
	/* The first mark, and the last: the sender is to know where the difference is. */
	KUNIT_EXPECT_TRUE(test, rill_ecn_differs(&e, RILL_CE));
	KUNIT_EXPECT_TRUE(test, rill_ecn_data(&e, RILL_ACK, RILL_CE));
	KUNIT_EXPECT_TRUE(test, e.echo);
	KUNIT_EXPECT_FALSE(test, rill_ecn_differs(&e, RILL_CE));
	KUNIT_EXPECT_FALSE(test, rill_ecn_data(&e, RILL_ACK | RILL_CWR, RILL_CE));
	KUNIT_EXPECT_TRUE(test, e.echo);
	KUNIT_EXPECT_TRUE(test, rill_ecn_differs(&e, RILL_ECT_0));
	KUNIT_EXPECT_TRUE(test, rill_ecn_data(&e, RILL_ACK, RILL_ECT_0));
	KUNIT_EXPECT_FALSE(test, e.echo);
	/* Without it every ACK tells until CWR comes. */
	e.exact = false;
	KUNIT_EXPECT_FALSE(test, rill_ecn_differs(&e, RILL_CE));
}

/* RFC 8257 section 3.3: a mark takes off half of alpha, once for each window of data. */
static void ecn_test_ease(struct kunit *test)
{
	struct ecn_conn x;
	int i;

	ecn_open(&x, 16000, 16000);
	rill_cong_switch(&x.c, &rill_cong_dctcp);
	x.c.priv[0] = 1 << 18;		/* alpha: a quarter */
	KUNIT_EXPECT_TRUE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 14000);
	KUNIT_EXPECT_EQ(test, x.r.phase, RILL_REC_EASED);
	for (i = 0; i < 15; i++)
		KUNIT_EXPECT_FALSE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 14000);
	ecn_send(&x, 1000);
	KUNIT_EXPECT_TRUE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 12250);
}

/* Who owns its window has it as it was; the peer hears CWR. */
static void ecn_test_owner(struct kunit *test)
{
	struct ecn_conn x;

	ecn_open(&x, 10000, 10000);
	rill_cong_switch(&x.c, &rill_cong_bbr);
	KUNIT_EXPECT_TRUE(test, ecn_ack(&x, 1000, true));
	KUNIT_EXPECT_EQ(test, x.c.cwnd, 10000);
	KUNIT_EXPECT_EQ(test, x.c.ssthresh, U32_MAX);
	KUNIT_EXPECT_TRUE(test, ecn_send(&x, 1000));
	x.c.cwnd = ECN_MSS;
	x.r.phase = RILL_REC_OPEN;
	ecn_ack(&x, 1000, true);
	KUNIT_EXPECT_FALSE(test, x.e.held);
}

static struct kunit_case ecn_test_cases[] = {
	KUNIT_CASE(ecn_test_asked),
	KUNIT_CASE(ecn_test_syn),
	KUNIT_CASE(ecn_test_syn_accurate),
	KUNIT_CASE(ecn_test_answered),
	KUNIT_CASE(ecn_test_answer_to_an_earlier_syn),
	KUNIT_CASE(ecn_test_synack),
	KUNIT_CASE(ecn_test_mark),
	KUNIT_CASE(ecn_test_data),
	KUNIT_CASE(ecn_test_echoed),
	KUNIT_CASE(ecn_test_once_a_window),
	KUNIT_CASE(ecn_test_no_growth),
	KUNIT_CASE(ecn_test_loss),
	KUNIT_CASE(ecn_test_one_segment),
	KUNIT_CASE(ecn_test_exact),
	KUNIT_CASE(ecn_test_ease),
	KUNIT_CASE(ecn_test_owner),
	{}
};

static struct kunit_suite ecn_test_suite = {
	.name = "rill_ecn",
	.test_cases = ecn_test_cases,
};

kunit_test_suite(ecn_test_suite);
