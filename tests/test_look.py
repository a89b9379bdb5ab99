"""Looking at an office: board, next, due, overdue, list, show, why, check, plan, doctor, help."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from workbench import CHECKOUT, Ran, make_office, run_in_process

from yuqing.read.plan import read_plan

PLAN = """\
yuqing: 1
id: town
title: 某镇网络舆情处置预案
issuer: 某镇
version: "2026-01"
counting: {days: natural, on_upgrade: from_upgrade}
readings:
  R1: {clause: 第七条, question: 30分钟自何时起算, choice: 自发现起}
organs:
  lead-group: 镇舆情领导小组
  publicity: 县委宣传部
  spokesman: 发言人
facts:
  casualties: {type: boolean, ask: 是否有人员伤亡}
scales:
  level:
    - {id: normal, name: 一般, clause: 第五条}
    - {id: major, name: 重大, clause: 第五条, when: {casualties: true}}
duties:
  tell: {clause: 第七条, does: 电话报告, who: spokesman, to: [lead-group, publicity], start: discovered, limit: 30分钟,
    done_by: {kind: reported, form: phone}, reading: R1}
  answer: {clause: 第八条, does: 发布情况, to: public, start: discovered, target: 2小时, limit: 4小时, done_by: published}
  detail: {clause: 第八条, does: 书面报告, to: lead-group, when: {level: major}, start: discovered, limit: 1小时,
    done_by: {kind: reported, form: written, document: first}}
  judge: {clause: 第六条, does: 核实研判, start: discovered, limit: {word: 及时}, done_by: {kind: graded, grades: truth}}
  review: {clause: 第九条, does: 总结报告, to: lead-group, start: calmed, limit: 3日, done_by: {kind: reported, document: review}}
gates:
  sign-off: {clause: 第十条, before: published, needs: [{approved_by: lead-group}]}
documents:
  first: {title: 初报}
  review: {title: 总结}
"""
PLAN_READ, _ = read_plan(PLAN.encode(), "town@2026-01.yaml")
assert PLAN_READ is not None
HEAD = f"""\
yuqing: 1
id: {{id}}
title: {{title}}
plans:
  - {{{{id: town, version: "2026-01", digest: {PLAN_READ.digest}}}}}
{{more}}log:
"""
FOUND = """\
  - kind: discovered
    at: 2026-03-02T01:52+08:00
    by: 值班室
    source: 软件监看
    recorded: 2026-03-02T02:09+08:00
    id: cz3d8v
"""
CALLED = """\
  - kind: reported
    at: 2026-03-02T02:03+08:00
    by: 值班室
    form: phone
    to: lead-group
    recorded: 2026-03-02T02:10+08:00
    id: f1jf6x
"""
GRADED = """\
  - kind: graded
    at: 2026-03-02T02:12+08:00
    by: 值班室
    grades: {level: major}
    clause: 第五条
    facts: {casualties: true}
    recorded: 2026-03-02T02:12+08:00
    id: gzpz4m
"""
CLOSED = """\
  - kind: closed
    at: 2026-03-02T09:00+08:00
    by: 值班室
    because: 合并办理
    recorded: 2026-03-02T09:00+08:00
    id: kk00aa
"""
LINKED = """\
  - kind: linked
    at: 2026-03-02T02:12+08:00
    by: 值班室
    case: YQ-20260302-7K3M
    relation: duplicate-of
    recorded: 2026-03-02T02:12+08:00
    id: nk00aa
"""


class Desk:
    """An office without git: looking needs none."""

    def __init__(self, root: Path, more: str = "") -> None:
        self.root = root
        (root / "cases").mkdir(parents=True)
        (root / "templates" / "plans").mkdir(parents=True)
        self.write(
            "templates/office.yaml",
            f"yuqing: 1\nname: 某镇值班室\nplans: [town@2026-01]\nsince: 2026-03-01\n{more}",
        )
        self.write("templates/plans/town@2026-01.yaml", PLAN)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.write_text(text, encoding="utf-8", newline="\n")
        return path

    def case(
        self, *entries: str, end: str = "7K3M", title: str = "北桥停水", more: str = ""
    ) -> Path:
        case_id = f"YQ-20260302-{end}"
        head = HEAD.format(id=case_id, title=title, more=more)
        return self.write(f"cases/{case_id}.yaml", head + "\n".join(entries))

    def __call__(self, *words: str, now: str = "02:15", lang: str = "zh_CN") -> Ran:
        given = ["--lang", lang, "--now", f"2026-03-02T{now}+08:00"]
        return run_in_process(*given, *words, cwd=self.root)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "office")


# --- board, next, due, overdue ---------------------------------------------------------


def test_the_board_shows_each_open_case_with_its_nearest_limit(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED)
    assert desk().ok().out == (
        "YQ-20260302-7K3M  在办  重大  北桥停水  03-02 02:22 前  电话报告  余 7 分\n"
    )


def test_the_board_of_an_empty_office(desk: Desk) -> None:
    assert desk().ok().out == "没有在办案件。\n"


def test_the_board_counts_what_is_late(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED)
    assert "2 项已过" in desk(now="02:53").ok().out


def test_overdue_says_nothing_when_nothing_is_late(desk: Desk) -> None:
    """Silent, also in a new and empty office: cron mails only when it matters."""
    assert desk("overdue") == Ran(0, "", "")
    desk.case(FOUND, CALLED, GRADED)
    assert desk("overdue", now="02:22") == Ran(0, "", "")  # exactly at the limit is on time


def test_overdue_names_who_was_not_reached(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED)
    assert desk("overdue", now="02:24").ok(10).out == (
        "已过  7K3M  电话报告  03-02 02:22 前  过 2 分  第七条  未告知: 县委宣传部\n"
    )


def test_overdue_warns_before_the_limit(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED)
    early = desk("overdue", "--warn", "15m", now="02:10")
    assert early.code == 11
    assert "将到期  7K3M  电话报告" in early.out


def test_a_target_that_has_passed_is_amber(desk: Desk) -> None:
    """力争 2 小時 is no breach: exit 11."""
    told = CALLED.replace("to: lead-group", "to: [lead-group, publicity]")
    written = CALLED.replace("form: phone", "form: written\n    document: first").replace(
        "f1jf6x", "f2jf6x"
    )
    desk.case(FOUND, told, GRADED, written)
    ran = desk("overdue", now="03:53")
    assert ran.code == 11
    assert ran.out.startswith(
        "过力争时限  7K3M  发布情况  03-02 03:52 力争 / 03-02 05:52 最迟  余 1:59"
    )


def test_before_it_was_written_down_nobody_knew(desk: Desk) -> None:
    """`--now`: as the record stood; what was recorded later isn't seen."""
    desk.case(FOUND, CALLED, GRADED)
    assert desk(now="02:08").out == "没有在办案件。\n"
    late = json.loads(desk("--json", "overdue", now="02:24").out)
    assert [i["duty"] for i in late["items"]] == ["tell"]
    items = json.loads(desk("--json", "due", now="02:11").out)["items"]
    assert {i["duty"]: i["provisional"] for i in items}["detail"] is True  # not graded yet


def test_next_gives_the_line_to_type(desk: Desk) -> None:
    desk.case(FOUND, CALLED)
    lines = desk("next").ok().out.splitlines()
    assert lines[0] == "7K3M 未定级, 按最重的一级计时(暂定); 须核实的问题: yuqing grade 7K3M"
    assert lines[1].startswith("进行中  7K3M  电话报告  03-02 02:22 前  余 7 分  第七条")
    assert lines[2] == "    yuqing report 7K3M phone publicity"
    assert "    yuqing report 7K3M written lead-group -d first" in lines
    assert "    yuqing publish 7K3M -f …" in lines
    assert "    yuqing grade 7K3M truth=… -b …" in lines


def test_due_within_and_by_unit(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED)
    near = desk("due", "--within", "10m").ok(11)
    assert [line.split("  ")[2] for line in near.out.splitlines()] == ["电话报告"]
    unit = desk("due", "--unit", "发言人").ok()
    assert len(unit.out.splitlines()) == 1
    assert len(desk("due").ok().out.splitlines()) == 5


def test_a_closed_case_stays_in_overdue_until_its_limit_is_met(desk: Desk) -> None:
    """Closing ends no duty with a limit; words without a figure ask nothing any more."""
    desk.case(FOUND, CALLED, GRADED, CLOSED)
    assert desk("overdue", now="10:00").ok(10).out.count("7K3M") == 3
    assert "核实研判" not in desk("due", now="10:00").out


def test_an_item_to_put_right_outlives_the_closing(desk: Desk) -> None:
    """Rectification with a date is asked for after the case is closed, until it is done."""
    item = """\
  - kind: assigned
    at: 2026-03-02T02:30+08:00
    by: 值班室
    to: spokesman
    text: 更换阀门
    due: 2026-03-02T12:00+08:00
    recorded: 2026-03-02T02:31+08:00
    id: as00aa
"""
    desk.case(FOUND, CALLED, item, CLOSED)
    late = desk("overdue", now="13:00").ok(10).out
    assert "更换阀门" in late


def test_notify_refuses_rather_than_reaching_nobody(desk: Desk) -> None:
    ran = desk("overdue", "--notify")
    assert ran.code == 8
    assert ran.err.startswith("没有设置消息通道")


# --- nothing is skipped ----------------------------------------------------------------


@pytest.mark.parametrize("verb", [(), ("overdue",), ("due",), ("next",), ("list",), ("check",)])
def test_a_broken_file_is_named_and_the_rest_is_shown(desk: Desk, verb: tuple[str, ...]) -> None:
    """Exit 3 comes before 10; the broken case never vanishes."""
    desk.case(FOUND, CALLED, GRADED)
    desk.case(FOUND.replace("    by:", "\tby:"), end="8K3M", title="另一件")
    ran = desk(*verb, now="02:24")
    assert ran.code == 3
    assert "cases/YQ-20260302-8K3M.yaml:9: " in ran.out + ran.err
    if verb != ("check",):
        assert "7K3M" in ran.out
        given = json.loads(desk("--json", *verb, now="02:24").out)
        assert given["complete"] is False
        broken = [p for p in given["problems"] if p["severity"] == "error"]
        assert [(p["file"], p["line"]) for p in broken] == [("cases/YQ-20260302-8K3M.yaml", 9)]
        assert given["items"]


def test_a_stray_file_is_named(desk: Desk) -> None:
    desk.case(FOUND)
    desk.write("cases/YQ-20260302-7K3M.yaml~", "x")
    assert "YQ-20260302-7K3M.yaml~: 未读取" in desk("overdue", now="02:15").ok(3).err


# --- drills and demonstration ----------------------------------------------------------


def test_a_drill_is_marked_and_counts_only_when_asked(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED, more="drill: true\n")
    assert desk("overdue", now="02:24") == Ran(0, "", "")
    assert desk("overdue", "--drill", now="02:24").ok(10).out.rstrip().endswith("演练")
    assert "演练" in desk().out


def test_a_demonstration_office_says_so_everywhere(tmp_path: Path) -> None:
    demo = Desk(tmp_path / "demo", "demo: true\n")
    demo.case(FOUND, CALLED, GRADED, more="drill: true\n")
    for verb in (
        (),
        ("next",),
        ("due",),
        ("list",),
        ("show", "7K3M"),
        ("why", "7K3M"),
        ("doctor",),
    ):
        assert demo(*verb, now="02:24").out.startswith("演示单位"), verb
    late = demo("overdue", now="02:24").ok(10)
    assert late.out.startswith("演示单位")
    assert json.loads(demo("--json", "overdue", now="02:24").out)["demo"] is True


# --- one case --------------------------------------------------------------------------


def test_show_tells_both_times_where_they_differ(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED)
    out = desk("show", ".").ok().out
    assert "cz3d8v  03-02 01:52  (记录 02:09)  发现  值班室  来源: 软件监看" in out
    assert "f1jf6x  03-02 02:03  (记录 02:10)  电话报告  值班室 → 镇舆情领导小组" in out
    assert "gzpz4m  03-02 02:12  定级  值班室  level: 重大  依据 第五条  casualties=是" in out
    assert "口径未经本单位认定: R1" in out


def test_show_keeps_what_an_amended_entry_said_before(desk: Desk) -> None:
    """依據已改: both values, both limits."""
    moved = """\
  - kind: amended
    at: 2026-03-02T02:13+08:00
    by: 值班室
    of: cz3d8v
    set:
      at: 2026-03-02T01:50+08:00
    because: 截图时间
    recorded: 2026-03-02T02:13+08:00
    id: va82qe
"""
    desk.case(FOUND, CALLED, moved)
    out = desk("show", ".").ok().out
    assert "cz3d8v  03-02 01:50" in out
    assert "at: 2026-03-02T01:52+08:00 → 2026-03-02T01:50+08:00" in out
    assert "依据已改, 原时限: 03-02 02:22" in out


def test_show_marks_what_was_typed_by_hand(desk: Desk) -> None:
    desk.case(FOUND, CALLED.replace("    recorded: 2026-03-02T02:10+08:00\n    id: f1jf6x\n", ""))
    ran = run_in_process("--lang", "zh_CN", "show", ".", cwd=desk.root)
    assert "手工  03-02 02:03" in ran.out


def test_show_json_has_every_duty_with_the_fields_of_the_design(desk: Desk) -> None:
    desk.case(FOUND, CALLED, GRADED)
    given = json.loads(desk("show", "7k3m", "--json").ok().out)
    assert given["kind"] == "show"
    assert given["now"] == "2026-03-02T02:15+08:00"
    items = {i["duty"]: i for i in given["items"]}
    assert set(items) == {"tell", "answer", "detail", "judge", "review"}
    assert items["tell"]["limit"] == "2026-03-02T02:22+08:00"
    assert items["tell"]["missing"] == ["publicity"]
    assert items["answer"]["target"] == "2026-03-02T03:52+08:00"
    assert items["review"]["state"] == "waiting"
    assert items["judge"]["word"] == "及时"
    assert given["case"]["grades"] == {"level": "major"}


def test_show_one_entry_the_path_and_the_file_itself(desk: Desk) -> None:
    path = desk.case(FOUND, CALLED)
    assert "form: phone" in desk("show", ".", "f1").ok().out
    assert desk("show", ".", "--path").out.strip() == str(path)
    assert desk("show", ".", "--raw").out == path.read_text("utf-8")


def test_show_refuses_a_time_before_the_case(desk: Desk) -> None:
    desk.case(FOUND)
    assert desk("show", "7K3M", now="02:00").ok(4).err.startswith("03-02 02:00 时")


def test_why_tells_start_limit_article_reading_and_the_line(desk: Desk) -> None:
    desk.case(FOUND, CALLED)
    assert desk("why", ".", "tell").ok().out.splitlines() == [
        "电话报告 [tell]  03-02 02:22 前  余 7 分",
        "  条款: 第七条",
        "  口径 R1: 30分钟自何时起算: 自发现起",
        "    口径未经本单位认定",
        "  起点: 发现  值班室  03-02 01:52  (cz3d8v)",
        "  自 03-02 01:52 起: 30 分钟",
        "  级别: 重大",
        "  状态: 进行中",
        "  未告知: 县委宣传部",
        "  可输入: yuqing report 7K3M phone publicity",
    ]


def test_why_shows_who_has_passed_the_text(desk: Desk) -> None:
    passed = """\
  - kind: decided
    at: 2026-03-02T02:14+08:00
    by: lead-group
    matter: sign-off
    outcome: agreed
    text: 情况通报
    recorded: 2026-03-02T02:14+08:00
    id: kpwwr3
"""
    desk.case(FOUND)
    assert "须先有(sign-off 第十条): 镇舆情领导小组 未办" in desk("why", ".", "answer").out
    desk.case(FOUND, passed)
    assert "镇舆情领导小组 已于 03-02 02:14 办" in desk("why", ".", "answer").out


def test_why_of_nothing_names_the_nearest(desk: Desk) -> None:
    desk.case(FOUND)
    ran = desk("why", ".", "tel").ok(4)
    assert "tell" in ran.err
    waiting = desk("why", ".", "review").ok()
    assert "起点: 尚未发生" in waiting.out


# --- list ------------------------------------------------------------------------------


def test_list_filters_by_word_state_grade_source_and_day(desk: Desk) -> None:
    desk.case(FOUND, GRADED)
    desk.case(FOUND, end="8K3M", title="校服起球")
    desk.case(FOUND, CLOSED, end="9K3M", title="路灯不亮")

    def ends(*words: str) -> list[str]:
        ran = desk("list", *words, now="10:00").ok()
        return re.findall(r"YQ-20260302-(\w{4})", ran.out)

    assert ends() == ["7K3M", "8K3M"]
    assert ends("--all") == ["7K3M", "8K3M", "9K3M"]
    assert ends("closed") == ["9K3M"]
    assert ends("已关闭") == ["9K3M"]
    assert ends("校服") == ["8K3M"]
    assert ends("level=重大") == ["7K3M"]
    assert ends("--source", "软件") == ["7K3M", "8K3M"]
    assert ends("--from", "03-03") == []
    assert ends("--from", "03-02", "--to", "2026-03-02") == ["7K3M", "8K3M"]
    assert desk("list", "colour=red").ok(5).err.startswith("没有分级项 colour")


# --- check, plan, doctor ---------------------------------------------------------------


def test_check_ends_3_on_a_finding_and_names_its_line(desk: Desk) -> None:
    desk.case(FOUND)
    assert desk("check", "7K3M").ok().out == "未发现问题。\n"
    desk.case(FOUND.replace("01:52", "02:52"))
    ran = desk("check", "7K3M").ok(3)
    assert ran.out == "cases/YQ-20260302-7K3M.yaml:8: `at` 晚于 `recorded`; 哪一个是对的?\n"
    assert desk("check", "cases/YQ-20260302-7K3M.yaml").ok(3).out == ran.out


def test_plan_check_names_every_mistake(desk: Desk) -> None:
    assert desk("plan", "check").ok().out.splitlines()[-1] == (
        "town@2026-01: 可用。职责 5 项, 前置 1 项, 级别 2 个, 条款 6 条; 1 项口径未经本单位认定"
    )
    bad = PLAN.replace("limit: 30分钟", "limit: 30").replace("to: public,", "too: public,")
    desk.write("templates/plans/town@2026-01.yaml", bad)
    ran = desk("plan", "check").ok(3)
    assert len([line for line in ran.out.splitlines() if ":" in line]) >= 2
    assert desk("overdue").ok(3).err.count("templates/plans/town@2026-01.yaml") >= 1


def test_plan_show_tells_a_duty_in_sentences(desk: Desk) -> None:
    assert desk("plan", "show", "tell").ok().out.splitlines() == [
        "tell  电话报告  [第七条]",
        "    承办: 发言人",
        "    对象: 镇舆情领导小组、县委宣传部",
        "    起算: 发现",
        "    时限: 30 分钟",
        "    办理方式: 报告 (电话)",
        "    口径 R1: 30分钟自何时起算: 自发现起(未经本单位认定)",
    ]
    assert "    先有: 镇舆情领导小组审定" in desk("plan", "show", "sign-off").out.splitlines()
    assert "tell" in desk("plan", "show", "tel").ok(4).err
    whole = desk("plan", "show").ok().out
    assert "重大  [第五条]" in whole
    assert "- 是否有人员伤亡: 是" in whole


@pytest.mark.process
def test_check_staged_looks_at_what_git_would_commit(tmp_path: Path) -> None:
    """A hook keeps a broken file out, whatever lies in the folder by then."""
    office = make_office(tmp_path / "office")
    assert office("check", "--staged").ok().out == "Nothing found.\n"
    path = office.root / "cases" / "YQ-20260302-7K3M.yaml"
    path.write_text("yuqing: 1\nid: nobody\n", encoding="utf-8")
    office.git("add", "cases")
    path.unlink()
    ran = office("check", "--staged").ok(3)
    assert all(line.startswith("cases/YQ-20260302-7K3M.yaml:") for line in ran.out.splitlines())
    assert "title" in ran.out


@pytest.mark.process
def test_doctor_puts_right_what_needs_no_decision(tmp_path: Path) -> None:
    office = make_office(tmp_path / "office")
    left = office.root / "cases" / ".YQ-20260302-7K3M.yaml.x.tmp"
    left.write_text("half", encoding="utf-8")
    assert left.name in office("doctor").out
    assert left.name in office("doctor", "--fix").ok().out
    assert not left.exists()


@pytest.mark.parametrize("name", ["sf", "eth", "jus"])
@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_the_shipped_plans_can_be_told_whole(desk: Desk, name: str, lang: str) -> None:
    """The head compares the file with his paper: every duty, gate and paper is in it."""
    out = desk("plan", "show", name, lang=lang).ok().out
    plan = next((Path(__file__).parent.parent / "templates" / "plans").glob(f"{name}@*.yaml"))
    read, _ = read_plan(plan.read_bytes(), plan.name)
    assert read is not None
    for each in (*read.duties, *read.gates, *read.documents):
        assert re.search(rf"^ *{re.escape(each)}  ", out, re.MULTILINE), each
    assert "Each(" not in out
    assert "Act(" not in out


def test_the_schemas_are_json(desk: Desk) -> None:
    for verb in (("schema",), ("plan", "schema")):
        given = json.loads(desk(*verb).ok().out)
        assert given["$schema"].startswith("https://json-schema.org/")


def test_doctor_says_what_is_not_confirmed(desk: Desk) -> None:
    ran = desk("doctor")
    assert "口径未经本单位认定: R1" in ran.out
    assert "不在 git 仓库中" in ran.out


# --- failures --------------------------------------------------------------------------


def test_outside_an_office_a_command_names_init(tmp_path: Path) -> None:
    ran = run_in_process("due", cwd=tmp_path)
    assert ran.code == 8
    assert ran.out == ""
    assert "yuqing init" in ran.err
    assert len(ran.err.splitlines()) == 2


def test_the_office_may_be_named_from_elsewhere(desk: Desk, tmp_path: Path) -> None:
    desk.case(FOUND)
    assert "北桥停水" in run_in_process("-C", str(desk.root), cwd=tmp_path).out
    assert "北桥停水" in run_in_process(cwd=tmp_path, env={"YUQING_HOME": str(desk.root)}).out
    assert "北桥停水" in run_in_process("list", "-C", str(desk.root), cwd=tmp_path).out


def test_ambiguous_and_unknown_cases_name_what_there_is(desk: Desk) -> None:
    desk.case(FOUND)
    desk.case(FOUND, end="8K3M", title="校服起球")
    assert "YQ-20260302-8K3M" in desk("show", "K3M").ok(4).err
    assert "YQ-20260302-8K3M" in desk("show", ".").ok(4).err
    assert desk("show", "XXXX").ok(4).err.startswith("没有案件 XXXX")


def test_a_mistyped_verb_names_the_nearest(desk: Desk) -> None:
    ran = desk("overdew")
    assert ran.code == 2
    assert "overdue" in ran.err


@pytest.mark.parametrize("text", ["abc", "2026-13-01", "25:00", "2026-02-30T10:00+08:00"])
def test_an_impossible_now_is_refused(desk: Desk, text: str) -> None:
    ran = run_in_process("--now", text, "due", cwd=desk.root)
    assert ran.code == 5
    assert len(ran.err.splitlines()) <= 2


def test_a_broken_case_is_an_incomplete_answer_for_programs_too(desk: Desk) -> None:
    desk.case(FOUND.replace("    by:", "\tby:"))
    ran = desk("--json", "show", "7K3M").ok(3)
    given = json.loads(ran.out)
    assert (given["kind"], given["complete"], given["items"]) == ("show", False, [])
    assert given["problems"][0]["line"] == 9
    assert ran.err.startswith("cases/YQ-20260302-7K3M.yaml:9: ")


def test_control_c_leaves_without_a_word(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("yuqing.cli.looking.look", interrupted)
    assert run_in_process("due", cwd=desk.root) == Ran(130, "", "")


@pytest.mark.process
def test_a_reader_that_has_gone_is_no_error(tmp_path: Path) -> None:
    """`yuqing help plan | head -1` ends quietly."""
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    line = f"{sys.executable} -m yuqing help plan | head -1"
    ran = subprocess.run(
        ["sh", "-c", line], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "# plan: write your plan as a file\n"
    assert ran.stderr == ""


@pytest.mark.process
def test_a_console_without_chinese_gets_an_answer_all_the_same(tmp_path: Path) -> None:
    """LANG=C and a narrow encoding must not become a traceback."""
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT), "LANG": "C", "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run(
        [sys.executable, "-m", "yuqing", "--lang", "zh", "help"],
        cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert "退出码" in ran.stdout


def test_our_own_error_is_one_sentence_and_a_trace_in_a_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1; no traceback on the screen of a duty officer."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("seven")

    monkeypatch.setattr("yuqing.cli.looking.look", broken)
    ran = run_in_process("due", cwd=desk.root)
    assert ran.code == 1
    (line,) = ran.err.splitlines()
    assert "ZeroDivisionError: seven" in line
    found = re.search(r"\S+yuqing-\S+\.txt", line)
    assert found is not None
    assert "Traceback" in Path(found.group()).read_text("utf-8")
    Path(found.group()).unlink()


def test_the_language_is_the_persons(desk: Desk) -> None:
    """`--lang`, then `YUQING_LANG`, then office.yaml, then the locale."""
    assert run_in_process(cwd=desk.root).out == "No case is open.\n"
    assert run_in_process(cwd=desk.root, env={"LANG": "zh_CN.UTF-8"}).out == "没有在办案件。\n"
    office = desk.root / "templates" / "office.yaml"
    office.write_text(office.read_text("utf-8") + "language: zh_CN\n", encoding="utf-8")
    assert run_in_process(cwd=desk.root).out == "没有在办案件。\n"
    assert run_in_process(cwd=desk.root, env={"YUQING_LANG": "en"}).out == "No case is open.\n"
    assert run_in_process("--lang", "zh", cwd=desk.root).out == "没有在办案件。\n"


def test_help_lists_chapters_and_exit_codes(desk: Desk) -> None:
    out = desk("help").ok().out
    assert "plan" in out
    assert "  10  有事项已过时限" in out
    assert desk("help", "预案").ok().out.startswith("# plan")
    assert "--warn" in desk("help", "overdue").ok().out
    assert desk("help", "xyz").ok(5).err.startswith("没有 xyz 这一章")


# --- beyond one case -------------------------------------------------------------------


def test_the_earlier_discovery_of_a_duplicate_counts(desk: Desk) -> None:
    """Case format, 6: duties run in the other case, and the earlier discovery counts."""
    desk.case(FOUND)
    desk.case(FOUND.replace("01:52", "01:40"), LINKED, end="8K3M", title="同一件")
    whole = json.loads(desk("--json", "due").out)["items"]
    one = json.loads(desk("--json", "due", "7K3M").out)["items"]
    for items in (whole, one):
        assert {i["case"] for i in items} == {"YQ-20260302-7K3M"}
        assert {i["duty"]: i["limit"] for i in items}["tell"] == "2026-03-02T02:10+08:00"


def test_what_a_command_echoes_counts_duplicates_too(desk: Desk) -> None:
    """The echo of a writing command and `show` tell the same limit."""
    desk.case(FOUND)
    desk.case(FOUND.replace("01:52", "01:40"), LINKED, end="8K3M", title="同一件")
    told = run_in_process("--json", "note", "7K3M", "停水", "--dry-run", cwd=desk.root).ok().json
    assert {i["duty"]: i["limit"] for i in told["duties"]}["tell"] == "2026-03-02T02:10+08:00"


def test_the_offices_own_duties_are_seen_beside_the_cases(desk: Desk) -> None:
    """Kept in the logbook; `since` says from which day on they are watched."""
    daily = (
        "duties:\n  watch: {clause: 第三条, does: 每日巡查, who: spokesman, repeat: {each: day}}\n"
    )
    desk.write("templates/plans/town@2026-01.yaml", PLAN.replace("duties:\n", daily))
    late = desk("overdue").ok(10).out
    assert late.startswith("已过  log  每日巡查  03-01 24:00 前")
    typed = [line.strip() for line in desk("next").out.splitlines()[1::2]]
    assert typed == ["yuqing tick watch@2026-03-02T00:00+08:00", "yuqing tick watch"]
    (desk.root / "cases" / "log").mkdir()
    desk.write(
        "cases/log/LOG-2026-03.yaml",
        "yuqing: 1\nid: LOG-2026-03\ntitle: LOG-2026-03\nplans: []\nlog:\n"
        "  - kind: done\n    at: 2026-03-01T09:00+08:00\n    by: 值班室\n    duty: watch\n"
        "    recorded: 2026-03-01T09:01+08:00\n    id: pk00aa\n",
    )
    assert desk("overdue") == Ran(0, "", "")
    assert "每日巡查" in desk("show", "log").ok().out


def test_what_lies_ahead_may_be_looked_at(desk: Desk) -> None:
    """`--now` tomorrow: what will be late by then."""
    desk.case(FOUND)
    ran = run_in_process("--now", "2031-03-02T03:00", "--json", "overdue", cwd=desk.root)
    assert ran.code == 10
    assert ran.json["now"] == "2031-03-02T03:00+08:00"


def test_two_plans_on_one_case_name_their_source(desk: Desk) -> None:
    """Strictest first; each with its plan and article."""
    other = PLAN.replace("id: town", "id: county").replace("limit: 30分钟", "limit: 20分钟")
    desk.write("templates/plans/county@2026-01.yaml", other)
    county, _ = read_plan(other.encode(), "county@2026-01.yaml")
    assert county is not None
    path = desk.case(FOUND)
    pin = f'  - {{id: county, version: "2026-01", digest: {county.digest}}}\nlog:\n'
    path.write_text(path.read_text("utf-8").replace("log:\n", pin), encoding="utf-8")
    lines = desk("due").ok(10).out.splitlines()
    assert "03-02 02:12 前" in lines[0]
    assert "county 第七条" in lines[0]
    assert "town 第七条" in lines[1]


def test_words_of_a_case_cannot_steer_the_terminal(desk: Desk) -> None:
    """Bidi characters in a title are shown, never obeyed."""
    desk.case(FOUND, title="北桥\u202e停水")
    ran = desk()
    assert "\u202e" not in ran.out
    assert "<U+202E>" in ran.out + ran.err


def test_why_names_what_was_typed_by_hand(desk: Desk) -> None:
    """Typed by hand, it counts at once in every reading command, marked 手工."""
    found = "  - kind: discovered\n    at: 2026-03-02T01:52+08:00\n"
    seen = "  - kind: occurred\n    at: 2026-03-02T01:40+08:00\n"
    told = """\
  - kind: reported
    at: 2026-03-02T02:03+08:00
    form: phone
    to: [lead-group, publicity]
"""
    desk.case(seen, found, told)
    out = run_in_process("--lang", "zh_CN", "why", ".", "tell", cwd=desk.root).ok().out
    assert "  起点: 发现  " in out
    assert "01:52  (手工)" in out
    assert "02:03 已办, 见 手工" in out
