/* SPDX-License-Identifier: GPL-2.0 */
/* Memory of all sockets together, in pages; what struct proto wants to know about it. */
#ifndef _RILL_BASE_MEM_H
#define _RILL_BASE_MEM_H

#include <linux/percpu.h>
#include <linux/percpu_counter.h>
#include <net/sock.h>

extern atomic_long_t rill_memory_allocated;
DECLARE_PER_CPU(int, rill_memory_per_cpu_fw_alloc);
extern struct percpu_counter rill_sockets_allocated;
extern unsigned long rill_memory_pressure;
extern long rill_mem[3];

int rill_mem_init(void);
void rill_mem_wait(void);
void rill_mem_exit(void);
void rill_mem_enter_pressure(struct sock *sk);
void rill_mem_leave_pressure(struct sock *sk);
bool rill_mem_exhausted(const struct sock *sk);
int rill_mem_orphans(void);

#endif /* _RILL_BASE_MEM_H */
