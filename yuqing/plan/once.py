"""What follows from plans alone is worked out once: thousands of cases run under them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from yuqing.plan import Plan

T = TypeVar("T")
_MOST = 64
"""So many sets of plans are remembered; an office has a handful."""


def once(work: Callable[[tuple[Plan, ...]], T]) -> Callable[[tuple[Plan, ...]], T]:
    """``work``, remembering its answer for these very plans: one that was read never changes."""
    kept: dict[tuple[int, ...], tuple[tuple[Plan, ...], T]] = {}

    def answer(plans: tuple[Plan, ...]) -> T:
        key = tuple(map(id, plans))
        found = kept.get(key)
        if found is None:
            if len(kept) >= _MOST:
                kept.clear()
            found = kept[key] = plans, work(plans)  # holds the plans: their ids stay theirs
        return found[1]

    return answer
