# SPDX-License-Identifier: GPL-2.0
"""TIME-WAIT: RFC 9293 sections 3.6.1 and 3.10.7.4, RFC 1337, RFC 6191."""
import select

from peer import EARLY


def listen_and_wait(t, opts='mss 1460', ts=False):
    """A connection in TIME-WAIT on a port that somebody listens on: (peer, listener)."""
    listener = t.listen()
    p = t.peer(7000, isn=1000000)
    p.send('S', opts=opts)
    synack = p.expect('SA')
    if ts:
        p.ts = synack.ts[0]
        p.stamp(ts)
    p.send('A')
    s = t.accept(listener)
    t.discard(s)
    p.expect('FA')
    p.send('A')
    p.send('FA')
    p.acked()
    p.reaches('TIME-WAIT')
    return p, listener


def test_fin_again_in_time_wait(t):
    """RFC 9293 section 3.10.7.4: the last ACK was lost: the peer's FIN is acknowledged again."""
    p, _ = listen_and_wait(t)
    for _ in range(3):
        p.send('FA', seq=1)
        p.at_once('A', seq=2, ack=2)
        assert p.state() == 'TIME-WAIT'


def test_old_data_in_time_wait(t):
    """RFC 9293 section 3.10.7.4: old duplicates are answered by an ACK and disturb nothing."""
    p, _ = listen_and_wait(t)
    p.send('A', seq=1, data=100)
    p.at_once('A', seq=2, ack=2)
    p.send('A', seq=-500, data=100)
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'TIME-WAIT'


def test_ack_in_time_wait(t):
    """RFC 9293 section 3.10.7.4: a plain ACK in the window needs no answer, so there can be no ACK war."""
    p, _ = listen_and_wait(t)
    p.send('A', seq=2, ack=2)
    t.quiet()
    assert p.state() == 'TIME-WAIT'


def test_stale_synack_in_time_wait(t):
    """RFC 9293 section 3.10.7.4: a SYN-ACK in TIME-WAIT is answered by an ACK."""
    p, _ = listen_and_wait(t)
    p.send('SA', seq=0)
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'TIME-WAIT'


def test_new_syn_reopens(t):
    """RFC 9293 section 3.6.1, MAY-2: a SYN beyond all old numbers opens the next connection."""
    p, listener = listen_and_wait(t)
    old = p.irs
    q = t.again(p, isn=p.isn + 50000)
    q.send('S', opts='mss 1460')
    q.at_once('SA', seq=0, ack=1)
    assert (q.irs - old) % 2 ** 32 < 2 ** 31, 'the new ISN must lie beyond the old numbers'
    assert q.irs != old
    q.send('A', data=10)
    s = t.accept(listener)
    q.acked()
    t.read(s, 10)


def test_old_syn_does_not_reopen(t):
    """RFC 9293 section 3.6.1, MAY-2: an old duplicate SYN leaves TIME-WAIT as it is."""
    p, listener = listen_and_wait(t)
    p.send('S', seq=0)
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'TIME-WAIT'
    t.idle(listener)


def test_far_older_syn_does_not_reopen(t):
    """RFC 9293 section 3.6.1, MAY-2: nor does one from long before."""
    p, listener = listen_and_wait(t)
    p.send('S', seq=-50000)
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'TIME-WAIT'
    t.idle(listener)


def test_new_syn_without_listener(t):
    """RFC 9293 section 3.10.7.1: where nobody listens any more a new SYN is reset, TIME-WAIT or not."""
    p, listener = listen_and_wait(t)
    t.discard(listener)
    p.send('S', seq=60000)
    t.sync()
    seg = p.next(within=0)
    assert 'R' in seg.flags or seg.flags == 'A' and seg.ack == 2, str(seg)


def test_syn_with_newer_timestamp_reopens(t):
    """RFC 6191, SHLD-4: a SYN with a lower number and a later timestamp opens the next connection."""
    p, listener = listen_and_wait(t, 'mss 1460,nop,nop,ts 1000 0', ts=1000)
    q = t.again(p, isn=p.isn - 5000)
    q.send('S', opts='mss 1460,nop,nop,ts 5000 0')
    q.at_once('SA', seq=0, ack=1)


def test_syn_with_older_timestamp_does_not(t):
    """RFC 6191: with an earlier timestamp it does not, nor with a lower number without timestamps."""
    p, listener = listen_and_wait(t, 'mss 1460,nop,nop,ts 1000 0', ts=1000)
    p.send('S', seq=-5000, opts='mss 1460,nop,nop,ts 10 0')
    p.at_once('A', seq=2, ack=2)
    assert p.state() == 'TIME-WAIT'
    t.idle(listener)


def test_time_wait_lasts_two_msl(t):
    """RFC 9293 section 3.6.1, MUST-13: TIME-WAIT ends after 2 MSL, not before.

    Rill only: Linux's 60 s can't be set.
    """
    t.sysctl('timewait_ms', 2000)
    p, _ = listen_and_wait(t)
    since = t.now()
    t.until(lambda: p.state() == 'CLOSED', 'TIME-WAIT ends')
    assert t.now() - since >= 2 - 0.3, t.now() - since
    p.send('A')
    p.at_once('R', seq=2)


def test_fin_restarts_time_wait(t):
    """RFC 9293 section 3.10.7.4: a repeated FIN restarts the 2 MSL.

    Rill only: Linux's 60 s can't be set.
    """
    t.sysctl('timewait_ms', 3000)
    p, _ = listen_and_wait(t)
    t.quiet(1.5)
    since = p.send('FA', seq=1)
    p.at_once('A')
    t.until(lambda: p.state() == 'CLOSED', 'TIME-WAIT ends')
    assert t.now() - since >= 3 - EARLY, t.now() - since


def test_old_duplicates_do_not_prolong_time_wait(t):
    """RFC 9293 section 3.10.7.4: only the FIN restarts the 2 MSL, other old duplicates do not.

    Rill only: Linux's 60 s can't be set.
    """
    t.sysctl('timewait_ms', 3000)
    p, _ = listen_and_wait(t)
    since = t.now()
    while p.state() == 'TIME-WAIT':
        p.send('A', seq=2, ack=2)
        assert t.now() - since < 20, 'TIME-WAIT does not end'
        t.sleep(0.1)
    t.drain(p)


def test_time_wait_is_not_in_the_way(t):
    """RFC 9293 section 3.6.1, MUST-13: an active open from the port of a TIME-WAIT is refused or takes new numbers."""
    p, listener = listen_and_wait(t)
    t.discard(listener)
    s = t.socket()
    q = t.peer()
    t.connect(q, s, port=7000)      # another peer: another connection
    q.expect('S')
    q.send('SA')
    q.expect('A')
    t.wait(s, select.POLLOUT)
    assert p.state() == 'TIME-WAIT'
