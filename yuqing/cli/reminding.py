"""``overdue --notify`` and ``--ack``: tell the channels of the office, once each thing."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yuqing import notify, screen, store
from yuqing.cli import looking, told
from yuqing.cli.context import Session
from yuqing.errors import Refused, Said, Unusable
from yuqing.notify import Reminder
from yuqing.plan.channels import Channel
from yuqing.words import N_

ACK = "ack"
"""Tag of the note that a post has taken it; it travels with the case to the clone that reminds."""


# --- taking it -------------------------------------------------------------------------


def take(run: Session, case: str) -> int:
    """``--ack``: note in the case that the duty post has taken what presses now."""
    from yuqing.cli import options, write

    verb = next(each for each in write.VERBS if each.name == "note")
    values = {
        name: False if name in options.FLAGS else None for name in (*options.SHARED, *verb.own)
    }
    text = looking.say(run, N_("reminder taken, being dealt with"))
    return write.run(verb, run, {**values, "case": case, "words": [text], "tag": [ACK]})


def _taken(views: Sequence[looking.View]) -> Mapping[str, dt.datetime]:
    """Case id → when a post last took it."""
    found: dict[str, dt.datetime] = {}
    for view in views:
        times = [e.at for e in view.log if e.kind == "noted" and ACK in e.tags]
        if times:
            found[view.case.id] = max(times)
            if view.case.is_logbook:  # the office's own duties, whichever month they stand in
                found["log"] = max(times)
    return found


# --- telling ---------------------------------------------------------------------------


def _channels(run: Session) -> Mapping[str, Channel]:
    """The channels in use."""
    channels = run.workspace.office.channels
    return {name: each for name, each in channels.items() if not each.off}


def may_send(run: Session) -> None:
    """Raises ``Unusable`` without a channel: a reminder that reaches nobody must not look like
    one that does; ``Refused`` for a pretended time, which only a demonstration may tell of."""
    if not _channels(run):
        raise Unusable(
            N_("no channel for messages is set up, so --notify would reach nobody"),
            hint=Said(
                N_("name one in office.yaml (yuqing help reminders), or let cron mail {line}"),
                {"line": "yuqing overdue"},
            ),
        )
    if run.now_given and not run.workspace.office.demo:
        raise Refused(N_("messages tell what is late now; --now sends none"))


def elsewhere(run: Session) -> str | None:
    """The clone that reminds, if it is another one."""
    named = run.workspace.office.reminds
    return named if named and named != store.clone_name(run.workspace) else None


def tell(
    run: Session,
    views: Sequence[looking.View],
    rows: Sequence[screen.Row],
    *,
    warn: dt.timedelta,
    nag: dt.timedelta | None,
) -> bool:
    """Tell every channel what it has not heard. Says on stderr what did not arrive.

    ``rows``: what presses now; ``warn``: as they were computed with. True if all arrived.
    """
    channels = _channels(run)
    if other := elsewhere(run):
        key = N_("reminders are sent by {name}, not by this clone: nothing was sent")
        _complain(run, key, name=other)
        return True
    pressing = [(each, row) for row in rows if (each := notify.reminder(row.standing, warn))]
    row_of = {each.key: row for each, row in pressing}
    found = [each for each, _ in pressing]
    by_case = {view.case.id: view for view in views}
    taken = _taken(views)
    arrived = True
    with store.reminding(run.workspace, run.now) as (known, keep):
        for name, channel in channels.items():
            memory = known.setdefault(name, store.Reminded())
            sent = {key: _note(about) for key, about in memory.notes.items()}
            fresh = notify.unsaid(found, sent, taken, channel.stages, now=run.now, nag=nag)
            if not fresh:
                continue
            told_rows = [(each, row_of[each.key]) for each in fresh]
            lines = [*_lines(run, told_rows, by_case)]
            items = [_item(each, row) for each, row in told_rows if not row.case.secrecy]
            fault = _send(run, channel, memory, _head(run, fresh), lines, items)
            if fault is None:
                memory.failed = None
                for each in fresh:
                    memory.notes[each.key] = _plain(notify.told(each, run.now))
            else:
                arrived = False
                memory.failed = memory.failed or run.now.isoformat(timespec="minutes")
                key = N_("{channel} was not told: {reason}; the next run tries again")
                _complain(
                    run, key, channel=name, reason=looking.say(run, fault.key, **fault.params)
                )
            keep()
    return arrived


def rehearse(run: Session) -> bool:
    """``--test``: one line to every channel, so that its address and secret are known to work."""
    arrived = True
    text = looking.say(run, N_("This is a test of the reminders of {office}."), office=_office(run))
    with store.reminding(run.workspace, run.now) as (known, keep):
        for name, channel in _channels(run).items():
            memory = known.setdefault(name, store.Reminded())
            fault = _send(run, channel, memory, text, [], [])
            keep()
            if fault is None:
                print(looking.say(run, N_("{channel} has taken the message"), channel=name))
            else:
                arrived = False
                reason = looking.say(run, fault.key, **fault.params)
                _complain(run, N_("{channel} was not told: {reason}"), channel=name, reason=reason)
    return arrived


def _send(
    run: Session,
    channel: Channel,
    memory: store.Reminded,
    head: str,
    lines: Sequence[str],
    items: Sequence[Mapping[str, Any]],
) -> Said | None:
    """One message on one channel, within what it takes a minute."""
    from yuqing.notify import robots
    from yuqing.notify.send import deliver

    most = robots.A_MINUTE.get(channel.kind)
    if most is not None and len(memory.used) >= most - 1:
        return Said(N_("it has had {n} messages within a minute"), {"n": len(memory.used)})
    word = channel.keyword
    head = f"{head} {word}" if word and word not in head else head
    rest = looking.say(run, N_("… and {n} more: {line}"), n="{n}", line="yuqing overdue")
    text = robots.fitting([head, *lines], robots.SIZE[channel.kind], rest)
    memory.used.append(run.now)
    return deliver(channel, head, text, items, os.environ, seconds=run.clock.timestamp())


def _complain(run: Session, key: str, /, **params: object) -> None:
    print(screen.clean(looking.say(run, key, **params)), file=sys.stderr)


# --- words -----------------------------------------------------------------------------


def _office(run: Session) -> str:
    office = run.workspace.office
    demo = looking.say(run, N_("(demonstration)")) if office.demo else ""
    return f"{office.name}{demo}"


def _head(run: Session, fresh: Sequence[Reminder]) -> str:
    """``【舆情提醒】柳塘街道办: 2 项逾期、1 项将到期(11-22 02:31)``."""
    counts = [(key, sum(each.stage == stage for each in fresh)) for stage, key in _COUNTED.items()]
    parts = [looking.say(run, key, n=n) for key, n in counts if n]
    return looking.say(
        run,
        N_("Reminder, {office}: {counts} ({time})"),
        office=_office(run),
        counts=looking.say(run, N_(", ")).join(parts),
        time=screen.short(run.now.astimezone(run.zone), run.now),
    )


_COUNTED: Mapping[str, str] = {
    "late": N_("{n} late"),
    "due": N_("{n} past the target"),
    "soon": N_("{n} due soon"),
}
_STAGES: Mapping[str, str] = {
    "late": N_("late"),
    "due": N_("past target"),
    "soon": N_("due soon"),
}


def _lines(
    run: Session,
    fresh: Sequence[tuple[Reminder, screen.Row]],
    views: Mapping[str, looking.View],
) -> Iterator[str]:
    """Id, level, step and minutes: no title, no words of a case, no name of anybody.

    Of an internal or secret case only that there is something.
    """
    hidden = 0
    for each, row in fresh:
        if row.case.secrecy:
            hidden += 1
            continue
        standing = each.standing
        view = views.get(row.case.id)
        what = standing.does
        if standing.item:  # an officer's own words
            what = looking.say(run, N_("open item {id}"), id=standing.duty)
        moment = each.limit if each.stage != "due" else each.since
        rest = screen.left(moment, run.now)
        parts = (
            looking.say(run, _STAGES[each.stage]),
            looking.say(run, N_("drill")) if row.case.drill else "",
            "log" if row.case.is_logbook else row.case.id,
            told.level(view, run.language) if view and not row.case.is_logbook else "",
            standing.clause,
            screen.clean(what),
            looking.say(run, rest.key, **rest.params),
        )
        yield "  ".join(part for part in parts if part)
    if hidden:
        key = N_("{n} internal matters: {line}")
        yield looking.say(run, key, n=hidden, line="yuqing overdue")


def _item(each: Reminder, row: screen.Row) -> dict[str, Any]:
    """One reminder as data for a webhook; as little as the line says."""
    standing = each.standing
    return {
        "case": "log" if row.case.is_logbook else row.case.id,
        "duty": standing.duty,
        "clause": standing.clause,
        "stage": each.stage,
        "level": standing.level,
        "limit": screen.iso(each.limit),
        "drill": row.case.drill,
    }


def _note(about: Mapping[str, Any]) -> notify.Sent:
    limit = about["limit"]
    return notify.Sent(
        stage=about["stage"],
        since=dt.datetime.fromisoformat(about["since"]),
        limit=dt.datetime.fromisoformat(limit) if limit else None,
        level=about["level"],
        at=dt.datetime.fromisoformat(about["at"]),
    )


def _plain(note: notify.Sent) -> dict[str, Any]:
    return {
        "stage": note.stage,
        "since": note.since.isoformat(),
        "limit": note.limit.isoformat() if note.limit else None,
        "level": note.level,
        "at": note.at.isoformat(),
    }
