"""Days and times as people write them into ledgers. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from yuqing.cli import understand as un
from yuqing.errors import Refused, Said
from yuqing.variants import fold
from yuqing.words import N_

NOON = dt.time(12)
"""Where only the day is known: the middle of it, so that no estimate is off by more than half."""
_SERIAL = (36526, 73415)
"""Numbers of days that a worksheet counts for 2000 to 2100."""
_EPOCH = dt.date(1899, 12, 30)
"""Day 0 of a worksheet, after its 29 February 1900 that never was (ECMA-376, 18.17.4.1)."""
_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
    r"\s*(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
    r"(?:[t\s]*(?P<half>上午|下午|凌晨|早上|中午|晚上|am|pm)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*"
    r"(?P<minute>\d{1,2})?(?:\s*[:分]\s*(?:\d{1,2}(?:\.\d+)?\s*秒?)?)?\s*(?P<after>am|pm)?)?"
)
_COMPACT = re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A time (aware, to the minute). ``day_only``: the ledger gives the day and no more;
    ``unsaid``: not even that, it is the day of something else in the row."""

    at: dt.datetime
    day_only: bool = False
    unsaid: bool = False


@dataclass(frozen=True, slots=True)
class Stated:
    """What a cell is read by: nothing lies after ``now``; ``forms`` are tried first."""

    now: dt.datetime
    zone: ZoneInfo
    forms: tuple[str, ...] = ()


def moment(cell: object, by: Stated) -> Moment:
    """A cell's time: a date of the worksheet, ``2024.3.5``, ``2024年3月5日 9时30分``, ISO.

    Raises ``Refused`` for what is none, lies ahead, or outside 2000 to 2100.
    """
    if isinstance(cell, dt.datetime):
        found = _of(cell, by, day_only=cell.time() == dt.time(0))
    elif isinstance(cell, dt.date):
        found = _of(dt.datetime.combine(cell, NOON), by, day_only=True)
    elif isinstance(cell, int | float) and not isinstance(cell, bool):
        found = _serial(float(cell), by) or _text(str(cell), by)
    else:
        found = _text(str(cell), by)
    if found.at > by.now + un.AHEAD:
        raise Refused(
            N_("{text} is still ahead: it is {now} now"),
            text=un.shown(found.at),
            now=un.shown(by.now),
        )
    return found


def _of(naive: dt.datetime, by: Stated, *, day_only: bool) -> Moment:
    if not 2000 <= naive.year <= 2100:
        raise Refused(
            N_("{text}: the year must lie between 2000 and 2100"), text=f"{naive:%Y-%m-%d}"
        )
    at = naive.replace(second=0, microsecond=0)
    at = at.astimezone(by.zone) if at.tzinfo else at.replace(tzinfo=by.zone)
    if day_only:
        at = dt.datetime.combine(at.date(), NOON, by.zone)
        if at > by.now and at.date() == by.now.astimezone(by.zone).date():
            at = by.now.astimezone(by.zone)  # today, and it is not yet noon
    return Moment(at, day_only)


def _serial(number: float, by: Stated) -> Moment | None:
    """Days since the beginning of the worksheet's time, if it can be that."""
    if not _SERIAL[0] <= number < _SERIAL[1]:
        return None
    minutes = round((number - int(number)) * 1440)
    day = dt.datetime.combine(_EPOCH + dt.timedelta(days=int(number)), dt.time(0))
    return _of(day + dt.timedelta(minutes=minutes), by, day_only=minutes == 0)


def _text(text: str, by: Stated) -> Moment:
    for form in by.forms:
        try:
            found = dt.datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the plan's
        except ValueError:
            continue
        return _of(found, by, day_only=not re.search("%[HIcTXs]", form))
    plain = fold(text).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and (serial := _serial(float(plain), by)):
        return serial
    try:
        iso = dt.datetime.fromisoformat(plain.upper())
    except ValueError:
        iso = None
    if iso is not None and iso.tzinfo is not None:
        return _of(iso, by, day_only=False)
    match = _WRITTEN.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if match is None:
        raise Refused(
            N_("{text} is no day with its year"),
            hint=Said(N_('say in the map how dates are written: date: "%Y.%m.%d"')),
            text=text[:40],
        )
    said = match.groupdict()
    hour = int(said.get("hour") or 0)
    half = said.get("half") or said.get("after") or ""
    if half in ("下午", "晚上", "pm") and hour < 12:
        hour += 12
    try:
        naive = dt.datetime(  # noqa: DTZ001 - the zone is the plan's
            int(said["year"]),
            int(said["month"]),
            int(said["day"]),
            hour,
            int(said.get("minute") or 0),
        )
    except ValueError:
        raise Refused(N_("{text}: there is no such day"), text=text[:40]) from None
    return _of(naive, by, day_only=said.get("hour") is None)
