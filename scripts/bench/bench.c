// SPDX-License-Identifier: GPL-2.0
/*
 * bench: one kind of load between two namespaces, measured by this machine's clock and counters.
 *
 *   bench NAMESPACE_A NAMESPACE_B ADDRESS_OF_B tcp|rill MODE COUNT SIZE REPEAT
 *
 *   bulk     COUNT KiB from A to B in writes of SIZE; the receiver is SCHED_BATCH, so it never
 *            preempts the sender; no TCP_NODELAY, which the other modes have
 *   rr       COUNT rounds of SIZE bytes there and SIZE back, on one connection
 *   crr      COUNT connections, each for one such round; A closes first
 *   idle     COUNT connections are opened and stay
 *   timewait COUNT connections are opened and closed, by A first
 *
 * Prints REPEAT lines: "PROTOCOL MODE SIZE VALUE OUT BACK SWITCHES IDLE". VALUE is in nanoseconds,
 * OUT and BACK are packets at A's device; with SWITCHES of tasks they are per KiB, round or
 * connection. For idle and timewait VALUE is in bytes of memory for each connection. IDLE is how
 * long nothing ran, in ms.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT		7000
#define BUFFER		(1 << 16)
#define CONNECTIONS	65536
#define WARM_UP		8		/* an eighth of the load goes ahead, unmeasured */

struct work {
	const char *ns_a, *ns_b, *proto, *mode;
	struct sockaddr_in addr;
	long count, size;
	int repeat;
};

struct measure {
	double ns, out, back, switches, idle_ms;
};

static char buffer[BUFFER];
static int told[2];			/* a pipe: the server says that it is ready, or done */

static void enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

static void tell(void)
{
	if (write(told[1], "", 1) != 1)
		err(1, "pipe");
}

static void hear(void)
{
	char c;

	if (read(told[0], &c, 1) != 1)
		errx(1, "the server has gone");
}

/* ---- The counters ---- */

/* Adds up column COLUMN of the lines of a file that begin with WORD, which is column 0. */
static double sum_of(const char *path, const char *word, int column)
{
	char line[4096], *p;
	double sum = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		p = strtok(line, " \t\n");
		if (!p || strcmp(p, word))
			continue;
		for (int i = 0; p && i < column; i++)
			p = strtok(NULL, " \t\n");
		sum += p ? strtod(p, NULL) : 0;
	}
	fclose(file);
	return sum;
}

static struct measure now(void)
{
	struct timespec ts;
	struct measure m = {
		.out		= sum_of("/proc/self/net/dev", "a0:", 10),
		.back		= sum_of("/proc/self/net/dev", "a0:", 2),
		.switches	= sum_of("/proc/stat", "ctxt", 1),
		.idle_ms	= sum_of("/proc/stat", "cpu0", 4) * 1000 / sysconf(_SC_CLK_TCK),
	};

	clock_gettime(CLOCK_MONOTONIC, &ts);
	m.ns = ts.tv_sec * 1e9 + ts.tv_nsec;
	return m;
}

static void report(const struct work *w, const struct measure *from, const struct measure *to,
		   double value)
{
	printf("%s %s %ld %.1f %.4f %.4f %.4f %.0f\n", w->proto, w->mode, w->size, value,
	       (to->out - from->out) / w->count, (to->back - from->back) / w->count,
	       (to->switches - from->switches) / w->count,
	       to->idle_ms - from->idle_ms);
	fflush(stdout);
}

/* The second reading comes first: it is what shall not be measured. */
static void report_time(const struct work *w, const struct measure *from)
{
	struct timespec ts;
	struct measure to;
	double ns;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ns = ts.tv_sec * 1e9 + ts.tv_nsec - from->ns;
	to = now();
	report(w, from, &to, (ns - (to.idle_ms - from->idle_ms) * 1e6) / w->count);
}

static double free_bytes(void)
{
	double pages;
	int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY);

	/* Without it up to a hundred pages wait in a counter of each CPU. */
	if (fd < 0 || write(fd, "1", 1) != 1)
		err(1, "stat_refresh");
	close(fd);
	pages = sum_of("/proc/zoneinfo", "nr_free_pages", 1) +
		sum_of("/proc/zoneinfo", "count:", 1);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Memory that is given back after a grace period takes a while. */
static double settled_bytes(void)
{
	struct timespec pause = { .tv_nsec = 50000000 };
	double last = free_bytes(), bytes;
	int same = 0;

	while (same < 4) {
		nanosleep(&pause, NULL);
		bytes = free_bytes();
		same = bytes == last ? same + 1 : 0;
		last = bytes;
	}
	return last;
}

/* ---- Sockets ---- */

static int new_socket(const struct work *w)
{
	int protocol = strcmp(w->proto, "tcp") ? 253 : 0, one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		err(1, "socket of %s", w->proto);
	if (strcmp(w->mode, "bulk") &&
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		err(1, "TCP_NODELAY");
	return fd;
}

static int connected(const struct work *w)
{
	int fd = new_socket(w);

	if (connect(fd, (const struct sockaddr *)&w->addr, sizeof(w->addr)))
		err(1, "connect");
	return fd;
}

static int accepted(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		err(1, "accept");
	return fd;
}

static void put(int fd, long bytes, long size)
{
	while (bytes) {
		ssize_t n = write(fd, buffer, bytes < size ? bytes : size);

		if (n <= 0)
			err(1, "write");
		bytes -= n;
	}
}

/* Returns false at the end of the stream. */
static bool get(int fd, long bytes)
{
	while (bytes) {
		ssize_t n = read(fd, buffer, bytes < BUFFER ? bytes : BUFFER);

		if (n < 0)
			err(1, "read");
		if (!n)
			return false;
		bytes -= n;
	}
	return true;
}

static void must_get(int fd, long bytes)
{
	if (!get(fd, bytes))
		errx(1, "the stream ended early");
}

/* ---- The loads, each with its two ends ---- */

static void bulk_server(const struct work *w, int listener)
{
	struct sched_param param = { 0 };

	if (sched_setscheduler(0, SCHED_BATCH, &param))
		err(1, "SCHED_BATCH");
	for (;;) {
		int fd = accepted(listener);

		must_get(fd, w->count / WARM_UP * 1024);
		put(fd, 1, 1);
		must_get(fd, w->count * 1024);
		put(fd, 1, 1);
		close(fd);
	}
}

static void bulk_client(const struct work *w)
{
	int fd = connected(w);
	struct measure from;

	put(fd, w->count / WARM_UP * 1024, w->size);
	must_get(fd, 1);
	from = now();
	put(fd, w->count * 1024, w->size);
	must_get(fd, 1);
	report_time(w, &from);
	close(fd);
}

static void rr_server(const struct work *w, int listener)
{
	for (;;) {
		int fd = accepted(listener);

		while (get(fd, w->size))
			put(fd, w->size, w->size);
		close(fd);
	}
}

static void a_round(const struct work *w, int fd)
{
	put(fd, w->size, w->size);
	must_get(fd, w->size);
}

static void rr_client(const struct work *w)
{
	int fd = connected(w);
	struct measure from;

	for (long i = 0; i < w->count / WARM_UP; i++)
		a_round(w, fd);
	from = now();
	for (long i = 0; i < w->count; i++)
		a_round(w, fd);
	report_time(w, &from);
	close(fd);
}

static void crr_connections(const struct work *w, long count)
{
	while (count--) {
		int fd = connected(w);

		a_round(w, fd);
		close(fd);
	}
}

static void crr_client(const struct work *w)
{
	struct measure from;

	crr_connections(w, w->count / WARM_UP);
	from = now();
	crr_connections(w, w->count);
	report_time(w, &from);
}

static void idle_server(const struct work *w, int listener)
{
	(void)w;
	for (;;) {
		accepted(listener);
		tell();
	}
}

static void idle_connections(const struct work *w, long count)
{
	while (count--) {
		connected(w);
		hear();
	}
}

static void timewait_server(const struct work *w, int listener)
{
	(void)w;
	for (;;) {
		int fd = accepted(listener);

		get(fd, 1);
		close(fd);
		tell();
	}
}

static void timewait_connections(const struct work *w, long count)
{
	while (count--) {
		close(connected(w));
		hear();
	}
}

/* The first repetition begins with some connections that are not counted. */
static void memory_client(const struct work *w,
			  void (*open_some)(const struct work *w, long count))
{
	static bool warm;
	double before;
	struct measure from, to;

	if (!warm)
		open_some(w, w->count / WARM_UP);
	warm = true;
	before = settled_bytes();
	from = now();
	open_some(w, w->count);
	to = now();
	report(w, &from, &to, (before - settled_bytes()) / w->count);
}

static void idle_client(const struct work *w)
{
	memory_client(w, idle_connections);
}

static void timewait_client(const struct work *w)
{
	memory_client(w, timewait_connections);
}

static const struct {
	const char *name;
	void (*client)(const struct work *w);
	void (*server)(const struct work *w, int listener);
} modes[] = {
	{ "bulk", bulk_client, bulk_server },
	{ "rr", rr_client, rr_server },
	{ "crr", crr_client, rr_server },
	{ "idle", idle_client, idle_server },
	{ "timewait", timewait_client, timewait_server },
};

static void serve(const struct work *w, void (*server)(const struct work *w, int listener))
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd, one = 1;

	enter(w->ns_b);
	fd = new_socket(w);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 128))
		err(1, "bind, listen");
	tell();
	server(w, fd);
}

int main(int argc, char **argv)
{
	struct rlimit files = { CONNECTIONS, CONNECTIONS };
	struct work w = { .addr = { .sin_family = AF_INET, .sin_port = htons(PORT) } };
	size_t m;
	pid_t pid;

	if (argc != 9)
		errx(2, "usage: bench NS_A NS_B ADDRESS_OF_B tcp|rill MODE COUNT SIZE REPEAT");
	w.ns_a = argv[1];
	w.ns_b = argv[2];
	w.proto = argv[4];
	w.mode = argv[5];
	w.count = atol(argv[6]);
	w.size = atol(argv[7]);
	w.repeat = atoi(argv[8]);
	if (!inet_aton(argv[3], &w.addr.sin_addr) || w.count < WARM_UP || w.size < 1 ||
	    w.size > BUFFER)
		errx(2, "bad address, COUNT or SIZE");
	for (m = 0; m < sizeof(modes) / sizeof(modes[0]) && strcmp(modes[m].name, w.mode);)
		m++;
	if (m == sizeof(modes) / sizeof(modes[0]))
		errx(2, "no mode '%s'", w.mode);
	if (setrlimit(RLIMIT_NOFILE, &files) || pipe(told))
		err(1, "setrlimit, pipe");
	signal(SIGPIPE, SIG_IGN);
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		close(told[0]);
		serve(&w, modes[m].server);
		return 1;
	}
	close(told[1]);
	enter(w.ns_a);
	hear();
	for (int i = 0; i < w.repeat; i++)
		modes[m].client(&w);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}
