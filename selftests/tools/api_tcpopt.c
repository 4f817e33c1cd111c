// SPDX-License-Identifier: GPL-2.0
/* sockapi: the TCP_ options, at level 6 and at the protocol's own level. */
#include "sockapi.h"

struct tcp_row {
	const char *name;
	int option;
	int values[6], n;
};

static const struct tcp_row rows[] = {
	{ "nodelay", TCP_NODELAY, { 1, 5, 0, -1 }, 4 },
	{ "maxseg", TCP_MAXSEG, { 1000, 87, 88, 32767, 32768, -1 }, 6 },
	{ "maxseg 0", TCP_MAXSEG, { 0 }, 1 },
	{ "cork", TCP_CORK, { 1, 0, 7, -1 }, 4 },
	{ "keepidle", TCP_KEEPIDLE, { 1, 100, 32767, 32768, 0, -1 }, 6 },
	{ "keepintvl", TCP_KEEPINTVL, { 1, 100, 32767, 32768, 0, -1 }, 6 },
	{ "keepcnt", TCP_KEEPCNT, { 1, 100, 127, 128, 0, -1 }, 6 },
	{ "syncnt", TCP_SYNCNT, { 1, 100, 127, 128, 0, -1 }, 6 },
	{ "linger2", TCP_LINGER2, { 1, 30, 60, 1000, 0, -1 }, 6 },
	{ "defer_accept", TCP_DEFER_ACCEPT, { 1, 2, 10, 1000, 0, -1 }, 6 },
	{ "window_clamp", TCP_WINDOW_CLAMP, { 1, 10000, 100000, -1, 0 }, 5 },
	{ "quickack", TCP_QUICKACK, { 0, 1, 2 }, 3 },
	{ "user_timeout", TCP_USER_TIMEOUT, { 1, 5000, 0, -1 }, 4 },
	{ "notsent_lowat", TCP_NOTSENT_LOWAT, { 1, 65536, -1, 0 }, 4 },
	{ "save_syn", TCP_SAVE_SYN, { 1, 2, 3, -1, 0 }, 5 },
	{ "saved_syn", TCP_SAVED_SYN, { 1 }, 1 },
	{ "inq", TCP_INQ, { 1, 2, -1, 0 }, 4 },
	{ "unknown", 200, { 1 }, 1 },
	{ "zero", 0, { 1 }, 1 },
	{ "negative", -1, { 1 }, 1 },
};

#define NROWS (sizeof(rows) / sizeof(rows[0]))

static void set_and_get(int fd, int level, const struct tcp_row *o)
{
	char step[96];

	/* A connected socket's clamp follows from its buffer, which is tuned as the protocol likes. */
	if (o->option != TCP_WINDOW_CLAMP || tcp_state(fd) != TCP_ESTABLISHED) {
		snprintf(step, sizeof(step), "%s default", o->name);
		ask_opt(step, fd, level, o->option);
	}
	for (int i = 0; i < o->n; i++) {
		int result = set_int(fd, level, o->option, o->values[i]);

		snprintf(step, sizeof(step), "%s set %d", o->name, o->values[i]);
		ask(step, result);
		snprintf(step, sizeof(step), "%s is", o->name);
		ask_opt(step, fd, level, o->option);
	}
}

static void fresh_at(int level)
{
	for (size_t i = 0; i < NROWS; i++)
		set_and_get(server_socket(), level, &rows[i]);
}

static void level_6(void)
{
	fresh_at(IPPROTO_TCP);
}

static void own_level(void)
{
	fresh_at(env.level);
}

static void listening(void)
{
	for (size_t i = 0; i < NROWS; i++) {
		int l = listen_on(0, 1);

		set_and_get(l, IPPROTO_TCP, &rows[i]);
		close(l);
	}
}

static void connected(void)
{
	struct link k;

	ethernet_mtu();
	k = link_up();
	for (size_t i = 0; i < NROWS; i++)
		set_and_get(k.c, IPPROTO_TCP, &rows[i]);
}

static void lengths(void)
{
	static const int len[] = { 0, 1, 2, 3, 8 };
	char step[96], big[16] = {};

	for (size_t i = 0; i < NROWS; i++) {
		int fd = server_socket();
		socklen_t l;

		for (size_t j = 0; j < sizeof(len) / sizeof(len[0]); j++) {
			snprintf(step, sizeof(step), "%s set length %d", rows[i].name, len[j]);
			ask(step, setsockopt(fd, IPPROTO_TCP, rows[i].option, big, len[j]));
			l = len[j];
			snprintf(step, sizeof(step), "%s get length %d", rows[i].name, len[j]);
			ask(step, getsockopt(fd, IPPROTO_TCP, rows[i].option, big, &l));
			snprintf(step, sizeof(step), "%s got length %d", rows[i].name, len[j]);
			ask(step, l);
		}
		l = -1;
		snprintf(step, sizeof(step), "%s negative length", rows[i].name);
		ask(step, getsockopt(fd, IPPROTO_TCP, rows[i].option, big, &l));
		snprintf(step, sizeof(step), "%s set fault", rows[i].name);
		ask(step, setsockopt(fd, IPPROTO_TCP, rows[i].option, (void *)1, 4));
		l = 4;
		snprintf(step, sizeof(step), "%s get fault", rows[i].name);
		ask(step, getsockopt(fd, IPPROTO_TCP, rows[i].option, (void *)1, &l));
	}
}

static void congestion(void)
{
	int fd = server_socket();
	char name[32] = "";
	socklen_t len = sizeof(name);

	want("get", getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len), 0);
	ask("length", len);
	want("set reno", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4), 0);
	memset(name, 0, sizeof(name));
	len = sizeof(name);
	getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len);
	want_str("name", name, "reno");
	ask("set nothing", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "", 0));
	ask("set unknown", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "nonesuch", 8));
	ask("set too long", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "0123456789012345678", 19));
	ask("set fault", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, (void *)1, 4));
	len = 2;
	want("short", getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &len), 0);
	ask("short length", len);
}

static void show_info(const char *who, int fd)
{
	struct tcp_info i = {};
	socklen_t len = sizeof(i);
	char step[64];

	snprintf(step, sizeof(step), "%s call", who);
	want(step, getsockopt(fd, IPPROTO_TCP, TCP_INFO, &i, &len), 0);
	snprintf(step, sizeof(step), "%s state", who);
	say(step, "%s", state_name(i.tcpi_state));
	snprintf(step, sizeof(step), "%s wscale", who);
	say(step, "%d", !!(i.tcpi_options & TCPI_OPT_WSCALE));
	snprintf(step, sizeof(step), "%s counts", who);
	say(step, "unacked %u lost %u retransmits %u probes %u backoff %u", i.tcpi_unacked, i.tcpi_lost,
	    i.tcpi_retransmits, i.tcpi_probes, i.tcpi_backoff);
	if (i.tcpi_state != TCP_ESTABLISHED)
		return;
	snprintf(step, sizeof(step), "%s mss", who);
	say(step, "%u advmss %u pmtu %u", i.tcpi_snd_mss, i.tcpi_advmss, i.tcpi_pmtu);
	snprintf(step, sizeof(step), "%s plausible", who);
	say(step, "rto %d cwnd %d ssthresh %d", i.tcpi_rto >= 200000 && i.tcpi_rto <= 120000000,
	    i.tcpi_snd_cwnd >= 10, i.tcpi_snd_ssthresh > 0);
}

static void info(void)
{
	struct link k;
	struct tcp_info i;
	socklen_t len;
	static const int lengths[] = { 0, 1, 8, 104, 4096 };
	static char big[4096];
	char step[32], b;

	ethernet_mtu();
	k = link_up();
	show_info("fresh", client_socket());
	show_info("client", k.c);
	show_info("server", k.s);
	len = sizeof(i);
	want("listener", getsockopt(k.l, IPPROTO_TCP, TCP_INFO, &i, &len), 0);
	say("listener state", "%s", state_name(i.tcpi_state));
	say("queue", "%u of %u", i.tcpi_unacked, i.tcpi_sacked);
	for (size_t n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
		len = lengths[n];
		snprintf(step, sizeof(step), "length %d", lengths[n]);
		want(step, getsockopt(k.c, IPPROTO_TCP, TCP_INFO, big, &len), 0);
		if (lengths[n] < 4096)
			want("length told", len, lengths[n]);
	}
	want("set", set_int(k.c, IPPROTO_TCP, TCP_INFO, 1), -ENOPROTOOPT);
	must("shutdown", shutdown(k.c, SHUT_WR));
	must("read", read(k.s, &b, 1));
	await_state(k.c, TCP_FIN_WAIT2);
	show_info("after FIN", k.c);
	show_info("FIN received", k.s);
	must("shutdown", shutdown(k.s, SHUT_WR));
	await_state(k.s, TCP_CLOSE);
	show_info("at the end", k.s);
	ask("client's end", tcp_state(k.c));
}

static void queue_lengths(void)
{
	int l = listen_on(0, 5);
	struct tcp_info i;
	socklen_t len = sizeof(i);

	for (int n = 0; n < 3; n++)
		must("connect", connect_to(client_socket(), at_server(0)));
	await(l, POLLIN);
	getsockopt(l, IPPROTO_TCP, TCP_INFO, &i, &len);
	say("waiting", "%u of %u", i.tcpi_unacked, i.tcpi_sacked);
}

/* A smaller segment size set before the handshake is announced; one set on the listener is, too. */
static void maxseg(void)
{
	int l, c, s;

	ethernet_mtu();
	l = listen_on(0, 8);
	c = client_socket();
	want("client", set_int(c, IPPROTO_TCP, TCP_MAXSEG, 500), 0);
	want("listener", set_int(l, IPPROTO_TCP, TCP_MAXSEG, 700), 0);
	must("connect", connect_to(c, at_server(0)));
	s = must("accept", accept(l, NULL, NULL));
	ask_opt("client sends", c, IPPROTO_TCP, TCP_MAXSEG);
	ask_opt("server sends", s, IPPROTO_TCP, TCP_MAXSEG);
	ask("later", set_int(c, IPPROTO_TCP, TCP_MAXSEG, 300));
	ask_opt("client sends later", c, IPPROTO_TCP, TCP_MAXSEG);
}

static int has_connection(int fd)
{
	return await(fd, POLLIN) & POLLIN;
}

static void defer_accept(void)
{
	int l = listen_on(0, 8), c = client_socket(), s;
	char b[8];

	want("set", set_int(l, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5), 0);
	want("connect", connect_to(c, at_server(0)), 0);
	want_str("nothing to accept", poll_str(l), "none");
	send_all(c, "data", 4);
	has_connection(l);
	s = want("accept", accept(l, NULL, NULL), ANY);
	want("with its data", recv(s, b, 8, MSG_DONTWAIT), 4);
}

static void user_timeout(void)
{
	struct link k;
	int n;

	if (env.client_ns >= 0)
		return;
	k = link_up();
	must("set", set_int(k.c, IPPROTO_TCP, TCP_USER_TIMEOUT, 1000));
	must("loss", system("tc qdisc add dev lo root netem loss 100%") ? -1 : 0);
	send_all(k.c, "lost", 4);
	n = await(k.c, POLLHUP);
	say("poll", "%s", mask_str(n));
	want_str("error", so_error_name(k.c), "ETIMEDOUT");
}

static void keepalive(void)
{
	struct link k;

	if (env.client_ns >= 0)
		return;
	k = link_up();
	must("idle", set_int(k.c, IPPROTO_TCP, TCP_KEEPIDLE, 1));
	must("interval", set_int(k.c, IPPROTO_TCP, TCP_KEEPINTVL, 1));
	must("count", set_int(k.c, IPPROTO_TCP, TCP_KEEPCNT, 2));
	must("on", set_int(k.c, SOL_SOCKET, SO_KEEPALIVE, 1));
	must("loss", system("tc qdisc add dev lo root netem loss 100%") ? -1 : 0);
	await(k.c, POLLHUP);
	say("poll", "%s", poll_str(k.c));
	want_str("error", so_error_name(k.c), "ETIMEDOUT");
}

/* Which bytes the two protocols have in common: all but ports, numbers, checksums, timestamps. */
static void say_syn(const char *step, const unsigned char *syn, socklen_t len, int ip)
{
	const unsigned char *tcp = syn + ip + (env.v6 ? 40 : 20);

	say(step, "%d octets, version %d, tcp header %d, flags %02x, port %d, first option %d", len,
	    syn[ip] >> 4, tcp[12] >> 4, tcp[13], ntohs(*(const uint16_t *)(tcp + 2)) - env.base, tcp[20]);
}

static void saved_syn(void)
{
	unsigned char syn[256];
	struct link k;
	socklen_t len;
	int l, c, s;

	for (int mode = 1; mode <= 2; mode++) {
		l = listen_on(mode, 8);
		want("set", set_int(l, IPPROTO_TCP, TCP_SAVE_SYN, mode), 0);
		c = client_socket();
		must("connect", connect_to(c, at_server(mode)));
		s = must("accept", accept(l, NULL, NULL));
		ask_opt("inherited", s, IPPROTO_TCP, TCP_SAVE_SYN);
		len = 10;
		ask("too short", getsockopt(s, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len));
		ask("too short, length", len);
		len = sizeof(syn);
		ask("fault", getsockopt(s, IPPROTO_TCP, TCP_SAVED_SYN, (void *)1, &len));
		len = sizeof(syn);
		want("get", getsockopt(s, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len), 0);
		say_syn("is", syn, len, mode == 2 ? 14 : 0);
		len = sizeof(syn);
		want("again", getsockopt(s, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len), 0);
		want("nothing then", len, 0);
		len = sizeof(syn);
		want("client", getsockopt(c, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len), 0);
		want("has nothing", len, 0);
	}
	k = link_up();
	len = sizeof(syn);
	want("not asked for", getsockopt(k.s, IPPROTO_TCP, TCP_SAVED_SYN, syn, &len), 0);
	want("not there", len, 0);
}

static void read_with_inq(const char *step, int fd, size_t len, int flags)
{
	char control[64] = {}, b[64];
	struct iovec v = { b, len };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 64 };
	long n = recvmsg(fd, &m, flags);
	struct cmsghdr *cm = CMSG_FIRSTHDR(&m);
	int inq = -1;

	if (n >= 0 && cm)
		memcpy(&inq, CMSG_DATA(cm), sizeof(inq));
	say(step, "%ld, control %zu, level %d type %d: %d", n, (size_t)m.msg_controllen, cm ? cm->cmsg_level : 0,
	    cm ? cm->cmsg_type : 0, inq);
}

static void inq(void)
{
	struct link k = link_up();

	send_all(k.c, "abcdefgh", 8);
	await_inq(k.s, 8);
	read_with_inq("off", k.s, 1, 0);
	want("set", set_int(k.s, IPPROTO_TCP, TCP_INQ, 1), 0);
	read_with_inq("part", k.s, 3, 0);
	read_with_inq("peek", k.s, 3, MSG_PEEK);
	read_with_inq("nothing wanted", k.s, 0, 0);
	read_with_inq("the rest", k.s, 64, 0);
	read_with_inq("nothing there", k.s, 64, MSG_DONTWAIT);
	send_all(k.c, "ij", 2);
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, POLLRDHUP);
	read_with_inq("before the end", k.s, 1, 0);
	read_with_inq("the last", k.s, 64, 0);
	read_with_inq("the end", k.s, 64, 0);
}

static long unsent(int fd)
{
	int n = -1;

	return ioctl(fd, SIOCOUTQNSD, &n) < 0 ? -1 : n;
}

/* But for the octet of a window probe. */
static int sent_is_acked(int fd)
{
	int n = -1;

	return !ioctl(fd, SIOCOUTQ, &n) && n - unsent(fd) <= 1;
}

/* No more than so much waits in the buffer; the writer wakes up when half of it is sent. */
static void notsent_lowat(void)
{
	struct link k = link_up_small(60000);
	static char b[1000];

	must("set", set_int(k.c, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 10000));
	set_nonblock(k.c);
	/* What was on its way may make room. */
	do {
		while (send(k.c, b, sizeof(b), 0) > 0)
			;
		await_true("the peer's window is full", sent_is_acked, k.c);
	} while (strcmp(poll_str(k.c), "none"));
	want("full", unsent(k.c) >= 10000 && unsent(k.c) < 40000, 1);
	want_str("poll", poll_str(k.c), "none");
	while (drain(k.s) > 0 || !(await(k.c, POLLOUT) & POLLOUT))
		;
	want("half of it", unsent(k.c) < 5000, 1);
	want("takes more", send(k.c, b, sizeof(b), 0), sizeof(b));
}

const struct api_case tcpopt_cases[] = {
	CASE(level_6), CASE(own_level), CASE(listening), CASE(connected), CASE(lengths), CASE(congestion),
	CASE(info), CASE(queue_lengths), CASE(maxseg), CASE(defer_accept), CASE(user_timeout),
	CASE(keepalive), CASE(saved_syn), CASE(inq), CASE(notsent_lowat), {}
};
