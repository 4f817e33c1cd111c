#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Install the Debian packages that the other scripts need, where they are
# missing, after saying which and why.
set -eu -o pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# package, file that it brings, reason
wanted()
{
	cat <<'EOF'
build-essential    /usr/bin/make                  builds the module and the test kernels
gcc-12             /usr/bin/gcc-12                the compiler of Debian's 6.1 kernel
flex               /usr/bin/flex                  builds the test kernels
bison              /usr/bin/bison                 builds the test kernels
bc                 /usr/bin/bc                    builds the test kernels
libelf-dev         /usr/include/libelf.h          builds the test kernels and modules
libssl-dev         /usr/include/openssl/ssl.h     builds the test kernels
rsync              /usr/bin/rsync                 copies the sources to where they are built
kmod               /sbin/modprobe                 finds which modules the VM needs to boot
cpio               /usr/bin/cpio                  packs the VM's initramfs
xz-utils           /usr/bin/xz                    unpacks kernel sources and modules
busybox-static     /bin/busybox                   first program in the VM
qemu-system-x86    /usr/bin/qemu-system-x86_64    the VM
qemu-system-data   /usr/share/seabios/bios-256k.bin the VM's firmware
iproute2           /sbin/ip                       namespaces, veth and netem in tests
ethtool            /sbin/ethtool                  offload settings in tests
curl               /usr/bin/curl                  real client in demo and tests
iperf3             /usr/bin/iperf3                real traffic in tests
socat              /usr/bin/socat                 real traffic in tests
strace             /usr/bin/strace                system calls in tests
tcpdump            /usr/bin/tcpdump               captures in demo and tests
tshark             /usr/bin/tshark                decodes captures
python3            /usr/bin/python3               scripted peers
python3-scapy      /usr/lib/python3/dist-packages/scapy/__init__.py scripted peers
liburing-dev       /usr/include/liburing.h        io_uring test programs
sparse             /usr/bin/sparse                static checks (make lint)
shellcheck         /usr/bin/shellcheck            static checks (make lint)
EOF
}

missing=()
while read -r package file reason; do
	if [ ! -e "$file" ]; then
		[ "${#missing[@]}" -gt 0 ] || echo "These Debian packages are missing:"
		printf '  %-18s %s\n' "$package" "$reason"
		missing+=("$package")
	fi
done < <(wanted)

if [ "${#missing[@]}" -gt 0 ]; then
	[ "$(id -u)" = 0 ] || die "run this as root, or: apt-get install --no-install-recommends ${missing[*]}"
	echo "Installing them with apt-get."
	log=$RILL_CACHE/log/setup.log
	mkdir -p "$(dirname "$log")"
	export DEBIAN_FRONTEND=noninteractive
	{
		apt-get -o DPkg::Lock::Timeout=300 update &&
			apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "${missing[@]}"
	} >"$log" 2>&1 || {
		tail -n 20 "$log" >&2
		die "apt-get failed; the whole log is $log"
	}
fi
mkdir -p /lib/modules 2>/dev/null || true
