#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs selftests one after the other and adds up their points.
#
#   selftests/run.sh --list               the tests, one command line each
#   selftests/run.sh --list debug         those that `make check` runs on a debug kernel
#   selftests/run.sh --list stock         those that it runs on a stock kernel
#   selftests/run.sh [-4 | -6] [NAME...]  those (all without a name), a NAME as in transfer or sockapi.sh
#
# A test has one form for each version of IP that its line "# families:" names: as it is for IPv4, with -6
# for IPv6. Without the line it has one, and is about neither.
#
# A debug kernel takes many times as long. A test's lines "# debug kernel:" say with which arguments it runs there,
# or no; without one it runs in its first form. Left out is what would show no more there than on another kernel:
# sums and numbers, which are the unit tests' too; long tables and transfers, real programs; over IPv6 the same code.
#
# What runs there over IPv4 in its first form runs over IPv6 on the stock kernel, and so over both. A line "# over IPv6:"
# says with which arguments.
#
# PROTO=tcp runs those that can against Linux TCP instead: that proves the tests.
set -eu -o pipefail
cd "$(dirname "$0")/.."

# Every executable script but this one is a test.
list()
{
	local script

	for script in $(find selftests -maxdepth 1 -type f -perm -u+x -name '*.sh' ! -name run.sh | sort); do
		case $(sed -n 's/^# families: //p' "$script") in
		'' | 4) echo "$script" ;;
		'4 6') printf '%s\n' "$script" "$script -6" ;;
		*) echo "$script: families: 4, or 4 6" >&2; exit 2 ;;
		esac
	done
}

list_debug()
{
	local test words

	for test in $(list | grep -v ' -6$'); do
		grep -q '^# debug kernel:' "$test" || echo "$test"
		while read -r words; do
			[ "$words" = no ] || echo "$test${words:+ $words}"
		done < <(sed -n 's/^# debug kernel://p' "$test")
	done
}

list_stock()
{
	local test words

	list | while read -r test; do
		case $test in
		*' -6')
			words=$(sed -n 's/^# over IPv6: //p' "${test% -6}")
			echo "$test${words:+ $words}"
			;;
		*)
			if grep -q '^# debug kernel:' "$test" || ! grep -q '^# families: 4 6' "$test"; then
				echo "$test"
			fi
			;;
		esac
	done
}

# of_family FAMILY: those lines of the list.
of_family()
{
	case $1 in
	4) grep -v ' -6$' ;;
	6) grep ' -6$' ;;
	*) cat ;;
	esac
}

# matches TEST NAME...
matches()
{
	local test name

	test=$(basename "${1% -6}" .sh)
	shift
	for name; do
		[ "$(basename "$name" .sh)" != "$test" ] || return 0
	done
	return 1
}

if [ "${1:-}" = --list ]; then
	case ${2:-} in
	debug) list_debug ;;
	stock) list_stock ;;
	*) list ;;
	esac
	exit
fi

family=all
case ${1:-} in
-4 | -6)
	family=${1#-}
	shift
	;;
esac
passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mapfile -t tests < <(list | of_family "$family")
for test in "${tests[@]}"; do
	[ $# = 0 ] || matches "$test" "$@" || continue
	echo "# $test"
	status=0
	# shellcheck disable=SC2086 # a test may have an argument
	$test | tee "$log" || status=$?
	p=$(grep -c '^ok ' "$log") || true
	f=$(grep -c '^not ok ' "$log") || true
	s=$(grep -c '^ok .*# SKIP' "$log") || true
	# A test that ends badly without having said so has failed, and so has one without a plan.
	if { [ $status != 0 ] && [ "$f" = 0 ]; } || ! grep -q '^1\.\.' "$log"; then
		echo "not ok - $test ended with status $status"
		f=$((f + 1))
	fi
	passed=$((passed + p - s)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $((passed + failed + skipped)) -gt 0 ] || { echo "no such test" >&2; exit 2; }
[ "$failed" = 0 ]
