"""What ``doctor`` looks at around the office: disk, file system, fonts, zone, clock, heartbeat."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from yuqing import git
from yuqing.errors import Failure, Problem, Severity, Unreadable, Unusable
from yuqing.store import lock
from yuqing.store import workspace as wsp
from yuqing.store.reminded import undelivered
from yuqing.store.workspace import Workspace
from yuqing.words import N_

_NETWORK = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "drvfs"))
_ROOM = 100 * 1024 * 1024
"""Bytes of free space below which ``doctor`` warns."""
_FONTS = {
    "仿宋": ("仿宋", "fangsong"),
    "黑体": ("黑体", "simhei"),
    "楷体": ("楷体", "kaiti"),
    "小标宋": ("小标宋", "xiaobiaosong"),
}
"""The fonts that official papers are set in, and the names they go by."""
SILENT = dt.timedelta(days=1)
"""After so long without ``overdue`` nobody can be counted on to be reminded."""
_MOUNTS = Path("/proc/mounts")


def look(ws: Workspace, *, now: dt.datetime) -> Iterator[Problem]:
    """Everything here, but for git's own state."""
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(ws.root).free
        if free < _ROOM:
            yield _problem(ws.name(ws.root), N_("only {free} MB free on the disk"), free=free >> 20)
    kind = _file_system(ws.root)
    if kind in _NETWORK:
        key = N_("on a network file system ({kind}): locks may not hold there")
        yield _problem(str(ws.root), key, kind=kind)
    if sys.platform != "win32" and os.geteuid() == 0 and ws.root.stat().st_uid != 0:
        key = N_("you are root, the folder is not: what you write, its owner cannot change")
        yield _problem(str(ws.root), key)
    if shutil.which("git") is None:
        fault = git.no_git()
        yield Problem(file="git", key=fault.said.key, params=fault.said.params)
    yield from _zones(ws)
    yield from _fonts()
    yield from _beaten(ws, now)
    yield from undelivered(ws, now)


def _problem(file: str, key: str, severity: Severity = "warning", **params: object) -> Problem:
    return Problem(file=file, key=key, severity=severity, params=params)


def _file_system(path: Path) -> str:
    """The kind of the file system, where the machine tells (Linux)."""
    best, kind = "", ""
    with contextlib.suppress(OSError):
        for line in _MOUNTS.read_text("utf-8", "replace").splitlines():
            _, place, name, *_ = line.split(" ")
            place = place.replace("\\040", " ")
            if path.is_relative_to(place) and len(place) >= len(best):
                best, kind = place, name
    return kind


def _zones(ws: Workspace) -> Iterator[Problem]:
    """Limits are counted in the plan's zone; without its data there is no hour of day."""
    try:
        names = {plan.timezone for plan in wsp.plans(ws)}
    except (Unreadable, Unusable):
        return  # told with the plans
    for name in sorted(names):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, OSError, ValueError):
            key = N_("this machine has no data of the time zone {zone}; `pip install tzdata`")
            yield _problem("templates/plans", key, "error", zone=name)


def _fonts() -> Iterator[Problem]:
    """Only where the machine can tell (fontconfig): a Word file opened here looks otherwise."""
    teller = shutil.which("fc-list")
    if teller is None:
        return
    try:
        told = subprocess.run(
            [teller, ":", "family"], capture_output=True, timeout=10, check=False
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.TimeoutExpired):
        return
    have = told.replace(" ", "").casefold()
    lacking = [font for font, names in _FONTS.items() if not any(n in have for n in names)]
    if lacking:
        key = N_("not installed here: {fonts}; papers opened or printed here show another font")
        yield _problem("fonts", key, "notice", fonts=", ".join(lacking))


# --- heartbeat -------------------------------------------------------------------------


def _heartbeat(ws: Workspace) -> Path | None:
    repo = git.locate(ws.root)
    return None if repo is None else lock.folder(repo) / "heartbeat"


def beat(ws: Workspace, *, now: dt.datetime, cases: int) -> None:
    """``overdue`` has looked at so many cases. That it cannot be noted is no fault of the answer."""
    with contextlib.suppress(OSError, Failure):
        place = _heartbeat(ws)
        if place is not None:
            place.parent.mkdir(exist_ok=True)
            place.write_text(f"{now.isoformat(timespec='minutes')}\n{cases}\n", "utf-8")


def _beaten(ws: Workspace, now: dt.datetime) -> Iterator[Problem]:
    place = _heartbeat(ws)
    if place is None:
        return
    try:
        time, cases = place.read_text("utf-8").split()
        last = dt.datetime.fromisoformat(time).astimezone(now.tzinfo)
    except (OSError, ValueError):
        key = N_("`yuqing overdue` has never run here: does anything remind? `yuqing help cron`")
        yield _problem("heartbeat", key, "notice")
        return
    params = {"last": f"{last:%Y-%m-%d %H:%M}", "cases": cases}
    if now - last > SILENT:
        key = N_("`yuqing overdue` last ran at {last}: does cron still call it?")
        yield _problem("heartbeat", key, "warning", **params)
    else:
        key = N_("`yuqing overdue` last ran at {last} and saw {cases} cases")
        yield _problem("heartbeat", key, "notice", **params)


# --- git and the clock -----------------------------------------------------------------


def clock_and_commits(repo: git.Repo, *, now: dt.datetime) -> Iterator[Problem]:
    """The newest commit lies in the future: one of the two clocks is wrong."""
    said = git.run(repo.top, "log", "-1", "--format=%ct")
    if said.code == 0 and said.out.strip().isdigit():
        last = dt.datetime.fromtimestamp(int(said.out), now.tzinfo)
        if last - now > dt.timedelta(minutes=5):
            key = N_("the newest commit is dated {last}, but this machine's clock says {now}")
            params = {"last": f"{last:%Y-%m-%d %H:%M}", "now": f"{now:%Y-%m-%d %H:%M}"}
            yield _problem("git", key, "warning", **params)


def sound(repo: git.Repo) -> Iterator[Problem]:
    """``doctor --deep``: every object that git holds. It is told and never repaired: the files
    on disk are whole, and a clone or bundle has the history."""
    said = git.run(repo.top, "fsck", "--strict", "--no-dangling", "--no-progress", limit=600)
    if said.code != 0:
        lines = [*said.out.decode("utf-8", "replace").splitlines(), *said.err.splitlines()]
        lines = [line for line in lines if line.startswith(("error", "missing", "broken", "fatal"))]
        key = N_("git fsck: {words}. The files under cases/ are not touched by it: copy the folder,"
                 " then see `yuqing help backup`")  # fmt: skip
        yield _problem("git", key, "error", words="; ".join(lines[:3]) or str(said.code))


def signing(repo: git.Repo) -> Iterator[Problem]:
    """Signed commits need a program and a key; without them each act ends with exit 6."""
    names = ("commit.gpgsign", "gpg.format", "user.signingkey", "gpg.program", "gpg.ssh.program",
             "gpg.ssh.defaultkeycommand")  # fmt: skip
    have = git.settings(repo, *names)
    if have.get("commit.gpgsign", "false") in ("false", "no", "off", "0"):
        return
    yield _problem("git", N_("commits are signed: without key or agent they fail"), "notice")
    ssh = have.get("gpg.format") == "ssh"
    program = have.get("gpg.ssh.program", "ssh-keygen") if ssh else have.get("gpg.program", "gpg")
    if shutil.which(program) is None:
        key = N_("commits are to be signed, but {program} is not there: they fail")
        yield _problem("git", key, "finding", program=program)
    if ssh and not (have.get("user.signingkey") or have.get("gpg.ssh.defaultkeycommand")):
        key = N_("commits are to be signed by ssh, but no key is named: {line}")
        line = "git config user.signingkey ~/.ssh/id_ed25519.pub"
        yield _problem("git", key, "finding", line=line)
