"""The duty roster (值班表): which post is on duty when. Posts, never people.

Records and counting only; the notation is told by ``yuqing help posts``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from yuqing.notation import Clock, Count, Day, Named, OneOrMany, Reads, Record, Text, outside, told
from yuqing.span import WEEKDAYS

_DAY = dt.timedelta(days=1)
_MIDNIGHT = dt.time(0)

Stretch = tuple[dt.datetime, dt.datetime]
"""From, up to but without to; both aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post(Record):
    """A post (崗位). ``substitute``: the post that steps in for it."""

    short_form: ClassVar[str] = "title"
    id: str = field(metadata=outside("id"))
    title: Annotated[Text, Reads("title")]
    substitute: Annotated[str, Reads("posts")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift(Record):
    """When a post is on duty: on ``days`` (Monday 0), within the dates ``first`` to ``last``.

    ``ends`` at or before ``begins`` is a time of the next day: 08:30 to 08:30 is a whole day.
    """

    post: Annotated[str, Reads("posts")]
    days: Annotated[tuple[Annotated[int, Reads("weekday")], ...], OneOrMany(least=0)] = tuple(
        range(len(WEEKDAYS))
    )
    first: Day | None = None
    last: Day | None = None
    begins: Clock = told(_MIDNIGHT, "begins at", alias="from")
    ends: Annotated[dt.time | Literal["24:00"], Reads("shift_end")] = told(
        "24:00", "ends at", alias="to"
    )

    def on(self, day: dt.date, zone: dt.tzinfo) -> Stretch | None:
        """The shift that begins on that day, if there is one."""
        if day.weekday() not in self.days:
            return None
        if (self.first and day < self.first) or (self.last and day > self.last):
            return None
        begins = dt.datetime.combine(day, self.begins, zone)
        if self.ends == "24:00":
            return begins, dt.datetime.combine(day + _DAY, _MIDNIGHT, zone)
        ends = dt.datetime.combine(day, self.ends, zone)
        return begins, ends if ends > begins else ends + _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster(Record):
    """Posts and their shifts. ``covers``: duties that want a post on duty every minute."""

    yuqing: Count = 1
    posts: Annotated[Mapping[str, Post], Named("own_id")] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    covers: Annotated[tuple[Text, ...], OneOrMany(least=0)] = ()


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A post on duty, and from when until when."""

    post: Post
    begins: dt.datetime
    ends: dt.datetime


def on_duty(roster: Roster, now: dt.datetime, zone: dt.tzinfo) -> tuple[OnDuty, ...]:
    """Who is on duty at ``now`` (aware), in the order of the file; each post once."""
    today = now.astimezone(zone).date()
    found: dict[str, OnDuty] = {}
    for shift in roster.shifts:
        for day in (today - _DAY, today):
            stretch = shift.on(day, zone)
            if stretch and stretch[0] <= now < stretch[1]:
                found.setdefault(shift.post, OnDuty(roster.posts[shift.post], *stretch))
    return tuple(found.values())


def gaps(
    roster: Roster, days: Iterable[dt.date], zone: dt.tzinfo, since: dt.datetime
) -> tuple[Stretch, ...]:
    """Stretches of these days, from ``since`` on, in which no post is on duty; neighbours
    joined. ``days`` ascend."""
    found: list[Stretch] = []
    for day in days:
        begin = dt.datetime.combine(day, _MIDNIGHT, zone)
        end = begin + _DAY
        for gap in _free(roster, max(begin, since), end, zone):
            if found and found[-1][1] == gap[0]:
                found[-1] = (found[-1][0], gap[1])
            else:
                found.append(gap)
    return tuple(found)


def _free(
    roster: Roster, begin: dt.datetime, end: dt.datetime, zone: dt.tzinfo
) -> Iterator[Stretch]:
    day = begin.astimezone(zone).date()
    shifts = (shift.on(each, zone) for shift in roster.shifts for each in (day - _DAY, day))
    free = begin
    for begins, ends in sorted(each for each in shifts if each):
        if begins >= end:
            break
        if begins > free:
            yield free, begins
        free = max(free, ends)
    if free < end:
        yield free, end
