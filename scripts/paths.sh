#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Goodput of Rill beside TCP over a matrix of emulated paths, in virtual time.
# Documentation/paths.md says how to read it.
set -eu -o pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

usage()
{
	cat <<'EOT'
usage: scripts/paths.sh [options] [--write]
  -q         eight cells of the matrix only
  -f         fairness only
  -c CELL    this cell only: bw=10,rtt=50,loss=1,reorder=0,buf=1;
             may be repeated
  -w         with the packets: PREFIX.pcap and PREFIX-lost.pcap of each run
  -n SEEDS   runs of a cell with loss or reordering (default 3, with -q 2)
  -b KIB     SO_SNDBUF and SO_RCVBUF of both ends (default: the kernel's)
  -x N=V     one more argument of scripts/paths/path.c; may be repeated
  -j VMS     at a time (default 2)
  -k KERNEL  default stock-6.1
  --write    the tables go into Documentation/paths.md; only of the
             whole matrix with nothing changed
The exit status is 1 where the rule does not hold.
EOT
	exit "${1:-2}"
}

kernel=stock-6.1 what=all seeds='' jobs=2 capture='' write=''
extra=() cells=()
while getopts qfc:wn:b:x:j:k:h-: opt; do
	case $opt in
	q) what=quick ;;
	f) what=fair ;;
	c) cells+=("$OPTARG") ;;
	w) capture=1 ;;
	n) seeds=$OPTARG ;;
	b) extra+=("sockbuf=$OPTARG") ;;
	x) extra+=("$OPTARG") ;;
	j) jobs=$OPTARG ;;
	k) kernel=$OPTARG ;;
	h) usage 0 ;;
	-) [ "$OPTARG" = write ] || usage
		write=--write ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 0 ] || usage
[ -z "$write" ] || [ "${#extra[@]}" = 0 ] || die "--write takes neither -b nor -x"
cd "$RILL_TREE"
[ "${#cells[@]}" = 0 ] || what=${cells[*]}
[ -n "$seeds" ] || seeds=$([ "$what" = quick ] && echo 2 || echo 3)

scripts/build -k "$kernel"
need modprobe xz
mkdir -p "$RILL_CACHE/log"
out=$(mktemp -d "$RILL_CACHE/log/paths-$kernel.XXXXXX")
scripts/paths/matrix plan "$what" "$seeds" "${extra[@]}" >"$out/plan"

# A cell's runs are of one boot.
awk -v jobs="$jobs" -v out="$out" '{
	cell = $0
	sub(/ flows=.*/, "", cell)
	if (!(cell in job))
		job[cell] = n++ % jobs
	print >(out "/plan-" job[cell])
}' "$out/plan"
say "$(wc -l <"$out/plan") runs on $kernel; everything goes to $out"

# What the machine needs, in a directory for each.
dir=$(scripts/kernel get "$kernel")
files()
{
	mkdir "$2"
	cp "$1" "$2/plan"
	cp scripts/paths/run "$RILL_CACHE/build/$kernel/rill.ko" "$2/"
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -static -o "$2/path" scripts/paths/path.c
	[ ! -d "$dir/root" ] || modprobe -d "$dir/root" -S "$(cat "$dir/release")" --show-depends tun |
		while read -r _ module _; do
			case $module in
			*.xz) xz -dc "$module" >"$2/tun.ko" ;;
			*) cp "$module" "$2/tun.ko" ;;
			esac
		done
}

vms=()
for plan in "$out"/plan-*; do
	vm=$out/vm-${plan##*-}
	files "$plan" "$vm-files"
	scripts/vm -c -q -k "$kernel" -t 36000 -o "$vm" -a "$vm-files" -- ./run $capture &
	vms+=($!)
done 3> >(scripts/paths/matrix progress "$out/plan") >&3
status=0
for pid in "${vms[@]}"; do
	wait "$pid" || status=$?
done
rm -rf "$out"/vm-*-files
[ $status = 0 ] || say "not all of it could be measured"
for vm in "$out"/vm-*; do
	scripts/paths/matrix unpack "$vm" "$vm/output" >>"$out/results.tsv"
done
scripts/paths/matrix table "$out/plan" "$out/results.tsv" $write | tee "$out/table.md" || status=1
exit $status
