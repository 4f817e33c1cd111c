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

# More ACKs with ECE than so many.
hears()
{
	[ "$(counter "$A" InEce)" -gt "$1" ]
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

# Only what is ECT is marked, and the handshake is not: it has to be over.
if [ "$PROTO" != tcp ]; then
	own_sysctl "$A" congestion_control dctcp
	own_sysctl "$B" congestion_control dctcp
	netem delay 5ms
	start_server "$B" -u 1073741824
	start_client -u 1073741824
	before=$(counter "$A" InEce)
	check "dctcp: a transfer begins" wait_for 60 moves $(($(sent) + 100000))
	netem delay 5ms loss 5% ecn
	check "dctcp asks for ECN, and hears of marks" wait_for 60 hears "$before"
	check "dctcp: the window follows" [ "$(counter "$A" EcnReductions)" -gt 0 ]
	kill -9 "$client" "$server" 2>/dev/null || true
	wait "$client" "$server" 2>/dev/null || true
fi
finish
