"""The same items in the peers' own formats: so many in all, so many of them open and due.

Each peer is used if it is there; what it would be asked is what ``overdue`` is asked of us.
"""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Command

_LOG = tuple(
    f"第{n}次记录:本地论坛跟帖持续增加,主要询问恢复时间;已请责任单位核实原因" for n in range(11)
)
"""What was written down of each item: a case has so many entries."""
_NAMES = uuid.UUID("9f1c6c1e-5a53-4b6e-8f1e-2f7d3a0c5b11")


def peers(home: Path, cases: int, desk: int, venv: Path | None) -> Iterator[Command]:
    """The peers on this machine, each with its items. ``venv``: an environment with todoman."""
    if shutil.which("task"):
        yield _taskwarrior(home / f"task-{cases}-{desk}", cases, desk)
    todo = venv / "bin" / "todo" if venv else None
    if todo and todo.exists():
        yield _todoman(home / f"todo-{cases}-{desk}", cases, desk, todo)
    if shutil.which("dstask"):
        yield _dstask(home / f"dstask-{cases}-{desk}", cases, desk)


def _times(number: int, cases: int, desk: int) -> tuple[dt.datetime, bool]:
    """When the item was found, and whether it is still open."""
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    left = cases - number
    if left <= desk:
        return today - dt.timedelta(hours=3 + 9 * 24 * left / desk), True
    return today - dt.timedelta(days=30 + 3600 * left / cases), False


def _new(home: Path) -> bool:
    if (home / "ready").exists():
        return False
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    return True


def _taskwarrior(home: Path, cases: int, desk: int) -> Command:
    if _new(home):
        (home / "rc").write_text(f"data.location={home}\nconfirmation=off\nverbose=nothing\n")
        lines: dict[bool, list[str]] = {True: [], False: []}
        for n in range(cases):
            found, is_open = _times(n, cases, desk)
            at, due = int(found.timestamp()), int(found.timestamp()) + 5 * 3600
            end = "" if is_open else f' end:"{due}"'
            state = "pending" if is_open else "completed"
            log = "".join(f' annotation_{at + m}:"{said}"' for m, said in enumerate(_LOG))
            lines[is_open].append(
                f'[{log.strip()} description:"演练地{n % 400}号小区停水三天,视频转发上升" due:"{due}"{end}'
                f' entry:"{at}" modified:"{at}" status:"{state}" uuid:"{uuid.uuid5(_NAMES, str(n))}"]\n'
            )
        (home / "pending.data").write_text("".join(lines[True]), "utf-8")
        (home / "completed.data").write_text("".join(lines[False]), "utf-8")
        (home / "ready").touch()
    return Command("Taskwarrior: task overdue", ("task", f"rc:{home / 'rc'}", "overdue"), home)


def _todoman(home: Path, cases: int, desk: int, program: Path) -> Command:
    if _new(home):
        (home / "list").mkdir()
        (home / "config.py").write_text(
            f'path = "{home}/*"\ncache_path = "{home}/cache.sqlite3"\n'
            'date_format = "%Y-%m-%d"\ntime_format = "%H:%M"\ndefault_list = "list"\n'
        )
        for n in range(cases):
            found, is_open = _times(n, cases, desk)
            name = uuid.uuid5(_NAMES, str(n))
            state = "NEEDS-ACTION" if is_open else f"COMPLETED\r\nCOMPLETED:{found:%Y%m%dT%H%M%SZ}"
            (home / "list" / f"{name}.ics").write_text(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//yuqing//bench//EN\r\nBEGIN:VTODO\r\n"
                f"UID:{name}\r\nDTSTAMP:{found:%Y%m%dT%H%M%SZ}\r\nCREATED:{found:%Y%m%dT%H%M%SZ}\r\n"
                f"SUMMARY:演练地{n % 400}号小区停水三天\r\nSTATUS:{state}\r\n"
                f"DESCRIPTION:{' '.join(_LOG)}\r\n"
                f"DUE:{found + dt.timedelta(hours=5):%Y%m%dT%H%M%SZ}\r\nEND:VTODO\r\nEND:VCALENDAR\r\n",
                "utf-8",
            )
        (home / "ready").touch()
    words = (str(program), "--config", str(home / "config.py"), "list")
    return Command("todoman: todo list", words, home)


def _dstask(home: Path, cases: int, desk: int) -> Command:
    if _new(home):
        for n in range(cases):
            found, is_open = _times(n, cases, desk)
            folder = home / ("pending" if is_open else "resolved")
            folder.mkdir(exist_ok=True)
            at, due = found.isoformat(), (found + dt.timedelta(hours=5)).isoformat()
            made = uuid.UUID(bytes=uuid.uuid5(_NAMES, str(n)).bytes, version=4)
            (folder / f"{made}.yml").write_text(
                f"summary: 演练地{n % 400}号小区停水三天\nnotes: {' '.join(_LOG)}\ntags: []\nproject: ''\npriority: P2\n"
                f"created: {at}\nresolved: {due if not is_open else '0001-01-01T00:00:00Z'}\ndue: {due}\n",
                "utf-8",
            )
        git = ("git", "-C", str(home), "-c", "user.name=x", "-c", "user.email=x@example")
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "items")):
            subprocess.run([*git, *words], check=True)
        (home / "ready").touch()
    return Command("dstask next", ("dstask", "next"), home, {"DSTASK_GIT_REPO": str(home)})
