"""`plan diff OLD NEW`: what a new version changes; `--replay`: what it would have changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench import Office, run_in_process

OLD = """\
yuqing: 1
id: own
title: 某镇办法
issuer: 某镇
version: "1"
counting: {days: natural}
readings: {R1: {clause: 五, question: 自何时起算, choice: 自电话起}}
organs: {head: 镇长, county: 县里}
facts: {fire: {type: boolean, ask: 是否起火}, wind: {type: boolean, ask: 是否大风}}
scales:
  level: [{id: low, name: 一般}, {id: high, name: 较大, clause: 二, when: {fire: true}}]
duties:
  phone: {clause: 三, does: 电话报告, to: head, start: discovered, limit: 60分钟, done_by: {kind: reported, form: phone}, reading: R1}
  county: {clause: 三, does: 报县里, to: county, when: {level: high}, start: discovered, limit: 2小时}
  old: {clause: 四, does: 旧职责, start: discovered, limit: {word: 及时}}
"""
NEW = (
    OLD.replace('"1"', '"2"')
    .replace("60分钟", "30分钟")
    .replace("自电话起", "自发现起")
    .replace(
        "when: {level: high}, start: discovered",
        "when: {any: [{level: high}, {rain: true}]}, start: discovered",
    )
    .replace("wind: {type: boolean, ask: 是否大风}", "rain: {type: boolean, ask: 是否下雨}")
    .replace(
        "  old: {clause: 四, does: 旧职责, start: discovered, limit: {word: 及时}}",
        "  fresh: {clause: 四, does: 新职责, start: discovered, limit: 1小时}",
    )
    .replace("when: {fire: true}}]", "when: {any: [{fire: true}, {rain: true}]}}]")
)


@pytest.fixture
def own(tmp_path: Path) -> Office:
    (tmp_path / "own@1.yaml").write_text(OLD, encoding="utf-8")
    (tmp_path / "own@2.yaml").write_text(NEW, encoding="utf-8")
    root = tmp_path / "office"
    root.mkdir()
    run_in_process("init", str(root), "--plan", str(tmp_path / "own@1.yaml"), cwd=root).ok()
    return Office(root, run_in_process)


def test_changes_are_sentences(own: Office) -> None:
    """Added, removed and changed duties, limits, levels and readings."""
    out = own("--lang", "en", "plan", "diff", "own", "../own@2.yaml").ok().out
    assert "fact rain added\n    rain  是否下雨" in out
    assert "fact wind removed" in out
    assert "duty phone changed\n    limit: was 60 minutes; is now 30 minutes\n" in out
    assert (
        "duty county changed\n    when: was level: 较大; is now (level: 较大 or 是否下雨: yes)"
        in out
    )
    assert "duty fresh added\n    fresh  新职责  [四]" in out
    assert "duty old removed" in out
    assert "自何时起算: 自电话起" in out
    assert "level level=high changed" in out
    assert "added: - 是否下雨: yes" in out


def test_equal_plans_say_the_same(own: Office) -> None:
    assert "say the same" in own("--lang", "en", "plan", "diff", "own", "own@1").ok().out


def test_replay_runs_past_cases_and_says_unknown(own: Office) -> None:
    """The old case under the new plan: late where it was in time, unknown where it lacks a fact."""
    drill = ("--now", "2026-03-02T09:00+08:00")
    own(*drill, "new", "起火", "fire=no", "--drill", "-a", "2026-03-02 08:00").ok()
    own("--now", "2026-03-02T09:05+08:00", "grade", ".", "low", "-b", "无人").ok()
    own("--now", "2026-03-02T09:06+08:00", "report", ".", "phone", "head", "-a", "08:45").ok()
    late = (
        "--lang",
        "en",
        "--now",
        "2026-03-02T12:00+08:00",
        "plan",
        "diff",
        "own",
        "../own@2.yaml",
        "--replay",
    )
    out = own(*late).ok().out
    assert "电话报告 [phone]  by 03-02 09:00: met → by 03-02 08:30: met late" in out
    assert "报县里 [county]  not owed → unknown: the case does not say rain" in out
    assert "新职责 [fresh]  not owed → by 03-02 09:00: overdue" in out
    assert "旧职责 [old]  “及时”: open, no figure → not owed" in out
    assert out.splitlines()[-1] == "1 past cases: 0 due times alike, 3 other, 1 unknown"
    found = own(*late, "--json").ok().json["replay"]
    assert [each["new"] for each in found if each["duty"] == "county"] == ["unknown"]
