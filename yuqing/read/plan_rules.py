"""Rules between the parts of a plan (plan format, section 8): what no single field can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yuqing.case import KINDS
from yuqing.errors import Path
from yuqing.plan import (
    Act,
    Condition,
    Done,
    DuePart,
    Duty,
    Each,
    Fallback,
    First,
    Last,
    Moment,
    Overdue,
    Plan,
)
from yuqing.read.moments import kinds_of
from yuqing.read.places import Places
from yuqing.read.reach import exclude_each_other, unreachable
from yuqing.read.reading import listed
from yuqing.words import N_

DUE_KINDS = tuple(kind for kind, about in KINDS.items() if "due" in about.own)
"""Kinds whose entries may set a date."""


def plan_errors(r: Places, plan: Plan) -> None:
    """Add every error that concerns the plan as a whole."""
    for rule in (
        _days_need_counting,
        _figures_need_a_start,
        _dates_need_a_due,
        _no_circles,
        _opening_needs_hours,
        _articles_covered,
        _one_group_named_in_case,
        _no_group_within_itself,
    ):
        rule(r, plan)


def plan_notices(r: Places, plan: Plan) -> None:
    """Add what is no mistake but worth a second look."""
    for rule in (
        _occurred_may_be_unknown,
        _same_act,
        _counting_by_default,
        _nobody_reaches,
        _never_used,
        _confirmed_by_whom,
    ):
        rule(r, plan)


def _has(r: Places, path: Path, key: str) -> bool:
    found = r.raw(path)
    return isinstance(found, dict) and key in found


# --- errors ----------------------------------------------------------------------------


def _days_need_counting(r: Places, plan: Plan) -> None:
    if plan.counting.days is not None or _has(r, ("counting",), "days"):
        return
    where = [path for path, span in r.spans if span.unit == "day"]
    if not where:
        return
    names = dict.fromkeys(str(path[1] if len(path) > 1 else path[0]) for path in where)
    key = N_("a bare day is used by {duties}: is it natural or working? Add {example}")
    at: Path = ("counting",) if _has(r, (), "counting") else where[0]
    r.say(at, key, duties=listed(names), example="counting: {days: natural}")


def _starts(r: Places, plan: Plan, path: Path) -> Iterator[tuple[bool, Moment | None]]:
    """Starts written at a Due, at the Dues around it, and at its duty, nearest first."""
    for length in range(len(path), 2, -1):
        part = r.parts.get(path[:length])
        if _has(r, path[:length], "start"):
            yield True, part.start if part is not None else None
    if _has(r, path[:2], "start"):
        yield True, plan.duties[str(path[1])].start


def _needs_start(part: DuePart) -> bool:
    return part.span is not None or part.local is not None or part.date_in == "start"


def _figures_need_a_start(r: Places, plan: Plan) -> None:
    key = N_("a figure without a start: from which event does the clock run? Add {example}")
    for path, part in r.parts.items():
        if _needs_start(part) and not any(True for _ in _starts(r, plan, path)):
            r.say(path, key, example="start: discovered")
    for name, duty in plan.duties.items():
        at: Path = ("duties", name)
        every = duty.repeat is not None and duty.repeat.every is not None
        if every and not _has(r, at, "start"):
            r.say((*at, "repeat", "every"), key, example="start: discovered")


def _dates_need_a_due(r: Places, plan: Plan) -> None:
    for path, part in r.parts.items():
        if part.date_in is None:
            continue
        if part.date_in == "start":
            there, moment = next(_starts(r, plan, path), (False, None))
            if not there or moment is None:
                continue  # said elsewhere
            key = N_("the start carries no `due`; entries of {kinds} do: {example}")
        else:
            moment = part.date_in
            key = N_("this Moment carries no `due`; entries of {kinds} do: {example}")
        if not any(kind in DUE_KINDS for kind in kinds_of(moment)):
            r.say(
                (*path, "date_in"),
                key,
                kinds=listed(DUE_KINDS),
                example="{each: {kind: received, has: due}}",
            )


def _waits(moment: Moment | None) -> Iterator[str]:
    """Duties whose end or expiry a Moment waits for."""
    match moment:
        case Done(duty=duty) | Overdue(duty=duty):
            yield duty
        case (
            First(moments=several)
            | Last(moments=several)
            | Each(moments=several)
            | Fallback(moments=several)
        ):
            for each in several:
                yield from _waits(each)


def _due_moments(due: Sequence[DuePart]) -> Iterator[Moment]:
    for part in due:
        if part.start is not None:
            yield part.start
        if part.date_in is not None and part.date_in != "start":
            yield part.date_in
        yield from _due_moments((*part.earlier_of, *part.later_of))


def _waits_for(duty: Duty) -> Iterator[str]:
    several: list[Moment | None] = [duty.start, duty.until, *duty.done_by]
    for due in (duty.limit, duty.target, duty.not_before, duty.only_within):
        several += _due_moments(due)
    for pause in duty.pause:
        several += [pause.from_, pause.until]
    for moment in several:
        yield from _waits(moment)


def _circles(next_: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Each circle once, from the name that stands first."""
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if name in way:
            yield (*way[way.index(name) :], name)
        elif name not in done:
            for each in next_.get(name, ()):
                yield from walk(each, (*way, name))
            done.add(name)

    for name in next_:
        yield from walk(name, ())


def _no_circles(r: Places, plan: Plan) -> None:
    graph = {name: tuple(dict.fromkeys(_waits_for(duty))) for name, duty in plan.duties.items()}
    for circle in _circles(graph):
        key = N_("these duties wait for each other: {circle}; give one another start")
        r.say(("duties", circle[0]), key, circle=" → ".join(circle))


def _opening_needs_hours(r: Places, plan: Plan) -> None:
    if plan.office_hours is not None or _has(r, (), "office_hours"):
        return
    for path in r.opening:
        key = N_("`{value}` needs the office hours; add {example}")
        example = 'office_hours: {open: "08:30", close: "18:00"}'
        r.say(path, key, value=r.raw(path), example=example)


def finer(article: str, listed_: str) -> bool:
    """Is ``article`` a part of the article ``listed_`` (六(二)一級 of 六(二), not 十一 of 十)?"""
    if not article.startswith(listed_) or article == listed_:
        return False
    behind = article[len(listed_)]
    return not behind.isalnum() or listed_[-1] in ")）條条款項项" or behind in "第之"


def _articles_covered(r: Places, plan: Plan) -> None:
    """Every article cited is in ``clauses``, every article there is cited or named."""
    if not plan.clauses:
        return
    encoded = set()
    for article, path in r.cited:
        if article in plan.clauses:
            encoded.add(article)
            continue
        whole = max((a for a in plan.clauses if finer(article, a)), key=len, default=None)
        if whole is None or any(finer(each, whole) for each in plan.clauses):
            near = _near_article(article, plan)
            key = N_("the article `{article}` is not in `clauses`; add it there")
            if near is not None:
                key = N_("the article `{article}` is not in `clauses`; did you mean `{near}`?")
            r.say(path, key, article=article, near=near)
        else:
            encoded.add(whole)
    as_list = isinstance(r.raw(("clauses",)), list)
    for place, article in enumerate(plan.clauses):
        if article not in encoded:
            key = N_(
                "the article `{article}` is not encoded; add a duty, or name it under "
                "`without_rule` or `unsupported`"
            )
            r.say(("clauses", place if as_list else article), key, article=article)


def _near_article(article: str, plan: Plan) -> str | None:
    from difflib import get_close_matches

    close = get_close_matches(article, plan.clauses, n=1, cutoff=0.3)
    return close[0] if close else None


def _one_group_named_in_case(r: Places, plan: Plan) -> None:
    groups = [name for name, organ in plan.organs.items() if organ.members == "named_in_case"]
    for name in groups[1:]:
        key = N_("a second group `named_in_case` beside `{first}`; make `{name}` a plain organ")
        r.say(("organs", name, "members"), key, first=groups[0], name=name)


def _no_group_within_itself(r: Places, plan: Plan) -> None:
    graph = {
        name: organ.members
        for name, organ in plan.organs.items()
        if isinstance(organ.members, tuple)
    }
    for circle in _circles(graph):
        key = N_("a group cannot be a member of itself: {circle}")
        r.say(("organs", circle[0], "members"), key, circle=" → ".join(circle))


# --- notices ---------------------------------------------------------------------------


def _occurred_may_be_unknown(r: Places, _plan: Plan) -> None:
    for path, moment in r.moments.items():
        bare = isinstance(moment, Act) and moment.kind == "occurred"
        in_fallback = "fallback" in path and len(r.raw(path[: path.index("fallback") + 1])) > 1
        if bare and "start" in path and not in_fallback:
            key = N_("nobody may know when it occurred; write {example}")
            example = "{fallback: [occurred, discovered]}"
            r.say(path, key, "notice", example=example)


def _same_act(r: Places, plan: Plan) -> None:
    """Duties with equal start, act and recipients, unless only one of them is ever owed."""
    seen: dict[str, list[Duty]] = {}
    for duty in plan.duties.values():
        if not duty.done_by:
            continue
        who = () if duty.to or duty.to_any else duty.who
        sign = repr((duty.start, duty.done_by, sorted(duty.to), sorted(duty.to_any), who))
        for other in seen.setdefault(sign, []):
            if not exclude_each_other(plan, duty.when, other.when):
                key = N_("the same act always discharges `{first}` and `{second}`")
                r.say(("duties", duty.id), key, "notice", first=other.id, second=duty.id)
                break
        seen[sign].append(duty)


def _counting_by_default(r: Places, plan: Plan) -> None:
    """Name the keys of ``counting`` that matter for this plan and were not decided."""
    units = {span.unit for _, span in r.spans}
    by_days = bool(units - {"minute", "hour"})
    dated = any(part.date or part.date_in for part in r.parts.values())
    ranked = {name for name, scale in plan.scales.items() if scale.ordered}
    graded = any(_mentions(duty.when, ranked) for duty in plan.duties.values())
    counting = plan.counting
    relevant: Mapping[str, tuple[bool, str]] = {
        "first_day": (by_days, counting.first_day),
        "ends": (by_days, str(counting.ends)),
        "roll": (by_days, counting.roll),
        "no_such_day": (bool(units & {"month", "year"}), counting.no_such_day),
        "before_date": (dated, counting.before_date),
        "on_upgrade": (graded, counting.on_upgrade),
    }
    taken = [
        f"{name}: {value}"
        for name, (matters, value) in relevant.items()
        if matters and not _has(r, ("counting",), name)
    ]
    if taken:
        key = N_("`counting` is silent, so this holds: {taken}")
        r.say(("counting",), key, "notice", taken=", ".join(taken))


def _mentions(condition: Condition | None, names: set[str]) -> bool:
    return any(re.search(rf"name='{re.escape(name)}'", repr(condition)) for name in names)


def _nobody_reaches(r: Places, plan: Plan) -> None:
    for name, scale in plan.scales.items():
        as_map = _has(r, ("scales", name), "levels")
        for place, level in unreachable(plan, scale):
            at: Path = ("scales", name, *(("levels",) if as_map else ()), place)
            key = N_("no facts can lead to the level `{level}`; look at its criteria")
            r.say(at, key, "notice", level=level)


def _never_used(r: Places, plan: Plan) -> None:
    declared: Sequence[tuple[str, Mapping[str, Any], str]] = (
        ("organs", plan.organs, N_("the organ `{name}` is used nowhere")),
        ("documents", plan.documents, N_("the document `{name}` is used nowhere")),
    )
    for sort, names, key in declared:
        for name in names:
            if (sort, name) not in r.used:
                r.say((sort, name), key, "notice", name=name)


def _confirmed_by_whom(r: Places, plan: Plan) -> None:
    for name, reading in plan.readings.items():
        if reading.confirmed and (reading.by is None or reading.date is None):
            key = N_("the reading `{name}` is confirmed: add `by` and `date`")
            r.say(("readings", name), key, "notice", name=name)
