// SPDX-License-Identifier: GPL-2.0
/* sockapi: connect() in every state, its errors, and the rarer ways to open a connection. */
#include <netinet/ip.h>

#include "sockapi.h"

static int nonblocking(void)
{
	int fd = client_socket();

	set_nonblock(fd);
	return fd;
}

static void blocking(void)
{
	int l = listen_on(0, 8), c = client_socket();

	want("connect", connect_to(c, at_server(0)), 0);
	want("state", tcp_state(c), TCP_ESTABLISHED);
	want("again", connect_to(c, at_server(0)), -EISCONN);
	want("elsewhere", connect_to(c, at_server(1)), -EISCONN);
	want("error", so_error(c), 0);
	close(l);
}

static void in_steps(void)
{
	int l = listen_on(0, 8), c = nonblocking();

	want("first", connect_to(c, at_server(0)), -EINPROGRESS);
	want_str("poll", mask_str(await(c, POLLOUT)), "OUT");
	want("error", so_error(c), 0);
	want("second", connect_to(c, at_server(0)), 0);
	want("third", connect_to(c, at_server(0)), -EISCONN);
	close(l);
}

static void in_progress(void)
{
	int c = nonblocking();
	char b;

	blackhole_route();
	want("first", connect_to(c, at(BLACKHOLE, 9)), -EINPROGRESS);
	want("second", connect_to(c, at(BLACKHOLE, 9)), -EALREADY);
	want("elsewhere", connect_to(c, at_server(0)), -EALREADY);
	want_str("state", state_name(tcp_state(c)), "SYN-SENT");
	want_str("poll", poll_str(c), "none");
	want("error", so_error(c), 0);
	ask("recv", recv(c, &b, 1, MSG_DONTWAIT));
	ask("send", send(c, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL));
	say("peer", "%s", peer_name(c));
	say("name", "%s", sock_name(c));
	ask("shutdown", shutdown(c, SHUT_WR));
	say("state after", "%s", state_name(tcp_state(c)));
	say("poll after", "%s", poll_str(c));
	ask("connect after", connect_to(c, at(BLACKHOLE, 9)));
	ask("recv after", recv(c, &b, 1, MSG_DONTWAIT));
}

static void refused(void)
{
	int c = client_socket(), l;

	want("connect", connect_to(c, at_server(31)), -ECONNREFUSED);
	want("error is cleared", so_error(c), 0);
	say("poll", "%s", poll_str(c));
	say("name", "%s", sock_name(c));
	want_str("peer", peer_name(c), "ENOTCONN");
	want("state", tcp_state(c), TCP_CLOSE);
	want("again", connect_to(c, at_server(31)), -ECONNREFUSED);
	l = listen_on(0, 4);
	want("to a listener then", connect_to(c, at_server(0)), 0);
	close(l);
}

static void refused_later(void)
{
	int c = nonblocking();
	char b;

	want("connect", connect_to(c, at_server(31)), -EINPROGRESS);
	await(c, POLLHUP);
	say("poll", "%s", poll_str(c));
	want_str("error", so_error_name(c), "ECONNREFUSED");
	want("error again", so_error(c), 0);
	say("poll after", "%s", poll_str(c));
	ask("connect", connect_to(c, at_server(31)));
	ask("connect again", connect_to(c, at_server(31)));
	c = nonblocking();
	connect_to(c, at_server(31));
	await(c, POLLHUP);
	ask("connect tells", connect_to(c, at_server(31)));
	ask("then", connect_to(c, at_server(31)));
	c = nonblocking();
	connect_to(c, at_server(31));
	await(c, POLLHUP);
	ask("recv tells", recv(c, &b, 1, 0));
	ask("recv then", recv(c, &b, 1, 0));
	c = nonblocking();
	connect_to(c, at_server(31));
	await(c, POLLHUP);
	ask("send tells", send(c, "x", 1, MSG_NOSIGNAL));
	ask("send then", send(c, "x", 1, MSG_NOSIGNAL));
}

static void addresses(void)
{
	static const struct place {
		const char *name, *addr;
	} four[] = {
		{ "broadcast", "255.255.255.255" }, { "net broadcast", "127.255.255.255" },
		{ "multicast", "224.0.0.1" }, { "no route", "192.0.2.1" }, { "class E", "240.0.0.1" },
		{ "barred", "10.97.0.7" },
	}, six[] = {
		{ "multicast", "ff0e::1" }, { "multicast without scope", "ff02::1" }, { "no scope", "fe80::1" },
		{ "no route", "2001:db8::1" }, { "mapped", "::ffff:127.0.0.1" }, { "barred", "fd97::7" },
	};
	const struct place *t = env.v6 ? six : four;
	int l;

	blackhole_route();
	for (size_t i = 0; i < sizeof(four) / sizeof(four[0]); i++) {
		int c = client_socket();
		char step[64];

		ask(t[i].name, connect_to(c, at(t[i].addr, port(0))));
		snprintf(step, sizeof(step), "%s name", t[i].name);
		say(step, "%s", sock_name(c));
		snprintf(step, sizeof(step), "%s state", t[i].name);
		say(step, "%s", state_name(tcp_state(c)));
	}
	l = server_socket();
	must("bind", bind_to(l, at(ANYWHERE, port(0))));
	must("listen", listen(l, 4));
	l = client_socket();
	want("any", connect_to(l, at(ANYWHERE, port(0))), 0);
	say("any peer", "%s", peer_name(l));
	l = client_socket();
	want("other loopback", connect_to(l, at(other_loopback(), port(0))), 0);
	say("other loopback name", "%s", sock_name(l));
	ask("port 0", connect_to(client_socket(), at(env.server, 0)));
}

static void arguments(void)
{
	struct sockaddr_storage ss = {};
	char step[32];
	int l = listen_on(0, 16);
	static const int len[] = { 0, 1, 2, 8, 15, 16, 23, 24, 27, 28, 128, 129, -1 };
	const int family[] = { AF_UNIX, env.v6 ? AF_INET : AF_INET6, 255 };

	for (size_t i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		memcpy(&ss, at_server(0), sizeof(union addr));
		snprintf(step, sizeof(step), "length %d", len[i]);
		want(step, connect(client_socket(), (struct sockaddr *)&ss, len[i]),
		     len[i] < env.addr_min || len[i] > 128 ? -EINVAL : 0);
	}
	for (size_t i = 0; i < sizeof(family) / sizeof(family[0]); i++) {
		ss.ss_family = family[i];
		snprintf(step, sizeof(step), "family %d", family[i]);
		want(step, connect(client_socket(), (struct sockaddr *)&ss, env.addr_len), -EAFNOSUPPORT);
	}
	want("fault", connect(client_socket(), (struct sockaddr *)1, 16), -EFAULT);
	close(l);
}

static void disconnect(void)
{
	struct link k = link_up();
	char b;
	int c = client_socket();

	want("fresh", connect_to(c, unspec()), 0);
	want("short", connect(k.c, &unspec()->sa, 2), 0);
	want("state", tcp_state(k.c), TCP_CLOSE);
	say("name", "%s", sock_name(k.c));
	want_str("peer", peer_name(k.c), "ENOTCONN");
	say("poll", "%s", poll_str(k.c));
	await(k.s, POLLHUP);
	want("the other side", recv(k.s, &b, 1, 0), -ECONNRESET);
	ask("recv", recv(k.c, &b, 1, 0));
	ask("error", so_error(k.c));
	want("connect again", connect_to(k.c, at_server(0)), 0);
	k.s = must("accept", accept(k.l, NULL, NULL));
	send_all(k.c, "x", 1);
	want("works", recv(k.s, &b, 1, 0), 1);
}

static void disconnect_bound(void)
{
	int l = listen_on(0, 8), c = client_socket();

	must("bind", bind_to(c, at_client(1)));
	must("connect", connect_to(c, at_server(0)));
	want("unspec", connect_to(c, unspec()), 0);
	say("name", "%s", sock_name(c));
	ask("bind again", bind_to(c, at_client(2)));
	ask("reconnect", connect_to(c, at_server(0)));
	want("unspec twice", connect_to(c, unspec()), 0);
	want("then listen", listen(c, 4), 0);
	say("listens", "%s", sock_name(c));
	close(l);
}

static void disconnect_connecting(void)
{
	int c = nonblocking(), l = listen_on(0, 4);

	blackhole_route();
	want("connect", connect_to(c, at(BLACKHOLE, 9)), -EINPROGRESS);
	want("unspec", connect_to(c, unspec()), 0);
	want("state", tcp_state(c), TCP_CLOSE);
	say("error", "%s", so_error_name(c));
	say("name", "%s", sock_name(c));
	want("elsewhere", connect_to(c, at_server(0)), -EINPROGRESS);
	await(c, POLLOUT);
	want("state", tcp_state(c), TCP_ESTABLISHED);
	close(l);
}

static void disconnect_closed(void)
{
	struct link k = link_up();
	char b;

	send_all(k.s, "unread", 6);
	await_inq(k.c, 6);
	must("shutdown", shutdown(k.c, SHUT_WR));
	must("read", read(k.s, &b, 1));
	want("half closed", connect_to(k.c, unspec()), 0);
	ask("nothing left to read", recv(k.c, &b, 1, MSG_DONTWAIT));
	await(k.s, POLLHUP);
	say("peer's error", "%s", so_error_name(k.s));
	want("reset", connect_to(k.s, unspec()), 0);
	want("client again", connect_to(k.c, at_server(0)), 0);
	want("both ways", send(k.c, "x", 1, 0), 1);
}

static void timeout_send(void)
{
	int c = client_socket();
	long start = now_ms();

	blackhole_route();
	set_timeout(c, SO_SNDTIMEO, 150);
	want("connect", connect_to(c, at(BLACKHOLE, 9)), -EINPROGRESS);
	want("not before the time", now_ms() - start >= 140, 1);
	want("again", connect_to(c, at(BLACKHOLE, 9)), -EALREADY);
	want("state", tcp_state(c), TCP_SYN_SENT);
}

static int readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && (p.revents & POLLIN);
}

static void timed_out(void)
{
	int c = nonblocking();

	blackhole_route();
	want("syncnt", set_int(c, IPPROTO_TCP, TCP_SYNCNT, 1), 0);
	want("connect", connect_to(c, at(BLACKHOLE, 9)), -EINPROGRESS);
	await(c, POLLHUP);
	/* The error is there a moment before the end of the stream is. */
	await_true("the end", readable, c);
	say("poll", "%s", poll_str(c));
	want_str("error", so_error_name(c), "ETIMEDOUT");
	want("state", tcp_state(c), TCP_CLOSE);
	c = client_socket();
	set_int(c, IPPROTO_TCP, TCP_SYNCNT, 1);
	want("blocking", connect_to(c, at(BLACKHOLE, 9)), -ETIMEDOUT);
}

static void bound_here(void)
{
	int l = listen_on(0, 8), c = client_socket();

	must("bind", bind_to(c, at(other_loopback(), port(1))));
	want("connect", connect_to(c, at_server(0)), 0);
	say("name", "%s", sock_name(c));
	say("peer", "%s", peer_name(accept(l, NULL, NULL)));
	c = client_socket();
	must("bind", bind_to(c, at(ANYWHERE, port(2))));
	want("bound to any", connect_to(c, at_server(0)), 0);
	say("name then", "%s", sock_name(c));
}

const struct api_case connect_cases[] = {
	CASE(blocking), CASE(in_steps), CASE(in_progress), CASE(refused), CASE(refused_later), CASE(addresses),
	CASE(arguments), CASE(disconnect), CASE(disconnect_bound), CASE(disconnect_connecting),
	CASE(disconnect_closed), CASE(timeout_send), CASE(timed_out), CASE(bound_here), {}
};

/* Opening without a listener. */

static void with_itself(void)
{
	int fd = server_socket();
	char b[8] = "";

	must("bind", bind_to(fd, at_server(0)));
	want("connect", connect_to(fd, at_server(0)), 0);
	want("state", tcp_state(fd), TCP_ESTABLISHED);
	want_str("name", sock_name(fd), addr_str(at_server(0)));
	want_str("peer", peer_name(fd), addr_str(at_server(0)));
	want("send", send(fd, "echo", 5, 0), 5);
	want("recv", recv(fd, b, 8, 0), 5);
	want_str("data", b, "echo");
	want("shutdown", shutdown(fd, SHUT_WR), 0);
	want("eof", recv(fd, b, 8, 0), 0);
	say("state after", "%s", state_name(tcp_state(fd)));
	say("poll", "%s", poll_str(fd));
	want("close", close(fd), 0);
}

/* A delay on lo keeps both SYNs on their way until both ends have asked. */
static void simultaneous(void)
{
	int a = nonblocking(), b = nonblocking(), closed;
	char x[8] = "";

	must("qdisc", system("tc qdisc add dev lo root netem delay 50ms") ? -1 : 0);
	must("bind", bind_to(a, at_server(0)));
	must("bind", bind_to(b, at_server(1)));
	want("first", connect_to(a, at_server(1)), -EINPROGRESS);
	want("second", connect_to(b, at_server(0)), -EINPROGRESS);
	await(a, POLLOUT);
	await(b, POLLOUT);
	want_str("first state", state_name(tcp_state(a)), "ESTABLISHED");
	want_str("second state", state_name(tcp_state(b)), "ESTABLISHED");
	want("first error", so_error(a), 0);
	want("second error", so_error(b), 0);
	want("send", send(a, "ab", 2, 0), 2);
	want("send back", send(b, "cde", 3, 0), 3);
	fcntl(a, F_SETFL, 0);
	fcntl(b, F_SETFL, 0);
	want("recv", recv(b, x, 8, 0), 2);
	want("recv back", recv(a, x, 8, 0), 3);
	closed = shutdown(a, SHUT_WR) | shutdown(b, SHUT_WR);
	want("simultaneous close", closed, 0);
	want("eof", recv(a, x, 8, 0), 0);
	want("eof back", recv(b, x, 8, 0), 0);
}

static void tos_and_ttl(void)
{
	int l = listen_on(0, 8), c = client_socket(), s;

	must("tos", set_int(c, env.ip_level, env.ip_tos, IPTOS_THROUGHPUT));
	must("connect", connect_to(c, at_server(0)));
	s = must("accept", accept(l, NULL, NULL));
	want("client", get_int(c, env.ip_level, env.ip_tos), IPTOS_THROUGHPUT);
	ask_opt("server", s, env.ip_level, env.ip_tos);
}

const struct api_case open_cases[] = { CASE(with_itself), CASE(simultaneous), CASE(tos_and_ttl), {} };
