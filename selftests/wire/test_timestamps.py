# SPDX-License-Identifier: GPL-2.0
"""Timestamps and PAWS: RFC 7323 sections 3 to 5; SACK-permitted by the way."""
from segment import WireError


def test_echo(t):
    """RFC 7323 section 3.2: every segment has both stamps; the echo is the last one in order."""
    p, s = t.passive_ts(val=100)
    for val in (110, 110, 200):
        p.stamp(val)
        p.send('A', data=10)
        seg = p.acked()
        assert seg.ts[1] == val, str(seg)
    t.write(s, 10)
    assert p.expect('A', len=10).ts[1] == 200
    p.send('A')


def test_values_advance(t):
    """RFC 7323 section 5.4: one's own stamps never go back, and advance with time."""
    p, s = t.passive_ts()
    values, times = [], []
    for i in range(4):
        p.stamp(101 + i)
        p.send('A', data=10)
        seg = p.acked()
        values.append(seg.ts[0])
        times.append(seg.t)
        t.quiet(0.2)
    steps = [(b - a) % 2 ** 32 for a, b in zip(values, values[1:])]
    assert all(0 < x < 2 ** 31 for x in steps), values
    rate = sum(steps) / (times[-1] - times[0])
    assert 1 / 1.1 <= rate <= 1100 * 1.1, 'the timestamp clock runs at %.0f Hz' % rate


def test_offsets_differ(t):
    """RFC 7323 section 7.1: connections don't share one visible clock."""
    p, s = t.passive_ts(port=7000)
    q, r = t.passive_ts(port=7001)
    u, v = t.passive_ts(port=7002)
    near = [abs(a.ts - b.ts) < 100000 for a, b in ((p, q), (q, u), (p, u))]
    assert not all(near), (p.ts, q.ts, u.ts)


def test_early_segment_is_not_echoed(t):
    """RFC 7323 section 4.3: a segment behind a gap leaves TS.Recent alone; the filler counts."""
    p, s = t.passive_ts(val=100)
    p.stamp(300)
    p.send('A', seq=101, data=100)
    assert p.at_once('A', ack=1).ts[1] == 100
    p.stamp(200)
    p.send('A', seq=1, data=100)
    assert p.at_once('A', ack=201).ts[1] == 200
    t.read(s, 200)


def test_paws(t):
    """RFC 7323 section 5.3, rule R1: an old timestamp in a segment with a fine number: ACK, and drop."""
    p, s = t.passive_ts(val=1000)
    p.stamp(2000)
    p.send('A', data=10)
    p.acked()
    p.stamp(1500)
    p.send('A', seq=11, data=10)
    p.at_once('A', ack=11)
    t.read(s, 10)
    t.idle(s)
    p.stamp(2000)
    p.nxt = 11
    p.send('A', data=10)
    p.acked()
    t.read(s, 10, start=11)


def test_paws_late(t):
    """RFC 7323 section 5.3: what is merely late is older than what was sent again before it, and is not dropped.

    Rill only: Linux drops it.
    """
    p, s = t.passive_ts(val=1000)
    for seq, stamp in ((11, 1010), (21, 1020), (41, 1040)):
        p.stamp(stamp)
        p.send('A', seq=seq, data=10)
        p.at_once('A', ack=1)
    p.stamp(2000)
    p.send('A', seq=1, data=10)
    assert p.at_once('A', ack=31).ts[1] == 2000
    p.stamp(1019)
    p.send('A', seq=31, data=10)
    p.at_once('A', ack=31)
    p.stamp(1030)
    p.send('A', seq=31, data=10)
    p.at_once('A', ack=51)
    p.stamp(1039)
    p.send('A', seq=51, data=10)
    p.at_once('A', ack=51)
    t.read(s, 50)
    p.nxt = 51
    p.stamp(2001)
    p.send('A', data=10)
    assert p.acked().ts[1] == 2001
    p.stamp(2000)
    p.send('A', seq=61, data=10)
    p.at_once('A', ack=61)
    t.read(s, 10, start=51)
    t.idle(s)


def test_paws_tells_what_came_twice(t):
    """RFC 2883: what was late, and is here already, is dropped for its timestamp, and told of."""
    p, s = t.passive_ts(val=1000, opts='mss 1460,sackok')
    p.stamp(1010)
    p.send('A', seq=11, data=10)
    p.at_once('A', ack=1)
    p.stamp(2000)
    p.send('A', seq=1, data=10)
    p.at_once('A', ack=21)
    p.stamp(1000)
    p.send('A', seq=1, data=10)
    p.at_once('A', ack=21, sack=[(1, 11)])
    t.read(s, 20)


def test_paws_wraps(t):
    """RFC 7323 section 5.2: stamps are compared modulo 2^32."""
    p, s = t.passive_ts(val=0xfffffff0)
    p.stamp(0x10)
    p.send('A', data=10)
    assert p.acked().ts[1] == 0x10
    p.stamp(0xfffffff0)
    p.send('A', seq=11, data=10)
    p.at_once('A', ack=11)
    p.nxt = 11


def test_paws_is_not_for_rst(t):
    """RFC 7323 section 5.2: a RST is never judged by its timestamp."""
    p, s = t.passive_ts(val=1000)
    p.stamp(1)
    p.send('R')
    t.error(s, 'ECONNRESET')


def test_rst_without_timestamp(t):
    """RFC 7323 section 3.2: a RST may come without timestamps."""
    p, s = t.passive_ts(val=1000)
    p.send('R', opts='')
    t.error(s, 'ECONNRESET')


def test_timestamp_missing(t):
    """RFC 7323 section 3.2: once agreed upon, a segment without timestamps is dropped silently.

    Rill only: Linux takes such segments.
    """
    p, s = t.passive_ts(val=1000)
    p.send('A', seq=1, data=10, opts='')
    p.send('FA', seq=1, opts='')
    t.quiet()
    t.idle(s)
    p.nxt = 1
    p.send('A', data=10)
    p.acked()
    t.read(s, 10)


def test_timestamps_not_agreed(t):
    """RFC 7323 section 3.2: without an agreement stray timestamps are ignored and none is sent."""
    p, s = t.passive()
    p.send('A', data=10, opts='nop,nop,ts 5000 1')
    assert p.acked().ts is None
    p.send('A', data=10, opts='nop,nop,ts 1 1')
    assert p.acked().ts is None
    t.read(s, 20)
    t.write(s, 10)
    p.expect('A', len=10, ts=None)
    p.send('A')


def test_refused_by_synack(t):
    """RFC 7323 sections 2.2 and 3.2: a SYN-ACK without the options switches them off, on both sides."""
    p, s = t.active(opts='mss 1460')
    t.write(s, 1460)
    p.expect('A', len=1460, ts=None)
    p.send('A')


def test_accepted_by_synack(t):
    """RFC 7323 section 3.2: a SYN-ACK with timestamps agrees; the third ACK has them already."""
    p = t.peer()
    s = t.connect(p)
    syn = p.expect('S')
    p.send('SA', opts='mss 1460,nop,nop,ts 700 %d' % syn.ts[0])
    assert p.expect('A').ts[1] == 700
    p.ts = syn.ts[0]
    p.stamp(701)
    t.write(s, 1460)
    assert p.expect('A', len=1448).ts[1] == 700
    p.send('A')
    p.expect('A', len=12)
    p.send('A')


def test_sack_permitted_does_no_harm(t):
    """RFC 2018: a peer that permits and sends SACK blocks, true or absurd, loses nothing by it."""
    p, s = t.passive(opts='mss 1460,nop,nop,sackok', sndbuf=200000)
    p.send('A', data=10)
    p.acked()
    t.write(s, 14600)
    for _ in range(10):
        p.expect('A', len=1460)
    blocks = (b'\1\1\5\x0a' + (p.irs + 1461 & 0xffffffff).to_bytes(4, 'big')
              + (p.irs + 2921 & 0xffffffff).to_bytes(4, 'big'))
    absurd = (b'\1\1\5\x12' + b'\xff' * 8 + b'\0' * 4 + b'\x7f\xff\xff\xff')
    p.send('A', ack=1, opts=blocks)
    p.send('A', ack=1, opts=absurd)
    p.send('A', ack=1461)
    p.send('A', ack=14601)
    t.drain(p)
    t.write(s, 100, start=14601)
    p.expect('A', seq=14601, len=100)
    p.send('A')
    t.read(s, 10)


def test_early_data_with_sack_permitted(t):
    """RFC 2018: with SACK permitted a gap still draws duplicate ACKs of the same number."""
    p, s = t.passive(opts='mss 1460,nop,nop,sackok')
    p.send('A', seq=1001, data=100)
    p.at_once('A', ack=1)
    p.send('A', seq=1, data=1000)
    p.at_once('A', ack=1101)
    t.read(s, 1100)
    if p.queue:
        raise WireError('more than one ACK: %s' % p.queue[0])
