// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading. Whatever can be found by segments or programs is registered last and
 * unregistered first; Documentation/locking.md says what may still be on its way in between.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "../base/algos.h"
#include "../base/ip.h"
#include "../base/mem.h"
#include "../base/net.h"
#include "../base/pacer.h"
#include "../base/req.h"
#include "../base/tw.h"
#include "../engine/expiry.h"
#include "../engine/lost.h"
#include "af.h"
#include "calls.h"
#include "proc.h"

static bool rill_numbers_ok(void)
{
	if (rill_protocol != 253 && rill_protocol != 254) {
		pr_err("rill: protocol=%d: use 253 or 254, the experimental numbers of RFC 3692\n",
		       rill_protocol);
		return false;
	}
	if (rill_family <= 0 || rill_family >= AF_MAX) {
		pr_err("rill: family=%d: must be an unused one below %d\n", rill_family, AF_MAX);
		return false;
	}
	return true;
}

/* Programs hold the module, what they left behind does not. */
static struct pernet_operations rill_orphan_ops = {
	.exit	= rill_close_orphans,
};

static int __init rill_init(void)
{
	int err;

	if (!rill_numbers_ok())
		return -EINVAL;
	rill_pacer_init(rill_expiry_pacer, rill_expiry_room);
	err = rill_mem_init();
	if (err)
		return err;
	err = rill_algo_init() ?: rill_req_init();
	if (err)
		goto mem;
	err = rill_lost_init();
	if (err)
		goto req;
	err = rill_tw_init();
	if (err)
		goto lost;
	err = rill_af_init();
	if (err)
		goto tw;
	err = rill_net_register();
	if (err)
		goto af;
	err = register_pernet_subsys(&rill_orphan_ops);
	if (err)
		goto net;
	err = rill_proc_register();
	if (err)
		goto orphans;
	err = rill_af_register();
	if (err)
		goto proc;
	return 0;
proc:
	rill_proc_unregister();
orphans:
	unregister_pernet_subsys(&rill_orphan_ops);
net:
	rill_net_unregister();
	rcu_barrier();
af:
	rill_af_exit();
tw:
	rill_tw_exit();
lost:
	rill_lost_exit();
req:
	rill_req_exit();
mem:
	rill_mem_exit();
	return err;
}

static void __exit rill_exit(void)
{
	rill_af_unregister();
	rill_proc_unregister();
	unregister_pernet_subsys(&rill_orphan_ops);
	/* Drops requests and TIME-WAIT entries and waits for their timers. */
	rill_net_unregister();
	/* A device may still have segments of a connection that was reset. */
	rill_mem_wait();
	/* All that memory is given back by RCU callbacks of ours. */
	rcu_barrier();
	rill_af_exit();
	rill_tw_exit();
	rill_lost_exit();
	rill_req_exit();
	rill_mem_exit();
}

module_init(rill_init);
module_exit(rill_exit);
module_param_named(protocol, rill_protocol, int, 0444);
MODULE_PARM_DESC(protocol, "IP protocol number, 253 (default) or 254");
module_param_named(family, rill_family, int, 0444);
MODULE_PARM_DESC(family, "address family, an unused one (default 19)");
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("TCP (RFC 9293) under a protocol number of its own");
