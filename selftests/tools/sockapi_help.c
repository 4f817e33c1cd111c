// SPDX-License-Identifier: GPL-2.0
/* What the cases of sockapi share: making sockets and links, waiting for conditions, printing answers. */
#include <net/if.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>

#include "sockapi.h"

#define DEADLINE_MS (10000L * env.slow)

static int make_socket(int ns, int protocol)
{
	int fd;

	if (ns >= 0)
		must("setns", setns(ns, CLONE_NEWNET));
	fd = socket(env.family, SOCK_STREAM | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		must("socket", fd);
	if (ns >= 0 && ns != env.client_ns)
		must("setns", setns(env.client_ns, CLONE_NEWNET));
	return fd;
}

int server_socket(void)
{
	return make_socket(env.server_ns, env.server_protocol);
}

int client_socket(void)
{
	return make_socket(env.client_ns, env.protocol);
}

int port(int n)
{
	return env.base + n;
}

int listen_on(int n, int backlog)
{
	int fd = server_socket();

	must("reuse", set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	must("bind", bind_to(fd, at_server(n)));
	must("listen", listen(fd, backlog));
	return fd;
}

static struct link link_finish(int l, int c)
{
	struct link k = { .l = l, .c = c };

	must("connect", connect_to(c, at_server(0)));
	k.s = must("accept", accept4(l, NULL, NULL, SOCK_CLOEXEC));
	return k;
}

struct link link_up(void)
{
	return link_finish(listen_on(0, 8), client_socket());
}

/* A link whose buffers hold about `bytes` on each side. */
struct link link_up_small(int bytes)
{
	int l = server_socket(), c = client_socket();

	must("rcvbuf", set_int(l, SOL_SOCKET, SO_RCVBUF, bytes));
	must("sndbuf", set_int(l, SOL_SOCKET, SO_SNDBUF, bytes));
	must("rcvbuf", set_int(c, SOL_SOCKET, SO_RCVBUF, bytes));
	must("sndbuf", set_int(c, SOL_SOCKET, SO_SNDBUF, bytes));
	must("reuse", set_int(l, SOL_SOCKET, SO_REUSEADDR, 1));
	must("bind", bind_to(l, at_server(0)));
	must("listen", listen(l, 8));
	return link_finish(l, c);
}

/* In the case's own namespace: lo as narrow as an Ethernet, where segment sizes mean something. */
void ethernet_mtu(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_mtu = 1500 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	must("mtu", ioctl(fd, SIOCSIFMTU, &ifr));
	close(fd);
}

int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

int get_int(int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, name, &value, &len) < 0 ? -1 : value;
}

/* As ask(), for options whose value may be -1. */
void ask_opt(const char *step, int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, level, name, &value, &len) < 0)
		say(step, "%s", err_name(errno));
	else
		say(step, "%d", value);
}

int so_error(int fd)
{
	return get_int(fd, SOL_SOCKET, SO_ERROR);
}

const char *so_error_name(int fd)
{
	return err_name(so_error(fd));
}

void set_timeout(int fd, int name, int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	must("timeout", setsockopt(fd, SOL_SOCKET, name, &tv, sizeof(tv)));
}

void set_nonblock(int fd)
{
	must("O_NONBLOCK", fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK));
}

int set_linger(int fd, int on, int seconds)
{
	struct linger l = { on, seconds };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

void write_sysctl(const char *name, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = must(path, open(path, O_WRONLY | O_CLOEXEC));
	must(path, write(fd, value, strlen(value)));
	close(fd);
}

void write_own_sysctl(const char *name, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "%s%s", env.sysctl, name);
	write_sysctl(path, value);
}

long now_ms(void)
{
	struct timespec ts;

	/* As the kernel's timers have it: they count ticks, which come late to a machine that stood still. */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec * 1000L + ts.tv_nsec / 1000000;
}

/* Returns the mask, 0 when the deadline passed. */
int await(int fd, int events)
{
	struct pollfd p = { .fd = fd, .events = events };

	must("poll", poll(&p, 1, DEADLINE_MS));
	return p.revents;
}

int await_true(const char *what, int (*cond)(int arg), int arg)
{
	long end = now_ms() + DEADLINE_MS;
	struct timespec ms = { 0, 1000000 };

	while (!cond(arg)) {
		if (now_ms() > end) {
			say("waiting", "in vain for %s", what);
			return 0;
		}
		nanosleep(&ms, NULL);
	}
	return 1;
}

int tcp_state(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0 ? -1 : info.tcpi_state;
}

const char *state_name(int state)
{
	static const char * const names[] = {
		"?", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
		"CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING",
	};

	return state > 0 && state < 12 ? names[state] : "?";
}

static int wanted_value;

static int in_state(int fd)
{
	return tcp_state(fd) == wanted_value;
}

void await_state(int fd, int state)
{
	wanted_value = state;
	await_true(state_name(state), in_state, fd);
}

static int has_inq(int fd)
{
	int n = 0;

	return ioctl(fd, SIOCINQ, &n) == 0 && n >= wanted_value;
}

void await_inq(int fd, int bytes)
{
	wanted_value = bytes;
	await_true("input", has_inq, fd);
}

static int all_acked(int fd)
{
	int n = -1;

	return ioctl(fd, SIOCOUTQ, &n) == 0 && n == 0;
}

void await_acked(int fd)
{
	await_true("acknowledgment", all_acked, fd);
}

const char *mask_str(int mask)
{
	static const struct {
		int bit;
		const char *name;
	} bits[] = {
		{ POLLIN, "IN" }, { POLLPRI, "PRI" }, { POLLOUT, "OUT" }, { POLLRDNORM, "RDNORM" },
		{ POLLRDBAND, "RDBAND" }, { POLLWRNORM, "WRNORM" }, { POLLWRBAND, "WRBAND" },
		{ 0x2000, "RDHUP" }, { POLLERR, "ERR" }, { POLLHUP, "HUP" }, { POLLNVAL, "NVAL" },
	};
	static char ring[4][80];
	static unsigned int next;
	char *buf = ring[next++ % 4];

	strcpy(buf, mask ? "" : "none");
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (!(mask & bits[i].bit))
			continue;
		if (*buf)
			strcat(buf, "|");
		strcat(buf, bits[i].name);
	}
	return buf;
}

/* Every bit that is set now. */
const char *poll_str(int fd)
{
	struct pollfd p = { .fd = fd, .events = 0x2fff };

	must("poll", poll(&p, 1, 0));
	return mask_str(p.revents);
}

void fill(void *buf, size_t len, unsigned int seed)
{
	unsigned char *p = buf;

	for (size_t i = 0; i < len; i++)
		p[i] = (seed = seed * 1103515245 + 12345) >> 16;
}

void send_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		long n = must("send", send(fd, p, len, MSG_NOSIGNAL));

		p += n;
		len -= n;
	}
}

/* Reads until len bytes or EOF. */
long read_all(int fd, void *buf, size_t len)
{
	size_t got = 0;

	while (got < len) {
		long n = read(fd, (char *)buf + got, len - got);

		if (n < 0)
			return n;
		if (!n)
			break;
		got += n;
	}
	return got;
}

static int not_writable(int fd)
{
	static char chunk[4096];
	long n;

	while ((n = send(fd, chunk, sizeof(chunk), MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
		wanted_value += n;
	return errno == EAGAIN;
}

static int stays_full(int fd)
{
	int before, queued = 0, unsent = 0;

	not_writable(fd);
	if (ioctl(fd, SIOCOUTQ, &queued) || ioctl(fd, SIOCOUTQNSD, &unsent) || queued != unsent)
		return 0;
	before = wanted_value;	/* Nothing is under way: what is full now stays full. */
	return not_writable(fd) && before == wanted_value;
}

/* Writes until the peer's window and our buffer are full; returns how many bytes that took. */
int fill_socket(int fd)
{
	wanted_value = 0;
	await_true("full buffers", stays_full, fd);
	return wanted_value;
}

/* Reads what is there now; returns how much that was. */
long drain(int fd)
{
	static char chunk[65536];
	long n, sum = 0;

	while ((n = recv(fd, chunk, sizeof(chunk), MSG_DONTWAIT)) > 0)
		sum += n;
	return sum;
}

static void *task_main(void *arg)
{
	struct task *t = arg;

	__atomic_store_n(&t->tid, syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	t->result = t->fn(t->fd);
	t->error = errno;
	return NULL;
}

static int task_sleeps(int tid)
{
	char path[64], buf[256], *state;
	int fd, n;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 1;	/* It has ended: the result tells. */
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	state = strrchr(buf, ')');
	return state && state[2] == 'S';
}

/* Starts fn(fd) in a thread and returns once that sleeps in the kernel. */
void task_start(struct task *t, long (*fn)(int fd), int fd)
{
	memset(t, 0, sizeof(*t));
	t->fn = fn;
	t->fd = fd;
	if (pthread_create(&t->thread, NULL, task_main, t))
		must("thread", -1);
	while (!__atomic_load_n(&t->tid, __ATOMIC_SEQ_CST))
		sched_yield();
	await_true("a sleeping thread", task_sleeps, t->tid);
}

long task_end(struct task *t)
{
	pthread_join(t->thread, NULL);
	errno = t->error;
	return t->result;
}

volatile sig_atomic_t signals_caught;

static void count_signal(int sig)
{
	(void)sig;
	signals_caught++;
}

void catch_signal(int sig, int flags)
{
	struct sigaction sa = { .sa_handler = count_signal, .sa_flags = flags };

	must("sigaction", sigaction(sig, &sa, NULL));
}
