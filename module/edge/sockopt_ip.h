/* SPDX-License-Identifier: GPL-2.0 */
/* IP's options of a socket. */
#ifndef _RILL_EDGE_SOCKOPT_IP_H
#define _RILL_EDGE_SOCKOPT_IP_H

#include <linux/sockptr.h>
#include <net/sock.h>

int rill_setsockopt_ip(struct sock *sk, int level, int optname, sockptr_t optval,
		       unsigned int optlen);
int rill_getsockopt_ip(struct sock *sk, int level, int optname, char __user *optval,
		       int __user *optlen);

#endif /* _RILL_EDGE_SOCKOPT_IP_H */
