#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Judge TAP or KTAP on standard input.

usage: scripts/tap.py NAME [RESULTS] <OUTPUT

Passes the lines on with NAME behind each result, and appends "PASSED FAILED
SKIPPED" to the file RESULTS, and to RESULTS.points a line for each result: NAME,
"ok", "not ok" or "skip", and what was tested, with tabs between them; subtests are
named suite.case. A result that has subtests counts through them, unless it
failed when all of them passed. A plan that is missing or not kept is one more
failure. Exit status 1 if anything failed.
"""

import re
import sys

RESULT = re.compile(r'^(\s*)(ok|not ok)\b\s*(\d*)\s*(?:- )?(.*)$')
PLAN = re.compile(r'^(\s*)1\.\.(\d+)')
SUBTEST = re.compile(r'^(\s*)# Subtest: (.*)$')


class Document:
    """One TAP document: its points by depth, its plans."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.open = {}      # depth -> points since the enclosing one
        self.plans = {}     # depth -> points that were announced
        self.names = {}     # depth -> whose subtests stand there
        self.complaints = []
        self.points = []    # (result, name)

    def subtest(self, depth, name):
        self.names[depth] = name

    def point(self, depth, good, skip, text):
        """Remember a result under its full name."""
        self.names = {at: name for at, name in self.names.items() if at <= depth}
        path = [self.names[at] for at in sorted(self.names)]
        text = re.sub(r'\s*# SKIP\b.*$', '', text, flags=re.I)
        result = 'not ok' if not good else 'skip' if skip else 'ok'
        self.points.append((result, '.'.join(path + [text])))

    def plan(self, depth, count):
        self.plans[depth] = count

    def close(self, depth):
        """End of the subtests at this depth: was their plan kept?"""
        points = self.open.pop(depth, [])
        plan = self.plans.pop(depth, None)
        if plan is None and points and depth == 0:
            self.complaints.append('no plan')
        elif plan is not None and plan != len(points):
            self.complaints.append('%d points were planned, %d came' % (plan, len(points)))
        return points

    def result(self, depth, good, skip):
        points = []
        for inner in sorted(set(self.open) | set(self.plans), reverse=True):
            if inner > depth:
                points += self.close(inner)
        self.open.setdefault(depth, []).append(good)
        if points and (good or not all(points)):
            return
        if good and skip:
            self.skipped += 1
        else:
            self.passed += good
            self.failed += not good

    def finish(self):
        for depth in sorted(set(self.open) | set(self.plans), reverse=True):
            self.close(depth)
        self.failed += len(self.complaints)


def judge(name, lines, out):
    """Return ((passed, failed, skipped), points) of all the documents in lines."""
    documents = [Document()]
    for line in lines:
        line = line.rstrip('\r\n')
        out.write(line if not RESULT.match(line) else
                  '%s  [%s]' % (line, name))
        out.write('\n')
        out.flush()
        if re.match(r'^(K?TAP) version', line):
            if documents[-1].open or documents[-1].plans:
                documents.append(Document())
            continue
        match = PLAN.match(line)
        if match:
            documents[-1].plan(len(match.group(1)), int(match.group(2)))
            documents[-1].skipped += bool(re.search(r'^1\.\.0 # SKIP\b', line, re.I))
            continue
        match = SUBTEST.match(line)
        if match:
            documents[-1].subtest(len(match.group(1)), match.group(2))
            continue
        match = RESULT.match(line)
        if match:
            depth, good = len(match.group(1)), match.group(2) == 'ok'
            skip = re.search(r'# SKIP\b', match.group(4), re.I)
            documents[-1].result(depth, good, skip)
            documents[-1].point(depth, good, skip, match.group(4))
    passed = failed = skipped = 0
    for document in documents:
        document.finish()
        for complaint in document.complaints:
            out.write('not ok - %s  [%s]\n' % (complaint, name))
        passed += document.passed
        failed += document.failed
        skipped += document.skipped
    if passed + failed + skipped == 0:
        out.write('not ok - no result at all  [%s]\n' % name)
        failed = 1
    return (passed, failed, skipped), [point for document in documents for point in document.points]


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sums, points = judge(sys.argv[1], sys.stdin, sys.stdout)
    if len(sys.argv) == 3:
        with open(sys.argv[2], 'a') as results:
            results.write('%d %d %d\n' % sums)
        with open(sys.argv[2] + '.points', 'a') as results:
            results.writelines('%s\t%s\t%s\n' % (sys.argv[1], *point) for point in points)
    sys.exit(1 if sums[1] else 0)


if __name__ == '__main__':
    main()
