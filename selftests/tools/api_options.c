// SPDX-License-Identifier: GPL-2.0
/*
 * sockapi: every TCP_ option there is, by number, and some numbers that are none. For each: what it is by default,
 * what becomes of values and of lengths, in four states and over accept(), at both levels.
 *
 * One that this kernel's TCP does not have cannot be compared. Those that rill refuses are refused alike in every
 * state; sockapi.sh compares their list with the manual's.
 */
#include "sockapi.h"

#define HIGHEST	60

enum kind {
	NONE,			/* no option has this number */
	NUMBER,			/* an int */
	OTHER,			/* served, but of another shape: api_tcpopt.c asks more */
	REFUSED,
};

static const struct {
	const char *name;
	enum kind kind;
	int values[8];		/* the first 0 after another value ends them */
} options[HIGHEST] = {
	[1] = { "NODELAY", NUMBER, { 1, 5, -1 } },
	[2] = { "MAXSEG", NUMBER, { 1000, 87, 88, 32767, 32768, -1, INT_MAX } },
	[3] = { "CORK", NUMBER, { 1, 7, -1 } },
	[4] = { "KEEPIDLE", NUMBER, { 1, 100, 32767, 32768, -1, INT_MAX } },
	[5] = { "KEEPINTVL", NUMBER, { 1, 100, 32767, 32768, -1, INT_MAX } },
	[6] = { "KEEPCNT", NUMBER, { 1, 100, 127, 128, -1, INT_MAX } },
	[7] = { "SYNCNT", NUMBER, { 1, 100, 127, 128, -1, INT_MAX } },
	[8] = { "LINGER2", NUMBER, { 1, 60, 120, 121, -1, INT_MAX, INT_MIN } },
	[9] = { "DEFER_ACCEPT", NUMBER, { 1, 2, 63, 64, 1000, -1 } },
	[10] = { "WINDOW_CLAMP", NUMBER, { 1, 1151, 1152, 1153, 100000 } },
	[11] = { "INFO", OTHER },
	[12] = { "QUICKACK", NUMBER, { 1, 2, 3, -1 } },
	[13] = { "CONGESTION", OTHER },
	[14] = { "MD5SIG", REFUSED },
	[16] = { "THIN_LINEAR_TIMEOUTS", REFUSED },
	[17] = { "THIN_DUPACK", REFUSED },
	[18] = { "USER_TIMEOUT", NUMBER, { 1, 5000, -1, INT_MAX, INT_MIN } },
	[19] = { "REPAIR", REFUSED },
	[20] = { "REPAIR_QUEUE", REFUSED },
	[21] = { "QUEUE_SEQ", REFUSED },
	[22] = { "REPAIR_OPTIONS", REFUSED },
	[23] = { "FASTOPEN", NUMBER, { 1, 5, -1, INT_MAX } },
	[24] = { "TIMESTAMP", REFUSED },
	[25] = { "NOTSENT_LOWAT", NUMBER, { 1, 65536, -1, INT_MAX } },
	[26] = { "CC_INFO", OTHER },
	[27] = { "SAVE_SYN", NUMBER, { 1, 2, 3, -1 } },
	[28] = { "SAVED_SYN", OTHER },
	[29] = { "REPAIR_WINDOW", REFUSED },
	[30] = { "FASTOPEN_CONNECT", NUMBER, { 1, 2, -1 } },
	[31] = { "ULP", REFUSED },
	[32] = { "MD5SIG_EXT", REFUSED },
	[33] = { "FASTOPEN_KEY", OTHER },
	[34] = { "FASTOPEN_NO_COOKIE", NUMBER, { 1, 2, -1 } },
	[35] = { "ZEROCOPY_RECEIVE", REFUSED },
	[36] = { "INQ", NUMBER, { 1, 2, -1 } },
	[37] = { "TX_DELAY", REFUSED },
	[38] = { "AO_ADD_KEY", REFUSED },
	[39] = { "AO_DEL_KEY", REFUSED },
	[40] = { "AO_INFO", REFUSED },
	[41] = { "AO_GET_KEYS", REFUSED },
	[42] = { "AO_REPAIR", REFUSED },
	[43] = { "IS_MPTCP", NUMBER, { 1 } },
	[44] = { "RTO_MAX_MS", NUMBER, { 999, 1000, 5000, 120000, 120001, -1, INT_MAX } },
	[45] = { "RTO_MIN_US", NUMBER, { 1, 5000, 200000, 300000, -1, INT_MAX } },
	[46] = { "DELACK_MAX_US", NUMBER, { 1, 5000, 200000, 300000, -1, INT_MAX } },
};

static bool tcp_has(int option)
{
	int fd = must("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), value;
	socklen_t len = sizeof(value);
	bool has = !getsockopt(fd, IPPROTO_TCP, option, &value, &len) || errno != ENOPROTOOPT;

	close(fd);
	return has;
}

/* Two steps of three words: the option, what was done, and with what. */
static const char *step(int option, const char *what, long with)
{
	static char text[96];

	snprintf(text, sizeof(text), "%d %s %s %ld", option, options[option].name ?: "", what, with);
	return text;
}

/* A connection's window clamp follows from its buffer, which is tuned as the protocol likes. */
static bool is_tuned(int fd, int option)
{
	return option == TCP_WINDOW_CLAMP && tcp_state(fd) == TCP_ESTABLISHED;
}

static void ask_values(int fd, int level, int option)
{
	const int *value = options[option].values;

	if (!is_tuned(fd, option))
		ask_opt(step(option, "default", 0), fd, level, option);
	for (int i = 0; i < 8 && value[i]; i++) {
		ask(step(option, "set", value[i]), set_int(fd, level, option, value[i]));
		ask_opt(step(option, "then is", value[i]), fd, level, option);
	}
	ask(step(option, "set", 0), set_int(fd, level, option, 0));
	if (!is_tuned(fd, option))
		ask_opt(step(option, "then is", 0), fd, level, option);
}

static int fresh(void)
{
	return server_socket();
}

static int listening(void)
{
	int l = server_socket();

	must("listen", listen(l, 1));
	return l;
}

static int connected(void)
{
	static struct link k;

	if (!k.l) {
		ethernet_mtu();
		k = link_up();
		return k.c;
	}
	k.c = client_socket();
	must("connect", connect_to(k.c, at_server(0)));
	must("accept", accept(k.l, NULL, NULL));
	return k.c;
}

static int closed(void)
{
	int fd = connected();
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	must("disconnect", connect(fd, &none, sizeof(none)));
	return fd;
}

static void values_in(int (*state)(void), int level)
{
	for (int i = 1; i < HIGHEST; i++) {
		if (options[i].kind == REFUSED || !tcp_has(i))
			continue;
		if (options[i].kind == NUMBER)
			ask_values(state(), level, i);
	}
}

static void values_fresh(void)
{
	values_in(fresh, IPPROTO_TCP);
}

static void values_own_level(void)
{
	values_in(fresh, env.level);
}

static void values_listening(void)
{
	values_in(listening, IPPROTO_TCP);
}

static void values_connected(void)
{
	values_in(connected, IPPROTO_TCP);
}

static void values_closed(void)
{
	values_in(closed, IPPROTO_TCP);
}

static void ask_lengths(int fd, int option)
{
	static const int lengths[] = { 0, 1, 2, 3, 4, 5, 8, 400 };
	static char big[512];
	socklen_t len;

	/* What there is in CC_INFO depends on it. */
	must("reno", setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		memset(big, 0, sizeof(big));
		ask(step(option, "set length", lengths[i]),
		    setsockopt(fd, IPPROTO_TCP, option, big, lengths[i]));
		len = lengths[i];
		ask(step(option, "get length", lengths[i]), getsockopt(fd, IPPROTO_TCP, option, big, &len));
		/* How large a TCP_INFO is depends on the kernel's headers, the same for both. */
		ask(step(option, "got length", lengths[i]), len);
	}
	len = -1;
	ask(step(option, "get length", -1), getsockopt(fd, IPPROTO_TCP, option, big, &len));
	ask(step(option, "set length", -1), setsockopt(fd, IPPROTO_TCP, option, big, -1));
	ask(step(option, "set fault", 1), setsockopt(fd, IPPROTO_TCP, option, (void *)8, 4));
	ask(step(option, "set fault", 0), setsockopt(fd, IPPROTO_TCP, option, NULL, 4));
	len = 4;
	ask(step(option, "get fault", 1), getsockopt(fd, IPPROTO_TCP, option, (void *)8, &len));
	ask(step(option, "length fault", 0), getsockopt(fd, IPPROTO_TCP, option, big, NULL));
}

static void lengths(void)
{
	for (int i = 1; i < HIGHEST; i++) {
		int fd;

		if (options[i].kind == REFUSED || (options[i].kind != NONE && !tcp_has(i)))
			continue;
		fd = server_socket();
		ask_lengths(fd, i);
		close(fd);
	}
}

/* The first value that the listener takes is what its child has. */
static void inherited(void)
{
	int l = listen_on(0, 64), c, s;

	for (int i = 1; i < HIGHEST; i++) {
		if (options[i].kind != NUMBER || !tcp_has(i) || i == TCP_DEFER_ACCEPT)
			continue;
		for (int n = 0; n < 8 && options[i].values[n]; n++)
			if (!set_int(l, IPPROTO_TCP, i, options[i].values[n]))
				break;
		c = client_socket();
		must("connect", connect_to(c, at_server(0)));
		s = must("accept", accept(l, NULL, NULL));
		/* These two become the connection's own. */
		if (i != TCP_MAXSEG && i != TCP_WINDOW_CLAMP) {
			ask_opt(step(i, "of the child", 0), s, IPPROTO_TCP, i);
			ask_opt(step(i, "of the client", 0), c, IPPROTO_TCP, i);
		}
		close(c);
		close(s);
	}
}

/* Each in each state; TCP has other answers, of which there is nothing to learn. */
static void refused(void)
{
	int (*state[])(void) = { fresh, listening, connected, closed };
	static char big[400];

	for (int i = 1; i < HIGHEST; i++) {
		if (options[i].kind != REFUSED)
			continue;
		for (int n = 0; n < 4; n++) {
			int fd = state[n]();
			socklen_t len = 4;

			if (env.number == IPPROTO_TCP) {
				say(step(i, "get", n), "ENOPROTOOPT");
				say(step(i, "set", n), "ENOPROTOOPT");
				say(step(i, "set long", n), "ENOPROTOOPT");
			} else {
				want(step(i, "get", n), getsockopt(fd, IPPROTO_TCP, i, big, &len), -ENOPROTOOPT);
				want(step(i, "set", n), set_int(fd, IPPROTO_TCP, i, 1), -ENOPROTOOPT);
				want(step(i, "set long", n), setsockopt(fd, IPPROTO_TCP, i, big, 400),
				     -ENOPROTOOPT);
			}
			close(fd);
		}
	}
}

/* The list that sockapi.sh compares with the manual. Nothing else answers otherwise than an unknown number. */
static void served(void)
{
	for (int i = 1; i < HIGHEST; i++)
		if (options[i].kind != NONE)
			say(options[i].name, "%s", options[i].kind == REFUSED ? "refused" : "served");
}

/*
 * Every number at the level of sockets: may it be set, and how much is there to get? api_sockopt.c asks for values.
 * A newer kernel's numbers mean nothing to an older one, and are refused then.
 */
static void socket_level(void)
{
	static const char * const names[] = { "fresh", "listening", "connected", "closed" };
	int (*state[])(void) = { fresh, listening, connected, closed };
	static char big[256];
	char text[64];

	for (int i = 1; i < 100; i++) {
		for (int n = 0; n < 4; n++) {
			int fd = state[n]();
			socklen_t len = 4;

			snprintf(text, sizeof(text), "%d %s set", i, names[n]);
			ask(text, set_int(fd, SOL_SOCKET, i, 1));
			snprintf(text, sizeof(text), "%d %s get", i, names[n]);
			ask(text, getsockopt(fd, SOL_SOCKET, i, big, &len));
			snprintf(text, sizeof(text), "%d %s length", i, names[n]);
			ask(text, len);
			len = sizeof(big);
			snprintf(text, sizeof(text), "%d %s whole", i, names[n]);
			ask(text, getsockopt(fd, SOL_SOCKET, i, big, &len) < 0 ? -1 : (int)len);
			close(fd);
		}
	}
}

const struct api_case options_cases[] = {
	CASE(served), CASE(refused), CASE(values_fresh), CASE(values_own_level), CASE(values_listening),
	CASE(values_connected), CASE(values_closed), CASE(lengths), CASE(inherited), CASE(socket_level), {}
};
