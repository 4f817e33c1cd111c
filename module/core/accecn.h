/* SPDX-License-Identifier: GPL-2.0 */
/* More accurate ECN feedback: how many marks, instead of whether there were any (RFC 9768). */
#ifndef _RILL_CORE_ACCECN_H
#define _RILL_CORE_ACCECN_H

#include "ecn.h"
#include "opt.h"

/* The counter of marked packets begins here: not near zero, which it would be without AccECN. */
#define RILL_ACCECN_CEP		5

/* The setting ecn_option: when a segment is to have an AccECN option. */
enum rill_accecn_option {
	RILL_ACCECN_NEVER,
	RILL_ACCECN_NEWS,	/* where a counter has moved since the last (section 3.2.3.3) */
	RILL_ACCECN_ALWAYS,	/* where there is room */
};

/**
 * struct rill_accecn_counters - what has come of one direction, mod 2^32 (section 3.2)
 * @cep: packets with CE, whether or not they carry data
 * @ceb: octets of data with CE
 * @e0b: octets of data with ECT(0)
 * @e1b: octets of data with ECT(1)
 */
struct rill_accecn_counters {
	u32	cep;
	u32	ceb;
	u32	e0b;
	u32	e1b;
};

/**
 * struct rill_accecn - a connection in AccECN mode, both ways
 * @on: it is in that mode; without it nothing else means anything
 * @r: as data receiver: what has come
 * @s: as data sender: what the peer says has come
 * @fed: @r as the last AccECN option told it
 * @seq: the highest SEG.SEQ that brought feedback
 * @tsval: the last timestamp that did
 * @cep: @s.cep when an AccECN option last came
 * @octets: octets acknowledged since then
 * @probe: SND.NXT behind the first data that was sent as ECT; with @probing
 * @syn: the ECN field of the peer's SYN or SYN-ACK, the last that came
 * @last: the ECN field of the last segment
 * @unfed: marks since the last segment we sent
 * @shake: the next segment, if it is an ACK alone, tells of the SYN-ACK (section 3.2.2.1)
 * @shaking: the first ACK of our SYN-ACK has not come
 * @shook: the ACK being dealt with was that, and has no counter
 * @greet: the first SYN-ACK, ACK, or data have still to bear an option (section 3.2.3.2.1)
 * @heard: the peer's counter has come
 * @optioned: so has an option of its
 * @probing: see @probe
 * @marked: our SYN or SYN-ACK came with CE
 * @deaf: what the peer says of marks is not believed
 * @mute: nor what its options say
 */
struct rill_accecn {
	struct rill_accecn_counters r, s, fed;
	u32	seq;
	u32	tsval;
	u32	cep;
	u32	octets;
	u32	probe;
	u8	syn;
	u8	last;
	u8	unfed;
	u8	greet;
	bool	on;
	bool	shake;
	bool	shaking;
	bool	shook;
	bool	heard;
	bool	optioned;
	bool	probing;
	bool	marked;
	bool	deaf;
	bool	mute;
};

/**
 * struct rill_accecn_ack - an ACK, and what it tells of marks
 * @seg: its header
 * @opts: its options
 * @octets: octets that it acknowledges, or SACKs, for the first time
 * @mss: how many a segment holds
 * @una: SND.UNA, the ACK applied
 * @clean: nothing has ever been sent again
 * @packets: result: segments that came with CE, as far as was not known before
 * @marked: result: of @octets those that did
 */
struct rill_accecn_ack {
	const struct rill_seg	*seg;
	const struct rill_opts	*opts;
	u32	octets;
	u32	mss;
	u32	una;
	bool	clean;
	u32	packets;
	u32	marked;
};

enum rill_ecn_mode rill_accecn_incoming(int setting);
enum rill_ecn_mode rill_accecn_outgoing(int setting);
enum rill_ecn_mode rill_accecn_offered(enum rill_ecn_mode allowed, u16 flags, u8 field);
enum rill_ecn_mode rill_accecn_recalled(enum rill_ecn_mode allowed, bool classic, u16 flags);
u16 rill_accecn_reflect(u8 field);
u16 rill_accecn_count(u32 cep);
void rill_accecn_agree(struct rill_accecn *a, struct rill_ecn *e, enum rill_ecn_mode mode,
		       u8 field);
void rill_accecn_answered(struct rill_accecn *a, struct rill_ecn *e, const struct rill_seg *seg,
			  const struct rill_opts *opts, u8 field);
bool rill_accecn_again(struct rill_accecn *a, const struct rill_seg *seg, u8 field);
void rill_accecn_opened(struct rill_accecn *a, struct rill_ecn *e, const struct rill_seg *seg,
			const struct rill_opts *opts);
bool rill_accecn_received(struct rill_accecn *a, u8 field, u32 len, u32 packets, bool owed);
void rill_accecn_acked(struct rill_accecn *a, struct rill_ecn *e, struct rill_accecn_ack *ack);
void rill_accecn_initial(struct rill_opts *opts);
void rill_accecn_option(const struct rill_accecn *a, enum rill_accecn_option when,
			unsigned int room, const struct rill_seg *seg, struct rill_opts *opts);
void rill_accecn_sent(struct rill_accecn *a, struct rill_seg *seg, const struct rill_opts *opts,
		      bool ect);

#endif /* _RILL_CORE_ACCECN_H */
