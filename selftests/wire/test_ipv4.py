# SPDX-License-Identifier: GPL-2.0
"""What IPv4 is asked for, and what it asks: the way back of a source route, options, TTL, marks."""
import socket

from ip import only, route
from test_iplevel import IP_OPTIONS, ip
from wire import PEER_MAC

HOST, PEER, HOP, OTHER = '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.5'
IP_MINTTL, SO_MARK = 21, 36
LOOSE, STRICT = 131, 137


def loose(*addresses, at=4, kind=LOOSE):
    """A source and record route, loose or strict, its pointer at `at`."""
    return bytes([kind, 3 + 4 * len(addresses), at]) + b''.join(map(socket.inet_aton, addresses))


def source_routes_are_taken():
    for name in ('all', 'v0'):
        with open('/proc/sys/net/ipv4/conf/%s/accept_source_route' % name, 'w') as f:
            f.write('1')


def comes_back(seg, kind=LOOSE):
    """By HOP, then OTHER, to the peer: the reverse of how the SYN came."""
    assert seg.dst == socket.inet_aton(HOP), seg.dst
    assert seg.ipopts[0] == kind, seg.ipopts
    assert route(seg.ipopts) == [socket.inet_aton(a) for a in (OTHER, PEER)], seg.ipopts


@only(4)
def test_return_route(t):
    """RFC 9293 section 3.9.2.1, MUST-53: all segments of a passive open take the SYN's route, reversed."""
    source_routes_are_taken()
    ip('neigh', 'add', HOP, 'lladdr', PEER_MAC, 'dev', 'v0', 'nud', 'permanent')
    for port, kind in ((7000, LOOSE), (7001, STRICT)):
        came = loose(OTHER, HOP, at=12, kind=kind) + b'\0'
        listener = t.listen(port)
        p = t.peer(port)
        p.strict = True
        p.send('S', opts='mss 1460', ipopts=came)
        comes_back(p.expect('SA', mss=1460), kind)
        comes_back(p.expect('SA', seq=0), kind)
        p.send('A', ipopts=came)
        s = t.accept(listener)
        asked = s.getsockopt(socket.IPPROTO_IP, IP_OPTIONS, 40)
        assert asked[:11] == loose(HOP, OTHER, kind=kind), asked
        p.send('A', data=10)
        comes_back(p.acked(), kind)
        t.read(s, 10)
        t.write(s, 2 * 1448)
        for _ in range(2):
            comes_back(p.expect('A', len=1448), kind)
            p.send('A')
        t.discard(s)
        comes_back(p.expect('FA'), kind)
        p.send('FA', ipopts=came)
        comes_back(p.expect('A'), kind)
        p.reaches('TIME-WAIT')
        p.send('FA', seq=p.nxt - 1, ipopts=came)
        comes_back(p.at_once('A'), kind)


@only(4)
def test_return_route_is_kept(t):
    """RFC 9293 section 3.9.2.1, MUST-53: a later segment's route does not replace the SYN's (ip(7), RFC 7126)."""
    source_routes_are_taken()
    ip('neigh', 'add', HOP, 'lladdr', PEER_MAC, 'dev', 'v0', 'nud', 'permanent')
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460', ipopts=loose(OTHER, HOP, at=12) + b'\0')
    comes_back(p.expect('SA'))
    p.send('A')
    s = t.accept(listener)
    p.send('A', data=10, ipopts=loose('10.0.0.9', at=8) + b'\0')
    comes_back(p.acked())
    t.read(s, 10)


@only(4)
def test_return_route_of_a_cookie(t):
    """RFC 9293 section 3.9.2.1, MUST-53: with SYN cookies the route is that of the ACK that opens the connection."""
    source_routes_are_taken()
    ip('neigh', 'add', HOP, 'lladdr', PEER_MAC, 'dev', 'v0', 'nud', 'permanent')
    t.sysctl('syncookies', 2)
    came = loose(PEER, OTHER, HOP, at=16) + b'\0'     # as RFC 1812 section 5.2.4.1 has it
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460', ipopts=came)
    comes_back(p.expect('SA'))
    p.send('A', ipopts=came)
    s = t.accept(listener)
    t.write(s, 10)
    comes_back(p.expect('A', len=10))
    p.send('A')


@only(4)
def test_return_route_of_a_reset(t):
    """RFC 9293 section 3.9.2.1: a RST goes back as its cause has come."""
    source_routes_are_taken()
    ip('neigh', 'add', HOP, 'lladdr', PEER_MAC, 'dev', 'v0', 'nud', 'permanent')
    p = t.peer(9)
    p.send('S', ipopts=loose(OTHER, HOP, at=12) + b'\0')
    comes_back(p.expect('RA', seq=0, ack=1))


@only(4)
def test_mss_less_ip_options(t):
    """RFC 9293 section 3.7.1, RFC 6691, MUST-16: IP options take room from the data, from when they are set on."""
    for port, mss in ((7000, 1460), (7001, 1000)):
        p, s = t.passive(rtt=0.5, port=port, sndbuf=200000, opts='mss %d' % mss)
        for asked in (b'', b'\x07\x0b\x04' + bytes(8), b'\1' * 40, b''):
            s.setsockopt(socket.IPPROTO_IP, IP_OPTIONS, asked)
            full = mss - (len(asked) + 3) // 4 * 4
            t.write(s, 2 * full, start=p.rcv)
            for _ in range(2):
                seg = p.expect('A', len=full)
                assert len(seg.ipopts) == mss - full, seg.ipopts
            p.send('A')
    p, s = t.peer(), t.socket()
    s.setsockopt(socket.IPPROTO_IP, IP_OPTIONS, b'\1' * 40)
    t.connect(p, s)
    p.expect('S', mss=1460)
    p.send('SA', opts='mss 1460')
    p.expect('A')
    t.write(s, 2 * 1420)
    p.expect('A', len=1420)
    p.expect('A', len=1420)
    p.send('A')


@only(4)
def test_another_source_route(t):
    """RFC 9293 section 3.9.2.1, MUST-51: the program may change the route in the midst of a connection.

    Rill only: Linux goes on sending to the first hop that it had.
    """
    p, s = t.passive(rtt=0.5)
    ip('neigh', 'add', HOP, 'lladdr', PEER_MAC, 'dev', 'v0', 'nud', 'permanent')
    for asked, hop in ((loose(HOP), HOP), (b'', PEER)):
        s.setsockopt(socket.IPPROTO_IP, IP_OPTIONS, asked)
        t.write(s, 100, start=p.rcv)
        assert p.expect('A', len=100).dst == socket.inet_aton(hop)
        p.send('A')


@only(4)
def test_ttl_of_every_segment(t):
    """RFC 9293 section 3.9.2, MUST-49: what IP_TTL says is on SYN-ACK, ACK, data and FIN; it may be changed."""
    listener = t.listen()
    listener.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 99)
    p = t.peer(7000)
    p.strict = True
    p.send('S', opts='mss 1460')
    p.expect('SA', ttl=99)
    p.send('A')
    s = t.accept(listener)
    p.send('A', data=10)
    assert p.acked().ttl == 99
    t.read(s, 10)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
    t.write(s, 100)
    p.expect('A', len=100, ttl=255)
    p.expect('A', seq=1, len=100, ttl=255)
    p.send('A')
    s.shutdown(socket.SHUT_WR)
    p.expect('FA', ttl=255)
    p.send('A')


@only(4)
def test_ttl_of_time_wait(t):
    """RFC 9293 section 3.9.2, MUST-49: the ACK of a connection in TIME-WAIT has the TTL of those before.

    Rill only: Linux sends it with the default.
    """
    p, s = t.passive()
    s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
    t.discard(s)
    p.expect('FA', ttl=255)
    p.send('FA')
    p.expect('A', ttl=255)
    p.reaches('TIME-WAIT')
    p.send('FA', seq=p.nxt - 1)
    p.at_once('A', ttl=255)


@only(4)
def test_min_ttl(t):
    """RFC 5082: with IP_MINTTL nothing from far away opens a connection, or is taken by one."""
    listener = t.listen()
    listener.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 200)
    p = t.peer(7000)
    p.send('S', opts='mss 1460', ttl=199)
    t.quiet()
    p.send('S', opts='mss 1460', ttl=200, seq=0)
    p.expect('SA')
    p.send('A', ttl=255)
    s = t.accept(listener)
    for flags in ('A', 'FA', 'RA', 'S'):
        p.send(flags, seq=p.nxt, data=10, ttl=199)
    p.nxt = 1
    t.quiet()
    t.idle(s)
    assert p.state() == 'ESTABLISHED'
    p.send('A', data=10, ttl=255)
    p.acked()
    t.read(s, 10)
    p, s = t.peer(), t.socket()
    s.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 200)
    t.connect(p, s)
    p.expect('S')
    p.send('SA', ttl=199)
    p.send('RA', ttl=199)
    t.quiet()
    assert p.state() == 'SYN-SENT'
    p.send('SA', seq=0, ttl=200)
    p.expect('A', ack=1)


@only(4)
def test_min_ttl_without_a_socket(t):
    """RFC 5082: IP_MINTTL also holds for half-open connections and for TIME-WAIT.

    Rill only: Linux looks at the TTL where there is a socket.
    """
    listener = t.listen()
    listener.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 200)
    p = t.peer(7000)
    p.send('S', opts='mss 1460', ttl=255)
    p.expect('SA')
    p.send('RA', seq=1, ttl=199)
    p.send('A', seq=1, ttl=199)
    t.sync()
    assert p.state() == 'SYN-RECEIVED'
    t.idle(listener)
    p.send('A', seq=1, ttl=255)
    t.discard(t.accept(listener))
    p.expect('FA')
    p.send('FA', ttl=255)
    p.expect('A')
    p.reaches('TIME-WAIT')
    p.send('FA', seq=p.nxt - 1, ttl=199)
    t.quiet()
    p.send('FA', seq=p.nxt - 1, ttl=255)
    p.at_once('A')


@only(4)
def test_min_ttl_of_what_is_quoted(t):
    """RFC 5082 section 6.1: an ICMP error about a segment that had less TTL than IP_MINTTL does nothing."""
    p, s = t.peer(), t.socket()
    s.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 200)
    t.connect(p, s)
    syn = p.expect('S')
    p.icmp(syn, 3, 3)
    t.sync()
    assert p.state() == 'SYN-SENT'
    s.setsockopt(socket.IPPROTO_IP, IP_MINTTL, 60)
    p.icmp(syn, 3, 3)
    t.refused(s, 'ECONNREFUSED')


def marked_route():
    """What has the mark 5 goes another way: it leaves with a TTL of 77."""
    ip('rule', 'add', 'fwmark', '5', 'table', '100')
    ip('route', 'add', '10.0.0.0/24', 'dev', 'v0', 'src', HOST, 'hoplimit', '77', 'table', '100')


@only(4)
def test_mark_of_every_segment(t):
    """SO_MARK: all segments are routed by it, from SYN-ACK to TIME-WAIT, and by a new one from then on."""
    marked_route()
    p, s = t.passive(mark=5)
    t.write(s, 10)
    p.expect('A', len=10, ttl=77)
    p.send('A')
    s.setsockopt(socket.SOL_SOCKET, SO_MARK, 0)
    t.write(s, 10, start=11)
    p.expect('A', len=10, ttl=64)
    p.send('A')
    listener = t.listen(7001, mark=5)
    p = t.peer(7001)
    p.send('S')
    p.expect('SA', ttl=77)
    p.send('A')
    t.discard(t.accept(listener))
    p.expect('FA', ttl=77)
    p.send('FA')
    p.expect('A', ttl=77)
    p.reaches('TIME-WAIT')
    p.send('FA', seq=p.nxt - 1)
    p.at_once('A', ttl=77)
    p, s = t.peer(), t.socket()
    s.setsockopt(socket.SOL_SOCKET, SO_MARK, 5)
    t.connect(p, s)
    p.expect('S', ttl=77)


def with_mark(t, p, mark, flags):
    """Lets the host find a segment of the peer's on its loopback device, with a firewall mark."""
    with t.together():
        p.send(flags)
        (_, packet, _), t.held = t.held[0], []
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        raw.setsockopt(socket.SOL_SOCKET, SO_MARK, mark)
        raw.sendto(packet, (HOST, 0))


@only(4)
def test_mark_of_the_peer(t):
    """fwmark_accept: a connection gets the firewall mark of its SYN; fwmark_reflect: a RST gets that of its cause."""
    marked_route()
    for port, accept in ((7000, 0), (7001, 1)):
        t.sysctl('fwmark_accept', accept)
        listener = t.listen(port)
        p = t.peer(port)
        with_mark(t, p, 5, 'S')
        p.expect('SA', ttl=77 if accept else 64)
        p.send('A')
        s = t.accept(listener)
        assert s.getsockopt(socket.SOL_SOCKET, SO_MARK) == (5 if accept else 0)
        t.write(s, 10)
        p.expect('A', len=10, ttl=77 if accept else 64)
        p.send('A')
    for port, reflect in ((9, 0), (10, 1)):
        with open('/proc/sys/net/ipv4/fwmark_reflect', 'w') as f:
            f.write(str(reflect))
        p = t.peer(port)
        with_mark(t, p, 5, 'S')
        p.expect('RA', seq=0, ack=1, ttl=77 if reflect else 64)
