/* SPDX-License-Identifier: GPL-2.0 */
/* What setsockopt() has set. */
#ifndef _RILL_BASE_KNOBS_H
#define _RILL_BASE_KNOBS_H

#include <linux/limits.h>
#include <linux/types.h>

#define RILL_USER_TIMEOUT_NEVER	INT_MAX

/* How a connection behaves by request of its user: set by setsockopt(), inherited by children. */
struct rill_knobs {
	u32	keep_idle;		/* jiffies; 0: the namespace's */
	u32	keep_intvl;		/* jiffies; 0: the namespace's */
	/* milliseconds, or RILL_USER_TIMEOUT_NEVER; 0: by the number of retries */
	u32	user_timeout;
	u32	rto_min;		/* jiffies; 0: RILL_RTO_LEAST_US */
	u32	rto_max;		/* jiffies; 0: RILL_RTO_MAX_US */
	u32	delack_max;		/* jiffies; 0: RILL_DELACK_TIME */
	u32	window_clamp;		/* octets; 0: none */
	u32	notsent_lowat;		/* octets; 0: none */
	/* jiffies in FIN-WAIT-2 as an orphan; 0: the namespace's, < 0: none */
	s32	linger2;
	s32	fo_max;			/* a listener's Fast Open children not acknowledged yet */
	u16	user_mss;		/* TCP_MAXSEG; 0: not set */
	u8	keep_cnt;		/* 0: the namespace's */
	u8	syn_retries;		/* 0: the namespace's */
	u8	defer_accept;		/* SYN-ACKs sent again while a request waits for data */
	u8	save_syn;		/* 1: from the IP header on, 2: from the link's */
	bool	fo_connect;		/* connect() leaves the SYN to the first write */
	bool	fo_no_cookie;		/* as a client and as a listener */
	bool	inq;			/* tell the reader what is left */
	bool	nodelay;
	bool	cork;
	bool	quickack;
	bool	slowack;		/* quickack was turned off: so it is reported */
};

#endif /* _RILL_BASE_KNOBS_H */
