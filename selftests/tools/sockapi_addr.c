// SPDX-License-Identifier: GPL-2.0
/* Addresses of the version of IP that sockapi was asked for, and ways for segments that lead nowhere. */
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <net/route.h>

#include "sockapi.h"

/* As the kernel's linux/ipv6.h has it, which can't stand beside netinet/in.h. */
struct in6_address {
	struct in6_addr addr;
	uint32_t prefix;
	int ifindex;
};

const char *ip46(const char *four, const char *six)
{
	return env.v6 ? six : four;
}

/* The result is good for the next seven calls. */
const union addr *at(const char *host, int p)
{
	static union addr ring[8];
	static unsigned int next;
	union addr *a = &ring[next++ % 8];

	memset(a, 0, sizeof(*a));
	a->sa.sa_family = env.v6 ? AF_INET6 : AF_INET;
	a->in.sin_port = htons(p);
	if (inet_pton(a->sa.sa_family, host, env.v6 ? (void *)&a->in6.sin6_addr : &a->in.sin_addr) != 1)
		must(host, -1);
	return a;
}

const union addr *at_server(int n)
{
	return at(env.server, port(n));
}

const union addr *at_client(int n)
{
	return at(env.client, port(n));
}

const union addr *unspec(void)
{
	static const union addr none = { .sa.sa_family = AF_UNSPEC };

	return &none;
}

int bind_to(int fd, const union addr *a)
{
	return bind(fd, &a->sa, env.addr_len);
}

int connect_to(int fd, const union addr *a)
{
	return connect(fd, &a->sa, env.addr_len);
}

/* Ports are printed relative to the case's base; those that the kernel chose only as such. */
const char *addr_str(const union addr *a)
{
	static char ring[4][80];
	static unsigned int next;
	char *buf = ring[next++ % 4], host[INET6_ADDRSTRLEN];
	int p = ntohs(a->in.sin_port);

	if (a->sa.sa_family != AF_INET && a->sa.sa_family != AF_INET6) {
		snprintf(buf, 80, "family %d", a->sa.sa_family);
		return buf;
	}
	inet_ntop(a->sa.sa_family, a->sa.sa_family == AF_INET6 ? (void *)&a->in6.sin6_addr : &a->in.sin_addr,
		  host, sizeof(host));
	if (p >= env.base && p < env.base + 32)
		snprintf(buf, 80, "%s port+%d", host, p - env.base);
	else
		snprintf(buf, 80, "%s %s", host, p ? "chosen" : "0");
	return buf;
}

const char *sock_name(int fd)
{
	union addr a = {};
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.sa, &len) < 0)
		return err_name(errno);
	return addr_str(&a);
}

const char *peer_name(int fd)
{
	union addr a = {};
	socklen_t len = sizeof(a);

	if (getpeername(fd, &a.sa, &len) < 0)
		return err_name(errno);
	return addr_str(&a);
}

/* A port of the case's own on which nobody listens. */
int refused_port(void)
{
	return port(31);
}

static void add_route4(const char *net, int flags)
{
	struct rtentry rt = { .rt_flags = flags, .rt_dev = flags & RTF_REJECT ? NULL : "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(&rt.rt_dst, at(net, 0), sizeof(rt.rt_dst));
	memcpy(&rt.rt_genmask, at("255.255.255.0", 0), sizeof(rt.rt_genmask));
	must("route", ioctl(fd, SIOCADDRT, &rt));
	close(fd);
}

static void add_address4(const char *name, const char *address)
{
	struct ifreq ifr = {};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	strcpy(ifr.ifr_name, name);
	memcpy(&ifr.ifr_addr, at(address, 0), sizeof(ifr.ifr_addr));
	must("address", ioctl(fd, SIOCSIFADDR, &ifr));
	memcpy(&ifr.ifr_netmask, at("255.255.255.255", 0), sizeof(ifr.ifr_netmask));
	must("netmask", ioctl(fd, SIOCSIFNETMASK, &ifr));
	close(fd);
}

static union addr awaited;

static int can_be_bound(int fd)
{
	return bind(fd, &awaited.sa, sizeof(awaited.in6)) == 0;
}

/* A new address cannot be used before the kernel has got round to looking for a duplicate. */
void add_address6(const char *device, const char *address, int prefix)
{
	struct in6_address a = { .prefix = prefix, .ifindex = if_nametoindex(device) };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	inet_pton(AF_INET6, address, &a.addr);
	must("address", ioctl(fd, SIOCSIFADDR, &a));
	awaited.in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_addr = a.addr, .sin6_scope_id = a.ifindex };
	await_true("address", can_be_bound, fd);
	close(fd);
}

static void add_route6(const char *net, const char *device)
{
	struct in6_rtmsg rt = { .rtmsg_dst_len = 64, .rtmsg_metric = 1, .rtmsg_flags = RTF_UP };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (device)
		rt.rtmsg_ifindex = if_nametoindex(device);
	else
		rt.rtmsg_type = RTN_UNREACHABLE;
	inet_pton(AF_INET6, net, &rt.rtmsg_dst);
	must("route", ioctl(fd, SIOCADDRT, &rt));
	close(fd);
}

static void attribute(struct nlmsghdr *n, int type, const char *text)
{
	struct rtattr *a = (void *)((char *)n + NLMSG_ALIGN(n->nlmsg_len));

	a->rta_type = type;
	a->rta_len = RTA_LENGTH(strlen(text));
	memcpy(RTA_DATA(a), text, strlen(text));
	n->nlmsg_len = NLMSG_ALIGN(n->nlmsg_len) + RTA_ALIGN(a->rta_len);
}

/* A device that swallows what is sent: what leaves through lo is, for IPv6, the same as barred. */
void dummy_device(const char *name)
{
	struct {
		struct nlmsghdr n;
		struct ifinfomsg i;
		char attributes[128];
	} m = { .n = { .nlmsg_len = NLMSG_LENGTH(sizeof(m.i)), .nlmsg_type = RTM_NEWLINK,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_ACK } };
	struct {
		struct nlmsghdr n;
		struct nlmsgerr e;
		char more[256];
	} answer = {};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	struct ifreq ifr = { .ifr_flags = IFF_UP | IFF_NOARP };
	struct rtattr *info;

	attribute(&m.n, IFLA_IFNAME, name);
	info = (void *)((char *)&m + NLMSG_ALIGN(m.n.nlmsg_len));
	m.n.nlmsg_len += RTA_LENGTH(0);
	attribute(&m.n, IFLA_INFO_KIND, "dummy");
	info->rta_type = IFLA_LINKINFO;
	info->rta_len = (char *)&m + m.n.nlmsg_len - (char *)info;
	must("netlink", send(fd, &m, m.n.nlmsg_len, 0));
	must("netlink", recv(fd, &answer, sizeof(answer), 0));
	errno = -answer.e.error;
	must("dummy device", answer.e.error);
	strcpy(ifr.ifr_name, name);
	must("up", ioctl(fd, SIOCSIFFLAGS, &ifr));
	close(fd);
}

/* In the case's own namespace: an address that no other case and no route has. */
const char *other_loopback(void)
{
	if (env.v6)
		add_address6("lo", "fd96::5", 128);
	return ip46("127.0.0.5", "fd96::5");
}

/*
 * In the case's own namespace: segments to BLACKHOLE are lost, silently (IPv4: they leave through lo and come
 * back as nobody's); the way to UNREACHABLE is barred.
 */
void blackhole_route(void)
{
	if (env.v6) {
		dummy_device("hole");
		add_address6("hole", "fd99::1", 128);
		add_route6("fd98::", "hole");
		add_route6("fd97::", NULL);
		return;
	}
	add_address4("lo:1", "10.99.0.1");
	add_route4("10.98.0.0", RTF_UP);
	add_route4("10.97.0.0", RTF_UP | RTF_REJECT);
}
