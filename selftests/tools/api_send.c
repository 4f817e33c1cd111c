// SPDX-License-Identifier: GPL-2.0
/* sockapi: send() with its flags, in every state, and what stops it. */
#include <sys/mman.h>

#include "sockapi.h"

static void flags(void)
{
	struct link k = link_up();
	char b[64];

	want("plain", send(k.c, "abc", 3, 0), 3);
	want("dontwait", send(k.c, "abc", 3, MSG_DONTWAIT), 3);
	want("nosignal", send(k.c, "abc", 3, MSG_NOSIGNAL), 3);
	want("eor", send(k.c, "abc", 3, MSG_EOR), 3);
	want("dontroute", send(k.c, "abc", 3, MSG_DONTROUTE), 3);
	want("confirm", send(k.c, "abc", 3, MSG_CONFIRM), 3);
	want("waitall", send(k.c, "abc", 3, MSG_WAITALL), 3);
	ask("unknown flag", send(k.c, "abc", 3, 0x00800000));
	ask("trunc", send(k.c, "abc", 3, MSG_TRUNC));
	ask("peek", send(k.c, "abc", 3, MSG_PEEK));
	await_acked(k.c);
	ask("all arrived", drain(k.s));
	want("nothing more", recv(k.s, b, sizeof(b), MSG_DONTWAIT), -EAGAIN);
}

static void nothing(void)
{
	struct link k = link_up();
	char b;

	want("zero", send(k.c, "", 0, 0), 0);
	want("zero write", write(k.c, "", 0), 0);
	want("zero from nowhere", send(k.c, NULL, 0, 0), 0);
	want("not seen", recv(k.s, &b, 1, MSG_DONTWAIT), -EAGAIN);
	want("one from nowhere", send(k.c, NULL, 1, 0), -EFAULT);
	must("shutdown", shutdown(k.c, SHUT_WR));
	ask("zero after shutdown", send(k.c, "", 0, MSG_NOSIGNAL));
	want("then eof", recv(k.s, &b, 1, 0), 0);
}

static void addressed(void)
{
	struct link k = link_up();
	int c = client_socket();

	ask("sendto", sendto(k.c, "a", 1, 0, (struct sockaddr *)at_server(0), env.addr_len));
	ask("elsewhere", sendto(k.c, "a", 1, 0, (struct sockaddr *)at_server(9), env.addr_len));
	ask("short address", sendto(k.c, "a", 1, 0, (struct sockaddr *)at_server(0), 2));
	ask("address fault", sendto(k.c, "a", 1, 0, (struct sockaddr *)1, 16));
	ask("negative length", sendto(k.c, "a", 1, 0, (struct sockaddr *)at_server(0), -1));
	want("unconnected", sendto(c, "a", 1, MSG_NOSIGNAL, (struct sockaddr *)at_server(0),
				   env.addr_len), -EPIPE);
}

static void no_memory_there(void)
{
	struct link k = link_up();
	char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), b[64];

	munmap(two + 4096, 4096);
	memset(two, 'q', 4096);
	want("fault", send(k.c, (void *)4096, 10, 0), -EFAULT);
	ask("fault half way", send(k.c, two + 4090, 12, 0));
	send_all(k.c, "end", 3);
	await_acked(k.c);
	ask("arrived", recv(k.s, b, sizeof(b), MSG_DONTWAIT));
}

static void pipe_signal(void)
{
	struct link k = link_up();

	catch_signal(SIGPIPE, 0);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("send", send(k.c, "a", 1, 0), -EPIPE);
	want("signal", signals_caught, 1);
	want("nosignal", send(k.c, "a", 1, MSG_NOSIGNAL), -EPIPE);
	want("no signal", signals_caught, 1);
	want("write", write(k.c, "a", 1), -EPIPE);
	want("signal again", signals_caught, 2);
	want("unconnected", send(client_socket(), "a", 1, 0), -EPIPE);
	want("third signal", signals_caught, 3);
}

static void default_action(void)
{
	struct link k = link_up();

	signal(SIGPIPE, SIG_DFL);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("nosignal lives", send(k.c, "a", 1, MSG_NOSIGNAL), -EPIPE);
	send(k.c, "a", 1, 0);
	say("not reached", "alive");
}

static void full_buffer(void)
{
	struct link k = link_up_small(16384);
	char b[4096] = "";
	long bytes = fill_socket(k.c);

	want("full", send(k.c, b, 1, MSG_DONTWAIT), -EAGAIN);
	want_str("poll", poll_str(k.c), "none");
	want("took something", bytes > 0, 1);
	set_nonblock(k.c);
	want("nonblocking", send(k.c, b, 1, 0), -EAGAIN);
	want("zero bytes", send(k.c, b, 0, 0), 0);
	while (drain(k.s) > 0 || !(await(k.c, POLLOUT) & POLLOUT))
		;
	want("room again", send(k.c, b, 1, 0), 1);
}

static void partial(void)
{
	struct link k = link_up_small(16384);
	static char big[4 << 20];
	long n;

	n = send(k.c, big, sizeof(big), MSG_DONTWAIT);
	want("a part", n > 0 && n < (long)sizeof(big), 1);
	set_timeout(k.c, SO_SNDTIMEO, 150);
	fill_socket(k.c);
	want("timeout", send(k.c, big, sizeof(big), 0), -EAGAIN);
}

static void timeout_part(void)
{
	struct link k = link_up_small(16384);
	static char big[4 << 20];
	long start = now_ms(), n;

	set_timeout(k.c, SO_SNDTIMEO, 200);
	n = send(k.c, big, sizeof(big), 0);
	want("a part by then", n > 0 && n < (long)sizeof(big), 1);
	want("not before the time", now_ms() - start >= 190, 1);
}

static long send_much(int fd)
{
	static char big[1 << 20];

	return send(fd, big, sizeof(big), MSG_NOSIGNAL);
}

static void blocks(void)
{
	struct link k = link_up_small(16384);
	struct task t;
	long got = 0, n;
	static char b[65536];

	task_start(&t, send_much, k.c);
	while (got < 1 << 20 && (n = read(k.s, b, sizeof(b))) > 0)
		got += n;
	want("sent", task_end(&t), 1 << 20);
	want("received", got, 1 << 20);
}

/* MSG_MORE holds a partial segment back, as TCP_CORK does; the next plain send pushes both. */
static void more(void)
{
	struct link k = link_up();
	char b[16];

	want("more", send(k.c, "head", 4, MSG_MORE), 4);
	want("held back", recv(k.s, b, 16, MSG_DONTWAIT), -EAGAIN);
	want("rest", send(k.c, "tail", 4, 0), 4);
	await_inq(k.s, 8);
	want("together", recv(k.s, b, 16, 0), 8);
	want("more again", send(k.c, "head", 4, MSG_MORE), 4);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("pushed by shutdown", recv(k.s, b, 16, 0), 4);
}

static void more_waits(void)
{
	struct link k = link_up();
	char b[16];

	/* Linux pushes what it holds back after 200 ms. */
	want("more", send(k.c, "head", 4, MSG_MORE), 4);
	want("pushed in the end", recv(k.s, b, 16, 0), 4);
}

static void corked(void)
{
	struct link k = link_up();
	char b[16];

	must("cork", set_int(k.c, IPPROTO_TCP, TCP_CORK, 1));
	want("send", send(k.c, "head", 4, 0), 4);
	want("held back", recv(k.s, b, 16, MSG_DONTWAIT), -EAGAIN);
	want("uncork", set_int(k.c, IPPROTO_TCP, TCP_CORK, 0), 0);
	want("pushed", recv(k.s, b, 16, 0), 4);
	must("cork", set_int(k.c, IPPROTO_TCP, TCP_CORK, 1));
	want("send again", send(k.c, "head", 4, 0), 4);
	want("nodelay pushes", set_int(k.c, IPPROTO_TCP, TCP_NODELAY, 1), 0);
	want("pushed again", recv(k.s, b, 16, 0), 4);
}

static void peer_gone(void)
{
	struct link k = link_up();
	char b;

	close(k.s);
	want("eof", recv(k.c, &b, 1, 0), 0);
	want("first send", send(k.c, "a", 1, MSG_NOSIGNAL), 1);
	await(k.c, POLLERR);
	say("poll", "%s", poll_str(k.c));
	want("second send", send(k.c, "a", 1, MSG_NOSIGNAL), -EPIPE);
	say("error", "%s", so_error_name(k.c));
	want("third send", send(k.c, "a", 1, MSG_NOSIGNAL), -EPIPE);
}

static void after_reset(void)
{
	struct link k = link_up();
	char b;

	must("linger", set_linger(k.s, 1, 0));
	close(k.s);
	await(k.c, POLLHUP);
	want("send", send(k.c, "a", 1, MSG_NOSIGNAL), -ECONNRESET);
	want("send again", send(k.c, "a", 1, MSG_NOSIGNAL), -EPIPE);
	want("recv", recv(k.c, &b, 1, 0), 0);
	want("error", so_error(k.c), 0);
}

static void out_of_band(void)
{
	struct link k = link_up();
	char b[8] = "";

	ask("send", send(k.c, "ab!", 3, MSG_OOB));
	await_inq(k.s, 2);
	ask("recv", recv(k.s, b, 8, MSG_DONTWAIT));
}

const struct api_case send_cases[] = {
	CASE(flags), CASE(nothing), CASE(addressed), CASE(no_memory_there), CASE(pipe_signal), CASE(default_action),
	CASE(full_buffer), CASE(partial), CASE(timeout_part), CASE(blocks), CASE(more), CASE(more_waits),
	CASE(corked), CASE(peer_gone), CASE(after_reset), CASE(out_of_band), {}
};
