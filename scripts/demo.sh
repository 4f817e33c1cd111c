#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `make demo`: a file travels from an unmodified web server to an unmodified
# curl over Rill, through a link that delays, loses and reorders, in a VM with
# Debian's own kernel. Whatever does not go as it should fails the demo.
# PROTO=tcp shows the same over Linux's TCP, KERNEL= takes another kernel.
set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

kernel=${KERNEL:-stock-6.1}
proto=${PROTO:-rill}
least=$((64 << 20))

step()
{
	printf '\n=== %3d s  %s\n' "$SECONDS" "$*"
}

case $proto in
rill) number=253 ;;
tcp) number=6 ;;
*) die "PROTO is rill or tcp, not '$proto'" ;;
esac
need tshark tcpdump curl tar sha256sum qemu-system-x86_64

step "The kernel: $kernel, fetched once and kept in $RILL_CACHE; nothing is installed"
dir=$("$RILL_TREE/scripts/kernel" get "$kernel")
cat "$dir/about"

step "The module, built for it"
if [ "$proto" = rill ]; then
	make -s -C "$RILL_TREE" KERNEL="$kernel"
	ls -l "$RILL_CACHE/build/$kernel/rill.ko"
	"$RILL_TREE/scripts/rill-run" -p
fi

step "The file: an archive of the kernel modules that came with this kernel"
work=$RILL_CACHE/demo
rm -rf "$work"
mkdir -p "$work/www" "$work/out"
release=$(cat "$dir/release")
tar -C "$dir/modules/$release" -cf "$work/www/modules.tar" kernel/net kernel/fs
size=$(stat -c %s "$work/www/modules.tar")
[ "$size" -ge "$least" ] || die "modules.tar has $size octets, less than 64 MiB"
sum=$(sha256sum <"$work/www/modules.tar" | cut -d' ' -f1)
printf 'modules.tar  %s octets\nSHA-256      %s\n' "$size" "$sum"

step "A virtual machine boots it"
"$RILL_TREE/scripts/vm" -k "$kernel" -t 400 -o "$work/out" \
	-e "PROTO=$proto" -e "DEMO_SIZE=$size" -e "DEMO_SUM=$sum" -e "DEMO_WWW=$work/www" \
	-- scripts/vm-demo || die "the part in the VM failed; its kernel log is $work/out/console.log"

step "What was on the wire, as tshark decodes it (-d ip.proto==$number,tcp)"
capture=$work/out/wire.pcap
decode=(-r "$capture" -d "ip.proto==$number,tcp")
tshark "${decode[@]}" -T fields -E separator=' ' -e frame.time_relative -e ip.src \
	-e tcp.flags.str -e tcp.seq -e tcp.ack -e tcp.len 2>"$work/tshark.log" |
	awk '{ gsub(/[^A-Z]/, "", $3); print }' >"$work/segments" ||
	{ cat "$work/tshark.log" >&2; die "tshark can't read the capture"; }
"$RILL_TREE/scripts/demo-story" "$work/segments" || die "the capture in $capture does not tell the story"

step "Done: the same octets, over $proto, in $SECONDS s"
