"""How one clock stands: the record that every answer about a due time is made of."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

from yuqing.errors import Said

State = Literal[
    "waiting",  # the start has not happened: never "fine"
    "running",
    "open",  # no figure in the plan
    "paused",
    "past_local_target",  # the office's own figure, never a breach
    "past_target",
    "due_soon",
    "overdue",
    "met",
    "met_late",
    "released",
    "ended",  # lapsed, or no longer owed
    "incomplete",  # cannot be computed; ``notes`` says why
]
DONE: frozenset[State] = frozenset(("met", "met_late", "released", "ended"))
"""Nothing more is owed."""


class Standing(NamedTuple):
    """One clock of one duty, or one open item. All times aware, in the plan's zone.

    ``duty``: duty id; of a repeated one with its due time (``DUTY@2026-06-02T07:30+08:00``);
    of an open item the entry id, with ``item`` true. ``limit`` is the hard limit in force,
    ``target`` the soft one, ``was_limit`` the limit before its basis was changed (依據已改).
    """

    case: str
    plan: str
    duty: str
    does: str
    clause: str = ""
    item: bool = False
    who: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Recipients not yet reached."""
    round: int = 1
    for_: str | None = None
    """The unit that owes it, where each owes it for itself."""
    start: dt.datetime | None = None
    started_by: str | None = None
    """Id of the entry that started the clock."""
    target: dt.datetime | None = None
    target_name: str | None = None
    limit: dt.datetime | None = None
    was_limit: dt.datetime | None = None
    word: str | None = None
    """The plan's word where it gives no figure (及時)."""
    local: dt.datetime | None = None
    """The office's own target beside such a word."""
    done: dt.datetime | None = None
    """When the last recipient was reached, as stated."""
    done_recorded: dt.datetime | None = None
    """When the record first said so; the latest of the acts."""
    acts: tuple[str, ...] = ()
    """Ids of the entries that discharged it, wholly or in part."""
    state: State = "waiting"
    level: str | None = None
    """Value of scale ``level`` that it rests on; the assumed worst while ungraded."""
    provisional: bool = False
    arose: dt.datetime | None = None
    """When a later change of grade or fact brought it about; else it arose with its start."""
    arose_late: bool = False
    """The limit was already past when the duty arose: not the officer's fault."""
    estimated: bool = False
    """The start is an estimate or a fallback."""
    readings: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    """Articles behind the limit in force, where they differ from ``clause``."""
    trail: tuple[Said, ...] = ()
    """How the due time came about, step by step (``why``)."""
    notes: tuple[Said, ...] = ()
    """What a reader must know: why incomplete, an act before its start, no effect."""
    by_hand: tuple[int, ...] = ()
    """Lines of the entries without id, typed by hand, that started or discharged it."""

    @property
    def over(self) -> bool:
        """Nothing more is owed."""
        return self.state in DONE

    @property
    def key(self) -> str:
        """Names this clock for as long as it runs, for what is remembered of it elsewhere."""
        parts = (self.case, self.plan, self.duty, self.for_, str(self.round), self.started_by)
        return "|".join(part or "" for part in parts)
