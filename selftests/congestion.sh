#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# Every algorithm of congestion control moves data, over a good link, a slow one and a lossy one; dctcp gets its marks.
#
# With PROTO=tcp: those that the kernel has loaded.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

octets=$((1000000 / SLOW))

# Octets that A has sent.
sent()
{
	in_a cat /sys/class/net/a0/statistics/tx_bytes
}

moves()
{
	[ "$(sent)" -gt "$1" ]
}

# More ACKs that tell of marks than so many.
hears()
{
	[ "$(counter "$A" InEce)" -gt "$1" ]
}

# Only what is ECT is marked, and the handshake is not: it has to be over.
marked()
{
	local before

	netem delay 5ms
	start_server "$B" -u 1073741824
	start_client -u 1073741824
	check "$1: a transfer begins" wait_for 60 moves $(($(sent) + 100000))
	before=$(counter "$A" InEce)
	netem delay 5ms loss 5% ecn
	check "$1 asks for ECN, and hears of marks" wait_for 60 hears "$before"
	check "$1: the window follows" [ "$(counter "$A" EcnReductions)" -gt 0 ]
	kill -9 "$client" "$server" 2>/dev/null || true
	wait "$client" "$server" 2>/dev/null || true
}

tap_begin
load_module
two_namespaces
for algo in cubic reno dctcp bbr; do
	if [ "$PROTO" = tcp ] && ! in_a grep -qw $algo /proc/sys/net/ipv4/tcp_available_congestion_control; then
		skip "$algo" "TCP has none here"
		continue
	fi
	own_sysctl "$A" congestion_control $algo
	own_sysctl "$B" congestion_control $algo
	netem
	check "$algo: a good link" transfer -u $octets -d $octets
	netem delay 20ms rate 20mbit
	check "$algo: a slow link" transfer -u $octets -d $octets
	netem delay 5ms loss 2%
	check "$algo: a lossy link" transfer -u $((octets / 4)) -d $((octets / 4))
done

if [ "$PROTO" != tcp ]; then
	own_sysctl "$A" congestion_control dctcp
	own_sysctl "$B" congestion_control dctcp
	marked dctcp
	# A peer with AccECN tells of each mark without dctcp.
	own_sysctl "$B" congestion_control cubic
	own_sysctl "$A" ecn 3
	own_sysctl "$B" ecn 5
	marked "dctcp with AccECN"
fi
finish
