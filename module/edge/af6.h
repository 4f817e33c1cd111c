/* SPDX-License-Identifier: GPL-2.0 */
/* IPv6's half of the two faces; there is none in a kernel without IPv6. */
#ifndef _RILL_EDGE_AF6_H
#define _RILL_EDGE_AF6_H

#include <linux/net.h>
#include <net/sock.h>

extern struct proto rill6_prot;
extern struct proto_ops rill6_ops;

#if IS_ENABLED(CONFIG_IPV6)
int rill_af6_init(const struct proto *prot, const struct proto_ops *ops);
void rill_af6_exit(void);
int rill_af6_register(void);
void rill_af6_unregister(void);
bool rill_af6_works(const struct net *net);
void rill_af6_create(struct sock *sk);
#else
static inline int rill_af6_init(const struct proto *prot, const struct proto_ops *ops)
{
	return 0;
}

static inline void rill_af6_exit(void)
{
}

static inline int rill_af6_register(void)
{
	return 0;
}

static inline void rill_af6_unregister(void)
{
}

static inline bool rill_af6_works(const struct net *net)
{
	return false;
}

static inline void rill_af6_create(struct sock *sk)
{
}
#endif

#endif /* _RILL_EDGE_AF6_H */
