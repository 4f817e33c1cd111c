/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that rill builds for, 6.1 to 7.2. Everything is named by the
 * feature and looks like the newest kernel's. This is the only file that may test a version, and it
 * does so only where the preprocessor can't see the feature itself.
 */
#ifndef _RILL_COMPAT_H
#define _RILL_COMPAT_H

#include <linux/hrtimer.h>
#include <linux/ipv6.h>
#include <linux/sysctl.h>
#include <linux/tcp.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <net/inet_sock.h>
#include <net/net_namespace.h>
#include <net/route.h>

/* The protocol memory helpers of struct sock have moved out of net/sock.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <net/proto_memory.h>
#endif

/* Numbers in a row of octets have their header with all others. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

#ifndef timer_container_of
#define timer_container_of(var, timer, field)	from_timer(var, timer, field)
#endif

/* A high-resolution timer gets its callback together with the rest. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define rill_hrtimer_setup(timer, fn, clock, mode)	hrtimer_setup(timer, fn, clock, mode)
#else
static inline void rill_hrtimer_setup(struct hrtimer *timer,
				      enum hrtimer_restart (*fn)(struct hrtimer *t),
				      clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = fn;
}
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

/* It counts retransmission timeouts. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define rill_info_timeouts(info, n)	((info)->tcpi_total_rto = (n))
#else
#define rill_info_timeouts(info, n)	((void)(n))
#endif

#ifndef dst_rtable
#define dst_rtable(ptr)	container_of(ptr, struct rtable, dst)
#endif

/* Socket calls take an address of unknown size. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
typedef struct sockaddr_unsized rill_sockaddr;
#else
typedef struct sockaddr rill_sockaddr;
#endif

/* The arguments of proto.accept come in a struct. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define RILL_PROTO_ACCEPT(name) \
	struct sock *name(struct sock *sk, struct proto_accept_arg *arg)
#define RILL_ACCEPT_FLAGS	(arg->flags)
#define RILL_ACCEPT_ERR		(&arg->err)
#else
#define RILL_PROTO_ACCEPT(name) \
	struct sock *name(struct sock *sk, int flags, int *err, bool kern)
#define RILL_ACCEPT_FLAGS	flags
#define RILL_ACCEPT_ERR		err
#endif

/* Receive calls give no address length back. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
#define rill_inet_recv_error(sk, msg, len)	inet_recv_error(sk, msg, len)
#else
#define rill_inet_recv_error(sk, msg, len)	inet_recv_error(sk, msg, len, &(msg)->msg_namelen)
#endif

/* A socket may have a range of ports of its own. */
#ifdef IP_LOCAL_PORT_RANGE
static inline void rill_inet_copy_ports(struct inet_sock *to, const struct inet_sock *from)
{
	to->local_port_range = from->local_port_range;
}
#else
static inline void rill_inet_copy_ports(struct inet_sock *to, const struct inet_sock *from)
{
}
#endif

/* The flags of struct inet_sock are bits of one word. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
static inline void rill_inet_copy_flags(struct inet_sock *to, const struct inet_sock *from)
{
	to->inet_flags = READ_ONCE(from->inet_flags);
}

/* IP_MULTICAST_LOOP and IP_MULTICAST_ALL are on from the start. */
static inline void rill_inet_set_multicast(struct sock *sk)
{
	inet_set_bit(MC_LOOP, sk);
	inet_set_bit(MC_ALL, sk);
}

/* Tells the kernel's connect() that the SYN is left to the first write. */
static inline void rill_inet_defer(struct sock *sk, bool on)
{
	inet_assign_bit(DEFER_CONNECT, sk, on);
}

/* IP_TRANSPARENT */
static inline bool rill_inet_transparent(const struct sock *sk)
{
	return inet_test_bit(TRANSPARENT, sk);
}

/* IP_RECVERR */
static inline bool rill_inet_recverr(const struct sock *sk)
{
	return inet_test_bit(RECVERR, sk);
}
#else
static inline void rill_inet_copy_flags(struct inet_sock *to, const struct inet_sock *from)
{
	to->cmsg_flags = from->cmsg_flags;
	to->recverr = from->recverr;
	to->freebind = from->freebind;
	to->transparent = from->transparent;
	to->mc_loop = from->mc_loop;
	to->mc_all = from->mc_all;
	to->bind_address_no_port = from->bind_address_no_port;
	to->recverr_rfc4884 = from->recverr_rfc4884;
}

static inline void rill_inet_set_multicast(struct sock *sk)
{
	inet_sk(sk)->mc_loop = 1;
	inet_sk(sk)->mc_all = 1;
}

static inline void rill_inet_defer(struct sock *sk, bool on)
{
	inet_sk(sk)->defer_connect = on;
}

static inline bool rill_inet_transparent(const struct sock *sk)
{
	return inet_sk(sk)->transparent;
}

static inline bool rill_inet_recverr(const struct sock *sk)
{
	return inet_sk(sk)->recverr;
}
#endif

/* Where a protocol's sockets have their part for IPv6; before, at the end. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define rill_prot_set_pinfo(prot, offset)	((prot)->ipv6_pinfo_offset = (offset))
#else
#define rill_prot_set_pinfo(prot, offset)	((void)(offset))
#endif

/* The flags of struct ipv6_pinfo have moved to those of struct inet_sock. */
#ifdef inet6_test_bit
#define rill_inet6_recverr(sk)			inet6_test_bit(RECVERR6, sk)
#define rill_inet6_sndflow(sk)			inet6_test_bit(SNDFLOW, sk)
#define rill_inet6_repflow(sk)			inet6_test_bit(REPFLOW, sk)
#define rill_inet6_set_repflow(sk, on)		inet6_assign_bit(REPFLOW, sk, on)
#define rill_inet6_copy_flags(to, from)		((void)(from))

/* IPV6_MULTICAST_LOOP and IPV6_MULTICAST_ALL are on from the start. */
static inline void rill_inet6_set_multicast(struct sock *sk)
{
	inet6_set_bit(MC6_LOOP, sk);
	inet6_set_bit(MC6_ALL, sk);
}
#else
#define rill_inet6_recverr(sk)			(inet6_sk(sk)->recverr)
#define rill_inet6_sndflow(sk)			(inet6_sk(sk)->sndflow)
#define rill_inet6_repflow(sk)			(inet6_sk(sk)->repflow)
#define rill_inet6_set_repflow(sk, on)		(inet6_sk(sk)->repflow = !!(on))

static inline void rill_inet6_copy_flags(struct ipv6_pinfo *to, const struct ipv6_pinfo *from)
{
	to->recverr = from->recverr;
	to->sndflow = from->sndflow;
	to->repflow = from->repflow;
	to->dontfrag = from->dontfrag;
	to->autoflowlabel = from->autoflowlabel;
	to->autoflowlabel_set = from->autoflowlabel_set;
	to->recverr_rfc4884 = from->recverr_rfc4884;
	to->rtalert_isolate = from->rtalert_isolate;
}

static inline void rill_inet6_set_multicast(struct sock *sk)
{
	inet6_sk(sk)->mc_loop = 1;
	inet6_sk(sk)->mc_all = 1;
}
#endif

#endif /* _RILL_COMPAT_H */
