# SPDX-License-Identifier: GPL-2.0
"""What TCP_INFO tells of what has arrived: how many segments, marked ones, in which order, how fast."""
import socket
import struct

from test_accecn import ace, over, slow
from test_ecn import ECT0, passive
from test_recovery import PERMITTED, SEG, connection, numbers


def number(s, at, form='I'):
    """The number there in struct tcp_info."""
    return struct.unpack_from(form, s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 232), at)[0]


def told(t, s, *fields):
    """These numbers, once the host has handled all that was sent."""
    t.sync()
    return tuple(number(s, at) for at in fields)


REORDERING, DELIVERED, DELIVERED_CE, REORD_SEEN = 88, 192, 196, 220
RATE = 160


def short_segments(t, p, s, count):
    """So many segments with ten octets each, all under way."""
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for n in range(count):
        t.write(s, 10, start=1 + 10 * n)
        p.expect('A', seq=1 + 10 * n, len=10)


def test_info_delivered(t):
    """Segments count when an ACK or a SACK block tells of them for the first time; so does the SYN."""
    p, s = connection(t, 6)
    assert told(t, s, DELIVERED) == (1,)
    p.sack(numbers(2, 4), ack=1 + SEG)
    p.sack(numbers(2, 4), ack=1 + SEG)
    assert told(t, s, DELIVERED) == (4,)
    p.send('A', ack=1 + 6 * SEG)
    assert told(t, s, DELIVERED) == (7,)
    over(t, p, s)


def test_info_delivered_short(t):
    """Segments are counted, not what they could hold."""
    p, s = t.passive(opts=PERMITTED)
    short_segments(t, p, s, 3)
    p.send('A')
    assert told(t, s, DELIVERED) == (4,)


def test_info_delivered_without_sack(t):
    """From a peer that does not tell of early data as many as a cumulative ACK is for."""
    p, s = t.passive(sndbuf=300000)
    t.write(s, 4 * SEG)
    for n in range(4):
        p.expect('A', seq=1 + n * SEG, len=SEG)
    p.send('A')
    assert told(t, s, DELIVERED) == (5,)


def test_info_delivered_marked(t):
    """RFC 3168: what an ACK with ECE is for counts as marked."""
    p, s = passive(t)
    t.write(s, 3 * SEG)
    for n in range(3):
        p.expect('A', seq=1 + n * SEG, len=SEG, ecn=ECT0)
    p.send('AE', ack=1 + 2 * SEG)
    assert told(t, s, DELIVERED, DELIVERED_CE) == (3, 2)
    p.send('A', ack=1 + 3 * SEG)
    assert told(t, s, DELIVERED, DELIVERED_CE) == (4, 2)


def test_info_delivered_marked_accurate(t):
    """RFC 9768: with AccECN as many as the peer has counted."""
    p, s = slow(t)
    p.send(ace(7), ack=1 + 5 * SEG)
    assert told(t, s, DELIVERED, DELIVERED_CE) == (6, 2)
    over(t, p, s)


def test_info_reordering(t):
    """Three, until something has arrived behind what was sent more than three segments after it."""
    p, s = connection(t, 8)
    assert told(t, s, REORDERING, REORD_SEEN) == (3, 0)
    p.sack(numbers(1, 2), ack=1)
    p.send('A', ack=1 + 2 * SEG)
    assert told(t, s, REORDERING, REORD_SEEN) == (3, 1)
    p.sack(numbers(6, 7), ack=1 + 2 * SEG)
    p.send('A', ack=1 + 3 * SEG)
    assert told(t, s, REORDERING, REORD_SEEN) == (5, 2)
    over(t, p, s)


def test_info_delivery_rate(t):
    """The rate is sampled for who asks for it, and said to be no more than the program has sent.

    Rill only: TCP samples it for every algorithm.
    """
    for algorithm, sampled in (('cubic', False), ('bbr', True)):
        t.sysctl('congestion_control', algorithm)
        p, s = t.passive(opts=PERMITTED)
        short_segments(t, p, s, 2)
        assert number(s, RATE, 'Q') == 0
        p.send('A')
        t.sync()
        assert (number(s, RATE, 'Q') > 0) == sampled, algorithm
        assert number(s, 7, 'B') & 1 == sampled, algorithm
        t.abort(s)
        p.aborted()
