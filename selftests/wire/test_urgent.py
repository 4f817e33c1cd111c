# SPDX-License-Identifier: GPL-2.0
"""Urgent data: RFC 9293 section 3.8.5, RFC 6093."""
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import threading
import time

from peer import PATIENCE
from segment import WireError, stream
from test_window import fill, small_buffer, take

SIOCATMARK = 0x8905
RECVFROM = 45       # the number of the system call, on amd64


def octet(seq):
    return stream(seq, seq + 1)


def at_mark(s):
    return struct.unpack('i', fcntl.ioctl(s, SIOCATMARK, b'\0' * 4))[0]


def oob(s):
    """What a receive call with MSG_OOB gives: the octet, or the name of an error."""
    try:
        return s.recv(16, socket.MSG_OOB)
    except OSError as e:
        return errno.errorcode[e.errno]


def chunk(s, n=65536):
    """What a receive call gives: octets, or the name of an error."""
    try:
        return s.recv(n)
    except OSError as e:
        return errno.errorcode[e.errno]


def pri(s):
    poll = select.poll()
    poll.register(s, select.POLLPRI)
    return bool(poll.poll(0))


class Signals:
    """Counts the SIGURGs for a socket."""

    def __init__(self, t, s):
        self.t, self.n = t, 0
        signal.signal(signal.SIGURG, self.caught)
        fcntl.fcntl(s, fcntl.F_SETOWN, os.getpid())

    def caught(self, *_):
        self.n += 1

    def expect(self, n):
        self.t.until(lambda: self.n >= n, lambda: '%d signals, %d came' % (n, self.n))
        self.t.sync()
        assert self.n == n, '%d signals, expected %d' % (self.n, n)


def urgent(s, n, start=1):
    """The program writes n octets of the test stream, the last of them is the mark."""
    sent = s.send(stream(start, start + n), socket.MSG_OOB)
    if sent != n:
        raise WireError('only %d of %d octets fitted' % (sent, n))


def await_pri(t, s):
    t.wait(s, select.POLLPRI)


# -- what the peer says --------------------------------------------------------

def test_urgent_pointer(t):
    """RFC 9293 section 3.8.5, MUST-30 MUST-62: the pointer names the octet behind the urgent data; the last of that can be had out of band."""
    p, s = t.passive()
    p.send('AU', data=5, urg=3)
    p.acked()
    await_pri(t, s)
    assert oob(s) == octet(3)
    assert oob(s) == 'EINVAL'
    t.read(s, 2)
    assert at_mark(s)
    t.read(s, 2, start=4)
    assert not at_mark(s)


def test_urgent_any_length(t):
    """RFC 9293 section 3.8.5, MUST-31 MUST-33: urgent data of several segments; reads end before its last octet."""
    p, s = t.passive()
    signals = Signals(t, s)
    p.send('AU', data=1000, urg=2500)
    p.send('AU', data=1000, urg=1500)
    t.sync()
    assert oob(s) == 'EAGAIN'
    assert not pri(s)
    t.read(s, 2000)
    assert not at_mark(s)
    p.send('AU', data=1000, urg=500)
    p.send('A', data=1000)
    p.acked()
    signals.expect(1)
    assert chunk(s) == stream(2001, 2500)
    assert at_mark(s)
    assert oob(s) == octet(2500)
    t.read(s, 1500, start=2501)


def test_urgent_in_line(t):
    """RFC 6093 section 6, MUST-33: with SO_OOBINLINE the octet at the mark stays in its place; a read ends before it, not behind it."""
    p, s = t.passive(oobinline=1)
    p.send('AU', data=10, urg=4)
    p.acked()
    await_pri(t, s)
    assert oob(s) == 'EINVAL'
    assert chunk(s) == stream(1, 4)
    assert at_mark(s)
    assert chunk(s) == stream(4, 11)
    assert not pri(s)


def test_urgent_announced(t):
    """RFC 9293 section 3.8.5, MUST-32 MUST-47: a segment without data tells of urgent data to come; the program is told asynchronously."""
    p, s = t.passive()
    signals = Signals(t, s)
    p.send('AU', urg=10)
    signals.expect(1)
    assert oob(s) == 'EAGAIN'
    assert not pri(s)
    assert not at_mark(s)
    t.idle(s)
    p.send('A', data=12)
    p.acked()
    await_pri(t, s)
    signals.expect(1)
    assert oob(s) == octet(10)
    t.read(s, 9)
    t.read(s, 2, start=11)


def test_urgent_pointer_advances(t):
    """RFC 9293 section 3.8.5, MUST-32: the program is told whenever the pointer advances, and only then."""
    p, s = t.passive()
    signals = Signals(t, s)
    p.send('AU', data=10, urg=10)
    signals.expect(1)
    p.send('AU', urg=20)
    signals.expect(2)
    p.send('AU', urg=20)
    p.send('AU', urg=15)
    p.send('AU', data=10, urg=10)
    signals.expect(2)
    p.send('AU', data=20, urg=15)
    signals.expect(3)
    p.acked()
    assert oob(s) == octet(35)
    assert chunk(s) == stream(1, 35)
    t.read(s, 5, start=36)


def test_urgent_pointer_counts(t):
    """RFC 9293 section 3.8.5: the counter moves with the pointer.

    Rill only: TCP does not count that.
    """
    p, s = t.passive()
    with t.counted('InUrgent'):
        p.send('AU', data=10, urg=10)
    before = t.counters()['InUrgent']
    p.send('AU', seq=1, data=10, urg=10)
    p.at_once('A', ack=11)
    p.send('A', data=10)
    p.acked()
    assert t.counters()['InUrgent'] == before
    t.read(s, 9)


def test_urgent_pointer_never_recedes(t):
    """RFC 9293 section 3.8.5: a pointer to what was received before means nothing, read or not."""
    p, s = t.passive()
    signals = Signals(t, s)
    p.send('A', data=20)
    p.send('AU', data=10, urg=10)
    signals.expect(1)
    t.read(s, 20)
    p.send('AU', seq=1, data=30, urg=5)
    p.send('AU', seq=21, data=10, urg=2)
    p.send('A', data=10)
    p.acked()
    assert oob(s) == octet(30)
    assert chunk(s) == stream(21, 30)
    t.read(s, 10, start=31)
    p.send('AU', seq=21, data=21, urg=10)
    p.nxt = 42
    p.acked()
    signals.expect(1)
    t.read(s, 1, start=41)


def test_urgent_pointer_zero(t):
    """RFC 9293 section 3.8.5, MUST-62: a pointer of 0 names the segment's first octet as the one behind urgent data.

    Rill only: TCP takes 0 for 1.
    """
    p, s = t.passive()
    signals = Signals(t, s)
    p.send('AU', data=10, urg=0)
    t.read(s, 10)
    p.send('AU', seq=21, data=10, urg=0)
    p.at_once('A', ack=11)
    signals.expect(1)
    p.send('A', seq=11, data=10)
    p.nxt = 31
    p.acked()
    await_pri(t, s)
    assert oob(s) == octet(20)


def test_urgent_out_of_order(t):
    """RFC 9293 section 3.10.7.4, sixth check: an urgent octet can be had before the gap in front of it is filled."""
    p, s = t.passive()
    signals = Signals(t, s)
    p.send('AU', seq=101, data=100, urg=50)
    p.at_once('A', ack=1)
    signals.expect(1)
    await_pri(t, s)
    assert oob(s) == octet(150)
    t.idle(s)
    p.send('AU', seq=1, data=100, urg=150)
    p.nxt = 201
    p.acked()
    signals.expect(1)
    t.read(s, 149)
    assert at_mark(s)
    t.read(s, 50, start=151)


def test_urgent_octet_before_pointer(t):
    """RFC 6093 section 3.4: the octet came early, in a segment whose URG was taken off on the way; then the pointer comes.

    Rill only: TCP never finds the octet.
    """
    p, s = t.passive()
    p.send('A', seq=101, data=100)
    p.send('A', seq=301, data=100)
    t.sync()
    p.send('AU', seq=1, data=100, urg=150)
    p.at_once('A', ack=1)
    p.at_once('A', ack=1)
    p.at_once('A', ack=201)
    await_pri(t, s)
    assert oob(s) == octet(150)
    assert chunk(s) == stream(1, 150)
    t.read(s, 50, start=151)


def test_urgent_at_zero_window(t):
    """RFC 9293 section 3.10.7.4, MUST-66: the pointer counts while the window is zero."""
    p, s = small_buffer(t)
    edge = fill(t, p, s)
    signals = Signals(t, s)
    p.send('AU', urg=2)
    signals.expect(1)
    assert oob(s) == 'EAGAIN'
    t.read(s, edge - 1)
    t.sync()
    while p.queue:      # window updates
        p.expect('A', ack=edge)
    p.send('A', data=3)
    p.acked()
    await_pri(t, s)
    t.read(s, 1, start=edge)
    assert oob(s) == octet(edge + 1)
    t.read(s, 1, start=edge + 2)


def test_urgent_octet_at_zero_window(t):
    """RFC 9293 section 3.10.7.4, MUST-66: so does that of a window probe; its octet is urgent, if not taken.

    Rill only: TCP of some kernels drops data beyond the window with all that goes with it.
    """
    p, s = small_buffer(t)
    edge = fill(t, p, s)
    signals = Signals(t, s)
    p.send('AU', seq=edge, data=2, urg=2)
    p.nxt = edge
    p.at_once('A', ack=edge, win=0)
    await_pri(t, s)
    signals.expect(1)
    assert oob(s) == octet(edge + 1)
    t.read(s, edge - 1)
    t.sync()
    while p.queue:      # window updates
        p.expect('A', ack=edge)
    p.send('AU', seq=edge, data=3, urg=2)
    p.nxt = edge + 3
    p.acked()
    t.read(s, 1, start=edge)
    assert at_mark(s)
    assert oob(s) == 'EINVAL'
    t.read(s, 1, start=edge + 2)


def test_urgent_beyond_window(t):
    """RFC 9293 section 3.10.7.4, MUST-66: the end of the window is no end for the pointer."""
    p, s = small_buffer(t)
    signals = Signals(t, s)
    while p.room > 1460:
        p.send('A', data=1460)
        p.room = p.acked().win
    edge = p.nxt + p.room
    p.send('AU', urg=p.room + 1000)
    signals.expect(1)
    assert oob(s) == 'EAGAIN'
    p.send('AU', data=p.room, urg=p.room + 1000)
    p.acked()
    t.read(s, edge - 1)
    p.send('A', data=1460)
    p.acked()
    await_pri(t, s)
    signals.expect(1)
    assert oob(s) == octet(edge + 999)


def test_urgent_repeated(t):
    """RFC 9293 section 3.8.5: urgent data that comes again is not urgent again."""
    p, s = t.passive()
    signals = Signals(t, s)
    p.send('AU', data=10, urg=10)
    p.acked()
    assert oob(s) == octet(10)
    p.send('AU', seq=1, data=10, urg=10)
    p.at_once('A', ack=11)
    assert oob(s) == 'EINVAL'
    assert not pri(s)
    t.read(s, 9)
    assert at_mark(s)
    p.send('AU', seq=1, data=10, urg=10)
    p.at_once('A', ack=11)
    assert chunk(s) == 'EAGAIN'
    assert not at_mark(s)
    p.send('AU', seq=1, data=10, urg=10)
    p.at_once('A', ack=11)
    assert oob(s) == 'EINVAL'
    signals.expect(1)
    p.send('A', data=1)
    p.acked()
    t.read(s, 1, start=11)


def test_urgent_far(t):
    """RFC 9293 section 3.8.5: the pointer reaches 65535 octets far."""
    p, s = t.passive(opts='mss 1460,wscale 2', rcvbuf=400000)
    p.send('AU', urg=65535)
    for _ in range(48):
        p.send('A', data=1460)
        p.acked()
    await_pri(t, s)
    assert oob(s) == octet(65535)
    t.read(s, 65534)
    assert at_mark(s)
    t.read(s, 48 * 1460 - 65535, start=65536)


def test_urgent_wraps(t):
    """RFC 9293 section 3.4: the mark on either side of the wrap of sequence numbers."""
    for port, before in enumerate((1, 5, 6, 7, 12), 7000):
        p, s = t.passive(isn=-before, port=port)
        p.send('AU', data=5, urg=6)
        p.send('AU', data=5, urg=1)
        p.acked()
        assert oob(s) == octet(6)
        t.read(s, 5)
        assert at_mark(s)
        t.read(s, 4, start=7)


def test_urgent_with_fin(t):
    """RFC 9293 section 3.10.7.4: URG and FIN in one segment; the urgent octet outlives the end of the stream."""
    p, s = t.passive()
    p.send('FAU', data=10, urg=10)
    p.acked()
    p.reaches('CLOSE-WAIT')
    await_pri(t, s)
    t.read(s, 9)
    assert at_mark(s)
    assert oob(s) == octet(10)
    t.eof(s)
    assert oob(s) == 'EINVAL'


def test_urgent_pointer_beyond_fin(t):
    """RFC 9293 section 3.8.5: the pointer names an octet that never comes; the stream ends as it would."""
    p, s = t.passive()
    p.send('AU', urg=100)
    t.sync()
    assert oob(s) == 'EAGAIN'
    p.send('FAU', data=10, urg=90)
    p.acked()
    t.read(s, 10)
    assert oob(s) == b''
    assert not pri(s)
    t.eof(s)


def test_urgent_after_fin(t):
    """RFC 9293 section 3.10.7.4, sixth check: behind the peer's FIN URG is ignored.

    Rill only: TCP sends the signal.
    """
    for state in ('CLOSE-WAIT', 'CLOSING'):
        p, s = t.enter(state, port={'CLOSE-WAIT': 7000, 'CLOSING': 7001}[state])
        signals = Signals(t, s)
        acked = p.rcv - (state == 'CLOSING')
        p.send('AU', ack=acked, urg=10)
        p.send('AU', ack=acked, data=1, urg=1)
        t.settle()
        assert p.state() == state
        signals.expect(0)
        assert oob(s) == 'EINVAL'
        t.eof(s)
        t.abort(s)
        t.drain(p)


def test_urgent_half_closed(t):
    """RFC 9293 section 3.10.7.4, sixth check: URG counts while only our side is closed."""
    for state in ('FIN-WAIT-1', 'FIN-WAIT-2'):
        p, s = t.enter(state, port={'FIN-WAIT-1': 7000, 'FIN-WAIT-2': 7001}[state])
        signals = Signals(t, s)
        p.send('AU', ack=p.rcv - (state == 'FIN-WAIT-1'), data=3, urg=3)
        signals.expect(1)
        assert p.state() == state
        await_pri(t, s)
        assert oob(s) == octet(3)
        t.read(s, 2)
        t.abort(s)
        t.drain(p)


def test_urgent_with_handshake(t):
    """RFC 9293 section 3.10.7.4: the ACK that completes a handshake may bring urgent data; the mark waits for accept()."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.expect('SA')
    p.send('AU', data=5, urg=3)
    p.acked()
    s = t.accept(listener)
    await_pri(t, s)
    assert oob(s) == octet(3)
    t.read(s, 2)
    t.read(s, 2, start=4)


def test_urgent_moves_reader(t):
    """RFC 9293 section 3.8.5: the reader stands before an urgent octet, a buffer of its own, when the pointer moves on."""
    p, s = t.passive()
    p.send('A', data=100)
    p.acked()
    t.read(s, 100)
    p.send('AU', data=1, urg=1)
    p.acked()
    assert at_mark(s)
    p.send('AU', urg=2)
    t.sync()
    assert not at_mark(s)
    t.idle(s)
    p.send('A', data=3)
    p.acked()
    t.read(s, 1, start=102)
    assert at_mark(s)
    assert oob(s) == octet(103)
    t.read(s, 1, start=104)


def test_urgent_splice(t):
    """RFC 9293 section 3.8.5: splice() ends at the mark and goes on behind it, as a receive call does.

    Rill only: TCP's gives nothing from there on.
    """
    p, s = t.passive()
    p.send('AU', data=10, urg=4)
    p.acked()
    r, w = os.pipe()
    assert os.splice(s.fileno(), w, 100) == 3
    assert at_mark(s)
    assert os.splice(s.fileno(), w, 100) == 6
    assert not at_mark(s)
    assert os.read(r, 100) == stream(1, 4) + stream(5, 11)


class Caught(Exception):
    pass


def test_urgent_interrupts_reader(t):
    """RFC 9293 section 3.8.5, MUST-32: a reader that sleeps at the mark gets the signal before he gets what is behind it."""
    p, s = t.passive()
    me = os.getpid()

    def caught(*_):
        raise Caught

    def asleep():
        with open('/proc/%d/syscall' % me) as f:
            return f.read().startswith('%d ' % RECVFROM)

    def send():
        deadline = time.time() + PATIENCE
        while not asleep() and time.time() < deadline:
            time.sleep(0.01)
        p.send('AU', data=4, urg=1)

    signal.signal(signal.SIGURG, caught)
    fcntl.fcntl(s, fcntl.F_SETOWN, me)
    s.setblocking(True)
    sender = threading.Thread(target=send)
    try:
        sender.start()
        got = s.recv(10)
    except Caught:
        got = None
    sender.join()
    s.setblocking(False)
    assert got is None, got
    assert at_mark(s)
    assert oob(s) == octet(1)
    p.acked()
    t.read(s, 3, start=2)


# -- what the program says -----------------------------------------------------

def test_urgent_sent(t):
    """RFC 9293 section 3.8.5, MUST-30 MUST-62: URG is in every segment that begins before the end of urgent data, and in no other."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 10)
    p.expect('A', len=10, urg=0)
    p.send('A')
    urgent(s, 4000, start=11)
    p.expect('AU', len=1460, urg=4000)
    p.expect('AU', len=1460, urg=2540)
    p.expect('AU', len=1080, urg=1080, psh=True)
    p.send('A')
    t.write(s, 10, start=4011)
    p.expect('A', len=10, urg=0)
    p.send('A', data=10)
    seg = p.acked()
    assert seg.urg == 0


def test_urgent_behind_plain(t):
    """RFC 9293 section 3.8.5: what was written before and is not sent yet goes with URG, too: the peer is to hurry."""
    p, s = t.passive(win=1000, rtt=0.5)
    t.write(s, 2000)
    take(p, 1000)
    urgent(s, 5, start=2001)
    p.send('A', win=65535)
    while p.rcv < 2006:     # the news that there is something urgent may come ahead
        seg = p.next()
        assert seg.seq >= 1001 and seg.seq + seg.urg == 2006, str(seg)
    p.send('A')


def test_urgent_marks_move(t):
    """RFC 9293 section 3.8.5: the pointer of a later segment is the later one; sent again, all segments have it."""
    p, s = t.passive(rtt=0.2)
    p.strict = True
    urgent(s, 10)
    p.expect('AU', len=10, urg=10)
    urgent(s, 10, start=11)
    p.expect('AU', len=10, urg=10)
    t.write(s, 10, start=21)
    seg = p.next()
    if seg.len == 10 and seg.seq == 21:     # sent before the timeout or with it
        assert seg.urg == 0
        seg = p.next()
    assert seg.seq == 1 and 'U' in seg.flags and seg.urg == 20, str(seg)
    p.send('A')
    t.drain(p)


def test_urgent_sent_again(t):
    """RFC 9293 section 3.8.5, MUST-30: a retransmission has URG and the pointer from where it begins."""
    p, s = t.passive(rtt=0.2)
    p.strict = True
    urgent(s, 2000)
    p.expect('AU', len=1460, urg=2000)
    p.expect('AU', len=540, urg=540)
    p.expect('AU', seq=1, len=1460, urg=2000, within=5.0)
    p.send('A', ack=1461)
    p.expect('AU', seq=1461, len=540, urg=540)
    p.send('A')
    t.drain(p)


def test_urgent_fast_retransmit(t):
    """RFC 9293 section 3.8.5, RFC 5681 section 3.2: so has a fast one."""
    p, s = t.passive(rtt=0.5)
    p.strict = True
    urgent(s, 7300)
    for left in (7300, 5840, 4380, 2920, 1460):
        p.expect('AU', len=1460, urg=left)
    for _ in range(3):
        p.send('A', ack=1)
    p.expect('AU', seq=1, len=1460, urg=7300, within=1.0)
    p.send('A')
    t.drain(p)


def test_urgent_passes_nagle(t):
    """RFC 9293 section 3.8.5: urgent data is sent at once, whatever the Nagle algorithm or a cork would hold back."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 10)
    p.expect('A', len=10)
    t.write(s, 10, start=11)
    t.settle()
    t.quiet()
    urgent(s, 1, start=21)
    p.soon('AU', len=11, urg=11)
    p.send('A')
    s.setsockopt(socket.IPPROTO_TCP, 3, 1)      # TCP_CORK
    t.write(s, 10, start=22)
    s.send(octet(32), socket.MSG_OOB | socket.MSG_MORE)
    p.soon('AU', len=11, urg=11)
    p.send('A')


def test_urgent_zero_window_probe(t):
    """RFC 9293 section 3.8.6.1, MUST-36: into a zero window goes the news of urgent data."""
    p, s = t.passive(win=0)
    t.write(s, 100)
    urgent(s, 5, start=101)
    told = 0
    while told < 2:
        seg = p.next(what='a segment with URG')
        assert seg.len <= 1, str(seg)
        if 'U' in seg.flags:
            assert seg.seq + seg.urg == 106, str(seg)
            told += 1
        p.rcv = 1
    p.send('A', ack=1, win=65535)
    seg = p.next()
    while seg.len <= 1:
        seg = p.next()
    assert seg.seq + seg.urg == 106, str(seg)
    p.send('A')
    t.drain(p)


def test_urgent_told_at_once(t):
    """RFC 9293 section 3.8.5: what no window lets go is announced at once, and by every ACK until it goes.

    Rill only: TCP tells of it with the next window probe.
    """
    p, s = t.passive(win=1000, rtt=0.5)
    t.write(s, 1000)
    p.expect('A', len=1000)
    p.send('A', win=0)
    urgent(s, 5, start=1001)
    p.at_once('AU', urg=5)
    p.send('A', data=10, win=0)
    p.expect('AU', seq=1001, urg=5)
    p.send('A', win=65535)
    p.expect('AU', len=5, urg=5)
    p.send('A', data=10)
    p.expect('A', urg=0)


def test_urgent_beyond_reach(t):
    """RFC 9293 section 3.8.5, MUST-31: the end is more than 65535 octets away; every segment has URG, and points as far as it can."""
    p, s = t.passive(opts='mss 1460,wscale 7', win=60000, rtt=0.5, sndbuf=2000000)
    total = 200000
    urgent(s, total)
    while p.rcv < total + 1:
        seg = p.next()
        if not seg.len:
            continue
        left = total + 1 - seg.seq
        assert 'U' in seg.flags and seg.urg == min(left, 65535), str(seg)
        if seg.seq + seg.len == p.rcv:
            p.send('A')
    t.drain(p)


def test_urgent_then_close(t):
    """RFC 9293 section 3.8.5: the FIN comes behind urgent data and has no part in it."""
    p, s = t.passive(win=0, rtt=0.5)
    urgent(s, 5)
    s.shutdown(socket.SHUT_WR)
    t.settle()
    while p.queue:
        assert p.next().len <= 1
    p.rcv = 1
    p.send('A', ack=1, win=65535)
    seg = p.next()
    while seg.len <= 1:
        seg = p.next()
    assert 'U' in seg.flags and seg.urg == 5, str(seg)
    p.rcv = 6 + ('F' in seg.flags)
    if 'F' not in seg.flags:
        p.expect('FA', seq=6, urg=0)
    p.send('A')
    p.reaches('FIN-WAIT-2')


def test_urgent_reset_without_pointer(t):
    """RFC 9293 section 3.10.5: a reset says nothing else, urgent data or not.

    Rill only: TCP's has the pointer.
    """
    p, s = t.passive(win=0)
    urgent(s, 5)
    p.at_once('AU', urg=5)
    t.abort(s)
    seg = p.aborted()
    assert seg.urg == 0, str(seg)
