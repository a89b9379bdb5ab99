"""Two clones and a common place: `sync`, what is not pushed, the bundle, one clone that reminds."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from workbench import CHECKOUT, Office, make_office, surroundings

from yuqing.cli.lookoffice import HELP

pytestmark = pytest.mark.process


@dataclass(frozen=True)
class Two:
    """A bare repository and two clones of it."""

    bare: Path
    one: Office
    two: Office


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which all three lie, made once; nobody writes to it. The common place is named
    as seen from the clones, so that a copy of the folder is another office."""
    with surroundings():
        folder = tmp_path_factory.mktemp("both")
        far = "../common.git"
        subprocess.run(
            ["git", "init", "-q", "--bare", "--initial-branch=main", "common.git"],
            cwd=folder, check=True,
        )  # fmt: skip
        one = make_office(folder / "one")
        one.git("remote", "add", "origin", far)
        one("new", "停水三天", "-s", "监看").ok()
        ran = one("sync").ok()
        assert ran.out.startswith("pushed to origin")
        subprocess.run(["git", "clone", "-q", "common.git", "two"], cwd=folder, check=True)
        other = Office(folder / "two")
        other.git("remote", "set-url", "origin", far)
        other("init").ok()
    return folder


@pytest.fixture
def two(both: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Two:
    monkeypatch.setenv("PYTHONPATH", str(CHECKOUT))  # git starts the program as its merge driver
    folder = shutil.copytree(both, tmp_path / "both", symlinks=True)
    return Two(folder / "common.git", Office(folder / "one"), Office(folder / "two"))


def head(office: Office, name: str = "HEAD") -> str:
    return office.git("rev-parse", name).strip()


def test_two_officers_write_and_both_have_everything(two: Two) -> None:
    """fetch, merge with the driver, check, push: no entry is lost, no history rewritten."""
    two.one("note", ".", "甲记一").ok()
    two.two("note", ".", "乙记一").ok()
    two.two("report", ".", "phone", "lead-group").ok()
    before = head(two.two)
    assert "pushed to origin: 1 entries in 1 commits" in two.one("sync").ok().out
    ran = two.two("sync").ok()
    assert f"arrived: cases/{two.one.case_file().name}" in ran.out
    assert "pushed to origin: 2 entries in 3 commits" in ran.out
    assert before in two.two.git("rev-list", "HEAD")  # never rebased
    two.one("sync").ok()
    assert two.one.case_file().read_bytes() == two.two.case_file().read_bytes()
    text = two.one.case_file().read_text("utf-8")
    assert all(word in text for word in ("甲记一", "乙记一", "phone"))
    assert head(two.one) == head(two.two)
    assert two.one("sync").ok().out == "Both sides are the same.\n"


@pytest.mark.slow
def test_both_open_cases_and_file_papers(two: Two) -> None:
    for office, title in ((two.one, "甲案"), (two.two, "乙案")):
        (office.root.parent / f"{title}.txt").write_text(title, "utf-8")
        office("new", title, "-f", str(office.root.parent / f"{title}.txt")).ok()
    two.one("sync").ok()
    two.two("sync").ok()
    two.one("sync").ok()
    assert len(list((two.one.root / "cases").glob("*.yaml"))) == 3
    assert len(list((two.one.root / "cases" / "files").rglob("*.txt"))) == 2


def test_a_conflict_shows_both_values_and_leaves_the_desk_usable(two: Two) -> None:
    """Both sides changed one thing: exit 9, both values shown; work goes on at once."""
    for office, title in ((two.one, "停水三天(甲改)"), (two.two, "停水三天(乙改)")):
        path = office.case_file()
        text = path.read_text("utf-8").replace("title: 停水三天", f"title: {title}")
        path.write_text(text, "utf-8")
        office.git("commit", "-qam", "by hand")
    two.one("sync").ok()
    mine = head(two.two)
    ran = two.two("sync").ok(9)
    assert "停水三天(甲改)" in ran.out
    assert "停水三天(乙改)" in ran.out
    assert "both sides wrote here" in ran.out
    assert "yuqing sync --settle" in ran.err
    assert head(two.two) == mine
    two.two("note", ".", "照常").ok()
    # and it is settled in the files when somebody has the time
    assert two.two("sync", "--settle").ok(9).err.count("yuqing sync") == 1
    path = two.two.case_file()
    text = re.sub(
        r"<{7}.*?={7}\n(.*?)>{7}[^\n]*\n", r"\1", path.read_text("utf-8"), flags=re.DOTALL
    )
    path.write_text(text, "utf-8")
    two.two.git("add", "-A")
    two.two.git("commit", "-qm", "settled")
    two.two("sync").ok()
    two.one("sync").ok()
    assert "title: 停水三天(甲改)" in two.one.case_file().read_text("utf-8")
    assert "照常" in two.one.case_file().read_text("utf-8")


def test_a_driver_that_fails_loses_nobody_s_words(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Program missing or failing: git keeps our side without marks; both are shown, the merge is
    taken back, also with --settle."""
    two.one("note", ".", "甲记一").ok()
    two.two("note", ".", "乙记一").ok()
    two.one("sync").ok()
    two.two.git("config", "merge.yuqing.driver", "false %O %A %B")
    ran = two.two("sync", "--settle").ok(9)
    assert "甲记一" in ran.out
    assert "乙记一" in ran.out
    assert "yuqing doctor --fix" in ran.err
    assert two.two.git("status", "--porcelain") == ""


def test_a_contradiction_that_merges_cleanly_is_named(two: Two) -> None:
    """One closes, the other goes on: both stand, `check` after the merge says so."""
    two.one("close", ".", "-b", "已了结").ok()
    two.two("note", ".", "又有人反映").ok()
    two.one("sync").ok()
    ran = two.two("sync").ok(3)
    assert "closed with" in ran.out or "closed the case" in ran.out
    assert two.one("sync").ok(0, 3).code in (0, 3)
    assert head(two.one) == head(two.two)


def test_no_line_is_no_obstacle(two: Two) -> None:
    """Remote unreachable: what is here stands, exit 0, counted on board and in doctor."""
    two.one("note", ".", "断网时").ok()
    two.one("note", ".", "断网时二").ok()
    away = two.bare.rename(two.bare.with_name("away.git"))
    ran = two.one("sync").ok()
    assert "was not reached, everything stands here" in ran.err
    assert "2 entries are not pushed, the oldest since" in ran.err
    assert "2 entries are not pushed, the oldest since" in two.one().ok().err
    assert "2 entries in 2 commits are not pushed yet, the oldest since" in two.one("doctor").out
    away.rename(two.bare)
    two.one("sync").ok()
    assert "not pushed" not in two.one().ok().err


@pytest.mark.slow
def test_a_place_that_refuses_what_is_pushed(two: Two) -> None:
    hook = two.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 今日不收 >&2\nexit 1\n", "utf-8")
    hook.chmod(0o755)
    two.one("note", ".", "被拒").ok()
    ran = two.one("sync").ok()
    assert "今日不收" in ran.err
    assert "1 entries are not pushed" in ran.err


def test_a_rewritten_common_history_is_not_taken(two: Two) -> None:
    """A history that no longer holds what it held is named, never merged, never overwritten."""
    two.one("note", ".", "甲记").ok()
    two.one("sync").ok()
    two.two("sync").ok()
    orphan = two.one.git("commit-tree", "HEAD^{tree}", "-m", "new start").strip()
    subprocess.run(["git", "push", "-qf", str(two.bare), f"{orphan}:refs/heads/main"],
                   cwd=two.one.root, check=True)  # fmt: skip
    mine = head(two.two)
    ran = two.two("sync").ok(9)
    assert "was rewritten" in ran.err
    assert head(two.two) == mine
    assert two.two("sync").code != 0  # the second time no less


def test_sync_first_wants_everything_committed(two: Two) -> None:
    path = two.one.case_file()
    path.write_text(path.read_text("utf-8") + "  # 手记\n", "utf-8")
    ran = two.one("sync").ok(9)
    assert "yuqing save" in ran.err
    two.one("save").ok()
    two.one("sync").ok()


def test_sync_without_a_remote(office: Office) -> None:
    ran = office("sync").ok(8)
    assert "git remote add origin" in ran.err


def test_only_sync_touches_the_network() -> None:
    """`fetch` and `push` stand in one module, and one command calls them."""
    package = HELP.parent
    words = re.compile(r"""["'](?:fetch|push|pull|clone|ls-remote)["'],""")
    found = [p.name for p in package.rglob("*.py") if words.search(p.read_text("utf-8"))]
    assert found == ["remote.py"]
    callers = [
        p.name for p in package.rglob("*.py")
        if re.search(r"\b(?:fetch_and_merge|far\.fetch|far\.push)\(", p.read_text("utf-8"))
        and p.parent.name != "store"
    ]  # fmt: skip
    assert callers == ["sync.py"]


def test_one_clone_reminds(two: Two) -> None:
    """Named in office.yaml; doctor says which, and whether it is this one."""
    file = two.one.root / "templates" / "office.yaml"
    file.write_text(file.read_text("utf-8") + "reminds: duty-room\n", "utf-8")
    two.one.git("commit", "-qam", "duty-room reminds")
    two.one.git("config", "yuqing.clone", "duty-room")
    two.two.git("config", "yuqing.clone", "office-2")
    two.one("sync").ok()
    two.two("sync").ok()
    assert "this clone, duty-room, is the one that reminds" in two.one("doctor").out
    assert "reminders are sent by duty-room; this is office-2" in two.two("doctor").out


def test_backup_and_restore_as_the_chapter_tells_it(two: Two) -> None:
    """A bundle and a restore: the chapter's own lines, and everything is there again."""
    text = (HELP / "en" / "backup.md").read_text("utf-8")
    make, restore = [
        b
        for b in re.findall(r"^```bash\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        if "bundle" in b
    ]
    two.one("note", ".", "备份之前").ok()
    subprocess.run(["bash", "-euc", make], cwd=two.one.root, check=True, capture_output=True)
    shutil.rmtree(two.one.root)
    two.one.root.mkdir()
    for line in restore.splitlines():
        if line.startswith("git clone"):
            subprocess.run(shlex.split(line), cwd=two.one.root, check=True, capture_output=True)
    restored = Office(two.one.root.parent / "restored")
    for line in restore.splitlines():
        if line.startswith("yuqing"):
            restored(*shlex.split(line)[1:]).ok(0, 3 if "doctor" in line else 0)
    assert "备份之前" in restored("show", ".").ok().out
    assert restored.git("fsck", "--strict").strip() == ""
    restored("note", ".", "接着记").ok()
    restored.git("remote", "set-url", "origin", str(two.bare))
    restored("sync").ok()
    two.two("sync").ok()
    assert "备份之前" in two.two.case_file().read_text("utf-8")


@pytest.mark.slow
def test_two_officers_on_one_machine(office: Office) -> None:
    """One repository on a shared machine: the chapter's one line, and both write."""
    office.git("config", "core.sharedRepository", "group")
    office("new", "停水三天").ok()
    for name in ("一班", "二班"):
        office("note", ".", f"{name}记", env={"GIT_AUTHOR_NAME": name}).ok()
    assert office.case_file().stat().st_mode & 0o020
    assert [*map(str.strip, office.git("log", "-2", "--format=%an").splitlines())] == [
        "二班",
        "一班",
    ]
