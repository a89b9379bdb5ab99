"""``--period``, ``--from`` and ``--to``: which stretch of time an answer is about."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from yuqing.cli import looking
from yuqing.cli.context import Session
from yuqing.cli.understand import parse_day
from yuqing.errors import Refused, Said, Usage
from yuqing.stats.period import Period, parse_period
from yuqing.words import N_

FROM = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help=N_("Cases that came in on this day or later.")),
]
TO = Annotated[
    str | None,
    typer.Option("--to", metavar="DATE", help=N_("Cases that came in on this day or earlier.")),
]
PERIOD = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="2026|2026-Q4|2026-11|DAY",
        help=N_("Cases that came in within this year, quarter, month or day."),
    ),
]


def asked(run: Session, period: str | None, since: str | None, until: str | None) -> Period:
    """The period that the options name; without any, everything.

    Raises ``Usage`` for both ways at once, ``Refused`` for what is no period.
    """
    if period is not None:
        if since or until:
            raise Usage(
                N_("a period stands alone, without --from and --to, as in --period 2026-11")
            )
        return parse_period(period) or _day(run, period)
    first, last = (
        None if text is None else parse_day(text, run.now, run.zone) for text in (since, until)
    )
    if first and last and first > last:
        key = N_("{first} is after {last}: nothing can have come in between")
        raise Refused(key, first=first.isoformat(), last=last.isoformat())
    return Period(first, last)


def _day(run: Session, word: str) -> Period:
    """``今天``, ``11-22``: a day as everywhere."""
    try:
        day = parse_day(word, run.now, run.zone)
    except Refused:
        raise Refused(
            N_("{text} is no period"),
            hint=Said(N_("write 2026, 2026-Q4, 2026-11 or 2026-11-25")),
            text=word,
        ) from None
    return Period(day, day, "day")


def told(run: Session, period: Period) -> str:
    """From when to when, in a person's words."""
    first = period.first.isoformat() if period.first else looking.say(run, N_("the beginning"))
    last = period.last or run.now.date()
    return looking.say(run, N_("{first} to {last}"), first=first, last=last.isoformat())


def ending(period: Period) -> str:
    """What a file's name says of it: ``-2026-11``, or nothing."""
    return f"-{period.code}" if period.code else ""


def days(period: Period, now: dt.datetime) -> tuple[dt.date, dt.date]:
    """First and last day, an open side closed: everything there can be, up to today."""
    return period.first or dt.date(2000, 1, 1), period.last or now.date()
