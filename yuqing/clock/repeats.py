"""The due times of a repeated duty (plan format, 4.5, 5.20 to 5.22)."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from yuqing.clock.counting import Point, Rule, count, end_of, kind_of_day
from yuqing.plan import End, PeriodDay, Repeat
from yuqing.span import Span

_DAY = dt.timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AT_MOST_DAYS = {"week": 7, "month": 31, "year": 366}
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class DueTime(NamedTuple):
    """One due time, and from when on an act is for it."""

    at: dt.datetime
    earliest: dt.datetime
    day: dt.date


def due_times(
    repeat: Repeat,
    start: Point,
    until: dt.datetime | None,
    how: Rule,
    since: dt.datetime | None = None,
) -> Iterator[DueTime]:
    """Due times after ``start`` and before ``until``, without end if there is none.

    ``since``: only those at or after it; the ones before are not gone through, so where
    :func:`asks_calendar` holds it may not be given. A due time that equals the start, or at
    which ``until`` happens, is not owed. Raises :class:`yuqing.span.NoCalendar` where
    ``during`` needs a missing year.
    """
    for due in _all(repeat, start, how, since or start.at):
        if until is not None and due.at >= until:
            return
        if due.at > start.at and (since is None or due.at >= since):
            yield due._replace(earliest=max(due.earliest, start.at))


def asks_calendar(repeat: Repeat, how: Rule) -> bool:
    """Is a due time only known by the days off of the years before it?"""
    if repeat.during is not None:
        return True
    every = repeat.every
    return every is not None and (kind_of_day(every, how) == "working" or how.roll != "none")


def _all(repeat: Repeat, start: Point, how: Rule, since: dt.datetime) -> Iterator[DueTime]:
    """Every due time from ``since`` on, and perhaps a few before it."""
    if repeat.every is not None:
        yield from _every(repeat.every, start, how, since)
    elif repeat.each == "day":
        yield from _days(repeat, start, how, since.astimezone(how.zone).date())
    else:
        yield from _periods(repeat, start, how, since.astimezone(how.zone).date())


def _surely_before(every: Span, start: Point, since: dt.datetime) -> int:
    """So many times the span lie before ``since``, if not more."""
    if every.by_clock:
        return (since - start.at) // every.elapsed()
    return ((since - start.at).days - 1) // (every.count * _AT_MOST_DAYS.get(every.unit, 1)) - 1


def _every(every: Span, start: Point, how: Rule, since: dt.datetime) -> Iterator[DueTime]:
    def at_number(n: int) -> dt.datetime:
        return count(replace(every, count=every.count * n), start, how)

    n = max(_surely_before(every, start, since), 1)
    before = at_number(n - 1) if n > 1 else start.at
    while True:
        at = at_number(n)
        day = at.date() if at.time() != dt.time(0) else at.date() - _DAY
        yield DueTime(at, before, day)
        before, n = at, n + 1


def _moment(day: dt.date, time: End, how: Rule) -> dt.datetime:
    return end_of(day, time, how)


def _days(repeat: Repeat, start: Point, how: Rule, since: dt.date) -> Iterator[DueTime]:
    # a day before the first that may hold one: what an act is for begins at the one before
    day = max(start.day - _DAY, since - 2 * _DAY)
    before = dt.datetime.combine(day, dt.time(0), how.zone)
    while True:
        if repeat.during is None or how.calendar.in_period(day, repeat.during):
            for due in _one_day(repeat, day, before, how):
                yield due
                before = due.at
        day += _DAY


def _one_day(repeat: Repeat, day: dt.date, before: dt.datetime, how: Rule) -> Iterator[DueTime]:
    midnight = dt.datetime.combine(day, dt.time(0), how.zone)
    if repeat.at:
        # the hour of closing moves with the season: before another of the list, or onto it
        times = {_moment(day, each.time, how): each for each in reversed(repeat.at)}
        for at, each in sorted(times.items(), key=lambda pair: pair[0]):
            earliest = before if each.data_to is None else _data_to(day, each.data_to, at, how)
            yield DueTime(at, earliest, day)
            before = at
    elif repeat.between is not None:
        opens, closes = repeat.between
        yield DueTime(_moment(day, closes, how), _moment(day, opens, how), day)
    else:
        yield DueTime(_moment(day, "24:00", how), midnight, day)


def _data_to(day: dt.date, data_to: End, due: dt.datetime, how: Rule) -> dt.datetime:
    """The last such time of day before the due time (24:00: the midnight before)."""
    at = _moment(day, data_to, how)
    return at if at < due else _moment(day - _DAY, data_to, how)


def _periods(repeat: Repeat, start: Point, how: Rule, since: dt.date) -> Iterator[DueTime]:
    current = _first_of_period(repeat, since - _DAY)
    before = _first_of_period(repeat, current - _DAY)
    first = max(_first_of_period(repeat, start.day), before)
    opens = dt.datetime.combine(first, dt.time(0), how.zone)
    while True:
        after = _next_period(repeat, first)
        day = _day_in(repeat.by, first, after, after - _DAY)
        if repeat.not_before is not None:
            earliest = _day_in(repeat.not_before, first, after, first)
            opens = dt.datetime.combine(earliest, dt.time(0), how.zone)
        if repeat.during is None or how.calendar.in_period(day, repeat.during):
            due = end_of(day, how.ends, how)
            yield DueTime(due, opens, day)
            opens = due
        first = after


def _first_of_period(repeat: Repeat, day: dt.date) -> dt.date:
    if repeat.each == "week":
        return day - day.weekday() * _DAY
    size = _MONTHS[repeat.each or "month"]
    return dt.date(day.year, (day.month - 1) // size * size + 1, 1)


def _next_period(repeat: Repeat, first: dt.date) -> dt.date:
    if repeat.each == "week":
        return first + 7 * _DAY
    index = first.year * 12 + first.month - 1 + _MONTHS[repeat.each or "month"]
    return dt.date(index // 12, index % 12 + 1, 1)


def _day_in(
    wanted: PeriodDay | None, first: dt.date, after: dt.date, otherwise: dt.date
) -> dt.date:
    """The day of the period that ``by`` or ``not_before`` names.

    A day of the month is one of the period's last month; a date that the period does not
    hold, and a day that the month lacks, is its last day.
    """
    last = after - _DAY
    if wanted is None:
        return otherwise
    if isinstance(wanted, int):
        longest = months.monthrange(last.year, last.month)[1]
        return dt.date(last.year, last.month, min(wanted, longest))
    if wanted in _WEEKDAYS:
        day = last
        while day.weekday() != _WEEKDAYS.index(wanted):
            day -= _DAY
        return day
    month, number = (int(part) for part in wanted.split("-"))
    longest = months.monthrange(first.year, month)[1]
    day = dt.date(first.year, month, min(number, longest))
    return day if first <= day <= last else last
