# SPDX-License-Identifier: GPL-2.0
"""Every kind of packet through scripts/translate, in both directions, compared octet by octet with one that was
made for the other protocol number from the start.

usage: translate.py NAMESPACE_A NAMESPACE_B    with: a0 ---- b0 (translates) B d0, and B forwards to d0

Run by translate.sh; prints TAP points.
"""
import ctypes
import os
import random
import socket
import struct
import subprocess
import sys
import time

TCP, RILL = 6, 253
UDP, ICMP, ICMP6, FRAGMENT, HOP, DEST = 17, 1, 58, 44, 0, 60
SLOW = int(os.environ.get('RILL_SLOW', '1'))
TRANSLATE = os.path.join(os.path.dirname(__file__), '../scripts/translate')
PACKET_VNET_HDR = 15
libc = ctypes.CDLL(None, use_errno=True)


# ---- Packets ----

def csum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def put(data, at, value):
    return data[:at] + struct.pack('!H', value) + data[at + 2:]


class Ip4:
    name, ethertype, icmp, error, echo = 'IPv4', 0x0800, ICMP, (3, 4, 5, 11, 12), (0, 8)
    src, dst = (socket.inet_aton(a) for a in ('10.77.0.1', '10.88.0.2'))

    def pseudo(self, proto, length):
        return self.src + self.dst + struct.pack('!BBH', 0, proto, length)

    def packet(self, proto, body, hops=64, options=b'', ident=0x1234, frag=0x4000):
        head = struct.pack('!BBHHHBBH', 0x45 + len(options) // 4, 0, 20 + len(options) + len(body), ident, frag,
                           hops, proto, 0) + self.src + self.dst + options
        return put(head, 10, csum(head)) + body

    def icmp_packet(self, kind, rest, hops=64):
        body = struct.pack('!BBHI', kind, 1, 0, 0) + rest
        return self.packet(ICMP, put(body, 2, csum(body)), hops)


class Ip6:
    name, ethertype, icmp, error, echo = 'IPv6', 0x86dd, ICMP6, (1, 2, 3, 4), (128, 129)
    src, dst = (socket.inet_pton(socket.AF_INET6, a) for a in ('fd77::1', 'fd88::2'))

    def pseudo(self, proto, length):
        return self.src + self.dst + struct.pack('!II', length, proto)

    def packet(self, proto, body, hops=64, ext=()):
        """ext: (number, octets behind the "next header" field) of each extension header."""
        kinds = [kind for kind, _ in ext] + [proto]
        body = b''.join(bytes([kinds[i + 1]]) + data for i, (_, data) in enumerate(ext)) + body
        return struct.pack('!IHBB', 6 << 28, len(body), kinds[0], hops) + self.src + self.dst + body

    def icmp_packet(self, kind, rest, hops=64):
        body = struct.pack('!BBHI', kind, 0, 0, 0) + rest
        return self.packet(ICMP6, put(body, 2, csum(self.pseudo(ICMP6, len(body)) + body)), hops)


def segment(ip, proto, payload, options=b'', partial=False):
    """A TCP header and what follows; with partial, its checksum is the pseudo-header's sum alone."""
    body = struct.pack('!HHIIBBHHH', 5253, 4242, 0x01020304, 0x05060708, 0x50 + len(options) * 4, 0x18, 1000, 0,
                       0) + options + payload
    pseudo = ip.pseudo(proto, len(body))
    return put(body, 16, ~csum(pseudo) & 0xffff if partial else csum(pseudo + body))


def octets(n):
    return bytes((i * 31 + (i >> 7)) & 0xff for i in range(n))


def kinds(ip):
    """(name, function of (protocol number, hops)) of everything that is translated."""
    def of(payload, **how):
        return lambda n, hops: ip.packet(n, segment(ip, n, payload), hops, **how)

    for size in (0, 1, 536, 1001):
        yield '%d octets' % size, of(octets(size))
    yield 'TCP options', lambda n, hops: ip.packet(n, segment(ip, n, b'x' * 9, b'\1\1\x08\x0a' + octets(8)), hops)

    def fragments(n, hops, later):
        """Two of one segment; its second half has no header."""
        whole = segment(ip, n, octets(1500))
        part = whole[1000:] if later else whole[:1000]
        if ip is IP4:
            return ip.packet(n, part, hops, frag=125 if later else 0x2000)
        return ip.packet(n, part, hops, ext=((FRAGMENT, struct.pack('!BHI', 0, 1000 if later else 1, 77)),))

    yield 'a first fragment', lambda n, hops: fragments(n, hops, False)
    yield 'a later fragment', lambda n, hops: fragments(n, hops, True)

    def quote(n, hops, kind):
        """The quoted checksum stays what it was: it was made for the number that is translated."""
        inner = ip.packet(n, segment(ip, TCP, octets(8)), 60)
        return ip.icmp_packet(kind, inner, hops)

    for kind in ip.error:
        yield 'quoted by an ICMP error of type %d' % kind, lambda n, hops, kind=kind: quote(n, hops, kind)
    if ip is IP4:
        yield 'IP options', of(octets(99), options=b'\1' * 40)
        return
    pad = struct.pack('!BBB', 0, 1, 4) + b'\0' * 4
    yield 'options to every hop', of(octets(99), ext=((HOP, pad),))
    yield 'options to the destination', of(octets(99), ext=((HOP, pad), (DEST, b'\1' + pad[1:] + b'\0' * 8)))
    yield 'options before a fragment', of(octets(99), ext=((HOP, pad), (FRAGMENT, struct.pack('!BHI', 0, 1, 7))))


def untouched(ip):
    yield 'UDP', lambda hops: ip.packet(UDP, struct.pack('!HHHH', 6, 253, 8, 0), hops)
    for kind in ip.echo:
        inner = ip.packet(TCP, segment(ip, TCP, b''), 60)
        yield 'an echo (type %d) that contains a segment' % kind, \
            lambda hops, kind=kind, inner=inner: ip.icmp_packet(kind, inner, hops)
    inner = ip.packet(UDP, octets(8), 60)
    yield 'an ICMP error about UDP', lambda hops: ip.icmp_packet(ip.error[0], inner, hops)


# ---- The wire ----

def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def packet_socket(netns, device):
    with open('/run/netns/' + netns, encoding='ascii') as ns:
        check(libc.setns(ns.fileno(), 0x40000000))
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind((device, 3))
    return s


class Wire:
    """The way of packets through the device: put() at one end, get() at the other."""

    def __init__(self, a, b):
        self.a0, self.b0 = packet_socket(a, 'a0'), packet_socket(b, 'b0')
        self.d0 = packet_socket(b, 'd0')
        self.partial = packet_socket(b, 'b0')
        self.partial.setsockopt(263, PACKET_VNET_HDR, 1)
        self.mac_a, self.mac_b = (s.getsockname()[4] for s in (self.a0, self.b0))

    def cross(self, ip, packet, ingress, partial=False):
        """What becomes of the packet, without link header; None if nothing arrives."""
        ether = (self.mac_b + self.mac_a if ingress else self.mac_a + self.mac_b) + struct.pack('!H', ip.ethertype)
        take = self.d0 if ingress else self.a0
        take.setblocking(False)
        try:
            while take.recv(65536):
                pass
        except BlockingIOError:
            pass
        if partial:
            start = 14 + len(packet) - partial
            self.partial.send(struct.pack('=BBHHHH', 1, 0, 0, 0, start, 16) + ether + packet)
        else:
            (self.a0 if ingress else self.b0).send(ether + packet)
        end = time.monotonic() + 10 * SLOW
        take.settimeout(10 * SLOW)
        while time.monotonic() < end:
            try:
                data = take.recv(65536)
            except TimeoutError:
                return None
            source = slice(26, 30) if ip is IP4 else slice(22, 38)
            if data[12:14] == ether[12:14] and data[source] == ip.src:
                return data[14:]
        return None


# ---- Points ----

class Points:
    def __init__(self):
        self.count = self.failed = 0

    def point(self, name, *pairs):
        """Passes if got and wanted are the same in each pair."""
        self.count += 1
        bad = [(got, wanted) for got, wanted in pairs if got != wanted]
        print('%sok %d - %s' % ('not ' if bad else '', self.count, name), flush=True)
        for got, wanted in bad[:3]:
            for what, data in (('got', got), ('wanted', wanted)):
                print('# %-6s %s' % (what, data.hex() if isinstance(data, bytes) else data))
        self.failed += bool(bad)


IP4, IP6 = Ip4(), Ip6()
HOOKS = ((True, 'in'), (False, 'out'))


def both_numbers(wire, ip, make, ingress):
    """Forwarding takes a hop off."""
    for n in (RILL, TCP):
        yield wire.cross(ip, make(n, 64), ingress), make(n ^ RILL ^ TCP, 63 if ingress else 64)


def translated(t, wire):
    for ip in (IP4, IP6):
        for ingress, way in HOOKS:
            for name, make in kinds(ip):
                t.point('%s %s: %s' % (ip.name, way, name), *both_numbers(wire, ip, make, ingress))
            for name, make in untouched(ip):
                t.point('%s %s: %s is not touched' % (ip.name, way, name),
                        (wire.cross(ip, make(64), ingress), make(63 if ingress else 64)))
        for n in (RILL, TCP):
            part, body = (segment(ip, m, octets(333), partial=p) for m, p in ((n, True), (n ^ 251, False)))
            t.point('%s: a checksum that is left to the device, %d' % (ip.name, n),
                    (wire.cross(ip, ip.packet(n, part), False, len(part)), ip.packet(n ^ 251, body)))
        rand = random.Random(5253)
        pairs = []
        for _ in range(100):
            payload = rand.randbytes(rand.randrange(40))
            pairs += both_numbers(wire, ip, lambda n, hops, p=payload: ip.packet(n, segment(ip, n, p), hops), False)
        t.point('%s: 200 segments of random octets' % ip.name, *pairs)


def tool(*words):
    return subprocess.run((TRANSLATE,) + words, stderr=subprocess.DEVNULL, check=False).returncode


def output(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, check=True, text=True).stdout


def main():
    a, b = sys.argv[1:3]
    t, wire = Points(), Wire(a, b)
    before = output('ip', '-n', b, '-d', 'link', 'show', 'dev', 'b0'), output('tc', '-n', b, 'qdisc', 'show')
    t.point('it is switched on', (tool('on', 'b0', '-n', b), 0))
    translated(t, wire)
    t.point('twice is an error', (tool('on', 'b0', '-n', b), 1))
    t.point('no such device, no such namespace', (tool('on', 'nil', '-n', b), 1), (tool('on', 'b0', '-n', 'nil'), 1))
    t.point('it is switched off', (tool('off', 'b0', '-n', b), 0))
    t.point('off twice is an error', (tool('off', 'b0', '-n', b), 1))
    t.point('nothing of it is left', *zip(
        (output('ip', '-n', b, '-d', 'link', 'show', 'dev', 'b0'), output('tc', '-n', b, 'qdisc', 'show')), before))
    for ip in (IP4, IP6):
        t.point('%s: nothing is translated any more' % ip.name, *(
            (wire.cross(ip, ip.packet(n, segment(ip, n, b'x'), hops), ingress),
             ip.packet(n, segment(ip, n, b'x'), 63 if ingress else 64))
            for n in (RILL, TCP) for ingress, hops in ((True, 64), (False, 64))))
    output('tc', '-n', b, 'qdisc', 'add', 'dev', 'b0', 'clsact')
    output('tc', '-n', b, 'filter', 'add', 'dev', 'b0', 'ingress', 'pref', '7', 'matchall', 'action', 'ok')
    filters = output('tc', '-n', b, 'filter', 'show', 'dev', 'b0', 'ingress')
    t.point("somebody else's filter is left alone", (tool('on', 'b0', '-n', b), 0), (tool('off', 'b0', '-n', b), 0),
            (output('tc', '-n', b, 'filter', 'show', 'dev', 'b0', 'ingress'), filters))
    print('1..%d' % t.count)
    sys.exit(bool(t.failed))


main()
