/* SPDX-License-Identifier: GPL-2.0 */
/* A connection's deadlines and the one timer that serves them. */
#ifndef _RILL_BASE_TIMER_H
#define _RILL_BASE_TIMER_H

#include "sock.h"

/* How long an acknowledgment may wait for data to ride on (RFC 9293 section 3.8.6.3, MUST-40). */
#define RILL_DELACK_TIME	(HZ / 25)

void rill_timer_init(struct sock *sk, void (*expired)(struct timer_list *t));
void rill_timer_set(struct sock *sk, enum rill_deadline which, unsigned long at);
void rill_timer_set_rto(struct sock *sk, enum rill_deadline which);
void rill_timer_clear(struct sock *sk, enum rill_deadline which);
bool rill_timer_pending(const struct sock *sk, enum rill_deadline which);
void rill_timer_rearm(struct sock *sk);
void rill_timer_stop(struct sock *sk);
u32 rill_timer_rto_max_us(const struct sock *sk);
u32 rill_timer_rto_us(const struct sock *sk);
u32 rill_timer_delack(const struct sock *sk);

#endif /* _RILL_BASE_TIMER_H */
