"""`plan simulate`: a head of office checks an encoding without a case."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_pictures import assert_legible, marks, texts
from workbench import Run

PLAN = """\
yuqing: 1
id: sim
title: 某镇办法
issuer: 某镇
version: "1"
counting: {days: working, ends: close}
office_hours: {open: "08:30", close: "17:30"}
readings: {R1: {clause: 五, question: 自何时起算, choice: 自电话起}}
organs: {head: 镇长, county: 县里, unit: 供水站}
facts: {fire: {type: boolean, ask: 是否起火}}
events: {accepted: 受理}
scales:
  level: [{id: low, name: 一般}, {id: high, name: 较大, when: {fire: true}}]
duties:
  phone: {clause: 三, does: 电话报告, to: head, start: discovered, limit: 30分钟, done_by: {kind: reported, form: phone}}
  written: {clause: 五, does: 补报书面, to: head, start: {each: {kind: reported, to: head, form: phone}}, limit: 2小时,
    done_by: {kind: reported, form: written}, reading: R1}
  county: {clause: 三, does: 报县里, to: county, when: {level: high}, start: discovered, target: 1小时, limit: 2小时}
  answer: {clause: 四, does: 答复, to: asker, start: accepted, limit: 5个工作日, done_by: replied}
  daily: {clause: 六, does: 日报, to: county, when: {level: high}, start: discovered, until: calmed, repeat: {each: day, at: ["08:00"]}}
  review: {clause: 七, does: 总结, start: calmed, limit: 3日}
  urge: {clause: 八, does: 催办, to: unit, start: {overdue: answer}, limit: 次日}
  search: {clause: 一, does: 巡查, repeat: {each: day}}
"""


@pytest.fixture
def simulate(tmp_path: Path, run: Run) -> Run:
    (tmp_path / "sim@1.yaml").write_text(PLAN, encoding="utf-8")

    def call(*words: str, lang: str = "en") -> list[str]:
        given = (
            "--lang",
            lang,
            "--now",
            "2026-03-02T12:00+08:00",
            "plan",
            "simulate",
            "sim@1.yaml",
        )
        return run(*given, *words).ok().out.splitlines()

    return call


def test_a_whole_imaginary_incident(simulate: Run) -> None:
    """Level, discovery and calm typed: every due time, then what waits for something."""
    out = simulate(
        "--level", "high", "--discovered", "2026-02-13 20:00", "--calm", "2026-02-16 09:00",
        "phone@2026-02-13T20:10", "accepted@2026-02-14T09:00",
    )  # fmt: skip
    assert out == [
        "sim@1  某镇办法",
        "An imaginary incident: discovered 2026-02-13 20:00, 较大, calm 2026-02-16 09:00",
        "by 02-13 20:30  +30 min  电话报告  镇长  三  done 02-13 20:10",
        "02-13 21:00 if possible / 02-13 22:00 at the latest  +2:00 h  报县里  县里  三",
        "by 02-13 22:10  +2:10 h  补报书面  镇长  五  reading R1",
        "by 02-14 08:00  +12:00 h  日报  县里  六",
        "by 02-15 08:00  +36:00 h  日报  县里  六",
        "by 02-16 08:00  +2 days  日报  县里  六",
        "by 02-26 17:30  +12 days  总结  七",  # 24, 25, 26 after the Spring Festival
        "by 02-28 17:30  +14 days  答复  the asker  四",  # Saturday 28 is worked
        "Begins only when something happens (MOMENT@TIME or DUTY@TIME):",
        "  urge  催办  [八]  “答复” is overdue: limit: the next day",
    ]


def test_the_lighter_level_owes_less(simulate: Run) -> None:
    """What the level does not owe is named, so that a wrong `when` shows."""
    out = simulate("--level", "一般", "--discovered", "2026-03-02 08:00")
    assert out[-1] == "Not owed in this incident: county [三], daily [六]"
    assert out[2] == "by 03-02 08:30  +30 min  电话报告  镇长  三"


def test_ungraded_runs_on_the_worst_level(simulate: Run) -> None:
    out = simulate("--discovered", "2026-03-02 08:00")
    assert "ungraded: the worst level still possible counts" in out[1]
    assert any("报县里" in line and "provisional" in line for line in out)
    sure = simulate("fire=no", "--discovered", "2026-03-02 08:00")
    assert not any("报县里" in line and "provisional" in line for line in sure)


def test_the_picture_is_svg_with_limits_as_marks(simulate: Run, tmp_path: Path) -> None:
    """`--svg FILE`: one mark for each limit, what comes round in one row; a page to hang up."""
    simulate("--level", "high", "--discovered", "2026-03-02 08:00", "--svg", "a.svg", lang="zh_CN")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert_legible(text)
    assert texts(text)[:2] == ["sim@1 某镇办法", "设想的事件: 发现 2026-03-02 08:00, 较大"]
    assert marks(text, "limit") == 3 + 1, "phone, county and the first daily report; the legend"
    assert marks(text, "target") == 1 + 1
    assert "电话报告" in texts(text)
    assert "03-02 08:30 前" in texts(text)
    assert "+30 分" in texts(text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nonsense",), "neither FACT=VALUE"),
        (("rain=yes",), "the plan knows no rain"),
        (("phon@08:00",), "no moment phon"),
        (("--calm", "2026-03-01 08:00", "--discovered", "2026-03-02 08:00"), "cannot calm down"),
    ],
)
def test_what_names_nothing_is_refused(
    tmp_path: Path, run: Run, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "sim@1.yaml").write_text(PLAN, encoding="utf-8")
    ran = run("--lang", "en", "plan", "simulate", "sim@1.yaml", *words).ok(5)
    assert said in ran.err
