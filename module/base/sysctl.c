// SPDX-License-Identifier: GPL-2.0
/*
 * The sysctls of net.rill: one table of names, kinds and ranges, made into a ctl_table for each
 * namespace. What each means stands in Documentation/sysctl.md, which scripts/check-docs compares
 * with this file. Called by net.c; the handlers run in process context without a lock, so readers
 * of a setting use READ_ONCE().
 */
#include <linux/jiffies.h>
#include <linux/slab.h>

#include "../compat.h"
#include "algos.h"
#include "mem.h"
#include "net.h"

enum rill_ctl_kind {
	RILL_CTL_INT,		/* a number */
	RILL_CTL_SECONDS,	/* seconds outside, jiffies inside */
	RILL_CTL_SWITCH,	/* a number in a u8 */
	RILL_CTL_TRIPLE,	/* three numbers in ascending order */
};

struct rill_ctl {
	const char	*name;
	size_t		offset;		/* in struct rill_settings */
	int		kind;
	int		min;		/* of each number, as the user writes it */
	int		max;
};

#define RILL_BUF_MIN	4096
#define RILL_BUF_MAX	1073741824
#define RILL_WEEK	(7 * 24 * 3600)

#define RILL_CTL(n, k, lo, hi) \
	{ .name = #n, .offset = offsetof(struct rill_settings, n), .kind = RILL_CTL_##k, \
	  .min = (lo), .max = (hi) }

static const struct rill_ctl rill_ctls[] = {
	RILL_CTL(rmem, TRIPLE, RILL_BUF_MIN, RILL_BUF_MAX),
	RILL_CTL(wmem, TRIPLE, RILL_BUF_MIN, RILL_BUF_MAX),
	RILL_CTL(syn_retries, INT, 1, 127),
	RILL_CTL(synack_retries, INT, 0, 127),
	RILL_CTL(retries1, INT, 0, 127),
	RILL_CTL(retries2, INT, 0, 127),
	RILL_CTL(orphan_retries, INT, 0, 127),
	RILL_CTL(fin_timeout, SECONDS, 1, RILL_WEEK),
	RILL_CTL(keepalive_time, SECONDS, 1, RILL_WEEK),
	RILL_CTL(keepalive_intvl, SECONDS, 1, RILL_WEEK),
	RILL_CTL(keepalive_probes, INT, 1, 127),
	RILL_CTL(max_syn_backlog, INT, 1, INT_MAX),
	RILL_CTL(syncookies, INT, 0, 2),
	RILL_CTL(max_tw_buckets, INT, 0, INT_MAX),
	RILL_CTL(max_orphans, INT, 0, INT_MAX),
	RILL_CTL(timewait_ms, INT, 1, 600000),
	RILL_CTL(challenge_ack_limit, INT, 1, 255),
	RILL_CTL(ecn, INT, 0, 5),
	RILL_CTL(ecn_option, INT, 0, 2),
	RILL_CTL(base_mss, INT, 88, 65535),
	RILL_CTL(mtu_probe_floor, INT, 88, 65535),
	RILL_CTL(probe_interval, SECONDS, 1, RILL_WEEK),
	RILL_CTL(fastopen, INT, 0, 2047),
	RILL_CTL(fastopen_blackhole_timeout, SECONDS, 0, RILL_WEEK),
	RILL_CTL(moderate_rcvbuf, SWITCH, 0, 1),
	RILL_CTL(mtu_probing, SWITCH, 0, 1),
	RILL_CTL(abort_on_overflow, SWITCH, 0, 1),
	RILL_CTL(fwmark_accept, SWITCH, 0, 1),
	RILL_CTL(l3mdev_accept, SWITCH, 0, 1),
	RILL_CTL(window_scaling, SWITCH, 0, 1),
	RILL_CTL(timestamps, SWITCH, 0, 1),
	RILL_CTL(sack, SWITCH, 0, 1),
	RILL_CTL(ecn_fallback, SWITCH, 0, 1),
};

static int rill_ctl_seconds(RILL_CTL_ARG ctl, int write, void *buffer, size_t *lenp,
			    loff_t *ppos)
{
	const int *min = ctl->extra1, *max = ctl->extra2;
	int *set = ctl->data, val = READ_ONCE(*set), err;
	struct ctl_table tmp = *ctl;

	tmp.data = &val;
	err = proc_dointvec_jiffies(&tmp, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	if (val / HZ < *min || val / HZ > *max)
		return -EINVAL;
	WRITE_ONCE(*set, val);
	return 0;
}

static int rill_ctl_triple(RILL_CTL_ARG ctl, int write, void *buffer, size_t *lenp,
			   loff_t *ppos)
{
	int *set = ctl->data, val[3], i, err;
	struct ctl_table tmp = *ctl;

	for (i = 0; i < 3; i++)
		val[i] = READ_ONCE(set[i]);
	tmp.data = val;
	err = proc_dointvec_minmax(&tmp, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	if (val[0] > val[1] || val[1] > val[2])
		return -EINVAL;
	for (i = 0; i < 3; i++)
		WRITE_ONCE(set[i], val[i]);
	return 0;
}

static int rill_ctl_mem(RILL_CTL_ARG ctl, int write, void *buffer, size_t *lenp,
			loff_t *ppos)
{
	struct ctl_table tmp = *ctl;
	unsigned long val[3];
	int i, err;

	for (i = 0; i < 3; i++)
		val[i] = READ_ONCE(rill_mem[i]);
	tmp.data = val;
	err = proc_doulongvec_minmax(&tmp, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	if (!val[0] || val[0] > val[1] || val[1] > val[2] || val[2] > LONG_MAX)
		return -EINVAL;
	for (i = 0; i < 3; i++)
		WRITE_ONCE(rill_mem[i], val[i]);
	return 0;
}

static int rill_ctl_algo(RILL_CTL_ARG ctl, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct ctl_table tmp = *ctl;
	char name[RILL_CONG_NAME_MAX];
	int err;

	rill_algo_name(ctl->data, name);
	tmp.data = name;
	err = proc_dostring(&tmp, write, buffer, lenp, ppos);
	return err || !write ? err : rill_algo_choose(ctl->data, name);
}

static int rill_ctl_algos(RILL_CTL_ARG ctl, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct ctl_table tmp = *ctl;
	int err;

	tmp.data = kmalloc(tmp.maxlen, GFP_KERNEL);
	if (!tmp.data)
		return -ENOMEM;
	rill_algo_names(tmp.data, tmp.maxlen);
	err = proc_dostring(&tmp, write, buffer, lenp, ppos);
	kfree(tmp.data);
	return err;
}

static int rill_ctl_fo_keys(RILL_CTL_ARG ctl, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct ctl_table tmp = *ctl;
	char text[RILL_FO_KEYS_TEXT];
	int err;

	rill_fo_keys_print(ctl->data, text);
	tmp.data = text;
	err = proc_dostring(&tmp, write, buffer, lenp, ppos);
	return err || !write ? err : rill_fo_keys_scan(ctl->data, text);
}

static proc_handler * const rill_ctl_handlers[] = {
	[RILL_CTL_INT]		= proc_dointvec_minmax,
	[RILL_CTL_SECONDS]	= rill_ctl_seconds,
	[RILL_CTL_SWITCH]	= proc_dou8vec_minmax,
	[RILL_CTL_TRIPLE]	= rill_ctl_triple,
};

static const u8 rill_ctl_sizes[] = {
	[RILL_CTL_INT]		= sizeof(int),
	[RILL_CTL_SECONDS]	= sizeof(int),
	[RILL_CTL_SWITCH]	= sizeof(u8),
	[RILL_CTL_TRIPLE]	= 3 * sizeof(int),
};

static void rill_ctl_fill(struct ctl_table *ctl, const struct rill_ctl *from,
			  struct rill_settings *set)
{
	ctl->procname = from->name;
	ctl->data = (char *)set + from->offset;
	ctl->maxlen = rill_ctl_sizes[from->kind];
	ctl->mode = 0644;
	ctl->proc_handler = rill_ctl_handlers[from->kind];
	ctl->extra1 = (void *)&from->min;
	ctl->extra2 = (void *)&from->max;
}

/**
 * rill_sysctl_net_init() - show the settings of a namespace under net.rill
 * @net: the namespace
 * @rn: its part of rill, with default settings
 *
 * net.rill.mem belongs to the whole machine: only the first namespace has it.
 *
 * Return: 0 or -ENOMEM.
 */
int rill_sysctl_net_init(struct net *net, struct rill_net *rn)
{
	size_t i, n = ARRAY_SIZE(rill_ctls);
	struct ctl_table *table;

	table = kcalloc(n + 5, sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		rill_ctl_fill(&table[i], &rill_ctls[i], &rn->set);
	table[n].procname = "congestion_control";
	table[n].data = rn;
	table[n].maxlen = RILL_CONG_NAME_MAX;
	table[n].mode = 0644;
	table[n++].proc_handler = rill_ctl_algo;
	table[n].procname = "available_congestion_control";
	table[n].maxlen = RILL_ALGO_NAMES;
	table[n].mode = 0444;
	table[n++].proc_handler = rill_ctl_algos;
	table[n].procname = "fastopen_key";
	table[n].data = &rn->fo_keys;
	table[n].maxlen = RILL_FO_KEYS_TEXT;
	table[n].mode = 0600;
	table[n++].proc_handler = rill_ctl_fo_keys;
	if (net_eq(net, &init_net)) {
		table[n].procname = "mem";
		table[n].maxlen = sizeof(rill_mem);
		table[n].mode = 0644;
		table[n].proc_handler = rill_ctl_mem;
		n++;
	}
	rn->sysctl = rill_register_net_sysctl(net, "net/rill", table, n);
	if (!rn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	rn->sysctl_table = table;
	return 0;
}

/**
 * rill_sysctl_net_exit() - the end of a namespace's settings
 * @rn: its part of rill
 *
 * Context: process context; waits for who is reading or writing one.
 */
void rill_sysctl_net_exit(struct rill_net *rn)
{
	unregister_net_sysctl_table(rn->sysctl);
	kfree(rn->sysctl_table);
}
