/* SPDX-License-Identifier: GPL-2.0 */
/* Local ports: who has which, and who listens where. */
#ifndef _RILL_BASE_BIND_H
#define _RILL_BASE_BIND_H

#include "ip.h"
#include "net.h"
#include "sock.h"
#include "tw.h"

int rill_bind_get_port(struct sock *sk, unsigned short snum);
void rill_bind_put_port(struct sock *sk);
int rill_bind_child(struct sock *child, struct sock *listener);
int rill_bind_connect(struct sock *sk);
void rill_bind_give_tw(struct sock *sk, struct rill_tw *tw);
void rill_bind_put_tw(struct rill_net *rn, struct rill_tw *tw);

void rill_listen_add(struct sock *sk);
void rill_listen_del(struct sock *sk);
bool rill_bind_hears(const struct rill_net *rn, int bound, const struct rill_devs *devs);
struct sock *rill_listen_find(struct rill_net *rn, const struct rill_tuple *tuple,
			      const struct rill_devs *devs);

#endif /* _RILL_BASE_BIND_H */
