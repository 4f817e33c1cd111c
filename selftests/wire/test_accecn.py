# SPDX-License-Identifier: GPL-2.0
"""AccECN: RFC 9768. The three flags AE, CWR, ECE are N, C, E here, and after the handshake one number, ACE.

Rill only: of Linux no more than the newest kernels know it, with rules of their own for the option.
"""
import contextlib
import select
import socket

from peer import ANY
from test_ecn import ASK, AGREE, CE, ECT0, ECT1, MSS, NOT_ECT, flight, tcp_info
from test_fastopen import COOKIE, CLIENT, ask, learn, send, server

ACCURATE, ACCURATE_CLASSIC, ACCURATE_AGREE = 3, 4, 5
FIELDS = (NOT_ECT, ECT1, ECT0, CE)
REFLECT = {NOT_ECT: 2, ECT1: 3, ECT0: 4, CE: 6}     # tables 2 and 3
NEVER, NEWS, ALWAYS = range(3)                      # ecn_option


def ace(n, flags='A'):
    """These flags, with this ACE."""
    return flags + 'N' * (n >> 2 & 1) + 'C' * (n >> 1 & 1) + 'E' * (n & 1)


@contextlib.contextmanager
def counted(t, name, n=1):
    """Rill's counter of that name moves by so much in the block."""
    before = t.counters()[name]
    yield
    t.sync()
    moved = t.counters()[name] - before
    assert moved == n, '%s moved by %d' % (name, moved)


def offered(t, opts='mss 1460', setting=ACCURATE_AGREE, port=7000, **kw):
    """A SYN that asks for AccECN, and its answer."""
    t.sysctl('ecn', setting)
    listener = t.listen(port=port, **kw)
    p = t.peer(port)
    p.send(ace(7, 'S'), opts=opts)
    return p, listener, p.expect(ace(2, 'SA'), ecn=NOT_ECT)


def passive(t, opts='mss 1460', third=2, rtt=0.0, more='', **kw):
    """A connection in AccECN mode that the peer opened, with this ACE in the handshake's third segment."""
    p, listener, _ = offered(t, opts, **kw)
    if rtt:
        t.sleep(rtt)
    p.send(ace(third), opts=more)
    s = t.accept(listener)
    t.discard(listener)
    return p, s


def asks(t, answer, field=NOT_ECT, opts='mss 1460', setting=ACCURATE):
    """A connection that the program opened with AccECN asked for, and the peer's answer to it."""
    t.sysctl('ecn', setting)
    p = t.peer()
    s = t.connect(p)
    p.expect(ace(7, 'S'), ecn=NOT_ECT)
    p.send(answer, opts=opts, tos=field)
    t.wait(s, select.POLLOUT)
    return p, s


def sends(t, p, s, flags, ecn, start=1, back=5):
    """Ten octets that the program writes come with these flags and this ECN field; ACE of the peer's ACK."""
    t.write(s, 10, start=start)
    p.expect(flags, len=10, ecn=ecn)
    p.send(ace(back))


# -- negotiation ------------------------------------------------------------

def test_accecn_not_by_default(t):
    """RFC 9768 section 3.1.2: who knows RFC 3168 alone sees that in a SYN that asks for AccECN."""
    t.listen()
    for setting in (AGREE, ASK):
        t.sysctl('ecn', setting)
        p = t.peer(7000)
        p.send(ace(7, 'S'), opts='mss 1460')
        p.expect('SAE', accecn0=None)
    t.sysctl('ecn', 0)
    p = t.peer(7000)
    p.send(ace(7, 'S'), opts='mss 1460')
    p.expect('SA')


def test_accecn_syn(t):
    """RFC 9768 section 3.1.2, table 2: what a SYN's ECN field is, its SYN-ACK tells, in each of the settings."""
    t.listen()
    for setting in (ACCURATE, ACCURATE_CLASSIC, ACCURATE_AGREE):
        t.sysctl('ecn', setting)
        for field in FIELDS:
            p = t.peer(7000)
            p.send(ace(7, 'S'), opts='mss 1460', tos=field)
            p.expect(ace(REFLECT[field], 'SA'), ecn=NOT_ECT, accecn0=(1, 0, 1))


def test_accecn_syn_of_others(t):
    """RFC 9768 sections 3.1.2 and 3.1.3: RFC 3168's SYN, one without ECN, and those that mean nothing yet."""
    t.sysctl('ecn', ACCURATE_AGREE)
    t.listen()
    for n in range(7):
        p = t.peer(7000)
        p.send(ace(n, 'S'), opts='mss 1460')
        seg = p.expect({0: 'SA', 3: 'SAE'}.get(n, ace(2, 'SA')))
        assert ('accecn0' in seg.opts) == (n not in (0, 3)), seg


def test_accecn_asks(t):
    """RFC 9768 section 3.1.1: ecn 3 asks with all three flags, 4 as RFC 3168 does, 5 not at all."""
    for setting, flags in ((ACCURATE, ace(7, 'S')), (ACCURATE_CLASSIC, 'SEC'), (ACCURATE_AGREE, 'S')):
        t.sysctl('ecn', setting)
        p = t.peer()
        t.connect(p)
        p.expect(flags, ecn=NOT_ECT, accecn0=None, accecn1=None)


def test_accecn_synack(t):
    """RFC 9768 sections 3.1.2 and 3.2.2.1, tables 2 and 3: each SYN-ACK, with each ECN field."""
    for n in range(8):
        for field in FIELDS if n == 2 else (NOT_ECT,):
            p, s = asks(t, ace(n, 'SA'), field)
            if n in (0, 1, 7):
                p.expect('A', ecn=NOT_ECT, accecn0=None)
                t.write(s, 10)
                p.expect('A', len=10, ecn=ECT0 if n == 1 else NOT_ECT)
            else:
                p.expect(ace(REFLECT[field]), ecn=NOT_ECT, accecn0=(1, 0, 1))
                t.write(s, 10)
                # If our SYN has changed on its way, so could what we send as ECT.
                p.expect(ace(5 + (field == CE)), len=10, ecn=ECT0 if n in (2, 5) else NOT_ECT, accecn0=(1, 0, 1))
            p.send('A' if n in (0, 1, 7) else ace(5))
            t.abort(s)
            p.aborted()


def test_accecn_third_segment(t):
    """RFC 9768 section 3.2.2.1, table 4: what an ACK alone tells of the SYN-ACK."""
    for i, n in enumerate(range(8)):
        p, s = passive(t, third=n, port=7000 + i)
        t.write(s, 10)
        p.expect(ace(5), len=10, ecn=ECT0 if n in (1, 2, 5, 7) else NOT_ECT)
        with counted(t, 'InEce', 0):
            p.send(ace(6 if n == 6 else 5))
            t.sync()
        # Of an end that is not in AccECN mode nothing is believed.
        t.write(s, 10, start=11)
        p.expect(ace(5), len=10)
        with counted(t, 'InEce', int(n != 0)):
            p.send(ace(7))
            t.sync()
        assert tcp_info(s)[0] & 8


def test_accecn_third_segment_lost(t):
    """RFC 9768 section 3.2.2.2: then data opens the connection, and its ACE is the counter."""
    p, listener, _ = offered(t)
    p.send(ace(5), data=10)
    s = t.accept(listener)
    t.read(s, 10)
    p.expect(ace(5))
    sends(t, p, s, ace(5), ECT0)
    with counted(t, 'InEce', 0):
        t.sync()


def test_accecn_third_segment_again(t):
    """RFC 9768 section 3.2.2.1: a SYN-ACK that comes again is acknowledged as the first; one mark counts."""
    p, s = asks(t, ace(2, 'SA'))
    p.expect(ace(2))
    t.wait(s, select.POLLOUT)
    for field in (CE, CE, NOT_ECT):
        p.send(ace(2, 'SA'), seq=0, opts='mss 1460', tos=field)
        p.at_once(ace(REFLECT[field]))
    sends(t, p, s, ace(6), ECT0)


def test_accecn_syn_again(t):
    """RFC 9768 sections 3.1.4.1, 3.1.5: two SYNs ask for AccECN, the next for nothing; its answer is believed."""
    t.sysctl('ecn', ACCURATE)
    p = t.peer()
    p.strict = True
    s = t.connect(p)
    p.expect(ace(7, 'S'))
    p.expect(ace(7, 'S'), seq=0)
    p.expect('S', seq=0)
    p.send(ace(2, 'SA'), opts='mss 1460')
    p.expect(ace(2))
    t.wait(s, select.POLLOUT)
    sends(t, p, s, ace(5), ECT0)


def test_accecn_synack_again(t):
    """RFC 9768 section 3.2.3.2.2: a SYN-ACK that is not answered is sent without the option, then without AccECN."""
    p, listener, seg = offered(t)
    assert seg.opts['accecn0'] == (1, 0, 1), seg
    p.expect(ace(2, 'SA'), seq=0, accecn0=None)
    p.expect('SA', seq=0, accecn0=None)
    p.send(ace(2))
    s = t.accept(listener)
    # What it told is no longer known; marks are counted all the same (section 3.1.5).
    sends(t, p, s, ace(5), NOT_ECT)
    p.send(ace(5, 'AP'), data=10, tos=CE)
    p.at_once(ace(6))


def test_accecn_no_fallback(t):
    """ecn_fallback 0: whatever is sent again asks and answers as the first."""
    t.sysctl('ecn_fallback', 0)
    p, listener, seg = offered(t)
    for _ in range(2):
        p.expect(ace(2, 'SA'), seq=0, accecn0=(1, 0, 1))
    p.send(ace(2))
    s = t.accept(listener)
    sends(t, p, s, ace(5), ECT0)


def test_accecn_peer_syn_again(t):
    """RFC 9768 sections 3.1.4.2, 3.1.5: each SYN's field is told; one without ECN is, too, and ends our ECT."""
    p, listener, _ = offered(t)
    p.send(ace(7, 'S'), seq=0, opts='mss 1460', tos=CE)
    p.at_once(ace(6, 'SA'), seq=0, accecn0=None)
    p.send('S', seq=0, opts='mss 1460')
    p.at_once(ace(2, 'SA'), seq=0)
    p.send(ace(2))
    s = t.accept(listener)
    sends(t, p, s, ace(5), NOT_ECT)


def test_accecn_peer_wants_both(t):
    """RFC 9768 section 3.1.5: SYNs that ask for AccECN and for RFC 3168's ECN end in a reset."""
    t.sysctl('ecn', ACCURATE_AGREE)
    t.listen()
    for first, second, answer in ((ace(7, 'S'), 'SEC', ace(2, 'SA')), ('SEC', ace(7, 'S'), 'SAE')):
        p = t.peer(7000)
        p.send(first, opts='mss 1460')
        p.expect(answer)
        p.send(second, seq=0, opts='mss 1460')
        p.expect('RA', ack=1)


def test_accecn_simultaneous_open(t):
    """RFC 9768 section 3.1.2: crossing SYNs: each end answers the other's as a server would."""
    t.sysctl('ecn', ACCURATE)
    p = t.peer()
    s = t.connect(p)
    p.expect(ace(7, 'S'))
    p.send(ace(7, 'S'), seq=0, opts='mss 1460', tos=ECT0)
    p.at_once(ace(4, 'SA'), seq=0, ack=1)
    p.send(ace(2, 'SA'), seq=0, opts='mss 1460')
    t.wait(s, select.POLLOUT)
    p.send(ace(5, 'AP'), data=10)
    while p.expect(ace(5), ack=ANY).ack != p.nxt:
        pass
    sends(t, p, s, ace(5), ECT0)


def crossed(t, setting, asks, syn, ours, answer, tos=NOT_ECT):
    """Crossing SYNs: ours with these flags, the peer's, and what each end answers: (peer, socket)."""
    t.sysctl('ecn', setting)
    p = t.peer()
    s = t.connect(p)
    p.expect(asks)
    p.send(syn, seq=0, opts='mss 1460')
    p.at_once(ours, seq=0, ack=1)
    p.send(answer, seq=0, opts='mss 1460', tos=tos)
    t.wait(s, select.POLLOUT)
    return p, s


def test_accecn_simultaneous_open_synack(t):
    """RFC 9768 section 3.1.5: a SYN-ACK that knows no AccECN, or has seen our SYN as ECT (3.2.2.3), ends our ECT.

    A mark on it counts, as on anything but a SYN (section 3.2).
    """
    for answer, field, ecn in ((2, CE, ECT0), (0, NOT_ECT, NOT_ECT), (1, CE, NOT_ECT), (7, NOT_ECT, NOT_ECT),
                               (3, NOT_ECT, NOT_ECT), (4, CE, NOT_ECT)):
        p, s = crossed(t, ACCURATE, ace(7, 'S'), ace(7, 'S'), ace(2, 'SA'), ace(answer, 'SA'), field)
        p.send(ace(5, 'AP'), data=10)
        while p.expect(ace(5 + (field == CE)), ack=ANY).ack != p.nxt:
            pass
        t.read(s, 10)
        sends(t, p, s, ace(5 + (field == CE)), ecn)
        t.abort(s)
        p.aborted()


def test_accecn_simultaneous_open_plain(t):
    """RFC 9768 section 3.1.5: a SYN without ECN leads to none, whatever the answer to ours says then."""
    for setting, asks, answer in ((ACCURATE, ace(7, 'S'), ace(2, 'SA')), (ACCURATE, ace(7, 'S'), 'SAE'),
                                  (ACCURATE_CLASSIC, 'SEC', 'SAE')):
        p, s = crossed(t, setting, asks, 'S', 'SA', answer)
        p.send('AP', data=10, tos=CE)
        while p.expect('A', ack=ANY).ack != p.nxt:
            pass
        t.read(s, 10)
        t.write(s, 10)
        p.expect('A', len=10, ecn=NOT_ECT)
        p.send('A')
        t.abort(s)
        p.aborted()


def test_accecn_cookie(t):
    """RFC 9768 section 5.1: of a SYN that is not kept, the ACK tells the mode, with or without timestamps."""
    t.sysctl('syncookies', 2)
    t.sysctl('ecn', ACCURATE_AGREE)
    listener = t.listen()
    for stamps in (False, True):
        for syn, answer, third, ecn in ((ace(7, 'S'), ace(2, 'SA'), ace(2), ECT0), ('S', 'SA', 'A', NOT_ECT),
                                        ('SEC', 'SAE' if stamps else 'SA', 'A', ECT0 if stamps else NOT_ECT)):
            p = t.peer(7000)
            p.send(syn, opts='mss 1460,sackok,ts 100 0' if stamps else 'mss 1460')
            seg = p.expect(answer, ecn=NOT_ECT)
            if stamps:
                p.ts = seg.ts[0]
                p.stamp(101)
            p.send(third)
            s = t.accept(listener)
            t.write(s, 10)
            p.expect(ace(5) if 'N' in syn else 'A', len=10, ecn=ecn)
            t.abort(s)
            p.aborted()


# -- the receiver -----------------------------------------------------------

def test_accecn_counter(t):
    """RFC 9768 sections 3.2.2.2, 3.2.2.5.1: ACE counts packets with CE; the first of a row is told at once."""
    p, s = passive(t)
    n = 5
    with counted(t, 'InCe', 9):
        for _ in range(3):
            p.send(ace(5, 'AP'), data=10, tos=CE)
            n += 1
            p.at_once(ace(n % 8), ecn=NOT_ECT)
            # No change, and not many: as any data.
            with t.together():
                p.send(ace(5), data=10, tos=CE)
                p.send(ace(5), data=10, tos=CE)
            n += 2
            p.at_once(ace(n % 8))
            p.send(ace(5), data=10, tos=ECT0)
            p.expect(ace(n % 8))
    t.read(s, 120)
    assert tcp_info(s)[0] & 16


def test_accecn_counts_everything(t):
    """RFC 9768 section 3.2: CE on ACKs counts, every third calls for an ACK; so does it on data sent again."""
    p, s = passive(t)
    p.send(ace(5, 'AP'), data=10)
    p.expect(ace(5))
    for _ in range(3):
        p.send(ace(5), tos=CE)
    p.at_once(ace(0), accecn0=(1,))
    # Partly old: the octets count as they came.
    p.send(ace(5), seq=6, data=10, tos=CE)
    p.at_once(ace(1), accecn0=(1, 10))
    t.read(s, 15)


def test_accecn_reset_says_nothing(t):
    """A RST has no ACE: it tells of nothing any more."""
    p, s = passive(t)
    t.abort(s)
    p.aborted()


def test_accecn_option(t):
    """RFC 9768 sections 3.2.3, 3.2.3.3: octets by field, in as many fields as have moved."""
    p, s = passive(t)
    p.send(ace(5, 'AP'), data=100, tos=ECT0)
    p.expect(ace(5), accecn0=(101,))
    p.send(ace(5, 'AP'), data=10, tos=CE)
    p.at_once(ace(6), accecn0=(101, 10))
    p.send(ace(5, 'AP'), data=20, tos=NOT_ECT)
    p.expect(ace(6), accecn0=(101, 10))
    p.send(ace(5, 'AP'), data=30, tos=ECT1)
    p.expect(ace(6), accecn0=(101, 10, 31))
    t.read(s, 160)


def test_accecn_option_other_order(t):
    """RFC 9768 section 3.2.3: where ECT(1) comes and no ECT(0), the other option is shorter."""
    p, s = passive(t)
    p.send(ace(5, 'AP'), data=100, tos=ECT1)
    p.expect(ace(5), accecn1=(101,), accecn0=None)
    p.send(ace(5, 'AP'), data=10, tos=CE)
    p.at_once(ace(6), accecn1=(101, 10))
    t.read(s, 110)


def test_accecn_option_setting(t):
    """ecn_option: 0 no options, 1 where a counter has moved, 2 wherever there is room."""
    for i, (setting, still, moved) in enumerate(((NEVER, None, None), (NEWS, None, (11,)), (ALWAYS, (1,), (11,)))):
        t.sysctl('ecn_option', setting)
        p, listener, seg = offered(t, port=7000 + i)
        assert ('accecn0' in seg.opts) == (setting != NEVER), seg
        p.send(ace(2))
        t.accept(listener)
        p.send(ace(5, 'AP'), data=10)
        p.expect(ace(5), accecn0=still)
        p.send(ace(5, 'AP'), data=10, tos=ECT0)
        p.expect(ace(5), accecn0=moved)


def test_accecn_option_beside_sack(t):
    """RFC 9768 section 3.2.3.3: two SACK blocks take precedence, a third one does not."""
    p, listener, seg = offered(t, 'mss 1460,sackok,ts 100 0')
    p.ts = seg.ts[0]
    p.stamp(101)
    p.send(ace(2))
    s = t.accept(listener)
    p.send(ace(5, 'AP'), data=100, tos=ECT0)
    p.expect(ace(5), accecn0=(101,))
    want = []
    for i in range(3):
        p.send(ace(5), seq=201 + 200 * i, data=100, tos=CE)
        want.insert(0, (201 + 200 * i, 301 + 200 * i))
        p.at_once(ace(6 + i), sack=want[:2], accecn0=(101, 100 * (i + 1)))
    # Three counters and two blocks are too much for 40 octets.
    p.send(ace(5), seq=801, data=100, tos=ECT1)
    p.at_once(ace(0), accecn0=None, accecn1=None)
    t.abort(s)
    t.drain(p)


def test_accecn_option_not_on_what_is_sent_again(t):
    """RFC 9768 section 3.2.3.2.2: data that got lost, perhaps because of its option, is sent again without."""
    p, s = passive(t)
    t.write(s, 10)
    p.expect(ace(5), len=10, accecn0=(1,))
    p.expect(ace(5), seq=1, len=10, accecn0=None, ecn=NOT_ECT)
    p.send(ace(5))


def test_accecn_option_never_makes_segments_longer(t):
    """RFC 9768 section 3.2.3.3: data fills a segment; an option has the room that is left."""
    p, s = passive(t)
    t.write(s, MSS + 10)
    seg = p.expect(ace(5), len=MSS)
    assert not set(seg.opts), seg
    p.send(ace(5))
    p.expect(ace(5), len=10, accecn0=(1,))
    p.send(ace(5))


# -- the sender -------------------------------------------------------------

def slow(t, ecn=ECT0, **kw):
    """A connection with an RTO of 1.5 s that has sent ten segments."""
    p, s = passive(t, rtt=0.5, sndbuf=300000, **kw)
    p.strict = True
    t.write(s, 30 * MSS)
    assert flight(t, p) == accurate(0, 10, ecn)
    return p, s


def accurate(first, count, ecn=ECT0):
    """So many segments of new data; nothing has come marked, and no flag tells of reductions."""
    return [(i, 'AEN', ecn) for i in range(first, first + count)]


def over(t, p, s):
    """That was it: what is still under way does not matter."""
    p.strict = False
    t.abort(s)
    t.drain(p)


def test_accecn_reduces(t):
    """RFC 9768 section 3.1.5, RFC 3168 section 6.1.2: marks halve the window once a round trip; no CWR."""
    p, s = slow(t)
    with counted(t, 'EcnReductions'):
        for i in range(1, 6):
            p.send(ace((5 + i) % 8), ack=i * MSS + 1)
    assert flight(t, p) == []
    assert tcp_info(s)[1] == 5
    # Five are in flight: from here on one for one.
    for i in range(6, 11):
        p.send(ace(10 % 8), ack=i * MSS + 1)
        assert flight(t, p) == accurate(i + 4, 1)
    assert tcp_info(s)[1] == 5
    with counted(t, 'EcnReductions', 0):
        p.send(ace(10 % 8), ack=11 * MSS + 1)
        t.settle()
    with counted(t, 'EcnReductions'):
        p.send(ace(11 % 8), ack=12 * MSS + 1)
        t.settle()
    over(t, p, s)


def test_accecn_old_ack(t):
    """RFC 9768 section 3.2.2.2, A.1: an ACK that a later one has overtaken tells of nothing."""
    p, s = slow(t)
    p.send(ace(5), ack=4 * MSS + 1)
    t.settle()
    with counted(t, 'InEce', 0):
        p.send(ace(4), ack=2 * MSS + 1)
        p.send(ace(4), ack=4 * MSS + 1)
        t.settle()
    over(t, p, s)


def test_accecn_safest(t):
    """RFC 9768 section 3.2.2.5.2: eight packets at once, the counter as before: they may all have been marked."""
    p, s = slow(t)
    with counted(t, 'EcnReductions', 0):
        p.send(ace(5), ack=7 * MSS + 1)
        t.settle()
    t.drain(p)
    with counted(t, 'EcnReductions'):
        p.send(ace(5), ack=16 * MSS + 1)
        t.settle()
    over(t, p, s)


def test_accecn_safe(t):
    """RFC 9768 section 3.2.3, A.2.2: unless an option says that none was."""
    p, s = slow(t)
    with counted(t, 'EcnReductions', 0):
        p.send(ace(5), ack=10 * MSS + 1, opts='accecn0 %d 0' % (10 * MSS + 1))
        t.settle()
    over(t, p, s)


def test_accecn_option_ignored(t):
    """RFC 9768 section 3.2.3.2.4: whose first option is all zero is not believed."""
    p, s = slow(t, more='accecn0 0 0 0')
    with counted(t, 'EcnReductions'):
        p.send(ace(5), ack=10 * MSS + 1, opts='accecn0 %d 0' % (10 * MSS + 1))
        t.settle()
    over(t, p, s)


def test_accecn_zeroed(t):
    """RFC 9768 section 3.2.2.4: a counter that begins with zero: no ECT, and no reaction."""
    p, s = slow(t)
    with counted(t, 'EcnReductions', 0):
        p.send(ace(0), ack=2 * MSS + 1)
        p.send(ace(2), ack=4 * MSS + 1)
    for _, _, ecn in flight(t, p):
        assert ecn == NOT_ECT
    over(t, p, s)


def test_accecn_bleached(t):
    """RFC 9768 section 3.2.2.3: all data was sent as ECT, and none came so: it is not sent so any more."""
    p, s = slow(t)
    p.send(ace(5), ack=2 * MSS + 1, opts='accecn0 1 0 1')
    segs = flight(t, p)
    assert segs and all(ecn == NOT_ECT for _, _, ecn in segs), segs
    over(t, p, s)


def test_accecn_impossible(t):
    """RFC 9768 section 3.2.3.2.5: octets with CE, and no packet: nothing is sent as ECT any more."""
    p, s = slow(t)
    p.send(ace(5), ack=2 * MSS + 1, opts='accecn0 %d %d' % (MSS + 1, MSS))
    segs = flight(t, p)
    assert all(ecn == NOT_ECT for _, _, ecn in segs), segs
    over(t, p, s)


def test_accecn_dctcp(t):
    """RFC 8257 over RFC 9768: dctcp asks for AccECN where the setting says so, and needs no echo of its own."""
    for setting, flags in ((AGREE, 'SEC'), (ACCURATE, ace(7, 'S'))):
        t.sysctl('ecn', setting)
        s = t.socket()
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b'dctcp')
        p = t.peer()
        t.connect(p, s)
        p.expect(flags)
    p.send(ace(2, 'SA'), opts='mss 1460')
    p.expect(ace(2))
    t.wait(s, select.POLLOUT)
    # Marked, and then not: with the echo of its own each change would be told of the data before.
    p.send(ace(5, 'AP'), data=10, tos=CE)
    p.at_once(ace(6))
    p.send(ace(5, 'AP'), data=10, tos=ECT0)
    p.expect(ace(6))
    t.read(s, 20)


def test_accecn_timewait(t):
    """RFC 9768 section 3.2.2: an ACK out of TIME-WAIT has the counter as it was."""
    p, s = passive(t)
    p.send(ace(5, 'AP'), data=10, tos=CE)
    p.at_once(ace(6))
    t.read(s, 10)
    t.discard(s)
    p.expect(ace(6, 'AF'))
    p.send(ace(5, 'AF'))
    p.expect(ace(6))
    p.reaches('TIME-WAIT')
    p.send(ace(5, 'AF'), seq=p.nxt - 1)
    p.at_once(ace(6))


# -- with Fast Open ---------------------------------------------------------

def fast(t, tos=NOT_ECT, ecn=2, **more):
    """A client with a cookie and 100 octets, whose SYN asks for AccECN: (peer, listener, the SYN's options)."""
    listener = server(t)
    opts = 'mss 1460,fastopen ' + ask(t)
    t.sysctl('ecn', ACCURATE_AGREE)
    p = t.peer(7000)
    p.strict = True
    p.send(ace(7, 'S'), opts=opts, data=100, tos=tos)
    p.expect(ace(ecn, 'SA'), seq=0, ack=101, ecn=NOT_ECT, **more)
    return p, listener, opts


def test_accecn_fastopen_room(t):
    """RFC 9768 section 3.2.3.3: beside a cookie and all others a SYN-ACK's option has room for two fields."""
    server(t)
    t.sysctl('ecn', ACCURATE_AGREE)
    for opts, fields in (('mss 1460,sackok,ts 1 0,nop,wscale 7,fastopen', (1, 0)), ('mss 1460,fastopen', (1, 0, 1))):
        p = t.peer(7000)
        p.send(ace(7, 'S'), opts=opts)
        seg = p.expect(ace(2, 'SA'), accecn0=fields, sackok='sackok' in opts)
        assert len(seg.opts['fastopen']) == 16, seg
        p.send('R', seq=1)


def test_accecn_fastopen(t):
    """RFC 9768 sections 3.2, 5.2: data of a SYN is in no counter; the answer may be ECT before the third segment."""
    p, listener, _ = fast(t, CE, 6, accecn0=(1, 0, 1))
    s = t.accept(listener)
    t.read(s, 100)
    t.write(s, 10)
    p.soon(ace(5), len=10, ecn=ECT0, accecn0=(1,))
    p.send(ace(2))
    p.reaches('ESTABLISHED')
    with counted(t, 'InEce', 0):
        sends(t, p, s, ace(5), ECT0, start=11)
    p.send(ace(5, 'AP'), data=10, tos=CE)
    p.at_once(ace(6), accecn0=(1, 10))


def test_accecn_fastopen_synack_again(t):
    """RFC 9768 section 3.2.3.2.2: as without Fast Open, first without the option, then without AccECN."""
    p, listener, _ = fast(t)
    p.expect(ace(2, 'SA'), seq=0, ack=101, accecn0=None)
    p.expect('SA', seq=0, ack=101, accecn0=None)
    p.send(ace(2))
    s = t.accept(listener)
    t.read(s, 100)
    sends(t, p, s, ace(5), NOT_ECT)


def test_accecn_fastopen_syn_again(t):
    """RFC 9768 section 3.1.5: each SYN's field is told; one without ECN is, too, and ends our ECT."""
    p, listener, opts = fast(t)
    p.send(ace(7, 'S'), seq=0, opts=opts, data=100, tos=CE)
    p.at_once(ace(6, 'SA'), seq=0, ack=101, accecn0=None)
    p.send('S', seq=0, opts='mss 1460')
    p.at_once(ace(2, 'SA'), seq=0, ack=101)
    p.send(ace(2))
    s = t.accept(listener)
    t.read(s, 100)
    sends(t, p, s, ace(5), NOT_ECT)


def test_accecn_fastopen_wants_both(t):
    """RFC 9768 section 3.1.5: a SYN that asks for RFC 3168's ECN behind one for AccECN resets the connection."""
    p, _, _ = fast(t)
    p.send('SEC', seq=0, opts='mss 1460')
    p.expect('RA', ack=1)
    p.reaches('CLOSED')


def test_accecn_fastopen_client(t):
    """RFC 9768 section 3.2.2.1: an ACK alone tells of the SYN-ACK, then data goes again that the SYN had in vain."""
    t.sysctl('fastopen', CLIENT)
    learn(t)
    t.sysctl('ecn', ACCURATE)
    p = t.peer()
    s, result = send(t, p, 200)
    assert result == 200, result
    p.expect(ace(7, 'S'), len=200, fastopen=COOKIE, accecn0=None)
    p.strict = True
    p.send(ace(2, 'SA'), ack=1, opts='mss 1460', tos=CE)
    p.expect(ace(6), accecn0=(1, 0, 1))
    p.expect(ace(6), seq=1, len=200, ecn=NOT_ECT)
    p.send(ace(5))
    t.wait(s, select.POLLOUT)
    sends(t, p, s, ace(6), ECT0, start=201)


def test_accecn_not_ect(t):
    """RFC 9768 section 3.2.2.5.2: what was not sent as ECT has no marks that the counter could hide."""
    p, s = slow(t, third=4, ecn=NOT_ECT)
    with counted(t, 'EcnReductions', 0):
        p.send(ace(5), ack=10 * MSS + 1)
        t.settle()
    over(t, p, s)
