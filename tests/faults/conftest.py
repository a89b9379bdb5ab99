"""One office per test, in a repository of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

import desks
import pytest
from workbench import surroundings

from yuqing import store
from yuqing.store import Workspace


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `init` makes it, made once; nobody writes to it."""
    with surroundings():
        return desks.office(tmp_path_factory.mktemp("desk") / "office").root


@pytest.fixture
def ws(desk: Path, tmp_path: Path) -> Workspace:
    return store.find(shutil.copytree(desk, tmp_path / "office", symlinks=True))


@pytest.fixture
def hook(ws: Workspace) -> object:
    """``hook("pre-commit", "exit 1")`` writes a hook of the repository."""

    def write(name: str, body: str) -> None:
        path = ws.root / ".git" / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    return write
