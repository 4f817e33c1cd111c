// SPDX-License-Identifier: GPL-2.0
/*
 * What a SYN says, and what a listener makes of it: the contents of a request. Softirq context
 * under RCU; the listener is not locked, its fields are read with READ_ONCE().
 */
#include <net/ip.h>

#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/ip_ecn.h"
#include "../base/ip_opt.h"
#include "../base/net.h"
#include "../compat.h"
#include "../core/accecn.h"
#include "../core/wnd.h"
#include "in.h"
#include "reply.h"
#include "syn.h"

/* What both ends know of the options that the SYN offers. */
static void rill_syn_options(struct net *net, struct sock *listener, struct rill_req *req,
			     const struct rill_opts *opts)
{
	struct rill_settings *set = &rill_net(net)->set;
	u32 rcvbuf = READ_ONCE(listener->sk_rcvbuf);

	req->mss = rill_ip_mss_default(&req->e.node.tuple);
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

/* What the route to the peer has to say about the SYN-ACK. */
static void rill_syn_route(struct net *net, struct rill_req *req)
{
	struct dst_entry *dst;
	struct rill_reply r;

	rill_reply_for(req, &r);
	dst = rill_route_dst(&r);
	req->adv_mss = dst ? rill_ip_dst_adv_mss(dst) : rill_ip_mss_default(&r.tuple);
	req->ecn = rill_accecn_incoming(READ_ONCE(rill_net(net)->set.ecn));
	if (!req->ecn && rill_ip_dst_ecn(dst))
		req->ecn = RILL_ECN_CLASSIC;
	dst_release(dst);
}

/**
 * rill_syn_prepare() - make a request of a SYN
 * @net: the namespace
 * @listener: who listens
 * @skb: the SYN
 * @tuple: its four-tuple
 * @opts: its options
 * @req: is filled in, but for iss; @req->ecn is what may be agreed to
 */
void rill_syn_prepare(struct net *net, struct sock *listener, struct sk_buff *skb,
		      const struct rill_tuple *tuple, const struct rill_opts *opts,
		      struct rill_req *req)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	u16 user_mss = READ_ONCE(rill_sk(listener)->knobs.user_mss);

	req->e.node.tuple = *tuple;
	req->irs = seg->seq;
	req->ts_off = rill_isn_ts_offset(&rill_net(net)->key, tuple);
	req->born = rill_clock_us();
	req->snd_wnd = seg->wnd;
	req->mark = READ_ONCE(listener->sk_mark);
	if (!req->mark && READ_ONCE(rill_net(net)->set.fwmark_accept))
		req->mark = skb->mark;
	req->priority = READ_ONCE(listener->sk_priority);
	req->bound_if = READ_ONCE(listener->sk_bound_dev_if) ?: tuple->scope;
	req->ip_opt = rill_ip_opt_return(net, skb);
	req->tos = rill_ip_sock_tos(listener, tuple);
	req->ttl = rill_ip_sock_ttl(listener, tuple);
	req->label = rill_ip_rx_label(listener, skb);
	req->transparent = rill_inet_transparent(listener);
	rill_syn_route(net, req);
	if (user_mss)
		req->adv_mss = min(req->adv_mss, user_mss);
	rill_syn_options(net, listener, req, opts);
}
