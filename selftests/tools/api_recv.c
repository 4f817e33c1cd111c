// SPDX-License-Identifier: GPL-2.0
/* sockapi: recv() with its flags, at the end of the stream and after errors. */
#include <sys/mman.h>

#include "sockapi.h"

/* A link with `text` waiting at the server's side. */
static struct link with_text(const char *text)
{
	struct link k = link_up();

	send_all(k.c, text, strlen(text));
	await_inq(k.s, strlen(text));
	return k;
}

static void flags(void)
{
	struct link k = with_text("abcdefghijkl");
	char b[32] = "";

	want("one", recv(k.s, b, 1, 0), 1);
	want("dontwait", recv(k.s, b, 2, MSG_DONTWAIT), 2);
	want("peek", recv(k.s, b, 3, MSG_PEEK), 3);
	b[3] = 0;
	want_str("peeked", b, "def");
	want("peek all", recv(k.s, b, 32, MSG_PEEK), 9);
	want("peek waitall", recv(k.s, b, 4, MSG_PEEK | MSG_WAITALL), 4);
	want("zero", recv(k.s, b, 0, 0), 0);
	want("cmsg_cloexec", recv(k.s, b, 1, MSG_CMSG_CLOEXEC), 1);
	ask("nosignal", recv(k.s, b, 1, MSG_NOSIGNAL));
	ask("unknown flag", recv(k.s, b, 1, 0x00800000));
	ask("oob", recv(k.s, b, 1, MSG_OOB));
	ask("errqueue", recv(k.s, b, 1, MSG_ERRQUEUE));
	want("rest", recv(k.s, b, 32, MSG_DONTWAIT), 6);
	want("empty", recv(k.s, b, 32, MSG_DONTWAIT), -EAGAIN);
	want("empty peek", recv(k.s, b, 32, MSG_DONTWAIT | MSG_PEEK), -EAGAIN);
	want("empty zero", recv(k.s, b, 0, MSG_DONTWAIT), -EAGAIN);
	ask("empty oob", recv(k.s, b, 1, MSG_OOB));
}

static void peek_offset(void)
{
	struct link k = with_text("abcdefghij");
	char b[32] = "";

	ask_opt("default", k.s, SOL_SOCKET, SO_PEEK_OFF);
	if (ask("set 0", set_int(k.s, SOL_SOCKET, SO_PEEK_OFF, 0)) < 0)
		return;
	want("peek", recv(k.s, b, 3, MSG_PEEK), 3);
	ask_opt("offset", k.s, SOL_SOCKET, SO_PEEK_OFF);
	want("peek on", recv(k.s, b, 3, MSG_PEEK), 3);
	say("second peek", "%.3s", b);
	want("read", recv(k.s, b, 2, 0), 2);
	ask_opt("offset after", k.s, SOL_SOCKET, SO_PEEK_OFF);
	ask("peek after", recv(k.s, b, 32, MSG_PEEK | MSG_DONTWAIT));
	ask("peek past the end", recv(k.s, b, 32, MSG_PEEK | MSG_DONTWAIT));
}

static long recv_ten_all(int fd)
{
	char b[10];

	return recv(fd, b, 10, MSG_WAITALL);
}

static void waitall(void)
{
	struct link k = with_text("1234");
	struct task t;

	task_start(&t, recv_ten_all, k.s);
	send_all(k.c, "567890", 6);
	want("in two parts", task_end(&t), 10);
	task_start(&t, recv_ten_all, k.s);
	send_all(k.c, "12345678901234567890", 20);
	want("more than asked", task_end(&t), 10);
	want("next", recv_ten_all(k.s), 10);
	send_all(k.c, "abc", 3);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("eof in the middle", recv_ten_all(k.s), 3);
	want("eof", recv_ten_all(k.s), 0);
}

static void waitall_stops(void)
{
	struct link k = with_text("1234");
	struct task t;
	char b[64];

	want("dontwait wins", recv(k.s, b, 10, MSG_WAITALL | MSG_DONTWAIT), 4);
	send_all(k.c, "1234", 4);
	await_inq(k.s, 4);
	set_timeout(k.s, SO_RCVTIMEO, 150);
	want("timeout in the middle", recv_ten_all(k.s), 4);
	want("timeout at once", recv_ten_all(k.s), -EAGAIN);
	set_timeout(k.s, SO_RCVTIMEO, 0);
	catch_signal(SIGUSR1, 0);
	send_all(k.c, "1234", 4);
	await_inq(k.s, 4);
	task_start(&t, recv_ten_all, k.s);
	pthread_kill(t.thread, SIGUSR1);
	want("signal in the middle", task_end(&t), 4);
	send_all(k.c, "12345", 5);
	await_inq(k.s, 5);
	task_start(&t, recv_ten_all, k.s);
	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	ask("reset in the middle", task_end(&t));
	say("error then", "%s", so_error_name(k.s));
}

static void trunc_discards(void)
{
	struct link k = with_text("abcdefghij");
	char b[32] = "untouched";

	want("trunc", recv(k.s, b, 4, MSG_TRUNC), 4);
	want_str("buffer", b, "untouched");
	want("no buffer", recv(k.s, NULL, 2, MSG_TRUNC), 2);
	want("rest", recv(k.s, b, 32, 0), 4);
	b[4] = 0;
	want_str("its text", b, "ghij");
	send_all(k.c, "xyz", 3);
	await_inq(k.s, 3);
	ask("trunc and peek", recv(k.s, b, 2, MSG_TRUNC | MSG_PEEK));
	want("still there", recv(k.s, b, 32, 0), 3);
}

static void end_of_stream(void)
{
	struct link k = with_text("last");
	char b[8];

	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, 0x2000);
	want("data first", recv(k.s, b, 8, 0), 4);
	want("eof", recv(k.s, b, 8, 0), 0);
	want("eof again", recv(k.s, b, 8, 0), 0);
	want("eof peek", recv(k.s, b, 8, MSG_PEEK), 0);
	want("eof dontwait", recv(k.s, b, 8, MSG_DONTWAIT), 0);
	want("eof waitall", recv(k.s, b, 8, MSG_WAITALL), 0);
	want("eof read", read(k.s, b, 8), 0);
	want("still writes", send(k.s, "ok", 2, 0), 2);
	want("other way", recv(k.c, b, 8, 0), 2);
}

static void after_reset(void)
{
	struct link k = with_text("unread");
	char b[8];

	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	ask("recv", recv(k.s, b, 8, 0));
	ask("recv again", recv(k.s, b, 8, 0));
	ask("recv third", recv(k.s, b, 8, 0));
	ask("peek", recv(k.s, b, 8, MSG_PEEK));
	close(k.l);
	k = with_text("");
	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	want("reset", recv(k.s, b, 8, 0), -ECONNRESET);
	want("then eof", recv(k.s, b, 8, 0), 0);
	want("and eof", recv(k.s, b, 8, 0), 0);
}

/* As above, in the order a program that asks SO_ERROR would see it. */
static void error_first(void)
{
	struct link k = with_text("");
	char b[8];

	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	want_str("error", so_error_name(k.s), "ECONNRESET");
	want("error once", so_error(k.s), 0);
	want("recv", recv(k.s, b, 8, 0), 0);
}

static void addresses(void)
{
	struct link k = with_text("abcdef");
	union addr a = { .sa.sa_family = 77 };
	socklen_t len = sizeof(a);
	char b[8], control[64];
	struct iovec v = { b, 2 };
	struct msghdr m = { .msg_name = &a, .msg_namelen = sizeof(a), .msg_iov = &v, .msg_iovlen = 1,
			    .msg_control = control, .msg_controllen = sizeof(control), .msg_flags = 0x7777 };

	want("recvfrom", recvfrom(k.s, b, 1, 0, &a.sa, &len), 1);
	ask("length", len);
	ask("family untouched", a.sa.sa_family);
	want("recvmsg", recvmsg(k.s, &m, 0), 2);
	ask("name length", m.msg_namelen);
	ask("control length", m.msg_controllen);
	ask("flags", m.msg_flags);
	m.msg_flags = 0;
	want("recvmsg trunc", recvmsg(k.s, &m, MSG_TRUNC), 2);
	ask("flags trunc", m.msg_flags);
}

static void no_memory_there(void)
{
	struct link k = with_text("abcdefghijkl");
	char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), b[32];

	munmap(two + 4096, 4096);
	want("fault", recv(k.s, (void *)4096, 4, 0), -EFAULT);
	ask("fault half way", recv(k.s, two + 4092, 8, 0));
	ask("nothing lost", recv(k.s, b, sizeof(b), MSG_DONTWAIT));
}

static void timeouts(void)
{
	struct link k = link_up();
	long start = now_ms();
	char b;

	set_timeout(k.s, SO_RCVTIMEO, 150);
	want("recv", recv(k.s, &b, 1, 0), -EAGAIN);
	want("not before the time", now_ms() - start >= 140, 1);
	send_all(k.c, "x", 1);
	want("data in time", recv(k.s, &b, 1, 0), 1);
}

static void low_water(void)
{
	struct link k = with_text("abc");
	struct task t;
	char b[16];
	int fd;

	want("set", set_int(k.s, SOL_SOCKET, SO_RCVLOWAT, 6), 0);
	want("get", get_int(k.s, SOL_SOCKET, SO_RCVLOWAT), 6);
	want_str("poll", poll_str(k.s), "OUT|WRNORM");
	want("dontwait", recv(k.s, b, 1, MSG_DONTWAIT), 1);
	set_timeout(k.s, SO_RCVTIMEO, 150);
	ask("too little", recv(k.s, b, 16, 0));
	set_timeout(k.s, SO_RCVTIMEO, 0);
	send_all(k.c, "defghi", 6);
	await(k.s, POLLIN);
	want_str("poll then", poll_str(k.s), "IN|OUT|RDNORM|WRNORM");
	ask("enough", recv(k.s, b, 16, 0));
	task_start(&t, recv_ten_all, k.s);
	send_all(k.c, "0123456789", 10);
	want("sleeper", task_end(&t), 10);
	want("zero means one", set_int(k.s, SOL_SOCKET, SO_RCVLOWAT, 0), 0);
	want("one", get_int(k.s, SOL_SOCKET, SO_RCVLOWAT), 1);
	write_own_sysctl("rmem", "4096 131072 6000000");
	fd = client_socket();
	ask("negative", set_int(fd, SOL_SOCKET, SO_RCVLOWAT, -1));
	ask_opt("huge", fd, SOL_SOCKET, SO_RCVLOWAT);
}

static void much(void)
{
	struct link k = link_up();
	static char out[300000], in[300000];
	long n;

	fill(out, sizeof(out), 7);
	for (size_t sent = 0, got = 0; got < sizeof(out); got += n) {
		await(k.c, POLLOUT);
		n = send(k.c, out + sent, sizeof(out) - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		sent += n > 0 ? n : 0;
		await(k.s, POLLIN);
		n = must("recv", recv(k.s, in + got, sizeof(in) - got, MSG_DONTWAIT));
	}
	want("same", memcmp(out, in, sizeof(out)), 0);
}

const struct api_case recv_cases[] = {
	CASE(flags), CASE(peek_offset), CASE(waitall), CASE(waitall_stops), CASE(trunc_discards),
	CASE(end_of_stream), CASE(after_reset), CASE(error_first), CASE(addresses), CASE(no_memory_there),
	CASE(timeouts), CASE(low_water), CASE(much), {}
};
