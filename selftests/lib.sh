# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the selftests; sourced, not run. Namespaces and a veth pair between them, waiting for
# conditions, TAP, the module. Every test also runs with PROTO=tcp, which proves the test itself.

RILL_CACHE=${RILL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rill}
TOOLS=${RILL_TOOLS:-$RILL_CACHE/build/tools}
PROTO=${PROTO:-rill}
SLOW=${RILL_SLOW:-1}
export RILL_SLOW=$SLOW
WORK=$(mktemp -d)

#	A: 10.77.0.1/24 a0 ---- b0 10.77.0.2/24 :B
A=rill-a-$$
B=rill-b-$$
A_ADDR=10.77.0.1
B_ADDR=10.77.0.2

# ---- TAP ----

tap_count=0
tap_failed=0

tap_begin()
{
	echo "TAP version 13"
}

ok()
{
	echo "ok $((tap_count += 1)) - $1"
}

# not_ok NAME [LINE...]: the lines say why.
not_ok()
{
	local line

	echo "not ok $((tap_count += 1)) - $1"
	tap_failed=$((tap_failed + 1))
	shift
	for line; do
		echo "# $line"
	done
}

skip()
{
	echo "ok $((tap_count += 1)) - $1 # SKIP $2"
}

# check NAME COMMAND...: one point; on failure the command's output and the protocol's state.
check()
{
	local name=$1

	shift
	if "$@" >"$WORK/check" 2>&1; then
		ok "$name"
	else
		not_ok "$name"
		sed 's/^/# /' "$WORK/check"
		explain
	fi
}

# same NAME GOT WANTED
same()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got: $2" "wanted: $3"
		explain
	fi
}

# What there is to know after a failure, of both ends.
explain()
{
	local ns

	for ns in "$A" "$B"; do
		[ -e "/run/netns/$ns" ] || continue
		{
			echo "--- $ns"
			ip netns exec "$ns" sh -c 'head -n 20 /proc/net/rill; grep -v " 0$" /proc/net/rill_stat'
		} 2>/dev/null | sed 's/^/# /'
	done
	dmesg 2>/dev/null | tail -n 8 | sed 's/^/# dmesg: /'
}

finish()
{
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
}

# ---- Waiting ----

# wait_for SECONDS COMMAND...: until it succeeds; the time is stretched on slow kernels.
wait_for()
{
	local end=$((SECONDS + $1 * SLOW))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

file_has()
{
	grep -q "$2" "$1"
}

# ---- The module ----

load_module()
{
	[ "$PROTO" != tcp ] || return 0
	grep -q '^rill ' /proc/modules || insmod "$RILL_KO"
}

# ---- Namespaces ----

in_a()
{
	ip netns exec "$A" "$@"
}

in_b()
{
	ip netns exec "$B" "$@"
}

# Fixed neighbours, so that loss is the protocol's alone.
two_namespaces()
{
	local ns

	ip netns add "$A"
	ip netns add "$B"
	ip -n "$A" link add a0 type veth peer name b0 netns "$B"
	for ns in "$A" "$B"; do
		ip -n "$ns" link set lo up
	done
	ip -n "$A" addr add $A_ADDR/24 dev a0
	ip -n "$B" addr add $B_ADDR/24 dev b0
	ip -n "$A" link set a0 up
	ip -n "$B" link set b0 up
	ip -n "$A" neigh replace $B_ADDR dev a0 lladdr "$(in_b cat /sys/class/net/b0/address)"
	ip -n "$B" neigh replace $A_ADDR dev b0 lladdr "$(in_a cat /sys/class/net/a0/address)"
}

set_mtu()
{
	ip -n "$A" link set a0 mtu "$1"
	ip -n "$B" link set b0 mtu "$1"
}

# netem [WORDS...]: the same on both ways; without words nothing is in the way.
netem()
{
	if [ $# = 0 ]; then
		tc -n "$A" qdisc del dev a0 root 2>/dev/null || true
		tc -n "$B" qdisc del dev b0 root 2>/dev/null || true
		return
	fi
	tc -n "$A" qdisc replace dev a0 root netem limit 20000 "$@"
	tc -n "$B" qdisc replace dev b0 root netem limit 20000 "$@"
}

# own_sysctl NAMESPACE NAME [VALUE]: the protocol's own setting, without prefix.
own_sysctl()
{
	local prefix=net.rill.

	[ "$PROTO" != tcp ] || prefix=net.ipv4.tcp_
	if [ $# = 2 ]; then
		ip netns exec "$1" sysctl -n "$prefix$2"
	else
		ip netns exec "$1" sysctl -qw "$prefix$2=$3"
	fi
}

# The protocol's pages and sockets, as /proc/net/protocols counts them.
protocol_column()
{
	local name=RILL

	[ "$PROTO" != tcp ] || name=TCP
	awk -v name=$name -v column="$1" 'toupper($1) == name { sum += $column } END { print sum + 0 }' /proc/net/protocols
}

protocol_sockets()
{
	protocol_column 3
}

protocol_pages()
{
	protocol_column 4
}

pages_below()
{
	[ "$(protocol_pages)" -lt "$1" ]
}

# ---- Transfers ----

# start_server NAMESPACE [OPTIONS...]: xfer in the background, $server its id, once it listens.
start_server()
{
	local ns=$1

	shift
	rm -f "$WORK/server"
	ip netns exec "$ns" "$TOOLS/xfer" server "$PROTO" "$@" >"$WORK/server" 2>&1 &
	server=$!
	wait_for 10 file_has "$WORK/server" listening || cat "$WORK/server" >&2
}

# transfer OPTIONS...: client in A, server in B, both must be content.
transfer()
{
	local status=0

	start_server "$B" -t $((60 * SLOW)) "$@"
	in_a "$TOOLS/xfer" client "$PROTO" -a $B_ADDR -t $((60 * SLOW)) "$@" || status=$?
	if [ $status != 0 ]; then
		kill "$server" 2>/dev/null || true
	fi
	wait "$server" || status=$?
	cat "$WORK/server"
	return $status
}

# ---- The end ----

cleanup()
{
	local ns pids

	trap - EXIT INT TERM
	for ns in $(ip netns list | awk '{ print $1 }' | grep -e "-$$\$" || true); do
		pids=$(ip netns pids "$ns")
		# shellcheck disable=SC2086 # several ids
		[ -z "$pids" ] || kill -9 $pids 2>/dev/null || true
		ip netns delete "$ns" || true
	done
	rm -rf "$WORK"
}

trap cleanup EXIT
trap 'exit 1' INT TERM
