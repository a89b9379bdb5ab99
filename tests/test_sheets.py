"""Between two shifts, questions asked often, and finding what was done before."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Mm
from rich.cells import cell_len
from workbench import Office, make_office, surroundings

from yuqing.cli import progress
from yuqing.cli.context import Session
from yuqing.cli.sheets import _room
from yuqing.stats.find import grams

NIGHT = "2026-03-02T{}+08:00"


def at(clock: str) -> str:
    return NIGHT.format(clock)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A demonstration office, in which drills may be played at any time, with three cases."""

    with surroundings():
        office = make_office(tmp_path_factory.mktemp("desk") / "office")
        file = office.root / "templates" / "office.yaml"
        file.write_text(file.read_text("utf-8") + "demo: true\n", "utf-8")
        office(
            "new",
            "柳塘小区停水三天",
            "-s",
            "软件监看",
            "-a",
            "2026-03-01 01:52",
            "--drill",
            now="2026-03-01T02:00+08:00",
        ).ok()
        water = _id(office, "停水三天")
        office(
            "assign",
            water,
            "供水公司",
            "更换主管",
            "--due",
            "2026-03-05",
            now="2026-03-01T03:00+08:00",
        ).ok()
        office(
            "reply",
            water,
            "已更换主管,今日起恢复供水",
            "--as",
            "供水公司",
            now="2026-03-01T09:52+08:00",
        ).ok()
        office("note", water, "停水了怎么办?", "--tag", "faq", now="2026-03-01T10:00+08:00").ok()
        office("close", water, "-b", "已恢复供水", now="2026-03-01T12:00+08:00").ok()
        _drill(office, "湖滨小区停水")
        lake = _id(office, "湖滨")
        office(
            "reply",
            lake,
            "水管抢修中,明日12时前答复|结果",
            "--as",
            "供水公司",
            "--due",
            "2026-03-02 20:00",
            now="2026-03-02T03:00+08:00",
        ).ok()
        office("note", lake, "停水了,怎麼辦", "--tag", "faq", now="2026-03-02T03:10+08:00").ok()
        office(
            "new",
            "# 景区停车收费翻倍 <b>",
            "-s",
            "软件监看",
            "-a",
            "2026-03-02 02:00",
            "--drill",
            now="2026-03-02T02:10+08:00",
        ).ok()
        office(
            "note",
            _id(office, "停车"),
            "停车怎么收费",
            "--tag",
            "faq",
            now="2026-03-02T02:20+08:00",
        ).ok()
        return office  # fmt: skip


def _drill(office: Office, title: str) -> None:
    """A call on the hotline at half past one, written down at 01:52."""
    words = ("-s", "12345热线", "-a", "2026-03-02 01:30", "--drill")
    office("new", title, *words, now="2026-03-02T01:52+08:00").ok()


def _id(office: Office, word: str) -> str:
    (item,) = (
        office("--json", "list", "--all", word, now="2026-12-01T00:00+08:00").ok().json["items"]
    )
    return str(item["case"]).rpartition("-")[2]


# --- between two shifts ----------------------------------------------------------------


def test_the_sheet_tells_the_next_shift_what_it_must_know(desk: Office) -> None:
    """Open cases, what is due in the next 12 hours, what came in, what was promised to whom,
    last look at each channel."""
    said = desk("--json", "handover", "--since", "2026-03-02 00:00", now=at("08:30")).ok().json
    assert [each["title"] for each in said["items"]] == ["湖滨小区停水", "# 景区停车收费翻倍 <b>"]
    assert {each["title"] for each in said["came"]} == {"湖滨小区停水", "# 景区停车收费翻倍 <b>"}
    promised = {(each["what"], tuple(each["whom"])) for each in said["promised"]}
    assert any("水管抢修中" in what for what, _ in promised)
    assert any("更换主管" in what for what, _ in promised)  # of a closed case, with a date
    assert all(each["at"] <= "2026-03-02T20:30+08:00" for each in said["due"])
    assert any(each["late"] for each in said["due"])
    assert [each["at"] for each in said["looks"]] == [None]


def test_a_look_is_told_with_its_time_and_words(desk: Office, tmp_path: Path) -> None:
    desk("tick", "daily-search", "7个渠道无新增").ok()
    (look,) = desk("--json", "handover").ok().json["looks"]
    assert (look["text"], look["by"]) == ("7个渠道无新增", "值班室")
    assert look["at"] is not None


def test_the_sheet_is_one_page_of_markdown(desk: Office, tmp_path: Path) -> None:
    """A template in templates/documents; whatever a title says stays text."""
    file = tmp_path / "交接.md"
    desk("handover", "--since", "2026-03-02 00:00", "-o", str(file), now=at("08:30")).ok()
    text = file.read_text("utf-8")
    assert text.startswith("# 交接班单\n")
    assert len(text.splitlines()) < 90
    assert "\\<b\\>" in text
    assert "in place of" in desk("handover", "-o", str(file), now=at("08:31")).ok().out
    assert desk("handover", "-o", "交接.pdf", now=at("08:31")).code == 5


ROSTER = """\
yuqing: 1
posts: {night: 夜班岗, day: 日班岗}
shifts:
  - {post: night, from: "20:30", to: "08:30"}
  - {post: day, from: "08:30", to: "20:30"}
"""


def test_the_roster_says_which_posts_hand_over_and_take_over(desk: Office) -> None:
    """Which post hands over and which takes over, with room to sign; the shift that ends at this
    very minute hands over, and it began when the roster says."""
    file = desk.root / "templates" / "roster.yaml"
    file.write_text(ROSTER, "utf-8")
    for clock in ("08:30", "08:10"):
        said = desk("--json", "handover", now=at(clock)).ok().json
        assert (said["leaving"], said["coming"]) == (["夜班岗"], ["日班岗"])
        assert said["since"] == "2026-03-01T20:30+08:00"
    text = desk("handover", now=at("08:30")).ok().out
    file.unlink()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert rows[-3:] == [
        "| 交班岗位 | 签字、时间 | 接班岗位 | 签字、时间 |",
        "| --- | --- | --- | --- |",
        "| 夜班岗 |  | 日班岗 |  |",
    ]
    assert desk("--json", "handover", now=at("08:30")).ok().json["leaving"] == ["值班室"]


def test_the_page_holds_the_most_pressing_and_counts_the_rest() -> None:
    """One page: a fair share for each list, what one leaves goes to those before it in order."""
    assert _room({"due": 60, "cases": 9, "promised": 9, "came": 9, "looks": 1}) == {
        "due": 9, "cases": 5, "promised": 5, "came": 5, "looks": 1,
    }  # fmt: skip
    assert _room({"due": 2, "cases": 1, "promised": 0, "came": 0, "looks": 7}) == {
        "due": 2, "cases": 1, "promised": 1, "came": 1, "looks": 7,
    }  # fmt: skip


def test_a_terminal_shows_the_sheet_laid_out_to_its_width(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 80 columns nothing is torn off."""
    from yuqing.cli import looking

    monkeypatch.setattr(looking, "fancy", lambda _run: True)
    monkeypatch.setenv("COLUMNS", "80")
    out = desk("handover", "--since", "2026-03-02 00:00", now=at("08:30")).ok().out
    assert "交接班单" in out
    assert "| --- |" not in out
    assert max(cell_len(line) for line in out.splitlines()) <= 80


def test_the_shift_sheet_is_one_page_of_word(desk: Office, tmp_path: Path) -> None:
    """Its layout is its own: small type, narrow edges."""
    file = tmp_path / "交接.docx"
    desk("handover", "--since", "2026-03-02 00:00", "-o", str(file), now=at("08:30")).ok()
    word = Document(str(file))
    assert [p.text for p in word.paragraphs if p.style.name == "Title"] == ["交接班单"]
    assert word.sections[0].top_margin < Mm(13)
    assert "湖滨小区停水" in "".join(cell.text for t in word.tables for cell in t._cells)


@pytest.mark.slow
@pytest.mark.parametrize(("form", "program"), [("docx", "soffice"), ("html", "chromium")])
def test_a_busy_night_still_fits_one_printed_page(
    office: Office, tmp_path: Path, form: str, program: str
) -> None:
    """One page, printable: nine open cases with sixty limits, printed by LibreOffice and Chromium."""
    found, counter = shutil.which(program), shutil.which("pdfinfo")
    if found is None or counter is None:
        pytest.skip(f"no {program} or pdfinfo: nobody counted the pages of the shift's sheet")
    file = office.root / "templates" / "office.yaml"
    file.write_text(file.read_text("utf-8") + "demo: true\n", "utf-8")
    for number in range(9):
        title = f"第{number}号小区停水三天,居民在网上反映多次无人答复"
        _drill(office, title)
        office(
            "reply",
            _id(office, f"第{number}号"),
            "水管抢修中,明日12时前答复结果",
            "--as",
            "供水公司",
            "--due",
            "2026-03-02 20:00",
            now="2026-03-02T03:00+08:00",
        ).ok()
    page, printed = tmp_path / f"交接.{form}", tmp_path / "交接.pdf"
    office("handover", "-o", str(page), now=at("08:30")).ok()
    words = {
        "docx": [f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
                 "--convert-to", "pdf", "--outdir", str(tmp_path), str(page)],
        "html": ["--headless", "--no-sandbox", f"--user-data-dir={tmp_path / 'profile'}",
                 "--no-pdf-header-footer", f"--print-to-pdf={printed}", page.as_uri()],
    }  # fmt: skip
    subprocess.run([found, *words[form]], check=True, capture_output=True, timeout=150)
    told = subprocess.run(
        [counter, str(printed)], check=True, capture_output=True, text=True
    ).stdout
    assert "Pages:           1\n" in told


# --- a digest --------------------------------------------------------------------------


def test_a_digest_tells_several_cases(desk: Office, tmp_path: Path) -> None:
    """摘报 over several cases: item and judgement; what nobody judged is a marked blank, and so
    is a number that nobody gave."""
    text = desk("digest", "--period", "2026-03", now="2026-03-03T08:00+08:00").ok().out
    assert text.startswith("# 舆情摘报\n\n〔待填写：期号〕\n")
    assert "2026年3月" in text
    assert text.count("\n## ") == 3
    assert "处置：供水公司；已恢复供水" in text
    assert "研判：〔待填写：研判〕" in text
    water, lake = _id(desk, "停水三天"), _id(desk, "湖滨")
    one = desk("digest", water, lake, "-n", "3", now="2026-03-03T08:00+08:00").ok().out
    assert one.splitlines()[2] == "第3期"
    assert one.count("\n## ") == 2
    file = tmp_path / "摘报.docx"
    desk("digest", water, "-n", "摘报〔2026〕3", "-o", str(file), now="2026-03-03T08:00+08:00").ok()
    told = "\n".join(p.text for p in Document(str(file)).paragraphs)
    assert "摘报〔2026〕3号" in told
    assert desk("digest", water, "--period", "2026", now="2026-03-03T08:00+08:00").code == 5
    assert desk("digest", "ZZZZ", now="2026-03-03T08:00+08:00").code == 4


def test_a_digest_that_went_up_is_counted(office: Office) -> None:
    """Digests issued: a report in the logbook under its number, once however often it was told."""
    office("report", "log", "written", "宣传部", "-n", "摘报〔2026〕3").ok()
    office("report", "log", "written", "网信办", "-n", "摘报〔2026〕3").ok()
    office("report", "log", "written", "宣传部", "-n", "摘报〔2026〕4").ok()
    (item,) = office("--json", "stats", "--why", "digests").ok().json["items"]
    assert item["count"] == 2
    assert {each["case"][:4] for each in item["counted"]} == {"LOG-"}


def test_a_drill_owes_nobody_anything_on_a_real_sheet(office: Office) -> None:
    office("new", "演练停水", "-a", "01:52", "--drill", now="2026-03-02T02:00+08:00").ok()
    said = office("--json", "handover", now=at("08:30")).ok().json
    assert [(each["title"], each["drill"]) for each in said["items"]] == [("演练停水", True)]
    assert [each for each in said["due"] if each["case"]] == []
    assert said["came"] == []


def test_an_office_without_a_plan_hands_over_too(office: Office) -> None:
    """Nothing of its own to tick off is no reason to say nothing."""
    file = office.root / "templates" / "office.yaml"
    lines = file.read_text("utf-8").splitlines()
    at_plans = next(n for n, line in enumerate(lines) if line.startswith("plans:"))
    kept = [
        line
        for n, line in enumerate(lines)
        if n < at_plans or (n > at_plans and not line.startswith((" ", "-")))
    ]
    file.write_text("\n".join([*kept, ""]), "utf-8")
    assert office("--json", "handover").ok().json["looks"] == []


# --- questions asked often -------------------------------------------------------------


def test_questions_are_counted_and_only_answered_ones_told(desk: Office) -> None:
    """Answered questions tagged faq, counted, by frequency; script and signs do not divide."""
    said = desk("--json", "faq", now="2026-03-03T08:00+08:00").ok().json
    (item,) = said["items"]
    assert (item["count"], len(item["cases"])) == (2, 2)
    assert item["answer"].startswith("水管抢修中")
    assert item["signed_as"] == "供水公司"
    assert len(said["unanswered"]) == 1
    text = desk("faq", now="2026-03-03T08:00+08:00").ok()
    assert "停水了,怎麼辦（问过2次）" in text.out
    assert "答复：水管抢修中,明日12时前答复\\|结果" in text.out
    assert "no reply on record" in text.err


# --- finding ---------------------------------------------------------------------------


def test_chinese_is_found_without_blanks() -> None:
    assert grams("小区停水3天,ABC") == ["小区", "区停", "停水", "3", "天", "abc"]
    assert grams("網信辦") == grams("网信办")


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (["停水"], ["湖滨小区停水", "柳塘小区停水三天"]),
        (["停車收費"], ["# 景区停车收费翻倍 <b>"]),
        (["更换主管"], ["柳塘小区停水三天"]),
        (["小区停水", "--closed"], ["柳塘小区停水三天"]),
        (["停水", "--unit", "供水"], ["柳塘小区停水三天"]),
        (["停水", "--year", "2025"], []),
        (["停水", "--level", "一级"], []),
        (["毫不相干"], []),
    ],
)
def test_words_are_found(desk: Office, words: list[str], titles: list[str]) -> None:
    """Search words with no boundaries, in either script, with filters."""
    said = desk("--json", "search", *words, now="2026-12-01T00:00+08:00").ok().json
    assert sorted(each["title"] for each in said["items"]) == sorted(titles)


def test_the_title_comes_before_the_small_print(desk: Office) -> None:
    said = desk("--json", "search", "柳塘小区停水", now="2026-12-01T00:00+08:00").ok().json
    assert said["items"][0]["title"] == "柳塘小区停水三天"
    assert desk("search", "。。").code == 5


def test_a_like_case_tells_what_was_done_and_how_long_it_took(desk: Office) -> None:
    """Similar, with what was done then and how long it took."""
    lake = _id(desk, "湖滨")
    first = desk("--json", "similar", lake, now="2026-12-01T00:00+08:00").ok().json["items"][0]
    assert first["title"] == "柳塘小区停水三天"
    assert first["minutes"]["replied"] == 480
    assert "更换主管" in [each["text"] for each in first["done"]]
    text = desk("similar", lake, now="2026-12-01T00:00+08:00").ok().out
    assert "replied after 8:00 h" in text
    assert "更换主管" in text


# --- a bar for what takes long -----------------------------------------------------------


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("patience", "terminal", "quiet", "seen"),
    [(0.0, True, False, True), (60.0, True, False, False), (0.0, False, False, False),
     (0.0, True, True, False)],
)  # fmt: skip
def test_a_bar_stands_where_somebody_waits(
    monkeypatch: pytest.MonkeyPatch, patience: float, terminal: bool, quiet: bool, seen: bool
) -> None:
    """A progress bar on anything over a second: on stderr, only on a terminal, not with -q; every
    item is handed on, once."""
    screen = _Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    run = Session(Path(), dt.datetime.now(dt.UTC), wish="en", quiet=quiet)
    assert list(progress.watched(range(50), run, "Case files")) == list(range(50))
    assert ("Case files" in screen.getvalue()) is seen
