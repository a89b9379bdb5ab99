"""Finding, reading, saving and filing: the workspace and its folders."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import NOW, ZONE, note, noted, opened, texts

from yuqing import store
from yuqing.case import Entry
from yuqing.errors import Busy, NotFound, Refused, Unreadable, Unusable
from yuqing.store import Workspace

pytestmark = pytest.mark.process


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return desks.office(tmp_path / "office")


def closed(ws: Workspace, loaded: store.Loaded, at: dt.datetime) -> store.Written:
    entries = [Entry(kind="closed", at=at, because="核实为谣传")]
    return store.append(ws, store.load(ws, loaded.path), entries, now=at)


def release_all(ws: Workspace, loaded: store.Loaded, at: dt.datetime) -> None:
    """The head of the office waives whatever has a limit."""
    from yuqing.clock import DONE, standings

    while True:
        fresh = store.load(ws, loaded.path)
        owed = [
            s
            for s in standings(fresh.case, fresh.plans, store.calendar(ws), at)
            if s.state not in DONE and (s.limit or s.state == "incomplete")
        ]
        if not owed:
            return
        waived = [
            Entry(kind="adjusted", at=at, by="lead-group", duty=s.duty, release=True, because="免")
            for s in owed
        ]
        store.append(ws, fresh, waived, now=at)


# --- the workspace ---------------------------------------------------------------------


def test_found_from_below(ws: Workspace) -> None:
    """The workspace is found by walking up from the current folder."""
    below = ws.cases / "files" / "x"
    below.mkdir(parents=True)
    assert store.find(below).root == ws.root


def test_outside_any(tmp_path: Path) -> None:
    """Outside one, a command names `yuqing init` (exit 8)."""
    with pytest.raises(Unusable) as caught:
        store.find(tmp_path)
    assert caught.value.hint is not None
    assert caught.value.hint.params["line"] == "yuqing init"


def test_office_of_a_newer_format(ws: Workspace) -> None:
    """A higher format version is named and left alone (exit 3)."""
    file = ws.templates / "office.yaml"
    file.write_text(file.read_text().replace("yuqing: 1", "yuqing: 2"))
    with pytest.raises(Unreadable) as caught:
        store.find(ws.root)
    assert caught.value.problems[0].file == "templates/office.yaml"


def test_what_init_makes(ws: Workspace) -> None:
    """`init` makes the folders, the attributes complete from the first release, commits what it
    made, and asks nothing."""
    assert (ws.root / ".gitattributes").read_text().splitlines() == [
        "cases/**/*.yaml text eol=lf merge=yuqing diff=yuqing",
        "cases/files/** -text -merge",
        "templates/** text=auto eol=lf",
        "*.docx -text",
    ]
    assert ws.office.since == NOW.date()
    assert ws.cases.is_dir()
    assert desks.dirty(ws) == ""
    assert [p.name for p in store.plans(ws)] == list(ws.office.plans)
    assert not [p for p in store.examine(ws, now=NOW) if p.severity in ("error", "finding")]


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    """In a repository with files of its own: missing lines are added, nothing is replaced, and
    what else was changed there stays uncommitted."""
    root = tmp_path / "office"
    desks.git(tmp_path, "init", "-q", "-b", "main", "office")
    (root / ".gitattributes").write_text("*.png binary")
    (root / ".vscode").mkdir()
    (root / ".vscode" / "settings.json").write_text("{}")
    (root / "notes.txt").write_text("x")
    made = store.init(root, now=NOW, beside=lambda _: {".vscode/settings.json": b"{ours}"})
    assert made.failure is None
    lines = (root / ".gitattributes").read_text().splitlines()
    assert lines[0] == "*.png binary"
    assert len(lines) == 5
    assert (root / ".vscode" / "settings.json").read_text() == "{}"
    assert {s.params["file"] for s in made.said} == {".gitattributes", ".vscode/settings.json"}
    assert set(desks.dirty(made.workspace).splitlines()) == {
        "?? .vscode/settings.json",
        "?? notes.txt",
    }
    again = store.init(root, now=NOW, beside=lambda _: {".vscode/settings.json": b"{ours}"})
    assert again.made == ()


def test_init_with_a_broken_plan(tmp_path: Path) -> None:
    """A plan that cannot be used: exit 3, and no folder is made."""
    plan = tmp_path / "x@1.yaml"
    plan.write_text("yuqing: 1\nid: x\n")
    with pytest.raises(Unreadable):
        store.init(tmp_path / "office", plan, now=NOW)
    with pytest.raises(Refused):
        store.init(tmp_path / "office", "nosuch", now=NOW)
    assert not (tmp_path / "office").exists()


def test_template_names(ws: Workspace, tmp_path: Path) -> None:
    """Row 40: only names found by listing; the office's own file goes before the packaged one; a
    link that leads out is not followed."""
    own = ws.templates / "documents"
    own.mkdir()
    packaged = store.template_path(ws, "documents", "review.md.j2")
    (own / "review.md.j2").write_text("own")
    (tmp_path / "secret").write_text("s")
    (own / "leak.md.j2").symlink_to(tmp_path / "secret")
    assert store.template_path(ws, "documents", "review.md.j2") == own / "review.md.j2" != packaged
    for name in ("../office.yaml", "leak.md.j2", "/etc/passwd", ""):
        with pytest.raises(Unreadable):
            store.template_path(ws, "documents", name)


def test_plan_edited_after_pinning(ws: Workspace) -> None:
    """Row 46: a pinned plan that was edited is named; a comment in it changes nothing."""
    opened(ws)
    (file,) = (ws.templates / "plans").iterdir()
    text = file.read_text()
    file.write_text(text + "# a comment\n")
    assert store.desk(store.find(ws.root)).problems == ()
    plan = store.plans(ws)[0]
    file.write_text(text.replace(plan.title, "另一个方案"))
    # The package still has the pinned content: the case keeps its limits.
    assert store.desk(store.find(ws.root)).cases[0].plans == (plan,)


def test_pinned_plan_is_gone(ws: Workspace) -> None:
    """Row 46: no file of the pinned version anywhere: the case is named, exit 3."""
    path = opened(ws).loaded.path
    path.write_text(path.read_text().replace('version: "2022-01"', 'version: "1999"'))
    desk = store.desk(ws)
    assert not desk.complete
    assert "was not found" in desk.problems[0].key


def test_pinned_plan_is_broken(ws: Workspace) -> None:
    """A broken plan file is named once, with its line, whatever number of cases run under it."""
    opened(ws)
    opened(ws, "另一件")
    (file,) = (ws.templates / "plans").iterdir()
    for path in ws.cases.glob("*.yaml"):
        path.write_text(path.read_text().replace('version: "2022-01"', 'version: "2026"'))
    broken = file.with_name("sf@2026.yaml")
    broken.write_text(file.read_text().replace("yuqing: 1", "yuqing: 1\nyuqing: 1"))
    second = broken.read_text().splitlines().index("yuqing: 1") + 2
    desk = store.desk(store.find(ws.root))
    found = [p.line for p in desk.problems if p.file == "templates/plans/sf@2026.yaml"]
    assert found == [second]
    assert len([p for p in desk.problems if "was not found" in p.key]) == 2


def test_reading_without_git(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking answers without git, and says what it could not see."""
    opened(ws)
    monkeypatch.setenv("PATH", "")
    desk = store.desk(store.find(ws.root))
    assert desk.complete
    assert len(desk.cases) == 1
    assert ["could not be seen" in p.key for p in desk.problems] == [True]


# --- the set of files ------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "{id}.yml", "{id}.YAML", "{id}.yaml.txt", "{id}.yaml~", "{id}.yaml.orig",
        "{id}.yaml.rej", "{id} - 副本.yaml", "{id} (conflicted copy).yaml", "新案.yaml", "a.txt",
    ],
)  # fmt: skip
def test_stray_files(ws: Workspace, name: str) -> None:
    """Rows 36, 37: every file that is not read is named, and the answer is incomplete."""
    case = opened(ws)
    stray = ws.cases / name.format(id=case.case.id)
    stray.write_bytes(case.loaded.data)
    desk = store.desk(ws)
    assert [p.file for p in desk.problems] == [ws.name(stray)]
    assert not desk.complete
    assert len(desk.cases) == 1


@pytest.mark.skipif(os.name == "nt", reason="POSIX files")
@pytest.mark.parametrize("sort", ["link", "folder", "pipe"])
def test_no_ordinary_file(ws: Workspace, tmp_path: Path, sort: str) -> None:
    """Row 38: a link, a folder or a pipe named like a case is refused (a pipe would hang)."""
    path = ws.cases / "YQ-20261122-AAAA.yaml"
    if sort == "link":
        path.symlink_to("/etc/passwd")
    elif sort == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    opened(ws)
    desk = store.desk(ws)
    assert [p.file for p in desk.problems] == ["cases/YQ-20261122-AAAA.yaml"]
    assert "not an ordinary file" in desk.problems[0].key
    assert len(desk.cases) == 1


@pytest.mark.parametrize(
    "ref", ["../../etc/x", "/etc/passwd", "a/b", "a\0b", "a\nb", "", "*", ".."]
)
def test_path_tricks(ws: Workspace, ref: str) -> None:
    """Row 39: a case is found among the listed names only; nothing typed becomes a path."""
    opened(ws)
    with pytest.raises(NotFound) as caught:
        store.find_case(ws, ref, now=NOW)
    assert caught.value.exit_code == 4


def test_id_is_not_the_name(ws: Workspace) -> None:
    """Row 35: id in the file and name of the file differ: both are named, nothing is guessed."""
    path = opened(ws).loaded.path
    path.rename(ws.cases / "YQ-20261122-AAAA.yaml")
    desk = store.desk(ws)
    assert desk.cases == ()
    assert any(p.params.get("name") == "YQ-20261122-AAAA" for p in desk.problems)


def test_two_files_with_one_id(ws: Workspace) -> None:
    """Row 36: on the desk and in the archive: both named, by the folder and by name."""
    case = opened(ws)
    other = store.filed_path(ws, case.case.id)
    other.parent.mkdir(parents=True)
    other.write_bytes(case.loaded.data)
    desk = store.desk(ws)
    assert [p.params.get("other") for p in desk.problems] == [ws.name(other)]
    with pytest.raises(Unreadable):
        store.find_case(ws, case.case.id, now=NOW)


def test_fewer_files_than_committed(ws: Workspace) -> None:
    """Row 44: a committed case that is gone makes the answer incomplete, never "all clear"."""
    path = opened(ws).loaded.path
    opened(ws, "另一件")
    path.unlink()
    desk = store.desk(ws)
    assert not desk.complete
    assert desk.problems[0].params["line"] == f"git checkout HEAD -- {ws.name(path)}"
    assert len(desk.cases) == 1


def test_cut_off_file(ws: Workspace) -> None:
    """Row 3: a file cut off between two entries reads well; HEAD knows what is missing, and the
    answer is incomplete."""
    path = opened(ws).loaded.path
    whole = path.read_bytes()
    written = noted(ws, "一", "二")
    path.write_bytes(whole)
    desk = store.desk(ws)
    assert len(desk.cases) == 1
    assert not desk.complete
    assert [p.params["entry"] for p in desk.problems] == [e.id for e in written.entries]


def test_changed_file(ws: Workspace) -> None:
    """An old entry was changed: named beside the answer, which stays complete. New entries, and
    comments, by hand are no change."""
    path = opened(ws).loaded.path
    path.write_text(path.read_text() + BY_HAND + "# Kommentar\n")
    assert store.desk(ws).problems == ()
    path.write_text(path.read_text().replace("软件监看", "电话"))
    desk = store.desk(ws)
    assert desk.complete
    assert [(p.severity, p.params["field"]) for p in desk.problems] == [("finding", "source")]


def test_no_cases_folder(ws: Workspace) -> None:
    """Row 44: the folder is missing."""
    (ws.cases / ".gitkeep").unlink()
    ws.cases.rmdir()
    assert not store.desk(ws).complete


def test_one_bad_file_among_many(ws: Workspace) -> None:
    """Row 93: the good ones are there, the bad one is named with file and line."""
    bad = opened(ws).loaded.path
    opened(ws, "好的")
    bad.write_text(bad.read_text().replace("kind: discovered", "kind：discovered"))
    desk = store.desk(ws)
    assert [c.case.title for c in desk.cases] == ["好的"]
    assert (desk.problems[0].file, desk.problems[0].line) == (ws.name(bad), 8)


# --- one case by its name --------------------------------------------------------------


def test_unique_end(ws: Workspace) -> None:
    """Any unique end of the id, case-insensitive, O = 0, I and L = 1, full width too."""
    for end in ("7K3M", "1K30"):
        path = ws.cases / f"YQ-20261122-{end}.yaml"
        data = opened(ws, end).loaded
        path.write_text(data.path.read_text().replace(data.case.id, path.stem))
        data.path.unlink()
    for ref, end in [("7k3m", "7K3M"), ("3m", "7K3M"), ("lk3o", "1K30"), ("７Ｋ３Ｍ", "7K3M"),
                     ("yq-20261122-ik3O", "1K30")]:  # fmt: skip
        assert store.find_case(ws, ref, now=NOW).case.title == end
    with pytest.raises(NotFound) as caught:
        store.find_case(ws, "QQQQ", now=NOW)
    assert "there is no case" in caught.value.said.key


def test_ambiguous_end(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several: exit 4, all named."""
    ids = sorted(opened(ws, title).case.id for title in "甲乙")
    with pytest.raises(NotFound) as caught:
        store.find_case(ws, ".", now=NOW)
    assert all(each in str(caught.value.said.params["candidates"]) for each in ids)


def test_the_dot(ws: Workspace) -> None:
    """`.` is the only case on the desk without a `closed` in force; drills count only when there
    is no other."""
    with pytest.raises(NotFound) as caught:
        store.find_case(ws, ".", now=NOW)
    assert caught.value.said.key == "no case is open"
    drill = opened(ws, "演练", drill="true")
    assert store.find_case(ws, ".", now=NOW).case.id == drill.case.id
    real = opened(ws, "真的")
    assert store.find_case(ws, ".", now=NOW).case.id == real.case.id
    closed(ws, real.loaded, NOW)
    assert store.find_case(ws, ".", now=NOW).case.id == drill.case.id


def test_the_dot_beside_a_broken_file(ws: Workspace) -> None:
    """`.` never hides that something could not be read."""
    bad = opened(ws).loaded.path
    good = opened(ws, "好的")
    bad.write_bytes(b"")
    found = store.find_case(ws, ".", now=NOW)
    assert found.case.id == good.case.id
    assert [p.file for p in found.problems] == [ws.name(bad)]
    good.loaded.path.write_bytes(b"")
    with pytest.raises(Unreadable) as caught:
        store.find_case(ws, ".", now=NOW)
    assert len(caught.value.problems) == 2


def test_the_logbook(ws: Workspace) -> None:
    """`log` is this month's logbook; the first entry creates the file, titled by its id."""
    book = store.find_case(ws, "log", now=NOW)
    assert book.case.id == "LOG-2026-11"
    assert not book.path.exists()
    ticked = [Entry(kind="done", at=NOW, duty="daily-search", text="7个渠道无新增")]
    written = store.append(ws, book, ticked, now=NOW)
    assert written.committed
    assert written.before is None
    assert book.path == ws.cases / "log" / "LOG-2026-11.yaml"
    again = store.append(ws, store.find_case(ws, "log", now=NOW), ticked, now=NOW)
    assert len(again.case.log) == 2
    both = store.append(ws, book, ticked, now=NOW)  # read before the file was there
    assert len(both.case.log) == 3
    assert [c.case.id for c in store.logbooks(ws, store.two_months(NOW)).cases] == ["LOG-2026-11"]
    assert store.two_months(NOW) == ("2026-11", "2026-10")
    assert desks.dirty(ws) == ""


# --- papers ----------------------------------------------------------------------------


def test_papers(ws: Workspace, tmp_path: Path) -> None:
    """A file is copied, digested and committed with the entry; a same-named different one gets
    `-2` before the extension; the same one is not copied twice; never overwritten."""
    (tmp_path / "a").mkdir()
    first, second = tmp_path / "图.png", tmp_path / "a" / "图.png"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    case = opened(ws, "柳塘小区停水", first)
    loaded = store.find_case(ws, ".", now=NOW)
    attached = store.attachments(ws, case.case.id, [second, first])
    assert [a.file.path for a in attached] == ["图-2.png", "图.png"]
    entry = Entry(kind="noted", at=NOW, files=tuple(a.file for a in attached))
    written = store.append(ws, loaded, [entry], attached, now=NOW)
    folder = ws.cases / "files" / case.case.id
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {
        "图.png": b"one",
        "图-2.png": b"two",
    }
    assert desks.dirty(ws) == ""
    assert store.digests(ws, written.case) == {a.file.path: a.file.sha256 for a in attached}
    (folder / "图.png").unlink()
    assert store.digests(ws, written.case)["图.png"] is None
    with pytest.raises(Refused):
        store.attachments(ws, case.case.id, [tmp_path / "nosuch.png"])


def test_paper_name_taken_meanwhile(ws: Workspace, tmp_path: Path) -> None:
    """Between choosing the name and copying, somebody put another file there: exit 9, kept."""
    paper = tmp_path / "图.png"
    paper.write_bytes(b"ours")
    case = opened(ws)
    attached = store.attachments(ws, case.case.id, [paper])
    theirs = ws.cases / "files" / case.case.id / "图.png"
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(b"theirs")
    entry = Entry(kind="noted", at=NOW, files=(attached[0].file,))
    with pytest.raises(Busy):
        store.append(ws, store.find_case(ws, ".", now=NOW), [entry], attached, now=NOW)
    assert theirs.read_bytes() == b"theirs"
    assert case.loaded.path.read_bytes() == case.loaded.data


def test_paper_that_lies_there_already(ws: Workspace) -> None:
    """A paper that somebody put into the case's folder, or that a crash left there, is attached
    where it lies, and committed with the entry."""
    case = opened(ws)
    paper = ws.cases / "files" / case.case.id / "图.png"
    paper.parent.mkdir(parents=True)
    paper.write_bytes(b"x")
    attached = store.attachments(ws, case.case.id, [paper])
    entry = Entry(kind="noted", at=NOW, files=(attached[0].file,))
    written = store.append(ws, store.find_case(ws, ".", now=NOW), [entry], attached, now=NOW)
    assert attached[0].file.path == "图.png"
    assert written.committed
    assert desks.dirty(ws) == ""


def test_papers_outside(ws: Workspace, tmp_path: Path) -> None:
    """An office that keeps papers outside git: the digest alone stands in the entry."""
    office = ws.templates / "office.yaml"
    office.write_text(office.read_text() + "attachments: outside\n")
    paper = tmp_path / "视频.mp4"
    paper.write_bytes(b"x")
    case = opened(store.find(ws.root), "柳塘小区停水", paper)
    (file,) = case.case.log[0].files
    assert (file.path, file.kept) == (None, str(paper))
    assert file.sha256 is not None
    assert not (ws.cases / "files").exists()


# --- by hand ---------------------------------------------------------------------------

BY_HAND = """
  - kind: reported
    at: 2026-11-22T02:20+08:00
    to: cac
    form: phone
"""


def test_hand_written_entry(ws: Workspace) -> None:
    """A person leaves `recorded` and `id` out; it counts at once; `save` puts them, and the duty
    post, in front of its first key and commits the hand edit."""
    path = opened(ws).loaded.path
    old = path.read_bytes()
    path.write_bytes(old + BY_HAND.encode())
    assert len(store.find_case(ws, ".", now=NOW).case.log) == 2
    done = store.save(ws, None, now=NOW)
    (written,) = done.written
    assert written.committed
    (entry,) = written.entries
    assert (entry.kind, entry.by, entry.recorded) == ("reported", "值班室", NOW)
    data = path.read_bytes()
    assert data.startswith(old)
    assert f"  - id: {entry.id}\n    recorded: 2026-11-22T02:09+08:00\n".encode() in data
    assert desks.head_has(ws, path) == data
    assert store.save(ws, None, now=NOW) == store.Done()


def test_hand_written_entry_before_a_command(ws: Workspace) -> None:
    """The next writing command takes the hand edit in, in a commit of its own, before its own."""
    path = opened(ws).loaded.path
    path.write_bytes(path.read_bytes() + BY_HAND.encode())
    written = noted(ws, "之后")
    assert [e.kind for e in written.case.log] == ["discovered", "reported", "noted"]
    assert [e.kind for e in written.entries] == ["noted"]
    assert len(written.said) == 1
    newest, before, *_ = desks.commits(ws)
    assert "noted" in newest
    assert "by hand" in before


def test_hand_written_and_committed_by_hand(ws: Workspace) -> None:
    """Somebody committed the hand-written entry with plain git: `save` still stamps it."""
    path = opened(ws).loaded.path
    path.write_bytes(path.read_bytes() + BY_HAND.encode())
    desks.git(ws, "commit", "-qam", "手工")
    done = store.save(ws, None, now=NOW)
    assert len(done.written[0].entries) == 1
    assert desks.dirty(ws) == ""


def test_hand_written_entry_that_is_wrong(ws: Workspace) -> None:
    """A mistake in it: exit 3 with the line, nothing is written; other cases are saved."""
    path = opened(ws).loaded.path
    other = opened(ws, "另一件").loaded.path
    bad = path.read_bytes() + BY_HAND.replace("to: cac", "too: cac").encode()
    path.write_bytes(bad)
    other.write_bytes(other.read_bytes() + BY_HAND.encode())
    done = store.save(ws, None, now=NOW)
    assert [type(f) for f in done.failures] == [Unreadable]
    assert path.read_bytes() == bad
    assert [w.loaded.path for w in done.written] == [other]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("at: 2026-11-22T01:52", "at: 2026-11-22T01:50", "at"),
        ("source: 软件监看", "source: 电话", "source"),
        ("title: 柳塘小区停水", "title: 桃园小区停水", "title"),
    ],
)
def test_old_entry_changed(ws: Workspace, old: str, new: str, field: str) -> None:
    """An old entry, or the head, differs from the committed one: `save` and every writing
    command refuse (exit 9) and show the `amend` line to type."""
    path = opened(ws).loaded.path
    changed = path.read_text().replace(old, new)
    path.write_text(changed)
    done = store.save(ws, None, now=NOW)
    with pytest.raises(Busy) as caught:
        noted(ws, "一")
    for failure in [*done.failures, caught.value]:
        assert failure.exit_code == 9
        assert failure.said.params["why"].params["field"] == field
        assert failure.hint is not None
        line = str(failure.hint.params["line"])
        assert line.startswith(f"yuqing amend {path.stem[-4:]} ")
        assert f"{field}=" in line
    assert path.read_text() == changed
    assert any(p.params.get("field") == field for p in store.examine(ws, now=NOW))


def test_old_entry_gone(ws: Workspace) -> None:
    """Row 3, 32: an entry that is committed and gone from the file: refused."""
    path = opened(ws).loaded.path
    whole = path.read_bytes()
    noted(ws, "一")
    path.write_bytes(whole)
    with pytest.raises(Busy) as caught:
        noted(ws, "二")
    assert "--void" in str(caught.value.hint and caught.value.hint.params["line"])
    assert path.read_bytes() == whole


def test_layout_is_not_content(ws: Workspace) -> None:
    """Comments, quotes, order of fields and line ends may change; a hand edit all the same."""
    path = opened(ws).loaded.path
    text = path.read_text().replace("source: 软件监看", 'source: "软件监看"   # 来源')
    path.write_bytes(text.replace("\n", "\r\n").encode())
    written = noted(ws, "一")
    assert written.committed
    assert "# 来源" in path.read_text()
    assert b"\r" not in path.read_bytes()


def test_person_data_overwritten(ws: Workspace) -> None:
    """A word that must vanish is overwritten in place, and the same edit appends an `amended`
    with the same new value: taken in, in one commit. Another value is refused."""
    path = opened(ws).loaded.path
    noted(ws, "住户张某来电")
    entry = store.find_case(ws, ".", now=NOW).case.log[-1]
    edited = path.read_text().replace("住户张某来电", "住户来电")
    amended = (
        f"\n  - kind: amended\n    at: 2026-11-22T03:00+08:00\n    of: {entry.id}\n"
        "    set:\n      text: {}\n    because: 删去姓名\n"
    )
    path.write_text(edited + amended.format("住户打来电话"))
    assert isinstance(store.save(ws, None, now=NOW).failures[0], Busy)
    path.write_text(edited + amended.format("住户来电"))
    done = store.save(ws, None, now=NOW)
    assert not done.failures
    assert done.written[0].committed
    assert "张某" not in desks.head_has(ws, path).decode()


def test_saving_one_case(ws: Workspace) -> None:
    """`save CASE` leaves the others alone."""
    first, second = opened(ws).loaded.path, opened(ws, "另一件").loaded.path
    for path in (first, second):
        path.write_bytes(path.read_bytes() + BY_HAND.encode())
    store.save(ws, first.stem, now=NOW)
    assert desks.dirty(ws).split() == ["M", ws.name(second)]


def test_papers_of_hand_written_entries(ws: Workspace) -> None:
    """A paper put into the folder by hand and named by an entry is committed with it."""
    case = opened(ws)
    folder = ws.cases / "files" / case.case.id
    folder.mkdir(parents=True)
    (folder / "截图.png").write_bytes(b"x")
    digest = store.files.sha256(b"x")
    path = case.loaded.path
    path.write_text(
        path.read_text()
        + "\n  - kind: noted\n    at: 2026-11-22T02:30+08:00\n    files:\n"
        + f"      - {{path: 截图.png, sha256: {digest}}}\n"
    )
    assert store.save(ws, None, now=NOW).written[0].committed
    assert desks.dirty(ws) == ""


def test_paper_forgotten_by_hand(ws: Workspace) -> None:
    """The entry was committed with plain git, its paper was not: `save` brings it after."""
    case = opened(ws)
    folder = ws.cases / "files" / case.case.id
    folder.mkdir(parents=True)
    (folder / "截图.png").write_bytes(b"x")
    digest = store.files.sha256(b"x")
    with case.loaded.path.open("a") as file:
        file.write("\n  - kind: noted\n    at: 2026-11-22T02:30+08:00\n    by: 值班室\n")
        file.write(f"    files:\n      - {{path: 截图.png, sha256: {digest}}}\n")
        file.write("    recorded: 2026-11-22T02:31+08:00\n    id: abc234\n")
    desks.git(ws, "commit", "-qm", "手工", "--", "cases/" + case.loaded.path.name)
    store.save(ws, None, now=NOW)
    assert desks.dirty(ws) == ""


def test_comment_lines_stay(ws: Workspace) -> None:
    """An append changes no other line: the old bytes are the beginning of the new."""
    path = opened(ws).loaded.path
    path.write_text(path.read_text() + "\n  # 一行注释   <- 留着\n")
    desks.git(ws, "commit", "-qam", "注释")
    old = path.read_bytes()
    noted(ws, "一")
    assert path.read_bytes().startswith(old)


# --- the archive -----------------------------------------------------------------------


def test_tidy(ws: Workspace) -> None:
    """`tidy` files what has been closed for a week and owes nothing: pure renames, one commit;
    what owes something, is open, or was closed lately stays."""
    done_case = opened(ws).loaded
    owing = opened(ws, "尚欠").loaded
    opened(ws, "未结")
    release_all(ws, done_case, NOW)
    closed(ws, done_case, NOW)
    closed(ws, owing, NOW)
    soon = NOW + dt.timedelta(days=6, hours=23)
    assert store.tidy(ws, now=soon) == store.Done()
    done = store.tidy(ws, now=NOW + dt.timedelta(days=7))
    assert done.moved == (store.filed_path(ws, done_case.case.id),)
    assert not done.failures
    assert desks.dirty(ws) == ""
    assert "R100" in desks.git(ws, "show", "--format=", "--name-status", "-M", "HEAD")
    assert {c.case.title for c in store.desk(ws).cases} == {"尚欠", "未结"}
    assert len(store.desk(ws, archive=True).cases) == 3
    assert store.desk(ws).complete
    assert store.find_case(ws, done_case.case.id[-4:], now=NOW).filed
    assert not [p for p in store.examine(ws, now=NOW) if p.severity in ("error", "finding")]


def test_tidy_leaves_what_is_uncommitted(ws: Workspace) -> None:
    """Refused for uncommitted files; named."""
    loaded = opened(ws).loaded
    release_all(ws, loaded, NOW)
    closed(ws, loaded, NOW)
    loaded.path.write_text(loaded.path.read_text() + "# by hand\n")
    done = store.tidy(ws, now=NOW + dt.timedelta(days=8))
    assert done.moved == ()
    assert [f.exit_code for f in done.failures] == [9]
    assert loaded.path.exists()


def filed(ws: Workspace) -> store.Loaded:
    loaded = opened(ws).loaded
    release_all(ws, loaded, NOW)
    closed(ws, loaded, NOW)
    (path,) = store.tidy(ws, now=NOW + dt.timedelta(days=7)).moved
    return store.load(ws, path)


def test_filed_case_owes_again(ws: Workspace) -> None:
    """Any entry after which a filed case owes something takes it back first: a pure rename, a
    commit of its own."""
    loaded = filed(ws)
    later = dt.datetime(2026, 12, 1, 9, 0, tzinfo=ZONE)
    item = Entry(
        kind="assigned", at=later, by="lead-group", to=("water-co",), text="更换主管",
        due=dt.date(2026, 12, 20),
    )  # fmt: skip
    written = store.append(ws, loaded, [item], now=later)
    assert written.committed
    assert written.loaded.path == ws.cases / loaded.path.name
    assert not loaded.path.exists()
    assert any("back on the desk" in s.key for s in written.said)
    assert "R100" in desks.git(ws, "show", "--format=", "--name-status", "-M", "HEAD^")
    assert desks.dirty(ws) == ""


def test_filed_case_that_owes_nothing_stays(ws: Workspace) -> None:
    """A note on a filed case leaves it where it is."""
    loaded = filed(ws)
    written = store.append(ws, loaded, [note("归档补记")], now=NOW)
    assert written.loaded.path == loaded.path
    assert texts(written.loaded)[-1] == "归档补记"
    assert desks.dirty(ws) == ""


def test_filed_case_reopened(ws: Workspace) -> None:
    """Reopened: back on the desk, and `.` finds it."""
    loaded = filed(ws)
    store.append(ws, loaded, [Entry(kind="reopened", at=NOW, because="又起")], now=NOW)
    assert store.find_case(ws, ".", now=NOW).case.id == loaded.case.id


def test_move_cut_off(ws: Workspace) -> None:
    """Killed between the rename and its commit: the case is found, nothing counts as missing,
    and `save` commits the move."""
    loaded = opened(ws).loaded
    target = store.filed_path(ws, loaded.case.id)
    target.parent.mkdir(parents=True)
    loaded.path.rename(target)
    assert store.desk(ws).complete
    done = store.save(ws, None, now=NOW)
    assert not done.failures
    assert desks.dirty(ws) == ""
    assert store.find_case(ws, loaded.case.id, now=NOW).filed


def test_init_by_a_relative_name(run: Callable[..., Any], tmp_path: Path) -> None:
    """`yuqing init DIR` takes DIR from the current folder, once."""
    run("init", "deep/er").ok()
    assert store.find(tmp_path / "deep" / "er").root == tmp_path / "deep" / "er"
    assert not (tmp_path / "deep" / "er" / "deep").exists()
