"""Approval binds to the exact words; what is corrected stays readable; limits move by the plan."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from workbench import Office, Ran, surroundings

PLAN = """\
yuqing: 1
id: brook
title: 某街道舆情处置方案
issuer: 某街道(虚构)
version: "1"
counting: {days: natural}
organs: {head: 主任, deputy: 副主任, publicity: 宣传科, team: {name: 工作组, members: [head, deputy]}}
facts: {flooded: {type: integer, ask: 进水户数}}
scales:
  level: [{id: II, name: 一般, clause: "2"}, {id: I, name: 重大, clause: "2"}]
events: {inquiry-end: {name: 调查结束}}
duties:
  tell: {clause: "3", does: 报主任, to: head, start: discovered, limit: 1 hour}
  answer:
    {clause: "4", does: 公开回应, start: discovered, limit: 5 hours, done_by: published,
     extension: {at_most: 2 hours, approved_by: head}}
  review:
    {clause: "5", does: 总结, to: head, start: calmed, limit: 3日, done_by: {kind: reported, document: review}}
gates:
  out:
    clause: 六
    before: published
    needs:
      - {kind: convened, form: meeting}
      - {approved_by: head}
      - {approved_by: [deputy, publicity]}
documents:
  bulletin: {title: 情况通报, clause: 六}
  review: {title: 总结, clause: "5"}
"""
DAY = "2026-11-22T"
WORDS = "正在抢修。"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One office with a drill found at six; each test gets a copy."""
    folder = tmp_path_factory.mktemp("approval")
    plan = folder / "brook@1.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    with surroundings():
        office = Office(folder / "office")
        office.root.mkdir()
        office("init", ".", "--plan", str(plan)).ok()
        office("new", "桥面积水", "--drill", "-a", "06:00", now=f"{DAY}06:05+08:00").ok()
    return office.root


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Office:
    shutil.copytree(made, tmp_path / "office")
    (tmp_path / "通报.md").write_text(WORDS, encoding="utf-8")
    return Office(tmp_path / "office")


def say(office: Office, line: str, at: str) -> Ran:
    return office("--lang", "zh", *line.split(" "), now=f"{DAY}{at}+08:00")


def cleared(office: Office) -> None:
    """Everything that the plan asks for, for exactly these words."""
    for line in ("add . convened with=team form=meeting", "approve . head publicity -f ../通报.md"):
        say(office, line, "06:30").ok()


# --- chains: collective steps, "A or B" --------------------------------------------------


@pytest.mark.parametrize("second", ["deputy", "publicity"])
def test_a_chain_with_a_meeting_and_an_a_or_b(office: Office, second: str) -> None:
    """Meeting, then the head, then the deputy or the publicity section: only when each step has
    agreed to exactly these words is there a final document; before, it says what is missing."""
    final = "render . bulletin --format md"
    said = say(office, final, "06:20").ok(5).err
    for missing in ("会议尚未发生", "主任尚未同意", "副主任 / 宣传科尚未同意"):
        assert missing in said
    say(office, "add . convened with=team form=meeting", "06:21").ok()
    said = say(office, "approve . head -f ../通报.md", "06:22").ok().out
    assert "out: 同意" in said
    assert "副主任 / 宣传科尚未同意" in say(office, final, "06:23").ok(5).err
    say(office, f"approve . {second} -f ../通报.md", "06:24").ok()
    out = say(office, final, "06:25").ok().out
    assert "正文见：通报.md" in out
    assert "草稿" not in out


def test_everything_else_is_marked_as_not_approved(office: Office) -> None:
    """未審定: without the approvals there is a draft, and every part of it says so."""
    out = say(office, "render . bulletin --format md --draft", "06:20").ok().out
    assert "草稿，未经审定，不得报送、发布。" in out
    assert "【草稿】" in out


def test_no_is_an_answer_too(office: Office) -> None:
    """The latest word of an organ on this text counts; `partly` is no agreement."""
    cleared(office)
    say(office, "approve . head -f ../通报.md --return -b 再核", "06:40").ok()
    assert "主任未同意" in say(office, "render . bulletin --format md", "06:41").ok(5).err
    say(office, "publish . --use last --as 某街道", "06:42").ok()
    assert "未审先发" in say(office, "show .", "06:43").ok().out


# --- the exact words -----------------------------------------------------------------------


def test_an_edit_voids_the_approval(office: Office, tmp_path: Path) -> None:
    """One sign more is another text: published all the same, recorded, and labelled 未审先发."""
    cleared(office)
    (tmp_path / "通报.md").write_text(WORDS + "\n预计今晚恢复。", encoding="utf-8")
    said = say(office, "publish . -f ../通报.md --as 某街道", "07:00").ok().out
    assert "未审先发" in said
    assert "未审先发" in say(office, "show .", "07:01").ok().out
    assert "out" in say(office, "check .", "07:01").ok(3).out
    assert "published" in office.case_file().read_text("utf-8")  # recorded all the same
    assert "正文见：通报.md" in say(office, "render . bulletin --format md", "07:02").ok().out


def test_the_approved_words_as_they_are(office: Office) -> None:
    """The same file, or the same text up to composition and blanks at line ends."""
    cleared(office)
    said = say(office, "publish . -f ../通报.md --as 某街道", "07:00").ok().out
    assert "未审先发" not in said
    assert "未审先发" not in say(office, "show .", "07:01").ok().out


def test_an_amendment_of_the_approved_text_voids_it(office: Office) -> None:
    """An approval whose words are amended approves the amended words, and no others."""
    say(office, "add . convened with=team form=meeting", "06:30").ok()
    say(office, f"approve . head publicity -m {WORDS}", "06:31").ok()
    assert WORDS in say(office, "render . bulletin --format md", "06:32").ok().out
    say(office, "amend . last text=已修好。 -b 笔误", "06:33").ok()
    assert "尚未同意" in say(office, "render . bulletin --format md", "06:34").ok(5).err
    assert "未审先发" in say(office, f"publish . {WORDS} --as 某街道", "06:35").ok().out


def test_a_file_that_is_no_longer_the_approved_one(office: Office) -> None:
    """Somebody wrote over the paper that lies there: no final document points to it, and an act
    that used it is told so."""
    cleared(office)
    (paper,) = (office.root / "cases" / "files").rglob("通报.md")
    paper.write_text("已全部修好。", encoding="utf-8")
    ran = say(office, "render . bulletin --format md", "06:40").ok(5)
    assert "通报.md" in ran.err
    assert "git log -p -- cases/files/" in ran.err
    say(office, "render . bulletin --format md --draft", "06:40").ok()
    assert "摘要不符" in say(office, "publish . --use last --as 某街道", "06:41").ok().out


def test_an_approval_that_came_afterwards_clears_nothing(office: Office) -> None:
    """Earlier by `at`, then by place in the file: what was approved after the fact was 未审先发."""
    say(office, "publish . -f ../通报.md --as 某街道", "06:20").ok()
    cleared(office)
    assert "未审先发" in say(office, "show .", "07:00").ok().out


# --- figures and causes --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "warned"),
    [
        ("进水：5户。", True),
        ("进水5户，已转移12人。", True),
        ("进水3户。", False),
        ("自02:05起停水，11月22日20时恢复。", False),
    ],
)
def test_a_figure_that_stands_nowhere(office: Office, words: str, warned: bool) -> None:
    """Figures in a statement are held against the facts of the case: a warning, nothing is
    stopped."""
    say(office, "note . flooded=3", "06:20").ok()
    said = say(office, f"publish . {words} --as 某街道", "06:30").ok().out
    assert ("在本案事实中没有依据" in said) is warned


def test_a_cause_before_the_inquiry_ended(office: Office) -> None:
    """A cause given too early is warned about, and no longer once the inquiry's end is on record."""
    cause = "publish . 停水原因是管道老化。 --as 某街道"
    assert "管道老化" in say(office, cause, "06:30").ok().out.partition("未审先发")[2]
    say(office, "mark . inquiry-end", "06:40").ok()
    assert "管道老化" not in say(office, cause, "06:41").ok().out.partition("未审先发")[2]
    assert "原因" not in say(office, "publish . 停水原因正在调查。 --as 某街道", "06:42").ok().out.partition(
        "未审先发")[2]  # fmt: skip


# --- amend, extend -------------------------------------------------------------------------


def test_amend_names_entry_field_from_to_and_why(office: Office) -> None:
    """The old value stays readable in `show`, in the file, and in `history`; without a reason
    nothing is corrected."""
    say(office, "report . phone head -a 06:10", "06:15").ok()
    assert say(office, "amend . last at=06:12", "06:16").code == 5
    said = say(office, "amend . last at=06:12 -b 通话记录", "06:17").ok().out
    line = f"at: {DAY}06:10+08:00 → {DAY}06:12+08:00"
    assert line in said
    assert "通话记录" in said
    shown = say(office, "show .", "06:18").ok().out
    assert line in shown
    assert "通话记录" in shown
    entry = said.split("of=")[1].split(" ")[0]
    one = say(office, f"show . {entry}", "06:18").ok().out
    assert line in one
    assert "通话记录" in one
    assert f"at: {DAY}06:10+08:00" in office.case_file().read_text("utf-8")
    assert (
        f"{entry}.at: {DAY}06:10+08:00 → {DAY}06:12+08:00" in say(office, "history .", "06:19").out
    )


def test_where_a_limit_moved_both_are_shown(office: Office) -> None:
    """依據已改: in the echo, `show`, `why`, `due`, the review and the audit."""
    found = office.case_file().read_text("utf-8").rpartition("id: ")[2].strip()
    said = say(office, f"amend . {found} at=05:30 -b 群众先见", "06:10").ok().out
    assert "依据已改, 原时限: 11-22 07:00" in said
    for command in ("show .", "why . tell", "due ."):
        assert "依据已改, 原时限: 11-22 07:00" in say(office, command, "06:11").out, command
    paper = say(office, "review . --draft", "06:12").ok().out
    assert "依据已改" in paper
    assert "07:00" in paper
    assert "06:30" in paper
    audited = say(office, "audit .", "06:13").ok(12).out
    assert "依据已改" in audited
    assert "群众先见" in say(office, "history .", "06:14").out


def test_an_extension_only_where_the_plan_has_one_and_by_whom_it_says(office: Office) -> None:
    """Recorded always; without a clause, or by somebody else, without effect, and it says why; as
    long as the plan allows and no longer."""
    said = say(office, "adjust . tell --due +3h --by head -b 忙", "06:10").ok().out
    assert "预案未规定可以延长" in said or "没有效力" in said or "无效" in said, said
    assert "07:00" in say(office, "due .", "06:11").out
    say(office, "adjust . answer --due +9h --by deputy -b 复杂", "06:12").ok()
    assert "11:00" in say(office, "why . answer", "06:13").out
    say(office, "adjust . answer --due +9h --by head -b 复杂", "06:14").ok()
    why = say(office, "why . answer", "06:15").out
    assert "13:00" in why  # two hours more, not nine
    assert "主任" in why
