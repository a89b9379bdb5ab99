"""Limits as a calendar (iCalendar, RFC 5545), for phones and office calendars.

An event ends at its limit. Its UID is the clock's and stays; SEQUENCE grows with the record, so
that an update replaces what was read before; what is no longer owed is cancelled.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

LENGTH = dt.timedelta(minutes=15)
"""How long before its limit an event begins: an instant would be shown on the next day at 24:00."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One limit. ``key``: the clock, the same for ever; ``sequence``: never smaller later.

    ``limit`` and ``changed`` are aware; ``changed`` is when the record last did.
    """

    key: str
    summary: str
    description: str
    limit: dt.datetime
    changed: dt.datetime
    sequence: int
    cancelled: bool = False


def feed(
    deadlines: Iterable[Deadline],
    *,
    name: str,
    code: str,
    now: dt.datetime,
    alarms: Iterable[dt.timedelta],
) -> bytes:
    """The whole calendar. ``name``: what it is called; ``code``: the office's, part of every UID;
    ``alarms``: how long before each limit the phone rings."""
    from icalendar import Alarm, Calendar, Event

    found = Calendar()
    found.add("prodid", "-//yuqing//yuqing//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    found.add("refresh-interval", dt.timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    before = tuple(alarms)
    for each in deadlines:
        event = Event()
        event.add("uid", f"{hashlib.sha256(each.key.encode()).hexdigest()[:32]}@{code}.yuqing")
        event.add("sequence", each.sequence)
        event.add("dtstamp", now.astimezone(dt.UTC))
        event.add("last-modified", each.changed.astimezone(dt.UTC))
        event.add("dtstart", each.limit - LENGTH)
        event.add("dtend", each.limit)
        event.add("summary", each.summary)
        event.add("description", each.description)
        event.add("status", "CANCELLED" if each.cancelled else "CONFIRMED")
        event.add("transp", "TRANSPARENT")
        for span in () if each.cancelled else before:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", each.summary)
            alarm.add("trigger", -span, parameters={"RELATED": "END"})
            event.add_component(alarm)
        found.add_component(event)
    found.add_missing_timezones()
    return bytes(found.to_ical())
