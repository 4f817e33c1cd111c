# SPDX-License-Identifier: GPL-2.0
"""A capture in pcap's format, as the segments in it."""
import ipaddress
import struct

PROTOCOLS = {6: 'TCP', 253: 'Rill', 254: 'Rill'}
FIN, SYN, RST, ACK = 1, 2, 4, 16

# By the first four octets: the order of the others, and nanoseconds in a unit of a second's fraction.
MAGIC = {
    b'\xd4\xc3\xb2\xa1': ('<', 1000), b'\xa1\xb2\xc3\xd4': ('>', 1000),
    b'\x4d\x3c\xb2\xa1': ('<', 1), b'\xa1\xb2\x3c\x4d': ('>', 1),
}
PCAPNG = b'\x0a\x0d\x0d\x0a'

# By the type of link: where the EtherType stands (None: there is none), and where IP begins.
LINKS = {
    1: (12, 14),                                # Ethernet
    12: (None, 0), 14: (None, 0), 101: (None, 0), 228: (None, 0), 229: (None, 0),      # raw IP
    113: (14, 16), 276: (0, 20),                # what tcpdump -i any writes
}
VLAN = (0x8100, 0x88a8)
IP_TYPES = (0x0800, 0x86dd)
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60


class CaptureError(Exception):
    """The file is not what it should be; the text says how."""


class Segment:
    """What of a segment a plot shows. Numbers are those on the wire, the time is in nanoseconds."""
    __slots__ = ('time', 'protocol', 'src', 'dst', 'seq', 'ack', 'flags', 'window', 'length', 'wscale', 'sack')


def packets(data):
    """(time, octets captured, octets there were) of each packet."""
    if data[:4] == PCAPNG:
        raise CaptureError('this is pcapng; `editcap -F pcap OLD NEW` makes a pcap of it')
    if data[:4] not in MAGIC or len(data) < 24:
        raise CaptureError('not a capture in the pcap format')
    order, unit = MAGIC[data[:4]]
    link = struct.unpack_from(order + 'I', data, 20)[0] & 0xffff
    if link not in LINKS:
        raise CaptureError('link type %d is not known; known are %s' % (link, ', '.join(map(str, sorted(LINKS)))))
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, captured, length = struct.unpack_from(order + 'IIII', data, at)
        at += 16
        if captured > 0x1000000:
            raise CaptureError('a packet of %d octets: the file is damaged at octet %d' % (captured, at - 16))
        if at + captured <= len(data):          # the last one may be cut off where tcpdump was killed
            yield link, seconds * 1000000000 + fraction * unit, data[at:at + captured], length
        at += captured


def network(link, packet):
    """Where IP begins in a packet; None: it is something else."""
    kind_at, at = LINKS[link]
    if kind_at is None:
        return at
    kind = int.from_bytes(packet[kind_at:kind_at + 2], 'big')
    while kind in VLAN:
        kind = int.from_bytes(packet[at + 2:at + 4], 'big')
        at += 4
    return at if kind in IP_TYPES else None


def ipv4(ip, length):
    """(protocol, source, destination, octets of header, octets of payload); None for fragments."""
    total = int.from_bytes(ip[2:4], 'big') or length
    header = (ip[0] & 15) * 4
    if int.from_bytes(ip[6:8], 'big') & 0x3fff:
        return None
    return ip[9], ip[12:16], ip[16:20], header, total - header


def ipv6(ip, length):
    total = 40 + (int.from_bytes(ip[4:6], 'big') or length - 40)
    kind, at = ip[6], 40
    while kind in (HOP_BY_HOP, ROUTING, DESTINATION) and at + 2 <= len(ip):
        kind, at = ip[at], at + (ip[at + 1] + 1) * 8
    if kind == FRAGMENT:
        return None
    return kind, ip[8:24], ip[24:40], at, total - at


def options(seg, octets):
    """The window scale and the SACK blocks; whatever is malformed ends the list."""
    seg.wscale, seg.sack = None, []
    at = 0
    while at < len(octets) and octets[at] != 0:
        if octets[at] == 1:
            at += 1
            continue
        size = octets[at + 1] if at + 1 < len(octets) else 0
        if size < 2 or at + size > len(octets):
            return
        if octets[at] == 3 and size == 3:
            seg.wscale = min(octets[at + 2], 14)
        elif octets[at] == 5:
            seg.sack = [struct.unpack_from('>II', octets, n) for n in range(at + 2, at + size - 7, 8)]
        at += size


def segment(time, ip, length):
    """The segment in an IP packet of so many octets; None: there is none, or its header isn't whole."""
    version = ip[0] >> 4 if ip else 0
    if version not in (4, 6) or len(ip) < (20 if version == 4 else 40):
        return None
    found = (ipv4 if version == 4 else ipv6)(ip, length)
    if not found or found[0] not in PROTOCOLS or len(ip) < found[3] + 20:
        return None
    seg = Segment()
    seg.time, seg.protocol = time, found[0]
    at, size = found[3], found[4]
    sport, dport, seg.seq, seg.ack, offset, seg.flags, seg.window = struct.unpack_from('>HHIIBBH', ip, at)
    header = (offset >> 4) * 4
    if header < 20 or header > size:
        return None
    seg.src, seg.dst = (found[1], sport), (found[2], dport)
    seg.length = size - header
    options(seg, ip[at + 20:at + header])
    return seg


def segments(data):
    """Every segment of TCP and Rill in a capture, in its order."""
    for link, time, packet, length in packets(data):
        at = network(link, packet)
        seg = segment(time, packet[at:], length - at) if at is not None else None
        if seg:
            yield seg


def text(endpoint):
    """An address and port as /proc/net/rill shows them."""
    address = ipaddress.ip_address(endpoint[0])
    return ('%s:%d' if address.version == 4 else '[%s]:%d') % (address, endpoint[1])
