// SPDX-License-Identifier: GPL-2.0
/* client ADDRESS WORD: sends the word to port 5253 and prints the answer. */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rill.h>

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(5253) };
	char buf[4096];
	size_t len;
	ssize_t n;
	int s;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &addr.sin_addr) != 1)
		errx(2, "usage: client ADDRESS WORD");
	len = strlen(argv[2]);
	s = socket(AF_INET, SOCK_STREAM, IPPROTO_RILL);
	if (s < 0)
		err(1, "socket (is rill loaded?)");
	if (connect(s, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "connect");
	if (write(s, argv[2], len) != (ssize_t)len || shutdown(s, SHUT_WR))
		err(1, "write");
	while ((n = read(s, buf, sizeof(buf))) > 0)
		fwrite(buf, 1, n, stdout);
	if (n < 0)
		err(1, "read");
	putchar('\n');
	return 0;
}
