"""Words that must vanish (person data): overwritten in place, with their trace.

The only change of an old entry that the format has (case format, section 6): the same commit
appends an ``amended`` that sets exactly the new value, so that everybody sees that, why and by
whom something was taken out, and nobody what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from yuqing import git
from yuqing.case import Entry
from yuqing.store import files, lock, ready
from yuqing.store.desk import Loaded, load
from yuqing.store.drift import only_grew, refuse_drift, tree_of
from yuqing.store.settle import entry_id, settle
from yuqing.store.workspace import Workspace
from yuqing.store.write import Written, reads


def redact(
    ws: Workspace,
    loaded: Loaded,
    amendment: Entry,
    field: tuple[str, ...],
    parts: Mapping[str, str],
    *,
    now: dt.datetime,
) -> Written:
    """Overwrite ``parts`` (words → mask) in a text of the entry that ``amendment`` is ``of``.

    ``field``: the way to the text within the entry (``("text",)``, ``("facts", "name")``), or
    ``("title",)`` of the head. ``amendment``: ``of``, ``because``, ``by``; its ``set`` is filled
    in here. What lies uncommitted in the file goes into the same commit, never into one before
    it: that would put the words into history first. Raises as ``append``.
    """
    from yuqing.read import splice

    repo, shared = git.ready(ws.root)
    with lock.writing(repo, shared=shared):
        base = load(ws, loaded.path)
        if not only_grew(loaded.tree, base.tree):
            raise files.changed(ws.name(loaded.path))
        (before,) = git.committed(repo, [loaded.path])
        old = tree_of(before, ws.name(loaded.path))
        if old is not None:
            refuse_drift(ws, base, old)
        at: tuple[str | int, ...] = field
        if amendment.of != "head":
            place = next(e.place for e in base.case.log if e.id == amendment.of)
            at = ("log", place, *field)
        data, new = splice.overwrite(base.data, at, parts)
        value = new
        for name in reversed(field[1:]):
            value = {name: value}
        taken = {e.id for e in base.case.log if e.id}
        stamped = replace(
            amendment,
            set={field[0]: value},
            id=entry_id(taken),
            recorded=now,
            by=amendment.by or ws.office.post,
        )
        data, said = splice.append(data, [splice.entry_fields(stamped)])
        after = reads(ws, base.path, data)
        files.replace(base.path, data, expect=base.data)
        ready.forget(ws, base.path)
        message = f"{base.case.id}: redact {amendment.of} {'.'.join(field)}"
        settled = settle(ws, repo, base.path, now=now, message=message)
        after = settled.loaded
        commit, differing = git.verify(repo, {base.path: after.data})
        failure = None
        if differing:
            tried = settled.tried or git.Output(1, b"", "")
            failure = git.not_committed(repo, tried, differing)
        entries = tuple(e for e in after.case.log if e.id == stamped.id)
        return Written(after, entries, base.case, commit, said, failure)


def in_history(ws: Workspace, loaded: Loaded, words: str) -> bool:
    """Does any version of the file that git holds still have these words?"""
    repo = git.locate(ws.root)
    if repo is None:
        return False
    said = git.run(
        repo.top,
        "log",
        "-1",
        "--all",
        "--format=%H",
        "--no-textconv",
        f"-S{words}",
        "--",
        str(loaded.path),
    )
    return said.code == 0 and bool(said.out.strip())
