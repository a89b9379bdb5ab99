"""What the shell offers at TAB: commands, cases, organs, levels, duties of this office, at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from workbench import IDENTITY, Office, make_office

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office with one case: discovered, graded, an item for the water company."""
    found = make_office(tmp_path_factory.mktemp("tab") / "office")
    settings = found.root / "templates" / "office.yaml"
    more = "demo: true\norgans: {water-co: 供水公司}\n"
    settings.write_text(settings.read_text("utf-8") + more, "utf-8")
    found("new", "北桥停水", "-a", "01:52", now="2026-03-02T01:55+08:00").ok()
    found("assign", ".", "water-co", "查管网", "--due", "03-09", now="2026-03-02T02:00+08:00").ok()
    return found


def tab(office: Office, line: str, shell: str = "bash", **more: str) -> list[str]:
    """What stands below the line after TAB; the line ends where the cursor is."""
    words = line.split(" ")
    env = {**os.environ, **IDENTITY, "PYTHONPATH": str(ROOT), "YUQING_LANG": "zh_CN", **more}
    env |= {"_YUQING_COMPLETE": f"complete_{shell}"}
    if shell == "bash":
        env |= {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    else:
        env |= {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    ran = subprocess.run(
        [sys.executable, "-m", "yuqing"], cwd=office.root, env=env, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    return [each for each in ran.stdout.splitlines() if each]


def test_commands(office: Office) -> None:
    """Two letters are enough to see what there is."""
    assert {"report", "receive", "receipt", "reply", "request"} <= set(tab(office, "yuqing re"))
    assert tab(office, "yuqing overd") == ["overdue"]
    assert {"check", "show", "why"} <= set(tab(office, "yuqing plan "))


def test_cases_by_the_end_of_their_id(office: Office) -> None:
    """Nobody types a whole id at two in the morning."""
    end = office.case_file().stem[-4:]
    assert tab(office, "yuqing show ") == [end, "log"]
    assert tab(office, f"yuqing report {end[:2].lower()}") == [end]


def test_words_of_the_plan(office: Office) -> None:
    """Organs of plan and office, levels, facts, duties, documents, gates, forms, moments."""
    assert {"phone", "written", "lead-group", "water-co"} <= set(tab(office, "yuqing report . "))
    assert {"level=I", "mainstream_media="} <= set(tab(office, "yuqing grade . "))
    assert "notify-three" in tab(office, "yuqing done . noti")
    assert "daily-search" in tab(office, "yuqing tick ")
    assert "notify-three" not in tab(office, "yuqing tick ")
    assert "basic-facts" in tab(office, "yuqing report . cac -d ba")
    assert "basic-facts" in tab(office, "yuqing render . ba")
    papers = tab(office, "yuqing render . ")
    assert {"basic-facts", "timeline", "spread", "first-report", "review"} <= set(papers)
    assert len(set(papers)) == len(papers)
    assert {"calmed", "concluded"} <= set(tab(office, "yuqing mark . c"))
    assert "lead-group" in tab(office, "yuqing note . --by lead")


def test_a_part_of_the_chinese_name_becomes_the_word(office: Office) -> None:
    """宣, TAB: publicity. Who types Chinese need not know how the plan writes a name."""
    assert tab(office, "yuqing report . phone 供水") == ["water-co"]
    assert tab(office, "yuqing report . 宣") == ["publicity"]
    assert tab(office, "yuqing done . 发布权威") == ["publish"]
    assert tab(office, "yuqing report . 无此单位") == []


def test_entries_of_the_case(office: Office) -> None:
    """The latest first; `done` offers items that are open."""
    found = tab(office, "yuqing amend . ")
    ids = [line.strip()[4:] for line in office.case_file().read_text("utf-8").splitlines()
           if line.strip().startswith("id: ") and len(line.strip()) == 10]  # fmt: skip
    assert found == [*reversed(ids), "last"]
    assert ids[-1] in tab(office, "yuqing done . ")
    assert ids[0] not in tab(office, "yuqing done . ")


def test_options(office: Office) -> None:
    """Behind a dash its options; behind one that takes a file, the shell's own files."""
    assert "--dry-run" in tab(office, "yuqing report . --d")
    assert tab(office, "yuqing report . -f ") == []


def test_a_change_of_the_plan_is_seen(office: Office) -> None:
    """A new body in office.yaml is offered at the next TAB."""
    settings = office.root / "templates" / "office.yaml"
    before = settings.read_text("utf-8")
    settings.write_text(
        before.replace("water-co: 供水公司", "water-co: 供水公司, bus-co: 公交公司"), "utf-8"
    )
    try:
        assert "bus-co" in tab(office, "yuqing assign . ")
    finally:
        settings.write_text(before, "utf-8")


def test_the_second_tab_loads_nothing_heavy(office: Office) -> None:
    """Under a tenth of a second: neither Typer, nor a plan, nor YAML is loaded."""
    tab(office, "yuqing report . ")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "YUQING_LANG": "zh_CN",
           "_YUQING_COMPLETE": "complete_bash", "COMP_WORDS": "yuqing report . ", "COMP_CWORD": "3"}  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "yuqing"], cwd=office.root, env=env,
        capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "lead-group" in ran.stdout.splitlines()
    assert "yuqing.offers" in loaded
    heavy = (
        "typer",
        "pydantic",
        "ruamel",
        "rich",
        "subprocess",
        "yuqing.store",
        "yuqing.plan",
        "json",
    )
    assert [name for name in loaded if name.startswith(heavy)] == []


@pytest.mark.parametrize(
    "line", ["yuqing show ", "yuqing report . ", "yuqing grade . level", "yuqing mark . c",
             "yuqing receipt . ", "yuqing done . ", "yuqing why . "],
)  # fmt: skip
def test_the_same_as_the_command_line_itself(office: Office, line: str, tmp_path: Path) -> None:
    """What is learned is what the command line would offer without it."""
    quick = tab(office, line)
    slow = tab(office, line.replace("yuqing ", "yuqing -C . ", 1))  # this way is not learned
    assert set(slow) <= set(quick)


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_show_what_it_means(office: Office, shell: str) -> None:
    """zsh and fish show a line beside each word."""
    said = "\n".join(tab(office, "yuqing report . lead", shell))
    assert "lead-group" in said
    assert "舆情处置领导组" in said


SHELLS = {
    "bash": (
        'eval "$(yuqing --show-completion bash)"; COMP_WORDS=(yuqing report . lead); COMP_CWORD=3; '
        '_yuqing_completion yuqing; echo "${COMPREPLY[@]}"'
    ),
    "fish": 'yuqing --show-completion fish | source; complete -C "yuqing report . lead"',
}


@pytest.mark.parametrize("shell", SHELLS)
def test_in_the_real_shell(office: Office, shell: str, tmp_path: Path) -> None:
    """The script that `--show-completion` prints, loaded by the shell itself."""
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} here: its completion was not tried")
    own = tmp_path / "yuqing"
    own.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m yuqing "$@"\n', "utf-8")
    own.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, **IDENTITY, "PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    ran = subprocess.run(
        [program, "-c", SHELLS[shell]], cwd=office.root, env=env, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert "lead-group" in ran.stdout, ran.stderr
