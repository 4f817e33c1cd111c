// SPDX-License-Identifier: GPL-2.0
/*
 * Segments for a connection in TIME-WAIT (RFC 9293 section 3.10.7.4 and 3.10.7.8, RFC 1337, RFC
 * 6191). Softirq context under RCU, the entry is held.
 */
#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/ip_opt.h"
#include "../base/mib.h"
#include "../core/accecn.h"
#include "../core/check.h"
#include "../core/seq.h"
#include "in.h"
#include "reply.h"

static void rill_timewait_ack(struct net *net, struct rill_tw *tw, const struct sk_buff *skb)
{
	struct rill_opts opts = { .present = tw->ts_on ? RILL_OPT_TS : 0 };
	struct rill_seg ack = {
		.seq	= tw->snd_nxt,
		.ack	= tw->rcv_nxt,
		.wnd	= tw->wnd,
		.flags	= rill_accecn_count(tw->e.cep),
	};
	struct rill_reply r;

	rill_route_reply(net, skb, &tw->e.node.tuple, &r);
	r.mark = tw->mark ?: r.mark;
	r.oif = tw->bound_if ?: r.oif;
	r.ip_opt = rill_ip_opt_return(net, skb);
	r.label = cpu_to_be32(tw->label);
	r.tos = tw->tos;
	r.ttl = tw->ttl;
	r.transparent = tw->transparent;
	opts.tsval = rill_clock_ms() + tw->ts_off;
	opts.tsecr = tw->ts_recent;
	rill_reply_ack(&r, &ack, &opts);
	kfree(r.ip_opt);
}

/* May this SYN open the connection again? Yes if it can't be an old duplicate (MAY-2, SHLD-4). */
static bool rill_timewait_reopens(const struct rill_tw *tw, const struct rill_seg *seg,
				  const struct rill_opts *opts)
{
	if ((seg->flags & (RILL_SYN | RILL_ACK | RILL_RST | RILL_FIN)) != RILL_SYN)
		return false;
	if (tw->ts_on && (opts->present & RILL_OPT_TS) && opts->tsval != tw->ts_recent)
		return rill_seq_gt(opts->tsval, tw->ts_recent);
	return rill_seq_gt(seg->seq, tw->rcv_nxt);
}

/**
 * rill_in_timewait() - a segment for a TIME-WAIT entry
 * @net: the namespace
 * @tw: the entry, held, under RCU
 * @skb: the segment
 *
 * The peer's FIN again: ACK, and 2 MSL start again. A RST is ignored (RFC 1337). Anything else
 * with data or numbers out of place gets an ACK and moves nothing.
 * Return: true when the entry has made way for a SYN that a listener should see.
 */
bool rill_in_timewait(struct net *net, struct rill_tw *tw, struct sk_buff *skb)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	struct rill_opts opts;
	bool old, fin;

	if (!rill_in_options(net, skb, &opts))
		return false;
	if (seg->flags & RILL_RST) {
		RILL_INC(net, TimeWaitRsts);
		return false;
	}
	if (rill_timewait_reopens(tw, seg, &opts)) {
		if (!rill_entry_drop(&tw->e))
			return false;
		RILL_INC(net, TimeWaitReopened);
		return true;
	}
	old = tw->ts_on && (opts.present & RILL_OPT_TS) &&
	      rill_check_paws(tw->ts_recent, opts.tsval, false);
	fin = !(seg->flags & RILL_SYN) && !old && (seg->flags & RILL_FIN) &&
	      rill_seg_end(seg) == tw->rcv_nxt;
	if (fin)
		rill_entry_arm(&tw->e, rill_tw_time(net));
	/* An ACK of ours that has nothing to say is not answered, and a stranger not too often. */
	if (fin || ((rill_seg_seqlen(seg) || seg->seq != tw->rcv_nxt) &&
		    rill_reply_allowed(net, &tw->e.node.challenge)))
		rill_timewait_ack(net, tw, skb);
	return false;
}
