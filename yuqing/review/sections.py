"""The sections of documents that people still have to write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from yuqing.case import Case, current, effective
from yuqing.clock import Standing
from yuqing.plan import Document, Office, Plan
from yuqing.review.documents import parts
from yuqing.review.facts import gradings, in_force, lines, observations
from yuqing.review.names import Names
from yuqing.review.roles import LOOKING_BACK, owed_as, role
from yuqing.review.rows import Part


def open_sections(
    document: Document,
    case: Case,
    plans: Sequence[Plan],
    office: Office,
    part_key: Callable[[str], str] = str,
) -> tuple[Part, ...]:
    """The sections of a document that people still have to write, as the case stands."""
    case = current(case)
    zone = ZoneInfo(plans[0].timezone) if plans else None
    names = Names(tuple(plans), office)
    log = effective(case)
    grades = in_force(gradings(log, names, zone))
    observed = observations(log, names, zone)
    found = parts(
        document, role(document, plans), lines(case, names, zone), grades, observed, part_key
    )
    return tuple(part for part in found if part.missing and part.written)


def to_write(
    case: Case,
    plans: Sequence[Plan],
    standings: Sequence[Standing],
    office: Office,
    part_key: Callable[[str], str] = str,
) -> tuple[tuple[Document, tuple[Part, ...]], ...]:
    """The papers that look back on a case, are owed and not sent yet, and have sections that
    people still have to write."""
    log = effective(case)
    running = {
        (s.plan.partition("@")[0], s.duty.partition("@")[0]) for s in standings if not s.over
    }
    sent = {e.document for e in log if e.kind == "reported" and e.document}
    found = (
        (document, open_sections(document, case, plans, office, part_key))
        for plan in plans
        for document in plan.documents.values()
        if role(document, plans) in LOOKING_BACK
        and document.id not in sent
        and owed_as(document, plans) & running
    )
    return tuple((document, left) for document, left in found if left)
