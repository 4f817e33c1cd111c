// SPDX-License-Identifier: GPL-2.0
/*
 * A client's memory of servers that do Fast Open: cookie and MSS (RFC 7413 section 4.1.3), for
 * each pair of addresses, since the cookie is for ours. A bounded number of them: a list has so
 * many, and the one that was not used for longest makes room. Process context and softirqs.
 */
#include <linux/slab.h>
#include <net/ipv6.h>

#include "fo_cache.h"
#include "net.h"

/* A pause is at most so many times twice as long as the first. */
#define RILL_FO_DOUBLINGS	6

struct rill_fo_server {
	struct list_head	link;
	struct in6_addr		laddr;
	struct in6_addr		faddr;
	struct rill_fo_cookie	cookie;
	u16			mss;
};

/**
 * rill_fo_cache_init() - a namespace begins
 * @rn: its part of rill
 */
void rill_fo_cache_init(struct rill_net *rn)
{
	unsigned int i;

	spin_lock_init(&rn->fo.lock);
	for (i = 0; i < RILL_FO_LISTS; i++)
		INIT_LIST_HEAD(&rn->fo.lists[i]);
}

/**
 * rill_fo_cache_exit() - and ends
 * @rn: its part of rill; no socket is left
 */
void rill_fo_cache_exit(struct rill_net *rn)
{
	struct rill_fo_server *s, *next;
	unsigned int i;

	for (i = 0; i < RILL_FO_LISTS; i++)
		list_for_each_entry_safe(s, next, &rn->fo.lists[i], link)
			kfree(s);
}

static struct list_head *rill_fo_list(struct rill_net *rn, const struct rill_tuple *t)
{
	return &rn->fo.lists[rill_fastopen_hash(&rn->key, t) % RILL_FO_LISTS];
}

/* The server, first of its list now, or NULL; and how many there are in it. */
static struct rill_fo_server *rill_fo_find(struct list_head *list, const struct rill_tuple *t,
					   unsigned int *n)
{
	struct rill_fo_server *s;

	*n = 0;
	list_for_each_entry(s, list, link) {
		++*n;
		if (!ipv6_addr_equal(&s->laddr, &t->laddr) ||
		    !ipv6_addr_equal(&s->faddr, &t->faddr))
			continue;
		list_move(&s->link, list);
		return s;
	}
	return NULL;
}

/**
 * rill_fo_recall() - do we have a cookie for a server?
 * @rn: the namespace's part of rill
 * @t: the four-tuple of a connection to it
 * @c: is set to the cookie
 * @mss: is set to the MSS that the server announced
 *
 * Return: true if there is one.
 */
bool rill_fo_recall(struct rill_net *rn, const struct rill_tuple *t, struct rill_fo_cookie *c,
		    u16 *mss)
{
	struct rill_fo_server *s;
	unsigned int n;

	spin_lock_bh(&rn->fo.lock);
	s = rill_fo_find(rill_fo_list(rn, t), t, &n);
	if (s) {
		*c = s->cookie;
		*mss = s->mss;
	}
	spin_unlock_bh(&rn->fo.lock);
	return s;
}

static struct rill_fo_server *rill_fo_add(struct list_head *list)
{
	struct rill_fo_server *s = kzalloc(sizeof(*s), GFP_ATOMIC | __GFP_NOWARN);

	if (s)
		list_add(&s->link, list);
	return s;
}

/**
 * rill_fo_remember() - a server has given us a cookie
 * @rn: the namespace's part of rill
 * @t: the four-tuple of the connection
 * @c: the cookie
 * @mss: the MSS that the server announced
 *
 * Without memory it is forgotten.
 */
void rill_fo_remember(struct rill_net *rn, const struct rill_tuple *t,
		      const struct rill_fo_cookie *c, u16 mss)
{
	struct list_head *list = rill_fo_list(rn, t);
	struct rill_fo_server *s;
	unsigned int n;

	spin_lock_bh(&rn->fo.lock);
	s = rill_fo_find(list, t, &n);
	if (!s && n == RILL_FO_DEPTH) {
		s = list_last_entry(list, struct rill_fo_server, link);
		list_move(&s->link, list);
	} else if (!s) {
		s = rill_fo_add(list);
	}
	if (s) {
		s->laddr = t->laddr;
		s->faddr = t->faddr;
		s->cookie = *c;
		s->mss = mss;
	}
	spin_unlock_bh(&rn->fo.lock);
}

/**
 * rill_fo_forget() - a cookie did us no good
 * @rn: the namespace's part of rill
 * @t: the four-tuple of the connection
 */
void rill_fo_forget(struct rill_net *rn, const struct rill_tuple *t)
{
	struct rill_fo_server *s;
	unsigned int n;

	spin_lock_bh(&rn->fo.lock);
	s = rill_fo_find(rill_fo_list(rn, t), t, &n);
	if (s)
		list_del(&s->link);
	spin_unlock_bh(&rn->fo.lock);
	kfree(s);
}

/**
 * rill_fo_blocked() - is Fast Open suspended, since something on the way may not bear it?
 * @rn: the namespace's part of rill
 */
bool rill_fo_blocked(const struct rill_net *rn)
{
	return READ_ONCE(rn->set.fastopen_blackhole_timeout) && READ_ONCE(rn->fo.suspects) &&
	       time_before(jiffies, READ_ONCE(rn->fo.until));
}

/**
 * rill_fo_suspect() - a connection that began with Fast Open has got no answer for too long
 * @rn: the namespace's part of rill
 *
 * The pause doubles each time, until Fast Open is seen to work.
 */
void rill_fo_suspect(struct rill_net *rn)
{
	u8 before = READ_ONCE(rn->fo.suspects);
	unsigned long pause = READ_ONCE(rn->set.fastopen_blackhole_timeout);

	WRITE_ONCE(rn->fo.until, jiffies + (pause << min_t(u8, before, RILL_FO_DOUBLINGS)));
	if (before <= RILL_FO_DOUBLINGS)
		WRITE_ONCE(rn->fo.suspects, before + 1);
}

/**
 * rill_fo_works() - data in a SYN was acknowledged
 * @rn: the namespace's part of rill
 */
void rill_fo_works(struct rill_net *rn)
{
	if (READ_ONCE(rn->fo.suspects))
		WRITE_ONCE(rn->fo.suspects, 0);
}
