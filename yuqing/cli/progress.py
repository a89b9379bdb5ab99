"""A bar on stderr for what takes more than a second; nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TypeVar

from yuqing import words
from yuqing.cli.context import Session

Item = TypeVar("Item")
PATIENCE = 1.0
"""Seconds without a bar: most answers are there before."""


def watched(items: Sequence[Item], run: Session, doing: str) -> Iterator[Item]:
    """The items, one by one. ``doing``: message id of what is done with them.

    The bar stands on a terminal only, not with ``-q``, and is gone when the work is done.
    """
    if run.quiet or not sys.stderr.isatty():
        yield from items
        return
    begin = monotonic()
    left = iter(items)
    done = 0
    while monotonic() - begin < PATIENCE:
        try:
            item = next(left)
        except StopIteration:
            return
        yield item
        done += 1
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, no_color=not run.color)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(words.say(doing, run.language), total=len(items), completed=done)
        for item in left:
            yield item
            bar.advance(task)
