# SPDX-License-Identifier: GPL-2.0
"""A scripted peer: one end of a connection, played by hand.

A test gets a Wire (`t`, see wire.py), opens sockets on it as a program would,
and plays the other end with a Peer: p.send('S', seq=0), p.expect('SA', ack=1).
Sequence numbers are relative to either side's SYN, as in packetdrill. Whatever
arrives and was not expected fails the test, with a transcript of both ends.
"""
import struct
import time

from segment import MOD, WireError, header, options, stream

# How long an answer may take before it counts as missing. Emulated machines
# are slow, and nothing depends on an answer being fast unless a test says so.
PATIENCE = 20.0
# What a timer may fire early by: two ticks at 100 Hz.
EARLY = 0.02

ANY = object()


class Peer:
    """One end of one connection, played by hand."""

    def __init__(self, wire, port, host_port=None, isn=None, ip=None, dev='v0', address=None, host=None):
        self.wire, self.port, self.host_port = wire, port, host_port
        self.ip = ip or wire.ip     # the version of IP
        self.dev = dev              # the host's device
        self.address, self.host = address or self.ip.peer, host or self.ip.host
        self.isn = wire.next_isn() if isn is None else isn % MOD
        self.irs = None         # the host's initial sequence number
        self.nxt = 0            # relative: what the peer sends next
        self.una = 0            # relative: what of the host's data the peer has acknowledged
        self.room = 0           # the window the host offers, where a test uses it up
        self.wscale = 0         # the host's, where a test asks
        self.ts = 0             # the host's timestamp to echo, where a test uses them
        self.rcv = 0            # relative: what the peer has received up to
        self.win = 65535
        self.opts = b''         # options of every segment that names none
        self.queue = []
        self.strict = False     # retransmissions are the test's business

    # -- what the peer sends ------------------------------------------------

    def send(self, flags='A', seq=None, ack=None, data=b'', win=None, opts=None, urg=0, **bad):
        """Sends a segment; a number as data takes that much of the test stream.

        bad: sum= replaces the checksum, off= the data offset, res= the
        reserved bits, cut= keeps so many octets of the segment, pad= adds so
        many behind it that the IP header does not count, src= and dst= are
        addresses in place of the peer's and the host's, fragment= cuts the
        packet in two there, tos=, ttl= and flow= are fields of the IP header,
        ipopts= are IPv4's options, ext= IPv6's extension headers, last= is
        the address behind a routing header.
        """
        at = self.nxt if seq is None else seq
        if isinstance(data, int):
            first = at + ('S' in flags)
            data = stream(first, first + data)
        opts = options(self.opts if opts is None else opts)
        if ack is None:
            ack = self.rcv if 'A' in flags else None
        win = self.win if win is None else win
        h = header(self.port, self.host_port, self.isn + at,
                   0 if ack is None else (self.irs or 0) + ack, flags, win, urg, opts,
                   bad.get('off', 5 + len(opts) // 4), bad.get('res', 0))
        body = bytearray(h + data)[:bad.get('cut')]
        src, dst = bad.get('src', self.address), bad.get('dst', self.host)
        if len(body) >= 18:
            good = self.ip.segment_csum(self.ip.aton(src), self.ip.aton(bad.get('last', dst)),
                                        self.wire.proto, bytes(body))
            body[16:18] = struct.pack('!H', bad.get('sum', lambda x: x)(good))
        span = len(data) + ('S' in flags) + ('F' in flags)
        if (set(flags) & {'S', 'A'} and 'R' not in flags and at <= self.nxt < at + span
                and not bad.keys() & {'sum', 'off', 'cut', 'src', 'dst'}):
            self.nxt = at + span
        self.wire.log('> %5d' % self.port, '%s seq=%d len=%d%s win=%d%s%s%s' % (
            flags or 'none', at, len(data), '' if ack is None else ' ack=%d' % ack,
            win, ' urg=%d' % urg if 'U' in flags else '', ' opts=' + opts.hex() if opts else '',
            ' %s' % {k: getattr(v, '__name__', v) for k, v in bad.items()} if bad else ''))
        more = {k: bad[k] for k in ('pad', 'ipopts', 'ext', 'fragment', 'tos', 'ttl', 'flow') if k in bad}
        return self.wire.emit(bytes(body), ip=self.ip, src=src, dst=dst, dev=self.dev, **more)

    def sack(self, *blocks, ack=None, **more):
        """An ACK that tells of blocks of the host's data: (first octet, the one behind the last)."""
        edges = [((self.irs or 0) + edge) % MOD for block in blocks for edge in block]
        opts = struct.pack('!BBBB%dI' % len(edges), 1, 1, 5, 2 + 4 * len(edges), *edges)
        return self.send('A', ack=ack, opts=options(self.opts) + opts, **more)

    def icmp(self, seg, kind, code, *_, mtu=0, cut=8, seq=0, sport=0, dport=0, src=None):
        """An ICMP error about a segment of the host's, of which cut octets are quoted.

        seq, sport, dport: off by so much; src: the router that says so.
        """
        start = struct.pack('!HHI', seg.sport + sport, seg.dport + dport,
                            ((self.irs or 0) + seg.seq + seq) % MOD)
        quoted = self.ip.quoted(seg, self.wire.proto, start)[:self.ip.header + cut]
        src = src or self.address
        self.wire.log('> %5d' % self.port, 'ICMP %d/%d mtu=%d about seq %d' % (kind, code, mtu, seg.seq + seq))
        self.wire.emit(self.ip.error(src, self.host, kind, code, mtu, quoted), proto=self.ip.icmp,
                       ip=self.ip, src=src, dst=self.host, dev=self.dev)

    def error(self, seg, name, **more):
        """The same by what it says, as the version of IP has it: 'port', 'host', 'too big'."""
        self.icmp(seg, *self.ip.errors[name][:2], **more)

    # -- what the host sends ------------------------------------------------

    def relative(self, seg):
        if 'S' in seg.flags and self.irs is None:
            self.irs = seg.seq
            self.host_port = seg.sport
        seg.seq = (seg.seq - (self.irs or 0)) % MOD
        if 'A' in seg.flags:
            seg.ack = (seg.ack - self.isn) % MOD
        if 'sack' in seg.opts:
            seg.opts['sack'] = [tuple((edge - self.isn) % MOD for edge in block) for block in seg.opts['sack']]
        return seg

    def sanity(self, seg):
        """What must hold for every segment ever sent."""
        if not seg.good_sum:
            raise WireError('wrong checksum (MUST-2)')
        if seg.reserved:
            raise WireError('reserved bits are set')
        if seg.urg and 'U' not in seg.flags:
            raise WireError('urgent pointer %d without URG' % seg.urg)
        if 2 in seg.kinds and 'S' not in seg.flags:
            raise WireError('MSS option without SYN (MUST-65)')
        if 'A' not in seg.flags and seg.ack:
            raise WireError('acknowledgment number %d without ACK' % seg.ack)

    def repeated(self, seg, seq=None, flags=None):
        """A retransmission that the test doesn't ask for: the machine is slow, that's all.

        Tests about retransmission set strict and get to see every one, but for
        those of the handshake.
        """
        if not seg.span or 'R' in seg.flags or seg.seq + seg.span > self.rcv:
            return False
        asked = seg.seq == seq and (flags is None or ('S' in flags) == ('S' in seg.flags))
        return not asked and (not self.strict or 'S' in seg.flags)

    def next(self, within=None, what='a segment', seq=None, flags=None):
        """The next segment for this peer, whatever it is (seq, flags: it may repeat such a one)."""
        deadline = time.time() + (PATIENCE if within is None else within)
        while True:
            while self.queue:
                seg = self.queue.pop(0)
                self.sanity(seg)
                if self.repeated(seg, seq, flags):
                    continue
                if seg.span and 'R' not in seg.flags and seg.seq <= self.rcv < seg.seq + seg.span:
                    self.rcv = seg.seq + seg.span
                return seg
            if not self.wire.poll(deadline - time.time()):
                raise WireError('%s did not come within %.1f s' % (
                    what, PATIENCE if within is None else within))

    def expect(self, flags, seq=None, ack=None, len=0, win=ANY, within=None, **more):
        """The next segment must be this one. PSH counts only where psh= is given.

        Defaults: seq is the next new octet, ack all that the peer has sent,
        len 0. more: psh data mss wscale sackok sack ts accecn0 accecn1 urg ecn fastopen
        (None: absent).
        """
        text = '%s%s' % (flags, '' if seq is None else ' seq=%s' % seq)
        rcv, nxt = self.rcv, self.nxt
        seg = self.next(within, 'expected ' + text, seq, flags)
        want = {'flags': set(flags) - {'P'}, 'len': len, 'win': win}
        have = {'flags': set(seg.flags) - {'P'}, 'len': seg.len, 'win': seg.win,
                'seq': seg.seq, 'ack': seg.ack, 'psh': 'P' in seg.flags, 'data': seg.data,
                'mss': seg.opts.get('mss'), 'wscale': seg.opts.get('wscale'),
                'sackok': 'sackok' in seg.opts, 'ts': seg.ts, 'urg': seg.urg,
                'sack': seg.opts.get('sack'), 'accecn0': seg.opts.get('accecn0'), 'accecn1': seg.opts.get('accecn1'),
                'tos': seg.tos, 'ttl': seg.ttl, 'flow': seg.flow, 'ecn': seg.ecn,
                'df': seg.df, 'fastopen': seg.opts.get('fastopen')}
        if 'S' not in flags and 'R' not in flags or seq is not None:
            want['seq'] = rcv if seq is None else seq
        if 'A' in flags and 'R' not in flags or ack is not None:
            want['ack'] = nxt if ack is None else ack
        want.update(more)
        wrong = ['%s is %s, expected %s' % (k, have[k], v)
                 for k, v in want.items() if v is not ANY and have[k] != v]
        if wrong:
            raise WireError('expected %s, got [%s]: %s' % (text, seg, '; '.join(wrong)))
        first = seg.seq + ('S' in seg.flags)
        if seg.len and 'data' not in more and seg.data != stream(first, first + seg.len):
            raise WireError('[%s] carries the wrong octets' % seg)
        return seg

    def at_once(self, flags, **kw):
        """As expect(), for an answer that no timer may have to bring."""
        self.wire.sync()
        return self.expect(flags, within=0, **kw)

    def soon(self, flags, **kw):
        """As expect(), for data that is to come well before an RTO of 1.5 s."""
        return self.expect(flags, within=1.0, **kw)

    def aborted(self):
        """The host gives the connection up: RST at its SND.NXT, with or without ACK."""
        seg = self.next(what='a reset')
        if not {'R'} <= set(seg.flags) <= {'R', 'A'} or seg.seq != self.rcv:
            raise WireError('expected a reset at %d, got [%s]' % (self.rcv, seg))
        return seg

    def stamp(self, val):
        """From now on segments carry this timestamp, and echo the host's last."""
        self.opts = 'nop,nop,ts %d %d' % (val, self.ts)

    def acked(self, to=None, within=None):
        """Pure ACKs, delayed or not, until all (or up to `to`) is acknowledged."""
        to = self.nxt if to is None else to
        last = None
        while last is None or last.ack != to:
            last = self.next(within, 'ACK of %d' % to)
            if last.span or set(last.flags) != {'A'} or last.ack > to:
                raise WireError('expected an ACK of %d, got [%s]' % (to, last))
        return last

    # -- where a connection stands ------------------------------------------

    def state(self):
        """The host's state for this connection, from its socket table."""
        return self.wire.states().get((self.host_port, self.port), 'CLOSED')

    def reaches(self, state):
        """Waits until the host's end is in `state`."""
        self.wire.until(lambda: self.state() == state,
                        lambda: 'state %s, is %s' % (state, self.state()))
