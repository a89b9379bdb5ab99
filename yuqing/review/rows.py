"""What a template may print: records of plain values, one kind per table of a document.

Nothing is worded: times are datetimes in the plan's zone, verdicts are keys; a template and its
word list put them into the plan's language.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from yuqing.case import Due
from yuqing.errors import Said
from yuqing.plan import Value
from yuqing.review.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """One observed value. ``name``: the plan's question; ``type``: of the plan's fact;
    ``value``: a choice, number, text or yes/no; ``label``: what the plan's question calls a
    choice; ``at``: when it was so, as stated; ``by``: who looked."""

    id: str
    name: str
    type: str
    value: Value
    at: dt.datetime
    by: str = ""
    label: str | None = None

    @property
    def shown(self) -> Value:
        """The value as the plan's own words have it."""
        return self.value if self.label is None else self.label


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """One grading. ``scale``, ``was`` (``None``: ungraded) and ``level`` are names."""

    id: str
    scale_id: str
    scale: str
    was: str | None
    level: str
    at: dt.datetime
    recorded: dt.datetime | None
    by: str
    because: str | None
    clause: tuple[str, ...]
    proposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the timeline. ``what``: the entry's kind; organs and documents are names.

    ``at`` is stated, ``recorded`` is when it was written down (``None``: by hand, not saved
    yet), ``was_at`` what was stated before it was amended.
    """

    id: str
    what: str
    at: dt.datetime
    recorded: dt.datetime | None
    was_at: dt.datetime | None = None
    estimated: bool = False
    by: str = ""
    form: str | None = None
    to: tuple[str, ...] = ()
    sender: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    event: str | None = None
    document: str | None = None
    meeting: str | None = None
    matter: str | None = None
    outcome: str | None = None
    request: str | None = None
    signed_as: str | None = None
    source: str | None = None
    due: Due | None = None
    does: str | None = None
    release: bool = False
    pause: bool = False
    resume: bool = False
    relation: str | None = None
    other_case: str | None = None
    text: str | None = None
    because: str | None = None
    clause: tuple[str, ...] = ()
    number: str | None = None
    code: str | None = None
    grades: tuple[GradeRow, ...] = ()
    facts: tuple[FactRow, ...] = ()
    links: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    re: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    corrects: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRow:
    """What somebody outside holds: ``kind`` number or code, "not later than ``at``"."""

    kind: str
    value: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRow:
    """One clock of one duty, or one open item, with both answers.

    ``taken``: from the start to the act. ``open_for``: from the start to now, while open.
    ``margin``: from the act to the limit, negative if it came after. ``lag``: from the act to the
    record of it. ``started_by``: the entry that started the clock.
    ``late_by``: past the limit, act or now. ``record``: key of the first answer
    (:class:`yuqing.audit.Record`); ``witness`` empty: nothing outside stands behind it.
    """

    plan: str
    duty: str
    does: str
    clause: str
    item: bool
    who: tuple[str, ...]
    to: tuple[str, ...]
    missing: tuple[str, ...]
    unit: str | None
    round: int
    start: dt.datetime | None
    estimated: bool
    limit: dt.datetime | None
    was_limit: dt.datetime | None
    target: dt.datetime | None
    target_name: str | None
    target_missed: bool
    word: str | None
    local: dt.datetime | None
    done: dt.datetime | None
    recorded: dt.datetime | None
    taken: dt.timedelta | None
    open_for: dt.timedelta | None
    late_by: dt.timedelta | None
    state: str
    over: bool
    level: str | None
    provisional: bool
    arose_late: bool
    record: str
    under_old: str | None
    under_new: str | None
    witness: tuple[WitnessRow, ...]
    readings: tuple[str, ...]
    notes: tuple[Said, ...]
    started_by: str | None = None

    @property
    def margin(self) -> dt.timedelta | None:
        """What was left of the limit when it was done, as stated."""
        return self.limit - self.done if self.limit and self.done else None

    @property
    def lag(self) -> dt.timedelta | None:
        """How long after the act, as stated, it was written down."""
        return self.recorded - self.done if self.recorded and self.done else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact or grade that is another than the last report could say. ``scale``: of a grade;
    ``was`` ``None``: it said nothing of it."""

    name: str
    scale: str | None = None
    was: object
    now: object
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a warning stands. ``kind``: issued, adjusted or lifted; ``level``, ``was``: names;
    ``at``: since when."""

    kind: str
    level: str | None
    was: str | None
    at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One task with a date: what, by which units, given by whom and when, and how it stands.

    ``record``: key of what the record says; ``evidence``: papers and links of what closed it.
    """

    id: str
    text: str
    unit: tuple[str, ...]
    by: str
    at: dt.datetime
    due: Due | None
    done: dt.datetime | None
    record: str
    late_by: dt.timedelta | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a document. ``values``: what the record holds for it; empty and ``missing``:
    nobody has recorded anything. ``tag`` fills it: ``note --tag``. ``asked``: the plan names it;
    ``written``: sentences of a person's, no fact that the record could fill by itself."""

    id: str
    tag: str
    values: tuple[FactRow | GradeRow | Line | str, ...]
    asked: bool = True
    written: bool = False

    @property
    def missing(self) -> bool:
        """Nothing is recorded for it yet."""
        return not self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """One act that the plan puts behind approvals. ``missing``: what it still lacks."""

    gate: str
    clause: str
    does: str | None
    act: Line
    cleared: bool
    missing: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """A figure stated in public, beside what the record said at that time."""

    entry: str
    at: dt.datetime
    name: str
    stated: Value
    recorded: Value | None
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendRow:
    """A correction of the record. ``changes``: field, old and new value as text."""

    id: str
    of: str
    at: dt.datetime
    by: str
    because: str
    void: bool
    changes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan that the case runs under."""

    id: str
    title: str
    version: str
    issuer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """A reading that a due time of this case stands on. ``confirmed``: by the office."""

    id: str
    clause: str
    question: str
    choice: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything a template can print. Times aware, in the zone of the case's first plan."""

    id: str
    title: str
    office: str
    document: str
    """Title of the document."""
    document_id: str
    document_clause: str | None
    unit: str | None
    now: dt.datetime
    drill: bool
    demo: bool
    draft: bool
    secrecy: str | None
    fingerprint: str
    plans: tuple[PlanRow, ...]
    readings: tuple[ReadingRow, ...]
    state: str
    round: int
    occurred: dt.datetime | None
    discovered: dt.datetime | None
    source: str | None
    level: str | None
    provisional: bool
    grades: tuple[GradeRow, ...]
    """In force now, one per scale."""
    history: tuple[GradeRow, ...]
    """Every grading, proposals too."""
    facts: tuple[FactRow, ...]
    """Latest value of each fact."""
    observed: tuple[FactRow, ...]
    """Every observation, in order of time."""
    units: tuple[str, ...]
    timeline: tuple[Line, ...]
    duties: tuple[DutyRow, ...]
    items: tuple[DutyRow, ...]
    """Open items not yet fulfilled."""
    parts: tuple[Part, ...]
    gates: tuple[GateRow, ...]
    approvals: tuple[Line, ...]
    figures: tuple[FigureRow, ...]
    amendments: tuple[AmendRow, ...]
    words: tuple[str, ...]
    """Paragraphs of the text that was laid before the approvers, or put out."""
    papers: tuple[str, ...]
    """Names of the files that carry these words instead."""
    signed: str
    """Who signs public words: the office's signing unit."""
    problems: tuple[Said, ...]
    """Why the answer is not complete."""
    role: Role = "document"
    """What the document is for; each has a template."""
    levelled: bool = True
    """Does a plan of the case have a scale ``level``."""
    occurred_estimated: bool = False
    owed: tuple[DutyRow, ...] = ()
    """The clocks that this document answers."""
    to: tuple[str, ...] = ()
    """Whom the plan wants it to reach."""
    number: int = 1
    """Which follow-up it is."""
    last: Line | None = None
    """The report before this one."""
    since: tuple[Line, ...] = ()
    """What happened, or was written down, after that."""
    changes: tuple[Change, ...] = ()
    """Facts and grades that are other now than in that report."""
    spoken: tuple[Line, ...] = ()
    """Reports by word of mouth that wait for a written one."""
    calls: tuple[Line, ...] = ()
    """What was said by telephone or face to face."""
    warning: Stage | None = None
    corrected: tuple[Line, ...] = ()
    """Own earlier words that are to be put right."""
    finding: tuple[Line, ...] = ()
    """The finding that a statement is untrue, and what is on record about it."""
    requests: tuple[Line, ...] = ()
    """Requests of this kind that were made."""
    answers: tuple[Line, ...] = ()
    """What came back to them, or to the report."""
    questions: tuple[Line, ...] = ()
    """What was asked and waits for an answer."""
    arrived: tuple[Line, ...] = ()
    """When this paper came in."""
    decisions: tuple[Line, ...] = ()
    """Approvals of what this document is sent by."""
    measures: tuple[Measure, ...] = ()
    """Tasks with a date, done or not."""

    @property
    def missing(self) -> tuple[Part, ...]:
        """Parts that the plan asks for and that are not there yet."""
        return tuple(part for part in self.parts if part.missing and part.asked)

    @property
    def blanks(self) -> tuple[Part, ...]:
        """Sections that people still have to write."""
        return tuple(part for part in self.parts if part.missing and part.written)

    @property
    def tally(self) -> tuple[tuple[str, int], ...]:
        """How many clocks stand how: key of the first answer, number."""
        return tuple(Counter(row.record for row in self.duties).items())

    @property
    def late(self) -> tuple[DutyRow, ...]:
        """Done after the limit, by the office's own statement."""
        return tuple(row for row in self.duties if "late" in (row.record, row.under_new))

    @property
    def unmet(self) -> tuple[DutyRow, ...]:
        """Asked by the plan, and nothing is recorded for it."""
        return tuple(r for r in self.duties if r.record in ("nothing", "not_done") and r.start)

    @property
    def next(self) -> tuple[DutyRow, ...]:
        """What is still to be done, nearest first: what has a figure, else what has a word."""
        open_ = [row for row in self.duties if not row.over and row.start]
        dated = [row for row in open_ if row.limit or row.target or row.local]
        return tuple(dated or open_)
