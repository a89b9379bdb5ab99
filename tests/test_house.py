"""The house keeps its own rules: layers, lint, types, what travels in a package."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from workbench import CHECKOUT, tracked

PACKAGE = CHECKOUT / "yuqing"
MODULES = sorted(PACKAGE.rglob("*.py"))
SHELL = (
    "git", "store", "render", "notify", "cli",
    "__main__.py", "again.py", "offers.py", "screen.py",
)  # fmt: skip
PLANTED = "YQ-20261122-7K3M"


def _run(*words: str, cwd: Path = CHECKOUT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=cwd,
        env={**os.environ, **env},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def _passes(*words: str, cwd: Path = CHECKOUT, **env: str) -> str:
    done = _run(*words, cwd=cwd, **env)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _tool(name: str) -> str:
    """A development tool: beside this Python, else on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


# --- what the tree looks like ------------------------------------------------------------


def test_top_level() -> None:
    """Top level: yuqing/ cases/ templates/ tests/ pyproject.toml README.md, LICENSE, dotfiles."""
    top = {name.split("/")[0].strip('"') for name in tracked()}
    allowed = {"yuqing", "cases", "templates", "tests", "pyproject.toml", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} <= allowed


def test_nothing_refers_to_a_place_outside_the_project() -> None:
    """Nothing in the project refers to shared/, or to one person's machine."""
    outside = re.compile(
        r"\.\./" + r"shared\b|/wo" + r"rk/(main|shared)|/root" + r"/|/home" + r"/\w"
    )
    found = []
    for name in tracked():
        try:
            text = (CHECKOUT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {m.group()}" for m in outside.finditer(text)]
    assert found == []


# --- what a module may do ----------------------------------------------------------------


def _top_imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What a module imports as soon as it is imported itself."""
    for node in tree.body:
        for part in ast.walk(node) if not isinstance(node, ast.FunctionDef) else ():
            if isinstance(part, ast.Import):
                yield from ((alias.name.split(".")[0], part.lineno) for alias in part.names)
            elif isinstance(part, ast.ImportFrom) and part.module:
                yield part.module.split(".")[0], part.lineno


def test_no_posix_only_module_at_a_top() -> None:
    """No module imports a POSIX-only module at its top: Windows offices exist."""
    posix = {
        "crypt", "fcntl", "grp", "nis", "posix", "pty", "pwd", "readline", "resource",
        "spwd", "syslog", "termios", "tty",
    }  # fmt: skip
    found = [
        f"{path.relative_to(CHECKOUT)}:{line}: {name}"
        for path in MODULES
        for name, line in _top_imports(ast.parse(path.read_text(encoding="utf-8")))
        if name in posix
    ]
    assert found == []


def test_pure_modules_open_no_file() -> None:
    """Pure modules get values: no open(), no reading or writing through a Path, no print()."""
    reading = {
        "exists", "glob", "is_dir", "is_file", "iterdir", "mkdir", "open", "read_bytes",
        "read_text", "rglob", "stat", "unlink", "write_bytes", "write_text",
    }  # fmt: skip
    found = []
    for path in MODULES:
        if path.relative_to(PACKAGE).parts[0] in SHELL:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            call = node.func
            if isinstance(call, ast.Name) and call.id in {"open", "print", "input"}:
                found.append(f"{path.relative_to(CHECKOUT)}:{node.lineno}: {call.id}()")
            elif isinstance(call, ast.Attribute) and call.attr in reading:
                found.append(f"{path.relative_to(CHECKOUT)}:{node.lineno}: .{call.attr}()")
    assert found == []


def test_pure_modules_are_quick_to_load() -> None:
    """Heavy libraries load only inside the command that needs them."""
    heavy = "pydantic ruamel rich jinja2 docx docxtpl xlsxwriter icalendar chinese_calendar typer"
    code = (
        "import sys, yuqing.errors, yuqing.words, yuqing.span, yuqing.plan, yuqing.case,"
        " yuqing.clock, yuqing.grade\n"
        f"print(sorted(set({heavy.split()!r}) & {{m.split('.')[0] for m in sys.modules}}))"
    )
    assert _passes(sys.executable, "-c", code, PYTHONPATH=str(CHECKOUT)).strip() == "[]"


@pytest.mark.process
def test_layers() -> None:
    """Imports point one way, down the list."""
    _passes(_tool("lint-imports"), "--no-cache", PYTHONPATH=str(CHECKOUT))


@pytest.mark.process
def test_lint() -> None:
    """Clock, files, environment and processes stay out of the pure modules; and the rest."""
    _passes(_tool("ruff"), "check", "--no-cache", ".")


@pytest.mark.slow
def test_types() -> None:
    """The strict type checker finds nothing."""
    _passes(_tool("mypy"), "--cache-dir", os.devnull)


# --- what travels ------------------------------------------------------------------------


def _copy(target: Path) -> Path:
    """The checkout as someone has it who works real cases in it."""
    for name in tracked():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, target / name)
    for name in (
        f"cases/{PLANTED}.yaml",
        f"cases/files/{PLANTED}/截图.png",
        "cases/closed/2026/YQ-20260101-AAAA.yaml",
        "cases/log/LOG-2026-11.yaml",
    ):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_text("planted\n", encoding="utf-8")
    return target


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A live copy of the checkout, its sdist and its wheel, really built."""
    base = tmp_path_factory.mktemp("built")
    live, out = _copy(base / "live"), base / "dist"
    # Not isolated: hatchling and babel are development tools, and a test fetches nothing twice.
    command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out))
    _passes(*command, "--sdist", cwd=live)
    _passes(*command, "--wheel", cwd=live)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    return live, sdist, wheel


def _examples() -> list[str]:
    """The checkout's own example cases and their papers."""
    return sorted(n for n in tracked() if n.startswith("cases/"))


@pytest.mark.slow
def test_wheel_carries_templates_and_catalogs_but_no_cases(built: tuple[Path, Path, Path]) -> None:
    """templates/ travels in the wheel; the wheel carries no cases/."""
    names = zipfile.ZipFile(built[2]).namelist()
    shipped = {n.removeprefix("yuqing/_data/") for n in names if n.startswith("yuqing/_data/")}
    assert shipped == {n for n in tracked() if n.startswith("templates/")}
    assert any(n.endswith(".mo") for n in names)
    assert [n for n in names if "cases/" in n or "YQ-" in n or "tests/" in n] == []
    homes = {n.split("/")[0] for n in names if ".dist-info" not in n}
    assert {home for home in homes if not home.endswith(".data")} == {"yuqing"}
    pages = [n for n in names if n.endswith("/yuqing.1") and ".data/data/share/man/" in n]
    assert len(pages) == 2


@pytest.mark.slow
def test_sdist_names_its_examples_one_by_one(built: tuple[Path, Path, Path]) -> None:
    """The sdist names its examples one by one: a planted incident doesn't travel."""
    with tarfile.open(built[1]) as archive:
        names = [n.split("/", 1)[1] for n in archive.getnames() if "/" in n]
        assert not any(PLANTED in n or "AAAA" in n or "LOG-2026-11" in n for n in names)
        assert sorted(n for n in names if n.startswith("cases/")) == _examples()
        assert ".ci/hatch_build.py" in names
        member = archive.extractfile(next(n for n in archive.getnames() if n.endswith("README.md")))
        assert member is not None
        assert "yuqing" in io.TextIOWrapper(member, "utf-8").read()


def _fresh(folder: Path) -> Path:
    _passes(sys.executable, "-m", "venv", str(folder))
    inside = folder / ("Scripts" if os.name == "nt" else "bin")
    return inside / "python"


@pytest.mark.slow
@pytest.mark.parametrize("way", ["wheel", "editable"])
def test_an_installed_yuqing_finds_its_templates(
    way: str, built: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    """templates/ is found from a wheel and from an editable install, in fresh environments."""
    live, _, wheel = built
    python = _fresh(tmp_path / "venv")
    what = [str(wheel)] if way == "wheel" else ["-e", str(live)]
    _passes(str(python), "-m", "pip", "install", "-q", *what, cwd=tmp_path)
    script = python.with_name("yuqing")
    office = tmp_path / "office"
    office.mkdir()
    plan = CHECKOUT / "templates" / "plans"
    (sf,) = plan.glob("sf@*.yaml")
    _passes(str(script), "init", str(office), "--plan", str(sf), cwd=tmp_path)
    when = "2026-11-22T02:09+08:00"
    _passes(str(script), "--now", when, "new", "演练:停水", "--drill", cwd=office)
    draft = tmp_path / "draft.md"
    _passes(str(script), "--now", when, "render", ".", "basic-facts", "-o", str(draft), cwd=office)
    assert "正在核实" in draft.read_text(encoding="utf-8")
    said = _run(str(script), "--lang", "zh_CN", "show", "XXXX", cwd=office)
    assert said.returncode == 4
    assert re.search(r"[\u4e00-\u9fff]", said.stderr)
