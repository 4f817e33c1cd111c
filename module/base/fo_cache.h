/* SPDX-License-Identifier: GPL-2.0 */
/* What a client knows of the servers that have given it a Fast Open cookie. */
#ifndef _RILL_BASE_FO_CACHE_H
#define _RILL_BASE_FO_CACHE_H

#include <linux/list.h>
#include <linux/spinlock.h>

#include "../core/fastopen.h"

struct rill_net;

#define RILL_FO_LISTS		64
#define RILL_FO_DEPTH		8	/* servers in a list at most */

/**
 * struct rill_fo_cache - the servers that a namespace knows
 * @lock: protects the lists
 * @lists: struct rill_fo_server by address, the last used first
 * @until: jiffies until which no data goes with a SYN, while @suspects
 * @suspects: how often that was decided in a row
 */
struct rill_fo_cache {
	spinlock_t		lock;	/* protects the lists */
	struct list_head	lists[RILL_FO_LISTS];
	unsigned long		until;
	u8			suspects;
};

void rill_fo_cache_init(struct rill_net *rn);
void rill_fo_cache_exit(struct rill_net *rn);
bool rill_fo_recall(struct rill_net *rn, const struct rill_tuple *t, struct rill_fo_cookie *c,
		    u16 *mss);
void rill_fo_remember(struct rill_net *rn, const struct rill_tuple *t,
		      const struct rill_fo_cookie *c, u16 mss);
void rill_fo_forget(struct rill_net *rn, const struct rill_tuple *t);
bool rill_fo_blocked(const struct rill_net *rn);
void rill_fo_suspect(struct rill_net *rn);
void rill_fo_works(struct rill_net *rn);

#endif /* _RILL_BASE_FO_CACHE_H */
