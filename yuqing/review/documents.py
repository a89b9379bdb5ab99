"""The plan's documents: which parts they must have, what they are for, what must come first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from yuqing.case import Case, Entry, effective
from yuqing.clock.gates import Clearance, clearances
from yuqing.clock.moments import acts_in
from yuqing.errors import Said
from yuqing.plan import Document, Moment, Plan
from yuqing.review.names import Names
from yuqing.review.roles import ROLES, Role, acts_of, document_for, role
from yuqing.review.rows import FactRow, GradeRow, Line, Part
from yuqing.span import Calendar
from yuqing.variants import fold
from yuqing.words import N_

__all__ = [
    "ACTS", "PARTS", "ROLES", "Laid", "Role", "acts_of", "document_for", "lacking", "laid",
    "parts", "role", "same_words", "unproved",
]  # fmt: skip

# --- parts of a document ---------------------------------------------------------------

ACTS = frozenset(
    ("reported", "convened", "decided", "assigned", "done", "published", "replied", "requested")
)
"""Kinds that are the office's own handling."""

PARTS: Mapping[Role, tuple[str, ...]] = {
    "first-report": ("occurrence", "judgement", "measures", "suggestion"),
    "basic-facts": (
        "time", "place", "category", "casualties", "property_loss", "attitude", "measures",
        "judgement",
    ),
    "written-after-oral": ("occurrence", "judgement", "measures", "suggestion"),
    "follow-up": ("progress", "derived"),
    "warning-notice": (
        "object", "level", "start_time", "scope", "matters", "measures", "issuer",
    ),
    "flash": ("item", "judgement"),
    "digest": ("item", "judgement"),
    "handling-feedback": ("handling", "result"),
    "briefing": ("cause", "facts", "handling"),
    "submission": ("item", "suggestion"),
    "correction-request": ("sentence", "evidence", "legal_basis"),
    "referral": ("facts", "evidence", "legal_basis"),
    "review": ("occurrence", "spread", "handling", "lessons", "trend"),
    "analysis": ("features", "effect", "experience", "problems", "suggestions"),
    "final-report": ("cause", "facts", "handling", "result"),
    "case-card": ("claim", "source", "team"),
    "drill-evaluation": ("experience", "problems", "improvement"),
    "relief-plan": ("losses", "compensation", "relief"),
}  # fmt: skip
"""What each kind of document holds where the plan does not say (the common parts of the source
plans); never said to be asked by the plan."""

_OBSERVED = frozenset(
    ("time", "place", "category", "casualties", "property_loss", "level", "start_time", "source",
     "team", "occurrence", "spread", "handling", "effect", "progress", "course")
)  # fmt: skip
"""Parts that the record fills; all others are sentences of a person's."""

_PART_KINDS: Mapping[str, frozenset[str]] = {
    "time": frozenset(("occurred", "discovered", "relapsed")),
    "occurrence": frozenset(("occurred", "discovered", "relapsed", "activated")),
    "item": frozenset(("occurred", "discovered", "relapsed")),
    "measures": ACTS - {"reported"},
    "effect": ACTS - {"reported"},
    "handling": ACTS | {"concluded", "calmed", "lifted", "event"},
    "progress": ACTS | {"concluded", "calmed", "lifted", "relapsed", "event", "received"},
    "result": frozenset(("concluded",)),
    "course": ACTS | {"occurred", "discovered", "concluded", "calmed", "lifted", "event"},
}
"""Parts that the timeline itself answers, and with which kinds."""


def parts(
    document: Document,
    what: Role,
    timeline: Sequence[Line],
    grades: Sequence[GradeRow],
    observed: Sequence[FactRow],
    part_key: Callable[[str], str],
) -> tuple[Part, ...]:
    """What the document holds, with what the record has for each part.

    A part is filled by a fact of its name, by the gradings and acts it stands for, and by every
    entry that carries its name as a tag. ``what``: the document's role; its usual parts stand in
    where the plan names none. ``part_key``: the part as a plan writes it to the name known here
    (發生情況 → occurrence).
    """
    return tuple(
        Part(
            id=part,
            tag=part,
            values=_values(part, part_key(part), timeline, grades, observed),
            asked=bool(document.requires),
            written=part_key(part) not in _OBSERVED,
        )
        for part in document.requires or PARTS.get(what, ())
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
        found += [g for g in grades if key == "judgement" or g.scale_id == "level" or _warns(g)]
    if key == "spread":
        found += [row for row in observed if row.type in ("integer", "choice")]
    if key == "facts":
        found += latest.values()
    if key == "losses":
        found += [row for row in latest.values() if "loss" in row.id or "casualt" in row.id]
    if key == "trend":
        found += [row for row in latest.values() if "trend" in row.id]
    kinds = _PART_KINDS.get(key, frozenset())
    found += [line for line in timeline if line.what in kinds]
    for line in timeline:
        if part in line.tags or key in line.tags:
            found += [text for text in (line.text or "").split("\n") if text.strip()]
            found += (*line.files, *line.links) if key == "evidence" else ()
        found += _of_the_line(key, line)
    return tuple(dict.fromkeys(found))


def _warns(row: GradeRow) -> bool:
    """Is this a scale of warnings?"""
    return row.scale_id == "warning" or "预警" in fold(row.scale)


def _of_the_line(key: str, line: Line) -> tuple[str, ...]:
    """What one field of an entry says to a part."""
    proof = line.what == "requested" or any(row.scale_id == "truth" for row in line.grades)
    found: dict[str, tuple[str, ...]] = {
        "source": (line.source or "",),
        "team": line.to if line.what == "assigned" else (),
        "sentence": (line.text or "",) if line.request == "correction" else (),
        "legal_basis": line.clause if line.what == "requested" else (),
        "evidence": (*line.files, *line.links) if proof else (),
    }
    if key == "facts" and line.request == "referral":
        return tuple(text for text in (line.text or "").split("\n") if text.strip())
    return tuple(text for text in found.get(key, ()) if text)


# --- what must come first --------------------------------------------------------------


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
    what = role(document, plans)
    spent = [e for e in log if _said_otherwise(e, document, what)]
    tried = [
        e for e in log
        if e.kind == "decided" and e.matter in matters and _worded(e)
        and not any(same_words(e, other) for other in spent)
    ]  # fmt: skip
    for entry in reversed(tried):
        words = {"text": entry.text, "files": entry.files}
        found = _gates_before(words, document, case, plans, calendar, now)
        if all(each.cleared for each in found):
            return Laid(entry)
    own = [
        e for e in log
        if (e.document == document.id or (e.corrects and what == "correction"))
        and e not in spent and _worded(e)
    ]  # fmt: skip
    last = max((*tried, *own), key=lambda e: (e.at, e.place), default=None)
    if last is not None and tried:
        words = {"text": tried[-1].text, "files": tried[-1].files}
        bare = _gates_before(words, document, case, plans, calendar, now)
    lacks = {(each.plan, each.gate.id): lacking(each, names) for each in bare if not each.cleared}
    return Laid(last, tuple(said for each in lacks.values() for said in each))


def _said_otherwise(entry: Entry, document: Document, what: Role) -> bool:
    """Were these words put out as another paper, or are they what a correction puts right?

    Words that were put out as no paper in particular are a statement's or a reply's."""
    if entry.kind not in ("published", "replied"):
        return False
    if what == "correction":
        return entry.corrects is None
    if entry.document is not None:
        return entry.document != document.id
    return what != {"published": "statement", "replied": "reply"}[entry.kind]


def same_words(one: Entry, other: Entry) -> bool:
    """Do two entries carry the same text, or the same papers?"""
    files = [{f.sha256 or f.number for f in e.files} for e in (one, other)]
    return bool(one.text and one.text == other.text) or bool(files[0] and files[0] == files[1])


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
    params: dict[str, object]
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


def _what(need: Moment, clearance: Clearance, names: Names) -> str | Said:
    """A step that is no approval, by its recipients or its event, else as the gate says it."""
    for act in acts_in(need):
        if act.kind == "convened":
            return Said(N_("the meeting"))
        to = names.organs(act.fields.get("to", ()))
        if to:
            return " / ".join(to)
        event = names.event(act.kind)
        if event and event != act.kind:
            return event
    return clearance.gate.does or clearance.gate.id
