# SPDX-License-Identifier: GPL-2.0
"""ICMP errors: RFC 9293 section 3.9.2.2, RFC 1191, RFC 5927."""
import errno
import select
import socket
import sys

from ip import only

IP_MTU_DISCOVER, IP_MTU = 10, 14


def test_hard_error_in_syn_sent(t):
    """RFC 9293 section 3.9.2.2, MUST-54 SHLD-26: what the RFC calls a hard error ends an open, with its errno."""
    for kind, code, name in t.ip.hard():
        p = t.peer()
        s = t.connect(p)
        p.icmp(p.expect('S'), kind, code)
        t.refused(s, name)
        assert p.state() == 'CLOSED'


def test_soft_errors_in_syn_sent(t):
    """RFC 9293 section 3.9.2.2, MUST-56: soft errors do not end an open; it still succeeds.

    Rill only: Linux gives a connect() up at the first unreachable.
    """
    p = t.peer()
    s = t.connect(p)
    syn = p.expect('S')
    for kind, code, _ in t.ip.soft():
        p.icmp(syn, kind, code)
    t.sync()
    assert p.state() == 'SYN-SENT'
    p.send('SA')
    p.expect('A')
    t.wait(s, select.POLLOUT)


def test_soft_error_is_told_in_the_end(t):
    """RFC 9293 section 3.9.1.8, MUST-47 SHLD-25: an open that times out tells the soft error it has seen.

    Rill only: Linux gives a connect() up at the first unreachable.
    """
    t.sysctl('syn_retries', 1)
    p = t.peer()
    s = t.connect(p)
    p.error(p.expect('S'), 'host')
    p.expect('S', seq=0, ack=0)
    t.refused(s, 'EHOSTUNREACH')


def test_soft_error_can_be_asked_for(t):
    """RFC 9293 section 3.9.1.8, MUST-47 SHLD-25: SO_ERROR tells a soft error, once; the connection goes on."""
    for port, (kind, code, name) in enumerate((t.ip.errors[what] for what in ('host', 'net', 'parameter')), 7000):
        p, s = t.passive(rtt=0.5, port=port)
        t.write(s, 100)
        p.icmp(p.expect('A', len=100), kind, code)
        t.sync()
        errors = [s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) for _ in range(2)]
        assert errors == [getattr(errno, name), 0], errors
        p.send('A', data=10)
        p.acked()
        t.read(s, 10)


def test_errors_in_established(t):
    """RFC 9293 section 3.9.2.2, RFC 5927 section 5.2, MUST-56 SHLD-26: no error ends an established connection."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 100)
    seg = p.expect('A', len=100)
    for kind, code, _ in t.ip.soft() + t.ip.hard():
        p.icmp(seg, kind, code)
    t.sync()
    assert p.state() == 'ESTABLISHED'
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


def test_errors_for_other_segments(t):
    """RFC 5927 section 4, MUST-54: an error that quotes no segment in flight is ignored."""
    p = t.peer()
    s = t.connect(p)
    syn = p.expect('S')
    for field, value in (('seq', -1), ('seq', 10), ('seq', 100000), ('sport', 1), ('dport', 1)):
        p.error(syn, 'port', **{field: value})
    t.sync()
    assert p.state() == 'SYN-SENT'
    p.send('SA')
    p.expect('A')
    t.wait(s, select.POLLOUT)


@only(4)
def test_source_quench(t):
    """RFC 9293 section 3.9.2.2, MUST-55: Source Quench is dropped, the rate stays."""
    p, s = t.passive(rtt=0.5, sndbuf=200000)
    t.write(s, 40000)
    segs = [p.expect('A', len=1460) for _ in range(10)]
    for seg in segs:
        p.icmp(seg, 4, 0)
    p.send('A')
    t.settle()
    assert sum(seg.len for seg in p.queue) >= 11 * 1460, list(map(str, p.queue))
    t.abort(s)
    t.drain(p)


def test_fragmentation_needed(t):
    """RFC 1191, RFC 8201, RFC 9293 section 3.7.2, MUST-54: a smaller path MTU: what was lost is sent again at once, smaller."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 4380)
    segs = [p.expect('A', len=1460) for _ in range(3)]
    p.error(segs[0], 'too big', mtu=1300)
    mss = 1300 - t.ip.header - 20
    again = p.soon('A', seq=1, len=mss)
    p.strict = True
    p.rcv = again.seq + again.len
    p.send('A', ack=1 + mss)
    while p.rcv < 4381:
        seg = p.next(seq=p.rcv)
        assert seg.len <= mss, str(seg)
        p.send('A', ack=p.rcv)
    t.write(s, 2000, start=4381)
    p.expect('A', len=mss)
    p.send('A')
    t.drain(p)


@only(4)
def test_path_mtu_is_told(t):
    """RFC 9293 section 3.9.2.2: IP_MTU and TCP_INFO tell the path MTU that an error has told."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 1460)
    p.error(p.expect('A', len=1460), 'too big', mtu=1300)
    p.soon('A', seq=1, len=1260)
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 64)
    told = s.getsockopt(socket.IPPROTO_IP, IP_MTU), int.from_bytes(info[60:64], sys.byteorder)
    assert told == (1300, 1300), told
    t.abort(s)
    t.drain(p)


@only(4)
def test_path_mtu_grows_again(t):
    """RFC 1191 section 6.3: what an error has told is forgotten after a time, and segments are larger again."""
    t.ip_sysctl('ipv4/route/mtu_expires', 1)
    p, s = t.passive(rtt=0.5)
    t.write(s, 1460)
    p.error(p.expect('A', len=1460), 'too big', mtu=1300)
    p.soon('A', seq=1, len=1260)
    p.rcv = 1261
    p.send('A')
    p.expect('A', len=200)
    p.send('A')
    t.until(lambda: s.getsockopt(socket.IPPROTO_IP, IP_MTU) == 1500, 'the path MTU grows')
    t.write(s, 2920, start=1461)
    p.expect('A', len=1460)
    p.expect('A', len=1460)
    p.send('A')


@only(4)
def test_errors_about_size_may_be_refused(t):
    """IP_MTU_DISCOVER: with IP_PMTUDISC_INTERFACE and IP_PMTUDISC_OMIT no error makes segments smaller."""
    for port, how in ((7000, 4), (7001, 5)):
        p, s = t.passive(rtt=0.5, port=port)
        p.strict = True
        s.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, how)
        t.write(s, 2920)
        p.error(p.expect('A', len=1460), 'too big', mtu=1300)
        p.expect('A', len=1460)
        t.quiet()
        p.send('A')
        t.write(s, 1460, start=2921)
        p.expect('A', len=1460)
        p.send('A')


@only(4)
def test_dont_fragment(t):
    """RFC 1191 section 3: IP_MTU_DISCOVER says whether a router may cut a segment in pieces. A SYN-ACK is small."""
    for port, (how, df) in enumerate(((0, False), (1, True), (2, True), (3, False), (4, False), (5, False)), 7000):
        listener = t.listen(port=port)
        listener.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, how)
        p = t.peer(port)
        p.send('S', opts='mss 1460')
        p.expect('SA', df=True)
        p.send('A')
        s = t.accept(listener)
        p.send('A', data=10)
        p.expect('A', df=df)
        t.read(s, 10)
        t.write(s, 1460)
        p.expect('A', len=1460, df=df)
        p.send('A')


def test_absurd_path_mtu(t):
    """RFC 1191 section 3, CVE-2019-11479: an absurdly small or large MTU in an error makes no tiny segments."""
    for port, mtu in enumerate((0, 1, 68, 65535), 7000):
        p, s = t.passive(rtt=0.3, port=port)
        t.write(s, 1460)
        p.error(p.next(), 'too big', mtu=mtu)
        t.sync()
        p.send('A')
        while p.rcv < 1461:
            p.next()
            p.send('A')
        t.write(s, 1000, start=1461)
        assert p.next().len >= 200
        t.abort(s)
        t.drain(p)


def test_malformed_errors(t):
    """RFC 9293 section 3.9.2.2: errors that quote too little, or nonsense, do no harm."""
    p = t.peer()
    s = t.connect(p)
    syn = p.expect('S')
    for cut in (-t.ip.header, 4 - t.ip.header, -1, 0, 2, 7):
        p.error(syn, 'port', cut=cut)
    t.sync()
    p.send('SA')
    p.expect('A')
    t.wait(s, select.POLLOUT)
    assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
