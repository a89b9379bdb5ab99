"""Pictures: what a person sees on the wall, whatever the case holds."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papers.made import the_case, the_paper, the_plan

from yuqing import render
from yuqing.errors import Refused
from yuqing.render import pictures
from yuqing.render.phrases import SCRIPTS, Phrases, Script, vocabulary
from yuqing.render.pictures import canvas, convert, lanes
from yuqing.render.pictures.axis import bent, ticks
from yuqing.review.rows import DutyRow, GradeRow, Line, Paper
from yuqing.store import template_names

SVG = "{http://www.w3.org/2000/svg}"
ZONE = dt.timezone(dt.timedelta(hours=8))
NIGHT = dt.datetime(2026, 11, 22, 1, 52, tzinfo=ZONE)
TREE = render.wording(dict(template_names(None, "documents")))
HOSTILE = "</text><script>alert(1)</script>&amp;\"'<![CDATA[ {{ 7*7 }} \u202e\x00\x1b[31m"


@cache
def the_review() -> Paper:
    return the_paper()


def phrases(script: Script = "zh-Hans") -> Phrases:
    return Phrases(vocabulary(TREE, script), script, 2026)


def timeline(doc: Paper, script: Script = "zh-Hans") -> str:
    return pictures.timeline(doc, phrases(script))


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")]


def marks(svg: str, shape: str) -> int:
    """How many such signs stand in the picture; the legend has one of each."""
    path = canvas._MARKS[shape]
    fill = "#ffffff" if shape in canvas._HOLLOW else None
    found = [each for each in ET.fromstring(svg).iter(f"{SVG}path") if each.get("d") == path]
    return sum((each.get("fill") == "#ffffff") == (fill is not None) for each in found)


def boxes(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Where each text stands: left, top, right, foot."""
    found = []
    for each in ET.fromstring(svg).iter(f"{SVG}text"):
        x, y, size = (float(each.get(name, "")) for name in ("x", "y", "font-size"))
        wide = canvas.width(each.text or "", size)
        left = x - {"end": wide, "middle": wide / 2}.get(each.get("text-anchor", ""), 0)
        found.append((left, y - 0.8 * size, left + wide, y + 0.15 * size, each.text or ""))
    return found


def assert_legible(svg: str) -> None:
    """Well-formed, nothing from outside, all of it on the page, no text on another."""
    root = ET.fromstring(svg)
    wide, high = (float(each) for each in root.get("viewBox", "").split()[2:])
    assert wide == canvas.WIDTH
    assert high <= canvas.HEIGHT
    assert root[0].tag == f"{SVG}title"
    assert root[0].text
    assert root[1].tag == f"{SVG}desc"
    names = {
        f"{SVG}{name}" for name in ["svg", "title", "desc", "rect", "g", "text", "polyline", "path"]
    }
    assert {each.tag for each in root.iter()} <= names
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "", 1) or "href" not in svg
    found = boxes(svg)
    for left, top, right, foot, text in found:
        assert left >= 0, text
        assert top >= 0, text
        assert right <= wide + 0.5, text
        assert foot <= high, text
    for one, other in combinations(found, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)
    for each in root.iter(f"{SVG}polyline"):
        for pair in each.get("points", "").split():
            x, y = (float(part) for part in pair.split(","))
            assert 0 <= x <= wide
            assert 0 <= y <= high
    for each in root.iter(f"{SVG}rect"):
        assert float(each.get("x", "0")) + float(each.get("width", "0")) <= wide + 0.5


# --- one case --------------------------------------------------------------------------


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_case_as_a_picture(golden: Callable[[str, str], None], script: Script) -> None:
    """Lanes, limits with their article, what the record says; in three languages, print size."""
    svg = timeline(the_review(), script)
    assert_legible(svg)
    assert 'width="156mm"' in svg
    golden(f"timeline.{script}.txt", "\n".join(texts(svg)) + "\n")


def test_stated_and_recorded_times_are_both_marked_where_they_differ() -> None:
    """Two times on every entry: a dot, and a ring joined to it."""
    doc = replace(the_review(), duties=())
    same = sum(line.at == line.recorded for line in doc.timeline)
    svg = timeline(doc)
    assert marks(svg, "dot") == len(doc.timeline) + 1
    assert marks(svg, "ring") == len(doc.timeline) - same + 1
    assert 0 < same < len(doc.timeline)


def test_limits_are_marks_with_their_article() -> None:
    doc = the_review()
    with_limit = [row for row in doc.duties if row.limit and row.start]
    svg = timeline(doc)
    assert marks(svg, "limit") == len(with_limit) + 1
    articles = [row.clause for row in with_limit if not row.item]
    assert articles == ["六(二)一级", "六(二)", "六(三)", "七(九)"]
    for article in articles:
        assert any(text.startswith(f"{article} · 时限 11-2") for text in texts(svg))


def test_late_is_told_by_shape_and_word() -> None:
    """Not by colour alone: a cross instead of a dot, the word, and the time beyond, dark."""
    late = duty(done=NIGHT + dt.timedelta(hours=3), record="late", late_by=dt.timedelta(hours=1))
    doc = replace(the_review(), timeline=(), duties=(late,))
    svg = timeline(doc)
    assert marks(svg, "late") == 1 + 1
    assert "逾期（过 1小时）" in "".join(texts(svg))
    dark = [each for each in ET.fromstring(svg).iter(f"{SVG}rect") if each.get("fill") == "#4a4a4a"]
    assert len(dark) == 1 + 1
    good = timeline(replace(doc, duties=(replace(late, record="on_time", done=NIGHT),)))
    assert marks(good, "late") == 1


def test_what_nobody_recorded_reaches_to_now_and_no_further() -> None:
    open_ = duty(record="nothing", late_by=dt.timedelta(hours=6), over=False)
    doc = replace(the_review(), timeline=(), duties=(open_,), now=NIGHT + dt.timedelta(hours=8))
    assert "未见记录" in "".join(texts(timeline(doc)))
    past = timeline(doc)
    released = timeline(replace(doc, duties=(replace(open_, record="released", over=True),)))
    assert past.count("#4a4a4a") == 2
    assert released.count("#4a4a4a") == 1


def test_a_repeated_duty_is_one_row() -> None:
    """Daily reports: one row with a limit for each day, and how often they were on time."""
    days = tuple(
        duty(
            duty=f"daily@{day}",
            start=NIGHT + dt.timedelta(days=day),
            limit=NIGHT + dt.timedelta(days=day, hours=8),
            done=NIGHT + dt.timedelta(days=day, hours=7 if day else 9),
            record="on_time" if day else "late",
        )
        for day in range(5)
    )
    said = texts(timeline(replace(the_review(), duties=days)))
    assert [text for text in said if "5次" in text] == ["六(二) · 5次"]
    assert "逾期 1、按时 4" in said


def test_bands_show_which_level_was_in_force() -> None:
    """Level changes as bands; what was only proposed was not in force."""
    steps = (grade("二级", 0), grade("一级", 2, was="二级"), grade("特级", 3, proposed=True))
    doc = replace(the_review(), history=steps, timeline=(), duties=())
    said = texts(timeline(doc))
    assert "二级" in said
    assert "一级" in said
    assert "特级" not in said


def test_a_drill_and_a_draft_are_marked_in_the_picture() -> None:
    """A drill is marked everywhere."""
    doc = replace(the_paper(case=the_case(head="drill: true\n")), title="长" * 10_000, draft=True)
    assert texts(timeline(doc))[0].endswith("…【演练】【草稿】")


def test_what_a_page_cannot_hold_is_counted_and_what_went_wrong_stays() -> None:
    """60 entries within one minute, 40 duties: late ones are drawn, the rest is counted."""
    many = tuple(replace(the_review().timeline[0], id=f"e{n}", at=NIGHT) for n in range(60))
    duties = tuple(
        duty(duty=f"d{n}", does=f"事{n}", record="late" if n >= 36 else "on_time")
        for n in range(40)
    )
    svg = timeline(replace(the_review(), timeline=many, duties=duties))
    assert_legible(svg)
    said = texts(svg)
    assert all(any(text.startswith(f"事{n}") for text in said) for n in range(36, 40))
    rest = next(text for text in said if "未画出" in text)
    assert f"另有{60 - marks(svg, 'ring') + 1}条记录未画出，见表。" in rest
    assert f"另有{40 - sum(text.startswith('事') for text in said)}项职责未画出，见表。" in rest


def test_markup_in_titles_is_text() -> None:
    svg = timeline(replace(the_review(), title=HOSTILE))
    assert texts(svg)[0].startswith("</text><script>alert(1)</script>")
    assert "<script" not in svg
    assert "\u202e" not in svg
    assert_legible(svg)


# --- whatever a case holds -------------------------------------------------------------

WORDS = st.one_of(
    st.sampled_from(["", "报告", HOSTILE, "长" * 10_000, "W" * 500, "a b " * 300, "\u0301" * 90]),
    st.text(max_size=60),
)
TIMES = st.one_of(
    st.integers(0, 59).map(lambda n: NIGHT + dt.timedelta(seconds=n)),
    st.integers(0, 12 * 60).map(lambda n: NIGHT + dt.timedelta(minutes=n)),
    st.integers(-400, 2000).map(lambda n: NIGHT + dt.timedelta(days=n, minutes=n)),
)
KINDS = st.sampled_from(
    ["discovered", "noted", "reported", "graded", "published", "calmed", "event", "done"]
)


def duty(**given_: Any) -> DutyRow:
    plain: dict[str, Any] = dict.fromkeys(DutyRow.__annotations__)
    empty = dict.fromkeys(("who", "to", "missing", "witness", "readings", "notes"), ())
    no = dict.fromkeys(
        ("item", "estimated", "target_missed", "over", "provisional", "arose_late"), False
    )
    mine = {"plan": "p", "duty": "d", "does": "报告", "clause": "六(二)", "round": 1}
    mine |= {"state": "met", "record": "on_time", "start": NIGHT, "over": True}
    return DutyRow(
        **{**plain, **empty, **no, **mine, "limit": NIGHT + dt.timedelta(hours=2), **given_}
    )


def grade(level: str, hours: int, **given_: Any) -> GradeRow:
    at = NIGHT + dt.timedelta(hours=hours)
    plain: dict[str, Any] = {"was": None, "by": "", "because": None, "clause": (), "id": "g"}
    plain |= {"scale_id": "level", "scale": "级别", "recorded": at, "proposed": False, "at": at}
    return GradeRow(**{**plain, "level": level, **given_})


LINES = st.builds(
    lambda what, at, recorded, text, to, late: Line(
        id="e", what=what, at=at, recorded=recorded, text=text, to=to, estimated=late
    ),
    KINDS,
    TIMES,
    st.none() | TIMES,
    WORDS,
    st.lists(WORDS, max_size=2).map(tuple),
    st.booleans(),
)
DUTIES = st.builds(
    duty,
    duty=st.sampled_from([f"d{n}" for n in range(40)]),
    does=WORDS,
    clause=WORDS,
    unit=st.none() | WORDS,
    start=st.none() | TIMES,
    limit=st.none() | TIMES,
    was_limit=st.none() | TIMES,
    target=st.none() | TIMES,
    done=st.none() | TIMES,
    recorded=st.none() | TIMES,
    word=st.none() | WORDS,
    over=st.booleans(),
    record=st.sampled_from(sorted(TREE["words"]["record"])),
    late_by=st.none() | st.just(dt.timedelta(days=900, minutes=1)),
)
GRADES = st.builds(
    lambda level, at, scale: replace(grade(level, 0), at=at, scale=scale, scale_id=scale[:9]),
    WORDS,
    TIMES,
    WORDS,
)
often = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@often
@given(
    st.lists(LINES, max_size=60),
    st.lists(DUTIES, max_size=40),
    st.lists(GRADES, max_size=12),
    WORDS,
    TIMES,
    st.sampled_from(SCRIPTS),
)
def test_no_case_makes_a_picture_illegible(
    entries: list[Line],
    duties: list[DutyRow],
    history: list[GradeRow],
    title: str,
    now: dt.datetime,
    script: Script,
) -> None:
    """60 entries, 40 duties, titles of 10,000 signs, markup, one minute or many years."""
    doc = replace(
        the_review(),
        timeline=tuple(sorted(entries, key=lambda line: line.at)),
        duties=tuple(duties),
        history=tuple(sorted(history, key=lambda row: row.at)),
        title=title,
        level=title,
        now=now,
    )
    assert_legible(timeline(doc, script))


@given(st.lists(TIMES, min_size=1, max_size=30))
@often
def test_the_axis_keeps_the_order_of_time(times: list[dt.datetime]) -> None:
    """Later is never further left; a tick stands where its time stands."""
    axis = bent(times, 200, 600)
    places = [axis.x(each) for each in sorted(times)]
    assert places == sorted(places)
    assert all(200 <= place <= 600 for place in places)
    for tick in ticks(axis):
        assert tick.x == pytest.approx(axis.x(tick.at))
        assert min(times) <= tick.at <= max(times) or tick.at.second == 0


@given(st.lists(st.tuples(st.integers(210, 620), st.integers(0, 200), WORDS), max_size=40))
@often
def test_labels_of_a_lane_never_cover_each_other(given_: list[tuple[int, int, str]]) -> None:
    notes = [
        lanes.Note(begin, min(begin + long, 630), text, key)
        for key, (begin, long, text) in enumerate(given_)
    ]
    placed = lanes.place(notes, 210, 766, 12)
    assert sorted(each.note.key for each in placed) == list(range(len(notes)))
    for one, other in combinations(placed, 2):
        if one.row == other.row:
            first, second = sorted((one, other), key=lambda each: each.note.begin)
            assert first.note.end <= second.note.begin or first.note.begin == second.note.begin


# --- what a plan asks ------------------------------------------------------------------

PLANNED = st.builds(
    pictures.Planned,
    name=WORDS,
    clause=WORDS,
    start=TIMES,
    dues=st.lists(st.tuples(st.none() | TIMES, st.none() | TIMES), min_size=1, max_size=9).map(
        tuple
    ),
    text=WORDS,
)


@often
@given(
    st.lists(st.tuples(TIMES, WORDS), min_size=1, max_size=30),
    st.lists(PLANNED, max_size=60),
    WORDS,
)
def test_no_plan_makes_a_timetable_illegible(
    events: list[tuple[dt.datetime, str]], rows: list[pictures.Planned], title: str
) -> None:
    says = {"limit": "limit", "target": "target", "word": "no figure", "more": "{n} more"}
    svg = pictures.timetable(f"图 {title}", title, events, rows, says=says, after=str, lang="en")
    assert_legible(svg)
    assert (f"{len(rows) - 26} more" in texts(svg)) == (len(rows) > 26)


# --- by name, and as PNG ---------------------------------------------------------------


def test_a_picture_that_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="there is no picture"):
        pictures.draw("map", the_review(), phrases())
    assert pictures.draw("timeline", the_review(), phrases()) == timeline(the_review())


def test_without_a_converter_or_a_font_there_is_no_png(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Word as a picture only where a converter and a CJK font are found."""
    monkeypatch.setattr(convert, "_converter", lambda: None)
    assert pictures.to_png("<svg/>") is None
    monkeypatch.setattr(convert, "_converter", lambda: pytest.fail)
    monkeypatch.setattr(convert, "has_chinese_font", lambda: False)
    assert pictures.to_png("<svg/>") is None


def test_a_converter_that_fails_makes_no_png(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "has_chinese_font", lambda: True)
    for written in (None, b"<svg"):

        def way(source: Path, target: Path, written: bytes | None = written) -> None:
            assert source.read_text(encoding="utf-8") == "<svg/>"
            target.write_bytes(written or b"")

        monkeypatch.setattr(convert, "_converter", lambda way=way: way)
        assert pictures.to_png("<svg/>") is None
    monkeypatch.setattr(convert, "_converter", lambda: lambda source, _: source.rmdir())
    assert pictures.to_png("<svg/>") is None


@pytest.mark.process
def test_a_real_converter_makes_a_png() -> None:
    """300 dots to the inch over 156 mm."""
    if shutil.which("rsvg-convert") is None or not convert.has_chinese_font():
        pytest.skip("needs rsvg-convert (librsvg2-bin) and a Chinese font (fonts-noto-cjk)")
    data = pictures.to_png(timeline(the_review()))
    assert data is not None
    wide, high = (int.from_bytes(data[start : start + 4], "big") for start in (16, 20))
    assert wide == 1843
    assert high > 1000
    assert data == pictures.to_png(timeline(the_review())), "the same bytes each time"


@pytest.mark.slow
def test_libreoffice_makes_one_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is the only converter."""
    office = shutil.which("soffice")
    if office is None or not convert.has_chinese_font():
        pytest.skip("needs LibreOffice Draw (libreoffice-draw) and a Chinese font")
    monkeypatch.setattr(
        convert, "_converter", lambda: lambda one, two: convert._by_office(office, one, two)
    )
    data = pictures.to_png(timeline(the_review()))
    if data is None:
        pytest.skip("this LibreOffice cannot draw: libreoffice-draw is missing")
    assert int.from_bytes(data[16:20], "big") == 1843


def test_the_plan_s_own_names_come_through() -> None:
    """Plan words are data: never translated."""
    assert "告知网信办、宣传部" in texts(timeline(the_review(), "en"))
    assert the_plan().duties
