# SPDX-License-Identifier: GPL-2.0
"""Segments as octets: RFC 9293 section 3.1, independent of what the kernel has for it."""
import struct

from ip import MOD

FLAGS = 'FSRPAUECN'     # from the lowest bit; N is AE, which was NS (RFC 9768)
# kind: name, octets, layout
OPTIONS = {2: ('mss', 4, '!H'), 3: ('wscale', 3, '!B'), 4: ('sackok', 2, ''), 8: ('ts', 10, '!II')}
FASTOPEN, EXPERIMENT = 34, b'\xf9\x89'


class WireError(Exception):
    """A segment that should not have come, or one that did not."""


class Skip(Exception):
    """The kernel lacks what the test needs; its text says what."""


def stream(start, end):
    """The octets of the test stream whose sequence numbers are start..end-1."""
    return bytes((i * 31 + (i >> 7)) & 0xff for i in range(start, end))


def accecn(kind, fields):
    """An AccECN option: up to three fields of three octets (RFC 9768 section 3.2.3)."""
    return bytes((kind, 2 + 3 * len(fields))) + b''.join((f & 0xffffff).to_bytes(3, 'big') for f in fields)


def options(text):
    """'mss 1460,nop,wscale 7,sackok,ts 1 2,accecn0 1 0 1' as octets, padded with EOL.

    A Fast Open cookie is hexadecimal: 'fastopen 0123456789abcdef', or 'fastopen' to ask for one;
    'oldfastopen' is the experimental option.
    """
    if isinstance(text, bytes):
        return text
    out = b''
    for item in filter(None, text.split(',')):
        name, *args = item.split()
        if name.endswith('fastopen'):
            body = EXPERIMENT * (name != 'fastopen') + bytes.fromhex(''.join(args))
            out += struct.pack('!BB', 254 if name != 'fastopen' else FASTOPEN, 2 + len(body)) + body
            continue
        n = [int(a, 0) for a in args]
        out += {'mss': lambda: struct.pack('!BBH', 2, 4, *n),
                'wscale': lambda: struct.pack('!BBB', 3, 3, *n),
                'sackok': lambda: b'\4\2',
                'ts': lambda: struct.pack('!BBII', 8, 10, *n),
                'accecn0': lambda: accecn(172, n),
                'accecn1': lambda: accecn(174, n),
                'nop': lambda: b'\1',
                'eol': lambda: b'\0'}[name]()
    return out + b'\0' * (-len(out) % 4)


def header(sport, dport, seq, ack, flags, win, urg, opts, off, res):
    """A header with checksum 0; numbers as they stand in it, flags as letters of FLAGS."""
    bits = sum(1 << FLAGS.index(f) for f in set(flags))
    return struct.pack('!HHIIHHHH', sport, dport, seq % MOD, ack % MOD, off << 12 | res << 9 | bits, win, 0, urg) + opts


class Seg:
    """One segment as it was seen on the wire, numbers made relative by a Peer."""

    def __init__(self, ip, packet, t):
        self.t = t
        self.version, self.tos, self.ttl, self.flow = packet.version, packet.tos, packet.ttl, packet.flow
        self.proto, self.df, body = packet.proto, packet.df, packet.body
        self.src, self.dst, self.ipopts = packet.src, packet.dst, packet.ipopts
        self.good_sum = ip.segment_csum(self.src, packet.last, self.proto, body) == 0
        (self.sport, self.dport, self.seq, self.ack, bits, self.win, _,
         self.urg) = struct.unpack_from('!HHIIHHHH', body)
        off = bits >> 12
        self.flags = ''.join(f for i, f in enumerate(FLAGS) if bits >> i & 1)
        self.reserved = bits >> 9 & 7
        self.data = body[off * 4:]
        self.opts, self.kinds = self.parse(body[20:off * 4])

    @staticmethod
    def parse(raw):
        """Options by name, and their kinds in order."""
        opts, kinds = {}, []
        while raw:
            kind = raw[0]
            kinds.append(kind)
            if kind == 0:
                if any(raw):
                    raise WireError('octets after End-of-Option-List are not zero (MUST-69)')
                break
            if kind == 1:
                raw = raw[1:]
                continue
            if kind == 5 and raw[1] % 8 == 2 and 10 <= raw[1] <= len(raw):
                edges = struct.unpack('!%dI' % (raw[1] // 4), raw[2:raw[1]])
                opts['sack'] = list(zip(edges[::2], edges[1::2]))
                raw = raw[raw[1]:]
                continue
            if kind == FASTOPEN or (kind == 254 and raw[2:4] == EXPERIMENT):
                name, head = ('fastopen', 2) if kind == FASTOPEN else ('oldfastopen', 4)
                opts[name] = raw[head:raw[1]].hex()
                raw = raw[raw[1]:]
                continue
            if kind in (172, 174) and raw[1] % 3 == 2 and raw[1] <= min(11, len(raw)):
                opts['accecn%d' % (kind == 174)] = tuple(
                    int.from_bytes(raw[i:i + 3], 'big') for i in range(2, raw[1], 3))
                raw = raw[raw[1]:]
                continue
            name, size, layout = OPTIONS.get(kind, (str(kind), raw[1], ''))
            if raw[1] != size or size > len(raw) or size < 2:
                raise WireError('option %s has length %d' % (name, raw[1]))
            value = struct.unpack(layout, raw[2:size]) if layout else (True,)
            opts[name] = value[0] if len(value) == 1 else value
            raw = raw[size:]
        return opts, kinds

    @property
    def len(self):
        return len(self.data)

    @property
    def span(self):
        """Sequence numbers that this segment occupies."""
        return self.len + ('S' in self.flags) + ('F' in self.flags)

    @property
    def ecn(self):
        return self.tos & 3

    @property
    def ts(self):
        return self.opts.get('ts')

    def __str__(self):
        opts = ' '.join(k if v is True else '%s=%s' % (k, v) for k, v in self.opts.items())
        return '%s seq=%d len=%d%s win=%d%s%s%s' % (
            self.flags or 'none', self.seq, self.len,
            ' ack=%d' % self.ack if 'A' in self.flags else '', self.win,
            ' ecn=%d' % self.ecn if self.ecn else '',
            ' urg=%d' % self.urg if 'U' in self.flags else '',
            ' <%s>' % opts if opts else '')
