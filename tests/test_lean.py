"""What a command loads: a duty officer's `--help` and cron's `overdue` stay light."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from workbench import CHECKOUT, IDENTITY, Office, make_office

from yuqing.words import LANGUAGES

HEAVY = (
    "pydantic", "rich", "ruamel.yaml", "jinja2", "docxtpl", "docx", "xlsxwriter", "icalendar",
    "filelock", "chinese_calendar", "babel", "hypothesis",
)  # fmt: skip
PROBE = (
    "import sys\n"
    "from yuqing.cli.app import main\n"
    "code = main(sys.argv[1:])\n"
    f"print(code, *[n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr)\n"
)


def _loads(*words: str, cwd: Path = CHECKOUT) -> tuple[int, set[str]]:
    """Exit code, and which heavy libraries a process of its own has loaded."""
    ran = subprocess.run(
        [sys.executable, "-c", PROBE, *words],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    code, *names = ran.stderr.splitlines()[-1].split()
    return int(code), set(names)


@pytest.mark.process
@pytest.mark.parametrize("words", [("--help",), ("--version",)])
def test_help_loads_no_heavy_library(words: tuple[str, ...], tmp_path: Path) -> None:
    """Lean start: nothing that reads, prints or writes papers is loaded to say what there is."""
    assert _loads(*words, cwd=tmp_path) == (0, set())


@pytest.mark.process
@pytest.mark.parametrize("words", [("overdue", "--help"), ("help", "cron"), ("report", "--help")])
def test_help_of_a_command_reads_no_file(words: tuple[str, ...], tmp_path: Path) -> None:
    """Typer would hand every typed text to pydantic: even that is not loaded."""
    assert _loads(*words, cwd=tmp_path) == (0, set())


@pytest.mark.process
def test_overdue_loads_what_reading_needs_and_no_more(tmp_path: Path) -> None:
    """cron runs it every five minutes: no table, no template, no document library."""
    office = make_office(tmp_path / "office")
    code, loaded = _loads("overdue", cwd=office.root)
    assert code == 0
    assert loaded <= {"ruamel.yaml", "pydantic"}


@pytest.mark.process
def test_a_piped_answer_needs_no_table_library(tmp_path: Path) -> None:
    """rich is for a terminal; a pipe gets plain lines."""
    office = make_office(tmp_path / "office")
    for words in ((), ("due",), ("list",)):
        assert "rich" not in _loads(*words, cwd=office.root)[1]


@pytest.fixture
def lively(tmp_path: Path) -> Office:
    """An office with a case, looked at once."""
    office = make_office(tmp_path / "office")
    office("new", "停水", "-s", "热线", env=IDENTITY).ok()
    office("due").ok(0, 10, 11)
    return office


@pytest.mark.process
@pytest.mark.parametrize("words", [("show", "."), ("why", "."), ("due",), ("next",), ("list",), ()])
def test_looking_again_loads_no_reader(words: tuple[str, ...], lively: Office) -> None:
    """Plan and cases come ready-made from the index: nothing that reads YAML is loaded."""
    assert _loads(*words, cwd=lively.root)[1] == set()


def test_looking_again_starts_one_process(lively: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """git is asked once what HEAD has of the desk; nothing else is started."""
    started: list[object] = []
    popen = subprocess.Popen

    def counting(words: object, *args: Any, **named: Any) -> Any:
        started.append(words)
        return popen(words, *args, **named)  # type: ignore[call-overload]  # as it came

    monkeypatch.setattr(subprocess, "Popen", counting)
    lively("due").ok(0, 10, 11)
    assert len(started) == 1


ASKED = (
    "import sys\n"
    "from yuqing import again\n"
    "again.RACY = -60\n"  # the files of a test are always new
    "again.program = lambda home: []\n"  # as is, at times, the code that is tested
    "before = set(sys.modules)\n"
    "from yuqing.__main__ import main\n"
    "try:\n    main()\n"
    "except SystemExit as end:\n"
    "    print(end.code, *sorted(set(sys.modules) - before), file=sys.stderr)\n"
)


def _asked(office: Office, *under: str) -> list[str]:
    """cron's question in a process of its own: exit code, and the modules it loaded."""
    ran = subprocess.run(
        [*under, sys.executable, "-c", ASKED, "overdue"],
        cwd=office.root,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return ran.stderr.splitlines()[-1].split()


@pytest.mark.process
def test_cron_asking_again_loads_nothing(lively: Office) -> None:
    """No Typer, no dataclass, not even datetime: what Python has loaded to start is enough."""
    first = _asked(lively)
    assert "typer" in first
    assert _asked(lively) == [first[0], "yuqing.__main__"]


@pytest.mark.process
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed: calls not counted")
def test_cron_asking_again_opens_no_case(lively: Office, tmp_path: Path) -> None:
    """It looks at each file of the desk once, opens none, and starts no process."""
    calls = tmp_path / "calls"
    for _ in range(2):
        _asked(lively, "strace", "-f", "-o", str(calls))
    lines = calls.read_text("utf-8", "replace").splitlines()
    assert len(lines) < 1200  # two thirds of them are Python's own
    assert sum("execve(" in line and " = 0" in line for line in lines) == 1
    case = lively.case_file().name
    assert [line for line in lines if "openat" in line and case in line] == []
    assert sum(case in line for line in lines) == 1


def test_each_room_brings_the_commands_the_table_says() -> None:
    """A command line loads the module of its verb alone: the table must know which that is."""
    from importlib import import_module

    import typer

    from yuqing.cli.app import ROOMS, build

    for room, commands in ROOMS.items():
        alone = typer.Typer()
        alone.callback()(lambda: None)
        import_module(f"yuqing.cli.{room}").register(alone)
        assert tuple(typer.main.get_command(alone).commands) == commands
    whole = build("en").commands
    assert {c for commands in ROOMS.values() for c in commands} == set(whole)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_without_the_rooms_reads_as_with_them(language: str) -> None:
    """`--help` names every command by a table; each room says the same of its own."""
    from yuqing.cli.app import ROOMS, build
    from yuqing.cli.brief import BRIEF

    named = {name for commands in ROOMS.values() for name in commands}
    assert named <= set(BRIEF)  # one that is missing costs every --help the loading of its room
    pages = []
    for brief in (True, False):
        root = build(language, brief=brief)
        pages.append(root.get_help(root.context_class(root, info_name="yuqing")))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    ("words", "verb"),
    [
        (["overdue", "--warn", "15m"], "overdue"),
        (["-C", "dir", "--lang", "zh", "next"], "next"),
        (["--json", "--now", "2026-11-22", "show", "due"], "show"),
        (["--help"], None),
        ([], None),
    ],
)
def test_the_verb_is_the_first_word_that_is_no_option(words: list[str], verb: str | None) -> None:
    """Global options may stand before it, with their values."""
    from yuqing.cli.app import _verb

    assert _verb(words) == verb
