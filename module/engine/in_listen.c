// SPDX-License-Identifier: GPL-2.0
/*
 * A segment finds a listener and no connection (RFC 9293 section 3.10.7.2): a SYN becomes a
 * request. Softirq context under RCU; the listener is not locked, its fields are read with
 * READ_ONCE().
 */
#include <net/ip.h>

#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/ip_ecn.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../core/accecn.h"
#include "../core/seq.h"
#include "../core/wnd.h"
#include "in.h"
#include "reply.h"
#include "syn.h"

/* What may be left in the network of a connection that is opened again lies this far back. */
#define RILL_TW_GAP		65536

static bool rill_listen_has_room(struct net *net, struct sock *listener, struct rill_queue *q)
{
	struct rill_settings *set = &rill_net(net)->set;

	return atomic_read(&q->requests) < max_t(int, READ_ONCE(set->max_syn_backlog),
						 READ_ONCE(listener->sk_max_ack_backlog));
}

/* TCP_SAVE_SYN. Without memory there is nothing to read later, and that is all. */
static struct rill_saved_syn *rill_listen_save(const struct sk_buff *skb, u8 mode)
{
	const u8 *from = skb_network_header(skb), *end = skb->data + RILL_SEG(skb)->hlen;
	struct rill_saved_syn *syn;

	if (mode == 2 && skb_mac_header_was_set(skb))
		from = skb_mac_header(skb);
	syn = kmalloc(struct_size(syn, data, end - from), GFP_ATOMIC | __GFP_NOWARN);
	if (!syn)
		return NULL;
	syn->len = end - from;
	memcpy(syn->data, from, syn->len);
	return syn;
}

/* True: the segment was kept. */
static bool rill_listen_syn(struct net *net, struct sock *listener, struct sk_buff *skb,
			    const struct rill_tuple *tuple, struct rill_opts *opts,
			    const struct rill_tw *tw)
{
	struct rill_queue *q = READ_ONCE(rill_sk(listener)->queue);
	struct rill_net *rn = rill_net(net);
	int cookies = READ_ONCE(rn->set.syncookies);
	struct rill_req *req;
	bool kept = false;
	u8 save;

	if (!q)
		goto drop;
	if (sk_acceptq_is_full(listener)) {
		RILL_INC(net, ListenOverflows);
		goto drop;
	}
	if (cookies == 2 || !rill_listen_has_room(net, listener, q)) {
		if (cookies) {
			rill_cookie_syn(net, listener, q, skb, tuple, opts);
			return false;
		}
		RILL_INC(net, ReqQueueFull);
		goto drop;
	}
	req = rill_req_new(net, q, rill_in_request_expired);
	if (!req)
		goto drop;
	rill_syn_prepare(net, listener, skb, tuple, opts, req);
	req->field = rill_ip_rx_ecn(skb);
	req->ecn = rill_accecn_offered(req->ecn, RILL_SEG(skb)->flags, req->field);
	req->iss = rill_isn(&rn->key, tuple, ktime_get_ns());
	/* Behind everything the connection before it has sent (RFC 9293 section 3.6.1, MAY-2). */
	if (tw && !rill_seq_gt(req->iss, tw->snd_nxt + RILL_TW_GAP))
		req->iss = tw->snd_nxt + RILL_TW_GAP;
	save = READ_ONCE(rill_sk(listener)->knobs.save_syn);
	if (unlikely(save))
		req->syn = rill_listen_save(skb, save);
	if (rill_in_fastopen(listener, req, skb, opts, &kept)) {
		rill_entry_put(&req->e);
		return kept;
	}
	if (rill_entry_link(&req->e, RILL_SYNACK_TIMEOUT)) {
		/* Another CPU has got a SYN of the same connection, or there is no memory. */
		rill_entry_put(&req->e);
		goto drop;
	}
	rill_reply_synack_at(req, rill_clock_ms(),
			     opts->present & RILL_OPT_FASTOPEN ? &opts->cookie : NULL);
	return false;
drop:
	RILL_INC(net, ListenDrops);
	return false;
}

/**
 * rill_in_listen() - a segment for a listener
 * @listener: the listening socket, not locked, under RCU
 * @skb: the segment
 * @tuple: its four-tuple as the local end sees it
 * @tw: the TIME-WAIT entry that the SYN has reopened, or NULL
 *
 * RST is ignored, an ACK that brings no cookie back is answered with RST, a SYN makes a request;
 * anything else is dropped.
 * Return: true when the segment was kept.
 */
bool rill_in_listen(struct sock *listener, struct sk_buff *skb, const struct rill_tuple *tuple,
		    const struct rill_tw *tw)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	struct net *net = sock_net(listener);
	struct rill_opts opts;

	if (!rill_in_options(net, skb, &opts) || (seg->flags & RILL_RST))
		return false;
	if (seg->flags & RILL_ACK)
		return rill_cookie_ack(net, listener, skb, tuple, &opts);
	/* A SYN with FIN is no way to open a connection. */
	if ((seg->flags & RILL_SYN) && !(seg->flags & RILL_FIN) && rill_ip_rx_answerable(net, skb))
		return rill_listen_syn(net, listener, skb, tuple, &opts, tw);
	return false;
}
