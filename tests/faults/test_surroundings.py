"""Faults of machine, clock, cron and terminal: table E of the fault list, and what is near it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import desks
import pytest
from desks import NOW, noted, opened
from workbench import IDENTITY, run_in_process

from yuqing import store
from yuqing.errors import Unusable
from yuqing.store import Workspace, machine

pytestmark = pytest.mark.process
PROGRAM = (
    f"import sys; sys.path.insert(0, {str(desks.CHECKOUT)!r}); "
    "from yuqing.__main__ import main; sys.exit(main())"
)
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def bare(
    *words: str, cwd: Path, env: dict[str, str] | None = None, out: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """As cron starts it: nearly no environment, no terminal, no input."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=cwd, env={"PATH": "/usr/bin:/bin", **(env or {})}, stdin=subprocess.DEVNULL,
        stdout=out, stderr=subprocess.PIPE, check=False, timeout=60,
    )  # fmt: skip


def keys(ws: Workspace, now: dt.datetime = NOW, **options: bool) -> list[str]:
    return [p.key for p in store.examine(ws, now=now, **options)]


# --- 60, 62: owners and file systems ---------------------------------------------------


@pytest.mark.skipif(not ROOT or shutil.which("setpriv") is None, reason="needs root and setpriv")
def test_objects_of_another_user() -> None:
    """Row 60: somebody wrote as root once and left objects that the office cannot add to: the
    entry is refused or saved, never half, and the exit tells which; nothing is lost."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        ws = desks.office(Path(folder) / "office")
        path = opened(ws).loaded.path
        for each in (*ws.root.rglob("*"), ws.root):
            os.chown(each, 12345, 12345)
        for each in (ws.root / ".git" / "objects", *(ws.root / ".git" / "objects").iterdir()):
            os.chown(each, 0, 0)
            each.chmod(0o755)
        before = path.read_bytes()
        under = ["setpriv", "--reuid", "12345", "--clear-groups"]
        process = desks.second_writer(ws, "别人", "1", under=under)
        _, err = process.communicate(timeout=60)
        if b"yuqing" not in err:
            pytest.skip("another user cannot run this program here")
        assert process.returncode != 0
        assert path.read_bytes() != before
        assert "NotCommitted" in err.decode()
        assert store.desk(ws).complete
        for each in (ws.root, *ws.root.rglob("*")):
            os.chown(each, 0, 0)
        assert all(w.committed for w in store.save(ws, None, now=NOW).written)
        assert desks.head_has(ws, path) == path.read_bytes()


@pytest.mark.skipif(not ROOT, reason="only root can give a folder away")
def test_root_in_the_folder_of_another(ws: Workspace) -> None:
    """Row 60: root in a folder that belongs to somebody else is warned."""
    os.chown(ws.root, 12345, -1)
    assert any("you are root" in key for key in keys(ws))


def test_a_network_file_system_is_named(
    ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 62: `doctor` warns where locks may not hold; an ordinary disk is no news."""
    assert not any("network file system" in key for key in keys(ws))
    mounts = tmp_path / "mounts"
    place = str(ws.root.parent).replace(" ", "\\040")
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/x {place} nfs4 rw 0 0\n")
    monkeypatch.setattr(machine, "_MOUNTS", mounts)
    (found,) = [p for p in store.examine(ws, now=NOW) if "network file system" in p.key]
    assert found.params == {"kind": "nfs4"}


# --- 88: a damaged repository ----------------------------------------------------------


def test_damaged_repository(ws: Workspace) -> None:
    """Row 88: an object of git is empty, or the branch's file is: `doctor` says which, shows the
    way, repairs nothing by itself; the files on disk are whole and still read."""
    path = opened(ws).loaded.path
    assert not any("fsck" in key for key in keys(ws, deep=True))
    blob = desks.git(ws, "rev-parse", f"HEAD:{ws.name(path)}").strip()
    lost = ws.root / ".git" / "objects" / blob[:2] / blob[2:]
    whole = lost.read_bytes()
    lost.chmod(0o644)
    lost.write_bytes(b"")
    (found,) = [p for p in store.examine(ws, now=NOW, deep=True) if "fsck" in p.key]
    assert blob[:7] in str(found.params["words"])
    assert "cases/" in found.key
    assert lost.read_bytes() == b""
    assert len(store.desk(ws).cases) == 1
    lost.write_bytes(whole)
    branch = ws.root / ".git" / "refs" / "heads" / "main"
    branch.write_bytes(b"")
    before = path.read_bytes()
    with pytest.raises(Unusable) as caught:
        noted(ws, "一")
    assert caught.value.exit_code == 8
    assert caught.value.said.params["path"] == str(branch)
    assert path.read_bytes() == before
    assert branch.read_bytes() == b""
    assert "names no commit" in "".join(keys(ws))
    assert any("fsck" in key for key in keys(ws, deep=True))
    log = str(caught.value.hint.params["log"]) if caught.value.hint else ""
    last = Path(log).read_text("utf-8").splitlines()[-1].split()[1]
    branch.write_text(last + "\n", "utf-8")  # as the hint says
    assert noted(ws, "一").committed


# --- 91, 94, 95: cron and the clock ----------------------------------------------------


@pytest.mark.parametrize("zone", [None, "CST", "Asia/Nowhere", "America/New_York", "UTC"])
def test_cron_s_poor_surroundings(ws: Workspace, zone: str | None) -> None:
    """Row 91: no TZ or a wrong one, no HOME, LANG=C, no terminal, no input: the times are those
    of the plan's zone, to the minute, and nothing asks."""
    opened(ws)
    ran = bare(
        "--now", "2026-11-22T02:30+08:00", "-C", str(ws.root), "overdue",
        cwd=Path("/"),
        env={"LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        | ({"TZ": zone} if zone else {}),
    )  # fmt: skip
    assert ran.returncode == 11, ran.stderr.decode()  # the office's own, stricter reading
    assert "02:22" in ran.stdout.decode()
    assert ran.stderr == b""


@pytest.mark.skipif(os.name == "nt", reason="there a folder in use cannot go")
def test_the_folder_one_stands_in_is_gone(ws: Workspace, tmp_path: Path) -> None:
    """Row 91: cron's folder was deleted: the office named by its whole path still answers."""
    opened(ws)
    gone = tmp_path / "gone"
    gone.mkdir()
    line = f"cd '{gone}' && rmdir '{gone}' && exec \"$@\""
    ran = subprocess.run(
        ["sh", "-c", line, "sh", sys.executable, "-c", PROGRAM, "-C", str(ws.root), "list"],
        env={"PATH": "/usr/bin:/bin"}, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    assert "柳塘小区停水" in ran.stdout.decode()


def test_heartbeat(ws: Workspace) -> None:
    """Row 94: cron's mail that nobody gets is no sign that all is well: `doctor` says when
    `overdue` last looked, and warns when that is long ago or never was."""
    opened(ws)
    assert any("never run here" in key for key in keys(ws))
    run_in_process("--now", "2026-11-22T02:10+08:00", "overdue", cwd=ws.root)
    assert any("never run here" in key for key in keys(ws))  # a look at another time is no run
    store.beat(ws, now=NOW, cases=1)
    (found,) = [p for p in store.examine(ws, now=NOW) if p.file == "heartbeat"]
    assert found.params == {"last": "2026-11-22 02:09", "cases": "1"}
    assert found.severity == "notice"
    late = NOW + dt.timedelta(days=2)
    (found,) = [p for p in store.examine(ws, now=late) if p.file == "heartbeat"]
    assert found.severity == "warning"
    (ws.root / ".git" / "yuqing" / "heartbeat").unlink()
    run_in_process("overdue", cwd=ws.root)
    assert (ws.root / ".git" / "yuqing" / "heartbeat").exists()
    assert desks.dirty(ws) == ""


def test_clock_behind_the_last_record(ws: Workspace) -> None:
    """Row 95: the clock jumped back: `doctor` holds it against the newest record and the newest
    commit, and says so."""
    opened(ws)
    found = store.examine(ws, now=NOW - dt.timedelta(hours=3))
    assert any("this machine's clock says" in p.key for p in found if p.severity == "finding")
    long_ago = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)
    assert any("the newest commit is dated" in key for key in keys(ws, long_ago))


def test_zone_data(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 91: a machine without zone data is told apart from a wrong plan."""

    def lacking(name: str) -> None:
        raise machine.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(machine, "ZoneInfo", lacking)
    assert any("no data of the time zone" in p.key for p in machine._zones(ws))


def test_fonts(ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`doctor` names the fonts of official papers that this machine lacks, where it can tell."""
    teller = tmp_path / "fc-list"
    teller.write_text("#!/bin/sh\necho 'FangSong,仿宋'\necho 'SimHei'\n")
    teller.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    (found,) = [p for p in store.examine(ws, now=NOW) if p.file == "fonts"]
    assert found.params == {"fonts": "楷体, 小标宋"}


def test_signing_by_ssh_without_a_key(ws: Workspace) -> None:
    """Row 81: signing is on and no key is named: `doctor` says so before an act fails."""
    desks.git(ws, "config", "commit.gpgsign", "true")
    desks.git(ws, "config", "gpg.format", "ssh")
    assert any("no key is named" in key for key in keys(ws))
    desks.git(ws, "config", "user.signingkey", "/no/key.pub")
    desks.git(ws, "config", "gpg.ssh.program", "no-such-program")
    assert any("is not there: they fail" in key for key in keys(ws))


# --- 97, 98: output --------------------------------------------------------------------


def test_markup_in_a_title_on_a_terminal(ws: Workspace) -> None:
    """Row 97: `[/red]` and `[link=…]` in a title are five signs and no colour, also in a table."""
    title = "[/red]停水[link=http://x.example]点这里[/link][bold]"
    opened(ws, title)
    script = shutil.which("script")
    if script is None:
        pytest.skip("needs script(1), which gives a command a terminal")
    line = f"{sys.executable} -m yuqing -C {ws.root} list"
    ran = subprocess.run(
        [script, "-qec", line, "/dev/null"], capture_output=True, check=False, timeout=60,
        env={**os.environ, **IDENTITY, "PYTHONPATH": str(desks.CHECKOUT), "COLUMNS": "160"},
    )  # fmt: skip
    shown = ran.stdout.decode()
    assert ran.returncode == 0, shown
    assert title in shown.replace("\r\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output(ws: Workspace) -> None:
    """Row 98: the answer could not be written down: that is never exit 0."""
    opened(ws)
    with Path("/dev/full").open("wb") as full:
        for words in (("list",), ("--json", "list")):
            ran = bare("-C", str(ws.root), *words, cwd=ws.root, out=full.fileno())
            assert ran.returncode not in (0, 10, 11), words
            assert b"Traceback" not in ran.stderr, ran.stderr.decode()


# --- doctor: the rest of what goes wrong around the cases -----------------------------------


def test_an_adopted_plan_edited_after_a_case_pinned_it(ws: Workspace) -> None:
    """Row 46: `check` and `doctor` refuse an edited version, also where the package still has the
    pinned one and the case's own limits have not moved."""
    opened(ws)
    opened(ws, "第二件")
    (plan,) = (ws.templates / "plans").glob("*.yaml")
    text = plan.read_text("utf-8")
    assert not any("pinned it" in key for key in keys(ws))
    plan.write_text(text + "# a comment changes nothing\n", "utf-8")
    assert not any("pinned it" in key for key in keys(store.find(ws.root)))
    plan.write_text(text.replace("issuer: ", "issuer: 新"), "utf-8")
    fresh = store.find(ws.root)
    (found,) = [p for p in store.examine(fresh, now=NOW) if "pinned it" in p.key]
    assert (found.file, found.params, found.severity) == (ws.name(plan), {"count": 2}, "finding")
    ran = run_in_process("--lang", "en", "check", cwd=ws.root).ok(3)
    assert "edited after 2 cases pinned it; a change is a new version" in ran.out


def test_hooks_wherever_they_lie(ws: Workspace, tmp_path: Path) -> None:
    """Row 78: a hooks folder named relative to the repository, and one in the home folder."""
    opened(ws)
    for folder, named in ((ws.root / "ours", "ours"), (tmp_path / "all", str(tmp_path / "all"))):
        folder.mkdir()
        (folder / "pre-commit").write_text("#!/bin/sh\n", "utf-8")
        desks.git(ws, "config", "core.hooksPath", named)
        told = [p for p in store.examine(ws, now=NOW) if "hooks run" in p.key]
        assert [p.params for p in told] == [{"hooks": "pre-commit"}]
        desks.git(ws, "config", "--unset", "core.hooksPath")


def test_replaced_commits_that_git_has_packed(ws: Workspace) -> None:
    """Row 90: packed, the replacement lies in no folder any more."""
    opened(ws)
    desks.git(ws, "replace", "HEAD", "HEAD^")
    desks.git(ws, "pack-refs", "--all")
    assert any("git replace" in key for key in keys(ws))


def test_commits_dated_before_those_they_follow(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row 95: `doctor` counts them, `audit` names them."""
    opened(ws)
    assert not any("dated before" in key for key in keys(ws))
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2020-01-01T00:00:00")
    desks.git(ws, "commit", "-q", "--allow-empty", "-m", "x")
    (found,) = [p for p in store.examine(ws, now=NOW) if "dated before" in p.key]
    assert found.params["commit"] == desks.git(ws, "rev-parse", "HEAD").strip()[:10]


def test_doctor_changes_nothing(ws: Workspace) -> None:
    """Read-only: whatever it finds, no byte of the folder or of git's is another afterwards; and
    `--fix` touches no case."""
    path = opened(ws).loaded.path
    (ws.cases / ".YQ-20261122-0000.yaml.x.tmp").write_bytes(b"half")
    path.write_bytes(path.read_bytes().replace("软件监看".encode(), "电话".encode()))
    desks.git(ws, "config", "--unset", "merge.yuqing.driver")

    def everything() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in sorted(ws.root.rglob("*")) if p.is_file()
                and p.parent.name != "yuqing"}  # fmt: skip

    before = everything()
    assert run_in_process("doctor", cwd=ws.root).code == 3
    assert everything() == before
    cases = {p: p.read_bytes() for p in ws.cases.rglob("*.yaml")}
    run_in_process("doctor", "--fix", cwd=ws.root)
    assert {p: p.read_bytes() for p in ws.cases.rglob("*.yaml")} == cases
    assert not list(ws.cases.glob(".*.tmp"))
    assert desks.git(ws, "config", "merge.yuqing.driver")


def test_outside_any_office_the_whole_folder_is_named(tmp_path: Path) -> None:
    """Row 44: not `.`, but where it looked; exit 8 with `yuqing init`."""
    ran = run_in_process("--lang", "en", "next", cwd=tmp_path).ok(8)
    assert f"{tmp_path.resolve()} is in no yuqing workspace" in ran.err
    assert "yuqing init" in ran.err
