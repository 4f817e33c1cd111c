# SPDX-License-Identifier: GPL-2.0
"""Runs the wire tests and prints TAP.

usage: run.py [-p PROTO] [-j JOBS] [-v] [-l] [-x NAME]... [NAME...]

A test is a function test_* in a test_*.py beside this file. Each runs in a
process and in two network namespaces of its own, JOBS at a time, since most of
a test is waiting for a timer. NAME picks tests, by a part of the name; -x leaves some out.
"""
import argparse
import importlib
import os
import re
import select
import signal
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import peer     # noqa: E402

TIME_LIMIT = 240


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


def skip_reason(test, proto):
    """Text after 'Rill only:' in the docstring says why TCP is not judged by it."""
    match = re.search(r'Rill only: (.*?)(?:\n\s*\n|\Z)', test.__doc__, re.S)
    if match and proto != peer.RILL:
        return 'rill only: ' + ' '.join(match.group(1).split())
    return None


def child(test, proto, out):
    """The body of one test's process: its report goes to out, '' means passed."""
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpus[os.getpid() % len(cpus)]})   # segments stay in order
    wire, report = None, []
    try:
        wire = peer.Wire(proto, **getattr(test, 'wire', {}))
        test(wire)
        for p in wire.peers:
            p.strict = False
        wire.quiet()
    except peer.WireError as e:
        where = [f for f in traceback.extract_tb(e.__traceback__)
                 if os.path.basename(f.filename).startswith('test_')]
        report = ['%s:%d: %s' % (os.path.basename(f.filename), f.lineno, f.line) for f in where]
        report.append(str(e))
    except Exception:   # whatever it is, it is this test's failure
        report = traceback.format_exc().splitlines()
    transcript = sorted(wire.transcript, key=lambda line: float(line.split()[0])) if wire else []
    if report and wire:
        report.append('transcript (> peer to host, < host to peer):')
    os.write(out, '\n'.join(report + transcript if report else []).encode())
    os._exit(bool(report))


class Running:
    def __init__(self, name, test, proto):
        self.name, self.since = name, time.time()
        self.fd, out = os.pipe()
        self.report = b''
        self.pid = os.fork()
        if not self.pid:
            os.close(self.fd)
            child(test, proto, out)
        os.close(out)

    def finished(self):
        """Reads the report; true once the process has closed its end."""
        data = os.read(self.fd, 65536)
        self.report += data
        return not data

    def reap(self):
        os.close(self.fd)
        return os.waitpid(self.pid, 0)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('-p', '--proto', type=int, default=peer.RILL)
    parser.add_argument('-j', '--jobs', type=int, default=4)
    parser.add_argument('-v', '--verbose', action='store_true', help='time of each test')
    parser.add_argument('-l', '--list', action='store_true', help='names and requirements only')
    parser.add_argument('-x', '--without', action='append', default=[])
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    tests = discover()
    chosen = [n for n in tests if (not args.names or any(a in n for a in args.names))
              and not any(a in n for a in args.without)]
    if not chosen:
        sys.exit('no wire test matches ' + ' '.join(args.names))
    if args.list:
        for n in chosen:
            rules = re.findall(r'(?:MUST|SHLD|MAY|REC)-\d+', tests[n].__doc__)
            print('%-44s %s' % (n, ' '.join(rules)))
        return 0
    print('TAP version 13\n1..%d' % len(chosen), flush=True)
    waiting, running, number, failed = list(chosen), {}, 0, 0

    def tell(ok, name, note=''):
        nonlocal number, failed
        number += 1
        failed += not ok
        print('%s %d - %s%s' % ('ok' if ok else 'not ok', number, name, note), flush=True)

    while waiting or running:
        while waiting and len(running) < args.jobs:
            name = waiting.pop(0)
            reason = skip_reason(tests[name], args.proto)
            if reason:
                tell(True, name, ' # SKIP ' + reason)
                continue
            r = Running(name, tests[name], args.proto)
            running[r.fd] = r
        for fd in select.select(list(running), [], [], 1.0)[0] if running else []:
            if not running[fd].finished():
                continue
            r = running.pop(fd)
            ok = r.reap() == 0
            tell(ok, r.name)
            if args.verbose:
                print('# %.1f s' % (time.time() - r.since))
            for line in r.report.decode().splitlines():
                print('#   ' + line, flush=True)
        for r in running.values():
            if time.time() - r.since > TIME_LIMIT:
                print('# %s: no end after %d s' % (r.name, TIME_LIMIT))
                os.kill(r.pid, signal.SIGKILL)
    print('# %d passed, %d failed' % (number - failed, failed))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
