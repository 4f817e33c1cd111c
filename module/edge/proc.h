/* SPDX-License-Identifier: GPL-2.0 */
/* /proc/net/rill and /proc/net/rill_stat. */
#ifndef _RILL_EDGE_PROC_H
#define _RILL_EDGE_PROC_H

int rill_proc_register(void);
void rill_proc_unregister(void);

#endif /* _RILL_EDGE_PROC_H */
