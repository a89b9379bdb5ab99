"""Writing case files: new text beside old text, and proof that it says what was meant.

Nothing here rewrites a line that is there. Every result is read again by the strict reader and
must be equal to what was there plus what was to be added; else :class:`Unsound` is raised and
nothing is handed out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

from yuqing.case import KINDS, Entry, File, Pin
from yuqing.errors import Failure, Path, Said, Unreadable
from yuqing.read.case import HEAD
from yuqing.read.tree import Tree, canonical, decode, parse
from yuqing.words import N_

_OWN = tuple(dict.fromkeys(name for kind in KINDS.values() for name in kind.own))
ORDER = (
    "kind", "at", "until", "estimated", "by", *_OWN, "text", "because", "clause", "number",
    "facts", "tags", "links", "files", "re", "closes", "recorded", "id",
)  # fmt: skip
"""Order of the fields of a new entry (case format, section 10)."""
_LISTS = ("links", "tags", "files", "plans")
"""Lists also when they hold one thing; elsewhere one thing stands without its list."""
_DASH = 2
"""Column of the dashes in a new file."""


class Unsound(Failure):
    """What would be written does not read as it was meant: a fault of the program."""


# --- records to raw fields -------------------------------------------------------------


def entry_fields(entry: Entry) -> dict[str, Any]:
    """An entry as the file has it: text, lists and maps of text, in the order of writing.

    The opposite of ``read.case``: reading the result gives an equal entry.
    """
    found: dict[str, Any] = {}
    for name in ORDER:
        value = getattr(entry, f"{name}_" if name in ("from", "with") else name)
        if value not in (None, (), {}, False):
            found[name] = _raw(name, value)
    return found


def _raw(name: str, value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (File, Pin)):
        there = ((f.name, getattr(value, f.name)) for f in dataclass_fields(value))
        return {part: each for part, each in there if each is not None}
    if isinstance(value, Mapping):
        return {part: _raw(part, each) for part, each in value.items()}
    if isinstance(value, (tuple, list)):
        items = [_raw("", each) for each in value]
        return items[0] if len(items) == 1 and name not in _LISTS else items
    return str(value)


def _ordered(raw: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    known = {name: _raw(name, raw[name]) for name in order if name in raw}
    return known | {name: _raw(name, value) for name, value in raw.items() if name not in known}


# --- values to text --------------------------------------------------------------------

_SIGNS = "-?:,[]{}#&*!|>'\"%@` \t="
_HIDDEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_ESCAPED = re.compile(rf'[\\"\n\t]|{_HIDDEN.pattern}')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def _plain(text: str) -> bool:
    """May it stand without quotes? Asked too strictly rather than too loosely."""
    return not (
        not text
        or text[0] in _SIGNS
        or text != text.strip()
        or ": " in text
        or " #" in text
        or text.endswith(":")
        or text.startswith("...")
        or re.search(r"[\n\t]", text)
        or _HIDDEN.search(text)
    )


def _quoted(text: str) -> str:
    def escape(match: re.Match[str]) -> str:
        sign = match.group()
        return _ESCAPES.get(sign) or f"\\u{ord(sign):04X}"

    return f'"{_ESCAPED.sub(escape, text)}"'


def _block(text: str) -> bool:
    """May it be a ``|`` block: several lines, none of which could be taken for layout."""
    body = text.removesuffix("\n")
    lines = body.split("\n")
    return (
        "\n" in body
        and bool(lines[0].strip())
        and not lines[0].startswith(" ")
        and bool(lines[-1].strip())
        and not re.search(r"\t", text)
        and not _HIDDEN.search(text)
    )


def _scalar(text: str, indent: int, *, careful: bool) -> str:
    if not careful and _plain(text):
        return text
    if not careful and _block(text):
        lines = text.removesuffix("\n").split("\n")
        body = "\n".join(" " * indent + line if line else "" for line in lines)
        return ("|\n" if text.endswith("\n") else "|-\n") + body
    return _quoted(text)


def _short(value: Any) -> bool:
    """A word that flow style can hold without any reader stumbling over it."""
    return (
        isinstance(value, str)
        and len(value) <= 64
        and _plain(value)
        and not re.search(r"[,:\[\]{}]", value)
    )


def _flow(value: Any) -> str | None:
    """A list or map of plain short words on one line, or ``None``."""
    if isinstance(value, list) and all(map(_short, value)):
        line = f"[{', '.join(value)}]"
    elif isinstance(value, dict) and all(map(_short, [*value, *value.values()])):
        line = f"{{{', '.join(f'{name}: {each}' for name, each in value.items())}}}"
    else:
        return None
    return line if len(line) <= 120 else None


def _field(name: str, value: Any, indent: int, *, careful: bool) -> Iterator[str]:
    """The lines of one field; ``indent`` is the column of its name."""
    blank = " " * indent
    label = blank + (name if _plain(name) and ":" not in name else _quoted(name)) + ":"
    if isinstance(value, str):
        if name == "version":  # other readers take 2022.10 for a number
            yield f"{label} {_quoted(value)}"
        else:
            yield f"{label} {_scalar(value, indent + 2, careful=careful)}"
        return
    flow = None if careful or name in ("links", "files", "plans", "set") else _flow(value)
    if flow is not None:
        yield f"{label} {flow}"
        return
    yield label
    if isinstance(value, dict):
        for part, each in value.items():
            yield from _field(part, each, indent + 2, careful=careful)
    else:
        for each in value:
            yield from _item(each, indent + 2, careful=careful)


def _item(value: Any, column: int, *, careful: bool) -> Iterator[str]:
    """The lines of one item of a block list; ``column`` is that of its dash."""
    blank = " " * column
    if isinstance(value, str):
        yield f"{blank}- {_scalar(value, column + 2, careful=careful)}"
        return
    pin = isinstance(value, dict) and "version" in value  # quoted, and yet on one line
    flow = _flow(value | {"version": "x"} if pin else value) if not careful else None
    if flow is not None:
        if pin:
            flow = flow.replace("version: x", f"version: {_quoted(value['version'])}")
        yield f"{blank}- {flow}"
        return
    yield from _entry(value, column, careful=careful)


def _entry(raw: Mapping[str, Any], column: int, *, careful: bool) -> Iterator[str]:
    """A map as an item of a block list."""
    lines = [
        line
        for name, value in raw.items()
        for line in _field(name, value, column + 2, careful=careful)
    ]
    if lines:
        yield f"{' ' * column}- {lines[0][column + 2 :]}"
        yield from lines[1:]


# --- new file, append, stamp -----------------------------------------------------------


def new_file(head: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> bytes:
    """The text of a new case: ``head`` without ``log``, and its first entries.

    Values as in :func:`entry_fields`. Raises :class:`Unsound`.
    """
    first = {"yuqing": "1", **_ordered(head, HEAD)}
    raw = [_ordered(entry, ORDER) for entry in entries]
    for careful in (False, True):
        lines = [
            line
            for name, value in first.items()
            for line in _field(name, value, 0, careful=careful)
        ]
        blocks = ["\n".join(_entry(entry, _DASH, careful=careful)) for entry in raw]
        text = "\n".join(lines) + "\nlog:\n" + "\n\n".join(blocks) + "\n"
        data = text.encode("utf-8", "surrogatepass")
        if _reads_as(data, {**first, "log": raw}):
            return data
    raise Unsound(_UNSOUND)


def append(data: bytes, entries: Sequence[Mapping[str, Any]]) -> tuple[bytes, tuple[Said, ...]]:
    """Put entries behind what is there; what was there stays as it is, byte for byte.

    Only line ends become LF, a BOM goes and a missing last line end comes; each is said once.
    Raises ``Unreadable`` if the file cannot be read, :class:`Unsound` if the proof fails.
    """
    text, tree = _readable(data)
    column = tree.columns.get(("log",), _DASH)
    raw = [_ordered(entry, ORDER) for entry in entries]
    wanted = {**tree.value, "log": [*tree.value["log"], *raw]}
    # A text that keeps its last blank lines (|+) would swallow the one put in between.
    gaps = ("" if text.endswith("\n\n") else "\n", "")
    for careful in (False, True):
        blocks = ["\n".join(_entry(entry, column, careful=careful)) for entry in raw]
        for gap in gaps:
            new = (text + gap + "\n\n".join(blocks) + "\n").encode("utf-8", "surrogatepass")
            if _reads_as(new, wanted):
                return new, normalised(data)
    raise Unsound(_UNSOUND)


def stamp(data: bytes, stamps: Mapping[int, Mapping[str, str]]) -> bytes:
    """Give hand-written entries their ``id`` and ``recorded`` (and ``by``), where they stand.

    ``stamps``: place in the log, from 0 → the fields to put in front of its first key. Raises
    as :func:`append` does, and ``IndexError`` for a place that is not there.
    """
    text, tree = _readable(data)
    rows = text.split("\n")
    log = [dict(entry) for entry in tree.value["log"]]
    # from the end, so that the places of the earlier ones stay true.
    for place in sorted(stamps, reverse=True):
        given = dict(stamps[place])
        log[place] = given | log[place]
        line, column = tree.maps["log", place]
        row = rows[line - 1]
        before, after = row[:column], row[column:]
        if after.startswith("{"):
            inside = "".join(f"{name}: {_quoted(given[name])}, " for name in given)
            rows[line - 1] = f"{before}{{{inside}{after[1:].lstrip()}"
            continue
        new = [
            row
            for name, value in given.items()
            for row in _field(name, value, column, careful=False)
        ]
        new[0] = before + new[0][column:]
        rows[line - 1 : line] = [*new, " " * column + after]
    stamped = "\n".join(rows).encode("utf-8", "surrogatepass")
    if not _reads_as(stamped, {**tree.value, "log": log}):
        raise Unsound(_UNSOUND)
    return stamped


def overwrite(data: bytes, path: Path, parts: Mapping[str, str]) -> tuple[bytes, Any]:
    """Put something else in the place of words in the text (or list of texts) at ``path``: the
    one change of an old entry that the format has, for words that must vanish.

    ``parts``: words → what stands there instead. Returns the file and the new value. Only the
    lines of that field change. Raises as :func:`append` does, and ``KeyError`` if no text stands
    there.
    """
    text, tree = _readable(data)
    old: Any = tree.value
    for part in path:
        old = old[part]
    if not isinstance(old, (str, list)):
        raise KeyError(path)
    new = _replaced(old, parts) if isinstance(old, str) else [_replaced(o, parts) for o in old]
    wanted = _with(tree.value, path, new)
    rows = text.split("\n")
    first = tree.line(path) - 1
    later = [n for p, n in tree.lines.items() if n - 1 > first and p[: len(path)] != path]
    last = min(later, default=len(rows) + 1) - 1
    there = _replaced("\n".join(rows[first:last]), parts)  # a comment beside it included
    in_place = [*rows[:first], there, *rows[last:]]
    for made in (in_place, _anew(rows, first, last, path, new)):
        changed = "\n".join(made).encode("utf-8", "surrogatepass")
        if _reads_as(changed, wanted):
            return changed, new
    raise Unsound(_UNSOUND)


def _replaced(text: str, parts: Mapping[str, str]) -> str:
    for was, becomes in parts.items():
        text = text.replace(was, becomes)
    return text


def _with(value: Any, path: Path, new: Any) -> Any:
    """A tree with one text changed."""
    if not path:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


def _anew(rows: Sequence[str], first: int, last: int, path: Path, new: Any) -> list[str]:
    """The field written again: where the words are broken over lines or stand in escapes."""
    begin = re.match(r"\s*(?:- +)?", rows[first])
    column = len(begin[0]) if begin else 0
    end = first + 1
    while end < last and (not rows[end].strip() or _indent(rows[end]) > column):
        end += 1
    while not rows[end - 1].strip():
        end -= 1
    made = list(_field(str(path[-1]), new, column, careful=True))
    made[0] = rows[first][:column] + made[0][column:]
    return [*rows[:first], *made, *rows[end:]]


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


_UNSOUND = N_("the text written would not read as it was meant; nothing was changed")


def _readable(data: bytes) -> tuple[str, Tree]:
    text, _ = decode(data, "")
    tree, problems = parse(data, "", as_text=True)
    if text is None or tree is None or not isinstance(tree.value.get("log"), list):
        raise Unreadable(problems) if problems else Unsound(_UNSOUND)
    return text, tree


def _reads_as(data: bytes, wanted: Mapping[str, Any]) -> bool:
    tree, _ = parse(data, "", as_text=True)
    return tree is not None and bool(tree.value == wanted)


def normalised(data: bytes) -> tuple[Said, ...]:
    """What a writing command makes of the old bytes besides what it puts in: one sentence each."""
    said = []
    if data.startswith(b"\xef\xbb\xbf"):
        said.append(Said(N_("the byte order mark at the beginning of the file was taken out")))
    if b"\r\n" in data:
        said.append(Said(N_("line ends of the file were made LF")))
    if not data.endswith(b"\n"):
        said.append(Said(N_("the last line of the file was given its end")))
    return tuple(said)


# --- fingerprint -----------------------------------------------------------------------

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SHORT, WHOLE = 12, 26
"""Signs of a code that is read out, and of one that is printed."""


def plain_code(text: str) -> str:
    """A code as somebody wrote it down: any case, grouped, O for 0, I or L for 1."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return re.sub(r"[\s\-·.]", "", plain.translate(str.maketrans("OIL", "011")))


def code_of(digest: bytes, length: int = WHOLE) -> str:
    """The first bits of a digest, five to a sign."""
    number = int.from_bytes(digest, "big") >> (8 * len(digest) - 5 * length)
    return "".join(_CROCKFORD[number >> 5 * n & 31] for n in reversed(range(length)))


def fingerprints(value: Mapping[str, Any], length: int = SHORT) -> tuple[str, ...]:
    """The code of a case after its head, its first entry, its second … (case format, 9).

    ``value``: the raw tree of the file, all text. ``length``: signs of 5 bits each, at most 51.
    A code that the other side wrote down is looked for among all of them.
    """
    head = {name: each for name, each in value.items() if name != "log"}
    chain = [hashlib.sha256(canonical(head)).digest()]
    for entry in value.get("log", ()):
        chain.append(hashlib.sha256(chain[-1] + canonical(entry)).digest())
    return tuple(code_of(each, length) for each in chain)


def fingerprint(value: Mapping[str, Any], length: int = SHORT) -> str:
    """The code of the whole case; ``length`` 26 where twelve signs are too few."""
    return fingerprints(value, length)[-1]
