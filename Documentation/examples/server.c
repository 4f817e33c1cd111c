// SPDX-License-Identifier: GPL-2.0
/* server ADDRESS: gives every client on port 5253 its words back in capitals. */
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rill.h>

static void serve(int s)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(s, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			buf[i] = toupper((unsigned char)buf[i]);
		for (ssize_t sent = 0, m; sent < n; sent += m) {
			m = send(s, buf + sent, n - sent, MSG_NOSIGNAL);
			if (m < 0) {
				warn("send");
				return;
			}
		}
	}
	if (n < 0)
		warn("read");
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(5253) };
	int one = 1, s, l;

	if (argc != 2 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1)
		errx(2, "usage: server ADDRESS");
	l = socket(AF_INET, SOCK_STREAM, IPPROTO_RILL);
	if (l < 0)
		err(1, "socket (is rill loaded?)");
	setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(l, (struct sockaddr *)&addr, sizeof(addr)) || listen(l, 16))
		err(1, "bind or listen");
	while ((s = accept(l, NULL, NULL)) >= 0) {
		serve(s);
		close(s);
	}
	err(1, "accept");
}
