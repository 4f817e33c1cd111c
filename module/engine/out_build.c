// SPDX-License-Identifier: GPL-2.0
/*
 * Making one segment of a connection. The send queue holds octets, not segments: a segment is a
 * view of some of them, whatever MSS they are sent with, the first time or again. Called by the
 * other out_*.c files with the socket lock held.
 */
#include "../base/clock.h"
#include "../base/ip.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/pacer.h"
#include "../base/timer.h"
#include "../core/seq.h"
#include "../core/urgent.h"
#include "build.h"

/* Up to this many octets are cheaper to copy than to refer to. */
#define RILL_COPY_MAX	192

#define RILL_HEADROOM	(MAX_HEADER + 60 + RILL_HDR_MAX)

/**
 * rill_build_skb() - an empty buffer for a segment
 * @room: octets of linear space for payload
 * @gfp: how to allocate
 *
 * Return: a buffer with room for all headers in front, or NULL.
 */
struct sk_buff *rill_build_skb(unsigned int room, gfp_t gfp)
{
	struct sk_buff *skb = alloc_skb(RILL_HEADROOM + room, gfp | __GFP_NOWARN);

	if (skb)
		skb_reserve(skb, RILL_HEADROOM);
	return skb;
}

/**
 * rill_build_header() - put header and options in front of the payload
 * @skb: the payload
 * @tuple: addresses and ports as the local end sees them
 * @seg: the header; ports and hlen are filled in
 * @opts: the options
 */
void rill_build_header(struct sk_buff *skb, const struct rill_tuple *tuple, struct rill_seg *seg,
		       const struct rill_opts *opts)
{
	unsigned int optlen = rill_opt_len(opts);
	u8 *p = skb_push(skb, RILL_HDR_LEN + optlen);

	skb_reset_transport_header(skb);
	rill_opt_emit(opts, p + RILL_HDR_LEN);
	seg->sport = ntohs(tuple->lport);
	seg->dport = ntohs(tuple->fport);
	seg->hlen = RILL_HDR_LEN + optlen;
	rill_seg_emit(seg, (struct rill_hdr *)p);
}

/* Where in the send queue @seq stands: the buffer, and how far into it. */
static struct sk_buff *rill_queue_seek(struct sock *sk, u32 seq, u32 *off)
{
	struct rill_sock *rs = rill_sk(sk);
	struct sk_buff *skb = rs->snd_skb;

	if (!skb || rill_seq_lt(seq, RILL_RCB(skb)->seq))
		skb = skb_peek(&sk->sk_write_queue);
	while (skb && rill_seq_geq(seq, RILL_RCB(skb)->end))
		skb = skb_queue_is_last(&sk->sk_write_queue, skb) ? NULL :
			skb_queue_next(&sk->sk_write_queue, skb);
	if (skb)
		*off = seq - RILL_RCB(skb)->seq;
	return skb;
}

/*
 * Refer to the pages of @q from @off on; returns the octets that found room among @skb's
 * fragments.
 */
static u32 rill_view_pages(struct sk_buff *skb, const struct sk_buff *q, u32 off, u32 len)
{
	int i, n = skb_shinfo(skb)->nr_frags;
	u32 done = 0;

	for (i = 0; i < skb_shinfo(q)->nr_frags && done < len && n < MAX_SKB_FRAGS; i++) {
		const skb_frag_t *f = &skb_shinfo(q)->frags[i];
		u32 size = skb_frag_size(f);
		u32 take;

		if (off >= size) {
			off -= size;
			continue;
		}
		take = min(size - off, len - done);
		get_page(skb_frag_page(f));
		skb_fill_page_desc(skb, n++, skb_frag_page(f), skb_frag_off(f) + off, take);
		done += take;
		off = 0;
	}
	skb->len += done;
	skb->data_len += done;
	skb->truesize += done;
	return done;
}

static int rill_view(struct sock *sk, struct sk_buff *skb, u32 seq, u32 len, bool copy)
{
	u32 off, n;
	struct sk_buff *q = rill_queue_seek(sk, seq, &off);

	while (len) {
		if (WARN_ON_ONCE(!q))
			return -EINVAL;
		n = min(len, q->len - off);
		if (copy && skb_copy_bits(q, off, skb_put(skb, n), n))
			return -EFAULT;
		if (!copy && rill_view_pages(skb, q, off, n) < n)
			return -EMSGSIZE;
		len -= n;
		off = 0;
		rill_sk(sk)->snd_skb = q;
		if (len)
			q = skb_queue_is_last(&sk->sk_write_queue, q) ? NULL :
				skb_queue_next(&sk->sk_write_queue, q);
	}
	return 0;
}

/* A buffer with @len octets of the send queue from @seq on. */
static struct sk_buff *rill_build_payload(struct sock *sk, u32 seq, u32 len)
{
	bool copy = len <= RILL_COPY_MAX;
	struct sk_buff *skb;
	int err;

	do {
		skb = rill_build_skb(copy ? len : 0, GFP_ATOMIC);
		if (!skb)
			return NULL;
		err = rill_view(sk, skb, seq, len, copy);
		if (!err)
			return skb;
		kfree_skb(skb);
		/* Too many small fragments for one segment: copy them. */
		copy = true;
	} while (err == -EMSGSIZE);
	return NULL;
}

/*
 * What has come early, in every segment that has room for it beside its data (RFC 2018 section 4).
 */
static void rill_build_sack(struct rill_sock *rs, u32 len, struct rill_opts *opts)
{
	rill_sack_fill(&rs->ofo.sack, rs->rcv_nxt, opts);
	if (len && len + rill_opt_len(opts) > rs->mss + rs->opt_len)
		opts->present &= ~RILL_OPT_SACK;
	else
		rs->ofo.sack.again = false;
}

/*
 * How the network has marked what has come. A segment that is sent again goes without: the option
 * may be why it got lost (RFC 9768 section 3.2.3.2.2).
 */
static void rill_build_accecn(struct sock *sk, const struct rill_seg *seg, struct rill_opts *opts)
{
	int when = READ_ONCE(rill_net(sock_net(sk))->set.ecn_option);
	struct rill_sock *rs = rill_sk(sk);
	u32 room = RILL_OPT_MAX;

	if (seg->len && rill_seq_lt(seg->seq, rs->snd.nxt))
		return;
	if (seg->len)
		room = rs->opt_len + (rs->mss > seg->len ? rs->mss - seg->len : 0);
	rill_accecn_option(&rs->accecn, when, room, seg, opts);
}

static void rill_build_options(struct sock *sk, const struct rill_seg *seg,
			       struct rill_opts *opts)
{
	struct rill_sock *rs = rill_sk(sk);
	bool syn = seg->flags & RILL_SYN;

	opts->present = 0;
	opts->n_sack = 0;
	if (syn) {
		opts->present |= RILL_OPT_MSS;
		opts->mss = rs->adv_mss;
		if (rs->wscale_on) {
			opts->present |= RILL_OPT_WSCALE;
			opts->wscale = rs->rcv_wscale;
		}
		if (rs->sack_on)
			opts->present |= RILL_OPT_SACKOK;
		if (unlikely(rs->fo.offer)) {
			opts->present |= RILL_OPT_FASTOPEN;
			opts->cookie = rs->fo.cookie;
		}
	}
	if (rs->ts_on) {
		opts->present |= RILL_OPT_TS;
		opts->tsval = rill_clock_ms() + rs->ts_off;
		opts->tsecr = seg->flags & RILL_ACK ? rs->ts_recent : 0;
	}
	if (rs->sack_on && !(seg->flags & (RILL_SYN | RILL_RST)))
		rill_build_sack(rs, seg->len, opts);
	if (rs->accecn.on && !(seg->flags & RILL_RST))
		rill_build_accecn(sk, seg, opts);
}

/* What every segment with an ACK settles. */
static void rill_ack_sent(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);

	rs->rcv_acked = rs->rcv_nxt;
	if (rs->ack) {
		rs->ack = 0;
		rill_timer_clear(sk, RILL_DL_DELACK);
	}
}

/* Tell of urgent data, in each segment before its end (RFC 9293 section 3.8.5). */
static void rill_build_urgent(const struct rill_sock *rs, struct rill_seg *seg)
{
	if (seg->flags & (RILL_SYN | RILL_RST))
		return;
	seg->urg = rill_urgent_pointer(seg->seq, rs->snd_up, rs->snd.nxt);
	if (seg->urg)
		seg->flags |= RILL_URG;
}

/**
 * rill_build() - make and send one segment
 * @sk: the socket, locked
 * @seq: its sequence number
 * @len: octets from the send queue; with RILL_SYN they begin behind @seq
 * @flags: enum rill_flag; with RILL_ACK it acknowledges all there is
 *
 * Return: 0, or a negative error when it didn't leave.
 */
int rill_build(struct sock *sk, u32 seq, u32 len, u16 flags)
{
	struct rill_sock *rs = rill_sk(sk);
	struct sk_buff *skb = rill_build_payload(sk, seq + !!(flags & RILL_SYN), len);
	struct rill_seg seg = {
		.seq	= seq,
		.ack	= flags & RILL_ACK ? rs->rcv_nxt : 0,
		.len	= len,
		.flags	= flags,
	};
	struct rill_opts opts;
	u8 ecn;

	if (!skb) {
		RILL_INC(sock_net(sk), OutAllocFails);
		return -ENOBUFS;
	}
	seg.wnd = flags & RILL_RST ? 0 : rill_out_window(sk, flags & RILL_SYN);
	if (unlikely(rs->snd_urgent))
		rill_build_urgent(rs, &seg);
	ecn = rill_ecn_mark(&rs->ecn, &seg, &rs->snd);
	rill_build_options(sk, &seg, &opts);
	if (rs->accecn.on)
		rill_accecn_sent(&rs->accecn, &seg, &opts, ecn != RILL_NOT_ECT);
	rill_build_header(skb, &rs->node.tuple, &seg, &opts);
	skb_set_owner_w(skb, sk);
	skb_set_dst_pending_confirm(skb, READ_ONCE(sk->sk_dst_pending_confirm));
	rs->tally.segs_out++;
	if (len) {
		if (unlikely(rs->pacer))
			rill_pacer_sent(rs->pacer, len);
		rs->tally.data_segs_out++;
		rs->tally.octets_sent += len;
		if (rill_seq_lt(seq, rs->snd.nxt))
			rs->tally.octets_retrans += min(len, rs->snd.nxt - seq);
		rs->last_snd = (u32)jiffies;
		if (rs->last_snd - rs->last_data < RILL_DELACK_TIME)
			rs->unanswered = false;
	}
	if (flags & RILL_ACK)
		rill_ack_sent(sk);
	RILL_INC(sock_net(sk), OutSegs);
	return rill_ip_send(sk, skb, ecn);
}
