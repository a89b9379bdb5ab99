"""What could be held against somebody (責任), the computed and the found kept apart.

Late (遲報) and missed (漏報) duties follow from the record. That something was told falsely
(謊報), withheld (瞞報), blocked or spread at will is said only where a person recorded such a
finding, with its basis and the organ that found it. The program never concludes it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yuqing.audit import Record as Answer
from yuqing.case import Entry
from yuqing.errors import Said
from yuqing.plan import Office
from yuqing.review.names import Names
from yuqing.stats.duties import fallen_due, owing
from yuqing.stats.figure import Figure, of_entries
from yuqing.stats.record import Record
from yuqing.variants import fold
from yuqing.words import N_

FINDINGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "late": (N_("found by an organ: reported late"), ("迟报", "late report")),
    "missed": (N_("found by an organ: not reported"), ("漏报", "missed report")),
    "false": (N_("found by an organ: reported falsely"), ("谎报", "false report")),
    "concealed": (N_("found by an organ: withheld"), ("瞒报", "concealed report")),
    "blocked": (N_("found by an organ: news blocked or spread at will"),
                ("封锁", "散布", "blocked news", "spread at will")),
}  # fmt: skip
"""What a person may find → its name, and the words in the matter of that decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A duty done after its limit, or of which nothing is recorded (``done`` empty)."""

    case: str
    title: str
    units: tuple[str, ...]
    does: str
    clause: str
    limit: dt.datetime
    done: dt.datetime | None
    by: dt.timedelta
    """How far past the limit: when it was done, or now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding of people. ``basis``: reason, articles, number and papers, as recorded; empty
    where the entry gives none, which the view says."""

    case: str
    title: str
    kind: str
    matter: str
    organ: str
    at: dt.datetime
    basis: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accountability:
    """``late`` and ``missed``: computed; ``found``: recorded by people."""

    late: tuple[Lapse, ...]
    missed: tuple[Lapse, ...]
    found: tuple[Finding, ...]


def accountability(real: Sequence[Record], office: Office, now: dt.datetime) -> Accountability:
    """The view over these cases at ``now`` (aware); times in its zone, the worst first.

    What was past already when it arose is nobody's delay, and left out.
    """
    late: list[Lapse] = []
    missed: list[Lapse] = []
    for due in fallen_due(real):
        s, case = due.standing, due.record.case
        if s.arose_late or s.limit is None or due.said not in (Answer.LATE, Answer.NOTHING):
            continue
        done = s.done if due.said is Answer.LATE else None
        lapse = Lapse(
            case=case.id,
            title=case.title,
            units=owing(due, office),
            does=s.does,
            clause=s.clause,
            limit=s.limit.astimezone(now.tzinfo),
            done=done.astimezone(now.tzinfo) if done else None,
            by=(done or now) - s.limit,
        )
        (late if due.said is Answer.LATE else missed).append(lapse)
    return Accountability(
        late=tuple(sorted(late, key=lambda each: (-each.by, each.case))),
        missed=tuple(sorted(missed, key=lambda each: (-each.by, each.case))),
        found=tuple(
            _finding(r, e, kind, Names(r.plans, office), now)
            for kind in FINDINGS
            for r, e in _found(real, kind)
        ),
    )


def _finding(record: Record, entry: Entry, kind: str, names: Names, now: dt.datetime) -> Finding:
    papers = (f.path or f.kept or "" for f in entry.files)
    basis = (entry.because, *entry.clause, entry.number, *papers)
    return Finding(
        case=record.case.id,
        title=record.case.title,
        kind=kind,
        matter=entry.matter or "",
        organ=names.by(entry),
        at=entry.at.astimezone(now.tzinfo),
        basis=tuple(each for each in basis if each),
    )


def _found(real: Sequence[Record], kind: str) -> list[tuple[Record, Entry]]:
    words = FINDINGS[kind][1]
    return [(r, e) for r, e, matter in _decided(real) if any(word in matter for word in words)]


def _decided(real: Sequence[Record]) -> Iterator[tuple[Record, Entry, str]]:
    """What was agreed to, with its matter as words are sought in it."""
    for record in real:
        for entry in record.log:
            if entry.kind == "decided" and entry.matter and entry.outcome in ("agreed", "partly"):
                yield record, entry, fold(entry.matter)


def finding_figures(real: Sequence[Record]) -> list[Figure]:
    """One figure for each kind of finding that people recorded at all."""
    found = {kind: of_entries(_found(real, kind)) for kind in FINDINGS}
    return [
        Figure(id=f"found.{kind}", name=Said(FINDINGS[kind][0]), marks=marks)
        for kind, marks in found.items()
        if marks
    ]
