# SPDX-License-Identifier: GPL-2.0
"""ECN: RFC 3168 section 6.1. What the IP header says of a segment is its `ecn`, of the peer's its `tos`."""
import select
import socket
import struct

from peer import EARLY

NOT_ECT, ECT1, ECT0, CE = range(4)
OFF, ASK, AGREE = 0, 1, 2
MSS = 1460


def passive(t, **kw):
    """A connection with ECN that the peer opened."""
    listener = t.listen(**kw)
    p = t.peer(7000)
    p.send('SEC', opts='mss 1460')
    p.expect('SAE', ecn=NOT_ECT)
    p.send('A')
    s = t.accept(listener)
    t.discard(listener)
    return p, s


def slow(t, rtt=0.5, **kw):
    """The same with an RTO of three times rtt, and every retransmission for the test to see."""
    listener = t.listen(sndbuf=300000, **kw)
    p = t.peer(7000)
    p.strict = True
    p.send('SEC', opts='mss 1460')
    p.expect('SAE')
    t.sleep(rtt)
    p.send('A')
    s = t.accept(listener)
    t.discard(listener)
    return p, s


def active(t, answer):
    """A connection that the program opened with ECN asked for, and the peer's answer to it."""
    t.sysctl('ecn', ASK)
    p = t.peer()
    s = t.connect(p)
    p.expect('SEC', ecn=NOT_ECT)
    p.send(answer, opts='mss 1460')
    p.expect('A', ecn=NOT_ECT)
    t.wait(s, select.POLLOUT)
    return p, s


def sends(t, p, s, flags, ecn, start=1):
    """Ten octets that the program writes come with these flags and this ECN field."""
    t.write(s, 10, start=start)
    p.expect(flags, len=10, ecn=ecn)
    p.send('A')


def flight(t, p):
    """What is on its way to the peer: (number in segments, flags without PSH, ecn) of each."""
    t.settle()
    segs = []
    while p.queue:
        seg = p.next()
        assert seg.len == MSS, seg
        segs.append((seg.seq // MSS, ''.join(sorted(set(seg.flags) - {'P'})), seg.ecn))
    return segs


def new(first, count, flags='A'):
    """So many segments of new data, the first with these flags."""
    return [(i, 'A' if i > first else flags, ECT0) for i in range(first, first + count)]


def tcp_info(s):
    """The options of TCP_INFO, and the segments of cwnd."""
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return info[5], struct.unpack_from('I', info, 80)[0]


# -- negotiation ------------------------------------------------------------

def test_ecn_off(t):
    """RFC 3168 section 6.1.1: ecn 0 neither asks nor agrees."""
    t.sysctl('ecn', OFF)
    listener = t.listen()
    p = t.peer(7000)
    p.send('SEC', opts='mss 1460')
    p.expect('SA', ecn=NOT_ECT)
    p.send('A')
    s = t.accept(listener)
    sends(t, p, s, 'A', NOT_ECT)
    p.send('AP', data=10, tos=CE)
    p.acked()
    q = t.peer()
    t.connect(q)
    q.expect('S')


def test_ecn_agrees(t):
    """RFC 3168 section 6.1.1, SHLD-8: by default a SYN that asks is answered with ECE, and data is ECT(0)."""
    p, s = passive(t)
    sends(t, p, s, 'A', ECT0)
    assert tcp_info(s)[0] & 8


def test_ecn_does_not_ask(t):
    """By default a SYN of ours does not ask; a SYN-ACK with ECE agrees to nothing then."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S', ecn=NOT_ECT)
    p.send('SAE', opts='mss 1460')
    p.expect('A')
    t.wait(s, select.POLLOUT)
    sends(t, p, s, 'A', NOT_ECT)
    assert not tcp_info(s)[0] & 8


def test_ecn_asks(t):
    """RFC 3168 section 6.1.1, SHLD-8: ecn 1 asks with ECE and CWR; ECE alone agrees."""
    p, s = active(t, 'SAE')
    sends(t, p, s, 'A', ECT0)
    assert tcp_info(s)[0] & 8


def test_ecn_refused(t):
    """RFC 3168 section 6.1.1: an answer without ECE: no ECN."""
    p, s = active(t, 'SA')
    sends(t, p, s, 'A', NOT_ECT)
    p.send('AP', data=10, tos=CE)
    p.acked()


def test_ecn_reflected(t):
    """RFC 3168 section 6.1.1: ECE and CWR in a SYN-ACK are a reflection of the SYN: no ECN.

    Rill only: newer Linux may take them for AccECN's.
    """
    p, s = active(t, 'SAEC')
    sends(t, p, s, 'A', NOT_ECT)


def test_ecn_half_asked(t):
    """RFC 3168 section 6.1.1: a SYN with one of the two flags does not ask."""
    t.listen()
    for flags in ('SE', 'SC'):
        p = t.peer(7000)
        p.send(flags, opts='mss 1460')
        p.expect('SA')


def test_ecn_marked_syn(t):
    """RFC 3168 section 6.1.1: a SYN is never ECT. One that is gets no ECN."""
    t.listen()
    for ecn in (ECT1, ECT0, CE):
        p = t.peer(7000)
        p.send('SEC', opts='mss 1460', tos=ecn)
        p.expect('SA')


def unanswered_first(t, again='S'):
    """An open whose first SYN, which asks, gets lost, and whose second is answered with SYN-ACK and ECE."""
    t.sysctl('ecn', ASK)
    p = t.peer()
    p.strict = True
    s = t.connect(p)
    p.expect('SEC')
    p.expect(again, seq=0)
    p.send('SAE', opts='mss 1460')
    p.soon('A')
    t.wait(s, select.POLLOUT)
    return p, s


def test_ecn_fallback(t):
    """RFC 3168 section 6.1.1.1: a SYN that was not answered is sent again without, and nothing is ECT then.

    Rill only: Linux sends ECT then, too, which section 6.1.1 forbids.
    """
    p, s = unanswered_first(t)
    t.write(s, 10)
    p.expect('A', len=10, ecn=NOT_ECT)
    p.send('A')


def test_ecn_fallback_echo(t):
    """RFC 3168 section 6.1.1: who has asked once processes CE.

    Rill only: as test_ecn_fallback.
    """
    p, s = unanswered_first(t)
    p.send('AP', data=10, tos=CE)
    p.at_once('AE')
    t.read(s, 10)


def test_ecn_no_fallback(t):
    """ecn_fallback 0: the SYN that is sent again asks as well.

    Rill only: Linux says CWR of the window that a lost SYN makes smaller.
    """
    t.sysctl('ecn_fallback', 0)
    p, s = unanswered_first(t, 'SEC')
    sends(t, p, s, 'A', ECT0)


def test_ecn_synack_again(t):
    """RFC 3168 section 6.1.1: a SYN-ACK that is sent again still agrees, and is not ECT."""
    listener = t.listen()
    p = t.peer(7000)
    p.strict = True
    p.send('SEC', opts='mss 1460')
    p.expect('SAE', ecn=NOT_ECT)
    p.expect('SAE', seq=0, ecn=NOT_ECT)
    p.send('A')
    t.accept(listener)


def test_ecn_peer_falls_back(t):
    """RFC 3168 section 6.1.1: the peer's SYN comes again and does not ask any more: no ECN.

    Rill only: Linux holds on to what the first SYN said.
    """
    listener = t.listen()
    p = t.peer(7000)
    p.send('SEC', opts='mss 1460')
    p.expect('SAE')
    p.send('S', seq=0, opts='mss 1460')
    p.at_once('SA', seq=0)
    p.send('A')
    s = t.accept(listener)
    sends(t, p, s, 'A', NOT_ECT)


def test_ecn_simultaneous_open(t):
    """RFC 3168 section 6.1.1: crossing SYNs that both ask.

    Rill only: Linux before 6.8 answers the crossing SYN-ACK with a challenge ACK.
    """
    t.sysctl('ecn', ASK)
    p = t.peer()
    s = t.connect(p)
    p.expect('SEC')
    p.send('SEC', seq=0, opts='mss 1460')
    p.at_once('SAE', seq=0, ack=1)
    p.send('SAE', seq=0, opts='mss 1460')
    t.wait(s, select.POLLOUT)
    p.send('AP', data=10)
    p.acked()
    t.read(s, 10)
    sends(t, p, s, 'A', ECT0)


def test_ecn_simultaneous_open_refused(t):
    """RFC 3168 section 6.1.1: crossing SYNs, of which one does not ask: no ECN."""
    t.sysctl('ecn', ASK)
    p = t.peer()
    s = t.connect(p)
    p.expect('SEC')
    p.send('S', seq=0, opts='mss 1460')
    p.at_once('SA', seq=0, ack=1)
    p.send('A')
    t.wait(s, select.POLLOUT)
    sends(t, p, s, 'A', NOT_ECT)


def test_ecn_cookie(t):
    """A SYN cookie's timestamp remembers ECN; without timestamps there is none."""
    t.sysctl('syncookies', 2)
    listener = t.listen()
    p = t.peer(7000)
    p.send('SEC', opts='mss 1460,sackok,ts 100 0,nop,wscale 3')
    p.ts = p.expect('SAE', ecn=NOT_ECT).ts[0]
    p.stamp(101)
    p.send('A')
    s = t.accept(listener)
    sends(t, p, s, 'A', ECT0)
    q = t.peer(7000)
    q.send('SEC', opts='mss 1460')
    q.expect('SA')


def test_ecn_cookie_without(t):
    """An ACK with ECE and CWR is no SYN that asks: without ECN in the cookie there is none."""
    t.sysctl('syncookies', 2)
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460,sackok,ts 100 0,nop,wscale 3')
    p.ts = p.expect('SA').ts[0]
    p.stamp(101)
    p.send('AEC')
    s = t.accept(listener)
    sends(t, p, s, 'A', NOT_ECT)


def test_ecn_by_route(t):
    """ecn 0, but a route with the feature: both ask and agree."""
    t.sysctl('ecn', OFF)
    t.route('features', 'ecn')
    t.listen()
    p = t.peer(7000)
    p.send('SEC', opts='mss 1460')
    p.expect('SAE')
    q = t.peer()
    t.connect(q)
    q.expect('SEC')


# -- what is ECT ------------------------------------------------------------

def test_ecn_new_data_only(t):
    """RFC 3168 sections 6.1.4 and 6.1.5, SHLD-8: no ACK, no FIN and no retransmission is ECT."""
    p, s = slow(t)
    p.send('AP', data=10)
    seg = p.acked()
    assert seg.ecn == NOT_ECT
    t.read(s, 10)
    t.write(s, 10)
    p.expect('A', len=10, ecn=ECT0)
    p.expect('A', seq=1, len=10, ecn=NOT_ECT)
    p.send('A')
    s.shutdown(socket.SHUT_WR)
    p.expect('FA', ecn=NOT_ECT)
    p.send('A')


def test_ecn_fast_retransmission(t):
    """RFC 3168 sections 6.1.2 and 6.1.5: what is retransmitted fast is not ECT; new data then says CWR."""
    p, s = slow(t)
    t.write(s, 10 * MSS)
    assert flight(t, p) == new(0, 10)
    for _ in range(3):
        p.send('A', ack=1)
    p.soon('A', seq=1, len=MSS, ecn=NOT_ECT)
    p.send('A', ack=10 * MSS + 1)
    t.write(s, 2 * MSS, start=10 * MSS + 1)
    assert flight(t, p) == new(10, 2, 'AC')
    p.send('A')


def test_ecn_timeout(t):
    """RFC 3168 section 6.1.2: after a timeout, too, the next new data says CWR."""
    p, s = slow(t)
    t.write(s, MSS)
    p.expect('A', len=MSS, ecn=ECT0)
    p.expect('A', seq=1, len=MSS, ecn=NOT_ECT)
    p.send('A')
    sends(t, p, s, 'AC', ECT0, start=MSS + 1)
    sends(t, p, s, 'A', ECT0, start=MSS + 11)


def test_ecn_window_probe(t):
    """RFC 3168 section 6.1.6: window probes are not ECT."""
    p, s = passive(t)
    p.send('A', win=0)
    t.sync()
    t.write(s, 10)
    seg = p.next(what='a probe')
    assert seg.len <= 1 and seg.ecn == NOT_ECT, seg
    p.strict = False
    t.abort(s)
    t.drain(p)


# -- the receiver -----------------------------------------------------------

def test_ecn_echo(t):
    """RFC 3168 section 6.1.3, SHLD-8: CE is echoed at once, in every ACK, until CWR comes."""
    p, s = passive(t)
    with t.counted('InCe'):
        p.send('AP', data=10, tos=CE)
        p.at_once('AE', ecn=NOT_ECT)
    for _ in range(3):
        p.send('AP', data=10, tos=ECT0)
        p.expect('AE')
    t.read(s, 40)
    sends(t, p, s, 'AE', ECT0)
    p.send('ACP', data=10, tos=ECT0)
    p.at_once('A')
    p.send('AP', data=10, tos=ECT0)
    p.expect('A')
    sends(t, p, s, 'A', ECT0, start=11)
    assert tcp_info(s)[0] & 16


def test_ecn_cwr_that_is_marked(t):
    """RFC 3168 section 6.1.3: CWR in a segment that is CE answers the old mark and begins a new echo."""
    p, s = passive(t)
    p.send('AP', data=10, tos=CE)
    p.at_once('AE')
    p.send('ACP', data=10, tos=CE)
    p.at_once('AE')
    p.send('AP', data=10, tos=ECT0)
    p.expect('AE')
    p.send('ACP', data=10, tos=ECT0)
    p.at_once('A')
    t.read(s, 40)


def test_ecn_mark_out_of_order(t):
    """RFC 3168 section 6.1.3: a mark counts in whatever order data comes."""
    p, s = passive(t)
    p.send('AP', seq=11, data=10, tos=CE)
    p.at_once('AE', ack=1)
    p.send('AP', seq=1, data=10, tos=ECT0)
    p.nxt = 21
    p.at_once('AE')
    t.read(s, 20)


def test_ecn_mark_on_old_data(t):
    """RFC 3168 section 6.1.5: the mark of data outside the window is ignored.

    Rill only: Linux looks at it before it knows that the data is old.
    """
    p, s = passive(t)
    p.send('AP', data=10, tos=ECT0)
    p.acked()
    t.read(s, 10)
    p.send('AP', seq=1, data=10, tos=CE)
    p.at_once('A')
    p.send('A', tos=CE)
    p.send('AP', data=10, tos=ECT0)
    p.acked()
    t.read(s, 10, start=11)


def test_ecn_reset_says_nothing(t):
    """RFC 3168 section 6.1.4: a RST is not ECT and echoes nothing.

    Rill only: Linux's has ECE.
    """
    p, s = passive(t)
    p.send('AP', data=10, tos=CE)
    p.at_once('AE')
    t.abort(s)
    seg = p.aborted()
    assert 'E' not in seg.flags and seg.ecn == NOT_ECT, seg


# -- the sender -------------------------------------------------------------

def test_ecn_reduces(t):
    """RFC 3168 section 6.1.2, SHLD-8: ECE halves the window once for a window of data; CWR says so once.

    Rill only: Linux narrows its window gradually (RFC 6937).
    """
    p, s = slow(t)
    t.write(s, 30 * MSS)
    assert flight(t, p) == new(0, 10)
    with t.counted('EcnReductions'):
        for i in range(1, 6):
            p.send('AE', ack=i * MSS + 1)
    assert flight(t, p) == []
    assert tcp_info(s)[1] == 5
    # Five are in flight: from here on one for one, with ECE until CWR has come.
    for i in range(6, 11):
        p.send('AE', ack=i * MSS + 1)
        assert flight(t, p) == new(i + 4, 1, 'AC' if i == 6 else 'A')
    assert tcp_info(s)[1] == 5
    # The next window.
    p.send('AE', ack=11 * MSS + 1)
    assert tcp_info(s)[1] == 2
    assert flight(t, p) == []
    p.send('A', ack=15 * MSS + 1)
    assert flight(t, p) == new(15, 2, 'AC')
    p.strict = False
    t.abort(s)
    t.drain(p)


def test_ecn_no_echo_without(t):
    """Without ECN agreed on ECE means nothing."""
    t.sysctl('ecn', OFF)
    p, s = t.passive(sndbuf=300000, rtt=0.5)
    t.write(s, 10 * MSS)
    t.settle()
    for _ in range(10):
        p.next()
    before = tcp_info(s)[1]
    p.send('AE', ack=5 * MSS + 1)
    t.sync()
    assert tcp_info(s)[1] >= before
    p.send('A', ack=10 * MSS + 1)


def test_ecn_loss_in_the_same_window(t):
    """RFC 3168 section 6.1.2: a loss among what was sent before the echo reduces nothing more.

    Rill only: TCP_INFO counts another window in Linux's recovery.
    """
    p, s = slow(t)
    t.write(s, 10 * MSS)
    assert flight(t, p) == new(0, 10)
    p.send('AE', ack=MSS + 1)
    for _ in range(3):
        p.send('AE', ack=MSS + 1)
    p.soon('A', seq=MSS + 1, len=MSS, ecn=NOT_ECT)
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    assert struct.unpack_from('I', info, 76)[0] == 5, 'ssthresh'
    p.send('A', ack=10 * MSS + 1)
    t.quiet()


def test_ecn_one_segment(t):
    """RFC 3168 section 6.1.2: with a window of one segment ECE holds new data back until the timer expires.

    Rill only: Linux's window never falls below two segments.
    """
    p, s = slow(t, rtt=0.3)
    t.write(s, 22 * MSS)
    assert flight(t, p) == new(0, 10)
    p.send('AE', ack=10 * MSS + 1)          # 5
    assert flight(t, p) == new(10, 5, 'AC')
    p.send('AE', ack=15 * MSS + 1)          # 2 1/2
    assert flight(t, p) == new(15, 2, 'AC')
    p.send('AE', ack=17 * MSS + 1)          # 2, the least of ssthresh
    assert flight(t, p) == new(17, 2, 'AC')
    p.send('AE', ack=19 * MSS + 1)          # 1
    assert flight(t, p) == new(19, 1, 'AC')
    with t.counted('EcnReductions'):
        held = p.send('AE', ack=20 * MSS + 1)
    seg = p.expect('AC', len=MSS, ecn=ECT0)
    assert seg.t - held >= 0.2 - EARLY, seg.t - held
    p.send('A', ack=21 * MSS + 1)
    p.expect('A', len=MSS, ecn=ECT0)
    p.send('A')
    t.quiet()
