// SPDX-License-Identifier: GPL-2.0
/* sockapi: Fast Open (RFC 7413), both ends: what the calls return, and what the options make of them. */
#include "sockapi.h"

#define CLIENT		"1"
#define BOTH		"3"
#define EVERYBODY	"1027"	/* all listeners do it, without the option */
#define BARE		"519"	/* without cookies, either end */

static int server(int n, int most)
{
	int l = listen_on(n, 8);

	must("TCP_FASTOPEN", set_int(l, IPPROTO_TCP, TCP_FASTOPEN, most));
	return l;
}

static long send_to(int fd, const union addr *to, size_t len, int flags)
{
	static char buf[65536];

	return sendto(fd, buf, len, MSG_FASTOPEN | MSG_NOSIGNAL | flags, &to->sa, env.addr_len);
}

/* A first connection, which gets a cookie. */
static void learn(int l)
{
	int c = client_socket(), s;

	must("sendto", send_to(c, at_server(0), 10, 0));
	s = must("accept", accept(l, NULL, NULL));
	set_linger(c, 1, 0);
	close(c);
	close(s);
}

static void say_info(const char *who, int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	must("TCP_INFO", getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len));
	say(who, "%s, data in the SYN: %d", state_name(info.tcpi_state),
	    !!(info.tcpi_options & TCPI_OPT_SYN_DATA));
}

static void blocking(void)
{
	int l, c, s;

	write_own_sysctl("fastopen", BOTH);
	l = server(0, 5);
	for (int round = 0; round < 2; round++) {
		c = client_socket();
		say("round", "%d", round);
		ask("sendto", send_to(c, at_server(0), 1000, 0));
		s = must("accept", accept(l, NULL, NULL));
		await_inq(s, 1000);
		say_info("client", c);
		say_info("server", s);
		ask("sendto again", send_to(c, at_server(0), 10, 0));
		ask("send", send(c, "x", 1, 0));
		await_inq(s, 1001);
		ask("answer", send(s, "xyz", 3, 0));
		await_inq(c, 3);
		close(c);
		close(s);
	}
}

static void nonblocking(void)
{
	int l, c, s;

	write_own_sysctl("fastopen", BOTH);
	l = server(0, 5);
	c = client_socket();
	ask("unknown", send_to(c, at_server(0), 100, MSG_DONTWAIT));
	say("poll", "%s", mask_str(await(c, POLLOUT)));
	ask("connect then", connect_to(c, at_server(0)));
	ask("sendto then", send_to(c, at_server(0), 100, MSG_DONTWAIT));
	s = must("accept", accept(l, NULL, NULL));
	say("nothing was sent", "%s", poll_str(s));
	close(c);
	close(s);
	c = client_socket();
	ask("known", send_to(c, at_server(0), 100, MSG_DONTWAIT));
	s = must("accept", accept(l, NULL, NULL));
	await_inq(s, 100);
	await(c, POLLOUT);
	say_info("client", c);
	say_info("server", s);
}

/* More than the SYN takes. */
static void much(void)
{
	int l, c, s;

	ethernet_mtu();
	write_own_sysctl("fastopen", BOTH);
	l = server(0, 5);
	learn(l);
	c = client_socket();
	ask("sendto", send_to(c, at_server(0), 20000, 0));
	s = must("accept", accept(l, NULL, NULL));
	await_inq(s, 20000);
	say_info("client", c);
	c = client_socket();
	ask("nothing", send_to(c, at_server(0), 0, 0));
	s = must("accept", accept(l, NULL, NULL));
	say("server", "%s", poll_str(s));
}

static void errors(void)
{
	static char buf[10];
	struct link k;
	int c = client_socket(), l;

	write_own_sysctl("fastopen", "0");
	ask("off", send_to(c, at_server(0), 10, 0));
	ask("option, off", set_int(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
	write_own_sysctl("fastopen", CLIENT);
	ask("refused", send_to(c, at_server(31), 10, 0));
	ask("error", so_error(c));
	say("poll", "%s", poll_str(c));
	ask("no address", send(c, buf, 10, MSG_FASTOPEN | MSG_NOSIGNAL));
	ask("short address", sendto(c, buf, 10, MSG_FASTOPEN | MSG_NOSIGNAL, &at_server(0)->sa, 1));
	ask("AF_UNSPEC", send_to(c, unspec(), 10, 0));
	say("state", "%s", state_name(tcp_state(c)));
	l = listen_on(1, 4);
	ask("listener", send_to(l, at_server(0), 10, 0));
	k = link_up();
	ask("connected", send_to(k.c, at_server(0), 10, 0));
	ask("connected, no address", send(k.c, buf, 10, MSG_FASTOPEN | MSG_NOSIGNAL));
	shutdown(k.c, SHUT_WR);
	ask("shut down", send_to(k.c, at_server(0), 10, 0));
}

static void deferred(void)
{
	int l, c, s;
	char b;

	write_own_sysctl("fastopen", BOTH);
	l = server(0, 5);
	c = client_socket();
	must("TCP_FASTOPEN_CONNECT", set_int(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
	ask("unknown", connect_to(c, at_server(0)));
	say("unknown state", "%s", state_name(tcp_state(c)));
	s = must("accept", accept(l, NULL, NULL));
	close(c);
	close(s);
	c = client_socket();
	must("TCP_FASTOPEN_CONNECT", set_int(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
	ask("known", connect_to(c, at_server(0)));
	say("state", "%s", state_name(tcp_state(c)));
	say("poll", "%s", poll_str(c));
	say("nobody comes", "%s", poll_str(l));
	ask("connect again", connect_to(c, at_server(0)));
	ask("recv", recv(c, &b, 1, MSG_DONTWAIT));
	ask("error", so_error(c));
	ask("send", send(c, "hello", 5, 0));
	s = must("accept", accept(l, NULL, NULL));
	await_inq(s, 5);
	say_info("client", c);
	say_info("server", s);
	ask("connect then", connect_to(c, at_server(0)));
	ask("option then", set_int(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 0));
}

/* connect() has returned, and the program does something else than write. */
static void deferred_ends(void)
{
	int l, c;

	write_own_sysctl("fastopen", BOTH);
	l = server(0, 5);
	learn(l);
	c = client_socket();
	must("TCP_FASTOPEN_CONNECT", set_int(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
	must("connect", connect_to(c, at_server(0)));
	ask("shutdown", shutdown(c, SHUT_WR));
	say("state", "%s", state_name(tcp_state(c)));
	say("poll", "%s", poll_str(c));
	ask("send", send(c, "x", 1, MSG_NOSIGNAL));
	c = client_socket();
	must("TCP_FASTOPEN_CONNECT", set_int(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
	must("connect", connect_to(c, at_server(0)));
	ask("disconnect", connect(c, &unspec()->sa, env.addr_len));
	say("disconnected", "%s", state_name(tcp_state(c)));
	ask("connect", connect_to(c, at_server(0)));
	ask("close", close(c));
	say("nobody comes", "%s", poll_str(l));
	c = client_socket();
	must("TCP_FASTOPEN_CONNECT", set_int(c, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1));
	close(l);
	must("connect", connect_to(c, at_server(0)));
	ask("send to nobody", send(c, "x", 1, MSG_NOSIGNAL));
	say("state then", "%s", state_name(tcp_state(c)));
}

static void bare(void)
{
	int l, c, s;

	write_own_sysctl("fastopen", BARE);
	l = server(0, 5);
	c = client_socket();
	ask("sendto", send_to(c, at_server(0), 100, MSG_DONTWAIT));
	s = must("accept", accept(l, NULL, NULL));
	await_inq(s, 100);
	say_info("server", s);
	ask("child's", get_int(s, IPPROTO_TCP, TCP_FASTOPEN));
}

static void listeners(void)
{
	int l, c, s;

	write_own_sysctl("fastopen", EVERYBODY);
	l = listen_on(0, 7);
	ask("client off", get_int(l, IPPROTO_TCP, TCP_FASTOPEN));
	close(l);
	write_own_sysctl("fastopen", "1031");
	l = listen_on(0, 7);
	ask("by the backlog", get_int(l, IPPROTO_TCP, TCP_FASTOPEN));
	ask("listen again", listen(l, 9));
	ask("stays", get_int(l, IPPROTO_TCP, TCP_FASTOPEN));
	c = client_socket();
	ask("sendto", send_to(c, at_server(0), 100, 0));
	s = must("accept", accept(l, NULL, NULL));
	await_inq(s, 100);
}

static void keys(void)
{
	static const int lengths[] = { 0, 4, 15, 16, 17, 31, 32, 33 };
	unsigned char key[40], got[40];
	int l = server(0, 5);
	char step[32];

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = i + 1;
	for (size_t i = 0; i < ROWS(lengths); i++) {
		socklen_t len = 40;

		snprintf(step, sizeof(step), "set %d", lengths[i]);
		ask(step, setsockopt(l, IPPROTO_TCP, TCP_FASTOPEN_KEY, key, lengths[i]));
		memset(got, 0, sizeof(got));
		snprintf(step, sizeof(step), "get after %d", lengths[i]);
		ask(step, getsockopt(l, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len));
		say(step, "%d octets, %s", len, memcmp(key, got, len) ? "others" : "the same");
	}
	for (size_t i = 0; i < ROWS(lengths); i++) {
		socklen_t len = lengths[i];

		snprintf(step, sizeof(step), "get %d", lengths[i]);
		ask(step, getsockopt(l, IPPROTO_TCP, TCP_FASTOPEN_KEY, got, &len));
		say(step, "%d octets", len);
	}
	ask("fault", setsockopt(l, IPPROTO_TCP, TCP_FASTOPEN_KEY, (void *)1, 16));
}

const struct api_case fastopen_cases[] = {
	CASE(blocking), CASE(nonblocking), CASE(much), CASE(errors), CASE(deferred), CASE(deferred_ends),
	CASE(bare), CASE(listeners), CASE(keys), {}
};
