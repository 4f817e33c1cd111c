// SPDX-License-Identifier: GPL-2.0
/*
 * xfer: moves streams of known content between two processes and checks every byte by its position.
 *
 *   xfer server PROTO [OPTIONS]          prints "listening", serves -k connections, then ends
 *   xfer client PROTO -a ADDR [OPTIONS]
 *
 *   -4 | -6  version of IP; without -a the server binds to any address
 *   -a ADDR  address to bind or to connect to          -p PORT  (default 5253)
 *   -u BYTES client to server (up)                     -d BYTES server to client (down)
 *   -k COUNT connections in all                        -j COUNT of them at the same time
 *   -b BYTES per write and read                        -B BACKLOG
 *   -w       half-close: the server answers only after it has seen the client's FIN
 *   -z       reads nothing before SIGUSR1              -t SECONDS without progress: give up
 *   -s SEED  of the content; both ends need the same -u -d -k -s -w
 *
 * The content also depends on the client's port, so that bytes of another connection are never the right ones.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_MAX (1 << 20)

struct conn {
	int fd;
	uint64_t seed;
	uint64_t out, in;		/* bytes so far */
	bool connecting, shut, eof;
	struct conn *prev, *next;
};

static struct {
	bool server, half, paused;
	bool af_rill;
	int version, protocol, port, backlog, stall;
	const char *addr;
	uint64_t up, down, seed;
	int total, at_once;
	size_t chunk;
} opt = { .version = 4, .port = 5253, .backlog = 4096, .stall = 60, .total = 1, .at_once = 1, .chunk = 65536, .seed = 1 };

static struct conn *conns;
static int ep, started, finished, active;
static uint64_t sum_in, sum_out;

static void die(const char *what, const struct conn *c)
{
	int error = errno;

	fprintf(stderr, "xfer: %s %s: %s", opt.server ? "server" : "client", what, strerror(error));
	if (c)
		fprintf(stderr, " (sent %llu, received %llu)", (unsigned long long)c->out, (unsigned long long)c->in);
	fprintf(stderr, "; %d of %d connections done\n", finished, opt.total);
	exit(1);
}

static uint64_t word_at(uint64_t seed, uint64_t n)
{
	uint64_t x = seed + n * 0x9e3779b97f4a7c15ULL;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/* What stands at [pos, pos + len) of a stream; returns where in buf it begins. */
static unsigned char *content(uint64_t *buf, uint64_t seed, uint64_t pos, size_t len)
{
	uint64_t first = pos / 8, last = (pos + len + 7) / 8;

	for (uint64_t n = first; n < last; n++)
		buf[n - first] = word_at(seed, n);
	return (unsigned char *)buf + pos % 8;
}

static uint64_t to_send(void)
{
	return opt.server ? opt.down : opt.up;
}

static uint64_t to_receive(void)
{
	return opt.server ? opt.up : opt.down;
}

static bool may_send(const struct conn *c)
{
	return !c->shut && !(opt.half && opt.server && !c->eof);
}

static void watch(struct conn *c, int op)
{
	struct epoll_event e = { .data.ptr = c };

	if (!c->eof && !opt.paused)
		e.events |= EPOLLIN;
	if (c->connecting || may_send(c))
		e.events |= EPOLLOUT;
	if (epoll_ctl(ep, op, c->fd, &e))
		die("epoll_ctl", c);
}

/* An address of either version; the port stands at the same place. */
union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t parse_address(union address *a)
{
	const char *text = opt.addr ? opt.addr : opt.version == 6 ? "::" : "0.0.0.0";

	memset(a, 0, sizeof(*a));
	a->sa.sa_family = opt.version == 6 ? AF_INET6 : AF_INET;
	a->in.sin_port = htons(opt.port);
	if (inet_pton(a->sa.sa_family, text, opt.version == 6 ? (void *)&a->in6.sin6_addr : &a->in.sin_addr) != 1)
		exit(2);
	return opt.version == 6 ? sizeof(a->in6) : sizeof(a->in);
}

/* The socket family AF_RILL has a version of IP for each of its protocols. */
static int new_socket(void)
{
	int v6 = opt.version == 6;

	if (opt.af_rill)
		return socket(19, SOCK_STREAM | SOCK_NONBLOCK, v6);
	return socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, opt.protocol);
}

static void begin(struct conn *c)
{
	union address a = {};
	socklen_t len = sizeof(a);

	if (opt.server ? getpeername(c->fd, &a.sa, &len) : getsockname(c->fd, &a.sa, &len))
		die("name", c);
	c->seed = word_at(opt.seed, ntohs(a.in.sin_port));
}

/* Each direction has content of its own. */
static uint64_t seed_of(const struct conn *c, bool up)
{
	return c->seed ^ (up ? 0 : 0x5555555555555555ULL);
}

static void send_some(struct conn *c)
{
	static uint64_t buf[CHUNK_MAX / 8 + 2];

	while (c->out < to_send()) {
		size_t len = to_send() - c->out < opt.chunk ? to_send() - c->out : opt.chunk;
		ssize_t n = send(c->fd, content(buf, seed_of(c, !opt.server), c->out, len), len, MSG_NOSIGNAL);

		if (n < 0) {
			if (errno == EAGAIN)
				return;
			die("send", c);
		}
		c->out += n;
		sum_out += n;
		if ((size_t)n < len)
			return;
	}
	if (shutdown(c->fd, SHUT_WR))
		die("shutdown", c);
	c->shut = true;
}

static void receive_some(struct conn *c)
{
	static uint64_t want[CHUNK_MAX / 8 + 2];
	static unsigned char got[CHUNK_MAX];
	ssize_t n = recv(c->fd, got, opt.chunk, 0);
	unsigned char *right;

	if (n < 0) {
		if (errno != EAGAIN)
			die("recv", c);
		return;
	}
	if (!n) {
		errno = EPROTO;
		if (c->in != to_receive())
			die("early end of stream", c);
		c->eof = true;
		return;
	}
	errno = EBADMSG;
	if (c->in + n > to_receive())
		die("too many bytes", c);
	right = content(want, seed_of(c, opt.server), c->in, n);
	if (memcmp(got, right, n))
		die("wrong content", c);
	c->in += n;
	sum_in += n;
}

static void connected(struct conn *c)
{
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) || error) {
		errno = error ? error : errno;
		die("connect", c);
	}
	c->connecting = false;
	begin(c);
}

static void progress(struct conn *c, uint32_t events)
{
	if (c->connecting) {
		connected(c);
		watch(c, EPOLL_CTL_MOD);
		return;
	}
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !c->eof && !opt.paused)
		receive_some(c);
	if (may_send(c))
		send_some(c);
	if (c->eof && c->shut) {
		close(c->fd);
		*(c->prev ? &c->prev->next : &conns) = c->next;
		if (c->next)
			c->next->prev = c->prev;
		free(c);
		finished++;
		active--;
		return;
	}
	watch(c, EPOLL_CTL_MOD);
}

static struct conn *new_conn(int fd)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (!c)
		die("memory", NULL);
	c->fd = fd;
	c->next = conns;
	if (conns)
		conns->prev = c;
	conns = c;
	started++;
	active++;
	return c;
}

static void open_one(void)
{
	struct conn *c = new_conn(new_socket());
	union address a;
	socklen_t len = parse_address(&a);

	if (c->fd < 0)
		die("socket", c);
	if (connect(c->fd, &a.sa, len) && errno != EINPROGRESS)
		die("connect", c);
	c->connecting = true;
	watch(c, EPOLL_CTL_ADD);
}

static void accept_some(int l)
{
	int fd;

	while (started < opt.total) {
		fd = accept4(l, NULL, NULL, SOCK_NONBLOCK);
		if (fd < 0) {
			if (errno == EAGAIN)
				return;
			die("accept", NULL);
		}
		struct conn *c = new_conn(fd);

		begin(c);
		watch(c, EPOLL_CTL_ADD);
	}
}

static int listen_up(struct epoll_event *e)
{
	union address a;
	socklen_t len = parse_address(&a);
	int l = new_socket(), on = 1;

	if (l < 0 || setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(l, &a.sa, len) || listen(l, opt.backlog) ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, l, e))
		die("listen", NULL);
	puts("listening");
	fflush(stdout);
	return l;
}

/* SIGUSR1 ends the pause. */
static int watch_signal(struct epoll_event *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, 0);
	if (fd < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, fd, e))
		die("signalfd", NULL);
	return fd;
}

static void end_pause(int fd)
{
	opt.paused = false;
	close(fd);
	for (struct conn *c = conns; c; c = c->next)
		watch(c, EPOLL_CTL_MOD);
}

static void run(void)
{
	static struct epoll_event listener, waker;
	struct epoll_event e[64];
	int l = -1, wake = -1;

	listener = (struct epoll_event){ EPOLLIN, { .ptr = &listener } };
	waker = (struct epoll_event){ EPOLLIN, { .ptr = &waker } };
	if (opt.server)
		l = listen_up(&listener);
	if (opt.paused)
		wake = watch_signal(&waker);
	while (finished < opt.total) {
		while (!opt.server && started < opt.total && active < opt.at_once)
			open_one();
		int n = epoll_wait(ep, e, 64, opt.paused ? -1 : opt.stall * 1000);

		errno = ETIMEDOUT;
		if (n == 0)
			die("no progress", NULL);
		for (int i = 0; i < n; i++) {
			if (e[i].data.ptr == &listener)
				accept_some(l);
			else if (e[i].data.ptr == &waker)
				end_pause(wake);
			else
				progress(e[i].data.ptr, e[i].events);
		}
	}
}

static uint64_t bytes(const char *s)
{
	char *end;
	uint64_t n = strtoull(s, &end, 10);

	return *end == 'K' ? n << 10 : *end == 'M' ? n << 20 : n;
}

static void options(int argc, char **argv)
{
	int o;

	while ((o = getopt(argc, argv, "46a:p:u:d:k:j:b:B:wzt:s:")) != -1) {
		switch (o) {
		case '4':
		case '6':
			opt.version = o - '0';
			break;
		case 'a':
			opt.addr = optarg;
			break;
		case 'p':
			opt.port = atoi(optarg);
			break;
		case 'u':
			opt.up = bytes(optarg);
			break;
		case 'd':
			opt.down = bytes(optarg);
			break;
		case 'k':
			opt.total = atoi(optarg);
			break;
		case 'j':
			opt.at_once = atoi(optarg);
			break;
		case 'b':
			opt.chunk = bytes(optarg);
			break;
		case 'B':
			opt.backlog = atoi(optarg);
			break;
		case 'w':
			opt.half = true;
			break;
		case 'z':
			opt.paused = true;
			break;
		case 't':
			opt.stall = atoi(optarg);
			break;
		case 's':
			opt.seed = bytes(optarg);
			break;
		default:
			exit(2);
		}
	}
	if (opt.chunk < 1 || opt.chunk > CHUNK_MAX)
		exit(2);
}

int main(int argc, char **argv)
{
	struct rlimit files = { 1 << 16, 1 << 16 };
	struct timespec a, b;

	if (argc < 3 || (strcmp(argv[1], "server") && strcmp(argv[1], "client"))) {
		fprintf(stderr, "usage: xfer server|client tcp|rill|af_rill [OPTIONS]\n");
		return 2;
	}
	opt.server = !strcmp(argv[1], "server");
	opt.af_rill = !strcmp(argv[2], "af_rill");
	opt.protocol = strcmp(argv[2], "rill") ? 0 : 253;
	options(argc - 2, argv + 2);
	setrlimit(RLIMIT_NOFILE, &files);
	ep = epoll_create1(0);
	clock_gettime(CLOCK_MONOTONIC, &a);
	run();
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("connections %d sent %llu received %llu seconds %.3f\n", finished, (unsigned long long)sum_out,
	       (unsigned long long)sum_in, b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) / 1e9);
	return 0;
}
