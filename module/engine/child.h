/* SPDX-License-Identifier: GPL-2.0 */
/* How connections come to life. */
#ifndef _RILL_ENGINE_CHILD_H
#define _RILL_ENGINE_CHILD_H

#include "../base/req.h"

/* in_child.c */
int rill_in_birth(struct sock *sk);
struct sock *rill_in_child(struct sock *listener, struct rill_req *req);
void rill_in_start(struct sock *sk);
void rill_in_opened(struct sock *sk);

#endif /* _RILL_ENGINE_CHILD_H */
