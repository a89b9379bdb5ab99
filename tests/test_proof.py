"""audit, history and seal: what git's history shows of the record, and what it cannot."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import NOW, opened
from workbench import CHECKOUT, Ran, run_in_process, surroundings

from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace

pytestmark = pytest.mark.process
LATER = (NOW + timedelta(days=20)).isoformat(timespec="minutes")


FACTS = Entry(
    kind="reported",
    at=NOW - timedelta(minutes=1),
    form="written",
    to=("lead-group",),
    document="basic-facts",
)
"""The written report, owed two hours after the discovery, stated in time."""


@pytest.fixture
def ws(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An office with one case: found, noted, graded, reported by telephone."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    shutil.copytree(shared, tmp_path / "office")
    return store.find(tmp_path / "office")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each test gets a copy."""
    with surroundings():
        return _with_a_case(tmp_path_factory.mktemp("proof") / "office")


def _with_a_case(root: Path) -> Path:
    made = desks.office(root)
    opened(made)
    act(made, Entry(kind="noted", at=NOW, text="转发三百"), 1)
    act(made, Entry(kind="graded", at=NOW, grades={"level": "I"}, because="省媒转载"), 2)
    report = Entry(kind="reported", at=NOW - timedelta(minutes=5), to=("lead-group",), form="phone")
    act(made, report, 3)
    return made.root


def act(ws: Workspace, entry: Entry, minutes: int, ref: str | None = None) -> store.Written:
    loaded = store.find_case(ws, ref or the_file(ws).stem, now=NOW)
    return store.append(ws, loaded, [entry], now=NOW + timedelta(minutes=minutes))


def the_file(ws: Workspace) -> Path:
    """The first case of the office, wherever it lies."""
    paths = ws.cases.glob("**/YQ-*.yaml")
    return min(paths, key=lambda path: "停水" not in path.read_text("utf-8"))


def audit(ws: Workspace, *words: str) -> Ran:
    return run_in_process("--lang", "en", "--now", LATER, "audit", *words, cwd=ws.root)


def findings(ws: Workspace, *words: str) -> list[dict[str, Any]]:
    """What was found, without the clocks' own answers."""
    ran = run_in_process("--json", "--now", LATER, "audit", *words, cwd=ws.root)
    found: list[dict[str, Any]] = ran.json["findings"]
    assert ran.code == (12 if found else 0) or ran.json["incomplete"], ran.out
    return found


def kinds(ws: Workspace, *words: str) -> set[str]:
    return {each["kind"] for each in findings(ws, *words)}


def commit(ws: Workspace, **env: str) -> None:
    """As somebody with git and without yuqing would."""
    subprocess.run(
        ["git", "commit", "-qam", "x"], cwd=ws.root, check=True, env={**os.environ, **env}
    )


def rewrite(ws: Workspace, change: Callable[[str], str]) -> None:
    path = the_file(ws)
    old = path.read_text("utf-8")
    assert change(old) != old
    path.write_text(change(old), "utf-8", newline="\n")


# --- forgeries -----------------------------------------------------------------------------


def word(ws: Workspace) -> None:
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    commit(ws)


def word_and_back(ws: Workspace) -> None:
    """Put right again before anybody looks."""
    word(ws)
    rewrite(ws, lambda text: text.replace("转发三十", "转发三百"))
    commit(ws)


def title(ws: Workspace) -> None:
    rewrite(ws, lambda text: text.replace("柳塘小区停水", "柳塘小区停水一事"))
    commit(ws)


def drop(ws: Workspace) -> None:
    rewrite(ws, lambda text: re.sub(r"\n  - kind: noted\n(    .*\n)+", "", text))
    commit(ws)


def swap(ws: Workspace) -> None:
    def change(text: str) -> str:
        head, _, log = text.partition("log:\n")
        one, two, *rest = log.rstrip("\n").split("\n\n")
        return head + "log:\n" + "\n\n".join([two, one, *rest]) + "\n"

    rewrite(ws, change)
    commit(ws)


def delete(ws: Workspace) -> None:
    the_file(ws).unlink()
    commit(ws)


def back_dated_entry(ws: Workspace) -> None:
    early = (NOW + timedelta(minutes=1)).isoformat(timespec="minutes")
    rewrite(
        ws,
        lambda text: (
            text + f"\n  - kind: noted\n    at: {early}\n    by: x\n    text: 早已\n"
            f"    recorded: {early}\n    id: aaaaa1\n"
        ),
    )
    commit(ws)


def back_dated_commit(ws: Workspace) -> None:
    rewrite(ws, lambda text: text + "# x\n")
    commit(ws, GIT_COMMITTER_DATE="2026-01-01T00:00+0800", GIT_AUTHOR_DATE="2026-01-01T00:00+0800")


def broken_between(ws: Workspace) -> None:
    """A version nobody can read, and behind it another word."""
    rewrite(ws, lambda text: text.replace("log:\n", "log: [\n"))
    commit(ws)
    rewrite(ws, lambda text: text.replace("log: [\n", "log:\n"))
    word(ws)


def moved_start(ws: Workspace) -> None:
    """By the rules, but after what it moves had passed: both limits are told, and which commit."""
    first = store.load(ws, the_file(ws)).case.log[0]
    early = NOW - timedelta(days=1)
    moved = Entry(kind="amended", at=NOW, of=first.id, because="看错", set={"at": early})
    act(ws, moved, 60 * 24)


def lowered_level(ws: Workspace) -> None:
    graded = store.load(ws, the_file(ws)).case.log[2]
    lower = {"grades": {"level": "III"}}
    act(ws, Entry(kind="amended", at=NOW, of=graded.id, because="定高了", set=lower), 60 * 24)


def made_up_code(ws: Workspace) -> None:
    """A receipt by the rules, with a code that no version ever had."""
    report = store.load(ws, the_file(ws)).case.log[-1]
    receipt = Entry(kind="received", at=NOW, by="lead-group", re=(report.id or "",),
                    number="收7", code="7K3MABCDEFGH")  # fmt: skip
    act(ws, receipt, 5)


def stamp_before_the_act(ws: Workspace) -> None:
    """Stated for a minute that had not come when it was written down."""
    ahead, stamp = ((NOW + timedelta(minutes=n)).isoformat(timespec="minutes") for n in (40, 6))
    rewrite(
        ws,
        lambda text: (
            text + f"\n  - kind: reported\n    at: {ahead}\n    by: x\n    form: written\n"
            "    to: lead-group\n    document: basic-facts\n"
            f"    recorded: {stamp}\n    id: aaaaa2\n"
        ),
    )
    commit(ws)


FORGERIES: dict[str, tuple[Callable[[Workspace], None], str, str]] = {
    "a word": (word, "changed", "`text` of"),
    "a word, and back": (word_and_back, "changed", "转发三百 → 转发三十"),
    "the title": (title, "changed", "`title` of head"),
    "an entry gone": (drop, "gone", "is gone"),
    "entries in another order": (swap, "moved", "another place of the log"),
    "a case deleted": (delete, "deleted", "was deleted"),
    "an entry dated back": (back_dated_entry, "recorded", "says it was written down"),
    "a commit dated back": (back_dated_commit, "dates", "the commit is dated"),
    "a start moved": (moved_start, "basis", "written down after it had passed"),
    "a level lowered": (lowered_level, "basis", "written down after it had passed"),
    "a code made up": (made_up_code, "code", "fits no version of this case"),
    "a stamp before the act": (stamp_before_the_act, "time", "written down before that"),
    "hidden behind a broken version": (broken_between, "changed", "转发三百 → 转发三十"),
}


@pytest.mark.parametrize("name", FORGERIES)
@pytest.mark.parametrize("way", ["straight", "merged into main", "main merged into it"])
def test_every_forgery_is_found(ws: Workspace, name: str, way: str) -> None:
    """Each finding is forged: on the branch itself, on a side branch merged in, and on one that
    the honest branch was merged into (where the first-parent line shows only the forger's)."""
    forge, kind, said = FORGERIES[name]
    if way == "straight":
        forge(ws)
    else:
        desks.git(ws, "switch", "-qc", "side")
        forge(ws)
        desks.git(ws, "switch", "-q", "main")
        opened(ws, "另一件")
        if way == "merged into main":
            desks.git(ws, "merge", "-q", "--no-ff", "-m", "m", "side")
        else:
            desks.git(ws, "switch", "-q", "side")
            desks.git(ws, "merge", "-q", "--no-ff", "-m", "m", "main")
            desks.git(ws, "switch", "-q", "main")
            desks.git(ws, "merge", "-q", "--ff-only", "side")
    found = findings(ws)
    assert kind in {each["kind"] for each in found}, found
    ran = audit(ws)
    assert said in ran.out
    assert ran.code == (3 if name.startswith("hidden") else 12)
    told = next(each for each in found if each["kind"] == kind)
    assert told["commit"] or told["entry"]
    assert told["commit"][:10] in ran.out
    if name.startswith("hidden"):
        assert ran.out.startswith("Incomplete: ")


def test_an_evil_merge_is_found(ws: Workspace) -> None:
    """Changed in the merge commit itself, against both parents."""
    desks.git(ws, "switch", "-qc", "side")
    opened(ws, "另一件")
    desks.git(ws, "switch", "-q", "main")
    act(ws, Entry(kind="noted", at=NOW, text="主线"), 9)
    desks.git(ws, "merge", "-q", "--no-ff", "--no-commit", "side")
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    commit(ws)
    assert len([f for f in findings(ws) if f["kind"] == "changed"]) >= 1


def test_an_uncommitted_change_of_an_old_entry_is_found_too(ws: Workspace) -> None:
    """The working file is held against HEAD as any version against its parent."""
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    (found,) = findings(ws)
    assert (found["kind"], found["commit"]) == ("changed", "")
    assert "not committed" in audit(ws).out


def test_a_start_moved_after_the_limit_had_passed(ws: Workspace) -> None:
    """依據已改: both limits, the amendment and its commit."""
    moved_start(ws)
    assert kinds(ws) == {"basis"}
    ran = audit(ws)
    assert "basis changed (before: " in ran.out
    assert desks.git(ws, "rev-parse", "HEAD")[:10] in ran.out


@pytest.mark.parametrize("way", ["straight", "back"])
def test_a_merge_that_takes_one_side_only_is_found(ws: Workspace, way: str) -> None:
    """`git merge -s ours`: the other side's entries are in the ancestry and in no file."""
    desks.git(ws, "switch", "-qc", "side")
    act(ws, Entry(kind="noted", at=NOW, text="支线"), 7)
    desks.git(ws, "switch", "-q", "main")
    act(ws, Entry(kind="noted", at=NOW, text="主线"), 5)
    here, there = ("main", "side") if way == "straight" else ("side", "main")
    desks.git(ws, "switch", "-q", here)
    desks.git(ws, "merge", "-q", "--no-ff", "-s", "ours", "-m", "m", there)
    (found,) = findings(ws)
    assert found["kind"] == "gone"


def test_amendments_put_in_another_order_by_a_merge_are_found(ws: Workspace) -> None:
    """Of two amendments the last in the file holds: turned round in the merge commit, the other
    value would. What the driver itself put in order is no finding."""
    note = store.load(ws, the_file(ws)).case.log[1].id
    for minute, text in ((5, "四百"), (6, "三百五")):
        act(ws, Entry(kind="amended", at=NOW, of=note, because="核", set={"text": text}), minute)
    desks.git(ws, "switch", "-qc", "side")
    act(ws, Entry(kind="noted", at=NOW, text="支线"), 7)
    desks.git(ws, "switch", "-q", "main")
    act(ws, Entry(kind="noted", at=NOW, text="主线"), 8)
    desks.git(ws, "merge", "-q", "--no-ff", "-m", "m", "side")
    assert findings(ws) == []

    def turned(text: str) -> str:
        parts = text.rstrip("\n").split("\n\n")
        (one, two) = (n for n, each in enumerate(parts) if "kind: amended" in each)
        parts[one], parts[two] = parts[two], parts[one]
        return "\n\n".join(parts) + "\n"

    rewrite(ws, turned)
    desks.git(ws, "commit", "-qa", "--amend", "-m", "m")
    assert kinds(ws) == {"moved"}


# --- honest work ------------------------------------------------------------------------------


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


# --- seal ---------------------------------------------------------------------------------------


def test_seal_and_verify(ws: Workspace) -> None:
    """12 signs to read out, 26 to print, of a case or of everything; checked against every prefix
    of the log, then against git history, however they were written down."""
    case, all_ = (
        run_in_process("--json", "seal", *words, cwd=ws.root).json["items"][0]
        for words in ([the_file(ws).stem], [])
    )
    assert (len(case["read_out"]), len(case["print"])) == (12, 26)
    assert case["print"].startswith(case["read_out"])
    act(ws, Entry(kind="noted", at=NOW, text="又"), 9)
    for code in (case["read_out"], case["print"], all_["read_out"], all_["print"]):
        spoken = " ".join(code[n : n + 4] for n in range(0, len(code), 4)).lower().replace("0", "o")
        ran = run_in_process("--lang", "en", "seal", "verify", spoken, cwd=ws.root).ok()
        assert desks.git(ws, "rev-parse", "HEAD~1")[:10] in ran.out
    assert run_in_process("seal", "verify", "000000000000", cwd=ws.root).code == 12
    assert run_in_process("seal", "verify", "0000", cwd=ws.root).code == 2


def test_the_code_on_a_document_is_the_sealed_one(ws: Workspace) -> None:
    """The fingerprint at the foot of each document is the code that is read out."""
    paper = run_in_process("--json", "review", ".", "--draft", cwd=ws.root).ok().json["items"][0]
    sealed = run_in_process("--json", "seal", ".", cwd=ws.root).json["items"][0]
    assert paper["fingerprint"] == sealed["read_out"]


def test_a_code_lives_on_in_the_history_after_a_merge(ws: Workspace) -> None:
    """Merged, the log has another order: the code is no prefix of it, the history still has it."""
    desks.git(ws, "switch", "-qc", "side")
    act(ws, Entry(kind="noted", at=NOW, text="支线"), 7)
    code = run_in_process("--json", "seal", ".", cwd=ws.root).json["items"][0]["read_out"]
    desks.git(ws, "switch", "-q", "main")
    act(ws, Entry(kind="noted", at=NOW, text="主线"), 5)
    desks.git(ws, "merge", "-q", "--no-ff", "-m", "m", "side")
    assert "又" not in the_file(ws).read_text("utf-8")
    assert run_in_process("seal", "verify", code, cwd=ws.root).code == 0


HOOK = """#!/bin/sh
# the server's own clock; kept by the superior, not by the office that is checked
while read old new ref; do
    printf '%s %s %s\\n' "$(date -u +%Y-%m-%dT%H:%MZ)" "$new" "$ref" >> receipts.log
done
"""


def test_a_server_side_receipt_log(ws: Workspace, tmp_path: Path) -> None:
    """A bare repository of the superior: no rewriting, and a log by its own clock. It shows that
    this commit existed no later than that minute, and the code of the log is the sealed one."""
    far = tmp_path / "far.git"
    desks.git(tmp_path, "init", "-q", "--bare", str(far))
    desks.git(far, "config", "receive.denyNonFastForwards", "true")
    desks.git(far, "config", "receive.denyDeletes", "true")
    hook = far / "hooks" / "post-receive"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    desks.git(ws, "remote", "add", "superior", str(far))
    desks.git(ws, "push", "-q", "-u", "superior", "main")
    when, commit_id, ref = (far / "receipts.log").read_text().split()
    assert (commit_id, ref) == (desks.git(ws, "rev-parse", "HEAD").strip(), "refs/heads/main")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ", when)
    assert "not pushed" not in audit(ws).out
    log = ("audit", "--receipts", str(far / "receipts.log"))
    ran = run_in_process("--lang", "en", *log, cwd=ws.root)
    phone, *_ = [line for line in ran.out.splitlines() if "[phone]" in line]
    assert f"witness: receipts.log, commit {commit_id[:10]} received, not later than " in phone
    verify = run_in_process("--lang", "en", "seal", "verify", commit_id, cwd=ws.root)
    assert verify.code == 0, "the id in the log is looked up as it stands there"
    rewrite(ws, lambda text: text.replace("转发三百", "转发三十"))
    desks.git(ws, "commit", "-qa", "--amend", "-m", "x")
    pushed = subprocess.run(["git", "push", "-qf"], cwd=ws.root, capture_output=True, check=False)
    assert pushed.returncode != 0, "a rewritten history is refused there"
    assert run_in_process("seal", "verify", commit_id, cwd=ws.root).code == 12
    ran = run_in_process("--lang", "en", *log, cwd=ws.root).ok(12)
    assert f"receipts.log: commit {commit_id[:10]} was received at " in ran.out
    assert "this history lacks it" in ran.out


def received(ws: Workspace, *lines: tuple[int, str]) -> Path:
    """A log as the hook writes it: minutes after NOW, and a commit."""
    file = ws.root.parent / "receipts.log"
    stamps = [(NOW + timedelta(minutes=n)).astimezone(UTC) for n, _ in lines]
    rows = [f"{at:%Y-%m-%dT%H:%MZ} {commit} refs/heads/main"
            for at, (_, commit) in zip(stamps, lines, strict=True)]  # fmt: skip
    file.write_text("".join(row + "\n" for row in rows), "utf-8")
    return file


def test_a_push_received_is_a_witness_of_everything_it_leads_to(ws: Workspace) -> None:
    """外證 of the kind "push received": the first receipt whose commit holds the act, by the other
    side's clock; an amendment since then is witnessed by its own push only."""
    act(ws, FACTS, 4)
    sent = desks.git(ws, "rev-parse", "HEAD").strip()
    act(ws, Entry(kind="noted", at=NOW, text="又"), 9)
    later = desks.git(ws, "rev-parse", "HEAD").strip()
    file = received(ws, (30, later), (20, sent))

    def witness(duty: str) -> list[dict[str, Any]]:
        ran = run_in_process(
            "--json", "--now", LATER, "audit", "--receipts", str(file), cwd=ws.root
        )
        assert ran.json["findings"] == []
        (item,) = [each for each in ran.json["items"] if each["duty"] == duty]
        found: list[dict[str, Any]] = item["witness"]
        return found

    (one,) = witness("facts")
    assert (one["kind"], one["value"], one["by"]) == ("pushed", sent[:10], "receipts.log")
    assert one["at"] == (NOW + timedelta(minutes=20)).isoformat(timespec="minutes")
    facts = store.find_case(ws, ".", now=NOW).case.log[-2]
    act(ws, Entry(kind="amended", at=NOW, of=facts.id, because="核", set={"text": "补"}), 40)
    assert witness("facts") == []


def test_a_receipt_before_the_stamp_contradicts_it(ws: Workspace) -> None:
    """Their clock saw the commit an hour before the entry says that it was written down; clocks
    differ, so it is told with --strict."""
    head = desks.git(ws, "rev-parse", "HEAD").strip()
    file = received(ws, (-60, head))
    assert findings(ws, "--receipts", str(file)) == []
    said = [f["said"] for f in findings(ws, "--strict", "--receipts", str(file))]
    assert any("but receipts.log received it at" in each for each in said)


def test_what_is_no_receipt_is_named(ws: Workspace) -> None:
    """A log that somebody edited is read as far as it goes, and the answer is incomplete."""
    file = received(ws, (20, desks.git(ws, "rev-parse", "HEAD").strip()))
    file.write_text(file.read_text("utf-8") + "yesterday abc\n", "utf-8")
    ran = audit(ws, "--receipts", str(file))
    assert ran.code == 3
    assert ran.out.startswith("Incomplete: receipts.log: lines that are no receipt")
    assert ran.out.splitlines()[0].endswith(": 2")
    assert audit(ws, "--receipts", str(file) + "x").code == 5
