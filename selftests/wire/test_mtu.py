# SPDX-License-Identifier: GPL-2.0
"""Paths that swallow large segments without a word: RFC 2923 section 2.1, RFC 4821."""
import socket
import sys

from segment import WireError


def swallowed(p, start, sizes):
    """What is in flight is lost; the segment at `start` comes again in these sizes."""
    for size in sizes:
        p.expect('A', seq=start, len=size)


def hole(t, n=1460, **sysctls):
    """A connection whose first segments get lost until they are of 1024 octets."""
    for name, value in {'retries1': 1, **sysctls}.items():
        t.sysctl(name, value)
    p, s = t.passive(sndbuf=200000)
    p.strict = True
    t.write(s, n)
    for _ in range(n // 1460):
        p.expect('A', len=1460)
    swallowed(p, 1, (1460, 1024))
    return p, s


def take(p, end, size):
    """Data up to `end` in segments of at most `size`, each acknowledged."""
    while p.rcv < end:
        seg = p.next(seq=p.rcv)
        if seg.len > size:
            raise WireError('[%s] is larger than %d' % (seg, size))
        p.send('A')


def sizes_told(s):
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 64)
    return [int.from_bytes(info[at:at + 4], sys.byteorder) for at in (16, 60)]


def test_black_hole(t):
    """RFC 4821 section 7.7: large segments vanish: after R1 smaller ones go out, and stay small.

    Rill only: Linux takes other steps.
    """
    with t.counted('MtuBlackHoles'):
        p, s = hole(t, 4380)
    p.rcv = 1025
    p.send('A')
    take(p, 4381, 1024)
    headers = sizes_told(s)[1] - 1024
    assert sizes_told(s)[0] == 1024 and 40 <= headers <= 60, sizes_told(s)
    t.write(s, 3000, start=4381)
    take(p, 7381, 1024)


def test_black_hole_goes_deep(t):
    """RFC 4821 section 7.7: it goes on by halves, and not below mtu_probe_floor.

    Rill only: Linux takes other steps.
    """
    p, s = hole(t, mtu_probe_floor=300)
    swallowed(p, 1, (512, 300, 300))
    p.rcv = 301
    p.send('A')
    take(p, 1461, 300)


def test_small_segments_find_no_black_hole(t):
    """RFC 4821 section 7.7: segments that would be small enough anyway say nothing of the path.

    Rill only: Linux does not look at the size.
    """
    t.sysctl('retries1', 1)
    p, s = t.passive()
    p.strict = True
    t.write(s, 500)
    p.expect('A', len=500)
    swallowed(p, 1, (500, 500, 500))
    p.send('A')
    t.write(s, 1460, start=501)
    p.expect('A', len=1460)
    p.send('A')


def test_mtu_probing_off(t):
    """The sysctl mtu_probing: with 0 segments stay as they are."""
    t.sysctl('mtu_probing', 0)
    t.sysctl('retries1', 1)
    p, s = t.passive()
    p.strict = True
    t.write(s, 1460)
    p.expect('A', len=1460)
    swallowed(p, 1, (1460, 1460, 1460))
    p.send('A')


def time_to_try(t):
    """A hole was found, and it was long enough ago for a larger segment."""
    p, s = hole(t, probe_interval=1)
    p.rcv = 1025
    p.send('A')
    take(p, 1461, 1024)
    t.sleep(1.1)
    return p, s


def test_larger_segments_again(t):
    """RFC 4821 section 7.5: after a time one larger segment is tried; it gets through, and all are large.

    Rill only: Linux waits for ten segments to be sent.
    """
    p, s = time_to_try(t)
    t.write(s, 3 * 1460, start=1461)
    p.expect('A', len=1460)
    rest = p.next(seq=p.rcv)
    assert rest.len <= 1024, str(rest)
    p.send('A')
    take(p, 1461 + 3 * 1460, 1460)
    t.write(s, 2920, start=p.rcv)
    p.expect('A', len=1460)
    p.expect('A', len=1460)
    p.send('A')
    assert sizes_told(s)[0] == 1460, sizes_told(s)


def test_larger_segment_is_lost(t):
    """RFC 4821 section 7.6: it is lost as well: its data comes again in small segments, which go on as before.

    Rill only: Linux waits for ten segments to be sent.
    """
    p, s = time_to_try(t)
    t.sysctl('probe_interval', 600)
    t.write(s, 7000, start=1461)
    p.expect('A', len=1460)
    t.settle()
    p.rcv = 1461
    for _ in range(3):
        p.send('A')
    take(p, 8461, 1024)
