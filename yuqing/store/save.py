"""Taking in what lies uncommitted, and filing what is over: ``save`` and ``tidy``."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yuqing import git
from yuqing.case import IMPORTED, closings_in_force, effective, state
from yuqing.errors import Busy, Failure, Said, Unreadable
from yuqing.read.fields import CASE_ID, LOG_ID
from yuqing.store import files, lock
from yuqing.store.desk import Loaded, desk, filed_path, find_case, load, logbooks
from yuqing.store.settle import settle
from yuqing.store.workspace import Workspace
from yuqing.store.write import Written, commit_exactly, owes
from yuqing.words import N_

WEEK = dt.timedelta(days=7)
"""How long a closed case stays on the desk."""


@dataclass(frozen=True, slots=True)
class Done:
    """What ``save`` or ``tidy`` did, and what it had to leave: show all, then raise the worst
    of ``failures`` (each is one file's)."""

    written: tuple[Written, ...] = ()
    commit: str = ""
    moved: tuple[Path, ...] = ()
    said: tuple[Said, ...] = ()
    failures: tuple[Failure, ...] = ()


def save(ws: Workspace, ref: str | None, *, now: dt.datetime) -> Done:
    """Take in edits made by hand and finish commits that a crash cut off.

    ``ref``: one case; else everything under ``cases/``. Running it again changes nothing. One
    bad file never hides the others. Raises ``Unusable`` or ``Busy`` if nothing can be done.
    """
    repo, shared = git.ready(ws.root)
    with lock.writing(repo, shared=shared):
        said = (*remove_leftovers(ws), *_moved_away(ws, repo))
        if ref is not None:
            found = find_case(ws, ref, now=now)
            paths = [found.path] if found.data else []
        else:
            paths = list(_unsettled(ws, repo))
        written: list[Written] = []
        failures: list[Failure] = []
        for path in paths:
            try:
                one = _saved(ws, repo, path, now)
            except Failure as fault:
                failures.append(fault)
            else:
                written += [one] if one is not None else []
        return Done(tuple(written), said=said, failures=tuple(failures))


def _saved(ws: Workspace, repo: git.Repo, path: Path, now: dt.datetime) -> Written | None:
    settled = settle(ws, repo, path, now=now)
    loaded = settled.loaded
    if settled.tried is None and settled.pending:
        raise git.locked(repo)
    if settled.tried is None:
        return Written(loaded, (), loaded.case, said=settled.said) if settled.said else None
    head, differing = git.verify(repo, {path: loaded.data})
    failure = git.not_committed(repo, settled.tried, differing) if differing else None
    entries = tuple(e for e in loaded.case.log if e.id in settled.stamped)
    return Written(loaded, entries, loaded.case, head, settled.said, failure)


def _unsettled(ws: Workspace, repo: git.Repo) -> Iterator[Path]:
    """Case files and logbooks that differ from HEAD, or hold entries without their stamps."""
    seen: set[Path] = set()
    for each in git.status(repo, [ws.cases], ignored=True):
        path = repo.top / each.path
        path = _case_of(ws, path) or path
        if path not in seen and _is_case_file(path) and path.exists():
            seen.add(path)
            yield path
    months = [p.stem.removeprefix("LOG-") for p in (ws.cases / "log").glob("LOG-*.yaml")]
    for loaded in (*desk(ws).cases, *logbooks(ws, months).cases):
        if loaded.path not in seen and any(not e.recorded or not e.id for e in loaded.case.log):
            yield loaded.path


def remove_leftovers(ws: Workspace) -> Iterator[Said]:
    """Temp files of writes that were cut off go. Under the lock nobody is writing one."""
    closed = ws.cases / "closed"
    for folder in (ws.cases, ws.cases / "log", *closed.glob("*"), *(ws.cases / "files").glob("*")):
        for path in folder.glob(".*.tmp"):
            if path.is_file() and not path.is_symlink():
                path.unlink(missing_ok=True)
                key = N_("{file}: left over from a write that was cut off; removed")
                yield Said(key, {"file": ws.name(path)})


def stale_index(ws: Workspace, repo: git.Repo) -> Iterator[Path]:
    """Files that are as in HEAD, or gone as in HEAD, while the index is not: a crash between
    git's branch and git's index. The next ordinary commit of a person would undo the record."""
    paths = [
        repo.top / each.path
        for each in git.status(repo, [ws.cases])
        if (each.staged in "MAD" and each.worktree in "M.?" and (repo.top / each.path).is_file())
        or (each.staged == "A" and each.worktree == "D")
    ]
    for path, data in zip(paths, git.committed(repo, paths) if paths else [], strict=True):
        if data == (path.read_bytes() if path.is_file() else None):
            yield path


def _moved_away(ws: Workspace, repo: git.Repo) -> Iterator[Said]:
    """The index still holds a file that was moved in a commit: it would come back twice. (Of
    files that are there, ``settle`` takes care.)"""
    gone = [path for path in stale_index(ws, repo) if not path.exists()]
    if gone and git.stage(repo, gone).code == 0:
        key = N_("{file}: git's index held an older file; put right")
        yield from (Said(key, {"file": ws.name(path)}) for path in gone)


def _case_of(ws: Workspace, path: Path) -> Path | None:
    """The case file that an uncommitted paper belongs to."""
    papers = ws.cases.resolve() / "files"
    if not path.is_relative_to(papers):
        return None
    case_id = path.relative_to(papers).parts[0]
    on_desk = ws.cases / f"{case_id}.yaml"
    if on_desk.exists() or not CASE_ID.fullmatch(case_id):
        return on_desk
    return filed_path(ws, case_id)


def _is_case_file(path: Path) -> bool:
    return path.suffix == ".yaml" and bool(
        CASE_ID.fullmatch(path.stem) or LOG_ID.fullmatch(path.stem)
    )


# --- tidy ------------------------------------------------------------------------------


def tidy(ws: Workspace, *, now: dt.datetime) -> Done:
    """File cases closed a week ago that owe nothing under ``cases/closed/YEAR/``.

    And the other way: a filed case that owes something again comes back to the desk; a merge can
    bring such an entry to a case that somebody else filed meanwhile. Pure renames, one commit. A
    case that is uncommitted, in conflict, or has its place taken stays where it is, and is said to.
    """
    repo, shared = git.ready(ws.root)
    with lock.writing(repo, shared=shared):
        whole = desk(ws)
        failures: list[Failure] = []
        broken = [p for p in whole.problems if p.severity == "error"]
        if broken:
            failures.append(Unreadable(broken))
        dirty = {each.path for each in git.status(repo, [ws.cases])}
        moves: list[tuple[Loaded, Path]] = []
        over = [
            (each, filed_path(ws, each.case.id)) for each in whole.cases if _over(ws, each, now)
        ]
        for loaded, target in (*over, *_astray(ws, now)):
            if repo.inside(loaded.path) in dirty:
                failures.append(
                    Busy(
                        N_("{file} is not committed; it stays on the desk"),
                        file=ws.name(loaded.path),
                        hint=Said(N_("first: {line}"), {"line": "yuqing save"}),
                    )
                )
            elif os.path.lexists(target):
                failures.append(Busy(N_("{file} exists already"), file=ws.name(target)))
            else:
                moves.append((loaded, target))
        if not moves:
            return Done(failures=tuple(failures))
        contents: dict[Path, bytes | None] = {}
        for loaded, target in moves:
            files.rename(loaded.path, target, shared=shared)
            contents |= {target: loaded.data, loaded.path: None}
        back = [loaded.case.id for loaded, _ in moves if loaded.filed]
        filed = [loaded.case.id for loaded, _ in moves if not loaded.filed]
        told = (("file", filed), ("back on the desk", back))
        message = "; ".join(f"{what} {', '.join(ids)}" for what, ids in told if ids)
        new = [target for _, target in moves]
        commit, failure = commit_exactly(repo, contents, message, new=new)
        failures += [failure] if failure is not None else []
        return Done(moved=tuple(new), failures=tuple(failures), commit=commit)


def _astray(ws: Workspace, now: dt.datetime) -> Iterator[tuple[Loaded, Path]]:
    """Filed cases that `overdue` should see, and their place on the desk."""
    for path in sorted((ws.cases / "closed").glob("*/*.yaml")):
        if not CASE_ID.fullmatch(path.stem) or path.is_symlink():
            continue
        data = path.read_bytes()
        closed = data.rfind(b"kind: closed")
        if closed >= 0 and b"kind: " not in data[closed + 1 :]:
            continue  # nothing came after it was closed: it was looked at when it was filed
        try:
            loaded = load(ws, path)
        except Unreadable:
            continue  # `check` and `doctor` name it
        if state(effective(loaded.case)) != "closed" or owes(ws, loaded.case, loaded.plans, now):
            yield loaded, ws.cases / path.name


def _over(ws: Workspace, loaded: Loaded, now: dt.datetime) -> bool:
    """Closed for a week, by what was stated and by what was recorded, and owing nothing. What
    an old ledger brought was closed when that says."""
    log = effective(loaded.case)
    closings = closings_in_force(log)
    if state(log) != "closed" or not closings:
        return False
    first = min(e.at if IMPORTED in e.tags else max(e.at, e.recorded or e.at) for e in closings)
    return now - first >= WEEK and not owes(ws, loaded.case, loaded.plans, now)
