// SPDX-License-Identifier: GPL-2.0
/*
 * A SYN that brings a Fast Open cookie makes no request but a full socket, at once: it is accepted,
 * read and written while the handshake goes on (RFC 7413 section 4.2.1). Softirq context under
 * RCU; the listener is not locked, its fields are read with READ_ONCE().
 */
#include "../base/fo_keys.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/table.h"
#include "act.h"
#include "child.h"
#include "in.h"
#include "out.h"
#include "syn.h"

/*
 * Which cookie has come, and which is to go back: @c is the one and becomes the other, without
 * length if there is none to give.
 * Return: 0 none of ours, 1 the one that we would give, 2 that of the key before.
 */
static unsigned int rill_fastopen_verify(struct rill_net *rn, struct sock *listener,
					 const struct rill_tuple *t, struct rill_fo_cookie *c)
{
	const struct rill_fo_keys *keys = rcu_dereference(rill_sk(listener)->fo_keys);
	unsigned int which;

	if (!keys)
		keys = rcu_dereference(rn->fo_keys);
	which = rill_fastopen_check(keys->key, keys->n, t, c);
	rill_fastopen_make(&keys->key[0], t, c);
	return which;
}

/* The data that came with the SYN, as if in a segment of its own. */
static bool rill_fastopen_data(struct sock *child, struct sk_buff *skb)
{
	struct rill_seg seg = *RILL_SEG(skb);

	if (!seg.len)
		return false;
	seg.seq++;
	seg.flags &= ~RILL_SYN;
	rill_sk(child)->fo.acked = true;
	nf_reset_ct(skb);
	return rill_in_data(child, skb, &seg, rill_sk(child)->ts_recent);
}

/* A child that takes what the SYN has and answers it. True: @skb was kept. */
static bool rill_fastopen_answer(struct sock *child, struct rill_req *req, struct sk_buff *skb)
{
	struct rill_sock *rs = rill_sk(child);
	bool kept;

	rs->syn = req->syn;
	req->syn = NULL;
	RCU_INIT_POINTER(inet_sk(child)->inet_opt, req->ip_opt);
	req->ip_opt = NULL;
	/* Nothing has been sent yet, and there is nothing small that the first write waits for. */
	rs->snd.nxt = rs->iss;
	rs->snd_short = rs->iss;
	rs->tally.segs_in = 1;
	rill_in_start(child);
	kept = rill_fastopen_data(child, skb);
	rill_send_synack(child);
	return kept;
}

/*
 * The child takes its place in the connection table and before accept(). Return: false when there
 * is one already, or there is no memory.
 */
static bool rill_fastopen_child(struct sock *listener, struct rill_req *req, struct sk_buff *skb,
				const struct rill_fo_cookie *give, bool *kept)
{
	struct rill_net *rn = rill_net(req->e.net);
	struct sock *child = rill_in_child(listener, req);
	bool queued;

	if (!child)
		return false;
	sock_hold(child);
	bh_lock_sock(child);
	if (rill_table_insert(rn, &rill_sk(child)->node)) {
		rill_act_orphan(child);
		rill_act(child, RILL_EV_GIVE_UP);
		bh_unlock_sock(child);
		sock_put(child);
		return false;
	}
	rill_queue_fast_begin(req->queue, child);
	if (give) {
		rill_sk(child)->fo.cookie = *give;
		rill_sk(child)->fo.offer = true;
	}
	*kept = rill_fastopen_answer(child, req, skb);
	queued = rill_queue_add(req->queue, child);
	if (!queued) {
		/* The listener has gone. */
		rill_act_orphan(child);
		rill_act(child, RILL_EV_ABORT);
	}
	bh_unlock_sock(child);
	if (queued) {
		RILL_INC(req->e.net, PassiveOpens);
		listener->sk_data_ready(listener);
	}
	sock_put(child);
	return true;
}

/* Is this SYN about Fast Open, and does the listener do that now? */
static bool rill_fastopen_wanted(struct net *net, struct sock *listener, const struct rill_req *req)
{
	int bits = READ_ONCE(rill_net(net)->set.fastopen);
	int max = READ_ONCE(rill_sk(listener)->knobs.fo_max);

	if (!(bits & RILL_FO_SERVER) || !max)
		return false;
	if (rill_queue_fast_room(req->queue, max))
		return true;
	RILL_INC(net, FastOpenListenOverflow);
	return false;
}

/**
 * rill_in_fastopen() - a SYN at a listener: may it open the connection at once?
 * @listener: the listener, not locked, under RCU
 * @req: the request that it would make, complete, not linked
 * @skb: the SYN
 * @opts: its options; RILL_OPT_FASTOPEN is left in them with the cookie that the SYN-ACK is to
 *	give
 * @kept: is set when the segment was kept
 *
 * Return: true when there is a socket; @req is not needed any more.
 */
bool rill_in_fastopen(struct sock *listener, struct rill_req *req, struct sk_buff *skb,
		      struct rill_opts *opts, bool *kept)
{
	struct net *net = req->e.net;
	bool asked = opts->present & RILL_OPT_FASTOPEN;
	bool sent = asked && opts->cookie.len;
	unsigned int which = 1;
	bool bare;

	if (likely(!asked && !RILL_SEG(skb)->len))
		return false;
	if (asked && !sent)
		RILL_INC(net, FastOpenCookieReqd);
	opts->present &= ~RILL_OPT_FASTOPEN;
	if (!rill_fastopen_wanted(net, listener, req))
		return false;
	bare = (READ_ONCE(rill_net(net)->set.fastopen) & RILL_FO_SERVER_BARE) ||
	       READ_ONCE(rill_sk(listener)->knobs.fo_no_cookie);
	if (!bare) {
		if (!asked)
			return false;
		which = rill_fastopen_verify(rill_net(net), listener, &req->e.node.tuple,
					     &opts->cookie);
		if (which != 1)
			opts->present |= RILL_OPT_FASTOPEN;
	}
	if (which && rill_fastopen_child(listener, req, skb, which == 2 ? &opts->cookie : NULL,
					 kept)) {
		RILL_INC(net, FastOpenPassive);
		return true;
	}
	if (which || sent)
		RILL_INC(net, FastOpenPassiveFail);
	return false;
}
