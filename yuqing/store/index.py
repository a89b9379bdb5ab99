"""What an unchanged file said last time, so that no YAML is parsed twice.

Answers are found by the content of the file and of everything it was read with, never by its
date: a stale answer cannot be found. The file lies under the git directory, belongs to this
clone, may be deleted at any time, and any trouble with it means: read the files again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import marshal
import os
import pickle
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yuqing
from yuqing import again

_SAFE = ("yuqing.", "datetime", "zoneinfo")
_PLAIN = frozenset(("frozenset", "set", "tuple", "dict", "list"))


BY_CASE = ("case:", "clock:")
"""Kinds of slots that stand for one case file."""


class _Records(pickle.Unpickler):
    """Builds our records and dates, nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(_SAFE) or (module == "builtins" and name in _PLAIN):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(module)


class _Packer(pickle.Pickler):
    """Says how zones and records are built again. By itself a zone would be built by a call that
    :class:`_Records` allows to nobody, and a record field by field through its class."""

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if kind is ZoneInfo:
            return ZoneInfo, (value.key,)
        if is_dataclass(kind) and "__slots__" in vars(kind):
            return _built, (kind, tuple(getattr(value, each.name) for each in fields(kind)))
        return NotImplemented


def _built(kind: type, values: tuple[Any, ...]) -> Any:
    record: Any = object.__new__(kind)
    for put, value in zip(_slots(kind), values, strict=True):
        put(record, value)
    return record


@cache
def _slots(kind: Any) -> tuple[Any, ...]:
    return tuple(getattr(kind, each.name).__set__ for each in fields(kind))


@dataclass(slots=True)
class Index:
    """Slots by name (``case:cases/ID.yaml``), each with the key its value stands for.

    ``file`` is ``None`` outside a repository: nothing is found then, and nothing kept.
    """

    file: Path | None
    slots: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    changed: bool = False

    def recall(self, slot: str, key: str) -> Any:
        """What was kept for exactly this key, or ``None``."""
        kept = self.slots.get(slot)
        if kept is None or kept[0] != key:
            return None
        try:
            return unpacked(kept[1])
        except Exception:  # noqa: BLE001 - whatever is wrong with it, the file itself is there
            return None

    def keep(self, slot: str, key: str, value: object) -> None:
        """Remember ``value``; :meth:`write` puts it on the disk."""
        if self.file is not None:
            self.slots[slot] = (key, packed(value))
            self.changed = True

    def write(self, listed: Iterable[str] | None = None) -> None:
        """Save what changed. ``listed``: the case files there are; others are forgotten."""
        if listed is not None:
            wanted = {kind + name for name in listed for kind in BY_CASE}
            gone = [s for s in self.slots if s.startswith(BY_CASE) and s not in wanted]
            self.changed = self.changed or bool(gone)
            for slot in gone:
                del self.slots[slot]
        if not self.changed or self.file is None:
            return
        self.changed = False
        temp = self.file.with_name(f"index.{os.getpid()}.tmp")
        with contextlib.suppress(OSError):  # a folder that can't be written costs time only
            self.file.parent.mkdir(exist_ok=True)
            temp.write_bytes(marshal.dumps((schema(), self.slots)))
            temp.replace(self.file)


def packed(value: object) -> bytes:
    """Records and plain values as bytes."""
    kept = io.BytesIO()
    _Packer(kept, protocol=5).dump(value)
    return kept.getvalue()


def unpacked(data: bytes) -> Any:
    """What was packed. Raises ``UnpicklingError`` for anything that is no record of ours."""
    return _Records(io.BytesIO(data)).load()


def open_index(git_dir: Path | None) -> Index:
    """The index of this clone; an empty one if there is none, or it cannot be used."""
    if git_dir is None:
        return Index(None)
    file = git_dir / "yuqing" / "index"
    try:
        # written by us into our own git directory; values in it are built by _Records alone
        made_by, slots = marshal.loads(file.read_bytes())  # noqa: S302
    except (OSError, ValueError, EOFError, TypeError):
        return Index(file)
    if made_by != schema() or not isinstance(slots, dict):
        return Index(file)
    return Index(file, slots)


def key_of(*parts: bytes | str) -> str:
    """One key for contents and names."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:" % len(data))
        digest.update(data)
    return digest.hexdigest()


@cache
def schema() -> str:
    """Which code made the values: what reads, holds and counts records may be any part of it."""
    return key_of(yuqing.__version__, repr(list(again.program(str(Path(yuqing.__file__).parent)))))
