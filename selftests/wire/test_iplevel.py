# SPDX-License-Identifier: GPL-2.0
"""What IP is asked for: source routes and other IP options, addresses, the DS field (RFC 9293 section 3.9)."""
import socket
import subprocess

from ip import only, route
from segment import stream
from wire import PEER_MAC

HOP, OTHER = '10.0.0.3', '10.0.0.5'      # of IPv4
IP_OPTIONS = 4
LOOSE, RECORD, TIMES = 131, 7, 68


def loose(*addresses, at=4):
    """A loose source and record route, its pointer at `at`."""
    return bytes([LOOSE, 3 + 4 * len(addresses), at]) + b''.join(map(socket.inet_aton, addresses))


def ip(*words):
    subprocess.run(['ip', *words], check=True)


def routed(t, p):
    """A connection that the program has opened by way of HOP, up to its SYN."""
    ip('neigh', 'add', HOP, 'lladdr', PEER_MAC, 'dev', 'v0', 'nud', 'permanent')
    s = t.socket()
    s.setsockopt(socket.IPPROTO_IP, IP_OPTIONS, loose(HOP))
    t.connect(p, s)
    goes_by_hop(p.expect('S'))
    return s


def goes_by_hop(seg):
    assert seg.dst == socket.inet_aton(HOP), seg.dst
    assert route(seg.ipopts) == [socket.inet_aton('10.0.0.2')], seg.ipopts


@only(4)
def test_source_route(t):
    """RFC 9293 section 3.9.2.1, MUST-51: all segments of an active open take the route that the program gave."""
    p = t.peer()
    s = routed(t, p)
    p.send('SA', opts='mss 1460')
    goes_by_hop(p.expect('A'))
    t.write(s, 100)
    goes_by_hop(p.expect('A', len=100))
    p.send('A', data=10)
    goes_by_hop(p.acked())
    t.discard(s)
    p.aborted()


@only(4)
def test_own_source_route_wins(t):
    """RFC 9293 section 3.9.2.1, MUST-52: a route that came with a segment does not replace the program's."""
    for name in ('all', 'v0'):
        with open('/proc/sys/net/ipv4/conf/%s/accept_source_route' % name, 'w') as f:
            f.write('1')
    p = t.peer()
    s = routed(t, p)
    taken = loose(OTHER, at=8) + b'\0'      # it has come by OTHER to its end
    p.send('SA', opts='mss 1460', ipopts=taken)
    goes_by_hop(p.expect('A'))
    p.send('A', data=10, ipopts=taken)
    goes_by_hop(p.acked())
    t.read(s, 10)


@only(4)
def test_ip_options_are_sent(t):
    """RFC 9293 section 3.9.2, MAY-10 MAY-11: the program may ask for Record Route and Timestamp."""
    for kind, asked, filled in ((RECORD, b'\x07\x0b\x04' + bytes(8), slice(3, 7)),
                                (TIMES, b'\x44\x0c\x05\0' + bytes(8), slice(4, 8))):
        p, s = t.peer(), t.socket()
        s.setsockopt(socket.IPPROTO_IP, IP_OPTIONS, asked)
        t.connect(p, s)
        segs = [p.expect('S')]
        p.send('SA', opts='mss 1460')
        segs.append(p.expect('A'))
        t.write(s, 100)
        segs.append(p.expect('A', len=100))
        p.send('A')
        for seg in segs:
            assert seg.ipopts[0] == kind and any(seg.ipopts[filled]), seg.ipopts
            assert kind == TIMES or seg.ipopts[filled] == t.ip.aton(t.ip.host)


def test_ds_field_of_every_segment(t):
    """RFC 9293 section 3.9.1.9, MUST-48 SHLD-22: what IP_TOS or IPV6_TCLASS says is on SYN-ACK, ACK, data and FIN, up to TIME-WAIT."""
    listener = t.listen()
    listener.setsockopt(t.ip.level, t.ip.tos, 0xb8)
    p = t.peer(7000)
    p.strict = True
    p.send('S', opts='mss 1460')
    p.expect('SA', tos=0xb8)
    p.send('A')
    s = t.accept(listener)
    p.send('A', data=10)
    assert p.acked().tos == 0xb8
    t.read(s, 10)
    t.write(s, 100)
    p.expect('A', len=100, tos=0xb8)
    p.expect('A', seq=1, len=100, tos=0xb8)
    p.send('A')
    t.discard(s)
    p.expect('FA', tos=0xb8)
    p.send('FA')
    p.expect('A', tos=0xb8)
    assert p.state() == 'TIME-WAIT'
    p.send('FA', seq=p.nxt - 1)
    p.at_once('A', tos=0xb8)


def add_other(t):
    ip('addr', 'add', '%s/%s' % (t.ip.other, t.ip.subnet), 'dev', 'v0', *['nodad'] * (t.ip.version == 6))


def test_local_address_is_honoured(t):
    """RFC 9293 section 3.9.1.1, MUST-43: an open from one of several addresses, and for one alone."""
    add_other(t)
    p, s = t.peer(), t.socket()
    s.bind((t.ip.other, 0))
    t.connect(p, s)
    assert p.expect('S').src == t.ip.aton(t.ip.other)
    p.send('SA', dst=t.ip.other)
    assert p.expect('A', ack=1).src == t.ip.aton(t.ip.other)
    t.listen()
    q = t.peer(7000)
    q.send('S', dst=t.ip.other)
    q.at_once('RA', seq=0, ack=1)
    q = t.peer(7000)
    q.send('S')
    q.at_once('SA')


def test_answers_come_from_the_address_asked(t):
    """RFC 9293 section 3.9.1.1, MUST-45: a connection to one of several addresses stays with it."""
    add_other(t)
    other = t.ip.aton(t.ip.other)
    listener = t.socket()
    listener.bind((t.ip.any, 7000))
    listener.listen(5)
    p = t.peer(7000)
    p.send('S', opts='mss 1460', dst=t.ip.other)
    assert p.expect('SA', ack=1).src == other
    p.nxt = 1
    p.send('A', dst=t.ip.other)
    s = t.accept(listener)
    assert s.getsockname()[0] == t.ip.other
    t.write(s, 100)
    assert p.expect('A', len=100).src == other
    p.send('A', dst=t.ip.other)
    s.shutdown(socket.SHUT_WR)
    assert p.expect('FA').src == other
    p.send('A', dst=t.ip.other)
    p.reaches('FIN-WAIT-2')


def test_minimum_ttl(t):
    """RFC 5082 section 3: with IP_MINTTL, or IPV6_MINHOPCOUNT, a segment that has come from further away is dropped."""
    listener = t.listen()
    listener.setsockopt(t.ip.level, t.ip.min_ttl, 200)
    p = t.peer(7000)
    p.send('S', opts='mss 1460', ttl=199)
    t.quiet()
    p.send('S', seq=0, opts='mss 1460', ttl=200)
    p.expect('SA')
    p.send('A', ttl=200)
    s = t.accept(listener)
    s.setsockopt(t.ip.level, t.ip.min_ttl, 255)
    p.send('R', seq=1, ttl=254)
    p.send('A', data=stream(1, 11), ttl=254)
    t.quiet()
    t.idle(s)
    p.send('A', seq=1, data=10, ttl=255)
    p.acked(11)
    t.read(s, 10)
