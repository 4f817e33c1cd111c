#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# Thousands of short connections, a thousand at once, and nothing left of them.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

short=$((1500 / SLOW))
crowd=$((1000 / (SLOW > 1 ? 4 : 1)))

nothing_left()
{
	local ns state

	for ns in "$A" "$B"; do
		for state in SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK; do
			sockets_are "$ns" "$state" 0 || return 1
		done
	done
}

tap_begin
load_module
before=$(all_sockets)
two_namespaces
# What is in TIME-WAIT is counted at the end: it must not go meanwhile on a slow machine.
[ "$PROTO" = tcp ] || own_sysctl "$A" timewait_ms 600000

opened=$(counter "$A" ActiveOpens) accepted=$(counter "$B" PassiveOpens)
check "$short short connections, one after the other" transfer -u 100 -d 1000 -k $short
same "each was opened once" $(($(counter "$A" ActiveOpens) - opened)) $short
check "each was accepted" test $(($(counter "$B" PassiveOpens) - accepted)) -ge $short
check "$short short connections, 50 at a time" transfer -u 100 -d 1000 -k $short -j 50
check "$crowd at once" transfer -u 10000 -d 10000 -k $crowd -j $crowd
netem delay 5ms loss 2%
check "$crowd at once, 2 % lost" transfer -u 5000 -d 5000 -k $crowd -j $crowd
netem
check "no connection is left half way" wait_for 90 nothing_left

start_server "$B" -z -w -u 10 -k $crowd
start_client -w -u 10 -k $crowd -j $crowd
check "$crowd wait for their server" wait_for 60 sockets_are "$A" FIN-WAIT-2 $crowd
same "all of them are in its hands" "$(sockets "$B" CLOSE-WAIT)" $crowd
kill -USR1 "$server"
check "which serves them" wait "$server"
check "to their contentment" wait "$client"

start_server "$B" -z -w -u 10 -k $crowd
start_client -w -u 10 -k $crowd -j $crowd
wait_for 60 sockets_are "$A" FIN-WAIT-2 $crowd || true
kill -9 "$server"
check "the server dies with $crowd unread" wait_for 30 sockets_are "$B" CLOSE-WAIT 0
if wait "$client"; then
	not_ok "the clients hear of it" "$(cat "$WORK/client")"
else
	check "the clients hear of it" file_has "$WORK/client" "reset by peer"
fi
check "nothing is left half way" wait_for 90 nothing_left

in_tw=$(sockets "$A" TIME-WAIT)
own_sysctl "$A" max_tw_buckets $((in_tw += 10))
check "500 more, with room for 10 in TIME-WAIT" transfer -w -u 10 -d 10 -k 500 -j 10
same "those beyond left nothing" "$(sockets "$A" TIME-WAIT)" "$in_tw"
check "every socket is gone" wait_for 90 at_most all_sockets "$before"
finish
