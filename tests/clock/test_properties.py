"""What must always hold, whatever an officer wrote."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqing.case import Case, Entry
from yuqing.clock import Standing, standings
from yuqing.plan import Plan
from yuqing.read.plan import read_plan
from yuqing.span import Calendar, Year

PLANS = Path(__file__).parents[2] / "templates" / "plans"
ZONE = dt.timezone(dt.timedelta(hours=8))
BEGIN = dt.datetime(2026, 6, 1, 8, 0, tzinfo=ZONE)
CALENDAR = Calendar({2026: Year(year=2026)})
BADNESS = {
    "waiting": 0, "paused": 0, "running": 1, "open": 1, "due_soon": 2, "past_local_target": 2,
    "past_target": 2, "overdue": 3,
}  # fmt: skip
"""With nothing new in the log, time alone only moves a clock down this list."""


def _plan(name: str) -> Plan:
    plan, problems = read_plan((PLANS / name).read_bytes(), name)
    assert plan is not None, problems
    return plan


SF = _plan("sf@2022-01.yaml")
JUS = _plan("jus@1.yaml")
ACTS: tuple[Entry, ...] = (
    Entry(kind="discovered", at=BEGIN),
    Entry(kind="occurred", at=BEGIN),
    Entry(kind="graded", at=BEGIN, grades={"level": "I"}),
    Entry(kind="graded", at=BEGIN, grades={"level": "III"}),
    Entry(kind="graded", at=BEGIN, grades={"level": "II"}, proposed=True),
    Entry(kind="graded", at=BEGIN, grades={"truth": "untrue"}),
    Entry(kind="noted", at=BEGIN, facts={"sudden_event": True}),
    Entry(kind="noted", at=BEGIN, facts={"platforms": 3}),
    Entry(kind="reported", at=BEGIN, to=("lead-group",), form="phone"),
    Entry(kind="reported", at=BEGIN, to=("cac", "publicity")),
    Entry(kind="reported", at=BEGIN, to=("office",), form="written"),
    Entry(kind="published", at=BEGIN, signed_as="集团", text="x"),
    Entry(kind="received", at=BEGIN, from_=("cac",), document="prompt"),
    Entry(kind="received", at=BEGIN, from_=("cac",), due=BEGIN + dt.timedelta(hours=20)),
    Entry(kind="assigned", at=BEGIN, to=("water",), text="x", due=dt.date(2026, 6, 4)),
    Entry(kind="calmed", at=BEGIN, because="x"),
    Entry(kind="relapsed", at=BEGIN),
    Entry(kind="closed", at=BEGIN),
)
LOGS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 4000)), min_size=1, max_size=9)


def _case(drawn: list[tuple[Entry, int]]) -> Case:
    log = tuple(
        replace(act, at=BEGIN + dt.timedelta(minutes=minutes), id=f"e{n:05d}", place=n)
        for n, (act, minutes) in enumerate(drawn)
    )
    return Case(id="YQ-20260601-7K3M", title="x", log=log)


def _by_clock(found: tuple[Standing, ...]) -> dict[object, Standing]:
    return {(s.plan, s.duty, s.round, s.for_, s.started_by): s for s in found}


@pytest.mark.parametrize("plan", [SF, JUS], ids=["sf", "jus"])
@settings(max_examples=60)
@given(drawn=LOGS, later=st.lists(st.integers(1, 6000), min_size=1, max_size=4))
def test_time_only_worsens_a_standing(
    plan: Plan, drawn: list[tuple[Entry, int]], later: list[int]
) -> None:
    """With the same record a clock never looks better later, and never disappears."""
    case = _case(drawn)
    now = max(e.at for e in case.log)
    before = _by_clock(standings(case, [plan], CALENDAR, now))
    for minutes in later:
        now += dt.timedelta(minutes=minutes)
        after = _by_clock(standings(case, [plan], CALENDAR, now))
        assert before.keys() <= after.keys()
        for key, old in before.items():
            new = after[key]
            if old.over:
                assert new.state == old.state
            else:
                assert BADNESS[new.state] >= BADNESS[old.state], (old.duty, old.state, new.state)
        before = after


@settings(max_examples=60)
@given(drawn=LOGS, hours=st.integers(-11, 11))
def test_the_zone_a_time_is_written_in_does_not_matter(
    drawn: list[tuple[Entry, int]], hours: int
) -> None:
    """08:00+08:00 and 00:00+00:00 are one moment: every answer is the same."""
    case = _case(drawn)
    zone = dt.timezone(dt.timedelta(hours=hours))
    moved = replace(case, log=tuple(replace(e, at=e.at.astimezone(zone)) for e in case.log))
    now = BEGIN + dt.timedelta(days=3)
    assert standings(moved, [SF], CALENDAR, now) == standings(case, [SF], CALENDAR, now)


@settings(max_examples=60)
@given(drawn=LOGS)
def test_several_plans_give_all_duties_of_all(drawn: list[tuple[Entry, int]]) -> None:
    """A case under two plans owes what it owes under each, every item listed once."""
    case = _case(drawn)
    now = BEGIN + dt.timedelta(days=2)
    alone = [s for plan in (SF, JUS) for s in standings(case, [plan], CALENDAR, now)]
    both = standings(case, [SF, JUS], CALENDAR, now)
    assert {(s.plan, s.duty, s.round) for s in both if not s.item} == {
        (s.plan, s.duty, s.round) for s in alone if not s.item
    }
    items = [s.duty for s in both if s.item]
    assert len(items) == len(set(items))
    assert {s.plan for s in both if not s.over} <= {"sf", "jus"}
