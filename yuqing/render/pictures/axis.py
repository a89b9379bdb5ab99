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


Day = Callable[[dt.date], str]
"""How a day is written."""


@dataclass(frozen=True, slots=True)
class Ruler:
    """An axis with the days and the times of day that are written over it."""

    axis: Axis
    days: tuple[tuple[Tick, str], ...]
    times: tuple[Tick, ...]

    def dates(self, moment: dt.datetime) -> bool:
        """Is the day of that time written, so that the time of day says enough?"""
        return any(tick.at.date() == moment.date() for tick, _ in self.days)

    def drawn(self, y: float) -> list[Shape]:
        """Days, under them times, over a line at ``y + HIGH``."""
        foot = y + HIGH
        shapes: list[Shape] = [Line(points=((self.axis.left, foot), (self.axis.right, foot)))]
        for tick, text in self.days:
            x = tick.x
            shapes.append(Text(x=x + 3, y=y + 13, text=text, size=SMALL, bold=True))
            shapes.append(Line(points=((x, y + 3), (x, foot)), stroke=SOFT))
        for tick in self.times:
            x, text = tick.x, f"{tick.at:%H:%M}"
            shapes.append(Text(x=x, y=y + 27, text=text, size=SMALL, anchor="middle", fill=SOFT))
            shapes.append(Line(points=((x, foot - 4), (x, foot)), stroke=INK))
        return shapes

    def grid(self, top: float, foot: float) -> list[Shape]:
        """A pale line where a day begins, through all that stands below."""
        return [
            Line(points=((tick.x, top), (tick.x, foot)), stroke="#d4d4d4", dash="2 3")
            for tick, _ in self.days
        ]


def ruler(axis: Axis, day: Day) -> Ruler:
    """As many days and times as can be read: first the days on which something is, then rounder
    ones; times of day only of days that are written. Where the axis does not begin at midnight,
    its first day is written at its start."""
    first, last = axis.knots[0][0], axis.knots[-1][0]
    busy = {(at - dt.timedelta(minutes=1)).date() for at, _ in axis.knots}  # 24:00 is still the day
    found = ticks(axis)
    starts = [tick for tick in found if tick.rank <= 2 and tick.at not in (first, last)]
    starts.sort(key=lambda tick: tick.at.date() not in busy)
    room, lower = Shelf(), Shelf()
    days: list[tuple[Tick, str]] = []
    for tick in (Tick(axis.left, first, 2), *starts):
        text = day(tick.at.date())
        if room.takes(tick.x, tick.x + 3 + canvas.width(text, SMALL)):
            lower.takes(tick.x, tick.x + 1)
            days.append((tick, text))
    written = {tick.at.date() for tick, _ in days}
    times = []
    for tick in found:
        half = canvas.width(f"{tick.at:%H:%M}", SMALL) / 2
        own = tick.rank > 2 and tick.at.date() in written
        if own and lower.takes(tick.x - half, tick.x + half):
            times.append(tick)
    return Ruler(axis, tuple(days), tuple(times))
