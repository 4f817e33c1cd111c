// SPDX-License-Identifier: GPL-2.0
/*
 * Segments and timeouts of a connection in SYN-RECEIVED that a listener began (RFC 9293 section
 * 3.10.7.4). The last ACK of the handshake turns the request into a full socket. Softirq context
 * under RCU, the request is held; the listener is not locked.
 */
#include "../base/bind.h"
#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/table.h"
#include "../base/ip_ecn.h"
#include "../core/accecn.h"
#include "../core/check.h"
#include "../core/seq.h"
#include "../compat.h"
#include "act.h"
#include "child.h"
#include "in.h"
#include "in_ecn.h"
#include "reply.h"

static bool rill_request_defers(struct sock *listener, const struct rill_req *req)
{
	return req->resends < READ_ONCE(rill_sk(listener)->knobs.defer_accept);
}

/**
 * rill_in_request_expired() - a request's timer: send the SYN-ACK again, or give up
 * @t: the timer; its reference to the request is ours
 */
void rill_in_request_expired(struct timer_list *t)
{
	struct rill_entry *e = timer_container_of(e, t, timer);
	struct rill_req *req = container_of(e, struct rill_req, e);
	struct rill_net *rn = rill_net(e->net);
	struct sock *listener;
	bool silent;
	u8 retries;

	rcu_read_lock();
	listener = rill_queue_listener(req->queue);
	retries = READ_ONCE(rn->set.synack_retries);
	if (listener && rill_sk(listener)->knobs.syn_retries)
		retries = READ_ONCE(rill_sk(listener)->knobs.syn_retries);
	if (!listener || req->resends >= retries) {
		RILL_INC(e->net, ReqExpired);
		rill_entry_drop(e);
		goto put;
	}
	/*
	 * Who waits for data (TCP_DEFER_ACCEPT) lets the peer's patience run, and asks at the
	 * end.
	 */
	silent = req->acked && rill_request_defers(listener, req);
	req->resends++;
	if (!silent) {
		RILL_INC(e->net, SynRetrans);
		rill_reply_synack(req);
	}
	if (rill_entry_rearm(e, min_t(unsigned long, (unsigned long)HZ << req->resends,
				      usecs_to_jiffies(RILL_RTO_MAX_US)))) {
		rcu_read_unlock();
		return;
	}
put:
	rcu_read_unlock();
	rill_entry_put(e);
}

static void rill_request_ack(struct net *net, struct rill_req *req)
{
	struct rill_opts opts = { .present = req->opts & RILL_OPT_TS };
	struct rill_seg ack = {
		.seq	= req->iss + 1,
		.ack	= req->irs + 1,
		.wnd	= req->rcv_wnd >> req->rcv_wscale,
		.flags	= req->ecn == RILL_ECN_ACCURATE ? rill_accecn_count(RILL_ACCECN_CEP) : 0,
	};
	struct rill_reply r;

	if (!rill_reply_allowed(net, &req->e.node.challenge))
		return;
	rill_reply_for(req, &r);
	opts.tsval = rill_clock_ms() + req->ts_off;
	opts.tsecr = req->ts_recent;
	rill_reply_ack(&r, &ack, &opts);
}

/*
 * What a SYN that is not the first means for ECN. Who asks for RFC 3168's may do without, and gets
 * none; AccECN stays, but the peer may not know of it (RFC 9768 section 3.1.5). Who asks for both
 * would not know which of them it has: false.
 */
static bool rill_request_ecn_again(struct net *net, struct rill_req *req,
				   const struct sk_buff *skb)
{
	enum rill_ecn_mode had = READ_ONCE(req->ecn), asks;

	if (!rill_in_ecn_asked(net, had, RILL_SEG(skb), &asks))
		return false;
	WRITE_ONCE(req->again, true);
	WRITE_ONCE(req->field, rill_ip_rx_ecn(skb));
	if (!asks)
		WRITE_ONCE(req->plain, true);
	if (!asks && had == RILL_ECN_CLASSIC)
		WRITE_ONCE(req->ecn, RILL_ECN_NONE);
	return true;
}

/* The peer has not seen our SYN-ACK, or somebody wants others to see many. */
static void rill_request_syn_again(struct net *net, struct rill_req *req,
				   const struct sk_buff *skb)
{
	if (!rill_request_ecn_again(net, req, skb)) {
		RILL_INC(net, AttemptFails);
		rill_entry_drop(&req->e);
		rill_reply_rst(net, skb, &req->e.node.tuple, RILL_SEG(skb));
		return;
	}
	if (!rill_reply_allowed(net, &req->e.node.challenge))
		return;
	RILL_INC(net, SynRetrans);
	rill_reply_synack(req);
}

/* Steps one to four of section 3.10.7.4; true: it is the ACK that completes the handshake. */
static bool rill_request_check(struct net *net, struct rill_req *req, const struct sk_buff *skb,
			       const struct rill_opts *opts)
{
	const struct rill_seg *seg = RILL_SEG(skb);
	enum rill_verdict verdict;
	struct rill_edges e = {
		.rcv_nxt = req->irs + 1,
		.rcv_wnd = req->rcv_wnd,
		.snd_una = req->iss,
		.snd_nxt = req->iss + 1,
	};

	if ((seg->flags & (RILL_SYN | RILL_RST | RILL_ACK)) == RILL_SYN && seg->seq == req->irs) {
		rill_request_syn_again(net, req, skb);
		return false;
	}
	if ((seg->flags & (RILL_SYN | RILL_RST)) == RILL_SYN &&
	    rill_seq_within(seg->seq, req->irs + 1, req->rcv_wnd)) {
		/* Fourth step, passive open: back to LISTEN. */
		RILL_INC(net, AttemptFails);
		rill_entry_drop(&req->e);
		return false;
	}
	if ((req->opts & RILL_OPT_TS) && (opts->present & RILL_OPT_TS) &&
	    rill_check_paws(req->ts_recent, opts->tsval, seg->flags & RILL_RST)) {
		RILL_INC(net, InPaws);
		rill_request_ack(net, req);
		return false;
	}
	verdict = rill_check_synced(&e, seg);
	switch (verdict) {
	case RILL_RESET:
		/* Back to LISTEN, and nobody is told (MUST-11). */
		rill_entry_drop(&req->e);
		RILL_INC(net, AttemptFails);
		return false;
	case RILL_DROP_ACK:
	case RILL_DROP_CHALLENGE:
		RILL_INC(net, InUnacceptable);
		/* Fifth step: an ACK that is not of our SYN calls for a RST. */
		if ((seg->flags & (RILL_ACK | RILL_SYN | RILL_RST)) == RILL_ACK &&
		    (verdict == RILL_DROP_CHALLENGE || rill_seq_gt(seg->ack, req->iss + 1)))
			rill_reply_rst(net, skb, &req->e.node.tuple, seg);
		else
			rill_request_ack(net, req);
		return false;
	case RILL_TAKE:
		if (seg->ack == req->iss + 1)
			return true;
		rill_reply_rst(net, skb, &req->e.node.tuple, seg);
		return false;
	default:
		return false;
	}
}

/* May the connection leave SYN-RECEIVED now? */
static bool rill_request_admit(struct net *net, struct sock *listener, struct rill_req *req,
			       const struct sk_buff *skb)
{
	const struct rill_seg *seg = RILL_SEG(skb);

	if (!seg->len && !(seg->flags & RILL_FIN) && rill_request_defers(listener, req)) {
		req->acked = true;
		return false;
	}
	if (!sk_acceptq_is_full(listener))
		return true;
	RILL_INC(net, ListenOverflows);
	RILL_INC(net, ListenDrops);
	if (READ_ONCE(rill_net(net)->set.abort_on_overflow)) {
		rill_entry_drop(&req->e);
		rill_reply_rst(net, skb, &req->e.node.tuple, seg);
	} else {
		/* The SYN-ACK that the timer sends again makes the peer repeat its ACK. */
		req->acked = true;
	}
	return false;
}

/* The listener has gone, or another CPU was faster with the same ACK. */
static void rill_request_disown(struct sock *child, enum rill_event event)
{
	rill_act_orphan(child);
	rill_act(child, event);
}

/*
 * Put the child in the request's place and before accept(), and let it have the segment. The
 * child is locked meanwhile, so that nobody sees it half made. True: it kept the segment.
 */
static bool rill_request_replace(struct sock *listener, struct rill_req *req, struct sock *child,
				 struct sk_buff *skb)
{
	bool queued = false, kept = false;

	sock_hold(child);
	bh_lock_sock(child);
	if (!rill_entry_give_way(&req->e, &rill_sk(child)->node)) {
		rill_request_disown(child, RILL_EV_GIVE_UP);
	} else if (!rill_queue_add(req->queue, child)) {
		rill_request_disown(child, RILL_EV_ABORT);
	} else {
		RILL_INC(sock_net(child), PassiveOpens);
		rill_sk(child)->syn = req->syn;
		req->syn = NULL;
		/* Who sends SYN-ACKs at this moment does so under RCU. */
		RCU_INIT_POINTER(inet_sk(child)->inet_opt, req->ip_opt);
		WRITE_ONCE(req->ip_opt, NULL);
		queued = true;
		rill_sk(child)->tally.segs_in = 1;
		kept = rill_in_segment(child, skb);
	}
	bh_unlock_sock(child);
	if (queued)
		listener->sk_data_ready(listener);
	sock_put(child);
	return kept;
}

/**
 * rill_in_request() - a segment for a half-open connection
 * @net: the namespace
 * @req: the request, held, under RCU
 * @skb: the segment
 *
 * Return: true when the segment was kept, by the socket that the request has become.
 */
bool rill_in_request(struct net *net, struct rill_req *req, struct sk_buff *skb)
{
	struct sock *listener, *child;
	struct rill_opts opts;

	if (!rill_in_options(net, skb, &opts) || !rill_request_check(net, req, skb, &opts))
		return false;
	listener = rill_queue_listener(req->queue);
	if (!listener) {
		rill_entry_drop(&req->e);
		rill_reply_rst(net, skb, &req->e.node.tuple, RILL_SEG(skb));
		return false;
	}
	if (!rill_request_admit(net, listener, req, skb))
		return false;
	child = rill_in_child(listener, req);
	if (!child) {
		RILL_INC(net, ListenDrops);
		return false;
	}
	return rill_request_replace(listener, req, child, skb);
}
