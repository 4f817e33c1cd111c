/* SPDX-License-Identifier: GPL-2.0 */
/* The two faces of rill, opened and closed with the module. */
#ifndef _RILL_EDGE_AF_H
#define _RILL_EDGE_AF_H

#include <net/net_namespace.h>

/* af.c */
int rill_af_init(void);
void rill_af_exit(void);
int rill_af_register(void);
void rill_af_unregister(void);
extern int rill_family;

/* close.c */
void rill_close_orphans(struct net *net);

#endif /* _RILL_EDGE_AF_H */
