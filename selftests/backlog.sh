#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# The accept queue: its length, what happens beyond it, abort_on_overflow, and a crowd at a small door.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

helper=$(dirname "$0")/tools/backlog.py

start()
{
	rm -f "$WORK/listener.in"
	mkfifo "$WORK/listener.in"
	: >"$WORK/listener"
	in_b /usr/bin/python3 -B "$helper" server "$PROTO" $B_ADDR "$1" <"$WORK/listener.in" >"$WORK/listener" 2>&1 &
	exec 8>"$WORK/listener.in"
	wait_for 60 file_has "$WORK/listener" listening
	rm -f "$WORK/clients.in"
	mkfifo "$WORK/clients.in"
	: >"$WORK/clients"
	in_a /usr/bin/python3 -B "$helper" client "$PROTO" $B_ADDR "$2" "$3" <"$WORK/clients.in" >"$WORK/clients" 2>&1 &
	exec 9>"$WORK/clients.in"
}

line()
{
	grep "^$1 " "$WORK/clients" || true
}

overflows()
{
	counter "$B" ListenOverflows
}

# more_overflows THAN
more_overflows()
{
	[ "$(overflows)" -gt "$1" ]
}

tap_begin
load_module
two_namespaces
# A cookie would carry the overflow past the queue.
[ "$PROTO" != tcp ] || in_b sysctl -qw net.ipv4.tcp_syncookies=0

# With 4 of 5 places taken, three arrive within one round trip: one finds a place, two don't.
netem delay 30ms
own_sysctl "$B" abort_on_overflow 0
start 4 4 3
wait_for 60 file_has "$WORK/clients" settled
check "three more connect" wait_for 60 file_has "$WORK/clients" answers
same "what they hear" "$(line answers)" "answers connected connected connected"
exec 9>&-
echo "accept 7" >&8
check "all seven are accepted" wait_for 60 file_has "$WORK/listener" "accepted 7"
check "and answered" wait_for 60 file_has "$WORK/clients" outcomes
same "each of them" "$(line outcomes)" "outcomes echo echo echo echo echo echo echo"
exec 8>&-
wait

before=$(overflows)
own_sysctl "$B" abort_on_overflow 1
start 4 4 3
check "with abort_on_overflow they are connected" wait_for 60 file_has "$WORK/clients" answers
check "and counted" wait_for 60 more_overflows "$before"
exec 9>&-
echo "accept 5" >&8
check "five have a place" wait_for 60 file_has "$WORK/listener" "accepted 5"
check "each gets its answer" wait_for 60 file_has "$WORK/clients" outcomes
same "two a reset" "$(line outcomes)" "outcomes ECONNRESET ECONNRESET echo echo echo echo echo"
exec 8>&-
wait
own_sysctl "$B" abort_on_overflow 0
netem

check "a crowd at a small door" transfer -u 100 -d 100 -k 40 -j 40 -B 8
in_b sysctl -qw net.core.somaxconn=8
check "a crowd at a door that somaxconn made small" transfer -u 100 -d 100 -k 40 -j 40 -B 1000
check "no connection is left half way" wait_for 90 sockets_are "$B" SYN-RECEIVED 0
finish
