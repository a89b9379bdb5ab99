"""One office with one case for each test, in a repository of its own."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import desks
import pytest
from desks import NOW, opened
from workbench import CHECKOUT, surroundings

from proof.hands import act
from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace


@pytest.fixture
def ws(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An office with one case: found, noted, graded, reported by telephone."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    shutil.copytree(shared, tmp_path / "office")
    return store.find(tmp_path / "office")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test gets a copy."""
    with surroundings():
        return _with_a_case(tmp_path_factory.mktemp("proof") / "office")


def _with_a_case(root: Path) -> Path:
    made = desks.office(root)
    opened(made)
    act(made, Entry(kind="noted", at=NOW, text="转发三百"), 1)
    act(made, Entry(kind="graded", at=NOW, grades={"level": "I"}, because="省媒转载"), 2)
    report = Entry(kind="reported", at=NOW - timedelta(minutes=5), to=("lead-group",), form="phone")
    act(made, report, 3)
    return made.root
