"""Is a plan slacker than the national baseline (基準) that is kept beside it?

Only words to the public are compared, and only hard figures that run from the occurrence or the
discovery: once for the heaviest, once for the lightest level of either plan. The two texts may
still mean different things; what is found here is worth a look, no more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from yuqing.errors import Problem
from yuqing.grade import holds
from yuqing.plan import Act, DuePart, Duty, Fallback, First, Last, Moment, Plan, Value
from yuqing.span import Span
from yuqing.words import N_

BASELINE = "baseline"
"""Id of the plan that others are held against."""

_SAID = ("published", "replied")
_FOUND = ("occurred", "discovered")
_HEAVIEST, _LIGHTEST = -1, 0


@dataclass(frozen=True, slots=True)
class _Figure:
    duty: Duty
    span: Span


def slacker(plan: Plan, baseline: Plan, file: str) -> tuple[Problem, ...]:
    """Notices: where ``plan`` gives more time than ``baseline``, or none of its own at all.

    ``file`` is what the notices name; their ``path`` leads to the duty of ``plan``. Spans among
    the parameters are of type :class:`yuqing.span.Span`.
    """
    found: dict[str, Problem] = {}
    without: dict[str, None] = {}
    for end in (_HEAVIEST, _LIGHTEST):
        mine = list(_figures(plan, end))
        for theirs in _figures(baseline, end):
            own = [each for each in mine if _comparable(each.duty, theirs.duty)]
            strictest = min(own, key=lambda each: _longest(each.span), default=None)
            if strictest is None:
                without[theirs.duty.does] = None
            elif _longest(strictest.span) > _longest(theirs.span):
                found[theirs.duty.id] = _more_time(strictest, theirs, baseline, file)
    if not without or not any(_to_the_public(duty) for duty in plan.duties.values()):
        return tuple(found.values())  # nothing is lacking, or the plan is about something else
    key = N_(
        "{plan} sets no hard limit of its own for what {baseline} does: {acts}; adopt both, or "
        "look at the original text"
    )
    params = {"plan": plan.name, "baseline": baseline.name, "acts": "、".join(without)}
    none = Problem(file=file, key=key, path=("duties",), params=params, severity="notice")
    return (*found.values(), none)


def _more_time(mine: _Figure, theirs: _Figure, baseline: Plan, file: str) -> Problem:
    key = N_(
        "`{duty}` gives {mine}, slacker than the {theirs} of {baseline}: {does} ({clause}); "
        "look at the original text"
    )
    params = {
        "duty": mine.duty.id,
        "mine": mine.span,
        "theirs": theirs.span,
        "baseline": baseline.name,
        "does": theirs.duty.does,
        "clause": theirs.duty.clause,
    }
    path = ("duties", mine.duty.id)
    return Problem(file=file, key=key, path=path, params=params, severity="notice")


# --- which figures a plan has ----------------------------------------------------------


def _figures(plan: Plan, end: int) -> Iterator[_Figure]:
    """Hard figures for words to the public that may be owed at this end of every scale."""
    values: Mapping[str, Value] = {
        name: scale.levels[end].id for name, scale in plan.scales.items() if scale.ordered
    }
    for duty in plan.duties.values():
        if not _acts(duty) or holds(duty.when, plan, values) is False:
            continue
        spans = []
        for part in duty.limit:
            held = holds(part.when, plan, values)
            if held is not False and _from_the_finding(part.start or duty.start):
                spans += _spans(part)
            if held:
                break
        if spans:
            yield _Figure(duty, max(spans, key=_longest))


def _spans(part: DuePart) -> list[Span]:
    """The figure of a Due: the stricter of ``earlier_of``, the laxer of ``later_of``."""
    if part.span is not None:
        return [part.span]
    for several, choose in ((part.earlier_of, min), (part.later_of, max)):
        spans = [span for each in several for span in _spans(each)]
        if spans:
            return [choose(spans, key=_longest)]
    return []


def _acts(duty: Duty) -> tuple[Act, ...]:
    return tuple(act for act in duty.done_by if isinstance(act, Act) and act.kind in _SAID)


def _to_the_public(duty: Duty) -> bool:
    return bool(_acts(duty)) and "public" in (*duty.to, *duty.to_any)


def _from_the_finding(moment: Moment | None) -> bool:
    match moment:
        case Act(kind=kind):
            return kind in _FOUND
        case Fallback(moments=several) | First(moments=several) | Last(moments=several):
            return all(_from_the_finding(each) for each in several)
    return False


def _comparable(mine: Duty, theirs: Duty) -> bool:
    """Words to the same people; of the form asked for, where a form is asked for."""
    if not {*mine.to, *mine.to_any} & {*theirs.to, *theirs.to_any}:
        return False
    wanted = {form for act in _acts(theirs) for form in act.fields.get("form", ())}
    given = {form for act in _acts(mine) for form in act.fields.get("form", ())}
    return not wanted or bool(wanted & given)


_DAYS = {"same_day": 0, "next_day": 0, "week": 7, "month": 28, "year": 365}


def _longest(span: Span) -> dt.timedelta:
    """The most that surely may pass: days run on to the end of the last one."""
    if span.by_clock:
        return span.elapsed()
    return dt.timedelta(days=span.count * _DAYS.get(span.unit, 1) + 1)
