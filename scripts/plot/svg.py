# SPDX-License-Identifier: GPL-2.0
"""Panels with axes above each other, as SVG. Whatever is smaller than half a pixel is drawn once."""
import html
import math

WIDTH = 960
LEFT, RIGHT = 66, 58            # beside a panel: its numbers, and what they count
HEAD, GAP, FOOT = 62, 42, 44    # above the first panel, between two, below the last
STEP = 0.5                      # what the eye tells apart, pixels
CHARACTER = 5.9                 # width on average, pixels, in the legend's size
FONT = "'DejaVu Sans', Verdana, Helvetica, Arial, sans-serif"
INK, FAINT, GRID = '#222', '#666', '#e4e4e4'


def short(value):
    """A coordinate in as few characters as tell it to a tenth of a pixel."""
    text = '%.1f' % value
    return text[:-2] if text.endswith('.0') else text


def nice_step(span, most):
    """A round number that goes into the span at most so often."""
    step = 10 ** math.floor(math.log10(span / most))
    return next(step * n for n in (1, 2, 5, 10, 20) if span / (step * n) <= most)


def ticks(low, high, most):
    step = nice_step(high - low, most)
    first, last = math.ceil(low / step - 1e-6), math.floor(high / step + 1e-6)
    decimals = max(0, -math.floor(math.log10(step) + 1e-6))
    return [(n * step, '%.*f' % (decimals, n * step)) for n in range(first, last + 1)]


def runs(intervals, least):
    """Ascending intervals, those joined that are less than STEP apart, none of them shorter than LEAST."""
    joined = []
    for low, high in sorted((low, max(high, low + least)) for low, high in intervals):
        if joined and low - joined[-1][1] < STEP:
            joined[-1][1] = max(joined[-1][1], high)
        else:
            joined.append([low, high])
    return joined


class Panel:
    """One rectangle with axes. Series are given in the units of the axes."""

    def __init__(self, name, height, xs, ys, unit):
        self.name, self.height, self.xs, self.ys, self.unit = name, height, xs, ys, unit
        self.top = 0
        self.series, self.legend, self.right = [], [], None

    def px(self, x):
        return LEFT + (x - self.xs[0]) / (self.xs[1] - self.xs[0]) * (WIDTH - LEFT - RIGHT)

    def py(self, y):
        """From the panel's upper edge down."""
        return self.height - (y - self.ys[0]) / (self.ys[1] - self.ys[0]) * self.height

    def shows(self, x):
        return self.xs[0] <= x <= self.xs[1]

    def _add(self, kind, colour, label, shown, count, path, style):
        """A count belongs to what there is, drawn or not; without any of it there is neither line nor legend."""
        if not count:
            return
        self.legend.append((kind, colour, '%s (%d)' % (label, count) if kind == 'bar' else label))
        self.series.append('<path class="%s" data-count="%d" d="%s" stroke="%s" %s/>' % (
            shown, count, path, colour, style))

    def bars(self, name, label, colour, items, width, gap=0.0, least=1.0):
        """Vertical strokes (x, low, high). Where they are long enough, a gap keeps one from the next."""
        columns, count = {}, 0
        for x, low, high in items:
            if not self.shows(x) or high < self.ys[0] or low > self.ys[1]:
                continue
            count += 1
            upper, lower = self.py(high), self.py(low)
            if lower - upper > 4 * gap:
                upper += gap
            columns.setdefault(round(self.px(x) / STEP), []).append((upper, lower))
        path = []
        for column in sorted(columns):
            at = 'M' + short(column * STEP)
            path += ['%s %sv%s' % (at, short(high), short(low - high)) for high, low in runs(columns[column], least)]
        self._add('bar', colour, label, name, count, ''.join(path), 'stroke-width="%s"' % short(width))

    def steps(self, name, label, colour, points, style='stroke-width="1.2"', until=-math.inf):
        """A line through (x, y): each y holds until the next one, the last one up to UNTIL."""
        inside = [(x, y) for x, y in points if self.shows(x)]
        before = [y for x, y in points if x < self.xs[0]]
        if before:
            inside.insert(0, (self.xs[0], before[-1]))
        columns = {}
        for x, y in inside:
            columns.setdefault(round(self.px(x) / STEP), []).append(self.py(y))
        path, last = [], None
        for column, ys in sorted(columns.items()):
            ends = [min(ys), max(ys), ys[-1]] if max(ys) - min(ys) > STEP else ys[-1:]
            for y in ends:
                y = round(y / STEP) * STEP
                if last is None:
                    path.append('M%s %s' % (short(column * STEP), short(y)))
                elif last[1] != y:
                    path.append(('H%s' % short(column * STEP) if last[0] != column else '') + 'V' + short(y))
                last = (last[0] if last and last[1] == y else column, y)
        if inside:
            path.append('H%s' % short(self.px(min(max(points[-1][0], until), self.xs[1]))))
        self._add('line', colour, label, name, len(inside), ''.join(path), 'fill="none" ' + style)

    def dots(self, name, label, colour, points, size=2.2):
        cells = {(round(self.px(x) / STEP), round(self.py(y) / STEP)) for x, y in points if self.shows(x)}
        path = ''.join('M%s %sh0' % (short(x * STEP), short(y * STEP)) for x, y in sorted(cells))
        self._add('dot', colour, label, name, sum(self.shows(x) for x, _ in points), path,
                  'stroke-width="%s" stroke-linecap="round"' % short(size))

    def flags(self, points):
        """A pole with a name at (x, y); those whose names would cover each other have one."""
        poles = []
        for x, y, name in points:
            if not self.shows(x) or not self.ys[0] <= y <= self.ys[1]:
                continue
            at, height = self.px(x), self.py(y)
            near = poles and at - poles[-1][0] < 6 + CHARACTER * len(poles[-1][2]) and abs(height - poles[-1][1]) < 12
            if near:
                poles[-1][2] += ', ' + name
            else:
                poles.append([at, height, name])
        for at, height, name in poles:
            up = -16 if height > 20 else 16
            left = at > WIDTH - RIGHT - 80
            self.series.append('<path class="mark" d="M%s %sv%d" stroke="%s"/>' % (short(at), short(height), up, INK))
            self.series.append('<text class="mark" x="%s" y="%s" font-size="10" fill="%s"%s>%s</text>' % (
                short(at + (-3 if left else 3)), short(height + up + (4 if up > 0 else 6)), INK,
                ' text-anchor="end"' if left else '', html.escape(name)))

    def _axis(self, out):
        out.append('<rect x="%d" y="0" width="%d" height="%d" fill="none" stroke="%s"/>' % (
            LEFT, WIDTH - LEFT - RIGHT, self.height, FAINT))
        most = max(2, self.height // 32)
        for value, text in ticks(*self.ys, most):
            y = short(self.py(value))
            out.append('<path d="M%d %sH%d" stroke="%s"/>' % (LEFT, y, WIDTH - RIGHT, GRID))
            out.append('<text x="%d" y="%s" dy="4" text-anchor="end">%s</text>' % (LEFT - 6, y, text))
        middle = self.height / 2
        out.append('<text transform="translate(14 %s) rotate(-90)" text-anchor="middle">%s</text>' % (
            short(middle), html.escape(self.unit)))
        if self.right:
            scale, unit = self.right
            for value, text in ticks(self.ys[0] * scale, self.ys[1] * scale, most):
                out.append('<text x="%d" y="%s" dy="4">%s</text>' % (
                    WIDTH - RIGHT + 6, short(self.py(value / scale)), text))
            out.append('<text transform="translate(%d %s) rotate(-90)" text-anchor="middle">%s</text>' % (
                WIDTH - 8, short(middle), html.escape(unit)))

    def _key(self, out):
        """The legend stands above the panel, right of its name."""
        out.append('<text x="%d" y="-8" font-weight="bold">%s</text>' % (LEFT, html.escape(self.name)))
        x = WIDTH - RIGHT - sum(30 + CHARACTER * len(label) for _, _, label in self.legend) + 12
        for kind, colour, label in self.legend:
            d = {'bar': 'M%d -17v11', 'line': 'M%d -11.500h14', 'dot': 'M%d -11.500h0'}[kind] % (
                x + (0 if kind == 'line' else 7))
            wide = {'bar': 3, 'line': 2, 'dot': 5}[kind]
            out.append('<path d="%s" stroke="%s" stroke-width="%d" stroke-linecap="%s"/>' % (
                d, colour, wide, 'round' if kind == 'dot' else 'butt'))
            out.append('<text x="%s" y="-8">%s</text>' % (short(x + 18), html.escape(label)))
            x += 30 + CHARACTER * len(label)

    def draw(self, number):
        out = ['<g transform="translate(0 %d)" font-size="11" fill="%s">' % (self.top, INK)]
        for value, _ in ticks(*self.xs, 10):
            x = short(self.px(value))
            out.append('<path d="M%s 0V%d" stroke="%s"/>' % (x, self.height, GRID))
        self._axis(out)
        self._key(out)
        out.append('<clipPath id="panel%d"><rect x="%d" y="-1" width="%d" height="%d"/></clipPath>' % (
            number, LEFT, WIDTH - LEFT - RIGHT, self.height + 2))
        out.append('<g clip-path="url(#panel%d)">' % number)
        out += self.series
        return out + ['</g>', '</g>']


def figure(title, subtitle, panels, x_unit):
    """The whole picture as text."""
    top = HEAD
    for panel in panels:
        top += 20
        panel.top = top
        top += panel.height + GAP - 20
    bottom = top - GAP + 20
    height = bottom + FOOT
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="%s">' % (
        WIDTH, height, WIDTH, height, FONT),
           '<!-- SPDX-License-Identifier: GPL-2.0 -->',
           '<title>%s</title>' % html.escape(title),
           '<rect width="%d" height="%d" fill="#fff"/>' % (WIDTH, height),
           '<text x="%d" y="26" font-size="16" font-weight="bold" fill="%s">%s</text>' % (
               LEFT, INK, html.escape(title)),
           '<text x="%d" y="46" font-size="11" fill="%s">%s</text>' % (LEFT, FAINT, html.escape(subtitle))]
    for number, panel in enumerate(panels):
        out += panel.draw(number)
    last = panels[-1]
    out.append('<g font-size="11" fill="%s">' % INK)
    for value, text in ticks(*last.xs, 10):
        out.append('<text x="%s" y="%d" text-anchor="middle">%s</text>' % (
            short(last.px(value)), last.top + last.height + 15, text))
    out.append('<text x="%d" y="%d" text-anchor="middle">%s</text>' % (
        (LEFT + WIDTH - RIGHT) / 2, last.top + last.height + 32, html.escape(x_unit)))
    return '\n'.join(out + ['</g>', '</svg>', ''])
