"""Charts of numbers: how an incident spread, and figures as bars."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_pictures import (
    HOSTILE,
    NIGHT,
    SVG,
    TIMES,
    WORDS,
    assert_legible,
    often,
    phrases,
    texts,
    the_review,
)

from yuqing.render import pictures
from yuqing.review.rows import FactRow

# --- how it spread ---------------------------------------------------------------------


def fact(name: str, hours: float, value: Any, type_: str = "integer") -> FactRow:
    at = NIGHT + dt.timedelta(hours=hours)
    return FactRow(id=name, name=name, type=type_, value=value, at=at)


def spread(*rows: FactRow) -> str | None:
    return pictures.spread(replace(the_review(), observed=rows), phrases())


def test_only_observed_values_are_points_joined_by_straight_lines() -> None:
    """Never estimated between, never beyond the last look."""
    svg = spread(fact("评论数", 0, 40), fact("评论数", 10, 1200), fact("评论数", 5, 300))
    assert svg is not None
    line = next(
        each for each in ET.fromstring(svg).iter(f"{SVG}polyline")
        if each.get("stroke-width") == "1.6"
    )  # fmt: skip
    points = [tuple(map(float, each.split(","))) for each in line.get("points", "").split()]
    assert len(points) == 3
    assert points[1][0] - points[0][0] == pytest.approx(points[2][0] - points[1][0], abs=0.2)
    assert points[0][1] > points[1][1] > points[2][1]
    assert {"评论数 1,200", "40", "300"} <= set(texts(svg))
    assert_legible(svg)


def test_lines_differ_by_dashes_and_signs_and_are_named_beside_their_end() -> None:
    svg = spread(
        fact("评论数", 0, 40), fact("评论数", 3, 90), fact("转发数", 1, 20), fact("转发数", 3, 70),
        fact("阅读量", 0, 9000), fact("阅读量", 3, 2_400_000),
    )  # fmt: skip
    assert svg is not None
    drawn = [e for e in ET.fromstring(svg).iter(f"{SVG}polyline") if e.get("stroke-width") == "1.6"]
    assert len({each.get("stroke-dasharray") for each in drawn}) == 3
    assert {"评论数 90", "转发数 70", "阅读量 2,400,000"} <= set(texts(svg))
    assert "4,000,000" in texts(svg)
    assert "100" in texts(svg), "what is much smaller has a scale of its own"
    assert_legible(svg)


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (fact("评论数", 0, 40),),
        (fact("评论数", 0, 40), fact("转发数", 1, 3)),
        (fact("评论数", 0, 40), fact("评论数", 0, 41)),
        (fact("真假", 0, True, "boolean"), fact("真假", 1, False, "boolean")),
        (fact("走势", 0, "rising", "choice"), fact("走势", 1, "3", "text")),
    ],
)
def test_there_is_no_picture_of_what_was_looked_up_once(rows: tuple[FactRow, ...]) -> None:
    assert spread(*rows) is None


# --- figures ---------------------------------------------------------------------------


def test_bars_are_as_long_as_their_numbers_and_the_numbers_are_written() -> None:
    svg = pictures.bars("按级别", [("一级", 3), ("二级", 12), ("三级", 0)], note="按受理时间")
    long = [
        float(each.get("width", ""))
        for each in ET.fromstring(svg).iter(f"{SVG}rect")
        if each.get("height") == "16.0"
    ]
    assert long[1] == pytest.approx(4 * long[0], abs=0.3)
    assert long[2] == 0
    assert texts(svg) == ["按级别", "一级", "3", "二级", "12", "三级", "0", "按受理时间"]


def test_more_bars_than_a_page_holds_are_counted() -> None:
    said = texts(pictures.bars("按单位", [(f"单位{n}", n) for n in range(55)], more="另有{n}项"))
    assert said[-1] == "另有15项"


def test_two_pictures_of_one_page_have_names_of_their_own() -> None:
    """A page may show several; what names each for a screen reader must not be mixed up."""
    one, other = (pictures.bars("按级别", [("一级", 3)], name=name) for name in ("level", "month"))
    assert 'aria-labelledby="level-title level-desc"' in one
    assert '<title id="level-title">按级别</title>' in one
    assert 'id="month-title"' in other


# --- whatever they are ---


@often
@given(
    st.lists(
        st.tuples(
            WORDS,
            st.lists(st.tuples(TIMES, st.integers(-(10**12), 10**12)), max_size=20).map(tuple),
        ),
        max_size=12,
    )
)
def test_no_numbers_make_a_chart_illegible(series: list[tuple[str, Any]]) -> None:
    svg = pictures.lines(HOSTILE, [pictures.Series(*each) for each in series], note="x" * 900)
    if svg is not None:
        assert_legible(svg)
    rows = [(name, len(points)) for name, points in series] * 9
    assert_legible(pictures.bars(HOSTILE, rows, note="说明"))
