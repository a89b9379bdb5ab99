"""Looking at every file of the archive once, on two processors, keeping only what was asked."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from yuqing.store.desk import Watch

T = TypeVar("T")
FEW = 200
"""So many files are looked at sooner than a second process has begun."""


def sweep(paths: Sequence[Path], look: Callable[[Path], T], watch: Watch = iter) -> Iterator[T]:
    """What ``look`` says of each file, in order. Nothing else of a file is kept in memory.

    The second half is looked at by a process of its own where there are many. If that one comes
    to grief, for whatever reason, its half is looked at here, so that the answer is the same.
    ``look`` must answer with records and plain values, and change nothing that others need.
    """
    half = len(paths) // 2
    if len(paths) < FEW or not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        half = len(paths)
    with tempfile.TemporaryFile() as out:
        gc.freeze()  # what is there now is not looked through again and again
        helper = _fork(paths[half:], look, out.fileno()) if half < len(paths) else None
        try:
            for path in watch(paths[:half]):
                yield look(path)
            done, helper = _ended(helper), None
        finally:
            if helper is not None:
                with contextlib.suppress(OSError):
                    os.kill(helper, signal.SIGKILL)
                _ended(helper)
        out.seek(0)
        seen = half
        while done and seen < len(paths):
            try:
                found: T = pickle.load(out)  # noqa: S301 - our own child wrote this file
            except Exception:  # noqa: BLE001 - whatever is wrong with it, the files are there
                break
            yield found
            seen += 1
    yield from map(look, paths[seen:])


def _fork(paths: Sequence[Path], look: Callable[[Path], T], out: int) -> int:
    """The second process writes its answers into the open file and is gone."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # or it would be said twice
    helper = os.fork()
    if helper == 0:
        code = 1
        try:
            with os.fdopen(os.dup(out), "wb") as file:
                for path in paths:
                    pickle.dump(look(path), file, protocol=5)
            code = 0
        finally:
            os._exit(code)  # no cleaning up: that is the first process's
    return helper


def _ended(helper: int | None) -> bool:
    """Wait for it; did it do its work?"""
    return helper is not None and os.waitpid(helper, 0)[1] == 0
