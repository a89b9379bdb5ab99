"""Charts of numbers: bars side by side, lines over time. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from yuqing.render.phrases import Phrases
from yuqing.render.pictures import axis as axes
from yuqing.render.pictures import canvas
from yuqing.render.pictures.axis import Axis
from yuqing.render.pictures.canvas import (
    INK,
    MARGIN,
    PALE,
    SIZE,
    SMALL,
    SOFT,
    WIDTH,
    Box,
    Group,
    Line,
    Mark,
    Shape,
    Text,
)
from yuqing.review import rows

ROWS = 40
"""Bars that one page holds."""
SERIES, PANELS = 8, 4
"""Lines that one page holds, and scales beside which they are drawn."""

_STYLES = (
    ("dot", ""),
    ("square", "7 3"),
    ("up", "2 3"),
    ("ring", "10 3 2 3"),
    ("target", "5 2"),
    ("late", "1 3"),
    ("was", "12 4"),
    ("start", "4 4"),
)
"""Sign and dashes of the first, second … line: told apart without any colour."""


# --- bars ------------------------------------------------------------------------------


def bars(
    title: str,
    rows: Sequence[tuple[str, int]],
    *,
    lang: str = "zh-Hans",
    name: str = "bars",
    note: str = "",
    more: str = "… +{n}",
) -> str:
    """Lying bars, one for each label, with its number written. A number below 0 counts as 0.

    ``note``: a line below, such as what was counted. ``name``: unique on its page. Rows beyond
    :data:`ROWS` are counted in a last line, ``more``.
    """
    shown = [(canvas.cut(label, 230), max(number, 0)) for label, number in rows[:ROWS]]
    left = max((canvas.width(label) for label, _ in shown), default=0.0)
    start = MARGIN + left + 10
    digits = max((canvas.width(f"{number:,}") for _, number in shown), default=0.0)
    room = WIDTH - start - MARGIN - digits - 8
    top = max((number for _, number in shown), default=0)
    shapes: list[Shape] = [_title(title)]
    y = 44.0
    for label, number in shown:
        long = room * number / top if top else 0.0
        inside = (
            Text(x=start - 10, y=y + 14, text=label, anchor="end"),
            Box(x=start, y=y + 2, wide=long, high=16, fill="#6b6b6b"),
            Text(x=start + long + 6, y=y + 14, text=f"{number:,}", bold=True),
        )
        shapes.append(Group(title=f"{label}: {number}", shapes=inside))
        y += 24
    shapes.append(Line(points=((start, 40), (start, y)), stroke=INK))
    rest = more.format(n=len(rows) - ROWS) if len(rows) > ROWS else ""
    below = _below([rest, note], y)
    told = [f"{label}: {number};" for label, number in shown]
    high = y + 14 + 18 * len(below)
    return canvas.svg([*shapes, *below], high=high, title=title, told=told, lang=lang, name=name)


def _title(title: str) -> Text:
    return Text(x=MARGIN, y=26, text=canvas.cut(title, WIDTH - 2 * MARGIN, 16), size=16, bold=True)


def _below(lines: Sequence[str], y: float) -> list[Text]:
    """Small lines under a chart that ends at ``y``; empty ones are none."""
    said = [canvas.cut(line, WIDTH - 2 * MARGIN, SMALL) for line in lines if line]
    return [
        Text(x=MARGIN, y=y + 18 * place, text=line, size=SMALL, fill=SOFT)
        for place, line in enumerate(said, start=1)
    ]


# --- lines -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its name, and what was observed when; aware times in any order."""

    name: str
    points: tuple[tuple[dt.datetime, int], ...]


def spread(doc: rows.Paper, phrases: Phrases) -> str | None:
    """The observed whole numbers of a case over time, as SVG; ``None`` where no fact was looked
    up twice. Two values of one moment: the later entry counts."""
    found: dict[str, tuple[str, dict[dt.datetime, int]]] = {}
    for row in doc.observed:
        if isinstance(row.value, int) and not isinstance(row.value, bool):
            found.setdefault(row.id, (row.name, {}))[1][row.at] = row.value
    series = [Series(name, tuple(points.items())) for name, points in found.values()]
    say = phrases.w["picture"]
    return lines(
        f"{say['spread']}{phrases.w['colon']}{doc.title}",
        series,
        lang=phrases.script,
        name=f"spread-{doc.id}",
        note=say["observed"],
        more=say["omitted"],
        day=phrases.time,
    )


def lines(
    title: str,
    series: Sequence[Series],
    *,
    lang: str = "zh-Hans",
    name: str = "lines",
    note: str = "",
    more: str = "… +{n}",
    day: axes.Day = dt.date.isoformat,
) -> str | None:
    """Observations joined by straight lines on an even time axis, never beyond the last of them;
    ``None`` where no series has two.

    Each line has signs and dashes of its own and its name at its end. What is ten times smaller
    than the rest gets a scale of its own, below. ``day``: how a day is written; ``more`` counts
    the series beyond :data:`SERIES`. ``note``, ``name``: as :func:`bars` takes them.
    """
    shown = [Series(each.name, tuple(sorted(each.points))) for each in series if each.points]
    if not any(len(each.points) > 1 for each in shown):
        return None
    shown = sorted(shown, key=lambda each: len(each.points), reverse=True)
    panels = _panels(shown[:SERIES])
    drawn = [each for panel in panels for each in panel]
    times = [at for each in drawn for at, _ in each.points]
    axis = axes.even(min(times), max(times), 86, WIDTH - 176)
    y = 40 + axes.HIGH
    ruler = axes.ruler(axis, day)
    shapes: list[Shape] = [_title(title), *ruler.drawn(40)]
    for panel in panels:
        high = 190.0 if len(panels) == 1 else 130.0
        shapes += ruler.grid(y, y + high + 14)
        shapes += _panel(panel, [drawn.index(each) for each in panel], axis, y + 14, high)
        y += high + 26
    left_out = len(shown) - len(drawn)
    below = _below([note, more.format(n=left_out) if left_out else ""], y - 4)
    told = [
        f"{each.name}: " + ", ".join(f"{at:%Y-%m-%d %H:%M} {n}" for at, n in each.points[:60]) + ";"
        for each in drawn
    ]
    high = y + 12 + 18 * len(below)
    return canvas.svg([*shapes, *below], high=high, title=title, told=told, lang=lang, name=name)


def _panels(series: Sequence[Series]) -> list[list[Series]]:
    """Together what is read on one scale: the greatest value within ten times of each other."""
    panels: list[list[Series]] = []
    for each in sorted(series, key=_greatest, reverse=True):
        if panels and (_greatest(each) * 10 >= _greatest(panels[-1][0])):
            panels[-1].append(each)
        elif len(panels) < PANELS:
            panels.append([each])
    return panels


def _greatest(series: Series) -> int:
    return max(abs(number) for _, number in series.points)


def _panel(
    panel: Sequence[Series], styles: Sequence[int], axis: Axis, top: float, high: float
) -> list[Shape]:
    numbers = [number for each in panel for _, number in each.points]
    upper, lower = _round_up(max(*numbers, 0)), -_round_up(-min(*numbers, 0))
    if upper == lower:
        upper = 1

    def y(number: float) -> float:
        return top + high * (upper - number) / (upper - lower)

    shapes: list[Shape] = []
    written: list[float] = []
    for mark in (0, upper, lower, *([upper // 2] if upper % 2 == 0 else [])):
        at = y(mark)
        if any(abs(at - other) < SMALL + 2 for other in written):
            continue
        written.append(at)
        stroke = INK if mark == 0 else PALE
        shapes.append(Line(points=((axis.left, at), (axis.right, at)), stroke=stroke))
        said = canvas.cut(f"{mark:,}", axis.left - 8 - MARGIN, SMALL)
        shapes.append(
            Text(x=axis.left - 8, y=at + 4, text=said, size=SMALL, anchor="end", fill=SOFT)
        )
    ends = _apart([y(each.points[-1][1]) for each in panel], top, top + high)
    drawn = [[(axis.x(at), y(number)) for at, number in each.points] for each in panel]
    taken = [spot for places in drawn for spot in _covered(places)]
    taken += [(0, at - 10, axis.left - 6, at + 8) for at in written]
    taken += [(0, y(0) - 1, WIDTH, y(0) + 1), (0, top + high - 2, WIDTH, top + high + 40)]
    for each, places, style, end in zip(panel, drawn, styles, ends, strict=True):
        sign, dash = _STYLES[style % len(_STYLES)]
        inside: list[Shape] = [Line(points=tuple(places), wide=1.6, dash=dash)]
        if len(places) <= 60:
            inside += [Mark(shape=sign, x=x, y=at) for x, at in places]
        inside += _numbers(each, places, axis.left - 6, taken)
        inside.append(
            Line(points=(places[-1], (axis.right + 12, end)), stroke=canvas.FAINT, dash="1 2")
        )
        inside.append(Mark(shape=sign, x=axis.right + 18, y=end))
        number = f"{each.points[-1][1]:,}"
        room = WIDTH - MARGIN - axis.right - 28 - canvas.width(f" {number}")
        text = f"{canvas.cut(each.name, room)} {number}"
        inside.append(Text(x=axis.right + 28, y=end + 4.5, text=text))
        shapes.append(Group(title=f"{each.name}: {number}", shapes=tuple(inside)))
    return shapes


def _numbers(
    series: Series, places: Sequence[tuple[float, float]], left: float, taken: list[_Area]
) -> list[Shape]:
    """The numbers over or under their points, as far as there is room; the last stands beside
    the line."""
    shapes: list[Shape] = []
    for (at, y), (_, number) in list(zip(places, series.points, strict=True))[:-1]:
        text = f"{number:,}"
        half = canvas.width(text, SMALL) / 2 + 2
        x = max(at, left + half)
        for foot in (y - 8, y + 18):
            box = (x - half, foot - 11, x + half, foot + 2)
            if not any(_meet(box, other) for other in taken):
                taken.append(box)
                shapes.append(Text(x=x, y=foot, text=text, size=SMALL, anchor="middle", fill=SOFT))
                break
    return shapes


_Area = tuple[float, float, float, float]
"""Left, top, right, foot."""


def _covered(places: Sequence[tuple[float, float]]) -> Iterator[_Area]:
    """What a line and its signs cover, in small pieces."""
    for x, y in places:
        yield x - 5, y - 5, x + 5, y + 5
    for (x1, y1), (x2, y2) in pairwise(places):
        pieces = 1 + int(max(abs(x2 - x1), abs(y2 - y1)) / 4)
        for part in range(pieces):
            x, y = x1 + (x2 - x1) * part / pieces, y1 + (y2 - y1) * part / pieces
            yield x - 1, y - 1, x + 1, y + 1


def _meet(one: _Area, other: _Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _apart(wanted: Sequence[float], top: float, foot: float) -> list[float]:
    """The wanted heights, moved until a line of text fits between each two."""
    step = SIZE + 2
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    placed = list(wanted)
    for before, place in zip([None, *order], order, strict=False):
        if before is not None:
            placed[place] = max(placed[place], placed[before] + step)
    over = placed[order[-1]] - foot
    if over > 0:
        limit = foot
        for place in reversed(order):
            placed[place] = min(placed[place], limit)
            limit = placed[place] - step
    return [max(each, top - 8) for each in placed]


def _round_up(number: int) -> int:
    """The next of 1, 2, 4, 5, 10, 20, 40 …"""
    if number <= 0:
        return 0
    power = int(10 ** (len(str(number)) - 1))
    return next(n * power for n in (1, 2, 4, 5, 10, 20) if n * power >= number)
