// SPDX-License-Identifier: GPL-2.0
/* sockapi: the same calls through io_uring, on its bare system calls. */
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "sockapi.h"

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static struct ring ring;

static void *map(size_t size, off_t what)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, what);

	must("mmap", p == MAP_FAILED ? -1 : 0);
	return p;
}

/* False where the kernel has no io_uring: said once, equal for both protocols. */
static bool ring_up(void)
{
	struct io_uring_params p = {};
	char *sq, *cq;

	ring.fd = syscall(SYS_io_uring_setup, 8, &p);
	if (ring.fd < 0) {
		say("setup", "%s", err_name(errno));
		return false;
	}
	sq = map(p.sq_off.array + p.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	cq = map(p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring.sqes = map(p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	ring.sq_tail = (unsigned int *)(sq + p.sq_off.tail);
	ring.sq_mask = (unsigned int *)(sq + p.sq_off.ring_mask);
	ring.sq_array = (unsigned int *)(sq + p.sq_off.array);
	ring.cq_head = (unsigned int *)(cq + p.cq_off.head);
	ring.cq_tail = (unsigned int *)(cq + p.cq_off.tail);
	ring.cq_mask = (unsigned int *)(cq + p.cq_off.ring_mask);
	ring.cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return true;
}

/* Hands one request to the kernel; `tag` comes back with its completion. */
static void submit(int op, int fd, void *addr, unsigned int len, unsigned int flags, int tag)
{
	unsigned int tail = *ring.sq_tail, slot = tail & *ring.sq_mask;
	struct io_uring_sqe *sqe = &ring.sqes[slot];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = op;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)addr;
	sqe->msg_flags = flags;
	sqe->user_data = tag;
	if (op == IORING_OP_CONNECT)
		sqe->off = len;
	else
		sqe->len = len;
	ring.sq_array[slot] = slot;
	__atomic_store_n(ring.sq_tail, tail + 1, __ATOMIC_RELEASE);
	must("enter", syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0));
}

static int completion_ready(int arg)
{
	(void)arg;
	syscall(SYS_io_uring_enter, ring.fd, 0, 0, IORING_ENTER_GETEVENTS, NULL, 0);
	return __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE) != *ring.cq_head;
}

/* The result of the next completion, as a system call would give it. */
static long complete(int *tag)
{
	unsigned int head = *ring.cq_head;
	struct io_uring_cqe cqe;

	if (!await_true("completion", completion_ready, 0)) {
		errno = ETIME;
		return -1;
	}
	cqe = ring.cqes[head & *ring.cq_mask];
	__atomic_store_n(ring.cq_head, head + 1, __ATOMIC_RELEASE);
	if (tag)
		*tag = cqe.user_data;
	if (cqe.res < 0) {
		errno = -cqe.res;
		return -1;
	}
	return cqe.res;
}

static long call(int op, int fd, void *addr, unsigned int len, unsigned int flags)
{
	submit(op, fd, addr, len, flags, 0);
	return complete(NULL);
}

static void life(void)
{
	int l = listen_on(0, 8), c = client_socket(), s, tag = 0;
	char b[16] = "";

	if (!ring_up())
		return;
	submit(IORING_OP_ACCEPT, l, NULL, 0, 0, 1);
	submit(IORING_OP_CONNECT, c, (void *)at_server(0), env.addr_len, 0, 2);
	s = -1;
	for (int i = 0; i < 2; i++) {
		long r = complete(&tag);

		if (tag == 1)
			s = want("accept", r, ANY);
		else
			want("connect", r, 0);
		if (i == 0 && tag == 1)	/* Keeps the lines in one order. */
			want("connect", complete(&tag), 0), i++;
	}
	submit(IORING_OP_RECV, s, b, sizeof(b), 0, 3);
	want("nothing yet", completion_ready(0), 0);
	want("send", send(c, "hello", 5, 0), 5);
	want("recv", complete(NULL), 5);
	want_str("data", b, "hello");
	want("send by ring", call(IORING_OP_SEND, s, "world", 5, 0), 5);
	want("recv by call", recv(c, b, sizeof(b), 0), 5);
	want("write", call(IORING_OP_WRITE, s, "abc", 3, 0), 3);
	want("read", call(IORING_OP_READ, c, b, sizeof(b), 0), 3);
	want("shutdown", call(IORING_OP_SHUTDOWN, s, NULL, SHUT_WR, 0), 0);
	want("eof", call(IORING_OP_RECV, c, b, sizeof(b), 0), 0);
	want("send after shutdown", call(IORING_OP_SEND, s, "x", 1, MSG_NOSIGNAL), -EPIPE);
	want("close", call(IORING_OP_CLOSE, s, NULL, 0, 0), 0);
	want("closed", call(IORING_OP_RECV, s, b, 1, 0), -EBADF);
}

static void errors(void)
{
	struct link k = link_up();
	char b;

	if (!ring_up())
		return;
	want("refused", call(IORING_OP_CONNECT, client_socket(), (void *)at_server(31), env.addr_len, 0),
	     -ECONNREFUSED);
	want("not listening", call(IORING_OP_ACCEPT, k.c, NULL, 0, 0), -EINVAL);
	want("unconnected", call(IORING_OP_RECV, client_socket(), &b, 1, 0), -ENOTCONN);
	want("dontwait", call(IORING_OP_RECV, k.s, &b, 1, MSG_DONTWAIT), -EAGAIN);
	want("fault", call(IORING_OP_SEND, k.s, NULL, 1, 0), -EFAULT);
	want("connected", call(IORING_OP_CONNECT, k.c, (void *)at_server(0), env.addr_len, 0), -EISCONN);
	submit(IORING_OP_RECV, k.s, &b, 1, 0, 1);
	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	want("reset", complete(NULL), -ECONNRESET);
}

static void polls(void)
{
	struct link k = link_up();
	int c;

	if (!ring_up())
		return;
	submit(IORING_OP_POLL_ADD, k.s, NULL, 0, POLLIN, 1);
	send_all(k.c, "x", 1);
	want_str("data", mask_str(complete(NULL)), "IN");
	submit(IORING_OP_POLL_ADD, k.s, NULL, 0, 0x2000, 2);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want_str("FIN", mask_str(complete(NULL)), "RDHUP");
	submit(IORING_OP_POLL_ADD, k.l, NULL, 0, POLLIN, 3);
	c = client_socket();
	must("connect", connect_to(c, at_server(0)));
	want_str("connection", mask_str(complete(NULL)), "IN");
	want_str("writable", mask_str(call(IORING_OP_POLL_ADD, c, NULL, 0, POLLOUT)), "OUT");
}

static void blocked_send(void)
{
	struct link k = link_up_small(16384);
	static char big[1 << 18], b[1 << 16];
	long sum = 0, n;
	int bytes;

	if (!ring_up())
		return;
	bytes = fill_socket(k.c);
	submit(IORING_OP_SEND, k.c, big, sizeof(big), MSG_WAITALL, 1);
	while (sum < bytes + (long)sizeof(big) && (n = read(k.s, b, sizeof(b))) > 0)
		sum += n;
	want("all sent", complete(NULL), sizeof(big));
}

static void cancelled(void)
{
	struct link k = link_up();
	char b;
	int tag, other = 0;

	if (!ring_up())
		return;
	submit(IORING_OP_RECV, k.s, &b, 1, 0, 1);
	submit(IORING_OP_ASYNC_CANCEL, -1, (void *)1, 0, 0, 2);
	for (int i = 0; i < 2; i++) {
		long r = complete(&tag);

		if (tag == 1)
			other = r < 0 ? errno : 0;
		else
			want("cancel", r, 0);
	}
	want_str("recv", err_name(other), "ECANCELED");
	send_all(k.c, "x", 1);
	want("socket is whole", recv(k.s, &b, 1, 0), 1);
}

static void messages(void)
{
	struct link k = link_up();
	char b[16];
	struct iovec out[2] = { { "ab", 2 }, { "cde", 3 } }, in = { b, sizeof(b) };
	struct msghdr m = { .msg_iov = out, .msg_iovlen = 2 }, r = { .msg_iov = &in, .msg_iovlen = 1 };

	if (!ring_up())
		return;
	want("sendmsg", call(IORING_OP_SENDMSG, k.c, &m, 1, 0), 5);
	await_inq(k.s, 5);
	want("recvmsg", call(IORING_OP_RECVMSG, k.s, &r, 1, 0), 5);
	if (ask("send zero-copy", call(IORING_OP_SEND_ZC, k.c, "zero", 4, 0)) < 0)
		return;
	await_inq(k.s, 4);
	want("recv", recv(k.s, b, sizeof(b), 0), 4);
}

const struct api_case uring_cases[] = {
	CASE(life), CASE(errors), CASE(polls), CASE(blocked_send), CASE(cancelled), CASE(messages), {}
};
