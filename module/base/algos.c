// SPDX-License-Identifier: GPL-2.0
/*
 * The congestion control algorithms that there are: rill's own, and those of modules that use
 * rill_cong_register(). A socket holds the module of the one it uses. Called by setsockopt(), the
 * sysctls and whoever makes or destroys a socket.
 */
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "algos.h"
#include "net.h"
#include "pacer.h"
#include "sock.h"

static LIST_HEAD(rill_algos);
static DEFINE_SPINLOCK(rill_algos_lock);	/* serialises changes of the list, read under RCU */

/* RCU, or the lock, held. */
static struct rill_cong_ops *rill_algo_find(const char *name)
{
	struct rill_cong_ops *ops;

	list_for_each_entry_rcu(ops, &rill_algos, link, lockdep_is_held(&rill_algos_lock))
		if (!strcmp(ops->name, name))
			return ops;
	return NULL;
}

/* It has what core/ calls of it. */
static bool rill_algo_complete(const struct rill_cong_ops *ops)
{
	if (ops->flags & RILL_CONG_OWNS)
		return ops->sample && ops->event;
	return ops->acked && ops->reduce;
}

/**
 * rill_cong_register() - add an algorithm, for TCP_CONGESTION and the sysctl to choose
 * @ops: the algorithm; stays until rill_cong_unregister()
 *
 * Context: any.
 * Return: 0, -EINVAL for one without a name of 1..15 octets or without what it must have, -EEXIST
 * when there is one of that name.
 */
int rill_cong_register(struct rill_cong_ops *ops)
{
	size_t len = ops->name ? strnlen(ops->name, RILL_CONG_NAME_MAX) : 0;
	int err = 0;

	if (!len || len == RILL_CONG_NAME_MAX || !rill_algo_complete(ops))
		return -EINVAL;
	spin_lock_bh(&rill_algos_lock);
	if (rill_algo_find(ops->name))
		err = -EEXIST;
	else
		list_add_tail_rcu(&ops->link, &rill_algos);
	spin_unlock_bh(&rill_algos_lock);
	return err;
}
EXPORT_SYMBOL_GPL(rill_cong_register);

/**
 * rill_cong_unregister() - take an algorithm out
 * @ops: the algorithm, which no socket uses: the module's exit function may call this
 *
 * Context: may sleep.
 */
void rill_cong_unregister(struct rill_cong_ops *ops)
{
	spin_lock_bh(&rill_algos_lock);
	list_del_rcu(&ops->link);
	spin_unlock_bh(&rill_algos_lock);
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(rill_cong_unregister);

/**
 * rill_algo_get() - an algorithm by its name
 * @name: the name
 *
 * Return: the algorithm, to be given back by rill_algo_put(); or NULL.
 */
const struct rill_cong_ops *rill_algo_get(const char *name)
{
	struct rill_cong_ops *ops;

	rcu_read_lock();
	ops = rill_algo_find(name);
	if (ops && !try_module_get(ops->owner))
		ops = NULL;
	rcu_read_unlock();
	return ops;
}

/**
 * rill_algo_of() - the algorithm of a namespace's new sockets
 * @net: the namespace
 *
 * Return: as set by the sysctl; the built-in one if that has gone. To be given back.
 */
const struct rill_cong_ops *rill_algo_of(const struct net *net)
{
	char name[RILL_CONG_NAME_MAX];

	rill_algo_name(rill_net(net), name);
	return rill_algo_get(name) ?: &rill_cong_cubic;
}

/**
 * rill_algo_share() - use what another socket uses
 * @ops: its algorithm
 *
 * Return: the same, to be given back; the built-in one while its module is being removed.
 */
const struct rill_cong_ops *rill_algo_share(const struct rill_cong_ops *ops)
{
	return try_module_get(ops->owner) ? ops : &rill_cong_cubic;
}

/**
 * rill_algo_put() - an algorithm is used no more by one who did
 * @ops: the algorithm
 */
void rill_algo_put(const struct rill_cong_ops *ops)
{
	module_put(ops->owner);
}

/*
 * An algorithm takes over, from the beginning or where another one stood, with the memory that it
 * needs of its own. Return: false for want of that; then nothing has changed.
 */
static bool rill_algo_begin(struct rill_sock *rs, const struct rill_cong_ops *ops, bool anew)
{
	u32 size = rill_cong_size(ops);
	void *room = size ? kzalloc(size, GFP_ATOMIC | __GFP_NOWARN) : NULL;

	if (size && !room)
		return false;
	kfree(rs->cong.rate);
	if (anew)
		rill_cong_init(&rs->cong, ops, rs->mss);
	else
		rill_cong_switch(&rs->cong, ops);
	if (room)
		rill_cong_lend(&rs->cong, room);
	rs->ecn.exact = ops->flags & RILL_CONG_EXACT;
	return true;
}

/**
 * rill_algo_start() - a connection is open: its algorithm begins
 * @rs: the socket, locked
 *
 * The built-in one does where there is no memory.
 */
void rill_algo_start(struct rill_sock *rs)
{
	if (!rill_algo_begin(rs, rs->algo, true)) {
		rill_algo_put(rs->algo);
		WRITE_ONCE(rs->algo, &rill_cong_cubic);
		rill_algo_begin(rs, &rill_cong_cubic, true);
	}
	rill_pacer_open(&rs->inet.sk);
}

/**
 * rill_algo_use() - a socket chooses an algorithm
 * @rs: the socket, locked, in any state
 * @name: its name
 *
 * Return: 0, -ENOENT: there is none of that name, or -ENOMEM.
 */
int rill_algo_use(struct rill_sock *rs, const char *name)
{
	const struct rill_cong_ops *ops = rill_algo_get(name);
	bool begins = rs->cong.ops && rs->cong.ops != ops;

	if (!ops)
		return -ENOENT;
	if (begins && !rill_algo_begin(rs, ops, false)) {
		rill_algo_put(ops);
		return -ENOMEM;
	}
	rill_algo_put(rs->algo);
	WRITE_ONCE(rs->algo, ops);
	if (begins)
		rill_pacer_algo(&rs->inet.sk);
	return 0;
}

/**
 * rill_algo_end() - a socket goes, and its algorithm's state with it
 * @rs: the socket, which nobody uses any more
 */
void rill_algo_end(struct rill_sock *rs)
{
	kfree(rs->cong.rate);
	rill_algo_put(rs->algo);
}

/**
 * rill_algo_name() - the name of the algorithm of a namespace's new sockets
 * @rn: the namespace's part of rill
 * @name: is filled in, RILL_CONG_NAME_MAX octets
 */
void rill_algo_name(struct rill_net *rn, char *name)
{
	spin_lock_bh(&rill_algos_lock);
	strscpy(name, rn->set.algo, RILL_CONG_NAME_MAX);
	spin_unlock_bh(&rill_algos_lock);
}

/**
 * rill_algo_choose() - set the algorithm of a namespace's new sockets
 * @rn: the namespace's part of rill
 * @name: its name
 *
 * Return: 0, or -ENOENT: there is none of that name.
 */
int rill_algo_choose(struct rill_net *rn, const char *name)
{
	int err = -ENOENT;

	spin_lock_bh(&rill_algos_lock);
	if (rill_algo_find(name)) {
		strscpy(rn->set.algo, name, RILL_CONG_NAME_MAX);
		err = 0;
	}
	spin_unlock_bh(&rill_algos_lock);
	return err;
}

/**
 * rill_algo_names() - the names of all, with blanks between them
 * @buf: is filled in
 * @size: octets of it
 */
void rill_algo_names(char *buf, size_t size)
{
	const struct rill_cong_ops *ops;
	size_t n = 0;

	*buf = 0;
	rcu_read_lock();
	list_for_each_entry_rcu(ops, &rill_algos, link)
		n += scnprintf(buf + n, size - n, "%s%s", n ? " " : "", ops->name);
	rcu_read_unlock();
}

/**
 * rill_algo_init() - rill's own
 *
 * Return: 0 or a negative error.
 */
int rill_algo_init(void)
{
	return rill_cong_register(&rill_cong_cubic) ?: rill_cong_register(&rill_cong_reno) ?:
	       rill_cong_register(&rill_cong_dctcp) ?: rill_cong_register(&rill_cong_bbr);
}
