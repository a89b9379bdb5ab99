"""One git process, and the repository it runs in."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from yuqing.errors import Said, Unusable
from yuqing.words import N_

LIMIT = 60.0
"""Seconds one git process may take; a hook that waits for input ends here."""

_KEPT = frozenset((
    "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
    "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
))  # fmt: skip
"""Where a person's settings lie and who the person is. Everything else of ``GIT_*`` stays
outside: it names repositories, index files and dates."""
_SETTING = re.compile(r"GIT_CONFIG_(COUNT|KEY_\d+|VALUE_\d+)")
"""Settings that a person exported; those of a calling ``git -c`` stay outside."""

_SETTINGS = (
    "core.fsync=committed",  # git's own default syncs nothing of an ordinary commit
    "core.quotepath=off",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "gc.auto=0",
    "maintenance.auto=false",
    "user.useConfigOnly=true",  # git would make an identity up from the machine's name
)


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository with a work tree. In a linked worktree ``git_dir`` and ``common_dir``
    differ: locks of this tool lie in the common one, the index in the other."""

    top: Path
    git_dir: Path
    common_dir: Path

    def inside(self, path: Path) -> str:
        """``path`` as git names it: from the top, with slashes. Raises ``Unusable``."""
        # The folder may be reached through a link; the last part must not be followed.
        real = path.parent.resolve() / path.name
        try:
            return real.relative_to(self.top).as_posix()
        except ValueError:
            raise Unusable(N_("{path} lies outside the repository"), path=str(path)) from None


@dataclass(frozen=True, slots=True)
class Output:
    """What one git process left. ``code`` is ``None`` if it was stopped at the time limit."""

    code: int | None
    out: bytes
    err: str


# --- finding the repository, without starting git --------------------------------------


def locate(start: Path) -> Repo | None:
    """The repository whose work tree holds ``start``, or ``None``.

    Reads files only, so that looking commands pay no process; whether git accepts the
    repository (owner, format) is told by :func:`ready`.
    """
    try:
        here = start.resolve()
    except OSError:
        return None
    for folder in (here, *here.parents):
        mark = folder / ".git"
        git_dir: Path | None = None
        if mark.is_dir():
            git_dir = mark
        elif mark.is_file():
            git_dir = _pointed(mark, "gitdir: ")
        if git_dir is not None and (git_dir / "HEAD").is_file():
            shared = git_dir / "commondir"
            common = _pointed(shared, "") if shared.is_file() else git_dir
            return Repo(folder, git_dir.resolve(), (common or git_dir).resolve())
    return None


def _pointed(mark: Path, prefix: str) -> Path | None:
    """Where a one-line file such as ``gitdir: ../x`` points."""
    try:
        line = mark.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    if not line.startswith(prefix):
        return None
    target = mark.parent / line.removeprefix(prefix)
    return target if target.is_dir() else None


# --- one process -----------------------------------------------------------------------


def environment() -> dict[str, str]:
    """The environment of every git process."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or _SETTING.fullmatch(name)
    }
    env.pop("LANGUAGE", None)
    env.update(
        LC_ALL="C",
        GIT_TERMINAL_PROMPT="0",
        GIT_ASKPASS="true",
        GIT_EDITOR="true",
        GIT_OPTIONAL_LOCKS="0",  # looking must not touch the index that others lock
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_SSH_COMMAND="ssh -oBatchMode=yes",
    )
    return env


def run(
    folder: Path,
    *words: str,
    stdin: bytes = b"",
    limit: float | None = None,
    index: str | None = None,
) -> Output:
    """One git process in ``folder``. Raises ``Unusable`` if there is no git.

    ``index``: an index file other than the repository's own.

    Its output goes to files: a hook that leaves something running in the background would
    hold a pipe open long after git has ended.
    """
    env = environment() | ({"GIT_INDEX_FILE": index} if index else {})
    command = ["git"]
    for setting in _SETTINGS:
        command += ["-c", setting]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with tempfile.TemporaryFile() as given:
            try:
                given.write(stdin)
                given.seek(0)
            except OSError as fault:  # no room for it: git was not asked, so it did nothing
                return Output(128, b"", fault.strerror or str(fault))
            try:
                process = subprocess.Popen(
                    [*command, *words],
                    cwd=folder,
                    env=env,
                    stdin=given if stdin else subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
            except FileNotFoundError:
                if not folder.is_dir():
                    raise Unusable(N_("there is no folder {path}"), path=str(folder)) from None
                raise no_git() from None
            except OSError as fault:  # the machine could not start it, so it did nothing
                return Output(128, b"", fault.strerror or str(fault))
        code: int | None
        try:
            code = _ended(process, LIMIT if limit is None else limit)
        except subprocess.TimeoutExpired:
            _stop(process)
            code = None
        except BaseException:
            _stop(process)
            raise
        out.seek(0)
        err.seek(0)
        return Output(code, out.read(), err.read().decode("utf-8", "replace").strip())


def _ended(process: subprocess.Popen[bytes], limit: float) -> int:
    """Its exit code. Raises ``TimeoutExpired``.

    Python waits with a time limit by looking again and again, up to 50 ms late; where the system
    can tell at once, it is asked to.
    """
    with contextlib.suppress(AttributeError, OSError):  # Linux alone, and not a very old one
        handle = os.pidfd_open(process.pid)
        try:
            bell = select.poll()
            bell.register(handle, select.POLLIN)
            bell.poll(limit * 1000)
        finally:
            os.close(handle)
        limit = 0.01  # it has ended, or its time is over
    return process.wait(limit)


def no_git() -> Unusable:
    """No git is installed, or none on the PATH (cron has a short one)."""
    return Unusable(
        N_("git was not found"),
        hint=Said(N_("install git, or put its folder on the PATH of this command")),
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End git and its hooks; asked politely first, it takes its lock files with it."""
    for sign in ("SIGTERM", "SIGKILL"):
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, getattr(signal, sign))
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            continue
        return


def literally(repo: Repo, paths: Iterable[Path]) -> list[str]:
    """Names that git takes as they are. (Said for all of git, hooks would inherit it.)"""
    return [f":(literal){repo.inside(path)}" for path in paths]
