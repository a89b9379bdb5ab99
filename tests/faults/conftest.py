"""One office per test, in a repository of its own."""

from __future__ import annotations

from pathlib import Path

import desks
import pytest

from yuqing.store import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return desks.office(tmp_path / "office")


@pytest.fixture
def hook(ws: Workspace) -> object:
    """``hook("pre-commit", "exit 1")`` writes a hook of the repository."""

    def write(name: str, body: str) -> None:
        path = ws.root / ".git" / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)

    return write
