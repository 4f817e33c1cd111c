/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: what a connection sends, and when. */
#ifndef _RILL_ENGINE_OUT_H
#define _RILL_ENGINE_OUT_H

#include "../base/sock.h"

/* out_push.c */
void rill_push(struct sock *sk);
void rill_push_tail(struct sock *sk);

/* out_ctl.c */
void rill_send_syn(struct sock *sk);
void rill_send_synack(struct sock *sk);
void rill_send_ack(struct sock *sk);
void rill_send_rst(struct sock *sk);
void rill_send_probe(struct sock *sk, bool octet);
void rill_flush_read(struct sock *sk);
void rill_flush_ack(struct sock *sk);
void rill_flush_ack_first(struct sock *sk);

/* out_rtx.c */
void rill_rtx_acked(struct sock *sk);
void rill_rtx_head(struct sock *sk);
void rill_rtx_timeout(struct sock *sk);
void rill_rtx_resize(struct sock *sk);
void rill_rtx_purge(struct sock *sk);

#endif /* _RILL_ENGINE_OUT_H */
