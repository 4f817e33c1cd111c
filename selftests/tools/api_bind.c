// SPDX-License-Identifier: GPL-2.0
/* sockapi: bind(), local ports, and who may share an address with whom. */
#include <sys/wait.h>

#include "sockapi.h"

static void basics(void)
{
	int fd = server_socket();

	want("loopback", bind_to(fd, at_server(0)), 0);
	want("again", bind_to(fd, at_server(1)), -EINVAL);
	want("same again", bind_to(fd, at_server(0)), -EINVAL);
	want_str("name stays", sock_name(fd), addr_str(at_server(0)));
	fd = server_socket();
	want("used", bind_to(fd, at_server(0)), -EADDRINUSE);
	want_str("still unbound", sock_name(fd), addr_str(at(ANYWHERE, 0)));
	want("another after failure", bind_to(fd, at_server(1)), 0);
	fd = server_socket();
	want("port 0", bind_to(fd, at(env.server, 0)), 0);
	say("chosen", "%s", sock_name(fd));
	want("port 0 again", bind_to(fd, at(env.server, 0)), -EINVAL);
	fd = server_socket();
	want("any", bind_to(fd, at(ANYWHERE, port(2))), 0);
	say("any name", "%s", sock_name(fd));
	fd = server_socket();
	want("any, port 0", bind_to(fd, at(ANYWHERE, 0)), 0);
	say("any chosen", "%s", sock_name(fd));
	fd = server_socket();
	want("highest port", bind_to(fd, at(ANYWHERE, 65535)), 0);
}

static void addresses(void)
{
	static const struct place {
		const char *name, *addr;
	} four[] = {
		{ "not local", "192.0.2.1" }, { "multicast", "224.0.0.1" }, { "broadcast", "255.255.255.255" },
		{ "net broadcast", "127.255.255.255" }, { "class E", "240.0.0.1" }, { "lo net", "127.9.8.7" },
		{ "zero net", "0.0.0.1" },
	}, six[] = {
		{ "not local", "2001:db8::1" }, { "multicast", "ff02::1" }, { "no scope", "fe80::1" },
		{ "mapped", "::ffff:127.0.0.1" }, { "mapped, not local", "::ffff:192.0.2.1" },
		{ "mapped multicast", "::ffff:224.0.0.1" }, { "compatible", "::127.0.0.1" },
	};
	const struct place *t = env.v6 ? six : four;

	for (size_t i = 0; i < sizeof(four) / sizeof(four[0]); i++)
		ask(t[i].name, bind_to(server_socket(), at(t[i].addr, port(i))));
	want("not local errno", bind_to(server_socket(), at(NOT_LOCAL, port(9))), -EADDRNOTAVAIL);
}

static void lengths(void)
{
	struct sockaddr_storage ss;
	char step[32];
	static const int len[] = { 0, 1, 2, 7, 8, 15, 16, 17, 23, 24, 27, 28, 29, 128, 129, -1 };

	for (size_t i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		memset(&ss, 0, sizeof(ss));
		memcpy(&ss, at_server(i), sizeof(union addr));
		snprintf(step, sizeof(step), "length %d", len[i]);
		want(step, bind(server_socket(), (struct sockaddr *)&ss, len[i]),
		     len[i] < env.addr_min || len[i] > 128 ? -EINVAL : 0);
	}
	want("fault", bind(server_socket(), (struct sockaddr *)1, 16), -EFAULT);
}

static void families(void)
{
	const struct {
		const char *name;
		int family;
		const char *addr;
		long expected;
	} t[] = {
		{ "unspec any", AF_UNSPEC, ANYWHERE, env.v6 ? -EAFNOSUPPORT : 0 },
		{ "unspec loopback", AF_UNSPEC, ip46("127.0.0.1", "::1"), -EAFNOSUPPORT },
		{ "unix", AF_UNIX, ANYWHERE, -EAFNOSUPPORT },
		{ "the other version", env.v6 ? AF_INET : AF_INET6, ANYWHERE, -EAFNOSUPPORT },
		{ "255", 255, ANYWHERE, -EAFNOSUPPORT },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		union addr a = *at(t[i].addr, port(i));

		a.sa.sa_family = t[i].family;
		want(t[i].name, bind_to(server_socket(), &a), t[i].expected);
	}
}

static void privileged(void)
{
	int fd = server_socket();

	want("root", bind_to(fd, at_server(80 - port(0))), 0);
	close(fd);
	must("setuid", setuid(65534));
	fd = server_socket();
	want("port 80", bind_to(fd, at_server(80 - port(0))), -EACCES);
	want("port 1023", bind_to(fd, at_server(1023 - port(0))), -EACCES);
	want("port 1024", bind_to(fd, at_server(1024 - port(0))), 0);
}

static void unprivileged_start(void)
{
	write_sysctl("ipv4/ip_unprivileged_port_start", "79");
	must("setuid", setuid(65534));
	want("port 78", bind_to(server_socket(), at(ANYWHERE, 78)), -EACCES);
	want("port 80", bind_to(server_socket(), at(ANYWHERE, 80)), 0);
}

static void states(void)
{
	struct link k = link_up();
	int fd;

	want("listening", bind_to(k.l, at_server(3)), -EINVAL);
	want("connected", bind_to(k.c, at_client(3)), -EINVAL);
	want("accepted", bind_to(k.s, at_server(3)), -EINVAL);
	fd = client_socket();
	ask("connect refused", connect_to(fd, at_server(31)));
	ask("after refusal", bind_to(fd, at_client(4)));
	say("name after refusal", "%s", sock_name(fd));
	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	ask("after reset", bind_to(k.s, at_server(5)));
	say("name after reset", "%s", sock_name(k.s));
}

static void freebind(void)
{
	int fd = server_socket();

	must("freebind", set_int(fd, IPPROTO_IP, IP_FREEBIND, 1));
	want("freebind", bind_to(fd, at(NOT_LOCAL, port(0))), 0);
	want("listen", listen(fd, 1), 0);
	fd = server_socket();
	must("transparent", set_int(fd, IPPROTO_IP, IP_TRANSPARENT, 1));
	want("transparent", bind_to(fd, at(NOT_LOCAL, port(1))), 0);
	write_sysctl(ip46("ipv4/ip_nonlocal_bind", "ipv6/ip_nonlocal_bind"), "1");
	want("nonlocal_bind", bind_to(server_socket(), at(NOT_LOCAL, port(2))), 0);
}

static void address_no_port(void)
{
	int fd = client_socket(), l = listen_on(0, 4), other = client_socket();

	want("set", set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1), 0);
	want("get", get_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), 1);
	want("bind", bind_to(fd, at(env.client, 0)), 0);
	say("bound", "%s", sock_name(fd));
	want("connect", connect_to(fd, at_server(0)), 0);
	say("connected", "%s", sock_name(fd));
	must("set", set_int(other, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
	want("bind with a port", bind_to(other, at_client(5)), 0);
	say("bound with a port", "%s", sock_name(other));
	fd = server_socket();
	must("set", set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1));
	must("bind", bind_to(fd, at(env.client, 0)));
	want("listen", listen(fd, 1), 0);
	say("listening", "%s", sock_name(fd));
	close(l);
}

/* How many of n sockets get a port, then what the next one hears. */
static void use_up(const char *step, int n, int reuse)
{
	int fd, got = 0, inside = 1;
	union addr a;
	socklen_t len = sizeof(a);

	for (int i = 0; i < n; i++) {
		fd = client_socket();
		must("reuse", set_int(fd, SOL_SOCKET, SO_REUSEADDR, reuse));
		if (bind_to(fd, at(env.client, 0)) < 0)
			break;
		getsockname(fd, &a.sa, &len);
		inside &= ntohs(a.in.sin_port) >= 40000 && ntohs(a.in.sin_port) <= 40003;
		got++;
	}
	say(step, "%d ports, all in range: %d, then %s", got, inside, got == n ? "ok" : err_name(errno));
}

static void port_range(void)
{
	write_sysctl("ipv4/ip_local_port_range", "40000 40003");
	use_up("four ports", 6, 0);
}

static void port_range_reuse(void)
{
	write_sysctl("ipv4/ip_local_port_range", "40000 40003");
	use_up("four ports", 6, 1);
}

static void reserved_ports(void)
{
	write_sysctl("ipv4/ip_local_port_range", "40000 40003");
	write_sysctl("ipv4/ip_local_reserved_ports", "40001-40002");
	use_up("two reserved", 6, 0);
	want("reserved by name", bind_to(server_socket(), at(env.server, 40001)), 0);
}

static void own_range(void)
{
	int fd = client_socket(), range = 40010 << 16 | 40010;
	union addr a;
	socklen_t len = sizeof(a);

	if (ask("set", set_int(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, range)) < 0)
		return;
	want("bind", bind_to(fd, at(env.client, 0)), 0);
	getsockname(fd, &a.sa, &len);
	want("the only port", ntohs(a.in.sin_port), 40010);
	fd = client_socket();
	must("set", set_int(fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, range));
	want("taken", bind_to(fd, at(env.client, 0)), -EADDRINUSE);
}

static void connect_ports(void)
{
	int l = listen_on(0, 16), other = listen_on(1, 16), fd, got = 0;

	write_sysctl("ipv4/ip_local_port_range", "40000 40003");
	for (got = 0; got < 6; got++) {
		fd = client_socket();
		if (connect_to(fd, at_server(0)) < 0)
			break;
	}
	say("to one address", "%d, then %s", got, got == 6 ? "ok" : err_name(errno));
	want("to another port", connect_to(client_socket(), at_server(1)), 0);
	want("bind to 0", bind_to(client_socket(), at(env.client, 0)), -EADDRINUSE);
	close(l);
	close(other);
}

static void same_four_tuple(void)
{
	int l = listen_on(0, 4), a = client_socket(), b = client_socket();

	must("reuse", set_int(a, SOL_SOCKET, SO_REUSEADDR, 1) | set_int(b, SOL_SOCKET, SO_REUSEADDR, 1));
	want("first bind", bind_to(a, at_client(1)), 0);
	want("second bind", bind_to(b, at_client(1)), 0);
	want("first connect", connect_to(a, at_server(0)), 0);
	want("second connect", connect_to(b, at_server(0)), -EADDRNOTAVAIL);
	close(l);
}

static void device(void)
{
	int a = server_socket(), b = server_socket();

	want("to lo", setsockopt(a, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
	want("bind", bind_to(a, at_server(0)), 0);
	want("other without device", bind_to(b, at_server(0)), -EADDRINUSE);
	want("no such device", setsockopt(b, SOL_SOCKET, SO_BINDTODEVICE, "nix0", 5), -ENODEV);
	want("listen", listen(a, 4), 0);
	want("connect", connect_to(client_socket(), at_server(0)), 0);
}

const struct api_case bind_cases[] = {
	CASE(basics), CASE(addresses), CASE(lengths), CASE(families), CASE(privileged), CASE(unprivileged_start),
	CASE(states), CASE(freebind), CASE(address_no_port), CASE(port_range), CASE(port_range_reuse),
	CASE(reserved_ports), CASE(own_range), CASE(connect_ports), CASE(same_four_tuple), CASE(device), {}
};

/* Sharing: every pair of addresses and flags, against a bound and against a listening socket. */

static const char * const places[] = { "any", "lo", "lo2" };
static const char *place_addr[3];

static int flagged(int reuse, int share)
{
	int fd = server_socket();

	if (reuse)
		must("reuseaddr", set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	if (share)
		must("reuseport", set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1));
	return fd;
}

static void matrix(int listening)
{
	char step[80];

	place_addr[0] = ANYWHERE;
	place_addr[1] = env.server;
	place_addr[2] = other_loopback();
	for (int i = 0; i < 3 * 3 * 16; i++) {
		int f = i % 16, p1 = i / 16 % 3, p2 = i / 48;
		int a = flagged(f & 1, f & 2), b = flagged(f & 4, f & 8);

		snprintf(step, sizeof(step), "%s%s%s then %s%s%s", places[p1], f & 1 ? " reuse" : "",
			 f & 2 ? " share" : "", places[p2], f & 4 ? " reuse" : "", f & 8 ? " share" : "");
		must("bind", bind_to(a, at(place_addr[p1], port(0))));
		if (listening)
			must("listen", listen(a, 1));
		ask(step, bind_to(b, at(place_addr[p2], port(0))));
		close(b);
		close(a);
	}
}

static void against_bound(void)
{
	matrix(0);
}

static void against_listening(void)
{
	matrix(1);
}

static void two_listen(void)
{
	int a = flagged(1, 0), b = flagged(1, 0);

	want("bind", bind_to(a, at_server(0)), 0);
	want("bind too", bind_to(b, at_server(0)), 0);
	want("listen", listen(a, 4), 0);
	want("listen too", listen(b, 4), -EADDRINUSE);
	close(a);
	want("listen after close", listen(b, 4), 0);
}

static void two_share(void)
{
	int a = flagged(0, 1), b = flagged(0, 1), got[2] = {}, c[16];

	want("bind", bind_to(a, at_server(0)), 0);
	want("bind too", bind_to(b, at_server(0)), 0);
	want("listen", listen(a, 32), 0);
	want("listen too", listen(b, 32), 0);
	set_nonblock(a);
	set_nonblock(b);
	for (int i = 0; i < 16; i++) {
		c[i] = client_socket();
		must("connect", connect_to(c[i], at_server(0)));
	}
	/* Which of the two takes one depends on a random key: only the sum is fixed. */
	for (long end = now_ms() + 5000 * env.slow; got[0] + got[1] < 16 && now_ms() < end;) {
		got[0] += accept(a, NULL, NULL) >= 0;
		got[1] += accept(b, NULL, NULL) >= 0;
	}
	want("accepted by both", got[0] + got[1], 16);
	close(a);
	want("connect after one closed", connect_to(client_socket(), at_server(0)), 0);
	want("the other accepts", accept(b, NULL, NULL), ANY);
}

/* SO_REUSEPORT is for sockets of one user only. */
static void share_other_user(void)
{
	int a = flagged(0, 1), status = 0;
	pid_t pid;

	must("bind", bind_to(a, at_server(0)));
	must("listen", listen(a, 1));
	pid = fork();
	if (!pid) {
		must("setuid", setuid(65534));
		want("another user", bind_to(flagged(0, 1), at_server(0)), -EADDRINUSE);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	want("same user", bind_to(flagged(0, 1), at_server(0)), 0);
}

static void set_after_bind(void)
{
	int a = flagged(0, 0), b = flagged(1, 0);

	must("bind", bind_to(a, at_server(0)));
	ask("before", bind_to(b, at_server(0)));
	must("reuse", set_int(a, SOL_SOCKET, SO_REUSEADDR, 1));
	ask("after", bind_to(b, at_server(0)));
	want("cleared by one", set_int(a, SOL_SOCKET, SO_REUSEADDR, 0), 0);
	ask("third", bind_to(flagged(1, 0), at_server(0)));
}

/* The server's side closes first, so that its port is in TIME-WAIT. */
static void time_wait_with(int reuse)
{
	int l = flagged(reuse, 0), c = client_socket(), s;
	char b;

	must("bind", bind_to(l, at_server(0)));
	must("listen", listen(l, 4));
	must("connect", connect_to(c, at_server(0)));
	s = must("accept", accept(l, NULL, NULL));
	close(l);
	want("plain on connected", bind_to(flagged(0, 0), at_server(0)), -EADDRINUSE);
	ask("reuse on connected", bind_to(flagged(1, 0), at_server(0)));
	close(s);
	must("read", read(c, &b, 1));
	close(c);
	want("plain on TIME-WAIT", bind_to(flagged(0, 0), at_server(0)), -EADDRINUSE);
	l = flagged(1, 0);
	ask("reuse on TIME-WAIT", bind_to(l, at_server(0)));
	ask("listen on TIME-WAIT", listen(l, 4));
	ask("share on TIME-WAIT", bind_to(flagged(0, 1), at_server(0)));
}

static void time_wait(void)
{
	time_wait_with(0);
}

static void time_wait_reuse(void)
{
	time_wait_with(1);
}

/* The client's port stays in TIME-WAIT: the same four-tuple at once. */
static void time_wait_client(void)
{
	int l = listen_on(0, 4), c = client_socket(), s;
	char b;

	must("bind", bind_to(c, at_client(1)));
	must("connect", connect_to(c, at_server(0)));
	s = must("accept", accept(l, NULL, NULL));
	close(c);
	must("read", read(s, &b, 1));
	close(s);
	c = client_socket();
	want("plain", bind_to(c, at_client(1)), -EADDRINUSE);
	must("reuse", set_int(c, SOL_SOCKET, SO_REUSEADDR, 1));
	ask("reuse", bind_to(c, at_client(1)));
}

static void after_close(void)
{
	int a = server_socket(), b;

	must("bind", bind_to(a, at_server(0)));
	close(a);
	want("bound only", bind_to(a = server_socket(), at_server(0)), 0);
	must("listen", listen(a, 4));
	close(a);
	want("listened", bind_to(a = server_socket(), at_server(0)), 0);
	must("listen", listen(a, 4));
	b = client_socket();
	must("connect", connect_to(b, at_server(0)));
	close(a);	/* The connection was never accepted: it is reset and leaves nothing. */
	await(b, POLLHUP);
	want("never accepted", bind_to(server_socket(), at_server(0)), 0);
}

const struct api_case reuse_cases[] = {
	CASE(against_bound), CASE(against_listening), CASE(two_listen), CASE(two_share), CASE(share_other_user),
	CASE(set_after_bind), CASE(time_wait), CASE(time_wait_reuse), CASE(time_wait_client), CASE(after_close), {}
};
