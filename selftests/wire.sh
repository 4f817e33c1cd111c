#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A scripted peer plays the other end of a veth pair: chosen segments, every
# answer judged. wire.sh [-p PROTO] [-j JOBS] [-v] [-l] [NAME...]; as root, in a
# machine that may be broken. -p 6 tries the tests themselves on Linux's TCP.
set -eu -o pipefail
cd "$(dirname "$0")"

proto=253
prev=
for arg; do
	[ "$prev" != -p ] || proto=$arg
	prev=$arg
done
if [ "$proto" != 6 ] && [ ! -d /sys/module/rill ]; then
	insmod "${RILL_KO:?names no rill.ko; run me through make test TEST=selftests/wire.sh}"
fi
exec /usr/bin/python3 -B wire/run.py "$@"
