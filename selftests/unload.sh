#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: quick
# insmod, use, rmmod, 200 times on a debug kernel, each time with something else open or left behind.
# Where nobody looks after memory and locks, over IPv6, and for a quick look, two rounds with each thing.
#
#   unload.sh [-6] [quick]
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

tap_begin
if [ "$PROTO" = tcp ]; then
	skip "unloading" "TCP can't be unloaded"
	finish
	exit
fi
two_namespaces
# An address that belongs to nobody, but has a neighbour entry: what is sent there is lost in B.
ip -n "$A" neigh replace $NOBODY dev a0 lladdr "$(in_b cat /sys/class/net/b0/address)"
# Without what debuggers need it loads faster.
strip --strip-debug -o "$WORK/rill.ko" "$RILL_KO"
rounds=46
if [ "${1:-}" != quick ] && [ "$SLOW" != 1 ] && [ "$FAMILY" = 4 ]; then
	rounds=200
fi
status=0
python3 "$(dirname "$0")/unload.py" "$FAMILY" "$WORK/rill.ko" "$rounds" "$A" "$B" || status=$?
exit $status
