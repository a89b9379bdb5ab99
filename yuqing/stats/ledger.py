"""The ledger (臺賬): one row for each case, every cell from its record.

No source lists the columns; each of these is asked for by at least one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from yuqing.audit import Record as Answer
from yuqing.audit import verdicts
from yuqing.case import Entry, state
from yuqing.errors import Said
from yuqing.plan import Office
from yuqing.review.documents import role
from yuqing.review.names import Names
from yuqing.stats.figures import INSTRUCTION
from yuqing.stats.record import Record, brought, discovery, grade, opened, over, satisfied, units
from yuqing.words import N_

Cell = str | Said | dt.datetime | tuple["str | Said", ...] | None
"""Text, a sentence, a time (aware), or several lines."""

COLUMNS: Mapping[str, tuple[str, int]] = {
    "case": (N_("No."), 20),
    "title": (N_("Title"), 36),
    "kind": (N_("Remark"), 10),
    "found": (N_("Found"), 17),
    "finder": (N_("Found by"), 14),
    "source": (N_("Channel"), 16),
    "handed": (N_("Handed in by, number"), 22),
    "links": (N_("Links"), 30),
    "summary": (N_("Summary"), 40),
    "truth": (N_("Verified"), 10),
    "category": (N_("Category"), 14),
    "proposed": (N_("Level proposed"), 12),
    "level": (N_("Level"), 12),
    "papers": (N_("Papers"), 26),
    "reported": (N_("Reported to"), 36),
    "instructions": (N_("Instructions"), 26),
    "units": (N_("Units in charge"), 20),
    "limits": (N_("Measures and limits"), 30),
    "replied": (N_("Replies"), 36),
    "published": (N_("Published"), 36),
    "notes": (N_("Follow-up"), 40),
    "requests": (N_("Formal requests"), 26),
    "calmed": (N_("Calmed"), 17),
    "concluded": (N_("Dealt with"), 17),
    "satisfied": (N_("Satisfied"), 12),
    "review": (N_("Review filed"), 17),
    "late": (N_("Late or not recorded"), 40),
    "state": (N_("State"), 10),
    "place": (N_("Filed under"), 30),
}
"""Column → head and width in signs."""

STATES: Mapping[str, str] = {
    "foreseen": N_("foreseen"),
    "open": N_("open"),
    "calm": N_("calm"),
    "lifted": N_("lifted"),
    "closed": N_("closed"),
}


def rows(
    records: Iterable[Record],
    office: Office,
    *,
    forms: Mapping[str, str],
    places: Mapping[str, str],
    zone: dt.tzinfo,
) -> list[dict[str, Cell]]:
    """A row for each case, in the order in which they came in.

    ``forms``: form of an act → message id; ``places``: case id → where its file lies.
    """
    ordered = sorted(records, key=lambda r: (opened(r.log), r.case.id))
    return [_row(r, office, forms, places.get(r.case.id, ""), zone) for r in ordered]


def _row(
    record: Record, office: Office, forms: Mapping[str, str], place: str, zone: dt.tzinfo
) -> dict[str, Cell]:
    log, names = record.log, Names(record.plans, office)
    found = discovery(log)
    told = brought(log)
    asked = satisfied(log)
    ended = over(log)

    def at(entry: Entry | None) -> dt.datetime | None:
        return entry.at.astimezone(zone) if entry else None

    def level(scale: str, held: str | None) -> str:
        return names.level(scale, held) if held else ""

    def act(entry: Entry) -> Said:
        to, form = "、".join(names.organs(entry.to)), entry.form or ""
        parts = {
            "at": f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}",
            "to": to or entry.signed_as or names.by(entry),
            "form": Said(forms[form]) if form in forms else form or "—",
        }
        return Said(N_("{at} {to}, {form}"), parts)

    def words(entry: Entry) -> Said:
        signed, text = names.organ(entry.signed_as), entry.text or _papers([entry])
        said = f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}"
        return Said(N_("{at} signed {unit}: {text}"), {"at": said, "unit": signed, "text": text})

    def of(kind: str) -> list[Entry]:
        return [e for e in log if e.kind == kind]

    proposals = [e.grades["level"] for e in of("graded") if e.proposed and "level" in e.grades]
    return {
        "case": record.case.id,
        "title": record.case.title,
        "kind": Said(N_("drill")) if record.case.drill else "",
        "found": at(found),
        "finder": names.by(found) if found else "",
        "source": (found.source if found else None) or "",
        "handed": tuple(
            " ".join(filter(None, (*names.organs(e.from_), e.number))) for e in told
        ),
        "links": tuple(dict.fromkeys(link for e in log for link in e.links)),
        "summary": (found.text if found else None) or "",
        "truth": level("truth", grade(log, "truth")),
        "category": level("category", grade(log, "category")),
        "proposed": level("level", proposals[-1] if proposals else None),
        "level": level("level", grade(log, "level")),
        "papers": _papers(log),
        "reported": tuple(act(e) for e in of("reported")),
        "instructions": tuple(
            " ".join(filter(None, (f"{e.at.astimezone(zone):%Y-%m-%d}", e.number, e.text)))
            for e in of("received")
            if any(word in (names.document(e.document) or "") or word == e.document
                   for word in INSTRUCTION)
        ),
        "units": tuple(names.organs(units(log))),
        "limits": tuple(
            " ".join(filter(None, (e.due.isoformat(" ", "minutes")
                                   if isinstance(e.due, dt.datetime) else f"{e.due}", e.text)))
            for e in of("assigned")
            if e.due
        ),
        "replied": tuple(words(e) for e in of("replied")),
        "published": tuple(words(e) for e in of("published")),
        "notes": tuple(
            f"{e.at.astimezone(zone):%m-%d %H:%M} {e.text}" for e in of("noted") if e.text
        ),
        "requests": tuple(
            f"{e.at.astimezone(zone):%Y-%m-%d} {'、'.join(names.organs(e.to))} {e.number or ''}".strip()
            for e in of("requested")
        ),
        "calmed": at(next(iter(of("calmed")), None)),
        "concluded": at(ended),
        "satisfied": Said(
            N_("not asked") if asked is None else N_("yes") if asked.facts["satisfied"] else N_("no")
        ),
        "review": at(_review(record)),
        "late": tuple(_late(record)),
        "state": Said(STATES[state(log)]),
        "place": place,
    }  # fmt: skip


def _papers(log: Sequence[Entry]) -> str:
    found = (f.path or " ".join(filter(None, (f.kept, f.number))) for e in log for f in e.files)
    return "、".join(dict.fromkeys(found))


def _review(record: Record) -> Entry | None:
    """The first report of a document that is a review by the case's plans."""
    documents = {d.id: d for p in record.plans for d in p.documents.values()}
    return next(
        (
            e
            for e in record.log
            if e.kind == "reported"
            and e.document
            and (
                e.document == "review"
                or (e.document in documents
                    and role(documents[e.document], record.plans) == "review")
            )
        ),
        None,
    )  # fmt: skip


def _late(record: Record) -> list[Said]:
    """In neutral words: late by own statement, or limit passed and nothing recorded."""
    standings = [s for s in record.standings if s.state in ("met_late", "overdue") and s.limit]
    found = []
    for s, verdict in zip(standings, verdicts(standings, record.case), strict=True):
        said = verdict.under_new or verdict.record
        key = N_("late: {does}") if said is not Answer.NOTHING else N_("not recorded: {does}")
        found.append(Said(key, {"does": f"{s.does} {s.clause}".strip()}))
    return found
