#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debug kernel: no
# The documents say what is so: the README's session runs in what `make shell` gives and prints what it
# says, the files and functions named exist, the modprobe.d file loads the module.
set -eu -o pipefail
cd "$(dirname "$0")/.."
# shellcheck source=selftests/lib.sh
. selftests/lib.sh

listens='ip netns exec right grep -q LISTEN /proc/net/rill'

docs()
{
	/usr/bin/python3 -B selftests/docs.py "$@"
}

# The README's commands as somebody types them, who looks whether a server is there before going on.
typed()
{
	local line

	docs run README.md | while read -r line; do
		echo "$line"
		case $line in
		*'&') echo "timeout $((60 * SLOW)) sh -c 'until $listens; do sleep 0.1; done'" ;;
		esac
	done
}

# Addresses, ports, times and widths may differ.
shape()
{
	sed -E 's/[0-9]+(\.[0-9]+)*/N/g; s/ +/ /g; s/ $//'
}

# What vm-shell says first ends with an empty line behind its last hint.
session()
{
	local status=0

	typed | scripts/vm-shell >"$WORK/session" 2>"$WORK/errors" || status=$?
	sed '1,/^The tree is read-only/d' "$WORK/session" | sed 1d | shape >"$WORK/got"
	docs prints README.md | shape >"$WORK/wanted"
	[ -s "$WORK/wanted" ] && [ $status = 0 ] && diff -u "$WORK/wanted" "$WORK/got" && return
	cat "$WORK/session" "$WORK/errors"
	return 1
}

opens()
{
	/usr/bin/python3 -c "import socket; socket.socket($1, socket.SOCK_STREAM, $2)"
}

# The module where modprobe finds it, and nothing but OUR_CONF to tell it when.
for_modprobe()
{
	local dir

	dir=/lib/modules/$(uname -r)
	mkdir -p "$WORK/modules/lib/modules/${dir##*/}" "$WORK/conf"
	cp "$RILL_KO" "$WORK/modules$dir/"
	depmod -b "$WORK/modules" "${dir##*/}" 2>/dev/null
	mount --bind "$WORK/conf" /etc/modprobe.d
	mount --bind "$WORK/modules$dir" "$dir"
}

loads_for()
{
	opens "$@" && grep -q '^rill ' /proc/modules && rmmod rill
}

stays_out()
{
	! opens "$@" 2>/dev/null && ! grep '^rill ' /proc/modules
}

tap_begin
check "what the documents name is there" docs check
if command -v groff >/dev/null; then
	same "rill.7 can be formatted" "$(groff -mdoc -ww -z -Tutf8 Documentation/rill.7 2>&1)" ""
else
	skip "rill.7 can be formatted" "no groff here"
fi
if [ "$PROTO" = tcp ]; then
	skip "the README's session" "it is about rill alone"
	finish
	exit
fi
! grep -q '^rill ' /proc/modules || rmmod rill
if [ "$SLOW" = 1 ]; then
	check "the README's session" session
	ip netns delete left
	ip netns delete right
	rmmod rill
else
	skip "the README's session" "a compiler takes long on a slow kernel, and make shell has another"
fi
for_modprobe
check "socket() does not load the module" stays_out socket.AF_INET 253
check "nor does the family" stays_out 19 0
cp Documentation/examples/rill.conf "$WORK/conf/"
check "with rill.conf socket(AF_INET, 253) does" loads_for socket.AF_INET 253
check "with rill.conf socket(AF_RILL) does" loads_for 19 0
umount "/lib/modules/$(uname -r)" /etc/modprobe.d
finish
