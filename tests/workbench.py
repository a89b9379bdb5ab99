"""The command line run as a person would, in throw-away offices: helpers for all tests."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CHECKOUT = HERE.parent

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "值班室",
    "GIT_AUTHOR_EMAIL": "duty@office.example",
    "GIT_COMMITTER_NAME": "值班室",
    "GIT_COMMITTER_EMAIL": "duty@office.example",
}
"""A git identity through the environment: no test reads or needs the developer's own."""


@contextlib.contextmanager
def surroundings() -> Iterator[None]:
    """No test depends on who runs it, where, or in what language."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith(("GIT_", "YUQING_"))]:
            patch.delenv(name)
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        patch.setenv("LANG", "C.UTF-8")
        for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "200")
        yield


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def ok(self, *codes: int) -> Ran:
        """This, if it ended with one of ``codes`` (0 if none are named)."""
        assert self.code in (codes or (0,)), f"exit {self.code}\n{self.out}\n{self.err}"
        return self


Run = Callable[..., Ran]


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run_in_process(
    *words: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = ""
) -> Ran:
    """Run ``yuqing WORDS…`` in this process, as the console script would."""
    from yuqing.__main__ import main

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    code: object = 0
    with pytest.MonkeyPatch.context() as patch, _inside(cwd):
        patch.setattr(sys, "argv", ["yuqing", *words])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        for name, value in (env or {}).items():
            patch.setenv(name, value)
        try:
            code = main()  # type: ignore[func-returns-value]  # it may return or exit
        except SystemExit as exit_:
            code = exit_.code
    number = code if isinstance(code, int) else 0 if code is None else 1
    texts = [s.buffer.getvalue().decode() for s in (out, err)]  # type: ignore[attr-defined]  # BytesIO
    return Ran(number, *texts)


def run_installed(
    *words: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = ""
) -> Ran:
    """Run the installed ``yuqing`` as a process of its own (the package, if not installed)."""
    script = Path(sys.executable).with_name("yuqing")
    head = [str(script)] if script.exists() else [sys.executable, "-m", "yuqing"]
    path = os.pathsep.join(filter(None, [str(CHECKOUT), os.environ.get("PYTHONPATH")]))
    process = subprocess.run(
        [*head, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, **(env or {})},
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ran(process.returncode, process.stdout, process.stderr)


@dataclass(frozen=True)
class Office:
    """A workspace in a git repository of its own. Call it to run ``yuqing`` in it."""

    root: Path
    run: Run = run_in_process

    def __call__(
        self,
        *words: str,
        now: str | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
    ) -> Ran:
        head = ["--now", now] if now else []
        return self.run(*head, *words, cwd=self.root, env=env, stdin=stdin)

    def git(self, *words: str) -> str:
        """Run git in the office; what it printed."""
        return subprocess.run(
            ["git", *words], cwd=self.root, check=True, capture_output=True, encoding="utf-8"
        ).stdout

    def case_file(self) -> Path:
        """The only case on the desk."""
        (path,) = (self.root / "cases").glob("*.yaml")
        return path


def make_office(root: Path, plan: str = "sf", run: Run = run_in_process) -> Office:
    """``yuqing init`` in a new folder, with the shipped plan of that name."""
    root.mkdir(parents=True, exist_ok=True)
    (plan_file,) = (CHECKOUT / "templates" / "plans").glob(f"{plan}@*.yaml")
    run("init", str(root), "--plan", str(plan_file), cwd=root).ok()
    return Office(root, run)


# --- the project itself ----------------------------------------------------------------


def tracked() -> list[str]:
    """Every file that belongs to the project, also where the tree is no git checkout."""
    line = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    done = subprocess.run(line, cwd=CHECKOUT, capture_output=True, encoding="utf-8", check=False)
    if done.returncode == 0 and done.stdout:
        return [name for name in done.stdout.split("\0") if name and (CHECKOUT / name).is_file()]
    return [
        path.relative_to(CHECKOUT).as_posix()
        for path in CHECKOUT.rglob("*")
        if path.is_file() and not _ignored(path.relative_to(CHECKOUT))
    ]


def _ignored(path: Path) -> bool:
    names = {"__pycache__", ".venv", "venv", ".hypothesis", "build", "dist", ".git"}
    return bool(names & set(path.parts)) or path.parts[0].endswith("_cache")
