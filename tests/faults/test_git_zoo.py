"""Faults of git and of what lies around it: table D of the fault list, by its row numbers."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import desks
import pytest
from desks import NOW, note, noted, opened

from yuqing import git, store
from yuqing.errors import Busy, Failure, Unusable
from yuqing.store import Workspace

pytestmark = pytest.mark.process
Hook = Callable[[str, str], None]


def refused(ws: Workspace, kind: type[Failure]) -> Failure:
    """An act is refused before anything is written."""
    path = store.find_case(ws, ".", now=NOW).path
    old = path.read_bytes()
    with pytest.raises(kind) as caught:
        noted(ws, "一")
    assert path.read_bytes() == old
    return caught.value


def no_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in os.environ if n.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        monkeypatch.delenv(name)


# --- 64 to 67: before anything is written ----------------------------------------------


def test_no_git(ws: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Row 64: git is not on the PATH: exit 8, nothing written; looking still answers."""
    opened(ws)
    monkeypatch.setenv("PATH", str(tmp_path))
    fault = refused(ws, Unusable)
    assert fault.said.key == "git was not found"
    assert store.desk(store.find(ws.root)).complete


def test_no_repository(ws: Workspace) -> None:
    """Row 64: the folder lost its repository: exit 8, named, with the remedy; reading goes on."""
    opened(ws)
    shutil.rmtree(ws.root / ".git")
    outside = store.find(ws.root)
    assert outside.git_dir is None
    assert store.desk(outside).complete
    fault = refused(outside, Unusable)
    assert fault.hint is not None
    assert fault.hint.params["line"] == "git init"


def test_bare_repository(tmp_path: Path) -> None:
    """Row 64: a bare repository has no files to work on."""
    desks.git(tmp_path, "init", "--bare", "-q", "bare")
    with pytest.raises(Unusable) as caught:
        git.ready(tmp_path / "bare")
    assert "bare repository" in caught.value.said.key


def test_linked_worktree(ws: Workspace, tmp_path: Path) -> None:
    """Row 64: a linked worktree works; its lock is the one of the common repository."""
    opened(ws)
    desks.git(ws, "worktree", "add", "-q", "-b", "night", str(tmp_path / "night"))
    other = store.find(tmp_path / "night")
    assert other.common_dir == ws.git_dir
    assert other.git_dir != ws.git_dir
    assert noted(other, "一").committed
    assert desks.dirty(other) == ""
    assert (ws.root / ".git" / "yuqing" / "lock").exists()


def test_workspace_below_the_top(tmp_path: Path) -> None:
    """An office's folder may lie inside a bigger repository; only its own paths are committed."""
    desks.git(tmp_path, "init", "-q", "-b", "main", "big")
    (tmp_path / "big" / "other.txt").write_text("x")
    ws = desks.office(tmp_path / "big" / "duty")
    assert opened(ws).committed
    assert noted(ws, "一").committed
    assert desks.dirty(ws) == "?? other.txt\n"
    assert not (ws.root / ".git").exists()


def test_no_identity(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 65: no user.name: refused before writing; the two commands; never an invented name."""
    opened(ws)
    no_identity(monkeypatch)
    monkeypatch.setenv("EMAIL", "someone@host")
    fault = refused(ws, Unusable)
    assert fault.exit_code == 8
    assert fault.hint is not None
    assert fault.hint.params["first"].startswith("git config user.name")
    assert fault.hint.params["second"].startswith("git config user.email")
    desks.git(ws, "config", "user.name", "值班室")
    refused(ws, Unusable)  # a name alone is half of it
    desks.git(ws, "config", "user.email", "duty@office.example")
    assert noted(ws, "一").committed


def test_init_without_identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 65: `init` too asks before it makes anything."""
    no_identity(monkeypatch)
    with pytest.raises(Unusable):
        desks.office(tmp_path / "office")
    assert not (tmp_path / "office").exists()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can give a folder away")
def test_foreign_owner(ws: Workspace) -> None:
    """Row 66: the repository is another user's (cron): owner and user named, both remedies; no
    `safe.directory=*`."""
    opened(ws)
    for path in (ws.root, ws.root / ".git"):
        os.chown(path, 12345, -1)
    fault = refused(ws, Unusable)
    assert fault.exit_code == 8
    assert fault.said.params["owner"] == "12345"
    assert fault.said.params["user"] == "root"
    assert fault.hint is not None
    assert fault.hint.params["line"].endswith(f"safe.directory {ws.root}")
    assert any("belongs to" in p.key for p in store.examine(ws, now=NOW))


def test_inherited_variables(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 67: GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE and the dates of the caller (a hook, say)
    reach no child: nothing lands elsewhere, nothing is back-dated."""
    opened(ws)
    other = desks.office(tmp_path / "other")
    before = desks.commits(other)
    with monkeypatch.context() as patch:
        patch.setenv("GIT_DIR", str(other.root / ".git"))
        patch.setenv("GIT_WORK_TREE", str(other.root))
        patch.setenv("GIT_INDEX_FILE", str(other.root / ".git" / "index"))
        patch.setenv("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z")
        patch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
        assert noted(ws, "一").committed
    assert desks.commits(other) == before
    assert desks.dirty(other) == ""
    assert " noted " in desks.commits(ws)[0]
    assert not desks.git(ws, "log", "-1", "--format=%cI %aI").startswith("2001")


# --- 68 to 73: the state of the repository ---------------------------------------------


def test_stale_index_lock(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 68: a stale index.lock: tried again for a while, then exit 6 with its age and owner.
    The entry is on disk; once the lock is gone, `save` commits it."""
    path = opened(ws).loaded.path
    monkeypatch.setattr(git.committing, "PATIENCE", 0.3)
    stale = ws.root / ".git" / "index.lock"
    stale.touch()
    written = noted(ws, "一")
    assert not written.committed
    assert written.failure is not None
    assert written.failure.exit_code == 6
    assert written.failure.said.params["path"] == str(stale)
    assert isinstance(written.failure.said.params["age"], int)
    assert stale.exists()
    assert desks.texts(store.load(ws, path)) == ["一"]
    stale.unlink()
    done = store.save(ws, None, now=NOW)
    assert [w.committed for w in done.written] == [True]
    assert desks.head_has(ws, path) == path.read_bytes()


@pytest.mark.parametrize("moment", ["while it looks", "before it looks"])
def test_index_lock_of_a_short_moment(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Row 68: another git finishes meanwhile: no fault at all. It may be gone when one looks why
    ours failed."""
    opened(ws)
    lock = ws.root / ".git" / "index.lock"
    lock.touch()
    real = git.committing.process.run
    tried: list[int | None] = []

    def run(folder: Path, *words: str, **options: Any) -> git.Output:
        said = real(folder, *words, **options)
        if words[0] == "commit" or "commit" in words:
            tried.append(said.code)
            if moment == "before it looks" or len(tried) == 2:
                lock.unlink(missing_ok=True)
        return said

    monkeypatch.setattr(git.committing.process, "run", run)
    assert noted(ws, "一").committed
    assert tried[0] != 0
    assert tried[-1] == 0


def test_unrelated_staged_changes(ws: Workspace) -> None:
    """Row 69: what else is staged stays staged and uncommitted."""
    opened(ws)
    (ws.root / "other.txt").write_text("x")
    office = ws.templates / "office.yaml"
    office.write_text(office.read_text() + "# 改\n")
    desks.git(ws, "add", "other.txt", "templates/office.yaml")
    assert noted(ws, "一").committed
    assert opened(ws, "第二件").committed
    assert desks.dirty(ws) == "A  other.txt\nM  templates/office.yaml\n"


def test_own_edits_are_committed_by_themselves(ws: Workspace) -> None:
    """Row 70: a person's uncommitted edit in the same case is a commit of its own, never mixed
    in under a message of the tool."""
    path = opened(ws).loaded.path
    path.write_bytes(path.read_bytes() + "\n  # 领导组电话占线\n".encode())
    written = noted(ws, "一")
    assert written.committed
    assert [s.key for s in written.said] == ["{case}: an edit by hand was taken in"]
    assert "noted" in desks.commits(ws)[0]
    assert desks.commits(ws)[1].endswith("take in an edit by hand")
    assert "+  # 领导组电话占线" not in desks.git(ws, "show", "--no-textconv", "HEAD")
    assert "+  # 领导组电话占线" in desks.git(ws, "show", "--no-textconv", "HEAD^")


def test_merge_under_way(ws: Workspace) -> None:
    """Row 71: a merge in progress: refused before writing, exit 9, and how to end it."""
    opened(ws)
    other = opened(ws, "另一件").loaded
    desks.git(ws, "switch", "-q", "-c", "other")
    store.append(ws, other, [note("那边")], now=NOW)
    desks.git(ws, "switch", "-q", "main")
    store.append(ws, store.load(ws, other.path), [note("这边")], now=NOW)
    desks.git(ws, "config", "--unset", "merge.yuqing.driver")  # which would settle it
    desks.git(ws, "merge", "other", check=False)
    status = desks.dirty(ws)
    assert status.startswith("UU ")
    first = next(c for c in store.desk(ws).cases if c.path != other.path)
    with pytest.raises(Busy) as caught:
        store.append(ws, first, [note("一")], now=NOW)
    assert caught.value.exit_code == 9
    assert caught.value.said.params["what"] == "merge"
    with pytest.raises(Busy):
        store.save(ws, None, now=NOW)
    assert desks.dirty(ws) == status
    (problem,) = [p for p in store.desk(ws).problems if p.severity == "error"]
    assert "conflict markers" in problem.key


@pytest.mark.parametrize(
    ("mark", "what"),
    [
        ("rebase-merge", "rebase"),
        ("rebase-apply", "rebase"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
        ("BISECT_LOG", "bisect"),
    ],
)
def test_something_under_way(ws: Workspace, mark: str, what: str) -> None:
    """Row 72: rebase, cherry-pick, bisect: refused, with the line that ends it."""
    opened(ws)
    place = ws.root / ".git" / mark
    place.mkdir() if mark.startswith("rebase") else place.touch()
    fault = refused(ws, Busy)
    assert fault.said.params["what"] == what
    assert fault.hint is not None


def test_detached_head(ws: Workspace) -> None:
    """Row 72: on no branch: refused; a commit there would be left behind."""
    opened(ws)
    desks.git(ws, "switch", "-q", "--detach")
    assert "no branch" in refused(ws, Busy).said.key


def test_unborn_branch(tmp_path: Path) -> None:
    """Row 73: a fresh repository without a commit: the first commit only holds the case."""
    ws = desks.office(tmp_path / "made")
    shutil.rmtree(ws.root / ".git")
    desks.git(ws.root, "init", "-q", "-b", "main")
    (ws.root / "other.txt").write_text("x")
    desks.git(ws.root, "add", "other.txt")
    ws = store.find(ws.root)
    case = opened(ws)
    assert case.committed
    assert desks.git(ws, "show", "--format=", "--name-only", "HEAD").split() == [
        ws.name(case.loaded.path)
    ]
    assert noted(ws, "一").committed


# --- 78 to 87: hooks and settings ------------------------------------------------------


def test_hook_refuses(ws: Workspace, hook: Hook) -> None:
    """Row 78: a hook refuses: exit 6 with its words; the file is kept; the next entry is not
    lost either, and `save` finishes both once the hook agrees."""
    path = opened(ws).loaded.path
    hook("pre-commit", "echo 未经审批 >&2; exit 1")
    written = noted(ws, "一")
    assert written.failure is not None
    assert written.failure.exit_code == 6
    assert "未经审批" in str(written.failure.said.params["reason"])
    assert noted(ws, "二").failure is not None
    assert desks.texts(store.load(ws, path)) == ["一", "二"]
    (ws.root / ".git" / "hooks" / "pre-commit").unlink()
    done = store.save(ws, ".", now=NOW)
    assert done.written[0].committed
    assert desks.head_has(ws, path) == path.read_bytes()


def test_commit_msg_hook_refuses_a_new_case(ws: Workspace, hook: Hook) -> None:
    """Row 78 for `new`: the case is on disk, and `save` brings it into git."""
    hook("commit-msg", "exit 1")
    written = opened(ws)
    assert not written.committed
    (ws.root / ".git" / "hooks" / "commit-msg").unlink()
    assert store.save(ws, None, now=NOW).written[0].committed
    assert desks.dirty(ws) == ""


def test_hook_rewrites_the_file(ws: Workspace, hook: Hook) -> None:
    """Row 79: a hook changes what is committed, with exit 0: told, because HEAD is compared."""
    path = opened(ws).loaded.path
    hook("pre-commit", f"echo '# geändert' >> {path}; git add {path}")
    written = noted(ws, "一")
    assert written.failure is not None
    assert written.failure.exit_code == 6
    assert "holds something else" in written.failure.said.key


def test_hook_waits(ws: Workspace, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 80: a hook waits: no terminal to wait at, and a limit. A post-commit hook is stopped
    after the commit was made: that counts as committed."""
    opened(ws)
    hook("pre-commit", "read answer || exit 3")
    assert noted(ws, "无人回答").failure is not None
    (ws.root / ".git" / "hooks" / "pre-commit").unlink()
    hook("post-commit", "sleep 60")
    monkeypatch.setattr(git.process, "LIMIT", 1.5)
    written = noted(ws, "二")
    assert written.committed
    assert written.commit == desks.git(ws, "rev-parse", "HEAD").strip()


def test_hook_waits_before_the_commit(
    ws: Workspace, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 80: stopped before the commit: exit 6, and git's lock files are gone with it."""
    opened(ws)
    hook("pre-commit", "sleep 60")
    monkeypatch.setattr(git.process, "LIMIT", 1.5)
    written = noted(ws, "一")
    assert written.failure is not None
    assert "no answer" in written.failure.said.key
    assert not (ws.root / ".git" / "index.lock").exists()


def test_signing_without_a_key(ws: Workspace, tmp_path: Path) -> None:
    """Row 81: commit.gpgsign without a key: obeyed, so exit 6; never silently unsigned."""
    opened(ws)
    desks.git(ws, "config", "commit.gpgsign", "true")
    desks.git(ws, "config", "gpg.program", str(tmp_path / "no-gpg"))
    written = noted(ws, "一")
    assert written.failure is not None
    assert written.failure.exit_code == 6
    assert any("are signed" in p.key for p in store.examine(ws, now=NOW))


def test_ignored_case(ws: Workspace) -> None:
    """Row 82: a rule of .gitignore hides cases: exit 8 before anything is written, rule named."""
    (ws.root / ".gitignore").write_text("*.log\ncases/\n")
    with pytest.raises(Unusable) as caught:
        opened(ws)
    assert caught.value.said.params["rule"] == ".gitignore:2: cases/"
    assert sorted(p.name for p in ws.cases.iterdir()) == [".gitkeep"]
    assert any("ignores new cases" in p.key for p in store.examine(ws, now=NOW))


def test_ignored_paper_goes_along(ws: Workspace, tmp_path: Path) -> None:
    """A general rule (`*.log`) must not cut a paper off from the entry that names it."""
    (ws.root / ".gitignore").write_text("*.log\n")
    paper = tmp_path / "通话.log"
    paper.write_bytes(b"02:05")
    case = opened(ws, "柳塘小区停水", paper)
    assert case.committed
    assert desks.head_has(ws, ws.cases / "files" / case.case.id / "通话.log") == b"02:05"


def test_skip_worktree(ws: Workspace) -> None:
    """Row 83: git was told to overlook the file: "nothing to commit" is no success."""
    path = opened(ws).loaded.path
    desks.git(ws, "update-index", "--skip-worktree", str(path))
    written = noted(ws, "一")
    assert written.failure is not None
    assert written.failure.exit_code == 6
    assert any("told to overlook" in p.key for p in store.examine(ws, now=NOW))


def test_filter_changes_content(ws: Workspace) -> None:
    """Row 84: a clean filter changes content with exit 0: the blob is compared."""
    opened(ws)
    (ws.root / ".gitattributes").write_text("cases/*.yaml filter=shout\n")
    desks.git(ws, "config", "filter.shout.clean", "tr a-z A-Z")
    assert noted(ws, "abc").failure is not None
    assert any("a filter" in p.key for p in store.examine(ws, now=NOW))


def test_autocrlf(ws: Workspace) -> None:
    """Row 84: core.autocrlf and safecrlf of a Windows user change nothing: the attributes rule."""
    desks.git(ws, "config", "core.autocrlf", "true")
    desks.git(ws, "config", "core.safecrlf", "true")
    assert opened(ws).committed
    assert noted(ws, "一").committed


def test_names_in_chinese(ws: Workspace, tmp_path: Path) -> None:
    """Row 85, 43: papers with Chinese names, and with signs that git takes for patterns."""
    names = ["现场 图[1]*.png", ":top.txt", "-v.txt", "截图.png"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    case = opened(ws, "柳塘小区停水", *(tmp_path / name for name in names))
    assert case.committed
    folder = ws.cases / "files" / case.case.id
    assert [desks.head_has(ws, folder / n) for n in names] == [n.encode() for n in names]


def test_message_settings(ws: Workspace) -> None:
    """Rows 86, 87: commit.cleanup=strip, a GBK commit encoding and a template leave the first
    line alone; no word of the report stands in it."""
    desks.git(ws, "config", "commit.cleanup", "strip")
    desks.git(ws, "config", "i18n.commitEncoding", "GBK")
    case = opened(ws, "#标题\t甲")
    noted(ws, "# 报告里的话")
    assert desks.commits(ws)[0].startswith(f"{case.case.id}: noted ")
    assert "encoding" not in desks.git(ws, "cat-file", "commit", "HEAD")


def test_six_processes_at_most(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry costs at most six git processes, also with a paper, a hand edit, or a new case."""
    counted: list[str] = []
    real = git.run

    def run(folder: Path, *words: str, **options: Any) -> git.Output:
        counted.append(words[0])
        return real(folder, *words, **options)

    monkeypatch.setattr(git.process, "run", run)
    paper = ws.root.parent / "图.png"
    paper.write_bytes(b"x")
    path = opened(ws, "柳塘小区停水", paper).loaded.path
    assert len(counted) <= 6, counted
    loaded = store.load(ws, path)
    counted.clear()
    store.append(ws, loaded, [note("一")], now=NOW)
    assert len(counted) <= 4, counted
    path.write_bytes(path.read_bytes() + b"# by hand\n")
    loaded = store.load(ws, path)
    counted.clear()
    store.append(ws, loaded, [note("二")], now=NOW)
    assert len(counted) <= 6, counted


# --- 88 to 90: seen by doctor ----------------------------------------------------------


def test_broken_index(ws: Workspace) -> None:
    """Row 88: a broken index: the entry is refused before it is written, and files still read."""
    opened(ws)
    (ws.root / ".git" / "index").write_bytes(b"garbage")
    refused(ws, Unusable)
    assert store.desk(ws).complete
    assert any("git refuses" in p.key for p in store.examine(ws, now=NOW))


def test_shallow_and_replaced(ws: Workspace, tmp_path: Path) -> None:
    """Row 90: a shallow clone and replaced commits are named."""
    opened(ws)
    noted(ws, "一")
    desks.git(tmp_path, "clone", "-q", "--depth", "1", ws.root.as_uri(), "shallow")
    shallow = store.examine(store.find(tmp_path / "shallow"), now=NOW)
    assert any("shallow clone" in p.key for p in shallow)
    desks.git(ws, "replace", "HEAD", "HEAD^")
    assert any("git replace" in p.key for p in store.examine(ws, now=NOW))


def test_not_pushed(ws: Workspace, tmp_path: Path) -> None:
    """Row 89: commits that no remote has are counted; without a remote: no outside witness."""
    desks.git(tmp_path, "init", "--bare", "-q", "-b", "main", "superior.git")
    assert any("pushed nowhere" in p.key for p in store.examine(ws, now=NOW))
    desks.git(ws, "remote", "add", "origin", str(tmp_path / "superior.git"))
    desks.git(ws, "push", "-q", "-u", "origin", "main")
    opened(ws)
    (found,) = [p for p in store.examine(ws, now=NOW) if "not pushed" in p.key]
    assert (found.params["count"], found.params["entries"]) == (1, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", str(found.params["since"]))
    assert found.severity == "notice"
