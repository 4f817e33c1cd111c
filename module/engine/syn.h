/* SPDX-License-Identifier: GPL-2.0 */
/* SYNs: what becomes a request, and a listener that answers without keeping anything of them. */
#ifndef _RILL_ENGINE_SYN_H
#define _RILL_ENGINE_SYN_H

#include "../base/req.h"
#include "../core/opt.h"

/* How long the first SYN-ACK has until it is sent again (RFC 6298 section 2.1). */
#define RILL_SYNACK_TIMEOUT	HZ

/* in_syn.c */
void rill_syn_prepare(struct net *net, struct sock *listener, struct sk_buff *skb,
		      const struct rill_tuple *tuple, const struct rill_opts *opts,
		      struct rill_req *req);

/* in_fastopen.c */
bool rill_in_fastopen(struct sock *listener, struct rill_req *req, struct sk_buff *skb,
		      struct rill_opts *opts, bool *kept);

/* in_cookie.c */
void rill_cookie_syn(struct net *net, struct sock *listener, struct rill_queue *q,
		     struct sk_buff *skb, const struct rill_tuple *tuple,
		     const struct rill_opts *opts);
bool rill_cookie_ack(struct net *net, struct sock *listener, struct sk_buff *skb,
		     const struct rill_tuple *tuple, const struct rill_opts *opts);

#endif /* _RILL_ENGINE_SYN_H */
