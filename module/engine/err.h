/* SPDX-License-Identifier: GPL-2.0 */
/* ICMP errors. */
#ifndef _RILL_ENGINE_ERR_H
#define _RILL_ENGINE_ERR_H

#include <linux/skbuff.h>

int rill_err(struct sk_buff *skb, u32 info);

#endif /* _RILL_ENGINE_ERR_H */
