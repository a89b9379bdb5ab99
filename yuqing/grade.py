"""Facts and the plan's scales → which level holds, why, and what should be asked next.

Three-valued throughout (plan format 3.1 and 4.3): a fact nobody has looked at is *unknown*,
not false, and so is what depends on it. ``True``, ``False`` and ``None`` are the three values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from yuqing.plan import (
    AllOf,
    AnyOf,
    Compare,
    Condition,
    During,
    Equals,
    Fact,
    Not,
    Plan,
    Scale,
    Value,
    Was,
)
from yuqing.span import Calendar
from yuqing.words import N_

SATISFIED = Fact(id="satisfied", type="boolean", ask=N_("is the asker content with the answer?"))
"""Built into every plan. Its text is a sentence of ours; those of a plan's facts are data."""

Range = tuple[int, int | None]
"""Whole numbers from low to high, both included; ``None``: without end."""


# --- does a condition hold -------------------------------------------------------------


def holds(
    condition: Condition | None,
    plan: Plan,
    values: Mapping[str, Value],
    *,
    was: Mapping[str, str] | str | None = None,
    day: dt.date | None = None,
    calendar: Calendar | None = None,
) -> bool | None:
    """Does ``condition`` hold? ``None``: unknown. No condition always holds.

    ``values``: facts and grades known so far, by the id of fact or scale; a fact with a
    ``default`` that is not among them has its default. ``was``: the level in force before
    (of the scale at hand, or scale to level); nothing graded before: no ``was`` holds.
    ``day``: the day a ``during`` asks about; without one it is unknown. Raises
    :class:`yuqing.span.NoCalendar` when that day's year has no calendar.
    """
    match condition:
        case None:
            return True
        case AllOf(parts):
            found = [holds(p, plan, values, was=was, day=day, calendar=calendar) for p in parts]
            return False if False in found else (None if None in found else True)
        case AnyOf(parts):
            found = [holds(p, plan, values, was=was, day=day, calendar=calendar) for p in parts]
            return True if True in found else (None if None in found else False)
        case Not(part):
            inner = holds(part, plan, values, was=was, day=day, calendar=calendar)
            return None if inner is None else not inner
        case Was(levels):
            before = {was} if isinstance(was, str) else set((was or {}).values())
            return not before.isdisjoint(levels)
        case During(period):
            return None if day is None else (calendar or Calendar()).in_period(day, period)
        case Equals(name, wanted):
            return _equal(plan, name, values, wanted)
        case Compare():
            return _compared(plan, condition, values)


def _value(plan: Plan, name: str, values: Mapping[str, Value]) -> Value | None:
    """What is known of a fact or scale; ``None`` also for a value it cannot have, which
    ``check`` names: a clock must not run, or stand still, on a typing error."""
    fact = _fact(plan, name)
    value = values.get(name, fact.default if fact else None)
    if value is None:
        return None
    if fact is None:
        scale = plan.scales.get(name)
        known = scale is not None and value in [level.id for level in scale.levels]
        return value if known else None
    match fact.type:
        case "boolean":
            return value if isinstance(value, bool) else None
        case "integer":
            number = isinstance(value, int) and not isinstance(value, bool)
            return value if number or value in fact.bands else None
        case "choice":
            return value if value in fact.of else None
        case "text":
            return value


def _fact(plan: Plan, name: str) -> Fact | None:
    return plan.facts.get(name, SATISFIED if name == SATISFIED.id else None)


def _equal(
    plan: Plan, name: str, values: Mapping[str, Value], wanted: tuple[Value, ...]
) -> bool | None:
    value = _value(plan, name, values)
    if value is None:
        return None
    fact = _fact(plan, name)
    if fact is None or fact.type != "integer":
        return value in wanted
    seen = _range(fact, value)
    sought = [_range(fact, each) for each in wanted]
    if any(_within(seen, each) for each in sought):
        return True
    return None if any(_meet(seen, each) for each in sought) else False


def _compared(plan: Plan, wanted: Compare, values: Mapping[str, Value]) -> bool | None:
    value = _value(plan, wanted.name, values)
    if value is None:
        return None
    fact = _fact(plan, wanted.name)

    def place(each: Value) -> Range:
        """Everything that can be compared, as whole numbers in order."""
        if fact is not None and fact.type == "integer":
            return _range(fact, each)
        order = fact.of if fact is not None else _ids(plan.scales[wanted.name])
        at = order.index(str(each))
        return at, at

    low, high = place(value)
    answers: list[bool | None] = []
    for bound, upwards, itself in (
        (wanted.at_least, True, True),
        (wanted.more_than, True, False),
        (wanted.at_most, False, True),
        (wanted.less_than, False, False),
    ):
        if bound is None:
            continue
        bottom, top = place(bound)
        edge = (bottom if itself else top) if upwards else (top if itself else bottom)
        if edge is None:  # above the highest band there is nothing; up to it, everything
            answers.append(itself)
        elif upwards:
            floor = edge if itself else edge + 1
            sure = low >= floor
            answers.append(True if sure else (False if _below(high, floor) else None))
        else:
            roof = edge if itself else edge - 1
            sure = _below(high, roof + 1)
            answers.append(True if sure else (False if low > roof else None))
    return False if False in answers else (None if None in answers else True)


def _ids(scale: Scale) -> tuple[str, ...]:
    return tuple(level.id for level in scale.levels)


def _range(fact: Fact, value: Value) -> Range:
    """The numbers a number or a band name stands for; a band ends below the next edge."""
    if isinstance(value, int):
        return value, value
    edge = fact.bands[value]
    above = [other for other in fact.bands.values() if other > edge]
    return edge, (min(above) - 1 if above else None)


def _below(high: int | None, floor: int) -> bool:
    return high is not None and high < floor


def _within(inner: Range, outer: Range) -> bool:
    return inner[0] >= outer[0] and (outer[1] is None or _below(inner[1], outer[1] + 1))


def _meet(one: Range, other: Range) -> bool:
    return not _below(one[1], other[0]) and not _below(other[1], one[0])


# --- grading ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reason:
    """A criterion that is met: its ``level``, its article, and the facts it stands on."""

    level: str
    clause: str | None
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """What the facts say about one scale (plan format 4.3)."""

    scale: str
    floor: str | None
    """The highest level whose condition is true: it is this one or a higher one."""
    possible: tuple[str, ...]
    """Levels the facts leave open, lightest first; ``floor`` is the first, if there is one."""
    by_exclusion: bool
    """The one level left has no condition of its own; every other one is ruled out."""
    reasons: tuple[Reason, ...]
    """Every criterion that is met, also of lower levels; the highest level first."""
    questions: Mapping[str, tuple[tuple[str, ...], ...]]
    """For each possible level above ``floor``, highest first: the smallest sets of unknown
    facts (or other scales) whose answers could make its condition true, shortest first. A
    level that only a person can choose has none."""

    @property
    def certain(self) -> str | None:
        """The level, if the facts settle it: no other one is possible."""
        settled = len(self.possible) == 1 and (self.floor is not None or self.by_exclusion)
        return self.possible[0] if settled else None


def grade(
    plan: Plan,
    values: Mapping[str, Value],
    *,
    scale: str = "level",
    was: Mapping[str, str] | str | None = None,
) -> Grading:
    """Grade by the facts: what is certain, what is possible, why, and what to ask.

    ``values`` as for :func:`holds`; a grade already given on ``scale`` itself is not looked
    at. ``was``: the level in force before. Raises ``KeyError`` if the plan has no such scale.
    """
    graded = plan.scales[scale]
    was = _before(graded, was)
    found = _found(graded, plan, values, was)
    true = [level.id for level in graded.levels if found[level.id] is True]
    floor = (true[-1] if graded.ordered or len(true) == 1 else None) if true else None
    left = _left(graded, found)
    alone = graded.levels[0].when is None if graded.ordered else True
    others = [level for level in graded.levels if level.when is not None]
    by_exclusion = floor is None and len(left) == 1 and alone and bool(others)
    reasons: list[Reason] = []
    questions: dict[str, tuple[tuple[str, ...], ...]] = {}
    for level in reversed(graded.levels):
        if found[level.id] is True and level.when is not None:
            matched = tuple(_matched(level.when, plan, values, was))
            reasons += [Reason(level.id, clause, facts) for clause, facts in matched] or [
                Reason(level.id, level.clause, _used(level.when, plan, values, was))
            ]
        elif level.id in left and level.when is not None:
            questions[level.id] = _smallest(level.when, plan, values, was)
    return Grading(
        scale=scale,
        floor=floor,
        possible=left,
        by_exclusion=by_exclusion,
        reasons=tuple(reasons),
        questions=questions,
    )


def possible(
    scale: Scale,
    plan: Plan,
    values: Mapping[str, Value],
    was: Mapping[str, str] | str | None = None,
) -> tuple[str, ...]:
    """Levels the facts leave open, lightest first: the highest whose condition is true, and
    every higher one that is unknown. Empty: the matter lies below all levels."""
    return _left(scale, _found(scale, plan, values, _before(scale, was)))


def _before(scale: Scale, was: Mapping[str, str] | str | None) -> str | None:
    return was.get(scale.id) if isinstance(was, Mapping) else was


def _found(
    scale: Scale, plan: Plan, values: Mapping[str, Value], was: str | None
) -> Mapping[str, bool | None]:
    """Each level's condition; a level without one is for a person to choose: unknown."""
    return {
        level.id: None if level.when is None else holds(level.when, plan, values, was=was)
        for level in scale.levels
    }


def _left(scale: Scale, found: Mapping[str, bool | None]) -> tuple[str, ...]:
    true = [level.id for level in scale.levels if found[level.id] is True]
    if not scale.ordered:
        # what is true stays; a person's choice is open only while nothing is true
        return tuple(
            level.id
            for level in scale.levels
            if found[level.id] is not False and not (true and level.when is None)
        )
    floor = scale.rank(true[-1]) if true else 0
    return tuple(i.id for i in scale.levels[floor:] if found[i.id] is not False)


def _matched(
    condition: Condition, plan: Plan, values: Mapping[str, Value], was: str | None
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The paths with an article of their own that hold, each with the facts it used."""
    if holds(condition, plan, values, was=was) is not True:
        return
    match condition:
        case AllOf(parts, clause):
            if clause is not None:
                yield clause, _used(condition, plan, values, was)
            for part in parts:
                yield from _matched(part, plan, values, was)
        case AnyOf(parts):
            for part in parts:
                yield from _matched(part, plan, values, was)


def _used(
    condition: Condition, plan: Plan, values: Mapping[str, Value], was: str | None
) -> tuple[str, ...]:
    """Facts and scales that made a condition true, in the order they are named."""
    if holds(condition, plan, values, was=was) is not True:
        return ()
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return _once(name for part in parts for name in _used(part, plan, values, was))
        case Not(part):
            return names(part)
        case Equals(name) | Compare(name=name):
            return (name,)
    return ()


def _once(some: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(some))


def names(condition: Condition | None) -> tuple[str, ...]:
    """Every fact and scale that a condition names, in order."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return _once(name for part in parts for name in names(part))
        case Not(part):
            return names(part)
        case Equals(name) | Compare(name=name):
            return (name,)
    return ()


def has_during(condition: Condition | None) -> bool:
    """Does the day matter to the condition?"""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            return any(has_during(part) for part in parts)
        case Not(part):
            return has_during(part)
        case _:
            return isinstance(condition, During)


# --- what to ask -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Question:
    """Something to find out: a fact or a scale, its text, and the answers it can have.

    ``answers``: ``(True, False)``, the choices, the bands, or the levels; empty for a number
    without bands and for text.
    """

    name: str
    ask: str
    answers: tuple[Value, ...]


def question(plan: Plan, name: str) -> Question:
    """What to ask about a fact or scale. Raises ``KeyError`` for an unknown name."""
    fact = _fact(plan, name)
    if fact is None:
        scale = plan.scales[name]
        return Question(name, scale.name or name, _ids(scale))
    match fact.type:
        case "boolean":
            return Question(name, fact.ask, (True, False))
        case "choice":
            return Question(name, fact.ask, fact.of)
        case _:
            return Question(name, fact.ask, tuple(fact.bands))


_MOST = 200
"""So many ways to fill a condition are followed, shortest first: no plan written by people
comes near, and one that does must not hang the duty officer's screen."""

Need = Mapping[str, frozenset[Value]]
"""Unknown names, and the answers to each that would do."""


def _smallest(
    condition: Condition, plan: Plan, values: Mapping[str, Value], was: str | None
) -> tuple[tuple[str, ...], ...]:
    """The minimal sets of unknown names whose answers could make ``condition`` true."""
    order = {name: place for place, name in enumerate((*plan.facts, *plan.scales))}
    domains = {
        name: _domain(plan, name, condition)
        for name in names(condition)
        if _value(plan, name, values) is None
    }

    def check(part: Condition, answers: Mapping[str, Value]) -> bool | None:
        return holds(part, plan, {**values, **answers}, was=was)

    sets = {frozenset(need) for need in _needs(condition, True, domains, check)}
    minimal = [s for s in sets if not any(other < s for other in sets)]
    sort = [tuple(sorted(s, key=lambda name: order.get(name, len(order)))) for s in minimal]
    return tuple(sorted(sort, key=lambda s: (len(s), [order.get(n, len(order)) for n in s])))


def _needs(
    condition: Condition,
    wanted: bool,
    domains: Mapping[str, tuple[Value, ...]],
    check: Callable[[Condition, Mapping[str, Value]], bool | None],
) -> Sequence[Need]:
    """Every way to make ``condition`` ``wanted`` by answering what is unknown."""
    match condition:
        case Not(part):
            return _needs(part, not wanted, domains, check)
        case AllOf(parts) | AnyOf(parts):
            ways = [_needs(part, wanted, domains, check) for part in parts]
            if isinstance(condition, AllOf) is not wanted:  # one part is enough
                return _shortest(need for way in ways for need in way)
            needs: Sequence[Need] = ({},)
            for way in ways:
                needs = _shortest(_joined(needs, way))
            return needs
        case Equals(name) | Compare(name=name) if name in domains:
            fit = frozenset(
                value for value in domains[name] if check(condition, {name: value}) is wanted
            )
            return ({name: fit},) if fit else ()
    return ({},) if check(condition, {}) is wanted else ()


def _joined(some: Sequence[Need], others: Sequence[Need]) -> Iterator[Need]:
    for one, other in product(some, others):
        both = {**one, **other}
        for name in one.keys() & other.keys():
            both[name] = one[name] & other[name]
        if all(both.values()):
            yield both


def _shortest(needs: Iterable[Need]) -> Sequence[Need]:
    """Without those that ask more than another one does."""
    kept: list[Need] = []
    for need in sorted(needs, key=len):
        if not any(_covers(easier, need) for easier in kept):
            kept.append(need)
        if len(kept) == _MOST:
            break
    return kept


def _covers(easier: Need, need: Need) -> bool:
    return all(name in need and easier[name] >= need[name] for name in easier)


def _domain(plan: Plan, name: str, condition: Condition) -> tuple[Value, ...]:
    """The answers worth trying; of numbers, those around every edge that is named."""
    fact = _fact(plan, name)
    if fact is None or fact.type != "integer":
        return question(plan, name).answers
    edges = {0, *fact.bands.values(), *_numbers(condition, name)}
    return tuple(sorted({edge + step for edge in edges for step in (-1, 0, 1)}))


def _numbers(condition: Condition, name: str) -> Iterator[int]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _numbers(part, name)
        case Not(part):
            yield from _numbers(part, name)
        case Equals(own, values) if own == name:
            yield from (each for each in values if isinstance(each, int))
        case Compare(name=own) if own == name:
            bounds = (
                condition.at_least,
                condition.more_than,
                condition.at_most,
                condition.less_than,
            )
            yield from (each for each in bounds if isinstance(each, int))
