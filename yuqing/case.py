"""The case (案件): a short head and a log that only grows; everything else is derived.

One :class:`Entry` record serves all 24 kinds; :data:`KINDS` says which fields a kind has.
The notation is told by ``yuqing help case``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Literal, get_args, get_type_hints

from yuqing.memo import remembered
from yuqing.notation import (
    Core,
    MapOf,
    OneOrMany,
    Reads,
    Record,
    Schema,
    outside,
    says,
    told,
    written,
)
from yuqing.plan import Form, Value

# --- fields ----------------------------------------------------------------------------

ENTRY_ID = re.compile(r"[a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{5}")
CASE_ID = re.compile(r"[0-9A-Z]{1,16}-(\d{8})-[0-9A-HJKMNP-TV-Z]{4}")
LOG_ID = re.compile(r"LOG-20\d\d-(0[1-9]|1[0-2])")

_SCALAR: Schema = {"type": ["string", "number", "boolean"], "minLength": 1}
"""A text, also where an editor's YAML sees a number or yes/no."""
_TIME: Schema = {
    "type": "string",
    "pattern": "^20[0-9]{2}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](:[0-5][0-9])?"
    "[+-][01][0-9]:[0-5][0-9]$|^2100-",
}
_DAY: Schema = {"type": "string", "pattern": "^(20[0-9]{2}|2100)-[01][0-9]-[0-3][0-9]$"}
_BY_NAME: Schema = {"type": "object", "minProperties": 1, "additionalProperties": _SCALAR}
_CASE_ID: Schema = {"type": "string", "pattern": f"^{CASE_ID.pattern}$"}
_HEAD_ID: Schema = {"type": "string", "pattern": f"^({CASE_ID.pattern}|{LOG_ID.pattern})$"}
_ENTRY_ID: Schema = {"type": "string", "pattern": f"^{ENTRY_ID.pattern}$"}
_NAMED: Schema = {"type": "string", "pattern": f"^({ENTRY_ID.pattern}|head)$"}
_SHA256: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$"}

Word = Annotated[str, Core("str", {"pattern": r"\S"}, schema=_SCALAR)]
Words = Annotated[tuple[Word, ...], OneOrMany()]
Time = Annotated[dt.datetime, Reads("time", _TIME)]
Due = Annotated[dt.datetime | dt.date, Reads("due", {"anyOf": [_TIME, _DAY]})]
"""A time, or a date (which ends as the plan's ``before_date`` says)."""
Flag = Annotated[bool, Reads("flag", {"enum": [True, "true"]})]
Body = Annotated[str, Reads("body", _SCALAR)]
Bodies = Annotated[tuple[Body, ...], OneOrMany()]
Named = Annotated[str, Reads("entry", _NAMED)]
"""The id of another entry of the case."""
Entries = Annotated[tuple[Named, ...], OneOrMany()]
Digest = Annotated[str, Reads("sha256", _SHA256)]


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Record):
    """A paper of the case: ``path`` inside its files folder, or ``kept`` elsewhere."""

    defined: ClassVar[tuple[str, str]] = ("file", "Papers of the case")
    json_rules: ClassVar[Schema] = {
        "anyOf": [
            {"required": ["path", "sha256"]},
            {"required": ["kept", "number"]},
            {"required": ["kept", "sha256"]},
        ]
    }
    path: Annotated[str, Reads("inside", _SCALAR)] | None = told(
        None, "Path inside the case's files folder"
    )
    sha256: Digest | None = told(None, "SHA-256 of the content, in hexadecimal")
    kept: Word | None = told(
        None, "Where the paper lies, if not in the folder: safe, secret register"
    )
    number: Word | None = told(None, "Number under which it is kept")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin(Record):
    """The plan version a case runs under, and the digest of its content."""

    defined: ClassVar[tuple[str, str]] = ("pin", "Plan versions, pinned at opening")
    id: Word = field(metadata=says("Id of the plan"))
    version: Word = field(metadata=says("Its version"))
    digest: Digest = field(metadata=says("SHA-256 of the plan's content"))


def _changeable() -> Mapping[str, Any]:
    """What an amendment may set: fields of entries and of the head, each with its type."""
    found: dict[str, Any] = {}
    for record, fixed in ((Entry, ("kind", "id", "recorded", "set")), (Case, _NO_AMENDING)):
        types = get_type_hints(record, include_extras=True)
        found |= {name: types[own] for own, name in written(record).items() if own not in fixed}
    return found


_NO_AMENDING = ("yuqing", "id", "drill", "log")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """One line of the log. Fields that the kind does not have are empty.

    ``at``: when it happened, as stated. ``recorded``: when the program wrote it down; absent
    while a hand-written entry waits for ``yuqing save``. Both are aware datetimes.
    Lists are tuples, also where the file has a single word (``to: cac``).
    """

    kind: Word = field(metadata=says("What it is"))
    at: Time = field(metadata=says("When it happened, as stated"))
    by: Body | None = told(None, "Organ or post that did it; default: the duty post")
    recorded: Time | None = told(None, "When it was written down; only the program writes it")
    id: Annotated[str, Reads("entry_id", _ENTRY_ID)] | None = told(
        None, "Name of the entry; only the program writes it"
    )
    text: Word | None = told(None, "Words; several lines as a | block")
    because: Word | None = told(None, "Reason")
    clause: Words = told((), "Article applied, criterion matched, legal basis")
    number: Word | None = told(None, "Document number of this act")
    facts: Annotated[Mapping[str, Value], Reads("facts", _BY_NAME)] = told(
        {}, "What was observed (published: figures stated)"
    )
    links: Words = told((), "Web addresses")
    tags: Words = told((), "Free labels")
    files: Annotated[tuple[File, ...], OneOrMany()] = told((), "Papers of the case")
    re: Entries = told((), "The entry this one is about")
    closes: Entries = told((), "Open items this act fulfils")
    until: Due | None = told(None, "End of a period that began at `at`")
    estimated: Flag = told(False, "`at` is an estimate; the basis stands in `because`")
    # own fields of kinds
    source: Word | None = told(None, "Where it was found")
    event: Word | None = told(None, "A moment that the plan declares")
    grades: Annotated[Mapping[str, str], Reads("grades", _BY_NAME)] = told({}, "Scale → level")
    proposed: Flag = told(False, "Only a proposal; the confirmation is an entry of its own")
    to: Bodies = told((), "Recipients; different times, different entries")
    form: Form | None = told(None, "How it was done")
    document: Word | None = told(None, "Which paper of the plan")
    from_: Bodies = told((), "Who sent it", alias="from")
    due: Due | None = told(None, "By when: an open item, a promise, a limit moved")
    code: Word | None = told(None, "Code that the other side wrote down")
    with_: Bodies = told((), "Who took part", alias="with")
    meeting: Word | None = told(None, "Name of the meeting")
    matter: Word | None = told(None, "Gate of the plan, or what was decided")
    outcome: Literal["agreed", "refused", "partly"] | None = told(None, "What was decided")
    duty: Word | None = told(None, "[PLAN/]DUTY, or DUTY@TIME for one due time of a repeated one")
    signed_as: Word | None = told(None, "Unit or spokesperson whose name stands under the words")
    corrects: Named | None = told(None, "The own earlier statement that is put right")
    request: Literal["correction", "referral"] | None = told(None, "What is requested")
    release: Flag = told(False, "The limit is waived")
    pause: Flag = told(False, "The clock is stopped")
    resume: Flag = told(False, "The clock runs again")
    unit: Body | None = told(None, "The one unit whose limit is meant")
    of: Annotated[str, Reads("entry_or_head", _NAMED)] | None = told(
        None, "The entry that is corrected, or `head`"
    )
    set: Annotated[
        Mapping[str, Any],
        MapOf(_changeable),
        Reads("set", {"type": "object", "minProperties": 1}),
    ] = told({}, "New values: field → value; facts and grades are merged by name")
    """Of ``amended``: field name (as in the file) to its new, already validated value."""
    void: Flag = told(False, "The entry is taken out")
    case: Annotated[str, Reads("case_id", _CASE_ID)] | None = told(None, "The other case")
    relation: Literal["duplicate-of", "part-of", "follows", "related"] | None = told(
        None, "How the two belong together"
    )
    # where it stands; not part of the file's fields
    place: int = field(default=-1, compare=False, metadata=outside("place"))
    """Position in the log, from 0; breaks ties of ``at``."""
    line: int = field(default=0, compare=False, metadata=outside("line"))
    """First line in the file, from 1."""
    known: dt.datetime | None = field(default=None, compare=False, metadata=outside("known"))
    """Effective log only: when an amendment that moved ``at`` was recorded."""

    @property
    def was_known(self) -> dt.datetime | None:
        """When the record first said what this entry now says: ``known``, else ``recorded``."""
        return self.known or self.recorded


@dataclass(frozen=True, slots=True)
class Kind:
    """What one entry kind needs: ``own`` fields, ``required`` ones, and sets of which at
    least one must be there (``one_of``) or exactly one (``exactly_one``)."""

    own: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    exactly_one: tuple[tuple[str, ...], ...] = ()


COMMON = (
    "kind", "at", "by", "recorded", "id", "text", "because", "clause", "number", "facts",
    "links", "tags", "files", "re", "closes", "until", "estimated",
)  # fmt: skip
"""Fields that every kind may have."""

_REASON = (("because", "number"),)
_WORDS = (("text", "files"),)

KINDS: Mapping[str, Kind] = {
    "occurred": Kind(),
    "discovered": Kind(own=("source",)),
    "activated": Kind(),
    "concluded": Kind(),
    "calmed": Kind(one_of=_REASON),
    "lifted": Kind(one_of=_REASON),
    "relapsed": Kind(),
    "closed": Kind(),
    "reopened": Kind(one_of=_REASON),
    "event": Kind(own=("event",), required=("event",)),
    "noted": Kind(one_of=(("text", "facts", "links", "files", "tags"),)),
    "graded": Kind(
        own=("grades", "proposed"),
        required=("grades",),
        one_of=(("because", "number", "clause"),),
    ),
    "reported": Kind(own=("to", "form", "document"), required=("to",)),
    "received": Kind(own=("from", "form", "document", "due", "code"), one_of=(("from", "re"),)),
    "convened": Kind(own=("with", "meeting", "form"), required=("with",)),
    "decided": Kind(own=("matter", "outcome", "form"), required=("matter", "outcome", "by")),
    "assigned": Kind(own=("to", "due"), required=("to",), one_of=(("text", "number"),)),
    "done": Kind(own=("duty",), one_of=(("closes", "duty"),)),
    "published": Kind(
        own=("signed_as", "form", "document", "corrects"),
        required=("signed_as",),
        one_of=_WORDS,
    ),
    "replied": Kind(
        own=("signed_as", "to", "form", "document", "due", "corrects"),
        required=("signed_as", "to"),
        one_of=_WORDS,
    ),
    "requested": Kind(
        own=("request", "to", "form"),
        required=("request", "to", "text", "because", "clause", "files"),
    ),
    "adjusted": Kind(
        own=("duty", "due", "release", "pause", "resume", "unit"),
        required=("by",),
        one_of=(("duty", "re"), *_REASON),
        exactly_one=(("due", "release", "pause", "resume"),),
    ),
    "amended": Kind(
        own=("of", "set", "void"),
        required=("of",),
        one_of=_REASON,
        exactly_one=(("set", "void"),),
    ),
    "linked": Kind(own=("case", "relation"), required=("case", "relation")),
}
"""The 24 kinds. ``decided`` needs a reason too unless agreed, ``closed`` if something is open;
in a secret case words are refused and a ``number`` takes their place (``read`` sees to it)."""

FORMS: tuple[Form, ...] = get_args(Form)
"""How an act was done (形式)."""


_LOGBOOK = "LOG-"
"""Begins the id of a logbook."""


# --- the file --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Record):
    """Head and log as the file has them. A logbook (``LOG-2026-11``) is one too."""

    id: Annotated[str, Reads("head_id", _HEAD_ID)] = field(
        metadata=says("Equals the name of the file")
    )
    title: Annotated[Word, Reads("title", {**_SCALAR, "maxLength": 80})] = field(
        metadata=says("No names of citizens")
    )
    plans: tuple[Pin, ...] = told((), "Plan versions, pinned at opening")
    log: Annotated[tuple[Entry, ...], OneOrMany(single=False)] = told((), "Entries; the last key")
    yuqing: Annotated[int, Reads("format", {"enum": [1, "1"]})] = told(1, "Format version")
    drill: Flag = told(False, "A drill; can never be changed")
    secrecy: Literal["internal", "secret"] | None = told(
        None, "secret: no words, numbers of papers only"
    )

    @property
    def is_logbook(self) -> bool:
        """Routine duties of a month, no incident."""
        return self.id.startswith(_LOGBOOK)

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of that id, as written."""
        return next((e for e in self.log if e.id == entry_id), None)

    def as_of(self, moment: dt.datetime) -> Case:
        """The record as it stood then: entries recorded later are not seen, nor are
        hand-written ones that nobody has stamped yet."""
        seen = tuple(e for e in self.log if e.recorded is not None and e.recorded <= moment)
        return replace(self, log=seen)


def typed_id(case_id: str) -> str:
    """The case as one types it: the end of its id, ``7K3M``; ``log`` for a logbook."""
    return "log" if case_id.startswith(_LOGBOOK) else case_id.rpartition("-")[2]


# --- what is derived, never stored -----------------------------------------------------

State = Literal["foreseen", "open", "calm", "lifted", "closed"]


def _amendments(log: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], frozenset[str]]:
    """Amendments in force in file order, and the ids of entries they void.

    Read backwards, because only a later amendment can void an earlier one.
    """
    void: set[str] = set()
    for entry in reversed(log):
        if entry.kind == "amended" and entry.void and entry.id not in void and entry.of:
            void.add(entry.of)
    in_force = tuple(e for e in log if e.kind == "amended" and not e.void and e.id not in void)
    return in_force, frozenset(void)


def _amend(entry: Entry, amendment: Entry) -> Entry:
    changes: dict[str, Any] = {}
    for name, value in amendment.set.items():
        attribute = name + "_" if name in ("from", "with") else name
        merged = name in ("facts", "grades")  # by name; every other field is replaced whole
        changes[attribute] = {**getattr(entry, name), **value} if merged else value
    if "at" in changes:  # an amended time counts as recorded when it was amended
        changes["known"] = amendment.recorded
    return replace(entry, **changes)


def effective(case: Case) -> tuple[Entry, ...]:
    """The log with amendments applied and void entries out, ordered by (``at``, place)."""
    return _effective(case.log)


@partial(remembered, most=1)  # a command asks about one case several times in a row
def _effective(log: tuple[Entry, ...]) -> tuple[Entry, ...]:
    seen: Iterable[Entry] = log
    if _amended(log):
        amendments, void = _amendments(log)
        entries = {e.id or f"#{e.place}": e for e in log}
        for amendment in amendments:
            target = entries.get(amendment.of or "")
            if target is not None:
                entries[amendment.of or ""] = _amend(target, amendment)
        seen = (e for e in entries.values() if e.id is None or e.id not in void)
    return tuple(sorted(seen, key=attrgetter("at", "place")))


def _amended(log: tuple[Entry, ...]) -> bool:
    return "amended" in [entry.kind for entry in log]


def current(case: Case) -> Case:
    """The case with the head as amended: ``title``, ``secrecy``, plans added.

    Another version of a plan takes the place of the one before: a case runs under one version.
    """
    changed = case
    for amendment in _amendments(case.log)[0] if _amended(case.log) else ():
        if amendment.of != "head":
            continue
        values = dict(amendment.set)
        added = values.pop("plans", ())
        moved = {pin.id: pin for pin in added}
        kept = tuple(moved.get(pin.id, pin) for pin in changed.plans)
        plans = kept + tuple(pin for pin in added if pin not in kept)
        changed = replace(changed, plans=plans, **values)
    return changed


def state(log: tuple[Entry, ...]) -> State:
    """State of a case by its effective log: the latest of the moments that change it."""
    now: State = "foreseen"
    before: State = now
    for entry in log:
        match entry.kind:
            case "discovered" if now == "foreseen":
                now = "open"
            case "relapsed":
                now = "open"
            case "calmed":
                now = "calm"
            case "lifted":
                now = "lifted"
            case "closed":
                before, now = (now, "closed") if now != "closed" else (before, now)
            case "reopened" if now == "closed":
                now = before
    return now


def closings_in_force(log: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """``closed`` entries that no later ``reopened`` undid."""
    reopened = max((i for i, e in enumerate(log) if e.kind == "reopened"), default=-1)
    return tuple(e for e in log[reopened + 1 :] if e.kind == "closed")


IMPORTED = "imported"
"""Tag of an entry that an old ledger was the source of: written down long after it happened."""
WATCH = ("watch", "关注", "跟踪")
"""Tags of a note that keeps a case in sight until its ``until``, closed or not."""


def watches(log: tuple[Entry, ...], now: dt.datetime) -> tuple[Entry, ...]:
    """Notes tagged :data:`WATCH` whose ``until`` has not passed at ``now``, soonest first.

    ``now`` is aware, in the plan's zone; a date lasts to its 24:00. They ask for nothing and
    block nothing.
    """
    found = [
        (ends, entry)
        for entry in log
        if entry.kind == "noted" and entry.until is not None and set(entry.tags) & set(WATCH)
        and (ends := watch_ends(entry.until, now.tzinfo)) >= now
    ]  # fmt: skip
    return tuple(entry for _, entry in sorted(found, key=lambda each: each[0]))


def watch_ends(until: Due, zone: dt.tzinfo | None) -> dt.datetime:
    """The moment itself, or the end of the day in ``zone``."""
    if isinstance(until, dt.datetime):
        return until
    return dt.datetime.combine(until + dt.timedelta(days=1), dt.time(0), zone)
