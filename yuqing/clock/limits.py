"""The limit in force: counted, made stricter, paused, moved (plan format, 5.10 to 5.13, 5.25-27)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from yuqing.case import Entry
from yuqing.clock.clocks import Opening, called
from yuqing.clock.counting import (
    Point,
    Rule,
    anchor,
    by_due,
    close_day,
    count,
    days_between,
    kind_of_day,
    last_day,
    on_date,
    point,
)
from yuqing.clock.moments import Occurrence, occurrences, starts
from yuqing.clock.now import Now
from yuqing.clock.terms import Stretch
from yuqing.clock.world import World
from yuqing.errors import Said
from yuqing.plan import DuePart
from yuqing.span import Span
from yuqing.words import N_

NOTHING = dt.timedelta(0)
_DAY = dt.timedelta(days=1)
_FROM_THE_DAY = ("month", "year", "same_day", "next_day")
"""Units that know no first day."""


class Stop(NamedTuple):
    """Time the plan does not count: from ``begin`` to ``end``, ``None`` while it goes on."""

    begin: Point
    end: Point | None


class Deadline(NamedTuple):
    """One limit that was counted: when it falls, by which part, from where."""

    at: dt.datetime
    part: DuePart
    begin: Point
    how: Rule
    estimated: bool = False
    moved: bool = False
    """The start was moved to the upgrade."""
    stops: tuple[Stop, ...] = ()


def deadline(
    part: DuePart,
    opening: Opening,
    world: World,
    since: dt.datetime | None,
    stops: Sequence[Stop] = (),
    outer: Occurrence | None = None,
) -> Deadline | None:
    """When ``part`` falls due; ``None`` if it has no figure or its start is not known yet.

    ``since``: the upgrade that the start is moved to if it lies before it. Raises
    :class:`yuqing.span.NoCalendar`.
    """
    if part.word is not None:
        return None
    how = world.rule(part)
    start = outer or opening.start
    if part.start is not None:
        own = starts(part.start, world, opening.rnd)
        start = own[0] if own else None
    if part.earlier_of:
        return _earlier(part, opening, world, since, stops, start)
    if part.later_of:
        found = [deadline(p, opening, world, since, stops, start) for p in part.later_of]
        known = [d for d in found if d is not None]
        return max(known, key=lambda d: d.at) if len(known) == len(found) else None
    if part.date is not None:
        at = on_date(part.date, how.ends, how)
        return Deadline(at=at, part=part, begin=start.point if start else Point(at, at.date()),
                        how=how)  # fmt: skip
    if part.date_in is not None:
        return _promised(part, opening, world, start, how)
    if part.span is None or start is None:
        return None
    begin, moved = start.point, False
    if since is not None and since > begin.at:
        begin, moved = point(since, world.zone), True
    at = counted(part.span, anchor(part, begin, how), how, stops)
    return Deadline(
        at=at, part=part, begin=begin, how=how, estimated=start.estimated, moved=moved,
        stops=tuple(stops),
    )  # fmt: skip


def counted(span: Span, begin: Point, how: Rule, stops: Sequence[Stop]) -> dt.datetime:
    """The span with what stopped it added: hours as hours, days as days of its own kind."""
    more_time, more_days = NOTHING, 0
    for stop in stops:
        if stop.end is None or stop.end.at <= begin.at:
            continue
        more_time += stop.end.at - max(stop.begin.at, begin.at)
        if not span.by_clock:
            # only a paused day that would have counted is added: the first one if it is included
            counts = how.first_day == "included" and span.unit not in _FROM_THE_DAY
            first = max(stop.begin.day, begin.day - counts * _DAY)
            more_days += days_between(first, stop.end.day, kind_of_day(span, how), how)
    return count(span, begin, how, more_days=more_days, more_time=more_time)


def _earlier(
    part: DuePart,
    opening: Opening,
    world: World,
    since: dt.datetime | None,
    stops: Sequence[Stop],
    start: Occurrence | None,
) -> Deadline | None:
    """The earlier of those known so far; what had passed before the clock began is left out."""
    found = []
    for each in part.earlier_of:
        due = deadline(each, opening, world, since, stops, start)
        began = start.at if start else None
        if due is None or (each.unless_past and began is not None and due.at < began):
            continue
        found.append(due)
    return min(found, key=lambda d: d.at, default=None)


def _promised(
    part: DuePart, opening: Opening, world: World, start: Occurrence | None, how: Rule
) -> Deadline | None:
    """By the ``due`` that the starting entry, or another moment's entry, carries."""
    if part.date_in == "start":
        carriers: Sequence[Occurrence] = [start] if start else []
    elif part.date_in is None:
        carriers = []
    else:
        carriers = occurrences(part.date_in, world, opening.rnd)
    for carrier in carriers:
        if carrier.entry is not None and carrier.entry.due is not None:
            begin = start.point if start else carrier.point
            return Deadline(at=by_due(carrier.entry.due, how), part=part, begin=begin, how=how)
    return None


# --- of all that may apply, the strictest ----------------------------------------------


def strictest(
    stretches: Sequence[Stretch],
    which: str,
    opening: Opening,
    world: World,
    stops: Sequence[Stop] = (),
    until: dt.datetime | None = None,
) -> Deadline | None:
    """The limit in force: a stricter one replaces, a laxer one replaces nothing.

    ``which``: ``limit`` or ``target``. ``until``: what came about after the duty was done is
    not looked at.
    """
    best: Deadline | None = None
    from_upgrade = world.plan.counting.on_upgrade == "from_upgrade"
    for stretch in stretches:
        since = stretch.since[0] if stretch.since else None
        if since is not None and until is not None and since > until:
            break
        for part in getattr(stretch, which):
            due = deadline(part, opening, world, since if from_upgrade else None, stops)
            if due is not None and (best is None or due.at < best.at):
                best = due
    return best


# --- pauses ----------------------------------------------------------------------------


def _end_stop(begin: Point, end: Point | None, longest: Span | None, how: Rule, now: Now) -> Stop:
    if longest is None:
        return Stop(begin, end)
    cap = point(count(longest, begin, how), how.zone)
    if now.after(cap.at) if end is None else end.at > cap.at:
        return Stop(begin, cap)
    return Stop(begin, end)


def pauses(opening: Opening, world: World, adjusted: Sequence[Entry]) -> list[Stop]:
    """Every stretch of time the plan does not count, oldest first.

    By moments of the plan, and by ``adjusted`` where the plan knows a pause at all.
    """
    duty, how = opening.duty, world.rule()
    now = world.now
    found: list[Stop] = []
    for pause in duty.pause:
        if pause.from_ is None or pause.until is None:
            continue
        ends = occurrences(pause.until, world, opening.rnd)
        before: Stop | None = None
        for begin in occurrences(pause.from_, world, opening.rnd):
            if before is not None and (
                begin.at < before.end.at if before.end else now.after(begin.at)
            ):
                continue  # inside the one before
            end = next((e.point for e in ends if e.order > begin.order), None)
            before = Stop(begin.point, end)
            found.append(_end_stop(begin.point, end, pause.at_most, how, now))
    longest = duty.pause[0].at_most
    begin_at: Point | None = None
    for entry in adjusted:
        if entry.pause and begin_at is None:
            begin_at = world.point(entry)
        elif entry.resume and begin_at is not None:
            found.append(_end_stop(begin_at, world.point(entry), longest, how, now))
            begin_at = None
    if begin_at is not None:
        found.append(_end_stop(begin_at, None, longest, how, now))
    return sorted(found, key=lambda s: s.begin.at)


# --- moved by a person -----------------------------------------------------------------


class Moved(NamedTuple):
    """What ``adjusted`` entries made of a limit."""

    limit: dt.datetime
    notes: tuple[Said, ...] = ()
    trail: tuple[Said, ...] = ()


def extend(due: Deadline, opening: Opening, world: World, adjusted: Sequence[Entry]) -> Moved:
    """Apply the extensions, in order; those against the plan have no effect, and say why."""
    if not adjusted:
        return Moved(due.at)
    limit, notes, trail = due.at, list[Said](), list[Said]()
    given = 0
    for entry in adjusted:
        if entry.due is None:
            continue
        wish = by_due(entry.due, world.rule())
        why = _against(entry, due, limit, opening, world)
        if why is not None:
            notes.append(
                Said(N_("{entry}: no effect: {why}"), {"entry": called(entry), "why": why})
            )
            continue
        cap = _cap(due, limit, opening, given)
        new = min(wish, cap) if cap is not None and wish > limit else wish
        if new < wish:
            notes.append(Said(N_("{entry}: cut to {time}, the most the plan allows"),
                              {"entry": entry.id, "time": new}))  # fmt: skip
        trail.append(Said(N_("moved to {time} by {by}"), {"time": new, "by": entry.by}))
        limit, given = new, given + 1
    return Moved(limit, tuple(notes), tuple(trail))


def _against(
    entry: Entry, due: Deadline, limit: dt.datetime, opening: Opening, world: World
) -> Said | None:
    """Why the plan does not let this extension count; ``None`` if it does."""
    allowed = opening.duty.extension
    if allowed is None:
        return Said(N_("the plan knows no extension of this duty"))
    if allowed.approved_by and entry.by not in allowed.approved_by:
        return Said(N_("only {organs} may allow it"), {"organs": "、".join(allowed.approved_by)})
    if allowed.before_expiry and entry.at > limit:
        return Said(N_("it came after the limit had passed"))
    if allowed.in_all is not None and _in_all(due, opening) <= due.at:
        return Said(N_("the limit is already as long as the plan allows in all"))
    for need in allowed.needs:
        if not any(o.at <= entry.at for o in occurrences(need, world, opening.rnd)):
            return Said(N_("what the plan asks for before an extension had not happened"))
    return None


def _in_all(due: Deadline, opening: Opening) -> dt.datetime:
    allowed = opening.duty.extension
    assert allowed is not None
    assert allowed.in_all is not None
    return counted(allowed.in_all, anchor(due.part, due.begin, due.how), due.how, due.stops)


def _cap(due: Deadline, limit: dt.datetime, opening: Opening, given: int) -> dt.datetime | None:
    """The latest the limit can be moved to: at most so much further, and so much in all."""
    allowed = opening.duty.extension
    assert allowed is not None
    caps = []
    if allowed.at_most is not None:
        caps.append(_further(due, limit, allowed.at_most, given))
    if allowed.in_all is not None:
        caps.append(_in_all(due, opening))
    return min(caps, default=None)


def _further(due: Deadline, limit: dt.datetime, more: Span, given: int) -> dt.datetime:
    """Same units add up from the start; other units follow one another; rolling comes last."""
    span, how = due.part.span, due.how
    if given == 0 and span is not None and span.unit == more.unit:
        begin = anchor(due.part, due.begin, how)
        return counted(replace(span, count=span.count + more.count), begin, how, due.stops)
    if given == 0 and span is not None and not span.by_clock and not more.by_clock:
        unrolled = last_day(span, anchor(due.part, due.begin, how).day, how)
        excluded = replace(how, first_day="excluded")
        return close_day(last_day(more, unrolled, excluded), more, how)
    day = limit.date() if limit.time() != dt.time(0) else limit.date() - dt.timedelta(days=1)
    if more.by_clock:
        return count(more, Point(limit, day), how)
    excluded = replace(how, first_day="excluded")
    return close_day(last_day(more, day, excluded), more, how)
