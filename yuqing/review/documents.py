"""The plan's documents: which parts they must have, what they are for, what must come first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from yuqing.case import Case, Entry, effective
from yuqing.clock.gates import Clearance, clearances
from yuqing.clock.moments import acts_in
from yuqing.errors import Said
from yuqing.plan import Act, Document, Moment, Plan
from yuqing.review.names import Names
from yuqing.review.rows import FactRow, GradeRow, Line, Part
from yuqing.span import Calendar
from yuqing.words import N_

# --- parts of a document ---------------------------------------------------------------

ACTS = frozenset(
    ("reported", "convened", "decided", "assigned", "done", "published", "replied", "requested")
)
"""Kinds that are the office's own handling."""

_PART_KINDS: Mapping[str, frozenset[str]] = {
    "time": frozenset(("occurred", "discovered", "relapsed")),
    "occurrence": frozenset(("occurred", "discovered", "relapsed", "activated")),
    "measures": ACTS - {"reported"},
    "effect": ACTS - {"reported"},
    "handling": ACTS | {"concluded", "calmed", "lifted", "event"},
    "progress": ACTS | {"concluded", "calmed", "lifted", "relapsed", "event", "received"},
}
"""Parts that the timeline itself answers, and with which kinds."""


def parts(
    document: Document | None,
    timeline: Sequence[Line],
    grades: Sequence[GradeRow],
    observed: Sequence[FactRow],
    part_key: Callable[[str], str],
) -> tuple[Part, ...]:
    """What the plan asks of the document, with what the record holds for each part.

    A part is filled by a fact of its name, by the gradings and acts it stands for, and by every
    entry that carries its name as a tag. ``part_key``: the part as a plan writes it to the
    name known here (發生情況 → occurrence).
    """
    return tuple(
        Part(
            id=part,
            tag=part,
            values=_values(part, part_key(part), timeline, grades, observed),
        )
        for part in (document.requires if document else ())
    )


def _values(
    part: str,
    key: str,
    timeline: Sequence[Line],
    grades: Sequence[GradeRow],
    observed: Sequence[FactRow],
) -> tuple[FactRow | GradeRow | Line | str, ...]:
    found: list[FactRow | GradeRow | Line | str] = []
    latest = {row.id: row for row in observed}
    if part in latest or key in latest:
        found.append(latest.get(part) or latest[key])
    if key == "category":
        found += [g for g in grades if g.scale_id not in ("level", "truth")]
    if key in ("judgement", "level"):
        found += [g for g in grades if key == "judgement" or g.scale_id == "level"]
    if key == "spread":
        found += [row for row in observed if row.type in ("integer", "choice")]
    if key == "trend":
        found += [row for row in latest.values() if "trend" in row.id]
    kinds = _PART_KINDS.get(key, frozenset())
    found += [line for line in timeline if line.what in kinds]
    for line in timeline:
        if part in line.tags or key in line.tags:
            found += [text for text in (line.text or "").split("\n") if text.strip()]
    return tuple(found)


# --- what a document is for ------------------------------------------------------------

Role = Literal["first-report", "follow-up", "review", "statement", "document"]
"""What a document does in a case; each has a template of its own, the last is for all others."""

ROLES: Mapping[str, Role] = {
    "first-report": "first-report", "初报": "first-report", "首报": "first-report",
    "初報": "first-report", "首報": "first-report",
    "follow-up": "follow-up", "续报": "follow-up", "續報": "follow-up",
    "review": "review", "复盘": "review", "復盤": "review", "複盤": "review",
}  # fmt: skip
"""Words for a document by what it is for; a plan may call it something else, or nothing."""

_AFTERWARDS = frozenset(("calmed", "lifted", "concluded", "closed"))


def role(document: Document, plans: Sequence[Plan]) -> Role:
    """What a document is for: its id says so, or the duties that it discharges.

    Owed once matters are over: a review. Owed again and again, or until something: a
    follow-up. Owed from the discovery on: a first report. Put out to the public or an asker: a
    statement, which tells nothing of the office's own handling.
    """
    called: tuple[Role, ...] = ("first-report", "follow-up", "review")
    for name in called:
        if document.id == name:
            return name
    found: set[Role] = set()
    for plan in plans:
        for duty in plan.duties.values():
            kinds = {a.kind for m in duty.done_by for a in acts_in(m) if _names(a, document)}
            if "reported" not in kinds:
                continue
            starts = {a.kind for a in acts_in(duty.start)} if duty.start else set()
            if starts & _AFTERWARDS:
                found.add("review")
            elif duty.until or duty.repeat:
                found.add("follow-up")
            elif starts & {"discovered", "occurred"}:
                found.add("first-report")
    order: tuple[Role, ...] = ("review", "first-report", "follow-up")
    kinds = {str(fields["kind"]) for fields in acts_of(document, plans)}
    rest: Role = "statement" if kinds and kinds <= {"published", "replied"} else "document"
    return next((each for each in order if each in found), rest)


def document_for(wanted: Role, plans: Sequence[Plan]) -> Document | None:
    """The plan's document that serves as first report, follow-up or review: the one called so,
    else the first that is owed as one; ``None`` if the plan declares none."""
    declared = [d for p in plans for d in p.documents.values()]
    named = [d for d in declared if d.id == wanted]
    serving = (d for d in declared if role(d, plans) == wanted)
    return next(iter((*named, *serving)), None)


def _names(act: Act, document: Document) -> bool:
    return document.id in act.fields.get("document", ())


# --- what must come first --------------------------------------------------------------

_BY_WORD: tuple[tuple[tuple[str, ...], Mapping[str, str]], ...] = (
    (("correction-request", "correction", "更正请求", "更正請求"),
     {"kind": "requested", "request": "correction"}),
    (("referral", "移送", "商请", "商請"), {"kind": "requested", "request": "referral"}),
    (("bulletin", "statement", "announcement", "press-release", "通报", "通報", "公告", "声明",
      "聲明", "通稿", "公报", "公報"), {"kind": "published"}),
    (("reply", "答复", "答覆", "回复", "回覆"), {"kind": "replied"}),
)  # fmt: skip
"""What a document is sent out as, where no duty or gate of the plan ties it to an act."""


def acts_of(document: Document, plans: Sequence[Plan]) -> tuple[Mapping[str, object], ...]:
    """The acts that would send this document out, as fields of an entry."""
    tied = [
        {
            "kind": act.kind,
            "to": act.fields.get("to", ()),
            "form": next(iter(act.fields.get("form", ())), None),
        }
        for plan in plans
        for moment in _moments(plan)
        for act in acts_in(moment)
        if _names(act, document) and act.kind not in ("received", "decided")
    ]
    if tied:
        return tuple(tied)
    for words, fields in _BY_WORD:
        if any(word in document.id or word in document.title for word in words):
            return (fields,)
    return ()


def _moments(plan: Plan) -> Iterator[Moment]:
    """The moments of a plan that say what is sent, and before what."""
    for duty in plan.duties.values():
        yield from duty.done_by
    for gate in plan.gates.values():
        yield gate.before


@dataclass(frozen=True, slots=True)
class Laid:
    """The words that a document would carry. ``entry``: who laid or approved them last, or put
    them out; ``missing``: what still stands before them, empty if they may go out."""

    entry: Entry | None
    missing: tuple[Said, ...] = ()


def laid(
    document: Document,
    case: Case,
    plans: Sequence[Plan],
    calendar: Calendar,
    names: Names,
    now: dt.datetime,
) -> Laid:
    """The words of a document and the gates before the act that would send it.

    Approval binds to the exact words: the latest of the texts laid before an approver that has
    passed every step; if none has, the latest, with what it lacks.
    """
    log = effective(case)
    bare = _gates_before({}, document, case, plans, calendar, now)
    matters = {each.gate.id for each in bare}
    tried = [e for e in log if e.kind == "decided" and e.matter in matters and _worded(e)]
    for entry in reversed(tried):
        words = {"text": entry.text, "files": entry.files}
        found = _gates_before(words, document, case, plans, calendar, now)
        if all(each.cleared for each in found):
            return Laid(entry)
    own = [e for e in log if e.document == document.id and _worded(e)]
    last = max((*tried, *own), key=lambda e: (e.at, e.place), default=None)
    if last is not None and tried:
        words = {"text": tried[-1].text, "files": tried[-1].files}
        bare = _gates_before(words, document, case, plans, calendar, now)
    lacks = {(each.plan, each.gate.id): lacking(each, names) for each in bare if not each.cleared}
    return Laid(last, tuple(said for each in lacks.values() for said in each))


def _worded(entry: Entry) -> bool:
    return bool(entry.text or entry.files)


def _gates_before(
    words: Mapping[str, object],
    document: Document,
    case: Case,
    plans: Sequence[Plan],
    calendar: Calendar,
    now: dt.datetime,
) -> tuple[Clearance, ...]:
    """The gates in force before an act that would put exactly these words out now."""
    return tuple(
        each
        for fields in acts_of(document, plans)
        for each in clearances(
            case,
            plans,
            calendar,
            Entry(at=now, document=document.id, **fields, **words),  # type: ignore[arg-type]  # entry fields
        )
    )


def unproved(document: Document, case: Case, plans: Sequence[Plan]) -> bool:
    """Is this a correction request or referral whose untrue statement nobody has established?

    It needs a finding (``truth``: untrue or partly, not only proposed) that carries evidence,
    itself or in an entry that it is about or that is about it.
    """
    if not any(fields.get("kind") == "requested" for fields in acts_of(document, plans)):
        return False
    log = effective(case)
    findings = [e for e in log if "truth" in e.grades and not e.proposed]
    if not findings or findings[-1].grades["truth"] not in ("untrue", "partly"):
        return True
    finding = findings[-1]
    about = [
        e for e in log
        if e is finding or e.id in finding.re or (finding.id is not None and finding.id in e.re)
    ]  # fmt: skip
    return not any(e.files or e.links for e in about)


def lacking(clearance: Clearance, names: Names) -> tuple[Said, ...]:
    """What a gate still misses, in sentences."""
    clause = clearance.gate.clause
    said: list[Said] = []
    if clearance.only_if is not True:
        key = N_("{clause}: its condition is not on record as met")
        said.append(Said(key, {"clause": clause}))
    for step in clearance.missing:
        organs = " / ".join(names.organs(step.organs))
        if step.refused is not None:
            key = N_("{clause}: {organs} did not agree ({entry})")
            params = {"clause": clause, "organs": organs, "entry": step.refused.id or "?"}
        elif step.organs:
            key = N_("{clause}: not yet agreed by {organs}")
            params = {"clause": clause, "organs": organs}
        else:
            key = N_("{clause}: {does} has not happened yet")
            params = {"clause": clause, "does": _what(step.need, clearance, names)}
        said.append(Said(key, params))
    return tuple(said)


def _what(need: Moment, clearance: Clearance, names: Names) -> str:
    """A step that is no approval, by its recipients or its event, else as the gate says it."""
    for act in acts_in(need):
        to = names.organs(act.fields.get("to", ()))
        if to:
            return " / ".join(to)
        event = names.event(act.kind)
        if event and event != act.kind:
            return event
    return clearance.gate.does or clearance.gate.id
