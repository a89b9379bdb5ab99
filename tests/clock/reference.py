"""A second clock, written naively: it walks minute by minute and day by day.

It shares no code with the engine and uses no arithmetic on spans, so that both can only agree
by both being right.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
OPEN, CLOSE = dt.time(8, 30), dt.time(18, 0)


@dataclass(frozen=True)
class Paper:
    """A rule as a person would say it, slot by slot."""

    number: int
    unit: str
    first: str = "excluded"
    ends: str = "24:00"
    roll: str = "none"
    origin: str = "start"
    no_such_day: str = "month_end"
    pause: tuple[dt.datetime, dt.datetime] | None = None


def working(day: dt.date, off: set[dt.date], worked: set[dt.date]) -> bool:
    """By the list: worked days, days off, else Monday to Friday."""
    if day in worked:
        return True
    return day not in off and day.strftime("%a") not in ("Sat", "Sun")


def midnight_after(day: dt.date) -> dt.datetime:
    """24:00 of a day."""
    return dt.datetime.combine(day + DAY, dt.time(0), ZONE)


def end(day: dt.date, ends: str) -> dt.datetime:
    """When that day ends."""
    if ends == "24:00":
        return midnight_after(day)
    clock = CLOSE if ends == "close" else dt.time.fromisoformat(ends)
    return dt.datetime.combine(day, clock, ZONE)


def begin(
    paper: Paper, start: dt.datetime, off: set[dt.date], worked: set[dt.date]
) -> tuple[dt.datetime, dt.date]:
    """Where counting begins, and on which day."""
    if paper.origin == "start":
        return start, start.date()
    if paper.origin in ("next_opening", "office_time"):
        is_open = working(start.date(), off, worked) and OPEN <= start.time() < CLOSE
        if paper.origin == "office_time" and is_open:
            return start, start.date()
        minute = start
        while not (working(minute.date(), off, worked) and minute.time() == OPEN):
            minute += MINUTE
        return minute, minute.date()
    day = start.date()
    while not _is_last(day, paper.origin):
        day += DAY
    return midnight_after(day), day


def _is_last(day: dt.date, origin: str) -> bool:
    after = day + DAY
    if origin == "end_of_day":
        return True
    if origin == "end_of_month":
        return after.day == 1
    if origin == "end_of_quarter":
        return after.day == 1 and after.month in (1, 4, 7, 10)
    return after.day == 1 and after.month == 1


def limit(paper: Paper, start: dt.datetime, off: set[dt.date], worked: set[dt.date]) -> dt.datetime:
    """When the rule's time is over."""
    moment, day = begin(paper, start, off, worked)
    if paper.pause and paper.pause[1] <= moment:
        paper = replace(paper, pause=None)  # over before counting began
    if paper.unit in ("minute", "hour"):
        return _walk_minutes(paper, moment)
    last = _walk_days(paper, day, off, worked)
    if paper.unit == "same_day":
        return end(last, "24:00" if paper.ends == "24:00" else paper.ends)
    if paper.roll != "none" and not working(last, off, worked):
        while not working(last, off, worked):
            last += DAY
        return end(last, paper.ends if paper.roll == "next_working_day" else paper.roll)
    return end(last, paper.ends)


def _walk_minutes(paper: Paper, moment: dt.datetime) -> dt.datetime:
    left = paper.number * (60 if paper.unit == "hour" else 1)
    while left:
        if not (paper.pause and paper.pause[0] <= moment < paper.pause[1]):
            left -= 1
        moment += MINUTE
    return moment


def _paused(paper: Paper, day: dt.date) -> bool:
    return paper.pause is not None and paper.pause[0].date() < day <= paper.pause[1].date()


def _walk_days(paper: Paper, day: dt.date, off: set[dt.date], worked: set[dt.date]) -> dt.date:
    if paper.unit in ("month", "year"):
        return _corresponding(paper, day)
    if paper.unit == "same_day":
        return _with_pause(paper, day, day)
    left = 1 if paper.unit == "next_day" else paper.number * (7 if paper.unit == "week" else 1)
    any_day = paper.unit != "working_day"

    def counts(each: dt.date) -> bool:
        return any_day or working(each, off, worked)

    if paper.first == "included" and paper.unit not in ("same_day", "next_day"):
        while not counts(day) or _paused(paper, day):
            day += DAY
        left -= 1
    while left:
        day += DAY
        if counts(day) and not _paused(paper, day):
            left -= 1
    following = day + DAY  # stopped on its last day, it goes on when the pause is over
    while _paused(paper, following):
        day = following if counts(following) else day
        following += DAY
    return day


def _corresponding(paper: Paper, day: dt.date) -> dt.date:
    wanted, months = day.day, paper.number * (12 if paper.unit == "year" else 1)
    first = day
    while months:
        first += DAY
        if first.day == 1:
            months -= 1
    if first.day == 1 and (first.year, first.month) != (day.year, day.month):
        found = first
        while found.day != wanted and (found + DAY).month == first.month:
            found += DAY
        if found.day != wanted and paper.no_such_day == "next_day":
            found += DAY
    else:
        found = day
    return _with_pause(paper, day, found)


def _with_pause(paper: Paper, day: dt.date, found: dt.date) -> dt.date:
    """As many days later as were paused after ``day``."""
    paused = day
    while paper.pause and paused < paper.pause[1].date():
        paused += DAY
        if _paused(paper, paused):
            found += DAY
    return found
