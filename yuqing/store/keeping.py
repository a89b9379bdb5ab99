"""What was worked out from each filed case, kept while nothing it was worked out from changes.

One file for each question lies beside the index under the git directory. It belongs to this
clone, may be deleted at any time, and any trouble with it means: look at the case files. A file
counts as unchanged by name, size, both its times and inode, with git's rule for what changed
within two seconds; code, plans, calendars and the office's settings are in the key of the whole.
"""

from __future__ import annotations

import contextlib
import itertools
import marshal
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from yuqing.store.desk import id_of
from yuqing.store.index import key_of, schema
from yuqing.store.searching import Sign, sign_of, signs_of
from yuqing.store.sweeping import sweep
from yuqing.store.workspace import Workspace, calendar_key, plans_key

_ROWS, _LENGTH = 1000, 8
"""Rows of one piece of the file; bytes that say how long a piece is."""
Found = tuple[bool, Any]
"""Does it hold for ever, and what was found: plain values, as ``marshal`` writes them."""


def kept(
    ws: Workspace,
    question: str,
    names: Sequence[str],
    look: Callable[[str], Found],
    watch: Callable[[Sequence[str]], Iterable[str]] = iter,
    beside: Callable[[str], Sign] | None = None,
) -> Iterator[Any]:
    """What ``look`` found in each file, in order; of an unchanged one what it found before.

    ``names`` are from the office's root on. Only what holds whatever the time is kept. ``beside``:
    the signature of anything else that ``look`` looks at for one file. Outside a repository every
    file is looked at.
    """
    file = ws.git_dir / "yuqing" / question if ws.git_dir is not None else None
    key = key_of(schema(), plans_key(ws), calendar_key(ws))
    old = _opened(file, key)
    signs = signs_of(ws, names)
    if beside is not None:
        signs = [sign + beside(name) for sign, name in zip(signs, names, strict=True)]
    known = [old.get(name, (None,))[0] == sign for name, sign in zip(names, signs, strict=True)]

    def packed(name: str) -> tuple[bool, bytes]:
        steady, value = look(name)
        return steady, marshal.dumps(value)

    todo = [name for name, same in zip(names, known, strict=True) if not same]
    fresh = sweep(todo, packed, watch)
    gone = len(old) - sum(known)
    changed = bool(todo) or gone > 0
    new: dict[str, tuple[Sign, bytes]] = {}
    more = 0
    for name, sign, same in zip(names, signs, known, strict=True):
        steady, value = (True, old.pop(name)[1]) if same else next(fresh)
        if steady and changed:
            new[name] = (sign, value)
        more += steady and not same
        yield marshal.loads(value)  # noqa: S302 - as below
    if file is not None and (more or gone):
        _write(file, key, new)


def papers_sign(ws: Workspace) -> Callable[[str], Sign]:
    """For the name of a case file: what everything in the folder of its papers looks like from
    outside."""
    home = ws.cases / "files"
    try:
        there = set(os.listdir(home))  # noqa: PTH208
    except OSError:
        there = set()

    def sign(name: str) -> Sign:
        case = id_of(name)
        if case not in there:
            return ()
        papers = sorted((home / case).rglob("*"))
        # where a link leads to shows nothing from outside: never the same twice
        linked = (time.time_ns(),) if any(map(os.path.islink, papers)) else ()
        return (*(part for each in papers for part in (str(each), *sign_of(each))), *linked)

    return sign


def _opened(file: Path | None, key: str) -> dict[str, tuple[Sign, bytes]]:
    found: dict[str, tuple[Sign, bytes]] = {}
    if file is None:
        return found
    try:
        # written by us into our own git directory: plain values
        with file.open("rb") as pieces:
            if marshal.loads(_piece(pieces)) != key:  # noqa: S302
                return {}
            while piece := _piece(pieces):
                found.update(marshal.loads(piece))  # noqa: S302
    except (OSError, ValueError, EOFError, TypeError):
        return {}
    return found


def _piece(pieces: BinaryIO) -> bytes:
    return pieces.read(int.from_bytes(pieces.read(_LENGTH), "big"))


def _write(file: Path, key: str, found: dict[str, tuple[Sign, bytes]]) -> None:
    """Piece by piece: the whole at once would stand in memory twice."""
    temp = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    rows = iter(found.items())
    with contextlib.suppress(OSError):  # a folder that can't be written costs time only
        file.parent.mkdir(exist_ok=True)
        with temp.open("wb") as out:
            value: Any = key
            while value:
                piece = marshal.dumps(value)
                out.write(len(piece).to_bytes(_LENGTH, "big") + piece)
                value = dict(itertools.islice(rows, _ROWS))
        temp.replace(file)
