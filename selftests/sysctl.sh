#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debug kernel: no
# The sysctls of net.rill do what the table in Documentation/sysctl.md says: names, defaults, ranges, and
# each namespace its own.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

dir=/proc/sys/net/rill
export LC_ALL=C
table=$(dirname "$0")/../Documentation/sysctl.md

# name|range|default of each sysctl, without blanks around
rows()
{
	awk -F'|' '/^\| `/ { gsub(/[ `]/, "", $2); gsub(/ /, "", $4); gsub(/^ | $/, "", $5)
			     print $2 "|" $4 "|" $5 }' "$table"
}

# The numbers, with one blank between them, in $value.
get()
{
	local numbers

	read -ra numbers <"$dir/$1"
	value=${numbers[*]}
}

put()
{
	{ echo "$2" >"$dir/$1"; } 2>"$WORK/error"
}

# refuses NAME VALUE [ERROR]: what is refused says so and changes nothing.
refuses()
{
	local before error wanted=${3:-Invalid argument}

	get "$1"
	before=$value
	if put "$1" "$2"; then
		echo "$1 took '$2'"
		return 1
	fi
	error=$(<"$WORK/error")
	[[ $error = *"$wanted" ]] || { echo "$error"; return 1; }
	get "$1"
	[ "$value" = "$before" ] || { echo "$1 is '$value' now"; return 1; }
}

takes()
{
	put "$1" "$2" || { echo "$1 refuses '$2'"; return 1; }
	get "$1"
	[ "$value" = "$2" ] || { echo "$1 is '$value', not '$2'"; return 1; }
}

number_in_range()
{
	local name=$1 low=$2 high=$3 bad

	for bad in $((low - 1)) $((high + 1)) x 99999999999999999999; do
		refuses "$name" "$bad" || return 1
	done
	takes "$name" "$low" && takes "$name" "$high"
}

triple_in_range()
{
	local name=$1 low=$2 high=$3 bad

	for bad in "$((low - 1)) $low $low" "$low $low $((high + 1))" "$((low + 1)) $low $high" \
		"$low $high $((high - 1))" "$low x $high"; do
		refuses "$name" "$bad" || return 1
	done
	takes "$name" "$low $low $low" && takes "$name" "$high $high $high"
}

# Pages: the upper end of the range is as good as none.
mem_in_range()
{
	refuses mem "0 1 2" && refuses mem "2 1 3" && refuses mem "1 3 2" &&
		takes mem "1000 2000 3000"
}

algorithm_in_range()
{
	refuses congestion_control nonesuch 'No such file or directory' && takes congestion_control reno
}

keys_in_range()
{
	local bad one=00000001-0000abcd-ffffffff-00000000 two=deadbeef-00000000-00000000-00000001

	for bad in x 1-2-3 1-2-3-4-5 123456789-1-1-1 "1-2-3-4," 1-2-3-4x "1-2-3-4,5-6-7-8,9-a-b-c"; do
		refuses fastopen_key "$bad" || return 1
	done
	takes fastopen_key $one && takes fastopen_key "$one,$two"
}

in_range()
{
	local name=$1 low=${2%..*} high=${2#*..} before status=0

	get "$name"
	before=$value
	case $name in
	mem) mem_in_range ;;
	congestion_control) algorithm_in_range ;;
	available_congestion_control) refuses "$name" reno 'Permission denied' ;;
	fastopen_key) keys_in_range ;;
	rmem | wmem) triple_in_range "$name" "$low" "$high" ;;
	*) number_in_range "$name" "$low" "$high" ;;
	esac || status=$?
	put "$name" "$before"
	return $status
}

by_memory()
{
	local numbers

	get "$1"
	read -ra numbers <<<"$value"
	[ "${numbers[0]}" -gt 0 ] && [ "${numbers[-1]}" -ge "${numbers[0]}" ]
}

own_in_each_namespace()
{
	own_sysctl "$A" syn_retries 3 && [ "$(own_sysctl "$A" syn_retries)" = 3 ] &&
		[ "$(own_sysctl "$B" syn_retries)" = "$1" ] && get syn_retries && [ "$value" = "$1" ]
}

memory_is_the_machines()
{
	[ -e $dir/mem ] && ! in_a test -e $dir/mem
}

tap_begin
if [ "$PROTO" = tcp ]; then
	skip "sysctls of net.rill" "TCP has its own"
	finish
	exit
fi
load_module

same "all are documented" "$(find $dir -type f -printf '%f\n' | sort)" "$(rows | cut -d'|' -f1 | sort)"
while IFS='|' read -r name range default; do
	get "$name"
	if [ "$default" = "by memory" ]; then
		check "$name has a default by memory: $value" by_memory "$name"
	elif [ "$default" = random ]; then
		check "$name is a random one by default" [ "${value//[0-9a-f]/}" = --- ]
	else
		same "$name is $default by default" "$value" "$default"
	fi
	check "$name takes $range and nothing else" in_range "$name" "$range"
done < <(rows)

two_namespaces
get syn_retries
check "a namespace has its own" own_in_each_namespace "$value"
check "the memory limits are the machine's" memory_is_the_machines
finish
