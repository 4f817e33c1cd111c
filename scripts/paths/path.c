// SPDX-License-Identifier: GPL-2.0
/*
 * path: one or two senders, an emulated path and their receivers, for so many seconds.
 *
 *   path [-w PREFIX] NAME=VALUE...
 *
 *   bw=10        rate of the bottleneck, Mbit/s
 *   rtt=50       ms both ways together, half of it each; without queueing
 *   loss=0       per cent of the segments with data, lost behind the bottleneck
 *   reorder=0    per cent of them, each late by RTT/8 or five segments' time, whatever is more
 *   buf=1        of the bottleneck's queue, in BDP (bw x rtt); four packets at least
 *   flows=rill   rill, tcp, or two of them: rill+tcp
 *   seconds=10   from the first connect() on
 *   from=0       seconds of it that don't count
 *   seed=1       of the dice for loss and reordering
 *   sockbuf=0    KiB, SO_SNDBUF and SO_RCVBUF of both ends; 0: the kernel's
 *   gso=1        0: the devices have no software GSO
 *
 * Two network namespaces, a TUN device in each, and between these a process that is the path: what
 * is read from one device is written to the other when it is due. Its dice are its own, and each is
 * thrown once for each segment with data, so that the n-th of them fares alike whatever sends it.
 *
 * Prints a line for each flow, with tabs between: its protocol, Mbit/s of goodput; of the path,
 * segments with data, those dropped for want of room, lost, late, and the longest queue in octets;
 * of the flow, tcpi_total_retrans, tcpi_snd_cwnd, tcpi_snd_ssthresh, tcpi_rtt in microseconds; and
 * the counters of the sender's namespace that are not 0.
 *
 * -w writes what passed by the sender to PREFIX.pcap, and what never arrived to PREFIX-lost.pcap.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../uapi/linux/rill.h"

#define PORT		7000
#define FLOWS		2
#define MTU		1500
#define HEADERS		40		/* of IPv4 and TCP, without options */
#define SLOTS		(1 << 15)	/* packets that may be under way at a time */
#define QUEUE		20000		/* packets that a device keeps for the path */
#define BUFFER		(1 << 16)
#define KEPT		96		/* octets of a packet in a capture */
#define CAPTURED	(1 << 20)	/* packets */
#define NS		1000000000ULL
#define MOST		"33554432"	/* octets of a socket's buffers */

struct settings {
	double bw, rtt, loss, reorder, buf, seconds, from;
	long seed, sockbuf, gso;
	char flows[32], capture[256];
};

struct packet {
	__u64 due;
	__u32 len;
	unsigned char data[MTU];
};

/* What is under way, in the order in which it is due. */
struct line {
	struct packet *slot;
	unsigned int first, end;
};

struct record {
	__u64 at;
	__u16 len, lost;
	unsigned char data[KEPT];
};

/* Written by the processes, read by the first. */
struct shared {
	__u64 octets[FLOWS];
	__u64 segments, dropped, lost, late, queue;
	__u32 records;
	struct record record[CAPTURED];
};

struct path {
	struct settings set;
	struct shared *shared;
	int tun[2];			/* the sender's, the receiver's */
	double ns_per_octet;
	__u64 limit, delay, detour, free_at;
	__u64 loss_dice, order_dice;
	struct line straight, detoured, back;
};

static __u64 now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS + ts.tv_nsec;
}

static void sleep_until(__u64 ns)
{
	struct timespec ts = { .tv_sec = ns / NS, .tv_nsec = ns % NS };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL))
		;
}

/* The path comes before its ends, so that it is late for none of them. */
static void prefer(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		err(1, "SCHED_FIFO");
}

/* ---- The path ---- */

/* xorshift64*; true in @percent of the throws */
static bool throw(__u64 *dice, double percent)
{
	*dice ^= *dice >> 12;
	*dice ^= *dice << 25;
	*dice ^= *dice >> 27;
	return (double)(*dice * 2685821657736338717ULL >> 11) < percent / 100 * (1ULL << 53);
}

static void capture(struct path *p, const unsigned char *data, __u32 len, __u64 at, bool lost)
{
	struct record *r;

	if (p->shared->records == CAPTURED)
		return;
	r = &p->shared->record[p->shared->records++];
	r->at = at;
	r->len = len;
	r->lost = lost;
	memcpy(r->data, data, len < KEPT ? len : KEPT);
}

static void put_in(struct line *l, const unsigned char *data, __u32 len, __u64 due)
{
	struct packet *k = &l->slot[l->end % SLOTS];

	if (l->end - l->first == SLOTS)
		errx(1, "more than %d packets under way", SLOTS);
	k->due = due;
	k->len = len;
	memcpy(k->data, data, len);
	l->end++;
}

static const struct packet *next_of(const struct line *l)
{
	return l->first == l->end ? NULL : &l->slot[l->first % SLOTS];
}

/* From the sender: through the queue, then it is lost, late, or neither. */
static void forward(struct path *p, const unsigned char *data, __u32 len, __u64 at)
{
	bool segment = len > (data[0] & 15) * 4U + (data[32] >> 4) * 4U;
	bool lost = segment && throw(&p->loss_dice, p->set.loss);
	bool late = segment && throw(&p->order_dice, p->set.reorder);
	__u64 queue = p->free_at > at ? (p->free_at - at) / p->ns_per_octet : 0;
	bool dropped = queue + len > p->limit;

	capture(p, data, len, at, dropped || lost);
	p->shared->segments += segment;
	if (dropped) {
		p->shared->dropped++;
		return;
	}
	if (queue + len > p->shared->queue)
		p->shared->queue = queue + len;
	p->free_at = (p->free_at > at ? p->free_at : at) + (__u64)(len * p->ns_per_octet);
	if (lost) {
		p->shared->lost++;
	} else if (late) {
		p->shared->late++;
		put_in(&p->detoured, data, len, p->free_at + p->delay + p->detour);
	} else {
		put_in(&p->straight, data, len, p->free_at + p->delay);
	}
}

static void take_from(struct path *p, int side)
{
	unsigned char data[MTU];
	ssize_t n;

	while ((n = read(p->tun[side], data, sizeof(data))) > 0) {
		if (data[0] >> 4 != 4 || n < HEADERS)
			continue;
		if (side)
			put_in(&p->back, data, n, now() + p->delay);
		else
			forward(p, data, n, now());
	}
}

static struct line *soonest(struct path *p)
{
	struct line *lines[] = { &p->straight, &p->detoured, &p->back }, *best = NULL;

	for (int i = 0; i < 3; i++)
		if (next_of(lines[i]) && (!best || next_of(lines[i])->due < next_of(best)->due))
			best = lines[i];
	return best;
}

/* What that end answers at once is taken at once: it runs in this very call. */
static void deliver(struct path *p, struct line *l)
{
	const struct packet *k = next_of(l);
	int side = l == &p->back ? 0 : 1;

	if (!side)
		capture(p, k->data, k->len, k->due, false);
	if (write(p->tun[side], k->data, k->len) != (ssize_t)k->len)
		err(1, "writing to a TUN device");
	l->first++;
	take_from(p, side);
}

static void be_the_path(struct path *p)
{
	struct pollfd polled[2] = {
		{ .fd = p->tun[0], .events = POLLIN }, { .fd = p->tun[1], .events = POLLIN }
	};
	struct timespec wait;
	struct line *l;
	__u64 at, due;

	prefer(2);
	for (;;) {
		l = soonest(p);
		at = now();
		due = l ? next_of(l)->due : at + NS;
		if (due <= at) {
			deliver(p, l);
			continue;
		}
		wait.tv_sec = (due - at) / NS;
		wait.tv_nsec = (due - at) % NS;
		if (ppoll(polled, 2, &wait, NULL) < 0)
			err(1, "ppoll");
		for (int side = 0; side < 2; side++)
			if (polled[side].revents)
				take_from(p, side);
	}
}

static void lay_path(struct path *p)
{
	const struct settings *s = &p->set;
	double bdp = s->bw * 1e6 / 8 * s->rtt / 1e3;

	p->ns_per_octet = 8e3 / s->bw;
	p->limit = s->buf * bdp > 4 * MTU ? s->buf * bdp : 4 * MTU;
	p->delay = s->rtt / 2 * 1e6;
	p->detour = s->rtt / 8 * 1e6;
	if (p->detour < 5 * MTU * p->ns_per_octet)
		p->detour = 5 * MTU * p->ns_per_octet;
	p->loss_dice = 88172645463325252ULL * (2 * s->seed + 1);
	p->order_dice = 2463534242ULL * (2 * s->seed + 1);
	for (int i = 0; i < 100; i++) {
		throw(&p->loss_dice, 0);
		throw(&p->order_dice, 0);
	}
	p->straight.slot = calloc(3 * SLOTS, sizeof(struct packet));
	if (!p->straight.slot)
		err(1, "memory");
	p->detoured.slot = p->straight.slot + SLOTS;
	p->back.slot = p->detoured.slot + SLOTS;
}

/* ---- The namespaces ---- */

static void put_sysctl(const char *name, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/%s", name);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		err(1, "%s", path);
	close(fd);
}

static int new_tun(const struct settings *s, const char *addr)
{
	struct ifreq ifr = { .ifr_name = "path0" };
	struct sockaddr_in *sin = (struct sockaddr_in *)&ifr.ifr_addr;
	struct ethtool_value gso = { .cmd = ETHTOOL_SGSO };
	int ctl = socket(AF_INET, SOCK_DGRAM, 0);
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ctl < 0 || fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		err(1, "TUN device");
	ifr.ifr_qlen = QUEUE;
	if (ioctl(ctl, SIOCSIFTXQLEN, &ifr))
		err(1, "length of the device's queue");
	*sin = (struct sockaddr_in){ .sin_family = AF_INET };
	inet_aton(addr, &sin->sin_addr);
	if (ioctl(ctl, SIOCSIFADDR, &ifr))
		err(1, "address %s", addr);
	inet_aton("255.255.255.0", &sin->sin_addr);
	if (ioctl(ctl, SIOCSIFNETMASK, &ifr))
		err(1, "netmask");
	ifr.ifr_data = (void *)&gso;
	if (!s->gso && ioctl(ctl, SIOCETHTOOL, &ifr))
		err(1, "GSO");
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(ctl, SIOCSIFFLAGS, &ifr))
		err(1, "device up");
	close(ctl);
	return fd;
}

/* A new namespace, in which this process is from then on. */
static int new_side(const struct settings *s, const char *addr)
{
	if (unshare(CLONE_NEWNET))
		err(1, "network namespace");
	put_sysctl("ipv4/tcp_rmem", "4096 131072 " MOST);
	put_sysctl("ipv4/tcp_wmem", "4096 16384 " MOST);
	if (strstr(s->flows, "rill")) {
		put_sysctl("rill/rmem", "4096 131072 " MOST);
		put_sysctl("rill/wmem", "4096 16384 " MOST);
	}
	return new_tun(s, addr);
}

/* ---- The ends ---- */

static int new_socket(const struct settings *s, const char *proto)
{
	struct linger none = { .l_onoff = 1 };
	int kib = s->sockbuf * 1024, fd;

	fd = socket(AF_INET, SOCK_STREAM, strcmp(proto, "tcp") ? IPPROTO_RILL : 0);
	if (fd < 0)
		err(1, "socket of %s", proto);
	/* At the end it is over: no retransmissions while another run is measured. */
	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)))
		err(1, "SO_LINGER");
	if (kib && (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kib, sizeof(kib)) ||
		    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kib, sizeof(kib))))
		err(1, "SO_SNDBUF, SO_RCVBUF");
	return fd;
}

/* In a process of its own, which ends with the first. */
static bool forked(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return !pid;
}

static void receive(int listener, __u64 *octets)
{
	static char buffer[BUFFER];
	int fd = accept(listener, NULL, NULL);
	ssize_t n;

	if (fd < 0)
		err(1, "accept");
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		*octets += n;
	err(1, "read");
}

static void send_all(int fd, int flow)
{
	static char buffer[BUFFER];
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT + flow) };

	inet_aton("10.90.0.2", &to.sin_addr);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "connect");
	while (write(fd, buffer, sizeof(buffer)) > 0)
		;
	err(1, "write");
}

/* ---- What comes out ---- */

static void print_if_not_0(const char *name, const char *value)
{
	if (strcmp(value, "0"))
		printf("%s=%s ", name, value);
}

/* Lines "NAME VALUE"; two of them are of the whole machine. */
static void print_rill_counters(void)
{
	char name[64], value[64];
	FILE *file = fopen("/proc/thread-self/net/rill_stat", "r");

	while (file && fscanf(file, "%63s %63s%*[^\n]", name, value) == 2)
		if (strcmp(name, "Sockets") && strcmp(name, "MemoryPages"))
			print_if_not_0(name, value);
	if (file)
		fclose(file);
}

/* Pairs of lines that begin with @group: the names, and the numbers below them */
static void print_tcp_counters(const char *path, const char *group)
{
	static char names[8192], values[8192];
	char *n, *v, *names_left, *values_left;
	FILE *file = fopen(path, "r");

	while (file && fgets(names, sizeof(names), file) && fgets(values, sizeof(values), file)) {
		if (strncmp(names, group, strlen(group)))
			continue;
		n = strtok_r(names, "\n ", &names_left);
		v = strtok_r(values, "\n ", &values_left);
		while ((n = strtok_r(NULL, "\n ", &names_left)) &&
		       (v = strtok_r(NULL, "\n ", &values_left)))
			print_if_not_0(n, v);
	}
	if (file)
		fclose(file);
}

static void print_flow(const struct path *p, const char *proto, int fd, __u64 octets)
{
	const struct shared *sh = p->shared;
	struct tcp_info info = { };
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		err(1, "TCP_INFO");
	printf("%s\t%.4f\t%llu\t%llu\t%llu\t%llu\t%llu\t%u\t%u\t%u\t%u\t", proto,
	       octets * 8 / (p->set.seconds - p->set.from) / 1e6, sh->segments, sh->dropped, sh->lost,
	       sh->late, sh->queue, info.tcpi_total_retrans, info.tcpi_snd_cwnd,
	       info.tcpi_snd_ssthresh, info.tcpi_rtt);
	if (strcmp(proto, "tcp")) {
		print_rill_counters();
	} else {
		print_tcp_counters("/proc/thread-self/net/snmp", "Tcp:");
		print_tcp_counters("/proc/thread-self/net/netstat", "TcpExt:");
	}
	putchar('\n');
}

static void write_words(FILE *file, const __u32 *words, int count)
{
	if (fwrite(words, sizeof(*words), count, file) != (size_t)count)
		err(1, "capture");
}

/* pcap with nanoseconds, LINKTYPE_RAW; rill is TCP there, which every reader of captures knows. */
static void write_capture(const struct path *p, const char *end, bool lost_only)
{
	static const __u32 head[] = { 0xa1b23c4d, 2 | 4 << 16, 0, 0, KEPT, 101 };
	char name[300];
	FILE *file;

	snprintf(name, sizeof(name), "%s%s", p->set.capture, end);
	file = fopen(name, "w");
	if (!file)
		err(1, "%s", name);
	write_words(file, head, 6);
	for (__u32 i = 0; i < p->shared->records; i++) {
		const struct record *r = &p->shared->record[i];
		__u32 kept = r->len < KEPT ? r->len : KEPT;
		const __u32 words[] = { r->at / NS, r->at % NS, kept, r->len };

		if (lost_only && !r->lost)
			continue;
		write_words(file, words, 4);
		if (fwrite(r->data, 1, kept, file) != kept)
			err(1, "capture");
	}
	if (fclose(file))
		err(1, "%s", name);
}

/* ---- The arguments ---- */

static void set_one(struct settings *s, char *word)
{
	const struct { const char *name; double *number; long *count; } known[] = {
		{ "bw", &s->bw, NULL }, { "rtt", &s->rtt, NULL }, { "loss", &s->loss, NULL },
		{ "reorder", &s->reorder, NULL }, { "buf", &s->buf, NULL },
		{ "seconds", &s->seconds, NULL }, { "from", &s->from, NULL },
		{ "seed", NULL, &s->seed }, { "sockbuf", NULL, &s->sockbuf },
		{ "gso", NULL, &s->gso },
	};
	char *value = strchr(word, '=');

	if (!value)
		errx(2, "'%s' is no NAME=VALUE", word);
	*value++ = 0;
	if (!strcmp(word, "flows")) {
		snprintf(s->flows, sizeof(s->flows), "%s", value);
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].name, word))
			continue;
		if (known[i].number)
			*known[i].number = atof(value);
		else
			*known[i].count = atol(value);
		return;
	}
	errx(2, "'%s' is not known", word);
}

static void read_settings(struct settings *s, int argc, char **argv)
{
	int opt;

	*s = (struct settings){ .bw = 10, .rtt = 50, .buf = 1, .seconds = 10, .seed = 1, .gso = 1,
				.flows = "rill" };
	while ((opt = getopt(argc, argv, "w:")) != -1) {
		if (opt != 'w')
			exit(2);
		snprintf(s->capture, sizeof(s->capture), "%s", optarg);
	}
	for (; optind < argc; optind++)
		set_one(s, argv[optind]);
	if (s->bw <= 0 || s->rtt <= 0 || s->seconds <= s->from)
		errx(2, "bw, rtt and seconds are to be greater than 0, and from less than seconds");
}

int main(int argc, char **argv)
{
	static struct path p;
	int sender[FLOWS], listener[FLOWS], side_a, n = 0;
	char *proto[FLOWS], *word, names[sizeof(p.set.flows)];
	__u64 begin, early[FLOWS], octets[FLOWS];

	read_settings(&p.set, argc, argv);
	p.shared = mmap(NULL, sizeof(*p.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (p.shared == MAP_FAILED)
		err(1, "memory");
	lay_path(&p);
	strcpy(names, p.set.flows);
	for (word = strtok(names, "+"); word && n < FLOWS; word = strtok(NULL, "+"))
		proto[n++] = word;

	p.tun[0] = new_side(&p.set, "10.90.0.1");
	side_a = open("/proc/thread-self/ns/net", O_RDONLY);
	for (int i = 0; i < n; i++)
		sender[i] = new_socket(&p.set, proto[i]);
	p.tun[1] = new_side(&p.set, "10.90.0.2");
	for (int i = 0; i < n; i++) {
		struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(PORT + i) };

		listener[i] = new_socket(&p.set, proto[i]);
		if (bind(listener[i], (struct sockaddr *)&any, sizeof(any)) || listen(listener[i], 1))
			err(1, "bind, listen");
		if (forked())
			receive(listener[i], &p.shared->octets[i]);
	}
	if (setns(side_a, CLONE_NEWNET))
		err(1, "setns");
	if (forked())
		be_the_path(&p);
	/* Timers that tick by the second have the same phase in each run. */
	begin = (now() / NS / 10 + 1) * 10 * NS;
	for (int i = 0; i < n; i++) {
		if (!forked())
			continue;
		sleep_until(begin + i * NS / 10);
		send_all(sender[i], i);
	}
	prefer(3);
	sleep_until(begin + p.set.from * NS);
	memcpy(early, p.shared->octets, sizeof(early));
	sleep_until(begin + p.set.seconds * NS);
	memcpy(octets, p.shared->octets, sizeof(octets));
	if (waitpid(-1, NULL, WNOHANG) > 0)
		errx(1, "one of the processes has failed");
	for (int i = 0; i < n; i++)
		print_flow(&p, proto[i], sender[i], octets[i] - early[i]);
	if (p.set.capture[0]) {
		write_capture(&p, ".pcap", false);
		write_capture(&p, "-lost.pcap", true);
	}
	return 0;
}
