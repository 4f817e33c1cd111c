// SPDX-License-Identifier: GPL-2.0
/* sockapi: what only sockets of IPv6 have: IPv4 through them, scopes, who may share a port across the versions. */
#include <net/if.h>

#include "sockapi.h"

#define MAPPED		"::ffff:127.0.0.1"
#define IPV6_FLOWINFO_SEND 33

/* Both kinds, whichever version runs. */
static int sock6(void)
{
	return server_socket();
}

static int sock4(void)
{
	int fd = env.family == AF_RILL ? socket(AF_RILL, SOCK_STREAM | SOCK_CLOEXEC, 0) :
		socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, env.protocol);

	return must("socket of IPv4", fd);
}

static struct sockaddr_in *at4(const char *host, int p)
{
	static struct sockaddr_in ring[4];
	static unsigned int next;
	struct sockaddr_in *sin = &ring[next++ % 4];

	*sin = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(p) };
	inet_pton(AF_INET, host, &sin->sin_addr);
	return sin;
}

static int bind4(int fd, const char *host, int p)
{
	return bind(fd, (struct sockaddr *)at4(host, p), sizeof(struct sockaddr_in));
}

static int connect4(int fd, const char *host, int p)
{
	return connect(fd, (struct sockaddr *)at4(host, p), sizeof(struct sockaddr_in));
}

static int listening(int fd)
{
	must("listen", listen(fd, 8));
	return fd;
}

static int v6only(int fd, int on)
{
	return set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, on);
}

/* Both names of a socket; the ports of clients are chosen. */
static void names(const char *who, int fd)
{
	char step[64];

	snprintf(step, sizeof(step), "%s name", who);
	say(step, "%s", sock_name(fd));
	snprintf(step, sizeof(step), "%s peer", who);
	say(step, "%s", peer_name(fd));
}

static void talk(const char *step, int a, int b)
{
	char x[8];

	send_all(a, "abc", 3);
	send_all(b, "de", 2);
	want(step, read_all(b, x, 3) + read_all(a, x, 2), 5);
}

static void mapped_connect(void)
{
	int l = sock4(), c = sock6(), s;

	ethernet_mtu();
	must("bind", bind4(l, "127.0.0.1", port(0)));
	listening(l);
	want("connect", connect_to(c, at(MAPPED, port(0))), 0);
	s = must("accept", accept(l, NULL, NULL));
	names("client", c);
	names("server", s);
	talk("data", c, s);
	ask_opt("v6only", c, IPPROTO_IPV6, IPV6_V6ONLY);
	ask_opt("domain", c, SOL_SOCKET, SO_DOMAIN);
	ask("mss", get_int(c, IPPROTO_TCP, TCP_MAXSEG));
	c = sock6();
	ask("to any", connect_to(c, at("::ffff:0.0.0.0", port(0))));
	names("to any", c);
	ask("to nobody", connect_to(sock6(), at(MAPPED, refused_port())));
	ask("to a broadcast", connect_to(sock6(), at("::ffff:255.255.255.255", port(0))));
	ask("no route", connect_to(sock6(), at("::ffff:192.0.2.1", port(0))));
}

static void mapped_accept(void)
{
	int l = sock6(), c = sock4(), s;
	union addr a = {};
	socklen_t len = sizeof(a);

	must("bind", bind_to(l, at("::", port(0))));
	listening(l);
	names("listener", l);
	must("bind", bind4(c, "127.0.0.1", port(1)));
	want("connect", connect4(c, "127.0.0.1", port(0)), 0);
	s = want("accept", accept(l, &a.sa, &len), ANY);
	say("address", "%s, length %u", addr_str(&a), len);
	names("client", c);
	names("server", s);
	talk("data", c, s);
	ask_opt("domain", s, SOL_SOCKET, SO_DOMAIN);
	ask_opt("v6only", s, IPPROTO_IPV6, IPV6_V6ONLY);
	ask("set v6only", v6only(s, 1));
	c = sock6();
	want("of the other version", connect_to(c, at("::1", port(0))), 0);
	names("second", must("accept", accept(l, NULL, NULL)));
}

static void mapped_bind(void)
{
	int l = sock6(), c = sock4();

	want("bind", bind_to(l, at(MAPPED, port(0))), 0);
	names("bound", l);
	listening(l);
	want("connect", connect4(c, "127.0.0.1", port(0)), 0);
	names("server", must("accept", accept(l, NULL, NULL)));
	ask("by IPv6", connect_to(sock6(), at("::1", port(0))));
	l = sock6();
	want("any", bind_to(l, at("::ffff:0.0.0.0", port(1))), 0);
	names("any", l);
	listening(l);
	c = sock6();
	ask("mapped to any", connect_to(c, at(MAPPED, port(1))));
	ask("by IPv6 to any", connect_to(sock6(), at("::1", port(1))));
	ask("not local", bind_to(sock6(), at("::ffff:192.0.2.1", port(2))));
	ask("broadcast", bind_to(sock6(), at("::ffff:255.255.255.255", port(2))));
}

/* What a socket is bound to says which version it may open to. */
static void bound_then_connect(void)
{
	static const char * const name[] = { "any", "lo", "map lo", "map any" };
	static const char * const addr[] = { "::", "::1", MAPPED, "::ffff:0.0.0.0" };
	int l = sock6();

	must("bind", bind_to(l, at("::", port(0))));
	listening(l);
	for (int i = 0; i < 16; i++) {
		int c = sock6();
		char step[64];

		must("bind", bind_to(c, at(addr[i / 4], 0)));
		snprintf(step, sizeof(step), "%s to %s", name[i / 4], name[i % 4]);
		if (ask(step, connect_to(c, at(addr[i % 4], port(0)))) == 0) {
			names(step, c);
			close(must("accept", accept(l, NULL, NULL)));
		}
	}
}

static void only(void)
{
	int fd = sock6(), l, c;

	ask_opt("default", fd, IPPROTO_IPV6, IPV6_V6ONLY);
	want("set", v6only(fd, 1), 0);
	want("connect to IPv4", connect_to(fd, at(MAPPED, port(0))), -ENETUNREACH);
	ask("bind to IPv4", bind_to(fd, at(MAPPED, port(0))));
	ask("bind to any of IPv4", bind_to(fd, at("::ffff:0.0.0.0", port(0))));
	want("set back", v6only(fd, 0), 0);
	want("bind", bind_to(fd, at("::", port(0))), 0);
	want("set when bound", v6only(fd, 1), -EINVAL);
	l = sock6();
	must("set", v6only(l, 1));
	must("bind", bind_to(l, at("::", port(1))));
	listening(l);
	want("by IPv4", connect4(sock4(), "127.0.0.1", port(1)), -ECONNREFUSED);
	c = sock6();
	want("by IPv6", connect_to(c, at("::1", port(1))), 0);
	ask_opt("child", must("accept", accept(l, NULL, NULL)), IPPROTO_IPV6, IPV6_V6ONLY);
	write_sysctl("ipv6/bindv6only", "1");
	ask_opt("default with bindv6only", sock6(), IPPROTO_IPV6, IPV6_V6ONLY);
	want("beside", bind4(sock4(), "0.0.0.0", port(1)), 0);
}

/* Sharing across the versions: who is bound, with which flags, and who comes then. */

static const struct {
	const char *name, *addr;
	bool four, only;
} places[] = {
	{ "any4", "0.0.0.0", true, false }, { "lo4", "127.0.0.1", true, false }, { "any6", "::", false, false },
	{ "only6", "::", false, true }, { "lo6", "::1", false, false }, { "map any", "::ffff:0.0.0.0", false, false },
	{ "map lo", MAPPED, false, false },
};

#define PLACES ((int)(sizeof(places) / sizeof(places[0])))

static int flagged(int place, int flags)
{
	int fd = places[place].four ? sock4() : sock6();

	must("reuseaddr", set_int(fd, SOL_SOCKET, SO_REUSEADDR, !!(flags & 1)));
	must("reuseport", set_int(fd, SOL_SOCKET, SO_REUSEPORT, !!(flags & 2)));
	if (places[place].only)
		must("v6only", v6only(fd, 1));
	return fd;
}

static int bind_place(int fd, int place)
{
	if (places[place].four)
		return bind4(fd, places[place].addr, port(0));
	return bind_to(fd, at(places[place].addr, port(0)));
}

static void conflicts(bool listens)
{
	static const char * const names[] = { "", " reuse", " share", " reuse share" };
	char step[80];

	for (int i = 0; i < PLACES * PLACES * 16; i++) {
		int f = i % 4, g = i / 4 % 4, p = i / 16 % PLACES, q = i / 16 / PLACES;
		int a = flagged(p, f), b = flagged(q, g);

		snprintf(step, sizeof(step), "%s%s then %s%s", places[p].name, names[f], places[q].name, names[g]);
		must("bind", bind_place(a, p));
		if (listens)
			listening(a);
		if (ask(step, bind_place(b, q)) == 0 && listens) {
			strcat(step, ", listen");
			ask(step, listen(b, 1));
		}
		close(b);
		close(a);
	}
}

static void conflicts_bound(void)
{
	conflicts(false);
}

static void conflicts_listening(void)
{
	conflicts(true);
}

/* Of several listeners the one that is more exact hears a SYN. */
static void more_exact(void)
{
	int any4 = flagged(0, 2), lo4 = flagged(1, 2), only6 = flagged(3, 2), lo6 = flagged(4, 2);
	int l[4] = { any4, lo4, only6, lo6 };
	static const char * const who[] = { "any4", "lo4", "only6", "lo6" };

	must("bind", bind_place(any4, 0) | bind_place(lo4, 1) | bind_place(only6, 3) | bind_place(lo6, 4));
	for (int i = 0; i < 4; i++)
		set_nonblock(l[i]);
	for (int i = 0; i < 4; i++) {
		listening(l[i]);
		ask("connect by IPv4", connect4(sock4(), "127.0.0.1", port(0)));
		ask("connect by IPv6", connect_to(sock6(), at("::1", port(0))));
		for (int k = 0; k <= i; k++)
			say(who[k], "%s", accept(l[k], NULL, NULL) < 0 ? err_name(errno) : "hears");
	}
}

static int bind_scoped(int fd, const char *host, int p, int scope)
{
	union addr a = *at(host, p);

	a.in6.sin6_scope_id = scope;
	return bind_to(fd, &a);
}

static int connect_scoped(int fd, const char *host, int p, int scope)
{
	union addr a = *at(host, p);

	a.in6.sin6_scope_id = scope;
	return connect_to(fd, &a);
}

/* Whose index its scope is, if any. */
static void scope_of(const char *step, int fd, int (*call)(int fd, struct sockaddr *sa, socklen_t *len))
{
	union addr a = {};
	socklen_t len = sizeof(a);
	char device[IF_NAMESIZE] = "none";

	if (call(fd, &a.sa, &len) < 0) {
		say(step, "%s", err_name(errno));
		return;
	}
	if_indextoname(a.in6.sin6_scope_id, device);
	say(step, "%s scope %s", addr_str(&a), device);
}

static int one_device, other_device;

static void two_devices(void)
{
	dummy_device("one");
	dummy_device("other");
	one_device = if_nametoindex("one");
	other_device = if_nametoindex("other");
	add_address6("one", "fe80::5", 64);
	add_address6("other", "fe80::6", 64);
	add_address6("one", "fd95::5", 64);
}

static void scope_bind(void)
{
	int fd = sock6();

	two_devices();
	ask("none", bind_to(sock6(), at("fe80::5", port(0))));
	want("its own", bind_scoped(fd, "fe80::5", port(0), one_device), 0);
	scope_of("name", fd, getsockname);
	ask("another's", bind_scoped(sock6(), "fe80::5", port(1), other_device));
	ask("nobody's", bind_scoped(sock6(), "fe80::5", port(1), 9999));
	ask("same port, other link", bind_scoped(sock6(), "fe80::6", port(0), other_device));
	fd = sock6();
	must("device", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "one", 4));
	want("with a device", bind_to(fd, at("fe80::5", port(2))), 0);
	scope_of("name with a device", fd, getsockname);
	fd = sock6();
	must("device", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "other", 6));
	ask("with another device", bind_scoped(fd, "fe80::5", port(3), one_device));
	fd = sock6();
	ask("global with a scope", bind_scoped(fd, "fd95::5", port(4), other_device));
	scope_of("name of global", fd, getsockname);
	fd = sock6();
	ask("loopback with a scope", bind_scoped(fd, "::1", port(5), one_device));
	scope_of("name of loopback", fd, getsockname);
}

static void scope_connect(void)
{
	int l = sock6(), c = sock6(), s;

	two_devices();
	must("bind", bind_scoped(l, "fe80::5", port(0), one_device));
	listening(l);
	ask("none", connect_to(c, at("fe80::5", port(0))));
	ask("another's", connect_scoped(c, "fe80::5", port(0), other_device));
	c = sock6();
	want("its own", connect_scoped(c, "fe80::5", port(0), one_device), 0);
	s = want("accept", accept(l, NULL, NULL), ANY);
	scope_of("client name", c, getsockname);
	scope_of("client peer", c, getpeername);
	scope_of("server name", s, getsockname);
	scope_of("server peer", s, getpeername);
	talk("data", c, s);
	c = sock6();
	must("device", setsockopt(c, SOL_SOCKET, SO_BINDTODEVICE, "other", 6));
	ask("on another device", connect_scoped(c, "fe80::5", port(0), one_device));
	c = sock6();
	must("device", setsockopt(c, SOL_SOCKET, SO_BINDTODEVICE, "one", 4));
	ask("none, on a device", connect_to(c, at("fe80::5", port(0))));
	scope_of("its peer", c, getpeername);
	c = sock6();
	must("bind", bind_scoped(c, "fe80::6", 0, other_device));
	ask("from the other link", connect_scoped(c, "fe80::5", port(0), one_device));
}

static void other_family(void)
{
	static const int len[] = { 2, 8, 16, 24, 28 };
	union addr four = { .in = *at4("127.0.0.1", port(0)) }, six = *at("::1", port(0));
	int l = sock6();
	char step[64];

	must("bind", bind_to(l, at("::", port(0))));
	listening(l);
	for (size_t i = 0; i < sizeof(len) / sizeof(len[0]); i++) {
		snprintf(step, sizeof(step), "bind IPv6's to IPv4, length %d", len[i]);
		ask(step, bind(sock6(), &four.sa, len[i]));
		snprintf(step, sizeof(step), "connect IPv6's to IPv4, length %d", len[i]);
		ask(step, connect(sock6(), &four.sa, len[i]));
		snprintf(step, sizeof(step), "bind IPv4's to IPv6, length %d", len[i]);
		ask(step, bind(sock4(), &six.sa, len[i]));
		snprintf(step, sizeof(step), "connect IPv4's to IPv6, length %d", len[i]);
		ask(step, connect(sock4(), &six.sa, len[i]));
	}
	four.sa.sa_family = AF_UNSPEC;
	six.sa.sa_family = AF_UNSPEC;
	ask("bind to nothing", bind(sock6(), &six.sa, sizeof(six.in6)));
	ask("bind to nothing, short", bind(sock6(), &four.sa, sizeof(four.in)));
	ask("connect to nothing", connect(sock6(), &six.sa, sizeof(six.in6)));
	ask("connect to nothing, short", connect(sock6(), &four.sa, sizeof(four.in)));
}

/* From one version to the other, by way of an AF_UNSPEC connect. */
static void reconnect(void)
{
	int l = sock6(), c = sock6();

	must("bind", bind_to(l, at("::", port(0))));
	listening(l);
	want("by IPv6", connect_to(c, at("::1", port(0))), 0);
	names("by IPv6", c);
	want("disconnect", connect_to(c, unspec()), 0);
	names("disconnected", c);
	want("by IPv4", connect_to(c, at(MAPPED, port(0))), 0);
	names("by IPv4", c);
	want("disconnect again", connect_to(c, unspec()), 0);
	names("disconnected again", c);
	want("by IPv4 again", connect_to(c, at(MAPPED, port(0))), 0);
	names("by IPv4 again", c);
}

static void flow_labels(void)
{
	union addr a = *at("::1", port(0));
	int l = sock6(), c = sock6();
	socklen_t len = sizeof(a);

	must("bind", bind_to(l, at("::", port(0))));
	listening(l);
	a.in6.sin6_flowinfo = htonl(0x12345);
	want("not asked for", connect_to(c, &a), 0);
	getpeername(c, &a.sa, &len);
	say("peer's", "%#x", ntohl(a.in6.sin6_flowinfo));
	c = sock6();
	want("ask", set_int(c, IPPROTO_IPV6, IPV6_FLOWINFO_SEND, 1), 0);
	a.in6.sin6_flowinfo = htonl(0x12345);
	ask("a label nobody owns", connect_to(c, &a));
	a.in6.sin6_flowinfo = htonl(0x02800000);
	ask("a class alone", connect_to(c, &a));
	getpeername(c, &a.sa, &len);
	say("its peer's", "%#x", ntohl(a.in6.sin6_flowinfo));
}

static void addrform(void)
{
	struct link k = link_up();
	int l = sock6(), c = sock6(), s;

	ask("fresh", set_int(sock6(), IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET));
	ask("listening", set_int(k.l, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET));
	ask("connected by IPv6", set_int(k.c, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET));
	ask("to IPv6", set_int(k.c, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET6));
	must("bind", bind_to(l, at("::", port(1))));
	listening(l);
	must("connect", connect_to(c, at(MAPPED, port(1))));
	s = must("accept", accept(l, NULL, NULL));
	ask_opt("get", c, IPPROTO_IPV6, IPV6_ADDRFORM);
	ask("connected by IPv4", set_int(c, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET));
	names("then", c);
	ask_opt("domain then", c, SOL_SOCKET, SO_DOMAIN);
	ask("again", set_int(c, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET));
	talk("data passes", c, s);
}

const struct api_case v6_cases[] = {
	CASE(mapped_connect), CASE(mapped_accept), CASE(mapped_bind), CASE(bound_then_connect), CASE(only),
	CASE(conflicts_bound), CASE(conflicts_listening), CASE(more_exact), CASE(scope_bind), CASE(scope_connect),
	CASE(other_family), CASE(reconnect), CASE(flow_labels), CASE(addrform), {}
};
