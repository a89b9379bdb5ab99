"""From a start and a span to the moment a limit falls on (plan format, 3.3, 4.1 and 5.1-6).

Days are days of the plan's zone. 24:00 is kept as 00:00 of the next day, so a moment that a
day's end gave carries the day it belongs to (:class:`Point`): what counts from there counts
from that day.
"""

from __future__ import annotations

import calendar as months
import datetime as dt
from dataclasses import dataclass
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from yuqing.plan import Counting, DuePart, End, OfficeHours, Plan, Roll
from yuqing.span import Calendar, Span

_DAY = dt.timedelta(days=1)


class Point(NamedTuple):
    """A moment, and the day it belongs to (24:00 belongs to the day it ends)."""

    at: dt.datetime
    day: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one Due counts: the plan's ``counting`` with the Due's own overrides."""

    days: Literal["natural", "working"]
    first_day: Literal["excluded", "included"]
    ends: End
    same_day_ends: End
    roll: Roll
    roll_hours: bool
    """Hours roll only if their own Due says so."""
    roll_at: dt.time | None
    no_such_day: Literal["month_end", "next_day"]
    before_date: Literal["that_day_counts", "day_before"]
    zone: ZoneInfo
    hours: OfficeHours | None
    calendar: Calendar


def rule(plan: Plan, calendar: Calendar, part: DuePart | None = None) -> Rule:
    """The counting of ``plan``, overridden by what ``part`` says for itself."""
    base: Counting = plan.counting
    own = part or DuePart()
    return Rule(
        days=base.days or "natural",
        first_day=own.first_day or base.first_day,
        ends=own.ends or base.ends,
        same_day_ends=own.ends or "24:00",
        roll=own.roll or base.roll,
        roll_hours=own.roll == "next_working_day",
        roll_at=own.roll_at or base.roll_at,
        no_such_day=base.no_such_day,
        before_date=base.before_date,
        zone=ZoneInfo(plan.timezone),
        hours=plan.office_hours,
        calendar=calendar,
    )


def point(at: dt.datetime, zone: ZoneInfo) -> Point:
    """A moment as it happened: 00:00 is the beginning of its own day."""
    local = at.astimezone(zone)
    return Point(local, local.date())


def limit_point(at: dt.datetime, zone: ZoneInfo) -> Point:
    """A moment that is a limit: 00:00 is 24:00 of the day before."""
    local = at.astimezone(zone)
    midnight = local.time() == dt.time(0)
    return Point(local, local.date() - _DAY if midnight else local.date())


# --- office hours ----------------------------------------------------------------------


def office_hours(day: dt.date, how: Rule) -> tuple[dt.time, dt.time]:
    """Opening and closing on ``day``: the calendar's season, else the plan's hours."""
    year = how.calendar.years.get(day.year)
    for season in year.hours if year else ():
        if season.start <= day <= season.end:
            return season.open, season.close
    if how.hours is None:
        raise ValueError("office_hours")  # the reader has refused such a plan
    return how.hours.open, how.hours.close


def end_of(day: dt.date, end: End, how: Rule) -> dt.datetime:
    """The moment ``day`` ends: 24:00, close of office, or a time of day."""
    if end == "24:00":
        return dt.datetime.combine(day + _DAY, dt.time(0), how.zone)
    clock = office_hours(day, how)[1] if end == "close" else end
    assert isinstance(clock, dt.time)
    return dt.datetime.combine(day, clock, how.zone)


def _next_working(day: dt.date, how: Rule) -> dt.date:
    """``day`` itself if it is a working day, else the next one."""
    while not how.calendar.is_working(day):
        day += _DAY
    return day


def _next_opening(start: Point, how: Rule) -> Point:
    day = _next_working(start.at.date(), how)
    opening = dt.datetime.combine(day, office_hours(day, how)[0], how.zone)
    if opening < start.at:
        day = _next_working(day + _DAY, how)
        opening = dt.datetime.combine(day, office_hours(day, how)[0], how.zone)
    return Point(opening, day)


def _office_time(start: Point, how: Rule) -> Point:
    day = start.at.date()
    if how.calendar.is_working(day):
        opens, closes = office_hours(day, how)
        if opens <= start.at.time() < closes:
            return start
    return _next_opening(start, how)


def _end_of_period(day: dt.date, months_in_period: int) -> dt.date:
    last = ((day.month - 1) // months_in_period + 1) * months_in_period
    return dt.date(day.year, last, months.monthrange(day.year, last)[1])


def anchor(part: DuePart, start: Point, how: Rule) -> Point:
    """Where counting begins: the start, or what ``from`` makes of it."""
    match part.from_:
        case None:
            return start
        case "next_opening":
            return _next_opening(start, how)
        case "office_time":
            return _office_time(start, how)
        case "end_of_day":
            day = start.day
        case "end_of_month":
            day = _end_of_period(start.day, 1)
        case "end_of_quarter":
            day = _end_of_period(start.day, 3)
        case "end_of_year":
            day = _end_of_period(start.day, 12)
    return Point(end_of(day, "24:00", how), day)


# --- spans -----------------------------------------------------------------------------


def kind_of_day(span: Span, how: Rule) -> Literal["natural", "working"]:
    """Which days the span counts; weeks and months count natural ones."""
    if span.unit == "working_day" or (span.unit == "day" and how.days == "working"):
        return "working"
    return "natural"


def days_between(first: dt.date, last: dt.date, kind: str, how: Rule) -> int:
    """Days of that kind after ``first``, up to and with ``last``."""
    if kind == "natural":
        return max((last - first).days, 0)
    count = 0
    day = first + _DAY
    while day <= last:
        count += how.calendar.is_working(day)
        day += _DAY
    return count


def _add_months(day: dt.date, count: int, how: Rule) -> dt.date:
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    last = months.monthrange(year, month + 1)[1]
    if day.day <= last:
        return dt.date(year, month + 1, day.day)
    end = dt.date(year, month + 1, last)
    return end if how.no_such_day == "month_end" else end + _DAY


def last_day(span: Span, day: dt.date, how: Rule, more: int = 0) -> dt.date:
    """The last day of a span of days that starts on ``day``, before any rolling.

    ``more``: days of the span's own kind to add (pauses).
    """
    if span.unit in ("month", "year"):
        corresponding = _add_months(day, span.count * (12 if span.unit == "year" else 1), how)
        return corresponding + more * _DAY
    if span.unit in ("same_day", "next_day"):
        return day + (span.count + more) * _DAY
    count = span.count * (7 if span.unit == "week" else 1) + more
    included = how.first_day == "included"
    if kind_of_day(span, how) == "natural":
        return day + (count - included) * _DAY
    if included:
        day = _next_working(day, how)
        count -= 1
    return how.calendar.working_after(day, count)


def close_day(day: dt.date, span: Span, how: Rule) -> dt.datetime:
    """The limit on the last day: rolled off a day off if the plan says so, then its end."""
    if span.unit == "same_day":
        return end_of(day, how.same_day_ends, how)
    if how.roll == "next_working_day" and not how.calendar.is_working(day):
        return end_of(_next_working(day, how), how.roll_at or how.ends, how)
    return end_of(day, how.ends, how)


def elapse(at: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """Real elapsed time, also across a change to or from summer time."""
    return (at.astimezone(dt.UTC) + length).astimezone(at.tzinfo)


def count(
    span: Span,
    start: Point,
    how: Rule,
    *,
    more_days: int = 0,
    more_time: dt.timedelta = dt.timedelta(0),
) -> dt.datetime:
    """The moment at which ``span`` from ``start`` is over.

    Raises :class:`yuqing.span.NoCalendar` when it needs a year that no calendar has.
    """
    if not span.by_clock:
        return close_day(last_day(span, start.day, how, more_days), span, how)
    at = elapse(start.at, span.elapsed() + more_time)
    if how.roll_hours:
        day = limit_point(at, how.zone).day
        if not how.calendar.is_working(day):
            return end_of(_next_working(day, how), how.roll_at or how.ends, how)
    return at


def on_date(day: dt.date, ends: End, how: Rule) -> dt.datetime:
    """The limit that a bare date is (「X日前」): its end, or the end of the day before."""
    if how.before_date == "day_before":
        day -= _DAY
    return end_of(day, ends, how)


def by_due(due: dt.datetime | dt.date, how: Rule) -> dt.datetime:
    """The limit that an entry's ``due`` is: the time itself, or 24:00 of its date."""
    if isinstance(due, dt.datetime):
        return due.astimezone(how.zone)
    return on_date(due, how.same_day_ends, how)
