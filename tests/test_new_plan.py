"""`plan new`: a commented plan file from a few decisions, on a terminal or from a file."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from workbench import Run

from yuqing.cli.newplan import QUESTIONS, plan_text
from yuqing.read.plan import read_plan
from yuqing.words import say

ANSWERS = """\
id: town
title: "某镇: 办法 #1"
issuer: 某镇
version: "2026-01"
levels: [一般, 较大, 重大]
report_to: 镇舆情领导小组
report_within: 2小时
start: occurred
days: working
first_day: included
ends: close
roll: next_working_day
office_hours: 09:00-17:00
before_date: day_before
on_upgrade: from_start
approver: 县委宣传部
at_night: 值班领导
follow_up: 4小时
daily_at: 08:00, 16:00
daily_until: lifted
daily_empty: yes
"""


def test_answers_in_a_file_become_data_and_readings(tmp_path: Path, run: Run) -> None:
    """`--answers FILE`: works without a terminal, and what it writes passes plan check."""
    (tmp_path / "a.yaml").write_text(ANSWERS, encoding="utf-8")
    assert (
        run("--lang", "en", "plan", "new", "--answers", "a.yaml")
        .ok()
        .out.startswith("town@2026-01.yaml")
    )
    run("plan", "check", "town@2026-01.yaml").ok(0)
    plan, problems = read_plan((tmp_path / "town@2026-01.yaml").read_bytes(), "town@2026-01.yaml")
    assert plan is not None, problems
    assert plan.title == "某镇: 办法 #1"
    assert (plan.counting.days, plan.counting.ends, plan.counting.roll) == (
        "working",
        "close",
        "next_working_day",
    )
    assert (plan.counting.first_day, plan.counting.before_date) == ("included", "day_before")
    assert [level.name for level in plan.scales["level"].levels] == ["一般", "较大", "重大"]
    assert plan.gates["sign-off"].needs[0].organs == ("approver", "at-night")
    assert plan.duties["follow-up"].limit[0].local.count == 4
    assert len(plan.duties["daily"].repeat.at) == 2
    assert plan.duties["first-report"].reading == ("start",)
    assert plan.readings["start"].choice == "occurred"


def test_without_terminal_and_answers_nothing_is_asked_and_nothing_guessed(
    tmp_path: Path, run: Run
) -> None:
    """`days` has no default: it stays open, marked, until somebody decides."""
    out = run("--lang", "en", "--now", "2026-03-02T09:00+08:00", "plan", "new").ok().out
    assert out.startswith("own@2026-03.yaml")
    text = (tmp_path / "own@2026-03.yaml").read_text(encoding="utf-8")
    assert "# days: natural   # not decided" in text
    assert "# not answered: the default" in text
    run("plan", "check", "own@2026-03.yaml").ok(0)
    assert (
        "is there already"
        in run("--lang", "en", "--now", "2026-03-02T09:00+08:00", "plan", "new").ok(5).err
    )


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_combination_of_choices_is_a_valid_plan(language: str) -> None:
    """Whatever is chosen, the file loads."""
    free = {"levels": ("", "一般,重大"), "report_within": ("", "30分钟"), "approver": ("", "a: b"),
            "follow_up": ("", "2 hours"), "daily_at": ("", "08:00")}  # fmt: skip
    keys = ("days", "ends", "daily_empty", "start", *free)
    options = [next(q for q in QUESTIONS if q.key == key).choices or free[key] for key in keys]
    for chosen in product(*options):
        given = dict(zip(keys, chosen, strict=True)) | {"version": "1"}
        plan, problems = read_plan(
            plan_text(given, lambda m, **p: say(m, language, **p)).encode(), "own@1.yaml"
        )
        assert plan is not None, (given, problems)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dayz: natural", "there is no question dayz"),
        ("days: 工作日", "days: 工作日 is none of natural, working"),
        ("report_within: 2h", "report_within: 2h cannot be used; write it like 2 hours"),
        ("daily_at: 8点", "daily_at: 8点 cannot be used"),
        ("id: 我的", "id: 我的 cannot be used; write it like town"),
        ("version: a/b", "version: a/b cannot be used"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named(
    tmp_path: Path, run: Run, line: str, said: str
) -> None:
    (tmp_path / "a.yaml").write_text(line + "\n", encoding="utf-8")
    assert said in run("--lang", "en", "plan", "new", "--answers", "a.yaml").ok(5).err


def test_the_terminal_is_asked_again_until_an_answer_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal every question is put; a wrong answer is said and asked again."""
    import datetime as dt

    import typer

    from yuqing.cli import newplan
    from yuqing.cli.context import Session

    asked: list[str] = []
    replies = iter(["2小时半", "2小时"])

    def prompt(label: str, default: str, show_default: bool) -> str:
        asked.append(label)
        return next(replies) if "Within what" in label else default

    monkeypatch.setattr(typer, "prompt", prompt)
    run = Session(directory=tmp_path, clock=dt.datetime(2026, 3, 2, tzinfo=dt.UTC), wish="en")
    given = dict(newplan._asked(run))
    assert len(asked) == len(QUESTIONS) + 1
    assert given["report_within"] == "2小时"
    assert read_plan(plan_text(given, lambda m, **p: say(m, "en", **p)).encode(), "own@1.yaml")[0]
