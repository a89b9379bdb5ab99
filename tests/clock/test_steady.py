"""Until when an answer holds: what the index keeps of a case, so that nobody counts it again."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from clock.logs import BEGIN, CALENDAR, SHIPPED, case_of, shipped
from clock.scene import Scene, at, log, plan_of, scene
from clock.test_routine import DUTIES, logbook
from yuqing.clock import (
    office_outlook,
    office_standings,
    outlook,
    standings,
)
from yuqing.clock.now import NEVER
from yuqing.span import Calendar

MINUTE = dt.timedelta(minutes=1)
WEEKS = dt.timedelta(days=40)
EACH_PLAN = 12


@pytest.mark.parametrize("name", SHIPPED)
def test_before_it_turns_every_answer_is_the_same(name: str) -> None:
    """Any log under any shipped plan: at every moment before the bound, every field is equal."""
    draw = random.Random(name)
    plan = shipped(name)
    for _ in range(EACH_PLAN):
        case = case_of(draw, plan, draw.randrange(1, 14))
        now = BEGIN + dt.timedelta(minutes=draw.randrange(45 * 24 * 60))
        warn = draw.choice((dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(days=2)))
        found, until = outlook(case, [plan], CALENDAR, now, warn=warn)
        assert until > now
        for then in _moments(draw, now, until):
            assert standings(case, [plan], CALENDAR, then, warn=warn) == found, (now, then)
        book = replace(case, id="LOG-2026-06")
        since = draw.choice((None, BEGIN.date()))
        routine, until = office_outlook([book], [plan], CALENDAR, now, since=since, warn=warn)
        assert until > now
        for then in _moments(draw, now, until):
            again = office_standings([book], [plan], CALENDAR, then, since=since, warn=warn)
            assert again == routine, (now, then)


def _moments(draw: random.Random, now: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """Some moments before the bound, the last one among them."""
    last = min(until - dt.timedelta(microseconds=1), now + WEEKS)
    return [now + (last - now) * draw.random(), last]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns"])
def test_also_where_the_clock_on_the_wall_is_put_back(zone: str) -> None:
    """The hour that comes twice is two hours: no answer skips the second one."""
    draw = random.Random(zone)
    plan = replace(shipped("sf@2022-01.yaml"), timezone=zone)
    begin = dt.datetime(2026, 10, 24, 20, 0, tzinfo=dt.UTC)
    for _ in range(EACH_PLAN):
        case = case_of(draw, plan, 8, 1, begin)
        now = begin + dt.timedelta(minutes=draw.randrange(36 * 60))
        found, until = outlook(case, [plan], CALENDAR, now)
        assert until > now
        for then in _moments(draw, now, until):
            assert standings(case, [plan], CALENDAR, then) == found, (now, then)


HOURS = "d: {clause: 一, does: 報告, to: city, start: discovered, target: 1 hour, limit: 2 hours}"


def _turns(s: Scene, now: str, warn: int = 0) -> dt.datetime:
    warning = dt.timedelta(minutes=warn)
    return outlook(s.case, [s.plan], s.calendar, at(now), warn=warning).until


def test_it_turns_with_the_target_the_warning_and_the_limit() -> None:
    """Exactly at a limit is on time, so the answer turns just behind it."""
    s = scene(HOURS, log("06-01 10:00 discovered"))
    behind = dt.timedelta(microseconds=1)
    assert _turns(s, "06-01 10:00") == at("06-01 11:00") + behind
    assert _turns(s, "06-01 11:01") == at("06-01 12:00") + behind
    assert _turns(s, "06-01 11:01", warn=30) == at("06-01 11:30")
    assert _turns(s, "06-01 12:01") == NEVER


def test_what_is_done_never_turns() -> None:
    """Nothing of a closed case waits for the time to pass."""
    s = scene(HOURS, log("06-01 10:00 discovered", "06-01 10:30 reported to=city"))
    assert _turns(s, "06-01 10:31") == NEVER


def test_the_offices_own_duties_turn_with_their_day() -> None:
    """A day's duty is late from 24:00; a new month moves what is watched."""
    plan = plan_of(DUTIES)
    book = logbook(plan, "06", "06-01 09:00 done duty=daily")
    until = office_outlook([book], [plan], Calendar(), at("06-02 08:00")).until
    assert until - at("06-03 00:00") < MINUTE
