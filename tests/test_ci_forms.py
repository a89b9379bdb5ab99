"""``check --format``: what git hosts show beside the line, and the ready lines of `help ci`."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from test_look import CALLED, FOUND, Desk
from workbench import CHECKOUT, run_in_process

from yuqing import githosts
from yuqing.errors import Problem
from yuqing.read.tree import parse


@pytest.fixture
def office(tmp_path: Path) -> Desk:
    """An office with one good case and one whose third line is broken."""
    desk = Desk(tmp_path / "office")
    desk.case(FOUND, CALLED)
    desk.write("cases/YQ-20260302-8N4P.yaml", "yuqing: 1\nid: YQ-20260302-8N4P\ntitle: [\n")
    return desk


def test_github_shows_it_beside_the_line(office: Desk) -> None:
    """A broken file is an error with its place; the exit code stays 3."""
    ran = office("check", "--format", "github", lang="en")
    assert ran.code == 3
    assert re.search(
        r"^::error file=cases/YQ-20260302-8N4P\.yaml,line=\d+::\S", ran.out, re.MULTILINE
    )
    assert all(line.startswith("::") for line in ran.out.splitlines())


def test_gitlab_reads_a_code_quality_report(office: Desk) -> None:
    """Each finding has a description, a fingerprint of its own, a severity and a place."""
    ran = office("check", "--format", "gitlab")
    items = json.loads(ran.out)
    assert ran.code == 3
    assert items
    assert len({each["fingerprint"] for each in items}) == len(items)
    worst = next(each for each in items if each["severity"] == "blocker")
    assert worst["location"]["path"] == "cases/YQ-20260302-8N4P.yaml"
    assert worst["location"]["lines"]["begin"] >= 1


def test_a_finding_that_moved_is_the_same_finding() -> None:
    """A line inserted above does not make a host report an old finding as new."""
    before, after = (
        Problem(file="cases/A.yaml", key="x {n}", params={"n": 1}, line=n) for n in (4, 9)
    )
    prints = [
        json.loads(githosts.gitlab([each], "en"))[0]["fingerprint"] for each in (before, after)
    ]
    assert prints[0] == prints[1]


def test_a_case_cannot_speak_to_the_runner() -> None:
    """A line break or ``::`` in a file's name or text begins no command of its own."""
    evil = Problem(file="a,b:c\n::error::d", key="{t}", params={"t": "x\n::set-output name=y::z%"})
    (line,) = githosts.github([evil], "en")
    assert "\n" not in line
    assert line == "::error file=a%2Cb%3Ac%0A%3A%3Aerror%3A%3Ad::x%0A::set-output name=y::z%25"


def test_json_is_the_same_either_way(office: Desk) -> None:
    """``check --format json`` and ``--json check`` say the same."""
    assert office("check", "--format", "json").out == office("--json", "check").out


def test_no_other_format(office: Desk) -> None:
    """An unknown format names those there are."""
    ran = office("check", "--format", "xml", lang="en")
    assert (ran.code, ran.err) == (2, "no format xml; there are text, json, github and gitlab\n")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_ready_lines_call_commands_there_are(language: str, office: Desk) -> None:
    """Each snippet of `help ci` is YAML, and each line of yuqing in it is understood."""
    text = (CHECKOUT / "yuqing" / "help" / language / "ci.md").read_text(encoding="utf-8")
    snippets = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(snippets) == 3
    lines = set()
    for snippet in snippets:
        tree, problems = parse(snippet.encode(), "ci.md", as_text=True)
        assert tree is not None, problems
        lines |= set(re.findall(r"- (?:run: )?yuqing ([^|>\n]+)", snippet))
    assert len(lines) >= 4
    for line in sorted(lines):
        assert run_in_process(*line.split(), "--help", cwd=office.root).code == 0, line
