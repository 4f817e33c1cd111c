// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that no socket sends: RSTs for nobody, SYN-ACKs of requests, ACKs out of TIME-WAIT.
 * Softirq context; no locks needed.
 */
#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/ip_opt.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../core/accecn.h"
#include "../core/wnd.h"
#include "build.h"
#include "reply.h"

static void rill_reply_send(const struct rill_reply *r, struct rill_seg *seg,
			    const struct rill_opts *opts)
{
	struct sk_buff *skb = rill_build_skb(0, GFP_ATOMIC);

	if (!skb) {
		RILL_INC(r->net, OutAllocFails);
		return;
	}
	rill_build_header(skb, &r->tuple, seg, opts);
	RILL_INC(r->net, OutSegs);
	rill_route_send(r, skb);
}

/**
 * rill_reply_rst() - answer a segment that belongs to no connection (RFC 9293 section 3.10.7.1)
 * @net: the namespace
 * @skb: the segment
 * @tuple: its four-tuple as the local end sees it
 * @seg: its header; a RST is never answered
 */
void rill_reply_rst(struct net *net, const struct sk_buff *skb, const struct rill_tuple *tuple,
		    const struct rill_seg *seg)
{
	struct rill_seg rst = { .flags = RILL_RST };
	static const struct rill_opts none;
	struct rill_reply r;

	if ((seg->flags & RILL_RST) || !rill_ip_rx_answerable(net, skb))
		return;
	if (seg->flags & RILL_ACK) {
		rst.seq = seg->ack;
	} else {
		rst.ack = rill_seg_end(seg);
		rst.flags |= RILL_ACK;
	}
	rill_route_reply(net, skb, tuple, &r);
	r.ip_opt = rill_ip_opt_return(net, skb);
	RILL_INC(r.net, OutRsts);
	rill_reply_send(&r, &rst, &none);
	kfree(r.ip_opt);
}

/**
 * rill_reply_for() - how a request is answered
 * @req: the request, complete
 * @r: is filled in
 */
void rill_reply_for(const struct rill_req *req, struct rill_reply *r)
{
	*r = (struct rill_reply) {
		.net		= req->e.net,
		.tuple		= req->e.node.tuple,
		.mark		= req->mark,
		.priority	= req->priority,
		.oif		= req->bound_if,
		.ip_opt		= READ_ONCE(req->ip_opt),
		.label		= req->label,
		.tos		= req->tos,
		.ttl		= req->ttl,
		.transparent	= req->transparent,
	};
}

/* What a SYN-ACK says of ECN: in its flags, and in an option that shows whether it gets through. */
static void rill_reply_synack_ecn(const struct rill_req *req, struct rill_seg *seg,
				  struct rill_opts *opts)
{
	const struct rill_settings *set = &rill_net(req->e.net)->set;
	bool again = (req->resends || READ_ONCE(req->again)) && READ_ONCE(set->ecn_fallback);

	switch (READ_ONCE(req->ecn)) {
	case RILL_ECN_CLASSIC:
		seg->flags |= RILL_ECE;
		break;
	case RILL_ECN_ACCURATE:
		if (!rill_req_plain(req))
			seg->flags |= rill_accecn_reflect(READ_ONCE(req->field));
		if (!again && READ_ONCE(set->ecn_option) != RILL_ACCECN_NEVER)
			rill_accecn_initial(opts);
		break;
	}
}

/**
 * rill_reply_synack_at() - answer a SYN at a listener, at a given time
 * @req: the request, complete
 * @clock: the timestamp clock, milliseconds
 * @give: a Fast Open cookie for the peer, or NULL
 */
void rill_reply_synack_at(const struct rill_req *req, u32 clock, const struct rill_fo_cookie *give)
{
	struct rill_reply r;
	struct rill_seg seg = {
		.seq	= req->iss,
		.ack	= req->irs + 1,
		.wnd	= min_t(u32, req->rcv_wnd, U16_MAX),
		.flags	= RILL_SYN | RILL_ACK,
	};
	struct rill_opts opts = {
		.present = req->opts | RILL_OPT_MSS,
		.mss	= req->adv_mss,
		.wscale	= req->rcv_wscale,
		.tsval	= clock + req->ts_off,
		.tsecr	= req->ts_recent,
	};

	if (give) {
		opts.present |= RILL_OPT_FASTOPEN;
		opts.cookie = *give;
	}
	rill_reply_for(req, &r);
	rill_reply_synack_ecn(req, &seg, &opts);
	rill_reply_send(&r, &seg, &opts);
}

/**
 * rill_reply_synack() - answer a SYN at a listener now, the first time or again
 * @req: the request, complete
 */
void rill_reply_synack(const struct rill_req *req)
{
	rill_reply_synack_at(req, rill_clock_ms(), NULL);
}

/**
 * rill_reply_ack() - acknowledge for a request or a TIME-WAIT entry
 * @r: where to
 * @seg: its numbers and window, and what its flags tell of ECN; the rest is filled in
 * @opts: the options
 */
void rill_reply_ack(const struct rill_reply *r, struct rill_seg *seg, const struct rill_opts *opts)
{
	seg->flags |= RILL_ACK;
	rill_reply_send(r, seg, opts);
}

/**
 * rill_reply_allowed() - may a segment that is not acceptable be answered (RFC 5961 section 7)?
 * @net: the namespace
 * @t: what the connection has answered lately
 *
 * Return: true if it may; it is counted as answered then.
 */
bool rill_reply_allowed(struct net *net, struct rill_throttle *t)
{
	u8 limit = READ_ONCE(rill_net(net)->set.challenge_ack_limit);

	if (!rill_throttle_pass(t, (u16)jiffies, HZ, limit)) {
		RILL_INC(net, ChallengeLimited);
		return false;
	}
	RILL_INC(net, ChallengeAcks);
	return true;
}
