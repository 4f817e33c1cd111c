/* SPDX-License-Identifier: GPL-2.0 */
/* What an ACK tells congestion control of the path. */
#ifndef _RILL_ENGINE_IN_RATE_H
#define _RILL_ENGINE_IN_RATE_H

#include "../base/sock.h"

void rill_in_rate(struct sock *sk, const struct rill_acked *acked, const struct rill_delivered *d,
		  u32 flight);

#endif /* _RILL_ENGINE_IN_RATE_H */
