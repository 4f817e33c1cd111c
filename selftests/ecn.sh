#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: no
# ECN (RFC 3168), and AccECN (RFC 9768), through a queue that marks instead of dropping: netem's loss with "ecn".
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

marks=InCe
[ "$PROTO" != tcp ] || marks=InCEPkts

# Segments that came to B marked.
enough_marks()
{
	[ "$(counter "$B" $marks)" -ge "$1" ]
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

# On one CPU segments stay in order, so that no loss is suspected.
taskset -pc 0 $$ >/dev/null
tap_begin
load_module
two_namespaces
# And no timeout, should the machine stand still.
ip -n "$A" route add $B_ADDR dev a0 rto_min 30s
own_sysctl "$A" ecn 1
# Slower than the reader, with a short queue: a probe of a shut window would not be ECT and be lost.
own_sysctl "$B" rmem "4096 131072 131072"
tc -n "$A" qdisc replace dev a0 root netem limit 20000 rate 8mbit

# Only what is ECT is marked, and the handshake is not: it has to be over.
start_server "$B" -u 1073741824
start_client -u 1073741824
check "a transfer begins" wait_for 60 moves $(($(sent) + 1000000))
before=$(counter "$A" RetransSegs)
tc -n "$A" qdisc change dev a0 root netem limit 20000 rate 8mbit loss 2% ecn
check "segments are marked" wait_for 120 enough_marks 20
check "the transfer goes on" wait_for 60 moves $(($(sent) + 1000000))
same "nothing is sent again" "$(counter "$A" RetransSegs)" "$before"
if [ "$PROTO" != tcp ]; then
	check "the window follows" [ "$(counter "$A" EcnReductions)" -gt 0 ]
fi
kill -9 "$client" "$server" 2>/dev/null || true
wait "$client" "$server" 2>/dev/null || true

netem loss 1% ecn
own_sysctl "$B" rmem "4096 131072 6291456"
check "both ways, from the handshake to the end" transfer -u 2000000 -d 2000000
if [ "$PROTO" != tcp ]; then
	own_sysctl "$A" ecn 3
	own_sysctl "$B" ecn 3
	before=$(counter "$A" InEce)
	netem loss 5% ecn
	check "AccECN both ways" transfer -u 2000000 -d 2000000
	check "marks are told of" [ "$(counter "$A" InEce)" -gt "$before" ]
fi
finish
