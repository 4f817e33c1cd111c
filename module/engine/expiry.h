/* SPDX-License-Identifier: GPL-2.0 */
/* What happens when a deadline has come. */
#ifndef _RILL_ENGINE_EXPIRY_H
#define _RILL_ENGINE_EXPIRY_H

#include <linux/hrtimer.h>
#include <linux/interrupt.h>

#include "../base/sock.h"

void rill_expiry(struct timer_list *t);
enum hrtimer_restart rill_expiry_pacer(struct hrtimer *t);
void rill_expiry_room(struct tasklet_struct *t);
void rill_expiry_release(struct sock *sk);
void rill_expiry_keepalive(struct sock *sk);
void rill_expiry_linger(struct sock *sk);

#endif /* _RILL_ENGINE_EXPIRY_H */
