// SPDX-License-Identifier: GPL-2.0
/*
 * sockapi: every call in every state. For each state there is a case; in it every call meets a socket of its own
 * that was brought into that state. What it answered is told together with what became of both ends.
 *
 * A state stays because the segments that would end it are lost: the filter of the socket they are meant for drops
 * them. No call waits, but those that are about time.
 */
#include <linux/filter.h>
#include <sched.h>

#include "api_states.h"

#define MAX_CALLS	96

static int listener, deaf, clock_in, clock_out;
static char more[512];

void also(const char *fmt, ...)
{
	size_t used = strlen(more);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(more + used, sizeof(more) - used, fmt, ap);
	va_end(ap);
}

/* From now on nothing reaches this socket. */
static void be_deaf(int fd)
{
	struct sock_filter nothing[] = { { 0x06, 0, 0, 0 } };
	struct sock_fprog p = { 1, nothing };

	must("filter", setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &p, sizeof(p)));
}

static void deafen_peer(struct cell *c)
{
	be_deaf(c->p);
	c->deaf = true;
}

/*
 * All runs on one CPU, whose queue of packets is in order: what was sent before a datagram has been received when
 * that is. What is received may send something, up to four deep (FIN, ACK, FIN, ACK).
 */
static void settle_begin(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(here);
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	must("affinity", sched_setaffinity(0, sizeof(one), &one));
	clock_in = must("socket", socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	clock_out = must("socket", socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	must("bind", bind(clock_in, (struct sockaddr *)&here, sizeof(here)));
	must("name", getsockname(clock_in, (struct sockaddr *)&here, &len));
	must("connect", connect(clock_out, (struct sockaddr *)&here, sizeof(here)));
}

void settle(void)
{
	char b = 0;

	for (int i = 0; i < 5; i++) {
		must("tick", send(clock_out, &b, 1, 0));
		must("tock", recv(clock_in, &b, 1, 0));
	}
}

static int fin_acknowledged(int fd)
{
	return tcp_state(fd) != TCP_FIN_WAIT1;
}

/* Whether a FIN is acknowledged at once is up to the protocol. */
static void await_fin_ack(int fd, int by)
{
	if (fd < 0 || fin_acknowledged(fd))
		return;
	if (by >= 0)
		set_int(by, IPPROTO_TCP, TCP_QUICKACK, 1);
	await_true("a FIN's acknowledgment", fin_acknowledged, fd);
}

static void settle_cell(struct cell *c)
{
	settle();
	if (c->deaf)
		return;
	await_fin_ack(c->x, c->p);
	await_fin_ack(c->p, c->x);
	settle();
}

/* Port 0: the kernel chooses one. */
int bind_any(int fd)
{
	return bind_to(fd, at_server(-env.base));
}

int connect_to_name_of(int fd, int other)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(other, (struct sockaddr *)&ss, &len))
		return -1;
	return connect(fd, (struct sockaddr *)&ss, len);
}

int unspecify(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(fd, &none, sizeof(none));
}

/* The connection that came last; earlier ones are let go. */
int accept_one(int l)
{
	int fd, last = -1;

	while ((fd = accept4(l, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		close(last);
		last = fd;
	}
	return last;
}

long now_listening(int fd)
{
	int c = client_socket();

	set_nonblock(c);
	if (connect_to_name_of(c, fd) && errno != EINPROGRESS)
		return -1;
	settle();
	return accept_one(fd);
}

/* The states */

static void make_fresh(struct cell *c)
{
	c->x = client_socket();
	set_nonblock(c->x);
}

static void make_bound(struct cell *c)
{
	make_fresh(c);
	must("bind", bind_any(c->x));
}

static void make_refused(struct cell *c)
{
	make_fresh(c);
	connect_to(c->x, at_server(31));
	settle_cell(c);
}

static void make_refused_told(struct cell *c)
{
	make_refused(c);
	so_error(c->x);
}

static void make_refused_again(struct cell *c)
{
	make_refused(c);
	connect_to(c->x, at_server(31));
}

static void make_syn_sent(struct cell *c)
{
	make_fresh(c);
	connect_to(c->x, at_server(1));
}

/* After two SYNs it gives up: await_hangup(). */
static void make_unanswered(struct cell *c)
{
	make_fresh(c);
	must("syncnt", set_int(c->x, IPPROTO_TCP, TCP_SYNCNT, 1));
	connect_to(c->x, at_server(1));
}

static void make_listen(struct cell *c)
{
	c->x = server_socket();
	set_nonblock(c->x);
	must("bind", bind_any(c->x));
	must("listen", listen(c->x, 4));
}

static void make_listen_queue(struct cell *c)
{
	make_listen(c);
	c->p = client_socket();
	must("connect", connect_to_name_of(c->p, c->x));
	settle_cell(c);
}

static void make_listen_shut(struct cell *c)
{
	make_listen(c);
	must("shutdown", shutdown(c->x, SHUT_RD));
}

static void make_established(struct cell *c)
{
	make_fresh(c);
	if (connect_to(c->x, at_server(0)) && errno != EINPROGRESS)
		must("connect", -1);
	settle_cell(c);
	c->p = must("accept", accept_one(listener));
}

/* Both ends have asked for a connection; x has heard of it, and what it answers is lost. */
static void make_syn_received(struct cell *c)
{
	int third = server_socket();
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	make_fresh(c);
	must("reuse", set_int(third, SOL_SOCKET, SO_REUSEPORT, 1));
	must("bind", bind_any(third));
	must("listen", listen(third, 1));
	be_deaf(third);
	connect_to_name_of(c->x, third);
	must("name", getsockname(third, (struct sockaddr *)&name, &len));
	c->p = server_socket();
	set_nonblock(c->p);
	deafen_peer(c);
	must("reuse", set_int(c->p, SOL_SOCKET, SO_REUSEPORT, 1));
	must("bind", bind(c->p, (struct sockaddr *)&name, len));
	connect_to_name_of(c->p, c->x);
	/* Only now: x may say SYN again at any time, and must not be refused. */
	close(third);
	settle_cell(c);
}

static void make_data(struct cell *c)
{
	make_established(c);
	send_all(c->p, "octets", 6);
	settle_cell(c);
}

static void make_urgent(struct cell *c)
{
	make_established(c);
	must("urgent", send(c->p, "urgent", 6, MSG_OOB));
	settle_cell(c);
}

static void make_full(struct cell *c)
{
	static char chunk[1024];

	make_established(c);
	must("sndbuf", set_int(c->x, SOL_SOCKET, SO_SNDBUF, 32768));
	deafen_peer(c);
	while (send(c->x, chunk, sizeof(chunk), 0) > 0)
		;
	settle_cell(c);
}

static void make_shut_rd(struct cell *c)
{
	make_established(c);
	must("shutdown", shutdown(c->x, SHUT_RD));
}

static void make_fin_wait_1(struct cell *c)
{
	make_established(c);
	deafen_peer(c);
	must("shutdown", shutdown(c->x, SHUT_WR));
	settle_cell(c);
}

static void make_fin_wait_2(struct cell *c)
{
	make_established(c);
	must("shutdown", shutdown(c->x, SHUT_WR));
	settle_cell(c);
}

static void make_fin_wait_2_data(struct cell *c)
{
	make_fin_wait_2(c);
	send_all(c->p, "octets", 6);
	settle_cell(c);
}

static void make_close_wait(struct cell *c)
{
	make_established(c);
	must("shutdown", shutdown(c->p, SHUT_WR));
	settle_cell(c);
}

static void make_close_wait_data(struct cell *c)
{
	make_data(c);
	must("shutdown", shutdown(c->p, SHUT_WR));
	settle_cell(c);
}

static void make_closing(struct cell *c)
{
	make_fin_wait_1(c);
	must("shutdown", shutdown(c->p, SHUT_WR));
	settle_cell(c);
}

static void make_last_ack(struct cell *c)
{
	make_close_wait(c);
	deafen_peer(c);
	must("shutdown", shutdown(c->x, SHUT_WR));
	settle_cell(c);
}

static void make_last_ack_data(struct cell *c)
{
	make_close_wait_data(c);
	deafen_peer(c);
	must("shutdown", shutdown(c->x, SHUT_WR));
	settle_cell(c);
}

static void make_time_wait(struct cell *c)
{
	make_fin_wait_2(c);
	must("shutdown", shutdown(c->p, SHUT_WR));
	settle_cell(c);
}

static void make_time_wait_data(struct cell *c)
{
	make_fin_wait_2_data(c);
	must("shutdown", shutdown(c->p, SHUT_WR));
	settle_cell(c);
}

static void make_closed(struct cell *c)
{
	make_close_wait(c);
	must("shutdown", shutdown(c->x, SHUT_WR));
	settle_cell(c);
}

static void reset_by_peer(struct cell *c)
{
	must("linger", set_linger(c->p, 1, 0));
	close(c->p);
	c->p = -1;
	settle_cell(c);
}

static void make_reset(struct cell *c)
{
	make_established(c);
	reset_by_peer(c);
}

static void make_reset_told(struct cell *c)
{
	make_reset(c);
	so_error(c->x);
}

static void make_reset_data(struct cell *c)
{
	make_data(c);
	reset_by_peer(c);
}

static void make_reset_fin_wait_2(struct cell *c)
{
	make_fin_wait_2(c);
	reset_by_peer(c);
}

static void make_reset_close_wait(struct cell *c)
{
	make_close_wait(c);
	reset_by_peer(c);
}

static void make_unacknowledged(struct cell *c)
{
	make_established(c);
	deafen_peer(c);
	must("user timeout", set_int(c->x, IPPROTO_TCP, TCP_USER_TIMEOUT, 10));
	send_all(c->x, "lost", 4);
}

static void make_disconnected(struct cell *c)
{
	make_established(c);
	must("disconnect", unspecify(c->x));
	settle_cell(c);
}

static void make_disconnected_told(struct cell *c)
{
	make_disconnected(c);
	so_error(c->x);
}

/* The walk */

static int hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLIN | POLLHUP)) == (POLLIN | POLLHUP);
}

static void await_hangup(struct cell *c)
{
	await_true("the end", hung_up, c->x);
}

static const char *state_str(int fd)
{
	return state_name(tcp_state(fd));
}

static void tell(const char *call, const struct cell *c, long result, int error)
{
	char line[1024];
	int n = snprintf(line, sizeof(line), "%s%s", result < 0 ? err_name(error) : "", more);

	if (result >= 0)
		n = snprintf(line, sizeof(line), "%ld%s", result, more);
	if (signals_caught)
		n += snprintf(line + n, sizeof(line) - n, " SIGPIPE");
	if (c->x >= 0) {
		n += snprintf(line + n, sizeof(line) - n, ", %s %s", state_str(c->x), poll_str(c->x));
		n += snprintf(line + n, sizeof(line) - n, " %s", so_error_name(c->x));
	}
	if (c->p >= 0) {
		n += snprintf(line + n, sizeof(line) - n, ", peer %s %s", state_str(c->p), poll_str(c->p));
		n += snprintf(line + n, sizeof(line) - n, " %s", so_error_name(c->p));
	}
	say(call, "%s", line);
}

static void answer(const struct state_call *call, struct cell *c)
{
	long result;
	int error;

	more[0] = 0;
	signals_caught = 0;
	errno = 0;
	result = call->run(c);
	error = errno;
	settle_cell(c);
	tell(call->name, c, result, error);
	close(c->x);
	close(c->p);
}

/* All sockets are brought into the state, then those that take time are waited for, then come the calls. */
static void walk(void (*make)(struct cell *c), void (*ready)(struct cell *c))
{
	static struct cell cells[MAX_CALLS];
	int n;

	if (env.client_ns >= 0)
		return;
	catch_signal(SIGPIPE, 0);
	/* However slow the machine is, what is not answered is no soft error yet. */
	write_own_sysctl("retries1", "15");
	settle_begin();
	listener = listen_on(0, 64);
	set_nonblock(listener);
	deaf = listen_on(1, 64);
	be_deaf(deaf);
	for (n = 0; state_calls[n].name; n++) {
		cells[n] = (struct cell){ .x = -1, .p = -1, .l = listener };
		make(&cells[n]);
	}
	if (ready)
		for (int i = 0; i < n; i++)
			ready(&cells[i]);
	also("%s %s", state_str(cells[0].x), poll_str(cells[0].x));
	say("is", "%s", more);
	for (int i = 0; i < n; i++)
		answer(&state_calls[i], &cells[i]);
}

#define STATES(one) \
	one(fresh, NULL) one(bound, NULL) one(refused, NULL) one(refused_told, NULL) one(refused_again, NULL) \
	one(unanswered, await_hangup) one(disconnected, NULL) one(disconnected_told, NULL) \
	one(listen, NULL) one(listen_queue, NULL) one(listen_shut, NULL) \
	one(syn_sent, NULL) one(syn_received, NULL) \
	one(established, NULL) one(data, NULL) one(urgent, NULL) one(full, NULL) one(shut_rd, NULL) \
	one(fin_wait_1, NULL) one(fin_wait_2, NULL) one(fin_wait_2_data, NULL) \
	one(close_wait, NULL) one(close_wait_data, NULL) one(closing, NULL) \
	one(last_ack, NULL) one(last_ack_data, NULL) \
	one(time_wait, NULL) one(time_wait_data, NULL) one(closed, NULL) \
	one(reset, NULL) one(reset_told, NULL) one(reset_data, NULL) \
	one(reset_fin_wait_2, NULL) one(reset_close_wait, NULL) one(unacknowledged, await_hangup)

#define STATE_FUNCTION(name, ready) static void in_##name(void) { walk(make_##name, ready); }
#define STATE_CASE(name, ready) { #name, in_##name },

STATES(STATE_FUNCTION)

const struct api_case states_cases[] = { STATES(STATE_CASE) {} };
