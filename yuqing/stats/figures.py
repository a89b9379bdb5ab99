"""The figures an office is asked for at the end of a month or a year (統計).

A figure is a list of marks, and its number is the length of that list: so each can be traced
to its cases, and none can be told without them. Nothing counts removals or comments posted.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from yuqing.audit import Record as Answer
from yuqing.audit import verdicts
from yuqing.case import Entry, state
from yuqing.clock import Standing
from yuqing.clock.moments import acts_in
from yuqing.errors import Said
from yuqing.plan import Duty, Office, Plan
from yuqing.review.documents import role
from yuqing.review.names import Names
from yuqing.stats.record import (
    Record,
    brought,
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

ADOPTION = ("adopt", "采纳", "採納")
"""Beginning of the matter of a decision to take up a suggestion, or a part of it."""
INSTRUCTION = ("instruction", "批示")
"""Document of a superior's written instruction, or a part of its name."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that was counted. ``what``: entry, duty or article in the case; ``taken``: how
    long it took, where that is what the figure tells."""

    case: str
    what: str = ""
    taken: dt.timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
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
    def median(self) -> dt.timedelta | None:
        """The middle of the lengths."""
        lengths = [m.taken for m in self.marks if m.taken is not None] if self.timed else []
        if not lengths:
            return None
        return dt.timedelta(seconds=statistics.median(each.total_seconds() for each in lengths))

    @property
    def slowest(self) -> Mark | None:
        """The mark that took longest."""
        timed = [m for m in self.marks if m.taken is not None] if self.timed else []
        return max(timed, key=lambda m: m.taken or dt.timedelta(0), default=None)

    @property
    def rest(self) -> tuple[Mark, ...]:
        """What belongs to the base and was not counted."""
        hit = set(self.marks)
        return tuple(mark for mark in self.base or () if mark not in hit)


# --- all figures -----------------------------------------------------------------------


def figures(records: Sequence[Record], office: Office) -> tuple[Figure, ...]:
    """Every figure over these cases, in the order in which a summary gives them.

    Drills count in a demonstration office only; elsewhere in ``drills`` alone.
    """
    every = [r for r in records if r.log and not r.case.is_logbook]
    real = counted(every, demo=office.demo)
    drills = _cases(r for r in every if r.case.drill)
    return (
        *_received(real, office),
        *_dealt_with(real),
        *_duties(real, office),
        *_lengths(real),
        *_acts(real),
        Figure(id="drills", name=Said(N_("drills held")), marks=drills),
    )


def overview(records: Sequence[Record], office: Office) -> tuple[Figure, ...]:
    """The few figures that stand in one line for a month, a unit, a level."""
    wanted = ("received", "replied", "concluded", "on-time", "satisfied")
    found = {figure.id: figure for figure in figures(records, office)}
    return tuple(found[name] for name in wanted)


def _cases(records: Iterable[Record]) -> tuple[Mark, ...]:
    return tuple(Mark(r.case.id) for r in records)


def _received(real: Sequence[Record], office: Office) -> list[Figure]:
    come = [r for r in real if discovery(r.log)]
    every = _cases(come)
    found = [
        Figure(id="received", name=Said(N_("received")), marks=every),
        Figure(
            id="found-ourselves",
            name=Said(N_("found by ourselves")),
            marks=_cases(r for r in come if not brought(r.log)),
            base=every,
        ),
        Figure(
            id="foreseen",
            name=Said(N_("foreseen only, nothing came of it yet")),
            marks=_cases(r for r in real if not discovery(r.log)),
        ),
    ]
    for by in ("source", "level", "category", "unit"):
        found += [
            Figure(
                id=f"received.{by}.{label or 'none'}",
                name=Said(PARTS[by], {"name": label or Said(N_("not recorded"))}),
                marks=_cases(group),
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


def _dealt_with(real: Sequence[Record]) -> list[Figure]:
    come = [r for r in real if discovery(r.log)]
    owed = [r for r in come if _owes_reply(r) or _first(r, "replied")]
    asked = [(r, satisfied(r.log)) for r in come]
    answers = [(r, e) for r, e in asked if e is not None]
    return [
        Figure(
            id="replied",
            name=Said(N_("replied, of those that were owed a reply")),
            marks=_cases(r for r in owed if _first(r, "replied")),
            base=_cases(owed),
        ),
        Figure(
            id="concluded",
            name=Said(N_("dealt with: concluded or closed")),
            marks=_cases(r for r in come if over(r.log)),
            base=_cases(come),
        ),
        Figure(
            id="closed",
            name=Said(N_("closed")),
            marks=_cases(r for r in come if state(r.log) == "closed"),
            base=_cases(come),
        ),
        Figure(
            id="satisfied",
            name=Said(N_("satisfied, of those who were asked")),
            marks=_cases(r for r, e in answers if e.facts["satisfied"] is True),
            base=_cases(r for r, _ in answers),
        ),
    ]


def _owes_reply(record: Record) -> bool:
    """Has a duty that only a reply discharges begun in it?"""
    duties = {(p.id, d.id) for p in record.plans for d in p.duties.values() if _by_reply(d)}
    return any(
        (s.plan, s.duty.partition("@")[0]) in duties
        and s.state not in ("waiting", "released", "ended")
        for s in record.standings
    )


def _by_reply(duty: Duty) -> bool:
    kinds = {act.kind for moment in duty.done_by for act in acts_in(moment)}
    return kinds == {"replied"}


def _first(record: Record, kind: str) -> Entry | None:
    return next((e for e in record.log if e.kind == kind), None)


# --- duties ----------------------------------------------------------------------------

_IN_TIME = (Answer.ON_TIME, Answer.STATED_ON_TIME)
Due = tuple[Record, Standing, Answer, Mark]


def _fallen_due(real: Sequence[Record]) -> list[Due]:
    """Every clock with a limit that was met or passed, with what the record says of it. What
    was past already when it arose is nobody's delay and stands apart."""
    found: list[Due] = []
    for record in real:
        standings = [s for s in record.standings if s.state in ("met", "met_late", "overdue")]
        for s, verdict in zip(standings, verdicts(standings, record.case), strict=True):
            said = verdict.under_new or verdict.record
            if s.limit is None or said is Answer.DONE:
                continue
            name = s.duty if s.for_ is None else f"{s.duty} {s.for_}"
            taken = s.done - s.start if s.done and s.start and s.done >= s.start else None
            mark = Mark(record.case.id, name if s.round == 1 else f"{name} #{s.round}", taken)
            found.append((record, s, said, mark))
    return found


def _duties(real: Sequence[Record], office: Office) -> list[Figure]:
    due = _fallen_due(real)
    fair = [each for each in due if not each[1].arose_late]

    def named(id_: str, name: str, wanted: Callable[[Answer], bool]) -> Figure:
        marks = tuple(mark for _, _, said, mark in fair if wanted(said))
        return Figure(id=id_, name=Said(name), marks=marks, base=_marks(fair))

    found = [
        named("on-time", N_("duties in time, as stated, of those fallen due"), _IN_TIME.__contains__),
        named("entered-afterwards", N_("of these entered after the limit"),
              lambda said: said is Answer.STATED_ON_TIME),
        named("late", N_("late by own statement"), lambda said: said is Answer.LATE),
        named("not-recorded", N_("limit passed, nothing recorded"),
              lambda said: said is Answer.NOTHING),
        named("contradictory", N_("record contradicts itself"),
              lambda said: said is Answer.CONTRADICTION),
        Figure(
            id="arose-late",
            name=Said(N_("already past when they arose, counted nowhere else")),
            marks=_marks(each for each in due if each[1].arose_late),
        ),
    ]  # fmt: skip
    articles: dict[str, list[Due]] = {}
    owing: dict[str, list[Due]] = {}
    for each in fair:
        record, s, _, _ = each
        if not s.item:
            articles.setdefault(f"{s.plan.partition('@')[0]} {s.clause}", []).append(each)
        names = Names(record.plans, office)
        for organ in (s.for_,) if s.for_ else s.who or (office.post,):
            owing.setdefault(names.organ(organ), []).append(each)
    for kind, key, groups in (
        ("article", N_("in time, article {name}"), articles),
        ("unit", N_("in time, unit {name}"), owing),
    ):
        found += [
            Figure(
                id=f"on-time.{kind}.{label}",
                name=Said(key, {"name": label}),
                marks=_marks(each for each in groups[label] if each[2] in _IN_TIME),
                base=_marks(groups[label]),
            )
            for label in sorted(groups)
        ]
    found += [
        Figure(
            id=f"taken.article.{label}",
            name=Said(N_("time taken, article {name}"), {"name": label}),
            marks=tuple(m for _, _, _, m in articles[label] if m.taken is not None),
            timed=True,
        )
        for label in sorted(articles)
        if any(m.taken is not None for _, _, _, m in articles[label])
    ]
    reviews = [each for each in fair if _is_review(each[1], each[0].plans)]
    found.append(
        Figure(
            id="reviews-on-time",
            name=Said(N_("reviews in time, of those fallen due")),
            marks=_marks(each for each in reviews if each[2] in _IN_TIME),
            base=_marks(reviews),
        )
    )
    return found


def _marks(due: Iterable[Due]) -> tuple[Mark, ...]:
    return tuple(mark for _, _, _, mark in due)


def _is_review(standing: Standing, plans: Sequence[Plan]) -> bool:
    """Is the duty done by a report of a document that is a review?"""
    plan = next((p for p in plans if p.id == standing.plan), None)
    duty = plan.duties.get(standing.duty.partition("@")[0]) if plan else None
    if plan is None or duty is None or standing.item:
        return False
    names = {
        name for m in duty.done_by for act in acts_in(m) for name in act.fields.get("document", ())
    }
    return any(
        name in plan.documents and role(plan.documents[name], plans) == "review" for name in names
    )


# --- how long it took ------------------------------------------------------------------


def _lengths(real: Sequence[Record]) -> list[Figure]:
    wanted: tuple[tuple[str, str, Callable[[Record], Entry | None]], ...] = (
        ("time.reported", N_("from discovery to the first report"),
         lambda r: _first(r, "reported")),
        ("time.published", N_("from discovery to the first publication"),
         lambda r: _first(r, "published")),
        ("time.replied", N_("from discovery to the first reply"), lambda r: _first(r, "replied")),
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


# --- acts ------------------------------------------------------------------------------


def _acts(real: Sequence[Record]) -> list[Figure]:
    every = [(r, e) for r in real for e in r.log]
    instructions = [(r, e) for r, e in every if e.kind == "received" and _instructs(e, r.plans)]
    decided = [(r, e) for r, e in every if e.kind == "decided" and _about(e.matter, ADOPTION)]
    items = [(r, e) for r, e in every if e.kind == "assigned" and e.due]
    found = [
        _entries("suggestions-adopted", N_("suggestions adopted, of those decided on"),
                 [(r, e) for r, e in decided if e.outcome in ("agreed", "partly")], decided),
        _entries("instructions-done", N_("superiors' instructions carried out"),
                 [(r, e) for r, e in instructions if _fulfilled(r, e)], instructions),
        _entries("items-done", N_("measures with a date, done"),
                 [(r, e) for r, e in items if _fulfilled(r, e)], items),
        _entries("own-corrections", N_("own statements put right"),
                 [(r, e) for r, e in every if e.corrects], None),
    ]  # fmt: skip
    for id_, request, name in (
        ("correction-requests", "correction", N_("formal correction requests answered")),
        ("referrals", "referral", N_("referrals answered")),
    ):
        made = [(r, e) for r, e in every if e.kind == "requested" and e.request == request]
        answered = [(r, e) for r, e in made if _answered(r, e)]
        found.append(_entries(id_, name, answered, made))
    meetings = [(r, e) for r, e in every if e.kind == "convened"]
    found.append(_entries("meetings", N_("meetings held"), meetings, None))
    return found


def _entries(
    id_: str,
    name: str,
    marks: Sequence[tuple[Record, Entry]],
    base: Sequence[tuple[Record, Entry]] | None,
) -> Figure:
    def put(found: Sequence[tuple[Record, Entry]]) -> tuple[Mark, ...]:
        return tuple(Mark(r.case.id, e.id or f"{e.kind} #{e.place + 1}") for r, e in found)

    whole = None if base is None else put(base)
    return Figure(id=id_, name=Said(name), marks=put(marks), base=whole)


def _about(name: str | None, words: Sequence[str]) -> bool:
    return any(word in (name or "") for word in words)


def _instructs(entry: Entry, plans: Sequence[Plan]) -> bool:
    name = entry.document or ""
    titles = [p.documents[name].title for p in plans if name in p.documents]
    return _about(name, INSTRUCTION) or any(_about(t, INSTRUCTION) for t in titles)


def _fulfilled(record: Record, entry: Entry) -> bool:
    """Something closed it, or a duty that it started was met."""
    if entry.id is None:
        return False
    return any(entry.id in e.closes for e in record.log) or any(
        s.state in ("met", "met_late") and s.started_by == entry.id for s in record.standings
    )


def _answered(record: Record, entry: Entry) -> bool:
    return entry.id is not None and any(
        e.kind == "received" and entry.id in e.re for e in record.log
    )


# --- divided ---------------------------------------------------------------------------


def grouped(
    records: Iterable[Record], by: str, office: Office, zone: dt.tzinfo | None = None
) -> dict[str, list[Record]]:
    """Cases by month (in ``zone``), unit, level, category or source, under the names people
    read; ``""`` holds those of which that is not recorded. A case of two units is in both."""
    found: dict[str, list[Record]] = {}
    for record in records:
        for label in _labels(record, by, Names(record.plans, office), zone):
            found.setdefault(label, []).append(record)
    return dict(sorted(found.items(), key=lambda each: (not each[0], each[0])))


def _labels(
    record: Record, by: str, names: Names, zone: dt.tzinfo | None
) -> tuple[str, ...]:
    log = record.log
    match by:
        case "month":
            return (f"{opened(log).astimezone(zone):%Y-%m}",)
        case "unit":
            return tuple(dict.fromkeys(names.organs(units(log)))) or ("",)
        case "source":
            found = discovery(log)
            told = brought(log)
            handed = names.organs(told[0].from_)[0] if told else ""
            return ((found.source if found else None) or handed,)
        case _:
            held = grade(log, by)
            return (names.level(by, held) if held else "",)
