"""Taking in what lies uncommitted, and filing what is over: ``save`` and ``tidy``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yuqing import git
from yuqing.case import closings_in_force, effective
from yuqing.errors import Failure, NotCommitted, Said, Unreadable
from yuqing.read.fields import CASE_ID, LOG_ID
from yuqing.store import files, lock
from yuqing.store.desk import Loaded, desk, filed_path, find_case
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
    moved: tuple[Path, ...] = ()
    said: tuple[Said, ...] = ()
    failures: tuple[Failure, ...] = ()


def save(ws: Workspace, ref: str | None, *, now: dt.datetime) -> Done:
    """Take in edits made by hand and finish commits that a crash cut off.

    ``ref``: one case; else everything under ``cases/``. Running it again changes nothing. One
    bad file never hides the others. Raises ``Unusable`` or ``Busy`` if nothing can be done.
    """
    repo, _ = git.ready(ws.root)
    with lock.writing(repo):
        said = tuple(_leftovers_removed(ws))
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
        if path not in seen and _is_case_file(ws, path) and path.exists():
            seen.add(path)
            yield path
    whole = desk(ws)
    for loaded in whole.cases:
        if loaded.path not in seen and any(not e.recorded or not e.id for e in loaded.case.log):
            seen.add(loaded.path)
            yield loaded.path
    for path in _files_in(ws.cases / "log"):
        if path not in seen and _is_case_file(ws, path) and b"kind:" in path.read_bytes():
            yield path


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


def _is_case_file(ws: Workspace, path: Path) -> bool:
    del ws
    return path.suffix == ".yaml" and bool(
        CASE_ID.fullmatch(path.stem) or LOG_ID.fullmatch(path.stem)
    )


def _files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
