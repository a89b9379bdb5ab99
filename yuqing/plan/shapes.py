"""The three shapes (plan format, section 3): Condition, Moment and Due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from yuqing.notation import (
    Clock,
    Day,
    End,
    MapOf,
    OneOrMany,
    OrWord,
    Parts,
    Reads,
    Record,
    Schema,
    Text,
    ToldByKey,
    YesNo,
    just_one,
    outside,
    says,
    told,
    written,
)
from yuqing.span import SpanText

Value = str | int | bool
"""What a fact or a scale can be: a choice or level id, a number, yes or no."""
VALUE_SCHEMA: Schema = {"type": ["string", "integer", "boolean"]}
_SOME: Schema = {"anyOf": [VALUE_SCHEMA, {"type": "array", "items": VALUE_SCHEMA, "minItems": 1}]}

Texts = Annotated[tuple[Text, ...], OneOrMany(least=0)]
LIST_SCHEMA: Schema = {"type": "array", "items": {"type": "string", "minLength": 1}}
ORGANS_SCHEMA: Schema = {"anyOf": [{"type": "string"}, {**LIST_SCHEMA, "minItems": 1}]}
OrganId = Annotated[str, Reads("organs")]
Organs = Annotated[tuple[OrganId, ...], OneOrMany()]
MemberIds = Annotated[tuple[OrganId, ...], OneOrMany(single=False)]
SomeTexts = Annotated[tuple[Text, ...], OneOrMany()]
DutyId = Annotated[str, Reads("duties")]
Duties = Annotated[tuple[DutyId, ...], OneOrMany()]
Readings = Annotated[tuple[Annotated[str, Reads("readings")], ...], OneOrMany(least=0)]
ARTICLE_SAYS = "the article"
READING_SAYS = "reading(s) it rests on"
QUOTE_SAYS = "the words of the plan this stands on"


Form = Literal[
    "phone", "oral", "written", "message", "email", "fax", "secure", "visit", "meeting",
    "notice", "post", "press-conference", "briefing", "interview",
]  # fmt: skip
"""How an act was done (形式)."""


# --- Condition (條件) ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Equals(Record):
    """Fact or scale ``name`` is one of ``values``; for a number a band name may stand."""

    name: str = field(metadata=outside("equals"))
    values: tuple[Value, ...] = field(metadata=outside("values"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Record):
    """A number, a level of an ordered scale, a choice or a band, compared. Bounds combine."""

    name: str = field(metadata=outside("compare"))
    at_least: Value | None = None
    more_than: Value | None = None
    at_most: Value | None = None
    less_than: Value | None = None


@dataclass(frozen=True, slots=True)
class Was(Record):
    """Inside a scale: the level in force before this grading is one of ``levels``."""

    levels: Annotated[tuple[str, ...], Reads("was")] = field(metadata={"alias": "was"})


@dataclass(frozen=True, slots=True)
class During(Record):
    """The start (repeated duty: the due day) lies on working_days, days_off, or in a period."""

    period: Text = field(metadata={"alias": "during"})


_CONDITION_SAYS = (
    "What must be true: every key holds. A key is a fact, a scale or one of "
    "any all not was during clause."
)


def _condition_keys(several: Schema) -> Schema:
    """What the map of a condition may hold beside the article."""
    bounds = dict.fromkeys(written(Compare).values(), VALUE_SCHEMA)
    compared = {"type": "object", "properties": bounds, "additionalProperties": False}
    was = "in a scale only: the level in force before this grading"
    during = (
        "the start (repeated: the due day) lies on working_days, days_off or in a period that "
        "the calendar names"
    )
    return {
        "properties": {
            "any": {"description": "at least one of these holds", **several},
            "all": {"description": "every one of these holds", **several},
            "not": {"description": "this does not hold", **several["items"]},
            "was": {"description": was, **_SOME},
            "during": {"description": during, "type": "string"},
        },
        "minProperties": 1,
        "additionalProperties": {
            "description": "a value, a list (any of them), or bounds",
            "anyOf": [*_SOME["anyOf"], {**compared, "minProperties": 1}],
        },
    }


@dataclass(frozen=True, slots=True)
class AllOf(Record):
    """Every part holds. A mapping in the file is one of these; ``clause`` is its article."""

    defined: ClassVar[tuple[str, str]] = (
        "condition",
        _CONDITION_SAYS,
    )

    parts: Annotated[tuple[Condition, ...], Parts(_condition_keys)] = field(
        metadata=outside("parts")
    )
    clause: Text | None = told(None, "the article this path comes from")


@dataclass(frozen=True, slots=True)
class AnyOf(Record):
    """At least one part holds."""

    parts: Annotated[tuple[Condition, ...], OneOrMany(single=False)] = field(
        metadata={"alias": "any"}
    )


@dataclass(frozen=True, slots=True)
class Not(Record):
    """The part does not hold."""

    part: Condition = field(metadata={"alias": "not"})


Condition = Annotated[
    Equals | Compare | Was | During | AllOf | AnyOf | Not, ToldByKey(AllOf), Reads("condition")
]


# --- Moment (時點) ---------------------------------------------------------------------

_ANY_FIELD = {
    "by": Organs,
    "to": Organs,
    "from": Organs,
    "form": Annotated[tuple[Form, ...], OneOrMany()],
    "document": Annotated[tuple[Annotated[str, Reads("documents")], ...], OneOrMany()],
    "matter": SomeTexts,
    "outcome": Annotated[tuple[Literal["agreed", "refused", "partly"], ...], OneOrMany()],
    "request": Annotated[tuple[Literal["correction", "referral"], ...], OneOrMany()],
    "source": SomeTexts,
    "tags": SomeTexts,
    "proposed": Annotated[tuple[YesNo, ...], OneOrMany()],
    "duty": Duties,
}
"""Fields of an entry that a matcher may test by value."""
TESTABLE = tuple(_ANY_FIELD)
_TESTED: Schema = {"type": "object", "additionalProperties": _SOME, "minProperties": 1}
Moments = Annotated["tuple[Moment, ...]", OneOrMany()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Record):
    """Entries of one kind, or a declared event, whose fields agree.

    ``fields``: field name to the values that will do (any of them). ``grades``/``facts``:
    every name agrees with any of its values; an empty tuple means any value on that scale.
    ``has``: fields that must be present.
    """

    kind: Annotated[str, Reads("kind")] = field(
        metadata=says("entries of this one kind (or event) whose fields agree")
    )
    fields: Annotated[Mapping[str, tuple[str, ...]], MapOf(_ANY_FIELD), Reads("tests")] = field(
        default_factory=dict, metadata=outside("fields")
    )
    grades: Annotated[
        Mapping[str, tuple[Value, ...]],
        Reads("grades", {"anyOf": [{"type": "string"}, _TESTED]}),
    ] = field(default_factory=dict)
    facts: Annotated[Mapping[str, tuple[Value, ...]], Reads("facts", _TESTED)] = field(
        default_factory=dict
    )
    has: SomeTexts = told((), "fields that are present")


@dataclass(frozen=True, slots=True)
class Done(Record):
    """Duty ``duty`` was discharged, by whatever act: the time of its last recipient."""

    duty: DutyId = field(metadata=says("that duty was discharged", alias="done"))


@dataclass(frozen=True, slots=True)
class Overdue(Record):
    """The limit of ``duty`` passed, ``by`` so long ago, while it was still open."""

    duty: DutyId = field(
        metadata=says("the limit of that duty passed while it was still open", alias="overdue")
    )
    by: SpanText | None = told(None, "passed so long ago")


@dataclass(frozen=True, slots=True)
class Changed(Record):
    """An entry gave fact ``fact`` another value than it had."""

    fact: Annotated[str, Reads("fact")] = field(
        metadata=says("an entry gave the fact another value", alias="changed")
    )


@dataclass(frozen=True, slots=True)
class ApprovedBy(Record):
    """One of ``organs`` agreed; in a gate: for that matter, and to exactly this text."""

    organs: Organs = field(metadata=says("any of these organs agreed", alias="approved_by"))


@dataclass(frozen=True, slots=True)
class First(Record):
    """The earliest of all that happened."""

    moments: Moments = field(metadata=says("the earliest of all that happened", alias="first"))


@dataclass(frozen=True, slots=True)
class Last(Record):
    """The latest of all that happened: it restarts the clock, the older one is void."""

    moments: Moments = field(metadata=says("the latest; it restarts the clock", alias="last"))


@dataclass(frozen=True, slots=True)
class Each(Record):
    """A separate clock for every occurrence."""

    moments: Moments = field(metadata=says("a separate clock for every occurrence", alias="each"))


@dataclass(frozen=True, slots=True)
class Fallback(Record):
    """The first of these that is known; a later choice makes the start an estimate."""

    moments: Moments = field(metadata=says("the first of these that is known", alias="fallback"))


Moment = Annotated[
    Act | Done | Overdue | Changed | ApprovedBy | First | Last | Each | Fallback,
    ToldByKey(),
    Reads(
        "moment",
        also={"type": "string", "minLength": 1},
        defined=(
            "moment",
            "When something happened: a kind or a declared event, or one of these maps.",
        ),
    ),
]
# --- Due (時限) ------------------------------------------------------------------------

From = Literal[
    "next_opening", "office_time", "end_of_day", "end_of_month", "end_of_quarter", "end_of_year"
]
Roll = Literal["none", "next_working_day"]
FirstDay = Literal["excluded", "included"]
DuesInARow = Annotated["tuple[DuePart, ...]", OneOrMany(single=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePart(Record):
    """One way to say by when. Exactly one of the first six fields is set.

    ``start``: this part's own start. ``when``: in a list, the first part whose condition
    holds applies. ``local``: the office's own figure beside a word without figure.
    """

    defined: ClassVar[tuple[str, str]] = (
        "due_fields",
        "A span in words, or a map with one of the six keys.",
    )
    short_form: ClassVar[str] = "span"
    json_rules: ClassVar[Schema] = just_one(
        "span", "date", "date_in", "earlier_of", "later_of", "word"
    )
    span: Annotated[SpanText, Reads("span_or_word")] | None = told(
        None, "counted from the duty's start: 2 hours, 3日"
    )
    date: Day | None = told(None, "by this date")
    date_in: Annotated[Moment | Literal["start"], OrWord()] | None = told(
        None, "by field `due` of the entry that started the clock (start), or of that Moment"
    )
    earlier_of: DuesInARow = told((), "the earlier of those known so far")
    later_of: DuesInARow = told((), "the later, known when all are")
    word: Text | None = told(None, "no figure in the plan (及時): open, ticked off")
    local: SpanText | None = told(None, "beside a word: the office's own figure, never a breach")
    start: Moment | None = told(None, "this part has its own start")
    from_: From | None = told(None, "where counting begins instead of the start", alias="from")
    first_day: FirstDay | None = told(None, "overrides counting.first_day")
    ends: End | None = told(None, "overrides counting.ends")
    roll: Roll | None = told(None, "overrides counting.roll")
    roll_at: Clock | None = told(None, "overrides counting.roll_at")
    when: Condition | None = told(None, "in a list: the first Due whose condition holds applies")
    unless_past: YesNo = told(
        False, "inside earlier_of: left out if already past when the duty's own clock began"
    )
    name: Text | None = told(None, "label of this Due")
    clause: Text | None = told(None, "article of this Due, if not the duty's")


Due = Annotated[
    tuple[DuePart, ...],
    OneOrMany(),
    Reads(
        "due",
        defined=(
            "due",
            "By when: one Due, or a list of which the first whose `when` holds applies.",
        ),
    ),
]
"""Alternatives, in order: the first whose ``when`` holds. Written without a list: one part."""
