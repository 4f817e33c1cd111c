/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv6: what ip_*.c and route.c leave to ip6*.c. Which of the two is asked is decided by a packet's
 * protocol, a four-tuple's addresses, or a connection's: an AF_INET6 socket with a v4-mapped peer
 * speaks IPv4. Without IPv6 in the kernel none of these questions is answered with yes.
 */
#ifndef _RILL_BASE_IP6_H
#define _RILL_BASE_IP6_H

#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>

#include "route.h"
#include "sock.h"

#define RILL_MSS_DEFAULT_V6	1220	/* RFC 9293 section 3.7.1, MUST-15 */

/* Came this packet by IPv6? */
static inline bool rill_skb_is_v6(const struct sk_buff *skb)
{
	return IS_ENABLED(CONFIG_IPV6) && skb->protocol == htons(ETH_P_IPV6);
}

/* Is this a connection over IPv6? */
static inline bool rill_tuple_is_v6(const struct rill_tuple *tuple)
{
	return IS_ENABLED(CONFIG_IPV6) && !ipv6_addr_v4mapped(&tuple->faddr);
}

/* Is this a socket with IPv6 addresses, be they v4-mapped? */
static inline bool rill_sock_is_v6(const struct sock *sk)
{
	return IS_ENABLED(CONFIG_IPV6) && sk->sk_family == AF_INET6;
}

/* Does this socket speak IPv6? Without a peer an AF_INET6 socket is taken to. */
static inline bool rill_sock_speaks_v6(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	return sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr);
#else
	return false;
#endif
}

/* Does one of the addresses mean something on one device only? */
static inline bool rill_tuple_is_local(const struct rill_tuple *tuple)
{
	return (ipv6_addr_type(&tuple->laddr) | ipv6_addr_type(&tuple->faddr)) &
	       IPV6_ADDR_LINKLOCAL;
}

/* An AF_INET6 socket; the kernel finds the second part by the end of the struct. */
struct rill6_sock {
	struct rill_sock	rill;		/* first */
	struct ipv6_pinfo	inet6;		/* last */
};

/* ip6_sock.c */
struct rill_receives;
void rill_ip6_receives(const struct sock *sk, struct rill_receives *r);
void rill_ip6_sock_tuple(const struct sock *sk, struct rill_tuple *tuple);
void rill_ip6_sock_forget(struct sock *sk);
void rill_ip6_sock_mapped(struct sock *sk);
void rill_ip6_birth(struct sock *sk);
void rill_ip6_child(struct sock *child, const struct sock *listener,
		    const struct rill_tuple *tuple, __be32 label);

/* ip6.c */
int rill_ip6_connect_to(struct sock *sk, const struct sockaddr *addr, int addr_len,
			struct sockaddr_in6 *to);
int rill_ip6_connect_route(struct sock *sk, const struct sockaddr_in6 *to);
int rill_ip6_connect_done(struct sock *sk);
struct dst_entry *rill_ip6_route(struct sock *sk);
u32 rill_ip6_hdr_len(const struct sock *sk);
int rill_ip6_send(struct sock *sk, struct sk_buff *skb, struct dst_entry *dst, u8 ecn);

/* route6.c */
void rill_route6_reply(struct net *net, const struct sk_buff *skb, struct rill_reply *r);
u16 rill_route6_mss(const struct rill_reply *r);
bool rill_route6_ecn(const struct rill_reply *r);
int rill_route6_send(const struct rill_reply *r, struct sk_buff *skb);

#endif /* _RILL_BASE_IP6_H */
