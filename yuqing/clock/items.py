"""Open items (待辦): what an entry with ``due`` asks for or promises (plan format, 5.28)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from yuqing.case import Entry
from yuqing.clock.clocks import called
from yuqing.clock.counting import by_due
from yuqing.clock.world import World, mark
from yuqing.errors import Said
from yuqing.words import N_

ITEM_KINDS = frozenset(("received", "assigned", "replied"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One open item and what became of it."""

    entry: Entry
    round: int
    limit: dt.datetime
    plain_limit: dt.datetime | None
    closed_by: Entry | None
    released: Entry | None
    notes: tuple[Said, ...] = ()


def items(world: World) -> list[Item]:
    """Every open item of the case, in the order of the log."""
    return [
        _item(entry, world)
        for entry in world.log
        if entry.kind in ITEM_KINDS and entry.due is not None
    ]


def givers(entry: Entry) -> tuple[str, ...]:
    """Who may move the item: who gave it; a promise to an asker nobody."""
    if entry.kind == "received":
        return entry.from_
    if entry.kind == "assigned" and entry.by is not None:
        return (entry.by,)
    return ()


def _item(entry: Entry, world: World) -> Item:
    assert entry.due is not None
    how = world.rule()
    plain = by_due(entry.due, how)
    limit, notes = plain, list[Said]()
    released: Entry | None = None
    for adjusted in _adjusted(entry, world.log):
        if adjusted.release:
            released = released or adjusted
        elif adjusted.due is not None and adjusted.by in givers(entry):
            limit = by_due(adjusted.due, how)
        elif adjusted.due is not None:
            why = Said(
                N_("only who gave the item may move it: {organs}")
                if givers(entry)
                else N_("a promise can't be moved: a new date is a new item"),
                {"organs": "、".join(givers(entry))},
            )
            said = Said(N_("{entry}: no effect: {why}"), {"entry": called(adjusted), "why": why})
            notes.append(said)
    closed = next((e for e in world.log if entry.id in e.closes and e is not entry), None)
    number = next(r.number for r in reversed(world.rounds) if r.begin <= mark(entry))
    return Item(
        entry=entry, round=number, limit=limit, plain_limit=plain if plain != limit else None,
        closed_by=closed, released=released, notes=tuple(notes),
    )  # fmt: skip


def _adjusted(entry: Entry, log: Sequence[Entry]) -> list[Entry]:
    return [e for e in log if e.kind == "adjusted" and entry.id in e.re]
