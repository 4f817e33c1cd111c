# SPDX-License-Identifier: GPL-2.0
"""Fast Open: data that goes with a SYN, and what opens because of it (RFC 7413)."""
import errno
import select
import socket
import threading

from peer import ANY
from segment import stream

CLIENT, SERVER, BARE_CLIENT, BARE_SERVER, EVERYBODY = 1, 2, 4, 0x200, 0x400
FASTOPEN, CONNECT, KEY, NO_COOKIE = 23, 30, 33, 34      # TCP_FASTOPEN...
MSG_FASTOPEN = 0x20000000
UNAVAILABLE, NOT_ACKED, RETRANSMITTED = 1, 2, 3         # tcpi_fastopen_client_fail
SYN_DATA = 32                                           # tcpi_options
COOKIE, OTHER = '0123456789abcdef', 'fedcba9876543210'


def option(s, name, value):
    s.setsockopt(socket.IPPROTO_TCP, name, value)


def syn_data(s):
    return bool(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[5] & SYN_DATA)


def client_fail(s):
    return s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)[7] >> 1 & 3


# -- a server ---------------------------------------------------------------

def server(t, most=5, bits=SERVER, **kw):
    t.sysctl('fastopen', CLIENT | bits)
    listener = t.listen(**kw)
    option(listener, FASTOPEN, most)
    return listener


def ask(t, kind='fastopen'):
    """A client asks for a cookie, and goes."""
    p = t.peer(7000)
    p.send('S', opts='mss 1460,' + kind)
    cookie = p.expect('SA', seq=0, ack=1).opts.get(kind)
    p.send('R', seq=1)
    return cookie


def fast(t, cookie, data=300, ack=None, **more):
    """A client with a cookie."""
    p = t.peer(7000)
    p.send('S', opts='mss 1460,fastopen ' + cookie, data=data)
    p.expect('SA', seq=0, ack=1 + data if ack is None else ack, **more)
    if ack is not None:
        p.nxt = ack
    return p


def test_fastopen_cookie(t):
    """A client that asks gets a cookie, always the same, and nobody else gets one."""
    server(t)
    with t.counted('FastOpenCookieReqd'):
        cookie = ask(t)
    assert len(cookie) == 16
    assert ask(t) == cookie
    p = t.peer(7000)
    p.send('S')
    p.expect('SA', fastopen=None)


def test_fastopen_only_where_asked_for(t):
    """Without TCP_FASTOPEN on the listener, or with the sysctl off, there is none."""
    t.sysctl('fastopen', CLIENT | SERVER)
    listener = t.listen()
    assert ask(t) is None
    option(listener, FASTOPEN, 5)
    assert ask(t)
    t.sysctl('fastopen', CLIENT)
    assert ask(t) is None


def test_fastopen_everybody(t):
    """The sysctl can have all listeners do it."""
    t.sysctl('fastopen', SERVER | EVERYBODY)
    listener = t.listen(backlog=3)
    assert listener.getsockopt(socket.IPPROTO_TCP, FASTOPEN) == 3
    assert ask(t)


def test_fastopen_data(t):
    """Data in the SYN is acknowledged, delivered and answered before the handshake is complete."""
    listener = server(t)
    cookie = ask(t)
    with t.counted('FastOpenPassive'):
        p = fast(t, cookie, 300, fastopen=None)
    s = t.accept(listener)
    t.read(s, 300)
    assert p.state() == 'SYN-RECEIVED'
    assert syn_data(s)
    t.wait(s, select.POLLOUT)
    t.write(s, 200)
    p.soon('A', len=200)
    p.send('A', data=100)
    p.acked()
    p.reaches('ESTABLISHED')
    t.read(s, 100, start=301)
    t.write(s, 50, start=201)
    p.expect('A', len=50)
    p.send('A')


def test_fastopen_without_data(t):
    """A cookie is enough: the server may speak first."""
    listener = server(t)
    p = fast(t, ask(t), 0)
    s = t.accept(listener)
    t.write(s, 100)
    p.soon('A', len=100)
    p.send('A')
    p.reaches('ESTABLISHED')


def test_fastopen_more_than_one_segment(t):
    """What the server says before the handshake is complete fills the window that the SYN offers."""
    listener = server(t)
    p = t.peer(7000)
    cookie = ask(t)
    p.send('S', opts='mss 1000,fastopen ' + cookie, data=10, win=2500)
    p.expect('SA', ack=11)
    s = t.accept(listener)
    t.write(s, 2500)
    p.expect('A', len=1000)
    p.expect('A', len=1000)
    t.settle()
    p.send('A', win=10000)
    while p.rcv < 2501:
        p.next()
    p.send('A')


def test_fastopen_handshake_alone(t):
    """The third segment acknowledges the SYN-ACK and not the data that came with it."""
    listener = server(t)
    p = fast(t, ask(t), 10)
    s = t.accept(listener)
    t.write(s, 200)
    p.expect('A', len=200)
    p.send('A', ack=1)
    p.reaches('ESTABLISHED')
    p.strict = True
    p.expect('A', seq=1, len=200)
    p.send('A')


def test_fastopen_wrong_cookie(t):
    """Then it is a SYN as any other, with a cookie for the next time; the data goes again."""
    listener = server(t)
    cookie = ask(t)
    for wrong in ('00' * 8, cookie[:8], cookie + '0000', OTHER):
        with t.counted('FastOpenPassiveFail'):
            p = fast(t, wrong, 300, ack=1, fastopen=cookie)
        t.idle(listener)
        p.send('A', data=300)
        s = t.accept(listener)
        p.acked()
        t.read(s, 300)
        assert not syn_data(s)


def test_fastopen_no_option(t):
    """Data in a SYN without a cookie is not taken."""
    listener = server(t)
    p = t.peer(7000)
    p.send('S', data=100)
    p.expect('SA', ack=1, fastopen=None)
    p.nxt = 1
    p.send('A', data=100)
    s = t.accept(listener)
    p.acked()
    t.read(s, 100)


def test_fastopen_queue(t):
    """No more than so many whose handshake is not complete, accepted or not."""
    listener = server(t, most=1)
    cookie = ask(t)
    first = fast(t, cookie, 100)
    s = t.accept(listener)
    with t.counted('FastOpenListenOverflow'):
        second = fast(t, cookie, 100, ack=1)
    second.send('A', data=100)
    t.accept(listener)
    second.acked()
    first.send('A')
    first.reaches('ESTABLISHED')
    t.read(s, 100)
    fast(t, cookie, 100)
    t.accept(listener)


def test_fastopen_reset_counts(t):
    """A connection that is reset counts on: the SYN may have come in the name of another."""
    listener = server(t, most=1)
    cookie = ask(t)
    p = fast(t, cookie, 100)
    s = t.accept(listener)
    p.send('R', seq=101)
    t.read(s, 100)
    t.error(s, 'ECONNRESET')
    with t.counted('FastOpenListenOverflow'):
        fast(t, cookie, 100, ack=1)


def test_fastopen_syn_again(t):
    """A SYN that comes again is answered again, and brings nothing new."""
    listener = server(t)
    cookie = ask(t)
    p = fast(t, cookie, 100)
    p.strict = True
    p.send('S', seq=0, opts='mss 1460,fastopen ' + cookie, data=100)
    p.expect('SA', seq=0, ack=101)
    s = t.accept(listener)
    t.read(s, 100)
    t.idle(s)
    t.idle(listener)
    p.send('A')
    p.reaches('ESTABLISHED')


def test_fastopen_synack_lost(t):
    """The SYN-ACK goes again by a timer of its own, and what followed it once it is answered."""
    listener = server(t)
    p = fast(t, ask(t), 100)
    s = t.accept(listener)
    p.strict = True
    t.write(s, 200)
    p.expect('A', len=200)
    p.expect('SA', seq=0, ack=101)
    p.send('A', ack=1)
    p.reaches('ESTABLISHED')
    p.expect('A', seq=1, len=200)
    p.send('A')


def test_fastopen_window(t):
    """Of more data than there is room for, a part is taken and acknowledged."""
    listener = server(t, rcvbuf=1)
    cookie = ask(t)
    p = t.peer(7000)
    p.send('S', opts='mss 1460,fastopen ' + cookie, data=1400)
    seg = p.expect('SA', ack=ANY)
    assert 1 < seg.ack < 1401, 'took %d octets' % (seg.ack - 1)
    s = t.accept(listener)
    t.read(s, seg.ack - 1)
    t.idle(s)


def test_fastopen_close(t):
    """Closed before the handshake is complete: what was written goes, the FIN once it is."""
    listener = server(t)
    p = fast(t, ask(t), 100)
    s = t.accept(listener)
    t.read(s, 100)
    t.write(s, 50)
    p.expect('A', len=50)
    t.discard(s)
    t.settle()
    p.send('A')
    p.expect('FA')
    p.send('FA')
    p.expect('A')


def test_fastopen_unread(t):
    """Closed with what the SYN brought unread: the peer hears of it."""
    listener = server(t)
    p = fast(t, ask(t), 100)
    t.discard(t.accept(listener))
    p.aborted()


def test_fastopen_listener_gone(t):
    """What nobody has accepted is reset with the listener."""
    listener = server(t)
    p = fast(t, ask(t), 100)
    t.discard(listener)
    p.aborted()


def test_fastopen_bare(t):
    """Without cookies, by sysctl or by option: data is taken from whoever sends it."""
    for number, set_up in enumerate((lambda _: t.sysctl('fastopen', SERVER | BARE_SERVER),
                                     lambda l: option(l, NO_COOKIE, 1))):
        listener = server(t, port=7000 + number)
        set_up(listener)
        p = t.peer(7000 + number)
        p.send('S', data=100)
        p.expect('SA', ack=101, fastopen=None)
        s = t.accept(listener)
        t.read(s, 100)
        p.send('A')


def test_fastopen_keys(t):
    """A key of the listener's own; the cookies of the one before are taken, and replaced."""
    listener = server(t)
    own, before = b'0123456789abcdef', bytes(16)
    general = ask(t)
    option(listener, KEY, before)
    old = ask(t)
    option(listener, KEY, own + before)
    new = ask(t)
    assert len({general, old, new}) == 3
    fast(t, new, 10, fastopen=None)
    fast(t, old, 10, fastopen=new)
    fast(t, general, 10, ack=1, fastopen=new)
    option(listener, KEY, own)
    fast(t, old, 10, ack=1, fastopen=new)
    assert listener.getsockopt(socket.IPPROTO_TCP, KEY, 32) == own


def test_fastopen_key_sysctl(t):
    """The key of the namespace, as text; two with a comma."""
    server(t)
    first, second = '00000001-00000002-00000003-00000004', 'deadbeef-0-12-ffffffff'
    t.sysctl('fastopen_key', first)
    old = ask(t)
    t.sysctl('fastopen_key', second + ',' + first)
    new = ask(t)
    assert new != old
    fast(t, old, 10, fastopen=new)
    t.sysctl('fastopen_key', first)
    assert ask(t) == old


def test_fastopen_experimental(t):
    """The option that was used before there was one is understood and answered alike."""
    listener = server(t)
    cookie = ask(t, 'oldfastopen')
    assert cookie == ask(t)
    p = t.peer(7000)
    p.send('S', opts='mss 1460,oldfastopen ' + cookie, data=100)
    p.expect('SA', ack=101)
    t.read(t.accept(listener), 100)


# -- a client ---------------------------------------------------------------

def send(t, p, n, s=None):
    """sendto() with MSG_FASTOPEN: (socket, octets or errno's name)."""
    s = s or t.socket()
    try:
        return s, s.sendto(stream(1, n + 1), MSG_FASTOPEN, (t.ip.peer, p.port))
    except OSError as e:
        return s, errno.errorcode[e.errno]


def answer(p, s, t, **kw):
    p.send('SA', **kw)
    p.expect('A')
    t.wait(s, select.POLLOUT)


def learn(t, cookie=COOKIE, mss=1460):
    """The host gets a cookie, and its connection ends."""
    p = t.peer()
    s, result = send(t, p, 200)
    assert result == 'EINPROGRESS'
    p.expect('S', len=0, fastopen='')
    answer(p, s, t, opts='mss %d,fastopen %s' % (mss, cookie))
    t.abort(s)
    p.aborted()


def knows(t, **kw):
    t.sysctl('fastopen', CLIENT)
    learn(t, **kw)
    p = t.peer()
    s, result = send(t, p, 200)
    assert result == 200, result
    p.expect('S', len=200, fastopen=COOKIE)
    return p, s


def test_fastopen_client_asks(t):
    """The first time the SYN asks for a cookie and has no data."""
    t.sysctl('fastopen', CLIENT)
    p = t.peer()
    s, result = send(t, p, 200)
    assert result == 'EINPROGRESS'
    p.expect('S', len=0, fastopen='')
    assert client_fail(s) == UNAVAILABLE
    answer(p, s, t, opts='mss 1460,fastopen ' + COOKIE)
    t.write(s, 100)
    p.expect('A', len=100)
    p.send('A')


def test_fastopen_client_data(t):
    """With a cookie the data goes with the SYN, and is not sent again when it is acknowledged."""
    p, s = knows(t)
    with t.counted('FastOpenActive'):
        answer(p, s, t, opts='mss 1460')
    assert syn_data(s)
    t.write(s, 100, start=201)
    p.expect('A', len=100)
    p.send('A', data=50)
    p.acked()
    t.read(s, 50)


def test_fastopen_client_refused(t):
    """The server takes the SYN alone: the data goes again at once."""
    p, s = knows(t)
    p.strict = True
    p.send('SA', ack=1, opts='mss 1460')
    p.soon('A', seq=1, len=200)
    assert client_fail(s) == NOT_ACKED
    assert not syn_data(s)
    p.send('A')


def test_fastopen_client_part(t):
    """The server takes a part of the data: the rest goes again at once."""
    p, s = knows(t)
    p.strict = True
    p.send('SA', ack=101, opts='mss 1460')
    p.soon('A', seq=101, len=100)
    p.send('A')
    t.write(s, 100, start=201)
    p.expect('A', len=100)
    p.send('A')


def test_fastopen_client_syn_lost(t):
    """The next SYN has neither cookie nor data, and the next connection asks for a cookie again.

    Rill only: TCP gives the next connection one more try.
    """
    p, s = knows(t)
    p.strict = True
    p.expect('S', seq=0, len=0, fastopen=None)
    p.send('SA', ack=1, opts='mss 1460')
    p.soon('A', seq=1, len=200)
    assert client_fail(s) == RETRANSMITTED
    p.send('A')
    q = t.peer()
    assert send(t, q, 200)[1] == 'EINPROGRESS'
    q.expect('S', len=0, fastopen='')


def test_fastopen_client_synack_lost(t):
    """The data has arrived with the first SYN, though the answer to the second tells."""
    p, s = knows(t)
    p.strict = True
    p.expect('S', seq=0, len=0)
    answer(p, s, t, opts='mss 1460')
    assert syn_data(s)
    t.write(s, 10, start=201)
    p.expect('A', len=10)
    p.send('A')


def test_fastopen_client_long(t):
    """The SYN takes what the server's MSS leaves beside the options; the program hears how much."""
    t.sysctl('fastopen', CLIENT)
    learn(t, mss=1000)
    p = t.peer()
    s, result = send(t, p, 5000)
    assert result == 960, result
    p.expect('S', len=960, fastopen=COOKIE)
    answer(p, s, t, opts='mss 1000')
    t.write(s, 40, start=961)
    p.expect('A', len=40)
    p.send('A')


def test_fastopen_client_new_cookie(t):
    """A new cookie takes the old one's place."""
    p, s = knows(t)
    answer(p, s, t, opts='mss 1460,fastopen ' + OTHER)
    q = t.peer()
    send(t, q, 100)
    q.expect('S', len=100, fastopen=OTHER)


def test_fastopen_client_reset(t):
    """Nobody listens: the program is told as by connect()."""
    p, s = knows(t)
    p.send('RA', seq=0)
    t.refused(s, 'ECONNREFUSED')


def test_fastopen_connect(t):
    """TCP_FASTOPEN_CONNECT: connect() only looks for a cookie, the first write sends the SYN."""
    t.sysctl('fastopen', CLIENT)
    p, s = t.peer(), t.socket()
    option(s, CONNECT, 1)
    t.connect(p, s)
    p.expect('S', len=0, fastopen='')
    answer(p, s, t, opts='mss 1460,fastopen ' + COOKIE)
    q, s = t.peer(), t.socket()
    option(s, CONNECT, 1)
    assert s.connect_ex((t.ip.peer, q.port)) == 0
    t.quiet()
    t.wait(s, select.POLLOUT)
    assert s.connect_ex((t.ip.peer, q.port)) == errno.EISCONN
    t.write(s, 200)
    q.expect('S', len=200, fastopen=COOKIE)
    answer(q, s, t, opts='mss 1460')
    assert syn_data(s)


def test_fastopen_client_bare(t):
    """Without cookies, by sysctl or by option: data goes with every SYN, no option does."""
    t.sysctl('fastopen', CLIENT)
    s = t.socket()
    option(s, NO_COOKIE, 1)
    p = t.peer()
    assert send(t, p, 100, s)[1] == 100
    p.expect('S', len=100, fastopen=None)
    answer(p, s, t, opts='mss 1460')
    t.sysctl('fastopen', CLIENT | BARE_CLIENT)
    q = t.peer()
    s, result = send(t, q, 2000)
    assert result == t.ip.default_mss - 40, result
    q.expect('S', len=result, fastopen=None)
    answer(q, s, t, opts='mss 1460')


def test_fastopen_client_off(t):
    """The sysctl forbids it."""
    t.sysctl('fastopen', 0)
    assert send(t, t.peer(), 10)[1] == errno.errorcode[errno.EOPNOTSUPP]


def test_fastopen_client_blocking(t):
    """A program that waits sends all of it in one call: some with the SYN, the rest afterwards."""
    t.sysctl('fastopen', CLIENT)
    learn(t)
    p, s = t.peer(), t.socket()
    s.setblocking(True)
    sent = []
    sender = threading.Thread(target=lambda: sent.append(send(t, p, 2000, s)[1]))
    sender.start()
    p.expect('S', len=1420, fastopen=COOKIE)
    p.send('SA', opts='mss 1460')
    while p.rcv < 2001:
        p.next()
    p.send('A')
    sender.join()
    assert sent == [2000], sent


def test_fastopen_client_black_hole(t):
    """After three timeouts Fast Open rests for a while, for all servers."""
    t.sysctl('fastopen_blackhole_timeout_sec' if not t.rill else 'fastopen_blackhole_timeout', 1000)
    t.linear_timeouts_off()
    p, s = knows(t)
    p.strict = True
    with t.counted('FastOpenActiveFail'):
        for _ in range(3):
            p.expect('S', seq=0, len=0)
    t.abort(s)
    q = t.peer()
    assert send(t, q, 200)[1] == 'EINPROGRESS'
    q.expect('S', len=0, fastopen=None)
