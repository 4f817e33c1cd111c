#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debug kernel: no
# The translator between TCP and Rill, packet by packet; what talks through it is interop.sh's business.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

tap_begin
two_namespaces
# B's checksums are its device's, which makes them up at the last moment, behind the translator.
in_b ethtool -K b0 tx off >/dev/null
ip -n "$B" link add d0 type dummy
ip -n "$B" link set d0 up
in_b sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n "$B" route add 10.88.0.0/24 dev d0
ip -n "$B" -6 addr add fd77::2/64 dev b0 nodad
ip -n "$B" -6 route add fd88::/64 dev d0
status=0
/usr/bin/python3 "$(dirname "$0")/translate.py" "$A" "$B" || status=$?
exit $status
