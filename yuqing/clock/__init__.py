"""The clock: what is owed, by when, met or late. Pure; recomputed always, stored never."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from yuqing.case import Case, Entry, effective
from yuqing.clock.clocks import Clock, source
from yuqing.clock.duties import clocks_of
from yuqing.clock.items import items
from yuqing.clock.now import NEVER, Now
from yuqing.clock.routine import routine_clocks
from yuqing.clock.standing import DONE, Standing, State
from yuqing.clock.state import level_of, of_clock, of_item
from yuqing.clock.terms import terms_of
from yuqing.clock.world import World
from yuqing.plan import Plan
from yuqing.span import Calendar

__all__ = [
    "DONE",
    "Outlook",
    "Standing",
    "State",
    "by_urgency",
    "office_outlook",
    "office_standings",
    "outlook",
    "standings",
    "world_of",
]

_NO_WARNING = dt.timedelta(0)


def world_of(case: Case, plan: Plan, calendar: Calendar, now: dt.datetime) -> World:
    """What ``plan`` can see of ``case`` at ``now`` (aware): rounds, values, clocks."""
    return _world(case.id, effective(case), plan, calendar, now)


def _world(
    name: str, log: tuple[Entry, ...], plan: Plan, calendar: Calendar, now: dt.datetime
) -> World:
    terms = terms_of(plan, calendar)
    return World(
        case=name, log=log, plan=plan, calendar=calendar, terms=terms, now=Now(now, terms.zone),
        clocks_of=clocks_of,
    )  # fmt: skip


class Outlook(NamedTuple):
    """The standings at one moment, and until when they are the same.

    At any moment from the one asked about up to, but not at, ``until`` (aware), the same
    record gives the same standings: the same clocks with every field equal.
    """

    standings: tuple[Standing, ...]
    until: dt.datetime


def standings(
    case: Case,
    plans: Sequence[Plan],
    calendar: Calendar,
    now: dt.datetime,
    *,
    warn: dt.timedelta = _NO_WARNING,
    duplicates: Sequence[Case] = (),
) -> tuple[Standing, ...]:
    """How every clock of the case stands at ``now``: duties of all plans, then open items.

    ``now`` is aware; ``warn`` is how long before a limit it is *due soon*. ``duplicates``:
    cases linked as duplicates of this one, whose earlier discovery counts here; a case that
    is itself a duplicate owes nothing, its duties run in the other. Most urgent first; of
    several plans the strictest leads. What does not apply is not listed.
    """
    return outlook(case, plans, calendar, now, warn=warn, duplicates=duplicates).standings


def outlook(
    case: Case,
    plans: Sequence[Plan],
    calendar: Calendar,
    now: dt.datetime,
    *,
    warn: dt.timedelta = _NO_WARNING,
    duplicates: Sequence[Case] = (),
) -> Outlook:
    """:func:`standings`, and until when they stay as they are."""
    log = effective(case)
    if any(e.kind == "linked" and e.relation == "duplicate-of" for e in log):
        return Outlook((), NEVER)
    log = _with_discoveries(log, duplicates)
    before = _before_amendments(case, log, duplicates)
    found: list[Standing] = []
    listed: set[str | int | None] = set()
    worlds = [_world(case.id, log, plan, calendar, now) for plan in plans]
    levels = [level_of(world) for world in worlds]
    for world, level in zip(worlds, levels, strict=True):
        clocks = _case_clocks(world)
        old = _limits_before(world, before)
        for clock in clocks:
            standing = of_clock(clock, world, level, warn)
            found.append(_with_old_limit(standing, clock, old) if old else standing)
            if clock.opening.terms.promised and clock.stretches:
                listed.add(clock.opening.origin)  # it stands for the entry as an item
    for world, level in zip(worlds[:1], levels[:1], strict=True):
        items_left = [i for i in items(world) if source(i.entry) not in listed]
        found += [of_item(i, world, level, warn) for i in items_left]
    return _outlook(found, worlds)


def _outlook(found: Sequence[Standing], worlds: Sequence[World]) -> Outlook:
    return Outlook(by_urgency(found), min((w.now.until for w in worlds), default=NEVER))


def office_standings(
    logbooks: Sequence[Case],
    plans: Sequence[Plan],
    calendar: Calendar,
    now: dt.datetime,
    *,
    since: dt.date | None = None,
    warn: dt.timedelta = _NO_WARNING,
) -> tuple[Standing, ...]:
    """How the office's own duties stand, which have no start and are kept in logbooks.

    They are watched from the latest of the plan's ``effective``, the day the office began
    (``since``; without it, its first entry) and the first day of last month.
    """
    return office_outlook(logbooks, plans, calendar, now, since=since, warn=warn).standings


def office_outlook(
    logbooks: Sequence[Case],
    plans: Sequence[Plan],
    calendar: Calendar,
    now: dt.datetime,
    *,
    since: dt.date | None = None,
    warn: dt.timedelta = _NO_WARNING,
) -> Outlook:
    """:func:`office_standings`, and until when they stay as they are."""
    entries = [e for book in logbooks for e in effective(book)]
    log = tuple(sorted(entries, key=lambda e: (e.at, e.place)))
    found: list[Standing] = []
    worlds = [_world("log", log, plan, calendar, now) for plan in plans]
    for world in worlds:
        begin = _office_begin(world, since)
        found += [of_clock(clock, world, None, warn) for clock in routine_clocks(world, begin)]
    return _outlook(found, worlds)


def _office_begin(world: World, since: dt.date | None) -> dt.date:
    last_month = (world.now.month() - dt.timedelta(days=1)).replace(day=1)
    if since is None:
        first = world.log[0].at.astimezone(world.zone).date() if world.log else world.now.today()
    return max(last_month, since or first, world.plan.effective or dt.date.min)


def by_urgency(found: Sequence[Standing]) -> tuple[Standing, ...]:
    """Open ones by the nearest limit or target, then those without figure, then the done."""

    def key(s: Standing) -> tuple[bool, dt.datetime, dt.datetime, str, str]:
        over, limit = s.state in DONE, s.limit
        if s.target is None and s.local is None:
            nearest = limit or NEVER
        else:
            nearest = min([t for t in (limit, s.target, s.local) if t])
        return (over, limit if limit and not over else nearest, nearest, s.plan, s.duty)

    return tuple(sorted(found, key=key))


def _with_discoveries(log: tuple[Entry, ...], duplicates: Sequence[Case]) -> tuple[Entry, ...]:
    if not duplicates:
        return log
    first = ("occurred", "discovered")
    more = [e for case in duplicates for e in effective(case) if e.kind in first]
    added = (replace(e, place=-1) for e in more)
    return tuple(sorted((*log, *added), key=lambda e: (e.at, e.place)))


def _case_clocks(world: World) -> list[Clock]:
    return [
        clock
        for bar, duty_ids in world.terms.case_duties
        if bar is None or not world.never(bar)
        for duty_id in duty_ids
        for clock in clocks_of(world, duty_id)
        if clock.opening.base is not None or clock.ended is None  # it never began, and is over
    ]


# --- both limits where the basis was changed (依據已改) ----------------------------------


def _before_amendments(
    case: Case, log: tuple[Entry, ...], duplicates: Sequence[Case]
) -> tuple[Entry, ...]:
    if "amended" not in [e.kind for e in case.log]:
        return log
    plain = replace(case, log=tuple(e for e in case.log if e.kind != "amended"))
    return _with_discoveries(effective(plain), duplicates)


def _limits_before(world: World, before: tuple[Entry, ...]) -> dict[object, dt.datetime]:
    """Limits as they were before times or kinds were corrected; empty if nothing was."""
    reclassified = any(
        not scale.ordered and len({c.value for c in world.grades.get(name, ())}) > 1
        for name, scale in world.plan.scales.items()
    )
    if before is world.log and not reclassified:
        return {}
    old = World(
        case=world.case, log=before, plan=world.plan, calendar=world.calendar, terms=world.terms,
        now=world.now, first_kind=True, clocks_of=clocks_of,
    )  # fmt: skip
    return {_identity(clock): clock.limit for clock in _case_clocks(old) if clock.limit is not None}


def _identity(clock: Clock) -> object:
    opening = clock.opening
    return (opening.duty.id, clock.round, opening.unit, opening.origin, opening.due)


def _with_old_limit(standing: Standing, clock: Clock, old: dict[object, dt.datetime]) -> Standing:
    was = old.get(_identity(clock))
    if (
        was is None
        or was == standing.limit
        or clock.bounds.paused
        or standing.was_limit is not None
    ):
        return standing
    return standing._replace(was_limit=was)
