/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that rill builds for, 6.1 to 7.2. Everything is named by the
 * feature and looks like the newest kernel's. This is the only file that may test a version, and it
 * does so only where the preprocessor can't see the feature itself.
 */
#ifndef _RILL_COMPAT_H
#define _RILL_COMPAT_H

#include <linux/sysctl.h>
#include <linux/tcp.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <net/net_namespace.h>

/* The protocol memory helpers of struct sock have moved out of net/sock.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <net/proto_memory.h>
#endif

#ifndef timer_container_of
#define timer_container_of(var, timer, field)	from_timer(var, timer, field)
#endif

/* A sysctl table has a size; before, an empty entry ended it: keep one behind the last. */
#ifdef register_net_sysctl
#define rill_register_net_sysctl(net, path, table, n)	register_net_sysctl_sz(net, path, table, n)
#else
#define rill_register_net_sysctl(net, path, table, n)	register_net_sysctl(net, path, table)
#endif

/* A sysctl's handler gets a const table. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define RILL_CTL_ARG	const struct ctl_table *
#else
#define RILL_CTL_ARG	struct ctl_table *
#endif

/* The ioctl of a protocol gives its answer to the caller, who copies it to the user. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define RILL_IOCTL_ARG	int *

static inline int rill_ioctl_answer(int answer, int *arg)
{
	*arg = answer;
	return 0;
}
#else
#define RILL_IOCTL_ARG	unsigned long

static inline int rill_ioctl_answer(int answer, unsigned long arg)
{
	return put_user(answer, (int __user *)arg);
}
#endif

/* struct tcp_info tells the window that is offered to the peer. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define rill_info_rcv_wnd(info, wnd)	((info)->tcpi_rcv_wnd = (wnd))
#else
#define rill_info_rcv_wnd(info, wnd)	((void)(wnd))
#endif

#endif /* _RILL_COMPAT_H */
