"""The wall board and the page of a case: one file, without a server, that says when it is old.

What a person sees is looked at in a real browser (headless Chromium), where there is one.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import CHROMIUM, Browser, browser
from workbench import IDENTITY, Office, make_office

NIGHT = "2026-03-02T02:31+08:00"
HOSTILE = '<img src=x onerror=alert(1)> "&amp;" {{ 7*7 }}'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A demonstration office with three cases: grave, ordinary with an evil title, internal."""
    found = make_office(tmp_path_factory.mktemp("board") / "office")
    settings = found.root / "templates" / "office.yaml"
    settings.write_text(settings.read_text("utf-8") + "demo: true\n", "utf-8")
    at = lambda t: f"2026-03-02T{t}+08:00"  # noqa: E731
    found("new", "柳塘停水", "-a", "01:10", now=at("01:12")).ok()
    found("grade", ".", "I", "-b", "x", now=at("01:15")).ok()
    found("assign", ".", "水务所", "查管网", "--due", "03-02 09:00", now=at("01:20")).ok()
    found("new", HOSTILE, "-a", "02:00", now=at("02:01")).ok()
    found("new", "内部之事", "--internal", "-a", "02:10", now=at("02:11")).ok()
    return found


def board(office: Office, path: Path, *more: str, now: str = NIGHT, lang: str = "zh_CN") -> str:
    office("--lang", lang, "board", *more, "--html", str(path), now=now).ok()
    return path.read_text("utf-8")


class Tags(HTMLParser):
    """Every element with its attributes, and the text of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_one_file_that_needs_nothing(office: Office, tmp_path: Path) -> None:
    """No address is loaded, and the page's own policy forbids it: style and script by digest."""
    text = board(office, tmp_path / "b.html")
    page = Tags(text)
    policy = next(
        a["content"] for t, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inner,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert not [a for t, a in page.tags if a.get("src") or "style" in a]
    assert [a["href"] for t, a in page.tags if "href" in a] == ["data:,"]


def test_level_in_colour_and_word(office: Office, tmp_path: Path) -> None:
    """Level by colour and word; every cell has a head; the page says its language."""
    page = Tags(board(office, tmp_path / "b.html"))
    assert ("html", {"lang": "zh-Hans"}) in page.tags
    assert "一级" in page.text
    assert {a.get("data-rank") for t, a in page.tags if a.get("class") == "level"} == {"0", "1"}
    assert all(a.get("data-head") for t, a in page.tags if t == "td")
    assert all(a.get("scope") in ("col", "row") for t, a in page.tags if t == "th")


def test_an_evil_title_is_text(office: Office, tmp_path: Path) -> None:
    """Markup and braces in a title are shown, never done."""
    page = Tags(board(office, tmp_path / "b.html"))
    assert HOSTILE in page.text
    assert not [t for t, _ in page.tags if t == "img"]


def test_what_visitors_see(office: Office, tmp_path: Path) -> None:
    """``--hide-titles``: no title, no words of an officer; internal cases never show theirs."""
    shown, hidden = (
        Tags(board(office, tmp_path / "b.html", *more)).text for more in ((), ("--hide-titles",))
    )
    assert "柳塘停水" in shown
    assert "查管网" in shown
    assert "内部之事" not in shown
    assert "柳塘停水" not in hidden
    assert "查管网" not in hidden


def test_late_first(office: Office, tmp_path: Path) -> None:
    """What is late stands first, with its article and how long ago."""
    text = board(office, tmp_path / "b.html", now="2026-03-02T04:00+08:00")
    states = re.findall(r'data-counted="1" data-state="(\w+)"', text)
    assert states
    assert states[0] == "late"
    first_row = text[text.index("<tbody") :]
    assert "late" in first_row[: first_row.index("</tr>")]


def test_the_page_of_a_case(office: Office, tmp_path: Path) -> None:
    """What is owed, the case over time as a picture, what is done."""
    case = next(
        p.stem for p in (office.root / "cases").glob("*.yaml") if "柳塘停水" in p.read_text("utf-8")
    )
    text = board(office, tmp_path / "c.html", case)
    page = Tags(text)
    assert case in page.text
    assert [t for t, _ in page.tags if t == "svg"]
    assert not [a for t, a in page.tags if "style" in a]


def test_an_internal_case_has_no_page(office: Office, tmp_path: Path) -> None:
    """``internal`` means: kept off wall boards."""
    case = next(
        p.stem for p in (office.root / "cases").glob("*.yaml") if "内部之事" in p.read_text("utf-8")
    )
    ran = office("board", case, "--html", str(tmp_path / "c.html"), now=NIGHT)
    assert ran.code == 5
    assert not (tmp_path / "c.html").exists()


def test_a_broken_file_stands_on_the_wall(office: Office, tmp_path: Path) -> None:
    """A case that cannot be read is named on the page; it is never simply missing."""
    bad = office.root / "cases" / "YQ-20260302-ZZZZ.yaml"
    bad.write_text("yuqing: 1\ntitle: [\n", "utf-8")
    try:
        ran = office("board", "--html", str(tmp_path / "b.html"), now=NIGHT)
        assert ran.code == 3
        assert "YQ-20260302-ZZZZ.yaml" in Tags((tmp_path / "b.html").read_text("utf-8")).text
    finally:
        bad.unlink()


def test_not_among_the_cases(office: Office) -> None:
    """The page does not go where only case files lie."""
    assert office("board", "--html", str(office.root / "cases" / "b.html"), now=NIGHT).code == 5


@pytest.mark.process
def test_watch_writes_again(office: Office, tmp_path: Path) -> None:
    """``--watch --every 1``: a reader meets a whole page at any time, and a newer one soon."""
    path = tmp_path / "b.html"
    words = ["board", "--html", str(path), "--watch", "--every", "1"]
    env = {**os.environ, **IDENTITY, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen([sys.executable, "-m", "yuqing", *words], cwd=office.root, env=env)
    try:
        written = set()
        end = time.monotonic() + 20
        while len(written) < 2 and time.monotonic() < end:
            if path.exists():
                text = path.read_text("utf-8")
                assert text.rstrip().endswith("</html>")
                written.add(path.stat().st_mtime_ns)
            time.sleep(0.02)
        assert len(written) >= 2
    finally:
        process.terminate()
        process.wait()


# --- in a browser ----------------------------------------------------------------------

in_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: the board was not looked at"
)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


def fresh(office: Office, path: Path, *, seconds: float = 3600, age: float = 0) -> Path:
    """The board as if just written (``age`` seconds ago), its first limit so far ahead."""
    text = board(office, path)
    now = dt.datetime.now(dt.UTC)
    written = (now - dt.timedelta(seconds=age)).isoformat(timespec="milliseconds")
    limit = (now + dt.timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    text = re.sub(r'data-written="[^"]*"', f'data-written="{written}"', text)
    text = re.sub(r'data-limit="[^"]*"', f'data-limit="{limit}" data-hard="1"', text)
    text = re.sub(r'data-hard="1" (data-say="[^"]*") data-hard="1"', r'data-hard="1" \1', text)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.slow
@in_browser
def test_it_counts_down_and_turns_late_by_itself(
    office: Office, tmp_path: Path, chromium: Browser
) -> None:
    """A row passes its limit: its word, its colour and the head's number change, and it is read
    out; nothing stands in the console, nothing is asked of any network."""
    chromium.open(fresh(office, tmp_path / "b.html", seconds=3.5))
    left = "document.querySelector('tr[data-counted] .left').textContent"
    first = chromium.run(left)
    assert chromium.run("document.querySelector('tr[data-counted]').dataset.state") == "soon"
    assert chromium.run("document.querySelector('[data-count=late] b').textContent") == "0"
    chromium.wait(1.3)
    assert chromium.run(left) != first
    chromium.wait(3.2)
    assert chromium.run("document.querySelector('tr[data-counted]').dataset.state") == "late"
    assert chromium.run("document.querySelector('tr[data-counted] .state').textContent") == "逾期"
    assert int(chromium.run("document.querySelector('[data-count=late] b').textContent")) >= 1
    assert chromium.run("document.getElementById('said').textContent").startswith("逾期: ")
    assert chromium.run("document.getElementById('said').getAttribute('aria-live')") == "assertive"
    assert chromium.complaints == []
    assert chromium.requests == []


@pytest.mark.slow
@in_browser
@pytest.mark.parametrize(("age", "shown"), [(590, False), (601, True)])
def test_an_old_page_says_so(
    office: Office, tmp_path: Path, chromium: Browser, age: float, shown: bool
) -> None:
    """Ten minutes without a new page: a banner over everything. Silence is no all-clear."""
    chromium.open(fresh(office, tmp_path / "b.html", age=age))
    visible = "document.getElementById('stale').getClientRects().length > 0"
    assert chromium.run(visible) is shown
    assert chromium.run("document.getElementById('stale').getAttribute('role')") == "alert"


CONTRAST = """(() => {
  const lum = (c) => { const [r, g, b] = c.map((v) => { v /= 255;
    return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const rgb = (t) => (t.match(/[\\d.]+/g) || []).map(Number);
  const ground = (node) => { for (; node; node = node.parentElement) {
    const c = rgb(getComputedStyle(node).backgroundColor);
    if (c.length === 3 || c[3] === 1) return c.slice(0, 3); }
    return [255, 255, 255]; };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || node.closest("script,style,svg,#said")) continue;
    if (!node.getClientRects().length) continue;
    const [a, b] = [lum(rgb(getComputedStyle(node).color).slice(0, 3)), lum(ground(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(walk.currentNode.textContent.trim() + " " + ratio.toFixed(2));
  }
  return bad;
})()"""


@pytest.mark.slow
@in_browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (1280, 900), (1920, 1080)])
def test_legible_on_a_phone_and_on_the_wall(
    office: Office, tmp_path: Path, chromium: Browser, width: int, height: int, dark: bool
) -> None:
    """No sideways scrolling, contrast of 4.5 to 1 everywhere, day and night."""
    path = fresh(office, tmp_path / "b.html", seconds=-60, age=700)
    chromium.open(path, width=width, height=height, dark=dark)
    assert chromium.run(CONTRAST) == []
    assert chromium.run("document.documentElement.scrollWidth <= innerWidth")
    size = chromium.run("parseFloat(getComputedStyle(document.body).fontSize)")
    assert size >= (18 if width == 1920 else 15)
