#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Congestion control that is chosen: for a socket, for a namespace, from a module that comes and goes
# while it is used.
set -eu -o pipefail
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

ours='cubic reno dctcp bbr'
example=$(dirname "${RILL_KO:-}")/Documentation/examples/scalable/rill_scalable.ko

# A socket that says its algorithm, takes each that it is told, and says that or the error.
cat >"$WORK/choose" <<'EOF'
import errno, socket, sys

def name(s):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b'\0').decode()

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 253)
print(name(s), flush=True)
for line in sys.stdin:
    try:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, line.strip().encode())
        print(name(s), flush=True)
    except OSError as e:
        print(errno.errorcode[e.errno], flush=True)
EOF

chooses()
{
	printf '%s\n' "$@" | in_a /usr/bin/python3 -B "$WORK/choose" | paste -sd' '
}

default_of()
{
	ip netns exec "$1" cat /proc/sys/net/rill/congestion_control
}

set_default()
{
	ip netns exec "$1" sh -c "echo $2 >/proc/sys/net/rill/congestion_control"
}

available()
{
	cat /proc/sys/net/rill/available_congestion_control
}

in_use()
{
	! rmmod "$1" 2>"$WORK/error" && grep -q 'in use' "$WORK/error"
}

# Children have what their listener had, whatever the namespace's has become.
accepted()
{
	in_a /usr/bin/python3 -B - <<'EOF'
import socket

def name(s):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16).rstrip(b'\0').decode()

ears = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 253)
ears.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b'scalable')
ears.bind(('127.0.0.1', 0))
ears.listen()
caller = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 253)
caller.connect(ears.getsockname())
child = ears.accept()[0]
print(name(caller), name(child))
EOF
}

# Octets across a bad link, with the algorithm changed while they are under way.
under_way()
{
	in_a /usr/bin/python3 -B - <<'EOF'
import socket, threading

N = 3000000
ears = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 253)
ears.bind(('127.0.0.1', 0))
ears.listen()
caller = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 253)
caller.connect(ears.getsockname())
child = ears.accept()[0]

def send():
    for i in range(30):
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, (b'scalable', b'reno', b'cubic')[i % 3])
        caller.sendall(bytes([i]) * (N // 30))
    caller.close()

sender = threading.Thread(target=send)
sender.start()
got = b''.join(iter(lambda: child.recv(65536), b''))
sender.join()
print(got == b''.join(bytes([i]) * (N // 30) for i in range(30)))
EOF
}

tap_begin
if [ "$PROTO" = tcp ]; then
	skip "congestion control from modules" "TCP has its own"
	finish
	exit
fi
load_module
two_namespaces

same "cubic is the default" "$(available), $(default_of "$A")" "$ours, cubic"
same "a socket chooses" "$(chooses reno cubic)" "cubic reno cubic"
same "but only what there is" "$(chooses nonesuch scalable reno)" "cubic ENOENT ENOENT reno"

insmod "$example"
same "a module adds its own" "$(available)" "$ours scalable"
check "without which rill can't go" in_use rill
same "a socket chooses that" "$(chooses scalable)" "cubic scalable"
set_default "$A" scalable
same "and a namespace for its own sockets" \
	"$(default_of "$A") $(default_of "$B") $(chooses reno scalable)" "scalable cubic scalable reno scalable"
set_default "$A" reno
same "accepted connections have their listener's" "$(accepted)" "reno scalable"
in_a tc qdisc add dev lo root netem delay 2ms loss 2%
same "it may change on the way" "$(under_way)" True
in_a tc qdisc del dev lo root

set_default "$A" scalable
mkfifo "$WORK/in" "$WORK/out"
in_a /usr/bin/python3 -B "$WORK/choose" <"$WORK/in" >"$WORK/out" &
exec {in}>"$WORK/in" {out}<"$WORK/out"
read -rt $((60 * SLOW)) -u "$out" name || name=
same "a socket that holds it" "$name" scalable
check "keeps its module" in_use rill_scalable
echo cubic >&"$in"
read -rt $((60 * SLOW)) -u "$out" name || name=
same "until it has chosen another" "$name" cubic
check "then the module goes, with closed sockets still there" wait_for 120 rmmod rill_scalable
same "what it offered has gone" "$(available)" "$ours"
same "new sockets begin with cubic" "$(chooses reno)" "cubic reno"
exec {in}>&- {out}<&-
wait
finish
