# SPDX-License-Identifier: GPL-2.0
"""Runs the wire tests and prints TAP.

usage: run.py [-p PROTO] [-6] [-j JOBS] [-v] [-l] [-x NAME]... [NAME...]

A test is a function test_* in a test_*.py beside this file. Each runs in a
process and in two network namespaces of its own, JOBS at a time, since most of
a test is waiting for a timer. NAME picks tests, by a part of the name; -x leaves some out.
-6 runs them over IPv6; a test about one version of IP alone says so by ip.only().
"""
import argparse
import collections
import importlib
import os
import re
import select
import signal
import sys
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from segment import Skip, WireError     # noqa: E402
from wire import RILL, Wire             # noqa: E402

TIME_LIMIT = 240
# Failing counts only where the machine let the test run: a test that failed
# and was kept from the processor for longer than STALL seconds has told
# nothing, and gets up to ATTEMPTS chances, the later ones alone. The
# shortest time that tests are about is a delayed ACK's 40 ms.
STALL = 0.03
ATTEMPTS = 3
PASSED, FAILED, STALLED, SKIPPED = 0, 1, 2, 3


def discover():
    tests = {}
    for name in sorted(os.listdir(HERE)):
        if re.fullmatch(r'test_\w+\.py', name):
            module = importlib.import_module(name[:-3])
            found = [f for n, f in vars(module).items()
                     if n.startswith('test_') and f.__module__ == module.__name__]
            for f in sorted(found, key=lambda f: f.__code__.co_firstlineno):
                if f.__name__ in tests:
                    sys.exit('two tests are called ' + f.__name__)
                tests[f.__name__] = f
    return tests


def runs_on(test, version):
    """Most tests run over both versions of IP, some are about one of them."""
    return version in getattr(test, 'versions', (4, 6))


def skip_reason(test, proto):
    """Text after 'Rill only:' in the docstring, or the module's, says why TCP is not judged by it."""
    docs = '%s\n\n%s' % (test.__doc__, sys.modules[test.__module__].__doc__)
    match = re.search(r'Rill only: (.*?)(?:\n\s*\n|\Z)', docs, re.S)
    if match and proto != RILL:
        return 'rill only: ' + ' '.join(match.group(1).split())
    return None


class Heart(threading.Thread):
    """Beats every 20 ms; knows by how much the machine has kept this process waiting."""

    def __init__(self):
        super().__init__(daemon=True)
        self.late = 0.0
        self.start()

    def run(self):
        while True:
            before = time.monotonic()
            time.sleep(0.02)
            self.late = max(self.late, time.monotonic() - before - 0.02)


def child(test, proto, version, out):
    """The body of one test's process: its report goes to out. Exit status: PASSED and so on."""
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpus[os.getpid() % len(cpus)]})   # segments stay in order
    heart, wire, report = Heart(), None, []
    try:
        wire = Wire(proto, version, **getattr(test, 'wire', {}))
        test(wire)
        for p in wire.peers:
            p.strict = False
        wire.quiet()
    except Skip as e:
        os.write(out, str(e).encode())
        os._exit(SKIPPED)
    except WireError as e:
        where = [f for f in traceback.extract_tb(e.__traceback__)
                 if os.path.basename(f.filename).startswith('test_')]
        report = ['%s:%d: %s' % (os.path.basename(f.filename), f.lineno, f.line) for f in where]
        report.append(str(e))
    except Exception:   # whatever it is, it is this test's failure
        report = traceback.format_exc().splitlines()
    if not report:
        os._exit(PASSED)
    if wire:
        report.append('transcript (> peer to host, < host to peer):')
        report += sorted(wire.transcript, key=lambda line: float(line.split()[0]))
    report.insert(0, 'the machine stood still for up to %.2f s' % heart.late)
    os.write(out, '\n'.join(report).encode())
    os._exit(STALLED if heart.late > STALL else FAILED)


class Running:
    """A test in its process."""

    def __init__(self, name, test, proto, version):
        self.name, self.since = name, time.time()
        self.fd, out = os.pipe()
        self.report = b''
        self.pid = os.fork()
        if not self.pid:
            os.close(self.fd)
            child(test, proto, version, out)
        os.close(out)

    def finished(self):
        """Reads the report; true once the process has closed its end."""
        data = os.read(self.fd, 65536)
        self.report += data
        return not data

    def reap(self):
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def watch(self):
        if time.time() - self.since > TIME_LIMIT:
            self.report += b'no end after %d s' % TIME_LIMIT
            os.kill(self.pid, signal.SIGKILL)


class Run:
    """All tests chosen, some at a time; those that a slow machine failed once more, alone."""

    def __init__(self, tests, args):
        self.tests, self.args = tests, args
        self.number = self.failed = 0
        self.attempts = collections.Counter()

    def tell(self, ok, name, note=''):
        self.number += 1
        self.failed += not ok
        print('%s %d - %s%s' % ('ok' if ok else 'not ok', self.number, name, note), flush=True)

    def judge(self, r, again):
        """A test has ended: print its result, or put it into `again`."""
        status = r.reap()
        self.attempts[r.name] += 1
        if status == STALLED and self.attempts[r.name] < ATTEMPTS:
            print('# %s: the machine was too slow, once more alone' % r.name, flush=True)
            again.append(r.name)
            return
        if status == SKIPPED:
            self.tell(True, r.name, ' # SKIP ' + r.report.decode())
            return
        self.tell(status == PASSED, r.name)
        if self.args.verbose:
            print('# %.1f s' % (time.time() - r.since))
        for line in r.report.decode().splitlines():
            print('#   ' + line, flush=True)

    def run(self, names, jobs):
        """Returns the names that have to run again."""
        waiting, running, again = list(names), {}, []
        while waiting or running:
            while waiting and len(running) < jobs:
                name = waiting.pop(0)
                reason = skip_reason(self.tests[name], self.args.proto)
                if reason:
                    self.tell(True, name, ' # SKIP ' + reason)
                    continue
                r = Running(name, self.tests[name], self.args.proto, self.args.version)
                running[r.fd] = r
            for fd in select.select(list(running), [], [], 1.0)[0]:
                if running[fd].finished():
                    self.judge(running.pop(fd), again)
            for r in running.values():
                r.watch()
        return again


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('-p', '--proto', type=int, default=RILL)
    parser.add_argument('-6', '--ipv6', dest='version', action='store_const', const=6, default=4)
    parser.add_argument('-j', '--jobs', type=int, default=4)
    parser.add_argument('-v', '--verbose', action='store_true', help='time of each test')
    parser.add_argument('-l', '--list', action='store_true', help='names and requirements only')
    parser.add_argument('-x', '--without', action='append', default=[])
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    tests = discover()
    full = {n: '%s.%s' % (f.__module__.removeprefix('test_'), n) for n, f in tests.items()}
    chosen = [n for n in tests if (not args.names or any(a in full[n] for a in args.names))
              and not any(a in full[n] for a in args.without) and runs_on(tests[n], args.version)]
    if not chosen:
        sys.exit('no wire test matches ' + ' '.join(args.names))
    if args.list:
        for n in chosen:
            rules = re.findall(r'(?:MUST|SHLD|MAY|REC)-\d+', tests[n].__doc__)
            print('%-44s %s' % (n, ' '.join(rules)))
        return 0
    print('TAP version 13\n1..%d' % len(chosen), flush=True)
    run = Run(tests, args)
    again = run.run(chosen, args.jobs)
    while again:
        again = run.run(again, 1)
    print('# %d passed, %d failed' % (run.number - run.failed, run.failed))
    return run.failed > 0


if __name__ == '__main__':
    sys.exit(main())
