/* SPDX-License-Identifier: GPL-2.0 */
/* The socket calls, one file a family of them; af.c puts them into the kernel's tables. */
#ifndef _RILL_EDGE_CALLS_H
#define _RILL_EDGE_CALLS_H

#include <linux/net.h>
#include <linux/poll.h>
#include <net/sock.h>

#include "../compat.h"

/* accept.c */
int rill_listen(struct socket *sock, int backlog);
void rill_listen_stop(struct sock *sk);
struct sock *rill_accept(struct sock *sk, bool nonblock, int *err);

/* connect.c */
int rill_connect(struct sock *sk, rill_sockaddr *addr, int addr_len);
int rill_disconnect(struct sock *sk, int flags);

/* send.c */
int rill_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
bool rill_stream_memory_free(const struct sock *sk, int wake);

/* recv.c */
int rill_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags);
int rill_set_rcvlowat(struct sock *sk, int val);

/* oob.c */
int rill_oob_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags);
int rill_oob_unread(struct sock *sk);
bool rill_oob_at_mark(struct sock *sk);

/* poll.c */
__poll_t rill_poll(struct file *file, struct socket *sock, struct poll_table_struct *wait);

/* close.c */
void rill_close(struct sock *sk, long timeout);
void rill_shutdown(struct sock *sk, int how);

#endif /* _RILL_EDGE_CALLS_H */
