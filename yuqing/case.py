"""The case (案件): a short head and a log that only grows; everything else is derived.

One :class:`Entry` record serves all 24 kinds; :data:`KINDS` says which fields a kind has.
The notation is told by ``yuqing help case``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from yuqing.plan import Value

# --- fields ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A paper of the case: ``path`` inside its files folder, or ``kept`` elsewhere."""

    path: str | None = None
    sha256: str | None = None
    kept: str | None = None
    number: str | None = None


Due = dt.datetime | dt.date
"""A time, or a date (which ends as the plan's ``before_date`` says)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the log. Fields that the kind does not have are empty.

    ``at``: when it happened, as stated. ``recorded``: when the program wrote it down; absent
    while a hand-written entry waits for ``yuqing save``. Both are aware datetimes.
    Lists are tuples, also where the file has a single word (``to: cac``).
    """

    kind: str
    at: dt.datetime
    by: str | None = None
    recorded: dt.datetime | None = None
    id: str | None = None
    text: str | None = None
    because: str | None = None
    clause: tuple[str, ...] = ()
    number: str | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    re: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    until: Due | None = None
    estimated: bool = False
    # own fields of kinds
    source: str | None = None
    event: str | None = None
    grades: Mapping[str, str] = field(default_factory=dict)
    proposed: bool = False
    to: tuple[str, ...] = ()
    form: str | None = None
    document: str | None = None
    from_: tuple[str, ...] = field(default=(), metadata={"alias": "from"})
    due: Due | None = None
    code: str | None = None
    with_: tuple[str, ...] = field(default=(), metadata={"alias": "with"})
    meeting: str | None = None
    matter: str | None = None
    outcome: Literal["agreed", "refused", "partly"] | None = None
    duty: str | None = None
    signed_as: str | None = None
    corrects: str | None = None
    request: Literal["correction", "referral"] | None = None
    release: bool = False
    pause: bool = False
    resume: bool = False
    unit: str | None = None
    of: str | None = None
    set: Mapping[str, Any] = field(default_factory=dict)
    """Of ``amended``: field name (as in the file) to its new, already validated value."""
    void: bool = False
    case: str | None = None
    relation: Literal["duplicate-of", "part-of", "follows", "related"] | None = None
    # where it stands; not part of the file's fields
    place: int = field(default=-1, compare=False)
    """Position in the log, from 0; breaks ties of ``at``."""
    line: int = field(default=0, compare=False)
    """First line in the file, from 1."""
    known: dt.datetime | None = field(default=None, compare=False)
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

FORMS = (
    "phone", "oral", "written", "message", "email", "fax", "secure", "visit", "meeting",
    "notice", "post", "press-conference", "briefing", "interview",
)  # fmt: skip
"""How an act was done (形式)."""


# --- the file --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The plan version a case runs under, and the digest of its content."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Head and log as the file has them. A logbook (``LOG-2026-11``) is one too."""

    id: str
    title: str
    plans: tuple[Pin, ...] = ()
    log: tuple[Entry, ...] = ()
    yuqing: int = 1
    drill: bool = False
    secrecy: Literal["internal", "secret"] | None = None

    @property
    def is_logbook(self) -> bool:
        """Routine duties of a month, no incident."""
        return self.id.startswith("LOG-")

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of that id, as written."""
        return next((e for e in self.log if e.id == entry_id), None)

    def as_of(self, moment: dt.datetime) -> Case:
        """The record as it stood then: entries recorded later are not seen, nor are
        hand-written ones that nobody has stamped yet."""
        seen = tuple(e for e in self.log if e.recorded is not None and e.recorded <= moment)
        return replace(self, log=seen)


# --- what is derived, never stored -----------------------------------------------------

State = Literal["foreseen", "open", "calm", "lifted", "closed"]


def _amendments(case: Case) -> tuple[tuple[Entry, ...], frozenset[str]]:
    """Amendments in force in file order, and the ids of entries they void.

    Read backwards, because only a later amendment can void an earlier one.
    """
    void: set[str] = set()
    for entry in reversed(case.log):
        if entry.kind == "amended" and entry.void and entry.id not in void and entry.of:
            void.add(entry.of)
    in_force = tuple(e for e in case.log if e.kind == "amended" and not e.void and e.id not in void)
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
    amendments, void = _amendments(case)
    entries = {e.id or f"#{e.place}": e for e in case.log}
    for amendment in amendments:
        target = entries.get(amendment.of or "")
        if target is not None:
            entries[amendment.of or ""] = _amend(target, amendment)
    return tuple(
        sorted(
            (e for e in entries.values() if e.id is None or e.id not in void),
            key=lambda e: (e.at, e.place),
        )
    )


def current(case: Case) -> Case:
    """The case with the head as amended: ``title``, ``secrecy``, plans added.

    Another version of a plan takes the place of the one before: a case runs under one version.
    """
    changed = case
    for amendment in _amendments(case)[0]:
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
