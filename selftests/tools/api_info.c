// SPDX-License-Identifier: GPL-2.0
/*
 * sockapi: TCP_INFO, field by field. What both protocols must agree on is printed as it is; of times, windows and
 * counts of segments, whose values are the protocol's own, whether there are any, on a connection.
 */
#include <linux/filter.h>

#include "sockapi.h"

/* Newer than the C library. */
#define RTO_MAX_MS	44
#define RTO_MIN_US	45
#define DELACK_MAX_US	46

#define INFO_MAX	256
#define DATA_SEGS_OUT	156
#define DELIVERED	192
#define BYTES		100000

enum look {
	SAME,			/* the number itself */
	SOME,			/* whether it is 0 */
	RECENT,			/* whether it is below a minute, in milliseconds */
};

/* By offset: the C library's struct ends early, the kernel's has been growing. */
static const struct field {
	const char *name;
	int at, size;
	enum look look;
} fields[] = {
	{ "state", 0, 1, SAME }, { "ca_state", 1, 1, SAME }, { "retransmits", 2, 1, SAME },
	{ "probes", 3, 1, SAME }, { "backoff", 4, 1, SAME }, { "rto", 8, 4, SOME }, { "ato", 12, 4, SOME },
	{ "snd_mss", 16, 4, SAME }, { "rcv_mss", 20, 4, SOME }, { "unacked", 24, 4, SAME },
	{ "sacked", 28, 4, SAME }, { "lost", 32, 4, SAME }, { "retrans", 36, 4, SAME },
	{ "fackets", 40, 4, SAME }, { "last_data_sent", 44, 4, RECENT }, { "last_ack_sent", 48, 4, SAME },
	{ "last_data_recv", 52, 4, RECENT }, { "last_ack_recv", 56, 4, RECENT }, { "pmtu", 60, 4, SAME },
	{ "rcv_ssthresh", 64, 4, SOME }, { "rtt", 68, 4, SOME }, { "rttvar", 72, 4, SOME },
	{ "snd_ssthresh", 76, 4, SOME }, { "snd_cwnd", 80, 4, SOME }, { "advmss", 84, 4, SAME },
	{ "reordering", 88, 4, SAME }, { "rcv_space", 96, 4, SOME }, { "total_retrans", 100, 4, SAME },
	{ "max_pacing_rate", 112, 8, SAME }, { "bytes_acked", 120, 8, SAME },
	{ "bytes_received", 128, 8, SAME }, { "segs_out", 136, 4, SOME }, { "segs_in", 140, 4, SOME },
	{ "notsent_bytes", 144, 4, SAME }, { "min_rtt", 148, 4, SOME }, { "data_segs_in", 152, 4, SOME },
	{ "data_segs_out", DATA_SEGS_OUT, 4, SOME }, { "delivery_rate", 160, 8, SOME },
	{ "delivered", DELIVERED, 4, SOME }, { "delivered_ce", 196, 4, SAME },
	{ "bytes_sent", 200, 8, SAME }, { "bytes_retrans", 208, 8, SAME },
	{ "dsack_dups", 216, 4, SAME }, { "reord_seen", 220, 4, SAME }, { "rcv_ooopack", 224, 4, SAME },
	{ "snd_wnd", 228, 4, SOME }, { "rcv_wnd", 232, 4, SOME }, { "rehash", 236, 4, SAME },
	{ "total_rto", 240, 2, SAME }, {}
};

static unsigned long long value(const unsigned char *info, const struct field *f)
{
	unsigned long long v = 0;

	memcpy(&v, info + f->at, f->size);
	return v;
}

static const char *look_at(const struct field *f, unsigned long long v, bool exact)
{
	static char number[32];

	if (f->look == RECENT)
		return v < 60000 ? "recent" : "old";
	if (f->look == SOME || !exact)
		return v ? "some" : "0";
	snprintf(number, sizeof(number), "%llu", v);
	return number;
}

static void tell(const char *when, int fd, bool exact)
{
	unsigned char info[INFO_MAX] = {};
	socklen_t len = sizeof(info);
	bool connected;
	char step[64];

	must("TCP_INFO", getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len));
	connected = info[0] != TCP_CLOSE && info[0] != TCP_LISTEN;
	for (const struct field *f = fields; f->name; f++) {
		unsigned long long v = value(info, f);

		if (f->at + f->size > (int)len || (f->look != SAME && !connected))
			continue;
		snprintf(step, sizeof(step), "%s %s", when, f->name);
		say(step, "%s", look_at(f, v, exact));
	}
	snprintf(step, sizeof(step), "%s options", when);
	say(step, "%d", info[5] & (TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK | TCPI_OPT_WSCALE));
	snprintf(step, sizeof(step), "%s scales", when);
	say(step, "%d %d", !!(info[6] & 15), !!(info[6] >> 4));
}

static void unused(void)
{
	int l = listen_on(0, 7);

	tell("fresh", client_socket(), true);
	must("connect", connect_to(client_socket(), at_server(0)));
	await(l, POLLIN);
	tell("listening", l, true);
}

static void idle(void)
{
	struct link k;

	ethernet_mtu();
	k = link_up();
	tell("client", k.c, true);
	tell("server", k.s, true);
}

static void transfer(struct link *k)
{
	static char b[BYTES];

	send_all(k->c, b, BYTES);
	must("read", read_all(k->s, b, BYTES));
	await_acked(k->c);
}

/* Each segment that was sent, and the SYN: nothing was lost. */
static void tell_delivered(const char *when, int fd)
{
	unsigned char info[INFO_MAX] = {};
	socklen_t len = sizeof(info);
	unsigned int sent, delivered;
	char step[64];

	must("TCP_INFO", getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len));
	memcpy(&sent, info + DATA_SEGS_OUT, sizeof(sent));
	memcpy(&delivered, info + DELIVERED, sizeof(delivered));
	snprintf(step, sizeof(step), "%s delivered what was sent", when);
	want(step, delivered == sent + 1, 1);
}

static unsigned int retransmitted(int fd)
{
	struct tcp_info i = {};
	socklen_t len = sizeof(i);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &len) ? 0 : i.tcpi_total_retrans;
}

/* On a slow machine a tail loss probe may be sent needlessly: then another connection. */
static struct link transferred_once(void)
{
	struct link k;

	for (int tries = 20; ; tries--) {
		k = link_up();
		transfer(&k);
		if (!retransmitted(k.c) || !tries)
			return k;
		close(k.c);
		close(k.s);
		close(k.l);
	}
}

static void transferred(void)
{
	struct link k;

	ethernet_mtu();
	k = transferred_once();
	tell("client", k.c, true);
	tell("server", k.s, true);
	tell_delivered("client", k.c);
	must("disconnect", connect(k.c, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(struct sockaddr)));
	must("connect", connect_to(k.c, at_server(0)));
	tell("client anew", k.c, true);
}

/* Since the last acknowledgment, by the timer. */
static int has_timed_out(int fd)
{
	struct tcp_info i = {};
	socklen_t len = sizeof(i);

	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &len) && i.tcpi_retransmits;
}

/* The only segment is lost until it was sent again once. */
static void timed_out(void)
{
	struct link k;

	ethernet_mtu();
	k = link_up();
	transfer(&k);
	must("loss", system("tc qdisc add dev lo root netem loss 100%") ? -1 : 0);
	send_all(k.c, "lost", 4);
	await_true("a retransmission", has_timed_out, k.c);
	/* How often it was sent again by now is a matter of time. */
	tell("waiting", k.c, false);
	must("no loss", system("tc qdisc del dev lo root") ? -1 : 0);
	await_acked(k.c);
	want("sent again", retransmitted(k.c) >= 2, 1);
	want("state", tcp_state(k.c), TCP_ESTABLISHED);
}

static unsigned int timeout_of(int fd)
{
	struct tcp_info i = {};
	socklen_t len = sizeof(i);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &len) ? 0 : i.tcpi_rto;
}

/* Whether it could be set; not every kernel's TCP has these. */
static bool set_bound(const char *step, int fd, int option, int bound)
{
	bool set = !set_int(fd, IPPROTO_TCP, option, bound);

	want(step, set || env.number == IPPROTO_TCP, 1);
	return set;
}

static void least_timeout(void)
{
	struct link k = link_up();
	bool set = set_bound("set", k.c, RTO_MIN_US, 20000);

	transfer(&k);
	want("takes effect", !set || timeout_of(k.c) < 200000, 1);
}

/* Nobody answers the SYN; without a bound the second wait is twice as long. */
static void greatest_timeout(void)
{
	struct sock_filter nothing[] = { { 0x06, 0, 0, 0 } };
	struct sock_fprog p = { 1, nothing };
	int l = listen_on(0, 4), c = client_socket();
	bool set = set_bound("set", c, RTO_MAX_MS, 1000);

	must("filter", setsockopt(l, SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof(p)));
	set_nonblock(c);
	want("connect", connect_to(c, at_server(0)), -EINPROGRESS);
	await_true("a second SYN", has_timed_out, c);
	want("takes effect", !set || timeout_of(c) <= 1000000, 1);
}

static void acknowledgment_delay(void)
{
	struct link k = link_up();
	struct tcp_info i = {};
	socklen_t len = sizeof(i);
	bool set = set_bound("set", k.s, DELACK_MAX_US, 20000);

	transfer(&k);
	must("TCP_INFO", getsockopt(k.s, IPPROTO_TCP, TCP_INFO, &i, &len));
	want("takes effect", !set || i.tcpi_ato <= 20000, 1);
}

const struct api_case info_cases[] = {
	CASE(unused), CASE(idle), CASE(transferred), CASE(timed_out), CASE(least_timeout), CASE(greatest_timeout),
	CASE(acknowledgment_delay), {}
};
