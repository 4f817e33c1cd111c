/* SPDX-License-Identifier: GPL-2.0 */
/* What belongs to one network namespace. */
#ifndef _RILL_BASE_NET_H
#define _RILL_BASE_NET_H

#include <linux/rhashtable-types.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "../core/cong.h"
#include "fo_cache.h"
#include "fo_keys.h"
#include "mib.h"

#define RILL_PORT_BUCKETS	1024
#define RILL_LISTEN_BUCKETS	256

/* What the setting of that name says, as TCP's does. */
enum rill_fastopen_bit {
	RILL_FO_CLIENT		= 0x1,
	RILL_FO_SERVER		= 0x2,
	RILL_FO_CLIENT_BARE	= 0x4,		/* data in a SYN without a cookie */
	RILL_FO_SERVER_BARE	= 0x200,	/* and a server that takes it */
	RILL_FO_LISTENERS	= 0x400,	/* all listeners do Fast Open */
};

/* The sysctls of net.rill, one set a namespace; read with READ_ONCE(). Units as in sysctl.c. */
struct rill_settings {
	int	rmem[3];		/* octets: min, default, max */
	int	wmem[3];
	int	syn_retries;
	int	synack_retries;
	int	retries1;
	int	retries2;
	int	orphan_retries;
	int	fin_timeout;		/* jiffies */
	int	keepalive_time;		/* jiffies */
	int	keepalive_intvl;	/* jiffies */
	int	keepalive_probes;
	int	max_syn_backlog;
	int	syncookies;		/* 0: never, 1: without room for requests, 2: always */
	int	max_tw_buckets;
	int	max_orphans;
	int	timewait_ms;		/* 2 MSL, milliseconds */
	int	challenge_ack_limit;	/* per connection or entry, and second */
	int	ecn;			/* see rill_accecn_incoming(), rill_accecn_outgoing() */
	int	ecn_option;		/* enum rill_accecn_option */
	int	base_mss;		/* octets */
	int	mtu_probe_floor;	/* octets */
	int	probe_interval;		/* jiffies */
	int	fastopen;		/* enum rill_fastopen_bit */
	int	fastopen_blackhole_timeout;	/* jiffies; 0: never */
	char	algo[RILL_CONG_NAME_MAX];	/* under algos.c's lock */
	u8	moderate_rcvbuf;
	u8	mtu_probing;
	u8	abort_on_overflow;
	u8	fwmark_accept;
	u8	l3mdev_accept;
	u8	window_scaling;
	u8	timestamps;
	u8	sack;
	u8	ecn_fallback;
};

/* Ports in use; the lock protects the chains and what hangs from their members, see bind.c. */
struct rill_port_bucket {
	spinlock_t		lock;	/* protects the chain and its ports' users */
	struct hlist_head	ports;
};

/* Listeners by port: changed under the lock, read under RCU. */
struct rill_listen_bucket {
	spinlock_t		lock;	/* serialises changes */
	struct hlist_head	listeners;
};

struct rill_net {
	struct rhashtable		table;		/* connections, see table.c */
	struct rill_port_bucket		*ports;
	struct rill_listen_bucket	*listen;
	struct rill_settings		set;
	struct rill_mib __percpu	*mib;
	struct ctl_table_header		*sysctl;
	struct ctl_table		*sysctl_table;
	/* secret of all ISNs, offsets and port choices */
	siphash_key_t			key;
	struct rill_fo_cache		fo;
	struct rill_fo_keys __rcu	*fo_keys;
	atomic_t			tw_count;
	atomic_t			req_count;
	atomic_t			orphans;
	u32				port_next;	/* RFC 6056 section 3.3.3: the counter */
	/* nothing new; set before the table is purged */
	bool				dying;
};

extern unsigned int rill_net_id;

static inline struct rill_net *rill_net(const struct net *net)
{
	return net_generic(net, rill_net_id);
}

int rill_net_register(void);
void rill_net_unregister(void);

/* sysctl.c */
int rill_sysctl_net_init(struct net *net, struct rill_net *rn);
void rill_sysctl_net_exit(struct rill_net *rn);

#endif /* _RILL_BASE_NET_H */
