// SPDX-License-Identifier: GPL-2.0
/*
 * What each network namespace has of rill: made when the module is loaded or the namespace begins,
 * taken down when either ends. By then no socket is left (a socket holds its namespace and the
 * module) and no segment comes in any more; requests and TIME-WAIT entries may be left.
 * Called by main.c and by the network namespaces, which serialise the calls.
 */
#include <linux/random.h>
#include <linux/slab.h>

#include "../compat.h"
#include "entry.h"
#include "mem.h"
#include "net.h"
#include "table.h"

/* Linux's documented defaults for TCP, unless a line says why not. */
static void rill_net_defaults(struct rill_settings *s)
{
	*s = (struct rill_settings) {
		.rmem			= { 4096, 131072, 6291456 },
		.wmem			= { 4096, 16384, 4194304 },
		/* 1 + 2 + ... + 64 + 120 s: MUST-23 asks for 180 s, TCP's 6 give 127 s */
		.syn_retries		= 7,
		.synack_retries		= 5,
		.algo			= "cubic",
		.retries1		= 3,
		.retries2		= 15,
		.orphan_retries		= 0,
		.fin_timeout		= 60 * HZ,
		.keepalive_time		= 7200 * HZ,
		.keepalive_intvl	= 75 * HZ,
		.keepalive_probes	= 9,
		/* TCP's depends on memory; this is 1 MiB at most */
		.max_syn_backlog	= 4096,
		/* likewise, 12 MiB */
		.max_tw_buckets		= 65536,
		.max_orphans		= rill_mem_orphans(),
		.timewait_ms		= 60000,
		.syncookies		= 1,
		.challenge_ack_limit	= 10,
		.ecn			= 2,
		.ecn_option		= 2,
		.base_mss		= 1024,
		/* TCP's 48 would leave a connection with crumbs after a mere outage */
		.mtu_probe_floor	= 512,
		.probe_interval		= 600 * HZ,
		/* TCP's is 0: a path that swallows segments then hangs connections for good */
		.mtu_probing		= 1,
		.fastopen		= 1,
		.fastopen_blackhole_timeout = 0,
		.window_scaling		= 1,
		.timestamps		= 1,
		.sack			= 1,
		.moderate_rcvbuf	= 1,
		.ecn_fallback		= 1,
	};
}

static int rill_net_buckets(struct rill_net *rn)
{
	unsigned int i;

	rn->ports = kvcalloc(RILL_PORT_BUCKETS, sizeof(*rn->ports), GFP_KERNEL);
	rn->listen = kvcalloc(RILL_LISTEN_BUCKETS, sizeof(*rn->listen), GFP_KERNEL);
	if (!rn->ports || !rn->listen)
		return -ENOMEM;
	for (i = 0; i < RILL_PORT_BUCKETS; i++)
		spin_lock_init(&rn->ports[i].lock);
	for (i = 0; i < RILL_LISTEN_BUCKETS; i++)
		spin_lock_init(&rn->listen[i].lock);
	return 0;
}

static void rill_net_free(struct rill_net *rn)
{
	rill_fo_cache_exit(rn);
	rill_fo_keys_drop(&rn->fo_keys);
	kvfree(rn->listen);
	kvfree(rn->ports);
	free_percpu(rn->mib);
}

static int __net_init rill_net_begin(struct net *net)
{
	struct rill_net *rn = rill_net(net);
	int err;

	rill_net_defaults(&rn->set);
	get_random_bytes(&rn->key, sizeof(rn->key));
	rn->mib = alloc_percpu(struct rill_mib);
	rill_fo_cache_init(rn);
	err = rn->mib ? rill_net_buckets(rn) : -ENOMEM;
	if (!err)
		err = rill_fo_keys_random(&rn->fo_keys);
	if (err)
		goto err_free;
	err = rill_table_net_init(rn);
	if (err)
		goto err_free;
	err = rill_sysctl_net_init(net, rn);
	if (err)
		goto err_table;
	return 0;
err_table:
	rill_table_net_exit(rn);
err_free:
	rill_net_free(rn);
	return err;
}

static void __net_exit rill_net_end(struct net *net)
{
	struct rill_net *rn = rill_net(net);

	rill_sysctl_net_exit(rn);
	rill_entry_drop_all(rn);
	rill_table_net_exit(rn);
	rill_net_free(rn);
}

static struct pernet_operations rill_net_ops = {
	.init	= rill_net_begin,
	.exit	= rill_net_end,
	.id	= &rill_net_id,
	.size	= sizeof(struct rill_net),
};

/**
 * rill_net_register() - give every network namespace its part of rill
 *
 * Context: process context, after rill_mem_init().
 * Return: 0 or a negative error.
 */
int rill_net_register(void)
{
	return register_pernet_subsys(&rill_net_ops);
}

/**
 * rill_net_unregister() - take it from every namespace
 *
 * Context: process context, when no segment is received and no socket is left. The caller waits
 * for what is being freed by RCU (rcu_barrier()).
 */
void rill_net_unregister(void)
{
	unregister_pernet_subsys(&rill_net_ops);
}
