"""Spans in words, English and Chinese, and what a calendar answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqing.span import (
    Calendar,
    NoCalendar,
    Period,
    Span,
    Unit,
    Year,
    chinese_number,
    parse_span,
)


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("30 minutes", Span(30, "minute")),
        ("1 minute", Span(1, "minute")),
        ("2 hours", Span(2, "hour")),
        ("half an hour", Span(30, "minute")),
        ("3 days", Span(3, "day")),
        ("3 calendar days", Span(3, "natural_day")),
        ("3 natural days", Span(3, "natural_day")),
        ("5 working days", Span(5, "working_day")),
        ("1 working day", Span(1, "working_day")),
        ("5 business days", Span(5, "working_day")),
        ("2 weeks", Span(2, "week")),
        ("1 month", Span(1, "month")),
        ("1 year", Span(1, "year")),
        ("same day", Span(0, "same_day")),
        ("next day", Span(1, "next_day")),
        ("30分钟", Span(30, "minute")),
        ("30分鐘", Span(30, "minute")),
        ("半小时", Span(30, "minute")),
        ("半小時", Span(30, "minute")),
        ("半个小时内", Span(30, "minute")),
        ("2小时", Span(2, "hour")),
        ("24小時內", Span(24, "hour")),
        ("两小时", Span(2, "hour")),
        ("兩個小時", Span(2, "hour")),
        ("3日", Span(3, "day")),
        ("3 日", Span(3, "day")),
        ("三日内", Span(3, "day")),
        ("三日以內", Span(3, "day")),
        ("十五日", Span(15, "day")),
        ("二十日內", Span(20, "day")),
        ("5天", Span(5, "day")),
        ("10个自然日", Span(10, "natural_day")),
        ("10個自然日", Span(10, "natural_day")),
        ("5个工作日", Span(5, "working_day")),
        ("五個工作日內", Span(5, "working_day")),
        ("5工作日", Span(5, "working_day")),
        ("2周", Span(2, "week")),
        ("兩週", Span(2, "week")),
        ("1个月", Span(1, "month")),
        ("一個月內", Span(1, "month")),
        ("1年", Span(1, "year")),
        ("当日", Span(0, "same_day")),
        ("當日內", Span(0, "same_day")),
        ("當天", Span(0, "same_day")),
        ("次日", Span(1, "next_day")),
        ("２小时", Span(2, "hour")),
    ],
)
def test_spans_in_words(words: str, span: Span) -> None:
    """One number, one unit, in English or Chinese, simplified or traditional."""
    assert parse_span(words) == span


@pytest.mark.parametrize(
    "words",
    [
        "2h", "半天", "30", "及時", "", " ", "第一時間", "2", "hours", "2 hours 30 minutes",
        "1.5 hours", "-2 hours", "0 days", "零日", "2-3 days", "3 days ago", "三", "日", "内",
        "一个半小时", "1小时30分钟", "百日", "十十日", "三十十日", "2 fortnights", "２ｈ", "3个日期",
        "99999 days", "3 calendar", "3 working", "working days", "2 working hours", "下班前",
        "1季度", "2026-03-31", "07:30",
    ],
)  # fmt: skip
def test_everything_else_is_refused(words: str) -> None:
    """A limit that can be read two ways must not be guessed."""
    assert parse_span(words) is None


ENGLISH: dict[Unit, str] = {
    "minute": "minutes",
    "hour": "hours",
    "day": "days",
    "natural_day": "calendar days",
    "working_day": "working days",
    "week": "weeks",
    "month": "months",
    "year": "years",
}
CHINESE: dict[Unit, tuple[str, ...]] = {
    "minute": ("分钟", "分鐘"),
    "hour": ("小时", "小時", "个小时", "個小時"),
    "day": ("日", "天"),
    "natural_day": ("个自然日", "個自然日"),
    "working_day": ("个工作日", "個工作日"),
    "week": ("周", "週", "星期"),
    "month": ("个月", "個月"),
    "year": ("年",),
}
DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 to 99 in Chinese, written independently of the reader."""
    tens, ones = divmod(number, 10)
    high = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return high + (DIGITS[ones] if ones else "")


@given(st.integers(1, 9999), st.sampled_from(sorted(ENGLISH)))
def test_english_comes_back(count: int, unit: Unit) -> None:
    """Whatever is written as number and unit is read as just that."""
    assert parse_span(f"{count} {ENGLISH[unit]}") == Span(count, unit)


@given(st.integers(1, 9999), st.sampled_from(sorted(CHINESE)), st.data())
def test_chinese_comes_back(count: int, unit: Unit, data: st.DataObject) -> None:
    """Simplified or traditional, with figures or numerals, with or without 內."""
    words = data.draw(st.sampled_from(CHINESE[unit]))
    within = data.draw(st.sampled_from(["", "内", "內", "以内", "以內"]))
    assert parse_span(f"{count}{words}{within}") == Span(count, unit)
    if count < 100:
        assert parse_span(f"{chinese(count)}{words}{within}") == Span(count, unit)


@given(st.integers(1, 99))
def test_chinese_numbers(number: int) -> None:
    """一 to 九十九."""
    assert chinese_number(chinese(number)) == number


@given(st.text(max_size=12))
def test_no_text_makes_it_fall_over(text: str) -> None:
    """Any text is a span of one number and one unit, or none."""
    span = parse_span(text)
    assert span is None or (span.count >= 0 and (span.count > 0) is (span.unit != "same_day"))


def test_hours_have_a_length_days_have_none() -> None:
    """Minutes and hours are real elapsed time; a day's length is the calendar's matter."""
    assert Span(90, "minute").elapsed() == timedelta(minutes=90)
    assert Span(2, "hour").elapsed() == timedelta(hours=2)
    assert Span(2, "hour").by_clock
    assert not Span(2, "day").by_clock
    with pytest.raises(ValueError, match="working_day"):
        Span(2, "working_day").elapsed()


SPRING = Year(
    year=2026,
    off=frozenset({date(2026, 2, 17), date(2026, 2, 18)}),
    worked=frozenset({date(2026, 2, 28)}),
    periods={"special": (Period(date(2026, 3, 1), date(2026, 3, 12), "兩會"),)},
)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 16), True),  # Monday
        (date(2026, 2, 17), False),  # a day off
        (date(2026, 2, 21), False),  # Saturday
        (date(2026, 2, 28), True),  # a Saturday that is worked (調休)
    ],
)
def test_working_days(day: date, working: bool) -> None:
    """Days off and worked week-end days are the calendar's, not the weekday's alone."""
    calendar = Calendar({2026: SPRING})
    assert calendar.is_working(day) is working
    assert calendar.in_period(day, "working_days") is working
    assert calendar.in_period(day, "days_off") is not working


def test_named_periods_include_both_ends() -> None:
    """`during: special`: a period named in the calendar."""
    calendar = Calendar({2026: SPRING})
    inside = [calendar.in_period(date(2026, 3, day), "special") for day in (1, 12, 13)]
    assert inside == [True, True, False]
    assert not calendar.in_period(date(2026, 3, 1), "unheard-of")


def test_a_year_without_calendar_is_refused() -> None:
    """A working-day answer in a year without calendar is refused loudly, never guessed."""
    calendar = Calendar({2026: SPRING})
    with pytest.raises(NoCalendar) as refusal:
        calendar.is_working(date(2027, 1, 4))
    assert refusal.value.year == 2027
    with pytest.raises(NoCalendar):
        calendar.in_period(date(2027, 1, 4), "special")
