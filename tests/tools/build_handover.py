"""The Word layout of the sheet between two shifts, made from that of all sheets.

It must stay one page, so type and gaps are smaller than elsewhere. `build_docx.py` builds it with
the others.
"""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.shared import Mm, Pt

from yuqing.render.template import saved

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
    (folder / "office-handover.layout.docx").write_bytes(saved(word, {}))
