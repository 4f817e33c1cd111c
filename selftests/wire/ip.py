# SPDX-License-Identifier: GPL-2.0
"""The two versions of IP: addresses, packets as octets, ICMP. What a test needs of either, by one name."""
import socket
import struct

MOD = 1 << 32
SOURCE_ROUTES = 131, 137
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60


def csum(data):
    """The Internet checksum of these octets."""
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def route(ipopts):
    """The addresses of a source route among these IP options."""
    while ipopts and ipopts[0]:
        if ipopts[0] == 1:
            ipopts = ipopts[1:]
            continue
        if ipopts[0] in SOURCE_ROUTES:
            return [ipopts[i:i + 4] for i in range(3, ipopts[1], 4)]
        ipopts = ipopts[ipopts[1]:]
    return []


class Packet:
    """A packet that was seen: the fields by one name for both versions."""
    version = tos = ttl = proto = flow = 0
    src = dst = ipopts = body = last = b''
    df = None       # IPv4's bit


class IP:
    """What the versions share: names of sockets' options, errors by what they say."""

    def aton(self, address):
        return socket.inet_pton(self.family, address)

    def ntoa(self, octets):
        return socket.inet_ntop(self.family, octets)

    def segment_csum(self, src, dst, proto, segment):
        """The checksum with the pseudo-header before it; addresses in octets."""
        return csum(self.pseudo(src, dst, proto, len(segment)) + segment)

    def endpoint(self, address, port):
        """As a socket call takes it."""
        return (address, port)

    def soft(self):
        return [self.errors[name] for name in self.soft_errors]

    def hard(self):
        return [self.errors[name] for name in self.hard_errors]


class IPv4(IP):
    version, family, ethertype = 4, socket.AF_INET, 0x0800
    host, peer, other, subnet = '10.0.0.1', '10.0.0.2', '10.0.0.5', '24'
    any = '0.0.0.0'
    # Addresses that are nobody's alone; the last may be no source either.
    not_unicast = '10.0.0.255', '255.255.255.255', '224.0.0.1', '0.0.0.0'
    header, default_mss, smallest_mtu = 20, 536, 68
    icmp = socket.IPPROTO_ICMP
    level, tos, ttl, min_ttl = socket.IPPROTO_IP, socket.IP_TOS, socket.IP_TTL, 21
    # RFC 9293 section 3.9.2.2; type and code, and the errno.
    errors = {'net': (3, 0, 'ENETUNREACH'), 'host': (3, 1, 'EHOSTUNREACH'), 'port': (3, 3, 'ECONNREFUSED'),
              'protocol': (3, 2, 'ENOPROTOOPT'), 'source route': (3, 5, 'EOPNOTSUPP'),
              'time': (11, 0, 'EHOSTUNREACH'), 'reassembly': (11, 1, 'EHOSTUNREACH'),
              'parameter': (12, 0, 'EPROTO'), 'too big': (3, 4, 'EMSGSIZE')}
    soft_errors = 'net', 'host', 'source route', 'time', 'reassembly', 'parameter'
    hard_errors = 'protocol', 'port'

    def __init__(self):
        self.ids = 0

    def pseudo(self, src, dst, proto, length):
        return src + dst + struct.pack('!BBH', 0, proto, length)

    def parse(self, packet):
        p, ihl = Packet(), (packet[0] & 15) * 4
        total, = struct.unpack_from('!H', packet, 2)
        p.version, p.tos, p.ttl, p.proto, p.df = 4, packet[1], packet[8], packet[9], bool(packet[6] & 0x40)
        p.src, p.dst, p.ipopts, p.body = packet[12:16], packet[16:20], packet[20:ihl], packet[ihl:total]
        p.last = (route(p.ipopts) or [p.dst])[-1]
        return p

    def packets(self, body, proto, src, dst, ipopts=b'', fragment=0, tos=0, ttl=64):
        """The packet or, cut in two at `fragment`, the packets for these octets."""
        self.ids = (self.ids + 1) & 0xffff
        parts = [(0x4000, body)]
        if fragment:
            parts = [(0x2000, body[:fragment]), (fragment // 8, body[fragment:])]
        for offset, part in parts:
            h = struct.pack('!BBHHHBBH4s4s', 0x45 + len(ipopts) // 4, tos, 20 + len(ipopts) + len(part),
                            self.ids, offset, ttl, proto, 0, self.aton(src), self.aton(dst))
            h += ipopts
            yield h[:10] + struct.pack('!H', csum(h)) + h[12:] + part

    def echo(self, src, dst):
        body = struct.pack('!BBHHH', 8, 0, 0, 1, 1)
        return body[:2] + struct.pack('!H', csum(body)) + body[4:]

    def is_echo_reply(self, p):
        return p.body[0] == 0

    def quoted(self, seg, proto, start):
        """The head of a packet of the host's, as a router sends it back."""
        return struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40 + seg.len, 1, 0x4000, 63, proto, 0,
                           seg.src, seg.dst) + start

    def error(self, src, dst, kind, code, mtu, quoted):
        body = struct.pack('!BBHHH', kind, code, 0, 0, mtu) + quoted
        return body[:2] + struct.pack('!H', csum(body)) + body[4:]


def extension(kind, *content):
    """An extension header as packets() takes it, padded to eight octets; RFC 8200 section 4."""
    body = b''.join(content)
    pad = -(len(body) + 2) % 8
    if pad:
        body += b'\0' if pad == 1 else bytes([1, pad - 2]) + bytes(pad - 2)
    return kind, bytes([(len(body) + 2) // 8 - 1]) + body


class IPv6(IP):
    version, family, ethertype = 6, socket.AF_INET6, 0x86dd
    host, peer, other, subnet = 'fd77::1', 'fd77::2', 'fd77::5', '64'
    any = '::'
    not_unicast = 'ff02::1', 'ff05::1:3', 'ff0e::1', '::'
    header, default_mss, smallest_mtu = 40, 1220, 1280
    icmp = socket.IPPROTO_ICMPV6
    level, tos, ttl, min_ttl = socket.IPPROTO_IPV6, socket.IPV6_TCLASS, socket.IPV6_UNICAST_HOPS, 73
    errors = {'net': (1, 0, 'ENETUNREACH'), 'host': (1, 3, 'EHOSTUNREACH'), 'port': (1, 4, 'ECONNREFUSED'),
              'prohibited': (1, 1, 'EACCES'), 'time': (3, 0, 'EHOSTUNREACH'),
              'reassembly': (3, 1, 'EHOSTUNREACH'), 'parameter': (4, 0, 'EPROTO'),
              'next header': (4, 1, 'EPROTO'), 'option': (4, 2, 'EPROTO'), 'too big': (2, 0, 'EMSGSIZE')}
    soft_errors = 'net', 'host', 'time', 'reassembly', 'parameter', 'next header', 'option'
    hard_errors = 'prohibited', 'port'

    def __init__(self):
        self.ids = 0

    def pseudo(self, src, dst, proto, length):
        return src + dst + struct.pack('!II', length, proto)

    def parse(self, packet):
        p = Packet()
        word, length, p.proto, p.ttl = struct.unpack_from('!IHBB', packet)
        p.version, p.tos, p.flow = 6, word >> 20 & 0xff, word & 0xfffff
        p.src, p.dst, p.body = packet[8:24], packet[24:40], packet[40:40 + length]
        p.last = p.dst
        while p.proto in (HOP_BY_HOP, ROUTING, DESTINATION):
            size = 8 + p.body[1] * 8
            if p.proto == ROUTING and p.body[3]:
                p.last = p.body[size - 16:size]
            p.proto, p.ipopts, p.body = p.body[0], p.ipopts + p.body[:size], p.body[size:]
        return p

    def packets(self, body, proto, src, dst, fragment=0, ext=(), tos=0, ttl=64, flow=0):
        """The same for IPv6; ext: extension headers, as extension() makes them."""
        self.ids += 1
        kinds = [kind for kind, _ in ext] + [proto]
        chain = b''.join(bytes([following]) + octets for (_, octets), following in zip(ext, kinds[1:]))
        parts = [chain + body]
        if fragment:
            first, rest = parts[0][:fragment], parts[0][fragment:]
            parts = [struct.pack('!BBHI', kinds[0], 0, offset, self.ids) + part
                     for offset, part in ((1, first), (fragment, rest))]
            kinds[0] = FRAGMENT
        for part in parts:
            yield struct.pack('!IHBB16s16s', 6 << 28 | tos << 20 | flow, len(part), kinds[0], ttl,
                              self.aton(src), self.aton(dst)) + part

    def summed(self, src, dst, body):
        total = self.segment_csum(self.aton(src), self.aton(dst), self.icmp, body)
        return body[:2] + struct.pack('!H', total) + body[4:]

    def echo(self, src, dst):
        return self.summed(src, dst, struct.pack('!BBHHH', 128, 0, 0, 1, 1))

    def is_echo_reply(self, p):
        return p.body[0] == 129

    def quoted(self, seg, proto, start):
        return struct.pack('!IHBB16s16s', 6 << 28 | seg.flow, 20 + seg.len, proto, 63, seg.src, seg.dst) + start

    def error(self, src, dst, kind, code, mtu, quoted):
        return self.summed(src, dst, struct.pack('!BBHI', kind, code, 0, mtu) + quoted)


VERSIONS = {4: IPv4, 6: IPv6}


def only(version):
    """Decorates a test that is about this version of IP alone."""
    def mark(test):
        test.versions = (version,)
        return test
    return mark
