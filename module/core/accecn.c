// SPDX-License-Identifier: GPL-2.0
/*
 * More accurate ECN feedback: which mode a handshake agrees on, what a segment says of the marks
 * that have come, and what the peer's say of ours. The handshake, the transmit path and the receive
 * path ask here; what a sender does about marks is core/ecn.c's, as without AccECN.
 * RFC 9768, whose sections the comments name.
 */
#include "accecn.h"

#include <linux/kernel.h>
#include <linux/minmax.h>

#include "seq.h"

/* The three flags as one number: in a handshake which mode, afterwards the counter ACE. */
#define RILL_ACE_FLAGS		(RILL_AE | RILL_CWR | RILL_ECE)
#define RILL_ACE_SHIFT		6
#define RILL_ACE_MASK		7

#define RILL_ACE_NONE		0	/* of a SYN or SYN-ACK: no ECN */
#define RILL_ACE_CLASSIC_SYNACK	1
#define RILL_ACE_CLASSIC_SYN	3
#define RILL_ACE_RESERVED	5	/* of a SYN-ACK: AccECN, and nothing about the SYN */
#define RILL_ACE_BROKEN		7	/* of a SYN-ACK: it mirrors our SYN */

/* Increments of the counter that call for an ACK (section 3.2.2.5.1), with data to acknowledge. */
#define RILL_ACE_OWED		2
#define RILL_ACE_ALONE		3

/* Bits of struct rill_accecn's greet. */
#define RILL_GREET_ACK		0x1
#define RILL_GREET_DATA		0x2
#define RILL_GREET_SYNACK	0x4

static u8 rill_ace(u16 flags)
{
	return flags >> RILL_ACE_SHIFT & RILL_ACE_MASK;
}

/**
 * rill_accecn_incoming() - what the setting "ecn" lets a listener agree to
 * @setting: net.rill.ecn
 */
enum rill_ecn_mode rill_accecn_incoming(int setting)
{
	if (setting >= 3)
		return RILL_ECN_ACCURATE;
	return setting ? RILL_ECN_CLASSIC : RILL_ECN_NONE;
}

/**
 * rill_accecn_outgoing() - what the setting "ecn" has a SYN of ours ask for
 * @setting: net.rill.ecn
 */
enum rill_ecn_mode rill_accecn_outgoing(int setting)
{
	switch (setting) {
	case 1:
	case 4:
		return RILL_ECN_CLASSIC;
	case 3:
		return RILL_ECN_ACCURATE;
	default:
		return RILL_ECN_NONE;
	}
}

/**
 * rill_accecn_offered() - the mode that a SYN leads to (section 3.1.2, table 2)
 * @allowed: the best this end agrees to
 * @flags: the SYN's
 * @field: the ECN field it came with
 *
 * Who knows AccECN takes any combination that has no meaning yet for a request (section 3.1.3);
 * who does not, sees RFC 3168's two flags in it.
 */
enum rill_ecn_mode rill_accecn_offered(enum rill_ecn_mode allowed, u16 flags, u8 field)
{
	u8 ace = rill_ace(flags);

	if (allowed == RILL_ECN_ACCURATE && ace != RILL_ACE_NONE && ace != RILL_ACE_CLASSIC_SYN)
		return RILL_ECN_ACCURATE;
	return allowed && rill_ecn_asked(flags, field) ? RILL_ECN_CLASSIC : RILL_ECN_NONE;
}

/**
 * rill_accecn_recalled() - the mode that was agreed on with a SYN of which nothing was kept
 * @allowed: the best this end agrees to
 * @classic: the cookie says it was RFC 3168's
 * @flags: of the ACK that brings the cookie
 *
 * An end in AccECN mode sends none of the two lowest numbers before it has seen several marks; one
 * without sends nothing else (section 5.1).
 */
enum rill_ecn_mode rill_accecn_recalled(enum rill_ecn_mode allowed, bool classic, u16 flags)
{
	if (classic)
		return min(allowed, RILL_ECN_CLASSIC);
	if (allowed == RILL_ECN_ACCURATE && rill_ace(flags) > RILL_ACE_CLASSIC_SYNACK)
		return RILL_ECN_ACCURATE;
	return RILL_ECN_NONE;
}

/**
 * rill_accecn_reflect() - how an end in AccECN mode tells of the peer's SYN or SYN-ACK
 * @field: the ECN field that came with
 *
 * Return: flags (tables 2 and 3).
 */
u16 rill_accecn_reflect(u8 field)
{
	static const u8 ace[] = {
		[RILL_NOT_ECT] = 2, [RILL_ECT_1] = 3, [RILL_ECT_0] = 4, [RILL_CE] = 6,
	};

	return ace[field & RILL_ECN_MASK] << RILL_ACE_SHIFT;
}

/**
 * rill_accecn_count() - how it tells of marks from then on
 * @cep: the counter of marked packets
 *
 * Return: flags.
 */
u16 rill_accecn_count(u32 cep)
{
	return (cep & RILL_ACE_MASK) << RILL_ACE_SHIFT;
}

/*
 * What it means to hear how our SYN or SYN-ACK came. Neither is sent as ECT: if another field has
 * arrived, somebody writes it, and could as well hide marks (section 3.2.2.3).
 */
static void rill_accecn_reflected(struct rill_accecn *a, struct rill_ecn *e, u8 ace)
{
	a->marked = ace == rill_accecn_reflect(RILL_CE) >> RILL_ACE_SHIFT;
	if (a->marked || ace == rill_accecn_reflect(RILL_ECT_0) >> RILL_ACE_SHIFT ||
	    ace == rill_accecn_reflect(RILL_ECT_1) >> RILL_ACE_SHIFT)
		e->send = false;
}

/* Section 3.2.1 */
static void rill_accecn_begin(struct rill_accecn *a)
{
	static const struct rill_accecn_counters initial = {
		.cep = RILL_ACCECN_CEP, .e0b = 1, .e1b = 1,
	};

	*a = (struct rill_accecn){
		.on = true, .r = initial, .s = initial, .fed = initial, .cep = initial.cep,
	};
}

/* The first option counts only if nobody has zeroed it (section 3.2.3.2.4). */
static void rill_accecn_first_option(struct rill_accecn *a, const struct rill_opts *opts)
{
	if (a->optioned || !(opts->present & (RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1)))
		return;
	a->optioned = true;
	/* Octets of ECT(0) and ECT(1) stand at the ends, whichever comes first. */
	a->mute = (opts->n_accecn > 0 && !opts->accecn[0]) ||
		  (opts->n_accecn > 2 && !opts->accecn[2]);
}

/**
 * rill_accecn_agree() - the peer's SYN has come, and this is the mode
 * @a: the connection's AccECN
 * @e: its ECN
 * @mode: what rill_accecn_offered() said
 * @field: the ECN field the SYN came with
 *
 * With @e->plain the peer may take our SYN-ACK for one without ECN: its marks are counted, but
 * nothing may be ECT (section 3.1.5).
 */
void rill_accecn_agree(struct rill_accecn *a, struct rill_ecn *e, enum rill_ecn_mode mode,
		       u8 field)
{
	rill_ecn_agree(e, mode == RILL_ECN_CLASSIC);
	if (mode != RILL_ECN_ACCURATE)
		return;
	rill_accecn_begin(a);
	e->send = !e->plain;
	a->syn = field;
	a->last = field;
	a->shaking = true;
	a->greet = RILL_GREET_SYNACK;
}

/**
 * rill_accecn_answered() - the peer's SYN-ACK has come
 * @a: the connection's AccECN
 * @e: its ECN
 * @seg: the SYN-ACK
 * @opts: its options
 * @field: the ECN field it came with
 *
 * Table 2 again. Who answers with a mode knows that we know it, so ECT is allowed even if a SYN has
 * gone out without (section 3.1.4.1).
 */
void rill_accecn_answered(struct rill_accecn *a, struct rill_ecn *e, const struct rill_seg *seg,
			  const struct rill_opts *opts, u8 field)
{
	u8 ace = rill_ace(seg->flags);

	rill_ecn_answered(e, seg->flags);
	if (e->ask != RILL_ECN_ACCURATE)
		return;
	/* With this ask the flag that RFC 3168 doesn't know has a meaning. */
	if (ace == RILL_ACE_NONE || ace == RILL_ACE_CLASSIC_SYNACK || ace == RILL_ACE_BROKEN)
		return;
	rill_accecn_begin(a);
	e->receive = false;
	e->send = true;
	a->greet = RILL_GREET_ACK | RILL_GREET_DATA;
	rill_accecn_reflected(a, e, ace);
	rill_accecn_first_option(a, opts);
	rill_accecn_again(a, seg, field);
}

/**
 * rill_accecn_again() - a SYN-ACK has come, perhaps not the first
 * @a: the connection's AccECN
 * @seg: the SYN-ACK
 * @field: the ECN field it came with
 *
 * One mark is counted, however many of them have it (section 3.2.2.2).
 *
 * Return: whether its ACK is to tell of it.
 */
bool rill_accecn_again(struct rill_accecn *a, const struct rill_seg *seg, u8 field)
{
	u8 ace = rill_ace(seg->flags);

	if (!a->on || a->shaking || ace == RILL_ACE_NONE || ace == RILL_ACE_CLASSIC_SYNACK ||
	    ace == RILL_ACE_BROKEN)
		return false;
	if (field == RILL_CE && a->r.cep == RILL_ACCECN_CEP)
		a->r.cep++;
	a->syn = field;
	a->last = field;
	a->shake = true;
	return true;
}

/*
 * A simultaneous open: it tells how our SYN came (table 2). Without a mode of AccECN the peer may
 * not be in it, and nothing may be ECT (section 3.1.5).
 */
static void rill_accecn_crossed(struct rill_accecn *a, struct rill_ecn *e, u8 ace)
{
	if (ace == RILL_ACE_NONE || ace == RILL_ACE_CLASSIC_SYNACK || ace == RILL_ACE_BROKEN)
		e->send = false;
	else
		rill_accecn_reflected(a, e, ace);
}

/**
 * rill_accecn_opened() - the first ACK of our SYN-ACK, or where both have sent a SYN, of that
 * @a: the connection's AccECN
 * @e: its ECN
 * @seg: the segment
 * @opts: its options
 *
 * An ACK alone tells how the SYN-ACK came (section 3.2.2.1, table 4); on anything else it has been
 * lost, and the counter says the same. Who says nothing at all is not in AccECN mode, or hidden
 * behind somebody who zeroes flags.
 */
void rill_accecn_opened(struct rill_accecn *a, struct rill_ecn *e, const struct rill_seg *seg,
			const struct rill_opts *opts)
{
	u8 ace = rill_ace(seg->flags);

	if (!a->on || !a->shaking)
		return;
	a->shaking = false;
	if (seg->flags & RILL_SYN) {
		rill_accecn_crossed(a, e, ace);
		return;
	}
	if ((seg->flags & RILL_FIN) || seg->len || (opts->present & RILL_OPT_SACK))
		return;
	a->shook = true;
	if (!ace) {
		e->send = false;
		a->deaf = true;
		return;
	}
	rill_accecn_reflected(a, e, ace);
	if (a->marked)
		a->s.cep++;
}

/**
 * rill_accecn_received() - a segment has come that is acceptable, not a SYN
 * @a: the connection's AccECN, in that mode
 * @field: the ECN field it came with
 * @len: octets of data in it
 * @packets: packets that it was on its way
 * @owed: with it there is data to acknowledge
 *
 * Return: true if it calls for an ACK at once: data with CE behind something without, or several
 * marks that no segment of ours has told of (section 3.2.2.5.1).
 */
bool rill_accecn_received(struct rill_accecn *a, u8 field, u32 len, u32 packets, bool owed)
{
	bool change = field == RILL_CE && len && a->last != RILL_CE;

	a->last = field;
	switch (field) {
	case RILL_CE:
		a->r.cep += packets;
		a->r.ceb += len;
		a->unfed = min_t(u32, a->unfed + packets, U8_MAX);
		break;
	case RILL_ECT_0:
		a->r.e0b += len;
		break;
	case RILL_ECT_1:
		a->r.e1b += len;
		break;
	}
	return change || a->unfed >= (owed ? RILL_ACE_OWED : RILL_ACE_ALONE);
}

/* A field's increment: the smallest that explains it (section 3.2.3.1, A.1). */
static u32 rill_accecn_field(u32 *s, u32 field)
{
	u32 more = (field - *s) & RILL_ACCECN_MASK;

	*s += more;
	return more;
}

/*
 * The option's counters. What is not in it has not moved since the last.
 * Return: octets with CE, as far as was not known before.
 */
static u32 rill_accecn_decode(struct rill_accecn *a, const struct rill_opts *opts)
{
	bool order = opts->present & RILL_OPT_ACCECN1;
	u32 marked = 0;

	if (opts->n_accecn > 0)
		rill_accecn_field(order ? &a->s.e1b : &a->s.e0b, opts->accecn[0]);
	if (opts->n_accecn > 1)
		marked = rill_accecn_field(&a->s.ceb, opts->accecn[1]);
	if (opts->n_accecn > 2)
		rill_accecn_field(order ? &a->s.e0b : &a->s.e1b, opts->accecn[2]);
	return marked;
}

/*
 * The increment of s.cep: ACE has three bits, and ACKs get lost. Of those that lead to the same
 * ACE, as many as the packets allow that so many octets were is the safe one (A.2.1). Few octets
 * allow no other.
 */
static u32 rill_accecn_safest(u32 least, u32 octets, u32 mss)
{
	u32 packets;

	if (octets <= RILL_ACE_MASK * mss)
		return least;
	packets = DIV_ROUND_UP(octets, mss);
	return packets - ((packets - least) & RILL_ACE_MASK);
}

/* Has another ACK, sent later, been here before (A.1)? */
static bool rill_accecn_superseded(struct rill_accecn *a, const struct rill_accecn_ack *ack)
{
	bool stamped = ack->opts->present & RILL_OPT_TS;
	bool news = ack->octets || !a->heard || rill_seq_gt(ack->seg->seq, a->seq) ||
		    (stamped && (s32)(ack->opts->tsval - a->tsval) > 0);

	if (!news || ack->seg->ack != ack->una)
		return true;
	a->seq = a->heard ? rill_seq_max(a->seq, ack->seg->seq) : ack->seg->seq;
	if (stamped)
		a->tsval = ack->opts->tsval;
	return false;
}

/* Is feedback, or are marks, tampered with? Then nothing more is sent as ECT. */
static void rill_accecn_judge(struct rill_accecn *a, struct rill_ecn *e,
			      const struct rill_accecn_ack *ack, u32 marked)
{
	/* Octets with CE, but no packet: not possible (section 3.2.3.2.5). */
	if (marked && a->s.cep == a->cep && a->octets <= RILL_ACE_MASK * ack->mss)
		e->send = false;
	/* All was sent as ECT, and nothing has come so: somebody hides marks (section 3.2.2.3). */
	if (a->probing && rill_seq_geq(ack->una, a->probe)) {
		a->probing = false;
		if (ack->clean && ack->opts->n_accecn && a->s.e0b == 1 && !a->s.ceb &&
		    a->s.e1b == 1)
			e->send = false;
	}
	a->cep = a->s.cep;
	a->octets = 0;
}

/**
 * rill_accecn_acked() - what an ACK says of the marks on what we have sent
 * @a: the connection's AccECN, in that mode
 * @e: its ECN
 * @ack: the ACK; its results are filled in
 */
void rill_accecn_acked(struct rill_accecn *a, struct rill_ecn *e, struct rill_accecn_ack *ack)
{
	u8 ace = rill_ace(ack->seg->flags);
	u32 marked = 0, least, cep;
	bool option;

	ack->packets = 0;
	ack->marked = 0;
	rill_accecn_first_option(a, ack->opts);
	if (a->shook || (ack->seg->flags & RILL_SYN)) {
		a->shook = false;
		return;
	}
	if (rill_accecn_superseded(a, ack))
		return;
	/* No counter begins near zero (section 3.2.2.4). */
	if (!a->heard && !ace) {
		e->send = false;
		a->deaf = true;
	}
	a->heard = true;
	option = (ack->opts->present & (RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1)) && !a->mute;
	if (option)
		marked = rill_accecn_decode(a, ack->opts);
	least = (ace - a->s.cep) & RILL_ACE_MASK;
	cep = least;
	/*
	 * One round more is unlikely if an option's octets fit into the least (A.2.2), and where
	 * nothing is sent as ECT.
	 */
	if (e->send && !(option && marked <= (u64)least * ack->mss))
		cep = rill_accecn_safest(least, ack->octets, ack->mss);
	a->s.cep += cep;
	a->octets = min_t(u64, (u64)a->octets + ack->octets, U32_MAX);
	if (option)
		rill_accecn_judge(a, e, ack, marked);
	if (a->deaf)
		return;
	ack->packets = cep;
	/* Without an option marked segments are taken for full ones (A.3). */
	ack->marked = option ? marked : min_t(u64, (u64)cep * ack->mss, ack->octets);
}

/* All three counters, the first ones in the order of the option's kind. */
static void rill_accecn_fields(const struct rill_accecn_counters *c, bool order,
			       struct rill_opts *opts)
{
	opts->present |= order ? RILL_OPT_ACCECN1 : RILL_OPT_ACCECN0;
	opts->n_accecn = RILL_ACCECN_FIELDS;
	opts->accecn[0] = (order ? c->e1b : c->e0b) & RILL_ACCECN_MASK;
	opts->accecn[1] = c->ceb & RILL_ACCECN_MASK;
	opts->accecn[2] = (order ? c->e0b : c->e1b) & RILL_ACCECN_MASK;
}

/* Does all of it fit, two SACK blocks at least (section 3.2.3.3)? Then as many as do are left. */
static bool rill_accecn_fits(struct rill_opts *opts, unsigned int room)
{
	unsigned int len, blocks = opts->present & RILL_OPT_SACK ? opts->n_sack : 0;
	struct rill_opts rest = *opts;

	rest.n_sack = 0;
	len = rill_opt_len(&rest);
	while (blocks > 2 && len + 4 + 8 * blocks > room)
		blocks--;
	if (len + (blocks ? 4 + 8 * blocks : 0) > room)
		return false;
	opts->n_sack = blocks;
	return true;
}

/* Which bit of greet a segment answers. */
static u8 rill_accecn_greets(const struct rill_seg *seg)
{
	if (seg->flags & RILL_SYN)
		return RILL_GREET_SYNACK;
	return seg->len ? RILL_GREET_DATA : RILL_GREET_ACK;
}

/**
 * rill_accecn_option() - the AccECN option of a segment
 * @a: the connection's AccECN, in that mode
 * @when: whether there is to be one
 * @room: octets that all options together may take
 * @seg: the segment's header, with length
 * @opts: the segment's other options; it is added, if there is room
 *
 * A field for each counter that has ever moved; where room is short, for each that has moved since
 * the last option. A server's first SYN-ACK and a client's first ACK and first data show all of
 * them; no other SYN-ACK has any (section 3.2.3.2.2).
 */
void rill_accecn_option(const struct rill_accecn *a, enum rill_accecn_option when,
			unsigned int room, const struct rill_seg *seg, struct rill_opts *opts)
{
	bool greet = a->greet & rill_accecn_greets(seg);
	const struct rill_accecn_counters *r = &a->r, *fed = &a->fed;
	bool order = r->e1b != 1 && r->e0b == 1;
	bool first = order ? r->e1b != fed->e1b : r->e0b != fed->e0b;
	bool third = order ? r->e0b != fed->e0b : r->e1b != fed->e1b;
	bool second = r->ceb != fed->ceb;
	u8 least = third ? 3 : second ? 2 : first;

	if (when == RILL_ACCECN_NEVER || (when == RILL_ACCECN_NEWS && !least && !greet) ||
	    ((seg->flags & RILL_SYN) && !greet))
		return;
	rill_accecn_fields(r, order, opts);
	if (!greet)
		opts->n_accecn = !order && r->e1b != 1 ? 3 : r->ceb ? 2 : 1;
	while (!rill_accecn_fits(opts, min_t(unsigned int, room, RILL_OPT_MAX))) {
		if (opts->n_accecn <= max_t(u8, least, 1)) {
			opts->present &= ~(RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1);
			opts->n_accecn = 0;
			return;
		}
		opts->n_accecn--;
	}
}

/**
 * rill_accecn_initial() - the AccECN option of a request's SYN-ACK, to see if it comes through
 * @opts: the SYN-ACK's other options; it is added with as many fields as find room
 */
void rill_accecn_initial(struct rill_opts *opts)
{
	static const struct rill_seg synack = { .flags = RILL_SYN | RILL_ACK };
	struct rill_accecn a;

	rill_accecn_begin(&a);
	a.greet = RILL_GREET_SYNACK;
	rill_accecn_option(&a, RILL_ACCECN_NEWS, RILL_OPT_MAX, &synack, opts);
}

/**
 * rill_accecn_sent() - what a segment says of marks, in its flags
 * @a: the connection's AccECN, in that mode
 * @seg: its header, with length; a SYN and a RST stay as they are
 * @opts: its options, those of rill_accecn_option() among them
 * @ect: it is sent as ECT
 */
void rill_accecn_sent(struct rill_accecn *a, struct rill_seg *seg, const struct rill_opts *opts,
		      bool ect)
{
	bool alone = !seg->len && !(seg->flags & RILL_FIN) && !(opts->present & RILL_OPT_SACK);

	if (seg->flags & RILL_SYN)
		a->greet &= ~RILL_GREET_SYNACK;
	if (seg->flags & (RILL_SYN | RILL_RST))
		return;
	seg->flags &= ~RILL_ACE_FLAGS;
	if (a->shake && alone)
		seg->flags |= rill_accecn_reflect(a->syn);
	else
		seg->flags |= rill_accecn_count(a->r.cep);
	a->shake = false;
	a->unfed = 0;
	if (opts->present & (RILL_OPT_ACCECN0 | RILL_OPT_ACCECN1)) {
		a->fed = a->r;
		a->greet &= ~rill_accecn_greets(seg);
	}
	if (ect && !a->probe && !a->probing) {
		a->probe = seg->seq + seg->len;
		a->probing = true;
	}
}
