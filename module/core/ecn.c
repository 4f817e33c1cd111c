// SPDX-License-Identifier: GPL-2.0
/*
 * Explicit congestion notification: who asks and who agrees, what is marked, what a mark means.
 * The handshake, the transmit path, the receive path and the reader of acknowledgments each ask
 * here; how the network layer writes and reads the field in its header is base/ip.c's.
 * RFC 3168, whose sections the comments name; for DCTCP, RFC 8257. A connection in AccECN mode has
 * its feedback from core/accecn.c.
 */
#include "ecn.h"

#include <linux/minmax.h>

#include "seq.h"

#define RILL_ECN_FLAGS	(RILL_ECE | RILL_CWR)

/**
 * rill_ecn_asked() - does a SYN ask for ECN? (section 6.1.1)
 * @flags: its flags
 * @field: the ECN field it came with
 *
 * A SYN is never sent as ECT. One that is marked all the same has been through a box that writes
 * the field for reasons of its own, and its marks would mean nothing.
 */
bool rill_ecn_asked(u16 flags, u8 field)
{
	return (flags & RILL_ECN_FLAGS) == RILL_ECN_FLAGS && field == RILL_NOT_ECT;
}

/**
 * rill_ecn_syn() - the flags of a SYN of ours
 * @e: the connection's ECN
 * @fall_back: do without: the SYN before it was not answered, perhaps because of them
 *
 * A SYN that asks for AccECN is more likely to be lost than to be blocked: it is sent so twice
 * (RFC 9768 section 3.1.4.1).
 *
 * Return: ECE and CWR, AE with them for AccECN, or none (section 6.1.1.1).
 */
u16 rill_ecn_syn(struct rill_ecn *e, bool fall_back)
{
	if (fall_back && e->ask == RILL_ECN_ACCURATE && !e->again)
		e->again = true;
	else
		e->plain |= fall_back;
	if (!e->ask || e->plain)
		return 0;
	return e->ask == RILL_ECN_ACCURATE ? RILL_AE | RILL_ECN_FLAGS : RILL_ECN_FLAGS;
}

/**
 * rill_ecn_synack() - the flags of a SYN-ACK of ours
 * @e: the connection's ECN, the peer's SYN considered
 *
 * Return: ECE, or none.
 */
u16 rill_ecn_synack(const struct rill_ecn *e)
{
	return e->receive ? RILL_ECE : 0;
}

/**
 * rill_ecn_agree() - the peer's SYN has come
 * @e: the connection's ECN
 * @agreed: it asks for ECN, and so does or would this end
 */
void rill_ecn_agree(struct rill_ecn *e, bool agreed)
{
	e->receive = agreed && !e->plain;
	e->send = e->receive;
}

/**
 * rill_ecn_answered() - the peer's SYN-ACK has come
 * @e: the connection's ECN
 * @flags: the SYN-ACK's flags
 *
 * ECE alone agrees; with CWR, too, it is our own SYN's flags that somebody reflects. Who agrees to
 * an earlier SYN than the last may send ECT, and has its marks echoed; we may not (section 6.1.1).
 */
void rill_ecn_answered(struct rill_ecn *e, u16 flags)
{
	e->receive = e->ask && (flags & RILL_ECN_FLAGS) == RILL_ECE;
	e->send = e->receive && !e->plain;
}

/**
 * rill_ecn_mark() - what a segment says of congestion
 * @e: the connection's ECN
 * @seg: its header, with numbers and length; ECE and CWR are added
 * @snd: the send sequence variables, the segment not counted yet
 *
 * Every ACK tells of CE until the peer says CWR. ECT is for new data alone: not for what is sent
 * again (section 6.1.5), not for window probes (6.1.6), not for what carries no data (6.1.4). The
 * first new data after a reduction bears CWR.
 *
 * Return: the segment's ECN field.
 */
u8 rill_ecn_mark(struct rill_ecn *e, struct rill_seg *seg, const struct rill_snd *snd)
{
	if (seg->flags & (RILL_SYN | RILL_RST))
		return RILL_NOT_ECT;
	if (e->echo)
		seg->flags |= RILL_ECE;
	if (!e->send || !seg->len || rill_seq_lt(seg->seq, snd->nxt) ||
	    rill_seq_gt(seg->seq + seg->len, snd->una + snd->wnd))
		return RILL_NOT_ECT;
	if (e->cwr)
		seg->flags |= RILL_CWR;
	e->cwr = false;
	return RILL_ECT_0;
}

/**
 * rill_ecn_differs() - has data come that the ACK of what came before can't be for, too?
 * @e: the connection's ECN
 * @field: the ECN field it came with
 *
 * Return: true if what is not acknowledged yet has to be, at once and before rill_ecn_data(): its
 * ACK is to say how it came (RFC 8257 section 3.2).
 */
bool rill_ecn_differs(const struct rill_ecn *e, u8 field)
{
	return e->receive && e->exact && e->echo != (field == RILL_CE);
}

/**
 * rill_ecn_data() - data that is new to us has come (section 6.1.3)
 * @e: the connection's ECN
 * @flags: the segment's flags
 * @field: the ECN field it came with
 *
 * CWR answers the echo; a segment with CWR that was itself marked begins the next. With @e->exact
 * ECE says of each ACK how the data came that it is for, so that the sender can count (RFC 8257
 * section 3.2); CWR means nothing then.
 *
 * Return: true when the sender should hear of it at once: a first mark, or that CWR has come. Its
 * window may be so small that it waits for that ACK.
 */
bool rill_ecn_data(struct rill_ecn *e, u16 flags, u8 field)
{
	bool news = false;

	if (!e->receive)
		return false;
	e->seen |= field != RILL_NOT_ECT;
	if (e->exact) {
		news = e->echo != (field == RILL_CE);
		e->echo = field == RILL_CE;
		return news;
	}
	if (flags & RILL_CWR) {
		news = e->echo;
		e->echo = false;
	}
	if (field == RILL_CE) {
		news |= !e->echo;
		e->echo = true;
	}
	return news;
}

/**
 * rill_ecn_echoed() - does an ACK tell of congestion?
 * @e: the connection's ECN
 * @seg: the segment
 * @snd: the send sequence variables, the ACK applied; an older one says nothing
 */
bool rill_ecn_echoed(const struct rill_ecn *e, const struct rill_seg *seg,
		     const struct rill_snd *snd)
{
	return e->send && (seg->flags & RILL_ECE) && seg->ack == snd->una;
}

/**
 * rill_ecn_reduce() - an ACK tells of congestion: react, once for each window of data
 * @e: the connection's ECN
 * @r: recovery state, the ACK already applied
 * @c: congestion state
 * @snd: the send sequence variables
 * @flight: octets in flight before this ACK; with none there is nothing that could be too much
 *
 * Section 6.1.2. The peer repeats itself until it sees CWR, which the first data behind SND.NXT
 * brings; so only an ACK beyond that tells of anything new. What a loss has reduced in the same
 * window is reduced enough. ssthresh's floor of two segments is not cwnd's: that goes down to one,
 * and from there the retransmission timer slows the sender down. An algorithm with RILL_CONG_OWNS
 * has seen the mark in its sample; the peer hears CWR all the same.
 *
 * Return: true if the window was reduced, or @e->held was set: then the caller restarts the timer.
 */
bool rill_ecn_reduce(struct rill_ecn *e, struct rill_recovery *r, struct rill_cong *c,
		     const struct rill_snd *snd, u32 flight)
{
	if (r->phase != RILL_REC_OPEN || r->armed || !flight)
		return false;
	if (!rill_cong_owns(c)) {
		e->held = c->cwnd <= c->mss;
		c->ssthresh = c->ops->ease ? c->ops->ease(c, flight) : c->ops->reduce(c, flight);
		c->cwnd = c->ssthresh < c->cwnd ? c->ssthresh : max(c->cwnd / 2, c->mss);
		c->counted = 0;
	}
	r->phase = RILL_REC_EASED;
	r->recover = snd->nxt;
	e->cwr = true;
	return true;
}

/**
 * rill_ecn_lost() - the window was reduced because of a loss: CWR tells of that, too
 * @e: the connection's ECN
 *
 * And of an earlier reduction, whose CWR may be what was lost.
 */
void rill_ecn_lost(struct rill_ecn *e)
{
	e->cwr = e->send;
}

/**
 * rill_ecn_expired() - the retransmission timer expired
 * @e: the connection's ECN
 *
 * Return: true if new data was held back until then.
 */
bool rill_ecn_expired(struct rill_ecn *e)
{
	bool held = e->held;

	e->held = false;
	return held;
}
