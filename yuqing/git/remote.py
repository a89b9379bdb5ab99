"""The other place: what is pushed, and the only two calls that touch the network."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yuqing.errors import Said, Unusable
from yuqing.git import process
from yuqing.git.looking import committed, settings
from yuqing.git.preflight import refused
from yuqing.git.process import Output, Repo
from yuqing.words import N_

PATIENCE = 300.0
"""Seconds that a fetch or a push may take over a slow line."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Where the branch is pushed to. ``tracked``: its ref here, as last seen."""

    name: str
    branch: str
    tracked: str
    upstream: bool = True
    """Git knows it as the branch's upstream."""


@dataclass(frozen=True, slots=True)
class Unpushed:
    """Entries (and commits) that only this clone has, and since when by the commits' dates."""

    commits: int
    entries: int
    since: dt.datetime | None = None


def remote(repo: Repo) -> Remote:
    """The branch's upstream; else the only remote there is, by the branch's own name.

    Raises ``Unusable`` if there is none, or several and none is chosen.
    """
    branch = (repo.git_dir / "HEAD").read_text("utf-8").strip().removeprefix("ref: refs/heads/")
    escaped = re.escape(branch)
    found = settings(repo, f"branch.{escaped}.remote", f"branch.{escaped}.merge")
    name, merged = found.get(f"branch.{branch}.remote"), found.get(f"branch.{branch}.merge", "")
    if name and name != ".":
        there = merged.removeprefix("refs/heads/") or branch
        return Remote(name, there, f"refs/remotes/{name}/{there}")
    names = process.run(repo.top, "remote").out.decode("utf-8", "replace").split()
    if len(names) == 1:
        return Remote(names[0], branch, f"refs/remotes/{names[0]}/{branch}", upstream=False)
    if names:
        raise Unusable(
            N_("there are several remotes, and the branch {branch} follows none: {names}"),
            branch=branch,
            names=" ".join(names),
            hint=Said(N_("choose one: {line}"), {"line": f"git push -u {names[0]} {branch}"}),
        )
    raise Unusable(
        N_("there is no remote to sync with"),
        hint=Said(N_("name one: {line}"), {"line": "git remote add origin PLACE"}),
    )


def revision(repo: Repo, name: str) -> str:
    """The commit that a name stands for, or nothing."""
    said = process.run(repo.top, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return said.out.decode().strip() if said.code == 0 else ""


def follows(repo: Repo, old: str, new: str) -> bool:
    """Is ``old`` an ancestor of ``new``, or it itself?"""
    return process.run(repo.top, "merge-base", "--is-ancestor", old, new).code == 0


def unpushed(repo: Repo) -> Unpushed | None:
    """What only this clone has, as far as the remote was last seen; ``None``: pushed nowhere.

    One process, none where no remote was ever seen.
    """
    packed = repo.common_dir / "packed-refs"
    seen = (repo.common_dir / "refs" / "remotes").is_dir() or (
        packed.is_file() and b" refs/remotes/" in packed.read_bytes()
    )
    if not seen:
        return None
    said = process.run(
        repo.top,
        *("log", "-p", "-U0", "--format=%x00%ct", "--find-renames=10%", "--no-ext-diff"),
        *("--no-textconv", "@{upstream}..HEAD"),
    )
    if said.code != 0:
        return None
    dates: list[int] = []
    entries = 0
    for line in said.out.split(b"\n"):
        if line.startswith(b"\0"):
            dates.append(int(line[1:]))
        elif re.match(rb"\+\s+(?:- )?kind: ", line):
            entries += 1
    since = dt.datetime.fromtimestamp(min(dates), dt.UTC) if dates else None
    return Unpushed(len(dates), entries, since)


# --- over the network ------------------------------------------------------------------


def fetch(repo: Repo, place: Remote) -> Output:
    """What the other place has. Changes nothing but what is known of it."""
    return process.run(repo.top, "fetch", "--quiet", "--no-auto-gc", place.name, limit=PATIENCE)


def forget(repo: Repo, place: Remote, seen: str, before: str) -> None:
    """What was seen there last is not taken for known: the next look must find it again."""
    process.run(repo.top, "update-ref", place.tracked, before, seen)


def push(repo: Repo, place: Remote) -> Output:
    """Bring HEAD there; never by force."""
    words = ["push", "--quiet", "--porcelain", *([] if place.upstream else ["--set-upstream"])]
    return process.run(
        repo.top, *words, place.name, f"HEAD:refs/heads/{place.branch}", limit=PATIENCE
    )


# --- merging ---------------------------------------------------------------------------


def merge(repo: Repo, other: str, message: str) -> Output:
    """Merge another commit.

    A case that more than doubled and was filed on the other side is still the same file: 10 %
    of likeness are enough (case format, section 10).
    """
    return process.run(
        repo.top,
        *("-c", "merge.renames=true", "-c", "merge.conflictStyle=merge"),
        *("merge", "--quiet", "--no-edit", "-Xfind-renames=10%", "-m", message, other),
    )


def give_up(repo: Repo) -> None:
    """Back to before a merge that found no end. Raises ``Unusable`` if git will not."""
    said = process.run(repo.top, "merge", "--abort")
    if said.code != 0:
        raise refused(repo.top, said)


def unmerged(repo: Repo) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """Paths in conflict, and which of base, ours and theirs they have: ``1``, ``2``, ``3``."""
    said = process.run(repo.top, "ls-files", "--unmerged", "-z", "--full-name", ":/")
    found: dict[Path, tuple[str, ...]] = {}
    for line in said.out.decode("utf-8", "surrogateescape").split("\0"):
        about, _, name = line.partition("\t")
        if name:
            path = repo.top / name
            found[path] = (*found.get(path, ()), about.split(" ")[2])
    return tuple(found.items())


def side(repo: Repo, path: Path, stage: str) -> tuple[str, ...]:
    """The rows of one side of a path in conflict: ``2`` ours, ``3`` theirs."""
    (data,) = committed(repo, [path], at=f":{stage}")
    return tuple((data or b"").decode("utf-8", "replace").splitlines())


def changed_between(repo: Repo, old: str, new: str, under: Sequence[Path]) -> tuple[Path, ...]:
    """Paths that two commits hold differently, those that ``new`` still has."""
    said = process.run(
        repo.top,
        *("diff", "--name-only", "--no-renames", "--diff-filter=d", "-z", old, new, "--"),
        *process.literally(repo, under),
    )
    names = said.out.decode("utf-8", "surrogateescape").split("\0")
    return tuple(repo.top / name for name in names if name)
