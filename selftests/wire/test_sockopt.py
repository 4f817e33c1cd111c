# SPDX-License-Identifier: GPL-2.0
"""Socket options whose effect is seen on the wire."""
import socket

from peer import EARLY

TCP = socket.IPPROTO_TCP


def test_syn_count(t):
    """RFC 9293 section 3.8.3, MUST-21: TCP_SYNCNT sets R2 of one open."""
    t.linear_timeouts_off()
    s = t.socket()
    s.setsockopt(TCP, socket.TCP_SYNCNT, 1)
    p = t.peer()
    t.connect(p, s)
    first = p.expect('S')
    p.expect('S', seq=0, ack=0)
    t.refused(s, 'ETIMEDOUT')
    assert t.now() - first.t >= 3 - EARLY


def gives_up_after(t, p, s, seconds):
    """Data that nobody acknowledges ends the connection, and not before that time."""
    s.setsockopt(TCP, socket.TCP_USER_TIMEOUT, int(1000 * seconds))
    t.write(s, 100)
    first = p.expect('A', len=100)
    t.error(s, 'ETIMEDOUT')
    assert t.now() - first.t >= seconds - EARLY, t.now() - first.t
    t.drain(p)


def test_user_timeout(t):
    """RFC 9293 section 3.8.3, MUST-21: TCP_USER_TIMEOUT sets R2 of one connection, in milliseconds."""
    p, s = t.passive()
    gives_up_after(t, p, s, 1.5)
    assert p.state() == 'CLOSED'


def test_user_timeout_outlasts_retries2(t):
    """RFC 9293 section 3.8.3, MUST-21: TCP_USER_TIMEOUT takes the place of retries2, also where it is longer."""
    t.sysctl('retries2', 1)
    p, s = t.passive()
    gives_up_after(t, p, s, 3)


def test_user_timeout_is_kept(t):
    """RFC 9293 section 3.8.3, MUST-21: the time counts from the first retransmission; no RTO draws it out."""
    p, s = t.passive(rtt=0.5)
    p.strict = True
    s.setsockopt(TCP, socket.TCP_USER_TIMEOUT, 1500)
    t.write(s, 100)
    p.expect('A', len=100)
    again = p.expect('A', seq=1, len=100)
    t.error(s, 'ETIMEDOUT')
    assert 1.5 - EARLY <= t.now() - again.t <= 2.7, t.now() - again.t
    t.drain(p)


def test_user_timeout_never(t):
    """RFC 9293 section 3.8.3, MUST-21: a TCP_USER_TIMEOUT of INT_MAX never gives up."""
    t.sysctl('retries2', 1)
    p, s = t.passive()
    p.strict = True
    s.setsockopt(TCP, socket.TCP_USER_TIMEOUT, 0x7fffffff)
    t.write(s, 100)
    p.expect('A', len=100)
    for _ in range(4):
        p.expect('A', seq=1, len=100)
    assert p.state() == 'ESTABLISHED'
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


def test_user_timeout_and_unanswered_probes(t):
    """RFC 9293 section 3.8.3, MUST-21: nor do window probes that nobody answers end it then.

    Rill only: Linux counts them all the same.
    """
    t.sysctl('retries2', 1)
    p, s = t.passive(win=0)
    p.send('A')
    p.strict = True
    s.setsockopt(TCP, socket.TCP_USER_TIMEOUT, 0x7fffffff)
    t.write(s, 100)
    for _ in range(4):
        seg = p.next(what='a window probe')
        assert seg.len <= 1, str(seg)
        p.rcv = 1
    assert p.state() == 'ESTABLISHED'
    t.abort(s)
    t.drain(p)


def test_user_timeout_and_answered_probes(t):
    """tcp(7), RFC 9293 section 3.9.1: what a shut window holds back ends the connection in time, answers or not."""
    p, s = t.passive(win=0)
    p.send('A')
    p.strict = True
    s.setsockopt(TCP, socket.TCP_USER_TIMEOUT, 3000)
    t.write(s, 100)
    since = t.now()
    for _ in range(2):
        p.next(what='a window probe')
        p.rcv = 1
        p.send('A', ack=1)
    t.error(s, 'ETIMEDOUT')
    assert t.now() - since >= 3 - EARLY, t.now() - since
    t.drain(p)


def test_user_timeout_of_an_open(t):
    """RFC 9293 section 3.8.3, MUST-21 MUST-22: an open ends after TCP_USER_TIMEOUT, too, if that is earlier."""
    t.linear_timeouts_off()
    s = t.socket()
    s.setsockopt(TCP, socket.TCP_USER_TIMEOUT, 1500)
    p = t.peer()
    t.connect(p, s)
    p.expect('S')
    again = p.expect('S', seq=0, ack=0)
    t.refused(s, 'ETIMEDOUT')
    assert t.now() - again.t >= 1.5 - EARLY, t.now() - again.t
    t.drain(p)


def test_user_timeout_draws_no_open_out(t):
    """RFC 9293 section 3.8.3, MUST-21: of an open TCP_SYNCNT is the most, as TCP has it."""
    t.linear_timeouts_off()
    s = t.socket()
    s.setsockopt(TCP, socket.TCP_USER_TIMEOUT, 600000)
    s.setsockopt(TCP, socket.TCP_SYNCNT, 1)
    p = t.peer()
    t.connect(p, s)
    p.expect('S')
    p.expect('S', seq=0, ack=0)
    t.refused(s, 'ETIMEDOUT')


def test_user_timeout_of_keepalive(t):
    """RFC 5482 section 4.2, MUST-21: keep-alive ends by TCP_USER_TIMEOUT instead of by the number of probes."""
    p, s = t.passive()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 1),
                          (socket.TCP_USER_TIMEOUT, 2500)):
        s.setsockopt(TCP, option, value)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for _ in range(2):
        p.expect('A', seq=0)
    t.error(s, 'ETIMEDOUT')
    t.drain(p)


def test_keepalive_options(t):
    """RFC 9293 section 3.8.4, MUST-24 MUST-27: TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT of one connection."""
    p, s = t.passive()
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        s.setsockopt(TCP, option, value)
    since = t.now()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    probe = p.expect('A', seq=0)
    assert probe.t - since >= 1 - 0.1, probe.t - since
    p.expect('A', seq=0)
    t.error(s, 'ETIMEDOUT')
    t.drain(p)


def test_linger2(t):
    """TCP_LINGER2 sets how long an orphan of this connection stays in FIN-WAIT-2."""
    p, s = t.passive()
    s.setsockopt(TCP, socket.TCP_LINGER2, 1)
    t.discard(s)
    p.expect('FA')
    since = p.send('A')
    t.until(lambda: p.state() == 'CLOSED', 'FIN-WAIT-2 ends', within=30)
    assert t.now() - since >= 1 - EARLY


def test_defer_accept(t):
    """TCP_DEFER_ACCEPT: accept() sees a connection once it has data."""
    listener = t.listen()
    listener.setsockopt(TCP, socket.TCP_DEFER_ACCEPT, 30)
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.expect('SA')
    p.send('A')
    t.quiet()
    t.idle(listener)
    p.send('A', data=10)
    s = t.accept(listener)
    p.acked()
    t.read(s, 10)


def test_quickack(t):
    """RFC 9293 section 3.8.6.3: TCP_QUICKACK acknowledges what a delayed ACK is owed for."""
    p, s = t.passive()
    s.setsockopt(TCP, socket.TCP_QUICKACK, 0)
    for _ in range(3):
        at = p.nxt
        p.send('A', data=100)
        t.read(s, 100, start=at)
        t.write(s, 10, start=p.rcv)
        if not p.next().len:
            p.expect('A', len=10)
        p.send('A')
    p.send('A', data=100)
    t.read(s, 100, start=301)
    t.quiet()
    s.setsockopt(TCP, socket.TCP_QUICKACK, 1)
    p.at_once('A')


def test_window_clamp(t):
    """TCP_WINDOW_CLAMP limits the window offered."""
    p, s = t.passive()
    s.setsockopt(TCP, socket.TCP_WINDOW_CLAMP, 5000)
    edge = 65000
    for _ in range(60):
        p.send('A', data=1000)
        seg = p.acked()
        s.recv(2000)
        edge = max(edge, seg.ack + seg.win)
        if seg.ack > 64000:
            assert seg.win <= 5000, str(seg)
    assert p.nxt == 60001


def test_binding_to_a_device(t):
    """SO_BINDTODEVICE: a listener on another device does not hear this one."""
    s = t.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'lo')
    s.bind((t.ip.any, 7000))
    s.listen(1)
    p = t.peer(7000)
    p.send('S')
    p.at_once('RA', seq=0, ack=1)


def test_listeners_share_a_port(t):
    """SO_REUSEPORT: each connection goes to one of several listeners, to the same while it is opened."""
    listeners = []
    for _ in range(4):
        s = t.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind((t.ip.host, 7000))
        s.listen(32)
        listeners.append(s)
    for _ in range(24):
        p = t.peer(7000)
        p.send('S')
        p.expect('SA')
        p.send('A')
        p.reaches('ESTABLISHED')
    got = []
    for s in listeners:
        n = 0
        try:
            while True:
                t.sockets.append(s.accept()[0])
                n += 1
        except BlockingIOError:
            got.append(n)
    assert sum(got) == 24 and max(got) < 24, got
