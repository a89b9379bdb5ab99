"""What a plan asks after an imaginary incident, by when: to hang on the wall. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yuqing.render.pictures import axis as axes
from yuqing.render.pictures import canvas, lanes
from yuqing.render.pictures.axis import Axis
from yuqing.render.pictures.canvas import (
    END,
    FAINT,
    HEIGHT,
    INK,
    LEFT,
    MARGIN,
    PALE,
    RIGHT,
    SIZE,
    SMALL,
    SOFT,
    Box,
    Group,
    Line,
    Mark,
    Shape,
    Text,
)

TOP, FOOT, ROW = 60.0, 50.0, 33.0
ROWS = int((HEIGHT - TOP - FOOT - 120) // ROW)
"""Duties that one page holds."""
_AFTER = (30, 60, 120, 240, 480, 720, 1440, 2880, 4320, 10080, 20160, 43200, 86400, 259200, 525600)  # fmt: skip
"""Minutes from the beginning at which a tick may stand, the nearer first."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One duty as often as it comes round. ``dues``: target and limit of each round; ``text``:
    by when, in words."""

    name: str
    clause: str
    start: dt.datetime
    dues: tuple[tuple[dt.datetime | None, dt.datetime | None], ...]
    text: str

    @property
    def times(self) -> list[dt.datetime]:
        """Every due time of it."""
        return [each for due in self.dues for each in due if each]


def timetable(
    title: str,
    about: str,
    events: Sequence[tuple[dt.datetime, str]],
    rows: Sequence[Planned],
    *,
    says: Mapping[str, str],
    after: Callable[[dt.timedelta], str],
    lang: str,
) -> str:
    """The timetable as SVG, at most one page high. ``events``: what happens in the incident, the
    first begins it; ``says``: the words for ``limit``, ``target``, ``word`` (no figure) and, with
    ``{n}``, ``more`` (rows beyond :data:`ROWS`); ``after``: how a length of time is written."""
    shown = rows[:ROWS]
    begin = min(at for at, _ in events)
    times = [begin, *(at for at, _ in events), *(each.start for each in shown)]
    times += [at for each in shown for at in each.times]
    if max(times) == begin:
        times.append(begin + dt.timedelta(hours=1))
    axis = axes.bent(times, LEFT, RIGHT)
    placed = lanes.place(
        [lanes.Note(axis.x(at), axis.x(at), said, n) for n, (at, said) in enumerate(events[:40])],
        LEFT,
        END,
        SMALL,
    )[:120]
    placed = [each for each in placed if each.row < 6]
    top = TOP + 18 * lanes.height(placed) + 26
    foot = top + ROW * len(shown)
    shapes: list[Shape] = [
        Text(x=MARGIN, y=26, text=canvas.cut(title, END - MARGIN, 17), size=17, bold=True),
        Text(x=MARGIN, y=46, text=canvas.cut(about, END - MARGIN), size=SIZE, fill=SOFT),
        *_ticks(axis, begin, top, foot, [each.note.begin for each in placed], after),
    ]
    for each in placed:
        x, y = axis.x(events[each.note.key][0]), TOP + 10 + 18 * each.row
        shapes.append(Line(points=((x, y), (x, foot)), stroke="#7f9cc4", dash="2 3"))
        shapes.append(Mark(shape="dot", x=x, y=y, fill=canvas.BLUE))
        shapes.append(Text(x=each.x, y=y + 4, text=each.text, size=SMALL, anchor=each.anchor))
    for n, row in enumerate(shown):
        shapes.append(_row(row, axis, top + ROW * n))
    shapes += _legend(says, foot + 18)
    if len(rows) > ROWS:
        more = canvas.cut(says["more"].format(n=len(rows) - ROWS), END - MARGIN, SMALL)
        shapes.append(Text(x=MARGIN, y=foot + 42, text=more, size=SMALL, fill=SOFT))
    told = [f"{row.name} {row.clause} {row.text};" for row in rows]
    high = foot + FOOT
    return canvas.svg(shapes, high=high, title=title, told=told, lang=lang, name="timetable")


def _ticks(
    axis: Axis,
    begin: dt.datetime,
    top: float,
    foot: float,
    held: Sequence[float],
    after: Callable[[dt.timedelta], str],
) -> Iterator[Shape]:
    shelf = axes.Shelf()
    for x in held:
        shelf.takes(x - 1, x + 1)
    yield Line(points=((axis.left, top), (axis.right, top)))
    for minutes in _AFTER:
        at = begin + dt.timedelta(minutes=minutes)
        if at > axis.knots[-1][0]:
            return
        x, text = axis.x(at), after(dt.timedelta(minutes=minutes))
        half = canvas.width(text, SMALL) / 2
        if shelf.takes(x - half, x + half):
            yield Text(x=x, y=top - 8, text=text, size=SMALL, anchor="middle", fill=SOFT)
            yield Line(points=((x, top - 4), (x, foot)), stroke="#d4d4d4")


def _row(row: Planned, axis: Axis, y: float) -> Group:
    """Name and article left of the axis; by when, where there is room beside the marks."""
    middle, room = y + ROW / 2, LEFT - 14 - MARGIN
    begin = axis.x(row.start)
    ends = [axis.x(at) for at in row.times] or [begin + 40]
    shapes: list[Shape] = [
        Line(points=((MARGIN, y + ROW), (END, y + ROW)), stroke=PALE),
        Text(x=MARGIN, y=y + 14, text=canvas.cut(row.name, room)),
        Text(x=MARGIN, y=y + 28, text=canvas.cut(row.clause, room, SMALL), size=SMALL, fill=SOFT),
        Mark(shape="start", x=begin, y=middle),
    ]
    if row.times:
        long = max(*ends, begin) - begin
        shapes.append(Box(x=begin, y=middle - 4, wide=long, high=8, fill="#dadada", stroke=FAINT))
    else:
        shapes.append(Line(points=((begin, middle), (ends[0], middle)), stroke=SOFT, dash="4 3"))
    for target, limit in row.dues:
        if target is not None:
            shapes.append(Mark(shape="target", x=axis.x(target), y=middle, fill=INK))
        if limit is not None:
            shapes.append(Mark(shape="limit", x=axis.x(limit), y=middle, fill=canvas.RED))
    note = lanes.Note(min(*ends, begin), max(*ends, begin), row.text, 0)
    beside = lanes.place([note], LEFT, END, SMALL)[0]
    text = Text(x=beside.x, y=middle + 4, text=beside.text, size=SMALL, anchor=beside.anchor)
    return Group(title=f"{row.name} [{row.clause}] {row.text}", shapes=(*shapes, text))


def _legend(says: Mapping[str, str], y: float) -> Iterator[Shape]:
    x = MARGIN + 6
    for shape in ("limit", "target", "word"):
        if shape == "word":
            yield Line(points=((x - 4, y), (x + 22, y)), stroke=SOFT, dash="4 3")
            x += 20
        else:
            yield Mark(shape=shape, x=x, y=y, fill=canvas.RED if shape == "limit" else INK)
        yield Text(x=x + 12, y=y + 4, text=says[shape], size=SMALL, fill=SOFT)
        x += 12 + canvas.width(says[shape], SMALL) + 22
