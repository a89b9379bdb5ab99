"""The duties of a case as rows of a picture: the time allowed, the limit, the act. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yuqing.render.phrases import Phrases
from yuqing.render.pictures import canvas
from yuqing.render.pictures.axis import Axis
from yuqing.render.pictures.canvas import (
    FAINT,
    INK,
    PALE,
    SMALL,
    SOFT,
    Box,
    Group,
    Line,
    Mark,
    Shape,
    Text,
)
from yuqing.review.rows import DutyRow

_HIGH, _LOW = 33.0, 20.0
_BAD = ("late", "nothing", "contradiction", "basis_changed", "incomplete")
"""Answers that a reader looks for first."""
_OUT = ("released", "ended")


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty, with every time it came round."""

    rows: tuple[DutyRow, ...]

    @property
    def weight(self) -> int:
        """The lower, the sooner it is drawn."""
        if any(row.record in _BAD for row in self.rows):
            return 0
        return 2 if self.wordless else 1

    @property
    def wordless(self) -> bool:
        """Has it no figure, so that nothing but its name need be said?"""
        return not any(row.limit or row.target for row in self.rows)

    @property
    def high(self) -> float:
        """Units that its row takes."""
        return _LOW if self.wordless else _HIGH


def clocks(duties: Sequence[DutyRow]) -> list[Clock]:
    """Those that have begun, in the order of the paper; a repeated duty is one of them."""
    found: dict[tuple[str, str, str | None], list[DutyRow]] = {}
    for row in duties:
        if row.start is not None:
            found.setdefault((row.plan, row.duty.partition("@")[0], row.unit), []).append(row)
    return [Clock(tuple(each)) for each in found.values()]


def times(clock: Clock, now: dt.datetime) -> list[dt.datetime]:
    """Every time that is drawn of it."""
    named = (
        t for r in clock.rows for t in (r.start, r.limit, r.was_limit, r.target, r.done, r.recorded)
    )
    open_ = [now] if any(_end(row, now) == now for row in clock.rows) else []
    return [each for each in named if each] + open_


def _end(row: DutyRow, now: dt.datetime) -> dt.datetime | None:
    """Until when it was open: the act, else now; ``None`` where nothing is owed any more, or not
    yet."""
    if row.start is not None and row.start > now:
        return row.done
    if row.done is not None:
        return row.done
    return None if row.over or row.record in _OUT else now


def drawn(clock: Clock, axis: Axis, phrases: Phrases, now: dt.datetime, y: float) -> Group:
    """The row whose top is at ``y``: name and article left of the axis, the answer right."""
    first = clock.rows[0]
    middle, foot = y + clock.high / 2, y + clock.high
    name, article = _named(clock, phrases)
    name = canvas.cut(name, axis.left - 10 - canvas.MARGIN)
    shapes: list[Shape] = [
        Line(points=((canvas.MARGIN, foot), (canvas.END, foot)), stroke=PALE),
        Text(x=canvas.MARGIN, y=y + 14, text=name),
    ]
    if not clock.wordless:
        shapes.append(Text(x=canvas.MARGIN, y=y + 28, text=article, size=SMALL, fill=SOFT))
    for row in clock.rows:
        shapes += _bar(row, axis, now, middle)
    for row in clock.rows:
        shapes += _marks(row, axis, middle)
    shapes += _answer(clock, phrases, canvas.RIGHT + 12, middle)
    told = (phrases.duty(first), *(_told(row, phrases) for row in clock.rows[:12]))
    return Group(title=phrases.w["semicolon"].join(told), shapes=tuple(shapes))


def _named(clock: Clock, phrases: Phrases) -> tuple[str, str]:
    """What is owed; under it the article, and by when or how often."""
    first, room = clock.rows[0], canvas.LEFT - 10 - canvas.MARGIN
    if len(clock.rows) > 1:
        when = phrases.word("picture", "times").format(n=len(clock.rows))
        name = replace(first, round=1)
    else:
        due = first.limit or first.target
        soft = first.target_name or phrases.w["target"]
        by = phrases.w["limit"] if first.limit else soft
        when = f"{by} {phrases.due(due)}" if due else first.word or ""
        name = first
    when = canvas.cut(when, room, SMALL)
    space = room - canvas.width(when + " · ", SMALL)
    clause = canvas.cut(first.clause, space, SMALL) if space > 3 * SMALL else ""
    unit = f"{first.unit}{phrases.w['colon']}" if first.unit else ""
    return unit + phrases.duty(replace(name, unit=None)), " · ".join(
        each for each in (clause, when) if each
    )


def _told(row: DutyRow, phrases: Phrases) -> str:
    """For whoever points at it or hears it read."""
    asides = (row.clause, phrases.limit(row), phrases.done(row), phrases.answer(row))
    return " ".join(each.replace("\n", " ") for each in asides if each and each != "—")


def _bar(row: DutyRow, axis: Axis, now: dt.datetime, y: float) -> list[Shape]:
    """The time allowed, pale; what went beyond it, dark. Without a figure a dashed line."""
    assert row.start is not None
    start, end = row.start, _end(row, now)
    begin = axis.x(start)
    shapes: list[Shape] = []
    limit = row.limit or row.target
    if limit is None:
        until = axis.x(max(end or start, start))
        shapes.append(Line(points=((begin, y), (until, y)), stroke=SOFT, dash="4 3"))
    else:
        long = axis.x(max(limit, start)) - begin
        shapes.append(Box(x=begin, y=y - 4, wide=long, high=8, fill="#dadada", stroke=FAINT))
    if row.limit is not None and end is not None and end > row.limit:
        at = axis.x(max(row.limit, start))
        shapes.append(Box(x=at, y=y - 4, wide=axis.x(end) - at, high=8, fill="#4a4a4a"))
    shapes.append(Mark(shape="start", x=begin, y=y))
    return shapes


def _marks(row: DutyRow, axis: Axis, y: float) -> list[Shape]:
    shapes: list[Shape] = []
    if row.target is not None:
        shapes.append(Mark(shape="target", x=axis.x(row.target), y=y))
    if row.was_limit is not None and row.was_limit != row.limit:
        shapes.append(Mark(shape="was", x=axis.x(row.was_limit), y=y, fill=canvas.RED))
    if row.limit is not None:
        shapes.append(Mark(shape="limit", x=axis.x(row.limit), y=y, fill=canvas.RED))
    if row.done is not None:
        shapes += act(axis, row.done, row.recorded, y, late="late" in (row.record, row.under_new))
    return shapes


def act(
    axis: Axis, at: dt.datetime, recorded: dt.datetime | None, y: float, *, late: bool = False
) -> list[Shape]:
    """When it was done as stated, joined to when that was written down, where they differ."""
    shapes: list[Shape] = []
    if recorded is not None and recorded != at:
        shapes.append(Line(points=((axis.x(at), y), (axis.x(recorded), y)), stroke=canvas.BLUE))
        shapes.append(Mark(shape="ring", x=axis.x(recorded), y=y, fill=canvas.BLUE))
    shapes.append(Mark(shape="late" if late else "dot", x=axis.x(at), y=y, fill=INK))
    return shapes


def _answer(clock: Clock, phrases: Phrases, x: float, middle: float) -> list[Shape]:
    """What the record says, in words; of a repeated duty how often."""
    if len(clock.rows) == 1:
        said, short = phrases.answer(clock.rows[0]), phrases.word("record", clock.rows[0].record)
    else:
        counted = Counter(row.record for row in clock.rows)
        order = sorted(counted, key=lambda each: each not in _BAD)
        told = [f"{phrases.word('record', each)} {counted[each]}" for each in order]
        said, short = str(phrases.w["list_comma"]).join(told), told[0]
    room, rows, size = canvas.END - x, 1 if clock.wordless else 2, SMALL
    if rows == 2 and canvas.width(said, SMALL) > 1.9 * room:
        rows, size = 3, 10.0
    lines = _lines(said, phrases.w["open_bracket"], room, rows, size)
    if lines and lines[-1].endswith("…"):  # the table says the rest
        lines = canvas.wrap(short, room, rows, size)
    top = middle - (len(lines) - 1) * (size + 0.5) / 2 + 0.35 * size
    return [
        Text(x=x, y=top + (size + 0.5) * n, text=line, size=size, bold=clock.weight == 0)
        for n, line in enumerate(lines)
    ]


def _lines(said: str, bracket: str, room: float, rows: int, size: float) -> list[str]:
    """Broken before the bracket if what is in it fits behind, else wherever a line is full."""
    head, found, aside = said.partition(bracket)
    if rows > 1 and found and canvas.width(said, size) > room >= canvas.width(head, size):
        return [head, *canvas.wrap((found + aside).strip(), room, rows - 1, size)]
    return canvas.wrap(said, room, rows, size)
