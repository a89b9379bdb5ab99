"""What one case adds to the figures, and figures made of such parts.

Figures are lists of marks, so those over many cases are those over each, one after the other;
what looks across cases (one digest recorded in several, drills beside the logbook) is put together
in :func:`merged`. A part is small and made of plain values: it can be made elsewhere, and kept.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuqing.errors import Said
from yuqing.plan import Office
from yuqing.review.names import Names
from yuqing.stats.accountability import FINDINGS
from yuqing.stats.acts import issues
from yuqing.stats.duties import PER_ARTICLE, PER_UNIT, TAKEN
from yuqing.stats.figure import Figure, Mark, of_entries
from yuqing.stats.figures import BY, OVERVIEW, PARTS, figures, labels
from yuqing.stats.record import Record, counted, opened
from yuqing.words import N_

Plain = tuple[Any, ...]
_MICROSECOND = dt.timedelta(microseconds=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SOME = (
    *((f"received.{by}.", "foreseen", PARTS[by]) for by in ("source", "level", "category", "unit")),
    ("on-time.article.", "arose-late", PER_ARTICLE),
    ("on-time.unit.", "arose-late", PER_UNIT),
    ("taken.article.", "arose-late", TAKEN),
    *((f"found.{kind}", "leaders-board", name) for kind, (name, _) in FINDINGS.items()),
)
"""Figures that only some cases have: how they begin, after which they stand, how they are read."""


@dataclass(frozen=True, slots=True)
class Part:
    """One case. ``begun``: when it came in, aware; ``day``: that day as it was written down."""

    case: str
    title: str
    drill: bool
    counted: bool
    """Is it among those that figures are made of?"""
    begun: dt.datetime
    day: dt.date
    groups: Mapping[str, Sequence[str]]
    """For each of :data:`BY` the names of the groups it is in."""
    marks: tuple[Mark, ...]
    """What was counted in it."""
    tallies: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    """Figure, numbers of its marks, numbers of those of its base."""
    issues: Plain
    """Digests: what tells one from another, and the number of its mark."""


def part(record: Record, office: Office, zone: dt.tzinfo) -> Part:
    """What one case with a log adds; months in ``zone``."""
    numbers: dict[Mark, int] = {}

    def put(marks: Iterable[Mark]) -> tuple[int, ...]:
        return tuple([numbers.setdefault(mark, len(numbers)) for mark in marks])

    real = counted([record], demo=office.demo)
    names = Names(record.plans, office)
    tallies = tuple(
        (each.id, put(each.marks), put(each.base or ()))
        for each in figures([record], office)
        if (each.marks or each.base) and each.id != "digests"
    )
    digests = tuple((key, *put(of_entries([found]))) for key, found in issues(real).items())
    return Part(
        case=record.case.id,
        title=record.case.title,
        drill=record.case.drill,
        counted=bool(real),
        begun=opened(record.log),
        day=opened(record.log).date(),
        groups={by: labels(record, by, names, zone) for by in BY} if real else {},
        marks=tuple(numbers),
        tallies=tallies,
        issues=digests,
    )


def plain(made: Part) -> Plain:
    """As plain values, to be kept; :func:`built` makes the part of them again."""
    begun = (made.begun - _EPOCH) // _MICROSECOND
    day = made.day.toordinal()
    marks = tuple(
        (what, None if taken is None else taken // _MICROSECOND) for _, what, taken in made.marks
    )
    return (
        made.case, made.title, made.drill, made.counted, begun, day, tuple(made.groups.items()),
        marks, made.tallies, made.issues,
    )  # fmt: skip


def built(kept: Plain, shared: dict[Any, Any]) -> Part:
    """The part that was kept. What many parts have alike stands in ``shared``, once for all."""
    case, title, drill, real, begun, day, groups, marks, tallies, found = kept
    same = shared.setdefault
    return Part(
        case=case,
        title=title,
        drill=drill,
        counted=real,
        begun=_EPOCH + begun * _MICROSECOND,
        day=dt.date.fromordinal(day),
        groups=same(groups, dict(groups)),
        marks=tuple(
            [
                Mark(case, what, None if taken is None else taken * _MICROSECOND)
                for what, taken in marks
            ]
        ),
        tallies=tuple([same(each, each) for each in tallies]),
        issues=found,
    )


def came_in(
    parts: Iterable[Part], first: dt.date | None, last: dt.date | None, zone: dt.tzinfo
) -> list[Part]:
    """Cases that came in on these days (both included), counted in ``zone``."""
    if first is None and last is None:
        return list(parts)
    begin, end = first or dt.date.min, last or dt.date.max
    return [each for each in parts if begin <= each.begun.astimezone(zone).date() <= end]


def merged(
    parts: Iterable[Part], office: Office, books: Sequence[Record] = ()
) -> tuple[Figure, ...]:
    """Every figure over these cases (and logbooks), as :func:`figures` has them over records."""
    marks: defaultdict[str, list[Mark]] = defaultdict(list)
    bases: defaultdict[str, list[Mark]] = defaultdict(list)
    digests: dict[object, Mark] = {}
    played: set[dt.date] = set()
    for each in parts:
        own = each.marks
        for id_, here, there in each.tallies:
            for n in here:
                marks[id_].append(own[n])
            for n in there:
                bases[id_].append(own[n])
        for key, number in each.issues:
            digests.setdefault(key, own[number])
        if each.drill:
            played.add(each.day)
    for key, found in issues(books).items():
        digests.setdefault(key, *of_entries([found]))
    always = {each.id: each for each in figures((), office, books, frozenset(played))}
    order = {id_: (n, -1, False, "") for n, id_ in enumerate(always)}
    for id_ in [id_ for id_ in (marks | bases) if id_ not in always]:
        group, (begins, after, name) = next(
            (n, some) for n, some in enumerate(_SOME) if id_.startswith(some[0])
        )
        label = id_.removeprefix(begins)
        nobody = begins.startswith("received.") and label == "none"
        order[id_] = (order[after][0], group, nobody, label)
        params = {"name": Said(N_("not recorded")) if nobody else label} if label else {}
        none = None if begins.startswith(("taken.", "found.")) else ()
        always[id_] = Figure(
            id=id_, name=Said(name, params), marks=(), base=none, timed=begins == "taken.article."
        )
    come = tuple(marks["received"])
    made = []
    for id_ in sorted(order, key=order.__getitem__):
        figure = always[id_]
        base: tuple[Mark, ...] | None = figure.base
        if base is not None:
            base = come if id_.startswith("received.") else (*bases.pop(id_, ()), *base)
        whole = digests.values() if id_ == "digests" else (*marks.pop(id_, ()), *figure.marks)
        made.append(figure._replace(marks=tuple(whole), base=base))
    return tuple(made)


def divided(parts: Iterable[Part], by: str, office: Office) -> dict[str, tuple[Figure, ...]]:
    """The figures that stand in one line, for each group; ``""``: not recorded."""
    groups: defaultdict[str, list[Part]] = defaultdict(list)
    for each in parts:
        if each.counted:
            for label in each.groups[by]:
                groups[label].append(each)
    found = {}
    for label in sorted(groups, key=lambda each: (not each, each)):
        every = {figure.id: figure for figure in merged(groups[label], office)}
        found[label] = tuple(every[name] for name in OVERVIEW)
    return found
