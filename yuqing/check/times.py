"""Rules about when: times that contradict each other, and moments out of their order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from yuqing.case import Entry, closings_in_force, state, watches
from yuqing.check.look import Finding, Look, at, name_of
from yuqing.errors import Said
from yuqing.plan import TRUTH
from yuqing.words import N_


def _minute(time: dt.datetime) -> dt.datetime:
    return time.replace(second=0, microsecond=0)


def no_recorded(look: Look) -> Iterator[Finding]:
    """An entry typed by hand that nobody saved yet."""
    for entry in look.case.log:
        if entry.recorded is None:
            yield Finding(at(entry), Said(N_("no `recorded` yet; `yuqing save` adds it")))


def at_after_recorded(look: Look) -> Iterator[Finding]:
    """Written down before it happened, by its own statement."""
    for entry in look.log:
        known = entry.was_known or look.now
        if known is not None and entry.at > known and _minute(entry.at) > known:
            key = N_("`at` lies after `recorded`; which of the two is right?")
            if entry.recorded is None:
                key = N_("`at` lies ahead of now")
            yield Finding(at(entry, "at"), Said(key))


def recorded_backwards(look: Look) -> Iterator[Finding]:
    """The stamp is earlier than that of an entry above. A clock that went back does this, and so
    do three clones merged in turn, where everybody's clock was right: the file can't tell which."""
    latest: Entry | None = None
    for entry in look.case.log:
        if entry.recorded is None:
            continue
        if latest is not None and latest.recorded is not None and entry.recorded < latest.recorded:
            key = N_("recorded before {other}, which stands above it: a clock that went back, or"
                     " clones merged in turn; `yuqing audit` can tell")  # fmt: skip
            said = Said(key, {"other": name_of(latest)})
            yield Finding(at(entry, "recorded"), said, "warning")
        else:
            latest = entry


def moments_out_of_order(look: Look) -> Iterator[Finding]:
    """Occurred after it was discovered; calm before anybody knew; lifted what never was."""
    discovered = next((e for e in look.log if e.kind == "discovered"), None)
    started = False
    for entry in look.log:
        if entry.kind == "occurred" and discovered and entry.at > discovered.at:
            key = N_("occurred after {other}, when it was discovered")
            yield Finding(at(entry, "at"), Said(key, {"other": name_of(discovered)}))
            discovered = None  # the earliest counts; the later ones say nothing new
        elif entry.kind == "calmed" and (discovered is None or entry.at < discovered.at):
            if not any(e.kind == "discovered" and e.at <= entry.at for e in look.log):
                yield Finding(at(entry, "at"), Said(N_("calm before it was discovered")))
        elif entry.kind == "lifted" and not started:
            key = N_("lifted, but nothing before it was graded or activated")
            yield Finding(at(entry), Said(key))
        started = started or entry.kind == "activated" or _ranks(look, entry)


def _ranks(look: Look, entry: Entry) -> bool:
    """A grade in force on a scale that ranks: a level, a warning."""
    if entry.kind != "graded" or entry.proposed:
        return False
    sorting = {s.id for plan in look.plans for s in plan.scales.values() if not s.ordered}
    return any(scale not in sorting | {TRUTH.id} for scale in entry.grades)


def after_closed(look: Look) -> Iterator[Finding]:
    """Something happened in a case that was closed then."""
    closed: Entry | None = None
    for entry in look.log:
        if entry.kind in ("reopened", "relapsed"):
            closed = None
        elif entry.kind == "closed":
            closed = closed or entry
        elif closed is not None and entry.kind not in ("amended", "linked"):
            if entry.kind == "noted" and _while_watching(look, entry):
                continue  # looking on after the end is what was promised
            key = N_("happened after {other} closed the case")
            yield Finding(at(entry), Said(key, {"other": name_of(closed)}))


def _while_watching(look: Look, entry: Entry) -> bool:
    zone = ZoneInfo(look.plans[0].timezone) if look.plans else entry.at.tzinfo
    before = tuple(e for e in look.log if e.at <= entry.at)
    return bool(watches(before, entry.at.astimezone(zone)))


def closed_with_open_duties(look: Look) -> Iterator[Finding]:
    """Closed, and something with a limit is still owed. Words without figure never count."""
    if state(look.log) != "closed" or look.now is None or not look.plans:
        return
    closing = closings_in_force(look.log)[0]
    names = [s.duty for s in look.owed if s.limit is not None and not s.over]
    if names:
        key = N_("closed with {count} open: {duties}")
        said = Said(key, {"count": len(names), "duties": ", ".join(dict.fromkeys(names))})
        yield Finding(at(closing), said)


_MOMENTS = (
    "occurred", "discovered", "activated", "concluded", "calmed", "lifted", "relapsed",
    "closed", "reopened", "graded",
)  # fmt: skip


def in_logbook(look: Look) -> Iterator[Finding]:
    """A logbook holds one month's routine: no moments, no grades, no other month."""
    if not look.case.is_logbook:
        return
    month = look.case.id.removeprefix("LOG-")
    for entry in look.log:
        if entry.kind in _MOMENTS:
            key = N_("a logbook holds no `{kind}`; open a case for it")
            yield Finding(at(entry), Said(key, {"kind": entry.kind}))
        elif f"{entry.at:%Y-%m}" != month and entry.kind not in ("amended", "linked"):
            key = N_("belongs into the logbook of {month}")
            yield Finding(at(entry, "at"), Said(key, {"month": f"{entry.at:%Y-%m}"}))
