"""A fast reader of what this program writes itself, and of what most people type.

It knows a part of YAML only: one thing on a line, block maps and lists, flow ones on one line,
plain and quoted words, ``|`` texts. Whatever it does not know for certain it does not read:
``None`` then means that ruamel decides, which also has all the messages. A test holds the two
against each other over thousands of damaged files: where this reader answers, the values,
lines and columns are ruamel's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from yuqing.errors import Path

_MOST = 190_000
"""Signs of a text: longer ones could pass the limits of the strict reader, which counts."""
_DEEPEST = 15
_ROW = re.compile(r"( *)(- +)?(?:(\w[\w.@/-]{0,99}):(?: +|$))?(.*)")
_FIRST = frozenset("-?:,[]{}#&*!|>'\"%@` ")
"""What begins something else than a plain word."""
_LAST = frozenset(": ")
"""What ends something else."""
_QUOTED = re.compile(r'"((?:[^"\\]|\\(?:["\\nt]|u[0-9A-Fa-f]{4}))*)"|\'((?:[^\']|\'\')*)\'')
_ESCAPE = re.compile(r'\\(?:(["\\nt])|u([0-9A-Fa-f]{4}))')
_SHORT = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
_BEHIND = re.compile(r" *(?: #.*)?")
_IN_FLOW = re.compile(r"""[^\s\-?:,\[\]{}\#&*!|>'"%@`](?:[^,:\[\]{}\#]|:(?=[\w/]))*""")
_FLOW_KEY = re.compile(r"(\w[\w.@/-]{0,99}): +")
_GAP = re.compile(" *")
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""What an escape may not bring in."""


_heads: dict[str, tuple[int, str | None, str | None]] = {}
"""What stands before a value, taken apart: the same few dozen in every file."""
_MANY = 500


class _Doubt(Exception):
    """Not certain: let ruamel decide."""


def _apart(row: str) -> tuple[int, str | None, str | None, str]:
    """Where a line begins, its dash, its name, and what stands behind."""
    before, colon, rest = row.partition(": ")
    head = _heads.get(before)
    if head is not None and colon:
        return (*head, rest.lstrip(" "))
    parts = _ROW.fullmatch(row)
    if parts is None:
        raise _Doubt
    blanks, dash, name, rest = parts.groups()
    if name is not None and colon:  # the name ends where the first colon with a blank stands
        if len(_heads) >= _MANY:
            _heads.clear()
        _heads[before] = len(blanks), dash, name
    return len(blanks), dash, name, rest


Plain = Callable[[str], Any]
"""What a plain word stands for."""
Found = tuple[dict[str, Any], dict[Path, int], dict[Path, int], dict[Path, tuple[int, int]]]
"""Value, lines, columns and maps, as in ``tree.Tree``."""


def read(text: str, plain: Plain | None) -> Found | None:
    r"""A decoded text (line ends ``\n``, none but permitted characters), or ``None``.

    ``plain``: what a plain scalar stands for (it may raise ``ValueError``: doubt); ``None``: its
    own text, and no value may be empty.
    """
    if len(text) > _MOST or "\ufeff" in text:
        return None
    try:
        return _Lean(text, plain).found()
    except (_Doubt, ValueError):
        return None


class _Lean:
    """One text being read. Open maps and lists lie in three stacks: column, value, path."""

    def __init__(self, text: str, plain: Plain | None) -> None:
        self.rows = text.split("\n")
        self.plain = plain
        self.lines: dict[Path, int] = {}
        self.columns: dict[Path, int] = {}
        self.maps: dict[Path, tuple[int, int]] = {}
        self.root: dict[str, Any] = {}
        self.at: list[int] = [0]
        self.values: list[Any] = [self.root]
        self.paths: list[Path] = [()]

    def found(self) -> Found:
        """The whole text. Raises ``_Doubt``."""
        rows, lines = self.rows, self.lines
        at, values, paths, words = self.at, self.values, self.paths, self.plain is None
        awaiting: str | None = None  # a name whose value begins on a line of its own
        number, count = 0, len(rows)
        while number < count:
            row = rows[number]
            number += 1
            column, dash, name, rest = _apart(row)
            if dash is None and name is None:
                if rest and rest[0] != "#":
                    raise _Doubt
                continue
            if awaiting is None:
                if at[-1] != column or dash is not None or type(values[-1]) is not dict:
                    self.back_to(column, dash)
            else:
                self.begin(awaiting, number, column, dash)
                awaiting = None
            if dash is not None:
                self.item(rest, number, len(row) - len(rest), column + len(dash), name)
            if name is None:
                continue
            top, path = values[-1], (*paths[-1], name)
            if name in top:
                raise _Doubt
            if not self.root:
                self.maps[()] = (number, column)
            lines[path] = number
            if not rest or rest[0] == "#":
                awaiting = name
                top[name] = None
            elif (
                words
                and rest[0] not in _FIRST
                and rest[-1] not in _LAST
                and "#" not in rest
                and ": " not in rest
                and not rest.isspace()
            ):
                top[name] = rest  # a plain word, of which nothing is left to be asked
            elif rest[0] == "|":
                top[name], number = self.block(rest, number, at[-1])
            else:
                top[name] = self.value(rest, number, len(row) - len(rest), path)
        if awaiting is not None or not self.root:
            raise _Doubt
        return self.root, lines, self.columns, self.maps

    def back_to(self, column: int, dash: str | None) -> None:
        """Close what a line at ``column`` does not belong to."""
        at, values, paths = self.at, self.values, self.paths
        while at[-1] > column:
            at.pop(), values.pop(), paths.pop()
        if dash is None and type(values[-1]) is list:
            at.pop(), values.pop(), paths.pop()  # its dashes stood under its name
        if at[-1] != column or (dash is None) != (type(values[-1]) is dict):
            raise _Doubt

    def begin(self, awaiting: str, number: int, column: int, dash: str | None) -> None:
        """The list or map whose name stood on the line before."""
        path = (*self.paths[-1], awaiting)
        value: Any
        if dash is not None and column >= self.at[-1]:
            value = []
            self.columns[path] = column
        elif dash is None and column > self.at[-1]:
            value = {}
            self.maps[path] = (number, column)
        else:
            raise _Doubt  # an empty value
        self.values[-1][awaiting] = value
        self.enter(column, value, path)

    def enter(self, column: int, value: Any, path: Path) -> None:
        """A list or map begins."""
        if len(self.at) > _DEEPEST:
            raise _Doubt
        self.at.append(column)
        self.values.append(value)
        self.paths.append(path)

    def item(self, rest: str, number: int, word: int, column: int, name: str | None) -> None:
        """What stands behind a dash: a map that begins with ``name`` at ``column``, or a value."""
        top = self.values[-1]
        path = (*self.paths[-1], len(top))
        self.lines[path] = number
        if name is not None:
            value: dict[str, Any] = {}
            top.append(value)
            self.maps[path] = (number, column)
            self.enter(column, value, path)
        elif not rest or rest[0] == "|":
            raise _Doubt
        else:
            top.append(self.value(rest, number, word, path))

    def value(self, rest: str, number: int, column: int, path: Path) -> Any:
        """What stands behind a name or a dash on one line, and begins at ``column``."""
        first = rest[:1]
        if first not in _FIRST:
            if " #" in rest:
                rest = rest[: rest.index(" #")]
            if ": " in rest:
                raise _Doubt
            rest = rest.rstrip(" ")
            if rest[-1] == ":":
                raise _Doubt
            return self.word(rest)
        if first in ("[", "{"):
            found, end = self.flow(rest, 0, number, column, path, 0)
        elif first in ('"', "'"):
            found, end = self.quoted(rest, 0)
        else:
            raise _Doubt
        if _BEHIND.fullmatch(rest, end) is None:
            raise _Doubt
        return found

    def word(self, text: str) -> Any:
        if self.plain is not None:
            return self.plain(text)
        if not text.strip():
            raise _Doubt
        return text

    def quoted(self, rest: str, start: int) -> tuple[str, int]:
        """A text in quotation marks, and where it ends."""
        parts = _QUOTED.match(rest, start)
        if parts is None:
            raise _Doubt
        text, single = parts.groups()
        if text is None:
            text = single.replace("''", "'")
        elif "\\" in text:
            text = _ESCAPE.sub(lambda m: _SHORT[m[1]] if m[1] else chr(int(m[2], 16)), text)
            if _HIDDEN.search(text):
                raise _Doubt
        if not text.strip() and self.plain is None:
            raise _Doubt
        return text, parts.end()

    def flow(
        self, rest: str, start: int, number: int, column: int, path: Path, depth: int
    ) -> tuple[Any, int]:
        """A map or list in brackets on one line, and where it ends. ``column``: of ``rest``."""
        if depth + len(path) > _DEEPEST:
            raise _Doubt
        is_map = rest[start] == "{"
        close = "}" if is_map else "]"
        made: Any = {} if is_map else []
        if is_map:
            self.maps[path] = (number, column + start)
        here = _GAP.match(rest, start + 1).end()  # type: ignore[union-attr] # it matches nothing too
        if rest[here : here + 1] == close:
            return made, here + 1
        while True:
            if is_map:
                key = _FLOW_KEY.match(rest, here)
                if key is None or key[1] in made:
                    raise _Doubt
                inside: Path = (*path, key[1])
                here = key.end()
            else:
                inside = (*path, len(made))
            self.lines[inside] = number
            first = rest[here : here + 1]
            value: Any
            if first in ("[", "{") and first:
                value, here = self.flow(rest, here, number, column, inside, depth + 1)
            elif first in ('"', "'") and first:
                value, here = self.quoted(rest, here)
            else:
                word = _IN_FLOW.match(rest, here)
                if word is None:
                    raise _Doubt
                value, here = self.word(word[0].rstrip(" ")), word.end()
            if is_map:
                made[inside[-1]] = value
            else:
                made.append(value)
            here = _GAP.match(rest, here).end()  # type: ignore[union-attr]
            sign = rest[here : here + 1]
            if sign == close:
                return made, here + 1
            if sign != ",":
                raise _Doubt
            here = _GAP.match(rest, here + 1).end()  # type: ignore[union-attr]

    def block(self, rest: str, number: int, column: int) -> tuple[str, int]:
        """A ``|`` text behind a name at ``column``, and the number of its last line."""
        if rest not in ("|", "|-"):
            raise _Doubt
        rows = self.rows
        first = rows[number] if number < len(rows) else ""
        indent = len(first) - len(first.lstrip(" "))
        if not first.strip(" ") or indent <= column:
            raise _Doubt
        margin = " " * indent
        body: list[str] = []
        while number < len(rows):
            row = rows[number]
            if row.startswith(margin):
                if row[indent:].isspace() or len(row) == indent:
                    raise _Doubt
                body.append(row[indent:])
            elif not row.strip(" "):
                body.append("")
            else:
                break
            number += 1
        while not body[-1]:
            body.pop()
        text = "\n".join(body)
        if not text.strip() and self.plain is None:
            raise _Doubt
        return (text if rest == "|-" else text + "\n"), number
