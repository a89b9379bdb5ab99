"""Documents as LibreOffice prints them: the page of GB/T 9704-2012, measured in millimetres.

Fonts are substituted where the named ones are missing, so that lengths are given some room.
"""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from papers.made import OFFICE, the_paper, the_plan

from yuqing import render
from yuqing.render.layout import Given
from yuqing.store import template_names

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("soffice") and shutil.which("pdftotext") and shutil.which("fc-list")),
        reason="LibreOffice, poppler-utils or fontconfig is not installed: nothing is printed",
    ),
]

DOTS = 150
INCH = 25.4
GIVEN = Given(number="示值〔2026〕12号", signer="某某", to=("领导组",))


@dataclass(frozen=True)
class Image:
    """A page as dots."""

    wide: int
    high: int
    dots: bytes

    def rows(self, wanted: str) -> list[tuple[float, float, float]]:
        """Rows that hold such dots: their place, the first and the last dot, in millimetres."""
        found = []
        for y in range(self.high):
            line = self.dots[y * self.wide * 3 : (y + 1) * self.wide * 3]
            columns = [
                x
                for x in range(self.wide)
                if _is(wanted, line[x * 3], line[x * 3 + 1], line[x * 3 + 2])
            ]
            if columns:
                found.append(tuple(v * INCH / DOTS for v in (y, columns[0], columns[-1])))
        return found  # type: ignore[return-value]  # three each


def _is(wanted: str, red: int, green: int, blue: int) -> bool:
    if wanted == "red":
        return red > 180 and green < 110 and blue < 110
    return red < 120 and green < 120 and blue < 120


def bands(rows: list[tuple[float, float, float]]) -> list[list[tuple[float, float, float]]]:
    """Rows that touch each other."""
    found: list[list[tuple[float, float, float]]] = []
    for row in rows:
        if found and row[0] - found[-1][-1][0] < 0.5:
            found[-1].append(row)
        else:
            found.append([row])
    return found


@cache
def _chinese() -> bool:
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout)


def printed(folder: Path, text: str, document: str = "basic-facts", role: str = "") -> Path:
    """The PDF of a document whose body is ``text``, or what the record says if that is empty."""
    if not _chinese():
        pytest.skip("no font with Chinese signs is installed: nothing can be measured")
    found = dict(template_names(None, "documents"))
    facts = the_paper(document, fingerprint="7K3MABCDEFGH", part_key=render.part_key(found))
    name = f"{document}.md.j2"
    if text:
        own = folder / name
        own.write_text(f"# {{{{ doc.document }}}}\n\n{text}\n\n---\n\n注\n", encoding="utf-8")
        found[name] = own
    made = render.render(
        facts,
        (the_plan(),),
        found,
        name,
        "docx",
        role=role or document,
        given=GIVEN,
        office=OFFICE,
    )
    (folder / "a.docx").write_bytes(made.data)
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", "pdf", "--outdir", str(folder), str(folder / "a.docx"),
        ],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return folder / "a.pdf"


def lines(pdf: Path, page: int) -> list[tuple[float, float, float, str]]:
    """Left, top and right edge in millimetres, and the text, of each line of a page; none where
    there is no such page."""
    out = subprocess.run(
        ["pdftotext", "-bbox-layout", "-f", str(page), "-l", str(page), str(pdf), "-"],
        check=False, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    pattern = r'<line xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</line>'
    return [
        (
            *(float(each) / 72 * INCH for each in found[:3]),
            "".join(re.findall(r">([^<]*)</word>", found[3])),
        )
        for found in re.findall(pattern, out, re.DOTALL)
    ]  # type: ignore[misc]  # three edges and a text


def image(pdf: Path, page: int) -> Image:
    data = subprocess.run(
        ["pdftoppm", "-r", str(DOTS), "-f", str(page), "-l", str(page), str(pdf)],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    wide, high = (int(each) for each in data.split(b"\n", 3)[1].split())
    return Image(wide, high, data[-wide * high * 3 :])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of three full pages and some lines."""
    return printed(tmp_path_factory.mktemp("report"), "汉" * 1500)


def test_a_page_has_twenty_two_lines_of_twenty_eight_characters(report: Path) -> None:
    """5.2.3: 22 lines × 28 characters, filling 156 × 225 mm."""
    text = [line for line in lines(report, 2) if line[3].startswith("汉")]
    assert [len(line[3]) for line in text] == [28] * 22
    assert all(abs(line[0] - 28) < 0.5 and abs(line[2] - 184) < 1 for line in text)
    pitches = [low[1] - high[1] for high, low in itertools.pairwise(text)]
    assert all(abs(pitch - 225 / 22) < 0.1 for pitch in pitches)


def test_the_mark_and_the_red_line_stand_where_they_belong(report: Path) -> None:
    """7.2.4: the mark 35 mm below the upper edge; 7.2.7: the red line 4 mm under the number,
    as wide as the text."""
    page = image(report, 1)
    mark, line = (bands(page.rows("red"))[each] for each in (0, -1))
    assert mark[0][0] == pytest.approx(37 + 35, abs=1.5)
    assert line[0][2] - line[0][1] == pytest.approx(156, abs=0.8)
    assert line[0][1] == pytest.approx(28, abs=0.5)
    above = [row for row in page.rows("black") if row[0] < line[0][0]]
    assert line[0][0] - above[-1][0] == pytest.approx(4, abs=1)


def test_the_page_number_stands_under_the_text_right_and_left(report: Path) -> None:
    """7.5: the dash 7 mm below the text; odd pages right, even ones left, one character in."""
    for number, side in ((2, "left"), (3, "right")):
        found = [row for row in image(report, number).rows("black") if row[0] > 262]
        middle = (found[0][0] + found[-1][0]) / 2
        assert middle == pytest.approx(297 - 35 + 7, abs=1)
        left, right = min(row[1] for row in found), max(row[2] for row in found)
        if side == "left":
            assert left == pytest.approx(28 + 4.9, abs=1)
        else:
            assert right == pytest.approx(184 - 4.9, abs=1)


def test_the_name_stands_centred_over_the_date(report: Path) -> None:
    """7.3.5.1, with 7.3.5.4: the date in full, four characters from the right."""
    last = [line for page in (3, 4) for line in lines(report, page)]
    (name,) = [line for line in last if line[3] == "示范值班室" and line[1] < 250][:1]
    (day,) = [line for line in last if line[3] == "2026年11月26日"]
    assert (name[0] + name[2]) / 2 == pytest.approx((day[0] + day[2]) / 2, abs=0.8)
    # LibreOffice sets digits apart from Chinese signs, whatever the style says
    assert 184 - day[2] == pytest.approx(4 * 15.75 / 72 * INCH, abs=2.6)


def test_a_bulletin_is_one_page(tmp_path: Path) -> None:
    """One-page 輿情快報 in bulletin form."""
    pdf = printed(tmp_path, "## 一、情况\n\n" + "汉" * 300, "bulletin", "flash")
    assert lines(pdf, 1)
    assert not lines(pdf, 2)


def test_a_review_with_pictures_and_tables_is_printed_whole(tmp_path: Path) -> None:
    """Nothing falls off the page: tables and pictures stay between the edges."""
    pdf = printed(tmp_path, "", "review")
    page, seen = 1, ""
    while found := lines(pdf, page):
        assert all(left > 27 and right < 185 for left, _, right, _ in found)
        seen += "".join(line[3] for line in found)
        page += 1
    assert "应对处置工作报告" in seen
    assert "外证只能说明" in seen
