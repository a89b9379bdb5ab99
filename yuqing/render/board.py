"""The wall board and the page of one case: one HTML file that needs nothing else.

No server, no font, no address is loaded: the page's own policy forbids it. Style and script
are allowed by their digests. Every value is escaped; a picture of ours is SVG without script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from yuqing.errors import Refused
from yuqing.words import N_

NAMES = ("board.html.j2", "board.css", "board.js")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``kind``: left, state, tight or nothing; ``rank``: of a level, 1 the gravest, 0
    ungraded; ``time``: the ISO time that ``text`` says."""

    text: str
    kind: str = ""
    rank: int | None = None
    time: str | None = None

    @property
    def tight(self) -> bool:
        """Kept on one line."""
        return self.kind == "tight"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row. ``limit``: the ISO time to which it counts down; ``hard``: past it is late, else
    only past a target; ``say``: what is read out when it turns late; ``counted``: in the heads."""

    cells: tuple[Cell, ...]
    state: str = "run"
    limit: str | None = None
    hard: bool = True
    say: str = ""
    counted: bool = False
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A table, or a picture (SVG text), under a title; ``nothing``: said where it has no row."""

    title: str
    heads: tuple[str, ...] = ()
    rows: tuple[Line, ...] = ()
    nothing: str = ""
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A whole page. ``written``: ISO time of the data; ``counts``: name, number, word."""

    language: str
    title: str
    written: str
    as_of: str
    parts: tuple[Part, ...]
    counts: tuple[tuple[str, int, str], ...] = ()
    on_duty: str = ""
    notices: tuple[str, ...] = ()


def page(board: Board, words: Mapping[str, str], found: Mapping[str, Path]) -> bytes:
    """The page as bytes. ``words``: the fixed ones of the page and its script; ``found``: the
    templates by name. Raises :class:`~yuqing.errors.Refused` for a template that does not work."""
    import jinja2
    from markupsafe import Markup

    from yuqing.render.template import Missing, Sandbox

    missing = [name for name in NAMES if name not in found]
    if missing:
        key = N_("no template {template} in {folder}")
        raise Refused(key, template=missing[0], folder="templates/board")
    texts = {name: found[name].read_text("utf-8-sig") for name in NAMES}
    env = Sandbox(undefined=Missing, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    style, script = texts["board.css"], texts["board.js"]
    parts = [
        {
            "title": part.title,
            "heads": part.heads,
            "rows": part.rows,
            "nothing": part.nothing,
            "picture": Markup(part.picture) if part.picture else None,  # noqa: S704 - drawn by us
        }
        for part in board.parts
    ]
    try:
        text = env.from_string(texts["board.html.j2"]).render(
            board={**{n: getattr(board, n) for n in _PLAIN}, "parts": parts},
            w=words,
            style=Markup(style),  # noqa: S704 - the office's own file
            script=Markup(script),  # noqa: S704 - the office's own file
            style_hash=_digest(style),
            script_hash=_digest(script),
        )
    except jinja2.TemplateError as fault:
        key = N_("template {name}: {reason}")
        raise Refused(key, name=NAMES[0], reason=str(fault)) from None
    return text.encode("utf-8", "replace")


_PLAIN = ("language", "title", "written", "as_of", "counts", "on_duty", "notices")


def _digest(text: str) -> str:
    """As a content security policy names an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def ranks(levels: Sequence[str]) -> Mapping[str, int]:
    """Level → 1 for the gravest, up to 4. ``levels``: lightest first."""
    return {each: min(place, 4) for place, each in enumerate(reversed(levels), 1)}
