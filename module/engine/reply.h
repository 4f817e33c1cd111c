/* SPDX-License-Identifier: GPL-2.0 */
/* Segments that no socket sends. */
#ifndef _RILL_ENGINE_REPLY_H
#define _RILL_ENGINE_REPLY_H

#include "../base/req.h"
#include "../base/route.h"
#include "../core/seg.h"

void rill_reply_rst(struct net *net, const struct sk_buff *skb, const struct rill_tuple *tuple,
		    const struct rill_seg *seg);
void rill_reply_for(const struct rill_req *req, struct rill_reply *r);
void rill_reply_synack(const struct rill_req *req);
void rill_reply_synack_at(const struct rill_req *req, u32 clock, const struct rill_fo_cookie *give);
void rill_reply_ack(const struct rill_reply *r, struct rill_seg *seg, const struct rill_opts *opts);
bool rill_reply_allowed(struct net *net, struct rill_throttle *t);

#endif /* _RILL_ENGINE_REPLY_H */
