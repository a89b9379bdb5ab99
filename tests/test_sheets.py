"""Between two shifts, questions asked often, and finding what was done before."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench import IDENTITY, Office, make_office

from yuqing.stats.find import grams

NIGHT = "2026-03-02T{}+08:00"


def at(clock: str) -> str:
    return NIGHT.format(clock)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A demonstration office, in which drills may be played at any time, with three cases."""


    with pytest.MonkeyPatch.context() as patch:
        for name, value in IDENTITY.items():
            patch.setenv(name, value)
        patch.setenv("LANG", "C.UTF-8")
        patch.delenv("LC_ALL", raising=False)
        office = make_office(tmp_path_factory.mktemp("desk") / "office")
        file = office.root / "templates" / "office.yaml"
        file.write_text(file.read_text("utf-8") + "demo: true\n", "utf-8")
        office("new", "柳塘小区停水三天", "-s", "软件监看", "-a", "2026-03-01 01:52", "--drill",
               now="2026-03-01T02:00+08:00").ok()
        water = _id(office, "停水三天")
        office("assign", water, "供水公司", "更换主管", "--due", "2026-03-05",
               now="2026-03-01T03:00+08:00").ok()
        office("reply", water, "已更换主管,今日起恢复供水", "--as", "供水公司",
               now="2026-03-01T09:52+08:00").ok()
        office("note", water, "停水了怎么办?", "--tag", "faq",
               now="2026-03-01T10:00+08:00").ok()
        office("close", water, "-b", "已恢复供水", now="2026-03-01T12:00+08:00").ok()
        office("new", "湖滨小区停水", "-s", "12345热线", "-a", "2026-03-02 01:30", "--drill",
               now="2026-03-02T01:52+08:00").ok()
        lake = _id(office, "湖滨")
        office("reply", lake, "水管抢修中,明日12时前答复|结果", "--as", "供水公司", "--due",
               "2026-03-02 20:00", now="2026-03-02T03:00+08:00").ok()
        office("note", lake, "停水了,怎麼辦", "--tag", "faq", now="2026-03-02T03:10+08:00").ok()
        office("new", "# 景区停车收费翻倍 <b>", "-s", "软件监看", "-a", "2026-03-02 02:00",
               "--drill", now="2026-03-02T02:10+08:00").ok()
        office("note", _id(office, "停车"), "停车怎么收费", "--tag", "faq",
               now="2026-03-02T02:20+08:00").ok()
        return office  # fmt: skip


def _id(office: Office, word: str) -> str:
    (item,) = office("--json", "list", "--all", word, now="2026-12-01T00:00+08:00").ok().json["items"]
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
    kept = [line for n, line in enumerate(lines) if n < at_plans or (n > at_plans and not line.startswith((" ", "-")))]
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
