# SPDX-License-Identifier: GPL-2.0
"""What there is of IPv6 alone: extension headers, flow labels, scopes, a program that speaks IPv4 as well."""
import errno
import select
import socket

from ip import DESTINATION, HOP_BY_HOP, ROUTING, extension, only
from segment import stream

V6 = socket.IPPROTO_IPV6
IPV6_AUTOFLOWLABEL = 70


@only(6)
def test_mss_on_ethernet(t):
    """RFC 9293 section 3.7.1, MUST-14 MUST-67: of 1500 octets IPv6 leaves 1440 to a segment, either way."""
    p = t.peer()
    t.connect(p)
    p.expect('S', mss=1440)
    q, s = t.passive(opts='mss 1460')
    t.write(s, 3000)
    for n in (1440, 1440, 120):
        q.expect('A', len=n)
        q.send('A')


test_mss_on_ethernet.wire = {'mss': 1440}


@only(6)
def test_hop_limit_and_class_change(t):
    """RFC 9293 sections 3.9.1.9 and 3.9.2, MUST-48 MUST-49 SHLD-21 SHLD-22: both can be changed at any time."""
    listener = t.listen()
    listener.setsockopt(V6, socket.IPV6_TCLASS, 0x28)
    listener.setsockopt(V6, socket.IPV6_UNICAST_HOPS, 17)
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.expect('SA', tos=0x28, ttl=17)
    p.send('A')
    s = t.accept(listener)
    at = 1
    for tos, hops in ((0x28, 17), (0x48, 17), (0x48, 99), (0, 255)):
        s.setsockopt(V6, socket.IPV6_TCLASS, tos)
        s.setsockopt(V6, socket.IPV6_UNICAST_HOPS, hops)
        t.write(s, 10, start=at)
        p.expect('A', len=10, tos=tos, ttl=hops)
        p.send('A', data=10)
        ack = p.acked()
        assert (ack.tos, ack.ttl) == (tos, hops), (ack.tos, ack.ttl)
        t.read(s, 10, start=at)
        at += 10


@only(6)
def test_default_hop_limit(t):
    """RFC 9293 section 3.9.2, MUST-49: without a choice of the program's it is the device's hop_limit."""
    with open('/proc/sys/net/ipv6/conf/v0/hop_limit', 'w') as f:
        f.write('77')
    p = t.peer()
    t.connect(p)
    p.expect('S', ttl=77, tos=0)
    t.listen()
    q = t.peer(7000)
    q.send('S')
    q.expect('SA', ttl=77, tos=0)


def labels(t, s, p):
    """The flow labels of an established connection's data, ACK and FIN."""
    t.write(s, 3000)
    seen = {p.expect('A', len=n).flow for n in (1460, 1460, 80)}
    p.send('A', data=10)
    seen.add(p.acked().flow)
    t.read(s, 10)
    s.shutdown(socket.SHUT_WR)
    seen.add(p.expect('FA').flow)
    p.send('A')
    return seen


@only(6)
def test_flow_label_of_an_active_open(t):
    """RFC 6437 section 3: one label for all segments of a connection, and not zero."""
    p, s = t.peer(), t.socket()
    t.connect(p, s)
    label = p.expect('S').flow
    p.send('SA', opts='mss 1460')
    assert p.expect('A').flow == label
    t.wait(s, select.POLLOUT)
    assert labels(t, s, p) == {label} and label, label


@only(6)
def test_flow_label_of_a_passive_open(t):
    """RFC 6437 section 3: the same from the SYN-ACK on."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    label = p.expect('SA').flow
    p.send('A')
    s = t.accept(listener)
    assert labels(t, s, p) == {label} and label, label


@only(6)
def test_flow_labels_differ(t):
    """RFC 6437 section 3: labels of several connections are not the same."""
    t.listen()
    seen = set()
    for _ in range(6):
        p = t.peer(7000)
        p.send('S')
        seen.add(p.expect('SA').flow)
    assert len(seen) > 3, seen


@only(6)
def test_flow_label_switched_off(t):
    """IPV6_AUTOFLOWLABEL 0: the label is zero, as it is with net.ipv6.auto_flowlabels 0."""
    p, s = t.peer(), t.socket()
    s.setsockopt(V6, IPV6_AUTOFLOWLABEL, 0)
    t.connect(p, s)
    assert p.expect('S').flow == 0
    p.send('SA', opts='mss 1460')
    assert p.expect('A').flow == 0
    t.wait(s, select.POLLOUT)
    assert labels(t, s, p) == {0}


HEADERS = {
    'hop-by-hop': [extension(HOP_BY_HOP)],
    'destination': [extension(DESTINATION)],
    'routing, at its end': [extension(ROUTING, bytes([0, 0, 0, 0, 0, 0]))],
    'a long one': [extension(DESTINATION, b'\x1e' + bytes([100]) + bytes(100))],
    'an option to be skipped': [extension(DESTINATION, b'\x1e\4\1\2\3\4')],
    'all of them': [extension(HOP_BY_HOP), extension(DESTINATION),
                    extension(ROUTING, bytes([0, 0, 0, 0, 0, 0])), extension(DESTINATION)],
}


@only(6)
def test_extension_headers(t):
    """RFC 8200 section 4: a segment behind extension headers is a segment like any other."""
    for port, ext in enumerate(HEADERS.values(), 7000):
        listener = t.listen(port=port)
        p = t.peer(port)
        p.send('S', opts='mss 1460', ext=ext)
        p.expect('SA')
        p.send('A', ext=ext)
        s = t.accept(listener)
        p.send('A', data=100, ext=ext)
        p.acked()
        t.read(s, 100)
        p.send('FA', ext=ext)
        p.acked()
        t.eof(s)


@only(6)
def test_extension_headers_and_checksum(t):
    """RFC 9293 section 3.1, MUST-3: the checksum is looked at there as well."""
    p, s = t.passive()
    for ext in HEADERS.values():
        p.send('A', data=stream(1, 101), ext=ext, sum=lambda x: x ^ 1)
    t.quiet()
    t.idle(s)
    p.send('A', data=100)
    p.acked()
    t.read(s, 100)


@only(6)
def test_fragments_behind_extension_headers(t):
    """RFC 8200 section 4.5: the same in fragments."""
    p, s = t.passive()
    p.send('A', data=200, ext=[extension(DESTINATION)], fragment=64)
    p.acked()
    t.read(s, 200)


@only(6)
def test_packet_too_big_below_the_minimum(t):
    """RFC 8201 section 4: an error that asks for less than 1280 octets is not believed."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 1460)
    p.error(p.expect('A', len=1460), 'too big', mtu=1279)
    t.sync()
    p.strict = True
    p.send('A')
    t.drain(p)
    t.write(s, 2920, start=1461)
    p.expect('A', len=1460)
    p.expect('A', len=1460)
    p.send('A')


@only(6)
def test_packet_too_big_for_others(t):
    """RFC 8201, RFC 5927 section 7, MUST-54: an error that quotes no segment in flight changes nothing."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 1460)
    seg = p.expect('A', len=1460)
    for field, value in (('seq', -100), ('seq', 100000), ('sport', 1), ('dport', 1)):
        p.error(seg, 'too big', mtu=1300, **{field: value})
    t.sync()
    p.send('A')
    t.write(s, 1460, start=1461)
    p.expect('A', len=1460)
    p.send('A')


@only(6)
def test_errors_from_routers(t):
    """RFC 9293 section 3.9.2.2, MUST-54: who reports an error doesn't matter, what it quotes does."""
    p = t.peer()
    s = t.connect(p)
    p.error(p.expect('S'), 'port', src='2001:db8::1')
    t.refused(s, 'ECONNREFUSED')


def mapped(address):
    return '::ffff:' + address


@only(6)
def test_ipv4_reaches_an_ipv6_listener(t):
    """RFC 3493 section 3.7: a listener of IPv6 hears IPv4 as well, under addresses of its own kind."""
    listener = t.socket()
    listener.bind(('::', 7000))
    listener.listen(5)
    four = t.ips[4]
    p = t.peer(7000, ip=four)
    p.send('S', opts='mss 1460')
    p.expect('SA', mss=1480)
    p.send('A')
    s = t.accept(listener)
    assert s.family == socket.AF_INET6
    assert s.getpeername()[:2] == (mapped(four.peer), p.port), s.getpeername()
    assert s.getsockname()[:2] == (mapped(four.host), 7000), s.getsockname()
    p.send('A', data=100)
    p.acked()
    t.read(s, 100)
    t.write(s, 2000)
    p.expect('A', len=1460)
    p.expect('A', len=540)
    p.send('A')
    q = t.peer(7000)
    q.send('S', opts='mss 1460')
    q.expect('SA', mss=1460)
    q.send('A')
    assert t.accept(listener).getpeername()[0] == t.ip.peer
    t.discard(s)
    p.expect('FA')
    p.send('FA')
    p.expect('A')
    assert p.state() == 'TIME-WAIT'
    p.send('FA', seq=p.nxt - 1)
    p.at_once('A')


@only(6)
def test_v6only_listener(t):
    """RFC 3493 section 5.3: with IPV6_V6ONLY it hears IPv6 alone."""
    listener = t.socket()
    listener.setsockopt(V6, socket.IPV6_V6ONLY, 1)
    listener.bind(('::', 7000))
    listener.listen(5)
    p = t.peer(7000, ip=t.ips[4])
    p.send('S')
    p.at_once('RA', seq=0, ack=1)
    q = t.peer(7000)
    q.send('S')
    q.at_once('SA')
    t.idle(listener)


@only(6)
def test_listeners_of_both_versions(t):
    """RFC 3493 section 5.3: with IPV6_V6ONLY a listener of IPv4 has the port as well; each hears its own."""
    six = t.socket()
    six.setsockopt(V6, socket.IPV6_V6ONLY, 1)
    six.bind(('::', 7000))
    six.listen(5)
    four = t.socket(t.ips[4])
    four.bind(('0.0.0.0', 7000))
    four.listen(5)
    for ip, listener, other in ((t.ips[4], four, six), (t.ip, six, four)):
        p = t.peer(7000, ip=ip)
        p.send('S')
        p.expect('SA')
        p.send('A')
        s = t.accept(listener)
        assert s.getpeername()[0] == ip.peer
        t.idle(other)


@only(6)
def test_open_to_a_mapped_address(t):
    """RFC 3493 section 3.7: an open to ::ffff:10.0.0.2 is one over IPv4."""
    four = t.ips[4]
    p, s = t.peer(ip=four), t.socket()
    assert s.connect_ex((mapped(four.peer), p.port)) == errno.EINPROGRESS
    p.expect('S', mss=1480)
    p.send('SA', opts='mss 1460')
    p.expect('A')
    t.wait(s, select.POLLOUT)
    assert s.getpeername()[0] == mapped(four.peer) and s.getsockname()[0] == mapped(four.host)
    t.write(s, 1500)
    p.expect('A', len=1460)
    p.expect('A', len=40)
    p.send('A')
    s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0x40)
    t.write(s, 10, start=1501)
    p.expect('A', len=10, tos=0x40)
    p.send('A')


@only(6)
def test_mapped_and_v6only(t):
    """RFC 3493 section 5.3: a socket with IPV6_V6ONLY opens nothing over IPv4."""
    s = t.socket()
    s.setsockopt(V6, socket.IPV6_V6ONLY, 1)
    assert s.connect_ex((mapped(t.ips[4].peer), 80)) == errno.ENETUNREACH
    t.quiet()


def two_links(t):
    """The same link-local addresses on a second link: (the host's, the peer's)."""
    near, far = 'fe80::1', 'fe80::2'
    t.address('v0', near, far, t.ip)
    t.device('v1', [(near, far, t.ip)])
    return near, far


@only(6)
def test_link_local_scopes(t):
    """RFC 4007 section 6: the same addresses and ports on two links are two connections."""
    near, far = two_links(t)
    pairs = []
    for dev in ('v0', 'v1'):
        listener = t.socket()
        listener.bind((near, 7000, 0, socket.if_nametoindex(dev)))
        listener.listen(5)
        pairs.append((listener, t.peer(7000, number=40999, dev=dev, address=far, host=near)))
    for listener, p in pairs:
        p.send('S', opts='mss 1460')
        p.expect('SA')
        p.send('A')
    ends = [(t.accept(listener), p) for listener, p in pairs]
    for n, (s, p) in enumerate(ends, 1):
        assert s.getpeername()[3] == socket.if_nametoindex(p.dev), s.getpeername()
        assert s.getsockname()[3] == socket.if_nametoindex(p.dev), s.getsockname()
        p.send('A', data=100 * n)
        p.acked()
        t.read(s, 100 * n)
        t.write(s, 10 * n)
        p.expect('A', len=10 * n)
        p.send('A')
    t.quiet()


@only(6)
def test_open_to_a_link_local_address(t):
    """RFC 4007 section 6: the scope says by which device, and without one there is no open."""
    near, far = two_links(t)
    s = t.socket()
    assert s.connect_ex((far, 80)) == errno.EINVAL
    for dev in ('v1', 'v0'):
        p, s = t.peer(dev=dev, address=far, host=near), t.socket()
        s.bind((near, 0, 0, socket.if_nametoindex(dev)))
        assert s.connect_ex((far, p.port, 0, socket.if_nametoindex(dev))) == errno.EINPROGRESS
        p.expect('S')
        p.send('SA', opts='mss 1460')
        p.expect('A')
        t.wait(s, select.POLLOUT)
        t.write(s, 10)
        p.expect('A', len=10)
        p.send('A')
    t.quiet()


@only(6)
def test_link_local_segment_from_another_link(t):
    """RFC 4007 section 6: a reset from the wrong link is nobody's."""
    near, far = two_links(t)
    listener = t.socket()
    listener.bind((near, 7000, 0, socket.if_nametoindex('v0')))
    listener.listen(5)
    p = t.peer(7000, address=far, host=near)
    p.send('S')
    p.expect('SA')
    p.send('A')
    s = t.accept(listener)
    q = t.peer(7000, number=p.port, isn=p.isn, dev='v1', address=far, host=near)
    q.irs = p.irs
    q.send('RA', seq=1, ack=1)
    t.sync()
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


@only(6)
def test_link_local_listener_of_any_address(t):
    """RFC 4007 section 6: a listener at :: hears every link, and answers on the one it came from."""
    near, far = two_links(t)
    listener = t.socket()
    listener.bind(('::', 7000))
    listener.listen(5)
    for dev in ('v0', 'v1'):
        p = t.peer(7000, dev=dev, address=far, host=near)
        p.send('S', opts='mss 1460')
        p.expect('SA')
        p.send('A')
        s = t.accept(listener)
        assert s.getpeername()[3] == socket.if_nametoindex(dev)
        t.write(s, 10)
        p.expect('A', len=10)
        p.send('A')
    t.quiet()
