"""What a figure is: the list of what was counted, so that its number can always be traced."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from yuqing.case import Entry
from yuqing.errors import Said
from yuqing.stats.record import Record


class Mark(NamedTuple):
    """One thing that was counted. ``what``: entry, duty or article in the case; ``taken``: how
    long it took, where that is what the figure tells."""

    case: str
    what: str = ""
    taken: dt.timedelta | None = None


class Lengths(NamedTuple):
    """The middle and the average of lengths, and the mark that took longest."""

    median: dt.timedelta
    mean: dt.timedelta
    slowest: Mark


class Figure(NamedTuple):
    """A count of ``marks``; a share of ``base``, if there is one; a length, if ``timed``."""

    id: str
    name: Said
    marks: tuple[Mark, ...]
    base: tuple[Mark, ...] | None = None
    timed: bool = False

    @property
    def share(self) -> float | None:
        """Between 0 and 1; ``None`` where there is nothing to take a share of."""
        return len(self.marks) / len(self.base) if self.base else None

    @property
    def lengths(self) -> Lengths | None:
        """How long it took; ``None`` where nothing was timed."""
        timed = [m for m in self.marks if m.taken is not None] if self.timed else []
        if not timed:
            return None
        seconds = [m.taken.total_seconds() for m in timed if m.taken is not None]
        return Lengths(
            median=dt.timedelta(seconds=statistics.median(seconds)),
            mean=dt.timedelta(seconds=statistics.fmean(seconds)),
            slowest=max(timed, key=lambda m: m.taken or dt.timedelta(0)),
        )

    @property
    def rest(self) -> tuple[Mark, ...]:
        """What belongs to the base and was not counted."""
        hit = set(self.marks)
        return tuple(mark for mark in self.base or () if mark not in hit)


def of_cases(records: Iterable[Record]) -> tuple[Mark, ...]:
    """A mark for each case."""
    return tuple(Mark(r.case.id) for r in records)


def of_entries(found: Iterable[tuple[Record, Entry]]) -> tuple[Mark, ...]:
    """A mark for each entry, under its id."""
    return tuple(Mark(r.case.id, e.id or f"{e.kind} #{e.place + 1}") for r, e in found)


def first(log: Sequence[Entry], kind: str) -> Entry | None:
    """The earliest entry of a kind."""
    return next((e for e in log if e.kind == kind), None)
