"""Case, plans and standings → the rows of a document. Pure; ``now`` is a parameter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from yuqing.audit import Verdict, verdicts
from yuqing.case import Case, Entry, current, effective, state
from yuqing.clock import Standing
from yuqing.clock.gates import clearances
from yuqing.clock.moments import acts_in
from yuqing.errors import Said
from yuqing.plan import Document, Office, Plan
from yuqing.review import content
from yuqing.review.documents import lacking, parts
from yuqing.review.names import Names
from yuqing.review.roles import REQUESTS, role
from yuqing.review.rows import (
    AmendRow,
    DutyRow,
    FactRow,
    FigureRow,
    GateRow,
    GradeRow,
    Line,
    Paper,
    PlanRow,
    ReadingRow,
    WitnessRow,
)
from yuqing.span import Calendar

Zone = dt.tzinfo | None

# --- the record, line by line ----------------------------------------------------------


def gradings(log: Sequence[Entry], names: Names, zone: Zone) -> tuple[GradeRow, ...]:
    """Every grading in order, each with what was in force before it."""
    rows: list[GradeRow] = []
    current: dict[str, str] = {}
    for entry in log:
        if entry.kind != "graded":
            continue
        for scale, level in entry.grades.items():
            was = current.get(scale)
            rows.append(
                GradeRow(
                    id=entry.id or "",
                    scale_id=scale,
                    scale=names.scale(scale),
                    was=names.level(scale, was) if was else None,
                    level=names.level(scale, level),
                    at=entry.at.astimezone(zone),
                    recorded=_local(entry.was_known, zone),
                    by=names.by(entry),
                    because=entry.because,
                    clause=entry.clause,
                    proposed=entry.proposed,
                )
            )
            if not entry.proposed:
                current[scale] = level
    return tuple(rows)


def in_force(history: Sequence[GradeRow]) -> tuple[GradeRow, ...]:
    """The latest confirmed grading of each scale; where there is none, the latest proposal."""
    rows: dict[str, GradeRow] = {}
    for row in history:
        known = rows.get(row.scale_id)
        if known is None or known.proposed or not row.proposed:
            rows[row.scale_id] = row
    return tuple(rows.values())


def observations(log: Sequence[Entry], names: Names, zone: Zone) -> tuple[FactRow, ...]:
    """Every observed value in order. Figures stated in public are no observation."""
    return tuple(
        FactRow(
            id=fact,
            name=names.fact(fact),
            type=names.fact_type(fact),
            value=value,
            at=entry.at.astimezone(zone),
            by=names.by(entry),
            label=names.choice(fact, value),
        )
        for entry in log
        if entry.kind not in ("published", "replied")
        for fact, value in entry.facts.items()
    )


def lines(case: Case, names: Names, zone: Zone) -> tuple[Line, ...]:
    """The effective log as a timeline, in order of what is stated."""
    log = effective(case)
    history = gradings(log, names, zone)
    return tuple(
        _line(entry, case, names, zone, [row for row in history if entry.id == row.id])
        for entry in log
        if entry.kind != "amended"
    )


def _round(log: Sequence[Entry], moment: dt.datetime) -> int:
    """1 + the relapses up to then (case format, section 11)."""
    return 1 + sum(1 for e in log if e.kind == "relapsed" and e.at <= moment)


def _line(entry: Entry, case: Case, names: Names, zone: Zone, grades: Sequence[GradeRow]) -> Line:
    written = case.entry(entry.id) if entry.id else None
    moved = written is not None and written.at != entry.at
    at = entry.at.astimezone(zone)
    return Line(
        id=entry.id or "",
        what=entry.kind,
        at=at,
        recorded=_local(entry.was_known, zone),
        was_at=_local(written.at, zone) if written and moved else None,
        estimated=entry.estimated,
        by=names.by(entry),
        form=entry.form,
        to=names.organs(entry.to),
        sender=names.organs(entry.from_),
        with_=names.organs(entry.with_),
        event=names.event(entry.event),
        document=names.document(entry.document),
        meeting=entry.meeting,
        matter=_matter(entry.matter, names),
        outcome=entry.outcome,
        request=entry.request,
        signed_as=names.organ(entry.signed_as) or None,
        source=entry.source,
        due=_local(entry.due, zone) if isinstance(entry.due, dt.datetime) else entry.due,
        does=names.does(entry.duty),
        release=entry.release,
        pause=entry.pause,
        resume=entry.resume,
        relation=entry.relation,
        other_case=entry.case,
        text=entry.text,
        because=entry.because,
        clause=entry.clause,
        number=entry.number,
        code=entry.code,
        grades=tuple(grades),
        facts=tuple(
            FactRow(
                id=fact,
                name=names.fact(fact),
                type=names.fact_type(fact),
                value=value,
                at=at,
                label=names.choice(fact, value),
            )
            for fact, value in entry.facts.items()
        ),
        links=entry.links,
        files=_file_names(entry),
        tags=entry.tags,
        re=entry.re,
        closes=entry.closes,
        corrects=entry.corrects,
    )


def _file_names(entry: Entry) -> tuple[str, ...]:
    """Papers by their names; what lies elsewhere by its place and number."""
    return tuple(f.path or " ".join(filter(None, (f.kept, f.number))) for f in entry.files)


def _matter(matter: str | None, names: Names) -> str | None:
    """A gate is printed as what it asks, else by its article."""
    known = (p.gates.get(matter or "") for p in names.plans)
    return next((g.does or g.clause for g in known if g), matter)


def _local(moment: dt.datetime | None, zone: Zone) -> dt.datetime | None:
    return moment.astimezone(zone) if moment else None


def figures(log: Sequence[Entry], names: Names, zone: Zone) -> tuple[FigureRow, ...]:
    """Each figure stated in public beside the latest observation before it."""
    seen = observations(log, names, zone)
    rows: list[FigureRow] = []
    for entry in log:
        if entry.kind not in ("published", "replied"):
            continue
        for fact, stated in entry.facts.items():
            known = [row.value for row in seen if row.id == fact and row.at <= entry.at]
            rows.append(
                FigureRow(
                    entry=entry.id or "",
                    at=entry.at.astimezone(zone),
                    name=names.fact(fact),
                    stated=stated,
                    recorded=known[-1] if known else None,
                    agrees=bool(known) and known[-1] == stated,
                )
            )
    return tuple(rows)


def amendments(case: Case, names: Names, zone: Zone) -> tuple[AmendRow, ...]:
    """Every correction with what it replaced; in file order. ``case``: the file as it is."""
    return tuple(
        AmendRow(
            id=entry.id or "",
            of=entry.of or "",
            at=entry.at.astimezone(zone),
            by=names.by(entry),
            because=entry.because or entry.number or "",
            void=entry.void,
            changes=tuple(
                (name, _old(case, entry, name, zone), _text(value, zone))
                for name, value in entry.set.items()
            ),
        )
        for entry in case.log
        if entry.kind == "amended"
    )


def _old(case: Case, amended: Entry, name: str, zone: Zone) -> str:
    """The value that an amendment replaced: an earlier amendment's, else the entry's own."""
    for entry in reversed(case.log[: amended.place] if amended.place >= 0 else ()):
        if entry.kind == "amended" and entry.of == amended.of and name in entry.set:
            return _text(entry.set[name], zone)
    if amended.of == "head":
        return _text(getattr(case, name, None), zone)
    target = case.entry(amended.of or "")
    plain = {"from": "from_", "with": "with_"}.get(name, name)
    return _text(getattr(target, plain, None), zone)


def _text(value: object, zone: Zone) -> str:
    match value:
        case dt.datetime():
            return f"{value.astimezone(zone):%Y-%m-%d %H:%M}"
        case Mapping():
            return "，".join(f"{name}={_text(each, zone)}" for name, each in value.items())
        case tuple() | list():
            return "、".join(_text(each, zone) for each in value)
        case None:
            return ""
        case _:
            return str(value)


def gate_rows(
    case: Case, plans: Sequence[Plan], calendar: Calendar, names: Names, timeline: Sequence[Line]
) -> tuple[GateRow, ...]:
    """Each act of the record that the plan puts behind something, and whether that was there."""
    gated = {a.kind for p in plans for gate in p.gates.values() for a in acts_in(gate.before)}
    shown = {line.id: line for line in timeline}
    return tuple(
        GateRow(
            gate=each.gate.id,
            clause=each.gate.clause,
            does=each.gate.does,
            act=shown[entry.id],
            cleared=each.cleared,
            missing=lacking(each, names),
        )
        for entry in effective(case)
        if entry.id in shown and (entry.event or entry.kind) in gated
        for each in clearances(case, plans, calendar, entry)
    )


# --- duties ----------------------------------------------------------------------------


def duty_row(standing: Standing, answer: Verdict, names: Names, now: dt.datetime) -> DutyRow:
    """One standing with both answers, in names instead of ids. ``now``: in the plan's zone."""
    zone = now.tzinfo
    end = standing.done or (None if standing.over else now)
    late = standing.limit is not None and end is not None and end > standing.limit
    missed = standing.target is not None and end is not None and end > standing.target
    begun = standing.start is not None and standing.start <= now
    return DutyRow(
        plan=standing.plan,
        duty=standing.duty,
        does=standing.does,
        clause="、".join(standing.clauses) or standing.clause,
        item=standing.item,
        who=names.organs(standing.who),
        to=names.organs(standing.to),
        missing=names.organs(standing.missing),
        unit=names.organ(standing.for_) or None,
        round=standing.round,
        start=_local(standing.start, zone),
        estimated=standing.estimated,
        limit=_local(standing.limit, zone),
        was_limit=_local(standing.was_limit, zone),
        target=_local(standing.target, zone),
        target_name=standing.target_name,
        target_missed=missed,
        word=standing.word,
        local=_local(standing.local, zone),
        done=_local(standing.done, zone),
        recorded=_local(standing.done_recorded, zone),
        taken=standing.done - standing.start if standing.done and standing.start else None,
        open_for=now - standing.start if standing.start and begun and not standing.over else None,
        late_by=end - standing.limit if late and end and standing.limit else None,
        state=standing.state,
        over=standing.over,
        level=names.level("level", standing.level) if standing.level else None,
        provisional=standing.provisional,
        arose_late=standing.arose_late,
        record=str(answer.record),
        under_old=str(answer.under_old) if answer.under_old else None,
        under_new=str(answer.under_new) if answer.under_new else None,
        witness=tuple(
            WitnessRow(
                kind=each.kind,
                value=each.value,
                by=names.organ(each.by),
                at=each.at.astimezone(zone),
            )
            for each in answer.witness
        ),
        readings=standing.readings,
        started_by=standing.started_by,
        notes=tuple(_zoned(said, zone) for said in (*answer.why, *standing.notes)),
    )


def _zoned(said: Said, zone: Zone) -> Said:
    """A sentence whose times are in the plan's zone."""
    params = {
        name: value.astimezone(zone) if isinstance(value, dt.datetime) else value
        for name, value in said.params.items()
    }
    return replace(said, params=params)


def _as_read(row: DutyRow) -> tuple[int, float, float]:
    """Duties with a figure by their due time, then words, then what has not begun."""
    group = 2 if row.start is None else 1 if not (row.limit or row.target) else 0
    due = row.limit or row.target
    return (
        group,
        due.timestamp() if due else 0.0,
        row.start.timestamp() if row.start else 0.0,
    )


# --- the whole -------------------------------------------------------------------------


def paper(
    case: Case,
    plans: Sequence[Plan],
    standings: Sequence[Standing],
    calendar: Calendar,
    *,
    office: Office,
    now: dt.datetime,
    document: Document,
    fingerprint: str = "",
    codes: Collection[str] | None = None,
    unit: str | None = None,
    draft: bool = False,
    words: Entry | None = None,
    problems: Sequence[Said] = (),
    part_key: Callable[[str], str] = str,
    odd: Mapping[str, dt.datetime] | None = None,
) -> Paper:
    """The facts of one document about one case.

    ``standings``: as the clock gives them. ``unit``: an organ id; only what it owes, and what
    is owed by nobody in particular. ``codes``: fingerprints the case has had, by which a code
    on a receipt is known. ``words``: the entry whose text a statement carries. ``problems``: why the whole is not complete.
    ``odd``: stamps that the history proves wrong (:func:`yuqing.audit.verdicts`).
    """
    written, case = case, current(case)
    zone = ZoneInfo(plans[0].timezone) if plans else now.tzinfo
    now = now.astimezone(zone)
    names = Names(tuple(plans), office)
    log = effective(case)
    history = gradings(log, names, zone)
    grades = in_force(history)
    level = next((row for row in grades if row.scale_id == "level"), None)
    observed = observations(log, names, zone)
    timeline = lines(case, names, zone)
    shown = [s for s in standings if unit is None or s.for_ is None or s.for_ == unit]
    answers = verdicts(shown, case, codes=codes, odd=odd)
    rows = (duty_row(s, each, names, now) for s, each in zip(shown, answers, strict=True))
    duties = tuple(sorted(rows, key=_as_read))
    used = {reading for s in shown for reading in s.readings}
    what = role(document, plans)
    own = content.owed(document, plans, duties)
    number, last = content.earlier(document, what, log, plans)
    asked = REQUESTS.get(what)
    requests = tuple(line for line in timeline if asked and line.request == asked)
    sent = [e.id for e in log if e.document == document.id and e.kind == "reported" and e.id]
    return Paper(
        id=case.id,
        title=case.title,
        office=office.name,
        document=document.title,
        document_id=document.id,
        document_clause=document.clause,
        unit=names.organ(unit) or None,
        now=now,
        drill=case.drill,
        demo=office.demo,
        draft=draft,
        secrecy=case.secrecy,
        fingerprint=fingerprint,
        plans=tuple(
            PlanRow(id=p.id, title=p.title, version=p.version, issuer=p.issuer) for p in plans
        ),
        readings=tuple(
            ReadingRow(
                id=r.id,
                clause=r.clause,
                question=r.question,
                choice=r.choice,
                confirmed=r.confirmed,
            )
            for p in plans
            for r in p.readings.values()
            if r.id in used
        ),
        state=state(log),
        round=_round(log, now),
        occurred=_first(log, "occurred", zone),
        discovered=_first(log, "discovered", zone),
        source=next((e.source for e in log if e.source), None),
        level=level.level if level else None,
        provisional=level is None or level.proposed,
        grades=grades,
        history=history,
        facts=tuple({row.id: row for row in observed}.values()),
        observed=observed,
        units=tuple(
            dict.fromkeys(names.organ(o) for e in log if e.kind == "assigned" for o in e.to)
        ),
        timeline=timeline,
        duties=duties,
        items=tuple(row for row in duties if row.item and not row.over),
        parts=parts(document, what, timeline, grades, observed, part_key),
        gates=gate_rows(case, plans, calendar, names, timeline),
        approvals=tuple(line for line in timeline if line.what == "decided"),
        figures=figures(log, names, zone),
        amendments=amendments(written, names, zone),
        words=tuple(t for t in ((words and words.text) or "").split("\n") if t.strip()),
        papers=_file_names(words) if words else (),
        signed=office.sign or office.name,
        problems=tuple(problems),
        role=what,
        levelled=any("level" in plan.scales for plan in plans),
        occurred_estimated=_is_estimate(log, "occurred"),
        owed=own,
        to=content.recipients(what, own),
        number=number,
        last=next((line for line in timeline if last and line.id == last.id), None),
        since=content.since(last, timeline),
        changes=content.changes(last, observed, history),
        spoken=content.spoken(log, timeline),
        calls=content.calls(timeline),
        warning=content.warning(log, plans, history) if what == "warning-notice" else None,
        corrected=content.corrected(words, log, timeline),
        finding=content.finding(log, timeline),
        requests=requests,
        answers=content.answers([*(r.id for r in requests), *sent], log, timeline),
        questions=content.questions(log, timeline),
        arrived=content.arrived(document, log, timeline),
        decisions=content.decisions(document, log, plans, timeline),
        measures=content.measures(log, timeline, duties, unit),
    )


def _is_estimate(log: Sequence[Entry], kind: str) -> bool:
    """Is the time that counts for this moment a guess?"""
    return min(((e.at, e.estimated) for e in log if e.kind == kind), default=(None, False))[1]


def _first(log: Sequence[Entry], kind: str, zone: Zone) -> dt.datetime | None:
    """The earliest time of a start moment (case format, section 5)."""
    return _local(min((e.at for e in log if e.kind == kind), default=None), zone)
