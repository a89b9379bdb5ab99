"""A case file against the committed one: the record only grows.

Layout is not content: trees of text are compared, entry by entry, by their ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yuqing.errors import Busy, Problem, Said
from yuqing.read.changes import Raw, changes, entries, shown
from yuqing.words import N_

if TYPE_CHECKING:
    from yuqing.store.desk import Loaded
    from yuqing.store.workspace import Workspace


def tree_of(data: bytes | None, name: str) -> Raw | None:
    """The committed file as a tree; ``None`` if there is none, or it never could be read."""
    if data is None:
        return None
    from yuqing.read.tree import parse as parse_tree

    tree, _ = parse_tree(data, name, as_text=True)
    return tree.value if tree is not None and isinstance(tree.value.get("log"), list) else None


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a file is not its committed self plus new entries. ``hint``: the line
    to type; ``gone``: an entry is missing."""

    what: Said
    hint: Said
    line: int = 0
    gone: bool = False


def differences(loaded: Loaded, old: Raw) -> Iterator[Difference]:
    """Old entries, and parts of the head, that are not as committed."""
    for change in changes(old, loaded.tree):
        match change.kind:
            case "gone":
                yield _gone(loaded, change.old)
            case "moved":
                yield _out_of_order(change.entry)
            case "changed":
                where = ("log", change.place, change.field), ("log", change.place)
                line = _line(loaded, *(where if change.entry != "head" else [(change.field,)]))
                yield _differs(loaded, change.entry, change.field, change.old, change.new, line)


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


def _line(loaded: Loaded, *paths: tuple[str | int, ...]) -> int:
    lines = loaded.lines or {}
    return next((lines[path] for path in paths if path in lines), 1)


def _differs(loaded: Loaded, name: str, field: str, old: Any, new: Any, line: int) -> Difference:
    typed = " ".join(_typed(field, new)) if new is not None else "--void"
    return Difference(
        Said(
            N_("`{field}` of {entry} differs from the committed file: {old} → {new}"),
            {"entry": name, "field": field, "old": shown(old), "new": shown(new)},
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
        yield f"{field}={','.join(shown(part) for part in value)}"
    else:
        yield f'{field}="{value}"' if " " in str(value) else f"{field}={value}"


def only_grew(before: Raw, after: Raw) -> bool:
    """Did the file since then only gain entries (or the stamps of earlier ones)?"""
    old, new = entries(before), entries(after)
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
