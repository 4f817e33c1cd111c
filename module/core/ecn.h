/* SPDX-License-Identifier: GPL-2.0 */
/* Explicit congestion notification: marks instead of losses (RFC 3168). */
#ifndef _RILL_CORE_ECN_H
#define _RILL_CORE_ECN_H

#include "recovery.h"

/* The ECN field, the low bits of what IPv4 calls TOS and IPv6 traffic class (section 5). */
enum rill_ecn_field {
	RILL_NOT_ECT	= 0,
	RILL_ECT_1	= 1,
	RILL_ECT_0	= 2,
	RILL_CE		= 3,
	RILL_ECN_MASK	= 3,
};

/* What the ends of a connection tell each other of marks; a better one is a greater number. */
enum rill_ecn_mode {
	RILL_ECN_NONE,		/* nothing */
	RILL_ECN_CLASSIC,	/* RFC 3168: that there were some */
	RILL_ECN_ACCURATE,	/* RFC 9768: how many (core/accecn.h) */
};

/**
 * struct rill_ecn - what both ends have agreed on, and what one owes the other
 * @ask: enum rill_ecn_mode, what our SYN asks for
 * @again: a SYN that asks for AccECN has been sent a second time
 * @plain: a SYN of ours has gone out that did not: nothing may be sent as ECT (section 6.1.1)
 * @send: new data is sent as ECT(0), and what the peer echoes is believed
 * @receive: CE is echoed
 * @echo: CE has come and no CWR since: every ACK bears ECE
 * @cwr: the window was reduced: the next new data bears CWR
 * @held: a window of one segment was too much: nothing new before the timer (section 6.1.2)
 * @seen: ECT or CE has come
 * @exact: ECE tells of the data that an ACK is for, and of no other (RFC 8257)
 */
struct rill_ecn {
	u8	ask;
	bool	again;
	bool	plain;
	bool	send;
	bool	receive;
	bool	echo;
	bool	cwr;
	bool	held;
	bool	seen;
	bool	exact;
};

bool rill_ecn_asked(u16 flags, u8 field);
u16 rill_ecn_syn(struct rill_ecn *e, bool fall_back);
u16 rill_ecn_synack(const struct rill_ecn *e);
void rill_ecn_agree(struct rill_ecn *e, bool agreed);
void rill_ecn_answered(struct rill_ecn *e, u16 flags);
u8 rill_ecn_mark(struct rill_ecn *e, struct rill_seg *seg, const struct rill_snd *snd);
bool rill_ecn_differs(const struct rill_ecn *e, u8 field);
bool rill_ecn_data(struct rill_ecn *e, u16 flags, u8 field);
bool rill_ecn_echoed(const struct rill_ecn *e, const struct rill_seg *seg,
		     const struct rill_snd *snd);
bool rill_ecn_reduce(struct rill_ecn *e, struct rill_recovery *r, struct rill_cong *c,
		     const struct rill_snd *snd, u32 flight);
void rill_ecn_lost(struct rill_ecn *e);
bool rill_ecn_expired(struct rill_ecn *e);

#endif /* _RILL_CORE_ECN_H */
