/* SPDX-License-Identifier: GPL-2.0 */
/* Fast Open's options and calls (RFC 7413). */
#ifndef _RILL_EDGE_FASTOPEN_H
#define _RILL_EDGE_FASTOPEN_H

#include <linux/sockptr.h>
#include <net/sock.h>

/* of connections */
void rill_fastopen_defer(struct sock *sk, bool on);
bool rill_fastopen_deferred(const struct sock *sk);
void rill_fastopen_prepare(struct sock *sk);
int rill_fastopen_open(struct sock *sk, struct msghdr *msg);
u32 rill_fastopen_room(struct sock *sk);
int rill_fastopen_go(struct sock *sk, const struct msghdr *msg);
void rill_fastopen_listen(struct sock *sk, int backlog);

/* for sockopt.c's table */
int rill_set_fastopen(struct sock *sk, int val);
int rill_get_fastopen(const struct sock *sk);
int rill_set_fastopen_connect(struct sock *sk, int val);
int rill_get_fastopen_connect(const struct sock *sk);
int rill_set_fastopen_no_cookie(struct sock *sk, int val);
int rill_get_fastopen_no_cookie(const struct sock *sk);
int rill_set_fastopen_key(struct sock *sk, sockptr_t optval, unsigned int optlen);
unsigned int rill_get_fastopen_key(struct sock *sk, u8 *octets);

#endif /* _RILL_EDGE_FASTOPEN_H */
