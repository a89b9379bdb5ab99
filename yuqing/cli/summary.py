"""Reports on a period: figures with their cases, as a paper or as a workbook with charts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yuqing import screen, store, words
from yuqing.case import Case, state
from yuqing.cli import looking, periods
from yuqing.cli.context import Session
from yuqing.cli.figures import SHORT, logbooks, minutes, records, said_number, said_value
from yuqing.errors import Said
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.stats.figure import Figure
    from yuqing.stats.period import Period
    from yuqing.stats.record import Record

PARTS: Mapping[str, tuple[str, ...]] = {
    "received": ("received", "found-ourselves", "activated", "foreseen"),
    "answered": ("replied", "concluded", "closed", "satisfied", "leaders-board"),
    "in_time": ("on-time", "entered-afterwards", "late", "not-recorded", "contradictory",
                "overdue", "arose-late", "reviews-on-time"),
    "lengths": ("time", "taken"),
    "decided": ("suggestions-adopted", "instructions-done", "items-done", "own-corrections",
                "correction-requests", "referrals", "found"),
    "routine": ("digests", "meetings", "trainings", "drills", "routine-on-time"),
}  # fmt: skip
"""Chapters of a report, by the beginnings of the figures in them."""
DIVIDED = ("level", "category", "source", "unit")
LABEL = 60
"""Signs of a label in a chart."""
MOST = 40
"""Cases that a report lists one by one; the ledger has all."""


def report(run: Session, output: Path, period: Period) -> int:
    """Write the report on the period, in the form that the file's name asks for."""
    from yuqing import render
    from yuqing.cli.sheets import TABLES, give, may_write
    from yuqing.render.table import as_xlsx
    from yuqing.stats.figures import figures
    from yuqing.stats.record import within

    form = may_write(run, output, extra=("xlsx",))
    sight = looking.look(run, archive=True)
    every = records(sight)
    books, problems = logbooks(run, period)
    sight = looking.Sight(sight.views, (*sight.problems, *problems))
    chosen = within(every, period.first, period.last, run.zone)
    found = figures(chosen, run.workspace.office, books)
    if form in TABLES:
        cases = {r.case.id: r.case for r in (*chosen, *books)}
        made = render.Rendered(as_xlsx(*_tables(run, chosen, found, cases, period)))
        give(run, output, made, sight)
    else:
        values = _values(run, period, every, chosen, books, found, sight)
        name = "office-month.md.j2" if period.kind == "month" else "office-summary.md.j2"
        give(run, output, (name, values), sight, _charts(run, values))
    return 3 if sight.broken else 0


# --- the paper -------------------------------------------------------------------------


def _values(
    run: Session,
    period: Period,
    every: Sequence[Record],
    chosen: Sequence[Record],
    books: Sequence[Record],
    found: Sequence[Figure],
    sight: looking.Sight,
) -> dict[str, Any]:
    """What the templates of periodical reports may print."""
    from yuqing.stats.accountability import accountability
    from yuqing.stats.record import counted

    office = run.workspace.office
    real = counted(chosen, demo=office.demo)
    begin, end = periods.days(period, run.now)
    return {
        "office": office.name,
        "demo": office.demo,
        "kind": period.kind,
        "when": period.kind if period.first else "until",
        "period": period_words(period, run.now),
        "now": run.now,
        "count": len(real),
        "figures": {part: _rows(found, names) for part, names in PARTS.items()},
        "divided": {by: _parts(found, f"received.{by}.") for by in DIVIDED},
        "in_time_by": {by: _parts(found, f"on-time.{by}.") for by in ("article", "unit")},
        "routine_by": _parts(found, "routine-on-time.article."),
        "heads": [Said(head) for head in SHORT.values()],
        "months": _months(run, chosen) if period.kind not in ("day", "month") else (),
        "accountable": accountability(real, office, run.now),
        "cases": [_case(run, each) for each in _newest(real)[:MOST]],
        "left_out": max(0, len(real) - MOST),
        "carried": [
            _case(run, each)
            for each in _newest(counted(every, demo=office.demo))
            if _carried(run, each, begin)
        ],
        "looks": _looks(books),
        "span": (begin, end),
        "problems": [
            screen.problem_line(p, run.language) for p in sight.problems if p.severity == "error"
        ],
    }


def _charts(run: Session, values: Mapping[str, Any]) -> dict[str, str]:
    """A chart of the cases for each division, and over the months."""
    from yuqing import render
    from yuqing.cli.figures import adopted
    from yuqing.render.phrases import script_of, vocabulary
    from yuqing.render.pictures import bars

    script = script_of(adopted(run))
    w = vocabulary(render.wording(store.template_names(run.workspace, "documents")), script)
    rows = {
        by: [(label or w["unwritten"], n) for label, n, _, _ in parts]
        for by, parts in values["divided"].items()
    }
    rows["month"] = [(label, n) for label, _, n in values["months"]]
    titles = {**w["division"], "month": w["by_month"]}
    return {
        name: bars(titles[name], found, lang=script, name=name)
        for name, found in rows.items()
        if found
    }


def period_words(period: Period, now: dt.datetime) -> dict[str, object]:
    """Numbers that the words for a period are made of (``period`` in wording.yaml)."""
    begin, end = periods.days(period, now)
    return {
        "y": begin.year,
        "q": (begin.month + 2) // 3,
        "m": begin.month,
        "d": begin.day,
        "first": begin.isoformat(),
        "last": end.isoformat(),
    }


def _rows(found: Sequence[Figure], names: Sequence[str]) -> list[tuple[Said, Said | str, str]]:
    """Name, number, and the word that traces it; figures of one part of it stand elsewhere."""
    return [
        (figure.name, said_value(figure), figure.id)
        for figure in found
        if figure.id in names
        or (
            figure.id.split(".")[0] in ("time", "taken", "found")
            and figure.id.split(".")[0] in names
        )
        or (figure.id == "replied-on-time" and "replied" in names)
    ]


def _parts(found: Sequence[Figure], begin: str) -> list[tuple[str, int, int, str]]:
    """Of a division: label, how many, of how many, and the word that traces it."""
    return [
        (
            "" if (label := figure.id.removeprefix(begin)) == "none" else label,
            len(figure.marks),
            len(figure.base or ()),
            figure.id,
        )
        for figure in found
        if figure.id.startswith(begin)
    ]


def _months(run: Session, chosen: Sequence[Record]) -> list[tuple[str, list[Said | str], int]]:
    from yuqing.stats.figures import grouped, overview
    from yuqing.stats.record import counted

    office = run.workspace.office
    groups = grouped(counted(chosen, demo=office.demo), "month", office, run.zone)
    return [
        (label, [said_number(each) for each in overview(group, office)], len(group))
        for label, group in groups.items()
    ]


def _newest(found: Sequence[Record]) -> list[Record]:
    from yuqing.stats.record import opened

    return sorted(found, key=lambda each: (opened(each.log), each.case.id))


def _carried(run: Session, record: Record, begin: dt.date) -> bool:
    """Was it open already when the period began, and had not been closed by then?"""
    from yuqing.stats.record import opened

    start = dt.datetime.combine(begin, dt.time(0), run.zone)
    before = tuple(e for e in record.log if e.at < start)
    return opened(record.log) < start and bool(before) and state(before) != "closed"


def _case(run: Session, record: Record) -> dict[str, Any]:
    """One case in a list: what it was, where it stands, what was done last."""
    from yuqing.review.names import Names
    from yuqing.stats.record import channel, discovery, grade, opened, over, units

    names = Names(record.plans, run.workspace.office)
    secret = record.case.secrecy == "secret"
    begin, found, held = opened(record.log), discovery(record.log), grade(record.log, "level")
    ended = over(record.log)
    kinds = ("published", "replied", "done", "concluded", "calmed", "closed", "assigned")
    done = [e for e in record.log if e.kind in kinds and (e.text or e.because)]
    judged = [e for e in record.log if e.kind == "graded" and e.because]
    return {
        "case": record.case.id,
        "title": record.case.title,
        "drill": record.case.drill,
        "at": begin.astimezone(run.zone),
        "source": channel(record, names),
        "level": names.level("level", held) if held else "",
        "state": state(record.log),
        "units": names.organs(units(record.log)),
        "summary": (found.text if found and not secret else None) or "",
        "judged": "" if secret or not judged else judged[-1].because,
        "done": "" if secret or not done else done[-1].text or done[-1].because,
        "links": () if secret else tuple(dict.fromkeys(x for e in record.log for x in e.links)),
        "ended": ended.at.astimezone(run.zone) if ended else None,
        "taken": ended.at - begin if ended and ended.at >= begin else None,
        "late": sum(s.state in ("met_late", "overdue") and not s.arose_late
                    for s in record.standings),
    }  # fmt: skip


def _looks(books: Sequence[Record]) -> list[dict[str, Any]]:
    """Each routine duty that fell due in the period: how often, in time, late, not recorded."""
    from yuqing.audit import Record as Answer
    from yuqing.stats.duties import fallen_due

    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for due in fallen_due(books):
        s = due.standing
        line = lines.setdefault(
            (s.plan, s.duty.partition("@")[0]),
            {"does": s.does, "clause": s.clause, "due": 0, "in_time": 0, "late": 0, "none": 0},
        )
        line["due"] += 1
        line["in_time"] += due.in_time
        line["late"] += due.said is Answer.LATE
        line["none"] += due.said is Answer.NOTHING
    return list(lines.values())


# --- a digest --------------------------------------------------------------------------


def digest(
    run: Session, chosen: Sequence[Record], period: Period, *, whole: bool
) -> dict[str, Any]:
    """What the template of a digest may print. ``whole``: the cases were named one by one;
    else those of the period, without drills and duplicates."""
    from yuqing.stats.record import counted, within

    office = run.workspace.office
    if not whole:
        chosen = within(chosen, period.first, period.last, run.zone)
        chosen = counted(chosen, demo=office.demo)
    return {
        "office": office.name,
        "demo": office.demo,
        "now": run.now,
        "when": period.kind if period.first else "until",
        "period": None if whole else period_words(period, run.now),
        "cases": [_case(run, each) for each in _newest(chosen)],
    }


# --- the workbook ----------------------------------------------------------------------


def _tables(
    run: Session,
    chosen: Sequence[Record],
    found: Sequence[Figure],
    cases: Mapping[str, Case],
    period: Period,
) -> list[Any]:
    """Figures, divisions with their charts, months, and every case behind every figure."""
    from yuqing.render.table import Chart, Table

    def say(key: str) -> str:
        return looking.say(run, key)

    heads = [say(key) for key in (N_("Figure"), N_("Meaning"), N_("Number"), N_("Of"), N_("Share"),
             N_("Median, minutes"), N_("Mean, minutes"), N_("Slowest, minutes"))]  # fmt: skip
    made = [
        Table(
            title=f"{say(N_('Figures'))} {period.code}".strip(),
            heads=heads,
            widths=[36, 44, 10, 10, 10, 16, 16, 16],
            lines=[_figure_line(run, each) for each in found],
            fixed=1,
        )
    ]
    for by, title in (("level", N_("By level")), ("category", N_("By category")),
                      ("source", N_("By channel")), ("unit", N_("By unit"))):  # fmt: skip
        parts = _parts(found, f"received.{by}.")
        made.append(
            Table(
                title=say(title),
                heads=[say(SHORTS[by]), say(N_("received"))],
                widths=[36, 12],
                lines=[(_label(run, label), n) for label, n, _, _ in parts],
                chart=Chart(title=say(title), kind="bar"),
                wide=False,
            )
        )
    months = _months(run, chosen)
    made.append(
        Table(
            title=say(N_("By month")),
            heads=[say(N_("Month")), *(say(head) for head in SHORT.values())],
            widths=[12, 12, 20, 20, 20, 20],
            lines=[
                (label, count, *(_text(run, number) for number in numbers[1:]))
                for label, numbers, count in months
            ],
            chart=Chart(title=say(N_("By month"))),
            wide=False,
        )
    )
    made.append(
        Table(
            title=say(N_("Cases behind the figures")),
            heads=[say(key) for key in (N_("Figure"), N_("No."), N_("Title"), N_("Counted"),
                   N_("Entry or duty"), N_("Minutes"))],
            widths=[36, 20, 40, 10, 30, 12],
            lines=[
                (figure.id, mark.case, screen.clean(cases[mark.case].title),
                 say(N_("yes") if counted else N_("no")), mark.what, minutes(mark.taken))
                for figure in found
                for counted, marks in ((True, figure.marks), (False, figure.rest))
                for mark in marks
            ],
            fixed=1,
        )
    )  # fmt: skip
    return made


def _label(run: Session, label: str) -> str:
    """What stands at a bar: a spreadsheet lays long labels out for minutes."""
    shown = screen.clean(label) or looking.say(run, N_("not recorded"))
    return shown if len(shown) <= LABEL else shown[:LABEL] + "…"


SHORTS: Mapping[str, str] = {
    "level": N_("Level"),
    "category": N_("Category"),
    "source": N_("Channel"),
    "unit": N_("Unit"),
}


def _figure_line(run: Session, figure: Figure) -> tuple[Any, ...]:
    lengths = figure.lengths
    return (
        figure.id,
        screen.clean(words.say(figure.name, run.language)),
        len(figure.marks),
        None if figure.base is None else len(figure.base),
        figure.share,
        minutes(lengths.median if lengths else None),
        minutes(lengths.mean if lengths else None),
        minutes(lengths.slowest.taken if lengths else None),
    )


def _text(run: Session, said: Said | str) -> str:
    return said if isinstance(said, str) else words.say(said, run.language)
