"""The engine against a naive second clock, on thousands of random rules."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter
from dataclasses import replace
from typing import Literal, get_args

import pytest

from clock.reference import CLOSE as CLOSING
from clock.reference import DAY, OPEN, ZONE, Paper, limit
from yuqing.case import Case
from yuqing.clock import world_of
from yuqing.clock.clocks import Opening
from yuqing.clock.counting import Point
from yuqing.clock.limits import Stop, deadline
from yuqing.clock.moments import Occurrence
from yuqing.notation import End
from yuqing.plan import Counting, DuePart, Duty, OfficeHours, Plan
from yuqing.plan.shapes import FirstDay, From
from yuqing.span import Calendar, Span, Unit, Year

UNITS = {
    "minute": 240, "hour": 12, "natural_day": 9, "working_day": 9, "week": 3, "month": 4,
    "year": 1, "same_day": 0, "next_day": 1,
}  # fmt: skip
SLOTS: dict[str, tuple[str, ...]] = {
    "unit": tuple(UNITS),
    "first": ("excluded", "included"),
    "ends": ("24:00", "close", "12:00"),
    "roll": ("none", "next_working_day", "11:00"),
    "origin": ("start", "next_opening", "office_time", "end_of_day", "end_of_month",
               "end_of_quarter", "end_of_year"),
    "no_such_day": ("month_end", "next_day"),
    "pause": ("none", "paused"),
    "combine": ("alone", "earlier_of", "later_of"),
}  # fmt: skip
EACH_PAIR = 200


def _calendar(draw: random.Random) -> tuple[Calendar, set[dt.date], set[dt.date]]:
    every = [dt.date(2026, 1, 1) + n * DAY for n in range(1096)]
    off = set(draw.sample(every, 60))
    worked = {d for d in draw.sample(every, 40) if d.weekday() > 4} - off
    years = {
        y: Year(year=y, off=frozenset(off), worked=frozenset(worked)) for y in range(2026, 2031)
    }
    return Calendar(years), off, worked


def _paper(draw: random.Random, chosen: dict[str, str], start: dt.datetime) -> Paper:
    unit = chosen["unit"]
    number = draw.randint(1, UNITS[unit]) if UNITS[unit] else 0
    if unit in ("minute", "hour") and chosen["pause"] == "paused":
        number = max(number, 2)
    pause = None
    if chosen["pause"] == "paused" and unit not in ("same_day", "next_day"):
        begin = start + dt.timedelta(minutes=1 if unit in ("minute", "hour") else 0)
        pause = (begin, begin + dt.timedelta(minutes=draw.randint(1, 60 * 24 * 3)))
    return Paper(
        number=number, unit=unit, first=chosen["first"], ends=chosen["ends"],
        roll=chosen["roll"], origin=chosen["origin"], no_such_day=chosen["no_such_day"],
        pause=pause,
    )  # fmt: skip


# the words of a paper rule as those of a plan
_UNITS: dict[str, Unit] = {each: each for each in get_args(Unit)}
_ORIGINS: dict[str, From | None] = {"start": None, **{each: each for each in get_args(From)}}
_FIRST_DAYS: dict[str, FirstDay] = {each: each for each in get_args(FirstDay)}
_ENDS: dict[str, End] = {"12:00": dt.time(12), "24:00": "24:00", "close": "close"}
_NO_SUCH_DAYS: dict[str, Literal["month_end", "next_day"]] = {
    "month_end": "month_end", "next_day": "next_day",
}  # fmt: skip


def _part(paper: Paper) -> DuePart:
    hours = paper.unit in ("minute", "hour")
    return DuePart(
        span=Span(paper.number, _UNITS[paper.unit]),
        from_=_ORIGINS[paper.origin],
        first_day=_FIRST_DAYS[paper.first],
        ends=_ENDS[paper.ends],
        roll=None if hours or paper.roll == "none" else "next_working_day",
        roll_at=dt.time(11) if paper.roll == "11:00" else None,
    )


def _engine(
    parts: list[Paper], combine: str, start: dt.datetime, calendar: Calendar
) -> dt.datetime:
    plan = Plan(
        id="t", title="t", issuer="t", version="1", office_hours=OfficeHours(OPEN, CLOSING),
        counting=Counting(no_such_day=_NO_SUCH_DAYS[parts[0].no_such_day]),
    )  # fmt: skip
    made = [_part(p) for p in parts]
    due = made[0]
    if combine == "earlier_of":
        due = DuePart(earlier_of=tuple(made))
    elif combine == "later_of":
        due = DuePart(later_of=tuple(made))
    duty = Duty(id="d", clause="一", does="甲", limit=(due,))
    plan = replace(plan, duties={"d": duty})
    world = world_of(Case(id="YQ-20260101-AAAA", title="t"), plan, calendar, start)
    begun = Occurrence(point=Point(start, start.date()))
    opening = Opening(world.terms.of("d"), rnd=world.rounds[0], start=begun, base=begun)
    pause = parts[0].pause
    stops = [Stop(*(Point(t, t.date()) for t in pause))] if pause else []
    found = deadline(due, opening, world, None, stops)
    assert found is not None
    return found.at


@pytest.mark.slow
def test_the_engine_agrees_with_a_clock_that_walks() -> None:
    """Every pair of primitives at least 200 times; every limit equal to the minute."""
    draw = random.Random(20260601)
    seen: Counter[tuple[str, str, str, str]] = Counter()
    need = [
        (a, x, b, y)
        for a, b in itertools.combinations(SLOTS, 2)
        for x in SLOTS[a]
        for y in SLOTS[b]
    ]
    calendar, off, worked = _calendar(draw)
    while need:
        a, x, b, y = need[-1]
        if seen[a, x, b, y] >= EACH_PAIR:
            need.pop()
            continue
        chosen = {slot: draw.choice(values) for slot, values in SLOTS.items()} | {a: x, b: y}
        start = dt.datetime(2026, 1, 1, tzinfo=ZONE) + dt.timedelta(
            minutes=draw.randrange(60 * 24 * 700)
        )
        papers = [_paper(draw, chosen, start)]
        if chosen["combine"] != "alone":
            other = chosen | {"unit": draw.choice(SLOTS["unit"]), "pause": "none"}
            second = _paper(draw, other, start)
            papers.append(Paper(**{**vars(second), "pause": papers[0].pause}))
            if papers[0].pause and {p.unit in ("minute", "hour") for p in papers} == {True, False}:
                continue  # a pause drawn for hours may lie behind the end of the other
        bare = [limit(replace(p, pause=None), start, off, worked) for p in papers]
        if papers[0].pause and papers[0].pause[0] > min(bare):
            continue  # begun after expiry: no effect
        pick = max if chosen["combine"] == "later_of" else min
        expected = pick(limit(p, start, off, worked) for p in papers)
        got = _engine(papers, chosen["combine"], start, calendar)
        assert got == expected, "\n".join(map(str, [*papers, chosen["combine"], start]))
        for one, two in itertools.combinations(SLOTS, 2):
            seen[one, chosen[one], two, chosen[two]] += 1
    drawn = sum(n for (s, _, t, _), n in seen.items() if (s, t) == ("unit", "first"))
    print(f"\n{drawn} random rules, every pair of primitives at least {EACH_PAIR} times")
    assert min(seen.values()) >= EACH_PAIR
