#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: no
# RFC 9293 section 3.8.3: after R1 retransmissions (retries1) of a segment IP hears that its route may be bad.
# Nothing of that is on the wire: a probe on the function that each version of IP has for it counts.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

tracing=/sys/kernel/tracing
timeouts=Timeouts
advice=ipv4_negative_advice
[ "$FAMILY" = 4 ] || advice=ip6_negative_advice
[ "$PROTO" != tcp ] || timeouts=TCPTimeouts

probe()
{
	echo "p:rill_advice $advice" >>$tracing/kprobe_events
	echo 1 >$tracing/events/kprobes/rill_advice/enable
}

# How often a route was doubted so far.
doubts()
{
	awk '$1 == "rill_advice" { print $2 }' $tracing/kprobe_profile
}

doubted()
{
	[ "$(doubts)" -gt "$1" ]
}

# again COUNT: the timer has sent a segment again so often since the silence began.
again()
{
	[ $(($(counter "$A" $timeouts) - begun)) -ge "$1" ]
}

# silence RETRIES1: a client in A with data on the way, which suddenly nobody answers any more.
silence()
{
	own_sysctl "$A" retries1 "$1"
	start_server "$B" -u 1073741824
	start_client -u 1073741824
	wait_for 60 moves $(($(sent) + 4000000))
	begun=$(counter "$A" $timeouts)
	netem loss 100%
}

# Octets that A has sent.
sent()
{
	in_a cat /sys/class/net/a0/statistics/tx_bytes
}

moves()
{
	[ "$(sent)" -gt "$1" ]
}

end()
{
	kill -9 "$client" "$server" 2>/dev/null || true
	wait "$client" "$server" 2>/dev/null || true
	netem
	wait_for 60 sockets_are "$A" FIN-WAIT-1 0
}

tap_begin
if ! probe 2>/dev/null; then
	skip "R1 doubts the route" "this kernel can't be probed"
	finish
	exit
fi
load_module
two_namespaces

before=$(doubts)
silence 100
check "below R1 a segment is sent again" wait_for 60 again 4
same "and no route is doubted" "$(doubts)" "$before"
end
before=$(doubts)
silence 2
check "at R1 the route is doubted" wait_for 60 doubted "$before"
# The server, which had nothing to say, has closed its direction.
same "the connection lives on" "$(sockets "$A" CLOSE-WAIT)" 1
end

echo 0 >$tracing/events/kprobes/rill_advice/enable
echo '-:rill_advice' >>$tracing/kprobe_events
finish
