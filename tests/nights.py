"""One case under a shipped plan, looked at when the clock says so."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from yuqing.case import Case
from yuqing.clock import Standing, standings
from yuqing.clock.gates import clearances
from yuqing.plan import Plan
from yuqing.read.case import read_case
from yuqing.read.plan import read_plan
from yuqing.span import Calendar

PLANS = Path(__file__).parent.parent / "templates" / "plans"
ZONE = dt.timezone(dt.timedelta(hours=8))


def shipped(name: str, *changes: tuple[str, str]) -> Plan:
    """A shipped plan, or an office's own version of it with some words changed."""
    (file,) = PLANS.glob(f"{name}.yaml" if "@" in name else f"{name}@*.yaml")
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    plan, problems = read_plan(text.encode(), file.name)
    assert plan is not None, problems
    return plan


@dataclass(frozen=True)
class Night:
    """One case under one plan, looked at when the clock says ``now``."""

    plan: Plan
    log: str
    now: str
    calendar: Calendar = field(default_factory=Calendar)

    def case(self) -> Case:
        head = (
            "yuqing: 1\nid: YQ-20260302-7K3M\ntitle: 演练\nplans:\n"
            f'  - {{id: {self.plan.id}, version: "{self.plan.version}",'
            f" digest: {self.plan.digest}}}\nlog:\n"
        )
        case, problems = read_case((head + self.log).encode(), "case", lambda _: self.plan, {})
        assert case is not None, problems
        assert not problems
        return case

    def all(self) -> tuple[Standing, ...]:
        return standings(self.case(), (self.plan,), self.calendar, at(self.now))

    def gates(self) -> dict[str, bool]:
        """Gates in force before the last act of the log, and whether it passed them."""
        case = self.case()
        found = clearances(case, (self.plan,), self.calendar, case.log[-1])
        return {each.gate.id: each.cleared for each in found}

    def of(self, duty: str, *, nth: int = 1) -> Standing:
        """The one clock of this duty in round ``nth``."""
        (found,) = (s for s in self.all() if s.duty == duty and s.round == nth)
        return found

    def figures(self) -> set[str]:
        """Duties that have a figure running: a limit, or a target of the plan."""
        return {s.duty for s in self.all() if s.limit or s.target}


def at(text: str) -> dt.datetime:
    """``2026-03-02 24:00`` is the end of that day."""
    day, _, clock = text.partition(" ")
    midnight = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), ZONE)
    hours, minutes = clock.split(":")
    return midnight + dt.timedelta(hours=int(hours), minutes=int(minutes))
