// SPDX-License-Identifier: GPL-2.0
/* sockapi: urgent data: MSG_OOB, SO_OOBINLINE, the mark, SIGURG, POLLPRI. */
#include <sys/epoll.h>
#include <sys/select.h>

#include "sockapi.h"

static int unread(int fd)
{
	int n = -1;

	return ioctl(fd, SIOCINQ, &n) ? -1 : n;
}

/* All of it is there when this returns. */
static void send_urgent(int fd, const char *text)
{
	must("send urgent", send(fd, text, strlen(text), MSG_OOB | MSG_NOSIGNAL));
	await_acked(fd);
}

static void send_plain(int fd, const char *text)
{
	send_all(fd, text, strlen(text));
	await_acked(fd);
}

/* One receive call that doesn't wait: what it gave, or its error. */
static void read_some(const char *step, int fd, size_t len, int flags)
{
	char b[64] = "";
	long n = recv(fd, b, len, flags | MSG_DONTWAIT);

	if (n < 0)
		say(step, "%s", err_name(errno));
	else
		say(step, "%ld '%.*s'", n, (int)n, b);
}

/* Everything that a program can ask without reading. */
static void look(const char *step, int fd)
{
	say(step, "poll %s unread %d mark %d", poll_str(fd), unread(fd), sockatmark(fd));
}

static struct link with_urgent(const char *text, const char *behind)
{
	struct link k = link_up();

	send_urgent(k.c, text);
	if (*behind)
		send_plain(k.c, behind);
	await(k.s, POLLPRI);
	return k;
}

static void stream_then_mark(void)
{
	struct link k = link_up();

	look("before", k.s);
	read_some("oob before", k.s, 8, MSG_OOB);
	want("send", send(k.c, "ab!", 3, MSG_OOB), 3);
	want("announced", await(k.s, POLLPRI) & POLLPRI, POLLPRI);
	await_acked(k.c);
	look("sent", k.s);
	read_some("read", k.s, 8, 0);
	look("at the mark", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	look("oob was read", k.s);
	read_some("oob again", k.s, 8, MSG_OOB);
	read_some("read on", k.s, 8, 0);
	look("behind the mark", k.s);
	read_some("oob behind it", k.s, 8, MSG_OOB);
	send_plain(k.c, "cd");
	look("more", k.s);
	read_some("read more", k.s, 8, 0);
}

static void mark_then_stream(void)
{
	struct link k = with_urgent("ab!", "cd");

	read_some("oob", k.s, 8, MSG_OOB);
	look("oob was read", k.s);
	read_some("oob again", k.s, 8, MSG_OOB);
	read_some("one", k.s, 1, 0);
	read_some("to the mark", k.s, 8, 0);
	look("at the mark", k.s);
	read_some("over the mark", k.s, 1, 0);
	look("over it", k.s);
	read_some("the rest", k.s, 8, 0);
}

static void passed_unread(void)
{
	struct link k = with_urgent("ab!", "cd");

	read_some("to the mark", k.s, 8, 0);
	look("at the mark", k.s);
	read_some("over the mark", k.s, 8, 0);
	look("over it", k.s);
	read_some("oob is gone", k.s, 8, MSG_OOB);
}

static void alone(void)
{
	struct link k = with_urgent("!", "");

	look("there", k.s);
	read_some("read", k.s, 8, 0);
	look("then", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	send_urgent(k.c, "?");
	await(k.s, POLLPRI);
	read_some("zero octets", k.s, 0, 0);
	look("zero octets then", k.s);
	read_some("oob of the second", k.s, 1, MSG_OOB);
	send_plain(k.c, "x");
	read_some("read on", k.s, 8, 0);
}

static void in_line(void)
{
	struct link k = link_up();

	want("set", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 1), 0);
	send_urgent(k.c, "ab!");
	send_plain(k.c, "cd");
	await(k.s, POLLPRI);
	look("sent", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	read_some("to the mark", k.s, 8, 0);
	look("at the mark", k.s);
	read_some("peek", k.s, 8, MSG_PEEK);
	read_some("one", k.s, 1, 0);
	look("behind it", k.s);
	read_some("the rest", k.s, 8, 0);
	send_urgent(k.c, "?");
	look("second", k.s);
	read_some("second read", k.s, 8, 0);
}

static void in_line_changed(void)
{
	struct link k = with_urgent("ab!", "cd");

	read_some("to the mark", k.s, 8, 0);
	must("inline", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 1));
	look("in line now", k.s);
	read_some("oob in line", k.s, 1, MSG_OOB);
	must("inline", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 0));
	look("out of band again", k.s);
	read_some("oob", k.s, 1, MSG_OOB);
	must("inline", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 1));
	read_some("read twice", k.s, 8, 0);
}

static void peeking(void)
{
	struct link k = with_urgent("ab!", "cd");

	read_some("peek oob", k.s, 8, MSG_OOB | MSG_PEEK);
	read_some("peek oob again", k.s, 8, MSG_OOB | MSG_PEEK);
	look("as before", k.s);
	read_some("peek", k.s, 8, MSG_PEEK);
	read_some("to the mark", k.s, 8, 0);
	read_some("peek at the mark", k.s, 8, MSG_PEEK);
	look("still at the mark", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	read_some("peek oob then", k.s, 8, MSG_OOB | MSG_PEEK);
	read_some("rest", k.s, 8, 0);
}

static void odd_reads(void)
{
	struct link k = with_urgent("ab!", "");

	read_some("oob waitall", k.s, 8, MSG_OOB | MSG_WAITALL | MSG_PEEK);
	ask("oob trunc", recv(k.s, NULL, 8, MSG_OOB | MSG_TRUNC | MSG_PEEK));
	ask("oob fault", recv(k.s, (void *)4096, 1, MSG_OOB));
	read_some("after the fault", k.s, 1, MSG_OOB);
	send_urgent(k.c, "?");
	await(k.s, POLLPRI);
	read_some("oob of nothing", k.s, 0, MSG_OOB);
	read_some("after that", k.s, 1, MSG_OOB);
	ask("trunc to the mark", recv(k.s, NULL, 16, MSG_TRUNC));
	look("then", k.s);
	read_some("oob errqueue", k.s, 1, MSG_OOB | MSG_ERRQUEUE);
}

static void messages(void)
{
	struct link k = link_up();
	struct iovec out[2] = { { "ab", 2 }, { "cd!", 3 } };
	struct msghdr m = { .msg_iov = out, .msg_iovlen = 2 };
	char one[2] = "", two[8] = "";
	struct iovec in[2] = { { one, 1 }, { two, 7 } };

	want("sendmsg", sendmsg(k.c, &m, MSG_OOB), 5);
	await(k.s, POLLPRI);
	await_acked(k.c);
	m = (struct msghdr){ .msg_iov = in, .msg_iovlen = 2, .msg_flags = 0x7777 };
	ask("recvmsg oob", recvmsg(k.s, &m, MSG_OOB | MSG_PEEK));
	say("its flags", "%#x '%s'", m.msg_flags, one);
	m = (struct msghdr){ .msg_iov = in, .msg_iovlen = 0 };
	ask("recvmsg oob of nothing", recvmsg(k.s, &m, MSG_OOB | MSG_PEEK));
	say("flags of nothing", "%#x", m.msg_flags);
	ask("readv", readv(k.s, in, 2));
	say("its text", "'%s' '%s'", one, two);
	m = (struct msghdr){ .msg_iov = in, .msg_iovlen = 2 };
	ask("recvmsg", recvmsg(k.s, &m, MSG_DONTWAIT));
}

/* The mark moves on before the octet at the old one was read: that becomes part of the stream. */
static void moves_on(void)
{
	struct link k = with_urgent("ab!", "");

	send_urgent(k.c, "cd?");
	await(k.s, POLLPRI);
	look("both there", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	read_some("to the mark", k.s, 16, 0);
	look("at the mark", k.s);
	read_some("behind", k.s, 16, 0);
}

static void moves_on_after_read(void)
{
	struct link k = with_urgent("ab!", "cd");

	read_some("oob", k.s, 8, MSG_OOB);
	send_urgent(k.c, "ef?");
	await(k.s, POLLPRI);
	look("both there", k.s);
	read_some("to the mark", k.s, 16, 0);
	read_some("second oob", k.s, 8, MSG_OOB);
}

/* The reader stands at the old mark: the octet there is in nobody's way any more. */
static void moves_on_at_mark(void)
{
	struct link k = with_urgent("ab!", "");

	read_some("to the mark", k.s, 16, 0);
	send_urgent(k.c, "cd?");
	await(k.s, POLLPRI);
	look("both there", k.s);
	read_some("to the next mark", k.s, 16, 0);
	send_urgent(k.c, "#");
	await(k.s, POLLPRI);
	look("third there", k.s);
	read_some("third", k.s, 8, MSG_OOB);
	read_some("nothing before it", k.s, 8, 0);
	look("none left", k.s);
}

static void moves_on_in_line(void)
{
	struct link k = link_up();

	must("inline", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 1));
	send_urgent(k.c, "ab!");
	await(k.s, POLLPRI);
	read_some("to the mark", k.s, 16, 0);
	send_urgent(k.c, "cd?");
	await(k.s, POLLPRI);
	look("both there", k.s);
	read_some("to the next mark", k.s, 16, 0);
	read_some("the rest", k.s, 16, 0);
}

static int one_signal(int n)
{
	return signals_caught >= n;
}

static void signals(void)
{
	struct link k = link_up();

	catch_signal(SIGURG, SA_RESTART);
	send_urgent(k.c, "!");
	await(k.s, POLLPRI);
	ask("nobody's", signals_caught);
	want("owner", fcntl(k.s, F_SETOWN, getpid()), 0);
	send_urgent(k.c, "a?");
	await_true("SIGURG", one_signal, 1);
	ask("signalled", signals_caught);
	send_plain(k.c, "bc");
	ask("plain data", signals_caught);
	send_urgent(k.c, "#");
	await_true("SIGURG", one_signal, 2);
	ask("mark moves on", signals_caught);
	drain(k.s);
	drain(k.s);
	send_urgent(k.c, "+");
	await_true("SIGURG", one_signal, 3);
	ask("after reading", signals_caught);
	must("inline", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 1));
	send_urgent(k.c, "-");
	await_true("SIGURG", one_signal, 4);
	ask("in line", signals_caught);
}

static long recv_eight(int fd)
{
	char b[8];

	return recv(fd, b, sizeof(b), 0);
}

static void signal_wakes(void)
{
	struct link k = link_up();
	struct f_owner_ex owner = { .type = F_OWNER_TID };
	struct task t;

	catch_signal(SIGURG, 0);
	task_start(&t, recv_eight, k.s);
	owner.pid = t.tid;
	must("owner", fcntl(k.s, F_SETOWN_EX, &owner));
	send_urgent(k.c, "!");
	ask("reader", task_end(&t));
	ask("signals", signals_caught);
}

static long poll_pri(int fd)
{
	return await(fd, POLLPRI);
}

static void polling(void)
{
	struct link k = link_up();
	int ep = must("epoll", epoll_create1(EPOLL_CLOEXEC)), n;
	struct epoll_event ev = { .events = EPOLLPRI | EPOLLET }, got = {};
	struct timeval none = {};
	struct task t;
	fd_set set;

	must("add", epoll_ctl(ep, EPOLL_CTL_ADD, k.s, &ev));
	task_start(&t, poll_pri, k.s);
	send_urgent(k.c, "a!");
	say("poll wakes up", "%s", mask_str(task_end(&t)));
	n = epoll_wait(ep, &got, 1, 0);
	say("epoll", "%d %s", n, mask_str(got.events));
	ask("epoll once", epoll_wait(ep, &got, 1, 0));
	FD_ZERO(&set);
	FD_SET(k.s, &set);
	ask("select", select(k.s + 1, NULL, NULL, &set, &none));
	send_urgent(k.c, "b?");
	await(k.s, POLLPRI);
	n = epoll_wait(ep, &got, 1, 0);
	say("epoll again", "%d %s", n, mask_str(got.events));
	read_some("oob", k.s, 1, MSG_OOB);
	FD_SET(k.s, &set);
	ask("select then", select(k.s + 1, NULL, NULL, &set, &none));
}

static void low_water(void)
{
	struct link k = link_up();

	must("rcvlowat", set_int(k.s, SOL_SOCKET, SO_RCVLOWAT, 3));
	send_urgent(k.c, "ab!");
	send_plain(k.c, "c");
	look("mark is further on", k.s);
	read_some("to the mark", k.s, 8, 0);
	look("at the mark, one behind it", k.s);
	send_plain(k.c, "d");
	look("two behind it", k.s);
	send_plain(k.c, "e");
	look("three behind it", k.s);
	read_some("over it", k.s, 8, 0);
}

static long recv_ten_all(int fd)
{
	char b[10];

	return recv(fd, b, 10, MSG_WAITALL);
}

static void waitall(void)
{
	struct link k = with_urgent("123!", "45678901234");
	struct task t;

	want("stops at the mark", recv_ten_all(k.s), 3);
	want("goes on behind it", recv_ten_all(k.s), 10);
	want("one is left", drain(k.s), 1);
	task_start(&t, recv_ten_all, k.s);
	send_urgent(k.c, "12!");
	want("woken by the mark", task_end(&t), 2);
	task_start(&t, recv_ten_all, k.s);
	send_plain(k.c, "1234567890");
	want("over it", task_end(&t), 10);
}

static void not_connected(void)
{
	int fd = server_socket(), l = listen_on(1, 4);
	struct link k = link_up();

	read_some("fresh", fd, 8, MSG_OOB);
	look("fresh looks", fd);
	ask("send fresh", send(fd, "a", 1, MSG_OOB | MSG_NOSIGNAL));
	read_some("listener", l, 8, MSG_OOB);
	ask("listener's mark", sockatmark(l));
	ask("send on listener", send(l, "a", 1, MSG_OOB | MSG_NOSIGNAL));
	must("shutdown", shutdown(k.c, SHUT_WR));
	ask("send after shutdown", send(k.c, "a", 1, MSG_OOB | MSG_NOSIGNAL));
	ask("nothing", send(k.s, "", 0, MSG_OOB));
	ask("from nowhere", send(k.s, NULL, 1, MSG_OOB));
	look("not seen", k.c);
}

static void with_fin(void)
{
	struct link k = link_up();

	want("send", send(k.c, "ab!", 3, MSG_OOB), 3);
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, 0x2000);
	look("all there", k.s);
	read_some("to the mark", k.s, 8, 0);
	look("at the mark", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	read_some("eof", k.s, 8, 0);
	look("at the end", k.s);
	read_some("oob at the end", k.s, 8, MSG_OOB);
}

static void in_line_with_fin(void)
{
	struct link k = link_up();

	must("inline", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 1));
	want("send", send(k.c, "ab!", 3, MSG_OOB), 3);
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, 0x2000);
	look("all there", k.s);
	read_some("to the mark", k.s, 8, 0);
	read_some("the mark", k.s, 8, 0);
	read_some("eof", k.s, 8, 0);
	look("at the end", k.s);
}

static void shut_for_reading(void)
{
	struct link k = with_urgent("ab!", "");

	must("shutdown", shutdown(k.s, SHUT_RD));
	look("shut", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	read_some("read", k.s, 8, 0);
	read_some("read on", k.s, 8, 0);
}

static void reset(void)
{
	struct link k = with_urgent("ab!", "");

	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	look("reset", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
	read_some("read", k.s, 8, 0);
	read_some("oob then", k.s, 8, MSG_OOB);
	read_some("read then", k.s, 8, 0);
}

static void disconnected(void)
{
	struct link k = with_urgent("ab!", "");

	must("unspec", connect_to(k.s, unspec()));
	look("forgotten", k.s);
	read_some("oob", k.s, 8, MSG_OOB);
}

/* What was read out of band stands unread in the stream. */
static void closed_at_mark(void)
{
	struct link k = with_urgent("ab!", "");

	read_some("to the mark", k.s, 8, 0);
	read_some("oob", k.s, 8, MSG_OOB);
	close(k.s);
	await(k.c, 0x2000 | POLLHUP);
	read_some("peer", k.c, 8, 0);
}

static void before_accept(void)
{
	struct link k = { .l = listen_on(0, 4), .c = client_socket() };

	must("inline", set_int(k.l, SOL_SOCKET, SO_OOBINLINE, 1));
	must("connect", connect_to(k.c, at_server(0)));
	send_urgent(k.c, "ab!");
	k.s = must("accept", accept(k.l, NULL, NULL));
	await(k.s, POLLPRI);
	ask_opt("inherited", k.s, SOL_SOCKET, SO_OOBINLINE);
	look("accepted", k.s);
	read_some("to the mark", k.s, 8, 0);
	read_some("the mark", k.s, 8, 0);
}

static void both_ways(void)
{
	struct link k = with_urgent("ab!", "");

	send_urgent(k.s, "xyz?");
	await(k.c, POLLPRI);
	read_some("client's oob", k.c, 8, MSG_OOB);
	read_some("server's oob", k.s, 8, MSG_OOB);
	read_some("client reads", k.c, 8, 0);
	read_some("server reads", k.s, 8, 0);
}

/* Urgent data waits for nothing that would hold other data back. */
static void corked(void)
{
	struct link k = link_up();

	must("cork", set_int(k.c, IPPROTO_TCP, TCP_CORK, 1));
	send_all(k.c, "ab", 2);
	want("send", send(k.c, "c!", 2, MSG_OOB | MSG_MORE), 2);
	want("there", await(k.s, POLLPRI) & POLLPRI, POLLPRI);
	read_some("oob", k.s, 8, MSG_OOB);
	read_some("read", k.s, 8, 0);
}

/* Each call that takes a part moves the mark on; in the end it is where it would be after one. */
#define LONG 300000

static void long_one(void)
{
	static char out[LONG], in[LONG];
	struct link k = link_up();
	long n, sent = 0, sum = 0;

	must("inline", set_int(k.s, SOL_SOCKET, SO_OOBINLINE, 1));
	fill(out, LONG, 3);
	while (!sockatmark(k.s) || sum < LONG - 1) {
		n = send(k.c, out + sent, LONG - sent, MSG_OOB | MSG_DONTWAIT);
		sent += n > 0 ? n : 0;
		await(k.s, POLLIN);
		sum += must("recv", recv(k.s, in + sum, LONG - sum, MSG_DONTWAIT));
	}
	ask("before the mark", sum);
	want("at the mark", recv(k.s, in + sum, 8, MSG_DONTWAIT), 1);
	want("the same", memcmp(out, in, LONG), 0);
}

static int sender;

static int stands_still(int fd)
{
	int unsent = 0, queued = 0, before = unread(fd);

	return !ioctl(sender, SIOCOUTQ, &queued) && !ioctl(sender, SIOCOUTQNSD, &unsent) && queued > 0 &&
	       queued == unsent && before == unread(fd);
}

/* The window is shut: the peer learns of urgent data, and gets it later. */
static void shut_window(void)
{
	static char chunk[30000], in[30001];
	int l = server_socket(), c = client_socket(), s;
	long n, sum = 0;

	ethernet_mtu();
	must("rcvbuf", set_int(l, SOL_SOCKET, SO_RCVBUF, 4096));
	must("sndbuf", set_int(c, SOL_SOCKET, SO_SNDBUF, 200000));
	must("reuse", set_int(l, SOL_SOCKET, SO_REUSEADDR, 1));
	must("bind", bind_to(l, at_server(0)));
	must("listen", listen(l, 4));
	must("connect", connect_to(c, at_server(0)));
	s = must("accept", accept(l, NULL, NULL));
	catch_signal(SIGURG, SA_RESTART);
	must("owner", fcntl(s, F_SETOWN, getpid()));
	fill(chunk, sizeof(chunk), 5);
	send_all(c, chunk, sizeof(chunk));
	sender = c;
	await_true("a shut window", stands_still, s);
	want("send", send(c, "!", 1, MSG_OOB | MSG_DONTWAIT), 1);
	await_true("SIGURG", one_signal, 1);
	read_some("oob is not there", s, 1, MSG_OOB);
	say("poll", "%s", poll_str(s));
	while (!sockatmark(s)) {
		await(s, POLLIN);
		n = must("recv", recv(s, in + sum, sizeof(in) - sum, MSG_DONTWAIT));
		sum += n;
	}
	ask("before the mark", sum);
	await(s, POLLPRI);
	read_some("oob", s, 1, MSG_OOB);
	ask("signals", signals_caught);
}

const struct api_case urgent_cases[] = {
	CASE(stream_then_mark), CASE(mark_then_stream), CASE(passed_unread), CASE(alone), CASE(in_line),
	CASE(in_line_changed), CASE(peeking), CASE(odd_reads), CASE(messages), CASE(moves_on),
	CASE(moves_on_after_read), CASE(moves_on_at_mark), CASE(moves_on_in_line), CASE(signals),
	CASE(signal_wakes), CASE(polling), CASE(low_water), CASE(waitall), CASE(not_connected), CASE(with_fin),
	CASE(in_line_with_fin), CASE(shut_for_reading), CASE(reset), CASE(disconnected), CASE(closed_at_mark),
	CASE(before_accept), CASE(both_ways), CASE(corked), CASE(long_one), CASE(shut_window), {}
};
