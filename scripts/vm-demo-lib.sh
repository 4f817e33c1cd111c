# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What vm-demo and vm-interop share; sourced in the VM.

pids=()
dumps=()

step()
{
	printf '\n--- %3d s  %s\n' "$SECONDS" "$*"
}

die()
{
	local ns

	echo "${0##*/}: $*" >&2
	for ns in $(ip netns list | cut -d' ' -f1); do
		echo "--- $ns:"
		at "$ns" sh -c 'head -n 20 /proc/net/tcp /proc/net/rill; cat /proc/net/rill_stat' 2>/dev/null
	done >&2
	exit 1
}

# until_true SECONDS WHAT COMMAND...
until_true()
{
	local end=$((SECONDS + $1)) what=$2

	shift 2
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || die "in vain: $what"
		sleep 0.2
	done
}

at()
{
	ip netns exec "$@"
}

# has_state NAMESPACE PROTOCOL STATE: is a socket there in a state, by RFC 9293's name of it?
has_state()
{
	local state=$3

	if [ "$2" = tcp ]; then
		case $state in
		LISTEN) state=' 0A ' ;;
		TIME-WAIT) state=' 06 ' ;;
		ESTABLISHED) state=' 01 ' ;;
		esac
	fi
	at "$1" grep -q -- "$state" "/proc/net/$2"
}

# join NAMESPACE DEVICE ADDRESS NAMESPACE DEVICE ADDRESS: a link between two of them
join()
{
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	while [ $# -gt 0 ]; do
		ip -n "$1" link set lo up
		ip -n "$1" addr add "$3/24" dev "$2"
		ip -n "$1" link set "$2" up
		shift 3
	done
}

# bad_link NAMESPACE DEVICE: what leaves there is delayed, lost and reordered
bad_link()
{
	tc -n "$1" qdisc add dev "$2" root netem limit 10000 delay 5ms loss 1% reorder 99% gap 200
	tc -n "$1" qdisc show dev "$2"
}

# capture NAMESPACE DEVICE PROTOCOL_NUMBER NAME: to NAME.pcap, from now until captures_end
capture()
{
	ip netns exec "$1" tcpdump -i "$2" -s 96 -B 16384 -U -w "$RILL_OUT/$4.pcap" "ip proto $3" 2>"/tmp/tcpdump.$4" &
	dumps+=("$!:$4")
	until_true 300 "tcpdump begins" grep -q 'listening on' "/tmp/tcpdump.$4"
}

# captured FILE: nothing has been added for two seconds.
captured()
{
	local before

	before=$(stat -c %s "$1")
	sleep 2
	[ "$(stat -c %s "$1")" = "$before" ]
}

captures_end()
{
	local dump

	for dump in "${dumps[@]}"; do
		until_true 120 "tcpdump catches up" captured "$RILL_OUT/${dump#*:}.pcap"
		kill "${dump%:*}"
		wait "${dump%:*}" || die "tcpdump: $(cat "/tmp/tcpdump.${dump#*:}")"
		tail -n 3 "/tmp/tcpdump.${dump#*:}"
	done
	dumps=()
}

counter()
{
	at "$1" sed -n "s/^$2 //p" /proc/net/rill_stat
}

same_file()
{
	local sum

	sum=$(sha256sum </tmp/modules.tar | cut -d' ' -f1)
	printf 'sent     %s\nreceived %s\n' "$DEMO_SUM" "$sum"
	[ "$sum" = "$DEMO_SUM" ] || die "the file arrived changed"
}

kill_all()
{
	kill "${pids[@]}" 2>/dev/null || true
	wait 2>/dev/null || true
	pids=()
}

unload()
{
	step "The module is unloaded, TIME-WAIT and all"
	until_true 30 "rmmod" rmmod rill
	! grep '^rill ' /proc/modules || die "it is still there"
	echo "rmmod rill: done"
}
