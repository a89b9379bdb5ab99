"""Throw-away offices in real git repositories, for the tests of git and store.

Run as a program it is a second writer: ``python desks.py ROOT WORD COUNT`` appends COUNT notes to
the only open case of ROOT; ``python desks.py ROOT new COUNT`` opens COUNT cases; ``python
desks.py ROOT in CASE TEXT`` appends one note to that case.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from yuqing import store
from yuqing.case import Entry
from yuqing.store import Loaded, Workspace, Written

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 11, 22, 2, 9, tzinfo=ZONE)
CHECKOUT = Path(__file__).parent.parent


def office(root: Path) -> Workspace:
    """``init`` in a new folder, under the plan that the package's own office has adopted."""
    return store.init(root, now=NOW).workspace


def git(ws: Workspace | Path, *words: str, check: bool = True) -> str:
    """Git as a person would run it."""
    root = ws if isinstance(ws, Path) else ws.root
    done = subprocess.run(
        ["git", *words], cwd=root, check=check, capture_output=True, encoding="utf-8"
    )
    return done.stdout


def opened(ws: Workspace, title: str = "柳塘小区停水", *papers: Path, **head: object) -> Written:
    """A new case, found at 01:52."""
    plan = store.plans(ws)[0]
    pins = [{"id": plan.id, "version": plan.version, "digest": plan.digest}]
    attached = store.attachments(ws, None, papers)
    found = Entry(
        kind="discovered",
        at=NOW - dt.timedelta(minutes=17),
        source="软件监看",
        files=tuple(each.file for each in attached),
    )
    return store.create(ws, {"title": title, "plans": pins, **head}, [found], attached, now=NOW)


def note(text: str, minutes: int = 1) -> Entry:
    return Entry(kind="noted", at=NOW + dt.timedelta(minutes=minutes), text=text)


def noted(ws: Workspace, *texts: str, minutes: int = 1) -> Written:
    """Notes appended to the only open case, in one act."""
    loaded = store.find_case(ws, ".", now=NOW)
    now = NOW + dt.timedelta(minutes=minutes)
    return store.append(ws, loaded, [note(text, minutes) for text in texts], now=now)


def texts(loaded: Loaded) -> list[str]:
    return [e.text for e in loaded.case.log if e.text]


def head_has(ws: Workspace, path: Path) -> bytes:
    """What HEAD holds of a file."""
    name = path.relative_to(ws.root).as_posix()
    return subprocess.run(
        ["git", "cat-file", "blob", f"HEAD:{name}"], cwd=ws.root, check=True, capture_output=True
    ).stdout


def dirty(ws: Workspace) -> str:
    return git(ws, "status", "--porcelain", "--untracked-files=all")


def commits(ws: Workspace) -> list[str]:
    """Subjects, newest first."""
    return git(ws, "log", "--format=%s").splitlines()


def second_writer(
    ws: Workspace, *words: str, env: Mapping[str, str] | None = None, under: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """This file as a program of its own."""
    return subprocess.Popen(
        [*under, sys.executable, __file__, str(ws.root), *words],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def main(root: str, word: str, count: str, text: str = "") -> None:
    ws = store.find(Path(root))
    if word == "in":
        store.append(ws, store.find_case(ws, count, now=NOW), [note(text)], now=NOW)
        return
    for number in range(int(count)):
        written = opened(ws, f"第{number}件") if word == "new" else noted(ws, f"{word}{number}")
        if written.failure is not None:
            raise written.failure


if __name__ == "__main__":
    main(*sys.argv[1:])
