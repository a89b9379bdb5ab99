"""``overdue``: what is late, for people and for cron, which asks again and again."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yuqing import again, screen, store, words
from yuqing.cli import looking
from yuqing.cli.complete import BY_METAVAR
from yuqing.cli.context import Session, session
from yuqing.cli.look import CASE
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.again import Asked, Piece
    from yuqing.screen import Row

_MINUTE = dt.timedelta(minutes=1)


def register(app: typer.Typer) -> None:
    """Bring the command into the application."""
    app.command("overdue", help=N_("What is late; silent and exit 0 if nothing."))(_overdue)


def _overdue(
    ctx: typer.Context,
    case: Annotated[str | None, CASE] = None,
    warn: Annotated[
        str | None,
        typer.Option("--warn", metavar="SPAN", help=N_("Also what falls due so soon (15m).")),
    ] = None,
    drill: Annotated[bool, typer.Option("--drill", help=N_("Count drills too."))] = False,
    notify: Annotated[
        bool, typer.Option("--notify", help=N_("Also send messages (set up in office.yaml)."))
    ] = False,
    nag: Annotated[
        str | None,
        typer.Option("--nag", metavar="SPAN", help=N_("Send again what is unanswered so long.")),
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help=N_("Send each channel one line that is a test."))
    ] = False,
    ack: Annotated[
        str | None,
        typer.Option(
            "--ack",
            metavar="CASE",
            help=N_("The duty post has taken it: no reminder until the next stage."),
            autocompletion=BY_METAVAR["CASE"],
        ),
    ] = None,
) -> int:
    """What is late, nearest first; silent if nothing is."""
    run = session(ctx)
    asked = None if case is not None or notify else _asked(run)
    if ack is not None or test or notify:
        from yuqing.cli import reminding

        if ack is not None:
            return reminding.take(run, ack)
        reminding.may_send(run)
        if test:
            return 0 if reminding.rehearse(run) else 7
    span = looking.length(warn)
    sight = looking.look(run, case, warn=span)
    if case is None and not run.now_given:
        store.beat(run.workspace, now=run.now, cases=len(sight.views))
    rows = [row for v in sight.views for row in v.owed()]
    rows = looking.nearest(rows if drill else looking.counted(run, rows, case), run.now)
    late = [
        row
        for row in rows
        if row.standing.state in ("overdue", "due_soon", "past_target", "past_local_target")
    ]
    blind = [row for row in rows if row.standing.state == "incomplete"]
    code = looking.verdict(late, broken=sight.broken)
    if notify:
        wait = looking.length(nag) if nag is not None else None
        arrived = reminding.tell(run, sight.views, late, warn=span, nag=wait)
        code = code if arrived or code in (3, 10) else 7
    if looking.fancy(run) and not run.json:
        if late:
            looking.banner(run)
        screen.clocks(looking.folded(late, run.now), run.now, run.language, fancy=True)
        sys.stderr.write("".join(_complaints(run, sight, late, blind)))
        return code
    found = {
        "out": _envelope(run, [*late, *blind], sight) if run.json else [*_lines(run, late)],
        "err": [] if run.json else [*_complaints(run, sight, late, blind)],
        "beat": [None, f"\n{len(sight.views)}\n"],
        "code": code,
        "since": _minute(run.now),
        "until": math.ceil(_until(run, sight, span).timestamp() / 60),
        **_manner(run),
    }
    sys.stderr.write(again.said(found["err"], found, found["since"]))
    sys.stdout.write(again.said(found["out"], found, found["since"]))
    if asked is not None and _may_stand(run, asked, sight):
        again.keep(asked, found)
    return code


# --- the answer in pieces, so that the next minute's can be put together from them ---------


def _lines(run: Session, late: Sequence[Row]) -> Iterator[Piece]:
    """One clock a line. How far its time is away differs every minute, and is put in last."""
    if late and run.workspace.office.demo:
        yield looking.say(run, looking.DEMO) + "\n"
    for row in looking.folded(late, run.now):
        cells: list[Piece] = [*screen.cells(row, run.now, run.language)]
        moment = screen.pressing(row.standing, run.now)
        if moment is not None and _whole(moment):
            cells[screen.LEFT] = _minute(moment)
        for place, cell in enumerate(cell for cell in cells if cell != ""):
            yield from ("  ", cell) if place else (cell,)
        yield "\n"


def _envelope(run: Session, rows: Sequence[Row], sight: looking.Sight) -> list[Piece]:
    """The same for programs."""
    told = looking.told(run, "overdue", [screen.item(row) for row in rows], sight)
    before, now, after = screen.dumped(told).partition(f'"{told["now"]}"')
    return [before, now[:1], None, now[-1:], after, "\n"]


def _complaints(
    run: Session, sight: looking.Sight, late: Sequence[Row], blind: Sequence[Row]
) -> Iterator[str]:
    if late or sight.broken:
        yield from (screen.problem_line(each, run.language) + "\n" for each in sight.problems)
    if blind:
        # no word about these would make silence mean "nothing is late", which nobody knows
        said = N_("{n} duties cannot be computed, see {line}")
        yield looking.say(run, said, n=len(blind), line="yuqing due") + "\n"


def _manner(run: Session) -> dict[str, Any]:
    """How the minute of asking, and the way from there to a moment, are put into words."""
    spans = [words.say(form, run.language) for form in screen.LENGTHS]
    over, left = (words.say(form, run.language) for form in screen.ASIDE)
    date, _, clock = run.now.isoformat(timespec="minutes").partition("T")
    return {
        "day": date,
        "zone": clock[5:],
        "offset": (run.now.utcoffset() or dt.timedelta(0)) // _MINUTE,
        "spans": spans,
        "over": over,
        "left": left,
    }


# --- how long it stands -----------------------------------------------------------------


def _asked(run: Session) -> Asked | None:
    """The question as the next one will ask it, and how everything looks before it is read."""
    if run.now_given:
        return None
    try:
        return again.Asked(run.typed)
    except (OSError, ValueError):
        return None


def _may_stand(run: Session, asked: Asked, sight: looking.Sight) -> bool:
    """Is it whole, did git take part, and would the next one look for it where it lies?"""
    ws = run.workspace
    return (
        not sight.broken
        and all(each.file != "git" for each in sight.problems)
        and asked.root == str(ws.root)
        and asked.git_dir == str(ws.git_dir) == str(ws.common_dir)
    )


def _until(run: Session, sight: looking.Sight, warn: dt.timedelta) -> dt.datetime:
    """The first minute at which something else may have to be said, this midnight at the latest:
    from there on a day, a year or a logbook is another one."""
    now = run.now
    midnight = (now + dt.timedelta(days=1)).replace(hour=0, minute=0)
    ends = [midnight]
    for view in sight.views:
        ends.append(view.until.astimezone(now.tzinfo))
        for row in view.owed():
            times = (row.standing.local, row.standing.target, row.standing.limit)
            for moment in (each for each in times if each is not None):
                if not _whole(moment):
                    return now
                ends += (end for end in (moment + _MINUTE, moment - warn) if end > now)
    end = min(ends)
    return end if _whole(now) and end.utcoffset() == now.utcoffset() else now


def _minute(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // 60


def _whole(moment: dt.datetime) -> bool:
    """Does it fall on a minute, wherever it is told?"""
    return moment.timestamp() % 60 == 0
