"""Chapters of ``yuqing help``: what they show must be true (README and `help plan` are enough)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from workbench import Run

from yuqing import words
from yuqing.cli.lookoffice import HELP, TOPICS
from yuqing.read.case import read_case
from yuqing.read.plan import read_plan

LANGUAGES = words.LANGUAGES

AROUND = """\
yuqing: 1
id: lines
title: one line each
issuer: 不详
version: "1"
counting: {days: natural}
office_hours: {open: "08:30", close: "18:00"}
organs: {cac: 网信办, city: 市里, head: 负责人}
facts: {casualties: {type: integer, ask: 伤亡人数}}
scales: {level: [{id: II, name: 二级}, {id: I, name: 一级}]}
events: {accepted: 受理, completed: 办结通知, asked-others: 征求意见, others-answered: 意见返回}
documents: {result: {title: 结果}, daily: {title: 日报}, reminder: {title: 催办单}}
duties:
"""


def _blocks(language: str, topic: str, kind: str) -> list[str]:
    text = (HELP / language / f"{topic}.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_plan_of_the_chapter_is_valid(language: str) -> None:
    """Whoever copies it begins with a plan that computes."""
    plan, problems = read_plan(_blocks(language, "plan", "yaml")[0].encode(), "town@2026-01.yaml")
    assert [p.key for p in problems if p.severity == "error"] == []
    assert plan is not None
    assert len(plan.duties) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_single_line_of_the_chapter_is_valid(language: str) -> None:
    lines = _blocks(language, "plan", "yaml")[1]
    text = AROUND + "".join(f"  {line}\n" for line in lines.splitlines())
    plan, problems = read_plan(text.encode(), "lines@1.yaml")
    assert [(p.line, p.key, dict(p.params)) for p in problems if p.severity == "error"] == []
    assert plan is not None
    assert len(plan.duties) == len(lines.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_case_of_the_chapter_is_valid(language: str) -> None:
    town, _ = read_plan(_blocks(language, "plan", "yaml")[0].encode(), "town@2026-01.yaml")
    case, problems = read_case(
        _blocks(language, "case", "yaml")[0].encode(),
        "cases/YQ-20260302-7K3M.yaml",
        lambda _pin: town,
        {},
    )
    assert [(p.line, p.key, dict(p.params)) for p in problems if p.severity == "error"] == []
    assert case is not None


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_tell_the_same(topic: str) -> None:
    """Every heading, table row and command of the one stands in the other."""
    pages = ((HELP / name / f"{topic}.md").read_text("utf-8") for name in ("en", "zh_CN"))
    english, chinese = pages
    for sign in (r"^#+ ", r"^\|", r"^```", r"^\d+\. "):
        assert len(re.findall(sign, english, re.MULTILINE)) == len(
            re.findall(sign, chinese, re.MULTILINE)
        ), sign
    assert _typed(english) == _typed(chinese)


def _typed(text: str) -> list[str]:
    """The verbs of all lines that can be typed."""
    return re.findall(r"^(?:\$ )?yuqing (?:-C \S+ )?([a-z-]+)", text, re.MULTILINE)


def test_every_chapter_that_is_listed_exists() -> None:
    for language in LANGUAGES:
        assert {path.stem for path in (HELP / language).glob("*.md")} == set(TOPICS)


def test_every_command_of_the_chapters_exists() -> None:
    """A chapter that names a command nobody can type is worse than none."""
    from yuqing.cli.app import build

    known = set(build("en").commands)
    for path in sorted(Path(HELP).rglob("*.md")):
        assert set(_typed(path.read_text(encoding="utf-8"))) <= known, path


def _water(language: str) -> tuple[str, str]:
    """The text and the file that the chapter walks through."""
    (text,) = _blocks(language, "plan", "text")
    (plan,) = [each for each in _blocks(language, "plan", "yaml") if "id: water" in each]
    return text, plan


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_walk_from_text_to_file_holds(language: str, tmp_path: Path, run: Run) -> None:
    """`help plan` walks through one plan: its check ends 0, its timetable is what is printed."""
    text, plan = _water(language)
    (tmp_path / "text.md").write_text(text, encoding="utf-8")
    (tmp_path / "water@1.yaml").write_text(plan, encoding="utf-8")
    shown = _blocks(language, "plan", "console")
    for block in shown[-2:]:
        line, _, answer = block.partition("\n")
        said = ("--lang", language, "--now", "2026-02-20T08:00+08:00")
        ran = run(*said, *shlex.split(line)[1:]).ok(0)
        assert not answer or ran.out == answer
    (tmp_path / "text.md").write_text(text.replace("每半年", "每月"), encoding="utf-8")
    run("plan", "check", "water@1.yaml", "--text", "text.md").ok(3)
