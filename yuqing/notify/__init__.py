"""Reminders (催办提醒): which are new, and how a channel is told. Deciding is pure here.

Each (case, duty, stage) is said once a channel; again only when its limit or level changed, at
the next stage, or after so long a silence as was asked for (``--nag``). What was not delivered
counts as unsaid. A post that took it (``overdue --ack``) is left alone until the next stage.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yuqing.clock.standing import Standing, State
from yuqing.plan.channels import Stage

_STAGE: Mapping[State, Stage] = {
    "due_soon": "soon",
    "past_target": "due",
    "past_local_target": "due",
    "overdue": "late",
}


@dataclass(frozen=True, slots=True)
class Reminder:
    """One clock that should be heard of. ``since``: when its stage began (aware)."""

    stage: Stage
    since: dt.datetime
    limit: dt.datetime
    standing: Standing

    @property
    def key(self) -> str:
        """The clock, whatever its stage."""
        return self.standing.key


@dataclass(frozen=True, slots=True)
class Sent:
    """What a channel was last told of one clock, and when (aware)."""

    stage: str
    since: dt.datetime
    limit: dt.datetime | None
    level: str | None
    at: dt.datetime


def reminder(standing: Standing, warn: dt.timedelta) -> Reminder | None:
    """What there is to say of a clock; ``None`` if it presses nobody.

    ``warn``: how long before its limit a clock is due soon, as it was computed with.
    """
    stage = _STAGE.get(standing.state)
    moment = {
        "soon": standing.limit or standing.target,
        "due": standing.target or standing.local,
        "late": standing.limit,
        None: None,
    }[stage]
    if stage is None or moment is None:
        return None
    return Reminder(
        stage=stage,
        since=moment - warn if stage == "soon" else moment,
        limit=standing.limit or moment,
        standing=standing,
    )


def unsaid(
    found: Iterable[Reminder],
    sent: Mapping[str, Sent],
    taken: Mapping[str, dt.datetime],
    stages: Sequence[Stage],
    *,
    now: dt.datetime,
    nag: dt.timedelta | None = None,
) -> tuple[Reminder, ...]:
    """Those of ``found`` that a channel has still to be told.

    ``sent``: by key, what it was told last; ``taken``: by case, when a post last said it has
    taken it; ``stages``: what this channel is told at all; ``nag``: say again after so long.
    """
    return tuple(
        each
        for each in found
        if each.stage in stages
        and _is_new(each, sent.get(each.key), taken.get(each.standing.case), now, nag)
    )


def _is_new(
    each: Reminder,
    last: Sent | None,
    taken: dt.datetime | None,
    now: dt.datetime,
    nag: dt.timedelta | None,
) -> bool:
    if last is not None and (last.limit, last.level) != (each.limit, each.standing.level):
        return True
    if taken is not None and each.since <= taken:
        return False
    if last is None or (last.stage != each.stage and each.since > last.since):
        return True
    return nag is not None and now - last.at >= nag


def told(each: Reminder, now: dt.datetime) -> Sent:
    """The note that a channel now knows of it."""
    return Sent(each.stage, each.since, each.limit, each.standing.level, now)
