"""What was already said on which channel: machine-local, beside the lock, never committed.

A damaged file means: nothing was said yet. Saying a thing twice is the smaller harm.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yuqing import git, words
from yuqing.errors import Busy, Problem, Unusable
from yuqing.store import lock
from yuqing.store.workspace import Workspace
from yuqing.words import N_

KEPT = dt.timedelta(days=60)
"""A clock nobody was reminded of for so long is forgotten."""


@dataclass(slots=True)
class Reminded:
    """One channel: last notes by clock (as plain data), when it was used, why it failed."""

    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    used: list[dt.datetime] = field(default_factory=list)
    """When the messages of the last minute went out (aware)."""
    failed: str | None = None
    """Since when it takes no message (ISO time); ``None`` if the last one arrived."""


@contextlib.contextmanager
def reminding(
    ws: Workspace, now: dt.datetime
) -> Iterator[tuple[dict[str, Reminded], Callable[[], None]]]:
    """Channel → what it knows, and the function that keeps it. One run at a time.

    The lock is not the writers': nobody who writes down what happened waits for a chat server.
    Raises :class:`~yuqing.errors.Unusable` outside a repository, ``Busy`` beside another run.
    """
    from filelock import FileLock, Timeout

    repo = git.locate(ws.root)
    if repo is None:
        raise Unusable(N_("reminders are remembered in the git directory, and there is none"))
    place = _place(repo)
    try:
        place.parent.mkdir(exist_ok=True)
        held = FileLock(place.with_suffix(".lock"))
        held.acquire(timeout=0)
    except Timeout:
        raise Busy(N_("another run is sending reminders")) from None
    except OSError as fault:
        raise Unusable(
            N_("{path} cannot be locked: {reason}"),
            path=str(place),
            reason=words.reason(fault),
        ) from None
    known = _read(place, now)

    def keep() -> None:
        data = json.dumps({name: _plain(each) for name, each in known.items()}, ensure_ascii=False)
        temp = place.with_suffix(".tmp")
        temp.write_text(data, "utf-8")
        temp.replace(place)

    try:
        yield known, keep
    finally:
        held.release()


def undelivered(ws: Workspace, now: dt.datetime) -> Iterator[Problem]:
    """For ``doctor``: channels whose last message did not arrive."""
    repo = git.locate(ws.root)
    for name, each in _read(_place(repo), now).items() if repo is not None else ():
        if each.failed and name in ws.office.channels:
            key = N_("the channel {name} has taken no message since {time}")
            params = {"name": name, "time": each.failed[:16].replace("T", " ")}
            yield Problem(file="office.yaml", key=key, params=params, severity="warning")


def _place(repo: git.Repo) -> Path:
    return lock.folder(repo) / "reminded.json"


def _read(place: Path, now: dt.datetime) -> dict[str, Reminded]:
    try:
        tree = json.loads(place.read_bytes())
        return {name: _channel(about, now) for name, about in tree.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _channel(about: Mapping[str, Any], now: dt.datetime) -> Reminded:
    notes = {
        key: note
        for key, note in about["notes"].items()
        if now - dt.datetime.fromisoformat(note["at"]) < KEPT
    }
    used = [dt.datetime.fromisoformat(each) for each in about["used"]]
    recent = [each for each in used if now - each < dt.timedelta(minutes=1)]
    return Reminded(notes, recent, about.get("failed"))


def _plain(each: Reminded) -> dict[str, Any]:
    used = [moment.isoformat() for moment in each.used]
    return {"notes": each.notes, "used": used, "failed": each.failed}
