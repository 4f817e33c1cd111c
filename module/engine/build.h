/* SPDX-License-Identifier: GPL-2.0 */
/* Making segments: sizes, windows, octets. */
#ifndef _RILL_ENGINE_BUILD_H
#define _RILL_ENGINE_BUILD_H

#include "../base/sock.h"
#include "../core/seg.h"

/* out_build.c */
struct sk_buff *rill_build_skb(unsigned int room, gfp_t gfp);
void rill_build_header(struct sk_buff *skb, const struct rill_tuple *tuple, struct rill_seg *seg,
		       const struct rill_opts *opts);
int rill_build(struct sock *sk, u32 seq, u32 len, u16 flags);

/* out_wnd.c */
u32 rill_out_space(struct sock *sk, u32 *full);
u16 rill_out_window(struct sock *sk, bool syn);
void rill_out_sync_mss(struct sock *sk);
void rill_out_check_mtu(struct sock *sk);
u32 rill_out_mtu(const struct sock *sk);
void rill_out_grow_rcvbuf(struct sock *sk);
void rill_out_grow_sndbuf(struct sock *sk);

#endif /* _RILL_ENGINE_BUILD_H */
