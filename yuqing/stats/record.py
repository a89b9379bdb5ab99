"""One case as figures see it, and what they ask of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yuqing.case import Case, Entry
from yuqing.clock import Standing
from yuqing.plan import Plan
from yuqing.review.names import Names


@dataclass(frozen=True, slots=True)
class Record:
    """One case: head as amended, effective log, plans, clocks as they stand."""

    case: Case
    log: tuple[Entry, ...]
    plans: tuple[Plan, ...]
    standings: tuple[Standing, ...]


def counted(records: Iterable[Record], *, demo: bool) -> list[Record]:
    """The cases that figures are made of: no logbook, no duplicate of another case; drills only
    in a demonstration office."""
    return [
        r
        for r in records
        if r.log
        and not r.case.is_logbook
        and (demo or not r.case.drill)
        and not any(e.kind == "linked" and e.relation == "duplicate-of" for e in r.log)
    ]


def discovery(log: Sequence[Entry]) -> Entry | None:
    """The earliest ``discovered``; ``None`` in a case that is only foreseen."""
    return next((e for e in log if e.kind == "discovered"), None)


def opened(log: Sequence[Entry]) -> dt.datetime:
    """When the matter came to the office: the discovery, else the first entry."""
    found = discovery(log)
    return found.at if found else log[0].at


def brought(log: Sequence[Entry]) -> tuple[Entry, ...]:
    """What others had handed in by then: the matter was not found by the office itself."""
    begin = opened(log)
    return tuple(e for e in log if e.kind == "received" and e.from_ and not e.re and e.at <= begin)


def channel(record: Record, names: Names | None = None) -> str:
    """Where the matter was seen or came from: the source of the discovery, else who handed it
    in, under the name that ``names`` gives."""
    found, told = discovery(record.log), brought(record.log)
    if found and found.source:
        return found.source
    if not told:
        return ""
    return names.organ(told[0].from_[0]) if names else told[0].from_[0]


def grade(log: Sequence[Entry], scale: str) -> str | None:
    """What is in force on a scale: the latest confirmed grading."""
    held = [
        e.grades[scale] for e in log if e.kind == "graded" and not e.proposed and scale in e.grades
    ]
    return held[-1] if held else None


def units(log: Sequence[Entry]) -> tuple[str, ...]:
    """Organs made responsible, each once."""
    return tuple(dict.fromkeys(o for e in log if e.kind == "assigned" for o in e.to))


def satisfied(log: Sequence[Entry]) -> Entry | None:
    """The latest entry in which the asker's answer was written down; nobody asked: ``None``.

    What a publication or a reply says of itself is no answer of the asker.
    """
    asked = [
        e
        for e in log
        if e.kind not in ("published", "replied") and isinstance(e.facts.get("satisfied"), bool)
    ]
    return asked[-1] if asked else None


def over(log: Sequence[Entry]) -> Entry | None:
    """The first entry that says the matter was dealt with (辦結): concluded, or closed."""
    return next((e for e in log if e.kind in ("concluded", "closed")), None)


def within(
    records: Iterable[Record], first: dt.date | None, last: dt.date | None, zone: dt.tzinfo
) -> list[Record]:
    """Cases that came in on these days (both included), counted in ``zone``."""
    found = []
    for record in records:
        day = opened(record.log).astimezone(zone).date()
        if (first is None or day >= first) and (last is None or day <= last):
            found.append(record)
    return found
