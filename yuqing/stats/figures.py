"""The figures an office is asked for at the end of a month or a year (統計).

A figure is a list of marks, and its number is the length of that list: so each can be traced
to its cases, and none can be told without them. Nothing counts removals or comments posted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

from yuqing.case import Entry, state
from yuqing.errors import Said
from yuqing.plan import Office
from yuqing.review.names import Names
from yuqing.stats.accountability import finding_figures
from yuqing.stats.acts import act_figures, work_figures
from yuqing.stats.duties import (
    Due,
    duty_figures,
    fallen_due,
    owes_reply,
    replies,
    routine_figures,
)
from yuqing.stats.figure import Figure, Mark, first, of_cases
from yuqing.stats.record import (
    Record,
    brought,
    channel,
    counted,
    discovery,
    grade,
    opened,
    over,
    satisfied,
    units,
)
from yuqing.words import N_

BY = ("month", "unit", "level", "category", "source")
"""What figures can be divided by."""
OVERVIEW = ("received", "replied", "concluded", "on-time", "satisfied")
"""The few that stand in one line."""


def figures(
    records: Sequence[Record],
    office: Office,
    books: Sequence[Record] = (),
    days: frozenset[dt.date] = frozenset(),
) -> tuple[Figure, ...]:
    """Every figure over these cases, in the order in which a summary gives them.

    ``books``: logbooks of the period, with the clocks of the office's own duties. Drills count
    in a demonstration office only; elsewhere in ``drills`` alone. ``days``: on which drills were
    played that are not among ``records``.
    """
    every = [r for r in records if r.log and not r.case.is_logbook]
    real = counted(every, demo=office.demo)
    due = fallen_due(real)
    return (
        *_received(real, office),
        *_dealt_with(real, due),
        *duty_figures(due, office),
        *_lengths(real),
        *act_figures(real, office),
        *finding_figures(real),
        *work_figures(real, [r for r in every if r.case.drill], books, days),
        *routine_figures(books),
    )


def overview(records: Sequence[Record], office: Office) -> tuple[Figure, ...]:
    """The few figures that stand in one line for a month, a unit, a level."""
    found = {figure.id: figure for figure in figures(records, office)}
    return tuple(found[name] for name in OVERVIEW)


def _received(real: Sequence[Record], office: Office) -> list[Figure]:
    come = [r for r in real if discovery(r.log)]
    every = of_cases(come)
    found = [
        Figure(id="received", name=Said(N_("received")), marks=every),
        Figure(
            id="found-ourselves",
            name=Said(N_("found by ourselves")),
            marks=of_cases(r for r in come if not brought(r.log)),
            base=every,
        ),
        Figure(
            id="activated",
            name=Said(N_("incidents for which the plan was activated")),
            marks=of_cases(r for r in come if first(r.log, "activated")),
            base=every,
        ),
        Figure(
            id="foreseen",
            name=Said(N_("foreseen only, nothing came of it yet")),
            marks=of_cases(r for r in real if not discovery(r.log)),
        ),
    ]
    for by in ("source", "level", "category", "unit"):
        found += [
            Figure(
                id=f"received.{by}.{label or 'none'}",
                name=Said(PARTS[by], {"name": label or Said(N_("not recorded"))}),
                marks=of_cases(group),
                base=every,
            )
            for label, group in grouped(come, by, office).items()
        ]
    return found


PARTS: Mapping[str, str] = {
    "month": N_("month {name}"),
    "source": N_("received, source {name}"),
    "level": N_("received, level {name}"),
    "category": N_("received, category {name}"),
    "unit": N_("received, unit {name}"),
}


def _dealt_with(real: Sequence[Record], due: Sequence[Due]) -> list[Figure]:
    come = [r for r in real if discovery(r.log)]
    owed = [r for r in come if owes_reply(r) or first(r.log, "replied")]
    asked = [(r, satisfied(r.log)) for r in come]
    answers = [(r, e) for r, e in asked if e is not None]
    return [
        Figure(
            id="replied",
            name=Said(N_("replied, of those that were owed a reply")),
            marks=of_cases(r for r in owed if first(r.log, "replied")),
            base=of_cases(owed),
        ),
        replies(due),
        Figure(
            id="concluded",
            name=Said(N_("dealt with: concluded or closed")),
            marks=of_cases(r for r in come if over(r.log)),
            base=of_cases(come),
        ),
        Figure(
            id="closed",
            name=Said(N_("closed")),
            marks=of_cases(r for r in come if state(r.log) == "closed"),
            base=of_cases(come),
        ),
        Figure(
            id="satisfied",
            name=Said(N_("satisfied, of those who were asked")),
            marks=of_cases(r for r, e in answers if e.facts["satisfied"] is True),
            base=of_cases(r for r, _ in answers),
        ),
    ]


# --- how long it took ------------------------------------------------------------------


def _lengths(real: Sequence[Record]) -> list[Figure]:
    wanted: tuple[tuple[str, str, Callable[[Record], Entry | None]], ...] = (
        ("time.reported", N_("from discovery to the first report"),
         lambda r: first(r.log, "reported")),
        ("time.published", N_("from discovery to the first publication"),
         lambda r: first(r.log, "published")),
        ("time.replied", N_("from discovery to the first reply"),
         lambda r: first(r.log, "replied")),
        ("time.concluded", N_("from discovery to the end"), lambda r: over(r.log)),
    )  # fmt: skip
    found = []
    for id_, name, pick in wanted:
        marks = []
        for record in real:
            begin, end = discovery(record.log), pick(record)
            if begin and end and end.at >= begin.at:
                marks.append(Mark(record.case.id, end.id or "", end.at - begin.at))
        found.append(Figure(id=id_, name=Said(name), marks=tuple(marks), timed=True))
    return found


# --- divided ---------------------------------------------------------------------------


def grouped(
    records: Iterable[Record], by: str, office: Office, zone: dt.tzinfo | None = None
) -> dict[str, list[Record]]:
    """Cases by month (in ``zone``), unit, level, category or source, under the names people
    read; ``""`` holds those of which that is not recorded. A case of two units is in both."""
    found: dict[str, list[Record]] = {}
    for record in records:
        for label in labels(record, by, Names(record.plans, office), zone):
            found.setdefault(label, []).append(record)
    return dict(sorted(found.items(), key=lambda each: (not each[0], each[0])))


def labels(record: Record, by: str, names: Names, zone: dt.tzinfo | None) -> tuple[str, ...]:
    """The groups that a case is in."""
    log = record.log
    match by:
        case "month":
            return (f"{opened(log).astimezone(zone):%Y-%m}",)
        case "unit":
            return tuple(dict.fromkeys(names.organs(units(log)))) or ("",)
        case "source":
            return (channel(record, names),)
        case _:
            held = grade(log, by)
            return (names.level(by, held) if held else "",)
