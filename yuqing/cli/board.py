"""``board``: the wall page, the page of one case, and the live board of the terminal."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from yuqing import screen
from yuqing.cli.complete import BY_METAVAR
from yuqing.cli.context import session
from yuqing.errors import Usage
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the command of this module into the application."""
    app.command("board", help=N_("The board; with --html as a page for the wall."))(_board)


def _board(
    ctx: typer.Context,
    case: Annotated[
        str | None,
        typer.Argument(
            metavar="CASE",
            show_default=False,
            autocompletion=BY_METAVAR["CASE"],
            help=N_("The page of this case instead."),
        ),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help=N_("Write a page that needs no server.")),
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help=N_("Go on: write it again every so often."))
    ] = False,
    every: Annotated[
        int, typer.Option("--every", metavar="SECONDS", help=N_("How often, with --watch."))
    ] = 30,
    hide: Annotated[
        bool, typer.Option("--hide-titles", help=N_("For a screen that visitors see."))
    ] = False,
) -> int:
    """The board in the terminal, or as one file."""
    from yuqing.cli import look, wall
    from yuqing.cli.target import free

    run = session(ctx)
    if every < 1:
        raise Usage(N_("every {n} seconds is too often"), n=every)
    if html is None:
        if case is not None or hide:
            raise Usage(N_("the page needs a file: --html FILE"))
        return look.live(run, every) if watch else look.board(run)
    free(run, html)
    while True:
        code = wall.write(run, case, html, hide=hide)
        if not watch:
            if not run.quiet:
                print(screen.clean(str(html)))
            return code
        time.sleep(every)
        run = replace(run, clock=dt.datetime.now(dt.UTC))
