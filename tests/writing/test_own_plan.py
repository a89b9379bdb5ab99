"""Writing under a plan with everything that a line may meet."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench import Office, run_in_process

from writing.hands import say

pytestmark = pytest.mark.process


MINI = """\
yuqing: 1
id: mini
title: 小方案
issuer: 不詳
version: "1"
counting: {days: natural}
organs: {city: 市里, head: 主任, deputy: 副主任, leaders: {name: 班子, members: [head, deputy]}}
facts: {spread: {type: boolean, ask: 是否扩散}}
scales:
  level:
    name: 级别
    proposed_by: deputy
    confirmed_by: head
    levels: [{id: low, name: 轻}, {id: high, name: 重, clause: "2", when: {spread: true}}]
  warning: [{id: blue, name: 蓝色}, {id: high, name: 红色}]
events: {accepted: 受理}
duties:
  bulletin:
    {clause: "1", does: 日报, to: city, start: discovered, until: calmed,
     repeat: {each: day, at: ["07:30", "16:00"]}}
  tell: {clause: "1", does: 报一处, to: {any_of: [city, head]}, start: discovered, limit: 2 hours}
  call:
    {clause: "1", does: 打电话, to: city, start: discovered, limit: 3 hours,
     done_by: {kind: reported, form: [phone, oral]}}
  accept: {clause: "1", does: 受理, start: discovered, limit: 1 days, done_by: accepted}
  group: {clause: "1", does: 报班子, to: leaders, start: discovered, limit: 4 hours}
  answer:
    {clause: "3", does: 答复, to: asker, start: accepted, limit: 5 days, done_by: replied,
     extension: {at_most: 3 days, approved_by: head}}
gates:
  draft: {clause: "4", before: published, needs: [{approved_by: head}]}
  answering: {clause: "4", before: replied, needs: [{approved_by: head}]}
"""


@pytest.fixture
def mini(tmp_path: Path) -> Office:
    """An office under that plan, with a drill found at six."""
    plan = tmp_path / "mini@1.yaml"
    plan.write_text(MINI, encoding="utf-8")
    office = Office(tmp_path / "office")
    office.root.mkdir()
    office("init", ".", "--plan", str(plan)).ok()
    say(office, "new", "小事", "--drill", "-a", "06:00", at="07:00").ok()
    return office


def test_done_writes_only_what_the_plan_fixes(mini: Office) -> None:
    """`done DUTY` is never a bare tick where the plan has an act; what is open is a line to type."""
    for duty, line in (("tell", "report"), ("call", "report"), ("answer", "reply")):
        told = say(mini, "done", ".", duty, at="07:10")
        assert told.code == 5
        assert f"so: yuqing {line} " in told.err
    event = say(mini, "--json", "done", ".", "accept", at="07:10").ok().json["entries"]
    assert [(e["kind"], e["event"]) for e in event] == [("event", "accepted")]
    group = say(mini, "--json", "done", ".", "group", at="07:11").ok().json["entries"]
    assert group[0]["to"] == ["head", "deputy"]
    answer = say(mini, "--json", "done", ".", "answer", "-m", "已办", at="07:12").ok().json
    assert [(e["kind"], e["to"], e["text"]) for e in answer["entries"]] == [
        ("replied", "asker", "已办")
    ]


def test_done_for_one_due_time(mini: Office) -> None:
    """`DUTY@TIME`: the act, and a `done` that says which due time it was for."""
    told = say(mini, "--json", "done", ".", "bulletin@16:00", at="07:10").ok().json
    act, tick = told["entries"]
    assert (act["kind"], act["to"]) == ("reported", "city")
    assert tick["duty"] == "bulletin@2026-11-22T16:00+08:00"
    assert tick["re"] == act["id"]
    due = {d["duty"]: d["state"] for d in told["duties"]}
    assert due["bulletin@2026-11-22T16:00+08:00"] == "met"
    assert due["bulletin@2026-11-22T07:30+08:00"] == "running"  # one act, one due time


def test_proposed_and_confirmed(mini: Office) -> None:
    """Two entries by two organs: the confirmation names the proposal; another's word is labelled."""
    proposed = (
        say(mini, "--json", "grade", ".", "重", "--propose", "-b", "扩散", at="07:10").ok().json
    )
    assert proposed["entries"][0]["proposed"] == "true"
    confirmed = say(
        mini, "--json", "grade", ".", "重", "--by", "head", "-b", "同意", at="07:11"
    ).ok()
    assert confirmed.json["entries"][0]["re"] == proposed["entries"][0]["id"]
    labelled = say(mini, "grade", ".", "low", "-b", "降", at="07:12").ok()
    assert "the plan has 级别 confirmed by 主任" in labelled.out.splitlines()[-1]
    ambiguous = say(
        mini,
        "grade",
        ".",
        "红色",
        "--dry-run",
        at="07:13",
    )
    assert "warning=high" in ambiguous.err


def test_which_gate(mini: Office) -> None:
    """Several gates in force name the organ: they are listed; a member is not its group."""
    told = say(mini, "approve", ".", "head", "-m", "稿", at="07:10")
    assert told.code == 5
    assert "head may pass any of: draft、answering" in told.err
    say(mini, "approve", ".", "head", "-m", "稿", "--matter", "ANSWERING", at="07:10").ok()
    assert "matter: answering" in mini.case_file().read_text(encoding="utf-8")
    assert say(mini, "approve", ".", "deputy", "-m", "稿", at="07:11").code == 5
    cleared = say(mini, "reply", ".", "--use", "last", at="07:12").ok()
    assert "before approval" not in cleared.out


def test_an_adjustment_against_the_plan_is_kept_and_labelled(mini: Office) -> None:
    """Against the plan: recorded, without effect, and it says why."""
    say(mini, "mark", ".", "受理", at="07:10").ok()
    told = say(
        mini, "adjust", ".", "answer", "--due", "+8d", "--by", "deputy", "-b", "忙", at="07:11"
    ).ok()
    assert "no effect" in told.out.splitlines()[-1]


def test_a_second_plan(mini: Office) -> None:
    """`amend . head plans=` pins one more plan; its duties stand beside the first's."""
    told = say(mini, "amend", ".", "head", "plans=sf", "-b", "同时适用", at="07:10").ok()
    assert "head plans: mini@1 → sf@2022-01" in told.out
    say(mini, "report", ".", "电话", "舆情处置领导组", at="07:11").ok()
    assert "to: lead-group" in mini.case_file().read_text(encoding="utf-8")
    named = say(mini, "--json", "done", ".", "MINI/accept", at="07:12").ok().json["entries"]
    assert named[0]["event"] == "accepted"


def test_linked(mini: Office) -> None:
    """The other case by any unique end of its id; never itself."""
    other = say(mini, "--json", "new", "另案", "--drill", at="07:10").ok().json["case"]
    first = next(p.stem for p in (mini.root / "cases").glob("*.yaml") if p.stem != other)
    line = ("add", first[-4:], "linked", f"case={other[-4:].lower()}", "relation=相关")
    entry = say(mini, "--json", *line, at="07:11").ok().json["entries"][0]
    assert (entry["case"], entry["relation"]) == (other, "related")
    assert say(mini, "add", first, "linked", f"case={first}", "relation=相关", at="07:12").code == 5
    several = say(mini, "note", ".", "看", at="07:13")
    assert several.code == 4
    assert first in several.err
    assert other in several.err


def test_a_broken_file_beside_the_dot(mini: Office) -> None:
    """What cannot be read may be the very case that was meant by the dot: nothing is written."""
    broken = mini.root / "cases" / "YQ-20261122-ZZZZ.yaml"
    broken.write_text("yuqing: 1\n", encoding="utf-8")
    before = mini.git("rev-parse", "HEAD")
    told = say(mini, "note", ".", "看", at="07:10")
    assert told.code == 3
    assert "YQ-20261122-ZZZZ.yaml" in told.err
    assert mini.git("rev-parse", "HEAD") == before


def test_completion(mini: Office) -> None:
    """The shell is offered cases, organs, duties and entries; nothing outside an office."""

    def offered(line: str, cwd: Path) -> list[str]:
        typed = line.split(" ")
        env = {"_YUQING_COMPLETE": "complete_bash", "COMP_WORDS": line}
        return run_in_process(cwd=cwd, env=env | {"COMP_CWORD": str(len(typed) - 1)}).out.split()

    assert mini.case_file().stem[-4:] in offered("yuqing report ", mini.root)
    assert offered("yuqing report . hea", mini.root) == ["head"]
    assert "bulletin" in offered("yuqing done . bu", mini.root)
    assert offered("yuqing mark . acce", mini.root) == ["accepted"]
    assert offered("yuqing note . --by dep", mini.root) == ["deputy"]
    assert offered("yuqing report . hea", mini.root.parent) == []
