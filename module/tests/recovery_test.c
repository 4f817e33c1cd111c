// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/recovery.c: scripts of ACKs with what RFC 6582 says after each, and a path that
 * loses segments at random. Congestion control is Reno, linked in with cong_test.c.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../core/recovery.c"

#define REC_MSS	1000u
#define REC_ISS	(U32_MAX - 2500)	/* numbers wrap soon */

enum rec_event {
	REC_END,
	REC_SEND,	/* n octets more in flight */
	REC_ACK,	/* n octets acknowledged */
	REC_DUP,	/* n duplicates */
	REC_NOTE,	/* an ACK that is neither new nor a duplicate: a window update */
	REC_RTO,	/* the timer expires; n: for the how manieth time */
};

/* What happens, and what is expected afterwards; of several duplicates after the last. */
struct rec_step {
	enum rec_event event;
	u32	n;
	bool	head;		/* SND.UNA is to be retransmitted */
	u8	phase;
	u32	cwnd;
	u32	ssthresh;
	u32	limit;
};

struct rec_case {
	const char *name;
	u32	cwnd, ssthresh;
	struct rec_step steps[20];
};

#define OPEN	RILL_REC_OPEN
#define FAST	RILL_REC_FAST
#define LOSS	RILL_REC_LOSS
#define NONE	U32_MAX		/* as ssthresh: no loss so far */

static const struct rec_case rec_cases[] = {
	{ "one loss of ten", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },	/* the SYN */
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 1, false, OPEN, 10000, NONE, 11000 },
		{ REC_SEND, 1000, false, OPEN, 10000, NONE, 11000 },
		{ REC_DUP, 1, false, OPEN, 10000, NONE, 12000 },
		{ REC_SEND, 1000, false, OPEN, 10000, NONE, 12000 },
		{ REC_DUP, 1, true, FAST, 8000, 5000, 8000 },
		{ REC_DUP, 1, false, FAST, 9000, 5000, 9000 },
		{ REC_DUP, 7, false, FAST, 16000, 5000, 16000 },
		{ REC_SEND, 4000, false, FAST, 16000, 5000, 16000 },
		{ REC_ACK, 12000, false, OPEN, 5000, 5000, 5000 },
		{ REC_ACK, 4000, false, OPEN, 5000, 5000, 5000 },
	} },
	{ "three losses of ten: two partial ACKs", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 3, true, FAST, 8000, 5000, 8000 },
		{ REC_DUP, 4, false, FAST, 12000, 5000, 12000 },
		{ REC_ACK, 3000, true, FAST, 10000, 5000, 10000 },
		{ REC_ACK, 6000, true, FAST, 5000, 5000, 5000 },
		{ REC_ACK, 1000, false, OPEN, 2000, 5000, 2000 },
	} },
	{ "partial ACKs of every size", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 20000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 3, true, FAST, 13000, 10000, 13000 },
		{ REC_ACK, 999, true, FAST, 12001, 10000, 12001 },
		{ REC_ACK, 1000, true, FAST, 12001, 10000, 12001 },
		{ REC_ACK, 1001, true, FAST, 12000, 10000, 12000 },
		{ REC_ACK, 13500, true, FAST, 1000, 10000, 1000 },
		{ REC_ACK, 500, true, FAST, 1000, 10000, 1000 },
		{ REC_ACK, 3000, false, OPEN, 2000, 10000, 2000 },
	} },
	{ "octets counted before don't count after", 10000, 5000, {
		{ REC_ACK, 1, false, OPEN, 10000, 5000, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, 5000, 10000 },
		{ REC_ACK, 9000, false, OPEN, 10000, 5000, 10000 },
		{ REC_SEND, 9000, false, OPEN, 10000, 5000, 10000 },
		{ REC_DUP, 3, true, FAST, 8000, 5000, 8000 },
		{ REC_SEND, 5000, false, FAST, 8000, 5000, 8000 },
		{ REC_ACK, 10000, false, OPEN, 5000, 5000, 5000 },
		{ REC_ACK, 4000, false, OPEN, 5000, 5000, 5000 },
		{ REC_SEND, 4000, false, OPEN, 5000, 5000, 5000 },
		{ REC_ACK, 1000, false, OPEN, 6000, 5000, 6000 },
	} },
	{ "exit: what is in flight still bounds the burst", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 3, true, FAST, 8000, 5000, 8000 },
		{ REC_SEND, 2500, false, FAST, 8000, 5000, 8000 },
		{ REC_ACK, 10000, false, OPEN, 3500, 5000, 3500 },
	} },
	{ "two segments at least for ssthresh", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 3000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 3, true, FAST, 5000, 2000, 5000 },
	} },
	{ "limited transmit stays at two", 10000, NONE, {
		{ REC_SEND, 4000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 5, false, OPEN, 10000, NONE, 12000 },
	} },
	{ "a new ACK forgets duplicates", 10000, 10000, {
		{ REC_ACK, 1, false, OPEN, 10000, 10000, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, 10000, 10000 },
		{ REC_DUP, 2, false, OPEN, 10000, 10000, 12000 },
		{ REC_ACK, 1000, false, OPEN, 10000, 10000, 10000 },
		{ REC_DUP, 2, false, OPEN, 10000, 10000, 12000 },
		{ REC_DUP, 1, true, FAST, 7500, 4500, 7500 },
	} },
	{ "window updates aren't duplicates", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 2, false, OPEN, 10000, NONE, 12000 },
		{ REC_NOTE, 0, false, OPEN, 10000, NONE, 12000 },
		{ REC_DUP, 1, true, FAST, 8000, 5000, 8000 },
		{ REC_NOTE, 0, false, FAST, 8000, 5000, 8000 },
	} },
	{ "duplicates of the SYN's number start nothing", 10000, NONE, {
		{ REC_SEND, 4000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 3, false, OPEN, 10000, NONE, 12000 },
		{ REC_DUP, 3, false, OPEN, 10000, NONE, 12000 },
	} },
	{ "timeout: slow start over what was lost", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_RTO, 1, false, LOSS, 1000, 5000, 1000 },
		{ REC_SEND, 2000, false, LOSS, 1000, 5000, 1000 },
		{ REC_RTO, 2, false, LOSS, 1000, 5000, 1000 },
		{ REC_ACK, 1000, true, LOSS, 2000, 5000, 2000 },
		{ REC_ACK, 2000, true, LOSS, 3000, 5000, 3000 },
		{ REC_ACK, 500, true, LOSS, 3500, 5000, 3500 },
		{ REC_DUP, 4, false, LOSS, 3500, 5000, 3500 },
		{ REC_ACK, 8500, false, OPEN, 4500, 5000, 4500 },
	} },
	{ "timeout: avoidance from ssthresh on", 20000, NONE, {
		{ REC_ACK, 1, false, OPEN, 20000, NONE, 20000 },
		{ REC_SEND, 4000, false, OPEN, 20000, NONE, 20000 },
		{ REC_RTO, 1, false, LOSS, 1000, 2000, 1000 },
		{ REC_ACK, 1000, true, LOSS, 2000, 2000, 2000 },
		{ REC_ACK, 2000, true, LOSS, 3000, 2000, 3000 },
	} },
	{ "timeout in fast recovery", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 9, true, FAST, 14000, 5000, 14000 },
		{ REC_SEND, 4000, false, FAST, 14000, 5000, 14000 },
		{ REC_RTO, 1, false, LOSS, 1000, 7000, 1000 },
		{ REC_ACK, 10000, true, LOSS, 2000, 7000, 2000 },
		{ REC_ACK, 4000, false, OPEN, 3000, 7000, 3000 },
	} },
	{ "after a timeout: careful until its number is passed", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_RTO, 1, false, LOSS, 1000, 5000, 1000 },
		{ REC_ACK, 10000, false, OPEN, 2000, 5000, 2000 },
		{ REC_SEND, 4000, false, OPEN, 2000, 5000, 2000 },
		{ REC_DUP, 4, false, OPEN, 2000, 5000, 4000 },
		{ REC_ACK, 1, false, OPEN, 2001, 5000, 2001 },
		{ REC_DUP, 2, false, OPEN, 2001, 5000, 4001 },
		{ REC_DUP, 1, true, FAST, 5000, 2000, 5000 },
	} },
	{ "after fast recovery: careful until its number is passed", 10000, NONE, {
		{ REC_ACK, 1, false, OPEN, 10000, NONE, 10000 },
		{ REC_SEND, 10000, false, OPEN, 10000, NONE, 10000 },
		{ REC_DUP, 3, true, FAST, 8000, 5000, 8000 },
		{ REC_ACK, 10000, false, OPEN, 2000, 5000, 2000 },
		{ REC_SEND, 4000, false, OPEN, 2000, 5000, 2000 },
		{ REC_DUP, 3, false, OPEN, 2000, 5000, 4000 },
		{ REC_ACK, 1000, false, OPEN, 3000, 5000, 3000 },
		{ REC_DUP, 3, true, FAST, 5000, 2000, 5000 },
	} },
	{ "the number of an old loss doesn't come ahead again", 10000, 10000, {
		{ REC_ACK, 1, false, OPEN, 10000, 10000, 10000 },
		{ REC_SEND, 0x40000000, false, OPEN, 10000, 10000, 10000 },
		{ REC_ACK, 0x40000000, false, OPEN, 11000, 10000, 11000 },
		{ REC_SEND, 0x40000000, false, OPEN, 11000, 10000, 11000 },
		{ REC_ACK, 0x40000000, false, OPEN, 12000, 10000, 12000 },
		{ REC_SEND, 10000, false, OPEN, 12000, 10000, 12000 },
		{ REC_DUP, 3, true, FAST, 8000, 5000, 8000 },
	} },
	{ "the widest window grows no further", 0x40000000, 0x40000000, {
		{ REC_ACK, 1, false, OPEN, 0x40000000, 0x40000000, 0x40000000 },
		{ REC_SEND, 0x7fffffff, false, OPEN, 0x40000000, 0x40000000, 0x40000000 },
		{ REC_DUP, 3, true, FAST, 0x40000000, 0x3fffffff, 0x40000000 },
		{ REC_DUP, 1, false, FAST, 0x40000000, 0x3fffffff, 0x40000000 },
	} },
};

static void rec_desc(const struct rec_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rec, rec_cases, rec_desc);

/* A sender: what the receive path keeps for one connection. */
struct rec_sender {
	struct rill_recovery r;
	struct rill_cong c;
	struct rill_snd snd;
};

static void rec_start(struct rec_sender *s, u32 cwnd, u32 ssthresh)
{
	memset(s, 0, sizeof(*s));
	s->snd.una = REC_ISS;
	s->snd.nxt = REC_ISS + 1;
	rill_cong_init(&s->c, &rill_cong_reno, REC_MSS);
	s->c.cwnd = cwnd;
	s->c.ssthresh = ssthresh;
	rill_recovery_init(&s->r, REC_ISS);
}

static enum rill_recovery_do rec_ack(struct rec_sender *s, u32 octets, bool duplicate)
{
	struct rill_acked acked = { .octets = octets, .duplicate = duplicate };
	u32 flight = s->snd.nxt - s->snd.una;

	s->snd.una += octets;
	return rill_recovery_ack(&s->r, &s->c, &s->snd, &acked, flight, 0, 0);
}

/* Returns whether one of the events asked for SND.UNA. */
static bool rec_play(struct rec_sender *s, const struct rec_step *step)
{
	bool head = false;
	u32 i;

	switch (step->event) {
	case REC_SEND:
		s->snd.nxt += step->n;
		break;
	case REC_ACK:
		head = rec_ack(s, step->n, false) == RILL_REC_DO_HEAD;
		break;
	case REC_NOTE:
		head = rec_ack(s, 0, false) == RILL_REC_DO_HEAD;
		break;
	case REC_RTO:
		rill_recovery_timeout(&s->r, &s->c, &s->snd, step->n == 1);
		break;
	default:
		for (i = 0; i < step->n; i++)
			head |= rec_ack(s, 0, true) == RILL_REC_DO_HEAD;
	}
	return head;
}

static void rec_test_script(struct kunit *test)
{
	const struct rec_case *c = test->param_value;
	const struct rec_step *step;
	struct rec_sender s;
	int i;

	rec_start(&s, c->cwnd, c->ssthresh);
	for (i = 0; i < ARRAY_SIZE(c->steps); i++) {
		bool head;

		step = &c->steps[i];
		if (step->event == REC_END)
			break;
		head = rec_play(&s, step);
		KUNIT_ASSERT_EQ_MSG(test, head, step->head, "step %d", i);
		KUNIT_ASSERT_EQ_MSG(test, s.r.phase, step->phase, "step %d", i);
		KUNIT_ASSERT_EQ_MSG(test, s.c.cwnd, step->cwnd, "step %d", i);
		KUNIT_ASSERT_EQ_MSG(test, s.c.ssthresh, step->ssthresh, "step %d", i);
		KUNIT_ASSERT_EQ_MSG(test, rill_recovery_limit(&s.r, &s.c), step->limit,
				    "step %d", i);
	}
}

/* Only the third duplicate on its own asks for SND.UNA, not those before and after. */
static void rec_test_third_duplicate(struct kunit *test)
{
	struct rec_sender s;
	int i;

	rec_start(&s, 10 * REC_MSS, U32_MAX);
	rec_ack(&s, 1, false);
	s.snd.nxt += 10 * REC_MSS;
	for (i = 1; i < 10; i++)
		KUNIT_EXPECT_EQ(test, rec_ack(&s, 0, true) == RILL_REC_DO_HEAD, i == 3);
}

/*
 * A path: segments of REC_MSS travel in order to a receiver which answers each at once. Those that
 * are marked get lost the first time.
 */
#define REC_SEGS	120
#define REC_QUEUE	1024

struct rec_path {
	struct rec_sender s;
	bool	lost[REC_SEGS];
	u8	sent[REC_SEGS];		/* how often */
	bool	there[REC_SEGS];	/* at the receiver */
	u32	next;			/* what the receiver waits for */
	u32	timeouts;
	u32	queue[REC_QUEUE];
	u32	in, out;
};

static void rec_path_send(struct kunit *test, struct rec_path *p, u32 seg)
{
	KUNIT_ASSERT_LT(test, seg, (u32)REC_SEGS);
	KUNIT_ASSERT_LT(test, p->in, (u32)REC_QUEUE);
	if (++p->sent[seg] > 1 || !p->lost[seg])
		p->queue[p->in++] = seg;
}

static void rec_path_send_una(struct kunit *test, struct rec_path *p)
{
	rec_path_send(test, p, (p->s.snd.una - REC_ISS - 1) / REC_MSS);
}

static void rec_path_send_new(struct kunit *test, struct rec_path *p)
{
	struct rec_sender *s = &p->s;
	u32 seg = (s->snd.nxt - REC_ISS - 1) / REC_MSS;

	while (seg < REC_SEGS &&
	       s->snd.nxt - s->snd.una + REC_MSS <= rill_recovery_limit(&s->r, &s->c)) {
		s->snd.nxt += REC_MSS;
		rec_path_send(test, p, seg++);
	}
}

static void rec_path_arrives(struct kunit *test, struct rec_path *p, u32 seg)
{
	u32 before = p->next;

	p->there[seg] = true;
	while (p->next < REC_SEGS && p->there[p->next])
		p->next++;
	if (rec_ack(&p->s, (p->next - before) * REC_MSS, p->next == before) == RILL_REC_DO_HEAD)
		rec_path_send_una(test, p);
}

static void rec_path_run(struct kunit *test, struct rec_path *p, u32 cwnd)
{
	rec_start(&p->s, cwnd, U32_MAX);
	rec_ack(&p->s, 1, false);
	rec_path_send_new(test, p);
	while (p->next < REC_SEGS) {
		if (p->out < p->in) {
			rec_path_arrives(test, p, p->queue[p->out++]);
		} else {
			p->timeouts++;
			rill_recovery_timeout(&p->s.r, &p->s.c, &p->s.snd, true);
			rec_path_send_una(test, p);
		}
		KUNIT_ASSERT_GE(test, p->s.c.cwnd, REC_MSS);
		KUNIT_ASSERT_GE(test, p->s.c.ssthresh, 2 * REC_MSS);
		rec_path_send_new(test, p);
	}
	KUNIT_ASSERT_EQ(test, p->s.snd.una, p->s.snd.nxt);
	KUNIT_ASSERT_EQ(test, p->s.r.phase, RILL_REC_OPEN);
}

/* Losses within one flight of 20, at least three of which arrive behind the first hole. */
static void rec_test_no_timeout(struct kunit *test)
{
	struct rec_path *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	struct rnd_state rnd;
	int run, i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	prandom_seed_state(&rnd, 6582);
	for (run = 0; run < 200; run++) {
		u32 dice = 1 + prandom_u32_state(&rnd) % 4;

		memset(p, 0, sizeof(*p));
		for (i = 0; i < 17; i++)
			p->lost[i] = prandom_u32_state(&rnd) % 4 < dice;
		rec_path_run(test, p, 20 * REC_MSS);
		KUNIT_ASSERT_EQ(test, p->timeouts, 0u);
		for (i = 0; i < REC_SEGS; i++)
			KUNIT_ASSERT_EQ_MSG(test, p->sent[i], 1 + p->lost[i], "segment %d", i);
	}
}

/* Losses anywhere: everything arrives, and nothing that wasn't lost goes twice before a timeout. */
static void rec_test_lossy_path(struct kunit *test)
{
	struct rec_path *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	u32 timeouts = 0, smooth = 0;
	struct rnd_state rnd;
	int run, i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, p);
	prandom_seed_state(&rnd, 3042);
	for (run = 0; run < 200; run++) {
		u32 odds = 5 + prandom_u32_state(&rnd) % 50;

		memset(p, 0, sizeof(*p));
		for (i = 0; i < REC_SEGS; i++)
			p->lost[i] = prandom_u32_state(&rnd) % odds == 0;
		rec_path_run(test, p, 10 * REC_MSS);
		timeouts += p->timeouts;
		if (p->timeouts)
			continue;
		smooth++;
		for (i = 0; i < REC_SEGS; i++)
			KUNIT_ASSERT_EQ_MSG(test, p->sent[i], 1 + p->lost[i], "segment %d", i);
	}
	/* Both kinds of run have been seen. */
	KUNIT_EXPECT_GT(test, timeouts, 0u);
	KUNIT_EXPECT_GT(test, smooth, 0u);
}

/* With a scoreboard: ten segments in flight, the first is lost. */
struct rec_told {
	struct rill_recovery r;
	struct rill_cong c;
	struct rill_snd snd;
};

static bool rec_tell(struct rec_told *t, u32 octets, u32 delivered, u32 lost, u32 pipe, u32 flight)
{
	struct rill_acked acked = { .octets = octets };
	struct rill_told told = { .delivered = delivered, .lost = lost, .pipe = pipe };

	t->snd.una += octets;
	return rill_recovery_told(&t->r, &t->c, &t->snd, &acked, &told, flight, 0, 0);
}

static void rec_told_init(struct rec_told *t)
{
	*t = (struct rec_told){ .snd = { .una = REC_ISS + 1, .nxt = REC_ISS + 10001 } };
	rill_cong_init(&t->c, &rill_cong_reno, REC_MSS);
	rill_recovery_init(&t->r, REC_ISS);
	t->c.cwnd = 10000;
	rec_tell(t, 0, 0, 0, 10000, 10000);
}

static void rec_test_told_loss(struct kunit *test)
{
	struct rec_told t;

	rec_told_init(&t);
	KUNIT_EXPECT_FALSE(test, rec_tell(&t, 0, 2000, 0, 8000, 10000));
	KUNIT_EXPECT_EQ(test, t.r.phase, OPEN);
	KUNIT_EXPECT_TRUE(test, rec_tell(&t, 0, 1000, 1000, 6000, 8000));
	KUNIT_EXPECT_EQ(test, t.r.phase, FAST);
	KUNIT_EXPECT_EQ(test, t.c.ssthresh, 4000u);
	/* RFC 9937 section 6.2: half of what arrives may go; what is repaired goes in any case. */
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 7000u);
	rill_prr_sent(&t.r.prr, 1000);
	KUNIT_EXPECT_FALSE(test, rec_tell(&t, 0, 3000, 0, 4000, 7000));
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 4000u);
	KUNIT_EXPECT_FALSE(test, rec_tell(&t, 10000, 4000, 0, 0, 4000));
	KUNIT_EXPECT_EQ(test, t.r.phase, OPEN);
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 4000u);
}

/* After a timeout: slow start by a segment an ACK, SACKed data counted; losses change nothing. */
static void rec_test_told_timeout(struct kunit *test)
{
	struct rec_told t;

	rec_told_init(&t);
	rill_recovery_timeout(&t.r, &t.c, &t.snd, true);
	KUNIT_EXPECT_EQ(test, t.c.cwnd, REC_MSS);
	KUNIT_EXPECT_FALSE(test, rec_tell(&t, 0, 3000, 1000, 1000, 1000));
	KUNIT_EXPECT_EQ(test, t.r.phase, LOSS);
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 2000u);
	KUNIT_EXPECT_FALSE(test, rec_tell(&t, 10000, 7000, 0, 0, 2000));
	KUNIT_EXPECT_EQ(test, t.r.phase, OPEN);
}

/* What is told early widens the window at once where segments overtake each other, and once. */
static void rec_test_told_reordered(struct kunit *test)
{
	struct rill_acked early = { }, filled = { .octets = 10000 };
	struct rill_told told = { .delivered = 9000, .pipe = 1000, .reordered = true };
	struct rec_told t;

	rec_told_init(&t);
	rill_recovery_told(&t.r, &t.c, &t.snd, &early, &told, 10000, 0, 0);
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 12000u);
	told.delivered = 1000;
	t.snd.una += 10000;
	t.c.cwnd = 10000;
	rill_recovery_told(&t.r, &t.c, &t.snd, &filled, &told, 10000, 0, 0);
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 11000u);

	rec_told_init(&t);
	told = (struct rill_told){ .delivered = 9000, .pipe = 1000 };
	rill_recovery_told(&t.r, &t.c, &t.snd, &early, &told, 10000, 0, 0);
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 10000u);
}

/* What a mark or a probe has reduced is not reduced again for the same window. */
static void rec_test_told_probed(struct kunit *test)
{
	struct rec_told t;

	rec_told_init(&t);
	rill_recovery_probed(&t.r, &t.c, &t.snd, 10000);
	KUNIT_EXPECT_EQ(test, t.c.cwnd, 5000u);
	KUNIT_EXPECT_TRUE(test, rec_tell(&t, 0, 3000, 1000, 6000, 10000));
	KUNIT_EXPECT_EQ(test, t.c.ssthresh, 5000u);
	rill_recovery_probed(&t.r, &t.c, &t.snd, 10000);
	KUNIT_EXPECT_EQ(test, t.r.phase, FAST);
}

/* Who owns the window hears of all this, and nobody else touches it. */
static int rec_owner_seen[RILL_CONG_IDLE + 1];

static void rec_owner_sample(struct rill_cong *c, const struct rill_rate_sample *s)
{
}

static void rec_owner_event(struct rill_cong *c, enum rill_cong_event event, u32 flight)
{
	rec_owner_seen[event]++;
}

static const struct rill_cong_ops rec_owner = {
	.name	= "owner",
	.flags	= RILL_CONG_OWNS,
	.sample	= rec_owner_sample,
	.event	= rec_owner_event,
};

static void rec_owner_check(struct kunit *test, const struct rec_told *t, int losses,
			    int timeouts, int repaired)
{
	KUNIT_EXPECT_EQ(test, rec_owner_seen[RILL_CONG_LOSS], losses);
	KUNIT_EXPECT_EQ(test, rec_owner_seen[RILL_CONG_TIMEOUT], timeouts);
	KUNIT_EXPECT_EQ(test, rec_owner_seen[RILL_CONG_REPAIRED], repaired);
	KUNIT_EXPECT_EQ(test, t->c.cwnd, 10000u);
	KUNIT_EXPECT_EQ(test, t->c.ssthresh, NONE);
}

static void rec_test_owner(struct kunit *test)
{
	struct rill_acked dup = { .duplicate = true }, all = { .octets = 10000 };
	struct rec_told t;
	int i;

	rec_told_init(&t);
	memset(rec_owner_seen, 0, sizeof(rec_owner_seen));
	rill_cong_switch(&t.c, &rec_owner);
	KUNIT_EXPECT_TRUE(test, rec_tell(&t, 0, 3000, 1000, 6000, 10000));
	rec_owner_check(test, &t, 1, 0, 0);
	KUNIT_EXPECT_FALSE(test, rec_tell(&t, 0, 3000, 0, 3000, 6000));
	KUNIT_EXPECT_FALSE(test, rec_tell(&t, 10000, 4000, 0, 0, 3000));
	rec_owner_check(test, &t, 1, 0, 1);
	t.snd.nxt += 10000;
	rill_recovery_timeout(&t.r, &t.c, &t.snd, true);
	rec_owner_check(test, &t, 1, 1, 1);
	rec_tell(&t, 10000, 10000, 0, 0, 1000);
	rec_owner_check(test, &t, 1, 1, 2);
	/* Without a scoreboard. */
	t.snd.nxt += 20000;
	rec_tell(&t, 10000, 10000, 0, 10000, 20000);
	for (i = 0; i < 5; i++)
		rill_recovery_ack(&t.r, &t.c, &t.snd, &dup, 10000, 0, 0);
	KUNIT_EXPECT_EQ(test, t.r.phase, FAST);
	rec_owner_check(test, &t, 2, 1, 2);
	t.snd.una += 10000;
	rill_recovery_ack(&t.r, &t.c, &t.snd, &all, 10000, 0, 0);
	rec_owner_check(test, &t, 2, 1, 3);
	rill_recovery_probed(&t.r, &t.c, &t.snd, 0);
	rec_owner_check(test, &t, 3, 1, 3);
}

static struct kunit_case rec_suite_cases[] = {
	KUNIT_CASE_PARAM(rec_test_script, rec_gen_params),
	KUNIT_CASE(rec_test_third_duplicate),
	KUNIT_CASE(rec_test_no_timeout),
	KUNIT_CASE(rec_test_lossy_path),
	KUNIT_CASE(rec_test_told_loss),
	KUNIT_CASE(rec_test_told_timeout),
	KUNIT_CASE(rec_test_told_reordered),
	KUNIT_CASE(rec_test_told_probed),
	KUNIT_CASE(rec_test_owner),
	{ }
};

static struct kunit_suite rec_suite = {
	.name = "rill_recovery",
	.test_cases = rec_suite_cases,
};

kunit_test_suite(rec_suite);
