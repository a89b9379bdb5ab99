"""What an entry costs, counted and not timed: git processes, files read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import desks
import pytest
from desks import NOW, opened

from yuqing import store
from yuqing.case import Entry
from yuqing.store import Workspace, Written, files

pytestmark = pytest.mark.process

MOST = 6
"""Git processes for one entry, whatever else lies uncommitted in its file."""


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """An office with one case, everything packed: nothing can be read without git."""
    made = desks.office(tmp_path / "office")
    opened(made)
    desks.git(made, "gc", "-q")
    return store.find(made.root)


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """The git commands started so far, as a program in git's place on the PATH sees them."""
    real = shutil.which("git")
    folder, log = tmp_path / "bin", tmp_path / "git.log"
    folder.mkdir()
    log.touch()
    wrapper = folder / "git"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >>"{log}"\nexec "{real}" "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def words() -> list[str]:
        lines = log.read_text().splitlines()
        return [line.split("user.useConfigOnly=true ")[-1].split(" ")[0] for line in lines]

    return words


def _case_id(ws: Workspace) -> str:
    return next(ws.cases.glob("*.yaml")).stem


def _by_hand(ws: Workspace, *names: str) -> None:
    """A person types an entry, and puts its papers beside it."""
    lines = ["", "  - kind: noted", "    at: 2026-11-22T02:00+08:00", "    text: 手工记"]
    lines += ["    files:"] if names else []
    for name in names:
        paper = ws.cases / "files" / _case_id(ws) / name
        paper.parent.mkdir(parents=True, exist_ok=True)
        paper.write_text(name, "utf-8")
        lines.append(f"      - {{path: {name}, sha256: {files.digest_of(paper)}}}")
    path = ws.cases / f"{_case_id(ws)}.yaml"
    path.write_bytes(path.read_bytes() + ("\n".join(lines) + "\n").encode())


def _append(ws: Workspace, *papers: str) -> Written:
    """One note, as a process of its own would write it."""
    fresh = store.find(ws.root)
    sources = [ws.root.parent / name for name in papers]
    for source in sources:
        source.write_text(source.name, "utf-8")
    loaded = store.find_case(fresh, _case_id(ws), now=NOW)
    attached = store.attachments(fresh, loaded.case.id, sources)
    entry = Entry(kind="noted", at=NOW, text="再看", files=tuple(a.file for a in attached))
    return store.append(fresh, loaded, [entry], attached, now=NOW)


@pytest.mark.parametrize("papers", [(), ("图.png",)])
@pytest.mark.parametrize("by_hand", [None, (), ("手.md",)])
def test_an_entry_starts_at_most_six_git_processes(
    ws: Workspace,
    started: Callable[[], list[str]],
    papers: tuple[str, ...],
    by_hand: tuple[str, ...] | None,
) -> None:
    """Also behind an edit by hand, with papers of both; all of it is committed at the end."""
    if by_hand is not None:
        _by_hand(ws, *by_hand)
    before = len(started())
    written = _append(ws, *papers)
    assert len(started()[before:]) <= MOST, started()[before:]
    assert written.committed
    assert desks.dirty(ws) == ""
    assert len(desks.commits(ws)) == (3 if by_hand is None else 4)


def test_plain_entry_starts_three(ws: Workspace, started: Callable[[], list[str]]) -> None:
    """Settings, state of the file, commit; whether HEAD holds it is read from git's files."""
    before = len(started())
    _append(ws)
    assert started()[before:] == ["config", "status", "commit"]


def test_opening_a_case(ws: Workspace, started: Callable[[], list[str]], tmp_path: Path) -> None:
    """Settings, ignore rules, add, commit; with papers too."""
    before = len(started())
    paper = tmp_path / "初.md"
    paper.write_text("初", "utf-8")
    opened(ws, "第二件", paper)
    assert started()[before:] == ["config", "check-ignore", "add", "commit"]


def test_proof_that_head_holds_it_asks_git_where_it_is_packed(
    ws: Workspace, started: Callable[[], list[str]]
) -> None:
    """A hook that packs at once: git is asked, and the answer is the same."""
    hook = ws.root / ".git" / "hooks" / "post-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ngit gc -q\n")
    hook.chmod(0o755)
    before = len(started())
    written = _append(ws)
    assert written.committed
    assert written.commit == desks.git(ws, "rev-parse", "HEAD").strip()
    assert "cat-file" in started()[before:]


def test_a_commit_that_holds_something_else_is_seen(ws: Workspace) -> None:
    """A hook that rewrites the file as it is committed: what is read from git's files tells."""
    hook = ws.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\nfor f in cases/*.yaml; do\n"
        '  blob=$(echo "x: y" | git hash-object -w --stdin)\n'
        '  git update-index --cacheinfo "100644,$blob,$f"\ndone\n'
    )
    hook.chmod(0o755)
    assert not _append(ws).committed
