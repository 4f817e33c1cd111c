// SPDX-License-Identifier: GPL-2.0
/* sockapi: the calls that api_states.c makes in every state. */
#include <sys/epoll.h>

#include "api_states.h"

/* Opening */

static long do_connect(struct cell *c)
{
	return connect_to(c->x, at_server(0));
}

static long connect_twice(struct cell *c)
{
	also(" %s", connect_to(c->x, at_server(0)) ? err_name(errno) : "0");
	settle();
	return connect_to(c->x, at_server(0));
}

static long connect_short(struct cell *c)
{
	return connect(c->x, (struct sockaddr *)at_server(0), 3);
}

static long connect_waiting(struct cell *c)
{
	set_timeout(c->x, SO_SNDTIMEO, 20);
	fcntl(c->x, F_SETFL, 0);
	return connect_to(c->x, at_server(1));
}

static long disconnect(struct cell *c)
{
	return unspecify(c->x);
}

static long do_bind(struct cell *c)
{
	long result = bind_any(c->x);
	int error = errno;

	also(" %s", sock_name(c->x));
	errno = error;
	return result;
}

static long do_listen(struct cell *c)
{
	return listen(c->x, 4);
}

static long listen_and_serve(struct cell *c)
{
	int s;

	if (listen(c->x, 4))
		return -1;
	s = now_listening(c->x);
	return s < 0 ? s : send(s, "served", 6, MSG_NOSIGNAL);
}

static long do_accept(struct cell *c)
{
	return accept(c->x, NULL, NULL) < 0 ? -1 : 0;
}

static long accept_waiting(struct cell *c)
{
	set_timeout(c->x, SO_RCVTIMEO, 20);
	fcntl(c->x, F_SETFL, 0);
	return accept(c->x, NULL, NULL) < 0 ? -1 : 0;
}

/* Sending */

static long do_send(struct cell *c)
{
	return send(c->x, "data", 4, 0);
}

static long send_no_signal(struct cell *c)
{
	return send(c->x, "data", 4, MSG_NOSIGNAL);
}

static long send_nothing(struct cell *c)
{
	return send(c->x, "", 0, 0);
}

static long send_urgent(struct cell *c)
{
	return send(c->x, "data", 4, MSG_OOB);
}

static long send_more(struct cell *c)
{
	return send(c->x, "data", 4, MSG_MORE);
}

static long send_to(struct cell *c)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	getsockname(c->l, (struct sockaddr *)&ss, &len);
	return sendto(c->x, "data", 4, 0, (struct sockaddr *)&ss, len);
}

static long send_message(struct cell *c)
{
	struct iovec v[2] = { { "da", 2 }, { "ta", 2 } };
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 2 };

	return sendmsg(c->x, &m, 0);
}

static long send_fault(struct cell *c)
{
	return send(c->x, (void *)8, 4, 0);
}

static long send_waiting(struct cell *c)
{
	set_timeout(c->x, SO_SNDTIMEO, 20);
	fcntl(c->x, F_SETFL, 0);
	return send(c->x, "data", 4, 0);
}

static long do_write(struct cell *c)
{
	return write(c->x, "data", 4);
}

static long send_twice(struct cell *c)
{
	also(" %s", send(c->x, "x", 1, 0) < 0 ? err_name(errno) : "1");
	return send(c->x, "data", 4, 0);
}

/* Receiving */

static long receive(struct cell *c, size_t len, int flags)
{
	char b[64];

	return recv(c->x, b, len, flags);
}

static long do_recv(struct cell *c)
{
	return receive(c, 64, 0);
}

static long recv_peek(struct cell *c)
{
	return receive(c, 64, MSG_PEEK);
}

static long recv_nothing(struct cell *c)
{
	return receive(c, 0, 0);
}

static long recv_urgent(struct cell *c)
{
	return receive(c, 64, MSG_OOB);
}

static long recv_all(struct cell *c)
{
	return receive(c, 64, MSG_WAITALL);
}

static long recv_trunc(struct cell *c)
{
	return receive(c, 64, MSG_TRUNC);
}

static long recv_errors(struct cell *c)
{
	return receive(c, 64, MSG_ERRQUEUE);
}

static long recv_to_end(struct cell *c)
{
	long n = receive(c, 64, 0);

	also(" %s", n < 0 ? err_name(errno) : n ? "some" : "end");
	return receive(c, 64, 0);
}

static long recv_waiting(struct cell *c)
{
	set_timeout(c->x, SO_RCVTIMEO, 20);
	fcntl(c->x, F_SETFL, 0);
	return receive(c, 64, MSG_WAITALL);
}

static long recv_from(struct cell *c)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	char b[64];
	long n = recvfrom(c->x, b, 64, 0, (struct sockaddr *)&ss, &len);

	if (n >= 0)
		also(" address of %u", len);
	return n;
}

static long recv_fault(struct cell *c)
{
	return recv(c->x, (void *)8, 4, 0);
}

static long do_read(struct cell *c)
{
	char b[64];

	return read(c->x, b, 64);
}

static long do_splice(struct cell *c)
{
	int pipes[2];
	long n;

	must("pipe", pipe(pipes));
	n = splice(c->x, NULL, pipes[1], NULL, 64, SPLICE_F_NONBLOCK);
	close(pipes[0]);
	close(pipes[1]);
	return n;
}

/* Ending */

static long shutdown_read(struct cell *c)
{
	return shutdown(c->x, SHUT_RD);
}

static long shutdown_write(struct cell *c)
{
	return shutdown(c->x, SHUT_WR);
}

static long shutdown_both(struct cell *c)
{
	return shutdown(c->x, SHUT_RDWR);
}

static long shutdown_twice(struct cell *c)
{
	also(" %s", shutdown(c->x, SHUT_RDWR) ? err_name(errno) : "0");
	settle();
	return shutdown(c->x, SHUT_RDWR);
}

static long shutdown_wrong(struct cell *c)
{
	return shutdown(c->x, 3);
}

static long do_close(struct cell *c)
{
	int fd = c->x;

	c->x = -1;
	return close(fd);
}

static long close_reset(struct cell *c)
{
	set_linger(c->x, 1, 0);
	return do_close(c);
}

/* Asking */

static long names(struct cell *c)
{
	also(" %s", sock_name(c->x));
	also(", %s", peer_name(c->x));
	return 0;
}

static long error_twice(struct cell *c)
{
	also(" %s", so_error_name(c->x));
	return so_error(c->x);
}

static long edge_events(struct cell *c)
{
	struct epoll_event e = { .events = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP | EPOLLET };
	int ep = must("epoll", epoll_create1(EPOLL_CLOEXEC));
	long n;

	must("add", epoll_ctl(ep, EPOLL_CTL_ADD, c->x, &e));
	n = epoll_wait(ep, &e, 1, 0);
	also(" %s", n > 0 ? mask_str(e.events) : "nothing");
	n = epoll_wait(ep, &e, 1, 0);
	close(ep);
	return n;
}

/* What is in a full buffer is counted as the protocol likes. */
static void also_ioctl(const char *name, int fd, unsigned long request)
{
	int n = 0;

	if (ioctl(fd, request, &n))
		also(" %s %s", name, err_name(errno));
	else if (n > 100)
		also(" %s many", name);
	else
		also(" %s %d", name, n);
}

static long ioctls(struct cell *c)
{
	also_ioctl("inq", c->x, SIOCINQ);
	also_ioctl("outq", c->x, SIOCOUTQ);
	also_ioctl("outqnsd", c->x, SIOCOUTQNSD);
	also_ioctl("atmark", c->x, SIOCATMARK);
	return 0;
}

struct option {
	const char *name;
	int level, number, value;
};

static const struct option options[] = {
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE, 1 }, { "rcvbuf", SOL_SOCKET, SO_RCVBUF, 20000 },
	{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT, 2 }, { "oobinline", SOL_SOCKET, SO_OOBINLINE, 1 },
	{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR, 1 }, { "reuseport", SOL_SOCKET, SO_REUSEPORT, 1 },
	{ "priority", SOL_SOCKET, SO_PRIORITY, 2 }, { "device", SOL_SOCKET, SO_BINDTOIFINDEX, 1 },
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY, 1 }, { "cork", IPPROTO_TCP, TCP_CORK, 1 },
	{ "uncork", IPPROTO_TCP, TCP_CORK, 0 }, { "quickack", IPPROTO_TCP, TCP_QUICKACK, 1 },
	{ "maxseg", IPPROTO_TCP, TCP_MAXSEG, 500 }, { "clamp", IPPROTO_TCP, TCP_WINDOW_CLAMP, 9999 },
	{ "unclamp", IPPROTO_TCP, TCP_WINDOW_CLAMP, 0 }, { "keepidle", IPPROTO_TCP, TCP_KEEPIDLE, 77 },
	{ "keepintvl", IPPROTO_TCP, TCP_KEEPINTVL, 7 }, { "keepcnt", IPPROTO_TCP, TCP_KEEPCNT, 3 },
	{ "syncnt", IPPROTO_TCP, TCP_SYNCNT, 3 }, { "linger2", IPPROTO_TCP, TCP_LINGER2, 9 },
	{ "defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT, 3 }, { "timeout", IPPROTO_TCP, TCP_USER_TIMEOUT, 99999 },
	{ "lowat", IPPROTO_TCP, TCP_NOTSENT_LOWAT, 9999 }, { "save_syn", IPPROTO_TCP, TCP_SAVE_SYN, 1 },
	{ "inq", IPPROTO_TCP, TCP_INQ, 1 }, { "info", IPPROTO_TCP, TCP_INFO, 1 }, {}
};

static long set_options(struct cell *c)
{
	for (const struct option *o = options; o->name; o++)
		if (set_int(c->x, o->level, o->number, o->value))
			also(" %s %s", o->name, err_name(errno));
	return 0;
}

static long get_options(struct cell *c)
{
	for (const struct option *o = options; o->name; o++)
		if (get_int(c->x, o->level, o->number) < 0)
			also(" %s %s", o->name, err_name(errno));
	return 0;
}

static long set_congestion(struct cell *c)
{
	return setsockopt(c->x, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

/* Using it again */

static long use_again(struct cell *c)
{
	char b[8];
	int s;

	if (unspecify(c->x))
		return -1;
	also(" %s", connect_to(c->x, at_server(0)) ? err_name(errno) : "0");
	settle();
	s = accept_one(c->l);
	if (s < 0)
		return -1;
	if (send(s, "again", 5, 0) != 5)
		return -1;
	settle();
	also(" %s", so_error_name(c->x));
	return recv(c->x, b, 8, 0);
}

static long listen_again(struct cell *c)
{
	return unspecify(c->x) ? -1 : listen_and_serve(c);
}

static long bind_again(struct cell *c)
{
	return unspecify(c->x) ? -1 : do_bind(c);
}

/* Without asking for the end of the last connection first, as after a connect() that failed. */
static long connect_and_use(struct cell *c)
{
	int s;

	if (connect_to(c->x, at_server(0)) && errno != EINPROGRESS)
		return -1;
	settle();
	s = accept_one(c->l);
	return s < 0 ? s : send(c->x, "again", 5, 0);
}

const struct state_call state_calls[] = {
	{ "connect", do_connect }, { "connect twice", connect_twice }, { "connect, short address", connect_short },
	{ "connect, waiting", connect_waiting }, { "disconnect", disconnect }, { "bind", do_bind },
	{ "listen", do_listen }, { "listen and serve", listen_and_serve }, { "accept", do_accept },
	{ "accept, waiting", accept_waiting },
	{ "send", do_send }, { "send NOSIGNAL", send_no_signal }, { "send nothing", send_nothing },
	{ "send OOB", send_urgent }, { "send MORE", send_more }, { "sendto", send_to },
	{ "sendmsg", send_message }, { "send, fault", send_fault }, { "send, waiting", send_waiting },
	{ "write", do_write }, { "send twice", send_twice },
	{ "recv", do_recv }, { "recv PEEK", recv_peek }, { "recv nothing", recv_nothing },
	{ "recv OOB", recv_urgent }, { "recv WAITALL", recv_all }, { "recv TRUNC", recv_trunc },
	{ "recv ERRQUEUE", recv_errors }, { "recv twice", recv_to_end }, { "recv, waiting", recv_waiting },
	{ "recvfrom", recv_from }, { "recv, fault", recv_fault }, { "read", do_read }, { "splice", do_splice },
	{ "shutdown RD", shutdown_read }, { "shutdown WR", shutdown_write }, { "shutdown RDWR", shutdown_both },
	{ "shutdown twice", shutdown_twice }, { "shutdown 3", shutdown_wrong },
	{ "close", do_close }, { "close, linger 0", close_reset },
	{ "names", names }, { "error twice", error_twice }, { "epoll", edge_events }, { "ioctl", ioctls },
	{ "setsockopt", set_options }, { "getsockopt", get_options }, { "congestion", set_congestion },
	{ "connect anew", use_again }, { "listen anew", listen_again }, { "bind anew", bind_again },
	{ "connect and use", connect_and_use }, {}
};
