# SPDX-License-Identifier: GPL-2.0
"""What the host tells of data that came early: RFC 2018."""
import socket

PERMITTED = 'mss 1460,nop,nop,sackok'


def test_sack_of_one_hole(t):
    """RFC 2018 section 4: each duplicate ACK tells what is there behind the hole, and no ACK after it is filled."""
    p, s = t.passive(opts=PERMITTED)
    for end in (201, 301, 401):
        p.send('A', seq=end - 100, data=100)
        p.at_once('A', ack=1, sack=[(101, end)])
    p.send('A', seq=1, data=100)
    p.at_once('A', ack=401, sack=None)
    t.read(s, 400)


def test_sack_most_recent_first(t):
    """RFC 2018 section 4: the block with the newest segment stands first, the others by their age."""
    p, s = t.passive(opts=PERMITTED)
    for at, blocks in ((201, [(201, 301)]), (601, [(601, 701), (201, 301)]),
                       (401, [(401, 501), (601, 701), (201, 301)]),
                       (301, [(201, 501), (601, 701)])):
        p.send('A', seq=at, data=100)
        p.at_once('A', ack=1, sack=blocks)
    p.send('A', seq=1, data=200)
    p.at_once('A', ack=501, sack=[(601, 701)])
    t.read(s, 500)


def test_sack_of_a_repeated_segment(t):
    """RFC 2018 section 4: what comes again brings its block to the front."""
    p, s = t.passive(opts=PERMITTED)
    p.send('A', seq=201, data=100)
    p.at_once('A', ack=1, sack=[(201, 301)])
    p.send('A', seq=401, data=100)
    p.at_once('A', ack=1, sack=[(401, 501), (201, 301)])
    p.send('A', seq=221, data=50)
    p.at_once('A', ack=1, sack=[(221, 271), (201, 301), (401, 501)])
    p.send('A', seq=1, data=100)
    p.at_once('A', ack=101, sack=[(201, 301), (401, 501)])


def test_sack_of_old_data(t):
    """RFC 2883 section 4: the first block tells once of data that came a second time, below RCV.NXT as well."""
    p, s = t.passive(opts=PERMITTED)
    p.send('A', data=300)
    p.acked()
    p.send('A', seq=101, data=100)
    p.at_once('A', ack=301, sack=[(101, 201)])
    p.send('A', seq=501, data=100)
    p.at_once('A', ack=301, sack=[(501, 601)])
    p.send('A', seq=201, data=200)
    p.at_once('A', ack=401, sack=[(201, 301), (501, 601)])
    t.read(s, 400)


def test_sack_as_many_as_fit(t):
    """RFC 2018 section 3: four blocks, beside timestamps three."""
    for port, passive, opts, fit in ((7000, t.passive, PERMITTED, 4), (7001, t.passive_ts, PERMITTED, 3)):
        p, s = passive(port=port, opts=opts)
        blocks = []
        for at in range(201, 1801, 200):
            p.send('A', seq=at, data=100)
            blocks.insert(0, (at, at + 100))
            p.at_once('A', ack=1, sack=blocks[:fit])


def test_no_sack_without_permission(t):
    """RFC 2018 section 2: none is sent to a peer whose SYN did not permit it."""
    p, s = t.passive(opts='mss 1460')
    p.send('A', seq=101, data=100)
    p.at_once('A', ack=1, sack=None)


def test_sack_beside_data(t):
    """RFC 2018 section 4: data carries it where there is room; a full segment stays full."""
    p, s = t.passive(opts=PERMITTED)
    p.send('A', data=10)
    p.acked()
    p.send('A', seq=101, data=100)
    p.at_once('A', ack=11, sack=[(101, 201)])
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    t.write(s, 100)
    p.expect('A', ack=11, len=100, sack=[(101, 201)])
    t.write(s, 1460, start=101)
    p.expect('A', ack=11, len=1460, sack=None)
