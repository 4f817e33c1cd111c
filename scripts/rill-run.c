// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded by rill-run: a program's TCP sockets over IPv4 and IPv6 become
 * Rill's, and nothing else changes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/rill.h>

static int rill_protocol(void)
{
	const char *text = getenv("RILL_PROTOCOL");
	int protocol = text ? atoi(text) : 0;

	return protocol ? protocol : IPPROTO_RILL;
}

int socket(int domain, int type, int protocol)
{
	static int (*next)(int, int, int);

	if (!next)
		next = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
	if (!next) {
		errno = ENOSYS;
		return -1;
	}
	if ((domain == AF_INET || domain == AF_INET6) &&
	    (type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) == SOCK_STREAM &&
	    (protocol == 0 || protocol == IPPROTO_TCP))
		protocol = rill_protocol();
	return next(domain, type, protocol);
}
