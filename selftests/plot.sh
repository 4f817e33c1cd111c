#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debug kernel: no
# scripts/rill-plot: what it draws of captures made up for it, and of a transfer with rill-sample beside it.
set -eu -o pipefail
cd "$(dirname "$0")/.."
# shellcheck source=selftests/lib.sh
. selftests/lib.sh

tap_begin
/usr/bin/python3 -B selftests/plot.py "$WORK" || true
[ ! -e "$WORK/points" ] || read -r tap_count tap_failed <"$WORK/points"
check "all kinds of captures" test -e "$WORK/points"

load_module
two_namespaces
number=253
[ "$PROTO" = rill ] || number=6
in_a tcpdump -i a0 -s 96 -U -w "$WORK/wire.pcap" "ip proto $number" 2>"$WORK/tcpdump" &
dump=$!
check "tcpdump begins" wait_for 30 file_has "$WORK/tcpdump" 'listening on'
samples=()
# shellcheck disable=SC2317 # called by wait_for
sampled()
{
	awk 'NR > 1 && $4 > 0 && $6 > 0 { found = 1 } END { exit !found }' "$WORK/sampled"
}

if [ "$PROTO" = rill ]; then
	ip netns exec "$A" scripts/rill-sample -i 1 "$WORK/sampled" &
	sampler=$!
	check "rill-sample begins" wait_for 30 file_has "$WORK/sampled" '^time '
	samples=(-s "$WORK/sampled")
fi
netem delay 20ms
start_server "$B" -z -w -u 300000
start_client -w -u 300000
[ "$PROTO" = tcp ] || check "samples of its window and round-trip time" wait_for 30 sampled
kill -USR1 "$server"
check "everything arrives" wait "$server"
check "the sender is content" wait "$client"
# The server's FIN comes last.
fins()
{
	[ "$(tcpdump -r "$WORK/wire.pcap" 'ip[33] & 1 != 0' 2>/dev/null | wc -l)" -ge 2 ]
}
check "all of it is in the capture" wait_for 30 fins
kill $dump
wait $dump || true

drawn()
{
	scripts/rill-plot "${samples[@]}" "$WORK/wire.pcap" "$WORK/drawn.svg"
}

# shellcheck disable=SC2317 # called by check
has_series()
{
	grep -q "class=\"$1\" data-count=\"[1-9]" "$WORK/drawn.svg"
}

if [ "$PROTO" = rill ]; then
	kill "$sampler"
	check "rill-sample ends well" wait "$sampler"
fi
check "it can be drawn" drawn
for series in data ack edge outstanding rtt; do
	check "with $series" has_series $series
done
if [ "$PROTO" = rill ]; then
	check "with cwnd" has_series cwnd
	check "with srtt" has_series srtt
	check "without ssthresh, nothing being lost" eval '! has_series ssthresh'
else
	skip "cwnd and srtt" "TCP has no such file to sample"
fi
finish
