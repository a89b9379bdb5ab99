"""Rules about posts and organs: a hop skipped, a turn for the worse nobody told of, a gap.

All of them warn only: the record may know less than the people did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yuqing.case import Entry
from yuqing.check.look import Finding, Look, at
from yuqing.clock import Standing
from yuqing.clock.moments import acts_in, fits
from yuqing.errors import Path, Problem, Said
from yuqing.memo import remembered
from yuqing.plan import (
    AllOf,
    AnyOf,
    Changed,
    Compare,
    Condition,
    Done,
    Duty,
    Each,
    Equals,
    Fallback,
    First,
    Last,
    Moment,
    Not,
    Plan,
)
from yuqing.roster import Roster, gaps
from yuqing.span import Calendar, NoCalendar
from yuqing.words import N_

_OUTSIDE = frozenset(("public", "asker"))
"""Telling these is no report to an organ."""


# --- chains ----------------------------------------------------------------------------


def hop_skipped(look: Look) -> Iterator[Finding]:
    """A later organ of a chain was told before the earlier hop was done.

    A chain is what the plan says with ``start: {done: HOP}``: both duties name recipients, and
    the later one recipients of its own. *Direct* and *dual* are what it says by another duty
    whose clock runs, of which the report is an act too, and that needs no such hop.
    """
    if look.now is None or look.case.is_logbook:
        return
    for plan in look.plans:
        if not _chains((plan,)):
            continue
        listed = [s for s in look.owed if s.plan == plan.id and not s.item]
        for entry, later, hop, organs in _skipped(plan, look.log, listed):
            names = {o: plan.organs[o].name if o in plan.organs else o for o in organs}
            key = N_("{organs} told before “{hop}” ({clause}) was done; the plan has it come first")
            params = {
                "organs": "、".join(names.values()),
                "hop": hop.does,
                "clause": hop.clause or later.clause,
            }
            yield Finding(at(entry), Said(key, params), "warning")


@remembered
def _chains(plans: tuple[Plan, ...]) -> tuple[tuple[Duty, Duty], ...]:
    """Each duty beside the hop before it."""
    return tuple(
        (later, plan.duties[name])
        for plan in plans
        for later in plan.duties.values()
        for name in _hops(later)
        if name in plan.duties
    )


def _skipped(
    plan: Plan, log: Sequence[Entry], owed: Sequence[Standing]
) -> Iterator[tuple[Entry, Duty, Duty, tuple[str, ...]]]:
    applies: dict[str, set[str]] = {}
    for standing in owed:
        applies.setdefault(_duty_of(standing), set()).update(standing.to)
    for later, hop in _chains((plan,)):
        if later.id not in applies or not applies.get(hop.id, set()) - _OUTSIDE:
            continue  # what comes first is no report: a gate's or a clock's matter
        own = applies[later.id] - applies[hop.id] - _OUTSIDE
        for entry, rnd in _with_round(log) if own else ():
            if not own.intersection(entry.to) or not _is_act(later, entry):
                continue
            done = [s.done for s in owed if _duty_of(s) == hop.id and s.round == rnd]
            if any(time is not None and time <= entry.at for time in done):
                continue
            direct = _direct(plan, entry, hop, owed)
            if told := tuple(o for o in entry.to if o in own - direct):
                yield entry, later, hop, told


def _is_act(duty: Duty, entry: Entry) -> bool:
    return any(fits(act, entry) for moment in duty.done_by for act in acts_in(moment))


def _direct(plan: Plan, entry: Entry, hop: Duty, owed: Sequence[Standing]) -> set[str]:
    """Organs to which the plan leads without this hop: by another duty, whose clock runs, and
    of which this report is an act."""
    found: set[str] = set()
    for standing in owed:
        duty = plan.duties.get(_duty_of(standing))
        if duty is None or standing.start is None or standing.start > entry.at:
            continue
        if hop.id != duty.id and hop.id not in _before(plan, duty.id) and _is_act(duty, entry):
            found |= set(standing.to)
    return found


def _duty_of(standing: Standing) -> str:
    return standing.duty.partition("@")[0]


def _with_round(log: Sequence[Entry]) -> Iterator[tuple[Entry, int]]:
    rnd = 1
    for entry in log:
        rnd += entry.kind == "relapsed"
        yield entry, rnd


def _hops(duty: Duty) -> set[str]:
    """The duties whose being done starts this one."""
    return {name for start in (duty.start, *(p.start for p in duty.limit)) for name in _done(start)}


def _done(moment: Moment | None) -> Iterator[str]:
    match moment:
        case Done(duty):
            yield duty
        case First(parts) | Last(parts) | Each(parts) | Fallback(parts):
            for part in parts:
                yield from _done(part)


def _before(plan: Plan, name: str) -> set[str]:
    """Every hop before this duty, however far back."""
    found: set[str] = set()
    todo = {name}
    while todo:
        duty = plan.duties.get(todo.pop())
        new = _hops(duty) - found if duty else set()
        found |= new
        todo |= new
    return found


# --- worsening -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worse:
    """A turn for the worse, and by when the office's own figure wants an organ told.

    ``what``: fact or scale; ``told``: the first report after it, if there is one.
    """

    entry: Entry
    what: str
    value: str
    deadline: dt.datetime
    told: Entry | None

    @property
    def said(self) -> Said:
        """The sentence for people."""
        key = N_("{what} rose to {value}, and no organ was told by {at}, the office's own figure")
        params = {"what": self.what, "value": self.value, "at": self.deadline}
        return Said(key, params)


def worse_untold(
    log: Sequence[Entry], plans: Sequence[Plan], owed: Sequence[Standing], now: dt.datetime
) -> Iterator[Worse]:
    """Rises of the level, or of a choice fact that ranks, without report in the local figure.

    A choice fact ranks where a level rests on it, a condition compares it, or a clock starts
    at its change. The figure is the ``local`` of a duty that tells an organ: of the one that
    this very entry started, else the shortest in the case. A plan without one says nothing.
    """
    figures = [s for s in owed if s.local and s.start and set(s.to) - _OUTSIDE]
    if not figures:
        return
    shortest = min(s.local - s.start for s in figures if s.local and s.start)
    zone = (figures[0].local or now).tzinfo
    for entry, what, value in _rises(log, plans):
        own = [s.local for s in figures if s.started_by and s.started_by == entry.id and s.local]
        deadline = min(own) if own else (entry.at + shortest).astimezone(zone)
        told = next(
            (
                e for e in log
                if e.kind == "reported" and e.at >= entry.at and set(e.to) - _OUTSIDE
            ),
            None,
        )  # fmt: skip
        if now > deadline and (told is None or told.at > deadline):
            yield Worse(entry, what, value, deadline, told)


def worsened(look: Look) -> Iterator[Finding]:
    """It got worse, and no organ was told within the office's own figure."""
    if look.now is None or not any(_rises(look.log, look.plans)):
        return
    for each in worse_untold(look.log, look.plans, look.owed, look.now):
        said = Said(each.said.key, {**each.said.params, "at": f"{each.deadline:%m-%d %H:%M}"})
        yield Finding(at(each.entry), said, "warning")


def _rises(log: Sequence[Entry], plans: Sequence[Plan]) -> Iterator[tuple[Entry, str, str]]:
    orders = _orders(tuple(plans))
    was: dict[tuple[str, str], str] = {}
    for entry in log:
        rose = None
        for (sort, name), order in orders.items():
            value = getattr(entry, sort).get(name)
            if value not in order or (sort == "grades" and entry.proposed):
                continue
            old = was.get((sort, name))
            if old is not None and order.index(value) > order.index(old):
                rose = rose or (entry, name, str(value))
            was[sort, name] = str(value)
        if rose:
            yield rose


@remembered
def _orders(plans: tuple[Plan, ...]) -> dict[tuple[str, str], tuple[str, ...]]:
    """What ranks, and how; a name that two plans declare is ordered by the first."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for plan in plans:
        for name in _ranked(plan):
            found.setdefault(("facts", name), plan.facts[name].of)
        for name, scale in plan.scales.items():
            if scale.ordered:
                found.setdefault(("grades", name), tuple(level.id for level in scale.levels))
    return found


def _ranked(plan: Plan) -> Iterator[str]:
    ordered = [scale for scale in plan.scales.values() if scale.ordered]
    graded = {n for scale in ordered for level in scale.levels for n, _ in _names(level.when)}
    others = [
        c for duty in plan.duties.values()
        for c in (duty.when, *(part.when for part in (*duty.limit, *duty.target)))
    ]  # fmt: skip
    compared = {name for c in others for name, by_order in _names(c) if by_order}
    starts = {name for duty in plan.duties.values() for name in _changed(duty.start)}
    for name in sorted(graded | compared | starts):
        if name in plan.facts and plan.facts[name].type == "choice":
            yield name


def _names(condition: Condition | None) -> Iterator[tuple[str, bool]]:
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _names(part)
        case Not(part=part):
            yield from _names(part)
        case Equals(name=name):
            yield name, False
        case Compare(name=name):
            yield name, True


def _changed(moment: Moment | None) -> Iterator[str]:
    match moment:
        case Changed(fact):
            yield fact
        case First(parts) | Last(parts) | Each(parts) | Fallback(parts):
            for part in parts:
                yield from _changed(part)


# --- the calendar proposes -------------------------------------------------------------


def proposed_facts(
    log: Sequence[Entry], plans: Sequence[Plan], calendar: Calendar, day: dt.date
) -> Mapping[str, str]:
    """Yes/no facts after which the calendar names a period that holds ``day``, and that
    nobody has looked at yet → what the period is called. A person confirms; nothing is set."""
    year = calendar.years.get(day.year)
    known = {name for entry in log for name in entry.facts}
    found: dict[str, str] = {}
    for plan in plans:
        for name, fact in plan.facts.items():
            if year is None or fact.type != "boolean" or name in known:
                continue
            for period in year.periods.get(name, ()):
                if period.start <= day <= period.end:
                    found.setdefault(name, period.name or name)
    return found


# --- the roster ------------------------------------------------------------------------

AHEAD = 31
"""So many days of the roster are looked at, from today on."""


def _warning(file: str, path: Path, key: str, params: Mapping[str, object]) -> Problem:
    return Problem(file=file, path=path, key=key, params=params, severity="warning")


def roster_gaps(
    roster: Roster, file: str, plans: Sequence[Plan], calendar: Calendar, now: dt.datetime
) -> tuple[Problem, ...]:
    """Minutes of 24-hour duties without a post, within :data:`AHEAD` days of ``now``.

    ``now`` is aware, in the office's zone. A duty that its plan asks for only in a period
    (``repeat.during``) is looked at on the days of that period.
    """
    found: list[Problem] = []
    today = now.date()
    for place, name in enumerate(roster.covers):
        path = ("covers", place)
        duty = next((p.duties[name] for p in plans if name in p.duties), None)
        if duty is None:
            key = N_("no adopted plan has a duty {duty}")
            found.append(_warning(file, path, key, {"duty": name}))
            continue
        during = duty.repeat.during if duty.repeat else None
        days = [today + dt.timedelta(days=n) for n in range(AHEAD)]
        try:
            wanted = [d for d in days if during is None or calendar.in_period(d, during)]
        except NoCalendar as lack:
            key = N_("{duty}: the days it covers need the calendar of {year}")
            params = {"duty": name, "year": lack.year}
            found.append(_warning(file, path, key, params))
            continue
        for begins, ends in gaps(roster, wanted, now.tzinfo or dt.UTC, now):
            key = N_("no post on duty from {begins} to {ends} ({does}, {clause})")
            params = {
                "begins": f"{begins:%m-%d %H:%M}", "ends": f"{ends:%m-%d %H:%M}",
                "does": duty.does, "clause": duty.clause,
            }  # fmt: skip
            found.append(_warning(file, path, key, params))
    return tuple(found)
