// SPDX-License-Identifier: GPL-2.0
/* sockapi: poll(), select() and epoll at each stage of a connection's life. */
#include <sys/epoll.h>
#include <sys/select.h>

#include "sockapi.h"

static void stages(void)
{
	int l = server_socket(), c = client_socket(), s;
	char b[8];

	want_str("fresh", poll_str(c), "OUT|WRNORM|HUP");
	must("bind", bind_to(l, at_server(0)));
	want_str("bound", poll_str(l), "OUT|WRNORM|HUP");
	must("listen", listen(l, 4));
	want_str("listening", poll_str(l), "none");
	must("connect", connect_to(c, at_server(0)));
	await(l, POLLIN);
	want_str("to accept", poll_str(l), "IN|RDNORM");
	s = must("accept", accept(l, NULL, NULL));
	want_str("accepted all", poll_str(l), "none");
	want_str("client", poll_str(c), "OUT|WRNORM");
	want_str("server", poll_str(s), "OUT|WRNORM");
	send_all(c, "data", 4);
	await(s, POLLIN);
	want_str("data", poll_str(s), "IN|OUT|RDNORM|WRNORM");
	must("shutdown", shutdown(c, SHUT_WR));
	await(s, 0x2000);
	want_str("data and FIN", poll_str(s), "IN|OUT|RDNORM|WRNORM|RDHUP");
	want_str("shut for writing", poll_str(c), "OUT|WRNORM");
	must("recv", recv(s, b, 8, 0));
	want_str("FIN", poll_str(s), "IN|OUT|RDNORM|WRNORM|RDHUP");
	must("recv", recv(s, b, 8, 0));
	want_str("FIN was read", poll_str(s), "IN|OUT|RDNORM|WRNORM|RDHUP");
	must("shutdown", shutdown(s, SHUT_WR));
	await(c, POLLHUP);
	want_str("first to close", poll_str(c), "IN|OUT|RDNORM|WRNORM|RDHUP|HUP");
	await_state(s, TCP_CLOSE);
	want_str("last to close", poll_str(s), "IN|OUT|RDNORM|WRNORM|RDHUP|HUP");
}

static void in_syn_sent(void)
{
	int c = client_socket();

	blackhole_route();
	set_nonblock(c);
	connect_to(c, at(BLACKHOLE, 9));
	want_str("connecting", poll_str(c), "none");
	must("unspec", connect_to(c, unspec()));
	say("disconnected", "%s", poll_str(c));
}

static void errors(void)
{
	struct link k = link_up();
	char b;

	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	want_str("reset", poll_str(k.s), "IN|OUT|RDNORM|WRNORM|RDHUP|ERR|HUP");
	want("recv", recv(k.s, &b, 1, 0), -ECONNRESET);
	want_str("after the error", poll_str(k.s), "IN|OUT|RDNORM|WRNORM|RDHUP|HUP");
}

static void own_shutdown(void)
{
	struct link k = link_up();

	must("shutdown", shutdown(k.c, SHUT_RD));
	want_str("reading", poll_str(k.c), "IN|OUT|RDNORM|WRNORM|RDHUP");
	must("shutdown", shutdown(k.c, SHUT_WR));
	want_str("both", poll_str(k.c), "IN|OUT|RDNORM|WRNORM|RDHUP|HUP");
	await(k.s, 0x2000);
	want_str("peer", poll_str(k.s), "IN|OUT|RDNORM|WRNORM|RDHUP");
}

static void asked_bits(void)
{
	struct link k = link_up();
	static const int asked[] = { 0, POLLIN, POLLOUT, POLLPRI, 0x2000, POLLIN | POLLOUT, POLLRDNORM, POLLWRBAND };
	char step[64];

	send_all(k.c, "x", 1);
	must("shutdown", shutdown(k.c, SHUT_WR));
	await(k.s, 0x2000);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct pollfd p = { .fd = k.s, .events = asked[i] };

		poll(&p, 1, 0);
		snprintf(step, sizeof(step), "asked %s", mask_str(asked[i]));
		say(step, "%s", mask_str(p.revents));
	}
}

static void write_space(void)
{
	struct link k = link_up_small(16384);

	fill_socket(k.c);
	want_str("full", poll_str(k.c), "none");
	while (drain(k.s) > 0 || !(await(k.c, POLLOUT) & POLLOUT))
		;
	want_str("drained", poll_str(k.c), "OUT|WRNORM");
}

static void many(void)
{
	struct link k = link_up();
	struct pollfd p[3] = { { k.l, POLLIN, 0 }, { k.c, POLLIN, 0 }, { k.s, POLLIN | POLLOUT, 0 } };

	want("one ready", poll(p, 3, 0), 1);
	send_all(k.s, "x", 1);
	await(k.c, POLLIN);
	want("two ready", poll(p, 3, -1), 2);
	p[0].fd = -1;
	p[1].fd = 999;
	want("closed one", poll(p, 3, 0), 2);
	want_str("is invalid", mask_str(p[1].revents), "NVAL");
	want("no timeout", poll(p, 1, 0), 0);
}

static long poll_in(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int n = poll(&p, 1, -1);

	return n < 0 ? n : p.revents;
}

static long poll_rdhup(int fd)
{
	struct pollfd p = { fd, 0x2000, 0 };
	int n = poll(&p, 1, -1);

	return n < 0 ? n : p.revents;
}

static long poll_out(int fd)
{
	struct pollfd p = { fd, POLLOUT, 0 };
	int n = poll(&p, 1, -1);

	return n < 0 ? n : p.revents;
}

static long poll_nothing(int fd)
{
	struct pollfd p = { fd, 0, 0 };
	int n = poll(&p, 1, -1);

	return n < 0 ? n : p.revents;
}

static void sleepers(void)
{
	struct link k = link_up();
	struct task t;
	int c;

	task_start(&t, poll_in, k.l);
	c = client_socket();
	must("connect", connect_to(c, at_server(0)));
	want_str("accept", mask_str(task_end(&t)), "IN");
	task_start(&t, poll_in, k.s);
	send_all(k.c, "x", 1);
	want_str("data", mask_str(task_end(&t)), "IN");
	task_start(&t, poll_rdhup, k.s);
	must("shutdown", shutdown(k.c, SHUT_WR));
	want_str("FIN", mask_str(task_end(&t)), "RDHUP");
	task_start(&t, poll_nothing, k.s);
	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	say("reset", "%s", mask_str(task_end(&t)));
}

static void sleeping_writer(void)
{
	struct link k = link_up_small(16384);
	struct task t;

	fill_socket(k.c);
	task_start(&t, poll_out, k.c);
	while (drain(k.s) > 0 || !(await(k.c, POLLOUT) & POLLOUT))
		;
	want_str("woken", mask_str(task_end(&t)), "OUT");
}

static void by_select(void)
{
	struct link k = link_up();
	struct timeval zero = {};
	fd_set r, w, x;
	char step[32];

	for (int i = 0; i < 4; i++) {
		if (i == 1)
			send_all(k.c, "x", 1);
		if (i == 2)
			must("shutdown", shutdown(k.c, SHUT_WR));
		if (i == 3) {
			must("linger", set_linger(k.c, 1, 0));
			close(k.c);
		}
		if (i)
			await(k.s, i == 1 ? POLLIN : i == 2 ? 0x2000 : POLLHUP);
		FD_ZERO(&r);
		FD_SET(k.s, &r);
		w = r;
		x = r;
		zero = (struct timeval){};
		select(k.s + 1, &r, &w, &x, &zero);
		snprintf(step, sizeof(step), "stage %d", i);
		say(step, "read %d write %d except %d", !!FD_ISSET(k.s, &r), !!FD_ISSET(k.s, &w),
		    !!FD_ISSET(k.s, &x));
	}
}

const struct api_case poll_cases[] = {
	CASE(stages), CASE(in_syn_sent), CASE(errors), CASE(own_shutdown), CASE(asked_bits), CASE(write_space),
	CASE(many), CASE(sleepers), CASE(sleeping_writer), CASE(by_select), {}
};

/* epoll */

static int watch(int fd, int events)
{
	struct epoll_event e = { .events = events };
	int ep = must("epoll", epoll_create1(EPOLL_CLOEXEC));

	must("add", epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	return ep;
}

static const char *next_event(int ep, int ms)
{
	struct epoll_event e = {};
	int n = epoll_wait(ep, &e, 1, ms * env.slow);

	return n < 0 ? err_name(errno) : mask_str(n ? e.events : 0);
}

static void level(void)
{
	struct link k = link_up();
	int ep = watch(k.s, EPOLLIN | EPOLLRDHUP);
	char b[8];

	want_str("idle", next_event(ep, 0), "none");
	send_all(k.c, "abc", 3);
	want_str("data", next_event(ep, 5000), "IN");
	want_str("data again", next_event(ep, 0), "IN");
	must("recv", recv(k.s, b, 1, 0));
	want_str("still data", next_event(ep, 0), "IN");
	must("recv", recv(k.s, b, 8, 0));
	want_str("none left", next_event(ep, 0), "none");
	must("shutdown", shutdown(k.c, SHUT_WR));
	want_str("FIN", next_event(ep, 5000), "IN|RDHUP");
	want_str("FIN again", next_event(ep, 0), "IN|RDHUP");
}

static void edge(void)
{
	struct link k = link_up();
	int ep = watch(k.s, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	char b[8];

	want_str("at first", next_event(ep, 5000), "OUT");
	want_str("once", next_event(ep, 0), "none");
	send_all(k.c, "abc", 3);
	want_str("data", next_event(ep, 5000), "IN|OUT");
	want_str("data once", next_event(ep, 0), "none");
	must("recv", recv(k.s, b, 1, 0));
	want_str("not by reading", next_event(ep, 0), "none");
	send_all(k.c, "def", 3);
	want_str("more data", next_event(ep, 5000), "IN|OUT");
	must("shutdown", shutdown(k.c, SHUT_WR));
	want_str("FIN", next_event(ep, 5000), "IN|OUT|RDHUP");
	want_str("FIN once", next_event(ep, 0), "none");
	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	say("reset", "%s", next_event(ep, 5000));
}

static void edge_writer(void)
{
	struct link k = link_up_small(16384);
	int ep = watch(k.c, EPOLLOUT | EPOLLET);

	want_str("at first", next_event(ep, 5000), "OUT");
	fill_socket(k.c);
	next_event(ep, 0);	/* Room may have come and gone while the buffers filled. */
	want_str("full", next_event(ep, 0), "none");
	for (long end = now_ms() + 5000 * env.slow; now_ms() < end;) {
		drain(k.s);
		if (!strcmp(next_event(ep, 1), "OUT"))
			break;
	}
	want_str("room", mask_str(await(k.c, POLLOUT)), "OUT");
	want("can write", send(k.c, "x", 1, MSG_DONTWAIT), 1);
}

static void edge_connecting(void)
{
	int c = client_socket(), ep, l = listen_on(0, 4);

	set_nonblock(c);
	ep = watch(c, EPOLLIN | EPOLLOUT | EPOLLET);
	want_str("fresh", next_event(ep, 0), "OUT|HUP");
	want_str("fresh once", next_event(ep, 0), "none");
	want("connect", connect_to(c, at_server(0)), -EINPROGRESS);
	want_str("connected", next_event(ep, 5000), "OUT");
	close(l);
}

static void edge_refused(void)
{
	int c = client_socket(), ep;

	set_nonblock(c);
	connect_to(c, at_server(31));
	ep = watch(c, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	say("refused", "%s", next_event(ep, 5000));
}

static void oneshot(void)
{
	struct link k = link_up();
	int ep = watch(k.s, EPOLLIN | EPOLLONESHOT);
	struct epoll_event e = { .events = EPOLLIN | EPOLLONESHOT };

	send_all(k.c, "a", 1);
	want_str("first", next_event(ep, 5000), "IN");
	send_all(k.c, "b", 1);
	await_inq(k.s, 2);
	want_str("no second", next_event(ep, 0), "none");
	must("mod", epoll_ctl(ep, EPOLL_CTL_MOD, k.s, &e));
	want_str("armed again", next_event(ep, 5000), "IN");
}

static void listener(void)
{
	int l = listen_on(0, 8), ep = watch(l, EPOLLIN | EPOLLET), c[2];

	want_str("idle", next_event(ep, 0), "none");
	for (int i = 0; i < 2; i++) {
		c[i] = client_socket();
		must("connect", connect_to(c[i], at_server(0)));
		want_str("a client", next_event(ep, 5000), "IN");
		want_str("once", next_event(ep, 0), "none");
	}
	must("shutdown", shutdown(l, SHUT_RD));
	say("shut", "%s", next_event(ep, 5000));
}

static void control(void)
{
	struct link k = link_up();
	struct epoll_event e = { .events = EPOLLIN };
	int ep = watch(k.s, EPOLLIN);

	want("add twice", epoll_ctl(ep, EPOLL_CTL_ADD, k.s, &e), -EEXIST);
	want("delete", epoll_ctl(ep, EPOLL_CTL_DEL, k.s, NULL), 0);
	want("delete twice", epoll_ctl(ep, EPOLL_CTL_DEL, k.s, NULL), -ENOENT);
	want("exclusive", epoll_ctl(ep, EPOLL_CTL_ADD, k.s, &(struct epoll_event){ .events = EPOLLIN | EPOLLEXCLUSIVE }),
	     0);
	send_all(k.c, "x", 1);
	want_str("event", next_event(ep, 5000), "IN");
	close(k.s);
	want_str("gone with close", next_event(ep, 0), "none");
}

const struct api_case epoll_cases[] = {
	CASE(level), CASE(edge), CASE(edge_writer), CASE(edge_connecting), CASE(edge_refused), CASE(oneshot),
	CASE(listener), CASE(control), {}
};
