#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# families: 4 6
# debug kernel: -x _last_ack -x _fin_wait_1 -x _fin_wait_2 -x _closing -x _close_wait backlog. close. cookies. devices. errqueue. icmp. mtu. sack. timewait.
# debug kernel: -6 mapped v6only link_local flow_label extension too_big errors hop_limit listeners passive_open active_open
# A scripted peer plays the other end of a veth pair: chosen segments, every
# answer judged. wire.sh [-j JOBS] [-v] [-l] [-x NAME]... [NAME...] runs those tests whose
# names contain a NAME, as in close.test_simultaneous_close of wire/test_close.py; as root, in a machine that may be
# broken.
# PROTO=tcp tries the tests themselves on Linux's TCP.
set -eu -o pipefail
cd "$(dirname "$0")"

proto=253
if [ "${PROTO:-rill}" = tcp ]; then
	proto=6
elif [ ! -d /sys/module/rill ]; then
	insmod "${RILL_KO:?names no rill.ko; run me through make test TEST=selftests/wire.sh}"
fi
exec /usr/bin/python3 -B wire/run.py -p $proto "$@"
