// SPDX-License-Identifier: GPL-2.0
/*
 * How much memory all of rill's sockets may hold, whatever their namespace. The kernel's socket
 * accounting does the counting through struct proto; here stand its counters and limits.
 * Called by main.c, by that accounting (softirqs too) and by whoever keeps orphans. No locks.
 */
#include <linux/delay.h>
#include <linux/swap.h>

#include "../compat.h"
#include "mem.h"

#define RILL_MEM_MIN_PAGES	128L	/* of the middle limit, on the smallest machine */
#define RILL_ORPHAN_SIZE	65536L	/* octets a socket without a user is taken to hold */
#define RILL_ORPHANS_MIN	1024L

atomic_long_t rill_memory_allocated;		/* pages */
DEFINE_PER_CPU(int, rill_memory_per_cpu_fw_alloc);	/* pages not in the sum above yet */
struct percpu_counter rill_sockets_allocated;
unsigned long rill_memory_pressure;		/* 0, or the jiffies when it began */
long rill_mem[3];			/* pages: relaxed below, pressure above, maximum */

/**
 * rill_mem_init() - set the limits by the size of the machine
 *
 * As Linux documents them for TCP: pressure at a sixteenth of the memory that buffers can come
 * from, relief at three quarters of that, and never more than one and a half times it.
 *
 * Return: 0 or -ENOMEM.
 */
int rill_mem_init(void)
{
	long pressure = max_t(long, nr_free_buffer_pages() / 16, RILL_MEM_MIN_PAGES);

	rill_mem[0] = pressure - pressure / 4;
	rill_mem[1] = pressure;
	rill_mem[2] = pressure + pressure / 2;
	return percpu_counter_init(&rill_sockets_allocated, 0, GFP_KERNEL);
}

/** rill_mem_wait() - at module unload: until the last socket is as good as freed */
void rill_mem_wait(void)
{
	while (percpu_counter_sum(&rill_sockets_allocated))
		usleep_range(1000, 2000);
}

/** rill_mem_exit() - at module unload, with no socket left */
void rill_mem_exit(void)
{
	percpu_counter_destroy(&rill_sockets_allocated);
}

/**
 * rill_mem_enter_pressure() - proto.enter_memory_pressure
 * @sk: the socket that wanted more
 */
void rill_mem_enter_pressure(struct sock *sk)
{
	if (!READ_ONCE(rill_memory_pressure))
		WRITE_ONCE(rill_memory_pressure, jiffies ?: 1);
}

/**
 * rill_mem_leave_pressure() - proto.leave_memory_pressure
 * @sk: the socket that gave back enough
 */
void rill_mem_leave_pressure(struct sock *sk)
{
	if (READ_ONCE(rill_memory_pressure))
		WRITE_ONCE(rill_memory_pressure, 0);
}

/**
 * rill_mem_exhausted() - is a socket without a user too much?
 * @sk: the socket
 *
 * Return: true when it holds more than the least buffer and the protocol is over its maximum.
 */
bool rill_mem_exhausted(const struct sock *sk)
{
	return READ_ONCE(sk->sk_wmem_queued) > SOCK_MIN_SNDBUF &&
	       sk_memory_allocated(sk) > READ_ONCE(rill_mem[2]);
}

/**
 * rill_mem_orphans() - how many sockets without a user a namespace may have by default
 *
 * Return: as many as fit into the middle limit of the memory.
 */
int rill_mem_orphans(void)
{
	long pages = max_t(long, RILL_ORPHAN_SIZE / PAGE_SIZE, 1);

	return clamp_t(long, rill_mem[1] / pages, RILL_ORPHANS_MIN, INT_MAX);
}
