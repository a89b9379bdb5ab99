"""Whole processes, side by side: wall time, time on the processor, peak memory.

This machine never stands still; two commands that take turns meet the same weather, so the median
of the ratios of neighbours says more than two medians.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command line and where it runs. ``before``: what is run, unmeasured, ahead of it."""

    name: str
    words: Sequence[str]
    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    before: Sequence[str] = ()
    terminal: bool = False
    """Is its output a terminal? (A pair of ours, read away.)"""


@dataclass(frozen=True, slots=True)
class Run:
    """Milliseconds of wall and processor, and the largest resident memory in MiB: never less than
    that of the bench itself (about 15), from which each process branches off."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two commands that took turns."""

    ours: tuple[Run, ...]
    other: tuple[Run, ...]

    @property
    def ratio(self) -> float:
        """Median of the ratios of neighbours, by wall."""
        return statistics.median(
            a.wall / b.wall for a, b in zip(self.ours, self.other, strict=True)
        )

    @property
    def cpu_ratio(self) -> float:
        """The same by time on the processor."""
        pairs = zip(self.ours, self.other, strict=True)
        return statistics.median(a.cpu / max(b.cpu, 0.1) for a, b in pairs)


def wall(runs: Sequence[Run]) -> float:
    """Median."""
    return statistics.median(run.wall for run in runs)


def cpu(runs: Sequence[Run]) -> float:
    """Median."""
    return statistics.median(run.cpu for run in runs)


def peak(runs: Sequence[Run]) -> float:
    """The largest."""
    return max(run.peak for run in runs)


def alone(command: Command, rounds: int) -> tuple[Run, ...]:
    """So many runs, after one that warms files and index."""
    once(command)
    return tuple(once(command) for _ in range(rounds))


def pair(ours: Command, other: Command, rounds: int) -> Pair:
    """So many turns of both, after one that warms."""
    once(ours), once(other)
    runs = [(once(ours), once(other)) for _ in range(rounds)]
    return Pair(tuple(a for a, _ in runs), tuple(b for _, b in runs))


def once(command: Command) -> Run:
    """One process from its start to its end. (Children that it waits for are in its figures.)"""
    if command.before:
        _spawn(Command(command.name, command.before, command.folder, command.env))
    return _spawn(command)


def _spawn(command: Command) -> Run:
    out = os.open(os.devnull, os.O_RDWR)
    reader = -1
    if command.terminal:
        reader, out = os.openpty()
    actions = [(os.POSIX_SPAWN_DUP2, out, n) for n in (0, 1, 2)]
    env = {n: v for n, v in os.environ.items() if not n.startswith("PYTHON")} | {**command.env}
    here = Path.cwd()
    os.chdir(command.folder)
    try:
        began = time.perf_counter()
        pid = os.posix_spawnp(command.words[0], command.words, env, file_actions=actions)
        if command.terminal:
            os.close(out)
            while _read(reader):
                pass
        _, _, used = os.wait4(pid, 0)
        ended = time.perf_counter()
    finally:
        os.chdir(here)
        os.close(reader if command.terminal else out)
    spent = (used.ru_utime + used.ru_stime) * 1000
    return Run((ended - began) * 1000, spent, used.ru_maxrss / 1024)


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except OSError:  # the other end is closed
        return b""
