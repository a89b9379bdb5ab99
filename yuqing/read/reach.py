"""Which levels conditions can ever lead to: for the notices of a plan, never for grading.

A condition is spread out into *branches*: alternatives that each allow some values of each
fact. Numbers are represented by the edges the plan mentions and their neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

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
    Was,
)

Branch = Mapping[str, frozenset[Any]]
MOST = 4096
"""Branches looked at; conditions with more are not judged."""
_WAS = "was"


class Domain:
    """Every value that facts and scales of a plan can have, as far as conditions tell apart."""

    def __init__(self, plan: Plan, conditions: Sequence[Condition]) -> None:
        self.plan = plan
        self.left = MOST
        self.numbers: dict[str, set[int]] = {}
        for condition in conditions:
            self._collect(condition)

    def _collect(self, condition: Condition) -> None:
        match condition:
            case AllOf(parts=parts) | AnyOf(parts=parts):
                for part in parts:
                    self._collect(part)
            case Not(part=part):
                self._collect(part)
            case Equals(name=name, values=values):
                self._note(name, values)
            case Compare(name=name):
                self._note(name, _bounds(condition).values())

    def _note(self, name: str, values: Any) -> None:
        fact = self.plan.facts.get(name)
        if fact is None or fact.type != "integer":
            return
        points = self.numbers.setdefault(name, {0})
        for each in (*values, *fact.bands):
            edge = fact.bands.get(each, 0) if isinstance(each, str) else int(each)
            points |= {edge - 1, edge, edge + 1}

    def all(self, name: str) -> frozenset[Any]:
        """Every value of a fact, a scale, or what else a branch speaks of."""
        if name in self.plan.scales:
            return frozenset(level.id for level in self.plan.scales[name].levels)
        fact = self.plan.facts.get(name)
        if fact is not None and fact.type == "choice":
            return frozenset(fact.of)
        if fact is not None and fact.type == "integer":
            return frozenset(self.numbers.get(name, ()))
        return frozenset((True, False))

    def equal(self, condition: Equals) -> frozenset[Any]:
        """The values that will do."""
        fact = self.plan.facts.get(condition.name)
        if fact is None or fact.type != "integer":
            return frozenset(condition.values)
        return frozenset(
            number
            for number in self.all(condition.name)
            for value in condition.values
            if number == value or _band(fact, number) == value
        )

    def compared(self, condition: Compare) -> frozenset[Any]:
        """The values within the bounds."""
        order = self._order(condition.name)
        found = self.all(condition.name)
        for name, bound in _bounds(condition).items():
            found = frozenset(v for v in found if _within(name, order(v), order(bound, name)))
        return found

    def _order(self, name: str) -> Any:
        scale, fact = self.plan.scales.get(name), self.plan.facts.get(name)
        steps: Sequence[Any] = ()
        if scale is not None:
            steps = [level.id for level in scale.levels]
        elif fact is not None and fact.type == "choice":
            steps = fact.of

        def place(value: Any, bound: str = "") -> int:
            if steps:
                return steps.index(value)
            if fact is not None and isinstance(value, str):
                edge = fact.bands[value]
                if bound in ("more_than", "at_most"):  # above, or up to the end of, the band
                    higher = [each for each in fact.bands.values() if each > edge]
                    return min(higher) - 1 if higher else 10**18
                return edge
            return int(value)

        return place


def _band(fact: Fact, number: int) -> str | None:
    below = {edge: name for name, edge in fact.bands.items() if edge <= number}
    return below[max(below)] if below else None


def _bounds(condition: Compare) -> dict[str, Any]:
    bounds = {
        "at_least": condition.at_least,
        "more_than": condition.more_than,
        "at_most": condition.at_most,
        "less_than": condition.less_than,
    }
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _within(name: str, value: int, bound: int) -> bool:
    match name:
        case "at_least":
            return value >= bound
        case "more_than":
            return value > bound
        case "at_most":
            return value <= bound
    return value < bound


def branches(condition: Condition, domain: Domain, *, inside: Scale | None = None) -> list[Branch]:
    """The alternatives under which a condition holds; none: it never does.

    ``inside``: the scale that ``was`` speaks of. Raises ``OverflowError`` for too many.
    """
    found: list[Branch] = []
    for branch in _spread(condition, domain, inside, holds=True):
        if all(branch.values()) and branch not in found:
            found.append(branch)
    return found


def _spread(
    condition: Condition, domain: Domain, inside: Scale | None, *, holds: bool
) -> Iterator[Branch]:
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            spread = [list(_spread(each, domain, inside, holds=holds)) for each in parts]
            if isinstance(condition, AllOf) != holds:
                for several in spread:
                    yield from several
                return
            for combined in product(*spread):
                domain.left -= 1
                if domain.left < 0:
                    raise OverflowError
                yield together(*combined)
        case Not(part=part):
            yield from _spread(part, domain, inside, holds=not holds)
        case Was(levels=levels):
            every = frozenset(each.id for each in inside.levels) | {None} if inside else frozenset()
            yield {_WAS: frozenset(levels) if holds else every - frozenset(levels)}
        case During(period=period):
            yield {f"during {period}": frozenset((holds,))}
        case Equals(name=name):
            found = domain.equal(condition)
            yield {name: found if holds else domain.all(name) - found}
        case Compare(name=name):
            found = domain.compared(condition)
            yield {name: found if holds else domain.all(name) - found}


def together(*several: Branch) -> Branch:
    """What all of them allow; an empty set: they exclude each other."""
    found: dict[str, frozenset[Any]] = {}
    for branch in several:
        for name, values in branch.items():
            found[name] = found[name] & values if name in found else values
    return found


def _implies(narrow: Branch, wide: Branch) -> bool:
    return all(name in narrow and narrow[name] <= values for name, values in wide.items())


def unreachable(plan: Plan, scale: Scale) -> Iterator[tuple[int, str]]:
    """Place and id of each level that no grading by facts can end at.

    Its criteria exclude each other; or whoever fulfils them is at a heavier level anyway; or
    it asks for a level before (``was``) that is itself beyond reach.
    """
    domain = Domain(plan, [level.when for level in scale.levels if level.when is not None])
    try:
        spread = {
            level.id: branches(level.when, domain, inside=scale)
            for level in scale.levels
            if level.when is not None
        }
    except OverflowError:
        return
    if scale.ordered:
        for place, level in enumerate(scale.levels):
            heavier = [b for above in scale.levels[place + 1 :] for b in spread.get(above.id, ())]
            if level.id in spread:
                spread[level.id] = [
                    mine for mine in spread[level.id] if not any(_implies(mine, h) for h in heavier)
                ]
    reached = {level.id for level in scale.levels if level.id not in spread}
    growing = True
    while growing:
        more = {
            name
            for name, several in spread.items()
            if name not in reached and any(_can_follow(branch, reached) for branch in several)
        }
        growing = bool(more)
        reached |= more
    for place, level in enumerate(scale.levels):
        if level.id not in reached:
            yield place, level.id


def _can_follow(branch: Branch, reached: set[str]) -> bool:
    before = branch.get(_WAS)
    return before is None or None in before or bool(before & reached)


def exclude_each_other(plan: Plan, one: Condition | None, other: Condition | None) -> bool:
    """Can the two conditions never hold together? In doubt, no."""
    if one is None or other is None:
        return False
    domain = Domain(plan, [one, other])
    try:
        pairs = product(branches(one, domain), branches(other, domain))
        return not any(all(together(a, b).values()) for a, b in pairs)
    except OverflowError:
        return False
