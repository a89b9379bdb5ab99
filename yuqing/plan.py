"""The plan (預案) as data: what the office wrote down beforehand.

Three shapes carry everything: a :class:`Condition` (what must be true), a :class:`Moment`
(when something happened) and a :data:`Due` (by when). A duty is a sentence made of them.
The notation is told by ``yuqing help plan``. Records only: reading is ``read``'s work,
counting is ``clock``'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from yuqing.span import Span

Value = str | int | bool
"""What a fact or a scale can be: a choice or level id, a number, yes or no."""


# --- Condition (條件) ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Equals:
    """Fact or scale ``name`` is one of ``values``; for a number a band name may stand."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """A number, a level of an ordered scale, a choice or a band, compared. Bounds combine."""

    name: str
    at_least: Value | None = None
    more_than: Value | None = None
    at_most: Value | None = None
    less_than: Value | None = None


@dataclass(frozen=True, slots=True)
class Was:
    """Inside a scale: the level in force before this grading is one of ``levels``."""

    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class During:
    """The start (repeated duty: the due day) lies on working_days, days_off, or in a period."""

    period: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds. A mapping in the file is one of these; ``clause`` is its article."""

    parts: tuple[Condition, ...]
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Equals | Compare | Was | During | AllOf | AnyOf | Not


# --- Moment (時點) ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Entries of one kind, or a declared event, whose fields agree.

    ``fields``: field name to the values that will do (any of them). ``grades``/``facts``:
    every name agrees with any of its values; an empty tuple means any value on that scale.
    ``has``: fields that must be present.
    """

    kind: str
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    grades: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    facts: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    has: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """Duty ``duty`` was discharged, by whatever act: the time of its last recipient."""

    duty: str


@dataclass(frozen=True, slots=True)
class Overdue:
    """The limit of ``duty`` passed, ``by`` so long ago, while it was still open."""

    duty: str
    by: Span | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry gave fact ``fact`` another value than it had."""

    fact: str


@dataclass(frozen=True, slots=True)
class ApprovedBy:
    """One of ``organs`` agreed; in a gate: for that matter, and to exactly this text."""

    organs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class First:
    """The earliest of all that happened."""

    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Last:
    """The latest of all that happened: it restarts the clock, the older one is void."""

    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """A separate clock for every occurrence."""

    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True)
class Fallback:
    """The first of these that is known; a later choice makes the start an estimate."""

    moments: tuple[Moment, ...]


Moment = Act | Done | Overdue | Changed | ApprovedBy | First | Last | Each | Fallback


# --- Due (時限) ------------------------------------------------------------------------

From = Literal[
    "next_opening", "office_time", "end_of_day", "end_of_month", "end_of_quarter", "end_of_year"
]
Roll = Literal["none", "next_working_day"]
End = dt.time | Literal["24:00", "close"]
"""When a day ends: midnight, close of office, or a time of day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePart:
    """One way to say by when. Exactly one of the first six fields is set.

    ``start``: this part's own start. ``when``: in a list, the first part whose condition
    holds applies. ``local``: the office's own figure beside a word without figure.
    """

    span: Span | None = None
    date: dt.date | None = None
    date_in: Moment | Literal["start"] | None = None
    earlier_of: tuple[DuePart, ...] = ()
    later_of: tuple[DuePart, ...] = ()
    word: str | None = None
    local: Span | None = None
    start: Moment | None = None
    from_: From | None = field(default=None, metadata={"alias": "from"})
    first_day: Literal["excluded", "included"] | None = None
    ends: End | None = None
    roll: Roll | None = None
    roll_at: dt.time | None = None
    when: Condition | None = None
    unless_past: bool = False
    name: str | None = None
    clause: str | None = None


Due = tuple[DuePart, ...]
"""Alternatives, in order: the first whose ``when`` holds. Written without a list: one part."""


# --- the parts of a duty ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOfDay:
    """One fixed time a day. ``data_to``: the report carries data up to that time of day."""

    time: End
    data_to: End | None = None


PeriodDay = int | str
"""A day of the month (``5``), a date (``"03-31"``) or a weekday (``"friday"``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Due again and again: ``each`` calendar period, or ``every`` span from the start."""

    each: Literal["day", "week", "month", "quarter", "half_year", "year"] | None = None
    every: Span | None = None
    at: tuple[TimeOfDay, ...] = ()
    times: int | None = None
    between: tuple[dt.time, End] | None = None
    during: str | None = None
    by: PeriodDay | None = None
    not_before: PeriodDay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Time the plan does not count. Without ``from``, ``until``: only by ``adjusted``."""

    from_: Moment | None = field(default=None, metadata={"alias": "from"})
    until: Moment | None = None
    at_most: Span | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """How far a limit may be moved (延期): ``at_most`` each time, ``in_all`` from the start."""

    at_most: Span | None = None
    in_all: Span | None = None
    approved_by: tuple[str, ...] = ()
    needs: tuple[Moment, ...] = ()
    before_expiry: bool = True
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What is owed (職責): who does what to whom, when, from start, within limit, done by."""

    id: str
    clause: str
    does: str
    who: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    to_any: tuple[str, ...] = ()
    """``to: {any_of: […]}``: one of these suffices."""
    when: Condition | None = None
    start: Moment | None = None
    limit: Due = ()
    target: Due = ()
    repeat: Repeat | None = None
    until: Moment | None = None
    done_by: tuple[Moment, ...] = ()
    """As written, or ``reported`` if there is a recipient; empty: ticked off only."""
    not_before: Due = ()
    only_within: Due = ()
    pause: tuple[Pause, ...] = ()
    extension: Extension | None = None
    reading: tuple[str, ...] = ()
    note: str | None = None
    quote: tuple[str, ...] = ()

    @property
    def of_the_office(self) -> bool:
        """No start here nor in any Due: kept in the monthly logbook, not in a case."""
        return self.start is None and not any(p.start for p in (*self.limit, *self.target))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What must come first (前置): before an act that fits, each of ``needs`` has happened."""

    id: str
    clause: str
    before: Moment
    when: Condition | None = None
    needs: tuple[Moment, ...] = ()
    only_if: Condition | None = None
    asked_by: Moment | None = None
    does: str | None = None
    note: str | None = None
    reading: tuple[str, ...] = ()
    quote: tuple[str, ...] = ()


# --- what is observed, and how it is graded --------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is observed (事實). ``of``: choices, lowest first. ``bands``: name to lower edge."""

    id: str
    type: Literal["boolean", "integer", "choice", "text"]
    ask: str
    of: tuple[str, ...] = ()
    bands: Mapping[str, int] = field(default_factory=dict)
    default: Value | None = None
    clause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level (級別) of a scale. Without ``when``: chosen by a person, or by exclusion."""

    id: str
    name: str
    colour: str | None = None
    aliases: tuple[str, ...] = ()
    clause: str | None = None
    when: Condition | None = None
    reading: tuple[str, ...] = ()
    quote: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Levels, lightest first, or (``ordered`` false) kinds that sort without ranking."""

    id: str
    levels: tuple[Level, ...]
    name: str | None = None
    ordered: bool = True
    proposed_by: tuple[str, ...] = ()
    confirmed_by: tuple[str, ...] = ()

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


# --- the rest of the file --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """What 「日」 means in this plan (plan format, 4.1)."""

    days: Literal["natural", "working"] | None = None
    first_day: Literal["excluded", "included"] = "excluded"
    ends: End = "24:00"
    roll: Roll = "none"
    roll_at: dt.time | None = None
    no_such_day: Literal["month_end", "next_day"] = "month_end"
    before_date: Literal["that_day_counts", "day_before"] = "that_day_counts"
    on_upgrade: Literal["from_upgrade", "from_start"] = "from_upgrade"


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Opening and closing time of an ordinary working day, in the plan's zone."""

    open: dt.time
    close: dt.time


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an ambiguous text was settled (解釋口徑). A proposal until the office confirms it."""

    id: str
    clause: str
    question: str
    choice: str
    confirmed: bool = False
    by: str | None = None
    date: dt.date | None = None
    quote: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Organ:
    """A body (機構). ``members``: ids; or ``named_in_case``: the organs assigned in the case."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] | Literal["named_in_case"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A happening that is no entry kind (受理, 聽證 …)."""

    id: str
    name: str
    clause: str | None = None
    reading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper of the plan (文書), and the parts it must have."""

    id: str
    title: str
    clause: str | None = None
    requires: tuple[str, ...] = ()
    template: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """An article the tool refuses to serve, why, and the honest record in its place."""

    clause: str
    why: str
    instead: str
    quote: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One version of one written plan. Mappings keep the order of the file."""

    id: str
    title: str
    issuer: str
    version: str
    digest: str = ""
    """SHA-256 of the content (case format, section 3), set by the reader."""
    yuqing: int = 1
    timezone: str = "Asia/Shanghai"
    effective: dt.date | None = None
    counting: Counting = field(default_factory=Counting)
    office_hours: OfficeHours | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict)
    clauses: Mapping[str, str] = field(default_factory=dict)
    """Article to its text; the text is empty where the file gives a list only."""
    without_rule: tuple[str, ...] = ()
    organs: Mapping[str, Organ] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    """As declared; ``truth`` is added by the reader."""
    events: Mapping[str, Event] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)
    gates: Mapping[str, Gate] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    unsupported: tuple[Unsupported, ...] = ()

    @property
    def name(self) -> str:
        """``ID@VERSION``, as the file is called."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The office itself (``templates/office.yaml``): names and habits, no rule of any plan."""

    yuqing: int = 1
    name: str = "值班室"
    code: str = "YQ"
    """Prefix of case ids: capital letters and digits."""
    demo: bool = False
    language: str | None = None
    plans: tuple[str, ...] = ()
    """Adopted versions, ``ID@VERSION``; the first is the default of ``new``."""
    since: dt.date | None = None
    """The office's own duties are watched from this day on; written by ``init``."""
    post: str = "值班室"
    """Duty post: the default of ``by``."""
    sign: str | None = None
    """Signing unit: the default of ``signed_as``; else ``name``."""
    signing_units: tuple[str, ...] = ()
    own_accounts: tuple[str, ...] = ()
    organs: Mapping[str, Organ] = field(default_factory=dict)
    attachments: Literal["commit", "outside"] = "commit"
    reminds: str | None = None
    """The one clone that sends reminders: its machine's name, or ``git config yuqing.clone``."""
