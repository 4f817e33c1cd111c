// SPDX-License-Identifier: GPL-2.0
/*
 * Answers to our SYN (RFC 9293 section 3.10.7.3). Socket lock held.
 */
#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/ip_ecn.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/timer.h"
#include "../core/check.h"
#include "act.h"
#include "in.h"
#include "out.h"
#include "reply.h"

/* What both ends know of the options that we offered. */
static void rill_synsent_options(struct rill_sock *rs, const struct rill_opts *opts)
{
	if (opts->present & RILL_OPT_MSS)
		rs->peer_mss = max_t(u16, opts->mss, RILL_MSS_MIN);
	rs->wscale_on &= !!(opts->present & RILL_OPT_WSCALE);
	rs->snd.wscale = rs->wscale_on ? opts->wscale : 0;
	rs->sack_on &= !!(opts->present & RILL_OPT_SACKOK);
	rs->ts_on &= !!(opts->present & RILL_OPT_TS);
	if (rs->ts_on) {
		rs->ts_recent = opts->tsval;
		rs->ts_recent_stamp = ktime_get_seconds();
	}
}

static void rill_synsent_peer(struct rill_sock *rs, const struct rill_seg *seg)
{
	rs->irs = seg->seq;
	/* The window that our SYN offered begins behind the peer's SYN. */
	rs->rcv_adv = seg->seq + 1 + (rs->rcv_adv - rs->rcv_nxt);
	rs->rcv_nxt = seg->seq + 1;
	rs->rcv_acked = rs->rcv_nxt;
	rs->copied = rs->rcv_nxt;
	rs->snd.wl1 = seg->seq;
	rs->snd.wl2 = rs->iss;
	rs->snd.wnd = seg->wnd;
	rs->snd.max_wnd = seg->wnd;
}

static void rill_synsent_take(struct sock *sk, const struct sk_buff *skb,
			      const struct rill_seg *seg, const struct rill_opts *opts)
{
	struct rill_sock *rs = rill_sk(sk);

	rill_synsent_options(rs, opts);
	rill_synsent_peer(rs, seg);
	if (!(seg->flags & RILL_ACK)) {
		rill_ecn_agree(&rs->ecn, rs->ecn.ask &&
			       rill_ecn_asked(seg->flags, rill_ip_rx_ecn(skb)));
		rill_act(sk, RILL_EV_SYN);
		return;
	}
	rill_ecn_answered(&rs->ecn, seg->flags);
	rs->snd.una = seg->ack;
	if (rs->rtt_timing) {
		rill_rtt_sample(&rs->rtt, rill_clock_us() - rs->rtt_start);
		rs->rtt_timing = false;
	}
	rill_in_opened(sk);
	rill_act(sk, RILL_EV_SYNACK);
	rill_flush_ack(sk);
}

/**
 * rill_in_synsent() - a segment for a socket in SYN-SENT
 * @sk: the socket, locked
 * @skb: the segment; payload and FIN are left for the peer to send again
 */
void rill_in_synsent(struct sock *sk, struct sk_buff *skb)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_sock *rs = rill_sk(sk);
	struct net *net = sock_net(sk);
	struct rill_opts opts;

	if (!rill_in_options(net, skb, &opts))
		return;
	switch (rill_check_synsent(rs->iss, rs->snd.nxt, seg)) {
	case RILL_TAKE:
		rill_synsent_take(sk, skb, seg, &opts);
		break;
	case RILL_RESET:
		rill_act(sk, RILL_EV_RST);
		break;
	case RILL_DROP_RST:
		RILL_INC(net, InUnacceptable);
		rill_reply_rst(net, skb, &rs->node.tuple, seg);
		break;
	default:
		RILL_INC(net, InUnacceptable);
		break;
	}
}
