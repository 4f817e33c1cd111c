/* SPDX-License-Identifier: GPL-2.0 */
/* ioctl() of a socket: how much is queued. */
#ifndef _RILL_EDGE_IOCTL_H
#define _RILL_EDGE_IOCTL_H

#include <net/sock.h>

#include "../compat.h"

int rill_ioctl(struct sock *sk, int cmd, RILL_IOCTL_ARG arg);

#endif /* _RILL_EDGE_IOCTL_H */
