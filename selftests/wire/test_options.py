# SPDX-License-Identifier: GPL-2.0
"""Header and options: RFC 9293 sections 3.1, 3.2 and 3.7.1, RFC 7323."""
import socket

from ip import only
from peer import ANY
from segment import WireError, stream

SO_NO_CHECK = 11
FULL = 'mss 1460,sackok,ts 100 0,nop,wscale 7'
# Options whose length octet can't be true: what follows it can't be read.
IMPOSSIBLE = {
    'length 0': b'\xfe\0\1\1', 'length 1': b'\xfe\1\1\1', 'MSS of length 0': b'\2\0\5\xb4',
    'MSS of length 1': b'\2\1\5\xb4', 'length past the end': b'\xfe\x05\0\0',
    'length 255': b'\xfe\xff\0\0', 'kind at the end, no length': b'\1\1\1\xfe',
    'MSS cut short': b'\1\1\2\4', 'timestamps cut short': b'\1\1\x08\x0a\0\0\0\1',
    'SACK cut short': b'\1\1\5\x0a\0\0\0\1',
}
# Options that can be stepped over, of a known kind but not of its length.
ODD = {
    'MSS of length 2': b'\2\2\1\1', 'MSS of length 3': b'\2\3\5\1', 'MSS of length 5': b'\2\5\2\0\0\0\0\0',
    'window scale of length 2': b'\3\2\1\1', 'window scale of length 4': b'\3\4\7\7',
    'SACK-permitted of length 3': b'\4\3\0\1', 'SACK of length 2': b'\5\2\1\1',
    'SACK of length 9': b'\5\x09' + b'\0' * 7 + b'\1\1\1',
    'timestamps of length 2': b'\x08\2\1\1', 'timestamps of length 9': b'\x08\x09' + b'\0' * 7 + b'\1\1\1',
}


def test_syn_offers(t):
    """RFC 9293 section 3.7.1, MUST-14 SHLD-5, RFC 7323: MSS, window scale and timestamps on a SYN."""
    p = t.peer()
    t.connect(p)
    syn = p.expect('S', mss=1460)
    assert 0 <= syn.opts['wscale'] <= 14
    assert syn.ts[1] == 0


def test_mss_follows_mtu(t):
    """RFC 9293 section 3.7.1, MUST-14 MUST-67: the MSS offered is the MTU less both headers, either way."""
    p = t.peer()
    t.connect(p)
    p.expect('S', mss=1260)
    t.listen()
    q = t.peer(7000)
    q.send('S')
    q.expect('SA', mss=1260)


test_mss_follows_mtu.wire = {'mss': 1260}


def test_default_mss_is_said(t):
    """RFC 9293 section 3.7.1, MAY-3: the MSS option is sent though it says what is taken for granted."""
    p = t.peer()
    t.connect(p)
    p.expect('S', mss=t.ip.default_mss)
    t.listen()
    q = t.peer(7000)
    q.send('S')
    q.expect('SA', mss=t.ip.default_mss)


test_default_mss_is_said.wire = {'mss': None}


def test_offers_can_be_switched_off(t):
    """net.rill.timestamps and net.rill.window_scaling: 0 offers neither, and takes neither."""
    t.sysctl('timestamps', 0)
    t.sysctl('window_scaling', 0)
    p = t.peer()
    t.connect(p)
    p.expect('S', mss=1460, wscale=None, ts=None)
    t.listen()
    q = t.peer(7000)
    q.send('S', opts=FULL)
    q.expect('SA', mss=1460, wscale=None, ts=None)


def test_synack_offers_what_the_syn_did(t):
    """RFC 7323 sections 1.3 and 3.2, SHLD-5: MSS always, other options on a SYN-ACK only where the SYN had them."""
    t.listen()
    for opts, wscale, ts, sackok in (('', 0, 0, 0), ('mss 1460', 0, 0, 0), ('wscale 3', 1, 0, 0),
                                     ('ts 77 0', 0, 1, 0), ('sackok', 0, 0, 1), (FULL, 1, 1, 1)):
        p = t.peer(7000)
        p.send('S', opts=opts)
        seg = p.expect('SA', mss=1460, sackok=ANY if sackok else False)
        assert ('wscale' in seg.opts) == bool(wscale), opts
        assert ('ts' in seg.opts) == bool(ts), opts


def test_default_mss(t):
    """RFC 9293 section 3.7.1, MUST-15: without an MSS option no segment is larger than 536, over IPv6 1220."""
    p, s = t.passive(opts='')
    mss = t.ip.default_mss
    t.write(s, 2 * mss + 128)
    p.expect('A', len=mss)
    p.expect('A', len=mss)
    p.send('A')
    p.expect('A', len=128)
    p.send('A')


def test_default_mss_active(t):
    """RFC 9293 section 3.7.1, MUST-15: the same where the SYN-ACK has no MSS option."""
    p, s = t.active(opts='')
    mss = t.ip.default_mss
    t.write(s, 2 * mss + 128)
    p.expect('A', len=mss)
    p.expect('A', len=mss)
    p.send('A')
    p.expect('A', len=128)
    p.send('A')


def test_peer_mss(t):
    """RFC 9293 section 3.7.1, MUST-14 MUST-16: segments are as large as the peer's MSS allows."""
    p, s = t.passive(opts='mss 1000')
    t.write(s, 2500)
    for n in (1000, 1000, 500):
        p.expect('A', len=n)
        p.send('A')


def test_peer_mss_less_options(t):
    """RFC 9293 section 3.7.1, MUST-16: timestamps come out of the segment's payload."""
    p, s = t.passive_ts('mss 1000')
    t.write(s, 2500)
    for n in (988, 988, 524):
        p.expect('A', len=n)
        p.send('A', opts='nop,nop,ts 100 %d' % p.ts)


def test_huge_peer_mss(t):
    """RFC 9293 section 3.7.1, MUST-16: an MSS beyond the path's MTU enlarges nothing."""
    p, s = t.passive(opts='mss 65535')
    t.write(s, 3000)
    for n in (1460, 1460, 80):
        p.expect('A', len=n)
        p.send('A')


def test_tiny_peer_mss(t):
    """CVE-2019-11479: a peer cannot make segments arbitrarily small; options count, too."""
    for port, mss in ((7000, 0), (7001, 1), (7002, 8)):
        p, s = t.passive_ts('mss %d' % mss, port=port)
        t.write(s, 200)
        first = p.next()
        if not 24 <= first.len <= (88 if mss else t.ip.default_mss - 12):
            raise WireError('a segment of %d octets for an MSS of %d' % (first.len, mss))
        t.abort(s)
        t.drain(p)


def test_mss_only_on_syn(t):
    """RFC 9293 section 3.2, MUST-5 MUST-65: an MSS option behind the handshake means nothing."""
    p, s = t.passive()
    p.send('A', data=10, opts='mss 100')
    p.acked()
    t.read(s, 10)
    t.write(s, 1460)
    p.expect('A', len=1460)
    p.send('A')


def test_mss_is_sent_on_syn_alone(t):
    """RFC 9293 section 3.2, MUST-65: data, FIN, ACK and what is sent again have no MSS option."""
    p, s = t.passive_ts()
    p.strict = True
    t.write(s, 100)
    segs = [p.expect('A', len=100), p.expect('A', seq=1, len=100)]
    p.send('A', data=100)
    segs.append(p.acked())
    s.shutdown(socket.SHUT_WR)
    segs.append(p.expect('FA'))
    p.send('A')
    assert all(8 in seg.kinds and 2 not in seg.kinds for seg in segs), [seg.kinds for seg in segs]


def test_mss_sockopt(t):
    """TCP_MAXSEG before the open lowers what is offered and what is sent."""
    s = t.socket()
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 700)
    p = t.peer()
    t.connect(p, s)
    p.expect('S', mss=700)
    p.send('SA', opts='mss 1460')
    p.expect('A')
    t.write(s, 700)
    p.expect('A', len=700)
    p.send('A')


def test_unknown_options(t):
    """RFC 9293 section 3.1, MUST-6 MUST-68: unknown kinds are stepped over; what follows them counts."""
    for port, unknown in enumerate((b'\xfd\4\1\2', b'\x1c\2', b'\x42\x10' + b'\3' * 14, b'\xff\3\2'), 7000):
        p, s = t.passive(opts=pad(unknown + b'\2\4\3\xe8'), port=port)
        t.write(s, 1000)
        p.expect('A', len=1000)
        p.send('A', data=10, opts=pad(unknown))
        p.acked()
        t.read(s, 10)


def pad(opts):
    return opts + b'\0' * (-len(opts) % 4)


def test_unaligned_options(t):
    """RFC 9293 section 3.2, MUST-64: an MSS option counts at any octet offset."""
    for nops in range(4):
        p, s = t.passive(opts=pad(b'\1' * nops + b'\2\4\3\xe8'), port=7000 + nops)
        t.write(s, 1000)
        p.expect('A', len=1000)
        p.send('A')


def test_end_of_options(t):
    """RFC 9293 section 3.2, MUST-4: behind End-of-Option-List nothing is read, sense or nonsense."""
    for port, behind in ((7000, b'\2\4\3\xe8'), (7001, b'\xfe\0\xfe\0')):
        p, s = t.passive(opts=b'\1\1\1\0' + behind, port=port)
        t.write(s, t.ip.default_mss + 64)
        p.expect('A', len=t.ip.default_mss)
        p.send('A')
        p.expect('A', len=64)
        p.send('A')


def test_forty_octets_of_options(t):
    """RFC 9293 section 3.1, MUST-4 MUST-5: a header of 60 octets, on every kind of segment."""
    p, s = t.passive(opts=b'\1' * 36 + b'\2\4\3\xe8')
    p.send('A', data=10, opts=b'\1' * 40)
    p.acked()
    t.read(s, 10)
    t.write(s, 10)
    p.expect('A', len=10)
    p.send('A', opts=b'\1' * 40)
    p.send('FA', opts=b'\xfd\x28' + b'\5' * 38)
    p.acked()
    t.eof(s)
    p.send('R', opts=b'\1' * 40)
    p.reaches('CLOSED')


def test_impossible_option_length(t):
    """RFC 9293 section 3.1, MUST-5 MUST-7: such a segment changes nothing, is not answered and is counted.

    Rill only: Linux takes the segment and ignores its options from there on.
    """
    t.listen()
    p, s = t.passive(port=7001)
    for name, opts in IMPOSSIBLE.items():
        with t.counted('InOptErrors'):
            q = t.peer(7000)
            q.send('S', opts=opts)
            p.send('A', seq=1, data=10, opts=opts)
            p.send('FA', seq=1, opts=opts)
            p.send('R', seq=1, opts=opts)
            t.quiet()
        assert q.state() == 'CLOSED' and p.state() == 'ESTABLISHED', name
    t.idle(s)
    p.nxt = 1
    p.send('A', data=10)
    p.acked()


def test_impossible_option_length_does_no_harm(t):
    """RFC 9293 section 3.1, MUST-7: whatever the outcome, the connection beside it lives on."""
    t.listen()
    p, s = t.passive(port=7001)
    for opts in IMPOSSIBLE.values():
        q = t.peer(7000)
        q.send('S', opts=opts)
        t.drain(q)
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


def test_wrong_length_of_known_option(t):
    """RFC 9293 section 3.1, MUST-6 MUST-7: a known kind of the wrong size is skipped, the segment taken."""
    t.listen()
    for opts in ODD.values():
        q = t.peer(7000)
        q.send('S', opts=opts)
        q.at_once('SA', ack=1, wscale=None, ts=None, sackok=False)
    p, s = t.passive(port=7001)
    for opts in ODD.values():
        p.send('A', data=10, opts=opts)
    p.acked()
    t.read(s, 10 * len(ODD))


def test_reserved_bits(t):
    """RFC 9293 section 3.1: reserved bits are ignored on receipt (and never sent)."""
    listener = t.listen()
    for bits in (1, 2, 4, 7):
        p = t.peer(7000)
        p.send('S', res=bits)
        p.expect('SA')
        p.nxt = 1
        p.send('A', res=bits)
        s = t.accept(listener)
        p.send('A', data=stream(1, 11), res=bits)
        p.acked(11)
        t.read(s, 10)


def test_ece_and_cwr(t):
    """RFC 9293 section 3.1: ECE and CWR are carried; without ECN they mean nothing."""
    t.sysctl('ecn', 0)
    listener = t.listen()
    p = t.peer(7000)
    p.send('SEC', opts='mss 1460')
    p.expect('SA')
    p.send('A')
    s = t.accept(listener)
    for flags in ('AE', 'AC', 'AEC'):
        p.send(flags, data=10)
    p.acked()
    t.read(s, 30)
    t.write(s, 10)
    p.expect('A', len=10)
    p.send('AE')
    p.send('FAC')
    p.acked()


def test_wrong_checksum(t):
    """RFC 9293 section 3.1, MUST-3: a wrong checksum changes nothing, is not answered, is counted."""
    listener = t.listen()
    p, s = t.passive(port=7001)
    for wrong in (lambda good: good ^ 0x0100, lambda good: 0, lambda good: (good + 1) & 0xffff):
        with t.counted('InCsumErrors'):
            q, closed = t.peer(7000), t.peer(9)
            q.send('S', sum=wrong)
            closed.send('S', sum=wrong)
            closed.send('A', ack=5, sum=wrong)
            p.send('A', seq=1, data=stream(1, 11), sum=wrong)
            p.send('FA', seq=1, sum=wrong)
            p.send('R', seq=1, sum=wrong)
            t.quiet()
        assert q.state() == 'CLOSED' and p.state() == 'ESTABLISHED'
    t.idle(listener)
    t.idle(s)
    p.send('A', data=10)
    p.acked()


def test_checksum_covers_addresses(t):
    """RFC 9293 section 3.1, MUST-3: the pseudo-header counts; another protocol's sum is wrong."""
    t.listen()
    p = t.peer(7000)

    def other(good):
        return (good + (253 if t.proto == 6 else 6) - t.proto) & 0xffff
    p.send('S', sum=other)
    t.quiet()
    p.send('S', seq=0)
    p.expect('SA')


def test_checksum_of_odd_length(t):
    """RFC 9293 section 3.1, MUST-2: odd octets are summed as if a zero followed."""
    p, s = t.passive()
    for n in (1, 3, 1459):
        at = p.nxt
        p.send('A', data=n)
        p.acked()
        t.read(s, n, start=at)
        t.write(s, n, start=at)
        p.expect('A', len=n)
        p.send('A')


def test_checksum_cannot_be_switched_off(t):
    """RFC 9293 section 3.1, MUST-2: SO_NO_CHECK changes nothing."""
    listener = t.listen()
    listener.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('A')
    s = t.accept(listener)
    s.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    t.write(s, 101)
    p.expect('A', len=101)
    p.send('FA')
    p.acked()


def test_truncated_header(t):
    """RFC 9293 section 3.1: fewer octets than a header has are dropped and counted."""
    t.listen()
    for port in (7000, 9):
        p = t.peer(port)
        for octets in (0, 1, 3, 12, 13, 16, 18, 19):
            with t.counted('InHdrErrors'):
                p.send('S', cut=octets)
        t.quiet()
        assert p.state() == 'CLOSED'


def test_bad_data_offset(t):
    """RFC 9293 section 3.1: a data offset below 5 or beyond the segment is dropped and counted."""
    t.listen()
    p, s = t.passive(port=7001)
    for off, data in ((0, b''), (1, b''), (4, b''), (6, b''), (15, b''), (8, b'\1' * 11), (15, b'\1' * 39)):
        with t.counted('InHdrErrors'):
            for port in (7000, 9):
                t.peer(port).send('S', off=off, data=data)
            p.send('A', seq=1, off=off, data=data)
            p.send('R', seq=1, off=off, data=data)
            t.quiet()
    t.idle(s)
    assert p.state() == 'ESTABLISHED'


def test_padding_behind_packet(t):
    """RFC 9293 section 3.1: what lies behind the IP packet's end (link padding) is no data."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', pad=6)
    p.expect('SA')
    p.nxt = 1
    p.send('A', pad=6)
    s = t.accept(listener)
    p.send('A', data=stream(1, 11), pad=100)
    p.nxt = 11
    p.acked()
    t.read(s, 10)
    t.quiet()
    t.idle(s)


@only(4)
def test_ip_options(t):
    """RFC 9293 section 3.9.2, MUST-50: IP options that are not understood do no harm."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', ipopts=b'\x1e\4\1\1')       # an experimental option
    p.expect('SA')
    p.nxt = 1
    p.send('A', ipopts=b'\1\1\1\0')
    s = t.accept(listener)
    p.send('A', data=stream(1, 11), ipopts=b'\x1e\4\1\1')
    p.acked(11)
    t.read(s, 10)


def test_ip_fragments(t):
    """RFC 9293 section 3.1: a segment that came in fragments is a segment like any other."""
    p, s = t.passive()
    p.send('A', data=100, fragment=48)
    p.nxt = 101
    p.acked()
    t.read(s, 100)


def test_own_address_as_peer(t):
    """RFC 9293 section 3.9.2.3, MUST-63: a segment from the host's own address (LAND) is not answered."""
    t.listen()
    for port in (7000, 9):
        p = t.peer(port)
        p.port = port
        p.send('S', src=t.ip.host)
        p.send('A', ack=1, src=t.ip.host)
    t.quiet()
    q = t.peer(7000)
    q.send('S')
    q.expect('SA')
