// SPDX-License-Identifier: GPL-2.0
/*
 * A segment finds a listener and no connection (RFC 9293 section 3.10.7.2): a SYN becomes a
 * request. Softirq context under RCU; the listener is not locked, its fields are read with
 * READ_ONCE().
 */
#include <net/ip.h>

#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../core/seq.h"
#include "../core/wnd.h"
#include "in.h"
#include "reply.h"

/* How long the first SYN-ACK has until it is sent again (RFC 6298 section 2.1). */
#define RILL_SYNACK_TIMEOUT	HZ

/* What may be left in the network of a connection that is opened again lies this far back. */
#define RILL_TW_GAP		65536

static bool rill_listen_has_room(struct net *net, struct sock *listener, struct rill_queue *q)
{
	struct rill_settings *set = &rill_net(net)->set;

	if (sk_acceptq_is_full(listener)) {
		RILL_INC(net, ListenOverflows);
		return false;
	}
	if (atomic_read(&q->requests) >= max_t(int, READ_ONCE(set->max_syn_backlog),
					       READ_ONCE(listener->sk_max_ack_backlog))) {
		RILL_INC(net, ReqQueueFull);
		return false;
	}
	return true;
}

/* What both ends know of the options that the SYN offers. */
static void rill_listen_options(struct net *net, struct sock *listener, struct rill_req *req,
				const struct rill_opts *opts)
{
	struct rill_settings *set = &rill_net(net)->set;
	u32 rcvbuf = READ_ONCE(listener->sk_rcvbuf);

	req->mss = RILL_MSS_DEFAULT;
	if (opts->present & RILL_OPT_MSS)
		req->mss = max_t(u16, opts->mss, RILL_MSS_MIN);
	if ((opts->present & RILL_OPT_WSCALE) && READ_ONCE(set->window_scaling)) {
		req->opts |= RILL_OPT_WSCALE;
		req->wscale = opts->wscale;
		req->rcv_wscale = rill_wnd_scale(max_t(u32, rcvbuf, READ_ONCE(set->rmem[2])) / 2);
	}
	if ((opts->present & RILL_OPT_TS) && READ_ONCE(set->timestamps)) {
		req->opts |= RILL_OPT_TS;
		req->ts_recent = opts->tsval;
	}
	if ((opts->present & RILL_OPT_SACKOK) && READ_ONCE(set->sack))
		req->opts |= RILL_OPT_SACKOK;
	req->rcv_wnd = min_t(u32, rcvbuf / 2, U16_MAX);
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

static void rill_listen_syn(struct net *net, struct sock *listener, struct sk_buff *skb,
			    const struct rill_tuple *tuple, const struct rill_opts *opts,
			    const struct rill_tw *tw)
{
	struct rill_queue *q = READ_ONCE(rill_sk(listener)->queue);
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_net *rn = rill_net(net);
	struct rill_reply r;
	struct rill_req *req;
	u16 user_mss;
	u8 save;

	if (!q || !rill_listen_has_room(net, listener, q))
		goto full;
	req = rill_req_new(net, q, rill_in_request_expired);
	if (!req)
		goto full;
	rill_route_reply(net, skb, tuple, &r);
	req->e.node.tuple = *tuple;
	req->iss = rill_isn(&rn->key, tuple, ktime_get_ns());
	/* Behind everything the connection before it has sent (RFC 9293 section 3.6.1, MAY-2). */
	if (tw && !rill_seq_gt(req->iss, tw->snd_nxt + RILL_TW_GAP))
		req->iss = tw->snd_nxt + RILL_TW_GAP;
	req->irs = seg->seq;
	req->ts_off = rill_isn_ts_offset(&rn->key, tuple);
	req->born = rill_clock_us();
	req->snd_wnd = seg->wnd;
	req->mark = READ_ONCE(listener->sk_mark) ?: r.mark;
	req->bound_if = READ_ONCE(listener->sk_bound_dev_if) ?: r.oif;
	req->tos = READ_ONCE(inet_sk(listener)->tos);
	req->adv_mss = rill_route_mss(&r);
	user_mss = READ_ONCE(rill_sk(listener)->knobs.user_mss);
	if (user_mss)
		req->adv_mss = min(req->adv_mss, user_mss);
	rill_listen_options(net, listener, req, opts);
	save = READ_ONCE(rill_sk(listener)->knobs.save_syn);
	if (unlikely(save))
		req->syn = rill_listen_save(skb, save);
	if (rill_entry_link(&req->e, RILL_SYNACK_TIMEOUT)) {
		/* Another CPU has got a SYN of the same connection, or there is no memory. */
		rill_entry_put(&req->e);
		goto full;
	}
	rill_reply_synack(req);
	return;
full:
	RILL_INC(net, ListenDrops);
}

/**
 * rill_in_listen() - a segment for a listener
 * @listener: the listening socket, not locked, under RCU
 * @skb: the segment
 * @tuple: its four-tuple as the local end sees it
 * @tw: the TIME-WAIT entry that the SYN has reopened, or NULL
 *
 * RST is ignored, an ACK is answered with RST, a SYN makes a request; anything else is dropped.
 */
void rill_in_listen(struct sock *listener, struct sk_buff *skb, const struct rill_tuple *tuple,
		    const struct rill_tw *tw)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	struct net *net = sock_net(listener);
	struct rill_opts opts;

	if (!rill_in_options(net, skb, &opts) || (seg->flags & RILL_RST))
		return;
	if (seg->flags & RILL_ACK) {
		rill_reply_rst(net, skb, tuple, seg);
		return;
	}
	/* A SYN with FIN is no way to open a connection. */
	if (!(seg->flags & RILL_SYN) || (seg->flags & RILL_FIN))
		return;
	if (rill_ip_rx_answerable(net, skb))
		rill_listen_syn(net, listener, skb, tuple, &opts, tw);
}
