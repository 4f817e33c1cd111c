# SPDX-License-Identifier: GPL-2.0
"""Segments that wait while a program has the socket: RFC 9293 section 3.10.7.4, RFC 5681 section 4.2.

A program that reads into memory which isn't there yet keeps its socket until a
userfaultfd says what stands in that memory. What comes meanwhile waits.
"""
import contextlib
import ctypes
import fcntl
import mmap
import os
import select
import struct
import threading

from segment import Skip, WireError
from wire import libc

PAGE = mmap.PAGESIZE
SYS_USERFAULTFD = {'x86_64': 323}.get(os.uname().machine, 282)
UFFDIO_API, UFFDIO_REGISTER, UFFDIO_ZEROPAGE = 0xc018aa3f, 0xc020aa00, 0xc020aa04


class Page:
    """A page that nobody can write to before fill()."""

    def __init__(self):
        # One that can block never says in a poll that somebody waits.
        self.fd = libc.syscall(SYS_USERFAULTFD, os.O_CLOEXEC | os.O_NONBLOCK)
        if self.fd < 0:
            raise Skip('this kernel has no userfaultfd')
        self.memory = mmap.mmap(-1, PAGE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.at = ctypes.addressof(ctypes.c_char.from_buffer(self.memory))
        fcntl.ioctl(self.fd, UFFDIO_API, struct.pack('QQQ', 0xaa, 0, 0))
        fcntl.ioctl(self.fd, UFFDIO_REGISTER, struct.pack('QQQQ', self.at, PAGE, 1, 0))

    def missed(self):
        """Has somebody come upon it?"""
        return bool(select.select([self.fd], [], [], 0)[0])

    def fill(self):
        fcntl.ioctl(self.fd, UFFDIO_ZEROPAGE, struct.pack('QQQq', self.at, PAGE, 0, 0))


@contextlib.contextmanager
def busy(t, p, s):
    """What the peer sends in this block waits until its end, when all of it is dealt with."""
    page = Page()
    p.send('A', data=10)
    p.acked()
    reader = threading.Thread(target=lambda: s.recv_into(page.memory))
    reader.start()
    t.until(page.missed, 'the program has the socket')
    yield
    t.sync()
    if p.queue:
        raise WireError('the socket was not busy: [%s]' % p.queue[0])
    page.fill()
    reader.join()


def test_backlog_is_acknowledged_once(t):
    """RFC 9293 section 3.10.7.4, MUST-58 MUST-59: what waited is all processed before one ACK goes out."""
    p, s = t.passive()
    with busy(t, p, s):
        for _ in range(12):
            p.send('A', data=1460)
    p.at_once('A')
    t.quiet()
    t.read(s, 12 * 1460, start=11)


def test_backlog_with_fin(t):
    """RFC 9293 section 3.10.7.4, MUST-58 MUST-59: data and FIN that waited together get one ACK."""
    p, s = t.passive()
    with busy(t, p, s):
        for _ in range(4):
            p.send('A', data=1460)
        p.send('FA')
    p.at_once('A')
    t.quiet()
    t.read(s, 4 * 1460, start=11)
    t.eof(s)


def test_single_segment_in_backlog(t):
    """RFC 9293 section 3.8.6.3, MUST-40: one small segment that waited is acknowledged late, but within 0.5 s."""
    p, s = t.passive()
    with busy(t, p, s):
        p.send('A', data=100)
    p.acked(within=0.5)
    t.read(s, 100, start=11)


def test_backlog_out_of_order(t):
    """RFC 5681 section 4.2, MUST-59: out of order each gets its duplicate ACK, also where they have waited."""
    p, s = t.passive()
    with busy(t, p, s):
        for _ in range(5):
            p.send('A', data=1460)
        hole = p.nxt
        for i in range(1, 4):
            p.send('A', seq=hole + i * 1460, data=1460)
    t.sync()
    acks = [p.next(within=0).ack for _ in range(len(p.queue))]
    if acks != [hole] * 4:
        raise WireError('expected one ACK of %d and three duplicates, got %s' % (hole, acks))
    p.send('A', data=1460)
    p.nxt += 3 * 1460
    p.at_once('A')
    t.read(s, 9 * 1460, start=11)
