"""What the promises are worth, in figures: ``python tests/tools/figures.py``.

Runs the tests of every row of the fault list, the crash loop, the crowd, a thousand merges, every
bad file and every truncation, and prints what was tried and what held. ``--every N`` takes each
N-th point of the crash loop (1: all of them, which takes half an hour). Exit 1 if anything did
not hold.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE.parents[1]), str(TESTS), str(TESTS / "faults"), str(HERE)]

import casebook  # noqa: E402 - found by the line above
import crash  # noqa: E402
import crowd  # noqa: E402
import desks  # noqa: E402
import test_merge  # noqa: E402
from test_rows import ROWS  # noqa: E402
from workbench import IDENTITY  # noqa: E402

from yuqing import store  # noqa: E402
from yuqing.read.plan import read_plan  # noqa: E402

Figure = tuple[str, bool]
"""A line, and whether what it says is as promised."""


def rows() -> Iterator[Figure]:
    """The tests that the rows name, all in one run."""
    wanted = sorted({test.partition("[")[0] for tests, _ in ROWS.values() for test in tests})
    slow = "test_crash.py"  # the crash loop below is the whole of it
    names = [f"tests/{test}" for test in wanted if slow not in test]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfEs", "-m", "", "-n", "2", *names],
        cwd=TESTS.parent, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    failed = set(re.findall(r"^(?:FAILED|ERROR) tests/(\S+?::\w+)", ran.stdout, re.MULTILINE))
    if ran.returncode not in (0, 1):
        yield f"the tests of the rows did not run: {ran.stdout[-500:]}", False
        return
    tested = [row for row, (tests, _) in ROWS.items() if tests]
    bad = [row for row in tested if {t.partition("[")[0] for t in ROWS[row][0]} & failed]
    limits = [row for row, (_, but) in ROWS.items() if but]
    told = f"fault rows: {len(ROWS)}, tested {len(tested)}, survived {len(tested) - len(bad)}"
    more = f"{len(limits)} with a word about what only other machines can show: {limits}"
    yield f"{told}; {more}", not bad and len(tested) == len(ROWS)
    yield from ((f"  not survived: {test}", False) for test in sorted(failed))


def crashes(every: int) -> Iterator[Figure]:
    """The crash loop."""
    found = crash.loop(every=every)
    for what, sorts in (
        ("kill points", ("kill",)),
        ("I/O points (ENOSPC, EIO)", ("ENOSPC", "EIO")),
        ("compound points (recovery killed too)", ("compound",)),
    ):
        tried, held = (sum(n[s] for s in sorts) for n in (found.tried, found.survived))
        share = "" if every == 1 else f" (each {every}th point)"
        yield f"{what}: {tried} tried, {held} survived{share}", tried == held
    yield f"success reported but not in HEAD: {found.unkept}", found.unkept == 0
    yield from ((f"  not survived: {each}", False) for each in found.bad)


def crowds() -> Iterator[Figure]:
    """Several processes at once."""
    with tempfile.TemporaryDirectory() as home:
        for each in crowd.crowd(Path(home)):
            line = f"concurrent {each.what}: {each.kept} of {each.wanted} kept"
            yield f"{line}; {each.looks} looks of a reader, {each.broken} broken", each.whole


def merges() -> Iterator[Figure]:
    """Random divergent histories, merged both ways."""
    lost = 0
    for hundred in range(1000 // test_merge.SIZE):
        try:
            test_merge.test_random_histories(hundred, None)
        except AssertionError:
            lost += 1
    tried = 1000 // test_merge.SIZE * test_merge.SIZE
    yield f"merges: {tried} divergent histories; batches with a loss: {lost}", not lost


def bad_inputs() -> Iterator[Figure]:
    """Every bad case file and plan."""
    tried = refused = placed = 0
    for path in sorted((TESTS / "bad_cases").glob("*.yaml")):
        case, problems = casebook.read(path.read_bytes())
        tried += 1
        refused += case is None
        # what is missing altogether has no line; it is named instead
        placed += any(p.line or "is missing" in p.key for p in problems)
    for path in sorted((TESTS / "bad_plans").glob("*.yaml")):
        if path.stem == "worth-a-look":  # a plan with notices only: it may be used
            continue
        plan, problems = read_plan(path.read_bytes(), path.name)
        tried += 1
        refused += plan is None
        placed += any(p.line or p.path for p in problems)
    yield (
        f"bad inputs: {tried} tried, {refused} refused, {placed} with place",
        tried == refused == placed,
    )


def truncations() -> Iterator[Figure]:
    """A committed case, cut at each of its bytes."""
    with tempfile.TemporaryDirectory() as home:
        ws = desks.office(Path(home) / "office")
        path = desks.opened(ws).loaded.path
        desks.noted(ws, "一")
        whole = path.read_bytes()
        noticed = lost = 0
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            desk = store.desk(ws)
            noticed += bool(desk.problems)
            gone = not desk.cases or len(desk.cases[0].case.log) < 2
            lost += gone and desk.complete
    told = f"truncations: {len(whole)} tried, {noticed} noticed"
    silent = f"entries lost and the answer called complete: {lost}"
    yield f"{told}; {silent}", noticed == len(whole) and not lost


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    every = parser.parse_args().every
    os.environ |= IDENTITY
    held = True
    for part in (rows, bad_inputs, truncations, merges, crowds, lambda: crashes(every)):
        for line, fine in part():
            print(line, flush=True)
            held = held and fine
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
