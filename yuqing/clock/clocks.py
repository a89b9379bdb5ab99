"""One clock of one duty: where it starts, whether it is owed, and how it was discharged.

An :class:`Opening` is a clock that may run: duty, round, start, unit. :func:`owed` tells over
which stretches of time it is owed, under which of its limits; what comes out at last is a
:class:`Clock`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from yuqing.case import Entry
from yuqing.clock.moments import Occurrence, starts
from yuqing.clock.terms import DutyTerms, Stretch
from yuqing.clock.world import LAST_PLACE, Knowledge, Mark, Round, World
from yuqing.errors import Said
from yuqing.grade import holds
from yuqing.plan import Due, DuePart, Duty, Moment, Organ, Value
from yuqing.words import N_

Reached = Mapping[str, tuple[dt.datetime, Entry | None]]
"""Recipient (``""`` where there is none) to when and by which entry."""


def source(entry: Entry) -> str | int:
    """What tells an entry from the others of its log: it has no id before it is saved."""
    return entry.id or entry.line


def called(entry: Entry) -> str | Said:
    """How a note names an entry: its id, which it has once it is saved."""
    return entry.id or Said(N_("by hand"))


class Opening(NamedTuple):
    """A clock that may run. ``base``: its earliest start, before anything moved it."""

    terms: DutyTerms
    rnd: Round
    start: Occurrence | None
    base: Occurrence | None
    unit: str | None = None
    due: dt.datetime | None = None
    """Of a repeated duty: this due time."""
    earliest: dt.datetime | None = None
    """Of a repeated duty: an act before it is for another due time."""
    times: int = 1

    @property
    def duty(self) -> Duty:
        """The duty as the plan has it."""
        return self.terms.duty

    @property
    def started_by(self) -> str | None:
        """Id of the entry that started the clock."""
        return self.start.entry.id if self.start and self.start.entry else None

    @property
    def origin(self) -> str | int | None:
        """The entry that started the clock: its id; typed by hand and not saved, its line."""
        return source(self.start.entry) if self.start and self.start.entry else None

    @property
    def key(self) -> tuple[object, ...]:
        """Tells clocks of one duty apart, but for the unit."""
        at = self.start.order if self.start else None
        return (self.rnd.number, at, self.due)


class Bounds(NamedTuple):
    """By when: the limit in force, the soft target, the office's own one, and how they came."""

    limit: dt.datetime | None = None
    plain_limit: dt.datetime | None = None
    """The limit before it was moved by ``adjusted``."""
    target: dt.datetime | None = None
    target_name: str | None = None
    local: dt.datetime | None = None
    paused: bool = False
    clauses: tuple[str, ...] = ()
    trail: tuple[Said, ...] = ()
    notes: tuple[Said, ...] = ()


class Clock(NamedTuple):
    """A clock that is, or was, owed."""

    opening: Opening
    recipients: tuple[str, ...]
    any_of: bool
    reached: Reached
    stretches: tuple[Stretch, ...]
    bounds: Bounds
    word: str | None = None
    ongoing: bool = False
    """A word with ``until``: it goes on; acts serve it but do not end it."""
    released: Entry | None = None
    ended: Occurrence | None = None
    provisional: bool = False
    arose: dt.datetime | None = None
    notes: tuple[Said, ...] = ()
    incomplete: Said | None = None
    acts: tuple[Entry, ...] = ()

    @property
    def limit(self) -> dt.datetime | None:
        """The hard limit in force."""
        return self.bounds.limit

    @property
    def round(self) -> int:
        """Number of the round, from 1."""
        return self.opening.rnd.number

    @property
    def unit(self) -> str | None:
        """The unit that owes it for itself."""
        return self.opening.unit

    @property
    def key(self) -> tuple[object, ...]:
        """Tells clocks of one duty apart, but for the unit."""
        return self.opening.key

    @property
    def discharged(self) -> tuple[dt.datetime, Entry | None] | None:
        """When the last recipient was reached, and by what; ``None`` while one is open."""
        if self.ongoing:
            return None
        return discharge(self.recipients, self.any_of, self.reached)


def discharge(
    recipients: Sequence[str], any_of: bool, reached: Reached
) -> tuple[dt.datetime, Entry | None] | None:
    """When it was done: with the last recipient, or with one of ``any_of``."""
    if not reached or (len(reached) < len(recipients) and not any_of):
        return None
    if len(reached) == 1:
        (only,) = reached.values()
        return only
    return (min if any_of else max)(reached.values(), key=lambda r: r[0])


# --- who and to whom -------------------------------------------------------------------


def members(organ: str, world: World, at: dt.datetime | None) -> tuple[str, ...]:
    """The organs that an organ id stands for at ``at``: itself, or a group's members.

    A group ``named_in_case`` has the organs assigned at or before; nobody yet: it counts as
    one, under its own name (plan format, 5.18).
    """
    declared: Organ | None = world.plan.organs.get(organ)
    if declared is None or not declared.members:
        return (organ,)
    if declared.members != "named_in_case":
        return declared.members
    named: dict[str, None] = {}
    for entry in world.by_kind.get("assigned", ()):
        if at is None or entry.at <= at:
            named.update(dict.fromkeys(entry.to))
    return tuple(named) or (organ,)


def _spread(organs: Sequence[str], world: World, at: dt.datetime | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m for organ in organs for m in members(organ, world, at)))


def recipients_of(terms: DutyTerms, world: World, at: dt.datetime | None) -> tuple[str, ...]:
    """Everyone who must be reached; ``("",)`` where the duty names nobody."""
    if terms.recipients is not None:
        return terms.recipients
    return _spread(terms.duty.to or terms.duty.to_any, world, at) or ("",)


def units_of(terms: DutyTerms, world: World, begun: Occurrence | None) -> tuple[str | None, ...]:
    """The units that each owe it for themselves: only where there is no recipient."""
    if terms.units is not None:
        return terms.units
    units = _spread(terms.duty.who, world, begun.at if begun else None)
    if len(units) > 1 or (units and units != terms.duty.who):
        return units
    return (None,)


# --- where clocks may begin ------------------------------------------------------------


def _begun(terms: DutyTerms, world: World, rnd: Round) -> Sequence[Occurrence]:
    """Where it begins in this round: at its start, else with its first limit, or target."""
    if terms.start is not None:
        return starts(terms.start, world, rnd)
    if terms.limit_start is not None:
        return starts(terms.limit_start, world, rnd)[:1]
    earliest = _earliest(terms.part_starts, world, rnd)
    return [earliest] if earliest is not None else []


def _earliest(moments: Sequence[Moment], world: World, rnd: Round) -> Occurrence | None:
    happened = (o for m in moments for o in starts(m, world, rnd)[:1])
    return min(happened, key=lambda o: o.order, default=None)


def openings(terms: DutyTerms, world: World) -> list[Opening]:
    """Every clock of the duty that has begun, or waits in the newest round."""
    found: list[Opening] = []
    for rnd in world.rounds:
        begun: Sequence[Occurrence | None] = _begun(terms, world, rnd)
        if not begun:
            if terms.silent or rnd is not world.rounds[-1]:
                continue
            begun = (None,)
        earliest = _earliest(terms.part_starts, world, rnd) if terms.part_starts else None
        for start in begun:
            base = start
            if earliest is not None and (start is None or earliest.order < start.order):
                base = earliest
            units = units_of(terms, world, start or base)
            found += [Opening(terms, rnd, start, base, unit) for unit in units]
    return found


# --- when it is owed -------------------------------------------------------------------


def _select(
    due: Due, world: World, values: Mapping[str, Value], day: dt.date | None
) -> tuple[tuple[DuePart, ...], bool]:
    """The first part whose condition holds; all that may, while facts are unknown."""
    if not due or (len(due) == 1 and due[0].when is None):
        return due, False
    may: list[DuePart] = []
    for part in due:
        held = holds(part.when, world.plan, values, day=day, calendar=world.calendar)
        if held is not False:
            may.append(part)
        if held:
            break
    return tuple(may), len(may) > 1 or (bool(may) and _unknown(may[0], world, values, day))


def _unknown(part: DuePart, world: World, values: Mapping[str, Value], day: dt.date | None) -> bool:
    return holds(part.when, world.plan, values, day=day, calendar=world.calendar) is None


def stretch_at(
    opening: Opening, world: World, when: Mark, since: Mark | None, day: dt.date | None
) -> Stretch | None:
    """Is it owed at ``when``, and under which limits? ``None``: it is not.

    ``day``: where the plan asks for it. Raises :class:`yuqing.span.NoCalendar` where a
    ``during`` needs a missing year.
    """
    terms, knowledge = opening.terms, world.knowledge(when, opening.rnd)
    if day is not None:
        return _stretch(terms, world, knowledge, since, day)
    key = (terms.duty.id, since)
    if key not in knowledge.owed:
        knowledge.owed[key] = _stretch(terms, world, knowledge, since, None)
    return knowledge.owed[key]


def _stretch(
    terms: DutyTerms, world: World, knowledge: Knowledge, since: Mark | None, day: dt.date | None
) -> Stretch | None:
    duty, plan, calendar = terms.duty, world.plan, world.calendar
    known, assumed, values = knowledge.known, knowledge.assumed, knowledge.whole
    if day is None:
        held = world.holds(terms.when, knowledge)
    else:
        held = holds(duty.when, plan, values, day=day, calendar=calendar)
    if held is False:
        return None
    limit, unsure = _select(duty.limit, world, values, day)
    if duty.limit and not limit:
        return None
    target, unsure_target = _select(duty.target, world, values, day)
    provisional = held is None or unsure or unsure_target
    if assumed and not provisional:  # would it be the same without the assumption?
        bare = holds(duty.when, plan, known, day=day, calendar=calendar)
        provisional = bare is None or any(
            _select(due, world, known, day)[1] for due in (duty.limit, duty.target)
        )
    if not provisional and world.proposed_only:  # a level that is only proposed
        fewer = {k: v for k, v in known.items() if k not in world.proposed_only}
        provisional = holds(duty.when, plan, fewer, day=day, calendar=calendar) is None or any(
            _select(due, world, fewer, day)[1] for due in (duty.limit, duty.target)
        )
    return Stretch(since=since, limit=limit, target=target, provisional=provisional)


def owed(opening: Opening, world: World) -> tuple[Stretch, ...]:
    """The stretches under which the duty is owed, oldest first; empty: it is not.

    A later change of grade or fact brings new ones; a duty once owed stays owed, so a
    stretch that no longer holds only ends the search for new limits (5.12 to 5.14).
    """
    terms = opening.terms
    if terms.always is not None:
        return terms.always
    if opening.base is None:
        day = world.now.today() if terms.by_day else None
        stretch = stretch_at(opening, world, world.present, None, day)
        return (stretch,) if stretch else ()
    day = (opening.start or opening.base).point.day if terms.by_day else None
    first: Mark = (opening.base.at, LAST_PLACE)
    found: list[Stretch] = []
    for since in (None, *world.turns_between(first, opening.rnd.end)):
        stretch = stretch_at(opening, world, since or first, since, day)
        if stretch is None:
            continue
        last = found[-1] if found else None
        same = last and (last.limit, last.target) == (stretch.limit, stretch.target)
        if not same:
            found.append(stretch)
        elif last and last.provisional and not stretch.provisional:
            found[-1] = Stretch(
                since=last.since, limit=last.limit, target=last.target, provisional=False
            )
    return tuple(found)
