"""Merging case files (case format, section 10): by entry, on pieces of text.

Nothing that either side wrote is lost: entries of both sides stand in the result, comments too;
where both changed one piece, or one side lacks it, both values stand between git's own markers.
The result is read again and must say what was chosen, else the whole of both sides stands there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Any

from yuqing.errors import Said
from yuqing.read.changes import core
from yuqing.read.pieces import Piece, Pieces, split
from yuqing.read.tree import canonical, parse
from yuqing.words import N_

OURS, BETWEEN, THEIRS = "<<<<<<< ours\n", "=======\n", ">>>>>>> theirs\n"
REFERS = ("of", "re", "closes", "corrects")
_LATEST = dt.datetime.max.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Merged:
    """The text, and what a person must settle in it; nothing: it is clean."""

    data: bytes
    conflicts: tuple[Said, ...] = ()


def merge(base: bytes, ours: bytes, theirs: bytes) -> Merged:
    """Three versions of one case file into one. Pure; raises nothing on any input.

    Clean results are the same whichever side is which, and merging a side in again changes
    nothing. An unreadable ``base`` (none, or one with markers in it) counts as what both sides
    begin with.
    """
    if ours == theirs:
        return Merged(ours)
    mine, other = split(ours), split(theirs)
    if mine is None or other is None:
        which = N_("our side cannot be read") if mine is None else N_("their side cannot be read")
        return Merged(both_whole(ours, theirs), (Said(which),))
    mine, other = _named(mine), _named(other)
    old = split(base)
    common = _common(mine, other) if old is None else _named(old)
    if common is None or mine is None or other is None:
        said = Said(N_("an id stands twice; entries cannot be told apart"))
        return Merged(both_whole(ours, theirs), (said,))
    mine, other = _taken_in(common, mine), _taken_in(common, other)
    kept = {piece.key for piece in common.entries}
    if old is not None and base in (ours, theirs):
        one = other if base == ours else mine
        if kept <= {piece.key for piece in one.entries}:
            return Merged(theirs if base == ours else ours)
    return _merged(common, mine, other) or Merged(
        both_whole(ours, theirs), (Said(N_("the merged text would not read as it was meant")),)
    )


def both_whole(ours: bytes, theirs: bytes) -> bytes:
    """Both files between markers, what they begin and end with once. Cannot fail."""
    one, two = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    if one == two:
        return ours
    most = min(len(one), len(two))
    start = next((n for n in range(most) if one[n] != two[n]), most)
    most -= start
    end = next((n for n in range(most) if one[-1 - n] != two[-1 - n]), most)
    parts = [*one[:start], OURS.encode()]
    parts += _ended(one[start : len(one) - end])
    parts += [BETWEEN.encode(), *_ended(two[start : len(two) - end]), THEIRS.encode()]
    parts += one[len(one) - end :]
    return b"".join(parts)


def _ended(rows: Sequence[bytes]) -> list[bytes]:
    return [row if row.endswith(b"\n") else row + b"\n" for row in rows]


# --- which piece is which ---------------------------------------------------------------


def _core(entry: Any) -> str:
    """What an entry typed by hand says, as one text."""
    return canonical(core(entry) if isinstance(entry, Mapping) else entry).decode()


def _named(pieces: Pieces | None) -> Pieces | None:
    """Entries that nobody has stamped yet go by what they say. ``None``: an id stands twice."""
    if pieces is None:
        return None
    seen: dict[str, int] = {}
    entries = []
    for piece in pieces.entries:
        key = piece.key
        if not key:
            said = "#" + _core(piece.value)
            seen[said] = seen.get(said, 0) + 1
            key = f"{said}{seen[said]}"
        entries.append(replace(piece, key=key))
    if len({piece.key for piece in entries}) != len(entries):
        return None
    return replace(pieces, entries=tuple(entries))


def _taken_in(base: Pieces, side: Pieces) -> Pieces:
    """An entry that ``base`` holds unstamped and ``side`` stamped is one entry."""
    have = {piece.key for piece in side.entries}
    known = {piece.key for piece in base.entries}
    waiting = [key for key in known if key.startswith("#") and key not in have]
    if not waiting:
        return side
    entries = []
    for piece in side.entries:
        key = piece.key
        if key not in known:
            said = "#" + _core(piece.value)
            key = next((k for k in sorted(waiting) if k[: len(said)] == said), key)
            if key in waiting:
                waiting.remove(key)
        entries.append(replace(piece, key=key))
    return replace(side, entries=tuple(entries))


def _common(mine: Pieces | None, other: Pieces | None) -> Pieces | None:
    """What both files begin with, where there is no older version to compare with."""
    if mine is None or other is None:
        return None
    count = 0
    for one, two in zip(mine.entries, other.entries, strict=False):
        if (one.key, one.body) != (two.key, two.body):
            break
        count += 1
    head = tuple(piece for piece in mine.head if piece.body in {p.body for p in other.head})
    return Pieces(head, mine.entries[:count])


# --- merging ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sides:
    """One piece in the three versions; ``None`` where it is not there."""

    base: Piece | None
    ours: Piece | None
    theirs: Piece | None

    def conflict(self, *, must_stay: bool) -> bool:
        """Changed on both sides and not in the same way, or gone on one."""
        one, two = self.ours, self.theirs
        if one is None or two is None:
            gone = self.base is not None and not (one is None and two is None)
            changed = one or two
            return gone and (
                must_stay or (changed is not None and changed.body != _body(self.base))
            )
        same = one.body == two.body or (self.base is None and one.value == two.value)
        return not same and _body(self.base) not in (one.body, two.body)

    def chosen(self) -> Piece | None:
        """The piece that stands, its comments from both."""
        one, two = self.ours, self.theirs
        if one is None or two is None:
            return None if self.base is not None else (one or two)
        body = min(one, two, key=lambda p: p.body) if self.base is None else one
        if self.base is not None and one.body == self.base.body:
            body = two
        return replace(body, lead=_comments(_lead(self.base), one.lead, two.lead))


def _body(piece: Piece | None) -> str | None:
    return piece.body if piece is not None else None


def _lead(piece: Piece | None) -> str | None:
    return piece.lead if piece is not None else None


def _comments(base: str | None, one: str, two: str) -> str:
    """Comment lines of both sides; what one side merely has less of comes back."""
    if base is not None and base in (one, two):
        return two if one == base else one
    if one == two:
        return one
    first, second = sorted((one, two))
    lines, more = _lines(first), _lines(second)
    if _held(lines, more):
        return second if not _held(more, lines) else max(first, second, key=len)
    if _held(more, lines):
        return first
    return first + "".join(f"{line}\n" for line in _lacking(lines, more))


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _lacking(have: Sequence[str], wanted: Iterable[str]) -> list[str]:
    left = list(have)
    lacking = []
    for line in wanted:
        if line in left:
            left.remove(line)
        else:
            lacking.append(line)
    return lacking


def _held(few: Sequence[str], many: Sequence[str]) -> bool:
    return not _lacking(many, few)


def _merged(base: Pieces, ours: Pieces, theirs: Pieces) -> Merged | None:
    """The merged file, or ``None`` if it would not read as it was meant."""
    between, ours, theirs, rest = _tails(base, ours, theirs)
    text: list[str] = []
    conflicts: list[Said] = []
    value: dict[str, Any] = {}
    for sides in _aligned(base.head, ours.head, theirs.head, _head_order):
        chosen = _put(sides, text, conflicts, must_stay=False)
        if chosen is not None and chosen.key != "log":
            value[chosen.key] = chosen.value
    log: list[Any] = []
    last: Piece | None = None
    open_tail = bool(between)
    aligned = _aligned(base.entries, ours.entries, theirs.entries, _entry_order)
    for place, sides in enumerate(aligned):
        if sides.base is None and open_tail:
            text.append(between)
            open_tail = False
        spaced = _spaced(sides, first=place == 0, last=last)
        chosen = _put(spaced, text, conflicts, must_stay=True)
        last = chosen or sides.ours or sides.theirs
        if chosen is not None:
            log.append(chosen.value)
    if open_tail:
        text.append(between)
    text.append(rest)
    data = "".join(text).encode("utf-8", "surrogatepass")
    if conflicts:
        return Merged(data, tuple(conflicts))
    tree, _ = parse(data, "", as_text=True)
    if tree is None or tree.value != {**value, "log": log}:
        return None
    return Merged(data)


def _spaced(sides: _Sides, *, first: bool, last: Piece | None) -> _Sides:
    """Blank lines around entries that come to stand beside others than where they were written."""
    swallowed = first or (last is not None and last.keeps)
    if not swallowed and sides.base is not None:
        return sides

    def put(piece: Piece | None) -> Piece | None:
        if piece is None:
            return None
        if swallowed:
            return replace(piece, lead=piece.lead.lstrip("\n"))
        if "\n\n" in "\n" + piece.lead:  # it has its blank line
            return piece
        return replace(piece, lead="\n" + piece.lead)

    return _Sides(sides.base, put(sides.ours), put(sides.theirs))


def _put(sides: _Sides, text: list[str], conflicts: list[Said], *, must_stay: bool) -> Piece | None:
    """Write one piece; between markers if a person must choose. The piece that stands."""
    if not sides.conflict(must_stay=must_stay):
        chosen = sides.chosen()
        if chosen is not None:
            text.append(chosen.lead + chosen.body)
        return chosen
    one, two = sides.ours, sides.theirs
    leads = [piece.lead for piece in (one, two) if piece is not None]
    lead = _comments(_lead(sides.base), leads[0], leads[-1])
    text += [lead, OURS, _body(one) or "", BETWEEN, _body(two) or "", THEIRS]
    conflicts.append(_told(sides))
    return None


def _told(sides: _Sides) -> Said:
    """Which piece, which fields, both values."""
    one, two = sides.ours, sides.theirs
    key = (one or two or Piece("?", "", "", None)).key
    key = N_("an entry without id") if key.startswith("#") else key
    if one is None or two is None:
        return Said(
            N_("{entry}: gone on {side}, there on the other"),
            {"entry": Said(key), "side": Said(N_("our side") if one is None else N_("their side"))},
        )
    ours, theirs = one.value, two.value
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        ours, theirs = {"": ours}, {"": theirs}
    names = [n for n in dict.fromkeys((*ours, *theirs)) if ours.get(n) != theirs.get(n)]
    if not names:
        return Said(N_("{entry}: changed on both sides"), {"entry": Said(key)})
    values = [
        ", ".join(f"{n}: {side.get(n, '–')}" if n else f"{side.get(n)}" for n in names)
        for side in (ours, theirs)
    ]
    return Said(
        N_("{entry}: ours {ours}; theirs {theirs}"),
        {"entry": Said(key), "ours": values[0], "theirs": values[1]},
    )


# --- order -----------------------------------------------------------------------------

Order = Callable[[Mapping[str, Piece], Sequence[Sequence[Piece]]], list[str]]


def _aligned(
    base: Sequence[Piece], ours: Sequence[Piece], theirs: Sequence[Piece], order: Order
) -> Iterable[_Sides]:
    """Each piece once, with its three versions: base order, then what is new."""
    maps = [{piece.key: piece for piece in side} for side in (base, ours, theirs)]
    new = {**maps[2], **maps[1]}
    fresh = {key: piece for key, piece in new.items() if key not in maps[0]}
    sides = [[piece for piece in side if piece.key in fresh] for side in (ours, theirs)]
    keys = [piece.key for piece in base]
    added = order(fresh, sides)
    if keys[-1:] == ["log"]:  # it stays the last field
        keys[-1:] = [*added, "log"]
    else:
        keys += added
    for key in keys:
        yield _Sides(maps[0].get(key), maps[1].get(key), maps[2].get(key))


def _head_order(fresh: Mapping[str, Piece], _sides: object) -> list[str]:
    return sorted(fresh, key=lambda key: (key == "log", key))


def _entry_order(fresh: Mapping[str, Piece], sides: Sequence[Sequence[Piece]]) -> list[str]:
    """By (``recorded``, ``id``); but an entry stays behind what it speaks of, and two that one
    side stated for the same minute and wrote down in the same minute stay in that order: there
    the place in the file decides which of them counts."""
    ids = {p.value["id"]: k for k, p in fresh.items() if "id" in p.value}
    after: dict[str, set[str]] = {key: set() for key in fresh}
    for key, piece in fresh.items():
        for name in REFERS:
            named = piece.value.get(name, ())
            for each in [named] if isinstance(named, str) else named:
                if isinstance(each, str) and ids.get(each, key) != key:
                    after[key].add(ids[each])
    for side in sides:
        latest: dict[Any, str] = {}
        for piece in side:
            minute = (piece.value.get("recorded"), piece.value.get("at"))
            if minute in latest:
                after[piece.key].add(latest[minute])
            latest[minute] = piece.key
    rank = {
        key: (_moment(p.value.get("recorded")), str(p.value.get("id", "~")), key)
        for key, p in fresh.items()
    }
    left = set(fresh)
    ready = [(rank[key], key) for key in left if not after[key]]
    heapify(ready)
    order: list[str] = []
    while left:
        if not ready:  # both sides say otherwise of each other: the earliest goes first
            key = min(left, key=lambda k: rank[k])
            after[key].clear()
            heappush(ready, (rank[key], key))
        _, key = heappop(ready)
        if key not in left:
            continue
        left.discard(key)
        order.append(key)
        for other in left:
            if key in after[other]:
                after[other].discard(key)
                if not after[other]:
                    heappush(ready, (rank[other], other))
    return order


def _moment(text: Any) -> dt.datetime:
    """When it was recorded; what nobody has stamped yet comes last."""
    try:
        moment = dt.datetime.fromisoformat(str(text).replace(" ", "T", 1))
    except ValueError:
        return _LATEST
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


# --- comments behind the last entry ------------------------------------------------------


def _tails(base: Pieces, ours: Pieces, theirs: Pieces) -> tuple[str, Pieces, Pieces, str]:
    """What stands behind the last entry of ``base``, and behind everything.

    A comment at the end of the old file came to stand above whatever either side appended; it
    stays where it was, once.
    """
    known = {piece.key for piece in base.entries}
    fresh = [_first_new(side, known) for side in (ours, theirs)]
    plain = [side.tail for side, new in zip((ours, theirs), fresh, strict=True) if new is None]
    found = sorted({tail for tail in (base.tail, *plain) if tail.strip()}, key=len, reverse=True)
    sides, between, rest = [], [], []
    for side, new in zip((ours, theirs), fresh, strict=True):
        if new is None:
            between.append(side.tail)
            rest.append("")
            sides.append(replace(side, tail=""))
            continue
        rest.append(side.tail)
        lead = side.entries[new].lead
        held = max((_up_to(lead, _lines(tail)) for tail in found), key=len, default="")
        between.append(held)
        entries = list(side.entries)
        entries[new] = replace(entries[new], lead=lead.removeprefix(held))
        sides.append(replace(side, entries=tuple(entries), tail=""))
    kept = base.tail if base.tail.strip() else ""
    between = [text if text.strip() else "" for text in between]
    behind = _comments(kept, *between)
    if kept and "" in between and behind == "":
        behind = kept  # a comment that one side appended under has only moved
    return behind, sides[0], sides[1], _comments("", *(t if t.strip() else "" for t in rest))


def _up_to(lead: str, lines: Sequence[str]) -> str:
    """The beginning of ``lead`` that holds all of these lines; empty if it does not."""
    rows = lead.splitlines(keepends=True)
    for count in range(len(rows) + 1):
        start = "".join(rows[:count])
        if _held(lines, _lines(start)):
            return start
    return ""


def _first_new(side: Pieces, known: set[str]) -> int | None:
    """Place of the first new entry behind all the old ones."""
    place = len(side.entries)
    while place and side.entries[place - 1].key not in known:
        place -= 1
    return place if place < len(side.entries) else None
