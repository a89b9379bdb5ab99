"""What a plan declares: organs, facts, scales, events, papers, readings (plan format, 2, 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yuqing.case import KINDS
from yuqing.errors import Path
from yuqing.plan import (
    Counting,
    Document,
    Event,
    Fact,
    Level,
    OfficeHours,
    Organ,
    Scale,
    Unsupported,
)
from yuqing.plan import Reading as Settled
from yuqing.read.conditions import CONDITION, RESERVED, fact_value
from yuqing.read.moments import ORGANS
from yuqing.read.shapes import (
    ARTICLE,
    BOOLEAN,
    DATE,
    END,
    NUMBER,
    TEXT,
    TIME,
    Field,
    Reading,
    Shape,
    any_name,
    list_of,
    map_of,
    one_of,
    plain_id,
    record,
    reference,
)
from yuqing.words import N_

BUILT_IN_ORGANS = {"public": "公眾", "asker": "提問人"}
SATISFIED = Fact(id="satisfied", type="boolean", ask="是否滿意")
"""Built into every plan: was the person who asked satisfied."""


# --- ids -------------------------------------------------------------------------------


def own_id(*taken: str, digits: bool = True) -> Callable[[Reading, str, Path], None]:
    """Looks at a declared id: its letters, and names that are built in."""

    def look(r: Reading, name: str, path: Path) -> None:
        plain_id(r, name, path)
        if name in taken:
            r.say(path, N_("the id `{name}` is built in; choose another"), name=name)
        elif not digits and not name[:1].isalpha():
            r.say(path, N_("an organ's id begins with a letter, not `{name}`"), name=name)

    return look


def graded_id(r: Reading, name: str, path: Path) -> None:
    """The id of a fact or a scale: conditions must be able to tell them apart."""
    own_id("satisfied", "truth")(r, name, path)
    if name in RESERVED:
        r.say(path, N_("`{name}` is a word of conditions; choose another id"), name=name)
    elif path[0] == "scales" and name in r.known["facts"] and name != SATISFIED.id:
        r.say(path, N_("`{name}` is both a fact and a scale; rename one"), name=name)


def event_id(r: Reading, name: str, path: Path) -> None:
    """The id of an event: no entry kind is called so."""
    plain_id(r, name, path)
    if name in KINDS:
        r.say(path, N_("`{name}` is an entry kind already; take it out or rename it"), name=name)


# --- the small records -----------------------------------------------------------------

QUOTE = Field(list_of(TEXT, single=True), "the words of the plan this stands on")
READINGS = Field(list_of(reference("readings"), single=True), "reading(s) it rests on")
CLAUSE = Field(ARTICLE, "the article")
CLAUSE_NEEDED = Field(ARTICLE, "the article", required=True)

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
SETTLED: Shape[Settled] = record(
    Settled,
    {
        "clause": CLAUSE_NEEDED,
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


ORGAN_RECORD: Shape[Organ] = record(
    Organ,
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
    else_id="name",
)


def _default(_r: Reading, value: Any, _path: Path) -> Any:
    return value  # its type is looked at where the whole fact is known


UNREAD: Any = ""
"""Type of a fact whose type could not be read: it takes any value."""


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
    Fact,
    {
        "type": Field(
            one_of("boolean", "integer", "choice", "text"),
            "what is observed",
            required=True,
            blank=UNREAD,
        ),
        "ask": Field(TEXT, "the question put to the officer"),
        "of": Field(list_of(TEXT, least=1), "the choices, lowest first"),
        "bands": Field(map_of(NUMBER, key=any_name), "name → lower edge, for words like 數十條"),
        "default": Field(
            Shape(_default, {"type": ["boolean", "integer", "string"]}),
            "known until someone observes otherwise",
        ),
        "clause": CLAUSE,
    },
    named=True,
    else_id="ask",
    check=_fact_rules,
)


def _level_id(r: Reading, value: Any, path: Path) -> str | None:
    found = TEXT.read(r, value, path)
    if found is not None:
        plain_id(r, found, path)
    return found


LEVELS = list_of(
    record(
        Level,
        {
            "id": Field(Shape(_level_id, TEXT.schema), "its id", required=True),
            "name": Field(TEXT, "its name"),
            "colour": Field(TEXT, "the colour it is known by"),
            "aliases": Field(list_of(TEXT, single=True), "other names people use"),
            "clause": CLAUSE,
            "when": Field(CONDITION, "its criteria; without: chosen, or by exclusion"),
            "reading": READINGS,
            "quote": QUOTE,
        },
        else_id="name",
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


EVENT: Shape[Event] = record(
    Event,
    {"name": Field(TEXT, "its name"), "clause": CLAUSE, "reading": READINGS},
    short=TEXT,
    named=True,
    else_id="name",
)


DOCUMENT: Shape[Document] = record(
    Document,
    {
        "title": Field(TEXT, "its title"),
        "clause": CLAUSE,
        "requires": Field(list_of(TEXT, single=True), "the parts it must have"),
        "template": Field(TEXT, "name of a template"),
    },
    named=True,
    else_id="title",
)
UNSUPPORTED: Shape[Unsupported] = record(
    Unsupported,
    {
        "clause": CLAUSE_NEEDED,
        "why": Field(TEXT, "why the tool refuses to serve it", required=True),
        "instead": Field(TEXT, "the honest record in its place", required=True),
        "quote": QUOTE,
    },
)
