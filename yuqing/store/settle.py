"""What lies uncommitted in a case file, before anything new is written to it.

Three things come about without this program's doing: a person typed entries or comments, a
crash cut a commit off, or an old entry was changed. The first two are taken in, in a commit of
their own; the third is refused, because the record only grows.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from yuqing import git
from yuqing.errors import Busy, Said, Unusable
from yuqing.read.changes import Raw, entries, fresh
from yuqing.store import files
from yuqing.store.desk import Loaded, filed_path, parse
from yuqing.store.drift import refuse_drift, tree_of
from yuqing.store.workspace import Workspace
from yuqing.words import N_

_LETTERS = "abcdefghjkmnpqrstvwxyz"
_SIGNS = "0123456789" + _LETTERS


@dataclass(frozen=True, slots=True)
class Settled:
    """A case file with nothing left to settle.

    ``seen``: the raw tree as it lay there before stamping. ``stamped``: ids given to entries
    written by hand. ``tried``: the outcome of their commit; ``pending``: the paths that it did
    not take.
    """

    loaded: Loaded
    seen: Raw
    stamped: tuple[str, ...] = ()
    pending: tuple[Path, ...] = ()
    tried: git.Output | None = None
    said: tuple[Said, ...] = ()


def entry_id(taken: Container[str]) -> str:
    """A new name for an entry: a letter, then five signs, none of them i, l, o or u."""
    while True:
        made = secrets.choice(_LETTERS) + "".join(secrets.choice(_SIGNS) for _ in range(5))
        if made not in taken:
            return made


def settle(
    ws: Workspace,
    repo: git.Repo,
    path: Path,
    *,
    now: dt.datetime,
    message: str | None = None,
    papers_later: bool = False,
) -> Settled:
    """Take in what is uncommitted in ``path``. The lock is held by the caller.

    ``message``: of the commit, where the caller knows better what it is about.
    ``papers_later``: papers of entries written by hand are left in ``pending``, for the commit
    of other papers that follows at once.

    Raises ``Unreadable`` (the file cannot be used), ``Busy`` (conflict, or an old entry differs
    from the committed one), ``Unusable`` (ignored by git). If only the commit fails, the entries
    are stamped on disk and ``pending`` says what is left.
    """
    data = files.read(path, ws.name(path))
    loaded = parse(ws, path, data)
    dirt = _dirt(ws, repo, path)
    own = dirt.get(repo.inside(path))
    moved = _moved_from(ws, repo, path, dirt)
    old: Raw | None = None
    if own is not None:
        if own.conflict:
            raise Busy(
                N_("{file} is in conflict after a merge; nothing was written"),
                file=ws.name(path),
                hint=Said(
                    N_("settle it in an editor, then: {line}"), {"line": "git add, git commit"}
                ),
            )
        if own.ignored:
            raise Unusable(
                N_("git ignores {file} by the rule {rule}"),
                file=ws.name(path),
                rule=git.ignoring_rule(repo, path) or "?",
                hint=Said(N_("take that rule out")),
            )
        (before,) = git.committed(repo, [moved or path])
        if before == data and moved is None:
            return _index_repaired(ws, repo, loaded)
        old = tree_of(before, ws.name(path))
    root: Raw = loaded.tree
    new_ones = fresh(old, root) if own is not None else ()
    if old is not None:
        refuse_drift(ws, loaded, old)
    stamps = _stamps(ws, root, now)
    put_right: tuple[Said, ...] = ()
    if stamps:
        from yuqing.read import splice

        put_right = splice.normalised(data)
        data = splice.stamp(data, stamps)
        files.replace(path, data, expect=loaded.data)
        loaded = parse(ws, path, data)
    loose = list(_papers(ws, repo, loaded, dirt))
    later, loose = (loose, []) if papers_later else ([], loose)
    if own is None and not stamps and not loose:
        return Settled(loaded, root, pending=tuple(later))
    paths = [path, *([moved] if moved else []), *loose]
    ids = tuple(str(e.get("id")) for n, e in enumerate(loaded.tree["log"]) if n in stamps)
    cut_off = tuple(str(root["log"][n].get("id")) for n in new_ones if n not in stamps)
    said, told = _told(loaded.case.id, ids, cut_off)
    new = [p for p in paths if p.exists() and _unknown_to_git(dirt.get(repo.inside(p)))]
    tried = git.stage(repo, new) if new else None
    if tried is None or tried.code == 0:
        tried = git.commit(repo, paths, message or told)
    pending = later if tried.code == 0 else [*paths, *later]
    return Settled(loaded, root, ids, tuple(pending), tried, (*said, *put_right))


def _index_repaired(ws: Workspace, repo: git.Repo, loaded: Loaded) -> Settled:
    """A crash between git's branch and git's index: the next ordinary commit of a person would
    bring the old file back into history."""
    tried = git.stage(repo, [loaded.path])
    if tried.code != 0:  # an entry goes on, and its own commit will tell; `save` tells now
        return Settled(loaded, loaded.tree, pending=(loaded.path,))
    key = N_("{file}: git's index held an older file; put right")
    return Settled(loaded, loaded.tree, said=(Said(key, {"file": ws.name(loaded.path)}),))


def _unknown_to_git(dirt: git.Dirt | None) -> bool:
    return dirt is not None and dirt.staged in ("?", "!")


def _dirt(ws: Workspace, repo: git.Repo, path: Path) -> dict[str, git.Dirt]:
    """Of the file, of its place on the other side of ``tidy``, and of its papers."""
    look = [path, ws.cases / "files" / path.stem]
    if not path.stem.startswith("LOG-"):
        look.append(filed_path(ws, path.stem) if path.parent == ws.cases else ws.cases / path.name)
    return {each.path: each for each in git.status(repo, look, ignored=True)}


def _moved_from(
    ws: Workspace, repo: git.Repo, path: Path, dirt: Mapping[str, git.Dirt]
) -> Path | None:
    """Where the file was, if a crash cut a move off."""
    if path.stem.startswith("LOG-"):
        return None
    other = filed_path(ws, path.stem) if path.parent == ws.cases else ws.cases / path.name
    found = dirt.get(repo.inside(other))
    return other if found is not None and "D" in (found.staged, found.worktree) else None


def _papers(
    ws: Workspace, repo: git.Repo, loaded: Loaded, dirt: Mapping[str, git.Dirt]
) -> Iterator[Path]:
    """Uncommitted papers that entries name."""
    named = {f.path for entry in loaded.case.log for f in entry.files if f.path}
    for name in sorted(named):
        path = ws.cases / "files" / loaded.case.id / name
        found = dirt.get(repo.inside(path)) if path.is_file() else None
        if found is not None and (found.staged in "?!A"):
            yield path


def _told(
    case_id: str, by_hand: tuple[str, ...], cut_off: tuple[str, ...]
) -> tuple[tuple[Said, ...], str]:
    said: list[Said] = []
    done: list[str] = []
    if by_hand:
        said.append(
            Said(N_("{case}: entries written by hand were taken in: {entries}"),
                 {"case": case_id, "entries": " ".join(by_hand)})
        )  # fmt: skip
        done.append("take in by hand " + " ".join(by_hand))
    if cut_off:
        said.append(
            Said(N_("{case}: entries that were saved but not committed: {entries}"),
                 {"case": case_id, "entries": " ".join(cut_off)})
        )  # fmt: skip
        done.append("finish " + " ".join(cut_off))
    if not said:
        said.append(Said(N_("{case}: an edit by hand was taken in"), {"case": case_id}))
        done.append("take in an edit by hand")
    return tuple(said), f"{case_id}: {'; '.join(done)}"


# --- stamping --------------------------------------------------------------------------


def _stamps(ws: Workspace, root: Raw, now: dt.datetime) -> dict[int, dict[str, str]]:
    """What ``save`` adds to entries that a person typed."""
    taken = {e["id"] for e in entries(root) if "id" in e}
    found: dict[int, dict[str, str]] = {}
    for place, entry in enumerate(entries(root)):
        stamp: dict[str, str] = {}
        if "id" not in entry:
            stamp["id"] = entry_id(taken)
            taken.add(stamp["id"])
        if "recorded" not in entry:
            stamp["recorded"] = now.isoformat(timespec="minutes")
        if stamp and "by" not in entry:
            stamp["by"] = ws.office.post
        if stamp:
            found[place] = stamp
    return found
