# SPDX-License-Identifier: GPL-2.0
"""Where a wire test takes place.

          the namespace under test            the peer's namespace
        +--------------------------+        +------------------------+
        | the test's sockets       |        | no address, no stack:  |
        | (proto 253 = rill, 6)    |        | only a packet socket   |
        |        10.0.0.1 on v0 ===|== veth=|=== p0 (10.0.0.2)       |
        |         fd77::1          |        |     (fd77::2)          |
        +--------------------------+        +------------------------+

The version of IP is the run's. The MTU is what a segment of 1460 octets (Wire's mss) needs, so that
either version makes the same segments.
"""
import contextlib
import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
import subprocess
import time

from ip import VERSIONS
from peer import PATIENCE, Peer
from segment import MOD, Seg, WireError, stream

HOST_MAC, PEER_MAC = '02:00:00:00:00:01', '02:00:00:00:00:02'
MAC = bytes.fromhex(HOST_MAC.replace(':', ''))
RILL = 253
SOL_RILL = 253
CLONE_NEWNET = 0x40000000
SO_TIMESTAMPNS = 35
ETH_P_ALL = 3
PACKET_IGNORE_OUTGOING = 23
STATES = ['', 'ESTABLISHED', 'SYN-SENT', 'SYN-RECEIVED', 'FIN-WAIT-1',
          'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED', 'CLOSE-WAIT', 'LAST-ACK',
          'LISTEN', 'CLOSING', 'SYN-RECEIVED']

libc = ctypes.CDLL(None, use_errno=True)


def new_netns():
    """Moves this process into a fresh network namespace; returns its fd."""
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'unshare')
    return os.open('/proc/self/ns/net', os.O_RDONLY | os.O_CLOEXEC)


def enter_netns(fd):
    if libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), 'setns')


def port(address):
    """Of an address and port: /proc/net/rill has them as 10.0.0.1:7000 or [fd77::1]:7000."""
    return int(address.rpartition(':')[2].replace('*', '0'))


def write(path, value):
    with open(path, 'w') as f:
        f.write(str(value))


def ipv6(name, value):
    """A setting of all devices that are yet to come."""
    write('/proc/sys/net/ipv6/conf/default/' + name, value)


def ifreq(name, data):
    return struct.pack('16s24s', name.encode(), data)


def link_up(name, mtu):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, 0x8922, ifreq(name, struct.pack('i', mtu)))  # SIOCSIFMTU
        fcntl.ioctl(s, 0x8914, ifreq(name, struct.pack('h', 0x1043)))  # SIOCSIFFLAGS


def offloads_off(name):
    """Every packet is to leave as it would on a plain wire: cut and summed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for cmd in (0x1f, 0x24, 0x17, 0x2c):    # ETHTOOL_STSO SGSO STXCSUM SGRO
            value = ctypes.create_string_buffer(struct.pack('II', cmd, 0))
            with contextlib.suppress(OSError):
                fcntl.ioctl(s, 0x8946, ifreq(name, struct.pack('P', ctypes.addressof(value))))


class Wire:
    """Two namespaces, the veth between them and all peers of one test."""

    def __init__(self, proto, version=4, mss=1460):
        self.proto, self.rill = proto, proto == RILL
        self.ips = {number: ip() for number, ip in VERSIONS.items()}
        self.ip = self.ips[version]
        self.peers, self.transcript, self.sockets, self.strays = [], [], [], []
        self.isns, self.ports, self.pings = 0x10203040, 40000, 0
        self.keep = None        # a list: what comes is put there as octets, too
        self.held, self.holding = [], False
        self.start = time.time()
        self.peer_ns = new_netns()
        ipv6('disable_ipv6', 1)
        self.ns = new_netns()
        # Nothing is sent but what a test asks for.
        for name, value in (('accept_dad', 0), ('accept_ra', 0), ('router_solicitations', 0)):
            ipv6(name, value)
        self.taps = {}      # a packet socket at the far end of each of the host's devices
        self.mtu = (mss or self.ip.default_mss) + self.ip.header + 20
        self.device('v0', [(ip.host, ip.peer, ip) for ip in self.ips.values() if ip.version <= version],
                    'link set lo up\n')
        write('/proc/sys/net/ipv4/ip_local_port_range', '50000 59999')
        # Its window is what a test can count by heart.
        self.sysctl('congestion_control', 'reno')
        self.carrier()

    # -- the wire -----------------------------------------------------------

    def device(self, near, addresses, batch=''):
        """A veth pair: the host's end with these addresses, of host and peer, a packet socket at the other.

        All by one program, with what stands in batch: on a debug kernel each takes its time.
        """
        far, mtu = near.replace('v', 'p'), self.mtu
        path = '/proc/%d/fd/%d' % (os.getpid(), self.peer_ns)
        batch += 'link add %s address %s type veth peer name %s address %s netns %s\n' % (
            near, HOST_MAC, far, PEER_MAC, path)
        batch += 'link set %s mtu %d up\n' % (near, mtu)
        for host, peer, ip in addresses:
            batch += self.address_batch(near, host, peer, ip)
        subprocess.run(['ip', '-batch', '-'], input=batch.encode(), check=True)
        offloads_off(near)
        enter_netns(self.peer_ns)
        link_up(far, max(mtu, 1500))
        packet = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        packet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        packet.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        packet.setsockopt(263, PACKET_IGNORE_OUTGOING, 1)   # SOL_PACKET
        packet.bind((far, ETH_P_ALL))
        enter_netns(self.ns)
        self.taps[near] = packet

    @staticmethod
    def address_batch(dev, host, peer, ip):
        nodad = ' nodad' * (ip.version == 6)
        return 'addr add %s/%s dev %s%s\nneigh add %s lladdr %s dev %s nud permanent\n' % (
            host, ip.subnet, dev, nodad, peer, PEER_MAC, dev)

    def address(self, dev, host, peer, ip):
        """An address for the host, and where the peer's is found."""
        subprocess.run(['ip', '-batch', '-'], input=self.address_batch(dev, host, peer, ip).encode(), check=True)

    def log(self, who, text):
        self.transcript.append('%8.3f %s %s' % (time.time() - self.start, who, text))

    def next_isn(self):
        self.isns += 0x01000000
        return self.isns % MOD

    def emit(self, body, pad=0, proto=None, ip=None, src=None, dst=None, dev='v0', **fields):
        """Puts an IP packet on the wire; returns when, by the packet clock."""
        now, ip = time.time(), ip or self.ip
        for packet in ip.packets(body, proto or self.proto, src or ip.peer, dst or ip.host, **fields):
            self.held.append((dev, packet + b'\xff' * pad, ip.ethertype))
        if not self.holding:
            self.release()
        return now

    def release(self):
        for dev, packet, ethertype in self.held:
            self.taps[dev].sendto(packet, (dev.replace('v', 'p'), ethertype, 0, 0, MAC))
        self.held = []

    @contextlib.contextmanager
    def together(self):
        """Segments sent in this block leave at its end, one right after the other."""
        self.holding = True
        yield
        self.holding = False
        self.release()

    def poll(self, timeout):
        """Takes what has come; False when nothing came in time."""
        ready = select.select(list(self.taps.values()), [], [], max(0, timeout))[0]
        if not ready:
            return False
        data, ancillary, _, addr = ready[0].recvmsg(65600, 256)
        ip = next((ip for ip in self.ips.values() if ip.ethertype == addr[1]), None)
        if ip:
            stamp = struct.unpack('qq', ancillary[0][2][:16])
            self.arrives(ip, ip.parse(data), stamp[0] + stamp[1] / 1e9, addr[0].replace('p', 'v'))
        return True

    def arrives(self, ip, packet, t, dev):
        if packet.proto == ip.icmp:
            self.icmp(ip, packet)
        elif packet.proto == self.proto:
            self.segment(Seg(ip, packet, t), ip, packet.body, dev)

    def segment(self, seg, ip, octets, dev):
        if self.keep is not None:
            self.keep.append(octets)
        for p in self.peers:
            if (p.ip, p.dev) == (ip, dev) and p.port == seg.dport and p.host_port in (None, seg.sport):
                p.queue.append(p.relative(seg))
                break
        else:
            self.strays.append(seg)
        self.transcript.append('%8.3f < %5d %s' % (seg.t - self.start, seg.dport, seg))

    def icmp(self, ip, packet):
        if ip.is_echo_reply(packet):    # ours has come back
            self.pings -= 1
        else:
            self.log('< icmp ', 'type %d code %d' % (packet.body[0], packet.body[1]))

    def ping(self):
        self.emit(self.ip.echo(self.ip.peer, self.ip.host), proto=self.ip.icmp)
        self.pings += 1

    def carrier(self):
        """Waits for a fresh veth pair to pass packets in both directions."""
        sent = self.pings
        deadline = time.time() + PATIENCE
        while self.pings == sent:
            if time.time() > deadline:
                raise WireError('the veth pair does not come up')
            self.ping()
            sent = self.pings
            self.poll(0.05)
        while self.poll(0.05):
            pass
        self.pings = 0

    def sync(self):
        """Waits until the host has handled everything sent so far.

        An ICMP echo takes the same way through the host's receive path as the
        segments before it, so whatever they caused at once precedes its answer.
        """
        self.ping()
        deadline = time.time() + PATIENCE
        while self.pings:
            if not self.poll(deadline - time.time()):
                raise WireError('the host does not answer an ICMP echo')

    def settle(self):
        """As sync(), but also for what the host sends a moment later, from a tasklet."""
        self.sync()
        self.sleep(0.1)
        self.sync()

    def quiet(self, during=0.0):
        """Fails when anything has come that no test has asked for."""
        self.sleep(during)
        self.sync()
        left = [str(s) for s in self.strays] + [str(s) for p in self.peers
                                                for s in p.queue if not p.repeated(s)]
        if left:
            raise WireError('unexpected: [%s]' % '], ['.join(left))

    def sleep(self, seconds):
        """Time passes; what comes meanwhile is kept."""
        deadline = time.time() + seconds
        while time.time() < deadline:
            self.poll(deadline - time.time())

    def until(self, condition, what, within=PATIENCE):
        deadline = time.time() + within
        while not condition():
            if time.time() > deadline:
                raise WireError('in vain: ' + (what() if callable(what) else what))
            self.poll(0.01)

    # -- the program's side -------------------------------------------------

    def socket(self, ip=None):
        s = socket.socket((ip or self.ip).family, socket.SOCK_STREAM, self.proto)
        s.setblocking(False)
        self.sockets.append(s)
        return s

    def peer(self, host_port=None, number=None, isn=None, **where):
        self.ports += 1
        p = Peer(self, number or self.ports, host_port, isn, **where)
        self.peers.append(p)
        return p

    def listen(self, port=7000, backlog=16, **sockopts):
        s = self.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for name, value in sockopts.items():
            s.setsockopt(socket.SOL_SOCKET, getattr(socket, 'SO_' + name.upper()), value)
        s.bind((self.ip.host, port))
        s.listen(backlog)
        return s

    def connect(self, p, s=None, port=0):
        """Begins an active open to p; the program does not wait for it."""
        s = s or self.socket()
        if port:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((self.ip.host, port))
        err = s.connect_ex((self.ip.peer, p.port))
        if err != errno.EINPROGRESS:
            raise WireError('connect: %s' % errno.errorcode.get(err, err))
        return s

    def wait(self, s, mask, within=PATIENCE):
        poll = select.poll()
        poll.register(s, mask)
        self.until(lambda: poll.poll(0), 'poll %#x on the socket' % mask, within)

    def accept(self, listener):
        self.wait(listener, select.POLLIN)
        s, _ = listener.accept()
        s.setblocking(False)
        self.sockets.append(s)
        return s

    def read(self, s, n, start=1):
        """Reads n octets and checks that they are the test stream's."""
        got = b''
        while len(got) < n:
            self.wait(s, select.POLLIN)
            chunk = s.recv(n - len(got))
            if not chunk:
                raise WireError('end of file after %d of %d octets' % (len(got), n))
            got += chunk
        if got != stream(start, start + n):
            raise WireError('the program read the wrong octets')

    def write(self, s, n, start=1):
        """Writes n octets of the test stream; all must fit the send buffer."""
        sent = s.send(stream(start, start + n))
        if sent != n:
            raise WireError('only %d of %d octets fitted' % (sent, n))

    def eof(self, s):
        self.wait(s, select.POLLIN)
        if s.recv(1) != b'':
            raise WireError('expected end of file')

    def error(self, s, name, within=PATIENCE):
        """The program's next receive fails with this errno."""
        self.wait(s, select.POLLIN | select.POLLERR | select.POLLHUP, within)
        try:
            got = s.recv(1)
        except OSError as e:
            if errno.errorcode[e.errno] == name:
                return
            raise WireError('recv: %s, expected %s' % (errno.errorcode[e.errno], name))
        raise WireError('recv returned %r, expected %s' % (got, name))

    def refused(self, s, name, within=PATIENCE):
        """The open that is under way fails with this errno."""
        self.wait(s, select.POLLOUT, within)
        err = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if errno.errorcode.get(err) != name:
            raise WireError('connect: %s, expected %s' % (errno.errorcode.get(err, err), name))

    def idle(self, s):
        """Nothing for the program to read, no connection to accept."""
        poll = select.poll()
        poll.register(s, select.POLLIN)
        if poll.poll(0):
            raise WireError('the socket is readable')

    def discard(self, s):
        """Closes a socket in such a way that nothing of it is left over."""
        self.sockets.remove(s)
        s.close()

    def abort(self, s):
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.discard(s)

    def drain(self, p):
        """Forgets what is under way to p: what comes now is not judged."""
        self.sync()
        while p.queue:
            with contextlib.suppress(WireError):
                p.next(within=0)

    # -- the kernel's books -------------------------------------------------

    def sysctl(self, name, value):
        write(('/proc/sys/net/rill/%s' if self.rill else '/proc/sys/net/ipv4/tcp_%s') % name, value)

    def ip_sysctl(self, name, value):
        """Of the network layer below, the same whatever protocol is tested."""
        with open('/proc/sys/net/' + name, 'w') as f:
            f.write(str(value))

    def route(self, *words):
        """The peer gets a route of its own, with these words of ip-route(8)."""
        subprocess.run(['ip', 'route', 'add', self.ip.peer, 'dev', 'v0', *words], check=True)

    def states(self):
        """{(host port, peer port): state} of everything in the socket table."""
        if self.rill:
            return self.rill_states()
        table = {}
        for name in ('/proc/net/tcp', '/proc/net/tcp6'):
            with open(name) as f:
                for line in f.readlines()[1:]:
                    field = line.split()
                    ports = tuple(int(a.split(':')[1], 16) for a in field[1:3])
                    table[ports] = STATES[int(field[3], 16)]
        return table

    def rill_states(self):
        with open('/proc/net/rill') as f:
            lines = [line.split() for line in f]
        local, remote, state = (lines[0].index(name) for name in ('local', 'remote', 'state'))
        return {(port(line[local]), port(line[remote])): line[state] for line in lines[1:]}

    def counters(self):
        if self.rill:
            with open('/proc/net/rill_stat') as f:
                return {k: int(v) for k, v in (line.split() for line in f)}
        with open('/proc/net/snmp') as f, open('/proc/net/netstat') as g:
            lines = [line.split() for line in f.readlines() + g.readlines()]
        return {k: int(v) for names, values in zip(lines[::2], lines[1::2])
                if names[0] in ('Tcp:', 'TcpExt:')
                for k, v in zip(names[1:], values[1:])}

    @contextlib.contextmanager
    def counted(self, name):
        """Rill's counter of that name moves in the block (and TCP's, if it has one)."""
        before = self.counters()
        yield
        self.sync()
        if (self.rill or name in before) and self.counters().get(name, 0) <= before.get(name, 0):
            raise WireError('the counter %s did not move' % name)

    # -- connections in a given state ---------------------------------------

    def passive(self, opts='mss 1460', win=65535, isn=None, rtt=0.0, **kw):
        """A connection that the peer opened: (peer, accepted socket).

        rtt: so much time passes before the third ACK. It is the first sample of
        the round-trip time, so that the RTO becomes three times as much.
        """
        listener = self.listen(**kw)
        p = self.peer(kw.get('port', 7000), isn=isn)
        p.win = win
        p.send('S', opts=opts)
        p.wscale = p.expect('SA').opts.get('wscale', 0)
        self.sleep(rtt)
        p.send('A')
        s = self.accept(listener)
        self.discard(listener)
        return p, s

    def passive_ts(self, opts='mss 1460', val=100, rtt=0.0, **kw):
        """The same with timestamps; p.ts is the host's value to echo."""
        listener = self.listen(**kw)
        p = self.peer(kw.get('port', 7000))
        p.send('S', opts='%s,nop,nop,ts %d 0' % (opts, val))
        p.ts = p.expect('SA').ts[0]
        p.stamp(val)
        self.sleep(rtt)
        p.send('A')
        s = self.accept(listener)
        self.discard(listener)
        return p, s

    def active(self, opts='mss 1460', win=65535, rcvbuf=0):
        """A connection that the program opened: (peer, socket)."""
        p, s = self.peer(), self.socket()
        p.win = win
        if rcvbuf:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.connect(p, s)
        p.wscale = p.expect('S').opts.get('wscale', 0)
        p.send('SA', opts=opts)
        p.expect('A')
        self.wait(s, select.POLLOUT)
        return p, s

    def enter(self, state, **kw):
        """A connection whose host end is in `state`; the program's socket stays open."""
        if state == 'SYN-RECEIVED':
            self.listen()
            p = self.peer(7000)
            p.send('S', opts='mss 1460')
            p.expect('SA')
            return p, None
        p, s = self.passive(**kw)
        if state in ('CLOSE-WAIT', 'LAST-ACK'):
            p.send('FA')
            p.acked()
        if state not in ('ESTABLISHED', 'CLOSE-WAIT'):
            s.shutdown(socket.SHUT_WR)
            fin = p.expect('FA')
            if state == 'FIN-WAIT-2':
                p.send('A')
            elif state == 'CLOSING':
                p.send('FA', ack=fin.seq)
                p.acked()
            elif state == 'TIME-WAIT':
                p.send('FA')
                p.acked()
        p.reaches(state)
        return p, s

    def again(self, p, isn=None):
        """A new incarnation of the peer's end: same ports, nothing known."""
        self.peers.remove(p)
        return self.peer(p.host_port, number=p.port, isn=isn)

    def now(self):
        return time.time()

    def linear_timeouts_off(self):
        """Linux from 6.5 repeats the first SYNs every second; RFC 6298 backs off."""
        if not self.rill:
            with contextlib.suppress(FileNotFoundError):
                self.sysctl('syn_linear_timeouts', 0)

    def skip_syn(self, p):
        """Linux may repeat its SYN at once after an unacceptable answer to it."""
        if not self.rill:
            self.poll(0.05)
            while p.queue and 'S' in p.queue[0].flags:
                p.expect('S', seq=0, ack=0)
