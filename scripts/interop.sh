#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `make interop`: Rill and Linux's TCP fetch a file from each other, through a
# router that translates between them, in a VM with Debian's own kernel.
# KERNEL= takes another kernel.
set -eu -o pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/demo-lib.sh
. "$RILL_TREE/scripts/demo-lib.sh"

need tshark tcpdump curl tar sha256sum qemu-system-x86_64

# excerpt CAPTURE PROTOCOL_NUMBER: the handshake's segments with their options
excerpt()
{
	tshark -r "$work/out/$1" -d "ip.proto==$2,tcp" -Y 'tcp.flags.syn == 1' -c 2000 -T fields -E separator=' ' \
		-e ip.src -e ip.dst -e ip.proto -e tcp.seq_raw -e tcp.ack_raw -e tcp.options.mss_val \
		-e tcp.options.wscale.shift -e tcp.options.timestamp.tsval 2>/dev/null |
		awk '{ printf "  %s > %s  protocol %s  seq %s ack %s  mss %s  scale %s  ts %s\n",
			$1, $2, $3, $4, $5, $6, $7, $8 }'
}

demo_kernel
step "The module, built for it"
demo_module
demo_file interop $((16 << 20)) kernel/net
demo_vm scripts/vm-interop

for who in rill tcp; do
	step "What the router saw while the curl over $who fetched it, as tshark decodes it"
	echo "On Rill's side (-d ip.proto==253,tcp), the first segments:"
	excerpt "$who-to-rill.pcap" 253
	echo "On TCP's side, the same ones:"
	excerpt "$who-to-tcp.pcap" 6
	printf "\nRill's side. "
	demo_story "$who-to-rill.pcap" 253
	printf "\nTCP's side. "
	demo_story "$who-to-tcp.pcap" 6
done
step "Done: Rill and TCP understand each other, in $SECONDS s"
