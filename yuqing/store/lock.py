"""One writer at a time in a repository, its worktrees included."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from yuqing import git
from yuqing.errors import Busy, Said, Unusable
from yuqing.store.files import make_folder
from yuqing.words import N_

PATIENCE = 10.0
"""Seconds a second writer waits."""


def folder(repo: git.Repo) -> Path:
    """Machine-local state of this repository: lock, sent reminders, heartbeat."""
    return repo.common_dir / "yuqing"


@contextlib.contextmanager
def writing(repo: git.Repo, *, shared: bool) -> Iterator[None]:
    """Hold the lock. Raises ``Busy``, naming the holder, after ten seconds.

    ``shared``: the repository is a group's, so every one of them must be able to lock it.

    The lock is the system's (it ends with its process, however that ends); the file stays. Who
    holds it stands in a file beside it, only to be told to those who wait.
    """
    from filelock import FileLock, Timeout

    home = folder(repo)
    try:
        make_folder(home, shared=shared)
        lock = FileLock(home / "lock", mode=0o664 if shared else 0o644)
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise _busy(home) from None
    except OSError as fault:
        raise Unusable(
            N_("{path} cannot be locked: {reason}"),
            path=str(home / "lock"),
            reason=fault.strerror or str(fault),
        ) from None
    try:
        with contextlib.suppress(OSError):
            started = dt.datetime.now().astimezone().isoformat(" ", "seconds")
            command = " ".join(shlex.quote(word) for word in sys.argv)[:200]
            holder = home / "holder"
            holder.unlink(missing_ok=True)  # it may be another user's
            holder.write_text(f"{os.getpid()}\n{command}\n{started}\n", "utf-8")
        yield
    finally:
        lock.release()


def _busy(home: Path) -> Busy:
    try:
        lines = (home / "holder").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    pid, command, started = (*lines, "?", "?", "?")[:3]
    return Busy(
        N_("another command is writing: process {pid}, started {started}: {command}"),
        pid=pid,
        started=started,
        command=command,
        hint=Said(N_("wait for it or end it, then try again; the lock ends with its process")),
    )
