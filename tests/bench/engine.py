"""The clock by itself: ``python -m tests.bench.engine`` times 1,000 cases of 40 duties each.

No file is read and nothing is shown; what is measured is the engine's own processor time, so
that other work on the machine disturbs it little.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.bench.offices import ZONE, case
from yuqing.case import Case
from yuqing.clock import outlook
from yuqing.plan import Plan
from yuqing.read.case import read_case
from yuqing.read.plan import read_plan
from yuqing.span import Calendar, Year

_FILE = Path(__file__).parents[2] / "templates" / "plans" / "sf@2022-01.yaml"
_NOW = dt.datetime(2026, 6, 10, 9, 0, tzinfo=ZONE)
_DISTINCT = 50
"""So many cases are read; the engine keeps nothing of a case, so they may come again."""


def plan_of(duties: int) -> Plan:
    """The first shipped plan with so many duties of a case: its own, and then those again."""
    plan, problems = read_plan(_FILE.read_bytes(), _FILE.name)
    assert plan is not None, problems
    own = [d for d in plan.duties.values() if not d.of_the_office]
    more = [own[n % len(own)] for n in range(duties)]
    named = [replace(d, id=f"{d.id}-{n // len(own)}" if n >= len(own) else d.id)
             for n, d in enumerate(more)]  # fmt: skip
    return replace(plan, duties={d.id: d for d in named})


def cases_of(plan: Plan, count: int) -> Sequence[Case]:
    """Open cases as the bench's offices have them, a few days old."""
    chance = random.Random(count)
    found = []
    for n in range(count):
        begun = _NOW - dt.timedelta(hours=3 + 9 * 24 * n / count)
        name, text = case(chance, plan, begun.replace(second=0, microsecond=0), n, closed=False)
        read, problems = read_case(text.encode(), f"{name}.yaml", lambda _pin: plan, {})
        assert read is not None, problems
        found.append(read)
    return found


def measure(cases: int = 1000, duties: int = 40, rounds: int = 5) -> list[float]:
    """Milliseconds of processor time for each case, once for every round."""
    plan = plan_of(duties)
    every = [each for _ in range(cases // _DISTINCT) for each in cases_of(plan, _DISTINCT)]
    calendar = Calendar({2026: Year(year=2026)})
    found = []
    for _ in range(rounds):
        begin = time.process_time()
        for each in every:
            outlook(each, [plan], calendar, _NOW, warn=dt.timedelta(hours=2))
        found.append((time.process_time() - begin) / len(every) * 1000)
    return found


def main() -> None:
    """Print what one case costs, and how that grows with the duties of its plan."""
    for duties in (10, 20, 40, 80):
        found = measure(duties=duties)
        print(f"{duties:3} duties: {statistics.median(found):.3f} ms a case "
              f"(least {min(found):.3f}), 1,000 cases {statistics.median(found):.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
