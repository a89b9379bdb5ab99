"""A picture of one case from the command line."""

from __future__ import annotations

import pytest
from test_pictures import assert_legible, texts
from workbench import Office

from yuqing.render.pictures import convert


@pytest.fixture
def night(office: Office) -> Office:
    """A drill under plan SF with two looks at its comments."""
    office("new", "柳塘小区停水", "--drill", "-a", "01:52", now="2026-11-22T02:09+08:00").ok()
    for now, number in (("03:00", "40"), ("06:00", "1200")):
        office("note", ".", f"comments={number}", now=f"2026-11-22T{now}+08:00").ok()
    return office


def test_a_picture_is_written_by_its_name(night: Office) -> None:
    """`render CASE timeline -o NAME.svg`; on the screen without a file."""
    ran = night("render", ".", "timeline", "-o", "经过.svg", now="2026-11-22T08:00+08:00").ok()
    assert ran.out.startswith("经过.svg  经过与时限图  YQ-2026")
    svg = (night.root / "经过.svg").read_text(encoding="utf-8")
    assert_legible(svg)
    assert "柳塘小区停水【演练】" in texts(svg)
    shown = night("render", ".", "timeline", now="2026-11-22T08:00+08:00").ok().out
    assert shown == svg
    assert "评论数 1,200" in texts(night("render", ".", "spread").ok().out)


def test_a_picture_replaces_no_other_file(night: Office) -> None:
    """Nothing overwritten without saying so; a picture may be drawn anew."""
    (night.root / "a.svg").write_text("<svg>somebody's own</svg>", encoding="utf-8")
    ran = night("render", ".", "timeline", "-o", "a.svg").ok(5)
    assert "is no picture of YQ-2026" in ran.err
    night("render", ".", "timeline", "-o", "a.svg", "--force").ok()
    night("render", ".", "timeline", "-o", "a.svg").ok()
    assert "as .svg or .png" in night("render", ".", "timeline", "-o", "a.docx").ok(5).err


def test_where_no_png_can_be_made_the_svg_is_named(
    night: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_converter", lambda: None)
    ran = night("render", ".", "timeline", "-o", "a.png").ok(8)
    assert "-o a.svg needs neither" in ran.err
    assert not (night.root / "a.png").exists()


def test_what_was_looked_up_once_cannot_be_drawn(office: Office) -> None:
    office("new", "柳塘小区停水", "comments=40").ok()
    assert "was looked up twice" in office("render", ".", "spread").ok(5).err
