"""The ledger and the workbook of figures: their columns, and what no cell may become."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import shutil
import signal
import subprocess
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from workbench import Office, make_office, surroundings

from yuqing.render.table import Chart, Table, as_csv, as_xlsx
from yuqing.stats.period import Period, parse_period

ZONE = ZoneInfo("Asia/Shanghai")
NOW = "2026-03-03T08:00+08:00"

# --- cells -----------------------------------------------------------------------------

HOSTILE = (
    "=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1+1", " =1+1", "=cmd|' /C calc'!A0",
    "{{ x }}{% for %}", "<b>&</b><script>", "http://x.example", "长" * 40_000, "1234567890123456789",
)  # fmt: skip


def _table() -> Table:
    lines = [[text, dt.datetime(2026, 3, 2, 1, 52, tzinfo=ZONE), 3, 0.25] for text in HOSTILE]
    return Table(title="台账", heads=["标题", "发现", "件数", "占比"], widths=[20, 17, 8, 8],
                 lines=lines, chart=Chart(title="件数", labels=0, values=(2,)), fixed=1)  # fmt: skip


def test_no_cell_of_a_csv_is_a_formula() -> None:
    """Leading = + - @ TAB CR and full-width ＝ are guarded; Chinese opens in a spreadsheet."""
    data = as_csv(_table())
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))[1:]
    assert [row[0] for row in rows[:9]] == [f"'{text}" for text in HOSTILE[:9]]
    assert [row[0] for row in rows[9:]] == list(HOSTILE[9:])
    assert rows[0][1:] == ["2026-03-02 01:52", "3", "25.0%"]


def test_no_cell_of_a_worksheet_is_a_formula() -> None:
    """Strings typed as text; the same data, the same bytes, with a chart too."""
    data = as_xlsx(_table())
    assert data == as_xlsx(_table())
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet
        assert "<c:barChart>" in parts.read("xl/charts/chart1.xml").decode()


def test_another_library_reads_the_same_cells() -> None:
    """Widths, filter, frozen head, print titles, and every text as it was."""
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(_table()))).active
    rows = list(sheet.iter_rows(min_row=2))
    for wanted, row in zip(HOSTILE, rows, strict=True):
        assert row[0].data_type == "s"
        kept = wanted if len(wanted) <= 32_000 else wanted[:32_000] + "…"
        assert row[0].value.replace("_x000D_", "\r") == kept
        assert row[1].value == dt.datetime(2026, 3, 2, 1, 52)  # noqa: DTZ001 - sheets have no zone
        assert (row[2].value, row[3].value) == (3, 0.25)
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == f"A1:D{len(HOSTILE) + 1}"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.column_dimensions["A"].width == pytest.approx(20, abs=1)
    assert len(sheet._charts) == 1


# --- periods ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last", "kind"),
    [
        ("2026", "2026-01-01", "2026-12-31", "year"),
        ("2026年", "2026-01-01", "2026-12-31", "year"),
        ("2026-Q4", "2026-10-01", "2026-12-31", "quarter"),
        ("2026年第一季度", "2026-01-01", "2026-03-31", "quarter"),
        ("２０２４年２月", "2024-02-01", "2024-02-29", "month"),
        ("2026-12", "2026-12-01", "2026-12-31", "month"),
        ("2026-11-25", "2026-11-25", "2026-11-25", "day"),
        ("2026年11月5日", "2026-11-05", "2026-11-05", "day"),
    ],
)
def test_a_period_is_a_year_a_quarter_a_month_or_a_day(
    text: str, first: str, last: str, kind: str
) -> None:
    found = parse_period(text)
    assert found == Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last), kind)  # type: ignore[arg-type]  # one of the kinds
    assert parse_period(found.code) == found


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2026-Q5", "2026-02-30", "9999-12", "十一月"]
)
def test_what_is_no_period(text: str) -> None:
    assert parse_period(text) is None


# --- an office -------------------------------------------------------------------------

TITLE = "=cmd|' /C calc'!A0 <b>{{ doc.now }}</b> | [x](y)"
LONG = "水" * 10_000
BELL = "\x07\x1b[31m\u202e"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A demonstration office with one case of hostile words and one dealt with as it should be."""
    with surroundings():
        office = make_office(tmp_path_factory.mktemp("ledger") / "office")
        file = office.root / "templates" / "office.yaml"
        file.write_text(file.read_text("utf-8") + "demo: true\n", "utf-8")

        def act(*words: str, at: str) -> None:
            office(*words, now=f"2026-03-{at}+08:00").ok()

        act("new", TITLE, "-s", "=1+1", "-a", "2026-03-01 01:52", "--drill", "-m", LONG,
            "-l", "https://v.example/x1", at="01T02:00")  # fmt: skip
        hostile = _last(office)
        act("note", hostile, "=SUM(A1) <script>alert(1)</script>", "--tag", "faq", at="01T02:10")
        act("reply", hostile, "{{ 7 * 7 }} <img src=x> = 答复", "--as", "集团", at="01T03:00")
        act("new", "柳塘小区停水三天", "--from", "12345热线", "-n", "工单260301-1", "-a",
            "2026-03-01 09:00", "--drill", "-m", "三户反映停水", at="01T09:10")  # fmt: skip
        water = _last(office)
        act("grade", water, "二级", "--propose", "-b", "初判", at="01T09:20")
        act("grade", water, "一级", "truth=true", "-b", "省级媒体已转载", at="01T09:30")
        act("report", water, "phone", "lead-group", at="01T09:35")
        act("receive", water, "市领导", "批示：请核实", "-n", "市批〔2026〕3", at="01T10:00")
        act("assign", water, "供水公司", "更换主管", "--due", "2026-03-05", at="01T10:10")
        act("note", water, "已派人到场", "--tag", "供水", at="01T10:20")
        act("reply", water, "明日恢复供水", "--as", "供水公司", "-l", "https://gov.example/n/1",
            at="01T12:00")  # fmt: skip
        act("note", water, "已回访", "satisfied=是", at="02T09:00")
        act("mark", water, "calmed", "-b", "两日无新增", at="02T10:00")
        act("close", water, "-b", "已恢复供水", at="02T12:00")
        return office


def _last(office: Office) -> str:
    path = max((office.root / "cases").glob("*.yaml"), key=lambda p: p.stat().st_mtime_ns)
    return path.stem.rpartition("-")[2]


HEADS = [
    "编号", "发现时间", "发现人(岗位)", "发现渠道", "标题", "链接", "摘要", "主题", "涉及单位", "核查结果",
    "类别", "拟定级别", "核定级别", "截图、材料", "报送(时间、对象、形式)", "领导批示(日期)", "承办单位",
    "办理时限", "回复(时间、署名、类型、内容)", "跟踪记录", "办结时间", "是否满意", "平息时间",
    "复盘报告时间", "逾期或未见记录", "状态、归档",
]  # fmt: skip
"""The inventory of the sources, 2.2: number; date and time found; finder post; channel; title and
link; summary; topic; unit; verification; category; level, proposed and confirmed; screenshots;
reported to, at, form; leader's instruction; handling unit; limit; reply, at, in whose name;
follow-up; concluded; satisfied; calmed; review filed; late flags; archive."""


def _ledger(desk: Office, tmp_path: Path) -> list[dict[str, str]]:
    file = tmp_path / "台账.csv"
    desk("--lang", "zh_CN", "ledger", "-o", str(file), now=NOW).ok()
    lines = list(csv.reader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    assert lines[0] == HEADS
    return [dict(zip(HEADS, line, strict=True)) for line in lines[1:]]


def test_the_ledger_has_the_columns_of_the_sources(desk: Office, tmp_path: Path) -> None:
    """Exactly the columns that the sources ask for, each filled from the record."""
    row = _ledger(desk, tmp_path)[1]
    assert row["标题"] == "柳塘小区停水三天"
    assert row["编号"].splitlines()[1] == "演练"
    assert row["发现时间"] == "2026-03-01 09:00"
    assert row["发现渠道"] == "12345热线 工单260301-1"
    assert row["摘要"] == "三户反映停水"
    assert row["主题"] == "供水"
    assert (row["拟定级别"], row["核定级别"]) == ("二级(严重)", "一级(重大)")
    assert row["核查结果"] == "属实"
    assert row["领导批示(日期)"] == "2026-03-01 市领导 市批〔2026〕3 批示：请核实"
    assert row["报送(时间、对象、形式)"].startswith("2026-03-01 09:35 ")
    assert row["承办单位"] == row["涉及单位"] == "供水公司"
    assert row["办理时限"] == "2026-03-05 更换主管"
    assert row["回复(时间、署名、类型、内容)"] == "2026-03-01 12:00 供水公司,答复:明日恢复供水"
    assert "2026-03-01 10:20 已派人到场" in row["跟踪记录"].splitlines()
    assert row["办结时间"] == "2026-03-02 12:00"
    assert row["是否满意"] == "是"
    assert row["平息时间"] == "2026-03-02 10:00"
    assert row["状态、归档"].splitlines()[0] == "已关闭"
    assert row["状态、归档"].splitlines()[1].startswith("cases/YQ-20260301-")


def test_hostile_words_stay_words_in_the_ledger(desk: Office, tmp_path: Path) -> None:
    """=cmd|…, markup, {{ }} and 10,000 characters come through CSV and XLSX as they are."""
    openpyxl = pytest.importorskip("openpyxl")
    row = _ledger(desk, tmp_path)[0]
    assert row["标题"] == f"'{TITLE}"
    assert row["发现渠道"] == "'=1+1"
    assert row["摘要"] == LONG
    file = tmp_path / "台账.xlsx"
    desk("--lang", "zh_CN", "ledger", "--period", "2026-03", "-o", str(file), now=NOW).ok()
    sheet = openpyxl.load_workbook(file).active
    assert [cell.value for cell in sheet[1]] == HEADS
    cells = dict(zip(HEADS, sheet[2], strict=True))
    assert cells["标题"].value == TITLE
    assert cells["摘要"].value == LONG
    assert {cell.data_type for cell in sheet[2]} <= {"s", "d", "n"}
    assert cells["发现时间"].value == dt.datetime(2026, 3, 1, 1, 52)  # noqa: DTZ001


def test_without_a_name_the_file_is_named_after_the_period(desk: Office) -> None:
    """File names that an office would choose; nothing overwritten without saying so."""
    said = desk("--lang", "zh_CN", "ledger", "--period", "2026年3月", now=NOW).ok().out
    file = desk.root / "台账-2026-03.xlsx"
    assert file.exists()
    assert "2 件,2026-03-01 至 2026-03-31" in said
    assert "已替换" in desk("--lang", "zh_CN", "ledger", "--period", "2026-03", now=NOW).ok().out
    file.unlink()
    assert desk("ledger", "--period", "2026-13", now=NOW).code == 5
    assert desk("ledger", "--period", "2026", "--to", "2026-03-01", now=NOW).code == 2


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


PAPERS = (
    ("stats", "--period", "2026-03"), ("stats", "--period", "2026"), ("digest", "--period", "2026-03"),
    ("handover", "--since", "2026-03-01 00:00"), ("faq",),
)  # fmt: skip


@pytest.mark.parametrize("words", PAPERS, ids=lambda words: "-".join(words[:1] + words[2:]))
def test_hostile_words_stay_words_in_papers(
    desk: Office, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Markup and placeholders in a title come through Markdown and HTML as what they are."""
    file = tmp_path / "a.html"
    desk("--lang", "zh_CN", *words, "-o", str(file), now=NOW).ok()
    page = _Tags()
    page.feed(file.read_text("utf-8"))
    assert not page.tags & {"script", "img", "b"}
    seen = TITLE[:20] if words[0] != "faq" else "=SUM(A1) <script>alert(1)</script>"
    if words != ("stats", "--period", "2026"):  # a year names cases by their numbers
        assert seen in page.text
    assert (
        "49" not in page.text.replace("2026", "").replace("X49", "") or "{{ 7 * 7 }}" in page.text
    )
    text = tmp_path / "a.md"
    desk("--lang", "zh_CN", *words, "-o", str(text), now=NOW).ok()
    assert "<script>" not in text.read_text("utf-8").replace("\\<script\\>", "")


def test_charts_are_pictures_in_html(desk: Office, tmp_path: Path) -> None:
    """Charts as SVG in HTML, one for each division, with the numbers in words beside them."""
    file = tmp_path / "年报.html"
    desk("--lang", "zh_CN", "stats", "--period", "2026", "-o", str(file), now=NOW).ok()
    text = file.read_text("utf-8")
    assert text.count("<svg") == 5
    assert "12345热线" in text


def test_the_workbook_has_a_chart_for_each_division(desk: Office, tmp_path: Path) -> None:
    """Native charts in XLSX; every figure with the cases behind it on a sheet of its own."""
    openpyxl = pytest.importorskip("openpyxl")
    file = tmp_path / "年报.xlsx"
    desk("--lang", "zh_CN", "stats", "--period", "2026", "-o", str(file), now=NOW).ok()
    book = openpyxl.load_workbook(file)
    assert [len(sheet._charts) for sheet in book] == [0, 1, 1, 1, 1, 1, 0]
    figures = {
        row[0]: row[2:4] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)
    }
    assert figures["received"] == (2, None)
    assert figures["satisfied"] == (1, 1)
    traced = [row[:2] for row in book.worksheets[-1].iter_rows(min_row=2, values_only=True)]
    assert sum(name == "received" for name, _ in traced) == 2


@pytest.mark.slow
def test_a_spreadsheet_program_shows_what_the_record_says(tmp_path: Path) -> None:
    """XLSX opened by a real spreadsheet program: no cell is calculated, none is lost."""
    program = shutil.which("soffice")
    calc = program and (Path(program).resolve().parent / "libsclo.so").exists()
    if program is None or not calc:
        pytest.skip("no LibreOffice Calc: nobody opened the workbook with a spreadsheet program")
    texts = (*(text for text in HOSTILE if len(text) < 100), "长" * 1000)
    lines = [[text, dt.datetime(2026, 3, 2, 1, 52, tzinfo=ZONE), 3, 0.25] for text in texts]
    table = Table(
        title="台账", heads=["标题", "发现", "件数", "占比"], widths=[20, 17, 8, 8], lines=lines
    )
    (tmp_path / "t.xlsx").write_bytes(as_xlsx(table))
    words = [
        program, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
        "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path),
        str(tmp_path / "t.xlsx"),
    ]  # fmt: skip
    silent = subprocess.DEVNULL
    with subprocess.Popen(words, start_new_session=True, stdout=silent, stderr=silent) as process:
        try:
            process.wait(timeout=150)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # it has children that would go on
            raise
    shown = (tmp_path / "t.csv").read_text("utf-8")
    found = list(csv.reader(io.StringIO(shown, newline="")))[1:]
    for wanted, line in zip(texts, found, strict=True):
        assert line[0].replace("\n", "\r") == wanted
        assert line[1:] == ["2026-03-02 01:52", "3", "25.0%"]
