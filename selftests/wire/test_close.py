# SPDX-License-Identifier: GPL-2.0
"""Closing: RFC 9293 sections 3.6, 3.10.4 and 3.10.7.4; figures 12 and 13."""
import socket
import struct

from peer import EARLY
from segment import WireError
from wire import libc


def gone(p):
    """Nothing is left: the port answers with a reset at SEG.ACK."""
    p.reaches('CLOSED')
    p.send('A')
    p.at_once('R', seq=p.rcv)


def test_active_close(t):
    """RFC 9293 figure 12: FIN, ACK, FIN, ACK through FIN-WAIT-1 and -2 to TIME-WAIT."""
    p, s = t.passive()
    t.discard(s)
    p.expect('FA')
    assert p.state() == 'FIN-WAIT-1'
    p.send('A')
    p.reaches('FIN-WAIT-2')
    p.send('FA')
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'TIME-WAIT'


def test_passive_close(t):
    """RFC 9293 figure 12, the other side, MUST-12: end of file, CLOSE-WAIT, then LAST-ACK, then nothing."""
    p, s = t.passive()
    p.send('FA')
    p.acked()
    assert p.state() == 'CLOSE-WAIT'
    t.eof(s)
    t.discard(s)
    p.expect('FA')
    assert p.state() == 'LAST-ACK'
    p.send('A')
    gone(p)


def test_simultaneous_close(t):
    """RFC 9293 figure 13: crossing FINs: CLOSING, then TIME-WAIT."""
    p, s = t.passive()
    s.shutdown(socket.SHUT_WR)
    p.expect('FA')
    p.send('FA', ack=1)
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'CLOSING'
    p.send('A', ack=2)
    t.quiet()
    assert p.state() == 'TIME-WAIT'


def test_fin_with_ack_of_fin(t):
    """RFC 9293 section 3.3.2, note 2: FIN with the ACK of ours leads from FIN-WAIT-1 to TIME-WAIT."""
    p, s = t.passive()
    t.discard(s)
    p.expect('FA')
    p.send('FA')
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'TIME-WAIT'


def test_fin_with_data(t):
    """RFC 9293 section 3.10.7.4, eighth check: data and FIN in one segment, in every state that takes data."""
    for port, state in enumerate(('ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2'), 7000):
        p, s = t.enter(state, port=port)
        p.send('FA', data=20, ack=1 if state == 'FIN-WAIT-1' else None)
        p.acked()
        t.read(s, 20)
        t.eof(s)
        assert p.state() == {'ESTABLISHED': 'CLOSE-WAIT', 'FIN-WAIT-1': 'CLOSING',
                             'FIN-WAIT-2': 'TIME-WAIT'}[state]


def test_close_sends_all_data_first(t):
    """RFC 9293 section 3.10.4: what was written before the close arrives before the FIN."""
    p, s = t.passive(sndbuf=200000)
    t.write(s, 30000)
    t.discard(s)
    while True:
        seg = p.next()
        if 'F' in seg.flags:
            break
        assert seg.len and seg.seq + seg.len == p.rcv, str(seg)
        p.send('A')
    assert p.rcv == 30002, str(seg)
    p.send('A')
    p.reaches('FIN-WAIT-2')


def test_close_flushes_small_data(t):
    """RFC 9293 section 3.7.4: a close sends what Nagle's algorithm was holding back."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 100)
    p.soon('A', len=100)
    t.write(s, 50, start=101)
    t.quiet()
    s.shutdown(socket.SHUT_WR)
    p.soon('FA', len=50)
    p.send('A')
    p.reaches('FIN-WAIT-2')


def test_half_close(t):
    """RFC 9293 section 3.6: after shutdown the peer's data is still taken and acknowledged."""
    p, s = t.passive()
    s.shutdown(socket.SHUT_WR)
    p.expect('FA')
    p.send('A', data=100)
    p.acked()
    assert p.state() == 'FIN-WAIT-2'
    for at in (101, 201, 301):
        p.send('A', data=100)
        p.acked()
    t.read(s, 400)
    p.send('FA')
    p.acked()
    t.eof(s)
    assert p.state() == 'TIME-WAIT'


def test_half_close_by_peer(t):
    """RFC 9293 section 3.6: in CLOSE-WAIT the program may go on writing."""
    p, s = t.passive()
    p.send('FA')
    p.acked()
    t.eof(s)
    t.write(s, 3000)
    for n in (1460, 1460, 80):
        p.expect('A', len=n)
        p.send('A')
    t.discard(s)
    p.expect('FA')
    p.send('A')
    gone(p)


def test_write_after_shutdown(t):
    """RFC 9293 section 3.10.2: writing after one's own close is refused: EPIPE."""
    p, s = t.passive()
    s.shutdown(socket.SHUT_WR)
    p.expect('FA')
    try:
        s.send(b'x')
    except BrokenPipeError:
        p.send('A')
        return
    raise WireError('writing after shutdown')


def test_lost_fin(t):
    """RFC 9293 section 3.10.8: in FIN-WAIT-1 a FIN nobody acknowledges is sent again."""
    p, s = t.passive()
    p.strict = True
    t.discard(s)
    p.expect('FA')
    p.expect('FA', seq=1)
    p.send('A')
    p.reaches('FIN-WAIT-2')


def test_lost_fin_in_last_ack(t):
    """RFC 9293 section 3.10.8: and in LAST-ACK."""
    p, s = t.passive()
    p.strict = True
    p.send('FA')
    p.acked()
    t.discard(s)
    p.expect('FA')
    p.expect('FA', seq=1)
    p.send('A')
    gone(p)


def test_lost_fin_in_closing(t):
    """RFC 9293 section 3.10.8: and in CLOSING."""
    p, s = t.passive()
    p.strict = True
    t.discard(s)
    p.expect('FA')
    p.send('FA', ack=1)
    p.acked()
    p.expect('FA', seq=1)
    p.send('A', ack=2)
    p.reaches('TIME-WAIT')


def test_last_ack_gives_up(t):
    """RFC 9293 section 3.8.3, MUST-20: an orphan whose FIN nobody acknowledges ends by orphan_retries."""
    t.sysctl('orphan_retries', 2)
    p, s = t.passive()
    p.send('FA')
    p.acked()
    t.discard(s)
    p.expect('FA')
    t.until(lambda: p.state() == 'CLOSED', 'LAST-ACK ends', within=60)
    t.drain(p)
    p.send('A')
    p.at_once('R', seq=2)


def test_fin_again(t):
    """RFC 9293 section 3.10.7.4, first check: a repeated FIN is acknowledged again, in every state behind it."""
    for port, state in enumerate(('CLOSE-WAIT', 'LAST-ACK', 'CLOSING', 'TIME-WAIT'), 7000):
        p, s = t.enter(state, port=port)
        p.send('FA', seq=p.nxt - 1, ack=p.rcv - (state in ('CLOSING', 'LAST-ACK')))
        p.at_once('A')
        assert p.state() == state


def test_fin_overtakes_data(t):
    """RFC 9293 section 3.10.7.4: reordered FIN in FIN-WAIT-2: data first, then TIME-WAIT."""
    p, s = t.enter('FIN-WAIT-2')
    p.send('FA', seq=101)
    p.at_once('A', ack=1)
    assert p.state() == 'FIN-WAIT-2'
    p.send('A', seq=1, data=100)
    p.at_once('A', ack=102)
    p.nxt = 102
    t.read(s, 100)
    t.eof(s)
    assert p.state() == 'TIME-WAIT'


def test_fin_overtakes_ack_of_fin(t):
    """RFC 9293 section 3.10.7.4: the peer's FIN before its ACK of ours: CLOSING, not TIME-WAIT."""
    p, s = t.passive()
    s.shutdown(socket.SHUT_WR)
    p.expect('FA')
    p.send('FA', seq=1, ack=1)
    p.acked()
    p.send('A', seq=1, ack=2)       # the ACK that was overtaken is an old one by now
    p.at_once('A', ack=2)
    t.quiet()
    p.send('A', seq=2, ack=2)
    p.reaches('TIME-WAIT')


def test_old_ack_is_no_ack_of_fin(t):
    """RFC 9293 section 3.10.7.4: ACKs of less than the FIN leave FIN-WAIT-1, CLOSING and LAST-ACK alone."""
    for port, state in enumerate(('FIN-WAIT-1', 'CLOSING', 'LAST-ACK'), 7000):
        p, s = t.enter(state, port=port)
        p.send('A', ack=p.rcv - 1)
        t.quiet()
        assert p.state() == state


def test_close_with_unread_data(t):
    """RFC 9293 section 3.6.1, SHLD-3: a close that throws data away says so by a RST."""
    p, s = t.passive()
    p.send('A', data=100)
    p.acked()
    t.discard(s)
    p.aborted()
    gone(p)


def test_data_after_close(t):
    """RFC 9293 section 3.6.1, SHLD-3 MAY-1: data nobody can read any more is answered by a RST."""
    for port, acked in ((7000, False), (7001, True)):
        p, s = t.passive(port=port)
        t.discard(s)
        p.expect('FA')
        if acked:
            p.send('A')
            p.reaches('FIN-WAIT-2')
        p.send('A', data=10)
        p.aborted()
        gone(p)


def test_linger_zero(t):
    """RFC 9293 section 3.10.5: SO_LINGER with time 0 makes a close an abort: RST, no FIN."""
    p, s = t.passive()
    t.abort(s)
    p.aborted()
    gone(p)


def test_linger_zero_throws_data_away(t):
    """RFC 9293 section 3.10.5: an abort sends nothing more of what was written."""
    p, s = t.passive(rtt=0.5, sndbuf=200000)
    t.write(s, 30000)
    t.sync()
    n = len(p.queue)
    t.abort(s)
    for _ in range(n):
        p.next()
    t.sync()
    assert [set(seg.flags) & {'R'} for seg in p.queue] == [{'R'}], list(map(str, p.queue))
    p.queue.clear()
    gone(p)


def test_orphan_in_fin_wait_2(t):
    """fin_timeout: an orphan waits so long for the peer's FIN, then it is forgotten."""
    t.sysctl('fin_timeout', 2)
    p, s = t.passive()
    t.discard(s)
    p.expect('FA')
    since = p.send('A')
    p.reaches('FIN-WAIT-2')
    t.until(lambda: p.state() == 'CLOSED', 'FIN-WAIT-2 ends')
    assert t.now() - since >= 2 - EARLY
    p.send('FA')
    p.at_once('R', seq=2)


def test_fin_wait_2_with_a_reader(t):
    """RFC 9293 section 3.6: half-closed by shutdown FIN-WAIT-2 lasts as long as the program wants."""
    t.sysctl('fin_timeout', 1)
    p, s = t.enter('FIN-WAIT-2')
    t.quiet(2.5)
    assert p.state() == 'FIN-WAIT-2'
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


def test_shutdown_read(t):
    """shutdown(SHUT_RD) is the program's own affair: nothing is sent, data is still acknowledged."""
    p, s = t.passive()
    s.shutdown(socket.SHUT_RD)
    t.quiet()
    p.send('A', data=10)
    p.acked()
    assert p.state() == 'ESTABLISHED'


def test_disconnect(t):
    """connect(AF_UNSPEC) on a connection aborts it; the socket can be used again."""
    p, s = t.passive()
    unspec = struct.pack('=H14x', socket.AF_UNSPEC)
    assert libc.connect(s.fileno(), unspec, len(unspec)) == 0
    p.aborted()
    assert p.state() == 'CLOSED'
    q = t.peer()
    t.connect(q, s)
    q.expect('S')
    q.send('SA')
    q.expect('A')


def test_keepalive_off_by_default(t):
    """RFC 9293 section 3.8.4, MUST-25 MUST-28: no probe unless asked for; the default idle time is 2 hours."""
    path = '/proc/sys/net/rill/keepalive_time' if t.rill else '/proc/sys/net/ipv4/tcp_keepalive_time'
    with open(path) as f:
        assert int(f.read()) >= 7200
    t.sysctl('keepalive_time', 1)
    t.sysctl('keepalive_intvl', 1)
    p, s = t.passive()
    t.quiet(2.5)


def test_keepalive(t):
    """RFC 9293 section 3.8.4, MUST-24 MUST-26 MUST-27 MUST-29 SHLD-12 MAY-5: probes when idle; an answer suffices."""
    t.sysctl('keepalive_time', 1)
    t.sysctl('keepalive_intvl', 1)
    t.sysctl('keepalive_probes', 3)
    p, s = t.passive(keepalive=1)
    since = t.now()
    for _ in range(2):
        probe = p.expect('A', seq=p.rcv - 1)
        assert probe.t - since >= 1 - EARLY, probe.t - since
        since = p.send('A')
    p.expect('A', seq=p.rcv - 1)
    p.expect('A', seq=p.rcv - 1)            # one went unanswered: still there
    p.send('A')
    p.send('A', data=10)
    p.acked()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
    t.quiet(2.5)
    assert p.state() == 'ESTABLISHED'


def test_keepalive_gives_up(t):
    """RFC 9293 section 3.8.4: keepalive_probes without an answer: ETIMEDOUT at the program."""
    t.sysctl('keepalive_time', 1)
    t.sysctl('keepalive_intvl', 1)
    t.sysctl('keepalive_probes', 2)
    p, s = t.passive(keepalive=1)
    p.expect('A', seq=0)
    p.expect('A', seq=0)
    t.error(s, 'ETIMEDOUT')
    p.reaches('CLOSED')
    t.drain(p)      # a farewell RST is the host's choice


def test_keepalive_needs_idleness(t):
    """RFC 9293 section 3.8.4, MUST-26: data that keeps coming keeps probes away."""
    t.sysctl('keepalive_time', 2)
    p, s = t.passive(keepalive=1)
    for _ in range(8):
        p.send('A', data=1)
        p.acked()
        t.quiet(0.5)


def test_keepalive_is_answered(t):
    """RFC 9293 section 3.8.4: the peer's keep-alive probes, with one octet or none, are answered by an ACK."""
    p, s = t.passive()
    p.send('A', data=100)
    p.acked()
    p.send('A', seq=100)
    p.at_once('A')
    p.send('A', seq=100, data=b'\0')
    p.at_once('A')
    t.read(s, 100)
