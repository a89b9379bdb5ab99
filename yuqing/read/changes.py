"""Two versions of one case file compared: an entry once written neither changes nor vanishes.

The versions are raw trees, all text, so that layout, comments and quotes do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of something that stood in the older version.

    ``gone``: the entry is no longer there. ``moved``: it stands before one it stood behind.
    ``changed``: ``field`` said ``old`` and says ``new`` (``None``: not there). ``entry``: its id,
    or ``head``. ``place``: of the entry in the log where it is, from 0; of a gone one where it was.
    """

    kind: Literal["gone", "moved", "changed"]
    entry: str
    place: int = -1
    field: str = ""
    old: Any = None
    new: Any = None


def entries(root: Raw | None) -> list[Raw]:
    """The log of a version; nothing if there is none."""
    log = root.get("log") if root is not None else None
    return [e for e in log if isinstance(e, dict)] if isinstance(log, list) else []


def core(entry: Raw) -> Raw:
    """An entry without what ``save`` adds; one word and a list of one are the same."""
    return {
        name: [value] if isinstance(value, str) else value
        for name, value in entry.items()
        if name not in ("id", "recorded", "by")
    }


def fresh(old: Raw | None, new: Raw) -> tuple[int, ...]:
    """Places of the entries that the older version does not have."""
    ids = {e["id"] for e in entries(old) if "id" in e}
    bare = [core(e) for e in entries(old) if "id" not in e]
    return tuple(
        n
        for n, e in enumerate(entries(new))
        if (e["id"] not in ids if "id" in e else True) and core(e) not in bare
    )


def changes(old: Raw, new: Raw) -> Iterator[Change]:
    """Every change that an old entry, or the head, must not undergo.

    Entries without id are nobody's yet: they are not looked at. A word that must vanish may be
    overwritten if the new version brings an ``amended`` of that entry that sets exactly the new
    value (case format, section 6).
    """
    log = entries(new)
    amendments = [log[n] for n in fresh(old, new) if log[n].get("kind") == "amended"]
    now = {e["id"]: (n, e) for n, e in enumerate(log) if "id" in e}
    last = -1
    for was, entry in enumerate(entries(old)):
        name = entry.get("id")
        if name is None:
            continue
        if name not in now:
            yield Change("gone", name, was, old=entry)
            continue
        place, after = now[name]
        if place < last:
            yield Change("moved", name, place)
        last = max(last, place)
        for field in dict.fromkeys((*entry, *after)):
            one, two = entry.get(field), after.get(field)
            if not _agree(one, two) and not overwritten(amendments, name, field, one, two):
                yield Change("changed", name, place, field, one, two)
    for field in dict.fromkeys((*old, *new)):
        one, two = old.get(field), new.get(field)
        if field == "log" or _agree(one, two) or overwritten(amendments, "head", field, one, two):
            continue
        yield Change("changed", "head", -1, field, one, two)


def overwritten(amendments: Iterable[Raw], of: str, field: str, old: Any, new: Any) -> bool:
    """Does one of these amendments of ``of`` set ``field`` to exactly the value it now has?"""
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


def _agree(one: Any, other: Any) -> bool:
    """One word and a list of one are the same."""
    if isinstance(one, str) and isinstance(other, list):
        one = [one]
    if isinstance(other, str) and isinstance(one, list):
        other = [other]
    return bool(one == other)


def shown(value: Any) -> str:
    """A raw value on one line."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={shown(part)}" for name, part in value.items())
    if isinstance(value, list):
        return ", ".join(shown(part) for part in value)
    return str(value)
