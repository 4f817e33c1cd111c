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
#include "child.h"
#include "in.h"
#include "out.h"
#include "reply.h"

/* What both ends know of the options that we offered. */
static void rill_synsent_options(struct rill_sock *rs, const struct rill_opts *opts)
{
	rs->peer_mss = opts->present & RILL_OPT_MSS ? max_t(u16, opts->mss, RILL_MSS_MIN) :
						      rill_ip_mss_default(&rs->node.tuple);
	rs->wscale_on &= !!(opts->present & RILL_OPT_WSCALE);
	rs->snd.wscale = rs->wscale_on ? opts->wscale : 0;
	rs->sack_on &= !!(opts->present & RILL_OPT_SACKOK);
	rs->ts_on &= !!(opts->present & RILL_OPT_TS);
	if (rs->ts_on) {
		rs->ts_recent = opts->tsval;
		rs->ts_edge = opts->tsval;
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

/*
 * What the server says of Fast Open (RFC 7413 section 4.2.2): a cookie for the next time, and
 * whether it took the data of our SYN. SND.UNA is settled.
 */
static void rill_synsent_fastopen(struct sock *sk, const struct rill_opts *opts)
{
	struct rill_net *rn = rill_net(sock_net(sk));
	struct rill_sock *rs = rill_sk(sk);
	u32 sent = rs->snd.nxt - rs->iss - 1, acked = rs->snd.una - rs->iss - 1;

	rs->tally.octets_acked += acked;
	if ((opts->present & RILL_OPT_FASTOPEN) && opts->cookie.len)
		rill_fo_remember(rn, &rs->node.tuple, &opts->cookie, rs->peer_mss);
	else if (rs->retries && sent && !acked)
		/* Perhaps no SYN gets through that has data. */
		rill_fo_forget(rn, &rs->node.tuple);
	if (!sent)
		return;
	if (acked == sent) {
		rs->fo.acked = true;
		RILL_INC(sock_net(sk), FastOpenActive);
		rill_fo_works(rn);
	} else {
		rs->fo.fail = rs->retries ? TFO_SYN_RETRANSMITTED : TFO_DATA_NOT_ACKED;
		RILL_INC(sock_net(sk), FastOpenActiveFail);
	}
	rill_rtx_acked(sk);
}

static void rill_synsent_take(struct sock *sk, const struct sk_buff *skb,
			      const struct rill_seg *seg, const struct rill_opts *opts)
{
	struct rill_sock *rs = rill_sk(sk);
	u8 field = rill_ip_rx_ecn(skb);

	rill_synsent_options(rs, opts);
	rill_synsent_peer(rs, seg);
	if (!(seg->flags & RILL_ACK)) {
		rill_accecn_agree(&rs->accecn, &rs->ecn,
				  rill_accecn_offered(rs->ecn.ask, seg->flags, field), field);
		rill_act(sk, RILL_EV_SYN);
		return;
	}
	rill_accecn_answered(&rs->accecn, &rs->ecn, seg, opts, field);
	rs->snd.una = seg->ack;
	if (unlikely(rs->fo.asked))
		rill_synsent_fastopen(sk, opts);
	if (rs->rtt_timing) {
		rill_rtt_sample(&rs->rtt, rill_clock_us() - rs->rtt_start);
		rs->rtt_timing = false;
	}
	rill_in_opened(sk);
	rill_act(sk, RILL_EV_SYNACK);
	/* How the SYN-ACK came an ACK alone tells (RFC 9768 section 3.2.2.1). */
	if (rs->accecn.shake)
		rill_flush_ack(sk);
	/* What the SYN had with it in vain goes again, and the ACK with it. */
	if (rs->write_seq != rs->snd.una)
		rill_push(sk);
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
