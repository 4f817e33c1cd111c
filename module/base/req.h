/* SPDX-License-Identifier: GPL-2.0 */
/* A request: a connection in SYN-RECEIVED that a SYN at a listener began. */
#ifndef _RILL_BASE_REQ_H
#define _RILL_BASE_REQ_H

#include "../core/ecn.h"
#include "../core/opt.h"
#include "entry.h"
#include "queue.h"

/**
 * struct rill_saved_syn - the headers of a SYN (TCP_SAVE_SYN)
 * @len: octets
 * @data: as they came
 */
struct rill_saved_syn {
	unsigned int	len;
	u8		data[];
};

/**
 * struct rill_req - what the handshake needs until its last ACK
 * @e: place in the connection table, timer that resends the SYN-ACK
 * @queue: the listener's, with a reference
 * @iss: our initial sequence number
 * @irs: the peer's
 * @ts_recent: the peer's last timestamp
 * @ts_off: added to our clock in timestamps
 * @syn: the headers of the SYN, for the socket; or NULL
 * @ip_opt: the way back of a SYN that came by a source route, for the socket; or NULL
 * @born: microseconds, when the SYN-ACK was first sent; 0: not known
 * @rcv_wnd: octets, the window the SYN-ACK offers
 * @snd_wnd: octets, the window of the SYN (never scaled)
 * @mark: of the SYN, for the answers
 * @bound_if: the device the listener is bound to, or 0
 * @label: flow label of the answers and of the connection, or 0: any
 * @mss: what the peer announced, or the default
 * @adv_mss: what we announce
 * @opts: enum rill_opt_bit that both ends know
 * @wscale: the peer's
 * @rcv_wscale: ours
 * @priority: of the answers, in the kernel's queues
 * @tos: of the answers
 * @ttl: of the answers; 0: the route's
 * @transparent: the local address may be anybody's (IP_TRANSPARENT)
 * @resends: SYN-ACKs sent by the timer
 * @ecn: enum rill_ecn_mode that both ends know
 * @field: the ECN field of the last SYN
 * @again: more than one SYN has come
 * @plain: a SYN has come, or a SYN-ACK gone, that knows nothing of AccECN, beside one that did
 * @acked: the last ACK has come, but there was no room, or TCP_DEFER_ACCEPT waits for data
 */
struct rill_req {
	struct rill_entry	e;
	struct rill_queue	*queue;
	struct rill_saved_syn	*syn;
	struct ip_options_rcu	*ip_opt;
	u64	born;
	u32	iss;
	u32	irs;
	u32	ts_recent;
	u32	ts_off;
	u32	rcv_wnd;
	u32	snd_wnd;
	u32	mark;
	u32	priority;
	int	bound_if;
	__be32	label;
	u16	mss;
	u16	adv_mss;
	u8	opts;
	u8	wscale;
	u8	rcv_wscale;
	u8	tos;
	u8	ttl;
	bool	transparent;
	u8	resends;
	u8	ecn;
	u8	field;
	bool	again;
	bool	plain;
	bool	acked;
};

/* Lock debugging makes timers larger than their 40 octets. */
static_assert(sizeof(struct rill_req) <= 256 - 40 + sizeof(struct timer_list));

static inline struct rill_req *rill_req_of(struct rill_node *node)
{
	return container_of(node, struct rill_req, e.node);
}

/* Has the SYN-ACK gone out so often that it does without AccECN (RFC 9768 section 3.2.3.2.2)? */
static inline bool rill_req_plain(const struct rill_req *req)
{
	return req->resends > 1 && READ_ONCE(rill_net(req->e.net)->set.ecn_fallback);
}

int rill_req_init(void);
void rill_req_exit(void);
struct rill_req *rill_req_new(struct net *net, struct rill_queue *q,
			      void (*expired)(struct timer_list *t));

#endif /* _RILL_BASE_REQ_H */
