"""The index of ``similar``: in which cases a pair of signs stands how often.

Made of what :mod:`yuqing.store.keeping` holds of each case, again whenever one file of them all
differs: how much a pair weighs depends on every case. It only says how like two cases are; what
is told of a case is read from its file.
"""

from __future__ import annotations

import contextlib
import marshal
import math
import os
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yuqing.store.index import key_of, schema
from yuqing.store.keeping import Found, kept
from yuqing.store.searching import signs_of
from yuqing.store.workspace import Workspace, plans_key


@dataclass(frozen=True, slots=True)
class Alike:
    """``rows``: name of each file and what else is asked of its case; ``sizes``: lengths of their
    vectors; ``pairs``: pair → how often it stands in a case → numbers of the rows where it does so."""

    rows: list[tuple[str, Any]]
    sizes: list[float]
    pairs: dict[str, dict[int, bytes]]
    trouble: list[str]
    """Files of which something has to be said each time."""

    def near(self, vector: Mapping[str, int]) -> list[float]:
        """Cosine between this vector and that of each row; pairs weigh more, the rarer they are."""
        both = [0.0] * len(self.rows)
        whole = 0.0
        for pair, times in vector.items():
            often = {n: array("I", rows) for n, rows in self.pairs.get(pair, {}).items()}
            count = sum(map(len, often.values()))
            weight = _weight(len(self.rows), count) if count else 1.0
            whole += (weight * times) ** 2
            for other, rows in often.items():
                share = weight**2 * times * other
                for row in rows:
                    both[row] += share
        size = math.sqrt(whole)
        return [
            each / (size * other) if size * other else 0.0
            for each, other in zip(both, self.sizes, strict=True)
        ]


def _weight(cases: int, count: int) -> float:
    return 1.0 + math.log(cases / count)


def alike(
    ws: Workspace,
    names: Sequence[str],
    describe: Callable[[str], Found],
    watch: Callable[[Sequence[str]], Iterable[str]] = iter,
) -> Alike | None:
    """The index of the files of these names; ``None`` outside a repository.

    ``describe``: is something wrong with the file, its vector (``None``: no case to be found), and
    what else is asked of it.
    """
    if ws.git_dir is None:
        return None
    file = ws.git_dir / "yuqing" / "alike"
    signs = signs_of(ws, names)
    key = key_of(schema(), plans_key(ws), marshal.dumps((list(names), signs), 2))
    try:
        # written by us into our own git directory: plain values
        made_for, *more = marshal.loads(file.read_bytes())  # noqa: S302
        if made_for == key:
            return Alike(*more)
    except (OSError, ValueError, EOFError, TypeError):
        pass  # it is made anew
    made = _made(names, kept(ws, "traits", names, describe, watch))
    temp = file.with_name(f"alike.{os.getpid()}.tmp")
    with contextlib.suppress(OSError):  # a folder that can't be written costs time only
        temp.write_bytes(marshal.dumps((key, made.rows, made.sizes, made.pairs, made.trouble)))
        temp.replace(file)
    return made


def _made(names: Sequence[str], said: Iterable[Any]) -> Alike:
    rows: list[tuple[str, Any]] = []
    vectors: list[Mapping[str, int]] = []
    trouble: list[str] = []
    pairs: defaultdict[str, dict[int, array[int]]] = defaultdict(dict)
    for name, (wrong, vector, more) in zip(names, said, strict=True):
        trouble += [name] if wrong else []
        if vector is not None:
            for pair, times in vector.items():
                pairs[pair].setdefault(times, array("I")).append(len(rows))
            rows.append((name, more))
            vectors.append(vector)
    weights = {p: _weight(len(rows), sum(map(len, n.values()))) for p, n in pairs.items()}
    sizes = [math.sqrt(sum((weights[p] * n) ** 2 for p, n in v.items())) for v in vectors]
    kept_pairs = {p: {n: each.tobytes() for n, each in o.items()} for p, o in pairs.items()}
    return Alike(rows, sizes, kept_pairs, trouble)
