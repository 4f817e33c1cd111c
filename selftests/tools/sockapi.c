// SPDX-License-Identifier: GPL-2.0
/*
 * sockapi: asks the kernel what each socket call answers, for one protocol.
 *
 *   sockapi [-6] [-l] [-n NS,NS -a SERVER,CLIENT] tcp|rill|af_rill [NAME...]
 *
 * NAME is a topic or topic.case; -6: over IPv6. Without -n each case gets a network namespace of its own, with the
 * loopback device up; with -n the server's sockets are made in the first and the client's in the second.
 * -s rill|tcp, with -n: the server's protocol is this one, and something between the ends translates.
 * Exit status: 0 unless a case died, hung, or answered against POSIX (marked "(want ...)").
 */
#include <net/if.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "sockapi.h"

static const struct api_topic topics[] = {
	{ "create", create_cases }, { "name", name_cases }, { "bind", bind_cases },
	{ "reuse", reuse_cases }, { "listen", listen_cases }, { "accept", accept_cases },
	{ "inherit", inherit_cases }, { "connect", connect_cases }, { "open", open_cases },
	{ "send", send_cases }, { "recv", recv_cases }, { "vector", vector_cases },
	{ "file", file_cases }, { "poll", poll_cases }, { "epoll", epoll_cases },
	{ "shutdown", shutdown_cases }, { "close", close_cases }, { "sockopt", sockopt_cases },
	{ "tcpopt", tcpopt_cases }, { "ipopt", ipopt_cases }, { "ioctl", ioctl_cases },
	{ "wait", wait_cases }, { "signal", signal_cases }, { "share", share_cases },
	{ "uring", uring_cases }, { "urgent", urgent_cases }, { "fastopen", fastopen_cases },
	{ "states", states_cases }, { "options", options_cases }, { "info", info_cases },
	{ "v6", v6_cases }, { "v6opt", v6opt_cases },	/* about IPv6 alone */
};

#define NTOPICS (sizeof(topics) / sizeof(topics[0]))

static const struct api_env protocols[] = {
	{ .name = "tcp", .protocol = 0, .number = IPPROTO_TCP,
	  .level = IPPROTO_TCP, .sysctl = "ipv4/tcp_" },
	{ .name = "rill", .protocol = 253, .number = 253, .level = 253, .sysctl = "rill/" },
	{ .name = "af_rill", .family = AF_RILL, .protocol = 0, .number = 253, .level = 253, .sysctl = "rill/" },
};

#define CASE_SECONDS 30

struct api_env env;
static const char *current_topic, *current_case;

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must("lo up", ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

static void emit(const char *step, const char *value, const char *note)
{
	char line[2048];
	int n = snprintf(line, sizeof(line), "%s.%s.%s: %s%s\n", current_topic, current_case, step, value, note);

	if (write(STDOUT_FILENO, line, n) != n)
		_exit(3);
}

void say(const char *step, const char *fmt, ...)
{
	char value[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	emit(step, value, "");
}

const char *err_name(int error)
{
	const char *name = error ? strerrorname_np(error) : "0";

	return name ? name : "?";
}

static void result_str(char *buf, size_t len, long result, int error, bool any)
{
	if (result < 0)
		snprintf(buf, len, "%s", err_name(error));
	else if (any)
		snprintf(buf, len, "ok");
	else
		snprintf(buf, len, "%ld", result);
}

long ask(const char *step, long result)
{
	int error = errno;
	char got[32];

	result_str(got, sizeof(got), result, error, false);
	emit(step, got, "");
	errno = error;
	return result;
}

static bool wrong;

long want(const char *step, long result, long expected)
{
	int error = errno;
	char got[32], hoped[32], note[64] = "";
	bool good = expected == ANY ? result >= 0 :
		expected < 0 ? result < 0 && error == -expected : result == expected;

	result_str(got, sizeof(got), result, error, expected == ANY);
	if (!good) {
		result_str(hoped, sizeof(hoped), expected, -expected, expected == ANY);
		snprintf(note, sizeof(note), " (want %s)", hoped);
		wrong = true;
	}
	emit(step, got, note);
	errno = error;
	return result;
}

void want_str(const char *step, const char *got, const char *expected)
{
	char note[512] = "";

	if (strcmp(got, expected)) {
		snprintf(note, sizeof(note), " (want %s)", expected);
		wrong = true;
	}
	emit(step, got, note);
}

/* For what a case needs before it can ask anything: the case ends here when it fails. */
long must(const char *what, long result)
{
	if (result < 0) {
		say("setup", "%s: %s", what, err_name(errno));
		_exit(2);
	}
	return result;
}

static void open_namespaces(char *names, char *addrs)
{
	char path[128], *second = strchr(names, ','), *client = addrs ? strchr(addrs, ',') : NULL;

	if (!second || !client) {
		fprintf(stderr, "sockapi: -n NS,NS needs -a ADDRESS,ADDRESS\n");
		exit(2);
	}
	*second++ = 0;
	*client++ = 0;
	snprintf(path, sizeof(path), "/run/netns/%s", names);
	env.server_ns = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/run/netns/%s", second);
	env.client_ns = open(path, O_RDONLY | O_CLOEXEC);
	env.server = addrs;
	env.client = client;
	if (env.server_ns < 0 || env.client_ns < 0) {
		fprintf(stderr, "sockapi: no such namespaces\n");
		exit(2);
	}
}

static void run_child(const struct api_case *c)
{
	struct rlimit no_core = { 0, 0 };

	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGPIPE, SIG_IGN);
	if (env.client_ns >= 0) {
		must("setns", setns(env.client_ns, CLONE_NEWNET));
	} else {
		must("unshare", unshare(CLONE_NEWNET));
		lo_up();
	}
	c->run();
	say("end", "done");
	exit(wrong ? 1 : 0);
}

/* Returns 0 when the case said all it had to say. */
static int run_case(const struct api_topic *t, const struct api_case *c)
{
	long end = now_ms() + CASE_SECONDS * 1000L * env.slow;
	struct timespec tick = { 0, 100000000 };
	sigset_t set;
	int status = 0;
	pid_t pid;

	current_topic = t->name;
	current_case = c->name;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	pid = fork();
	if (!pid) {
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		run_child(c);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (now_ms() > end) {
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			say("end", "hangs");
			return 1;
		}
		sigtimedwait(&set, NULL, &tick);
	}
	kill(-pid, SIGKILL);
	if (WIFSIGNALED(status))
		say("end", "killed by %s", sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status) > 1)
		say("end", "gave up");
	return status != 0;
}

static bool chosen(const struct api_topic *t, const struct api_case *c, char **names, int n)
{
	char full[128];

	snprintf(full, sizeof(full), "%s.%s", t->name, c->name);
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], t->name) || !strcmp(names[i], full))
			return true;
	return n == 0;
}

/* AF_RILL has a protocol for each version of IP, the other families of sockets are one each. */
static void choose_version(bool v6)
{
	env.v6 = v6;
	if (env.family == AF_RILL)
		env.protocol = v6;
	else
		env.family = v6 ? AF_INET6 : AF_INET;
	env.addr_len = v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	env.addr_min = v6 ? 24 : sizeof(struct sockaddr_in);	/* RFC 2133 had no scope id. */
	env.ip_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	env.ip_tos = v6 ? IPV6_TCLASS : IP_TOS;
	env.ip_ttl = v6 ? IPV6_UNICAST_HOPS : IP_TTL;
	env.ip_minttl = v6 ? IPV6_MINHOPCOUNT : IP_MINTTL;
	env.server = v6 ? "::1" : "127.0.0.1";
	env.client = env.server;
}

static int choose_protocol(const char *name, bool v6)
{
	const char *slow = getenv("RILL_SLOW");

	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if (strcmp(protocols[i].name, name))
			continue;
		env = protocols[i];
		env.slow = slow && atoi(slow) > 0 ? atoi(slow) : 1;
		env.server_ns = -1;
		env.client_ns = -1;
		choose_version(v6);
		return 0;
	}
	fprintf(stderr, "sockapi: no protocol %s\n", name);
	return -1;
}

int main(int argc, char **argv)
{
	char *names = NULL, *addrs = NULL, *server = NULL;
	int opt, index = 0, bad = 0, ran = 0;
	bool list = false, v6 = false;

	while ((opt = getopt(argc, argv, "6ln:a:s:")) != -1) {
		if (opt == 'l')
			list = true;
		else if (opt == '6')
			v6 = true;
		else if (opt == 'n')
			names = optarg;
		else if (opt == 'a')
			addrs = optarg;
		else if (opt == 's')
			server = optarg;
		else
			return 2;
	}
	if ((optind >= argc && !list) || choose_protocol(list ? "tcp" : argv[optind], v6)) {
		fprintf(stderr, "usage: sockapi [-6] [-l] [-n NS,NS -a ADDR,ADDR] tcp|rill|af_rill [NAME...]\n");
		return 2;
	}
	env.server_protocol = !server ? env.protocol : strcmp(server, "rill") ? 0 : 253;
	if (names)
		open_namespaces(names, addrs);
	for (size_t i = 0; i < NTOPICS; i++) {
		if (!v6 && !strncmp(topics[i].name, "v6", 2))
			continue;
		for (const struct api_case *c = topics[i].cases; c->name; c++, index++) {
			env.base = 10000 + 32 * index;
			if (list) {
				printf("%s.%s\n", topics[i].name, c->name);
			} else if (chosen(&topics[i], c, argv + optind + 1, argc - optind - 1)) {
				bad += run_case(&topics[i], c);
				ran++;
			}
		}
	}
	if (!list && !ran) {
		fprintf(stderr, "sockapi: no such case\n");
		return 2;
	}
	return bad ? 1 : 0;
}
