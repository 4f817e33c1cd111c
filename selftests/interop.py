# SPDX-License-Identifier: GPL-2.0
"""A Rill socket in one namespace, a TCP socket in another, a translator between: what one end does, and what the
other makes of it. Each behaviour is tried with either one connecting, and with either one beginning.

usage: interop.py PROTOCOL NAMESPACE,NAMESPACE ADDRESS,ADDRESS [NAME...]
       the first end's protocol is rill, or tcp to prove the tests; the second end is always TCP

Run by interop.sh; prints TAP points.
"""
import ctypes
import errno
import fcntl
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time
import traceback

SLOW = int(os.environ.get('RILL_SLOW', '1'))
DEADLINE = 30 * SLOW
SOL_TCP = socket.IPPROTO_TCP
TCP_REPAIR, SIOCINQ, SIOCOUTQ, SIOCATMARK = 19, 0x541b, 0x5411, 0x8905
STATES = ('', 'ESTABLISHED', 'SYN-SENT', 'SYN-RECEIVED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED',
          'CLOSE-WAIT', 'LAST-ACK', 'LISTEN', 'CLOSING', 'SYN-RECEIVED')
TIMESTAMPS, SACK, WSCALE = 1, 2, 4
# Rill's name of a counter, and TCP's.
COUNTERS = {'window probes': ('ZeroWindowProbes', 'TCPWinProbe'),
            'keep-alive': ('KeepaliveProbes', 'TCPKeepAlive'), 'cookies': ('CookiesRecv', 'SyncookiesRecv'),
            'bad checksums': ('InCsumErrors', 'InCsumErrors'), 'wrong headers': ('InHdrErrors', 'InErrs')}
libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """It did not go as it should."""


def expect(what, got, wanted):
    if got != wanted:
        raise Failure('%s: got %s, wanted %s' % (what, got, wanted))


def wait(condition, what):
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise Failure('waited in vain: ' + what)
        time.sleep(0.01)


def error_of(call, *args):
    """The name of the errno that the call ends in, or its result."""
    try:
        return call(*args)
    except OSError as e:
        return errno.errorcode.get(e.errno, str(e))


def command(*words):
    subprocess.run(words, check=True)


# ---- The ends ----

class End:
    """A namespace, an address there, and a protocol."""

    def __init__(self, name, protocol, netns, address, device):
        self.name, self.rill, self.netns, self.address, self.device = name, protocol == 'rill', netns, address, device
        self.family = socket.AF_INET6 if ':' in address else socket.AF_INET
        with open('/run/netns/' + netns, encoding='ascii') as f:
            self.fd = os.dup(f.fileno())

    def enter(self):
        if libc.setns(self.fd, 0x40000000):
            raise OSError(ctypes.get_errno(), 'setns')

    def socket(self):
        self.enter()
        s = socket.socket(self.family, socket.SOCK_STREAM, 253 if self.rill else 0)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.settimeout(DEADLINE)
        return s

    def sysctl(self, name, value):
        """The protocol's own; returns what it was."""
        self.enter()
        path = '/proc/sys/net/' + ('rill/' if self.rill else 'ipv4/tcp_') + name
        with open(path, encoding='ascii') as f:
            before = f.read().strip()
        with open(path, 'w', encoding='ascii') as f:
            f.write(value)
        return before

    def counter(self, what):
        self.enter()
        rill, tcp = COUNTERS[what]
        if self.rill:
            with open('/proc/net/rill_stat', encoding='ascii') as f:
                return int(dict(line.split() for line in f)[rill])
        for path in ('/proc/net/netstat', '/proc/net/snmp'):
            with open(path, encoding='ascii') as f:
                for head, values in zip(f, f):
                    if tcp in head.split() and head.startswith('Tcp'):
                        return int(values.split()[head.split().index(tcp)])
        raise Failure('no counter ' + tcp)

    def states(self, port):
        """Of what is in the table with this local or foreign port, listeners aside."""
        self.enter()
        found = []
        if self.rill:
            with open('/proc/net/rill', encoding='ascii') as f:
                rows = [line.split() for line in f][1:]
            found = [row[3] for row in rows if str(port) in (row[1].split(':')[-1], row[2].split(':')[-1])]
        else:
            path = '/proc/net/tcp' + ('6' if self.family == socket.AF_INET6 else '')
            with open(path, encoding='ascii') as f:
                rows = [line.split() for line in f][1:]
            found = [STATES[int(row[3], 16)] for row in rows
                     if '%04X' % port in (row[1].split(':')[1], row[2].split(':')[1])]
        return sorted(s for s in found if s != 'LISTEN')


class Info:
    """What TCP_INFO says."""

    def __init__(self, s):
        data = s.getsockopt(SOL_TCP, socket.TCP_INFO, 104)
        state, _, _, _, _, self.options, scales = data[:7]
        self.state, self.snd_wscale, self.rcv_wscale = STATES[state], scales & 15, scales >> 4
        self.snd_mss, self.rcv_mss = struct.unpack_from('=II', data, 16)
        self.rtt, = struct.unpack_from('=I', data, 68)


def queued(s, what=SIOCINQ):
    return struct.unpack('=i', fcntl.ioctl(s, what, b'\0' * 4))[0]


def poll(s, events):
    p = select.poll()
    p.register(s, events)
    return bool(p.poll(DEADLINE * 1000))


def read_to_end(s):
    parts = []
    while True:
        data = s.recv(65536)
        if not data:
            return b''.join(parts)
        parts.append(data)


def flow(source, sink, count, seed=1):
    """So many octets from one socket to the other, compared."""
    data, got, sent = random.Random(seed).randbytes(count), [], 0
    left = count
    source.setblocking(False)
    end = time.monotonic() + DEADLINE
    while left:
        readable, writable, _ = select.select([sink], [source] if sent < count else [], [], 1)
        if writable:
            sent += source.send(data[sent:sent + 65536])
        if readable:
            part = sink.recv(65536)
            if not part:
                raise Failure('the end after %d of %d octets' % (count - left, count))
            got.append(part)
            left -= len(part)
        if time.monotonic() > end:
            raise Failure('%d of %d octets did not arrive' % (left, count))
    source.settimeout(DEADLINE)
    if b''.join(got) != data:
        raise Failure('the octets changed')


# ---- Connections ----

class Lab:
    def __init__(self, protocol, namespaces, addresses):
        (a, b), (a_addr, b_addr) = namespaces.split(','), addresses.split(',')
        self.a = End('Rill' if protocol == 'rill' else 'TCP A', protocol, a, a_addr, 'a0')
        self.b = End('TCP', 'tcp', b, b_addr, 'b0')
        self.client = self.server = None
        self.port = 20000
        self.undo, self.open = [], []

    def other(self, end):
        return self.b if end is self.a else self.a

    def sysctl(self, end, name, value):
        self.undo.append((end.sysctl, name, end.sysctl(name, value)))

    def netem(self, *words):
        for end in (self.a, self.b):
            command('tc', '-n', end.netns, 'qdisc', 'add', 'dev', end.device, 'root', 'netem', *words)
            self.undo.append((command, 'tc', '-n', end.netns, 'qdisc', 'del', 'dev', end.device, 'root'))

    def listen(self, prepare=None):
        self.port += 1
        s = self.server.socket()
        self.open.append(s)
        s.bind((self.server.address, self.port))
        if prepare:
            prepare(self.server, s)
        s.listen(8)
        return s

    def connect(self, prepare=None, listener=None, port=0):
        """A connection, as {end: socket}; prepare(end, socket) sees them before."""
        listener = listener or self.listen(prepare)
        c = self.client.socket()
        self.open.append(c)
        if prepare:
            prepare(self.client, c)
        c.bind((self.client.address, port))
        c.connect((self.server.address, self.port))
        s = listener.accept()[0]
        s.settimeout(DEADLINE)
        self.open.append(s)
        return {self.client: c, self.server: s}

    def gone(self, end, *states):
        """Until the end has that of the connection, and no more."""
        wait(lambda: end.states(self.port) == sorted(states),
             '%s has %s, wanted %s' % (end.name, end.states(self.port), states))

    def clean(self):
        for s in self.open:
            if s.fileno() >= 0:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            s.close()
        self.open = []
        for call, *args in reversed(self.undo):
            call(*args)
        self.undo = []


# ---- Behaviours: x begins, y is the other one ----

def both_ways(lab, x, y):
    """100000 octets each way at once, and back"""
    def faults():
        return [e.counter(name) for e in (x, y) for name in ('bad checksums', 'wrong headers')]

    before = faults()
    k = lab.connect()
    flow(k[x], k[y], 100000)
    flow(k[y], k[x], 100000, seed=2)
    expect('bad checksums and wrong headers', faults(), before)


def half_close(lab, x, y):
    """{x} ends its direction, the other one goes on; the states on the way"""
    k = lab.connect()
    k[x].sendall(b'question')
    k[x].shutdown(socket.SHUT_WR)
    expect('read', read_to_end(k[y]), b'question')
    wait(lambda: Info(k[x]).state == 'FIN-WAIT-2', 'FIN-WAIT-2')
    expect('the other end', Info(k[y]).state, 'CLOSE-WAIT')
    flow(k[y], k[x], 300000)
    k[y].close()
    expect('read', read_to_end(k[x]), b'')
    k[x].close()
    lab.gone(x, 'TIME-WAIT')
    lab.gone(y)


def linger(lab, x, y):
    """{x} closes with linger time 0: the other one is reset"""
    k = lab.connect()
    k[x].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    k[x].close()
    expect('read', error_of(k[y].recv, 1), 'ECONNRESET')
    expect('write', error_of(k[y].send, b'x'), 'EPIPE')
    lab.gone(x)
    k[y].close()
    lab.gone(y)


def unread(lab, x, y):
    """{x} closes with something unread: the other one is reset"""
    k = lab.connect()
    k[y].sendall(b'nobody reads this')
    wait(lambda: queued(k[x]) == 17, 'input')
    k[x].close()
    expect('read', error_of(k[y].recv, 1), 'ECONNRESET')
    lab.gone(x)


def data_after_close(lab, x, y):
    """{x} has closed and is sent something: the other one is reset"""
    k = lab.connect()
    k[x].close()
    expect('read', k[y].recv(1), b'')
    k[y].send(b'too late')
    wait(lambda: Info(k[y]).state == 'CLOSED', 'the reset')
    expect('error', k[y].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), errno.EPIPE)
    lab.gone(x)


def zero_window(lab, x, y):
    """{x} stops reading, is probed, and goes on"""
    k = lab.connect(lambda end, s: s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192) if end is x else None)
    data, sent = random.Random(3).randbytes(1 << 20), 0
    k[y].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
    k[y].setblocking(False)
    before = y.counter('window probes')
    for _ in range(100 * DEADLINE):     # until its buffer is full, the window closed, and it has asked twice
        try:
            sent += k[y].send(data[sent:sent + 4096])
        except BlockingIOError:
            if y.counter('window probes') >= before + 2:
                break
            time.sleep(0.01)
    expect('two probes', y.counter('window probes') >= before + 2, True)
    expect('the receiver has its buffer full', queued(k[x]) > 1000, True)
    expect('and not the whole', sent < len(data), True)
    k[y].settimeout(DEADLINE)
    got = []
    while sum(map(len, got)) < sent:
        got.append(k[x].recv(65536))
    expect('the octets', b''.join(got) == data[:sent], True)
    flow(k[y], k[x], 100000)


def read_to_the_mark(sender, receiver):
    sender.sendall(b'abc')
    sender.send(b'X', socket.MSG_OOB)
    sender.sendall(b'def')
    expect('POLLPRI', poll(receiver, select.POLLPRI), True)
    wait(lambda: queued(receiver) >= 3, 'input')
    expect('before the mark', receiver.recv(100), b'abc')
    expect('at the mark', queued(receiver, SIOCATMARK), 1)


def urgent(lab, x, y):
    """{x} sends urgent data: the mark, and the octet"""
    k = lab.connect()
    read_to_the_mark(k[x], k[y])
    expect('the octet', k[y].recv(1, socket.MSG_OOB), b'X')
    got = b''
    while len(got) < 3:
        got += k[y].recv(100)
    expect('behind the mark', got, b'def')
    k[y].setblocking(False)             # Python would wait for something to read
    expect('no more of it', error_of(k[y].recv, 1, socket.MSG_OOB), 'EINVAL')


def urgent_inline(lab, x, y):
    """{x} sends urgent data, the other one keeps it in line"""
    k = lab.connect()
    k[y].setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    read_to_the_mark(k[x], k[y])
    got = b''
    while len(got) < 4:
        got += k[y].recv(100)
    expect('from the mark on', got, b'Xdef')


def options(lab, x, y):
    """timestamps, SACK and window scaling are agreed on, and the scales are each other's"""
    k = lab.connect()
    one, two = Info(k[x]), Info(k[y])
    expect('options', [i.options & 7 for i in (one, two)], [TIMESTAMPS | SACK | WSCALE] * 2)
    expect('scales', (one.snd_wscale, one.rcv_wscale), (two.rcv_wscale, two.snd_wscale))
    flow(k[x], k[y], 10000)
    expect('a round trip time', Info(k[x]).rtt > 0, True)


def without(name, bit, lab, x, y):
    lab.sysctl(x, name, '0')
    k = lab.connect()
    wanted = (TIMESTAMPS | SACK | WSCALE) & ~bit
    expect('options', [Info(k[e]).options & 7 for e in (x, y)], [wanted] * 2)
    if bit == TIMESTAMPS:
        expect('segment sizes', [Info(k[e]).snd_mss for e in (x, y)],
               [1460 if x.family == socket.AF_INET else 1440] * 2)
    flow(k[x], k[y], 200000)
    flow(k[y], k[x], 200000)


def without_timestamps(lab, x, y):
    """{x} wants no timestamps: there are none"""
    without('timestamps', TIMESTAMPS, lab, x, y)


def without_sack(lab, x, y):
    """{x} wants no SACK: there is none"""
    without('sack', SACK, lab, x, y)


def without_scaling(lab, x, y):
    """{x} wants no window scaling: there is none"""
    without('window_scaling', WSCALE, lab, x, y)


def small_mss(lab, x, y):
    """{x} announces an MSS of 700: so large are the segments"""
    k = lab.connect(lambda end, s: s.setsockopt(SOL_TCP, socket.TCP_MAXSEG, 700) if end is x else None)
    flow(k[y], k[x], 300000)
    expect('the other one sends', Info(k[y]).snd_mss, 688)
    flow(k[x], k[y], 300000)
    expect('estimates of the segment size', [Info(k[e]).rcv_mss for e in (x, y)], [688, 688])


def keep_alive(lab, x, y):
    """{x} asks whether the other one is alive, and is answered"""
    k = lab.connect()
    for level, name, value in ((SOL_TCP, socket.TCP_KEEPIDLE, 1), (SOL_TCP, socket.TCP_KEEPINTVL, 1),
                               (SOL_TCP, socket.TCP_KEEPCNT, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)):
        k[x].setsockopt(level, name, value)
    before = x.counter('keep-alive')
    wait(lambda: x.counter('keep-alive') >= before + 3, 'three probes')
    expect('states', [Info(k[e]).state for e in (x, y)], ['ESTABLISHED'] * 2)
    flow(k[y], k[x], 1000)


def both_close(lab, x, y):
    """both close at the same time: both are in TIME-WAIT"""
    lab.netem('delay', '%dms' % (200 * SLOW))
    k = lab.connect()
    k[x].close()
    k[y].close()
    lab.gone(x, 'TIME-WAIT')
    lab.gone(y, 'TIME-WAIT')


def reopen(lab, x, y):
    """the server closes first, and the client comes back from the same port: TIME-WAIT is no obstacle"""
    listener = lab.listen()
    k = lab.connect(listener=listener)
    port = k[lab.client].getsockname()[1]
    k[lab.server].close()
    expect('read', k[lab.client].recv(1), b'')
    k[lab.client].close()
    lab.gone(lab.server, 'TIME-WAIT')
    lab.gone(lab.client)
    k = lab.connect(listener=listener, port=port)
    flow(k[x], k[y], 10000)


def cookies(lab, x, y):
    """the server keeps nothing of a SYN: the cookie comes back, options and all"""
    lab.sysctl(lab.server, 'syncookies', '2')
    before = lab.server.counter('cookies')
    k = lab.connect()
    flow(k[lab.client], k[lab.server], 100000)
    flow(k[lab.server], k[lab.client], 100000)
    expect('cookies', lab.server.counter('cookies'), before + 1)
    expect('options', [Info(k[e]).options & 7 for e in (x, y)], [TIMESTAMPS | SACK | WSCALE] * 2)


def refused(lab, x, y):
    """nobody listens there"""
    s = lab.client.socket()
    expect('connect', error_of(s.connect, (lab.server.address, 9)), 'ECONNREFUSED')


def forgotten(lab, x, y):
    """TCP has lost its memory of the connection: a segment is answered with a reset"""
    k = lab.connect()
    k[lab.b].setsockopt(SOL_TCP, TCP_REPAIR, 1)
    k[lab.b].close()
    k[lab.a].send(b'anybody there?')
    expect('read', error_of(k[lab.a].recv, 1), 'ECONNRESET')


def both_open(lab, x, y):
    """both connect to each other at the same time: one connection"""
    lab.netem('delay', '%dms' % (200 * SLOW))
    lab.port += 1
    k = {}
    for e in (x, y):
        k[e] = e.socket()
        lab.open.append(k[e])
        k[e].bind((e.address, lab.port))
        k[e].setblocking(False)
    for e in (x, y):
        expect('connect', error_of(k[e].connect, (lab.other(e).address, lab.port)), 'EINPROGRESS')
    for e in (x, y):
        expect('writable', poll(k[e], select.POLLOUT), True)
        expect('error', k[e].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR), 0)
        k[e].settimeout(DEADLINE)
    flow(k[x], k[y], 10000)
    flow(k[y], k[x], 10000)
    expect('connections', [e.states(lab.port) for e in (x, y)], [['ESTABLISHED']] * 2)


def killed(lab, x, y):
    """{x}'s program is killed and had something to read: the other one is reset"""
    k = lab.connect()
    program = os.fork()
    if not program:
        k[y].close()
        time.sleep(10 * DEADLINE)
        os._exit(1)
    k[x].close()                        # the program has it still
    k[y].sendall(b'x')
    wait(lambda: queued(k[y], SIOCOUTQ) == 0, 'an acknowledgment')
    os.kill(program, 9)
    os.waitpid(program, 0)
    expect('read', error_of(k[y].recv, 1), 'ECONNRESET')


# Who connects matters, and who begins.
FOUR = (half_close, linger, unread, data_after_close, zero_window, urgent, urgent_inline,
        without_timestamps, without_sack, without_scaling, small_mss, keep_alive, killed)
# Who connects matters.
TWO = (both_ways, options, reopen, cookies, refused, forgotten, both_close)
# Both do the same.
ONE = (both_open,)


def cases(lab):
    for test in FOUR + TWO + ONE:
        for client in (lab.a, lab.b) if test not in ONE else (lab.a,):
            for x in (lab.a, lab.b) if test in FOUR else (lab.a,):
                yield test, client, x


def main():
    lab = Lab(*sys.argv[1:4])
    chosen = sys.argv[4:]
    count = int(os.environ.get('TAP_COUNT', '0'))
    failed = 0
    for test, client, x in cases(lab):
        if chosen and test.__name__ not in chosen:
            continue
        lab.client, lab.server = client, lab.other(client)
        name = test.__doc__.replace('{x}', x.name)
        if test not in ONE:
            name = '%s connects: %s' % (client.name, name)
        count += 1
        why = None
        try:
            test(lab, x, lab.other(x))
        except Failure as e:
            why = str(e)
        except OSError:
            why = traceback.format_exc()
        try:
            lab.clean()
        except OSError:
            why = why or traceback.format_exc()
        print('%sok %d - %s' % ('not ' if why else '', count, name), flush=True)
        if why:
            failed += 1
            print('# %s: %s' % (test.__name__, why.replace('\n', '\n# ')), flush=True)
    print('@points %d %d' % (count, failed))
    sys.exit(bool(failed))


main()
