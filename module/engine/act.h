/* SPDX-License-Identifier: GPL-2.0 */
/* From an event to the next state, and what goes with it. */
#ifndef _RILL_ENGINE_ACT_H
#define _RILL_ENGINE_ACT_H

#include "../base/sock.h"
#include "../core/state.h"

void rill_act_init(const struct proto *prot, const struct proto *prot6);
void rill_act(struct sock *sk, enum rill_event event);
void rill_act_error(struct sock *sk, int err);
void rill_act_soft_error(struct sock *sk, int err);
void rill_act_orphan(struct sock *sk);
void rill_act_destroy(struct sock *sk);

#endif /* _RILL_ENGINE_ACT_H */
