// SPDX-License-Identifier: GPL-2.0
/*
 * Ports. A port that somebody uses has a struct rill_port with a list of its users: sockets and
 * TIME-WAIT entries. The bucket's lock protects the port, its lists and rs->port; it is taken
 * inside the socket lock and outside the connection table's locks.
 */
#include <linux/slab.h>
#include <net/ip.h>
#include <net/l3mdev.h>

#include "bind.h"
#include "ip.h"
#include "table.h"

/**
 * struct rill_port - a local port in use
 * @link: in its bucket
 * @socks: rill_sock.port_link of the sockets that have it
 * @tws: rill_tw.port_link of connections that had it
 * @bound: how many of @socks got it by bind() or from a listener, and not from connect() alone
 * @num: the port number
 */
struct rill_port {
	struct hlist_node	link;
	struct hlist_head	socks;
	struct hlist_head	tws;
	unsigned int		bound;
	u16			num;
};

static struct rill_port_bucket *rill_port_bucket(struct rill_net *rn, u16 num)
{
	return &rn->ports[num % RILL_PORT_BUCKETS];
}

static struct rill_port *rill_port_find(struct rill_port_bucket *b, u16 num)
{
	struct rill_port *p;

	hlist_for_each_entry(p, &b->ports, link)
		if (p->num == num)
			return p;
	return NULL;
}

static struct rill_port *rill_port_new(struct rill_port_bucket *b, u16 num)
{
	struct rill_port *p = kzalloc(sizeof(*p), GFP_ATOMIC);

	if (!p)
		return NULL;
	p->num = num;
	hlist_add_head(&p->link, &b->ports);
	return p;
}

static void rill_port_drop_unused(struct rill_port *p)
{
	if (!hlist_empty(&p->socks) || !hlist_empty(&p->tws))
		return;
	hlist_del(&p->link);
	kfree(p);
}

static void rill_port_take(struct rill_port *p, struct sock *sk, bool shared)
{
	struct rill_sock *rs = rill_sk(sk);

	rs->port = p;
	rs->port_shared = shared;
	p->bound += !shared;
	hlist_add_head(&rs->port_link, &p->socks);
	inet_sk(sk)->inet_num = p->num;
}

/* Can segments be for both of these bound devices? Each VRF has its own ports. */
static bool rill_port_same_dev(struct net *net, int a, int b)
{
	if (a == b)
		return true;
	if (!READ_ONCE(rill_net(net)->set.l3mdev_accept) &&
	    l3mdev_master_ifindex_by_index(net, a) != l3mdev_master_ifindex_by_index(net, b))
		return false;
	return !a || !b;
}

/* May @sk have the port although @sk2 has it? Only with @may_share does SO_REUSE* count. */
static bool rill_port_shareable(const struct sock *sk, const struct sock *sk2, bool may_share)
{
	if (!rill_port_same_dev(sock_net(sk), sk->sk_bound_dev_if, sk2->sk_bound_dev_if))
		return true;
	if (may_share && sk->sk_reuse && sk2->sk_reuse && sk2->sk_state != TCP_LISTEN)
		return true;
	if (may_share && sk->sk_reuseport && sk2->sk_reuseport && uid_eq(sk->sk_uid, sk2->sk_uid))
		return true;
	return !rill_ip_addr_overlap(sk, sk2);
}

static bool rill_port_shareable_tw(const struct sock *sk, const struct rill_tw *tw, bool may_share)
{
	if (!rill_port_same_dev(sock_net(sk), sk->sk_bound_dev_if, tw->bound_if))
		return true;
	if (may_share && ((sk->sk_reuse && tw->reuse) || (sk->sk_reuseport && tw->reuseport)))
		return true;
	return !rill_ip_addr_covers(sk, &tw->e.node.tuple.laddr);
}

static bool rill_port_conflict(const struct sock *sk, const struct rill_port *p, bool may_share)
{
	const struct rill_sock *rs2;
	const struct rill_tw *tw;

	hlist_for_each_entry(rs2, &p->socks, port_link)
		if (&rs2->inet.sk != sk && !rill_port_shareable(sk, &rs2->inet.sk, may_share))
			return true;
	hlist_for_each_entry(tw, &p->tws, port_link)
		if (!rill_port_shareable_tw(sk, tw, may_share))
			return true;
	return false;
}

/* Take one port. A socket that has it already only asks again. */
static int rill_port_try(struct sock *sk, u16 num, bool may_share)
{
	struct rill_port_bucket *b = rill_port_bucket(rill_net(sock_net(sk)), num);
	struct rill_port *p;
	int err = 0;

	spin_lock_bh(&b->lock);
	p = rill_port_find(b, num);
	if (p && rill_port_conflict(sk, p, may_share))
		err = -EADDRINUSE;
	else if (!p)
		p = rill_port_new(b, num);
	if (!p)
		err = -ENOMEM;
	if (!err && !rill_sk(sk)->port)
		rill_port_take(p, sk, false);
	spin_unlock_bh(&b->lock);
	return err;
}

/* Any port of the local range that nobody has for this address. */
static int rill_port_any(struct sock *sk)
{
	struct net *net = sock_net(sk);
	u32 range, start, i;
	int low, high, err;

	inet_sk_get_local_port_range(sk, &low, &high);
	range = high - low + 1;
	start = get_random_u32() % range;
	for (i = 0; i < range; i++) {
		u16 num = low + (start + i) % range;

		if (inet_is_local_reserved_port(net, num))
			continue;
		err = rill_port_try(sk, num, false);
		if (err != -EADDRINUSE)
			return err;
		cond_resched();
	}
	return -EADDRINUSE;
}

/**
 * rill_bind_get_port() - proto.get_port: bind to a port
 * @sk: the socket, locked; its address is set. One that has the port already asks whether it may
 *	listen there.
 * @snum: the port in host order, 0: any of ip_local_port_range
 *
 * Return: 0, -EADDRINUSE or -ENOMEM.
 */
int rill_bind_get_port(struct sock *sk, unsigned short snum)
{
	return snum ? rill_port_try(sk, snum, true) : rill_port_any(sk);
}

/**
 * rill_bind_put_port() - proto.put_port: give the port back
 * @sk: the socket, locked or with nobody else left; may have none
 */
void rill_bind_put_port(struct sock *sk)
{
	struct rill_sock *rs = rill_sk(sk);
	struct rill_port_bucket *b;
	struct rill_port *p = rs->port;

	if (!p)
		return;
	b = rill_port_bucket(rill_net(sock_net(sk)), inet_sk(sk)->inet_num);
	spin_lock_bh(&b->lock);
	hlist_del_init(&rs->port_link);
	p->bound -= !rs->port_shared;
	rs->port = NULL;
	inet_sk(sk)->inet_num = 0;
	rill_port_drop_unused(p);
	spin_unlock_bh(&b->lock);
}

/**
 * rill_bind_child() - a listener's child has its port
 * @child: the new connection
 * @listener: may be closing
 *
 * Return: 0 or -ENOMEM.
 */
int rill_bind_child(struct sock *child, struct sock *listener)
{
	u16 num = ntohs(rill_sk(child)->node.tuple.lport);
	struct rill_port_bucket *b = rill_port_bucket(rill_net(sock_net(child)), num);
	struct rill_port *p;

	spin_lock_bh(&b->lock);
	p = rill_port_find(b, num) ?: rill_port_new(b, num);
	if (p)
		rill_port_take(p, child, false);
	spin_unlock_bh(&b->lock);
	return p ? 0 : -ENOMEM;
}

/* Link @sk under local port @num unless that is bound, or the four-tuple exists. */
static int rill_connect_try(struct rill_net *rn, struct sock *sk, u16 num)
{
	struct rill_port_bucket *b = rill_port_bucket(rn, num);
	struct rill_sock *rs = rill_sk(sk);
	struct rill_port *p;
	int err;

	spin_lock_bh(&b->lock);
	p = rill_port_find(b, num);
	if (p && p->bound) {
		err = -EEXIST;
		goto out;
	}
	if (!p)
		p = rill_port_new(b, num);
	err = -ENOMEM;
	if (!p)
		goto out;
	rs->node.tuple.lport = htons(num);
	err = rill_table_insert(rn, &rs->node);
	if (!err)
		rill_port_take(p, sk, true);
	else
		rill_port_drop_unused(p);
out:
	spin_unlock_bh(&b->lock);
	return err;
}

/**
 * rill_bind_connect() - find a local port if need be, and enter the connection table
 * @sk: a socket about to connect, locked; addresses and destination port are set
 *
 * The order in which ports are tried is the destination's own (RFC 6056 section 3.3.3).
 * Return: 0, -EADDRNOTAVAIL when the four-tuple exists or no port is left, or -ENOMEM.
 */
int rill_bind_connect(struct sock *sk)
{
	struct rill_net *rn = rill_net(sock_net(sk));
	struct rill_sock *rs = rill_sk(sk);
	int low, high, err;
	u32 range, start, i;

	rill_ip_sock_tuple(sk, &rs->node.tuple);
	if (inet_sk(sk)->inet_num) {
		err = rill_table_insert(rn, &rs->node);
		return err == -EEXIST ? -EADDRNOTAVAIL : err;
	}
	inet_sk_get_local_port_range(sk, &low, &high);
	range = high - low + 1;
	start = rill_isn_port_offset(&rn->key, &rs->node.tuple) + READ_ONCE(rn->port_next);
	for (i = 0; i < range; i++) {
		u16 num = low + (start + i) % range;

		if (inet_is_local_reserved_port(sock_net(sk), num))
			continue;
		err = rill_connect_try(rn, sk, num);
		if (!err)
			WRITE_ONCE(rn->port_next, rn->port_next + i + 1);
		if (err != -EEXIST)
			return err;
		cond_resched();
	}
	return -EADDRNOTAVAIL;
}

/**
 * rill_bind_give_tw() - the port stays in use while the connection is in TIME-WAIT
 * @sk: the socket, locked
 * @tw: what becomes of it
 */
void rill_bind_give_tw(struct sock *sk, struct rill_tw *tw)
{
	struct rill_port_bucket *b;
	struct rill_port *p = rill_sk(sk)->port;

	if (!p)
		return;
	b = rill_port_bucket(rill_net(sock_net(sk)), p->num);
	spin_lock_bh(&b->lock);
	tw->port = p;
	hlist_add_head(&tw->port_link, &p->tws);
	spin_unlock_bh(&b->lock);
}

/**
 * rill_bind_put_tw() - give a TIME-WAIT entry's port back
 * @rn: the namespace's part of rill
 * @tw: the entry, with nobody else left
 */
void rill_bind_put_tw(struct rill_net *rn, struct rill_tw *tw)
{
	struct rill_port_bucket *b;

	if (!tw->port)
		return;
	b = rill_port_bucket(rn, tw->port->num);
	spin_lock_bh(&b->lock);
	hlist_del(&tw->port_link);
	rill_port_drop_unused(tw->port);
	spin_unlock_bh(&b->lock);
	tw->port = NULL;
}

static struct rill_listen_bucket *rill_listen_bucket(struct rill_net *rn, u16 num)
{
	return &rn->listen[num % RILL_LISTEN_BUCKETS];
}

/**
 * rill_listen_add() - make a listener visible to SYNs
 * @sk: the socket, locked, bound
 */
void rill_listen_add(struct sock *sk)
{
	struct rill_listen_bucket *b = rill_listen_bucket(rill_net(sock_net(sk)),
							  inet_sk(sk)->inet_num);

	spin_lock_bh(&b->lock);
	hlist_add_tail_rcu(&rill_sk(sk)->listen_link, &b->listeners);
	spin_unlock_bh(&b->lock);
}

/**
 * rill_listen_del() - hide a listener
 * @sk: the socket, locked; softirqs may still see it until a grace period has passed
 */
void rill_listen_del(struct sock *sk)
{
	struct rill_listen_bucket *b = rill_listen_bucket(rill_net(sock_net(sk)),
							  inet_sk(sk)->inet_num);

	spin_lock_bh(&b->lock);
	hlist_del_init_rcu(&rill_sk(sk)->listen_link);
	spin_unlock_bh(&b->lock);
}

/**
 * rill_bind_hears() - is a segment for who is bound to this device, or to none?
 * @rn: the namespace's part of rill
 * @bound: the device's index, or 0
 * @devs: where the segment came in
 */
bool rill_bind_hears(const struct rill_net *rn, int bound, const struct rill_devs *devs)
{
	if (!bound)
		return !devs->sdif || READ_ONCE(rn->set.l3mdev_accept);
	return bound == devs->dif || bound == devs->sdif;
}

/* How well a listener fits: 0 not at all; an address or a device of its own counts. */
static int rill_listen_score(const struct rill_net *rn, const struct sock *sk,
			     const struct rill_tuple *tuple, const struct rill_devs *devs)
{
	int covers = rill_ip_addr_covers(sk, &tuple->laddr);

	if (inet_sk(sk)->inet_num != ntohs(tuple->lport) || !covers)
		return 0;
	if (!rill_bind_hears(rn, READ_ONCE(sk->sk_bound_dev_if), devs))
		return 0;
	/* For IPv4 one that has nothing else comes before one that has both. */
	return 4 * covers + 2 * !!sk->sk_bound_dev_if + (sk->sk_family == AF_INET);
}

/**
 * rill_listen_find() - who listens for this four-tuple
 * @rn: the namespace's part of rill
 * @tuple: addresses and ports as the local end sees them
 * @devs: where it came in
 *
 * Among equals with SO_REUSEPORT a hash of the tuple decides, so that a connection's SYNs find
 * the same one.
 * Context: under rcu_read_lock(), as long as which the socket stays in memory.
 * Return: the listener or NULL.
 */
struct sock *rill_listen_find(struct rill_net *rn, const struct rill_tuple *tuple,
			      const struct rill_devs *devs)
{
	struct rill_listen_bucket *b = rill_listen_bucket(rn, ntohs(tuple->lport));
	struct sock *best = NULL;
	int best_score = 0, equals = 0;
	struct rill_sock *rs;
	u32 hash = 0;

	hlist_for_each_entry_rcu(rs, &b->listeners, listen_link) {
		int score = rill_listen_score(rn, &rs->inet.sk, tuple, devs);

		if (!score || score < best_score)
			continue;
		if (score > best_score) {
			best_score = score;
			best = &rs->inet.sk;
			equals = 1;
			if (best->sk_reuseport)
				hash = rill_isn_port_offset(&rn->key, tuple);
		} else if (best->sk_reuseport && rs->inet.sk.sk_reuseport) {
			/* reservoir sampling with a number that depends on the tuple alone */
			if (!reciprocal_scale(hash, ++equals))
				best = &rs->inet.sk;
			hash = hash * 1664525 + 1013904223;
		}
	}
	return best;
}
