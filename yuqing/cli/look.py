"""Commands that answer from the whole folder: board, next, due, overdue, list."""

from __future__ import annotations

import typer

from yuqing.cli.context import Session


def register(app: typer.Typer) -> None:
    """Bring the commands of this module into the application."""


def board(session: Session) -> int:
    """Open cases, level, nearest limit, what is late."""
    del session
    return 0
