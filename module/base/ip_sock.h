/* SPDX-License-Identifier: GPL-2.0 */
/* The addresses of a socket: which it has, and for which it receives. */
#ifndef _RILL_BASE_IP_SOCK_H
#define _RILL_BASE_IP_SOCK_H

#include <net/sock.h>

#include "../core/isn.h"

/**
 * struct rill_receives - the local addresses for which a socket receives
 * @addr: the one it is bound to, IPv4's v4-mapped
 * @any_v4: all of IPv4's
 * @any_v6: all of IPv6's
 */
struct rill_receives {
	struct in6_addr	addr;
	bool		any_v4;
	bool		any_v6;
};

void rill_ip_sock_tuple(const struct sock *sk, struct rill_tuple *tuple);
void rill_ip_receives(const struct sock *sk, struct rill_receives *r);
bool rill_ip_recverr(const struct sock *sk);
u8 rill_ip_min_ttl(const struct sock *sk, const struct rill_tuple *tuple);
int rill_ip_addr_covers(const struct sock *sk, const struct in6_addr *addr);
bool rill_ip_addr_overlap(const struct sock *sk, const struct sock *sk2);
u8 rill_ip_sock_tos(const struct sock *sk, const struct rill_tuple *tuple);
u8 rill_ip_sock_ttl(const struct sock *sk, const struct rill_tuple *tuple);
void rill_ip_sock_forget(struct sock *sk);
u16 rill_ip_mss_default(const struct rill_tuple *tuple);
void rill_ip_child(struct sock *child, const struct sock *listener,
		   const struct rill_tuple *tuple, __be32 label);
void rill_ip_sock_flow(struct sock *sk, const struct rill_tuple *tuple);

#endif /* _RILL_BASE_IP_SOCK_H */
