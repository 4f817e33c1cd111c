/* SPDX-License-Identifier: GPL-2.0 */
/* TCP_INFO. */
#ifndef _RILL_EDGE_INFO_H
#define _RILL_EDGE_INFO_H

#include <linux/tcp.h>
#include <net/sock.h>

void rill_fill_info(struct sock *sk, struct tcp_info *info);

#endif /* _RILL_EDGE_INFO_H */
