// SPDX-License-Identifier: GPL-2.0
/* sockapi: calls that sleep, and what wakes them: the peer, close, shutdown, signals, other threads. */
#include <sys/wait.h>

#include "sockapi.h"

static long do_accept(int fd)
{
	return accept(fd, NULL, NULL);
}

static long do_recv(int fd)
{
	char b[64];

	return recv(fd, b, sizeof(b), 0);
}

static long do_peek(int fd)
{
	char b[64];

	return recv(fd, b, sizeof(b), MSG_PEEK);
}

static long do_send(int fd)
{
	static char big[1 << 20];

	return send(fd, big, sizeof(big), MSG_NOSIGNAL);
}

static long do_connect(int fd)
{
	return connect_to(fd, at(BLACKHOLE, 9));
}

static void woken_by_peer(void)
{
	struct link k = link_up();
	struct task t;
	int c = client_socket();

	task_start(&t, do_accept, k.l);
	must("connect", connect_to(c, at_server(0)));
	want("accept", task_end(&t), ANY);
	task_start(&t, do_recv, k.s);
	send_all(k.c, "abc", 3);
	want("recv", task_end(&t), 3);
	task_start(&t, do_peek, k.s);
	send_all(k.c, "abcd", 4);
	want("peek", task_end(&t), 4);
	drain(k.s);
	task_start(&t, do_recv, k.s);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("FIN", task_end(&t), 0);
	task_start(&t, do_recv, k.c);
	must("linger", set_linger(k.s, 1, 0));
	close(k.s);
	want("reset", task_end(&t), -ECONNRESET);
}

static void shutdown_wakes(void)
{
	struct link k = link_up();
	struct task t;

	task_start(&t, do_recv, k.s);
	must("shutdown", shutdown(k.s, SHUT_RD));
	want("recv", task_end(&t), 0);
	task_start(&t, do_accept, k.l);
	must("shutdown", shutdown(k.l, SHUT_RD));
	want("accept", task_end(&t), -EINVAL);
	k = link_up_small(16384);
	fill_socket(k.c);
	task_start(&t, do_send, k.c);
	must("shutdown", shutdown(k.c, SHUT_WR));
	ask("send", task_end(&t));
}

static void shutdown_wakes_connect(void)
{
	int c = client_socket();
	struct task t;

	blackhole_route();
	task_start(&t, do_connect, c);
	ask("shutdown", shutdown(c, SHUT_RDWR));
	ask("connect", task_end(&t));
}

/* close() takes the descriptor away; the sleeping call keeps the socket. The peer then still decides. */
static void close_under_recv(void)
{
	struct link k = link_up();
	struct task t;

	task_start(&t, do_recv, k.s);
	want("close", close(k.s), 0);
	send_all(k.c, "abc", 3);
	want("recv", task_end(&t), 3);
}

static void close_under_accept(void)
{
	int l = listen_on(0, 4), c = client_socket();
	struct task t;

	task_start(&t, do_accept, l);
	want("close", close(l), 0);
	want("connect", connect_to(c, at_server(0)), 0);
	want("accept", task_end(&t), ANY);
	want("then refused", connect_to(client_socket(), at_server(0)), -ECONNREFUSED);
}

static void close_under_send(void)
{
	struct link k = link_up_small(16384);
	struct task t;
	static char b[1 << 16];
	long sum = 0, n;
	int bytes = fill_socket(k.c);

	task_start(&t, do_send, k.c);
	want("close", close(k.c), 0);
	while ((n = read(k.s, b, sizeof(b))) > 0)
		sum += n;
	want("send", task_end(&t), 1 << 20);
	want("all arrives", sum == bytes + (1 << 20), 1);
}

static void close_under_connect(void)
{
	int c = client_socket();
	struct task t;

	blackhole_route();
	set_int(c, IPPROTO_TCP, TCP_SYNCNT, 1);
	task_start(&t, do_connect, c);
	want("close", close(c), 0);
	want("connect", task_end(&t), -ETIMEDOUT);
}

static void two_readers(void)
{
	struct link k = link_up();
	struct task a, b;

	task_start(&a, do_recv, k.s);
	task_start(&b, do_recv, k.s);
	send_all(k.c, "x", 1);
	await_acked(k.c);
	send_all(k.c, "y", 1);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("both end", task_end(&a) >= 0 && task_end(&b) >= 0, 1);
	want("bytes in all", a.result + b.result + drain(k.s), 2);
}

static void two_acceptors(void)
{
	int l = listen_on(0, 4), c = client_socket(), d = client_socket();
	struct task a, b;

	task_start(&a, do_accept, l);
	task_start(&b, do_accept, l);
	must("connect", connect_to(c, at_server(0)));
	must("connect", connect_to(d, at_server(0)));
	want("both", task_end(&a) >= 0 && task_end(&b) >= 0, 1);
	want("different", a.result != b.result, 1);
}

static void reader_and_writer(void)
{
	struct link k = link_up_small(16384);
	struct task reader, writer;
	static char b[1 << 16];
	long sum = 0, n;

	task_start(&reader, do_recv, k.c);
	task_start(&writer, do_send, k.c);
	send_all(k.s, "z", 1);
	want("reader is not held up", task_end(&reader), 1);
	while (sum < 1 << 20 && (n = read(k.s, b, sizeof(b))) > 0)
		sum += n;
	want("writer", task_end(&writer), 1 << 20);
}

static void disconnect_under_recv(void)
{
	struct link k = link_up();
	struct task t;

	task_start(&t, do_recv, k.c);
	ask("unspec", connect_to(k.c, unspec()));
	ask("recv", task_end(&t));
}

const struct api_case wait_cases[] = {
	CASE(woken_by_peer), CASE(shutdown_wakes), CASE(shutdown_wakes_connect), CASE(close_under_recv),
	CASE(close_under_accept), CASE(close_under_send), CASE(close_under_connect), CASE(two_readers),
	CASE(two_acceptors), CASE(reader_and_writer), CASE(disconnect_under_recv), {}
};

/* Signals */

static void interrupt(const char *step, long (*fn)(int fd), int fd, long expected)
{
	struct task t;

	task_start(&t, fn, fd);
	pthread_kill(t.thread, SIGUSR1);
	want(step, task_end(&t), expected);
}

static void interrupted(void)
{
	struct link k = link_up_small(16384);

	catch_signal(SIGUSR1, 0);
	interrupt("accept", do_accept, k.l, -EINTR);
	interrupt("recv", do_recv, k.s, -EINTR);
	interrupt("peek", do_peek, k.s, -EINTR);
	fill_socket(k.c);
	interrupt("send", do_send, k.c, -EINTR);
	want("signals", signals_caught, 4);
}

static void interrupted_connect(void)
{
	int c = client_socket();

	blackhole_route();
	catch_signal(SIGUSR1, 0);
	interrupt("connect", do_connect, c, -EINTR);
	set_nonblock(c);
	want("then", connect_to(c, at_server(0)), -EALREADY);
	want_str("state", state_name(tcp_state(c)), "SYN-SENT");
}

/* A call with a timeout is not restarted. */
static void interrupted_timeout(void)
{
	struct link k = link_up();

	catch_signal(SIGUSR1, SA_RESTART);
	set_timeout(k.s, SO_RCVTIMEO, 20000);
	set_timeout(k.l, SO_RCVTIMEO, 20000);
	interrupt("recv", do_recv, k.s, -EINTR);
	interrupt("accept", do_accept, k.l, -EINTR);
}

static int was_signalled(int count)
{
	return signals_caught >= count;
}

static void restarted(void)
{
	struct link k = link_up();
	struct task t;
	int c = client_socket();

	catch_signal(SIGUSR1, SA_RESTART);
	task_start(&t, do_recv, k.s);
	pthread_kill(t.thread, SIGUSR1);
	await_true("signal", was_signalled, 1);
	send_all(k.c, "abc", 3);
	want("recv", task_end(&t), 3);
	task_start(&t, do_accept, k.l);
	pthread_kill(t.thread, SIGUSR1);
	await_true("signal", was_signalled, 2);
	must("connect", connect_to(c, at_server(0)));
	want("accept", task_end(&t), ANY);
}

static void partial_send(void)
{
	struct link k = link_up_small(16384);
	struct task t;

	catch_signal(SIGUSR1, 0);
	task_start(&t, do_send, k.c);
	pthread_kill(t.thread, SIGUSR1);
	want("a part was sent", task_end(&t) > 0 && t.result < 1 << 20, 1);
}

static void asynchronous(void)
{
	struct link k = link_up();
	int before;

	catch_signal(SIGIO, SA_RESTART);
	must("owner", fcntl(k.s, F_SETOWN, getpid()));
	must("async", fcntl(k.s, F_SETFL, O_ASYNC | O_NONBLOCK));
	before = signals_caught;
	send_all(k.c, "x", 1);
	want("data", await_true("SIGIO", was_signalled, before + 1), 1);
	before = signals_caught;
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("FIN", await_true("SIGIO", was_signalled, before + 1), 1);
	must("owner", fcntl(k.l, F_SETOWN, getpid()));
	must("async", fcntl(k.l, F_SETFL, O_ASYNC | O_NONBLOCK));
	before = signals_caught;
	must("connect", connect_to(client_socket(), at_server(0)));
	want("connection", await_true("SIGIO", was_signalled, before + 1), 1);
}

const struct api_case signal_cases[] = {
	CASE(interrupted), CASE(interrupted_connect), CASE(interrupted_timeout), CASE(restarted), CASE(partial_send),
	CASE(asynchronous), {}
};

/* One socket, several descriptors */

static void duplicates(void)
{
	struct link k = link_up();
	int d = dup(k.c);
	char b[8];

	send_all(d, "dup", 3);
	want("through the copy", recv(k.s, b, 8, 0), 3);
	want("option is shared", set_int(d, IPPROTO_TCP, TCP_NODELAY, 1) || get_int(k.c, IPPROTO_TCP, TCP_NODELAY) != 1,
	     0);
	close(k.c);
	want_str("still open", poll_str(k.s), "OUT|WRNORM");
	send_all(d, "more", 4);
	want("still works", recv(k.s, b, 8, 0), 4);
	close(d);
	want("closed now", recv(k.s, b, 8, 0), 0);
}

static void forked(void)
{
	struct link k = link_up();
	char b[8];
	pid_t pid = fork();

	if (!pid) {
		send_all(k.c, "child", 5);
		shutdown(k.c, SHUT_WR);
		_exit(0);
	}
	must("wait", waitpid(pid, NULL, 0));
	want("child's data", read_all(k.s, b, 8), 5);
	want("child's shutdown", send(k.c, "x", 1, MSG_NOSIGNAL), -EPIPE);
	send_all(k.s, "back", 4);
	want("still reads", recv(k.c, b, 8, 0), 4);
}

static void accept_in_children(void)
{
	int l = listen_on(0, 8), status, good = 0;
	char b;

	for (int i = 0; i < 3; i++) {
		if (!fork()) {
			int s = accept(l, NULL, NULL);

			_exit(s >= 0 && write(s, "k", 1) == 1 ? 0 : 1);
		}
	}
	for (int i = 0; i < 3; i++) {
		int c = client_socket();

		must("connect", connect_to(c, at_server(0)));
		want("answer", read(c, &b, 1), 1);
		want("end", read(c, &b, 1), 0);
	}
	for (int i = 0; i < 3; i++)
		good += wait(&status) > 0 && !status;
	want("children", good, 3);
}

static void passed(void)
{
	struct link k = link_up();
	int u[2], got = -1;
	char b[8] = "", control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec v = { b, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	must("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, u));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &k.c, sizeof(int));
	want("send descriptor", sendmsg(u[0], &m, 0), 1);
	close(k.c);
	want("open in flight", recv(k.s, b, 1, MSG_DONTWAIT), -EAGAIN);
	want("receive descriptor", recvmsg(u[1], &m, 0), 1);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	send_all(got, "passed", 6);
	want("works", recv(k.s, b, 8, 0), 6);
	m = (struct msghdr){ .msg_iov = &v, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	ask("over the protocol itself", sendmsg(k.s, &m, 0));
	drain(got);
	close(got);
	want("closed", recv(k.s, b, 8, 0), 0);
}

static void shared_offset(void)
{
	struct link k = link_up();
	char path[64], target[64] = "", b[4];
	int d = fcntl(k.s, F_DUPFD_CLOEXEC, 100), e;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", d);
	want("high copy", d, 100);
	e = dup3(k.s, 50, O_CLOEXEC);
	want("dup3", e, 50);
	send_all(k.c, "abc", 3);
	want("first", recv(d, b, 1, 0), 1);
	want("second", recv(e, b, 1, 0), 1);
	want("third", recv(k.s, b, 1, 0), 1);
	want("link", readlink(path, target, sizeof(target)) > 0 && !strncmp(target, "socket:", 7), 1);
}

const struct api_case share_cases[] = {
	CASE(duplicates), CASE(forked), CASE(accept_in_children), CASE(passed), CASE(shared_offset), {}
};
