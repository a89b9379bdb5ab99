"""The fields of a case file: how each is read, where no type tells it.

Every scalar arrives as text (case format, section 2); here it becomes what the field says it
is. Types and meaning stand in ``yuqing.case``; which kind has which field, in ``case.KINDS``.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from yuqing.case import CASE_ID, ENTRY_ID, LOG_ID, File
from yuqing.errors import Path
from yuqing.memo import remembered
from yuqing.notation import OUTSIDE, Fault, How, ReadOn, checked, failure
from yuqing.plan import TRUTH, Fact, Organ, Plan, Scale, Value
from yuqing.read.reading import (
    EMPTY,
    MAP_NOUN,
    TEXT_NOUN,
    Reading,
    Sentence,
    fail,
    listed,
    wrong,
)
from yuqing.words import N_

__all__ = ["CASE_ID", "ENTRY_ID", "HOW", "LOG_ID", "CaseReading", "Lexicon", "level_of"]

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?([+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PLACE, _LINE = f"{OUTSIDE}place", f"{OUTSIDE}line"
_SATISFIED = Fact(id="satisfied", type="boolean", ask="")


def name_key(name: str) -> str:
    """What two spellings of one name share: the same letters, composed alike (NFC)."""
    return unicodedata.normalize("NFC", name).strip()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What the plans and the office call things: name or alias → id; facts; scales."""

    organs: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)

    @classmethod
    def of(cls, plans: Sequence[Plan], organs: Mapping[str, Organ]) -> Lexicon:
        """The first plan that declares a name has it; an id goes before any name."""
        told = _told(tuple(plans))
        if not organs:
            return told
        ids = {organ.id: organ.id for organ in organs.values()}
        names = {**_names(organs.values()), **told.organs, **ids, **_OUTSIDE}
        return cls(names, told.facts, told.scales)


_OUTSIDE = {"public": "public", "asker": "asker"}


@remembered
def _told(plans: tuple[Plan, ...]) -> Lexicon:
    """What plans alone call things."""
    bodies = [organ for plan in plans for organ in plan.organs.values()]
    facts = {"satisfied": _SATISFIED}
    scales = {"truth": TRUTH}
    for plan in reversed(plans):
        facts |= plan.facts
        scales |= plan.scales
    ids = {organ.id: organ.id for organ in bodies}
    return Lexicon({**_names(bodies), **ids, **_OUTSIDE}, facts, scales)


def _names(bodies: Iterable[Organ]) -> dict[str, str]:
    named: dict[str, str] = {}
    for organ in bodies:
        for name in (organ.name, *organ.aliases):
            named.setdefault(name_key(name), organ.id)
    return named


@dataclass(slots=True)
class CaseReading(Reading):
    """Reading a case: what its words mean, and its entries. ``named``: id → raw fields."""

    lexicon: Lexicon = field(default_factory=Lexicon)
    named: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    secret: bool = False

    def _present(self, value: Any, path: Path) -> Any:
        """As long as nothing is wrong: the tree as it is (no value of a case is empty), and with
        each entry where it stands."""
        log = value.get("log") if not path and isinstance(value, dict) else None
        if self.left_out or self.missing or not isinstance(log, list):
            # a class with slots knows no super()
            return Reading._present(self, value, path)  # noqa: SLF001 - a reading's own part
        line = self.tree.line
        placed = [
            {**each, _PLACE: n, _LINE: line(("log", n))} if isinstance(each, dict) else each
            for n, each in enumerate(log)
        ]
        return {**value, "log": placed}


# --- times -----------------------------------------------------------------------------

_EIGHT = dt.timezone(dt.timedelta(hours=8))
_WRITE_TIME = N_("{field}: write {example} (24:00 = next day 00:00)")
_NO_DAY = N_("{field}: there is no day {value}")


def _example(value: str) -> str:
    """The wanted form, with as much of what was typed as can be understood."""
    if value.endswith("Z"):  # the same moment, not the same figures
        try:
            moment = dt.datetime.fromisoformat(value).astimezone(_EIGHT)
        except (ValueError, OverflowError):
            return "2026-05-06T10:00+08:00"
        return moment.isoformat(timespec="minutes")
    bare = re.sub(r"[+-]\d{2}:?\d{2}$", "", value)
    found = re.search(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})", bare, re.ASCII)
    clock = re.search(r"(?<!\d)([01]?\d|2[0-4])[:：時时]([0-5]?\d)(?!\d)", bare, re.ASCII)
    day = dt.date(2026, 5, 6)
    if found:
        try:
            day = dt.date(*map(int, found.groups()))
        except ValueError:
            day = dt.date(2026, 5, 6)
    hour, minute = (int(clock[1]), int(clock[2])) if clock else (10, 0)
    if hour == 24:
        day, hour, minute = day + dt.timedelta(days=1), 0, 0
    return f"{day.isoformat()}T{hour:02}:{minute:02}+08:00"


def _no_such_time(value: str) -> Sentence:
    """Written as wanted, and yet there is no such day, hour or year."""
    day = value[:10]
    try:
        year = dt.date.fromisoformat(day).year
    except ValueError:
        return _NO_DAY, {"value": day}
    if not 2000 <= year <= 2100:
        return N_("{field}: the year must lie between 2000 and 2100"), {}
    return _WRITE_TIME, {"example": _example(value)}


def _time(value: Any, _read_on: ReadOn, _r: Reading) -> dt.datetime:
    """``2026-11-22T01:52+08:00``; a blank may stand for ``T``, and seconds may follow."""
    if not isinstance(value, str):
        raise fail(value, wrong(value, N_("a time such as 2026-05-06T10:00+08:00")))
    if not _TIME.fullmatch(value):
        raise fail(value, (_WRITE_TIME, {"example": _example(value)}))
    try:
        time = dt.datetime.fromisoformat(value)
    except ValueError:
        raise fail(value, _no_such_time(value)) from None
    if not 2000 <= time.year <= 2100:
        raise fail(value, _no_such_time(value))
    return time


def _due(value: Any, read_on: ReadOn, r: Reading) -> dt.datetime | dt.date:
    """A time, or a date (which ends as the plan's ``before_date`` says)."""
    if not (isinstance(value, str) and _DATE.fullmatch(value)):
        return _time(value, read_on, r)
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise fail(value, _no_such_time(value)) from None
    if not 2000 <= day.year <= 2100:
        raise fail(value, _no_such_time(value))
    return day


# --- words, flags, ids -----------------------------------------------------------------


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise fail(value, wrong(value, TEXT_NOUN))
    return value


def _title(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    found = read_on(value)
    if len(found) > 80:
        key = N_("the title has {length} characters; at most 80")
        raise fail(value, (key, {"length": len(found)}))
    return found


def _flag(value: Any, _read_on: ReadOn, _r: Reading) -> bool:
    if value != "true":
        raise fail(value, (N_("`{field}` is `true`, or the line is left out"), {}))
    return True


def _pattern(pattern: str, wanted: str) -> How:
    """A text of a fixed form; ``wanted`` is a marked noun with an example."""

    def read(value: Any, _read_on: ReadOn, _r: Reading) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise fail(value, wrong(value, wanted))
        return value

    return read


def _case_id(value: Any, _read_on: ReadOn, _r: Reading) -> str:
    found = CASE_ID.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise fail(value, wrong(value, N_("a case id such as YQ-20261122-7K3M")))
    try:
        dt.date.fromisoformat(f"{found[1][:4]}-{found[1][4:6]}-{found[1][6:]}")
    except ValueError:
        raise fail(value, (_NO_DAY, {"value": found[1]})) from None
    return found.group()


def _head_id(value: Any, read_on: ReadOn, r: Reading) -> str:
    if isinstance(value, str) and LOG_ID.fullmatch(value):
        return value
    return _case_id(value, read_on, r)


def _format(_value: Any, _read_on: ReadOn, _r: Reading) -> int:
    return 1  # looked at before anything else is


def _body(value: Any, _read_on: ReadOn, r: CaseReading) -> str:
    text = _text(value)
    return r.lexicon.organs.get(name_key(text), text)


def _entry(value: Any, _read_on: ReadOn, r: CaseReading) -> str:
    text = _text(value)
    if text not in r.named:
        raise fail(value, (N_("`{field}`: no entry `{name}` in this case"), {"name": text}))
    return text


def _entry_or_head(value: Any, read_on: ReadOn, r: CaseReading) -> str:
    return "head" if value == "head" else _entry(value, read_on, r)


# --- papers ----------------------------------------------------------------------------


def _inside(value: Any, _read_on: ReadOn, _r: Reading) -> str:
    text = _text(value)
    parts = PurePosixPath(text).parts
    if text.startswith("/") or "\\" in text or ".." in parts or re.match(r"[A-Za-z]:", text):
        key = N_("`{value}`: a path inside the case's files folder")
        raise fail(value, (key, {"value": text}))
    return text


def _file(value: Any, read_on: ReadOn, r: Reading) -> Any:
    return checked(value, read_on, _one_place(value) if isinstance(value, dict) else (), r)


def _one_place(value: Mapping[str, Any]) -> Iterator[Fault]:
    if ("path" in value) == ("kept" in value):
        yield (), N_("a file has either `path` and `sha256`, or `kept` and `number`"), {}
    elif "path" in value and "sha256" not in value:
        yield (), N_("`{field}` is missing; add it"), {"field": "sha256"}
    elif "kept" in value and not {"number", "sha256"} & value.keys():
        yield (), N_("`kept` needs `number` or `sha256` beside it"), {}


# --- maps of names ---------------------------------------------------------------------


def _by_name(one: Callable[[CaseReading, str, str], tuple[Any, Sentence | None]]) -> How:
    """Names → values; ``one`` reads the value of a name, or says what is wrong with it."""

    def read(value: Any, _read_on: ReadOn, r: CaseReading) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise fail(value, wrong(value, MAP_NOUN))
        if not value:
            raise fail(value, (EMPTY, {}))
        found: dict[str, Any] = {}
        faults: list[Fault] = []
        for name, each in value.items():
            fault: Sentence | None = wrong(each, TEXT_NOUN)
            if isinstance(each, str):
                found[name], fault = one(r, name, each)
            if fault is not None:
                faults.append(((name,), *fault))
        if faults:
            raise failure(value, faults)
        return found

    return read


def _fact(r: CaseReading, name: str, text: str) -> tuple[Value, Sentence | None]:
    fact = r.lexicon.facts.get(name)
    if fact is None or fact.type == "text":
        return text, None  # a name that no plan knows keeps its text; ``check`` names it
    if fact.type == "integer":
        if re.fullmatch(r"[-+]?\d{1,15}", text, re.ASCII):
            return int(text), None
        key = N_("fact `{name}` takes a whole number, not `{value}`")
        return text, (key, {"name": fact.id, "value": text})
    allowed = fact.of if fact.type == "choice" else ("true", "false")
    if text not in allowed:
        key = N_("fact `{name}` takes one of {known}, not `{value}`")
        return text, (key, {"name": fact.id, "value": text, "known": listed(allowed)})
    return (text if fact.type == "choice" else text == "true"), None


def _grade(r: CaseReading, name: str, text: str) -> tuple[str, Sentence | None]:
    return level_of(r.lexicon.scales.get(name), text), None


def level_of(scale: Scale | None, word: str) -> str:
    """The id of a level by id, name or alias; what nobody knows stays as written."""
    wanted = name_key(word)
    levels = scale.levels if scale else ()
    for level in levels:
        if level.id == word:
            return word
    for level in levels:
        if wanted in map(name_key, (level.name, *level.aliases)):
            return level.id
    return word


def _set(value: Any, read_on: ReadOn, _r: Reading) -> Any:
    """New values, read as the entry's own are; which there may be is seen to with the kinds."""
    if not isinstance(value, dict):
        raise fail(value, wrong(value, MAP_NOUN))
    found = read_on(value)
    return {name: found[name] for name in value}  # in the order of the file


HOW: Mapping[Any, How] = {
    "time": _time,
    "due": _due,
    "title": _title,
    "flag": _flag,
    "entry_id": _pattern(
        ENTRY_ID.pattern, N_("an id such as k4h7d2 (a letter and five of 0-9a-z, no i l o u)")
    ),
    "sha256": _pattern("[0-9a-f]{64}", N_("a digest: 64 signs of 0-9a-f")),
    "case_id": _case_id,
    "head_id": _head_id,
    "format": _format,
    "body": _body,
    "entry": _entry,
    "entry_or_head": _entry_or_head,
    "inside": _inside,
    "facts": _by_name(_fact),
    "grades": _by_name(_grade),
    "set": _set,
    File: _file,
}
