"""Figures and the ledger: ``stats`` and ``ledger``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Case
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.cli.understand import nearest, parse_day
from yuqing.errors import NotFound, Refused, Said, Usage
from yuqing.variants import fold
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.stats import Figure, Mark, Record

FROM = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help=N_("Cases that came in on this day or later.")),
]
TO = Annotated[
    str | None,
    typer.Option("--to", metavar="DATE", help=N_("Cases that came in on this day or earlier.")),
]


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("stats", help=N_("Figures over many cases, each traceable to its cases."))(_stats)
    app.command("ledger", help=N_("The ledger of all cases as a table: XLSX or CSV."))(_ledger)


# --- which cases -----------------------------------------------------------------------


def records(sight: looking.Sight) -> list[Record]:
    """The cases of an answer as figures see them."""
    from yuqing.stats import Record

    return [
        Record(v.case, v.log, v.plans, v.standings)
        for v in sight.views
        if v.log and not v.case.is_logbook
    ]


def _period(
    run: Session, since: str | None, until: str | None
) -> tuple[dt.date | None, dt.date | None]:
    first, last = (
        None if text is None else parse_day(text, run.now, run.zone) for text in (since, until)
    )
    if first and last and first > last:
        key = N_("{first} is after {last}: nothing can have come in between")
        raise Refused(key, first=first.isoformat(), last=last.isoformat())
    return first, last


def _span(run: Session, first: dt.date | None, last: dt.date | None) -> str:
    begin = first.isoformat() if first else looking.say(run, N_("the beginning"))
    return looking.say(
        run, N_("{first} to {last}"), first=begin, last=(last or run.now.date()).isoformat()
    )


# --- stats -----------------------------------------------------------------------------


def _stats(
    ctx: typer.Context,
    since: FROM = None,
    until: TO = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="month|unit|level|category|source",
            help=N_("The main figures, one line for each."),
        ),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option(
            "--why", metavar="FIGURE", help=N_("The cases behind one figure, by its name here.")
        ),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", help=N_("The whole of this year."))
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE.md", help=N_("Write them as a summary.")),
    ] = None,
) -> int:
    """Figures over the cases that came in within the period; closed and filed ones too."""
    from yuqing.stats import figures, within

    run = session(ctx)
    _known_division(by)
    if year is not None and (since or until or not dt.MINYEAR <= year <= dt.MAXYEAR):
        raise Usage(N_("a year stands alone, without --from and --to, as in --year 2026"))
    if output is not None and (by or why):
        raise Usage(N_("a summary has every figure: -o goes without --by and --why"))
    first, last = _period(run, since, until)
    if year is not None:
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    sight = looking.look(run, archive=True)
    office = run.workspace.office
    chosen = within(records(sight), first, last, run.zone)
    cases = {r.case.id: r.case for r in chosen}
    found = _divided(run, chosen, by) if by else list(figures(chosen, office))
    if why is not None:
        found = [_named(why, found)]
    if output is not None:
        return _summary(run, output, chosen, found, cases, (first, last), sight)
    if run.json:
        more = {"from": first, "to": last, "by": by}
        looking.answer(run, "stats", [_item(run, f, cases) for f in found], sight, **more)
        return 3 if sight.broken else 0
    looking.banner(run)
    if why is not None:
        for line in _reasons(run, found[0], cases):
            print(line)
    else:
        key = N_("{period}: {n} cases that came in then, as they stand now")
        print(looking.say(run, key, period=_span(run, first, last), n=len(chosen)))
        lines = _by_group(run, found) if by else [(f.id, *_told(run, f, cases)) for f in found]
        heads = [] if by else [N_("Figure"), N_("Meaning"), N_("Number")]
        screen.rows(
            [tuple(map(screen.clean, line)) for line in lines],
            heads=[looking.say(run, head) for head in heads],
            fancy=looking.fancy(run),
        )
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _known_division(by: str | None) -> None:
    from yuqing.stats import BY

    if by is not None and by not in BY:
        raise Refused(
            N_("figures are not divided by {name}"),
            hint=Said(N_("there are: {names}"), {"names": ", ".join(BY)}),
            name=by,
        )


def _divided(run: Session, chosen: Sequence[Record], by: str) -> list[Figure]:
    """The main figures of each group: ``on-time@2026-03``."""
    from dataclasses import replace

    from yuqing.stats import counted, grouped, overview

    office = run.workspace.office
    groups = grouped(counted(chosen, demo=office.demo), by, office, run.zone)
    return [
        replace(figure, id=f"{figure.id}@{label or 'none'}")
        for label, group in groups.items()
        for figure in overview(group, office)
    ]


def _by_group(run: Session, found: Sequence[Figure]) -> list[tuple[str, ...]]:
    """One line for each group; every number says what it is."""
    lines: dict[str, list[str]] = {}
    for figure in found:
        name, _, label = figure.id.partition("@")
        shown = looking.say(run, N_("not recorded")) if label == "none" else label
        lines.setdefault(shown, []).append(f"{looking.say(run, SHORT[name])} {_number(run, figure)}")
    return [(label, *cells) for label, cells in lines.items()]


SHORT: Mapping[str, str] = {
    "received": N_("received"),
    "replied": N_("replied"),
    "concluded": N_("dealt with"),
    "on-time": N_("in time"),
    "satisfied": N_("satisfied"),
}


def _named(wish: str, found: Sequence[Figure]) -> Figure:
    """The figure of that name, or the only one that begins so."""
    wanted = fold(wish)
    exact = [f for f in found if fold(f.id) == wanted]
    near = exact or [f for f in found if fold(f.id).startswith(wanted)]
    if len(near) == 1:
        return near[0]
    names = [f.id for f in near or found]
    raise NotFound(
        N_("{name} names several figures") if near else N_("there is no figure {name}"),
        hint=Said(N_("there are: {names}"), {"names": nearest(wish, names, 12)}),
        name=wish,
    )


def _number(run: Session, figure: Figure) -> str:
    """``12``, ``5/6 (83%)``, ``median 1:30 h``."""
    if figure.timed:
        if figure.median is None:
            return "—"
        return looking.say(run, N_("median {span}"), span=screen.length(figure.median))
    if figure.base is None:
        return str(len(figure.marks))
    if figure.share is None:
        return "0/0"
    return f"{len(figure.marks)}/{len(figure.base)} ({figure.share:.0%})"


def _told(run: Session, figure: Figure, cases: Mapping[str, Case]) -> tuple[str, str]:
    """What it is, and how much."""
    number = _number(run, figure)
    slowest = figure.slowest
    if slowest is not None and slowest.taken is not None:
        name = screen.case_name(cases[slowest.case])
        key = N_("{number}, slowest {span} ({case}), {n} in all")
        span = screen.length(slowest.taken)
        number = looking.say(run, key, number=number, span=span, case=name, n=len(figure.marks))
    return words.say(figure.name, run.language), number


def _reasons(run: Session, figure: Figure, cases: Mapping[str, Case]) -> Iterator[str]:
    """The figure, then a line for everything that was counted, then what was not."""
    yield screen.clean("  ".join((figure.id, *_told(run, figure, cases))))
    for mark in sorted(figure.marks, key=lambda m: m.taken or dt.timedelta(0), reverse=True):
        yield _mark(run, mark, cases, timed=figure.timed)
    if figure.rest:
        yield looking.say(run, N_("Not counted, of the same whole:"))
        for mark in figure.rest:
            yield _mark(run, mark, cases, timed=False)


def _mark(run: Session, mark: Mark, cases: Mapping[str, Case], *, timed: bool) -> str:
    case = cases[mark.case]
    span = words.say(screen.length(mark.taken), run.language) if timed and mark.taken else ""
    cells = (screen.case_name(case), case.title, mark.what, span)
    return "  " + screen.clean("  ".join(cell for cell in cells if cell))


def _item(run: Session, figure: Figure, cases: Mapping[str, Case]) -> dict[str, Any]:
    def put(marks: Sequence[Mark]) -> list[dict[str, Any]]:
        return [
            {
                "case": m.case,
                "title": cases[m.case].title,
                "what": m.what or None,
                "minutes": None if m.taken is None else int(m.taken.total_seconds() // 60),
            }
            for m in marks
        ]

    def minutes(span: dt.timedelta | None) -> int | None:
        return None if span is None else int(span.total_seconds() // 60)

    slowest = figure.slowest
    return {
        "figure": figure.id,
        "name": words.say(figure.name, run.language),
        "count": len(figure.marks),
        "of": None if figure.base is None else len(figure.base),
        "share": figure.share,
        "median_minutes": minutes(figure.median),
        "slowest_minutes": minutes(slowest.taken if slowest else None),
        "counted": put(figure.marks),
        "not_counted": put(figure.rest),
    }


def _summary(
    run: Session,
    output: Path,
    chosen: Sequence[Record],
    found: Sequence[Figure],
    cases: Mapping[str, Case],
    period: tuple[dt.date | None, dt.date | None],
    sight: looking.Sight,
) -> int:
    """All figures of the period, and the main ones by month, as one document."""
    from yuqing import render
    from yuqing.cli.sheets import adopted, give, may_write

    may_write(run, output)
    office = run.workspace.office
    months = [
        (label, tuple(_number(run, f) for f in group))
        for label, group in _months(run, chosen).items()
    ]
    values = {
        "office": office.name,
        "demo": office.demo,
        "period": _span(run, *period),
        "now": run.now,
        "count": len(chosen),
        "figures": [_told(run, figure, cases) for figure in found],
        "heads": [looking.say(run, head) for head in SHORT.values()],
        "months": months,
        "problems": [screen.problem_line(p, run.language) for p in sight.problems
                     if p.severity == "error"],
    }  # fmt: skip
    templates = store.template_names(run.workspace, "documents")
    made = render.sheet("office-summary.md.j2", values, adopted(run), templates, year=run.now.year)
    give(run, output, made, sight)
    return 3 if sight.broken else 0


def _months(run: Session, chosen: Sequence[Record]) -> dict[str, tuple[Figure, ...]]:
    from yuqing.stats import counted, grouped, overview

    office = run.workspace.office
    groups = grouped(counted(chosen, demo=office.demo), "month", office, run.zone)
    return {label: overview(group, office) for label, group in groups.items()}


# --- ledger ----------------------------------------------------------------------------


def _ledger(
    ctx: typer.Context,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE.xlsx|FILE.csv", help=N_("The file to write.")
        ),
    ],
    since: FROM = None,
    until: TO = None,
) -> int:
    """One row for each case, drills marked, closed and filed ones too."""
    from yuqing import render
    from yuqing.cli.papers import free
    from yuqing.cli.told import FORM_NAMES
    from yuqing.render import table
    from yuqing.stats import ledger, within

    run = session(ctx)
    ending = output.suffix.lower()
    if ending not in (".xlsx", ".csv"):
        key = N_("{name} is no name of a table; write it with .xlsx or .csv")
        raise Refused(key, name=output.name)
    free(run, output)
    first, last = _period(run, since, until)
    sight = looking.look(run, archive=True)
    ws = run.workspace
    places = {view.case.id: ws.name(view.path) for view in sight.views}
    chosen = within(records(sight), first, last, run.zone)
    found = ledger.rows(chosen, ws.office, forms=FORM_NAMES, places=places, zone=run.zone)
    made = table.Table(
        title=looking.say(run, N_("Ledger")),
        heads=[looking.say(run, head) for head, _ in ledger.COLUMNS.values()],
        widths=[width for _, width in ledger.COLUMNS.values()],
        lines=[[_cell(run, line[column]) for column in ledger.COLUMNS] for line in found],
    )
    there = output.exists()
    render.put(output, table.as_xlsx(made) if ending == ".xlsx" else table.as_csv(made))
    if run.json:
        more = {"file": str(output), "replaced": there}
        items = [{"case": line["case"], "title": line["title"]} for line in found]
        looking.answer(run, "ledger", items, sight, **more)
    elif not run.quiet:
        looking.banner(run)
        key = N_("{file}  {n} cases, {period}")
        said = looking.say(
            run, key, file=output, n=len(found), period=_span(run, first, last)
        )
        if there:
            said += looking.say(run, N_(" (in place of the older file)"))
        print(screen.clean(said))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _cell(run: Session, value: object) -> str | dt.datetime | None:
    """A cell in the reader's language; lines stay lines, control characters become visible."""
    if value is None or isinstance(value, dt.datetime):
        return value
    lines = value if isinstance(value, tuple) else (value,)
    spoken = (words.say(each, run.language) if isinstance(each, Said) else each for each in lines)
    rows = (screen.clean(row) for text in spoken for row in text.splitlines())
    return "\n".join(rows)
