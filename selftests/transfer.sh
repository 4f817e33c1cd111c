#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: quick
# over IPv6: quick
# The transfer matrix: every size, direction, MTU and kind of bad link; each byte is checked by its position.
#
#   transfer.sh [-6] [quick]
#
# A: client, B: server, veth with netem on both ends.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# A debug kernel takes many times as long for each byte.
scale()
{
	echo $(($1 / SLOW > 1 ? $1 / SLOW : 1))
}

mss=$((1500 - IP_HEADER - 20))
form=${1:-whole}
if [ "$form" = quick ]; then
	sizes="1 $mss $((mss + 1)) 65537"
	big=$(scale 1048576) huge=$(scale 8388608) pieces=$(scale 100)
else
	sizes="1 2 535 536 537 $((mss - 13)) $((mss - 12)) $((mss - 11)) $mss $((mss + 1)) 65535 65536 65537 1000000"
	big=$(scale 4194304) huge=$(scale 268435456) pieces=200
	[ "$SLOW" = 1 ] || huge=$((huge / 4))
fi

# What netem itself says it dropped proves that the link was bad.
dropped()
{
	tc -n "$A" -s qdisc show dev a0 | awk '/dropped/ { sub(",", "", $7); print $7 + 0 }'
}

run()
{
	check "$1" transfer "${@:2}"
}

# ways NAME BYTES: up, down and both at once; for a quick look the last says it all.
ways()
{
	if [ "$form" != quick ]; then
		run "$1: up" -u "$2"
		run "$1: down" -d "$2"
	fi
	run "$1: both at once" -u "$2" -d "$2"
}

tap_begin
load_module
two_namespaces

for size in $sizes; do
	run "$size bytes up" -u "$size"
	run "$size bytes down" -d "$size"
done
run "nothing at all"
for chunk in 1 7 $((mss - 1)) 100000; do
	run "written in pieces of $chunk" -u $((chunk * pieces)) -d $((chunk * pieces)) -b $chunk
done

for mtu in $MIN_MTU 1500 9000; do
	set_mtu "$mtu"
	ways "mtu $mtu" "$big"
done
set_mtu 1500

small=$((big / 4 > 65536 ? big / 4 : 65536))
while read -r name words; do
	# shellcheck disable=SC2086 # netem's words
	netem $words
	before=$(dropped)
	ways "$name" $small
	case $name in
	loss*)
		# With few segments a link may well lose none: go on until it has.
		for _ in $(seq 20); do
			[ "$(dropped)" = "$before" ] || break
			transfer -u $small -d $small || break
		done
		check "$name: segments were lost" test "$(dropped)" -gt "$before"
		;;
	esac
done <<'EOT'
delay delay 10ms
loss-1 delay 2ms loss 1%
loss-5 delay 2ms loss 5%
reorder delay 5ms reorder 75% 50%
duplicate delay 1ms duplicate 10%
corrupt delay 1ms corrupt 1%
everything delay 3ms 1ms loss 1% reorder 10% duplicate 2% corrupt 1%
EOT
for mtu in $MIN_MTU 9000; do
	set_mtu "$mtu"
	netem delay 2ms loss 1%
	run "mtu $mtu, loss-1: both at once" -u $small -d $small
done
netem
set_mtu 1500

run "$((huge >> 10)) KiB up" -u "$huge" -b 262144
run "$((huge >> 10)) KiB down" -d "$huge" -b 262144
run "$((huge >> 12)) KiB both at once" -u $((huge / 4)) -d $((huge / 4)) -b 262144
finish
