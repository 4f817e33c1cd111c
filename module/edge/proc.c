// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/rill, a line for each socket, request and TIME-WAIT entry of the namespace, and
 * /proc/net/rill_stat, its counters. The columns are described in Documentation/proc.md.
 * Called when somebody reads the files. Everything is read under RCU alone and without the sockets'
 * locks: a line may mix two moments, and while the table is resized one may stand there twice.
 */
#include <linux/proc_fs.h>
#include <linux/rhashtable.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <net/ipv6.h>

#include "../base/ip.h"
#include "../base/mem.h"
#include "../base/net.h"
#include "../base/queue.h"
#include "../base/req.h"
#include "../base/sock.h"
#include "../base/timer.h"
#include "../base/tw.h"
#include "../compat.h"
#include "../core/state.h"
#include "proc.h"

#define RILL_ADDR_LEN	64	/* "[v6 address]:port" and then some */

enum rill_col {
	RILL_COL_SL, RILL_COL_LOCAL, RILL_COL_REMOTE, RILL_COL_STATE, RILL_COL_TXQ, RILL_COL_RXQ,
	RILL_COL_RTX, RILL_COL_TOTAL, RILL_COL_PROBES, RILL_COL_UID, RILL_COL_INODE, RILL_COL_REF,
	RILL_COL_CWND, RILL_COL_SSTHRESH, RILL_COL_SRTT, RILL_COL_RTO, RILL_COL_MSS,
	RILL_COL_TIMERS, RILL_COL_COUNT
};

/* The head of each column and its width; a negative one begins on the left. */
static const struct {
	const char	*name;
	int		width;
} rill_cols[RILL_COL_COUNT] = {
	[RILL_COL_SL]		= { "sl", 5 },
	[RILL_COL_LOCAL]	= { "local", -21 },
	[RILL_COL_REMOTE]	= { "remote", -21 },
	[RILL_COL_STATE]	= { "state", -12 },
	[RILL_COL_TXQ]		= { "txq", 8 },
	[RILL_COL_RXQ]		= { "rxq", 8 },
	[RILL_COL_RTX]		= { "rtx", 3 },
	[RILL_COL_TOTAL]	= { "total", 5 },
	[RILL_COL_PROBES]	= { "probes", 6 },
	[RILL_COL_UID]		= { "uid", 5 },
	[RILL_COL_INODE]	= { "inode", 8 },
	[RILL_COL_REF]		= { "ref", 3 },
	[RILL_COL_CWND]		= { "cwnd", 8 },
	[RILL_COL_SSTHRESH]	= { "ssthresh", 8 },
	[RILL_COL_SRTT]		= { "srtt", 9 },
	[RILL_COL_RTO]		= { "rto", 10 },
	[RILL_COL_MSS]		= { "mss", 5 },
	[RILL_COL_TIMERS]	= { "timers", -1 },
};

static const char * const rill_deadline_names[RILL_DL_COUNT] = {
	[RILL_DL_RTX]		= "rtx",
	[RILL_DL_PERSIST]	= "persist",
	[RILL_DL_DELACK]	= "delack",
	[RILL_DL_KEEPALIVE]	= "keepalive",
	[RILL_DL_LINGER]	= "linger",
	[RILL_DL_CORK]		= "cork",
	[RILL_DL_REORDER]	= "reorder",
	[RILL_DL_TAIL]		= "tail",
};

/* Listeners first, bucket by bucket, then the connection table. */
struct rill_proc_walk {
	struct seq_net_private	net;		/* first */
	struct rhashtable_iter	table;
	struct hlist_node	*listener;
	unsigned int		bucket;		/* RILL_LISTEN_BUCKETS: listeners are done */
};

static struct rill_node *rill_proc_listener(const struct rill_net *rn, struct rill_proc_walk *w)
{
	while (!w->listener && w->bucket < RILL_LISTEN_BUCKETS)
		w->listener = rcu_dereference(hlist_first_rcu(&rn->listen[w->bucket++].listeners));
	if (!w->listener)
		return NULL;
	return &hlist_entry(w->listener, struct rill_sock, listen_link)->node;
}

static struct rill_node *rill_proc_step(const struct rill_net *rn, struct rill_proc_walk *w)
{
	struct rill_node *node;

	if (w->listener)
		w->listener = rcu_dereference(hlist_next_rcu(w->listener));
	node = rill_proc_listener(rn, w);
	if (node)
		return node;
	do {
		node = rhashtable_walk_next(&w->table);
	} while (IS_ERR(node));		/* the table is being resized, the walk goes on */
	return node;
}

static void *rill_proc_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct rill_net *rn = rill_net(seq_file_net(seq));
	struct rill_proc_walk *w = seq->private;
	void *node = SEQ_START_TOKEN;
	loff_t left;

	w->listener = NULL;
	w->bucket = 0;
	rhashtable_walk_enter(&rn->table, &w->table);
	rhashtable_walk_start(&w->table);
	for (left = *pos; left && node; left--)
		node = rill_proc_step(rn, w);
	return node;
}

static void *rill_proc_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return rill_proc_step(rill_net(seq_file_net(seq)), seq->private);
}

static void rill_proc_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	struct rill_proc_walk *w = seq->private;

	rhashtable_walk_stop(&w->table);
	rhashtable_walk_exit(&w->table);
}

static void rill_proc_text(struct seq_file *seq, enum rill_col col, const char *text)
{
	seq_printf(seq, " %*s", rill_cols[col].width, text);
}

static void rill_proc_num(struct seq_file *seq, enum rill_col col, u64 num)
{
	seq_printf(seq, " %*llu", rill_cols[col].width, num);
}

/* What this kind of line doesn't have. */
static void rill_proc_none(struct seq_file *seq, enum rill_col from, enum rill_col to)
{
	for (; from <= to; from++)
		rill_proc_text(seq, from, "-");
}

static void rill_proc_ms(struct seq_file *seq, enum rill_col col, u32 us)
{
	char buf[16];

	snprintf(buf, sizeof(buf), "%u.%03u", us / 1000, us % 1000);
	rill_proc_text(seq, col, buf);
}

static void rill_proc_addr(struct seq_file *seq, enum rill_col col, const struct in6_addr *addr,
			   __be16 port)
{
	char buf[RILL_ADDR_LEN];

	if (ipv6_addr_v4mapped(addr))
		snprintf(buf, sizeof(buf), "%pI4:%u", &addr->s6_addr32[3], ntohs(port));
	else
		snprintf(buf, sizeof(buf), "[%pI6c]:%u", addr, ntohs(port));
	rill_proc_text(seq, col, buf);
}

static void rill_proc_head(struct seq_file *seq, const struct rill_tuple *t, u8 state)
{
	rill_proc_num(seq, RILL_COL_SL, seq->index);
	rill_proc_addr(seq, RILL_COL_LOCAL, &t->laddr, t->lport);
	rill_proc_addr(seq, RILL_COL_REMOTE, &t->faddr, t->fport);
	rill_proc_text(seq, RILL_COL_STATE, rill_state_name(state));
}

/* Seconds from now, 0 when it is overdue. */
static void rill_proc_timer(struct seq_file *seq, char before, const char *name, unsigned long at)
{
	unsigned int ms = jiffies_delta_to_msecs(at - jiffies);

	seq_printf(seq, "%c%s:%u.%03u", before, name, ms / 1000, ms % 1000);
}

static void rill_proc_deadlines(struct seq_file *seq, const struct rill_deadlines *dl)
{
	u8 set = READ_ONCE(dl->set);
	char before = ' ';
	int i;

	for (i = 0; i < RILL_DL_COUNT; i++) {
		if (!(set & BIT(i)))
			continue;
		rill_proc_timer(seq, before, rill_deadline_names[i], READ_ONCE(dl->at[i]));
		before = ',';
	}
	if (!set)
		rill_proc_none(seq, RILL_COL_TIMERS, RILL_COL_TIMERS);
}

static void rill_proc_owner(struct seq_file *seq, struct sock *sk)
{
	rill_proc_num(seq, RILL_COL_UID,
		      from_kuid_munged(seq_user_ns(seq), READ_ONCE(sk->sk_uid)));
	rill_proc_num(seq, RILL_COL_INODE, sock_i_ino(sk));
	rill_proc_num(seq, RILL_COL_REF, refcount_read(&sk->sk_refcnt));
}

/* The queues are those of connections: what may wait for accept(), and what does. */
static void rill_proc_listening(struct seq_file *seq, struct sock *sk)
{
	struct rill_tuple tuple = { .lport = inet_sk(sk)->inet_sport };
	struct rill_receives r;

	rill_ip_receives(sk, &r);
	tuple.laddr = r.addr;
	if (ipv6_addr_v4mapped(&r.addr))
		ipv6_addr_set_v4mapped(0, &tuple.faddr);
	rill_proc_head(seq, &tuple, TCP_LISTEN);
	rill_proc_num(seq, RILL_COL_TXQ, READ_ONCE(sk->sk_max_ack_backlog));
	rill_proc_num(seq, RILL_COL_RXQ, rill_queue_len(sk));
	rill_proc_none(seq, RILL_COL_RTX, RILL_COL_PROBES);
	rill_proc_owner(seq, sk);
	rill_proc_none(seq, RILL_COL_CWND, RILL_COL_TIMERS);
}

static void rill_proc_queues(struct seq_file *seq, const struct rill_sock *rs)
{
	u32 unacked = READ_ONCE(rs->write_seq) + READ_ONCE(rs->fin_queued) -
		      READ_ONCE(rs->snd.una);
	int unread = READ_ONCE(rs->rcv_nxt) - READ_ONCE(rs->copied) - READ_ONCE(rs->fin_rcvd);

	rill_proc_num(seq, RILL_COL_TXQ, unacked);
	rill_proc_num(seq, RILL_COL_RXQ, max(unread, 0));
}

static void rill_proc_sock(struct seq_file *seq, struct sock *sk)
{
	const struct rill_sock *rs = rill_sk(sk);
	u32 ssthresh = READ_ONCE(rs->cong.ssthresh);

	rill_proc_head(seq, &rs->node.tuple, READ_ONCE(sk->sk_state));
	rill_proc_queues(seq, rs);
	rill_proc_num(seq, RILL_COL_RTX, READ_ONCE(rs->retries));
	rill_proc_num(seq, RILL_COL_TOTAL, READ_ONCE(rs->tally.retrans));
	rill_proc_num(seq, RILL_COL_PROBES, READ_ONCE(rs->probes));
	rill_proc_owner(seq, sk);
	rill_proc_num(seq, RILL_COL_CWND, READ_ONCE(rs->cong.cwnd));
	if (ssthresh == U32_MAX)
		rill_proc_none(seq, RILL_COL_SSTHRESH, RILL_COL_SSTHRESH);
	else
		rill_proc_num(seq, RILL_COL_SSTHRESH, ssthresh);
	rill_proc_ms(seq, RILL_COL_SRTT, READ_ONCE(rs->rtt.srtt8) >> 3);
	rill_proc_ms(seq, RILL_COL_RTO, rill_timer_rto_us(sk));
	rill_proc_num(seq, RILL_COL_MSS, READ_ONCE(rs->mss));
	rill_proc_deadlines(seq, &rs->dl);
}

/* A request or a TIME-WAIT entry: no user, nothing queued, and one timer. */
static void rill_proc_entry(struct seq_file *seq, struct rill_entry *e, u8 state, u32 resends,
			    const char *timer)
{
	rill_proc_head(seq, &e->node.tuple, state);
	rill_proc_num(seq, RILL_COL_TXQ, 0);
	rill_proc_num(seq, RILL_COL_RXQ, 0);
	rill_proc_num(seq, RILL_COL_RTX, resends);
	rill_proc_none(seq, RILL_COL_TOTAL, RILL_COL_INODE);
	rill_proc_num(seq, RILL_COL_REF, refcount_read(&e->refs));
	rill_proc_none(seq, RILL_COL_CWND, RILL_COL_MSS);
	rill_proc_timer(seq, ' ', timer, READ_ONCE(e->timer.expires));
}

static void rill_proc_header(struct seq_file *seq)
{
	int i;

	for (i = 0; i < RILL_COL_COUNT; i++)
		rill_proc_text(seq, i, rill_cols[i].name);
}

static void rill_proc_node(struct seq_file *seq, struct rill_node *node)
{
	switch (node->kind) {
	case RILL_KIND_REQ:
		rill_proc_entry(seq, rill_entry_of(node), TCP_SYN_RECV,
				READ_ONCE(rill_req_of(node)->resends), "rtx");
		break;
	case RILL_KIND_TW:
		rill_proc_entry(seq, rill_entry_of(node), TCP_TIME_WAIT, 0, "2msl");
		break;
	default:
		if (READ_ONCE(rill_sock_of(node)->sk_state) == TCP_LISTEN)
			rill_proc_listening(seq, rill_sock_of(node));
		else
			rill_proc_sock(seq, rill_sock_of(node));
	}
}

static int rill_proc_show(struct seq_file *seq, void *v)
{
	if (v == SEQ_START_TOKEN)
		rill_proc_header(seq);
	else
		rill_proc_node(seq, v);
	seq_putc(seq, '\n');
	return 0;
}

static const struct seq_operations rill_proc_ops = {
	.start	= rill_proc_start,
	.next	= rill_proc_next,
	.stop	= rill_proc_stop,
	.show	= rill_proc_show,
};

static int rill_proc_stat(struct seq_file *seq, void *v)
{
	struct rill_net *rn = rill_net(seq_file_single_net(seq));
	int i;

	for (i = 0; i < RILL_MIB_COUNT; i++)
		seq_printf(seq, "%s %lu\n", rill_mib_names[i], rill_mib_fold(rn->mib, i));
	seq_printf(seq, "Requests %d\n", atomic_read(&rn->req_count));
	seq_printf(seq, "TimeWait %d\n", atomic_read(&rn->tw_count));
	seq_printf(seq, "Orphans %d\n", atomic_read(&rn->orphans));
	seq_printf(seq, "Sockets %lld\n", percpu_counter_sum_positive(&rill_sockets_allocated));
	seq_printf(seq, "MemoryPages %ld\n", atomic_long_read(&rill_memory_allocated));
	return 0;
}

static int __net_init rill_proc_begin(struct net *net)
{
	if (!proc_create_net("rill", 0444, net->proc_net, &rill_proc_ops,
			     sizeof(struct rill_proc_walk)))
		return -ENOMEM;
	if (!proc_create_net_single("rill_stat", 0444, net->proc_net, rill_proc_stat, NULL)) {
		remove_proc_entry("rill", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit rill_proc_end(struct net *net)
{
	remove_proc_entry("rill_stat", net->proc_net);
	remove_proc_entry("rill", net->proc_net);
}

static struct pernet_operations rill_proc_net_ops = {
	.init	= rill_proc_begin,
	.exit	= rill_proc_end,
};

/**
 * rill_proc_register() - show every namespace's sockets and counters
 *
 * Context: process context, after rill_net_register(), so that the files go before what they show.
 * Return: 0 or a negative error.
 */
int rill_proc_register(void)
{
	return register_pernet_subsys(&rill_proc_net_ops);
}

/**
 * rill_proc_unregister() - take the files away
 *
 * Context: process context; waits for who is reading them.
 */
void rill_proc_unregister(void)
{
	unregister_pernet_subsys(&rill_proc_net_ops);
}
