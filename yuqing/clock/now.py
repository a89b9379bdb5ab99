"""The moment that is asked about; it remembers how long the answer holds."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = dt.timedelta(days=1)
_TICK = dt.timedelta(microseconds=1)
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
"""Behind every time of any record, and still a time in every zone."""


class Now:
    """The one moment an answer is about, in the zone of a plan.

    The engine knows nothing of the time but what it asks here, in questions of yes and no.
    Each "not yet" is kept with the moment at which it turns: as long as none of them has
    turned, every question has the same answer, and so has the whole.
    """

    __slots__ = ("_ahead", "at", "zone")

    def __init__(self, at: dt.datetime, zone: ZoneInfo) -> None:
        local = at.astimezone(zone)
        # Two times of one zone are compared by the clock on the wall, which misleads on the
        # day it is put forward or back: there they are compared across zones.
        self.at = at.astimezone(dt.UTC) if _clock_changes(at.astimezone(dt.UTC), zone) else local
        self.zone = zone
        self._ahead: dt.datetime | None = None

    def after(self, moment: dt.datetime) -> bool:
        """Has ``moment`` passed? Exactly at it, not yet."""
        if self.at > moment:
            return True
        if self._ahead is None or moment < self._ahead:
            self._ahead = moment + _TICK
        return False

    def reached(self, moment: dt.datetime) -> bool:
        """Has ``moment`` come? Exactly at it, yes."""
        if self.at >= moment:
            return True
        if self._ahead is None or moment < self._ahead:
            self._ahead = moment
        return False

    def within(self, length: dt.timedelta, before: dt.datetime) -> bool:
        """Is ``before`` at most ``length`` away, or past?"""
        return self.reached((before.astimezone(dt.UTC) - length).astimezone(self.zone))

    def today(self) -> dt.date:
        """The day it is in the zone."""
        day = self.at.astimezone(self.zone).date()
        self.reached(dt.datetime.combine(day + _DAY, dt.time(0), self.zone))
        return day

    def month(self) -> dt.date:
        """The first day of the month it is in the zone."""
        first = self.at.astimezone(self.zone).date().replace(day=1)
        following = (first + 31 * _DAY).replace(day=1)
        self.reached(dt.datetime.combine(following, dt.time(0), self.zone))
        return first

    @property
    def until(self) -> dt.datetime:
        """Before this moment every question asked so far has the same answer; in UTC."""
        if self._ahead is None:
            return NEVER
        ahead = self._ahead.astimezone(dt.UTC)
        if _clock_changes(ahead, self.zone):  # there the nearest one may not have been kept
            return max(ahead - _DAY, self.at.astimezone(dt.UTC) + _TICK)
        return ahead


@lru_cache(maxsize=64)  # every case is asked about at one moment
def _clock_changes(utc: dt.datetime, zone: dt.tzinfo) -> bool:
    """Does the zone put its clock forward or back within a day of the moment?"""
    before, behind = ((utc + step).astimezone(zone) for step in (-_DAY, _DAY))
    return before.utcoffset() != behind.utcoffset()
