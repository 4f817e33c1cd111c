#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `make demo`: a file travels from an unmodified web server to an unmodified
# curl over Rill, through a link that delays, loses and reorders, in a VM with
# Debian's own kernel. Whatever does not go as it should fails the demo.
# PROTO=tcp shows the same over Linux's TCP, KERNEL= takes another kernel.
set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/demo-lib.sh
. "$RILL_TREE/scripts/demo-lib.sh"

proto=${PROTO:-rill}
case $proto in
rill) number=253 ;;
tcp) number=6 ;;
*) die "PROTO is rill or tcp, not '$proto'" ;;
esac
need tshark tcpdump curl tar sha256sum qemu-system-x86_64

demo_kernel
step "The module, built for it"
[ "$proto" = tcp ] || demo_module
demo_file demo $((64 << 20)) kernel/net kernel/fs
demo_vm scripts/vm-demo -e "PROTO=$proto"

step "What was on the wire, as tshark decodes it (-d ip.proto==$number,tcp)"
demo_story wire.pcap $number

step "Done: the same octets, over $proto, in $SECONDS s"
