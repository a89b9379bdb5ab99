"""Usage errors in the person's words (issue 7, point 10; design, section 9: exit code 2)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workbench import Office, make_office, run_in_process

from yuqing.cli import usage
from yuqing.words import LANGUAGES

MISTAKES = {
    "no such command": (["nxt"], "nxt"),
    "no such command of a group": (["plan", "shwo"], "shwo"),
    "a group without its command": (["plan", "--"], "plan"),
    "no such option": (["note", ".", "--atx", "3"], "--atx"),
    "no such short option": (["note", ".", "-x"], "-x"),
    "words that begin with -": (["note", ".", "-10度"], "-1"),
    "a missing word": (["note"], "CASE"),
    "a missing number": (["calendar"], "YEAR"),
    "a word for a number": (["calendar", "明年"], "明年"),
    "a word for an option's number": (["board", "--every", "often"], "--every"),
    "too many words": (["calendar", "2026", "2027"], "2027"),
    "an option without its value": (["new", "停水", "--at"], "--at"),
    "a short option without its value": (["new", "停水", "-a"], "-a"),
    "a flag with a value": (["next", "--json=3"], "--json"),
    "a global option without its value": (["-C"], "-C"),
    "no such global option": (["--jsn", "next"], "--jsn"),
    "a language nobody speaks here": (["--lang", "fr", "next"], "fr"),
}
"""What a person may mistype → what the answer must quote."""

TYPERS = re.compile(
    r"Usage|Error|Try |No such|Did you|Missing|Invalid|requires|argument|Got |Input should|OPTIONS"
    r"|COMMAND|ARGS|does not|possible|Possible"
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return make_office(tmp_path_factory.mktemp("usage") / "office")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistyped_line(office: Office, mistake: str, language: str) -> None:
    """Each kind of mistake is said in our words, quotes what was typed, and ends 2."""
    line, quoted = MISTAKES[mistake]
    ran = office(*line, env={"YUQING_LANG": language})
    assert ran.code == 2
    assert ran.out == ""
    assert quoted in ran.err
    assert not ran.err.startswith("Error")
    assert "Error: " not in ran.err
    if language != "en" and "fr" not in line:
        assert not TYPERS.search(ran.err), ran.err


def test_what_each_is_told(office: Office) -> None:
    """What, where, what to do next."""

    def told(*line: str) -> str:
        return office("--lang", "zh_CN", *line).err

    assert told("nxt") == "没有命令 nxt\n可用: next、note、init\n"
    assert told("note", ".", "--atx", "3").splitlines()[-2:] == [
        "没有选项 --atx",
        "可用: --at",
    ]
    assert told("note").splitlines() == [
        "用法: yuqing note [选项] {CASE} [[TEXT|FACT=VALUE]…]...",
        "缺少 CASE: 案件编号末尾几位, 或 .(唯一一件), 或 log。",
    ]
    assert told("calendar", "明年").splitlines()[-1] == "YEAR 要写整数, 不能写 明年"
    assert told("calendar", "2026", "又", "又").splitlines()[-1] == "多出的词: 又 又"
    assert told("new", "停水", "--at") == "选项 --at 之后要写一个值\n"
    assert told("next", "--json=3") == "选项 --json 不带值\n"
    assert "以 - 开头的文字放在 -- 之后" in told("note", ".", "-10度")


def test_what_else_it_may_be_called(office: Office) -> None:
    """Who types `undo`, 报告 or `--month` is told what it is called here, not what sounds alike."""
    assert "yuqing amend . last --void -b …" in office("undo").err
    asked = office("--lang", "zh_CN", "报告", ".", "电话", "领导组").err
    assert "可用: report 报告" in asked
    for name in ("calm", "calmed", "平息"):
        assert "so: yuqing mark CASE calmed -b …" in office("--lang", "en", name, ".").err
    assert "so: yuqing mark CASE concluded\n" in office("--lang", "en", "conclude", ".").err
    assert "so: yuqing mark CASE reopened -b …" in office("--lang", "en", "reopen", ".").err
    assert "--period" in office("stats", "--month", "11").err
    assert "there are: --because" in office("note", ".", "话", "--becaus", "因").err


def test_the_office_speaks_here_too(office: Office) -> None:
    """`--lang`, then `YUQING_LANG`, then office.yaml, then the locale: also where no command ran."""
    file = office.root / "templates" / "office.yaml"
    before = file.read_text("utf-8")
    assert "language: " not in before.replace("# language: ", "")
    file.write_text(before + "\nlanguage: zh_TW\n", "utf-8")
    try:
        said = office("nxt", env={"YUQING_LANG": "", "LC_ALL": "C"}).err
        help_ = office("note", "-h", env={"YUQING_LANG": "", "LC_ALL": "C"}).out
        usage_line = office("note", env={"YUQING_LANG": "", "LC_ALL": "C"}).err
    finally:
        file.write_text(before, "utf-8")
    assert said.startswith("沒有命令 nxt")
    assert usage_line.startswith("用法: yuqing note [選項]")
    assert help_.startswith("用法: yuqing note [選項]")


@pytest.mark.parametrize("line", [["-h"], ["note", "-h"], ["plan", "--help"], ["calendar", "-h"]])
def test_the_frame_of_help_is_in_the_language(line: list[str], tmp_path: Path) -> None:
    """Usage, "Options", "Commands", "[required]", "[default: …]": no English word of the frame."""
    said = run_in_process("--lang", "zh_CN", *line, cwd=tmp_path).ok().out
    assert said.startswith("用法: yuqing")
    assert not re.search(r"Usage|Options|OPTIONS|Commands|Arguments|required|default|COMMAND", said)
    plain = run_in_process("--lang", "en", *line, cwd=tmp_path).ok().out
    assert plain.startswith("Usage: yuqing")


def test_where_completion_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer would say so in English."""
    there = tmp_path / "yuqing.sh"
    monkeypatch.setattr("typer.completion.install", lambda shell=None: ("bash", there))  # noqa: ARG005
    ran = run_in_process("--lang", "zh_CN", "--install-completion", cwd=tmp_path).ok()
    assert ran.out == f"bash 的补全写在 {there}; 新开的 shell 即可用\n"


def test_what_is_not_known_stays_as_typer_says_it() -> None:
    """A kind of error that a later Typer brings is shown, never swallowed."""

    class NewKind(Exception):
        message = "something new"

    assert usage.explain(NewKind()) == ()


def test_every_class_of_typers_is_thought_of() -> None:
    """Walks the exceptions of the Typer that is installed: a new one makes this test fail."""
    from typer._click import exceptions

    known = {
        "ClickException",  # the base; its text is shown as it is
        "UsageError",
        "BadParameter",
        "MissingParameter",
        "NoSuchOption",
        "BadOptionUsage",
        "BadArgumentUsage",  # arguments of a fixed number of words: we have none
        "NoArgsIsHelpError",  # our help
        "FileError",
    }
    found = {
        name
        for name, each in vars(exceptions).items()
        if isinstance(each, type)
        and issubclass(each, exceptions.ClickException)
        and each.__module__ == exceptions.__name__
    }
    assert found == known
    file = usage.explain(exceptions.FileError("x.yaml", hint="Permission denied"))
    assert [(s.key, s.params["file"]) for s in file] == [
        ("{file}: the system says {reason}", "x.yaml")
    ]
