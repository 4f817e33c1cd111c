// SPDX-License-Identifier: GPL-2.0
/*
 * Marks: in AccECN mode those on every segment that comes are counted (RFC 9768); in any mode an
 * ACK may tell of those on what was sent. Socket lock held.
 */
#include "../base/ip_ecn.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "in.h"
#include "in_ecn.h"

/**
 * rill_in_ecn_asked() - what a SYN that is not the first asks for
 * @net: the namespace
 * @had: the mode that the first led to
 * @seg: the SYN
 * @asks: the result
 *
 * Return: false if it is another mode than @had: the peer would not know which of them it has
 * (RFC 9768 section 3.1.5).
 */
bool rill_in_ecn_asked(struct net *net, enum rill_ecn_mode had, const struct rill_seg *seg,
		       enum rill_ecn_mode *asks)
{
	enum rill_ecn_mode allowed = rill_accecn_incoming(READ_ONCE(rill_net(net)->set.ecn));

	*asks = rill_accecn_offered(max(allowed, RILL_ECN_CLASSIC), seg->flags, RILL_NOT_ECT);
	return !had || !*asks || had == *asks;
}

/**
 * rill_in_ecn_again() - in SYN-RECEIVED of a full socket the peer's SYN comes again
 * @sk: the socket, locked
 * @skb: the SYN
 *
 * One without ECN may mean that the peer does without: nothing is sent as ECT, and RFC 3168's
 * marks are not echoed. AccECN stays.
 * Return: false if the connection is to be reset.
 */
bool rill_in_ecn_again(struct sock *sk, const struct sk_buff *skb)
{
	struct rill_sock *rs = rill_sk(sk);
	enum rill_ecn_mode had = RILL_ECN_NONE, asks;

	if (rs->accecn.on)
		had = RILL_ECN_ACCURATE;
	else if (rs->ecn.receive)
		had = RILL_ECN_CLASSIC;
	if (!rill_in_ecn_asked(sock_net(sk), had, RILL_SEG(skb), &asks))
		return false;
	rs->accecn.syn = rill_ip_rx_ecn(skb);
	if (!asks) {
		rs->ecn.send = false;
		rs->ecn.receive = false;
	}
	return true;
}

/**
 * rill_in_field() - how the network has marked a segment that is acceptable
 * @sk: the socket, locked
 * @skb: the segment
 * @seg: its header
 *
 * Return: enum rill_ack_bit: why it is to be acknowledged, once it is dealt with; or 0.
 */
u8 rill_in_field(struct sock *sk, const struct sk_buff *skb, const struct rill_seg *seg)
{
	struct rill_sock *rs = rill_sk(sk);
	u8 field = rill_ip_rx_ecn(skb);
	bool owed = seg->len || rs->rcv_acked != rs->rcv_nxt;

	if (!rs->accecn.on)
		return 0;
	rs->ecn.seen |= field != RILL_NOT_ECT;
	if (field == RILL_CE)
		RILL_INC(sock_net(sk), InCe);
	if (!rill_accecn_received(&rs->accecn, field, seg->len,
				  max_t(u32, skb_shinfo(skb)->gso_segs, 1), owed))
		return 0;
	return RILL_ACK_OWED | RILL_ACK_NOW | RILL_ACK_EACH;
}

/**
 * rill_in_marked() - what an ACK tells of marks on what was sent
 * @sk: the socket, locked; the ACK is applied to its send sequence variables
 * @seg: the segment's header
 * @opts: its options
 * @acked: what rill_ack_apply() said about it; what it tells of marks is filled in
 * @d: what it has told of
 */
void rill_in_marked(struct sock *sk, const struct rill_seg *seg, const struct rill_opts *opts,
		    struct rill_acked *acked, const struct rill_delivered *d)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_accecn_ack ack = {
		.seg	= seg,
		.opts	= opts,
		.octets	= d->octets,
		.mss	= rs->mss,
		.una	= rs->snd.una,
		.clean	= !rs->tally.octets_retrans,
	};

	if (!rs->accecn.on) {
		acked->ece = rill_ecn_echoed(&rs->ecn, seg, &rs->snd);
		acked->marked = acked->ece ? d->octets : 0;
		rs->tally.delivered_ce += acked->ece ? d->segs : 0;
		return;
	}
	rill_accecn_acked(&rs->accecn, &rs->ecn, &ack);
	rs->tally.delivered_ce += ack.packets;
	acked->ece = ack.packets;
	acked->marked = ack.marked;
}
