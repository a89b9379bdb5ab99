"""What lies uncommitted in a case file, before anything new is written to it.

Three things come about without this program's doing: a person typed entries or comments, a
crash cut a commit off, or an old entry was changed. The first two are taken in, in a commit of
their own; the third is refused, because the record only grows.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yuqing import git
from yuqing.errors import Busy, Problem, Said, Unreadable, Unusable
from yuqing.store import files
from yuqing.store.desk import Loaded, filed_path, parse
from yuqing.store.workspace import Workspace
from yuqing.words import N_

Raw = Mapping[str, Any]
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


def settle(ws: Workspace, repo: git.Repo, path: Path, *, now: dt.datetime) -> Settled:
    """Take in what is uncommitted in ``path``. The lock is held by the caller.

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
        old = _tree(before, ws.name(path))
    root: Raw = loaded.tree
    fresh = _fresh(old, root) if own is not None else ()
    if old is not None:
        refuse_drift(ws, loaded, old, fresh)
    stamps = _stamps(ws, root, now)
    if stamps:
        from yuqing.read import splice

        data = splice.stamp(data, stamps)
        files.replace(path, data, expect=loaded.data)
        loaded = parse(ws, path, data)
    loose = list(_papers(ws, repo, loaded, dirt))
    if own is None and not stamps and not loose:
        return Settled(loaded, root)
    paths = [path, *([moved] if moved else []), *loose]
    ids = tuple(str(e.get("id")) for n, e in enumerate(loaded.tree["log"]) if n in stamps)
    cut_off = tuple(str(root["log"][n].get("id")) for n in fresh if n not in stamps)
    said, message = _told(loaded.case.id, ids, cut_off)
    new = [p for p in paths if p.exists() and _unknown_to_git(dirt.get(repo.inside(p)))]
    tried = git.stage(repo, new) if new else None
    if tried is None or tried.code == 0:
        tried = git.commit(repo, paths, message)
    pending = () if tried.code == 0 else tuple(paths)
    return Settled(loaded, root, ids, pending, tried, said)


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


# --- comparing with the committed file -------------------------------------------------


def _tree(data: bytes | None, name: str) -> Raw | None:
    """The committed file as a tree; ``None`` if there is none, or it never could be read."""
    if data is None:
        return None
    from yuqing.read.tree import parse as parse_tree

    tree, _ = parse_tree(data, name, as_text=True)
    return tree.value if tree is not None and isinstance(tree.value.get("log"), list) else None


def _log(root: Raw | None) -> list[Raw]:
    return [e for e in root["log"] if isinstance(e, dict)] if root is not None else []


def _fresh(old: Raw | None, new: Raw) -> tuple[int, ...]:
    """Places of the entries that the committed file does not have."""
    ids = {e["id"] for e in _log(old) if "id" in e}
    bare = [_core(e) for e in _log(old) if "id" not in e]
    return tuple(
        n
        for n, e in enumerate(_log(new))
        if (e["id"] not in ids if "id" in e else True) and _core(e) not in bare
    )


def _core(entry: Raw) -> Raw:
    """An entry without what ``save`` adds; one word and a list of one are the same."""
    return {
        name: value if not isinstance(value, str) else [value]
        for name, value in entry.items()
        if name not in ("id", "recorded", "by")
    }


def refuse_drift(ws: Workspace, loaded: Loaded, old: Raw, fresh: Iterable[int]) -> None:
    """Raise ``Busy`` if an old entry, or the head, differs from the committed one.

    A word that must vanish may be overwritten in place if the same edit holds an ``amended`` of
    that entry setting exactly the new value.
    """
    root: Raw = loaded.tree
    amendments = [_log(root)[n] for n in fresh if _log(root)[n].get("kind") == "amended"]
    now = {e["id"]: (n, e) for n, e in enumerate(_log(root)) if "id" in e}
    last = -1
    for entry in _log(old):
        name = entry.get("id")
        if name is None:
            continue  # nobody had taken it in yet
        if name not in now:
            raise _gone(ws, loaded, entry)
        place, after = now[name]
        if place < last:
            raise _out_of_order(ws, loaded, name)
        last = place
        for field in dict.fromkeys((*entry, *after)):
            if not _agree(entry.get(field), after.get(field)) and not _amended(
                amendments, name, field, entry.get(field), after.get(field)
            ):
                line = _line(loaded, ("log", place, field), ("log", place))
                raise _differs(ws, loaded, name, field, entry.get(field), after.get(field), line)
    for field in dict.fromkeys((*old, *root)):
        if field == "log" or _agree(old.get(field), root.get(field)):
            continue
        if not _amended(amendments, "head", field, old.get(field), root.get(field)):
            line = _line(loaded, (field,), ())
            raise _differs(ws, loaded, "head", field, old.get(field), root.get(field), line)


def drift(ws: Workspace, repo: git.Repo, path: Path) -> tuple[Problem, ...]:
    """What :func:`settle` would refuse in an uncommitted file, or why it cannot be used."""
    name = ws.name(path)
    try:
        loaded = parse(ws, path, files.read(path, name))
        (before,) = git.committed(repo, [path])
        old = _tree(before, name)
        if old is not None:
            refuse_drift(ws, loaded, old, _fresh(old, loaded.tree))
    except Unreadable as fault:
        return fault.problems
    except Busy as fault:
        what, line = fault.said.params["why"], fault.said.params["line"]
        return (
            Problem(file=name, line=line, key=what.key, params=what.params, severity="finding"),
        )
    return ()


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, list):
        one = [one]
    if isinstance(other, str) and isinstance(one, list):
        other = [other]
    return bool(one == other)


def _amended(amendments: Iterable[Raw], of: str, field: str, old: Any, new: Any) -> bool:
    for each in amendments:
        values = each.get("set")
        if each.get("of") != of or not isinstance(values, dict) or field not in values:
            continue
        wanted = values[field]
        if isinstance(old, dict) and isinstance(wanted, dict):
            wanted = {**old, **wanted}  # facts and grades are merged by name
        if _agree(wanted, new):
            return True
    return False


def _line(loaded: Loaded, *paths: tuple[str | int, ...]) -> int:
    lines = loaded.lines or {}
    return next((lines[path] for path in paths if path in lines), 1)


def _differs(
    ws: Workspace, loaded: Loaded, name: str, field: str, old: Any, new: Any, line: int
) -> Busy:
    typed = " ".join(_typed(field, new)) if new is not None else "--void"
    what = Said(
        N_("`{field}` of {entry} differs from the committed file: {old} → {new}"),
        {"entry": name, "field": field, "old": _shown(old), "new": _shown(new)},
    )
    hint = Said(
        N_("an old entry is corrected by a new one: put the old value back, then: {line}"),
        {"line": f"yuqing amend {_end(loaded)} {name} {typed} -b …"},
    )
    return _refusal(ws, loaded, line, what, hint)


def _refusal(ws: Workspace, loaded: Loaded, line: int, what: Said, hint: Said) -> Busy:
    where = f"{ws.name(loaded.path)}:{line}" if line else ws.name(loaded.path)
    return Busy(N_("{where}: {why}"), where=where, why=what, line=line, hint=hint)


def _gone(ws: Workspace, loaded: Loaded, entry: Raw) -> Busy:
    what = Said(
        N_("entry {entry} ({kind}, {at}) is committed, but gone from the file"),
        {"entry": entry["id"], "kind": entry.get("kind", "?"), "at": entry.get("at", "?")},
    )
    hint = Said(
        N_("an old entry is never deleted: put it back, then: {line}"),
        {"line": f"yuqing amend {_end(loaded)} {entry['id']} --void -b …"},
    )
    return _refusal(ws, loaded, 0, what, hint)


def _out_of_order(ws: Workspace, loaded: Loaded, name: str) -> Busy:
    what = Said(N_("entry {entry} no longer stands where it was committed"), {"entry": name})
    hint = Said(N_("put it back in its place; the order of the log is kept"))
    return _refusal(ws, loaded, 0, what, hint)


def _end(loaded: Loaded) -> str:
    return loaded.case.id.rsplit("-", 1)[-1] if not loaded.case.is_logbook else "log"


def _typed(field: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _typed(f"{field}.{name}", part)
    elif isinstance(value, list):
        yield f"{field}={','.join(_shown(part) for part in value)}"
    else:
        yield f'{field}="{value}"' if " " in str(value) else f"{field}={value}"


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{name}={_shown(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(_shown(part) for part in value)
    return str(value)


# --- stamping --------------------------------------------------------------------------


def _stamps(ws: Workspace, root: Raw, now: dt.datetime) -> dict[int, dict[str, str]]:
    """What ``save`` adds to entries that a person typed."""
    taken = {e["id"] for e in _log(root) if "id" in e}
    found: dict[int, dict[str, str]] = {}
    for place, entry in enumerate(_log(root)):
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


def only_grew(before: Raw, after: Raw) -> bool:
    """Did the file since then only gain entries (or the stamps of earlier ones)?"""
    old, new = _log(before), _log(after)
    head = [{k: v for k, v in root.items() if k != "log"} for root in (before, after)]
    return (
        head[0] == head[1]
        and len(new) >= len(old)
        and all(
            other.get(name) == value
            for one, other in zip(old, new, strict=False)
            for name, value in one.items()
        )
    )
