// SPDX-License-Identifier: GPL-2.0
/* sockapi: making a socket, what the descriptor is, and its names in every state. */
#include <sys/mman.h>
#include <sys/statfs.h>
#include <termios.h>

#include "sockapi.h"

static int explicit(int type)
{
	return socket(env.family, type, env.family == AF_RILL ? env.protocol : env.number);
}

static void types(void)
{
	static const struct {
		const char *name;
		int type;
		long expected;
	} t[] = {
		{ "stream", SOCK_STREAM, ANY },
		{ "stream nonblock cloexec", SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, ANY },
		{ "type 0", 0, -ESOCKTNOSUPPORT },
		{ "type 9", 9, -ESOCKTNOSUPPORT },
		{ "type 16", 16, -EINVAL },
		{ "negative type", -1, -EINVAL },
		{ "unknown flag", SOCK_STREAM | 0x100, -EINVAL },
		{ "rdm", SOCK_RDM, -ESOCKTNOSUPPORT },
		{ "seqpacket", SOCK_SEQPACKET, -ESOCKTNOSUPPORT },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		want(t[i].name, explicit(t[i].type), t[i].expected);
}

static void numbers(void)
{
	want("with its number", explicit(SOCK_STREAM), ANY);
	want("negative", socket(env.family, SOCK_STREAM, -1), -EINVAL);
	want("256", socket(env.v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 256), -EPROTONOSUPPORT);
	want("somebody else's", socket(env.family, SOCK_STREAM, IPPROTO_UDP), -EPROTONOSUPPORT);
	want("as datagram", socket(env.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, env.number), -EPROTONOSUPPORT);
}

static void unprivileged(void)
{
	must("setuid", setuid(65534));
	want("without privilege", socket(env.family, SOCK_STREAM, env.protocol), ANY);
}

static void pairs(void)
{
	int fd[2];

	want("socketpair", socketpair(env.family, SOCK_STREAM, env.protocol, fd), -EOPNOTSUPP);
}

static void flags(void)
{
	int fd = socket(env.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, env.protocol);

	want("nonblock", fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
	want("cloexec", fcntl(fd, F_GETFD), FD_CLOEXEC);
	fd = socket(env.family, SOCK_STREAM, env.protocol);
	want("plain", fcntl(fd, F_GETFL), O_RDWR);
	want("not cloexec", fcntl(fd, F_GETFD), 0);
	want("set nonblock", fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	want("is nonblock", fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK);
	ask("set append", fcntl(fd, F_SETFL, O_APPEND));
	ask("set direct", fcntl(fd, F_SETFL, O_DIRECT));
	want("owner", fcntl(fd, F_SETOWN, getpid()), 0);
	want("is owner", fcntl(fd, F_GETOWN) == getpid(), 1);
	ask("lease", fcntl(fd, F_SETLEASE, F_RDLCK));
	ask("pipe size", fcntl(fd, F_GETPIPE_SZ));
	ask("seals", fcntl(fd, F_GET_SEALS));
}

static void descriptor(void)
{
	struct flock lock = { .l_type = F_WRLCK };
	struct termios tio;
	struct statfs fs;
	struct stat st;
	int fd = server_socket();
	char b[4] = "abc";

	want("fstat", fstat(fd, &st), 0);
	say("mode", "%o", st.st_mode);
	say("size", "%ld", (long)st.st_size);
	say("links", "%ld", (long)st.st_nlink);
	want("fstatfs", fstatfs(fd, &fs), 0);
	say("magic", "%lx", (long)fs.f_type);
	want("lseek", lseek(fd, 0, SEEK_CUR), -ESPIPE);
	want("pread", pread(fd, b, 1, 0), -ESPIPE);
	want("pwrite", pwrite(fd, b, 1, 0), -ESPIPE);
	want("ftruncate", ftruncate(fd, 0), -EINVAL);
	want("fsync", fsync(fd), -EINVAL);
	want("fallocate", posix_fallocate(fd, 0, 10), ENODEV);
	want("isatty", tcgetattr(fd, &tio), -ENOTTY);
	ask("lock", fcntl(fd, F_SETLK, &lock));
	ask("chmod", fchmod(fd, 0600));
	ask("chown", fchown(fd, 0, 0));
	ask("chdir", fchdir(fd));
	ask("writable map", (long)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	want("mmap of length 0", (long)mmap(NULL, 0, PROT_READ, MAP_SHARED, fd, 0), -EINVAL);
	want("close", close(fd), 0);
	want("close twice", close(fd), -EBADF);
}

static void reopen(void)
{
	int fd = server_socket();
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	want("open", open(path, O_RDWR), -ENXIO);
}

static void fresh(void)
{
	char b[4] = "";
	int fd = server_socket();

	want_str("name", sock_name(fd), addr_str(at(ANYWHERE, 0)));
	want_str("peer", peer_name(fd), "ENOTCONN");
	want_str("poll", poll_str(fd), "OUT|WRNORM|HUP");
	want("error", so_error(fd), 0);
	want("recv", recv(fd, b, 1, 0), -ENOTCONN);
	want("recv nothing", recv(fd, b, 0, 0), -ENOTCONN);
	want("read", read(fd, b, 1), -ENOTCONN);
	want("send", send(fd, b, 1, MSG_NOSIGNAL), -EPIPE);
	ask("send nothing", send(fd, b, 0, MSG_NOSIGNAL));
	want("write", write(fd, b, 1), -EPIPE);
	want("accept", accept(fd, NULL, NULL), -EINVAL);
	want("shutdown", shutdown(fd, SHUT_RDWR), -ENOTCONN);
	say("state", "%s", state_name(tcp_state(fd)));
}

static void bad_descriptors(void)
{
	union addr a = {};
	socklen_t len = sizeof(a);
	int file = open("/dev/null", O_RDWR);
	int bad[] = { -1, 999, file };
	static const char * const names[] = { "-1", "closed", "file" };
	char step[64], b[1];

	for (int i = 0; i < 3; i++) {
		long error = i == 2 ? -ENOTSOCK : -EBADF;
		int fd = bad[i];

		snprintf(step, sizeof(step), "bind %s", names[i]);
		want(step, bind_to(fd, at_server(0)), error);
		snprintf(step, sizeof(step), "listen %s", names[i]);
		want(step, listen(fd, 1), error);
		snprintf(step, sizeof(step), "accept %s", names[i]);
		want(step, accept(fd, NULL, NULL), error);
		snprintf(step, sizeof(step), "connect %s", names[i]);
		want(step, connect_to(fd, at_server(0)), error);
		snprintf(step, sizeof(step), "send %s", names[i]);
		want(step, send(fd, b, 1, 0), error);
		snprintf(step, sizeof(step), "recv %s", names[i]);
		want(step, recv(fd, b, 1, 0), error);
		snprintf(step, sizeof(step), "shutdown %s", names[i]);
		want(step, shutdown(fd, SHUT_RD), error);
		snprintf(step, sizeof(step), "getsockname %s", names[i]);
		want(step, getsockname(fd, &a.sa, &len), error);
		snprintf(step, sizeof(step), "setsockopt %s", names[i]);
		want(step, set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1), error);
	}
}

static void limits(void)
{
	int fd, n = 0, before;
	int held[64];

	/* A failed socket() leaves no descriptor behind. */
	before = dup(0);
	close(before);
	for (int i = 0; i < 16; i++)
		socket(env.family, SOCK_STREAM, 77);
	fd = dup(0);
	want("no descriptor lost", fd, before);
	for (int i = 0; i < 64; i++)
		held[i] = server_socket();
	for (int i = 0; i < 64; i++)
		n += close(held[i]) == 0;
	want("64 made and closed", n, 64);
}

const struct api_case create_cases[] = {
	CASE(types), CASE(numbers), CASE(unprivileged), CASE(pairs), CASE(flags), CASE(descriptor),
	CASE(reopen), CASE(fresh), CASE(bad_descriptors), CASE(limits), {}
};

/* Names. */

static void show(const char *who, int fd)
{
	char step[64];

	snprintf(step, sizeof(step), "%s name", who);
	say(step, "%s", sock_name(fd));
	snprintf(step, sizeof(step), "%s peer", who);
	say(step, "%s", peer_name(fd));
}

static void life(void)
{
	int fd = server_socket(), c = client_socket(), s;
	char b;

	must("bind", bind_to(fd, at(ANYWHERE, port(0))));
	show("bound", fd);
	must("listen", listen(fd, 4));
	show("listening", fd);
	must("bind", bind_to(c, at_client(1)));
	must("connect", connect_to(c, at_server(0)));
	show("connected", c);
	s = must("accept", accept(fd, NULL, NULL));
	show("accepted", s);
	must("shutdown", shutdown(c, SHUT_WR));
	show("half closed", c);
	must("read", read(s, &b, 1));
	show("saw FIN", s);
	must("shutdown", shutdown(s, SHUT_WR));
	await(c, POLLHUP);
	show("both closed", c);
	await_state(s, TCP_CLOSE);
	show("last acknowledged", s);
}

static void after_reset(void)
{
	struct link k = link_up();

	must("linger", set_linger(k.c, 1, 0));
	close(k.c);
	await(k.s, POLLHUP);
	show("reset", k.s);
	say("error", "%s", so_error_name(k.s));
	show("error read", k.s);
}

static void chosen_port(void)
{
	struct link k;
	int c = client_socket();

	must("bind", bind_to(c, at_client(0)));
	close(c);
	k = link_up();
	show("client", k.c);
	want_str("server", peer_name(k.s), sock_name(k.c));
}

static void lengths(void)
{
	struct link k = link_up();
	union addr a;
	socklen_t len;
	struct {
		const char *name;
		int len;
	} t[] = { { "0", 0 }, { "4", 4 }, { "16", 16 }, { "128", 128 }, { "-1", -1 } };
	char big[128], step[64];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		len = t[i].len;
		snprintf(step, sizeof(step), "getsockname %s", t[i].name);
		want(step, getsockname(k.s, (struct sockaddr *)big, &len), t[i].len < 0 ? -EINVAL : 0);
		snprintf(step, sizeof(step), "length %s", t[i].name);
		say(step, "%d", (int)len);
		len = t[i].len;
		snprintf(step, sizeof(step), "getpeername %s", t[i].name);
		want(step, getpeername(k.s, (struct sockaddr *)big, &len), t[i].len < 0 ? -EINVAL : 0);
	}
	memset(&a, 0xee, sizeof(a));
	len = 3;
	getsockname(k.s, &a.sa, &len);
	want("only what fits is written", ((unsigned char *)&a)[3], 0xee);
	len = sizeof(a);
	memset(&a, 0xee, sizeof(a));
	getsockname(k.s, &a.sa, &len);
	want("padding is zero", env.v6 ? a.in6.sin6_flowinfo | a.in6.sin6_scope_id :
	     a.in.sin_zero[0] | a.in.sin_zero[7], 0);
	len = sizeof(a);
	want("sockname fault", getsockname(k.s, (struct sockaddr *)1, &len), -EFAULT);
	want("peername fault", getpeername(k.s, (struct sockaddr *)1, &len), -EFAULT);
	want("length fault", getsockname(k.s, &a.sa, (socklen_t *)1), -EFAULT);
}

const struct api_case name_cases[] = {
	CASE(life), CASE(after_reset), CASE(chosen_port), CASE(lengths), {}
};
