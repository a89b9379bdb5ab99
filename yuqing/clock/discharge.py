"""Which act discharges which clock (plan format, 5.8, 5.12, 5.16 to 5.20, 5.23).

Acts are taken in their order; each is for the clock it names, else for the earliest open one
of the newest round it fits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from yuqing.case import Entry
from yuqing.clock.clocks import Opening, discharge, members, recipients_of
from yuqing.clock.counting import Point
from yuqing.clock.moments import Occurrence, acts_in, fitting, occurrences
from yuqing.clock.world import Mark, World, mark
from yuqing.errors import Said
from yuqing.plan import Act, Duty
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


def deeds(duty: Duty, world: World) -> list[Deed]:
    """Everything in the log that may discharge ``duty``, in order."""
    terms = world.terms.of(duty)
    ticks = [e for e in world.by_kind.get("done", ()) if names(e.duty, duty, world)]
    # an act that a `done` gives to one due time is for no other (rules 19, 20)
    given = {name for entry in ticks if "@" in (entry.duty or "") for name in entry.re}
    acts = {id(e): e for act in terms.acts for e in fitting(act, world) if e.id not in given}
    found = [_of_entry(entry, fitting=True) for entry in acts.values()]
    found += [deed for entry in ticks for deed in _of_tick(entry, world)]
    found += [
        _of_entry(entry, fitting=False)
        for entry in world.closing
        if id(entry) not in acts and entry not in ticks
    ]
    for moment in terms.follows:
        for rnd in world.rounds:
            found += [_of_moment(o) for o in occurrences(moment, world, rnd)]
    return sorted(found, key=lambda d: d.order) if len(found) > 1 else found


def _of_entry(entry: Entry, *, fitting: bool) -> Deed:
    """The entry itself; one that does not fit may still close something."""
    return Deed(
        at=entry.at, order=mark(entry), entry=entry, to=entry.to, by=entry.by, fitting=fitting,
        claims=frozenset((*entry.re, *entry.closes)) if entry.re or entry.closes else _NONE,
        closes=frozenset(entry.closes) if entry.closes else _NONE,
    )  # fmt: skip


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
    slots = tuple(r for r in recipients if r not in tally.reached or tally.ongoing)
    started = opening.start.entry if opening.start else None
    if started is not None and deed.entry is started and not deed.ticked:
        slots = tuple(s for s in slots if s and s not in _named_by_start(opening))
        return tuple(s for s in slots if s in deed.to)
    if recipients == ("",) or not deed.to:
        return slots
    return tuple(s for s in slots if _is_among(s, deed.to, opening, world))


def _named_by_start(opening: Opening) -> set[str]:
    start = opening.duty.start
    acts: Sequence[Act] = acts_in(start) if start is not None else ()
    return {organ for act in acts for organ in act.fields.get("to", ())}


def _outsider(deed: Deed, tally: Tally, world: World) -> bool:
    """Is the one who ticked none of the units that owe it?"""
    at = tally.opening.start.at if tally.opening.start else None
    units = [m for organ in tally.opening.duty.who for m in members(organ, world, at)]
    return deed.by not in units


def _is_among(slot: str, to: Sequence[str], opening: Opening, world: World) -> bool:
    if slot in to:
        return True
    duty = opening.duty
    groups = [g for g in (*duty.to, *duty.to_any) if g in to and g != slot]
    at = opening.start.at if opening.start else None
    if any(slot in members(group, world, at) for group in groups):
        return True
    declared = world.plan.organs.get(slot)
    if declared is not None and declared.members == "named_in_case":
        # nobody was assigned: any body that is no organ of the plan stands for the group
        return any(t not in world.plan.organs and t not in ("public", "asker") for t in to)
    return False


# --- allocation ------------------------------------------------------------------------


def allocate(tallies: Sequence[Tally], found: Sequence[Deed], world: World) -> None:
    """Give each act, in order, to the clock it is for."""
    for deed in found:
        for tally in _targets(deed, tallies, world):
            _credit(deed, tally, world)


def _started_by(tally: Tally, ids: frozenset[str]) -> bool:
    return tally.opening.started_by is not None and tally.opening.started_by in ids


def _targets(deed: Deed, tallies: Sequence[Tally], world: World) -> list[Tally]:
    closed = [t for t in tallies if _started_by(t, deed.closes)]
    if closed:  # an entry that closes its start meets the duty, whatever its kind
        return closed
    if not deed.fitting:
        return []
    named = [t for t in tallies if _started_by(t, deed.claims)]
    if named:
        return [t for t in named if deed.ticked or not _untimely(deed, t)]
    fitting = [t for t in tallies if t.open and reaches(deed, t, world)]
    timely = [t for t in fitting if deed.ticked or not _untimely(deed, t)]
    if not timely:
        if fitting and deed.entry is not None:
            _mention(deed, fitting[0])
        return []
    if timely[0].opening.due is not None:
        return _nearest(deed, timely)
    newest = max(t.opening.rnd.number for t in timely)
    here = [t for t in timely if t.opening.rnd.number == newest]
    first = min(here, key=lambda t: t.begin)
    return [t for t in here if t.opening.key == first.opening.key]


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
    if opening.base is None or opening.due is not None:
        return
    early = deed.at < opening.base.at
    said = (
        N_("{entry} ({time}) would fit, but lies before the start: it does not count")
        if early
        else N_("{entry} ({time}) would fit, but came before it may be done: it does not count")
    )
    name = deed.entry.id or Said(N_("by hand"))  # not saved yet: it has no id
    tally.notes.append(Said(said, {"entry": name, "time": deed.at}))


def _nearest(deed: Deed, timely: Sequence[Tally]) -> list[Tally]:
    """A repeated duty: the due time named, else the nearest still open, the earlier of two."""
    if deed.due is not None:
        wanted = dt.datetime.fromisoformat(deed.due)
        return [t for t in timely if t.opening.due == wanted]
    return [min(timely, key=lambda t: (abs(_due(t) - deed.at), _due(t)))]


def _due(tally: Tally) -> dt.datetime:
    assert tally.opening.due is not None
    return tally.opening.due


def _credit(deed: Deed, tally: Tally, world: World) -> None:
    slots = reaches(deed, tally, world)
    if not slots and tally.open and _started_by(tally, deed.closes):
        slots = tuple(r for r in tally.recipients if r not in tally.reached)
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
    at = opening.start.at if opening.start else (opening.base.at if opening.base else None)
    return Tally(
        opening=opening,
        recipients=recipients_of(opening.duty, world, at),
        any_of=bool(opening.duty.to_any),
        ongoing=ongoing,
        not_before=not_before,
    )
