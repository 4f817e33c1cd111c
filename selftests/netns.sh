#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# Each namespace has its own ports, settings and counters, and takes everything with it when it dies.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

client_in()
{
	local ns=$1

	shift
	ip netns exec "$ns" "$TOOLS/xfer" client "$PROTO" "-$FAMILY" "$@"
}

refused()
{
	! client_in "$@" 2>"$WORK/refused" && file_has "$WORK/refused" refused
}

# patience RETRIES: of connections without a program
patience()
{
	own_sysctl "$A" orphan_retries "$1"
	own_sysctl "$B" orphan_retries "$1"
}

# A pair whose client is stuck: SYN-SENT, a full send queue, or data that nobody acknowledges. Orphans keep their
# namespace until they give up, as TCP's do.
stuck_connections()
{
	patience 30
	start_server "$B" -z -w -u 40M -k 3
	start_client -w -u 40M -k 3 -j 3
	wait_for 60 sockets_are "$B" ESTABLISHED 3
	netem loss 100%
	start_client -u 1
	wait_for 60 sockets_are "$A" SYN-SENT 1
}

kill_inside()
{
	local pids

	pids=$(ip netns pids "$1")
	# shellcheck disable=SC2086 # several ids
	[ -z "$pids" ] || kill -9 $pids 2>/dev/null || true
}

tap_begin
load_module
before=$(all_sockets)
two_namespaces

start_server "$A" -k 2
first=$server
check "the same port in another namespace" start_server "$B" -k 2
second=$server
check "A reaches its own" client_in "$A" -a $LOOPBACK
check "A reaches B's" client_in "$A" -a $B_ADDR
check "B reaches A's" client_in "$B" -a $A_ADDR
check "B reaches its own" client_in "$B" -a $LOOPBACK
check "both servers are content" wait "$first" "$second"
start_server "$B"
check "B's listener is not A's" refused "$A" -a $LOOPBACK
same "A's table does not show it" "$(sockets "$A" LISTEN)" 0
same "B's does" "$(sockets "$B" LISTEN)" 1
kill "$server"
wait "$server" || true

default=$(own_sysctl "$B" fin_timeout)
own_sysctl "$A" fin_timeout 7
same "a setting of A" "$(own_sysctl "$A" fin_timeout)" 7
same "leaves B alone" "$(own_sysctl "$B" fin_timeout)" "$default"
ip netns add "rill-c-$$"
same "and a new namespace" "$(own_sysctl "rill-c-$$" fin_timeout)" "$default"
ip netns delete "rill-c-$$"

a=$(counter "$A" ActiveOpens) b=$(counter "$B" ActiveOpens)
check "a connection" transfer -u 10
same "is counted in A" $(($(counter "$A" ActiveOpens) - a)) 1
same "and not in B" $(($(counter "$B" ActiveOpens) - b)) 0

stuck_connections
kill_inside "$A"
check "orphans try on without their programs" some_sockets "$A" FIN-WAIT-1
patience 1
ip netns delete "$A"
kill_inside "$B"
ip netns delete "$B"
check "a namespace takes its orphans along" wait_for 60 at_most all_sockets "$before"

two_namespaces
check "connections that leave TIME-WAIT behind" transfer -u 10 -d 10 -k 20
check "are in TIME-WAIT" test $(($(sockets "$A" TIME-WAIT) + $(sockets "$B" TIME-WAIT))) -gt 0
stuck_connections
patience 1
ip netns delete "$A"	# The programs keep it alive a little longer.
ip netns delete "$B"
kill -9 "$server" 2>/dev/null || true
for pid in $(jobs -p); do
	kill -9 "$pid" 2>/dev/null || true
done
wait
check "a namespace that loses its name with live sockets" wait_for 60 at_most all_sockets "$before"

for i in $(seq 10); do
	ip netns add "rill-n$i-$$"
	ip -n "rill-n$i-$$" link set lo up
	ip netns exec "rill-n$i-$$" "$TOOLS/xfer" server "$PROTO" "-$FAMILY" -u 1M -d 1M >"$WORK/n$i" 2>&1 &
done
for i in $(seq 10); do
	wait_for 60 file_has "$WORK/n$i" listening
	ip netns exec "rill-n$i-$$" "$TOOLS/xfer" client "$PROTO" "-$FAMILY" -a $LOOPBACK -u 1M -d 1M >"$WORK/nc$i" 2>&1 &
done
wait
same "ten namespaces at once, one port" "$(cat "$WORK"/n* | grep -c "received 1048576")" 20
for i in $(seq 10); do
	ip netns delete "rill-n$i-$$" &
done
wait
check "all gone at once" wait_for 60 at_most all_sockets "$before"
finish
