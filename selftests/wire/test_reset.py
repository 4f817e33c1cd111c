# SPDX-License-Identifier: GPL-2.0
"""Resets and challenges: RFC 9293 sections 3.5.2, 3.10.7.1 and 3.10.7.4, RFC 5961, RFC 1337."""
import errno
import select
import socket

from segment import MOD, WireError

STATES = ('ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT', 'CLOSING', 'LAST-ACK')
# What the program hears of a reset; who has nothing more to expect hears nothing.
ERRORS = {'ESTABLISHED': errno.ECONNRESET, 'FIN-WAIT-1': errno.ECONNRESET,
          'FIN-WAIT-2': errno.ECONNRESET, 'CLOSE-WAIT': errno.EPIPE}


def in_each_state(body):
    """Makes one test a state out of body(t, state), named after both."""
    for state in STATES:
        def test(t, state=state):
            body(t, state)
        test.__name__ = 'test_%s_%s' % (body.__name__, state.lower().replace('-', '_'))
        test.__doc__ = body.__doc__.replace('STATE', state)
        globals()[test.__name__] = test
    return body


def test_closed_port(t):
    """RFC 9293 sections 3.5.2 and 3.10.7.1: what a port without a listener answers, and with which numbers."""
    for flags, seq, n, answer in (
            ('S', 1000, 0, ('RA', 0, 1001)), ('S', 1000, 10, ('RA', 0, 1011)),
            ('', 1000, 0, ('RA', 0, 1000)), ('', 1000, 7, ('RA', 0, 1007)),
            ('F', 1000, 0, ('RA', 0, 1001)), ('SF', 1000, 5, ('RA', 0, 1007)),
            ('P', 0xfffffffe, 4, ('RA', 0, 2)),
            ('A', 1000, 0, ('R', 77, None)), ('A', 1000, 100, ('R', 77, None)),
            ('SA', 1000, 0, ('R', 77, None)), ('FA', 1000, 0, ('R', 77, None)),
            ('FPUA', 1000, 3, ('R', 77, None))):
        p = t.peer(9, isn=0)
        p.irs = 0
        p.send(flags, seq=seq, ack=77 if 'A' in flags else None, data=b'x' * n)
        rst = p.next(what='RST for %r' % flags)
        got = (rst.flags, rst.seq, rst.ack if 'A' in rst.flags else None)
        if got != answer:
            raise WireError('%r is answered by %s, not %s' % (flags, got, answer))
        assert rst.len == 0 and rst.win == 0


def test_closed_port_never_answers_rst(t):
    """RFC 9293 section 3.10.7.1: a RST is not answered, whatever comes with it."""
    p = t.peer(9)
    for flags in ('R', 'RA', 'SR', 'SRA', 'FRA', 'FSRPUA'):
        p.send(flags, seq=1, ack=1 if 'A' in flags else None)
        p.send(flags, seq=1, ack=1 if 'A' in flags else None, data=50)
    t.quiet()


def test_closed_port_all_flags(t):
    """RFC 9293 section 3.10.7.1: of all 64 flag combinations those without RST get exactly one RST."""
    for bits in range(64):
        flags = ''.join(f for i, f in enumerate('FSRPAU') if bits >> i & 1)
        p = t.peer(9)
        p.irs = 0
        p.send(flags, seq=5, ack=77 if 'A' in flags else None)
        if 'R' not in flags:
            p.at_once('R' if 'A' in flags else 'RA', seq=77 if 'A' in flags else 0,
                      ack=None if 'A' in flags else 5 + ('S' in flags) + ('F' in flags))
    t.quiet()


@in_each_state
def rst_exact(t, state):
    """RFC 9293 section 3.10.7.4, RFC 5961 section 3.2, MUST-12: RST at RCV.NXT ends STATE, with the right error."""
    p, s = t.enter(state)
    p.send('R', seq=p.nxt)
    t.quiet()
    assert p.state() == 'CLOSED'
    err = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if state in ERRORS and err != ERRORS[state]:
        raise WireError('the program gets %s' % errno.errorcode.get(err, err))
    p.send('A')
    p.at_once('R', seq=p.rcv)


@in_each_state
def rst_in_window(t, state):
    """RFC 5961 section 3.2: a RST elsewhere in the window draws a challenge ACK in STATE, no more."""
    p, s = t.enter(state)
    p.send('R', seq=p.nxt + 1)
    p.at_once('A')
    assert p.state() == state
    p.send('R', seq=p.nxt)
    p.reaches('CLOSED')


@in_each_state
def rst_out_of_window(t, state):
    """RFC 5961 section 3.2: a RST outside the window is dropped silently in STATE."""
    p, s = t.enter(state)
    for seq in (p.nxt - 2, p.nxt - 70000, p.nxt + 0x200000, p.nxt + 0x7fffffff):
        p.send('R', seq=seq)
        p.send('RA', seq=seq)
    t.quiet()
    assert p.state() == state


@in_each_state
def syn_in_window(t, state):
    """RFC 9293 section 3.10.7.4, RFC 5961 section 4.2: a SYN in the window draws a challenge ACK in STATE."""
    p, s = t.enter(state)
    p.send('S', seq=p.nxt + 10, opts='mss 1460')
    p.at_once('A')
    assert p.state() == state


@in_each_state
def syn_out_of_window(t, state):
    """RFC 9293 section 3.10.7.4, RFC 5961 section 4.2: so does one far outside the window."""
    p, s = t.enter(state)
    p.send('S', seq=p.nxt - 100000, opts='mss 1460')
    p.at_once('A')
    assert p.state() == state


@in_each_state
def synack_duplicate(t, state):
    """RFC 9293 section 3.10.7.4: an old SYN-ACK is answered by an ACK in STATE and changes nothing."""
    p, s = t.enter(state)
    p.send('SA', seq=0, opts='mss 1460')
    p.at_once('A')
    assert p.state() == state


@in_each_state
def ack_of_unsent(t, state):
    """RFC 9293 section 3.10.7.4, fifth check: an ACK of what was never sent draws an ACK in STATE.

    Rill only: Linux drops it without an answer.
    """
    p, s = t.enter(state)
    p.send('A', ack=p.rcv + 1000)
    p.at_once('A')
    assert p.state() == state


@in_each_state
def ack_too_old(t, state):
    """RFC 5961 section 5.2, MAY-12: an ACK older than any window draws a challenge in STATE, too."""
    p, s = t.enter(state)
    p.send('A', seq=p.nxt, ack=-200000)
    p.at_once('A')
    assert p.state() == state


@in_each_state
def segment_before_window(t, state):
    """RFC 9293 section 3.10.7.4, first check: an old segment is answered by an ACK in STATE."""
    p, s = t.enter(state)
    p.send('A', seq=p.nxt - 1000, data=b'x' * 100)
    p.at_once('A')
    assert p.state() == state


@in_each_state
def segment_behind_window(t, state):
    """RFC 9293 section 3.10.7.4, first check: and so is one beyond the window."""
    p, s = t.enter(state)
    p.send('A', seq=p.nxt + 0x200000, data=b'x' * 100)
    p.at_once('A')
    assert p.state() == state


@in_each_state
def no_ack_bit(t, state):
    """RFC 9293 section 3.10.7.4, fifth check: without ACK a segment in the window is dropped in STATE."""
    p, s = t.enter(state)
    p.send('', seq=p.nxt, data=b'x' * 10)
    p.send('F', seq=p.nxt)
    t.quiet()
    assert p.state() == state


def test_rst_with_data(t):
    """RFC 9293 section 3.5.3, SHLD-2: a RST may carry text; it resets all the same."""
    p, s = t.passive()
    p.send('R', seq=1, data=b'go away')
    t.error(s, 'ECONNRESET')


def test_rst_with_any_ack(t):
    """RFC 9293 section 3.10.7.4, second check: only the sequence number of a RST is judged."""
    for port, ack in enumerate((1, 0, 500000, -500000), 7000):
        p, s = t.passive(port=port)
        p.send('RA', seq=1, ack=ack)
        t.error(s, 'ECONNRESET')


def test_rst_after_data_is_read_first(t):
    """RFC 9293 section 3.10.7.4, MUST-12: a RST flushes the queues, the program hears of an abort, not of an end."""
    p, s = t.passive()
    p.send('A', data=100)
    p.acked()
    t.read(s, 100)
    p.send('R')
    t.error(s, 'ECONNRESET')


def test_write_after_reset(t):
    """RFC 9293 section 3.10.7.4: after a reset was reported once, writing fails with EPIPE."""
    p, s = t.passive()
    p.send('R')
    t.error(s, 'ECONNRESET')
    try:
        s.send(b'x')
    except BrokenPipeError:
        return
    raise WireError('writing to a connection that was reset')


def test_ack_far_too_old(t):
    """RFC 5961 section 5.2, MAY-12: an ACK older than any window draws a challenge, its data is dropped."""
    p, s = t.passive()
    t.write(s, 1000)
    p.expect('A', len=1000)
    p.send('A')
    p.send('A', seq=p.nxt, ack=-200000, data=b'x' * 10)
    p.at_once('A', ack=1)
    t.quiet()
    t.idle(s)


def test_ack_somewhat_old(t):
    """RFC 9293 section 3.10.7.4: an old ACK within a window is ignored, the data it comes with is not."""
    p, s = t.passive()
    t.write(s, 1000)
    p.expect('A', len=1000)
    p.send('A')
    p.send('A', ack=500, data=10)
    p.acked()
    t.read(s, 10)


def test_challenges_are_limited(t):
    """RFC 5961 section 7: bogus RSTs draw only a few challenge ACKs a second."""
    p, s = t.passive()
    with t.together():
        for _ in range(100):
            p.send('R', seq=p.nxt + 1)
    t.sync()
    n = len(p.queue)
    t.drain(p)
    if not 1 <= n <= 50:
        raise WireError('100 bogus RSTs drew %d challenge ACKs' % n)
    assert p.state() == 'ESTABLISHED'


def test_challenge_limit_is_not_shared(t):
    """CVE-2016-5696: challenges on one connection take nothing from another's allowance."""
    p, s = t.passive(port=7000)
    q, r = t.passive(port=7001)
    with t.together():
        for _ in range(100):
            p.send('R', seq=p.nxt + 1)
    t.drain(p)
    q.send('R', seq=q.nxt + 1)
    q.at_once('A')


def answers(t, p, seg, **kw):
    """How many answers a hundred such segments get at once."""
    t.drain(p)
    with t.together():
        for _ in range(100):
            p.send(seg, **kw)
    t.sync()
    n = len(p.queue)
    t.drain(p)
    return n


def few(t, p, *args, **kw):
    n = answers(t, p, *args, **kw)
    if not n <= 50:
        raise WireError('100 of %s %s drew %d answers' % (args, kw, n))


def test_old_acks_are_limited(t):
    """RFC 5961 section 7: empty segments outside the window draw few answers: two confused ends would go on for ever."""
    p, s = t.passive()
    few(t, p, 'A', seq=-500)
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


def test_answers_in_time_wait_are_limited(t):
    """RFC 5961 section 7: old SYNs and ACKs draw few answers in TIME-WAIT; the peer's FIN always gets its ACK."""
    p, s = t.enter('TIME-WAIT')
    fin = p.nxt - 1
    few(t, p, 'S', seq=-5000)
    few(t, p, 'A', seq=-500)
    few(t, p, 'SA', seq=0)
    for _ in range(3):
        p.send('FA', seq=fin)
        p.at_once('A')


def test_answers_in_syn_received_are_limited(t):
    """RFC 5961 section 7: the SYN a hundred times over, and old segments, draw few answers; the handshake goes on."""
    p, _ = t.enter('SYN-RECEIVED')
    few(t, p, 'S', seq=0, opts='mss 1460')
    few(t, p, 'A', seq=-500, ack=1)
    few(t, p, 'SA', seq=0, ack=1)
    p.rcv = 1
    p.send('A', seq=1, data=10)
    p.acked(11)


def test_old_ack_in_syn_received(t):
    """RFC 9293 section 3.10.7.4, fifth check: in SYN-RECEIVED an ACK that is not of our SYN draws a RST."""
    p, _ = t.enter('SYN-RECEIVED')
    for ack in (-200000, -1, 0, 2, 200000):
        p.send('A', seq=1, ack=ack)
        p.at_once('R', seq=ack % MOD)
    q = t.peer()
    s = t.connect(q)
    q.expect('S')
    q.send('S', seq=0, opts='mss 1460')
    q.at_once('SA', seq=0, ack=1)
    for ack in (-200000, -1, 0, 2, 200000):
        q.send('A', seq=1, ack=ack)
        q.at_once('R', seq=ack % MOD)
    q.send('A', seq=1)
    t.wait(s, select.POLLOUT)


def test_rst_is_never_answered(t):
    """RFC 9293 section 3.10.7.4: a RST in the window with a SYN or FIN on top draws at most a challenge ACK."""
    p, s = t.passive()
    p.send('FR', seq=p.nxt + 5)
    p.send('SR', seq=p.nxt + 5)
    t.sync()
    if any('R' in seg.flags for seg in p.queue) or len(p.queue) > 2:
        raise WireError('answers: %s' % ', '.join(map(str, p.queue)))
    t.drain(p)
    assert p.state() == 'ESTABLISHED'


def test_rst_in_time_wait_ignored(t):
    """RFC 1337: a RST does not end TIME-WAIT, wherever it lies.

    Rill only: Linux ends TIME-WAIT unless net.ipv4.tcp_rfc1337 is set.
    """
    p, s = t.enter('TIME-WAIT')
    for seq in (p.nxt, p.nxt + 1, p.nxt - 1, p.nxt + 100000):
        p.send('R', seq=seq)
        p.send('RA', seq=seq)
    t.quiet()
    assert p.state() == 'TIME-WAIT'
