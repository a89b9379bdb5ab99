"""The history of the case files, as git has it: who follows whom, and what each version says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from yuqing import git
from yuqing.audit import Commit, Past, Step, walk
from yuqing.errors import Failure
from yuqing.git import history as log
from yuqing.read.fields import CASE_ID, LOG_ID
from yuqing.store import files
from yuqing.store.desk import filed_path
from yuqing.store.workspace import Workspace

_AT_ONCE = 4000
"""Versions that are held in memory together."""


@dataclass(frozen=True, slots=True)
class History:
    """All commits, parents first; the steps of each case in that order, the working file last.

    ``uncommitted``: case files that differ from HEAD, by name. ``texts``: contents that git does
    not hold.
    """

    commits: tuple[Commit, ...]
    steps: Mapping[str, tuple[Step, ...]]
    uncommitted: tuple[str, ...] = ()
    replaced: bool = False
    texts: Mapping[str, bytes] | None = None

    def commit(self, commit_id: str) -> Commit | None:
        """The commit of that id; ``None`` for the working file's."""
        return next((each for each in self.commits if each.id == commit_id), None)


def history(ws: Workspace) -> History:
    """What is reachable from HEAD. Raises ``Unusable`` without git, in a shallow clone, or where
    grafts give commits other parents."""
    repo, _ = git.ready(ws.root)
    log.whole(repo)
    commits, trees = log.commits(repo)
    desk = repo.inside(ws.cases) + "/"
    by_edge: dict[tuple[str, str | None, str], list[log.Edge]] = {}
    for edge in log.edges(repo, commits, trees, ws.cases):
        name = _case_of(desk, edge.path)
        if name is not None:
            by_edge.setdefault((edge.commit, edge.parent, name), []).append(edge)
    steps: dict[str, list[Step]] = {}
    parents = {commit.id: len(commit.parents) for commit in commits}
    for (commit, parent, name), changed in by_edge.items():
        found = _steps(repo, ws, commit, parent, name, changed)
        steps.setdefault(name, []).extend(replace(s, parents=parents[commit]) for s in found)
    uncommitted, texts = _working(ws, repo, steps)
    return History(
        commits,
        {name: tuple(each) for name, each in steps.items() if each},
        uncommitted,
        log.replaced(repo),
        texts,
    )


def pasts(ws: Workspace, found: History, names: Iterable[str]) -> Iterator[tuple[str, Past]]:
    """Each case's past. Versions are read from git a few thousand at a time."""
    repo = git.locate(ws.root)
    batch: list[str] = []
    size = 0
    for name in names:
        batch.append(name)
        size += len(found.steps.get(name, ()))
        if size >= _AT_ONCE:
            yield from _pasts(repo, found, batch)
            batch, size = [], 0
    yield from _pasts(repo, found, batch)


def _pasts(repo: git.Repo | None, found: History, names: list[str]) -> Iterator[tuple[str, Past]]:
    wanted = [
        blob
        for name in names
        for step in found.steps.get(name, ())
        for blob in (step.before, step.after)
        if blob is not None
    ]
    own = found.texts or {}
    held = log.contents(repo, [blob for blob in wanted if blob not in own]) if repo else {}
    for name in names:
        steps = found.steps.get(name, ())
        blobs = {b for step in steps for b in (step.before, step.after) if b is not None}
        texts = {blob: own[blob] if blob in own else held.get(blob, b"") for blob in blobs}
        yield name, walk(steps, texts)


def _case_of(desk: str, path: str) -> str | None:
    """The id of the case file that lies there, or lay there; ``None`` for any other file.

    ``desk``: the folder of the cases as git names it, with a slash behind it.
    """
    if not (path.startswith(desk) and path.endswith(".yaml")):
        return None
    *folders, file = path.removeprefix(desk).split("/")
    stem = file.removesuffix(".yaml")
    match tuple(folders):
        case () if CASE_ID.fullmatch(stem):
            return stem
        case ("closed", _) if CASE_ID.fullmatch(stem):
            return stem
        case ("log",) if LOG_ID.fullmatch(stem):
            return stem
    return None


def _steps(
    repo: git.Repo,
    ws: Workspace,
    commit: str,
    parent: str | None,
    name: str,
    changed: list[log.Edge],
) -> Iterator[Step]:
    """One case between a parent and its commit; a file that moved is one step."""
    was = {edge.path: edge.before for edge in changed if edge.before is not None}
    now = {edge.path: edge.after for edge in changed if edge.after is not None}
    for path, blob in now.items():
        old = path if path in was else next((p for p in was if p not in now), "")
        yield Step(commit, parent, name, was.get(old), blob, path, old)
    if not now:
        # gone from here; if it lies in its other place as before, it is no deletion
        others = [repo.inside(p) for p in _places(ws, name) if repo.inside(p) not in was]
        if not log.contents(repo, [f"{commit}:{path}" for path in others]):
            (path, before), *_ = was.items()
            yield Step(commit, parent, name, before, None, path, path)


def _places(ws: Workspace, name: str) -> tuple[Path, ...]:
    if LOG_ID.fullmatch(name):
        return (ws.cases / "log" / f"{name}.yaml",)
    return ws.cases / f"{name}.yaml", filed_path(ws, name)


def _working(
    ws: Workspace, repo: git.Repo, steps: dict[str, list[Step]]
) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """Steps from HEAD to the files as they lie there."""
    dirty = {each.path: each for each in git.status(repo, [ws.cases])}
    desk = repo.inside(ws.cases) + "/"
    names = dict.fromkeys(n for path in dirty if (n := _case_of(desk, path)) is not None)
    texts: dict[str, bytes] = {}
    for name in names:
        places = _places(ws, name)
        held = git.committed(repo, places)
        was = next(((p, d) for p, d in zip(places, held, strict=True) if d is not None), None)
        here = next((p for p in places if p.is_file()), None)
        after: bytes | None = None
        if here is not None:
            try:
                after = files.read(here, ws.name(here))
            except Failure:
                continue  # a link or a pipe; the desk names it
        if was is None and after is None:
            continue
        before_key, after_key = f"HEAD:{name}", f"file:{name}"
        if was is not None:
            texts[before_key] = was[1]
        if after is not None:
            texts[after_key] = after
        path = ws.name(here if here is not None else was[0] if was else places[0])
        step = Step(
            "",
            "HEAD",
            name,
            before_key if was is not None else None,
            after_key if after is not None else None,
            path,
            ws.name(was[0]) if was is not None else "",
        )
        if was is None or after != was[1] or here != was[0]:
            steps.setdefault(name, []).append(step)
    return tuple(sorted(ws.name(repo.top / path) for path in dirty)), texts
