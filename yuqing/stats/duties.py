"""Duties that fell due: in time, late, not recorded, by article and by unit.

Late (遲報) and missed (漏報) are computed from the record. That something was withheld or told
falsely is a finding of people, in ``accountability``; nothing here says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from yuqing.audit import Record as Answer
from yuqing.audit import verdicts
from yuqing.clock import Standing
from yuqing.clock.moments import acts_in
from yuqing.errors import Said
from yuqing.memo import remembered
from yuqing.plan import Duty, Office, Plan
from yuqing.review.names import Names
from yuqing.review.roles import REVIEWS, role
from yuqing.stats.figure import Figure, Mark
from yuqing.stats.record import Record
from yuqing.words import N_

PER_ARTICLE = N_("in time, article {name}")
PER_UNIT = N_("in time, unit {name}")
TAKEN = N_("time taken, article {name}")
IN_TIME = (Answer.ON_TIME, Answer.STATED_ON_TIME)


@dataclass(frozen=True, slots=True)
class Due:
    """A clock with a limit that was met or passed, and what the record says of it."""

    record: Record
    standing: Standing
    said: Answer
    mark: Mark

    @property
    def in_time(self) -> bool:
        """In time as stated."""
        return self.said in IN_TIME


def fallen_due(records: Iterable[Record]) -> list[Due]:
    """Every clock with a limit that was met or passed."""
    found: list[Due] = []
    for record in records:
        standings = [s for s in record.standings if s.state in ("met", "met_late", "overdue")]
        for s, verdict in zip(standings, verdicts(standings, record.case), strict=True):
            said = verdict.under_new or verdict.record
            if s.limit is None or said is Answer.DONE:
                continue
            name = s.duty if s.for_ is None else f"{s.duty} {s.for_}"
            taken = s.done - s.start if s.done and s.start and s.done >= s.start else None
            mark = Mark(record.case.id, name if s.round == 1 else f"{name} #{s.round}", taken)
            found.append(Due(record, s, said, mark))
    return found


def owing(due: Due, office: Office) -> tuple[str, ...]:
    """Names of those who owe it: the unit, whom the plan names, else the duty post."""
    names, s = Names(due.record.plans, office), due.standing
    return names.organs((s.for_,) if s.for_ else s.who or (office.post,))


def duty_figures(due: Sequence[Due], office: Office) -> list[Figure]:
    """What was past already when it arose is nobody's delay and stands apart."""
    fair = [each for each in due if not each.standing.arose_late]
    articles: dict[str, list[Due]] = {}
    owed_by: dict[str, list[Due]] = {}
    for each in fair:
        s = each.standing
        if not s.item:
            articles.setdefault(f"{s.plan.partition('@')[0]} {s.clause}", []).append(each)
        for organ in owing(each, office):
            owed_by.setdefault(organ, []).append(each)
    reviews = [each for each in fair if _duty(each.standing) in _reviews(each.record.plans)]
    return [
        *_answers(fair),
        Figure(
            id="overdue",
            name=Said(N_("overdue now, of those fallen due")),
            marks=_marks(each for each in fair if each.standing.state == "overdue"),
            base=_marks(fair),
        ),
        Figure(
            id="arose-late",
            name=Said(N_("already past when they arose, counted nowhere else")),
            marks=_marks(each for each in due if each.standing.arose_late),
        ),
        *_in_time("on-time.article", PER_ARTICLE, articles),
        *_in_time("on-time.unit", PER_UNIT, owed_by),
        *(
            Figure(
                id=f"taken.article.{label}",
                name=Said(TAKEN, {"name": label}),
                marks=tuple(each.mark for each in articles[label] if each.mark.taken is not None),
                timed=True,
            )
            for label in sorted(articles)
            if any(each.mark.taken is not None for each in articles[label])
        ),
        Figure(
            id="reviews-on-time",
            name=Said(N_("reviews in time, of those fallen due")),
            marks=_marks(each for each in reviews if each.in_time),
            base=_marks(reviews),
        ),
    ]


def _answers(fair: Sequence[Due]) -> list[Figure]:
    """The whole of what fell due, divided by what the record says."""

    def named(id_: str, name: str, wanted: Callable[[Answer], bool]) -> Figure:
        marks = _marks(each for each in fair if wanted(each.said))
        return Figure(id=id_, name=Said(name), marks=marks, base=_marks(fair))

    return [
        named("on-time", N_("duties in time, as stated, of those fallen due"), IN_TIME.__contains__),
        named("entered-afterwards", N_("of these entered after the limit"),
              lambda said: said is Answer.STATED_ON_TIME),
        named("late", N_("late by own statement"), lambda said: said is Answer.LATE),
        named("not-recorded", N_("limit passed, nothing recorded"),
              lambda said: said is Answer.NOTHING),
        named("contradictory", N_("record contradicts itself"),
              lambda said: said is Answer.CONTRADICTION),
    ]  # fmt: skip


def _in_time(id_: str, key: str, groups: dict[str, list[Due]]) -> list[Figure]:
    return [
        Figure(
            id=f"{id_}.{label}",
            name=Said(key, {"name": label}),
            marks=_marks(each for each in groups[label] if each.in_time),
            base=_marks(groups[label]),
        )
        for label in sorted(groups)
    ]


def _marks(due: Iterable[Due]) -> tuple[Mark, ...]:
    return tuple(each.mark for each in due)


def replies(fallen: Sequence[Due]) -> Figure:
    """Replies that had a limit: duties that only a reply discharges, and dates promised in one."""
    due = [
        each
        for each in fallen
        if not each.standing.arose_late and (_duty_of_reply(each) or _promise(each))
    ]
    return Figure(
        id="replied-on-time",
        name=Said(N_("replied in time, of the limits for replies fallen due")),
        marks=_marks(each for each in due if each.in_time),
        base=_marks(due),
    )


def _duty_of_reply(due: Due) -> bool:
    return _duty(due.standing) in _replies(due.record.plans)


def _promise(due: Due) -> bool:
    s = due.standing
    return s.item and any(e.kind == "replied" and e.id == s.duty for e in due.record.log)


def owes_reply(record: Record) -> bool:
    """Has a duty that only a reply discharges begun in it?"""
    wanted = _replies(record.plans)
    return any(
        s.state not in ("waiting", "released", "ended") and _duty(s) in wanted
        for s in record.standings
    )


def by_reply(duty: Duty) -> bool:
    """Does only a reply discharge it?"""
    kinds = {act.kind for moment in duty.done_by for act in acts_in(moment)}
    return kinds == {"replied"}


def _duty(standing: Standing) -> tuple[str, str] | None:
    """Plan and id of the duty behind a clock; none behind an open item."""
    return None if standing.item else (standing.plan, standing.duty.partition("@")[0])


@remembered
def _replies(plans: tuple[Plan, ...]) -> frozenset[tuple[str, str]]:
    """Duties that only a reply discharges."""
    return frozenset((p.id, d.id) for p in plans for d in p.duties.values() if by_reply(d))


@remembered
def _reviews(plans: tuple[Plan, ...]) -> frozenset[tuple[str, str]]:
    """Duties done by a report of a document that is a review."""
    return frozenset(
        (plan.id, duty.id)
        for plan in plans
        for duty in plan.duties.values()
        for moment in duty.done_by
        for act in acts_in(moment)
        for name in act.fields.get("document", ())
        if name in plan.documents and role(plan.documents[name], plans) in REVIEWS
    )


def routine_figures(books: Sequence[Record]) -> list[Figure]:
    """The office's own duties with a limit, kept in logbooks: whole, and by article."""
    due = fallen_due(books)
    articles: dict[str, list[Due]] = {}
    for each in due:
        s = each.standing
        articles.setdefault(f"{s.plan.partition('@')[0]} {s.clause}", []).append(each)
    return [
        Figure(
            id="routine-on-time",
            name=Said(N_("routine duties in time, of those fallen due")),
            marks=_marks(each for each in due if each.in_time),
            base=_marks(due),
        ),
        *_in_time("routine-on-time.article", N_("routine in time, article {name}"), articles),
    ]
