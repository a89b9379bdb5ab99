"""Two clones of one office, merged by git itself: filing, appending, relapsing, clones untold."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import desks
import pytest
from desks import NOW, opened, texts
from workbench import CHECKOUT, run_in_process

from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace

pytestmark = pytest.mark.process
LATER = NOW + timedelta(days=9)


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The one clone, with a case in it."""
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))
    made = desks.office(tmp_path / "one")
    opened(made)
    return made


@pytest.fixture
def other(ws: Workspace, tmp_path: Path) -> Workspace:
    """The other clone, told how to merge by `doctor --fix`."""
    desks.git(tmp_path, "clone", "-q", str(ws.root), "two")
    found = store.find(tmp_path / "two")
    store.repair(found, now=NOW)
    return found


def act(ws: Workspace, *entries: Entry, at: timedelta = timedelta(0)) -> None:
    for entry in entries:
        (path,) = ws.cases.glob("**/YQ-*.yaml")
        store.append(ws, store.find_case(ws, path.stem, now=NOW), [entry], now=NOW + at)


def note(text: str) -> Entry:
    return Entry(kind="noted", at=NOW, text=text)


def finished(ws: Workspace) -> None:
    """Closed, everything it owed released, so that a week later it can be filed."""
    close = Entry(kind="closed", at=NOW, because="办结")
    act(ws, close)
    loaded = store.find_case(ws, next(ws.cases.glob("YQ-*.yaml")).stem, now=NOW)
    from yuqing.clock import DONE, standings

    found = standings(loaded.case, loaded.plans, store.calendar(ws), LATER)
    for each in found:
        if each.limit is not None and each.state not in DONE:
            duty = each.duty.partition("@")[0]
            act(ws, Entry(kind="adjusted", at=NOW, by="lead-group", duty=duty, release=True,
                          because="并案"))  # fmt: skip


def pulled(ws: Workspace, other: Workspace) -> str:
    """``git pull`` of the other clone into this one; what git said."""
    return desks.git(
        ws, "pull", "-q", "--no-rebase", "--no-edit", str(other.root), "main", check=False
    )


def whole(ws: Workspace, words: Sequence[str]) -> None:
    """One file, every word in it, nothing left unsettled, and nothing for the auditor."""
    (path,) = ws.cases.glob("**/YQ-*.yaml")
    assert desks.dirty(ws) == ""
    assert set(words) <= set(texts(store.load(ws, path)))
    ran = run_in_process("--json", "audit", cwd=ws.root)
    found = [f for f in ran.json["findings"] if f["kind"] not in ("basis", "time")]
    assert found == []


def both_ways(ws: Workspace, other: Workspace, words: Sequence[str]) -> None:
    """Either clone may pull first; both end with the same bytes."""
    pulled(ws, other)
    whole(ws, words)
    pulled(other, ws)
    whole(other, words)
    one, two = (next(w.cases.glob("**/YQ-*.yaml")) for w in (ws, other))
    assert one.relative_to(ws.root) == two.relative_to(other.root)
    assert one.read_bytes() == two.read_bytes()


def test_init_tells_this_clone(ws: Workspace) -> None:
    """`init` sets driver and textconv in git's config; .gitattributes already names them."""
    assert "merge-file %O %A %B" in desks.git(ws, "config", "merge.yuqing.driver")
    assert "textconv" in desks.git(ws, "config", "diff.yuqing.textconv")


def test_both_append(ws: Workspace, other: Workspace) -> None:
    """Row 74, by git: always a conflict of lines, never one of entries."""
    act(ws, note("甲一"), note("甲二"))
    act(other, note("乙一"), at=timedelta(minutes=1))
    both_ways(ws, other, ["甲一", "甲二", "乙一"])


def test_filing_against_an_append(ws: Workspace, other: Workspace) -> None:
    """`tidy` moved the file; the other side appended to it where it was."""
    finished(ws)
    pulled(other, ws)
    assert store.tidy(ws, now=LATER).moved
    act(other, note("补一句"), at=timedelta(days=9))
    both_ways(ws, other, ["补一句"])
    assert list((ws.cases / "closed" / "2026").glob("*.yaml"))


def test_both_sides_filed_it(ws: Workspace, other: Workspace) -> None:
    """The same rename on both sides, and a note on one."""
    finished(ws)
    pulled(other, ws)
    act(other, note("补一句"), at=timedelta(days=8))
    for each in (ws, other):
        assert store.tidy(each, now=LATER).moved
    both_ways(ws, other, ["补一句"])
    assert not list(ws.cases.glob("*.yaml"))


def test_a_relapse_against_filing(ws: Workspace, other: Workspace) -> None:
    """One side filed it, on the other it broke out again: nothing is lost, `check` names that it
    lies where `overdue` does not look, and `tidy` takes it back."""
    finished(ws)
    pulled(other, ws)
    assert store.tidy(ws, now=LATER).moved
    act(other, Entry(kind="relapsed", at=LATER, text="再起"), at=timedelta(days=9))
    both_ways(ws, other, ["再起"])
    now = LATER.isoformat(timespec="minutes")
    assert not list(ws.cases.glob("*.yaml"))
    ran = run_in_process("--lang", "en", "--now", now, "check", cwd=ws.root)
    assert ran.code == 3
    assert "`yuqing tidy` takes it back" in ran.out
    assert [p.parent.name for p in store.tidy(ws, now=LATER).moved] == ["cases"]
    assert desks.commits(ws)[0].startswith("back on the desk YQ-")
    assert store.tidy(ws, now=LATER).moved == ()
    whole(ws, ["再起"])


def test_a_clone_that_was_not_told(ws: Workspace, other: Workspace) -> None:
    """Row 77: not configured: git's own text conflict, named by `check`; `doctor` says what is
    missing, `doctor --fix` puts it right, and the same merge then ends well."""
    for name in ("merge.yuqing.driver", "diff.yuqing.textconv"):
        desks.git(ws, "config", "--unset", name)
    doctor = run_in_process("--lang", "en", "doctor", cwd=ws.root).out
    assert "does not know merge.yuqing.driver" in doctor
    act(ws, note("甲"))
    act(other, note("乙"))
    pulled(ws, other)
    check = run_in_process("--lang", "en", "check", cwd=ws.root)
    assert check.code == 3
    assert "conflict markers of git" in check.out
    desks.git(ws, "merge", "--abort")
    assert "git was told" in run_in_process("--lang", "en", "doctor", "--fix", cwd=ws.root).out
    both_ways(ws, other, ["甲", "乙"])


def test_a_driver_that_is_not_there(ws: Workspace, other: Workspace) -> None:
    """Row 77: program missing: our side kept, no markers. `doctor` warns before; after, `check`
    says that the file is in conflict though it reads well; writing is refused."""
    desks.git(ws, "config", "merge.yuqing.driver", "no-such-yuqing merge-file %O %A %B")
    doctor = run_in_process("--lang", "en", "doctor", cwd=ws.root)
    assert doctor.code == 3
    assert "no-such-yuqing, which is not there" in doctor.out
    act(ws, note("甲"))
    act(other, note("乙"))
    pulled(ws, other)
    (path,) = ws.cases.glob("*.yaml")
    assert b"<<<<" not in path.read_bytes()
    check = run_in_process("--lang", "en", "check", cwd=ws.root)
    assert check.code == 3
    assert f"{path.name}: in conflict after a merge" in check.out
    assert run_in_process("note", path.stem[-4:], "丙", cwd=ws.root).code == 9


def test_our_driver_whose_program_has_gone(ws: Workspace, other: Workspace) -> None:
    """As `init` sets it, the driver leaves git's own markers where yuqing itself cannot run, and
    `git log -p` still shows what changed."""
    driver = desks.git(ws, "config", "merge.yuqing.driver").strip()
    textconv = desks.git(ws, "config", "diff.yuqing.textconv").strip()
    for name, line in (("merge.yuqing.driver", driver), ("diff.yuqing.textconv", textconv)):
        gone = line.replace("yuqing ", "no-such-program ", 1)
        desks.git(ws, "config", name, gone.replace(sys.executable, "no-such-program", 1))
    act(ws, note("甲"))
    act(other, note("乙"))
    pulled(ws, other)
    text = next(ws.cases.glob("*.yaml")).read_text("utf-8")
    assert "<<<<<<<" in text
    assert "甲" in text
    assert "乙" in text
    assert desks.dirty(ws).startswith("UU")
    desks.git(ws, "merge", "--abort")
    assert "+    text: 甲" in desks.git(ws, "log", "-p", "-1")


def test_a_careless_add_after_it_is_seen_by_the_auditor(ws: Workspace, other: Workspace) -> None:
    """Row 77: whoever then adds the file as it is, leaves the other side's entry out."""
    desks.git(ws, "config", "merge.yuqing.driver", "false %O %A %B")
    act(ws, note("甲"))
    act(other, note("乙"))
    pulled(ws, other)
    desks.git(ws, "add", "-A")
    desks.git(ws, "commit", "-qm", "m")
    ran = run_in_process("--json", "audit", cwd=ws.root)
    assert [f["kind"] for f in ran.json["findings"]] == ["gone"]
    assert ran.code == 12


def test_both_changed_one_value(ws: Workspace, other: Workspace) -> None:
    """Row 75: the conflict stays in the file, both values in it; git knows it is unsettled."""
    (path,) = ws.cases.glob("*.yaml")
    for clone, word in ((ws, "甲"), (other, "乙")):
        file = clone.cases / path.name
        file.write_text(file.read_text("utf-8").replace("软件监看", word), "utf-8", newline="\n")
        desks.git(clone, "commit", "-qam", "x")
    pulled(ws, other)
    text = path.read_text("utf-8")
    assert "source: 甲" in text
    assert "source: 乙" in text
    assert "<<<<<<< ours" in text
    assert desks.dirty(ws).startswith("UU")


def test_a_clean_merge_of_contradictory_facts_is_named(ws: Workspace, other: Workspace) -> None:
    """Row 76: one closes, the other goes on: merged, and `check` says so."""
    act(ws, Entry(kind="closed", at=NOW, because="办结"))
    act(other, note("仍在扩散"), at=timedelta(minutes=5))
    both_ways(ws, other, ["仍在扩散"])
    assert run_in_process("check", cwd=ws.root).code == 3


def test_a_readable_git_diff(ws: Workspace) -> None:
    """`git diff` shows what an entry says, one line each, through textconv."""
    act(ws, note("甲一"))
    said = desks.git(ws, "diff", "HEAD~1", "HEAD")
    assert "+    text: 甲一" in said
    assert "  noted  2026-11-22 02:09" in said or "  记事" in said


def test_a_criss_cross(ws: Workspace, other: Workspace) -> None:
    """Each merged the other before going on: git merges the merges' bases with the driver too."""
    act(ws, note("甲一"))
    act(other, note("乙一"), at=timedelta(minutes=1))
    one, two = (desks.git(w, "rev-parse", "HEAD").strip() for w in (ws, other))
    desks.git(ws, "fetch", "-q", str(other.root), "main")
    desks.git(other, "fetch", "-q", str(ws.root), "main")
    desks.git(ws, "merge", "-q", "--no-edit", two)
    desks.git(other, "merge", "-q", "--no-edit", one)
    act(ws, note("甲二"), at=timedelta(minutes=2))
    act(other, note("乙二"), at=timedelta(minutes=2))
    both_ways(ws, other, ["甲一", "乙一", "甲二", "乙二"])
