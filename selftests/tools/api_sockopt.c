// SPDX-License-Identifier: GPL-2.0
/* sockapi: options of level SOL_SOCKET and IPPROTO_IP, and ioctls. */
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/ip.h>

#include "sockapi.h"

/*
 * For each option: its default, then what becomes of a few values, then of bad lengths. `values` is how many of
 * the values apply; the answers are compared with the other protocol's, so none are written here.
 */
static void set_and_get(int fd, const struct opt_row *o, const char *when)
{
	char step[96];

	/* A connected socket's buffers are tuned as the protocol likes. */
	if (!*when || (o->option != SO_SNDBUF && o->option != SO_RCVBUF)) {
		snprintf(step, sizeof(step), "%s%s default", o->name, when);
		ask_opt(step, fd, o->level, o->option);
	}
	for (int i = 0; i < o->n; i++) {
		int result = set_int(fd, o->level, o->option, o->values[i]);

		snprintf(step, sizeof(step), "%s%s set %d", o->name, when, o->values[i]);
		ask(step, result);
		snprintf(step, sizeof(step), "%s%s is", o->name, when);
		ask_opt(step, fd, o->level, o->option);
	}
}

void bad_lengths(int fd, const struct opt_row *o)
{
	static const int lengths[] = { 0, 1, 2, 3, 8 };
	char step[96], big[16] = {};
	socklen_t len;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		snprintf(step, sizeof(step), "%s set length %d", o->name, lengths[i]);
		ask(step, setsockopt(fd, o->level, o->option, big, lengths[i]));
		len = lengths[i];
		snprintf(step, sizeof(step), "%s get length %d", o->name, lengths[i]);
		ask(step, getsockopt(fd, o->level, o->option, big, &len));
		snprintf(step, sizeof(step), "%s got length %d", o->name, lengths[i]);
		ask(step, len);
	}
	len = -1;
	snprintf(step, sizeof(step), "%s negative length", o->name);
	ask(step, getsockopt(fd, o->level, o->option, big, &len));
	snprintf(step, sizeof(step), "%s set fault", o->name);
	ask(step, setsockopt(fd, o->level, o->option, (void *)1, 4));
	len = 4;
	snprintf(step, sizeof(step), "%s get fault", o->name);
	ask(step, getsockopt(fd, o->level, o->option, (void *)1, &len));
}

static const struct opt_row socket_rows[] = {
	{ "debug", SOL_SOCKET, SO_DEBUG, { 1, 0 }, 2 },
	{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR, { 1, 5, 0 }, 3 },
	{ "reuseport", SOL_SOCKET, SO_REUSEPORT, { 1, 0 }, 2 },
	{ "type", SOL_SOCKET, SO_TYPE, { 1 }, 1 },
	{ "error", SOL_SOCKET, SO_ERROR, { 1 }, 1 },
	{ "dontroute", SOL_SOCKET, SO_DONTROUTE, { 1, 0 }, 2 },
	{ "broadcast", SOL_SOCKET, SO_BROADCAST, { 1, 0 }, 2 },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF, { 1, 10000, 100000, -1 }, 4 },
	{ "rcvbuf", SOL_SOCKET, SO_RCVBUF, { 1, 10000, 100000, -1 }, 4 },
	{ "sndbufforce", SOL_SOCKET, SO_SNDBUFFORCE, { 10000000 }, 1 },
	{ "rcvbufforce", SOL_SOCKET, SO_RCVBUFFORCE, { 10000000 }, 1 },
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE, { 1, 0 }, 2 },
	{ "oobinline", SOL_SOCKET, SO_OOBINLINE, { 1, 0 }, 2 },
	{ "no_check", SOL_SOCKET, SO_NO_CHECK, { 1, 0 }, 2 },
	{ "priority", SOL_SOCKET, SO_PRIORITY, { 3, 6, 7, -1 }, 4 },
	{ "bsdcompat", SOL_SOCKET, SO_BSDCOMPAT, { 1 }, 1 },
	{ "passcred", SOL_SOCKET, SO_PASSCRED, { 1, 0 }, 2 },
	{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT, { 1, 100, 0 }, 3 },
	{ "sndlowat", SOL_SOCKET, SO_SNDLOWAT, { 1, 100 }, 2 },
	{ "timestamp", SOL_SOCKET, SO_TIMESTAMP, { 1, 0 }, 2 },
	{ "timestampns", SOL_SOCKET, SO_TIMESTAMPNS, { 1, 0 }, 2 },
	{ "acceptconn", SOL_SOCKET, SO_ACCEPTCONN, { 1 }, 1 },
	{ "mark", SOL_SOCKET, SO_MARK, { 1, 99 }, 2 },
	{ "rxq_ovfl", SOL_SOCKET, SO_RXQ_OVFL, { 1, 0 }, 2 },
	{ "lock_filter", SOL_SOCKET, SO_LOCK_FILTER, { 1, 0 }, 2 },
	{ "select_err_queue", SOL_SOCKET, SO_SELECT_ERR_QUEUE, { 1 }, 1 },
	{ "busy_poll", SOL_SOCKET, SO_BUSY_POLL, { 10, 0, -1 }, 3 },
	{ "max_pacing_rate", SOL_SOCKET, SO_MAX_PACING_RATE, { 100000 }, 1 },
	{ "incoming_napi_id", SOL_SOCKET, SO_INCOMING_NAPI_ID, { 1 }, 1 },
	{ "zerocopy", SOL_SOCKET, SO_ZEROCOPY, { 1, 0, 2 }, 3 },
	{ "buf_lock", SOL_SOCKET, SO_BUF_LOCK, { 1, 3, 4, 0 }, 4 },
	{ "txrehash", SOL_SOCKET, SO_TXREHASH, { 0, 1, 2, -1 }, 4 },
	{ "bindtoifindex", SOL_SOCKET, SO_BINDTOIFINDEX, { 1, 0, 999, -1 }, 4 },
	{ "unknown", SOL_SOCKET, 9999, { 1 }, 1 },
};

void each_option(const struct opt_row *rows, size_t n)
{
	struct link k = link_up();

	for (size_t i = 0; i < n; i++)
		set_and_get(server_socket(), &rows[i], "");
	for (size_t i = 0; i < n; i++)
		set_and_get(k.c, &rows[i], " connected");
}

static void values(void)
{
	each_option(socket_rows, ROWS(socket_rows));
}

static void lengths(void)
{
	for (size_t i = 0; i < ROWS(socket_rows); i++)
		bad_lengths(server_socket(), &socket_rows[i]);
}

static void unprivileged(void)
{
	int fd = server_socket();

	must("setuid", setuid(65534));
	want("mark", set_int(fd, SOL_SOCKET, SO_MARK, 1), -EPERM);
	want("debug", set_int(fd, SOL_SOCKET, SO_DEBUG, 1), -EACCES);
	want("priority 7", set_int(fd, SOL_SOCKET, SO_PRIORITY, 7), -EPERM);
	want("sndbufforce", set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, 10000), -EPERM);
	want("transparent", set_int(fd, IPPROTO_IP, IP_TRANSPARENT, 1), -EPERM);
	ask("bindtodevice", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
}

static void identity(void)
{
	struct link k = link_up();

	want("type", get_int(k.s, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	want("domain", get_int(k.s, SOL_SOCKET, SO_DOMAIN) == env.family, 1);
	want("client's protocol", get_int(k.c, SOL_SOCKET, SO_PROTOCOL) == env.number, 1);
	want("server's protocol", get_int(k.s, SOL_SOCKET, SO_PROTOCOL) == env.number, 1);
	want("accepting", get_int(k.l, SOL_SOCKET, SO_ACCEPTCONN), 1);
	want("not accepting", get_int(k.s, SOL_SOCKET, SO_ACCEPTCONN), 0);
}

static void buffers(void)
{
	struct link k;
	int fd = server_socket();
	char text[32];

	must("rcvbuf", set_int(fd, SOL_SOCKET, SO_RCVBUF, 1000000000));
	ask_opt("capped rcvbuf", fd, SOL_SOCKET, SO_RCVBUF);
	must("sndbuf", set_int(fd, SOL_SOCKET, SO_SNDBUF, 1000000000));
	ask_opt("capped sndbuf", fd, SOL_SOCKET, SO_SNDBUF);
	must("sndbufforce", set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, 1000000));
	want("forced", get_int(fd, SOL_SOCKET, SO_SNDBUF), 2000000);
	write_own_sysctl("rmem", "4096 60000 6000000");
	write_own_sysctl("wmem", "4096 20000 4000000");
	fd = server_socket();
	want("default rcvbuf", get_int(fd, SOL_SOCKET, SO_RCVBUF), 60000);
	want("default sndbuf", get_int(fd, SOL_SOCKET, SO_SNDBUF), 20000);
	k = link_up_small(9000);
	snprintf(text, sizeof(text), "%d %d", get_int(k.s, SOL_SOCKET, SO_RCVBUF), get_int(k.s, SOL_SOCKET, SO_SNDBUF));
	want_str("child keeps what was set", text, "18000 18000");
}

static void timeouts(void)
{
	static const struct timeval t[] = {
		{ 0, 0 }, { 1, 500000 }, { 0, 1 }, { 0, 999999 }, { 0, 1000000 }, { 0, -1 }, { -1, 0 },
		{ 1000000000, 0 },
	};
	struct timeval got;
	socklen_t len;
	char step[64];

	for (int opt = 0; opt < 2; opt++) {
		int name = opt ? SO_SNDTIMEO : SO_RCVTIMEO, fd = server_socket();

		for (size_t i = 0; i < ROWS(t); i++) {
			snprintf(step, sizeof(step), "%s %ld.%06ld", opt ? "send" : "recv", (long)t[i].tv_sec,
				 (long)t[i].tv_usec);
			ask(step, setsockopt(fd, SOL_SOCKET, name, &t[i], sizeof(t[i])));
			len = sizeof(got);
			getsockopt(fd, SOL_SOCKET, name, &got, &len);
			strcat(step, " is");
			say(step, "%ld.%06ld", (long)got.tv_sec, (long)got.tv_usec);
		}
		ask("short", setsockopt(fd, SOL_SOCKET, name, &t[1], 4));
		len = 4;
		ask("short get", getsockopt(fd, SOL_SOCKET, name, &got, &len));
		ask("length", len);
	}
}

static void device(void)
{
	int fd = server_socket();
	char name[IFNAMSIZ] = "";
	socklen_t len = sizeof(name);

	want("unset", getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len), 0);
	ask("length", len);
	want("lo", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3), 0);
	len = sizeof(name);
	want("get", getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len), 0);
	want_str("name", name, "lo");
	len = 1;
	ask("short", getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len));
	want("none such", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "nowhere9", 9), -ENODEV);
	want("empty", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "", 0), 0);
	want("negative", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", -1), -EINVAL);
	want("index", set_int(fd, SOL_SOCKET, SO_BINDTOIFINDEX, 1), 0);
}

static void filters(void)
{
	struct sock_filter reject[] = { { 0x06, 0, 0, 0 } }, accept_all[] = { { 0x06, 0, 0, 0xffffffff } };
	struct sock_filter broken[] = { { 0xff, 0, 0, 0 } };
	struct sock_fprog p = { 1, accept_all };
	int l = listen_on(0, 4), c = client_socket();

	want("broken", setsockopt(l, SOL_SOCKET, SO_ATTACH_FILTER, &(struct sock_fprog){ 1, broken }, sizeof(p)),
	     -EINVAL);
	want("attach", setsockopt(l, SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof(p)), 0);
	want("connect", connect_to(c, at_server(0)), 0);
	p.filter = reject;
	want("attach rejecting", setsockopt(l, SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof(p)), 0);
	c = client_socket();
	set_timeout(c, SO_SNDTIMEO, 150);
	want("SYN is dropped", connect_to(c, at_server(0)), -EINPROGRESS);
	want("detach", set_int(l, SOL_SOCKET, SO_DETACH_FILTER, 0), 0);
	want("detach twice", set_int(l, SOL_SOCKET, SO_DETACH_FILTER, 0), -ENOENT);
}

static void levels(void)
{
	static const int level[] = { 2, 17, 41, 132, 254, 255, 256, 270, -1, 1000 };
	int fd = server_socket(), value;
	char step[32];
	socklen_t len;

	for (size_t i = 0; i < ROWS(level); i++) {
		snprintf(step, sizeof(step), "set at level %d", level[i]);
		ask(step, set_int(fd, level[i], 1, 1));
		len = sizeof(value);
		snprintf(step, sizeof(step), "get at level %d", level[i]);
		ask(step, getsockopt(fd, level[i], 1, &value, &len));
	}
}

const struct api_case sockopt_cases[] = {
	CASE(values), CASE(lengths), CASE(unprivileged), CASE(identity), CASE(buffers), CASE(timeouts), CASE(device),
	CASE(filters), CASE(levels), {}
};

static const struct opt_row ip_rows[] = {
	{ "tos", IPPROTO_IP, IP_TOS, { 0x10, 0x03, 0xff, 256 }, 4 },
	{ "ttl", IPPROTO_IP, IP_TTL, { 1, 255, 256, -1 }, 4 },
	{ "ttl 0", IPPROTO_IP, IP_TTL, { 0 }, 1 },
	{ "recvtos", IPPROTO_IP, IP_RECVTOS, { 1, 0 }, 2 },
	{ "recvttl", IPPROTO_IP, IP_RECVTTL, { 1, 0 }, 2 },
	{ "pktinfo", IPPROTO_IP, IP_PKTINFO, { 1, 0 }, 2 },
	{ "recverr", IPPROTO_IP, IP_RECVERR, { 1, 0 }, 2 },
	{ "hdrincl", IPPROTO_IP, IP_HDRINCL, { 1 }, 1 },
	{ "router_alert", IPPROTO_IP, IP_ROUTER_ALERT, { 1 }, 1 },
	{ "mtu_discover", IPPROTO_IP, IP_MTU_DISCOVER, { 0, 1, 3, 6 }, 4 },
	{ "freebind", IPPROTO_IP, IP_FREEBIND, { 1, 0 }, 2 },
	{ "transparent", IPPROTO_IP, IP_TRANSPARENT, { 1, 0 }, 2 },
	{ "minttl", IPPROTO_IP, IP_MINTTL, { 0, 1, 256, -1 }, 4 },
	{ "nodefrag", IPPROTO_IP, IP_NODEFRAG, { 1 }, 1 },
	{ "checksum", IPPROTO_IP, IP_CHECKSUM, { 1, 0 }, 2 },
	{ "bind_no_port", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, { 1, 0 }, 2 },
	{ "multicast_ttl", IPPROTO_IP, IP_MULTICAST_TTL, { 1 }, 1 },
	{ "multicast_loop", IPPROTO_IP, IP_MULTICAST_LOOP, { 1 }, 1 },
	{ "multicast_all", IPPROTO_IP, IP_MULTICAST_ALL, { 1 }, 1 },
	{ "unicast_if", IPPROTO_IP, 50, { 0 }, 1 },
	{ "passsec", IPPROTO_IP, IP_PASSSEC, { 1, 0 }, 2 },
	{ "origdst", IPPROTO_IP, IP_RECVORIGDSTADDR, { 1, 0 }, 2 },
	{ "recvopts", IPPROTO_IP, IP_RECVOPTS, { 1, 0 }, 2 },
	{ "retopts", IPPROTO_IP, IP_RETOPTS, { 1, 0 }, 2 },
	{ "recverr_rfc4884", IPPROTO_IP, 26, { 1, 2, 0 }, 3 },
	{ "recvfragsize", IPPROTO_IP, 25, { 1, 2, 0 }, 3 },
	{ "mtu", IPPROTO_IP, IP_MTU, { 1000 }, 1 },
	{ "local port range", IPPROTO_IP, IP_LOCAL_PORT_RANGE,
	  { 50000 | 50009 << 16, 50009 | 50000 << 16, 50000, 0 }, 4 },
	{ "unknown", IPPROTO_IP, 200, { 1 }, 1 },
};

static void ip_values(void)
{
	each_option(ip_rows, ROWS(ip_rows));
	for (size_t i = 0; i < ROWS(ip_rows); i++) {
		int l = listen_on(1, 1);

		set_and_get(l, &ip_rows[i], " listening");
		close(l);
	}
}

static void ip_lengths(void)
{
	for (size_t i = 0; i < ROWS(ip_rows); i++)
		bad_lengths(server_socket(), &ip_rows[i]);
}

static void ip_mtu(void)
{
	struct link k = link_up();

	want("unconnected", get_int(client_socket(), IPPROTO_IP, IP_MTU), -ENOTCONN);
	ask_opt("connected", k.c, IPPROTO_IP, IP_MTU);
	ask_opt("server", k.s, IPPROTO_IP, IP_MTU);
	want("set", set_int(k.c, IPPROTO_IP, IP_MTU, 1000), -ENOPROTOOPT);
}

static void ip_options(void)
{
	unsigned char nop[4] = { 1, 1, 1, 1 }, route[8] = { 131, 7, 4, 127, 0, 0, 1, 0 }, got[40], bad[4] = { 7, 99 };
	socklen_t len = sizeof(got);
	struct link k = link_up();

	ask("none", getsockopt(k.c, IPPROTO_IP, IP_OPTIONS, got, &len));
	ask("length", len);
	ask("nop", setsockopt(k.c, IPPROTO_IP, IP_OPTIONS, nop, 4));
	len = sizeof(got);
	ask("get", getsockopt(k.c, IPPROTO_IP, IP_OPTIONS, got, &len));
	ask("length set", len);
	send_all(k.c, "x", 1);
	want("data passes", recv(k.s, got, 1, 0), 1);
	ask("bad", setsockopt(k.c, IPPROTO_IP, IP_OPTIONS, bad, 4));
	ask("route", setsockopt(client_socket(), IPPROTO_IP, IP_OPTIONS, route, 8));
	ask("too long", setsockopt(k.c, IPPROTO_IP, IP_OPTIONS, got, 44));
}

/* What a listener is told is not for its connections. */
static void ip_options_of_a_listener(void)
{
	unsigned char nop[4] = { 1, 1, 1, 1 }, got[40];
	int l = listen_on(0, 1), c = client_socket(), s;
	socklen_t len = sizeof(got);

	ask("set", setsockopt(l, IPPROTO_IP, IP_OPTIONS, nop, 4));
	ask("get", getsockopt(l, IPPROTO_IP, IP_OPTIONS, got, &len));
	ask("length", len);
	want("connect", connect_to(c, at_server(0)), 0);
	s = must("accept", accept(l, NULL, NULL));
	len = sizeof(got);
	ask("get child's", getsockopt(s, IPPROTO_IP, IP_OPTIONS, got, &len));
	ask("child's length", len);
}

/* TTL 1 is enough on one link; IP_MINTTL above what arrives drops it. */
static void ip_minttl(void)
{
	struct link k = link_up();
	char b;

	must("ttl", set_int(k.c, env.ip_level, env.ip_ttl, 1));
	send_all(k.c, "a", 1);
	want("ttl 1 arrives", recv(k.s, &b, 1, 0), 1);
	must("minttl", set_int(k.s, env.ip_level, env.ip_minttl, 2));
	send_all(k.c, "b", 1);
	set_timeout(k.s, SO_RCVTIMEO, 150);
	want("too near its end", recv(k.s, &b, 1, 0), -EAGAIN);
	must("ttl", set_int(k.c, env.ip_level, env.ip_ttl, 64));
	set_timeout(k.s, SO_RCVTIMEO, 5000);
	want("repeated with more", recv(k.s, &b, 1, 0), 1);
}

static void ip_control(void)
{
	struct link k = link_up();
	char control[256], b[8];
	struct iovec v = { b, 8 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 256 };

	must("recvttl", set_int(k.s, IPPROTO_IP, IP_RECVTTL, 1));
	must("timestamp", set_int(k.s, SOL_SOCKET, SO_TIMESTAMP, 1));
	send_all(k.c, "abc", 3);
	await_inq(k.s, 3);
	want("recvmsg", recvmsg(k.s, &m, 0), 3);
	ask("control bytes", m.msg_controllen);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		say("control", "level %d type %d", c->cmsg_level, c->cmsg_type);
}

const struct api_case ipopt_cases[] = {
	CASE(ip_values), CASE(ip_lengths), CASE(ip_mtu), CASE(ip_options),
	CASE(ip_options_of_a_listener), CASE(ip_minttl), CASE(ip_control), {}
};

/* ioctls */

static long ioctl_int(int fd, unsigned long request)
{
	int n = -77;

	return ioctl(fd, request, &n) < 0 ? -1 : n;
}

static void queues(void)
{
	struct link k = link_up_small(16384);
	long bytes;
	int n;

	want("fresh inq", ioctl_int(client_socket(), SIOCINQ), 0);
	want("fresh outq", ioctl_int(client_socket(), SIOCOUTQ), 0);
	want("fresh nsd", ioctl_int(client_socket(), SIOCOUTQNSD), 0);
	want("listener inq", ioctl_int(k.l, SIOCINQ), -EINVAL);
	want("listener outq", ioctl_int(k.l, SIOCOUTQ), -EINVAL);
	want("listener nsd", ioctl_int(k.l, SIOCOUTQNSD), -EINVAL);
	send_all(k.c, "hello", 5);
	await_inq(k.s, 5);
	want("inq", ioctl_int(k.s, SIOCINQ), 5);
	want("fionread", ioctl_int(k.s, FIONREAD), 5);
	await_acked(k.c);
	want("outq", ioctl_int(k.c, SIOCOUTQ), 0);
	bytes = fill_socket(k.c);
	want("full outq", ioctl_int(k.c, SIOCOUTQ) > 0, 1);
	want("not sent", ioctl_int(k.c, SIOCOUTQNSD) <= ioctl_int(k.c, SIOCOUTQ), 1);
	for (n = 0; n < bytes + 5; n += drain(k.s))
		await(k.s, POLLIN);
	await_acked(k.c);
	want("empty nsd", ioctl_int(k.c, SIOCOUTQNSD), 0);
	want("empty inq", ioctl_int(k.s, SIOCINQ), 0);
	send_all(k.c, "ab", 2);
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, 0x2000);
	ask("inq before FIN", ioctl_int(k.s, SIOCINQ));
	drain(k.s);
	ask("inq at FIN", ioctl_int(k.s, SIOCINQ));
	await_state(k.c, TCP_FIN_WAIT2);
	ask("outq after FIN", ioctl_int(k.c, SIOCOUTQ));
	want("fault", ioctl(k.s, SIOCINQ, 1), -EFAULT);
	want("outq fault", ioctl(k.s, SIOCOUTQ, 1), -EFAULT);
}

static void nonblocking(void)
{
	struct link k = link_up();
	int on = 1;
	char b;

	want("on", ioctl(k.s, FIONBIO, &on), 0);
	want("recv", recv(k.s, &b, 1, 0), -EAGAIN);
	want("flag", !!(fcntl(k.s, F_GETFL) & O_NONBLOCK), 1);
	on = 0;
	want("off", ioctl(k.s, FIONBIO, &on), 0);
	want("flag off", fcntl(k.s, F_GETFL), O_RDWR);
	want("async on", ioctl(k.s, FIOASYNC, &(int){ 1 }), 0);
	want("async flag", !!(fcntl(k.s, F_GETFL) & O_ASYNC), 1);
	want("async off", ioctl(k.s, FIOASYNC, &(int){ 0 }), 0);
	want("cloexec", ioctl(k.s, FIOCLEX), 0);
	want("fault", ioctl(k.s, FIONBIO, 1), -EFAULT);
}

static void various(void)
{
	struct link k = link_up();
	struct ifreq ifr = { .ifr_name = "lo" };
	struct timeval tv;

	ask("atmark", ioctl_int(k.s, SIOCATMARK));
	ask("atmark on listener", ioctl_int(k.l, SIOCATMARK));
	ask("timestamp", ioctl(k.s, 0x8906, &tv));
	want("owner", ioctl(k.s, FIOSETOWN, &(int){ getpid() }), 0);
	want("own", ioctl_int(k.s, FIOGETOWN) == getpid(), 1);
	want("interface", ioctl(k.s, SIOCGIFFLAGS, &ifr), 0);
	want("is up", !!(ifr.ifr_flags & IFF_UP), 1);
	strcpy(ifr.ifr_name, "lo");
	want("index", ioctl(k.s, SIOCGIFINDEX, &ifr), 0);
	strcpy(ifr.ifr_name, "nix");
	want("no such", ioctl(k.s, SIOCGIFFLAGS, &ifr), -ENODEV);
	ask("unknown", ioctl(k.s, 0x5678, &ifr));
	ask("private", ioctl(k.s, 0x89f0, &ifr));
	ask("protocol private", ioctl(k.s, 0x89e0, &ifr));
}

const struct api_case ioctl_cases[] = { CASE(queues), CASE(nonblocking), CASE(various), {} };
