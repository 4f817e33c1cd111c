#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: no
# One direction ends, the other goes on; and what becomes of the states on the way.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

big=$((4194304 / SLOW))

# seconds_since START COUNT
seconds_since()
{
	[ $((SECONDS - $1)) -ge "$2" ]
}

# begin OPTIONS...: a client in A that has closed its direction, and a server in B that reads nothing yet.
begin()
{
	start_server "$B" -z "$@"
	start_client "$@"
	wait_for 60 sockets_are "$A" FIN-WAIT-2 1
}

tap_begin
load_module
two_namespaces

for words in "" "delay 5ms loss 2%" "delay 5ms reorder 50%"; do
	# shellcheck disable=SC2086 # netem's words
	netem $words
	for sizes in "-u 0 -d 0" "-u 1 -d 1" "-u 0 -d $big" "-u $big -d 1" "-u $big -d $big"; do
		# shellcheck disable=SC2086
		check "answer after FIN ${words:-on a good link}: $sizes" transfer -w $sizes
	done
done
netem
check "the side that closed first is in TIME-WAIT" wait_for 30 some_sockets "$A" TIME-WAIT
same "the other side is not" "$(sockets "$B" TIME-WAIT)" 0

own_sysctl "$A" fin_timeout 1
own_sysctl "$B" fin_timeout 1
begin -w -u 1000 -d 1000
same "the server's side is in CLOSE-WAIT" "$(sockets "$B" CLOSE-WAIT)" 1
start=$SECONDS
wait_for 20 seconds_since "$start" 4
same "half-closed longer than fin_timeout, still held" "$(sockets "$A" FIN-WAIT-2)" 1
kill -USR1 "$server"
check "and the answer still comes" wait "$client"
check "the server is content" wait "$server"

begin -w -u 1000 -d 1000
kill -9 "$client"
check "held by nobody, FIN-WAIT-2 ends by itself" wait_for 30 sockets_are "$A" FIN-WAIT-2 0
same "the other side does not know" "$(sockets "$B" CLOSE-WAIT)" 1
kill -9 "$server"
check "nor does its end leave anything" wait_for 30 sockets_are "$B" LAST-ACK 0

finish
