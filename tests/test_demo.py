"""`yuqing demo` plays the night of the plan SF; wording may differ, facts not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from workbench import run_installed

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What each command of the night printed, by its verb and the time it was typed at.

    Played with an empty HOME and no git identity, in Chinese, in a folder that is no office.
    """
    base = tmp_path_factory.mktemp("demo")
    (base / "home").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NAME", "EMAIL"):
            patch.delenv(f"GIT_AUTHOR_{name}", raising=False)
            patch.delenv(f"GIT_COMMITTER_{name}", raising=False)
        patch.setenv("TMPDIR", str(base))
        patch.setenv("HOME", str(base / "home"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        ran = run_installed("--lang", "zh_CN", "demo", cwd=base).ok()
    said = {"": ran.out}
    pieces = re.split(r"^\$ yuqing (.*?) +# \d\d-\d\d (\d\d:\d\d)\n", ran.out, flags=re.MULTILINE)
    for words, typed, answer in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        said[f"{words.split()[0]} {typed}"] = answer
    (folder,) = base.glob("yuqing-demo-*")
    said["folder"] = str(folder)
    return said


def test_opened_at_once_with_the_strictest_clock(night: dict[str, str]) -> None:
    """发现 01:52, 记录 02:09; not graded: the worst level, provisional; nearest 02:22 strict."""
    answer = night["new 02:09"]
    assert "01:52" in answer
    assert "02:09" in answer
    assert re.search(
        r"最近的时限: 告知网信办、宣传部、融媒体中心 .*02:22.*严格读法.*六\(二\)一级", answer
    )
    assert "暂定" in answer
    assert "口径未经本单位认定" in answer


def test_graded(night: dict[str, str]) -> None:
    """一级: 03:52 written facts, 余 1:42; 04:52 力争 / 06:52 最迟 to publish, 余 2:42."""
    answer = night["grade 02:10"]
    assert re.search(r"书面报告基本情况.*03:52.*余 1:42.*六\(二\)", answer)
    assert re.search(r"发布权威信息.*04:52 力争.*06:52 最迟.*余 2:42.*六\(三\)", answer)


def test_phoned(night: dict[str, str]) -> None:
    """电话报告 → 领导组 02:03 (记录 02:12): a new limit at 02:33, 六(二)一级."""
    answer = night["report 02:12"]
    assert re.search(r"02:03.*记录 02:12.*领导组", answer)
    assert re.search(r"告知网信办、宣传部、融媒体中心.*02:33.*六\(二\)一级", answer)


def test_late(night: dict[str, str]) -> None:
    """cron at 02:35: 02:33 past by 2 minutes, 未告知: 宣传部 alone; exit code 10."""
    answer = night["overdue 02:35"]
    first, *rest = answer.strip().splitlines()
    assert re.search(r"02:33.*过 2 分.*六\(二\)一级.*未告知: 市委宣传部(;|$)", first)
    assert rest[0].endswith("10")


def test_why(night: dict[str, str]) -> None:
    """06:52 = 01:52 + 5 hours, 六(三), R2, level I; 领导组 cleared it at 05:05, the other not."""
    answer = night["why 05:10"]
    for fact in ("06:52", "01:52", "5 小时", "六(三)", "R2", "一级", "05:05"):
        assert fact in answer, fact
    assert re.search(r"领导组 [^·]*05:05.*·.*网络安全和信息化领导小组.*宣传部.*未", answer)


def test_papers(night: dict[str, str]) -> None:
    """Its report and review are written, as Word files, from a committed record."""
    folder = Path(night["folder"])
    for name in ("初报.docx", "复盘.docx"):
        assert (folder / name).read_bytes()[:2] == b"PK"
    log = subprocess.run(
        ["git", "log", "--format=%an", "--", "cases"],
        cwd=folder,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout
    assert set(log.splitlines()) == {"演示值班室"}
    assert len(log.splitlines()) >= 10
    assert "正在核实" in night[""]
