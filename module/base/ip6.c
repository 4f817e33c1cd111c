// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a connection's segments through IPv6: routes, and sending. Called by ip.c, with the
 * socket locked.
 */
#include <linux/security.h>
#include <net/ip6_route.h>
#include <net/inet_ecn.h>
#include <net/ipv6.h>
#include <net/transp_v6.h>

#include "../compat.h"
#include "ip.h"
#include "ip6.h"
#include "net.h"

/* Look the connection's route up and keep it. */
static struct dst_entry *rill_ip6_lookup(struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct flowi6 *fl6 = &inet_sk(sk)->cork.fl.u.ip6;
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct in6_addr last, *last_p;
	struct dst_entry *dst;

	memset(fl6, 0, sizeof(*fl6));
	fl6->flowi6_proto = rill_protocol;
	fl6->flowi6_oif = sk->sk_bound_dev_if;
	fl6->flowi6_mark = sk->sk_mark;
	fl6->flowi6_uid = sk->sk_uid;
	fl6->flowlabel = ip6_make_flowinfo(np->tclass, np->flow_label);
	fl6->saddr = np->saddr;
	fl6->daddr = sk->sk_v6_daddr;
	fl6->fl6_sport = inet->inet_sport;
	fl6->fl6_dport = inet->inet_dport;
	security_sk_classify_flow(sk, flowi6_to_flowi_common(fl6));
	rcu_read_lock();
	last_p = fl6_update_dst(fl6, rcu_dereference(np->opt), &last);
	rcu_read_unlock();
	dst = ip6_dst_lookup_flow(sock_net(sk), sk, fl6, last_p);
	if (IS_ERR(dst))
		return dst;
	np->dst_cookie = rt6_get_cookie(dst_rt6_info(dst));
	sk_setup_caps(sk, dst);
	return dst;
}

/* The flow label that the user asks for (IPV6_FLOWINFO_SEND); it may be somebody else's. */
static int rill_ip6_connect_label(struct sock *sk, __be32 flowinfo)
{
	struct ip6_flowlabel *label;

	inet6_sk(sk)->flow_label = 0;
	if (!rill_inet6_sndflow(sk))
		return 0;
	flowinfo &= IPV6_FLOWINFO_MASK;
	IP6_ECN_flow_init(flowinfo);
	if (flowinfo & IPV6_FLOWLABEL_MASK) {
		label = fl6_sock_lookup(sk, flowinfo);
		if (IS_ERR(label))
			return -EINVAL;
		fl6_sock_release(label);
	}
	inet6_sk(sk)->flow_label = flowinfo;
	return 0;
}

/* A link-local destination is on one device; the socket is bound to it from now on. */
static int rill_ip6_connect_scope(struct sock *sk, const struct sockaddr_in6 *to)
{
	if (to->sin6_scope_id) {
		if (!sk_dev_equal_l3scope(sk, to->sin6_scope_id))
			return -EINVAL;
		sk->sk_bound_dev_if = to->sin6_scope_id;
	}
	return sk->sk_bound_dev_if ? 0 : -EINVAL;
}

/**
 * rill_ip6_connect_to() - whereto does an AF_INET6 socket connect?
 * @sk: the socket
 * @addr: the destination as the user gives it
 * @addr_len: octets of it
 * @to: the destination; may be a v4-mapped address
 *
 * The unspecified address means this host.
 * Return: 0, or a negative error, those of TCP.
 */
int rill_ip6_connect_to(struct sock *sk, const struct sockaddr *addr, int addr_len,
			struct sockaddr_in6 *to)
{
	int type, err;

	if (addr_len < SIN6_LEN_RFC2133)
		return -EINVAL;
	if (addr->sa_family != AF_INET6)
		return -EAFNOSUPPORT;
	memset(to, 0, sizeof(*to));
	memcpy(to, addr, min_t(int, addr_len, sizeof(*to)));
	err = rill_ip6_connect_label(sk, to->sin6_flowinfo);
	if (err)
		return err;
	if (ipv6_addr_any(&to->sin6_addr) && ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		ipv6_addr_set_v4mapped(htonl(INADDR_LOOPBACK), &to->sin6_addr);
	else if (ipv6_addr_any(&to->sin6_addr))
		to->sin6_addr = in6addr_loopback;
	type = ipv6_addr_type(&to->sin6_addr);
	if ((type & IPV6_ADDR_MULTICAST) || ((type & IPV6_ADDR_MAPPED) && ipv6_only_sock(sk)))
		return -ENETUNREACH;
	return type & IPV6_ADDR_LINKLOCAL ? rill_ip6_connect_scope(sk, to) : 0;
}

/**
 * rill_ip6_connect_route() - first half of connect(): a route, the source address
 * @sk: the socket
 * @to: the destination, no v4-mapped one
 *
 * Return: 0, or a negative error; the socket's addresses are then to be reset by the caller.
 */
int rill_ip6_connect_route(struct sock *sk, const struct sockaddr_in6 *to)
{
	struct inet_sock *inet = inet_sk(sk);
	struct ipv6_pinfo *np = inet6_sk(sk);
	struct dst_entry *dst;

	sk->sk_v6_daddr = to->sin6_addr;
	inet->inet_dport = to->sin6_port;
	if (!ipv6_addr_any(&sk->sk_v6_rcv_saddr))
		np->saddr = sk->sk_v6_rcv_saddr;
	dst = rill_ip6_lookup(sk);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	np->saddr = inet->cork.fl.u.ip6.saddr;
	sk->sk_v6_rcv_saddr = np->saddr;
	inet->inet_rcv_saddr = LOOPBACK4_IPV6;
	return 0;
}

/**
 * rill_ip6_connect_done() - second half of connect(): the local port is known, route with it
 * @sk: the socket
 *
 * Return: 0 or a negative error.
 */
int rill_ip6_connect_done(struct sock *sk)
{
	struct dst_entry *dst;

	if (inet_sk(sk)->cork.fl.u.ip6.fl6_sport == inet_sk(sk)->inet_sport)
		return 0;
	dst = rill_ip6_lookup(sk);
	return PTR_ERR_OR_ZERO(dst);
}

/**
 * rill_ip6_route() - the connection's route
 * @sk: the socket
 *
 * Return: the route, held by the socket's cache, looked up anew where it is out of date; or NULL.
 */
struct dst_entry *rill_ip6_route(struct sock *sk)
{
	struct dst_entry *dst = __sk_dst_check(sk, inet6_sk(sk)->dst_cookie);

	if (likely(dst))
		return dst;
	dst = rill_ip6_lookup(sk);
	return IS_ERR(dst) ? NULL : dst;
}

/**
 * rill_ip6_hdr_len() - octets of IPv6 header and extension headers in front of a segment
 * @sk: the socket
 */
u32 rill_ip6_hdr_len(const struct sock *sk)
{
	const struct ipv6_txoptions *opt;
	u32 len = sizeof(struct ipv6hdr);

	rcu_read_lock();
	opt = rcu_dereference(inet6_sk(sk)->opt);
	if (opt)
		len += opt->opt_flen + opt->opt_nflen;
	rcu_read_unlock();
	return len;
}

/**
 * rill_ip6_send() - send a connection's segment
 * @sk: the socket
 * @skb: the segment, data at its header, summed up; taken over
 * @dst: its route
 * @ecn: its ECN field, enum rill_ecn_field
 *
 * What is too large for a route that has changed is cut into fragments this once, and the MSS
 * worked out anew as soon as a program lets the socket go.
 * Return: 0, or a negative error.
 */
int rill_ip6_send(struct sock *sk, struct sk_buff *skb, struct dst_entry *dst, u8 ecn)
{
	const struct ipv6_pinfo *np = inet6_sk(sk);
	int err;

	if (unlikely(skb->len + rill_ip6_hdr_len(sk) > dst_mtu(dst))) {
		skb->ignore_df = 1;
		set_bit(RILL_DEFER_MTU, &rill_sk(sk)->deferred);
	}
	rcu_read_lock();
	skb_dst_set_noref(skb, dst);
	err = ip6_xmit(sk, skb, &inet_sk(sk)->cork.fl.u.ip6, READ_ONCE(sk->sk_mark),
		       rcu_dereference(np->opt), np->tclass | ecn, READ_ONCE(sk->sk_priority));
	rcu_read_unlock();
	return err;
}
