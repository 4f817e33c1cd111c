// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a connection's segments through IP: routes, and sending. The rest of the module knows
 * addresses only as struct in6_addr, IPv4 ones v4-mapped. Functions with a socket expect it locked.
 */
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "../compat.h"
#include "ip.h"
#include "ip6.h"
#include "ip_opt.h"
#include "net.h"

static int rill_ip4_connect_route(struct sock *sk, const struct sockaddr *addr, int addr_len)
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
	if (daddr)
		daddr = rill_ip_opt_hop(opt, daddr);

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
 * rill_ip_connect_route() - first half of connect(): the destination, a route, the source address
 * @sk: the socket
 * @addr: the destination
 * @addr_len: octets of it
 *
 * Return: 0, or a negative error; the socket's addresses are then to be reset by the caller.
 */
int rill_ip_connect_route(struct sock *sk, const struct sockaddr *addr, int addr_len)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr_in6 to;
	int err;

	if (!rill_sock_is_v6(sk))
		return rill_ip4_connect_route(sk, addr, addr_len);
	err = rill_ip6_connect_to(sk, addr, addr_len, &to);
	if (err)
		return err;
	if (!ipv6_addr_v4mapped(&to.sin6_addr))
		return rill_ip6_connect_route(sk, &to);
	sin.sin_port = to.sin6_port;
	sin.sin_addr.s_addr = to.sin6_addr.s6_addr32[3];
	err = rill_ip4_connect_route(sk, (struct sockaddr *)&sin, sizeof(sin));
	if (!err)
		rill_ip6_sock_mapped(sk);
	return err;
}

static int rill_ip4_connect_done(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct flowi4 *fl4 = &inet->cork.fl.u.ip4;
	struct rtable *rt;

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
 * rill_ip_connect_done() - second half of connect(): the local port is known, route with it
 * @sk: the socket, with its four-tuple
 *
 * Return: 0 or a negative error.
 */
int rill_ip_connect_done(struct sock *sk)
{
	inet_sk(sk)->inet_sport = htons(inet_sk(sk)->inet_num);
	rill_ip_sock_flow(sk, &rill_sk(sk)->node.tuple);
	return rill_sock_speaks_v6(sk) ? rill_ip6_connect_done(sk) : rill_ip4_connect_done(sk);
}

static struct dst_entry *rill_ip4_route(struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);
	struct dst_entry *dst = __sk_dst_check(sk, 0);
	const struct ip_options_rcu *opt;
	struct rtable *rt;

	if (likely(dst))
		return dst;
	opt = rcu_dereference_protected(inet->inet_opt, lockdep_sock_is_held(sk));
	rt = ip_route_output_ports(sock_net(sk), &inet->cork.fl.u.ip4, sk,
				   rill_ip_opt_hop(opt, inet->inet_daddr),
				   inet->inet_saddr, inet->inet_dport, inet->inet_sport,
				   rill_protocol, ip_sock_rt_tos(sk), sk->sk_bound_dev_if);
	if (IS_ERR(rt))
		return NULL;
	sk_setup_caps(sk, &rt->dst);
	return &rt->dst;
}

/*
 * The connection's route, held by the socket's cache, looked up anew where it is out of date;
 * NULL: none.
 */
static struct dst_entry *rill_ip_route(struct sock *sk)
{
	return rill_sock_speaks_v6(sk) ? rill_ip6_route(sk) : rill_ip4_route(sk);
}

/**
 * rill_ip_mtu() - octets of the largest datagram on the way to the peer
 * @sk: the socket
 */
u32 rill_ip_mtu(struct sock *sk)
{
	struct dst_entry *dst = rill_ip_route(sk);

	if (!dst)
		return rill_sock_speaks_v6(sk) ? IPV6_MIN_MTU : IPV4_MIN_MTU;
	return dst_mtu(dst);
}

/**
 * rill_ip_hdr_len() - octets that the network layer puts in front of a segment
 * @sk: the socket
 */
u32 rill_ip_hdr_len(const struct sock *sk)
{
	return rill_sock_speaks_v6(sk) ? rill_ip6_hdr_len(sk) : sizeof(struct iphdr);
}

/**
 * rill_ip_known_mtu() - octets of the largest datagram on the way to the peer, without a search
 * @sk: the socket
 *
 * Return: 0 where there is no route, or one that is out of date.
 */
u32 rill_ip_known_mtu(struct sock *sk)
{
	u32 cookie = rill_sock_speaks_v6(sk) ? inet6_sk(sk)->dst_cookie : 0;
	const struct dst_entry *dst = __sk_dst_check(sk, cookie);

	return dst ? dst_mtu(dst) : 0;
}

/**
 * rill_ip_update_mtu() - a router says how large packets may be
 * @sk: the socket
 * @mtu: octets of a datagram; nothing happens where the user does not want to know
 *
 * Context: softirq, the socket locked; where a program has it, its route is left as it is.
 */
void rill_ip_update_mtu(struct sock *sk, u32 mtu)
{
	struct dst_entry *dst = sock_owned_by_user(sk) ? __sk_dst_get(sk) : rill_ip_route(sk);
	bool wanted = rill_sock_speaks_v6(sk) ? ip6_sk_accept_pmtu(sk) : ip_sk_accept_pmtu(sk);

	if (dst && wanted)
		dst->ops->update_pmtu(dst, sk, NULL, mtu, true);
}

/**
 * rill_ip_redirect() - a router knows a better way
 * @sk: the socket, not in use by a program
 * @skb: the ICMP message, data at the quoted packet
 */
void rill_ip_redirect(struct sock *sk, struct sk_buff *skb)
{
	struct dst_entry *dst = rill_ip_route(sk);

	if (dst)
		dst->ops->redirect(dst, sk, skb);
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
 * rill_ip_rto_min() - the least retransmission timeout that the route asks for
 * @sk: the socket, locked or not
 *
 * Return: jiffies (ip-route(8), rto_min), or 0: it does not ask.
 */
u32 rill_ip_rto_min(const struct sock *sk)
{
	const struct dst_entry *dst;
	u32 least = 0;

	rcu_read_lock();
	dst = rcu_dereference(sk->sk_dst_cache);
	if (dst && dst_metric_locked(dst, RTAX_RTO_MIN))
		least = dst_metric_rtt(dst, RTAX_RTO_MIN);
	rcu_read_unlock();
	return least;
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

	return dst ? rill_ip_dst_adv_mss(dst) : rill_ip_mss_default(&rill_sk(sk)->node.tuple);
}

/**
 * rill_ip_send() - send a connection's segment
 * @sk: the socket
 * @skb: the segment, data at its header; taken over
 * @ecn: its ECN field, enum rill_ecn_field
 *
 * Return: 0, or a negative error: it did not leave, the retransmission timer will try again.
 */
int rill_ip_send(struct sock *sk, struct sk_buff *skb, u8 ecn)
{
	struct dst_entry *dst = rill_ip_route(sk);

	if (!dst) {
		RILL_INC(sock_net(sk), OutNoRoute);
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	rill_ip_tx_checksum(skb, dst, &rill_sk(sk)->node.tuple);
	/* Segments queued with congestion ahead (NET_XMIT_CN) did leave. */
	if (rill_sock_speaks_v6(sk))
		return min(rill_ip6_send(sk, skb, dst, ecn), 0);
	return min(__ip_queue_xmit(sk, skb, &inet_sk(sk)->cork.fl, inet_sk(sk)->tos | ecn), 0);
}
