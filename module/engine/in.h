/* SPDX-License-Identifier: GPL-2.0 */
/* The way in: from a segment to what it means. */
#ifndef _RILL_ENGINE_IN_H
#define _RILL_ENGINE_IN_H

#include <linux/ipv6.h>
#include <net/ip.h>

#include "../base/req.h"
#include "../base/sock.h"
#include "../base/tw.h"
#include "../core/opt.h"
#include "../core/seg.h"

/*
 * The header of a received segment, parsed, in skb->cb behind what the network layer has there, or
 * struct rill_rcb.
 */
#define RILL_SEG_CB	24
#define RILL_SEG(skb)	((struct rill_seg *)&(skb)->cb[RILL_SEG_CB])

static_assert(sizeof(struct rill_rcb) <= RILL_SEG_CB);
static_assert(sizeof(struct inet_skb_parm) <= RILL_SEG_CB);
static_assert(sizeof(struct inet6_skb_parm) <= RILL_SEG_CB);
static_assert(RILL_SEG_CB + sizeof(struct rill_seg) <= sizeof_field(struct sk_buff, cb));

/* States in which the peer's data is still welcome. */
#define RILL_RECEIVING	(TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2)

/* And where the SYN itself brings some (RFC 7413). */
#define RILL_TAKING	(RILL_RECEIVING | TCPF_SYN_RECV)

/*
 * What a handler says of the segment it got: kept (queued somewhere) or not. It never frees it;
 * in_rcv.c does, once. The segment's data begins at its header until it is kept.
 */

/* in_rcv.c */
int rill_rcv(struct sk_buff *skb);
int rill_rcv_backlog(struct sock *sk, struct sk_buff *skb);

/* in_parse.c */
bool rill_in_valid(struct net *net, struct sk_buff *skb);
bool rill_in_options(struct net *net, const struct sk_buff *skb, struct rill_opts *opts);

/* in_listen.c */
bool rill_in_listen(struct sock *listener, struct sk_buff *skb, const struct rill_tuple *tuple,
		    const struct rill_tw *tw);

/* in_request.c */
void rill_in_request_expired(struct timer_list *t);
bool rill_in_request(struct net *net, struct rill_req *req, struct sk_buff *skb);

/* in_synsent.c */
void rill_in_synsent(struct sock *sk, struct sk_buff *skb);

/* in_timewait.c: true when the entry made way for a SYN that a listener should see */
bool rill_in_timewait(struct net *net, struct rill_tw *tw, struct sk_buff *skb);

/* in_segment.c */
bool rill_in_segment(struct sock *sk, struct sk_buff *skb);

/* in_ack.c */
bool rill_in_ack(struct sock *sk, const struct rill_seg *seg, const struct rill_opts *opts);

/* in_data.c */
bool rill_in_data(struct sock *sk, struct sk_buff *skb, const struct rill_seg *seg, u32 tsval);

#endif /* _RILL_ENGINE_IN_H */
