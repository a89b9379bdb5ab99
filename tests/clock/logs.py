"""Random logs for a plan: whatever its duties wait for, in any order, with everything that moves
a clock. Nothing here need make sense to an office; every answer must hold all the same."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yuqing.case import KINDS, Case, Entry
from yuqing.clock.moments import acts_in
from yuqing.plan import Act, Duty, Moment, Plan, Value
from yuqing.read.plan import read_plan
from yuqing.span import Calendar, Period, Year

ZONE = dt.timezone(dt.timedelta(hours=8))
BEGIN = dt.datetime(2026, 5, 28, 8, 0, tzinfo=ZONE)
CALENDAR = Calendar({
    2026: Year(
        year=2026, off=frozenset({dt.date(2026, 6, 19)}), worked=frozenset({dt.date(2026, 6, 14)}),
        periods={"special": (Period(dt.date(2026, 6, 1), dt.date(2026, 6, 3)),)},
    )
})  # fmt: skip
PLANS = Path(__file__).parents[2] / "templates" / "plans"
SHIPPED = sorted(path.name for path in PLANS.glob("*.yaml"))


def shipped(name: str) -> Plan:
    """One of the plans that come with the program."""
    plan, problems = read_plan((PLANS / name).read_bytes(), name)
    assert plan is not None, problems
    return plan


def case_of(
    draw: random.Random, plan: Plan, length: int, days: int = 20, begin: dt.datetime = BEGIN
) -> Case:
    """A case of that many entries within so many days; most begin with ``discovered``."""
    times = [begin + dt.timedelta(minutes=draw.randrange(1, days * 1440)) for _ in range(length)]
    entries = [_entry(draw, plan, n, at) for n, at in enumerate(times)]
    if draw.random() < 0.9:
        entries.insert(0, {"kind": "discovered", "at": begin})
    log: list[Entry] = []
    for place, fields in enumerate(entries):
        ids = [e.id for e in log if e.id]
        if fields["kind"] in ("received", "done", "adjusted") and ids and draw.random() < 0.4:
            fields["re"] = (draw.choice(ids),)
        if ids and draw.random() < 0.1:
            fields["closes"] = (draw.choice(ids),)
        if fields["kind"] == "amended":
            if not ids:
                continue
            fields["of"] = draw.choice(ids)
        log.append(Entry(id=f"e{place:05d}", place=place, recorded=fields["at"], **fields))
    return Case(id="YQ-20260601-7K3M", title="x", log=tuple(log))


def _entry(draw: random.Random, plan: Plan, number: int, at: dt.datetime) -> dict[str, Any]:
    if draw.random() < 0.2:  # on the hour: limits and entries meet
        at = at.replace(minute=0)
    kind = draw.choices(
        ("act", "graded", "noted", "assigned", "received", "done", "adjusted", "amended", "turn"),
        (40, 10, 10, 5, 5, 4, 8, 3, 8),
    )[0]
    fields: dict[str, Any] = {"at": at, "kind": kind}
    duties = [*plan.duties.values()] or [Duty(id="other", clause="一", does="甲")]
    organs = [*plan.organs, "water", "roads"]
    match kind:
        case "act":
            fields |= _fitting(draw, draw.choice([*_acts(duties)] or [Act(kind="reported")]))
        case "graded":
            name = draw.choice([*plan.scales])
            fields["grades"] = {name: draw.choice(plan.scales[name].levels).id}
            fields["proposed"] = draw.random() < 0.2
        case "noted":
            fields["facts"] = _fact(draw, plan)
        case "assigned" | "received":
            fields["to" if kind == "assigned" else "from_"] = (draw.choice(organs),)
            fields["text"], fields["by"] = f"{number}", draw.choice(organs)
            if draw.random() < 0.7:
                fields["due"] = _due(draw, at)
        case "done":
            fields["duty"] = draw.choice(duties).id
        case "adjusted":
            fields |= _adjusted(draw, draw.choice(duties), at, organs)
        case "amended":
            fields |= {"void": True} if draw.random() < 0.3 else {"set": {"at": _moved(draw, at)}}
        case "turn":
            fields["kind"] = draw.choice(
                ("calmed", "lifted", "relapsed", "closed", "reopened", "concluded", "occurred")
            )
    return fields


def _acts(duties: list[Duty]) -> Iterator[Act]:
    for duty in duties:
        moments: list[Moment | None] = [*duty.done_by, duty.start, duty.until]
        moments += [m for pause in duty.pause for m in (pause.from_, pause.until)]
        moments += [part.start for part in (*duty.limit, *duty.target)]
        yield from (act for m in moments if m is not None for act in acts_in(m))


def _fitting(draw: random.Random, act: Act) -> dict[str, Any]:
    """An entry that the matcher fits, most of the time."""
    fields: dict[str, Any] = {}
    if act.kind in KINDS:
        fields["kind"] = act.kind
    else:
        fields |= {"kind": "event", "event": act.kind}
    for name, wanted in act.fields.items():
        if draw.random() < 0.1 or name in ("proposed", "duty"):
            continue
        own = "from_" if name == "from" else name
        value = draw.choice(wanted)
        fields[own] = (value,) if own in ("to", "from_", "tags") else value
    fields["grades"] = {name: draw.choice(levels) for name, levels in act.grades.items() if levels}
    fields["facts"] = {name: draw.choice(values) for name, values in act.facts.items()}
    return fields


def _fact(draw: random.Random, plan: Plan) -> dict[str, Value]:
    if not plan.facts:
        return {"satisfied": draw.random() < 0.5}
    fact = plan.facts[draw.choice([*plan.facts])]
    values: dict[str, tuple[Value, ...]] = {
        "boolean": (True, False), "choice": fact.of, "text": ("甲", "乙"),
        "integer": (0, 3, 30, 500, *fact.bands),
    }  # fmt: skip
    return {fact.id: draw.choice(values[fact.type])}


def _adjusted(
    draw: random.Random, duty: Duty, at: dt.datetime, organs: list[str]
) -> dict[str, Any]:
    allowed = duty.extension.approved_by if duty.extension else ()
    what = draw.choice(("due", "release", "pause", "resume"))
    return {
        "duty": duty.id,
        "by": draw.choice(allowed or organs),
        "because": "x",
        what: _due(draw, at) if what == "due" else True,
    }


def _due(draw: random.Random, at: dt.datetime) -> dt.datetime | dt.date:
    later = at + dt.timedelta(minutes=draw.randrange(60, 8 * 24 * 60))
    return later.date() if draw.random() < 0.5 else later


def _moved(draw: random.Random, at: dt.datetime) -> dt.datetime:
    return at + dt.timedelta(minutes=draw.randrange(-600, 600))
