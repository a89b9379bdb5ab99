"""`yuqing calendar YEAR`: calendars as editable data, one file a year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from workbench import CHECKOUT, Office

from yuqing.read.office import read_year
from yuqing.span import Calendar

pytest.importorskip("chinese_calendar")


def read(path: Path) -> Calendar:
    year, problems = read_year(path.read_bytes(), path.name)
    assert year is not None, problems
    assert not problems
    return Calendar({year.year: year})


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-01-01", False),  # 元旦, a Thursday
        ("2026-01-04", True),  # a Sunday that is worked
        ("2026-02-14", True),  # a Saturday that is worked
        ("2026-02-23", False),  # 春节, a Monday
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-05-04", False),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-10-11", False),  # an ordinary Sunday
        ("2025-01-26", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
    ],
)
def test_shipped_years_hold_the_announced_days(day: str, working: bool) -> None:
    """The State Council's notice for the year: days off, and week-ends that are worked."""
    calendar = read(CHECKOUT / "templates" / "calendar" / f"{day[:4]}.yaml")
    assert calendar.is_working(dt.date.fromisoformat(day)) is working


def test_calendar_writes_the_year_and_asks_nothing(office: Office) -> None:
    """`yuqing calendar 2024` writes templates/calendar/2024.yaml, with source, and commits it."""
    ran = office("calendar", "2024")
    assert "templates/calendar/2024.yaml" in ran.ok().out
    path = office.root / "templates/calendar/2024.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# 2024 年放假与调休。来源: 国务院办公厅")
    for shown in ("# periods:", "# hours:", "2024-02-10   # 春节"):
        assert shown in text
    assert read(path).is_working(dt.date(2024, 2, 4))
    assert office.git("status", "--short", "templates") == ""


def test_the_comments_turned_into_data_are_valid(office: Office) -> None:
    """The examples for periods and seasonal hours load once the # is taken away."""
    office("calendar", "2024").ok()
    path = office.root / "templates/calendar/2024.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = lines.index("# periods:")
    lines[begin:] = [
        each[2:] if "供" not in each and "按季节" not in each else each for each in lines[begin:]
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    year = read(path).years[2024]
    assert year.periods["special"][0].start == dt.date(2024, 3, 3)
    assert year.hours[0].close == dt.time(18, 30)


def test_calendar_never_overwrites_silently(office: Office) -> None:
    """A file that is there is left as it is, and that is said; --replace writes it anew."""
    office("calendar", "2024").ok()
    path = office.root / "templates/calendar/2024.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# ours\n", encoding="utf-8")
    ran = office("--lang", "en", "calendar", "2024").ok(5)
    assert "is there already" in ran.err
    assert "# ours" in path.read_text(encoding="utf-8")
    office("calendar", "2024", "--replace").ok()
    assert "# ours" not in path.read_text(encoding="utf-8")


def test_an_unknown_year_is_said_loudly(office: Office) -> None:
    """The library does not know the year: nothing is guessed, nothing written."""
    ran = office("--lang", "en", "calendar", "2099").ok(5)
    assert "NO DAYS OFF ARE KNOWN FOR 2099" in ran.err
    assert not (office.root / "templates/calendar/2099.yaml").exists()
