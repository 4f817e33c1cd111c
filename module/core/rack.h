/* SPDX-License-Identifier: GPL-2.0 */
/* What is lost, judged by time: RACK and its tail loss probe (RFC 8985). */
#ifndef _RILL_CORE_RACK_H
#define _RILL_CORE_RACK_H

#include "board.h"

/**
 * struct rill_rack - one connection; times in microseconds
 * @at_us: RACK.xmit_ts, when what has arrived was sent, the last of it by time
 * @end: RACK.end_seq, the number behind that
 * @rtt_us: RACK.rtt, how long it was on its way
 * @fack: RACK.fack, the number behind the furthest that has arrived
 * @degree: octets that something has arrived behind @fack, at most
 * @reordered: how often something has; RACK.reordering_seen, if it is not 0
 * @round: RACK.dsack_round, SND.NXT when the window grew last; with @growing
 * @mult: RACK.reo_wnd_mult, quarters of the least RTT
 * @persist: RACK.reo_wnd_persist, recoveries until @mult is 1 again
 * @growing: SND.UNA hasn't reached @round
 */
struct rill_rack {
	u64	at_us;
	u32	end;
	u32	rtt_us;
	u32	fack;
	u32	degree;
	u32	reordered;
	u32	round;
	u8	mult;
	u8	persist;
	bool	growing;
};

/**
 * struct rill_tlp - a tail loss probe
 * @end: TLP.end_seq, with @out
 * @out: it was sent, and what became of it is not known
 * @again: it was no new data
 */
struct rill_tlp {
	u32	end;
	bool	out;
	bool	again;
};

void rill_rack_init(struct rill_rack *r, u32 iss);
void rill_rack_delivered(struct rill_rack *r, const struct rill_delivered *d, u32 min_rtt_us,
			 u64 now_us);
void rill_rack_dsack(struct rill_rack *r, u32 una, u32 nxt, bool dsack);
void rill_rack_late(struct rill_rack *r);
void rill_rack_recovered(struct rill_rack *r);
u32 rill_rack_window(const struct rill_rack *r, u32 min_rtt_us, u32 srtt_us, bool at_once);
u32 rill_rack_detect(const struct rill_rack *r, struct rill_board *b, u32 window_us, u64 now_us,
		     u32 *wait_us);

u32 rill_tlp_wait(u32 srtt_us, u32 rto_us, u32 delack_us, bool single);
void rill_tlp_sent(struct rill_tlp *t, u32 nxt, bool again);
bool rill_tlp_acked(struct rill_tlp *t, u32 ack, bool dsack, bool bare_duplicate);

#endif /* _RILL_CORE_RACK_H */
