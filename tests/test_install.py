"""How yuqing comes to a desk, and that offices of earlier releases go on."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from workbench import CHECKOUT, HERE, IDENTITY, Office, tracked

sys.path.insert(0, str(HERE / "tools"))
import wheelhouse

OFFICES = sorted((HERE / "offices").glob("*.bundle"))
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|Unlicense|PSF|Python Software Foundation|MPL|LGPL|Lesser|CC0|Zlib|0BSD",
    re.IGNORECASE,
)
"""Licences under which an office may install, use and pass on what we need."""


# --- offices of earlier releases -------------------------------------------------------


def test_each_release_left_an_office() -> None:
    """Without one the tests below would hold for nothing."""
    assert [each.stem for each in OFFICES]


@pytest.mark.parametrize("bundle", OFFICES, ids=lambda p: p.stem)
def test_an_office_of_an_earlier_release_goes_on(bundle: Path, tmp_path: Path) -> None:
    """It opens, is checked, audited and written to; not a byte of what it holds changes."""
    root = tmp_path / "office"
    subprocess.run(["git", "clone", "-q", str(bundle), str(root)], check=True, capture_output=True)
    office = Office(root)
    before = office.case_file().read_bytes()
    later = "2026-11-22T06:00+08:00"
    assert "柳塘小区停水" in office("--lang", "zh_CN", now=later).ok().out
    assert "02:03" in office("show", ".", now=later).ok().out
    assert office("check").code in (0, 3)
    assert office("--json", "check").json["complete"] is True
    assert office("audit", now=later).code == 0
    office("render", ".", "basic-facts", "--draft", now=later).ok()
    office("note", ".", "抢修完成", now=later).ok()
    assert office.case_file().read_bytes().startswith(before)
    assert "抢修完成" in office.git("log", "-1", "-p", "--format=%s")


# --- what is installed with it ---------------------------------------------------------


def _needed() -> dict[str, metadata.Distribution]:
    """All that yuqing needs here, and what that needs, without extras: name → distribution."""
    from packaging.requirements import Requirement

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted, seen = [Requirement(line) for line in project["dependencies"]], {}
    while wanted:
        wish = wanted.pop()
        name = wish.name.lower().replace("_", "-")
        if name in seen or (wish.marker and not wish.marker.evaluate({"extra": ""})):
            continue
        seen[name] = metadata.distribution(wish.name)
        wanted += [Requirement(line) for line in seen[name].requires or ()]
    return seen


def _licence(found: metadata.Distribution) -> str:
    about = found.metadata
    said = [about.get("License-Expression"), about.get("License")]
    said += [c for c in about.get_all("Classifier") or () if c.startswith("License ::")]
    return "; ".join(each.split("\n")[0][:80] for each in said if each)


def test_licences_of_what_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every library comes under a licence that an office can live with; run with -s to read."""
    pytest.importorskip("packaging")
    seen = _needed()
    assert {"typer", "pydantic", "ruamel.yaml", "rich"} <= seen.keys()
    with capsys.disabled():
        told = [f"{n} {d.version}: {_licence(d)}" for n, d in sorted(seen.items())]
        if "-s" in sys.argv:
            print("\n".join(told))
    assert [each for each in told if not FREE.search(each.split(": ", 1)[1])] == []


def test_nothing_that_refuses_valid_yaml() -> None:
    """``ruamel.yaml.clib`` refuses valid YAML, PyYAML reads 1.1: neither is asked for."""
    pytest.importorskip("packaging")
    assert not {"ruamel.yaml.clib", "ruamel-yaml-clib", "pyyaml"} & _needed().keys()


# --- ways in ---------------------------------------------------------------------------


def _passes(*line: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    found = subprocess.run(
        line, cwd=cwd, env={**os.environ, **IDENTITY, **(env or {})}, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert found.returncode == 0, f"{line}\n{found.stdout}\n{found.stderr}"
    return found.stdout


@pytest.mark.slow
def test_without_any_network(tmp_path: Path) -> None:
    """A folder of wheels on a stick is enough: pip asks no index."""
    wheels = wheelhouse.fill(tmp_path / "wheels")
    assert any(each.name.startswith("yuqing-") for each in wheels)
    _passes(sys.executable, "-m", "venv", "v", cwd=tmp_path)
    inside = tmp_path / "v" / ("Scripts" if os.name == "nt" else "bin")
    closed = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels"), "PIP_INDEX_URL": ""}
    _passes(
        str(inside / "python"), "-m", "pip", "install", "-q", "yuqing", cwd=tmp_path, env=closed
    )
    said = _passes(str(inside / "yuqing"), "demo", cwd=tmp_path, env={"YUQING_LANG": "en"})
    assert "$ yuqing" in said


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["uv", "pipx"])
def test_as_a_tool_of_its_own(tool: str, tmp_path: Path) -> None:
    """``uv tool install`` and ``pipx install`` put the command where a shell finds it."""
    program = shutil.which(tool)
    if program is None:
        _passes(sys.executable, "-m", "venv", "tool", cwd=tmp_path)
        pip = str(tmp_path / "tool" / "bin" / "pip")
        got = subprocess.run([pip, "install", "-q", tool], capture_output=True, check=False)
        program = str(tmp_path / "tool" / "bin" / tool)
        if got.returncode != 0 or not Path(program).exists():
            pytest.skip(f"{tool} could not be had: not tried")
    homes = {
        "UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_HOME": str(tmp_path / "tools"), "PIPX_BIN_DIR": str(tmp_path / "bin"),
        "PIPX_MAN_DIR": str(tmp_path / "man"), "UV_PYTHON": sys.executable,
        "PIPX_DEFAULT_PYTHON": sys.executable,
    }  # fmt: skip
    copy = tmp_path / "checkout"
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(CHECKOUT / name, copy / name)
    words = (
        [program, "tool", "install", str(copy)] if tool == "uv" else [program, "install", str(copy)]
    )
    _passes(*words, cwd=tmp_path, env=homes)
    assert re.match(
        r"yuqing \d", _passes(str(tmp_path / "bin" / "yuqing"), "--version", cwd=tmp_path)
    )
    if tool == "pipx":  # it links manual pages too
        assert list((tmp_path / "man").rglob("yuqing.1"))


def test_windows_names(tmp_path: Path) -> None:
    """No file of ours has a name that Windows cannot hold, or that only case tells apart."""
    names = tracked()
    bad = [n for n in names if re.search(r'[<>:"|?*\\]|[ .](/|$)', n) or len(n) > 150]
    assert bad == []
    assert len({n.casefold() for n in names}) == len(names)
    reserved = re.compile(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)", re.IGNORECASE)
    assert [n for n in names if reserved.search(n)] == []
