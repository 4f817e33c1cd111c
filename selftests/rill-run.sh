#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: no
# scripts/rill-run: which sockets of an unmodified program become Rill's, and
# which do not; real programs through it.
set -eu -o pipefail
cd "$(dirname "$0")"
# shellcheck source=selftests/lib.sh
. ./lib.sh

rill_run=../scripts/rill-run
inet=AF_INET
[ "$FAMILY" = 4 ] || inet=AF_INET6

# Domain, type, protocol: the protocol that a program gets, and its flags.
sockets()
{
	"$@" /usr/bin/python3 -c "
import fcntl, os, socket as s
for domain, kind, protocol in (
        (s.$inet, s.SOCK_STREAM, 0), (s.$inet, s.SOCK_STREAM, s.IPPROTO_TCP),
        (s.$inet, s.SOCK_STREAM | s.SOCK_NONBLOCK | s.SOCK_CLOEXEC, 0),
        (s.$inet, s.SOCK_DGRAM, 0), (s.$inet, s.SOCK_RAW, s.IPPROTO_ICMP),
        (s.AF_UNIX, s.SOCK_STREAM, 0)):
    x = s.socket(domain, kind, protocol)
    print(domain.name, int(kind), protocol, '->', x.getsockopt(s.SOL_SOCKET, s.SO_PROTOCOL),
          'nonblocking' if fcntl.fcntl(x, fcntl.F_GETFL) & os.O_NONBLOCK else 'blocking')
"
}

child()
{
	"$rill_run" sh -c "exec /usr/bin/python3 -c 'import socket as s
print(s.socket(s.$inet, s.SOCK_STREAM).getsockopt(s.SOL_SOCKET, s.SO_PROTOCOL))'"
}

refuses()
{
	local status=0

	"$@" >"$WORK/out" 2>&1 || status=$?
	[ "$status" = 126 ] && grep -q '^rill-run: ' "$WORK/out"
}

# A server and a client as they come, in two namespaces.
web()
{
	local file=${rill_run%/*}/rill-run.c pid status=0

	ip netns exec "$B" "$rill_run" /usr/bin/python3 -m http.server --bind "$B_ADDR" \
		--directory "${file%/*}" 8080 >"$WORK/server" 2>&1 &
	pid=$!
	wait_for 30 eval "in_b grep -q LISTEN /proc/net/rill" || cat "$WORK/server"
	in_a "$rill_run" curl "-$FAMILY" -sS --fail -o "$WORK/got" \
		"http://$(in_url "$B_ADDR"):8080/rill-run.c" || status=$?
	kill "$pid"
	wait "$pid" || true
	in_a cat /proc/net/rill_stat | grep -E '^(ActiveOpens|InSegs) [1-9]' || status=1
	cmp "$file" "$WORK/got" && [ "$status" = 0 ]
}

tap_begin
if [ "$PROTO" = tcp ]; then
	skip "rill-run" "it is about rill alone"
	finish
	exit
fi
load_module
same "which sockets change" "$(sockets "$rill_run")" "\
$inet 1 0 -> 253 blocking
$inet 1 6 -> 253 blocking
$inet $((1 | 04000 | 02000000)) 0 -> 253 nonblocking
$inet 2 0 -> 17 blocking
$inet 3 1 -> 1 blocking
AF_UNIX 1 0 -> 0 blocking"
same "nothing changes without it" "$(sockets env | sed -n 1,2p)" "\
$inet 1 0 -> 6 blocking
$inet 1 6 -> 6 blocking"
same "a program's children" "$(child)" 253
check "a program that isn't there is refused" refuses "$rill_run" no-such-program
check "a static program is refused" refuses "$rill_run" /bin/busybox true
two_namespaces
check "python3 -m http.server and curl" web
finish
