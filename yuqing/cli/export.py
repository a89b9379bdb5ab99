"""``export``: tables for other programs, and the limits as a calendar for phones."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yuqing import screen
from yuqing.cli import looking, periods, told
from yuqing.cli.context import Session, session
from yuqing.cli.progress import watched
from yuqing.errors import Refused, Said, Usage
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render.feed import Deadline
    from yuqing.stats.period import Period

GONE = dt.timedelta(days=30)
"""So long what is no longer owed is still named as cancelled, so that it vanishes everywhere."""

ALARM = Annotated[
    list[str] | None,
    typer.Option("--alarm", metavar="SPAN", help=N_("The phone rings so long before (15m).")),
]


FORMS = ("json", "jsonl", "csv", "xlsx", "parquet", "ics")
WHOLE = ("xlsx", "parquet")
"""Forms that need a file."""


def register(app: typer.Typer) -> None:
    """Bring the command of this module into the application."""
    app.command(
        "export",
        help=N_("Cases, clocks or entries as a table for other programs; limits as a calendar."),
    )(_export)


def _export(
    ctx: typer.Context,
    table: Annotated[
        str | None,
        typer.Argument(
            metavar="cases|clocks|entries",
            show_default=False,
            help=N_("A row for each case (default), duty or entry."),
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="|".join(FORMS), help=N_("Default: by the file's name.")),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help=N_("The file to write."))
    ] = None,
    desk: Annotated[
        bool, typer.Option("--open", help=N_("Only the cases that are not closed."))
    ] = False,
    period: periods.PERIOD = None,
    since: periods.FROM = None,
    until: periods.TO = None,
    alarm: ALARM = None,
) -> int:
    """Every case there is, closed and filed ones too; as a calendar, all that has a limit."""
    from yuqing.cli.target import free

    run = session(ctx)
    form = form or (output.suffix.removeprefix(".").lower() if output else "")
    if form not in FORMS:
        raise Usage(
            N_("no format {name}; there are {names}"), name=form or "?", names=", ".join(FORMS)
        )
    if output is not None:
        free(run, output)
    elif form in WHOLE:
        raise Usage(N_("{form} needs a file: -o FILE"), form=form)
    if form == "ics":
        if table is not None:
            raise Usage(N_("a calendar holds limits, no table: {name}"), name=table)
        return _calendar(run, output, alarm)
    wanted = periods.asked(run, period, since, until)
    return _table(run, table or "cases", form, output, wanted, desk=desk)


def _table(
    run: Session, table: str, form: str, output: Path | None, wanted: Period, *, desk: bool
) -> int:
    """One of the flat tables."""
    from yuqing import render
    from yuqing.case import state
    from yuqing.cli.figures import records
    from yuqing.cli.understand import nearest
    from yuqing.render import flat
    from yuqing.stats import tables
    from yuqing.stats.record import within

    if table not in tables.TABLES:
        raise Refused(
            N_("there is no table {name}"),
            hint=Said(N_("there are: {names}"), {"names": nearest(table, tables.TABLES)}),
            name=table,
        )
    columns = tables.TABLES[table]
    sight = looking.look(run, archive=not desk)
    chosen = [
        each
        for each in within(records(sight), wanted.first, wanted.last, run.zone)
        if not desk or state(each.log) != "closed"
    ]
    counting = watched(chosen, run, N_("Rows"))
    rows = tables.rows(table, counting, run.workspace.office, zone=run.zone)
    match form:
        case "parquet":
            assert output is not None
            flat.parquet(rows, columns, output, run.zone.key)
            data = b""
        case "xlsx":
            data = flat.xlsx(rows, columns, table)
        case "csv":
            data = flat.csv(rows, columns)
        case "json":
            answer = looking.told(run, "export", [*map(flat.plain, rows)], sight, table=table)
            data = (json.dumps(answer, ensure_ascii=False, indent=2) + "\n").encode()
        case _ if output is None:
            for line in flat.json_lines(rows):
                print(line)
            data = b""
        case _:
            data = "".join(f"{line}\n" for line in flat.json_lines(rows)).encode()
    if output is None:
        sys.stdout.write(data.decode())
    else:
        if form != "parquet":
            render.put(output, data)
        if not run.quiet:
            looking.banner(run)
            key = N_("{file}  {n} cases, {period}")
            told_ = looking.say(run, key, file=output, n=len(chosen),
                                period=periods.told(run, wanted))  # fmt: skip
            print(screen.clean(told_))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _calendar(run: Session, output: Path | None, alarm: list[str] | None) -> int:
    """All that has a limit, of open cases and of the office itself."""
    from yuqing import render
    from yuqing.render.feed import feed

    spans = [looking.length(each) for each in alarm or ["15m"]]
    sight = looking.look(run)
    data = feed(
        _deadlines(run, sight.views),
        name=run.workspace.office.name,
        code=run.workspace.office.code.lower(),
        now=run.now,
        alarms=spans,
    )
    if output is None:
        sys.stdout.write(data.decode())
    else:
        render.put(output, data)
        if not run.quiet:
            print(screen.clean(str(output)))
    screen.complain(sight.problems, run.language)
    return 3 if sight.broken else 0


def _deadlines(run: Session, views: Sequence[looking.View]) -> Iterator[Deadline]:
    """Drills stay out, as they do in reminders; internal matters have no title."""
    from yuqing.render.feed import Deadline

    for view in views:
        if view.case.drill and not run.workspace.office.demo:
            continue
        recorded = [each.recorded for each in view.log if each.recorded]
        changed = max(recorded, default=run.now)
        for row in view.rows:
            standing = row.standing
            if standing.limit is None or standing.limit < run.now - GONE:
                continue
            name = looking.say(run, N_("drill")) if view.case.drill else ""
            what = standing.does
            if standing.item:
                what = looking.say(run, N_("open item {id}"), id=standing.duty)
            parts = (name, screen.case_name(view.case), what, re.sub(r"^\s+", "", standing.clause))
            title = "" if view.case.secrecy else view.case.title
            level = "" if view.case.is_logbook else told.level(view, run.language)
            yield Deadline(
                key=standing.key,
                summary=screen.clean("  ".join(part for part in parts if part)),
                description=screen.clean("  ".join(part for part in (level, title) if part)),
                limit=standing.limit,
                changed=changed,
                sequence=len(view.case.log),
                cancelled=standing.over,
            )
