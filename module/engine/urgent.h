/* SPDX-License-Identifier: GPL-2.0 */
/* Urgent data, in and out. */
#ifndef _RILL_ENGINE_URGENT_H
#define _RILL_ENGINE_URGENT_H

#include "../base/sock.h"
#include "../core/seg.h"

/* in_urgent.c */
void rill_in_urgent(struct sock *sk, const struct sk_buff *skb, const struct rill_seg *seg);
void rill_in_urgent_queued(struct sock *sk);

/* out_urgent.c */
void rill_push_urgent(struct sock *sk);

#endif /* _RILL_ENGINE_URGENT_H */
