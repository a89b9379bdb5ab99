"""Times to places along a line, and the ticks that say which. Pure."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from yuqing.render.pictures import canvas
from yuqing.render.pictures.canvas import INK, SMALL, SOFT, Line, Shape, Text

HIGH = 34.0
"""Two lines of ticks: days, and under them the times of day."""

_QUIET = 180.0
"""Seconds that count fully; longer silences take room by their logarithm only."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Straight between its knots. ``knots``: aware times, rising, each with its place."""

    knots: tuple[tuple[dt.datetime, float], ...]

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.knots[0][1]

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.knots[-1][1]

    def x(self, moment: dt.datetime) -> float:
        """The place of a time; what lies outside is put at the nearer end."""
        after = bisect_right(self.knots, moment, key=lambda knot: knot[0])
        if after == 0:
            return self.left
        if after == len(self.knots):
            return self.right
        (first, begin), (last, end) = self.knots[after - 1 : after + 1]
        return begin + (end - begin) * ((moment - first) / (last - first))

    def moment(self, x: float) -> dt.datetime:
        """The time of a place."""
        after = bisect_right(self.knots, x, key=lambda knot: knot[1])
        if after == 0:
            return self.knots[0][0]
        if after == len(self.knots):
            return self.knots[-1][0]
        (first, begin), (last, end) = self.knots[after - 1 : after + 1]
        return first + (last - first) * ((x - begin) / (end - begin))


def bent(times: Iterable[dt.datetime], left: float, right: float) -> Axis:
    """An axis that gives room to what is near together, wherever it happens: an incident that
    flares up again on the tenth day is as legible as in its first hour."""
    points = sorted(set(times))
    gaps = [(b - a).total_seconds() for a, b in pairwise(points)]
    rooms = [math.log2(1 + gap / _QUIET) for gap in gaps]
    whole = sum(rooms)
    places = [left]
    for room in rooms:
        places.append(min(places[-1] + room / whole * (right - left), right))
    return Axis(tuple(zip(points, places, strict=True)))


def even(first: dt.datetime, last: dt.datetime, left: float, right: float) -> Axis:
    """An axis on which an hour is as long everywhere."""
    return Axis(((first, left), (last, right)) if last > first else ((first, left),))


# --- ticks -----------------------------------------------------------------------------

_STEPS = (1440, 720, 360, 180, 60, 30, 15, 5, 1)
"""Minutes of the day that a tick may stand for, the roundest first; before them come the
first of a year and of a month."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A round time and its place. ``rank``: the lower, the rounder; 0 a year, 1 a month, 2 a
    day begins."""

    x: float
    at: dt.datetime
    rank: int


def ticks(axis: Axis) -> list[Tick]:
    """The roundest time near each place, at most one a unit, the roundest first."""
    found: dict[dt.datetime, Tick] = {}
    for place in range(math.ceil(axis.left), math.floor(axis.right) + 1):
        begin, end = axis.moment(place - 0.5), axis.moment(place + 0.5)
        tick = next(_round(begin, end), None)
        if tick is not None:
            at, rank = tick
            found.setdefault(at, Tick(axis.x(at), at, rank))
    return sorted(found.values(), key=lambda tick: (tick.rank, tick.x))


def _round(begin: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, int]]:
    """Round times from ``begin`` to ``end``, the roundest first."""
    day = end.replace(hour=0, minute=0, second=0, microsecond=0)
    for rank, first in enumerate((day.replace(month=1, day=1), day.replace(day=1))):
        if first >= begin:
            yield first, rank
    for rank, step in enumerate(_STEPS, start=2):
        minutes = (end - day) // dt.timedelta(minutes=1)
        at = day + dt.timedelta(minutes=minutes // step * step)
        if at >= begin:
            yield at, rank


# --- drawing them ----------------------------------------------------------------------

Day = Callable[[dt.date], str]
"""How a day is written."""


def scale(axis: Axis, y: float, day: Day) -> list[Shape]:
    """Days and times of day over a line at ``y + HIGH``; as many as can be read, rounder ones
    first. Where it does not begin at midnight, its first day is written at its start."""
    foot = y + HIGH
    shapes: list[Shape] = [Line(points=((axis.left, foot), (axis.right, foot)))]
    days, times = Shelf(), Shelf()
    first = axis.knots[0][0]
    found = ticks(axis)
    starts = [tick for tick in found if tick.rank <= 2 and tick.at != axis.knots[-1][0]]
    if not starts or starts[0].at != first:
        starts.insert(0, Tick(axis.left, first, 0))
    for tick in starts:
        text = day(tick.at.date())
        if days.takes(tick.x, tick.x + 3 + canvas.width(text, SMALL)):
            times.takes(tick.x, tick.x + 1)
            shapes.append(Text(x=tick.x + 3, y=y + 13, text=text, size=SMALL, bold=True))
            shapes.append(Line(points=((tick.x, y + 3), (tick.x, foot)), stroke=SOFT))
    for tick in found:
        text = f"{tick.at:%H:%M}"
        half = canvas.width(text, SMALL) / 2
        if tick.rank > 2 and times.takes(tick.x - half, tick.x + half):
            x, at = tick.x, y + 27
            shapes.append(Text(x=x, y=at, text=text, size=SMALL, anchor="middle", fill=SOFT))
            shapes.append(Line(points=((x, foot - 4), (x, foot)), stroke=INK))
    return shapes


def grid(axis: Axis, top: float, foot: float) -> list[Shape]:
    """A pale line where a day begins, through all that stands below."""
    shelf = Shelf()
    return [
        Line(points=((tick.x, top), (tick.x, foot)), stroke="#d4d4d4", dash="2 3")
        for tick in ticks(axis)
        if tick.rank <= 2 and shelf.takes(tick.x - 8, tick.x + 8)
    ]


class Shelf:
    """Room along a line, given to whoever comes first."""

    def __init__(self) -> None:
        self._held: list[tuple[float, float]] = []

    def takes(self, begin: float, end: float) -> bool:
        """Is there room, with a little air on both sides? Then it is taken."""
        if any(begin < last + 6 and end > first - 6 for first, last in self._held):
            return False
        self._held.append((begin, end))
        return True
