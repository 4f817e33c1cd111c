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


def connection(t, segs, **kw):
    """A connection over a way of 0.5 s, with so many segments in flight."""
    p, s = t.passive(rtt=0.5, sndbuf=300000, opts=PERMITTED, **kw)
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
