# SPDX-License-Identifier: GPL-2.0
"""The octet stream: RFC 9293 sections 3.8 and 3.10.7.4; what is sent when, what is acknowledged when."""
import socket
import time

from peer import EARLY
from segment import WireError, stream

TCP = socket.IPPROTO_TCP


def test_in_order(t):
    """RFC 9293 section 3.10.7.4, seventh check: data is delivered in order and acknowledged."""
    p, s = t.passive()
    for n in (1, 100, 1460, 3):
        p.send('A', data=n)
    p.acked()
    t.read(s, 1564)


def test_data_without_psh(t):
    """RFC 9293 section 3.9.1.2: what has arrived is readable, PSH or not."""
    p, s = t.passive()
    p.send('A', data=10)
    t.read(s, 10)
    p.send('AP', data=10)
    t.read(s, 10, start=11)
    p.acked()


def test_out_of_order(t):
    """RFC 9293 section 3.10.7.4, SHLD-31 MAY-13: a gap draws duplicate ACKs at once; its filler acknowledges all."""
    p, s = t.passive()
    for at in (101, 201, 401):
        p.send('A', seq=at, data=100)
        p.at_once('A', ack=1)
    t.idle(s)
    p.send('A', seq=1, data=100)
    p.at_once('A', ack=301)
    t.read(s, 300)
    p.send('A', seq=301, data=100)
    p.at_once('A', ack=501)
    t.read(s, 200, start=301)


def test_gap_filled_backwards(t):
    """RFC 9293 section 3.10.7.4, SHLD-31: segments in reverse order are kept and put together."""
    p, s = t.passive()
    for at in range(901, 0, -100):
        p.send('A', seq=at, data=100)
        p.at_once('A', ack=1 if at > 1 else 1001)
    t.read(s, 1000)


def test_overlap_in_order(t):
    """RFC 9293 section 3.10.7.4: what was received before is trimmed from a segment's front."""
    p, s = t.passive()
    p.send('A', seq=1, data=100)
    p.send('A', seq=51, data=100)
    p.send('A', seq=1, data=200)
    p.nxt = 201
    p.acked()
    t.read(s, 200)
    t.quiet()
    t.idle(s)


def test_overlap_out_of_order(t):
    """RFC 9293 section 3.10.7.4: early segments that overlap on either side, or enclose each other."""
    p, s = t.passive()
    for at, n in ((201, 100), (151, 100), (251, 100), (401, 20), (391, 60), (101, 300)):
        p.send('A', seq=at, data=n)
        p.at_once('A', ack=1)
    p.send('A', seq=1, data=120)
    p.at_once('A', ack=451)
    t.read(s, 450)


def test_conflicting_overlap(t):
    """RFC 9293 section 3.10.7.4: octets that were received in order are never replaced by later ones."""
    p, s = t.passive()
    p.send('A', seq=1, data=stream(1, 51))
    t.sync()
    p.send('A', seq=1, data=b'#' * 50 + stream(51, 101))
    p.nxt = 101
    p.acked()
    t.read(s, 100)


def test_duplicate(t):
    """RFC 9293 section 3.10.7.4, first check: a segment that brings nothing new is acknowledged at once."""
    p, s = t.passive()
    p.send('A', data=100)
    p.acked()
    p.send('A', seq=1, data=100)
    p.at_once('A', ack=101)
    p.send('A', seq=51, data=50)
    p.at_once('A', ack=101)
    t.read(s, 100)
    t.quiet()
    t.idle(s)


def test_sequence_wrap(t):
    """RFC 9293 section 3.4: sequence numbers wrap at 2^32, in order, early and overlapping."""
    for port, before in enumerate((1, 2, 50, 1000, 1500), 7000):
        p, s = t.passive(isn=-before, port=port)
        p.send('A', seq=901, data=700)
        p.at_once('A', ack=1)
        p.send('A', seq=1, data=500)
        p.send('A', seq=401, data=600)
        p.nxt = 1601
        p.acked()
        t.read(s, 1600)
        p.send('FA')
        p.acked()
        t.eof(s)


def test_ack_number_wraps(t):
    """RFC 9293 section 3.4: the window's right edge may lie beyond the wrap, a FIN upon it."""
    p, s = t.passive(isn=-1)        # the first octet has number 0
    p.send('A', data=10)
    p.acked()
    q, r = t.passive(isn=-12, port=7001)
    q.send('A', data=10)
    q.send('FA')                    # has number 0xffffffff
    q.acked()
    t.read(r, 10)
    t.eof(r)


def test_fin_before_gap_is_filled(t):
    """RFC 9293 section 3.10.7.4, eighth check: an early FIN waits for the data before it."""
    p, s = t.passive()
    p.send('FA', seq=101)
    p.at_once('A', ack=1)
    p.send('FA', seq=51, data=50)
    p.at_once('A', ack=1)
    assert p.state() == 'ESTABLISHED'
    t.idle(s)
    p.send('A', seq=1, data=50)
    p.at_once('A', ack=102)
    p.reaches('CLOSE-WAIT')
    t.read(s, 100)
    t.eof(s)


def test_data_behind_fin(t):
    """RFC 9293 section 3.10.7.4, seventh check: what a peer sends behind its FIN is ignored."""
    p, s = t.passive()
    p.send('FA', data=10)
    p.acked()
    p.send('A', data=100)
    t.drain(p)
    t.read(s, 10)
    t.eof(s)
    assert p.state() == 'CLOSE-WAIT'


def test_urgent_segments_in_line(t):
    """RFC 9293 section 3.8.5, MUST-30 MUST-31: URG never tears the stream, whatever the pointer says."""
    listener = t.listen(oobinline=1)
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.expect('SA')
    p.send('A')
    s = t.accept(listener)
    for urg in (0, 1, 50, 100, 101, 5000, 65535):
        p.send('AU', data=100, urg=urg)
    p.send('U', data=100, urg=1)        # no ACK: dropped
    p.acked()
    t.read(s, 700)


def test_segments_are_full(t):
    """RFC 9293 section 3.9.1.2, SHLD-28 MUST-61: full segments, PSH on the last."""
    p, s = t.passive()
    t.write(s, 3000)
    p.expect('A', len=1460)
    p.expect('A', len=1460)
    p.send('A')
    p.expect('A', len=80, psh=True)
    p.send('A')


def test_long_write(t):
    """RFC 9293 section 3.7.4: inside one write no segment is less than full, whatever buffers keep it."""
    p, s = t.passive()
    t.write(s, 30000)
    for _ in range(10):
        p.expect('A', len=1460)
    t.abort(s)
    t.drain(p)


def test_writes_are_collected(t):
    """RFC 9293 section 3.9.1.2, SHLD-27 MAY-16 MUST-61: many small writes leave as few large segments."""
    p, s = t.passive()
    t.write(s, 10)
    p.expect('A', len=10, psh=True)
    for i in range(200):
        t.write(s, 20, start=11 + 20 * i)
    p.expect('A', len=1460)
    p.expect('A', len=1460)
    p.send('A')
    p.expect('A', len=1080, psh=True)
    p.send('A')


def test_default_send_buffer(t):
    """RFC 6928: without any setting the send buffer holds at least the initial window, ten segments."""
    p, s = t.passive()
    assert s.send(b'x' * 100000) >= 14600
    t.abort(s)
    t.drain(p)


def test_nagle(t):
    """RFC 9293 section 3.7.4, SHLD-7 MUST-38 MUST-60: small data waits while an ACK is due, no longer."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 100)
    p.soon('A', len=100)
    t.write(s, 100, start=101)
    t.write(s, 100, start=201)
    t.quiet()
    p.send('A')
    p.soon('A', len=200)
    p.send('A')


def test_nodelay(t):
    """RFC 9293 section 3.7.4, MUST-17: TCP_NODELAY sends small data at once."""
    p, s = t.passive(rtt=0.5)
    s.setsockopt(TCP, socket.TCP_NODELAY, 1)
    for i in range(5):
        t.write(s, 10, start=1 + 10 * i)
        p.soon('A', len=10, psh=True)
    p.send('A')


def test_nodelay_releases(t):
    """TCP_NODELAY sends what Nagle's algorithm was holding back."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 10)
    p.soon('A', len=10)
    t.write(s, 10, start=11)
    t.quiet()
    s.setsockopt(TCP, socket.TCP_NODELAY, 1)
    p.soon('A', len=10)
    p.send('A')


def test_cork(t):
    """TCP_CORK holds partial segments back, full ones not; taking it off sends the rest."""
    p, s = t.passive()
    s.setsockopt(TCP, socket.TCP_CORK, 1)
    t.write(s, 2000)
    p.soon('A', len=1460)
    p.send('A')
    t.quiet()
    s.setsockopt(TCP, socket.TCP_CORK, 0)
    p.soon('A', len=540)
    p.send('A')


def test_cork_is_not_for_ever(t):
    """RFC 9293 section 3.9.1.2, MUST-60: a cork that is never taken off holds for 200 ms."""
    p, s = t.passive()
    s.setsockopt(TCP, socket.TCP_CORK, 1)
    since = t.now()
    t.write(s, 100)
    seg = p.expect('A', len=100)
    assert seg.t - since >= 0.2 - EARLY, seg.t - since
    p.send('A')


def test_msg_more(t):
    """RFC 9293 section 3.9.1.2, MAY-15: MSG_MORE holds a partial segment back until a send without it."""
    p, s = t.passive()
    assert s.send(stream(1, 101), socket.MSG_MORE) == 100
    t.quiet()
    t.write(s, 50, start=101)
    p.soon('A', len=150)
    p.send('A')


def talk(t, p, s, rounds=3):
    """Requests and answers, after which both sides take the connection for interactive."""
    for _ in range(rounds):
        at = p.nxt
        p.send('A', data=100)
        t.read(s, 100, start=at)
        t.write(s, 50, start=p.rcv)
        if p.next().len == 0:
            p.expect('A', len=50)
        p.send('A')


def test_delayed_ack(t):
    """RFC 9293 section 3.8.6.3, MUST-40 SHLD-18: one segment's ACK is delayed, by less than 0.5 s."""
    p, s = t.passive()
    talk(t, p, s)
    sent = p.send('A', data=100)
    delay = p.expect('A').t - sent
    if not 0.035 <= delay < 0.5:
        raise WireError('the ACK was delayed by %.3f s' % delay)


def test_ack_of_what_was_read(t):
    """RFC 9293 section 3.8.6.3: where no answer has come, an ACK waits for the reader alone; where one has, for that."""
    p, s = t.passive()
    talk(t, p, s)
    for delayed in (True, False, False):
        at = p.nxt
        sent = p.send('A', data=100)
        t.read(s, 100, start=at)
        delay = p.expect('A').t - sent
        if delayed != (delay >= 0.035):
            raise WireError('the ACK was delayed by %.3f s' % delay)
    at = p.nxt
    p.send('A', data=100)
    t.write(s, 10, start=p.rcv)
    p.expect('A', len=10)
    p.send('A')
    sent = p.send('A', data=100)
    t.read(s, 200, start=at)
    delay = p.expect('A').t - sent
    if delay < 0.035:
        raise WireError('the ACK was delayed by %.3f s' % delay)


def test_ack_within_half_a_second(t):
    """RFC 9293 section 3.8.6.3, MUST-40: whatever the pattern, no ACK takes 0.5 s."""
    p, s = t.passive()
    for n in (1, 1460, 2000, 100, 536, 1, 1460, 1460, 1460):
        sent = p.send('A', data=min(n, 1460))
        delay = p.acked().t - sent
        if delay >= 0.5:
            raise WireError('the ACK of %d octets took %.3f s' % (n, delay))


def test_ack_rides_on_data(t):
    """RFC 9293 section 3.8.6.3, SHLD-18: an answer within the delay carries the ACK; none goes by itself."""
    p, s = t.passive()
    talk(t, p, s)
    for _ in range(10):
        sent = p.send('A', data=100)
        t.write(s, 10, start=p.rcv)
        in_time = time.time() - sent < 0.035
        seg = p.next()
        p.send('A')
        if seg.len or in_time:
            break
        p.soon('A', len=10)
        p.send('A')
    if (seg.len, seg.ack) != (10, p.nxt):
        raise WireError('the ACK did not ride on the answer: [%s]' % seg)
    t.quiet(0.3)


def test_second_full_segment_is_acked(t):
    """RFC 9293 section 3.8.6.3, SHLD-19 MUST-58: every second full-sized segment is acknowledged at once."""
    p, s = t.passive()
    talk(t, p, s)
    for _ in range(5):
        with t.together():
            p.send('A', data=1460)
            p.send('A', data=1460)
        t.sync()
        p.acked(within=0)
        s.recv(10000)
    t.drain(p)      # a window update is the reader's


def test_readers_window_is_announced(t):
    """RFC 9293 section 3.8.6, SHLD-14: the window's right edge never moves to the left."""
    p, s = t.passive()
    edge = 0
    for i in range(30):
        p.send('A', data=1460)
        seg = p.acked()
        if seg.ack + seg.win < edge:
            raise WireError('the right edge went back from %d to %d' % (edge, seg.ack + seg.win))
        edge = max(edge, seg.ack + seg.win)
        if i % 7 == 0:
            s.recv(100)


def test_both_directions_at_once(t):
    """RFC 9293 section 3.8: data crosses; each side acknowledges by its own data."""
    p, s = t.passive()
    t.write(s, 500)
    p.send('A', data=500)
    p.expect('A', len=500, ack=1)
    t.read(s, 500)
    p.acked()
    p.send('A', data=100)
    t.write(s, 100, start=501)
    seg = p.next()
    if not seg.len:
        seg = p.next()
    assert (seg.seq, seg.len, seg.ack) == (501, 100, 601), str(seg)
    p.send('A')
    t.read(s, 100, start=501)
