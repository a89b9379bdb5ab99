"""A plan beside the national baseline: 5 hours, 24 hours, 48 hours for words to the public."""

from __future__ import annotations

import json

import pytest
from nights import PLANS, shipped
from workbench import Run

from yuqing.baseline import slacker
from yuqing.plan import Plan
from yuqing.read.plan import read_plan
from yuqing.span import Span

HEAD = """\
yuqing: 1
id: town
title: 柳塘镇网络舆情应急预案
issuer: 柳塘镇(虚构)
version: "1"
counting: {days: natural, first_day: excluded, ends: "24:00", roll: none, on_upgrade: from_upgrade}
facts: {grave: {type: boolean, ask: 是否重大}}
scales:
  level: [{id: II, name: 二级}, {id: I, name: 一级, when: {grave: true}}]
duties:
"""
PUBLISH = (
    "  publish: {clause: 四, does: 发布, to: public, start: discovered, done_by: published, %s}\n"
)
CONFERENCE = (
    "  meet: {clause: 五, does: 开发布会, to: public, when: {level: I}, start: discovered, limit: %s,"
    " done_by: {kind: published, form: press-conference}}\n"
)


def local(*duties: str) -> Plan:
    plan, problems = read_plan((HEAD + "".join(duties)).encode(), "town@1.yaml")
    assert plan is not None, problems
    return plan


def found(plan: Plan) -> dict[str, object]:
    """Duty of the baseline's act → the laxer figure; ``without``: what the plan lacks."""
    said: dict[str, object] = {}
    for each in slacker(plan, shipped("baseline"), "town@1.yaml"):
        assert each.severity == "notice"
        if "acts" in each.params:
            said["without"] = each.params["acts"]
        else:
            said[str(each.params["does"])] = (each.path, each.params["mine"], each.params["theirs"])
    return said


MEETS = CONFERENCE % "20 hours"


def test_as_strict_as_the_baseline_is_no_notice() -> None:
    """Exactly 5 and 24 hours, and something for every other matter: nothing to say."""
    assert found(local(PUBLISH % "limit: 5 hours", CONFERENCE % "24 hours")) == {}


def test_a_minute_more_is_a_notice_at_the_duty() -> None:
    """The notice names both figures and leads to the duty."""
    said = found(local(PUBLISH % "limit: 301 minutes", MEETS))
    place = ("duties", "publish")
    assert said == {"发布权威信息": (place, Span(301, "minute"), Span(5, "hour"))}


@pytest.mark.parametrize("limit", ["same day", "次日", "2 days", "1 working day", "1 week"])
def test_days_run_on_to_the_end_of_the_last_one(limit: str) -> None:
    """The same day may be 23 hours 59 minutes: slacker than 5 hours."""
    assert "发布权威信息" in found(local(PUBLISH % f"limit: {limit}", MEETS))


def test_a_hope_and_a_word_are_no_hard_limit() -> None:
    """A target of 3 hours, or 及时, holds nobody: the plan has no limit of its own."""
    without = {"without": "发布权威信息、举行新闻发布会、回应"}
    assert found(local(PUBLISH % "target: 3 hours")) == without
    assert found(local(PUBLISH % "limit: {word: 及时}")) == without


def test_the_heaviest_level_is_held_against_five_hours_the_lightest_against_forty_eight() -> None:
    """A limit by level: what the first level has, and what the last one has."""
    by_level = "limit: [{when: {level: I}, span: 4 hours}, {span: LAST}]"
    assert found(local(PUBLISH % by_level.replace("LAST", "48 hours"), MEETS)) == {}
    late = found(local(PUBLISH % by_level.replace("LAST", "50 hours"), MEETS))
    assert late == {"回应": (("duties", "publish"), Span(50, "hour"), Span(48, "hour"))}
    first_only = local(PUBLISH % "when: {level: I}, limit: 4 hours", MEETS)
    assert found(first_only) == {"without": "回应"}


def test_a_conference_answers_for_words_but_words_not_for_a_conference() -> None:
    """Words at a press conference are words; a notice on the web page is no conference."""
    assert found(local(CONFERENCE % "4 hours")) == {"without": "回应"}
    assert found(local(PUBLISH % "limit: 4 hours")) == {"without": "举行新闻发布会"}


def test_only_what_runs_from_the_finding_is_compared() -> None:
    """2 hours from the end of the inquiry say nothing about the first word."""
    later = PUBLISH.replace("start: discovered", "start: concluded") % "limit: 2 hours"
    assert found(local(later, CONFERENCE % "24 hours"))["发布权威信息"] == (
        ("duties", "meet"), Span(24, "hour"), Span(5, "hour"),
    )  # fmt: skip


def test_of_earlier_and_later_the_one_that_decides() -> None:
    """The earlier of two figures is the stricter one, the later the laxer."""
    two = "[4 hours, 2 days]"
    assert found(local(PUBLISH % f"limit: {{earlier_of: {two}}}", MEETS)) == {}
    assert "发布权威信息" in found(local(PUBLISH % f"limit: {{later_of: {two}}}", MEETS))


def test_a_plan_that_says_nothing_to_the_public_is_about_something_else() -> None:
    """A rule that only reports upward lacks nothing that the baseline asks."""
    report = "  tell: {clause: 三, does: 报告, to: public, start: discovered, limit: 30 minutes}\n"
    assert found(local(report)) == {}
    assert found(shipped("stu")) == {}


SHIPPED = {
    "sf": {"without": "举行新闻发布会、回应"},
    "hrs": {
        "发布权威信息": (("duties", "reply"), Span(12, "hour"), Span(5, "hour")),
        "without": "举行新闻发布会",
    },
    "zhd": {"without": "举行新闻发布会、回应"},
    "twn": {"without": "发布权威信息、举行新闻发布会、回应"},
    "baseline": {},
}


@pytest.mark.parametrize("name", list(SHIPPED))
def test_shipped_plans(name: str) -> None:
    """SF's five and ZHD's three hours hold; HRS gives twelve; a township has no figure at all."""
    assert found(shipped(name)) == SHIPPED[name]


def test_the_baseline_says_that_it_must_be_checked() -> None:
    """Its figures come at second hand: title, issuer and readings say so."""
    plan = shipped("baseline")
    assert "请对照原文核实" in plan.title
    assert "请对照原文核实" in plan.issuer
    assert not any(reading.confirmed for reading in plan.readings.values())


def test_plan_check_says_it_with_file_and_line(run: Run) -> None:
    """A notice of `plan check`: printed, in the reader's language, and the exit code stays 0."""
    said = run("--lang", "en", "plan", "check", "hrs").ok(0).out
    lines = (PLANS / "hrs@1.yaml").read_text(encoding="utf-8").splitlines()
    line = lines.index("  reply:") + 1
    assert (
        f"hrs@1.yaml:{line}: `reply` gives 12 hours, slacker than the 5 hours of baseline@1:"
        " 发布权威信息 (权威信息); look at the original text"
    ) in said
    assert "`reply` 为 12 小时" in run("--lang", "zh_CN", "plan", "check", "hrs").ok(0).out
    problems = json.loads(run("--json", "plan", "check", "hrs").ok(0).out)["problems"]
    assert "举行新闻发布会" in problems[-1]["message"]
    own = run("--lang", "en", "plan", "check", "baseline").ok(0).out
    assert own.startswith("baseline@1: usable")
