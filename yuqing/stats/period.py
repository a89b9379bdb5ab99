"""The stretch of time a paper is about: a day, a month, a quarter, a year, or from one to another."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from yuqing.variants import half_width

Kind = Literal["day", "month", "quarter", "year", "span"]

_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_FORMS = re.compile(
    r"(?P<y>\d{4})(?:年)?"
    r"(?:-?[qQ](?P<q>[1-4])|第?(?P<cq>[一二三四1-4])季度"
    r"|[-年](?P<m>\d{1,2})(?:月)?(?:[-月](?P<d>\d{1,2})日?)?)?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included; ``None``: open to that side."""

    first: dt.date | None
    last: dt.date | None
    kind: Kind = "span"

    @property
    def code(self) -> str:
        """``2026``, ``2026-Q4``, ``2026-11``, ``2026-11-25``; a span by its ends."""
        first, last = self.first, self.last
        match self.kind:
            case "year" if first:
                return f"{first.year}"
            case "quarter" if first:
                return f"{first.year}-Q{(first.month + 2) // 3}"
            case "month" if first:
                return f"{first:%Y-%m}"
            case "day" if first:
                return first.isoformat()
        return "_".join(each.isoformat() for each in (first, last) if each)

    @property
    def months(self) -> tuple[str, ...]:
        """The months it touches (``2026-11``); none where it is open to a side."""
        if self.first is None or self.last is None:
            return ()
        begin = self.first.year * 12 + self.first.month - 1
        end = self.last.year * 12 + self.last.month - 1
        return tuple(f"{n // 12}-{n % 12 + 1:02d}" for n in range(begin, end + 1))


def parse_period(text: str) -> Period | None:
    """``2026``, ``2026-Q4``, ``2026-11``, ``2026-11-25``, also 2026年, 2026年第四季度, 2026年11月,
    2026年11月25日, in any width. ``None`` if it is none.

    >>> parse_period("2026-Q4").last
    datetime.date(2026, 12, 31)
    """
    found = _FORMS.fullmatch(half_width(text).strip())
    if found is None:
        return None
    year = int(found["y"])
    quarter = found["q"] or found["cq"]
    try:
        if found["d"]:
            day = dt.date(year, int(found["m"]), int(found["d"]))
            return Period(day, day, "day")
        if found["m"]:
            return Period(*_months(year, int(found["m"]), 1), "month")
        if quarter:
            number = _QUARTERS.get(quarter) or int(quarter)
            return Period(*_months(year, 3 * number - 2, 3), "quarter")
        return Period(*_months(year, 1, 12), "year")
    except (ValueError, OverflowError):
        return None


def _months(year: int, month: int, count: int) -> tuple[dt.date, dt.date]:
    first = dt.date(year, month, 1)
    after = year * 12 + month - 1 + count
    return first, dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)
