"""Signed commits: who vouches, and a signature that fails is never silent (exit 6)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from workbench import Office

from yuqing import git

pytestmark = pytest.mark.process
needs_ssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="no ssh-keygen: not signed")
needs_gpg = pytest.mark.skipif(not shutil.which("gpg"), reason="no gpg: nothing signed with it")


def key(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True
    )
    return path


def signing(office: Office, path: Path) -> None:
    office.git("config", "gpg.format", "ssh")
    office.git("config", "user.signingKey", str(path))
    office.git("config", "commit.gpgsign", "true")


def trusting(office: Office, path: Path) -> None:
    """The office's list of who may sign."""
    public = path.with_suffix(".pub").read_text("utf-8").split()
    allowed = office.root.parent / "allowed"
    allowed.write_text(f"duty@office.example {public[0]} {public[1]}\n", "utf-8")
    office.git("config", "gpg.ssh.allowedSignersFile", str(allowed))


def statuses(office: Office) -> list[tuple[str, str]]:
    """Status and signer of every commit, newest first."""
    commits = office.git("rev-list", "HEAD").split()
    repo = git.locate(office.root)
    assert repo is not None
    found = git.signatures(repo, commits)
    return [(found[c].status, found[c].signer) for c in commits]


@needs_ssh
def test_with_gpgsign_every_entry_is_signed_and_the_signer_named(
    office: Office, tmp_path: Path
) -> None:
    """commit.gpgsign (ssh): commits are signed; who vouches is told; unsigned ones say so."""
    signing(office, key(tmp_path, "duty"))
    office("new", "停水三天").ok()
    office("note", ".", "照常").ok()
    assert [s for s, _ in statuses(office)] == ["unchecked", "unchecked", "none"]
    trusting(office, tmp_path / "duty")
    assert statuses(office) == [
        ("good", "duty@office.example"), ("good", "duty@office.example"), ("none", ""),
    ]  # fmt: skip
    told = office("audit").ok(0, 3, 12).out
    assert "2 commits: vouched for by duty@office.example" in told
    assert "1 commits: nobody vouches for it: not signed" in told


@pytest.mark.slow
@needs_ssh
def test_a_key_that_nobody_vouches_for_is_not_good(office: Office, tmp_path: Path) -> None:
    signing(office, key(tmp_path, "stranger"))
    trusting(office, key(tmp_path, "duty"))
    office("new", "停水三天").ok()
    assert statuses(office)[0][0] in ("unknown", "unchecked")


@needs_ssh
@pytest.mark.parametrize("way", ["straight", "merged into main", "main merged into it"])
def test_a_signature_of_other_content_is_bad(office: Office, tmp_path: Path, way: str) -> None:
    """Somebody changed the commit and kept its signature: found on the branch itself, and on a side
    branch merged in either direction."""
    signing(office, key(tmp_path, "duty"))
    trusting(office, tmp_path / "duty")
    office("new", "停水三天").ok()
    raw = (
        office.git("cat-file", "commit", "HEAD")
        .replace("停水", "放水")
        .replace("discovered", "noted")
    )
    forged = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=office.root, input=raw, capture_output=True, encoding="utf-8", check=True,
    ).stdout.strip()  # fmt: skip
    repo = git.locate(office.root)
    assert repo is not None
    (found,) = git.signatures(repo, [forged]).values()
    assert found.status == "bad"
    if way == "straight":
        office.git("update-ref", "HEAD", forged)
    else:
        office.git("branch", "side", forged)
        office.git("reset", "-q", "--hard", "HEAD^")
        office("new", "另一件").ok()
        here, there = ("main", "side") if way == "merged into main" else ("side", "main")
        office.git("switch", "-q", here)
        office.git("merge", "-q", "--no-ff", "-m", "m", there)
    assert "the signature does not belong to this commit" in office("audit").ok(12, 3).out
    assert git.signatures(repo, ["0" * 40])["0" * 40].status == "none"


@needs_ssh
@pytest.mark.parametrize("break_it", ["missing", "no key named"])
def test_a_signature_that_fails_is_exit_6(office: Office, tmp_path: Path, break_it: str) -> None:
    """Never silent: the entry is on disk, not committed, and the words of git are shown; with
    the key back, `save` commits it, signed."""
    office("new", "停水三天").ok()
    path = key(tmp_path, "duty")
    signing(office, tmp_path / "gone")
    if break_it == "no key named":
        office.git("config", "--unset", "user.signingKey")
        office.git("config", "gpg.ssh.defaultKeyCommand", "false")
    ran = office("note", ".", "未签").ok(6)
    assert "saved on disk, not committed" in ran.err
    assert "未签" in office.case_file().read_text("utf-8")
    assert "未签" not in office.git(
        "show", "--no-textconv", f"HEAD:cases/{office.case_file().name}"
    )
    signing(office, path)
    trusting(office, path)
    office("save").ok()
    assert statuses(office)[0] == ("good", "duty@office.example")


@needs_gpg
def test_gpg_without_a_key_is_exit_6(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    office("new", "停水三天").ok()
    office.git("config", "commit.gpgsign", "true")
    assert "saved on disk, not committed" in office("note", ".", "未签").ok(6).err


@pytest.mark.slow
@needs_ssh
def test_a_merge_by_sync_is_signed_too(office: Office, tmp_path: Path) -> None:
    bare = tmp_path / "common.git"
    office("new", "甲案").ok()
    subprocess.run(["git", "clone", "-q", "--bare", str(office.root), str(bare)], check=True)
    office.git("remote", "add", "origin", str(bare))
    office("sync").ok()
    subprocess.run(["git", "clone", "-q", str(bare), str(tmp_path / "two")], check=True)
    other = Office(tmp_path / "two")
    other("new", "乙案").ok()
    other("sync").ok()
    signing(office, key(tmp_path, "duty"))
    trusting(office, tmp_path / "duty")
    office("new", "丙案").ok()
    office("sync").ok()
    assert len(office.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    assert statuses(office)[0] == ("good", "duty@office.example")
