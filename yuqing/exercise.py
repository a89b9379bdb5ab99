"""The script of an exercise (演练脚本): what is told to which post, when, and what is hoped for.

Records only; the notation is told by ``yuqing help drill``. Posts and places, never people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from yuqing.notation import (
    Count,
    Named,
    OneOrMany,
    Reads,
    Record,
    Schema,
    Text,
    outside,
    says,
    told,
)
from yuqing.plan.shapes import DutyId, Moment, Texts, Value

_OFFSET: Schema = {"type": "string", "pattern": r"^\+?\s*[0-9]"}
Offset = Annotated[dt.timedelta, Reads("offset", _OFFSET)]
"""A time within the drill or a length, in whole minutes: ``+15m``, ``+1h30m``, ``2 hours``."""
Post = Annotated[str, Reads("post", {"type": "string"})]
"""An organ or post; organs of the plan by id, name or alias."""
Points = Annotated[int, Reads("points", {"type": "integer", "minimum": 0})]
_PER_CENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
InjectKind = Literal["received", "noted", "occurred", "discovered", "relapsed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inject(Record):
    """What a post is told in the course of the drill (消息注入); it becomes an entry by that post.

    ``within``: how soon the post should act on it; without it the time taken is measured only.
    """

    id: str = field(metadata=outside("id"))
    at: Offset = field(metadata=says("when, from the start of the drill: +15m"))
    to: Post = field(metadata=says("the post that is told"))
    text: Text = field(metadata=says("what it is told"))
    kind: InjectKind | None = told(
        None, "the entry it becomes: received (from somebody) or noted, unless said here"
    )
    from_: Post | None = told(None, "from whom it came", alias="from")
    facts: Annotated[Mapping[str, Value], Reads("told_facts", {"type": "object"})] = told(
        {}, "facts of the plan that it brings"
    )
    links: Texts = told((), "web addresses; invented ones end in .example")
    due: Offset | None = told(None, "an answer is wanted by then, from the start of the drill")
    within: Offset | None = told(None, "how soon the post should act on it")
    points: Points = told(1, "points for acting within that time")

    @property
    def becomes(self) -> InjectKind:
        """The kind of entry."""
        return self.kind or ("received" if self.from_ else "noted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation(Record):
    """An act that is hoped for beyond the plan's duties. ``done_by``: Moments as plans write them.

    ``within`` counts from the inject that it ``answers``, else from the start of the drill.
    """

    id: str = field(metadata=outside("id"))
    does: Text = field(metadata=says("what is hoped for, in words"))
    done_by: Annotated[tuple[Moment, ...], OneOrMany()] = field(
        metadata=says("the act: a Moment as in plans")
    )
    within: Offset | None = told(None, "by when")
    answers: Annotated[str, Reads("injects")] | None = told(
        None, "the inject from which the time counts"
    )
    clause: Text | None = told(None, "article it rests on")
    points: Points = told(1, "points for it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise(Record):
    """One script. ``points``: duty of the plan → points (without it 1 for each with a limit,
    0 for the others); ``late``: per cent of the points for what came late."""

    yuqing: Count = told(1, "format version")
    title: Annotated[Text, Reads("title")] = field(metadata=says("title of the drill"))
    plan: Annotated[Text, Reads("plan")] = field(
        metadata=says("the plan it tests: ID or ID@VERSION")
    )
    start: Annotated[dt.time | dt.datetime, Reads("start", {"type": "string"})] = field(
        metadata=says("pretended start: a time of day, or day and time")
    )
    lasts: Offset = field(metadata=says("how long it lasts; what falls due later is not counted"))
    posts: Annotated[tuple[Post, ...], OneOrMany(single=False)] = field(
        metadata=says("organs and posts that take part")
    )
    aims: Texts = told((), "what is to be practised")
    injects: Annotated[Mapping[str, Inject], Named("own_id")] = field(
        metadata=says("what is told to whom, when")
    )
    expect: Annotated[Mapping[str, Expectation], Named("expected_id")] = told(
        {}, "acts hoped for beyond the plan"
    )
    order: Annotated[tuple[Annotated[str, Reads("steps")], ...], OneOrMany(single=False)] = told(
        (), "duties and expectations in the order in which they should happen"
    )
    points: Annotated[Mapping[DutyId, Points], Reads("duty_points", {"type": "object"})] = told(
        {}, "points of single duties of the plan"
    )
    late: Annotated[int, Reads("per_cent", _PER_CENT)] = told(
        50, "per cent of the points for what came late"
    )
    procedure: Points = told(1, "points for each act that had what must come first, and each step")

    def begins(self, today: dt.date, zone: dt.tzinfo) -> dt.datetime:
        """The pretended start, aware; a bare time of day is one of ``today``."""
        if isinstance(self.start, dt.time):
            return dt.datetime.combine(today, self.start, zone)
        return self.start if self.start.tzinfo else self.start.replace(tzinfo=zone)

    @property
    def told(self) -> tuple[Inject, ...]:
        """The injects in the order of their times."""
        return tuple(sorted(self.injects.values(), key=lambda each: each.at))
