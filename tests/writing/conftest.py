"""The office of that night: one that nobody writes to, and a copy for each test that does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from workbench import Office, surroundings

from writing.hands import begin


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One office for all that writes nothing."""
    with surroundings():
        return begin(tmp_path_factory.mktemp("night") / "office")


@pytest.fixture
def office(night: Office, tmp_path: Path) -> Office:
    """An office of its own for a test that writes."""
    return Office(shutil.copytree(night.root, tmp_path / "office", symlinks=True))
