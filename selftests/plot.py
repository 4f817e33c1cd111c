#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What scripts/rill-plot makes of captures, and what it says to bad ones.

usage: plot.py DIRECTORY

Run by plot.sh; needs neither root nor the module. DIRECTORY is for files. Prints TAP without a plan; in
DIRECTORY/points it says at the end how many points there were and how many of them failed.
"""
import contextlib
import importlib.machinery
import importlib.util
import io
import os
import re
import struct
import sys
import xml.etree.ElementTree

TREE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
PLOT = os.path.join(TREE, 'scripts', 'rill-plot')
sys.path.insert(0, os.path.join(TREE, 'scripts', 'plot'))
# pylint: disable=wrong-import-position
import capture
import flow

LOADER = importlib.machinery.SourceFileLoader('rill_plot', PLOT)
rill_plot = importlib.util.module_from_spec(importlib.util.spec_from_loader('rill_plot', LOADER))
LOADER.exec_module(rill_plot)

RILL, TCP = 253, 6
FIN, SYN, ACK = 1, 2, 16
MSS = 1000
BEGIN = 1700000000
ADDRESSES = {4: (b'\x0a\0\0\1', b'\x0a\0\0\2'),
             6: (b'\xfd\x77' + bytes(13) + b'\1', b'\xfd\x77' + bytes(13) + b'\2')}
PORTS = (40000, 5253)
ISN = (0xfffff000, 77)          # the sender's numbers wrap


def header(version, protocol, ends, size):
    src, dst = (ADDRESSES[version][end] for end in ends)
    if version == 4:
        return struct.pack('>BBHHHBBH', 0x45, 0, 20 + size, 0, 0x4000, 64, protocol, 0) + src + dst
    return struct.pack('>IHBB', 6 << 28, size, protocol, 64) + src + dst


class Talk:
    """Makes the packets of a connection, from end 0 or 1, numbers counted from the SYNs'."""

    def __init__(self, version=4, protocol=RILL, isn=ISN, ports=PORTS):
        self.version, self.protocol, self.isn, self.ports = version, protocol, isn, ports
        self.packets = []       # (seconds, IP packet)

    def say(self, time, end, seq, ack, flags, size=0, window=1000, opts=b''):
        there = 1 - end
        opts += bytes(-len(opts) % 4)
        seq, ack = (seq + self.isn[end]) & 0xffffffff, (ack + self.isn[there]) & 0xffffffff
        tcp = struct.pack('>HHIIBBHHH', self.ports[end], self.ports[there], seq, ack if flags & ACK else 0,
                          (20 + len(opts)) << 2, flags, window, 0, 0) + opts
        ip = header(self.version, self.protocol, (end, there), len(tcp) + size)
        self.packets.append((time, ip + tcp + bytes(size)))

    def data(self, time, number, window=1000):
        """The segment of that number, from 0."""
        self.say(time, 0, 1 + number * MSS, 1, ACK, MSS, window)

    def acks(self, time, number, *blocks):
        """All segments below a number, and SACK blocks of (first, behind the last)."""
        opts = b''
        if blocks:
            opts = b'\1\1\5' + bytes([2 + 8 * len(blocks)])
            for block in blocks:
                opts += struct.pack('>II', *((1 + n * MSS + self.isn[0]) & 0xffffffff for n in block))
        self.say(time, 1, 1, 1 + number * MSS, ACK, opts=opts)

    def opens(self, scales=(2, 5)):
        opts = [b'\2\4\x03\xe8' + (b'\1\3\3' + bytes([scale]) if scale is not None else b'') for scale in scales]
        self.say(0.0, 0, 0, 0, SYN, opts=opts[0])
        self.say(0.1, 1, 0, 1, SYN | ACK, opts=opts[1])
        self.say(0.1, 0, 1, 1, ACK)


def story(**how):
    """Eight segments, of which the third is lost and the last comes twice."""
    talk = Talk(**how)
    talk.opens()
    for n in range(6):
        talk.data(0.2 + n / 100, n)
    talk.acks(0.3, 1)
    talk.acks(0.31, 2)
    talk.acks(0.33, 2, (3, 4))
    talk.acks(0.34, 2, (3, 5))
    talk.acks(0.35, 2, (3, 6))
    talk.data(0.36, 2)
    talk.data(0.37, 6)
    talk.acks(0.46, 6)
    talk.acks(0.47, 7)
    talk.data(0.5, 7)
    talk.data(0.55, 7)
    talk.acks(0.6, 8)
    talk.acks(0.65, 8, (7, 8))
    talk.say(0.7, 0, 1 + 8 * MSS, 1, FIN | ACK)
    talk.say(0.8, 1, 1, 2 + 8 * MSS, FIN | ACK)
    talk.say(0.8, 0, 2 + 8 * MSS, 2, ACK)
    return talk


STORY = {'data': 8, 'again': 2, 'sack': 3, 'dsack': 1, 'ack': 11, 'edge': 11, 'rtt': 6}

FRAMES = {
    1: lambda ip: bytes(12) + (b'\x08\0' if ip[0] >> 4 == 4 else b'\x86\xdd') + ip,
    101: lambda ip: ip,
    113: lambda ip: bytes(14) + (b'\x08\0' if ip[0] >> 4 == 4 else b'\x86\xdd') + ip,
    276: lambda ip: (b'\x08\0' if ip[0] >> 4 == 4 else b'\x86\xdd') + bytes(18) + ip,
}


def pcap(packets, order='<', nano=False, link=1, snap=65535):
    unit = 1000000000 if nano else 1000000
    out = bytearray(struct.pack(order + 'IHHIIII', 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, snap, link))
    for time, ip in sorted(packets, key=lambda packet: packet[0]):
        frame = FRAMES[link](ip)
        out += struct.pack(order + 'IIII', BEGIN + int(time), round(time % 1 * unit), len(frame[:snap]), len(frame))
        out += frame[:snap]
    return bytes(out)


class Points:
    """TAP's points, in the order of the functions below."""

    def __init__(self, directory):
        self.directory = directory
        self.count = self.failed = 0

    def point(self, name, got, wanted):
        self.count += 1
        good = got == wanted
        self.failed += not good
        print('%sok %d - %s' % ('' if good else 'not ', self.count, name))
        if not good:
            print('# got: %r\n# wanted: %r' % (got, wanted))

    def file(self, name, content):
        path = os.path.join(self.directory, name)
        with open(path, 'wb') as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, *args):
        """Exit status, standard output and standard error."""
        out, errors, status = io.StringIO(), io.StringIO(), 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                rill_plot.main(args)
            except SystemExit as ended:         # as the interpreter takes it
                status = ended.code
                if isinstance(status, str):
                    print(status, file=sys.stderr)
                    status = 1
        return status, out.getvalue(), errors.getvalue()

    def picture(self, content, *args):
        """{class: (how many, its path)} of a capture's picture; None where there is none."""
        status, out, errors = self.run(self.file('x.pcap', content), *args)
        if status:
            print('# status %d: %s' % (status, errors))
            return {}
        return series(out)

    def refused(self, name, words, *args):
        status, out, errors = self.run(*args)
        self.point(name, (status, out, bool(re.search(words, errors)), errors.count('\n')), (1, '', True, 1))


def series(svg):
    found = {}
    for element in xml.etree.ElementTree.fromstring(svg).iter('{http://www.w3.org/2000/svg}path'):
        if element.get('data-count'):
            found[element.get('class')] = (int(element.get('data-count')), element.get('d'))
    return found


def counts(found, names=tuple(STORY)):
    return {name: found[name][0] for name in names if name in found}


def strokes(path):
    """(x, lower end, upper end) of each bar in a path, in pixels from above."""
    return [(float(x), float(y) + float(height), float(y))
            for x, y, height in re.findall(r'M([\d.]+) ([\d.-]+)v([\d.]+)', path)]


def formats(p):
    for version in (4, 6):
        for link in FRAMES:
            found = p.picture(pcap(story(version=version).packets, link=link))
            p.point('IPv%d, link type %d' % (version, link), counts(found), STORY)
    for order in '<>':
        for nano in (False, True):
            found = p.picture(pcap(story().packets, order, nano))
            name = 'byte order %s, %s' % (order, 'nanoseconds' if nano else 'microseconds')
            p.point(name, counts(found), STORY)
            times = [seg.time for seg in capture.segments(pcap(story().packets, order, nano))]
            p.point(name + ': the time', times[3:5], [(BEGIN * 100 + n) * 10000000 for n in (20, 21)])
    p.point('TCP', counts(p.picture(pcap(story(protocol=TCP).packets))), STORY)
    p.point('headers alone', counts(p.picture(pcap(story().packets, snap=96))), STORY)
    first = pcap(story().packets[:8])
    p.point('the last packet cut off', counts(p.picture(first[:-5]), ('data',)), {'data': 4})
    others = [(time + 0.001, bytes([0x45]) + ip[1:9] + b'\x11' + ip[10:]) for time, ip in story().packets]
    p.point('UDP is left out', counts(p.picture(pcap(story().packets + others))), STORY)
    hops = [(time, ip[:6] + b'\0' + ip[7:40] + b'\xfd\0\1\4\0\0\0\0' + ip[40:]) for time, ip in
            ((time, ip[:4] + struct.pack('>H', len(ip) - 32) + ip[6:]) for time, ip in story(version=6).packets)]
    p.point('extension headers', counts(p.picture(pcap(hops))), STORY)


def drawing(p):
    found = p.picture(pcap(story().packets))
    for name in ('data', 'again', 'sack', 'dsack', 'rtt'):
        p.point('each of %s is drawn' % name, found[name][1].count('M'), STORY[name])
    bars = strokes(found['data'][1])
    pixel = (bars[0][1] - bars[7][1]) / (7 * MSS)       # per octet, upwards
    edges = [float(y) for y in re.findall(r'[V ]([\d.-]+)', found['edge'][1])]
    p.point("the window's edge is the ACK plus the window, scaled",
            abs((bars[0][1] - min(edges)) / pixel - (1 + 8 * MSS + (1000 << 5))) < 1 / pixel, True)
    lost, again = bars[2], strokes(found['again'][1])[0]
    p.point('a segment sent again stands where it stood', again[1], lost[1])
    p.point('and later', again[0] > lost[0], True)
    p.point('the SACK block stands beside what it names',
            abs(strokes(found['sack'][1])[0][1] - bars[3][1]) <= 0.5, True)
    svg = p.run(p.file('x.pcap', pcap(story().packets)))[1]
    p.point('SYNs and FINs of both sides', re.findall(r'>(SYN|FIN|RST)(-ACK)?<', svg),
            [('SYN', ''), ('SYN', '-ACK'), ('FIN', ''), ('FIN', '')])
    named = os.path.join(p.directory, 'named.svg')
    p.run(os.path.join(p.directory, 'x.pcap'), named, '-t', 'A <title>')
    with open(named, encoding='utf-8') as file:
        p.point('a named file, with a title', file.read().count('>A &lt;title&gt;<'), 2)


def choices(p):
    talk = story()
    talk.say(2.0, 1, 1, 1, ACK, 300)
    small = Talk(ports=(40001, 5253), isn=(5, 9))
    small.opens((None, 3))
    small.data(1.0, 0)
    newer = story(isn=(99, 3))
    both = pcap(talk.packets + small.packets + [(time + 3, ip) for time, ip in newer.packets])
    p.point('the list of connections', p.run(p.file('x.pcap', both), '-l')[:2], (
        0, '  1  Rill  10.0.0.1:40000 sent 10000 octets, 10.0.0.2:5253 300\n'
           '  2  Rill  10.0.0.1:40001 sent 1000 octets, 10.0.0.2:5253 0\n'
           '  3  Rill  10.0.0.1:40000 sent 10000 octets, 10.0.0.2:5253 0\n'))
    p.point('one by its number', counts(p.picture(both, '-c', '2'), ('data', 'again')), {'data': 1})
    p.point('the other direction', counts(p.picture(both, '-r'), ('data', 'again')), {'data': 1})
    p.point('a part by its time', counts(p.picture(both, '-c3', '-b.355', '-e.49'), ('data', 'again')),
            {'data': 1, 'again': 1})
    found = p.picture(both, '-c3', '-R', '1')
    p.point('a recovery', counts(found, ('data', 'again', 'sack', 'dsack')), {'data': 7, 'again': 1, 'sack': 3})
    p.point('another', counts(p.picture(both, '-c3', '-R2'), ('data', 'again', 'sack', 'dsack')),
            {'data': 1, 'again': 1})
    p.refused('a recovery that there is not', 'no recovery 3: there are 2', p.file('x.pcap', both), '-c3', '-R3')
    p.refused('a connection that there is not', 'no connection 4: there are 3', p.file('x.pcap', both), '-c4')
    p.refused('an empty stretch of time', 'nothing between 2 and 1 s', p.file('x.pcap', both), '-b2', '-e1')
    p.refused('a direction without data', 'no data from 10.0.0.2:5253', p.file('x.pcap', both), '-c2', '-r')

    torso = pcap(story().packets[3:])
    status, _, errors = p.run(p.file('x.pcap', torso))
    p.point('without SYNs the scale is said to be unknown', (status, 'scale is unknown' in errors), (0, True))
    p.point('and there is no edge', counts(p.picture(torso)), {
        name: number - (name == 'ack') for name, number in STORY.items() if name != 'edge'})
    p.point('unless it is told', counts(p.picture(torso, '-w', '5'), ('edge',)), {'edge': 10})


def flows(p):
    def of(talk):
        conn = flow.connections(capture.segments(pcap(talk.packets)))[0]
        return flow.Flow(conn, conn.ends[0])

    f = of(story())
    p.point('numbers go on where they wrap', f.data[-1][1:], (1 + 7 * MSS, 1 + 8 * MSS))
    p.point('round-trip times: SACKed ones too, none of what was sent again',
            [(round(time, 3), round(rtt, 3)) for time, rtt in f.rtts],
            [(0.3, 0.1), (0.31, 0.1), (0.33, 0.1), (0.34, 0.1), (0.35, 0.1), (0.47, 0.1)])
    p.point('outstanding: not what is acknowledged or SACKed', [octets for time, octets in f.outstanding
                                                                if 0.29 < time < 0.48],
            [n * MSS for n in (5, 4, 3, 2, 1, 1, 2, 1, 0)])
    p.point('the window is not scaled in a SYN', f.edges[:2], [(0.1, 1001), (0.3, 1 + MSS + (1000 << 5))])
    p.point('recoveries', [(round(begin, 3), round(end, 3)) for begin, end in f.recoveries()],
            [(0.22, 0.46), (0.5, 0.6)])
    one_sided = Talk()
    one_sided.opens((7, None))
    p.point('one window scale is none', of(one_sided).window_scale(), 0)

    twice = Talk()
    twice.opens()
    for n in range(4):
        twice.data(0.2 + n / 100, n)
    twice.acks(0.31, 0, (1, 2))
    twice.acks(0.33, 0, (3, 4), (1, 2))
    twice.data(0.34, 0)
    twice.data(0.35, 2)
    twice.acks(0.36, 0, (1, 4))
    twice.acks(0.4, 4)
    f = of(twice)
    p.point('two losses, one recovery', [(round(begin, 3), round(end, 3)) for begin, end in f.recoveries()],
            [(0.2, 0.4)])
    p.point('no round-trip time from the SACK of what was sent again', len(f.rtts), 2)
    overtaken = Talk()
    overtaken.opens()
    for n in range(2):
        overtaken.data(0.2 + n / 100, n)
    overtaken.acks(0.31, 0, (1, 2))
    overtaken.acks(0.35, 2)
    p.point('nor again from the ACK of what was SACKed', [round(rtt, 3) for _, rtt in of(overtaken).rtts], [0.1, 0.15])

    late = Talk()
    late.opens()
    for n in (0, 2, 1):
        late.data(0.2 + n / 100 if n else 0.2, n)
    late.packets.sort(key=lambda packet: packet[0])
    late.packets[4:] = [(0.3, late.packets[5][1]), (0.31, late.packets[4][1])]
    f = of(late)
    p.point('what is late was not sent again', (len(f.data), len(f.filled), len(f.again)), (2, 1, 0))
    inner = Talk()
    inner.opens()
    for n in range(5):
        inner.data(0.2, n)
    inner.acks(0.3, 1, (3, 4), (2, 5))
    f = of(inner)
    p.point('a D-SACK inside of the next block (RFC 2883)', (len(f.dsacks), len(f.sacks)), (1, 1))


def sizes(p):
    talk = Talk()
    talk.opens()
    for n in range(1000):
        talk.data(0.2 + n / 5000, n)
        talk.acks(0.3 + n / 5000, n + 1)
    talk.acks(3, 1000)
    status, out, _ = p.run(p.file('x.pcap', pcap(talk.packets)))
    p.point('many segments are a small picture', (status, len(out) < 30000), (0, True))
    found = series(out)
    p.point('that has them all', counts(found, ('data', 'ack')), {'data': 1000, 'ack': 1002})
    p.point('in fewer strokes', found['data'][1].count('M') < 120, True)


def sampled(p):
    head = 'time local remote cwnd ssthresh srtt rto mss\n'

    def line(time, cwnd, ssthresh='-', remote='10.0.0.2:5253'):
        return '%.6f 10.0.0.1:40000 %s %s %s 100.000 300.000 1000\n' % (BEGIN + time, remote, cwnd, ssthresh)

    wire = p.file('story.pcap', pcap(story().packets))

    def refused(name, words, content):
        p.refused(name, words, wire, '-s', p.file('samples', content))

    lines = head + line(0.05, 0) + line(0.1, 10000) + line(0.15, 7, remote='10.0.0.3:5253') + line(0.3, 12000)
    found = series(p.run(wire, '-s', p.file('samples', lines))[1])
    p.point('samples of this connection', counts(found, ('cwnd', 'srtt', 'ssthresh')), {'cwnd': 2, 'srtt': 2})
    found = series(p.run(wire, '-s', p.file('samples', lines + line(0.4, 6000, 6000)))[1])
    p.point('ssthresh from its first value on', counts(found, ('cwnd', 'ssthresh')), {'cwnd': 3, 'ssthresh': 1})
    refused('samples of another connection', 'no samples of 10.0.0.1:40000, 10.0.0.2:5253',
            head + line(0.1, 1, remote='10.0.0.3:5253'))
    refused('no samples at all', 'first line must name the columns', 'something else\n')
    refused('an empty file of samples', 'first line must name the columns', '')
    refused('a line of samples too short', 'line 3 has 3 columns, not 8', lines.replace(line(0.1, 10000), 'a b c\n'))
    refused('a number that is none', 'line 2: .*ten', head + line(0.1, 'ten'))


def refusals(p):
    good = pcap(story().packets)

    def refused(name, words, content):
        p.refused(name, words, p.file('bad.pcap', content))

    status = p.run(p.file('x.pcap', good), '-H', '1,2')[0]
    p.point('heights that are none', status, 2)
    p.refused('no such file', 'No such file', os.path.join(p.directory, 'nowhere.pcap'))
    refused('an empty file', 'not a capture in the pcap format', b'')
    refused('something else', 'not a capture in the pcap format', b'<svg>' * 20)
    refused('half a header', 'not a capture in the pcap format', good[:20])
    refused('pcapng', 'editcap -F pcap', b'\x0a\x0d\x0d\x0a' + bytes(100))
    refused('an unknown link type', 'link type 147 is not known', good[:20] + struct.pack('<I', 147) + good[24:])
    refused('no packets', 'no segment of Rill or TCP', good[:24])
    refused('a damaged length', 'damaged at octet 24', good[:32] + b'\xff' * 4 + good[36:])
    refused('no data', 'no data from', pcap(story().packets[:3]))
    p.refused('a file that cannot be written', 'No such file or directory', p.file('x.pcap', good),
              os.path.join(p.directory, 'nowhere', 'x.svg'))
    ip = story().packets[-1][1]
    p.point('headers cut off are none', [size for size in range(40) if capture.segment(0, ip[:size], len(ip))], [])
    wrong = [ip[:32] + bytes([size << 4]) + ip[33:] for size in range(16)]
    p.point('headers of a wrong length are none',
            [size for size in range(16) if capture.segment(0, wrong[size], len(ip))], [5])
    talk = Talk()
    for opts in (b'\5\0', b'\5\1', b'\5\x0a\0\0', b'\3', b'\5\2', b'\x13\x28'):
        talk.say(0, 0, 0, 0, SYN, opts=opts)
    found = list(capture.segments(pcap(talk.packets)))
    p.point('malformed options are none', [(seg.wscale, seg.sack) for seg in found], [(None, [])] * 6)


def page(p):
    """Each picture of the page is there, small, and made by a command that is in the text."""
    with open(os.path.join(TREE, 'Documentation', 'plots.md'), encoding='utf-8') as file:
        text = file.read()
    with open(os.path.join(TREE, 'scripts', 'plot-example'), encoding='utf-8') as file:
        known = set(re.findall(r'^([\w-]+)\)$', file.read(), re.M))
    pictures = re.findall(r'\]\(pictures/([\w-]+)\.svg\)', text)
    p.point('the pictures of the page', sorted(pictures), ['cubic', 'rack', 'slow-start'])
    p.point('are made by commands in it', re.findall(r'^    scripts/plot-example ([\w-]+)$', text, re.M), pictures)
    p.point('which know them', [name for name in pictures if name not in known], [])
    for name in pictures:
        path = os.path.join(TREE, 'Documentation', 'pictures', name + '.svg')
        with open(path, encoding='utf-8') as file:
            svg = file.read()
        p.point('%s has data and cwnd and is small' % name,
                ({'data', 'cwnd'} <= set(series(svg)), len(svg) < 150000), (True, True))


def main(args):
    if len(args) != 1 or args[0].startswith('-'):
        print(__doc__)
        return 2
    p = Points(args[0])
    for part in (formats, drawing, choices, flows, sizes, sampled, refusals, page):
        part(p)
    p.file('points', '%d %d\n' % (p.count, p.failed))
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
