/* SPDX-License-Identifier: GPL-2.0 */
/* Windows: what to advertise, what may be sent now (RFC 9293 sections 3.7.4 and 3.8.6). */
#ifndef _RILL_CORE_WND_H
#define _RILL_CORE_WND_H

#include "ack.h"

u8 rill_wnd_scale(u32 rcvbuf);
u32 rill_wnd_advertise(u32 space, u32 full_space, u32 cur_wnd, u32 mss, u8 wscale);
bool rill_wnd_update_due(u32 new_wnd, u32 cur_wnd, u32 full_space, u32 mss);

/**
 * struct rill_send_q - the question "may this much be sent now?"
 * @avail: octets queued and not yet sent
 * @flight: octets sent and not yet acknowledged
 * @cwnd: octets that congestion control allows in flight
 * @mss: effective send MSS
 * @wnd_left: octets of the peer's window not yet used (0 where it has shrunk below @flight)
 * @max_wnd: the largest window the peer ever offered
 * @nagle: the Nagle algorithm is on
 * @all_full: no segment in flight is smaller than @mss, so that the amended Nagle algorithm has
 *	nothing to wait for (RFC 9293 appendix A.3); always false: that of section 3.7.4
 * @cork: only full segments (TCP_CORK, MSG_MORE)
 * @push: the end of the queue is the end of what the user has to say now (FIN queued, or corking
 *	timed out)
 */
struct rill_send_q {
	u32	avail;
	u32	flight;
	u32	cwnd;
	u32	mss;
	u32	wnd_left;
	u32	max_wnd;
	bool	nagle;
	bool	all_full;
	bool	cork;
	bool	push;
};

u32 rill_wnd_may_send(const struct rill_send_q *q);

#endif /* _RILL_CORE_WND_H */
