# SPDX-License-Identifier: GPL-2.0
"""Which addresses and devices a socket is for: IP_TRANSPARENT, IP_FREEBIND, SO_BINDTODEVICE, VRFs."""
import errno
import select
import socket

from ip import only
from test_iplevel import ip
from wire import PEER_MAC

IP, IP_FREEBIND, IP_TRANSPARENT = socket.IPPROTO_IP, 15, 19
HOST, PEER, FOREIGN = '10.0.0.1', '10.0.0.2', '192.0.2.7'


def everything_is_local():
    """What comes in by v0 is for this host, whatever its destination."""
    ip('rule', 'add', 'iif', 'v0', 'lookup', '100')
    ip('route', 'add', 'local', 'default', 'dev', 'lo', 'table', '100')


def opened(t, p, listener, dst):
    """A connection from p to dst, an address that the test has to name in each segment."""
    p.send('S', opts='mss 1460', dst=dst)
    assert p.expect('SA', ack=1).src == socket.inet_aton(dst)
    p.nxt = 1
    p.send('A', dst=dst)
    s = t.accept(listener)
    assert s.getsockname()[0] == dst
    return s


@only(4)
def test_transparent_listener(t):
    """IP_TRANSPARENT: a listener answers for addresses that are not the host's, up to TIME-WAIT."""
    everything_is_local()
    src = socket.inet_aton(FOREIGN)
    listener = t.socket()
    listener.setsockopt(IP, IP_TRANSPARENT, 1)
    listener.bind(('0.0.0.0', 7000))
    listener.listen(1)
    p = t.peer(7000)
    s = opened(t, p, listener, FOREIGN)
    t.write(s, 10)
    assert p.expect('A', len=10).src == src
    p.send('A', dst=FOREIGN)
    t.discard(s)
    assert p.expect('FA').src == src
    p.send('FA', dst=FOREIGN)
    p.nxt = 2
    assert p.expect('A').src == src
    p.reaches('TIME-WAIT')
    p.send('FA', seq=1, dst=FOREIGN)
    assert p.at_once('A').src == src


@only(4)
def test_listener_is_not_transparent(t):
    """Without IP_TRANSPARENT nothing is answered for an address that is not the host's."""
    everything_is_local()
    listener = t.socket()
    listener.bind(('0.0.0.0', 7000))
    listener.listen(1)
    t.peer(7000).send('S', dst=FOREIGN)
    t.quiet()
    t.idle(listener)


@only(4)
def test_transparent_connect(t):
    """IP_TRANSPARENT: an open from an address that is not the host's; nobody else may bind to it."""
    everything_is_local()
    p, s = t.peer(), t.socket()
    try:
        s.bind((FOREIGN, 0))
    except OSError as e:
        assert e.errno == errno.EADDRNOTAVAIL
    else:
        raise AssertionError('bound to an address that is not the host\'s')
    s.setsockopt(IP, IP_TRANSPARENT, 1)
    s.bind((FOREIGN, 0))
    t.connect(p, s)
    assert p.expect('S').src == socket.inet_aton(FOREIGN)
    p.send('SA', dst=FOREIGN)
    assert p.expect('A', ack=1).src == socket.inet_aton(FOREIGN)
    t.wait(s, select.POLLOUT)
    t.discard(s)
    assert p.expect('FA', ack=1).src == socket.inet_aton(FOREIGN)


@only(4)
def test_freebind(t):
    """IP_FREEBIND: a listener on an address that the host has only later."""
    listener = t.socket()
    listener.setsockopt(IP, IP_FREEBIND, 1)
    listener.bind((FOREIGN, 7000))
    listener.listen(1)
    ip('addr', 'add', FOREIGN + '/32', 'dev', 'v0')
    opened(t, t.peer(7000), listener, FOREIGN)


def bound_to(t, device, port=0):
    s = t.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
    if port:
        s.bind(('0.0.0.0', port))
        s.listen(1)
    return s


@only(4)
def test_listener_of_a_device(t):
    """SO_BINDTODEVICE: of two listeners the one that is bound to the device gets the SYN; its children are bound, too."""
    other = bound_to(t, b'lo', 7000)
    bound = bound_to(t, b'v0', 7000)
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('A')
    s = t.accept(bound)
    t.idle(other)
    assert device_of(s) == b'v0'
    t.discard(s)
    p.expect('FA')
    p.send('FA')
    p.expect('A')


@only(4)
def test_connect_by_a_device(t):
    """SO_BINDTODEVICE: an open goes out of that device whatever the routes say."""
    ip('link', 'add', 'd0', 'type', 'dummy')
    ip('link', 'set', 'd0', 'up')
    ip('addr', 'add', '10.9.0.1/24', 'dev', 'd0')
    p = t.peer()
    t.connect(p, bound_to(t, b'd0'))
    t.quiet()
    ip('route', 'add', PEER, 'dev', 'd0')
    p = t.peer()
    t.connect(p, bound_to(t, b'v0'))
    p.expect('S')
    ip('route', 'del', PEER, 'dev', 'd0')


@only(4)
def test_connection_of_a_device(t):
    """SO_BINDTODEVICE: what comes in by another device is not for the connection."""
    p, s = t.passive()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'lo')
    p.send('A', data=10)
    p.expect('R', seq=1)
    p.nxt = 1
    t.idle(s)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'')
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)
    assert s.getsockname()[0] == HOST


def device_of(s):
    return s.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16).rstrip(b'\0')


def vrf(t, name, table, device):
    """A VRF with one device, which loses its neighbours by that."""
    ip('link', 'add', name, 'type', 'vrf', 'table', table)
    ip('link', 'set', name, 'up')
    ip('link', 'set', device, 'master', name)
    if device == 'v0':
        ip('neigh', 'replace', PEER, 'lladdr', PEER_MAC, 'dev', 'v0', 'nud', 'permanent')
        t.carrier()


@only(4)
def test_listener_in_a_vrf(t):
    """A listener that is bound to a VRF takes SYNs that come in there, one that is bound to nothing does not."""
    vrf(t, 'red', '10', 'v0')
    outside = t.socket()
    outside.bind(('0.0.0.0', 7000))
    outside.listen(1)
    p = t.peer(7000)
    p.send('S')
    p.expect('RA', seq=0, ack=1)
    inside = bound_to(t, b'red', 7000)
    for listener in (inside, bound_to(t, b'v0', 7001)):
        p = t.peer(listener.getsockname()[1])
        p.send('S', opts='mss 1460')
        p.expect('SA')
        p.send('A')
        s = t.accept(listener)
        assert device_of(s) == device_of(listener)
        p.send('A', data=10)
        p.acked()
        t.read(s, 10)
        t.discard(s)
        p.expect('FA')
        p.send('FA')
        p.expect('A')
        p.reaches('TIME-WAIT')
        p.send('FA', seq=p.nxt - 1)
        p.at_once('A')
    t.idle(outside)


@only(4)
def test_l3mdev_accept(t):
    """l3mdev_accept: a listener that is bound to nothing takes SYNs of all VRFs; its connections are bound to them."""
    vrf(t, 'red', '10', 'v0')
    t.sysctl('l3mdev_accept', 1)
    listener = t.socket()
    listener.bind(('0.0.0.0', 7000))
    listener.listen(1)
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.expect('SA')
    p.send('A')
    s = t.accept(listener)
    assert device_of(s) == b'red'
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


@only(4)
def test_same_connection_in_two_vrfs(t):
    """Addresses and ports of a VRF are its own: the same four may be a connection in each."""
    ip('link', 'add', 'd0', 'type', 'dummy')
    ip('addr', 'add', HOST + '/24', 'dev', 'd0')
    ip('link', 'set', 'd0', 'up')
    vrf(t, 'red', '10', 'v0')
    vrf(t, 'blue', '11', 'd0')
    p = t.peer()
    for device in (b'blue', b'red'):
        s = bound_to(t, device)
        s.bind((HOST, 5000))
        t.connect(p, s)
    p.expect('S')
    p.send('SA')
    p.expect('A')
    t.wait(s, select.POLLOUT)
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


@only(4)
def test_icmp_error_in_a_vrf(t):
    """RFC 9293 section 3.9.2.2, MUST-54: an ICMP error finds the connection in its VRF."""
    vrf(t, 'red', '10', 'v0')
    p, s = t.peer(), bound_to(t, b'red')
    t.connect(p, s)
    p.icmp(p.expect('S'), 3, 3)
    t.refused(s, 'ECONNREFUSED')
