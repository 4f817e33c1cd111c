// SPDX-License-Identifier: GPL-2.0
/*
 * The two faces: protocol 253 of AF_INET and AF_INET6, and the family AF_RILL. Both make the same
 * socket; the tables below say what its calls are. What is different for IPv6 stands in af6.c.
 */
#include <linux/bpf-cgroup.h>
#include <net/inet_common.h>
#include <net/protocol.h>
#include <linux/rill.h>

#include "../base/bind.h"
#include "../base/ip.h"
#include "../base/mem.h"
#include "../compat.h"
#include "../engine/act.h"
#include "../engine/child.h"
#include "../engine/err.h"
#include "../engine/expiry.h"
#include "../engine/in.h"
#include "af.h"
#include "af6.h"
#include "calls.h"
#include "ioctl.h"
#include "sockopt.h"

int rill_family = AF_RILL;

/* For struct proto: what a socket may always have, whatever the protocol's memory. */
static int rill_least_rmem[1] = { 4096 };
static int rill_least_wmem[1] = { 4096 };

/* sk_common_release() of a socket that never came to be. */
static void rill_unhash(struct sock *sk)
{
}

static RILL_PROTO_ACCEPT(rill_proto_accept)
{
	return rill_accept(sk, RILL_ACCEPT_FLAGS & O_NONBLOCK, RILL_ACCEPT_ERR);
}

static struct proto rill_prot = {
	.name			= "RILL",
	.owner			= THIS_MODULE,
	.close			= rill_close,
	.connect		= rill_connect,
	.disconnect		= rill_disconnect,
	.accept			= rill_proto_accept,
	.ioctl			= rill_ioctl,
	.init			= rill_in_birth,
	.shutdown		= rill_shutdown,
	.setsockopt		= rill_setsockopt,
	.getsockopt		= rill_getsockopt,
	.keepalive		= rill_set_keepalive,
	.backlog_rcv		= rill_rcv_backlog,
	.release_cb		= rill_expiry_release,
	.unhash			= rill_unhash,
	.get_port		= rill_bind_get_port,
	.put_port		= rill_bind_put_port,
	.enter_memory_pressure	= rill_mem_enter_pressure,
	.leave_memory_pressure	= rill_mem_leave_pressure,
	.stream_memory_free	= rill_stream_memory_free,
	.memory_allocated	= &rill_memory_allocated,
	.per_cpu_fw_alloc	= &rill_memory_per_cpu_fw_alloc,
	.sockets_allocated	= &rill_sockets_allocated,
	.memory_pressure	= &rill_memory_pressure,
	.sysctl_mem		= rill_mem,
	.sysctl_rmem		= rill_least_rmem,
	.sysctl_wmem		= rill_least_wmem,
	.max_header		= MAX_HEADER + 60 + RILL_HDR_MAX,
	.no_autobind		= true,
	.obj_size		= sizeof(struct rill_sock),
};

static const struct proto_ops rill_ops = {
	.family		= PF_INET,
	.owner		= THIS_MODULE,
	.release	= inet_release,
	.bind		= inet_bind,
	.connect	= inet_stream_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= inet_accept,
	.getname	= inet_getname,
	.poll		= rill_poll,
	.ioctl		= inet_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= rill_listen,
	.shutdown	= inet_shutdown,
	.setsockopt	= sock_common_setsockopt,
	.getsockopt	= sock_common_getsockopt,
	.sendmsg	= rill_sendmsg,
	.recvmsg	= rill_recvmsg,
	.mmap		= sock_no_mmap,
	.set_peek_off	= sk_set_peek_off,
	.set_rcvlowat	= rill_set_rcvlowat,
};

static struct inet_protosw rill_protosw = {
	.type	= SOCK_STREAM,
	.prot	= &rill_prot,
	.ops	= &rill_ops,
};

static struct net_protocol rill_protocol_v4 = {
	.handler	= rill_rcv,
	.err_handler	= rill_err,
	.no_policy	= 1,
};

static void rill_create_inet(struct socket *sock, struct sock *sk)
{
	struct inet_sock *inet = inet_sk(sk);

	sock_init_data(sock, sk);
	sk->sk_destruct = inet_sock_destruct;
	sk->sk_protocol = rill_protocol;
	sk->sk_backlog_rcv = sk->sk_prot->backlog_rcv;
	inet->pmtudisc = READ_ONCE(sock_net(sk)->ipv4.sysctl_ip_no_pmtu_disc) ?
			 IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
	inet->uc_ttl = -1;
	inet->mc_ttl = 1;
	rill_inet_set_multicast(sk);
}

/* socket(AF_RILL, SOCK_STREAM, 0 or 1): the socket that AF_INET or AF_INET6 would make. */
static int rill_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	bool v6 = IS_ENABLED(CONFIG_IPV6) && protocol == RILL_PF_INET6;
	struct sock *sk;
	int err;

	if (sock->type != SOCK_STREAM)
		return -ESOCKTNOSUPPORT;
	if (protocol && protocol != rill_protocol && !v6)
		return -EPROTONOSUPPORT;
	if (v6 && !rill_af6_works(net))
		return -EAFNOSUPPORT;
	sock->state = SS_UNCONNECTED;
	sock->ops = v6 ? &rill6_ops : &rill_ops;
	sk = sk_alloc(net, v6 ? PF_INET6 : PF_INET, GFP_KERNEL, v6 ? &rill6_prot : &rill_prot,
		      kern);
	if (!sk)
		return -ENOBUFS;
	rill_create_inet(sock, sk);
	if (v6)
		rill_af6_create(sk);
	err = sk->sk_prot->init(sk);
	if (!err && !kern)
		err = BPF_CGROUP_RUN_PROG_INET_SOCK(sk);
	if (err) {
		sk_common_release(sk);
		sock->sk = NULL;
	}
	return err;
}

static struct net_proto_family rill_net_family = {
	.create	= rill_create,
	.owner	= THIS_MODULE,
};

/**
 * rill_af_init() - make the memory that sockets come from
 *
 * Return: 0 or -ENOMEM.
 */
int __init rill_af_init(void)
{
	int err = rill_af6_init(&rill_prot, &rill_ops);

	if (err)
		return err;
	err = proto_register(&rill_prot, 1);
	if (err) {
		rill_af6_exit();
		return err;
	}
	rill_act_init(&rill_prot, IS_ENABLED(CONFIG_IPV6) ? &rill6_prot : NULL);
	return 0;
}

/** rill_af_exit() - give it back; the last socket is freed */
void rill_af_exit(void)
{
	proto_unregister(&rill_prot);
	rill_af6_exit();
}

/**
 * rill_af_register() - open the doors for programs and for segments
 *
 * Return: 0, or -EBUSY: the family or the protocol number is taken. (EEXIST would tell modprobe
 * that the module is loaded already.)
 */
int rill_af_register(void)
{
	rill_protosw.protocol = rill_protocol;
	rill_net_family.family = rill_family;
	if (sock_register(&rill_net_family))
		return -EBUSY;
	if (inet_add_protocol(&rill_protocol_v4, rill_protocol))
		goto family;
	if (rill_af6_register())
		goto protocol;
	inet_register_protosw(&rill_protosw);
	return 0;
protocol:
	inet_del_protocol(&rill_protocol_v4, rill_protocol);
family:
	sock_unregister(rill_family);
	return -EBUSY;
}

/** rill_af_unregister() - close the doors; afterwards no socket is made and no segment comes in */
void rill_af_unregister(void)
{
	inet_unregister_protosw(&rill_protosw);
	rill_af6_unregister();
	inet_del_protocol(&rill_protocol_v4, rill_protocol);
	sock_unregister(rill_family);
}
