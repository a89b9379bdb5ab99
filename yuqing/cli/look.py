"""Commands that answer from the whole folder: board, next, due, list."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from yuqing import screen, words
from yuqing.cli import looking, posts, told, typed
from yuqing.cli.complete import BY_METAVAR
from yuqing.cli.context import Session, session
from yuqing.cli.understand import parse_day
from yuqing.errors import Refused, Usage
from yuqing.variants import fold
from yuqing.words import N_

CASE = typer.Argument(
    metavar="CASE",
    show_default=False,
    autocompletion=BY_METAVAR["CASE"],
    help=N_("End of the case id, . (the only one), log."),
)
SHOWN = 12
"""So many lines of ``next``: what comes later is told by ``due``."""


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""
    app.command("next", help=N_("What to do now, nearest first, and the line to type."))(_next)
    app.command("due", help=N_("All running duties and open items."))(_due)
    app.command("list", help=N_("Cases on the desk; closed ones with --all."))(_list)


# --- the board -------------------------------------------------------------------------


def board(session: Session) -> int:
    """Open cases with level, what is late and the nearest limit; the office's own late duties."""
    sight = looking.look(session)
    views = [v for v in sight.views if not v.case.is_logbook]
    open_ones = [v for v in views if v.state != "closed" or v.owed()]
    own = [v for v in sight.views if v.case.is_logbook]
    late = [r for v in own for r in v.owed() if r.standing.state in ("overdue", "past_target")]
    if session.json:
        items = [*map(_summary, open_ones), *map(screen.item, late)]
        looking.answer(session, "board", items, sight)
        return 3 if sight.broken else 0
    looking.banner(session)
    if open_ones:
        _cases(session, open_ones)
    else:
        print(looking.say(session, N_("No case is open.")))
    if on_duty := posts.duty_line(session):
        print(on_duty)
    screen.clocks(
        looking.folded(looking.nearest(late, session.now), session.now),
        session.now,
        session.language,
        fancy=looking.fancy(session),
    )
    screen.complain(sight.problems, session.language)
    if not session.quiet:
        for line in looking.unpushed(session):
            print(line, file=sys.stderr)
    return 3 if sight.broken else 0


def live(run: Session, every: int) -> int:
    """The board on this terminal, written anew every so many seconds, until Ctrl-C.

    It is drawn on a page of its own: what stood there before comes back afterwards.
    """
    import time

    from rich.console import Console

    console = Console(highlight=False)
    if not sys.stdout.isatty():
        raise Usage(N_("--watch needs a terminal; for a page: {line}"), line="yuqing board --html")
    with console.screen(hide_cursor=True):
        while True:
            console.clear()
            board(run)
            key = N_("as of {time}; every {n} s; Ctrl-C ends")
            shown = screen.short(run.now.astimezone(run.zone), run.now)
            print(looking.say(run, key, time=shown, n=every))
            time.sleep(every)
            run = replace(run, clock=dt.datetime.now(dt.UTC))


def _late(view: looking.View) -> int:
    return sum(row.standing.state == "overdue" for row in view.owed())


def _cases(session: Session, views: Sequence[looking.View]) -> None:
    """Cases, one a line; on a terminal what presses stands under the title."""
    lines: list[tuple[str, ...]] = [_line(session, view) for view in views]
    fancy = looking.fancy(session)
    if fancy:
        lines = [
            (*line[:3], "\n".join((line[3], "  ".join(filter(None, line[4:]))))) for line in lines
        ]
    styles = ["bold red" if _late(view) else "" for view in views]
    screen.rows(lines, styles=styles, whole=(0, 1), fancy=fancy)


def _line(session: Session, view: looking.View) -> tuple[str, ...]:
    """A case as the cells of a line on the board and in ``list``."""
    language = session.language
    pressing = [
        row
        for row in looking.nearest(view.owed(), session.now)
        if row.standing.limit or row.standing.target or row.standing.local
    ]
    nearest = ""
    if pressing:
        standing = pressing[0].standing
        rest = screen.remaining(standing, session.now)
        nearest = "  ".join(
            part
            for part in (
                words.say(screen.due(standing, session.now), language),
                screen.clean(standing.does),
                words.say(rest, language) if rest else "",
            )
            if part
        )
    late = _late(view)
    return (
        view.case.id,
        words.say(told.STATES[view.state], language),
        told.level(view, language),
        screen.clean(view.case.title),
        words.say(N_("{n} late"), language, n=late) if late else "",
        nearest,
        words.say(N_("drill"), language) if view.case.drill else "",
        words.say(told.SECRECY[view.case.secrecy], language) if view.case.secrecy else "",
    )


def _summary(view: looking.View) -> dict[str, object]:
    """A case as programs get it from the board and from ``list``."""
    limits = [row.standing.limit for row in view.owed() if row.standing.limit]
    return {
        "case": view.case.id,
        "title": view.case.title,
        "plan": " ".join(plan.name for plan in view.plans),
        "state": view.state,
        "round": told.round_of(view),
        "grades": told.grades(view),
        "level": told.grades(view).get("level"),
        "provisional": any(row.standing.provisional for row in view.owed()),
        "drill": view.case.drill,
        "secrecy": view.case.secrecy,
        "opened": screen.iso(view.log[0].at) if view.log else None,
        "overdue": _late(view),
        "limit": screen.iso(min(limits)) if limits else None,
    }


# --- clocks ----------------------------------------------------------------------------


def _next(ctx: typer.Context, case: Annotated[str | None, CASE] = None) -> int:
    """What to do now."""
    run = session(ctx)
    sight = looking.look(run, case)
    rows = looking.nearest(
        [row for v in sight.views for row in v.owed() if _pressing(row)],
        run.now,
    )
    if run.json:
        items = [{**screen.item(row), "line": typed.of_row(row)} for row in rows]
        looking.answer(run, "next", items, sight)
        return 3 if sight.broken else 0
    looking.banner(run)
    for view in sight.views:
        for line in (*told.ungraded(view, run.language), *_untold(run, view)):
            print(line)
    rows = looking.folded(rows, run.now)
    lines = [typed.of_row(row) for row in rows]
    for row, line in list(zip(rows, lines, strict=True))[:SHOWN]:
        cells = screen.cells(row, run.now, run.language)
        print("  ".join(cell for cell in cells if cell))
        print(f"    {line}")
    if len(rows) > SHOWN:
        more = f"yuqing due {case}" if case else "yuqing due"
        print(looking.say(run, N_("{n} more: {line}"), n=len(rows) - SHOWN, line=more))
    if not rows:
        print(looking.say(run, N_("Nothing is owed now.")))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _untold(run: Session, view: looking.View) -> Iterator[str]:
    """It got worse, and since then no organ was told at all."""
    from yuqing.check.posts import worse_untold

    for each in worse_untold(view.log, view.plans, view.standings, run.now):
        if each.told is None:
            told_ = screen.tell(each.said, run.now, run.language)
            yield f"{screen.case_name(view.case)}  {told_}"


def _pressing(row: screen.Row) -> bool:
    """Can something be done about it now? A target may run before the limit's start happens."""
    standing = row.standing
    if standing.state == "waiting":
        return standing.target is not None or standing.limit is not None
    return standing.state != "paused"


def _due(
    ctx: typer.Context,
    case: Annotated[str | None, CASE] = None,
    within: Annotated[
        str | None,
        typer.Option("--within", metavar="SPAN", help=N_("Only what falls due so soon (2h).")),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            "--unit",
            metavar="ORGAN",
            help=N_("Only what this organ owes."),
            autocompletion=BY_METAVAR["ORGAN"],
        ),
    ] = None,
) -> int:
    """All running duties and open items, nearest first."""
    run = session(ctx)
    span = looking.length(within)
    sight = looking.look(run, case, warn=span)
    rows = looking.nearest([row for v in sight.views for row in v.owed()], run.now)
    if within is not None:
        rows = [row for row in rows if _falls(row, run.now + span)]
    if unit is not None:
        rows = [row for row in rows if _owes(row, unit)]
    code = looking.verdict(looking.counted(run, rows, case), broken=sight.broken)
    watches = posts.watched(run, sight.views) if unit is None else []
    if run.json:
        more = {"watches": [posts.watch_item(*each) for each in watches]}
        looking.answer(run, "due", list(map(screen.item, rows)), sight, **more)
        return code
    looking.banner(run)
    rows = looking.folded(rows, run.now)
    screen.clocks(rows, run.now, run.language, fancy=looking.fancy(run))
    for line in posts.watch_lines(run, watches):
        print(line)
    if not rows and not watches and not run.quiet:
        print(looking.say(run, N_("Nothing is owed now.")))
    screen.complain(sight.problems, run.language)
    return code


def _falls(row: screen.Row, end: dt.datetime) -> bool:
    standing = row.standing
    return any(m is not None and m <= end for m in (standing.target, standing.limit))


def _owes(row: screen.Row, unit: str) -> bool:
    """Does the organ, by id, name or part of its name, owe it?"""
    owing = (row.standing.for_,) if row.standing.for_ else row.standing.who
    return any(unit == organ or unit in row.naming.organ(organ) for organ in owing)


# --- cases -----------------------------------------------------------------------------


def _list(
    ctx: typer.Context,
    filters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORD|STATE|SCALE=VALUE",
            show_default=False,
            help=N_("Words of the title, a state (open, calm …), a grade (level=I)."),
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help=N_("Opened on this day or later."))
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help=N_("Opened on this day or earlier."))
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="TEXT", help=N_("Where it was found."))
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="TAG", help=N_("With an entry so tagged."))
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("Closed and filed ones too."))
    ] = False,
) -> int:
    """Cases that agree with everything asked for."""
    run = session(ctx)
    sight = looking.look(run, archive=everything)
    views = [v for v in sight.views if not v.case.is_logbook]
    wanted = [_wish(word, views) for word in filters or ()]
    if not everything and not any(word in _closed_words() for word in filters or ()):
        views = [v for v in views if v.state != "closed"]
    first, last = (_day(run, text) for text in (since, until))
    views = [
        v
        for v in views
        if all(fits(v) for fits in wanted)
        and (first is None or _opened(run, v) >= first)
        and (last is None or _opened(run, v) <= last)
        and (source is None or any(source in (e.source or "") for e in v.log))
        and (tag is None or any(tag in e.tags for e in v.log))
    ]
    views.sort(key=lambda v: (v.log[0].at, v.case.id))
    if run.json:
        looking.answer(run, "list", list(map(_summary, views)), sight)
        return 3 if sight.broken else 0
    looking.banner(run)
    if views:
        _cases(run, views)
    elif not run.quiet:
        print(looking.say(run, N_("No such case.")))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _opened(run: Session, view: looking.View) -> dt.date:
    return view.log[0].at.astimezone(run.zone).date()


def _day(run: Session, text: str | None) -> dt.date | None:
    return None if text is None else parse_day(text, run.now, run.zone)


def _closed_words() -> tuple[str, ...]:
    return ("closed", "关闭", "已关闭", "结案")


def _wish(word: str, views: Sequence[looking.View]) -> Callable[[looking.View], bool]:
    """What one word of ``list`` asks for: a state, a grade, or words of title or id."""
    states = told.state_words()
    if fold(word) in states:
        state = states[fold(word)]
        return lambda view: view.state == state
    name, sign, value = word.partition("=")
    if sign and name and value:
        scales = {s for v in views for plan in v.plans for s in plan.scales}
        if name not in scales and scales:
            raise Refused(
                N_("no scale {name}; there are: {names}"),
                name=name,
                names=", ".join(sorted(scales)),
            )
        return lambda view: told.has_grade(view, name, value)
    return lambda view: fold(word) in fold(view.case.title) or fold(word) in fold(view.case.id)
