#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What rill costs, beside TCP: instructions and memory. Documentation/bench.md says how to read it.
set -eu -o pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

usage()
{
	cat <<'EOT'
usage: scripts/bench.sh [-k KERNEL] [-n REPEAT] [-b BOOTS] [-s SCALE]
  -k KERNEL  default 7.2-fast
  -n REPEAT  repetitions in a boot (default 3)
  -b BOOTS   (default 1)
  -s SCALE   per cent of the usual amounts (default 100)
EOT
	exit "${1:-2}"
}

kernel=7.2-fast repeat=3 boots=1 scale=100
while getopts k:n:b:s:h opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	n) repeat=$OPTARG ;;
	b) boots=$OPTARG ;;
	s) scale=$OPTARG ;;
	h) usage 0 ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 0 ] || usage
cd "$RILL_TREE"

scripts/build -k "$kernel"
bench=$RILL_CACHE/bin/bench
mkdir -p "$RILL_CACHE/bin" "$RILL_CACHE/log"
gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$bench.$$" scripts/bench/bench.c
mv "$bench.$$" "$bench"
out=$(mktemp -d "$RILL_CACHE/log/bench-$kernel.XXXXXX")
say "$boots boots of $kernel, $repeat repetitions; every result goes to $out"
results=()
for ((boot = 1; boot <= boots; boot++)); do
	begun=$SECONDS
	scripts/vm -c -q -k "$kernel" -t 3600 -o "$out/$boot" \
		-- scripts/bench/run "$bench" "$repeat" "$scale" |
		while read -r line; do
			say "$((SECONDS - begun)) s: $line"
		done
	results+=("$out/$boot/output")
done
echo "rill and TCP on $kernel: instructions (median), and bytes of memory"
scripts/bench/table "${results[@]}"
