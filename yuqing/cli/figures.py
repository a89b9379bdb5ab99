"""Figures over many cases: ``stats``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import screen, store, words
from yuqing.case import Case, current, effective, typed_id
from yuqing.cli import looking, periods
from yuqing.cli.context import Session, session
from yuqing.cli.progress import watched
from yuqing.cli.understand import nearest
from yuqing.errors import NotFound, Problem, Refused, Said, Unreadable, Unusable, Usage
from yuqing.plan import Plan
from yuqing.variants import fold
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.stats.accountability import Finding, Lapse
    from yuqing.stats.figure import Figure, Lengths, Mark
    from yuqing.stats.parts import Part
    from yuqing.stats.period import Period
    from yuqing.stats.record import Record


def register(app: typer.Typer) -> None:
    """Bring the command of this module into the application."""
    app.command("stats", help=N_("Figures over many cases, each traceable to its cases."))(_stats)


# --- which cases -----------------------------------------------------------------------


def records(sight: looking.Sight) -> list[Record]:
    """The cases of an answer as figures see them."""
    from yuqing.stats.record import Record

    return [
        Record(v.case, v.log, v.plans, v.standings)
        for v in sight.views
        if v.log and not v.case.is_logbook
    ]


def logbooks(run: Session, period: Period) -> tuple[list[Record], tuple[Problem, ...]]:
    """A record for each month of the period (without one: of every logbook there is), with the
    clocks of the office's own duties that fell due in it."""
    from yuqing.stats.record import Record

    ws = run.workspace
    there = sorted(path.stem[4:] for path in (ws.cases / "log").glob("LOG-*.yaml"))
    this = f"{run.now:%Y-%m}"
    months = [month for month in period.months or there if month <= this]
    around = {each for month in months for each in _around(month)}
    books = store.logbooks(ws, around)
    cases = {each.case.id[4:]: looking.as_of(run, each.case) for each in books.cases}
    plans = adopted(run)
    found = []
    for month in watched(months, run, N_("Logbooks")):
        near = [cases[each] for each in _around(month) if each in cases]
        case = current(cases.get(month) or Case(id=f"LOG-{month}", title=ws.office.name))
        clocks = _clocks(run, month, near, plans)
        found.append(Record(case, effective(case), plans, clocks))
    return found, books.problems


def adopted(run: Session) -> tuple[Plan, ...]:
    """The adopted plans; an office without any still has its papers."""
    try:
        return store.plans(run.workspace)
    except (Unreadable, Unusable):
        return ()


def _around(month: str) -> tuple[str, str, str]:
    """A month with its neighbours: what fell due may have been done before, or afterwards."""
    first = dt.date.fromisoformat(f"{month}-01")
    before, after = first - dt.timedelta(days=1), first + dt.timedelta(days=32)
    return f"{before:%Y-%m}", month, f"{after:%Y-%m}"


def _clocks(
    run: Session, month: str, books: Sequence[Case], plans: tuple[Plan, ...]
) -> tuple[Any, ...]:
    """What fell due in the month, as it stood a month later, or stands now."""
    from yuqing.clock import office_standings

    ws = run.workspace
    after = dt.date.fromisoformat(f"{_around(_around(month)[2])[2]}-01")
    end = dt.datetime.combine(after, dt.time(0), run.zone) - dt.timedelta(minutes=1)
    standings = office_standings(
        books, plans, store.calendar(ws), min(run.now, end), since=ws.office.since
    )
    minute = dt.timedelta(minutes=1)  # 24:00 belongs to the day that ends
    return tuple(s for s in standings if s.limit and f"{s.limit - minute:%Y-%m}" == month)


# --- stats -----------------------------------------------------------------------------


def _stats(
    ctx: typer.Context,
    period: periods.PERIOD = None,
    since: periods.FROM = None,
    until: periods.TO = None,
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
    accountability: Annotated[
        bool,
        typer.Option(
            "--accountability",
            help=N_("Late and missing duties by unit, and what organs have found."),
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE.md|html|docx|xlsx",
            help=N_("Write them as a report on the period."),
        ),
    ] = None,
) -> int:
    """Figures over the cases that came in within the period; closed and filed ones too."""
    from yuqing.cli.tallies import parts
    from yuqing.stats.parts import came_in, divided, merged
    from yuqing.stats.record import within

    run = session(ctx)
    _known_division(by)
    if (
        sum((by is not None, why is not None and by is None, accountability, output is not None))
        > 1
    ):
        raise Usage(N_("only one of --by, --why, --accountability and -o at a time"))
    wanted = periods.asked(run, period, since, until)
    if output is not None:
        from yuqing.cli.summary import report

        return report(run, output, wanted)
    office = run.workspace.office
    if accountability:
        sight = looking.look(run, archive=True)
        lapses = within(records(sight), wanted.first, wanted.last, run.zone)
        return _accountability(run, lapses, wanted, sight)
    every, sight = parts(run)
    chosen = came_in(every, wanted.first, wanted.last, run.zone)
    books: list[Record] = []
    if by is not None:
        found = [
            figure._replace(id=f"{figure.id}@{label or 'none'}")
            for label, group in divided(chosen, by, office).items()
            for figure in group
        ]
    else:
        books, problems = logbooks(run, wanted)
        sight = looking.Sight(sight.views, (*sight.problems, *problems))
        found = list(merged(chosen, office, books))
    if why is not None:
        found = [_named(why, found)]
    if run.json:
        titles = _titles(chosen, books)
        more = {"from": wanted.first, "to": wanted.last, "by": by}
        looking.answer(run, "stats", [_item(run, f, titles) for f in found], sight, **more)
        return 3 if sight.broken else 0
    looking.banner(run)
    if why is not None:
        for line in _reasons(run, found[0], _titles(chosen, books)):
            print(line)
    else:
        key = N_("{period}: {n} cases that came in then, as they stand now")
        print(looking.say(run, key, period=periods.told(run, wanted), n=len(chosen)))
        lines = _by_group(run, found) if by else [(f.id, *_told(run, f)) for f in found]
        heads = [] if by else [N_("Figure"), N_("Meaning"), N_("Number")]
        screen.rows(
            [tuple(map(screen.clean, line)) for line in lines],
            heads=[looking.say(run, head) for head in heads],
            fancy=looking.fancy(run),
        )
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _titles(chosen: Sequence[Part], books: Sequence[Record]) -> dict[str, str]:
    """Id → title."""
    return {e.case: e.title for e in chosen} | {r.case.id: r.case.title for r in books}


def _known_division(by: str | None) -> None:
    from yuqing.stats.figures import BY

    if by is not None and by not in BY:
        raise Refused(
            N_("figures are not divided by {name}"),
            hint=Said(N_("there are: {names}"), {"names": ", ".join(BY)}),
            name=by,
        )


def _by_group(run: Session, found: Sequence[Figure]) -> list[tuple[str, ...]]:
    """One line for each group; every number says what it is."""
    lines: dict[str, list[str]] = {}
    for figure in found:
        name, _, label = figure.id.partition("@")
        shown = looking.say(run, N_("not recorded")) if label == "none" else label
        number = _spoken(run, said_number(figure))
        lines.setdefault(shown, []).append(f"{looking.say(run, SHORT[name])} {number}")
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


def said_number(figure: Figure) -> Said | str:
    """``12``, ``5/6 (83%)``, ``median 1:30 h, mean 2:10 h``."""
    if figure.timed:
        lengths = figure.lengths
        return _middle(lengths) if lengths else "—"
    if figure.base is None:
        return str(len(figure.marks))
    if figure.share is None:
        return "0/0"
    return f"{len(figure.marks)}/{len(figure.base)} ({figure.share:.0%})"


def _middle(lengths: Lengths) -> Said:
    params = {"span": screen.length(lengths.median), "mean": screen.length(lengths.mean)}
    return Said(N_("median {span}, mean {mean}"), params)


def said_value(figure: Figure) -> Said | str:
    """How much; of a length also the slowest, and where."""
    lengths = figure.lengths
    if lengths is None or lengths.slowest.taken is None:
        return said_number(figure)
    return Said(
        N_("{number}, slowest {span} ({case}), {n} in all"),
        {
            "number": _middle(lengths),
            "span": screen.length(lengths.slowest.taken),
            "case": typed_id(lengths.slowest.case),
            "n": len(figure.marks),
        },
    )


def _told(run: Session, figure: Figure) -> tuple[str, str]:
    """What it is, and how much."""
    return words.say(figure.name, run.language), _spoken(run, said_value(figure))


def _spoken(run: Session, said: Said | str) -> str:
    return said if isinstance(said, str) else words.say(said, run.language)


def _reasons(run: Session, figure: Figure, titles: Mapping[str, str]) -> Iterator[str]:
    """The figure, then a line for everything that was counted, then what was not."""
    yield screen.clean("  ".join((figure.id, *_told(run, figure))))
    for mark in sorted(figure.marks, key=lambda m: m.taken or dt.timedelta(0), reverse=True):
        yield _mark(run, mark, titles, timed=figure.timed)
    if figure.rest:
        yield looking.say(run, N_("Not counted, of the same whole:"))
        for mark in figure.rest:
            yield _mark(run, mark, titles, timed=False)


def _mark(run: Session, mark: Mark, titles: Mapping[str, str], *, timed: bool) -> str:
    span = words.say(screen.length(mark.taken), run.language) if timed and mark.taken else ""
    cells = (typed_id(mark.case), titles[mark.case], mark.what, span)
    return "  " + screen.clean("  ".join(cell for cell in cells if cell))


def _item(run: Session, figure: Figure, titles: Mapping[str, str]) -> dict[str, Any]:
    def put(marks: Sequence[Mark]) -> list[dict[str, Any]]:
        return [
            {
                "case": m.case,
                "title": titles[m.case],
                "what": m.what or None,
                "minutes": minutes(m.taken),
            }
            for m in marks
        ]

    lengths = figure.lengths
    return {
        "figure": figure.id,
        "name": words.say(figure.name, run.language),
        "count": len(figure.marks),
        "of": None if figure.base is None else len(figure.base),
        "share": figure.share,
        "median_minutes": minutes(lengths.median if lengths else None),
        "mean_minutes": minutes(lengths.mean if lengths else None),
        "slowest_minutes": minutes(lengths.slowest.taken if lengths else None),
        "counted": put(figure.marks),
        "not_counted": put(figure.rest),
    }


def minutes(span: dt.timedelta | None) -> int | None:
    """Whole minutes."""
    return None if span is None else int(span.total_seconds() // 60)


# --- who was late, and what organs found -----------------------------------------------


def _accountability(
    run: Session, chosen: Sequence[Record], period: Period, sight: looking.Sight
) -> int:
    from yuqing.stats.accountability import accountability
    from yuqing.stats.record import counted

    office = run.workspace.office
    found = accountability(counted(chosen, demo=office.demo), office, run.now)
    if run.json:
        items = [_lapse_item(each) for each in (*found.late, *found.missed)]
        more = {
            "from": period.first,
            "to": period.last,
            "found": [_finding_item(each) for each in found.found],
        }
        looking.answer(run, "accountability", items, sight, **more)
        return 3 if sight.broken else 0
    looking.banner(run)
    key = N_("{period}: computed from the record of {n} cases that came in then")
    print(looking.say(run, key, period=periods.told(run, period), n=len(chosen)))
    for head, lapses in (
        (N_("Late by own statement"), found.late),
        (N_("Limit passed, nothing recorded"), found.missed),
    ):
        print(f"{looking.say(run, head)}  {len(lapses)}")
        screen.rows([_lapse(run, each) for each in lapses], fancy=looking.fancy(run))
    print(f"{looking.say(run, N_('Found by an organ and recorded'))}  {len(found.found)}")
    screen.rows([_finding(run, each) for each in found.found], fancy=looking.fancy(run))
    print(
        looking.say(
            run, N_("Whether anything was told falsely or withheld, the record cannot say.")
        )
    )
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _lapse(run: Session, each: Lapse) -> tuple[str, ...]:
    past = looking.say(run, N_("{span} over"), span=screen.length(each.by))
    limit = screen.short(each.limit, run.now, end=True)
    cells = ("、".join(each.units), typed_id(each.case), each.does, each.clause, limit, past)
    return tuple(map(screen.clean, cells))


def _finding(run: Session, each: Finding) -> tuple[str, ...]:
    basis = "; ".join(each.basis) or looking.say(run, N_("no basis recorded"))
    at = screen.short(each.at, run.now)
    return tuple(map(screen.clean, (typed_id(each.case), each.matter, each.organ, at, basis)))


def _lapse_item(each: Lapse) -> dict[str, Any]:
    return {
        "case": each.case,
        "title": each.title,
        "units": list(each.units),
        "does": each.does,
        "clause": each.clause,
        "limit": screen.iso(each.limit),
        "done": screen.iso(each.done),
        "late_minutes": minutes(each.by),
    }


def _finding_item(each: Finding) -> dict[str, Any]:
    return {
        "case": each.case,
        "title": each.title,
        "kind": each.kind,
        "matter": each.matter,
        "organ": each.organ,
        "at": screen.iso(each.at),
        "basis": list(each.basis),
    }
