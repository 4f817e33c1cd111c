// SPDX-License-Identifier: GPL-2.0
/* sockapi: options of level IPPROTO_IPV6. */
#include "sockapi.h"

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif
#define IPV6_PREFER	72	/* IPV6_ADDR_PREFERENCES, which netinet/in.h has not */
#define IPV6_AUTOLABEL	70
#define IPV6_FLOWINFO	11
#define IPV6_FLOWINFO_SEND 33

static const struct opt_row rows[] = {
	{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY, { 1, 0, 5, -1 }, 4 },
	{ "hops", IPPROTO_IPV6, IPV6_UNICAST_HOPS, { 0, 255, 256, -1 }, 4 },
	{ "hops -2", IPPROTO_IPV6, IPV6_UNICAST_HOPS, { -2, 1 }, 2 },
	{ "tclass", IPPROTO_IPV6, IPV6_TCLASS, { 0x28, 255, 256, -1 }, 4 },
	{ "tclass and ecn", IPPROTO_IPV6, IPV6_TCLASS, { 3, -2, 0 }, 3 },
	{ "multicast_hops", IPPROTO_IPV6, IPV6_MULTICAST_HOPS, { 1, 256 }, 2 },
	{ "multicast_loop", IPPROTO_IPV6, IPV6_MULTICAST_LOOP, { 1, 0, 2 }, 3 },
	{ "multicast_if", IPPROTO_IPV6, IPV6_MULTICAST_IF, { 1 }, 1 },
	{ "multicast_all", IPPROTO_IPV6, 29, { 1, 0 }, 2 },
	{ "unicast_if", IPPROTO_IPV6, 76, { 0 }, 1 },
	{ "mtu", IPPROTO_IPV6, IPV6_MTU, { 1279, 1280, 1400, 0 }, 4 },
	{ "mtu_discover", IPPROTO_IPV6, IPV6_MTU_DISCOVER, { 0, 1, 3, 6 }, 4 },
	{ "mtu_discover omit", IPPROTO_IPV6, IPV6_MTU_DISCOVER, { 4, 5, 2, -1 }, 4 },
	{ "dontfrag", IPPROTO_IPV6, IPV6_DONTFRAG, { 1, 0 }, 2 },
	{ "recverr", IPPROTO_IPV6, IPV6_RECVERR, { 1, 0 }, 2 },
	{ "recverr_rfc4884", IPPROTO_IPV6, 31, { 1, 2 }, 2 },
	{ "recvpktinfo", IPPROTO_IPV6, IPV6_RECVPKTINFO, { 1, 0 }, 2 },
	{ "recvhoplimit", IPPROTO_IPV6, IPV6_RECVHOPLIMIT, { 1, 0 }, 2 },
	{ "recvtclass", IPPROTO_IPV6, IPV6_RECVTCLASS, { 1, 0 }, 2 },
	{ "recvrthdr", IPPROTO_IPV6, IPV6_RECVRTHDR, { 1, 0 }, 2 },
	{ "recvhopopts", IPPROTO_IPV6, IPV6_RECVHOPOPTS, { 1, 0 }, 2 },
	{ "recvdstopts", IPPROTO_IPV6, IPV6_RECVDSTOPTS, { 1, 0 }, 2 },
	{ "recvpathmtu", IPPROTO_IPV6, IPV6_RECVPATHMTU, { 1, 0 }, 2 },
	{ "recvorigdst", IPPROTO_IPV6, 74, { 1, 0 }, 2 },
	{ "recvfragsize", IPPROTO_IPV6, 77, { 1, 0 }, 2 },
	{ "flowinfo", IPPROTO_IPV6, IPV6_FLOWINFO, { 1, 0 }, 2 },
	{ "flowinfo_send", IPPROTO_IPV6, IPV6_FLOWINFO_SEND, { 1, 0 }, 2 },
	{ "autoflowlabel", IPPROTO_IPV6, IPV6_AUTOLABEL, { 1, 0, 2 }, 3 },
	{ "minhopcount", IPPROTO_IPV6, IPV6_MINHOPCOUNT, { 0, 255, 256, -1 }, 4 },
	{ "prefer", IPPROTO_IPV6, IPV6_PREFER, { 1, 2, 4, 7 }, 4 },
	{ "freebind", IPPROTO_IPV6, IPV6_FREEBIND, { 1, 0 }, 2 },
	{ "transparent", IPPROTO_IPV6, IPV6_TRANSPARENT, { 1, 0 }, 2 },
	{ "hdrincl", IPPROTO_IPV6, IPV6_HDRINCL, { 1 }, 1 },
	{ "checksum", IPPROTO_IPV6, IPV6_CHECKSUM, { 1 }, 1 },
	{ "router_alert", IPPROTO_IPV6, IPV6_ROUTER_ALERT, { 1 }, 1 },
	{ "join_anycast", IPPROTO_IPV6, IPV6_JOIN_ANYCAST, { 1 }, 1 },
	{ "addrform", IPPROTO_IPV6, IPV6_ADDRFORM, { 1, AF_INET6 }, 2 },
	{ "2292pktinfo", IPPROTO_IPV6, 2, { 1, 0 }, 2 },
	{ "2292hoplimit", IPPROTO_IPV6, 8, { 1, 0 }, 2 },
	{ "2292hopopts", IPPROTO_IPV6, 3, { 1, 0 }, 2 },
	{ "2292pktoptions", IPPROTO_IPV6, 6, { 1 }, 1 },
	{ "unknown", IPPROTO_IPV6, 200, { 1 }, 1 },
};

static void v6_values(void)
{
	each_option(rows, ROWS(rows));
}

static void v6_lengths(void)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		bad_lengths(server_socket(), &rows[i]);
}

/* A listener's options in its child. */
static void v6_inherited(void)
{
	char step[64];

	for (size_t i = 0; i < ROWS(rows); i++) {
		int l = listen_on(0, 8), c = client_socket(), s;

		snprintf(step, sizeof(step), "set %s", rows[i].name);
		ask(step, set_int(l, IPPROTO_IPV6, rows[i].option, rows[i].values[0]));
		must("connect", connect_to(c, at_server(0)));
		s = must("accept", accept(l, NULL, NULL));
		snprintf(step, sizeof(step), "child's %s", rows[i].name);
		ask_opt(step, s, IPPROTO_IPV6, rows[i].option);
		must("linger", set_linger(c, 1, 0));	/* Leaves no TIME-WAIT on the port. */
		close(c);
		await(s, POLLHUP);
		close(s);
		close(l);
	}
}

static void v6_unprivileged(void)
{
	int fd = server_socket();

	must("setuid", setuid(65534));
	want("transparent", set_int(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, 1), -EPERM);
	ask("freebind", set_int(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1));
}

/* They are of the other level, and there is one for each. */
static void v6_and_ip(void)
{
	int four = socket(env.family == AF_RILL ? AF_RILL : AF_INET, SOCK_STREAM,
			  env.family == AF_RILL ? 0 : env.protocol), six = server_socket();

	must("socket of IPv4", four);
	ask("tclass of IPv4's", set_int(four, IPPROTO_IPV6, IPV6_TCLASS, 8));
	ask_opt("its v6only", four, IPPROTO_IPV6, IPV6_V6ONLY);
	ask("tos of IPv6's", set_int(six, IPPROTO_IP, IP_TOS, 8));
	ask_opt("its tclass", six, IPPROTO_IPV6, IPV6_TCLASS);
	ask_opt("its tos", six, IPPROTO_IP, IP_TOS);
	ask("tclass", set_int(six, IPPROTO_IPV6, IPV6_TCLASS, 16));
	ask_opt("tos then", six, IPPROTO_IP, IP_TOS);
	ask("freebind", set_int(six, IPPROTO_IPV6, IPV6_FREEBIND, 1));
	ask_opt("freebind of IP", six, IPPROTO_IP, IP_FREEBIND);
}

/* Extension headers that the program asks for. */
static void v6_headers(void)
{
	static unsigned char hop[8] = { 0, 0, 1, 4 }, dst[8] = { 0, 0, 1, 4 }, route[8] = { 0, 0, 0, 0 }, got[64];
	socklen_t len = sizeof(got);
	struct link k = link_up();

	ask("hop-by-hop", setsockopt(k.c, IPPROTO_IPV6, IPV6_HOPOPTS, hop, 8));
	ask("destination", setsockopt(k.c, IPPROTO_IPV6, IPV6_DSTOPTS, dst, 8));
	ask("routing", setsockopt(k.c, IPPROTO_IPV6, IPV6_RTHDR, route, 8));
	ask("get destination", getsockopt(k.c, IPPROTO_IPV6, IPV6_DSTOPTS, got, &len));
	ask("its length", len);
	send_all(k.c, "abc", 3);
	want("data passes", read_all(k.s, got, 3), 3);
	ask("none any more", setsockopt(k.c, IPPROTO_IPV6, IPV6_DSTOPTS, NULL, 0));
	send_all(k.c, "abc", 3);
	want("data passes then", read_all(k.s, got, 3), 3);
}

static void v6_path_mtu(void)
{
	struct link k = link_up();
	unsigned char got[64];
	socklen_t len = sizeof(got);

	ask("unconnected", getsockopt(client_socket(), IPPROTO_IPV6, IPV6_PATHMTU, got, &len));
	len = sizeof(got);
	ask("connected", getsockopt(k.c, IPPROTO_IPV6, IPV6_PATHMTU, got, &len));
	ask("length", len);
	ask_opt("mtu", k.c, IPPROTO_IPV6, IPV6_MTU);
	ask_opt("mtu of IP", k.c, IPPROTO_IP, IP_MTU);
}

const struct api_case v6opt_cases[] = {
	CASE(v6_values), CASE(v6_lengths), CASE(v6_inherited), CASE(v6_unprivileged), CASE(v6_and_ip),
	CASE(v6_headers), CASE(v6_path_mtu), {}
};
