"""Reading with pydantic: what it finds wrong becomes a sentence with its line.

pydantic validates a tree into the records. Its complaints carry a code and the way to the
value; here a code becomes a message id, and the way becomes a path of the file. Reading never
stops at a mistake: one run names them all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from yuqing.errors import Path, Problem, Said, Severity
from yuqing.notation import ID, Fault, How, ReadOn, checked, failure
from yuqing.plan import Fact
from yuqing.read.tree import Tree
from yuqing.span import UNITS, Span, parse_span
from yuqing.words import N_

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
Sentence = tuple[str, Mapping[str, Any]]
"""Message id and parameters."""

EMPTY = N_("`{field}` is empty; write a value or take the line out")
_COMMA = N_("a half-width comma ended the value before `{field}`; use `，` or quotes")
TEXT_NOUN = N_("a text")
MAP_NOUN = N_("a map of fields")
LIST_NOUN = N_("a list")
_WANTED: Mapping[str, str] = {
    "string_type": TEXT_NOUN,
    "bool_type": N_("true or false"),
    "int_type": N_("a whole number"),
    "count": N_("a whole number from 1"),
    "tuple_type": LIST_NOUN,
    "frozen_set_type": LIST_NOUN,
    "dict_type": MAP_NOUN,
    "dataclass_type": MAP_NOUN,
}
"""What pydantic misses, by its code: a noun."""


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


class Nothing:
    """Stands for an empty value, which pydantic would take for one that is left out."""


_NOTHING = Nothing()
_STAND_IN = "-"


@cache
def adapter(record: type[T]) -> TypeAdapter[T]:
    """What pydantic validates into ``record`` with; building one takes a while."""
    from pydantic import TypeAdapter

    return TypeAdapter(record)


@dataclass(slots=True)
class Reading:
    """What reading one file knows beforehand and what it finds; the one thing that changes.

    ``how``: what no type tells (see ``notation``). ``known``: declared names, per sort id →
    the name people use. ``scales``: scale → its level ids, lightest first, and whether they
    rank. ``scale``: the one being read.
    """

    tree: Tree
    rows: Sequence[str] = ()
    how: Mapping[Any, How] = field(default_factory=dict)
    known: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    scales: Mapping[str, tuple[tuple[str, ...], bool]] = field(default_factory=dict)
    scale: str | None = None
    lenient: bool = False
    """Everything wrong is named; what follows is read as far as it can be."""
    # what is found
    problems: list[Problem] = field(default_factory=list)
    used: set[tuple[str, str]] = field(default_factory=set)
    left_out: set[Path] = field(default_factory=set)
    """Where something is wrong, so that the record does without it."""
    missing: set[Path] = field(default_factory=set)
    """Required fields that are not there; a stand-in takes their place."""
    kept: dict[Path, Sequence[int]] = field(default_factory=dict)
    """Which items of a list are left, where some are left out."""

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

    def read(self, record: type[T]) -> T | None:
        """The record that the tree holds, as far as it can be read; ``problems`` has the rest.

        Once everything wrong is named, the record is read without it, so that rules between
        its parts find their mistakes in the same run.
        """
        from pydantic import ValidationError

        for _ in range(9):
            try:
                value = self._present(self.tree.value, ())
                found: T = adapter(record).validate_python(value, context=self)  # type: ignore[arg-type]  # a class is hashable
            except ValidationError as error:
                errors = [e for e in error.errors(include_url=False) if not self._of_items(e)]
            else:
                return found
            if not self.lenient:
                self._name(errors)
                self.lenient = True
            if not all(self._do_without(each) for each in errors):
                break
        return None

    def _of_items(self, error: Any) -> bool:
        """A list is found too short because its items are at fault."""
        path, value = self.place(error["loc"])
        left = self.kept.get(path, value if isinstance(value, list) else (value,))
        return error["type"] == "too_short" and len(left) > 0

    def _do_without(self, error: Any) -> bool:
        """Leave out what an error is about; false for the file as a whole."""
        path, _ = self.place(error["loc"])
        if error["type"] == "rule":
            return True  # no longer counts
        if error["type"] == "missing":
            path, _ = self.place(error["loc"][:-1])
            absent = (*path, error["loc"][-1])
            if absent not in self.missing:
                self.missing.add(absent)
                return True
        while path in self.left_out:  # a stand-in will not do
            path = path[:-1]
        self.left_out.add(path)
        return bool(path)

    def _present(self, value: Any, path: Path) -> Any:
        """A value without what is left out, and with a stand-in for what is missing."""
        if value is None:
            return _NOTHING
        if isinstance(value, dict):
            there = {
                name: self._present(each, (*path, name))
                for name, each in value.items()
                if (*path, name) not in self.left_out
            }
            return there | {p[-1]: _STAND_IN for p in self.missing if p[:-1] == path}
        if isinstance(value, list):
            if any(p[:-1] == path for p in self.left_out):
                self.kept[path] = [n for n in range(len(value)) if (*path, n) not in self.left_out]
            places = self.kept.get(path, range(len(value)))
            return [self._present(value[n], (*path, n)) for n in places]
        return value

    def place(self, way: Iterable[str | int]) -> tuple[Path, Any]:
        """The path in the file that a way through the records leads to, and what stands there.

        Steps that the file does not write out (a list around one value, the name of a shape)
        are no steps in it.
        """
        path: Path = ()
        spot: Any = self.tree.value
        for step in way:
            if isinstance(spot, dict) and step in spot:
                path, spot = (*path, step), spot[step]
            elif isinstance(spot, list) and isinstance(step, int):
                places = self.kept.get(path, range(len(spot)))
                if step < len(places):
                    path, spot = (*path, places[step]), spot[places[step]]
        return path, spot

    def _name(self, errors: Iterable[Any]) -> None:
        """Say what is wrong, in the order of the file, a part before the whole."""
        order: dict[Path, int] = {}
        for number, path in enumerate(self.tree.lines):
            for length in range(len(path) + 1):
                order[path[:length]] = number
        said: list[tuple[Path, Sentence]] = []
        for each in errors:
            path, value = self.place(each["loc"])
            if value is None and any(path == other for other, _ in said):
                continue
            if each["type"] == "missing" and self._told(path, each["loc"][-1]):
                continue  # by a rule
            said.append((path, self._sentence(each, path, value)))
        for path, (key, params) in sorted(
            said, key=lambda one: (order.get(one[0], 0), -len(one[0]))
        ):
            self.say(path, key, **params)

    def _told(self, path: Path, name: Any) -> bool:
        """Has a problem of this field been named already?"""
        return any(p.path == path and p.params.get("field") == name for p in self.problems)

    def tell(self, path: Path, sentence: Sentence) -> None:
        """Add a problem at ``path``, as a sentence."""
        self.say(path, sentence[0], **sentence[1])

    def _sentence(self, error: Any, path: Path, value: Any) -> Sentence:
        code, about = error["type"], error.get("ctx", {})
        name = path[-1] if path else ""
        if code == "missing":
            return N_("`{field}` is missing; add it"), {"field": error["loc"][-1]}
        if value is None and isinstance(name, str) and not self._written_out(path, name):
            return _COMMA, {"field": name}
        if "known" in about:
            return unknown_field(str(name), about["known"])
        field_ = next((step for step in reversed(path) if isinstance(step, str)), "")
        if value is None or code == "string_pattern_mismatch":
            return EMPTY, {"field": field_}
        match code:
            case "said" | "rule" if "{field}" in about["key"]:
                return about["key"], {"field": field_, **about["params"]}
            case "said" | "rule":
                return about["key"], about["params"]
            case "too_short":
                return N_("an empty list; fill it or take the line out"), {}
            case "literal_error" if not isinstance(value, (dict, list)):
                return refused(value, re.findall("'([^']*)'", about["expected"]))
        return wrong(value, _WANTED.get(code, TEXT_NOUN))

    def _written_out(self, path: Path, name: str) -> bool:
        """A name without colon and value, in ``{…}``: a comma cut the text before it in two."""
        row = self.tree.line(path) - 1
        return row >= len(self.rows) or f"{name}:" in self.rows[row]


# --- sentences -------------------------------------------------------------------------


def wrong(value: Any, wanted: str) -> Sentence:
    """The value has not the type it should have; ``wanted`` is a marked noun."""
    if isinstance(value, (bool, int, float)) and wanted == TEXT_NOUN:
        key = N_("`{value}` is read as a number or yes/no; put it in quotes: {quoted}")
        return key, {"value": shown(value), "quoted": f'"{shown(value)}"'}
    if isinstance(value, (dict, list)):
        found = MAP_NOUN if isinstance(value, dict) else LIST_NOUN
        key = N_("{wanted} is wanted here, not {found}")
        return key, {"wanted": Said(wanted), "found": Said(found)}
    key = N_("{wanted} is wanted here, not `{value}`")
    return key, {"wanted": Said(wanted), "value": shown(value)}


def unknown(sort: str, name: str, known: Mapping[str, str]) -> Sentence:
    """A name that nobody declared, with the nearest that somebody did."""
    about = SORTS[sort]
    named = {"what": Said(about.what), "name": name}
    near = nearest(name, known)
    if near is not None:
        return N_("no {what} `{name}`; did you mean `{near}`?"), {**named, "near": near}
    if known:
        return N_("no {what} `{name}`; there are: {known}"), {**named, "known": listed(known)}
    key = N_("no {what} `{name}`; declare it under `{place}` first")
    return key, {**named, "place": about.place}


def unknown_field(name: str, known: Iterable[str]) -> Sentence:
    """A field that does not exist here."""
    names = {each: each for each in known}
    near = nearest(name, names)
    if near is not None:
        key = N_("no field `{name}` here; did you mean `{near}`?")
        return key, {"name": name, "near": near}
    return N_("no field `{name}` here; there are: {known}"), {"name": name, "known": listed(names)}


def refused(value: Any, allowed: Iterable[Any]) -> Sentence:
    """A value that is none of those there are."""
    names = {shown(each): shown(each) for each in allowed}
    near = nearest(shown(value), names)
    told = {"value": shown(value), "known": listed(names)}
    if isinstance(value, (bool, int, float)) and shown(value) in names:
        return wrong(value, TEXT_NOUN)
    if near is not None:
        return N_("`{value}` is none of {known}; did you mean `{near}`?"), {**told, "near": near}
    return N_("`{value}` is none of {known}"), told


def fail(value: Any, sentence: Sentence, path: Path = ()) -> Exception:
    """One thing that is wrong with a value, or ``path`` inside it, to be raised."""
    return failure(value, [(path, *sentence)])


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


# --- values that are written as text ---------------------------------------------------


def _day(value: Any, _read_on: ReadOn, _r: Reading) -> dt.date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise fail(value, (N_("there is no day {value}"), {"value": value})) from None
    raise fail(value, wrong(value, N_("a date such as 2026-01-15")))


def _clock(value: Any, _read_on: ReadOn, _r: Reading) -> dt.time:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return dt.time.fromisoformat(value)
    raise fail(value, wrong(value, N_('a time of day such as "07:30"')))


def _end(value: Any, read_on: ReadOn, r: Reading) -> dt.time | str:
    if value in ("24:00", "close"):
        return str(value)
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return _clock(value, read_on, r)
    raise fail(value, wrong(value, N_('a time of day such as "07:30", "24:00", or close')))


def read_span(value: Any, _read_on: ReadOn, _r: Reading, *, hint: bool = False) -> Span:
    """A span in words; ``hint`` adds how a word without figure is written."""
    if isinstance(value, (dict, list, Nothing)):
        raise fail(value, wrong(value, N_("a span such as 2 hours")))
    found = parse_span(value) if isinstance(value, str) else None
    if found is not None and (found.unit != "year" or found.count <= 100):
        return found
    key = N_("`{value}` is not a span; one number and one unit: {units}")
    if hint:
        key = N_(
            "`{value}` is not a span; one number and one unit: {units}; "
            "a word without figure: {example}"
        )
    word = value if isinstance(value, str) and not re.search(r"\d", value) else "及時"
    about = {"value": shown(value), "units": UNITS, "example": f"{{word: {word}}}"}
    raise fail(value, (key, about))


def _refer(sort: str, value: Any, _read_on: ReadOn, r: Reading) -> str:
    """The id of something that this file declares."""
    known = r.known.get(sort, {})
    if not isinstance(value, str):
        raise fail(
            value, refused(value, known) if shown(value) in known else wrong(value, TEXT_NOUN)
        )
    if value not in known:
        raise fail(value, unknown(sort, value, known))
    r.used.add((sort, value))
    return value


def look_at_id(name: str, *taken: str, digits: bool = True) -> list[Fault]:
    """What is wrong with a declared id: its letters, or that the name is built in."""
    found: list[Fault] = []
    if not re.fullmatch(ID, name):
        key = N_("the id `{name}` may have ASCII letters, digits, - and _ only")
        found.append(((), key, {"name": name}))
    if name in taken:
        found.append(((), N_("the id `{name}` is built in; choose another"), {"name": name}))
    elif not digits and not name[:1].isalpha():
        key = N_("an organ's id begins with a letter, not `{name}`")
        found.append(((), key, {"name": name}))
    return found


def refer(sort: str) -> How:
    """How the id is read of something that the file declares."""
    return partial(_refer, sort)


BUILT_IN_ORGANS = {"public": "公眾", "asker": "提問人"}


def key_id(*taken: str, digits: bool = True) -> How:
    """How the key is read under which something is declared."""

    def look(name: Any, read_on: ReadOn, r: Reading) -> Any:
        return checked(name, read_on, look_at_id(name, *taken, digits=digits), r)

    return look


COMMON: Mapping[Any, How] = {
    "day": _day,
    "clock": _clock,
    "end": _end,
    "span": read_span,
    "organs": refer("organs"),
    "organ_id": key_id(*BUILT_IN_ORGANS, digits=False),
}
"""What plans, office files and calendars have in common."""
