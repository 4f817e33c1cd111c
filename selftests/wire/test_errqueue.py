# SPDX-License-Identifier: GPL-2.0
"""ICMP errors as a program sees them: at once or in the end, and in the error queue."""
import errno
import select
import socket
import struct

from ip import only

PEER = '10.0.0.2'
IP_RECVERR, MSG_ERRQUEUE, ICMP_ORIGIN = 11, 0x2000, 2
SOFT = ((3, 0), (3, 1), (3, 5), (11, 0), (11, 1), (12, 0))


def queued_error(s):
    """What recvmsg(MSG_ERRQUEUE) gives: errno, origin, type and code, the offender, the destination and the octets."""
    data, control, flags, addr = s.recvmsg(2000, 200, MSG_ERRQUEUE)
    assert flags & MSG_ERRQUEUE, hex(flags)
    (level, kind, value), = control
    assert (level, kind) == (socket.IPPROTO_IP, IP_RECVERR), control
    err, origin, what, code = struct.unpack_from('=IBBB', value)
    family, _, offender = struct.unpack_from('=HH4s', value, 16)
    assert (origin, family) == (ICMP_ORIGIN, socket.AF_INET), value.hex()
    return errno.errorcode[err], what, code, socket.inet_ntoa(offender), addr, data


def no_queued_error(s):
    try:
        s.recvmsg(2000, 200, MSG_ERRQUEUE)
    except BlockingIOError:
        return True
    return False


@only(4)
def test_error_queue_of_an_open(t):
    """RFC 9293 section 3.9.2.2, MUST-54: the error that ended an open waits in the error queue, with who sent it."""
    p = t.peer()
    s = t.connect(p)
    syn = p.expect('S')
    p.icmp(syn, 3, 3)
    t.wait(s, select.POLLERR)
    assert queued_error(s)[:-1] == ('ECONNREFUSED', 3, 3, PEER, (PEER, p.port))
    assert no_queued_error(s)
    t.refused(s, 'ECONNREFUSED')
    p = t.peer()
    s = t.connect(p)
    p.icmp(p.expect('S'), 3, 2)
    t.wait(s, select.POLLERR)
    data = queued_error(s)[-1]
    assert data[:8] == struct.pack('!HHI', p.host_port, p.port, p.irs), data.hex()


@only(4)
def test_error_queue_is_given_up(t):
    """An error that nobody has read goes with the socket."""
    p = t.peer()
    s = t.connect(p)
    p.icmp(p.expect('S'), 3, 3)
    t.wait(s, select.POLLERR)
    t.discard(s)


@only(4)
def test_hard_error_about_a_syn_ack(t):
    """RFC 9293 section 3.9.2.2, MUST-56 SHLD-26: a hard error ends a half-open connection, others don't.

    Rill only: Linux ends it for the soft ones, and for no hard one.
    """
    t.listen()
    p = t.peer(7000)
    p.send('S', opts='mss 1460')
    synack = p.expect('SA')
    for kind, code in SOFT:
        p.icmp(synack, kind, code)
    for field in ('seq', 'sport', 'dport'):
        p.icmp(synack, 3, 3, **{field: 1})
    t.sync()
    assert p.state() == 'SYN-RECEIVED'
    p.icmp(synack, 3, 3)
    p.reaches('CLOSED')


@only(4)
def test_soft_errors_of_an_open_are_queued(t):
    """RFC 9293 sections 3.9.1.8 and 3.9.2.2, MUST-47 MUST-56: with IP_RECVERR an open tells soft errors and goes on.

    Rill only: Linux gives a connect() up at the first unreachable.
    """
    p, s = t.peer(), t.socket()
    s.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
    t.connect(p, s)
    syn = p.expect('S')
    for kind, code, name in ((3, 1, 'EHOSTUNREACH'), (3, 0, 'ENETUNREACH'), (11, 0, 'EHOSTUNREACH'), (12, 0, 'EPROTO')):
        p.icmp(syn, kind, code)
        t.wait(s, select.POLLERR)
        assert s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == getattr(errno, name)
        assert queued_error(s)[:-1] == (name, kind, code, PEER, (PEER, p.port))
    assert no_queued_error(s)
    p.send('SA')
    p.expect('A')
    t.wait(s, select.POLLOUT)


@only(4)
def test_soft_errors_are_told_at_once(t):
    """RFC 9293 section 3.9.1.8, MUST-47 SHLD-20 SHLD-25: with IP_RECVERR errors are told at once; no queue, and no end."""
    p, s = t.passive(rtt=0.5)
    t.write(s, 100)
    seg = p.expect('A', len=100)
    for on, told in ((0, False), (1, True), (0, False)):
        s.setsockopt(socket.IPPROTO_IP, IP_RECVERR, on)
        p.icmp(seg, 3, 1)
        t.sync()
        poll = select.poll()
        poll.register(s, select.POLLERR)
        assert bool(poll.poll(0)) == told
        if told:
            t.error(s, 'EHOSTUNREACH')
            assert no_queued_error(s)
        else:
            t.idle(s)
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)
