// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6's half of the two faces, called by af.c: what makes an AF_INET6 socket different from an
 * AF_INET one, and IPv6's tables. With ipv6.disable=1 the tables are there, but nobody asks them.
 */
#include <linux/rill.h>
#include <net/protocol.h>
#include <net/transp_v6.h>

#include "../base/ip.h"
#include "../base/ip6.h"
#include "../compat.h"
#include "../engine/err.h"
#include "../engine/in.h"
#include "af6.h"

struct proto rill6_prot;
struct proto_ops rill6_ops __ro_after_init;

static struct inet_protosw rill6_protosw = {
	.type	= SOCK_STREAM,
	.prot	= &rill6_prot,
	.ops	= &rill6_ops,
};

static const struct inet6_protocol rill6_protocol = {
	.handler	= rill_rcv,
	.err_handler	= rill_err6,
	.flags		= INET6_PROTO_NOPOLICY | INET6_PROTO_FINAL,
};

/* The kernel looks for the part for IPv6 at the end. */
static_assert(offsetofend(struct rill6_sock, inet6) == sizeof(struct rill6_sock));

/**
 * rill_af6_init() - make the memory that AF_INET6 sockets come from
 * @prot: what AF_INET sockets have, not registered yet
 * @ops: their calls
 *
 * Return: 0 or -ENOMEM.
 */
int __init rill_af6_init(const struct proto *prot, const struct proto_ops *ops)
{
	rill6_prot = *prot;
	strscpy(rill6_prot.name, "RILLv6", sizeof(rill6_prot.name));
	rill6_prot.obj_size = sizeof(struct rill6_sock);
	rill_prot_set_pinfo(&rill6_prot, offsetof(struct rill6_sock, inet6));
	rill6_ops = *ops;
	rill6_ops.family = PF_INET6;
	rill6_ops.release = inet6_release;
	rill6_ops.bind = inet6_bind;
	rill6_ops.getname = inet6_getname;
	rill6_ops.ioctl = inet6_ioctl;
	return proto_register(&rill6_prot, 1);
}

/** rill_af6_exit() - give it back; the last socket is freed */
void rill_af6_exit(void)
{
	proto_unregister(&rill6_prot);
}

/**
 * rill_af6_works() - is there IPv6 in this namespace?
 * @net: the namespace
 *
 * Return: false with ipv6.disable=1.
 */
bool rill_af6_works(const struct net *net)
{
	return READ_ONCE(net->ipv6.devconf_all);
}

/**
 * rill_af6_create() - what the kernel does to a new AF_INET6 socket, for AF_RILL's
 * @sk: the socket
 */
void rill_af6_create(struct sock *sk)
{
	struct net *net = sock_net(sk);
	struct ipv6_pinfo *np;

	rill_ip6_birth(sk);
	np = inet6_sk(sk);
	np->hop_limit = -1;
	np->mcast_hops = IPV6_DEFAULT_MCASTHOPS;
	np->pmtudisc = IPV6_PMTUDISC_WANT;
	rill_inet6_set_multicast(sk);
	rill_inet6_set_repflow(sk, READ_ONCE(net->ipv6.sysctl.flowlabel_reflect) &
				   FLOWLABEL_REFLECT_ESTABLISHED);
	sk->sk_ipv6only = READ_ONCE(net->ipv6.sysctl.bindv6only);
}

/**
 * rill_af6_register() - open IPv6's doors for programs and for segments
 *
 * Return: 0, or -EBUSY: the protocol number is taken.
 */
int rill_af6_register(void)
{
	rill6_protosw.protocol = rill_protocol;
	if (inet6_add_protocol(&rill6_protocol, rill_protocol))
		return -EBUSY;
	if (inet6_register_protosw(&rill6_protosw)) {
		inet6_del_protocol(&rill6_protocol, rill_protocol);
		return -EBUSY;
	}
	return 0;
}

/** rill_af6_unregister() - close them; no socket is made and no segment comes in by IPv6 */
void rill_af6_unregister(void)
{
	inet6_unregister_protosw(&rill6_protosw);
	inet6_del_protocol(&rill6_protocol, rill_protocol);
}
