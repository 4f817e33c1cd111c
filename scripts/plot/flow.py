# SPDX-License-Identifier: GPL-2.0
"""Connections in a capture, and what happened in one direction of one of them."""
import bisect
import collections

from capture import ACK, FIN, RST, SYN


class Ranges:
    """A set of octets by their sequence numbers, as ascending ranges that don't touch."""

    def __init__(self):
        self.starts, self.ends = [], []

    def add(self, start, end):
        """How many of the octets were there before."""
        first = bisect.bisect_left(self.ends, start)
        last = bisect.bisect_right(self.starts, end)
        had = sum(max(0, min(end, self.ends[n]) - max(start, self.starts[n])) for n in range(first, last))
        if first < last:
            start, end = min(start, self.starts[first]), max(end, self.ends[last - 1])
        self.starts[first:last], self.ends[first:last] = [start], [end]
        return had

    def above(self, edge):
        """How many octets stand above."""
        first = bisect.bisect_right(self.ends, edge)
        return sum(self.ends[n] - max(edge, self.starts[n]) for n in range(first, len(self.ends)))


class Connection:
    """Two endpoints and the segments between them."""

    def __init__(self, seg):
        self.protocol = seg.protocol
        self.ends = (seg.src, seg.dst)
        self.isn = {}
        self.segments = []

    def payload(self, sender):
        return sum(seg.length for seg in self.segments if seg.src == sender)

    def busier(self):
        """The end that sent more."""
        return max(self.ends, key=self.payload)

    def other(self, end):
        return self.ends[1] if end == self.ends[0] else self.ends[0]


def connections(segments):
    """In the order of their first segments. Another initial sequence number begins another connection."""
    found, current = [], {}
    for seg in segments:
        key = (seg.protocol, min(seg.src, seg.dst), max(seg.src, seg.dst))
        conn = current.get(key)
        first = seg.flags & SYN and not seg.flags & ACK
        if not conn or first and conn.isn.get(seg.src, seg.seq) != seg.seq:
            conn = current[key] = Connection(seg)
            found.append(conn)
        if seg.flags & SYN:
            conn.isn.setdefault(seg.src, seg.seq)
        conn.segments.append(seg)
    return found


class Sent:
    """A data segment on its way: for the round-trip time."""
    __slots__ = ('start', 'end', 'time', 'again', 'sacked')

    def __init__(self, start, end, time):
        self.start, self.end, self.time = start, end, time
        self.again = self.sacked = False


class Flow:
    """
    What one end sent and what the other said to it. Times are seconds from the connection's first segment,
    sequence numbers count from the SYN's (from the first one seen, where there is no SYN).

    data, again, filled   (time, start, end) of segments: new; sent again; below the highest but not
                          captured before, so lost or reordered on the way to where the capture was made
    sacks, dsacks         (time, start, end) of blocks
    acks, edges           (time, number): acknowledged; the right edge of the window
    marks                 (time, number, name) of SYN, FIN and RST of either side
    outstanding           (time, octets): sent, neither acknowledged nor SACKed
    rtts                  (time, seconds)
    """

    def __init__(self, conn, sender, wscale=None):
        self.conn, self.sender, self.receiver = conn, sender, conn.other(sender)
        self.data, self.again, self.filled = [], [], []
        self.sacks, self.dsacks, self.acks, self.edges, self.marks = [], [], [], [], []
        self.outstanding, self.rtts = [], []
        self.mss = 0
        self.wscale = self.window_scale() if wscale is None else wscale
        self._base = self._near = None      # number on the wire of 0; the last one, counted from there
        self._top = self._una = 0           # the highest number sent and acknowledged
        self._captured, self._sacked = Ranges(), Ranges()
        self._waiting = collections.deque()
        self.begin = conn.segments[0].time
        for seg in conn.segments:
            time = (seg.time - self.begin) / 1e9
            if seg.src == self.sender:
                self._sent(seg, time)
            elif seg.flags & ACK:
                self._answered(seg, time)
            self._mark(seg, time)
        self.end = (conn.segments[-1].time - self.begin) / 1e9

    def sent(self):
        """Every data segment."""
        return self.data + self.again + self.filled

    def window_scale(self):
        """Of the receiver's windows, None where no SYN tells it."""
        syns = {seg.src: seg.wscale for seg in self.conn.segments if seg.flags & SYN}
        if len(syns) < 2:
            return None
        return syns[self.receiver] if syns[self.sender] is not None and syns[self.receiver] is not None else 0

    def _number(self, wire):
        """A number on the wire as one that doesn't wrap."""
        if self._base is None:
            self._base = self.conn.isn.get(self.sender, wire)
            self._near = 0
        off = (wire - self._base - self._near) & 0xffffffff
        return self._near + off - (off >> 31 << 32)

    def _sent(self, seg, time):
        start = self._number(seg.seq) + bool(seg.flags & SYN)
        end = start + seg.length
        if not seg.length:
            return
        self.mss = max(self.mss, seg.length)
        had = self._captured.add(start, end)
        if start >= self._top or not self.data:
            self.data.append((time, start, end))
        elif had:
            self.again.append((time, start, end))
            self._waiting_again(start, end)
        else:
            self.filled.append((time, start, end))
        if end > self._top:
            if not had:
                self._waiting.append(Sent(start, end, time))
            if not self._una:
                self._una = start
            self._top = self._near = end
        self._outstanding(time)

    def _mark(self, seg, time):
        names = [name for bit, name in ((SYN, 'SYN'), (FIN, 'FIN'), (RST, 'RST')) if seg.flags & bit]
        if not names:
            return
        if seg.src == self.sender:
            number = self._number(seg.seq) + seg.length
        else:
            number = self._una
        self.marks.append((time, number, names[0] + ('-ACK' if seg.flags & SYN and seg.flags & ACK else '')))

    def _answered(self, seg, time):
        ack = self._number(seg.ack)
        self.acks.append((time, max(ack, self._una)))
        if self.wscale is not None:
            self.edges.append((time, ack + (seg.window << (0 if seg.flags & SYN else self.wscale))))
        blocks = [(self._number(left), self._number(right)) for left, right in seg.sack]
        for n, (left, right) in enumerate(blocks):
            again = right <= ack or n == 0 and len(blocks) > 1 and blocks[1][0] <= left and right <= blocks[1][1]
            (self.dsacks if again and n == 0 else self.sacks).append((time, left, right))
            if left < right:
                self._sacked.add(left, right)
        self._una = max(self._una, ack)
        self._sample(time, ack, blocks)
        self._outstanding(time)

    def _outstanding(self, time):
        left = max(0, self._top - self._una)
        self.outstanding.append((time, max(0, left - self._sacked.above(self._una))))

    def _waiting_again(self, start, end):
        for sent in self._waiting:
            if sent.start < end and start < sent.end:
                sent.again = True

    def _sample(self, time, ack, blocks):
        """
        From the last sent of the segments that an ACK is the first to cover. One that was sent again says
        nothing (Karn), and what had waited behind it at the receiver was not acknowledged when it came.
        """
        came, covered = [], []
        while self._waiting and self._waiting[0].end <= ack:
            sent = self._waiting.popleft()
            if not sent.sacked:
                covered.append(sent)
        if not any(sent.again for sent in covered):
            came += covered
        if blocks:
            for sent in self._waiting:
                if not sent.sacked and any(left <= sent.start and sent.end <= right for left, right in blocks):
                    sent.sacked = True
                    if not sent.again:
                        came.append(sent)
        if came:
            self.rtts.append((time, time - max(sent.time for sent in came)))

    def recoveries(self):
        """(begin, end) in seconds of each: from when what it sends again first was sent before, to when
        everything is acknowledged that had been sent by then."""
        first = {start: time for time, start, _ in reversed(self.data)}
        starts = sorted(first)
        ends = [(time, end) for time, _, end in self.data]
        found, until = [], -1
        for time, start, _ in self.again:
            if start < until:
                continue
            until = max(end for when, end in ends if when <= time)
            done = [when for when, ack in self.acks if when >= time and ack >= until]
            begin = first[starts[max(0, bisect.bisect_right(starts, start) - 1)]]
            found.append((begin, done[0] if done else self.end))
        return found
