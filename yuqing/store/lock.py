"""One writer at a time in a repository, its worktrees included."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shlex
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from yuqing import git, words
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
    home = folder(repo)
    mode = 0o664 if shared else 0o644
    try:
        make_folder(home, shared=shared)
        release = _at_once(home / "lock", mode) or _patiently(home, mode)
    except OSError as fault:
        raise Unusable(
            N_("{path} cannot be locked: {reason}"),
            path=str(home / "lock"),
            reason=words.reason(fault),
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
        release()


def _at_once(path: Path, mode: int) -> Callable[[], None] | None:
    """Take the lock if nobody has it, in the same way as the library that can wait; that one
    costs a tenth of an entry to load. Answers how to give it back."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        if stat.S_IMODE(os.fstat(handle).st_mode) != mode:
            with contextlib.suppress(PermissionError):  # another user of the group made it
                os.fchmod(handle, mode)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return lambda: os.close(handle)


def _patiently(home: Path, mode: int) -> Callable[[], None]:
    """Wait for the lock. Raises ``Busy`` after ten seconds."""
    from filelock import FileLock, Timeout

    lock = FileLock(home / "lock", mode=mode)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise _busy(home) from None
    return lock.release


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
