"""Three flat tables for other programs: a row for each case, clock and entry.

Columns are added, never renamed. Office code and name stand in each row, so that the exports of
many offices can be laid together; ``counted`` says what figures are made of (no drill, no
duplicate), so that a sum over many offices agrees with their own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from yuqing.audit import verdicts
from yuqing.case import IMPORTED, Entry, state
from yuqing.check import people
from yuqing.plan import Office
from yuqing.review.names import Names
from yuqing.stats.duties import fallen_due, owes_reply, owing
from yuqing.stats.figure import first
from yuqing.stats.record import (
    Record,
    brought,
    channel,
    counted,
    discovery,
    grade,
    opened,
    over,
    satisfied,
    units,
)

Sort = Literal["text", "time", "flag", "count"]
"""What a column holds: text, a time with its offset, yes or no, a whole number."""
Value = str | dt.datetime | bool | int | None

_OFFICE: Mapping[str, Sort] = {
    "office_code": "text", "office": "text", "case_id": "text", "counted": "flag", "drill": "flag",
}  # fmt: skip
TABLES: Mapping[str, Mapping[str, Sort]] = {
    "cases": {
        **_OFFICE,
        "title": "text", "secrecy": "text", "plans": "text", "state": "text", "imported": "flag",
        "opened_at": "time", "found_at": "time", "source": "text", "brought": "flag",
        "level": "text", "level_name": "text", "category": "text", "category_name": "text",
        "truth": "text", "units": "text", "reported_at": "time", "published_at": "time",
        "replied_at": "time", "concluded_at": "time", "calmed_at": "time", "closed": "flag",
        "owes_reply": "flag", "satisfied": "flag", "entries": "count",
    },
    "clocks": {
        **_OFFICE,
        "plan": "text", "duty": "text", "item": "flag", "does": "text", "clause": "text",
        "round": "count", "unit": "text", "owed_by": "text", "owed_to": "text", "missing": "text",
        "level": "text", "start_at": "time", "target_at": "time", "limit_at": "time",
        "word": "text", "done_at": "time", "done_recorded_at": "time", "state": "text",
        "record": "text", "fallen_due": "flag", "in_time": "flag", "arose_late": "flag",
        "estimated": "flag", "provisional": "flag", "taken_minutes": "count",
    },
    "entries": {
        **_OFFICE,
        "place": "count", "entry": "text", "kind": "text", "at": "time", "recorded": "time",
        "estimated": "flag", "done_by": "text", "done_by_name": "text", "sent_to": "text", "sent_from": "text",
        "form": "text", "document": "text", "source": "text", "grades": "text",
        "proposed": "flag", "signed_as": "text", "duty": "text", "matter": "text",
        "outcome": "text", "due": "text", "text": "text", "because": "text", "clause": "text",
        "number": "text", "facts": "text", "links": "text", "tags": "text", "re": "text",
        "closes": "text",
    },
}  # fmt: skip
"""Table → column → what it holds, in their order. ``help lake`` says what each means."""


def rows(
    table: str, records: Iterable[Record], office: Office, *, zone: dt.tzinfo
) -> Iterator[dict[str, Value]]:
    """The rows of one table, case after case, as records come; times in ``zone``.

    What looks like data of people is masked. ``table``: ``cases``, ``clocks`` or ``entries``.
    """
    made = {"cases": _case, "clocks": _clocks, "entries": _entries}[table]
    for record in records:
        begin: dict[str, Value] = {
            "office_code": office.code,
            "office": office.name,
            "case_id": record.case.id,
            "counted": bool(counted([record], demo=office.demo)),
            "drill": record.case.drill,
        }
        for own in made(record, office):
            yield {name: _value({**begin, **own}.get(name), zone, office) for name in TABLES[table]}


def _value(value: Value, zone: dt.tzinfo, office: Office) -> Value:
    if isinstance(value, dt.datetime):
        return value.astimezone(zone)
    if isinstance(value, str):
        return people.masked(value, office.own_accounts) or None
    return value


def _case(record: Record, office: Office) -> Iterator[dict[str, Value]]:
    case, log, names = record.case, record.log, Names(record.plans, office)
    found, ended, asked = discovery(log), over(log), satisfied(log)
    level, category = grade(log, "level"), grade(log, "category")
    yield {
        "title": case.title,
        "secrecy": case.secrecy,
        "plans": _listed([f"{pin.id}@{pin.version}" for pin in case.plans]),
        "state": state(log),
        "imported": any(IMPORTED in e.tags for e in log),
        "opened_at": opened(log),
        "found_at": _at(found),
        "source": channel(record, names),
        "brought": bool(brought(log)),
        "level": level,
        "level_name": names.level("level", level) if level else None,
        "category": category,
        "category_name": names.level("category", category) if category else None,
        "truth": grade(log, "truth"),
        "units": _listed(names.organs(units(log))),
        "reported_at": _at(first(log, "reported")),
        "published_at": _at(first(log, "published")),
        "replied_at": _at(first(log, "replied")),
        "concluded_at": _at(ended),
        "calmed_at": _at(first(log, "calmed")),
        "closed": state(log) == "closed",
        "owes_reply": owes_reply(record),
        "satisfied": bool(asked.facts["satisfied"]) if asked else None,
        "entries": len(log),
    }


def _clocks(record: Record, office: Office) -> Iterator[dict[str, Value]]:
    names = Names(record.plans, office)
    due = {id(each.standing): each for each in fallen_due([record])}
    answers = verdicts(record.standings, record.case)
    for s, verdict in zip(record.standings, answers, strict=True):
        fell = due.get(id(s))
        taken = s.done - s.start if s.done and s.start and s.done >= s.start else None
        yield {
            "plan": s.plan,
            "duty": s.duty,
            "item": s.item,
            "does": s.does,
            "clause": s.clause,
            "round": s.round,
            "unit": names.organ(s.for_),
            "owed_by": _listed(owing(fell, office) if fell else names.organs(s.who)),
            "owed_to": _listed(names.organs(s.to)),
            "missing": _listed(names.organs(s.missing)),
            "level": s.level,
            "start_at": s.start,
            "target_at": s.target,
            "limit_at": s.limit,
            "word": s.word,
            "done_at": s.done,
            "done_recorded_at": s.done_recorded,
            "state": s.state,
            "record": str(verdict.under_new or verdict.record),
            "fallen_due": fell is not None and not s.arose_late,
            "in_time": fell.in_time if fell else None,
            "arose_late": s.arose_late,
            "estimated": s.estimated,
            "provisional": s.provisional,
            "taken_minutes": int(taken.total_seconds()) // 60 if taken is not None else None,
        }


def _entries(record: Record, office: Office) -> Iterator[dict[str, Value]]:
    names = Names(record.plans, office)
    for place, e in enumerate(record.log, 1):
        yield {
            "place": place,
            "entry": e.id,
            "kind": e.kind,
            "at": e.at,
            "recorded": e.recorded,
            "estimated": e.estimated,
            "done_by": e.by or office.post,
            "done_by_name": names.by(e),
            "sent_to": _listed(names.organs(e.to)),
            "sent_from": _listed(names.organs(e.from_)),
            "form": e.form,
            "document": e.document,
            "source": e.source,
            "grades": _map(e.grades),
            "proposed": e.proposed,
            "signed_as": names.organ(e.signed_as),
            "duty": e.duty,
            "matter": e.matter,
            "outcome": e.outcome,
            "due": e.due.isoformat() if e.due else None,
            "text": e.text,
            "because": e.because,
            "clause": _listed(e.clause),
            "number": e.number,
            "facts": _map(e.facts),
            "links": "\n".join(e.links),
            "tags": _listed(e.tags),
            "re": _listed(e.re),
            "closes": _listed(e.closes),
        }


def _at(entry: Entry | None) -> dt.datetime | None:
    return entry.at if entry else None


def _listed(names: Sequence[str]) -> str:
    return "、".join(names)


def _map(value: Mapping[str, object]) -> str:
    """As JSON: names are the plan's, so they cannot be columns."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
