"""audit and history: what git's history shows of the record, and what it cannot."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import desks
import pytest
from desks import NOW, opened
from workbench import run_in_process

from proof.hands import FACTS, LATER, act, audit, commit, findings, kinds, rewrite, the_file, word
from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace

pytestmark = pytest.mark.process


def test_an_honest_late_entry_is_late_and_nothing_else(ws: Workspace) -> None:
    """自述按時、事後補記: stated in time, written down after the limit; no finding."""
    act(ws, FACTS, 60 * 24)
    ran = audit(ws)
    assert findings(ws) == []
    assert ran.code == 0
    (line,) = [line for line in ran.out.splitlines() if "[facts]" in line]
    assert line.strip().startswith("stated on time, entered afterwards  no outside witness")
    assert "contradict" not in ran.out


def test_everyday_work_is_no_finding(ws: Workspace) -> None:
    """Notes, corrections, hand-written entries, filing, a word overwritten by the rule."""
    path = the_file(ws)
    act(ws, Entry(kind="amended", at=NOW, of=store.find_case(ws, ".", now=NOW).case.log[1].id,
                  because="看错", set={"text": "转发三百多"}), 4)  # fmt: skip
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n  # 手写\n  - kind: noted\n    at: {NOW.isoformat()}\n    text: 手写\n")
    store.save(ws, None, now=NOW + timedelta(minutes=9))
    note = store.find_case(ws, ".", now=NOW).case.log[1]
    when = (NOW + timedelta(minutes=10)).isoformat(timespec="minutes")
    rewrite(
        ws,
        lambda text: (
            text.replace("text: 转发三百\n", "text: 某人\n")
            + f"\n  - kind: amended\n    at: {when}\n    of: {note.id}\n    set: {{text: 某人}}\n"
            "    because: 隐私\n"
        ),
    )
    store.save(ws, None, now=NOW + timedelta(minutes=10))
    target = ws.cases / "closed" / "2026" / path.name
    target.parent.mkdir(parents=True)
    desks.git(ws, "mv", str(path), str(target))
    commit(ws)
    assert desks.dirty(ws) == ""
    assert findings(ws) == []
    out = run_in_process("--now", LATER, "history", path.stem[-4:], cwd=ws.root).out
    assert "was overwritten in place: 转发三百 → 某人" in out
    assert f"filed: cases/{path.name} → cases/closed/2026/{path.name}" in out


def test_a_forgery_without_a_witness_reads_on_time_with_none_beside_it(ws: Workspace) -> None:
    """The whole history rewritten from its first commit: git cannot tell. 按時, and 無外證."""
    act(ws, FACTS, 4)
    honest = audit(ws).out
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    desks.git(ws, "checkout", "-q", "--orphan", "new")
    desks.git(ws, "add", "-A")
    commit(ws)
    assert findings(ws) == []
    (line,) = [line for line in audit(ws).out.splitlines() if "[facts]" in line]
    assert line.strip().startswith("on time  no outside witness")
    assert line in honest


def test_with_a_code_the_same_forgery_is_found(ws: Workspace) -> None:
    """A history that no longer contains a sealed code: the superior wrote it down."""
    sealed = run_in_process("--json", "seal", ".", cwd=ws.root).json["items"][0]["read_out"]
    report = store.find_case(ws, ".", now=NOW).case.log[-1]
    words = ["receipt", ".", str(report.id), "网信收7", "--code", sealed.lower()]
    run_in_process(*words, cwd=ws.root).ok()
    assert findings(ws) == []
    out = audit(ws).out
    assert f"code {sealed.lower()}" in out or f"witness: 舆情处置领导组, code {sealed}" in out
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    desks.git(ws, "checkout", "-q", "--orphan", "new")
    desks.git(ws, "add", "-A")
    commit(ws)
    assert kinds(ws) == {"code"}
    assert "fits no version of this case" in audit(ws).out
    verify = run_in_process("--lang", "en", "seal", "verify", sealed, cwd=ws.root)
    assert verify.code == 12
    assert "nothing in this history ever had this code" in verify.out


# --- incomplete -----------------------------------------------------------------------------


def test_a_shallow_clone_is_refused(ws: Workspace, tmp_path: Path) -> None:
    """Row 90: 結果不完整 is the first line; exit 8, with the way out."""
    desks.git(tmp_path, "clone", "-q", "--depth", "1", f"file://{ws.root}", "clone")
    ran = run_in_process("--lang", "en", "audit", cwd=tmp_path / "clone")
    assert ran.code == 8
    assert ran.out.splitlines()[0].startswith("Incomplete: a shallow clone")
    assert "git fetch --unshallow" in ran.out


def test_grafts_are_refused(ws: Workspace) -> None:
    """Row 90: parents that a local file makes up."""
    grafts = ws.root / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(desks.git(ws, "rev-parse", "HEAD"))
    ran = run_in_process("--lang", "en", "audit", cwd=ws.root)
    assert (ran.code, ran.out.startswith("Incomplete: ")) == (8, True)


def test_replaced_commits_hide_nothing(ws: Workspace) -> None:
    """Row 90: `git replace` showed another history under the same hashes; audit does not follow."""
    word(ws)
    head = desks.git(ws, "rev-parse", "HEAD").strip()
    desks.git(ws, "replace", "--graft", head, f"{head}~3")
    ran = audit(ws)
    assert ran.code == 3
    assert ran.out.startswith("Incomplete: commits are replaced")
    assert "转发三百 → 转发三十" in ran.out


def test_a_file_that_cannot_be_read_heads_the_answer(ws: Workspace) -> None:
    """One bad file is named, the rest is still audited."""
    other = opened(ws, "另一件").loaded.path
    other.write_bytes(b"log: [\n")
    ran = audit(ws)
    assert ran.code == 3
    assert ran.out.startswith("Incomplete: a file cannot be used")
    assert "[phone]" in ran.out
    assert other.name in ran.err


def test_loose_ends_are_told(ws: Workspace, tmp_path: Path) -> None:
    """Uncommitted and un-pushed work: nobody else has it."""
    out = audit(ws).out
    assert "pushed nowhere" in out
    desks.git(tmp_path, "init", "-q", "--bare", "far.git")
    desks.git(ws, "remote", "add", "origin", str(tmp_path / "far.git"))
    desks.git(ws, "push", "-q", "-u", "origin", "main")
    act(ws, Entry(kind="noted", at=NOW, text="又"), 9)
    rewrite(ws, lambda text: text + "# 注\n")
    out = audit(ws).out
    assert "1 commits are not pushed yet" in out
    assert f"{the_file(ws).name}: not committed" in out
    assert findings(ws) == []


def test_strict_holds_the_stamps_against_the_commits(ws: Workspace) -> None:
    """§9: git bounds `recorded`, not before the parent commit, not after its own. These entries
    were stamped by a pretended clock: told with --strict, and only there."""
    assert kinds(ws) == set()
    assert kinds(ws, "--strict") == {"time"}


# --- one case, the office, no commit ------------------------------------------------------------


def test_one_case_and_the_office_itself(ws: Workspace) -> None:
    """`audit CASE` looks at one; the office's own duties have both answers too."""
    opened(ws, "另一件")
    assert "另一件" in audit(ws).out
    assert "另一件" not in audit(ws, the_file(ws).stem[-4:]).out


def test_json_has_both_answers(ws: Workspace) -> None:
    act(ws, FACTS, 4)
    ran = run_in_process("--json", "--now", LATER, "audit", ".", cwd=ws.root)
    (facts,) = [item for item in ran.json["items"] if item["duty"] == "facts"]
    assert (facts["record"], facts["witness"]) == ("on_time", [])
    assert facts["recorded"].startswith("2026-11-22T02:13")
    assert ran.json["commits"] == 6


def test_history_says_from_and_to_with_its_commit(ws: Workspace) -> None:
    """Every change from → to, by whom, claimed and recorded, with its commit."""
    note = store.find_case(ws, ".", now=NOW).case.log[1]
    act(ws, Entry(kind="graded", at=NOW, grades={"level": "II"}, because="降"), 5)
    act(ws, Entry(kind="amended", at=NOW, of=note.id, because="看错", set={"text": "四百"}), 6)
    ran = run_in_process("--lang", "zh", "--now", LATER, "history", ".", cwd=ws.root).ok()
    for said in (
        "一级(重大) → 二级",
        f"{note.id}.text: 转发三百 → 四百",
        "– → 在办",
        "(记录 02:12)",
    ):
        assert said in ran.out, said
    for line in desks.git(ws, "log", "--format=%H", "-6").split():
        assert line[:10] in ran.out


def test_history_marks_what_is_not_committed(ws: Workspace) -> None:
    with the_file(ws).open("a", encoding="utf-8") as file:
        file.write(f"\n  - kind: noted\n    at: {NOW.isoformat()}\n    text: 手写\n")
    out = run_in_process("--lang", "en", "--now", LATER, "history", ".", cwd=ws.root).ok().out
    assert "not committed\n  by hand" in out
