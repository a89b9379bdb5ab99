"""The plan (預案) as data: what the office wrote down beforehand.

Three shapes carry everything: a :class:`Condition` (what must be true), a :class:`Moment`
(when something happened) and a :data:`Due` (by when). A duty is a sentence made of them.
The notation is told by ``yuqing help plan``. Records only: reading is ``read``'s work,
counting is ``clock``'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from yuqing.notation import (
    Clock,
    Count,
    Day,
    End,
    MapOf,
    Named,
    OneOrMany,
    Reads,
    Record,
    Schema,
    Text,
    Whole,
    YesNo,
    at_least_one,
    just_one,
    outside,
    says,
    told,
)
from yuqing.plan.channels import Channel
from yuqing.plan.office import Office, Organ
from yuqing.plan.paper import PaperStyle
from yuqing.plan.shapes import (
    ARTICLE_SAYS,
    LIST_SCHEMA,
    ORGANS_SCHEMA,
    QUOTE_SAYS,
    READING_SAYS,
    TESTABLE,
    VALUE_SCHEMA,
    Act,
    AllOf,
    AnyOf,
    ApprovedBy,
    Changed,
    Compare,
    Condition,
    Done,
    Due,
    DuePart,
    During,
    Each,
    Equals,
    Fallback,
    First,
    FirstDay,
    Form,
    From,
    Last,
    Moment,
    Moments,
    Not,
    OrganId,
    Organs,
    Overdue,
    Readings,
    Roll,
    Texts,
    Value,
    Was,
)
from yuqing.span import SpanText
from yuqing.words import N_

__all__ = [
    "TESTABLE",
    "TRUTH",
    "TRUTH_NAMES",
    "Act",
    "AllOf",
    "AnyOf",
    "ApprovedBy",
    "Changed",
    "Channel",
    "Compare",
    "Condition",
    "Counting",
    "Document",
    "Done",
    "Due",
    "DuePart",
    "During",
    "Duty",
    "Each",
    "End",
    "Equals",
    "Event",
    "Extension",
    "Fact",
    "Fallback",
    "First",
    "FirstDay",
    "Form",
    "From",
    "Gate",
    "Last",
    "Level",
    "Moment",
    "Moments",
    "Not",
    "Office",
    "OfficeHours",
    "Organ",
    "OrganId",
    "Organs",
    "Overdue",
    "PaperStyle",
    "Pause",
    "PeriodDay",
    "Plan",
    "Reading",
    "Readings",
    "Repeat",
    "Roll",
    "Scale",
    "Texts",
    "TimeOfDay",
    "Unsupported",
    "Value",
    "Was",
]

# --- the parts of a duty ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOfDay(Record):
    """One fixed time a day. ``data_to``: the report carries data up to that time of day."""

    short_form: ClassVar[str] = "time"
    time: End = field(metadata=says("the time of day it is due"))
    data_to: End | None = told(None, "the report carries data up to this time of day")


PeriodDay = Annotated[int | str, Reads("period_day", {"type": ["integer", "string"]})]
"""A day of the month (``5``), a date (``"03-31"``) or a weekday (``"friday"``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Record):
    """Due again and again: ``each`` calendar period, or ``every`` span from the start."""

    json_rules: ClassVar[Schema] = just_one("each", "every")
    each: Literal["day", "week", "month", "quarter", "half_year", "year"] | None = told(
        None, "by the calendar"
    )
    every: Annotated[SpanText, Reads("every")] | None = told(
        None, "from the start, again and again"
    )
    at: Annotated[tuple[TimeOfDay, ...], OneOrMany()] = told((), "times of day; without: by 24:00")
    times: Count | None = told(None, "so many in the day")
    between: Annotated[tuple[Clock, End], Reads("between")] | None = told(
        None, "the part of the day in which they count"
    )
    during: Text | None = told(None, "working_days, days_off, or a period that the calendar names")
    by: PeriodDay | None = told(
        None, 'day of the month (5), date ("03-31") or weekday; without: the period\'s last day'
    )
    not_before: PeriodDay | None = told(None, "not before this day")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Record):
    """Time the plan does not count. Without ``from``, ``until``: only by ``adjusted``."""

    from_: Moment | None = told(None, "what begins it; without: only `adjusted`", alias="from")
    until: Moment | None = told(None, "what ends it")
    at_most: SpanText | None = told(None, "the longest")
    clause: Text | None = told(None, ARTICLE_SAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Record):
    """How far a limit may be moved (延期): ``at_most`` each time, ``in_all`` from the start."""

    json_rules: ClassVar[Schema] = at_least_one("at_most", "in_all")
    at_most: SpanText | None = told(None, "most per extension")
    in_all: SpanText | None = told(None, "most from the start, the first limit included")
    approved_by: Organs = told((), "the `by` of `adjusted`; without: anyone")
    needs: Moments = told((), "what must have happened before")
    before_expiry: YesNo = told(True, "granted while the limit still runs")
    clause: Text | None = told(None, ARTICLE_SAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty(Record):
    """What is owed (職責): who does what to whom, when, from start, within limit, done by."""

    json_rules: ClassVar[Schema] = {
        **at_least_one("limit", "target", "repeat"),
        "not": {"required": ["repeat", "limit"]},
    }
    id: str = field(metadata=outside("id"))
    clause: Text = field(metadata=says(ARTICLE_SAYS))
    does: Text = field(metadata=says("what must be done"))
    who: Organs = told((), "who owes it; several, or a group: each for itself")
    to: Annotated[Organs, Reads("to")] = field(default=(), metadata={"alias": "to"})
    to_any: Annotated[
        tuple[str, ...],
        MapOf({"any_of": Organs}, "one of these suffices"),
        Reads("to_any", also=ORGANS_SCHEMA),
    ] = told((), "each must be reached; {any_of: […]}: one suffices", alias="to")
    when: Condition | None = told(None, "to whom or what it applies")
    start: Moment | None = told(None, "what starts the clock; without: a duty of the office")
    limit: Due = told((), "hard: a breach when passed")
    target: Due = told((), "soft: amber only")
    repeat: Repeat | None = told(None, "due again and again")
    until: Moment | None = told(None, "until when it goes on (repeat: closed)")
    done_by: Moments = told((), "any of them discharges it (with `to`: reported)")
    """As written, or ``reported`` if there is a recipient; empty: ticked off only."""
    not_before: Due = told((), "an act before this does not count")
    only_within: Due = told((), "the duty arises only if its start lies within this")
    pause: Annotated[tuple[Pause, ...], OneOrMany()] = told((), "time the plan does not count")
    extension: Extension | None = told(None, "how far the limit may be moved")
    reading: Readings = told((), READING_SAYS)
    note: Text | None = told(None, "printed with the due time")
    quote: Texts = told((), QUOTE_SAYS)

    @property
    def of_the_office(self) -> bool:
        """No start here nor in any Due: kept in the monthly logbook, not in a case."""
        return self.start is None and not any(p.start for p in (*self.limit, *self.target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(Record):
    """What must come first (前置): before an act that fits, each of ``needs`` has happened."""

    json_rules: ClassVar[Schema] = at_least_one("needs", "only_if")
    id: str = field(metadata=outside("id"))
    clause: Text = field(metadata=says(ARTICLE_SAYS))
    before: Moment = field(metadata=says("the act it stands before"))
    when: Condition | None = told(None, "while this holds")
    needs: Moments = told((), "each of these must have happened")
    only_if: Condition | None = told(None, "must be true; unknown is not")
    asked_by: Moment | None = told(None, "what puts it before the approver")
    does: Text | None = told(None, "what it asks, in words")
    note: Text | None = told(None, "a remark")
    reading: Readings = told((), READING_SAYS)
    quote: Texts = told((), QUOTE_SAYS)


# --- what is observed, and how it is graded --------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Record):
    """What is observed (事實). ``of``: choices, lowest first. ``bands``: name to lower edge."""

    else_id: ClassVar[str] = "ask"
    id: str = field(metadata=outside("id"))
    type: Literal["boolean", "integer", "choice", "text"] = field(metadata=says("what is observed"))
    ask: Text = field(metadata=says("the question put to the officer"))
    of: Annotated[tuple[Text, ...], OneOrMany(single=False)] = told((), "the choices, lowest first")
    bands: Mapping[Text, Whole] = told({}, "name → lower edge, for words like 數十條")
    default: Annotated[Value, Reads("default", VALUE_SCHEMA)] | None = told(
        None, "known until someone observes otherwise"
    )
    clause: Text | None = told(None, ARTICLE_SAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level(Record):
    """One level (級別) of a scale. Without ``when``: chosen by a person, or by exclusion."""

    else_id: ClassVar[str] = "name"
    id: Annotated[Text, Reads("id")] = field(metadata=says("its id"))
    name: Text = field(metadata=says("its name"))
    colour: Text | None = told(None, "the colour it is known by")
    aliases: Texts = told((), "other names people use")
    clause: Text | None = told(None, ARTICLE_SAYS)
    when: Condition | None = told(None, "its criteria; without: chosen, or by exclusion")
    reading: Readings = told((), READING_SAYS)
    quote: Texts = told((), QUOTE_SAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Record):
    """Levels, lightest first, or (``ordered`` false) kinds that sort without ranking."""

    list_form: ClassVar[str] = "levels"
    id: str = field(metadata=outside("id"))
    levels: Annotated[tuple[Level, ...], OneOrMany(single=False)] = field(
        metadata=says("its levels, lightest first")
    )
    name: Text | None = told(None, "what the scale is called")
    ordered: YesNo = told(True, "false: sorts without ranking")
    proposed_by: Organs = told((), "who proposes")
    confirmed_by: Organs = told((), "who confirms")

    def rank(self, level: str) -> int:
        """Place of ``level``, 0 the lightest. Raises ``KeyError`` for an unknown one."""
        for place, each in enumerate(self.levels):
            if each.id == level:
                return place
        raise KeyError(level)


TRUTH = Scale(
    id="truth",
    ordered=False,
    levels=(
        Level(id="untrue", name="不實", aliases=("不实", "假", "false")),
        Level(id="partly", name="部分屬實", aliases=("部分属实",)),
        Level(id="confirmed", name="屬實", aliases=("属实", "真", "true")),
    ),
)
"""Built into every plan: was the statement of fact found true."""
TRUTH_NAMES: Mapping[str, str] = {
    "untrue": N_("untrue"),
    "partly": N_("partly true"),
    "confirmed": N_("found true"),
}
"""Its levels as the reader calls them: the words are ours, not a plan's."""


# --- the rest of the file --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting(Record):
    """What 「日」 means in this plan (plan format, 4.1)."""

    days: Literal["natural", "working"] | None = told(
        None, "what a bare 日 is; to be set as soon as one is used"
    )
    first_day: FirstDay = told("excluded", "is the day of the start counted")
    ends: End = told("24:00", "when the last day ends")
    roll: Roll = told("none", "the last day is a day off")
    roll_at: Clock | None = told(None, "the hour a rolled day ends")
    no_such_day: Literal["month_end", "next_day"] = told("month_end", "one month from 31 January")
    before_date: Literal["that_day_counts", "day_before"] = told(
        "that_day_counts", "what X日前 includes"
    )
    on_upgrade: Literal["from_upgrade", "from_start"] = told(
        "from_upgrade", "where the clock of a duty begins that arises by a higher grade"
    )


@dataclass(frozen=True, slots=True)
class OfficeHours(Record):
    """Opening and closing time of an ordinary working day, in the plan's zone."""

    open: Clock = field(metadata=says("opening time"))
    close: Clock = field(metadata=says("closing time"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Record):
    """How an ambiguous text was settled (解釋口徑). A proposal until the office confirms it."""

    id: str = field(metadata=outside("id"))
    clause: Text = field(metadata=says(ARTICLE_SAYS))
    question: Text = field(metadata=says("what the text leaves open"))
    choice: Text = field(metadata=says("how it was settled"))
    confirmed: YesNo = told(False, "false: a proposal until the office confirms it")
    by: Text | None = told(None, "who confirmed it")
    date: Day | None = told(None, "when")
    quote: Texts = told((), "the words of the plan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """A happening that is no entry kind (受理, 聽證 …)."""

    short_form: ClassVar[str] = "name"
    else_id: ClassVar[str] = "name"
    id: str = field(metadata=outside("id"))
    name: Text = field(metadata=says("its name"))
    clause: Text | None = told(None, ARTICLE_SAYS)
    reading: Readings = told((), READING_SAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Record):
    """A paper of the plan (文書), and the parts it must have."""

    else_id: ClassVar[str] = "title"
    id: str = field(metadata=outside("id"))
    title: Text = field(metadata=says("its title"))
    clause: Text | None = told(None, ARTICLE_SAYS)
    requires: Texts = told((), "the parts it must have")
    template: Text | None = told(None, "name of a template")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported(Record):
    """An article the tool refuses to serve, why, and the honest record in its place."""

    clause: Text = field(metadata=says(ARTICLE_SAYS))
    why: Text = field(metadata=says("why the tool refuses to serve it"))
    instead: Text = field(metadata=says("the honest record in its place"))
    quote: Texts = told((), QUOTE_SAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Record):
    """One version of one written plan. Mappings keep the order of the file."""

    yuqing: Count = told(1, "version of this format")
    id: Annotated[Text, Reads("id")] = field(metadata=says("id of the plan"))
    title: Text = field(metadata=says("its title"))
    issuer: Text = field(metadata=says("who issued it"))
    version: Annotated[Text, Reads("version")] = field(metadata=says('quoted text: "2022-01"'))
    digest: str = field(default="", metadata=outside("digest"))
    """SHA-256 of the content (case format, section 3), set by the reader."""
    timezone: Annotated[Text, Reads("zone")] = told(
        "Asia/Shanghai", "zone of all days and times of day"
    )
    effective: Day | None = told(None, "the office's own duties run from here")
    counting: Counting = told(Counting(), "what 日 means here")
    office_hours: OfficeHours | None = told(None, "needed by close, next_opening, office_time")
    readings: Annotated[Mapping[str, Reading], Named("own_id")] = told(
        {}, "how ambiguous texts were settled"
    )
    clauses: Annotated[Mapping[str, Text], Reads("clauses", also=LIST_SCHEMA)] = told(
        {}, "the plan's table of contents: articles, or article → its text"
    )
    """Article to its text; the text is empty where the file gives a list only."""
    without_rule: Texts = told((), "articles that ask nothing")
    organs: Annotated[Mapping[str, Organ], Named("organ_id")] = told({}, "bodies, id → name")
    facts: Annotated[Mapping[str, Fact], Named("fact_id")] = told({}, "what is observed")
    scales: Annotated[Mapping[str, Scale], Named("scale_id")] = told({}, "how it is graded")
    """As declared; ``truth`` is added by the reader."""
    events: Annotated[Mapping[str, Event], Named("event_id")] = told(
        {}, "happenings that are no entry kind"
    )
    duties: Annotated[Mapping[str, Duty], Named("own_id")] = told({}, "what is owed")
    gates: Annotated[Mapping[str, Gate], Named("own_id")] = told({}, "what must come first")
    documents: Annotated[Mapping[str, Document], Named("own_id")] = told({}, "papers, out and in")
    unsupported: tuple[Unsupported, ...] = told((), "articles the tool refuses to serve")

    @property
    def name(self) -> str:
        """``ID@VERSION``, as the file is called."""
        return f"{self.id}@{self.version}"
