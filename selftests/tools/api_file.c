// SPDX-License-Identifier: GPL-2.0
/* sockapi: vectors of buffers and messages; sendfile, splice and tee; zero-copy. */
#include <sys/mman.h>
#include <sys/sendfile.h>

#include "sockapi.h"

static void vectors(void)
{
	struct link k = link_up();
	char a[4] = "", b[4] = "", c[8] = "", d[16];
	struct iovec out[3] = { { "ab", 2 }, { "", 0 }, { "cdefg", 5 } };
	struct iovec in[3] = { { a, 3 }, { b, 3 }, { c, 8 } };

	want("writev", writev(k.c, out, 3), 7);
	await_inq(k.s, 7);
	want("readv", readv(k.s, in, 3), 7);
	snprintf(d, sizeof(d), "%.3s/%.3s/%.1s", a, b, c);
	want_str("parts", d, "abc/def/g");
	want("none", writev(k.c, out, 0), 0);
	want("read none", readv(k.s, in, 0), 0);
	want("negative", writev(k.c, out, -1), -EINVAL);
	want("too many", writev(k.c, out, 1025), -EINVAL);
	out[1].iov_base = (void *)4096;
	out[1].iov_len = 1;
	ask("fault in the middle", writev(k.c, out, 3));
	send_all(k.c, "z", 1);
	await_acked(k.c);
	ask("what arrived", recv(k.s, d, sizeof(d), MSG_DONTWAIT));
	send_all(k.c, "12345678", 8);
	await_inq(k.s, 8);
	in[1].iov_base = (void *)4096;
	ask("read fault in the middle", readv(k.s, in, 3));
	ask("rest", recv(k.s, d, sizeof(d), MSG_DONTWAIT));
	out[1].iov_len = -1;
	want("negative part", writev(k.c, out, 3), -EINVAL);
}

static void messages(void)
{
	struct link k = link_up();
	struct iovec v[2] = { { "abc", 3 }, { "de", 2 } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };
	union {
		struct cmsghdr h;
		char b[64];
	} control = {};
	char b[16];

	want("sendmsg", sendmsg(k.c, &m, 0), 5);
	m.msg_name = (void *)at_server(0);
	m.msg_namelen = env.addr_len;
	ask("with a name", sendmsg(k.c, &m, 0));
	m.msg_namelen = 0;
	control.h.cmsg_len = CMSG_LEN(4);
	control.h.cmsg_level = IPPROTO_IP;
	control.h.cmsg_type = IP_TTL;
	m.msg_control = &control;
	m.msg_controllen = CMSG_SPACE(4);
	ask("ip control", sendmsg(k.c, &m, 0));
	control.h.cmsg_level = SOL_SOCKET;
	control.h.cmsg_type = 999;
	ask("unknown control", sendmsg(k.c, &m, 0));
	control.h.cmsg_len = 1;
	ask("short control", sendmsg(k.c, &m, 0));
	m.msg_controllen = 0;
	m.msg_iovlen = 1025;
	want("too many parts", sendmsg(k.c, &m, 0), -EMSGSIZE);
	want("fault", sendmsg(k.c, (struct msghdr *)1, 0), -EFAULT);
	await_acked(k.c);
	ask("arrived", recv(k.s, b, sizeof(b), MSG_DONTWAIT));
	want("recv fault", recvmsg(k.s, (struct msghdr *)1, 0), -EFAULT);
}

static void many_messages(void)
{
	struct link k = link_up();
	char b[4][8] = {};
	struct iovec v[4], in[4];
	struct mmsghdr m[4] = {}, r[4] = {};
	struct timespec zero = { 0, 1000000 };

	for (int i = 0; i < 4; i++) {
		v[i] = (struct iovec){ "abcdefgh", i + 1 };
		m[i].msg_hdr.msg_iov = &v[i];
		m[i].msg_hdr.msg_iovlen = 1;
		in[i] = (struct iovec){ b[i], 3 };
		r[i].msg_hdr.msg_iov = &in[i];
		r[i].msg_hdr.msg_iovlen = 1;
	}
	want("sendmmsg", sendmmsg(k.c, m, 4, 0), 4);
	for (int i = 0; i < 4; i++)
		want("length", m[i].msg_len, i + 1);
	await_inq(k.s, 10);
	want("recvmmsg", recvmmsg(k.s, r, 4, 0, NULL), 4);
	for (int i = 0; i < 4; i++)
		want("got", r[i].msg_len, i < 3 ? 3 : 1);
	want("nothing", recvmmsg(k.s, r, 4, MSG_DONTWAIT, NULL), -EAGAIN);
	send_all(k.c, "abcd", 4);
	await_inq(k.s, 4);
	want("wait for one", recvmmsg(k.s, r, 4, MSG_WAITFORONE, NULL), 2);
	want("none asked", recvmmsg(k.s, r, 0, 0, NULL), 0);
	want("bad time", recvmmsg(k.s, r, 1, 0, &(struct timespec){ -1, 0 }), -EINVAL);
	send_all(k.c, "ab", 2);
	await_inq(k.s, 2);
	ask("out of time", recvmmsg(k.s, r, 1, 0, &zero));
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, 0x2000);
	ask("at the end", recvmmsg(k.s, r, 2, 0, NULL));
	want("send after", sendmmsg(k.c, m, 2, MSG_NOSIGNAL), -EPIPE);
}

const struct api_case vector_cases[] = { CASE(vectors), CASE(messages), CASE(many_messages), {} };

#define FILE_BYTES 200000
static char content[FILE_BYTES], arrived[FILE_BYTES];

static int file_with_content(void)
{
	int fd = must("memfd", memfd_create("content", MFD_CLOEXEC));

	fill(content, sizeof(content), 3);
	must("write", write(fd, content, sizeof(content)));
	return fd;
}

static long read_file_bytes(int fd)
{
	return read_all(fd, arrived, FILE_BYTES);
}

static void send_a_file(void)
{
	struct link k = link_up();
	int fd = file_with_content();
	struct task t;
	off_t at = 0;
	long n;

	task_start(&t, read_file_bytes, k.s);
	while (at < FILE_BYTES) {
		n = sendfile(k.c, fd, &at, FILE_BYTES - at);
		if (n <= 0)
			break;
	}
	want("sent", at, FILE_BYTES);
	want("arrived", task_end(&t), FILE_BYTES);
	want("same", memcmp(content, arrived, FILE_BYTES), 0);
	want("at the end", sendfile(k.c, fd, &at, 10), 0);
	at = 5;
	want("zero bytes", sendfile(k.c, fd, &at, 0), 0);
	ask("socket as source", sendfile(k.c, k.s, NULL, 10));
	want("closed descriptor", sendfile(k.c, 999, &at, 10), -EBADF);
	ask("socket to file", sendfile(fd, k.s, NULL, 10));
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("after shutdown", sendfile(k.c, fd, &at, 10), -EPIPE);
	ask("unconnected", sendfile(client_socket(), fd, &at, 10));
}

static void send_file_nonblocking(void)
{
	struct link k = link_up_small(16384);
	int fd = file_with_content();
	off_t at = 0;
	long n;

	set_nonblock(k.c);
	n = sendfile(k.c, fd, &at, FILE_BYTES);
	want("a part", n > 0 && n < FILE_BYTES && at == n, 1);
	fill_socket(k.c);
	want("full", sendfile(k.c, fd, &at, 10), -EAGAIN);
}

static void into_socket(void)
{
	struct link k = link_up();
	int p[2], empty[2];
	char b[16] = "";

	must("pipe", pipe(p) | pipe(empty));
	must("write", write(p[1], "piped", 5));
	want("splice", splice(p[0], NULL, k.c, NULL, 5, 0), 5);
	want("recv", recv(k.s, b, 16, 0), 5);
	want_str("data", b, "piped");
	want("empty pipe", splice(p[0], NULL, k.c, NULL, 5, SPLICE_F_NONBLOCK), -EAGAIN);
	want("zero bytes", splice(p[0], NULL, k.c, NULL, 0, 0), 0);
	must("write", write(p[1], "head", 4));
	want("more", splice(p[0], NULL, k.c, NULL, 4, SPLICE_F_MORE), 4);
	ask("held back", recv(k.s, b, 16, MSG_DONTWAIT));
	send_all(k.c, "tail", 4);
	await_inq(k.s, 8);
	want("both", recv(k.s, b, 16, 0), 8);
	must("write", write(p[1], "tee", 3));
	want("tee", tee(p[0], empty[1], 3, 0), 3);
	want("teed", splice(empty[0], NULL, k.c, NULL, 3, 0), 3);
	want("original", splice(p[0], NULL, k.c, NULL, 3, 0), 3);
	want("tee to a socket", tee(p[0], k.c, 3, 0), -EINVAL);
	want("both came", read_all(k.s, b, 6), 6);
	must("write", write(p[1], "x", 1));
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("after shutdown", splice(p[0], NULL, k.c, NULL, 1, 0), -EPIPE);
	close(p[1]);
	ask("pipe's end", splice(empty[0], NULL, k.c, NULL, 1, SPLICE_F_NONBLOCK));
}

static void out_of_socket(void)
{
	struct link k = link_up();
	int p[2];
	char b[16] = "";
	off_t at = 0;

	must("pipe", pipe(p));
	send_all(k.c, "spliced", 7);
	await_inq(k.s, 7);
	want("a part", splice(k.s, NULL, p[1], NULL, 3, 0), 3);
	want("the rest", splice(k.s, NULL, p[1], NULL, 16, 0), 4);
	want("read", read(p[0], b, 16), 7);
	want_str("data", b, "spliced");
	ask("offset", splice(k.s, &at, p[1], NULL, 3, 0));
	want("to a file", splice(k.s, NULL, open("/dev/null", O_WRONLY), NULL, 3, 0), -EINVAL);
	want("zero", splice(k.s, NULL, p[1], NULL, 0, 0), 0);
	set_nonblock(k.s);
	ask("nonblocking socket", splice(k.s, NULL, p[1], NULL, 3, 0));
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, 0x2000);
	want("eof", splice(k.s, NULL, p[1], NULL, 16, 0), 0);
	ask("unconnected", splice(client_socket(), NULL, p[1], NULL, 16, 0));
}

static void out_after_reset(void)
{
	struct link k = link_up();
	int p[2];

	must("pipe", pipe(p));
	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	want("splice", splice(k.s, NULL, p[1], NULL, 16, 0), -ECONNRESET);
	want("again", splice(k.s, NULL, p[1], NULL, 16, 0), 0);
}

static long splice_waits(int fd)
{
	int p[2];

	if (pipe(p))
		return -1;
	return splice(fd, NULL, p[1], NULL, 100, 0);
}

static void splice_blocks(void)
{
	struct link k = link_up();
	struct task t;

	task_start(&t, splice_waits, k.s);
	send_all(k.c, "four", 4);
	want("woken by data", task_end(&t), 4);
	task_start(&t, splice_waits, k.s);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("woken by the end", task_end(&t), 0);
}

static void through_pipe(void)
{
	struct link k = link_up();
	int p[2], fd = file_with_content();
	struct task t;
	loff_t at = 0;
	long n, sum = 0;

	must("pipe", pipe(p));
	task_start(&t, read_file_bytes, k.s);
	while (sum < FILE_BYTES) {
		n = splice(fd, &at, p[1], NULL, 65536, 0);
		if (n <= 0)
			break;
		while (n > 0) {
			long out = splice(p[0], NULL, k.c, NULL, n, SPLICE_F_MOVE);

			if (out <= 0)
				return (void)ask("splice", out);
			n -= out;
			sum += out;
		}
	}
	must("shutdown", shutdown(k.c, SHUT_WR));
	want("arrived", task_end(&t), FILE_BYTES);
	want("same", memcmp(content, arrived, FILE_BYTES), 0);
}

/* Completions may be merged or not, and may say "copied": only that they come is compared. */
static void zero_copy(void)
{
	struct link k = link_up();
	char control[128], b[64];
	struct msghdr m = { .msg_control = control, .msg_controllen = sizeof(control) };

	ask("not enabled", send(k.c, "abc", 3, MSG_ZEROCOPY));
	if (ask("enable", set_int(k.c, SOL_SOCKET, SO_ZEROCOPY, 1)) < 0)
		return;
	ask_opt("value", k.c, SOL_SOCKET, SO_ZEROCOPY);
	ask("bad value", set_int(k.c, SOL_SOCKET, SO_ZEROCOPY, 2));
	if (ask("enabled", send(k.c, "def", 3, MSG_ZEROCOPY)) < 0)
		return;
	await_inq(k.s, 3);
	ask("arrives", recv(k.s, b, sizeof(b), 0));
	say("poll", "%s", mask_str(await(k.c, POLLERR) & POLLERR));
	ask("completion", recvmsg(k.c, &m, MSG_ERRQUEUE));
	ask("then none", recvmsg(k.c, &m, MSG_ERRQUEUE));
}

const struct api_case file_cases[] = {
	CASE(send_a_file), CASE(send_file_nonblocking), CASE(into_socket), CASE(out_of_socket), CASE(out_after_reset),
	CASE(splice_blocks), CASE(through_pipe), CASE(zero_copy), {}
};
