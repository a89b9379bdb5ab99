"""Before anything is written: may an entry be committed here?"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from yuqing.errors import Busy, Failure, Said, Unusable
from yuqing.git import process
from yuqing.git.process import Output, Repo, locate
from yuqing.words import N_

_UNDER_WAY: Mapping[str, tuple[str, str]] = {
    "MERGE_HEAD": ("merge", "git merge --continue"),
    "rebase-merge": ("rebase", "git rebase --continue"),
    "rebase-apply": ("rebase", "git rebase --continue"),
    "CHERRY_PICK_HEAD": ("cherry-pick", "git cherry-pick --continue"),
    "REVERT_HEAD": ("revert", "git revert --continue"),
    "BISECT_LOG": ("bisect", "git bisect reset"),
}


def ready(folder: Path) -> tuple[Repo, bool]:
    """Can an entry be committed here? Asked before anything is written.

    Returns the repository and whether it is shared by a group (``core.sharedRepository``).
    Raises ``Unusable`` (no git, no repository, bare, no identity, foreign owner) or ``Busy``
    (merge, rebase, cherry-pick or bisect under way, no branch). One process.
    """
    repo = locate(folder)
    if repo is None:
        raise _no_repository(folder)
    under_way(repo)
    found = given(repo.top, _ASKED)
    if found.get("core.bare", "") in ("true", "yes", "on", "1") and repo.git_dir.name == ".git":
        raise _bare(repo.top)
    _identity(found)
    shared = found.get("core.sharedrepository", "false").lower()
    return repo, shared not in ("false", "umask", "no", "0", "")


def identified(folder: Path) -> None:
    """Raise ``Unusable`` if git does not know who commits; asked before a repository is made."""
    _identity(given(folder, _ASKED), here="" if locate(folder) else "--global ")


_ASKED = r"^((user|author|committer)\.(name|email)|core\.(sharedrepository|bare))$"


def given(folder: Path, pattern: str) -> dict[str, str]:
    """Settings whose name fits, the last value of each."""
    said = process.run(folder, "config", "-z", "--get-regexp", pattern)
    if said.code not in (0, 1):
        raise refused(folder, said)
    found: dict[str, str] = {}
    for line in said.out.decode("utf-8", "replace").split("\0"):
        name, _, value = line.partition("\n")
        found[name] = value
    return found


def under_way(repo: Repo) -> None:
    """Raise ``Busy`` if git is in the middle of something, or on no branch."""
    for mark, (what, line) in _UNDER_WAY.items():
        if (repo.git_dir / mark).exists():
            raise Busy(
                N_("a {what} is under way in this repository"),
                what=what,
                hint=Said(N_("finish it ({line}) or give it up, then try again"), {"line": line}),
            )
    try:
        head = (repo.git_dir / "HEAD").read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        raise Unusable(N_("{path}: {reason}"), path=str(repo.git_dir), reason=str(fault)) from None
    if not head.startswith("ref:"):
        raise Busy(
            N_("the repository is on no branch (detached HEAD); commits made here get lost"),
            hint=Said(N_("go back to your branch: {line}"), {"line": "git switch main"}),
        )
    _branch_names_a_commit(repo, head.removeprefix("ref:").strip())


def _branch_names_a_commit(repo: Repo, name: str) -> None:
    """Raise ``Unusable`` where a power cut emptied the branch's own file: git would take no commit
    any more. A branch without a file is packed, or not born yet."""
    place = repo.common_dir / name
    try:
        held = place.read_bytes()
    except OSError:
        return
    if not _NAMES.fullmatch(held):
        raise Unusable(
            N_(
                "{path} is damaged: it names no commit. The files under cases/ are not touched by it"
            ),
            path=str(place),
            hint=Said(
                N_("copy the folder first; the last commit stands at the end of {log}"),
                {"log": str(repo.common_dir / "logs" / name)},
            ),
        )


_NAMES = re.compile(rb"(ref: .+|[0-9a-f]{40}|[0-9a-f]{64})\s*")


def _no_repository(folder: Path) -> Failure:
    said = process.run(folder, "rev-parse", "--is-bare-repository")
    if said.code == 0 and said.out.strip() == b"true":
        return _bare(folder)
    if said.code == 128 and "safe.directory" in said.err:
        return _foreign(folder)
    return Unusable(
        N_("{path} is not in a git repository"),
        path=str(folder),
        hint=Said(N_("make one: {line}"), {"line": "git init"}),
    )


def _bare(folder: Path) -> Unusable:
    return Unusable(
        N_("{path} is a bare repository; it has no files to work on"),
        path=str(folder),
        hint=Said(N_("work in a clone of it: {line}"), {"line": f"git clone {folder}"}),
    )


def _identity(settings: Mapping[str, str], here: str = "") -> None:
    """Raise ``Unusable`` with two lines to type: every commit carries the name for ever, so it
    is the post's that is proposed."""
    missing = any(
        not (
            os.environ.get(f"GIT_{who}_{what}".upper())
            or settings.get(f"{who}.{what}")
            or settings.get(f"user.{what}")
        )
        for who in ("author", "committer")
        for what in ("name", "email")
    )
    if missing:
        raise Unusable(
            N_("git does not know who commits here"),
            hint=Said(
                N_("tell it once, by the duty post, not a person: {first}; {second}"),
                {
                    "first": f'git config {here}user.name "值班室"',
                    "second": f"git config {here}user.email duty@office.example",
                },
            ),
        )


def refused(folder: Path, said: Output) -> Failure:
    """Why git does nothing at all in this repository."""
    if "safe.directory" in said.err:
        return _foreign(folder)
    if said.code is None:
        return Unusable(
            N_("git gave no answer within {seconds} seconds"), seconds=round(process.LIMIT)
        )
    return Unusable(N_("git refuses to work here: {reason}"), reason=last_words(said.err))


def _foreign(folder: Path) -> Unusable:
    try:
        owner, user = user_name(folder.stat().st_uid), user_name(os.geteuid())
    except (OSError, AttributeError):  # Windows has no numbers for users
        owner = user = "?"
    return Unusable(
        N_("the repository {path} belongs to {owner}, you are {user}: git refuses to work in it"),
        path=str(folder),
        owner=owner,
        user=user,
        hint=Said(
            N_("run this as {owner}, or trust this one folder: {line}"),
            {"owner": owner, "line": f"git config --global --add safe.directory {folder}"},
        ),
    )


def user_name(number: int) -> str:
    """Name of the user with that number, or the number."""
    try:
        import pwd  # only where users have numbers

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return str(number)


def last_words(err: str) -> str:
    """The last lines of what git or a hook said, on one line."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return " / ".join(lines[-6:]) or "?"
