// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors about segments of ours (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927). Called by
 * ICMP in softirq context under RCU.
 */
#include <linux/icmp.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>

#include "../base/ip.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/req.h"
#include "../base/table.h"
#include "../compat.h"
#include "../core/seq.h"
#include "act.h"
#include "err.h"
#include "out.h"

/* A hard error about our SYN-ACK: who the SYN claims to come from wants no connection. */
static bool rill_err_request(struct net *net, struct rill_req *req, u32 seq, bool hard)
{
	if (!hard || seq != req->iss || !rill_entry_hold(&req->e))
		return false;
	RILL_INC(net, AttemptFails);
	rill_entry_drop(&req->e);
	rill_entry_put(&req->e);
	return true;
}

/**
 * rill_err_sock() - the full socket that sent a quoted segment
 * @net: the namespace
 * @tuple: the segment's four-tuple as the local end sees it
 * @seq: its number
 * @hard: there is no hope: a request that it is about ends here
 *
 * Context: under RCU.
 * Return: the socket with a reference, or NULL.
 */
struct sock *rill_err_sock(struct net *net, const struct rill_tuple *tuple, u32 seq, bool hard)
{
	struct rill_node *node = rill_table_find(rill_net(net), tuple);
	struct sock *sk;

	if (node && node->kind == RILL_KIND_REQ &&
	    rill_err_request(net, rill_req_of(node), seq, hard))
		return NULL;
	if (!node || node->kind != RILL_KIND_SOCK)
		goto ignore;
	sk = rill_sock_of(node);
	if (refcount_inc_not_zero(&sk->sk_refcnt))
		return sk;
ignore:
	RILL_INC(net, InIcmpIgnored);
	return NULL;
}

/**
 * rill_err_in_flight() - is the quoted segment on its way?
 * @sk: the socket, locked
 * @seq: the segment's number
 * @ttl: its time to live
 *
 * Return: false for what nobody on the path can have seen: they know what is in flight (RFC 5927
 * section 4.1).
 */
bool rill_err_in_flight(const struct sock *sk, u32 seq, u8 ttl)
{
	const struct rill_sock *rs = rill_sk(sk);

	if (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN &&
	    rill_seq_geq(seq, rs->snd.una) && rill_seq_leq(seq, rs->snd.nxt) &&
	    ttl >= rill_ip_min_ttl(sk, &rs->node.tuple))
		return true;
	RILL_INC(sock_net(sk), InIcmpIgnored);
	return false;
}

/**
 * rill_err_mtu() - the path's MTU is smaller than we thought
 * @sk: the socket, locked
 * @mtu: octets of a datagram
 */
void rill_err_mtu(struct sock *sk, u32 mtu)
{
	rill_ip_update_mtu(sk, mtu);
	if (sock_owned_by_user(sk))
		set_bit(RILL_DEFER_MTU, &rill_sk(sk)->deferred);
	else
		rill_rtx_resize(sk);
}

/*
 * For recvmsg() with MSG_ERRQUEUE: what was quoted of the segment, who complained, and about whom.
 * Without memory nothing is queued; the error itself is told in any case.
 */
static void rill_err_queue(struct sock *sk, struct sk_buff *skb, const struct rill_complaint *c)
{
	const struct rill_hdr *hdr = (const struct rill_hdr *)(skb->data + c->offset);
	struct sk_buff *note = skb_clone(skb, GFP_ATOMIC);
	struct sock_exterr_skb *serr;

	if (!note)
		return;
	serr = SKB_EXT_ERR(note);
	serr->ee = c->ee;
	serr->addr_offset = (const u8 *)c->to - skb_network_header(skb);
	serr->port = hdr->dest;
	if (!skb_pull(note, c->offset) || sock_queue_err_skb(sk, note))
		kfree_skb(note);
}

/**
 * rill_err_tell() - tell of an error, now or later
 * @sk: the socket, locked
 * @skb: the ICMP message
 * @c: what it says
 *
 * It is remembered and told when the connection has failed by itself (MUST-54, MUST-56), or at once
 * to who wants that (IP_RECVERR). Only while it is being opened, a hard error ends it: behind it
 * the peer's host speaks (RFC 5461 section 4).
 */
void rill_err_tell(struct sock *sk, struct sk_buff *skb, const struct rill_complaint *c)
{
	/* A child of Fast Open is open for who has accepted it. */
	bool open = rill_sk(sk)->fo_pending && sk->sk_socket;
	bool opening = ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) && !open;
	int err = c->ee.ee_errno;

	if (opening && (c->hard || rill_ip_recverr(sk)))
		rill_err_queue(sk, skb, c);
	if (sock_owned_by_user(sk)) {
		WRITE_ONCE(sk->sk_err_soft, err);
	} else if (opening && c->hard) {
		WRITE_ONCE(sk->sk_err_soft, err);
		rill_act(sk, RILL_EV_GIVE_UP);
	} else {
		rill_act_soft_error(sk, err);
	}
}

/* Did the peer's host speak, and not the network (RFC 5461 section 2)? */
static bool rill_err_hard(const struct icmphdr *icmp)
{
	return icmp->type == ICMP_DEST_UNREACH && icmp->code <= NR_ICMP_UNREACH &&
	       icmp->code != ICMP_FRAG_NEEDED && icmp_err_convert[icmp->code].fatal;
}

static void rill_err4_tell(struct sock *sk, struct sk_buff *skb, int err, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct icmphdr *icmp = icmp_hdr(skb);
	struct rill_complaint c = {
		.ee = {
			.ee_errno	= err,
			.ee_origin	= SO_EE_ORIGIN_ICMP,
			.ee_type	= icmp->type,
			.ee_code	= icmp->code,
			.ee_info	= info,
		},
		.to	= &iph->daddr,
		.offset	= iph->ihl * 4,
		.hard	= rill_err_hard(icmp),
	};

	rill_err_tell(sk, skb, &c);
}

static void rill_err_locked(struct sock *sk, struct sk_buff *skb, u32 seq, u32 info)
{
	const struct icmphdr *icmp = icmp_hdr(skb);
	const struct iphdr *iph = (const struct iphdr *)skb->data;

	if (!rill_err_in_flight(sk, seq, iph->ttl))
		return;
	switch (icmp->type) {
	case ICMP_REDIRECT:
		if (!sock_owned_by_user(sk))
			rill_ip_redirect(sk, skb);
		break;
	case ICMP_PARAMETERPROB:
		rill_err4_tell(sk, skb, EPROTO, info);
		break;
	case ICMP_TIME_EXCEEDED:
		rill_err4_tell(sk, skb, EHOSTUNREACH, info);
		break;
	case ICMP_DEST_UNREACH:
		if (icmp->code > NR_ICMP_UNREACH)
			break;
		if (icmp->code == ICMP_FRAG_NEEDED)
			rill_err_mtu(sk, info);
		else
			rill_err4_tell(sk, skb, icmp_err_convert[icmp->code].errno, info);
		break;
	}
}

/**
 * rill_err() - net_protocol.err_handler
 * @skb: the ICMP message, data at the quoted IP header
 * @info: the MTU of "fragmentation needed"
 *
 * Return: 0, or -ENOENT when there is no such connection.
 */
int rill_err(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct rill_hdr *hdr = (const struct rill_hdr *)(skb->data + iph->ihl * 4);
	struct rill_tuple tuple = { .lport = hdr->source, .fport = hdr->dest };
	struct net *net = dev_net(skb->dev);
	u32 seq = ntohl(hdr->seq);
	struct sock *sk;

	RILL_INC(net, InIcmp);
	ipv6_addr_set_v4mapped(iph->saddr, &tuple.laddr);
	ipv6_addr_set_v4mapped(iph->daddr, &tuple.faddr);
	tuple.scope = l3mdev_master_ifindex_rcu(skb->dev);
	sk = rill_err_sock(net, &tuple, seq, rill_err_hard(icmp_hdr(skb)));
	if (!sk)
		return -ENOENT;
	bh_lock_sock(sk);
	rill_err_locked(sk, skb, seq, info);
	bh_unlock_sock(sk);
	sock_put(sk);
	return 0;
}
