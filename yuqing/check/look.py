"""What rules look at, and what they answer with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from yuqing.case import Case, Entry, current
from yuqing.clock.standing import Standing
from yuqing.errors import Path, Said, Severity
from yuqing.plan import Plan
from yuqing.span import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a rule may look at. ``log`` is the effective log, ordered by time."""

    case: Case
    log: tuple[Entry, ...]
    plans: tuple[Plan, ...]
    organs: frozenset[str]
    post: str | None
    files: Mapping[str, str | None] | None
    calendar: Calendar
    now: dt.datetime | None
    papers: Mapping[str, tuple[str, ...]] | None = None
    """Rows of the text papers that lie in the case's files folder, where somebody looked."""
    own: tuple[str, ...] = ()
    """The office's own accounts and addresses."""
    owed: tuple[Standing, ...] = ()
    """Its clocks at ``now``; none in a logbook, nor where there is no ``now``."""

    @property
    def secret(self) -> bool:
        """Is it a secret case now, amendments of the head included?"""
        return current(self.case).secrecy == "secret"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, at a path of the file."""

    path: Path
    said: Said
    severity: Severity = "finding"


Rule = Callable[[Look], Iterable[Finding]]


def at(entry: Entry, *more: str | int) -> Path:
    """The path of an entry, or of one of its fields."""
    return ("log", entry.place, *more)


def name_of(entry: Entry) -> str:
    """What a person finds the entry by."""
    return entry.id or entry.kind
