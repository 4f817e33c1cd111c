/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPv4 or IPv6? Decided by a packet's protocol, a four-tuple's addresses, or a connection's: an
 * AF_INET6 socket with a v4-mapped peer speaks IPv4. Without IPv6 in the kernel none of these
 * questions is answered with yes, and what would follow is not compiled.
 */
#ifndef _RILL_BASE_IP_VERSION_H
#define _RILL_BASE_IP_VERSION_H

#include <linux/if_ether.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>

#include "../core/isn.h"

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

bool rill_ip6_speaks(const struct sock *sk);	/* ip6_sock.c */

/* Does this socket speak IPv6? Without a peer an AF_INET6 socket is taken to. */
static inline bool rill_sock_speaks_v6(const struct sock *sk)
{
	return rill_sock_is_v6(sk) && rill_ip6_speaks(sk);
}

/* Does one of the addresses mean something on one device only? */
static inline bool rill_tuple_is_local(const struct rill_tuple *tuple)
{
	return (ipv6_addr_type(&tuple->laddr) | ipv6_addr_type(&tuple->faddr)) &
	       IPV6_ADDR_LINKLOCAL;
}

#endif /* _RILL_BASE_IP_VERSION_H */
