"""From a clock to how it stands: the record that commands show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from yuqing.case import Entry
from yuqing.clock.clocks import Clock
from yuqing.clock.items import Item
from yuqing.clock.now import Now
from yuqing.clock.standing import Standing, State
from yuqing.clock.world import World
from yuqing.errors import Said
from yuqing.words import N_

LEVEL = "level"
"""The scale that ``Standing.level`` speaks of, where the plan has it."""


def level_of(world: World) -> str | None:
    """The level in force now, or the worst still possible; of the first ordered scale."""
    scales = world.plan.scales
    name = LEVEL if LEVEL in scales else next((n for n, s in scales.items() if s.ordered), None)
    if name is None:
        return None
    known, assumed = world.values(world.present, world.rounds[-1])
    value = {**known, **assumed}.get(name)
    return str(value) if value is not None else None


def of_clock(clock: Clock, world: World, level: str | None, warn: dt.timedelta) -> Standing:
    """The standing of one clock. Exactly at the limit is on time; late begins after it."""
    opening = clock.opening
    duty, start = opening.terms.duty, opening.start
    done, acts = clock.discharged, clock.acts
    if clock.ongoing and clock.ended and acts:
        last = max(acts, key=lambda e: e.at)
        done = (last.at.astimezone(world.zone), last)
    repeated = f"@{opening.due.isoformat(timespec='minutes')}" if opening.due else ""
    named = clock.recipients if clock.recipients != ("",) else ()
    missing = () if done else tuple([r for r in named if r not in clock.reached])
    begun = clock.arose or (opening.base.at if opening.base else None)
    bounds = clock.bounds
    limit, target = bounds.limit, bounds.target
    return Standing(
        case=world.case,
        plan=world.plan.id,
        duty=duty.id + repeated,
        does=duty.does,
        clause=duty.clause,
        who=duty.who,
        to=named,
        missing=missing,
        round=opening.rnd.number,
        for_=opening.unit,
        start=start.at if start else None,
        started_by=opening.started_by,
        target=target,
        target_name=bounds.target_name,
        limit=limit,
        was_limit=bounds.plain_limit,
        word=clock.word,
        local=bounds.local,
        done=done[0] if done else None,
        done_recorded=_recorded(acts) if done else None,
        acts=tuple([e.id for e in acts if e.id]) if acts else (),
        state=state_of(clock, done[0] if done else None, world.now, warn),
        level=level,
        provisional=clock.provisional,
        arose=clock.arose,
        arose_late=bool(limit and begun and limit < begun),
        estimated=bool(start and start.estimated),
        readings=duty.reading,
        clauses=bounds.clauses,
        trail=bounds.trail,
        notes=(clock.incomplete, *clock.notes) if clock.incomplete else clock.notes,
        by_hand=_by_hand((start.entry, *acts) if start else acts),
    )


def _by_hand(entries: Sequence[Entry | None]) -> tuple[int, ...]:
    if not entries:
        return ()
    return tuple([e.line for e in entries if e is not None and e.id is None])


def _recorded(acts: Sequence[Entry]) -> dt.datetime | None:
    times = [e.was_known for e in acts]
    known = [t for t in times if t is not None]
    return max(known) if known and len(known) == len(times) else None


def state_of(clock: Clock, done: dt.datetime | None, now: Now, warn: dt.timedelta) -> State:
    """Which of the thirteen states the clock is in at ``now``."""
    if clock.incomplete is not None:
        return "incomplete"
    if done is not None:
        return "met_late" if clock.limit is not None and done > clock.limit else "met"
    if clock.released is not None:
        return "released"
    ended = clock.ended
    if ended and (clock.limit is None or clock.limit >= ended.at) and now.reached(ended.at):
        return "ended"
    if clock.bounds.paused:
        return "paused"
    return _running(clock, now, warn)


def _running(clock: Clock, now: Now, warn: dt.timedelta) -> State:
    limit, target, local = clock.bounds.limit, clock.bounds.target, clock.bounds.local
    if limit is not None and now.after(limit):
        return "overdue"
    nearest = limit if limit is not None else target
    if nearest is not None and warn and not now.after(nearest) and now.within(warn, nearest):
        return "due_soon"
    if target is not None and now.after(target):
        return "past_target"
    opening, duty = clock.opening, clock.opening.duty
    begun = opening.start is not None or duty.of_the_office
    if limit is None and (not begun or (clock.word is None and duty.limit)):
        return "waiting"
    if limit is None and local is not None and now.after(local):
        return "past_local_target"
    return "running" if limit or target or local else "open"


def of_item(item: Item, world: World, level: str | None, warn: dt.timedelta) -> Standing:
    """The standing of an open item, which no duty of the plan stands for."""
    entry, limit = item.entry, item.limit
    done = item.closed_by.at.astimezone(world.zone) if item.closed_by else None
    if done is not None:
        state: State = "met_late" if done > limit else "met"
    elif item.released is not None:
        state = "released"
    elif world.now.after(limit):
        state = "overdue"
    else:
        state = "due_soon" if warn and world.now.within(warn, limit) else "running"
    return Standing(
        case=world.case,
        plan=world.plan.id,
        duty=entry.id or "",
        item=True,
        does=entry.text or entry.number or entry.document or entry.kind,
        clause="、".join(entry.clause),
        to=entry.to if entry.kind == "replied" else entry.from_,
        missing=(),
        round=item.round,
        for_=entry.to[0] if entry.kind == "assigned" and entry.to else None,
        start=entry.at.astimezone(world.zone),
        started_by=entry.id,
        limit=limit,
        was_limit=item.plain_limit,
        done=done,
        done_recorded=item.closed_by.was_known if item.closed_by else None,
        acts=(item.closed_by.id,) if item.closed_by and item.closed_by.id else (),
        state=state,
        level=level,
        trail=(Said(N_("by the date that the entry itself carries")),),
        notes=item.notes,
        by_hand=_by_hand((entry, item.closed_by)),
    )
