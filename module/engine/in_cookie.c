// SPDX-License-Identifier: GPL-2.0
/*
 * SYNs for which a listener has no room (RFC 4987 section 3.6): the SYN-ACK's numbers say all that
 * a request would, and the ACK that brings them back makes the request after all. Softirq context
 * under RCU; the listener is not locked.
 */
#include "../base/clock.h"
#include "../base/ip_ecn.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../core/accecn.h"
#include "../core/cookie.h"
#include "in.h"
#include "reply.h"
#include "syn.h"

/**
 * rill_cookie_syn() - answer a SYN and forget it
 * @net: the namespace
 * @listener: who listens
 * @q: its queue
 * @skb: the SYN
 * @tuple: its four-tuple
 * @opts: its options; without timestamps only the MSS survives
 */
void rill_cookie_syn(struct net *net, struct sock *listener, struct rill_queue *q,
		     struct sk_buff *skb, const struct rill_tuple *tuple,
		     const struct rill_opts *opts)
{
	struct rill_req req = { .e.net = net, .field = rill_ip_rx_ecn(skb) };
	struct rill_opts kept;
	u32 clock = rill_clock_ms();

	rill_syn_prepare(net, listener, skb, tuple, opts, &req);
	req.ecn = rill_accecn_offered(req.ecn, RILL_SEG(skb)->flags, req.field);
	req.iss = rill_cookie_make(&rill_net(net)->key, tuple, req.irs, ktime_get_seconds(),
				   req.mss);
	if (req.opts & RILL_OPT_TS) {
		kept = (struct rill_opts){ .present = req.opts, .wscale = req.wscale };
		clock = rill_cookie_stamp(clock, &kept, req.ecn == RILL_ECN_CLASSIC);
	} else {
		req.opts = 0;
		/* AccECN the ACK tells by itself. */
		if (req.ecn == RILL_ECN_CLASSIC)
			req.ecn = RILL_ECN_NONE;
	}
	WRITE_ONCE(q->cookies_end, jiffies + 2 * RILL_COOKIE_PERIOD * HZ);
	RILL_INC(net, CookiesSent);
	rill_reply_synack_at(&req, clock, NULL);
	kfree(req.ip_opt);
}

/* The SYN's options, as far as the ACK brings them back. True: it asked for RFC 3168's ECN. */
static bool rill_cookie_options(struct net *net, const struct rill_tuple *tuple,
				const struct rill_opts *opts, struct rill_opts *syn)
{
	syn->present = RILL_OPT_MSS;
	if (!(opts->present & RILL_OPT_TS) || !READ_ONCE(rill_net(net)->set.timestamps))
		return false;
	syn->present |= RILL_OPT_TS;
	syn->tsval = opts->tsval;
	return rill_cookie_unstamp(opts->tsecr - rill_isn_ts_offset(&rill_net(net)->key, tuple),
				   syn);
}

/* The request that the SYN would have made, held; or NULL. */
static struct rill_req *rill_cookie_request(struct net *net, struct sock *listener,
					    struct sk_buff *skb, const struct rill_tuple *tuple,
					    const struct rill_opts *syn, bool classic)
{
	struct rill_queue *q = READ_ONCE(rill_sk(listener)->queue);
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_req *req;

	if (sk_acceptq_is_full(listener)) {
		RILL_INC(net, ListenOverflows);
		return NULL;
	}
	req = rill_req_new(net, q, rill_in_request_expired);
	if (!req)
		return NULL;
	rill_syn_prepare(net, listener, skb, tuple, syn, req);
	req->ecn = rill_accecn_recalled(req->ecn, classic, seg->flags);
	req->irs = seg->seq - 1;
	req->iss = seg->ack - 1;
	/* Nobody knows when the SYN-ACK was sent. */
	req->born = 0;
	/* The caller's, beside the table's. */
	refcount_inc(&req->e.refs);
	if (!rill_entry_link(&req->e, RILL_SYNACK_TIMEOUT))
		return req;
	rill_entry_put(&req->e);
	rill_entry_put(&req->e);
	return NULL;
}

/**
 * rill_cookie_ack() - an ACK at a listener
 * @net: the namespace
 * @listener: who listens
 * @skb: the segment
 * @tuple: its four-tuple
 * @opts: its options
 *
 * Unless it brings a cookie back, the answer is a RST (RFC 9293 section 3.10.7.2, second step).
 * Return: true when the segment was kept, by the socket that it has opened.
 */
bool rill_cookie_ack(struct net *net, struct sock *listener, struct sk_buff *skb,
		     const struct rill_tuple *tuple, const struct rill_opts *opts)
{
	struct rill_queue *q = READ_ONCE(rill_sk(listener)->queue);
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_opts syn = {};
	struct rill_req *req;
	bool classic, kept;

	if (!q || (seg->flags & RILL_SYN) || !time_before(jiffies, READ_ONCE(q->cookies_end)))
		goto reset;
	if (!rill_cookie_check(&rill_net(net)->key, tuple, seg->seq - 1, seg->ack - 1,
			       ktime_get_seconds(), &syn.mss)) {
		RILL_INC(net, CookiesFailed);
		goto reset;
	}
	RILL_INC(net, CookiesRecv);
	classic = rill_cookie_options(net, tuple, opts, &syn);
	req = rill_cookie_request(net, listener, skb, tuple, &syn, classic);
	if (!req) {
		/* The peer sends its ACK, or data with it, again. */
		RILL_INC(net, ListenDrops);
		return false;
	}
	kept = rill_in_request(net, req, skb);
	rill_entry_put(&req->e);
	return kept;
reset:
	rill_reply_rst(net, skb, tuple, seg);
	return false;
}
