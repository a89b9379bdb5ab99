"""When a moment of the plan happened in this case (plan format, 3.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from yuqing.case import KINDS, Entry, closings_in_force
from yuqing.clock.counting import Point, count
from yuqing.clock.world import Round, World, mark
from yuqing.plan import (
    Act,
    ApprovedBy,
    Changed,
    Done,
    Each,
    Fallback,
    First,
    Last,
    Moment,
    Overdue,
)


class Occurrence(NamedTuple):
    """A moment that happened: when, by which entry (none for a limit that passed)."""

    point: Point
    entry: Entry | None = None
    estimated: bool = False
    unit: str | None = None
    """For ``done`` and ``overdue`` of a duty that each unit owes for itself."""

    @property
    def at(self) -> dt.datetime:
        """When, in the plan's zone."""
        return self.point.at

    @property
    def order(self) -> tuple[dt.datetime, int]:
        """Occurrences by time, then by place in the log."""
        return (self.point.at, self.entry.place if self.entry else -1)


def field_of(entry: Entry, name: str) -> object:
    """The value of a field by its name in the file; ``None`` if the entry has none."""
    attribute = name + "_" if name in ("from", "with") else name
    value = getattr(entry, attribute, None)
    return value if value not in ((), {}, False) else None


def fits(act: Act, entry: Entry) -> bool:
    """Does the entry fit this matcher? A list in the entry agrees if any of it does."""
    if entry.kind == "event":
        if entry.event != act.kind:
            return False
    elif entry.kind != act.kind or act.kind not in KINDS:
        return False
    for name, wanted in act.fields.items():
        value = field_of(entry, name)
        if isinstance(value, tuple):
            if not any(each in wanted for each in value):
                return False
            continue
        if name == "duty":  # PLAN/DUTY@TIME names the duty too
            value = _bare_duty(value)
        elif name == "proposed":
            value = "true" if value else "false"
        if value not in wanted:
            return False
    for name, grades in act.grades.items():
        if name not in entry.grades or (grades and entry.grades[name] not in grades):
            return False
    for name, facts in act.facts.items():
        if name not in entry.facts or (facts and entry.facts[name] not in facts):
            return False
    return all(field_of(entry, name) is not None for name in act.has)


def _bare_duty(value: object) -> object:
    return value.rpartition("/")[2].partition("@")[0] if isinstance(value, str) else value


def acts_in(moment: Moment) -> tuple[Act, ...]:
    """The matchers of entries that a moment is made of."""
    match moment:
        case Act():
            return (moment,)
        case ApprovedBy(organs):
            return (Act(kind="decided", fields={"outcome": ("agreed",), "by": organs}),)
        case First(moments) | Last(moments) | Each(moments) | Fallback(moments):
            return tuple(act for m in moments for act in acts_in(m))
        case _:
            return ()


def occurrences(moment: Moment, world: World, rnd: Round) -> Sequence[Occurrence]:
    """All that happened of ``moment`` in this round, earliest first."""
    key = (id(moment), rnd.number)
    found = world.happened.get(key)
    if found is None:
        first = world.terms.same(moment)
        if first is moment:
            found = _occurrences(moment, world, rnd)
        else:
            found = occurrences(first, world, rnd)
        world.happened[key] = found
    return found


def _occurrences(moment: Moment, world: World, rnd: Round) -> Sequence[Occurrence]:
    match moment:
        case Act() | ApprovedBy():
            return [_of_entry(e, world) for e in _entries(moment, world, rnd)]
        case Done(duty):
            return _done(duty, world, rnd)
        case Overdue():
            return _overdue(moment, world, rnd)
        case Changed(fact):
            return _changed(fact, world, rnd)
        case Fallback(moments):
            for place, each in enumerate(moments):
                found = occurrences(each, world, rnd)
                if found:
                    return [o._replace(estimated=o.estimated or place > 0) for o in found]
            return []
        case First(moments) | Last(moments) | Each(moments):
            every = [o for m in moments for o in occurrences(m, world, rnd)]
            return sorted(every, key=lambda o: o.order) if len(every) > 1 else every


def starts(moment: Moment, world: World, rnd: Round) -> Sequence[Occurrence]:
    """Where clocks begin: one, or one for each occurrence behind ``each``."""
    found = occurrences(moment, world, rnd)
    if isinstance(moment, Each):
        return _once_each(found)
    return found[-1:] if isinstance(moment, Last) else found[:1]


def silent_until_it_happens(moment: Moment | None) -> bool:
    """Behind these nothing is listed until it happens; elsewhere it is *waiting*."""
    match moment:
        case Each() | Overdue() | Changed():
            return True
        case First(moments) | Last(moments) | Fallback(moments):
            return all(silent_until_it_happens(m) for m in moments)
        case _:
            return False


def _once_each(found: Iterable[Occurrence]) -> list[Occurrence]:
    seen: dict[object, Occurrence] = {}
    for occurrence in found:
        key = occurrence.entry.place if occurrence.entry else (occurrence.at, occurrence.unit)
        seen.setdefault(key, occurrence)
    return list(seen.values())


def _of_entry(entry: Entry, world: World) -> Occurrence:
    return Occurrence(point=world.point(entry), entry=entry, estimated=entry.estimated)


def fitting(matcher: Act | ApprovedBy, world: World) -> Sequence[Entry]:
    """Every entry that fits this matcher of the plan, in the order of the log."""
    found = world.fitting.get(id(matcher))
    if found is None:
        act = acts_in(matcher)[0]
        found = world.by_kind.get(act.kind, ())
        if found and (act.fields or act.grades or act.facts or act.has):
            found = [entry for entry in found if fits(act, entry)]
        world.fitting[id(matcher)] = found
    return found


def _entries(matcher: Act | ApprovedBy, world: World, rnd: Round) -> Iterable[Entry]:
    act = acts_in(matcher)[0]
    if act.kind == "discovered" and rnd.relapse is not None:
        return (rnd.relapse,) if not act.fields and not act.has else ()
    here = (e for e in fitting(matcher, world) if rnd.holds(mark(e)))
    if act.kind == "closed":
        in_force = {e.place for e in closings_in_force(world.log)}
        return (e for e in here if e.place in in_force)
    return here


def _done(duty: str, world: World, rnd: Round) -> list[Occurrence]:
    """When the duty was discharged by its last recipient; a group's, by its last unit."""
    by_clock: dict[object, list[Occurrence | None]] = {}
    for clock in world.clocks_of(world, duty):
        if clock.round != rnd.number:
            continue
        done = clock.discharged
        by_clock.setdefault(clock.key, []).append(
            Occurrence(point=world.point(done[1]) if done[1] else Point(done[0], done[0].date()),
                       entry=done[1])
            if done
            else None
        )  # fmt: skip
    found = []
    for parts in by_clock.values():
        met = [p for p in parts if p is not None]
        if met and len(met) == len(parts):
            found.append(max(met, key=lambda o: o.order))
    return sorted(found, key=lambda o: o.order)


def _overdue(moment: Overdue, world: World, rnd: Round) -> list[Occurrence]:
    """Its limit passed, or passed so long ago, while it was still open."""
    found = []
    for clock in world.clocks_of(world, moment.duty):
        if clock.round != rnd.number or clock.limit is None or clock.released or clock.ended:
            continue
        passed = world.limit_point(clock.limit)
        if moment.by is not None:
            passed = world.limit_point(count(moment.by, passed, world.rule()))
        done = clock.discharged
        if (done is None or done[0] > passed.at) and world.now.after(passed.at):
            found.append(Occurrence(point=passed, unit=clock.unit))
    return sorted(found, key=lambda o: o.order)


def _changed(fact: str, world: World, rnd: Round) -> list[Occurrence]:
    """An entry gave the fact another value than it had."""
    declared = world.plan.facts.get(fact)
    value = declared.default if declared else None
    found = []
    for change in world.facts.get(fact, ()):
        if value is not None and change.value != value and rnd.holds(change.mark):
            found.append(_of_entry(change.entry, world))
        value = change.value
    return found
