/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Harness of sockapi: every case runs in a child of its own and prints one line for each step,
 * "topic.case.step: what the kernel answered". selftests/sockapi.sh compares the lines of two protocols.
 */
#ifndef SOCKAPI_H
#define SOCKAPI_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif

#define AF_RILL 19

struct api_case {
	const char *name;
	void (*run)(void);
};

#define CASE(fn) { #fn, fn }

struct api_topic {
	const char *name;
	const struct api_case *cases;
};

extern const struct api_case create_cases[], name_cases[], bind_cases[], reuse_cases[], listen_cases[],
	accept_cases[], inherit_cases[], connect_cases[], open_cases[], send_cases[], recv_cases[],
	vector_cases[], file_cases[], poll_cases[], epoll_cases[], shutdown_cases[], close_cases[],
	sockopt_cases[], tcpopt_cases[], ipopt_cases[], ioctl_cases[], wait_cases[], signal_cases[],
	share_cases[], uring_cases[], urgent_cases[], fastopen_cases[], states_cases[], options_cases[], info_cases[],
	v6_cases[], v6opt_cases[];

/* What runs: the protocol under test and where its two ends live. */
struct api_env {
	const char *name;
	int family, protocol;	/* as given to socket() */
	int number;		/* IP protocol number */
	int level;		/* level of the TCP_ options */
	int server_protocol;	/* as protocol, of the server's sockets */
	const char *sysctl;	/* prefix of the protocol's own sysctls */
	bool v6;
	int addr_len, addr_min;	/* of an address: its size, and the least that the kernel takes */
	int ip_level, ip_tos, ip_ttl, ip_minttl;	/* these options of the version of IP */
	const char *server, *client;
	int server_ns, client_ns;	/* -1: one namespace, the case's own */
	int base;		/* first of the case's ports */
	int slow;		/* factor for every deadline */
};

extern struct api_env env;

/* Of either version; the port stands at the same place. */
union addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Results. ANY accepts every success and prints "ok". A wanted error is given as -errno. */
#define ANY LONG_MAX

void say(const char *step, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
long ask(const char *step, long result);
long want(const char *step, long result, long expected);
void want_str(const char *step, const char *got, const char *expected);
long must(const char *what, long result);
const char *err_name(int error);
const char *state_name(int state);

/* Sockets and addresses. Ports are counted from the case's own base. */
int server_socket(void);
int client_socket(void);
const char *ip46(const char *four, const char *six);
const union addr *at(const char *host, int port);
const union addr *at_server(int n);
const union addr *at_client(int n);
const union addr *unspec(void);
int port(int n);
int bind_to(int fd, const union addr *a);
int connect_to(int fd, const union addr *a);
const char *addr_str(const union addr *a);
const char *sock_name(int fd);
const char *peer_name(int fd);

struct link {
	int l, c, s;		/* listener, client, server side */
};

int listen_on(int n, int backlog);
struct link link_up(void);
struct link link_up_small(int bytes);
int refused_port(void);
const char *other_loopback(void);
void add_address6(const char *device, const char *address, int prefix);
void dummy_device(const char *name);
void blackhole_route(void);
void ethernet_mtu(void);
#define ANYWHERE	ip46("0.0.0.0", "::")
#define NOT_LOCAL	ip46("192.0.2.1", "2001:db8::1")
#define BLACKHOLE	ip46("10.98.0.7", "fd98::7")
#define BLACKHOLE_SOURCE ip46("10.99.0.1", "fd99::1")
#define UNREACHABLE	ip46("10.97.0.7", "fd97::7")

/* Options, as ints. */
int set_int(int fd, int level, int name, int value);
int get_int(int fd, int level, int name);
void ask_opt(const char *step, int fd, int level, int name);

/* An option, and values to try. */
struct opt_row {
	const char *name;
	int level, option;
	int values[4], n;
};

#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

void each_option(const struct opt_row *rows, size_t n);
void bad_lengths(int fd, const struct opt_row *o);
int so_error(int fd);
const char *so_error_name(int fd);
void set_timeout(int fd, int name, int ms);
void set_nonblock(int fd);
int set_linger(int fd, int on, int seconds);
void write_sysctl(const char *name, const char *value);	/* below /proc/sys/net */
void write_own_sysctl(const char *name, const char *value);

/* Waiting for conditions; each gives up after a deadline and says so. */
long now_ms(void);
int await(int fd, int events);
int await_true(const char *what, int (*cond)(int arg), int arg);
int tcp_state(int fd);
void await_state(int fd, int state);
void await_inq(int fd, int bytes);
void await_acked(int fd);
const char *mask_str(int mask);
const char *poll_str(int fd);

/* Content. */
void fill(void *buf, size_t len, unsigned int seed);
void send_all(int fd, const void *buf, size_t len);
long read_all(int fd, void *buf, size_t len);
int fill_socket(int fd);
long drain(int fd);

/* A call in another thread. */
struct task {
	long (*fn)(int fd);
	int fd;
	long result;
	int error;
	int tid;
	pthread_t thread;
};

void task_start(struct task *t, long (*fn)(int fd), int fd);
long task_end(struct task *t);
void catch_signal(int sig, int flags);
extern volatile sig_atomic_t signals_caught;

#endif
