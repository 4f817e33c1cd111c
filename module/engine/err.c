// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors about segments of ours (RFC 9293 section 3.9.2.2, RFC 5461, RFC 5927). Called by
 * ICMP in softirq context under RCU.
 */
#include <linux/icmp.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "../base/ip.h"
#include "../base/mib.h"
#include "../base/net.h"
#include "../base/table.h"
#include "../core/seq.h"
#include "act.h"
#include "err.h"
#include "out.h"

/**
 * rill_err_sock() - the full socket that sent a quoted segment
 * @net: the namespace
 * @tuple: the segment's four-tuple as the local end sees it
 *
 * Context: under RCU.
 * Return: the socket with a reference, or NULL.
 */
struct sock *rill_err_sock(struct net *net, const struct rill_tuple *tuple)
{
	struct rill_node *node = rill_table_find(rill_net(net), tuple);
	struct sock *sk;

	if (!node || node->kind != RILL_KIND_SOCK)
		return NULL;
	sk = rill_sock_of(node);
	return refcount_inc_not_zero(&sk->sk_refcnt) ? sk : NULL;
}

/**
 * rill_err_in_flight() - is the quoted segment on its way?
 * @sk: the socket, locked
 * @seq: the segment's number
 *
 * Return: false for what nobody on the path can have seen: they know what is in flight (RFC 5927
 * section 4.1).
 */
bool rill_err_in_flight(const struct sock *sk, u32 seq)
{
	const struct rill_sock *rs = rill_sk(sk);

	if (sk->sk_state != TCP_CLOSE && sk->sk_state != TCP_LISTEN &&
	    rill_seq_geq(seq, rs->snd.una) && rill_seq_leq(seq, rs->snd.nxt))
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

/**
 * rill_err_report() - what the network says is remembered
 * @sk: the socket, locked
 * @err: positive errno
 * @hard: there is no hope
 *
 * It is told when the connection has failed by itself (MUST-54, MUST-56). Only while it is being
 * opened, a hard error ends it: behind it the peer's host speaks (RFC 5461 section 4).
 */
void rill_err_report(struct sock *sk, int err, bool hard)
{
	WRITE_ONCE(sk->sk_err_soft, err);
	if (hard && sk->sk_state == TCP_SYN_SENT && !sock_owned_by_user(sk))
		rill_act(sk, RILL_EV_GIVE_UP);
}

static void rill_err_locked(struct sock *sk, struct sk_buff *skb, u32 seq, u32 info)
{
	const struct icmphdr *icmp = icmp_hdr(skb);

	if (!rill_err_in_flight(sk, seq))
		return;
	switch (icmp->type) {
	case ICMP_REDIRECT:
		if (!sock_owned_by_user(sk))
			rill_ip_redirect(sk, skb);
		break;
	case ICMP_PARAMETERPROB:
		rill_err_report(sk, EPROTO, false);
		break;
	case ICMP_TIME_EXCEEDED:
		rill_err_report(sk, EHOSTUNREACH, false);
		break;
	case ICMP_DEST_UNREACH:
		if (icmp->code > NR_ICMP_UNREACH)
			break;
		if (icmp->code == ICMP_FRAG_NEEDED)
			rill_err_mtu(sk, info);
		else
			rill_err_report(sk, icmp_err_convert[icmp->code].errno,
					icmp_err_convert[icmp->code].fatal);
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
	sk = rill_err_sock(net, &tuple);
	if (!sk) {
		RILL_INC(net, InIcmpIgnored);
		return -ENOENT;
	}
	bh_lock_sock(sk);
	rill_err_locked(sk, skb, seq, info);
	bh_unlock_sock(sk);
	sock_put(sk);
	return 0;
}
