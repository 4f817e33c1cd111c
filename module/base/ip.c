// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 under rill. The rest of the module knows addresses only as struct in6_addr, IPv4 ones
 * v4-mapped. Functions with a socket expect it locked unless they say otherwise.
 */
#include <linux/ip.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "../compat.h"
#include "ip.h"
#include "net.h"

int rill_protocol = 253;

/**
 * rill_ip_rx_checksum_ok() - check a received segment's checksum (MUST-3)
 * @skb: the segment, data at its header
 */
bool rill_ip_rx_checksum_ok(struct sk_buff *skb)
{
	if (skb_checksum_init(skb, rill_protocol, inet_compute_pseudo))
		return false;
	return !skb_checksum_complete(skb);
}

/**
 * rill_ip_rx_ttl_ok() - has a segment come from near enough (IP_MINTTL, RFC 5082)?
 * @sk: the socket it is for; no lock needed
 * @skb: the segment
 */
bool rill_ip_rx_ttl_ok(const struct sock *sk, const struct sk_buff *skb)
{
	return ip_hdr(skb)->ttl >= READ_ONCE(((const struct inet_sock *)sk)->min_ttl);
}

/**
 * rill_ip_rx_tuple() - whose segment is this
 * @skb: the segment
 * @hdr: its header
 * @tuple: addresses and ports as the local end sees them
 */
void rill_ip_rx_tuple(const struct sk_buff *skb, const struct rill_hdr *hdr,
		      struct rill_tuple *tuple)
{
	const struct iphdr *iph = ip_hdr(skb);

	ipv6_addr_set_v4mapped(iph->daddr, &tuple->laddr);
	ipv6_addr_set_v4mapped(iph->saddr, &tuple->faddr);
	tuple->lport = hdr->dest;
	tuple->fport = hdr->source;
}

/**
 * rill_ip_rx_answerable() - may there be an answer to this segment?
 * @net: the namespace
 * @skb: the segment
 *
 * Return: false for what was sent to, or claims to come from, a broadcast or multicast address
 * (RFC 9293 section 3.9.2.3, MUST-57 and MUST-63).
 */
bool rill_ip_rx_answerable(struct net *net, const struct sk_buff *skb)
{
	unsigned int from;

	if (skb->pkt_type != PACKET_HOST || !skb_rtable(skb) ||
	    skb_rtable(skb)->rt_type != RTN_LOCAL)
		return false;
	from = inet_addr_type(net, ip_hdr(skb)->saddr);
	return from != RTN_BROADCAST && from != RTN_MULTICAST;
}

/**
 * rill_ip_sock_tuple() - a socket's four-tuple
 * @sk: the socket
 * @tuple: is filled in
 */
void rill_ip_sock_tuple(const struct sock *sk, struct rill_tuple *tuple)
{
	const struct inet_sock *inet = inet_sk(sk);

	ipv6_addr_set_v4mapped(inet->inet_saddr, &tuple->laddr);
	ipv6_addr_set_v4mapped(inet->inet_daddr, &tuple->faddr);
	tuple->lport = inet->inet_sport;
	tuple->fport = inet->inet_dport;
}

/* Bound to no address in particular? */
static bool rill_ip_addr_any(const struct sock *sk)
{
	return !inet_sk(sk)->inet_rcv_saddr;
}

/**
 * rill_ip_addr_covers() - does the socket receive for this local address?
 * @sk: the socket; no lock needed
 * @addr: a local address
 *
 * Return: 0 no, 1 as for any other, 2 it is bound to it.
 */
int rill_ip_addr_covers(const struct sock *sk, const struct in6_addr *addr)
{
	if (rill_ip_addr_any(sk))
		return 1;
	return inet_sk(sk)->inet_rcv_saddr == addr->s6_addr32[3] ? 2 : 0;
}

/**
 * rill_ip_addr_overlap() - is there a local address for which both sockets receive?
 * @sk: a socket
 * @sk2: another; no locks needed
 */
bool rill_ip_addr_overlap(const struct sock *sk, const struct sock *sk2)
{
	return rill_ip_addr_any(sk) || rill_ip_addr_any(sk2) ||
	       inet_sk(sk)->inet_rcv_saddr == inet_sk(sk2)->inet_rcv_saddr;
}

/**
 * rill_ip_connect_route() - first half of connect(): the destination, a route, the source address
 * @sk: the socket
 * @addr: the destination
 * @addr_len: octets of it
 *
 * Return: 0, or a negative error; the socket's addresses are then to be reset by the caller.
 */
int rill_ip_connect_route(struct sock *sk, const struct sockaddr *addr, int addr_len)
{
	const struct sockaddr_in *sin = (const struct sockaddr_in *)addr;
	struct inet_sock *inet = inet_sk(sk);
	struct ip_options_rcu *opt;
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;
	struct rtable *rt;
	__be32 daddr;

	if (addr_len < (int)sizeof(*sin))
		return -EINVAL;
	if (sin->sin_family != AF_INET)
		return -EAFNOSUPPORT;
	daddr = sin->sin_addr.s_addr;
	opt = rcu_dereference_protected(inet->inet_opt, lockdep_sock_is_held(sk));
	if (opt && opt->opt.srr && daddr)
		daddr = opt->opt.faddr;

	rt = ip_route_connect(fl4, daddr, inet->inet_saddr, sk->sk_bound_dev_if, rill_protocol,
			      inet->inet_sport, sin->sin_port, sk);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	if (rt->rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST)) {
		ip_rt_put(rt);
		return -ENETUNREACH;
	}
	if (!inet->inet_saddr) {
		inet->inet_saddr = fl4->saddr;
		inet->inet_rcv_saddr = fl4->saddr;
	}
	inet->inet_daddr = opt && opt->opt.srr ? sin->sin_addr.s_addr : fl4->daddr;
	inet->inet_dport = sin->sin_port;
	sk_setup_caps(sk, &rt->dst);
	return 0;
}

/**
 * rill_ip_connect_done() - second half of connect(): the local port is known, route with it
 * @sk: the socket
 *
 * Return: 0 or a negative error.
 */
int rill_ip_connect_done(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;
	struct rtable *rt;

	inet->inet_sport = htons(inet->inet_num);
	atomic_set(&inet->inet_id, get_random_u16());
	sk_set_txhash(sk);
	if (fl4->fl4_sport == inet->inet_sport)
		return 0;
	dst_hold(__sk_dst_get(sk));
	rt = ip_route_newports(fl4, dst_rtable(__sk_dst_get(sk)), fl4->fl4_sport, fl4->fl4_dport,
			       inet->inet_sport, inet->inet_dport, sk);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	sk_setup_caps(sk, &rt->dst);
	return 0;
}

/**
 * rill_ip_child() - give a new connection of a listener its addresses
 * @child: the socket, not visible yet
 * @tuple: its four-tuple
 */
void rill_ip_child(struct sock *child, const struct rill_tuple *tuple)
{
	struct inet_sock *inet = inet_sk(child);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;

	inet->inet_saddr = tuple->laddr.s6_addr32[3];
	inet->inet_rcv_saddr = inet->inet_saddr;
	inet->inet_daddr = tuple->faddr.s6_addr32[3];
	inet->inet_sport = tuple->lport;
	inet->inet_dport = tuple->fport;
	fl4->saddr = inet->inet_saddr;
	fl4->daddr = inet->inet_daddr;
	fl4->fl4_sport = inet->inet_sport;
	fl4->fl4_dport = inet->inet_dport;
	atomic_set(&inet->inet_id, get_random_u16());
	sk_set_txhash(child);
}

/*
 * The connection's route, held by the socket's cache, looked up anew where it is out of date;
 * NULL: none.
 */
static struct dst_entry *rill_ip_route(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct dst_entry *dst = __sk_dst_check(sk, 0);
	struct rtable *rt;

	if (likely(dst))
		return dst;
	rt = ip_route_output_ports(sock_net(sk), &inet->cork.fl.u.ip4, sk, inet->inet_daddr,
				   inet->inet_saddr, inet->inet_dport, inet->inet_sport,
				   rill_protocol, ip_sock_rt_tos(sk), sk->sk_bound_dev_if);
	if (IS_ERR(rt))
		return NULL;
	sk_setup_caps(sk, &rt->dst);
	return &rt->dst;
}

/**
 * rill_ip_mtu() - octets of the largest datagram on the way to the peer
 * @sk: the socket
 */
u32 rill_ip_mtu(struct sock *sk)
{
	struct dst_entry *dst = rill_ip_route(sk);

	return dst ? dst_mtu(dst) : IPV4_MIN_MTU;
}

/**
 * rill_ip_dst_adv_mss() - what a route allows to announce in the MSS option
 * @dst: the route
 *
 * Return: octets.
 */
u16 rill_ip_dst_adv_mss(const struct dst_entry *dst)
{
	return clamp_t(u32, dst_metric_advmss(dst), RILL_MSS_MIN, U16_MAX);
}

/**
 * rill_ip_adv_mss() - what to announce in the MSS option (MUST-14, RFC 6691)
 * @sk: the socket
 *
 * Return: octets of data in the largest segment that this end can receive, options not counted.
 */
u16 rill_ip_adv_mss(struct sock *sk)
{
	struct dst_entry *dst = rill_ip_route(sk);

	return dst ? rill_ip_dst_adv_mss(dst) : RILL_MSS_DEFAULT;
}

/**
 * rill_ip_tx_checksum() - sum a segment up, or leave that to the device (MUST-2)
 * @skb: the segment, data at its header
 * @dst: its route
 * @saddr: source address
 * @daddr: destination address
 *
 * Only a device that sums up anything is left to do it: others may look at the protocol number.
 */
void rill_ip_tx_checksum(struct sk_buff *skb, const struct dst_entry *dst, __be32 saddr,
			 __be32 daddr)
{
	struct rill_hdr *hdr = (struct rill_hdr *)skb_transport_header(skb);

	if (dst->dev->features & NETIF_F_HW_CSUM) {
		hdr->check = ~csum_tcpudp_magic(saddr, daddr, skb->len, rill_protocol, 0);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = offsetof(struct rill_hdr, check);
		return;
	}
	hdr->check = 0;
	hdr->check = csum_tcpudp_magic(saddr, daddr, skb->len, rill_protocol,
				       skb_checksum(skb, skb_transport_offset(skb), skb->len, 0));
	skb->ip_summed = CHECKSUM_NONE;
}

/**
 * rill_ip_send() - send a connection's segment
 * @sk: the socket
 * @skb: the segment, data at its header; taken over
 *
 * Return: 0, or a negative error: it did not leave, the retransmission timer will try again.
 */
int rill_ip_send(struct sock *sk, struct sk_buff *skb)
{
	struct inet_sock *inet = inet_sk(sk);
	struct dst_entry *dst = rill_ip_route(sk);

	if (!dst) {
		RILL_INC(sock_net(sk), OutNoRoute);
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	rill_ip_tx_checksum(skb, dst, inet->inet_saddr, inet->inet_daddr);
	/* Segments queued with congestion ahead (NET_XMIT_CN) did leave. */
	return min(ip_queue_xmit(sk, skb, &inet->cork.fl), 0);
}
