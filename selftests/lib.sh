# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Shared by the selftests; sourced, not run. Namespaces and a veth pair between them, waiting for
# conditions, TAP, the module. Every test also runs with PROTO=tcp, which proves the test itself.

RILL_CACHE=${RILL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rill}
TOOLS=${RILL_TOOLS:-$RILL_CACHE/build/tools}
PROTO=${PROTO:-rill}
# The version of IP: 4, or 6 by a test's first argument -6. Which of them a test has, its line "families:" says.
FAMILY=4
if [ "${1:-}" = -6 ]; then
	FAMILY=6
	shift
fi
# How many times longer things may take: a debug kernel checks every access to memory.
case ${RILL_KERNEL:-$(uname -r)} in
*debug*) SLOW=${RILL_SLOW:-5} ;;
*) SLOW=${RILL_SLOW:-1} ;;
esac
export RILL_SLOW=$SLOW
WORK=$(mktemp -d)

#	A: 10.77.0.1/24 a0 ---- b0 10.77.0.2/24 :B
#	     fd77::1/64             fd77::2/64
A=rill-a-$$
B=rill-b-$$
# shellcheck disable=SC2034 # some are for the tests alone
if [ "$FAMILY" = 6 ]; then
	A_ADDR=fd77::1
	B_ADDR=fd77::2
	NOBODY=fd77::99
	LOOPBACK=::1
	PREFIX="64 nodad"
	IP_HEADER=40
	MIN_MTU=1280
else
	A_ADDR=10.77.0.1
	B_ADDR=10.77.0.2
	NOBODY=10.77.0.99
	LOOPBACK=127.0.0.1
	PREFIX=24
	IP_HEADER=20
	MIN_MTU=576
fi

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
			ip netns exec "$ns" sh -c 'head -n 20 /proc/net/rill; grep -v " 0$" /proc/net/rill_stat' || true
		} 2>/dev/null | sed 's/^/# /'
	done
	dmesg 2>/dev/null | tail -n 8 | sed 's/^/# dmesg: /' || true
}

finish()
{
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
}

# ---- Waiting ----

# Nothing ever comes out of this pipe: to wait at it takes no program, which costs an emulated machine more than
# the waiting.
exec {nothing}<> <(:)

nap()
{
	read -rt 0.1 -u "$nothing" || true
}

# wait_for SECONDS COMMAND...: until it succeeds; the time is stretched on slow kernels.
wait_for()
{
	local end=$((SECONDS + $1 * SLOW))

	shift
	until "$@" >/dev/null 2>&1; do
		if [ "$SECONDS" -ge "$end" ]; then
			echo "# waited in vain: $*"
			return 1
		fi
		nap
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
	# shellcheck disable=SC2086 # a length and words
	ip -n "$A" addr add $A_ADDR/$PREFIX dev a0
	# shellcheck disable=SC2086
	ip -n "$B" addr add $B_ADDR/$PREFIX dev b0
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

# in_url ADDRESS: as it stands in a URL.
in_url()
{
	case $1 in
	*:*) echo "[$1]" ;;
	*) echo "$1" ;;
	esac
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

# ---- What the kernel says about the protocol ----

# shellcheck disable=SC2016 # awk's, not ours
# sockets NAMESPACE STATE: how many are in that state, by its RFC 9293 name.
sockets()
{
	if [ "$PROTO" = tcp ]; then
		ip netns exec "$1" awk -v state="$2" 'BEGIN {
			n = split("ESTABLISHED SYN-SENT SYN-RECEIVED FIN-WAIT-1 FIN-WAIT-2 TIME-WAIT CLOSED " \
				  "CLOSE-WAIT LAST-ACK LISTEN CLOSING SYN-RECEIVED", name, " ")
			for (i = 1; i <= n; i++) hex[sprintf("%02X", i)] = name[i]
		}
		hex[$4] == state { sum++ }
		END { print sum + 0 }' /proc/net/tcp /proc/net/tcp6
	else
		ip netns exec "$1" awk -v state="$2" '$4 == state { sum++ } END { print sum + 0 }' /proc/net/rill
	fi
}

# sockets_are NAMESPACE STATE COUNT
sockets_are()
{
	[ "$(sockets "$1" "$2")" = "$3" ]
}

some_sockets()
{
	[ "$(sockets "$1" "$2")" -gt 0 ]
}

# shellcheck disable=SC2016 # awk's, not ours
# counter NAMESPACE NAME: TCP and rill have many of the same names.
counter()
{
	if [ "$PROTO" = tcp ]; then
		ip netns exec "$1" awk -v name="$2" '
			!(FNR % 2) { for (i = 2; i <= NF; i++) if (head[i] == name) print $i }
			{ split($0, head) }' /proc/net/snmp /proc/net/netstat
	else
		ip netns exec "$1" awk -v name="$2" '$1 == name { print $2 }' /proc/net/rill_stat
	fi
}

# Of the whole machine: sockets of every namespace, orphans too.
all_sockets()
{
	if [ "$PROTO" = tcp ]; then
		awk '$1 == "TCP:" { print $9 }' /proc/net/sockstat
	else
		awk '$1 == "Sockets" { print $2 }' /proc/net/rill_stat
	fi
}

# at_most COMMAND NUMBER
at_most()
{
	[ "$("$1")" -le "$2" ]
}

# Pages that the sockets of the whole machine hold.
all_pages()
{
	local name=RILL

	[ "$PROTO" != tcp ] || name=TCP
	awk -v name=$name 'toupper($1) == name { sum += $4 } END { print sum + 0 }' /proc/net/protocols
}

# ---- Transfers ----

# start_server NAMESPACE [OPTIONS...]: xfer in the background, $server its id, once it listens.
start_server()
{
	local ns=$1

	shift
	: >"$WORK/server"
	ip netns exec "$ns" "$TOOLS/xfer" server "$PROTO" "-$FAMILY" "$@" >"$WORK/server" 2>&1 &
	server=$!
	wait_for 60 file_has "$WORK/server" listening || cat "$WORK/server"
}

# start_client [OPTIONS...]: xfer in the background, from A to B, $client its id.
start_client()
{
	ip netns exec "$A" "$TOOLS/xfer" client "$PROTO" "-$FAMILY" -a $B_ADDR -t $((300 * SLOW)) "$@" >"$WORK/client" 2>&1 &
	# shellcheck disable=SC2034 # for the caller
	client=$!
}

# transfer OPTIONS...: client in A, server in B, both must be content.
transfer()
{
	local status=0

	start_server "$B" -t $((60 * SLOW)) "$@"
	in_a "$TOOLS/xfer" client "$PROTO" "-$FAMILY" -a $B_ADDR -t $((60 * SLOW)) "$@" || status=$?
	if [ $status != 0 ]; then
		kill "$server" 2>/dev/null || true
	fi
	wait "$server" || status=$?
	cat "$WORK/server"
	return $status
}

# ---- Programs, one server at a time ----

# become PROTOCOL NAMESPACE PROGRAM...: this shell becomes the program, which takes that protocol for TCP.
become()
{
	local proto=$1 ns=$2

	shift 2
	if [ "$proto" = tcp ]; then
		exec ip netns exec "$ns" "$@"
	else
		exec ip netns exec "$ns" "$(dirname "$0")/../scripts/rill-run" "$@"
	fi
}

# listening PROTOCOL NAMESPACE
listening()
{
	PROTO=$1 some_sockets "$2" LISTEN
}

# serve PROTOCOL NAMESPACE PROGRAM...: in the background, $server its id.
serve()
{
	serves=("$1" "$2")
	become "$@" >"$WORK/server" 2>&1 &
	server=$!
	check "$3 listens" wait_for 60 listening "${serves[@]}"
}

stop()
{
	kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	PROTO=${serves[0]} wait_for 20 sockets_are "${serves[1]}" LISTEN 0
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
