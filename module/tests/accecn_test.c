// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of core/accecn.c: the table of negotiation, each flag and each ECN field; counters at their
 * wrap, in flags and options. core/ecn.c is linked in with ecn_test.c, core/opt.c with opt_test.c.
 * accecn_opt_test.c has the options to send, accecn_net_test.c two ends and a network.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../core/accecn.c"

#define ACE_MSS		1000u

/* The flags of a row of table 2, as it writes them. */
static u16 ace_flags(u8 ae, u8 cwr, u8 ece)
{
	return (ae ? RILL_AE : 0) | (cwr ? RILL_CWR : 0) | (ece ? RILL_ECE : 0);
}

static void ace_test_setting(struct kunit *test)
{
	/* As Linux documents tcp_ecn: for connections that come, for those that go. */
	static const u8 want[6][2] = {
		{ RILL_ECN_NONE, RILL_ECN_NONE },
		{ RILL_ECN_CLASSIC, RILL_ECN_CLASSIC },
		{ RILL_ECN_CLASSIC, RILL_ECN_NONE },
		{ RILL_ECN_ACCURATE, RILL_ECN_ACCURATE },
		{ RILL_ECN_ACCURATE, RILL_ECN_CLASSIC },
		{ RILL_ECN_ACCURATE, RILL_ECN_NONE },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		KUNIT_EXPECT_EQ_MSG(test, rill_accecn_incoming(i), want[i][0], "%d", i);
		KUNIT_EXPECT_EQ_MSG(test, rill_accecn_outgoing(i), want[i][1], "%d", i);
	}
}

/* Table 2 seen from a server, and section 3.1.3: every SYN at every server. */
static void ace_test_syn(struct kunit *test)
{
	int ace, field;

	for (ace = 0; ace < 8; ace++) {
		u16 flags = RILL_SYN | ace_flags(ace & 4, ace & 2, ace & 1);

		for (field = 0; field < 4; field++) {
			u8 classic = field ? RILL_ECN_NONE : RILL_ECN_CLASSIC;

			KUNIT_EXPECT_EQ(test, rill_accecn_offered(RILL_ECN_NONE, flags, field),
					RILL_ECN_NONE);
			KUNIT_EXPECT_EQ_MSG(test,
					    rill_accecn_offered(RILL_ECN_CLASSIC, flags, field),
					    (ace & 3) == 3 ? classic : RILL_ECN_NONE,
					    "%d field %d", ace, field);
			KUNIT_EXPECT_EQ_MSG(test,
					    rill_accecn_offered(RILL_ECN_ACCURATE, flags, field),
					    !ace ? RILL_ECN_NONE :
					    ace == 3 ? classic : RILL_ECN_ACCURATE,
					    "%d field %d", ace, field);
		}
	}
	/* Tables 2 and 3: what an end in AccECN mode says of the other's SYN or SYN-ACK. */
	KUNIT_EXPECT_EQ(test, rill_accecn_reflect(RILL_NOT_ECT), ace_flags(0, 1, 0));
	KUNIT_EXPECT_EQ(test, rill_accecn_reflect(RILL_ECT_1), ace_flags(0, 1, 1));
	KUNIT_EXPECT_EQ(test, rill_accecn_reflect(RILL_ECT_0), ace_flags(1, 0, 0));
	KUNIT_EXPECT_EQ(test, rill_accecn_reflect(RILL_CE), ace_flags(1, 1, 0));
}

/* Table 2 seen from a client that asks for AccECN; one that doesn't is never in that mode. */
static void ace_test_synack(struct kunit *test)
{
	static const struct {
		u8 ace;
		u8 mode;
		bool send;
		bool marked;
	} rows[] = {
		{ 0, RILL_ECN_NONE },
		{ 1, RILL_ECN_CLASSIC, true },
		{ 2, RILL_ECN_ACCURATE, true },
		{ 3, RILL_ECN_ACCURATE },
		{ 4, RILL_ECN_ACCURATE },
		{ 5, RILL_ECN_ACCURATE, true },
		{ 6, RILL_ECN_ACCURATE, false, true },
		{ 7, RILL_ECN_NONE },
	};
	static const struct rill_opts none;
	int i, field;

	for (i = 0; i < 4 * ARRAY_SIZE(rows); i++) {
		u8 ace = rows[i / 4].ace;
		struct rill_seg seg = {
			.flags = RILL_SYN | RILL_ACK | ace_flags(ace & 4, ace & 2, ace & 1),
		};
		struct rill_ecn e = { .ask = RILL_ECN_ACCURATE };
		struct rill_accecn a = { };

		field = i % 4;
		rill_accecn_answered(&a, &e, &seg, &none, field);
		KUNIT_EXPECT_EQ_MSG(test, a.on, rows[i / 4].mode == RILL_ECN_ACCURATE, "%u", ace);
		KUNIT_EXPECT_EQ_MSG(test, e.receive, rows[i / 4].mode == RILL_ECN_CLASSIC, "%u",
				    ace);
		KUNIT_EXPECT_EQ_MSG(test, e.send, rows[i / 4].send, "%u", ace);
		KUNIT_EXPECT_EQ_MSG(test, a.marked, rows[i / 4].marked, "%u", ace);
		if (!a.on)
			continue;
		KUNIT_EXPECT_EQ(test, a.s.cep, 5u);
		KUNIT_EXPECT_EQ(test, a.r.cep, field == RILL_CE ? 6u : 5u);
		/* Another one that is marked doesn't count. */
		KUNIT_EXPECT_TRUE(test, rill_accecn_again(&a, &seg, RILL_CE));
		KUNIT_EXPECT_TRUE(test, rill_accecn_again(&a, &seg, RILL_CE));
		KUNIT_EXPECT_EQ(test, a.r.cep, 6u);
	}
	for (i = 0; i < 8; i++) {
		struct rill_seg seg = {
			.flags = RILL_SYN | RILL_ACK | ace_flags(i & 4, i & 2, i & 1),
		};
		struct rill_ecn e = { .ask = RILL_ECN_CLASSIC };
		struct rill_accecn a = { };

		rill_accecn_answered(&a, &e, &seg, &none, RILL_NOT_ECT);
		KUNIT_EXPECT_FALSE(test, a.on);
		KUNIT_EXPECT_EQ(test, e.receive, (i & 3) == 1);
	}
}

/* An end whose SYN was taken: a server, in AccECN mode. */
static void ace_serve(struct rill_accecn *a, struct rill_ecn *e)
{
	*a = (struct rill_accecn){ };
	*e = (struct rill_ecn){ };
	rill_accecn_agree(a, e, RILL_ECN_ACCURATE, RILL_NOT_ECT);
}

/* Table 4: what the ACK of a SYN-ACK means. */
static void ace_test_third(struct kunit *test)
{
	static const struct rill_opts none, sack = { .present = RILL_OPT_SACK, .n_sack = 1 };
	struct rill_accecn a;
	struct rill_ecn e;
	int ace;

	for (ace = 0; ace < 8; ace++) {
		struct rill_seg seg = {
			.flags = RILL_ACK | ace_flags(ace & 4, ace & 2, ace & 1),
		};

		ace_serve(&a, &e);
		KUNIT_EXPECT_TRUE(test, e.send);
		KUNIT_EXPECT_FALSE(test, e.receive);
		rill_accecn_opened(&a, &e, &seg, &none);
		KUNIT_EXPECT_TRUE(test, a.shook);
		KUNIT_EXPECT_EQ_MSG(test, a.s.cep, ace == 6 ? 6u : 5u, "%d", ace);
		KUNIT_EXPECT_EQ_MSG(test, a.marked, ace == 6, "%d", ace);
		KUNIT_EXPECT_EQ_MSG(test, a.deaf, ace == 0, "%d", ace);
		KUNIT_EXPECT_EQ_MSG(test, e.send, ace == 1 || ace == 2 || ace == 5 || ace == 7,
				    "%d", ace);
		/* With data or SACK it is a counter. */
		ace_serve(&a, &e);
		rill_accecn_opened(&a, &e, &seg, &sack);
		KUNIT_EXPECT_FALSE(test, a.shook);
		ace_serve(&a, &e);
		seg.len = 1;
		rill_accecn_opened(&a, &e, &seg, &none);
		KUNIT_EXPECT_FALSE(test, a.shook);
		KUNIT_EXPECT_TRUE(test, e.send);
	}
}

/* Both have sent a SYN: the peer's SYN-ACK tells of ours, or does not know of AccECN. */
static void ace_test_crossed(struct kunit *test)
{
	static const struct rill_opts none;
	struct rill_accecn a;
	struct rill_ecn e;
	int ace;

	for (ace = 0; ace < 8; ace++) {
		struct rill_seg seg = {
			.flags = RILL_SYN | RILL_ACK | ace_flags(ace & 4, ace & 2, ace & 1),
		};

		ace_serve(&a, &e);
		rill_accecn_opened(&a, &e, &seg, &none);
		KUNIT_EXPECT_TRUE(test, a.on);
		KUNIT_EXPECT_FALSE(test, a.shook || a.deaf);
		KUNIT_EXPECT_EQ_MSG(test, a.s.cep, 5u, "%d", ace);
		KUNIT_EXPECT_EQ_MSG(test, a.marked, ace == 6, "%d", ace);
		KUNIT_EXPECT_EQ_MSG(test, e.send, ace == 2 || ace == 5, "%d", ace);
	}
}

/* Section 3.1.5: an end whose AccECN may not be known of counts marks and sends no ECT. */
static void ace_test_plain(struct kunit *test)
{
	struct rill_ecn e = { .plain = true };
	struct rill_accecn a = { };

	rill_accecn_agree(&a, &e, RILL_ECN_ACCURATE, RILL_NOT_ECT);
	KUNIT_EXPECT_TRUE(test, a.on);
	KUNIT_EXPECT_FALSE(test, e.send);
	/* RFC 3168's and none leave the struct alone. */
	e = (struct rill_ecn){ };
	a = (struct rill_accecn){ };
	rill_accecn_agree(&a, &e, RILL_ECN_CLASSIC, RILL_NOT_ECT);
	KUNIT_EXPECT_FALSE(test, a.on);
	KUNIT_EXPECT_TRUE(test, e.send && e.receive);
	rill_accecn_agree(&a, &e, RILL_ECN_NONE, RILL_NOT_ECT);
	KUNIT_EXPECT_FALSE(test, a.on || e.send || e.receive);
}

/* Section 5.1: the ACK that brings a cookie tells of the mode. */
static void ace_test_cookie(struct kunit *test)
{
	int ace;

	for (ace = 0; ace < 8; ace++) {
		u16 flags = RILL_ACK | ace_flags(ace & 4, ace & 2, ace & 1);

		KUNIT_EXPECT_EQ(test, rill_accecn_recalled(RILL_ECN_ACCURATE, false, flags),
				ace > 1 ? RILL_ECN_ACCURATE : RILL_ECN_NONE);
		KUNIT_EXPECT_EQ(test, rill_accecn_recalled(RILL_ECN_ACCURATE, true, flags),
				RILL_ECN_CLASSIC);
		KUNIT_EXPECT_EQ(test, rill_accecn_recalled(RILL_ECN_CLASSIC, false, flags),
				RILL_ECN_NONE);
		KUNIT_EXPECT_EQ(test, rill_accecn_recalled(RILL_ECN_CLASSIC, true, flags),
				RILL_ECN_CLASSIC);
		KUNIT_EXPECT_EQ(test, rill_accecn_recalled(RILL_ECN_NONE, true, flags),
				RILL_ECN_NONE);
	}
}

/* Section 3.2.2.5.1 */
static void ace_test_triggers(struct kunit *test)
{
	struct rill_seg seg = { .flags = RILL_ACK };
	static const struct rill_opts none;
	struct rill_accecn a;
	struct rill_ecn e;

	ace_serve(&a, &e);
	KUNIT_EXPECT_FALSE(test, rill_accecn_received(&a, RILL_ECT_0, 100, 1, true));
	KUNIT_EXPECT_FALSE(test, rill_accecn_received(&a, RILL_ECT_1, 10, 1, true));
	/* The first mark behind something else, the second of a row, and so on. */
	KUNIT_EXPECT_TRUE(test, rill_accecn_received(&a, RILL_CE, 1000, 1, true));
	rill_accecn_sent(&a, &seg, &none, false);
	KUNIT_EXPECT_EQ(test, seg.flags, RILL_ACK | ace_flags(1, 1, 0));
	KUNIT_EXPECT_FALSE(test, rill_accecn_received(&a, RILL_CE, 1000, 1, true));
	KUNIT_EXPECT_TRUE(test, rill_accecn_received(&a, RILL_CE, 1000, 1, true));
	rill_accecn_sent(&a, &seg, &none, false);
	KUNIT_EXPECT_EQ(test, seg.flags, RILL_ACK);
	/* Marked ACKs: every third, and the first is no change. */
	KUNIT_EXPECT_FALSE(test, rill_accecn_received(&a, RILL_NOT_ECT, 0, 1, false));
	KUNIT_EXPECT_FALSE(test, rill_accecn_received(&a, RILL_CE, 0, 1, false));
	KUNIT_EXPECT_FALSE(test, rill_accecn_received(&a, RILL_CE, 0, 1, false));
	KUNIT_EXPECT_TRUE(test, rill_accecn_received(&a, RILL_CE, 0, 1, false));
	KUNIT_EXPECT_EQ(test, a.r.cep, 11u);
	KUNIT_EXPECT_EQ(test, a.r.ceb, 3000u);
	KUNIT_EXPECT_EQ(test, a.r.e0b, 101u);
	KUNIT_EXPECT_EQ(test, a.r.e1b, 11u);
	/* SYNs and RSTs have flags of their own. */
	seg.flags = RILL_RST | RILL_ACK;
	rill_accecn_sent(&a, &seg, &none, false);
	KUNIT_EXPECT_EQ(test, seg.flags, RILL_RST | RILL_ACK);
}

/* An ACK to @a: its counter, and octets that it is for. */
static struct rill_accecn_ack ace_ack(struct rill_accecn *a, struct rill_ecn *e,
				      struct rill_seg *seg, const struct rill_opts *opts,
				      u32 cep, u32 octets)
{
	struct rill_accecn_ack ack = {
		.seg = seg, .opts = opts, .octets = octets, .mss = ACE_MSS, .clean = true,
	};

	seg->flags = RILL_ACK | rill_accecn_count(cep);
	seg->ack += octets;
	ack.una = seg->ack;
	rill_accecn_acked(a, e, &ack);
	return ack;
}

/* The counter stood at @before, and ACE says @least more, of so many packets. */
static void ace_safest(struct kunit *test, u32 before, u32 least, u32 packets)
{
	static const struct rill_opts none;
	struct rill_accecn_ack ack;
	struct rill_seg seg = { };
	struct rill_accecn a;
	struct rill_ecn e;
	u32 want = least;

	/* As many more rounds as fit. */
	while (want + 8 <= packets)
		want += 8;
	ace_serve(&a, &e);
	a.heard = true;
	a.s.cep = before;
	ack = ace_ack(&a, &e, &seg, &none, before + least, packets * ACE_MSS);
	/* Without a new octet it may be an old one. */
	if (!packets)
		want = 0;
	KUNIT_ASSERT_EQ(test, ack.packets, want);
	KUNIT_ASSERT_EQ(test, a.s.cep, before + want);
	KUNIT_ASSERT_EQ(test, ack.marked, min(want, packets) * ACE_MSS);
}

/* A.2.1: the least increment, unless so many packets could have been marked once around more. */
static void ace_test_safest(struct kunit *test)
{
	u32 before, least, packets;

	for (before = 5; before < 13; before++)
		for (least = 0; least < 8; least++)
			for (packets = 0; packets < 40; packets++)
				ace_safest(test, before, least, packets);
}

/* A.2.2: an option tells whether it has been around once more. */
static void ace_test_likely(struct kunit *test)
{
	struct rill_opts opts = { .present = RILL_OPT_ACCECN0, .n_accecn = 2 };
	struct rill_seg seg = { };
	struct rill_accecn_ack ack;
	struct rill_accecn a;
	struct rill_ecn e;

	ace_serve(&a, &e);
	opts.accecn[0] = 1 + 20000;
	ack = ace_ack(&a, &e, &seg, &opts, 5, 20000);
	KUNIT_EXPECT_EQ(test, ack.packets, 0u);
	KUNIT_EXPECT_EQ(test, ack.marked, 0u);
	opts.accecn[1] = 1000;
	ack = ace_ack(&a, &e, &seg, &opts, 6, 20000);
	KUNIT_EXPECT_EQ(test, ack.packets, 1u);
	KUNIT_EXPECT_EQ(test, ack.marked, 1000u);
	opts.accecn[1] += 9000;
	ack = ace_ack(&a, &e, &seg, &opts, 7, 9000);
	KUNIT_EXPECT_EQ(test, ack.packets, 9u);
	KUNIT_EXPECT_EQ(test, ack.marked, 9000u);
	KUNIT_EXPECT_TRUE(test, e.send);
	/* Without an option they may all have been marked, unless nothing is sent as ECT. */
	opts = (struct rill_opts){ };
	ack = ace_ack(&a, &e, &seg, &opts, a.s.cep, 20000);
	KUNIT_EXPECT_EQ(test, ack.packets, 16u);
	e.send = false;
	ack = ace_ack(&a, &e, &seg, &opts, a.s.cep, 20000);
	KUNIT_EXPECT_EQ(test, ack.packets, 0u);
	ack = ace_ack(&a, &e, &seg, &opts, a.s.cep + 1, 20000);
	KUNIT_EXPECT_EQ(test, ack.packets, 1u);
}

/* A.1: what another ACK, sent later, has overtaken. */
static void ace_test_superseded(struct kunit *test)
{
	static const struct {
		const char *what;
		s32 ack, seq, tsval;	/* beside those of the ACK before */
		bool stamped, news;
	} rows[] = {
		{ "the same again", 0, 0, 0, false, false },
		{ "the same time", 0, 0, 0, true, false },
		{ "a later time", 0, 0, 1, true, true },
		{ "an earlier time", 0, 0, -1, true, false },
		{ "behind more of the peer's data", 0, 1, 0, false, true },
		{ "before it", 0, -1, 0, false, false },
		{ "for less of ours, whatever it says", -1, 1, 1, true, false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rill_opts opts = { .present = RILL_OPT_TS, .tsval = U32_MAX };
		struct rill_seg seg = { .seq = U32_MAX, .ack = 100 };
		struct rill_accecn_ack ack;
		struct rill_accecn a;
		struct rill_ecn e;

		ace_serve(&a, &e);
		ack = ace_ack(&a, &e, &seg, &opts, 5, 1000);
		KUNIT_EXPECT_EQ(test, ack.packets, 0u);
		seg.seq += rows[i].seq;
		seg.ack += rows[i].ack;
		seg.flags = RILL_ACK | rill_accecn_count(7);
		opts.tsval += rows[i].tsval;
		opts.present = rows[i].stamped ? RILL_OPT_TS : 0;
		ack.octets = 0;
		rill_accecn_acked(&a, &e, &ack);
		KUNIT_EXPECT_EQ_MSG(test, ack.packets, rows[i].news ? 2u : 0u, "%s", rows[i].what);
	}
}

/* Section 3.2.2.4: no counter begins at zero; who says so is not believed from then on. */
static void ace_test_zeroed(struct kunit *test)
{
	static const struct rill_opts none;
	struct rill_accecn_ack ack;
	struct rill_seg seg = { };
	struct rill_accecn a;
	struct rill_ecn e;

	ace_serve(&a, &e);
	ack = ace_ack(&a, &e, &seg, &none, 0, 1000);
	KUNIT_EXPECT_FALSE(test, e.send);
	KUNIT_EXPECT_EQ(test, ack.packets, 0u);
	ack = ace_ack(&a, &e, &seg, &none, 2, 2000);
	KUNIT_EXPECT_EQ(test, ack.packets, 0u);
	/* Later zero is a number as others. */
	ace_serve(&a, &e);
	ack = ace_ack(&a, &e, &seg, &none, 5, 1000);
	KUNIT_EXPECT_EQ(test, ack.packets, 0u);
	ack = ace_ack(&a, &e, &seg, &none, 8, 1000);
	KUNIT_EXPECT_EQ(test, ack.packets, 3u);
	KUNIT_EXPECT_TRUE(test, e.send);
}

/* Options that show what can't be (sections 3.2.3.2.4, 3.2.3.2.5, 3.2.2.3). */
static void ace_test_mangled(struct kunit *test)
{
	struct rill_opts opts = { .present = RILL_OPT_ACCECN0, .n_accecn = 3 };
	static const struct rill_opts none;
	struct rill_accecn_ack ack;
	struct rill_seg seg = { };
	struct rill_accecn a;
	struct rill_ecn e;

	/* Zeroed: none of them is read. */
	ace_serve(&a, &e);
	ace_ack(&a, &e, &seg, &opts, 5, 1000);
	opts.accecn[1] = 1000;
	ack = ace_ack(&a, &e, &seg, &opts, 6, 5000);
	KUNIT_EXPECT_TRUE(test, a.mute);
	KUNIT_EXPECT_EQ(test, a.s.ceb, 0u);
	KUNIT_EXPECT_EQ(test, ack.packets, 1u);
	/* Octets with CE, and no packet. */
	ace_serve(&a, &e);
	opts.accecn[0] = 1;
	opts.accecn[2] = 1;
	ace_ack(&a, &e, &seg, &opts, 5, 1000);
	KUNIT_EXPECT_FALSE(test, e.send);
	/* The packet was told of before: then it can be. */
	ace_serve(&a, &e);
	ace_ack(&a, &e, &seg, &none, 6, 1000);
	ace_ack(&a, &e, &seg, &opts, 6, 1000);
	KUNIT_EXPECT_TRUE(test, e.send);
	/* All the first data was ECT, and came as something else. */
	ace_serve(&a, &e);
	seg = (struct rill_seg){ .flags = RILL_ACK, .seq = 0, .len = 1000 };
	rill_accecn_sent(&a, &seg, &none, true);
	seg = (struct rill_seg){ };
	opts.accecn[1] = 0;
	ace_ack(&a, &e, &seg, &opts, 5, 999);
	KUNIT_EXPECT_TRUE(test, e.send);
	ace_ack(&a, &e, &seg, &opts, 5, 1);
	KUNIT_EXPECT_FALSE(test, e.send);
}

/* The fields are 24 bits of more, in either order and any number. */
static void ace_test_fields(struct kunit *test)
{
	struct rill_seg seg = { };
	struct rnd_state rnd;
	u32 ceb = 0, e0b = 1, e1b = 1, i;
	struct rill_accecn a;
	struct rill_ecn e;

	prandom_seed_state(&rnd, 9768);
	ace_serve(&a, &e);
	a.heard = true;
	for (i = 0; i < 20000; i++) {
		bool order = prandom_u32_state(&rnd) & 1;
		struct rill_opts opts = {
			.present = order ? RILL_OPT_ACCECN1 : RILL_OPT_ACCECN0,
			.n_accecn = prandom_u32_state(&rnd) % 4,
		};
		struct rill_accecn_ack ack;
		u32 more = opts.n_accecn > 1 ? prandom_u32_state(&rnd) % 0x1000000 : 0;

		ceb += more;
		if (opts.n_accecn > (order ? 2 : 0))
			e0b += prandom_u32_state(&rnd) % 0x1000000;
		if (opts.n_accecn > (order ? 0 : 2))
			e1b += prandom_u32_state(&rnd) % 0x1000000;
		opts.accecn[0] = (order ? e1b : e0b) & 0xffffff;
		opts.accecn[1] = ceb & 0xffffff;
		opts.accecn[2] = (order ? e0b : e1b) & 0xffffff;
		/* Not what the first zeroes mean. */
		a.optioned = true;
		ack = ace_ack(&a, &e, &seg, &opts, a.s.cep, 1);
		KUNIT_ASSERT_EQ(test, ack.marked, more);
		KUNIT_ASSERT_EQ(test, a.s.ceb, ceb);
		KUNIT_ASSERT_EQ(test, a.s.e0b, e0b);
		KUNIT_ASSERT_EQ(test, a.s.e1b, e1b);
	}
}

static struct kunit_case accecn_test_cases[] = {
	KUNIT_CASE(ace_test_setting),
	KUNIT_CASE(ace_test_syn),
	KUNIT_CASE(ace_test_synack),
	KUNIT_CASE(ace_test_third),
	KUNIT_CASE(ace_test_crossed),
	KUNIT_CASE(ace_test_plain),
	KUNIT_CASE(ace_test_cookie),
	KUNIT_CASE(ace_test_triggers),
	KUNIT_CASE(ace_test_safest),
	KUNIT_CASE(ace_test_likely),
	KUNIT_CASE(ace_test_superseded),
	KUNIT_CASE(ace_test_zeroed),
	KUNIT_CASE(ace_test_mangled),
	KUNIT_CASE(ace_test_fields),
	{ }
};

static struct kunit_suite accecn_test_suite = {
	.name = "rill_accecn",
	.test_cases = accecn_test_cases,
};

kunit_test_suite(accecn_test_suite);
