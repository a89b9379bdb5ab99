"""Build the Word templates of `templates/documents` with python-docx.

    python tests/tools/build_docx.py [FOLDER]

What an officer sees is decided here; what a document says is decided by the placeholders, which
are the same fields and phrases that the Markdown templates use. The result is committed: an
office changes the .docx in Word or WPS and never needs this script.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FOLDER = Path(__file__).parents[2] / "templates" / "documents"

LATIN, BODY, BLACK, KAI, TITLE = "Times New Roman", "仿宋", "黑体", "楷体", "方正小标宋简体"
TEXT_WIDTH = 210 - 28 - 26


# --- styles ----------------------------------------------------------------------------


def fonts(style: ParagraphStyle, east_asian: str, size: float, *, bold: bool = False) -> None:
    """Both halves of a font: Word takes Chinese signs from eastAsia alone."""
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = None
    properties = style.element.get_or_add_rPr()
    names = properties.find(qn("w:rFonts"))
    for attribute in list(names.attrib):
        del names.attrib[attribute]
    for attribute, name in (
        ("ascii", LATIN), ("hAnsi", LATIN), ("eastAsia", east_asian), ("cs", LATIN)
    ):  # fmt: skip
        names.set(qn(f"w:{attribute}"), name)
    colour = properties.find(qn("w:color"))
    if colour is not None:
        properties.remove(colour)


def spacing(
    style: ParagraphStyle, *, exactly: float | None, before: float = 0, after: float = 0,
    indent: bool = False,
) -> None:  # fmt: skip
    layout = style.paragraph_format
    layout.space_before, layout.space_after = Pt(before), Pt(after)
    layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY if exactly else WD_LINE_SPACING.SINGLE
    if exactly:
        layout.line_spacing = Pt(exactly)
    layout.first_line_indent = Pt(0)
    if indent:  # two characters, whatever the size
        layout.first_line_indent = Pt(32)
        style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")


def styles(word: Word) -> None:
    known = word.styles
    for name, font, size, pitch, indent in (
        ("Normal", BODY, 16, 28, False),
        ("Title", TITLE, 22, 32, False),
        ("Heading 1", BLACK, 16, 28, True),
        ("Heading 2", KAI, 16, 28, True),
        ("Header", BODY, 10.5, None, False),
        ("Footer", BODY, 10.5, None, False),
    ):
        style = known[name]
        fonts(style, font, size)
        spacing(style, exactly=pitch, indent=indent)
    known["Heading 1"].paragraph_format.space_before = Pt(10)
    known["Heading 2"].paragraph_format.space_before = Pt(4)
    known["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    known["Title"].paragraph_format.space_after = Pt(14)
    borders = known["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        known["Title"].element.pPr.remove(borders)
    for name, base, size, pitch, indent in (
        ("Body Paragraph", "Normal", 16, 28, True),
        ("Table Text", "Normal", 10.5, None, False),
        ("Table Head", "Table Text", 10.5, None, False),
        ("Notice", "Normal", 14, 26, False),
        ("Foot", "Normal", 10.5, None, False),
        ("Signature Line", "Normal", 16, 28, False),
    ):
        style = known.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = known[base]
        fonts(style, BLACK if name in ("Table Head", "Notice") else BODY, size)
        spacing(style, exactly=pitch, indent=indent)
    for name in ("Table Text", "Table Head"):
        layout = known[name].paragraph_format
        layout.space_before = layout.space_after = Pt(2)
    known["Table Head"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    known["Notice"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    known["Foot"].paragraph_format.space_before = Pt(6)
    known["Signature Line"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    known["Signature Line"].paragraph_format.right_indent = Pt(32)


def page(word: Word) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(24)
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.add_run("{{ mark }}{{ doc.id }}")
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("— ")
    field(foot, "PAGE")
    foot.add_run(" —")


def field(paragraph: Paragraph, code: str) -> None:
    """A field that Word fills in, such as the page number."""
    for kind, text in (
        ("begin", None),
        (None, code),
        ("separate", None),
        ("text", "1"),
        ("end", None),
    ):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
            continue
        element = OxmlElement("w:instrText" if kind is None else "w:fldChar")
        if kind is None:
            element.set(qn("xml:space"), "preserve")
            element.text = f" {text} "
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


# --- pieces ----------------------------------------------------------------------------


def tag(word: Word, text: str) -> None:
    """A paragraph that steers and leaves nothing behind ({%p … %})."""
    word.add_paragraph(text)


def block(word: Word, condition: str, *lines: tuple[str, str]) -> None:
    tag(word, f"{{%p if {condition} %}}")
    for style, text in lines:
        word.add_paragraph(text, style=style)
    tag(word, "{%p endif %}")


def table(
    word: Word, heads: Sequence[str], widths: Sequence[float], loop: str, cells: Sequence[str]
) -> None:
    """A table with a header row that repeats on each page, and one row per turn of ``loop``."""
    made = new_table(word, 4 if heads else 3, widths)
    if heads:
        for cell, text in zip(made.rows[0].cells, heads, strict=True):
            write(cell, text, "Table Head")
        repeat(made)
    opening, body, closing = made.rows[-3:]
    write(opening.cells[0], f"{{%tr for {loop} %}}", "Table Text")
    for cell, text in zip(body.cells, cells, strict=True):
        write(cell, text, "Table Text")
    write(closing.cells[0], "{%tr endfor %}", "Table Text")


def new_table(word: Word, rows: int, widths: Sequence[float]) -> Table:
    made = word.add_table(rows, len(widths), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    for row in made.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                paragraph.style = "Table Text"
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return made


def repeat(made: Table) -> None:
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def write(cell: _Cell, text: str, style: str) -> None:
    """One paragraph per line of ``text``."""
    first, *others = text.split("\n")
    cell.paragraphs[0].text, cell.paragraphs[0].style = first, style
    for line in others:
        cell.add_paragraph(line, style=style)


# --- parts of the documents ------------------------------------------------------------


def notices(word: Word) -> None:
    block(word, "doc.draft", ("Notice", "{{ w.draft_line }}"))
    block(word, "doc.drill", ("Notice", "{{ w.drill_line }}"))
    block(word, "doc.demo", ("Notice", "{{ w.demo_line }}"))
    block(word, "doc.secrecy", ("Notice", "{{ w[doc.secrecy] }}"))
    tag(word, "{%p for problem in doc.problems %}")
    word.add_paragraph("{{ w.incomplete }}{{ w.colon }}{{ problem|said }}", style="Notice")
    tag(word, "{%p endfor %}")
    word.add_paragraph("{{ doc.document }}{{ mark }}", style="Title")


def head(word: Word) -> None:
    notices(word)
    rows: list[tuple[str | None, str, str]] = [
        (None, "{{ w.matter }}", "{{ doc.title }}"),
        (None, "{{ w.case_no }}", "{{ doc.id }}"),
        (None, "{{ w.office }}", "{{ doc.office }}"),
        ("if doc.unit", "{{ w.unit }}", "{{ doc.unit }}"),
        ("if doc.units", "{{ w.units }}", "{{ doc.units|names }}"),
        (
            None,
            "{{ w.discovered }}",
            (
                "{% if doc.discovered %}{{ doc.discovered|full }}{% else %}{{ w.verifying }}{% endif %}"
                "{{ doc.source|aside }}"
            ),
        ),
        ("if doc.occurred", "{{ w.occurred }}", "{{ doc.occurred|full }}"),
        (
            None,
            "{{ w.level }}",
            (
                "{% if doc.level %}{{ doc.level }}{% if doc.provisional %}{{ w.provisional|aside }}"
                "{% endif %}{% else %}{{ w.ungraded }}{% endif %}"
            ),
        ),
        (
            None,
            "{{ w.state }}",
            '{{ doc.state|word("stage") }}{% if doc.round > 1 %}{{ doc|round|aside }}{% endif %}',
        ),
        (
            "for plan in doc.plans",
            "{{ w.basis }}",
            "{{ plan.title }} {{ plan.version }}{{ doc.document_clause|aside }}",
        ),
        (None, "{{ w.made }}", "{{ doc.now|full }}"),
    ]
    widths = (32, TEXT_WIDTH - 32)
    made = new_table(word, sum(3 if steer else 1 for steer, _, _ in rows), widths)
    lines = iter(made.rows)
    for steer, name, value in rows:
        if steer:
            write(next(lines).cells[0], f"{{%tr {steer} %}}", "Table Text")
        row = next(lines)
        write(row.cells[0], name, "Table Head")
        write(row.cells[1], value, "Table Text")
        if steer:
            end = "endfor" if steer.startswith("for") else "endif"
            write(next(lines).cells[0], f"{{%tr {end} %}}", "Table Text")


def parts(word: Word, style: str, heading: str, absent: str) -> None:
    tag(word, "{%p for part in doc.parts %}")
    word.add_paragraph(heading, style=style)
    tag(word, "{%p if part.missing %}")
    word.add_paragraph(absent, style="Body Paragraph")
    tag(word, "{%p else %}")
    tag(word, "{%p for value in part.values %}")
    word.add_paragraph("{{ value }}", style="Body Paragraph")
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")
    tag(word, "{%p endfor %}")


def section(word: Word, name: str) -> None:
    word.add_paragraph(f"{{{{ section(w.{name}) }}}}", style="Heading 1")


def facts(word: Word) -> None:
    tag(word, "{%p if doc.facts %}")
    section(word, "facts")
    tag(word, "{%p for row in doc.facts %}")
    word.add_paragraph("{{ row }}", style="Body Paragraph")
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")


def timeline(word: Word) -> None:
    section(word, "timeline")
    table(
        word,
        [f"{{{{ w.{name} }}}}" for name in ("when", "recorded", "who", "what", "contents")],
        (26, 24, 20, 38, 48),
        "line in doc.timeline",
        [
            "{{ line|stated }}",
            "{{ line|written }}",
            "{{ line.by }}",
            "{{ line|act }}",
            "{{ line|detail }}",
        ],
    )


def duties(word: Word) -> None:
    section(word, "duties")
    table(
        word,
        [
            f"{{{{ w.{name} }}}}"
            for name in ("duty", "article", "limit", "done", "taken", "answer", "witness")
        ],
        (33, 16, 25, 25, 14, 21, 22),
        "row in doc.duties",
        [
            "{{ row|duty }}",
            "{{ row.clause }}",
            "{{ row|limit }}",
            "{{ row|done }}",
            "{{ row|taken }}",
            "{{ row|answer }}\n{%p if row|remarks %}\n{{ row|remarks }}\n{%p endif %}",
            "{{ row|witness }}",
        ],
    )
    tag(word, "{%p if doc.readings %}")
    word.add_paragraph("{{ w.readings }}{{ w.colon }}", style="Foot")
    tag(word, "{%p for row in doc.readings %}")
    word.add_paragraph("{{ row }}", style="Foot")
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")


def grading(word: Word) -> None:
    tag(word, "{%p if doc.history %}")
    section(word, "grading")
    table(
        word,
        [f"{{{{ w.{name} }}}}" for name in ("when", "recorded", "who", "from_to", "because")],
        (26, 24, 20, 43, 43),
        "row in doc.history",
        ["{{ row.at }}", "{{ row|written }}", "{{ row.by }}", "{{ row|step }}", "{{ row|reason }}"],
    )
    tag(word, "{%p endif %}")


def checks(word: Word) -> None:
    tag(word, "{%p if doc.approvals or doc.gates %}")
    section(word, "approvals")
    tag(word, "{%p for line in doc.approvals %}")
    word.add_paragraph("{{ line }}", style="Body Paragraph")
    tag(word, "{%p endfor %}")
    tag(word, "{%p for row in doc.gates %}")
    word.add_paragraph(
        "{{ row.act|stated }} {{ row.act|act }}{{ w.colon }}{{ row|gate }}",
        style="Body Paragraph",
    )
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")
    tag(word, "{%p if doc.figures %}")
    section(word, "figures")
    table(
        word,
        [f"{{{{ w.{name} }}}}" for name in ("when", "fact", "stated", "on_record", "check")],
        (26, 46, 30, 30, 24),
        "row in doc.figures",
        [
            "{{ row.at }}",
            "{{ row.name }}",
            "{{ row.stated }}",
            "{{ row.recorded }}",
            "{% if row.agrees %}{{ w.agrees }}{% else %}{{ w.differs }}{% endif %}",
        ],
    )
    tag(word, "{%p endif %}")
    tag(word, "{%p if doc.amendments %}")
    section(word, "corrections")
    tag(word, "{%p for row in doc.amendments %}")
    word.add_paragraph(
        "{{ row.at }} {{ row.by }}{{ w.colon }}{{ row.of }} {% if row.void %}{{ w.void }}{% endif %}"
        "{% for name, old, new in row.changes %}{{ name|word('field') }} {{ old }} → {{ new }}"
        "{% if not loop.last %}{{ w.semicolon }}{% endif %}{% endfor %}{{ row.because|aside }}",
        style="Body Paragraph",
    )
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")


def items(word: Word) -> None:
    tag(word, "{%p if doc.items %}")
    section(word, "open_items")
    tag(word, "{%p for row in doc.items %}")
    word.add_paragraph(
        "{{ row|duty }}{{ w.colon }}{{ row|limit }}{{ row|answer|aside }}", style="Body Paragraph"
    )
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")


def gaps(word: Word) -> None:
    tag(word, "{%p if doc.missing %}")
    section(word, "missing_parts")
    tag(word, "{%p for part in doc.missing %}")
    word.add_paragraph(
        "{{ part|part }}{% if doc.draft %}{{ part|fill|aside }}{% endif %}", style="Body Paragraph"
    )
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")


def foot(word: Word) -> None:
    word.add_paragraph("{{ mark }}{{ w.foot }}", style="Foot")
    word.add_paragraph(
        "{{ w.fingerprint }}{{ w.colon }}{{ doc.fingerprint }}{{ w.semicolon }}"
        "{{ w.case_no }} {{ doc.id }}{{ w.semicolon }}{{ w.made }} {{ doc.now|full }}",
        style="Foot",
    )


# --- the documents ---------------------------------------------------------------------


def first_report(word: Word) -> None:
    head(word)
    section(word, "basic")
    tag(word, "{%p if doc.parts %}")
    parts(word, "Heading 2", "{{ part|part }}", "{{ w.verifying }}")
    tag(word, "{%p else %}")
    tag(
        word,
        "{%p for line in doc.timeline if line.what in ('occurred', 'discovered', 'relapsed') %}",
    )
    word.add_paragraph("{{ line }}", style="Body Paragraph")
    tag(word, "{%p endfor %}")
    tag(word, "{%p for row in doc.grades %}")
    word.add_paragraph("{{ row }}", style="Body Paragraph")
    tag(word, "{%p endfor %}")
    block(
        word,
        "not doc.grades",
        ("Body Paragraph", "{{ w.level }}{{ w.colon }}{{ w.verifying }}"),
    )
    tag(word, "{%p endif %}")
    facts(word)
    timeline(word)
    duties(word)
    gaps(word)


def follow_up(word: Word) -> None:
    head(word)
    section(word, "situation")
    for rows in ("grades", "facts"):
        tag(word, f"{{%p for row in doc.{rows} %}}")
        word.add_paragraph("{{ row }}", style="Body Paragraph")
        tag(word, "{%p endfor %}")
    block(word, "not doc.grades and not doc.facts", ("Body Paragraph", "{{ w.verifying }}"))
    tag(word, "{%p if doc.parts %}")
    section(word, "progress")
    parts(word, "Heading 2", "{{ part|part }}", "{{ w.verifying }}")
    tag(word, "{%p endif %}")
    timeline(word)
    duties(word)
    gaps(word)


def review(word: Word) -> None:
    head(word)
    parts(
        word,
        "Heading 1",
        "{{ section(part|part) }}",
        "{{ w.unwritten }}{% if doc.draft %}{{ part|fill|aside }}{% endif %}",
    )
    timeline(word)
    grading(word)
    duties(word)
    checks(word)
    items(word)
    gaps(word)


def document(word: Word) -> None:
    head(word)
    tag(word, "{%p if doc.parts %}")
    section(word, "contents")
    parts(word, "Heading 2", "{{ part|part }}", "{{ w.verifying }}")
    tag(word, "{%p endif %}")
    facts(word)
    checks(word)
    timeline(word)
    gaps(word)


def statement(word: Word) -> None:
    notices(word)
    tag(word, "{%p for paragraph in doc.words %}")
    word.add_paragraph("{{ paragraph }}", style="Body Paragraph")
    tag(word, "{%p endfor %}")
    block(
        word,
        "doc.papers and not doc.words",
        ("Body Paragraph", "{{ w.text_in }}{{ w.colon }}{{ doc.papers|names }}"),
    )
    tag(word, "{%p if not doc.papers and not doc.words %}")
    word.add_paragraph("{{ w.to_write }}", style="Body Paragraph")
    tag(word, "{%p for row in doc.facts %}")
    word.add_paragraph("{{ row }}", style="Body Paragraph")
    tag(word, "{%p endfor %}")
    tag(word, "{%p endif %}")
    word.add_paragraph("{{ doc.signed }}", style="Signature Line")
    word.add_paragraph("{{ doc.now|day }}", style="Signature Line")
    gaps(word)


DOCUMENTS = {
    "statement": statement,
    "first-report": first_report,
    "follow-up": follow_up,
    "review": review,
    "document": document,
}


def build(folder: Path) -> None:
    for name, body in DOCUMENTS.items():
        word = Document()
        for paragraph in list(word.paragraphs):
            paragraph._p.getparent().remove(paragraph._p)
        styles(word)
        page(word)
        body(word)
        foot(word)
        about = word.core_properties
        about.title, about.author, about.comments, about.last_modified_by = "", "", "", ""
        about.created = about.modified = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        word.save(str(folder / f"{name}.docx"))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
