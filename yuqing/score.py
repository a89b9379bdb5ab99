"""The score sheet of a drill (rules: simulated incident, procedure, coordination).

It compares the record with the plan's clocks and with the script; it judges posts by what they
wrote down, never persons, and leaves every conclusion to people. Pure; ``now`` is a parameter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yuqing.case import Case, Entry, effective
from yuqing.clock import Standing, standings, world_of
from yuqing.clock.gates import clearances
from yuqing.clock.moments import occurrences
from yuqing.clock.world import World
from yuqing.errors import Said
from yuqing.exercise import Exercise, Expectation, Inject
from yuqing.plan import Office, Plan
from yuqing.review.documents import lacking
from yuqing.review.names import Names
from yuqing.span import Calendar

OPENING = "drill"
INJECT = "inject"
LIVE = "live"
"""Tags of the entries that the exercise itself writes."""

Part = Literal["duties", "expectations", "coordination", "procedure"]
PARTS: tuple[Part, ...] = ("duties", "expectations", "coordination", "procedure")
Outcome = Literal[
    "met",
    "late",
    "missing",  # nothing recorded though it was due
    "untold",  # the post was not told, so nothing can be expected of it
    "pending",  # not due yet when the drill ended, or was looked at
    "open",  # no figure, and not done
    "released",  # waived or no longer owed
    "unknown",  # cannot be computed
    "wrong",  # before what must come first, or in another order
]
_UNCOUNTED: frozenset[Outcome] = frozenset(("untold", "pending", "open", "released", "unknown"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the sheet. ``points``: at most to be had, 0 where the line only informs;
    ``got``: had. ``over``: how much too late. ``took``: from the start or inject to the act."""

    part: Part
    id: str
    name: str
    who: tuple[str, ...] = ()
    clause: str = ""
    begun: dt.datetime | None = None
    due: dt.datetime | None = None
    done: dt.datetime | None = None
    outcome: Outcome
    points: int = 0
    got: Fraction = Fraction(0)
    provisional: bool = False
    notes: tuple[Said, ...] = ()

    @property
    def over(self) -> dt.timedelta | None:
        """How much too late, if it was."""
        if self.outcome != "late" or self.due is None or self.done is None:
            return None
        return self.done - self.due

    @property
    def took(self) -> dt.timedelta | None:
        """From its beginning to the act."""
        return self.done - self.begun if self.done and self.begun else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A sheet: what was practised under which plan, the lines, and the sum of the points.

    ``until``: what fell due up to then was counted. ``ended``: the drill was over by then.
    """

    case: Case
    exercise: Exercise
    plans: tuple[Plan, ...]
    begins: dt.datetime
    until: dt.datetime
    ended: bool
    lines: tuple[Line, ...]

    def of(self, part: Part) -> tuple[Line, ...]:
        """The lines of one part."""
        return tuple(each for each in self.lines if each.part == part)

    def sum(self, part: Part | None = None) -> tuple[Fraction, int]:
        """Points had, and points there were; of one part, or of all."""
        lines = self.lines if part is None else self.of(part)
        return sum((each.got for each in lines), Fraction(0)), sum(each.points for each in lines)


def score(
    exercise: Exercise,
    case: Case,
    plans: Sequence[Plan],
    calendar: Calendar,
    now: dt.datetime,
    office: Office,
    begins: dt.datetime,
) -> Score:
    """The sheet as of ``now``, or of the end of the drill if that came before.

    ``begins``: when it began (aware). What was written down after its end does not count.
    """
    end = begins + exercise.lasts
    until = min(now, end)
    seen = case.as_of(until)
    log = effective(seen)
    world = world_of(seen, plans[0], calendar, until)
    told = injects_told(exercise, seen)
    found = standings(seen, plans, calendar, until)
    expected = _expectations(exercise, told, world, begins, until)
    lines = (
        *_duties(exercise, found, {e.id: e.by for e in log if e.by}, until),
        *expected,
        *_coordination(exercise, told, log, begins, until),
        *_cleared(exercise, seen, log, plans, calendar, Names(tuple(plans), office)),
        *_ordered(exercise, plans, found, expected),
    )
    return Score(
        case=seen, exercise=exercise, plans=tuple(plans), begins=begins, until=until,
        ended=now >= end, lines=lines,
    )  # fmt: skip


def injects_told(exercise: Exercise, case: Case) -> Mapping[str, Entry]:
    """Inject → the entry by which its post was told, the first if several clones told it."""
    found: dict[str, Entry] = {}
    for entry in effective(case):
        if INJECT in entry.tags:
            for name in entry.tags:
                if name in exercise.injects:
                    found.setdefault(name, entry)
    return found


def told_at(entry: Entry) -> dt.datetime:
    """When a post could read it: not before it came in, nor before it was written down."""
    return max(entry.at, entry.recorded or entry.at)


def opening(case: Case) -> Entry | None:
    """The entry with which an exercise began: it carries the script."""
    return next((e for e in case.log if OPENING in e.tags and e.kind == "noted" and e.files), None)


def _worth(outcome: Outcome, points: int, late: int) -> tuple[int, Fraction]:
    """Points to be had and had, for what came out so."""
    if outcome in _UNCOUNTED:
        return 0, Fraction(0)
    share = {"met": Fraction(1), "late": Fraction(late, 100)}.get(outcome, Fraction(0))
    return points, points * share


# --- the plan's duties -----------------------------------------------------------------


def _duties(
    exercise: Exercise,
    found: Sequence[Standing],
    posts: Mapping[str | None, str],
    until: dt.datetime,
) -> Iterator[Line]:
    """Every clock that has begun. ``posts``: entry → its post, which owes what it was asked."""
    for each in sorted(found, key=lambda s: (s.limit is None, s.limit or s.start or until, s.duty)):
        if each.state == "waiting":
            continue
        name = each.duty.partition("@")[0]
        given = exercise.points.get(name)
        due = each.limit or (each.target or each.local if given else None)
        outcome = _outcome(each, due, until)
        wanted = given if given is not None else (1 if each.limit is not None else 0)
        points, got = _worth(outcome, wanted, exercise.late)
        if outcome == "open" and wanted:  # asked for by the script, though the plan has no figure
            outcome, points, got = "missing", wanted, Fraction(0)
        who = (each.for_,) if each.for_ else each.who
        if each.item and not who and each.duty in posts:
            who = (posts[each.duty],)
        yield Line(
            part="duties", id=each.duty, name=each.does, who=who, clause=each.clause,
            begun=each.start, due=due, done=each.done, outcome=outcome,
            points=points, got=got, provisional=each.provisional,
        )  # fmt: skip


def _outcome(each: Standing, due: dt.datetime | None, until: dt.datetime) -> Outcome:
    if each.state in ("released", "ended"):
        return "released"
    if each.state == "incomplete":
        return "unknown"
    if each.done is not None and each.over:
        return "late" if due is not None and each.done > due else "met"
    if due is None:
        return "open"
    return "missing" if until >= due else "pending"


# --- what the script hopes for ---------------------------------------------------------


def _expectations(
    exercise: Exercise,
    told: Mapping[str, Entry],
    world: World,
    begins: dt.datetime,
    until: dt.datetime,
) -> tuple[Line, ...]:
    found = []
    for each in exercise.expect.values():
        since, origin = begins, begins
        if each.answers is not None:
            entry = told.get(each.answers)
            if entry is None:
                untold = Line(
                    part="expectations", id=each.id, name=each.does, clause=each.clause or "",
                    outcome="untold",
                )  # fmt: skip
                found.append(untold)
                continue
            since, origin = entry.at, told_at(entry)
        found.append(_expected(each, exercise, world, since, origin, until))
    return tuple(found)


def _expected(
    each: Expectation,
    exercise: Exercise,
    world: World,
    since: dt.datetime,
    origin: dt.datetime,
    until: dt.datetime,
) -> Line:
    """One expectation: what happened from ``since`` on counts, the time runs from ``origin``."""
    due = origin + each.within if each.within is not None else None
    acts = [
        o for moment in each.done_by for rnd in world.rounds
        for o in occurrences(moment, world, rnd)
        if o.at >= since and not (o.entry is not None and INJECT in o.entry.tags)
    ]  # fmt: skip
    first = min(acts, key=lambda o: o.order, default=None)
    outcome: Outcome
    if first is not None:
        outcome = "late" if due is not None and first.at > due else "met"
    elif due is not None and until < due:
        outcome = "pending"
    else:
        outcome = "missing"
    points, got = _worth(outcome, each.points, exercise.late)
    by = first.entry.by if first is not None and first.entry is not None else None
    return Line(
        part="expectations", id=each.id, name=each.does, who=(by,) if by else (),
        clause=each.clause or "", begun=origin, due=due, done=first.at if first else None,
        outcome=outcome, points=points, got=got,
    )  # fmt: skip


# --- who acted how soon ----------------------------------------------------------------


def _coordination(
    exercise: Exercise,
    told: Mapping[str, Entry],
    log: Sequence[Entry],
    begins: dt.datetime,
    until: dt.datetime,
) -> Iterator[Line]:
    """How long each post took after it had been told; scored where the script says how soon."""
    for inject in exercise.told:
        entry = told.get(inject.id)
        if entry is None:
            if begins + inject.at <= until:
                yield Line(
                    part="coordination", id=inject.id, name=inject.text, who=(inject.to,),
                    outcome="untold",
                )  # fmt: skip
            continue
        at = told_at(entry)
        act = _answer(inject, entry, log, at)
        due = at + inject.within if inject.within is not None else None
        outcome: Outcome
        if act is not None:
            outcome = "late" if due is not None and act.at > due else "met"
        elif due is None:
            outcome = "open"
        else:
            outcome = "missing" if until >= due else "pending"
        points, got = _worth(outcome, inject.points if due is not None else 0, exercise.late)
        yield Line(
            part="coordination", id=inject.id, name=inject.text, who=(inject.to,), begun=at,
            due=due, done=act.at if act else None, outcome=outcome, points=points, got=got,
        )  # fmt: skip


def _answer(inject: Inject, told: Entry, log: Sequence[Entry], at: dt.datetime) -> Entry | None:
    """What the post did next; an act that names the inject's entry goes before."""
    acts = [
        e for e in log
        if e.at >= at and not {INJECT, OPENING} & set(e.tags) and e.kind != "amended"
    ]  # fmt: skip
    named = (e for e in acts if told.id is not None and told.id in (*e.re, *e.closes))
    own = (e for e in acts if e.by == inject.to)
    return next(named, None) or next(own, None)


# --- procedure -------------------------------------------------------------------------


def _cleared(
    exercise: Exercise,
    case: Case,
    log: Sequence[Entry],
    plans: Sequence[Plan],
    calendar: Calendar,
    names: Names,
) -> Iterator[Line]:
    """Each act before which the plan wants something: had that come first?"""
    for entry in log:
        if INJECT in entry.tags:
            continue
        for each in clearances(case, plans, calendar, entry):
            outcome: Outcome = "met" if each.cleared else "wrong"
            points, got = _worth(outcome, exercise.procedure, exercise.late)
            yield Line(
                part="procedure", id=f"{each.gate.id} {entry.id or ''}".strip(),
                name=each.gate.does or each.gate.id, who=(entry.by,) if entry.by else (),
                clause=each.gate.clause, done=entry.at, outcome=outcome, points=points, got=got,
                notes=() if each.cleared else lacking(each, names),
                provisional=each.provisional,
            )  # fmt: skip


def _ordered(
    exercise: Exercise,
    plans: Sequence[Plan],
    found: Sequence[Standing],
    expected: Sequence[Line],
) -> Iterator[Line]:
    """Neighbouring steps of the script's order: did the first come before the second?"""
    when: dict[str, dt.datetime] = {}
    for each in found:
        name = each.duty.partition("@")[0]
        if each.done is not None:
            when[name] = min(each.done, when.get(name, each.done))
    said = {name: duty.does for plan in plans for name, duty in plan.duties.items()}
    for line in expected:
        said[line.id] = line.name
        if line.done is not None:
            when[line.id] = line.done
    for first, second in zip(exercise.order, exercise.order[1:], strict=False):
        one, other = when.get(first), when.get(second)
        outcome: Outcome = "missing"
        if one is not None and other is not None:
            outcome = "met" if one <= other else "wrong"
        points, got = _worth(outcome, exercise.procedure, exercise.late)
        yield Line(
            part="procedure", id=f"{first} {second}", name=f"{said[first]} → {said[second]}",
            begun=one, done=other, outcome=outcome, points=points, got=got,
        )  # fmt: skip
