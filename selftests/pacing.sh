#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: quick
# over IPv6: quick
# Pacing: by an own timer, by the fq queueing discipline, at rates that change under way, and by an algorithm.
#
# That nothing is faster than it may be is judged by captures; how much slower it is, is the machine's affair. For a
# quick look there are none, as where memory and locks are looked after: that everything waits and goes on is enough.
#
#   pacing.sh [-6] [quick]
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

form=${1:-}
helper=$(dirname "$0")/tools/paced.py
number=253
[ "$PROTO" != tcp ] || number=6

ends()
{
	! kill -0 "$1" 2>/dev/null
}

# start_helper NAMESPACE OUTPUT ARGUMENT...
start_helper()
{
	: >"$WORK/$2"
	ip netns exec "$1" /usr/bin/python3 -B "$helper" "${@:3}" >"$WORK/$2" 2>"$WORK/$2.error" <"$WORK/go" &
}

# start_peer [RATE OCTETS]
start_peer()
{
	start_helper "$B" peer server "$PROTO" "$B_ADDR" "$@"
	peer=$!
	wait_for 60 file_has "$WORK/peer" listening
}

start_us()
{
	start_helper "$A" us client "$PROTO" "$B_ADDR" "$@"
	us=$!
}

stop_both()
{
	kill -9 "$us" "$peer" 2>/dev/null || true
	wait "$us" "$peer" 2>/dev/null || true
}

# run ALGORITHM RATE:OCTETS...: all arrive
run()
{
	local peer us status=0

	start_peer
	start_us "$@"
	wait_for 120 ends "$us" || status=1
	kill "$us" "$peer" 2>/dev/null || true
	wait "$us" || status=1
	wait "$peer" 2>/dev/null || true
	cat "$WORK/us.error" "$WORK/peer.error"
	return $status
}

# within_limits RATE:OCTETS...: all arrive, and none too early
within_limits()
{
	local dump status=0

	if [ "$form" = quick ]; then
		run - "$@"
		return
	fi
	ip netns exec "$A" tcpdump -i a0 -s 128 -B 16384 -U -w "$WORK/pcap" "ip proto $number or ip6 proto $number" 2>"$WORK/dump" &
	dump=$!
	wait_for 30 file_has "$WORK/dump" 'listening on'
	run - "$@" || status=1
	kill $dump
	wait $dump || true
	cat "$WORK/us"
	[ $status = 0 ] && /usr/bin/python3 -B "$helper" judge "$WORK/pcap" "$WORK/us" $((20 * SLOW))
}

# Times that a timer had something sent. A machine that stalls makes some.
alarms()
{
	local name n sum=0

	for name in Timeouts TailProbes ZeroWindowProbes; do
		n=$(counter "$A" $name)
		sum=$((sum + ${n:-0}))
	done
	echo $sum
}

# Octets in A's queueing discipline.
queued()
{
	tc -n "$A" -s -j qdisc show dev a0 | sed -n 's/.*"backlog":\([0-9]*\).*/\1/p'
}

waits_are()
{
	[ "$(counter "$A" PacingWaits)" = "$1" ]
}

# grown COUNTER BEFORE [NAMESPACE]
grown()
{
	[ "$(counter "${3:-$A}" "$1")" -gt "$2" ]
}

tap_begin
mkfifo "$WORK/go"
exec {go}<>"$WORK/go"
load_module
two_namespaces

if [ "$PROTO" != tcp ]; then
	check "who sets no limit sends" run - 0:1000000
	check "and waits for nothing" waits_are 0
fi
check "a low rate" within_limits 100000:150000
if [ "$PROTO" != tcp ]; then
	check "segments wait for their turn" grown PacingWaits 0
fi
if [ "$form" != quick ]; then
	check "a segment in less than a millisecond" within_limits 2000000:$((2000000 / SLOW))
	check "less between two than a timer is worth" within_limits 20000000:$((8000000 / SLOW))
	check "higher rates, and then no limit" within_limits 50000:100000 200000:200000 1000000:500000 0:1000000
	check "a lower rate for what is under way" within_limits 1000000:500000+ 200000:100000
	check "no limit for what waits" run - 2000:20000+ 0:1000000
	before=$(alarms)
	check "segments that take longer than a retransmission timeout" within_limits 50000:50000 4000:30000
	if [ "$PROTO" != tcp ]; then
		check "no timer takes that for a loss" [ "$(alarms)" -lt $((before + 5)) ]
	fi
fi
netem delay 5ms loss 3%
check "what is sent again waits, too" within_limits 100000:200000
netem

tc -n "$A" qdisc replace dev a0 root fq
before=$(counter "$A" PacingWaits)
check "fq: rates" within_limits 100000:150000 1000000:500000 0:1000000
if [ "$PROTO" != tcp ]; then
	check "fq paces, and nothing else does" waits_are "$before"
fi
tc -n "$A" qdisc del dev a0 root

# A slow device with a long queue in front of it.
tc -n "$A" qdisc replace dev a0 root tbf rate 10mbit burst 3028 limit 4000000
start_peer
start_us reno 0:6000000
most=0
# TCP makes its segments large where the round-trip time is small.
enough=30000
[ "$PROTO" != tcp ] || enough=400000
until ends $us; do
	now=$(queued)
	most=$((now > most ? now : most))
done
check "all arrives through a slow device" wait $us
check "and little of it has waited there: $most octets" [ "$most" -lt $enough ]
if [ "$PROTO" != tcp ]; then
	check "the rest has waited in the send queue" grown DeviceWaits 0
fi
wait $peer || true
# From a peer that says nothing: the device alone tells when it can take more. On a long path a little is two segments.
tc -n "$B" qdisc replace dev b0 root netem delay 200ms
start_peer
start_us - wait 0:10000+
check "a connection opens" wait_for 60 file_has "$WORK/us" ready
tc -n "$B" qdisc replace dev b0 root netem loss 100%
echo >&$go
check "an initial window leaves bit by bit" wait_for 30 file_has "$WORK/peer" '^10000 octets'
stop_both
netem

if [ "$PROTO" != tcp ]; then
	before=$(counter "$B" PacingWaits)
	start_peer 200000 60000
	start_us - take:60000
	check "a listener's limit" wait_for 60 ends $us
	check "holds for its connections" grown PacingWaits "$before" "$B"
	stop_both

	netem delay 10ms rate 50mbit
	before=$(counter "$A" PacingWaits)
	check "bbr paces by itself" run bbr 0:1000000
	check "its segments wait" grown PacingWaits "$before"
	netem

	# Closed while most of it waits: an orphan with a timer, when the module goes.
	start_peer
	before=$(counter "$A" PacingWaits)
	start_us - 1000:60000+
	check "segments wait for long" wait_for 60 grown PacingWaits "$before"
	tc -n "$B" qdisc replace dev b0 root netem loss 100%
	stop_both
	check "and the module can go" wait_for 20 rmmod rill
fi
finish
