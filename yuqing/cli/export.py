"""``export``: the limits as a calendar for phones."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yuqing import screen
from yuqing.cli import looking, told
from yuqing.cli.context import Session, session
from yuqing.errors import Usage
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.render.feed import Deadline

GONE = dt.timedelta(days=30)
"""So long what is no longer owed is still named as cancelled, so that it vanishes everywhere."""

ALARM = Annotated[
    list[str] | None,
    typer.Option("--alarm", metavar="SPAN", help=N_("The phone rings so long before (15m).")),
]


def register(app: typer.Typer) -> None:
    """Bring the command of this module into the application."""
    app.command("export", help=N_("The limits as a calendar for phones (ics)."))(_export)


def _export(
    ctx: typer.Context,
    form: Annotated[
        str | None, typer.Option("--format", metavar="ics", help=N_("Default: by the file's name."))
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help=N_("The file to write."))
    ] = None,
    alarm: ALARM = None,
) -> int:
    """All that has a limit, of open cases and of the office itself."""
    from yuqing import render
    from yuqing.cli.papers import free
    from yuqing.render.feed import feed

    run = session(ctx)
    form = form or (output.suffix.removeprefix(".").lower() if output else None)
    if form != "ics":
        raise Usage(N_("no format {name}; there is ics"), name=form or "?")
    if output is not None:
        free(run, output)
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
            key = (standing.case, standing.plan, standing.duty, standing.for_ or "")
            yield Deadline(
                key="|".join((*key, str(standing.round), standing.started_by or "")),
                summary=screen.clean("  ".join(part for part in parts if part)),
                description=screen.clean("  ".join(part for part in (level, title) if part)),
                limit=standing.limit,
                changed=changed,
                sequence=len(view.case.log),
                cancelled=standing.over,
            )
