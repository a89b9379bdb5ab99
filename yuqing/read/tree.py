"""The strict reader: bytes to a plain tree with line numbers, or problems with a place.

Order of work (case format, section 2): size, UTF-8, characters, conflict markers, YAML events,
tree. What a program could read in two ways is refused: anchors, aliases, tags, directives, a
second document, duplicate keys. No input makes this raise; whatever the YAML parser throws
becomes a :class:`Problem`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from yuqing.errors import Path, Problem
from yuqing.read import lean
from yuqing.read.slips import explain, slip
from yuqing.words import N_

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_VALUES = 200_000
"""Names, values and brackets: no case has so many, and a bomb must not hold up the others."""
MAX_PROBLEMS = 50
"""Of one file: who has mended these will be told the rest."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|\t")
_MARKERS = ("<<<<<<<", ">>>>>>>", "|||||||", "=======")
_CONFLICT = re.compile(r"^(<{7}|>{7}|\|{7})( |$)|^={7}$", re.MULTILINE)
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_COMMA = N_("a half-width comma ended the value before `{field}`; use `，` or quotes")
_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tree:
    """Maps, lists and scalars as the file has them, and where each stands.

    ``lines``: path of a key or list item to its line, from 1. ``columns``: path of a block list
    to the column of its dashes, from 0; a list that is missing here is in flow style.
    ``maps``: path of a map to where its first key stands (in flow style: its brace), as line
    from 1 and column from 0.
    """

    value: Any
    file: str
    lines: Mapping[Path, int]
    columns: Mapping[Path, int] = field(default_factory=dict)
    maps: Mapping[Path, tuple[int, int]] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest thing above it that has one; else 1."""
        own = self.lines.get(path)
        if own:
            return own
        for length in range(len(path) - 1, 0, -1):
            known = self.lines.get(path[:length])
            if known:
                return known
        return 1


def parse(data: bytes, file: str, *, as_text: bool) -> tuple[Tree | None, tuple[Problem, ...]]:
    """Read YAML 1.2 reduced to maps, lists and scalars.

    ``as_text`` (cases): every scalar is text and none may be empty. Otherwise (plans, office,
    calendars) plain scalars follow the YAML 1.2 core schema, dates stay text, and an empty
    value is ``None`` for the caller to name. Keys are always text. The tree is ``None`` if and
    only if a problem of severity ``error`` is among the problems; all that could be found in
    one pass are returned.

    What the lean reader is sure of it reads; anything else is ruamel's, and all messages are.
    """
    text, problems = decode(data, file)
    if text is None:
        return None, problems
    known = lean.read(text, None if as_text else resolve)
    if known is not None:
        return Tree(known[0], file, *known[1:]), problems
    builder = _Builder(file, text, as_text)
    tree = builder.build()
    found = (*problems, *builder.problems)
    if tree is None or any(p.severity == "error" for p in found):
        return None, found
    return tree, found


def canonical(value: Any) -> bytes:
    """A tree as JSON in UTF-8, keys sorted, no blanks: what digests and fingerprints are of."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def resolve(text: str) -> Any:
    """A plain scalar by the YAML 1.2 core schema; ``.inf`` and ``.nan`` stay text.

    Raises ``ValueError`` for a number of more than 20 signs: nobody counts so far.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        if len(text) > 20:
            raise ValueError(text)
        return int(text, 10 if text[:2] not in ("0o", "0x") else 0)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text


# --- bytes and characters --------------------------------------------------------------


def decode(data: bytes, file: str) -> tuple[str | None, tuple[Problem, ...]]:
    r"""Bytes to text without BOM, line ends ``\n``; or what makes the bytes unusable."""
    if len(data) > MAX_BYTES:
        return None, (
            Problem(
                file=file,
                key=N_("the file has {size} bytes; at most {most} are read"),
                params={"size": len(data), "most": MAX_BYTES},
            ),
        )
    if not data.strip(b"\0"):
        if data:
            key = N_("the file holds nothing but NUL bytes; the committed version may be whole")
            return None, (Problem(file=file, line=1, key=key),)
        return None, (Problem(file=file, line=1, key=N_("the file is empty")),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        return None, (_not_utf8(data, fault, file),)
    if text and text.count("\0") * 3 > len(text):
        return None, (_utf16(file, 1),)
    text = text.replace("\r\n", "\n")
    problems = [*_bad_characters(text, file), *_conflicts(text, file)]
    if problems:
        return None, tuple(problems)
    if text and not text.endswith("\n"):
        # More than half of all cuts leave a file that still reads; this is the only trace.
        last = text.count("\n") + 1
        key = N_("the last line does not end; was the file cut off?")
        return text + "\n", (Problem(file=file, line=last, key=key, severity="warning"),)
    return text, ()


def _not_utf8(data: bytes, fault: UnicodeDecodeError, file: str) -> Problem:
    line = data.count(b"\n", 0, fault.start) + 1
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _utf16(file, line)
    if re.match(rb"\xed[\xa0-\xbf][\x80-\xbf]", data[fault.start :]):
        half = data[fault.start : fault.start + 3].decode("utf-8", "surrogatepass")
        key = N_("half of a character pair ({code}); type the text again")
        return Problem(file=file, line=line, key=key, params={"code": f"U+{ord(half):04X}"})
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return Problem(file=file, line=line, key=N_("the bytes are not UTF-8; save as UTF-8"))
    return Problem(
        file=file,
        line=line,
        key=N_("not UTF-8; it looks like {encoding}: {command}"),
        params={"encoding": "GB18030", "command": "iconv -f GB18030 -t UTF-8"},
    )


def _utf16(file: str, line: int) -> Problem:
    return Problem(
        file=file,
        line=line,
        key=N_("not UTF-8; it looks like {encoding}: {command}"),
        params={"encoding": "UTF-16", "command": "iconv -f UTF-16 -t UTF-8"},
    )


def bad_character(text: str) -> tuple[int, Problem] | None:
    r"""The first character in a *value* that cannot be kept, with its place in ``text``.

    A TAB may stand in a value (written ``"\t"``), though not in the file itself.
    """
    for match in _CONTROL.finditer(text):
        if match.group() != "\t":
            return match.start(), _character(match.group(), "", 0)
    return None


def _character(character: str, file: str, line: int) -> Problem:
    if character == "\t":
        return Problem(file=file, line=line, key=N_("a TAB; indent with blanks"))
    return Problem(
        file=file,
        line=line,
        key=N_("a character that cannot be kept: {code}; delete it"),
        params={"code": f"U+{ord(character):04X}"},
    )


def _bad_characters(text: str, file: str) -> Iterator[Problem]:
    seen, line = 0, 1
    for count, match in enumerate(_CONTROL.finditer(text), 1):
        line += text.count("\n", seen, match.start())
        seen = match.start()
        yield _character(match.group(), file, line)
        if match.group() != "\t" or count >= MAX_PROBLEMS:
            return  # a binary file would fill pages


def _conflicts(text: str, file: str) -> Iterator[Problem]:
    there = any(sign in text for sign in _MARKERS)  # sought so, a file without takes no time
    match = _CONFLICT.search(text) if there else None
    if match:
        yield Problem(
            file=file,
            line=text.count("\n", 0, match.start()) + 1,
            key=N_("conflict markers of git ({marker}); settle the merge first"),
            params={"marker": match.group()[:7]},
        )


# --- events to tree --------------------------------------------------------------------


@dataclass(slots=True)
class _Level:
    """One open map or list while the events come in."""

    value: dict[str, Any] | list[Any]
    path: Path
    flow: bool
    line: int
    key: str | None = None
    skip: bool = False
    """The value that comes belongs to a refused key."""


class _Builder:
    def __init__(self, file: str, text: str, as_text: bool) -> None:
        self.file = file
        self.text = text
        self.rows = text.split("\n")
        self.as_text = as_text
        self.problems: list[Problem] = []
        self.lines: dict[Path, int] = {}
        self.columns: dict[Path, int] = {}
        self.maps: dict[Path, tuple[int, int]] = {}
        self.stack: list[_Level] = []
        self.root: Any = None
        self.doubles: dict[Path, list[tuple[str, int, int]]] = {}
        self.doubles_found = 0

    def report(self, line: int, key: str, path: Path = (), **params: Any) -> None:
        self.problems.append(Problem(file=self.file, line=line, key=key, path=path, params=params))

    def build(self) -> Tree | None:
        documents = values = 0
        try:
            from ruamel.yaml import YAML

            # One fresh reader per file: a %YAML line would change how it reads the next one.
            for event in YAML(typ="safe", pure=True).parse(self.text):
                name = type(event).__name__
                line = event.start_mark.line + 1
                values += 1
                if values > MAX_VALUES:
                    self.report(line, N_("more than {most} values"), most=MAX_VALUES)
                if len(self.problems) + self.doubles_found >= MAX_PROBLEMS or values > MAX_VALUES:
                    break
                if name == "DocumentStartEvent":
                    documents += 1
                    if event.version or event.tags:
                        self.directive(line)
                    if documents > 1:
                        key = N_("a second document begins here; one file, one document")
                        self.report(line, key)
                        break
                elif name == "DocumentEndEvent":
                    if event.explicit and self.as_text:
                        self.report(line, N_("take out the line {sign}"), sign="...")
                elif name not in ("StreamStartEvent", "StreamEndEvent") and not self.take(
                    event, name, line
                ):
                    break
        except Exception as fault:  # noqa: BLE001 - a parser surprise is a fault of the file
            # A bracket that was never meant as one makes nonsense of what follows it.
            self.problems = [p for p in self.problems if p.key != _COMMA]
            self.problems.append(explain(fault, self.file, self.rows))
        self.name_doubles()
        if self.problems:
            return None
        if documents == 0 or self.root is None:
            self.report(1, N_("the file is empty"))
            return None
        if not isinstance(self.root, dict):
            self.not_a_map()
            return None
        return Tree(self.root, self.file, self.lines, self.columns, self.maps)

    def directive(self, line: int) -> None:
        for number, row in enumerate(self.rows[:line], 1):
            if row.startswith("%"):
                line = number
        self.report(line, N_("take out the line that begins with {sign}"), sign="%")

    def not_a_map(self) -> None:
        for number, row in enumerate(self.rows, 1):
            found = slip(row)
            if found and not row.lstrip().startswith("#"):
                self.report(number, found)
                return
        self.report(1, N_("the file is not a list of fields, such as {example}"), example="id: …")

    def take(self, event: Any, name: str, line: int) -> bool:
        """One event; false where reading on makes no sense."""
        if name in ("MappingEndEvent", "SequenceEndEvent"):
            self.stack.pop()
            return True
        if not self.allowed(event, name, line):
            return False
        if name == "ScalarEvent":
            self.scalar(event, line)
            return True
        if len(self.stack) >= MAX_DEPTH:
            self.report(line, N_("nested more than {most} levels deep"), most=MAX_DEPTH)
            return False
        if self.key_awaited():
            self.report(line, N_("the name of a field must be a word, not a map or list"))
            return False
        value: dict[str, Any] | list[Any] = {} if name == "MappingStartEvent" else []
        path = self.put(value, line)
        if isinstance(value, dict):
            self.maps[path] = line, event.start_mark.column
        elif not event.flow_style:
            self.columns[path] = event.start_mark.column
        self.stack.append(_Level(value, path, bool(event.flow_style), line))
        return True

    def allowed(self, event: Any, name: str, line: int) -> bool:
        if name == "AliasEvent":
            sign = "*"
        elif event.anchor is not None:
            sign = "&"
        elif getattr(event, "tag", None) is not None and self.tagged(event):
            sign = "!"
        else:
            return True
        self.report(
            line,
            N_("put the text in double quotes: `{sign}` at its beginning means something to YAML"),
            sign=sign,
        )
        return False

    def tagged(self, event: Any) -> bool:
        # ruamel gives a quoted scalar the tag "!" in some versions: only written ones count.
        row = self.rows[event.start_mark.line]
        return "!" in row[event.start_mark.column : event.start_mark.column + 1]

    def key_awaited(self) -> bool:
        top = self.stack[-1] if self.stack else None
        return top is not None and isinstance(top.value, dict) and top.key is None

    def scalar(self, event: Any, line: int) -> None:
        text: str = event.value
        if event.style is not None or not self.as_text:
            bad = bad_character(text)  # an escape such as "\e" can still bring one in
            if bad:
                self.problems.append(_character(text[bad[0]], self.file, line))
        if self.key_awaited():
            self.name(text, line)
            return
        if self.as_text:
            if not text.strip():
                self.empty(line)
            self.put(text, line)
        else:
            self.put(self.resolve(text, line) if event.style is None else text, line)

    def name(self, key: str, line: int) -> None:
        top = self.stack[-1]
        assert isinstance(top.value, dict)
        path = (*top.path, key)
        top.key = key
        if not key.strip():
            self.report(line, N_("a field without a name"), top.path)
        elif key == "<<":
            self.report(line, N_("`<<` is not read; write the fields out"), path)
        elif key in top.value:
            self.doubles.setdefault(top.path, []).append((key, line, self.lines[path]))
            self.doubles_found += 1
            top.skip = True
            return
        self.lines[path] = line

    def put(self, value: Any, line: int) -> Path:
        """Hang a value into the open map or list; its path."""
        if not self.stack:
            self.root = value
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            path = (*top.path, len(top.value))
            top.value.append(value)
            self.lines[path] = line
            return path
        assert top.key is not None
        path = (*top.path, top.key)
        if not top.skip:
            top.value[top.key] = value
        top.key, top.skip = None, False
        return path

    def empty(self, line: int) -> None:
        top = self.stack[-1] if self.stack else None
        if top is None:
            return
        if isinstance(top.value, list):
            self.report(line, N_("an empty item in a list"), (*top.path, len(top.value)))
            return
        path = (*top.path, top.key or "")
        row = self.rows[self.lines.get(path, line) - 1]
        if top.flow and f"{top.key}:" not in row:
            self.report(line, _COMMA, path, field=top.key)
        elif re.search(rf"{re.escape(top.key or '')}: +#", row):
            key = N_("`{field}` is empty; a text that begins with # needs double quotes")
            self.report(self.lines.get(path, line), key, path, field=top.key)
        else:
            key = N_("`{field}` is empty; write a value or take the line out")
            self.report(self.lines.get(path, line), key, path, field=top.key)

    def resolve(self, text: str, line: int) -> Any:
        try:
            return resolve(text)
        except ValueError:
            self.report(line, N_("a number of {digits} digits"), digits=len(text))
            return 0

    def name_doubles(self) -> None:
        for path, doubles in self.doubles.items():
            lost = next((d for d in doubles if d[0] == "kind"), None)
            if lost:
                self.report(
                    lost[1],
                    N_("`kind` stands twice (also line {other}); is the dash missing?"),
                    (*path, "kind"),
                    other=lost[2],
                )
                continue
            for key, line, other in doubles:
                self.report(
                    line,
                    N_("`{field}` stands twice (also line {other})"),
                    (*path, key),
                    field=key,
                    other=other,
                )
