"""A case file against the committed one: the record only grows.

Layout is not content: trees of text are compared, entry by entry, by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yuqing.errors import Busy, Problem, Said
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.store.desk import Loaded
    from yuqing.store.workspace import Workspace

Raw = Mapping[str, Any]


def tree_of(data: bytes | None, name: str) -> Raw | None:
    """The committed file as a tree; ``None`` if there is none, or it never could be read."""
    if data is None:
        return None
    from yuqing.read.tree import parse as parse_tree

    tree, _ = parse_tree(data, name, as_text=True)
    return tree.value if tree is not None and isinstance(tree.value.get("log"), list) else None


def log_of(root: Raw | None) -> list[Raw]:
    """Its entries, as maps of text."""
    return [e for e in root["log"] if isinstance(e, dict)] if root is not None else []


def fresh(old: Raw | None, new: Raw) -> tuple[int, ...]:
    """Places of the entries that the committed file does not have."""
    ids = {e["id"] for e in log_of(old) if "id" in e}
    bare = [_core(e) for e in log_of(old) if "id" not in e]
    return tuple(
        n
        for n, e in enumerate(log_of(new))
        if (e["id"] not in ids if "id" in e else True) and _core(e) not in bare
    )


def _core(entry: Raw) -> Raw:
    """An entry without what ``save`` adds; one word and a list of one are the same."""
    return {
        name: value if not isinstance(value, str) else [value]
        for name, value in entry.items()
        if name not in ("id", "recorded", "by")
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a file is not its committed self plus new entries. ``hint``: the line
    to type; ``gone``: an entry is missing."""

    what: Said
    hint: Said
    line: int = 0
    gone: bool = False


def differences(loaded: Loaded, old: Raw) -> Iterator[Difference]:
    """Old entries, and parts of the head, that are not as committed.

    A word that must vanish may be overwritten in place if the same edit holds an ``amended`` of
    that entry setting exactly the new value. Entries that nobody has stamped are still drafts.
    """
    root: Raw = loaded.tree
    log = log_of(root)
    amendments = [log[n] for n in fresh(old, root) if log[n].get("kind") == "amended"]
    now = {e["id"]: (n, e) for n, e in enumerate(log) if "id" in e}
    last = -1
    for entry in log_of(old):
        name = entry.get("id")
        if name is None:
            continue
        if name not in now:
            yield _gone(loaded, entry)
            continue
        place, after = now[name]
        if place < last:
            yield _out_of_order(name)
        last = max(place, last)
        for field in dict.fromkeys((*entry, *after)):
            was, now_is = entry.get(field), after.get(field)
            if not _agree(was, now_is) and not _amended(amendments, name, field, was, now_is):
                line = _line(loaded, ("log", place, field), ("log", place))
                yield _differs(loaded, name, field, was, now_is, line)
    for field in dict.fromkeys((*old, *root)):
        was, now_is = old.get(field), root.get(field)
        if field == "log" or _agree(was, now_is):
            continue
        if not _amended(amendments, "head", field, was, now_is):
            yield _differs(loaded, "head", field, was, now_is, _line(loaded, (field,)))


def refuse_drift(ws: Workspace, loaded: Loaded, old: Raw) -> None:
    """Raise ``Busy`` at the first difference."""
    for each in differences(loaded, old):
        name = ws.name(loaded.path)
        where = f"{name}:{each.line}" if each.line else name
        raise Busy(N_("{where}: {why}"), where=where, why=each.what, hint=each.hint)


def drift_problems(ws: Workspace, loaded: Loaded, before: bytes | None) -> tuple[Problem, ...]:
    """All differences from the committed bytes: an ``error`` where an entry is gone, because an
    answer without it is incomplete; else a ``finding``."""
    name = ws.name(loaded.path)
    old = tree_of(before, name)
    if old is None:
        return ()
    return tuple(
        Problem(
            file=name,
            line=each.line,
            key=each.what.key,
            params=each.what.params,
            severity="error" if each.gone else "finding",
        )
        for each in differences(loaded, old)
    )


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


def _differs(loaded: Loaded, name: str, field: str, old: Any, new: Any, line: int) -> Difference:
    typed = " ".join(_typed(field, new)) if new is not None else "--void"
    return Difference(
        Said(
            N_("`{field}` of {entry} differs from the committed file: {old} → {new}"),
            {"entry": name, "field": field, "old": _shown(old), "new": _shown(new)},
        ),
        Said(
            N_("an old entry is corrected by a new one: put the old value back, then: {line}"),
            {"line": f"yuqing amend {_end(loaded)} {name} {typed} -b …"},
        ),
        line,
    )


def _gone(loaded: Loaded, entry: Raw) -> Difference:
    return Difference(
        Said(
            N_("entry {entry} ({kind}, {at}) is committed, but gone from the file"),
            {"entry": entry["id"], "kind": entry.get("kind", "?"), "at": entry.get("at", "?")},
        ),
        Said(
            N_("an old entry is never deleted: put it back, then: {line}"),
            {"line": f"yuqing amend {_end(loaded)} {entry['id']} --void -b …"},
        ),
        gone=True,
    )


def _out_of_order(name: str) -> Difference:
    return Difference(
        Said(N_("entry {entry} no longer stands where it was committed"), {"entry": name}),
        Said(N_("put it back in its place; the order of the log is kept")),
    )


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


def only_grew(before: Raw, after: Raw) -> bool:
    """Did the file since then only gain entries (or the stamps of earlier ones)?"""
    old, new = log_of(before), log_of(after)
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
