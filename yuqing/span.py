"""Lengths of time as plans write them (``2 hours``, ``三日内``, ``當日``), and calendars.

Only what a text says and what a day is; which moment a limit falls on is ``clock``'s work.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Literal

from yuqing.notation import Clock, Day, OneOrMany, Reads, Record, Text, Whole, says, told

Unit = Literal[
    "minute", "hour", "day", "natural_day", "working_day", "week", "month", "year",
    "same_day", "next_day",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """One number, one unit. ``day`` is what the plan's ``counting.days`` makes of it.

    Half an hour is 30 minutes; ``same_day`` (當日) counts 0, ``next_day`` (次日) counts 1.
    """

    count: int
    unit: Unit

    @property
    def by_clock(self) -> bool:
        """Minutes and hours: real elapsed time, day and night."""
        return self.unit in ("minute", "hour")

    def elapsed(self) -> timedelta:
        """The length of a span in minutes or hours. Raises ``ValueError`` for days."""
        if not self.by_clock:
            raise ValueError(self.unit)
        return timedelta(minutes=self.count * (60 if self.unit == "hour" else 1))


UNITS = (
    "30 minutes, 2 hours, half an hour, 3 days, 3 calendar days, 5 working days, 2 weeks, "
    "1 month, 1 year, same day; 30分钟 半小时 2小时 3日 5天 10个自然日 5个工作日 2周 1个月 1年 "
    "当日 次日"
)
"""Examples of all there are."""
SpanText = Annotated[
    Span, Reads("span", {"type": "string"}, defined=("span", f"One number, one unit: {UNITS}."))
]
"""A span as files write it, in words."""

_ENGLISH: Mapping[str, Unit] = {
    "minute": "minute",
    "hour": "hour",
    "day": "day",
    "calendar day": "natural_day",
    "natural day": "natural_day",
    "working day": "working_day",
    "business day": "working_day",
    "week": "week",
    "month": "month",
    "year": "year",
}
_CHINESE: Mapping[str, Unit] = {
    "分钟": "minute",
    "分": "minute",
    "小时": "hour",
    "日": "day",
    "天": "day",
    "自然日": "natural_day",
    "工作日": "working_day",
    "周": "week",
    "星期": "week",
    "个月": "month",
    "年": "year",
}
_FIXED: Mapping[str, Span] = {
    "half an hour": Span(30, "minute"),
    "half hour": Span(30, "minute"),
    "半小时": Span(30, "minute"),
    "半个小时": Span(30, "minute"),
    "same day": Span(0, "same_day"),
    "当日": Span(0, "same_day"),
    "当天": Span(0, "same_day"),
    "next day": Span(1, "next_day"),
    "次日": Span(1, "next_day"),
}
_SIMPLIFIED = str.maketrans("鐘鍾個時當內週兩", "钟钟个时当内周两")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９　", "0123456789 ")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


def chinese_number(text: str) -> int | None:
    """``三`` → 3, ``十五`` → 15, ``二十四`` → 24, up to 99; ``None`` if it is no number."""
    if not text:
        return None
    tens, ten, units = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text)
    high = 1 if not tens else _DIGITS.get(tens)
    low = 0 if not units else _DIGITS.get(units)
    if not high or low is None or (units and not low):
        return None
    return high * 10 + low


def parse_span(text: str) -> Span | None:
    """Read a span in words, English or Chinese; ``None`` if it is none.

    One number, one unit. ``2h``, ``半天``, ``30``, ``及時`` are refused: a limit that can be
    read two ways must not be guessed.
    """
    words = " ".join(text.translate(_FULL_WIDTH).split())
    chinese = words.translate(_SIMPLIFIED).replace(" ", "")
    bare = chinese.removesuffix("内").removesuffix("以")
    fixed = _FIXED.get(words.lower()) or _FIXED.get(bare)
    if fixed:
        return fixed
    english = re.fullmatch(r"(\d{1,4}|an?|one) ([a-z]+(?: days?)?)", words.lower())
    if english:
        number, unit = english.groups()
        count = int(number) if number.isdigit() else 1
        known = _ENGLISH.get(unit) or _ENGLISH.get(unit.removesuffix("s"))
        return Span(count, known) if known and count else None
    match = re.fullmatch(r"(\d{1,4}|[零一二三四五六七八九十两〇]{1,3})(\D+)", bare)
    if not match:
        return None
    number, unit = match.groups()
    count = int(number) if number.isdigit() else (chinese_number(number) or 0)
    known = _CHINESE.get(unit) or _CHINESE.get(unit.removeprefix("个"))
    return Span(count, known) if known and count else None


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Period(Record):
    """Days ``start`` to ``end``, both included, that the calendar gives a name (春節)."""

    start: Day = field(metadata=says("first day", alias="from"))
    end: Day = field(metadata=says("last day", alias="to"))
    name: Text = told("", "what it is called")


@dataclass(frozen=True, slots=True)
class Season(Record):
    """Office hours that hold from ``start`` to ``end``, both included."""

    start: Day = field(metadata=says("first day", alias="from"))
    end: Day = field(metadata=says("last day", alias="to"))
    open: Clock = field(metadata=says("opening time"))
    close: Clock = field(metadata=says("closing time"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Year(Record):
    """One year's days off, worked week-end days (調休), named periods, seasonal hours."""

    year: Annotated[Whole, Reads("year")] = field(metadata=says("the year"))
    off: frozenset[Day] = told(frozenset(), "days off beside the week-ends")
    worked: frozenset[Day] = told(frozenset(), "week-end days that are worked (調休)")
    weekend: tuple[Annotated[int, Reads("weekday", {"enum": [*WEEKDAYS]})], ...] = told(
        (5, 6), "weekdays that are days off"
    )
    """Monday is 0; the file writes mon."""
    periods: Mapping[str, Annotated[tuple[Period, ...], OneOrMany(least=0)]] = told(
        {}, "named periods, such as special"
    )
    hours: Annotated[tuple[Season, ...], OneOrMany(least=0)] = told((), "office hours of a season")


_FEW = 60
"""So many working days are counted one by one; for more, whole years are."""


class NoCalendar(LookupError):
    """An answer needs the calendar of a year that is not there. ``year`` names it."""

    def __init__(self, year: int) -> None:
        super().__init__(year)
        self.year = year


@dataclass(frozen=True, slots=True)
class Calendar:
    """The years whose days off are known. Every answer about another year raises."""

    years: Mapping[int, Year] = field(default_factory=dict)
    _working: dict[int, tuple[date, ...]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def year(self, day: date) -> Year:
        """The calendar of that day's year. Raises :class:`NoCalendar`."""
        try:
            return self.years[day.year]
        except KeyError:
            raise NoCalendar(day.year) from None

    def is_working(self, day: date) -> bool:
        """Is it a working day? Raises :class:`NoCalendar`."""
        year = self.year(day)
        if day in year.worked:
            return True
        return day not in year.off and day.weekday() not in year.weekend

    def working_after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``. Raises :class:`NoCalendar`."""
        if count <= _FEW:
            while count:
                day += timedelta(days=1)
                count -= self.is_working(day)
            return day
        year, passed = day.year, bisect.bisect_right(self._working_in(day.year), day)
        while passed + count > len(self._working_in(year)):
            count -= len(self._working_in(year)) - passed
            year, passed = year + 1, 0
        return self._working_in(year)[passed + count - 1]

    def _working_in(self, year: int) -> tuple[date, ...]:
        """The working days of a whole year, worked out once."""
        if year not in self._working:
            every = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
            self._working[year] = tuple(d for d in every if d.year == year and self.is_working(d))
        return self._working[year]

    def in_period(self, day: date, name: str) -> bool:
        """``working_days``, ``days_off`` or a named period. Raises :class:`NoCalendar`."""
        if name == "working_days":
            return self.is_working(day)
        if name == "days_off":
            return not self.is_working(day)
        return any(p.start <= day <= p.end for p in self.year(day).periods.get(name, ()))
