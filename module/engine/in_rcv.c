// SPDX-License-Identifier: GPL-2.0
/*
 * A segment arrives: checks that need no connection, look-up, the socket lock or its backlog,
 * dispatch. Called by IP in softirq context under RCU, and by release_sock() for the backlog.
 * Every received segment is freed here, or kept by whoever says so.
 */
#include <linux/filter.h>
#include <net/inet_common.h>
#include <net/ip.h>

#include "../base/bind.h"
#include "../base/ip.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/table.h"
#include "act.h"
#include "in.h"
#include "reply.h"

/* What a socket's owner may let pile up while it holds the lock, beside its buffers. */
#define RILL_BACKLOG_EXTRA	(64 * 1024)

/* A segment for a full socket, whose lock is held. */
static bool rill_rcv_locked(struct sock *sk, struct sk_buff *skb)
{
	rill_sk(sk)->tally.segs_in++;
	switch (sk->sk_state) {
	case TCP_CLOSE:
	case TCP_LISTEN:
		return false;
	case TCP_SYN_SENT:
		rill_in_synsent(sk, skb);
		return false;
	default:
		return rill_in_segment(sk, skb);
	}
}

/**
 * rill_rcv_backlog() - proto.backlog_rcv: a segment that waited for the socket's owner
 * @sk: the socket, locked
 * @skb: the segment; taken over
 *
 * What is owed for it is acknowledged once all that waited has been dealt with: by
 * rill_expiry_release(), which release_sock() calls next (RFC 9293 section 3.10.7.4, MUST-59).
 */
int rill_rcv_backlog(struct sock *sk, struct sk_buff *skb)
{
	set_bit(RILL_DEFER_ACK, &rill_sk(sk)->deferred);
	if (!rill_rcv_locked(sk, skb))
		kfree_skb(skb);
	return 0;
}

static bool rill_rcv_filtered(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	if (rill_ip_rx_ttl_ok(sk, skb) && rill_ip_rx_policy_ok(sk, skb) &&
	    !sk_filter_trim_cap(sk, skb, RILL_SEG(skb)->hlen)) {
		/* A filter may have cut the payload. */
		RILL_SEG(skb)->len = skb->len - RILL_SEG(skb)->hlen;
		return false;
	}
	RILL_INC(net, InFilterDrops);
	return true;
}

static bool rill_rcv_sock(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	bool kept = false;

	if (rill_rcv_filtered(net, sk, skb))
		return false;
	nf_reset_ct(skb);
	bh_lock_sock_nested(sk);
	if (!sock_owned_by_user(sk)) {
		kept = rill_rcv_locked(sk, skb);
	} else {
		skb->dev = NULL;
		kept = !sk_add_backlog(sk, skb, READ_ONCE(sk->sk_rcvbuf) +
				       READ_ONCE(sk->sk_sndbuf) + RILL_BACKLOG_EXTRA);
		if (!kept)
			RILL_INC(net, InBacklogDrops);
	}
	bh_unlock_sock(sk);
	return kept;
}

/* No connection: a listener's business, or nobody's. */
static bool rill_rcv_unknown(struct net *net, struct sk_buff *skb, const struct rill_tuple *tuple,
			     const struct rill_devs *devs, const struct rill_tw *reopened)
{
	struct sock *listener = rill_listen_find(rill_net(net), tuple, devs);

	if (listener)
		return !rill_rcv_filtered(net, listener, skb) &&
		       rill_in_listen(listener, skb, tuple, reopened);
	RILL_INC(net, InNoSocket);
	if (rill_ip_rx_policy_ok(NULL, skb))
		rill_reply_rst(net, skb, tuple, RILL_SEG(skb));
	return false;
}

/* Does IP_MINTTL, or IPsec, keep a segment from an entry? Of a request it is the listener's. */
static bool rill_rcv_entry_filtered(struct net *net, struct rill_node *node, struct sk_buff *skb)
{
	struct sock *listener;
	bool near;

	if (node->kind == RILL_KIND_TW) {
		near = rill_ip_rx_ttl(skb) >= rill_tw_of(node)->min_ttl;
	} else {
		listener = rill_queue_listener(rill_req_of(node)->queue);
		near = !listener || rill_ip_rx_ttl_ok(listener, skb);
	}
	if (near && rill_ip_rx_policy_ok(NULL, skb))
		return false;
	RILL_INC(net, InFilterDrops);
	return true;
}

static int rill_rcv_bound(struct rill_node *node)
{
	switch (node->kind) {
	case RILL_KIND_SOCK:
		return READ_ONCE(rill_sock_of(node)->sk_bound_dev_if);
	case RILL_KIND_REQ:
		return rill_req_of(node)->bound_if;
	default:
		return rill_tw_of(node)->bound_if;
	}
}

/* The connection of a segment: in its own VRF, or in none where that is allowed; else NULL. */
static struct rill_node *rill_rcv_find(struct rill_net *rn, const struct rill_tuple *tuple,
				       const struct rill_devs *devs)
{
	struct rill_node *node = rill_table_find(rn, tuple);
	struct rill_tuple outside;

	if (unlikely(!node && devs->sdif && READ_ONCE(rn->set.l3mdev_accept))) {
		outside = *tuple;
		outside.scope = 0;
		node = rill_table_find(rn, &outside);
	}
	if (node && !rill_bind_hears(rn, rill_rcv_bound(node), devs))
		return NULL;
	return node;
}

static bool rill_rcv_dispatch(struct net *net, struct sk_buff *skb, const struct rill_tuple *tuple,
			      const struct rill_devs *devs)
{
	struct rill_node *node = rill_rcv_find(rill_net(net), tuple, devs);
	bool kept = false;
	struct sock *sk;

	if (node && node->kind == RILL_KIND_SOCK) {
		sk = rill_sock_of(node);
		if (!refcount_inc_not_zero(&sk->sk_refcnt))
			return false;
		kept = rill_rcv_sock(net, sk, skb);
		sock_put(sk);
		return kept;
	}
	if (!node || !rill_entry_hold(rill_entry_of(node)))
		return rill_rcv_unknown(net, skb, tuple, devs, NULL);
	if (rill_rcv_entry_filtered(net, node, skb))
		goto put;
	if (node->kind == RILL_KIND_REQ)
		kept = rill_in_request(net, rill_req_of(node), skb);
	else if (rill_in_timewait(net, rill_tw_of(node), skb))
		kept = rill_rcv_unknown(net, skb, tuple, devs, rill_tw_of(node));
put:
	rill_entry_put(rill_entry_of(node));
	return kept;
}

/**
 * rill_rcv() - net_protocol.handler, inet6_protocol.handler: a segment from IP
 * @skb: the segment, data at its header; taken over
 */
int rill_rcv(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	struct rill_tuple tuple;
	struct rill_devs devs;

	RILL_INC(net, InSegs);
	/* They stand in skb->cb, where the header goes. */
	rill_ip_rx_devs(skb, &devs);
	if (skb->pkt_type != PACKET_HOST || !rill_ip_rx_addrs_ok(skb) || !rill_in_valid(net, skb))
		goto drop;
	rill_ip_rx_tuple(skb, (struct rill_hdr *)skb->data, &tuple);
	if (rill_rcv_dispatch(net, skb, &tuple, &devs))
		return 0;
drop:
	kfree_skb(skb);
	return 0;
}
