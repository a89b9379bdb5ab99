"""One case as a picture: what was done when, and what the plan asked by when. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from yuqing.render.phrases import Phrases
from yuqing.render.pictures import axis as axes
from yuqing.render.pictures import canvas, clocks, lanes
from yuqing.render.pictures.axis import Axis, Ruler
from yuqing.render.pictures.canvas import (
    END,
    FAINT,
    HEIGHT,
    LEFT,
    MARGIN,
    PALE,
    RIGHT,
    SMALL,
    SOFT,
    Box,
    Group,
    Line,
    Mark,
    Shape,
    Text,
)
from yuqing.render.pictures.clocks import Clock
from yuqing.render.pictures.lanes import Note, Placed
from yuqing.review import rows

ROW = 18.0
MOST = 22
"""Rows of acts: what leaves the duties half of the page."""
LABEL = 300.0
"""A label is no longer than this; pointing at it shows the rest."""
FOOT = 74.0
"""What the legend takes."""

_LANES: Mapping[str, tuple[str, ...]] = {
    "found": ("occurred", "discovered", "received", "event", "noted", "relapsed", "linked"),
    "judged": ("graded", "convened", "decided", "activated"),
    "reported": ("reported",),
    "handled": ("assigned", "done", "requested", "adjusted"),
    "told": ("published", "replied"),
    "ended": ("calmed", "lifted", "concluded", "closed", "reopened"),
}
_MINOR: Mapping[str, int] = {"noted": 2, "linked": 2, "adjusted": 1, "assigned": 1, "done": 1}
"""What is left out first where a page is too small, and what next."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the picture and how high it is."""

    shapes: tuple[Shape, ...]
    high: float


def timeline(doc: rows.Paper, phrases: Phrases) -> str:
    """The picture as SVG, at most one page high.

    Above, what was done: a dot at the stated time, a ring at the time it was written down. Below,
    each duty that has begun: the time allowed, the limit, the act, what the record says. What a
    page cannot hold is counted at its foot; the least weighty goes first.
    """
    begun = clocks.clocks(doc.duties)
    axis = axes.bent(_times(doc, begun), LEFT, RIGHT)
    phrases = replace(phrases, year=axis.knots[0][0].year)
    ruler = axes.ruler(axis, phrases.time)
    head = _heading(doc, phrases)
    y = head.high
    bands = _bands(doc, phrases, axis, y + axes.HIGH)
    acts, left_out = _acts(doc, phrases, ruler, y + axes.HIGH + bands.high)
    foot = y + axes.HIGH + bands.high + acts.high
    shapes = [*head.shapes, *ruler.grid(y + axes.HIGH, foot)]
    shapes += [*ruler.drawn(y), *bands.shapes, *acts.shapes]
    today = axis.knots[0][0] <= doc.now <= axis.knots[-1][0]
    shown = _chosen(begun, HEIGHT - FOOT - foot - axes.HIGH)
    if shown:
        y, top = foot, foot + axes.HIGH
        foot = top + sum(clock.high for clock in shown)
        shapes += [*ruler.grid(top, foot), *ruler.drawn(y)]
        if today:
            x = axis.x(doc.now)
            shapes.append(Line(points=((x, top), (x, foot)), dash="7 2 2 2"))
        shapes.append(_lane_name(phrases.w["duties"], y + 24))
        for clock in shown:
            shapes.append(clocks.drawn(clock, axis, phrases, _until(doc, clock), top))
            top += clock.high
    hidden = {
        "entries": left_out,
        "duties": len(begun) - len(shown),
        "waiting": sum(row.start is None for row in doc.duties),
    }
    legend = _legend(phrases, foot + 6, hidden, today=bool(shown) and today)
    shapes += legend.shapes
    return canvas.svg(
        shapes,
        high=foot + 6 + legend.high,
        title=f"{phrases.word('picture', 'timeline')} {doc.id} {doc.title}",
        told=[*_told(doc, phrases)],
        lang=phrases.script,
        name=f"timeline-{doc.id}",
    )


def _times(doc: rows.Paper, begun: Sequence[Clock]) -> Iterator[dt.datetime]:
    for line in doc.timeline:
        yield line.at
        if line.recorded is not None:
            yield line.recorded
    for clock in begun:
        yield from clocks.times(clock, _until(doc, clock))
    if not doc.timeline:
        yield doc.now


def _until(doc: rows.Paper, clock: Clock) -> dt.datetime:
    """Until when what is still open is drawn. Nobody waits any more for what has no limit in a
    closed case."""
    if doc.state == "closed" and clock.wordless and doc.timeline:
        return doc.timeline[-1].at
    return doc.now


def _told(doc: rows.Paper, phrases: Phrases) -> Iterator[str]:
    """The picture in words: every act and every answer."""
    stop = "." if phrases.script == "en" else "。"
    for line in doc.timeline[:200]:
        yield f"{phrases.time(line.at)} {phrases.act(line)}{stop}"
    for row in doc.duties[:200]:
        if row.start is not None:
            limit = phrases.limit(row).replace("\n", " ")
            yield f"{phrases.duty(row)} {row.clause} {limit} {phrases.answer(row)}{stop}"


def _chosen(begun: Sequence[Clock], room: float) -> list[Clock]:
    """As many as there is room for, in their order; what went wrong stays longest."""
    kept: list[int] = []
    for place in sorted(range(len(begun)), key=lambda place: begun[place].weight):
        room -= begun[place].high
        if room < 0:
            break
        kept.append(place)
    return [begun[place] for place in sorted(kept)]


# --- parts -----------------------------------------------------------------------------


def _heading(doc: rows.Paper, phrases: Phrases) -> Block:
    w = phrases.w
    mark = phrases.mark(doc)
    room = END - MARGIN - canvas.width(mark, 17)
    about = [phrases.word("picture", "timeline"), doc.id, phrases.word("stage", doc.state)]
    if doc.level:
        about.insert(2, doc.level + (phrases.aside(w["provisional"]) if doc.provisional else ""))
    if doc.round > 1:
        about.append(phrases.round(doc))
    if doc.discovered:
        about.append(f"{w['discovered']} {phrases.full(doc.discovered)}")
    about.append(phrases.word("picture", "as_of").format(at=phrases.full(doc.now)))
    if doc.demo:
        about.append(w["demo_line"])
    said = [about[0]]
    for part in about[1:]:
        longer = f"{said[-1]} · {part}"
        if len(said) < 2 and canvas.width(longer) > END - MARGIN:
            said.append(part)
        else:
            said[-1] = longer
    shapes = (
        Text(x=MARGIN, y=26, text=canvas.cut(doc.title, room, 17) + mark, size=17, bold=True),
        *(
            Text(x=MARGIN, y=46 + 17 * n, text=canvas.cut(line, END - MARGIN), fill=SOFT)
            for n, line in enumerate(said)
        ),
    )
    return Block(shapes, 37 + 17 * len(said))


def _lane_name(text: str, y: float) -> Text:
    return Text(x=MARGIN, y=y, text=canvas.cut(text, LEFT - 10 - MARGIN), bold=True)


def _bands(doc: rows.Paper, phrases: Phrases, axis: Axis, y: float) -> Block:
    """Which level was in force when: a band for each scale, with a line at each change."""
    shapes: list[Shape] = []
    top = y
    scales = dict.fromkeys(row.scale_id for row in doc.history)
    for scale in list(scales)[:4]:
        history = [row for row in doc.history if row.scale_id == scale]
        confirmed = [row for row in history if not row.proposed]
        steps = confirmed or history
        name = steps[0].scale if steps[0].scale != scale else phrases.word("scale", scale)
        band, high = _band(steps, phrases, axis, y + 5)
        shapes += [_lane_name(name, y + 19), *band]
        y += high + 8
        shapes.append(Line(points=((MARGIN, y), (END, y)), stroke=PALE))
    return Block(tuple(shapes), y - top)


def _band(
    steps: Sequence[rows.GradeRow], phrases: Phrases, axis: Axis, y: float
) -> tuple[list[Shape], float]:
    """Names stand in the band, the later ones first; one that finds no room stands under it,
    at a line that no later name crosses."""
    places = [axis.x(step.at) for step in steps]
    shapes: list[Shape] = [
        Box(x=axis.left, y=y, wide=max(axis.right - axis.left, 2), high=ROW, stroke=FAINT,
            fill="#ffffff")
    ]  # fmt: skip
    names: list[Shape] = []
    free: list[float] = []
    for place in reversed(range(len(steps))):
        x = places[place]
        until = places[place + 1] if place + 1 < len(places) else axis.right
        fill = ("#d9d9d9", "#f1f1f1")[place % 2]
        shapes.append(Box(x=x, y=y, wide=until - x, high=ROW, fill=fill, stroke=SOFT))
        text = (phrases.w["proposed"] if steps[place].proposed else "") + steps[place].level
        text = canvas.cut(text, max(END - x - 8, 60), SMALL)
        wide = canvas.width(text, SMALL)
        x = min(x, END - 8 - wide)
        row = next((n for n, begin in enumerate(free) if x + wide + 8 <= begin), len(free))
        if row == len(free):
            free.append(END)
        free[row] = x
        if row:
            names.append(
                Line(points=((places[place], y + ROW), (places[place], y + ROW * row + 13)))
            )
        names.append(Text(x=x + 4, y=y + 13 + ROW * row, text=text, size=SMALL))
    return [*shapes, *names], ROW * max(len(free), 1)


def _acts(doc: rows.Paper, phrases: Phrases, ruler: Ruler, y: float) -> tuple[Block, int]:
    """The lanes of what was done, and how many entries found no room."""
    kept = {place: line for place, line in enumerate(doc.timeline) if _lane(line)}
    whole = len(kept)
    while True:
        drawn = {lane: _laid(kept, lane, phrases, ruler) for lane in _LANES}
        over = sum(lanes.height(placed) for placed in drawn.values()) - MOST
        if over <= 0:
            break
        for place in sorted(kept, key=lambda p: (_MINOR.get(kept[p].what, 0), p))[-over:]:
            del kept[place]
    shapes: list[Shape] = []
    top = y
    for lane, placed in drawn.items():
        if not placed:
            continue
        shapes.append(_lane_name(phrases.word("picture", lane), y + 18))
        shapes += [_act(each, kept[each.note.key], phrases, ruler.axis, y + 4) for each in placed]
        y += 8 + ROW * lanes.height(placed)
        shapes.append(Line(points=((MARGIN, y), (END, y)), stroke=PALE))
    return Block(tuple(shapes), y - top), whole - len(kept)


def _lane(line: rows.Line) -> str | None:
    return next((lane for lane, kinds in _LANES.items() if line.what in kinds), None)


def _laid(kept: Mapping[int, rows.Line], lane: str, phrases: Phrases, ruler: Ruler) -> list[Placed]:
    notes = []
    for place, line in kept.items():
        if _lane(line) == lane:
            ends = sorted(ruler.axis.x(each) for each in (line.at, line.recorded) if each)
            text = canvas.cut(_label(line, phrases, ruler), LABEL, SMALL)
            notes.append(Note(ends[0], ends[-1], text, place))
    return lanes.place(notes, LEFT, END, SMALL)


def _label(line: rows.Line, phrases: Phrases, ruler: Ruler) -> str:
    """``02:03 电话报告 → 领导组``: with the level, the facts or the words of the entry."""
    w = phrases.w
    said = [row.level for row in line.grades] or [
        f"{row.name} {phrases.value(row.value)}" for row in line.facts
    ]
    told = str(w["list_comma"]).join(said) or line.text or line.source or ""
    at = f"{line.at:%H:%M}" if ruler.dates(line.at) else phrases.time(line.at)
    label = f"{at} {phrases.act(line)}"
    if line.estimated:
        label += phrases.aside(w["estimated"])
    return f"{label}{w['colon']}{told}" if told else label


def _act(each: Placed, line: rows.Line, phrases: Phrases, axis: Axis, y: float) -> Group:
    middle = y + ROW * each.row + ROW / 2
    text = Text(x=each.x, y=middle + 4, text=each.text, size=SMALL, anchor=each.anchor)
    told = phrases.line(line)
    if line.recorded and line.recorded != line.at:
        told += phrases.aside(f"{phrases.w['recorded']} {phrases.written(line)}")
    return Group(title=told, shapes=(*clocks.act(axis, line.at, line.recorded, middle), text))


def _legend(phrases: Phrases, y: float, hidden: Mapping[str, int], *, today: bool) -> Block:
    """What each sign means, and what is not drawn."""
    w, say = phrases.w, partial(phrases.word, "picture")
    signs: Sequence[tuple[str, str]] = (
        ("dot", say("stated")),
        ("ring", say("written")),
        ("limit", w["limit"]),
        ("target", w["target"]),
        ("late", say("late")),
        ("within", say("within")),
        ("past", say("past")),
        ("wordless", say("wordless")),
        *([("now", say("now"))] if today else []),
    )
    shapes: list[Shape] = []
    x, middle = MARGIN + 6, y + 12
    for sign, text in signs:
        wide = 24 if sign in ("within", "past", "wordless") else 6
        if x + wide + 6 + canvas.width(text, SMALL) > END:
            x, middle = MARGIN + 6, middle + ROW
        shapes.append(_sign(sign, x, middle))
        shapes.append(Text(x=x + wide + 5, y=middle + 4, text=text, size=SMALL, fill=SOFT))
        x += wide + 5 + canvas.width(text, SMALL) + 18
    notes = [say("bent")]
    notes += [say(f"{what}_hidden").format(n=n) for what, n in hidden.items() if n]
    gap = " " if phrases.script == "en" else ""
    middle += ROW
    text = canvas.cut(gap.join(notes), END - MARGIN, SMALL)
    shapes.append(Text(x=MARGIN, y=middle + 4, text=text, size=SMALL, fill=SOFT))
    return Block(tuple(shapes), middle + 16 - y)


def _sign(sign: str, x: float, y: float) -> Shape:
    if sign == "within":
        return Box(x=x - 4, y=y - 4, wide=24, high=8, fill="#dadada", stroke=FAINT)
    if sign == "past":
        return Box(x=x - 4, y=y - 4, wide=24, high=8, fill="#4a4a4a")
    if sign == "now":
        return Line(points=((x, y - 8), (x, y + 8)), dash="7 2 2 2")
    if sign == "wordless":
        return Line(points=((x - 4, y), (x + 20, y)), stroke=SOFT, dash="4 3")
    fill = {"ring": canvas.BLUE, "limit": canvas.RED}.get(sign, canvas.INK)
    return Mark(shape=sign, x=x, y=y, fill=fill)
