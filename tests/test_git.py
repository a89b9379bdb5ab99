"""The room that runs git, by itself."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from yuqing import git
from yuqing.errors import Unusable

pytestmark = pytest.mark.process


def shell(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, encoding="utf-8"
    ).stdout


@pytest.fixture
def repo(tmp_path: Path) -> git.Repo:
    shell(tmp_path, "init", "-q", "-b", "main", "repo")
    found, shared = git.ready(tmp_path / "repo")
    assert not shared
    return found


def put(repo: git.Repo, name: str, data: bytes) -> Path:
    path = repo.top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def commit(repo: git.Repo, **contents: bytes) -> dict[Path, bytes]:
    written = {put(repo, name, data): data for name, data in contents.items()}
    git.stage(repo, list(written))
    assert git.commit(repo, list(written), "message").code == 0
    return written


def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing inherited points a child at another repository, index or date; who commits and
    where the settings lie stays; no prompt, no terminal, no translation."""
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_COMMITTER_DATE", "GIT_NEW"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'core.worktree=/elsewhere'")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "0")
    env = git.environment()
    inherited = {name for name in env if name.startswith("GIT_") and env[name] == "x"}
    assert inherited == set()
    assert "GIT_CONFIG_PARAMETERS" not in env
    assert env["GIT_CONFIG_COUNT"] == "0"
    assert env["GIT_AUTHOR_NAME"] == "值班室"
    assert env["LC_ALL"] == "C"
    assert env["GIT_TERMINAL_PROMPT"] == "0"
    assert "BatchMode=yes" in env["GIT_SSH_COMMAND"]
    assert "LANGUAGE" not in env


def test_input_is_closed(repo: git.Repo) -> None:
    """A child that asks gets no answer instead of waiting for one."""
    said = git.run(repo.top, "hash-object", "--stdin")
    assert said.out.strip() == b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"


def test_time_limit(repo: git.Repo) -> None:
    """A child that takes too long is stopped, with everything that it started."""
    said = git.run(repo.top, "-c", "alias.wait=!sleep 60", "wait", limit=0.3)
    assert said.code is None


def test_background_child(repo: git.Repo) -> None:
    """What a hook leaves running in the background does not hold us up."""
    said = git.run(repo.top, "-c", "alias.leave=!sleep 60 & echo done", "leave", limit=10)
    assert (said.code, said.out) == (0, b"done\n")


def test_located_without_git(repo: git.Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking commands find the repository, a linked worktree and a submodule by reading files."""
    commit(repo, a=b"1")
    shell(repo.top, "worktree", "add", "-q", str(repo.top.parent / "tree"))
    monkeypatch.setenv("PATH", "")
    below = repo.top / "x" / "y"
    below.mkdir(parents=True)
    assert git.locate(below) == repo
    tree = git.locate(repo.top.parent / "tree")
    assert tree is not None
    assert tree.common_dir == repo.git_dir
    assert tree.git_dir == repo.git_dir / "worktrees" / "tree"
    (repo.top.parent / "odd").mkdir()
    (repo.top.parent / "odd" / ".git").write_text("gitdir: nowhere\n")
    assert git.locate(repo.top.parent / "odd") is None


def test_shared_repository(repo: git.Repo) -> None:
    """`core.sharedRepository` in each of its spellings."""
    for value, shared in [("group", True), ("0660", True), ("all", True), ("umask", False)]:
        shell(repo.top, "config", "core.sharedRepository", value)
        assert git.ready(repo.top)[1] is shared


def test_status(repo: git.Repo) -> None:
    """How a path differs: unknown, staged, changed, deleted, ignored; blanks and Chinese in
    names; a path nobody touched is not listed."""
    contents = commit(repo, same=b"1", changed=b"1", gone=b"1")
    put(repo, "changed", b"2")
    (repo.top / "gone").unlink()
    put(repo, "新 的", b"1")
    put(repo, "staged", b"1")
    shell(repo.top, "add", "staged")
    put(repo, ".gitignore", b"hidden\n")
    put(repo, "hidden", b"1")
    found = {
        d.path: d.staged + d.worktree for d in git.status(repo, [repo.top / "."], ignored=True)
    }
    assert found == {
        ".gitignore": "??",
        "changed": ".M",
        "gone": ".D",
        "hidden": "!!",
        "staged": "A.",
        "新 的": "??",
    }
    assert git.status(repo, [next(iter(contents))]) == ()


def test_committed(repo: git.Repo) -> None:
    """What HEAD holds, several at once, whatever the bytes; nothing before the first commit."""
    assert git.committed(repo, [repo.top / "a"]) == [None]
    commit(repo, a=b"1\n\n", b=b"", c=bytes(range(256)))
    names = [repo.top / name for name in ("a", "nosuch", "b", "c")]
    assert git.committed(repo, names) == [b"1\n\n", None, b"", bytes(range(256))]


def test_blobs(repo: git.Repo) -> None:
    """What HEAD has in a folder itself, by hash; not what lies below."""
    assert git.blobs(repo, repo.top / "cases") == {}
    commit(repo, **{"cases/甲.yaml": b"1", "cases/閉/b.yaml": b"1", "other": b"1"})
    found = git.blobs(repo, repo.top / "cases")
    assert list(found) == ["cases/甲.yaml"]
    assert git.is_blob(b"1", found["cases/甲.yaml"])
    assert not git.is_blob(b"2", found["cases/甲.yaml"])


@pytest.mark.parametrize("method", ["sha1", "sha256"])
def test_verify(tmp_path: Path, method: str) -> None:
    """HEAD holds exactly these bytes, in repositories of either kind of hash; `None`: gone."""
    shell(tmp_path, "init", "-q", "-b", "main", f"--object-format={method}", "repo")
    repo, _ = git.ready(tmp_path / "repo")
    assert git.verify(repo, {repo.top / "a": b"1"}) == ("", (repo.top / "a",))
    contents = commit(repo, a=b"1", b=b"2")
    head, differing = git.verify(repo, {**contents, repo.top / "c": None})
    assert (head, differing) == (shell(repo.top, "rev-parse", "HEAD").strip(), ())
    wrong = {repo.top / "a": b"2", repo.top / "b": None, repo.top / "c": b"3"}
    assert git.verify(repo, wrong)[1] == tuple(wrong)


def test_synced(repo: git.Repo) -> None:
    """git's own default syncs nothing of an ordinary commit; here "committed" is a promise."""
    said = git.run(repo.top, "config", "core.fsync")
    assert said.out == b"committed\n"


def test_outside_the_repository(repo: git.Repo, tmp_path: Path) -> None:
    """A path elsewhere is never handed to git."""
    with pytest.raises(Unusable):
        repo.inside(tmp_path / "elsewhere")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_reached_through_a_link(repo: git.Repo, tmp_path: Path) -> None:
    """The office's folder may be reached through a link."""
    (tmp_path / "link").symlink_to(repo.top)
    assert repo.inside(tmp_path / "link" / "cases.yaml") == "cases.yaml"
    located = git.locate(tmp_path / "link")
    assert located == repo
