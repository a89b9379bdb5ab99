"""Every row of what the sources together ask for: where it is done, or why not."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from nights import shipped
from workbench import HERE

from yuqing.case import COMMON, KINDS
from yuqing.cli.app import build
from yuqing.read.tree import parse

PER_LETTER = {"A": 9, "B": 11, "C": 6, "D": 16, "E": 6, "F": 12, "G": 9, "H": 14}


def _listed() -> dict[str, dict[str, Any]]:
    tree, problems = parse(
        (HERE / "capabilities.yaml").read_bytes(), "capabilities.yaml", as_text=False
    )
    assert tree is not None, problems
    found: dict[str, dict[str, Any]] = tree.value
    return found


LISTED = _listed()
each_row = pytest.mark.parametrize("row", list(LISTED))


@cache
def names_in(plan: str) -> frozenset[str]:
    source = shipped(plan)
    places = (
        source.duties, source.gates, source.facts, source.scales, source.events,
        source.readings, source.documents,
    )  # fmt: skip
    return frozenset(name for place in places for name in place)


@cache
def named_in(file: str) -> frozenset[str]:
    text = (HERE / file).read_text(encoding="utf-8")
    return frozenset(re.findall(r"^def (test_\w+)\(", text, re.MULTILINE))


@cache
def options_of(verb: tuple[str, ...]) -> frozenset[str]:
    """Options of a command; raises ``KeyError`` if there is none of that name."""
    found = build("en")
    for word in verb:
        found = found.commands[word]
    return frozenset(option for each in found.params for option in each.opts)


def exists(sort: str, name: str) -> bool:
    match sort:
        case "plan":
            plan, _, wanted = name.partition("/")
            return wanted in names_in(plan)
        case "test":
            file, _, wanted = name.partition("::")
            return wanted in named_in(file)
        case "field":
            kind, _, wanted = name.partition(".")
            return wanted in (*COMMON, *KINDS[kind].own)
        case "command":
            words = name.split()
            verb = tuple(word for word in words if not word.startswith("-"))
            return {word for word in words if word.startswith("-")} <= options_of(verb)
    raise AssertionError(sort)


def test_no_row_is_missing() -> None:
    """83 rows, numbered without a gap."""
    assert list(LISTED) == [
        f"{a}{n}" for a, count in PER_LETTER.items() for n in range(1, count + 1)
    ]


@each_row
def test_each_row_says_where_it_is_done_or_why_not(row: str) -> None:
    """A row names what it is about, and a duty, test, command or field, or its reason."""
    listed = LISTED[row]
    assert listed["does"]
    assert set(listed) - {"does"}
    assert set(listed) <= {"does", "plan", "test", "field", "command", "later"}


@each_row
def test_every_place_that_is_named_exists(row: str) -> None:
    """Duties, tests, commands and fields are really there."""
    for sort in ("plan", "test", "field", "command"):
        for name in LISTED[row].get(sort, []):
            assert exists(sort, name), f"{sort}: {name}"


@pytest.mark.parametrize(
    ("sort", "name"),
    [
        ("plan", "hrs/reprot"),
        ("test", "test_source_plans.py::test_nothing_of_the_kind"),
        ("field", "published.author"),
        ("command", "publish --anonymous"),
    ],
)
def test_a_place_that_does_not_exist_is_found_out(sort: str, name: str) -> None:
    """The walk itself."""
    assert not exists(sort, name)
