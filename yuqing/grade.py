"""Facts and the plan's scales → which level holds, why, and what should be asked next.

Three-valued throughout (plan format 3.1 and 4.3): a fact nobody has looked at is *unknown*,
not false, and so is what depends on it. ``True``, ``False`` and ``None`` are the three values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

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

SATISFIED = Fact(id="satisfied", type="boolean", ask="诉求人是否满意")
"""Built into every plan: was the asker content with the answer."""

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
        known = scale is not None and any(level.id == value for level in scale.levels)
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
