"""The office's own duties: no start, no case; kept in monthly logbooks."""

from __future__ import annotations

import datetime as dt
import textwrap

from clock.scene import at, log, plan_of
from yuqing.case import Case
from yuqing.clock import Standing, office_standings
from yuqing.plan import Plan
from yuqing.read.case import read_case
from yuqing.span import Calendar
from yuqing.words import say

DUTIES = """
daily: {clause: 一, does: 每日瀏覽, repeat: {each: day}}
look:  {clause: 一, does: 每日三看, repeat: {each: day, times: 3}}
month: {clause: 二, does: 月報, to: city, repeat: {each: month, by: 5}, done_by: {kind: reported, document: draft}}
form:  {clause: 三, does: 分析形勢, limit: {word: 定期}}
named: {clause: 四, does: 確定一名信息員, limit: {date: 2026-06-10}}
"""


def logbook(plan: Plan, month: str, *lines: str) -> Case:
    """A logbook of 2026 with these entries."""
    entries = textwrap.indent(log(*lines), "  ")
    text = f"""
yuqing: 1
id: LOG-2026-{month}
title: LOG-2026-{month}
plans:
  - {{id: t, version: "1", digest: {plan.digest}}}
log:
{entries}
"""
    case, problems = read_case(text.encode(), f"LOG-2026-{month}.yaml", lambda _pin: plan, {})
    assert case is not None, [say(p.said, "en") for p in problems]
    return case


def stand(books: list[Case], plan: Plan, now: str, since: str = "06-01") -> list[Standing]:
    """Standings of the office's own duties at ``now``."""
    day = dt.date.fromisoformat(f"2026-{since}")
    return list(office_standings(books, [plan], Calendar(), at(now), since=day))


def states(found: list[Standing], duty: str) -> list[tuple[str, str]]:
    """(due time, state) of the due times of one duty, oldest first."""
    mine = [s for s in found if s.duty.partition("@")[0] == duty]
    return sorted((s.limit.strftime("%m-%d %H:%M") if s.limit else "", s.state) for s in mine)


def test_a_daily_duty_not_ticked_off_is_overdue_the_next_day() -> None:
    """Every day by 24:00; each day that nobody ticked stays overdue by itself."""
    plan = plan_of(DUTIES)
    book = logbook(plan, "06", "06-01 09:00 done duty=daily", "06-03 14:00 done duty=daily")
    found = stand([book], plan, "06-04 08:00")
    assert states(found, "daily") == [
        ("06-02 00:00", "met"), ("06-03 00:00", "overdue"), ("06-04 00:00", "met"),
        ("06-05 00:00", "running"),
    ]  # fmt: skip


def test_a_tick_in_the_small_hours_is_late_for_the_day_before() -> None:
    """The nearest due time still open; naming another with ``@`` puts it there."""
    plan = plan_of(DUTIES)
    lines = ("06-01 09:00 done duty=daily", "06-03 00:10 done duty=daily")
    found = stand([logbook(plan, "06", *lines)], plan, "06-03 08:00")
    assert states(found, "daily")[1] == ("06-03 00:00", "met_late")
    named = "06-03 00:10 done duty=daily@2026-06-04T00:00+08:00"
    found = stand([logbook(plan, "06", lines[0], named)], plan, "06-03 08:00")
    assert states(found, "daily")[1:3] == [("06-03 00:00", "overdue"), ("06-04 00:00", "met")]


def test_three_looks_a_day() -> None:
    """Two of three are not enough."""
    plan = plan_of(DUTIES)
    ticks = [f"06-01 {h}:00 done duty=look" for h in ("08", "12", "17")]
    book = logbook(plan, "06", *ticks, "06-02 08:00 done duty=look", "06-02 12:00 done duty=look")
    found = stand([book], plan, "06-03 00:01")
    assert states(found, "look")[:2] == [("06-02 00:00", "met"), ("06-03 00:00", "overdue")]


def test_a_new_office_owes_nothing_for_the_time_before_it_began() -> None:
    """Watched from the day the office began: an empty office has nothing overdue."""
    plan = plan_of(DUTIES)
    found = stand([], plan, "06-15 08:00", since="06-15")
    assert {s.state for s in found} == {"running", "open"}
    assert "named" not in {s.duty for s in found}  # its date had passed before


def test_a_word_without_figure_stands_open_until_it_is_ticked() -> None:
    """「定期」 is open, never overdue; a tick meets it."""
    plan = plan_of(DUTIES)
    assert states(stand([], plan, "06-02 00:00"), "form") == [("", "open")]
    book = logbook(plan, "06", "06-02 09:00 done duty=form")
    assert states(stand([book], plan, "06-02 10:00"), "form") == [("", "met")]


def test_a_dated_duty_is_met_by_an_entry_in_any_logbook() -> None:
    """By 10 June: done in May counts, undone is overdue on the 11th."""
    plan = plan_of(DUTIES)
    assert states(stand([], plan, "06-11 00:01"), "named") == [("06-11 00:00", "overdue")]
    may = logbook(plan, "05", "05-20 09:00 done duty=named")
    assert states(stand([may], plan, "06-11 00:01", since="05-01"), "named")[0][1] == "met"


def test_a_monthly_report_is_for_the_nearest_due_time() -> None:
    """On the 7th: late for the 5th, not early for next month."""
    plan = plan_of(DUTIES)
    book = logbook(plan, "06", "06-07 09:00 reported to=city document=draft")
    assert states(stand([book], plan, "06-08 00:00"), "month")[0] == ("06-06 00:00", "met_late")
