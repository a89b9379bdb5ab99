"""Build the Word layouts of `templates/documents` with python-docx.

    python tests/tools/build_docx.py [FOLDER]

What an officer sees is decided here; what a document says, by the Markdown templates. The result
is committed: an office changes the .docx in Word or WPS and never needs this script.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from tools import build_handover
from tools.wordparts import (
    BLACK,
    BODY,
    CHARACTER,
    KAI,
    LINE,
    MARK,
    RED_LINE,
    TITLE,
    WIDTH,
    anchors,
    colophon,
    extra,
    numbers,
    page,
    put,
    right_tab,
    rule,
    signature,
    styles,
    top_lines,
    when,
)  # fmt: skip

from yuqing.render.template import saved

FOLDER = Path(__file__).parents[2] / "templates" / "documents"

# --- the layouts -----------------------------------------------------------------------


def letter_body(word: Word) -> None:
    """Title, whom it goes to, the text, who signs: alike on reports and letters."""
    put(word, "Title", "{{ title }}")
    when(word, "head.to", "主送", "{{ head.to|names }}{{ w.colon }}")
    anchors(word, "body")
    signature(word)
    anchors(word, "foot")


def report(word: Word) -> None:
    """报告 by GB/T 9704-2012."""
    styles(word)
    page(word)
    numbers(word)
    extra(word, "份号", BODY, 16, LINE)
    extra(word, "密级", BLACK, 16, LINE)
    extra(word, "发文机关标志", TITLE, 44, 46, before=MARK, red=True, align=ALIGN.CENTER)
    extra(word, "文号", BODY, 16, LINE, before=2 * LINE)
    extra(word, "主送", BODY, 16, LINE)
    extra(word, "附件", BODY, 16, LINE, before=LINE, indent=2)
    extra(word, "署名", BODY, 16, LINE, before=2 * LINE, align=ALIGN.CENTER)
    extra(word, "成文日期", BODY, 16, LINE, align=ALIGN.CENTER)
    extra(word, "版记", BODY, 14, 22)
    for side in ("left_indent", "right_indent"):
        setattr(word.styles["版记"].paragraph_format, side, Pt(14 - 5.4))
    for style in ("署名", "Heading 1", "Heading 2", "Heading 3", "Heading 4"):
        word.styles[style].paragraph_format.keep_with_next = True
    word.styles["Title"].paragraph_format.space_before = Pt(2 * LINE)
    word.styles["Title"].paragraph_format.space_after = Pt(LINE)
    top_lines(word)
    put(word, "发文机关标志", "{{ head.mark }}")
    word.add_paragraph("{%p if head.signer %}")
    up = put(
        word,
        "文号",
        "{{ head.number }}",
        "\t{{ w.signer }}{{ w.colon }}",
        ("{{ head.signer }}", KAI),
    )
    word.add_paragraph("{%p else %}")
    level = put(word, "文号", "{{ head.number }}")
    word.add_paragraph("{%p endif %}")
    level.alignment = ALIGN.CENTER
    up.paragraph_format.first_line_indent = Pt(CHARACTER)  # an indent would shorten the line
    right_tab(up, WIDTH - CHARACTER)
    for each in (up, level):
        rule(each, "bottom", space=RED_LINE)
    anchors(word, "notices")
    letter_body(word)
    colophon(word)


def bulletin(word: Word) -> None:
    """舆情快报: a 简报, for which no standard has a head; page and type of GB/T 9704."""
    styles(word, pitch=28)
    page(word, top=30, bottom=30)
    numbers(word)
    extra(word, "发文机关标志", TITLE, 52, 64, red=True, align=ALIGN.CENTER)
    extra(word, "期号", BODY, 16, 28, align=ALIGN.CENTER)
    extra(word, "报头", BODY, 16, 28, before=6)
    extra(word, "报送", BODY, 14, 24)
    extra(word, "密级", BLACK, 16, 28)
    for style in ("Heading 1", "Heading 2", "Heading 3", "Heading 4"):
        word.styles[style].paragraph_format.keep_with_next = True
    word.styles["Title"].paragraph_format.space_before = Pt(12)
    word.styles["Title"].paragraph_format.space_after = Pt(10)
    when(word, "head.secrecy", "密级", "{{ head.secrecy }}")
    when(word, "head.urgency", "密级", "{{ head.urgency }}")
    put(word, "发文机关标志", "{{ head.mark }}")
    put(word, "期号", "{{ head.number }}")
    line = put(word, "报头", "{{ head.issuer }}", "\t{{ head.day }}")
    right_tab(line, WIDTH)
    rule(line, "bottom", eighths=18, space=4)
    anchors(word, "notices")
    when(word, "title != head.mark", "Title", "{{ title }}")
    anchors(word, "body", "foot")
    to = when(
        word,
        "head.to",
        "报送",
        "{{ w.reports_to }}{{ w.colon }}{{ head.to|names }}{{ w.full_stop }}",
    )
    rule(to, "top", eighths=8, space=4, colour="auto")
    copies = when(
        word,
        "head.copies",
        "报送",
        "{{ w.copies }}{{ w.colon }}{{ head.copies|names }}{{ w.full_stop }}",
    )
    rule(copies, "top", eighths=6, space=2, colour="auto")
    put(word, "文末说明")


def letter(word: Word) -> None:
    """信函格式 (GB/T 9704-2012, chapter 10): no 签发人, double red lines, no number on page one."""
    styles(word)
    page(word)
    numbers(word)
    extra(word, "密级", BLACK, 16, LINE)
    extra(word, "发文机关标志", TITLE, 44, 56, red=True, align=ALIGN.CENTER)
    extra(word, "文号", BODY, 16, LINE, before=6, align=ALIGN.RIGHT)
    extra(word, "主送", BODY, 16, LINE)
    extra(word, "附件", BODY, 16, LINE, before=LINE, indent=2)
    extra(word, "署名", BODY, 16, LINE, before=2 * LINE, align=ALIGN.CENTER)
    extra(word, "成文日期", BODY, 16, LINE, align=ALIGN.CENTER)
    word.styles["署名"].paragraph_format.keep_with_next = True
    word.styles["Title"].paragraph_format.space_before = Pt(2 * LINE)
    word.styles["Title"].paragraph_format.space_after = Pt(LINE)
    mark = put(word, "发文机关标志", "{{ head.mark }}")
    lower = word.sections[0]
    lower.different_first_page_header_footer = True
    lower.first_page_header.paragraphs[0].style = "Header"
    lower.first_page_header.paragraphs[0].add_run("{{ mark }}")
    foot = lower.first_page_footer.paragraphs[0]
    foot.style = "Footer"
    for each, side, kind in (
        (mark, "bottom", "thickThinSmallGap"),
        (foot, "top", "thinThickSmallGap"),
    ):
        rule(each, side, kind=kind, eighths=24, space=4)
        each.paragraph_format.left_indent = Mm(-7)
        each.paragraph_format.right_indent = Mm(-7)
    when(word, "head.secrecy", "密级", "{{ head.secrecy }}")
    when(word, "head.urgency", "密级", "{{ head.urgency }}")
    when(word, "head.number", "文号", "{{ head.number }}")
    anchors(word, "notices")
    letter_body(word)


def sheet(word: Word) -> None:
    """Cards, lists, logs: small type, narrow edges; it lies on its side where a table is wide."""
    styles(word, body=12, pitch=20)
    page(word, 20, 20, 20, 20)
    section = word.sections[0]
    section.header_distance, section.footer_distance = Mm(10), Mm(10)
    numbers(word)
    for head in (section.header, section.even_page_header):
        head.paragraphs[0].add_run("{{ head.case }}")
    word.styles["Footer"].font.size = Pt(10.5)
    for style in ("Heading 1", "Heading 2", "Heading 3", "Heading 4"):
        layout = word.styles[style].paragraph_format
        layout.keep_with_next, layout.first_line_indent, layout.space_before = True, Pt(0), Pt(6)
        del word.styles[style].element.pPr.find(qn("w:ind")).attrib[qn("w:firstLineChars")]
    word.styles["Title"].paragraph_format.space_after = Pt(6)
    anchors(word, "notices")
    put(word, "Title", "{{ title }}")
    anchors(word, "body", "foot")


LAYOUTS: dict[str, Callable[[Word], None]] = {
    "layout-report": report,
    "layout-bulletin": bulletin,
    "layout-letter": letter,
    "layout-sheet": sheet,
}


def build(folder: Path) -> None:
    for name, make in LAYOUTS.items():
        word = Document()
        for paragraph in list(word.paragraphs):
            paragraph._p.getparent().remove(paragraph._p)
        make(word)
        about = word.core_properties
        about.title, about.author, about.comments, about.last_modified_by = "", "", "", ""
        about.created = about.modified = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        (folder / f"{name}.docx").write_bytes(saved(word, {}))
    build_handover.build(folder)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
