"""``cron``: the ready lines for ``crontab -e``, for this office on this machine."""

from __future__ import annotations

import datetime as dt
import shlex
import shutil
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import typer

from yuqing import git, screen
from yuqing.cli import looking
from yuqing.cli.context import Session, session
from yuqing.errors import Failure
from yuqing.words import N_


def register(app: typer.Typer) -> None:
    """Bring the command of this module into the application."""
    app.command("cron", help=N_("The ready lines for crontab -e, for this office."))(_cron)


def _cron(ctx: typer.Context) -> int:
    """Reminders, the morning list, filing and the weekly check."""
    run = session(ctx)
    for line in _lines(run):
        print(screen.clean(line))
    return 0


def _lines(run: Session) -> Iterator[str]:
    ws = run.workspace
    root = ws.root.resolve()
    # chat servers ask not to be called at :00 and :30, and not by all offices in one minute
    off = 1 + zlib.crc32(str(root).encode()) % 4
    call = f"{program()} -C {quoted(str(root))}"
    notify = " --notify" if any(not each.off for each in ws.office.channels.values()) else ""
    key = N_("# {office}: yuqing by the clock. Put these lines into `crontab -e`.")
    yield looking.say(run, key, office=ws.office.name)
    here = dt.datetime.now().astimezone()
    if here.utcoffset() != run.now.astimezone(run.zone).utcoffset():
        key = N_("# Times are this machine's ({here}); the plan counts in {zone} all the same.")
        yield looking.say(run, key, here=here.tzname(), zone=run.zone.key)
    if ws.office.demo:
        yield f"# {looking.say(run, N_('Demonstration office: nothing here is a real incident.'))}"
    yield looking.say(run, N_("# Who reads what cron prints; without a mail program: nobody."))
    yield "#MAILTO=duty@office.example"
    yield "LANG=C.UTF-8"
    yield "CONTENT_TYPE=text/plain; charset=UTF-8"
    yield f"YUQING_LANG={run.language}"
    if names := _variables(run):
        yield looking.say(
            run, N_("# The channels need these; a crontab is read by its owner alone.")
        )
        yield from (f"#{name}=" for name in names)
    yield f"{off}-59/5 * * * *  {call} overdue --warn 15m{notify}"
    if _has_remote(root):
        yield f"{off + 1}-59/10 * * * *  {call} -q sync"
    yield f"{_daily(run, here, 8, 30 + off)}  {call} due --within 24h"
    yield f"{_daily(run, here, 0, 15 + off)}  {call} -q tidy"
    yield f"{_weekly(run, here, 6, 30 + off)}  {call} -q check"


def _variables(run: Session) -> list[str]:
    """Environment variables that the channels in use read."""
    channels = [each for each in run.workspace.office.channels.values() if not each.off]
    names = [n for c in channels for n in (c.url_from, c.secret_from, c.password_from) if n]
    return list(dict.fromkeys(names))


def _has_remote(root: Path) -> bool:
    """Is there one place that `sync` would fetch from?"""
    repo = git.locate(root)
    try:
        return repo is not None and bool(git.remote.remote(repo).name)
    except Failure:
        return False


def program() -> str:
    """How this program is called by its full path, for a shell that knows no other."""
    own = Path(sys.argv[0])
    if own.stem == "yuqing" and (found := shutil.which(str(own))):
        return quoted(str(Path(found).absolute()))
    return f"{quoted(sys.executable)} -m yuqing"


def quoted(word: str) -> str:
    """A word for the shell of a crontab, where ``%`` ends the line."""
    return shlex.quote(word).replace("%", r"\%")


def _moment(run: Session, here: dt.datetime, hour: int, minute: int) -> dt.datetime:
    """That time of the office's day, by this machine's clock; Monday of some week."""
    day = run.now.astimezone(run.zone)
    monday = day - dt.timedelta(days=day.weekday())
    return monday.replace(hour=hour, minute=minute).astimezone(here.tzinfo)


def _daily(run: Session, here: dt.datetime, hour: int, minute: int) -> str:
    moment = _moment(run, here, hour, minute)
    return f"{moment.minute} {moment.hour} * * *"


def _weekly(run: Session, here: dt.datetime, hour: int, minute: int) -> str:
    moment = _moment(run, here, hour, minute)
    return f"{moment.minute} {moment.hour} * * {moment.isoweekday() % 7}"
