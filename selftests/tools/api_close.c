// SPDX-License-Identifier: GPL-2.0
/* sockapi: shutdown() in every state, close() and what SO_LINGER makes of it. */
#include <sys/wait.h>

#include "sockapi.h"

#define RDHUP 0x2000

static void arguments(void)
{
	struct link k = link_up();
	int c = client_socket();

	want("fresh RD", shutdown(c, SHUT_RD), -ENOTCONN);
	want("fresh WR", shutdown(c, SHUT_WR), -ENOTCONN);
	want("fresh RDWR", shutdown(c, SHUT_RDWR), -ENOTCONN);
	want("3", shutdown(k.c, 3), -EINVAL);
	want("-1", shutdown(k.c, -1), -EINVAL);
	must("bind", bind_to(c, at_client(1)));
	want("bound", shutdown(c, SHUT_WR), -ENOTCONN);
	ask("fresh, bad argument", shutdown(c, 9));
}

static void writing(void)
{
	struct link k = link_up();
	char b[8];

	send_all(k.c, "last", 4);
	want("shutdown", shutdown(k.c, SHUT_WR), 0);
	want("send", send(k.c, "x", 1, MSG_NOSIGNAL), -EPIPE);
	want("twice", shutdown(k.c, SHUT_WR), 0);
	want("peer reads", read_all(k.s, b, 8), 4);
	await_state(k.c, TCP_FIN_WAIT2);
	want("state", tcp_state(k.s), TCP_CLOSE_WAIT);
	want("peer writes", send(k.s, "answer", 6, 0), 6);
	want("reads on", recv(k.c, b, 8, 0), 6);
	want("thrice", shutdown(k.c, SHUT_WR), 0);
	want("peer shuts", shutdown(k.s, SHUT_WR), 0);
	want("eof", recv(k.c, b, 8, 0), 0);
	await_state(k.s, TCP_CLOSE);
	ask("after the end", shutdown(k.s, SHUT_RDWR));
	ask("in TIME-WAIT", shutdown(k.c, SHUT_RDWR));
}

static void reading(void)
{
	struct link k = link_up();
	char b[16];

	send_all(k.c, "before", 6);
	await_inq(k.s, 6);
	want("shutdown", shutdown(k.s, SHUT_RD), 0);
	want("queued data", recv(k.s, b, 16, 0), 6);
	want("then eof", recv(k.s, b, 16, 0), 0);
	want("state", tcp_state(k.s), TCP_ESTABLISHED);
	want("peer sends", send(k.c, "after", 5, MSG_NOSIGNAL), 5);
	await_acked(k.c);
	await_inq(k.s, 5);
	ask("data after that", recv(k.s, b, 16, 0));
	ask("and then", recv(k.s, b, 16, 0));
	want("still writes", send(k.s, "x", 1, 0), 1);
	want("peer reads", recv(k.c, b, 16, 0), 1);
	want("peer's poll", strcmp(poll_str(k.c), "OUT|WRNORM"), 0);
}

static void both(void)
{
	struct link k = link_up();
	char b;

	want("shutdown", shutdown(k.c, SHUT_RDWR), 0);
	want("recv", recv(k.c, &b, 1, 0), 0);
	want("send", send(k.c, "x", 1, MSG_NOSIGNAL), -EPIPE);
	want("peer's eof", recv(k.s, &b, 1, 0), 0);
	must("shutdown", shutdown(k.s, SHUT_WR));
	await_state(k.s, TCP_CLOSE);
	want("no error", so_error(k.s), 0);
	ask("again", shutdown(k.c, SHUT_RDWR));
}

static void both_then_data(void)
{
	struct link k = link_up();
	char b[8];

	must("shutdown", shutdown(k.c, SHUT_RDWR));
	await(k.s, RDHUP);
	want("peer sends", send(k.s, "late", 4, MSG_NOSIGNAL), 4);
	await(k.s, POLLHUP);
	say("peer's poll", "%s", poll_str(k.s));
	say("peer's error", "%s", so_error_name(k.s));
	ask("late data", recv(k.c, b, 8, 0));
	ask("then", recv(k.c, b, 8, 0));
}

static void after_reset(void)
{
	struct link k = link_up();

	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	ask("shutdown", shutdown(k.s, SHUT_RDWR));
	say("error", "%s", so_error_name(k.s));
	ask("shutdown again", shutdown(k.s, SHUT_WR));
}

static void simultaneous(void)
{
	struct link k = link_up();
	char b;
	int r = shutdown(k.c, SHUT_WR) | shutdown(k.s, SHUT_WR);

	want("both", r, 0);
	want("eof", recv(k.c, &b, 1, 0), 0);
	want("peer's eof", recv(k.s, &b, 1, 0), 0);
	await(k.c, POLLHUP);
	await(k.s, POLLHUP);
	say("polls", "%s %s", poll_str(k.c), poll_str(k.s));
}

static void listening(void)
{
	int l = listen_on(0, 4), c = client_socket();

	must("connect", connect_to(c, at_server(0)));
	want("write side", shutdown(l, SHUT_WR), 0);
	want("accepts still", accept(l, NULL, NULL), ANY);
	want("read side", shutdown(l, SHUT_RD), 0);
	want("no more", accept(l, NULL, NULL), -EINVAL);
	want("not any more", shutdown(l, SHUT_RD), -ENOTCONN);
}

const struct api_case shutdown_cases[] = {
	CASE(arguments), CASE(writing), CASE(reading), CASE(both), CASE(both_then_data), CASE(after_reset),
	CASE(simultaneous), CASE(listening), {}
};

/* close() */

static void orderly(void)
{
	struct link k = link_up();
	char b[8];

	send_all(k.c, "bye", 3);
	want("close", close(k.c), 0);
	want("data", recv(k.s, b, 8, 0), 3);
	want("eof", recv(k.s, b, 8, 0), 0);
	want("error", so_error(k.s), 0);
	want("peer closes", close(k.s), 0);
}

static void unread_data(void)
{
	struct link k = link_up();
	char b;

	send_all(k.c, "never read", 10);
	await_inq(k.s, 10);
	want("close", close(k.s), 0);
	await(k.c, POLLHUP);
	want("reset", recv(k.c, &b, 1, 0), -ECONNRESET);
	want("then eof", recv(k.c, &b, 1, 0), 0);
}

static void unread_after_fin(void)
{
	struct link k = link_up();
	char b;

	send_all(k.c, "never read", 10);
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, RDHUP);
	want("close", close(k.s), 0);
	await(k.c, POLLHUP);
	say("poll", "%s", poll_str(k.c));
	ask("recv", recv(k.c, &b, 1, 0));
}

static void linger_0(void)
{
	struct link k = link_up();
	char b[8];

	send_all(k.c, "sent", 4);
	await_acked(k.c);
	want("set", set_linger(k.c, 1, 0), 0);
	want("close", close(k.c), 0);
	await(k.s, POLLHUP);
	want_str("error", so_error_name(k.s), "ECONNRESET");
	ask("data", recv(k.s, b, 8, MSG_DONTWAIT));
	want("name is free at once", bind_to(client_socket(), at_client(9)), 0);
}

static void linger_empty(void)
{
	struct link k = link_up();
	long start = now_ms();
	char b;

	want("set", set_linger(k.c, 1, 20), 0);
	must("shutdown", shutdown(k.s, SHUT_WR));
	await(k.c, RDHUP);
	want("close", close(k.c), 0);
	want("did not wait", now_ms() - start < 20000, 1);
	want("eof", recv(k.s, &b, 1, 0), 0);
}

/* The peer reads nothing: close() waits for its whole time, then leaves in peace. */
static void linger_waits(void)
{
	struct link k = link_up_small(16384);
	long start, took;
	int bytes = fill_socket(k.c);
	static char b[1 << 20];

	want("set", set_linger(k.c, 1, 1), 0);
	start = now_ms();
	want("close", close(k.c), 0);
	took = now_ms() - start;
	want("waited", took >= 990, 1);
	want("all arrives", read_all(k.s, b, sizeof(b)) == bytes, 1);
}

static long linger_close(int fd)
{
	return close(fd);
}

static void linger_ends(void)
{
	struct link k = link_up_small(16384);
	struct task t;
	static char b[1 << 20];
	int bytes = fill_socket(k.c);

	want("set", set_linger(k.c, 1, 20), 0);
	task_start(&t, linger_close, k.c);
	want("all arrives", read_all(k.s, b, sizeof(b)) == bytes, 1);
	close(k.s);
	want("close", task_end(&t), 0);
}

static void linger_nonblocking(void)
{
	struct link k = link_up_small(16384);
	long start;

	fill_socket(k.c);
	set_nonblock(k.c);
	want("set", set_linger(k.c, 1, 5), 0);
	start = now_ms();
	want("close", close(k.c), 0);
	say("waits though nonblocking", "%s", now_ms() - start >= 4990 ? "yes" : "no");
}

static void linger_get(void)
{
	int c = client_socket();
	struct linger l = { 7, 7 };
	socklen_t len = sizeof(l);

	want("get", getsockopt(c, SOL_SOCKET, SO_LINGER, &l, &len), 0);
	say("default", "%d %d", l.l_onoff, l.l_linger);
	want("set", set_linger(c, 5, 77), 0);
	want("get again", getsockopt(c, SOL_SOCKET, SO_LINGER, &l, &len), 0);
	say("value", "%d %d", l.l_onoff, l.l_linger);
	want("off", set_linger(c, 0, 9), 0);
	getsockopt(c, SOL_SOCKET, SO_LINGER, &l, &len);
	say("value when off", "%d %d", l.l_onoff, l.l_linger);
	want("short", setsockopt(c, SOL_SOCKET, SO_LINGER, &l, 4), -EINVAL);
	ask("negative", set_linger(c, 1, -1));
	len = 4;
	ask("short get", getsockopt(c, SOL_SOCKET, SO_LINGER, &l, &len));
	ask("length", len);
}

static void in_syn_sent(void)
{
	int c = client_socket();

	blackhole_route();
	set_nonblock(c);
	must("bind", bind_to(c, at(BLACKHOLE_SOURCE, port(1))));
	want("connect", connect_to(c, at(BLACKHOLE, 9)), -EINPROGRESS);
	want("close", close(c), 0);
	want("port is free", bind_to(client_socket(), at(BLACKHOLE_SOURCE, port(1))), 0);
}

static void with_full_queue(void)
{
	struct link k = link_up_small(16384);
	int bytes = fill_socket(k.c);
	static char b[1 << 20];

	want("close", close(k.c), 0);
	want("all arrives", read_all(k.s, b, sizeof(b)) == bytes, 1);
	want("no error", so_error(k.s), 0);
}

/* The process ends with everything open. */
static void by_exit(void)
{
	struct link k = link_up();
	pid_t pid = fork();
	char b[8];

	if (!pid) {
		send_all(k.c, "exit", 4);
		_exit(0);
	}
	close(k.c);
	must("wait", waitpid(pid, NULL, 0));
	want("data", read_all(k.s, b, 8), 4);
	want("eof", recv(k.s, b, 8, 0), 0);
}

static void linger2(void)
{
	struct link k = link_up();
	char b;

	want("set", set_int(k.c, IPPROTO_TCP, TCP_LINGER2, 1), 0);
	must("close", close(k.c));
	want("eof", recv(k.s, &b, 1, 0), 0);
	/* The orphan's FIN-WAIT-2 ends after a second; data then meets nobody. */
	for (long end = now_ms() + 9000; send(k.s, "x", 1, MSG_NOSIGNAL) == 1 && now_ms() < end;)
		await(k.s, POLLERR | POLLHUP);
	ask("in the end", send(k.s, "x", 1, MSG_NOSIGNAL));
}

const struct api_case close_cases[] = {
	CASE(orderly), CASE(unread_data), CASE(unread_after_fin), CASE(linger_0), CASE(linger_empty),
	CASE(linger_waits), CASE(linger_ends), CASE(linger_nonblocking), CASE(linger_get), CASE(in_syn_sent),
	CASE(with_full_queue), CASE(by_exit), CASE(linger2), {}
};
