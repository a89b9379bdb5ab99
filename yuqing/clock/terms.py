"""What a plan says, worked out once: every case under it asks the same.

Nothing of a case is kept here, so nothing here can be out of date: a plan and a calendar that
were read are never changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from yuqing.clock.counting import Rule, rule
from yuqing.clock.moments import acts_in, silent_until_it_happens
from yuqing.clock.world import Mark
from yuqing.grade import has_during
from yuqing.plan import Act, Condition, Done, DuePart, Duty, Moment, Plan
from yuqing.span import Calendar

Part = TypeVar("Part")
_MOST = 64
"""So many plans are kept; an office has a handful."""


class Stretch(NamedTuple):
    """From ``since`` on the duty is owed under ``limit`` and ``target``."""

    since: Mark | None
    """``None``: from the start."""
    limit: tuple[DuePart, ...]
    """The parts that may apply; several while a fact is unknown."""
    target: tuple[DuePart, ...]
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyTerms:
    """What follows from the text of one duty alone."""

    duty: Duty
    start: Moment | None
    when: Condition | None
    """Both as :meth:`Terms.same` has them."""
    bar: Condition | None
    """While this is false, nothing of it need be looked at; ``None``: one cannot tell so."""
    acts: tuple[Act, ...]
    """Entries that fit one of these may discharge it."""
    follows: tuple[Done, ...]
    """So does the discharge of these other duties."""
    silent: bool
    """Nothing is listed until its start happens."""
    promised: bool
    """Its limit is the date that the starting entry itself carries."""
    part_starts: tuple[Moment, ...]
    """Own starts of its limits and targets."""
    limit_start: Moment | None
    """Where it begins if it has no start itself."""
    always: tuple[Stretch, ...] | None
    """How it is owed whenever it begins; ``None``: that depends on a condition."""
    by_day: bool
    """Does the day decide whether it is owed, or under which limit?"""
    recipients: tuple[str, ...] | None
    """Everyone who must be reached; ``None``: it depends on who is assigned in the case."""
    units: tuple[str | None, ...] | None
    """Each who owes it for itself; ``None`` as above."""
    groups: tuple[str, ...]
    """Recipients that stand for several."""
    told: frozenset[str]
    """Whom the acts that start it have reached by that already."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One plan under one calendar."""

    plan: Plan
    calendar: Calendar
    _duties: dict[str, DutyTerms] = field(default_factory=dict, repr=False)
    _rules: dict[int, tuple[Rule, DuePart | None]] = field(default_factory=dict, repr=False)
    """By identity, each beside what it is of: so no other can come to have its identity."""
    _same: dict[int, tuple[Any, Any]] = field(default_factory=dict, repr=False)
    _first: dict[str, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The plan's zone."""
        return ZoneInfo(self.plan.timezone)

    @cached_property
    def case_duties(self) -> tuple[tuple[Condition | None, tuple[str, ...]], ...]:
        """Ids of the duties of a case, those with one ``bar`` together; the others are the
        office's own."""
        found: dict[int, tuple[Condition | None, list[str]]] = {}
        for duty in self.plan.duties.values():
            if not duty.of_the_office:
                bar = self.of(duty.id).bar
                found.setdefault(id(bar), (bar, []))[1].append(duty.id)
        return tuple((bar, tuple(ids)) for bar, ids in found.values())

    def rule(self, part: DuePart | None = None) -> Rule:
        """How ``part`` counts under this plan and calendar."""
        found = self._rules.get(id(part))
        if found is None:
            found = self._rules[id(part)] = (rule(self.plan, self.calendar, part), part)
        return found[0]

    def same(self, part: Part) -> Part:
        """The first moment or condition of the plan that says the same: what is found of it in
        a case, holds for all of them."""
        found = self._same.get(id(part))
        if found is None:
            found = self._same[id(part)] = (self._first.setdefault(repr(part), part), part)
        first: Part = found[0]
        return first

    def of(self, duty_id: str) -> DutyTerms:
        """What follows from the text of a duty of the plan."""
        found = self._duties.get(duty_id)
        if found is None:
            found = self._duties[duty_id] = self._read(self.plan.duties[duty_id])
        return found

    def _read(self, duty: Duty) -> DutyTerms:
        limits = [part.start for part in duty.limit if part.start is not None]
        targets = [part.start for part in duty.target if part.start is not None]
        conditions = [duty.when, *(part.when for part in (*duty.limit, *duty.target))]
        acts = (act for moment in duty.done_by for act in acts_in(moment))
        by_day = any(has_during(condition) for condition in conditions)
        when = None if duty.when is None else self.same(duty.when)
        return DutyTerms(
            duty=duty,
            start=None if duty.start is None else self.same(duty.start),
            when=when,
            # where the calendar has a say, a missing year must be told
            bar=None if duty.only_within or duty.repeat or by_day else when,
            acts=tuple(self.same(act) for act in acts),
            follows=tuple(moment for moment in duty.done_by if isinstance(moment, Done)),
            silent=silent_until_it_happens(duty.start),
            promised=any(part.date_in == "start" for part in duty.limit),
            part_starts=(*limits, *targets),
            limit_start=limits[0] if limits else None,
            always=self._always(duty) if not any(conditions) else None,
            by_day=by_day,
            recipients=self._recipients(duty),
            units=self._units(duty),
            groups=tuple(o for o in (*duty.to, *duty.to_any) if self._group(o)),
            told=frozenset(
                organ
                for act in (acts_in(duty.start) if duty.start is not None else ())
                for organ in act.fields.get("to", ())
            ),
        )

    def _group(self, organ: str) -> bool:
        declared = self.plan.organs.get(organ)
        return declared is not None and bool(declared.members)

    def _always(self, duty: Duty) -> tuple[Stretch, ...] | None:
        if len(duty.limit) > 1 or len(duty.target) > 1:
            return None
        return (Stretch(None, duty.limit, duty.target, provisional=False),)

    def _recipients(self, duty: Duty) -> tuple[str, ...] | None:
        reached = self._members(duty.to or duty.to_any)
        return None if reached is None else reached or ("",)

    def _units(self, duty: Duty) -> tuple[str | None, ...] | None:
        if duty.to or duty.to_any:
            return (None,)
        units = self._members(duty.who)
        if units is None or len(units) > 1 or units != duty.who:
            return units
        return (None,)

    def _members(self, organs: Sequence[str]) -> tuple[str, ...] | None:
        """Who they are, each group taken apart; ``None``: the case names the members of one."""
        found: dict[str, None] = {}
        for organ in organs:
            declared = self.plan.organs.get(organ)
            members = (declared.members if declared else ()) or (organ,)
            if members == "named_in_case":
                return None
            found.update(dict.fromkeys(members))
        return tuple(found)


_kept: dict[tuple[int, int], Terms] = {}


def terms_of(plan: Plan, calendar: Calendar) -> Terms:
    """The terms of this very plan and calendar, worked out once."""
    key = (id(plan), id(calendar))
    found = _kept.get(key)
    if found is None:
        if len(_kept) >= _MOST:
            _kept.clear()
        found = _kept[key] = Terms(plan=plan, calendar=calendar)  # holds both: ids stay theirs
    return found
