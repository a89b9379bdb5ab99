"""The fields of a case file: how each is read, what it means, its JSON Schema, told once.

Every scalar arrives as text (case format, section 2); here it becomes what the field says it
is. Which kind has which field is told by ``case.KINDS``.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from yuqing.case import FORMS, File, Pin
from yuqing.errors import Path
from yuqing.plan import TRUTH, Fact, Organ, Plan, Scale, Value
from yuqing.read.shapes import Field, Reading, Schema, Shape, list_of, listed, record
from yuqing.words import N_

ENTRY_ID = re.compile(r"[a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{5}")
CASE_ID = re.compile(r"[0-9A-Z]{1,16}-(\d{8})-[0-9A-HJKMNP-TV-Z]{4}")
LOG_ID = re.compile(r"LOG-20\d\d-(0[1-9]|1[0-2])")
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?([+-](?:0\d|1[0-4]):[0-5]\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
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
        bodies = [o for plan in plans for o in plan.organs.values()] + list(organs.values())
        named: dict[str, str] = {}
        for organ in bodies:
            for name in (organ.name, *organ.aliases):
                named.setdefault(name_key(name), organ.id)
        named |= {organ.id: organ.id for organ in bodies}
        named |= {"public": "public", "asker": "asker"}
        facts = {"satisfied": _SATISFIED}
        scales = {"truth": TRUTH}
        for plan in reversed(plans):
            facts |= plan.facts
            scales |= plan.scales
        return cls(named, facts, scales)


# --- times -----------------------------------------------------------------------------

_EIGHT = dt.timezone(dt.timedelta(hours=8))
_WRITE_TIME = N_("{field}: write {example} (24:00 = next day 00:00)")


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


def _no_such_time(r: Reading, value: str, path: Path) -> None:
    """Written as wanted, and yet there is no such day, hour or year."""
    day = value[:10]
    try:
        year = dt.date.fromisoformat(day).year
    except ValueError:
        r.say(path, N_("{field}: there is no day {value}"), field=path[-1], value=day)
        return
    if not 2000 <= year <= 2100:
        r.say(path, N_("{field}: the year must lie between 2000 and 2100"), field=path[-1])
    else:
        r.say(path, _WRITE_TIME, field=path[-1], example=_example(value))


def read_time(r: Reading, value: Any, path: Path) -> dt.datetime | None:
    """``2026-11-22T01:52+08:00``; a blank may stand for ``T``, and seconds may follow."""
    if not isinstance(value, str):
        r.wrong(path, value, N_("a time such as 2026-05-06T10:00+08:00"))
        return None
    found = _TIME.fullmatch(value)
    if not found:
        r.say(path, _WRITE_TIME, field=path[-1], example=_example(value))
        return None
    try:
        time = dt.datetime.fromisoformat(value)
    except ValueError:
        _no_such_time(r, value, path)
        return None
    if not 2000 <= time.year <= 2100:
        _no_such_time(r, value, path)
        return None
    return time


def read_due(r: Reading, value: Any, path: Path) -> dt.datetime | dt.date | None:
    """A time, or a date (which ends as the plan's ``before_date`` says)."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            _no_such_time(r, value, path)
            return None
        if 2000 <= day.year <= 2100:
            return day
        _no_such_time(r, value, path)
        return None
    return read_time(r, value, path)


# --- words and flags -------------------------------------------------------------------

_SCALAR: Schema = {"type": ["string", "number", "boolean"], "minLength": 1}
_TIME_SCHEMA: Schema = {
    "type": "string",
    "pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?"
    "[+-][01][0-9]:[0-5][0-9]$|^2100-",
}
_DUE_SCHEMA: Schema = {
    "anyOf": [
        _TIME_SCHEMA,
        {"type": "string", "pattern": "^(20[0-9]{2}|2100)-[01][0-9]-[0-3][0-9]$"},
    ]
}


def _text(r: Reading, value: Any, path: Path) -> str | None:
    if isinstance(value, str):
        return value
    r.wrong(path, value, N_("a text"))
    return None


def _title(r: Reading, value: Any, path: Path) -> str | None:
    text = _text(r, value, path)
    if text is not None and len(text) > 80:
        r.say(path, N_("the title has {length} characters; at most 80"), length=len(text))
        return None
    return text


def _flag(r: Reading, value: Any, path: Path) -> bool | None:
    if value == "true":
        return True
    r.say(path, N_("`{field}` is `true`, or the line is left out"), field=path[-1])
    return None


def _pattern(pattern: re.Pattern[str], wanted: str) -> Shape[str]:
    """A text of a fixed form; ``wanted`` is a marked noun with an example."""

    def read(r: Reading, value: Any, path: Path) -> str | None:
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        r.wrong(path, value, wanted)
        return None

    return Shape(read, {"type": "string", "pattern": f"^{pattern.pattern}$"})


def _word(*allowed: str) -> Shape[Any]:
    """One word of a list."""

    def read(r: Reading, value: Any, path: Path) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        if isinstance(value, str):
            r.refused(path, value, allowed)
        else:
            r.wrong(path, value, N_("a text"))
        return None

    return Shape(read, {"enum": list(allowed)})


TEXT = Shape(_text, _SCALAR)
TITLE = Shape(_title, {**_SCALAR, "maxLength": 80})
TIME = Shape(read_time, _TIME_SCHEMA)
DUE = Shape(read_due, _DUE_SCHEMA)
FLAG = Shape(_flag, {"enum": [True, "true"]})
NEW_ID = _pattern(ENTRY_ID, N_("an id such as k4h7d2 (a letter and five of 0-9a-z, no i l o u)"))


def _case_id(r: Reading, value: Any, path: Path) -> str | None:
    found = CASE_ID.fullmatch(value) if isinstance(value, str) else None
    if found:
        try:
            dt.date.fromisoformat(f"{found[1][:4]}-{found[1][4:6]}-{found[1][6:]}")
        except ValueError:
            r.say(path, N_("{field}: there is no day {value}"), field=path[-1], value=found[1])
            return None
        return found.group()
    r.wrong(path, value, N_("a case id such as YQ-20261122-7K3M"))
    return None


def _head_id(r: Reading, value: Any, path: Path) -> str | None:
    if isinstance(value, str) and LOG_ID.fullmatch(value):
        return value
    return _case_id(r, value, path)


_CASE_SCHEMA: Schema = {"type": "string", "pattern": f"^{CASE_ID.pattern}$"}
HEAD_ID = Shape(_head_id, {"type": "string", "pattern": f"^({CASE_ID.pattern}|{LOG_ID.pattern})$"})
SECRECY = _word("internal", "secret")

# --- records inside fields -------------------------------------------------------------

_SHA256 = _pattern(re.compile(r"[0-9a-f]{64}"), N_("a digest: 64 signs of 0-9a-f"))


def _inside(r: Reading, value: Any, path: Path) -> str | None:
    text = _text(r, value, path)
    if text is None:
        return None
    parts = PurePosixPath(text).parts
    if text.startswith("/") or "\\" in text or ".." in parts or re.match(r"[A-Za-z]:", text):
        r.say(path, N_("`{value}`: a path inside the case's files folder"), value=text)
        return None
    return text


def _one_place(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if ("path" in value) == ("kept" in value):
        r.say(path, N_("a file has either `path` and `sha256`, or `kept` and `number`"))
    elif "path" in value and "sha256" not in value:
        r.say(path, N_("`{field}` is missing; add it"), field="sha256")
    elif "kept" in value and not {"number", "sha256"} & value.keys():
        r.say(path, N_("`kept` needs `number` or `sha256` beside it"))


FILE = record(
    File,
    {
        "path": Field(Shape(_inside, _SCALAR), "Path inside the case's files folder"),
        "sha256": Field(_SHA256, "SHA-256 of the content, in hexadecimal"),
        "kept": Field(TEXT, "Where the paper lies, if not in the folder: safe, secret register"),
        "number": Field(TEXT, "Number under which it is kept"),
    },
    check=_one_place,
    schema={
        "anyOf": [
            {"required": ["path", "sha256"]},
            {"required": ["kept", "number"]},
            {"required": ["kept", "sha256"]},
        ]
    },
)
PIN = record(
    Pin,
    {
        "id": Field(TEXT, "Id of the plan", required=True),
        "version": Field(TEXT, "Its version", required=True),
        "digest": Field(_SHA256, "SHA-256 of the plan's content", required=True),
    },
)
PLANS = list_of(PIN)

# --- the fields of an entry ------------------------------------------------------------


def _fact(r: Reading, fact: Fact | None, value: Any, path: Path) -> Value | None:
    text = _text(r, value, path)
    if text is None or fact is None or fact.type == "text":
        return text  # a name that no plan knows keeps its text; ``check`` names it
    if fact.type == "integer":
        if re.fullmatch(r"[-+]?\d{1,15}", text, re.ASCII):
            return int(text)
        key = N_("fact `{name}` takes a whole number, not `{value}`")
        r.say(path, key, name=fact.id, value=text)
        return None
    allowed = fact.of if fact.type == "choice" else ("true", "false")
    if text not in allowed:
        key = N_("fact `{name}` takes one of {known}, not `{value}`")
        r.say(path, key, name=fact.id, value=text, known=listed(allowed))
        return None
    return text if fact.type == "choice" else text == "true"


def _map(one: Callable[[Reading, str, Any, Path], Any], schema: Schema) -> Shape[dict[str, Any]]:
    """Names → values; ``one`` reads the value of a name."""

    def read(r: Reading, value: Any, path: Path) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            r.wrong(path, value, N_("a map of fields"))
            return None
        if not value:
            r.wrong(path, None, N_("a map of fields"))
            return None
        found = {name: one(r, name, each, (*path, name)) for name, each in value.items()}
        return {name: each for name, each in found.items() if each is not None}

    return Shape(read, {"type": "object", "minProperties": 1, "additionalProperties": schema})


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


def entry_shapes(lexicon: Lexicon, ids: Iterable[str]) -> Mapping[str, Field]:
    """Every field an entry can have but ``set``. ``ids``: the entries that can be named."""
    entries = {each: each for each in ids}

    def organ(r: Reading, value: Any, path: Path) -> str | None:
        text = _text(r, value, path)
        return None if text is None else lexicon.organs.get(name_key(text), text)

    def entry(r: Reading, value: Any, path: Path) -> str | None:
        text = _text(r, value, path)
        if text is None or text in entries or (text == "head" and path[-1] == "of"):
            return text
        key = N_("`{field}`: no entry `{name}` in this case")
        r.say(path, key, field=_field_of(path), name=text)
        return None

    def fact(r: Reading, name: str, value: Any, path: Path) -> Value | None:
        return _fact(r, lexicon.facts.get(name), value, path)

    def grade(r: Reading, name: str, value: Any, path: Path) -> str | None:
        text = _text(r, value, path)
        return None if text is None else level_of(lexicon.scales.get(name), text)

    id_schema: Schema = {"type": "string", "pattern": f"^({ENTRY_ID.pattern}|head)$"}
    body, reference = Shape(organ, _SCALAR), Shape(entry, id_schema)
    bodies, references = (list_of(s, single=True, least=1) for s in (body, reference))
    texts = list_of(TEXT, single=True, least=1)
    return {
        "at": Field(TIME, "When it happened, as stated"),
        "recorded": Field(TIME, "When it was written down; only the program writes it"),
        "id": Field(NEW_ID, "Name of the entry; only the program writes it"),
        "by": Field(body, "Organ or post that did it; default: the duty post"),
        "text": Field(TEXT, "Words; several lines as a | block"),
        "because": Field(TEXT, "Reason"),
        "clause": Field(texts, "Article applied, criterion matched, legal basis"),
        "number": Field(TEXT, "Document number of this act"),
        "facts": Field(_map(fact, _SCALAR), "What was observed (published: figures stated)"),
        "links": Field(texts, "Web addresses"),
        "tags": Field(texts, "Free labels"),
        "files": Field(list_of(FILE, single=True, least=1), "Papers of the case"),
        "re": Field(references, "The entry this one is about"),
        "closes": Field(references, "Open items this act fulfils"),
        "until": Field(DUE, "End of a period that began at `at`"),
        "estimated": Field(FLAG, "`at` is an estimate; the basis stands in `because`"),
        "source": Field(TEXT, "Where it was found"),
        "event": Field(TEXT, "A moment that the plan declares"),
        "grades": Field(_map(grade, _SCALAR), "Scale → level"),
        "proposed": Field(FLAG, "Only a proposal; the confirmation is an entry of its own"),
        "to": Field(bodies, "Recipients; different times, different entries"),
        "form": Field(_word(*FORMS), "How it was done"),
        "document": Field(TEXT, "Which paper of the plan"),
        "from": Field(bodies, "Who sent it", attribute="from_"),
        "due": Field(DUE, "By when: an open item, a promise, a limit moved"),
        "code": Field(TEXT, "Code that the other side wrote down"),
        "with": Field(bodies, "Who took part", attribute="with_"),
        "meeting": Field(TEXT, "Name of the meeting"),
        "matter": Field(TEXT, "Gate of the plan, or what was decided"),
        "outcome": Field(_word("agreed", "refused", "partly"), "What was decided"),
        "duty": Field(TEXT, "[PLAN/]DUTY, or DUTY@TIME for one due time of a repeated one"),
        "signed_as": Field(TEXT, "Unit or spokesperson whose name stands under the words"),
        "corrects": Field(reference, "The own earlier statement that is put right"),
        "request": Field(_word("correction", "referral"), "What is requested"),
        "release": Field(FLAG, "The limit is waived"),
        "pause": Field(FLAG, "The clock is stopped"),
        "resume": Field(FLAG, "The clock runs again"),
        "unit": Field(body, "The one unit whose limit is meant"),
        "of": Field(reference, "The entry that is corrected, or `head`"),
        "void": Field(FLAG, "The entry is taken out"),
        "case": Field(Shape(_case_id, _CASE_SCHEMA), "The other case"),
        "relation": Field(
            _word("duplicate-of", "part-of", "follows", "related"), "How the two belong together"
        ),
    }


def _field_of(path: Path) -> str:
    """The name of the field that a path into it (or into its list) belongs to."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")
