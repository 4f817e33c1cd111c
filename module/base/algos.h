/* SPDX-License-Identifier: GPL-2.0 */
/* The congestion control algorithms that there are, by name. */
#ifndef _RILL_BASE_ALGOS_H
#define _RILL_BASE_ALGOS_H

#include "../core/cong.h"

struct net;
struct rill_net;
struct rill_sock;

#define RILL_ALGO_NAMES	1024	/* octets that suffice for the names of all */

const struct rill_cong_ops *rill_algo_get(const char *name);
const struct rill_cong_ops *rill_algo_of(const struct net *net);
const struct rill_cong_ops *rill_algo_share(const struct rill_cong_ops *ops);
int rill_algo_use(struct rill_sock *rs, const char *name);
void rill_algo_put(const struct rill_cong_ops *ops);
void rill_algo_start(struct rill_sock *rs);
void rill_algo_end(struct rill_sock *rs);
void rill_algo_name(struct rill_net *rn, char *name);
int rill_algo_choose(struct rill_net *rn, const char *name);
void rill_algo_names(char *buf, size_t size);
int rill_algo_init(void);

#endif /* _RILL_BASE_ALGOS_H */
