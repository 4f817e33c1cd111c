#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: no
# Rill in A talks to Linux's TCP in B, through scripts/translate at A's device.
#
#   interop.sh [-6] [transfers|behaviours|calls|programs]...
#
# With PROTO=tcp there is TCP at both ends and no translator.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/sockapi-compare.sh
. "$(dirname "$0")/sockapi-compare.sh"

here=$(dirname "$0")
parts=${*:-transfers behaviours calls programs}
least_mtu=576
[ "$FAMILY" = 4 ] || least_mtu=$MIN_MTU
size=$((2097152 / SLOW))

translate()
{
	"$here/../scripts/translate" "$1" a0 -n "$A"
}

# role CLIENT: who connects, A with $PROTO or B with TCP; sets the rest.
role()
{
	if [ "$1" = A ]; then
		client_ns=$A client_proto=$PROTO server_ns=$B server_proto=tcp addr=$B_ADDR
	else
		client_ns=$B client_proto=tcp server_ns=$A server_proto=$PROTO addr=$A_ADDR
	fi
}

# mixed OPTIONS...: as transfer() does, with one end TCP's.
mixed()
{
	local status=0

	PROTO=$server_proto start_server "$server_ns" -t $((60 * SLOW)) "$@"
	ip netns exec "$client_ns" "$TOOLS/xfer" client "$client_proto" "-$FAMILY" -a "$addr" -t $((60 * SLOW)) "$@" || status=$?
	[ $status = 0 ] || kill "$server" 2>/dev/null || true
	wait "$server" || status=$?
	cat "$WORK/server"
	return $status
}

# both NAME OPTIONS...
both()
{
	local name=$1

	shift
	role A
	check "$PROTO connects: $name" mixed "$@"
	role B
	check "TCP connects: $name" mixed "$@"
}

transfers()
{
	local octets words

	for octets in 1 1447 1449 65537; do
		both "$octets octets there" -u $octets
		both "$octets octets back" -d $octets
	done
	both "nothing at all"
	both "both ways at once" -u $size -d $size
	both "the answer after the FIN" -w -u $size -d $size
	both "in pieces of 7" -u 7000 -d 7000 -b 7
	both "100 connections, 20 at a time" -k 100 -j 20 -u 10000 -d 10000
	# Now what TCP sends arrives in packets of the link's size, not in larger ones.
	in_b ethtool -K b0 tso off gso off >/dev/null
	while read -r words; do
		# shellcheck disable=SC2086 # netem's words
		netem $words
		both "$words, there" -u $size
		both "$words, back" -d $size
		both "$words, both ways" -u $((size / 2)) -d $((size / 2))
	done <<'EOT'
delay 2ms loss 2%
delay 4ms reorder 75% 50%
delay 1ms duplicate 5%
delay 1ms corrupt 1%
EOT
	netem
	in_b ethtool -K b0 tso on gso on >/dev/null
	for words in $least_mtu 9000; do
		set_mtu "$words"
		both "an MTU of $words" -u $size -d $size
	done
	set_mtu 1500
}

behaviours()
{
	local failed=0

	TAP_COUNT=$tap_count /usr/bin/python3 -B "$here/interop.py" "$PROTO" "$A,$B" "$A_ADDR,$B_ADDR" \
		2>&1 | tee "$WORK/behaviours" | grep --line-buffered -v "^@points" || true
	read -r tap_count failed <<<"$(sed -n 's/^@points //p' "$WORK/behaviours")"
	tap_failed=$((tap_failed + failed))
}

# The calls of two ends, answered as between two ends of TCP.
calls()
{
	local topics=(send recv vector file shutdown share uring urgent)

	[ "$PROTO" = tcp ] || translate off
	answers "$WORK/tcp" -n "$B,$A" -a "$B_ADDR,$A_ADDR" tcp "${topics[@]}"
	[ "$PROTO" = tcp ] || translate on
	answers "$WORK/connects" -n "$B,$A" -a "$B_ADDR,$A_ADDR" -s tcp "$PROTO" "${topics[@]}"
	compare "$PROTO connects" "$WORK/tcp" "$WORK/connects"
	answers "$WORK/listens" -n "$A,$B" -a "$A_ADDR,$B_ADDR" -s "$PROTO" tcp "${topics[@]}"
	compare "TCP connects" "$WORK/tcp" "$WORK/listens"
}

as_client()
{
	(become "$client_proto" "$client_ns" "$@")
}

programs()
{
	local who

	head -c "$size" /dev/urandom >"$WORK/file"
	for who in A B; do
		role $who
		serve "$server_proto" "$server_ns" /usr/bin/python3 -m http.server --bind "$addr" --directory "$WORK" 8000
		check "curl in $who and a web server" as_client curl -sS --max-time $((60 * SLOW)) \
			-o "$WORK/got" "http://$(in_url "$addr"):8000/file"
		check "the same file" cmp "$WORK/file" "$WORK/got"
		stop
		serve "$server_proto" "$server_ns" iperf3 -s -B "$addr"
		check "iperf3 in $who" as_client iperf3 -c "$addr" -n "$size"
		check "iperf3 in $who, in reverse" as_client iperf3 -c "$addr" -R -n "$size"
		stop
		serve "$server_proto" "$server_ns" socat -u "TCP$FAMILY-LISTEN:8000,reuseaddr,bind=$(in_url "$addr")" "OPEN:$WORK/got,creat,trunc"
		check "socat in $who" as_client socat -u "OPEN:$WORK/file" "TCP$FAMILY:$(in_url "$addr"):8000"
		check "it ends at the other end" wait "$server"
		check "the same file" cmp "$WORK/file" "$WORK/got"
	done
}

tap_begin
load_module
two_namespaces
if [ "$PROTO" = rill ]; then
	check "the translator" translate on
fi
for part in $parts; do
	$part
done
if [ "$PROTO" = rill ]; then
	check "the translator is taken away" translate off
fi
finish
