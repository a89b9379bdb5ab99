"""Put files under ``templates/`` and commit them: calendars, plan versions, office.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yuqing import git
from yuqing.errors import NotCommitted
from yuqing.store import files, lock
from yuqing.store.workspace import Workspace
from yuqing.store.write import commit_exactly


@dataclass(frozen=True, slots=True)
class Kept:
    """The commit, or why there is none: then everything lies on disk all the same."""

    commit: str = ""
    failure: NotCommitted | None = None


def keep(ws: Workspace, contents: Mapping[Path, tuple[bytes | None, bytes]], message: str) -> Kept:
    """Write and commit exactly these files, in their order.

    ``contents``: what a file held when it was read (``None``: it was not there), and what it
    is to hold. Raises ``Busy`` if somebody changed one meanwhile, ``Unusable`` without git.
    """
    repo, shared = git.ready(ws.root)
    with lock.writing(repo, shared=shared):
        for path, (before, after) in contents.items():
            if before is None:
                files.make_folder(path.parent, shared=shared)
                try:
                    files.create(path, after, shared=shared)
                except FileExistsError:
                    raise files.changed(ws.name(path)) from None
            else:
                files.replace(path, after, expect=before)
        after_all = {path: after for path, (_, after) in contents.items()}
        return Kept(*commit_exactly(repo, after_all, message, new=list(contents)))
