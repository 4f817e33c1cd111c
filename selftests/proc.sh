#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: no
# /proc/net/rill and /proc/net/rill_stat: what is documented, for sockets in every state.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

tap_begin
if [ "$PROTO" = tcp ]; then
	skip "/proc/net/rill" "TCP has no such file"
	finish
	exit
fi
load_module
/usr/bin/python3 -B "$(dirname "$0")/proc.py" "$FAMILY"
