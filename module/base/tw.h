/* SPDX-License-Identifier: GPL-2.0 */
/* A connection in TIME-WAIT: what is left of it for 2 MSL. */
#ifndef _RILL_BASE_TW_H
#define _RILL_BASE_TW_H

#include "entry.h"

struct rill_port;

/**
 * struct rill_tw - what answers late segments need
 * @e: place in the connection table, timer of 2 MSL
 * @port_link: among the users of @port; lock: the port's bucket's
 * @port: the local port, NULL once it is given back
 * @snd_nxt: SND.NXT
 * @rcv_nxt: RCV.NXT, behind the peer's FIN
 * @ts_recent: the peer's last timestamp
 * @ts_off: added to our clock in timestamps
 * @mark: for the answers
 * @bound_if: the device the socket was bound to, or 0
 * @wnd: window, as last advertised, as it stands in the header
 * @ttl: of the answers, or the hop limit; 0: the route's
 * @min_ttl: segments with less are dropped (IP_MINTTL, IPV6_MINHOPCOUNT)
 * @label: flow label of the answers, or 0: any
 * @tos: of the answers
 * @transparent: the local address may be anybody's
 * @ts_on: timestamps are in use
 * @reuse: SO_REUSEADDR was on
 * @reuseport: SO_REUSEPORT was on
 */
struct rill_tw {
	struct rill_entry	e;
	struct hlist_node	port_link;
	struct rill_port	*port;
	u32	snd_nxt;
	u32	rcv_nxt;
	u32	ts_recent;
	u32	ts_off;
	u32	mark;
	int	bound_if;
	u16	wnd;
	u8	ttl;
	u8	min_ttl;
	u32	label:20;
	u32	tos:8;
	u32	transparent:1;
	u32	ts_on:1;
	u32	reuse:1;
	u32	reuseport:1;
};

/* Lock debugging makes timers larger than their 40 octets. */
static_assert(sizeof(struct rill_tw) <= 192 - 40 + sizeof(struct timer_list));

static inline struct rill_tw *rill_tw_of(struct rill_node *node)
{
	return container_of(node, struct rill_tw, e.node);
}

int rill_tw_init(void);
void rill_tw_exit(void);
struct rill_tw *rill_tw_new(struct net *net);
unsigned long rill_tw_time(const struct net *net);

#endif /* _RILL_BASE_TW_H */
