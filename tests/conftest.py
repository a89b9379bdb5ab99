"""What every test may use: a throw-away office, the command line, golden files."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from workbench import CHECKOUT, HERE, Office, Ran, Run, make_office, run_in_process, surroundings

settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("search", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden")


def pytest_configure(config: pytest.Config) -> None:
    """An editable install compiled the catalogs once; an edited one is compiled again here."""
    if hasattr(config, "workerinput"):  # the run that started this worker has done it
        return
    hook = CHECKOUT / ".ci" / "hatch_build.py"
    spec = importlib.util.spec_from_file_location("hatch_build", hook)
    if spec is not None and spec.loader is not None and hook.exists():
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.compile_catalogs(CHECKOUT / "yuqing" / "locale")


REPOSITORIES = {"office", "night", "ws"}
"""Fixtures that make a git repository."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever starts no process is quick."""
    for item in items:
        if REPOSITORIES & set(getattr(item, "fixturenames", ())):
            item.add_marker("process")
        if not any(item.get_closest_marker(name) for name in ("slow", "process", "quick")):
            item.add_marker("quick")


@pytest.fixture(scope="session", autouse=True)
def _surroundings_of_all() -> Iterator[None]:
    """What fixtures of a whole module make is made in the same surroundings as the tests."""
    with surroundings():
        yield


@pytest.fixture(autouse=True)
def _surroundings() -> Iterator[None]:
    with surroundings():
        yield


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office under plan SF as `init` makes it, made once; nobody writes to it."""
    with surroundings():
        return make_office(tmp_path_factory.mktemp("set-up") / "office").root


@pytest.fixture
def office(set_up: Path, tmp_path: Path) -> Office:
    """A new office under plan SF; commands run in this process."""
    return Office(shutil.copytree(set_up, tmp_path / "office", symlinks=True))


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
