"""Which act discharges which clock (plan format, 5.8, 5.12, 5.16 to 5.20, 5.23).

Acts are taken in their order; each is for the clock it names, else for the earliest open one
of the newest round it fits.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from yuqing.case import Entry
from yuqing.clock.clocks import Opening, called, discharge, members, recipients_of
from yuqing.clock.counting import Point
from yuqing.clock.moments import Occurrence, fitting, occurrences
from yuqing.clock.terms import DutyTerms
from yuqing.clock.world import Mark, World, mark
from yuqing.errors import Said
from yuqing.plan import Duty
from yuqing.words import N_

_NONE: frozenset[str] = frozenset()


class Deed(NamedTuple):
    """An act that may discharge: ``entry`` says so, ``at`` it happened.

    ``ticked``: named by ``done``; it counts wherever it lies. ``due``: the due time of a
    repeated duty that it names. ``claims``: entries whose clocks it names.
    """

    at: dt.datetime
    order: Mark
    entry: Entry | None
    to: tuple[str, ...] = ()
    by: str | None = None
    ticked: bool = False
    due: str | None = None
    claims: frozenset[str] = _NONE
    closes: frozenset[str] = _NONE
    fitting: bool = True


@dataclass(slots=True)
class Tally:
    """What one opening has got so far."""

    opening: Opening
    recipients: tuple[str, ...]
    any_of: bool
    ongoing: bool
    not_before: dt.datetime | None
    reached: dict[str, tuple[dt.datetime, Entry | None]] = field(default_factory=dict)
    acts: list[Entry] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)
    hits: int = 0
    place: int = 0
    """Among the clocks of its duty."""

    @property
    def open(self) -> bool:
        """Is anything still owed?"""
        return self.ongoing or discharge(self.recipients, self.any_of, self.reached) is None

    @property
    def begin(self) -> Mark:
        """Where the clock began; a waiting one after all others."""
        base = self.opening.start or self.opening.base
        return base.order if base else (dt.datetime.max.replace(tzinfo=dt.UTC), 0)

    def begun_at(self, at: dt.datetime) -> bool:
        """Had it begun by then?"""
        return self.opening.base is not None and self.opening.base.at <= at

    def done_by(self, at: dt.datetime) -> bool:
        """Was everything done by then?"""
        done = discharge(self.recipients, self.any_of, self.reached)
        return done is not None and done[0] <= at and not self.ongoing


def split_duty(text: str) -> tuple[str | None, str, str | None]:
    """``[PLAN/]DUTY[@TIME]`` → plan, duty, time."""
    plan, _, rest = text.rpartition("/")
    duty, _, at = rest.partition("@")
    return plan or None, duty, at or None


def names(text: str | None, duty: Duty, world: World) -> bool:
    """Does a field ``duty`` of an entry name this duty of this plan?"""
    if text is None:
        return False
    plan, name, _ = split_duty(text)
    return name == duty.id and plan in (None, world.plan.id)


def deeds(terms: DutyTerms, world: World, started: AbstractSet[str]) -> list[Deed]:
    """Everything in the log that may discharge the duty, in order.

    ``started``: ids of the entries that started clocks of it; what closes one of them does.
    """
    acts: dict[int, Entry] = {}
    for act in terms.acts:
        for entry in fitting(act, world):
            acts[id(entry)] = entry
    done = world.by_kind.get("done", ())
    ticks = [e for e in done if names(e.duty, terms.duty, world)] if done else []
    if ticks:  # an act that a `done` gives to one due time is for no other (rules 19, 20)
        given = {name for entry in ticks if "@" in (entry.duty or "") for name in entry.re}
        acts = {key: e for key, e in acts.items() if e.id not in given}
    found = [_of_entry(entry, world) for entry in acts.values()]
    found += [deed for entry in ticks for deed in _of_tick(entry, world)]
    found += [
        _of_entry(entry, world)._replace(fitting=False)
        for entry in world.closing
        if not started.isdisjoint(entry.closes) and id(entry) not in acts and entry not in ticks
    ]
    for moment in terms.follows:
        for rnd in world.rounds:
            found += [_of_moment(o) for o in occurrences(moment, world, rnd)]
    return sorted(found, key=attrgetter("order")) if len(found) > 1 else found


def _of_entry(entry: Entry, world: World) -> Deed:
    """The entry itself; the same for every duty that it may discharge."""
    found = world.deeds.get(id(entry))
    if found is None:
        found = world.deeds[id(entry)] = Deed(
            at=entry.at, order=mark(entry), entry=entry, to=entry.to, by=entry.by,
            claims=frozenset((*entry.re, *entry.closes)), closes=frozenset(entry.closes),
        )  # fmt: skip
    return found


def _of_tick(entry: Entry, world: World) -> list[Deed]:
    """What a ``done`` that names the duty ticks off: the entries it is about, else itself."""
    _, _, due = split_duty(entry.duty or "")
    named = [world.by_id[name] for name in dict.fromkeys(entry.re) if name in world.by_id]
    return [
        Deed(
            at=e.at, order=mark(e), entry=e, to=e.to, by=e.by or entry.by, ticked=True,
            due=due, claims=frozenset(entry.closes),
        )
        for e in named or [entry]
    ]  # fmt: skip


def _of_moment(occurrence: Occurrence) -> Deed:
    point: Point = occurrence.point
    return Deed(at=point.at, order=occurrence.order, entry=occurrence.entry, by=occurrence.unit)


# --- whom an act reaches ---------------------------------------------------------------


def reaches(deed: Deed, tally: Tally, world: World) -> tuple[str, ...]:
    """The open recipients of this clock that the act reaches; an act without ``to``: all."""
    opening, recipients = tally.opening, tally.recipients
    unit = opening.unit
    if unit is not None and deed.by != unit and not (deed.ticked and _outsider(deed, tally, world)):
        return ()
    if tally.ongoing or not tally.reached:
        slots = recipients
    else:
        slots = tuple([r for r in recipients if r not in tally.reached])
    started = opening.start.entry if opening.start else None
    if started is not None and deed.entry is started and not deed.ticked:
        told = opening.terms.told
        return tuple([s for s in slots if s and s not in told and s in deed.to])
    if recipients == ("",) or not deed.to:
        return slots
    return tuple([s for s in slots if s in deed.to or _is_among(s, deed.to, opening, world)])


def _outsider(deed: Deed, tally: Tally, world: World) -> bool:
    """Is the one who ticked none of the units that owe it?"""
    at = tally.opening.start.at if tally.opening.start else None
    units = [m for organ in tally.opening.duty.who for m in members(organ, world, at)]
    return deed.by not in units


def _is_among(slot: str, to: Sequence[str], opening: Opening, world: World) -> bool:
    """Does one of ``to`` take it in, though it is not named itself?"""
    if not opening.terms.groups:
        return False
    groups = [g for g in opening.terms.groups if g in to and g != slot]
    at = opening.start.at if opening.start else None
    if any(slot in members(group, world, at) for group in groups):
        return True
    declared = world.plan.organs.get(slot)
    if declared is not None and declared.members == "named_in_case":
        # nobody was assigned: any body that is no organ of the plan stands for the group
        return any(t not in world.plan.organs and t not in ("public", "asker") for t in to)
    return False


# --- allocation ------------------------------------------------------------------------

Gains = list[tuple[Tally, tuple[str, ...]]]
"""Clocks that an act is for, each with the recipients it reaches."""


def allocate(tallies: Sequence[Tally], terms: DutyTerms, world: World) -> None:
    """Give each act, in order, to the clock of this duty that it is for."""
    if not tallies:
        return
    started: dict[str, list[Tally]] = {}
    for place, tally in enumerate(tallies):
        tally.place = place
        name = tally.opening.started_by
        if name is not None:
            started.setdefault(name, []).append(tally)
    found = deeds(terms, world, started.keys())
    if not found:
        return
    repeats = tallies[0].opening.due is not None
    waiting = _by_due(tallies) if repeats else _by_begin(tallies)
    find = partial(_nearest, longest=_longest(tallies)) if repeats else _earliest
    for deed in found:
        gains = _named(deed, started, world)
        if gains is None and deed.fitting:
            gains = find(deed, waiting, world)
        for tally, slots in gains or ():
            _credit(deed, tally, slots, world)


def _named(deed: Deed, started: Mapping[str, Sequence[Tally]], world: World) -> Gains | None:
    """Clocks whose start the act names or closes; ``None``: it names none."""
    if not deed.claims:
        return None
    closed = [t for name in deed.closes for t in started.get(name, ())]
    if closed:  # an entry that closes its start meets the duty, whatever its kind
        return [(t, reaches(deed, t, world) or _left(t)) for t in closed]
    named = [t for name in deed.claims for t in started.get(name, ())]
    if not named or not deed.fitting:
        return None
    return [(t, reaches(deed, t, world)) for t in named if deed.ticked or not _untimely(deed, t)]


def _left(tally: Tally) -> tuple[str, ...]:
    return tuple(r for r in tally.recipients if r not in tally.reached) if tally.open else ()


def _fitting(deed: Deed, together: Sequence[Tally], world: World) -> Gains:
    """Of clocks that run together, those still open that the act reaches."""
    gains: Gains = []
    for tally in together:
        if tally.open and (slots := reaches(deed, tally, world)):
            gains.append((tally, slots))
    return gains


def _by_begin(tallies: Sequence[Tally]) -> list[list[Tally]]:
    """Clocks that began together, one for each unit; what comes first, last: there it is taken
    off. The newest round comes first, and of a round the earliest."""
    if len(tallies) == 1:
        return [[*tallies]]
    together: dict[object, list[Tally]] = {}
    for tally in tallies:
        together.setdefault(tally.opening.key, []).append(tally)
    in_order = sorted(together.values(), key=lambda ts: (-ts[0].opening.rnd.number, ts[0].begin))
    return in_order[::-1]


def _earliest(deed: Deed, waiting: list[list[Tally]], world: World) -> Gains:
    """A duty that is due once: the earliest open clock of the newest round that the act fits."""
    early: list[Tally] = []
    for number in range(len(waiting) - 1, -1, -1):
        gains = _fitting(deed, waiting[number], world)
        if gains:
            timely = [c for c in gains if deed.ticked or not _untimely(deed, c[0])]
            if timely:
                return timely
            early += [tally for tally, _ in gains]
        elif not any(tally.open for tally in waiting[number]):
            del waiting[number]  # nor is any later act for it
    if early and deed.entry is not None:
        _mention(deed, min(early, key=lambda t: t.place))
    return []


def _by_due(tallies: Sequence[Tally]) -> list[list[Tally]]:
    """Clocks of one due time together, in order."""
    together: dict[object, list[Tally]] = {}
    for tally in tallies:
        together.setdefault(_due(tally), []).append(tally)
    return sorted(together.values(), key=_due_of)


def _nearest(
    deed: Deed, waiting: list[list[Tally]], world: World, *, longest: dt.timedelta
) -> Gains:
    """A duty that repeats: the due time named, else the nearest still open, the earlier of two.

    It is looked for from the act outwards, so the years before cost nothing.
    """
    if deed.due is not None:
        wanted = dt.datetime.fromisoformat(deed.due)
        place = bisect.bisect_left(waiting, wanted, key=_due_of)
        here = [t for together in waiting[place : place + 1] for t in together]
        return [gain for gain in _fitting(deed, here, world) if _due(gain[0]) == wanted]
    ahead = bisect.bisect_left(waiting, deed.at, key=_due_of)
    behind = ahead - 1
    while behind >= 0 or ahead < len(waiting):
        place = _nearer(deed, waiting, behind, ahead)
        if place == ahead and not deed.ticked and _due_of(waiting[ahead]) - deed.at > longest:
            if behind < 0:
                return []  # what lies ahead takes in nothing so long before it
            place = behind
        together = waiting[place]
        gains = _fitting(deed, together, world)
        timely = [gain for gain in gains if deed.ticked or not _untimely(deed, gain[0])]
        if timely:
            return timely[:1]
        gone = not any(tally.open for tally in together)
        if gone:
            del waiting[place]
        if place == behind:
            behind -= 1
            ahead -= gone
        elif not gone:
            ahead += 1
    return []


def _longest(tallies: Sequence[Tally]) -> dt.timedelta:
    """The most that a due time takes in before it."""
    return max(_due(t) - (t.opening.earliest or _due(t)) for t in tallies)


def _nearer(deed: Deed, waiting: Sequence[Sequence[Tally]], behind: int, ahead: int) -> int:
    if behind < 0:
        return ahead
    if ahead == len(waiting):
        return behind
    before, after = (_due_of(waiting[place]) for place in (behind, ahead))
    return behind if deed.at - before <= after - deed.at else ahead


def _due_of(together: Sequence[Tally]) -> dt.datetime:
    return _due(together[0])


def _due(tally: Tally) -> dt.datetime:
    assert tally.opening.due is not None
    return tally.opening.due


def _untimely(deed: Deed, tally: Tally) -> bool:
    """Before the start or ``not_before``, or outside the time that a due time takes in."""
    opening = tally.opening
    if opening.due is not None:
        repeat = opening.duty.repeat
        if repeat is not None and repeat.times and deed.at > opening.due:
            return True  # so many a day count only inside their day
        return opening.earliest is not None and deed.at < opening.earliest
    if opening.base is None or deed.at < opening.base.at:
        return True
    return tally.not_before is not None and deed.at < tally.not_before


def _mention(deed: Deed, tally: Tally) -> None:
    assert deed.entry is not None
    opening = tally.opening
    if opening.base is None:
        return
    early = deed.at < opening.base.at
    said = (
        N_("{entry} ({time}) would fit, but lies before the start: it does not count")
        if early
        else N_("{entry} ({time}) would fit, but came before it may be done: it does not count")
    )
    tally.notes.append(Said(said, {"entry": called(deed.entry), "time": deed.at}))


def _credit(deed: Deed, tally: Tally, slots: Sequence[str], world: World) -> None:
    tally.hits += 1
    if deed.entry is not None and slots and deed.entry not in tally.acts:
        tally.acts.append(deed.entry)
    if tally.hits < tally.opening.times:
        return
    for slot in slots:
        tally.reached[slot] = (deed.at.astimezone(world.zone), deed.entry)


def tally_of(
    opening: Opening, world: World, *, ongoing: bool, not_before: dt.datetime | None
) -> Tally:
    """An empty tally for this opening."""
    begun = opening.start or opening.base
    return Tally(
        opening=opening,
        recipients=recipients_of(opening.terms, world, begun.at if begun else None),
        any_of=bool(opening.duty.to_any),
        ongoing=ongoing,
        not_before=not_before,
    )
