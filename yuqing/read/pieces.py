"""A case file cut into pieces of text: the fields of its head, its entries, what stands above each.

Put together again the pieces are the file, sign by sign. Comment and blank lines directly above
a piece belong to it (case format, section 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuqing.read.tree import Tree, decode, parse

_KEEPS = re.compile(r"(^|[ \t])[|>]([1-9]?\+|\+[1-9])[ \t]*(#.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One field of the head, or one entry. ``lead``: comment and blank lines above it; ``body``:
    its own lines; ``value``: what it says, as text, lists and maps. ``line``: of its first own
    line, from 1."""

    key: str
    lead: str
    body: str
    value: Any
    line: int = 0

    @property
    def keeps(self) -> bool:
        """Would blank lines put behind it become part of its text (``|+``)?"""
        return bool(_KEEPS.search(self.body))


@dataclass(frozen=True, slots=True)
class Pieces:
    """A whole file. The last piece of ``head`` is the line ``log:``; ``tail``: comment and blank
    lines behind the last entry."""

    head: tuple[Piece, ...] = ()
    entries: tuple[Piece, ...] = ()
    tail: str = ""

    @property
    def text(self) -> str:
        """The file."""
        return "".join(p.lead + p.body for p in (*self.head, *self.entries)) + self.tail


def dash_line(tree: Tree, rows: Sequence[str], place: int) -> int | None:
    """The line, from 1, on which the dash of an entry stands; ``None`` if it is no map."""
    column = tree.columns[("log",)]
    mark = tree.maps.get(("log", place))
    if mark is None:
        return None
    row = mark[0] - 1
    while row >= 0 and not (
        rows[row][column : column + 1] == "-" and not rows[row][:column].strip()
    ):
        row -= 1
    return row + 1 if row >= 0 else None


def is_log(tree: Tree) -> bool:
    """Is it a case file as far as its shape goes: ``log`` the last field, a block list?"""
    return ("log",) in tree.columns and list(tree.value)[-1:] == ["log"]


def split(data: bytes) -> Pieces | None:
    """Cut a file; ``None`` if the strict reader refuses it or it has no block list ``log``.

    Line ends become LF, a BOM goes, a missing last line end comes, as when an entry is appended.
    """
    text, _ = decode(data, "")
    tree, _ = parse(data, "", as_text=True)
    if text is None or tree is None or not is_log(tree):
        return None
    rows = text.split("\n")[:-1]
    marks = list(_marks(tree, rows))
    if any(line is None for line, *_ in marks):
        return None
    pieces: list[Piece] = []
    lead_from = 0
    for n, (line, key, column, value) in enumerate(marks):
        assert line is not None
        last = n + 1 == len(marks)
        stop = len(rows) if last else (marks[n + 1][0] or 1) - 1
        # Less indented than its fields, a comment cannot be a line of a text (|) of this piece.
        end = stop
        while end > line and _loose(rows[end - 1], column):
            end -= 1
        piece = Piece(key, _joined(rows[lead_from : line - 1]), "", value, line)
        body = _joined(rows[line - 1 : end])
        if _KEEPS.search(body):
            while end < stop and not rows[end].strip():
                end += 1
            body = _joined(rows[line - 1 : end])
        pieces.append(Piece(key, piece.lead, body, value, line))
        lead_from = end
    count = len(marks) - len(tree.value["log"])
    return Pieces(tuple(pieces[:count]), tuple(pieces[count:]), _joined(rows[lead_from:]))


def _marks(tree: Tree, rows: Sequence[str]) -> Iterator[tuple[int | None, str, int, Any]]:
    """First line, key, column of its fields and value of each piece."""
    root: Mapping[str, Any] = tree.value
    for key, value in root.items():
        if key != "log":
            yield tree.lines[(key,)], key, tree.maps[()][1], value
    yield tree.lines[("log",)], "log", tree.columns[("log",)] + 2, None
    for place, value in enumerate(root["log"]):
        key = value.get("id", "") if isinstance(value, dict) else ""
        column = tree.maps.get(("log", place), (0, 0))[1]
        yield dash_line(tree, rows, place), key, column, value


def _loose(row: str, column: int) -> bool:
    """A blank line, or a comment not further in than ``column``."""
    bare = row.lstrip(" ")
    return not bare or (bare.startswith("#") and len(row) - len(bare) <= column)


def _joined(rows: Sequence[str]) -> str:
    return "".join(f"{row}\n" for row in rows)
