"""What an honest officer, somebody with git alone, and an auditor do to an office."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from desks import NOW
from workbench import Ran, run_in_process

from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace

LATER = (NOW + timedelta(days=20)).isoformat(timespec="minutes")

FACTS = Entry(
    kind="reported",
    at=NOW - timedelta(minutes=1),
    form="written",
    to=("lead-group",),
    document="basic-facts",
)
"""The written report, owed two hours after the discovery, stated in time."""


def act(ws: Workspace, entry: Entry, minutes: int, ref: str | None = None) -> store.Written:
    loaded = store.find_case(ws, ref or the_file(ws).stem, now=NOW)
    return store.append(ws, loaded, [entry], now=NOW + timedelta(minutes=minutes))


def the_file(ws: Workspace) -> Path:
    """The first case of the office, wherever it lies."""
    paths = ws.cases.glob("**/YQ-*.yaml")
    return min(paths, key=lambda path: "停水" not in path.read_text("utf-8"))


def audit(ws: Workspace, *words: str) -> Ran:
    return run_in_process("--lang", "en", "--now", LATER, "audit", *words, cwd=ws.root)


def findings(ws: Workspace, *words: str) -> list[dict[str, Any]]:
    """What was found, without the clocks' own answers."""
    ran = run_in_process("--json", "--now", LATER, "audit", *words, cwd=ws.root)
    found: list[dict[str, Any]] = ran.json["findings"]
    assert ran.code == (12 if found else 0) or ran.json["incomplete"], ran.out
    return found


def kinds(ws: Workspace, *words: str) -> set[str]:
    return {each["kind"] for each in findings(ws, *words)}


def commit(ws: Workspace, **env: str) -> None:
    """As somebody with git and without yuqing would."""
    subprocess.run(
        ["git", "commit", "-qam", "x"], cwd=ws.root, check=True, env={**os.environ, **env}
    )


def rewrite(ws: Workspace, change: Callable[[str], str]) -> None:
    path = the_file(ws)
    old = path.read_text("utf-8")
    assert change(old) != old
    path.write_text(change(old), "utf-8", newline="\n")


def word(ws: Workspace) -> None:
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    commit(ws)
