"""`plan adopt` makes a new version and moves the office's pointer; open cases keep theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench import Office, run_in_process

from yuqing.errors import Refused
from yuqing.read.adopting import adopted

PLAN = """\
yuqing: 1
id: own
title: 某镇办法
issuer: 某镇
version: "{version}"
organs: {{head: 镇长}}
duties:
  phone: {{clause: 三, does: 电话报告, to: head, start: discovered, limit: {limit}}}
"""
NIGHT = ("--now", "2026-03-02T09:00+08:00")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "name: 甲   # 名\nplans: [own@1]   # 采用\npost: 乙\n",
            "name: 甲   # 名\nplans: [own@2]   # 采用\npost: 乙\n",
        ),
        ("plans: [sf@1, own@1, eth@1]\n", "plans: [sf@1, own@2, eth@1]\n"),
        ("plans: [ 'own@1' ]\n", "plans: [ own@2 ]\n"),
        (
            "plans:   # 版本\n  - sf@1   # 上级\n  - own@1   # 本级, own@0\n\ncode: YQ\n",
            "plans:   # 版本\n  - sf@1   # 上级\n  - own@2   # 本级, own@0\n\ncode: YQ\n",
        ),
        ("plans: own@1\ncode: YQ\n", "plans: own@2\ncode: YQ\n"),
        ("plans: [sf@1]   # x\n", "plans: [sf@1, own@2]   # x\n"),
        ("plans: sf@1   # x\n", "plans: [sf@1, own@2]   # x\n"),
        ("plans:\n- sf@1\ncode: YQ\n", "plans:\n- sf@1\n- own@2\ncode: YQ\n"),
        ("plans:\n  - sf@1", "plans:\n  - sf@1\n  - own@2\n"),
        ("plans: []\n", "plans: [own@2]\n"),
        ("name: 甲", "name: 甲\nplans: [own@2]\n"),
        ("# plans: [own@1]\nplans: [own@2]\n", "# plans: [own@1]\nplans: [own@2]\n"),
        ("plans: [down@1, own@1]\n", "plans: [down@1, own@2]\n"),
    ],
)
def test_the_pointer_moves_and_comments_stay(before: str, after: str) -> None:
    """By text splice: every other byte of office.yaml is as it was."""
    assert adopted(before.encode(), "office.yaml", "own@2").decode() == after


def test_what_cannot_be_spliced_is_left_alone() -> None:
    with pytest.raises(Refused):
        adopted(b"plans: [own@1\n", "office.yaml", "own@2")


@pytest.fixture
def own(tmp_path: Path) -> Office:
    (tmp_path / "own@1.yaml").write_text(PLAN.format(version=1, limit="2小时"), encoding="utf-8")
    (tmp_path / "own@2.yaml").write_text(PLAN.format(version=2, limit="1小时"), encoding="utf-8")
    root = tmp_path / "office"
    root.mkdir()
    run_in_process("init", str(root), "--plan", str(tmp_path / "own@1.yaml"), cwd=root).ok()
    return Office(root, run_in_process)


def limit(own: Office) -> str:
    (item,) = own(*NIGHT, "due", "--json").ok(0, 10, 11).json["items"]
    return f"{item['plan']} {item['limit'][11:16]}"


def test_adopt_commits_version_and_pointer(own: Office) -> None:
    """The file is copied in under its name, office.yaml names it, both in one commit."""
    out = own("--lang", "en", "plan", "adopt", "../own@2.yaml").ok().out
    assert "own@2 is adopted" in out
    assert (own.root / "templates/plans/own@2.yaml").is_file()
    assert "plans: [own@2]" in (own.root / "templates/office.yaml").read_text(encoding="utf-8")
    assert own.git("status", "--short") == ""
    changed = own.git("show", "--stat", "--format=%s", "HEAD")
    assert changed.startswith("adopt plan own@2")
    assert "office.yaml" in changed
    own("plan", "adopt", "own@2").ok()  # again: nothing to do, and no complaint


def test_open_cases_keep_theirs_unless_moved_with_a_reason(own: Office) -> None:
    """A case opened under version 1 goes on under it; `--move CASE -b REASON` is an entry."""
    own(*NIGHT, "new", "起火", "--drill", "-a", "2026-03-02 08:00").ok()
    out = own("--lang", "en", *NIGHT, "plan", "adopt", "../own@2.yaml").ok().out
    assert "keep the version they began with" in out
    assert limit(own) == "own 10:00"
    case = own.case_file().stem
    assert "-b" in own("--lang", "en", "plan", "adopt", "own@2", "--move", case).ok(5).err
    own(*NIGHT, "plan", "adopt", "own@2", "--move", case, "-b", "新版更严").ok()
    assert limit(own) == "own 09:00"
    text = own.case_file().read_text(encoding="utf-8")
    assert "of: head" in text
    assert "because: 新版更严" in text
    assert own.git("status", "--short") == ""
    own("check").ok()


def test_a_version_is_never_edited(own: Office, tmp_path: Path) -> None:
    """Another text under an old version number is refused; a broken plan is named, exit 3."""
    path = tmp_path / "own@1.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("2小时", "3小时"), encoding="utf-8")
    assert "never edited" in own("--lang", "en", "plan", "adopt", "../own@1.yaml").ok(5).err
    path.write_text("yuqing: 1\nid: own\n", encoding="utf-8")
    own("plan", "adopt", "../own@1.yaml").ok(3)
    assert own.git("status", "--short") == ""
