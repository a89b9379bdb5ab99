"""Each of the hundred rows of the fault list has its test, or a sentence why it can have none."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from yuqing.read.tree import parse

HERE = Path(__file__).parent
TESTS = HERE.parent
SENTENCE = re.compile(r"\S+ \S.*[.:;?!」。]", re.DOTALL)


def rows() -> dict[int, tuple[list[str], str]]:
    """Row → tests, and what they cannot show."""
    tree, problems = parse((HERE / "rows.yaml").read_bytes(), "rows.yaml", as_text=True)
    assert tree is not None, problems
    found = {}
    for key, value in tree.value.items():
        tests = value.get("tests", []) if isinstance(value, dict) else value
        found[int(key)] = (list(tests), value.get("but", "") if isinstance(value, dict) else "")
    return found


ROWS = rows()


@cache
def docstrings(file: str) -> dict[str, str]:
    """Of each test of a file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return {
        node.name: ast.get_docstring(node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }


def test_a_hundred_rows() -> None:
    """From 1 to 100, none twice, none forgotten."""
    assert list(ROWS) == list(range(1, 101))


@pytest.mark.parametrize("row", range(1, 101))
def test_row(row: int) -> None:
    """Each test that a row names is there, and its docstring tells the fault in a sentence."""
    tests, but = ROWS[row]
    assert tests or but
    assert not but or SENTENCE.fullmatch(but)
    for test in tests:
        file, _, rest = test.partition("::")
        name, _, cases = rest.partition("[")
        assert name in docstrings(file), test
        assert SENTENCE.fullmatch(docstrings(file)[name]), docstrings(file)[name]
        for case in filter(None, cases.rstrip("]").split(",")):
            assert (TESTS / "bad_cases" / f"{case}.yaml").exists(), case
