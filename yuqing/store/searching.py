"""The index of ``search``: which pairs of signs stand in which case.

It lies beside the other one under the git directory, belongs to this clone, and may be deleted at
any time. A file counts as unchanged by name, size, both its times and inode, with git's rule for
what changed within two seconds. It only says where to look: what is told of a case is read from
its file, so the answers are those of a search through everything.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yuqing.store.index import key_of, schema
from yuqing.store.sweeping import sweep
from yuqing.store.workspace import Workspace, plans_key

Sign = tuple[int | str, ...]
Catalogued = tuple[int, frozenset[str], frozenset[str]]
"""What it is, the pairs of its title, and those of the whole case."""
CASE, NOTHING, TROUBLE, WARNED = 0, 1, 2, 3
"""A case; nothing to find in it; a file of which something has to be said each time, and one
that is a case all the same."""
_CASES = (CASE, WARNED)
_RACY = 2_000_000_000
_DEAD = 4
"""One row in so many may be of a file that is gone or changed; then all is made anew."""


@dataclass(slots=True)
class Shelf:
    """``rows``: name, signature and sort of each file, ``None`` where it is gone. ``pairs``: pair
    → numbers of rows, doubled, and one more where it stands in the title."""

    file: Path
    key: str
    rows: list[tuple[str, Sign, int] | None] = field(default_factory=list)
    pairs: dict[str, bytes] = field(default_factory=dict)

    def of(self, pair: str) -> dict[int, bool]:
        """Rows in which exactly this pair stands; whether it stands in the title."""
        numbers = array("I", self.pairs.get(pair, b""))
        return {n >> 1: bool(n & 1) for n in numbers if self._is_case(n >> 1)}

    def around(self, word: str) -> set[int]:
        """Rows in which it stands inside something longer."""
        found = (n >> 1 for p, kept in self.pairs.items() if word in p for n in array("I", kept))
        return {n for n in found if self._is_case(n)}

    def _is_case(self, number: int) -> bool:
        row = self.rows[number]
        return row is not None and row[2] in _CASES

    def cases(self) -> int:
        """How many rows are cases."""
        return sum(map(self._is_case, range(len(self.rows))))

    def trouble(self) -> list[str]:
        """Names of the files of which something has to be said."""
        said = (TROUBLE, WARNED)
        return [row[0] for row in self.rows if row is not None and row[2] in said]

    def name(self, number: int) -> str:
        """Name of the file of a row."""
        row = self.rows[number]
        return row[0] if row is not None else ""

    def add(self, names: Sequence[str], signs: Sequence[Sign], said: Iterable[Catalogued]) -> None:
        """Rows for more files."""
        more: dict[str, array[int]] = {}
        for name, sign, (sort, title, whole) in zip(names, signs, said, strict=True):
            number = len(self.rows) << 1
            self.rows.append((name, sign, sort))
            for pair in whole:
                more.setdefault(pair, array("I")).append(number | (pair in title))
        for pair, numbers in more.items():
            self.pairs[pair] = self.pairs.get(pair, b"") + numbers.tobytes()


def shelf(
    ws: Workspace,
    names: Sequence[str],
    catalogue: Callable[[str], Catalogued],
    watch: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> Shelf | None:
    """The index, brought up to the files of these names; ``None`` outside a repository."""
    if ws.git_dir is None:
        return None
    found = _opened(ws.git_dir / "yuqing" / "search", key_of(schema(), plans_key(ws)))
    signs = dict(zip(names, signs_of(ws, names), strict=True))
    for number, row in enumerate(found.rows):
        if row is not None and signs.get(row[0], ()) != row[1]:
            found.rows[number] = None
    if found.rows.count(None) * _DEAD > len(found.rows):
        found.rows.clear()
        found.pairs.clear()
    known = {row[0] for row in found.rows if row is not None}
    new = [name for name in names if name not in known]
    if new or len(known) != len(found.rows):
        found.add(new, [signs[name] for name in new], sweep(new, catalogue, watch))
        _write(found)
    return found


def signs_of(ws: Workspace, names: Sequence[str]) -> list[Sign]:
    """The signatures of files, named from the office's root on."""
    home = f"{ws.root}{os.sep}"
    return [sign_of(home + name) for name in names]


def sign_of(path: Path | str) -> Sign:
    """What a file looks like from outside; never the same twice while it may still change."""
    try:
        seen = os.lstat(path)
    except OSError:
        return (0, time.time_ns())
    newest = max(seen.st_mtime_ns, seen.st_ctime_ns)
    racy = time.time_ns() if time.time_ns() - newest < _RACY else 0
    return (seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, racy)


def _opened(file: Path, key: str) -> Shelf:
    try:
        # written by us into our own git directory: plain values, checked by their use
        kept, rows, pairs = marshal.loads(file.read_bytes())  # noqa: S302
    except (OSError, ValueError, EOFError, TypeError):
        return Shelf(file, key)
    if kept != key or not isinstance(rows, list) or not isinstance(pairs, dict):
        return Shelf(file, key)
    return Shelf(file, key, rows, pairs)


def _write(found: Shelf) -> None:
    temp = found.file.with_name(f"search.{os.getpid()}.tmp")
    with contextlib.suppress(OSError):  # a folder that can't be written costs time only
        found.file.parent.mkdir(exist_ok=True)
        temp.write_bytes(marshal.dumps((found.key, found.rows, found.pairs)))
        temp.replace(found.file)
