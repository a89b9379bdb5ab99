"""Faults while writing: table C of the fault list, by its row numbers."""

from __future__ import annotations

import datetime as dt
import errno
import os
import secrets
import shutil
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import NOW, note, noted, opened, second_writer, texts

from yuqing import git, store
from yuqing.errors import Busy, Unusable
from yuqing.store import Workspace, files, lock

pytestmark = pytest.mark.process

POINTS = ("temp", "replaced", "attached", "committed")


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_writing(ws: Workspace, point: str) -> None:
    """Row 47: kill -9 at any point; the file is wholly old or wholly new. Row 48: what was saved
    and not committed is committed by the next command. Row 61: leftovers are never cases."""
    path = opened(ws).loaded.path
    old = path.read_bytes()
    process = second_writer(ws, "被杀", "1", env={"YUQING_CRASH_AT": point})
    assert process.wait() == 137
    process.communicate()
    left = path.read_bytes()
    assert left.startswith(old)
    assert (left != old) == (point in ("replaced", "committed"))
    desk = store.desk(ws)
    assert len(desk.cases) == 1
    assert all(p.severity == "warning" for p in desk.problems)

    again = noted(ws, "再记")
    assert again.failure is None
    survived = ["被杀0"] if left != old else []
    assert texts(store.find_case(ws, ".", now=NOW)) == [*survived, "再记"]
    assert desks.head_has(ws, path) == path.read_bytes()
    assert bool(again.said) == (point == "replaced")
    saved = store.save(ws, None, now=NOW)
    assert len(saved.said) == (1 if point == "temp" else 0)
    assert not saved.failures
    assert desks.dirty(ws) == ""


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_opening(ws: Workspace, point: str, tmp_path: Path) -> None:
    """Row 47 for a new case: there is a whole case or none, and `save` brings it into git."""
    process = second_writer(ws, "new", "1", env={"YUQING_CRASH_AT": point})
    assert process.wait() == 137
    process.communicate()
    assert store.desk(ws).complete
    saved = store.save(ws, None, now=NOW)
    assert not saved.failures
    assert desks.dirty(ws) == ""
    assert len(store.desk(ws).cases) == (1 if point in ("replaced", "committed") else 0)
    assert store.save(ws, None, now=NOW).written == ()  # row 50: again, same end state


def test_index_older_than_head(ws: Workspace) -> None:
    """Row 49: killed after the branch moved, before the index: a person's next commit would
    revert the record. `doctor` finds it, `save` repairs it without a commit."""
    opened(ws)
    index = (ws.root / ".git" / "index").read_bytes()
    noted(ws, "一")
    (ws.root / ".git" / "index").write_bytes(index)
    assert desks.dirty(ws).startswith("MM ")
    keys = [p.key for p in store.examine(ws, now=NOW) if p.severity == "finding"]
    assert any("index holds an older file" in key for key in keys)
    before = desks.commits(ws)
    done = store.save(ws, None, now=NOW)
    assert [w.entries for w in done.written] == [()]
    assert desks.dirty(ws) == ""
    assert desks.commits(ws) == before


def test_index_repaired_by_doctor(ws: Workspace) -> None:
    """Row 49 by `doctor --fix`, and twice (row 50)."""
    opened(ws)
    index = (ws.root / ".git" / "index").read_bytes()
    noted(ws, "一")
    (ws.root / ".git" / "index").write_bytes(index)
    assert len(store.repair(ws, now=NOW).said) == 1
    assert desks.dirty(ws) == ""
    assert store.repair(ws, now=NOW).said == ()


@pytest.mark.parametrize("how", ["save", "doctor --fix"])
def test_index_older_than_a_move(ws: Workspace, how: str) -> None:
    """Row 49 for filing: the branch has the case in the archive, the index still on the desk; a
    person's next commit would bring it back there, and it would be twice."""
    path = opened(ws).loaded.path
    target = store.filed_path(ws, path.stem)
    target.parent.mkdir(parents=True)
    path.rename(target)
    desks.git(ws, "add", str(target))
    index = (ws.root / ".git" / "index").read_bytes()
    desks.git(ws, "commit", "-q", "-m", "file", "--", str(path), str(target))
    (ws.root / ".git" / "index").write_bytes(index)
    assert f"AD {ws.name(path)}" in desks.dirty(ws)
    assert any("index holds an older file" in p.key for p in store.examine(ws, now=NOW))
    before = desks.commits(ws)
    done = store.save(ws, None, now=NOW) if how == "save" else store.repair(ws, now=NOW)
    assert done.said
    assert desks.dirty(ws) == ""
    assert desks.commits(ws) == before
    assert store.save(ws, None, now=NOW) == store.Done()


def test_disk_full(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 52: disk full while writing: old file untouched, temp removed, clear message, exit 8.
    The paper copied for the entry goes again."""
    path = opened(ws).loaded.path
    old = path.read_bytes()
    paper = ws.root.parent / "图.png"
    paper.write_bytes(b"x")
    loaded = store.find_case(ws, ".", now=NOW)
    attached = store.attachments(ws, loaded.case.id, [paper])
    real = os.fsync
    calls: list[int] = []

    def full(handle: int) -> None:
        calls.append(handle)
        if stat.S_ISREG(os.fstat(handle).st_mode) and len(calls) > 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unusable) as caught:
        store.append(ws, loaded, [note("一")], attached, now=NOW)
    assert caught.value.exit_code == 8
    assert "No space left" in str(caught.value.said.params["reason"])
    assert path.read_bytes() == old
    assert desks.dirty(ws) == ""
    assert [p.name for p in ws.cases.iterdir() if p.name.endswith(".tmp")] == []


def test_readonly_place(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 54: an I/O error on the rename is told like a full disk."""
    path = opened(ws).loaded.path
    old = path.read_bytes()

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(Unusable):
        noted(ws, "一")
    assert path.read_bytes() == old
    assert desks.dirty(ws) == ""


def test_a_move_that_the_disk_refuses(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 54 for filing: an I/O error on the move is told like any other, exit 8, and the case
    stays where it was."""
    path = opened(ws).loaded.path

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "rename", broken)
    with pytest.raises(Unusable):
        files.rename(path, store.filed_path(ws, path.stem), shared=False)
    assert path.exists()


def test_a_git_that_the_machine_cannot_start(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows 53, 54: the file is written, and then no process can be started: exit 6, not an error
    of our own; the next `save` commits it."""
    path = opened(ws).loaded.path
    real: Any = subprocess.Popen

    def refuse(command: list[str], *rest: object, **options: object) -> object:
        if "commit" in command:
            raise OSError(errno.EIO, "Input/output error", os.devnull)
        return real(command, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refuse)
        written = noted(ws, "一")
    assert written.failure is not None
    assert written.failure.exit_code == 6
    assert "一" in path.read_text("utf-8")
    assert store.save(ws, None, now=NOW).written[0].committed
    assert desks.head_has(ws, path) == path.read_bytes()


def test_four_writers_one_case(ws: Workspace) -> None:
    """Row 56: two processes change one case: the second waits, then re-reads; both are kept.
    Four processes, six appends each: none lost, none mixed, every one in a commit of its own."""
    opened(ws)
    writers = [second_writer(ws, word, "6") for word in "甲乙丙丁"]
    for writer in writers:
        _, err = writer.communicate(timeout=120)
        assert writer.returncode == 0, err.decode()
    loaded = store.find_case(ws, ".", now=NOW)
    wanted = Counter(f"{word}{n}" for word in "甲乙丙丁" for n in range(6))
    assert Counter(texts(loaded)) == wanted
    assert len({e.id for e in loaded.case.log}) == 25
    assert sum(" noted " in line for line in desks.commits(ws)) == 24
    assert desks.dirty(ws) == ""


def test_readers_during_writes(ws: Workspace) -> None:
    """Row 92: reading needs no lock and only ever sees whole files."""
    opened(ws)
    writer = second_writer(ws, "甲", "8")
    seen = []
    while writer.poll() is None:
        desk = store.desk(ws)
        assert desk.complete, desk.problems
        seen.append(len(desk.cases[0].case.log))
    assert writer.returncode == 0, writer.communicate()[1].decode()
    writer.communicate()
    assert seen == sorted(seen)


def test_two_opened_in_one_second(ws: Workspace) -> None:
    """Row 57: `new` in the same second: ids unique, created with "fail if exists"."""
    writers = [second_writer(ws, "new", "5") for _ in range(3)]
    for writer in writers:
        _, err = writer.communicate(timeout=120)
        assert writer.returncode == 0, err.decode()
    assert len(store.desk(ws).cases) == 15
    assert desks.dirty(ws) == ""


def test_taken_name_is_never_overwritten(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 57: the random end repeats itself; the second case gets another."""
    signs = iter("AAAAAAAABBBB")
    monkeypatch.setattr(
        secrets, "choice", lambda some: next(signs) if some.endswith("XYZ") else some[0]
    )
    first, second = opened(ws), opened(ws, "另一件")
    assert first.case.id.endswith("-AAAA")
    assert second.case.id.endswith("-BBBB")
    assert store.load(ws, first.loaded.path).case.title == "柳塘小区停水"


def test_created_beside_a_file_that_just_appeared(tmp_path: Path) -> None:
    """Row 57: the last word has the file system, not a look beforehand."""
    path = tmp_path / "x.yaml"
    path.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        files.create(path, b"ours", shared=False)
    assert path.read_bytes() == b"theirs"
    assert [p.name for p in tmp_path.iterdir()] == ["x.yaml"]


def test_edited_by_hand_between_read_and_write(ws: Workspace) -> None:
    """Row 58: the title was edited while the officer typed: refused, exit 9, nothing written."""
    loaded = opened(ws).loaded
    edited = loaded.data.replace("柳塘小区停水".encode(), "桃园小区停水".encode())
    loaded.path.write_bytes(edited)
    with pytest.raises(Busy):
        store.append(ws, loaded, [note("一")], now=NOW)
    assert loaded.path.read_bytes() == edited


def test_edited_at_the_last_moment(ws: Workspace) -> None:
    """Row 58: an editor saves between our comparing and our replacing."""
    path = opened(ws).loaded.path
    data = path.read_bytes()
    with pytest.raises(Busy):
        files.replace(path, data + b"# ours\n", expect=b"what we read")
    assert path.read_bytes() == data


def test_others_only_added(ws: Workspace) -> None:
    """Row 56: the file was read, then another command appended: ours goes behind theirs."""
    loaded = opened(ws).loaded
    noted(ws, "别人")
    written = store.append(ws, loaded, [note("我们", 2)], now=NOW + dt.timedelta(minutes=2))
    assert texts(written.loaded) == ["别人", "我们"]
    assert [e.text for e in written.entries] == ["我们"]


def test_vim_has_it_open(ws: Workspace) -> None:
    """Row 59: a swap file beside the case is a warning, no more."""
    path = opened(ws).loaded.path
    (ws.cases / f".{path.name}.swp").write_bytes(b"b0VIM")
    desk = store.desk(ws)
    assert [p.severity for p in desk.problems] == ["warning"]
    assert desk.complete
    assert noted(ws, "一").committed


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_mode_is_kept(ws: Workspace) -> None:
    """Row 60: the mode of the old file stays; a new one has what umask gives, not 0600."""
    path = opened(ws).loaded.path
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o640)
    noted(ws, "一")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX")
def test_shared_repository(ws: Workspace) -> None:
    """Row 60: with core.sharedRepository=group a new case is the group's, whatever umask says."""
    desks.git(ws, "config", "core.sharedRepository", "group")
    mask = os.umask(0o077)
    try:
        paper = ws.root.parent / "图.png"
        paper.write_bytes(b"x")
        path = opened(ws, "柳塘小区停水", paper).loaded.path
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    assert stat.S_IMODE((ws.cases / "files" / path.stem).stat().st_mode) == 0o2775


def test_case_file_is_a_link(ws: Workspace, tmp_path: Path) -> None:
    """Row 60: a link is never replaced by a file, nor followed."""
    path = opened(ws).loaded.path
    elsewhere = tmp_path / "elsewhere.yaml"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    desk = store.desk(ws)
    assert not desk.complete
    assert desk.cases == ()
    assert path.is_symlink()


def test_lock_holder_is_named(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 63: another command hangs: after the wait its process, command and start are named,
    exit 9, and the lock file stays."""
    opened(ws)
    monkeypatch.setattr(lock, "PATIENCE", 0.2)
    holder = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from yuqing import git\n"
        "from yuqing.store import lock\n"
        "with lock.writing(git.locate(Path(sys.argv[1])), shared=False):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(ws.root)],
        env={**os.environ, "PYTHONPATH": str(desks.CHECKOUT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(Busy) as caught:
            noted(ws, "一")
        assert caught.value.exit_code == 9
        assert caught.value.said.params["pid"] == str(process.pid)
        assert caught.value.said.params["started"].startswith("20")
    finally:
        process.kill()
        process.communicate()
    assert (ws.root / ".git" / "yuqing" / "lock").exists()
    assert noted(ws, "二").committed  # the lock ended with its process


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_order_of_system_calls(ws: Workspace, tmp_path: Path) -> None:
    """Row 51: fsync of the temp file, rename, fsync of the folder, then git."""
    opened(ws)
    log = tmp_path / "trace"
    calls = "trace=fsync,rename,execve"
    process = second_writer(ws, "一", "1", under=["strace", "-f", "-y", "-e", calls, "-o", log])
    _, err = process.communicate(timeout=120)
    if process.returncode != 0 and b"ptrace" in err:
        pytest.skip("strace may not trace here")
    assert process.returncode == 0, err.decode()
    lines = log.read_text().splitlines()
    path = store.find_case(ws, ".", now=NOW).path
    rename = next(n for n, s in enumerate(lines) if "rename(" in s and f'{path}"' in s)
    assert any("fsync(" in s and ".tmp>" in s for s in lines[:rename])
    commit = next(n for n, s in enumerate(lines) if "execve(" in s and '"--only"' in s)
    folder = f"<{path.parent}>"
    assert any("fsync(" in s and folder in s for s in lines[rename:commit])
    assert any("fsync(" in s and "/.git/" in s for s in lines[commit:])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize("call", ["write", "rename", "fsync", "openat"])
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC", "error=EIO"])
def test_every_system_call(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, fault: str
) -> None:
    """Rows 47 to 54: a fault at the n-th call, for every n up to a clean run: the file is whole,
    nothing recorded is lost, `save` brings HEAD and file together, and the next act works."""
    monkeypatch.setattr(git.committing, "PATIENCE", 0.1)
    path = opened(ws).loaded.path
    step = 40 if call == "openat" else 1
    for number in range(1, 400, step):
        before = path.read_bytes()
        inject = f"inject={call}:{fault}:when={number}"
        where = ["-P", str(ws.root), "-P", str(ws.cases)] if call == "openat" else []
        process = second_writer(
            ws, f"第{number}", "1",
            under=["strace", "-f", "-qq", *where, "-e", inject, "-o", str(tmp_path / "trace")],
        )  # fmt: skip
        process.communicate(timeout=120)
        after = path.read_bytes()
        assert after.startswith(before)
        assert store.desk(ws).complete
        done = store.save(ws, None, now=NOW)
        failures = [*done.failures, *(w.failure for w in done.written if w.failure)]
        if failures:  # a git that was killed left its lock files: named, removed as the hint says
            for place in str(failures[0].said.params["path"]).split(", "):
                Path(place).unlink()
            done = store.save(ws, None, now=NOW)
        assert not done.failures
        assert all(w.committed for w in done.written)
        assert desks.head_has(ws, path) == after
        assert desks.dirty(ws) == ""
        if process.returncode == 0 and "INJECTED" not in (tmp_path / "trace").read_text():
            break
    assert noted(ws, "最后").committed
