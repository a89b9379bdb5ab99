"""What every test may use: a throw-away office, the command line, golden files."""

from __future__ import annotations

import contextlib
import importlib.util
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
from hypothesis import settings

HERE = Path(__file__).parent
CHECKOUT = HERE.parent

settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "值班室",
    "GIT_AUTHOR_EMAIL": "duty@office.example",
    "GIT_COMMITTER_NAME": "值班室",
    "GIT_COMMITTER_EMAIL": "duty@office.example",
}
"""A git identity through the environment: no test reads or needs the developer's own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden")


def pytest_configure(config: pytest.Config) -> None:
    """An editable install compiled the catalogs once; an edited one is compiled again here."""
    hook = CHECKOUT / ".ci" / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", hook)
    if spec is not None and spec.loader is not None and hook.exists():
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.compile_catalogs(CHECKOUT / "yuqing" / "locale")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever starts no process is quick."""
    for item in items:
        if not any(item.get_closest_marker(name) for name in ("slow", "process", "quick")):
            item.add_marker("quick")


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on who runs it, where, or in what language."""
    for name in [n for n in os.environ if n.startswith(("GIT_", "YUQING_"))]:
        monkeypatch.delenv(name)
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.delenv("LANGUAGE", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")


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


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A new office under plan SF; commands run in this process."""
    return make_office(tmp_path / "office")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """``run("plan", "schema")``: a command in an empty folder, in this process."""

    def call(*words: str, **options: Any) -> Ran:
        return run_in_process(*words, **{"cwd": tmp_path, **options})

    return call


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``golden(name, text)``: the text equals ``tests/golden/NAME``.

    ``--update-golden`` writes it instead; the difference is then read in ``git diff``.
    """
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"no golden file {name}; write it with --update-golden"
        assert text == path.read_text(encoding="utf-8")

    return compare
