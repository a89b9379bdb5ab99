"""Shapes with places, and the SVG they make. Pure.

One unit is a fifth of a millimetre: :data:`WIDTH` units are the 156 mm between the margins of
an official A4 page (GB/T 9704-2012). Everything stands in attributes: no style sheet, no script,
nothing from outside, so a page may forbid all three and still show the picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 780.0
PER_MM = 5.0
HEIGHT = 1120.0
"""The 225 mm that such a page is high, less a caption: no picture is higher."""

MARGIN = 14.0
LEFT, RIGHT, END = 210.0, 630.0, WIDTH - MARGIN
"""An axis of times has names to its left; to its right what the record says of each."""

SIZE = 13.0
"""Plain text; 7.4 points on paper."""
SMALL = 11.5

INK, SOFT, FAINT, PALE = "#111111", "#555555", "#9a9a9a", "#ececec"
BLUE, RED = "#1f4e8c", "#a3160f"
"""Both as dark as ink when printed in grey; shape and word say the same."""

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]+"
)
_WORD = re.compile(r"[!-~\u00a0-\u02ff]+ ?| |[“（《【「『]*.[，。；：、！？）》】」』”]*")
"""What is not torn apart: a Latin word, a Chinese sign with the stops that belong to it."""
_NARROW = frozenset("iljtfI.,:;|!'`()[] ")
_BROAD = frozenset("mwMW@%&·")


# --- text ------------------------------------------------------------------------------


def plain(text: str) -> str:
    """One line without signs that a picture cannot show or that would turn it round."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def width(text: str, size: float = SIZE) -> float:
    """Units that a text takes; rather too many than too few, whichever font is there."""
    return sum(_em(sign) for sign in text) * size


def _em(sign: str) -> float:
    if sign in _NARROW:
        return 0.38
    if sign in _BROAD:
        return 0.95
    if sign < "\u0300":
        return 0.7 if sign.isupper() else 0.64 if sign.isdigit() else 0.6
    if unicodedata.combining(sign):
        return 0.0
    if sign >= "\U00010000":
        return 1.4
    return 1.0


def cut(text: str, room: float, size: float = SIZE) -> str:
    """The text, shortened with … until it fits the room; nothing if not one sign fits."""
    text = plain(text[:2000])
    if width(text, size) <= room:
        return text
    left = room / size - 1.0
    for place, sign in enumerate(text):
        left -= _em(sign)
        if left < 0:
            return text[:place].rstrip() + "…" if place else ""
    return text


def wrap(text: str, room: float, rows: int, size: float = SIZE) -> list[str]:
    """At most so many lines, broken between words or between Chinese signs; the last is cut."""
    words = _WORD.findall(plain(text[:2000]))
    lines: list[str] = []
    line = ""
    while words and len(lines) < rows - 1:
        if line and width((line + words[0]).rstrip(), size) > room:
            lines.append(cut(line, room, size))
            line = ""
            continue
        line += words.pop(0)
    rest = cut(line + "".join(words), room, size)
    return [each for each in (*lines, rest) if each]


# --- shapes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of text; ``x`` is its start, middle or end, ``y`` its foot."""

    x: float
    y: float
    text: str
    size: float = SIZE
    anchor: str = "start"
    fill: str = INK
    bold: bool = False

    def svg(self) -> str:
        """The element."""
        anchor = "" if self.anchor == "start" else f' text-anchor="{self.anchor}"'
        bold = ' font-weight="bold"' if self.bold else ""
        return (
            f'<text x="{self.x:.1f}" y="{self.y:.1f}" font-size="{self.size:g}"'
            f' fill="{self.fill}"{anchor}{bold}>{escape(self.text, quote=False)}</text>'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A straight line, or one through several points."""

    points: tuple[tuple[float, float], ...]
    stroke: str = INK
    wide: float = 1.0
    dash: str = ""

    def svg(self) -> str:
        """The element."""
        dash = f' stroke-dasharray="{self.dash}"' if self.dash else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)
        return (
            f'<polyline points="{path}" fill="none" stroke="{self.stroke}"'
            f' stroke-width="{self.wide:g}"{dash}/>'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    wide: float
    high: float
    fill: str = PALE
    stroke: str = "none"

    def svg(self) -> str:
        """The element."""
        return (
            f'<rect x="{self.x:.1f}" y="{self.y:.1f}" width="{max(self.wide, 0):.1f}"'
            f' height="{self.high:.1f}" fill="{self.fill}" stroke="{self.stroke}"/>'
        )


_MARKS = {
    "dot": "M -4 0 a 4 4 0 1 0 8 0 a 4 4 0 1 0 -8 0 z",
    "ring": "M -4 0 a 4 4 0 1 0 8 0 a 4 4 0 1 0 -8 0 z",
    "square": "M -3.6 -3.6 h 7.2 v 7.2 h -7.2 z",
    "up": "M 0 -5 L 5 4 L -5 4 z",
    "limit": "M 0 -7 L 5 0 L 0 7 L -5 0 z",
    "was": "M 0 -7 L 5 0 L 0 7 L -5 0 z",
    "target": "M 0 -6 L 4.5 0 L 0 6 L -4.5 0 z",
    "late": "M -4 -4 L 4 4 M -4 4 L 4 -4",
    "start": "M 0 -5 V 5",
}
_HOLLOW = frozenset(("ring", "was", "target"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One sign at a place; its shape says what it is."""

    shape: str
    x: float
    y: float
    fill: str = INK

    def svg(self) -> str:
        """The element."""
        inside = "#ffffff" if self.shape in _HOLLOW else self.fill
        wide = 2.6 if self.shape == "late" else 1.5
        return (
            f'<path transform="translate({self.x:.1f} {self.y:.1f})" d="{_MARKS[self.shape]}"'
            f' fill="{inside}" stroke="{self.fill}" stroke-width="{wide}"/>'
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Shapes that are one thing; ``title`` is shown by pointing at it and read aloud."""

    title: str
    shapes: tuple[Shape, ...]

    def svg(self) -> str:
        """The element."""
        inside = "".join(each.svg() for each in self.shapes)
        return f"<g><title>{escape(plain(self.title[:2000]), quote=False)}</title>{inside}</g>"


Shape = Text | Line | Box | Mark | Group

_FONTS = "'Microsoft YaHei','PingFang SC','Source Han Sans SC','WenQuanYi Micro Hei',SimHei,SimSun"
_STACKS = {
    "zh-Hans": f"'Noto Sans CJK SC',{_FONTS},sans-serif",
    "zh-Hant": f"'Noto Sans CJK TC','Microsoft JhengHei','PingFang TC',{_FONTS},sans-serif",
    "en": f"'Noto Sans','Segoe UI','Helvetica Neue',Arial,'Noto Sans CJK SC',{_FONTS},sans-serif",
}


def svg(
    shapes: Iterable[Shape], *, high: float, title: str, told: Sequence[str], lang: str, name: str
) -> str:
    """The whole picture, ``high`` units high. ``title``, ``told``: what a screen reader says of
    it, at once and on demand. ``name``: unique on the page that shows it; ``lang``: its words."""
    stack = _STACKS.get(lang, _STACKS["zh-Hans"])
    about = " ".join(plain(each[:500]) for each in told)
    ident = re.sub(r"[^A-Za-z0-9-]+", "-", name)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH / PER_MM:g}mm"'
        f' height="{high / PER_MM:g}mm" viewBox="0 0 {WIDTH:g} {high:g}" role="img"'
        f' aria-labelledby="{ident}-title {ident}-desc" xml:lang="{lang}" lang="{lang}"'
        f' font-family="{escape(stack)}">'
    )
    return "\n".join(
        (
            head,
            f'<title id="{ident}-title">{escape(plain(title[:500]), quote=False)}</title>',
            f'<desc id="{ident}-desc">{escape(about, quote=False)}</desc>',
            f'<rect width="{WIDTH:g}" height="{high:g}" fill="#ffffff"/>',
            *(each.svg() for each in shapes),
            "</svg>\n",
        )
    )
