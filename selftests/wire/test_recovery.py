# SPDX-License-Identifier: GPL-2.0
"""Losses that the peer tells of: RFC 2018, RFC 6675, RFC 8985 (RACK-TLP), RFC 9937."""
import socket
import struct

from segment import WireError

PERMITTED = 'mss 1460,nop,nop,sackok'
SEG = 1460


def numbers(*segs):
    """First octet of each of these segments, and the one behind the last."""
    return [1 + SEG * n for n in segs]


def connection(t, segs):
    """A connection over a way of 0.5 s, with so many segments in flight."""
    p, s = t.passive(rtt=0.5, sndbuf=300000, opts=PERMITTED)
    p.strict = True
    t.write(s, segs * SEG)
    for n in range(segs):
        p.soon('A', seq=1 + n * SEG, len=SEG)
    return p, s


def test_loss_is_told(t):
    """RFC 6675 section 5: three segments behind a hole bring what is in it, and nothing else."""
    p, s = connection(t, 6)
    for end in (2, 3):
        p.sack(numbers(1, end), ack=1)
    t.quiet()
    p.sack(numbers(1, 4), ack=1)
    p.soon('A', seq=1, len=SEG)
    p.send('A', ack=1 + 6 * SEG)
    t.quiet()


def test_all_holes_are_repaired(t):
    """RFC 6675 section 5: one ACK tells of several holes, and they are repaired in their order."""
    p, s = connection(t, 10)
    p.sack(numbers(1, 2), numbers(3, 6), numbers(7, 10), ack=1)
    for n in (0, 2, 6):
        p.soon('A', seq=1 + n * SEG, len=SEG)
    t.quiet()
    p.send('A', ack=1 + 10 * SEG)
    t.quiet()


def test_lost_again(t):
    """RFC 8985 section 3.1: what was sent again and got lost again needs no timer either."""
    p, s = connection(t, 6)
    p.sack(numbers(1, 4), ack=1)
    p.soon('A', seq=1, len=SEG)
    t.write(s, 4 * SEG, start=1 + 6 * SEG)
    p.sack(numbers(1, 6), ack=1)
    for n in (6, 7):
        p.soon('A', seq=1 + n * SEG, len=SEG)
    t.sleep(0.6)
    p.sack(numbers(6, 7), numbers(1, 6), ack=1)
    p.soon('A', seq=1, len=SEG)
    p.soon('A', seq=1 + 8 * SEG, len=SEG)


def ssthresh_after_loss(t, algorithm):
    """Of ten segments in flight the first is lost: the slow start threshold then, in segments."""
    t.sysctl('congestion_control', algorithm)
    p, s = connection(t, 10)
    p.sack(numbers(1, 4), ack=1)
    p.soon('A', seq=1, len=SEG)
    return struct.unpack_from('I', s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 76)[0]


def test_reno_halves(t):
    """RFC 5681 section 3.1, equation (4): after a loss ssthresh is half of what was in flight."""
    assert ssthresh_after_loss(t, 'reno') == 5


def test_cubic_keeps_more(t):
    """RFC 9438 section 4.6, MAY-18: after a loss ssthresh is seven tenths of what was in flight."""
    assert ssthresh_after_loss(t, 'cubic') == 7


def test_behind_what_is_sent_again(t):
    """RFC 8985 section 6.2: new data that left behind a retransmission isn't lost when that has arrived."""
    p, s = connection(t, 10)
    t.write(s, 10 * SEG, start=1 + 10 * SEG)
    p.sack(numbers(1, 10), ack=1)
    p.soon('A', seq=1, len=SEG)
    t.sync()
    end = 10 + len(p.queue)
    assert end > 10
    for n in range(10, end):
        p.soon('A', seq=1 + n * SEG, len=SEG)
    t.sleep(0.6)
    p.send('A', ack=1 + 10 * SEG)
    p.soon('A', seq=1 + end * SEG, len=SEG)


def test_overtaken_is_not_lost(t):
    """RFC 8985 section 6.2: less than three segments may have overtaken the one that is missing."""
    p, s = connection(t, 6)
    p.sack(numbers(1, 2), ack=1)
    p.send('A', ack=1 + 2 * SEG)
    t.quiet()
    p.send('A', ack=1 + 6 * SEG)
    t.quiet(0.5)


def test_overtaken_for_too_long(t):
    """RFC 8985 section 6.2: it is lost when it has not come a quarter of the round-trip time later."""
    p, s = connection(t, 6)
    t.sleep(0.5)
    told = p.sack(numbers(1, 2), ack=1)
    late = p.soon('A', seq=1, len=SEG).t - told
    if late < 0.1:
        raise WireError('sent again after %.3f s' % late)


def test_tail_loss_probe(t):
    """RFC 8985 section 7: two round-trip times of silence, and the last segment is sent again, once."""
    p, s = connection(t, 3)
    p.expect('A', seq=1 + 2 * SEG, len=SEG, within=1.4)
    t.sleep(0.6)
    p.sack(numbers(2, 3), ack=1)
    p.soon('A', seq=1, len=SEG)
    p.sack(numbers(2, 3), ack=1 + SEG)
    p.soon('A', seq=1 + SEG, len=SEG)
    p.send('A', ack=1 + 3 * SEG)
    t.quiet()


def windows(s):
    """(ssthresh, cwnd) of TCP_INFO, in segments; ssthresh None before any loss."""
    ssthresh, cwnd = struct.unpack_from('II', s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104), 76)
    return None if ssthresh >= 0x7fffffff else ssthresh, cwnd


def repaired(p):
    """Of ten segments the first is taken for lost, and sent again."""
    p.sack(numbers(1, 4), ack=1)
    p.soon('A', seq=1, len=SEG)


def test_loss_is_no_false_alarm(t):
    """RFC 3708: where the peer has got nothing twice, the window stays as it is after a loss."""
    p, s = connection(t, 10)
    repaired(p)
    p.send('A', ack=1 + 10 * SEG)
    t.sync()
    assert windows(s)[0] == 5, windows(s)


def test_undone_by_dsack(t):
    """RFC 3708: the peer has got twice what was sent again, so nothing was lost: the window is as before."""
    p, s = connection(t, 10)
    repaired(p)
    p.send('A', ack=1 + 10 * SEG)
    p.sack(numbers(0, 1), ack=1 + 10 * SEG)
    t.sync()
    ssthresh, cwnd = windows(s)
    assert ssthresh is None and cwnd >= 10, (ssthresh, cwnd)
    assert struct.unpack_from('I', s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232), 216) == (1,)


def test_undone_by_timestamp(t):
    """RFC 3522 section 3.2: the ACK echoes an older timestamp than the retransmission's: nothing was lost."""
    seg = SEG - 12
    p, s = t.passive_ts(rtt=0.5, sndbuf=300000, opts=PERMITTED)
    t.write(s, 10 * seg)
    for n in range(10):
        p.soon('A', seq=1 + n * seg, len=seg)
    p.sack((1 + seg, 1 + 4 * seg), ack=1)
    again = p.soon('A', seq=1, len=seg)
    assert again.ts[0] > p.ts
    p.send('A', ack=1 + 10 * seg)
    t.sync()
    ssthresh, cwnd = windows(s)
    assert ssthresh is None and cwnd >= 10, (ssthresh, cwnd)


def timed_out(t):
    """Ten segments, of which nothing is heard until the timer has sent the first again; five more wait."""
    p, s = connection(t, 10)
    t.write(s, 6 * SEG, start=1 + 10 * SEG)
    p.expect('A', seq=1 + 10 * SEG, len=SEG, within=1.4)        # a tail loss probe
    p.expect('A', seq=1, len=SEG)
    return p, s


def test_timeout_was_needless(t):
    """RFC 5682 section 3.1: behind a timeout new data goes first; what arrives by itself then ends the alarm."""
    p, s = timed_out(t)
    p.send('A', ack=1 + SEG)
    for n in (11, 12):
        p.soon('A', seq=1 + n * SEG, len=SEG)
    t.quiet()
    p.send('A', ack=1 + 3 * SEG)
    t.sync()
    ssthresh, cwnd = windows(s)
    assert ssthresh is None and cwnd >= 10, (ssthresh, cwnd)
    while p.queue:
        assert p.next().seq >= 1 + 13 * SEG


def test_timeout_was_due(t):
    """RFC 5682 section 3.1, step 3a: where only the new data arrives, the rest is sent again."""
    p, s = timed_out(t)
    p.send('A', ack=1 + SEG)
    for n in (11, 12):
        p.soon('A', seq=1 + n * SEG, len=SEG)
    p.sack(numbers(11, 12), ack=1 + SEG)
    p.soon('A', seq=1 + SEG, len=SEG)
    assert windows(s)[0] == 5, windows(s)


def test_blocks_that_lie(t):
    """RFC 2018: blocks about what was never sent, empty ones and reversed ones mean nothing."""
    p, s = connection(t, 6)
    for block in ((1 + 4 * SEG, 1 + 60 * SEG), (1 + 3 * SEG, 1 + 3 * SEG), (1 + 5 * SEG, 1 + SEG),
                  (1 + 2 ** 31, 1 + 2 ** 31 + 3 * SEG)):
        p.sack(block, numbers(1, 1), ack=1)
    t.quiet(0.3)
    p.send('A', ack=1 + 6 * SEG)
    t.quiet()


def test_reneging(t):
    """RFC 2018 section 8: after a timeout what the peer has told of is sent again, too."""
    p, s = connection(t, 4)
    p.sack(numbers(1, 4), ack=1)
    p.soon('A', seq=1, len=SEG)
    p.send('A', ack=1 + SEG)
    p.expect('A', seq=1 + SEG, len=SEG)
    p.send('A', ack=1 + 2 * SEG)
    p.soon('A', seq=1 + 2 * SEG, len=SEG)
