"""Shapes: how one value of a plan or office file is read, and its JSON Schema, told once.

A :class:`Shape` holds both: ``read`` turns a value of the tree into a record or says what is
wrong with it and where, ``schema`` tells editors the same. Reading never stops at a mistake:
a shape answers ``None`` and its siblings go on, so that one run finds everything.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from yuqing.errors import Path, Problem, Said, Severity
from yuqing.plan import DuePart, End, Fact, Moment
from yuqing.read.tree import Tree
from yuqing.span import Span, parse_span
from yuqing.words import N_

T = TypeVar("T")
Schema = dict[str, Any]

ID = re.compile(r"[A-Za-z0-9_-]+")
UNITS = (
    "30 minutes, 2 hours, half an hour, 3 days, 3 calendar days, 5 working days, 2 weeks, "
    "1 month, 1 year, same day; 30分钟 半小时 2小时 3日 5天 10个自然日 5个工作日 2周 1个月 1年 "
    "当日 次日"
)
_EMPTY = N_("`{field}` is empty; write a value or take the line out")
_COMMA = N_("a half-width comma ended the value before `{field}`; use `，` or quotes")


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of names that a plan declares and refers to: what it is called, and where."""

    what: str
    place: str


SORTS: Mapping[str, Sort] = {
    "organs": Sort(N_("organ"), "organs"),
    "facts": Sort(N_("fact"), "facts"),
    "conditions": Sort(N_("fact or scale"), "facts"),
    "scales": Sort(N_("scale"), "scales"),
    "events": Sort(N_("event"), "events"),
    "duties": Sort(N_("duty"), "duties"),
    "gates": Sort(N_("gate"), "gates"),
    "documents": Sort(N_("document"), "documents"),
    "readings": Sort(N_("reading"), "readings"),
    "posts": Sort(N_("post"), "posts"),
}


@dataclass(slots=True)
class Reading:
    """What reading one file knows beforehand and what it finds; the one thing that changes.

    ``known``: declared names, per sort id → the name people use. ``scales``: scale → its
    level ids, lightest first, and whether they rank. ``scale``: the one being read.
    """

    tree: Tree
    rows: Sequence[str] = ()
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    scales: Mapping[str, tuple[tuple[str, ...], bool]] = field(default_factory=dict)
    scale: str | None = None
    # what is found
    problems: list[Problem] = field(default_factory=list)
    used: set[tuple[str, str]] = field(default_factory=set)
    cited: list[tuple[str, Path]] = field(default_factory=list)
    spans: list[tuple[Path, Span]] = field(default_factory=list)
    opening: list[Path] = field(default_factory=list)
    """Where office hours are needed."""
    parts: dict[Path, DuePart] = field(default_factory=dict)
    moments: dict[Path, Moment] = field(default_factory=dict)

    def say(self, path: Path, key: str, severity: Severity = "error", **params: Any) -> None:
        """Add a problem at ``path``."""
        self.problems.append(
            Problem(
                file=self.tree.file,
                line=self.tree.line(path) if path else 0,
                path=path,
                key=key,
                params=params,
                severity=severity,
            )
        )

    def wrong(self, path: Path, value: Any, wanted: str) -> None:
        """The value has not the type it should have; ``wanted`` is a marked noun."""
        name = next((part for part in reversed(path) if isinstance(part, str)), "")
        if value is None:
            self.say(path, _EMPTY, field=name)
        elif isinstance(value, (bool, int, float)) and wanted == TEXT_NOUN:
            key = N_("`{value}` is read as a number or yes/no; put it in quotes: {quoted}")
            self.say(path, key, value=shown(value), quoted=f'"{shown(value)}"')
        elif isinstance(value, (dict, list)):
            found = N_("a map of fields") if isinstance(value, dict) else N_("a list")
            self.say(
                path,
                N_("{wanted} is wanted here, not {found}"),
                wanted=Said(wanted),
                found=Said(found),
            )
        else:
            key = N_("{wanted} is wanted here, not `{value}`")
            self.say(path, key, wanted=Said(wanted), value=shown(value))

    def unknown(self, path: Path, sort: str, name: str, known: Mapping[str, str]) -> None:
        """A name that nobody declared, with the nearest that somebody did."""
        about = SORTS[sort]
        near = nearest(name, known)
        if near is not None:
            key = N_("no {what} `{name}`; did you mean `{near}`?")
            self.say(path, key, what=Said(about.what), name=name, near=near)
        elif known:
            key = N_("no {what} `{name}`; there are: {known}")
            self.say(path, key, what=Said(about.what), name=name, known=listed(known))
        else:
            key = N_("no {what} `{name}`; declare it under `{place}` first")
            self.say(path, key, what=Said(about.what), name=name, place=about.place)

    def cut_off(self, path: Path, name: str, value: Any) -> bool:
        """A name without colon and value, in ``{…}``: a comma cut the text before it in two."""
        row = self.tree.line(path) - 1
        if value is not None or row >= len(self.rows) or f"{name}:" in self.rows[row]:
            return False
        self.say(path, _COMMA, field=name)
        return True

    def unknown_key(self, path: Path, name: str, value: Any, known: Iterable[str]) -> None:
        """A field that does not exist here."""
        at = (*path, name)
        if self.cut_off(at, name, value):
            return
        names = {each: each for each in known}
        near = nearest(name, names)
        if near is not None:
            key = N_("no field `{name}` here; did you mean `{near}`?")
            self.say(at, key, name=name, near=near)
        else:
            key = N_("no field `{name}` here; there are: {known}")
            self.say(at, key, name=name, known=listed(names))

    def refused(self, path: Path, value: Any, allowed: Iterable[Any]) -> None:
        """A value that is none of those there are."""
        names = {shown(each): shown(each) for each in allowed}
        near = nearest(shown(value), names)
        if isinstance(value, (bool, int, float)) and shown(value) in names:
            key = N_("`{value}` is read as a number or yes/no; put it in quotes: {quoted}")
            self.say(path, key, value=shown(value), quoted=f'"{shown(value)}"')
        elif near is not None:
            key = N_("`{value}` is none of {known}; did you mean `{near}`?")
            self.say(path, key, value=shown(value), known=listed(names), near=near)
        else:
            key = N_("`{value}` is none of {known}")
            self.say(path, key, value=shown(value), known=listed(names))


def newer_format(tree: Tree, newest: int) -> Problem | None:
    """The file says a format version that this program does not know: it is left alone."""
    version = tree.value.get("yuqing")
    if not isinstance(version, int) or isinstance(version, bool) or version <= newest:
        return None
    return Problem(
        file=tree.file,
        line=tree.line(("yuqing",)),
        path=("yuqing",),
        key=N_("format {version}; this program reads up to {newest}. Update yuqing"),
        params={"version": version, "newest": newest},
    )


def shown(value: Any) -> str:
    """A value as the file has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def listed(names: Iterable[str], most: int = 30) -> str:
    """Names in a row, cut where nobody reads on."""
    all_ = list(names)
    return ", ".join(all_[:most]) + (" …" if len(all_) > most else "")


def nearest(name: str, known: Mapping[str, str]) -> str | None:
    """The known id that ``name`` probably means: by its spelling, else by the name it has."""
    by_case = {each.casefold(): each for each in known}
    if name.casefold() in by_case:
        return by_case[name.casefold()]
    for found, spoken in known.items():
        if spoken == name:
            return found
    close = get_close_matches(name.casefold(), by_case, n=1, cutoff=0.6)
    if close:
        return by_case[close[0]]
    by_name = {spoken: found for found, spoken in known.items()}
    close = get_close_matches(name, by_name, n=1, cutoff=0.6)
    return by_name[close[0]] if close else None


# --- single values ---------------------------------------------------------------------

TEXT_NOUN = N_("a text")


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """How a value is read (``None``: it could not, and the problem is said), and its schema."""

    read: Callable[[Reading, Any, Path], T | None]
    schema: Schema


def _text(r: Reading, value: Any, path: Path) -> str | None:
    if isinstance(value, str) and value.strip():
        return value
    r.wrong(path, None if isinstance(value, str) else value, TEXT_NOUN)
    return None


def _boolean(r: Reading, value: Any, path: Path) -> bool | None:
    if isinstance(value, bool):
        return value
    r.wrong(path, value, N_("true or false"))
    return None


def _number(r: Reading, value: Any, path: Path) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    r.wrong(path, value, N_("a whole number"))
    return None


def _count(r: Reading, value: Any, path: Path) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    r.wrong(path, value, N_("a whole number from 1"))
    return None


def _date(r: Reading, value: Any, path: Path) -> dt.date | None:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            r.say(path, N_("there is no day {value}"), value=value)
            return None
    r.wrong(path, value, N_("a date such as 2026-01-15"))
    return None


def _clock(value: Any) -> dt.time | None:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return dt.time.fromisoformat(value)
    return None


def _time(r: Reading, value: Any, path: Path) -> dt.time | None:
    found = _clock(value)
    if found is None:
        r.wrong(path, value, N_('a time of day such as "07:30"'))
    return found


def _end(r: Reading, value: Any, path: Path) -> End | None:
    if value == "24:00":
        return "24:00"
    if value == "close":
        r.opening.append(path)
        return "close"
    found = _clock(value)
    if found is None:
        r.wrong(path, value, N_('a time of day such as "07:30", "24:00", or close'))
    return found


def read_span(r: Reading, value: Any, path: Path, *, hint: bool = False) -> Span | None:
    """A span in words; ``hint`` adds how a word without figure is written."""
    if value is None or isinstance(value, (dict, list)):
        r.wrong(path, value, N_("a span such as 2 hours"))
        return None
    found = parse_span(value) if isinstance(value, str) else None
    if found is None or (found.unit == "year" and found.count > 100):
        key = N_("`{value}` is not a span; one number and one unit: {units}")
        if hint:
            key = N_(
                "`{value}` is not a span; one number and one unit: {units}; "
                "a word without figure: {example}"
            )
        word = value if isinstance(value, str) and not re.search(r"\d", value) else "及時"
        r.say(path, key, value=shown(value), units=UNITS, example=f"{{word: {word}}}")
        return None
    r.spans.append((path, found))
    return found


def _article(r: Reading, value: Any, path: Path) -> str | None:
    found = _text(r, value, path)
    if found is not None:
        r.cited.append((found, path))
    return found


_CLOCK_SCHEMA = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}

TEXT = Shape(_text, {"type": "string", "minLength": 1})
BOOLEAN = Shape(_boolean, {"type": "boolean"})
NUMBER = Shape(_number, {"type": "integer"})
COUNT = Shape(_count, {"type": "integer", "minimum": 1})
DATE = Shape(_date, {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
TIME = Shape(_time, _CLOCK_SCHEMA)
END: Shape[End] = Shape(_end, {"anyOf": [{"enum": ["24:00", "close"]}, _CLOCK_SCHEMA]})
SPAN = Shape(read_span, {"$ref": "#/$defs/span"})
ARTICLE = Shape(_article, {"type": "string", "minLength": 1})


def one_of(*allowed: str) -> Shape[Any]:
    """One word of a list."""

    def read(r: Reading, value: Any, path: Path) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        if value is None or isinstance(value, (dict, list)):
            r.wrong(path, value, TEXT_NOUN)
        else:
            r.refused(path, value, allowed)
        return None

    return Shape(read, {"enum": list(allowed)})


def reference(sort: str) -> Shape[str]:
    """The id of something that this file declares."""

    def read(r: Reading, value: Any, path: Path) -> str | None:
        if not isinstance(value, str) or not value.strip():
            known = r.known.get(sort, {})
            if shown(value) in known and value is not None:
                r.refused(path, value, known)
            else:
                r.wrong(path, value, TEXT_NOUN)
            return None
        known = r.known.get(sort, {})
        if value not in known:
            r.unknown(path, sort, value, known)
            return None
        r.used.add((sort, value))
        return value

    return Shape(read, {"type": "string", "minLength": 1})


# --- several values --------------------------------------------------------------------


def list_of(shape: Shape[T], *, single: bool = False, least: int = 0) -> Shape[tuple[T, ...]]:
    """A list; ``single``: one value may stand without its list."""

    def read(r: Reading, value: Any, path: Path) -> tuple[T, ...] | None:
        if not isinstance(value, list):
            if not single:
                r.wrong(path, value, N_("a list"))
                return None
            one = shape.read(r, value, path)
            return None if one is None else (one,)
        if len(value) < least:
            r.say(path, N_("an empty list; fill it or take the line out"))
            return None
        found = [shape.read(r, each, (*path, place)) for place, each in enumerate(value)]
        return tuple(each for each in found if each is not None)

    many: Schema = {"type": "array", "items": shape.schema}
    if least:
        many["minItems"] = least
    return Shape(read, {"anyOf": [shape.schema, many]} if single else many)


def map_of(shape: Shape[T], *, key: Callable[[Reading, str, Path], None]) -> Shape[dict[str, T]]:
    """Names → values, in the order of the file; ``key`` looks at each name."""

    def read(r: Reading, value: Any, path: Path) -> dict[str, T] | None:
        if not isinstance(value, dict):
            r.wrong(path, value, N_("a map of fields"))
            return None
        found = {}
        for name, each in value.items():
            at = (*path, name)
            if r.cut_off(at, name, each):
                continue
            key(r, name, at)
            one = shape.read(r, each, at)
            if one is not None:
                found[name] = one
        return found

    schema: Schema = {"type": "object", "additionalProperties": shape.schema}
    if key is not any_name:
        schema["propertyNames"] = {"pattern": f"^{ID.pattern}$"}
    return Shape(read, schema)


def plain_id(r: Reading, name: str, path: Path) -> None:
    """Ids are ASCII letters, digits, ``-`` and ``_``."""
    if not ID.fullmatch(name):
        key = N_("the id `{name}` may have ASCII letters, digits, - and _ only")
        r.say(path, key, name=name)


def any_name(_r: Reading, _name: str, _path: Path) -> None:
    """Names that are free text."""


# --- records ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a map: its shape, what it means, and the record's attribute.

    ``blank`` stands in for a required value that is missing, so that the rest of the record
    can still be looked at.
    """

    shape: Shape[Any]
    says: str
    required: bool = False
    attribute: str = ""
    blank: Any = ""


Check = Callable[[Reading, Mapping[str, Any], Path], None]


def record(
    make: Callable[..., T],
    fields: Mapping[str, Field],
    *,
    short: Shape[Any] | None = None,
    short_field: str = "name",
    named: bool = False,
    else_id: str = "",
    check: Check | None = None,
    schema: Schema | None = None,
) -> Shape[T]:
    """A map with known fields only.

    ``short``: a plain value may stand for the map, it is ``short_field``. ``named``: the
    record's ``id`` is the key it stands under. ``else_id``: a field that is the id if it is
    left out. ``check``: rules between fields of the raw map.
    ``schema``: more conditions for the JSON Schema.
    """

    def read(r: Reading, value: Any, path: Path) -> T | None:
        ident = {"id": str(path[-1])} if named else {}
        if short is not None and not isinstance(value, (dict, list, type(None))):
            one = short.read(r, value, path)
            return make(**ident, **{short_field: "" if one is None else one})
        if not isinstance(value, dict):
            r.wrong(path, value, N_("a map of fields"))
            return None
        given: dict[str, Any] = {}
        for name, each in value.items():
            about = fields.get(name)
            if about is None:
                r.unknown_key(path, name, each, fields)
                continue
            one = about.shape.read(r, each, (*path, name))
            if one is not None:
                given[about.attribute or name] = one
        for name, about in fields.items():
            if about.required and (about.attribute or name) not in given:
                if name not in value:
                    r.say(path, N_("`{field}` is missing; add it"), field=name)
                given[about.attribute or name] = about.blank
        if else_id and else_id not in given:
            given[else_id] = ident.get("id") or given.get("id", "")
        if check is not None:
            check(r, value, path)
        return make(**ident, **given)

    return Shape(read, _record_schema(fields, short, schema))


def _record_schema(
    fields: Mapping[str, Field], short: Shape[Any] | None, more: Schema | None
) -> Schema:
    required = [name for name, about in fields.items() if about.required]
    whole: Schema = {
        "type": "object",
        "properties": {n: described(a.shape.schema, a.says) for n, a in fields.items()},
        "additionalProperties": False,
        **({"required": required} if required else {}),
        **(more or {}),
    }
    return {"anyOf": [short.schema, whole]} if short is not None else whole


def described(schema: Schema, says: str) -> Schema:
    """A schema with what the field means."""
    return {"description": says, **schema}


def just_one(*names: str) -> Schema:
    """JSON Schema: exactly one of these fields is there."""
    return {"oneOf": [{"required": [name]} for name in names]}


def at_least_one(*names: str) -> Schema:
    """JSON Schema: one or more of these fields are there."""
    return {"anyOf": [{"required": [name]} for name in names]}
