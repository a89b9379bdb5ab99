"""What follows from records alone is worked out once: records that were read never change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")


def remembered(work: Callable[[tuple[K, ...]], T], most: int = 64) -> Callable[[tuple[K, ...]], T]:
    """``work``, remembering its answer for these very records: the same ones, not equal ones.

    ``most``: so many answers are kept; an office has a handful of plans.
    """
    kept: dict[tuple[int, ...], tuple[tuple[K, ...], T]] = {}

    def answer(records: tuple[K, ...]) -> T:
        key = tuple(map(id, records))
        found = kept.get(key)
        if found is None:
            if len(kept) >= most:
                kept.clear()
            found = kept[key] = records, work(records)  # holds them: their ids stay theirs
        return found[1]

    return answer
