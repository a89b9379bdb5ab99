"""What every command is given: where it runs, when, in which language, for whose eyes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from yuqing import words
from yuqing.errors import Failure, Refused
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.store import Workspace

ZONE = "Asia/Shanghai"
"""The zone of a plan that names none, and of an answer outside any workspace."""


def locale_language() -> str | None:
    """The language the machine's locale asks for, by the order POSIX gives."""
    return os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG")


@dataclass(frozen=True)
class Session:
    """One run of one command. Frozen; what costs a look at the disk is looked up when asked.

    ``directory``: where the search for the workspace starts. ``wish``: the language asked for
    by ``--lang`` or ``YUQING_LANG``. ``clock``: the machine's time, aware. ``now_text``: what
    ``--now`` was given. ``typed``: the command line.
    """

    directory: Path
    clock: datetime
    wish: str | None = None
    now_text: str | None = None
    json: bool = False
    quiet: bool = False
    color: bool = True
    typed: tuple[str, ...] = ()

    @cached_property
    def workspace(self) -> Workspace:
        """The office that ``directory`` lies in. Raises ``Unusable`` outside any."""
        from yuqing import store

        return store.find(self.directory)

    @cached_property
    def language(self) -> str:
        """``--lang``, then ``YUQING_LANG``, then office.yaml, then the locale, then English."""
        if self.wish:
            return words.choose(self.wish)
        try:
            office = self.workspace.office.language
        except (Failure, OSError):
            office = None
        return words.choose(office, locale_language())

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of the office's first plan: never the machine's."""
        from yuqing import store

        try:
            plans = self.workspace.office.plans
            return ZoneInfo(store.load_plan(self.workspace, plans[0]).timezone if plans else ZONE)
        except (Failure, OSError):
            return ZoneInfo(ZONE)

    @property
    def now_given(self) -> bool:
        """Was ``--now`` typed?"""
        return self.now_text is not None

    @cached_property
    def now(self) -> datetime:
        """``--now``, else the machine's clock; aware, cut to the minute, in the plan's zone.

        Raises ``Refused`` if ``--now`` is no time.
        """
        clock = self.clock.astimezone(self.zone).replace(second=0, microsecond=0)
        if self.now_text is None:
            return clock
        from yuqing.cli.understand import parse_due_time, parse_time

        try:
            moment = parse_time(self.now_text, clock, self.zone)
        except Refused as fault:
            try:  # what lies ahead may be looked at, though not yet written down
                moment = parse_due_time(self.now_text, clock, self.zone)
            except Refused:
                raise fault from None
        return moment.replace(second=0, microsecond=0)


def real_time(run: Session) -> None:
    """Raises ``Refused`` where a command that writes is given ``--now`` in a real office."""
    if run.now_given and not run.workspace.office.demo:
        raise Refused(
            N_("--now writes only into a drill: the record says when it was really written")
        )


def session(ctx: typer.Context) -> Session:
    """The session of the command that runs."""
    found = ctx.find_root().obj
    if not isinstance(found, Session):
        raise TypeError("no session: the application's callback has not run")
    return found
