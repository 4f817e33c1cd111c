#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A listener that accepts only when told to, and clients that wait for it.

usage: backlog.py server PROTOCOL ADDRESS BACKLOG
           says "listening"; at each line "accept N" on its input accepts N and echoes one octet of each
       backlog.py client PROTOCOL ADDRESS SETTLED MORE
           connects SETTLED one after the other and then MORE at the same time, says how many of those are
           connected, waits for the end of its input, sends an octet on each and says what came back
"""

import errno
import select
import socket
import sys

PORT = 5253
DEADLINE_MS = 60000


def make(protocol, address):
    number = {'tcp': 0, 'rill': 253}[protocol]
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, number)


def say(text):
    print(text, flush=True)


def server(protocol, address, backlog):
    listener = make(protocol, address)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, PORT))
    listener.listen(int(backlog))
    say('listening')
    held = []
    for line in sys.stdin:
        for _ in range(int(line.split()[1])):
            held.append(listener.accept()[0])
        say('accepted %d' % len(held))
        for s in held:
            try:
                s.sendall(s.recv(1))
            except OSError:
                pass
        say('served')


def send(s):
    """Send an octet; an error is for outcome() to see."""
    try:
        s.sendall(b'x')
        return None
    except OSError as e:
        return errno.errorcode[e.errno]


def outcome(s, failed):
    """What became of a connection: the octet came back, or the errno."""
    try:
        return failed or ('echo' if s.recv(1) == b'x' else 'end')
    except OSError as e:
        return errno.errorcode[e.errno]


def connected(sockets):
    """Wait until each has an answer to its SYN."""
    answers = []
    for s in sockets:
        poll = select.poll()
        poll.register(s, select.POLLOUT)
        if not poll.poll(DEADLINE_MS):
            answers.append('silence')
            continue
        error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        answers.append(errno.errorcode[error] if error else 'connected')
    return answers


def client(protocol, address, settled, more):
    sockets = [make(protocol, address) for _ in range(int(settled) + int(more))]
    for s in sockets[:int(settled)]:
        s.connect((address, PORT))
    say('settled')
    late = sockets[int(settled):]
    for s in late:
        s.setblocking(False)
        s.connect_ex((address, PORT))
    say('answers %s' % ' '.join(sorted(connected(late))))
    sys.stdin.read()
    for s in late:
        s.settimeout(DEADLINE_MS / 1000)
    failed = [send(s) for s in sockets]
    say('outcomes %s' % ' '.join(sorted(map(outcome, sockets, failed))))


def main():
    if len(sys.argv) == 5 and sys.argv[1] == 'server':
        server(*sys.argv[2:])
    elif len(sys.argv) == 6 and sys.argv[1] == 'client':
        client(*sys.argv[2:])
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()
