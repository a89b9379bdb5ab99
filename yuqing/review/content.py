"""What one kind of document tells besides: the reports before it, what changed, what it answers.

Everything is picked out of the record; what the record does not say is left for people.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from yuqing.case import Entry
from yuqing.clock.moments import acts_in
from yuqing.plan import Document, Plan
from yuqing.review.documents import same_words
from yuqing.review.roles import Role, acts_of, names, owed_as, role
from yuqing.review.rows import Change, DutyRow, FactRow, GradeRow, Line, Measure, Stage
from yuqing.variants import fold

_FIRST: frozenset[Role] = frozenset(("first-report", "basic-facts", "written-after-oral"))
_SPOKEN = ("phone", "oral")
_CALLS = ("phone", "oral", "secure")


def owed(
    document: Document, plans: Sequence[Plan], duties: Sequence[DutyRow]
) -> tuple[DutyRow, ...]:
    """The clocks that this document answers: of each duty those still open, else the last; if no
    clock has begun, those that wait."""
    wanted = owed_as(document, plans)
    rows = [row for row in duties if (row.plan.partition("@")[0], _bare(row.duty)) in wanted]
    begun = [row for row in rows if row.start]
    last = {_duty(row): row for row in begun}
    running = {_duty(row) for row in begun if not row.over}
    shown = [
        row
        for row in begun
        if not row.over or (row is last[_duty(row)] and _duty(row) not in running)
    ]
    return tuple(shown or rows)


def _duty(row: DutyRow) -> tuple[str, str, str | None]:
    return row.plan, _bare(row.duty), row.unit


def _bare(duty: str) -> str:
    return duty.partition("@")[0]


def recipients(what: Role, rows: Sequence[DutyRow]) -> tuple[str, ...]:
    """Whom the plan wants the document to reach. ``rows``: the clocks that it answers."""
    if what == "incoming":
        return ()
    return tuple(dict.fromkeys(organ for row in rows for organ in row.to))


# --- reports in a row ------------------------------------------------------------------


def earlier(
    document: Document, what: Role, log: Sequence[Entry], plans: Sequence[Plan]
) -> tuple[int, Entry | None]:
    """Which follow-up this one is (from 1), and the report that it follows.

    A report to two organs at two times is one report. It follows the latest follow-up or first
    report; where the record names neither, the latest report of all.
    """
    known = {d.id: d for p in plans for d in p.documents.values()}
    sent = [e for e in log if e.kind == "reported"]
    own = [e for e in sent if e.document == document.id]
    counted = Counter(organ for e in own for organ in e.to)
    first = [
        e for e in sent
        if e.document in known and role(known[e.document], plans) in _FIRST
    ]  # fmt: skip
    before = (*first, *own) or tuple(sent)
    number = 1 + max(counted.values(), default=0) if what == "follow-up" else 1
    return number, max(before, key=lambda e: (e.at, e.place), default=None)


def since(last: Entry | None, timeline: Sequence[Line]) -> tuple[Line, ...]:
    """What happened, or was written down, after that report."""
    if last is None:
        return tuple(timeline)
    told = last.recorded or last.at
    return tuple(
        line
        for line in timeline
        if line.id != last.id and (line.at > last.at or (line.recorded or line.at) > told)
    )


def changes(
    last: Entry | None, observed: Sequence[FactRow], history: Sequence[GradeRow]
) -> tuple[Change, ...]:
    """Facts and grades that are other now than that report could say."""
    told = last.at if last else None
    found = (*_facts(told, observed), *_grades(told, history))
    return tuple(each for each in found if each.now != each.was)


def _facts(told: dt.datetime | None, observed: Sequence[FactRow]) -> Iterator[Change]:
    for last in {row.id: row for row in observed}.values():
        before = [r.shown for r in observed if r.id == last.id and told and r.at <= told]
        was = before[-1] if before else None
        yield Change(name=last.name, was=was, now=last.shown, at=last.at)


def _grades(told: dt.datetime | None, history: Sequence[GradeRow]) -> Iterator[Change]:
    firm = [row for row in history if not row.proposed]
    for last in {row.scale_id: row for row in firm}.values():
        before = [r.level for r in firm if r.scale_id == last.scale_id and told and r.at <= told]
        was = before[-1] if before else None
        yield Change(name=last.scale, scale=last.scale_id, was=was, now=last.level, at=last.at)


def spoken(log: Sequence[Entry], timeline: Sequence[Line]) -> tuple[Line, ...]:
    """Reports by word of mouth that no written one to the same organ has followed yet; if all
    have been, the last of them."""
    oral = [e for e in log if e.kind == "reported" and e.form in _SPOKEN]
    written = [e for e in log if e.kind == "reported" and e.form == "written"]
    waiting = [
        e for e in oral
        if not any(w.at >= e.at and set(w.to) & set(e.to) for w in written)
    ]  # fmt: skip
    return _lines(waiting or oral[-1:], timeline)


def calls(timeline: Sequence[Line]) -> tuple[Line, ...]:
    """Whatever was said by telephone or face to face."""
    return tuple(line for line in timeline if line.form in _CALLS)


# --- warnings, corrections, requests, papers that come in ------------------------------


def warning(log: Sequence[Entry], plans: Sequence[Plan], history: Sequence[GradeRow]) -> Stage:
    """Is the warning to be issued, adjusted or lifted, as far as the record goes.

    A scale of warnings is one whose id or name says so; without it the level stands for it.
    Issued: a notice went out or the plan's event says so. A grade set after that adjusts it.
    """
    called = {
        "warning",
        *(s for p in plans for s, v in p.scales.items() if "预警" in fold(v.name or "")),
    }
    rows = [r for r in history if r.scale_id in called and not r.proposed]
    rows = rows or [r for r in history if r.scale_id == "level" and not r.proposed]
    papers = {
        d.id for p in plans for d in p.documents.values() if role(d, plans) == "warning-notice"
    }  # fmt: skip
    issued = [
        e.at for e in log
        if (e.document in papers and e.kind in ("reported", "published", "received"))
        or (e.event or "").startswith("warning-issued")
    ]  # fmt: skip
    lifted = [e.at for e in log if e.kind == "lifted" and issued and e.at >= issued[0]]
    began = [e.at for e in log if e.kind in ("discovered", "relapsed")]
    if lifted and not any(at > lifted[-1] for at in (*issued, *began)):
        kind = "lifted"
    elif issued and rows and rows[-1].at > issued[0]:
        kind = "adjusted"
    else:
        kind = "issued"
    last = rows[-1] if rows else None
    return Stage(
        kind=kind,
        level=last.level if last else None,
        was=last.was if last else None,
        at=lifted[-1] if kind == "lifted" else last.at if last else None,
    )


def corrected(
    words: Entry | None, log: Sequence[Entry], timeline: Sequence[Line]
) -> tuple[Line, ...]:
    """The own earlier words that are put right: as the draft says, else those in which a figure
    differs from the record of that time, or later."""
    put_right = {
        e.corrects
        for e in log
        if e.corrects and words is not None and (e is words or same_words(e, words))
    }
    if put_right:
        return tuple(line for line in timeline if line.id in put_right)
    latest = {name: v for e in log if e.kind not in _SAID for name, v in e.facts.items()}
    wrong = [
        e for e in log
        if e.kind in _SAID and any(latest.get(n, v) != v for n, v in e.facts.items())
    ]  # fmt: skip
    done = {e.corrects for e in log if e.corrects}
    return _lines([e for e in wrong if e.id not in done], timeline)


_SAID = ("published", "replied")


def finding(log: Sequence[Entry], timeline: Sequence[Line]) -> tuple[Line, ...]:
    """The finding that a statement is untrue, and what is on record about it."""
    found = [e for e in log if "truth" in e.grades and not e.proposed]
    if not found:
        return ()
    last = found[-1]
    about = [
        e for e in log
        if e is last or e.id in last.re or (last.id is not None and last.id in e.re)
    ]  # fmt: skip
    return _lines(about, timeline)


def answers(to: Sequence[str], log: Sequence[Entry], timeline: Sequence[Line]) -> tuple[Line, ...]:
    """What came back to these entries."""
    known = set(to)
    found = [e for e in log if e.kind == "received" and (known & set(e.re))]
    return _lines(found, timeline)


def questions(log: Sequence[Entry], timeline: Sequence[Line]) -> tuple[Line, ...]:
    """What was asked and is waiting for an answer: all that came from askers and media, if
    nothing waits any more."""
    came = [e for e in log if e.kind == "received" and not e.re and (e.text or e.number or e.due)]
    asked = [e for e in came if {"asker", "public", "media"} & set(e.from_)] or came
    answered = {each for e in log for each in (*e.re, *e.closes) if e.kind in ("replied", "done")}
    return _lines([e for e in asked if e.id not in answered] or asked, timeline)


def decisions(
    document: Document, log: Sequence[Entry], plans: Sequence[Plan], timeline: Sequence[Line]
) -> tuple[Line, ...]:
    """Who agreed to the act that sends this document, or was asked by it."""
    sent = [fields.get("request") or fields["kind"] for fields in acts_of(document, plans)]
    matters = {
        gate.id
        for plan in plans
        for gate in plan.gates.values()
        if any(
            a.kind in sent or set(sent) & set(a.fields.get("request", ()))
            for a in acts_in(gate.before)
        )
        or any(names(a, document) for m in gate.needs for a in acts_in(m))
    }
    found = [
        e for e in log
        if e.kind == "decided" and (e.matter in matters or e.document == document.id)
    ]  # fmt: skip
    return _lines(found, timeline)


def arrived(document: Document, log: Sequence[Entry], timeline: Sequence[Line]) -> tuple[Line, ...]:
    """When this paper came in, each time."""
    found = [e for e in log if e.kind == "received" and e.document == document.id]
    return _lines(found, timeline)


def measures(
    log: Sequence[Entry],
    timeline: Sequence[Line],
    duties: Sequence[DutyRow],
    unit: str | None = None,
) -> tuple[Measure, ...]:
    """Each task with a date that was given to a unit, and how it stands. ``unit``: only its own."""
    clocks: Mapping[str, DutyRow] = {row.started_by: row for row in duties if row.started_by}
    shown = {line.id: line for line in timeline}
    rows: list[Measure] = []
    for entry in log:
        if entry.kind != "assigned" or entry.due is None or entry.id not in shown:
            continue
        if unit is not None and unit not in entry.to:
            continue
        line, row = shown[entry.id], clocks.get(entry.id)
        closing = [e for e in log if entry.id in e.closes]
        rows.append(
            Measure(
                id=line.id,
                text=line.text or line.number or "",
                unit=line.to,
                by=line.by,
                at=line.at,
                due=(row.limit if row else None) or line.due,
                done=row.done if row else (closing[0].at if closing else None),
                record=row.record if row else "incomplete",
                late_by=row.late_by if row else None,
                evidence=tuple(
                    paper for e in closing for paper in (*_papers(e.id, shown), *e.links)
                ),
            )
        )
    return tuple(rows)


def _papers(entry: str | None, shown: Mapping[str, Line]) -> tuple[str, ...]:
    return shown[entry].files if entry and entry in shown else ()


def _lines(entries: Sequence[Entry], timeline: Sequence[Line]) -> tuple[Line, ...]:
    wanted = {e.id for e in entries if e.id}
    return tuple(line for line in timeline if line.id in wanted)
