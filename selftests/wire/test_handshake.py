# SPDX-License-Identifier: GPL-2.0
"""Opening a connection: RFC 9293 sections 3.5 and 3.10.7.2 to 3.10.7.4."""
import errno
import select
import socket

from peer import EARLY
from segment import WireError, stream
from wire import SOL_RILL, STATES


def test_passive_open(t):
    """RFC 9293 figure 6: SYN, SYN-ACK, ACK; the program gets a connection."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.at_once('SA', seq=0, ack=1)
    t.quiet()
    t.idle(listener)
    p.send('A')
    s = t.accept(listener)
    assert s.getpeername()[:2] == (t.ip.peer, p.port)
    assert p.state() == 'ESTABLISHED'


def test_active_open(t):
    """RFC 9293 figure 6 from the other side: SYN without ACK, then ACK of the SYN-ACK."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S', seq=0, ack=0)
    p.reaches('SYN-SENT')
    p.send('SA', opts='mss 1460')
    p.at_once('A', seq=1, ack=1)
    t.wait(s, select.POLLOUT)
    assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    assert p.state() == 'ESTABLISHED'


def test_states_by_option(t):
    """TCP_INFO tells the state at level 6 and, of rill, at its own level too."""
    p, s = t.passive()
    levels = [socket.IPPROTO_TCP] + [SOL_RILL] * t.rill
    for level in levels:
        assert STATES[s.getsockopt(level, socket.TCP_INFO, 104)[0]] == 'ESTABLISHED'
    p.send('FA')
    p.acked()
    for level in levels:
        assert STATES[s.getsockopt(level, socket.TCP_INFO, 104)[0]] == 'CLOSE-WAIT'


def test_simultaneous_open(t):
    """RFC 9293 figure 7, MUST-10: crossing SYNs make one connection.

    Rill only: Linux before 6.8 answers the crossing SYN-ACK with a challenge ACK.
    """
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('S', seq=0, opts='mss 1460')
    p.at_once('SA', seq=0, ack=1)
    p.reaches('SYN-RECEIVED')
    p.send('SA', seq=0, opts='mss 1460')
    p.reaches('ESTABLISHED')
    t.wait(s, select.POLLOUT)
    p.send('A', data=50)
    p.acked()
    t.read(s, 50)


def test_simultaneous_open_bare_ack(t):
    """RFC 9293 section 3.10.7.4, MUST-10: SYN-RECEIVED by an active open takes an ACK, too."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('S', seq=0, opts='mss 1460')
    p.at_once('SA', seq=0, ack=1)
    p.send('A', data=50)
    t.wait(s, select.POLLOUT)
    p.acked()
    t.read(s, 50)


def test_syn_backoff(t):
    """RFC 6298 sections 2 and 5.5, MUST-19 MUST-22: SYNs after 1 s, then 2 s, then 4 s."""
    t.linear_timeouts_off()
    p = t.peer()
    t.connect(p)
    at = [p.expect('S').t] + [p.expect('S', seq=0, ack=0).t for _ in range(3)]
    gaps = [b - a for a, b in zip(at, at[1:])]
    assert 1 - EARLY <= gaps[0] < 1.8, gaps
    assert all(b >= 2 * a - 0.1 for a, b in zip([1.0, 2.0], gaps[1:])), gaps
    assert gaps[2] < 6, gaps


def test_syn_gives_up(t):
    """RFC 9293 section 3.8.3, MUST-20 MUST-22: after syn_retries the open times out."""
    t.linear_timeouts_off()
    t.sysctl('syn_retries', 1)
    p = t.peer()
    s = t.connect(p)
    first = p.expect('S')
    p.expect('S', seq=0)
    t.refused(s, 'ETIMEDOUT')
    assert t.now() - first.t >= 3 - EARLY
    assert p.state() == 'CLOSED'


def test_syn_is_tried_for_three_minutes(t):
    """RFC 9293 section 3.8.3, MUST-23: the default syn_retries last at least 3 minutes.

    Rill only: Linux's default of 6 gives up after 127 s.
    """
    with open('/proc/sys/net/rill/syn_retries') as f:
        retries = int(f.read())
    assert sum(min(2 ** i, 120) for i in range(retries + 1)) >= 180, retries


def test_synack_backoff_and_give_up(t):
    """RFC 9293 section 3.8.3, MUST-19: SYN-ACKs after 1 s and 2 s, then the request is gone."""
    t.sysctl('synack_retries', 2)
    t.listen()
    p = t.peer(7000)
    p.send('S')
    at = [p.expect('SA').t] + [p.expect('SA', seq=0, ack=1).t for _ in range(2)]
    assert 1 - EARLY <= at[1] - at[0] < 1.8
    assert 2 - 0.1 <= at[2] - at[1] < 3.5
    t.until(lambda: p.state() == 'CLOSED', 'the request expires')
    assert t.now() - at[2] >= 4 - 0.1
    p.send('A')
    p.at_once('R', seq=1)


def test_duplicate_syn(t):
    """RFC 9293 section 3.5: the same SYN again brings the same SYN-ACK again."""
    t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.at_once('SA')
    p.send('S', seq=0, opts='mss 1460')
    p.at_once('SA', seq=0, ack=1)
    p.send('A')
    p.reaches('ESTABLISHED')


def test_old_duplicate_syn(t):
    """RFC 9293 figure 8: the peer resets the answer to a stale SYN; its new SYN succeeds."""
    listener = t.listen()
    p = t.peer(7000, isn=1090)
    p.send('S', opts='mss 1460')
    p.at_once('SA', ack=1)
    p.send('R', seq=1)
    t.quiet()
    assert p.state() == 'CLOSED'
    q = t.again(p, isn=1100)
    q.send('S', opts='mss 1460')
    q.at_once('SA', ack=1)
    q.send('A')
    t.accept(listener)


def test_half_open_found_by_syn(t):
    """RFC 9293 figure 9: a crashed peer's SYN is answered by an ACK, its RST ends the old connection."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('A')
    s = t.accept(listener)
    q = t.again(p, isn=p.isn + 0x40000000)
    q.irs, q.rcv = p.irs, p.rcv
    q.send('S')
    challenge = q.at_once('A', seq=1, ack=(p.isn + 1 - q.isn) % 2 ** 32)
    q.send('R', seq=challenge.ack)
    t.error(s, 'ECONNRESET')
    q.irs = None
    q.send('S', seq=0)
    q.at_once('SA', seq=0, ack=1)


def test_half_open_found_by_data(t):
    """RFC 9293 figure 10: data to a peer that knows nothing of it is answered by a RST."""
    p, s = t.passive()
    t.write(s, 100)
    p.expect('A', len=100)
    p.send('R', seq=1)
    t.error(s, 'ECONNRESET')
    assert p.state() == 'CLOSED'


def test_half_open_answer_to_syn(t):
    """RFC 9293 figure 9, line 4: an unacceptable ACK in SYN-SENT is answered by its RST."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('A', seq=300, ack=100)
    p.at_once('R', seq=100)
    t.skip_syn(p)
    p.send('SA', seq=0)
    p.expect('A')
    t.wait(s, select.POLLOUT)


def test_synack_with_bad_ack(t):
    """RFC 9293 section 3.10.7.3: SEG.ACK <= ISS or > SND.NXT in SYN-SENT: RST, and no connection."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    for ack in (0, 2, 100000):
        p.send('SA', seq=0, ack=ack)
        p.at_once('R', seq=ack)
        t.skip_syn(p)
        assert p.state() == 'SYN-SENT'
    p.send('SA', seq=0, ack=1)
    p.at_once('A', seq=1)
    t.wait(s, select.POLLOUT)


def test_refused(t):
    """RFC 9293 section 3.10.7.3: RST with an acceptable ACK ends SYN-SENT: connection refused."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('RA', seq=0, ack=1)
    t.refused(s, 'ECONNREFUSED')
    assert p.state() == 'CLOSED'


def test_rst_in_syn_sent_ignored(t):
    """RFC 9293 section 3.10.7.3: a RST without ACK, or with a wrong one, changes nothing in SYN-SENT."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('R', seq=0)
    p.send('R', seq=1)
    p.send('RA', seq=0, ack=0)
    p.send('RA', seq=0, ack=2)
    t.quiet()
    t.skip_syn(p)
    assert p.state() == 'SYN-SENT'
    p.send('SA', seq=0)
    p.expect('A')
    t.wait(s, select.POLLOUT)


def test_neither_syn_nor_rst_in_syn_sent(t):
    """RFC 9293 section 3.10.7.3: without SYN and RST a segment is dropped in SYN-SENT."""
    p = t.peer()
    t.connect(p)
    p.expect('S')
    p.send('', seq=1, data=10)
    p.send('F', seq=1)
    p.send('A', seq=1, ack=1, data=10)
    t.quiet()
    assert p.state() == 'SYN-SENT'


def test_rst_in_passive_syn_received(t):
    """RFC 9293 section 3.10.7.4, MUST-11: RST returns a passive open to LISTEN, silently."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('R', seq=1)
    t.quiet()
    assert p.state() == 'CLOSED'
    t.idle(listener)
    p.send('A')
    p.at_once('R', seq=1)
    q = t.peer(7000)
    q.send('S')
    q.at_once('SA')


def test_rst_in_active_syn_received(t):
    """RFC 9293 section 3.10.7.4, MUST-11: RST to an active open in SYN-RECEIVED means refused.

    Rill only: Linux reports ECONNRESET here.
    """
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('S', seq=0)
    p.at_once('SA', seq=0)
    p.send('R', seq=1)
    t.refused(s, 'ECONNREFUSED')
    assert p.state() == 'CLOSED'


def test_syn_in_syn_received_out_of_window(t):
    """RFC 9293 section 3.10.7.4: a SYN outside the window is answered by an ACK, the request stays."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('S', seq=-100000)
    p.at_once('A', seq=1, ack=1)
    p.send('A', seq=1)
    t.accept(listener)


def test_syn_in_syn_received_in_window(t):
    """RFC 9293 section 3.10.7.4: a SYN in the window returns a passive open to LISTEN.

    Rill only: Linux resets such a request.
    """
    t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('S', seq=100)
    t.quiet()
    assert p.state() == 'CLOSED'


def test_bad_ack_in_syn_received(t):
    """RFC 9293 section 3.10.7.4: an ACK that acknowledges something else: RST, and the request stays."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    for ack in (0, 2, 5000):
        p.send('A', seq=1, ack=ack)
        p.at_once('R', seq=ack)
    t.idle(listener)
    p.send('A', seq=1, ack=1)
    t.accept(listener)


def test_listen_answers_ack_with_rst(t):
    """RFC 9293 section 3.10.7.2: any acknowledgment in LISTEN is answered by RST at SEG.ACK."""
    listener = t.listen()
    p = t.peer(7000)
    for flags, n in (('A', 0), ('SA', 0), ('FA', 0), ('A', 100)):
        p.send(flags, ack=777, data=n)
        p.at_once('R', seq=777, win=0)
    t.idle(listener)


def test_listen_ignores(t):
    """RFC 9293 section 3.10.7.2: RSTs, and what has neither SYN nor ACK, are dropped in LISTEN."""
    listener = t.listen()
    p = t.peer(7000)
    for flags in ('R', 'RA', 'SR', 'SRA', '', 'F', 'P', 'U', 'FPU'):
        p.send(flags, seq=5, ack=777 if 'A' in flags else None)
        p.send(flags, seq=5, ack=777 if 'A' in flags else None, data=10)
    t.quiet()
    assert p.state() == 'CLOSED'
    t.idle(listener)


def test_syn_fin(t):
    """RFC 9293 section 3.10.7.2: SYN with FIN opens no connection and is not reset."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('SF')
    t.sync()
    if p.queue:         # the FIN may be left for later, never taken as received
        p.expect('SA', seq=0, ack=1)
    t.idle(listener)


def test_data_on_syn(t):
    """RFC 9293 section 3.4: data on a SYN does the handshake no harm and is not lost."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', data=stream(1, 11))
    p.at_once('SA', ack=1)
    p.nxt = 1
    p.send('A', data=10)
    s = t.accept(listener)
    p.acked()
    t.read(s, 10)


def test_data_with_third_ack(t):
    """RFC 9293 section 3.10.7.4: the handshake's last ACK may carry data."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('A', data=300)
    s = t.accept(listener)
    p.acked()
    t.read(s, 300)


def test_fin_with_third_ack(t):
    """RFC 9293 section 3.10.7.4: the handshake's last ACK may carry the FIN, too."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('FA', data=20)
    s = t.accept(listener)
    p.acked(22)
    assert p.state() == 'CLOSE-WAIT'
    t.read(s, 20)
    t.eof(s)


def test_data_before_third_ack(t):
    """RFC 9293 section 3.10.7.4, SHLD-31: the third ACK is lost, data comes, out of order at that."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    p.expect('SA')
    p.send('A', seq=101, data=100)
    p.send('A', seq=1, data=100)
    s = t.accept(listener)
    p.nxt = 201
    p.acked()
    t.read(s, 200)


def test_null_segment(t):
    """RFC 9293 section 3.10.7.4, fifth check: without ACK a segment is dropped, data and all."""
    p, s = t.passive()
    for flags in ('', 'P', 'U', 'F'):
        p.send(flags, seq=1, data=10)
    t.quiet()
    t.idle(s)
    assert p.state() == 'ESTABLISHED'
    p.send('A', data=10)
    p.acked()


def test_late_synack_after_close(t):
    """RFC 9293 section 3.10.4: close in SYN-SENT forgets the connection; a late SYN-ACK is reset."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    t.discard(s)
    assert p.state() == 'CLOSED'
    p.send('SA')
    p.at_once('R', seq=1)


def test_shutdown_in_syn_received(t):
    """RFC 9293 section 3.10.4: a close in SYN-RECEIVED sends its FIN, then or once established."""
    p = t.peer()
    s = t.connect(p)
    p.expect('S')
    p.send('S', seq=0, opts='mss 1460')
    p.expect('SA', seq=0)
    s.shutdown(socket.SHUT_WR)
    p.send('A')
    p.expect('FA')
    p.send('A')
    p.reaches('FIN-WAIT-2')


def test_accept_queue_full(t):
    """Backlog as Linux has it: with a full accept queue a SYN is dropped, not reset."""
    listener = t.listen(backlog=0)
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('A')
    p.reaches('ESTABLISHED')
    q = t.peer(7000)
    q.send('S')
    t.quiet()
    t.accept(listener)
    q.send('S', seq=0)
    q.at_once('SA')


def overflow(t):
    """A handshake that is complete but for its third ACK, and an accept queue that is full by then."""
    listener = t.listen(backlog=1)
    late, *early = t.peer(7000), t.peer(7000), t.peer(7000)
    for p in (late, *early):
        p.send('S')
        p.expect('SA')
        if p is not late:
            p.send('A')
            p.reaches('ESTABLISHED')
    late.send('A')
    return listener, late


def test_accept_queue_full_at_third_ack(t):
    """Backlog as Linux has it: the third ACK is ignored while the queue is full, later it counts."""
    listener, p = overflow(t)
    t.quiet()
    assert p.state() == 'SYN-RECEIVED'
    t.accept(listener)
    p.expect('SA', seq=0, ack=1)
    p.send('A')
    t.accept(listener)
    t.accept(listener)


def test_abort_on_overflow(t):
    """abort_on_overflow: the third ACK is answered by a RST while the accept queue is full."""
    t.sysctl('abort_on_overflow', 1)
    _, p = overflow(t)
    p.at_once('R', seq=1)


def test_reset_in_accept_queue(t):
    """RFC 9293 section 3.10.7.4: a connection reset before accept() is still handed out, with its error."""
    listener = t.listen()
    p = t.peer(7000)
    p.send('S')
    p.expect('SA')
    p.send('A')
    p.reaches('ESTABLISHED')
    p.send('R', seq=1)
    p.reaches('CLOSED')
    t.error(t.accept(listener), 'ECONNRESET')


def test_listener_closed(t):
    """RFC 9293 section 3.10.4: closing a listener resets what nobody has accepted."""
    listener = t.listen()
    p, q = t.peer(7000), t.peer(7000)
    for each in (p, q):
        each.send('S')
        each.expect('SA')
    p.send('A')
    p.reaches('ESTABLISHED')
    t.discard(listener)
    p.aborted()
    t.quiet()
    q.send('A')
    q.at_once('R', seq=1)


def test_broadcast_and_multicast(t):
    """RFC 9293 section 3.9.2.3, MUST-57: what is sent to such an address is dropped silently."""
    listener = t.listen()
    s = t.socket()
    s.bind((t.ip.any, 7001))
    s.listen(1)
    for port in (7000, 7001, 9):
        p = t.peer(port)
        for address in t.ip.not_unicast[:-1]:
            for flags in ('S', 'A', 'SA', 'FA'):
                p.send(flags, seq=0, ack=1 if 'A' in flags else None, dst=address)
    t.quiet()
    t.idle(listener)
    t.idle(s)


def test_invalid_source(t):
    """RFC 9293 section 3.9.2.3, MUST-63: no answer to a source that nobody can have.

    Rill only: Linux answers a SYN from a subnet's broadcast address.
    """
    t.listen()
    for port in (7000, 9):
        p = t.peer(port)
        for address in t.ip.not_unicast:
            for flags in ('S', 'A', 'SA', 'FA'):
                p.send(flags, seq=0, ack=1 if 'A' in flags else None, src=address)
    t.quiet()


def test_connect_to_broadcast_or_multicast(t):
    """RFC 9293 section 3.9.1.1, MUST-46: an open to such an address fails at once."""
    for address in t.ip.not_unicast[:-1]:
        s = t.socket()
        err = s.connect_ex((address, 80))
        assert err == errno.ENETUNREACH, (address, errno.errorcode.get(err))
    t.quiet()


def test_listen_beside_open_connection(t):
    """RFC 9293 section 3.9.1.1, MUST-41 MUST-42: LISTEN on a port that is in SYN-SENT elsewhere."""
    p = t.peer()
    s = t.connect(p, port=7000)
    p.expect('S')
    listener = t.listen(7000)
    q = t.peer(7000)
    q.send('S')
    q.at_once('SA')
    q.send('A')
    t.accept(listener)
    p.send('SA')
    p.at_once('A')
    t.wait(s, select.POLLOUT)


def test_listen_beside_half_open_connection(t):
    """RFC 9293 section 3.9.1.1, MUST-42: the same on a port that is in SYN-RECEIVED."""
    p = t.peer()
    s = t.connect(p, port=7000)
    p.expect('S')
    p.send('S', seq=0, opts='mss 1460')
    p.at_once('SA', seq=0, ack=1)
    assert p.state() == 'SYN-RECEIVED'
    listener = t.listen(7000)
    q = t.peer(7000)
    q.send('S')
    q.at_once('SA')
    q.send('A')
    t.accept(listener)
    p.send('A')
    t.wait(s, select.POLLOUT)
    assert p.state() == 'ESTABLISHED'


def test_listen_alters_nothing(t):
    """RFC 9293 section 3.9.1.1, MUST-41: LISTEN on a port in use fails, or is a record of its own."""
    p, s = t.passive()
    listener = t.listen()
    for other in (t.socket(), s):
        try:
            if other is not s:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                other.bind((t.ip.host, 7000))
            other.listen(5)
        except OSError as e:
            assert e.errno == (errno.EINVAL if other is s else errno.EADDRINUSE), e
        else:
            raise WireError('listen() on a socket that has its part already')
    q = t.peer(7000)
    q.send('S')
    q.expect('SA')
    q.send('A')
    t.accept(listener)
    assert p.state() == 'ESTABLISHED'
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


def test_local_address_is_kept(t):
    """RFC 9293 section 3.9.1.1, MUST-43 MUST-44 MUST-45: IP's choice, then the same address for good."""
    p = t.peer()
    s = t.connect(p)
    seg = p.expect('S')
    assert seg.src == t.ip.aton(t.ip.host)
    p.send('SA')
    assert p.expect('A').src == seg.src
    assert s.getsockname()[0] == t.ip.host
    t.write(s, 10)
    assert p.expect('A', len=10).src == seg.src
    p.send('A')


def test_isn_clock(t):
    """RFC 9293 section 3.4.1, RFC 6528, MUST-8: one 4-tuple's ISNs advance with a clock."""
    t.listen()
    isns, times, p = [], [], t.peer(7000)
    for _ in range(4):
        p = t.again(p)
        p.send('S')
        times.append(p.expect('SA').t)
        isns.append(p.irs)
        p.send('R', seq=1)
        t.quiet(0.05)
    for i in range(3):
        ticks = (isns[i + 1] - isns[i]) % 2 ** 32
        step = (times[i + 1] - times[i]) / ticks if ticks else 0
        if t.rill:
            assert 3e-6 < step < 5e-6, step
        assert 0 < ticks < 2 ** 31


def test_isn_is_keyed(t):
    """RFC 9293 section 3.4.1, MUST-9 SHLD-1: another 4-tuple's ISN is somewhere else entirely."""
    t.listen()
    isns = []
    for _ in range(8):
        p = t.peer(7000)
        p.send('S')
        p.expect('SA')
        isns.append(p.irs)
    near = [b for a, b in zip(isns, isns[1:]) if (b - a) % 2 ** 32 < 2 ** 20]
    if len(near) > 2:
        raise WireError('ISNs follow from one another: %s' % isns)


def test_tos_and_ttl(t):
    """RFC 9293 sections 3.9.1.9 and 3.9.2, MUST-48 MUST-49 SHLD-21: IP_TOS and IP_TTL, or their like of IPv6, reach the wire."""
    p = t.peer()
    s = t.socket()
    s.setsockopt(t.ip.level, t.ip.tos, 0x20)
    s.setsockopt(t.ip.level, t.ip.ttl, 33)
    t.connect(p, s)
    p.expect('S', tos=0x20, ttl=33)
    p.send('SA')
    p.expect('A', tos=0x20, ttl=33)
    s.setsockopt(t.ip.level, t.ip.tos, 0x40)
    t.write(s, 10)
    p.expect('A', len=10, tos=0x40, ttl=33)
    p.send('A')
