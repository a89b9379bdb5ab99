"""Break every act at every system call that changes something, and see what is left.

``python tests/tools/crash.py`` kills (-9), fails with ENOSPC or EIO, one at a time, each mutating
call that ``new``, ``note``, ``grade``, ``close``, ``tidy`` and ``save`` make, in this program and
in each git it starts, as SQLite does it; then it breaks the recovery too (``save`` after
``doctor --fix``), at each of its calls, from each state that a crash leaves. After each:

- the case file is wholly the old one or wholly the new one;
- what was reported as done is in HEAD;
- recovery (and deleting the lock files of a killed git, as `doctor` says) brings HEAD, index and
  file together, and a second one changes nothing;
- ``git fsck --strict`` is clean, and the next command works.

``--every N`` takes each N-th point, ``--acts new,note`` some acts. Where strace is missing the
fail points of the store (``YUQING_CRASH_AT``) take its place. Prints points tried and survived;
exit 1 if one was not survived.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent)]

import desks  # noqa: E402 - found by the line above
from desks import NOW  # noqa: E402
from workbench import IDENTITY  # noqa: E402

from yuqing import git, store  # noqa: E402
from yuqing.case import Entry  # noqa: E402
from yuqing.errors import Failure  # noqa: E402

CALLS = (
    *("write", "pwrite64", "writev", "rename", "renameat", "renameat2", "link", "linkat", "unlink"),
    *("unlinkat", "fsync", "fdatasync", "mkdir", "mkdirat", "rmdir", "chmod", "fchmod", "fchmodat"),
    *("ftruncate", "truncate", "symlink", "openat"),
)
FAULTS = {"kill": "signal=SIGKILL", "ENOSPC": "error=ENOSPC", "EIO": "error=EIO"}
OPENS_TO_WRITE = re.compile(r"O_(CREAT|WRONLY|RDWR|TRUNC|TMPFILE)")
NOT_OURS = re.compile(r"^(write|writev)\(\d+<(/dev/|pipe:|socket:)")
POINTS = ("temp", "replaced", "attached", "committed")
LATER = NOW + dt.timedelta(days=30)


@dataclass(frozen=True)
class Point:
    """The ``number``-th ``call`` of a process: 0 is this program, n the n-th git that it starts.
    Without strace: ``call`` is the name of a fail point."""

    process: int
    call: str
    number: int

    def __str__(self) -> str:
        who = f"git {self.process}" if self.process else "yuqing"
        return f"{who} {self.call} {self.number}"


Act = Callable[[Path], int]


# --- the acts --------------------------------------------------------------------------


def typed(*words: str) -> Act:
    """A command line, as the console script runs it."""

    def run(root: Path) -> int:
        from yuqing.cli.app import main

        os.chdir(root)
        return main(list(words))

    return run


def file_away(root: Path) -> int:
    """``tidy`` a month later (its clock is the machine's)."""
    try:
        failures = store.tidy(store.find(root), now=LATER).failures
    except Failure as failure:
        return failure.exit_code
    return failures[0].exit_code if failures else 0


def recover(root: Path) -> int:
    """``doctor --fix`` and ``save``; 6 to 9 if something is left to do."""
    ws = store.find(root)
    try:
        store.repair(ws, now=LATER)
        done = store.save(ws, None, now=LATER)
    except Failure as failure:
        return failure.exit_code
    left = [*done.failures, *(w.failure for w in done.written if w.failure)]
    return left[0].exit_code if left else 0


def _by_hand(root: Path) -> None:
    (path,) = (root / "cases").glob("*.yaml")
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write("\n  - kind: noted\n    at: 2026-11-22T02:20+08:00\n    text: 手写\n")


def _over(root: Path) -> None:
    """The only case owes nothing and is closed."""
    from yuqing.clock import DONE, standings

    ws = store.find(root)
    loaded = store.find_case(ws, ".", now=NOW)
    while owed := [
        s
        for s in standings(loaded.case, loaded.plans, store.calendar(ws), NOW)
        if s.state not in DONE and (s.limit or s.state == "incomplete")
    ]:
        released = [
            Entry(kind="adjusted", at=NOW, by="lead-group", duty=s.duty, release=True, because="免")
            for s in owed
        ]
        loaded = store.append(ws, loaded, released, now=NOW).loaded
    closed = Entry(kind="closed", at=NOW, because="办结")
    store.append(ws, loaded, [closed], now=NOW)


ACTS: dict[str, tuple[Callable[[Path], None] | None, Act]] = {
    "new": (None, typed("new", "北桥停水", "-s", "软件监看")),
    "note": (None, typed("note", ".", "抢修中")),
    "grade": (None, typed("grade", ".", "I", "mainstream_media=true", "-b", "已转载")),
    "close": (None, typed("close", ".", "-b", "核实为谣传")),
    "save": (_by_hand, typed("save")),
    "tidy": (_over, file_away),
}
"""Name → what the office needs beforehand, and the act."""


# --- one process that is broken --------------------------------------------------------


class Breaker:
    """Runs acts in forked processes, with a fault at one point of one of them."""

    def __init__(self, home: Path, *, strace: bool = True) -> None:
        self.home = home
        self.strace = shutil.which("strace") if strace else None
        real = shutil.which("git")
        if real is None:
            raise SystemExit("git is needed")
        (home / "bin").mkdir()
        shim = home / "bin" / "git"
        # Counts the gits of an act and puts the one that is meant under strace.
        shim.write_text(
            "#!/bin/sh\n"
            'n=$(($(cat "$BROKEN/count" 2>/dev/null || echo 0) + 1)); echo $n > "$BROKEN/count"\n'
            'if [ "$BROKEN_GIT" = "$n" ] || [ "$BROKEN_GIT" = all ]; then\n'
            f'  exec {self.strace or "strace"} -qq -y -o "$BROKEN/log.$n" $BROKEN_HOW {real} "$@"\n'
            f'fi\nexec {real} "$@"\n',
            encoding="utf-8",
        )
        shim.chmod(0o755)
        trial = subprocess.run(
            [self.strace or "false", "-o", os.devnull, "true"], check=False, capture_output=True
        )
        if trial.returncode:
            self.strace = None

    def run(self, act: Act, root: Path, how: Sequence[str], at: int | str, crash: str = "") -> int:
        """The act's exit code (137: killed). ``at``: which process is traced: 0, n, or all."""
        shutil.rmtree(self.home / "logs", ignore_errors=True)
        (self.home / "logs").mkdir()
        ready, go = os.pipe()
        child = os.fork()
        if child == 0:
            self._be_the_child(act, root, how, at, crash, ready)
        os.close(ready)
        tracer = None
        if at in (0, "all"):
            tracer = subprocess.Popen(
                [
                    str(self.strace),
                    "-y",
                    "-p",
                    str(child),
                    "-o",
                    str(self.home / "logs/log.0"),
                    *how,
                ],
                stderr=subprocess.PIPE,
            )
            assert tracer.stderr is not None
            told = tracer.stderr.readline()
            assert b"attached" in told, told.decode()
        os.write(go, b"x")
        os.close(go)
        _, status = os.waitpid(child, 0)
        if tracer is not None:
            tracer.communicate(timeout=30)
        return os.waitstatus_to_exitcode(status) if not os.WIFSIGNALED(status) else 137

    def _be_the_child(
        self, act: Act, root: Path, how: Sequence[str], at: int | str, crash: str, ready: int
    ) -> None:
        code = 99
        try:
            with Path(os.devnull).open("r+b") as nothing:
                for stream in (0, 1, 2):
                    os.dup2(nothing.fileno(), stream)
            os.environ |= {
                "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "BROKEN": str(self.home / "logs"),
                "BROKEN_GIT": str(at),
                "BROKEN_HOW": " ".join(how),
            }
            if crash:
                os.environ["YUQING_CRASH_AT"] = crash
            os.read(ready, 1)
            code = act(root)
        finally:
            os._exit(code)

    def points(self, act: Act, root: Path) -> list[Point]:
        """Every mutating call of the act, which is carried out."""
        if self.strace is None:
            return [Point(0, name, 1) for name in POINTS]
        code = self.run(act, root, ["-e", "trace=" + ",".join(f"?{c}" for c in CALLS)], "all")
        assert code == 0, f"the act itself ends with {code}"
        found = []
        for log in sorted((self.home / "logs").glob("log.*"), key=lambda p: int(p.suffix[1:])):
            numbers: Counter[str] = Counter()
            for line in log.read_text("utf-8", "replace").splitlines():
                call = line.partition("(")[0]
                if call not in CALLS:
                    continue
                numbers[call] += 1
                if call == "openat" and not OPENS_TO_WRITE.search(line):
                    continue
                if not NOT_OURS.match(line):
                    found.append(Point(int(log.suffix[1:]), call, numbers[call]))
        return found

    def broken(self, act: Act, root: Path, point: Point, fault: str) -> int:
        """The act with one fault; its exit code."""
        if self.strace is None:
            return self.run(act, root, [], -1, crash=point.call)
        how = ["-e", f"trace={point.call}"]
        how += ["-e", f"inject={point.call}:{FAULTS[fault]}:when={point.number}"]
        return self.run(act, root, how, point.process)


# --- what must hold --------------------------------------------------------------------


def content(root: Path) -> dict[str, bytes]:
    """Case files by name, wherever they lie."""
    return {path.name: path.read_bytes() for path in _files(root)}


def _files(root: Path) -> list[Path]:
    return [*(root / "cases").glob("*.yaml"), *(root / "cases" / "closed").glob("*/*.yaml")]


def complaints(root: Path, before: dict[str, bytes], code: int, *, settled: bool) -> Iterator[str]:
    """What is wrong after a fault, before anybody has recovered. ``settled``: all was committed."""
    ws = store.find(root)
    repo = git.locate(root)
    assert repo is not None
    found = store.desk(ws, archive=True)
    for problem in found.problems:
        if problem.severity == "error":
            yield f"{problem.file}: {problem.key}"
    now = content(root)
    for name, old in before.items():
        stem = old if settled else old.split(b"\n  - kind: noted")[0]
        if not now.get(name, b"").startswith(stem):
            yield f"{name} is neither old nor new"
    if code == 0 and any(
        git.committed(repo, [path]) != [path.read_bytes()] for path in _files(root)
    ):
        yield "reported as done, and not in HEAD"
    if code in (1, 99):
        yield f"ended with {code}: an error of our own"


def without_locks(root: Path) -> Iterator[str]:
    """A git that was killed leaves its lock files: `doctor` names each and says what to do."""
    repo = git.locate(root)
    left = git.lock_files(repo) if repo is not None else []
    if left:
        named = {p.file for p in store.examine(store.find(root), now=LATER)}
        yield from (f"doctor does not name {each}" for each in left if str(each) not in named)
    for each in left:
        each.unlink()


def recovered(root: Path) -> Iterator[str]:
    """What is wrong after recovery."""
    recover(root)
    yield from without_locks(root)
    if (code := recover(root)) != 0:
        yield f"recovery ends with {code}"
        return
    ws = store.find(root)
    head, files = desks.git(ws, "rev-parse", "HEAD"), content(root)
    if recover(root) != 0 or desks.git(ws, "rev-parse", "HEAD") != head or content(root) != files:
        yield "a second recovery changes something"
    if dirty := desks.dirty(ws):
        yield f"not clean after recovery: {dirty}"
    for path in _files(root):
        if desks.head_has(ws, path) != path.read_bytes():
            yield f"HEAD has another {path.name}"
    sound = subprocess.run(["git", "fsck", "--strict"], cwd=root, check=False, capture_output=True)
    if sound.returncode:
        yield f"git fsck: {sound.stderr.decode()}"
    path = _files(root)[0]
    try:
        written = store.append(ws, store.load(ws, path), [desks.note("之后")], now=LATER)
    except Failure as failure:
        yield f"the next command: {failure.said.key}"
    else:
        if written.failure is not None:
            yield f"the next command: {written.failure.said.key}"


# --- the loop --------------------------------------------------------------------------


@dataclass
class Count:
    """Points tried and survived, of each sort; ``bad`` says what was not survived."""

    tried: Counter[str]
    survived: Counter[str]
    unkept: int
    bad: list[str]


def loop(
    *,
    every: int = 1,
    acts: Sequence[str] = tuple(ACTS),
    compound: bool = True,
    strace: bool = True,
    until: float = float("inf"),
    say: Callable[[str], None] = lambda _: None,
) -> Count:
    """Try the points of these acts, each ``every``-th; stop beginning new ones after ``until``
    seconds. Sorts: kill, ENOSPC, EIO (I/O points are the last two), compound."""
    begin = time.monotonic()
    count = Count(Counter(), Counter(), 0, [])
    sys.dont_write_bytecode = True
    old_patience, git.committing.PATIENCE = git.committing.PATIENCE, 0.1
    before_env = dict(os.environ)
    os.environ |= IDENTITY
    here = Path.cwd()
    try:
        with tempfile.TemporaryDirectory() as name:
            home = Path(name)
            breaker = Breaker(home, strace=strace)
            for act in acts:
                _one_act(breaker, home, act, every, compound, begin + until, count)
                say(f"{act}: {dict(count.tried)} tried, {len(count.bad)} not survived")
    finally:
        git.committing.PATIENCE = old_patience
        os.environ.clear()
        os.environ |= before_env
        os.chdir(here)
    return count


def _one_act(
    breaker: Breaker, home: Path, name: str, every: int, compound: bool, end: float, count: Count
) -> None:
    prepare, act = ACTS[name]
    base = home / name / "base"
    ws = desks.office(base)
    desks.opened(ws)
    if prepare is not None:
        prepare(base)
    before, settled = content(base), not desks.dirty(ws)
    _copy(base, home / name / "warm")
    breaker.run(act, home / name / "warm", [], -1)  # what is loaded late is loaded
    _warm(home / name / "warm", act)
    _copy(base, home / name / "trace")
    points = breaker.points(act, home / name / "trace")
    work = home / name / "work"
    faults = list(FAULTS) if breaker.strace else ["kill"]
    for number, fault in ((n, f) for n in range(len(points)) for f in faults):
        point = points[number]
        if (number + faults.index(fault) * every // 3) % every:
            continue
        if time.monotonic() > end:
            return
        _copy(base, work)
        code = breaker.broken(act, work, point, fault)
        _judge(work, before, code, f"{name}: {fault} at {point}", fault, count, settled=settled)
    if compound:
        _compound(breaker, home / name, act, name, before, every, end, count, settled=settled)


def _compound(
    breaker: Breaker, home: Path, act: Act, name: str, before: dict[str, bytes],
    every: int, end: float, count: Count, *, settled: bool,
) -> None:  # fmt: skip
    """The recovery is killed too, at each of its calls, from each state that a crash leaves."""
    work, states = home / "work", {}
    for crash in POINTS:
        _copy(home / "base", work)
        if breaker.run(act, work, [], -1, crash=crash) == 137:
            left = work.with_name(f"after-{crash}")
            _copy(work, left)
            states[crash] = left
    for crash, left in states.items():
        _copy(left, work)
        points = breaker.points(recover, work)
        for point in points[::every]:
            if time.monotonic() > end:
                return
            _copy(left, work)
            code = breaker.broken(recover, work, point, "kill")
            told = f"{name}: killed at {crash}, recovery killed at {point}"
            _judge(work, before, code, told, "compound", count, settled=settled)


def _warm(root: Path, act: Act) -> None:
    """Run it here once: a module that is loaded late must not open files in the loop."""
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nothing,
        contextlib.redirect_stdout(nothing),
        contextlib.redirect_stderr(nothing),
    ):
        act(root)
        recover(root)


def _judge(
    work: Path, before: dict[str, bytes], code: int, told: str, sort: str, count: Count,
    *, settled: bool,
) -> None:  # fmt: skip
    wrong = list(complaints(work, before, code, settled=settled))
    count.unkept += any("not in HEAD" in each for each in wrong)
    try:
        wrong += recovered(work)
    except (Failure, subprocess.CalledProcessError, OSError) as fault:
        wrong.append(f"recovery raises {fault!r}")
    count.tried[sort] += 1
    count.survived[sort] += not wrong
    for each in wrong:
        count.bad.append(f"{told}: {each}")
        print(f"not survived: {told}: {each}", file=sys.stderr, flush=True)


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N")
    parser.add_argument("--acts", default=",".join(ACTS))
    given = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    count = loop(every=given.every, acts=given.acts.split(","), say=lambda t: print(t, flush=True))
    for sort in count.tried:
        print(f"{sort}: {count.tried[sort]} points tried, {count.survived[sort]} survived")
    print(f"success reported but not in HEAD: {count.unkept}")
    return 1 if count.bad else 0


if __name__ == "__main__":
    sys.exit(main())
