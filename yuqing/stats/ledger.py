"""The ledger (臺賬): one row for each case, every cell from its record.

No source lists the columns; each of these is asked for by at least one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from yuqing.audit import Record as Answer
from yuqing.audit import verdicts
from yuqing.case import IMPORTED, WATCH, Entry, state
from yuqing.errors import Said
from yuqing.plan import TRUTH, TRUTH_NAMES, Office
from yuqing.review.names import Names
from yuqing.review.roles import REVIEWS, role
from yuqing.stats.acts import instructs
from yuqing.stats.faq import TAGS
from yuqing.stats.record import Record, brought, discovery, grade, opened, over, satisfied, units
from yuqing.words import N_

Cell = str | Said | dt.datetime | tuple["str | Said", ...] | None
"""Text, a sentence, a time (aware), or several lines."""

COLUMNS: Mapping[str, tuple[str, int]] = {
    "number": (N_("No."), 20),
    "found": (N_("Found"), 17),
    "finder": (N_("Found by"), 14),
    "channel": (N_("Channel"), 18),
    "title": (N_("Title"), 34),
    "links": (N_("Links"), 28),
    "summary": (N_("Summary"), 40),
    "topic": (N_("Topic"), 14),
    "concerned": (N_("Unit concerned"), 18),
    "truth": (N_("Verified"), 10),
    "category": (N_("Category"), 14),
    "proposed": (N_("Level proposed"), 12),
    "level": (N_("Level confirmed"), 12),
    "papers": (N_("Screenshots and papers"), 26),
    "reported": (N_("Reported to, at, form"), 36),
    "instructions": (N_("Leaders' instructions"), 26),
    "units": (N_("Units in charge"), 20),
    "limits": (N_("Limit"), 26),
    "replies": (N_("Reply: at, in whose name, kind, text"), 40),
    "follow-up": (N_("Follow-up"), 40),
    "concluded": (N_("Dealt with"), 17),
    "satisfied": (N_("Satisfied"), 12),
    "calmed": (N_("Calmed"), 17),
    "review": (N_("Review filed"), 17),
    "late": (N_("Late or not recorded"), 36),
    "archive": (N_("State, filed under"), 30),
}
"""Column → head and width in signs. The order is that of the inventory of the sources."""

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
    return [_row(r, _Say(r, office, forms, zone), places.get(r.case.id, "")) for r in ordered]


def _row(record: Record, say: _Say, place: str) -> dict[str, Cell]:
    log, names = record.log, say.names
    found = discovery(log)
    asked = satisfied(log)
    given = units(log)
    own = {s.for_ for s in record.standings if s.for_}
    concerned = tuple(unit for unit in given if unit in own) or given[:1]
    drill: tuple[str | Said, ...] = (Said(N_("drill")),) if record.case.drill else ()
    stood = Said(STATES[state(log)])

    def of(*kinds: str) -> list[Entry]:
        return [e for e in log if e.kind in kinds]

    proposals = [e.grades["level"] for e in of("graded") if e.proposed and "level" in e.grades]
    return {
        "number": (record.case.id, *drill),
        "found": say.at(found),
        "finder": names.by(found) if found else "",
        "channel": (
            *filter(None, [found.source if found else None]),
            *(_words(*names.organs(e.from_), e.number) for e in brought(log)),
        ),
        "title": record.case.title,
        "links": tuple(dict.fromkeys(link for e in log for link in e.links)),
        "summary": (found.text if found else None) or "",
        "topic": _topics(record),
        "concerned": names.organs(concerned),
        "truth": say.truth(grade(log, "truth")),
        "category": say.level("category", grade(log, "category")),
        "proposed": say.level("level", proposals[-1] if proposals else None),
        "level": say.level("level", grade(log, "level")),
        "papers": tuple(dict.fromkeys(_papers(log))),
        "reported": tuple(say.act(e) for e in of("reported")),
        "instructions": tuple(
            _words(say.day(e), *names.organs(e.from_), e.number, e.text)
            for e in of("received")
            if instructs(e, record.plans)
        ),
        "units": names.organs(given),
        "limits": tuple(
            _words(say.due(e), e.text or e.number) for e in of("assigned", "received") if e.due
        ),
        "replies": tuple(say.public(e) for e in of("replied", "published")),
        "follow-up": tuple(say.after(e) for e in of("noted", "requested", "done") if _tells(e)),
        "concluded": say.at(over(log)),
        "satisfied": Said(
            N_("not asked") if asked is None else N_("yes") if asked.facts["satisfied"] else N_("no")
        ),
        "calmed": say.at(next(iter(of("calmed")), None)),
        "review": say.at(_review(record)),
        "late": tuple(_late(record)),
        "archive": (stood, place) if place else (stood,),
    }  # fmt: skip


class _Say:
    """The phrases of one case's row."""

    def __init__(
        self, record: Record, office: Office, forms: Mapping[str, str], zone: dt.tzinfo
    ) -> None:
        self.names = Names(record.plans, office)
        self._forms, self._zone = forms, zone

    def at(self, entry: Entry | None) -> dt.datetime | None:
        return entry.at.astimezone(self._zone) if entry else None

    def day(self, entry: Entry) -> str:
        return f"{entry.at.astimezone(self._zone):%Y-%m-%d}"

    def minute(self, entry: Entry) -> str:
        return f"{entry.at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def due(self, entry: Entry) -> str:
        if isinstance(entry.due, dt.datetime):
            return f"{entry.due.astimezone(self._zone):%Y-%m-%d %H:%M}"
        return f"{entry.due}"

    def level(self, scale: str, held: str | None) -> str:
        return self.names.level(scale, held) if held else ""

    def truth(self, held: str | None) -> str | Said:
        """The plan's word; ours for the scale that is built into every plan."""
        named = self.level("truth", held)
        builtin = {each.name: each.id for each in TRUTH.levels}
        return Said(TRUTH_NAMES[builtin[named]]) if named in builtin else named

    def form(self, entry: Entry) -> str | Said:
        form = entry.form or ""
        if form in self._forms:
            return Said(self._forms[form])
        return form or self.names.document(entry.document) or "—"

    def act(self, entry: Entry) -> Said:
        parts = {
            "at": self.minute(entry),
            "to": "、".join(self.names.organs(entry.to)),
            "form": self.form(entry),
        }
        return Said(N_("{at} {to}, {form}"), parts)

    def public(self, entry: Entry) -> Said:
        kinds = {"replied": N_("reply"), "published": N_("statement")}
        kind = self.names.document(entry.document) or Said(
            N_("correction") if entry.corrects else kinds[entry.kind]
        )
        parts = {
            "at": self.minute(entry),
            "unit": self.names.organ(entry.signed_as),
            "kind": kind,
            "text": entry.text or "、".join(_papers([entry])),
        }
        return Said(N_("{at} {unit}, {kind}: {text}"), parts)

    def after(self, entry: Entry) -> str:
        whom = "、".join(self.names.organs(entry.to))
        papers = "、".join(_papers([entry]))
        return _words(self.minute(entry), whom, entry.number, entry.text or papers)


def _words(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _tells(entry: Entry) -> bool:
    return bool(entry.text or entry.number or entry.files)


def _papers(log: Sequence[Entry]) -> list[str]:
    found = (f.path or _words(f.kept, f.number) for e in log for f in e.files)
    return [each for each in found if each]


def _topics(record: Record) -> tuple[str, ...]:
    """Tags, without those that have a meaning of their own or fill a part of a document."""
    parts = {part for p in record.plans for d in p.documents.values() for part in d.requires}
    tags = dict.fromkeys(tag for e in record.log for tag in e.tags)
    own = {*parts, *TAGS, *WATCH, IMPORTED}
    return tuple(tag for tag in tags if tag not in own)


def _review(record: Record) -> Entry | None:
    """The first report of a document that is a review by the case's plans."""
    documents = {d.id: d for p in record.plans for d in p.documents.values()}

    def reviews(name: str) -> bool:
        declared = documents.get(name)
        return name == "review" or (
            declared is not None and role(declared, record.plans) in REVIEWS
        )

    return next(
        (e for e in record.log if e.kind == "reported" and e.document and reviews(e.document)), None
    )


def _late(record: Record) -> list[Said]:
    """In neutral words: late by own statement, or limit passed and nothing recorded."""
    standings = [s for s in record.standings if s.state in ("met_late", "overdue") and s.limit]
    found = []
    for s, verdict in zip(standings, verdicts(standings, record.case), strict=True):
        said = verdict.under_new or verdict.record
        key = N_("late: {does}") if said is not Answer.NOTHING else N_("not recorded: {does}")
        found.append(Said(key, {"does": f"{s.does} {s.clause}".strip()}))
    return found
