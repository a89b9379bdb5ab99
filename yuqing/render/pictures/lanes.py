"""Labels beside their marks, in as many rows as it takes for none to cover another. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yuqing.render.pictures import canvas

_APART = 9.0
"""Between a mark and its label, and between a label and the next mark."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be labelled: it reaches from ``begin`` to ``end``. ``key``: the caller's."""

    begin: float
    end: float
    text: str
    key: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A note in its row, its label at ``x``, shortened where the page ends."""

    note: Note
    row: int
    x: float
    anchor: str
    text: str


def place(notes: Sequence[Note], left: float, right: float, size: float) -> list[Placed]:
    """Each label behind its mark, before it where the page ends, in the first row that is free."""
    rows: list[list[tuple[float, float]]] = []
    placed: list[Placed] = []
    for note in sorted(notes, key=lambda each: (each.begin, each.key)):
        behind, before = right - note.end - _APART, note.begin - _APART - left
        wide = canvas.width(note.text, size)
        after = wide <= behind or behind >= before
        text = canvas.cut(note.text, behind if after else before, size)
        wide = canvas.width(text, size)
        if after:
            taken = (note.begin - _APART, note.end + _APART + wide)
        else:
            taken = (note.begin - _APART - wide, note.end + _APART)
        row = next((n for n, held in enumerate(rows) if _free(held, taken)), len(rows))
        if row == len(rows):
            rows.append([])
        rows[row].append(taken)
        x = note.end + _APART if after else note.begin - _APART
        placed.append(Placed(note, row, x, "start" if after else "end", text))
    return placed


def _free(held: Sequence[tuple[float, float]], taken: tuple[float, float]) -> bool:
    return all(taken[1] <= begin or taken[0] >= end for begin, end in held)


def height(placed: Sequence[Placed]) -> int:
    """How many rows they take."""
    return max((each.row for each in placed), default=-1) + 1
