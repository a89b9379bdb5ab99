"""README.md keeps what it promises: its two lines, its transcripts, its examples."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from tools import play
from workbench import CHECKOUT, Office, Ran, make_office, run_in_process

README = CHECKOUT / "README.md"
TEXT = README.read_text(encoding="utf-8")
FIRST_SCREEN = TEXT.split("\n## ", 1)[0]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(language: str, text: str = TEXT) -> list[str]:
    return [body for name, body in FENCE.findall(text) if name == language]


# --- the first screen --------------------------------------------------------------------


def test_first_screen_has_two_blocks_of_one_line() -> None:
    """Exactly two fenced blocks of one line each do all the set-up."""
    bodies = [body.strip("\n") for _, body in FENCE.findall(FIRST_SCREEN)]
    assert len(bodies) == 2
    assert all("\n" not in body for body in bodies)
    demo, tests = bodies
    assert demo.endswith("yuqing demo")
    assert "[dev]" in tests
    assert "pytest" in tests
    assert FIRST_SCREEN.count("\n") < 30


def test_it_says_what_it_is_in_five_lines() -> None:
    """What it is in five lines, what it needs (Python 3.11, git)."""
    what, needs = FIRST_SCREEN.split("\n\n")[1:3]
    assert len(what.splitlines()) == 5
    assert "Python 3.11" in needs
    assert "git" in needs


def test_the_officers_page_is_where_it_says() -> None:
    """A page in 简体 for the duty officer, linked and in `yuqing help`."""
    (page,) = re.findall(r"\]\((yuqing/help/[^)]+)\)", FIRST_SCREEN)
    text = (CHECKOUT / page).read_text(encoding="utf-8")
    shown = run_in_process("--lang", "zh_CN", "help", "officers", cwd=CHECKOUT).ok()
    assert "值班" in shown.out
    assert text.splitlines()[0].lstrip("# ") in shown.out


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout on a machine where nothing has been set up."""
    base = tmp_path_factory.mktemp("fresh")
    (base / "home").mkdir()
    kept = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "*.mo", ".hypothesis")
    shutil.copytree(CHECKOUT, base / "yuqing", ignore=kept)
    return base


def _line(fresh: Path, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the README with an empty HOME, no git identity and LANG=C."""
    here = Path(sys.base_prefix) / ("Scripts" if os.name == "nt" else "bin")
    env = {
        "PATH": os.pathsep.join([str(here), os.environ["PATH"]]),
        "HOME": str(fresh / "home"),
        "LANG": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        # where this machine gets its packages from
        **{k: v for k, v in os.environ.items() if k.startswith("PIP_") or k.endswith("_proxy")},
        **more,
    }
    return subprocess.run(
        ["bash", "-c", line],
        cwd=fresh / "yuqing",
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
def test_the_line_that_shows_it(fresh: Path) -> None:
    """One line installs and runs `yuqing demo`: opened, graded, clocks, report, review."""
    done = _line(fresh, _blocks("sh", FIRST_SCREEN)[0])
    assert done.returncode == 0, done.stdout + done.stderr
    for command in ("new", "grade", "overdue", "why", "render", "review"):
        assert re.search(rf"^\$ yuqing (.* )?{command}\b", done.stdout, re.MULTILINE), command
    assert list((fresh / "home").rglob("*.gitconfig")) == []


def test_the_hosts_lines_call_commands_there_are() -> None:
    """GitHub, GitLab and Gitee get lines that this program understands."""
    (block,) = _blocks("yml")
    lines = set(re.findall(r"yuqing (check[a-z -]*|overdue)", block))
    assert {"check --format github", "check --format gitlab", "overdue"} <= {
        line.strip() for line in lines
    }
    for line in lines:
        assert run_in_process(*line.split(), "--help", cwd=CHECKOUT).code == 0


@pytest.mark.slow
def test_the_line_that_tests_it(fresh: Path) -> None:
    """One line installs with extra `dev` and passes the tests.

    Narrowed to some from outside: the line itself is the README's, and the rest of what it runs
    is this very test run.
    """
    some = "tests/test_tree.py tests/test_span.py tests/test_look.py"
    done = _line(fresh, _blocks("sh", FIRST_SCREEN)[1], PYTEST_ADDOPTS=some)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    assert re.search(r"\b\d{2,} passed", done.stdout)


# --- transcripts -------------------------------------------------------------------------


@dataclass
class Typed:
    """One command of a transcript, when it was typed, and what it should print."""

    shown: str
    words: list[str]
    now: str
    echo: bool
    expected: str


TIME = re.compile(r"\s+#\s*(?:(\d\d-\d\d) )?(\d\d:\d\d)\b.*$")
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{12}\b")
"""A fingerprint: it covers the digest of a Word file, which carries its minute of writing."""
BANNER = re.compile(r"^演示单位: .*\n", re.MULTILINE)
"""Said by every command of a demonstration office; a real one has no such line."""


def _plain(text: str) -> str:
    return CODE.sub("CODE", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)).strip("\n")


def _read(block: str) -> list[Typed]:
    typed: list[Typed] = []
    day, clock = "11-22", "00:00"
    for line in block.splitlines():
        if not line.startswith("$ "):
            typed[-1].expected += line + "\n"
            continue
        if time := TIME.search(line):
            day, clock = time[1] or day, time[2]
        words = TIME.sub("", line)[2:]
        echo = words.endswith("; echo $?")
        program, *rest = shlex.split(words.removesuffix("; echo $?"))
        assert program == "yuqing", line
        typed.append(Typed(line, rest, f"2026-{day}T{clock}+08:00", echo, ""))
    return typed


def _type(office: Office, typed: Typed) -> str:
    ran: Ran = office("--lang", "zh_CN", *typed.words, now=typed.now)
    text = BANNER.sub("", ran.out + ran.err)
    if typed.echo:
        return f"{text}{ran.code}\n"
    assert ran.code == 0, f"{typed.shown}\n{text}"
    return text


@pytest.fixture
def night(tmp_path: Path) -> Office:
    """A demonstration office (every case a drill, so that `now` can be given)."""
    office = make_office(tmp_path / "office")
    (office.root / "templates" / "office.yaml").write_text(
        "yuqing: 1\ndemo: true\nsign: 城投集团\nplans: [sf@2022-01]\n", encoding="utf-8"
    )
    office.git("commit", "-q", "-am", "demo")
    (office.root / "通报.md").write_text(
        "柳塘小区因主管破裂停水,抢修中。城投集团\n", encoding="utf-8"
    )
    return office


def test_transcripts(night: Office, pytestconfig: pytest.Config) -> None:
    """The README's transcripts, executed in order in a new office, print what they show."""
    blocks = _blocks("console")
    assert blocks
    text = TEXT
    for block in blocks:
        new = ""
        for typed in _read(block):
            with play.seeded(typed.shown):
                got = _type(night, typed)
            same = _plain(got) == _plain(typed.expected)
            new += f"{typed.shown}\n{typed.expected if same else got}"
            if not pytestconfig.getoption("--update-golden"):
                assert _plain(got) == _plain(typed.expected), typed.shown
        text = text.replace(block, new)
    if pytestconfig.getoption("--update-golden"):
        README.write_text(text, encoding="utf-8")


def test_the_plan_of_the_readme_is_a_plan(tmp_path: Path) -> None:
    """The README's own plan passes `plan check` without an error and runs a case."""
    (plan,) = _blocks("yaml")
    path = tmp_path / "lian@2026-01.yaml"
    path.write_text(plan, encoding="utf-8")
    run_in_process("plan", "check", str(path), cwd=tmp_path).ok()
    root = tmp_path / "office"
    root.mkdir()
    run_in_process("init", str(root), "--plan", str(path), cwd=tmp_path).ok()
    office = Office(root)
    when = "2026-11-22T02:09+08:00"
    office("new", "演练", "--drill", now=when).ok()
    due = office("--json", "due", ".", now=when).ok(0, 10, 11).json
    limits = {item["duty"]: item["limit"] for item in due["items"]}
    assert limits["call"] == "2026-11-22T03:09+08:00"
    assert limits["tell"] == "2026-11-24T00:00+08:00"


def test_cron_lines_run(office: Office) -> None:
    """Each cron line runs in a new office, and has nothing to say there."""
    lines = "".join(_blocks("crontab")).splitlines()
    assert len(lines) >= 2
    for line in lines:
        words = shlex.split(line.split(None, 5)[5])
        assert words[0].endswith("/bin/yuqing")
        assert words[1] == "-C"
        verb = next(word for word in words[3:] if not word.startswith("-"))
        then = () if verb == "tidy" else ("--now", "2026-01-01T12:00+08:00")
        ran = run_in_process(*then, "-C", str(office.root), *words[3:], cwd=Path("/"))
        assert ran.code == 0, line + ran.err
        if verb == "overdue":
            assert ran.out + ran.err == ""  # cron mails whatever is printed


def test_links_lead_somewhere() -> None:
    """Every link of the README leads to a file or a heading of it."""
    heads = re.findall(r"^#+ (.*)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in heads}
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert (CHECKOUT / target).exists(), target


def test_files_named_for_developers_exist() -> None:
    """'Trace one command' leads through files that are there."""
    named = re.findall(r"`([\w/]+\.py)`", TEXT)
    assert len(named) > 8
    for name in named:
        assert (CHECKOUT / name).exists() or (CHECKOUT / "yuqing" / name).exists(), name
