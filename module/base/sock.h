/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One connection: a socket as a list of core structs.
 * Everything is protected by the socket lock unless its group says otherwise.
 */
#ifndef _RILL_BASE_SOCK_H
#define _RILL_BASE_SOCK_H

#include <net/inet_sock.h>

#include "../core/accecn.h"
#include "../core/ack.h"
#include "../core/cong.h"
#include "../core/deadlines.h"
#include "../core/drs.h"
#include "../core/opt.h"
#include "../core/plpmtu.h"
#include "../core/rack.h"
#include "../core/recovery.h"
#include "../core/rtt.h"
#include "../core/urgent.h"
#include "bits.h"
#include "fo.h"
#include "knobs.h"
#include "node.h"
#include "reasm.h"
#include "tally.h"

struct rill_fo_keys;
struct rill_port;
struct rill_queue;
struct rill_saved_syn;

struct rill_sock {
	struct inet_sock	inet;		/* first */

	/* The connection table: written before the node is linked, see table.c. */
	struct rill_node	node;

	/* Sending. Octets una..write_seq stand in sk_write_queue. */
	struct rill_snd		snd;
	u32			iss;
	u32			write_seq;	/* behind the last octet queued: the FIN's number */
	u32			snd_cur;	/* next to send; before snd.nxt after a timeout */
	u32			push_seq;	/* data before this is to carry PSH */
	u32			snd_short;	/* end of the last segment sent that was not full */
	u32			snd_up;		/* SND.UP, with snd_urgent */
	struct sk_buff		*snd_skb;	/* holds snd_cur, or NULL: search from the head */
	struct rill_rtt		rtt;
	const struct rill_cong_ops *algo;	/* held; cong's, once that is in use */
	struct rill_cong	cong;
	struct rill_recovery	rec;
	struct rill_board	board;		/* with sack_on: una..snd_cur */
	struct rill_rack	rack;
	struct rill_tlp		tlp;
	u64			burst_us;	/* microseconds, time of what is sent now */
	struct rill_pacer	*pacer;		/* of a connection that paces, or NULL */
	struct rill_ecn		ecn;
	struct rill_accecn	accecn;
	u64			rtt_start;	/* us, when rtt_seq was sent; last sample */
	u32			rtt_seq;	/* the segment that ends here is being timed */
	u32			last_snd;	/* jiffies of the last data sent */
	u32			stuck_stamp;	/* jiffies of the first retry, or the window shut */
	struct rill_plpmtu	plpmtu;		/* times in jiffies */
	u32			pmtu;		/* the route's, which mss is worked out from */
	u16			mss, mss_max;	/* effective send MSS, octets; without plpmtu */
	u16			peer_mss;	/* what the peer announced, or the default */
	u16			adv_mss;	/* what was announced to the peer */
	u8			retries;	/* of the segment at snd.una */
	u8			probes;		/* keep-alive or window probes without an answer */
	u8			opt_len;	/* octets of options in every data segment */
	bool			rtt_timing, fin_queued;
	bool			close_pending;	/* closed in SYN-RECEIVED: FIN once it is open */
	bool			more;		/* the last send said MSG_MORE */
	bool			snd_urgent;	/* urgent data is not acknowledged yet */

	/* Receiving. In-order segments stand in sk_receive_queue, early ones in ofo. */
	u32			irs;
	u32			rcv_nxt;
	u32			rcv_adv;	/* right edge of the window as advertised */
	u32			rcv_acked;	/* rcv_nxt in the last segment sent */
	u32			copied;		/* the next octet for the reader */
	u32			last_rcv;	/* jiffies of the last segment that was taken */
	u32			last_data;	/* jiffies of the last with data */
	u32			rcv_mss;	/* estimate of the peer's segment size */
	struct rill_drs		drs;
	struct rill_urgent	urgent;
	struct rill_reasm	ofo;
	u32			ofo_fin;	/* sequence number of the peer's FIN */
	u32			ts_off, ts_recent;
	u32			ts_recent_stamp;	/* seconds, when ts_recent was taken */
	u32			ts_edge;	/* TSval of what stands before rcv_nxt */
	u8			ack;		/* enum rill_ack_bit */
	u8			rcv_wscale;
	bool			ts_on, wscale_on, sack_on;	/* agreed on */
	bool			ofo_fin_known, fin_rcvd;
	bool			unanswered;	/* the last delayed ACK waited in vain */

	/* Deadlines and their one timer (sk->sk_timer). */
	struct rill_deadlines	dl;
	unsigned long		deferred;	/* atomic bits, enum rill_deferred_bit */

	struct rill_tally	tally;
	struct rill_knobs	knobs;

	/* A listener's children that wait for accept(), a child's place among them: queue.c */
	struct rill_queue	*queue;
	struct list_head	accept_link;
	struct rill_saved_syn	*syn;	/* what TCP_SAVED_SYN will give, or NULL */
	struct rill_fo		fo;
	bool			fo_deferred;	/* connect()ed; the first write sends the SYN */
	struct rill_queue	*fo_pending;	/* a child not acknowledged yet: held; queue.c */
	struct rill_fo_keys __rcu *fo_keys;	/* a listener's own, or NULL */

	/* The port this socket is bound to; lock: its bucket's, see bind.c. */
	struct rill_port	*port;
	struct hlist_node	port_link;
	struct hlist_node	listen_link;	/* in the listeners' table, RCU */
	bool			port_shared;	/* chosen by connect(), others may have it */
};

static inline struct rill_sock *rill_sk(const struct sock *sk)
{
	return (struct rill_sock *)sk;
}

static inline struct sock *rill_sock_of(struct rill_node *node)
{
	return &container_of(node, struct rill_sock, node)->inet.sk;
}

/* Octets the peer may still send as of the last advertisement. */
static inline u32 rill_rcv_wnd(const struct rill_sock *rs)
{
	return rs->rcv_adv - rs->rcv_nxt;
}

/* The number behind everything queued, the FIN counted. */
static inline u32 rill_snd_end(const struct rill_sock *rs)
{
	return rs->write_seq + rs->fin_queued;
}

/* Octets before the reader, without what is out of order. */
static inline u32 rill_unread(const struct rill_sock *rs)
{
	return rs->rcv_nxt - rs->copied - rs->fin_rcvd;
}

#endif /* _RILL_BASE_SOCK_H */
