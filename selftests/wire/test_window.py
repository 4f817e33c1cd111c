# SPDX-License-Identifier: GPL-2.0
"""Flow control: RFC 9293 section 3.8.6, RFC 7323 section 2."""
import fcntl
import socket
import struct
import time

from peer import EARLY
from segment import WireError, stream

TCP = socket.IPPROTO_TCP


def take(p, n, size=1460):
    """n octets of new data in segments of at most `size`, unacknowledged."""
    end = p.rcv + n
    while p.rcv < end:
        seg = p.next()
        if set(seg.flags) - {'P'} != {'A'} or not 0 < seg.len <= size or seg.seq + seg.len > end:
            raise WireError('expected data up to %d, got [%s]' % (end, seg))


def probe(p):
    """A zero-window probe: no octet, of an old number, or one octet beyond the window."""
    seg = p.next(what='a window probe')
    if set(seg.flags) - {'P'} != {'A'} or seg.len > 1 or not p.una - 1 <= seg.seq <= p.una:
        raise WireError('expected a window probe, got [%s]' % seg)
    p.rcv = p.una
    return seg


def fill(t, p, s, limit=400):
    """Fills the program's receive buffer until the window offered is zero; returns the edge."""
    for _ in range(limit):
        p.send('A', data=min(1460, p.room) if p.room else 1460)
        seg = p.acked()
        p.room = seg.win
        if seg.win == 0:
            return seg.ack
    raise WireError('the receive window never closes')


def small_buffer(t, octets=8192, **kw):
    listener = t.listen(rcvbuf=octets, **kw)
    p = t.peer(7000)
    p.strict = True
    p.send('S', opts='mss 1460')
    p.room = p.expect('SA').win
    p.send('A')
    return p, t.accept(listener)


def test_window_is_kept(t):
    """RFC 9293 section 3.8.6: no octet beyond the window offered; the update brings the rest."""
    p, s = t.passive(win=3000, rtt=0.5, sndbuf=200000)
    t.write(s, 10000)
    take(p, 2920)
    t.sync()
    while p.queue:          # the last 80 octets may or may not be sent now
        p.expect('A', len=80)
    p.send('A', win=3000)
    take(p, 2920)
    t.drain(p)


def most_in_flight(t, p, s, **ack):
    """Lets the congestion window grow until the offered one is the limit; what is in flight then."""
    t.write(s, 180000)
    most = una = 0
    for _ in range(4):
        t.settle()
        segs = []
        while p.queue:
            segs.append(p.next())
        most = max(most, p.rcv - una - (una == 0))
        una = p.rcv
        for seg in segs:
            p.send('A', ack=seg.seq + seg.len, **ack)
    t.abort(s)
    t.drain(p)
    return most


def test_window_is_unsigned(t):
    """RFC 9293 section 3.1, MUST-1 REC-1: a window of 40000 octets is just that."""
    p, s = t.passive(win=40000, rtt=0.5, sndbuf=300000)
    most = most_in_flight(t, p, s)
    if not 32768 < most <= 40000:
        raise WireError('%d octets in flight' % most)


def test_peer_window_scale(t):
    """RFC 7323 section 2.2: behind the handshake the peer's window is scaled, on the SYN it is not."""
    p, s = t.passive(opts='mss 1000,wscale 3', win=1000, rtt=0.5, sndbuf=200000)
    t.write(s, 20000)
    take(p, 8000)
    t.quiet()
    p.send('A')
    take(p, 8000)
    t.quiet()
    p.send('A')
    take(p, 4000)
    p.send('A')


def test_window_of_syn_is_not_scaled(t):
    """RFC 7323 section 2.2: the window of a SYN or SYN-ACK is taken as it stands."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('SA', opts='mss 1000,wscale 7', win=2000)
    p.expect('A')
    t.write(s, 10000)
    take(p, 2000)
    t.quiet()
    p.send('A', win=1000)
    take(p, 8000)
    p.send('A', win=1000)


def test_window_scale_limit(t):
    """RFC 7323 section 2.3: a scale above 14 is read as 14."""
    p, s = t.passive(opts='mss 1000,wscale 255', win=1, rtt=0.5, sndbuf=300000)
    most = most_in_flight(t, p, s, win=1)
    if not 15000 < most <= 16384:
        raise WireError('%d octets in flight' % most)


def test_own_window_scale(t):
    """RFC 7323 section 2.2: with a large buffer the window behind the handshake is a scaled one."""
    p, s = t.active(opts='mss 1460,wscale 0', rcvbuf=400000)
    p.send('A', data=1000)
    seg = p.acked()
    assert (seg.win << p.wscale) > 65535, (seg.win, p.wscale)


def test_no_window_scale(t):
    """RFC 7323 section 2.2: a peer without window scale gets plain windows, and is believed as it is."""
    p, s = t.passive(opts='mss 1460', rcvbuf=400000)
    p.send('A', data=1000)
    seg = p.acked()
    assert 20000 < seg.win <= 65535
    edge = seg.ack + seg.win
    p.send('A', seq=edge - 100, data=100)
    p.at_once('A', ack=1001)
    p.send('A', seq=edge + 70000, data=100)
    p.at_once('A', ack=1001)


def window_after_rounds(t, reads=True, **kw):
    """The peer sends eight segments in each of four round trips. The window before, and behind."""
    t.sysctl('rmem', '4096 32768 6291456')
    p, s = t.passive(opts='mss 1460,wscale 7', rtt=0.5, **kw)
    p.send('A', data=1)
    t.read(s, 1)
    first = p.acked().win << p.wscale
    for n in (8, 8, 8, 8) if reads else (8,):
        at = time.time()
        start = p.nxt
        for _ in range(n):
            p.send('A', data=1460)
        if reads:
            t.read(s, n * 1460, start=start)
        last = p.acked()
        t.sleep(max(0, at + 0.55 - time.time()))
    return first, last.win << p.wscale


def test_receive_window_grows(t):
    """RFC 7323 section 2: the window follows what is read in a round trip, and is a multiple of that."""
    first, last = window_after_rounds(t)
    assert first <= 16384 and last >= 30000, (first, last)


def test_receive_window_of_the_user(t):
    """socket(7): a buffer that SO_RCVBUF has set stays as it is."""
    first, last = window_after_rounds(t, rcvbuf=20000)
    assert last <= first, (first, last)


def test_receive_window_nobody_reads(t):
    """Data that nobody reads asks for no larger window."""
    first, last = window_after_rounds(t, reads=False)
    assert last <= first, (first, last)


def test_beyond_window(t):
    """RFC 9293 section 3.10.7.4, first check: data behind the right edge is not taken; an ACK says where it is."""
    p, s = small_buffer(t)
    edge = 1 + p.room
    p.send('A', seq=edge + 10, data=100)
    p.at_once('A', ack=1)
    p.nxt = 1
    end = fill(t, p, s)
    t.read(s, end - 1)
    t.drain(p)
    t.idle(s)


def test_right_edge_is_trimmed(t):
    """RFC 9293 section 3.10.7.4: of a segment across the right edge only what is inside is taken.

    Rill only: Linux takes such a segment whole or not at all, as memory allows.
    """
    p, s = small_buffer(t, 3000)
    seg = None
    while p.room > 1000:
        p.send('A', data=min(1000, p.room - 500))
        seg = p.acked()
        p.room = seg.win
    edge = p.nxt + p.room
    p.send('A', seq=p.nxt, data=stream(p.nxt, edge + 300))
    p.nxt = edge
    p.acked()
    t.read(s, edge - 1)
    t.drain(p)
    t.idle(s)


def test_zero_window_is_offered_and_reopened(t):
    """RFC 9293 section 3.8.6.2.2, MUST-39: the window closes; small reads do not open it, a large one does."""
    p, s = small_buffer(t)
    end = fill(t, p, s)
    t.read(s, 10)
    t.read(s, 10, start=11)
    t.sync()
    for seg in p.queue:
        assert seg.win == 0 and seg.ack == end, str(seg)
    p.queue.clear()
    t.read(s, end - 21, start=21)
    seg = p.next(what='a window update')
    assert seg.ack == end and seg.win >= 1460, str(seg)
    p.queue.clear()


def test_receiver_avoids_silly_windows(t):
    """RFC 9293 section 3.8.6.2.2, MUST-39: reading bit by bit, the edge moves by min(half the buffer, MSS)."""
    p, s = small_buffer(t)
    end = edge = fill(t, p, s)
    at = 1
    while at + 50 < end:
        t.read(s, 50, start=at)
        at += 50
        t.sync()
        while p.queue:
            seg = p.next()
            step = seg.ack + seg.win - edge
            if step and step < 1460:
                raise WireError('the right edge moved by %d octets' % step)
            edge += step
    assert edge > end, 'the window never reopened'


def test_probe_of_our_zero_window(t):
    """RFC 9293 section 3.10.7.4, MUST-66 MAY-8: with a zero window probes are answered, their data is not taken."""
    p, s = small_buffer(t)
    end = fill(t, p, s)
    for _ in range(3):
        p.send('A', seq=end, data=1)
        p.at_once('A', ack=end, win=0)
    p.nxt = end
    p.send('A', seq=end - 1)
    p.at_once('A', ack=end, win=0)
    t.read(s, end - 1)
    t.drain(p)
    t.idle(s)


def test_ack_while_our_window_is_zero(t):
    """RFC 9293 section 3.10.7.4, MUST-66: with a zero window ACKs at RCV.NXT still count."""
    p, s = small_buffer(t)
    end = fill(t, p, s)
    t.write(s, 3000)
    take(p, 2920)
    p.send('A', seq=end)
    take(p, 80)
    p.send('A', seq=end)
    t.sync()
    assert outstanding(s) == 0


def outstanding(s):
    """Octets the program wrote that are not acknowledged yet (SIOCOUTQ)."""
    return struct.unpack('i', fcntl.ioctl(s, 0x5411, b'\0' * 4))[0]


def test_rst_while_our_window_is_zero(t):
    """RFC 9293 section 3.4, MUST-66: with a zero window a RST at RCV.NXT resets."""
    p, s = small_buffer(t)
    end = fill(t, p, s)
    p.send('R', seq=end + 1)
    p.send('R', seq=end)
    p.reaches('CLOSED')
    t.drain(p)


def test_fin_while_our_window_is_zero(t):
    """RFC 9293 section 3.8.6: a FIN behind a full window gets through in the end."""
    p, s = small_buffer(t)
    end = fill(t, p, s)
    p.send('FA', seq=end)
    t.drain(p)
    t.read(s, end - 1)
    p.send('FA', seq=end)
    p.acked(end + 1)
    t.eof(s)
    t.drain(p)


def test_zero_window_is_probed(t):
    """RFC 9293 section 3.8.6.1, MUST-36 SHLD-29 SHLD-30: probes after an RTO, then ever more seldom."""
    p, s = t.passive(win=0)
    since = p.send('A')
    p.strict, p.una = True, 1
    t.write(s, 1000)
    at = [since]
    for _ in range(4):
        at.append(probe(p).t)
        p.send('A', ack=1)
    gaps = [b - a for a, b in zip(at, at[1:])]
    assert all(gap >= 0.2 * 2 ** i - EARLY for i, gap in enumerate(gaps)), gaps
    p.send('A', ack=1, win=65535)
    take(p, 1000)
    p.send('A')


def test_ack_beside_a_probe(t):
    """RFC 9293 section 3.8.6.1: while a probe is on its way, behind the peer's window, our ACKs are before its edge.

    Rill only: Linux probes with an old number.
    """
    p, s = t.passive(win=0)
    p.send('A')
    p.una = 1
    t.write(s, 1000)
    probe(p)
    p.send('A', data=10, ack=1)
    p.expect('A', seq=1)
    t.read(s, 10)
    p.send('A', ack=1, win=5000)
    take(p, 1000)
    p.send('A')


def test_old_octet_acknowledges(t):
    """RFC 9293 section 3.4: the ACK of what was taken already, a probe sent again, counts while its octet does not."""
    p, s = t.passive()
    t.write(s, 100)
    take(p, 100)
    p.send('A', data=10, ack=1)
    p.acked()
    assert outstanding(s) == 100
    p.send('A', seq=p.nxt - 1, data=1, ack=101)
    p.at_once('A')
    assert outstanding(s) == 0
    t.read(s, 10)


def test_window_update_needs_no_probe(t):
    """RFC 9293 section 3.8.6.1: an update of a zero window sets the data going at once."""
    p, s = t.passive(win=0)
    p.send('A')
    t.write(s, 1000)
    t.sync()
    p.una = 1
    p.send('A', ack=1, win=5000)
    while p.rcv != 1001:
        seg = p.next()
        if seg.len == 1000:
            p.rcv = 1001
    p.send('A', ack=1001)


def test_answered_probes_go_on(t):
    """RFC 9293 section 3.8.6.1, MUST-37: as long as probes are answered the connection lives."""
    t.sysctl('retries2', 2)
    p, s = t.passive(win=0)
    p.send('A')
    p.una = 1
    t.write(s, 1000)
    for _ in range(6):
        probe(p)
        p.send('A', ack=1)
    assert p.state() == 'ESTABLISHED'
    p.send('A', ack=1, win=65535)
    take(p, 1000)
    p.send('A')


def test_unanswered_probes_give_up(t):
    """RFC 9293 section 3.8.3, MUST-20: probes nobody answers end the connection, too."""
    t.sysctl('retries2', 2)
    p, s = t.passive(win=0)
    p.send('A')
    p.una = 1
    t.write(s, 1000)
    for _ in range(2):
        probe(p)
    t.error(s, 'ETIMEDOUT', within=60)
    p.reaches('CLOSED')
    t.drain(p)


def test_shrunken_window(t):
    """RFC 9293 section 3.8.6, MUST-34 SHLD-15 SHLD-16: the peer takes offered window back; no new data, all arrives."""
    p, s = t.passive(win=10000, rtt=0.5, sndbuf=200000)
    t.write(s, 30000)
    t.sync()
    take(p, 8760)
    t.drain(p)
    p.rcv = 8761
    p.send('A', ack=2921, win=1460)
    t.sync()
    for seg in p.queue:
        assert seg.seq < 2921 + 5840, 'new data into a window that has shrunk: %s' % seg
    p.queue.clear()
    seg = p.expect('A', seq=2921, len=1460)
    p.send('A', ack=8761, win=65535)
    p.nxt = 1
    while p.rcv < 30001:
        p.next()
        p.send('A')


def test_window_shrunk_to_zero(t):
    """RFC 9293 section 3.8.6, MUST-34 MUST-35 SHLD-17: shrunk to zero with data in flight: probed, not given up."""
    if t.rill:          # Linux 6.1 gives up
        t.sysctl('retries2', 3)
    p, s = t.passive(win=10000)
    t.write(s, 2920)
    take(p, 2920)
    for i in range(4):
        p.send('A', ack=1, win=0)
        seg = p.next(what='a probe or a retransmission', seq=1)
        assert seg.seq <= 1, str(seg)
        assert i < 2 or not t.rill or seg.len <= 1, 'not a probe: %s' % seg
    assert p.state() == 'ESTABLISHED'
    p.send('A', ack=2921, win=10000)
    t.write(s, 100, start=2921)
    p.expect('A', len=100)
    p.send('A')


def test_sender_avoids_silly_windows(t):
    """RFC 9293 section 3.8.6.2.1, MUST-38: a window opened by a little is not filled with little segments."""
    p, s = t.passive(win=5840, rtt=0.5, sndbuf=200000)
    t.write(s, 20000)
    take(p, 5840)
    p.send('A', ack=5841, win=100)
    t.quiet()
    p.send('A', ack=5841, win=700)
    t.quiet()
    p.send('A', ack=5841, win=2920)
    take(p, 2920)
    t.drain(p)


def test_old_ack_updates_no_window(t):
    """RFC 9293 section 3.10.7.4, SND.WL1 and SND.WL2: the window of an older segment is not believed."""
    p, s = t.passive(win=5000, rtt=0.5)
    p.send('A', data=100)
    p.acked()
    t.read(s, 100)
    t.write(s, 1000)
    take(p, 1000)
    p.send('A', win=1460)
    p.send('A', seq=1, ack=1, win=65535)        # overtaken by the two before it
    t.drain(p)
    t.write(s, 5000, start=1001)
    take(p, 1460)
    t.quiet()
    p.send('A', win=65535)
    take(p, 2920)
    p.send('A')
    take(p, 620)
    p.send('A')
