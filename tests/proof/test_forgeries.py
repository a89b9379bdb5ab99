"""audit: every change of what was recorded is found, however it came in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import desks
import pytest
from desks import NOW, opened
from workbench import run_in_process

from proof.hands import LATER, act, audit, commit, findings, kinds, rewrite, the_file, word
from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace

pytestmark = pytest.mark.process


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


def test_a_review_knows_what_the_history_proves_wrong(ws: Workspace) -> None:
    """A report dated back meets no duty in the review: it says what `audit` says."""
    early = (NOW + timedelta(minutes=1)).isoformat(timespec="minutes")

    def dated_back(text: str) -> str:
        return (
            text + f"\n  - kind: reported\n    at: {early}\n    by: x\n    form: written\n"
            f"    to: lead-group\n    document: basic-facts\n    recorded: {early}\n    id: aaaaa3\n"
        )

    rewrite(ws, dated_back)
    commit(ws)
    line = ("--lang", "zh_CN", "--now", LATER, "review", the_file(ws).stem, "--draft")
    written = run_in_process(*line, cwd=ws.root).ok(0).out
    assert "记录有矛盾" in written
    told = audit(ws)
    assert "contradict" in told.out
