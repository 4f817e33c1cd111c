#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# Queues stay within their limits, whoever reads slowly; memory comes back afterwards, and nothing is lost.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

mem=/proc/sys/net/rill/mem
[ "$PROTO" != tcp ] || mem=/proc/sys/net/ipv4/tcp_mem
mem_before=''
crowd=32

# shellcheck disable=SC2016 # awk's, not ours
# The largest of a column of the table: 5 is txq, 6 is rxq.
largest()
{
	if [ "$PROTO" = tcp ]; then
		ip netns exec "$1" awk -v column="$2" '$4 != "0A" && FNR > 1 { split($5, q, ":"); print q[column - 4] }' \
			/proc/net/tcp /proc/net/tcp6 | while read -r hex; do echo $((16#$hex)); done | sort -n | tail -n 1
	else
		ip netns exec "$1" awk -v column="$2" '$4 != "LISTEN" && NR > 1 { print $column }' /proc/net/rill |
			sort -n | tail -n 1
	fi
}

sum_queued()
{
	largest "$A" 5
	largest "$B" 6
}

# The queues are as long as they get: twice the same, a quarter of a second apart.
settled()
{
	local before

	before=$(sum_queued)
	sleep 0.25
	[ "$before" = "$(sum_queued)" ] && [ "$(largest "$B" 6)" -gt 0 ]
}

# slow_reader NAME OPTIONS...: the server reads nothing; when the queues are full, `judge` looks at them.
slow_reader()
{
	local name=$1

	shift
	start_server "$B" -z -w -t $((300 * SLOW)) "$@"
	start_client -w "$@"
	check "$name: $count connections" wait_for 60 sockets_are "$B" ESTABLISHED "$count"
	check "$name: the sender stops" wait_for 60 settled
}

go_on()
{
	kill -USR1 "$server"
	check "$1: everything arrives" wait "$server"
	check "$1: the sender is content" wait "$client"
}

restore()
{
	[ -z "$mem_before" ] || echo "$mem_before" >$mem
	cleanup
}

tap_begin
load_module
two_namespaces
pages=$(all_pages)
reserve=$((256 * $(nproc)))	# What the CPUs may keep in hand for the next socket.

# A debug kernel takes many times as long for each byte.
largest_buffer=$((1048576 / (SLOW > 1 ? 4 : 1)))
each=$((3000000 / (SLOW > 1 ? 20 : 1)))

count=1
for limits in "4096 16384 32768" "4096 65536 $largest_buffer"; do
	read -r _ _ most <<<"$limits"
	own_sysctl "$A" wmem "$limits"
	own_sysctl "$B" rmem "$limits"
	slow_reader "buffers to $most" -u $((32 * most))
	check "buffers to $most: send queue $(largest "$A" 5)" test "$(largest "$A" 5)" -le "$most"
	check "buffers to $most: receive queue $(largest "$B" 6)" test "$(largest "$B" 6)" -le "$most"
	go_on "buffers to $most"
done

count=$crowd
own_sysctl "$A" wmem "4096 65536 4194304"
own_sysctl "$B" rmem "4096 131072 6291456"
mem_before=$(cat $mem)
trap restore EXIT
echo "256 384 512" >$mem
slow_reader "$crowd under pressure" -u $each -k $crowd -j $crowd
held=$(all_pages)
# The least that a buffer can be, a page, each socket has whatever the limit.
check "$crowd under pressure: $held pages of 512" test "$held" -le $((512 + 2 * crowd + reserve))
go_on "$crowd under pressure"
echo "$mem_before" >$mem
mem_before=''
check "memory comes back" wait_for 30 at_most all_pages $((pages + reserve))

start_server "$B" -z -w -u 40M -k 20
start_client -w -u 40M -k 20 -j 20
wait_for 60 sockets_are "$B" ESTABLISHED 20
kill -9 "$server" "$client"
check "also when both ends die with full queues" wait_for 30 at_most all_pages $((pages + reserve))
finish
