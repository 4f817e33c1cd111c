/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What programs need to talk to Rill, TCP as a loadable kernel module.
 *
 * Two ways to the same socket, over IPv4 or IPv6:
 *	socket(AF_INET or AF_INET6, SOCK_STREAM, IPPROTO_RILL)
 *	socket(AF_RILL, SOCK_STREAM, RILL_PF_INET or RILL_PF_INET6)
 * Addresses are struct sockaddr_in and struct sockaddr_in6 in both. 253 and 19 are defaults: the
 * module parameters protocol and family change them.
 */
#ifndef _UAPI_LINUX_RILL_H
#define _UAPI_LINUX_RILL_H

#ifndef IPPROTO_RILL
#define IPPROTO_RILL	253	/* IP protocol, one of the experimental numbers of RFC 3692 */
#endif

#ifndef AF_RILL
#define AF_RILL		19	/* socket family; the slot of Econet, which has left the kernel */
#define PF_RILL		AF_RILL
#endif

/* The protocol of socket(AF_RILL): the network layer. */
#define RILL_PF_INET	0
#define RILL_PF_INET6	1

#ifndef SOL_RILL
#define SOL_RILL	253	/* level for getsockopt() and setsockopt() */
#endif

/*
 * Socket options at level SOL_RILL. They have the numbers and the meaning of the TCP_* options of
 * the same name; level 6 (IPPROTO_TCP) with the TCP_* names works as well. Each takes an int unless
 * it says otherwise. Where the default is a sysctl, it is that of the socket's network namespace.
 */

/* No Nagle algorithm, small segments go at once: 0 (default) or 1. Setting it sends what waits. */
#define RILL_NODELAY		1

/* Octets of data in a segment at most, 88 to 32767; 0 (default): what the path takes. */
#define RILL_MAXSEG		2

/* Only full segments, for 200 ms at most: 0 (default) or 1. Clearing it sends what waits. */
#define RILL_CORK		3

/* Seconds of silence before a keep-alive probe, 1 to 32767; default net.rill.keepalive_time. */
#define RILL_KEEPIDLE		4

/* Seconds between keep-alive probes, 1 to 32767; default net.rill.keepalive_intvl. */
#define RILL_KEEPINTVL		5

/* Keep-alive probes without an answer that end it, 1 to 127; default net.rill.keepalive_probes. */
#define RILL_KEEPCNT		6

/* SYNs retransmitted before connect() gives up, 1 to 127; default net.rill.syn_retries. */
#define RILL_SYNCNT		7

/* Seconds in FIN-WAIT-2 after close(), up to 120; 0: net.rill.fin_timeout (default); < 0: none. */
#define RILL_LINGER2		8

/* Seconds a connection waits for data before accept() sees it, rounded up; 0 (default): none. */
#define RILL_DEFER_ACCEPT	9

/* Octets of receive window offered at most; 0 (default): no other limit than the buffer. */
#define RILL_WINDOW_CLAMP	10

/* State and statistics: struct tcp_info of <linux/tcp.h>, as much as fits the buffer. Only read. */
#define RILL_INFO		11

/* Acknowledge at once: 1 (default), or delay it: 0. The connection may change it by itself. */
#define RILL_QUICKACK		12

/*
 * Congestion control, a string: "cubic" (default), "reno", "dctcp", "bbr", or what a module adds.
 * With a connection under way it goes on with the window it has.
 */
#define RILL_CONGESTION		13

/* Milliseconds that data may stay unacknowledged; 0 (default): net.rill.retries2 decides. */
#define RILL_USER_TIMEOUT	18

/*
 * On a listener: connections that Fast Open may have opened and whose handshake is not complete;
 * 0 (default): no Fast Open, unless net.rill.fastopen has it for all. Needs net.rill.fastopen.
 */
#define RILL_FASTOPEN		23

/*
 * Octets that may wait in the send buffer before they are sent; with as many the socket is not
 * writeable. 0 (default): as many as the buffer takes.
 */
#define RILL_NOTSENT_LOWAT	25

/* What the congestion control has to tell: nothing, as TCP's with "reno". Only read. */
#define RILL_CC_INFO		26

/*
 * On a listener: keep the headers of each connection's SYN, from the IP header on (1) or from the
 * link's (2); 0 (default): don't.
 */
#define RILL_SAVE_SYN		27

/* Those headers, octets; they are given once. With a buffer too small, EINVAL. Only read. */
#define RILL_SAVED_SYN		28

/* connect() returns at once where it can, and the first write goes with the SYN: 0 (default), 1. */
#define RILL_FASTOPEN_CONNECT	30

/*
 * On a listener: the key of the cookies it gives, 16 octets, or with another whose cookies it still
 * takes 32; default net.rill.fastopen_key, which reads as nothing.
 */
#define RILL_FASTOPEN_KEY	33

/* Fast Open without a cookie, either side: 0 (default) or 1. Anybody can forge such a SYN. */
#define RILL_FASTOPEN_NO_COOKIE	34

/*
 * With each recvmsg() a control message (level SOL_TCP, type TCP_CM_INQ, an int): octets that can
 * be read after it, the end of the stream counted as one. 0 (default) or 1.
 */
#define RILL_INQ		36

/* Is this multipath TCP? 0. Only read. */
#define RILL_IS_MPTCP		43

/* Milliseconds of retransmission timeout at most, 1000 to 120000 (default). */
#define RILL_RTO_MAX_MS		44

/* Microseconds of retransmission timeout at least, up to 200000 (default). */
#define RILL_RTO_MIN_US		45

/* Microseconds that an ACK waits at most, up to 200000; default 40000, which is the longest. */
#define RILL_DELACK_MAX_US	46

#endif /* _UAPI_LINUX_RILL_H */
