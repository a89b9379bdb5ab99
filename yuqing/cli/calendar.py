"""``yuqing calendar YEAR``: a year's days off and worked week-ends as an editable file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Annotated

import typer

from yuqing import screen, store
from yuqing.cli import looking
from yuqing.cli.context import session
from yuqing.errors import Refused, Said, Unusable
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the command into the application."""
    app.command("calendar", help=N_("Write a year's days off and worked week-ends to a file."))(
        _calendar
    )


def _calendar(
    ctx: typer.Context,
    year: Annotated[int, typer.Argument(metavar="YEAR", show_default=False, help=N_("The year."))],
    replace: Annotated[
        bool, typer.Option("--replace", help=N_("Write over a file that is there already."))
    ] = False,
) -> int:
    """The year as the State Council announced it, as far as the library knows it."""
    run = session(ctx)
    ws = run.workspace
    path = ws.templates / "calendar" / f"{year}.yaml"
    name = ws.name(path)
    before = path.read_bytes() if path.is_file() else None
    if before is not None and not replace:
        raise Refused(
            N_("{file} is there already; it was left as it is"),
            file=name,
            hint=Said(
                N_("to write it anew: {line}"), {"line": f"yuqing calendar {year} --replace"}
            ),
        )
    text = year_text(year, *_announced(year)).encode()
    if text == before:
        kept = store.Kept()
    else:
        kept = store.keep(ws, {path: (before, text)}, f"calendar {year}")
    if run.json:
        more = {"committed": kept.failure is None}
        screen.dump(
            screen.envelope("calendar", run.now, [{"file": name}], [], run.language, **more)
        )
    else:
        print(name)
        if not run.quiet:
            print(
                looking.say(
                    run,
                    N_(
                        "Compare it with the announcement; put in your own seasons and periods"
                        " where the comments show."
                    ),
                )
            )
    if kept.failure is not None:
        raise kept.failure
    return 0


def _announced(year: int) -> tuple[Mapping[dt.date, str], Mapping[dt.date, str], str]:
    """Days off and worked week-end days with their occasion, and the source.

    Raises ``Unusable`` without the library, ``Refused`` for a year it does not know.
    """
    try:
        from importlib.metadata import version

        from chinese_calendar import constants
    except ImportError:
        raise Unusable(
            N_("the package chinesecalendar is not installed"),
            hint=Said(N_("install it: {line}"), {"line": 'pip install "yuqing[office]"'}),
        ) from None
    first, last = min(constants.holidays).year, max(constants.holidays).year
    if not first <= year <= last:
        raise Refused(
            N_(
                "NO DAYS OFF ARE KNOWN FOR {year}: chinesecalendar {version} knows {first} to"
                " {last}. Nothing was written; limits in working days of {year} cannot be computed"
            ),
            year=year,
            version=version("chinesecalendar"),
            first=first,
            last=last,
            hint=Said(
                N_(
                    "update the package once the year is announced, or copy {file} of another"
                    " year and put in the days by hand"
                ),
                {"file": "templates/calendar/"},
            ),
        )
    source = f"chinesecalendar {version('chinesecalendar')}"

    def of_year(days: Mapping[dt.date, str]) -> dict[dt.date, str]:
        return {
            day: constants.Holiday(name).chinese
            for day, name in sorted(days.items())
            if day.year == year
        }

    return of_year(constants.holidays), of_year(constants.workdays), source


def year_text(
    year: int, off: Mapping[dt.date, str], worked: Mapping[dt.date, str], source: str
) -> str:
    """The calendar file (plan format, 4.1); ``off``, ``worked``: day to its occasion."""
    return f"""\
# {year} 年放假与调休。来源: 国务院办公厅关于 {year} 年部分节假日安排的通知(取自 {source}); 请与通知核对。
# Days off and worked week-ends. This file is yours: correct it, add to it, keep it in git.
year: {year}
weekend: [sat, sun]   # 休息的星期几
off:   # 放假的日子 days off
{_days(off)}worked:   # 调休上班的周末 week-end days that are worked
{_days(worked)}\
# 本单位自己的时期, 供 during: special 等使用 named periods, for `during: special`:
# periods:
#   special:
#     - {{from: {year}-03-03, to: {year}-03-12, name: 两会期间}}
# 按季节变动的办公时间 office hours of a season, for `close` and `next_opening`:
# hours:
#   - {{from: {year}-05-01, to: {year}-09-30, open: "08:00", close: "18:30"}}
"""


def _days(days: Mapping[dt.date, str]) -> str:
    """One occasion a line, as the notice has it."""
    if not days:
        return "  []\n"
    return "".join(f"  - {line}\n" for line in _lines(days))


def _lines(days: Mapping[dt.date, str]) -> Iterator[str]:
    for occasion, group in groupby(days.items(), key=lambda each: each[1]):
        for place, (day, _) in enumerate(group):
            yield day.isoformat() + (f"   # {occasion}" if place == 0 else "")
