# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What `make demo` and `make interop` share on this side of the VM; sourced after lib.sh.

kernel=${KERNEL:-stock-6.1}

step()
{
	printf '\n=== %3d s  %s\n' "$SECONDS" "$*"
}

demo_kernel()
{
	step "The kernel: $kernel, fetched once and kept in $RILL_CACHE; nothing is installed"
	dir=$("$RILL_TREE/scripts/kernel" get "$kernel")
	cat "$dir/about"
}

demo_module()
{
	make -s -C "$RILL_TREE" KERNEL="$kernel"
	ls -l "$RILL_CACHE/build/$kernel/rill.ko"
	"$RILL_TREE/scripts/rill-run" -p
}

# demo_file NAME LEAST DIRECTORY...: an archive of these of the kernel's modules, of so many octets at least.
# Sets work, size and sum.
demo_file()
{
	local least=$2 name=$1

	shift 2
	step "The file: an archive of the kernel modules that came with this kernel"
	work=$RILL_CACHE/$name
	rm -rf "$work"
	mkdir -p "$work/www" "$work/out"
	tar -C "$dir/modules/$(cat "$dir/release")" -cf "$work/www/modules.tar" "$@"
	size=$(stat -c %s "$work/www/modules.tar")
	[ "$size" -ge "$least" ] || die "modules.tar has $size octets, less than $least"
	sum=$(sha256sum <"$work/www/modules.tar" | cut -d' ' -f1)
	printf 'modules.tar  %s octets\nSHA-256      %s\n' "$size" "$sum"
}

# demo_vm SCRIPT [OPTIONS OF VM...]
demo_vm()
{
	local script=$1

	shift
	step "A virtual machine boots it"
	"$RILL_TREE/scripts/vm" -k "$kernel" -t 400 -o "$work/out" "$@" \
		-e "DEMO_SIZE=$size" -e "DEMO_SUM=$sum" -e "DEMO_WWW=$work/www" -- "$script" ||
		die "the part in the VM failed; its kernel log is $work/out/console.log"
}

# demo_story CAPTURE PROTOCOL_NUMBER: the connection as tshark decodes it.
demo_story()
{
	local capture=$work/out/$1

	tshark -r "$capture" -d "ip.proto==$2,tcp" -T fields -E separator=' ' -e frame.time_relative -e ip.src \
		-e tcp.flags.str -e tcp.seq -e tcp.ack -e tcp.len 2>"$work/tshark.log" |
		awk '{ gsub(/[^A-Z]/, "", $3); print }' >"$work/segments" ||
		{ cat "$work/tshark.log" >&2; die "tshark can't read the capture"; }
	"$RILL_TREE/scripts/demo-story" "$work/segments" || die "the capture in $capture does not tell the story"
}
