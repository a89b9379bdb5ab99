"""A filled Markdown template as a short list of plain blocks, which a layout puts on paper.

What a Markdown template may use, and what becomes of it in Word and HTML:

=============================  ===========================================================
``# …``                        the title; paragraphs before it are notices
``##`` ``###`` ``####`` …      headings of level 1, 2, 3, 4
``- …`` and ``1. …``           items
``> …``                        a quotation
a table                        a table; its first row is the head unless all of it is empty
``![caption](picture:NAME)``   a picture, alone in its paragraph
``〔待填写：…〕``, by ``blank(…)``    a blank that a person fills
``---``                        what follows the last one is the foot
=============================  ===========================================================

Values never meet the Markdown parser: each sign of theirs that it could take for its own is
put out of its reach by :func:`shielded`, and put back in what it has read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "title", "notice", "heading", "paragraph", "item", "quote", "table", "picture", "foot"
]

_BEYOND = 0xF0000
"""Signs of values lie in this private plane while the parser reads."""
_SIGNS = "\n\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" + "0123456789"
_AWAY = {ord(sign): chr(_BEYOND + ord(sign)) for sign in _SIGNS}
_BACK = {_BEYOND + ord(sign): sign for sign in _SIGNS}
SHIELDED = "".join(chr(code) for code in _BACK)
"""Signs that no value may hold."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line in one manner of writing."""

    text: str
    strong: bool = False
    blank: bool = False


Line = tuple[Run, ...]
Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block. ``lines``: a hard break begins another; ``level``: of a heading 1 to 4, of an
    item its depth; ``label``: what stands before an item (``1.``, else empty); ``rows``: of a
    table, the first of them its ``head`` if that is true; ``name``: of a picture."""

    kind: Kind
    lines: tuple[Line, ...] = ()
    level: int = 0
    label: str = ""
    rows: tuple[tuple[Cell, ...], ...] = ()
    head: bool = False
    name: str = ""

    @property
    def text(self) -> str:
        """All of it, a line a line; cells of a row with tabs between."""
        own = "\n".join("".join(run.text for run in line) for line in self.lines)
        rows = ("\t".join(plain(cell) for cell in row) for row in self.rows)
        return "\n".join(filter(None, (own, *rows)))


def plain(cell: Cell) -> str:
    """The text of a cell."""
    return "\n".join("".join(run.text for run in line) for line in cell)


def shielded(text: str) -> str:
    """A value that no Markdown parser finds anything in."""
    return text.translate(_AWAY)


def unshielded(text: str) -> str:
    """The value again."""
    return text.translate(_BACK)


def blocks(markdown: str) -> tuple[Block, ...]:
    """The blocks of a filled template whose values were :func:`shielded`."""
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable(["code", "lheading", "reference", "autolink"])
    parser.inline.ruler.before("escape", "break", _break)
    return _placed(list(_read(SyntaxTreeNode(parser.parse(markdown)))))


def _break(state: Any, silent: bool) -> bool:
    """``<br>`` between the lines of one cell."""
    if not state.src.startswith("<br>", state.pos):
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos += 4
    return True


def _read(
    node: Any, *, depth: int = 0, label: str = "", quoted: bool = False
) -> Iterator[Block | None]:
    """Blocks in order; ``None`` for a rule. ``label``: of the item whose first line comes."""
    for child in node.children:
        match child.type:
            case "heading":
                level = int(child.tag[1:])
                kind: Kind = "title" if level == 1 else "heading"
                yield Block(kind, _lines(_inline(child)), level - 1)
            case "paragraph":
                yield _picture(_inline(child)) or _paragraph(child, depth, label, quoted)
                label = ""
            case "bullet_list" | "ordered_list":
                first = child.attrs.get("start", 1)
                for place, item in enumerate(child.children, first):
                    mark = f"{place}." if child.type == "ordered_list" else ""
                    yield from _read(item, depth=depth + 1, label=mark, quoted=quoted)
            case "blockquote":
                yield from _read(child, depth=depth, quoted=True)
            case "table":
                yield _table(child)
            case "hr":
                yield None
            case _:  # a block of code: its text, as it stands
                lines = unshielded(child.content).rstrip("\n").split("\n")
                yield Block("quote", tuple((Run(line),) for line in lines))


def _inline(node: Any) -> Sequence[Any]:
    """The tokens in a line."""
    return node.children[0].token.children or () if node.children else ()


def _paragraph(node: Any, depth: int, label: str, quoted: bool) -> Block:
    lines = _lines(_inline(node))
    if depth:
        return Block("item", lines, depth, label)
    return Block("quote" if quoted else "paragraph", lines)


def _table(node: Any) -> Block:
    rows = tuple(
        tuple(_lines(_inline(cell)) for cell in row.children)
        for part in node.children
        for row in part.children
    )
    head = any(plain(cell).strip() for cell in rows[0])
    return Block("table", rows=rows if head else rows[1:], head=head)


def _picture(children: Sequence[Any]) -> Block | None:
    if len(children) != 1 or children[0].type != "image":
        return None
    src = unshielded(str(children[0].attrs.get("src", "")))
    if not src.startswith("picture:"):
        return None
    caption = "".join(each.content for each in children[0].children or ())
    return Block("picture", ((Run(unshielded(caption)),),), name=src.removeprefix("picture:"))


BLANK = re.compile(r"([【〔]待填[^】〕]*[】〕]|\[to (?:be written|fill in)[^\]]*\])")
"""What a person still has to write or fill in, as templates mark it."""


def _lines(children: Sequence[Any]) -> tuple[Line, ...]:
    """Inline tokens as lines of runs; what they hold beyond text and weight is its text."""
    lines: list[list[Run]] = [[]]
    strong = 0
    for child in children:
        match child.type:
            case "strong_open":
                strong += 1
            case "strong_close":
                strong -= 1
            case "hardbreak":
                lines.append([])
            case "softbreak":
                lines[-1].append(Run(" "))
            case "image":
                lines[-1].append(Run(unshielded(child.content)))
            case _ if child.content:
                first, *others = unshielded(child.content).split("\n")
                lines[-1] += _runs(first, bool(strong))
                lines += [[*_runs(text, bool(strong))] for text in others]
            case _:
                pass
    return tuple(tuple(line) for line in lines)


def _runs(text: str, strong: bool) -> Iterator[Run]:
    for place, piece in enumerate(BLANK.split(text)):
        if piece:
            yield Run(piece, strong, blank=bool(place % 2))


def _placed(found: Sequence[Block | None]) -> tuple[Block, ...]:
    """Paragraphs before the title are notices; after the last rule begins the foot."""
    titled = next((n for n, b in enumerate(found) if b and b.kind == "title"), 0)
    ruled = max((n for n, b in enumerate(found) if b is None), default=len(found))
    done: list[Block] = []
    for place, block in enumerate(found):
        if block is None:
            continue
        if place < titled and block.kind in ("paragraph", "quote"):
            done.append(Block("notice", block.lines))
        elif place > ruled and block.kind in ("paragraph", "quote", "item"):
            done.append(Block("foot", block.lines))
        elif block.kind == "title" and place > titled:
            done.append(Block("heading", block.lines, 1))
        else:
            done.append(block)
    return tuple(done)
