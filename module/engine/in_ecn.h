/* SPDX-License-Identifier: GPL-2.0 */
/* Marks: on what comes, and what ACKs tell of those on what was sent. */
#ifndef _RILL_ENGINE_IN_ECN_H
#define _RILL_ENGINE_IN_ECN_H

#include "../base/sock.h"

/* in_ecn.c */
bool rill_in_ecn_asked(struct net *net, enum rill_ecn_mode had, const struct rill_seg *seg,
		       enum rill_ecn_mode *asks);
bool rill_in_ecn_again(struct sock *sk, const struct sk_buff *skb);
u8 rill_in_field(struct sock *sk, const struct sk_buff *skb, const struct rill_seg *seg);
void rill_in_marked(struct sock *sk, const struct rill_seg *seg, const struct rill_opts *opts,
		    struct rill_acked *acked, const struct rill_delivered *d);

#endif /* _RILL_ENGINE_IN_ECN_H */
