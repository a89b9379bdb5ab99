"""Lines for people, JSON for programs (design, section 9)."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from yuqing import screen, words
from yuqing.case import Case
from yuqing.clock.standing import Standing
from yuqing.errors import Problem, Said
from yuqing.plan import Level, Organ, Plan, Scale
from yuqing.screen import Naming, Row

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


PLAN = Plan(
    id="sf",
    title="處置方案",
    issuer="某單位",
    version="2022-01",
    organs={
        "cac": Organ(id="cac", name="市委網信辦"),
        "publicity": Organ(id="publicity", name="市委宣傳部"),
    },
    scales={"level": Scale(id="level", levels=(Level(id="I", name="一級(重大)"),))},
)
CASE = Case(id="YQ-20261122-7K3M", title="柳塘小区停水三天")
NOTIFY = Standing(
    case=CASE.id,
    plan="sf@2022-01",
    duty="notify-three",
    does="告知網信辦、宣傳部、融媒體中心",
    clause="六(二)一級",
    to=("cac", "publicity"),
    missing=("publicity",),
    start=at("11-22T02:03"),
    started_by="f1jf6x",
    limit=at("11-22T02:33"),
    state="overdue",
    level="I",
)


def clock(standing: Standing, case: Case = CASE, language: str = "zh_CN") -> Row:
    return Row(standing, case, Naming(plans=(PLAN,), language=language))


def line(standing: Standing, now: str, case: Case = CASE, language: str = "en") -> str:
    cells = screen.cells(clock(standing, case, language), at(now), language)
    return "  ".join(cell for cell in cells if cell)


def test_a_late_duty_is_one_line_with_limit_lateness_article_and_who_is_missing() -> None:
    assert line(NOTIFY, "11-22T02:35") == (
        "overdue  7K3M  告知網信辦、宣傳部、融媒體中心  by 11-22 02:33  2 min over  六(二)一級"
        "  not reached: 市委宣傳部"
    )


def test_the_duty_officer_reads_it_in_simplified_chinese() -> None:
    assert line(NOTIFY, "11-22T02:35", language="zh_CN") == (
        "已过  7K3M  告知網信辦、宣傳部、融媒體中心  11-22 02:33 前  过 2 分  六(二)一級"
        "  未告知: 市委宣傳部"
    )


@pytest.mark.parametrize(
    ("now", "english", "chinese"),
    [
        ("11-22T02:10", "1:42 h left", "余 1:42"),
        ("11-22T03:11", "41 min left", "余 41 分"),
        ("11-22T03:52", "0 min left", "余 0 分"),
        ("11-22T03:53", "1 min over", "过 1 分"),
        ("11-19T03:52", "3 days left", "余 3 天"),
        ("11-20T03:53", "47:59 h left", "余 47:59"),
    ],
)
def test_what_is_left_is_said_as_one_would_say_it(now: str, english: str, chinese: str) -> None:
    """Exactly at the limit is on time."""
    said = screen.left(at("11-22T03:52"), at(now))
    assert words.say(said, "en") == english
    assert words.say(said, "zh_CN") == chinese


def test_midnight_is_shown_as_24_00_of_the_day_it_ends_and_told_to_programs_as_the_next() -> None:
    end = at("11-28T00:00")
    assert screen.short(end, at("11-22T02:00"), end=True) == "11-27 24:00"
    assert screen.short(end, at("11-22T02:00")) == "11-28 00:00"
    assert screen.iso(end) == "2026-11-28T00:00+08:00"


def test_another_year_is_written_out() -> None:
    assert screen.short(at("01-01T00:00"), at("11-22T02:00"), end=True) == "2025-12-31 24:00"


def test_target_and_limit_stand_side_by_side() -> None:
    """六(三): 3 小時力爭, 5 小時最遲."""
    publish = NOTIFY._replace(
        target=at("11-22T04:52"), limit=at("11-22T06:52"), state="running", missing=()
    )
    now = at("11-22T02:10")
    said = screen.due(publish, now)
    assert words.say(said, "zh_CN") == "11-22 04:52 力争 / 11-22 06:52 最迟"
    rest = screen.remaining(publish, now)
    assert rest is not None
    assert words.say(rest, "zh_CN") == "余 2:42"


def test_a_word_without_figure_shows_the_word_and_the_time_gone() -> None:
    """及時 is no figure: open, and how long it has been open."""
    judge = NOTIFY._replace(limit=None, word="及時", state="open", missing=())
    assert line(judge, "11-22T03:03").endswith("“及時”  1:00 h so far  六(二)一級")


def test_a_limit_whose_basis_was_changed_shows_both() -> None:
    moved = NOTIFY._replace(was_limit=at("11-22T02:30"), missing=())
    assert "basis changed, before: 11-22 02:30" in line(moved, "11-22T02:35")


def test_a_drill_and_a_provisional_duty_say_so_on_every_line() -> None:
    shown = line(NOTIFY._replace(provisional=True), "11-22T02:35", replace(CASE, drill=True))
    assert "provisional; drill" in shown


def test_an_open_item_is_named_by_its_entry() -> None:
    """The id is what the officer types after ``done``."""
    shown = line(NOTIFY._replace(item=True, duty="jbn6y4"), "11-22T02:35")
    assert "[jbn6y4]" in shown


def test_two_plans_on_one_case_are_told_apart() -> None:
    both = Row(NOTIFY, CASE, Naming(plans=(PLAN, replace(PLAN, id="eth"))))
    assert "sf 六(二)一級" in screen.cells(both, at("11-22T02:35"), "en")


def test_data_cannot_steer_the_terminal() -> None:
    """Titles and quoted text: control, escape and bidi characters visible, not interpreted."""
    assert screen.clean("a\x1b[2Jb\u202ec\x07") == "a<U+001B>[2Jb<U+202E>c<U+0007>"
    assert screen.clean("两\n行\t格") == "两 行 格"


def test_plain_lines_are_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    """Into a pipe every line goes whole, however long."""
    long = NOTIFY._replace(does="發" * 120)
    screen.clocks([clock(long)], at("11-22T02:35"), "zh_CN", fancy=False)
    out = capsys.readouterr().out
    assert "發" * 120 in out
    assert len(out.splitlines()) == 1


def test_a_table_keeps_to_80_columns_and_loses_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """East Asian signs take two columns; what does not fit is folded, not cut."""
    monkeypatch.setenv("COLUMNS", "80")
    screen.clocks(
        [clock(NOTIFY._replace(does="發布權威信息[bold]並" * 6))],
        at("11-22T02:35"),
        "zh_CN",
        fancy=True,
    )
    out = capsys.readouterr().out
    assert all(cell_len(shown) <= 80 for shown in out.splitlines())
    assert out.count("發") == 6
    assert out.count("[") == 6
    assert "…" not in out


def test_the_json_of_a_clock_has_every_field_of_the_design() -> None:
    given = screen.item(clock(NOTIFY))
    assert list(given)[:21] == [
        "case",
        "title",
        "plan",
        "duty",
        "clause",
        "does",
        "to",
        "missing",
        "round",
        "for",
        "start",
        "target",
        "limit",
        "was_limit",
        "word",
        "done",
        "state",
        "level",
        "provisional",
        "arose_late",
        "estimated",
    ]
    assert given["limit"] == "2026-11-22T02:33+08:00"
    assert given["to"] == ["cac", "publicity"]
    assert given["done"] is None
    assert given["state"] == "overdue"


def test_the_envelope_is_incomplete_as_soon_as_a_file_could_not_be_used() -> None:
    broken = Problem(file="cases/X.yaml", line=19, key="no field {name}", params={"name": "a"})
    whole = screen.envelope("overdue", at("11-22T02:35"), [], [], "en")
    part = screen.envelope("overdue", at("11-22T02:35"), [], [broken], "en")
    assert whole == {
        "schema": 1,
        "kind": "overdue",
        "now": "2026-11-22T02:35+08:00",
        "complete": True,
        "problems": [],
        "items": [],
    }
    assert part["complete"] is False
    assert part["problems"] == [
        {
            "file": "cases/X.yaml",
            "line": 19,
            "path": [],
            "severity": "error",
            "message": "no field a",
        }
    ]


def test_a_duty_that_cannot_be_computed_makes_the_answer_incomplete() -> None:
    lost = screen.item(clock(NOTIFY._replace(state="incomplete", limit=None)))
    assert screen.envelope("due", at("11-22T02:35"), [lost], [], "en")["complete"] is False


def test_a_problem_is_a_line_that_an_editor_can_jump_to() -> None:
    broken = Problem(
        file="cases/X.yaml",
        line=19,
        key="{inner}",
        params={"inner": Said("no field {f}", {"f": "b"})},
    )
    assert screen.problem_line(broken, "en") == "cases/X.yaml:19: no field b"


def test_json_keeps_the_script_it_is_written_in(capsys: pytest.CaptureFixture[str]) -> None:
    screen.dump({"title": "輿情"})
    out = capsys.readouterr().out
    assert "輿情" in out
    assert json.loads(out) == {"title": "輿情"}
