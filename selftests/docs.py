#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What README.md and Documentation/ say, for docs.sh to try.

usage: docs.py run FILE       the commands in FILE: the code block behind each <!-- run -->
       docs.py prints FILE    what they print: the code block behind each <!-- prints -->
       docs.py check          name what in any of the documents is not so

What is checked:
  - a code block behind <!-- PATH --> is that file
  - files, links and functions that are named exist
  - in the hop lists of packet-path.md each function stands in the file beside it, and is called by
    the one above it that is indented less, unless a "by" says how else it is reached
  - rill.7 has every option of the uapi header
"""
import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
RINGS = ('core', 'base', 'engine', 'edge', 'tests')
HOP = re.compile(r'^(\w+\.[ch])( +)(rill_\w+)(?: +(.*))?$')


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read()


def paths(pattern):
    return sorted(os.path.relpath(path, ROOT) for path in glob.glob(os.path.join(ROOT, pattern)))


def blocks(text, mark):
    """The code blocks behind a comment that matches MARK: (what matched, content)."""
    return re.findall(r'^<!-- (%s) -->\n```\w*\n(.*?)^```$' % mark, text, re.M | re.S)


def listings(name, text):
    for path, content in blocks(text, r'[\w./-]+/[\w./-]+'):
        if content != read(path):
            yield '%s: the listing is not %s' % (name, path)


def links(name, text):
    for target in re.findall(r'\]\(([^)#:]+)\)', text):
        path = os.path.normpath(os.path.join(os.path.dirname(name), target))
        if not os.path.exists(os.path.join(ROOT, path)):
            yield '%s: no %s to link to' % (name, target)


def files(name, text):
    for path in re.findall(r'(?<![\w/.~-])((?:%s|module|scripts|selftests|uapi|Documentation)/[\w./-]*\w)'
                           % '|'.join(RINGS), text):
        where = 'module/' + path if path.split('/')[0] in RINGS else path
        if not paths(where) and not paths(where + '.[ch]'):
            yield '%s: there is no %s' % (name, path)


def names(name, text, sources):
    for word in sorted(set(re.findall(r'\b(?:rill|RILL)_\w+', text))):
        if not re.search(r'\b%s\b' % word, sources):
            yield '%s: %s stands nowhere in the sources' % (name, word)


def body(source, function):
    """From a function's definition to its closing brace; None if it isn't defined there."""
    match = re.search(r'^[a-z][^;{}\n]*\b%s\([^;{}]*\)\n(?:\t__.*\n)*\{.*?^\}' % function,
                      source, re.M | re.S)
    return match.group(0) if match else None


def hops(name, text):
    for block in re.findall(r'^```\n(.*?)^```$', text, re.M | re.S):
        above = []
        for line in block.splitlines():
            match = HOP.match(line)
            if not match:
                continue
            file, blanks, function, note = match.groups()
            found = [path for ring in RINGS for path in paths('module/%s/%s' % (ring, file))]
            depth = len(file) + len(blanks)
            own = body(read(found[0]), function) if found else None
            if not own:
                yield '%s: %s is not a function of %s' % (name, function, file)
                continue
            above = [hop for hop in above if hop[0] < depth]
            by = (note or '').startswith('by ')
            if above and not by and not re.search(r'\b%s\b' % function, above[-1][2]):
                yield '%s: %s does not call %s' % (name, above[-1][1], function)
            above.append((depth, function, own))


def options(name, text):
    for option in re.findall(r'^#define RILL_(\w+)\t+\d+$', read('uapi/linux/rill.h'), re.M):
        if not re.search(r'\bRILL_%s\b' % option, text):
            yield '%s: RILL_%s is missing' % (name, option)


def check():
    sources = ''.join(read(path) for pattern in
                      ('module/*.h', 'module/*/*.[ch]', 'uapi/linux/*.h', 'Kbuild', 'scripts/vm', 'scripts/rill-run*')
                      for path in paths(pattern))
    faults = []
    for name in ['README.md'] + paths('Documentation/*.md'):
        text = read(name)
        faults += list(listings(name, text)) + list(links(name, text)) + list(files(name, text))
        faults += list(names(name, text, sources + ' rill_stat '))
    faults += list(hops('Documentation/packet-path.md', read('Documentation/packet-path.md')))
    faults += list(options('Documentation/rill.7', read('Documentation/rill.7')))
    return faults


def main(args):
    if args == ['check']:
        faults = check()
        print(*faults, sep='\n')
        return bool(faults)
    if len(args) == 2 and args[0] in ('run', 'prints'):
        for _, content in blocks(read(args[1]), args[0]):
            print(content, end='')
        return 0
    print(__doc__)
    return 2


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
