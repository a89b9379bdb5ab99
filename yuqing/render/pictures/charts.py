"""Charts of numbers: bars side by side. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from yuqing.render.pictures import canvas
from yuqing.render.pictures.canvas import (
    INK,
    SIZE,
    SMALL,
    SOFT,
    WIDTH,
    Box,
    Group,
    Line,
    Shape,
    Text,
)

MARGIN = 14.0
ROWS = 40
"""Bars that one page holds."""


def bars(
    title: str,
    rows: Sequence[tuple[str, int]],
    *,
    lang: str = "zh-Hans",
    name: str = "bars",
    note: str = "",
    more: str = "… +{n}",
) -> str:
    """Lying bars, one for each label, with its number written. A number below 0 counts as 0.

    ``note``: a line below, such as what was counted. ``name``: unique on its page. Rows beyond
    :data:`ROWS` are counted in a last line, ``more``.
    """
    shown = list(rows[:ROWS])
    left = min(max([canvas.width(canvas.cut(row, 230)) for row, _ in shown], default=0), 230.0)
    start = MARGIN + left + 10
    room = (
        WIDTH
        - start
        - MARGIN
        - max([canvas.width(f"{number}", SIZE) for _, number in shown], default=0)
        - 8
    )
    top = max([number for _, number in shown], default=0)
    shapes: list[Shape] = [
        Text(x=MARGIN, y=26, text=canvas.cut(title, WIDTH - 2 * MARGIN, 16), size=16, bold=True)
    ]
    y = 44.0
    for label, number in shown:
        long = room * max(number, 0) / top if top > 0 else 0.0
        shapes.append(
            Group(
                title=f"{label}: {number}",
                shapes=(
                    Text(x=start - 10, y=y + 14, text=canvas.cut(label, left + 1), anchor="end"),
                    Box(x=start, y=y + 2, wide=long, high=16, fill="#6b6b6b"),
                    Text(x=start + long + 6, y=y + 14, text=f"{number}", bold=True),
                ),
            )
        )
        y += 24
    shapes.append(Line(points=((start, 40), (start, y)), stroke=INK))
    for line in (more.format(n=len(rows) - ROWS) if len(rows) > ROWS else "", note):
        if line:
            y += 18
            fits = canvas.cut(line, WIDTH - 2 * MARGIN, SMALL)
            shapes.append(Text(x=MARGIN, y=y, text=fits, size=SMALL, fill=SOFT))
    told = [f"{label}: {number};" for label, number in rows]
    return canvas.svg(shapes, high=y + 14, title=title, told=told, lang=lang, name=name)
