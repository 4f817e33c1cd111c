/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: from decisions to segments. */
#ifndef _RILL_ENGINE_OUT_H
#define _RILL_ENGINE_OUT_H

#include "../base/ip.h"
#include "../base/req.h"
#include "../base/sock.h"

/* out_build.c */
struct sk_buff *rill_build_skb(unsigned int room, gfp_t gfp);
void rill_build_header(struct sk_buff *skb, const struct rill_tuple *tuple, struct rill_seg *seg,
		       const struct rill_opts *opts);
int rill_build(struct sock *sk, u32 seq, u32 len, u8 flags);

/* out_wnd.c */
u32 rill_out_space(struct sock *sk, u32 *full);
u16 rill_out_window(struct sock *sk, bool syn);
void rill_out_sync_mss(struct sock *sk);

/* out_push.c */
void rill_push(struct sock *sk);

/* out_ctl.c */
void rill_send_syn(struct sock *sk);
void rill_send_synack(struct sock *sk);
void rill_send_ack(struct sock *sk);
void rill_send_challenge(struct sock *sk);
void rill_send_rst(struct sock *sk);
void rill_send_probe(struct sock *sk, bool octet);
void rill_flush_ack(struct sock *sk);
void rill_send_window_update(struct sock *sk);

/* out_reply.c */
void rill_reply_rst(struct net *net, const struct sk_buff *skb, const struct rill_tuple *tuple,
		    const struct rill_seg *seg);
void rill_reply_synack(struct rill_req *req);
void rill_reply_ack(const struct rill_reply *r, u32 seq, u32 ack, u16 wnd,
		    const struct rill_opts *opts);

/* out_rtx.c */
void rill_rtx_acked(struct sock *sk);
void rill_rtx_head(struct sock *sk);
void rill_rtx_timeout(struct sock *sk);
void rill_rtx_purge(struct sock *sk);

#endif /* _RILL_ENGINE_OUT_H */
