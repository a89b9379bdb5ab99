"""Between two shifts (交接班): what the next one must know, as plain values for one page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from yuqing.case import Entry, State, state
from yuqing.clock import Standing
from yuqing.plan import Office, Plan
from yuqing.review.names import Names
from yuqing.stats.record import Record, grade, opened

AHEAD = dt.timedelta(hours=12)
"""How far the sheet looks ahead: a shift."""
_NEWS = ("discovered", "received", "relapsed", "reopened")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """A case that is not closed. ``limit``: its nearest limit or target, late ones included."""

    case: str
    title: str
    drill: bool
    level: str
    state: State
    since: dt.datetime
    limit: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing to know: ``what`` in which case, ``whom`` it concerns, ``at`` or by when."""

    case: str
    title: str
    what: str
    at: dt.datetime | None = None
    whom: tuple[str, ...] = ()
    clause: str = ""
    late: bool = False
    soft: bool = False
    """``at`` is what the plan strives for; nothing is late when it has passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A routine duty: when it was last done, by whom, in what words. Never: ``at`` empty."""

    does: str
    clause: str
    at: dt.datetime | None = None
    by: str = ""
    text: str = ""
    next: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The sheet. Times are in the office's zone."""

    office: str
    demo: bool
    since: dt.datetime
    now: dt.datetime
    until: dt.datetime
    cases: tuple[OpenCase, ...]
    due: tuple[Line, ...]
    """Late ones, then what is due before ``until``; soonest first."""
    came: tuple[Line, ...]
    """What came in since; also what was written down since and happened before."""
    promised: tuple[Line, ...]
    """Open items: what was promised, asked for or ordered, to or by whom, by when."""
    looks: tuple[Look, ...]
    leaving: tuple[str, ...] = ()
    """Titles of the posts that hand over; empty where no roster says."""
    coming: tuple[str, ...] = ()
    """Titles of the posts that take over."""


def shift(
    records: Sequence[Record],
    own: Record,
    office: Office,
    *,
    since: dt.datetime,
    now: dt.datetime,
    leaving: tuple[str, ...] = (),
    coming: tuple[str, ...] = (),
) -> Shift:
    """The sheet at ``now`` (aware, in the office's zone). ``own``: the office's routine duties.

    An open drill is listed and marked; what it owes is asked of nobody outside a demonstration.
    """
    zone = now.tzinfo
    until = now + AHEAD
    live = [r for r in records if r.log and state(r.log) != "closed"]
    records = [r for r in records if office.demo or not r.case.drill]
    due = [
        _due(r, s, Names(r.plans, office), now)
        for r in (*records, own)
        for s in _open(r)
        if (first := _next(s, now)) is not None and first <= until
    ]
    promised = [
        _promise(r, s, Names(r.plans, office), now) for r in records for s in _open(r) if s.item
    ]
    came = [
        Line(
            case=r.case.id,
            title=r.case.title,
            what=e.text or e.number or names.document(e.document) or "",
            at=e.at.astimezone(zone),
            whom=names.organs(e.from_) or ((e.source,) if e.source else ()),
        )
        for r in records
        for names in (Names(r.plans, office),)
        for e in r.log
        if e.kind in _NEWS and since < (e.was_known or e.at) <= now
    ]
    far = dt.datetime.max.replace(tzinfo=zone)
    return Shift(
        office=office.name,
        demo=office.demo,
        since=since.astimezone(zone),
        now=now,
        until=until,
        cases=tuple(
            sorted(
                (_case(r, office, now) for r in live),
                key=lambda each: (each.limit or far, each.since, each.case),
            )
        ),
        due=tuple(sorted(due, key=lambda each: (not each.late, each.at or far, each.case))),
        came=tuple(sorted(came, key=lambda each: (each.at or far, each.case))),
        promised=tuple(sorted(promised, key=lambda each: (each.at or far, each.case))),
        looks=_looks(own, office, now),
        leaving=leaving or (office.post,),
        coming=coming,
    )


def _open(record: Record) -> list[Standing]:
    """What is owed; of a closed case only what has a limit."""
    closed = not record.case.is_logbook and bool(record.log) and state(record.log) == "closed"
    return [s for s in record.standings if not s.over and not (closed and s.limit is None)]


def _next(standing: Standing, now: dt.datetime) -> dt.datetime | None:
    """The next time it presses: a target still ahead, else the limit, also one that passed."""
    ahead = [t for t in (standing.target, standing.limit) if t is not None and t >= now]
    return min(ahead) if ahead else standing.limit or standing.target


def _case(record: Record, office: Office, now: dt.datetime) -> OpenCase:
    held = grade(record.log, "level")
    times = [t for s in _open(record) if (t := _next(s, now)) is not None]
    return OpenCase(
        case=record.case.id,
        title=record.case.title,
        drill=record.case.drill,
        level=Names(record.plans, office).level("level", held) if held else "",
        state=state(record.log),
        since=opened(record.log).astimezone(now.tzinfo),
        limit=min(times).astimezone(now.tzinfo) if times else None,
    )


def _due(record: Record, standing: Standing, names: Names, now: dt.datetime) -> Line:
    at = _next(standing, now)
    return Line(
        case="" if record.case.is_logbook else record.case.id,
        title="" if record.case.is_logbook else record.case.title,
        what=standing.does,
        at=at.astimezone(now.tzinfo) if at else None,
        whom=names.organs(standing.missing or standing.to),
        clause=standing.clause,
        late=standing.state == "overdue",
        soft=at is not None and at != standing.limit,
    )


def _promise(record: Record, standing: Standing, names: Names, now: dt.datetime) -> Line:
    """An open item with the other side: to whom it was promised, who asked, or who owes it."""
    entry: Entry | None = next((e for e in record.log if e.id == standing.duty), None)
    others = (entry.from_ or entry.to) if entry else standing.to
    at = standing.limit or standing.target
    return Line(
        case=record.case.id,
        title=record.case.title,
        what=standing.does,
        at=at.astimezone(now.tzinfo) if at else None,
        whom=names.organs(others),
        late=standing.state == "overdue",
    )


def _looks(own: Record, office: Office, now: dt.datetime) -> tuple[Look, ...]:
    """Each routine duty that comes again, by its last discharge."""
    names = Names(own.plans, office)
    return tuple(
        _look(plan, duty_id, own, names, now)
        for plan in own.plans
        for duty_id, duty in plan.duties.items()
        if duty.of_the_office and duty.repeat is not None
    )


def _look(plan: Plan, duty: str, own: Record, names: Names, now: dt.datetime) -> Look:
    mine = [s for s in own.standings if s.plan == plan.id and s.duty.partition("@")[0] == duty]
    done = max((s for s in mine if s.done), key=lambda s: s.done or now, default=None)
    ahead = [t for s in mine if not s.over and (t := s.limit or s.target) is not None and t >= now]
    act = next((e for e in own.log if done and e.id and e.id in done.acts), None)
    return Look(
        does=plan.duties[duty].does,
        clause=plan.duties[duty].clause,
        at=done.done.astimezone(now.tzinfo) if done and done.done else None,
        by=names.by(act) if act else "",
        text=(act.text or "") if act else "",
        next=min(ahead).astimezone(now.tzinfo) if ahead else None,
    )
