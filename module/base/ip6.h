/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6: what ip_*.c leave to ip6*.c, as ip_version.h tells them. */
#ifndef _RILL_BASE_IP6_H
#define _RILL_BASE_IP6_H

#include "ip_version.h"
#include "sock.h"

#define RILL_MSS_DEFAULT_V6	1220	/* RFC 9293 section 3.7.1, MUST-15 */

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

#endif /* _RILL_BASE_IP6_H */
