"""All clocks of one duty: opened, owed, discharged, limited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from yuqing.case import Entry
from yuqing.clock.clocks import (
    Bounds,
    Clock,
    Opening,
    discharge,
    openings,
    owed,
    stretch_at,
)
from yuqing.clock.counting import count
from yuqing.clock.discharge import Tally, allocate, names, split_duty, tally_of
from yuqing.clock.limits import Deadline, Stop, deadline, extend, pauses, strictest
from yuqing.clock.moments import Occurrence, occurrences
from yuqing.clock.repeats import DueTime, asks_calendar, due_times
from yuqing.clock.terms import DutyTerms, Stretch
from yuqing.clock.world import LAST_PLACE, World
from yuqing.errors import Said
from yuqing.plan import DuePart
from yuqing.span import NoCalendar
from yuqing.words import N_

NO_YEAR = N_("no calendar for {year}: `yuqing calendar {year}` makes one; nothing is guessed")


def clocks_of(world: World, duty_id: str) -> Sequence[Clock]:
    """Every clock of the duty in this world, computed once."""
    kept = world.kept.get(duty_id)
    if kept is None:
        terms = world.terms.of(duty_id)
        # where its condition holds at no time at all, nothing need be opened
        barred = terms.bar is not None and world.never(terms.bar)
        kept = world.kept[duty_id] = [] if barred else _clocks(terms, world)
    return kept


def _clocks(terms: DutyTerms, world: World) -> Sequence[Clock]:
    begun = openings(terms, world)
    return repeated(begun, terms, world) if terms.duty.repeat else single(begun, terms, world)


def single(begun: Sequence[Opening], terms: DutyTerms, world: World) -> list[Clock]:
    """The clocks of a duty that is due once: those of ``begun`` that are owed."""
    tallies: list[Tally] = []
    owing: list[tuple[tuple[Stretch, ...], Said | None]] = []
    waiting = True
    for opening in begun:
        stretches: tuple[Stretch, ...] = ()
        why = None
        try:
            if terms.duty.only_within and not _within(opening, world):
                continue
            stretches = owed(opening, world)
            if not stretches:
                continue
        except NoCalendar as missing:
            why = Said(NO_YEAR, {"year": missing.year})
        tallies.append(_tally(opening, stretches, world))
        owing.append((stretches, why))
        waiting = waiting and opening.base is None
    if not waiting or "done" in world.by_kind:
        allocate(tallies, terms, world)  # else no act is for them
    moved = adjustments(tallies, world) if "adjusted" in world.by_kind else {}
    return [
        _clock(tally, stretches, why, moved.get(place, ()), world)
        for place, (tally, (stretches, why)) in enumerate(zip(tallies, owing, strict=True))
    ]


def _within(opening: Opening, world: World) -> bool:
    """``only_within``: the duty arises only if its start lies inside."""
    if opening.start is None:
        return True
    bound = deadline(opening.duty.only_within[0], opening, world, None)
    return bound is not None and opening.start.at <= bound.at


def _tally(opening: Opening, stretches: Sequence[Stretch], world: World) -> Tally:
    duty = opening.terms.duty
    ongoing, not_before = False, None
    if duty.until is not None:
        words = [part.word for s in stretches for part in s.limit]
        ongoing = bool(words) and None not in words
    if duty.not_before and opening.start is not None:
        try:
            bound = deadline(duty.not_before[0], opening, world, None)
            not_before = bound.at if bound else None
        except NoCalendar:
            not_before = None
    return tally_of(opening, world, ongoing=ongoing, not_before=not_before)


Adjusted = Mapping[int, Sequence[Entry]]
"""Place of a clock among those of its duty to the entries that move or waive its limit."""


def adjustments(tallies: Sequence[Tally], world: World) -> Adjusted:
    """``adjusted`` entries, each for the clocks it names, else for the earliest open one."""
    found: dict[int, list[Entry]] = {}
    for entry in world.by_kind.get("adjusted", ()) if tallies else ():
        for place, tally in enumerate(tallies):
            tally.place = place
        for tally in _meant(entry, tallies, world):
            if entry.unit in (None, tally.opening.unit):
                found.setdefault(tally.place, []).append(entry)
    return found


def _meant(entry: Entry, tallies: Sequence[Tally], world: World) -> Sequence[Tally]:
    """The clocks that an ``adjusted`` means, by their start, their due time or their duty."""
    started = [t for t in tallies if t.opening.started_by in entry.re] if entry.re else []
    if not names(entry.duty, tallies[0].opening.duty, world):
        return started
    _, _, due = split_duty(entry.duty or "")
    if due is not None:
        wanted = dt.datetime.fromisoformat(due)
        its_own = [t for t in tallies if t.opening.due == wanted]
        return [*started, *(t for t in its_own if t.opening.started_by not in entry.re)]
    if started:
        return started  # it names the start of these, not of another clock
    running = [t for t in tallies if t.begun_at(entry.at) and not t.done_by(entry.at)]
    if not running:
        return tallies
    newest = max(t.opening.rnd.number for t in running)
    here = [t for t in running if t.opening.rnd.number == newest]
    first = min(here, key=lambda t: t.begin)
    return [t for t in tallies if t.opening.key == first.opening.key]


def _until(opening: Opening, world: World) -> Occurrence | None:
    """The first ``until`` at or after the start."""
    until = opening.terms.duty.until
    if until is None:
        return None
    begin = opening.base.at if opening.base else None
    every = occurrences(until, world, opening.rnd)
    return next((o for o in every if begin is None or o.at >= begin), None)


def _clock(
    tally: Tally,
    stretches: tuple[Stretch, ...],
    why: Said | None,
    adjusted: Sequence[Entry],
    world: World,
) -> Clock:
    opening = tally.opening
    bounds = Bounds()
    if stretches:
        try:
            bounds = _bounds(tally, stretches, adjusted, world)
        except NoCalendar as missing:
            why = Said(NO_YEAR, {"year": missing.year})
    since = stretches[0].since if stretches else None
    return Clock(
        opening=opening,
        recipients=tally.recipients,
        any_of=tally.any_of,
        reached=tally.reached,
        stretches=stretches,
        ongoing=tally.ongoing,
        incomplete=why,
        notes=(*tally.notes, *bounds.notes),
        acts=tuple(tally.acts),
        released=next((e for e in adjusted if e.release), None) if adjusted else None,
        ended=_until(opening, world),
        provisional=bool(stretches) and stretches[-1].provisional,
        arose=since[0].astimezone(world.zone) if since else None,
        word=_word(stretches[-1].limit) if stretches else None,
        bounds=bounds,
    )


def _word(limit: Sequence[DuePart]) -> str | None:
    """The plan's word, where one of the parts has no figure."""
    for part in limit:
        if part.word:
            return part.word
    return None


_UNBOUND = Bounds()
"""Of a clock that waits."""


def _bounds(
    tally: Tally, stretches: Sequence[Stretch], adjusted: Sequence[Entry], world: World
) -> Bounds:
    """Limit, target and the office's own target, as far as they are known."""
    opening = tally.opening
    duty = opening.terms.duty
    done = None if tally.ongoing else discharge(tally.recipients, tally.any_of, tally.reached)
    until = done[0] if done else None
    stops = _stops(opening, stretches, adjusted, world) if duty.pause else []
    due = strictest(stretches, "limit", opening, world, stops, until) if duty.limit else None
    target = strictest(stretches, "target", opening, world, stops, until) if duty.target else None
    if due is None and target is None and not stops and opening.start is None:
        return _UNBOUND
    moved = extend(due, opening, world, adjusted) if due else None
    paused = bool(stops) and stops[-1].end is None and done is None
    return Bounds(
        limit=moved.limit if moved and not paused else None,
        plain_limit=due.at if due and moved and moved.limit != due.at else None,
        target=target.at if target else None,
        target_name=target.part.name if target else None,
        local=_local(tally, stretches, world),
        paused=paused,
        clauses=(due.part.clause,) if due and due.part.clause else (),
        trail=(*_trail(due), *moved.trail) if due and moved else (),
        notes=moved.notes if moved else (),
    )


def _trail(due: Deadline) -> list[Said]:
    """How the limit was counted, step by step."""
    part, begin, steps = due.part, due.begin.at, list[Said]()
    if due.moved:
        moved = N_("the clock was moved to {time}: the duty arose by a later change")
        steps.append(Said(moved, {"time": begin}))
    if part.span:
        steps.append(Said(N_("from {start}: {span}"), {"start": begin, "span": part.span}))
    if part.from_:
        steps.append(Said(N_("counted from {anchor}"), {"anchor": part.from_}))
    if part.date:
        steps.append(Said(N_("by the date {date}"), {"date": part.date}))
    if part.date_in:
        steps.append(Said(N_("by the date that the entry itself carries")))
    for stop in due.stops:
        if stop.end is not None:
            paused = N_("paused from {begin} to {end}: not counted")
            steps.append(Said(paused, {"begin": stop.begin.at, "end": stop.end.at}))
    return steps


def _stops(
    opening: Opening, stretches: Sequence[Stretch], adjusted: Sequence[Entry], world: World
) -> list[Stop]:
    """Pauses that count: one begun after the limit had passed has no effect."""
    counted: list[Stop] = []
    for stop in pauses(opening, world, adjusted):
        so_far = strictest(stretches, "limit", opening, world, counted)
        if so_far is None or stop.begin.at <= so_far.at:
            counted.append(stop)
    return counted


def _local(tally: Tally, stretches: Sequence[Stretch], world: World) -> dt.datetime | None:
    """The office's own target beside a word: from the last act of a duty that goes on."""
    start = tally.opening.start
    for part in stretches[-1].limit:
        if part.local is None or start is None:
            continue
        begin = start.point
        if tally.ongoing and tally.acts:
            begin = max((world.point(e) for e in tally.acts), key=lambda p: p.at)
        return count(part.local, begin, world.rule(part))
    return None


# --- repeated --------------------------------------------------------------------------


def repeated(begun: Sequence[Opening], terms: DutyTerms, world: World) -> list[Clock]:
    """A clock for every due time up to the next one after now, in every round."""
    made: list[tuple[Tally, tuple[Stretch, ...]]] = []
    clocks: list[Clock] = []
    for opening in begun:
        if opening.start is None:
            try:
                stretches = owed(opening, world)
            except NoCalendar as missing:
                clocks.append(_blind(opening, missing, world))
                continue
            if stretches:
                tally = _tally(opening, stretches, world)
                adjusted = adjustments([tally], world).get(0, ())
                clocks.append(_clock(tally, stretches, None, adjusted, world))
            continue
        try:
            made += [
                (tally_of(o, world, ongoing=False, not_before=None), stretches)
                for o, stretches in _due_openings(opening, world)
            ]
        except NoCalendar as missing:
            clocks.append(_blind(opening, missing, world))
    tallies = [tally for tally, _ in made]
    allocate(tallies, terms, world)
    moved = adjustments(tallies, world)
    for place, (tally, stretches) in enumerate(made):
        clock = _clock(tally, stretches, None, moved.get(place, ()), world)
        bounds = clock.bounds._replace(limit=tally.opening.due)
        clocks.append(clock._replace(bounds=bounds, ended=None))
    return _without_far_ahead(clocks, world)


def _blind(opening: Opening, missing: NoCalendar, world: World) -> Clock:
    """A clock that cannot be computed: the calendar of a year is not there."""
    tally = tally_of(opening, world, ongoing=False, not_before=None)
    adjusted = adjustments([tally], world).get(0, ())
    return _clock(tally, (), Said(NO_YEAR, {"year": missing.year}), adjusted, world)


def _due_openings(opening: Opening, world: World) -> list[tuple[Opening, tuple[Stretch, ...]]]:
    """One opening for each due time at which the duty is owed, two of them after now."""
    duty = opening.duty
    assert duty.repeat is not None
    assert opening.start is not None
    how = world.rule()
    ends = _until(opening, world)
    stop = ends.at if ends else None
    if opening.rnd.end is not None:  # the next round has clocks of its own
        stop = min(stop, opening.rnd.end[0]) if stop else opening.rnd.end[0]
    # while it is not owed, nothing is due: there the next change is looked for, not the due times
    by_day = opening.terms.by_day
    leap = not by_day and not asks_calendar(duty.repeat, how)
    found: list[tuple[Opening, tuple[Stretch, ...]]] = []
    ahead = 0
    try:
        times = due_times(duty.repeat, opening.start.point, stop, how)
        while (due := next(times, None)) is not None:
            day = due.day if by_day else None
            stretch = stretch_at(opening, world, (due.at, LAST_PLACE), None, day)
            if stretch is not None:
                found.append((_at(opening, due), (stretch,)))
            if not world.now.after(due.at):
                ahead += 1
                if ahead == 2:  # an early act may be for the one after the next
                    break
            elif stretch is None and leap:
                turn = world.turn_after(due.at)
                if turn is None:
                    break
                since = turn if world.now.reached(turn) else world.now.at
                times = due_times(duty.repeat, opening.start.point, stop, how, since)
    except NoCalendar as missing:
        # A year that has not begun hides no due time that anybody waits for yet.
        if world.now.reached(dt.datetime(missing.year, 1, 1, tzinfo=world.zone)):
            raise
    return found


def _at(opening: Opening, due: DueTime) -> Opening:
    assert opening.duty.repeat is not None
    times = opening.duty.repeat.times or 1
    return opening._replace(due=due.at, earliest=due.earliest, times=times)


def _without_far_ahead(clocks: Sequence[Clock], world: World) -> list[Clock]:
    """Of the due times after now only the first that is open, and those already served."""
    kept, ahead = [], set[object]()
    for clock in clocks:
        key = (clock.round, clock.opening.origin, clock.unit)
        due = clock.opening.due
        if due is not None and not clock.reached and not world.now.reached(due):
            if key in ahead:
                continue
            ahead.add(key)
        kept.append(clock)
    return kept
