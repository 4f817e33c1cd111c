#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""/proc/net/rill and /proc/net/rill_stat show what Documentation/proc.md says.

usage: proc.py 4|6

Run by proc.sh. Sockets on the loopback device and on a dummy, which swallows segments, are brought into a
state and looked for. Run as root in a machine that may be broken; prints TAP.
"""

import array
import fcntl
import os
import re
import socket
import subprocess
import sys
import time

TREE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
SLOW = int(os.environ.get('RILL_SLOW', '1'))
RILL = 253
SIOCOUTQ = 0x5411
TCP_DEFER_ACCEPT = 9
V6 = sys.argv[1:] == ['6']
FAMILY = socket.AF_INET6 if V6 else socket.AF_INET
LOOPBACK, ANY = ('::1', '::') if V6 else ('127.0.0.1', '0.0.0.0')
OWN, SINK = ('fd99::1/64', 'fd99::2') if V6 else ('10.99.0.1/24', '10.99.0.2')  # nobody there, behind the dummy
MANY = 150              # connections; more than one page of lines

count = failed = 0


def point(name, good, why=''):
    global count, failed
    count += 1
    failed += not good
    print('%sok %d - %s' % ('' if good else 'not ', count, name))
    if not good:
        for line in str(why).splitlines():
            print('# ' + line)


def wait(condition, seconds=20):
    end = time.monotonic() + seconds * SLOW
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def documented(page, head):
    """First cells of the table whose first heading is HEAD."""
    with open(os.path.join(TREE, 'Documentation', page), encoding='utf-8') as file:
        table = re.search(r'^\| %s \|.*\n.*\n((?:\|.*\n)*)' % head, file.read(), re.MULTILINE)
    return [line.split('|')[1].strip(' `') for line in table.group(1).splitlines()]


def read(name):
    with open('/proc/net/' + name, encoding='ascii') as file:
        return file.read()


def lines():
    head, *body = [line.split() for line in read('rill').splitlines()]
    return [dict(zip(head, cells)) for cells in body]


def line_of(sock):
    """The line of a socket, found by its inode; an empty one if there is none."""
    inode = str(os.fstat(sock.fileno()).st_ino)
    return next((line for line in lines() if line['inode'] == inode), {})


def line_with(**cells):
    return next((line for line in lines() if cells.items() <= line.items()), {})


def shows(name, sock, **cells):
    """One point: the socket's line comes to have these cells."""
    point(name, wait(lambda: cells.items() <= line_of(sock).items()), line_of(sock))


def timers(line):
    """Its deadlines: name -> seconds."""
    if line.get('timers', '-') == '-':
        return {}
    return {name: float(at) for name, at in
            (timer.split(':') for timer in line['timers'].split(','))}


def stat(name):
    return int(dict(line.split() for line in read('rill_stat').splitlines())[name])


def new():
    return socket.socket(FAMILY, socket.SOCK_STREAM, RILL)


def listener(backlog=7):
    sock = new()
    sock.bind((LOOPBACK, 0))
    sock.listen(backlog)
    return sock


def connected(server):
    client = new()
    client.connect(server.getsockname())
    return client, server.accept()[0]


def address(pair):
    return ('[%s]:%d' if V6 else '%s:%d') % pair[:2]


def test_form():
    text = read('rill').splitlines()
    point('headings are the documented columns', text[0].split() == documented('proc.md', 'column'),
          text[0])
    names = [line.split()[0] for line in read('rill_stat').splitlines()]
    wanted = documented('counters.md', 'counter') + documented('proc.md', 'gauge')
    point('counters and gauges are the documented ones', names == wanted, names)


def test_listener(server):
    shows('a listener', server, state='LISTEN', local=address(server.getsockname()),
          remote=address((ANY, 0)), txq='7', rxq='0', uid='0', timers='-')
    client = new()
    client.connect(server.getsockname())
    shows('a listener counts who waits', server, rxq='1')
    server.accept()[0].close()
    client.close()
    shows('and who no longer does', server, rxq='0')


def test_connection(server):
    client, peer = connected(server)
    names = {'local': address(client.getsockname()), 'remote': address(client.getpeername())}
    shows('a connection', client, state='ESTABLISHED', uid='0', **names)
    shows('its other end', peer, state='ESTABLISHED', local=names['remote'], remote=names['local'])
    client.send(b'x' * 1000)
    shows('data not read', peer, rxq='1000')
    shows('data acknowledged', client, txq='0')
    peer.recv(600)
    shows('data half read', peer, rxq='400')
    line = line_of(client)
    point('round-trip time, timeout, window and segment size are known',
          float(line['srtt']) > 0 and float(line['rto']) >= 200 and int(line['cwnd']) > 0 and
          int(line['mss']) > 500, line)
    client.setsockopt(RILL, 4, 100)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    point('the keep-alive deadline', 90 < timers(line_of(client)).get('keepalive', 0) <= 100,
          line_of(client))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
    point('and its end', 'keepalive' not in timers(line_of(client)), line_of(client))
    client.close()
    peer.close()


def send_some(client):
    try:
        client.send(b'x' * 65536)
    except BlockingIOError:
        pass
    return True


def test_window(server):
    client, peer = connected(server)
    client.setblocking(False)
    point('a closed window is probed', wait(lambda: send_some(client) and
                                            'persist' in timers(line_of(client))), line_of(client))
    queued = array.array('i', [0])
    fcntl.ioctl(client, SIOCOUTQ, queued)
    point('which leaves data behind', queued[0] > 0, queued[0])
    shows('that is not acknowledged', client, txq=str(queued[0]))
    client.close()
    peer.close()


def test_handshake():
    sock = new()
    sock.setblocking(False)
    try:
        sock.connect((SINK, 1))
    except BlockingIOError:
        pass
    shows('a SYN without answer', sock, state='SYN-SENT', remote=address((SINK, 1)))
    point('it waits to be sent again', 'rtx' in timers(line_of(sock)), line_of(sock))
    shows('it was sent again', sock, rtx='1')
    sock.close()

    server = listener()
    server.setsockopt(RILL, TCP_DEFER_ACCEPT, 30)
    client = new()
    client.connect(server.getsockname())
    wanted = {'state': 'SYN-RECEIVED', 'remote': address(client.getsockname()), 'inode': '-'}
    point('a half-open connection', wait(lambda: line_with(**wanted)), read('rill'))
    point('its SYN-ACK waits to be sent again', 'rtx' in timers(line_with(**wanted)),
          line_with(**wanted))
    point('it is counted', stat('Requests') == 1, stat('Requests'))
    client.close()
    server.close()


def test_end(server):
    orphans = stat('Orphans')
    client, peer = connected(server)
    name = address(client.getsockname())
    client.close()
    point('a connection without a program', wait(lambda: line_with(
        local=name, state='FIN-WAIT-2', inode='0')), read('rill'))
    line = line_with(local=name)
    point('ends at a deadline', 50 < timers(line).get('linger', 0) <= 60, line)
    point('and is counted', stat('Orphans') == orphans + 1, stat('Orphans'))
    before = stat('TimeWait')
    peer.close()
    wanted = {'local': name, 'state': 'TIME-WAIT', 'inode': '-'}
    point('then TIME-WAIT', wait(lambda: line_with(**wanted)), read('rill'))
    line = line_with(**wanted)
    point('for 2 MSL', list(timers(line)) == ['2msl'] and 50 < timers(line)['2msl'] <= 60, line)
    point('which is counted too', stat('TimeWait') == before + 1, stat('TimeWait'))


def test_many():
    server = listener(MANY)
    pairs = [connected(server) for _ in range(MANY)]
    wanted = {str(os.fstat(sock.fileno()).st_ino) for pair in pairs for sock in pair}
    table = lines()
    point('all of %d sockets are shown' % len(wanted), wanted <= {line['inode'] for line in table},
          len(table))
    point('lines are numbered', [line['sl'] for line in table] ==
          [str(i) for i in range(1, len(table) + 1)])
    point('and have as many columns each as there are headings',
          {len(line.split()) for line in read('rill').splitlines()} ==
          {len(documented('proc.md', 'column'))})
    point('sockets are counted', stat('Sockets') > 2 * MANY, stat('Sockets'))
    for client, peer in pairs:
        client.close()
        peer.close()
    server.close()


def test_namespaces():
    other = subprocess.run(['unshare', '-n', 'cat', '/proc/net/rill', '/proc/net/rill_stat'],
                           stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    point('another namespace shows no socket of ours', not other[1][0].isdigit() and
          other[1].split()[0] == documented('counters.md', 'counter')[0], other[1])
    point('and has counted nothing', 'InSegs 0' in other, other)


def main():
    for command in ('ip link set lo up', 'ip link add sink type dummy', 'ip link set sink up',
                    'ip addr add %s dev sink%s' % (OWN, ' nodad' * V6)):
        subprocess.run(command.split(), check=True)
    try:
        test_form()
        server = listener()
        test_listener(server)
        test_connection(server)
        test_window(server)
        test_handshake()
        test_end(server)
        server.close()
        test_many()
        test_namespaces()
    finally:
        subprocess.run(['ip', 'link', 'del', 'sink'], check=True)
    print('1..%d' % count)
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
