"""An office as a commit holds it: what a paper of one case was made from."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yuqing import git
from yuqing.errors import NotFound
from yuqing.git import history as log
from yuqing.store.desk import filed_path
from yuqing.store.workspace import Workspace
from yuqing.words import N_


def commit_of(ws: Workspace, name: str) -> tuple[str, dt.datetime]:
    """The commit that a person names, and its time. Raises ``NotFound`` if there is none,
    ``Unusable`` without git."""
    repo, _ = git.ready(ws.root)
    found = log.resolved(repo, name)
    if found is None:
        raise NotFound(N_("there is no commit {name}"), name=name)
    return found


def commits_of(ws: Workspace, case: str) -> list[tuple[str, dt.datetime]]:
    """Commits that changed what papers of a case are made from, newest first."""
    repo, _ = git.ready(ws.root)
    return log.touching(repo, _sources(ws, case))


@contextmanager
def as_it_was(ws: Workspace, commit: str, case: str) -> Iterator[Path]:
    """A folder of its own, gone afterwards, with the office's settings and templates, one case
    and its papers, byte for byte as in ``commit``. The working tree is not touched.

    Raises ``NotFound`` if the case is not in that commit.
    """
    repo, _ = git.ready(ws.root)
    top = repo.inside(ws.root)
    held = log.tree(repo, commit, _sources(ws, case))
    if not any(path.endswith(f"/{case}.yaml") for path in held):
        raise NotFound(N_("{case} is not in commit {name}"), case=case, name=commit[:12])
    texts = log.contents(repo, held.values())
    with tempfile.TemporaryDirectory(prefix="yuqing-") as folder:
        root = Path(folder).resolve()
        (root / "cases").mkdir()
        for path, blob in held.items():
            target = root / path.removeprefix(f"{top}/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(texts[blob])
        yield root


def _sources(ws: Workspace, case: str) -> list[Path]:
    return [
        ws.templates,
        ws.root / "office.yaml",
        ws.cases / f"{case}.yaml",
        filed_path(ws, case),
        ws.cases / "files" / case,
    ]
