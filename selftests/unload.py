# SPDX-License-Identifier: GPL-2.0
"""Loads rill, uses it and unloads it, again and again, each time with something else left behind.

usage: unload.py 4|6 RILL.KO ROUNDS NAMESPACE_A NAMESPACE_B

Run by unload.sh, which makes the namespaces: A has 10.77.0.1, B 10.77.0.2, and A believes that
10.77.0.99 lives in B as well. Nobody does there; what is sent in its name comes from here. Over
IPv6 they are fd77::1, fd77::2 and fd77::99.
"""

import ctypes
import errno
import fcntl
import os
import random
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

SLOW = int(os.environ.get('RILL_SLOW', '1'))
DEADLINE = 20 * SLOW
PATIENCE = 0.002

SYS_INIT = 313          # finit_module
SYS_DELETE = 176        # delete_module
ACCEPT4, RECVFROM = 288, 45
CLONE_NEWNET = 0x40000000
AF_RILL = 19

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

libc = ctypes.CDLL(None, use_errno=True)
KMEMLEAK = '/sys/kernel/debug/kmemleak'


class Failure(Exception):
    """The module did not do what it should."""


def call(function, *args):
    result = function(*args)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def wait(condition, what, seconds=DEADLINE):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failure('waited in vain: ' + what)
        time.sleep(PATIENCE)


def text(path):
    with open(path, encoding='ascii') as file:
        return file.read()


# ---- The version of IP ----

class IPv4:
    family, ethertype = socket.AF_INET, 0x800
    a, ghost, loop, loop_ghost = '10.77.0.1', '10.77.0.99', '127.0.0.1', '10.99.0.9'
    rill = 0        # of AF_RILL's protocols

    def pseudo(self, addresses, length):
        return addresses + struct.pack('!HH', 253, length)

    def head(self, addresses, length):
        return struct.pack('!BBHHHBBH', 0x45, 0, 20 + length, 0, 0, 64, 253, 0) + addresses

    def read(self, got):
        """Protocol, destination and segment of a packet."""
        return got[9], got[16:20], got[20:struct.unpack_from('!H', got, 2)[0]]

    def way_to_loop_ghost(self):
        """What is sent there comes back through lo, as nobody's."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, 0x8914, struct.pack('16sH14x', b'lo', 0x41))     # SIOCSIFFLAGS: up
        route = struct.pack('BBBBBBBBI', socket.AF_INET, 24, 0, 0, 254, 3, 253, 1, 0)
        route += struct.pack('HH4s', 8, 1, socket.inet_aton(self.loop_ghost)[:3] + b'\0')
        route += struct.pack('HHi', 8, 4, socket.if_nametoindex('lo'))
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
            sock.send(struct.pack('IHHII', 16 + len(route), 24, 0x405, 1, 0) + route)
            if struct.unpack_from('i', sock.recv(4096), 16)[0]:
                raise Failure('no route by the loopback device')


class IPv6:
    family, ethertype = socket.AF_INET6, 3      # ETH_P_ALL: what leaves by a dummy, too
    a, ghost, loop, loop_ghost = 'fd77::1', 'fd77::99', '::1', 'fd96::9'
    rill = 1

    def pseudo(self, addresses, length):
        return addresses + struct.pack('!II', length, 253)

    def head(self, addresses, length):
        return struct.pack('!IHBB', 6 << 28, length, 253, 64) + addresses

    def read(self, got):
        if got[0] >> 4 != 6:
            return 0, b'', b''
        return got[6], got[24:40], got[40:40 + struct.unpack_from('!H', got, 4)[0]]

    def way_to_loop_ghost(self):
        """By a dummy: IPv6 takes a route by lo for one that is barred."""
        words = ('link set lo up', 'link add hole type dummy', 'link set hole up',
                 'route add fd96::/64 dev hole')
        subprocess.run(['ip', '-6', '-batch', '-'], input='\n'.join(words), text=True, check=True)


IP = IPv4()             # set by main()


def doors():
    """Families and protocols that lead to the module."""
    return (IP.family, 253), (AF_RILL, IP.rill)


# ---- The module ----

class Module:
    def __init__(self, path):
        self.fd = os.open(path, os.O_RDONLY)

    def insert(self, options=''):
        """0 or an errno."""
        if libc.syscall(SYS_INIT, self.fd, options.encode(), 0) == 0:
            return 0
        return ctypes.get_errno()

    def remove(self):
        if libc.syscall(SYS_DELETE, b'rill', os.O_NONBLOCK) == 0:
            return 0
        return ctypes.get_errno()

    def load(self, options=''):
        err = self.insert(options)
        if err:
            raise Failure('does not load: ' + os.strerror(err))

    def unload(self, users=False):
        """With no socket open it is never refused; USERS says that others have some, at times."""
        end = time.monotonic() + DEADLINE
        err = self.remove()
        while users and err == errno.EAGAIN and time.monotonic() < end:
            time.sleep(PATIENCE)
            err = self.remove()
        if err:
            raise Failure('does not unload: %s\n%s\n%s' % (os.strerror(err), loaded(), table()))
        nothing_left()

    def refused(self, what):
        err = self.remove()
        if err != errno.EAGAIN:
            raise Failure('with %s unloading gives %s' % (what, os.strerror(err)))


def loaded():
    return next((line for line in text('/proc/modules').splitlines()
                 if line.startswith('rill ')), '')


def nothing_left():
    """What a module that is not loaded has no right to."""
    left = [loaded()]
    left += [name for name in ('/proc/net/rill', '/proc/net/rill_stat', '/proc/sys/net/rill',
                               '/sys/module/rill') if os.path.exists(name)]
    left += [line for line in text('/proc/net/protocols').splitlines() if line.startswith('RILL')]
    try:
        left += re.findall(r'^(?:rill_|RILL)\S*', text('/proc/slabinfo'), re.MULTILINE)
    except FileNotFoundError:
        pass
    left = [item for item in left if item]
    if left:
        raise Failure('left behind: ' + ' '.join(left))
    for family, protocol in doors():
        if libc.socket(family, socket.SOCK_STREAM, protocol) != -1:
            raise Failure('there are sockets without the module')


# ---- Namespaces ----

home = os.open('/proc/self/ns/net', os.O_RDONLY)
A = B = home            # set by main()
NAME_A = ''


def enter(namespace):
    call(libc.setns, namespace, CLONE_NEWNET)


class within:
    def __init__(self, namespace):
        self.namespace = namespace

    def __enter__(self):
        enter(self.namespace)

    def __exit__(self, *_):
        enter(home)


def table():
    lines = []
    for namespace in (home, A, B):
        with within(namespace):
            if os.path.exists('/proc/thread-self/net/rill'):
                lines += text('/proc/thread-self/net/rill').splitlines()[1:]
    return '\n'.join(lines)


def stat(namespace, name):
    with within(namespace):
        return int(dict(line.split() for line in
                        text('/proc/thread-self/net/rill_stat').splitlines())[name])


def states(namespace):
    with within(namespace):
        return [line.split()[3] for line in text('/proc/thread-self/net/rill').splitlines()[1:]]


def state_is(namespace, state, number=1):
    wait(lambda: states(namespace).count(state) == number, '%d in %s' % (number, state))


def setting(namespace, name, value):
    with within(namespace):
        with open('/proc/sys/net/rill/' + name, 'w', encoding='ascii') as file:
            file.write(str(value))


def own_namespace():
    """A new one with a loopback device and a way to the ghost there; the caller stays in it."""
    call(libc.unshare, CLONE_NEWNET)
    IP.way_to_loop_ghost()


# ---- Sockets ----

opened = []


def keep(sock):
    sock.settimeout(DEADLINE)
    opened.append(sock)
    return sock


def new(namespace, family=None, protocol=253):
    """A socket of either face; Python knows no addresses of AF_RILL's (or another FAMILY's)."""
    with within(namespace):
        fd = call(libc.socket, family or IP.family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC,
                  IP.rill if family else protocol)
    return keep(socket.socket(IP.family, socket.SOCK_STREAM, protocol, fileno=fd))


def listener(namespace, address, port=0, **face):
    sock = new(namespace, **face)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen(50)
    return sock


def accept(server):
    return keep(server.accept()[0])


def connected(namespace_a=None, address=None, namespace_b=None, **face):
    """Both ends of a connection, and the listener."""
    server = listener(namespace_a or A, address or IP.a, **face)
    client = new(namespace_b or B, **face)
    client.connect(server.getsockname())
    return client, accept(server), server


def exchange(one, other, amount=30000):
    data = os.urandom(amount)
    for sender, receiver in ((one, other), (other, one)):
        sender.sendall(data)
        got = b''
        while len(got) < amount:
            more = receiver.recv(65536)
            if not more:
                raise Failure('the stream ended after %d' % len(got))
            got += more
        if got != data:
            raise Failure('other data came than was sent')


def close_all():
    while opened:
        opened.pop().close()


def abort(sock):
    """close() with an RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    sock.close()


# ---- A peer that only does what it is told ----

def checksum(data):
    data += b'\0' * (len(data) % 2)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(source, target, sport, dport, seq, ack, flags, data=b'', window=65535):
    addresses = socket.inet_pton(IP.family, source) + socket.inet_pton(IP.family, target)
    segment = struct.pack('!HHIIBBHHH', sport, dport, seq & 0xffffffff, ack & 0xffffffff, 5 << 4,
                          flags, window, 0, 0) + data
    whole = checksum(IP.pseudo(addresses, len(segment)) + segment)
    segment = segment[:16] + struct.pack('!H', whole) + segment[18:]
    return IP.head(addresses, len(segment)) + segment


class Ghost:
    def __init__(self, target, source=None, namespace=None):
        """Sends from NAMESPACE (B) in the name of SOURCE to TARGET, a listener's address."""
        with within(namespace or B):
            self.raw = keep(socket.socket(IP.family, socket.SOCK_RAW, socket.IPPROTO_RAW))
            self.tap = keep(socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                                          socket.htons(IP.ethertype)))
        self.source, (self.target, self.dport) = source or IP.ghost, target[:2]
        self.sport = self.seq = self.ack = 0

    def send(self, flags, data=b'', ahead=0, **more):
        self.raw.sendto(packet(self.source, self.target, self.sport, self.dport, self.seq + ahead,
                               self.ack, flags, data, **more), (self.target, 0))

    def expect(self, flags):
        """The next segment for this port with all of these flags; returns its data's length."""
        end = time.monotonic() + DEADLINE
        while True:
            ready, _, _ = select.select([self.tap], [], [], max(end - time.monotonic(), 0))
            if not ready:
                raise Failure('the peer got no segment with flags %#x' % flags)
            protocol, target, got = IP.read(self.tap.recv(65536))
            if protocol != 253 or target != socket.inet_pton(IP.family, self.source):
                continue
            sport, dport, seq, _, offset, found = struct.unpack_from('!HHIIBB', got)
            if (sport, dport) == (self.dport, self.sport) and found & flags == flags:
                length = len(got) - (offset >> 4) * 4
                self.ack = seq + length + bool(found & (SYN | FIN))
                return length

    def half_open(self, port=1024):
        self.sport, self.seq, self.ack = port, 1000000, 0
        self.send(SYN)
        self.expect(SYN | ACK)
        self.seq += 1

    def connect(self, server):
        self.half_open()
        self.send(ACK)
        return accept(server)


def half_open(server, number, **where):
    ghost = Ghost(server.getsockname(), **where)
    for port in range(1024, 1024 + number):
        ghost.half_open(port)
    return ghost


# ---- What may be left behind: each is called with the module loaded, and a number that counts ----

FACES = ({}, {'family': AF_RILL})


def nothing(module, turn):
    """no traffic"""


def traffic(module, turn):
    """traffic over both faces and two devices"""
    for face in FACES:
        exchange(*connected(**face)[:2])
        exchange(*connected(A, IP.loop, A, **face)[:2])
    module.refused('connections')


def idle_socket(module, turn):
    """a socket that does nothing"""
    new(B, **FACES[turn % 2])
    module.refused('a socket')


def listening(module, turn):
    """a listener"""
    listener(A, IP.a, **FACES[turn % 2])
    module.refused('a listener')


def connection(module, turn):
    """an idle connection; rmmod says so"""
    pair = connected(**FACES[turn % 2])
    run = subprocess.run(['rmmod', 'rill'], stderr=subprocess.PIPE, check=False)
    if run.returncode == 0 or b'in use' not in run.stderr:
        raise Failure('rmmod says %r' % run.stderr)
    exchange(*pair[:2])


def unaccepted(module, turn):
    """a connection that nobody accepted"""
    server = listener(A, IP.a, **FACES[turn % 2])
    client = new(B)
    client.connect(server.getsockname())
    client.send(b'for nobody')
    wait(lambda: stat(A, 'PassiveOpens'), 'a child')
    if turn % 2:
        client.close()
    module.refused('a child')


def blocked(module, turn):
    """a call that waits"""
    client, child, server = connected(**FACES[turn % 2])
    sock, number = ((server, ACCEPT4), (client, RECVFROM))[turn % 2]
    sock.settimeout(None)

    def waits():
        try:
            (sock.accept if sock is server else lambda: sock.recv(1))()
        except OSError:
            pass

    thread = threading.Thread(target=waits, daemon=True)
    thread.start()
    call_of = '/proc/self/task/%d/syscall' % thread.native_id
    wait(lambda: text(call_of).split()[0] == str(number), 'the call')
    module.refused('a call that waits')
    sock.shutdown(socket.SHUT_RDWR)
    thread.join(DEADLINE)
    if thread.is_alive():
        raise Failure('shutdown() does not end the call')
    child.close()


def syn_sent(module, turn):
    """a SYN without an answer"""
    sock = new(A, **FACES[turn % 2])
    sock.setblocking(False)
    if sock.connect_ex((IP.ghost, 9)) != errno.EINPROGRESS:
        raise Failure('connect() does not begin')
    module.refused('SYN-SENT')


def time_wait(module, turn):
    """TIME-WAIT entries"""
    for _ in range(5):
        client, child, server = connected(**FACES[turn % 2])
        first, second = (client, child) if turn % 2 else (child, client)
        first.close()
        if second.recv(1) != b'':
            raise Failure('no end of the stream')
        second.close()
        server.close()
    state_is((A, B)[turn % 2], 'TIME-WAIT', 5)


def requests(module, turn):
    """half-open connections"""
    server = listener(A, IP.a)
    half_open(server, 20)
    if stat(A, 'Requests') != 20:
        raise Failure('%d half-open connections' % stat(A, 'Requests'))
    if turn % 2:
        module.refused('a listener with requests')
    server.close()


def out_of_order(module, turn):
    """data queued out of order"""
    server = listener(A, IP.a, **FACES[turn % 2])
    ghost = Ghost(server.getsockname())
    child = ghost.connect(server)
    for hole in range(1, 9):
        ghost.send(ACK, b'x' * 500, ahead=hole * 1000)
    wait(lambda: stat(A, 'OutOfOrder') == 8, 'the queue')
    module.refused('data queued')
    if turn % 2:
        abort(child)
    else:
        child.close()
        ghost.expect(FIN)
        ghost.send(RST | ACK)


def left_alone(module, server, ghost):
    """Nobody but the module has the connection: unloading resets it."""
    server.close()
    module.unload()
    ghost.expect(RST)
    module.load()


def fin_wait_1(module, turn):
    """data that nobody acknowledges, without its user"""
    server = listener(A, IP.a)
    ghost = Ghost(server.getsockname())
    child = ghost.connect(server)
    child.send(b'x' * 3000)
    child.close()
    state_is(A, 'FIN-WAIT-1')
    module.refused('a listener')
    left_alone(module, server, ghost)


def zero_window(module, turn):
    """data for a peer that keeps its window shut, without its user"""
    server = listener(A, IP.a, **FACES[turn % 2])
    ghost = Ghost(server.getsockname())
    child = ghost.connect(server)
    ghost.send(ACK, window=0)
    ghost.send(ACK, b'x', window=0)
    child.recv(1)
    child.send(b'x' * 3000)
    child.close()
    state_is(A, 'FIN-WAIT-1')
    left_alone(module, server, ghost)


def fin_wait_2(module, turn):
    """FIN-WAIT-2 without its user"""
    server = listener(A, IP.a, **FACES[turn % 2])
    ghost = Ghost(server.getsockname())
    child = ghost.connect(server)
    child.close()
    ghost.expect(FIN)
    ghost.send(ACK)
    state_is(A, 'FIN-WAIT-2')
    if turn % 4 == 3:
        ghost.send(FIN | ACK)
        state_is(A, 'TIME-WAIT')
    else:
        left_alone(module, server, ghost)


def last_ack(module, turn):
    """LAST-ACK"""
    server = listener(A, IP.a)
    ghost = Ghost(server.getsockname())
    child = ghost.connect(server)
    ghost.send(FIN | ACK)
    if child.recv(1) != b'':
        raise Failure('no end of the stream')
    child.close()
    state_is(A, 'LAST-ACK')


def on_the_way(module, turn):
    """segments that a device still has when their connection is gone"""
    client, child, server = connected(**FACES[turn % 2])
    delay = ['tc', '-n', NAME_A, 'qdisc', 'add', 'dev', 'a0', 'root', 'netem', 'delay', '50ms']
    subprocess.run(delay, check=True)
    try:
        child.send(b'x' * 3000)
        abort(child)
        client.close()
        server.close()
        module.unload()
    finally:
        subprocess.run(delay[:4] + ['del'] + delay[5:8], check=True)
    module.load()


def busy(module, turn):
    """data in full flow while it is tried"""
    client, child, _ = connected(**FACES[turn % 2])
    stop = threading.Event()
    moved = []

    def send():
        while not stop.is_set():
            client.sendall(b'x' * 20000)
        client.shutdown(socket.SHUT_WR)

    def receive():
        got = True
        while got:
            got = child.recv(65536)
            moved.append(len(got))

    threads = [threading.Thread(target=run, daemon=True) for run in (send, receive)]
    for thread in threads:
        thread.start()
    for enough in range(5):
        wait(lambda: len(moved) > enough, 'data')      # pylint: disable=cell-var-from-loop
        module.refused('data in flow')
    stop.set()
    for thread in threads:
        thread.join(DEADLINE)
        if thread.is_alive():
            raise Failure('the stream is stuck')


def child_process(work, *without):
    """Does WORK over and over, until it is killed; it has no use for the sockets WITHOUT."""
    pid = os.fork()
    if pid:
        return pid
    try:
        for sock in without:
            sock.close()
        while True:
            work()
    finally:
        os._exit(1)


def end_process(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def segments(module, turn):
    """segments that come in all the time"""
    server = listener(A, IP.a, 7)
    ghost = Ghost(server.getsockname())
    pieces = [(SYN, b''), (ACK, b'x' * 100), (SYN | ACK, b''), (FIN | ACK, b''), (RST, b'')]

    def flood():
        for flags, data in pieces:
            ghost.sport = ghost.sport % 60000 + 1
            ghost.send(flags, data)
        # Leave some of the CPU to what they arrive at.
        time.sleep(PATIENCE)

    # The child must not hold the listener open.
    pid = child_process(flood, server)
    try:
        wait(lambda: stat(A, 'InSegs') > 50 and stat(A, 'Requests'), 'segments')
        server.close()
        module.unload()
        module.load()
        wait(lambda: stat(A, 'InNoSocket'), 'segments')
        module.unload()
    finally:
        end_process(pid)
    module.load()


def sockets(module, turn):
    """programs that open sockets all the time"""
    def work():
        # Leave gaps in which there are none.
        time.sleep(random.random() * 0.1 * SLOW)
        for family, protocol in doors():
            fd = libc.socket(family, socket.SOCK_STREAM, protocol)
            if fd == -1:
                continue
            with socket.socket(IP.family, socket.SOCK_STREAM, 253, fileno=fd) as sock:
                sock.connect_ex((IP.loop, 1))

    pid = child_process(work)
    try:
        wait(lambda: stat(home, 'ActiveOpens') > 2, 'sockets')
        module.unload(users=True)
        module.load()
        wait(lambda: stat(home, 'ActiveOpens'), 'sockets')
    finally:
        end_process(pid)


def namespace_gone(module, turn):
    """a namespace that goes with all it has"""
    own_namespace()
    own = os.open('/proc/thread-self/ns/net', os.O_RDONLY)
    enter(home)
    try:
        pair = connected(own, IP.loop, own, **FACES[turn % 2])
        exchange(*pair[:2])
        for _ in range(3):
            client, child, server = connected(own, IP.loop, own)
            client.close()
            child.recv(1)
            child.close()
            server.close()
        state_is(own, 'TIME-WAIT', 3)
        server = listener(own, IP.loop)
        half_open(server, 5, source=IP.loop_ghost, namespace=own)
        if stat(own, 'Requests') != 5:
            raise Failure('%d half-open connections' % stat(own, 'Requests'))
    finally:
        os.close(own)
    # Only the sockets hold it now. Closing them ends the namespace, beside the unloading.
    module.refused('connections in a namespace that nobody can reach')
    exchange(*pair[:2])


def open_files(module, turn):
    """files of /proc that are being read"""
    connected()
    client, child, server = connected()
    with within(A):
        files = [os.open('/proc/thread-self/net/' + name, os.O_RDONLY)
                 for name in ('rill', 'rill_stat')]
        files.append(os.open('/proc/sys/net/rill/fin_timeout', os.O_RDWR))
    try:
        for fd in files:
            os.read(fd, 10)
        close_all()
        module.unload()
        for fd in files:
            try:
                os.lseek(fd, 0, os.SEEK_SET)
                if os.read(fd, 10):
                    raise Failure('a file of the module that is gone can be read')
            except OSError:
                pass
    finally:
        for fd in files:
            os.close(fd)
    module.load()


def bad_options(module, turn):
    """options that are refused"""
    module.unload()
    options, err = (('protocol=6', errno.EINVAL), ('family=2', errno.EBUSY),
                    ('family=46', errno.EINVAL), ('protocol=x', errno.EINVAL))[turn % 4]
    got = module.insert(options)
    if got != err:
        raise Failure('%s gives %s' % (options, os.strerror(got)))
    nothing_left()
    module.load()
    if module.insert() != errno.EEXIST:
        raise Failure('it can be loaded twice')
    exchange(*connected()[:2])


def other_numbers(module, turn):
    """other numbers than usual"""
    module.unload()
    module.load('protocol=254 family=23')
    exchange(*connected(protocol=254)[:2])
    exchange(*connected(family=23)[:2])
    for family, protocol in doors():
        if libc.socket(family, socket.SOCK_STREAM, protocol) != -1:
            raise Failure('the usual numbers are there as well')
    module.refused('other numbers')


VARIANTS = (nothing, traffic, idle_socket, listening, connection, unaccepted, blocked, syn_sent,
            time_wait, requests, out_of_order, fin_wait_1, zero_window,
            fin_wait_2, last_ack, on_the_way, busy, segments,
            sockets, namespace_gone, open_files, bad_options, other_numbers)


# ---- The rounds ----

class Results:
    def __init__(self):
        self.count = self.failed = 0

    def point(self, name, why=''):
        self.count += 1
        self.failed += bool(why)
        print('%sok %d - %s' % ('not ' if why else '', self.count, name))
        for line in str(why).splitlines()[:30]:
            print('# ' + line)


def a_round(module, variant, turn):
    """None, or why not."""
    why = None
    try:
        module.load()
        variant(module, turn)
    except (Failure, OSError) as failure:
        why = '%s: %s' % (type(failure).__name__, failure)
    enter(home)
    close_all()
    try:
        module.unload()
    except Failure as failure:
        why = why or str(failure)
    return why and 'turn %d: %s' % (turn, why)


def hurry(number):
    """Unloading waits for a dozen grace periods. Ask for short ones, but not always."""
    with open('/sys/kernel/rcu_expedited', 'w', encoding='ascii') as file:
        file.write(str(int(number % 8 != 0)))


def kernel_memory():
    """KiB that no process has."""
    sizes = dict(re.findall(r'^(\w+):\s+(\d+) kB$', text('/proc/meminfo'), re.MULTILINE))
    return sum(int(sizes.get(name, 0)) for name in ('SUnreclaim', 'Percpu', 'VmallocUsed'))


def search_leaks():
    """What kmemleak finds. An object must be 5 s old and look the same in two searches."""
    begun = time.monotonic()
    for _ in range(2):
        wait(lambda: time.monotonic() > begun + 6, 'the clock')
        with open(KMEMLEAK, 'w', encoding='ascii') as file:
            file.write('scan')
    return text(KMEMLEAK)


def main(version, path, rounds, name_a, name_b):
    global IP, A, B, NAME_A     # pylint: disable=global-statement
    IP, NAME_A = {4: IPv4, 6: IPv6}[version](), name_a
    A, B = (os.open('/run/netns/' + name, os.O_RDONLY) for name in (name_a, name_b))
    results = Results()
    module = Module(path)
    debug = os.path.exists(KMEMLEAK)
    if loaded():
        module.unload()
    done = {variant: [] for variant in VARIANTS}
    took = {}
    before, warm = 0, 2 * len(VARIANTS)
    for number in range(rounds):
        if number == warm:
            before = kernel_memory()
        turn, which = divmod(number, len(VARIANTS))
        start = time.monotonic()
        hurry(number)
        done[VARIANTS[which]].append(a_round(module, VARIANTS[which], turn))
        took[VARIANTS[which]] = took.get(VARIANTS[which], 0) + time.monotonic() - start
        if loaded():
            break
    for variant, outcome in done.items():
        bad = [why for why in outcome if why]
        results.point('%s: %d rounds' % (variant.__doc__, len(outcome)), '\n'.join(bad))
        if outcome:
            print('# %.2f s a round' % (took[variant] / len(outcome)))
    total = sum(len(outcome) for outcome in done.values())
    results.point('%d rounds of %d' % (total, rounds), '' if total == rounds else 'it is stuck')
    try:
        nothing_left()
        results.point('nothing is left')
    except Failure as failure:
        results.point('nothing is left', failure)
    if debug:
        results.point('kmemleak finds nothing', search_leaks())
    elif rounds > 2 * warm:
        grown = (kernel_memory() - before) / (rounds - warm)
        results.point('the kernel keeps no memory of it',
                      '%.1f KiB a round' % grown if grown > 4 else '')
        print('# %.1f KiB a round' % grown)
    print('1..%d' % results.count)
    return results.failed != 0


if __name__ == '__main__':
    sys.exit(main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]))
