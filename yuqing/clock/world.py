"""What one plan can see of one case: its log, its rounds, and every value over time.

A value that is known holds from the start (first knowledge moves no clock). An ordered scale
nobody has graded is taken at its worst level still possible, and what rests on that is
provisional. An unordered scale has one value for a whole round: a change means that the
matter was something else all along (plan format, 5.9 to 5.15).
"""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from yuqing.case import Entry
from yuqing.clock.counting import Point, Rule, limit_point, point
from yuqing.clock.now import Now
from yuqing.grade import holds, possible
from yuqing.plan import Condition, DuePart, Plan, Scale, Value
from yuqing.span import Calendar

if TYPE_CHECKING:
    from yuqing.clock.clocks import Clock
    from yuqing.clock.discharge import Deed
    from yuqing.clock.moments import Occurrence
    from yuqing.clock.terms import Stretch, Terms

STATED = frozenset(("published", "replied"))
"""Kinds whose ``facts`` are figures stated in public, not observations."""
_BEGINNING = (dt.datetime.min.replace(tzinfo=dt.UTC), -1)
LAST_PLACE = 1_000_000
"""Behind every entry of the same minute: what is said at the start holds from the start."""

Mark = tuple[dt.datetime, int]
"""When, and the place in the log: the order of everything."""


class Change(NamedTuple):
    """From ``mark`` on the value is ``value``; ``entry`` said so."""

    mark: Mark
    value: Value
    entry: Entry


class Round(NamedTuple):
    """From one relapse to the next. The first has no ``relapse``."""

    number: int
    relapse: Entry | None
    begin: Mark
    end: Mark | None

    def holds(self, mark: Mark) -> bool:
        """Did it happen in this round?"""
        begun = self.relapse is None or self.begin <= mark
        return begun and (self.end is None or mark < self.end)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What was known of a round over a stretch of time in which nothing changed."""

    known: Mapping[str, Value]
    assumed: Mapping[str, Value]
    """The worst level still possible of each ordered scale that nobody has graded."""
    whole: Mapping[str, Value]
    """Both: what the engine goes by."""
    held: dict[int, bool | None] = field(default_factory=dict, repr=False)
    """Which conditions of the plan held; see :meth:`World.holds`."""
    owed: dict[tuple[str, Mark | None], Stretch | None] = field(default_factory=dict, repr=False)
    """Under which limits a duty was owed, from when on; see ``clocks``."""


@dataclass(frozen=True, kw_only=True)
class World:
    """One case under one plan at one moment. Frozen; what it derives is kept."""

    case: str
    log: tuple[Entry, ...]
    plan: Plan
    calendar: Calendar
    terms: Terms
    """What follows from the plan alone."""
    now: Now
    first_kind: bool = False
    """Take the first value of unordered scales, not the last: the limit as it was before."""
    by_kind: Mapping[str, Sequence[Entry]] = field(init=False, repr=False)
    """Entries of the log by their kind, events by their own name, in order."""
    closing: Sequence[Entry] = field(init=False, repr=False)
    """Entries that close something."""
    facts: Mapping[str, Sequence[Change]] = field(init=False, repr=False)
    """Every fact observed, in order; the latest by (``at``, place) holds."""
    grades: Mapping[str, Sequence[Change]] = field(init=False, repr=False)
    """Every scale graded. A proposal counts only while nothing was confirmed."""
    clocks_of: Callable[[World, str], Sequence[Clock]] = field(repr=False)
    """Clocks of a duty of this world; moments such as ``done`` ask for them."""
    kept: dict[str, Sequence[Clock]] = field(default_factory=dict, repr=False)
    deeds: dict[int, Deed] = field(default_factory=dict, repr=False)
    """Entries as acts; see ``discharge``."""
    _knowledge: dict[tuple[Mark, int], Knowledge] = field(default_factory=dict, repr=False)
    _stretches: dict[tuple[int, int], Knowledge] = field(default_factory=dict, repr=False)
    happened: dict[tuple[int, int], Sequence[Occurrence]] = field(default_factory=dict, repr=False)
    """What moments of the plan came to in a round; see ``moments``."""
    fitting: dict[int, Sequence[Entry]] = field(default_factory=dict, repr=False)
    """Entries that fit a matcher; see ``moments``."""
    _never: dict[int, bool] = field(default_factory=dict, repr=False)
    _points: dict[int, Point] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Go through the log once."""
        by_kind: dict[str, list[Entry]] = {}
        closing: list[Entry] = []
        facts: dict[str, list[Change]] = {}
        grades: dict[str, list[Change]] = {}
        for entry in self.log:
            by_kind.setdefault(entry.event or entry.kind, []).append(entry)
            if entry.closes:
                closing.append(entry)
            if entry.facts and entry.kind not in STATED:
                for name, value in entry.facts.items():
                    facts.setdefault(name, []).append(Change(mark(entry), value, entry))
            if entry.kind == "graded":
                for name, level in entry.grades.items():
                    grades.setdefault(name, []).append(Change(mark(entry), level, entry))
        for name, changes in grades.items():
            grades[name] = [c for c in changes if not c.entry.proposed] or changes
        object.__setattr__(self, "by_kind", by_kind)
        object.__setattr__(self, "closing", closing)
        object.__setattr__(self, "facts", facts)
        object.__setattr__(self, "grades", grades)

    @property
    def zone(self) -> ZoneInfo:
        """The plan's zone."""
        return self.now.zone

    @cached_property
    def rounds(self) -> tuple[Round, ...]:
        """Oldest first; there is always one."""
        relapses = [e for e in self.log if e.kind == "relapsed"]
        begins: list[Mark] = [_BEGINNING, *(mark(e) for e in relapses)]
        ends: list[Mark | None] = [*begins[1:], None]
        return tuple(
            Round(number=n, relapse=entry, begin=begin, end=end)
            for n, (entry, begin, end) in enumerate(
                zip([None, *relapses], begins, ends, strict=True), 1
            )
        )

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        """Entries of the log by their id; the case's own before those of its duplicates."""
        strange_first = sorted(self.log, key=lambda e: e.place)
        return {e.id: e for e in strange_first if e.id is not None}

    def rule(self, part: DuePart | None = None) -> Rule:
        """How ``part`` counts under this plan and calendar."""
        return self.terms.rule(part)

    def point(self, entry: Entry) -> Point:
        """When the entry happened, in the plan's zone."""
        found = self._points.get(id(entry))
        if found is None:
            found = self._points[id(entry)] = point(entry.at, self.zone)
        return found

    def limit_point(self, at: dt.datetime) -> Point:
        """A limit as a moment: 24:00 belongs to the day it ends."""
        return limit_point(at, self.zone)

    # --- values over time ---

    @cached_property
    def proposed_only(self) -> frozenset[str]:
        """Scales that were proposed and not yet confirmed."""
        return frozenset(n for n, changes in self.grades.items() if changes[0].entry.proposed)

    def scale(self, name: str) -> Scale | None:
        """The plan's scale of that name."""
        return self.plan.scales.get(name)

    def _at(self, changes: Sequence[Change], when: Mark) -> Value:
        """The value in force; before the first one, the first one."""
        value = changes[0].value
        for change in changes:
            if change.mark > when:
                break
            value = change.value
        return value

    def values(self, when: Mark, rnd: Round) -> tuple[Mapping[str, Value], Mapping[str, Value]]:
        """What was known at ``when``, and what is assumed of scales nobody has graded."""
        knowledge = self.knowledge(when, rnd)
        return knowledge.known, knowledge.assumed

    def knowledge(self, when: Mark, rnd: Round) -> Knowledge:
        """What was known at ``when`` in that round."""
        found = self._knowledge.get((when, rnd.number))
        if found is None:
            found = self._between_turns(bisect.bisect_right(self.turns, when), rnd)
            self._knowledge[when, rnd.number] = found
        return found

    def _between_turns(self, passed: int, rnd: Round) -> Knowledge:
        """What was known when so many of the turns had passed."""
        found = self._stretches.get((passed, rnd.number))
        if found is None:
            known = self._known(self.turns[passed - 1] if passed else _BEGINNING, rnd)
            assumed = self._assumed(known)
            found = Knowledge(known, assumed, {**known, **assumed} if assumed else known)
            self._stretches[passed, rnd.number] = found
        return found

    def holds(self, condition: Condition | None, knowledge: Knowledge) -> bool | None:
        """Does a condition of the terms that knows no ``during`` hold by what was known?"""
        if condition is None:
            return True
        key = id(condition)
        if key not in knowledge.held:
            knowledge.held[key] = holds(condition, self.plan, knowledge.whole)
        return knowledge.held[key]

    def never(self, condition: Condition) -> bool:
        """Was, is and will this condition of the terms be false by all that the log says?"""
        found = self._never.get(id(condition))
        if found is None:
            found = self._never[id(condition)] = all(
                self.holds(condition, self._between_turns(passed, rnd)) is False
                for passed in range(len(self.turns) + 1)
                for rnd in self.rounds
            )
        return found

    def _known(self, when: Mark, rnd: Round) -> dict[str, Value]:
        """Facts and grades as they held at ``when``; what nobody knows is absent."""
        values = {name: self._at(changes, when) for name, changes in self.facts.items()}
        for name, changes in self.grades.items():
            scale = self.scale(name)
            if scale is None:
                continue
            if scale.ordered:
                values[name] = self._at(changes, when)
            else:
                values[name] = self._kind(changes, rnd)
        return values

    def _kind(self, changes: Sequence[Change], rnd: Round) -> Value:
        """The one value of an unordered scale in this round."""
        before = [c for c in changes if rnd.end is None or c.mark < rnd.end] or list(changes[:1])
        if not self.first_kind:
            return before[-1].value
        here = [c for c in before if rnd.begin <= c.mark]
        return here[0].value if here and rnd.number == 1 else before[0].value

    def _assumed(self, values: Mapping[str, Value]) -> dict[str, Value]:
        """The worst level still possible of each ordered scale that nobody has graded."""
        worst: dict[str, Value] = {}
        for name, scale in self.plan.scales.items():
            if scale.ordered and name not in values:
                levels = possible(scale, self.plan, values)
                if levels:
                    worst[name] = levels[-1]
        return worst

    @cached_property
    def present(self) -> Mark:
        """Now, behind every entry of this minute."""
        for changes in (*self.facts.values(), *self.grades.values()):
            for change in changes:
                self.now.reached(change.mark[0])
        return (self.now.at, LAST_PLACE)

    @cached_property
    def turns(self) -> tuple[Mark, ...]:
        """When a fact or an ordered grade became another than it had been, in order."""
        marks: set[Mark] = set()
        for name, changes in (*self.facts.items(), *self.grades.items()):
            scale = self.scale(name)
            if scale is not None and not scale.ordered:
                continue
            for old, new in itertools.pairwise(changes):
                if new.value != old.value:
                    marks.add(new.mark)
        return tuple(sorted(marks))

    def turn_after(self, moment: dt.datetime) -> dt.datetime | None:
        """When the first of the turns behind this moment, and all of its minute, happened."""
        place = bisect.bisect_right(self.turns, (moment, LAST_PLACE))
        return self.turns[place][0] if place < len(self.turns) else None

    def turns_between(self, after: Mark, before: Mark | None) -> list[Mark]:
        """Those of the turns, up to now, that lie behind one mark and ahead of another."""
        if not self.turns:
            return []
        return [
            turn
            for turn in self.turns
            if after < turn and (before is None or turn < before) and self.now.reached(turn[0])
        ]


def mark(entry: Entry) -> Mark:
    """Where the entry stands in the order of things."""
    return (entry.at, entry.place)
