"""``import``: an old ledger comes in, one case for each row, and says no more than it said."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workbench import CHECKOUT, Office, Ran

from yuqing import store
from yuqing.case import effective
from yuqing.cli.ledgertime import Moment, Stated, moment
from yuqing.errors import Refused

ZONE = ZoneInfo("Asia/Shanghai")
HEADS = "序号 编号 标题 发现时间 来源 链接 级别 责任单位 处理情况 回复时间 回复单位 回复内容 办结时间 是否满意 备注 经办人"


def rows(*lines: str, heads: str = HEADS, above: Sequence[str] = ()) -> list[list[str]]:
    """Heads and rows; cells divided by a bar, missing ones at the end empty."""
    names = heads.split()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [[title] for title in above] + [
        names, *(each + [""] * (len(names) - len(each)) for each in cells)
    ]  # fmt: skip


def as_csv(path: Path, table: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def kinds(office: Office) -> dict[str, list[str]]:
    """Title of every case → kinds of its entries, in the order in which they happened."""
    ws = store.find(office.root)
    return {
        each.case.title: [entry.kind for entry in effective(each.case)]
        for each in store.desk(ws, archive=True).cases
    }


def entries(office: Office, title: str) -> dict[str, Any]:
    """Kind → the last such entry of one case."""
    ws = store.find(office.root)
    (case,) = [e.case for e in store.desk(ws, archive=True).cases if e.case.title == title]
    return {entry.kind: entry for entry in effective(case)}


def take(office: Office, *lines: str, more: Sequence[str] = (), **how: Any) -> Ran:
    path = as_csv(office.root / "old.csv", rows(*lines, **how))
    return office("import", str(path), *more)


WATER = (
    "1|2024-001|柳塘小区停水三天|2024.3.5|市民论坛|https://v.example/x1|重大|供水公司、城管局|已抢修|"
    "2024年3月6日9时30分|供水公司|已恢复供水|2024-03-07|满意|无|某"
)
LAMP = "2|2024-002|路灯不亮|2024/3/8 10:20|热线||一般|路灯所|已修||||2024/3/8"


# --- what becomes of a row ---------------------------------------------------------------


def test_each_row_becomes_one_case_with_what_the_ledger_says(office: Office) -> None:
    """discovered, graded, assigned, replied under its signature, concluded, satisfied, closed."""
    ran = take(office, WATER, LAMP, above=["某镇网络舆情台账(2024年)"]).ok()
    assert ran.out.splitlines() == [
        "old.csv: 2 cases written, 0 of them open; 0 known already; 0 rows refused",
        "Next: yuqing tidy",
    ]
    assert ran.err == "columns that nothing was made of: 经办人\n"  # no field for a person's name
    assert kinds(office) == {
        "柳塘小区停水三天": ["discovered", "graded", "assigned", "assigned", "replied", "noted",
                     "concluded", "noted", "closed"],
        "路灯不亮": ["discovered", "graded", "assigned", "noted", "concluded", "closed"],
    }  # fmt: skip
    water = entries(office, "柳塘小区停水三天")
    assert water["discovered"].number == "2024-001"
    assert water["discovered"].links == ("https://v.example/x1",)
    assert water["graded"].grades == {"level": "II"}
    assert (water["replied"].signed_as, water["replied"].text) == ("供水公司", "已恢复供水")
    assert water["replied"].at == dt.datetime(2024, 3, 6, 9, 30, tzinfo=ZONE)
    assert all("imported" in each.tags for each in water.values())
    assert office.git("log", "-1", "--format=%s").strip() == "Import 2 cases of an old ledger"
    assert office.git("status", "--short").strip() == "?? old.csv"


def test_a_day_without_a_time_is_an_estimate(office: Office) -> None:
    """The reason says that the ledger has only the day; what has its time is none."""
    take(office, WATER, LAMP).ok()
    water, lamp = entries(office, "柳塘小区停水三天"), entries(office, "路灯不亮")
    assert water["discovered"].estimated
    assert water["discovered"].because == "old ledger, row 2; it gives no time of day"
    assert water["graded"].because == "old ledger, row 2; it does not say when"
    assert not water["replied"].estimated
    assert not lamp["discovered"].estimated
    assert lamp["concluded"].at == dt.datetime(2024, 3, 8, 12, tzinfo=ZONE)


def test_what_was_written_down_later_says_so(office: Office) -> None:
    """`recorded` is now."""
    before = dt.datetime.now(ZONE) - dt.timedelta(minutes=1)
    take(office, LAMP).ok()
    assert all(entry.recorded > before for entry in entries(office, "路灯不亮").values())


def test_nobody_may_claim_a_signature(office: Office) -> None:
    """Words under no unit's name are a note of what was said, never a reply."""
    take(
        office,
        "1|a|无署名|2024-03-05||||||2024-03-06||已恢复",
        "2|b|网友署名|2024-03-05||||||2024-03-06|热心网友|支持政府",
        "3|c|无内容|2024-03-05||||||2024-03-06|供水公司",
    ).ok()
    assert all("replied" not in each for each in kinds(office).values())
    assert entries(office, "无署名")["noted"].text == "回复内容: 已恢复"
    assert (
        entries(office, "无内容")["noted"].text
        == "the old ledger has a reply on this day, without its words"
    )


def test_what_names_no_end_stays_open(office: Office) -> None:
    """The record asserts no end; --close takes the last day of the row, as an estimate."""
    line = "1|a|在办|2024-03-05||||城管局|正在办|2024-03-09"
    ran = take(office, line).ok()
    assert "1 of them open" in ran.out
    assert "closed" not in kinds(office)["在办"]
    take(office, line.replace("|a|在办", "|b|已了"), more=["--close"]).ok()
    closed = entries(office, "已了")["closed"]
    assert (closed.at.date(), closed.estimated) == (dt.date(2024, 3, 9), True)


def test_a_column_of_states_closes_what_it_calls_done(office: Office) -> None:
    heads = "标题 日期 状态"
    take(office, "甲|2024-1-2|已办结", "乙|2024-1-2|办理中", heads=heads).ok()
    assert kinds(office) == {"甲": ["discovered", "closed"], "乙": ["discovered"]}


# --- what is refused ---------------------------------------------------------------------


def test_a_refused_row_is_named_with_place_and_reason(office: Office) -> None:
    """File, row, column; the others go in, and the exit code says that not all did."""
    ran = take(
        office,
        LAMP,
        "3|x|电话|2024-3-1|||||请联系13800138000",
        "4|x|身份证|2024-3-1|||||||||||34052419800101001X",
        "5|x|没有年份|3月9日",
        "6|x|级别不明|2024-3-1|||超级",
        "7|x|满意不明|2024-3-1||||||||||不清楚",
        "8|x||2024-3-1",
        "9|x|没有日期",
        "10|x|倒着|2024-3-9|||||||||2024-3-1",
        "11|x|将来|2099-3-9",
    ).ok(5)
    assert ran.err.splitlines()[:9] == [
        "old.csv, row 3, column 处理情况: looks like a mobile number; write 138**** instead",
        "old.csv, row 4, column 备注: looks like an identity number; write 340**** instead",
        "old.csv, row 5, column 发现时间: 3月9日 is no day with its year",
        "old.csv, row 6, column 级别: no level 超级; there are: IV 一般、III 较大、II 重大、I 特别重大",
        "old.csv, row 7, column 是否满意: 不清楚 is neither yes nor no; say in the map what it means",
        "old.csv, row 8, column 标题: neither a title nor a summary",
        "old.csv, row 9, column 发现时间: no time of discovery",
        "old.csv, row 10, column 办结时间: 2024-03-01 12:00 lies before the discovery, 2024-03-09 12:00",
        f"old.csv, row 11, column 发现时间: 2099-03-09 12:00 is still ahead: it is {now()} now",
    ]
    assert "1 cases written" in ran.out
    assert "9 rows refused" in ran.out
    assert list(kinds(office)) == ["路灯不亮"]


def now() -> str:
    return f"{dt.datetime.now(ZONE):%Y-%m-%d %H:%M}"


def test_all_or_nothing(office: Office) -> None:
    ran = take(office, LAMP, "3|x|没有年份|3月9日", more=["--all-or-nothing"]).ok(5)
    assert "nothing was written, because rows were refused" in ran.out
    assert kinds(office) == {}


def test_data_of_people_may_be_masked(office: Office) -> None:
    take(office, "1|a|停水|2024-3-1|||||请联系13800138000", more=["--mask"]).ok()
    assert entries(office, "停水")["noted"].text == "处理情况: 请联系138****"


def test_the_same_file_again_adds_nothing(office: Office) -> None:
    """By number and day; without a number by title and day; twice in one file too."""
    bare = "3||噪声|2024-3-1"
    assert "3 cases written" in take(office, WATER, LAMP, bare, bare).ok().out
    again = take(office, WATER, LAMP, bare, "4||噪声|2024-3-2").ok()
    assert "1 cases written, 1 of them open; 3 known already" in again.out
    assert len(store.desk(store.find(office.root)).cases) == 4


def test_hostile_cells_are_harmless(office: Office) -> None:
    """Formulas, ten thousand signs, control characters, YAML: text, and the file is valid."""
    table = rows(heads="标题 摘要 日期")
    table += [
        ["=cmd|' /C calc'!A0", "长" * 10_000, "2024-1-1"],
        ["a\x07b\x1b[31m\u202ec", "x\x00y\r\nz\ttab", "2024-1-1"],
        ["- &a *b {c: d}", "'# no comment\n---\n", "2024-1-1"],
    ]
    office("import", str(as_csv(office.root / "old.csv", table))).ok()
    assert set(kinds(office)) == {"=cmd|' /C calc'!A0", "a b [31m\u202ec", "- &a *b {c: d}"}
    assert office("check").code == 0


def test_what_is_no_table_is_told(office: Office) -> None:
    (office.root / "x.xlsx").write_bytes(b"PK\x03\x04 broken")
    (office.root / "x.xls").write_bytes(b"\xd0\xcf")
    (office.root / "x.csv").write_text("这里,什么,也没有\n1,2,3\n", "utf-8")
    assert "cannot be read as a workbook" in office("import", "x.xlsx").ok(5).err
    assert "can be saved as .xlsx" in office("import", "x.xls").ok(5).err
    assert "it begins with: 这里、什么、也没有" in office("import", "x.csv").ok(5).err
    assert "there is no file" in office("import", "none.csv").ok(4).err


# --- files and maps ----------------------------------------------------------------------


def test_a_csv_of_an_older_spreadsheet_is_read_and_told(office: Office) -> None:
    path = as_csv(office.root / "old.csv", rows(LAMP), "gb18030")
    ran = office("import", str(path)).ok()
    assert "old.csv is not UTF-8; it was read as GB18030" in ran.err
    assert list(kinds(office)) == ["路灯不亮"]


def test_a_workbook_with_real_dates_and_a_formula(office: Office) -> None:
    """The value a formula showed is read; another sheet is named, and read on demand."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("openpyxl")
    book = xlsxwriter.Workbook(office.root / "old.xlsx")
    day = book.add_format({"num_format": "yyyy年m月d日"})
    for name, title in (("2024", "停水"), ("2023", "断电")):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["某镇台账"])
        sheet.write_row(1, 0, ["标题", "发现日期", "级别", "办结日期"])
        sheet.write_formula(2, 0, '="停"&"水"', None, title)
        sheet.write_datetime(2, 1, dt.datetime(2024, 3, 5), day)  # noqa: DTZ001 - sheets have no zone
        sheet.write(2, 2, "较大(Ⅲ级)")
        sheet.write_datetime(2, 3, dt.datetime(2024, 3, 6, 17, 5), day)  # noqa: DTZ001
    book.close()
    ran = office("import", "old.xlsx").ok()
    assert "read: sheet 2024; not read: 2023 (--sheet NAME)" in ran.err
    found = entries(office, "停水")
    assert found["graded"].grades == {"level": "III"}
    assert found["discovered"].at == dt.datetime(2024, 3, 5, 12, tzinfo=ZONE)
    assert found["concluded"].at == dt.datetime(2024, 3, 6, 17, 5, tzinfo=ZONE)
    office("import", "old.xlsx", "--sheet", "2023").ok()
    assert "断电" in kinds(office)


def test_a_map_says_what_other_heads_and_words_mean(office: Office) -> None:
    (office.root / "map.yaml").write_text(
        "columns:\n  title: 帖子主题\n  found: 发帖时间\n  handling: [初步处置, 后续处置]\n"
        'values:\n  level: {敏感事件: II}\n  satisfied: {好评: 是}\ndate: "%d/%m/%Y"\n', "utf-8"
    )  # fmt: skip
    take(
        office,
        "停水|05/03/2024|敏感事件|派人|修好|好评",
        heads="帖子主题 发帖时间 级别 初步处置 后续处置 满意度",
        more=["--map", "map.yaml"],
    ).ok()
    found = entries(office, "停水")
    assert found["discovered"].at.date() == dt.date(2024, 3, 5)
    assert found["graded"].grades == {"level": "II"}
    assert found["noted"].facts == {"satisfied": True}


def test_a_mistyped_map_is_named_with_its_line(office: Office) -> None:
    (office.root / "map.yaml").write_text("columns:\n  titel: 标题\n", "utf-8")
    ran = take(office, LAMP, more=["--map", "map.yaml"]).ok(3)
    assert ran.err.startswith("map.yaml:2: no field `titel`; there are: title")


@pytest.mark.parametrize("language", ["en", "zh_CN", "zh_TW"])
def test_our_own_ledger_comes_in_again(office: Office, tmp_path: Path, language: str) -> None:
    """Written in any language, by CSV; in the office it came from, every row is known."""
    take(office, WATER, LAMP).ok()
    path = str(tmp_path / "ledger.csv")
    office("--lang", language, "ledger", "-o", path).ok()
    assert "0 cases would be written, 0 of them open; 2 known" in office(
        "import", path, "--dry-run"
    ).ok().out  # fmt: skip
    other = Office(tmp_path / "other", office.run)
    office.run("init", str(other.root), "--plan", "zhd", cwd=tmp_path).ok()
    other("import", path).ok()
    assert {title: found[-1] for title, found in kinds(other).items()} == {
        "柳塘小区停水三天": "closed", "路灯不亮": "closed",
    }  # fmt: skip
    assert entries(other, "柳塘小区停水三天")["graded"].grades == {"level": "II"}


def test_a_dry_run_writes_nothing(office: Office) -> None:
    before = office.git("rev-parse", "HEAD")
    ran = take(office, WATER, more=["--dry-run"]).ok()
    assert ran.out.splitlines()[0] == (
        "row 2  2024-03-05  2024-001  柳塘小区停水三天  II  discovered, graded, assigned, replied, "
        "noted, concluded, closed"
    )
    told = office("--json", "import", "old.csv", "--dry-run").ok().json
    assert [each["kind"] for each in told["items"][0]["entries"]][:2] == ["discovered", "graded"]
    assert told["untaken"] == ["经办人"]
    assert (office.git("rev-parse", "HEAD"), kinds(office)) == (before, {})


# --- afterwards --------------------------------------------------------------------------


def test_old_cases_are_never_called_missed(office: Office) -> None:
    """The plan `ledger` owes nothing: nothing is late by rules that nobody recorded then."""
    take(office, WATER, LAMP, "3|c|在办|2024-3-1").ok()
    told = {each["figure"]: each for each in office("--json", "stats").ok().json["items"]}
    assert told["received"]["count"] == 3
    assert told["concluded"]["count"] == 2
    for name in ("on-time", "late", "not-recorded", "overdue"):
        assert (told[name]["count"], told[name]["of"]) == (0, 0), name
    assert office("overdue").ok(0).out == ""


def test_tidy_files_them_at_once(office: Office) -> None:
    """They were closed when the ledger says; what is open stays on the desk."""
    take(office, WATER, "3|c|在办|2024-3-1").ok()
    assert office("tidy").ok().out.startswith("filed: cases/closed/")
    assert len(list((office.root / "cases").glob("*.yaml"))) == 1
    assert office("check").code == 0


def test_after_a_crash_what_lies_there_is_whole_and_known(office: Office) -> None:
    """Killed behind the first file: `save` takes it in, and the import goes on from there."""
    as_csv(office.root / "old.csv", rows(WATER, LAMP))
    process = subprocess.run(
        [sys.executable, "-m", "yuqing", "import", "old.csv"],
        cwd=office.root, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "YUQING_CRASH_AT": "replaced"},
    )  # fmt: skip
    assert process.returncode == 137
    assert len(kinds(office)) == 1
    office("save").ok()
    assert "1 cases written, 0 of them open; 1 known" in office("import", "old.csv").ok().out
    assert office.git("status", "--short", "cases").strip() == ""
    assert office("check").code == 0


def test_the_time_of_writing_cannot_be_pretended(office: Office) -> None:
    as_csv(office.root / "old.csv", rows(LAMP))
    assert office("import", "old.csv", now="2024-03-05T12:00+08:00").ok(5).out == ""


# --- dates -------------------------------------------------------------------------------

NOW = dt.datetime(2026, 11, 25, 9, 0, tzinfo=ZONE)
BY = Stated(NOW, ZONE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024.3.5", "2024-03-05"),
        ("2024年3月5日", "2024-03-05"),
        ("2024-03-05 星期二", "2024-03-05"),
        ("２０２４／３／５", "2024-03-05"),
        ("20240305", "2024-03-05"),
        (45356, "2024-03-05"),
        ("45356", "2024-03-05"),
        (45356.5, "2024-03-05 12:00"),
        (dt.date(2024, 3, 5), "2024-03-05"),
        ("2024年3月5日9时30分", "2024-03-05 09:30"),
        ("2024年3月5日 下午3点", "2024-03-05 15:00"),
        ("2024/3/5 9:30:15", "2024-03-05 09:30"),
        ("2024-03-05T01:30+00:00", "2024-03-05 09:30"),
    ],
)
def test_dates_as_people_write_them(written: object, meant: str) -> None:
    found = moment(written, BY)
    assert f"{found.at:%Y-%m-%d}" + ("" if found.day_only else f"{found.at: %H:%M}") == meant


@pytest.mark.parametrize(
    "written", ["3月5日", "2024.3", "2024-02-30", "1999-1-1", "去年", "2027-1-1", ""]
)
def test_what_is_no_day(written: str) -> None:
    with pytest.raises(Refused):
        moment(written, BY)


@given(st.text(max_size=20) | st.floats() | st.integers())
def test_no_cell_breaks_the_reading_of_dates(cell: object) -> None:
    """A moment that is not ahead, or a refusal; never anything else."""
    try:
        found = moment(cell, BY)
    except Refused:
        return
    assert isinstance(found, Moment)
    assert found.at <= NOW + dt.timedelta(minutes=5)
