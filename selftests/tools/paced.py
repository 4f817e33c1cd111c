#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Sends at rates that SO_MAX_PACING_RATE sets, and judges a capture of that.

usage: paced.py server PROTOCOL ADDRESS [RATE OCTETS]
           says "listening", takes one connection, answers each MARK with an octet, and says how many octets there
           were so far. With RATE, which the listener has, it begins by sending OCTETS
       paced.py client PROTOCOL ADDRESS ALGORITHM RATE:OCTETS[+]...
           sends OCTETS at RATE octets a second, or 0 for no limit, and waits until they have arrived; with + it
           does not wait, so that the next rate comes while they are under way. "-" is the default algorithm.
           Says for each: from when until when the rate was set, octets a second, and what TCP_INFO says of it.
           "take:OCTETS" waits for these, "wait" for a line of input
       paced.py judge CAPTURE CLIENT SLACK
           CLIENT is what the client has said: in no interval of whatever length there is more than the rate allows,
           four segments, and what leaves in SLACK milliseconds, which a busy machine may be late by
"""

import socket
import struct
import sys
import time

PORT = 5253
MARK = b'!'
SO_MAX_PACING_RATE = 47
NO_LIMIT = 2 ** 64 - 1
UNPACED = 10
BURST = 4


def make(protocol, address):
    number = {'tcp': 0, 'rill': 253}[protocol]
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, number)


def say(*words):
    print(*words, flush=True)


def server(protocol, address, rate=NO_LIMIT, octets=0):
    listener = make(protocol, address)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, struct.pack('Q', int(rate)))
    listener.bind((address, PORT))
    listener.listen()
    say('listening')
    conn = listener.accept()[0]
    conn.sendall(b'.' * int(octets))
    total = 0
    while True:
        data = conn.recv(65536)
        if not data:
            break
        total += len(data)
        say(total, 'octets')
        conn.sendall(MARK * data.count(MARK))
    conn.close()


def take(sock, octets):
    while octets:
        data = sock.recv(octets)
        if not data:
            sys.exit('the connection has ended')
        octets -= len(data)


def told(sock):
    """tcpi_pacing_rate and tcpi_max_pacing_rate"""
    return struct.unpack_from('QQ', sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 120), 104)


def client(protocol, address, algorithm, *parts):
    sock = make(protocol, address)
    if algorithm != '-':
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, algorithm.encode())
    sock.connect((address, PORT))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    since = rate = 0
    waits = 0
    for part in parts:
        if part == 'wait':
            say('ready')
            sys.stdin.readline()
            continue
        if part.startswith('take:'):
            take(sock, int(part[5:]))
            continue
        if since:
            say('%.6f %.6f %d %d %d' % (since, time.time(), rate, *told(sock)))
        rate, octets = (int(n) for n in part.rstrip('+').split(':'))
        rate = rate or NO_LIMIT
        sock.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, struct.pack('Q', rate))
        since = time.time()
        sock.sendall(b'.' * (octets - 1) + MARK)
        waits += 1
        if not part.endswith('+'):
            take(sock, waits)
            waits = 0
    say('%.6f %.6f %d %d %d' % (since, time.time(), rate, *told(sock)))
    sock.close()


def packets(capture):
    """Of a capture of Ethernet: the time of each packet, and the packet from its IP header on"""
    with open(capture, 'rb') as f:
        head = f.read(24)
        unit = {0xa1b2c3d4: 1e-6, 0xa1b23c4d: 1e-9}[struct.unpack('=I', head[:4])[0]]
        while True:
            record = f.read(16)
            if len(record) < 16:
                return
            seconds, fraction, kept, _ = struct.unpack('=IIII', record)
            data = f.read(kept)
            if len(data) < kept:
                return
            yield seconds + fraction * unit, data[14:]


def payload(packet):
    """Octets of data that the client has sent in it"""
    if packet[0] >> 4 == 4:
        header = (packet[0] & 15) * 4
        total = struct.unpack_from('!H', packet, 2)[0]
    else:
        header = 40
        total = 40 + struct.unpack_from('!H', packet, 4)[0]
    if struct.unpack_from('!H', packet, header + 2)[0] != PORT:
        return 0
    return total - header - (packet[header + 12] >> 4) * 4


def most(sent, rate):
    """By how many octets an interval of whatever length has exceeded the rate at most"""
    level = worst = 0
    last = sent[0][0]
    for at, octets in sent:
        level = max(level - (at - last) * rate, 0) + octets
        worst = max(worst, level)
        last = at
    return worst


def judge(capture, said, slack):
    sent = [(at, n) for at, n in ((at, payload(p)) for at, p in packets(capture)) if n]
    mss = min(max(n for _, n in sent), 1460)
    # The first segments are not paced, however many of them are in one packet.
    unpaced = 0
    while sent and unpaced < UNPACED * mss:
        unpaced += sent.pop(0)[1]
    bad = judged = 0
    with open(said) as lines:
        parts = [line.split() for line in lines]
    for since, until, rate, told_rate, told_max in parts:
        rate = int(rate)
        if (int(told_max), int(told_rate) <= rate) != (rate, True):
            say('at', rate, 'TCP_INFO says', told_rate, 'and', told_max)
            bad += 1
        if rate == NO_LIMIT:
            continue
        part = [s for s in sent if float(since) <= s[0] < float(until)]
        if not part:
            continue
        judged += len(part)
        allowed = BURST * mss + rate * float(slack) / 1000
        worst = most(part, rate)
        say('at %d octets a second: %d packets in %.3f s, %d octets ahead at most, %d allowed' % (
            rate, len(part), part[-1][0] - part[0][0], worst, allowed))
        bad += worst > allowed
    say(judged, 'packets judged')
    sys.exit(bad != 0 or judged < 20)


if __name__ == '__main__':
    {'server': server, 'client': client, 'judge': judge}[sys.argv[1]](*sys.argv[2:])
