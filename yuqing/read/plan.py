"""Plans: bytes to :class:`Plan`, with every mistake of the file named at once.

The tables below are the plan format: each field, its shape and what it means. The reader and
:func:`plan_schema` both follow them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from yuqing.case import KINDS
from yuqing.errors import Path, Problem
from yuqing.plan import (
    TRUTH,
    Act,
    Counting,
    Document,
    Duty,
    Event,
    Extension,
    Fact,
    Gate,
    Level,
    OfficeHours,
    Organ,
    Pause,
    Plan,
    Scale,
    Unsupported,
)
from yuqing.plan import Reading as Settled
from yuqing.read.conditions import CONDITION, CONDITION_SCHEMA, RESERVED, fact_value
from yuqing.read.dues import DUE, DUE_SCHEMAS, REPEAT
from yuqing.read.moments import MOMENT, MOMENT_SCHEMA, MOMENTS, ORGANS
from yuqing.read.plan_rules import plan_errors, plan_notices
from yuqing.read.shapes import (
    ARTICLE,
    BOOLEAN,
    COUNT,
    DATE,
    END,
    NUMBER,
    SPAN,
    TEXT,
    TIME,
    UNITS,
    Field,
    Reading,
    Shape,
    any_name,
    at_least_one,
    list_of,
    map_of,
    one_of,
    plain_id,
    record,
    reference,
    shown,
)
from yuqing.read.tree import Tree, parse
from yuqing.words import N_

FORMAT = 1
"""The newest version of the plan format that this program reads."""
BUILT_IN_ORGANS = {"public": "公眾", "asker": "提問人"}
SATISFIED = Fact(id="satisfied", type="boolean", ask="是否滿意")
"""Built into every plan: was the person who asked satisfied."""


# --- ids -------------------------------------------------------------------------------


def _own_id(*taken: str, digits: bool = True) -> Callable[[Reading, str, Path], None]:
    """Looks at a declared id: its letters, and names that are built in."""

    def look(r: Reading, name: str, path: Path) -> None:
        plain_id(r, name, path)
        if name in taken:
            r.say(path, N_("the id `{name}` is built in; choose another"), name=name)
        elif not digits and not re.match("[A-Za-z]", name):
            r.say(path, N_("an organ's id begins with a letter, not `{name}`"), name=name)

    return look


def _graded_id(r: Reading, name: str, path: Path) -> None:
    """The id of a fact or a scale: conditions must be able to tell them apart."""
    _own_id("satisfied", "truth")(r, name, path)
    if name in RESERVED:
        r.say(path, N_("`{name}` is a word of conditions; choose another id"), name=name)
    elif path[0] == "scales" and name in r.known["facts"] and name != SATISFIED.id:
        r.say(path, N_("`{name}` is both a fact and a scale; rename one"), name=name)


def _event_id(r: Reading, name: str, path: Path) -> None:
    plain_id(r, name, path)
    if name in KINDS:
        r.say(path, N_("`{name}` is an entry kind already; take it out or rename it"), name=name)


# --- the small records -----------------------------------------------------------------

_QUOTE = Field(list_of(TEXT, single=True), "the words of the plan this stands on")
_READING = Field(list_of(reference("readings"), single=True), "reading(s) it rests on")
_CLAUSE = Field(ARTICLE, "the article")
_CLAUSE_NEEDED = Field(ARTICLE, "the article", required=True)

COUNTING: Shape[Counting] = record(
    Counting,
    {
        "days": Field(
            one_of("natural", "working"), "what a bare 日 is; to be set as soon as one is used"
        ),
        "first_day": Field(one_of("excluded", "included"), "is the day of the start counted"),
        "ends": Field(END, "when the last day ends"),
        "roll": Field(one_of("none", "next_working_day"), "the last day is a day off"),
        "roll_at": Field(TIME, "the hour a rolled day ends"),
        "no_such_day": Field(one_of("month_end", "next_day"), "one month from 31 January"),
        "before_date": Field(one_of("that_day_counts", "day_before"), "what X日前 includes"),
        "on_upgrade": Field(
            one_of("from_upgrade", "from_start"),
            "where the clock of a duty begins that arises by a higher grade",
        ),
    },
)
OFFICE_HOURS: Shape[OfficeHours] = record(
    OfficeHours,
    {
        "open": Field(TIME, "opening time", required=True),
        "close": Field(TIME, "closing time", required=True),
    },
)
_SETTLED: Shape[Settled] = record(
    Settled,
    {
        "clause": _CLAUSE_NEEDED,
        "question": Field(TEXT, "what the text leaves open", required=True),
        "choice": Field(TEXT, "how it was settled", required=True),
        "confirmed": Field(BOOLEAN, "false: a proposal until the office confirms it"),
        "by": Field(TEXT, "who confirmed it"),
        "date": Field(DATE, "when"),
        "quote": Field(list_of(TEXT, single=True), "the words of the plan"),
    },
    named=True,
)


def _members(r: Reading, value: Any, path: Path) -> tuple[str, ...] | str | None:
    if value == "named_in_case":
        return "named_in_case"
    return _MEMBER_LIST.read(r, value, path)


_MEMBER_LIST = list_of(reference("organs"), least=1)


def _organ(**given: Any) -> Organ:
    return Organ(**{**given, "name": given.get("name") or given["id"]})


ORGAN_RECORD: Shape[Organ] = record(
    _organ,
    {
        "name": Field(TEXT, "its name"),
        "aliases": Field(list_of(TEXT, single=True), "other names people use"),
        "members": Field(
            Shape(_members, {"anyOf": [{"const": "named_in_case"}, _MEMBER_LIST.schema]}),
            "a group: ids, or named_in_case (the organs assigned in the case)",
        ),
    },
    short=TEXT,
    named=True,
)


def _default(_r: Reading, value: Any, _path: Path) -> Any:
    return value  # its type is looked at where the whole fact is known


UNREAD: Any = ""
"""Type of a fact whose type could not be read: it takes any value."""


def _fact(**given: Any) -> Fact:
    return Fact(**{**given, "ask": given.get("ask") or given["id"]})


def _fact_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    sort = value.get("type")
    for name, wanted in (("of", "choice"), ("bands", "integer")):
        if name in value and sort != wanted:
            key = N_("`{field}` stands in a fact of type {type} only")
            r.say((*path, name), key, field=name, type=wanted)
    if sort == "choice" and "of" not in value:
        r.say(path, N_("a choice needs `of`: the values there are, lowest first"))
    fact = r.facts.get(str(path[-1]))
    if "default" in value and fact is not None:
        fact_value(r, fact, value["default"], (*path, "default"))
    bands = value.get("bands")
    if isinstance(bands, dict):
        edges = [each for each in bands.values() if isinstance(each, int)]
        if len(set(edges)) != len(edges):
            r.say((*path, "bands"), N_("two bands begin at the same number"))


FACT: Shape[Fact] = record(
    _fact,
    {
        "type": Field(
            one_of("boolean", "integer", "choice", "text"),
            "what is observed",
            required=True,
            blank=UNREAD,
        ),
        "ask": Field(TEXT, "the question put to the officer"),
        "of": Field(list_of(TEXT, least=1), "the choices, lowest first"),
        "bands": Field(
            map_of(NUMBER, key=any_name), "name → lower edge, for words like 數十條"
        ),
        "default": Field(
            Shape(_default, {"type": ["boolean", "integer", "string"]}),
            "known until someone observes otherwise",
        ),
        "clause": _CLAUSE,
    },
    named=True,
    check=_fact_rules,
)


def _level(**given: Any) -> Level:
    return Level(**{**given, "name": given.get("name") or given["id"]})


def _level_id(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None:
        plain_id(r, found, path)
    return found


LEVELS = list_of(
    record(
        _level,
        {
            "id": Field(Shape(_level_id, TEXT.schema), "its id", required=True),
            "name": Field(TEXT, "its name"),
            "colour": Field(TEXT, "the colour it is known by"),
            "aliases": Field(list_of(TEXT, single=True), "other names people use"),
            "clause": _CLAUSE,
            "when": Field(CONDITION, "its criteria; without: chosen, or by exclusion"),
            "reading": _READING,
            "quote": _QUOTE,
        },
    ),
    least=1,
)
_SCALE_MAP: Shape[Scale] = record(
    Scale,
    {
        "name": Field(TEXT, "what the scale is called"),
        "levels": Field(LEVELS, "its levels, lightest first", required=True, blank=()),
        "ordered": Field(BOOLEAN, "false: sorts without ranking"),
        "proposed_by": Field(ORGANS, "who proposes"),
        "confirmed_by": Field(ORGANS, "who confirms"),
    },
    named=True,
)


def _scale(r: Reading, value: Any, path: Path) -> Scale | None:
    """A list of levels, lightest first, or a map that holds one."""
    r.scale = str(path[-1])
    if isinstance(value, list):
        levels = LEVELS.read(r, value, path)
        found = None if levels is None else Scale(id=r.scale, levels=levels)
    else:
        found = _SCALE_MAP.read(r, value, path)
    r.scale = None
    if found is not None:
        seen: set[str] = set()
        for level in found.levels:
            if level.id and level.id in seen:
                r.say(path, N_("the level `{name}` stands twice"), name=level.id)
            seen.add(level.id)
    return found


SCALE: Shape[Scale] = Shape(_scale, {"anyOf": [LEVELS.schema, _SCALE_MAP.schema]})


def _event(**given: Any) -> Event:
    return Event(**{**given, "name": given.get("name") or given["id"]})


EVENT: Shape[Event] = record(
    _event,
    {"name": Field(TEXT, "its name"), "clause": _CLAUSE, "reading": _READING},
    short=TEXT,
    named=True,
)


def _document(**given: Any) -> Document:
    return Document(**{**given, "title": given.get("title") or given["id"]})


DOCUMENT: Shape[Document] = record(
    _document,
    {
        "title": Field(TEXT, "its title"),
        "clause": _CLAUSE,
        "requires": Field(list_of(TEXT, single=True), "the parts it must have"),
        "template": Field(TEXT, "name of a template"),
    },
    named=True,
)
UNSUPPORTED: Shape[Unsupported] = record(
    Unsupported,
    {
        "clause": _CLAUSE_NEEDED,
        "why": Field(TEXT, "why the tool refuses to serve it", required=True),
        "instead": Field(TEXT, "the honest record in its place", required=True),
        "quote": _QUOTE,
    },
)


# --- duties and gates ------------------------------------------------------------------


def _to(r: Reading, value: Any, path: Path) -> tuple[str, ...] | dict[str, Any] | None:
    return _ANY_OF.read(r, value, path) if isinstance(value, dict) else ORGANS.read(r, value, path)


_ANY_OF: Shape[dict[str, Any]] = record(
    dict, {"any_of": Field(ORGANS, "one of these suffices", required=True, blank=())}
)


def _pause_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if "until" in value and "from" not in value:
        r.say(path, N_("a pause with `until` needs `from`: what begins it?"))


_PAUSE: Shape[Pause] = record(
    Pause,
    {
        "from": Field(MOMENT, "what begins it; without: only `adjusted`", attribute="from_"),
        "until": Field(MOMENT, "what ends it"),
        "at_most": Field(SPAN, "the longest"),
        "clause": _CLAUSE,
    },
    check=_pause_rules,
)


def _extension_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if "at_most" not in value and "in_all" not in value:
        key = N_("an extension needs `at_most` (each time) or `in_all` (from the start), or both")
        r.say(path, key)


_EXTENSION: Shape[Extension] = record(
    Extension,
    {
        "at_most": Field(SPAN, "most per extension"),
        "in_all": Field(SPAN, "most from the start, the first limit included"),
        "approved_by": Field(ORGANS, "the `by` of `adjusted`; without: anyone"),
        "needs": Field(MOMENTS, "what must have happened before"),
        "before_expiry": Field(BOOLEAN, "granted while the limit still runs"),
        "clause": _CLAUSE,
    },
    check=_extension_rules,
    schema=at_least_one("at_most", "in_all"),
)


def _duty(**given: Any) -> Duty:
    """Defaults of the format that depend on other fields are filled in here."""
    to = given.pop("to", ())
    if isinstance(to, dict):
        given["to_any"] = to["any_of"]
    else:
        given["to"] = to
    if to and "done_by" not in given:
        given["done_by"] = (Act(kind="reported"),)
    if "repeat" in given and "until" not in given:
        given["until"] = Act(kind="closed")
    return Duty(**given)


def _duty_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if not any(name in value for name in ("limit", "target", "repeat")):
        key = N_("nothing says by when: `limit`, `target` or `repeat`; no figure: {example}")
        r.say(path, key, example="limit: {word: 未定時限}")
    if "repeat" in value and "limit" in value:
        r.say((*path, "limit"), N_("`repeat` excludes `limit`; leave one of them"))


DUTY: Shape[Duty] = record(
    _duty,
    {
        "clause": _CLAUSE_NEEDED,
        "does": Field(TEXT, "what must be done", required=True),
        "who": Field(ORGANS, "who owes it; several, or a group: each for itself"),
        "to": Field(
            Shape(_to, {"anyOf": [ORGANS.schema, _ANY_OF.schema]}),
            "each must be reached; {any_of: […]}: one suffices",
        ),
        "when": Field(CONDITION, "to whom or what it applies"),
        "start": Field(MOMENT, "what starts the clock; without: a duty of the office"),
        "limit": Field(DUE, "hard: a breach when passed"),
        "target": Field(DUE, "soft: amber only"),
        "repeat": Field(REPEAT, "due again and again"),
        "until": Field(MOMENT, "until when it goes on (repeat: closed)"),
        "done_by": Field(MOMENTS, "any of them discharges it (with `to`: reported)"),
        "not_before": Field(DUE, "an act before this does not count"),
        "only_within": Field(DUE, "the duty arises only if its start lies within this"),
        "pause": Field(list_of(_PAUSE, single=True, least=1), "time the plan does not count"),
        "extension": Field(_EXTENSION, "how far the limit may be moved"),
        "reading": _READING,
        "note": Field(TEXT, "printed with the due time"),
        "quote": _QUOTE,
    },
    named=True,
    check=_duty_rules,
    schema={**at_least_one("limit", "target", "repeat"), "not": {"required": ["repeat", "limit"]}},
)


def _gate_rules(r: Reading, value: Mapping[str, Any], path: Path) -> None:
    if "needs" not in value and "only_if" not in value:
        r.say(path, N_("a gate needs `needs` (Moments) or `only_if` (a condition)"))


GATE: Shape[Gate] = record(
    Gate,
    {
        "clause": _CLAUSE_NEEDED,
        "before": Field(MOMENT, "the act it stands before", required=True, blank=Act(kind="")),
        "when": Field(CONDITION, "while this holds"),
        "needs": Field(MOMENTS, "each of these must have happened"),
        "only_if": Field(CONDITION, "must be true; unknown is not"),
        "asked_by": Field(MOMENT, "what puts it before the approver"),
        "does": Field(TEXT, "what it asks, in words"),
        "note": Field(TEXT, "a remark"),
        "reading": _READING,
        "quote": _QUOTE,
    },
    named=True,
    check=_gate_rules,
    schema=at_least_one("needs", "only_if"),
)


# --- the whole file --------------------------------------------------------------------


def _zone(r: Reading, value: Any, path: Path) -> str | None:
    from zoneinfo import ZoneInfo

    found = TEXT.read(r, value, path)
    if found is None:
        return None
    try:
        ZoneInfo(found)
    except (KeyError, ValueError, OSError):
        key = N_("no time zone `{name}`; write an IANA name such as {example}")
        r.say(path, key, name=found, example="Asia/Shanghai")
        return None
    return found


def _plan_id(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None:
        plain_id(r, found, path)
    return found


def _version(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None and (found[0] in ". " or found[-1] in ". " or set(found) & _NO_FILE_NAME):
        key = N_("the version `{value}` cannot be part of a file name")
        r.say(path, key, value=found)
    return found


_NO_FILE_NAME = set('/\\:*?"<>|@')


def _clauses(r: Reading, value: Any, path: Path) -> dict[str, str] | None:
    if isinstance(value, dict):
        return map_of(TEXT, key=any_name).read(r, value, path)
    articles = list_of(TEXT).read(r, value, path)
    if articles is None:
        return None
    for place, article in enumerate(articles):
        if article in articles[:place]:
            key = N_("the article `{article}` stands twice; name it by heading and number")
            r.say((*path, place), key, article=article)
    return {article: "" for article in articles}


_FIELDS: Mapping[str, Field] = {
    "yuqing": Field(COUNT, "version of this format"),
    "id": Field(Shape(_plan_id, TEXT.schema), "id of the plan", required=True),
    "title": Field(TEXT, "its title", required=True),
    "issuer": Field(TEXT, "who issued it", required=True),
    "version": Field(Shape(_version, TEXT.schema), 'quoted text: "2022-01"', required=True),
    "timezone": Field(Shape(_zone, TEXT.schema), "zone of all days and times of day"),
    "effective": Field(DATE, "the office's own duties run from here"),
    "counting": Field(COUNTING, "what 日 means here"),
    "office_hours": Field(OFFICE_HOURS, "needed by close, next_opening, office_time"),
    "readings": Field(map_of(_SETTLED, key=_own_id()), "how ambiguous texts were settled"),
    "clauses": Field(
        Shape(
            _clauses,
            {"anyOf": [list_of(TEXT).schema, map_of(TEXT, key=any_name).schema]},
        ),
        "the plan's table of contents: articles, or article → its text",
    ),
    "without_rule": Field(list_of(ARTICLE, single=True), "articles that ask nothing"),
    "organs": Field(
        map_of(ORGAN_RECORD, key=_own_id(*BUILT_IN_ORGANS, digits=False)), "bodies, id → name"
    ),
    "facts": Field(map_of(FACT, key=_graded_id), "what is observed"),
    "scales": Field(map_of(SCALE, key=_graded_id), "how it is graded"),
    "events": Field(map_of(EVENT, key=_event_id), "happenings that are no entry kind"),
    "duties": Field(map_of(DUTY, key=_own_id()), "what is owed"),
    "gates": Field(map_of(GATE, key=_own_id()), "what must come first"),
    "documents": Field(map_of(DOCUMENT, key=_own_id()), "papers, out and in"),
    "unsupported": Field(list_of(UNSUPPORTED), "articles the tool refuses to serve"),
}
PLAN: Shape[Plan] = record(Plan, _FIELDS)


def read_plan(data: bytes, file: str) -> tuple[Plan | None, tuple[Problem, ...]]:
    """A plan, or what is wrong with it: the plan is ``None`` iff a problem is an ``error``.

    ``digest`` is set and ``truth`` is among the scales. Notices (plan format, section 8) are
    given only for a plan without errors.
    """
    tree, problems = parse(data, file, as_text=False)
    if tree is None:
        return None, problems
    newer = _newer(tree, file)
    if newer is not None:
        return None, (*problems, newer)
    r = Reading(tree, rows=data.decode("utf-8-sig").split("\n"), **_known(tree))
    plan = PLAN.read(r, tree.value, ())
    assert plan is not None  # the tree is a map
    plan = replace(plan, digest=digest(tree.value), scales={**plan.scales, TRUTH.id: TRUTH})
    plan_errors(r, plan)
    found = sorted(r.problems, key=lambda each: each.line)
    if any(each.severity == "error" for each in found):
        return None, (*problems, *found)
    r.problems.clear()
    plan_notices(r, plan)
    return plan, (*problems, *sorted(r.problems, key=lambda each: each.line))


def digest(value: Any) -> str:
    """SHA-256 of a tree as JSON in UTF-8, keys sorted, no blanks (case format, section 3)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _newer(tree: Tree, file: str) -> Problem | None:
    version = tree.value.get("yuqing")
    if isinstance(version, int) and not isinstance(version, bool) and version > FORMAT:
        return Problem(
            file=file,
            line=tree.line(("yuqing",)),
            path=("yuqing",),
            key=N_("format {version}; this program reads up to {newest}. Update yuqing"),
            params={"version": version, "newest": FORMAT},
        )
    return None


def _known(tree: Tree) -> dict[str, Any]:
    """What the file declares, as far as it can be told before anything is read."""
    raw: Mapping[str, Any] = tree.value

    def section(name: str) -> Mapping[str, Any]:
        found = raw.get(name)
        return found if isinstance(found, dict) else {}

    def names(entries: Iterable[tuple[str, Any]]) -> dict[str, str]:
        return {each: _spoken(each, about) for each, about in entries}

    sorts = ("organs", "events", "duties", "gates", "documents", "readings")
    known = {name: names(section(name).items()) for name in sorts}
    known["organs"] |= BUILT_IN_ORGANS
    quiet = Reading(tree)
    facts = {
        name: FACT.read(quiet, about, ("facts", name)) or Fact(id=name, type=UNREAD, ask=name)
        for name, about in section("facts").items()
    } | {SATISFIED.id: SATISFIED}
    known["facts"] = {name: fact.ask for name, fact in facts.items()}
    scales = {name: _levels(about) for name, about in section("scales").items()}
    known["scales"] = {name: name for name in scales}
    scales[TRUTH.id] = (tuple(level.id for level in TRUTH.levels), False)
    return {"known": known, "facts": facts, "scales": scales}


def _spoken(name: str, about: Any) -> str:
    """The name people use for a declared thing."""
    if isinstance(about, str):
        return about
    if isinstance(about, dict):
        return shown(about.get("name") or about.get("title") or about.get("does") or name)
    return name


def _levels(about: Any) -> tuple[tuple[str, ...], bool]:
    """Level ids of a raw scale, and whether they rank."""
    levels = about.get("levels") if isinstance(about, dict) else about
    ordered = not (isinstance(about, dict) and about.get("ordered") is False)
    if not isinstance(levels, list):
        return (), ordered
    return tuple(shown(each.get("id")) for each in levels if isinstance(each, dict)), ordered


def plan_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan file, for editors and other programs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "yuqing plan",
        "description": "One version of one written plan (應急預案) as data.",
        **PLAN.schema,
        "$defs": {
            "span": {"description": f"One number, one unit: {UNITS}.", "type": "string"},
            "condition": CONDITION_SCHEMA,
            "moment": MOMENT_SCHEMA,
            **DUE_SCHEMAS,
        },
    }
