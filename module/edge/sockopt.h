/* SPDX-License-Identifier: GPL-2.0 */
/* getsockopt() and setsockopt(). */
#ifndef _RILL_EDGE_SOCKOPT_H
#define _RILL_EDGE_SOCKOPT_H

#include <linux/sockptr.h>
#include <net/sock.h>

int rill_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval,
		    unsigned int optlen);
int rill_getsockopt(struct sock *sk, int level, int optname, char __user *optval,
		    int __user *optlen);
void rill_set_keepalive(struct sock *sk, int val);

#endif /* _RILL_EDGE_SOCKOPT_H */
