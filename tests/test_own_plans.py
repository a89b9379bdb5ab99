"""Three plans that nobody here had seen: text, plan file, and dates computed by hand.

``tests/plans/NAME.txt`` is the office's text, ``NAME@1.yaml`` its plan file,
``NAME.dates.yaml`` what a person counted on paper.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from nights import Night, at
from workbench import HERE

from yuqing.clock import Standing, office_standings
from yuqing.coverage import cover
from yuqing.plan import Plan
from yuqing.read.office import read_year
from yuqing.read.plan import read_plan
from yuqing.read.tree import parse
from yuqing.span import Calendar

NAMES = ("breach", "hotline", "disaster")
FOLDER = HERE / "plans"


def plan(name: str) -> Plan:
    found, problems = read_plan((FOLDER / f"{name}@1.yaml").read_bytes(), f"{name}@1.yaml")
    assert found is not None, problems
    return found


def dates(name: str) -> dict[str, Any]:
    file = f"{name}.dates.yaml"
    tree, problems = parse((FOLDER / file).read_bytes(), file, as_text=False)
    assert tree is not None, problems
    value: dict[str, Any] = tree.value
    return value


def calendar(name: str) -> Calendar:
    """The year that stands with the dates, read as a calendar file is."""
    given = dates(name)["calendar"]
    year, problems = read_year(json.dumps(given).encode(), "2026.yaml")
    assert year is not None, problems
    return Calendar({year.year: year})


CASES = [(name, case["says"], case) for name in NAMES for case in dates(name)["cases"]]
OFFICE = [(name, each["says"], each) for name in NAMES for each in dates(name).get("office", ())]


def entries(log: str) -> str:
    return "".join(f"  {line}\n" for line in log.splitlines())


@pytest.mark.parametrize(("name", "says", "case"), CASES, ids=[f"{n}: {s}" for n, s, _ in CASES])
def test_the_dates_are_those_counted_by_hand(name: str, says: str, case: dict[str, Any]) -> None:
    """Limit and state of every duty that the person looked at; what is absent is not owed."""
    night = Night(plan(name), entries(case["log"]), case["now"], calendar(name))
    standings = {s.duty: s for s in night.all()}
    for duty, wanted in case["expect"].items():
        found: Standing = standings[duty]
        limit = at(wanted["limit"]) if "limit" in wanted else None
        assert (found.limit, found.state) == (limit, wanted["state"]), duty
        assert found.provisional == wanted.get("provisional", False)
    for duty in case.get("absent", ()):
        assert not [each for each in standings if duty in (each, each.partition("@")[0])], duty


@pytest.mark.parametrize(("name", "says", "case"), OFFICE, ids=[f"{n}: {s}" for n, s, _ in OFFICE])
def test_the_office_s_own_dates(name: str, says: str, case: dict[str, Any]) -> None:
    """Routine duties from a first day on, up to the next one."""
    since = dt.date.fromisoformat(case["since"])
    stands = office_standings((), (plan(name),), calendar(name), at(case["now"]), since=since)
    for duty, wanted in case["expect"].items():
        limits = [s.limit for s in stands if s.duty.partition("@")[0] == duty]
        assert sorted(t for t in limits if t) == [at(each) for each in wanted]


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_file_is_whole(name: str) -> None:
    """No error and no notice; every article is encoded, and so is every time in the text."""
    data = (FOLDER / f"{name}@1.yaml").read_bytes()
    found, problems = read_plan(data, f"{name}@1.yaml")
    assert found is not None
    assert not problems
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    proof = cover(text, found)
    assert len(proof.found) > 15
    assert [each.text for each in proof.missing] == []
    assert [quote.words for quote in proof.lost] == []
    for article in found.clauses:
        assert article in text
