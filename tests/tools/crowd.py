"""Several at once, on one machine: who writes loses nothing, who reads sees whole files.

``python tests/tools/crowd.py``: 4 processes append 40 notes each to one case, then to four cases,
then open 25 cases each, while another reads all the time. Prints what was kept; exit 1 if
anything was lost.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

import desks  # noqa: E402 - found by the line above
from desks import NOW, note  # noqa: E402
from workbench import IDENTITY  # noqa: E402

from yuqing import store  # noqa: E402
from yuqing.store import lock  # noqa: E402


@dataclass(frozen=True)
class Kept:
    """What was written in one go, what of it is there, and what readers found broken."""

    what: str
    wanted: int
    kept: int
    looks: int
    broken: int

    @property
    def whole(self) -> bool:
        return self.wanted == self.kept and not self.broken


def _append(root: str, case: str, word: str, count: int) -> None:
    lock.PATIENCE = 120  # a loaded machine; the office's own ten seconds end in exit 9, not loss
    ws = store.find(Path(root))
    for number in range(count):
        loaded = store.load(ws, ws.cases / case)
        written = store.append(ws, loaded, [note(f"{word}{number}")], now=NOW)
        if written.failure is not None:
            raise written.failure


def _open(root: str, word: str, count: int) -> None:
    lock.PATIENCE = 120
    ws = store.find(Path(root))
    for number in range(count):
        written = desks.opened(ws, f"{word}{number}")
        if written.failure is not None:
            raise written.failure


def _read(root: str, done: Any, looks: Any, broken: Any) -> None:
    ws = store.find(Path(root))
    while not done.is_set():
        looks.value += 1
        broken.value += not store.desk(ws).complete


def _together(ws: store.Workspace, jobs: list[tuple[Any, tuple[Any, ...]]]) -> tuple[int, int]:
    """Run the jobs side by side beside a reader; how often it looked, and saw something broken."""
    context = multiprocessing.get_context("fork")
    done, looks, broken = context.Event(), context.Value("i", 0), context.Value("i", 0)
    reader = context.Process(target=_read, args=(str(ws.root), done, looks, broken))
    writers = [context.Process(target=job, args=args) for job, args in jobs]
    for each in (reader, *writers):
        each.start()
    for each in writers:
        each.join()
    done.set()
    reader.join()
    broken.value += reader.exitcode != 0
    return looks.value, broken.value


def crowd(home: Path, *, processes: int = 4, appends: int = 40, cases: int = 25) -> list[Kept]:
    """One case, as many cases as processes, and new cases, each in an office of its own."""
    words = [f"第{n}人-" for n in range(processes)]
    wanted = Counter(f"{word}{n}" for word in words for n in range(appends))
    found = []
    for what, number in (("appends to one case", 1), (f"appends to {processes} cases", processes)):
        ws = desks.office(home / str(number))
        names = [desks.opened(ws, f"第{n}件").loaded.path.name for n in range(number)]
        jobs = [
            (_append, (str(ws.root), names[n % number], word, appends))
            for n, word in enumerate(words)
        ]
        looks, broken = _together(ws, jobs)
        texts = Counter(t for n in names for t in desks.texts(store.load(ws, ws.cases / n)))
        committed = sum(" noted " in line for line in desks.commits(ws))
        kept = (texts & wanted).total() if texts == wanted and not desks.dirty(ws) else 0
        found.append(Kept(what, wanted.total(), min(kept, committed), looks, broken))
    ws = desks.office(home / "new")
    looks, broken = _together(ws, [(_open, (str(ws.root), word, cases)) for word in words])
    titles = {c.case.title for c in store.desk(ws).cases} if not desks.dirty(ws) else set()
    found.append(Kept("new cases", processes * cases, len(titles), looks, broken))
    return found


def main() -> int:
    os.environ |= IDENTITY
    with tempfile.TemporaryDirectory() as home:
        found = crowd(Path(home))
    for each in found:
        print(f"{each.what}: {each.kept} of {each.wanted} kept; "
              f"a reader looked {each.looks} times, {each.broken} broken")  # fmt: skip
    return 0 if all(each.whole for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
