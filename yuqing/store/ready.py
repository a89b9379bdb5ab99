"""Filed cases as records, ready to be told: an answer about a few of them reads no YAML.

A small database lies beside the index under the git directory. It belongs to this clone, may be
deleted at any time, and any trouble with it means: read the case file. A record is found by the
content of the file and of everything it was read with, never by its date.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yuqing.case import current
from yuqing.store import files
from yuqing.store.desk import Loaded
from yuqing.store.index import key_of, packed, schema, unpacked
from yuqing.store.workspace import Workspace, pinned, plans_key

_WAIT = 0.5
"""Seconds that one process waits for what another one writes; then it reads the case file."""
_MANY = 256
"""So many are written at once."""


def filed(ws: Workspace, path: Path, load: Callable[[Workspace, Path], Loaded]) -> Loaded:
    """As ``load``, but without the raw tree where the record was kept. Raises ``Unreadable``."""
    name = ws.name(path)
    data = files.read(path, name)
    kept = _recall(ws, name, _key(ws, name, data))
    if kept is None:
        loaded = load(ws, path)
        _keep(ws, name, _key(ws, name, loaded.data), (loaded.case, loaded.problems))
        return loaded
    case, problems = kept
    plans = (pinned(ws, pin) for pin in current(case).plans)
    return Loaded(case, tuple(p for p in plans if p), path, data, problems=problems)


def _key(ws: Workspace, name: str, data: bytes) -> str:
    return key_of(schema(), name, data, plans_key(ws))


def _recall(ws: Workspace, name: str, key: str) -> Any:
    try:
        found = _rows(ws, "SELECT kept FROM told WHERE name = ? AND key = ?", (name, key))
        return unpacked(zlib.decompress(found[0][0])) if found else None
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the file itself is there
        return None


def _keep(ws: Workspace, name: str, key: str, value: object) -> None:
    waiting = ws.memo.setdefault(("waiting", os.getpid()), [])
    waiting.append((name, key, zlib.compress(packed(value), 1)))
    if len(waiting) >= _MANY:
        put_down(ws)


def put_down(ws: Workspace) -> None:
    """Write what :func:`filed` has read from case files since."""
    waiting = ws.memo.pop(("waiting", os.getpid()), [])
    if waiting:
        with contextlib.suppress(Exception):  # it costs time only
            many = ", ".join(["(?, ?, ?)"] * len(waiting))
            values = tuple(part for each in waiting for part in each)
            _rows(ws, f"INSERT OR REPLACE INTO told VALUES {many}", values)  # noqa: S608 - signs


def forget(ws: Workspace, path: Path) -> None:
    """Keep nothing of this case: words have been taken out of its file."""
    with contextlib.suppress(Exception):
        _rows(ws, "DELETE FROM told WHERE name = ?", (ws.name(path),))


def _rows(ws: Workspace, line: str, values: tuple[object, ...]) -> list[Any]:
    """Raises ``sqlite3.Error``; without a repository there is nothing."""
    if ws.git_dir is None:
        return []
    import sqlite3

    file = ws.git_dir / "yuqing" / "told"
    slot = ("told", os.getpid())  # a second process must have its own
    try:
        if slot not in ws.memo:
            ws.memo[slot] = _opened(file)
        base = ws.memo[slot]
        return list(base.execute(line, values).fetchall()) if base is not None else []
    except sqlite3.DatabaseError as fault:
        ws.memo[slot] = None  # no more of it in this process
        if not isinstance(fault, sqlite3.OperationalError):  # neither busy nor locked: spoilt
            for each in (file, file.with_name("told-journal")):
                each.unlink(missing_ok=True)
        raise


def _opened(file: Path) -> Any:
    import sqlite3

    file.parent.mkdir(exist_ok=True)
    base = sqlite3.connect(file, timeout=_WAIT, isolation_level=None)
    # what is lost with the machine is read again; what is overwritten is gone
    for line in ("synchronous = OFF", "journal_mode = TRUNCATE", "secure_delete = ON"):
        base.execute(f"PRAGMA {line}")
    base.execute("CREATE TABLE IF NOT EXISTS told (name TEXT PRIMARY KEY, key TEXT, kept BLOB)")
    return base
