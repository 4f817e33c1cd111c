// SPDX-License-Identifier: GPL-2.0
/* sockapi: listen(), the accept queue, accept() and what a new socket inherits. */
#include <sys/resource.h>

#include "sockapi.h"

static void basics(void)
{
	int fd = server_socket();

	want("unbound", listen(fd, 4), 0);
	say("chosen", "%s", sock_name(fd));
	want("state", tcp_state(fd), TCP_LISTEN);
	want("twice", listen(fd, 8), 0);
	want("acceptconn", get_int(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	want_str("poll", poll_str(fd), "none");
	want_str("peer", peer_name(fd), "ENOTCONN");
	fd = server_socket();
	want("not listening", get_int(fd, SOL_SOCKET, SO_ACCEPTCONN), 0);
	want("backlog 0", listen(fd, 0), 0);
	want("negative", listen(server_socket(), -1), 0);
	want("huge", listen(server_socket(), INT_MAX), 0);
}

static void states(void)
{
	struct link k = link_up();
	char b;

	want("connected", listen(k.c, 4), -EINVAL);
	want("accepted", listen(k.s, 4), -EINVAL);
	must("shutdown", shutdown(k.c, SHUT_WR));
	must("read", read(k.s, &b, 1));
	want("half closed", listen(k.c, 4), -EINVAL);
	want("close wait", listen(k.s, 4), -EINVAL);
	must("shutdown", shutdown(k.s, SHUT_WR));
	await_state(k.s, TCP_CLOSE);
	ask("closed", listen(k.s, 4));
	say("closed name", "%s", sock_name(k.s));
}

static void in_syn_sent(void)
{
	int fd = client_socket();

	blackhole_route();
	set_nonblock(fd);
	want("connect", connect_to(fd, at(BLACKHOLE, port(0))), -EINPROGRESS);
	want("listen", listen(fd, 4), -EINVAL);
	want("accept", accept(fd, NULL, NULL), -EINVAL);
	want("bind", bind_to(fd, at_client(1)), -EINVAL);
}

static void calls_on_listener(void)
{
	char b[4] = "";
	int fd = listen_on(0, 4);

	want("recv", recv(fd, b, 1, 0), -ENOTCONN);
	want("send", send(fd, b, 1, MSG_NOSIGNAL), -EPIPE);
	want("connect", connect_to(fd, at_server(1)), -EISCONN);
	want("inq", ioctl(fd, SIOCINQ, b), -EINVAL);
	want("outq", ioctl(fd, SIOCOUTQ, b), -EINVAL);
	want("shutdown write", shutdown(fd, SHUT_WR), 0);
	say("state after that", "%s", state_name(tcp_state(fd)));
	want("shutdown read", shutdown(fd, SHUT_RD), 0);
	say("state", "%s", state_name(tcp_state(fd)));
	say("poll", "%s", poll_str(fd));
	want("accept", accept(fd, NULL, NULL), -EINVAL);
	want("connect to it", connect_to(client_socket(), at_server(0)), -ECONNREFUSED);
	say("name", "%s", sock_name(fd));
	want("listen again", listen(fd, 4), 0);
	want("connect again", connect_to(client_socket(), at_server(0)), 0);
	want("accept again", accept(fd, NULL, NULL), ANY);
}

static void disconnect(void)
{
	int fd = listen_on(0, 4);

	want("unspec", connect_to(fd, unspec()), 0);
	say("state", "%s", state_name(tcp_state(fd)));
	say("name", "%s", sock_name(fd));
	want("refused", connect_to(client_socket(), at_server(0)), -ECONNREFUSED);
	want("listen", listen(fd, 4), 0);
}

static int clients[8];

static int established(int count)
{
	int n = 0;

	for (int i = 0; i < 8; i++)
		n += clients[i] > 0 && tcp_state(clients[i]) == TCP_ESTABLISHED;
	return n >= count;
}

static int syn_repeated(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info.tcpi_total_retrans > 0 || info.tcpi_retransmits > 0;
}

/* A queue of `backlog` takes one more than that; later SYNs go unanswered until accept() makes room. */
static void overflow_at(int backlog)
{
	int l = listen_on(0, backlog), room = backlog + 1, n = 0;

	for (int i = 0; i < room + 1; i++) {
		clients[i] = client_socket();
		set_nonblock(clients[i]);
		want("connect", connect_to(clients[i], at_server(0)), -EINPROGRESS);
		if (i < room)
			await_true("connection", established, i + 1);
	}
	await_true("a repeated SYN", syn_repeated, clients[room]);
	say("the one too many", "%s", state_name(tcp_state(clients[room])));
	want("accept", accept(l, NULL, NULL), ANY);
	await_true("the last connection", established, room + 1);
	set_nonblock(l);
	while (n < room && await(l, POLLIN) && accept(l, NULL, NULL) >= 0)
		n++;
	want("accepted after", n, room);
	want("no more", accept(l, NULL, NULL), -EAGAIN);
}

static void backlog_0(void)
{
	overflow_at(0);
}

static void backlog_2(void)
{
	overflow_at(2);
}

static void somaxconn(void)
{
	write_sysctl("core/somaxconn", "1");
	clients[0] = 0;
	overflow_at(1);
}

static void grow(void)
{
	int l = listen_on(0, 0);

	for (int i = 0; i < 3; i++) {
		clients[i] = client_socket();
		set_nonblock(clients[i]);
		connect_to(clients[i], at_server(0));
		if (i == 0) {
			await_true("connection", established, 1);
			want("grow", listen(l, 8), 0);
		}
	}
	await_true("all", established, 3);
	want("three in the queue", established(3), 1);
}

/* The listener goes away with connections in its queue. */
static void close_with_queue(void)
{
	int l = listen_on(0, 4), c = client_socket(), d = client_socket();
	char b;

	must("connect", connect_to(c, at_server(0)));
	must("connect", connect_to(d, at_server(0)));
	close(l);
	await(c, POLLHUP);
	await(d, POLLHUP);
	say("poll", "%s", poll_str(c));
	want("recv", recv(c, &b, 1, 0), -ECONNRESET);
	want("recv after", recv(c, &b, 1, 0), 0);
	want("send", send(d, "x", 1, MSG_NOSIGNAL), -ECONNRESET);
	want("refused now", connect_to(client_socket(), at_server(0)), -ECONNREFUSED);
}

const struct api_case listen_cases[] = {
	CASE(basics), CASE(states), CASE(in_syn_sent), CASE(calls_on_listener), CASE(disconnect), CASE(backlog_0),
	CASE(backlog_2), CASE(somaxconn), CASE(grow), CASE(close_with_queue), {}
};

/* accept() */

static int waiting_client(int l)
{
	int c = client_socket();

	must("connect", connect_to(c, at_server(0)));
	await(l, POLLIN);
	return c;
}

static void accept_flags(void)
{
	int l = listen_on(0, 8), s;

	set_nonblock(l);
	want("empty", accept(l, NULL, NULL), -EAGAIN);
	waiting_client(l);
	s = want("plain", accept(l, NULL, NULL), ANY);
	want("nonblock not inherited", fcntl(s, F_GETFL), O_RDWR);
	want("no cloexec", fcntl(s, F_GETFD), 0);
	waiting_client(l);
	s = want("accept4", accept4(l, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), ANY);
	want("nonblock", fcntl(s, F_GETFL), O_RDWR | O_NONBLOCK);
	want("cloexec", fcntl(s, F_GETFD), FD_CLOEXEC);
	waiting_client(l);
	want("unknown flag", accept4(l, NULL, NULL, 1), -EINVAL);
	want("still there", accept(l, NULL, NULL), ANY);
	want("empty again", accept(l, NULL, NULL), -EAGAIN);
}

static void accept_address(void)
{
	int l = listen_on(0, 8), c = client_socket(), s;
	union addr a = {};
	socklen_t len = sizeof(a);
	unsigned char big[64];

	must("bind", bind_to(c, at_client(1)));
	must("connect", connect_to(c, at_server(0)));
	s = want("accept", accept(l, &a.sa, &len), ANY);
	say("address", "%s", addr_str(&a));
	want("length", len, env.addr_len);
	want_str("name", sock_name(s), addr_str(at_server(0)));
	want_str("peer", peer_name(s), addr_str(at_client(1)));
	waiting_client(l);
	len = 4;
	memset(big, 0xee, sizeof(big));
	want("short", accept(l, (struct sockaddr *)big, &len), ANY);
	want("true length", len, env.addr_len);
	want("no more written", big[4], 0xee);
	waiting_client(l);
	len = sizeof(big);
	want("long", accept(l, (struct sockaddr *)big, &len), ANY);
	want("long length", len, env.addr_len);
	waiting_client(l);
	len = -1;
	want("negative length", accept(l, (struct sockaddr *)big, &len), -EINVAL);
	set_nonblock(l);
	ask("lost by that", accept(l, NULL, NULL));
	waiting_client(l);
	len = sizeof(a);
	want("fault", accept(l, (struct sockaddr *)1, &len), -EFAULT);
	ask("lost by the fault", accept(l, NULL, NULL));
	waiting_client(l);
	want("null length", accept(l, &a.sa, NULL), -EFAULT);
}

static void accept_wrong(void)
{
	struct link k = link_up();

	want("unbound", accept(server_socket(), NULL, NULL), -EINVAL);
	want("client", accept(k.c, NULL, NULL), -EINVAL);
	want("server side", accept(k.s, NULL, NULL), -EINVAL);
}

static void accept_order(void)
{
	int l = listen_on(0, 8), c[4], s;
	char step[32];

	for (int i = 0; i < 4; i++) {
		c[i] = client_socket();
		must("bind", bind_to(c[i], at_client(i + 1)));
		must("connect", connect_to(c[i], at_server(0)));
	}
	for (int i = 0; i < 4; i++) {
		s = accept(l, NULL, NULL);
		snprintf(step, sizeof(step), "accept %d", i);
		want_str(step, peer_name(s), addr_str(at_client(i + 1)));
	}
}

static void accept_timeout(void)
{
	int l = listen_on(0, 8);
	long start = now_ms();

	set_timeout(l, SO_RCVTIMEO, 150);
	want("accept", accept(l, NULL, NULL), -EAGAIN);
	want("not before the time", now_ms() - start >= 140, 1);
	waiting_client(l);
	want("with a client", accept(l, NULL, NULL), ANY);
}

static void accept_reset(void)
{
	int l = listen_on(0, 8), c = waiting_client(l), s;
	char b;

	must("linger", set_linger(c, 1, 0));
	close(c);
	say("poll", "%s", mask_str(await(l, POLLIN)));
	s = want("accept", accept(l, NULL, NULL), ANY);
	await(s, POLLHUP);
	say("poll", "%s", poll_str(s));
	say("peer", "%s", peer_name(s));
	ask("recv", recv(s, &b, 1, 0));
	ask("recv again", recv(s, &b, 1, 0));
	ask("send", send(s, "x", 1, MSG_NOSIGNAL));
}

static void accept_closed(void)
{
	int l = listen_on(0, 8), c = waiting_client(l), s;
	char b[8];

	send_all(c, "hello", 5);
	close(c);
	s = want("accept", accept(l, NULL, NULL), ANY);
	await(s, 0x2000);
	say("poll", "%s", poll_str(s));
	want("recv", read_all(s, b, 8), 5);
	want("eof", recv(s, b, 1, 0), 0);
}

static void accept_with_data(void)
{
	int l = listen_on(0, 8), c = waiting_client(l), s;
	char b[8] = "";

	send_all(c, "first", 6);
	await_acked(c);
	s = want("accept", accept(l, NULL, NULL), ANY);
	await_inq(s, 6);
	want("recv", recv(s, b, 8, MSG_DONTWAIT), 6);
	want_str("data", b, "first");
}

static void accept_no_descriptor(void)
{
	struct rlimit r, none;
	int l = listen_on(0, 8);

	waiting_client(l);
	getrlimit(RLIMIT_NOFILE, &r);
	none = r;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	want("accept", accept(l, NULL, NULL), -EMFILE);
	setrlimit(RLIMIT_NOFILE, &r);
	want("nothing lost", accept(l, NULL, NULL), ANY);
}

static void accept_unprivileged(void)
{
	struct stat st;
	int l = listen_on(0, 8), s;

	waiting_client(l);
	s = accept(l, NULL, NULL);
	want("fstat", fstat(s, &st), 0);
	say("mode", "%o uid %d", st.st_mode, st.st_uid);
	must("setuid", setuid(65534));
	waiting_client(l);
	s = accept(l, NULL, NULL);
	fstat(s, &st);
	say("mode later", "%o uid %d", st.st_mode, st.st_uid);
}

const struct api_case accept_cases[] = {
	CASE(accept_flags), CASE(accept_address), CASE(accept_wrong), CASE(accept_order), CASE(accept_timeout),
	CASE(accept_reset), CASE(accept_closed), CASE(accept_with_data), CASE(accept_no_descriptor),
	CASE(accept_unprivileged), {}
};

/* Inheritance: set on the listener, read on both. */

static const struct {
	const char *name;
	int level, option, value;
} inherited[] = {
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE, 1 }, { "reuseaddr", SOL_SOCKET, SO_REUSEADDR, 1 },
	{ "reuseport", SOL_SOCKET, SO_REUSEPORT, 1 }, { "oobinline", SOL_SOCKET, SO_OOBINLINE, 1 },
	{ "dontroute", SOL_SOCKET, SO_DONTROUTE, 1 }, { "broadcast", SOL_SOCKET, SO_BROADCAST, 1 },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF, 30000 }, { "rcvbuf", SOL_SOCKET, SO_RCVBUF, 30000 },
	{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT, 7 }, { "priority", SOL_SOCKET, SO_PRIORITY, 4 },
	{ "mark", SOL_SOCKET, SO_MARK, 77 }, { "no_check", SOL_SOCKET, SO_NO_CHECK, 1 },
	{ "timestamp", SOL_SOCKET, SO_TIMESTAMP, 1 }, { "passcred", SOL_SOCKET, SO_PASSCRED, 1 },
	{ "zerocopy", SOL_SOCKET, SO_ZEROCOPY, 1 },
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY, 1 }, { "cork", IPPROTO_TCP, TCP_CORK, 1 },
	{ "maxseg", IPPROTO_TCP, TCP_MAXSEG, 1000 }, { "keepidle", IPPROTO_TCP, TCP_KEEPIDLE, 111 },
	{ "keepintvl", IPPROTO_TCP, TCP_KEEPINTVL, 22 }, { "keepcnt", IPPROTO_TCP, TCP_KEEPCNT, 5 },
	{ "syncnt", IPPROTO_TCP, TCP_SYNCNT, 3 }, { "linger2", IPPROTO_TCP, TCP_LINGER2, 9 },
	{ "defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT, 0 },
	{ "window_clamp", IPPROTO_TCP, TCP_WINDOW_CLAMP, 20000 },
	{ "user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT, 12345 },
	{ "tos", IPPROTO_IP, IP_TOS, 0x10 }, { "ttl", IPPROTO_IP, IP_TTL, 33 },
	{ "recvtos", IPPROTO_IP, IP_RECVTOS, 1 }, { "recvttl", IPPROTO_IP, IP_RECVTTL, 1 },
	{ "pktinfo", IPPROTO_IP, IP_PKTINFO, 1 }, { "recverr", IPPROTO_IP, IP_RECVERR, 1 },
	{ "freebind", IPPROTO_IP, IP_FREEBIND, 1 }, { "mtu_discover", IPPROTO_IP, IP_MTU_DISCOVER, 0 },
	{ "minttl", IPPROTO_IP, IP_MINTTL, 1 }, { "bind_no_port", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1 },
	{ "transparent", IPPROTO_IP, IP_TRANSPARENT, 1 }, { "checksum", IPPROTO_IP, IP_CHECKSUM, 1 },
	{ "recvopts", IPPROTO_IP, IP_RECVOPTS, 1 }, { "retopts", IPPROTO_IP, IP_RETOPTS, 1 },
	{ "passsec", IPPROTO_IP, IP_PASSSEC, 1 }, { "origdst", IPPROTO_IP, IP_RECVORIGDSTADDR, 1 },
	{ "multicast_all", IPPROTO_IP, IP_MULTICAST_ALL, 0 }, { "recverr_rfc4884", IPPROTO_IP, 26, 1 },
	{ "multicast_ttl", IPPROTO_IP, IP_MULTICAST_TTL, 7 }, { "multicast_loop", IPPROTO_IP, IP_MULTICAST_LOOP, 0 },
	{ "unicast_if", IPPROTO_IP, 50, 1 << 24 }, { "nodefrag", IPPROTO_IP, IP_NODEFRAG, 1 },
	{ "local port range", IPPROTO_IP, IP_LOCAL_PORT_RANGE, 50000 | 50009 << 16 },
	{ "bindtoifindex", SOL_SOCKET, SO_BINDTOIFINDEX, 1 },
};

static void options(void)
{
	char step[64];

	for (size_t i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
		int l = listen_on(0, 8), c = client_socket(), s, result;

		result = set_int(l, inherited[i].level, inherited[i].option, inherited[i].value);
		snprintf(step, sizeof(step), "set %s", inherited[i].name);
		ask(step, result);
		must("connect", connect_to(c, at_server(0)));
		s = must("accept", accept(l, NULL, NULL));
		snprintf(step, sizeof(step), "listener's %s", inherited[i].name);
		ask_opt(step, l, inherited[i].level, inherited[i].option);
		snprintf(step, sizeof(step), "child's %s", inherited[i].name);
		ask_opt(step, s, inherited[i].level, inherited[i].option);
		must("linger", set_linger(c, 1, 0));	/* Leaves no TIME-WAIT on the port. */
		close(c);
		await(s, POLLHUP);
		close(s);
		close(l);
	}
}

static void structures(void)
{
	int l = listen_on(0, 8), c = client_socket(), s;
	struct timeval tv = {};
	struct linger linger = {};
	socklen_t len = sizeof(tv);
	char cc[16] = "";

	set_timeout(l, SO_RCVTIMEO, 7000);
	set_timeout(l, SO_SNDTIMEO, 8000);
	must("linger", set_linger(l, 1, 6));
	setsockopt(l, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
	must("owner", fcntl(l, F_SETOWN, getpid()));
	must("connect", connect_to(c, at_server(0)));
	s = must("accept", accept(l, NULL, NULL));
	getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, &len);
	say("rcvtimeo", "%ld.%06ld", (long)tv.tv_sec, (long)tv.tv_usec);
	getsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &tv, &len);
	say("sndtimeo", "%ld.%06ld", (long)tv.tv_sec, (long)tv.tv_usec);
	len = sizeof(linger);
	getsockopt(s, SOL_SOCKET, SO_LINGER, &linger, &len);
	say("linger", "%d %d", linger.l_onoff, linger.l_linger);
	len = sizeof(cc);
	getsockopt(s, IPPROTO_TCP, TCP_CONGESTION, cc, &len);
	say("congestion", "%s", cc);
	ask("owner", fcntl(s, F_GETOWN));
	ask_opt("acceptconn", s, SOL_SOCKET, SO_ACCEPTCONN);
	ask("error", so_error(s));
}

const struct api_case inherit_cases[] = { CASE(options), CASE(structures), {} };
