#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# insmod, use, rmmod, 200 times ($ROUNDS), each time with something else open or left behind.
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
ip -n "$A" neigh replace 10.77.0.99 dev a0 lladdr "$(in_b cat /sys/class/net/b0/address)"
# Without what debuggers need it loads faster.
strip --strip-debug -o "$WORK/rill.ko" "$RILL_KO"
status=0
python3 "$(dirname "$0")/unload.py" "$WORK/rill.ko" "${ROUNDS:-200}" "$A" "$B" || status=$?
exit $status
