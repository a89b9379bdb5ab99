"""What an answer costs, in calls and not in seconds: with the case, never with the years."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

import pytest

from clock.logs import BEGIN, CALENDAR, ZONE, case_of, shipped
from clock.scene import plan_of
from yuqing.case import Case, Entry
from yuqing.clock import standings
from yuqing.clock.counting import Point, rule
from yuqing.clock.repeats import asks_calendar, due_times
from yuqing.plan import Plan, Repeat
from yuqing.span import Calendar, NoCalendar, Span, Year

DAY = dt.timedelta(days=1)
TEN_YEARS = 3652 * DAY


def calls(work: Callable[[], object]) -> int:
    """So many functions of this program were entered."""
    count = 0

    def enter(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event == "call" and "yuqing" in frame.f_code.co_filename

    sys.setprofile(enter)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _cost(plan: Plan, case: Case, now: dt.datetime) -> int:
    def look() -> None:
        standings(case, [plan], CALENDAR, now)

    look()  # what follows from the plan alone is worked out once
    return calls(look)


def _case(*entries: Entry) -> Case:
    log = tuple(replace(e, place=n, id=f"e{n:05d}") for n, e in enumerate(entries))
    return Case(id="YQ-20260601-7K3M", title="x", log=log)


@pytest.mark.parametrize("name", ["sf@2022-01.yaml", "jus@1.yaml", "hrs@1.yaml"])
def test_a_longer_log_costs_no_more_than_its_length(name: str) -> None:
    """10, 20, 40, 80 entries, every day the same ten: twice the days, twice the calls at most."""
    plan = shipped(name)
    hours = iter(range(10))
    day = [
        Entry(kind=kind, at=BEGIN + next(hours) * DAY / 24, **fields)
        for kind, fields in (
            ("discovered", {}), ("assigned", {"to": ("water",), "text": "x"}),
            ("reported", {"to": ("office",), "form": "phone"}),
            ("reported", {"to": ("lead-group", "cac"), "form": "written"}),
            ("graded", {"grades": {"level": "I"}}),
            ("received", {"from_": ("cac",), "due": BEGIN + 9 * DAY}),
            ("decided", {"matter": "publish-I", "outcome": "agreed", "by": "lead-group"}),
            ("published", {"signed_as": "集团", "text": "x"}),
            ("noted", {"text": "x"}), ("event", {"event": "development"}),
        )
    ]  # fmt: skip
    costs = []
    for days in (1, 2, 4, 8):
        entries = (replace(e, at=e.at + n * DAY) for n in range(days) for e in day)
        costs.append(_cost(plan, _case(*entries), BEGIN + 30 * DAY))
    for shorter, longer in itertools.pairwise(costs):
        assert longer < 2.1 * shorter, costs


def test_more_duties_cost_no_more_than_their_number() -> None:
    """10, 20, 40, 80 duties of one plan, and a case of fixed length."""
    line = "d{n}: {{clause: 一, does: 報告, to: city, start: {start}, limit: {n} hours}}"
    starts = ("discovered", "{each: development}", "{done: d1}", "accepted", "{overdue: d1}")
    plans = [
        plan_of("\n".join(line.format(n=n + 1, start=starts[n % 5]) for n in range(number)))
        for number in (10, 20, 40, 80)
    ]
    case = case_of(random.Random(2), plans[0], 20)
    costs = [_cost(plan, case, BEGIN + 30 * DAY) for plan in plans]
    for fewer, more in itertools.pairwise(costs):
        assert more < 2.1 * fewer, costs


def test_what_was_not_owed_for_ten_years_costs_nothing() -> None:
    """A daily report of the highest level: the level fell after a day, ten years ago."""
    plan = plan_of(
        "d: {clause: 一, does: 日報, to: city, when: {level: I}, start: discovered, "
        'repeat: {each: day, at: ["07:30", "16:00"]}}'
    )  # fmt: skip
    begun = dt.datetime(2026, 1, 1, 8, 0, tzinfo=ZONE)
    log = (
        Entry(kind="discovered", at=begun),
        Entry(kind="graded", at=begun, grades={"level": "I"}),
        Entry(kind="graded", at=begun + DAY, grades={"level": "III"}),
    )
    case = _case(*log)
    after_a_week, after_ten_years = (
        _cost(plan, case, begun + length) for length in (7 * DAY, TEN_YEARS)
    )
    assert after_ten_years <= after_a_week + 5
    again = _case(*log, Entry(kind="graded", at=begun + TEN_YEARS, grades={"level": "I"}))
    found = standings(again, [plan], CALENDAR, begun + TEN_YEARS + DAY)
    assert [s.duty[2:18] for s in found if s.limit and s.limit > begun + 2 * DAY] == [
        "2036-01-01T16:00", "2036-01-02T07:30", "2036-01-02T16:00",
    ]  # fmt: skip


def test_a_report_finds_its_day_among_ten_years() -> None:
    """Each of the reports looks at the due times around it: twice the years, twice the calls."""
    plan = plan_of("d: {clause: 一, does: 日報, to: city, start: discovered, repeat: {each: day}}")
    begun = dt.datetime(2026, 1, 1, 8, 0, tzinfo=ZONE)
    costs = []
    for days in (50, 100, 200):
        reports = [Entry(kind="reported", at=begun + n * DAY, to=("city",)) for n in range(days)]
        twice = [Entry(kind="reported", at=e.at + DAY / 24, to=("city",)) for e in reports]
        log = sorted([*reports, *twice], key=lambda e: e.at)
        case = _case(Entry(kind="discovered", at=begun), *log)
        costs.append(_cost(plan, case, begun + days * DAY))
    for shorter, longer in itertools.pairwise(costs):
        assert longer < 2.2 * shorter, costs


def test_many_working_days_are_counted_by_whole_years() -> None:
    """The very day that counting them one by one gives, for the cost of a look at each year."""
    draw = random.Random(7)
    every = [dt.date(2026, 1, 1) + n * DAY for n in range(3652)]
    off = frozenset(draw.sample(every, 200))
    calendar = Calendar({y: Year(year=y, off=off) for y in range(2026, 2036)})
    working = [day for day in every if calendar.is_working(day)]
    for _ in range(200):
        day, count = draw.choice(every[:1800]), draw.randrange(1, 1000)
        assert calendar.working_after(day, count) == [d for d in working if d > day][count - 1]
    assert calls(lambda: calendar.working_after(every[0], 2000)) < 50
    with pytest.raises(NoCalendar) as missing:
        calendar.working_after(every[-1], 100)
    assert missing.value.year == 2036


REPEATS = [
    Repeat(each="day"),
    Repeat(each="week", by="friday", not_before="monday"),
    Repeat(each="month", by=5),
    Repeat(each="quarter", not_before=3),
    Repeat(each="half_year"),
    Repeat(each="year", by="03-31"),
    Repeat(every=Span(5, "natural_day")),
    Repeat(every=Span(7, "hour")),
    Repeat(every=Span(2, "week")),
    Repeat(every=Span(1, "month")),
    Repeat(every=Span(1, "year")),
]


@pytest.mark.parametrize("repeat", REPEATS, ids=repr)
def test_the_due_times_from_a_moment_on_are_found_and_not_gone_through(repeat: Repeat) -> None:
    """The very ones that going through them all would give, for less than a hundred calls."""
    how = rule(plan_of("d: {clause: 一, does: 甲, start: discovered, limit: 1 hour}"), Calendar())
    assert not asks_calendar(repeat, how)
    draw = random.Random(repr(repeat))
    for _ in range(20):
        begin = BEGIN.astimezone(how.zone) + dt.timedelta(minutes=draw.randrange(60 * 24 * 400))
        start = Point(begin, begin.date())
        since = begin + draw.random() * TEN_YEARS / 10
        every = due_times(repeat, start, None, how)
        wanted = [*itertools.islice((due for due in every if due.at >= since), 3)]
        assert [*itertools.islice(due_times(repeat, start, None, how, since), 3)] == wanted

    def first(since: dt.datetime) -> object:
        return next(due_times(repeat, start, None, how, since))

    assert calls(lambda: first(begin + TEN_YEARS)) < 100
