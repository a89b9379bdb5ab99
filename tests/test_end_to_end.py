"""Whole incidents through a real git repository, driving the installed `yuqing`."""

from __future__ import annotations

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from workbench import Office, make_office, run_in_process, run_installed

pytestmark = pytest.mark.process


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A new office under plan SF; every command is a process of its own."""
    office = make_office(tmp_path / "office", run=run_installed)
    (office.root / "通报.md").write_text("供水主管破裂,抢修中。集团\n", encoding="utf-8")
    return office


def _touched(office: Office, commit: str = "HEAD") -> set[str]:
    names = office.git("-c", "core.quotepath=off", "show", "--name-only", "--format=", commit)
    return set(names.split("\n")) - {""}


def _states(office: Office, now: str) -> dict[str, tuple[str, str | None]]:
    """Duty → state and limit; looked at in this process, the acts are what is driven."""
    shown = run_in_process("--json", "--now", now, "show", ".", cwd=office.root).ok().json
    return {i["duty"]: (i["state"], i["limit"]) for i in shown["items"] if i["duty"]}


def test_from_discovery_to_the_review(office: Office) -> None:
    """A duty officer works a case from discovery to the three-day review."""
    day = "2026-11-22T"
    start = office.git("rev-parse", "HEAD").strip()

    opened = office(
        "--json", "new", "演练:停水三天", "--drill", "-a", "01:52", "-s", "软件监看",
        now=f"{day}02:09+08:00",
    ).ok().json  # fmt: skip
    case = opened["case"]
    path = f"cases/{case}.yaml"
    assert case.startswith("YQ-20261122-")
    assert opened["committed"] is True
    assert _touched(office) == {path}
    ungraded = _states(office, f"{day}02:09+08:00")
    assert ungraded["publish"] == ("running", f"{day}06:52+08:00")
    assert ungraded["notify-three"][0] in ("waiting", "due_soon", "running")

    office(
        "grade", ".", "I", "mainstream_media=true", "major_effect_likely=true", "-b", "已转载",
        now=f"{day}02:10+08:00",
    ).ok()  # fmt: skip
    office("report", ".", "phone", "lead-group", "-a", "02:03", now=f"{day}02:12+08:00").ok()
    assert _states(office, f"{day}02:12+08:00")["notify-three"][1] == f"{day}02:33+08:00"
    office("report", ".", "phone", "cac@02:20", "media-centre@02:24", now=f"{day}02:26+08:00").ok()

    late = office("overdue", "--drill", now=f"{day}02:35+08:00").ok(10)
    assert "02:33" in late.out
    assert "宣傳部" in late.out or "宣传部" in late.out
    silent = office("overdue", now=f"{day}02:35+08:00").ok(0)
    assert silent.out == ""  # a drill reminds nobody

    office("report", ".", "phone", "publicity@02:40", now=f"{day}02:41+08:00").ok()
    assert _states(office, f"{day}02:41+08:00")["notify-three"][0] == "met_late"

    office("render", ".", "basic-facts", "-o", "初报.docx", now=f"{day}02:50+08:00").ok()
    office(
        "report", ".", "written", "lead-group", "-d", "basic-facts", "-f", "初报.docx",
        now=f"{day}02:56+08:00",
    ).ok()  # fmt: skip
    assert _touched(office) == {path, f"cases/files/{case}/初报.docx"}

    for who in ("lead-group", "publicity"):
        office("approve", ".", who, "-f", "通报.md", now=f"{day}05:18+08:00").ok()
    office(
        "publish", ".", "--use", "last", "--form", "notice", "-d", "bulletin",
        now=f"{day}05:40+08:00",
    ).ok()  # fmt: skip
    assert _states(office, f"{day}05:40+08:00")["publish"][0] == "met"

    office(
        "mark", ".", "calmed", "--by", "lead-group", "-b", "48小时无新增",
        now="2026-11-24T16:00+08:00",
    ).ok()  # fmt: skip
    calm = "2026-11-25T09:00+08:00"
    assert _states(office, calm)["review"] == ("running", "2026-11-28T00:00+08:00")
    office("review", ".", "-o", "复盘.docx", now=calm).ok()
    assert (office.root / "复盘.docx").read_bytes().startswith(b"PK")
    office("report", ".", "written", "lead-group", "-d", "review", "-f", "复盘.docx", now=calm).ok()
    open_still = office("close", ".", now="2026-11-25T09:30+08:00").ok(5)
    assert "-b" in open_still.err
    assert office.git("rev-list", "--count", f"{start}..HEAD").strip() == "11"
    office("close", ".", "-b", "演练结束", now="2026-11-25T09:30+08:00").ok()

    commits = office.git("rev-list", f"{start}..HEAD").split()
    assert len(commits) == 12  # one per writing command, none besides
    for commit in commits:
        assert all(name == path or name.startswith(f"cases/files/{case}/")
                   for name in _touched(office, commit))  # fmt: skip
    assert office.git("status", "--porcelain", "cases").strip() == ""
    # the log only grew: every old version is the beginning of the next one
    versions = [office.git("show", f"{c}:{path}") for c in reversed(commits)]
    assert all(new.startswith(old) for old, new in itertools.pairwise(versions))


def test_a_day_with_other_hands_in_the_repository(office: Office) -> None:
    """Real clock, hand-written entries, an amendment, other people's staged work, a merge."""
    office("new", "停水,视频转发", "-s", "软件监看", "-a=-3h").ok()
    late = office("overdue", "--warn", "15m").ok(10)
    assert "facts" in office("--json", "overdue").ok(10).out
    assert late.out.strip()

    # somebody else's half-finished work stays staged and uncommitted
    (office.root / "other.txt").write_text("mine\n", encoding="utf-8")
    office.git("add", "other.txt")
    written = office("--json", "report", ".", "phone", "lead-group", "-a=-170m").ok().json
    assert _touched(office) == {f"cases/{written['case']}.yaml"}
    assert office.git("status", "--porcelain", "other.txt") == "A  other.txt\n"

    # variables of another repository don't lead the commit astray
    elsewhere = office.root.parent / "elsewhere"
    subprocess.run(["git", "init", "-q", str(elsewhere)], check=True)
    office(
        "note", ".", "评论上升",
        env={"GIT_DIR": str(elsewhere / ".git"), "GIT_INDEX_FILE": str(elsewhere / "index")},
    ).ok()  # fmt: skip
    assert "评论上升" in office.case_file().read_text(encoding="utf-8")
    assert _touched(office) == {f"cases/{written['case']}.yaml"}
    assert not (elsewhere / "index").exists()

    # an entry typed in an editor counts at once, is stamped and committed by `save`
    path = office.case_file()
    opened = json.loads(office("--json", "show", ".").ok(0, 10, 11).out)["now"]
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n  - kind: noted\n    at: {opened}\n    text: 手写一笔\n")
    office("save").ok()
    assert "recorded" in path.read_text(encoding="utf-8").rsplit("手写一笔", 1)[0][-200:]
    assert office.git("status", "--porcelain", "cases") == ""

    # an old line changed in the editor is refused, and the line to type is shown
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("评论上升", "评论下降"), encoding="utf-8")
    refused = office("note", ".", "再记").ok(9)
    assert "amend" in refused.err
    path.write_text(good, encoding="utf-8")

    first = written["entries"][0]["id"]
    office("amend", ".", first, "--void", "-b", "输错").ok()
    assert path.read_text(encoding="utf-8").startswith(good)

    # a merge under way: nothing is written
    office.git("commit", "-qm", "other", "other.txt")
    office.git("switch", "-qc", "side", "HEAD~1")
    (office.root / "other.txt").write_text("theirs\n", encoding="utf-8")
    office.git("add", "other.txt")
    office.git("commit", "-qm", "side")
    office.git("switch", "-q", "-")
    subprocess.run(["git", "merge", "side"], cwd=office.root, check=False, capture_output=True)
    before = path.read_bytes()
    office("note", ".", "合并中").ok(9)
    assert path.read_bytes() == before


def test_nobody_to_commit_as(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """No git identity: refused before anything is written, with the commands to type."""
    for name in (
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
    ):
        monkeypatch.delenv(name)
    refused = office("new", "停水").ok(8)
    assert "git config" in refused.err
    assert list((office.root / "cases").glob("*.yaml")) == []
