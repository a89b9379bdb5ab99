"""Looking at every file of the archive once, on two processors, keeping only what was asked."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TypeVar

File = TypeVar("File")
"""How a file is named: its path, or its name from the office's root on."""
T = TypeVar("T")
FEW = 200
"""So many files are looked at sooner than a second process has begun."""
PIECE = 20
"""Files that one process takes on at a time."""
_MOST = 4_000
"""Pieces: one sign for each must find room in a pipe, and some hold a page only."""
_LENGTH = 8
"""Bytes that say how long the answers about one piece are."""


def sweep(
    files: Sequence[File],
    look: Callable[[File], T],
    watch: Callable[[Sequence[File]], Iterable[File]] = iter,
) -> Iterator[T]:
    """What ``look`` says of each file, in order. Nothing else of a file is kept in memory.

    Where there are many, a second process begins at the end, and the two work towards each other.
    If that one comes to grief, for whatever reason, what it took on is looked at here, so that the
    answer is the same. ``look`` must answer with records and plain values, and change nothing that
    others need.
    """
    if len(files) < FEW or not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        yield from map(look, watch(files))
        return
    size = max(PIECE, -(-len(files) // _MOST))
    pieces = [files[n : n + size] for n in range(0, len(files), size)]
    with tempfile.TemporaryFile() as out, _claims(len(pieces)) as claims:
        gc.freeze()  # what is there now is not looked through again and again
        helper: int | None = _fork(pieces, look, claims, out.fileno())
        shown = iter(watch(files[: len(files) // 2]))  # with each one here goes one over there
        ours = 0
        try:
            while os.read(claims, 1):
                for file in pieces[ours]:
                    next(shown, None)
                    yield look(file)
                ours += 1
            done, helper = _ended(helper), None
        finally:
            if helper is not None:
                with contextlib.suppress(OSError):
                    os.kill(helper, signal.SIGKILL)
                _ended(helper)
        for _ in shown:
            pass
        places = _places(out) if done else []
        for piece in pieces[ours:]:
            yield from _answers(out, places, piece, look)


@contextlib.contextmanager
def _claims(count: int) -> Iterator[int]:
    """A pipe that holds one sign for each piece: who gets one takes on the next piece."""
    claims, into = os.pipe()
    try:
        os.write(into, b"." * count)
        os.close(into)
        yield claims
    finally:
        os.close(claims)


def _fork(
    pieces: Sequence[Sequence[File]], look: Callable[[File], T], claims: int, out: int
) -> int:
    """The second process writes its answers into the open file, the last piece first, and is
    gone."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # or it would be said twice
    helper = os.fork()
    if helper == 0:
        code = 1
        try:
            with os.fdopen(os.dup(out), "wb") as told:
                for piece in reversed(pieces):
                    if not os.read(claims, 1):
                        break
                    said = pickle.dumps([look(file) for file in piece], protocol=5)
                    told.write(len(said).to_bytes(_LENGTH, "big") + said)
            code = 0
        finally:
            os._exit(code)  # no cleaning up: that is the first process's
    return helper


def _places(out: IO[bytes]) -> list[int]:
    """Where in the file the answers about each piece begin, those of the last piece first."""
    found = []
    out.seek(0)
    while head := out.read(_LENGTH):
        found.append(out.tell())
        out.seek(int.from_bytes(head, "big"), os.SEEK_CUR)
    return found


def _answers(
    out: IO[bytes], places: list[int], piece: Sequence[File], look: Callable[[File], T]
) -> Iterator[T]:
    """What the second process said of a piece; where that cannot be read, it is looked at here."""
    try:
        out.seek(places.pop())
        said: list[T] = pickle.load(out)  # noqa: S301 - our own child wrote this file
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the files are there
        said = [look(file) for file in piece]
    yield from said


def _ended(helper: int | None) -> bool:
    """Wait for it; did it do its work?"""
    return helper is not None and os.waitpid(helper, 0)[1] == 0
