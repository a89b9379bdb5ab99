"""Build the Word layout of the sheet between two shifts from that of all sheets.

    python tests/tools/build_handover.py [FOLDER]

It must stay one page, so type and gaps are smaller than elsewhere. The result is committed; an
office changes the .docx in Word or WPS and never needs this script.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docx import Document
from docx.shared import Mm, Pt

FOLDER = Path(__file__).parents[2] / "templates" / "documents"
SMALL = {"表格文字": 9, "表格小字": 8.5, "表头": 9, "文末说明": 8, "正文段落": 9.5, "提示": 9}
"""Style → points."""


def build(folder: Path) -> None:
    word = Document(str(folder / "layout-sheet.docx"))
    section = word.sections[0]
    section.top_margin, section.bottom_margin = Mm(12), Mm(12)
    section.left_margin, section.right_margin = Mm(15), Mm(15)
    section.header_distance, section.footer_distance = Mm(5), Mm(5)
    for name, size in SMALL.items():
        style = word.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = Pt(size + 2.5)
    title = word.styles["Title"]
    title.font.size = Pt(15)
    title.paragraph_format.line_spacing, title.paragraph_format.space_after = Pt(20), Pt(2)
    heading = word.styles["Heading 1"]
    heading.font.size = Pt(10.5)
    heading.paragraph_format.line_spacing = Pt(14)
    heading.paragraph_format.space_before = Pt(0)
    word.save(str(folder / "office-handover.layout.docx"))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
