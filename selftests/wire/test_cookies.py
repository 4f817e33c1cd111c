# SPDX-License-Identifier: GPL-2.0
"""SYN cookies: a listener that keeps nothing of a SYN (RFC 4987 section 3.6)."""
import socket

ALWAYS, WHEN_FULL, NEVER = 2, 1, 0


def half_open(t):
    return sum(state in ('SYN-RECEIVED', 'NEW-SYN-RECEIVED') for state in t.states().values())


def cookie(t, opts='mss 1460', **more):
    """A listener that sends nothing but cookies, and a peer that has got one."""
    t.sysctl('syncookies', ALWAYS)
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts=opts)
    p.at_once('SA', seq=0, ack=1, **more)
    return listener, p


def maxseg(s):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)


def test_cookie_opens(t):
    """Nothing is kept of the SYN, and the ACK opens the connection all the same."""
    listener, p = cookie(t)
    assert half_open(t) == 0
    t.idle(listener)
    p.send('A')
    s = t.accept(listener)
    assert p.state() == 'ESTABLISHED'
    p.send('A', data=100)
    p.acked()
    t.read(s, 100)
    t.write(s, 100)
    p.expect('A', len=100)
    p.send('A')


def test_cookie_data(t):
    """The ACK of the handshake was lost: data opens the connection, and is delivered."""
    listener, p = cookie(t)
    p.send('A', data=300)
    s = t.accept(listener)
    p.acked()
    t.read(s, 300)


def test_cookie_fin(t):
    """The peer says all it has to say in one segment, with its FIN."""
    listener, p = cookie(t)
    p.send('FA', data=10)
    s = t.accept(listener)
    p.acked()
    t.read(s, 10)
    t.eof(s)
    assert p.state() == 'CLOSE-WAIT'


def test_cookie_mss(t):
    """Of the MSS the next smaller one that a cookie can say is kept; without one it is the version's default."""
    table = {4: ((1460, 1460), (1459, 1440), (1000, 536), (0, 536)),
             6: ((1440, 1440), (1300, 1220), (0, 1220))}
    for number, (offer, mss) in enumerate(table[t.ip.version]):
        t.sysctl('syncookies', ALWAYS)
        listener = t.listen(port=7000 + number)
        p = t.peer(7000 + number)
        p.send('S', opts='mss %d' % offer if offer else '')
        p.expect('SA')
        p.send('A')
        assert maxseg(t.accept(listener)) == mss


def test_cookie_options(t):
    """With timestamps, window scale and SACK-permitted survive in the echo (RFC 7323 section 2)."""
    t.sysctl('syncookies', ALWAYS)
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460,sackok,ts 100 0,nop,wscale 3')
    seg = p.expect('SA', sackok=True)
    p.ts = seg.ts[0]
    p.stamp(101)
    p.send('A')
    s = t.accept(listener)
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    assert info[5] & 7 == 7, 'options %#x' % info[5]
    assert info[6] & 15 == 3, 'the peer scales by %d' % (info[6] & 15)
    assert info[6] >> 4 == seg.opts['wscale'], 'we scale by %d' % (info[6] >> 4)
    p.send('A', data=100)
    assert p.acked().ts[1] == 101
    t.read(s, 100)


def test_cookie_without_options(t):
    """What the peer did not offer is not there afterwards, though the numbers could say so."""
    t.sysctl('syncookies', ALWAYS)
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460,nop,nop,ts 100 0')
    p.ts = p.expect('SA', sackok=False, wscale=None).ts[0]
    p.stamp(101)
    p.send('A')
    info = t.accept(listener).getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    assert info[5] & 7 == 1, 'options %#x' % info[5]


def test_cookie_forged(t):
    """An ACK with another number than the cookie's is answered with a reset, and opens nothing."""
    listener, p = cookie(t)
    for ack in (2, 0, 1 << 24, 1 << 27):
        p.send('A', ack=ack)
        p.at_once('R', seq=ack)
    p.send('A', seq=2)
    p.at_once('R', seq=1)
    t.idle(listener)
    p.send('A')
    t.accept(listener)


def test_cookie_of_another(t):
    """A cookie is good for its own four-tuple only."""
    listener, p = cookie(t)
    q = t.peer(7000, isn=p.isn)
    q.irs = p.irs
    q.send('A', seq=1, ack=1)
    q.at_once('R', seq=1)
    t.idle(listener)


def test_cookie_when_full(t):
    """Without room for another half-open connection a cookie goes out, and only then."""
    t.sysctl('max_syn_backlog', 1)
    t.sysctl('syncookies', WHEN_FULL)
    listener = t.listen(backlog=1)
    first, second = t.peer(7000), t.peer(7000)
    first.send('S')
    first.expect('SA')
    assert half_open(t) == 1
    with t.counted('CookiesSent'):
        second.send('S')
        second.expect('SA')
    assert half_open(t) == 1
    with t.counted('CookiesRecv'):
        second.send('A')
        s = t.accept(listener)
    assert s.getpeername()[1] == second.port
    first.send('A')
    assert t.accept(listener).getpeername()[1] == first.port


def test_no_cookies(t):
    """syncookies 0: a SYN for which there is no room is dropped, and an ACK brings nothing."""
    t.sysctl('max_syn_backlog', 1)
    t.sysctl('syncookies', NEVER)
    t.listen(backlog=1)
    first, second = t.peer(7000), t.peer(7000)
    first.send('S')
    first.expect('SA')
    with t.counted('ReqQueueFull'):
        second.send('S')
    t.quiet()
    second.irs, second.host_port = 12345, 7000
    second.send('A', seq=1, ack=1)
    second.at_once('R', seq=1)


def test_flood(t):
    """While others send SYNs and nothing else, who means it gets in."""
    t.sysctl('max_syn_backlog', 4)
    t.sysctl('syncookies', WHEN_FULL)
    listener = t.listen(backlog=4)
    for _ in range(40):
        stranger = t.peer(7000)
        stranger.send('S', opts='mss 1460')
        stranger.expect('SA')
    assert half_open(t) == 4
    for _ in range(4):
        p = t.peer(7000)
        p.send('S', opts='mss 1460')
        p.expect('SA')
        p.send('A')
        s = t.accept(listener)
        p.send('A', data=50)
        p.acked()
        t.read(s, 50)


def test_cookie_needs_room_for_the_connection(t):
    """A full accept queue is full for cookies, too: the ACK is dropped and may come again."""
    t.sysctl('syncookies', ALWAYS)
    listener = t.listen(backlog=0)
    first, second = t.peer(7000), t.peer(7000)
    for p in (first, second):
        p.send('S')
        p.expect('SA')
    first.send('A')
    first.reaches('ESTABLISHED')
    with t.counted('ListenOverflows'):
        second.send('A')
    t.quiet()
    assert t.accept(listener).getpeername()[1] == first.port
    second.send('A', data=10)
    s = t.accept(listener)
    second.acked()
    t.read(s, 10)
